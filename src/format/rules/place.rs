//! Where parts stand: in the middle, on one row, on one line, and the lines drawn under them.

use super::{Case, Outcome, Why, deviation_of_line, of_line, plain};
use crate::format::facts::Line;
use crate::format::layout::{close, folded};
use crate::format::metrics;
use crate::format::setting::{Align, Drawn, Stroke};
use crate::messages::{Message, message};
use crate::profile::{Measure, Part};

/// A line belongs to the text above it within this, in millimetres from its baseline.
const BELOW: f64 = 7.5;
/// Spaces above two paragraphs of one row that differ by more set them at different heights, in points.
const SAME_ROW: f64 = 8.0;
/// What a table leaves free on both sides of a cell's text, in millimetres.
const PADDING: f64 = 3.8;

/// Parts that have lines under them.
const RULED: [Part; 3] = [Part::Motto, Part::Issuer, Part::Abstract];

fn centre(line: &Line) -> f64 {
    (line.bounds[0] + line.bounds[2]) / 2.0
}

/// Whether the lines of a part stand in the middle: of the page, or under another part.
pub(super) fn centred(case: &Case<'_>, part: Part, under: &[Part], tolerance: f64) -> Outcome {
    let lines = case.layout.part(part);
    if lines.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let above: Vec<&Line> = under.iter().flat_map(|part| case.layout.part(*part).iter().copied()).collect();
    if above.is_empty() && !under.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let expected = message("format_word_centred", &[]);
    for line in lines.iter().filter(|line| !line.stamped) {
        let found = match &line.setting {
            Some(setting) => {
                // Placed with tabs, blanks or indents, the place shows only on the page.
                let placed = setting.tabbed || setting.left.abs() > 3.0 || setting.first.abs() > 3.0;
                match setting.align {
                    Align::Centre => None,
                    _ if placed => return Outcome::NotChecked(Why::OnlyLayout),
                    _ => Some(message("format_word_not_centred", &[])),
                }
            }
            None => off_centre(case, line, &above, tolerance).map(|by| format!("{} mm", plain(by)).into()),
        };
        if let Some(found) = found {
            return of_line(line, expected, found);
        }
    }
    Outcome::Holds
}

/// How far a line of a page is from the middle, when it is too far.
fn off_centre(case: &Case<'_>, line: &Line, above: &[&Line], tolerance: f64) -> Option<f64> {
    let sheet = case.facts.sheets.get(line.page)?;
    let own = centre(line);
    // The middle of the page, or of its text, whose margins differ.
    let (least, greatest) = match above {
        [_, ..] => {
            let centres: Vec<f64> = above.iter().map(|line| centre(line)).collect();
            let least = centres.iter().copied().fold(f64::MAX, f64::min);
            (least, centres.iter().copied().fold(f64::MIN, f64::max))
        }
        [] => {
            let usual = case.facts.sheets.iter().find(|sheet| sheet.margins.left.is_some());
            let left = sheet.margins.left.or(usual.and_then(|sheet| sheet.margins.left)).unwrap_or(30.0);
            let right = sheet.margins.right.or(usual.and_then(|sheet| sheet.margins.right)).unwrap_or(18.0);
            let (page, text) = (sheet.width / 2.0, (left + sheet.width - right) / 2.0);
            (page.min(text), page.max(text))
        }
    };
    let off = if own < least { least - own } else { own - greatest };
    (off > tolerance).then_some(off)
}

