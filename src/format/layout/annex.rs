//! Annexes in the file, and what is signed onto attachments and copies.

use super::Layout;
use super::body::in_table;
use super::words::{begins, folded, is_capitals};
use crate::format::facts::{Facts, Line, is_signing_note};
use crate::format::setting::Align;
use crate::profile::{Part, Profile};

/// Annexes of one file.
const ANNEXES: usize = 200;
/// Longer than this the line is text that speaks of an annex, in characters.
const LENGTH: usize = 40;
/// Lines below it that are looked at for its title and reference.
const BELOW: usize = 10;
/// A title's line in small letters is no longer, in characters.
const TITLE: usize = 120;

/// An annex.
#[derive(Debug, Clone)]
pub struct Annex<'f> {
    /// The line with its name and number.
    pub label: &'f Line,
    /// Its number as written; empty when it has none.
    pub mark: String,
    /// That line among all lines.
    pub at: usize,
    /// Lines of its title.
    pub title: Vec<&'f Line>,
    /// The line that says which document it goes with.
    pub reference: Option<&'f Line>,
    /// Whether anything below its name says that, in whatever place.
    pub referred: bool,
}

/// The annexes behind the foot, or of a file that is one.
pub(super) fn find<'f>(
    facts: &'f Facts,
    layout: &Layout<'f>,
    foot: Option<usize>,
    profile: &Profile,
) -> Vec<Annex<'f>> {
    let from = match foot {
        Some(at) => at + 1,
        None if layout.annex => 0,
        None => return Vec::new(),
    };
    let mut found: Vec<Annex<'f>> = Vec::new();
    for (at, line) in facts.lines.iter().enumerate().skip(from) {
        let word = profile.recognition.annex.iter().find(|word| begins(&line.text, word));
        let Some(word) = word.filter(|_| line.text.chars().count() <= LENGTH && !line.invisible) else {
            continue;
        };
        let rest: String = line.text.chars().skip(word.chars().count()).collect();
        let mark = rest.trim().trim_end_matches(['.', ':']).to_owned();
        let placed = match &line.setting {
            Some(setting) => setting.align == Align::Centre || line.bold,
            None => is_centred(line, facts) || is_heading(facts, at, &mark, profile),
        };
        // `Phụ lục kèm theo` is no number; a number is short.
        if !placed || mark.chars().count() > 8 || line.text.ends_with([';', ',']) || found.len() >= ANNEXES {
            continue;
        }
        let below = facts.lines.iter().skip(at + 1).take(BELOW).filter(|next| next.page == line.page);
        let below: Vec<&Line> = below.collect();
        // Its head ends where a table or text begins.
        let head = below.iter().take_while(|next| {
            let refers = is_reference(&next.text, profile);
            in_table(facts, next) == in_table(facts, line)
                && (refers || is_capitals(&next.text) || is_centred(next, facts))
        });
        let head = below.get(..head.count()).unwrap_or_default();
        let end = head.iter().position(|next| is_reference(&next.text, profile));
        let title = title(head.get(..end.unwrap_or(head.len())).unwrap_or_default(), end.is_some(), facts);
        let reference = end.and_then(|end| head.get(end)).copied();
        let referred = reference.is_some()
            || std::iter::once(&line).chain(&below).any(|line| {
                let words = profile.recognition.annex_reference.as_deref().map(folded);
                words.is_some_and(|words| folded(&line.text).contains(&words))
            });
        found.push(Annex { label: line, mark, at, title, reference, referred });
    }
    found
}

/// Whether a line stands in the middle.
fn is_centred(line: &Line, facts: &Facts) -> bool {
    match &line.setting {
        Some(setting) => setting.align == Align::Centre,
        None => {
            let width = facts.sheets.get(line.page).map_or(210.0, |sheet| sheet.width);
            ((line.bounds[0] + line.bounds[2]) / 2.0 - width / 2.0).abs() < width * 0.1
        }
    }
}

