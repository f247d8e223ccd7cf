//! Number and symbol of a document (số và ký hiệu): read by its grammar, the only way in.

use unicode_normalization::UnicodeNormalization;

/// Longest notation: 11 digits and 30 characters of symbol (Decree 30/2020, App. VI).
const LENGTH_LIMIT: usize = 64;

/// A number with its symbol, e.g. `05/QĐ-UBND`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notation {
    digits: String,
    symbol: String,
    groups: Vec<String>,
    normative: bool,
    separator: String,
}

/// Why a text is no number and symbol, or none can be composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotationError {
    /// No slash between number and symbol.
    #[error("no slash between number and symbol")]
    NoSlash,
    /// The number isn't digits only.
    #[error("the number is not made of digits")]
    Digits,
    /// The symbol has other characters than letters, digits, dots and ampersands in groups joined by hyphens.
    #[error("the symbol is not made of groups joined by hyphens")]
    Symbol,
    /// Longer than any may be.
    #[error("longer than number and symbol may be")]
    Length,
    /// The profile has no such type.
    #[error("no such document type")]
    UnknownType,
    /// The type's symbol needs a drafting unit.
    #[error("the symbol of this type names the drafting unit")]
    NoDraftingUnit,
}

impl Notation {
    /// Reads a notation as Decree 30/2020 writes it; the text becomes NFC.
    ///
    /// # Errors
    /// [`NotationError`].
    pub fn parse(text: &str) -> Result<Self, NotationError> {
        Self::parse_by(text, "/", "-", 2)
    }

    /// Reads a notation by a profile's grammar: what stands between number and symbol, between the
    /// symbol's groups, and how many groups there are at least.
    pub(super) fn parse_by(
        text: &str,
        separator: &str,
        between: &str,
        least: usize,
    ) -> Result<Self, NotationError> {
        if text.len() > LENGTH_LIMIT * 4 {
            return Err(NotationError::Length);
        }
        let text: String = text.trim().nfc().collect();
        if text.chars().count() > LENGTH_LIMIT {
            return Err(NotationError::Length);
        }
        let (digits, symbol) = text.split_once(separator).ok_or(NotationError::NoSlash)?;
        if digits.is_empty() || digits.len() > 11 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotationError::Digits);
        }
        // A year between number and symbol marks a normative document; it stays part of the symbol.
        let year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let (normative, rest) = match symbol.split_once(separator) {
            Some((first, rest)) if year(first) => (true, rest),
            Some(_) => return Err(NotationError::Symbol),
            None => (false, symbol),
        };
        let letter = |character: char| character.is_alphanumeric() || matches!(character, '.' | '&');
        let groups: Vec<&str> = rest.split(between).collect();
        let sound = groups.iter().all(|group| !group.is_empty() && group.chars().all(letter));
        if !sound || (!normative && groups.len() < least) {
            return Err(NotationError::Symbol);
        }
        let groups = groups.into_iter().map(str::to_owned).collect();
        let (digits, symbol) = (digits.to_owned(), symbol.to_owned());
        Ok(Self { digits, symbol, groups, normative, separator: separator.to_owned() })
    }

    /// The number's digits as written.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The symbol.
    #[must_use]
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// Whether it is of the form of normative documents (number/year/type-body).
    #[must_use]
    pub fn is_normative(&self) -> bool {
        self.normative
    }

    /// The first group of the symbol: the type's abbreviation, or the agency's for official letters.
    #[must_use]
    pub fn first_group(&self) -> &str {
        self.groups.first().map(String::as_str).unwrap_or_default()
    }

    /// The groups of the symbol, without a year before them.
    #[must_use]
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The number, when it is one that can be counted with.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.digits.parse().ok()
    }
}

impl std::fmt::Display for Notation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.digits, self.separator, self.symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_decrees_examples_are_read() {
        for text in ["15/QĐ-BNV", "05/BNV-VP", "12/UBND-VX", "30/2020/NĐ-CP", "7816/VPCP-TTĐT"] {
            assert_eq!(Notation::parse(text).unwrap().to_string(), text);
        }
        assert!(Notation::parse("30/2020/NĐ-CP").unwrap().is_normative());
    }

    #[test]
    fn spaces_and_missing_parts_are_refused() {
        assert_eq!(Notation::parse("15 QĐ-BNV"), Err(NotationError::NoSlash));
        assert_eq!(Notation::parse("15/QĐ - BNV"), Err(NotationError::Symbol));
        assert_eq!(Notation::parse("/QĐ-BNV"), Err(NotationError::Digits));
        assert_eq!(Notation::parse("15/QĐ"), Err(NotationError::Symbol));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_was_read_reads_again_the_same(text in "\\PC{0,40}") {
            if let Ok(notation) = Notation::parse(&text) {
                prop_assert_eq!(Notation::parse(&notation.to_string()), Ok(notation));
            }
        }
    }
}
