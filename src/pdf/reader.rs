//! A PDF as the sequence of its revisions (ISO 32000-2, 7.5.6), read strictly and lazily.
//!
//! A revision is what one save appended. Nothing is repaired and nothing is merged: every object is
//! resolved "as of" a revision, through the sections of that revision and the earlier ones.

use super::chain;
use super::error::{Error, Finding};
use super::filter;
use super::object::{Dictionary, Object, Reference};
use super::parser::Parser;
use super::section::{Entry, Section};
use super::source::Source;
use super::stored::{Ending, read_object, unpacked};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Bytes one object without its stream may need: an array of 200,000 page references.
const OBJECT_SIZE_LIMIT: usize = 16 << 20;
/// Bytes of one decoded stream read for structure.
const DECODED_LIMIT: usize = 64 << 20;
/// Bytes of one decoded object stream: writers put a hundred or two objects into one.
const OBJECT_STREAM_LIMIT: usize = 16 << 20;
/// Memory for the object streams kept: text and objects of a 10,000-page file.
const CACHE_LIMIT: usize = 128 << 20;
/// What one object needs in memory, about.
const OBJECT_COST: usize = 64;
/// Bytes of object streams decoded for one open file: an honest one is decoded a few times over.
const DECODE_BUDGET: u64 = 2 << 30;
/// Bytes of object text first looked at: most objects are smaller.
const WINDOW: usize = 2048;
/// Bytes of object text looked at beyond first windows, for one open file. An honest file needs a
/// few megabytes; one whose entries all point into the same endless text would need hours.
const GROWTH_BUDGET: u64 = 128 << 20;
/// Text of objects kept as read, in bytes: judging reads the same few over and over. Each may need 16 times its text.
const KEPT_LIMIT: usize = 1 << 20;
/// Objects read from one open file: judging five signatures of a 10,000-page file reads two million.
const READ_BUDGET: u64 = 10_000_000;
/// Objects read for the sake of another object: a length, a holder, the holder's length.
const NESTED_READS: u8 = 8;
/// A syntax error this near to the end of a window may be the window's fault: no token that isn't a
/// string is longer, and a broken string's error is at the very end.
const WINDOW_MARGIN: usize = 64;

/// One revision.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Its section or, in a linearised file's first revision, its two sections, newest first.
    pub sections: Vec<Section>,
    /// First byte that belongs to it.
    pub start: u64,
    /// Offset after `%%EOF` and its end of line.
    pub end: u64,
}

impl Revision {
    /// What this revision says of object `number`.
    #[must_use]
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.sections.iter().find_map(|section| section.entries.get(number))
    }

    /// The newest section's trailer.
    #[must_use]
    pub fn trailer(&self) -> &Dictionary {
        static NONE: Dictionary = Dictionary::empty();
        self.sections.first().map_or(&NONE, |section| &section.trailer)
    }

    /// Every object number this revision says something of.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        let of = |section: &Section| section.entries.iter().map(|(number, _)| number).collect::<Vec<_>>();
        let mut all: Vec<u32> = self.sections.iter().flat_map(of).collect();
        if self.sections.len() > 1 {
            all.sort_unstable();
            all.dedup();
        }
        all
    }
}

/// An object as it stands in the file.
#[derive(Debug, Clone)]
pub struct Indirect {
    /// The object, without its stream data.
    pub object: Object,
    /// Where the stream's coded data are, if it has any.
    pub data: Option<(u64, u64)>,
    /// From `n g obj` to after `endobj`; none inside an object stream.
    pub span: Option<(u64, u64)>,
}

/// The objects of an object stream in order, each with its number.
type Unpacked = Rc<Vec<(u32, Object)>>;

/// Objects by where their text stands and what they are called there.
type KnownObjects = HashMap<(u64, Reference), Indirect>;

/// An open PDF.
pub struct Pdf<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) revisions: Vec<Revision>,
    pub(super) findings: Vec<Finding>,
    streams: RefCell<(HashMap<u64, Unpacked>, usize)>,
    /// Objects read, by their place and their name there, and the length of their texts.
    kept: RefCell<(KnownObjects, usize)>,
    /// For every object number what each revision but the first says of it, oldest first: the first has most numbers.
    history: HashMap<u32, Vec<(usize, Entry)>>,
    reads: Cell<u64>,
    growth: Cell<u64>,
    decoded: Cell<u64>,
    nested: Cell<u8>,
    looked: Cell<u64>,
}

impl std::fmt::Debug for Pdf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pdf").field("revisions", &self.revisions.len()).finish_non_exhaustive()
    }
}

