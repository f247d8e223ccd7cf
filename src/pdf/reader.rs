//! A PDF as the sequence of its revisions (ISO 32000-2, 7.5.6), read strictly and lazily.
//!
//! A revision is what one save appended. Nothing is repaired and nothing is merged: every object is
//! resolved "as of" a revision, through the sections of that revision and the earlier ones.

use super::error::{Error, Finding};
use super::filter;
use super::object::{Dictionary, Object, Parser, Reference};
use super::section::{self, Entry, Kind, Section};
use super::source::Source;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// Revisions a file may have: a plan with eight signatures has about twenty.
const REVISION_LIMIT: usize = 512;
/// Bytes one object without its stream may need: an array of 200,000 page references.
const OBJECT_SIZE_LIMIT: usize = 16 << 20;
/// Bytes of one decoded stream read for structure.
const DECODED_LIMIT: usize = 64 << 20;
/// Bytes kept of decoded object streams.
const CACHE_LIMIT: usize = 64 << 20;

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
        self.sections.iter().find_map(|section| section.entries.get(&number).copied())
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
        let all: std::collections::BTreeSet<u32> =
            self.sections.iter().flat_map(|section| section.entries.keys().copied()).collect();
        all.into_iter().collect()
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

type Unpacked = Rc<HashMap<u32, Object>>;

/// An open PDF.
pub struct Pdf<'a> {
    source: &'a dyn Source,
    revisions: Vec<Revision>,
    findings: Vec<Finding>,
    streams: RefCell<(HashMap<u64, Unpacked>, usize)>,
}

impl std::fmt::Debug for Pdf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pdf").field("revisions", &self.revisions.len()).finish_non_exhaustive()
    }
}

