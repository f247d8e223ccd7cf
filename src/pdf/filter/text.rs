//! Data written as text (ISO 32000-2, 7.4.2 and 7.4.3). Readers differ on what is broken, so nothing broken is read.

use crate::pdf::error::Error;

const BROKEN: Error = Error::Damaged("a stream's data written as text");

/// White space (ISO 32000-2, table 1).
fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// The data up to their end, without white space; none when they have no end, or something follows it.
fn up_to<'d>(data: &'d [u8], end: &[u8]) -> Option<impl Iterator<Item = u8> + 'd> {
    let at = data.windows(end.len()).position(|window| window == end)?;
    let rest = data.get(at + end.len()..)?;
    let text = data.get(..at)?;
    rest.iter().all(|byte| is_space(*byte)).then(|| text.iter().copied().filter(|byte| !is_space(*byte)))
}

/// ASCIIHexDecode: half as much as is given, at most.
pub(super) fn hexadecimal(data: &[u8]) -> Result<Vec<u8>, Error> {
    let mut digits: Vec<u8> = up_to(data, b">").ok_or(BROKEN)?.collect();
    // An odd digit stands as if a zero followed.
    if digits.len() % 2 == 1 {
        digits.push(b'0');
    }
    hex::decode(&digits).map_err(|_| BROKEN)
}

/// ASCII85Decode, at most `limit` bytes.
pub(super) fn base85(data: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    for byte in up_to(data, b"~>").ok_or(BROKEN)? {
        match byte {
            b'z' if group.is_empty() => plain.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return Err(BROKEN),
        }
        if group.len() == 5 {
            plain.extend_from_slice(&four(&group)?);
            group.clear();
        }
        if plain.len() > limit {
            return Err(Error::Limit("stream size"));
        }
    }
    // A last group of n digits stands for n - 1 bytes.
    match group.len() {
        0 => {}
        1 => return Err(BROKEN),
        count => {
            group.resize(5, 84);
            plain.extend(four(&group)?.into_iter().take(count - 1));
        }
    }
    if plain.len() > limit { Err(Error::Limit("stream size")) } else { Ok(plain) }
}

/// The four bytes of five digits.
fn four(group: &[u8]) -> Result<[u8; 4], Error> {
    let value =
        group.iter().try_fold(0_u32, |value, digit| value.checked_mul(85)?.checked_add((*digit).into()));
    value.map(u32::to_be_bytes).ok_or(BROKEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// ISO 32000-2, 7.4.3, the other way.
    fn as_base85(data: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        for chunk in data.chunks(4) {
            let mut bytes = [0; 4];
            bytes[..chunk.len()].copy_from_slice(chunk);
            let value = u32::from_be_bytes(bytes);
            if value == 0 && chunk.len() == 4 {
                text.push(b'z');
                continue;
            }
            let digits = [4, 3, 2, 1, 0].map(|power| u8::try_from(value / 85_u32.pow(power) % 85).unwrap());
            text.extend(digits.iter().take(chunk.len() + 1).map(|digit| digit + b'!'));
        }
        text.extend_from_slice(b"~>");
        text
    }

    #[test]
    fn what_others_write_is_read() {
        // base64.a85encode(b"Man ")
        assert_eq!(base85(b"9jqo^~>", 4).unwrap(), b"Man ");
        assert_eq!(base85(b" z 9j qo\n^ ~>\r\n", 8).unwrap(), b"\0\0\0\0Man ");
        assert_eq!(hexadecimal(b"4D 61\n6e2>").unwrap(), b"Man ");
    }

    #[test]
    fn what_is_broken_is_not_read() {
        for broken in [&b"9jqo^"[..], b"9jqo^~>x", b"9~>", b"9jz~>", b"v~>", b"uuuuu~>", b"9jqo~ >"] {
            assert!(base85(broken, 99).is_err(), "{broken:?}");
        }
        assert!(matches!(base85(b"zzz~>", 11), Err(Error::Limit(_))));
        for broken in [&b"4d61"[..], b"4d61>x", b"4g>"] {
            assert!(hexadecimal(broken).is_err(), "{broken:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_comes_back(data in proptest::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..100)) {
            prop_assert_eq!(base85(&as_base85(&data), data.len()).unwrap(), data.clone());
            if !data.is_empty() {
                prop_assert!(base85(&as_base85(&data), data.len() - 1).is_err());
            }
            let digits = format!("{}>", hex::encode(&data));
            prop_assert_eq!(hexadecimal(digits.as_bytes()).unwrap(), data);
        }

        #[test]
        fn any_bytes_end_in_data_within_the_limit_or_an_error(
            bytes in proptest::collection::vec(prop_oneof![b'!'..=b'z', any::<u8>()], 0..200),
        ) {
            let ended = [bytes.as_slice(), b"~>"].concat();
            for text in [&bytes, &ended] {
                prop_assert!(base85(text, 50).is_ok_and(|plain| plain.len() <= 50) || base85(text, 50).is_err());
                let _ = hexadecimal(text);
            }
        }
    }
}
