//! Marks of the head: how urgent and secret it is, how far it may go round, that it is a draft.

use super::Layout;
use super::head::same_cell;
use super::words::{begins, folded};
use crate::format::facts::Line;
use crate::profile::Profile;

/// Lines that are marks: each of them whole, or broken over two lines of a column.
pub(super) fn marks<'f>(layout: &Layout<'f>, words: &[String]) -> Vec<&'f Line> {
    let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
    let mut found: Vec<&'f Line> = Vec::new();
    let mut lines = layout.head.iter().copied().zip(&layout.folds).peekable();
    while let Some((line, text)) = lines.next() {
        let broken = lines.peek().is_some_and(|(next, rest)| {
            let column = next.bounds[0] < line.bounds[2] && next.bounds[2] > line.bounds[0];
            let together = if line.at.is_some() { same_cell(line, next) } else { column };
            together && words.contains(&format!("{text} {rest}"))
        });
        if broken {
            found.push(line);
            found.extend(lines.next().map(|(next, _)| next));
        } else if words.contains(text) {
            found.push(line);
        }
    }
    found
}

/// Lines that say that it is a draft.
pub(super) fn drafts<'f>(layout: &Layout<'f>, profile: &Profile) -> Vec<&'f Line> {
    const LENGTH: usize = 30;
    let marks = &profile.recognition.drafts;
    let is_mark = |line: &&Line| {
        line.text.chars().count() <= LENGTH && marks.iter().any(|mark| begins(&line.text, mark))
    };
    layout.head.iter().copied().filter(is_mark).collect()
}
