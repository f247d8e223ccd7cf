//! What a remark lets through of what is under it. Only a highlight in a light colour that darkens does: lines through a
//! text, pictures and texts over it can put something else in its stead, whatever they are called (evil annotation attack).

use super::prepare::Rectangle;
use super::shown::{normal, operators};
use crate::pdf::{self, Dictionary, Object, Pdf};

/// Kinds of annotations that viewers paint by themselves where no picture comes with them.
const DRAWN: [&[u8]; 13] = [
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Stamp",
    b"Ink",
    b"Caret",
    b"Highlight",
    b"Underline",
    b"StrikeOut",
    b"Squiggly",
];

/// Red, green and blue, from 0 to 1.
pub(super) type Tint = [f64; 3];

/// Paper in this light, black letters on it are still read.
const LIGHT: f64 = 0.5;
/// Forms within the picture of a highlight.
const NESTING: usize = 4;
/// The icon of a note, which viewers draw as large as they like (points).
const ICON: f64 = 24.0;

/// Keeps its size whatever the page's, or stays upright on a turned one: shown elsewhere than where it says (ISO 32000-2,
/// table 167: NoZoom and NoRotate).
pub(super) fn is_loose(annotation: &Dictionary) -> bool {
    const LOOSE: i64 = 8 | 16;
    annotation.get("F").is_some_and(|flags| !matches!(flags, Object::Integer(flags) if flags & LOOSE == 0))
}

/// Whether an annotation is of a kind that viewers draw on the page.
pub(super) fn is_drawn(annotation: &Dictionary) -> bool {
    DRAWN.contains(&annotation.name("Subtype").unwrap_or_default())
}

/// A remark that does nothing when touched (ISO 32000-2, 12.5.6): no links, no actions, no redaction.
pub(super) fn is_remark(annotation: &Dictionary) -> bool {
    let is_note = matches!(annotation.name("Subtype"), Some(b"Text" | b"Popup"));
    (is_note || is_drawn(annotation)) && annotation.get("A").is_none() && annotation.get("AA").is_none()
}

/// What paper looks like under several highlights, one over the other.
pub(super) fn under(tints: impl Iterator<Item = Tint>) -> Tint {
    tints.fold([1.0; 3], |[a, b, c], [x, y, z]| [a * x, b * y, c * z])
}

/// Whether letters are read on paper of that colour (relative luminance, Rec. 709).
pub(super) fn is_light([red, green, blue]: Tint) -> bool {
    0.2126 * red + 0.7152 * green + 0.0722 * blue >= LIGHT
}

/// The colour a highlight gives the paper; none for everything that isn't one, or may hide what is under it.
///
/// # Errors
/// When it can't be read.
pub(super) fn tint(
    pdf: &Pdf<'_>,
    annotation: &Dictionary,
    revision: usize,
) -> Result<Option<Tint>, pdf::Error> {
    if annotation.name("Subtype") != Some(b"Highlight") {
        return Ok(None);
    }
    if annotation.get("AP").is_none() {
        // Viewers fill each of its quads.
        let Object::Array(colour) = pdf.get(annotation, "C", revision)? else { return Ok(None) };
        let quads = match pdf.get(annotation, "QuadPoints", revision)? {
            Object::Array(points) => points.len() / 8,
            _ => 1,
        };
        let shares: Option<Vec<f64>> = colour.iter().map(Object::as_number).collect();
        let colour = shares.as_deref().and_then(read);
        return Ok(colour.map(|colour| under(std::iter::repeat_n(colour, quads.clamp(1, 1000)))));
    }
    // One that looks different when it is pointed at or pressed shows what isn't looked at here.
    let Object::Dictionary(pictures) = pdf.get(annotation, "AP", revision)? else { return Ok(None) };
    if pictures.iter().any(|(key, _)| key != b"N") {
        return Ok(None);
    }
    let Some((dictionary, content)) = normal(pdf, annotation, revision)? else { return Ok(None) };
    let mut look = Look { pdf, revision, tint: Some([1.0; 3]) };
    look.at(&dictionary, &content, State { colour: [0.0; 3], darkens: false }, 0)?;
    Ok(look.tint)
}

/// Where a remark paints, at least: some are drawn by viewers beyond the rectangle they name. None: anywhere.
pub(super) fn place(annotation: &Dictionary) -> Option<Rectangle> {
    let named = super::fill::rectangle(annotation)?;
    let kind = annotation.name("Subtype").unwrap_or_default();
    if kind == b"Text" {
        // Its icon hangs on its upper left corner, as large as viewers like and upright on turned pages.
        return Some(Rectangle {
            left: named.left - ICON,
            bottom: named.bottom.min(named.top) - ICON,
            right: named.right.max(named.left) + ICON,
            top: named.top + ICON,
        });
    }
    if is_loose(annotation) {
        return None;
    }
    if annotation.get("AP").is_some() {
        // A picture is clipped to it (ISO 32000-2, 12.5.5).
        return Some(named);
    }
    match kind {
        b"FreeText" if annotation.get("CL").is_none() => Some(named),
        b"Square" | b"Circle" | b"Stamp" | b"Caret"
            if annotation.get("BS").is_none() && annotation.get("BE").is_none() =>
        {
            Some(named)
        }
        _ => None,
    }
}

