//! What changed after a signature: every later revision judged against the signed one, object by
//! object.
//!
//! What may change is listed here; everything else is [`Class::Other`]. An object that existed when
//! the document was signed may only be written again in its listed role. New objects count through
//! the old ones that lead to them: what nothing leads to shows nothing.

use super::fields::{self, Field};
use super::permission::Locked;
use super::shown;
use crate::pdf::section::Entry;
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Pages looked through for annotations; the rest of a larger document is judged by its objects only.
const PAGE_LIMIT: usize = 20_000;

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

/// What the document was when signed.
struct Signed<'p, 'a> {
    pdf: &'p Pdf<'a>,
    revision: usize,
    fields: HashMap<Reference, Field>,
    widgets: HashMap<Reference, Reference>,
    pages: HashMap<Reference, usize>,
    annotations: HashMap<Reference, Reference>,
    root: Reference,
    form: Option<Reference>,
    special: HashMap<Reference, Special>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    Information,
    Metadata,
    Evidence,
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
    let before = Signed::new(pdf, signed)?;
    let mut filled: HashSet<String> = HashSet::new();
    for revision in signed + 1..=pdf.newest() {
        before.judge(revision, &mut filled, &mut changes)?;
    }
    Ok(changes)
}

impl<'p, 'a> Signed<'p, 'a> {
    fn new(pdf: &'p Pdf<'a>, revision: usize) -> Result<Self, pdf::Error> {
        let root = pdf.root(revision)?;
        let catalog = pdf.catalog(revision)?;
        let mut found = HashMap::new();
        let mut widgets = HashMap::new();
        for field in fields::all(pdf, revision)? {
            if let Object::Array(kids) = pdf.get(&field.dictionary, "Kids", revision)? {
                for kid in &kids {
                    if let Object::Reference(kid) = kid {
                        widgets.insert(*kid, field.reference);
                    }
                }
            }
            found.insert(field.reference, field);
        }
        let mut pages = HashMap::new();
        let mut annotations = HashMap::new();
        for (number, page) in pdf::pages(pdf, revision, PAGE_LIMIT)?.into_iter().enumerate() {
            pages.insert(page, number + 1);
            if let Object::Dictionary(dictionary) = pdf.resolve(page, revision)?
                && let Some(list) = dictionary.reference("Annots")
            {
                annotations.insert(list, page);
            }
        }
        let mut special = HashMap::new();
        if let Some(metadata) = catalog.reference("Metadata") {
            special.insert(metadata, Special::Metadata);
        }
        let trailer = pdf.revisions().get(revision).map(pdf::Revision::trailer);
        if let Some(information) = trailer.and_then(|trailer| trailer.reference("Info")) {
            special.insert(information, Special::Information);
        }
        evidence(pdf, &catalog, revision, &mut special)?;
        Ok(Self {
            pdf,
            revision,
            fields: found,
            widgets,
            pages,
            annotations,
            root,
            form: catalog.reference("AcroForm"),
            special,
        })
    }

    fn judge(
        &self,
        revision: usize,
        filled: &mut HashSet<String>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        let trailer = self.pdf.revisions().get(revision).map(pdf::Revision::trailer);
        if trailer.and_then(|trailer| trailer.reference("Root")) != Some(self.root) {
            changes.push(change(revision, self.root, Class::Other, "catalog_replaced"));
        }
        let mut fresh_fields = self.fresh_fields(revision)?;
        let known = changes.len();
        for (number, (_, now)) in pdf::redefined(self.pdf, revision) {
            let Some((was, _)) = self.pdf.entry(number, self.revision) else { continue };
            let generation = match was {
                Entry::Free => continue,
                Entry::At { generation, .. } => generation,
                Entry::In { .. } => 0,
            };
            let reference = Reference { number, generation };
            if now == Entry::Free {
                changes.push(change(revision, reference, Class::Other, "object_removed"));
                continue;
            }
            if matches!(now, Entry::At { generation: new, .. } if new != generation) {
                changes.push(change(revision, reference, Class::Other, "object_replaced"));
                continue;
            }
            if self.same(reference, revision)? {
                continue;
            }
            self.judge_object(reference, revision, &mut fresh_fields, filled, changes)?;
        }
        if changes.len() == known {
            // Only new objects that nothing leads to, or the same objects again.
            changes.push(change(revision, self.root, Class::ValidationData, "nothing_visible"));
        }
        Ok(())
    }

