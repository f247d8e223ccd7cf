//! ASN.1 as signatures need it (ITU-T X.690): a strict, small writer of DER, and a reader of TLVs
//! that keeps the bytes as they were received and also understands BER's indefinite lengths.

/// Nesting of indefinite lengths followed at most.
const DEPTH_LIMIT: usize = 32;

/// A tag-length-value as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The identifier octet (tags above 30 are not used in what we read).
    pub tag: u8,
    /// The contents.
    pub value: &'a [u8],
    /// Identifier, length, contents, and end-of-contents if there were any.
    pub whole: &'a [u8],
    /// Whether the length was indefinite: BER, not DER.
    pub indefinite: bool,
}

/// Why bytes are no TLV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("broken ASN.1: {0}")]
pub struct DerError(pub &'static str);

/// Reads TLVs one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A reader of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is left.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next TLV.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next TLV.
    ///
    /// # Errors
    /// When there is none or it is cut off.
    pub fn read(&mut self) -> Result<Tlv<'a>, DerError> {
        let (found, rest) = split(self.0, 0)?;
        self.0 = rest;
        Ok(found)
    }

    /// The next TLV, which must have this tag.
    ///
    /// # Errors
    /// When it has another.
    pub fn expect(&mut self, tag: u8) -> Result<Tlv<'a>, DerError> {
        let found = self.read()?;
        if found.tag == tag { Ok(found) } else { Err(DerError("another tag than expected")) }
    }

    /// The next TLV if it has this tag.
    ///
    /// # Errors
    /// When it is broken.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, DerError> {
        if self.peek() == Some(tag) { self.read().map(Some) } else { Ok(None) }
    }
}

fn split(bytes: &[u8], depth: usize) -> Result<(Tlv<'_>, &[u8]), DerError> {
    let (&tag, rest) = bytes.split_first().ok_or(DerError("unexpected end"))?;
    if tag & 0x1f == 0x1f {
        return Err(DerError("tag above 30"));
    }
    let (&first, rest) = rest.split_first().ok_or(DerError("no length"))?;
    if first == 0x80 {
        return split_indefinite(bytes, rest, tag, depth);
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count > 8 {
            return Err(DerError("length too long"));
        }
        let (octets, rest) = rest.split_at_checked(count).ok_or(DerError("length cut off"))?;
        let length = octets.iter().fold(0_u64, |value, octet| (value << 8) | u64::from(*octet));
        (usize::try_from(length).map_err(|_| DerError("length too long"))?, rest)
    };
    let (value, after) = rest.split_at_checked(length).ok_or(DerError("contents cut off"))?;
    let used = bytes.len() - after.len();
    let whole = bytes.get(..used).unwrap_or_default();
    Ok((Tlv { tag, value, whole, indefinite: false }, after))
}

fn split_indefinite<'a>(
    bytes: &'a [u8],
    contents: &'a [u8],
    tag: u8,
    depth: usize,
) -> Result<(Tlv<'a>, &'a [u8]), DerError> {
    if tag & 0x20 == 0 {
        return Err(DerError("indefinite length of a primitive"));
    }
    if depth > DEPTH_LIMIT {
        return Err(DerError("nested too deeply"));
    }
    let mut rest = contents;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let value = contents.get(..contents.len() - rest.len()).unwrap_or_default();
            let whole = bytes.get(..bytes.len() - after.len()).unwrap_or_default();
            return Ok((Tlv { tag, value, whole, indefinite: true }, after));
        }
        (_, rest) = split(rest, depth + 1)?;
    }
}

