//! What a format check says, in the shape other programs read.

use super::metadata::Metadata;
use crate::messages::{Language, Message};
use crate::profile::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The report on a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FormatReport)]
pub struct Report {
    /// The file judged.
    pub file: FileFacts,
    /// The profile it was judged by.
    pub profile: ProfileFacts,
    /// Whether the rules apply to it.
    pub scope: Scope,
    /// Whether it conforms; null when the rules don't apply or nothing could be judged.
    pub conforms: Option<bool>,
    /// What the document says of itself.
    pub document: DocumentFacts,
    /// The same and more, each with where it was read and how sure that is: proposals for registering it.
    pub metadata: Metadata,
    /// What deviates.
    pub findings: Vec<Finding>,
    /// Rules that weren't judged, and why.
    pub not_checked: Vec<NotChecked>,
}

/// The file judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FormatFileFacts)]
pub struct FileFacts {
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// `pdf` or `docx`.
    pub kind: String,
}

/// The profile it was judged by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProfileFacts {
    /// Identifier.
    pub id: String,
    /// Version.
    pub version: String,
}

/// Whether the rules apply.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Scope {
    /// Whether they do.
    pub applies: bool,
    /// Why not, in English.
    pub why: Option<String>,
    /// Why not, for people.
    pub message: Option<Message>,
}

/// What the document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentFacts {
    /// Type code.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Number and symbol.
    pub number: Option<String>,
    /// Date.
    pub date: Option<chrono::NaiveDate>,
    /// Issuing body.
    pub issuer: Option<String>,
    /// Abstract.
    pub subject: Option<String>,
}

/// A deviation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// The clause.
    pub basis: String,
    /// Whose doing: `author`, `signing_tool` or `scan`.
    pub source: String,
    /// Whether the measure is an estimate.
    pub estimate: bool,
    /// Page, from 1; null for DOCX.
    pub page: Option<usize>,
    /// Where on the page: left, top, right, bottom in millimetres from the top left; null for DOCX.
    #[serde(rename = "box")]
    pub bounds: Option<[f64; 4]>,
    /// Where in a DOCX; null for PDF.
    pub at: Option<At>,
    /// What the rule asks for.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Both in English, where they are words: the report has them in the jurisdiction's language.
    #[serde(skip)]
    pub in_english: [String; 2],
    /// What is wrong.
    pub message: Message,
    /// Whether a draft can be repaired by machine.
    pub repairable: bool,
}

impl Finding {
    /// What the rule asks for and what was found, in a language.
    #[must_use]
    pub fn words(&self, language: Language) -> [&str; 2] {
        let [expected, found] = &self.in_english;
        match language {
            Language::Vi => [&self.expected, &self.found],
            Language::En => [expected, found],
        }
    }
}

/// A place in a DOCX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct At {
    /// The part.
    pub part: String,
    /// The paragraph, from 1.
    pub paragraph: usize,
    /// How it begins.
    pub text: String,
}

/// A rule that wasn't judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotChecked {
    /// The rule; `*` for all of them on some pages.
    pub rule: String,
    /// Why, in English.
    pub why: String,
    /// Why, for people.
    pub message: Message,
}

impl NotChecked {
    /// A rule with its reason.
    #[must_use]
    pub fn new(rule: &str, message: Message) -> Self {
        Self { rule: rule.to_owned(), why: message.en.clone(), message }
    }
}
