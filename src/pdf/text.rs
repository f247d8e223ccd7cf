//! What a page shows, with its geometry: glyphs, lines, pictures. Page content and annotation
//! appearances are told apart, and invisible (recognised) text from visible.
//!
//! Interpretation is hayro's; this module only listens. Coordinates are PDF points in the page's
//! default user space (ISO 32000-2, 8.3.2.3), y upwards.

use crate::signature::prepare::Rectangle;
use hayro_interpret::font::{Glyph as HayroGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, RenderContent, SoftMask, interpret_page,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is looked at, at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pages read; what lies behind is not judged.
    pub pages: usize,
    /// Bytes of a file that is read for its text.
    pub file: u64,
    /// Glyphs of one page; a dense page has about 6,000.
    pub glyphs: usize,
    /// Bytes of one page's decoded content.
    pub content: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pages: 60, file: 64 << 20, glyphs: 60_000, content: 16 << 20 }
    }
}

/// One character on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// What it stands for.
    pub text: String,
    /// Left end of its baseline.
    pub x: f64,
    /// Height of its baseline.
    pub y: f64,
    /// How far it advances.
    pub advance: f64,
    /// Font size in points, as it appears.
    pub size: f64,
    /// Font name, without a subset tag.
    pub font: Option<String>,
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

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The visible box: left, bottom, right, top.
    pub bounds: [f64; 4],
    /// Degrees clockwise it is shown turned by.
    pub rotation: u32,
    /// Characters in the order they are drawn.
    pub glyphs: Vec<Glyph>,
    /// Thin horizontal or vertical strokes and bars: left, bottom, right, top.
    pub strokes: Vec<[f64; 4]>,
    /// Pictures: left, bottom, right, top, and pixels wide and high.
    pub images: Vec<([f64; 4], [u32; 2])>,
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
    /// The file is larger than is read for its text.
    #[error("the file is larger than is read for its text")]
    TooLarge,
}

/// Reads what the pages show.
///
/// # Errors
/// [`TextError`].
pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Pages, TextError> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.file {
        return Err(TextError::TooLarge);
    }
    // The interpreter is another's code fed with strangers' bytes: what it can't stand ends here.
    catch_unwind(AssertUnwindSafe(|| read_pages(bytes, limits, None))).unwrap_or(Err(TextError::Unreadable))
}

/// The boxes of a page's visible text, or none when it can't be read.
#[must_use]
pub fn page_text_boxes(bytes: Vec<u8>, page: usize) -> Option<Vec<Rectangle>> {
    let limits = Limits::default();
    let found = catch_unwind(AssertUnwindSafe(|| read_pages(bytes, &limits, Some(page)))).ok()?.ok()?;
    if found.unread.contains(&page) {
        return None;
    }
    let glyphs = found.pages.first()?.glyphs.iter();
    Some(
        glyphs
            // Recognised text stands for what a scan shows, so invisible glyphs count too.
            .filter(|glyph| !glyph.text.trim().is_empty())
            .map(|glyph| Rectangle {
                left: glyph.x,
                bottom: glyph.y - glyph.size * 0.2,
                right: glyph.x + glyph.advance,
                top: glyph.y + glyph.size * 0.7,
            })
            .collect(),
    )
}

fn read_pages(bytes: Vec<u8>, limits: &Limits, only: Option<usize>) -> Result<Pages, TextError> {
    let pdf = hayro_syntax::Pdf::new(bytes).map_err(|_| TextError::Unreadable)?;
    let cache = InterpreterCache::new();
    let mut found = Pages { count: pdf.pages().len(), ..Pages::default() };
    for (number, page) in pdf.pages().iter().enumerate().take(limits.pages.max(only.map_or(0, |n| n + 1))) {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let bounds = page.intersected_crop_box();
        let mut listener = Listener { page: Page::default(), annotation: false, limit: limits.glyphs };
        listener.page.bounds = [bounds.x0, bounds.y0, bounds.x1, bounds.y1];
        listener.page.rotation = match page.rotation() {
            hayro_syntax::page::Rotation::None => 0,
            hayro_syntax::page::Rotation::Horizontal => 90,
            hayro_syntax::page::Rotation::Flipped => 180,
            hayro_syntax::page::Rotation::FlippedHorizontal => 270,
        };
        let too_long = page.page_stream().is_some_and(|content| content.len() > limits.content);
        if !too_long {
            for (content, annotation) in [(RenderContent::PAGE, false), (RenderContent::ANNOTATIONS, true)] {
                listener.annotation = annotation;
                let settings = InterpreterSettings { render_content: content, ..Default::default() };
                let everything = Rect::new(-1e6, -1e6, 1e6, 1e6);
                let mut context = Context::new(Affine::IDENTITY, everything, &cache, pdf.xref(), settings);
                interpret_page(page, &mut context, &mut listener);
            }
        }
        if too_long || listener.page.glyphs.len() >= limits.glyphs {
            found.unread.push(number);
        }
        found.pages.push(listener.page);
    }
    Ok(found)
}