    /// Whether an object says the same as when it was signed, stream bytes included.
    fn same(&self, reference: Reference, revision: usize) -> Result<bool, pdf::Error> {
        let (Some(old), Some(new)) =
            (self.pdf.indirect(reference, self.revision)?, self.pdf.indirect(reference, revision)?)
        else {
            return Ok(false);
        };
        if old.object != new.object {
            return Ok(false);
        }
        match (old.data, new.data) {
            (None, None) => Ok(true),
            (Some((a, b)), Some((c, d))) if b - a == d - c => self.same_bytes(a, c, b - a),
            _ => Ok(false),
        }
    }

    fn same_bytes(&self, first: u64, second: u64, length: u64) -> Result<bool, pdf::Error> {
        let mut at = 0;
        while at < length {
            let size = usize::try_from(length - at).unwrap_or(usize::MAX).min(1 << 16);
            let (a, b) =
                (self.pdf.source().bytes(first + at, size)?, self.pdf.source().bytes(second + at, size)?);
            if a != b {
                return Ok(false);
            }
            at += u64::try_from(size).unwrap_or(u64::MAX);
        }
        Ok(true)
    }

    fn judge_object(
        &self,
        reference: Reference,
        revision: usize,
        fresh: &mut BTreeMap<Reference, Fresh>,
        filled: &mut HashSet<String>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        let old = self.pdf.resolve(reference, self.revision)?;
        let new = self.pdf.resolve(reference, revision)?;
        let mut push = |class, what| changes.push(change(revision, reference, class, what));
        if let Some(special) = self.special.get(&reference) {
            match special {
                Special::Information => push(Class::ValidationData, "document_information"),
                Special::Evidence => push(Class::ValidationData, "validation_data"),
                Special::Metadata if self.is_sound_metadata(reference, revision) => {
                    push(Class::ValidationData, "metadata");
                }
                Special::Metadata => push(Class::Other, "metadata_broken"),
            }
            return Ok(());
        }
        let (Some(old), Some(new)) = (as_dictionary(&old), as_dictionary(&new)) else {
            if let (Object::Array(old), Object::Array(new), Some(page)) =
                (&old, &new, self.annotations.get(&reference))
            {
                return self.judge_annotations(reference, *page, old, new, revision, fresh, changes);
            }
            push(Class::Other, "object_changed");
            return Ok(());
        };
        if reference == self.root {
            return self.judge_catalog(old, new, revision, fresh, changes);
        }
        if Some(reference) == self.form {
            return self.judge_form(reference, old, new, revision, fresh, changes);
        }
        if let Some(field) = self.fields.get(&reference) {
            let (class, what) = if field.kind == b"Sig" {
                self.judge_signature_field(old, new, revision)?
            } else {
                self.judge_text_field(field, new, revision, filled)?
            };
            let page = old.reference("P").and_then(|page| self.pages.get(&page).copied());
            let field = Some(field.name.clone());
            changes.push(Change { revision, object: reference, page, class, what, field });
            return Ok(());
        }
        if let Some(owner) = self.widgets.get(&reference) {
            let field = self.fields.get(owner).map(|field| field.name.clone());
            // The widget of a field with several: its picture may follow the value, nothing else.
            let class = if only_changed(old, new, &["AP", "AS"]) && self.showed_nothing(old)? {
                Class::FormFilling
            } else {
                Class::Other
            };
            changes.push(Change {
                revision,
                object: reference,
                page: None,
                class,
                what: "field_widget",
                field,
            });
            return Ok(());
        }
        if let Some(number) = self.pages.get(&reference) {
            return self.judge_page(reference, *number, old, new, revision, fresh, changes);
        }
        push(Class::Other, "object_changed");
        Ok(())
    }

    /// New signature fields of a revision, and how far each goes.
    fn fresh_fields(&self, revision: usize) -> Result<BTreeMap<Reference, Fresh>, pdf::Error> {
        let mut fresh = BTreeMap::new();
        for field in fields::all(self.pdf, revision)? {
            if self.fields.contains_key(&field.reference) {
                continue;
            }
            if self.pdf.entry(field.reference.number, self.revision).is_some() || field.kind != b"Sig" {
                fresh.insert(field.reference, Fresh { class: Class::Other, name: field.name });
                continue;
            }
            let class = self.class_of_new_signature(&field, revision)?;
            fresh.insert(field.reference, Fresh { class, name: field.name });
        }
        Ok(fresh)
    }

