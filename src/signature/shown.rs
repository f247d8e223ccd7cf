//! What an appearance stream shows: enough to tell blank from written, and to read the text of a
//! filled field. No general content interpreter: what isn't understood counts as shown, or as text
//! that doesn't match.

use super::prepare::Rectangle;
use crate::pdf::text::Limits;
use crate::pdf::{self, Dictionary, Object, Parser, Pdf};
use std::collections::HashMap;

/// Bytes of an appearance that is looked at.
const CONTENT_LIMIT: usize = 1 << 20;

/// Operands before one operator: a CMap section holds a hundred triples.
const OPERAND_LIMIT: usize = 512;

/// The normal appearance stream of a widget: its dictionary and content.
pub(super) fn normal(
    pdf: &Pdf<'_>,
    widget: &Dictionary,
    revision: usize,
) -> Result<Option<(Dictionary, Vec<u8>)>, pdf::Error> {
    let Object::Dictionary(appearances) = pdf.get(widget, "AP", revision)? else { return Ok(None) };
    let Some(reference) = appearances.reference("N") else { return Ok(None) };
    match pdf.resolve(reference, revision)? {
        Object::Dictionary(dictionary) if dictionary.get("Length").is_some() => {
            let content = pdf.stream(reference, revision)?;
            if content.len() > CONTENT_LIMIT {
                return Err(pdf::Error::Limit("appearance stream"));
            }
            Ok(Some((dictionary, content)))
        }
        _ => Ok(None),
    }
}

/// Operators of a content stream with the operands before each (ISO 32000-2, Annex A); false when not all was understood.
pub(super) fn operators(content: &[u8], visit: &mut dyn FnMut(&[u8], &[Object])) -> bool {
    let mut parser = Parser::new(content);
    let mut operands = Vec::new();
    loop {
        parser.skip_space();
        let at = parser.position();
        let Some(first) = content.get(at) else { return true };
        if first.is_ascii_alphabetic() || matches!(first, b'\'' | b'"') {
            let end = content
                .get(at..)
                .unwrap_or_default()
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b"/[<(%".contains(byte))
                .map_or(content.len(), |length| at + length);
            let word = content.get(at..end).unwrap_or_default();
            if matches!(word, b"true" | b"false" | b"null") {
                operands.push(Object::Null);
            } else {
                visit(word, &operands);
                operands.clear();
                if word == b"BI" {
                    return false;
                }
            }
            parser = Parser::starting_at(content, end);
        } else {
            match parser.object() {
                Ok(object) if operands.len() < OPERAND_LIMIT => operands.push(object),
                _ => return false,
            }
        }
    }
}

/// Whether a widget shows nothing: no appearance, or one that paints nothing.
///
/// # Errors
/// When it can't be read.
pub fn is_blank(pdf: &Pdf<'_>, widget: &Dictionary, revision: usize) -> Result<bool, pdf::Error> {
    const PAINTING: [&[u8]; 18] = [
        b"Tj", b"TJ", b"'", b"\"", b"Do", b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"sh",
        b"BI", b"ID", b"EI",
    ];
    let Some((_, content)) = normal(pdf, widget, revision)? else {
        return Ok(widget.get("AP").is_none());
    };
    let mut paints = false;
    let understood = operators(&content, &mut |operator, operands| {
        let empty_text = matches!(operands, [Object::String(text)] if text.is_empty());
        paints |= PAINTING.contains(&operator) && !(empty_text && operator == b"Tj");
    });
    Ok(understood && !paints)
}

/// The text a widget's appearance shows; none when it shows anything that isn't readable text.
///
/// # Errors
/// When it can't be read.
pub fn appearance_text(
    pdf: &Pdf<'_>,
    widget: &Dictionary,
    revision: usize,
) -> Result<Option<String>, pdf::Error> {
    let Some((dictionary, content)) = normal(pdf, widget, revision)? else { return Ok(None) };
    let fonts = fonts(pdf, &dictionary, revision)?;
    let mut current: Option<&Coding> = None;
    let mut text = String::new();
    let mut foreign = false;
    let mut ink = Ink::default();
    let understood = operators(&content, &mut |operator, operands| match (operator, operands) {
        (b"q" | b"Q" | b"g" | b"rg" | b"k" | b"sc" | b"scn", _) => ink.set(operator, operands),
        (b"Tf", [Object::Name(name), _]) => current = fonts.get(name),
        (b"Tj" | b"'", [Object::String(codes)]) => match current {
            Some(coding) if !ink.is_pale => text.push_str(&coding.decode(codes)),
            _ => foreign = true,
        },
        (b"TJ", [Object::Array(parts)]) => {
            foreign |= ink.is_pale;
            for part in parts {
                if let (Object::String(codes), Some(coding)) = (part, current) {
                    text.push_str(&coding.decode(codes));
                }
            }
            foreign |= current.is_none();
        }
        // Text that is drawn invisibly, and pictures, are not what the value says.
        (b"Tr", [mode]) => foreign |= !matches!(mode, Object::Integer(0..=2)),
        // Strokes and fills can draw letters as well.
        (
            b"Do" | b"sh" | b"BI" | b"\"" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s",
            _,
        ) => foreign = true,
        _ => {}
    });
    Ok((understood && !foreign).then_some(text))
}

