//! The list of recipients: what it begins and ends with, whom the kept copy is with, where it stands.

use super::{Case, Outcome, Why, of_line, order, plain};
use crate::format::facts::Line;
use crate::format::setting::Align;
use crate::messages::message;
use crate::profile::{Part, Pattern};

/// Where words are so far below others they follow them, in millimetres.
const BELOW: f64 = 25.0;

fn is_one_of(line: &Line, lines: &[&Line]) -> bool {
    lines.iter().any(|other| std::ptr::eq(*other, line))
}

/// Whether a part is the last entry of a list. What follows without a dash is no entry: a drafter's mark, say.
pub(super) fn last(case: &Case<'_>, part: Part, list: Part) -> Outcome {
    let (lines, entries) = (case.layout.part(part), order::entries(case.layout, list));
    let Some(at) = entries.iter().rposition(|(_, line)| is_one_of(line, lines)) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let behind = entries.iter().skip(at + 1).find(|(text, _)| text.starts_with(['-', '–']));
    match (behind, entries.get(at)) {
        (Some((text, _)), Some((kept, line))) => {
            of_line(line, format!("{text} / {kept}"), format!("{kept} / {text}"))
        }
        _ => Outcome::Holds,
    }
}

/// Whether the first entry of a list is what it must be.
pub(super) fn first(
    case: &Case<'_>,
    list: Part,
    (pattern, example): (&Pattern, &str),
    with: Part,
    types: &[String],
) -> Outcome {
    let Some(kind) = case.layout.document.kind.as_ref() else { return Outcome::NotChecked(Why::NoType) };
    if !types.contains(kind) {
        return Outcome::NotChecked(Why::NotThisType);
    }
    let entries = order::entries(case.layout, list);
    let first = entries.first().filter(|_| !case.layout.part(with).is_empty());
    // What stands for its dash is found by another rule.
    let is_like = |text: &str| {
        let entry = text.trim_start_matches(|mark: char| !mark.is_alphanumeric());
        pattern.0.is_match(&format!("- {entry}"))
    };
    match first {
        None => Outcome::NotChecked(Why::NoSuchPart),
        Some((text, _)) if is_like(text) => Outcome::Holds,
        Some((text, line)) => of_line(line, example, text.clone()),
    }
}

/// With whom a copy is kept, as far as the line names units: behind a full stop stands who drafted it.
fn units(text: &str) -> Option<Vec<&str>> {
    let (_, named) = text.split_once(':')?;
    let named = named.split('.').next()?;
    // How many copies there are stands in brackets.
    let unit = |unit: &'_ str| -> usize { unit.find('(').unwrap_or(unit.len()) };
    let units = named.split([',', ';']).filter_map(|piece| piece.get(..unit(piece))).map(str::trim);
    Some(units.filter(|unit| !unit.is_empty()).collect())
}

/// Whether the kept copy is with the clerks first, and with nobody twice. Where they aren't named in the usual
/// way, who keeps it isn't sure.
pub(super) fn kept_with(case: &Case<'_>, clerks: &[String]) -> Outcome {
    let lines = case.layout.part(Part::KeptCopy);
    let entries = order::entries(case.layout, Part::Recipients);
    let kept = entries.iter().find(|(_, line)| is_one_of(line, lines));
    let Some((line, units)) = kept.and_then(|(text, line)| Some((*line, units(text)?))) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let is_clerks = |unit: &&str| clerks.iter().any(|clerk| clerk == unit);
    if !units.iter().any(is_clerks) {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let mut right: Vec<&str> = Vec::new();
    for unit in units.iter().filter(|unit| is_clerks(unit)).chain(&units) {
        if !right.contains(unit) {
            right.push(unit);
        }
    }
    if right == units { Outcome::Holds } else { of_line(line, right.join(", "), units.join(", ")) }
}

/// Whether a part stands at the left edge of the text and level with another, or below all of it.
pub(super) fn left_edge(
    case: &Case<'_>,
    (part, level_with): (Part, Part),
    (tolerance, level): (f64, f64),
    except: &[String],
) -> Outcome {
    if case.layout.document.kind.as_ref().is_none_or(|kind| except.contains(kind)) {
        return Outcome::NotChecked(Why::NotThisType);
    }
    let others = case.layout.part(level_with);
    let (Some(line), false) = (case.layout.part(part).first(), others.is_empty()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let word = |code: &str| message(code, &[]);
    let expected = || word("format_word_left_level");
    if let Some(setting) = &line.setting {
        let aside = matches!(setting.align, Align::Centre | Align::Right);
        if aside && !setting.framed && setting.column == 0 {
            return of_line(line, expected(), word("format_word_not_left"));
        }
        return Outcome::NotChecked(Why::OnlyLayout);
    }
    let here: Vec<f64> =
        others.iter().filter(|other| other.page == line.page).map(|other| other.baseline).collect();
    if here.is_empty() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let usual = || case.facts.sheets.iter().find_map(|sheet| sheet.margins.left);
    let edge = case.facts.sheets.get(line.page).and_then(|sheet| sheet.margins.left).or_else(usual);
    let aside = edge.map_or(0.0, |edge| (line.bounds[0] - edge).abs());
    if aside > tolerance {
        return of_line(line, expected(), format!("→ {} mm", plain(aside)));
    }
    // Without a table it follows the signer's name: practice has it both ways.
    let named = case.layout.part(Part::Signer).first();
    let below_name = named.is_some_and(|name| name.page == line.page && line.baseline > name.baseline);
    if below_name || here.iter().all(|other| line.baseline > other + BELOW) {
        return Outcome::Holds;
    }
    let off = here.iter().map(|other| (line.baseline - other).abs()).fold(f64::MAX, f64::min);
    if off > level { of_line(line, expected(), format!("↕ {} mm", plain(off))) } else { Outcome::Holds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_without_copies_and_drafters() {
        for (text, expected) in [
            ("- Lưu: VT, NV.", &["VT", "NV"][..]),
            ("- Lưu: VT, KGVX (Hà).", &["VT", "KGVX"]),
            ("- Lưu: VT; Vụ TCCB. NTN (05b).", &["VT", "Vụ TCCB"]),
            ("- Lưu: VT, VTLT. PL.(300).", &["VT", "VTLT"]),
        ] {
            assert_eq!(units(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(units("- Lưu VT"), None);
    }
}
