//! Frames around marks: that there is one, and how large it is.

use super::{Case, Outcome, Why, of_line, plain};
use crate::format::facts::Line;
use crate::format::layout::folded;
use crate::format::setting::Stroke;
use crate::messages::message;
use crate::profile::Part;
use std::collections::BTreeMap;

/// A frame as wide as this is a table's or the text's, in millimetres.
const WIDE: f64 = 90.0;
/// Higher than this it holds more than a mark.
const HIGH: f64 = 25.0;

/// What is known of the frame around a line.
enum Frame {
    /// There is one; width and height, where they are known.
    Known([Option<f64>; 2]),
    /// There is none.
    None,
}

fn frame(case: &Case<'_>, line: &Line) -> Frame {
    if let Some(setting) = &line.setting {
        if let Some(cell) = setting.cell {
            return if cell.bordered { Frame::Known([cell.width, None]) } else { Frame::None };
        }
        let paragraph = line.at.as_ref().map(|at| at.paragraph);
        let bordered =
            |stroke: Stroke, at: Option<usize>| stroke == Stroke::Border && at.is_some() && at == paragraph;
        let ruled = case.facts.drawn.iter().any(|drawn| bordered(drawn.stroke, drawn.paragraph));
        return if ruled || setting.framed { Frame::Known([None, None]) } else { Frame::None };
    }
    let middle = [(line.bounds[0] + line.bounds[2]) / 2.0, (line.bounds[1] + line.bounds[3]) / 2.0];
    let around = case.facts.tables.iter().filter(|(page, [left, top, right, bottom])| {
        let inside = (*left..*right).contains(&middle[0]) && (*top..*bottom).contains(&middle[1]);
        *page == line.page && inside && right - left < WIDE && bottom - top < HIGH
    });
    let sizes = around.map(|(_, [left, top, right, bottom])| [right - left, bottom - top]);
    match sizes.min_by(|a, b| (a[0] * a[1]).total_cmp(&(b[0] * b[1]))) {
        Some([width, height]) => Frame::Known([Some(width), Some(height)]),
        None => Frame::None,
    }
}

/// Whether the lines of a part stand in frames. What a signing tool stamped brings its own.
pub(super) fn framed(case: &Case<'_>, part: Part) -> Outcome {
    let mut own = case.layout.part(part).iter().filter(|line| !line.stamped).peekable();
    if own.peek().is_none() {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    match own.find(|line| matches!(frame(case, line), Frame::None)) {
        Some(line) => of_line(line, message("format_word_frame", &[]), "—"),
        None => Outcome::Holds,
    }
}

/// Whether frames are as large as what stands in them asks for.
pub(super) fn size(
    case: &Case<'_>,
    part: Part,
    sizes: &BTreeMap<String, [f64; 2]>,
    tolerance: f64,
) -> Outcome {
    let mut judged = false;
    let lines = case.layout.part(part);
    // A mark may be broken over lines of its frame.
    let whole = lines.iter().map(|line| folded(&line.text)).collect::<Vec<_>>().join(" ");
    for line in lines.iter().filter(|line| !line.stamped) {
        let of = |wanted: &str| sizes.iter().find(|(text, _)| folded(text) == wanted);
        let wanted = of(&whole).or_else(|| of(&folded(&line.text)));
        let (Some((_, wanted)), Frame::Known(found)) = (wanted, frame(case, line)) else { continue };
        let known = |value: Option<f64>| value.map_or("…".to_owned(), plain);
        let fits = |at: usize| match (found.get(at).copied().flatten(), wanted.get(at)) {
            (Some(found), Some(wanted)) => (found - wanted).abs() <= tolerance,
            _ => true,
        };
        judged |= found.iter().any(Option::is_some);
        if !(fits(0) && fits(1)) {
            return of_line(
                line,
                format!("{} × {} mm", plain(wanted[0]), plain(wanted[1])),
                format!("{} × {} mm", known(found[0]), known(found[1])),
            );
        }
    }
    if judged { Outcome::Holds } else { Outcome::NotChecked(Why::NoLine) }
}
