//! Pages as pictures, with marks drawn over them and beside them.
//!
//! Painting is hayro's, within limits on pixels, pictures and work; its panics are caught. A page that
//! couldn't be read within the limits of [`text`] isn't painted either.

mod marks;

use super::font;
use super::text::{self, Limits};
use super::workers;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use hayro_interpret::font::FontQuery;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{InterpreterSettings, RenderContent};
use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Name, Object};
use hayro_syntax::page::Page;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Pixels an inch: letters of size 11 are read without effort.
const DPI: f64 = 110.0;
/// Pixels of one picture of a page: an A4 page with its legend takes two million.
const PIXELS: f64 = 6.0e6;
/// Pixels a side.
const SIDE: f64 = 6_000.0;
/// Pixels of a picture in the file: A3 in colour at 600 dpi has 70 million.
const PICTURE: u64 = 80_000_000;
/// Pixels of all pictures in the file that are painted.
const PICTURES: u64 = 800_000_000;
/// The grey beside and below a page, where nothing is drawn.
const BELOW: u8 = 0xf0;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// Something drawn over a page, in points from the top left of the page as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A frame: left, top, right, bottom.
    Frame {
        /// Where.
        bounds: [f64; 4],
        /// In which colour.
        colour: Colour,
        /// How thick, in points.
        width: f64,
        /// Whether it is broken.
        dashed: bool,
    },
    /// A coloured area that lets the page show through: left, top, right, bottom.
    Area {
        /// Where.
        bounds: [f64; 4],
        /// In which colour.
        colour: Colour,
        /// From nothing to all, in 255ths.
        opacity: u8,
    },
    /// A disc.
    Disc {
        /// Its middle.
        centre: [f64; 2],
        /// In points.
        radius: f64,
        /// In which colour.
        colour: Colour,
    },
    /// A line of text.
    Text {
        /// Left end (or middle) of the baseline.
        start: [f64; 2],
        /// In points.
        size: f64,
        /// Whether `start` is the middle.
        centred: bool,
        /// In which colour.
        colour: Colour,
        /// What it says.
        text: String,
    },
}

/// What is drawn over a page and beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// How wide all of it is, at least the page, in points.
    pub width: f64,
    /// How high.
    pub height: f64,
    /// In the order it is drawn.
    pub shapes: Vec<Shape>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Pixels wide.
    pub width: u16,
    /// Pixels high.
    pub height: u16,
    /// Red, green, blue of each pixel, row by row.
    pub rgb: Vec<u8>,
}

impl Raster {
    /// As a PNG.
    ///
    /// # Errors
    /// [`PictureError::Unpaintable`] when it can't be encoded.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, u32::from(self.width), u32::from(self.height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let failed = |_| PictureError::Unpaintable;
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.rgb).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// There is no such page.
    #[error("there is no such page")]
    NoPage,
    /// The file, its page or a picture in it is larger than is painted.
    #[error("the page is larger than is painted")]
    TooLarge,
    /// The page can't be painted.
    #[error("the page can't be painted")]
    Unpaintable,
}

/// Paints a page (from 0) with what `scene` makes of its size in points.
///
/// # Errors
/// [`PictureError`].
pub fn paint(
    bytes: &[u8],
    page: usize,
    limits: &Limits,
    scene: &dyn Fn([f64; 2]) -> Scene,
) -> Result<Raster, PictureError> {
    paint_some(bytes, page, limits, RenderContent::all(), scene)
}

/// Paints what a page (from 0) shows by itself, without annotations.
///
/// # Errors
/// [`PictureError`].
pub fn paint_content(bytes: &[u8], page: usize, limits: &Limits) -> Result<Raster, PictureError> {
    paint_some(bytes, page, limits, RenderContent::PAGE, &|_| Scene::default())
}

