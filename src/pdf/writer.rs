//! Appends one revision to a PDF (ISO 32000-2, 7.5.6). No earlier byte is touched, copied in memory
//! or even read: the result is the bytes to put behind the original.
//!
//! The section follows the previous one in kind (a hybrid is followed by a table). A signature's
//! /ByteRange and /Contents have room made for them; where they came to lie is in the result.

use super::error::Error;
use super::object::{Dictionary, Object, Reference};
use super::reader::Pdf;
use super::section::Kind;
use std::collections::BTreeMap;

/// Width reserved for /ByteRange: four numbers of up to 20 digits.
const BYTE_RANGE_WIDTH: usize = 90;

/// Highest object number that is followed: what is appended must stay below what readers accept.
const HIGHEST_NUMBER: u32 = 8_000_000;

/// What is to be appended, and where the signature's gap is.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The bytes to put behind the original.
    pub bytes: Vec<u8>,
    /// Length of the original.
    pub original: u64,
    /// The gap of the signature made in this revision.
    pub gap: Option<Gap>,
}

/// The place of a signature value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Offset of `<` from the beginning of the whole file.
    pub start: u64,
    /// Offset after `>`.
    pub end: u64,
    /// The length of the whole file with this revision.
    pub length: u64,
}

impl Gap {
    /// The numbers of /ByteRange.
    #[must_use]
    pub fn byte_range(&self) -> [u64; 4] {
        [0, self.start, self.end, self.length.saturating_sub(self.end)]
    }
}

impl Appended {
    /// Puts the signature value into its gap, the rest stays zero.
    ///
    /// # Errors
    /// [`Error::Unwritable`] when it is larger than the gap: it is never cut.
    pub fn insert_signature(&mut self, value: &[u8]) -> Result<(), Error> {
        let gap = self.gap.ok_or(Error::Unwritable("no gap for a signature"))?;
        let start = usize::try_from(gap.start + 1 - self.original).map_err(|_| Error::Limit("offset"))?;
        let room = usize::try_from(gap.end - gap.start - 2).map_err(|_| Error::Limit("offset"))?;
        let digits = hex::encode(value);
        if digits.len() > room {
            return Err(Error::Unwritable("the signature is larger than the room reserved for it"));
        }
        let place = self.bytes.get_mut(start..start + digits.len());
        place.ok_or(Error::Unwritable("gap outside the revision"))?.copy_from_slice(digits.as_bytes());
        Ok(())
    }
}

enum Body {
    Plain(Vec<u8>),
    Stream { dictionary: Dictionary, data: Vec<u8> },
    Signature { dictionary: Dictionary, room: usize },
}

/// Gathers the objects of a new revision.
pub struct RevisionWriter<'p, 'a> {
    pdf: &'p Pdf<'a>,
    next: u32,
    bodies: BTreeMap<Reference, Body>,
}

impl std::fmt::Debug for RevisionWriter<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevisionWriter").field("objects", &self.bodies.len()).finish_non_exhaustive()
    }
}

impl<'p, 'a> RevisionWriter<'p, 'a> {
    /// A writer of the revision after the newest of `pdf`.
    ///
    /// # Errors
    /// When the trailer has no usable /Size.
    pub fn new(pdf: &'p Pdf<'a>) -> Result<Self, Error> {
        // /Size may be too small in careless files: nothing that exists may be hit.
        let highest = pdf
            .revisions()
            .iter()
            .flat_map(|revision| &revision.sections)
            .filter_map(|section| section.entries.highest())
            .max()
            .unwrap_or(0);
        let size = pdf.newest_section().and_then(|section| section.trailer.integer("Size")).unwrap_or(0);
        let size = u32::try_from(size).map_err(|_| Error::Missing("a usable /Size"))?;
        if size.max(highest) > HIGHEST_NUMBER {
            return Err(Error::Limit("number of objects"));
        }
        let next = highest.checked_add(1).ok_or(Error::Limit("number of objects"))?.max(size);
        Ok(Self { pdf, next, bodies: BTreeMap::new() })
    }

    /// The PDF that is added to.
    #[must_use]
    pub fn pdf(&self) -> &'p Pdf<'a> {
        self.pdf
    }

    /// A number no object has.
    pub fn allocate(&mut self) -> Reference {
        let reference = Reference { number: self.next, generation: 0 };
        self.next = self.next.saturating_add(1);
        reference
    }

