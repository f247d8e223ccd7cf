//! How much streams unpack to, found out before the interpreter unpacks them into memory.
//!
//! Pictures aren't looked at: listening never decodes them. A stream that could not exceed its limit
//! by its filters' greatest ratios isn't unpacked at all.

use super::{Limits, TextError};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use std::io::Read;

/// A stream filter (ISO 32000-2, 7.4).
#[derive(Clone, Copy)]
enum Filter {
    Hexadecimal,
    Base85,
    Flate,
    Lzw,
    Runs,
    Crypt,
    /// A codec of pictures, or none that is known.
    Other,
}

impl Filter {
    /// The filters of a stream, by their full and short names.
    fn of(dictionary: &Dict<'_>) -> Vec<Self> {
        let key: &[u8] = if dictionary.contains_key(b"F") { b"F" } else { b"Filter" };
        match dictionary.get::<Array<'_>>(key) {
            Some(list) => list.iter::<Name<'_>>().take(16).map(|name| Self::named(&name)).collect(),
            None => dictionary.get::<Name<'_>>(key).iter().map(|name| Self::named(name)).collect(),
        }
    }

    fn named(name: &[u8]) -> Self {
        match name {
            b"ASCIIHexDecode" | b"AHx" => Self::Hexadecimal,
            b"ASCII85Decode" | b"A85" => Self::Base85,
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"LZWDecode" | b"LZW" => Self::Lzw,
            b"RunLengthDecode" | b"RL" => Self::Runs,
            b"Crypt" => Self::Crypt,
            _ => Self::Other,
        }
    }
}

/// Greatest ratio of deflate (RFC 1951: 258 bytes in two bits).
const FLATE: usize = 1032;
/// Greatest ratio of LZW with codes of twelve bits.
const LZW: usize = 2731;
/// Greatest ratio of run lengths: 128 bytes of two.
const RUNS: usize = 64;
/// A `z` of ASCII base-85 stands for four bytes.
const BASE85: usize = 4;

/// Checks every stream, and gives the largest size of one that isn't a font.
pub(super) fn check(pdf: &hayro_syntax::Pdf, limits: &Limits) -> Result<usize, TextError> {
    let (mut largest, mut total) = (0, 0_usize);
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        let dictionary = stream.dict();
        if dictionary.get::<Name<'_>>(b"Subtype").is_some_and(|kind| &*kind == b"Image") {
            continue;
        }
        let font =
            [b"Length1".as_slice(), b"Length2", b"Length3"].iter().any(|key| dictionary.contains_key(key))
                || dictionary
                    .get::<Name<'_>>(b"Subtype")
                    .is_some_and(|kind| matches!(&*kind, b"Type1C" | b"CIDFontType0C" | b"OpenType"));
        let limit = if font { limits.font } else { limits.content };
        let size = unpacked(&stream, limit).ok_or(TextError::TooLarge)?;
        total = total.saturating_add(size);
        if total > limits.decoded {
            return Err(TextError::TooLarge);
        }
        if !font {
            largest = largest.max(size);
        }
    }
    Ok(largest)
}

/// Whether the page's content or an appearance is said to be a picture, and so wasn't looked at.
pub(super) fn is_disguised(page: &hayro_syntax::page::Page<'_>) -> bool {
    let picture =
        |stream: Stream<'_>| stream.dict().get::<Name<'_>>(b"Subtype").is_some_and(|kind| &*kind == b"Image");
    let page = page.raw();
    let one = page.get::<Stream<'_>>(b"Contents").is_some_and(picture);
    let of_list = |list: Array<'_>| list.iter::<Stream<'_>>().any(picture);
    let annotations = page.get::<Array<'_>>(b"Annots");
    let appearance = |annotation: Dict<'_>| {
        let shown = annotation.get::<Dict<'_>>(b"AP").and_then(|all| all.get::<Stream<'_>>(b"N"));
        shown.is_some_and(picture)
    };
    one || page.get::<Array<'_>>(b"Contents").is_some_and(of_list)
        || annotations.is_some_and(|list| list.iter::<Dict<'_>>().any(appearance))
}

/// Bytes a stream unpacks to, as a good estimate where it is small; none above the limit, or when the
/// filters are none that a page's content may have.
fn unpacked(stream: &Stream<'_>, limit: usize) -> Option<usize> {
    let raw = stream.raw_data();
    let filters = Filter::of(stream.dict());
    let mut most = raw.len();
    for filter in &filters {
        most = most.saturating_mul(ratio(*filter));
    }
    // Anything below this is too small to matter, whatever it does.
    if most <= limit.min(1 << 20) {
        return Some(raw.len());
    }
    let mut data = raw.into_owned();
    for (at, filter) in filters.iter().enumerate() {
        let last = at + 1 == filters.len();
        data = match filter {
            Filter::Hexadecimal => hexadecimal(&data),
            Filter::Base85 => base85(&data),
            Filter::Flate if last => return inflated(&data, limit),
            Filter::Lzw if last => return lzw(&data, limit),
            Filter::Runs if last => return runs(&data, limit),
            Filter::Crypt => data,
            _ => return None,
        };
    }
    (data.len() <= limit).then_some(data.len())
}

