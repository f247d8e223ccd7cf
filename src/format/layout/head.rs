//! The head: the state's title, the bodies, the abstract, the addressees, and marks.

use super::marks::{drafts, marks};
use super::words::{begins, close, folded, is_capitals};
use super::{Layout, TITLE_LENGTH};
use crate::format::facts::{Facts, Line};
use crate::format::setting::Align;
use crate::profile::{DocumentType, Part, Profile};

/// Lines an abstract has at most.
const ABSTRACT: usize = 8;
/// Addressees of one document.
const ADDRESSEES: usize = 60;
/// Lines of the names of bodies.
const BODIES: usize = 14;

/// A line of a DOCX, and whether two of them share a cell (or both stand in none).
pub(super) fn same_cell(a: &Line, b: &Line) -> bool {
    let cell = |line: &Line| {
        let cell = line.setting.as_ref()?.cell?;
        Some((cell.table, cell.row, cell.column))
    };
    cell(a) == cell(b)
}

fn centre(line: &Line) -> f64 {
    (line.bounds[0] + line.bounds[2]) / 2.0
}

fn is_centred(line: &Line) -> bool {
    line.setting.as_ref().is_some_and(|setting| setting.align == Align::Centre)
}

/// The type whose name a heading is, or begins with.
pub(super) fn type_of<'p>(text: &str, profile: &'p Profile) -> Option<&'p DocumentType> {
    let heading = folded(text.trim_end_matches([':', ' ']));
    let exact = profile.types_by_name(folded).find(|(name, _)| *name == heading);
    let found = exact.or_else(|| {
        let longest = profile.types_by_name(folded).filter(|(name, _)| begins(&heading, name));
        longest.filter(|_| is_capitals(text)).max_by_key(|(name, _)| name.len())
    });
    found.map(|(_, kind)| kind)
}

/// The parts of the head.
pub(super) fn parts<'f>(layout: &Layout<'f>, facts: &Facts, profile: &Profile) -> Vec<(Part, Vec<&'f Line>)> {
    let recognition = &profile.recognition;
    let title = fixed(layout, recognition.head.first());
    let motto = fixed(layout, recognition.head.get(1));
    let marks = |words: &[String]| marks(layout, words);
    let (urgency, secrecy) = (marks(&recognition.urgency), marks(&recognition.secrecy));
    let circulation = marks(&recognition.circulation);
    let drafts = drafts(layout, profile);
    let marked: Vec<&'f Line> =
        [&urgency, &secrecy, &circulation, &drafts].into_iter().flatten().copied().collect();
    let letter = letter_abstract(layout, &marked, profile);
    let known: Vec<&'f Line> = [&title, &motto, &marked, &letter].into_iter().flatten().copied().collect();
    let bodies = bodies(layout, title.first().copied(), &known, profile);
    let (superior, issuer) = split(bodies, profile);
    let named = if letter.is_empty() { type_name(layout, &known, &issuer, profile) } else { None };
    let summary = named.map(|at| abstract_lines(layout, at, &marked, facts, profile)).unwrap_or_default();
    let addressee = addressee(layout, facts, profile);
    // Behind words that end with a colon entries may lack their dashes.
    let bare = addressee.first().is_some_and(|line| line.text.ends_with(':'));
    let entry = |line: &&'f Line| is_entry(&line.text) || (bare && line.text.ends_with(';'));
    let listed = addressee.iter().position(entry).unwrap_or(addressee.len());
    vec![
        (Part::NationalTitle, title),
        (Part::Motto, motto),
        (Part::Urgency, urgency),
        (Part::Secrecy, secrecy),
        (Part::Circulation, circulation),
        (Part::Superior, superior),
        (Part::Issuer, issuer),
        (Part::Number, layout.number.into_iter().collect()),
        (Part::Date, layout.date.into_iter().collect()),
        (Part::LetterAbstract, letter),
        (Part::TypeName, named.and_then(|at| layout.head.get(at)).copied().into_iter().collect()),
        (Part::Abstract, summary),
        (Part::Addressees, addressee.get(listed..).unwrap_or_default().to_vec()),
        (Part::Addressee, addressee.into_iter().take(listed).collect()),
    ]
}

