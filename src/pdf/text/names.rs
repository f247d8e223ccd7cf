//! Names of fonts that tell nothing of themselves: Type 1 fonts and fonts that aren't embedded.
//!
//! The interpreter hands over their glyphs without a name. The resources do name them (`BaseFont`,
//! ISO 32000-2, 9.6), and the widths written beside the name tell which of them a run is set in.

use super::listener::without_tag;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_syntax::object::{Array, Dict, Name, Number, Stream};
use hayro_syntax::page::{Page, Resources};
use std::sync::Arc;

/// Fonts looked at on a page.
const FACES: usize = 256;
/// Forms looked into for their resources.
const FORMS: usize = 128;
/// How deep forms are followed.
const DEPTH: usize = 4;
/// Widths kept of a font: simple fonts have at most this many codes.
const CODES: usize = 256;

/// A font that resources name.
struct Face {
    name: Arc<str>,
    first: u32,
    widths: Vec<f32>,
}

/// The simple fonts of a page's content or annotations.
#[derive(Default)]
pub(super) struct Faces {
    faces: Vec<Face>,
    forms: usize,
}

impl Faces {
    /// Those of a page.
    pub(super) fn of(page: &Page<'_>, annotations: bool) -> Self {
        let mut found = Self::default();
        if annotations {
            let list = page.raw().get::<Array<'_>>(b"Annots");
            for annotation in list.iter().flat_map(Array::iter::<Dict<'_>>).take(FORMS) {
                let Some(appearances) = annotation.get::<Dict<'_>>(b"AP") else { continue };
                if let Some(form) = appearances.get::<Stream<'_>>(b"N") {
                    found.form(&form, 0);
                }
            }
        } else {
            found.resources(page.resources(), 0);
        }
        found
    }

    fn form(&mut self, form: &Stream<'_>, depth: usize) {
        self.forms += 1;
        if let Some(own) = form.dict().get::<Dict<'_>>(b"Resources") {
            self.resources(&Resources::new(own), depth + 1);
        }
    }

    fn resources(&mut self, resources: &Resources<'_>, depth: usize) {
        for key in resources.fonts.keys() {
            if let Some(font) = resources.fonts.get::<Dict<'_>>(&*key) {
                self.font(&font);
            }
        }
        for key in resources.x_objects.keys() {
            if depth >= DEPTH || self.forms >= FORMS {
                return;
            }
            if let Some(form) = resources.x_objects.get::<Stream<'_>>(&*key)
                && form.dict().get::<Name<'_>>(b"Subtype").is_some_and(|kind| &*kind == b"Form")
            {
                self.form(&form, depth);
            }
        }
    }

    fn font(&mut self, font: &Dict<'_>) {
        let simple = font
            .get::<Name<'_>>(b"Subtype")
            .is_some_and(|kind| matches!(&*kind, b"Type1" | b"TrueType" | b"MMType1"));
        let Some(name) = font.get::<Name<'_>>(b"BaseFont").filter(|_| simple) else { return };
        if self.faces.len() >= FACES {
            return;
        }
        let widths = font.get::<Array<'_>>(b"Widths");
        self.faces.push(Face {
            name: Arc::from(without_tag(name.as_str())),
            first: font.get::<u32>(b"FirstChar").unwrap_or(0),
            widths: widths
                .iter()
                .flat_map(Array::iter::<Number>)
                .take(CODES)
                .map(|width| width.as_f32())
                .collect(),
        });
    }

    /// The name of the font a run is set in: of those whose widths agree, the first.
    pub(super) fn of_run(&self, run: &GlyphRun<'_, '_>) -> Option<Arc<str>> {
        let fits = |face: &&Face| {
            run.glyphs().iter().take(64).all(|glyph| match &**glyph {
                Glyph::Outline(outline) => face.fits(outline.char_code(), outline.advance_width()),
                Glyph::Type3(_) => false,
            })
        };
        self.faces.iter().find(fits).map(|face| Arc::clone(&face.name))
    }
}

impl Face {
    fn fits(&self, code: u32, advance: Option<f32>) -> bool {
        if self.widths.is_empty() {
            // One of the fourteen standard fonts: no widths to tell by.
            return true;
        }
        let at = code.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        let width = at.and_then(|at| self.widths.get(at));
        match (width, advance) {
            (Some(width), Some(advance)) => (width - advance).abs() < 0.5,
            _ => false,
        }
    }
}
