//! PAdES: prepare, sign, validate, and say what changed after each signature.

mod acceptance;
pub mod appearance;
pub mod changes;
pub mod cms;
pub mod date;
pub mod fields;
pub mod fill;
mod level;
pub mod permission;
pub mod placement;
pub mod prepare;
pub mod report;
mod shown;
pub mod sign;
pub mod validate;
mod verdict;
