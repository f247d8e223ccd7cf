//! Space between parts that stand below each other, and which of two stands at the right.

use super::{Case, Outcome, Why, deviation_of_line, of_line, plain};
use crate::format::facts::{Line, MM};
use crate::format::setting::Setting;
use crate::messages::message;
use crate::profile::Part;

/// Shares of a size below the baseline, and above it with what fonts leave between lines.
const LINE: [f64; 2] = [0.216, 0.934];
/// Parts beside each other begin no further apart in height, in millimetres.
const BESIDE: f64 = 12.0;

/// Whether the space between two parts is at least or at most so much. Where a file states more than one
/// thing that makes space, it is known from its least to its greatest, and only what is sure is told.
pub(super) fn gap(
    case: &Case<'_>,
    (part, above): (Part, Part),
    (least, most): (Option<f64>, Option<f64>),
    tolerance: f64,
) -> Outcome {
    let layout = case.layout;
    let (Some(upper), Some(lower)) = (layout.part(above).last(), layout.part(part).first()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let found = match (&upper.setting, &lower.setting) {
        (Some(of_upper), Some(of_lower)) => stated((upper, of_upper), (lower, of_lower)),
        _ => shown(case, upper, lower),
    };
    let Some([low, high]) = found else { return Outcome::NotChecked(unseen(lower)) };
    // A page shows space less well than a file states it.
    let off = if lower.at.is_some() { 0.05 } else { tolerance };
    let broken = |expected: String, found: f64| {
        let mut deviation = deviation_of_line(lower, expected, format!("{} pt", plain(found.max(0.0))));
        deviation.estimate = lower.at.is_none();
        Outcome::Broken(vec![deviation])
    };
    match (least, most) {
        (Some(least), _) if high < least - off => broken(format!("≥ {} pt", plain(least)), high),
        (_, Some(most)) if low > most + tolerance => broken(format!("≤ {} pt", plain(most)), low),
        _ => Outcome::Holds,
    }
}

/// The space that a DOCX states between two lines of one cell: its least and its greatest.
fn stated((upper, above): (&Line, &Setting), (lower, below): (&Line, &Setting)) -> Option<[f64; 2]> {
    let cell = |setting: &Setting| setting.cell.map(|cell| (cell.table, cell.row, cell.column));
    if cell(above) != cell(below) || above.column != below.column || above.framed || below.framed {
        return None;
    }
    let between = lower.at.as_ref()?.paragraph.checked_sub(upper.at.as_ref()?.paragraph)?;
    // What distances of lines add to it: which of the two lines they are added to, programs differ in.
    let single = |line: &Line| line.size * LINE.iter().sum::<f64>();
    let extra =
        |line: &Line, setting: &Setting| ((setting.spacing.lines(line.size) - 1.0) * single(line)).max(0.0);
    let extra = [extra(upper, above), extra(lower, below)];
    let alike = above.style == below.style;
    let space = |setting: &Setting, own: f64| if setting.contextual && alike { 0.0 } else { own };
    let (after, before) = (space(above, above.after), space(below, below.before));
    // Programs add them up, or take the greater.
    let [least, greatest] = if between == 0 { [0.0; 2] } else { [after.max(before), after + before] };
    let blank = if between > 1 { f64::INFINITY } else { 0.0 };
    Some([least + extra[0].min(extra[1]), greatest + extra[0].max(extra[1]) + blank])
}

/// The space that a page shows between two lines of one column with nothing between them.
fn shown(case: &Case<'_>, upper: &Line, lower: &Line) -> Option<[f64; 2]> {
    let beneath = |line: &Line| line.bounds[0] < upper.bounds[2] && line.bounds[2] > upper.bounds[0];
    let apart = lower.baseline - upper.baseline;
    if upper.page != lower.page || !beneath(lower) || apart < lower.size * MM * 0.6 {
        return None;
    }
    let between = |line: &Line| {
        (upper.baseline + 0.5..lower.baseline - 0.5).contains(&line.baseline)
            && beneath(line)
            && !line.invisible
    };
    if case.facts.of_page(lower.page).any(between) {
        return None;
    }
    let gap = apart / MM - upper.size * LINE[0] - lower.size * LINE[1];
    Some([gap, gap])
}

/// Whether a part stands to the right of another, where they are beside each other.
pub(super) fn beside(case: &Case<'_>, part: Part, of: Part) -> Outcome {
    let (Some(own), Some(other)) = (case.layout.part(part).first(), case.layout.part(of).first()) else {
        return Outcome::NotChecked(Why::NoSuchPart);
    };
    let right = match (&own.setting, &other.setting) {
        (Some(of_own), Some(of_other)) => match (of_own.cell, of_other.cell) {
            (Some(own), Some(other)) if own.table == other.table && own.column != other.column => {
                Some(own.column > other.column)
            }
            // Without a table, what tabs or wide gaps set apart in one line.
            (None, None) => {
                let place = |line: &Line| line.at.as_ref().map(|at| at.paragraph);
                let level = place(own) == place(other) && of_own.row == of_other.row;
                (level && of_own.column != of_other.column).then_some(of_own.column > of_other.column)
            }
            _ => None,
        },
        _ => {
            let level = own.page == other.page && (own.baseline - other.baseline).abs() < BESIDE;
            let (right, left) = (own.bounds[0] > other.bounds[2], own.bounds[2] < other.bounds[0]);
            (level && (right || left)).then_some(right)
        }
    };
    match right {
        Some(true) => Outcome::Holds,
        Some(false) => {
            let word = |code: &str| message(code, &[]);
            of_line(own, word("format_word_at_right"), word("format_word_at_left"))
        }
        None => Outcome::NotChecked(unseen(own)),
    }
}

/// Why nothing is known of a place: a file states none, and on a page the parts aren't neighbours.
fn unseen(line: &Line) -> Why {
    if line.at.is_some() { Why::OnlyLayout } else { Why::NoSuchPart }
}