/// A text of the state's, the same but for case and tone marks; broken over two lines, both.
fn fixed<'f>(layout: &Layout<'f>, text: Option<&String>) -> Vec<&'f Line> {
    let Some(wanted) = text.map(|text| folded(text)) else { return Vec::new() };
    let all = || layout.head.iter().copied().zip(&layout.folds);
    let whole = all().find(|(_, text)| **text == wanted);
    if let Some((line, _)) = whole.or_else(|| all().find(|(_, text)| close(text, &wanted))) {
        return vec![line];
    }
    for (at, (line, first)) in all().enumerate() {
        let Some(rest) = wanted.strip_prefix(first.as_str()).map(str::trim_start) else { continue };
        let next = all().skip(at + 1).take(4).find(|(_, text)| text.as_str() == rest);
        if let (Some((next, _)), false) = (next, first.is_empty()) {
            return vec![line, next];
        }
    }
    Vec::new()
}

/// The lines of box 2: above the number, in the column beside the state's title.
fn bodies<'f>(
    layout: &Layout<'f>,
    title: Option<&'f Line>,
    known: &[&'f Line],
    profile: &Profile,
) -> Vec<&'f Line> {
    let is = |a: Option<&Line>, b: &Line| a.is_some_and(|a| std::ptr::eq(a, b));
    let end = layout.number.or(layout.date).or(layout.near_date);
    let mut found = Vec::new();
    if !layout.headed && end.is_none() {
        // No document's first page: capitals are headings there.
        return found;
    }
    for line in layout.head.iter().copied() {
        let behind = match end {
            Some(end) if line.at.is_none() => line.baseline > end.baseline - line.size * 0.2,
            Some(end) => std::ptr::eq(line, end) && is(layout.number, line),
            None => type_of(&line.text, profile).is_some(),
        };
        if behind {
            // In a DOCX the date may stand before the number; on a page nothing of box 2 follows.
            if line.at.is_some() || end.is_none() {
                break;
            }
            continue;
        }
        let other = known.iter().any(|known| std::ptr::eq(*known, line))
            || is(layout.date, line)
            || is(layout.near_date, line)
            || line.stamped
            || line.text.chars().count() > TITLE_LENGTH
            || line.text.contains(';')
            || !(line.text.chars().any(char::is_alphabetic) || ends_name(line, found.last().copied()));
        if other || found.len() >= BODIES {
            continue;
        }
        let beside = title.is_some_and(|title| match (&line.setting, &title.setting) {
            (Some(own), Some(of_title)) => match (own.cell, of_title.cell) {
                (Some(own), Some(of_title)) => own.table == of_title.table && own.column != of_title.column,
                _ => own.column != of_title.column && same_cell(line, title),
            },
            // Set the other way round, the bodies stand at the right of the title at the left.
            _ => centre(line) < title.bounds[0] || (centre(title) < 90.0 && centre(line) > title.bounds[2]),
        });
        let one_column = title.is_none_or(|title| match &title.setting {
            Some(setting) => setting.cell.is_none(),
            None => (centre(title) - 105.0).abs() < 15.0,
        });
        let named = recognised_body(&line.text, profile) || is_capitals(&line.text);
        if beside || (one_column && named && type_of(&line.text, profile).is_none()) {
            found.push(line);
        }
    }
    found
}

/// Whether a line is the number that a body's name above it ends with (`ỦY BAN NHÂN DÂN QUẬN` / `1`).
fn ends_name(line: &Line, above: Option<&Line>) -> bool {
    const DIGITS: usize = 2;
    let number = line.text.len() <= DIGITS && line.text.bytes().all(|byte| byte.is_ascii_digit());
    number
        && above.is_some_and(|above| {
            let below = line.baseline - above.baseline < above.size * 0.6;
            let same = (line.size - above.size).abs() < 0.6 && line.bold == above.bold;
            line.at.is_none() && below && same && (centre(line) - centre(above)).abs() < 6.0
        })
}

fn recognised_body(text: &str, profile: &Profile) -> bool {
    profile.recognition.bodies.iter().any(|word| begins(text, word))
}

/// The superior body and the issuing one: the first isn't bold, the second is; where that doesn't
/// tell, a body's name begins with a word for a body.
fn split<'f>(lines: Vec<&'f Line>, profile: &Profile) -> (Vec<&'f Line>, Vec<&'f Line>) {
    let upright = lines.iter().take_while(|line| !line.bold).count();
    let recognised = lines.iter().any(|line| line.invisible);
    let told = upright < lines.len() && lines.iter().skip(upright).all(|line| line.bold);
    let at = if upright > 0 && told {
        upright
    } else {
        let starts = lines.iter().rposition(|line| recognised_body(&line.text, profile));
        // Names over several lines may go on with such a word: only bodies that others belong to count.
        let superiors = &profile.recognition.superiors;
        let whole = |line: &&Line| {
            let open = line.text.ends_with([',', '-', '–']) || folded(&line.text).ends_with(" và");
            !open && superiors.iter().any(|word| begins(&line.text, word))
        };
        let first = lines.first().is_some_and(whole);
        match starts {
            Some(at) if at > 0 && first => at,
            // Recognised text says nothing of weights: lines may all be one name.
            _ if upright == lines.len() && lines.len() > 1 && starts.is_none() && !recognised => 1,
            _ => 0,
        }
    };
    let mut superior = lines;
    let issuer = superior.split_off(at.min(superior.len()));
    (superior, issuer)
}

