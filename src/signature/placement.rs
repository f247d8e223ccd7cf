//! Where prepared fields go on a draft: found in the page's own text, or by the profile's geometry.
//!
//! The number goes into the gap between its label and the slash, or behind the label when nothing
//! follows; day and month go into the gaps of the date line; the personal signature goes above the
//! signer's name at the right of the last page with text, the seal over its left third
//! (Decree 30/2020, App. I, II.7–8).

use super::fill::{baseline, field_height};
use super::prepare::{Alignment, Place, Plan, Rectangle, TextField};
use crate::pdf::font::Face;
use crate::pdf::text::{Glyph, Page, Pages};
use crate::profile::Profile;

/// Name of the field of the digits, before a printed symbol.
pub const NUMBER: &str = "number";
/// Name of the field of number and symbol.
pub const NOTATION: &str = "notation";
/// Name of the field of a whole date line.
pub const DATE: &str = "date";
/// Name of the field of the day.
pub const DAY: &str = "day";
/// Name of the field of the month.
pub const MONTH: &str = "month";

/// How the number and date are to be filled in: what the gaps on the page hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NumberGap {
    /// The digits; the symbol is printed.
    Digits,
    /// Number and symbol.
    Whole,
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The plan for preparing.
    pub plan: Plan,
    /// What the number's field holds.
    pub number: NumberGap,
    /// Parts that the text didn't show and the profile's geometry placed.
    pub by_profile: Vec<&'static str>,
}

/// Why a draft can't be laid out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    /// No page could be read.
    #[error("no page of the draft can be read")]
    NoPage,
    /// The number stands there already.
    #[error("the draft carries a number already: {0}")]
    NumberPresent(String),
}

/// A row of glyphs on one baseline, left to right.
struct Row<'p> {
    page: usize,
    glyphs: Vec<&'p Glyph>,
    text: String,
}

/// Finds the places.
///
/// # Errors
/// [`PlacementError`].
pub fn find(pages: &Pages, profile: &Profile) -> Result<Found, PlacementError> {
    let first = pages.pages.first().ok_or(PlacementError::NoPage)?;
    let last = pages.pages.iter().rposition(|page| !page.glyphs.is_empty()).unwrap_or(0);
    let rows = rows(0, first);
    let mut by_profile = Vec::new();
    let mut texts = Vec::new();
    let number = match number_field(&rows, profile)? {
        Some((field, gap)) => {
            texts.push(field);
            gap
        }
        None => {
            by_profile.push("number");
            texts.push(text_field(
                NOTATION,
                0,
                fraction(first, profile.placement.number),
                Face::Regular,
                13.0,
            ));
            NumberGap::Whole
        }
    };
    let dates = date_fields(&rows);
    if dates.is_empty() {
        by_profile.push("date");
        texts.push(text_field(DATE, 0, fraction(first, profile.placement.date), Face::Italic, 13.0));
    }
    texts.extend(dates);
    let page = pages.pages.get(last).unwrap_or(first);
    let personal = match signature_block(last, page) {
        Some(rectangle) => rectangle,
        None => {
            by_profile.push("personal");
            fraction(page, profile.placement.personal)
        }
    };
    let seal = profile.placement.seal_diameter * 72.0 / 25.4;
    // The seal overlaps the left third of the personal signature and is centred on its height.
    let right = personal.left + personal.width() / 3.0;
    let middle = f64::midpoint(personal.bottom, personal.top);
    let agency =
        Rectangle { left: right - seal, bottom: middle - seal / 2.0, right, top: middle + seal / 2.0 };
    let plan = Plan {
        texts,
        personal: Place { page: last, rectangle: personal },
        agency: Some(Place { page: last, rectangle: agency }),
    };
    Ok(Found { plan, number, by_profile })
}

fn text_field(name: &str, page: usize, rectangle: Rectangle, face: Face, size: f64) -> TextField {
    TextField {
        name: name.to_owned(),
        place: Place { page, rectangle },
        face,
        size,
        alignment: Alignment::Left,
    }
}

fn fraction(page: &Page, part: [f64; 4]) -> Rectangle {
    let [left, bottom, right, top] = page.bounds;
    let (width, height) = (right - left, top - bottom);
    let [x0, y0, x1, y1] = part;
    Rectangle {
        left: left + width * x0,
        bottom: top - height * y1,
        right: left + width * x1,
        top: top - height * y0,
    }
}

fn rows(number: usize, page: &Page) -> Vec<Row<'_>> {
    let mut glyphs: Vec<&Glyph> = page.glyphs.iter().filter(|glyph| glyph.size > 1.0).collect();
    glyphs.sort_by(|a, b| b.y.partial_cmp(&a.y).unwrap_or(std::cmp::Ordering::Equal));
    let mut rows: Vec<Vec<&Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| (first.y - glyph.y).abs() < glyph.size * 0.33) => {
                row.push(glyph);
            }
            _ => rows.push(vec![glyph]),
        }
    }
    rows.into_iter()
        .map(|mut glyphs| {
            glyphs.sort_by(|a, b| a.x.partial_cmp(&b.x).unwrap_or(std::cmp::Ordering::Equal));
            let text = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
            Row { page: number, glyphs, text }
        })
        .collect()
}

/// Index of the glyph that follows `words` in a row; blanks between letters don't count.
fn after(row: &Row<'_>, words: &str, from: usize) -> Option<(usize, usize)> {
    let wanted: Vec<char> = words.chars().filter(|character| !character.is_whitespace()).collect();
    for start in from..row.glyphs.len() {
        let mut rest = wanted.as_slice();
        for (at, glyph) in row.glyphs.iter().enumerate().skip(start) {
            let letters: Vec<char> =
                glyph.text.chars().filter(|character| !character.is_whitespace()).collect();
            if letters.is_empty() {
                if at == start {
                    break;
                }
                continue;
            }
            let Some(left) = rest.strip_prefix(letters.as_slice()) else { break };
            rest = left;
            if rest.is_empty() {
                return Some((start, at + 1));
            }
        }
    }
    None
}

