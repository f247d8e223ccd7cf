//! How parts of a document are written: size, weight, slant, capitals, text.

use super::text::is_accepted;
use super::{Case, Outcome, Why, deviation_of_line, of_line, order, plain, range_text};
use crate::format::facts::Line;
use crate::format::layout::{begins, is_capitals, is_family_name};
use crate::messages::{Message, message};
use crate::profile::{Hue, Part, Pattern};

/// The deviations of the lines of a part that `wrong` gives what was expected and found of.
fn judged<W: Into<Message>>(case: &Case<'_>, part: Part, wrong: impl Fn(&Line) -> Option<(W, W)>) -> Outcome {
    judged_lines(case.layout.part(part), wrong)
}

fn judged_lines<W: Into<Message>>(lines: &[&Line], wrong: impl Fn(&Line) -> Option<(W, W)>) -> Outcome {
    if lines.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    // One finding a part: the next lines are wrong for the same reason.
    let first = lines.iter().find_map(|line| wrong(line).map(|found| (line, found)));
    match first {
        Some((line, (expected, found))) => Outcome::Broken(vec![deviation_of_line(line, expected, found)]),
        None => Outcome::Holds,
    }
}

/// A word for how a part is written, in the language reports are read in most.
fn word(code: &str) -> Message {
    message(code, &[])
}

fn either(wanted: bool, yes: &str, no: &str) -> (Message, Message) {
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

pub(super) fn text(
    case: &Case<'_>,
    part: Part,
    pattern: &Pattern,
    when: Option<&Pattern>,
    example: &str,
) -> Outcome {
    let meant = |line: &Line| when.is_none_or(|when| when.0.is_match(&line.text));
    // A line that goes on with the addressee above it begins none.
    let lines: Vec<&Line> = match part {
        Part::Addressees => order::entries(case.layout, part).into_iter().map(|(_, line)| line).collect(),
        _ => case.layout.part(part).to_vec(),
    };
    if !lines.is_empty() && !lines.iter().any(|line| meant(line)) {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    judged_lines(&lines, |line| {
        (meant(line) && !pattern.0.is_match(&line.text)).then(|| (example.to_owned(), line.text.clone()))
    })
}

/// Whether a part isn't all in capitals. Behind words that don't count all of its lines are one text, for a
/// line alone may hold nothing but abbreviations.
pub(super) fn sentence(case: &Case<'_>, part: Part, behind: Option<&str>) -> Outcome {
    const WORDS: usize = 3;
    if let Some(words) = behind {
        let lines = case.layout.part(part);
        let first = lines.first().filter(|line| begins(&line.text, words));
        let Some(first) = first else { return Outcome::NotChecked(Why::NoSuchPart) };
        let text = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
        let rest: String = text.chars().skip(words.chars().count()).collect();
        let shouted = is_capitals(&rest) && rest.split_whitespace().count() >= WORDS;
        return if shouted {
            of_line(first, word("format_word_small_letters"), text)
        } else {
            Outcome::Holds
        };
    }
    judged(case, part, |line| {
        is_capitals(&line.text)
            .then(|| (word("format_word_small_letters"), Message::from(line.text.as_str())))
    })
}

/// Whether a part is written as names of persons are: each word with a capital. Ranks before a name are words
/// like others, so that all words are judged only where the family's name comes first.
pub(super) fn named(case: &Case<'_>, part: Part) -> Outcome {
    judged(case, part, |line| {
        let small = |word: &str| word.starts_with(char::is_lowercase);
        let wrong = is_capitals(&line.text)
            || (is_family_name(&line.text, case.profile) && line.text.split_whitespace().any(small));
        wrong.then(|| (word("format_word_name"), Message::from(line.text.as_str())))
    })
}

/// Whether the first words of each line are bold, or are not.
pub(super) fn lead(case: &Case<'_>, part: Part, bold: bool) -> Outcome {
    judged(case, part, |line| {
        (line.leads_bold != bold).then(|| either(bold, "format_word_bold", "format_word_not_bold"))
    })
}

/// Whether a part is set in one of the families.
pub(super) fn font(case: &Case<'_>, part: Part, families: &[String]) -> Outcome {
    let lines = case.layout.part(part);
    let named = |line: &&&Line| line.fonts.keys().any(|font| !font.is_empty());
    if !lines.is_empty() && !lines.iter().any(|line| named(&line)) {
        return Outcome::NotChecked(Why::NoFontNames);
    }
    judged(case, part, |line| {
        let other = line.fonts.keys().find(|font| !font.is_empty() && !is_accepted(families, font))?;
        Some((families.first().cloned().unwrap_or_default(), other.to_string()))
    })
}

pub(super) fn colour(case: &Case<'_>, part: Part, wanted: Hue) -> Outcome {
    judged(case, part, |line| {
        let colour = line.colour.unwrap_or([0; 3]);
        let [red, green, blue] = colour;
        let name = match wanted {
            Hue::Black => "format_word_black",
            Hue::Blue => "format_word_blue",
            Hue::Red => "format_word_red",
        };
        (!wanted.is(colour)).then(|| (word(name), format!("#{red:02x}{green:02x}{blue:02x}").into()))
    })
}

/// Whether the sizes of two parts are a pair that goes together. Sizes no pair has are found by the
/// rules of the parts themselves.
pub(super) fn size_pairs(case: &Case<'_>, parts: [Part; 2], pairs: &[[f64; 2]], tolerance: f64) -> Outcome {
    let size = |part: Part| case.layout.part(part).first().filter(|line| !line.stamped).map(|line| line.size);
    let (Some(one), Some(two)) = (size(parts[0]), size(parts[1])) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
    let known =
        |at: usize, size: f64| pairs.iter().any(|pair| pair.get(at).is_some_and(|own| near(*own, size)));
    let fits = pairs.iter().any(|[first, second]| near(*first, one) && near(*second, two));
    if fits || !known(0, one) || !known(1, two) {
        return Outcome::Holds;
    }
    let Some(line) = case.layout.part(parts[1]).first() else { return Outcome::NotChecked(Why::NoSuchPart) };
    let shown: Vec<String> = pairs.iter().map(|[a, b]| format!("{}–{}", plain(*a), plain(*b))).collect();
    Outcome::Broken(vec![deviation_of_line(
        line,
        format!("{} pt", shown.join(" / ")),
        format!("{}–{} pt", plain(one), plain(two)),
    )])
}
