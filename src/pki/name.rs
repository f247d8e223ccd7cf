//! Distinguished names made comparable (RFC 5280, 7.1): two encodings of the same words are one name.
//!
//! A simplification of RFC 4518: letters are folded, inner white space is squeezed, outer white space
//! dropped, and the string types are one. Words that differ in anything else differ.

use super::der::{DerError, Reader, Tlv, tlv};

/// A name as bytes that are equal for equal names; the name itself when it can't be read.
#[must_use]
pub fn comparable(der: &[u8]) -> Vec<u8> {
    fold(der).unwrap_or_else(|_| der.to_vec())
}

fn fold(der: &[u8]) -> Result<Vec<u8>, DerError> {
    let mut sets = Reader::new(der).expect(0x30)?.inside();
    let mut folded = Vec::new();
    while !sets.is_empty() {
        let mut attributes = sets.expect(0x31)?.inside();
        let mut set = Vec::new();
        while !attributes.is_empty() {
            let mut parts = attributes.expect(0x30)?.inside();
            let kind = parts.expect(0x06)?;
            let value = parts.read()?;
            set.push(tlv(0x30, &[kind.whole, folded_value(&value).as_slice()].concat()));
        }
        // The attributes of one set have no order.
        set.sort();
        folded.push(tlv(0x31, &set.concat()));
    }
    Ok(tlv(0x30, &folded.concat()))
}

fn folded_value(value: &Tlv<'_>) -> Vec<u8> {
    let text = match value.tag {
        // UTF8String, NumericString, PrintableString, IA5String
        0x0c | 0x12 | 0x13 | 0x16 => std::str::from_utf8(value.value).ok().map(str::to_owned),
        // BMPString
        0x1e => {
            let units: Vec<u16> = value
                .value
                .chunks(2)
                .filter_map(|pair| pair.first_chunk::<2>().map(|pair| u16::from_be_bytes(*pair)))
                .collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    };
    match text {
        Some(text) => {
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
            tlv(0x0c, words.join(" ").as_bytes())
        }
        None => value.whole.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::der::{oid, sequence, set_of};
    use proptest::prelude::*;

    fn name(tag: u8, text: &[u8]) -> Vec<u8> {
        sequence(&[&set_of(vec![sequence(&[&oid("2.5.4.3"), &tlv(tag, text)])])])
    }

    #[test]
    fn case_white_space_and_string_type_make_no_other_name() {
        assert_eq!(comparable(&name(0x13, b"Good CA")), comparable(&name(0x0c, b" good   ca ")));
        assert_eq!(comparable(&name(0x1e, b"\x00C\x00A")), comparable(&name(0x13, b"CA")));
    }

    #[test]
    fn other_words_make_another_name() {
        assert_ne!(comparable(&name(0x13, b"Good CA")), comparable(&name(0x13, b"GoodCA")));
        assert_ne!(comparable(&name(0x0c, "Thành".as_bytes())), comparable(&name(0x0c, b"Thanh")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_have_a_comparable_form(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(comparable(&bytes).len() <= bytes.len() * 3 + 16);
        }
    }
}
