//! A jurisdiction as data: document types, numbers and dates, format rules, signing order, places of
//! fields, retention.
//!
//! The code knows measures; the profile knows what the law asks for and says where. Profiles are
//! versioned and dated; one is compiled in, others come from a folder without a rebuild.

pub mod codes;
pub mod form;
pub mod notation;
pub mod part;
pub mod rule;
pub mod seen;
pub mod values;

use crate::messages::{Language, Message};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use codes::{AgencyCode, CodeError, DocumentTypeCode, RetentionPeriod};
pub use form::{
    Code, CopyForm, DateForm, Declined, DocumentType, Numbering, Placement, Recognition, Retention, Role,
    Signing, Summary, UnitWords,
};
pub use notation::{Notation, NotationError};
pub use part::Part;
pub use rule::{Measure, Rule};
pub use seen::Seen;
pub use values::{Counted, Hue, Pattern, Severity, Side};

/// Bytes a profile's file may have; the one compiled in has about 20,000.
const FILE_LIMIT: u64 = 4 << 20;

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
    /// By what the parts of a document are recognised.
    pub recognition: Recognition,
    /// Where fields go when the text doesn't tell.
    pub placement: Placement,
    /// Document types.
    pub types: Vec<DocumentType>,
    /// Forms of copies.
    #[serde(default)]
    pub copies: Vec<CopyForm>,
    /// Retention periods.
    pub retention: Vec<Retention>,
    /// Code tables of archive packages, by the name of the field they are for.
    #[serde(default)]
    pub tables: BTreeMap<String, Vec<Code>>,
    /// Words of the rules' clauses and what they are in the jurisdiction's own language.
    #[serde(default)]
    pub clause_words: Vec<[String; 2]>,
    /// Format rules.
    pub rules: Vec<Rule>,
    /// Names of the types as they are compared, with which of the types has each, once they were asked for.
    #[serde(skip)]
    names: std::sync::OnceLock<Vec<(String, usize)>>,
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
    /// Two profiles have the same identifier and version.
    #[error("profile {0}, version {1}, is there twice: give one of them another version")]
    Twice(String, String),
}