/// Whether what is filled in is too pale to be seen on paper.
#[derive(Default)]
struct Ink {
    is_pale: bool,
    saved: Vec<bool>,
}

impl Ink {
    /// Takes an operator that sets the colour, or saves and restores it (ISO 32000-2, 8.4.2 and 8.6.8).
    fn set(&mut self, operator: &[u8], operands: &[Object]) {
        /// Above this share of white, text isn't read any more.
        const PALE: f64 = 0.8;
        /// States saved in one another, more than a field's text needs.
        const SAVED: usize = 64;
        let shares: Vec<f64> = operands.iter().filter_map(Object::as_number).collect();
        match operator {
            b"q" if self.saved.len() < SAVED => self.saved.push(self.is_pale),
            b"q" => {}
            b"Q" => self.is_pale = self.saved.pop().unwrap_or_default(),
            // A pattern has a name; what it shows isn't looked at.
            _ if shares.len() != operands.len() => self.is_pale = true,
            _ => {
                self.is_pale = match shares.as_slice() {
                    [_, _, _, _] => shares.iter().all(|share| *share < 1.0 - PALE),
                    _ => shares.iter().all(|share| *share > PALE),
                };
            }
        }
    }
}

/// Whether a widget's appearance shows a value, and nothing else.
///
/// # Errors
/// When it can't be read.
pub fn shows(pdf: &Pdf<'_>, widget: &Dictionary, value: &[u8], revision: usize) -> Result<bool, pdf::Error> {
    let shown = appearance_text(pdf, widget, revision)?;
    let wanted = squeeze(&super::fields::text(value));
    Ok(shown.is_some_and(|shown| squeeze(&shown) == wanted))
}

/// Text without its white space: lines are broken and centred by appearances as they like.
#[must_use]
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// How a font's codes stand for characters.
struct Coding {
    two_bytes: bool,
    map: HashMap<u32, String>,
}

impl Coding {
    fn decode(&self, codes: &[u8]) -> String {
        let width = if self.two_bytes { 2 } else { 1 };
        codes
            .chunks(width)
            .map(|code| {
                let code = code.iter().fold(0_u32, |value, byte| (value << 8) | u32::from(*byte));
                match self.map.get(&code) {
                    Some(text) => text.clone(),
                    None if self.two_bytes => "\u{fffd}".to_owned(),
                    None => char::from_u32(code).map(String::from).unwrap_or_default(),
                }
            })
            .collect()
    }
}

fn fonts(
    pdf: &Pdf<'_>,
    appearance: &Dictionary,
    revision: usize,
) -> Result<HashMap<Vec<u8>, Coding>, pdf::Error> {
    let mut codings = HashMap::new();
    let Object::Dictionary(resources) = pdf.get(appearance, "Resources", revision)? else {
        return Ok(codings);
    };
    let Object::Dictionary(named) = pdf.get(&resources, "Font", revision)? else { return Ok(codings) };
    for (name, font) in named.iter() {
        let Object::Dictionary(font) = pdf.follow(font, revision)? else { continue };
        // What draws its characters itself draws anything.
        if font.name("Subtype") == Some(b"Type3") {
            continue;
        }
        let mut map = HashMap::new();
        if let Some(reference) = font.reference("ToUnicode") {
            read_cmap(&pdf.stream(reference, revision)?, &mut map);
        }
        if let Object::Dictionary(encoding) = pdf.get(&font, "Encoding", revision)? {
            read_differences(&pdf.get(&encoding, "Differences", revision)?, &mut map);
        }
        codings.insert(name.to_vec(), Coding { two_bytes: font.name("Subtype") == Some(b"Type0"), map });
    }
    Ok(codings)
}