/// Whether two parts are at one height.
pub(super) fn same_row(case: &Case<'_>, part: Part, other: Part, tolerance: f64) -> Outcome {
    let (Some(one), Some(two)) = (case.layout.part(part).first(), case.layout.part(other).first()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let expected = message("format_word_same_row", &[]);
    let broken = |found: Message| of_line(one, expected, found);
    match (&one.setting, &two.setting) {
        (Some(own), Some(of_other)) => match (own.cell, of_other.cell) {
            (Some(own), Some(other)) if own.table == other.table && own.row != other.row => {
                broken(message("format_word_other_row", &[]))
            }
            (Some(own), Some(other)) if own.table == other.table && own.column != other.column => {
                let first = own.index == 1 && other.index == 1;
                let lower = match (&one.setting, &two.setting) {
                    (Some(one), Some(two)) => (one.before - two.before).abs(),
                    _ => 0.0,
                };
                match (first, lower > SAME_ROW) {
                    (true, false) => Outcome::Holds,
                    (true, true) => broken(format!("{} pt", plain(lower)).into()),
                    (false, _) => Outcome::NotChecked(Why::OnlyLayout),
                }
            }
            (None, None) if own.framed || of_other.framed => Outcome::NotChecked(Why::OnlyLayout),
            (None, None) => {
                let paragraph = |line: &Line| line.at.as_ref().map(|at| at.paragraph);
                let same = paragraph(one) == paragraph(two) && own.row == of_other.row;
                if same { Outcome::Holds } else { broken(message("format_word_other_row", &[])) }
            }
            _ => broken(message("format_word_other_row", &[])),
        },
        _ => {
            let off = (one.baseline - two.baseline).abs();
            if one.page == two.page && off <= tolerance {
                Outcome::Holds
            } else {
                broken(format!("{} mm", plain(off)).into())
            }
        }
    }
}

/// Whether a part is on one line. In a DOCX its width is measured against its cell's.
pub(super) fn one_line(case: &Case<'_>, part: Part) -> Outcome {
    let lines = case.layout.part(part);
    let Some(first) = lines.first() else { return Outcome::NotChecked(Why::NoSuchPart) };
    if lines.len() > 1 {
        return of_line(first, "1", lines.len().to_string());
    }
    let Some(setting) = &first.setting else { return Outcome::Holds };
    let Some(room) = setting.cell.and_then(|cell| cell.width) else {
        return Outcome::NotChecked(Why::OnlyLayout);
    };
    let room = room - PADDING - setting.left - setting.right;
    // A size that is too great already is another rule's: what counts is whether it fits without that.
    let greatest = case.profile.rules.iter().filter_map(|rule| match &rule.measure {
        Measure::PartSize { part: of, range: [_, greatest], .. } if *of == part => Some(*greatest),
        _ => None,
    });
    let size = greatest.fold(first.size, f64::min);
    let width = metrics::width(&first.text, size, first.bold, first.italic);
    // Programs let text reach into what tables leave free, and stretch columns a little.
    if width <= room + 3.0 {
        Outcome::Holds
    } else {
        of_line(first, format!("≤ {} mm", plain(room)), format!("{} mm", plain(width)))
    }
}

/// What is known of the line under a part.
enum Under {
    /// The line, with the share of the text's length it has, where that is known.
    Line(Vec<f64>),
    /// There is one somewhere; only layout shows whether it is this.
    Somewhere,
    /// There is none.
    None,
}

fn find(case: &Case<'_>, lines: &[&Line]) -> Under {
    let Some(last) = lines.last() else { return Under::None };
    if last.at.is_some() {
        return find_in_docx(case, lines, last);
    }
    // A name may end with a number that had no room on its line: the line drawn below counts from the words.
    let worded = |line: &&&Line| line.text.chars().any(char::is_alphabetic);
    let last = lines.iter().rev().find(worded).copied().unwrap_or(last);
    let (left, right) = lines.iter().fold((f64::MAX, f64::MIN), |(left, right), line| {
        (left.min(line.bounds[0]), right.max(line.bounds[2]))
    });
    let fits = |drawn: &&Drawn| {
        let below = drawn.bounds[1] - last.baseline;
        let middle = (drawn.bounds[0] + drawn.bounds[2]) / 2.0;
        drawn.page == last.page
            && (-0.3..BELOW).contains(&below)
            && middle > left
            && middle < right
            && drawn.length < (right - left) * 1.6
            && drawn.length > 3.0
    };
    let near = |a: &&Drawn, b: &&Drawn| a.bounds[1].total_cmp(&b.bounds[1]);
    match case.facts.drawn.iter().filter(fits).min_by(near) {
        Some(drawn) => {
            let widths = lines.iter().map(|line| line.bounds[2] - line.bounds[0]);
            Under::Line(shares(drawn.length, widths.collect()))
        }
        None => Under::None,
    }
}

/// What share of a text a line has: of all of it, and of each of its lines, the last one last.
fn shares(length: f64, widths: Vec<f64>) -> Vec<f64> {
    let all: f64 = widths.iter().sum();
    std::iter::once(all).chain(widths).map(|width| length / width.max(1.0)).collect()
}

/// Whether a line of a DOCX belongs to the lines of a part: in their column, from the first of them to
/// an empty paragraph below.
fn is_near(drawn: &Drawn, lines: &[&Line]) -> bool {
    let paragraph = |line: &Line| line.at.as_ref().map_or(0, |at| at.paragraph);
    let cell = |cell: Option<crate::format::setting::Cell>| cell.map(|cell| (cell.table, cell.column));
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return false };
    let own = cell(last.setting.as_ref().and_then(|setting| setting.cell));
    let at = drawn.paragraph.unwrap_or(0);
    at >= paragraph(first) && at <= paragraph(last) + 2 && cell(drawn.cell) == own
}

