//! Pages as people see them: what is shown turned is turned, so that places are found on every page in the same way.

use crate::pdf::text::{Page, Pages};
use crate::signature::prepare::Place;
use std::borrow::Cow;

/// Pages of which none is shown turned, and the way back to those that are.
pub(super) struct Upright<'p> {
    pub(super) pages: Cow<'p, Pages>,
    given: &'p Pages,
}

impl<'p> Upright<'p> {
    /// The pages as they are shown: their letters only, which is what places are found by.
    pub(super) fn of(given: &'p Pages) -> Self {
        if given.pages.iter().all(|page| page.rotation == 0) {
            return Self { pages: Cow::Borrowed(given), given };
        }
        let pages = Pages { pages: given.pages.iter().map(turned).collect(), ..given.clone() };
        Self { pages: Cow::Owned(pages), given }
    }

    /// Where on its page a place is that was found.
    pub(super) fn on_page(&self, place: &Place) -> Place {
        match self.turned(place) {
            Some(page) => Place { rectangle: page.view().on_page(&place.rectangle), ..*place },
            None => *place,
        }
    }

    /// Where a place of a page is shown.
    pub(super) fn as_shown(&self, place: &Place) -> Place {
        match self.turned(place) {
            Some(page) => Place { rectangle: page.view().as_shown(&place.rectangle), ..*place },
            None => *place,
        }
    }

    fn turned(&self, place: &Place) -> Option<&Page> {
        self.given.pages.get(place.page).filter(|page| page.rotation != 0)
    }
}

fn turned(page: &Page) -> Page {
    if page.rotation == 0 {
        return page.clone();
    }
    let view = page.view();
    let mut glyphs = page.glyphs.clone();
    for glyph in &mut glyphs {
        let [x, y] = glyph.towards;
        let (end_x, end_y) = view.shown(glyph.x + x, glyph.y + y);
        (glyph.x, glyph.y) = view.shown(glyph.x, glyph.y);
        glyph.towards = [end_x - glyph.x, end_y - glyph.y];
    }
    Page { bounds: [0.0, 0.0, view.width(), view.height()], glyphs, ..Page::default() }
}