    /// Writes `object` under `reference`: a new one, or in place of what stood there.
    pub fn put(&mut self, reference: Reference, object: &Object) {
        let mut text = Vec::new();
        object.write(&mut text);
        self.bodies.insert(reference, Body::Plain(text));
    }

    /// Adds `object` under a new number.
    pub fn add(&mut self, object: &Object) -> Reference {
        let reference = self.allocate();
        self.put(reference, object);
        reference
    }

    /// Adds a stream, deflated, under a new number.
    pub fn add_stream(&mut self, dictionary: Dictionary, data: &[u8]) -> Reference {
        self.add_deflated_stream(dictionary, super::filter::deflate(data))
    }

    /// Adds a stream whose data are deflated already: what many documents share is packed once.
    pub fn add_deflated_stream(&mut self, dictionary: Dictionary, data: Vec<u8>) -> Reference {
        let mut dictionary = dictionary;
        dictionary.set("Filter", Object::name("FlateDecode"));
        self.add_coded_stream(dictionary, data)
    }

    /// Adds a stream whose data are coded already, as its dictionary says.
    pub fn add_coded_stream(&mut self, dictionary: Dictionary, data: Vec<u8>) -> Reference {
        let reference = self.allocate();
        self.bodies.insert(reference, Body::Stream { dictionary, data });
        reference
    }

    /// Writes a signature dictionary; /ByteRange and a /Contents of `room` bytes are added to it.
    pub fn put_signature(&mut self, reference: Reference, dictionary: Dictionary, room: usize) {
        self.bodies.insert(reference, Body::Signature { dictionary, room });
    }

    /// Lays everything out. `identifier` becomes the second element of /ID.
    ///
    /// # Errors
    /// When an offset doesn't fit the kind of section, or there is nothing to follow.
    pub fn finish(self, identifier: [u8; 16]) -> Result<Appended, Error> {
        let original = self.pdf.source().len();
        let mut layout = Layout { bytes: Vec::new(), original, offsets: BTreeMap::new(), gap: None };
        let last = self.pdf.source().bytes(original.saturating_sub(1), 1)?;
        if !matches!(last.first(), Some(b'\n' | b'\r')) {
            layout.bytes.push(b'\n');
        }
        for (reference, body) in &self.bodies {
            layout.object(*reference, body);
        }
        let trailer = self.trailer(identifier)?;
        let kind = self.pdf.newest_section().map_or(Kind::Table, |section| section.kind);
        match kind {
            Kind::Table | Kind::Hybrid => layout.table(trailer, self.next)?,
            Kind::Stream => layout.stream(trailer, self.next),
        }
        layout.close()
    }

    fn trailer(&self, identifier: [u8; 16]) -> Result<Dictionary, Error> {
        let section = self.pdf.newest_section().ok_or(Error::Missing("a section"))?;
        let mut trailer = Dictionary::default();
        let root = section.trailer.get("Root").ok_or(Error::Missing("/Root in its trailer"))?;
        trailer.set("Root", root.clone());
        if let Some(info) = section.trailer.get("Info") {
            trailer.set("Info", info.clone());
        }
        let first = section.trailer.get("ID").and_then(Object::as_array).and_then(<[Object]>::first);
        let first = first.cloned().unwrap_or_else(|| Object::String(identifier.to_vec()));
        trailer.set("ID", Object::Array(vec![first, Object::String(identifier.to_vec())]));
        // The newest *in the file's end*, which for a linearised file is the section its end names.
        let previous = i64::try_from(section.start).map_err(|_| Error::Limit("offset"))?;
        trailer.set("Prev", Object::Integer(previous));
        Ok(trailer)
    }
}

struct Layout {
    bytes: Vec<u8>,
    original: u64,
    offsets: BTreeMap<u32, (u64, u16)>,
    gap: Option<(u64, u64, usize)>,
}

impl Layout {
    fn here(&self) -> u64 {
        self.original + u64::try_from(self.bytes.len()).unwrap_or(0)
    }

