//! PAdES: prepare, sign, validate, and say what changed after each signature.

pub mod appearance;
pub mod changes;
pub mod cms;
pub mod fields;
pub mod fill;
pub mod permission;
pub mod placement;
pub mod prepare;
pub mod report;
mod shown;
pub mod sign;
pub mod validate;
