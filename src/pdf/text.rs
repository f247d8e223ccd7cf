//! What a page shows, with its geometry: glyphs, lines, pictures. Page content and annotation
//! appearances are told apart, and invisible (recognised) text from visible.
//!
//! Interpretation is hayro's; this module only listens, and ends it when a page asks for more work
//! than any honest one does. Coordinates are PDF points in the page's default user space
//! (ISO 32000-2, 8.3.2.3), y upwards.

mod effort;
mod expansion;
mod listener;
mod names;
mod signs;

use super::geometry::{Rectangle, View};
use super::workers;
use effort::Effort;
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RenderContent, interpret_page};
use hayro_syntax::page::{Page as HayroPage, Rotation};
use listener::Listener;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Pages after which the interpreter's cache is begun anew.
const FRESH: usize = 32;
/// An area that nothing is outside of.
const EVERYTHING: Rect = Rect::new(-1e6, -1e6, 1e6, 1e6);

/// What is looked at, at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pages read; what lies behind is not judged.
    pub pages: usize,
    /// Glyphs of all pages; a book of 1,000 dense pages has about 4,000,000.
    pub all_glyphs: usize,
    /// Bytes of a file that is read for its text.
    pub file: u64,
    /// Glyphs of one page; a dense page has about 6,000.
    pub glyphs: usize,
    /// Drawing steps of one page; a dense table has about 10,000.
    pub steps: usize,
    /// Bytes of one decoded stream that isn't a picture or a font; a map has about 5 MB.
    pub content: usize,
    /// Bytes of one decoded font; a full East Asian one has about 20 MB.
    pub font: usize,
    /// Bytes all such streams may decode to together.
    pub decoded: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pages: 1_000,
            all_glyphs: 6_000_000,
            file: 64 << 20,
            glyphs: 60_000,
            steps: 200_000,
            content: 16 << 20,
            font: 48 << 20,
            decoded: 256 << 20,
        }
    }
}

/// One character on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// What it stands for.
    pub text: Cow<'static, str>,
    /// Left end of its baseline.
    pub x: f64,
    /// Height of its baseline.
    pub y: f64,
    /// How far it advances.
    pub advance: f64,
    /// Where it advances to: the direction of its baseline, of length 1.
    pub towards: [f64; 2],
    /// Font size in points, as it appears.
    pub size: f64,
    /// Font name, without a subset tag.
    pub font: Option<Arc<str>>,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is slanted.
    pub italic: bool,
    /// Colour, red green blue.
    pub colour: [u8; 3],
    /// Whether it isn't painted: recognised text behind a scan.
    pub invisible: bool,
    /// Whether an annotation's appearance draws it.
    pub annotation: bool,
}

impl Glyph {
    /// What it covers, about: from a fifth of its size below the baseline to seven tenths above.
    fn covered(&self) -> Rectangle {
        let [x, y] = self.towards;
        let corner = |along: f64, up: f64| (self.x + along * x - up * y, self.y + along * y + up * x);
        let (below, above) = (-self.size * 0.2, self.size * 0.7);
        let corners = [(0.0, below), (0.0, above), (self.advance, below), (self.advance, above)];
        let mut covered = Rectangle::spanned(corner(0.0, below), corner(self.advance, above));
        for (along, up) in corners {
            let (x, y) = corner(along, up);
            covered.left = covered.left.min(x);
            covered.right = covered.right.max(x);
            covered.bottom = covered.bottom.min(y);
            covered.top = covered.top.max(y);
        }
        covered
    }
}

/// A picture on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// Left, bottom, right, top.
    pub bounds: [f64; 4],
    /// Pixels wide and high.
    pub pixels: [u32; 2],
    /// Whether an annotation's appearance draws it.
    pub annotation: bool,
    /// Mean colour of what it shows, of annotations' pictures only.
    pub ink: Option<[u8; 3]>,
    /// Whether it lets the page shine through, of annotations' pictures only.
    pub transparent: bool,
    /// Whether it holds greys or black and white only, as far as it says.
    pub grey: Option<bool>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The visible box: left, bottom, right, top.
    pub bounds: [f64; 4],
    /// Degrees clockwise it is shown turned by.
    pub rotation: u32,
    /// Points in a unit of its space, where that isn't one; everything here is in units.
    pub user_unit: Option<f64>,
    /// Characters in the order they are drawn.
    pub glyphs: Vec<Glyph>,
    /// Thin horizontal or vertical strokes and bars: left, bottom, right, top.
    pub strokes: Vec<[f64; 4]>,
    /// The same where they are broken into dashes.
    pub dashed: Vec<[f64; 4]>,
    /// Pictures.
    pub images: Vec<Picture>,
}