    fn class_of_new_signature(&self, field: &Field, revision: usize) -> Result<Class, pdf::Error> {
        let visible = super::fill::rectangle(&field.dictionary)
            .is_some_and(|rectangle| rectangle.width() > 0.0 && rectangle.height() > 0.0);
        let signature = match &field.value {
            Some(value) => self.pdf.follow(value, revision)?,
            None => Object::Null,
        };
        let is_timestamp = as_dictionary(&signature)
            .is_some_and(|signature| signature.name("SubFilter") == Some(b"ETSI.RFC3161"));
        if !visible {
            return Ok(if is_timestamp { Class::ValidationData } else { Class::FormFilling });
        }
        if signature == Object::Null {
            // A picture on a field nobody signed is no signature.
            return Ok(Class::Other);
        }
        let page = field.dictionary.reference("P").and_then(|page| self.pages.get(&page).copied());
        let (Some(page), Some(rectangle)) = (page, super::fill::rectangle(&field.dictionary)) else {
            return Ok(Class::Other);
        };
        let covers = shown::covers_text(self.pdf, self.revision, page - 1, &rectangle);
        Ok(if covers { Class::Other } else { Class::FormFilling })
    }

    fn judge_catalog(
        &self,
        old: &Dictionary,
        new: &Dictionary,
        revision: usize,
        fresh: &BTreeMap<Reference, Fresh>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        for key in changed_keys(old, new) {
            let (class, what) = match key.as_str() {
                "DSS" => (Class::ValidationData, "validation_data"),
                "Extensions" | "Version" => (Class::ValidationData, "document_version"),
                "Metadata" => match new.reference("Metadata") {
                    Some(metadata) if self.is_sound_metadata(metadata, revision) => {
                        (Class::ValidationData, "metadata")
                    }
                    _ => (Class::Other, "metadata_broken"),
                },
                "AcroForm" => {
                    let empty = Dictionary::default();
                    let was = self.pdf.get(old, "AcroForm", self.revision)?;
                    let now = self.pdf.get(new, "AcroForm", revision)?;
                    let (Some(now), was) = (as_dictionary(&now), as_dictionary(&was).unwrap_or(&empty))
                    else {
                        changes.push(change(revision, self.root, Class::Other, "form_removed"));
                        continue;
                    };
                    self.judge_form(self.root, was, now, revision, fresh, changes)?;
                    continue;
                }
                _ => (Class::Other, "catalog_changed"),
            };
            changes.push(change(revision, self.root, class, what));
        }
        Ok(())
    }

    fn judge_form(
        &self,
        reference: Reference,
        old: &Dictionary,
        new: &Dictionary,
        revision: usize,
        fresh: &BTreeMap<Reference, Fresh>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        for key in changed_keys(old, new) {
            let (class, what) = match key.as_str() {
                "Fields" => {
                    let list = |dictionary, at| -> Result<Vec<Object>, pdf::Error> {
                        Ok(match self.pdf.get(dictionary, "Fields", at)? {
                            Object::Array(list) => list,
                            _ => Vec::new(),
                        })
                    };
                    let (was, now) = (list(old, self.revision)?, list(new, revision)?);
                    if was.iter().any(|field| !now.contains(field)) {
                        (Class::Other, "field_removed")
                    } else {
                        for added in now.iter().filter(|field| !was.contains(field)) {
                            changes.push(self.new_field(added, revision, fresh, reference));
                        }
                        continue;
                    }
                }
                "SigFlags" if new.integer("SigFlags") >= old.integer("SigFlags") => {
                    (Class::ValidationData, "signature_flags")
                }
                "DR" | "DA" | "Q" | "NeedAppearances" => (Class::FormFilling, "form_defaults"),
                _ => (Class::Other, "form_changed"),
            };
            changes.push(change(revision, reference, class, what));
        }
        Ok(())
    }

