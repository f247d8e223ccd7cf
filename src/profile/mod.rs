//! A jurisdiction as data: document types, numbers and dates, format rules, signing order, places of
//! fields, retention.
//!
//! The code knows measures; the profile knows what the law asks for and says where. Profiles are
//! versioned and dated; one is compiled in, others come from a folder without a rebuild.

pub mod notation;

use crate::messages::Message;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use notation::{Notation, NotationError};

/// A jurisdiction profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its identifier.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it is called.
    pub name: Message,
    /// First day it applies to.
    pub in_force_from: NaiveDate,
    /// Last day it applies to.
    pub in_force_to: Option<NaiveDate>,
    /// How numbers are written.
    pub numbering: Numbering,
    /// In what order signatures come.
    pub signing: Signing,
    /// How dates are written.
    pub date: DateForm,
    /// Paper and margins.
    pub page: PageForm,
    /// Fonts and fixed texts.
    pub text: TextForm,
    /// Where fields go when the text doesn't tell.
    pub placement: Placement,
    /// Document types.
    pub types: Vec<DocumentType>,
    /// Retention periods.
    pub retention: Vec<Retention>,
    /// Format rules.
    pub rules: Vec<Rule>,
}

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
    /// What stands before a number.
    pub label: String,
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
}

/// Paper and margins, in millimetres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageForm {
    /// Paper width.
    pub width: f64,
    /// Paper height.
    pub height: f64,
    /// Least and greatest left margin.
    pub left: [f64; 2],
    /// Least and greatest right margin.
    pub right: [f64; 2],
    /// Least and greatest top margin.
    pub top: [f64; 2],
    /// Least and greatest bottom margin.
    pub bottom: [f64; 2],
    /// What measuring may be off by.
    pub tolerance: f64,
}

/// Fonts and fixed texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextForm {
    /// Accepted font families, and how their files call them.
    pub font_families: Vec<String>,
    /// Least and greatest size of the body, in points.
    pub body_size: [f64; 2],
    /// What measuring may be off by, in points.
    pub size_tolerance: f64,
    /// The national title.
    pub national_title: String,
    /// Spellings of it that are accepted with a warning.
    pub national_title_accepted: Vec<String>,
    /// The motto.
    pub motto: String,
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
    /// What stands in symbols; none for types without one.
    pub abbreviation: Option<String>,
    /// Its code in archive packages.
    pub archive_code: String,
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

/// A format rule: which measure, and what the law says of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable identifier.
    pub id: String,
    /// What is measured.
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

/// What the code can measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Paper size.
    Paper,
    /// Orientation of the first page.
    Orientation,
    /// Left margin.
    MarginLeft,
    /// Right margin.
    MarginRight,
    /// Top margin.
    MarginTop,
    /// Bottom margin.
    MarginBottom,
    /// Font family.
    FontFamily,
    /// Size of the body.
    BodySize,
    /// National title.
    NationalTitle,
    /// Spelling of the national title.
    NationalTitleSpelling,
    /// Motto.
    Motto,
    /// Form of number and symbol.
    NumberForm,
    /// Leading zero of the number.
    NumberPadding,
    /// Form of the date line.
    DateForm,
    /// Leading zeros of the date line.
    DatePadding,
}

/// Why a profile can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file can't be read.
    #[error("profile {0}: {1}")]
    Io(String, std::io::Error),
    /// It isn't what a profile must be.
    #[error("profile {0}: {1}")]
    Broken(String, String),
}

