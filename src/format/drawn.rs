//! What a page of a PDF shows beside its text: lines, tables, pictures, and its number.

use super::facts::{Line, Sheet, line_of_characters, place};
use super::figures;
use super::setting::{Drawn, PageNumber, Shown, Stroke};
use crate::pdf::text::Page;

/// Strokes this close are one line, drawn twice or piece by piece, in millimetres.
const SAME: f64 = 0.7;
/// Lines kept of a page.
const LINES: usize = 2_000;
/// Page numbers stand this near the edge of the page, in millimetres.
const EDGE: f64 = 26.0;

/// A box of the page in millimetres from the top left, as it is shown.
fn boxed(page: &Page, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
    let (a, b) = (place(page, left, bottom), place(page, right, top));
    [a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)]
}

/// Lines and tables of a page, and those of the tables that have columns.
pub(super) fn strokes(number: usize, page: &Page) -> (Vec<Drawn>, Vec<[f64; 4]>, Vec<[f64; 4]>) {
    let (mut across, mut along) = (Vec::new(), Vec::new());
    for bounds in page.strokes.iter().map(|bounds| boxed(page, *bounds)) {
        let [left, top, right, bottom] = bounds;
        if right - left >= bottom - top { across.push(bounds) } else { along.push(bounds) }
    }
    let across = merged(across);
    // Tables may have lines of dashes; a line under a title is solid.
    let mut grid = across.clone();
    for bounds in page.dashed.iter().map(|bounds| boxed(page, *bounds)) {
        let [left, top, right, bottom] = bounds;
        if right - left >= bottom - top { grid.push(bounds) } else { along.push(bounds) }
    }
    let tables = tables(&grid, &along);
    let divided = tables.iter().filter(|table| has_columns(table, &along)).copied().collect();
    let drawn = across.into_iter().take(LINES).map(|bounds| Drawn {
        page: number,
        bounds,
        length: bounds[2] - bounds[0],
        stroke: Stroke::Shape,
        paragraph: None,
        cell: None,
    });
    (drawn.collect(), tables, divided)
}

/// Takes the lines out that stand at the foot of a page below a line as wide as the text: an address, in
/// small letters or with what only addresses have.
pub(super) fn foot(
    page: &Page,
    lines: &mut Vec<Line>,
    (drawn, tables): (&[Drawn], &[[f64; 4]]),
    page_words: &[String],
) -> Vec<Line> {
    const LEAST: f64 = 0.6;
    const SMALL: f64 = 12.5;
    const LINES: usize = 4;
    let [left, top, right, bottom] = boxed(page, page.bounds);
    let (width, height) = ((right - left).abs(), (bottom - top).abs());
    let of_table = |line: &Drawn| {
        tables.iter().any(|table| line.bounds[1] > table[1] - 1.0 && line.bounds[1] < table[3] + 1.0)
    };
    let lowest = drawn
        .iter()
        .filter(|line| line.length > width * LEAST && line.bounds[1] > height * 0.8 && !of_table(line))
        .map(|line| line.bounds[1])
        .max_by(f64::total_cmp);
    let Some(lowest) = lowest else { return Vec::new() };
    let below = |line: &Line| line.baseline > lowest && figures::read(&line.text, page_words).is_none();
    let own: Vec<&Line> = lines.iter().filter(|line| below(line)).collect();
    let contact = own.iter().any(|line| ["@", "www.", ".vn"].iter().any(|mark| line.text.contains(mark)));
    let small = own.iter().all(|line| line.size <= SMALL);
    if own.is_empty() || own.len() > LINES || !(contact || small) {
        return Vec::new();
    }
    let found = own.into_iter().cloned().collect();
    lines.retain(|line| !below(line));
    found
}

/// Lines at one height that touch are one.
fn merged(mut lines: Vec<[f64; 4]>) -> Vec<[f64; 4]> {
    lines.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
    let mut found: Vec<[f64; 4]> = Vec::new();
    for line in lines {
        let [left, top, right, bottom] = line;
        // Only the lines just above can be at the same height.
        let near = found.iter_mut().rev().take(64).find(|other| {
            (other[1] - top).abs() < SAME && left <= other[2] + SAME && other[0] <= right + SAME
        });
        match near {
            Some(other) => {
                *other = [other[0].min(left), other[1].min(top), other[2].max(right), other[3].max(bottom)];
            }
            None => found.push(line),
        }
    }
    found
}

/// Where upright lines stand side by side, there is a table (or a frame).
fn tables(across: &[[f64; 4]], along: &[[f64; 4]]) -> Vec<[f64; 4]> {
    const FRAMES: usize = 200;
    let touches = |a: &[f64; 4], b: &[f64; 4]| {
        a[0] <= b[2] + 1.0 && b[0] <= a[2] + 1.0 && a[1] <= b[3] + 1.0 && b[1] <= a[3] + 1.0
    };
    let mut upright: Vec<[f64; 4]> = along.iter().filter(|line| line[3] - line[1] > 3.0).copied().collect();
    upright.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let mut found: Vec<[f64; 4]> = Vec::new();
    for line in upright.iter().take(LINES) {
        // Upright lines belong together through the lines across that they both touch.
        let mut joined = *line;
        for other in across.iter().filter(|other| touches(other, line)) {
            joined = union(joined, *other);
        }
        while let Some(at) = found.iter().position(|table| touches(table, &joined)) {
            joined = union(joined, found.swap_remove(at));
        }
        if found.len() < FRAMES {
            found.push(joined);
        }
    }
    found.retain(|table| table[2] - table[0] > 5.0);
    found
}

