//! The whole way of documents through the real program, on both databases.

mod crash;
mod sessions;
