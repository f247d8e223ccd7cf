//! The pages of a PDF with its findings drawn on them, so that one look explains all: each finding a
//! numbered frame where it is, its sentence in a column beside the page, and for margins the zone the
//! text should begin in.

use super::metrics;
use super::report::{Finding, Report};
use crate::messages::{Language, message};
use crate::pdf::picture::{self, Colour, PictureError, Raster, Scene, Shape};
use crate::pdf::text::Limits;
use crate::profile::{Measure, Profile, Severity, Side};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;
/// Width of the column beside the page, in points.
const COLUMN: f64 = 210.0;
/// Space around what is written in it.
const GAP: f64 = 12.0;
/// Size of its text.
const SIZE: f64 = 10.0;
/// From one of its lines to the next.
const PITCH: f64 = 12.5;
/// Findings drawn on one page; more are counted.
const DRAWN: usize = 60;
/// Lines a finding takes.
const LINES: usize = 6;
/// Radius of a number's disc.
const RADIUS: f64 = 6.5;

const INK: Colour = [0x22, 0x22, 0x22];
const PAPER: Colour = [0xff, 0xff, 0xff];
const ZONE: Colour = [0x1b, 0x8a, 0x3c];

/// What a picture is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Pixels.
    Png,
    /// The page as pixels, the findings as shapes and text over it.
    Svg,
}

