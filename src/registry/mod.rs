//! Official documents: taken in, checked, prepared, signed, numbered, sealed, issued, or voided.

pub mod error;
pub mod findings;
pub mod journey;
pub mod registers;
pub mod rows;
pub(crate) mod schema;
pub mod state;

pub use error::Error;
