//! What a submission package of a dossier (SIP_hoso, Circular 05/2025/TT-BNV, App. III) says.

use super::evidence::Evidence;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::PathBuf;
use unicode_normalization::UnicodeNormalization;

/// A dossier (hồ sơ) as its package describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Agency identifier, year, number and symbol (mã hồ sơ).
    pub file_code: String,
    /// Title.
    pub title: String,
    /// Retention code 01–07.
    pub maintenance: String,
    /// Access code 01–03.
    pub mode: String,
    /// Language code.
    pub language: String,
    /// First date.
    pub start: NaiveDate,
    /// Last date.
    pub end: NaiveDate,
    /// Key words.
    pub keyword: String,
    /// Pages in all.
    pub pages: u32,
    /// 01 born digital, 02 digitised, 03 mixed.
    pub confidence: String,
    /// Note; names who made the dossier.
    pub description: String,
}

/// A document of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Type code of the package's table.
    pub type_code: String,
    /// Number.
    pub number: String,
    /// Symbol.
    pub symbol: String,
    /// Date.
    pub issued: NaiveDate,
    /// Issuing body.
    pub organ: String,
    /// Abstract.
    pub subject: String,
    /// Pages.
    pub pages: u32,
    /// Its file.
    pub file: DataFile,
    /// Its attachments and appendices, in order.
    pub attachments: Vec<DataFile>,
}

/// A file that goes into the package as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Where its bytes are now.
    pub path: PathBuf,
    /// SHA-256, lower-case hex: compared while it is copied.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// Extension without a dot.
    pub extension: String,
    /// What is kept of its signatures.
    pub evidence: Evidence<Vec<u8>>,
}

/// Who hands over what, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The package's UUID.
    pub uuid: uuid::Uuid,
    /// When it is made.
    pub at: DateTime<Utc>,
    /// The body that formed the fonds.
    pub agency: String,
    /// Its fonds code.
    pub fonds: String,
    /// Registration code of the hand-over.
    pub registration: String,
    /// The dossier.
    pub dossier: Dossier,
    /// Its documents, in their order.
    pub documents: Vec<Document>,
}

/// Why a package can't be made of this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A field is empty that mustn't be.
    #[error("the field {0} must not be empty")]
    Empty(&'static str),
    /// A field is longer than the schema allows.
    #[error("the field {field} has {found} characters, at most {limit} are allowed")]
    Long {
        /// The field.
        field: &'static str,
        /// Characters it has.
        found: usize,
        /// Characters it may have.
        limit: usize,
    },
    /// A code isn't in its table.
    #[error("the field {0} holds an unknown code")]
    Code(&'static str),
    /// The dossier ends before it begins.
    #[error("the dossier ends before it begins")]
    Dates,
    /// There is no document.
    #[error("a dossier without documents can't be handed over")]
    NoDocument,
    /// A character that can't stand in a name inside the package.
    #[error("the file code has a character that can't stand in file names: {0:?}")]
    FileCode(char),
}

/// A field's value: NFC, trimmed, without control characters, within its length.
///
/// # Errors
/// [`ModelError::Empty`] or [`ModelError::Long`].
pub fn field(name: &'static str, value: &str, limit: usize, required: bool) -> Result<String, ModelError> {
    let clean: String = value.nfc().filter(|character| !character.is_control()).collect();
    let clean = clean.trim().to_owned();
    let found = clean.chars().count();
    if required && found == 0 {
        return Err(ModelError::Empty(name));
    }
    if found > limit { Err(ModelError::Long { field: name, found, limit }) } else { Ok(clean) }
}

fn code(name: &'static str, value: &str, highest: u32) -> Result<(), ModelError> {
    let known = value.len() == 2 && value.parse::<u32>().is_ok_and(|number| (1..=highest).contains(&number));
    if known { Ok(()) } else { Err(ModelError::Code(name)) }
}

impl Submission {
    /// Checks lengths, codes and conditions (reference of Circular 05/2025, sections 4.1, 5.1, 5.5).
    ///
    /// # Errors
    /// The first [`ModelError`].
    pub fn check(&self) -> Result<(), ModelError> {
        let dossier = &self.dossier;
        field("fileCode", &dossier.file_code, 100, true)?;
        let odd =
            |character: &char| !(character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_'));
        if let Some(character) = dossier.file_code.chars().find(odd) {
            return Err(ModelError::FileCode(character));
        }
        field("title", &dossier.title, 1000, true)?;
        code("maintenance", &dossier.maintenance, 7)?;
        code("mode", &dossier.mode, 3)?;
        code("language", &dossier.language, 11)?;
        code("confidenceLevel", &dossier.confidence, 3)?;
        field("keyword", &dossier.keyword, 100, false)?;
        field("description", &dossier.description, 2000, false)?;
        if dossier.end < dossier.start {
            return Err(ModelError::Dates);
        }
        if self.documents.is_empty() {
            return Err(ModelError::NoDocument);
        }
        for (ordinal, document) in (1_usize..).zip(&self.documents) {
            field("docId", &self.document_id(ordinal), 25, true)?;
            code("typeName", &document.type_code, 32)?;
            field("codeNumber", &document.number, 11, false)?;
            field("codeNotation", &document.symbol, 30, false)?;
            field("organName", &document.organ, 200, true)?;
            field("subject", &document.subject, 500, true)?;
        }
        Ok(())
    }

    /// Identifier of a document: file code and plain order number.
    #[must_use]
    pub fn document_id(&self, ordinal: usize) -> String {
        format!("{}.{ordinal}", self.dossier.file_code)
    }

    /// Archive code of a document: file code and seven digits.
    #[must_use]
    pub fn document_code(&self, ordinal: usize) -> String {
        format!("{}.{ordinal:07}", self.dossier.file_code)
    }

    /// Name of the package and of its folder.
    #[must_use]
    pub fn object_id(&self) -> String {
        format!("uuid-{}", self.uuid.to_string().to_uppercase())
    }
}
