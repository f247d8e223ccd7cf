//! The trail: what happened, by whom, to what, in an order nobody can change unseen.
//!
//! An event commits with the change it tells of. Its *leaf* holds identifiers and salted digests
//! only; the readable body lies beside it and can be checked against it.

pub mod event;
pub mod export;
pub mod fsck;
pub mod log;
mod schema;

pub use event::{Actor, EventId, NewEvent, Tracked, record};
pub use fsck::{LoadRows, TrackedTable};
