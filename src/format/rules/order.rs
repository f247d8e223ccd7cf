//! Numbers without gaps, letters in the order of the alphabet, and how entries of lists end.

use super::{Case, Outcome, Why, of_line};
use crate::format::facts::Line;
use crate::format::layout::{Layout, Unit, UnitKind, from_roman, is_entry};
use crate::profile::{Counted, Part};

pub(super) fn kind_of(counted: Counted) -> Option<UnitKind> {
    match counted {
        Counted::Part => Some(UnitKind::Part),
        Counted::Chapter => Some(UnitKind::Chapter),
        Counted::Section => Some(UnitKind::Section),
        Counted::Subsection => Some(UnitKind::Subsection),
        Counted::Roman => Some(UnitKind::Roman),
        Counted::Article => Some(UnitKind::Article),
        Counted::Clause => Some(UnitKind::Clause),
        Counted::Annex => None,
    }
}

/// How deep a unit stands: what counts begins anew under what is higher.
fn depth(kind: UnitKind) -> usize {
    match kind {
        UnitKind::Ground => 9,
        UnitKind::Part => 0,
        UnitKind::Chapter => 1,
        UnitKind::Section => 2,
        UnitKind::Subsection => 3,
        UnitKind::Article | UnitKind::Roman => 4,
        UnitKind::Clause => 5,
        UnitKind::Nested => 6,
        UnitKind::Point => 7,
    }
}

pub(super) fn line_of<'c>(case: &Case<'c>, unit: &Unit) -> Option<&'c Line> {
    case.layout.paragraphs.get(unit.paragraph)?.lines.first().copied()
}

/// Whether units of these kinds are numbered without gaps. Each may begin anew at 1; what is deeper
/// begins anew under what is higher, but articles count through.
pub(super) fn numbers(case: &Case<'_>, counted: &[Counted]) -> Outcome {
    if counted.contains(&Counted::Annex) {
        return annexes(case);
    }
    let kinds: Vec<UnitKind> = counted.iter().copied().filter_map(kind_of).collect();
    let mut any = false;
    for kind in kinds {
        // The last number of each list that is open: one that begins at 1 may stand within another.
        let mut open: Vec<u32> = Vec::new();
        for unit in &case.layout.units {
            if unit.kind != kind {
                if depth(unit.kind) < depth(kind) && kind != UnitKind::Article {
                    open.clear();
                }
                continue;
            }
            let Some(number) = unit.number else { continue };
            any = true;
            let goes_on = open.iter().rposition(|last| last + 1 == number);
            match (goes_on, open.last().copied()) {
                (Some(at), _) => {
                    open.truncate(at + 1);
                    if let Some(last) = open.last_mut() {
                        *last = number;
                    }
                }
                (None, Some(last)) if number != 1 => {
                    let Some(line) = line_of(case, unit) else { continue };
                    let expected = (last + 1).to_string();
                    let shown = unit.mark.replace(&number.to_string(), &expected);
                    let shown = if shown == unit.mark { expected } else { shown };
                    return of_line(line, shown, unit.mark.clone());
                }
                (None, _) => open.push(number),
            }
            // Lists in lists in lists are enough.
            if open.len() > 8 {
                open.remove(0);
            }
        }
    }
    if any { Outcome::Holds } else { Outcome::NotChecked(Why::NoSuchPart) }
}

