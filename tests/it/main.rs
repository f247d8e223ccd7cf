//! Everything tested from outside the crate: one binary, a folder per area.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test that meets the unexpected stops"
)]

mod api;
mod audit;
mod format;
mod house;
mod journey;
mod pdf;
mod registry;
mod signature;
mod store;
mod support;
