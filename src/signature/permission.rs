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
    /// What any of several locks names.
    Any(Vec<Locked>),
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
            Self::Any(locks) => locks.iter().any(|lock| lock.covers(field)),
        }
    }

    /// The names, as reports list them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::All => vec!["*".to_owned()],
            Self::Include(names) => names.clone(),
            Self::Exclude(names) => names.iter().map(|name| format!("!{name}")).collect(),
            Self::Any(locks) => locks.iter().flat_map(Self::names).collect(),
        }
    }
}

/// The transform parameters of one method in a signature's /Reference, one an entry.
fn parameters(
    pdf: &Pdf<'_>,
    signature: &Dictionary,
    method: &str,
    revision: usize,
) -> Result<Vec<Dictionary>, pdf::Error> {
    let Object::Array(list) = pdf.get(signature, "Reference", revision)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in &list {
        if let Object::Dictionary(reference) = pdf.follow(entry, revision)?
            && reference.name("TransformMethod") == Some(method.as_bytes())
        {
            found.push(match pdf.get(&reference, "TransformParams", revision)? {
                Object::Dictionary(parameters) => parameters,
                _ => Dictionary::default(),
            });
        }
    }
    Ok(found)
}

/// The level of a certification: 1 nothing, 2 forms, 3 forms and annotations; the strictest when
/// several are named.
///
/// # Errors
/// When the dictionary can't be followed.
pub fn docmdp(pdf: &Pdf<'_>, signature: &Dictionary, revision: usize) -> Result<Option<u8>, pdf::Error> {
    let mut strictest = None;
    for parameters in parameters(pdf, signature, "DocMDP", revision)? {
        let level = level(&pdf.get(&parameters, "P", revision)?).unwrap_or(2);
        strictest = Some(strictest.map_or(level, |known: u8| known.min(level)));
    }
    Ok(strictest)
}

/// `/P` as a level; none when it isn't stated.
fn level(stated: &Object) -> Option<u8> {
    match stated {
        Object::Integer(level @ 1..=3) => Some(u8::try_from(*level).unwrap_or(1)),
        Object::Null => None,
        // What isn't understood is taken at its strictest.
        _ => Some(1),
    }
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
    let mut locks = Vec::new();
    for parameters in parameters(pdf, signature, "FieldMDP", revision)? {
        locks.push(lock(pdf, &parameters, revision)?);
    }
    Ok(one_of(locks))
}

/// The lock and the level a signature field brings of its own: its `/Lock` (ISO 32000-2, 12.7.5.5),
/// which binds also when the program that signed didn't repeat it in the signature.
///
/// # Errors
/// When the dictionary can't be followed.
pub fn field_lock(
    pdf: &Pdf<'_>,
    field: &Dictionary,
    revision: usize,
) -> Result<(Option<Locked>, Option<u8>), pdf::Error> {
    let Object::Dictionary(found) = pdf.get(field, "Lock", revision)? else { return Ok((None, None)) };
    Ok((Some(lock(pdf, &found, revision)?), level(&pdf.get(&found, "P", revision)?)))
}

/// Two locks as one: the same one once.
#[must_use]
pub fn both(one: Option<Locked>, other: Option<Locked>) -> Option<Locked> {
    let mut locks: Vec<Locked> = one.into_iter().chain(other).collect();
    locks.dedup();
    one_of(locks)
}

fn one_of(mut locks: Vec<Locked>) -> Option<Locked> {
    if locks.len() > 1 { Some(Locked::Any(locks)) } else { locks.pop() }
}

fn lock(pdf: &Pdf<'_>, parameters: &Dictionary, revision: usize) -> Result<Locked, pdf::Error> {
    let mut names = Vec::new();
    if let Object::Array(list) = pdf.get(parameters, "Fields", revision)? {
        for name in &list {
            if let Object::String(name) = pdf.follow(name, revision)? {
                names.push(fields::text(&name));
            }
        }
    }
    Ok(match parameters.name("Action") {
        Some(b"Include") => Locked::Include(names),
        Some(b"Exclude") => Locked::Exclude(names),
        _ => Locked::All,
    })
}