impl Profile {
    /// Reads a profile from its TOML.
    ///
    /// # Errors
    /// With the key and what was expected.
    pub fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        let broken = |error: &dyn std::fmt::Display| ProfileError::Broken(name.to_owned(), error.to_string());
        let reader = toml::Deserializer::parse(text).map_err(|error| broken(&error))?;
        serde_path_to_error::deserialize(reader).map_err(|error| broken(&error))
    }

    /// The profile compiled in.
    #[must_use]
    pub fn builtin() -> &'static Arc<Self> {
        static BUILTIN: OnceLock<Arc<Profile>> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            // A test reads the same text, so that a broken one never ships.
            let text = include_str!("vn-nd30-2020.toml");
            Arc::new(Self::parse("vn-nd30-2020", text).unwrap_or_else(|error| unreachable!("{error}")))
        })
    }

    /// Every profile of a folder (`*.toml`), and the one compiled in.
    ///
    /// # Errors
    /// The first that can't be used.
    pub fn load_folder(folder: &Path) -> Result<Vec<Arc<Self>>, ProfileError> {
        let io = |error| ProfileError::Io(folder.display().to_string(), error);
        let mut found = vec![Arc::clone(Self::builtin())];
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path).map_err(io)?;
                found.push(Arc::new(Self::parse(&path.display().to_string(), &text)?));
            }
        }
        Ok(found)
    }

    /// Whether the profile applies to a document of this date.
    #[must_use]
    pub fn applies_on(&self, date: NaiveDate) -> bool {
        self.in_force_from <= date && self.in_force_to.is_none_or(|to| date <= to)
    }

    /// The type with this code.
    #[must_use]
    pub fn document_type(&self, code: &str) -> Option<&DocumentType> {
        self.types.iter().find(|kind| kind.code == code)
    }

    /// The retention period with this code.
    #[must_use]
    pub fn retention_period(&self, code: &str) -> Option<&Retention> {
        self.retention.iter().find(|period| period.code == code)
    }

    /// A number as written: padded with zeros.
    #[must_use]
    pub fn format_number(&self, number: u64) -> String {
        format!("{number:0width$}", width = self.numbering.minimum_digits)
    }

    /// Number and symbol as written, e.g. `05/QĐ-UBND`, `12/UBND-VX`.
    ///
    /// # Errors
    /// When the type is unknown, or has no abbreviation and no drafting unit is given.
    pub fn notation(
        &self,
        type_code: &str,
        agency: &str,
        drafting_unit: Option<&str>,
        number: u64,
    ) -> Result<String, NotationError> {
        let symbol = self.symbol(type_code, agency, drafting_unit)?;
        Ok(format!("{}{}{symbol}", self.format_number(number), self.numbering.number_symbol_separator))
    }

    /// The symbol alone.
    ///
    /// # Errors
    /// As [`Self::notation`].
    pub fn symbol(
        &self,
        type_code: &str,
        agency: &str,
        drafting_unit: Option<&str>,
    ) -> Result<String, NotationError> {
        let kind = self.document_type(type_code).ok_or(NotationError::UnknownType)?;
        let separator = &self.numbering.group_separator;
        match (&kind.abbreviation, drafting_unit) {
            (Some(abbreviation), _) => Ok(format!("{abbreviation}{separator}{agency}")),
            (None, Some(unit)) => Ok(format!("{agency}{separator}{unit}")),
            (None, None) => Err(NotationError::NoDraftingUnit),
        }
    }

    /// Day and month as written.
    #[must_use]
    pub fn day_and_month(&self, date: NaiveDate) -> (String, String) {
        let padded = |value: u32, below: u32| {
            if value < below { format!("{value:02}") } else { value.to_string() }
        };
        (padded(date.day(), self.date.day_padded_below), padded(date.month(), self.date.month_padded_below))
    }

    /// The date line.
    #[must_use]
    pub fn date_line(&self, place: &str, date: NaiveDate) -> String {
        let (day, month) = self.day_and_month(date);
        self.date
            .pattern
            .replace("{place}", place)
            .replace("{day}", &day)
            .replace("{month}", &month)
            .replace("{year}", &date.year().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_profile_compiled_in_can_be_read_and_knows_29_types() {
        let profile = Profile::parse("builtin", include_str!("vn-nd30-2020.toml")).unwrap();
        assert_eq!(profile.types.len(), 29);
        assert!(profile.applies_on(date("2026-11-23")) && !profile.applies_on(date("2020-03-04")));
    }

    #[test]
    fn numbers_symbols_and_dates_are_written_as_the_decree_says() {
        let profile = Profile::builtin();
        assert_eq!(profile.notation("QĐ", "UBND", None, 5).unwrap(), "05/QĐ-UBND");
        assert_eq!(profile.notation("CV", "UBND", Some("VX"), 12).unwrap(), "12/UBND-VX");
        assert!(profile.notation("CV", "UBND", None, 12).is_err());
        assert_eq!(profile.date_line("Hà Nội", date("2020-01-05")), "Hà Nội, ngày 05 tháng 01 năm 2020");
        assert_eq!(profile.date_line("Hà Nội", date("2019-06-29")), "Hà Nội, ngày 29 tháng 6 năm 2019");
    }

    #[test]
    fn a_profile_with_an_unknown_key_is_refused_by_name() {
        let text = include_str!("vn-nd30-2020.toml").replace("minimum_digits", "minimal_digits");
        let error = Profile::parse("x", &text).unwrap_err().to_string();
        assert!(error.contains("minimal_digits"), "{error}");
    }
}
