//! The service over HTTP, as strangers meet it.

mod access;
mod contract;
mod house;
