//! The sections of a profile: how numbers and dates are written, in what order signatures come, by
//! what the parts of a document are recognised, and where fields go.

use super::notation::{Notation, NotationError};
use crate::messages::Message;
use chrono::{Datelike, NaiveDate};
use regex::Regex;
use serde::Deserialize;

/// How numbers and symbols are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    /// Digits a number has at least.
    pub minimum_digits: usize,
    /// Between number and symbol.
    pub number_symbol_separator: String,
    /// Between the symbol's groups.
    pub group_separator: String,
    /// Groups a symbol has at least.
    pub minimum_groups: usize,
    /// What stands before a number.
    pub label: String,
    /// A number with its symbol, for showing how it is done.
    pub example: String,
}

impl Numbering {
    /// Reads a number with its symbol by this grammar.
    ///
    /// # Errors
    /// [`NotationError`].
    pub fn parse(&self, text: &str) -> Result<Notation, NotationError> {
        Notation::parse_by(text, &self.number_symbol_separator, &self.group_separator, self.minimum_groups)
    }

    /// A number as written: padded with zeros.
    #[must_use]
    pub fn digits(&self, number: u64) -> String {
        format!("{number:0width$}", width = self.minimum_digits)
    }
}

/// In what order signatures come.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// `personal` and `agency`, first to last.
    pub order: Vec<Role>,
}

/// Whose signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person with authority.
    Personal,
    /// The agency.
    Agency,
}

/// How dates are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateForm {
    /// `{place}`, `{day}`, `{month}`, `{year}` in their places.
    pub pattern: String,
    /// Days below this have a leading zero.
    pub day_padded_below: u32,
    /// Months below this have a leading zero.
    pub month_padded_below: u32,
    /// A date line, for showing how it is done.
    pub example: String,
    /// The expression of the pattern, once it was asked for.
    #[serde(skip)]
    compiled: std::sync::OnceLock<Option<Regex>>,
}

impl DateForm {
    /// The date line.
    #[must_use]
    pub fn line(&self, place: &str, date: NaiveDate) -> String {
        let (day, month) = self.day_and_month(date.day(), date.month());
        self.pattern
            .replace("{place}", place)
            .replace("{day}", &day)
            .replace("{month}", &month)
            .replace("{year}", &date.year().to_string())
    }

    /// Day and month as written.
    #[must_use]
    pub fn day_and_month(&self, day: u32, month: u32) -> (String, String) {
        let padded = |value: u32, below: u32| {
            if value < below { format!("{value:02}") } else { value.to_string() }
        };
        (padded(day, self.day_padded_below), padded(month, self.month_padded_below))
    }

    /// What a date line must look like: groups `before`, `day`, `month`, `year`. Day and month may be
    /// blank or dotted, as in drafts; white space may be of any width; case doesn't count.
    ///
    /// # Errors
    /// When the pattern has no such expression.
    pub fn expression(&self) -> Result<Regex, regex::Error> {
        let blank = |name: &str| format!("(?P<{name}>[0-9]{{1,4}}|[0-9]{{0,3}}[.…_ ]*)");
        let mut expression = String::from("(?i)^");
        let mut rest = self.pattern.as_str();
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            expression.push_str(&literal(before));
            match name {
                "place" => expression.push_str("(?P<before>.{0,60}?)"),
                name => expression.push_str(&blank(name)),
            }
            rest = after;
        }
        expression.push_str(&literal(rest));
        expression.push_str(r"\s*$");
        regex::RegexBuilder::new(&expression).size_limit(1 << 20).build()
    }

    /// The same, built once.
    #[must_use]
    pub fn line_expression(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.expression().ok()).as_ref()
    }

    /// The words that stand before day, month and year, where there are such words.
    #[must_use]
    pub fn words(&self) -> Option<[String; 3]> {
        let before = |mark: &str| {
            let text = self.pattern.split_once(mark)?.0;
            let word = text.rsplit('}').next()?.trim_matches([',', ' ']).to_owned();
            word.chars().any(char::is_alphabetic).then_some(word)
        };
        Some([before("{day}")?, before("{month}")?, before("{year}")?])
    }
}

/// Text of a pattern as an expression: white space of any width, or none beside blanks.
fn literal(text: &str) -> String {
    let mut expression = String::new();
    for (at, piece) in text.split(' ').enumerate() {
        if at > 0 {
            expression.push_str(r"\s*");
        }
        expression.push_str(&regex::escape(piece));
    }
    expression
}

