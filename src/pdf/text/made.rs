//! Pages of letters for tests.

use super::{Glyph, Page};

/// An A4 page of letters half as wide as their size: (x, baseline, size, text), in points from the bottom left.
pub(crate) fn page(pieces: &[(f64, f64, f64, &str)]) -> Page {
    let glyph = |x: f64, y: f64, size: f64, text: char| Glyph {
        text: text.to_string().into(),
        x,
        y,
        advance: size * 0.5,
        towards: [1.0, 0.0],
        size,
        font: None,
        bold: false,
        italic: false,
        colour: [0; 3],
        invisible: false,
        annotation: false,
    };
    let glyphs = pieces.iter().flat_map(|(x, y, size, text)| {
        text.chars().scan(*x, move |at, character| {
            let made = glyph(*at, *y, *size, character);
            *at += size * 0.5;
            Some(made)
        })
    });
    Page { bounds: [0.0, 0.0, 595.0, 842.0], glyphs: glyphs.collect(), ..Page::default() }
}
