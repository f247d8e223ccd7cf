//! PDF reading, appending, preparing and judging changes, on files built by hand and by other programs.

mod changes_allowed;
mod changes_refused;
mod foreign;
mod prepare;
pub mod raw;
mod revisions;
mod signed;
mod work;
mod writer;
