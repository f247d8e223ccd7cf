//! What annexes must have, and that the text speaks of them.

use super::{Case, Outcome, Why, of_line};
use crate::format::layout::folded;
use crate::messages::message;
use crate::profile::Part;

/// Whether each annex has a part of its own: a title, or the line that says which document it goes with.
pub(super) fn has(case: &Case<'_>, part: Part) -> Outcome {
    let annexes = &case.layout.annexes;
    if annexes.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let lacks = annexes.iter().find(|annex| match part {
        Part::AnnexReference => !annex.referred,
        // That there is no title shows where the reference stands right below the name.
        _ => annex.title.is_empty() && annex.reference.is_some(),
    });
    match lacks {
        Some(annex) => of_line(annex.label, message("format_word_present", &[]), "—"),
        None => Outcome::Holds,
    }
}

/// Whether the text above the annexes speaks of them.
pub(super) fn mentioned(case: &Case<'_>, words: &[String]) -> Outcome {
    let Some(first) = case.layout.annexes.first() else { return Outcome::NotChecked(Why::NoSuchPart) };
    if !case.layout.headed || case.facts.unread > 0 {
        return Outcome::NotChecked(Why::NoHead);
    }
    let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
    let above = case.facts.lines.iter().take(first.at).map(|line| folded(&line.text));
    // Words may be parted by the ends of lines.
    let text = above.collect::<Vec<_>>().join(" ");
    if words.iter().any(|word| text.contains(word.as_str())) {
        Outcome::Holds
    } else {
        of_line(first.label, words.first().cloned().unwrap_or_default(), "—")
    }
}