    fn new_field(
        &self,
        added: &Object,
        revision: usize,
        fresh: &BTreeMap<Reference, Fresh>,
        form: Reference,
    ) -> Change {
        match added {
            Object::Reference(reference) => match fresh.get(reference) {
                Some(found) => Change {
                    revision,
                    object: *reference,
                    page: None,
                    class: found.class,
                    what: "signature_field_added",
                    field: Some(found.name.clone()),
                },
                None => change(revision, *reference, Class::Other, "field_added"),
            },
            _ => change(revision, form, Class::Other, "field_added"),
        }
    }

    fn judge_page(
        &self,
        reference: Reference,
        number: usize,
        old: &Dictionary,
        new: &Dictionary,
        revision: usize,
        fresh: &BTreeMap<Reference, Fresh>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        for key in changed_keys(old, new) {
            if key != "Annots" {
                let mut one = change(revision, reference, Class::Other, "page_changed");
                one.page = Some(number);
                changes.push(one);
                continue;
            }
            let list = |dictionary, at| -> Result<Vec<Object>, pdf::Error> {
                Ok(match self.pdf.get(dictionary, "Annots", at)? {
                    Object::Array(list) => list,
                    _ => Vec::new(),
                })
            };
            let (was, now) = (list(old, self.revision)?, list(new, revision)?);
            self.judge_annotations(reference, reference, &was, &now, revision, fresh, changes)?;
        }
        Ok(())
    }

    fn judge_annotations(
        &self,
        reference: Reference,
        page: Reference,
        old: &[Object],
        new: &[Object],
        revision: usize,
        fresh: &BTreeMap<Reference, Fresh>,
        changes: &mut Vec<Change>,
    ) -> Result<(), pdf::Error> {
        let number = self.pages.get(&page).copied();
        let mut push = |object, class, what| {
            changes.push(Change { revision, object, page: number, class, what, field: None });
        };
        if old.iter().any(|annotation| !new.contains(annotation)) {
            push(reference, Class::Other, "annotation_removed");
        }
        for added in new.iter().filter(|annotation| !old.contains(annotation)) {
            let Object::Reference(widget) = added else {
                push(reference, Class::Other, "annotation_added");
                continue;
            };
            if let Some(found) = fresh.get(widget) {
                push(*widget, found.class, "signature_field_added");
                continue;
            }
            let annotation = self.pdf.resolve(*widget, revision)?;
            let class = match as_dictionary(&annotation) {
                Some(dictionary) if is_remark(dictionary) => Class::Annotations,
                _ => Class::Other,
            };
            push(*widget, class, "annotation_added");
        }
        Ok(())
    }

    fn judge_signature_field(
        &self,
        old: &Dictionary,
        new: &Dictionary,
        revision: usize,
    ) -> Result<(Class, &'static str), pdf::Error> {
        if old.get("V").is_some() {
            return Ok(if only_changed(old, new, &["Ff"]) {
                (Class::FormFilling, "signature_field_flags")
            } else {
                (Class::Other, "signature_changed")
            });
        }
        if !only_changed(old, new, &["V", "AP", "Ff", "Type"]) {
            return Ok((Class::Other, "signature_field_changed"));
        }
        let value = self.pdf.get(new, "V", revision)?;
        let Some(signature) = as_dictionary(&value) else {
            return Ok((Class::Other, "picture_without_signature"));
        };
        let is_timestamp = signature.name("SubFilter") == Some(b"ETSI.RFC3161");
        let fresh =
            new.reference("V").is_some_and(|value| self.pdf.entry(value.number, self.revision).is_none());
        Ok(match (fresh, is_timestamp) {
            (false, _) => (Class::Other, "signature_from_signed_object"),
            (true, true) => (Class::ValidationData, "document_timestamp"),
            (true, false) => (Class::FormFilling, "signature_added"),
        })
    }

    /// A field that showed nothing is filled, once, and shows its value.
    fn judge_text_field(
        &self,
        field: &Field,
        new: &Dictionary,
        revision: usize,
        filled: &mut HashSet<String>,
    ) -> Result<(Class, &'static str), pdf::Error> {
        let old = &field.dictionary;
        let had_value = match self.pdf.get(old, "V", self.revision)? {
            Object::Null => false,
            Object::String(text) => !text.is_empty(),
            _ => true,
        };
        if had_value || !self.showed_nothing(old)? {
            return Ok((Class::Other, "shown_value_replaced"));
        }
        if !only_changed(old, new, &["V", "AP", "AS", "Ff"]) {
            return Ok((Class::Other, "field_changed"));
        }
        if !filled.insert(field.name.clone()) {
            return Ok((Class::Other, "field_filled_again"));
        }
        let Object::String(value) = self.pdf.get(new, "V", revision)? else {
            return Ok((Class::Other, "field_value_unreadable"));
        };
        let shown = shown::appearance_text(self.pdf, new, revision)?;
        let wanted = shown::squeeze(&fields::text(&value));
        Ok(if shown.is_some_and(|shown| shown::squeeze(&shown) == wanted) {
            (Class::FormFilling, "field_filled")
        } else {
            (Class::Other, "appearance_shows_other_text")
        })
    }

