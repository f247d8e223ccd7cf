//! Parts that must be there.

use super::{Case, Outcome, Why, of_line, of_page};
use crate::format::layout::{begins, is_authority};
use crate::messages::message;
use crate::profile::Part;

/// Whether a part is there, for the types that have it.
pub(super) fn present(
    case: &Case<'_>,
    part: Part,
    (or, with): (&[Part], Option<Part>),
    types: &[String],
    except: &[String],
) -> Outcome {
    let layout = case.layout;
    if !layout.headed || (layout.attached && foot(part)) {
        // An annex, or a page from the middle: nothing of a document is missing there. A text that was issued
        // with a document is signed with it.
        return Outcome::NotChecked(Why::NoHead);
    }
    let kind = layout.document.kind.as_deref();
    if !types.is_empty() && kind.is_none() {
        return Outcome::NotChecked(Why::NoType);
    }
    if with.is_some_and(|part| layout.part(part).is_empty()) {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let named = |list: &[String]| kind.is_some_and(|kind| list.iter().any(|code| code == kind));
    if (!types.is_empty() && !named(types)) || named(except) {
        return Outcome::NotChecked(Why::NotThisType);
    }
    if case.facts.unread > 0 && foot(part) {
        return Outcome::NotChecked(Why::NoPage);
    }
    if std::iter::once(&part).chain(or).any(|part| !layout.part(*part).is_empty()) {
        return Outcome::Holds;
    }
    let page =
        if foot(part) && case.facts.kind == "pdf" { case.facts.sheets.len().saturating_sub(1) } else { 0 };
    of_page(page, message("format_word_present", &[]), "—")
}

/// Whether a deputy who signs says for whom: words that do so stand above his office.
pub(super) fn deputy(case: &Case<'_>, words: &[String], example: &str, except: &[String]) -> Outcome {
    /// Lines above the office where they may stand.
    const ABOVE: usize = 6;
    let Some(first) = case.layout.part(Part::Authority).first() else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let Some(kind) = case.layout.document.kind.as_ref() else { return Outcome::NotChecked(Why::NoType) };
    if except.contains(kind) {
        return Outcome::NotChecked(Why::NotThisType);
    }
    if !words.iter().any(|word| begins(&first.text, word)) {
        return Outcome::Holds;
    }
    // Set apart from the office they may be no part of it that was found.
    let lines = &case.facts.lines;
    let at = lines.iter().position(|line| std::ptr::eq(line, *first)).unwrap_or(0);
    let above = lines.iter().take(at).rev().take(ABOVE);
    if above.into_iter().any(|line| is_authority(&line.text, case.profile)) {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    of_line(first, format!("{example} / {}", first.text), first.text.clone())
}

/// Whether a part stands at the end.
fn foot(part: Part) -> bool {
    matches!(part, Part::Authority | Part::Signer | Part::RecipientsLabel | Part::Recipients | Part::KeptCopy)
}
