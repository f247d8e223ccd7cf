//! The service over HTTP, as strangers meet it.

mod access;
mod active;
mod augmented;
mod contract;
mod desktop;
mod elsewhere;
mod evidence;
mod formats;
mod hostile;
mod house;
mod incoming;
mod levels;
mod manners;
mod office;
mod outside;
mod remembered;
mod rights;
mod strain;
mod two_step;
