//! Page numbers.

use super::{Case, Deviation, Outcome, Why, of_line, of_page};
use crate::format::facts::is_signing_note;
use crate::format::layout::Annex;
use crate::format::setting::PageNumber;
use crate::format::{figures, metrics};
use crate::messages::{Message, message};
use std::collections::BTreeSet;

/// Characters that fit no page: a DOCX with more has several.
const PAGE: usize = 4_200;

/// Pages of a PDF with text that stands upright; turned ones have their numbers elsewhere.
fn pages(case: &Case<'_>) -> Vec<usize> {
    let written: BTreeSet<usize> =
        case.facts.lines.iter().filter(|line| !line.invisible).map(|line| line.page).collect();
    let sheets = case.facts.sheets.iter().enumerate();
    let upright = sheets.filter(|(_, sheet)| sheet.height >= sheet.width).map(|(page, _)| page);
    upright.filter(|page| written.contains(page)).collect()
}

fn of<'c>(case: &Case<'c>, page: usize) -> Option<&'c PageNumber> {
    case.facts.numbers.iter().find(|number| number.page == page)
}

/// Why a file has no page numbers to be judged.
fn several(case: &Case<'_>) -> Option<Why> {
    if case.facts.kind == "pdf" {
        return (case.facts.pages.unwrap_or(0) < 2).then_some(Why::OnePage);
    }
    let characters: usize = case.facts.lines.iter().map(|line| line.text.chars().count()).sum();
    let many = characters > PAGE || case.facts.stated.is_some_and(|pages| pages > 1) || overflows(case);
    (!many && case.facts.numbers.is_empty()).then_some(Why::OnePage)
}

/// Whether the text of a DOCX is surely higher than one page, by the widths of its letters.
fn overflows(case: &Case<'_>) -> bool {
    /// Programs break lines otherwise than this does by less.
    const SURE: f64 = 1.12;
    /// Points in a millimetre.
    const POINTS: f64 = 72.0 / 25.4;
    let Some(sheet) = case.facts.sheets.first() else { return false };
    let margins = &sheet.margins;
    let (Some(left), Some(right), Some(top), Some(bottom)) =
        (margins.left, margins.right, margins.top, margins.bottom)
    else {
        return false;
    };
    let (room, height) = (sheet.width - left - right, (sheet.height - top - bottom) * POINTS);
    let (mut all, mut rows) = (0.0, std::collections::BTreeMap::new());
    for line in case.facts.lines.iter().filter(|line| line.size > 1.0) {
        let Some(setting) = line.setting.as_ref().filter(|setting| !setting.framed && setting.column == 0)
        else {
            continue;
        };
        let width = setting.cell.and_then(|cell| cell.width).unwrap_or(room) - setting.left - setting.right;
        let long = metrics::width(&line.text, line.size, line.bold, line.italic) + setting.first.max(0.0);
        let lines = (long / width.max(10.0)).ceil().max(1.0);
        let spaces = if setting.row == 0 { setting.before + setting.after } else { 0.0 };
        let high = lines * setting.spacing.lines(line.size) * line.size * 1.15 + spaces;
        match setting.cell {
            None => all += high,
            Some(cell) => {
                *rows.entry((cell.table, cell.row, cell.column)).or_insert(0.0) += high;
            }
        }
    }
    let mut highest: std::collections::BTreeMap<(usize, usize), f64> = std::collections::BTreeMap::new();
    for ((table, row, _), high) in rows {
        let entry = highest.entry((table, row)).or_insert(0.0);
        *entry = entry.max(high);
    }
    all + highest.values().sum::<f64>() > height * SURE
}