fn paint_some(
    bytes: &[u8],
    page: usize,
    limits: &Limits,
    content: RenderContent,
    scene: &dyn Fn([f64; 2]) -> Scene,
) -> Result<Raster, PictureError> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.file {
        return Err(PictureError::TooLarge);
    }
    let (bytes, limits) = (bytes.to_vec(), *limits);
    // The thread asks how large the picture of a page of its size will be.
    let (ask, asked) = sync_channel(1);
    let (answer, answered) = sync_channel(1);
    let painting = workers::begin(move || {
        painted(bytes, (page, content), &limits, &|size| {
            ask.send(size).ok()?;
            answered.recv().ok()
        })
    });
    let painting = painting.ok_or(PictureError::Unpaintable)?;
    let scene = asked.recv().map(scene).unwrap_or_default();
    // When nobody asked, what went wrong is told below.
    let _ = answer.send([scene.width, scene.height]);
    let painted = painting.recv().unwrap_or(Err(PictureError::Unpaintable))?;
    // Each thread has one large piece of memory of its own, which the next picture finds again.
    let (mut raster, scale) = (painted.laid_out(), painted.scale);
    drop(painted);
    marks::draw(&scene, &mut raster, scale);
    Ok(raster)
}

/// A painted page, and the size of the picture it will be part of.
struct Painted {
    page: Pixmap,
    columns: u16,
    rows: u16,
    /// Pixels a point.
    scale: f64,
}

/// Paints a page for a picture of the size that `whole` says there must be for a page of its size.
fn painted(
    bytes: Vec<u8>,
    (number, content): (usize, RenderContent),
    limits: &Limits,
    whole: &dyn Fn([f64; 2]) -> Option<[f64; 2]>,
) -> Result<Painted, PictureError> {
    let pdf = Pdf::new(bytes).map_err(|_| PictureError::Unpaintable)?;
    let readable = text::within(&pdf, number, limits).map_err(|_| PictureError::TooLarge)?;
    if !readable || !pictures_fit(&pdf) {
        return Err(PictureError::TooLarge);
    }
    let pages = pdf.pages();
    let page = pages.get(number).ok_or(PictureError::NoPage)?;
    let (width, height) = page.render_dimensions();
    let unit = text::user_unit(page).unwrap_or(1.0);
    let size = [f64::from(width) * unit, f64::from(height) * unit];
    if size.iter().any(|side| !(1.0..=20_000.0).contains(side)) {
        return Err(PictureError::TooLarge);
    }
    let [width, height] = whole(size).ok_or(PictureError::Unpaintable)?;
    let (width, height) = (width.max(size[0]), height.max(size[1]));
    let scale = (DPI / 72.0).min((PIXELS / (width * height)).sqrt()).min(SIDE / width.max(height));
    let (columns, rows) = (pixels(width * scale)?, pixels(height * scale)?);
    // The page in a canvas of its own size: a larger one would have to clip everything it paints.
    let (across, along) = (pixels(size[0] * scale)?.min(columns), pixels(size[1] * scale)?.min(rows));
    let mut canvas = RenderContext::new(across, along);
    paint_page(page, content, &mut canvas, scale * unit);
    Ok(Painted { page: finished(canvas), columns, rows, scale })
}

impl Painted {
    /// The page at the top left of the larger picture.
    fn laid_out(&self) -> Raster {
        let (across, width) = (usize::from(self.page.width()), usize::from(self.columns));
        let mut rgb = vec![BELOW; width * usize::from(self.rows) * 3];
        let painted = self.page.data_as_u8_slice().chunks_exact((across * 4).max(1));
        for (to, from) in rgb.chunks_exact_mut((width * 3).max(1)).zip(painted) {
            for (to, from) in to.chunks_exact_mut(3).zip(from.chunks_exact(4)) {
                if let ([red, green, blue], [from_red, from_green, from_blue, _]) = (to, from) {
                    (*red, *green, *blue) = (*from_red, *from_green, *from_blue);
                }
            }
        }
        Raster { width: self.columns, height: self.rows, rgb }
    }
}

/// What was painted, on white.
fn finished(mut canvas: RenderContext) -> Pixmap {
    canvas.flush();
    let mut pixmap = Pixmap::new(canvas.width(), canvas.height());
    let white = AlphaColor::<Srgb>::from_rgb8(255, 255, 255);
    let settings = RasterizerSettings { target_init: TargetInit::Clear(white), ..Default::default() };
    canvas.render_with(&mut pixmap, &mut Resources::default(), settings);
    pixmap
}

