//! The lines of each part of a document, for rules about how a part is written.

use super::facts::{Facts, Line};
use super::layout::{Layout, folded};
use crate::profile::{Part, Profile};

/// Lines looked at behind the words above the recipients.
const FOOT: usize = 24;

/// The lines of a part; none when it isn't there.
pub(super) fn lines<'f>(
    part: Part,
    facts: &'f Facts,
    layout: &Layout<'f>,
    profile: &Profile,
) -> Vec<&'f Line> {
    let recognition = &profile.recognition;
    let begins = |mark: Option<&String>| -> Vec<&'f Line> {
        let starts = |line: &&&Line| mark.is_some_and(|mark| line.text.starts_with(mark.as_str()));
        layout.head.iter().find(starts).copied().into_iter().collect()
    };
    match part {
        Part::NationalTitle => fixed(layout, recognition.head.first()),
        Part::Motto => fixed(layout, recognition.head.get(1)),
        Part::Number => layout.number.into_iter().collect(),
        Part::Date => layout.date.into_iter().collect(),
        Part::TypeName => titled(layout, profile).map(|(_, line)| line).into_iter().collect(),
        Part::Abstract => abstract_lines(layout, profile),
        Part::LetterAbstract => begins(recognition.letter_abstract.as_ref()),
        Part::Addressee => begins(recognition.addressee.as_ref()),
        Part::RecipientsLabel => label(facts, profile).map(|(_, line)| line).into_iter().collect(),
        Part::Recipients => recipients(facts, profile),
        Part::KeptCopy => {
            let kept = |line: &&Line| {
                let entry = line.text.trim_start_matches(['-', ' ']);
                recognition.kept.as_deref().is_some_and(|word| entry.starts_with(word))
            };
            recipients(facts, profile).into_iter().filter(kept).collect()
        }
        Part::Authority => authority(facts, profile),
    }
}

/// A text of the state's, the same but for case and tone marks.
fn fixed<'f>(layout: &Layout<'f>, text: Option<&String>) -> Vec<&'f Line> {
    let Some(wanted) = text.map(|text| folded(text)) else { return Vec::new() };
    layout.head.iter().find(|line| folded(&line.text) == wanted).copied().into_iter().collect()
}

fn titled<'f>(layout: &Layout<'f>, profile: &Profile) -> Option<(usize, &'f Line)> {
    let is_type = |line: &&Line| {
        let text = folded(line.text.trim_end_matches(':'));
        profile.types.iter().any(|kind| folded(&kind.name) == text)
    };
    layout.head.iter().position(is_type).and_then(|at| Some((at, *layout.head.get(at)?)))
}

/// The first line under the name of the type, when it is a short one in sentence case: longer ones are
/// running text of a document without an abstract.
fn abstract_lines<'f>(layout: &Layout<'f>, profile: &Profile) -> Vec<&'f Line> {
    const LONGEST: usize = 90;
    let Some((at, title)) = titled(layout, profile) else { return Vec::new() };
    let Some(next) = layout.head.get(at + 1) else { return Vec::new() };
    let centred = (next.bounds[0] + next.bounds[2] - title.bounds[0] - title.bounds[2]).abs() < 6.0;
    let sentence = next.text != next.text.to_uppercase();
    let short = next.text.chars().count() < LONGEST;
    let subject = layout.document.subject.as_deref().is_some_and(|text| text.starts_with(&next.text));
    // In a DOCX nothing says that a line stands in the middle: there only bold lines are known.
    let known = if next.at.is_some() { subject } else { centred };
    if sentence && short && known { vec![*next] } else { Vec::new() }
}

/// The last words above a list of recipients.
fn label<'f>(facts: &'f Facts, profile: &Profile) -> Option<(usize, &'f Line)> {
    let mark = profile.recognition.recipients.as_deref()?.trim_end_matches(':');
    let starts = |line: &Line| !line.invisible && !line.stamped && line.text.starts_with(mark);
    let at = facts.lines.iter().rposition(|line| starts(line) && line.text.chars().count() < 20)?;
    Some((at, facts.lines.get(at)?))
}

/// The lines of the list that begin an entry.
fn recipients<'f>(facts: &'f Facts, profile: &Profile) -> Vec<&'f Line> {
    let Some((at, label)) = label(facts, profile) else { return Vec::new() };
    let behind = facts.lines.iter().skip(at + 1).take(FOOT);
    let left = |line: &&Line| line.at.is_some() || (line.bounds[0] - label.bounds[0]).abs() < 15.0;
    behind.filter(|line| line.page == label.page && line.text.starts_with('-')).filter(left).collect()
}

/// Lines of the signature block that say in whose name someone signs: beside or behind the words above
/// the recipients.
fn authority<'f>(facts: &'f Facts, profile: &Profile) -> Vec<&'f Line> {
    let Some((at, label)) = label(facts, profile) else { return Vec::new() };
    let named = |line: &&Line| {
        let word = line.text.split(['.', ' ']).next().unwrap_or_default();
        let rest = line.text.strip_prefix(word).unwrap_or_default();
        profile.recognition.authorities.iter().any(|authority| authority == word)
            && rest.chars().filter(|character| character.is_alphabetic()).count() >= 4
    };
    let near = facts.lines.iter().skip(at.saturating_sub(6)).take(FOOT);
    near.filter(|line| line.page == label.page && !line.invisible).filter(named).collect()
}
