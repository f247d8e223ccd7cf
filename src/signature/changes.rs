//! What changed after a signature: every later revision judged against the signed one, object by
//! object.
//!
//! What may change is listed here; everything else is [`Class::Other`]. An object that existed when
//! the document was signed may only be written again in its listed role. New objects count through
//! the old ones that lead to them: what nothing leads to shows nothing. What came after the signature
//! is judged again, against the revision before, when a still later revision overwrites it.

mod baseline;
mod graph;
mod structure;
mod widgets;

use super::fields::{self, Field};
use super::permission::Locked;
use crate::pdf::section::Entry;
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use baseline::{Baseline, Role};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// How far a change goes, from nothing to anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nothing changed.
    None,
    /// Material for validating, document time-stamps.
    ValidationData,
    /// An empty field filled, a signature added.
    FormFilling,
    /// A remark on the page.
    Annotations,
    /// Anything else.
    Other,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The revision it came with, from 1.
    pub revision: usize,
    /// The object.
    pub object: Reference,
    /// The page, from 1, when it is on one.
    pub page: Option<usize>,
    /// How far it goes.
    pub class: Class,
    /// Stable code of what it is.
    pub what: &'static str,
    /// The field concerned.
    pub field: Option<String>,
}

/// Everything that changed after revision `signed` (index from 0).
///
/// # Errors
/// When the file can't be read.
pub fn after(pdf: &Pdf<'_>, signed: usize) -> Result<Vec<Change>, pdf::Error> {
    let mut changes = Vec::new();
    if signed >= pdf.newest() {
        return Ok(changes);
    }
    let base = Baseline::new(pdf, signed)?;
    let mut history = History::default();
    for revision in signed + 1..=pdf.newest() {
        let fields = fields::all(pdf, revision)?;
        let fields = fields.into_iter().map(|field| (field.reference, field)).collect();
        let mut step =
            Step { base: &base, revision, fields: &fields, history: &mut history, changes: &mut changes };
        step.judge()?;
    }
    Ok(changes)
}

/// What earlier revisions after the signature did already.
#[derive(Debug, Default)]
struct History {
    /// Fields and appearances filled: once is filling, twice is replacing.
    filled: HashSet<Reference>,
    /// Fields and annotations reported as added, and whether as being on a page.
    added: HashSet<(Reference, bool)>,
}

/// One later revision, judged against a baseline.
struct Step<'s, 'p, 'a> {
    base: &'s Baseline<'p, 'a>,
    /// Its index, from 0.
    revision: usize,
    /// The fields as of it.
    fields: &'s HashMap<Reference, Field>,
    history: &'s mut History,
    changes: &'s mut Vec<Change>,
}

impl<'p> Step<'_, 'p, '_> {
    fn report(&mut self, object: Reference, class: Class, what: &'static str) {
        self.report_at(object, None, None, class, what);
    }

    fn report_at(
        &mut self,
        object: Reference,
        page: Option<usize>,
        field: Option<&str>,
        class: Class,
        what: &'static str,
    ) {
        let field = field.map(str::to_owned);
        self.changes.push(Change { revision: self.revision + 1, object, page, class, what, field });
    }

