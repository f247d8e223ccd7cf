//! PAdES: prepare, sign, validate, and say what changed after each signature.

mod acceptance;
pub mod appearance;
pub mod augment;
mod chain;
pub mod changes;
pub mod cms;
pub mod date;
pub mod detached;
pub mod etsi;
pub mod facts;
pub mod fields;
pub mod fill;
mod level;
mod markup;
pub mod online;
pub mod permission;
pub mod placement;
pub mod prepare;
mod process;
mod reliable;
pub mod report;
mod shown;
pub mod sign;
mod store;
pub mod timestamp;
pub mod validate;
mod verdict;