/// Whether every page but the first has a number.
pub(super) fn present(case: &Case<'_>) -> Outcome {
    if let Some(why) = several(case) {
        return Outcome::NotChecked(why);
    }
    let expected = message("format_word_page_number", &[]);
    if case.facts.kind == "docx" {
        if case.facts.numbers.is_empty() {
            return of_page(0, expected, "—");
        }
        return Outcome::Holds;
    }
    let annexes = &case.layout.annexes;
    let first = |page: usize| {
        page == 0 || annexes.iter().any(|annex| annex.label.page == page) || attached(case, page)
    };
    match pages(case).into_iter().find(|page| !first(*page) && of(case, *page).is_none()) {
        Some(page) => of_page(page, expected, "—"),
        None => Outcome::Holds,
    }
}

/// Whether a page is the first of a text that goes with the document and counts its own pages.
fn attached(case: &Case<'_>, page: usize) -> bool {
    const TOP: usize = 14;
    let Some(words) = case.profile.recognition.annex_reference.as_deref() else { return false };
    let words = words.to_lowercase();
    let top = case.facts.of_page(page).take(TOP);
    top.filter(|line| line.text.starts_with('(')).any(|line| line.text.to_lowercase().contains(&words))
}

fn judged<W: Into<Message>>(case: &Case<'_>, wrong: impl Fn(&PageNumber) -> Option<(W, W)>) -> Outcome {
    if case.facts.numbers.is_empty() {
        return Outcome::NotChecked(several(case).unwrap_or(Why::NoSuchPart));
    }
    let found = case.facts.numbers.iter().find_map(|number| wrong(number).map(|found| (number, found)));
    match found {
        Some((number, (expected, found))) => of_line(&number.line, expected, found),
        None => Outcome::Holds,
    }
}

/// Whether they stand in the middle above the text.
pub(super) fn place(case: &Case<'_>) -> Outcome {
    let word = |code: &str| message(code, &[]);
    judged(case, |number| {
        let turned = case.facts.sheets.get(number.page).is_some_and(|sheet| sheet.width > sheet.height);
        let expected = word("format_word_above_centred");
        if !number.above {
            return Some((expected, word("format_word_below")));
        }
        (number.centred == Some(false) && !turned).then(|| (expected, word("format_word_not_centred")))
    })
}

/// Whether the first page has none.
pub(super) fn first(case: &Case<'_>) -> Outcome {
    let on_first = |number: &&PageNumber| number.page == 0 && (number.on_first || case.facts.kind == "pdf");
    match case.facts.numbers.iter().find(on_first) {
        Some(number) => of_line(&number.line, "—", number.line.text.clone()),
        None if case.facts.numbers.is_empty() => {
            Outcome::NotChecked(several(case).unwrap_or(Why::NoSuchPart))
        }
        None => Outcome::Holds,
    }
}

/// Whether they are Arabic figures with nothing around them. Other words beside a number make it a running
/// header, which isn't judged.
pub(super) fn form(case: &Case<'_>) -> Outcome {
    let words = &case.profile.recognition.page_words;
    judged(case, |number| {
        let figures = figures::read(&number.written, words)?;
        (!figures.alone).then(|| (figures.value.to_string(), number.written.trim().to_owned()))
    })
}

/// Whether they count on from page to page, or from 1 where an annex begins.
pub(super) fn order(case: &Case<'_>) -> Outcome {
    if case.facts.kind == "docx" {
        return order_in_docx(case);
    }
    let mut before: Option<(usize, usize)> = None;
    for number in &case.facts.numbers {
        let Some(value) = number.value else { continue };
        let by_page = value == number.page + 1;
        let by_last = before.is_some_and(|(page, last)| value == last + (number.page - page));
        // An annex counts from its own first page, which shows none.
        let anew = case
            .layout
            .annexes
            .iter()
            .any(|annex| number.page >= annex.label.page && value == number.page - annex.label.page + 1)
            // So does a text that is issued with the document.
            || (1..=number.page).any(|page| attached(case, page) && value == number.page - page + 1);
        if !(by_page || by_last || anew || (before.is_some() && value <= 2)) {
            return of_line(&number.line, (number.page + 1).to_string(), value.to_string());
        }
        before = Some((number.page, value));
    }
    if before.is_some() {
        Outcome::Holds
    } else {
        Outcome::NotChecked(several(case).unwrap_or(Why::NoSuchPart))
    }
}