/// The line of the head that names the type: alone, or with words of the abstract behind it.
fn type_name(layout: &Layout<'_>, known: &[&Line], issuer: &[&Line], profile: &Profile) -> Option<usize> {
    let above = |line: &Line| {
        line.at.is_none() && layout.number.is_some_and(|number| line.baseline < number.baseline - 1.0)
    };
    let free = |line: &&Line| {
        !known.iter().chain(issuer).any(|known| std::ptr::eq(*known, *line)) && !above(line) && !line.stamped
    };
    let exact = layout.head.iter().zip(&layout.folds).position(|(line, text)| {
        let text = text.trim_end_matches([':', ' ']);
        profile.types_by_name(folded).any(|(name, _)| name == text) && free(line)
    });
    exact.or_else(|| {
        layout.head.iter().position(|line| {
            line.bold
                && free(line)
                && line.text.chars().count() < TITLE_LENGTH
                && type_of(&line.text, profile).is_some()
        })
    })
}

/// The lines under the name of the type that stand in the middle, or are bold: in sentence case, and
/// narrower than running text.
fn abstract_lines<'f>(
    layout: &Layout<'f>,
    at: usize,
    marks: &[&Line],
    facts: &Facts,
    profile: &Profile,
) -> Vec<&'f Line> {
    let Some(title) = layout.head.get(at) else { return Vec::new() };
    let width = facts.sheets.first().map_or(210.0, |sheet| sheet.width);
    let mut found: Vec<&'f Line> = Vec::new();
    let capitals = capital_lines(layout, at, facts);
    // A mark may stand at its side.
    let unmarked = |line: &&'f Line| !marks.iter().any(|mark| std::ptr::eq(*mark, *line));
    let below = layout.head.iter().skip(at + 1).copied().filter(unmarked);
    for (nth, line) in below.take(ABSTRACT).enumerate() {
        let other = line.stamped
            || (nth >= capitals && is_capitals(&line.text))
            || profile.recognition.addressee.as_deref().is_some_and(|word| begins(&line.text, word))
            || profile.recognition.grounds.as_deref().is_some_and(|word| begins(&line.text, word))
            || line.text.starts_with(['(', '-'])
            || body_word(&line.text, profile);
        let placed = match &line.setting {
            Some(_) => {
                let more = found.last().is_none_or(|last| same_cell(last, line));
                let like_first = found.first().is_none_or(|first| first.bold == line.bold);
                (is_centred(line) || line.bold) && more && like_first && line.text.chars().count() < 400
            }
            None => {
                let middle = (centre(line) - centre(title)).abs() < 6.0;
                let narrow = line.bounds[2] - line.bounds[0] < width * 0.68;
                let above = found.last().map_or(title.baseline, |last| last.baseline);
                let near = line.baseline - above < line.size * 1.2;
                let bold_start = line.bold && found.is_empty() && near;
                let like_first = found.first().is_none_or(|first| first.bold == line.bold);
                near && like_first && ((middle && (line.bold || narrow)) || bold_start)
            }
        };
        let ruled = found.last().is_some_and(|last| is_ruled(last, line, facts));
        if other || !placed || ruled {
            break;
        }
        found.push(line);
    }
    found
}

/// How many lines in capitals below the name of the type are the abstract: those that a line is drawn
/// under, for what follows it in capitals has none.
fn capital_lines(layout: &Layout<'_>, at: usize, facts: &Facts) -> usize {
    let below = layout.head.get(at + 1..).unwrap_or_default();
    let capitals = below.iter().take(ABSTRACT).take_while(|line| is_capitals(&line.text)).count();
    let ruled = |nth: usize| match (below.get(nth), below.get(nth + 1)) {
        (Some(line), Some(next)) => is_ruled(line, next, facts),
        _ => false,
    };
    (0..capitals).find(|nth| ruled(*nth)).map_or(0, |nth| nth + 1)
}