/// By what parts of a document, and documents of other kinds, are recognised.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Texts of the head that belong to the state, not to an issuing body.
    pub head: Vec<String>,
    /// How the abstract of a letter begins.
    pub letter_abstract: Option<String>,
    /// How a letter begins that has no abstract: by whom it is for.
    pub addressee: Option<String>,
    /// How the line ends that stands above those whom a telegram is for.
    #[serde(default)]
    pub dispatched: Vec<String>,
    /// How the list of recipients begins, which the signature block stands beside.
    pub recipients: Option<String>,
    /// How an annex in a file of its own begins.
    pub annex: Vec<String>,
    /// Family names, by which a person's name is known that is written without capitals.
    #[serde(default)]
    pub family_names: Vec<String>,
    /// The word of the list of recipients for what stays with the agency.
    pub kept: Option<String>,
    /// Abbreviations that say in whose name someone signs, without their dots.
    #[serde(default)]
    pub authorities: Vec<String>,
    /// How names of offices begin.
    #[serde(default)]
    pub offices: Vec<String>,
    /// Words that names of bodies begin with.
    #[serde(default)]
    pub bodies: Vec<String>,
    /// Those of them that other bodies belong to.
    #[serde(default)]
    pub superiors: Vec<String>,
    /// How the grounds of a document begin.
    pub grounds: Option<String>,
    /// How lines among them may begin, too.
    #[serde(default)]
    pub grounds_also: Vec<String>,
    /// The word on the stamp that who receives a document puts onto it.
    pub arrival: Option<String>,
    /// Words that stand beside the number of a page where it isn't alone, in small letters.
    #[serde(default)]
    pub page_words: Vec<String>,
    /// How the parts of the text are called.
    #[serde(default)]
    pub units: UnitWords,
    /// Marks of urgency.
    #[serde(default)]
    pub urgency: Vec<String>,
    /// Marks of secrecy.
    #[serde(default)]
    pub secrecy: Vec<String>,
    /// What marks of urgency and secrecy are called where documents are registered.
    #[serde(default)]
    pub mark_codes: std::collections::BTreeMap<String, String>,
    /// Marks of how far a document may go round.
    #[serde(default)]
    pub circulation: Vec<String>,
    /// What drafts are marked with.
    #[serde(default)]
    pub drafts: Vec<String>,
    /// Those who sign beside who signs for the agency.
    #[serde(default)]
    pub recorders: Vec<String>,
    /// Ranks and degrees that may stand before a name and are no part of it.
    #[serde(default)]
    pub before_names: Vec<String>,
    /// Forms of copies as they are marked, the usual one first.
    #[serde(default)]
    pub copies: Vec<String>,
    /// How the line begins that says which document an annex goes with.
    pub annex_reference: Option<String>,
    /// Letters that only this jurisdiction's language has: a long text without any is foreign.
    pub letters: Option<String>,
    /// Documents other rules are made for.
    #[serde(default)]
    pub declined: Vec<Declined>,
}

/// How the parts of a text are called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWords {
    /// The greatest (phần).
    pub part: Option<String>,
    /// Below it (chương).
    pub chapter: Option<String>,
    /// Below it (mục).
    pub section: Option<String>,
    /// Below it (tiểu mục).
    pub subsection: Option<String>,
    /// Below it (điều).
    pub article: Option<String>,
}

/// Documents other rules are made for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    /// A line of the first page that tells it.
    #[serde(default)]
    pub headings: Vec<String>,
    /// A text of the first page that shows that it isn't one after all.
    pub unless: Option<String>,
    /// Whether a year stands between number and symbol.
    #[serde(default)]
    pub year_in_number: bool,
    /// Why the rules don't apply.
    pub why: Message,
}

/// Where fields go when the text doesn't tell: fractions of the page, left top right bottom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The number.
    pub number: [f64; 4],
    /// The date.
    pub date: [f64; 4],
    /// The personal signature.
    pub personal: [f64; 4],
    /// The agency's signature.
    pub agency: [f64; 4],
    /// Diameter of the seal in millimetres.
    pub seal_diameter: f64,
}

/// A document type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentType {
    /// Its code here.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What documents of this type may be headed by instead.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether they have a number.
    #[serde(default = "yes")]
    pub numbered: bool,
    /// Whether parties sign them side by side, none of them alone.
    #[serde(default)]
    pub parties: bool,
    /// What stands in symbols; none for types without one.
    pub abbreviation: Option<String>,
    /// Its code in archive packages.
    pub archive_code: String,
    /// Whether place and date stand in its head.
    #[serde(default = "yes")]
    pub dated: bool,
    /// Whether it rests on grounds that stand on lines of their own.
    #[serde(default)]
    pub grounded: bool,
    /// Whether normative documents are of this type too.
    #[serde(default)]
    pub normative: bool,
    /// Where its abstract stands.
    #[serde(default)]
    pub summary: Summary,
}

fn yes() -> bool {
    true
}

/// Where the abstract of a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// Under the name of its type.
    #[default]
    UnderTitle,
    /// Under the number, as letters have it.
    UnderNumber,
    /// Nowhere.
    None,
}

/// A form of copy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyForm {
    /// Its abbreviation, which stands in its symbol.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A retention period.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Its code in archive packages.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether for ever.
    #[serde(default)]
    pub permanent: bool,
    /// For how many years.
    pub years: Option<u32>,
}

/// One line of a code table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub name: String,
}
