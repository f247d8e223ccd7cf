//! Changes to fields: filling what was empty, signing what was unsigned, and everything that only
//! looks like it.

use super::{Class, Step, changed_keys, only_changed};
use crate::pdf::{self, Dictionary, Object, Reference};
use crate::signature::fields::Field;
use crate::signature::{fill, shown};

/// What filling and signing may change in a field or widget; the value and what shows it apart.
const FILLING: [&str; 8] = ["V", "AP", "AS", "Ff", "F", "DA", "Q", "Type"];

impl Step<'_, '_, '_> {
    pub(super) fn judge_field(&mut self, reference: Reference, new: &Dictionary) -> Result<(), pdf::Error> {
        let base = self.base;
        let Some(field) = base.fields.get(&reference) else {
            self.report(reference, Class::Other, "object_changed");
            return Ok(());
        };
        let (class, what) = match field.kind.as_slice() {
            b"Sig" => self.signature_field(field, new)?,
            b"Btn" => self.button(field, new)?,
            _ => self.text_field(field, new)?,
        };
        let page = base.page_of(&field.dictionary);
        self.report_at(reference, page, Some(&field.name), class, what);
        Ok(())
    }

    fn signature_field(
        &mut self,
        field: &Field,
        new: &Dictionary,
    ) -> Result<(Class, &'static str), pdf::Error> {
        let old = &field.dictionary;
        if old.get("V").is_some() {
            return Ok(if only_changed(old, new, &["Ff"]) {
                (Class::FormFilling, "signature_field_flags")
            } else {
                (Class::Other, "signature_changed")
            });
        }
        if !is_filling(old, new) {
            return Ok((Class::Other, "signature_field_changed"));
        }
        let value = self.get(new, "V")?;
        let Some(signature) = value.as_dictionary() else {
            return Ok((Class::Other, "picture_without_signature"));
        };
        if !new.reference("V").is_some_and(|value| self.is_new(value)) {
            return Ok((Class::Other, "signature_from_signed_object"));
        }
        if !self.history.filled.insert(field.reference) {
            return Ok((Class::Other, "signature_replaced"));
        }
        let visible = fill::rectangle(new).is_some_and(|place| place.width() > 0.0 && place.height() > 0.0);
        Ok(if signature.name("SubFilter") == Some(b"ETSI.RFC3161") && !visible {
            (Class::ValidationData, "document_timestamp")
        } else {
            (Class::FormFilling, "signature_added")
        })
    }

    /// A field that showed nothing is filled, once, and shows its value.
    fn text_field(&mut self, field: &Field, new: &Dictionary) -> Result<(Class, &'static str), pdf::Error> {
        let old = &field.dictionary;
        if !self.was_empty(field)? {
            return Ok((Class::Other, "shown_value_replaced"));
        }
        if !is_filling(old, new) {
            return Ok((Class::Other, "field_changed"));
        }
        if !self.history.filled.insert(field.reference) {
            return Ok((Class::Other, "field_filled_again"));
        }
        let Object::String(value) = self.get(new, "V")? else {
            return Ok((Class::Other, "field_value_unreadable"));
        };
        let mut shows = if field.merged {
            shown::shows(self.base.pdf, new, &value, self.revision)?
        } else {
            new.get("AP").is_none()
        };
        if let Object::Array(kids) = self.get(new, "Kids")? {
            for kid in &kids {
                let widget = self.base.pdf.follow(kid, self.revision)?;
                let Some(widget) = widget.as_dictionary() else {
                    return Ok((Class::Other, "field_changed"));
                };
                shows &= shown::shows(self.base.pdf, widget, &value, self.revision)?;
            }
        }
        Ok(if shows {
            (Class::FormFilling, "field_filled")
        } else {
            (Class::Other, "appearance_shows_other_text")
        })
    }

    /// A button that was off is set, once; its pictures stay. The one shown now was signed unseen, so it must hide nothing.
    fn button(&mut self, field: &Field, new: &Dictionary) -> Result<(Class, &'static str), pdf::Error> {
        let off = |value: &Object| matches!(value, Object::Null) || *value == Object::name("Off");
        let was_off = match &field.value {
            Some(value) => off(&self.base.pdf.follow(value, self.base.revision)?),
            None => true,
        };
        let now = self.get(new, "V")?;
        let set = matches!(now, Object::Name(_)) && (!field.merged || new.get("AS") == Some(&now));
        let holds = was_off && set && only_changed(&field.dictionary, new, &["V", "AS"]);
        if holds && self.base.lies_on_text(field.reference, &field.dictionary)? {
            return Ok((Class::Other, "button_covers_text"));
        }
        Ok(if holds && self.history.filled.insert(field.reference) {
            (Class::FormFilling, "button_set")
        } else {
            (Class::Other, "field_changed")
        })
    }

    /// A widget of a field that has several: its picture follows the value.
    pub(super) fn judge_widget(
        &mut self,
        reference: Reference,
        owner: Reference,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), pdf::Error> {
        let base = self.base;
        let Some(field) = base.fields.get(&owner) else {
            self.report(reference, Class::Other, "object_changed");
            return Ok(());
        };
        let holds = match field.kind.as_slice() {
            b"Sig" => false,
            b"Btn" => {
                let was = old.get("AS").is_none_or(|state| *state == Object::name("Off"));
                was && only_changed(old, new, &["AS"])
                    && !base.lies_on_text(reference, old)?
                    && self.history.filled.insert(reference)
            }
            _ => {
                self.was_empty(field)?
                    && shown::is_blank(base.pdf, old, base.revision)?
                    && new.get("V").is_none()
                    && is_filling(old, new)
                    && self.history.filled.insert(reference)
                    && self.shows_value_of(owner, new)?
            }
        };
        let (class, what) =
            if holds { (Class::FormFilling, "field_filled") } else { (Class::Other, "field_widget_changed") };
        self.report_at(reference, base.page_of(old), Some(&field.name), class, what);
        Ok(())
    }

    /// An appearance stream overwritten where it stands: filling, when its field was empty.
    pub(super) fn judge_appearance(
        &mut self,
        reference: Reference,
        widget: Reference,
    ) -> Result<(), pdf::Error> {
        let base = self.base;
        let owner = match base.role(widget) {
            Some(super::Role::Widget { field }) => field,
            _ => widget,
        };
        let (Some(field), Object::Dictionary(old)) =
            (base.fields.get(&owner), base.pdf.resolve(widget, base.revision)?)
        else {
            self.report(reference, Class::Other, "object_changed");
            return Ok(());
        };
        let mut holds = !matches!(field.kind.as_slice(), b"Sig" | b"Btn")
            && self.was_empty(field)?
            && shown::is_blank(base.pdf, &old, base.revision)?
            && self.history.filled.insert(reference);
        if let (true, Object::Dictionary(new)) = (holds, base.pdf.resolve(widget, self.revision)?) {
            holds = self.shows_value_of(owner, &new)?;
        }
        let (class, what) = if holds {
            (Class::FormFilling, "field_filled")
        } else {
            (Class::Other, "appearance_overwritten")
        };
        self.report_at(reference, base.page_of(&old), Some(&field.name), class, what);
        Ok(())
    }

    /// Whether a field had no value and showed nothing when signed.
    fn was_empty(&self, field: &Field) -> Result<bool, pdf::Error> {
        let value = match &field.value {
            Some(value) => self.base.pdf.follow(value, self.base.revision)?,
            None => Object::Null,
        };
        let none = match value {
            Object::Null => true,
            Object::String(text) => text.is_empty(),
            _ => false,
        };
        Ok(none && shown::is_blank(self.base.pdf, &field.dictionary, self.base.revision)?)
    }

    fn shows_value_of(&self, owner: Reference, widget: &Dictionary) -> Result<bool, pdf::Error> {
        let Some(value) = self.fields.get(&owner).and_then(|field| field.value.as_ref()) else {
            return Ok(false);
        };
        match self.base.pdf.follow(value, self.revision)? {
            Object::String(value) => shown::shows(self.base.pdf, widget, &value, self.revision),
            _ => Ok(false),
        }
    }
}

/// Whether nothing changed but what filling and signing change, and nothing got hidden by it.
fn is_filling(old: &Dictionary, new: &Dictionary) -> bool {
    /// Invisible, Hidden, NoView (ISO 32000-2, table 167).
    const HIDING: i64 = 1 | 2 | 32;
    let flags =
        new.get("F").is_none_or(|flags| matches!(flags, Object::Integer(flags) if flags & HIDING == 0));
    changed_keys(old, new).iter().all(|key| match key.as_str() {
        "Type" => new.name("Type") == Some(b"Annot"),
        "F" => flags,
        // Pictures for pointing at and pressing would show what the normal one doesn't.
        "AP" => {
            let (before, now) = (pictures(old), pictures(new));
            now.iter().all(|(key, value)| *key == b"N" || before.contains(&(*key, *value)))
        }
        key => FILLING.contains(&key),
    })
}

/// The pictures of a widget by their keys.
fn pictures(widget: &Dictionary) -> Vec<(&[u8], &Object)> {
    widget
        .get("AP")
        .and_then(Object::as_dictionary)
        .map(|pictures| pictures.iter().collect())
        .unwrap_or_default()
}