impl Profile {
    /// Reads a profile from its TOML.
    ///
    /// # Errors
    /// With the key and what was expected.
    pub fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        let broken = |error: &dyn std::fmt::Display| ProfileError::Broken(name.to_owned(), error.to_string());
        let reader = toml::Deserializer::parse(text).map_err(|error| broken(&error))?;
        let profile: Self = serde_path_to_error::deserialize(reader).map_err(|error| broken(&error))?;
        profile.is_sound().map_err(|why| broken(&why))?;
        Ok(profile)
    }

    /// A rule's clause in a language.
    #[must_use]
    pub fn clause(&self, basis: &str, language: Language) -> String {
        match language {
            Language::En => basis.to_owned(),
            Language::Vi => self
                .clause_words
                .iter()
                .fold(basis.to_owned(), |clause, [word, own]| clause.replace(word.as_str(), own)),
        }
    }

    /// The types with their names as `fold` makes them for comparing, which it is asked to once.
    pub fn types_by_name(&self, fold: fn(&str) -> String) -> impl Iterator<Item = (&str, &DocumentType)> {
        let all = self.types.iter().enumerate();
        let named = all.flat_map(|(at, kind)| {
            std::iter::once(&kind.name).chain(&kind.also).map(move |name| (fold(name), at))
        });
        let names = self.names.get_or_init(|| named.collect());
        names.iter().filter_map(|(name, at)| Some((name.as_str(), self.types.get(*at)?)))
    }

    /// What types alone don't say: unique codes, ranges the right way round, a usable date pattern.
    fn is_sound(&self) -> Result<(), String> {
        unique("types", self.types.iter().map(|kind| kind.code.as_str()))?;
        unique("retention", self.retention.iter().map(|period| period.code.as_str()))?;
        unique("rules", self.rules.iter().map(|rule| rule.id.as_str()))?;
        for (name, table) in &self.tables {
            unique(&format!("tables.{name}"), table.iter().map(|line| line.code.as_str()))?;
        }
        if self.in_force_to.is_some_and(|to| to < self.in_force_from) {
            return Err("in_force_to: expected a day not before in_force_from".to_owned());
        }
        if self.signing.order.is_empty() {
            return Err("signing.order: expected at least one of personal, agency".to_owned());
        }
        for mark in ["{day}", "{month}", "{year}"] {
            if self.date.pattern.matches(mark).count() != 1 {
                return Err(format!("date.pattern: expected {mark} once, found {:?}", self.date.pattern));
            }
        }
        self.date.expression().map_err(|error| format!("date.pattern: {error}"))?;
        self.numbering
            .parse(&self.numbering.example)
            .map_err(|error| format!("numbering.example: {error}"))?;
        for rule in &self.rules {
            if let Measure::Margin { range: [least, greatest], .. }
            | Measure::BodySize { range: [least, greatest], .. }
            | Measure::LineLength { range: [least, greatest], .. }
            | Measure::BodyPitch { range: [least, greatest], .. }
            | Measure::SealOverlap { range: [least, greatest] }
            | Measure::SealSize { range: [least, greatest] }
            | Measure::PartSize { range: [least, greatest], .. } = &rule.measure
                && !(*least >= 0.0 && least <= greatest)
            {
                return Err(format!("rules.{}: expected a range from least to greatest", rule.id));
            }
        }
        Ok(())
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

    /// Every profile of a folder (`*.toml`), and the one compiled in, unless the folder has a newer
    /// version of it.
    ///
    /// # Errors
    /// The first that can't be used.
    pub fn load_folder(folder: &Path) -> Result<Vec<Arc<Self>>, ProfileError> {
        let io = |error| ProfileError::Io(folder.display().to_string(), error);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut found: Vec<Arc<Self>> = vec![Arc::clone(Self::builtin())];
        for path in paths {
            let name = path.display().to_string();
            let io = |error| ProfileError::Io(name.clone(), error);
            if std::fs::metadata(&path).map_err(io)?.len() > FILE_LIMIT {
                return Err(ProfileError::Broken(name, format!("larger than {FILE_LIMIT} bytes")));
            }
            let profile = Self::parse(&name, &std::fs::read_to_string(&path).map_err(io)?)?;
            if found.iter().any(|other| other.id == profile.id && other.version == profile.version) {
                return Err(ProfileError::Twice(profile.id, profile.version));
            }
            found.push(Arc::new(profile));
        }
        Ok(found)
    }

    /// Of the versions of a profile, the one for a document of this date: of those in force then, the
    /// one that came into force last, and of equals the last given.
    #[must_use]
    pub fn choose<'p>(profiles: &'p [Arc<Self>], id: &str, date: NaiveDate) -> Option<&'p Arc<Self>> {
        profiles
            .iter()
            .filter(|profile| profile.id == id && profile.applies_on(date))
            .max_by_key(|profile| profile.in_force_from)
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
        self.numbering.digits(number)
    }

    /// The code table of a field of archive packages (`maintenance` and `typeName` are the profile's
    /// retention periods and document types).
    #[must_use]
    pub fn table(&self, field: &str) -> Vec<Code> {
        let line = |code: &str, name: &str| Code { code: code.to_owned(), name: name.to_owned() };
        let own = self.tables.get(field).into_iter().flatten().cloned();
        match field {
            "maintenance" => {
                self.retention.iter().map(|period| line(&period.code, &period.name)).chain(own).collect()
            }
            "typeName" => {
                self.types.iter().map(|kind| line(&kind.archive_code, &kind.name)).chain(own).collect()
            }
            _ => own.collect(),
        }
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
        use chrono::Datelike;
        self.date.day_and_month(date.day(), date.month())
    }

    /// The date line.
    #[must_use]
    pub fn date_line(&self, place: &str, date: NaiveDate) -> String {
        self.date.line(place, date)
    }
}

fn unique<'a>(what: &str, codes: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes {
        if code.is_empty() || !seen.insert(code) {
            return Err(format!("{what}: expected codes that are not empty and differ, found {code:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
