//! From the characters of a page of a PDF to its lines: rows by their baselines, divided where a gap is as wide as
//! only columns have. Each character is looked at a fixed number of times, however many there are.

use super::facts::{DARK, Line, MM, is_signing_note, place};
use super::raised;
use crate::pdf::text::{Glyph, Page};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A paragraph's number is no further from its text, in millimetres.
const MARK_GAP: f64 = 16.0;

/// Columns are this far apart at least, as a share of the size.
const COLUMNS: f64 = 1.5;

/// A character with its place on the page as it is shown, in millimetres from the top left.
pub(super) struct Placed<'g> {
    pub(super) glyph: &'g Glyph,
    pub(super) x: f64,
    pub(super) baseline: f64,
    pub(super) blank: bool,
}

impl Placed<'_> {
    /// Where it ends.
    pub(super) fn end(&self) -> f64 {
        self.x + self.glyph.advance * MM
    }
}

/// The lines of a page, from the top.
pub(super) fn of(number: usize, page: &Page) -> Vec<Line> {
    let shown = page.glyphs.iter().filter(|glyph| glyph.size > 1.0);
    let placed = shown.map(|glyph| {
        let (x, baseline) = place(page, glyph.x, glyph.y);
        Placed { glyph, x, baseline, blank: glyph.text.trim().is_empty() }
    });
    let mut glyphs: Vec<Placed<'_>> = placed.collect();
    // NaN never gets here from sizes above 1.
    glyphs.sort_by(|a, b| {
        let (a, b) = ((a.glyph.invisible, a.baseline), (b.glyph.invisible, b.baseline));
        a.partial_cmp(&b).unwrap_or(Ordering::Equal)
    });
    let mut lines = Vec::new();
    let mut rest = glyphs.as_mut_slice();
    for length in raised::joined(&rows(rest)) {
        let Some((row, below)) = std::mem::take(&mut rest).split_at_mut_checked(length) else { break };
        row.sort_by(|a, b| a.x.partial_cmp(&b.x).unwrap_or(Ordering::Equal));
        split_columns(number, row, &mut lines);
        rest = below;
    }
    lines
}

/// Characters, sorted by their baselines, in rows.
fn rows<'r, 'g>(glyphs: &'r [Placed<'g>]) -> Vec<&'r [Placed<'g>]> {
    let mut rows = Vec::new();
    let mut rest = glyphs;
    while let Some(first) = rest.first() {
        // Baselines closer than a third of the size are one line.
        let (at, invisible) = (first.baseline, first.glyph.invisible);
        let same = |placed: &&Placed<'_>| {
            (placed.baseline - at).abs() < placed.glyph.size * MM * 0.33
                && placed.glyph.invisible == invisible
        };
        let length = rest.iter().take_while(same).count().max(1);
        let Some((row, below)) = rest.split_at_checked(length) else { break };
        rows.push(row);
        rest = below;
    }
    rows
}

