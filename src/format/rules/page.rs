//! Paper, orientation, margins, resolution.

use super::{Deviation, Outcome, Why, of_page, plain, range_text};
use crate::format::facts::{Facts, Line, Sheet};
use crate::profile::Side;
use std::collections::BTreeSet;

/// Lines of the body that don't fit any more, and headings kept with what follows, leave this much of
/// a full page blank at most, in millimetres.
const LEFT_BLANK: f64 = 14.0;
/// Where so many pages end within a sentence, one of them leaves less than a line and a widow's blank.
const BROKEN: usize = 3;
/// That much, in millimetres.
const LINE: f64 = 9.0;
/// More than this at the foot is no margin, in millimetres.
const ENDED: f64 = 70.0;
/// Margins this close are the same margin.
const SAME: f64 = 1.0;

fn upright(sheet: &Sheet) -> bool {
    sheet.height >= sheet.width
}

pub(super) fn paper(facts: &Facts, width: f64, height: f64, tolerance: f64) -> Outcome {
    if facts.sheets.is_empty() {
        return Outcome::NotChecked(Why::NoPage);
    }
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
    let fits = |sheet: &Sheet| {
        (near(sheet.width, width) && near(sheet.height, height))
            || (near(sheet.width, height) && near(sheet.height, width))
    };
    let other = facts.sheets.iter().enumerate().find(|(_, sheet)| !fits(sheet));
    match other {
        None => Outcome::Holds,
        Some((page, sheet)) => {
            let found = format!("{} × {} mm", plain(sheet.width), plain(sheet.height));
            let mut outcome = of_page(page, format!("{} × {} mm", plain(width), plain(height)), found);
            if let Outcome::Broken(deviations) = &mut outcome {
                deviations.iter_mut().for_each(|deviation| deviation.paragraph = sheet.paragraph);
            }
            outcome
        }
    }
}

pub(super) fn orientation(facts: &Facts, portrait: bool) -> Outcome {
    match facts.sheets.first() {
        None => Outcome::NotChecked(Why::NoPage),
        Some(sheet) if upright(sheet) == portrait => Outcome::Holds,
        // I.2 allows it for tables that aren't made annexes.
        Some(_) if portrait && has_table(facts) => Outcome::Holds,
        Some(sheet) => {
            let (short, long) = (sheet.width.min(sheet.height), sheet.width.max(sheet.height));
            let wanted = if portrait { (short, long) } else { (long, short) };
            of_page(
                0,
                format!("{} × {} mm", plain(wanted.0), plain(wanted.1)),
                format!("{} × {} mm", plain(sheet.width), plain(sheet.height)),
            )
        }
    }
}

/// Whether the pages that lie on their side from the first on hold a table: lines around several texts in
/// columns and rows, and not the frame of a mark or a title block without lines.
fn has_table(facts: &Facts) -> bool {
    const TEXTS: usize = 4;
    if facts.kind == "docx" {
        let cells = facts.lines.iter().filter_map(|line| line.setting.as_ref()).filter(|it| it.section == 0);
        let cells = cells.filter_map(|setting| setting.cell).filter(|cell| cell.bordered);
        let (mut rows, mut columns) = (BTreeSet::new(), BTreeSet::new());
        for cell in cells {
            rows.insert((cell.table, cell.row));
            columns.insert((cell.table, cell.column));
        }
        let tables: BTreeSet<usize> = rows.iter().map(|(table, _)| *table).collect();
        let of = |all: &BTreeSet<(usize, usize)>, table: usize| all.range((table, 0)..(table + 1, 0)).count();
        return tables.into_iter().any(|table| of(&rows, table) > 1 && of(&columns, table) > 1);
    }
    let turned = facts.sheets.iter().enumerate().take_while(|(_, sheet)| !upright(sheet));
    turned.into_iter().any(|(page, sheet)| {
        facts.tables_of(page).any(|[left, top, right, bottom]| {
            let inside = |line: &&Line| {
                let (x, y) =
                    ((line.bounds[0] + line.bounds[2]) / 2.0, (line.bounds[1] + line.bounds[3]) / 2.0);
                x > *left && x < *right && y > *top && y < *bottom
            };
            right - left > sheet.width * 0.4
                && facts.of_page(page).filter(inside).take(TEXTS).count() == TEXTS
        })
    })
}

