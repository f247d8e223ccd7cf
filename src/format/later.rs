//! What others put onto a page later and is none of the document's text: the stamp of arrival (dấu đến) of who
//! received it, and the small print of programs outside the text.

use super::facts::{DARK, Line, MM, is_signing_note, place};
use super::figures;
use crate::pdf::text::{Glyph, Page};
use crate::profile::Hue;
use std::borrow::Cow;

/// Print of programs is no larger than this, in points.
const SMALL: f64 = 9.5;
/// How far it is from the left edge of the page, and from the others, at most, in millimetres.
const ASIDE: f64 = 14.0;
const EDGE: f64 = 12.0;
/// A stamp is no larger than this, in millimetres (Decree 30/2020, App. IV: 50 by 35; programs take more).
const STAMP: [f64; 2] = [80.0, 50.0];

/// A page without the stamp of arrival: what stands in colour, or was drawn by an annotation, in the frame around the
/// word that such stamps bear; without a frame what stands on the line of that word. Fonts of programs may lack letters
/// of the word, so a frame with several lines in red or of an annotation is one as well.
pub(super) fn without_arrival<'p>(page: &'p Page, word: &str) -> Cow<'p, Page> {
    let others: Vec<&Glyph> = page.glyphs.iter().filter(|glyph| is_foreign(glyph)).collect();
    let anchor = anchor(&others, word);
    let frame = match anchor {
        Some(anchor) => frame(page, anchor),
        None => framed_lines(page, &others),
    };
    let in_stamp = |glyph: &Glyph| match (frame, anchor) {
        (Some(frame), _) => holds(frame, glyph),
        (None, Some(anchor)) => {
            (glyph.y - anchor.y).abs() < anchor.size * 0.5 && (glyph.x - anchor.x).abs() < STAMP[0] / MM
        }
        (None, None) => false,
    };
    if frame.is_none() && anchor.is_none() {
        return Cow::Borrowed(page);
    }
    let of_frame = |stroke: &[f64; 4]| {
        frame.is_some_and(|[left, bottom, right, top]| {
            let [x0, y0, x1, y1] = *stroke;
            x0 > left - 1.0 && x1 < right + 1.0 && y0 > bottom - 1.0 && y1 < top + 1.0
        })
    };
    Cow::Owned(Page {
        glyphs: page.glyphs.iter().filter(|glyph| !(is_foreign(glyph) && in_stamp(glyph))).cloned().collect(),
        strokes: page.strokes.iter().filter(|stroke| !of_frame(stroke)).copied().collect(),
        ..page.clone()
    })
}

fn is_foreign(glyph: &Glyph) -> bool {
    let coloured = glyph.colour.iter().any(|channel| *channel > DARK);
    !glyph.invisible && (glyph.annotation || coloured) && !glyph.text.trim().is_empty()
}

fn holds([left, bottom, right, top]: [f64; 4], glyph: &Glyph) -> bool {
    glyph.x >= left && glyph.x <= right && glyph.y >= bottom && glyph.y <= top
}

/// A frame in the upper half of a page around at least three lines in red or of an annotation: marks of urgency have
/// one or two.
fn framed_lines(page: &Page, others: &[&Glyph]) -> Option<[f64; 4]> {
    /// More than any stamp has; whoever colours a whole page stamps nothing.
    const MANY: usize = 400;
    const LINES: usize = 3;
    let middle = (page.bounds[1] + page.bounds[3]) / 2.0;
    let own: Vec<&&Glyph> =
        others.iter().filter(|glyph| glyph.annotation || Hue::Red.is(glyph.colour)).collect();
    if own.len() > MANY {
        return None;
    }
    own.iter().filter(|glyph| glyph.y > middle).find_map(|glyph| {
        let found = frame(page, glyph)?;
        let mut rows: Vec<f64> = Vec::new();
        for inside in own.iter().filter(|glyph| holds(found, glyph)) {
            if !rows.iter().any(|row| (row - inside.y).abs() < inside.size * 0.4) {
                rows.push(inside.y);
            }
        }
        (rows.len() >= LINES).then_some(found)
    })
}

