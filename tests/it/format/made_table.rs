//! What of the document as a PDF isn't set as paragraphs are: tables with lines, and lines that begin bold.

use super::{At, Flow, POINTS, WIDTH, Written};

/// Where the columns of a table end, from the left margin in millimetres; the last ends with the text.
const COLUMNS: [f64; 2] = [10.0, 115.0];

impl Flow<'_> {
    /// A table of three columns: rows are parted by semicolons, cells by bars.
    pub(super) fn table(&mut self, line: &Written) {
        let (left, end) = (self.made.margins[0], self.end());
        let edges = [left, left + COLUMNS[0], left + COLUMNS[1], end];
        let pitch = line.size * 1.15 / POINTS;
        let mut top = self.y;
        for row in line.text.split(';') {
            let cells: Vec<Vec<String>> = row
                .split('|')
                .enumerate()
                .map(|(at, text)| wrapped(text, edges[at + 1] - edges[at] - 4.0, line.size))
                .collect();
            let high = cells.iter().map(Vec::len).max().unwrap_or(1) as f64 * pitch + 2.0;
            if top + high > self.floor() {
                self.turn(false);
                top = self.made.margins[2];
            }
            for (at, cell) in cells.iter().enumerate() {
                for (nth, text) in cell.iter().enumerate() {
                    let piece = Written { text: text.clone(), ..line.clone() };
                    let baseline = top + 1.0 + line.size * 0.891 / POINTS + nth as f64 * pitch;
                    self.writer.written(&At::Left(edges[at] + 2.0), baseline, &piece);
                }
            }
            self.ruled(&edges, top, top + high);
            top += high;
        }
        self.y = top + 7.0;
    }

    /// The lines around the cells of a row.
    fn ruled(&mut self, edges: &[f64], top: f64, bottom: f64) {
        let high = self.made.paper.1;
        let mut stroke = |x0: f64, y0: f64, x1: f64, y1: f64| {
            let [x0, x1] = [x0, x1].map(|x| x * POINTS);
            let [y0, y1] = [y0, y1].map(|y| (high - y) * POINTS);
            self.writer.lines.push(format!("0.5 w {x0:.2} {y0:.2} m {x1:.2} {y1:.2} l S"));
        };
        for edge in edges {
            stroke(*edge, top, *edge, bottom);
        }
        for y in [top, bottom] {
            stroke(edges[0], y, edges[edges.len() - 1], y);
        }
    }

    /// A line whose first words are bold: both pieces with the same distance of letters.
    pub(super) fn led(&mut self, line: &Written, place: &At) {
        let At::Spread(from, end) = *place else {
            let bold = line.bold || line.text.split(' ').count() <= line.lead;
            return self.writer.written(place, self.y, &Written { bold, ..line.clone() });
        };
        let cut = line.text.match_indices(' ').nth(line.lead - 1).map_or(0, |(at, _)| at);
        let (lead, rest) = line.text.split_at(cut);
        let count = line.text.chars().count() as f64;
        let at = from + (end - from) * lead.chars().count() as f64 / count;
        let first = Written { text: lead.to_owned(), bold: true, ..line.clone() };
        let second = Written { text: rest.to_owned(), ..line.clone() };
        self.writer.written(&At::Spread(from, at - (end - from) / count * 0.6), self.y, &first);
        self.writer.written(&At::Spread(at, end), self.y, &second);
    }
}

/// A text broken to a width in millimetres.
fn wrapped(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut found = vec![String::new()];
    for word in text.split(' ') {
        let last = found.last_mut().unwrap();
        let wide = (last.chars().count() + 1 + word.chars().count()) as f64 * size * WIDTH / POINTS;
        if last.is_empty() || wide <= room {
            *last = format!("{last} {word}").trim().to_owned();
        } else {
            found.push(word.to_owned());
        }
    }
    found
}
