//! Pages and what they inherit (ISO 32000-2, 7.7.3), and what a revision defines anew.

use super::error::Error;
use super::geometry::{Rectangle, View};
use super::object::{Object, Reference};
use super::reader::Pdf;
use super::section::Entry;
use std::collections::{BTreeMap, HashSet};

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

/// How a page is shown: its crop box, or its media box where it has none, turned (ISO 32000-2, 14.11.2 and Table 31).
///
/// # Errors
/// When the page tree is broken or the page has no box.
pub fn view(pdf: &Pdf<'_>, page: Reference, revision: usize) -> Result<View, Error> {
    let mut visible = None;
    for key in ["CropBox", "MediaBox"] {
        let found = inherited(pdf, page, key, revision)?;
        let numbers: Option<Vec<f64>> =
            found.as_array().map(|edges| edges.iter().filter_map(Object::as_number).collect());
        if let Some([a, b, c, d]) = numbers.as_deref() {
            visible = Some(Rectangle::spanned((*a, *b), (*c, *d)));
            break;
        }
    }
    let visible = visible.ok_or(Error::Missing("a /MediaBox of its page"))?;
    Ok(View::new(visible, turn(pdf, page, revision)?))
}

/// Degrees clockwise a page is shown turned by: 0, 90, 180 or 270.
///
/// # Errors
/// When the page tree is broken.
pub fn turn(pdf: &Pdf<'_>, page: Reference, revision: usize) -> Result<u32, Error> {
    let Object::Integer(degrees) = inherited(pdf, page, "Rotate", revision)? else { return Ok(0) };
    Ok(u32::try_from(degrees.rem_euclid(360)).unwrap_or(0) / 90 * 90)
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
