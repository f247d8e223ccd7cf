//! PDF objects and how they are written (ISO 32000-2, 7.3). Reading them is `parser`'s.

use super::parser::is_delimiter;
use std::fmt::Write as _;

/// An indirect reference: object number and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Object number.
    pub number: u32,
    /// Generation.
    pub generation: u16,
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// A dictionary: keys in the order they were written, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary(pub(super) Vec<(Vec<u8>, Object)>);

/// A PDF object without its stream data.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A real number, as it was written: comparisons are by text, never by rounding.
    Real(Vec<u8>),
    /// A literal or hexadecimal string, decoded.
    String(Vec<u8>),
    /// A name, decoded, without its slash.
    Name(Vec<u8>),
    /// An array.
    Array(Vec<Object>),
    /// A dictionary.
    Dictionary(Dictionary),
    /// A reference.
    Reference(Reference),
}

impl Dictionary {
    /// A dictionary without entries.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    /// Sets `key`, in its old place if it had one.
    pub fn set(&mut self, key: &str, value: Object) {
        match self.0.iter_mut().find(|(name, _)| name == key.as_bytes()) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.as_bytes().to_vec(), value)),
        }
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key.as_bytes());
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    /// A dictionary of these entries.
    #[must_use]
    pub fn of(entries: Vec<(&str, Object)>) -> Self {
        Self(entries.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect())
    }

    /// The name under `key`, if it is one.
    #[must_use]
    pub fn name(&self, key: &str) -> Option<&[u8]> {
        match self.get(key)? {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The integer under `key`, if it is one.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Object::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The reference under `key`, if it is one.
    #[must_use]
    pub fn reference(&self, key: &str) -> Option<Reference> {
        match self.get(key)? {
            Object::Reference(reference) => Some(*reference),
            _ => None,
        }
    }
}

impl Object {
    /// A name object.
    #[must_use]
    pub fn name(text: &str) -> Self {
        Self::Name(text.as_bytes().to_vec())
    }

    /// A real number with at most three decimals, enough for a tenth of a micrometre at page scale.
    #[must_use]
    pub fn real(value: f64) -> Self {
        let text = format!("{value:.3}");
        let trimmed = text.trim_end_matches('0').trim_end_matches('.');
        Self::Real(if trimmed == "-0" { "0" } else { trimmed }.as_bytes().to_vec())
    }

    /// The dictionary, if this is one.
    #[must_use]
    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The value as a number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => i32::try_from(*value).ok().map(f64::from),
            Self::Real(text) => {
                std::str::from_utf8(text).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
            }
            _ => None,
        }
    }

    /// Every reference inside, at any depth.
    pub fn references(&self, found: &mut Vec<Reference>) {
        match self {
            Self::Reference(reference) => found.push(*reference),
            Self::Array(elements) => elements.iter().for_each(|element| element.references(found)),
            Self::Dictionary(dictionary) => dictionary.iter().for_each(|(_, value)| value.references(found)),
            _ => {}
        }
    }

    /// Writes the object in PDF syntax.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Real(text) => out.extend_from_slice(text),
            Self::String(bytes) => write_string(bytes, out),
            Self::Name(name) => write_name(name, out),
            Self::Array(elements) => {
                out.push(b'[');
                for (n, element) in elements.iter().enumerate() {
                    if n > 0 {
                        out.push(b' ');
                    }
                    element.write(out);
                }
                out.push(b']');
            }
            Self::Dictionary(dictionary) => dictionary.write(out),
            Self::Reference(reference) => out.extend_from_slice(format!("{reference} R").as_bytes()),
        }
    }
}

impl Dictionary {
    /// Writes the dictionary in PDF syntax.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (n, (key, value)) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b' ');
            }
            write_name(key, out);
            out.push(b' ');
            value.write(out);
        }
        out.extend_from_slice(b">>");
    }
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !is_delimiter(*byte) && *byte != b'#' {
            out.push(*byte);
        } else {
            let mut escaped = String::new();
            let _ = write!(escaped, "#{byte:02X}");
            out.extend_from_slice(escaped.as_bytes());
        }
    }
}

fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    let plain = bytes.iter().all(|byte| (0x20..0x7f).contains(byte));
    if plain {
        out.push(b'(');
        for byte in bytes {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend_from_slice(hex::encode_upper(bytes).as_bytes());
        out.push(b'>');
    }
}
