//! Changes to the catalog, the form, the pages and their lists of annotations.

use super::graph::references;
use super::{Class, Step, changed_keys, metadata};
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::signature::content::Later;
use crate::signature::fields::Field;
use crate::signature::{fill, remark, shown};
use std::collections::HashSet;

impl Step<'_, '_, '_> {
    pub(super) fn judge_catalog(&mut self, old: &Dictionary, new: &Dictionary) -> Result<(), pdf::Error> {
        let root = self.base.root;
        for key in changed_keys(old, new) {
            let (class, what) = match key.as_str() {
                "DSS" if self.is_evidence(new)? => (Class::ValidationData, "validation_data"),
                "Extensions" | "Version" if new.get(&key).is_some() => {
                    (Class::ValidationData, "document_version")
                }
                "Metadata" => metadata(
                    new.reference("Metadata")
                        .is_some_and(|at| is_sound_metadata(self.base.pdf, at, self.revision)),
                ),
                "AcroForm" => {
                    let (was, now) = (self.get_old(old, "AcroForm")?, self.get(new, "AcroForm")?);
                    let empty = Dictionary::default();
                    let Some(now) = now.as_dictionary() else {
                        self.report(root, Class::Other, "form_removed");
                        continue;
                    };
                    self.judge_form(root, was.as_dictionary().unwrap_or(&empty), now)?;
                    continue;
                }
                _ => (Class::Other, "catalog_changed"),
            };
            self.report(root, class, what);
        }
        Ok(())
    }

    /// Whether /DSS holds what a security store holds and nothing else.
    fn is_evidence(&self, catalog: &Dictionary) -> Result<bool, pdf::Error> {
        const KEYS: [&[u8]; 5] = [b"Type", b"VRI", b"Certs", b"CRLs", b"OCSPs"];
        Ok(match self.get(catalog, "DSS")? {
            Object::Dictionary(store) => store.iter().all(|(key, _)| KEYS.contains(&key)),
            _ => false,
        })
    }

    pub(super) fn judge_form(
        &mut self,
        reference: Reference,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), pdf::Error> {
        let redrawn = self.get(new, "NeedAppearances")? == Object::Boolean(true);
        for key in changed_keys(old, new) {
            let (class, what) = match key.as_str() {
                "Fields" => {
                    let (was, now) = (self.get_old(old, "Fields")?, self.get(new, "Fields")?);
                    let was = was.as_array().unwrap_or_default();
                    self.judge_field_list(reference, was, now.as_array().unwrap_or_default())?;
                    continue;
                }
                "SigFlags" if new.integer("SigFlags") >= old.integer("SigFlags") => {
                    (Class::ValidationData, "signature_flags")
                }
                // When viewers are told to draw the fields anew, these change what was shown.
                "DR" | "DA" | "Q" | "NeedAppearances" if !redrawn || self.all_show_their_values()? => {
                    (Class::FormFilling, "form_defaults")
                }
                "DR" | "DA" | "Q" | "NeedAppearances" => (Class::Other, "fields_drawn_anew"),
                _ => (Class::Other, "form_changed"),
            };
            self.report(reference, class, what);
        }
        Ok(())
    }

    /// Whether no field had a value when signed that drawing it anew would bring up differently.
    fn all_show_their_values(&self) -> Result<bool, pdf::Error> {
        for field in self.base.fields.values().filter(|field| field.kind != b"Sig") {
            let Some(value) = &field.value else { continue };
            let shows = match self.base.pdf.follow(value, self.base.revision)? {
                Object::Null => true,
                Object::String(value) => {
                    value.is_empty()
                        || shown::shows(self.base.pdf, &field.dictionary, &value, self.base.revision)?
                }
                // States of buttons are drawn from their own pictures, never anew.
                Object::Name(_) => true,
                _ => false,
            };
            if !shows {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn judge_field_list(
        &mut self,
        list: Reference,
        old: &[Object],
        new: &[Object],
    ) -> Result<(), pdf::Error> {
        let Some((removed, added)) = differences(old, new) else {
            self.report(list, Class::Other, "fields_unreadable");
            return Ok(());
        };
        if removed {
            self.report(list, Class::Other, "field_removed");
        }
        for reference in added {
            match self.fields.get(&reference) {
                Some(field) if self.is_new(reference) && field.kind == b"Sig" => {
                    // A visible one is judged where it stands: on a page's list of annotations.
                    let class = self.class_of_new_signature(field, None)?;
                    self.report_added(reference, None, class, "signature_field_added");
                }
                _ => self.report(reference, Class::Other, "field_added"),
            }
        }
        Ok(())
    }

    /// Reports an addition once: lists of later revisions name it again.
    fn report_added(&mut self, reference: Reference, page: Option<usize>, class: Class, what: &'static str) {
        if self.history.added.insert((reference, page.is_some())) {
            let fields = self.fields;
            let name = fields.get(&reference).map(|field| field.name.as_str());
            self.report_at(reference, page, name, class, what);
        }
    }

    /// How far a new signature field goes, on a page when that is known.
    fn class_of_new_signature(&self, field: &Field, page: Option<usize>) -> Result<Class, pdf::Error> {
        let rectangle = fill::rectangle(&field.dictionary)
            .filter(|rectangle| rectangle.width() > 0.0 && rectangle.height() > 0.0);
        let signature = match &field.value {
            Some(value) => self.base.pdf.follow(value, self.revision)?,
            None => Object::Null,
        };
        let signature = signature.as_dictionary();
        let is_timestamp = signature.is_some_and(|value| value.name("SubFilter") == Some(b"ETSI.RFC3161"));
        if !field.merged {
            return Ok(Class::Other);
        }
        let Some(rectangle) = rectangle else {
            return Ok(if is_timestamp { Class::ValidationData } else { Class::FormFilling });
        };
        if signature.is_none() {
            // A picture on a field nobody signed is no signature.
            return Ok(Class::Other);
        }
        // One that isn't where it says may lie on anything.
        let covers = remark::is_loose(&field.dictionary)
            || page.is_some_and(|page| self.base.covers(page, &rectangle, Later::Signature));
        Ok(if covers { Class::Other } else { Class::FormFilling })
    }

    pub(super) fn judge_page(
        &mut self,
        page: Reference,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), pdf::Error> {
        let number = self.base.pages.get(&page).copied();
        for key in changed_keys(old, new) {
            if key != "Annots" {
                self.report_at(page, number, None, Class::Other, "page_changed");
                continue;
            }
            let (was, now) = (self.get_old(old, "Annots")?, self.get(new, "Annots")?);
            let was = was.as_array().unwrap_or_default();
            self.judge_annotations(page, page, was, now.as_array().unwrap_or_default())?;
        }
        Ok(())
    }

    pub(super) fn judge_annotations(
        &mut self,
        list: Reference,
        page: Reference,
        old: &[Object],
        new: &[Object],
    ) -> Result<(), pdf::Error> {
        let number = self.base.pages.get(&page).copied();
        let Some((removed, added)) = differences(old, new) else {
            self.report_at(list, number, None, Class::Other, "annotations_unreadable");
            return Ok(());
        };
        if removed {
            self.report_at(list, number, None, Class::Other, "annotation_removed");
        }
        for reference in added {
            let fields = self.fields;
            match fields.get(&reference) {
                Some(field) if self.is_new(reference) && field.kind == b"Sig" => {
                    let class = self.class_of_new_signature(field, number)?;
                    self.report_added(reference, number, class, "signature_field_added");
                }
                Some(field) => {
                    // A field that existed and was on no page, or on another one, is brought to light.
                    self.report_at(reference, number, Some(&field.name), Class::Other, "annotation_added");
                }
                None => {
                    let annotation = self.base.pdf.resolve(reference, self.revision)?;
                    let class = match annotation.as_dictionary() {
                        Some(annotation)
                            if remark::is_remark(annotation)
                                && !self.hides(reference, annotation, number)? =>
                        {
                            Class::Annotations
                        }
                        _ => Class::Other,
                    };
                    self.report_added(reference, number, class, "annotation_added");
                }
            }
        }
        Ok(())
    }
}

impl Step<'_, '_, '_> {
    /// Whether a remark lies on what was signed and doesn't let it through (evil annotation attack).
    fn hides(
        &self,
        reference: Reference,
        annotation: &Dictionary,
        page: Option<usize>,
    ) -> Result<bool, pdf::Error> {
        let Some(page) = page else { return Ok(true) };
        // The window of a note is the viewer's, not the page's.
        if annotation.name("Subtype") == Some(b"Popup") && annotation.get("AP").is_none() {
            return Ok(false);
        }
        if let Some(tint) = remark::tint(self.base.pdf, annotation, self.revision)?
            && self.base.stays_light(page, reference, tint)
        {
            return Ok(false);
        }
        let place = remark::place(annotation);
        Ok(place.is_none_or(|place| self.base.covers(page, &place, Later::Remark)))
    }
}

/// Whether something of `old` is gone from `new`, and what came; none when the new list holds
/// anything but references besides what it held before.
fn differences(old: &[Object], new: &[Object]) -> Option<(bool, Vec<Reference>)> {
    let direct = |list: &[Object]| -> Vec<Object> {
        list.iter().filter(|object| !matches!(object, Object::Reference(_))).cloned().collect()
    };
    if direct(old) != direct(new) {
        return None;
    }
    let only = |list: &[Object]| -> Option<Vec<Reference>> {
        let list: Vec<Object> =
            list.iter().filter(|object| matches!(object, Object::Reference(_))).cloned().collect();
        references(&list)
    };
    let (old, new) = (only(old)?, only(new)?);
    let (was, now): (HashSet<Reference>, HashSet<Reference>) =
        (old.iter().copied().collect(), new.iter().copied().collect());
    let removed = !was.is_subset(&now);
    Some((removed, new.into_iter().filter(|reference| !was.contains(reference)).collect()))
}

/// Whether a metadata stream is XML that can be read whole.
pub(super) fn is_sound_metadata(pdf: &Pdf<'_>, reference: Reference, revision: usize) -> bool {
    let Ok(bytes) = pdf.stream(reference, revision) else { return false };
    let Ok(text) = std::str::from_utf8(&bytes) else { return false };
    roxmltree::Document::parse(text.trim_start_matches('\u{feff}').trim_end_matches('\0')).is_ok()
}
