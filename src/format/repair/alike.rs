//! Which paragraphs are mended together. Long ones are judged where there are enough, for they show best how text is
//! set; but one that is mended among short ones that stay as wrong would leave a patchwork.

use super::settings::Set;
use crate::format::facts::Line;
use crate::format::layout::{Layout, Paragraph, Short, is_running, short};
use crate::format::report::At;
use crate::format::rules::body::said;
use crate::profile::Measure;

/// Values closer than this are one: what is a whole number of twentieths of a point in the file.
const SAME: f64 = 0.05;

/// The paragraphs of running text that are wrong, and the short ones that have the value of one of these; each with
/// how it is to be set.
pub(super) fn set<'f>(
    layout: &Layout<'f>,
    value: impl Fn(&Paragraph<'f>) -> Option<f64>,
    wrong: impl Fn(&Paragraph<'f>) -> Option<Set>,
) -> Vec<(&'f Line, Set)> {
    let set = |paragraph: &Paragraph<'f>| paragraph.lines.first().copied().zip(wrong(paragraph));
    let long: Vec<&Paragraph<'f>> =
        layout.paragraphs.iter().filter(|paragraph| is_running(paragraph)).collect();
    let short = short(layout);
    let mut found: Vec<(&Line, Set)> = long.iter().filter_map(|paragraph| set(paragraph)).collect();
    let values: Vec<f64> = long
        .iter()
        .filter(|paragraph| wrong(paragraph).is_some())
        .filter_map(|paragraph| value(paragraph))
        .collect();
    let same = |short: &Short<'_, 'f>| {
        value(short.paragraph).is_some_and(|own| values.iter().any(|value| (value - own).abs() < SAME))
    };
    let counted = short.iter().filter(|short| short.is_counted() && value(short.paragraph).is_some());
    let others = counted.clone().filter(|short| !same(short) && wrong(short.paragraph).is_some());
    // As many as make the whole wrong are mended whatever they have.
    let most = others.count() * 2 > long.len() + counted.count();
    let own = short.iter().filter(|short| same(short) || (most && short.is_counted()));
    found.extend(own.filter_map(|short| set(short.paragraph)));
    found
}

/// The lines of running text whose size is wrong, with short paragraphs of the text: numbered ones are known by
/// what they are; a sentence of another size may be a note.
pub(super) fn sized<'f>(layout: &Layout<'f>, wrong: impl Fn(&Line) -> bool) -> Vec<&'f Line> {
    let mut found: Vec<&Line> = layout.body.iter().copied().filter(|line| wrong(line)).collect();
    let sizes: Vec<f64> = found.iter().map(|line| line.size).collect();
    for (kind, line) in short(layout).into_iter().flat_map(|short| short.lines()) {
        let same = || sizes.iter().any(|size| (size - line.size).abs() < SAME);
        if wrong(line) && (kind.is_some() || same()) {
            found.push(line);
        }
    }
    found
}

/// The paragraphs of which a repair changed what a measure finds, each with where it is and what was found.
pub(super) fn changed(
    measure: &Measure,
    before: &Layout<'_>,
    after: &Layout<'_>,
) -> Vec<(Option<At>, String)> {
    let pairs = before.paragraphs.iter().zip(&after.paragraphs);
    let changed = pairs.filter_map(|(before, after)| {
        let (found, now) = (said(measure, before)?, said(measure, after));
        let at = before.lines.first()?.at.clone();
        (now.as_ref() != Some(&found)).then_some((at, found))
    });
    changed.collect()
}