struct Listener {
    page: Page,
    annotation: bool,
    limit: usize,
}

impl Listener {
    fn glyph(&mut self, glyph: &HayroGlyph<'_>, matrix: Affine, colour: [u8; 3], invisible: bool) {
        if self.page.glyphs.len() >= self.limit {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(character)) => character.to_string(),
            Some(BfString::String(text)) => text,
            None => "\u{fffd}".to_owned(),
        };
        let (font, weight, italic, width) = match glyph {
            HayroGlyph::Outline(outline) => {
                let data = outline.font_data();
                (
                    data.as_ref().and_then(|data| data.postscript_name.clone()),
                    data.as_ref().and_then(|data| data.weight),
                    data.is_some_and(|data| data.is_italic),
                    outline.advance_width(),
                )
            }
            HayroGlyph::Type3(type3) => (None, None, false, type3.advance_width()),
        };
        let origin = matrix * Point::ZERO;
        let up = matrix * Point::new(0.0, 1000.0);
        let right = matrix * Point::new(f64::from(width.unwrap_or(0.0)), 0.0);
        let name = font.map(|name| without_tag(&name).to_owned());
        let named =
            |words: &[&str]| name.as_deref().is_some_and(|name| words.iter().any(|word| name.contains(word)));
        self.page.glyphs.push(Glyph {
            bold: weight.is_some_and(|weight| weight >= 600) || named(&["Bold", "bold"]),
            italic: italic || named(&["Italic", "Oblique", "italic"]),
            text,
            x: origin.x,
            y: origin.y,
            advance: (right - origin).hypot(),
            size: (up - origin).hypot(),
            font: name,
            colour,
            invisible,
            annotation: self.annotation,
        });
    }

    fn bar(&mut self, bounds: Rect) {
        /// Thicker than this is no line under a title.
        const THICK: f64 = 3.0;
        const MANY: usize = 20_000;
        let thin = bounds.height().abs() <= THICK || bounds.width().abs() <= THICK;
        let long = bounds.height().abs().max(bounds.width().abs()) >= 5.0;
        if thin && long && self.page.strokes.len() < MANY {
            self.page.strokes.push([bounds.x0, bounds.y0, bounds.x1, bounds.y1]);
        }
    }
}

/// A font name without the six letters of a subset (ISO 32000-2, 9.9.2).
fn without_tag(name: &str) -> &str {
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

impl<'a> Device<'a> for Listener {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.bar((props.transform * path.clone()).bounding_box());
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, _: &DrawMode) {
        self.bar(props.transform.transform_rect_bbox(*rect));
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let colour = match &props.paint {
            Paint::Color(colour) => {
                let [red, green, blue, _] = colour.to_rgba().to_rgba8();
                [red, green, blue]
            }
            Paint::Pattern(_) => [0, 0, 0],
        };
        let invisible = matches!(mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), colour, invisible);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        const MANY: usize = 2_000;
        let pixels = [image.width(), image.height()];
        let unit = Rect::new(0.0, 0.0, f64::from(pixels[0]), f64::from(pixels[1]));
        let bounds = props.transform.transform_rect_bbox(unit);
        if self.page.images.len() < MANY {
            self.page.images.push(([bounds.x0, bounds.y0, bounds.x1, bounds.y1], pixels));
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
