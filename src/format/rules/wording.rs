//! Words of running text: capitals, citations.

use super::{Case, Outcome, Why, of_line};
use crate::format::facts::Line;
use crate::profile::Pattern;
use std::collections::BTreeSet;

/// The paragraphs of the body with their first lines.
fn texts<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (&'c str, &'c Line)> {
    case.layout
        .paragraphs
        .iter()
        .filter_map(|paragraph| Some((paragraph.text.as_str(), *paragraph.lines.first()?)))
}

/// The first words that are better written otherwise.
pub(super) fn wording(case: &Case<'_>, pattern: &Pattern, instead: &str, unless_after: &[String]) -> Outcome {
    let mut any = false;
    for (text, line) in texts(case) {
        any = true;
        for found in pattern.0.captures_iter(text) {
            let Some(whole) = found.name("found").or_else(|| found.get(0)) else { continue };
            let before = text.get(..whole.start()).unwrap_or_default().trim_end().to_lowercase();
            if unless_after.iter().any(|words| before.ends_with(words.as_str())) {
                continue;
            }
            return of_line(line, instead, whole.as_str());
        }
    }
    if any { Outcome::Holds } else { Outcome::NotChecked(Why::LittleText) }
}

/// Whether the first citation of each document is followed by a word.
pub(super) fn first_citation(case: &Case<'_>, pattern: &Pattern, needs: &str) -> Outcome {
    const NEAR: usize = 40;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (text, line) in texts(case) {
        for found in pattern.0.captures_iter(text) {
            let (Some(whole), Some(number)) = (found.get(0), found.name("number")) else { continue };
            // The end of a sentence is none of the number.
            if !seen.insert(number.as_str().trim_end_matches(['.', '/', '&', '-']).to_owned()) {
                continue;
            }
            let behind: String = text.get(whole.end()..).unwrap_or_default().chars().take(NEAR).collect();
            if !behind.trim_start().starts_with(needs) {
                let cited = whole.as_str().trim_end_matches('.');
                return of_line(line, format!("{cited} {needs} …"), cited);
            }
        }
    }
    if seen.is_empty() { Outcome::NotChecked(Why::NoSuchPart) } else { Outcome::Holds }
}
