//! Which paragraphs are mended together. Only long ones are judged, for only they show how text is set; but one
//! that is mended among short ones that stay as wrong would leave a patchwork.

use super::settings::Set;
use crate::format::facts::Line;
use crate::format::layout::{HEADINGS, Layout, Paragraph, UnitKind, is_capitals, is_running};
use crate::format::report::At;
use crate::format::rules::body::said;
use crate::format::setting::Align;
use crate::profile::Measure;
use std::collections::BTreeMap;

/// Values closer than this are one: what is a whole number of twentieths of a point in the file.
const SAME: f64 = 0.05;

/// A short paragraph of the text.
pub(super) struct Short<'l, 'f> {
    pub(super) paragraph: &'l Paragraph<'f>,
    /// What it is in the order of the text, where it is numbered or a ground.
    pub(super) kind: Option<UnitKind>,
}

impl<'f> Short<'_, 'f> {
    /// Its lines, each with what it is.
    pub(super) fn lines(&self) -> Vec<(Option<UnitKind>, &'f Line)> {
        self.paragraph.lines.iter().map(|line| (self.kind, *line)).collect()
    }

    /// Whether it is whole sentences or an entry of a list, and no title.
    pub(super) fn is_plain(&self) -> bool {
        let ends = self.paragraph.text.ends_with(['.', ';', ',', '/']);
        ends && matches!(self.kind, None | Some(UnitKind::Point))
    }
}

/// The short paragraphs that are running text for sure: numbered ones, grounds, entries of lists, sentences. Titles
/// in the middle, headings of parts and chapters, and quotations are set in ways of their own.
pub(super) fn short<'l, 'f>(layout: &'l Layout<'f>) -> Vec<Short<'l, 'f>> {
    let kinds: BTreeMap<usize, UnitKind> =
        layout.units.iter().map(|unit| (unit.paragraph, unit.kind)).collect();
    let mut quoted = false;
    let mut found = Vec::new();
    for (at, paragraph) in layout.paragraphs.iter().enumerate() {
        let text = paragraph.text.as_str();
        let inside = quoted || text.starts_with(['“', '"']);
        quoted = match (text.rfind('“'), text.rfind('”')) {
            (Some(open), close) => close.is_none_or(|close| close < open),
            (None, Some(_)) => false,
            (None, None) => quoted,
        };
        let kind = kinds.get(&at).copied();
        let is_text = match kind {
            Some(kind) => !HEADINGS.contains(&kind),
            None => {
                let listed = text.starts_with(['-', '–', '+', '•']);
                (listed || text.ends_with(['.', ';', ':', ',', '/'])) && !is_capitals(text)
            }
        };
        let aligned = paragraph.lines.first().and_then(|line| line.setting.as_ref()).map(|set| set.align);
        let aside = matches!(aligned, Some(Align::Centre | Align::Right));
        if is_text && !aside && !inside && !is_running(paragraph) {
            found.push(Short { paragraph, kind });
        }
    }
    found
}

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
    for short in short(layout) {
        let own = value(short.paragraph);
        if own.is_some_and(|own| values.iter().any(|value: &f64| (value - own).abs() < SAME)) {
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
