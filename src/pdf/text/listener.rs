//! The device that listens: it paints nothing and notes what would be painted.

use super::names::Faces;
use super::signs::text_of;
use super::{Glyph, Page, Picture};
use hayro_interpret::font::{Glyph as HayroGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Rect, Shape, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, Paint,
    SoftMask,
};
use hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_syntax::page::Page as HayroPage;
use std::borrow::Cow;
use std::sync::Arc;

/// Elements of the path around a frame at most.
const FRAME: usize = 8;
/// Thicker than this is no line under a title, in points.
const THICK: f64 = 3.0;
/// Shorter than this is a dot.
const SHORT: f64 = 5.0;
/// Strokes kept of a page.
const STROKES: usize = 20_000;
/// Pictures kept of a page.
const PICTURES: usize = 2_000;

/// Names of fonts remembered of a document.
const FONTS: usize = 256;

/// Pixels of an annotation's picture that is looked into.
const STAMP_PIXELS: u64 = 4 << 20;
/// Pixels of such a picture that are counted, about.
const SAMPLES: usize = 20_000;
/// Pictures of annotations looked into on a page.
const STAMPS: usize = 16;

/// The mean colour of what a picture shows, and whether the page shines through.
fn shown(data: &ImageData, alpha: Option<&LumaData>) -> (Option<[u8; 3]>, bool) {
    let ImageData::Rgb(colours) = data else { return (None, alpha.is_some()) };
    let (mut sums, mut count) = ([0_u64; 3], 0_u64);
    let opacity = |at: usize| match alpha {
        // The mask may have another size; rows and columns are taken in proportion.
        Some(mask) => {
            let (width, height) = (data.width().max(1), data.height().max(1));
            let at = u32::try_from(at).unwrap_or(0);
            let (x, y) = (at % width * mask.width / width, at / width * mask.height / height);
            let place = u64::from(y) * u64::from(mask.width) + u64::from(x);
            usize::try_from(place).ok().and_then(|at| mask.data.get(at)).copied().unwrap_or(255)
        }
        None => 255,
    };
    let mut holes = 0_u64;
    // A part of the pixels tells the same; the step is no divisor of the width, so that it walks over all columns.
    let width = usize::try_from(data.width()).unwrap_or(usize::MAX).max(1);
    let mut step = (colours.data.len() / 3 / SAMPLES).max(1);
    while step > 1 && width.is_multiple_of(step) {
        step += 1;
    }
    for (at, pixel) in colours.data.chunks_exact(3).enumerate().step_by(step) {
        if opacity(at) < 96 {
            holes += 1;
            continue;
        }
        let [red, green, blue] = pixel else { continue };
        // White paper isn't ink.
        if red.min(green).min(blue) > &230 {
            continue;
        }
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*value);
        }
        count += 1;
    }
    let mean = |sum: u64| u8::try_from(sum / count.max(1)).unwrap_or(255);
    ((count > 0).then(|| sums.map(mean)), holes > 0)
}

/// Whether a picture's dictionary says that it holds no colours (ISO 32000-2, 8.9.5).
fn is_grey(dictionary: &Dict<'_>) -> Option<bool> {
    if dictionary.get::<bool>(b"ImageMask").unwrap_or(false)
        || dictionary.get::<u32>(b"BitsPerComponent") == Some(1)
    {
        return Some(true);
    }
    if let Some(name) = dictionary.get::<Name<'_>>(b"ColorSpace") {
        return match &*name {
            b"DeviceGray" | b"CalGray" | b"G" => Some(true),
            b"DeviceRGB" | b"DeviceCMYK" | b"CalRGB" | b"RGB" | b"CMYK" => Some(false),
            _ => None,
        };
    }
    let space = dictionary.get::<Array<'_>>(b"ColorSpace")?;
    let mut space = space.flex_iter();
    match &*space.next::<Name<'_>>()? {
        b"CalGray" => Some(true),
        b"CalRGB" | b"Lab" => Some(false),
        b"ICCBased" => {
            let profile = space.next::<Stream<'_>>()?;
            profile.dict().get::<u32>(b"N").map(|channels| channels == 1)
        }
        _ => None,
    }
}

/// What ends the interpretation of a page that asks for too much.
struct Exhausted;

/// The device.
pub(super) struct Listener<'p> {
    pub(super) page: Page,
    source: &'p HayroPage<'p>,
    annotation: bool,
    glyphs: usize,
    steps: usize,
    /// What the resources name, once a run was met that has no name of its own.
    faces: Option<Faces>,
    stamps: usize,
    pub(super) names: Names,
}