/// The blank from a glyph on to the next visible one: left, right edge, and that glyph.
fn gap<'r>(row: &'r Row<'_>, from: usize) -> (f64, Option<(f64, &'r str)>) {
    let left = from
        .checked_sub(1)
        .and_then(|before| row.glyphs.get(before))
        .map_or(0.0, |glyph| glyph.x + glyph.advance);
    let next = row
        .glyphs
        .get(from..)
        .unwrap_or_default()
        .iter()
        // Dots hold the place of what is to come.
        .find(|glyph| !glyph.text.trim().is_empty() && !matches!(glyph.text.as_str(), "." | "…" | "_"));
    (left, next.map(|glyph| (glyph.x, glyph.text.as_str())))
}

fn on_line(row: &Row<'_>, left: f64, right: f64, size: f64) -> Rectangle {
    let line = row.glyphs.first().map_or(0.0, |glyph| glyph.y);
    let bottom = line - baseline(size);
    Rectangle { left, bottom, right, top: bottom + field_height(size) }
}

fn number_field(
    rows: &[Row<'_>],
    profile: &Profile,
) -> Result<Option<(TextField, NumberGap)>, PlacementError> {
    let label = &profile.numbering.label;
    for row in rows {
        let Some((start, from)) = after(row, label, 0) else { continue };
        let Some(first) = row.glyphs.get(start) else { continue };
        let size = first.size.round().clamp(8.0, 16.0);
        let (left, next) = gap(row, from);
        let (right, kind) = match next {
            Some((x, text)) if text.starts_with('/') => (x - 0.3, NumberGap::Digits),
            Some((_, text)) if text.starts_with(|character: char| character.is_ascii_digit()) => {
                return Err(PlacementError::NumberPresent(row.text.trim().to_owned()));
            }
            // The date line follows on the same height: the number ends well before it.
            Some((x, _)) => ((x - 12.0).min(left + 160.0), NumberGap::Whole),
            None => (left + 160.0, NumberGap::Whole),
        };
        let left = left + 2.0;
        if right - left < size {
            continue;
        }
        let rectangle = on_line(row, left, right, size);
        let name = if kind == NumberGap::Digits { NUMBER } else { NOTATION };
        let mut field = text_field(name, row.page, rectangle, Face::Regular, size);
        if kind == NumberGap::Digits {
            field.alignment = Alignment::Right;
        }
        return Ok(Some((field, kind)));
    }
    Ok(None)
}

/// The gaps of day and month.
fn date_fields(rows: &[Row<'_>]) -> Vec<TextField> {
    for row in rows {
        let Some((_, day)) = after(row, "ngày", 0) else { continue };
        let Some((month_word, month)) = after(row, "tháng", day) else { continue };
        let Some((year_word, _)) = after(row, "năm", month) else { continue };
        let edge = |at: usize| row.glyphs.get(at).map_or(0.0, |glyph| glyph.x);
        let size = row.glyphs.get(month_word).map_or(13.0, |glyph| glyph.size.round().clamp(8.0, 16.0));
        let mut fields = Vec::new();
        for (name, from, until) in [(DAY, day, edge(month_word)), (MONTH, month, edge(year_word))] {
            let (left, _) = gap(row, from);
            if until - left < size {
                return Vec::new();
            }
            let mut field =
                text_field(name, row.page, on_line(row, left + 0.5, until - 0.5, size), Face::Italic, size);
            field.alignment = Alignment::Centre;
            fields.push(field);
        }
        return fields;
    }
    Vec::new()
}

/// The blank between the signer's title and name: the tallest blank above a short line in the right
/// half of the page.
fn signature_block(number: usize, page: &Page) -> Option<Rectangle> {
    let [left, _, right, _] = page.bounds;
    let middle = f64::midpoint(left, right);
    let rows = rows(number, page);
    // Lines of the right half, top to bottom: (baseline, left, right, size).
    let lines: Vec<(f64, f64, f64, f64)> = rows
        .iter()
        .filter_map(|row| {
            let visible = |glyph: &&&Glyph| !glyph.text.trim().is_empty() && glyph.x >= middle - 40.0;
            let first = row.glyphs.iter().find(visible)?;
            let last = row.glyphs.iter().rev().find(visible)?;
            let starts_left = row.glyphs.iter().any(|glyph| {
                !glyph.text.trim().is_empty()
                    && glyph.x < middle - 40.0
                    && first.x - (glyph.x + glyph.advance) < first.size
            });
            (!starts_left).then_some((first.y, first.x, last.x + last.advance, first.size))
        })
        .collect();
    let mut best: Option<(f64, Rectangle)> = None;
    for pair in lines.windows(2) {
        let [(upper, a, b, _), (lower, c, d, size)] = pair else { continue };
        let blank = upper - lower - size * 1.2;
        // A signature needs about 15 mm; less is only line spacing.
        if blank < 40.0 || best.as_ref().is_some_and(|(tallest, _)| blank <= *tallest) {
            continue;
        }
        let centre = f64::midpoint(a.min(*c), b.max(*d));
        let half = 60.0;
        let bottom = lower + size * 0.9;
        let top = (upper - 4.0).min(bottom + 70.0);
        best = Some((blank, Rectangle { left: centre - half, bottom, right: centre + half, top }));
    }
    best.map(|(_, rectangle)| rectangle)
}