impl Encoding {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// The pages (from 1) that have findings to draw; none of a DOCX, whose pages only layout knows.
#[must_use]
pub fn pages(report: &Report) -> Vec<usize> {
    let mut pages: Vec<usize> = report.findings.iter().filter_map(|finding| finding.page).collect();
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// A page (from 1) of the file with the findings of its report, as pixels.
///
/// # Errors
/// [`PictureError`].
pub fn paint(
    bytes: &[u8],
    report: &Report,
    profile: &Profile,
    page: usize,
    language: Language,
    limits: &Limits,
) -> Result<Raster, PictureError> {
    let number = page.checked_sub(1).ok_or(PictureError::NoPage)?;
    picture::paint(bytes, number, limits, &|size| scene(report, profile, page, language, size))
}

/// A page (from 1) of the file with the findings of its report, encoded.
///
/// # Errors
/// [`PictureError`].
pub fn draw(
    bytes: &[u8],
    report: &Report,
    profile: &Profile,
    page: usize,
    encoding: Encoding,
    language: Language,
    limits: &Limits,
) -> Result<Vec<u8>, PictureError> {
    let number = page.checked_sub(1).ok_or(PictureError::NoPage)?;
    match encoding {
        Encoding::Png => paint(bytes, report, profile, page, language, limits)?.png(),
        Encoding::Svg => {
            let size = std::cell::Cell::new([0.0; 2]);
            let bare = |found: [f64; 2]| {
                size.set(found);
                Scene::default()
            };
            let picture = picture::paint(bytes, number, limits, &bare)?;
            let size = size.get();
            Ok(svg(&scene(report, profile, page, language, size), size, &picture)?.into_bytes())
        }
    }
}

fn colour(severity: Severity) -> Colour {
    match severity {
        Severity::Error => [0xc4, 0x1e, 0x1e],
        Severity::Warning => [0xb3, 0x5c, 0x00],
        Severity::Info => [0x1d, 0x5f, 0xb4],
    }
}

/// What is drawn over a page of this size and beside it.
fn scene(
    report: &Report,
    profile: &Profile,
    page: usize,
    language: Language,
    [width, height]: [f64; 2],
) -> Scene {
    let findings: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.page == Some(page)).collect();
    let mut shapes = Vec::new();
    let mut legend =
        Legend { shapes: Vec::new(), left: width + GAP, right: width + COLUMN - GAP, y: GAP + SIZE };
    let count = findings.len().to_string();
    let title = message("overlay_title", &[("page", &page.to_string()), ("count", &count)]);
    legend.write(title.in_language(language), SIZE + 1.0, INK, LINES);
    legend.y += PITCH / 2.0;
    let mut whole = 0_u32;
    let mut badges: Vec<[f64; 2]> = Vec::new();
    for (at, finding) in findings.iter().take(DRAWN).enumerate() {
        let colour = colour(finding.severity);
        let number = (at + 1).to_string();
        let place = finding.bounds.unwrap_or_default().map(|length| length * POINTS);
        let is_whole = place[2] - place[0] > width * 0.98 && place[3] - place[1] > height * 0.98;
        let measure = profile.rules.iter().find(|rule| rule.id == finding.rule).map(|rule| &rule.measure);
        let badge = match (measure, is_whole) {
            (Some(Measure::Margin { side, range, .. }), true) => {
                margin(&mut shapes, *side, *range, &finding.found, colour, [width, height])
            }
            (_, true) => {
                let inset = 4.0 + 3.0 * f64::from(whole);
                whole += 1;
                let bounds = [inset, inset, width - inset, height - inset];
                shapes.push(Shape::Frame { bounds, colour, width: 1.2, dashed: true });
                [20.0 + 16.0 * f64::from(whole), 14.0]
            }
            (_, false) => framed(&mut shapes, place, colour, [width, height]),
        };
        let badge = free(badge, &badges, height);
        badges.push(badge);
        shapes.extend(numbered(badge, &number, colour));
        let clause = profile.clause(&finding.basis, language);
        legend.entry(finding, &number, colour, &clause, language);
    }
    if findings.len() > DRAWN {
        let more = (findings.len() - DRAWN).to_string();
        legend.write(message("overlay_more", &[("count", &more)]).in_language(language), SIZE, INK, 2);
    }
    let total = height.max(legend.y + GAP);
    let column = [width, 0.0, width + COLUMN, total];
    shapes.push(Shape::Area { bounds: column, colour: [0xf4, 0xf2, 0xec], opacity: 255 });
    if total > height {
        let below = [0.0, height, width, total];
        shapes.push(Shape::Area { bounds: below, colour: [0xf4, 0xf2, 0xec], opacity: 255 });
    }
    let edge = [width, 0.0, width + 0.8, total];
    shapes.push(Shape::Area { bounds: edge, colour: [0xb8, 0xb2, 0xa2], opacity: 255 });
    shapes.extend(legend.shapes);
    Scene { width: width + COLUMN, height: total, shapes }
}

/// A frame around something on the page, and where its number goes: before it, or above it where
/// there is no room.
fn framed(shapes: &mut Vec<Shape>, place: [f64; 4], colour: Colour, [width, height]: [f64; 2]) -> [f64; 2] {
    let [left, top, right, bottom] = place;
    let within = |value: f64, limit: f64| value.clamp(1.0, (limit - 1.0).max(1.0));
    let bounds = [
        within(left - 2.0, width),
        within(top - 1.5, height),
        within(right + 2.0, width),
        within(bottom + 1.5, height),
    ];
    shapes.push(Shape::Area { bounds, colour, opacity: 26 });
    shapes.push(Shape::Frame { bounds, colour, width: 1.2, dashed: false });
    let [left, top, ..] = bounds;
    let before = left - RADIUS - 2.0;
    if before > RADIUS {
        [before, (top + bounds[3]) / 2.0]
    } else {
        [left + RADIUS, (top - RADIUS - 1.0).max(RADIUS)]
    }
}

/// The zone a margin may end in, and where it ends.
fn margin(
    shapes: &mut Vec<Shape>,
    side: Side,
    [least, greatest]: [f64; 2],
    found: &str,
    colour: Colour,
    [width, height]: [f64; 2],
) -> [f64; 2] {
    let number: String = found.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let seen = number.parse::<f64>().ok().map(|value| value * POINTS);
    let strip = |near: f64, far: f64| match side {
        Side::Left => [near, 0.0, far, height],
        Side::Right => [width - far, 0.0, width - near, height],
        Side::Top => [0.0, near, width, far],
        Side::Bottom => [0.0, height - far, width, height - near],
    };
    let zone = strip(least * POINTS, (greatest * POINTS).max(least * POINTS + 1.0));
    shapes.push(Shape::Area { bounds: zone, colour: ZONE, opacity: 40 });
    let seen = seen.filter(|seen| (0.0..width.max(height)).contains(seen)).unwrap_or(least * POINTS);
    let line = strip(seen - 0.7, seen + 0.7);
    shapes.push(Shape::Area { bounds: line, colour, opacity: 255 });
    match side {
        Side::Left | Side::Right => [(line[0] + line[2]) / 2.0, 40.0],
        Side::Top | Side::Bottom => [width / 2.0, (line[1] + line[3]) / 2.0],
    }
}

/// The place nearest to one where no other number lies: to the left of it, then below and above.
fn free([x, y]: [f64; 2], taken: &[[f64; 2]], height: f64) -> [f64; 2] {
    const STEP: f64 = 2.0 * RADIUS + 1.0;
    let lies = |[x, y]: [f64; 2]| taken.iter().any(|[a, b]| (a - x).hypot(b - y) < 2.0 * RADIUS);
    let rows = (0..DRAWN).flat_map(|row| {
        let down = STEP * f64::from(u32::try_from(row).unwrap_or(0));
        if row == 0 { vec![0.0] } else { vec![down, -down] }
    });
    let places = rows.flat_map(|down| {
        let columns = std::iter::successors(Some(x), |x| Some(x - STEP)).take_while(|x| *x > RADIUS);
        columns.map(move |x| [x, y + down]).collect::<Vec<_>>()
    });
    let mut inside = places.filter(|[_, y]| *y > RADIUS && *y < height - RADIUS);
    inside.find(|place| !lies(*place)).unwrap_or([x, y])
}

fn numbered([x, y]: [f64; 2], number: &str, colour: Colour) -> [Shape; 2] {
    let size = if number.len() > 1 { 7.5 } else { 9.0 };
    [
        Shape::Disc { centre: [x, y], radius: RADIUS, colour },
        Shape::Text {
            start: [x, y + size * 0.34],
            size,
            centred: true,
            colour: PAPER,
            text: number.to_owned(),
        },
    ]
}

/// The column beside the page, being written.
struct Legend {
    shapes: Vec<Shape>,
    left: f64,
    right: f64,
    y: f64,
}

impl Legend {
    fn entry(&mut self, finding: &Finding, number: &str, colour: Colour, clause: &str, language: Language) {
        let middle = [self.left + RADIUS, self.y - SIZE * 0.32];
        self.shapes.extend(numbered(middle, number, colour));
        let left = self.left;
        self.left += 2.0 * RADIUS + 5.0;
        self.write(finding.message.in_language(language), SIZE, INK, LINES);
        let [expected, found] = finding.words(language);
        let said = message("overlay_found", &[("found", found), ("expected", expected)]);
        self.write(said.in_language(language), SIZE - 1.0, colour, 3);
        let source = if finding.estimate { "overlay_basis_estimate" } else { "overlay_basis" };
        let basis = message(source, &[("basis", clause), ("rule", &finding.rule)]);
        self.write(basis.in_language(language), SIZE - 2.0, [0x66, 0x62, 0x58], 2);
        self.left = left;
        self.y += PITCH * 0.5;
    }

