//! Small characters that are raised above the baseline of their line or stand below it: marks of notes, powers,
//! indices. Alone they would be lines of their own.

use super::facts::MM;
use super::lines::Placed;

/// They are no larger than this share of their line's letters.
const SMALL: f64 = 0.85;
/// How far their baseline is above that of their line, and below it, at most, as shares of the size of its letters.
const ABOVE: f64 = 0.6;
const BELOW: f64 = 0.35;

/// The lengths of rows once such characters are joined with the row they belong to, which is the next or the one
/// before.
pub(super) fn joined(rows: &[&[Placed<'_>]]) -> Vec<usize> {
    let mut lengths: Vec<usize> = Vec::new();
    // What belongs to the row that follows.
    let mut ahead = 0;
    for (at, row) in rows.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| rows.get(before));
        if rows.get(at + 1).is_some_and(|next| belongs(row, next, ABOVE)) {
            ahead += row.len();
        } else if let (true, Some(last), 0) =
            (before.is_some_and(|before| belongs(row, before, -BELOW)), lengths.last_mut(), ahead)
        {
            *last += row.len();
        } else {
            lengths.push(ahead + row.len());
            ahead = 0;
        }
    }
    lengths
}

/// Whether a row is of such characters of another row, whose baseline is below it by up to a share of its size, or
/// above it by a negative one.
fn belongs(row: &[Placed<'_>], line: &[Placed<'_>], share: f64) -> bool {
    let seen = |row: &[Placed<'_>]| row.iter().filter(|placed| !placed.blank).count();
    let size = |row: &[Placed<'_>]| {
        let sizes = row.iter().filter(|placed| !placed.blank).map(|placed| placed.glyph.size);
        sizes.fold(0.0, f64::max)
    };
    let kind = |row: &[Placed<'_>]| row.first().map(|first| (first.glyph.invisible, first.glyph.annotation));
    let (own, large) = (size(row), size(line));
    let (Some(first), Some(of_line)) = (row.first(), line.first()) else { return false };
    let drop = (of_line.baseline - first.baseline) * share.signum();
    let near = drop > 0.0 && drop <= large * share.abs() * MM;
    if !near || own <= 0.0 || own > large * SMALL || seen(row) >= seen(line) || kind(row) != kind(line) {
        return false;
    }
    let left = line.iter().map(|placed| placed.x).fold(f64::MAX, f64::min) - large * MM;
    // A mark of a few figures may stand behind the end.
    let right = line.iter().map(Placed::end).fold(f64::MIN, f64::max) + own * MM * 2.0;
    row.iter().filter(|placed| !placed.blank).all(|placed| placed.x >= left && placed.end() <= right)
}

/// A line without the mark of a note behind its last stop: figures or asterisks, raised. They are no end of a text.
pub(super) fn without_mark<'r, 'g>(glyphs: &'r [Placed<'g>]) -> &'r [Placed<'g>] {
    const MARK: usize = 3;
    const RAISED: f64 = 0.15;
    let mut marks = 0;
    for (at, placed) in glyphs.iter().enumerate().rev().filter(|(_, placed)| !placed.blank) {
        if placed.glyph.text.ends_with(['.', ';', ':', ',', '/']) {
            let above = |mark: &Placed<'_>| placed.baseline - mark.baseline > placed.glyph.size * MM * RAISED;
            let small = |mark: &Placed<'_>| mark.glyph.size <= placed.glyph.size * SMALL;
            let behind = glyphs.get(at + 1..).unwrap_or_default();
            let are_marks = behind.iter().filter(|mark| !mark.blank).all(|mark| above(mark) && small(mark));
            return if are_marks { glyphs.get(..=at).unwrap_or(glyphs) } else { glyphs };
        }
        marks += 1;
        let text = placed.glyph.text.as_ref();
        if marks > MARK || !text.chars().all(|sign| sign.is_ascii_digit() || sign == '*') {
            break;
        }
    }
    glyphs
}

#[cfg(test)]
mod tests {
    use crate::format::lines;
    use crate::pdf::text::made::page;

    /// The lines of pieces of text: where they begin, the height of their baseline, their size.
    fn lines(pieces: &[(f64, f64, f64, &str)]) -> Vec<(String, f64)> {
        lines::of(0, &page(pieces)).into_iter().map(|line| (line.text, line.size)).collect()
    }

    #[test]
    fn raised_and_lowered_characters_belong_to_their_line() {
        let powers =
            [(85.0, 700.0, 14.0, "12.500 m"), (141.0, 706.0, 8.0, "2"), (150.0, 700.0, 14.0, "; CO")];
        assert_eq!(lines(&powers), [("12.500 m2 ; CO".to_owned(), 14.0)]);
        let index = [(85.0, 700.0, 14.0, "khí CO"), (127.0, 695.5, 8.0, "2"), (85.0, 676.0, 14.0, "và")];
        assert_eq!(lines(&index), [("khí CO2".to_owned(), 14.0), ("và".to_owned(), 14.0)]);
        let note = [(85.0, 104.0, 6.0, "1"), (92.0, 100.0, 10.0, "Nghị quyết")];
        assert_eq!(lines(&note), [("1 Nghị quyết".to_owned(), 10.0)]);
    }

    #[test]
    fn the_mark_of_a_note_is_no_end_of_a_line() {
        let marked = [(85.0, 700.0, 14.0, "Căn cứ Luật;"), (169.0, 706.0, 8.0, "12")];
        assert_eq!(lines(&marked), [("Căn cứ Luật;".to_owned(), 14.0)]);
        let power = [(85.0, 700.0, 14.0, "12.500 m"), (141.0, 706.0, 8.0, "2")];
        assert_eq!(lines(&power), [("12.500 m2".to_owned(), 14.0)]);
    }

    #[test]
    fn small_lines_above_others_stay_their_own() {
        let above = [(85.0, 712.0, 8.0, "nhỏ"), (85.0, 700.0, 14.0, "Căn cứ Luật")];
        assert_eq!(lines(&above).len(), 2);
        let aside = [(300.0, 705.0, 8.0, "3"), (85.0, 700.0, 14.0, "Căn cứ Luật")];
        assert_eq!(lines(&aside).len(), 2, "a column beside begins higher");
    }
}