/// Whether a line of a page that doesn't stand in the middle is the name of an annex still: the first of its
/// page, with a number or nothing behind the word, above a title or the reference.
fn is_heading(facts: &Facts, at: usize, mark: &str, profile: &Profile) -> bool {
    let numbered = mark.is_empty() || mark.parse::<u32>().is_ok() || super::from_roman(mark).is_some();
    let Some([line, next]) = facts.lines.get(at..at + 2) else { return false };
    let is_number = |other: &Line| {
        facts.number_of(line.page).is_some_and(|number| number.line.baseline == other.baseline)
    };
    let first =
        facts.of_page(line.page).find(|other| !other.invisible && !other.stamped && !is_number(other));
    numbered
        && first.is_some_and(|first| std::ptr::eq(first, line))
        && next.page == line.page
        && (is_capitals(&next.text) || is_reference(&next.text, profile))
}

/// The lines of a title: capitals below the name of the annex. In small letters it is a title still where it
/// stands in the middle, alone above the reference or bold, as no text does.
fn title<'f>(below: &[&'f Line], referred: bool, facts: &Facts) -> Vec<&'f Line> {
    let own = |line: &&&Line| is_capitals(&line.text) && !line.stamped;
    let high: Vec<&Line> = below.iter().take_while(own).copied().collect();
    if !high.is_empty() {
        return high;
    }
    let small = |line: &&&Line| {
        let text = line.text.chars().count() <= TITLE && !line.text.ends_with([';', '.', ':']);
        text && !line.stamped && is_centred(line, facts) && !line.text.starts_with('(')
    };
    let low: Vec<&Line> = below.iter().take_while(small).copied().collect();
    match referred {
        true if low.len() == below.len() => low,
        true => Vec::new(),
        false => low.into_iter().take(1).filter(|line| line.bold).collect(),
    }
}

fn is_reference(text: &str, profile: &Profile) -> bool {
    /// What may stand before the words in parentheses: `Ban hành`.
    const BEFORE: usize = 12;
    let inner = text.trim_start_matches(['(', ' ']);
    profile.recognition.annex_reference.as_deref().is_some_and(|words| {
        let (inner, words) = (folded(inner), folded(words));
        let before = inner.split_once(&words).map(|(before, _)| before.chars().count());
        before.is_some_and(|before| before == 0 || (before <= BEFORE && text.starts_with('(')))
    })
}

/// Parts of annexes, and what is signed onto attachments and copies.
pub(super) fn parts<'f>(
    layout: &Layout<'f>,
    facts: &'f Facts,
    profile: &Profile,
) -> Vec<(Part, Vec<&'f Line>)> {
    let annexes = &layout.annexes;
    let label = profile.numbering.label.as_str();
    let timed = |line: &&'f Line| {
        let noted = line.text.matches(';').count() >= 2 || is_signing_note(&line.text);
        line.page == 0 && noted && !line.invisible
    };
    let first_page = || facts.lines.iter().take_while(|line| line.page == 0).take(200).filter(timed);
    // Behind the label stands the number: `Số lượng: …; …` is another text.
    let numbered = |line: &&'f Line| {
        let rest = line.text.strip_prefix(label.trim_end_matches(':')).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with(|first: char| first == ':' || first.is_ascii_digit()))
    };
    let attachment = first_page().filter(numbered);
    let copy = first_page().filter(|line| {
        let text = folded(&line.text);
        profile.copies.iter().any(|copy| text.starts_with(&folded(&copy.name)))
    });
    vec![
        (Part::AnnexLabel, annexes.iter().map(|annex| annex.label).collect()),
        (Part::AnnexTitle, annexes.iter().flat_map(|annex| annex.title.iter().copied()).collect()),
        (Part::AnnexReference, annexes.iter().filter_map(|annex| annex.reference).collect()),
        (Part::AttachmentSignature, attachment.collect()),
        (Part::CopySignature, copy.collect()),
    ]
}