    fn object(&mut self, reference: Reference, body: &Body) {
        self.offsets.insert(reference.number, (self.here(), reference.generation));
        self.bytes.extend_from_slice(format!("{reference} obj\n").as_bytes());
        match body {
            Body::Plain(text) => self.bytes.extend_from_slice(text),
            Body::Stream { dictionary, data } => self.stream_body(dictionary, data),
            Body::Signature { dictionary, room } => self.signature_body(dictionary, *room),
        }
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn stream_body(&mut self, dictionary: &Dictionary, data: &[u8]) {
        let mut dictionary = dictionary.clone();
        dictionary.set("Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
        dictionary.write(&mut self.bytes);
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\nendstream");
    }

    fn signature_body(&mut self, dictionary: &Dictionary, room: usize) {
        let mut text = Vec::new();
        dictionary.write(&mut text);
        text.truncate(text.len().saturating_sub(2));
        self.bytes.extend_from_slice(&text);
        self.bytes.extend_from_slice(b" /ByteRange ");
        let range_at = self.bytes.len();
        self.bytes.resize(range_at + BYTE_RANGE_WIDTH, b' ');
        self.bytes.extend_from_slice(b" /Contents ");
        let start = self.here();
        self.bytes.push(b'<');
        self.bytes.resize(self.bytes.len() + room * 2, b'0');
        self.bytes.push(b'>');
        self.gap = Some((start, self.here(), range_at));
        self.bytes.extend_from_slice(b">>");
    }

    fn table(&mut self, mut trailer: Dictionary, size: u32) -> Result<(), Error> {
        let start = self.here();
        self.bytes.extend_from_slice(b"xref\n");
        let offsets: Vec<(u32, (u64, u16))> = self.offsets.iter().map(|(n, o)| (*n, *o)).collect();
        for run in offsets.chunk_by(|(before, _), (after, _)| before.checked_add(1) == Some(*after)) {
            let first = run.first().map_or(0, |(number, _)| *number);
            self.bytes.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
            for (_, (offset, generation)) in run {
                if *offset > 9_999_999_999 {
                    return Err(Error::Limit("offset in a cross-reference table"));
                }
                self.bytes.extend_from_slice(format!("{offset:010} {generation:05} n\r\n").as_bytes());
            }
        }
        trailer.set("Size", Object::Integer(i64::from(size)));
        self.bytes.extend_from_slice(b"trailer\n");
        trailer.write(&mut self.bytes);
        self.bytes.extend_from_slice(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes());
        Ok(())
    }

    fn stream(&mut self, mut dictionary: Dictionary, size: u32) {
        let start = self.here();
        let own = size;
        self.offsets.insert(own, (start, 0));
        let mut rows = Vec::new();
        let mut index = Vec::new();
        let offsets: Vec<(u32, (u64, u16))> = self.offsets.iter().map(|(n, o)| (*n, *o)).collect();
        for run in offsets.chunk_by(|(before, _), (after, _)| before.checked_add(1) == Some(*after)) {
            let first = run.first().map_or(0, |(number, _)| *number);
            index.push(Object::Integer(i64::from(first)));
            index.push(Object::Integer(i64::try_from(run.len()).unwrap_or(0)));
            for (_, (offset, generation)) in run {
                rows.push(1);
                rows.extend_from_slice(&offset.to_be_bytes());
                rows.extend_from_slice(&generation.to_be_bytes());
            }
        }
        dictionary.set("Type", Object::name("XRef"));
        dictionary.set("Size", Object::Integer(i64::from(own) + 1));
        dictionary.set("W", Object::Array(vec![Object::Integer(1), Object::Integer(8), Object::Integer(2)]));
        dictionary.set("Index", Object::Array(index));
        dictionary.set("Filter", Object::name("FlateDecode"));
        self.bytes.extend_from_slice(format!("{own} 0 obj\n").as_bytes());
        self.stream_body(&dictionary, &super::filter::deflate(&rows));
        self.bytes.extend_from_slice(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    }

    fn close(mut self) -> Result<Appended, Error> {
        let length = self.here();
        let gap = match self.gap {
            None => None,
            Some((start, end, range_at)) => {
                let gap = Gap { start, end, length };
                let [a, b, c, d] = gap.byte_range();
                let text = format!("[{a} {b} {c} {d}]");
                let place = self.bytes.get_mut(range_at..range_at + text.len());
                place.ok_or(Error::Unwritable("/ByteRange"))?.copy_from_slice(text.as_bytes());
                Some(gap)
            }
        };
        Ok(Appended { bytes: self.bytes, original: self.original, gap })
    }
}
