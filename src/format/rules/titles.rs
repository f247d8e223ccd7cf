//! Titles of the parts of a text.

use super::order::{kind_of, line_of};
use super::{Case, Outcome, Why, of_line};
use crate::format::layout::{HEADINGS, Unit, UnitKind, is_titled};
use crate::messages::message;
use crate::profile::Counted;

/// Whether headings of these kinds have titles.
pub(super) fn titled(case: &Case<'_>, units: &[Counted]) -> Outcome {
    let layout = case.layout;
    let kinds: Vec<UnitKind> = units.iter().copied().filter_map(kind_of).collect();
    let own: Vec<&Unit> = layout.units.iter().filter(|unit| kinds.contains(&unit.kind)).collect();
    if own.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    // An article has its number alone on a line where it should have a title or text beside it; where most
    // have, that is no manner of the document's.
    let alone = |unit: &&&Unit| {
        let text = layout.paragraphs.get(unit.paragraph).map_or("", |paragraph| paragraph.text.as_str());
        text.split_whitespace().count() <= 2
    };
    let bare = own.iter().filter(alone).count();
    let wrong = own.iter().find(|unit| {
        if HEADINGS.contains(&unit.kind) {
            is_titled(&layout.paragraphs, &layout.units, unit) == Some(false)
        } else {
            alone(unit) && bare * 2 < own.len()
        }
    });
    match wrong.and_then(|unit| line_of(case, unit)) {
        Some(line) => of_line(line, message("format_word_title", &[]), line.text.clone()),
        None => Outcome::Holds,
    }
}
