//! Where things are kept: the database (two kinds, one meaning), the bytes, the jobs.
//!
//! Capabilities own their tables and their statements; this module gives them connections, the
//! unit of work, content-addressed bytes, a queue whose entries commit with the change that
//! caused them, and a memory for answers of machines elsewhere.

pub mod answers;
pub mod connection;
pub mod error;
mod group;
pub mod id;
pub mod instant;
pub mod jobs;
pub mod migrate;
pub mod objects;
mod retrying;
mod schema;
pub mod sweep;
pub mod unit;

pub use answers::{Answers, Remembering};
pub use connection::{AnyConnection, Location};
pub use error::{Error, UseCaseError};
pub use id::{AgencyId, JobId, Scope};
pub use objects::{Kept, Objects, Staged};
pub use unit::{Database, Unit};