    fn judge(&mut self) -> Result<(), pdf::Error> {
        let (pdf, known) = (self.base.pdf, self.changes.len());
        let trailer = pdf.revisions().get(self.revision).map(pdf::Revision::trailer);
        if trailer.and_then(|trailer| trailer.reference("Root")) != Some(self.base.root) {
            self.report(self.base.root, Class::Other, "catalog_replaced");
        }
        let before = self.revision - 1;
        let mut overwritten = Vec::new();
        for (number, (_, now)) in pdf::redefined(pdf, self.revision) {
            let signed = pdf.entry(number, self.base.revision).map(|(entry, _)| entry);
            let latest = pdf.entry(number, before).map(|(entry, _)| entry);
            let (was, reference) = match (signed.and_then(in_use), latest.and_then(in_use)) {
                (Some(generation), _) => (self.base.revision, Reference { number, generation }),
                (None, latest) => {
                    let generation = in_use(now).or(latest).unwrap_or(0);
                    let reference = Reference { number, generation };
                    if in_use(now).is_some() && self.base.misses(number) {
                        self.report(reference, Class::Other, "signed_content_completed");
                        continue;
                    }
                    match latest {
                        Some(generation) => (before, Reference { number, generation }),
                        None => continue,
                    }
                }
            };
            match in_use(now) {
                None => self.report(reference, Class::Other, "object_removed"),
                Some(generation) if generation != reference.generation => {
                    self.report(reference, Class::Other, "object_replaced");
                }
                Some(_) if same(pdf, reference, was, self.revision)? => {}
                // It says what it said a revision ago, and was judged then.
                Some(_) if was != before && same(pdf, reference, before, self.revision)? => {}
                Some(_) if was == self.base.revision => self.judge_object(reference)?,
                Some(_) => overwritten.push(reference),
            }
        }
        if !overwritten.is_empty() {
            self.judge_overwritten(&overwritten)?;
        }
        if self.changes.len() == known {
            // Only new objects that nothing leads to, or the same objects again.
            self.report(self.base.root, Class::ValidationData, "nothing_visible");
        }
        Ok(())
    }

    /// Objects that came after the signature and were written again: judged by what they were before.
    fn judge_overwritten(&mut self, overwritten: &[Reference]) -> Result<(), pdf::Error> {
        let before = Baseline::new(self.base.pdf, self.revision - 1)?;
        let mut step = Step {
            base: &before,
            revision: self.revision,
            fields: self.fields,
            history: &mut *self.history,
            changes: &mut *self.changes,
        };
        for reference in overwritten {
            step.judge_object(*reference)?;
        }
        Ok(())
    }

    fn judge_object(&mut self, reference: Reference) -> Result<(), pdf::Error> {
        let pdf = self.base.pdf;
        let Some(role) = self.base.role(reference) else {
            self.report(reference, Class::Other, "object_changed");
            return Ok(());
        };
        let found = (pdf.indirect(reference, self.base.revision)?, pdf.indirect(reference, self.revision)?);
        let (Some(old), Some(new)) = found else {
            self.report(reference, Class::Other, "object_changed");
            return Ok(());
        };
        let is_stream = new.data.is_some();
        match (role, &old.object, &new.object) {
            (Role::Metadata, ..) if is_stream => {
                let sound = structure::is_sound_metadata(pdf, reference, self.revision);
                let (class, what) = metadata(sound);
                self.report(reference, class, what);
            }
            (Role::Appearance { widget }, ..) if is_stream => self.judge_appearance(reference, widget)?,
            (Role::Evidence, _, Object::Dictionary(_) | Object::Array(_)) => {
                self.report(reference, Class::ValidationData, "validation_data");
            }
            (_, Object::Dictionary(old), Object::Dictionary(new)) if !is_stream => match role {
                Role::Information => {
                    self.report(reference, Class::ValidationData, "document_information");
                }
                Role::Catalog => self.judge_catalog(old, new)?,
                Role::Form => self.judge_form(reference, old, new)?,
                Role::Page => self.judge_page(reference, old, new)?,
                Role::Field => self.judge_field(reference, new)?,
                Role::Widget { field } => self.judge_widget(reference, field, old, new)?,
                _ => self.report(reference, Class::Other, "object_changed"),
            },
            (Role::FieldList, Object::Array(old), Object::Array(new)) => {
                self.judge_field_list(reference, old, new)?;
            }
            (Role::Annotations { page }, Object::Array(old), Object::Array(new)) => {
                self.judge_annotations(reference, page, old, new)?;
            }
            _ => self.report(reference, Class::Other, "object_changed"),
        }
        Ok(())
    }

