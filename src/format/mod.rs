//! Format rules: facts of a document, the profile's rules, findings (Decree 30/2020 is the first
//! profile; nothing here is bound to it).

pub mod docx;
mod drawn;
pub mod facts;
mod figures;
mod later;
pub mod layout;
mod lines;
mod margins;
pub mod metadata;
pub mod metrics;
mod notes;
pub mod overlay;
mod raised;
pub mod repair;
pub mod report;
mod rules;
pub mod setting;
mod units;

use crate::messages::{Message, message};
use crate::pdf::text::{self, Limits};
use crate::profile::{Profile, Severity};
use facts::Facts;
use layout::Layout;
use report::{DocumentFacts, FileFacts, NotChecked, ProfileFacts, Report, Scope};
use rules::Why;
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

/// A file that was read and can be judged.
#[derive(Debug, Clone)]
pub struct Readable {
    file: FileFacts,
    /// None when the file is larger than is read for its text.
    facts: Option<Facts>,
}

impl Readable {
    /// What the document says of itself, by a profile's ways of recognising it.
    #[must_use]
    pub fn document(&self, profile: &Profile) -> DocumentFacts {
        self.facts.as_ref().map(|facts| Layout::find(facts, profile).document).unwrap_or_default()
    }

    /// The facts, unless the file is too large.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    /// Judges it by a profile.
    #[must_use]
    pub fn judge(&self, profile: &Profile) -> Report {
        match &self.facts {
            Some(facts) => judge(self.file.clone(), facts, profile),
            None => unjudged(self.file.clone(), profile, Why::TooLarge),
        }
    }
}

/// Reads a file's facts; what is a page's number is known by the profile's words.
///
/// # Errors
/// When it can't be read at all.
pub fn read(bytes: Vec<u8>, profile: &Profile, limits: &Limits) -> Result<Readable, FormatError> {
    let sha256 = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes));
    let file = |kind: &str| FileFacts { sha256: sha256.clone(), kind: kind.to_owned() };
    let oversized = u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.file;
    match Kind::of(&bytes) {
        Kind::OldDoc => Err(FormatError::OldDoc),
        Kind::Unknown => Err(FormatError::Unknown),
        Kind::Docx if oversized => Ok(Readable { file: file("docx"), facts: None }),
        Kind::Pdf if oversized => Ok(Readable { file: file("pdf"), facts: None }),
        Kind::Docx => {
            let facts = docx::read(Cursor::new(bytes))?;
            Ok(Readable { file: file("docx"), facts: Some(facts) })
        }
        Kind::Pdf => {
            // The strict reader's word comes first: encrypted and broken files are named as such.
            if let Err(error) = crate::pdf::Pdf::open(&bytes) {
                return Err(FormatError::Pdf(error.to_string()));
            }
            let version = version(&bytes);
            let mut gathered = facts::Gathering::by(&profile.recognition);
            match text::visit(bytes, limits, &mut |number, page| gathered.page(number, &page)) {
                Ok(pages) => {
                    let facts = Facts { version, ..gathered.finish(&pages) };
                    Ok(Readable { file: file("pdf"), facts: Some(facts) })
                }
                Err(text::TextError::TooLarge) => Ok(Readable { file: file("pdf"), facts: None }),
                Err(error) => Err(FormatError::Pdf(error.to_string())),
            }
        }
    }
}

/// The version that the header of a PDF names (ISO 32000-2, 7.5.2).
fn version(bytes: &[u8]) -> Option<(u8, u8)> {
    let head = bytes.get(..bytes.len().min(1024))?;
    let at = head.windows(5).position(|window| window == b"%PDF-")?;
    let digit = |at: usize| head.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
    Some((digit(at + 5)?, digit(at + 7)?))
}

/// Judges a file by a profile.
///
/// # Errors
/// When it can't be read at all.
pub fn check(bytes: Vec<u8>, profile: &Profile, limits: &Limits) -> Result<Report, FormatError> {
    Ok(read(bytes, profile, limits)?.judge(profile))
}