fn ratio(filter: Filter) -> usize {
    match filter {
        Filter::Flate => FLATE,
        Filter::Lzw => LZW,
        Filter::Runs => RUNS,
        Filter::Base85 => BASE85,
        Filter::Hexadecimal | Filter::Crypt => 1,
        // Codecs of pictures give what their headers claim.
        Filter::Other => usize::MAX,
    }
}

fn inflated(data: &[u8], limit: usize) -> Option<usize> {
    let mut reader = flate2::read::ZlibDecoder::new(data);
    let mut buffer = [0_u8; 16 << 10];
    let mut size = 0_usize;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Some(size),
            Ok(read) => size += read,
            // The interpreter makes do with what it could unpack of a damaged stream.
            Err(_) => return Some(size),
        }
        if size > limit {
            return None;
        }
    }
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = data
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter_map(|byte| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0_u8, |all, digit| (all << 4) | digit)).collect()
}

fn base85(data: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(data.len());
    let mut group: Vec<u32> = Vec::with_capacity(5);
    let mut flush = |group: &mut Vec<u32>| {
        let given = group.len();
        if given < 2 {
            group.clear();
            return;
        }
        group.resize(5, 84);
        let value = group.iter().fold(0_u32, |all, digit| all.wrapping_mul(85).wrapping_add(*digit));
        plain.extend(value.to_be_bytes().into_iter().take(given - 1));
        group.clear();
    };
    for byte in data {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => {
                group.extend([0; 5]);
                flush(&mut group);
            }
            b'!'..=b'u' => {
                group.push(u32::from(byte - b'!'));
                if group.len() == 5 {
                    flush(&mut group);
                }
            }
            _ => {}
        }
    }
    flush(&mut group);
    plain
}

fn runs(data: &[u8], limit: usize) -> Option<usize> {
    let mut size = 0_usize;
    let mut at = 0_usize;
    while let Some(length) = data.get(at) {
        let length = usize::from(*length);
        match length {
            128 => break,
            0..128 => {
                size += length + 1;
                at += length + 2;
            }
            _ => {
                size += 257 - length;
                at += 2;
            }
        }
        if size > limit {
            return None;
        }
    }
    Some(size)
}

/// The length LZW data unpack to (ISO 32000-2, 7.4.4.2): only lengths of the table are kept.
fn lzw(data: &[u8], limit: usize) -> Option<usize> {
    const CLEAR: u32 = 256;
    const END: u32 = 257;
    let mut lengths: Vec<usize> = Vec::new();
    let (mut size, mut width) = (0_usize, 9_u32);
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut previous: Option<usize> = None;
    for byte in data {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        let code = (bits >> (held - width)) & ((1 << width) - 1);
        held -= width;
        bits &= (1 << held) - 1;
        if code == END {
            break;
        }
        if code == CLEAR {
            lengths.clear();
            width = 9;
            previous = None;
            continue;
        }
        let known = match code {
            0..256 => Some(1),
            _ => usize::try_from(code - 258).ok().and_then(|at| lengths.get(at).copied()),
        };
        // A code not in the table yet is the previous one and its own first byte.
        let length = known.or(previous.map(|length| length + 1))?;
        if let Some(previous) = previous
            && lengths.len() < 4096
        {
            lengths.push(previous + 1);
        }
        previous = Some(length);
        size = size.saturating_add(length);
        if size > limit {
            return None;
        }
        // Codes grow one early, which is the default.
        width = match lengths.len() + 258 {
            0..511 => 9,
            511..1023 => 10,
            1023..2047 => 11,
            _ => 12,
        };
    }
    Some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_codes_of_the_standards_examples_are_read() {
        assert_eq!(hexadecimal(b"48 65 6C6c 6F>"), b"Hello");
        // From the description of base-85: 'Man ' is 9jqo^.
        assert_eq!(base85(b"9jqo^~>"), b"Man ");
        assert_eq!(base85(b"z~>"), [0; 4]);
    }

    #[test]
    fn the_lzw_example_of_the_pdf_standard_unpacks_to_ten_bytes() {
        // ISO 32000-2, 7.4.4.2, example: 45 45 45 45 45 65 45 45 45 66.
        let coded = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&coded, 100), Some(10));
        assert_eq!(lzw(&coded, 5), None);
    }

    #[test]
    fn run_lengths_are_added_up() {
        assert_eq!(runs(&[2, b'a', b'b', b'c', 254, b'x', 128], 100), Some(6));
        assert_eq!(runs(&[129, 0, 129, 0], 200), None);
    }
}
