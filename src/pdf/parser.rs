//! Reads PDF syntax (ISO 32000-2, 7.2 and 7.3).
//!
//! Strict where leniency would let two readers see two documents: duplicate keys, unbalanced nesting
//! and missing delimiters are errors. Depth and sizes are bounded.

use super::object::{Dictionary, Object, Reference};

/// Nesting a sane producer never reaches; deeper is an attack on the stack.
const DEPTH_LIMIT: usize = 64;
/// Entries of one array: a 10,000-page file has arrays of that order.
const ENTRY_LIMIT: usize = 200_000;
/// Keys of one dictionary: the largest met name a few hundred fonts or pictures.
const KEY_LIMIT: usize = 10_000;
/// Objects one parser reads, nested ones counted: some thirty bytes of memory each, where the text
/// may spend two bytes on one.
const OBJECT_BUDGET: usize = 1_000_000;

/// Where and why text is no PDF object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct SyntaxError {
    /// What was met or missed.
    pub what: &'static str,
    /// Offset in the text given.
    pub at: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// Reads objects from a piece of text.
#[derive(Debug, Clone)]
pub struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    budget: usize,
}

impl<'a> Parser<'a> {
    /// A parser at the beginning of `text`.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self::starting_at(text, 0)
    }

    /// A parser inside `text`.
    #[must_use]
    pub fn starting_at(text: &'a [u8], at: usize) -> Self {
        Self { text, at, budget: OBJECT_BUDGET }
    }

    /// Where the next token begins to be looked for.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on at another place; what was read so far still counts against the budget.
    pub(super) fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Objects read so far, nested ones counted.
    pub(super) fn spent(&self) -> usize {
        OBJECT_BUDGET - self.budget
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn error<T>(&self, what: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { what, at: self.at })
    }

    /// Skips white space and comments.
    pub fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.at += 1;
            } else if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else {
                break;
            }
        }
    }

    /// Takes `keyword` if it stands here as a whole word.
    pub fn keyword(&mut self, keyword: &str) -> bool {
        self.skip_space();
        let end = self.at.saturating_add(keyword.len());
        let stands = self.text.get(self.at..end) == Some(keyword.as_bytes())
            && !self.text.get(end).copied().is_some_and(is_regular);
        if stands {
            self.at = end;
        }
        stands
    }

    /// Reads an unsigned integer.
    ///
    /// # Errors
    /// When something else stands here or it doesn't fit.
    pub fn unsigned(&mut self) -> Result<u64, SyntaxError> {
        self.skip_space();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        match std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
            Some(value) if !self.peek().is_some_and(is_regular) => Ok(value),
            _ => self.error("expected an unsigned integer"),
        }
    }

    /// Reads one object.
    ///
    /// # Errors
    /// When there is none.
    pub fn object(&mut self) -> Result<Object, SyntaxError> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<Object, SyntaxError> {
        if depth > DEPTH_LIMIT {
            return self.error("nested too deeply");
        }
        let Some(budget) = self.budget.checked_sub(1) else { return self.error("too many objects") };
        self.budget = budget;
        self.skip_space();
        match self.peek() {
            None => self.error("unexpected end"),
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal_string().map(Object::String),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.text.get(self.at + 1) == Some(&b'<') => {
                self.dictionary(depth).map(Object::Dictionary)
            }
            Some(b'<') => self.hexadecimal_string().map(Object::String),
            Some(byte) if byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.') => self.number(),
            Some(_) if self.keyword("true") => Ok(Object::Boolean(true)),
            Some(_) if self.keyword("false") => Ok(Object::Boolean(false)),
            Some(_) if self.keyword("null") => Ok(Object::Null),
            Some(_) => self.error("no object begins like this"),
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, SyntaxError> {
        self.at += 1;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let plain = rest.iter().take_while(|byte| is_regular(**byte) && **byte != b'#').count();
        let mut name = rest.get(..plain).unwrap_or_default().to_vec();
        self.at += plain;
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            if byte == b'#' {
                let digits = self.text.get(self.at..self.at + 2).unwrap_or_default();
                let mut decoded = [0_u8; 1];
                if hex::decode_to_slice(digits, &mut decoded).is_err() {
                    return self.error("broken escape in a name");
                }
                name.extend_from_slice(&decoded);
                self.at += 2;
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, SyntaxError> {
        self.at += 1;
        let mut bytes = Vec::new();
        let mut open = 1_usize;
        loop {
            let Some(byte) = self.peek() else { return self.error("string without an end") };
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    bytes.push(byte);
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(bytes);
                    }
                    bytes.push(byte);
                }
                b'\\' => self.escape(&mut bytes),
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    bytes.push(b'\n');
                }
                other => bytes.push(other),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            value = value * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                bytes.push(u8::try_from(value & 0xff).unwrap_or(0));
            }
            other => bytes.push(other),
        }
    }

    fn hexadecimal_string(&mut self) -> Result<Vec<u8>, SyntaxError> {
        self.at += 1;
        // Nearly every one is digits only: a signature's value has thousands.
        let rest = self.text.get(self.at..).unwrap_or_default();
        let plain = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if plain % 2 == 0 && rest.get(plain) == Some(&b'>') {
            self.at += plain + 1;
            return hex::decode(rest.get(..plain).unwrap_or_default())
                .or_else(|_| self.error("no hexadecimal digit"));
        }
        let mut digits = Vec::new();
        loop {
            let Some(byte) = self.peek() else { return self.error("string without an end") };
            self.at += 1;
            match byte {
                b'>' => break,
                byte if is_space(byte) => {}
                byte if byte.is_ascii_hexdigit() => digits.push(byte),
                _ => return self.error("no hexadecimal digit"),
            }
        }
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        hex::decode(&digits).or_else(|_| self.error("no hexadecimal digit"))
    }

    fn array(&mut self, depth: usize) -> Result<Object, SyntaxError> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Object::Array(elements));
            }
            if elements.len() >= ENTRY_LIMIT {
                return self.error("array with too many elements");
            }
            elements.push(self.nested(depth + 1)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, SyntaxError> {
        self.at += 2;
        let mut entries: Vec<(Vec<u8>, Object)> = Vec::new();
        // Few keys are compared one by one; only many need a table.
        const FEW: usize = 16;
        let mut seen = std::collections::HashSet::new();
        loop {
            self.skip_space();
            if self.text.get(self.at..self.at + 2) == Some(b">>") {
                self.at += 2;
                return Ok(Dictionary(entries));
            }
            if self.peek() != Some(b'/') {
                return self.error("expected a key or the end of the dictionary");
            }
            if entries.len() >= KEY_LIMIT {
                return self.error("dictionary with too many entries");
            }
            let key = self.name()?;
            if entries.len() == FEW {
                seen.extend(entries.iter().map(|(key, _)| key.clone()));
            }
            let repeated = match entries.len() {
                ..FEW => entries.iter().any(|(known, _)| *known == key),
                _ => !seen.insert(key.clone()),
            };
            if repeated {
                return self.error("a key stands twice in one dictionary");
            }
            let value = self.nested(depth + 1)?;
            entries.push((key, value));
        }
    }

    /// An integer, a real, or a reference (`12 0 R`).
    fn number(&mut self) -> Result<Object, SyntaxError> {
        if let Some((value, end)) = self.digits(self.at) {
            self.at = end;
            return Ok(match self.rest_of_reference(value) {
                Some(reference) => Object::Reference(reference),
                None => Object::Integer(value),
            });
        }
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let word = std::str::from_utf8(text).unwrap_or_default();
        if let Ok(value) = word.parse::<i64>() {
            return Ok(Object::Integer(value));
        }
        let digits = word.trim_start_matches(['+', '-']);
        let real = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.bytes().filter(|byte| *byte == b'.').count() == 1
            && digits.len() > 1
            && word.len() - digits.len() <= 1;
        if real {
            return Ok(Object::Real(text.to_vec()));
        }
        self.at = start;
        self.error("broken number")
    }

    /// The word at `at`, if it is of so few digits that any such number fits, and where it ends.
    fn digits(&self, at: usize) -> Option<(i64, usize)> {
        const FITTING: usize = 18;
        let rest = self.text.get(at..)?;
        let count = rest.iter().take(FITTING + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=FITTING).contains(&count) || rest.get(count).copied().is_some_and(is_regular) {
            return None;
        }
        let digits = rest.iter().take(count);
        Some((digits.fold(0, |value, digit| value * 10 + i64::from(*digit & 0x0f)), at + count))
    }

    fn rest_of_reference(&mut self, number: i64) -> Option<Reference> {
        let number = u32::try_from(number).ok()?;
        let mut ahead = self.clone();
        ahead.skip_space();
        let (generation, end) = ahead.digits(ahead.at)?;
        let generation = u16::try_from(generation).ok()?;
        ahead.at = end;
        if !ahead.keyword("R") {
            return None;
        }
        self.at = ahead.at;
        Some(Reference { number, generation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Object, SyntaxError> {
        Parser::new(text.as_bytes()).object()
    }

    #[test]
    fn the_standards_examples_of_strings_and_names_are_read() {
        // ISO 32000-2, 7.3.4 and 7.3.5.
        assert_eq!(read("<901FA>"), Ok(Object::String(vec![0x90, 0x1f, 0xa0])));
        assert_eq!(read("(\\0053)"), Ok(Object::String(vec![5, b'3'])));
        assert_eq!(read("(\\53)"), Ok(Object::String(b"+".to_vec())));
        assert_eq!(read("/A#42"), Ok(Object::name("AB")));
        assert_eq!(read("/Name1;_Various***?"), Ok(Object::name("Name1;_Various***?")));
        assert_eq!(read("-.002"), Ok(Object::Real(b"-.002".to_vec())));
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(read("<</A 1 /A 2>>").is_err());
        assert!(read("<</A 1 /#41 2>>").is_err());
    }

    #[test]
    fn endless_nesting_is_refused_and_not_followed() {
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    fn any_object() -> impl Strategy<Value = Object> {
        let leaf = prop_oneof![
            Just(Object::Null),
            any::<bool>().prop_map(Object::Boolean),
            any::<i64>().prop_map(Object::Integer),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Object::String),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Object::Name),
            (any::<u32>(), any::<u16>())
                .prop_map(|(number, generation)| Object::Reference(Reference { number, generation })),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Object::Array),
                proptest::collection::btree_map(proptest::collection::vec(any::<u8>(), 0..8), inner, 0..6)
                    .prop_map(|entries| Object::Dictionary(Dictionary(entries.into_iter().collect()))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read_back_the_same(object in any_object()) {
            let mut text = Vec::new();
            object.write(&mut text);
            prop_assert_eq!(Parser::new(&text).object(), Ok(object));
        }

        #[test]
        fn any_bytes_end_in_an_object_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parser::new(&bytes).object();
        }
    }
}
