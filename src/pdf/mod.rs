//! PDF: bytes to revisions and objects, and appending a revision.
//!
//! Signatures stand or fall with what exactly the bytes say, so this reader repairs nothing and
//! this writer changes no earlier byte (ISO 32000-2, 7.5).

mod active;
mod chain;
pub mod error;
mod examine;
pub mod filter;
pub mod font;
pub mod geometry;
pub mod object;
mod pages;
pub mod parser;
pub mod picture;
pub mod reader;
pub mod section;
pub mod source;
mod stored;
pub mod text;
mod workers;
pub mod writer;

pub use error::{Error, Finding};
pub use object::{Dictionary, Object, Reference};
pub use pages::{inherited, pages, redefined, turn, view};
pub use parser::Parser;
pub use reader::{Indirect, Pdf, Revision};
pub use source::{FileSource, Source};