impl<'a> Tlv<'a> {
    /// A reader of the contents.
    #[must_use]
    pub fn inside(&self) -> Reader<'a> {
        Reader::new(self.value)
    }

    /// The octets of an OCTET STRING, also when BER split it into pieces.
    ///
    /// # Errors
    /// When it is another type.
    pub fn octets(&self) -> Result<Vec<u8>, DerError> {
        match self.tag {
            0x04 => Ok(self.value.to_vec()),
            0x24 => {
                let mut joined = Vec::new();
                let mut pieces = self.inside();
                while !pieces.is_empty() {
                    joined.extend_from_slice(pieces.expect(0x04)?.value);
                }
                Ok(joined)
            }
            _ => Err(DerError("no octet string")),
        }
    }

    /// The dotted text of an OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// When it is another type or broken.
    pub fn oid(&self) -> Result<String, DerError> {
        if self.tag != 0x06 || self.value.is_empty() || self.value.len() > 64 {
            return Err(DerError("no object identifier"));
        }
        let mut arcs: Vec<u64> = Vec::new();
        let mut arc = 0_u64;
        for octet in self.value {
            arc = arc.checked_mul(128).ok_or(DerError("object identifier too large"))?
                | u64::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                if arcs.is_empty() {
                    let first = (arc / 40).min(2);
                    arcs.extend([first, arc - first * 40]);
                } else {
                    arcs.push(arc);
                }
                arc = 0;
            }
        }
        Ok(arcs.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    }
}

/// Whether what is left of an AlgorithmIdentifier says that there are no parameters: nothing, or NULL.
pub(super) fn has_no_parameters(rest: Reader<'_>) -> bool {
    matches!(rest.rest(), [] | [0x05, 0x00])
}

/// A TLV with definite length.
#[must_use]
pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = contents.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets = u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes();
            let significant: Vec<u8> = octets.into_iter().skip_while(|octet| *octet == 0).collect();
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            out.extend_from_slice(&significant);
        }
    }
    out.extend_from_slice(contents);
    out
}

/// A SEQUENCE of these encodings.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// A SET OF these encodings, sorted as DER wants it.
#[must_use]
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    tlv(0x31, &parts.concat())
}

/// An OBJECT IDENTIFIER from its dotted text; a broken text gives an empty one.
#[must_use]
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    let mut contents = Vec::new();
    if let [first, second, rest @ ..] = arcs.as_slice() {
        for arc in std::iter::once(&(first * 40 + second)).chain(rest) {
            let mut groups = vec![u8::try_from(arc & 0x7f).unwrap_or(0)];
            let mut left = arc >> 7;
            while left > 0 {
                groups.push(0x80 | u8::try_from(left & 0x7f).unwrap_or(0));
                left >>= 7;
            }
            contents.extend(groups.iter().rev());
        }
    }
    tlv(0x06, &contents)
}

/// An OCTET STRING.
#[must_use]
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    tlv(0x04, octets)
}

/// A small non-negative INTEGER.
#[must_use]
pub fn integer(value: u8) -> Vec<u8> {
    if value < 0x80 { tlv(0x02, &[value]) } else { tlv(0x02, &[0, value]) }
}

/// INTEGER of an unsigned number, its octets the highest first.
#[must_use]
pub fn integer_of(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count().min(octets.len().saturating_sub(1));
    let significant = octets.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if significant.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    tlv(0x02, &[sign, significant].concat())
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn object_identifiers_are_coded_as_in_x690() {
        // X.690, 8.19.5: {2 999 3} is 06 03 88 37 03.
        assert_eq!(oid("2.999.3"), [0x06, 0x03, 0x88, 0x37, 0x03]);
        assert_eq!(
            Reader::new(&oid("1.2.840.113549.1.7.2")).read().unwrap().oid().unwrap(),
            "1.2.840.113549.1.7.2"
        );
    }

    #[test]
    fn indefinite_lengths_are_read_and_marked() {
        let ber = [0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00, 0xff];
        let mut reader = Reader::new(&ber);
        let found = reader.read().unwrap();
        assert!(found.indefinite);
        assert_eq!(found.value, &[0x02, 0x01, 0x05]);
        assert_eq!(reader.rest(), &[0xff]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read_back(contents in proptest::collection::vec(any::<u8>(), 0..400)) {
            let coded = octet_string(&contents);
            let found = Reader::new(&coded).read().unwrap();
            prop_assert_eq!(found.value, contents.as_slice());
            prop_assert_eq!(found.whole, coded.as_slice());
        }

        #[test]
        fn any_bytes_end_in_a_tlv_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = Reader::new(&bytes);
            while reader.read().is_ok() {}
        }
    }
}
