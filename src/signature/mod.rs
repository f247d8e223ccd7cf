//! PAdES: prepare, sign, validate, and say what changed after each signature.

pub mod fields;
pub mod fill;
pub mod prepare;