/// Whether a line is drawn between two lines of text.
fn is_ruled(above: &Line, below: &Line, facts: &Facts) -> bool {
    let paragraph = |line: &Line| line.at.as_ref().map(|at| at.paragraph);
    facts.drawn.iter().any(|drawn| match (paragraph(above), paragraph(below)) {
        (Some(first), Some(next)) => drawn.paragraph.is_some_and(|at| (first..next).contains(&at)),
        _ => {
            let (left, right) = (above.bounds[0].min(below.bounds[0]), above.bounds[2].max(below.bounds[2]));
            drawn.page == above.page
                && drawn.bounds[1] > above.baseline
                && drawn.bounds[1] < below.baseline - below.size * 0.2
                && drawn.bounds[0] > left - 1.0
                && drawn.bounds[2] < right + 1.0
        }
    })
}

/// Whether a line begins a part of the body.
fn body_word(text: &str, profile: &Profile) -> bool {
    let units = &profile.recognition.units;
    let numbered = text.split_whitespace().nth(1).is_some_and(|word| {
        let mark = word.trim_end_matches(['.', ':']);
        mark.parse::<u32>().is_ok() || super::from_roman(mark).is_some()
    });
    let words = [&units.part, &units.chapter, &units.section, &units.article];
    numbered && words.into_iter().flatten().any(|word| begins(text, word))
}

/// Whether the document is a text issued with another: it has neither number nor date, and below its name
/// and abstract a line in parentheses names the document, by its number, that it goes with.
pub(super) fn is_attached(layout: &Layout<'_>, profile: &Profile) -> bool {
    /// What may stand before the words: `Ban hành`.
    const BEFORE: usize = 12;
    let (Some(words), Some(name)) =
        (profile.recognition.annex_reference.as_deref(), layout.part(Part::TypeName).first())
    else {
        return false;
    };
    let own = type_of(&name.text, profile).is_some_and(|kind| !kind.grounded);
    if !own || layout.number.or(layout.date).or(layout.near_date).is_some() {
        return false;
    }
    let Some(at) = layout.head.iter().position(|line| std::ptr::eq(*line, *name)) else { return false };
    let below = layout.folds.iter().skip(at + 1 + layout.part(Part::Abstract).len());
    // A long reference goes on in the next line.
    let reference: Vec<&str> = below.take(2).map(String::as_str).collect();
    let reference = reference.join(" ");
    let label = folded(profile.numbering.label.trim_end_matches(':'));
    let Some(reference) = reference.strip_prefix('(') else { return false };
    let Some((before, behind)) = reference.split_once(&folded(words)) else { return false };
    let behind = behind.split(')').next().unwrap_or_default();
    before.chars().count() <= BEFORE && behind.contains(&format!(" {label} "))
}

/// The abstract of a letter: its first line and those close below it in the same column.
fn letter_abstract<'f>(layout: &Layout<'f>, marks: &[&'f Line], profile: &Profile) -> Vec<&'f Line> {
    let Some(mark) = profile.recognition.letter_abstract.as_deref().map(folded) else { return Vec::new() };
    let Some(at) = layout.folds.iter().position(|text| text.starts_with(&mark)) else { return Vec::new() };
    let Some(start) = layout.head.get(at).copied() else { return Vec::new() };
    let mut found = vec![start];
    let mut above = start;
    // Marks stand below it, and may be as near as its next line.
    let unmarked = |line: &&'f Line| !marks.iter().any(|mark| std::ptr::eq(*mark, *line));
    for line in layout.head.iter().skip(at + 1).take(8).copied().filter(unmarked) {
        let overlaps = line.bounds[0] < above.bounds[2] && line.bounds[2] > above.bounds[0];
        let close = line.baseline - above.baseline < above.size * 0.6;
        let same = match (&start.setting, &line.setting) {
            (Some(own), Some(other)) => {
                // A DOCX has no places: the abstract goes on in lines of its own size and cell.
                let broken = other.row > 0
                    && line.at.as_ref().map(|at| at.paragraph) == start.at.as_ref().map(|at| at.paragraph);
                let small = line.text.chars().next().is_some_and(|first| !first.is_uppercase());
                let more = own.cell.is_some() || small;
                broken
                    || ((line.size - start.size).abs() < 0.1
                        && more
                        && same_cell(start, line)
                        && line.text.chars().count() < 60)
            }
            _ => overlaps && close && (line.size - start.size).abs() < 0.6,
        };
        if same {
            found.push(line);
            above = line;
        } else if start.at.is_some() || (overlaps && !close) {
            break;
        }
    }
    found
}

/// The words for whom the document is, and the addressees listed below.
fn addressee<'f>(layout: &Layout<'f>, facts: &Facts, profile: &Profile) -> Vec<&'f Line> {
    let Some(word) = profile.recognition.addressee.as_deref() else { return Vec::new() };
    // Behind the list of recipients stand forms of annexes, and tables with lines hold words of anyone.
    let recipients = profile.recognition.recipients.as_deref().map(|word| word.trim_end_matches(':'));
    let own = layout.head.iter().take_while(|line| !recipients.is_some_and(|word| begins(&line.text, word)));
    let table = |line: &Line| Some(line.setting.as_ref()?.cell.filter(|cell| cell.bordered)?.table);
    let of_head = layout.number.or(layout.date).and_then(table);
    let in_table =
        |line: &Line| facts.in_columns(line) || table(line).is_some_and(|own| Some(own) != of_head);
    let at = own.into_iter().position(|line| begins(&line.text, word) && !in_table(line));
    let Some(at) = at else { return Vec::new() };
    let mut found: Vec<&'f Line> = layout.head.get(at).copied().into_iter().collect();
    for line in layout.head.iter().skip(at + 1).take(ADDRESSEES).copied() {
        let more = is_entry(&line.text)
            || unmarked(line, &found)
            || found.last().is_some_and(|last| goes_on(last, line, &found));
        if !more {
            break;
        }
        found.push(line);
    }
    found
}