    /// Whether a widget showed nothing at signing.
    fn showed_nothing(&self, widget: &Dictionary) -> Result<bool, pdf::Error> {
        shown::is_blank(self.pdf, widget, self.revision)
    }

    fn is_sound_metadata(&self, reference: Reference, revision: usize) -> bool {
        let Ok(bytes) = self.pdf.stream(reference, revision) else { return false };
        let Ok(text) = std::str::from_utf8(&bytes) else { return false };
        roxmltree::Document::parse(text.trim_start_matches('\u{feff}').trim_end_matches('\0')).is_ok()
    }
}

/// A new field of a revision.
struct Fresh {
    class: Class,
    name: String,
}

fn change(revision: usize, object: Reference, class: Class, what: &'static str) -> Change {
    Change { revision: revision + 1, object, page: None, class, what, field: None }
}

fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    object.as_dictionary()
}

fn changed_keys(old: &Dictionary, new: &Dictionary) -> Vec<String> {
    let mut keys: Vec<String> =
        old.iter().chain(new.iter()).map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| old.get(key) != new.get(key));
    keys
}

fn only_changed(old: &Dictionary, new: &Dictionary, allowed: &[&str]) -> bool {
    changed_keys(old, new).iter().all(|key| allowed.contains(&key.as_str()))
}

/// A remark that does nothing when touched (ISO 32000-2, 12.5.6): no links, no actions, no redaction.
fn is_remark(annotation: &Dictionary) -> bool {
    const REMARKS: [&[u8]; 14] = [
        b"Text",
        b"FreeText",
        b"Line",
        b"Square",
        b"Circle",
        b"Polygon",
        b"PolyLine",
        b"Highlight",
        b"Underline",
        b"Squiggly",
        b"StrikeOut",
        b"Stamp",
        b"Caret",
        b"Ink",
    ];
    let kind = annotation.name("Subtype").unwrap_or_default();
    (REMARKS.contains(&kind) || kind == b"Popup")
        && annotation.get("A").is_none()
        && annotation.get("AA").is_none()
}

/// The objects of the document security store: they may grow and change.
fn evidence(
    pdf: &Pdf<'_>,
    catalog: &Dictionary,
    revision: usize,
    special: &mut HashMap<Reference, Special>,
) -> Result<(), pdf::Error> {
    let mut references = Vec::new();
    if let Some(reference) = catalog.reference("DSS") {
        special.insert(reference, Special::Evidence);
    }
    let Object::Dictionary(store) = pdf.get(catalog, "DSS", revision)? else { return Ok(()) };
    for key in ["Certs", "OCSPs", "CRLs", "VRI"] {
        if let Some(Object::Reference(reference)) = store.get(key) {
            references.push(*reference);
        }
        if let (true, Object::Dictionary(entries)) = (key == "VRI", pdf.get(&store, key, revision)?) {
            references.extend(entries.iter().filter_map(|(_, value)| match value {
                Object::Reference(reference) => Some(*reference),
                _ => None,
            }));
        }
    }
    for reference in references {
        special.insert(reference, Special::Evidence);
    }
    Ok(())
}

/// Whether a change is permitted by what the signature says of later changes.
#[must_use]
pub fn is_permitted(change: &Change, docmdp: Option<u8>, locked: Option<&Locked>) -> bool {
    let by_level = match docmdp {
        Some(1) => change.class <= Class::ValidationData,
        Some(2) => change.class <= Class::FormFilling,
        _ => change.class <= Class::Annotations,
    };
    let is_locked = change.class > Class::ValidationData
        && change.what != "signature_field_added"
        && change.field.as_deref().is_some_and(|field| locked.is_some_and(|locked| locked.covers(field)));
    by_level && !is_locked
}
