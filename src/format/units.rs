//! Pages whose units aren't points (ISO 32000-2, Table 31: `/UserUnit`): everything on them is so many times as large.

use crate::pdf::text::{Glyph, Page, Picture};
use std::borrow::Cow;

/// A page with its places and sizes in points.
pub(super) fn in_points(page: &Page) -> Cow<'_, Page> {
    let Some(unit) = page.user_unit else { return Cow::Borrowed(page) };
    let scaled = |bounds: &[f64; 4]| bounds.map(|length| length * unit);
    let glyph = |glyph: &Glyph| Glyph {
        x: glyph.x * unit,
        y: glyph.y * unit,
        advance: glyph.advance * unit,
        size: glyph.size * unit,
        ..glyph.clone()
    };
    Cow::Owned(Page {
        bounds: scaled(&page.bounds),
        rotation: page.rotation,
        user_unit: None,
        glyphs: page.glyphs.iter().map(glyph).collect(),
        strokes: page.strokes.iter().map(scaled).collect(),
        dashed: page.dashed.iter().map(scaled).collect(),
        images: page.images.iter().map(|image| Picture { bounds: scaled(&image.bounds), ..*image }).collect(),
    })
}
