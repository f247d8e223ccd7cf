//! Format rules: facts of a document, the profile's rules, findings (Decree 30/2020 is the first
//! profile; nothing here is bound to it).

pub mod docx;
pub mod facts;
pub mod layout;
pub mod report;
mod rules;

use crate::pdf::text::{self, Limits};
use crate::profile::{Profile, Severity};
use facts::Facts;
use layout::Layout;
use report::{FileFacts, NotChecked, ProfileFacts, Report, Scope};
use std::io::Cursor;

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// An Office Open XML document (to be confirmed by its parts).
    Docx,
    /// The old binary format of word processors: named, never half-read.
    OldDoc,
    /// Something else.
    Unknown,
}

impl Kind {
    /// By magic bytes alone: names and declared types prove nothing.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if head.windows(5).take(1024).any(|window| window == b"%PDF-") {
            Self::Pdf
        } else if head.starts_with(b"PK\x03\x04") {
            Self::Docx
        } else if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            Self::OldDoc
        } else {
            Self::Unknown
        }
    }

    /// The media type kept with the bytes.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::OldDoc => "application/msword",
            Self::Unknown => "application/octet-stream",
        }
    }
}

/// Why a file can't be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A binary .doc.
    #[error("the file is a binary .doc; save it as DOCX or PDF")]
    OldDoc,
    /// Neither PDF nor DOCX.
    #[error("the file is neither a PDF nor a DOCX")]
    Unknown,
    /// The PDF can't be read.
    #[error("the PDF can't be read: {0}")]
    Pdf(String),
    /// The DOCX can't be read.
    #[error(transparent)]
    Docx(#[from] docx::DocxError),
}

impl FormatError {
    /// The stable code of the message for people.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OldDoc => "format_old_doc",
            Self::Unknown => "format_unknown_file",
            Self::Pdf(_) => "format_pdf_unreadable",
            Self::Docx(docx::DocxError::Unreadable(_)) => "format_docx_unreadable",
            Self::Docx(docx::DocxError::Limit(_)) => "format_docx_limit",
        }
    }
}

/// Judges a file by a profile.
///
/// # Errors
/// When it can't be read at all.
pub fn check(bytes: Vec<u8>, profile: &Profile, limits: &Limits) -> Result<Report, FormatError> {
    let sha256 = hex::encode(ring::digest::digest(&ring::digest::SHA256, &bytes));
    let file = |kind: &str| FileFacts { sha256: sha256.clone(), kind: kind.to_owned() };
    match Kind::of(&bytes) {
        Kind::OldDoc => Err(FormatError::OldDoc),
        Kind::Unknown => Err(FormatError::Unknown),
        Kind::Docx => {
            let facts = docx::read(Cursor::new(bytes))?;
            Ok(judge(file("docx"), &facts, profile))
        }
        Kind::Pdf => {
            // The strict reader's word comes first: encrypted and broken files are named as such.
            if let Err(error) = crate::pdf::Pdf::open(&bytes) {
                return Err(FormatError::Pdf(error.to_string()));
            }
            match text::read(bytes, limits) {
                Ok(pages) => Ok(judge(file("pdf"), &Facts::of_pdf(&pages), profile)),
                Err(text::TextError::TooLarge) => {
                    Ok(unjudged(file("pdf"), profile, "the file is larger than is read for its text"))
                }
                Err(error) => Err(FormatError::Pdf(error.to_string())),
            }
        }
    }
}

fn judge(file: FileFacts, facts: &Facts, profile: &Profile) -> Report {
    let layout = Layout::find(facts, profile);
    let profile_facts = ProfileFacts { id: profile.id.clone(), version: profile.version.clone() };
    if let Some(why) = out_of_scope(facts, &layout, profile) {
        return Report {
            file,
            profile: profile_facts,
            scope: Scope { applies: false, why: Some(why.to_owned()) },
            conforms: None,
            document: layout.document,
            findings: Vec::new(),
            not_checked: Vec::new(),
        };
    }
    let (findings, mut not_checked) = rules::judge(facts, &layout, profile);
    if facts.unread > 0 {
        not_checked.push(NotChecked {
            rule: "*".to_owned(),
            why: format!("{} page(s) beyond the limits were not read", facts.unread),
        });
    }
    let judged = profile.rules.len().saturating_sub(not_checked.iter().filter(|one| one.rule != "*").count());
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    Report {
        file,
        profile: profile_facts,
        scope: Scope { applies: true, why: None },
        conforms: (judged > 0).then_some(!broken),
        document: layout.document,
        findings,
        not_checked,
    }
}

/// The report on a file that is larger than is read: every rule unchecked, with the reason.
#[must_use]
pub fn too_large(sha256: &str, profile: &Profile) -> Report {
    let file = FileFacts { sha256: sha256.to_owned(), kind: "pdf".to_owned() };
    unjudged(file, profile, "the file is larger than is read for its text")
}

fn unjudged(file: FileFacts, profile: &Profile, why: &str) -> Report {
    Report {
        file,
        profile: ProfileFacts { id: profile.id.clone(), version: profile.version.clone() },
        scope: Scope { applies: true, why: None },
        conforms: None,
        document: report::DocumentFacts::default(),
        findings: Vec::new(),
        not_checked: profile
            .rules
            .iter()
            .map(|rule| NotChecked { rule: rule.id.clone(), why: why.to_owned() })
            .collect(),
    }
}

/// Documents other rules are made for: normative ones and those of the Party.
fn out_of_scope(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Option<&'static str> {
    let number = layout.number_text(profile).and_then(|text| crate::profile::Notation::parse(&text).ok());
    if number.is_some_and(|number| number.is_normative()) {
        return Some("normative legal documents have a form of their own");
    }
    let head = facts.first_page_text();
    if head.contains("ĐẢNG CỘNG SẢN VIỆT NAM") && !head.contains(&profile.text.national_title) {
        return Some("documents of the Party have a form of their own");
    }
    None
}
