//! How running text is set: indents, space between paragraphs, distance of lines, both edges.

use super::{Case, Deviation, Outcome, Why, deviation_of_line, of_line, plain, range_text};
use crate::format::facts::Line;
use crate::format::layout::{Layout, Paragraph, in_table, is_running, short};
use crate::messages::{Message, message};
use crate::profile::{Measure, Part};
use std::collections::{BTreeMap, BTreeSet};

/// One in so many paragraphs may differ: a quotation, a list, a table's heading.
const SHARE: usize = 5;
/// Paragraphs that deviate are shown up to this many.
const SHOWN: usize = 3;

/// Judges the paragraphs of running text by what `wrong` finds of one; `None` of it says that it
/// doesn't show.
fn judged<W: Into<Message>>(
    case: &Case<'_>,
    measure: impl Fn(&Paragraph<'_>) -> Option<f64>,
    holds: impl Fn(f64) -> bool,
    shown: impl Fn(f64) -> (W, W),
) -> Outcome {
    let running = case.layout.paragraphs.iter().filter(|paragraph| is_running(paragraph));
    let values: Vec<(&Paragraph<'_>, f64)> =
        running.filter_map(|paragraph| Some((paragraph, measure(paragraph)?))).collect();
    if values.len() < 2 {
        return Outcome::NotChecked(Why::LittleText);
    }
    let wrong: Vec<&(&Paragraph<'_>, f64)> = values.iter().filter(|(_, value)| !holds(*value)).collect();
    if wrong.len() * SHARE < values.len() || wrong.is_empty() {
        return Outcome::Holds;
    }
    broken(case, wrong, shown)
}

/// The first of the paragraphs that are wrong.
fn broken<W: Into<Message>>(
    case: &Case<'_>,
    wrong: Vec<&(&Paragraph<'_>, f64)>,
    shown: impl Fn(f64) -> (W, W),
) -> Outcome {
    let deviations: Vec<Deviation> = wrong
        .into_iter()
        .take(SHOWN)
        .filter_map(|(paragraph, value)| {
            let (expected, found) = shown(*value);
            let mut deviation = deviation_of_line(paragraph.lines.first()?, expected, found);
            deviation.estimate = case.facts.kind == "pdf";
            Some(deviation)
        })
        .collect();
    Outcome::Broken(deviations)
}

fn millimetres(value: f64) -> String {
    format!("{value:.1} mm")
}

fn points(value: f64) -> String {
    format!("{} pt", plain(value))
}

fn times(value: f64) -> String {
    format!("{value:.2} ×")
}

/// What a measure of how running text is set finds of a paragraph.
pub(in crate::format) fn said(measure: &Measure, paragraph: &Paragraph<'_>) -> Option<String> {
    match measure {
        Measure::BodyIndent { .. } => paragraph.indent.map(millimetres),
        Measure::BodyGap { .. } => paragraph.gap.map(points),
        Measure::BodyPitch { .. } => paragraph.pitch.map(times),
        Measure::BodySize { .. } => paragraph.lines.first().map(|line| points(line.size)),
        Measure::BodyJustified => {
            let code =
                if paragraph.justified? { "format_word_justified" } else { "format_word_not_justified" };
            Some(message(code, &[]).vi)
        }
        _ => None,
    }
}

/// The size of running text: by its paragraphs, and by its lines where most of them stand in no paragraph.
/// Tables and notes may have other sizes.
pub(super) fn size(case: &Case<'_>, range: [f64; 2], tolerance: f64) -> Outcome {
    let [least, greatest] = range;
    let holds = |size: f64| (least - tolerance..=greatest + tolerance).contains(&size);
    let shown = |size: f64| (range_text(range, "pt"), points(size));
    let tabular = |line: &Line| match &line.setting {
        // Tables without borders set out text.
        Some(setting) => setting.cell.is_some_and(|cell| cell.bordered),
        None => in_table(case.facts, line),
    };
    let lines: Vec<&Line> = case.layout.body.iter().copied().filter(|line| !tabular(line)).collect();
    if lines.len() < 2 {
        return Outcome::NotChecked(Why::LittleText);
    }
    let wrong = |line: &&&Line| !holds(line.size);
    if let Some(first) =
        lines.iter().find(wrong).filter(|_| lines.iter().filter(wrong).count() * 2 > lines.len())
    {
        let (expected, found) = shown(first.size);
        return of_line(first, expected, found);
    }
    let of = |paragraph: &Paragraph<'_>| {
        let first = paragraph.lines.first().filter(|line| !is_note(line, case))?;
        let wrong = paragraph.lines.iter().find(|line| !holds(line.size));
        let most =
            paragraph.lines.iter().filter(|line| !holds(line.size)).count() * 2 > paragraph.lines.len();
        Some(wrong.filter(|_| most).map_or(first.size, |line| line.size))
    };
    match judged(case, of, holds, shown) {
        Outcome::Broken(mut deviations) => {
            // Sizes are what the page says, not what it shows.
            deviations.iter_mut().for_each(|deviation| deviation.estimate = false);
            Outcome::Broken(deviations)
        }
        // The lines told already that there is enough text.
        _ => Outcome::Holds,
    }
}

/// The size most lines of running text have.
pub(in crate::format) fn usual_size(layout: &Layout<'_>) -> Option<f64> {
    let mut sizes: BTreeMap<u64, (f64, usize)> = BTreeMap::new();
    for line in &layout.body {
        sizes.entry((line.size * 4.0).round().to_bits()).or_insert((line.size, 0)).1 += 1;
    }
    sizes.into_values().max_by_key(|(_, count)| *count).map(|(size, _)| size)
}

/// The size of a part that stands in the running text: as large as that, or within a range.
pub(super) fn size_of_part(case: &Case<'_>, part: Part, range: Option<[f64; 2]>, tolerance: f64) -> Outcome {
    let lines = case.layout.part(part);
    if lines.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let Some(usual) = usual_size(case.layout) else { return Outcome::NotChecked(Why::LittleText) };
    let fits = |size: f64| {
        let within =
            range.is_some_and(|[least, greatest]| (least - tolerance..=greatest + tolerance).contains(&size));
        within || (size - usual).abs() <= tolerance
    };
    match lines.iter().find(|line| !fits(line.size)) {
        Some(line) => {
            let expected = range_text(range.unwrap_or([usual, usual]), "pt");
            of_line(line, expected, format!("{} pt", plain(line.size)))
        }
        None => Outcome::Holds,
    }
}

/// Whether running text is in capitals, most of its letters. Headings are.
pub(super) fn sentence(case: &Case<'_>) -> Outcome {
    let capitals = |text: &str| {
        let letters = text.chars().filter(|character| character.is_alphabetic());
        let (all, high) = letters.fold((0_usize, 0_usize), |(all, high), character| {
            (all + 1, high + usize::from(character.is_uppercase()))
        });
        high * 2 > all
    };
    let is_heading = |paragraph: &Paragraph<'_>| {
        let first = paragraph.lines.first();
        let headed = [Part::Heading, Part::Chapter, Part::ChapterTitle].into_iter().any(|part| {
            let lines = case.layout.part(part);
            first.is_some_and(|first| lines.iter().any(|line| std::ptr::eq(*line, *first)))
        });
        headed || first.is_some_and(|line| line.bold)
    };
    judged(
        case,
        |paragraph| (!is_heading(paragraph)).then(|| f64::from(u8::from(capitals(&paragraph.text)))),
        |value| value < 0.5,
        |_| (message("format_word_small_letters", &[]), message("format_word_capitals", &[])),
    )
}

/// Whether a line is of a note at the foot of a page: small, and low.
fn is_note(line: &Line, case: &Case<'_>) -> bool {
    const SMALL: f64 = 11.5;
    let height = case.facts.sheets.get(line.page).map_or(297.0, |sheet| sheet.height);
    case.facts.kind == "pdf" && line.size < SMALL && line.baseline > height * 0.6
}

/// Judges paragraphs by what the file states of each, however short it is: the long ones, and where these are right or
/// too few, all that are text for sure, of which most must be wrong.
fn stated(
    case: &Case<'_>,
    measure: impl Fn(&Paragraph<'_>) -> Option<f64>,
    holds: impl Fn(f64) -> bool,
    shown: impl Fn(f64) -> (String, String),
) -> Outcome {
    const ENOUGH: usize = 3;
    let by_long = judged(case, &measure, &holds, &shown);
    if case.facts.kind == "pdf" || matches!(by_long, Outcome::Broken(_)) {
        return by_long;
    }
    let long = case.layout.paragraphs.iter().filter(|paragraph| is_running(paragraph));
    let short = short(case.layout).into_iter().filter(|short| short.is_counted());
    let all = long.chain(short.map(|short| short.paragraph));
    let values: Vec<(&Paragraph<'_>, f64)> =
        all.filter_map(|paragraph| Some((paragraph, measure(paragraph)?))).collect();
    let wrong: Vec<&(&Paragraph<'_>, f64)> = values.iter().filter(|(_, value)| !holds(*value)).collect();
    if values.len() < ENOUGH {
        return by_long;
    }
    if wrong.len() * 2 <= values.len() { Outcome::Holds } else { broken(case, wrong, shown) }
}

pub(super) fn indent(case: &Case<'_>, values: &[f64], tolerance: f64) -> Outcome {
    let expected = values.iter().map(|value| format!("{value} mm")).collect::<Vec<_>>().join(" / ");
    stated(
        case,
        |paragraph| paragraph.indent,
        |value| values.iter().any(|right| (value - right).abs() <= tolerance),
        |value| (expected.clone(), millimetres(value)),
    )
}

pub(super) fn gap(case: &Case<'_>, least: f64, tolerance: f64) -> Outcome {
    // A page shows space to a fraction of a point less well than a file states it.
    let tolerance = if case.facts.kind == "pdf" { tolerance } else { 0.05 };
    stated(
        case,
        |paragraph| paragraph.gap,
        |value| value >= least - tolerance,
        |value| (format!("≥ {} pt", plain(least)), points(value.max(0.0))),
    )
}

pub(super) fn pitch(case: &Case<'_>, range: [f64; 2], tolerance: f64) -> Outcome {
    let [least, greatest] = range;
    stated(
        case,
        |paragraph| paragraph.pitch,
        |value| (least - tolerance..=greatest + tolerance).contains(&value),
        |value| (range_text(range, "×"), times(value)),
    )
}

pub(super) fn justified(case: &Case<'_>) -> Outcome {
    let word = |code: &str| message(code, &[]);
    judged(
        case,
        |paragraph| paragraph.justified.map(|justified| if justified { 1.0 } else { 0.0 }),
        |value| value > 0.5,
        |_| (word("format_word_justified"), word("format_word_not_justified")),
    )
}

/// Whether running text is as upright, or as light, as it must be.
pub(super) fn plain_text(case: &Case<'_>, italic: bool) -> Outcome {
    let of = |paragraph: &Paragraph<'_>| {
        let set = |line: &&&crate::format::facts::Line| if italic { line.italic } else { line.bold };
        let wrong = paragraph.lines.iter().filter(set).count() * 2 > paragraph.lines.len();
        Some(if wrong { 1.0 } else { 0.0 })
    };
    let words = if italic {
        ("format_word_upright", "format_word_italic")
    } else {
        ("format_word_not_bold", "format_word_bold")
    };
    let grounds: BTreeSet<usize> = case
        .layout
        .units
        .iter()
        .filter(|unit| unit.kind == crate::format::layout::UnitKind::Ground)
        .map(|unit| unit.paragraph)
        .collect();
    let own = case.layout.paragraphs.iter().enumerate();
    let own: Vec<&Paragraph<'_>> = own
        .filter(|(at, paragraph)| is_running(paragraph) && !grounds.contains(at))
        .map(|(_, paragraph)| paragraph)
        .collect();
    if own.len() < 2 {
        return Outcome::NotChecked(Why::LittleText);
    }
    let wrong: Vec<&&Paragraph<'_>> = own.iter().filter(|paragraph| of(paragraph) == Some(1.0)).collect();
    match wrong.first().and_then(|paragraph| paragraph.lines.first()) {
        // Quotations and titles of clauses are set otherwise: only most of the text tells.
        Some(line) if wrong.len() * 2 > own.len() => {
            let word = |code: &str| message(code, &[]);
            Outcome::Broken(vec![deviation_of_line(line, word(words.0), word(words.1))])
        }
        _ => Outcome::Holds,
    }
}