    /// Writes a text in lines that fit, at most so many.
    fn write(&mut self, text: &str, size: f64, colour: Colour, most: usize) {
        let room = self.right - self.left;
        for line in wrapped(text, size, room, most) {
            let start = [self.left, self.y];
            self.shapes.push(Shape::Text { start, size, centred: false, colour, text: line });
            self.y += PITCH * size / SIZE;
        }
    }
}

/// A text in lines of a width in points; what is too much ends in an ellipsis.
fn wrapped(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let width = |text: &str| metrics::width(text, size, false, false) * POINTS;
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        // A word no line holds is cut.
        let word: String = word.chars().take(60).collect();
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() || width(&format!("{line} {word}")) <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        } else if lines.len() == most {
            lines.last_mut().into_iter().for_each(|line| line.push('…'));
            break;
        } else {
            lines.push(word);
        }
    }
    lines
}

fn svg(scene: &Scene, [width, height]: [f64; 2], page: &Raster) -> Result<String, PictureError> {
    use std::fmt::Write;
    let escaped = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let hex = |colour: &Colour| format!("#{}", hex::encode(colour));
    let rectangle = |[left, top, right, bottom]: &[f64; 4]| {
        format!(r#"x="{left:.2}" y="{top:.2}" width="{:.2}" height="{:.2}""#, right - left, bottom - top)
    };
    let mut text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{0:.2}pt" height="{1:.2}pt" viewBox="0 0 {0:.2} {1:.2}" font-family="'Times New Roman', 'Liberation Serif', serif">"#,
        scene.width, scene.height
    );
    let _ = writeln!(
        text,
        r#"<image width="{width:.2}" height="{height:.2}" preserveAspectRatio="none" href="data:image/png;base64,{}"/>"#,
        STANDARD.encode(page.png()?)
    );
    for shape in &scene.shapes {
        let _ = match shape {
            Shape::Frame { bounds, colour, width, dashed } => {
                let dashes = if *dashed { r#" stroke-dasharray="4 3""# } else { "" };
                let (place, colour) = (rectangle(bounds), hex(colour));
                writeln!(
                    text,
                    r#"<rect {place} fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>"#
                )
            }
            Shape::Area { bounds, colour, opacity } => {
                let (place, colour) = (rectangle(bounds), hex(colour));
                let opacity = f64::from(*opacity) / 255.0;
                writeln!(text, r#"<rect {place} fill="{colour}" fill-opacity="{opacity:.3}"/>"#)
            }
            Shape::Disc { centre: [x, y], radius, colour } => {
                writeln!(text, r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" fill="{}"/>"#, hex(colour))
            }
            Shape::Text { start: [x, y], size, centred, colour, text: said } => {
                let anchor = if *centred { r#" text-anchor="middle""# } else { "" };
                let (colour, said) = (hex(colour), escaped(said));
                writeln!(
                    text,
                    r#"<text x="{x:.2}" y="{y:.2}" font-size="{size}" fill="{colour}"{anchor}>{said}</text>"#
                )
            }
        };
    }
    text.push_str("</svg>\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_place_lie_beside_and_below_each_other() {
        let mut taken: Vec<[f64; 2]> = Vec::new();
        for _ in 0..DRAWN {
            let place = free([60.0, 400.0], &taken, 842.0);
            assert!(place[0] > RADIUS && place[1] > RADIUS && place[1] < 842.0 - RADIUS, "{place:?}");
            assert!(
                taken.iter().all(|[x, y]| (x - place[0]).hypot(y - place[1]) >= 2.0 * RADIUS),
                "{place:?}"
            );
            taken.push(place);
        }
        assert_eq!(free([60.0, 100.0], &taken[..1], 842.0), [60.0, 100.0], "others stay where they are");
    }
}
