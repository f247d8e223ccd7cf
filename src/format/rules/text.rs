//! Fonts, sizes, and texts that must stand in the head.

use super::{Case, Deviation, Outcome, Why, deviation_of_line, of_line, of_page};
use crate::format::facts::{Facts, Line, is_signing_note};
use crate::format::layout::{Layout, folded, is_capitals};
use crate::profile::{Measure, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Fonts named in findings; a document with more has one trouble, not many.
const FONTS_NAMED: usize = 5;
/// Fonts of symbols: bullets and boxes come from fonts of their own.
const SYMBOLS: [&str; 5] = ["symbol", "wingdings", "zapfdingbats", "opensymbol", "webdings"];
/// Characters in a wrong font that are no choice of the writer's (a sign the right font lacks).
const STRAY: usize = 3;

/// A font's name without what writers of files put into it.
fn simple(name: &str) -> String {
    name.replace([' ', '-', ',', '_'], "").to_lowercase()
}

/// Whether a font is one of the families, or one of symbols.
pub(in crate::format) fn is_accepted(families: &[String], font: &str) -> bool {
    let name = simple(font);
    SYMBOLS.iter().any(|symbols| name.starts_with(symbols))
        || families.iter().any(|family| name.starts_with(&simple(family)))
}

/// Whether a font's name is one that a program gave it in place of its own: letters for a kind and a number.
fn is_counted(font: &str) -> bool {
    let name = font.strip_prefix("CIDFont").unwrap_or(font).trim_start_matches('+');
    let number = name.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    name.len() - number.len() <= 4 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a font is one of an old code, which a rule of its own speaks of.
fn is_legacy(prefixes: &[String], font: &str) -> bool {
    prefixes.iter().any(|prefix| font.to_lowercase().starts_with(&prefix.to_lowercase()))
}

pub(super) fn font_family(case: &Case<'_>, families: &[String]) -> Outcome {
    let facts = case.facts;
    let legacy: Vec<String> = case
        .profile
        .rules
        .iter()
        .filter_map(|rule| match &rule.measure {
            Measure::LegacyFonts { prefixes } => Some(prefixes.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let mut judged = 0_usize;
    let mut others: BTreeMap<&str, (&Line, usize)> = BTreeMap::new();
    // Lines have a few fonts, again and again.
    let mut wrong: BTreeMap<&str, bool> = BTreeMap::new();
    // What a signature writes has rules of its own.
    let own = |line: &&Line| !line.invisible && !is_signing_note(&line.text);
    for line in facts.lines.iter().chain(&facts.foot).filter(own) {
        for (font, characters) in line.fonts.iter().filter(|(font, _)| !font.is_empty() && !is_counted(font))
        {
            judged += characters;
            let is_wrong = wrong
                .entry(font)
                .or_insert_with(|| !is_accepted(families, font) && !is_legacy(&legacy, font));
            if *is_wrong {
                others.entry(font).or_insert((line, 0)).1 += characters;
            }
        }
    }
    if judged == 0 {
        return Outcome::NotChecked(Why::NoFontNames);
    }
    others.retain(|_, (_, characters)| *characters > STRAY);
    if others.is_empty() {
        return Outcome::Holds;
    }
    let expected = families.first().cloned().unwrap_or_default();
    // Two faces of one family are one finding: by the font's own name before its style.
    let mut found: BTreeMap<String, (&Line, usize)> = BTreeMap::new();
    for (font, (line, characters)) in others {
        let family = font.split(['-', ',']).next().unwrap_or(font).to_owned();
        let entry = found.entry(family).or_insert((line, 0));
        entry.1 += characters;
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, (_, characters))| std::cmp::Reverse(*characters));
    let deviations: Vec<Deviation> = found
        .into_iter()
        .take(FONTS_NAMED)
        .map(|(font, (line, _))| deviation_of_line(line, expected.clone(), font))
        .collect();
    Outcome::Broken(deviations)
}

/// Colour of the text; marks that are red by law are capitals in a frame of their own, so only lines
/// in sentence case are judged.
pub(super) fn black(case: &Case<'_>) -> Outcome {
    let marks: Vec<&Line> = [Part::Urgency, Part::Secrecy, Part::Circulation]
        .into_iter()
        .flat_map(|part| case.layout.part(part).iter().copied())
        .collect();
    let sentence =
        |line: &&Line| !is_capitals(&line.text) && !marks.iter().any(|mark| std::ptr::eq(*mark, *line));
    let all = case.facts.lines.iter().chain(&case.facts.foot);
    let mut visible =
        all.filter(|line| !line.invisible && !line.stamped && !is_signing_note(&line.text)).peekable();
    if visible.peek().is_none() {
        return Outcome::NotChecked(Why::LittleText);
    }
    let found = visible.filter(sentence).find_map(|line| line.colour.map(|colour| (line, colour)));
    match found {
        Some((line, [red, green, blue])) => {
            of_line(line, "#000000", format!("#{red:02x}{green:02x}{blue:02x}"))
        }
        None => Outcome::Holds,
    }
}

/// Letters and their marks written as one, so that every search finds them.
pub(super) fn composed(facts: &Facts) -> Outcome {
    let mut visible = facts.lines.iter().filter(|line| !line.invisible).peekable();
    if visible.peek().is_none() {
        return Outcome::NotChecked(Why::LittleText);
    }
    match visible.find(|line| line.decomposed) {
        Some(line) => of_line(line, "NFC", line.text.clone()),
        None => Outcome::Holds,
    }
}

/// Fonts of codes older than Unicode: their letters are others than the ones a reader sees.
pub(super) fn legacy_fonts(facts: &Facts, prefixes: &[String]) -> Outcome {
    let visible = facts.lines.iter().filter(|line| !line.invisible);
    let mut fine: BTreeSet<&str> = BTreeSet::new();
    for line in visible {
        for font in line.fonts.keys().filter(|font| !font.is_empty()) {
            if fine.insert(font) && is_legacy(prefixes, font) {
                return of_line(line, "Unicode (TCVN 6909:2001)", &**font);
            }
        }
    }
    if fine.is_empty() { Outcome::NotChecked(Why::NoFontNames) } else { Outcome::Holds }
}

pub(super) fn fixed(case: &Case<'_>, text: &str, also: &[String]) -> Outcome {
    if std::iter::once(text).chain(also.iter().map(String::as_str)).any(|text| exact(case.layout, text)) {
        return Outcome::Holds;
    }
    if case.layout.annex && !case.layout.headed {
        return Outcome::NotChecked(Why::NoHead);
    }
    if case.facts.lines.is_empty() {
        return Outcome::NotChecked(Why::LittleText);
    }
    match nearest(case.layout, text) {
        Some(line) => of_line(line, text, line.text.clone()),
        None => of_page(0, text, "—"),
    }
}

pub(super) fn discouraged(case: &Case<'_>, texts: &[String], instead: &str) -> Outcome {
    let found =
        case.layout.head.iter().find(|line| texts.iter().any(|text| line.text.contains(text.as_str())));
    match found {
        Some(line) => of_line(line, instead, line.text.clone()),
        None => Outcome::Holds,
    }
}

/// Whether a text stands in one line of the head, or broken over two of it.
fn exact(layout: &Layout<'_>, wanted: &str) -> bool {
    layout.head.iter().enumerate().any(|(at, line)| {
        let broken = wanted
            .strip_prefix(line.text.as_str())
            .map(str::trim_start)
            .filter(|rest| rest.len() < wanted.len());
        line.text.split_once(wanted).is_some_and(|(_, rest)| !rest.starts_with(char::is_alphanumeric))
            || broken
                .is_some_and(|rest| layout.head.iter().skip(at + 1).take(3).any(|next| next.text == rest))
    })
}

/// The line that is meant, for showing what stands instead: it shares most words, in order.
fn nearest<'f>(layout: &Layout<'f>, wanted: &str) -> Option<&'f Line> {
    let words = |text: &str| -> Vec<String> {
        let text = folded(text);
        text.split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let wanted = words(wanted);
    let shared = |line: &Line| words(&line.text).iter().filter(|word| wanted.contains(word)).count();
    let best = layout.head.iter().copied().max_by_key(|line| shared(line))?;
    (shared(best) * 2 >= wanted.len()).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::is_counted;

    #[test]
    fn names_that_programs_count_are_no_names() {
        for font in ["CIDFont+F1", "F12", "TT0", "R8", "Font3"] {
            assert!(is_counted(font), "{font}");
        }
        for font in ["TimesNewRomanPSMT", "Arial", "Univers55", "F", ".VnTime", "Calibri-Light", ""] {
            assert!(!is_counted(font), "{font}");
        }
    }
}
