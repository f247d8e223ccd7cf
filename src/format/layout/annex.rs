//! Annexes in the file, and what is signed onto attachments and copies.

use super::Layout;
use super::words::{begins, folded, is_capitals};
use crate::format::facts::{Facts, Line, is_signing_note};
use crate::format::setting::Align;
use crate::profile::{Part, Profile};

/// Annexes of one file.
const ANNEXES: usize = 200;
/// Longer than this the line is text that speaks of an annex, in characters.
const LENGTH: usize = 40;

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
        let centred = match &line.setting {
            Some(setting) => setting.align == Align::Centre || line.bold,
            None => {
                let width = facts.sheets.get(line.page).map_or(210.0, |sheet| sheet.width);
                ((line.bounds[0] + line.bounds[2]) / 2.0 - width / 2.0).abs() < width * 0.1
            }
        };
        // `Phụ lục kèm theo` is no number; a number is short.
        if !centred || mark.chars().count() > 8 || line.text.ends_with([';', ',']) || found.len() >= ANNEXES {
            continue;
        }
        let below = facts.lines.iter().skip(at + 1).take(8).filter(|next| next.page == line.page);
        let (mut title, mut reference) = (Vec::new(), None);
        for next in below {
            if is_reference(&next.text, profile) {
                reference = Some(next);
                break;
            }
            if !is_capitals(&next.text) || next.stamped {
                break;
            }
            title.push(next);
        }
        found.push(Annex { label: line, mark, at, title, reference });
    }
    found
}

fn is_reference(text: &str, profile: &Profile) -> bool {
    let text = text.trim_start_matches(['(', ' ']);
    profile.recognition.annex_reference.as_deref().is_some_and(|words| begins(text, words))
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
