//! Format rules as data: what is measured, by which numbers, and what the law says of it.

use super::part::Part;
use crate::messages::Message;
use serde::Deserialize;

/// A format rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable identifier.
    pub id: String,
    /// What is measured, and its parameters.
    pub measure: Measure,
    /// How bad a deviation is.
    pub severity: Severity,
    /// The clause.
    pub basis: String,
    /// Whether a draft can be repaired by machine.
    pub repairable: bool,
    /// What is wrong when it is broken.
    pub message: Message,
}

/// How bad a deviation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The document breaks the rule.
    Error,
    /// It is better done otherwise.
    Warning,
    /// Good to know.
    Info,
}

/// A side of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

/// What the code can measure. Lengths are millimetres, sizes points; `range` is least and greatest.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Paper size, upright or not.
    Paper {
        /// The shorter side.
        width: f64,
        /// The longer side.
        height: f64,
        /// What measuring may be off by.
        tolerance: f64,
        /// The same for scans, whose makers round more.
        scan_tolerance: f64,
    },
    /// Orientation of the first page.
    Orientation {
        /// Whether it must be upright.
        portrait: bool,
    },
    /// A margin.
    Margin {
        /// Which.
        side: Side,
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Fonts of visible text.
    FontFamily {
        /// Accepted families, and how their files call them.
        families: Vec<String>,
    },
    /// Size of running text.
    BodySize {
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// A text that must stand in the head, exactly so.
    FixedText {
        /// The text.
        text: String,
        /// Other spellings that pass.
        #[serde(default)]
        also: Vec<String>,
    },
    /// A spelling that is better replaced.
    Discouraged {
        /// What stands there.
        texts: Vec<String>,
        /// What is better.
        instead: String,
    },
    /// Form of number and symbol.
    NumberForm,
    /// Leading zeros of the number.
    NumberPadding,
    /// Whether the symbol says the type that the title says.
    NumberType,
    /// Form of the date line.
    DateForm,
    /// Leading zeros of the date line.
    DatePadding,
    /// Resolution of scanned pages.
    ScanResolution {
        /// Least dots per inch.
        least: f64,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Size of a part.
    PartSize {
        /// Of which part.
        part: Part,
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Weight of a part.
    PartWeight {
        /// Of which part.
        part: Part,
        /// Whether it is bold.
        bold: bool,
    },
    /// Slant of a part.
    PartSlant {
        /// Of which part.
        part: Part,
        /// Whether it is slanted.
        italic: bool,
    },
    /// A part in capitals.
    PartCapitals {
        /// Which part.
        part: Part,
    },
    /// The text of each line of a part, as a regular expression.
    PartText {
        /// Of which part.
        part: Part,
        /// What it must match.
        pattern: String,
        /// How it is done.
        example: String,
    },
    /// Fonts of codes older than Unicode, by how their names begin.
    LegacyFonts {
        /// How they begin.
        prefixes: Vec<String>,
    },
    /// Text is black.
    Black,
    /// Letters are composed as Unicode's normal form C has them.
    Composed,
    /// Scans are in colour.
    ScanColour,
}

/// A pattern of a rule as an expression of bounded size.
///
/// # Errors
/// When it is none.
pub fn expression(pattern: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build()
}