fn judge(file: FileFacts, facts: &Facts, profile: &Profile) -> Report {
    let layout = Layout::find(facts, profile);
    let metadata = metadata::read(facts, &layout, profile);
    let profile_facts = ProfileFacts { id: profile.id.clone(), version: profile.version.clone() };
    if let Some(why) = out_of_scope(facts, &layout, profile) {
        return Report {
            file,
            profile: profile_facts,
            scope: Scope { applies: false, why: Some(why.en.clone()), message: Some(why) },
            conforms: None,
            document: layout.document,
            metadata,
            findings: Vec::new(),
            not_checked: Vec::new(),
        };
    }
    let (findings, mut not_checked) = rules::judge(facts, &layout, profile);
    let judged = profile.rules.len().saturating_sub(not_checked.len());
    if facts.unread > 0 {
        let count = facts.unread.to_string();
        not_checked.push(NotChecked::new("*", message("format_why_unread", &[("pages", &count)])));
    }
    let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
    Report {
        file,
        profile: profile_facts,
        scope: Scope { applies: true, why: None, message: None },
        // A page without anything on it, or without letters, can't be called right for its paper alone.
        conforms: (broken || judged > 0 && (facts.scan || !facts.garbled && !facts.lines.is_empty()))
            .then_some(!broken),
        document: layout.document,
        metadata,
        findings,
        not_checked,
    }
}

/// The report on a file that is larger than is read: every rule unchecked, with the reason.
#[must_use]
pub fn too_large(sha256: &str, profile: &Profile) -> Report {
    let file = FileFacts { sha256: sha256.to_owned(), kind: "pdf".to_owned() };
    unjudged(file, profile, Why::TooLarge)
}

fn unjudged(file: FileFacts, profile: &Profile, why: Why) -> Report {
    Report {
        file,
        profile: ProfileFacts { id: profile.id.clone(), version: profile.version.clone() },
        scope: Scope { applies: true, why: None, message: None },
        conforms: None,
        document: DocumentFacts::default(),
        metadata: metadata::Metadata::default(),
        findings: Vec::new(),
        not_checked: profile.rules.iter().map(|rule| why.of(&rule.id)).collect(),
    }
}

/// Documents other rules are made for: those the profile names, and those in another language.
fn out_of_scope(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Option<Message> {
    // A year between number and symbol is a fault of types that are never normative.
    let normative = layout.notation(profile).is_some_and(|number| number.is_normative())
        && layout.kind(profile).is_none_or(|kind| kind.normative);
    let has = |text: &str| {
        let text = layout::folded(text);
        layout.folds.contains(&text)
    };
    for kind in &profile.recognition.declined {
        let shown = kind.headings.iter().any(|heading| has(heading));
        let excused = kind.unless.as_ref().is_some_and(|text| {
            let text = layout::folded(text);
            layout.folds.iter().any(|line| line.contains(&text))
        });
        if (shown || (kind.year_in_number && normative)) && !excused {
            return Some(kind.why.clone());
        }
    }
    is_foreign(facts, layout, profile).then(|| message("format_foreign", &[]))
}

/// Whether the text is in another language: long, and nearly without the letters only this one has.
/// Old single-byte fonts hide those letters, so their texts are never called foreign.
fn is_foreign(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> bool {
    const LONG: usize = 200;
    const SHARE: usize = 200;
    let Some(letters) = profile.recognition.letters.as_deref() else { return false };
    if layout.headed || facts.scan || facts.garbled {
        return false;
    }
    let legacy = |line: &facts::Line| {
        line.fonts.keys().any(|font| font.starts_with(".Vn") || font.to_uppercase().starts_with("VNI"))
    };
    let text = facts.lines.iter().filter(|line| !line.invisible).take(400);
    let (mut all, mut own) = (0_usize, 0_usize);
    for line in text {
        if legacy(line) {
            return false;
        }
        for character in line.text.chars().filter(|character| character.is_alphabetic()) {
            all += 1;
            own += usize::from(letters.contains(character));
        }
    }
    all >= LONG && own * SHARE < all
}
