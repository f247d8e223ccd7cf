//! The signature block: the blank between the signer's title and name, at the right, beside the list
//! of recipients (Decree 30/2020, App. I, IV, boxes 7a to 7c and 9b).

use super::rows::{Row, rows};
use crate::pdf::text::{Glyph, Page, Pages};
use crate::profile::Profile;
use crate::signature::prepare::{Place, Rectangle};

/// A signature needs about 15 mm; less is only line spacing. Points.
const LEAST: f64 = 40.0;
/// More than this is no block any more, but the end of one thing and the beginning of another.
const MOST: f64 = 220.0;
/// A signature's picture is this high at most, in points.
const HIGH: f64 = 70.0;
/// Half the width of a signature's picture, in points.
const HALF: f64 = 60.0;

/// A line of the right half of a page.
struct Right {
    baseline: f64,
    left: f64,
    right: f64,
    size: f64,
}

/// Finds it: on the page with the recipients, else on the last page that has one.
pub(super) fn find(pages: &Pages, profile: &Profile) -> Option<Place> {
    let marked = profile.recognition.recipients.as_deref().and_then(|mark| {
        pages.pages.iter().enumerate().find_map(|(number, page)| {
            let rows = rows(number, page);
            let at = rows.iter().find(|row| begins(row, mark))?.baseline();
            // The title stands level with the mark, or is pushed up by a second line.
            let rectangle = on(page, &rows, Some(at + 40.0))?;
            Some(Place { page: number, rectangle })
        })
    });
    marked.or_else(|| {
        pages.pages.iter().enumerate().rev().find_map(|(number, page)| {
            let rectangle = on(page, &rows(number, page), None)?;
            Some(Place { page: number, rectangle })
        })
    })
}

fn begins(row: &Row<'_>, mark: &str) -> bool {
    let text: String = row.glyphs.iter().map(|glyph| glyph.text.trim()).collect();
    let mark: String = mark.chars().filter(|character| !character.is_whitespace()).collect();
    text.starts_with(&mark)
}

/// The tallest blank above a short line in the right half, below a height.
fn on(page: &Page, rows: &[Row<'_>], below: Option<f64>) -> Option<Rectangle> {
    let [x0, _, x1, _] = page.bounds;
    let middle = f64::midpoint(x0, x1) - 40.0;
    let lines: Vec<Right> = rows
        .iter()
        .filter(|row| below.is_none_or(|below| row.baseline() <= below))
        .filter_map(|row| {
            let shown = |glyph: &&&Glyph| !glyph.text.trim().is_empty();
            let visible = |glyph: &&&Glyph| shown(glyph) && glyph.x >= middle;
            let first = row.glyphs.iter().find(visible)?;
            let last = row.glyphs.iter().rev().find(visible)?;
            // Running text crosses the middle without a gap.
            let crosses = row.glyphs.iter().any(|glyph| {
                shown(&glyph) && glyph.x < middle && first.x - (glyph.x + glyph.advance) < first.size
            });
            (!crosses).then_some(Right {
                baseline: first.y,
                left: first.x,
                right: last.x + last.advance,
                size: first.size,
            })
        })
        .collect();
    let mut best: Option<(f64, Rectangle)> = None;
    for pair in lines.windows(2) {
        let [upper, lower] = pair else { continue };
        let blank = upper.baseline - lower.baseline - lower.size * 1.2;
        if !(LEAST..=MOST).contains(&blank) || best.as_ref().is_some_and(|(tallest, _)| blank <= *tallest) {
            continue;
        }
        // Title and name are centred on one axis.
        let (title, name) = (f64::midpoint(upper.left, upper.right), f64::midpoint(lower.left, lower.right));
        if (title - name).abs() > 60.0 {
            continue;
        }
        let centre = f64::midpoint(title, name).min(x1 - HALF).max(x0 + HALF);
        let bottom = lower.baseline + lower.size * 0.9;
        let top = (upper.baseline - upper.size * 0.3).min(bottom + HIGH);
        best = Some((blank, Rectangle { left: centre - HALF, bottom, right: centre + HALF, top }));
    }
    best.map(|(_, rectangle)| rectangle)
}
