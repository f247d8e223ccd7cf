//! The chain of cross-reference sections, and the revisions it tells apart (ISO 32000-2, 7.5.5, 7.5.6,
//! Annex F). Nothing is searched for and nothing is guessed: the end of the file names the newest
//! section, every section names the one before it, and each must end in its own `startxref`.

use super::error::{Error, Finding};
use super::object::Object;
use super::parser::Parser;
use super::reader::{Revision, offset};
use super::section::{self, Kind, Section};
use super::source::Source;
use std::collections::HashSet;

/// Revisions a file may have: a plan with eight signatures has about twenty.
const REVISION_LIMIT: usize = 512;

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
///
/// # Errors
/// When the chain is cut, circular, broken or beyond a limit.
pub(super) fn sections(source: &dyn Source) -> Result<Vec<Section>, Error> {
    let mut sections = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(last_startxref(source)?);
    let mut budget = section::ENTRY_BUDGET;
    while let Some(at) = next {
        if !seen.insert(at) {
            return Err(Error::BrokenSection { at, what: "the chain of sections is a circle" });
        }
        if sections.len() >= REVISION_LIMIT {
            return Err(Error::Limit("number of revisions"));
        }
        let section = section::read(source, at, &mut budget)?;
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
///
/// # Errors
/// When a section is not followed by its own `startxref` and `%%EOF`, or stands in another revision.
pub(super) fn group(
    source: &dyn Source,
    mut sections: Vec<Section>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Revision>, Error> {
    let mut revisions: Vec<Revision> = Vec::new();
    // In a linearised file the oldest two sections are one revision: the first-page section stands
    // before the one it calls previous.
    let oldest = sections.pop().ok_or(Error::Truncated)?;
    let linearised = sections.last().is_some_and(|next| next.start < oldest.start) && is_linearised(source)?;
    let (after, mut anchor) = (oldest.end, oldest.start);
    let mut first = vec![oldest];
    if linearised {
        let front = sections.pop().ok_or(Error::Truncated)?;
        anchor = front.start;
        first.insert(0, front);
    }
    let end = revision_end(source, after, anchor)?;
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
        let previous = revisions.last().map(Revision::trailer);
        let value = |key| previous.and_then(|trailer| trailer.get(key));
        let mut find = |code| findings.push(Finding { code, at: section.start, revision: number });
        if section.trailer.get("Root") != value("Root") {
            find("root_replaced");
        }
        let first = |id: Option<&Object>| id.and_then(Object::as_array).and_then(<[Object]>::first).cloned();
        if value("ID").is_some() && first(section.trailer.get("ID")) != first(value("ID")) {
            find("identifier_replaced");
        }
        // Numbers from /Size on are to be ignored (7.5.5): readers that do see another document.
        let highest = section.entries.highest().map_or(0, i64::from);
        if section.trailer.integer("Size").is_none_or(|size| size <= highest) {
            find("size_too_small");
        }
        if section.kind == Kind::Hybrid {
            find("hybrid_section");
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
