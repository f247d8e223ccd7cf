//! What paragraphs are in the order of the text: part, chapter, section, article, clause, point, ground.

use super::body::Paragraph;
use super::words::{begins, is_capitals};
use crate::profile::{Measure, Profile};

/// Headings with Roman numbers under one.
const HEADINGS: u32 = 50;

/// What a paragraph is in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// Phần.
    Part,
    /// Chương.
    Chapter,
    /// Mục.
    Section,
    /// Tiểu mục.
    Subsection,
    /// A heading with a Roman number.
    Roman,
    /// Điều.
    Article,
    /// Khoản: a number with a dot.
    Clause,
    /// A number of several, like 1.2.
    Nested,
    /// Điểm: a letter with a parenthesis.
    Point,
    /// A ground that the document rests on.
    Ground,
}

/// A paragraph that begins with a number or is known by its first words.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What it is.
    pub kind: UnitKind,
    /// Its number, where it has one in figures.
    pub number: Option<u32>,
    /// Its number as written.
    pub mark: String,
    /// Which paragraph of the body.
    pub paragraph: usize,
}

/// Whether a line begins a numbered paragraph for sure.
pub(super) fn starts_unit(text: &str, profile: &Profile) -> bool {
    text.starts_with("- ")
        || unit(text, profile).is_some_and(|(kind, ..)| {
            // A line that begins with a number may be a sentence's going on: `Điều 5. ` is not.
            matches!(kind, UnitKind::Article | UnitKind::Point | UnitKind::Chapter | UnitKind::Clause)
        })
}

