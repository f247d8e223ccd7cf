//! Stream data as structure needs it: Flate with predictors (ISO 32000-2, 7.4.4), what is written as text, bounded.

mod text;

use super::error::Error;
use super::object::{Dictionary, Object};
use std::io::Read;

/// Filters one stream may have, one on the other.
const FILTER_LIMIT: usize = 8;

/// Decodes stream data by the dictionary's filters, one after the other; refuses to give more than `limit` bytes, also
/// on the way.
///
/// # Errors
/// When a filter is one of pictures or not known, the data are broken or larger than the limit.
pub fn decode(dictionary: &Dictionary, data: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let parameters = dictionary.get("DecodeParms");
    let filters: Vec<(&[u8], Option<&Object>)> = match dictionary.get("Filter") {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Name(name)) => vec![(name.as_slice(), parameters)],
        Some(Object::Array(list)) if list.len() > FILTER_LIMIT => return Err(Error::Limit("filters")),
        Some(Object::Array(list)) => {
            let each = parameters.and_then(Object::as_array);
            let alone = parameters.filter(|_| list.len() == 1);
            let of = |place: usize| each.and_then(|each| each.get(place)).or(alone);
            let named = list.iter().enumerate().map(|(place, filter)| match filter {
                Object::Name(name) => Ok((name.as_slice(), of(place))),
                _ => Err(Error::Filter("unreadable".to_owned())),
            });
            named.collect::<Result<_, _>>()?
        }
        Some(_) => return Err(Error::Filter("unreadable".to_owned())),
    };
    let mut plain = data.to_vec();
    for (filter, parameters) in filters {
        plain = decode_one(filter, parameters.and_then(Object::as_dictionary), plain, limit)?;
    }
    Ok(plain)
}

fn decode_one(
    filter: &[u8],
    parameters: Option<&Dictionary>,
    data: Vec<u8>,
    limit: usize,
) -> Result<Vec<u8>, Error> {
    match filter {
        b"FlateDecode" => {
            let plain = inflate(&data, limit)?;
            match parameters {
                Some(parameters) => unpredict(parameters, plain),
                None => Ok(plain),
            }
        }
        b"ASCIIHexDecode" => text::hexadecimal(&data),
        b"ASCII85Decode" => text::base85(&data, limit),
        // The crypt filter that changes nothing, which is also meant where none is named (7.4.10).
        b"Crypt" => match parameters.and_then(|parameters| parameters.get("Name")) {
            None => Ok(data),
            Some(Object::Name(name)) if name == b"Identity" => Ok(data),
            Some(_) => Err(Error::Filter("Crypt".to_owned())),
        },
        other => Err(Error::Filter(String::from_utf8_lossy(other).into_owned())),
    }
}

/// Inflates zlib data, at most `limit` bytes.
///
/// # Errors
/// When the data are broken or larger.
pub fn inflate(data: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    // Reading from memory fails only when the data are no zlib stream.
    let outcome = flate2::read::ZlibDecoder::new(data).take(bound).read_to_end(&mut plain);
    outcome.map_err(|_| Error::Damaged("a stream's compressed data"))?;
    if plain.len() > limit { Err(Error::Limit("stream size")) } else { Ok(plain) }
}