/// Whether a line is an entry of a list whose entries have no dashes: the first ends with a semicolon right
/// below words that end with a colon, and all go on until one ends otherwise.
fn unmarked(line: &Line, found: &[&Line]) -> bool {
    let first = |line: &Line| line.text.ends_with(':');
    let (Some(words), Some(last)) = (found.first(), found.last()) else { return false };
    let below = same_cell(words, line) && line.text.chars().count() <= TITLE_LENGTH;
    let fresh = found.len() == 1 && line.text.ends_with(';');
    let next =
        found.len() > 1 && last.text.ends_with(';') && !found.iter().skip(1).any(|line| is_entry(&line.text));
    below && first(words) && (fresh || (next && line.text.ends_with([';', '.'])))
}

/// Whether a line begins an entry of a list.
pub(in crate::format) fn is_entry(text: &str) -> bool {
    text.starts_with(['-', '–', '+', '*', '•'])
}

/// Whether a line of a page goes on with the addressee above it.
fn goes_on(last: &Line, line: &Line, found: &[&Line]) -> bool {
    let entry = found.iter().rev().find(|line| is_entry(&line.text));
    let small = line.text.chars().next().is_some_and(char::is_lowercase);
    let below = entry.map_or(small, |entry| small || line.bounds[0] > entry.bounds[0] - 2.0);
    line.at.is_none()
        && line.page == last.page
        && line.baseline - last.baseline < last.size * 0.55
        && !last.text.ends_with([';', '.', ':'])
        && below
}

/// A line that means to be the date line: it has the pattern's words, or a date in figures, and stands
/// where date lines stand.
pub(super) fn near_date<'f>(
    head: &[&'f Line],
    folds: &[String],
    number: Option<&Line>,
    profile: &Profile,
) -> Option<&'f Line> {
    let words = profile.date.words().map(|words| words.map(|word| folded(&word)));
    let near = head.iter().copied().zip(folds).find(|(line, text)| {
        if text.chars().count() > TITLE_LENGTH {
            return false;
        }
        // The words in their order, little before them and nothing but the year behind them: a line of
        // the body that cites a date has more.
        let worded = words.as_ref().is_some_and(|[day, month, year]| {
            let split = text.split_once(day.as_str()).and_then(|(before, rest)| {
                let (_, rest) = rest.split_once(month.as_str())?;
                let (_, after) = rest.split_once(year.as_str())?;
                Some((before, after))
            });
            split.is_some_and(|(before, after)| {
                let after = after.trim_matches([' ', '.', '…', '_', ',', ';']);
                before.chars().count() <= 40
                    && after.len() <= 4
                    && after.bytes().all(|byte| byte.is_ascii_digit())
            })
        });
        let beside = number.is_some_and(|number| {
            line.at.is_none()
                && (number.baseline - line.baseline).abs() < 3.0
                && line.bounds[0] > number.bounds[2]
        });
        let pieces: Vec<&str> =
            text.rsplit([' ', ',']).next().unwrap_or_default().split(['/', '.', '-']).collect();
        let figures = pieces.len() == 3
            && pieces
                .iter()
                .all(|piece| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit()));
        worded || (figures && (beside || line.italic))
    });
    near.map(|(line, _)| line)
}
