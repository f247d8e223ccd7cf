//! Number and symbol, place and date.

use super::{Case, Outcome, Why, of_line, of_page};
use crate::format::layout::{filled, is_blank};
use crate::profile::{DocumentType, Notation, Summary};
use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// What is missing of a head that is there: an error; without a head there is nothing to miss.
fn missing(case: &Case<'_>, expected: &str) -> Outcome {
    if case.layout.headed && !case.layout.attached {
        of_page(0, expected, "—")
    } else {
        Outcome::NotChecked(Why::NoHead)
    }
}

fn kind<'p>(case: &'p Case<'_>) -> Option<&'p DocumentType> {
    case.layout.document.kind.as_deref().and_then(|code| case.profile.document_type(code))
}

pub(super) fn number_form(case: &Case<'_>) -> Outcome {
    let numbering = &case.profile.numbering;
    let expected = format!("{} {}", numbering.label, numbering.example);
    let (Some(line), Some(text)) = (case.layout.number, case.layout.number_text(case.profile)) else {
        return if kind(case).is_some_and(|kind| !kind.numbered) {
            Outcome::NotChecked(Why::NotThisType)
        } else {
            missing(case, &expected)
        };
    };
    if !line.text.starts_with(&numbering.label) {
        return of_line(line, expected, line.text.clone());
    }
    if text.is_empty() {
        return Outcome::NotChecked(Why::NoNumberYet);
    }
    let separator = numbering.number_symbol_separator.as_str();
    let read = if is_blank(&text, separator) {
        numbering.parse(&filled(&text, numbering))
    } else {
        numbering.parse(&text)
    };
    match read {
        // Only normative documents have a year between number and symbol.
        Ok(notation) if !notation.is_normative() && is_written_in_capitals(&notation, case) => Outcome::Holds,
        _ => of_line(line, expected, line.text.clone()),
    }
}

/// Symbols are capitals; abbreviations of types are as the profile has them (`QyĐ`, `TTr`), and names
/// of units may hold a small letter (`GDTrH`).
fn is_written_in_capitals(notation: &Notation, case: &Case<'_>) -> bool {
    notation.groups().iter().all(|group| {
        let known = |kind: &DocumentType| kind.abbreviation.as_deref() == Some(group.as_str());
        let small = group.chars().filter(|character| character.is_lowercase()).count();
        let large = group.chars().filter(|character| character.is_uppercase()).count();
        small == 0
            || small < large
            || case.profile.types.iter().any(known)
            || case.profile.copies.iter().any(|copy| copy.code == *group)
    })
}

pub(super) fn number_padding(case: &Case<'_>) -> Outcome {
    let (Some(line), Some(text)) = (case.layout.number, case.layout.number_text(case.profile)) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    if is_blank(&text, &case.profile.numbering.number_symbol_separator) {
        return Outcome::NotChecked(Why::NoNumberYet);
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(number) if digits == case.profile.format_number(number) => Outcome::Holds,
        Ok(number) => of_line(line, case.profile.format_number(number), digits),
        Err(_) => Outcome::NotChecked(Why::NoSuchPart),
    }
}

/// Whether the symbol's type is the title's. Letters have no abbreviation.
pub(super) fn number_type(case: &Case<'_>) -> Outcome {
    let Some(line) = case.layout.number else { return Outcome::NotChecked(Why::NoSuchPart) };
    let Some(kind) = kind(case) else { return Outcome::NotChecked(Why::NoType) };
    // A symbol whose form is broken is one fault, not two.
    if let Outcome::Broken(_) = number_form(case) {
        return Outcome::NotChecked(Why::WrongText);
    }
    let numbering = &case.profile.numbering;
    let text = case.layout.number_text(case.profile).unwrap_or_default();
    let separator = numbering.number_symbol_separator.as_str();
    let symbol = text.split_once(separator.trim()).map_or("", |(_, symbol)| symbol);
    let Ok(notation) = numbering.parse(&format!("1{separator}{}", symbol.trim())) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let first = notation.first_group();
    match &kind.abbreviation {
        Some(abbreviation) if abbreviation == first => Outcome::Holds,
        Some(abbreviation) => {
            // Copies are numbered as copies, whatever their type.
            if case.profile.copies.iter().any(|copy| copy.code == first) {
                return Outcome::Holds;
            }
            of_line(line, format!("{abbreviation}{}…", numbering.group_separator), symbol)
        }
        None if kind.summary == Summary::UnderNumber && first == kind.code => {
            let rest = notation.groups().get(1..).unwrap_or_default().join(&numbering.group_separator);
            of_line(line, rest, symbol)
        }
        None => Outcome::Holds,
    }
}

