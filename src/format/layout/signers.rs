//! Signers side by side: of joint documents, and of minutes.

use crate::format::facts::{Facts, Line};

/// Lines before and behind an office among which others of its row are.
const NEAR: (usize, usize) = (10, 20);

fn middle(line: &Line) -> f64 {
    (line.bounds[0] + line.bounds[2]) / 2.0
}

/// Whether two lines stand beside each other: in one row of a page, or of a table.
pub(super) fn is_beside(one: &Line, two: &Line) -> bool {
    const ROW: f64 = 2.0;
    let cell = |line: &Line| line.setting.as_ref().and_then(|setting| setting.cell);
    match (cell(one), cell(two)) {
        (Some(own), Some(other)) => {
            own.table == other.table && own.row == other.row && own.column != other.column
        }
        _ => one.at.is_none() && one.page == two.page && (one.baseline - two.baseline).abs() < ROW,
    }
}

/// The lines of one signer's column, where several sign side by side: of the one at the right, where the signature's
/// box is and the body signs that presides; who only recorded signs beside. And whether several do. `first` is a line with an
/// office.
pub(super) fn column(
    facts: &Facts,
    lines: Vec<usize>,
    first: usize,
    office: &dyn Fn(&Line) -> bool,
    recorder: &dyn Fn(&Line) -> bool,
) -> (Vec<usize>, bool) {
    let Some(own) = facts.lines.get(first) else { return (lines, false) };
    let from = first.saturating_sub(NEAR.0);
    let near = facts.lines.iter().skip(from).take(NEAR.0 + NEAR.1);
    let heads: Vec<&Line> = near
        .filter(|line| std::ptr::eq(*line, own) || (is_beside(line, own) && office(line)))
        .filter(|line| line.invisible == facts.scan && !line.stamped)
        .collect();
    let cell = |line: &Line| line.setting.as_ref().and_then(|setting| setting.cell);
    let place = |line: &Line| (cell(line).map_or(0, |cell| cell.column), middle(line));
    let chosen = heads.iter().max_by(|a, b| {
        let key = |line: &Line| (!recorder(line), place(line));
        key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let Some(chosen) = chosen.filter(|_| heads.len() > 1) else { return (lines, false) };
    let is_own = |line: &Line| match (cell(line), cell(chosen)) {
        (Some(own), Some(of_chosen)) => own.table == of_chosen.table && own.column == of_chosen.column,
        (None, Some(_)) => false,
        _ => {
            let off = |head: &Line| (middle(head) - middle(line)).abs();
            heads.iter().all(|head| off(chosen) <= off(head))
        }
    };
    (lines.into_iter().filter(|at| facts.lines.get(*at).is_some_and(is_own)).collect(), true)
}