/// Reads the glyphs a simple font draws for codes instead of the usual ones (ISO 32000-2, 9.6.5.1): what they are called
/// goes before what the font says they mean.
fn read_differences(differences: &Object, map: &mut HashMap<u32, String>) {
    let mut code = 0_u32;
    for part in differences.as_array().unwrap_or_default() {
        match part {
            Object::Integer(first) => code = u32::try_from(*first).unwrap_or(u32::MAX),
            Object::Name(name) => {
                if let Some(character) = drawn_by(name) {
                    map.insert(code, character.to_string());
                } else if char::from_u32(code).is_some_and(|usual| usual.is_ascii_alphanumeric()) {
                    // Another glyph than the code's own: what it means is what the font says, or nobody knows.
                    map.entry(code).or_insert_with(|| char::REPLACEMENT_CHARACTER.to_string());
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// The letter or digit a glyph draws by its name (Adobe Glyph List); none for others.
fn drawn_by(name: &[u8]) -> Option<char> {
    const DIGITS: [&[u8]; 10] =
        [b"zero", b"one", b"two", b"three", b"four", b"five", b"six", b"seven", b"eight", b"nine"];
    if let [letter @ (b'A'..=b'Z' | b'a'..=b'z')] = name {
        return Some(char::from(*letter));
    }
    if let Some(digit) = DIGITS.iter().position(|digit| *digit == name) {
        return char::from_digit(u32::try_from(digit).ok()?, 10);
    }
    let hex = name.strip_prefix(b"uni").filter(|hex| hex.len() == 4)?;
    char::from_u32(u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?)
}

/// Reads `bfchar` and `bfrange` of a ToUnicode CMap.
fn read_cmap(cmap: &[u8], map: &mut HashMap<u32, String>) {
    let code = |bytes: &[u8]| bytes.iter().take(4).fold(0_u32, |value, byte| (value << 8) | u32::from(*byte));
    let target = |bytes: &[u8]| -> String {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .filter_map(|pair| pair.first_chunk::<2>().map(|pair| u16::from_be_bytes(*pair)))
            .collect();
        String::from_utf16_lossy(&units)
    };
    let _ = operators(cmap, &mut |operator, operands| match operator {
        b"endbfchar" => {
            for pair in operands.chunks_exact(2) {
                if let [Object::String(from), Object::String(to)] = pair {
                    map.insert(code(from), target(to));
                }
            }
        }
        b"endbfrange" => {
            for triple in operands.chunks_exact(3) {
                let [Object::String(from), Object::String(to), start] = triple else { continue };
                let (from, to) = (code(from), code(to));
                match start {
                    Object::String(start) => {
                        let first = target(start).chars().next().map_or(0, u32::from);
                        for step in 0..=to.saturating_sub(from).min(0xffff) {
                            if let Some(character) = char::from_u32(first + step) {
                                map.insert(from + step, character.to_string());
                            }
                        }
                    }
                    Object::Array(list) => {
                        for (step, text) in (0_u32..).zip(list) {
                            if let Object::String(text) = text {
                                map.insert(from + step, target(text));
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    });
}

/// The file as it was in a revision; none when it is larger than is loaded to look at one page.
pub(super) fn bytes_of(pdf: &Pdf<'_>, revision: usize) -> Option<Vec<u8>> {
    const LOAD_LIMIT: u64 = 256 << 20;
    let end = pdf.revisions().get(revision).map(|revision| revision.end).filter(|end| *end <= LOAD_LIMIT)?;
    Some(pdf.source().bytes(0, usize::try_from(end).ok()?).ok()?.into_owned())
}

/// The boxes of a page's text (from 0) as it was at `revision`; none when it can't be read.
#[must_use]
pub fn text_boxes(pdf: &Pdf<'_>, revision: usize, page: usize) -> Option<Vec<Rectangle>> {
    let bytes = bytes_of(pdf, revision)?;
    Some(crate::pdf::text::read_page(bytes, &Limits::default(), page)?.text_boxes())
}

/// Whether two rectangles share more than a hair.
#[must_use]
pub fn overlaps(a: &Rectangle, b: &Rectangle) -> bool {
    const HAIR: f64 = 0.5;
    a.left + HAIR < b.right && b.left + HAIR < a.right && a.bottom + HAIR < b.top && b.bottom + HAIR < a.top
}
