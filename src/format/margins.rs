//! Margins seen on a page. A PDF doesn't state them: they are told by the edges at which lines agree.

use super::drawn::is_within;
use super::facts::{Line, MM, Margins, Sheet, is_signing_note};
use super::figures;
use crate::pdf::text::{Page, Picture};

/// Lines that must agree on an edge at least.
const AGREEING: usize = 3;
/// How far edges may differ and still agree, in millimetres.
const AGREEMENT: f64 = 0.5;
/// A gap of this many times the size sets a running header or footer apart.
const APART: f64 = 2.2;

/// How far first lines are indented, in millimetres, with some room.
const INDENT: std::ops::Range<f64> = 8.0..15.5;

/// The sheet of a page with its tables that have columns: where cells break their lines tells nothing of the
/// edges of the text.
pub(super) fn sheet(page: &Page, lines: &[Line], divided: &[[f64; 4]], page_words: &[String]) -> Sheet {
    let [left, bottom, right, top] = page.bounds;
    let (mut width, mut height) = ((right - left).abs() * MM, (top - bottom).abs() * MM);
    if matches!(page.rotation, 90 | 270) {
        (width, height) = (height, width);
    }
    let own: Vec<&Line> = lines
        .iter()
        .filter(|line| !line.invisible && !line.stamped && !is_signing_note(&line.text))
        .collect();
    let (upper, lower) = ends(&own, height, page_words);
    let text: Vec<&Line> = own.iter().copied().filter(|line| !is_within(line, divided)).collect();
    let wide: Vec<&&Line> =
        text.iter().filter(|line| line.bounds[2] - line.bounds[0] > width * 0.45).collect();
    let broken = Broken::of(&text, width);
    let left = edge(wide.iter().map(|line| line.bounds[0]));
    Sheet {
        width,
        height,
        margins: Margins {
            left: left
                .map(|edge| broken.behind(edge).unwrap_or_else(|| outdented(edge, &text)))
                .or(broken.left),
            right: edge(wide.iter().map(|line| width - line.bounds[2])).or(broken.right),
            top: upper.map(|upper| pictured(page).filter(|top| *top < upper).unwrap_or(upper)),
            bottom: lower,
            estimate: true,
            lines: wide.len(),
        },
        resolution: resolution(page),
        grey: largest(page).and_then(|picture| picture.grey),
        covered: covered(page),
        paragraph: None,
        numbered_from: None,
    }
}

/// The outermost edge at which enough lines agree: first lines are indented and last lines short, so
/// the most common edge doesn't tell; title blocks and tables hang out, so the extreme doesn't either.
fn edge(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let enough = AGREEING.max(values.len() / 5);
    let found = values.windows(enough).position(|window| match (window.first(), window.last()) {
        (Some(low), Some(high)) => high - low <= AGREEMENT,
        _ => false,
    })?;
    // Ragged text has edges everywhere: where many lie further out, agreement is chance.
    if found * 10 > values.len() {
        return None;
    }
    values.get(found + enough / 2).copied()
}

/// What paragraphs of more than one line show of the edges of a page with little text: a first line that
/// is indented, full, and goes on below.
#[derive(Debug, Default)]
struct Broken {
    left: Option<f64>,
    right: Option<f64>,
}

impl Broken {
    fn of(lines: &[&Line], width: f64) -> Self {
        let middle = |line: &Line| (line.bounds[0] + line.bounds[2]) / 2.0;
        let pairs = lines.windows(2).filter_map(|pair| match pair {
            [first, next] => {
                let goes_on = first.bounds[2] - first.bounds[0] > width * 0.55
                    && INDENT.contains(&(first.bounds[0] - next.bounds[0]))
                    && next.bounds[2] < first.bounds[2] + AGREEMENT
                    && (first.size - next.size).abs() < 0.3
                    && next.baseline - first.baseline < first.size * MM * 2.2
                    && (middle(first) - middle(next)).abs() > 3.0;
                goes_on.then_some((*first, *next))
            }
            _ => None,
        });
        let pairs: Vec<(&Line, &Line)> = pairs.collect();
        let agreed = |mut values: Vec<f64>, least: usize| {
            values.sort_by(f64::total_cmp);
            let (low, high) = (*values.first()?, *values.last()?);
            (values.len() >= least && high - low <= AGREEMENT).then_some(low)
        };
        let left = agreed(pairs.iter().map(|(_, next)| next.bounds[0]).collect(), 1);
        // What stands further out below shows that this is a text set in, not the edge.
        let from = pairs.first().map_or(0.0, |(first, _)| first.baseline);
        let further = |edge: &f64| {
            lines.iter().filter(|line| line.baseline > from && line.bounds[0] < edge - 1.5).count() < 2
        };
        Self {
            left: left.filter(further),
            right: agreed(pairs.iter().map(|(first, _)| width - first.bounds[2]).collect(), 2),
        }
    }

    /// The edge that these lines show where the most common one is that of first lines.
    fn behind(&self, edge: f64) -> Option<f64> {
        self.left.filter(|left| INDENT.contains(&(edge - left)))
    }
}