/// Whether the pages of each annex in the file are counted on their own.
pub(super) fn annexes(case: &Case<'_>) -> Outcome {
    if case.layout.annexes.is_empty() || case.layout.annex {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    if case.facts.kind == "docx" {
        return annexes_in_docx(case);
    }
    let starts: Vec<usize> = case.layout.annexes.iter().map(|annex| annex.label.page).collect();
    let mut judged = false;
    for number in &case.facts.numbers {
        let start = starts.iter().filter(|start| **start <= number.page).max();
        let (Some(start), Some(value)) = (start, number.value) else { continue };
        judged = true;
        let expected = number.page - start + 1;
        if value != expected {
            return of_line(&number.line, expected.to_string(), value.to_string());
        }
    }
    if judged { Outcome::Holds } else { Outcome::NotChecked(Why::OnePage) }
}

/// Where a section of a DOCX is that something is wrong with.
fn of_section(case: &Case<'_>, section: usize, expected: &str, found: &str) -> Outcome {
    let paragraph = case.facts.sheets.get(section).and_then(|sheet| sheet.paragraph);
    Outcome::Broken(vec![Deviation {
        page: section,
        paragraph,
        expected: expected.into(),
        found: found.into(),
        ..Deviation::default()
    }])
}

/// Whether the numbers of a DOCX begin at 1, as its first section says. Where they begin anew later, only pages
/// show whether an annex begins there.
fn order_in_docx(case: &Case<'_>) -> Outcome {
    if case.facts.numbers.is_empty() {
        return Outcome::NotChecked(several(case).unwrap_or(Why::NoSuchPart));
    }
    let mut starts = case.facts.sheets.iter().map(|sheet| sheet.numbered_from);
    let first = starts.next().flatten();
    // A page of an annex or from the middle may begin anywhere, and 0 leaves out a cover.
    match first {
        Some(from) if from > 1 && case.layout.headed && !case.layout.annex => {
            of_section(case, 0, "1", &from.to_string())
        }
        None | Some(1) if starts.all(|start| start.is_none()) => Outcome::Holds,
        _ => Outcome::NotChecked(Why::OnlyLayout),
    }
}

/// Whether each annex of a DOCX begins a section whose numbers begin at 1: in one it shares with other text its
/// pages can't be counted on their own.
fn annexes_in_docx(case: &Case<'_>) -> Outcome {
    if case.facts.numbers.is_empty() {
        return Outcome::NotChecked(several(case).unwrap_or(Why::NoSuchPart));
    }
    let mut judged = true;
    for annex in &case.layout.annexes {
        let Some(setting) = annex.label.setting.as_ref() else { continue };
        // Where no number is shown none goes on.
        let shown = case.facts.numbers.iter().any(|number| number.page == setting.section);
        if shown && !begins_section(case, annex, setting.section) {
            let word = |code: &str| message(code, &[]);
            return of_line(annex.label, word("format_word_anew"), word("format_word_goes_on"));
        }
        judged &= shown
            && case.facts.sheets.get(setting.section).is_some_and(|sheet| sheet.numbered_from == Some(1));
    }
    if judged { Outcome::Holds } else { Outcome::NotChecked(Why::OnlyLayout) }
}

/// Whether an annex has a section of its own whose numbers don't go on.
fn begins_section(case: &Case<'_>, annex: &Annex<'_>, section: usize) -> bool {
    let of_section = |line: &crate::format::facts::Line| {
        line.setting.as_ref().is_some_and(|setting| setting.section == section)
    };
    // What was signed onto an attachment stands above its first line.
    let mut above = case.facts.lines.iter().take(annex.at).rev().take_while(|line| of_section(line));
    let own = above.all(|line| is_signing_note(&line.text));
    own && case.facts.sheets.get(section).is_some_and(|sheet| sheet.numbered_from.is_some())
}
