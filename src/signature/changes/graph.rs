//! Who refers to whom in a document as of a revision.
//!
//! Two questions of the judgement need the whole document: whether an object that may change is
//! reached by its expected path only, and which missing objects the signed content already names
//! (whoever adds one of those later changes what was signed).

use crate::pdf::section::Entry;
use crate::pdf::{self, Object, Pdf, Reference};
use std::collections::{HashMap, HashSet};

/// The references inside everything the catalog leads to.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// For each object number the objects that name it, once an occurrence.
    referrers: HashMap<u32, Vec<u32>>,
    /// Numbers that are named and don't exist.
    missing: HashSet<u32>,
}

impl Graph {
    /// Walks everything the catalog leads to. Referrers are kept for the numbers in `wanted` only.
    ///
    /// # Errors
    /// When the medium fails or a limit is reached; an object that is broken leads nowhere.
    pub(super) fn new(pdf: &Pdf<'_>, revision: usize, wanted: &HashSet<u32>) -> Result<Self, pdf::Error> {
        let mut graph = Self::default();
        let mut stack = vec![pdf.root(revision)?];
        let mut seen: HashSet<u32> = stack.iter().map(|root| root.number).collect();
        let mut inside = Vec::new();
        while let Some(reference) = stack.pop() {
            let object = match pdf.resolve(reference, revision) {
                Ok(object) => object,
                Err(error @ (pdf::Error::Io(_) | pdf::Error::Limit(_))) => return Err(error),
                Err(_) => continue,
            };
            inside.clear();
            object.references(&mut inside);
            for target in &inside {
                if wanted.contains(&target.number) {
                    graph.referrers.entry(target.number).or_default().push(reference.number);
                }
                if seen.insert(target.number) {
                    match pdf.entry(target.number, revision) {
                        None | Some((Entry::Free, _)) => {
                            graph.missing.insert(target.number);
                        }
                        Some(_) => stack.push(*target),
                    }
                }
            }
        }
        Ok(graph)
    }

    /// Whether the document names an object of this number that doesn't exist.
    pub(super) fn misses(&self, number: u32) -> bool {
        self.missing.contains(&number)
    }

    /// Whether every mention of an object is one that is expected, by the referring object's number.
    pub(super) fn is_reached_only(&self, target: Reference, expected: impl Fn(u32) -> bool) -> bool {
        self.referrers.get(&target.number).is_none_or(|list| list.iter().all(|number| expected(*number)))
    }

    /// Whether an object is mentioned once, in the object expected.
    pub(super) fn is_reached_once(&self, target: Reference, from: Reference) -> bool {
        self.referrers.get(&target.number).is_some_and(|list| list.as_slice() == [from.number])
    }
}

/// References of an array in order; none when something else is in it.
pub(super) fn references(list: &[Object]) -> Option<Vec<Reference>> {
    list.iter()
        .map(|object| match object {
            Object::Reference(reference) => Some(*reference),
            _ => None,
        })
        .collect()
}