/// Deflates to zlib data.
#[must_use]
pub fn deflate(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory doesn't fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

fn unpredict(parameters: &Dictionary, data: Vec<u8>) -> Result<Vec<u8>, Error> {
    let number = |key: &str, default: i64| parameters.integer(key).unwrap_or(default);
    let predictor = number("Predictor", 1);
    if predictor == 1 {
        return Ok(data);
    }
    let bits = number("Colors", 1).saturating_mul(number("BitsPerComponent", 8));
    let (pixel, row) =
        (bits.div_euclid(8).max(1), bits.saturating_mul(number("Columns", 1)).saturating_add(7) / 8);
    let (Ok(pixel), Ok(row)) = (usize::try_from(pixel), usize::try_from(row)) else {
        return Err(Error::Limit("predictor row"));
    };
    if row == 0 || row > 1 << 20 || pixel > row {
        return Err(Error::Limit("predictor row"));
    }
    match predictor {
        2 if number("BitsPerComponent", 8) == 8 => Ok(unpredict_tiff(data, pixel, row)),
        10..=15 => unpredict_png(&data, pixel, row),
        other => Err(Error::Filter(format!("predictor {other}"))),
    }
}

/// TIFF's predictor 2 for whole bytes: each component is the difference to the pixel before.
fn unpredict_tiff(mut data: Vec<u8>, pixel: usize, row: usize) -> Vec<u8> {
    for line in data.chunks_mut(row) {
        for at in pixel..line.len() {
            let left = line.get(at - pixel).copied().unwrap_or(0);
            if let Some(byte) = line.get_mut(at) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    data
}

/// PNG's predictors: each row says by its first byte how it is coded (PNG, clause 9).
fn unpredict_png(data: &[u8], pixel: usize, row: usize) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; row];
    for coded in data.chunks(row + 1) {
        let Some((kind, coded)) = coded.split_first() else { break };
        let mut current = coded.to_vec();
        current.resize(row, 0);
        for at in 0..row {
            let left = at.checked_sub(pixel);
            let a = left.and_then(|left| current.get(left)).copied().unwrap_or(0);
            let b = above.get(at).copied().unwrap_or(0);
            let c = left.and_then(|left| above.get(left)).copied().unwrap_or(0);
            let prediction = match kind {
                0 => 0,
                1 => a,
                2 => b,
                3 => u8::try_from((u16::from(a) + u16::from(b)) / 2).unwrap_or(0),
                4 => paeth(a, b, c),
                _ => return Err(Error::Filter(format!("row predictor {kind}"))),
            };
            if let Some(byte) = current.get_mut(at) {
                *byte = byte.wrapping_add(prediction);
            }
        }
        plain.extend_from_slice(current.get(..coded.len().min(row)).unwrap_or_default());
        above = current;
    }
    Ok(plain)
}

fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let estimate = i16::from(a) + i16::from(b) - i16::from(c);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        a
    } else if distance(b) <= distance(c) {
        b
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(predictor: i64, colors: i64, columns: i64) -> Dictionary {
        Dictionary::of(vec![
            ("Predictor", Object::Integer(predictor)),
            ("Colors", Object::Integer(colors)),
            ("Columns", Object::Integer(columns)),
        ])
    }

    #[test]
    fn every_png_row_predictor_gives_what_the_standard_says() {
        // One byte a pixel, three a row; expected values worked out by hand from PNG, clause 9.2.
        let coded = [
            [0, 10, 20, 30], // none
            [1, 5, 5, 5],    // left neighbour: 5, 10, 15
            [2, 1, 1, 1],    // above: 6, 11, 16
            [3, 4, 4, 4],    // half of left and above: 4+3, 4+(7+11)/2, 4+(13+16)/2
            [4, 1, 1, 1],    // Paeth: 7+1, then the nearest of 8, 13, 7, then of 14, 18, 13
        ]
        .concat();
        let plain = unpredict(&parameters(15, 1, 3), coded).unwrap();
        assert_eq!(plain, [10, 20, 30, 5, 10, 15, 6, 11, 16, 7, 13, 18, 8, 14, 19]);
    }

    #[test]
    fn tiffs_predictor_adds_the_pixel_before() {
        // Two components: each is added to the same component of its left neighbour (TIFF 6.0, section 14).
        let plain = unpredict(&parameters(2, 2, 3), vec![1, 100, 1, 200, 1, 1, 7, 7, 0, 0, 0, 0]).unwrap();
        assert_eq!(plain, [1, 100, 2, 44, 3, 45, 7, 7, 7, 7, 7, 7]);
    }

    #[test]
    fn rows_of_absurd_length_and_unknown_filters_are_refused() {
        assert!(unpredict(&parameters(12, 1, i64::MAX), vec![0; 9]).is_err());
        assert!(unpredict(&parameters(12, 0, 0), vec![0; 9]).is_err());
        assert!(unpredict(&parameters(99, 1, 3), vec![0; 9]).is_err());
        let lzw = Dictionary::of(vec![("Filter", Object::name("LZWDecode"))]);
        assert!(matches!(decode(&lzw, b"", 9), Err(Error::Filter(_))));
        let flate = Dictionary::of(vec![("Filter", Object::name("FlateDecode"))]);
        assert!(matches!(decode(&flate, b"no zlib", 9), Err(Error::Damaged(_))));
    }

    #[test]
    fn only_the_crypt_filter_that_changes_nothing_is_read() {
        let crypt = |name: Option<&str>| {
            let named = name.map(|name| Dictionary::of(vec![("Name", Object::name(name))]));
            let parameters = named.map_or(Object::Null, Object::Dictionary);
            Dictionary::of(vec![("Filter", Object::name("Crypt")), ("DecodeParms", parameters)])
        };
        assert_eq!(decode(&crypt(None), b"plain", 9).unwrap(), b"plain");
        assert_eq!(decode(&crypt(Some("Identity")), b"plain", 9).unwrap(), b"plain");
        assert!(matches!(decode(&crypt(Some("StdCF")), b"plain", 9), Err(Error::Filter(_))));
    }

    #[test]
    fn filters_on_one_another_are_undone_in_their_order_and_each_within_the_limit() {
        let filters = |names: &[&str]| {
            let names = names.iter().map(|name| Object::name(name)).collect();
            let none = Object::Array(vec![Object::Null; 2]);
            Dictionary::of(vec![("Filter", Object::Array(names)), ("DecodeParms", none)])
        };
        let coded = format!("{}>", hex::encode(deflate(&[7; 100]))).into_bytes();
        let both = filters(&["ASCIIHexDecode", "FlateDecode"]);
        assert_eq!(decode(&both, &coded, 100).unwrap(), [7; 100]);
        assert!(matches!(decode(&both, &coded, 99), Err(Error::Limit(_))));
        assert!(decode(&filters(&["FlateDecode", "ASCIIHexDecode"]), &coded, 100).is_err());
        assert!(matches!(decode(&filters(&["Crypt"; 9]), b"", 9), Err(Error::Limit(_))));
    }

    #[test]
    fn data_of_exactly_the_limit_are_given_and_one_byte_more_is_refused() {
        let coded = deflate(&[7; 100]);
        assert_eq!(inflate(&coded, 100).unwrap(), [7; 100]);
        assert!(matches!(inflate(&coded, 99), Err(Error::Limit(_))));
    }
}
