//! PDF: bytes to revisions and objects, and appending a revision.
//!
//! Signatures stand or fall with what exactly the bytes say, so this reader repairs nothing and
//! this writer changes no earlier byte (ISO 32000-2, 7.5).

pub mod error;
pub mod filter;
pub mod font;
pub mod object;
pub mod reader;
pub mod section;
pub mod source;
pub mod text;
pub mod writer;

pub use error::{Error, Finding};
pub use object::{Dictionary, Object, Parser, Reference};
pub use reader::{Indirect, Pdf, Revision, inherited, pages, redefined};
pub use source::{FileSource, Source};
