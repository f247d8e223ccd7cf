//! Cross-reference sections (ISO 32000-2, 7.5.4, 7.5.8): tables, streams, hybrids.

use super::error::Error;
use super::filter;
use super::object::{Dictionary, Object};
use super::parser::Parser;
use super::reader::offset;
use super::source::Source;

/// Objects a file may have: ISO 32000-1, Annex C gives 8,388,607 as what readers manage.
const OBJECT_LIMIT: u64 = 8_388_607;
/// Entries all sections of a file may have together. Each needs 24 bytes of memory, while a
/// compressed stream names thousands in one byte. A page needs about ten objects.
pub(super) const ENTRY_BUDGET: u64 = 1_000_000;
/// Size of a decoded cross-reference stream: that many entries of 20 bytes.
const STREAM_LIMIT: usize = 20_000_000;
/// Bytes a trailer dictionary may need.
const TRAILER_LIMIT: usize = 1 << 20;

/// Where an object is, by one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Not in use.
    Free,
    /// At a byte offset.
    At {
        /// The offset.
        offset: u64,
        /// The generation.
        generation: u16,
    },
    /// In an object stream.
    In {
        /// Number of the stream object.
        stream: u32,
        /// Place in it.
        index: u32,
    },
}

/// How a section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table and a trailer.
    Table,
    /// A stream.
    Stream,
    /// A table that names a stream with more.
    Hybrid,
}

/// One section as read.
#[derive(Debug, Clone)]
pub struct Section {
    /// Offset of `xref` or of the stream object.
    pub start: u64,
    /// Offset after the trailer dictionary or the stream's `endobj`.
    pub end: u64,
    /// How it is written.
    pub kind: Kind,
    /// Trailer dictionary (a stream's own dictionary serves as one).
    pub trailer: Dictionary,
    /// What it says of each object.
    pub entries: Entries,
    /// Whether some object stood twice.
    pub repeats: bool,
}

/// What a section says of objects, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entries(Vec<(u32, Entry)>);

impl Entries {
    /// Entries as they were read, the later one of two for one number; and whether there were such two.
    fn of(mut read: Vec<(u32, Entry)>) -> (Self, bool) {
        let count = read.len();
        // Nearly every section is sorted as it stands.
        if !read.is_sorted_by(|(before, _), (after, _)| before < after) {
            read.reverse();
            read.sort_by_key(|(number, _)| *number);
            read.dedup_by_key(|(number, _)| *number);
        }
        let repeats = read.len() < count;
        (Self(read), repeats)
    }

    /// The place of `number`, or where it would go. Numbers mostly follow one another: looked for where it then stands.
    fn place(&self, number: u32) -> Result<usize, usize> {
        let first = self.0.first().map_or(0, |(first, _)| *first);
        let guess = number.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        match guess.and_then(|place| self.0.get(place).map(|(found, _)| (place, *found))) {
            Some((place, found)) if found == number => Ok(place),
            _ => self.0.binary_search_by_key(&number, |(number, _)| *number),
        }
    }

    /// What is said of object `number`.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<Entry> {
        let place = self.place(number).ok()?;
        self.0.get(place).map(|(_, entry)| *entry)
    }

    /// The highest number something is said of.
    #[must_use]
    pub fn highest(&self) -> Option<u32> {
        self.0.last().map(|(number, _)| *number)
    }

    /// Numbers and what is said of them, in the order of numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.0.iter().copied()
    }
}

/// Reads the section at `start`.
///
/// # Errors
/// When there is none or it is broken.
pub(super) fn read(source: &dyn Source, start: u64, budget: &mut u64) -> Result<Section, Error> {
    let head = source.bytes(start, 16)?;
    let mut parser = Parser::new(&head);
    if parser.keyword("xref") {
        // White space before the keyword would make two readings of the offset possible.
        if !head.starts_with(b"xref") {
            return Err(broken(start, "the offset does not point at the keyword xref"));
        }
        read_table(source, start, budget)
    } else {
        read_stream(source, start, budget)
    }
}

/// Takes `count` entries from the budget.
fn spend(budget: &mut u64, count: u64) -> Result<(), Error> {
    *budget = budget.checked_sub(count).ok_or(Error::Limit("number of objects"))?;
    Ok(())
}

fn broken(at: u64, what: &'static str) -> Error {
    Error::BrokenSection { at, what }
}

