//! Rows of glyphs, and the blanks in them that texts will be put in.

use crate::pdf::text::{Glyph, Page};
use crate::signature::fill::{baseline, field_height};
use crate::signature::prepare::Rectangle;

/// A row of glyphs on one baseline, left to right.
pub(super) struct Row<'p> {
    pub(super) page: usize,
    pub(super) glyphs: Vec<&'p Glyph>,
}

impl Row<'_> {
    /// Its text, for people.
    pub(super) fn text(&self) -> String {
        let text: String = self.glyphs.iter().map(|glyph| &*glyph.text).collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
    }

    /// Height of its baseline.
    pub(super) fn baseline(&self) -> f64 {
        self.glyphs.first().map_or(0.0, |glyph| glyph.y)
    }

    /// Whether it is recognised text behind a scan.
    pub(super) fn is_recognised(&self) -> bool {
        self.glyphs.iter().all(|glyph| glyph.invisible || glyph.text.trim().is_empty())
    }
}

pub(super) fn rows(number: usize, page: &Page) -> Vec<Row<'_>> {
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
            Row { page: number, glyphs }
        })
        .collect()
}

/// Index of the glyph that follows `words` in a row; blanks between letters don't count.
pub(super) fn after(row: &Row<'_>, words: &str, from: usize) -> Option<(usize, usize)> {
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
pub(super) fn gap<'r>(row: &'r Row<'_>, from: usize) -> (f64, Option<(f64, &'r str)>) {
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
        .find(|glyph| !glyph.text.trim().is_empty() && !matches!(&*glyph.text, "." | "…" | "_"));
    (left, next.map(|glyph| (glyph.x, &*glyph.text)))
}

pub(super) fn on_line(row: &Row<'_>, left: f64, right: f64, size: f64) -> Rectangle {
    let line = row.glyphs.first().map_or(0.0, |glyph| glyph.y);
    let bottom = line - baseline(size);
    Rectangle { left, bottom, right, top: bottom + field_height(size) }
}
