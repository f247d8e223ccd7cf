//! Notes at the foot of a page: small text below a short line at the left edge. They belong to no part of the
//! document, as they stand in a part of their own in a DOCX.

use super::facts::{Line, Sheet};
use super::figures;
use super::setting::Drawn;

/// Notes are no larger than this, in points.
const SMALL: f64 = 11.5;
/// How long the line above them is, in millimetres: a quarter of the text to two inches.
const LENGTH: std::ops::RangeInclusive<f64> = 20.0..=75.0;
/// How far it may begin from where they do, in millimetres.
const EDGE: f64 = 3.0;

/// Takes the notes out of the lines of a page.
pub(super) fn drop(lines: &mut Vec<Line>, drawn: &[Drawn], sheet: &Sheet, page_words: &[String]) {
    let number = |line: &Line| figures::read(&line.text, page_words).is_some();
    let are_notes = |above: f64, left: f64| {
        let own = lines.iter().filter(|line| line.baseline > above && !number(line));
        let own: Vec<&Line> = own.filter(|line| !line.stamped && !line.invisible).collect();
        let first = own.iter().min_by(|a, b| a.baseline.total_cmp(&b.baseline));
        let marked = first.is_some_and(|first| {
            let mark =
                first.text.starts_with(|sign: char| sign.is_ascii_digit() || matches!(sign, '*' | '(' | '['));
            mark && (first.bounds[0] - left).abs() < EDGE
        });
        marked && own.iter().all(|line| line.size <= SMALL && line.bounds[0] > left - EDGE)
    };
    let rules =
        drawn.iter().filter(|line| LENGTH.contains(&line.length) && line.bounds[1] > sheet.height * 0.3);
    let found = rules.map(|line| (line.bounds[1], line.bounds[0])).find(|(top, left)| are_notes(*top, *left));
    if let Some((above, _)) = found {
        lines.retain(|line| line.baseline <= above || number(line) || line.stamped || line.invisible);
    }
}