/// The left edge behind one that only first lines may have: short paragraphs show their indent more often
/// than the edge, which their last lines and the list of recipients still stand at.
fn outdented(edge: f64, lines: &[&Line]) -> f64 {
    let mut further: Vec<f64> =
        lines.iter().map(|line| line.bounds[0]).filter(|left| INDENT.contains(&(edge - left))).collect();
    further.sort_by(f64::total_cmp);
    let agreeing = further.windows(AGREEING).find(|window| match (window.first(), window.last()) {
        (Some(low), Some(high)) => high - low <= AGREEMENT,
        _ => false,
    });
    agreeing.and_then(|window| window.get(AGREEING / 2)).copied().unwrap_or(edge)
}

/// Upper edge of the first and distance of the lower edge of the last line, running headers, footers
/// and page numbers left out.
fn ends(lines: &[&Line], height: f64, page_words: &[String]) -> (Option<f64>, Option<f64>) {
    let mut rows: Vec<(f64, f64, f64, bool)> = lines
        .iter()
        .map(|line| (line.bounds[1], line.bounds[3], line.size * MM, is_page_number(&line.text, page_words)))
        .collect();
    rows.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    let numbers = |row: &&(f64, f64, f64, bool)| row.3;
    let skipped = rows.iter().take_while(numbers).count();
    let behind = rows.iter().rev().take_while(numbers).count();
    let rows = rows.get(skipped..rows.len().saturating_sub(behind)).unwrap_or_default();
    let apart = |upper: &(f64, f64, f64, bool), lower: &(f64, f64, f64, bool)| {
        lower.0 - upper.1 > upper.2.max(lower.2) * APART
    };
    // A header is small print or on its own in the outer fourteen millimetres.
    let first = match rows {
        [first, second, ..] if apart(first, second) && first.1 < 19.0 => Some(second),
        [first, ..] => Some(first),
        [] => None,
    };
    let last = match rows {
        [.., second, last] if apart(second, last) && last.0 > height - 19.0 => Some(second),
        [.., last] => Some(last),
        [] => None,
    };
    let inside = |value: f64| (value > -10.0 && value < height).then_some(value);
    (first.and_then(|row| inside(row.0)), last.and_then(|row| inside(height - row.1)))
}

/// Where the highest picture of the text begins: one in the outer strip of the page is a header's, and one of most of
/// the page is no picture of the text.
fn pictured(page: &Page) -> Option<f64> {
    const STRIP: f64 = 19.0;
    const LEAST: f64 = 5.0;
    let boxes = super::drawn::pictures(0, page).into_iter().filter(|picture| !picture.stamped);
    let boxes = boxes.map(|picture| picture.bounds).filter(|[left, top, right, bottom]| {
        let (wide, high) = (right - left, bottom - top);
        *top >= STRIP && wide >= LEAST && (LEAST..100.0).contains(&high)
    });
    boxes.map(|[_, top, ..]| top).min_by(f64::total_cmp)
}

/// Whether a text is the number of a page, however it is written. A dash alone is no text either.
fn is_page_number(text: &str, page_words: &[String]) -> bool {
    figures::read(text, page_words).is_some() || !text.contains(char::is_alphanumeric)
}

fn size([left, bottom, right, top]: [f64; 4]) -> (f64, f64) {
    ((right - left).abs(), (top - bottom).abs())
}

/// The picture that is the page: the largest, when it covers at least half.
fn largest(page: &Page) -> Option<&Picture> {
    let area = |bounds: [f64; 4]| {
        let (width, height) = size(bounds);
        width * height
    };
    let own = page.images.iter().filter(|image| !image.annotation);
    own.max_by(|a, b| area(a.bounds).total_cmp(&area(b.bounds)))
        .filter(|picture| area(picture.bounds) >= 0.5 * area(page.bounds))
}

/// How much of the page its picture covers, across and along.
fn covered(page: &Page) -> Option<[f64; 2]> {
    let (across, along) = size(largest(page)?.bounds);
    let (width, height) = size(page.bounds);
    Some([(across / width).min(1.0), (along / height).min(1.0)])
}

/// Dots per inch of the picture that is the page.
fn resolution(page: &Page) -> Option<f64> {
    let largest = largest(page)?;
    let (across, along) = size(largest.bounds);
    // Turned pictures have their pixels the other way round.
    let [mut columns, mut rows] = largest.pixels.map(f64::from);
    if (across > along) != (columns > rows) {
        (columns, rows) = (rows, columns);
    }
    let dots = (columns / across * 72.0).min(rows / along * 72.0);
    (dots.is_finite() && dots > 0.0).then_some(dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_and_hanging_lines_do_not_hide_the_edge_most_lines_share() {
        let mut edges = vec![24.0, 24.1];
        edges.extend([30.0; 20]);
        edges.extend([42.7; 6]);
        assert_eq!(edge(edges.into_iter()), Some(30.0));
    }

    #[test]
    fn ragged_edges_tell_nothing() {
        let edges = [15.0, 16.2, 17.5, 18.9, 20.0, 20.2, 20.4, 23.0];
        assert_eq!(edge(edges.into_iter()), None);
    }
}