/// The fonts of a document met so far.
pub(super) type Names = Vec<Named>;

/// A font's name with what it says.
pub(super) struct Named {
    name: Arc<str>,
    bold: bool,
    italic: bool,
}

impl Named {
    /// That of a name, made at its first use.
    fn of<'n>(names: &'n mut Names, name: &str) -> Option<&'n Self> {
        let at = names.iter().position(|known| &*known.name == name).unwrap_or(names.len());
        if at == names.len() {
            let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
            let bold = says(&["Bold", "bold", "Black", "Heavy"]);
            // More than any document has: what is behind isn't looked for again and again.
            names.truncate(FONTS);
            names.push(Self { name: Arc::from(name), bold, italic: says(&["Italic", "Oblique", "italic"]) });
        }
        names.get(at).or(names.last())
    }
}

/// What glyphs of one run have in common.
struct Style {
    font: Option<Arc<str>>,
    bold: bool,
    italic: bool,
    colour: [u8; 3],
    invisible: bool,
}

impl<'p> Listener<'p> {
    pub(super) fn new(source: &'p HayroPage<'p>, names: Names, glyphs: usize, steps: usize) -> Self {
        let page = Page::default();
        Self { page, source, annotation: false, glyphs, steps, faces: None, stamps: 0, names }
    }

    /// Turns to the page's content or its annotations.
    pub(super) fn begin(&mut self, annotation: bool) {
        self.annotation = annotation;
        self.faces = None;
    }

    /// Counts a step. The interpreter can't be asked to stop, but it can be left.
    fn step(&mut self) {
        match self.steps.checked_sub(1) {
            Some(left) if self.page.glyphs.len() < self.glyphs => self.steps = left,
            _ => std::panic::resume_unwind(Box::new(Exhausted)),
        }
    }

    /// Font, weight and slant of a run: one font a run, so its first glyph tells.
    fn style(&mut self, run: &GlyphRun<'_, '_>, colour: [u8; 3], invisible: bool) -> Style {
        let data = run.glyphs().iter().find_map(|glyph| match &**glyph {
            HayroGlyph::Outline(outline) => outline.font_data(),
            HayroGlyph::Type3(_) => None,
        });
        let named = data.as_ref().and_then(|data| data.postscript_name.as_deref()).map(without_tag);
        let named = match named {
            Some(name) => Named::of(&mut self.names, name),
            // Type 1 fonts and fonts that aren't embedded tell nothing of themselves.
            None => {
                let faces = self.faces.get_or_insert_with(|| Faces::of(self.source, self.annotation));
                faces.of_run(run).and_then(|name| Named::of(&mut self.names, &name))
            }
        };
        let weight = data.as_ref().and_then(|data| data.weight);
        Style {
            bold: weight.is_some_and(|weight| weight >= 600) || named.is_some_and(|named| named.bold),
            italic: data.as_ref().is_some_and(|data| data.is_italic)
                || named.is_some_and(|named| named.italic),
            font: named.map(|named| Arc::clone(&named.name)),
            colour,
            invisible,
        }
    }

    fn glyph(&mut self, glyph: &HayroGlyph<'_>, matrix: Affine, style: &Style) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(character)) => text_of(character),
            Some(BfString::String(text)) => Cow::Owned(text),
            None => Cow::Borrowed("\u{fffd}"),
        };
        let width = match glyph {
            HayroGlyph::Outline(outline) => outline.advance_width(),
            HayroGlyph::Type3(type3) => type3.advance_width(),
        };
        let [right_x, right_y, up_x, up_y, x, y] = matrix.as_coeffs();
        let length = |x: f64, y: f64| (x * x + y * y).sqrt();
        let advance = f64::from(width.unwrap_or(0.0).abs()) * length(right_x, right_y);
        let size = 1000.0 * length(up_x, up_y);
        // Absurd numbers would spoil every later comparison.
        let sane = [x, y, advance, size].iter().all(|value| value.abs() < 1e6);
        if !sane {
            return;
        }
        self.page.glyphs.push(Glyph {
            text,
            x,
            y,
            advance,
            towards: direction(Vec2::new(right_x, right_y), Vec2::new(up_x, up_y)),
            size,
            font: style.font.clone(),
            bold: style.bold,
            italic: style.italic,
            colour: style.colour,
            invisible: style.invisible,
            annotation: self.annotation,
        });
    }

    fn bar(&mut self, bounds: Rect, dashed: bool) {
        let (width, height) = (bounds.width().abs(), bounds.height().abs());
        let thin = height <= THICK || width <= THICK;
        let long = height.max(width) >= SHORT;
        let kept = if dashed { &mut self.page.dashed } else { &mut self.page.strokes };
        if thin && long && height.max(width) < 1e6 && kept.len() < STROKES {
            kept.push([bounds.x0, bounds.y0, bounds.x1, bounds.y1]);
        }
    }
}