/// A colour by its parts: grey, RGB or CMYK.
fn read(shares: &[f64]) -> Option<Tint> {
    let sane = shares.iter().all(|share| (0.0..=1.0).contains(share));
    match shares {
        _ if !sane => None,
        [grey] => Some([*grey; 3]),
        [red, green, blue] => Some([*red, *green, *blue]),
        [cyan, magenta, yellow, black] => {
            Some([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)))
        }
        _ => None,
    }
}

/// What a content stream paints with.
#[derive(Clone, Copy)]
struct State {
    colour: Tint,
    darkens: bool,
}

/// Looks through the picture of a highlight.
struct Look<'p, 'a> {
    pdf: &'p Pdf<'a>,
    revision: usize,
    /// None once anything was met that may hide.
    tint: Option<Tint>,
}

impl Look<'_, '_> {
    fn at(
        &mut self,
        form: &Dictionary,
        content: &[u8],
        begin: State,
        depth: usize,
    ) -> Result<(), pdf::Error> {
        let resources = self.pdf.get(form, "Resources", self.revision)?;
        let resources = resources.as_dictionary().cloned().unwrap_or_default();
        let darkening = self.darkening(&resources)?;
        let (mut state, mut saved, mut forms) = (begin, Vec::new(), Vec::new());
        let mut tint = self.tint;
        let understood = operators(content, &mut |operator, operands| match (operator, operands) {
            (b"q", _) if saved.len() < 64 => saved.push(state),
            (b"Q", _) => state = saved.pop().unwrap_or(begin),
            (b"gs", [Object::Name(name)]) => match darkening.iter().find(|(known, _)| known == name) {
                Some((_, darkens)) => state.darkens = *darkens,
                None => tint = None,
            },
            (b"g" | b"rg" | b"k", shares) => {
                let shares: Option<Vec<f64>> = shares.iter().map(Object::as_number).collect();
                match shares.as_deref().and_then(read) {
                    Some(colour) => state.colour = colour,
                    None => tint = None,
                }
            }
            (b"f" | b"F" | b"f*", _) => {
                tint = tint.filter(|_| state.darkens).map(|tint| under([tint, state.colour].into_iter()));
            }
            (b"Do", [Object::Name(name)]) => forms.push((name.clone(), state)),
            (
                b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re" | b"n" | b"W" | b"W*" | b"w" | b"J" | b"j"
                | b"M" | b"d" | b"i" | b"ri" | b"G" | b"RG" | b"K" | b"cm" | b"BMC" | b"EMC",
                _,
            ) => {}
            // Strokes, texts, pictures, colours by other means.
            _ => tint = None,
        });
        self.tint = tint.filter(|_| understood);
        for (name, state) in forms {
            self.form(&resources, &name, state, depth)?;
        }
        Ok(())
    }

    /// A form within: Acrobat puts the colour there.
    fn form(
        &mut self,
        resources: &Dictionary,
        name: &[u8],
        state: State,
        depth: usize,
    ) -> Result<(), pdf::Error> {
        let named = self.pdf.get(resources, "XObject", self.revision)?;
        let name = String::from_utf8_lossy(name).into_owned();
        let reference = named.as_dictionary().and_then(|named| named.reference(&name));
        let (Some(reference), true) = (reference, depth < NESTING && self.tint.is_some()) else {
            self.tint = None;
            return Ok(());
        };
        let Object::Dictionary(form) = self.pdf.resolve(reference, self.revision)? else {
            self.tint = None;
            return Ok(());
        };
        if form.name("Subtype") != Some(b"Form") {
            self.tint = None;
            return Ok(());
        }
        let content = self.pdf.stream(reference, self.revision)?;
        self.at(&form, &content, state, depth + 1)
    }

    /// The graphics states of resources, and whether what is painted in them only darkens (ISO 32000-2, 11.3.5).
    fn darkening(&self, resources: &Dictionary) -> Result<Vec<(Vec<u8>, bool)>, pdf::Error> {
        let states = self.pdf.get(resources, "ExtGState", self.revision)?;
        let mut found = Vec::new();
        for (name, state) in states.as_dictionary().iter().flat_map(|states| states.iter()) {
            let state = self.pdf.follow(state, self.revision)?;
            let mode = state.as_dictionary().and_then(|state| state.name("BM")).unwrap_or_default();
            found.push((name.to_vec(), matches!(mode, b"Multiply" | b"Darken")));
        }
        Ok(found)
    }
}
