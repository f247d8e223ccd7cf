//! The service over HTTP, as strangers meet it.

mod access;
mod active;
mod augmented;
mod contract;
mod elsewhere;
mod evidence;
mod formats;
mod hostile;
mod house;
mod incoming;
mod levels;
mod office;
mod remembered;
mod rights;
mod strain;
