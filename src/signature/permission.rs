//! What a signature permits afterwards: DocMDP and FieldMDP (ISO 32000-2, 12.8.2).

use super::fields;
use crate::pdf::{self, Dictionary, Object, Pdf};

/// Which fields a signature locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locked {
    /// Every field.
    All,
    /// These fields and what is below them.
    Include(Vec<String>),
    /// Every field but these.
    Exclude(Vec<String>),
}

impl Locked {
    /// Whether the field is locked. A name stands for itself and for the fields below it.
    #[must_use]
    pub fn covers(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field == name || field.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Include(names) => named(names),
            Self::Exclude(names) => !named(names),
        }
    }

    /// The names, as reports list them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::All => vec!["*".to_owned()],
            Self::Include(names) => names.clone(),
            Self::Exclude(names) => names.iter().map(|name| format!("!{name}")).collect(),
        }
    }
}

/// The transform parameters of one method in a signature's /Reference.
fn parameters(
    pdf: &Pdf<'_>,
    signature: &Dictionary,
    method: &str,
    revision: usize,
) -> Result<Option<Dictionary>, pdf::Error> {
    let Object::Array(list) = pdf.get(signature, "Reference", revision)? else { return Ok(None) };
    for entry in &list {
        if let Object::Dictionary(reference) = pdf.follow(entry, revision)?
            && reference.name("TransformMethod") == Some(method.as_bytes())
        {
            return match pdf.get(&reference, "TransformParams", revision)? {
                Object::Dictionary(parameters) => Ok(Some(parameters)),
                _ => Ok(Some(Dictionary::default())),
            };
        }
    }
    Ok(None)
}

/// The level of a certification: 1 nothing, 2 forms, 3 forms and annotations.
///
/// # Errors
/// When the dictionary can't be followed.
pub fn docmdp(pdf: &Pdf<'_>, signature: &Dictionary, revision: usize) -> Result<Option<u8>, pdf::Error> {
    let Some(parameters) = parameters(pdf, signature, "DocMDP", revision)? else { return Ok(None) };
    let level = match pdf.get(&parameters, "P", revision)? {
        Object::Integer(level @ 1..=3) => u8::try_from(level).unwrap_or(1),
        Object::Null => 2,
        // What isn't understood is taken at its strictest.
        _ => 1,
    };
    Ok(Some(level))
}

/// The fields a signature locks.
///
/// # Errors
/// When the dictionary can't be followed.
pub fn fieldmdp(
    pdf: &Pdf<'_>,
    signature: &Dictionary,
    revision: usize,
) -> Result<Option<Locked>, pdf::Error> {
    let Some(parameters) = parameters(pdf, signature, "FieldMDP", revision)? else { return Ok(None) };
    let mut names = Vec::new();
    if let Object::Array(list) = pdf.get(&parameters, "Fields", revision)? {
        for name in &list {
            if let Object::String(name) = pdf.follow(name, revision)? {
                names.push(fields::text(&name));
            }
        }
    }
    Ok(Some(match parameters.name("Action") {
        Some(b"Include") => Locked::Include(names),
        Some(b"Exclude") => Locked::Exclude(names),
        _ => Locked::All,
    }))
}
