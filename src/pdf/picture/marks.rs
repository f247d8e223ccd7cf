//! Marks drawn over a painted page and beside it: areas, frames, discs, letters, blended straight into its pixels. The
//! painter of pages could draw them too, but takes as long for a few of them as for the page.

use super::{Colour, Raster, Scene, Shape};
use crate::pdf::font;
use ab_glyph_rasterizer::{Rasterizer, point};
use std::collections::HashMap;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Places within a pixel that letters begin at.
const PLACES: f64 = 2.0;
/// Dashes of a broken line and the gaps between, in points.
const DASH: [f64; 2] = [4.0, 3.0];
/// Pixels a letter is high or wide at most.
const LETTER: f64 = 400.0;
/// Pieces a broken frame is made of at most.
const PIECES: usize = 20_000;

/// Draws a scene over a picture that has `scale` pixels a point.
pub(super) fn draw(scene: &Scene, raster: &mut Raster, scale: f64) {
    let Ok(face) = Face::parse(font::UPRIGHT, 0) else { return };
    let mut canvas = Canvas { raster, scale, face, letters: HashMap::new() };
    for shape in &scene.shapes {
        match shape {
            Shape::Frame { bounds, colour, width, dashed: false } => {
                for side in sides(*bounds, *width) {
                    canvas.area(side, *colour, 255);
                }
            }
            Shape::Frame { bounds, colour, width, dashed: true } => {
                for dash in dashes(*bounds, *width) {
                    canvas.area(dash, *colour, 255);
                }
            }
            Shape::Area { bounds, colour, opacity } => canvas.area(*bounds, *colour, *opacity),
            Shape::Disc { centre, radius, colour } => canvas.disc(*centre, *radius, *colour),
            Shape::Text { start, size, centred, colour, text } => {
                canvas.text(*start, *size, *centred, *colour, text);
            }
        }
    }
}

/// The four sides of a frame, which share no point.
fn sides([left, top, right, bottom]: [f64; 4], width: f64) -> [[f64; 4]; 4] {
    let half = width / 2.0;
    [
        [left - half, top - half, right + half, top + half],
        [left - half, bottom - half, right + half, bottom + half],
        [left - half, top + half, left + half, bottom - half],
        [right - half, top + half, right + half, bottom - half],
    ]
}

/// The dashes of a broken frame.
fn dashes([left, top, right, bottom]: [f64; 4], width: f64) -> Vec<[f64; 4]> {
    let (half, [dash, gap]) = (width / 2.0, DASH);
    let along = |from: f64, to: f64| {
        let starts = std::iter::successors(Some(from), move |at| Some(at + dash + gap));
        starts.take_while(move |at| *at < to).take(PIECES / 4).map(move |at| (at, (at + dash).min(to)))
    };
    let across =
        along(left, right).flat_map(|(from, to)| [top, bottom].map(|y| [from, y - half, to, y + half]));
    let down =
        along(top, bottom).flat_map(|(from, to)| [left, right].map(|x| [x - half, from, x + half, to]));
    across.chain(down).collect()
}

/// How much of each pixel of its box a letter covers.
struct Letter {
    /// From where the letter begins on the baseline to the box.
    left: i32,
    top: i32,
    width: usize,
    covered: Vec<u8>,
}

struct Canvas<'r> {
    raster: &'r mut Raster,
    /// Pixels a point.
    scale: f64,
    face: Face<'static>,
    /// By glyph, size, and place within the pixel.
    letters: HashMap<(GlyphId, u64, u64), Option<Letter>>,
}