/// The first letter of the word, where it is drawn as a word of its own.
fn anchor<'g>(glyphs: &[&'g Glyph], word: &str) -> Option<&'g Glyph> {
    let length = word.chars().count();
    let follows = |a: &Glyph, b: &Glyph| {
        let near = (b.x - a.x - a.advance).abs() < a.size * 0.2 && (a.y - b.y).abs() < a.size * 0.3;
        near && a.text.chars().chain(b.text.chars()).all(char::is_alphabetic)
    };
    glyphs.windows(length).enumerate().find_map(|(at, letters)| {
        let (first, last) = (letters.first()?, letters.last()?);
        let is_word = letters.iter().map(|glyph| glyph.text.as_ref()).collect::<String>() == word;
        let before = at.checked_sub(1).and_then(|before| glyphs.get(before));
        let after = glyphs.get(at + length);
        let alone = before.is_none_or(|before| !follows(before, first))
            && after.is_none_or(|after| !follows(last, after));
        (is_word && alone).then_some(*first)
    })
}

/// The frame around a character: left, bottom, right, top in points.
fn frame(page: &Page, inside: &Glyph) -> Option<[f64; 4]> {
    let beside = |stroke: &&[f64; 4]| {
        let upright = stroke[3] - stroke[1] > (stroke[2] - stroke[0]).abs();
        upright && stroke[1] <= inside.y && stroke[3] >= inside.y
    };
    let edges = page.strokes.iter().filter(beside);
    let left = edges.clone().filter(|edge| edge[0] <= inside.x).max_by(|a, b| a[0].total_cmp(&b[0]))?;
    let right = edges.filter(|edge| edge[0] > inside.x).min_by(|a, b| a[0].total_cmp(&b[0]))?;
    let found = [left[0], left[1].min(right[1]), right[2], left[3].max(right[3])];
    let small = (found[2] - found[0]) * MM <= STAMP[0] && (found[3] - found[1]) * MM <= STAMP[1];
    small.then_some(found)
}

/// Takes the lines out that programs print outside the text of every page they give away: who fetched it, and when.
pub(super) fn drop_prints(page: &Page, lines: &mut Vec<Line>, page_words: &[String]) {
    let [left, bottom, right, top] = page.bounds;
    let corners = [place(page, left, bottom), place(page, right, top)];
    let [width, height] = [corners[0].0.max(corners[1].0), corners[0].1.max(corners[1].1)];
    lines.retain(|line| {
        let [left, top, right, bottom] = line.bounds;
        let print = line.size <= SMALL && !line.invisible && !is_signing_note(&line.text);
        let number = || figures::read(&line.text, page_words).is_some_and(|figures| figures.arabic);
        // Print along an edge is of single letters and figures here; numbers of pages stand above and below.
        let beside = right < ASIDE || left > width - EDGE;
        !(print && (beside || (top > height - EDGE || bottom < EDGE) && !number()))
    });
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;
    use crate::pdf::text::made::page;

    #[test]
    fn print_along_the_edges_goes_and_all_else_stays() {
        // Millimetres from the top left, size, text.
        let pieces = [
            ([30.0, 292.0], 8.0, "van_thu 18/04/2026 08:12:33"),
            ([30.0, 6.0], 8.0, "van_thu"),
            ([5.0, 80.0], 8.0, "v"),
            ([5.0, 84.0], 8.0, "1"),
            ([203.0, 84.0], 8.0, "n"),
            // A number of a page, a signature's note, a line of the text, large letters at the edge.
            ([105.0, 293.0], 9.0, "2"),
            ([110.0, 8.0], 9.0, "Số: 15/QĐ-SNV; 05/01/2026; 14:03:27 +07:00"),
            ([30.0, 150.0], 8.0, "note"),
            ([30.0, 294.0], 13.0, "too low"),
        ];
        let page = page(&pieces.map(|([x, y], size, text)| (x / MM, (297.0 - y) / MM, size, text)));
        let mut found = lines::of(0, &page);
        drop_prints(&page, &mut found, &[]);
        let left: Vec<&str> = found.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(left, ["Số: 15/QĐ-SNV; 05/01/2026; 14:03:27 +07:00", "note", "2", "too low"]);
    }
}