/// A side in whole pixels.
fn pixels(length: f64) -> Result<u16, PictureError> {
    format!("{:.0}", length.floor().max(1.0)).parse().map_err(|_| PictureError::TooLarge)
}

fn paint_page<'a>(page: &'a Page<'a>, content: RenderContent, canvas: &mut RenderContext, scale: f64) {
    let cache = RenderCache::new();
    // Fonts that aren't in the file are shown by one that has all Vietnamese letters.
    let substitute = |italic: bool| -> (Arc<dyn AsRef<[u8]> + Send + Sync>, u32) {
        (Arc::new(if italic { font::SLANTED } else { font::UPRIGHT }), 0)
    };
    let usual = InterpreterSettings::default();
    let resolver = Arc::clone(&usual.font_resolver);
    let settings = InterpreterSettings {
        font_resolver: Arc::new(move |query| match query {
            FontQuery::Fallback(font) if font.character_collection.is_none() && !font.is_fixed_pitch => {
                Some(substitute(font.is_italic))
            }
            other => resolver(other),
        }),
        render_content: content,
        ..usual
    };
    let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
    render_into(page, &cache, &settings, &RenderSettings::default(), canvas, transform);
}

/// Whether every picture of the file is one that can be unpacked: by what its dictionary says, and by
/// what its own first bytes say.
fn pictures_fit(pdf: &Pdf) -> bool {
    let mut all = 0_u64;
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        let dictionary = stream.dict();
        if dictionary.get::<Name<'_>>(b"Subtype").is_none_or(|kind| &*kind != b"Image") {
            continue;
        }
        let stated = stated(dictionary);
        let coded = coded(&stream.raw_data()).unwrap_or(0);
        let size = stated.max(coded);
        all = all.saturating_add(size);
        if size > PICTURE || all > PICTURES {
            return false;
        }
    }
    true
}

fn stated(dictionary: &Dict<'_>) -> u64 {
    let side = |long: &[u8], short: &[u8]| {
        let value = dictionary.get::<i32>(long).or_else(|| dictionary.get::<i32>(short));
        value.map_or(0, |value| u64::from(value.unsigned_abs()))
    };
    side(b"Width", b"W").saturating_mul(side(b"Height", b"H"))
}

/// Pixels that a JPEG (ISO/IEC 10918-1, B.2.2) or JPEG 2000 (ISO/IEC 15444-1, A.5.1) says it has.
fn coded(data: &[u8]) -> Option<u64> {
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = data.get(at..at.checked_add(length)?)?;
        Some(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    };
    if data.starts_with(&[0xff, 0xd8]) {
        let mut at = 2;
        // A segment: its mark, its length, its content.
        for _ in 0..200 {
            let mark = number(at, 2)?;
            if matches!(mark, 0xffc0..=0xffcf) && !matches!(mark, 0xffc4 | 0xffc8 | 0xffcc) {
                return Some(number(at + 5, 2)? * number(at + 7, 2)?);
            }
            at += 2 + usize::try_from(number(at + 2, 2)?).ok()?;
        }
        return None;
    }
    let head = data.get(..4096.min(data.len()))?;
    let size = head.windows(4).position(|window| window == [0xff, 0x4f, 0xff, 0x51])?;
    Some(number(size + 8, 4)?.saturating_mul(number(size + 12, 4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_tells_its_size_before_it_is_unpacked() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0x10, 0, 3];
        assert_eq!(coded(&jpeg), Some(0xffff * 0x1000));
        let mut wavelets = vec![0, 0, 0, 12, b'j', b'P', 0xff, 0x4f, 0xff, 0x51, 0, 47, 0, 0];
        wavelets.extend([0, 1, 0, 0, 0, 0, 2, 0]);
        assert_eq!(coded(&wavelets), Some(0x10000 * 0x200));
        assert_eq!(coded(b"plain"), None);
    }
}
