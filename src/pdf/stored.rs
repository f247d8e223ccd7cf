//! Objects as they stand in text: between `obj` and `endobj` (ISO 32000-2, 7.3.10), and in object streams (7.5.7).

use super::object::{Object, Reference};
use super::parser::{Parser, SyntaxError};

/// The objects of a decoded object stream (ISO 32000-2, 7.5.7). Each must end before the next begins,
/// as the standard has it, so that no text is read twice.
///
/// The second value counts all objects made, nested ones too.
pub(super) fn unpacked(
    plain: &[u8],
    count: usize,
    first: usize,
) -> Result<(Vec<(u32, Object)>, usize), SyntaxError> {
    let wrong = |what: &'static str| SyntaxError { what, at: 0 };
    let mut header = Parser::new(plain.get(..first).ok_or(wrong("/First is beyond the stream"))?);
    let mut places = Vec::new();
    for _ in 0..count {
        let number = u32::try_from(header.unsigned()?).map_err(|_| wrong("number out of range"))?;
        let place = usize::try_from(header.unsigned()?).map_err(|_| wrong("place out of range"))?;
        places.push((number, first.saturating_add(place)));
    }
    let mut seen = std::collections::HashSet::new();
    let mut body = Parser::new(plain);
    let mut objects = Vec::new();
    for (number, place) in places {
        if !seen.insert(number) {
            return Err(wrong("an object stands twice in one object stream"));
        }
        if place < body.position() {
            return Err(wrong("objects of an object stream overlap"));
        }
        body.move_to(place);
        objects.push((number, body.object()?));
    }
    Ok((objects, body.spent()))
}

/// What ends an object.
pub(super) enum Ending {
    /// `endobj`.
    Object,
    /// A stream, with the place of its data in the text.
    Stream(usize),
}

/// Reads `n g obj`, the object, and what ends it. The ending must be in the window, so that an
/// object cut by the window's end is never taken for a shorter one.
pub(super) fn read_object(
    parser: &mut Parser<'_>,
    reference: Reference,
    window: &[u8],
) -> Result<(Object, Ending), SyntaxError> {
    let another = SyntaxError { what: "another object or none stands there", at: 0 };
    let number = parser.unsigned().map_err(|_| another)?;
    let generation = parser.unsigned().map_err(|_| another)?;
    if !parser.keyword("obj")
        || number != u64::from(reference.number)
        || generation != u64::from(reference.generation)
    {
        return Err(another);
    }
    let object = parser.object()?;
    if parser.keyword("endobj") {
        return Ok((object, Ending::Object));
    }
    if parser.keyword("stream") {
        let at = parser.position();
        let data = match (window.get(at), window.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at + 2,
            (Some(b'\n'), _) => at + 1,
            _ => return Err(SyntaxError { what: "no end of line after the keyword stream", at }),
        };
        return Ok((object, Ending::Stream(data)));
    }
    Err(SyntaxError { what: "no endobj", at: parser.position() })
}