impl Page {
    /// How it is shown.
    #[must_use]
    pub fn view(&self) -> View {
        let [left, bottom, right, top] = self.bounds;
        View::new(Rectangle { left, bottom, right, top }, self.rotation)
    }

    /// The boxes of its text, letter by letter, without leaders.
    #[must_use]
    pub fn text_boxes(&self) -> Vec<Rectangle> {
        // Recognised text stands for what a scan shows, so invisible glyphs count too.
        self.boxes(|glyph, is_leader| !is_leader && !glyph.text.trim().is_empty())
    }

    /// The boxes of its leaders: dots and underscores left to be written over.
    #[must_use]
    pub fn leader_boxes(&self) -> Vec<Rectangle> {
        self.boxes(|_, is_leader| is_leader)
    }

    fn boxes(&self, wanted: impl Fn(&Glyph, bool) -> bool) -> Vec<Rectangle> {
        self.glyphs
            .iter()
            .zip(leaders(&self.glyphs))
            .filter(|(glyph, is_leader)| wanted(glyph, *is_leader))
            .map(|(glyph, _)| glyph.covered())
            .collect()
    }
}

/// A document's pages, as far as they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pages {
    /// The pages read.
    pub pages: Vec<Page>,
    /// How many there are.
    pub count: usize,
    /// Pages that couldn't be interpreted within the limits (from 0).
    pub unread: Vec<usize>,
}

/// Why no page can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The interpreter can't open the file.
    #[error("the pages of the file can't be interpreted")]
    Unreadable,
    /// The file is larger than is read for its text, or unpacks to more than is.
    #[error("the file is larger than is read for its text")]
    TooLarge,
}

/// Reads what the pages show.
///
/// # Errors
/// [`TextError`].
pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Pages, TextError> {
    apart(bytes, limits, None)
}

/// Reads the pages one after the other and hands each over as it is done, so that no more than one is
/// held. What is returned has no pages, but their count and those that weren't read.
///
/// # Errors
/// [`TextError`].
pub fn visit(
    bytes: Vec<u8>,
    limits: &Limits,
    visitor: &mut (dyn FnMut(usize, Page) + Send),
) -> Result<Pages, TextError> {
    on_a_thread(bytes, limits, None, visitor)
}

/// A page (from 0), or none when it can't be read within the limits.
#[must_use]
pub fn read_page(bytes: Vec<u8>, limits: &Limits, page: usize) -> Option<Page> {
    let found = apart(bytes, limits, Some(page)).ok()?;
    if found.unread.contains(&page) {
        return None;
    }
    found.pages.into_iter().next()
}

/// Whether a page (from 0) of a file can be painted within the limits of reading: what is in the file unpacks
/// to no more than is read, and the page asks for no more work than any honest one does. Forms that draw
/// each other twice ask for more with each of them, and no painter can be stopped.
pub(super) fn within(pdf: &hayro_syntax::Pdf, page: usize, limits: &Limits) -> Result<bool, TextError> {
    let mut effort = Effort::new(limits.glyphs, steps(expansion::check(pdf, limits)?, limits));
    let Some(page) = pdf.pages().get(page) else { return Ok(true) };
    let painted = || {
        let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
        let mut context = Context::new(Affine::IDENTITY, EVERYTHING, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut effort);
    };
    Ok(!expansion::is_disguised(page) && catch_unwind(AssertUnwindSafe(painted)).is_ok())
}

/// Drawing steps of a page: each may decode a form again, so the bigger forms are, the fewer there may be.
fn steps(largest: usize, limits: &Limits) -> usize {
    const WORK: usize = 4 << 30;
    limits.steps.min(WORK / largest.max(1)).max(64)
}

/// Which glyphs are leaders: three or more full stops or underscores in a row, left to be written over. Fewer may part
/// the digits of a sum.
fn leaders(glyphs: &[Glyph]) -> Vec<bool> {
    const LEAST: usize = 3;
    let weight = |glyph: &Glyph| match glyph.text.trim() {
        "." | "_" | "\u{2024}" => 1,
        "\u{2026}" => LEAST,
        _ => 0,
    };
    let mut found = vec![false; glyphs.len()];
    let mut begin = 0;
    while let Some(first) = glyphs.get(begin) {
        let is_next = |glyph: &&Glyph| weight(glyph) > 0 && (glyph.y - first.y).abs() < 1.0;
        let length = glyphs.iter().skip(begin).take_while(is_next).count();
        let total: usize = glyphs.iter().skip(begin).take(length).map(weight).sum();
        if total >= LEAST {
            found.iter_mut().skip(begin).take(length).for_each(|is_leader| *is_leader = true);
        }
        begin += length.max(1);
    }
    found
}