impl Canvas<'_> {
    /// The pixels of a row, from one to another.
    fn row(&mut self, row: i32, from: i32, to: i32) -> &mut [u8] {
        let width = usize::from(self.raster.width);
        let place = |column: i32| usize::try_from(column).unwrap_or(0).min(width);
        let (from, to) = (place(from), place(to));
        let row = usize::try_from(row).ok().filter(|row| *row < usize::from(self.raster.height));
        let pixels = row.and_then(|row| {
            let (from, to) = ((row * width + from) * 3, (row * width + to) * 3);
            self.raster.rgb.get_mut(from..to)
        });
        pixels.unwrap_or_default()
    }

    fn area(&mut self, bounds: [f64; 4], colour: Colour, opacity: u8) {
        let [left, top, right, bottom] = bounds.map(|length| length * self.scale);
        let (left, right) = (left.max(0.0), right.min(f64::from(self.raster.width)));
        let (top, bottom) = (top.max(0.0), bottom.min(f64::from(self.raster.height)));
        if left >= right || top >= bottom {
            return;
        }
        // How much of a pixel lies between two edges.
        let share = |at: i32, from: f64, to: f64| {
            let at = f64::from(at);
            (to.min(at + 1.0) - from.max(at)).clamp(0.0, 1.0)
        };
        let opacity = f64::from(opacity);
        let (first, last) = (floor(left), floor(right.ceil()) - 1);
        for row in floor(top)..floor(bottom.ceil()) {
            let opacity = opacity * share(row, top, bottom);
            let edge = |column: i32| level(opacity * share(column, left, right));
            let (before, behind) = (edge(first), edge(last));
            blend(self.row(row, first, first + 1), colour, before);
            blend(self.row(row, first + 1, last), colour, level(opacity));
            if last > first {
                blend(self.row(row, last, last + 1), colour, behind);
            }
        }
    }

    fn disc(&mut self, centre: [f64; 2], radius: f64, colour: Colour) {
        let ([x, y], radius) = (centre.map(|length| length * self.scale), radius * self.scale);
        let reach = |middle: f64, side: u16| {
            let from = (middle - radius - 1.0).max(0.0);
            let to = (middle + radius + 1.0).min(f64::from(side));
            floor(from)..floor(to.ceil())
        };
        let columns = reach(x, self.raster.width);
        for row in reach(y, self.raster.height) {
            for column in columns.clone() {
                // As far inside as outside the edge makes half a pixel.
                let (across, down) = (f64::from(column) + 0.5 - x, f64::from(row) + 0.5 - y);
                let inside = (radius + 0.5 - across.hypot(down)).clamp(0.0, 1.0);
                blend(self.row(row, column, column + 1), colour, level(inside * 255.0));
            }
        }
    }

    fn text(&mut self, start: [f64; 2], size: f64, centred: bool, colour: Colour, text: &str) {
        let [mut x, y] = start.map(|length| length * self.scale);
        let size = size * self.scale;
        let unit = size / f64::from(self.face.units_per_em().max(1));
        let glyph = |letter| self.face.glyph_index(letter).unwrap_or_default();
        let advance = |glyph| f64::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * unit;
        let glyphs: Vec<_> = text.chars().map(glyph).map(|glyph| (glyph, advance(glyph))).collect();
        if centred {
            x -= glyphs.iter().map(|(_, advance)| advance).sum::<f64>() / 2.0;
        }
        let mut letters = std::mem::take(&mut self.letters);
        for (glyph, advance) in glyphs {
            // Letters that begin at one of a few places within a pixel look alike: each is drawn once.
            let place = (x * PLACES).round();
            let (column, place) = ((place / PLACES).floor(), place.rem_euclid(PLACES) / PLACES);
            let key = (glyph, unit.to_bits(), place.to_bits());
            let letter = letters.entry(key).or_insert_with(|| letter(&self.face, glyph, unit, place));
            if let Some(letter) = letter {
                self.letter(letter, [floor(column), floor(y.round())], colour);
            }
            x += advance;
        }
        self.letters = letters;
    }

    fn letter(&mut self, letter: &Letter, [column, row]: [i32; 2], colour: Colour) {
        let (left, top) = (column.saturating_add(letter.left), row.saturating_add(letter.top));
        for (row, covered) in (top..).zip(letter.covered.chunks(letter.width.max(1))) {
            for (column, covered) in (left..).zip(covered) {
                if *covered > 0 && column >= 0 {
                    blend(self.row(row, column, column + 1), colour, *covered);
                }
            }
        }
    }
}

/// Lays a colour over pixels.
fn blend(pixels: &mut [u8], colour: Colour, opacity: u8) {
    if opacity == u8::MAX {
        pixels.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&colour));
        return;
    }
    let (own, other) = (u32::from(opacity), 255 - u32::from(opacity));
    let added = colour.map(|channel| u32::from(channel) * own + 127);
    for pixel in pixels.chunks_exact_mut(3) {
        for (channel, added) in pixel.iter_mut().zip(added) {
            *channel = u8::try_from((u32::from(*channel) * other + added) / 255).unwrap_or(255);
        }
    }
}

/// A letter drawn from a place within a pixel, `unit` pixels a unit of the font; none when it shows nothing.
fn letter(face: &Face<'_>, glyph: GlyphId, unit: f64, place: f64) -> Option<Letter> {
    let bounds = face.glyph_bounding_box(glyph)?;
    let (left, right) = (f64::from(bounds.x_min) * unit + place, f64::from(bounds.x_max) * unit + place);
    // Fonts measure upwards.
    let (top, bottom) = (-f64::from(bounds.y_max) * unit, -f64::from(bounds.y_min) * unit);
    let (left, top) = (left.floor(), top.floor());
    let (width, height) = (right.ceil() - left + 1.0, bottom.ceil() - top + 1.0);
    if !(1.0..LETTER).contains(&width) || !(1.0..LETTER).contains(&height) {
        return None;
    }
    let (width, height) = (usize::try_from(floor(width)).ok()?, usize::try_from(floor(height)).ok()?);
    let mut pen = Pen {
        rasterizer: Rasterizer::new(width, height),
        unit: single(unit),
        origin: point(single(place - left), single(-top)),
        start: point(0.0, 0.0),
        last: point(0.0, 0.0),
    };
    face.outline_glyph(glyph, &mut pen)?;
    let mut covered = Vec::with_capacity(width * height);
    pen.rasterizer.for_each_pixel(|_, share| covered.push(level(f64::from(share) * 255.0)));
    Some(Letter { left: floor(left), top: floor(top), width, covered })
}

