//! The form fields of a document as of a revision.

use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use std::collections::HashSet;

/// Fields a form may have.
const FIELD_LIMIT: usize = 10_000;

/// A terminal field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its object.
    pub reference: Reference,
    /// Fully qualified name.
    pub name: String,
    /// `/FT`, inherited if need be.
    pub kind: Vec<u8>,
    /// Its dictionary.
    pub dictionary: Dictionary,
    /// Whether its widget is merged with it (no /Kids).
    pub merged: bool,
    /// `/V`, inherited if need be.
    pub value: Option<Object>,
}

/// Every terminal field as of `revision`.
///
/// # Errors
/// When the form is broken, circular or beyond a limit.
pub fn all(pdf: &Pdf<'_>, revision: usize) -> Result<Vec<Field>, pdf::Error> {
    let catalog = pdf.catalog(revision)?;
    let Object::Dictionary(form) = pdf.get(&catalog, "AcroForm", revision)? else { return Ok(Vec::new()) };
    let Object::Array(top) = pdf.get(&form, "Fields", revision)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut stack: Vec<(Reference, String, Vec<u8>, Option<Object>)> = Vec::new();
    let root = |object: &Object| match object {
        Object::Reference(reference) => Some((*reference, String::new(), Vec::new(), None)),
        _ => None,
    };
    stack.extend(top.iter().rev().filter_map(root));
    while let Some((reference, prefix, kind, value)) = stack.pop() {
        if !seen.insert(reference) || found.len() >= FIELD_LIMIT {
            return Err(pdf::Error::Limit("form fields"));
        }
        let Object::Dictionary(dictionary) = pdf.resolve(reference, revision)? else { continue };
        let own = match pdf.get(&dictionary, "T", revision)? {
            Object::String(name) => text(&name),
            _ => String::new(),
        };
        let name = match (prefix.is_empty(), own.is_empty()) {
            (true, _) => own,
            (false, true) => prefix,
            (false, false) => format!("{prefix}.{own}"),
        };
        let kind = dictionary.name("FT").map_or(kind, <[u8]>::to_vec);
        let value = dictionary.get("V").cloned().or(value);
        let kids = match pdf.get(&dictionary, "Kids", revision)? {
            Object::Array(kids) => kids,
            _ => Vec::new(),
        };
        let children = child_fields(pdf, &kids, revision)?;
        if children.is_empty() {
            found.push(Field { reference, name, kind, merged: kids.is_empty(), dictionary, value });
        } else {
            stack.extend(
                children.into_iter().rev().map(|child| (child, name.clone(), kind.clone(), value.clone())),
            );
        }
    }
    Ok(found)
}

/// Kids that are fields (they have a name); the others are widgets.
fn child_fields(pdf: &Pdf<'_>, kids: &[Object], revision: usize) -> Result<Vec<Reference>, pdf::Error> {
    let mut fields = Vec::new();
    for kid in kids {
        if let Object::Reference(reference) = kid
            && let Object::Dictionary(child) = pdf.resolve(*reference, revision)?
            && child.get("T").is_some()
        {
            fields.push(*reference);
        }
    }
    Ok(fields)
}

/// A PDF text string: UTF-16 or UTF-8 with its mark, else read as Latin-1.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    if let Some(utf16) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let units: Vec<u16> = utf16
            .chunks_exact(2)
            .filter_map(|pair| pair.first_chunk::<2>().map(|pair| u16::from_be_bytes(*pair)))
            .collect();
        return String::from_utf16_lossy(&units);
    }
    match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(utf8) => String::from_utf8_lossy(utf8).into_owned(),
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The PDF text string of `text`: ASCII as it is, everything else in UTF-16.
#[must_use]
pub fn text_string(text: &str) -> Object {
    if text.is_ascii() {
        return Object::String(text.as_bytes().to_vec());
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes)
}
