//! Filling prepared text fields, in the revision of the agency's signature.
//!
//! A filled field differs from the empty one by its value, its appearance and the read-only flag;
//! every other key stays as it was written (anything else reads as an alteration).

use super::fields::{self, Field};
use super::prepare::{Area, Rectangle, font_name, form};
use crate::pdf::font::{Face, Font, OutsideRepertoire, Repertoire};
use crate::pdf::writer::RevisionWriter;
use crate::pdf::{self, Dictionary, Object, Reference};

/// A text for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The field's name.
    pub field: String,
    /// The text.
    pub text: String,
}

/// Why a field can't be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The file can't be worked on.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// There is no such empty text field.
    #[error("there is no empty text field {0}")]
    NoSuchField(String),
    /// The text has a character the font lacks.
    #[error(transparent)]
    Character(#[from] OutsideRepertoire),
    /// The text is wider than the field, even at the smallest acceptable size.
    #[error("the text does not fit into the field {0}")]
    TooWide(String),
}

/// Share of the size a text may be narrowed to before it is refused.
const NARROWEST: f64 = 0.8;

/// Adds the filled fields to a revision.
///
/// # Errors
/// When a field is missing or filled, or a text doesn't fit.
pub fn fill(writer: &mut RevisionWriter<'_, '_>, fills: &[Fill]) -> Result<(), FillError> {
    if fills.is_empty() {
        return Ok(());
    }
    let pdf = writer.pdf();
    let all = fields::all(pdf, pdf.newest())?;
    for fill in fills {
        let field = all
            .iter()
            .find(|field| field.name == fill.field && field.kind == b"Tx" && field.value.is_none())
            .ok_or_else(|| FillError::NoSuchField(fill.field.clone()))?;
        fill_one(writer, field, &fill.text)?;
    }
    Ok(())
}

fn fill_one(writer: &mut RevisionWriter<'_, '_>, field: &Field, text: &str) -> Result<(), FillError> {
    let area =
        Area::of(writer.pdf(), &field.dictionary)?.ok_or(pdf::Error::Missing("a /Rect of its field"))?;
    let (face, repertoire, size) = default_appearance(&field.dictionary);
    let font = Font::of(face).ok_or(pdf::Error::Missing("its font"))?;
    if let Some(other) = text.chars().find(|character| !repertoire.holds(*character)) {
        return Err(OutsideRepertoire(other).into());
    }
    let (codes, width) = font.encode(text)?;
    let stretch = (area.width / (width * size)).min(1.0);
    if stretch < NARROWEST {
        return Err(FillError::TooWide(field.name.clone()));
    }
    let reference = font_reference(writer, font_name(face, repertoire))?;
    let free = area.width - width * size * stretch;
    let left = match field.dictionary.integer("Q") {
        Some(1) => (free / 2.0).max(0.0),
        Some(2) => free.max(0.0),
        _ => 0.0,
    };
    // The rectangle was put around the line with its baseline 0.22 of the size above the lower edge.
    let baseline = baseline(size);
    let content = format!(
        "/Tx BMC q BT 0 g /{} {size} Tf {:.1} Tz {left:.3} {baseline:.3} Td <{}> Tj ET Q EMC",
        font_name(face, repertoire),
        stretch * 100.0,
        hex::encode_upper(&codes),
    );
    let fonts = Dictionary::of(vec![(font_name(face, repertoire), Object::Reference(reference))]);
    let resources = Dictionary::of(vec![("Font", Object::Dictionary(fonts))]);
    let appearance = form(writer, &area, resources, content.as_bytes());
    let mut filled = field.dictionary.clone();
    filled.set("V", fields::text_string(text));
    filled.set("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(appearance))])));
    filled.set("Ff", Object::Integer(1));
    writer.put(field.reference, &Object::Dictionary(filled));
    Ok(())
}

/// Height of the baseline above a text field's lower edge, for a font size.
#[must_use]
pub fn baseline(size: f64) -> f64 {
    size * 0.22
}

/// Height of a text field for a font size: ascender, descender, nothing more.
#[must_use]
pub fn field_height(size: f64) -> f64 {
    size * 1.15
}

/// The rectangle of a widget.
#[must_use]
pub fn rectangle(widget: &Dictionary) -> Option<Rectangle> {
    let numbers: Vec<f64> = widget.get("Rect")?.as_array()?.iter().filter_map(Object::as_number).collect();
    match numbers.as_slice() {
        [a, b, c, d] => Some(Rectangle::spanned((*a, *b), (*c, *d))),
        _ => None,
    }
}

fn default_appearance(field: &Dictionary) -> (Face, Repertoire, f64) {
    const PLAIN: (Face, Repertoire, f64) = (Face::Regular, Repertoire::Whole, 13.0);
    let Some(Object::String(text)) = field.get("DA") else { return PLAIN };
    let text = String::from_utf8_lossy(text);
    let mut words = text.split_whitespace();
    let name = words.next().and_then(|word| word.strip_prefix('/')).unwrap_or_default();
    let known = [Face::Regular, Face::Italic]
        .into_iter()
        .flat_map(|face| [(face, Repertoire::Digits), (face, Repertoire::Whole)])
        .find(|(face, repertoire)| font_name(*face, *repertoire) == name);
    let (face, repertoire) = known.unwrap_or((PLAIN.0, PLAIN.1));
    let size = words.next().and_then(|size| size.parse().ok()).filter(|size| (4.0..=72.0).contains(size));
    (face, repertoire, size.unwrap_or(PLAIN.2))
}

/// The font of that name in the form's default resources, where preparing put it.
fn font_reference(writer: &mut RevisionWriter<'_, '_>, name: &str) -> Result<Reference, FillError> {
    let pdf = writer.pdf();
    let newest = pdf.newest();
    let catalog = pdf.catalog(newest)?;
    let mut current = Object::Dictionary(catalog);
    for key in ["AcroForm", "DR", "Font"] {
        let Some(dictionary) = current.as_dictionary() else { break };
        current = pdf.get(dictionary, key, newest)?;
    }
    let found = current.as_dictionary().and_then(|fonts| fonts.reference(name));
    Ok(found.ok_or(pdf::Error::Missing("the font its fields are filled with"))?)
}