impl<'a> Pdf<'a> {
    /// Counts a page that is to be painted, by the bytes that takes; false once that is enough for one file.
    pub(crate) fn may_look(&self, cost: u64) -> bool {
        /// Some hundred plain pages, some scans of the largest kind.
        const LOOKS: u64 = 1 << 30;
        let looked = self.looked.get().saturating_add(cost);
        self.looked.set(looked);
        looked <= LOOKS
    }

    /// Opens a file: reads its cross-reference sections, nothing else.
    ///
    /// # Errors
    /// When it is no PDF, cut off, encrypted, broken, or beyond a limit.
    pub fn open(source: &'a dyn Source) -> Result<Self, Error> {
        let mut findings = Vec::new();
        let head = source.bytes(0, 1024)?;
        match head.windows(5).position(|window| window == b"%PDF-") {
            Some(0) => {}
            Some(_) => findings.push(Finding { code: "header_not_at_start", at: 0, revision: 1 }),
            None => return Err(Error::NotPdf),
        }
        let sections = chain::sections(source)?;
        if sections.iter().any(|section| section.trailer.get("Encrypt").is_some()) {
            return Err(Error::Encrypted);
        }
        let revisions = chain::group(source, sections, &mut findings)?;
        let mut history: HashMap<u32, Vec<(usize, Entry)>> = HashMap::new();
        for (at, revision) in revisions.iter().enumerate().skip(1) {
            for number in revision.numbers() {
                if let Some(entry) = revision.entry(number) {
                    history.entry(number).or_default().push((at, entry));
                }
            }
        }
        Ok(Self {
            source,
            revisions,
            findings,
            streams: RefCell::default(),
            kept: RefCell::default(),
            history,
            reads: Cell::new(0),
            growth: Cell::new(0),
            looked: Cell::new(0),
            decoded: Cell::new(0),
            nested: Cell::new(0),
        })
    }

