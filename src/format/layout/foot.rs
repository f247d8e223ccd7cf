//! The foot: in whose name and office it is signed, who signs, and the list of recipients.

use super::signers::{column, is_beside};
use super::words::{begins, is_capitals};
use super::{Layout, TITLE_LENGTH};
use crate::format::facts::{Facts, Line, MM};
use crate::profile::{Part, Profile};

/// Lines looked at before and behind the words above the recipients.
const NEAR: (usize, usize) = (12, 80);
/// Recipients of one document.
const ENTRIES: usize = 60;
/// Lines of a signature's block in a row are no further apart, in millimetres.
const STEP: f64 = 9.0;

/// What the foot is made of.
#[derive(Debug, Default)]
pub(super) struct Foot<'f> {
    pub(super) parts: Vec<(Part, Vec<&'f Line>)>,
    /// The first line of it among all lines.
    pub(super) begin: Option<usize>,
    /// The last.
    pub(super) end: Option<usize>,
    pub(super) page: Option<usize>,
    /// Whether several sign side by side.
    pub(super) several: bool,
    /// The recipients with all of their text.
    pub(super) entries: Vec<(String, &'f Line)>,
}

/// Whether two lines of a DOCX share a cell, or both stand in none.
fn same_cell(a: &Line, b: &Line) -> bool {
    let cell = |line: &Line| {
        let cell = line.setting.as_ref()?.cell?;
        Some((cell.table, cell.row, cell.column))
    };
    cell(a) == cell(b)
}

fn middle(line: &Line) -> f64 {
    (line.bounds[0] + line.bounds[2]) / 2.0
}

/// Whether a line says in whose name someone signs. Marks between the letters (`T/M`, `T.U.Q`) are a fault of
/// how it is written, and it says so still.
pub(in crate::format) fn is_authority(text: &str, profile: &Profile) -> bool {
    const LETTERS: usize = 4;
    let is_mark = |character: char| matches!(character, '.' | '/' | ' ');
    profile.recognition.authorities.iter().any(|authority| {
        let mut rest = text;
        for letter in authority.chars() {
            let Some(behind) = rest.trim_start_matches(['.', '/']).strip_prefix(letter) else { return false };
            rest = behind;
        }
        let written = text.starts_with(char::is_alphabetic) && rest.starts_with(is_mark);
        written && rest.chars().filter(|character| character.is_alphabetic()).count() >= LETTERS
    })
}

/// Whether a line names an office, and isn't a sentence or entry that begins with one.
fn is_office(text: &str, profile: &Profile) -> bool {
    !text.contains(':')
        && !text.ends_with(['.', ';'])
        && profile.recognition.offices.iter().any(|office| begins(text, office))
}

pub(super) fn find<'f>(facts: &'f Facts, layout: &Layout<'f>, profile: &Profile) -> Foot<'f> {
    if layout.annex && !layout.headed {
        return Foot::default();
    }
    let label = label(facts, layout, profile);
    let block = block(facts, layout, label, profile);
    let all = label.map(|at| entries(facts, at, &block)).unwrap_or_default();
    let texts: Vec<(String, &'f Line)> = all
        .iter()
        .filter(|(_, text)| !is_copies_mark(text))
        .filter_map(|(at, text)| Some((text.clone(), facts.lines.get(*at)?)))
        .collect();
    let entries: Vec<usize> = all.into_iter().map(|(at, _)| at).collect();
    let indexes: Vec<usize> = label
        .into_iter()
        .chain(block.authority.iter().copied())
        .chain(block.signer)
        .chain(entries.iter().copied())
        .collect();
    let lines = |indexes: &[usize]| -> Vec<&'f Line> {
        indexes.iter().filter_map(|at| facts.lines.get(*at)).collect()
    };
    let (marks, entries): (Vec<usize>, Vec<usize>) = entries
        .into_iter()
        .partition(|at| facts.lines.get(*at).is_some_and(|line| is_copies_mark(&line.text)));
    let recipients = lines(&entries);
    let kept = |line: &&Line| {
        let last = recipients.last().is_some_and(|last| std::ptr::eq(*last, *line));
        profile.recognition.kept.as_deref().is_some_and(|word| is_kept(&line.text, word, last))
    };
    Foot {
        entries: texts,
        several: block.several,
        page: label.or(block.signer).and_then(|at| facts.lines.get(at)).map(|line| line.page),
        begin: indexes.iter().min().copied(),
        end: indexes.iter().max().copied(),
        parts: vec![
            (Part::RecipientsLabel, lines(label.as_slice())),
            (Part::KeptCopy, recipients.iter().copied().filter(kept).collect()),
            (Part::Recipients, recipients),
            (Part::CopiesMark, lines(&marks)),
            (Part::Authority, lines(&block.authority)),
            (Part::Signer, lines(block.signer.as_slice())),
        ],
    }
}

/// Whether an entry says with whom a copy is kept: behind the word stands its colon, or a name. An archive that gets
/// the document begins with the same word, and isn't the last of the list.
fn is_kept(entry: &str, word: &str, last: bool) -> bool {
    let entry = entry.trim_start_matches(['-', '–', ' ']);
    let rest: String = entry.chars().skip(word.chars().count()).collect();
    begins(entry, word) && (last || !rest.trim_start().starts_with(char::is_lowercase))
}

/// Letters of the drafter with the number of copies: `PL.(300)`.
fn is_copies_mark(text: &str) -> bool {
    let Some((name, count)) = text.trim().split_once('(') else { return false };
    let digits = count.trim_end_matches(')');
    let name = name.trim().trim_end_matches('.');
    (1..=6).contains(&name.chars().count())
        && name.chars().all(char::is_alphabetic)
        && (1..=4).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words above the list of recipients: the first with a list below, so that forms in annexes
/// don't count.
fn label(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Option<usize> {
    let mark = profile.recognition.recipients.as_deref()?.trim_end_matches(':');
    let head = layout.number.or(layout.date);
    let behind =
        head.and_then(|head| facts.lines.iter().position(|line| std::ptr::eq(line, head))).unwrap_or(0);
    let starts = |line: &Line| {
        line.invisible == facts.scan
            && !line.stamped
            && begins(&line.text, mark)
            && line.text.chars().count() < 20
    };
    let listed = |at: usize| {
        let Some(label) = facts.lines.get(at) else { return false };
        facts.lines.iter().skip(at + 1).take(8).any(|line| {
            (line.page == label.page || line.page == label.page + 1)
                && line.text.starts_with(['-', '–'])
                && (line.at.is_some() || is_below(line, label))
        })
    };
    let all: Vec<usize> = facts
        .lines
        .iter()
        .enumerate()
        .skip(behind)
        .filter(|(_, line)| starts(line))
        .map(|(at, _)| at)
        .collect();
    all.iter().copied().find(|at| listed(*at)).or_else(|| all.first().copied())
}

/// Who signs: indexes among all lines.
#[derive(Debug, Default)]
struct Block {
    authority: Vec<usize>,
    signer: Option<usize>,
    several: bool,
}

fn block(facts: &Facts, layout: &Layout<'_>, label: Option<usize>, profile: &Profile) -> Block {
    if let Some((at, line)) = label.and_then(|at| Some((at, facts.lines.get(at)?))) {
        // Short documents have their titles as near, in capitals as well.
        let titles = [Part::TypeName, Part::Abstract].map(|part| layout.part(part)).concat();
        let titled = |at: &usize| {
            let line = facts.lines.get(*at);
            line.is_some_and(|line| titles.iter().any(|title| std::ptr::eq(*title, line)))
        };
        let all: Vec<usize> = beside(facts, layout, at, line).into_iter().filter(|at| !titled(at)).collect();
        // Cells of a table with lines name offices that nobody signs in, unless the whole block stands in one.
        let free =
            all.iter().copied().filter(|at| facts.lines.get(*at).is_some_and(|line| !facts.in_columns(line)));
        let found = of_candidates(facts, free.collect(), profile);
        let found = if found.authority.is_empty() { of_candidates(facts, all, profile) } else { found };
        if !found.authority.is_empty() {
            return found;
        }
    }
    of_candidates(facts, unlabelled(facts, layout, profile), profile)
}

fn of_candidates(facts: &Facts, candidates: Vec<usize>, profile: &Profile) -> Block {
    let text = |at: usize| facts.lines.get(at).map_or("", |line| line.text.as_str());
    let strong = |at: usize| is_authority(text(at), profile) || is_office(text(at), profile);
    // Capitals that follow each other; behind a gap, capitals are a name.
    let first = candidates.iter().position(|at| strong(*at)).or_else(|| {
        candidates
            .iter()
            .position(|at| is_capitals(text(*at)) && facts.lines.get(*at).is_some_and(|line| line.bold))
    });
    let Some(first) = first else { return Block::default() };
    let mut candidates = candidates;
    let rest = candidates.split_off(first);
    let office = |line: &Line| is_authority(&line.text, profile) || is_office(&line.text, profile);
    let recorder = |line: &Line| is_recorder(line, profile);
    let (rest, several) = match rest.first() {
        Some(at) if strong(*at) => column(facts, rest.clone(), *at, &office, &recorder),
        _ => (rest, false),
    };
    let mut found = Block { several, ..Block::default() };
    let mut before: Option<&Line> = None;
    for at in rest {
        let Some(line) = facts.lines.get(at) else { continue };
        let apart = before.is_some_and(|before| apart(before, line));
        let noted = line.text.starts_with(['(', '[']) || is_copies_mark(&line.text);
        if noted {
            continue;
        }
        let part_of_office = strong(at) || (!apart && is_capitals(&line.text));
        if part_of_office {
            found.authority.push(at);
            before = Some(line);
            continue;
        }
        let small = (apart || line.bold) && is_small_name(&line.text, profile);
        // A name of one word shows by the gap above it.
        let single = apart && line.bold && is_single_name(&line.text);
        if found.signer.is_none() && (is_name(&line.text) || small || single) {
            found.signer = Some(at);
        }
        break;
    }
    found
}

/// Whether an office only records what others sign.
fn is_recorder(line: &Line, profile: &Profile) -> bool {
    profile.recognition.recorders.iter().any(|word| begins(&line.text, word))
}

/// Whether a gap as for a signature is between two lines.
fn apart(above: &Line, below: &Line) -> bool {
    match (&above.at, &below.at) {
        (Some(a), Some(b)) => b.paragraph > a.paragraph + 2 || !same_cell(above, below),
        _ => below.page != above.page || below.baseline - above.baseline > STEP,
    }
}

/// A person's name: a few words that begin with capitals, perhaps behind a rank.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let ends = words.iter().rev().take(2).all(capital) && words.first().is_some_and(capital);
    (2..=9).contains(&words.len())
        && ends
        && text.chars().count() <= 60
        && !text.contains([';', ':'])
        && !text.chars().any(|character| character.is_ascii_digit())
}

/// Whether a text begins with a family's name, however it is written.
pub(in crate::format) fn is_family_name(text: &str, profile: &Profile) -> bool {
    profile.recognition.family_names.iter().any(|name| begins(text, name))
}

/// A person's name with a word that begins without a capital: it shows by the family's name before it.
fn is_small_name(text: &str, profile: &Profile) -> bool {
    let letters = |word: &str| word.chars().all(char::is_alphabetic);
    (2..=5).contains(&text.split_whitespace().count())
        && text.split_whitespace().all(letters)
        && is_family_name(text, profile)
}

/// A name of one word (`K’Mák`): it begins with a capital and isn't one of capitals only.
fn is_single_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.clone().any(char::is_lowercase)
        && letters.all(|character| character.is_alphabetic() || matches!(character, '’' | '\'' | '-'))
        && text.chars().count() <= 30
}

/// The lines beside or behind the words above the recipients, in reading order.
fn beside(facts: &Facts, layout: &Layout<'_>, at: usize, label: &Line) -> Vec<usize> {
    let from = at.saturating_sub(NEAR.0);
    let near = facts.lines.iter().enumerate().skip(from).take(NEAR.0 + NEAR.1);
    let width = facts.sheets.get(label.page).map_or(210.0, |sheet| sheet.width);
    let table = |line: &Line| line.setting.as_ref().and_then(|setting| setting.cell).map(|cell| cell.table);
    let of_head = [Part::NationalTitle, Part::Number, Part::Date, Part::Issuer].map(|part| layout.part(part));
    let in_head = |own: usize| of_head.iter().any(|lines| lines.iter().any(|line| table(line) == Some(own)));
    near.filter(|(other, line)| {
        if *other == at
            || line.invisible != facts.scan
            || line.stamped
            || line.text.chars().count() > TITLE_LENGTH
        {
            return false;
        }
        match (&line.setting, &label.setting) {
            (Some(own), Some(of_label)) => match (own.cell, of_label.cell) {
                // The cells to the right in the same row and those below; or nothing but the order.
                (Some(own), Some(of_label)) => {
                    own.table == of_label.table
                        && own.row + 1 >= of_label.row
                        && own.column != of_label.column
                }
                (None, None) => !line.text.starts_with(['-', '–']),
                (None, Some(_)) => *other > at && !line.text.starts_with(['-', '–']),
                // Several signers' table may stand above the list.
                (Some(own), None) => *other > at || !(own.bordered || in_head(own.table)),
            },
            _ => {
                let right = middle(line) > width * 0.45 && line.text.chars().any(char::is_alphabetic);
                let here = line.page == label.page
                    && line.bounds[0] > label.bounds[2] - 2.0
                    && line.baseline > label.baseline - 3.0 * STEP;
                // The end of a page may come between office and name.
                right && (here || line.page == label.page + 1)
            }
        }
    })
    .map(|(other, _)| other)
    .collect()
}

/// Where no list of recipients is: what stands at the right behind the text, from the last words that
/// name an office.
fn unlabelled(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Vec<usize> {
    let named = layout.part(Part::TypeName).first();
    let named = named.and_then(|name| layout.head.iter().position(|line| std::ptr::eq(*line, *name)));
    let head = layout.head.len().min(10).min(named.map_or(usize::MAX, |at| at + 1));
    let width = |line: &Line| facts.sheets.get(line.page).map_or(210.0, |sheet| sheet.width);
    let is_signing = |line: &Line| {
        line.invisible == facts.scan
            && !line.stamped
            && !facts.in_columns(line)
            && is_capitals(&line.text)
            && line.text.chars().count() < 60
            && (is_authority(&line.text, profile) || is_office(&line.text, profile))
            // What an office decides stands in the middle, with the decision below.
            && !layout.part(Part::TypeName).iter().any(|name| {
                name.page == line.page && line.at.is_none() && (middle(name) - middle(line)).abs() < 12.0
            })
            && line.setting.as_ref().is_none_or(|setting| {
                setting.cell.is_some() || setting.align != crate::format::setting::Align::Centre || setting.left > 50.0
            })
    };
    let offices = || facts.lines.iter().enumerate().skip(head).filter(|(_, line)| is_signing(line));
    let right = |line: &Line| line.at.is_some() || middle(line) > width(line) * 0.52;
    let Some(found) = offices().find(|(_, line)| right(line)) else { return Vec::new() };
    // Who only took the minutes signs beside who signs for the agency; of others the one at the right counts.
    let recorder = |line: &Line| is_recorder(line, profile);
    let row = offices().filter(|(_, line)| !recorder(line) && is_beside(line, found.1));
    let row = row.chain((!recorder(found.1)).then_some(found));
    let cell = |line: &Line| line.setting.as_ref().and_then(|setting| setting.cell);
    // An office over several lines begins with the first of its cell.
    let place = |at: usize, line: &Line| cell(line).map_or(at, |cell| cell.column);
    let chosen = row.max_by_key(|(at, line)| (right(line), place(*at, line), std::cmp::Reverse(*at)));
    let (at, first) = chosen.unwrap_or(found);
    let column = |line: &Line| cell(line).map(|cell| (cell.table, cell.column));
    let near = facts.lines.iter().enumerate().skip(at).take(16);
    near.filter(|(_, line)| {
        let side = match (column(line), column(first)) {
            (Some(own), Some(of_first)) => own.0 != of_first.0 || own.1 == of_first.1,
            _ if line.at.is_some() => true,
            _ if right(first) => middle(line) > width(line) * 0.45,
            _ => middle(line) < width(line) * 0.5,
        };
        line.page == first.page && !line.stamped && side
    })
    .map(|(at, _)| at)
    .collect()
}

/// Whether a line of a page begins about where the words above the list do, or further left where they don't stand
/// at the edge.
fn is_below(line: &Line, label: &Line) -> bool {
    (-45.0..15.0).contains(&(line.bounds[0] - label.bounds[0]))
}

/// Whether a line is drawn between two lines of a page, above the lower of them.
fn is_parted(facts: &Facts, above: &Line, below: &Line) -> bool {
    facts.drawn.iter().any(|drawn| {
        let [left, top, right, _] = drawn.bounds;
        drawn.page == below.page
            && top > above.baseline
            && top < below.baseline - below.size * MM * 0.5
            && left < below.bounds[2]
            && right > below.bounds[0]
    })
}

/// The lines below the words above the recipients that begin an entry, with all of its text: those below the words, and
/// where their list isn't at its end those of a column beside them.
fn entries(facts: &Facts, at: usize, block: &Block) -> Vec<(usize, String)> {
    let Some(label) = facts.lines.get(at) else { return Vec::new() };
    let mut found = listed(facts, at, block, &|line| is_below(line, label));
    let open = found.last().is_some_and(|(_, text)| text.ends_with(';'));
    let last = found.last().and_then(|(at, _)| facts.lines.get(*at));
    let Some(last) = last.filter(|last| open && label.at.is_none() && last.page == label.page) else {
        return found;
    };
    let edge = block.authority.iter().filter_map(|at| facts.lines.get(*at)).map(|line| line.bounds[0]);
    let edge = edge.fold(f64::MAX, f64::min);
    // The next column of a page begins between the list and the signature, in one row with an entry.
    let beside = facts.lines.iter().skip(at + 1).take(NEAR.1).find(|line| {
        line.page == label.page
            && line.text.starts_with(['-', '–'])
            && line.bounds[0] > last.bounds[2]
            && line.bounds[2] < edge
            && line.baseline < last.baseline + 1.0
    });
    if let Some(first) = beside {
        let left = first.bounds[0] - 2.0;
        found.extend(listed(facts, at, block, &|line| line.bounds[0] > left && is_below(line, first)));
    }
    found
}

/// The entries below the words that stand at `at`; on a page, of the column these lines stand in.
fn listed(
    facts: &Facts,
    at: usize,
    block: &Block,
    in_column: &dyn Fn(&Line) -> bool,
) -> Vec<(usize, String)> {
    let Some(label) = facts.lines.get(at) else { return Vec::new() };
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut ended = true;
    let mut above = label;
    for (other, line) in facts.lines.iter().enumerate().skip(at + 1).take(NEAR.1) {
        let signs = block.authority.contains(&other) || block.signer == Some(other);
        if signs || line.invisible != facts.scan || line.stamped {
            continue;
        }
        let dash = line.text.starts_with(['-', '–', '—', '+', '•']);
        let open = found.last().is_some_and(|(_, text)| text.ends_with(';'));
        let below = match (&line.setting, &label.setting) {
            (Some(own), Some(of_label)) => match (own.cell, of_label.cell) {
                // A list that isn't at its end goes on in the next cell.
                (Some(_), Some(_)) => same_cell(line, above) || (dash && open && is_beside(line, label)),
                (None, None) => dash,
                _ => false,
            },
            _ => {
                // Below a line drawn across stand notes, or an address.
                let here = line.page == above.page
                    && line.baseline - above.baseline < STEP
                    && !is_parted(facts, above, line);
                in_column(line) && (here || (line.page == above.page + 1 && dash))
            }
        };
        if !below {
            // A column beside goes on; in a DOCX another cell ends the list.
            if line.at.is_some() && !found.is_empty() && !same_cell(line, label) {
                break;
            }
            continue;
        }
        match found.last_mut() {
            Some((_, text)) if !dash && !ended && !is_copies_mark(&line.text) => {
                *text = format!("{text} {}", line.text);
            }
            _ => found.push((other, line.text.clone())),
        }
        ended = line.text.ends_with([';', '.']);
        above = line;
        if found.len() >= ENTRIES {
            break;
        }
    }
    found
}