fn read_table(source: &dyn Source, start: u64, budget: &mut u64) -> Result<Section, Error> {
    let mut entries = Vec::new();
    let mut at = start + 4;
    let trailer_at = loop {
        let window = source.bytes(at, 64)?;
        let mut parser = Parser::new(&window);
        if parser.keyword("trailer") {
            break at + offset(parser.position());
        }
        let bad = |_| broken(at, "expected a subsection or the trailer");
        let first = parser.unsigned().map_err(bad)?;
        let count = parser.unsigned().map_err(bad)?;
        if first.saturating_add(count) > OBJECT_LIMIT {
            return Err(Error::Limit("number of objects"));
        }
        spend(budget, count)?;
        parser.skip_space();
        at += offset(parser.position());
        let length = usize::try_from(count * 20).map_err(|_| Error::Limit("number of objects"))?;
        let lines = source.bytes(at, length)?;
        if lines.len() < length {
            return Err(broken(at, "the table is cut off"));
        }
        let first = u32::try_from(first).map_err(|_| Error::Limit("number of objects"))?;
        entries.reserve_exact(lines.len() / 20);
        for (number, line) in (first..).zip(lines.as_chunks::<20>().0) {
            entries.push((number, table_entry(line).ok_or_else(|| broken(at, "broken line of the table"))?));
        }
        at += count * 20;
    };
    let (entries, repeats) = Entries::of(entries);
    let (trailer, end) = dictionary_at(source, trailer_at, start)?;
    let mut section = Section { start, end, kind: Kind::Table, trailer, entries, repeats };
    if let Some(hidden) = section.trailer.integer("XRefStm") {
        section.kind = Kind::Hybrid;
        let hidden = u64::try_from(hidden).map_err(|_| broken(start, "broken /XRefStm"))?;
        let more = read_stream(source, hidden, budget)?;
        section.repeats |= more.repeats;
        let mut hidden = Vec::new();
        for (number, entry) in more.entries.0 {
            // The table's word goes first, except where it calls free what the stream holds.
            match section.entries.place(number).map(|place| section.entries.0.get_mut(place)) {
                Ok(Some((_, known))) if *known == Entry::Free => *known = entry,
                Ok(_) => section.repeats = true,
                Err(_) => hidden.push((number, entry)),
            }
        }
        hidden.append(&mut section.entries.0);
        section.entries = Entries::of(hidden).0;
    }
    Ok(section)
}

/// A line: ten digits, space, five digits, space, `n` or `f`, end of line.
fn table_entry(line: &[u8; 20]) -> Option<Entry> {
    let [offset @ .., b' ', g1, g2, g3, g4, g5, b' ', kind, _, _] = line else { return None };
    let digits = |digits: &[u8]| {
        digits.iter().try_fold(0_u64, |value, digit| {
            digit.is_ascii_digit().then(|| value * 10 + u64::from(*digit & 0x0f))
        })
    };
    let (offset, generation) = (digits(offset)?, digits(&[*g1, *g2, *g3, *g4, *g5])?);
    match kind {
        b'n' => Some(Entry::At { offset, generation: u16::try_from(generation).ok()? }),
        // What a free number's next generation would be is for nobody: MuPDF writes 65536, one more than there are.
        b'f' => Some(Entry::Free),
        _ => None,
    }
}

/// A dictionary at `at`, and the offset after it.
fn dictionary_at(source: &dyn Source, at: u64, section: u64) -> Result<(Dictionary, u64), Error> {
    let mut size = 4096;
    loop {
        let window = source.bytes(at, size)?;
        let mut parser = Parser::new(&window);
        match parser.object() {
            Ok(Object::Dictionary(dictionary)) => return Ok((dictionary, at + offset(parser.position()))),
            Ok(_) => return Err(broken(section, "the trailer is no dictionary")),
            Err(error) if window.len() < size || size >= TRAILER_LIMIT => {
                return Err(broken(section, error.what));
            }
            Err(_) => size *= 8,
        }
    }
}