/// Whether a shape is drawn by its edge and has an inside.
fn is_frame(bounds: Rect, mode: &DrawMode) -> bool {
    matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..))
        && bounds.width().abs() > THICK
        && bounds.height().abs() > THICK
}

/// Whether a line is broken into dashes that can be seen (ISO 32000-2, 8.4.3.6): every second length of the
/// array is a gap, the only one is both.
fn is_dashed(mode: &DrawMode) -> bool {
    const SEEN: f32 = 0.4;
    let DrawMode::Stroke(stroke) = mode else { return false };
    let gaps = stroke.dash_array.iter().skip(usize::from(stroke.dash_array.len() > 1)).step_by(2);
    gaps.copied().any(|gap| gap > SEEN)
}

/// The direction of a baseline; where it is squeezed to nothing, that across what stands upright.
fn direction(along: Vec2, up: Vec2) -> [f64; 2] {
    let across = Vec2::new(up.y, -up.x);
    let towards = if along.hypot() > 1e-9 { along } else { across };
    match towards.hypot() {
        length if length > 1e-9 => [towards.x / length, towards.y / length],
        _ => [1.0, 0.0],
    }
}

/// A font name without the six letters of a subset (ISO 32000-2, 9.9.2).
pub(super) fn without_tag(name: &str) -> &str {
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

impl<'a> Device<'a> for Listener<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.step();
        let path = props.transform * path.clone();
        let bounds = path.bounding_box();
        let dashed = is_dashed(mode);
        self.bar(bounds, dashed);
        if is_frame(bounds, mode) && path.elements().len() <= FRAME {
            path.segments().for_each(|segment| self.bar(segment.bounding_box(), dashed));
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.step();
        let bounds = props.transform.transform_rect_bbox(*rect);
        let dashed = is_dashed(mode);
        self.bar(bounds, dashed);
        if is_frame(bounds, mode) {
            let Rect { x0, y0, x1, y1 } = bounds;
            for (x0, y0, x1, y1) in [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)] {
                self.bar(Rect::new(x0, y0, x1, y1), dashed);
            }
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.step();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let colour = match &props.paint {
            Paint::Color(colour) => {
                let [red, green, blue, _] = colour.to_rgba().to_rgba8();
                [red, green, blue]
            }
            Paint::Pattern(_) => [0, 0, 0],
        };
        let style = self.style(run, colour, matches!(mode, DrawMode::Invisible));
        for glyph in run.glyphs() {
            self.step();
            self.glyph(glyph, props.transform * glyph.transform(), &style);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.step();
        let pixels = [image.width(), image.height()];
        let unit = Rect::new(0.0, 0.0, f64::from(pixels[0]), f64::from(pixels[1]));
        let bounds = props.transform.transform_rect_bbox(unit);
        let bounds = [bounds.x0, bounds.y0, bounds.x1, bounds.y1];
        if self.page.images.len() < PICTURES && bounds.iter().all(|value| value.abs() < 1e6) {
            let (mut ink, mut transparent, mut grey) = (None, false, None);
            match &image {
                // A stencil is one colour through holes.
                Image::Stencil(_) => transparent = true,
                Image::Raster(raster) if self.annotation => {
                    let small = u64::from(pixels[0]) * u64::from(pixels[1]) <= STAMP_PIXELS;
                    if small && self.stamps < STAMPS {
                        self.stamps += 1;
                        raster.with_rgba(
                            |data, alpha| (ink, transparent) = shown(&data, alpha.as_ref()),
                            Some((64, 64)),
                        );
                    }
                }
                Image::Raster(raster) => grey = is_grey(raster.stream().dict()),
            }
            let annotation = self.annotation;
            self.page.images.push(Picture { bounds, pixels, annotation, ink, transparent, grey });
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}

    fn begin_marked_content(&mut self, _: &[u8], _: Option<&Dict<'_>>) {
        self.step();
    }
}
