//! The service over HTTP, as strangers meet it.

mod access;
mod contract;
mod formats;
mod hostile;
mod house;
mod levels;
mod office;
mod rights;