/// The widest gap between words of a row of recognised ones, which are put where they stand in the picture, without
/// blanks: as a share of their size, at most what columns have otherwise.
fn between_words(row: &[Placed<'_>]) -> f64 {
    const BLANK: f64 = 0.15;
    const LEAST: f64 = 0.9;
    let gap = |pair: &[Placed<'_>]| match pair {
        [one, two] => Some((two.x - one.end()) / (two.glyph.size * MM)).filter(|gap| *gap > BLANK),
        _ => None,
    };
    let mut gaps: Vec<f64> = row.windows(2).filter_map(gap).collect();
    gaps.sort_by(f64::total_cmp);
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(COLUMNS);
    (usual * 3.0).clamp(LEAST, COLUMNS)
}

/// Breaks a row where a gap is as wide as only columns have; gaps of spaces stay.
fn split_columns(number: usize, row: &[Placed<'_>], lines: &mut Vec<Line>) {
    let mut begin = 0;
    let mut edge: Option<f64> = None;
    // Right edge of the last visible glyph.
    let mut seen: Option<f64> = None;
    // Characters of the part that aren't blank.
    let mut visible = 0;
    // Whoever writes blanks leaves a gap without one only where something else begins.
    let blanks = row.iter().any(|placed| placed.blank);
    let recognised = row.iter().any(|placed| placed.glyph.invisible) && !blanks;
    let most = if recognised { between_words(row) } else { COLUMNS };
    for (at, placed) in row.iter().enumerate() {
        let part = || row.get(begin..at).unwrap_or_default();
        let (x, size) = (placed.x, placed.glyph.size * MM);
        let apart = edge.is_some_and(|edge| {
            let gap = x - edge;
            let ends = part().last().is_some_and(|last| !last.blank);
            let wide = if blanks && ends && !placed.blank { 0.75 } else { most };
            // A number or dash stands apart from its own paragraph, but no column does as little.
            gap > size * wide && !(gap < MARK_GAP && is_mark(part()))
        });
        // Title blocks made with runs of spaces: a blank as wide as only columns have, unless it is the
        // gap that number or date will fill: after that a slash or a small letter follows.
        let spaced = !placed.blank
            && seen.is_some_and(|seen: f64| x - seen > size * 4.0)
            && visible > 12
            && placed.glyph.text.chars().next().is_some_and(char::is_uppercase);
        if apart || spaced {
            lines.extend(line(number, part()));
            (begin, visible) = (at, 0);
        }
        if !placed.blank {
            seen = Some(placed.end());
            visible += placed.glyph.text.trim().chars().count();
        }
        let end = placed.end();
        edge = Some(edge.map_or(end, |edge| edge.max(end)));
    }
    lines.extend(line(number, row.get(begin..).unwrap_or_default()));
}

/// Whether glyphs are the number or dash of a paragraph.
fn is_mark(glyphs: &[Placed<'_>]) -> bool {
    const NEAR: usize = 64;
    let near = glyphs.iter().rev().take(NEAR).filter(|placed| !placed.blank);
    let mut visible = near.map(|placed| placed.glyph.text.trim());
    let ends = visible.next().is_some_and(|last| matches!(last, "." | ")" | "-" | "–" | "+" | "•"));
    ends && visible.count() < 8
}

/// Values with how often each was met: a line has few different ones.
struct Counted<T>(Vec<(T, usize)>);

impl<T> Counted<T> {
    /// Counts one more of what `is` recognises, or of a new value.
    fn add(&mut self, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) {
        // What was met last comes again most often.
        match self.0.iter_mut().rev().find(|(value, _)| is(value)) {
            Some((_, count)) => *count += 1,
            None => self.0.push((new(), 1)),
        }
    }
}

fn line(number: usize, glyphs: &[Placed<'_>]) -> Option<Line> {
    let glyphs = raised::without_mark(glyphs);
    let mut text = String::with_capacity(glyphs.len() * 2);
    let mut fonts: Counted<Option<&Arc<str>>> = Counted(Vec::new());
    let mut sizes: Counted<f64> = Counted(Vec::new());
    let (mut bold, mut italic, mut count, mut stamped) = (0, 0, 0_usize, false);
    let mut edge: Option<f64> = None;
    let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    // Of the largest letters: small ones may be raised.
    let (mut baseline, mut largest) = (0.0, 0.0);
    let mut covered = f64::MIN;
    let mut before: Option<&Glyph> = None;
    let mut ahead = Ahead::default();
    for (at, placed) in glyphs.iter().enumerate() {
        let (glyph, x, y) = (placed.glyph, placed.x, placed.baseline);
        // Bold made by drawing twice is one character.
        let again = before.is_some_and(|before| {
            !placed.blank
                && before.text == glyph.text
                && (before.x - glyph.x).hypot(before.y - glyph.y) < glyph.size * 0.08
        });
        if again {
            continue;
        }
        before = Some(glyph);
        let end = placed.end();
        // Kerning draws a blank into the letter before it by less than half of the blank.
        let half = glyph.advance * MM * 0.5;
        let under = |next: f64| x < covered - half.max(0.1) || end > next + half;
        if placed.blank && under(ahead.next_visible(glyphs, at)) {
            // A blank of the page under something stamped onto it.
            continue;
        }
        if edge.is_some_and(|edge| x - edge > glyph.size * MM * 0.15) {
            text.push(' ');
        }
        text.push_str(&glyph.text);
        edge = Some(end);
        if placed.blank {
            continue;
        }
        covered = covered.max(end);
        count += 1;
        bold += usize::from(glyph.bold);
        italic += usize::from(glyph.italic);
        stamped |= glyph.annotation;
        if glyph.size >= largest - 0.5 {
            (baseline, largest) = (y, glyph.size.max(largest));
        }
        if !glyph.annotation {
            let font = glyph.font.as_ref();
            fonts.add(|other| *other == font, || font);
        }
        // Quarter points suffice for the most common one.
        let quarter = (glyph.size * 4.0).round();
        sizes.add(|other| *other == quarter, || quarter);
        let height = glyph.size * MM;
        let [left, top, right, bottom] = bounds;
        bounds = [left.min(x), top.min(y - height * 0.891), right.max(end), bottom.max(y + height * 0.216)];
    }
    if count == 0 {
        return None;
    }
    // Of sizes as common the greatest.
    let common = |a: &&(f64, usize), b: &&(f64, usize)| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0));
    let size = sizes.0.iter().max_by(common).map_or(0.0, |(quarters, _)| quarters / 4.0);
    // What a signature writes beside the text is judged by rules of its own, its font and colour too.
    let noted = stamped && is_signing_note(&text);
    if noted {
        let own = glyphs.iter().filter(|placed| !placed.blank && placed.glyph.annotation);
        own.map(|placed| placed.glyph.font.as_ref())
            .for_each(|font| fonts.add(|other| *other == font, || font));
    }
    let colour = glyphs
        .iter()
        .filter(|placed| !placed.blank && !placed.glyph.invisible && (noted || !placed.glyph.annotation))
        .map(|placed| placed.glyph.colour)
        .find(|colour| colour.iter().any(|channel| *channel > DARK));
    let (text, decomposed) = tidy(&text);
    let leads = glyphs.iter().find(|placed| !placed.blank);
    Some(Line {
        page: number,
        text,
        bounds,
        baseline,
        size,
        fonts: named(fonts),
        bold: bold * 2 > count,
        italic: italic * 2 > count,
        leads_bold: leads.is_some_and(|placed| placed.glyph.bold),
        stamped,
        invisible: glyphs.first().is_some_and(|placed| placed.glyph.invisible),
        colour,
        decomposed,
        at: None,
        setting: None,
    })
}

/// The fonts by their names; those without have an empty one.
fn named(fonts: Counted<Option<&Arc<str>>>) -> BTreeMap<Arc<str>, usize> {
    let mut names: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for (font, count) in fonts.0 {
        *names.entry(font.map_or_else(|| Arc::from(""), Arc::clone)).or_default() += count;
    }
    names
}

/// Where the next visible character is, looked for from where it was found last.
#[derive(Default)]
struct Ahead {
    at: usize,
}

impl Ahead {
    /// Where the next visible one behind `at` begins; further than everything when there is none.
    fn next_visible(&mut self, glyphs: &[Placed<'_>], at: usize) -> f64 {
        self.at = self.at.max(at + 1);
        while let Some(placed) = glyphs.get(self.at) {
            if !placed.blank {
                return placed.x;
            }
            self.at += 1;
        }
        f64::MAX
    }
}

/// White space made single, letters and their marks made one; and whether they were written apart.
pub(super) fn tidy(text: &str) -> (String, bool) {
    let mut single = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !single.is_empty() {
            single.push(' ');
        }
        single.push_str(word);
    }
    // Before the first combining mark, and among the letters of Vietnamese, all are composed (UAX 15).
    let composed = |character: char| matches!(character, '\0'..='\u{2ff}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{2027}');
    if text.chars().all(composed) {
        return (single, false);
    }
    let decomposed = !unicode_normalization::is_nfc(text);
    (unicode_normalization::UnicodeNormalization::nfc(single.as_str()).collect(), decomposed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::{UnicodeNormalization, is_nfc};

    #[test]
    fn recognised_words_without_blanks_are_parted_where_columns_are() {
        let of_word = |(at, word): &(f64, &str)| {
            let x = *at;
            let letters = word.chars().enumerate().map(move |(nth, letter)| Glyph {
                text: letter.to_string().into(),
                x: x + 8.0 * f64::from(u32::try_from(nth).unwrap()),
                y: 700.0,
                advance: 8.0,
                towards: [1.0, 0.0],
                size: 13.0,
                font: None,
                bold: false,
                italic: false,
                colour: [0; 3],
                invisible: true,
                annotation: false,
            });
            letters.collect::<Vec<Glyph>>()
        };
        let texts = |words: &[(f64, &str)]| -> Vec<String> {
            let glyphs = words.iter().flat_map(of_word).collect();
            let page = Page { bounds: [0.0, 0.0, 595.0, 842.0], glyphs, ..Page::default() };
            of(0, &page).into_iter().map(|line| line.text).collect()
        };
        let near =
            [(80.0, "ỦY"), (99.0, "BAN"), (140.0, "CỘNG"), (175.0, "HÒA"), (202.0, "XÃ"), (221.0, "HỘI")];
        assert_eq!(texts(&near), ["ỦY BAN", "CỘNG HÒA XÃ HỘI"]);
        // Words of a justified line are all so far apart.
        let wide = [(80.0, "công"), (127.0, "tác"), (166.0, "văn"), (205.0, "thư")];
        assert_eq!(texts(&wide), ["công tác văn thư"]);
    }

    #[test]
    fn every_character_taken_for_composed_is() {
        for character in (0..0x3000).filter_map(char::from_u32) {
            let text = format!("a{character}b");
            assert_eq!(tidy(&text).1, !is_nfc(&text), "{character:?}");
        }
    }

    #[test]
    fn texts_are_tidied_as_the_standard_says() {
        let apart = "Số \u{a0} 12/QĐ".nfd().collect::<String>();
        assert_eq!(tidy(&apart), ("Số 12/QĐ".to_owned(), true));
        assert_eq!(tidy("  a \t b "), ("a b".to_owned(), false));
    }
}