/// A value of one sheet.
struct Seen {
    page: usize,
    value: f64,
    weight: usize,
    paragraph: Option<usize>,
}

/// What the upright sheets show of a side; landscape annexes have their own margins.
fn seen(facts: &Facts, side: Side) -> Vec<Seen> {
    let value = |sheet: &Sheet| match side {
        Side::Left => sheet.margins.left,
        Side::Right => sheet.margins.right,
        Side::Top => sheet.margins.top,
        Side::Bottom => sheet.margins.bottom,
    };
    let sheets = facts.sheets.iter().enumerate().filter(|(_, sheet)| upright(sheet));
    sheets
        .filter_map(|(page, sheet)| {
            let weight = sheet.margins.lines.max(1);
            Some(Seen { page, value: value(sheet)?, weight, paragraph: sheet.paragraph })
        })
        .collect()
}

fn deviation(facts: &Facts, seen: &Seen, range: [f64; 2]) -> Deviation {
    Deviation {
        page: seen.page,
        paragraph: seen.paragraph,
        estimate: facts.kind == "pdf",
        expected: range_text(range, "mm").into(),
        found: format!("{:.1} mm", seen.value).into(),
        ..Deviation::default()
    }
}

/// A margin: stated by each section of a DOCX; of a PDF the one most lines of its pages have.
pub(super) fn margin(facts: &Facts, side: Side, range: [f64; 2], tolerance: f64) -> Outcome {
    let [least, greatest] = range;
    let holds = |value: f64| (least - tolerance..=greatest + tolerance).contains(&value);
    let all = seen(facts, side);
    if facts.kind == "docx" {
        if all.is_empty() {
            return Outcome::NotChecked(Why::NoEdge);
        }
        let broken: Vec<Deviation> =
            all.iter().filter(|seen| !holds(seen.value)).map(|seen| deviation(facts, seen, range)).collect();
        return if broken.is_empty() { Outcome::Holds } else { Outcome::Broken(broken) };
    }
    let chosen = match side {
        // The first line of a page can only be lower than the margin: the highest tells most.
        Side::Top => all.iter().min_by(|a, b| a.value.total_cmp(&b.value)),
        _ => {
            let weight = |value: f64| -> usize {
                all.iter().filter(|seen| (seen.value - value).abs() <= SAME).map(|seen| seen.weight).sum()
            };
            // Of equals the first page's.
            all.iter().rev().max_by_key(|seen| weight(seen.value))
        }
    };
    match chosen {
        None => Outcome::NotChecked(Why::NoEdge),
        Some(seen) if holds(seen.value) => Outcome::Holds,
        Some(seen) => Outcome::Broken(vec![deviation(facts, seen, range)]),
    }
}

/// Whether the last line of a page is in the middle of a sentence that the next page goes on with.
fn goes_on(facts: &Facts, page: usize) -> bool {
    let own = |page: usize| facts.lines.iter().filter(move |line| line.page == page && !line.invisible);
    let written = |line: &&Line| line.text.chars().any(char::is_alphabetic);
    let wide = |line: &Line| {
        facts.sheets.get(line.page).is_some_and(|sheet| line.bounds[2] - line.bounds[0] > sheet.width * 0.6)
    };
    let last = own(page).filter(written).max_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let next = own(page + 1).find(written);
    let (Some(last), Some(next)) = (last, next) else { return false };
    wide(last)
        && !last.text.ends_with(['.', ';', ':', '/'])
        && next.text.chars().next().is_some_and(char::is_lowercase)
}