/// Annexes of one file have Roman numbers, in order; one alone needs none.
fn annexes(case: &Case<'_>) -> Outcome {
    let annexes = &case.layout.annexes;
    if annexes.len() < 2 {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    for (annex, expected) in annexes.iter().zip(1_u32..) {
        if from_roman(&annex.mark) != Some(expected) {
            let figures = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
            let at = usize::try_from(expected - 1).unwrap_or(0);
            let shown = figures.get(at).map_or(expected.to_string(), |figure| (*figure).to_owned());
            return of_line(annex.label, shown, annex.label.text.clone());
        }
    }
    Outcome::Holds
}

/// Whether the letters of points follow the alphabet.
pub(super) fn letters(case: &Case<'_>, letters: &[String], also: &[String]) -> Outcome {
    let mut before: Option<&str> = None;
    let mut any = false;
    for unit in &case.layout.units {
        if unit.kind != UnitKind::Point {
            if depth(unit.kind) < depth(UnitKind::Point) {
                before = None;
            }
            continue;
        }
        any = true;
        let mark = unit.mark.as_str();
        let next = before.and_then(|before| {
            let at = letters.iter().position(|letter| letter == before)?;
            letters.get(at + 1)
        });
        // Letters of the whole alphabet may stand between two of those in use.
        let fits = match next {
            Some(next) => next == mark || also.iter().any(|letter| letter == mark),
            None => {
                before.is_none()
                    || mark == letters.first().map_or("", String::as_str)
                    || !is_known(before, letters)
            }
        };
        let restarts = letters.first().is_some_and(|first| first == mark);
        if !fits && !restarts {
            let Some(line) = line_of(case, unit) else { continue };
            let expected = next.map_or("…".to_owned(), |next| format!("{next})"));
            return of_line(line, expected, format!("{mark})"));
        }
        before = Some(mark);
    }
    if any { Outcome::Holds } else { Outcome::NotChecked(Why::NoSuchPart) }
}

fn is_known(letter: Option<&str>, letters: &[String]) -> bool {
    letter.is_some_and(|letter| letters.iter().any(|known| known == letter))
}

/// The entries of a list, each with its whole text and its first line.
pub(in crate::format) fn entries<'f>(layout: &Layout<'f>, part: Part) -> Vec<(String, &'f Line)> {
    match part {
        Part::Recipients => layout.entries.clone(),
        // A line that begins no entry goes on with the one above.
        Part::Addressees => layout.part(part).iter().fold(Vec::new(), |mut all, line| {
            match all.last_mut() {
                Some((text, _)) if !is_entry(&line.text) && !text.ends_with(';') => {
                    *text = format!("{text} {}", line.text)
                }
                _ => all.push((line.text.clone(), *line)),
            }
            all
        }),
        Part::Grounds => layout
            .units
            .iter()
            .filter(|unit| unit.kind == UnitKind::Ground)
            .filter_map(|unit| {
                let paragraph = layout.paragraphs.get(unit.paragraph)?;
                Some((paragraph.text.clone(), *paragraph.lines.first()?))
            })
            .collect(),
        other => layout.part(other).iter().map(|line| (line.text.clone(), *line)).collect(),
    }
}

/// Whether a list of one entry stands below its words instead of behind them.
pub(super) fn alone(case: &Case<'_>, part: Part, list: Part, several: &[String]) -> Outcome {
    let entries = entries(case.layout, list);
    let (Some(words), [(text, line)]) = (case.layout.part(part).last(), entries.as_slice()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let cell = |line: &Line| {
        let cell = line.setting.as_ref()?.cell?;
        Some((cell.table, cell.row, cell.column))
    };
    // In a cell beside its words it may stand on their line.
    if cell(words) != cell(line) {
        return Outcome::NotChecked(Why::OnlyLayout);
    }
    let level = line.at.is_none() && (line.baseline - words.baseline).abs() < line.size * 0.1;
    let small = text.to_lowercase();
    if level || !words.text.ends_with(':') || several.iter().any(|word| small.contains(word.as_str())) {
        return Outcome::Holds;
    }
    let entry = text.trim_start_matches(|character: char| !character.is_alphanumeric());
    of_line(line, format!("{} {entry}", words.text), text.as_str())
}

/// Whether the entries of a list end as they should.
pub(super) fn list_ends(
    case: &Case<'_>,
    part: Part,
    (between, last): (&str, &str),
    last_is: Option<Part>,
) -> Outcome {
    let entries = entries(case.layout, part);
    if entries.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let ends = last_is.map(|part| case.layout.part(part));
    let last = Some(last).filter(|_| ends.is_none_or(|lines| !lines.is_empty()));
    let Some((line, mark, text)) = ends_wrongly(&entries, between, last) else { return Outcome::Holds };
    // What must be last and stands elsewhere is found for that; its end is right if it is the last one's.
    let is_end = |line: &Line| ends.is_some_and(|ends| ends.iter().any(|end| std::ptr::eq(*end, line)));
    let (ending, mut moved): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|(_, line)| is_end(line));
    moved.extend(ending);
    if ends_wrongly(&moved, between, last).is_none() {
        return Outcome::Holds;
    }
    let ending: Vec<char> = text.chars().rev().take(24).collect();
    let ending: String = ending.into_iter().rev().collect();
    of_line(line, format!("…{mark}"), format!("…{ending}"))
}

/// The first entry that ends otherwise than it should, with the mark it lacks.
fn ends_wrongly<'e, 'f>(
    entries: &'e [(String, &'f Line)],
    between: &'e str,
    last: Option<&'e str>,
) -> Option<(&'f Line, &'e str, &'e str)> {
    let (end, rest) = entries.split_last()?;
    let all = rest.iter().map(|entry| (entry, between)).chain(last.map(|last| (end, last)));
    let mut wrong = all.filter(|((text, _), mark)| !text.trim_end().ends_with(mark));
    wrong.next().map(|((text, line), mark)| (*line, mark, text.as_str()))
}
