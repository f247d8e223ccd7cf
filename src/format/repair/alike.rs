//! Which paragraphs are mended together. Long ones are judged where there are enough, for they show best how text is
//! set; but one that is mended among short ones that stay as wrong would leave a patchwork.

use super::settings::Set;
use crate::format::facts::Line;
use crate::format::layout::{Layout, Paragraph, counts_short, is_running, short};
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
    let (mut values, mut found) = (Vec::new(), Vec::new());
    let mut add = |paragraph: &Paragraph<'f>| {
        let set = paragraph.lines.first().copied().zip(wrong(paragraph));
        found.extend(set);
        set.is_some()
    };
    for paragraph in layout.paragraphs.iter().filter(|paragraph| is_running(paragraph)) {
        if add(paragraph) {
            values.extend(value(paragraph));
        }
    }
    let judged = counts_short(layout);
    for short in short(layout) {
        let own = value(short.paragraph);
        let same = own.is_some_and(|own| values.iter().any(|value: &f64| (value - own).abs() < SAME));
        if same || (judged && short.is_counted()) {
            add(short.paragraph);
        }
    }
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