fn apart(bytes: Vec<u8>, limits: &Limits, only: Option<usize>) -> Result<Pages, TextError> {
    let mut pages = Vec::new();
    let found = on_a_thread(bytes, limits, only, &mut |_, page| pages.push(page))?;
    Ok(Pages { pages, ..found })
}

fn on_a_thread(
    bytes: Vec<u8>,
    limits: &Limits,
    only: Option<usize>,
    visitor: &mut (dyn FnMut(usize, Page) + Send),
) -> Result<Pages, TextError> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.file {
        return Err(TextError::TooLarge);
    }
    // With room for none: no page is made before the last one was taken.
    let (tell, told) = sync_channel(0);
    let limits = *limits;
    let reading = workers::begin(move || {
        // A caller who went away wants no further page.
        read_pages(bytes, &limits, only, &mut |number, page| tell.send((number, page)).is_ok())
    });
    let reading = reading.ok_or(TextError::Unreadable)?;
    while let Ok((number, page)) = told.recv() {
        visitor(number, page);
    }
    reading.recv().unwrap_or(Err(TextError::Unreadable))
}

/// Points in a unit of a page's space, where that isn't one (ISO 32000-2, Table 31).
pub(super) fn user_unit(page: &HayroPage<'_>) -> Option<f64> {
    let unit = page.raw().get::<f64>("UserUnit")?;
    (unit != 1.0 && (0.01..=1_000.0).contains(&unit)).then_some(unit)
}

/// Reads the pages while `visitor` wants more.
fn read_pages(
    bytes: Vec<u8>,
    limits: &Limits,
    only: Option<usize>,
    visitor: &mut dyn FnMut(usize, Page) -> bool,
) -> Result<Pages, TextError> {
    let pdf = hayro_syntax::Pdf::new(bytes).map_err(|_| TextError::Unreadable)?;
    let steps = steps(expansion::check(&pdf, limits)?, limits);
    let mut cache = InterpreterCache::new();
    let mut found = Pages { count: pdf.pages().len(), ..Pages::default() };
    let pages = pdf.pages().iter().enumerate();
    let mut left = limits.all_glyphs;
    let (mut names, settings) = (Vec::new(), InterpreterSettings::default());
    for (number, page) in pages.take(only.map_or(limits.pages, |only| only.saturating_add(1))) {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let mut listener = Listener::new(page, std::mem::take(&mut names), limits.glyphs, steps);
        let bounds = page.intersected_crop_box();
        listener.page.bounds = [bounds.x0, bounds.y0, bounds.x1, bounds.y1];
        listener.page.user_unit = user_unit(page);
        listener.page.rotation = match page.rotation() {
            Rotation::None => 0,
            Rotation::Horizontal => 90,
            Rotation::Flipped => 180,
            Rotation::FlippedHorizontal => 270,
        };
        let whole = left > 0
            && !expansion::is_disguised(page)
            && catch_unwind(AssertUnwindSafe(|| interpret(page, &pdf, &cache, &settings, &mut listener)))
                .is_ok();
        left = left.saturating_sub(listener.page.glyphs.len());
        names = listener.names;
        // A cache without end would hold every picture of a long document.
        if !whole || number % FRESH == FRESH - 1 {
            cache = InterpreterCache::new();
        }
        if !whole {
            found.unread.push(number);
        }
        if !visitor(number, listener.page) {
            break;
        }
    }
    Ok(found)
}

fn interpret<'a>(
    page: &'a HayroPage<'a>,
    pdf: &'a hayro_syntax::Pdf,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    listener: &mut Listener<'_>,
) {
    let annotated = page.raw().contains_key(b"Annots");
    let contents = [(RenderContent::PAGE, false), (RenderContent::ANNOTATIONS, true)];
    for (content, annotation) in contents.into_iter().take(if annotated { 2 } else { 1 }) {
        listener.begin(annotation);
        let settings = InterpreterSettings { render_content: content, ..settings.clone() };
        let mut context = Context::new(Affine::IDENTITY, EVERYTHING, cache, pdf.xref(), settings);
        interpret_page(page, &mut context, listener);
    }
}

#[cfg(test)]
pub(crate) mod made;
#[cfg(test)]
mod tests;