/// What paragraphs are in the order of the text. Those of a text that is quoted don't count.
pub(super) fn units(paragraphs: &[Paragraph<'_>], grounded: bool, profile: &Profile) -> Vec<Unit> {
    let mut found = numbered(paragraphs, profile);
    grounds(&mut found, paragraphs, grounded, profile);
    found
}

/// Keeps those paragraphs as grounds that stand on lines of their own: in documents that rest on such,
/// and where several follow each other or one ends like a list's entry. Others begin a sentence.
fn grounds(units: &mut Vec<Unit>, paragraphs: &[Paragraph<'_>], grounded: bool, profile: &Profile) {
    let text = |at: usize| paragraphs.get(at).map_or("", |paragraph| paragraph.text.as_str());
    let is = |at: usize| of_paragraph(units, at).is_some_and(|unit| unit.kind == UnitKind::Ground);
    let first = units.iter().find(|unit| unit.kind == UnitKind::Ground).map(|unit| unit.paragraph);
    let Some(first) = first else { return };
    let also = |at: usize| profile.recognition.grounds_also.iter().any(|word| begins(text(at), word));
    // Only the first group: what rests on grounds says so before anything else.
    let mut group: Vec<usize> =
        (first..paragraphs.len()).take_while(|at| is(*at) || (*at > first && also(*at))).collect();
    // Resolutions end theirs with who resolves, set as they are.
    let slanted = |at: usize| paragraphs.get(at)?.lines.first().map(|line| line.italic);
    if let Some(last) = group.last().copied().filter(|last| text(*last).ends_with(';')) {
        group.extend(Some(last + 1).filter(|next| slanted(*next) == Some(true)));
    }
    let listed = group.iter().filter(|at| is(**at)).count() >= 2 || text(first).ends_with(';');
    units.retain(|unit| unit.kind != UnitKind::Ground);
    if (grounded && first < 3) || listed {
        let new = group.into_iter().map(|at| Unit {
            kind: UnitKind::Ground,
            number: None,
            mark: String::new(),
            paragraph: at,
        });
        units.extend(new);
        units.sort_by_key(|unit| unit.paragraph);
    }
}

/// What a paragraph is, of units in the order of the text.
pub(super) fn of_paragraph(units: &[Unit], paragraph: usize) -> Option<&Unit> {
    let at = units.binary_search_by_key(&paragraph, |unit| unit.paragraph).ok()?;
    units.get(at)
}

fn numbered(paragraphs: &[Paragraph<'_>], profile: &Profile) -> Vec<Unit> {
    let mut quoted = false;
    let mut found = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let inside = quoted || paragraph.text.starts_with(['“', '"']);
        for character in paragraph.text.chars() {
            match character {
                '“' => quoted = true,
                '”' => quoted = false,
                _ => {}
            }
        }
        if inside {
            continue;
        }
        let unit = unit(&paragraph.text, profile).or_else(|| {
            let mark = capital_point(&paragraph.text, found.last()?, profile)?;
            Some((UnitKind::Point, None, mark))
        });
        if let Some((kind, number, mark)) = unit {
            found.push(Unit { kind, number, mark, paragraph: at });
        }
    }
    found
}

fn unit(text: &str, profile: &Profile) -> Option<(UnitKind, Option<u32>, String)> {
    let recognition = &profile.recognition;
    let words = &recognition.units;
    let first = text.split_whitespace().next()?;
    if recognition.grounds.as_deref().is_some_and(|word| begins(text, word)) {
        return Some((UnitKind::Ground, None, first.to_owned()));
    }
    let named = [
        (UnitKind::Part, &words.part),
        (UnitKind::Chapter, &words.chapter),
        (UnitKind::Subsection, &words.subsection),
        (UnitKind::Section, &words.section),
        (UnitKind::Article, &words.article),
    ];
    for (kind, word) in named {
        let Some(word) = word.as_deref().filter(|word| begins(text, word)) else { continue };
        // As many characters, whatever their case.
        let rest: String = text.chars().skip(word.chars().count()).collect();
        let written = rest.split_whitespace().next()?;
        let mark = written.trim_end_matches(['.', ':', ',', ';']);
        let number = mark.parse::<u32>().ok().or_else(|| from_roman(mark));
        let heading = match kind {
            // `Điều 5 của Nghị định` cites; `Điều 5.` begins one.
            UnitKind::Article => written.ends_with(['.', ':']) || rest.split_whitespace().count() == 1,
            _ => text.chars().count() < 120,
        };
        return (number.is_some() && heading).then(|| (kind, number, mark.to_owned()));
    }
    if let Some(letter) = first.strip_suffix(')') {
        let short = (1..=2).contains(&letter.chars().count());
        let lower = letter.chars().all(char::is_lowercase);
        return (short && lower).then(|| (UnitKind::Point, None, letter.to_owned()));
    }
    // `b.` and `b/` mean to be points.
    let letter = first.strip_suffix(['.', '/']).filter(|letter| letter.chars().count() == 1);
    if let Some(letter) = letter.filter(|letter| letter.chars().all(char::is_lowercase)) {
        return Some((UnitKind::Point, None, letter.to_owned()));
    }
    let mark = first.strip_suffix('.')?;
    if let Ok(number) = mark.parse::<u32>() {
        return (mark.len() <= 3).then(|| (UnitKind::Clause, Some(number), mark.to_owned()));
    }
    if mark.contains('.') && mark.split('.').all(|piece| piece.parse::<u32>().is_ok()) {
        return Some((UnitKind::Nested, None, mark.to_owned()));
    }
    // No text has as many: `C.` follows `B.`
    let number = from_roman(mark).filter(|number| *number < HEADINGS)?;
    Some((UnitKind::Roman, Some(number), mark.to_owned()))
}

/// The letter of a point that is written with a capital (`B)`): it follows the point before it. Others are
/// headings.
fn capital_point(text: &str, before: &Unit, profile: &Profile) -> Option<String> {
    let letters = profile.rules.iter().find_map(|rule| match &rule.measure {
        Measure::LetterOrder { letters, .. } => Some(letters),
        _ => None,
    })?;
    let written = text.split_whitespace().next()?.strip_suffix([')', '/'])?;
    let meant = written.to_lowercase();
    let next = letters.iter().skip_while(|letter| **letter != before.mark).nth(1)?;
    (before.kind == UnitKind::Point && meant == *next && !is_capitals(text)).then_some(meant)
}

/// A number in Roman figures, as they are written.
pub(in crate::format) fn from_roman(text: &str) -> Option<u32> {
    let worth = |figure: char| match figure {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        _ => None,
    };
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let values: Option<Vec<u32>> = text.chars().map(worth).collect();
    let (mut sum, mut greatest) = (0_u32, 0);
    // From the right: a figure before a greater one is taken away.
    for value in values?.into_iter().rev() {
        sum = if value < greatest { sum.checked_sub(value)? } else { sum.checked_add(value)? };
        greatest = greatest.max(value);
    }
    (sum > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_figures_are_numbers() {
        for (text, number) in [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XL", 40), ("XXVIII", 28)] {
            assert_eq!(from_roman(text), Some(number), "{text}");
        }
        assert_eq!(from_roman("A"), None);
    }

    #[test]
    fn what_a_paragraph_is_shows_in_its_first_words() {
        let profile = Profile::builtin();
        let kind = |text: &str| unit(text, profile).map(|(kind, ..)| kind);
        assert_eq!(kind("Điều 1. Phê duyệt"), Some(UnitKind::Article));
        assert_eq!(kind("Điều 5 của Nghị định"), None);
        assert_eq!(kind("Chương II"), Some(UnitKind::Chapter));
        assert_eq!(kind("1. Các cơ quan"), Some(UnitKind::Clause));
        assert_eq!(kind("1.2. Các cơ quan"), Some(UnitKind::Nested));
        assert_eq!(kind("đ) Tổ chức"), Some(UnitKind::Point));
        assert_eq!(kind("b. Tổ chức"), Some(UnitKind::Point));
        assert_eq!(kind("b/ Tổ chức"), Some(UnitKind::Point));
        assert_eq!(kind("B. TỔ CHỨC"), None);
        assert_eq!(kind("B) Tổ chức"), None);
        assert_eq!(kind("C. TỔ CHỨC"), None);
        assert_eq!(kind("Căn cứ Luật"), Some(UnitKind::Ground));
        assert_eq!(kind("II. NHIỆM VỤ"), Some(UnitKind::Roman));
        assert_eq!(kind("Tổ chức thực hiện."), None);
    }
}
