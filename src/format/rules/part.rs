//! How parts of a document are written: size, weight, slant, capitals, text.

use super::{Case, Outcome, Why, deviation_of_line, plain, range_text};
use crate::format::facts::Line;
use crate::format::parts;
use crate::messages::message;
use crate::profile::{Part, rule};

/// The deviations of the lines of a part that `wrong` gives what was expected and found of.
fn judged(case: &Case<'_>, part: Part, wrong: impl Fn(&Line) -> Option<(String, String)>) -> Outcome {
    let lines = parts::lines(part, case.facts, case.layout, case.profile);
    if lines.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    // One finding a part: the next lines are wrong for the same reason.
    let first = lines.into_iter().find_map(|line| wrong(line).map(|found| (line, found)));
    match first {
        Some((line, (expected, found))) => Outcome::Broken(vec![deviation_of_line(line, expected, found)]),
        None => Outcome::Holds,
    }
}

/// A word for how a part is written, in the language reports are read in most.
fn word(code: &str) -> String {
    message(code, &[]).vi
}

fn either(wanted: bool, yes: &str, no: &str) -> (String, String) {
    if wanted { (word(yes), word(no)) } else { (word(no), word(yes)) }
}

pub(super) fn size(case: &Case<'_>, part: Part, range: [f64; 2], tolerance: f64) -> Outcome {
    let [least, greatest] = range;
    judged(case, part, |line| {
        let fits = (least - tolerance..=greatest + tolerance).contains(&line.size);
        (!fits).then(|| (range_text(range, "pt"), format!("{} pt", plain(line.size))))
    })
}

pub(super) fn weight(case: &Case<'_>, part: Part, bold: bool) -> Outcome {
    judged(case, part, |line| {
        (line.bold != bold).then(|| either(bold, "format_word_bold", "format_word_not_bold"))
    })
}

pub(super) fn slant(case: &Case<'_>, part: Part, italic: bool) -> Outcome {
    judged(case, part, |line| {
        (line.italic != italic).then(|| either(italic, "format_word_italic", "format_word_upright"))
    })
}

pub(super) fn capitals(case: &Case<'_>, part: Part) -> Outcome {
    judged(case, part, |line| {
        let wanted = line.text.to_uppercase();
        (line.text != wanted).then(|| (wanted, line.text.clone()))
    })
}

pub(super) fn text(case: &Case<'_>, part: Part, pattern: &str, example: &str) -> Outcome {
    // The pattern was tried when the profile was read.
    let Ok(pattern) = rule::expression(pattern) else { return Outcome::NotChecked(Why::NoSuchPart) };
    judged(case, part, |line| {
        (!pattern.is_match(&line.text)).then(|| (example.to_owned(), line.text.clone()))
    })
}
