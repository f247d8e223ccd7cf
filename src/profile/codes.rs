//! Codes as types: the constructor is the only way in.

use super::Profile;
use unicode_normalization::UnicodeNormalization;

/// Longest electronic identifier of an agency (Decision 20/2020/QĐ-TTg, Art. 4).
const AGENCY_LENGTH: usize = 35;

/// Why a text is no code of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// No agency identifier, in neither form.
    #[error(
        "{0:?} is no agency code: expected one like H37.02.02 (at most 35 characters), or the older 000.00.00.H41"
    )]
    Agency(String),
    /// The profile has no such document type.
    #[error("{code:?} is no document type of profile {profile}")]
    DocumentType {
        /// What was given.
        code: String,
        /// The profile.
        profile: String,
    },
    /// The profile has no such retention period.
    #[error("{code:?} is no retention period of profile {profile}")]
    Retention {
        /// What was given.
        code: String,
        /// The profile.
        profile: String,
    },
}

/// An agency's electronic identifier (mã định danh).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgencyCode {
    text: String,
    older: bool,
}

impl AgencyCode {
    /// Reads a code in the form of Decision 20/2020 (groups from left to right, `H37.02.02`), or in the
    /// older one of 13 characters (QCVN 102:2016, groups from right to left, `000.00.00.H41`).
    ///
    /// # Errors
    /// When it has neither form.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let trimmed = text.trim();
        let refused = || CodeError::Agency(trimmed.chars().take(80).collect());
        if trimmed.len() > AGENCY_LENGTH {
            return Err(refused());
        }
        let groups: Vec<&str> = trimmed.split('.').collect();
        let older = trimmed.len() == 13 && is_older(&groups);
        if older || is_current(&groups) {
            return Ok(Self { text: trimmed.to_owned(), older });
        }
        Err(refused())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has the older form.
    #[must_use]
    pub fn is_older_form(&self) -> bool {
        self.older
    }
}

/// A letter A to Y and two digits.
fn is_root(group: &str) -> bool {
    match group.as_bytes() {
        [letter, rest @ ..] => {
            (b'A'..=b'Y').contains(letter) && rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}

fn is_current(groups: &[&str]) -> bool {
    let plain = |group: &&str| {
        !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    groups.split_first().is_some_and(|(root, rest)| is_root(root) && rest.iter().all(plain))
}

fn is_older(groups: &[&str]) -> bool {
    match groups {
        [three, two, second, root] => {
            let digits =
                |group: &str, count| group.len() == count && group.bytes().all(|byte| byte.is_ascii_digit());
            digits(three, 3) && digits(two, 2) && digits(second, 2) && is_root(root)
        }
        _ => false,
    }
}

/// The code of a document type that its profile knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentTypeCode(String);

impl DocumentTypeCode {
    /// Reads a code of the profile; the text becomes NFC.
    ///
    /// # Errors
    /// When the profile has none like it.
    pub fn parse(text: &str, profile: &Profile) -> Result<Self, CodeError> {
        let code: String = text.trim().nfc().take(80).collect();
        if profile.document_type(&code).is_none() {
            return Err(CodeError::DocumentType { code, profile: profile.id.clone() });
        }
        Ok(Self(code))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long something is kept, by the profile's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionPeriod {
    /// For ever.
    Permanent,
    /// This many years.
    Years(u32),
    /// As said elsewhere.
    Other,
}

impl RetentionPeriod {
    /// Reads a code of the profile.
    ///
    /// # Errors
    /// When the profile has none like it.
    pub fn parse(text: &str, profile: &Profile) -> Result<Self, CodeError> {
        let code = text.trim();
        let found = profile.retention_period(code).ok_or_else(|| CodeError::Retention {
            code: code.chars().take(80).collect(),
            profile: profile.id.clone(),
        })?;
        Ok(match (found.permanent, found.years) {
            (true, _) => Self::Permanent,
            (false, Some(years)) => Self::Years(years),
            (false, None) => Self::Other,
        })
    }

    /// The longer of two: a file is kept as long as the document of it that is kept longest
    /// (Law on Archives 33/2024/QH15, Art. 15). What is said elsewhere can't be compared.
    #[must_use]
    pub fn longer(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Permanent, _) | (_, Self::Permanent) => Some(Self::Permanent),
            (Self::Years(a), Self::Years(b)) => Some(Self::Years(a.max(b))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_agency_codes_of_both_forms_are_read() {
        for text in ["H37", "H37.02.02", "H15.50.05.13", "H49.64.33", "H37.DN.001", "G22"] {
            assert!(!AgencyCode::parse(text).unwrap().is_older_form(), "{text}");
        }
        for text in ["000.00.00.H41", "002.00.20.H13", "000.00.00.G22"] {
            assert!(AgencyCode::parse(text).unwrap().is_older_form(), "{text}");
        }
    }

    #[test]
    fn a_code_of_36_characters_or_another_form_is_refused() {
        let long = format!("H37.{}", "A".repeat(32));
        for text in ["", "Z37.02", "h37.02", "H7.02", "H37..02", "H37.0-2", "00.00.00.H41", &long] {
            assert!(AgencyCode::parse(text).is_err(), "{text}");
        }
        assert!(AgencyCode::parse(long.get(..35).unwrap()).is_ok());
    }

    #[test]
    fn types_and_periods_are_those_of_the_profile() {
        let profile = Profile::builtin();
        assert_eq!(DocumentTypeCode::parse("Q\u{110}", profile).unwrap().as_str(), "QĐ");
        assert!(DocumentTypeCode::parse("XX", profile).is_err());
        assert_eq!(RetentionPeriod::parse("01", profile), Ok(RetentionPeriod::Permanent));
        assert_eq!(RetentionPeriod::parse("06", profile), Ok(RetentionPeriod::Years(10)));
        assert!(RetentionPeriod::parse("99", profile).is_err());
        assert_eq!(
            RetentionPeriod::Years(10).longer(RetentionPeriod::Permanent),
            Some(RetentionPeriod::Permanent)
        );
    }
}
