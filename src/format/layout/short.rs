//! Short paragraphs that are running text for sure.

use super::Layout;
use super::body::{Paragraph, is_running};
use super::sections::HEADINGS;
use super::units::UnitKind;
use super::words::is_capitals;
use crate::format::facts::Line;
use crate::format::setting::Align;
use std::collections::BTreeMap;

/// What entries of lists begin with.
const MARKS: [char; 4] = ['-', '–', '+', '•'];

/// A short paragraph of the text.
pub(in crate::format) struct Short<'l, 'f> {
    pub(in crate::format) paragraph: &'l Paragraph<'f>,
    /// What it is in the order of the text, where it is numbered or a ground.
    pub(in crate::format) kind: Option<UnitKind>,
}

impl<'f> Short<'_, 'f> {
    /// Its lines, each with what it is.
    pub(in crate::format) fn lines(&self) -> Vec<(Option<UnitKind>, &'f Line)> {
        self.paragraph.lines.iter().map(|line| (self.kind, *line)).collect()
    }

    /// Whether it shows how first lines are set: entries of lists may stand further in, each level by its own.
    pub(in crate::format) fn is_counted(&self) -> bool {
        let setting = self.paragraph.lines.first().and_then(|line| line.setting.as_ref());
        let of_list = match self.kind {
            Some(UnitKind::Point | UnitKind::Nested) => true,
            Some(_) => false,
            None => self.paragraph.text.starts_with(MARKS),
        };
        !of_list && setting.is_some_and(|setting| setting.label.is_none() && setting.first >= 0.0)
    }

    /// Whether it is whole sentences or an entry of a list, and no title.
    pub(in crate::format) fn is_plain(&self) -> bool {
        let ends = self.paragraph.text.ends_with(['.', ';', ',', '/']);
        ends && matches!(self.kind, None | Some(UnitKind::Point))
    }
}

/// The short paragraphs that are running text for sure: numbered ones, grounds, entries of lists, sentences. Titles
/// in the middle, headings of parts and chapters, and quotations are set in ways of their own.
pub(in crate::format) fn short<'l, 'f>(layout: &'l Layout<'f>) -> Vec<Short<'l, 'f>> {
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
                let listed = text.starts_with(MARKS);
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