/// Whether upright lines divide a table: what only frames text, or all of a page, has none within.
fn has_columns([left, top, right, bottom]: &[f64; 4], along: &[[f64; 4]]) -> bool {
    /// How far within, in millimetres.
    const WITHIN: f64 = 4.0;
    along.iter().take(LINES).any(|line| {
        let inside = line[0] > left + WITHIN && line[2] < right - WITHIN;
        inside && line[1] > top - 1.0 && line[3] < bottom + 1.0
    })
}

/// Whether a line of text stands within one of these boxes.
pub(super) fn is_within(line: &Line, boxes: &[[f64; 4]]) -> bool {
    let middle = ((line.bounds[0] + line.bounds[2]) / 2.0, (line.bounds[1] + line.bounds[3]) / 2.0);
    boxes.iter().any(|[left, top, right, bottom]| {
        middle.0 > *left && middle.0 < *right && middle.1 > *top && middle.1 < *bottom
    })
}

fn union(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The pictures of a page.
pub(super) fn pictures(number: usize, page: &Page) -> Vec<Shown> {
    let shown = page.images.iter().map(|image| Shown {
        page: number,
        bounds: boxed(page, image.bounds),
        pixels: image.pixels,
        stamped: image.annotation,
        ink: image.ink,
        transparent: image.transparent,
    });
    shown.collect()
}

/// Takes the lines out that are made of characters, and gives them as lines.
pub(super) fn of_characters(lines: &mut Vec<Line>) -> Vec<Drawn> {
    let mut found = Vec::new();
    lines.retain(|line| match line_of_characters(&line.text) {
        Some(stroke) if !line.invisible => {
            let [left, _, right, bottom] = line.bounds;
            found.push(Drawn {
                page: line.page,
                bounds: [left, line.baseline, right, bottom],
                length: right - left,
                stroke,
                paragraph: None,
                cell: None,
            });
            false
        }
        _ => true,
    });
    found
}

/// Whether a line stands in the middle of the page or of its text, whose margins differ.
fn is_centred(line: &Line, sheet: &Sheet) -> bool {
    let centre = (line.bounds[0] + line.bounds[2]) / 2.0;
    (centre - sheet.width / 2.0).abs() < sheet.width * 0.05
}

/// The number of a page: figures that stand alone in its first or last row, near the edge. What stands in a
/// table with columns is a cell's.
pub(super) fn number(
    sheet: &Sheet,
    lines: &[Line],
    divided: &[[f64; 4]],
    page_words: &[String],
) -> Option<PageNumber> {
    let own: Vec<&Line> = lines.iter().filter(|line| !line.invisible && !line.stamped).collect();
    let first = own.iter().map(|line| line.baseline).min_by(f64::total_cmp)?;
    let last = own.iter().map(|line| line.baseline).max_by(f64::total_cmp)?;
    let row = |baseline: f64| own.iter().filter(move |line| (line.baseline - baseline).abs() < 2.0);
    let alone = |baseline: f64| {
        let beside = row(baseline).count();
        // Roman figures are letters, too: where they don't stand alone in the middle they are no number of a page.
        let numbers = |line: &&&Line| {
            let alone = beside == 1 && is_centred(line, sheet) && !line.text.ends_with('.');
            figures::read(&line.text, page_words).is_some_and(|figures| figures.arabic || alone)
        };
        (beside <= 2).then(|| row(baseline).find(numbers)).flatten().filter(|line| !is_within(line, divided))
    };
    let above = alone(first).filter(|_| first < EDGE);
    let below = alone(last).filter(|_| last > sheet.height - EDGE && last > first);
    let (line, is_above) = match (above, below) {
        (Some(line), _) => (line, true),
        (None, Some(line)) => (line, false),
        (None, None) => return None,
    };
    Some(PageNumber {
        page: line.page,
        line: (**line).clone(),
        above: is_above,
        centred: Some(is_centred(line, sheet)),
        value: figures::read(&line.text, page_words).map(|figures| figures.value),
        written: line.text.clone(),
        on_first: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_drawn_twice_or_in_pieces_is_one() {
        let lines = vec![[10.0, 20.0, 30.0, 20.1], [10.0, 20.2, 30.0, 20.3], [30.2, 20.0, 50.0, 20.1]];
        assert_eq!(merged(lines), [[10.0, 20.0, 50.0, 20.3]]);
    }

    #[test]
    fn lines_across_and_along_make_a_table() {
        let across = [[30.0, 50.0, 190.0, 50.1], [30.0, 60.0, 190.0, 60.1], [60.0, 20.0, 90.0, 20.1]];
        let along = [[30.0, 50.0, 30.1, 60.0], [190.0, 50.0, 190.1, 60.0]];
        let found = tables(&across, &along);
        assert_eq!(found, [[30.0, 50.0, 190.1, 60.1]]);
        // It frames one cell: columns are what upright lines within divide.
        assert!(!has_columns(&found[0], &along));
        assert!(has_columns(&found[0], &[[90.0, 50.0, 90.1, 60.0]]));
    }
}