pub(super) fn date_form(case: &Case<'_>) -> Outcome {
    let expected = case.profile.date.example.as_str();
    if kind(case).is_some_and(|kind| !kind.dated) {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    if let Some(line) = case.layout.near_date {
        return of_line(line, expected, line.text.clone());
    }
    let (Some(line), Some([before, day, month, year])) = (case.layout.date, case.layout.date_parts()) else {
        return missing(case, expected);
    };
    // The words between the figures are written as the pattern has them.
    let words = case.profile.date.words();
    let worded = words.is_none_or(|words| words.iter().all(|word| line.text.contains(word.as_str())));
    if before.is_empty() || !worded || !is_named(&before) || !is_day([&day, &month, &year]) {
        of_line(line, expected, line.text.clone())
    } else {
        Outcome::Holds
    }
}

/// Whether a place is written as names are: with a capital, and neither in capitals nor in figures alone, for
/// a place that is numbered is named with what it is (`Quận 1`). Letters that stand
/// for words (`TP. HCM`) have no vowel, and a draft's dots have no letter.
fn is_named(place: &str) -> bool {
    let mut letters = place.chars().filter(|character| character.is_alphabetic()).peekable();
    if letters.peek().is_some_and(|first| first.is_lowercase()) {
        return false;
    }
    if letters.peek().is_none() && place.chars().any(|character| character.is_ascii_digit()) {
        return false;
    }
    let vowel = |character: char| {
        let plain = std::iter::once(character).nfd().next();
        plain.is_some_and(|plain| "AEIOUY".contains(plain))
    };
    let word = |word: &str| word.chars().count() > 1 && word.chars().any(vowel);
    let shouted = !letters.any(char::is_lowercase);
    !(shouted && place.split(|character: char| !character.is_alphanumeric()).any(word))
}

/// Whether there is such a day, as far as a draft says it already, and its year has all four figures.
fn is_day(parts: [&str; 3]) -> bool {
    let [day, month, year] = parts.map(|part| part.parse::<u32>().ok());
    let possible =
        day.is_none_or(|day| (1..=31).contains(&day)) && month.is_none_or(|month| (1..=12).contains(&month));
    match (day, month, year) {
        (Some(day), Some(month), Some(year)) => {
            let year = i32::try_from(year).ok().filter(|_| parts[2].len() == 4);
            year.is_some_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
        }
        _ => possible,
    }
}

pub(super) fn date_padding(case: &Case<'_>) -> Outcome {
    let (Some(line), Some([_, day, month, _])) = (case.layout.date, case.layout.date_parts()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    // Each by itself: a draft may have its month and not yet its day.
    let wanted = |text: &str, which: fn((String, String)) -> String| {
        let value = text.parse::<u32>().ok()?;
        Some(which(case.profile.date.day_and_month(value, value)))
    };
    let (wanted_day, wanted_month) = (wanted(&day, |(day, _)| day), wanted(&month, |(_, month)| month));
    if wanted_day.is_none() && wanted_month.is_none() {
        return Outcome::NotChecked(Why::NoDateYet);
    }
    let right = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
    if right(&wanted_day, &day) && right(&wanted_month, &month) {
        return Outcome::Holds;
    }
    let pair = |day: &str, month: &str| match case.profile.date.words() {
        Some([day_word, month_word, _]) => format!("{day_word} {day} {month_word} {month}"),
        None => format!("{day}/{month}"),
    };
    of_line(
        line,
        pair(wanted_day.as_deref().unwrap_or("…"), wanted_month.as_deref().unwrap_or("…")),
        pair(&day, &month),
    )
}
