//! What a signature shows: an image with transparency (a written name, a seal), or lines of text.

use super::prepare::{Area, form};
use crate::pdf::filter::deflate;
use crate::pdf::font::{Face, Font, OutsideRepertoire, Repertoire};
use crate::pdf::writer::RevisionWriter;
use crate::pdf::{Dictionary, Object, Reference};
use crate::pki::Digest;
use std::sync::{Arc, Mutex};

/// Size of text in points (Decree 30/2020, App. I, II.8.b).
const SIZE: f64 = 10.0;
/// From one baseline to the next, in sizes.
const LEADING: f64 = 1.15;

/// Pixels an image may have: a seal of 40 mm at 600 dpi has about one million.
const PIXEL_LIMIT: usize = 16_000_000;

/// What a signature shows.
#[derive(Debug, Clone, Copy)]
pub enum Appearance<'a> {
    /// Nothing.
    None,
    /// A PNG, scaled to the field's height and width, its proportions kept.
    Image(&'a [u8]),
    /// Text in black, Times metrics, size 10 (Decree 30/2020, App. I, II.8.b).
    Text(&'a str),
}

/// Why an appearance can't be made.
#[derive(Debug, thiserror::Error)]
pub enum AppearanceError {
    /// The image is no PNG or too large.
    #[error("the image is no usable PNG: {0}")]
    Image(String),
    /// A character the font lacks.
    #[error(transparent)]
    Character(#[from] OutsideRepertoire),
    /// The program was built without its font.
    #[error("the font is missing")]
    Font,
}

/// Width and height a text takes, in points.
///
/// # Errors
/// When the font lacks a character.
pub fn room(text: &str) -> Result<(f64, f64), AppearanceError> {
    let font = Font::of(Face::Regular).ok_or(AppearanceError::Font)?;
    let (mut widest, mut count) = (0.0_f64, 0.0_f64);
    for line in text.lines() {
        widest = widest.max(font.encode(line)?.1);
        count += 1.0;
    }
    // What stands below the last baseline, and a little beside the last letter.
    Ok((widest * SIZE + 1.0, (count - 1.0).max(0.0) * SIZE * LEADING + SIZE * 1.3))
}

/// Bytes of packed pictures that are remembered: an agency signs everything with the same few.
const REMEMBERED: usize = 32 << 20;

/// Pixels and their opacity, deflated.
struct Picture {
    width: u32,
    height: u32,
    colours: Vec<u8>,
    opacity: Option<Vec<u8>>,
}

/// Pictures packed before, by the digest of their file, the latest last.
static PACKED: Mutex<Vec<(Vec<u8>, Arc<Picture>)>> = Mutex::new(Vec::new());

impl Picture {
    /// The picture of a PNG, packed now or before.
    fn of(png: &[u8]) -> Result<Arc<Self>, AppearanceError> {
        let digest = Digest::Sha256.of(png);
        let known = PACKED.lock().ok().and_then(|mut packed| {
            let at = packed.iter().position(|(known, _)| *known == digest)?;
            let found = packed.remove(at);
            packed.push(found);
            packed.last().map(|(_, picture)| Arc::clone(picture))
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let picture = Arc::new(decode(png)?);
        if let Ok(mut packed) = PACKED.lock() {
            packed.push((digest, Arc::clone(&picture)));
            while packed.iter().map(|(_, picture)| picture.size()).sum::<usize>() > REMEMBERED {
                packed.remove(0);
            }
        }
        Ok(picture)
    }

    fn size(&self) -> usize {
        self.colours.len() + self.opacity.as_ref().map_or(0, Vec::len)
    }
}

impl Appearance<'_> {
    /// Writes the appearance for a field; gives its stream.
    ///
    /// # Errors
    /// [`AppearanceError`].
    pub(super) fn write(
        &self,
        writer: &mut RevisionWriter<'_, '_>,
        area: &Area,
    ) -> Result<Reference, AppearanceError> {
        match self {
            Self::None => Ok(form(writer, area, Dictionary::default(), b"")),
            Self::Image(png) => image(writer, area, png),
            Self::Text(text) => lines(writer, area, text),
        }
    }
}

fn image(writer: &mut RevisionWriter<'_, '_>, area: &Area, png: &[u8]) -> Result<Reference, AppearanceError> {
    let pixels = Picture::of(png)?;
    let dictionary = |space: &str| {
        Dictionary::of(vec![
            ("Type", Object::name("XObject")),
            ("Subtype", Object::name("Image")),
            ("Width", Object::Integer(i64::from(pixels.width))),
            ("Height", Object::Integer(i64::from(pixels.height))),
            ("ColorSpace", Object::name(space)),
            ("BitsPerComponent", Object::Integer(8)),
        ])
    };
    let mut picture = dictionary("DeviceRGB");
    if let Some(opacity) = &pixels.opacity {
        let mask = writer.add_deflated_stream(dictionary("DeviceGray"), opacity.clone());
        picture.set("SMask", Object::Reference(mask));
    }
    let picture = writer.add_deflated_stream(picture, pixels.colours.clone());
    let proportion = f64::from(pixels.width) / f64::from(pixels.height.max(1));
    let (mut width, mut height) = (area.width, area.width / proportion);
    if height > area.height {
        (width, height) = (area.height * proportion, area.height);
    }
    let left = (area.width - width) / 2.0;
    let bottom = (area.height - height) / 2.0;
    let content = format!("q {width:.3} 0 0 {height:.3} {left:.3} {bottom:.3} cm /Im Do Q");
    let named = Dictionary::of(vec![("Im", Object::Reference(picture))]);
    let resources = Dictionary::of(vec![("XObject", Object::Dictionary(named))]);
    Ok(form(writer, area, resources, content.as_bytes()))
}

fn decode(png: &[u8]) -> Result<Picture, AppearanceError> {
    let broken = |error: &dyn std::fmt::Display| AppearanceError::Image(error.to_string());
    let mut decoder =
        png::Decoder::new_with_limits(std::io::Cursor::new(png), png::Limits { bytes: PIXEL_LIMIT * 8 });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| broken(&error))?;
    let size = reader.output_buffer_size().filter(|size| *size <= PIXEL_LIMIT * 4);
    let mut buffer = vec![0_u8; size.ok_or_else(|| broken(&"too many pixels"))?];
    let info = reader.next_frame(&mut buffer).map_err(|error| broken(&error))?;
    let samples = info.color_type.samples();
    let mut colours = Vec::new();
    let mut opacity = Vec::new();
    for pixel in buffer.chunks_exact(samples) {
        match pixel {
            [grey] => colours.extend([*grey; 3]),
            [grey, alpha] => {
                colours.extend([*grey; 3]);
                opacity.push(*alpha);
            }
            [red, green, blue] => colours.extend([*red, *green, *blue]),
            [red, green, blue, alpha] => {
                colours.extend([*red, *green, *blue]);
                opacity.push(*alpha);
            }
            _ => return Err(broken(&"unknown pixels")),
        }
    }
    let opacity = (!opacity.is_empty()).then(|| deflate(&opacity));
    Ok(Picture { width: info.width, height: info.height, colours: deflate(&colours), opacity })
}

fn lines(writer: &mut RevisionWriter<'_, '_>, area: &Area, text: &str) -> Result<Reference, AppearanceError> {
    let font = Font::of(Face::Regular).ok_or(AppearanceError::Font)?;
    let mut content = format!("q BT 0 g /F {SIZE} Tf {} TL 0 {:.3} Td\n", SIZE * LEADING, area.height - SIZE);
    for line in text.lines() {
        let (codes, _) = font.encode(line)?;
        content.push_str(&format!("<{}> Tj T*\n", hex::encode_upper(&codes)));
    }
    content.push_str("ET Q");
    let reference = font.embed(writer, Repertoire::Whole).ok_or(AppearanceError::Font)?;
    let named = Dictionary::of(vec![("F", Object::Reference(reference))]);
    let resources = Dictionary::of(vec![("Font", Object::Dictionary(named))]);
    Ok(form(writer, area, resources, content.as_bytes()))
}