/// The outline of a glyph being drawn.
struct Pen {
    rasterizer: Rasterizer,
    unit: f32,
    origin: ab_glyph_rasterizer::Point,
    start: ab_glyph_rasterizer::Point,
    last: ab_glyph_rasterizer::Point,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> ab_glyph_rasterizer::Point {
        point(self.origin.x + x * self.unit, self.origin.y - y * self.unit)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        (self.start, self.last) = (self.place(x, y), self.place(x, y));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_line(self.last, to);
        self.last = to;
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_quad(self.last, self.place(x1, y1), to);
        self.last = to;
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let to = self.place(x, y);
        self.rasterizer.draw_cubic(self.last, self.place(x1, y1), self.place(x2, y2), to);
        self.last = to;
    }
    fn close(&mut self) {
        self.rasterizer.draw_line(self.last, self.start);
        self.last = self.start;
    }
}

#[expect(clippy::as_conversions, reason = "saturates; what is beyond the picture is cut off anyway")]
fn floor(value: f64) -> i32 {
    value.floor() as i32
}

#[expect(clippy::as_conversions, reason = "saturates, and is rounded")]
fn level(value: f64) -> u8 {
    (value + 0.5) as u8
}

#[expect(clippy::as_conversions, reason = "pixels of one letter, to a fraction that doesn't show")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(shape: Shape) -> Raster {
        let mut raster = Raster { width: 30, height: 20, rgb: vec![255; 30 * 20 * 3] };
        draw(&Scene { width: 30.0, height: 20.0, shapes: vec![shape] }, &mut raster, 1.0);
        raster
    }

    fn at(raster: &Raster, x: usize, y: usize) -> u8 {
        raster.rgb[(y * 30 + x) * 3]
    }

    #[test]
    fn an_area_covers_its_pixels_and_shares_those_at_its_edges() {
        let raster = drawn(Shape::Area { bounds: [2.0, 3.5, 5.0, 6.0], colour: [0; 3], opacity: 255 });
        assert_eq!(
            [at(&raster, 1, 4), at(&raster, 2, 4), at(&raster, 4, 5), at(&raster, 5, 5)],
            [255, 0, 0, 255]
        );
        assert!((127..=128).contains(&at(&raster, 3, 3)) && at(&raster, 3, 6) == 255);
        let narrow = drawn(Shape::Area { bounds: [2.25, 0.0, 2.75, 20.0], colour: [0; 3], opacity: 255 });
        assert!((127..=128).contains(&at(&narrow, 2, 9)) && at(&narrow, 3, 9) == 255);
        let beyond = drawn(Shape::Area { bounds: [-9.0, -9.0, 1e9, 1e300], colour: [0; 3], opacity: 51 });
        assert!(beyond.rgb.iter().all(|channel| *channel == 204));
    }

    #[test]
    fn a_disc_is_as_large_as_its_radius_says() {
        let raster = drawn(Shape::Disc { centre: [15.0, 10.0], radius: 6.0, colour: [0; 3] });
        let ink: f64 = raster.rgb.iter().map(|channel| f64::from(255 - channel) / 255.0).sum::<f64>() / 3.0;
        assert!((ink - std::f64::consts::PI * 36.0).abs() < 1.0, "{ink}");
    }

    #[test]
    fn letters_with_marks_stand_on_their_baseline() {
        let text = |text: &str| Shape::Text {
            start: [4.0, 16.0],
            size: 12.0,
            centred: false,
            colour: [0; 3],
            text: text.to_owned(),
        };
        let raster = drawn(text("ế"));
        let rows: Vec<usize> = (0..20).filter(|y| (0..30).any(|x| at(&raster, x, *y) < 128)).collect();
        // An e is as high as 0.46 of the size; the two marks above it come near the height of capitals and more.
        assert!(
            rows.first().is_some_and(|top| (4..=8).contains(top)) && rows.last() == Some(&15),
            "{rows:?}"
        );
        let plain = drawn(text("e"));
        let top = (0..20).find(|y| (0..30).any(|x| at(&plain, x, *y) < 128));
        assert!(top.is_some_and(|top| (9..=11).contains(&top)), "{top:?}");
        assert!(drawn(text(" ")).rgb.iter().all(|channel| *channel == 255));
    }

    #[test]
    fn a_broken_frame_has_gaps_and_a_whole_one_has_none() {
        let frame = |dashed| {
            drawn(Shape::Frame { bounds: [2.0, 2.0, 28.0, 18.0], colour: [0; 3], width: 2.0, dashed })
        };
        let gaps = |raster: &Raster| (2..28).filter(|x| at(raster, *x, 2) > 128).count();
        assert_eq!(gaps(&frame(false)), 0);
        assert!((6..=14).contains(&gaps(&frame(true))));
        assert_eq!(at(&frame(false), 15, 10), 255);
    }
}