/// The bottom margin. On a page text can only end higher than the margin: a smaller one shows at once,
/// a larger one only where several pages are full and none comes lower.
pub(super) fn bottom_margin(facts: &Facts, range: [f64; 2], tolerance: f64) -> Outcome {
    if facts.kind == "docx" {
        return margin(facts, Side::Bottom, range, tolerance);
    }
    let [least, greatest] = range;
    let all = seen(facts, Side::Bottom);
    let Some(lowest) = all.iter().min_by(|a, b| a.value.total_cmp(&b.value)) else {
        return Outcome::NotChecked(Why::NoEdge);
    };
    let last = facts.pages.unwrap_or(0).saturating_sub(1);
    let full = all.iter().filter(|seen| seen.page < last).count();
    if lowest.value < least - tolerance {
        return Outcome::Broken(vec![deviation(facts, lowest, range)]);
    }
    if lowest.value <= greatest + tolerance {
        return Outcome::Holds;
    }
    // A sentence that goes on overleaf was broken where the text's room ended.
    let broken = all.iter().filter(|seen| goes_on(facts, seen.page)).count();
    let blank = if broken >= BROKEN { LINE } else { LEFT_BLANK };
    // Where all pages leave so much blank, breaks ended them.
    let ended = broken == 0 && lowest.value > ENDED;
    if (full >= 2 || broken >= 1) && !ended && lowest.value > greatest + tolerance + blank {
        return Outcome::Broken(vec![deviation(facts, lowest, range)]);
    }
    Outcome::NotChecked(Why::NoEdge)
}

pub(super) fn resolution(facts: &Facts, least: f64, tolerance: f64) -> Outcome {
    if !facts.scan {
        return Outcome::NotChecked(Why::NotScanned);
    }
    let pages = facts.sheets.iter().enumerate();
    let coarsest = pages
        .filter_map(|(page, sheet)| sheet.resolution.map(|dots| (page, dots)))
        .min_by(|a, b| a.1.total_cmp(&b.1));
    match coarsest {
        None => Outcome::NotChecked(Why::NoPage),
        Some((_, dots)) if dots >= least - tolerance => Outcome::Holds,
        Some((page, dots)) => of_page(page, format!("≥ {} dpi", plain(least)), format!("{dots:.0} dpi")),
    }
}

/// Whether scans are in colour; pictures that don't say so can't be judged.
pub(super) fn scan_colour(facts: &Facts) -> Outcome {
    if !facts.scan {
        return Outcome::NotChecked(Why::NotScanned);
    }
    let known: Vec<(usize, bool)> =
        facts.sheets.iter().enumerate().filter_map(|(page, sheet)| Some((page, sheet.grey?))).collect();
    match known.iter().find(|(_, grey)| *grey) {
        Some((page, _)) => of_page(*page, "RGB", "1 / 8 bit"),
        None if known.is_empty() => Outcome::NotChecked(Why::NoPage),
        None => Outcome::Holds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::facts::Margins;

    #[test]
    fn pages_that_breaks_end_early_show_no_bottom_margin() {
        let judged = |bottoms: [f64; 3]| {
            let sheet = |bottom: f64| Sheet {
                width: 210.0,
                height: 297.0,
                margins: Margins { bottom: Some(bottom), ..Margins::default() },
                ..Sheet::default()
            };
            let pages = Some(bottoms.len());
            let facts = Facts { kind: "pdf", pages, sheets: bottoms.map(sheet).to_vec(), ..Facts::default() };
            bottom_margin(&facts, [20.0, 25.0], 1.0)
        };
        assert!(matches!(judged([150.0, 180.0, 90.0]), Outcome::NotChecked(Why::NoEdge)));
        assert!(matches!(judged([60.0, 58.0, 90.0]), Outcome::Broken(_)));
        assert!(matches!(judged([23.0, 180.0, 30.0]), Outcome::Holds));
    }
}
