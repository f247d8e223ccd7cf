//! Why a PDF can't be read or written, and what is odd about one that can.

use super::parser::SyntaxError;

/// Why a file can't be worked on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The medium failed.
    #[error("reading the file: {0}")]
    Io(#[from] std::io::Error),
    /// There is no `%PDF-` header in the first 1024 bytes.
    #[error("the file is no PDF: it has no %PDF- header")]
    NotPdf,
    /// The end of the file is missing: no `startxref`.
    #[error("the file has no end (startxref); it was probably cut off")]
    Truncated,
    /// The file is encrypted.
    #[error("the file is encrypted; remove the password before handing it in")]
    Encrypted,
    /// A cross-reference section is broken.
    #[error("broken cross-reference section at byte {at}: {what}")]
    BrokenSection {
        /// Where it should be.
        at: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An object is not where the cross-reference says, or is broken.
    #[error("broken object {number} at byte {at}: {what}")]
    BrokenObject {
        /// Object number.
        number: u32,
        /// Where it should be.
        at: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Something the document must have is missing or of another kind.
    #[error("the document lacks {0}")]
    Missing(&'static str),
    /// A stated limit is exceeded.
    #[error("the file exceeds a limit: {0}")]
    Limit(&'static str),
    /// A stream is coded in a way not needed for structure.
    #[error("the stream filter {0} is not supported here")]
    Filter(String),
    /// Data that can't be decoded.
    #[error("damaged: {0}")]
    Damaged(&'static str),
    /// What was to be written can't be.
    #[error("can't be written: {0}")]
    Unwritable(&'static str),
}

impl Error {
    /// The stable code of the message for people.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "pdf_unreadable",
            Self::NotPdf => "pdf_not_pdf",
            Self::Truncated => "pdf_truncated",
            Self::Encrypted => "pdf_encrypted",
            Self::BrokenSection { .. } => "pdf_broken_section",
            Self::BrokenObject { .. } => "pdf_broken_object",
            Self::Missing(_) => "pdf_incomplete",
            Self::Limit(_) => "pdf_limit",
            Self::Filter(_) => "pdf_filter",
            Self::Damaged(_) => "pdf_damaged",
            Self::Unwritable(_) => "pdf_unwritable",
        }
    }

    pub(super) fn syntax(number: u32, at: u64) -> impl Fn(SyntaxError) -> Self {
        move |error| Self::BrokenObject { number, at, what: error.what }
    }
}

/// Something a strict reader objects to though the file can be understood: each is a way in which
/// two programs may see two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Where (byte offset).
    pub at: u64,
    /// The revision it concerns, from 1.
    pub revision: usize,
}