    /// The bytes.
    #[must_use]
    pub fn source(&self) -> &'a dyn Source {
        self.source
    }

    /// The revisions, oldest first.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// What opening found odd. See also [`Self::examine`].
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The index of the newest revision.
    #[must_use]
    pub fn newest(&self) -> usize {
        self.revisions.len().saturating_sub(1)
    }

    /// The newest section: what an appended one must follow in kind.
    #[must_use]
    pub fn newest_section(&self) -> Option<&Section> {
        self.revisions.last()?.sections.first()
    }

    /// The entry of object `number` as of `revision`, and the revision it is from.
    #[must_use]
    pub fn entry(&self, number: u32, revision: usize) -> Option<(Entry, usize)> {
        let later = self.history.get(&number).and_then(|history| {
            let until = history.partition_point(|(at, _)| *at <= revision);
            history.get(until.checked_sub(1)?).map(|(at, entry)| (*entry, *at))
        });
        later.or_else(|| self.revisions.first()?.entry(number).map(|entry| (entry, 0)))
    }

    /// The object as of `revision`; `null` when there is none, as the standard says.
    ///
    /// # Errors
    /// When it is broken or not where it should be.
    pub fn resolve(&self, reference: Reference, revision: usize) -> Result<Object, Error> {
        Ok(self.indirect(reference, revision)?.map_or(Object::Null, |found| found.object))
    }

    /// The object, its stream's place and its span as of `revision`.
    ///
    /// # Errors
    /// When it is broken or not where it should be.
    pub fn indirect(&self, reference: Reference, revision: usize) -> Result<Option<Indirect>, Error> {
        let reads = self.reads.get();
        if reads >= READ_BUDGET {
            return Err(Error::Limit("work on objects"));
        }
        self.reads.set(reads + 1);
        match self.entry(reference.number, revision) {
            Some((Entry::At { offset, generation }, _)) if generation == reference.generation => {
                self.read_at(reference, offset, revision).map(Some)
            }
            Some((Entry::In { stream, index }, at)) if reference.generation == 0 => {
                let unpacked = self.nested(|| self.unpack(stream, at))?;
                // Readers that go by the number and readers that go by the place must agree.
                let found = usize::try_from(index).ok().and_then(|index| unpacked.get(index));
                match found {
                    Some((number, object)) if *number == reference.number => {
                        Ok(Some(Indirect { object: object.clone(), data: None, span: None }))
                    }
                    _ => Err(Error::BrokenObject {
                        number: reference.number,
                        at: 0,
                        what: "not at its place in the object stream named",
                    }),
                }
            }
            _ => Ok(None),
        }
    }

    /// Follows references until something else is met.
    ///
    /// # Errors
    /// As [`Self::resolve`], or when references lead to references for too long.
    pub fn follow(&self, object: &Object, revision: usize) -> Result<Object, Error> {
        let mut current = object.clone();
        for _ in 0..16 {
            match current {
                Object::Reference(reference) => current = self.resolve(reference, revision)?,
                other => return Ok(other),
            }
        }
        Err(Error::Limit("references to references"))
    }

    /// The value of `key`, followed; `null` when there is none.
    ///
    /// # Errors
    /// As [`Self::follow`].
    pub fn get(&self, dictionary: &Dictionary, key: &str, revision: usize) -> Result<Object, Error> {
        dictionary.get(key).map_or(Ok(Object::Null), |value| self.follow(value, revision))
    }

    /// The decoded data of a stream as of `revision`.
    ///
    /// # Errors
    /// When there is no such stream, it has a filter that is not read, or it is beyond the limit.
    pub fn stream(&self, reference: Reference, revision: usize) -> Result<Vec<u8>, Error> {
        self.stream_within(reference, revision, DECODED_LIMIT)
    }

    fn stream_within(&self, reference: Reference, revision: usize, limit: usize) -> Result<Vec<u8>, Error> {
        let found = self.indirect(reference, revision)?.ok_or(Error::Missing("a stream"))?;
        let (Some(dictionary), Some((start, end))) = (found.object.as_dictionary(), found.data) else {
            return Err(Error::Missing("a stream"));
        };
        let length = usize::try_from(end - start).map_err(|_| Error::Limit("stream size"))?;
        if length > limit {
            return Err(Error::Limit("stream size"));
        }
        filter::decode(dictionary, &self.source.bytes(start, length)?, limit)
    }

    /// The catalog's reference as of `revision`.
    ///
    /// # Errors
    /// When the trailer names none.
    pub fn root(&self, revision: usize) -> Result<Reference, Error> {
        let trailer = self.revisions.get(revision).map(Revision::trailer);
        trailer.and_then(|trailer| trailer.reference("Root")).ok_or(Error::Missing("/Root in its trailer"))
    }

    /// The catalog as of `revision`.
    ///
    /// # Errors
    /// When there is none.
    pub fn catalog(&self, revision: usize) -> Result<Dictionary, Error> {
        match self.resolve(self.root(revision)?, revision)? {
            Object::Dictionary(catalog) => Ok(catalog),
            _ => Err(Error::Missing("a catalog")),
        }
    }

    /// Does something that may read further objects, unless that has gone on for too long: lengths and
    /// holders can be made to need each other.
    fn nested<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let depth = self.nested.get();
        if depth >= NESTED_READS {
            return Err(Error::Limit("objects that need each other to be read"));
        }
        self.nested.set(depth + 1);
        let outcome = work();
        self.nested.set(depth);
        outcome
    }

    pub(super) fn read_at(&self, reference: Reference, at: u64, revision: usize) -> Result<Indirect, Error> {
        if let Some(found) = self.kept.borrow().0.get(&(at, reference)) {
            return Ok(found.clone());
        }
        let (found, length) = self.read_text_at(reference, at, revision)?;
        // A length that is an object of its own may be another in another revision.
        let dictionary = found.object.as_dictionary();
        let is_same_ever = dictionary.is_none_or(|dictionary| dictionary.reference("Length").is_none());
        let mut kept = self.kept.borrow_mut();
        if is_same_ever && kept.1.saturating_add(length) <= KEPT_LIMIT {
            kept.1 += length;
            kept.0.insert((at, reference), found.clone());
        }
        Ok(found)
    }

    /// The object as its text says now, and how long the text is that was read for it.
    fn read_text_at(
        &self,
        reference: Reference,
        at: u64,
        revision: usize,
    ) -> Result<(Indirect, usize), Error> {
        let budget = GROWTH_BUDGET.saturating_add(self.source.len());
        let mut size = WINDOW;
        loop {
            let mut window = self.source.bytes(at, size)?;
            if matches!(window, Cow::Borrowed(_)) && size == WINDOW {
                // What lies in memory costs nothing to look at; what is read of it counts below.
                let left = usize::try_from(budget.saturating_sub(self.growth.get())).unwrap_or(usize::MAX);
                size = left.clamp(WINDOW, OBJECT_SIZE_LIMIT);
                window = self.source.bytes(at, size)?;
            }
            let whole = window.len() < size;
            let mut parser = Parser::new(&window);
            let read = read_object(&mut parser, reference, &window);
            if parser.position() > WINDOW {
                self.growth.set(self.growth.get().saturating_add(offset(parser.position())));
            }
            match read {
                Ok((object, Ending::Object)) => {
                    let end = at + offset(parser.position());
                    let found = Indirect { object, data: None, span: Some((at, end)) };
                    return Ok((found, parser.position()));
                }
                Ok((object, Ending::Stream(data))) => {
                    let found = self.finish_stream(object, reference, at, at + offset(data), revision)?;
                    return Ok((found, parser.position()));
                }
                Err(error)
                    if whole || size >= OBJECT_SIZE_LIMIT || error.at + WINDOW_MARGIN < window.len() =>
                {
                    return Err(Error::syntax(reference.number, at)(error));
                }
                Err(_) => {
                    size *= 8;
                    if self.growth.get().saturating_add(offset(size)) > budget {
                        return Err(Error::Limit("work on objects larger than usual"));
                    }
                }
            }
        }
    }

    fn finish_stream(
        &self,
        object: Object,
        reference: Reference,
        at: u64,
        data: u64,
        revision: usize,
    ) -> Result<Indirect, Error> {
        let broken = |what: &'static str| Error::BrokenObject { number: reference.number, at, what };
        let dictionary = object.as_dictionary().ok_or_else(|| broken("a stream without a dictionary"))?;
        let length = match dictionary.get("Length") {
            Some(Object::Integer(length)) => Some(*length),
            Some(Object::Reference(length)) if length.number != reference.number => {
                match self.nested(|| self.resolve(*length, revision))? {
                    Object::Integer(length) => Some(length),
                    _ => None,
                }
            }
            _ => None,
        };
        let length = length
            .and_then(|length| u64::try_from(length).ok())
            .filter(|length| data.saturating_add(*length) <= self.source.len())
            .ok_or_else(|| broken("no usable /Length"))?;
        let tail = self.source.bytes(data + length, 64)?;
        let mut parser = Parser::new(&tail);
        if !parser.keyword("endstream") || !parser.keyword("endobj") {
            return Err(broken("the stream does not end where its length says"));
        }
        let end = data + length + offset(parser.position());
        Ok(Indirect { object, data: Some((data, data + length)), span: Some((at, end)) })
    }

    /// The objects in the object stream `number` as of `revision`.
    fn unpack(&self, number: u32, revision: usize) -> Result<Unpacked, Error> {
        let Some((Entry::At { offset: at, generation: 0 }, _)) = self.entry(number, revision) else {
            return Err(Error::BrokenObject { number, at: 0, what: "an object stream that is not there" });
        };
        if let Some(found) = self.streams.borrow().0.get(&at) {
            return Ok(Rc::clone(found));
        }
        let broken = |what: &'static str| Error::BrokenObject { number, at, what };
        let reference = Reference { number, generation: 0 };
        let holder = self.indirect(reference, revision)?.ok_or_else(|| broken("missing"))?;
        let dictionary = holder.object.as_dictionary().ok_or_else(|| broken("no dictionary"))?;
        if dictionary.name("Type") != Some(b"ObjStm") {
            return Err(broken("no object stream"));
        }
        let integer = |key: &str| dictionary.integer(key).and_then(|value| usize::try_from(value).ok());
        let count = integer("N").filter(|count| *count <= 100_000).ok_or_else(|| broken("no usable /N"))?;
        let first = integer("First").ok_or_else(|| broken("no /First"))?;
        let plain = self.stream_within(reference, revision, OBJECT_STREAM_LIMIT)?;
        let decoded = self.decoded.get().saturating_add(offset(plain.len()));
        if decoded > DECODE_BUDGET {
            return Err(Error::Limit("work on object streams"));
        }
        self.decoded.set(decoded);
        let (objects, count) = unpacked(&plain, count, first).map_err(Error::syntax(number, at))?;
        let unpacked = Rc::new(objects);
        let cost = plain.len().saturating_add(count.saturating_mul(OBJECT_COST));
        let mut cache = self.streams.borrow_mut();
        if cache.1.saturating_add(cost) > CACHE_LIMIT {
            cache.0.clear();
            cache.1 = 0;
        }
        cache.1 += cost;
        cache.0.insert(at, Rc::clone(&unpacked));
        Ok(unpacked)
    }
}

pub(super) fn offset(position: usize) -> u64 {
    u64::try_from(position).unwrap_or(u64::MAX)
}