    /// Whether an object came after the baseline.
    fn is_new(&self, reference: Reference) -> bool {
        self.base
            .pdf
            .entry(reference.number, self.base.revision)
            .and_then(|(entry, _)| in_use(entry))
            .is_none()
    }

    fn get(&self, dictionary: &Dictionary, key: &str) -> Result<Object, pdf::Error> {
        self.base.pdf.get(dictionary, key, self.revision)
    }

    fn get_old(&self, dictionary: &Dictionary, key: &str) -> Result<Object, pdf::Error> {
        self.base.pdf.get(dictionary, key, self.base.revision)
    }
}

fn metadata(sound: bool) -> (Class, &'static str) {
    if sound { (Class::ValidationData, "metadata") } else { (Class::Other, "metadata_broken") }
}

/// The generation of an entry that is in use.
fn in_use(entry: Entry) -> Option<u16> {
    match entry {
        Entry::Free => None,
        Entry::At { generation, .. } => Some(generation),
        Entry::In { .. } => Some(0),
    }
}

/// Whether an object says the same as of two revisions, stream bytes included.
fn same(pdf: &Pdf<'_>, reference: Reference, first: usize, second: usize) -> Result<bool, pdf::Error> {
    let (Some(old), Some(new)) = (pdf.indirect(reference, first)?, pdf.indirect(reference, second)?) else {
        return Ok(false);
    };
    if old.object != new.object {
        return Ok(false);
    }
    match (old.data, new.data) {
        (None, None) => Ok(true),
        (Some((a, b)), Some((c, d))) if b - a == d - c => same_bytes(pdf, a, c, b - a),
        _ => Ok(false),
    }
}

fn same_bytes(pdf: &Pdf<'_>, first: u64, second: u64, length: u64) -> Result<bool, pdf::Error> {
    let mut at = 0;
    while at < length {
        let size = usize::try_from(length - at).unwrap_or(usize::MAX).min(1 << 16);
        let (a, b) = (pdf.source().bytes(first + at, size)?, pdf.source().bytes(second + at, size)?);
        if a != b || a.is_empty() {
            return Ok(false);
        }
        at += u64::try_from(a.len()).unwrap_or(u64::MAX);
    }
    Ok(true)
}

/// The keys whose values differ.
fn changed_keys(old: &Dictionary, new: &Dictionary) -> Vec<String> {
    let values: HashMap<&[u8], &Object> = old.iter().collect();
    let kept: HashSet<&[u8]> = new.iter().map(|(key, _)| key).collect();
    let altered = new.iter().filter(|(key, value)| values.get(key) != Some(value)).map(|(key, _)| key);
    let removed = old.iter().map(|(key, _)| key).filter(|key| !kept.contains(key));
    altered.chain(removed).map(|key| String::from_utf8_lossy(key).into_owned()).collect()
}

/// Whether nothing but these keys differs.
fn only_changed(old: &Dictionary, new: &Dictionary, allowed: &[&str]) -> bool {
    changed_keys(old, new).iter().all(|key| allowed.contains(&key.as_str()))
}

/// Whether a change is permitted by what the signature says of later changes.
///
/// Evidence is always welcome (ISO 32000-2, 12.8.2.2.2); a locked field is untouchable otherwise, and
/// a lock on all fields, or on all but some, is one on new fields too.
#[must_use]
pub fn is_permitted(change: &Change, docmdp: Option<u8>, locked: Option<&Locked>) -> bool {
    let by_level = match docmdp {
        Some(1) => change.class <= Class::ValidationData,
        Some(2) => change.class <= Class::FormFilling,
        _ => change.class <= Class::Annotations,
    };
    let is_locked = change.class > Class::ValidationData
        && change.field.as_deref().is_some_and(|field| locked.is_some_and(|locked| locked.covers(field)));
    by_level && !is_locked
}
