//! What a draft prints of its number and date beside the gaps: it must agree with what the system will give, because
//! nothing printed can be changed once the leader has signed.

use super::rows::{Row, after, gap};
use crate::profile::Profile;
use unicode_normalization::UnicodeNormalization;

/// What stands printed beside the gaps of number and date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    /// The symbol behind the number's gap, without blanks.
    pub symbol: Option<String>,
    /// The month, when it isn't left blank.
    pub month: Option<u32>,
    /// The year.
    pub year: Option<i32>,
}

/// The row of the number: what stands before its label, and where the label ends.
pub(super) fn number_row<'r, 'p>(
    rows: &'r [Row<'p>],
    profile: &Profile,
) -> Option<(&'r Row<'p>, usize, usize)> {
    rows.iter().find_map(|row| {
        let (start, from) = after(row, &profile.numbering.label, 0)?;
        let first = row.glyphs.get(start)?;
        // What is cited in a sentence has text before it.
        let mut before = row.glyphs.iter().take(start).filter(|glyph| !glyph.text.trim().is_empty());
        let cited = before.any(|glyph| first.x - (glyph.x + glyph.advance) < first.size);
        (!cited).then_some((row, start, from))
    })
}

/// Reads what is printed. What was only recognised behind a scan is not relied on.
pub(super) fn read(rows: &[Row<'_>], profile: &Profile) -> Printed {
    let (month, year) = date(rows, profile).unwrap_or_default();
    Printed { symbol: symbol(rows, profile), month, year }
}

fn symbol(rows: &[Row<'_>], profile: &Profile) -> Option<String> {
    let (row, _, from) = number_row(rows, profile)?;
    if row.is_recognised() {
        return None;
    }
    let separator = profile.numbering.number_symbol_separator.trim();
    let (begin, _) = gap(row, from).1.filter(|(_, text)| text.starts_with(separator))?;
    let mut text = String::new();
    let mut end = None;
    for glyph in row.glyphs.iter().filter(|glyph| glyph.x >= begin && !glyph.text.trim().is_empty()) {
        // The date line may follow on the same height: a symbol has no such blank in it.
        if end.is_some_and(|end| glyph.x - end > glyph.size * 0.8) {
            break;
        }
        text.push_str(glyph.text.trim());
        end = Some(glyph.x + glyph.advance);
    }
    let symbol: String = text.strip_prefix(separator)?.nfc().collect();
    (!symbol.is_empty()).then_some(symbol)
}

fn date(rows: &[Row<'_>], profile: &Profile) -> Option<(Option<u32>, Option<i32>)> {
    let [day_word, month_word, year_word] = profile.date.words()?;
    rows.iter().filter(|row| !row.is_recognised()).find_map(|row| {
        let (_, day) = after(row, &day_word, 0)?;
        let (_, month) = after(row, &month_word, day)?;
        let (year_start, year) = after(row, &year_word, month)?;
        let figures = |from: usize, until: usize| -> String {
            let between = row.glyphs.iter().skip(from).take(until.saturating_sub(from));
            between.flat_map(|glyph| glyph.text.chars()).filter(|c| !c.is_whitespace()).collect()
        };
        // A date cited in a sentence has text behind its year.
        let tail = figures(year, row.glyphs.len());
        if tail.chars().count() > 6 || tail.chars().any(char::is_alphabetic) {
            return None;
        }
        Some((figures(month, year_start).parse().ok(), tail.parse().ok()))
    })
}