fn find_in_docx(case: &Case<'_>, lines: &[&Line], last: &Line) -> Under {
    let paragraph = |line: &Line| line.at.as_ref().map_or(0, |at| at.paragraph);
    let end = paragraph(last);
    let near = |drawn: &&Drawn| is_near(drawn, lines);
    // A letterhead in a header has its lines there.
    let (texts, of_header) = &case.facts.header;
    let in_header = texts.iter().any(|line| std::ptr::eq(line, last));
    let all = || if in_header { of_header.iter() } else { case.facts.drawn.iter() };
    if let Some(drawn) = all().filter(near).min_by_key(|drawn| drawn.paragraph) {
        let width = |line: &&Line| metrics::width(&line.text, line.size, line.bold, line.italic);
        // Without a table the lines under both columns hang on one paragraph: which is whose, only layout shows.
        let beside = all().filter(|other| {
            std::ptr::eq(*other, drawn)
                || (drawn.cell.is_none() && other.paragraph == drawn.paragraph && near(other))
        });
        let lengths = beside.map(|drawn| drawn.length).filter(|length| *length > 0.0);
        let of = |length: f64| shares(length, lines.iter().map(width).collect());
        return Under::Line(lengths.flat_map(of).collect());
    }
    // A shape may hang on any paragraph of the head and be drawn elsewhere.
    let head = case.layout.head.last().map_or(end, |line| paragraph(line));
    let claimed = |drawn: &Drawn| RULED.iter().any(|part| is_near(drawn, case.layout.part(*part)));
    let shapes = all().any(|drawn| {
        drawn.stroke == Stroke::Shape && drawn.paragraph.is_some_and(|at| at <= head) && !claimed(drawn)
    });
    if shapes { Under::Somewhere } else { Under::None }
}

/// Whether a line is drawn under a part.
pub(super) fn line_under(case: &Case<'_>, part: Part) -> Outcome {
    let lines = case.layout.part(part);
    let Some(last) = lines.last() else { return Outcome::NotChecked(Why::NoSuchPart) };
    match find(case, lines) {
        Under::Line(..) => Outcome::Holds,
        // In a text issued with a document it stands below the reference to that.
        Under::None if case.layout.attached && part == Part::Abstract => Outcome::NotChecked(Why::NoLine),
        Under::Somewhere => Outcome::NotChecked(Why::OnlyLayout),
        Under::None => of_line(last, message("format_word_line", &[]), "—"),
    }
}

/// Whether a text is one that is fixed, written otherwise: a line as long as the right text is no fault then.
fn is_misspelt(case: &Case<'_>, text: &str) -> bool {
    case.profile.rules.iter().any(|rule| match &rule.measure {
        Measure::FixedText { text: right, also } => {
            text != right && !also.iter().any(|also| also == text) && close(&folded(text), &folded(right))
        }
        _ => false,
    })
}

/// Whether that line is as long as it should be beside the text: its last line, or its longest.
pub(super) fn line_length(
    case: &Case<'_>,
    part: Part,
    [least, greatest]: [f64; 2],
    tolerance: f64,
) -> Outcome {
    let lines = case.layout.part(part);
    let Some(last) = lines.last() else { return Outcome::NotChecked(Why::NoSuchPart) };
    if is_misspelt(case, &last.text) {
        return Outcome::NotChecked(Why::WrongText);
    }
    let Under::Line(shares) = find(case, lines) else { return Outcome::NotChecked(Why::NoLine) };
    let Some(first) = shares.last() else { return Outcome::NotChecked(Why::OnlyLayout) };
    let fits = |share: &f64| (least - tolerance..=greatest + tolerance).contains(share);
    if shares.iter().any(fits) {
        return Outcome::Holds;
    }
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let expected = if (least - greatest).abs() < f64::EPSILON {
        percent(least)
    } else {
        format!("{:.0}–{}", least * 100.0, percent(greatest))
    };
    let mut deviation = deviation_of_line(last, expected, percent(*first));
    deviation.estimate = last.at.is_some();
    Outcome::Broken(vec![deviation])
}

/// Whether a part stands within a region of its page, in fractions of it.
pub(super) fn within(
    case: &Case<'_>,
    part: Part,
    [left, top, right, bottom]: [f64; 4],
    except: &[String],
) -> Outcome {
    if case.layout.document.kind.as_ref().is_some_and(|kind| except.contains(kind)) {
        return Outcome::NotChecked(Why::NotThisType);
    }
    let Some(line) = case.layout.part(part).first() else { return Outcome::NotChecked(Why::NoSuchPart) };
    if line.at.is_some() {
        return Outcome::NotChecked(Why::OnlyLayout);
    }
    let Some(sheet) = case.facts.sheets.get(line.page) else { return Outcome::NotChecked(Why::NoPage) };
    let x = centre(line) / sheet.width;
    let y = line.baseline / sheet.height;
    if (left..=right).contains(&x) && (top..=bottom).contains(&y) {
        return Outcome::Holds;
    }
    let percent = |value: f64| format!("{:.0} %", value * 100.0);
    of_line(
        line,
        format!("x {}–{}, y {}–{}", percent(left), percent(right), percent(top), percent(bottom)),
        format!("x {}, y {}", percent(x), percent(y)),
    )
}