impl<'a> Pdf<'a> {
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
        let sections = read_sections(source, last_startxref(source)?)?;
        if sections.iter().any(|section| section.trailer.get("Encrypt").is_some()) {
            return Err(Error::Encrypted);
        }
        let revisions = group(source, sections, &mut findings)?;
        let pdf = Self { source, revisions, findings, streams: RefCell::default() };
        Ok(pdf)
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
        (0..=revision.min(self.newest()))
            .rev()
            .find_map(|at| self.revisions.get(at)?.entry(number).map(|entry| (entry, at)))
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
        match self.entry(reference.number, revision) {
            Some((Entry::At { offset, generation }, _)) if generation == reference.generation => {
                self.read_at(reference, offset, revision).map(Some)
            }
            Some((Entry::In { stream, .. }, at)) if reference.generation == 0 => {
                let object = self.unpack(stream, at)?.get(&reference.number).cloned();
                let missing = Error::BrokenObject {
                    number: reference.number,
                    at: 0,
                    what: "not in the object stream named",
                };
                Ok(Some(Indirect { object: object.ok_or(missing)?, data: None, span: None }))
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
    /// When there is no such stream, its filter is another than Flate, or it is beyond the limit.
    pub fn stream(&self, reference: Reference, revision: usize) -> Result<Vec<u8>, Error> {
        let found = self.indirect(reference, revision)?.ok_or(Error::Missing("a stream"))?;
        let (Some(dictionary), Some((start, end))) = (found.object.as_dictionary(), found.data) else {
            return Err(Error::Missing("a stream"));
        };
        let length = usize::try_from(end - start).map_err(|_| Error::Limit("stream size"))?;
        if length > DECODED_LIMIT {
            return Err(Error::Limit("stream size"));
        }
        filter::decode(dictionary, &self.source.bytes(start, length)?, DECODED_LIMIT)
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

    fn read_at(&self, reference: Reference, at: u64, revision: usize) -> Result<Indirect, Error> {
        let number = reference.number;
        let broken = |what: &'static str| Error::BrokenObject { number, at, what };
        let mut size = 2048;
        loop {
            let window = self.source.bytes(at, size)?;
            let whole = window.len() < size;
            let mut parser = Parser::new(&window);
            match read_object(&mut parser, reference, at) {
                Ok((object, Ending::Object)) => {
                    let end = at + offset(parser.position());
                    return Ok(Indirect { object, data: None, span: Some((at, end)) });
                }
                Ok((object, Ending::Stream)) => {
                    let Some(data) = section::stream_data_offset(&window, &mut parser) else {
                        return Err(broken("the keyword stream is not followed by an end of line"));
                    };
                    return self.finish_stream(object, reference, at, at + offset(data), revision);
                }
                Err(error) if whole || size >= OBJECT_SIZE_LIMIT => return Err(error),
                Err(_) => size *= 8,
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
                match self.resolve(*length, revision)? {
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
        let plain = self.stream(reference, revision)?;
        let mut header = Parser::new(&plain);
        let mut objects = HashMap::new();
        for _ in 0..count {
            let inner = header.unsigned().map_err(Error::syntax(number, at))?;
            let place = header.unsigned().map_err(Error::syntax(number, at))?;
            let place = usize::try_from(place).map_err(|_| broken("place out of range"))?;
            let object = Parser::starting_at(&plain, first.saturating_add(place))
                .object()
                .map_err(Error::syntax(number, at))?;
            let inner = u32::try_from(inner).map_err(|_| broken("number out of range"))?;
            if objects.insert(inner, object).is_some() {
                return Err(broken("an object stands twice in one object stream"));
            }
        }
        let unpacked = Rc::new(objects);
        let mut cache = self.streams.borrow_mut();
        if cache.1.saturating_add(plain.len()) > CACHE_LIMIT {
            cache.0.clear();
            cache.1 = 0;
        }
        cache.1 += plain.len();
        cache.0.insert(at, Rc::clone(&unpacked));
        Ok(unpacked)
    }

    /// Accounts for the bytes of every appended revision: each must be an object its section names,
    /// the section itself, or white space. What isn't is a finding, as is an entry that points at
    /// something else.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn examine(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.findings.clone();
        for (index, revision) in self.revisions.iter().enumerate() {
            let number = index + 1;
            for section in &revision.sections {
                if section.repeats {
                    findings.push(Finding {
                        code: "object_twice_in_section",
                        at: section.start,
                        revision: number,
                    });
                }
            }
            if index > 0 {
                self.examine_appended(index, revision, &mut findings)?;
            }
        }
        if let Some(last) = self.revisions.last()
            && !self.only_space(last.end, self.source.len())?
        {
            findings.push(Finding { code: "bytes_after_end", at: last.end, revision: self.revisions.len() });
        }
        Ok(findings)
    }

    fn examine_appended(
        &self,
        index: usize,
        revision: &Revision,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        let number = index + 1;
        let mut spans: Vec<(u64, u64)> =
            revision.sections.iter().map(|section| (section.start, section.end)).collect();
        for section in &revision.sections {
            for (object, entry) in &section.entries {
                let Entry::At { offset: at, generation } = *entry else { continue };
                let reference = Reference { number: *object, generation };
                if at < revision.start || at >= revision.end {
                    findings.push(Finding { code: "entry_outside_its_revision", at, revision: number });
                    continue;
                }
                match self.read_at(reference, at, index) {
                    Ok(Indirect { span: Some(span), .. }) => spans.push(span),
                    Ok(_) => {}
                    Err(Error::Io(error)) => return Err(Error::Io(error)),
                    Err(_) => findings.push(Finding { code: "entry_points_elsewhere", at, revision: number }),
                }
            }
        }
        spans.sort_unstable();
        spans.dedup();
        let mut at = revision.start;
        for (start, end) in spans {
            if start < at {
                findings.push(Finding { code: "objects_overlap", at: start, revision: number });
            } else if !self.only_space(at, start)? {
                findings.push(Finding { code: "unaccounted_bytes", at, revision: number });
            }
            at = at.max(end);
        }
        // What follows the section is `startxref N %%EOF`, checked when the revisions were told apart.
        Ok(())
    }

    /// Whether `start..end` holds nothing but white space and comments.
    fn only_space(&self, start: u64, end: u64) -> Result<bool, Error> {
        /// Space between two objects is a few bytes; more is somebody's hiding place.
        const SPACE_LIMIT: u64 = 4096;
        if end <= start {
            return Ok(true);
        }
        if end - start > SPACE_LIMIT {
            return Ok(false);
        }
        let bytes = self.source.bytes(start, usize::try_from(end - start).unwrap_or(0))?;
        Ok(bytes.iter().all(|byte| matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')))
    }
}

fn offset(position: usize) -> u64 {
    u64::try_from(position).unwrap_or(u64::MAX)
}

enum Ending {
    Object,
    Stream,
}

/// Reads `n g obj`, the object, and what ends it. The ending must be in the window, so that an
/// object cut by the window's end is never taken for a shorter one.
fn read_object(parser: &mut Parser<'_>, reference: Reference, at: u64) -> Result<(Object, Ending), Error> {
    let syntax = Error::syntax(reference.number, at);
    let number = parser.unsigned().map_err(&syntax)?;
    let generation = parser.unsigned().map_err(&syntax)?;
    let broken = |what: &'static str| Error::BrokenObject { number: reference.number, at, what };
    if !parser.keyword("obj")
        || number != u64::from(reference.number)
        || generation != u64::from(reference.generation)
    {
        return Err(broken("another object or none stands there"));
    }
    let object = parser.object().map_err(&syntax)?;
    if parser.keyword("endobj") {
        return Ok((object, Ending::Object));
    }
    let mut ahead = parser.clone();
    if ahead.keyword("stream") {
        return Ok((object, Ending::Stream));
    }
    Err(broken("no endobj"))
}

/// The offset the last `startxref` names.
fn last_startxref(source: &dyn Source) -> Result<u64, Error> {
    /// Readers look for the end in the last kilobyte; trailing white space is common.
    const TAIL: usize = 4096;
    let start = source.len().saturating_sub(offset(TAIL));
    let tail = source.bytes(start, TAIL)?;
    let word = b"startxref";
    let at = tail.windows(word.len()).rposition(|window| window == word).ok_or(Error::Truncated)?;
    let mut parser = Parser::starting_at(&tail, at + word.len());
    let value = parser.unsigned().map_err(|_| Error::Truncated)?;
    let rest = tail.get(parser.position()..).unwrap_or_default();
    let eof = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if !rest.get(eof..).unwrap_or_default().starts_with(b"%%EOF") {
        return Err(Error::Truncated);
    }
    Ok(value)
}

/// The sections from the newest on, by /Prev.
fn read_sections(source: &dyn Source, newest: u64) -> Result<Vec<Section>, Error> {
    let mut sections = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(newest);
    while let Some(at) = next {
        if !seen.insert(at) {
            return Err(Error::BrokenSection { at, what: "the chain of sections is a circle" });
        }
        if sections.len() >= REVISION_LIMIT {
            return Err(Error::Limit("number of revisions"));
        }
        let section = section::read(source, at)?;
        next = match section.trailer.get("Prev") {
            None => None,
            Some(Object::Integer(previous)) => Some(
                u64::try_from(*previous).map_err(|_| Error::BrokenSection { at, what: "broken /Prev" })?,
            ),
            Some(_) => return Err(Error::BrokenSection { at, what: "broken /Prev" }),
        };
        sections.push(section);
    }
    Ok(sections)
}

/// Groups sections (newest first) into revisions (oldest first) and finds where each ends.
fn group(
    source: &dyn Source,
    mut sections: Vec<Section>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Revision>, Error> {
    let mut revisions: Vec<Revision> = Vec::new();
    // In a linearised file the oldest two sections are one revision: the first-page section stands
    // before the one it calls previous.
    let oldest = sections.pop().ok_or(Error::Truncated)?;
    let linearised = sections.last().is_some_and(|next| next.start < oldest.start) && is_linearised(source)?;
    let (first, anchor) = if linearised {
        let front = sections.pop().ok_or(Error::Truncated)?;
        let anchor = front.start;
        (vec![front, oldest.clone()], anchor)
    } else {
        (vec![oldest.clone()], oldest.start)
    };
    let end = revision_end(source, oldest.end, anchor)?;
    revisions.push(Revision { sections: first, start: 0, end });
    while let Some(section) = sections.pop() {
        let start = revisions.last().map_or(0, |revision| revision.end);
        let number = revisions.len() + 1;
        if section.start < start {
            return Err(Error::BrokenSection {
                at: section.start,
                what: "a later section stands before the end of an earlier revision",
            });
        }
        let previous =
            revisions.last().map(Revision::trailer).and_then(|trailer| trailer.get("Root")).cloned();
        if section.trailer.get("Root") != previous.as_ref() {
            findings.push(Finding { code: "root_replaced", at: section.start, revision: number });
        }
        if section.kind == Kind::Hybrid {
            findings.push(Finding { code: "hybrid_section", at: section.start, revision: number });
        }
        let end = revision_end(source, section.end, section.start)?;
        revisions.push(Revision { sections: vec![section], start, end });
    }
    Ok(revisions)
}

fn is_linearised(source: &dyn Source) -> Result<bool, Error> {
    let head = source.bytes(0, 1024)?;
    let word = b"/Linearized";
    Ok(head.windows(word.len()).any(|window| window == word))
}

/// The offset after the `%%EOF` that follows a section, and its end of line.
fn revision_end(source: &dyn Source, after: u64, section: u64) -> Result<u64, Error> {
    let broken = |what: &'static str| Error::BrokenSection { at: section, what };
    let window = source.bytes(after, 256)?;
    let mut parser = Parser::new(&window);
    if !parser.keyword("startxref") {
        return Err(broken("no startxref after the section"));
    }
    if parser.unsigned().map_err(|_| broken("no offset after startxref"))? != section {
        return Err(broken("startxref names another section"));
    }
    let mut at = parser.position();
    while window.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    if !window.get(at..).unwrap_or_default().starts_with(b"%%EOF") {
        return Err(broken("no %%EOF after startxref"));
    }
    at += 5;
    at += match (window.get(at), window.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(b'\n' | b'\r'), _) => 1,
        _ => 0,
    };
    Ok(after + offset(at))
}

/// Pages as of a revision, in order, at most `limit` of them (the tree is walked no further).
///
/// # Errors
/// When the page tree is broken or circular.
pub fn pages(pdf: &Pdf<'_>, revision: usize, limit: usize) -> Result<Vec<Reference>, Error> {
    /// Trees deeper than this are circles or attacks.
    const DEPTH: usize = 64;
    let catalog = pdf.catalog(revision)?;
    let root = catalog.reference("Pages").ok_or(Error::Missing("/Pages"))?;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut stack = vec![(root, 0_usize)];
    while let Some((reference, depth)) = stack.pop() {
        if found.len() >= limit {
            break;
        }
        if depth > DEPTH || !seen.insert(reference) {
            return Err(Error::Missing("a page tree without circles"));
        }
        let Object::Dictionary(node) = pdf.resolve(reference, revision)? else {
            return Err(Error::Missing("a page where its tree names one"));
        };
        match pdf.get(&node, "Kids", revision)? {
            Object::Array(kids) if node.name("Type") != Some(b"Page") => {
                for kid in kids.iter().rev() {
                    if let Object::Reference(kid) = kid {
                        stack.push((*kid, depth + 1));
                    }
                }
            }
            _ => found.push(reference),
        }
    }
    Ok(found)
}

/// The inherited attribute `key` of a page (ISO 32000-2, 7.7.3.4).
///
/// # Errors
/// When the page tree is broken.
pub fn inherited(pdf: &Pdf<'_>, page: Reference, key: &str, revision: usize) -> Result<Object, Error> {
    let mut node = pdf.resolve(page, revision)?;
    for _ in 0..64 {
        let Some(dictionary) = node.as_dictionary() else { break };
        if dictionary.get(key).is_some() {
            return pdf.get(dictionary, key, revision);
        }
        node = pdf.get(dictionary, "Parent", revision)?;
    }
    Ok(Object::Null)
}

/// The numbers a revision defines anew, with the entries before it: what changed.
#[must_use]
pub fn redefined(pdf: &Pdf<'_>, revision: usize) -> BTreeMap<u32, (Option<Entry>, Entry)> {
    let Some(this) = pdf.revisions().get(revision) else { return BTreeMap::new() };
    this.numbers()
        .into_iter()
        .filter_map(|number| {
            let before =
                revision.checked_sub(1).and_then(|before| pdf.entry(number, before)).map(|(entry, _)| entry);
            this.entry(number).map(|entry| (number, (before, entry)))
        })
        .collect()
}
