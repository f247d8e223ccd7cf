//! What rules and their measures have for values: how bad, which side, kinds that are counted, colours, patterns.

use serde::Deserialize;

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

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Parts.
    Part,
    /// Chapters.
    Chapter,
    /// Sections.
    Section,
    /// Subsections.
    Subsection,
    /// Headings with Roman numbers.
    Roman,
    /// Articles.
    Article,
    /// Clauses.
    Clause,
    /// Annexes.
    Annex,
}

/// A colour as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hue {
    /// Black, or nearly.
    Black,
    /// Blue.
    Blue,
    /// Red.
    Red,
}

impl Hue {
    /// Whether a colour is of this hue.
    #[must_use]
    pub fn is(self, [red, green, blue]: [u8; 3]) -> bool {
        const DARK: u8 = 70;
        match self {
            Self::Black => red.max(green).max(blue) <= DARK,
            Self::Blue => blue > red.saturating_add(20) && blue > green,
            Self::Red => red > 100 && red > green.saturating_add(50) && red > blue.saturating_add(50),
        }
    }
}

/// A regular expression of bounded size, compiled when the profile is read.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex::Regex);

impl<'d> Deserialize<'d> for Pattern {
    fn deserialize<D: serde::Deserializer<'d>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        let built = regex::RegexBuilder::new(&text).size_limit(1 << 20).build();
        built.map(Self).map_err(serde::de::Error::custom)
    }
}