fn read_stream(source: &dyn Source, start: u64, budget: &mut u64) -> Result<Section, Error> {
    let head = source.bytes(start, 64 * 1024)?;
    let mut parser = Parser::new(&head);
    let bad = |what: &'static str| move |_| broken(start, what);
    let number = parser.unsigned().map_err(bad("neither a table nor a stream"))?;
    parser.unsigned().map_err(bad("neither a table nor a stream"))?;
    if !head.first().is_some_and(u8::is_ascii_digit) || !parser.keyword("obj") {
        return Err(broken(start, "neither a table nor a stream"));
    }
    let Object::Dictionary(dictionary) = parser.object().map_err(bad("broken stream dictionary"))? else {
        return Err(broken(start, "no dictionary"));
    };
    if dictionary.name("Type") != Some(b"XRef") {
        return Err(broken(start, "the stream is no cross-reference stream"));
    }
    let data_at = stream_data_offset(&head, &mut parser).ok_or_else(|| broken(start, "no stream"))?;
    let length = dictionary
        .integer("Length")
        .and_then(|length| usize::try_from(length).ok())
        .ok_or_else(|| broken(start, "no direct /Length"))?;
    if length > STREAM_LIMIT {
        return Err(Error::Limit("cross-reference stream"));
    }
    let data_at = start + offset(data_at);
    let data = source.bytes(data_at, length)?;
    let after = source.bytes(data_at + offset(length), 64)?;
    let mut tail = Parser::new(&after);
    if data.len() < length || !tail.keyword("endstream") || !tail.keyword("endobj") {
        return Err(broken(start, "the stream does not end where its length says"));
    }
    let end = data_at + offset(length) + offset(tail.position());
    let plain = filter::decode(&dictionary, &data, STREAM_LIMIT)?;
    let (entries, repeats) = stream_entries(&dictionary, &plain, start, budget)?;
    if entries.highest().is_some() && u32::try_from(number).is_err() {
        return Err(Error::Limit("number of objects"));
    }
    Ok(Section { start, end, kind: Kind::Stream, trailer: dictionary, entries, repeats })
}

/// Where the data begin, after the keyword `stream` and one end of line.
fn stream_data_offset(text: &[u8], parser: &mut Parser<'_>) -> Option<usize> {
    if !parser.keyword("stream") {
        return None;
    }
    let at = parser.position();
    match (text.get(at), text.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\n'), _) => Some(at + 1),
        _ => None,
    }
}

fn stream_entries(
    dictionary: &Dictionary,
    plain: &[u8],
    start: u64,
    budget: &mut u64,
) -> Result<(Entries, bool), Error> {
    let integers = |key: &str| -> Option<Vec<u64>> {
        let list = dictionary.get(key)?.as_array()?;
        list.iter()
            .map(|value| match value {
                Object::Integer(value) => u64::try_from(*value).ok(),
                _ => None,
            })
            .collect()
    };
    let widths = integers("W").ok_or_else(|| broken(start, "no /W"))?;
    let [first, second, third] = widths.as_slice() else { return Err(broken(start, "/W is not of three")) };
    if [first, second, third].iter().any(|width| **width > 8) {
        return Err(broken(start, "/W too wide"));
    }
    let width = |value: &u64| usize::try_from(*value).unwrap_or(8);
    let (w1, w2, w3) = (width(first), width(second), width(third));
    let size = dictionary.integer("Size").and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    let index = integers("Index").unwrap_or_else(|| vec![0, size]);
    let mut rows = plain.chunks_exact((w1 + w2 + w3).max(1));
    let mut entries = Vec::new();
    for pair in index.chunks(2) {
        let [from, count] = pair else { return Err(broken(start, "broken /Index")) };
        if from.saturating_add(*count) > OBJECT_LIMIT {
            return Err(Error::Limit("number of objects"));
        }
        spend(budget, *count)?;
        for number in *from..*from + *count {
            let row = rows.next().ok_or_else(|| broken(start, "the stream is too short for its /Index"))?;
            let field = |from: usize, width: usize| -> u64 {
                row.get(from..from + width)
                    .unwrap_or_default()
                    .iter()
                    .fold(0, |value, byte| (value << 8) | u64::from(*byte))
            };
            let kind = if w1 == 0 { 1 } else { field(0, w1) };
            let (a, b) = (field(w1, w2), field(w1 + w2, w3));
            let small = |value: u64| u32::try_from(value).map_err(|_| broken(start, "entry out of range"));
            let entry = match kind {
                0 => Entry::Free,
                1 => Entry::At { offset: a, generation: u16::try_from(b).unwrap_or(u16::MAX) },
                2 => Entry::In { stream: small(a)?, index: small(b)? },
                // Kinds to come are to be read as null (7.5.8.3).
                _ => Entry::Free,
            };
            entries.push((small(number)?, entry));
        }
    }
    Ok(Entries::of(entries))
}
