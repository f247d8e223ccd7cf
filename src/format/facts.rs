//! Facts about a document, whatever its file format: what rules are judged by. Millimetres from the
//! top left of the page; sizes in points.

use super::report::At;
use super::setting::{Drawn, PageNumber, Setting, Shown, Stroke};
use super::{drawn, margins};
use crate::pdf::text::{Glyph, Page, Pages};
use std::collections::BTreeMap;

/// Millimetres in a PDF point.
pub(super) const MM: f64 = 25.4 / 72.0;
/// A paragraph's number is no further from its text, in millimetres.
const MARK_GAP: f64 = 16.0;
/// Channels up to this are black to the eye and on paper.
pub(super) const DARK: u8 = 70;

/// A line of text, or a part of one set apart by a wide gap (columns of the title block).
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Page, from 0.
    pub page: usize,
    /// Its text, white space made single.
    pub text: String,
    /// Left, top, right, bottom.
    pub bounds: [f64; 4],
    /// Height of the baseline from the top.
    pub baseline: f64,
    /// Most common size.
    pub size: f64,
    /// Fonts with the characters set in them.
    pub fonts: BTreeMap<String, usize>,
    /// Whether most of it is bold.
    pub bold: bool,
    /// Whether most of it is slanted.
    pub italic: bool,
    /// Whether its first character is bold.
    pub leads_bold: bool,
    /// Whether an annotation's appearance is part of it.
    pub stamped: bool,
    /// Whether it is recognised text behind a scan.
    pub invisible: bool,
    /// The colour of its first characters that aren't black.
    pub colour: Option<[u8; 3]>,
    /// Whether letters and their marks are written apart.
    pub decomposed: bool,
    /// Where it is in a DOCX.
    pub at: Option<At>,
    /// How its paragraph is set in a DOCX.
    pub setting: Option<Box<Setting>>,
}

/// Page geometry in millimetres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Left, right, top, bottom margins, where they are known.
    pub margins: Margins,
    /// Dots per inch across the largest picture, when it covers most of the page.
    pub resolution: Option<f64>,
    /// Whether that picture has no colours, as far as it says.
    pub grey: Option<bool>,
    /// How much of the page that picture covers, across and along, at most 1.
    pub covered: Option<[f64; 2]>,
    /// The last paragraph of the section, for a DOCX.
    pub paragraph: Option<usize>,
}

/// Margins in millimetres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Margins {
    /// Left.
    pub left: Option<f64>,
    /// Right.
    pub right: Option<f64>,
    /// Top: the upper edge of the first line, which can only be lower than the margin.
    pub top: Option<f64>,
    /// Bottom: the lower edge of the last line, which can only be higher than the margin.
    pub bottom: Option<f64>,
    /// Whether they are seen on a page instead of being stated by the file.
    pub estimate: bool,
    /// Lines they are seen by.
    pub lines: usize,
}

/// Facts about a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// `pdf` or `docx`.
    pub kind: &'static str,
    /// Sheets of the pages read (of the sections, for DOCX).
    pub sheets: Vec<Sheet>,
    /// Lines in reading order.
    pub lines: Vec<Line>,
    /// Whether it is a scan: pictures of pages, with or without recognised text.
    pub scan: bool,
    /// Pages that weren't read.
    pub unread: usize,
    /// Pages there are; none for DOCX, where only layout tells.
    pub pages: Option<usize>,
    /// Pages that the program which wrote a DOCX says it has.
    pub stated: Option<usize>,
    /// Horizontal lines.
    pub drawn: Vec<Drawn>,
    /// Tables of a PDF that have lines: pages and boxes.
    pub tables: Vec<(usize, [f64; 4])>,
    /// Pictures of a PDF.
    pub pictures: Vec<Shown>,
    /// Page numbers.
    pub numbers: Vec<PageNumber>,
    /// Whether a DOCX holds changes that aren't agreed to.
    pub changed: bool,
    /// What stands at the foot of the first page, apart from the text: the address of who issues it.
    pub foot: Vec<Line>,
    /// The version a PDF says it has, major and minor.
    pub version: Option<(u8, u8)>,
}

/// What a text is that stands for a line: underscores and dashes of full width make one; hyphens and
/// dots make a broken one, which is none.
pub(super) fn line_of_characters(text: &str) -> Option<Stroke> {
    let mut all = text.chars().filter(|character| !character.is_whitespace()).peekable();
    let full = all.peek().is_some() && all.all(|character| matches!(character, '_' | '–' | '—' | '─' | '¯'));
    (full && text.chars().count() >= 3).then_some(Stroke::Characters)
}

impl Facts {
    /// The facts of a PDF's pages.
    #[must_use]
    pub fn of_pdf(pages: &Pages) -> Self {
        let mut gathered = Gathering::default();
        for (number, page) in pages.pages.iter().enumerate() {
            gathered.page(number, page);
        }
        gathered.finish(pages)
    }
}

/// Facts being gathered page by page, so that no page is held longer than it is looked at.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    lines: Vec<Line>,
    sheets: Vec<Sheet>,
    scanned: usize,
    drawn: Vec<Drawn>,
    tables: Vec<(usize, [f64; 4])>,
    pictures: Vec<Shown>,
    numbers: Vec<PageNumber>,
    foot: Vec<Line>,
}

impl Gathering {
    /// Takes the next page.
    pub(super) fn page(&mut self, number: usize, page: &Page) {
        let mut of_page = lines_of(number, page);
        self.drawn.extend(drawn::of_characters(&mut of_page));
        let (strokes, tables) = drawn::strokes(number, page);
        if number == 0 {
            self.foot = drawn::foot(page, &mut of_page, &strokes, &tables);
        }
        self.drawn.extend(strokes);
        self.tables.extend(tables.into_iter().map(|bounds| (number, bounds)));
        self.pictures.extend(drawn::pictures(number, page));
        let sheet = margins::sheet(page, &of_page);
        self.numbers.extend(drawn::number(&sheet, &of_page));
        let visible = of_page.iter().any(|line| !line.invisible && !line.stamped);
        self.scanned += usize::from(!visible && sheet.resolution.is_some());
        self.sheets.push(sheet);
        self.lines.extend(of_page);
    }

    /// The facts, with what is known of the document's pages as a whole.
    pub(super) fn finish(self, pages: &Pages) -> Facts {
        let read = self.sheets.len();
        Facts {
            kind: "pdf",
            scan: self.scanned > 0 && self.scanned * 2 >= read,
            sheets: self.sheets,
            lines: self.lines,
            unread: pages.count.saturating_sub(read) + pages.unread.len(),
            pages: Some(pages.count),
            drawn: self.drawn,
            tables: self.tables,
            pictures: self.pictures,
            numbers: self.numbers,
            foot: self.foot,
            ..Facts::default()
        }
    }
}

/// A point of the page in millimetres from the top left, as it is shown.
pub(super) fn place(page: &Page, x: f64, y: f64) -> (f64, f64) {
    let [left, bottom, right, top] = page.bounds;
    let (x, y) = match page.rotation {
        90 => (y - bottom, x - left),
        180 => (right - x, y - bottom),
        270 => (top - y, right - x),
        _ => (x - left, top - y),
    };
    (x * MM, y * MM)
}

fn lines_of(number: usize, page: &Page) -> Vec<Line> {
    let mut glyphs: Vec<&Glyph> = page.glyphs.iter().filter(|glyph| glyph.size > 1.0).collect();
    // Baselines closer than a third of the size are one line; NaN never gets here from sizes above 1.
    glyphs.sort_by(|a, b| {
        let (ya, yb) = (place(page, a.x, a.y), place(page, b.x, b.y));
        (a.invisible, ya.1).partial_cmp(&(b.invisible, yb.1)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut rows: Vec<(f64, Vec<&Glyph>)> = Vec::new();
    for glyph in glyphs {
        let baseline = place(page, glyph.x, glyph.y).1;
        match rows.last_mut() {
            Some((at, row))
                if (baseline - *at).abs() < glyph.size * MM * 0.33
                    && row.first().is_some_and(|first| first.invisible == glyph.invisible) =>
            {
                row.push(glyph);
            }
            _ => rows.push((baseline, vec![glyph])),
        }
    }
    let mut lines = Vec::new();
    for (_, mut row) in rows {
        row.sort_by(|a, b| {
            let (xa, xb) = (place(page, a.x, a.y).0, place(page, b.x, b.y).0);
            xa.partial_cmp(&xb).unwrap_or(std::cmp::Ordering::Equal)
        });
        split_columns(number, page, &row, &mut lines);
    }
    lines
}

/// Breaks a row where a gap is as wide as only columns have; gaps of spaces stay.
fn split_columns(number: usize, page: &Page, row: &[&Glyph], lines: &mut Vec<Line>) {
    let mut part: Vec<&Glyph> = Vec::new();
    let mut edge: Option<f64> = None;
    // Right edge of the last visible glyph.
    let mut seen: Option<f64> = None;
    // Whoever writes blanks leaves a gap without one only where something else begins.
    let blanks = row.iter().any(|glyph| glyph.text.trim().is_empty());
    for glyph in row {
        let x = place(page, glyph.x, glyph.y).0;
        let blank = glyph.text.trim().is_empty();
        let apart = edge.is_some_and(|edge| {
            let gap = x - edge;
            let ends = part.last().is_some_and(|last| !last.text.trim().is_empty());
            let wide = if blanks && ends && !blank { 0.75 } else { 1.5 };
            // A number or dash stands apart from its own paragraph, but no column does as little.
            gap > glyph.size * MM * wide && !(gap < MARK_GAP && is_mark(&part))
        });
        // Title blocks made with runs of spaces: a blank as wide as only columns have, unless it is the
        // gap that number or date will fill: after that a slash or a small letter follows.
        let spaced = !blank
            && seen.is_some_and(|seen: f64| x - seen > glyph.size * MM * 4.0)
            && glyph.text.chars().next().is_some_and(char::is_uppercase)
            && part.iter().map(|glyph| glyph.text.trim()).collect::<String>().chars().count() > 12;
        if apart || spaced {
            lines.extend(line(number, page, &part));
            part.clear();
        }
        if !blank {
            seen = Some(x + glyph.advance * MM);
        }
        let end = x + glyph.advance * MM;
        edge = Some(edge.map_or(end, |edge| edge.max(end)));
        part.push(glyph);
    }
    lines.extend(line(number, page, &part));
}

/// Whether glyphs are the number or dash of a paragraph.
fn is_mark(glyphs: &[&Glyph]) -> bool {
    let mut visible = glyphs.iter().map(|glyph| glyph.text.trim()).filter(|text| !text.is_empty()).rev();
    let ends = visible.next().is_some_and(|last| matches!(last, "." | ")" | "-" | "–" | "+" | "•"));
    ends && visible.count() < 8
}

fn line(number: usize, page: &Page, glyphs: &[&Glyph]) -> Option<Line> {
    let mut text = String::new();
    let mut fonts: BTreeMap<String, usize> = BTreeMap::new();
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    let (mut bold, mut italic, mut count, mut stamped) = (0, 0, 0_usize, false);
    let mut edge: Option<f64> = None;
    let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    let mut baseline = 0.0;
    let next_visible = next_visible(page, glyphs);
    let mut covered = f64::MIN;
    let mut before: Option<&Glyph> = None;
    for (glyph, next) in glyphs.iter().zip(next_visible) {
        let (x, y) = place(page, glyph.x, glyph.y);
        // Bold made by drawing twice is one character.
        let again = before.is_some_and(|before| {
            before.text == glyph.text
                && !glyph.text.trim().is_empty()
                && (before.x - glyph.x).hypot(before.y - glyph.y) < glyph.size * 0.08
        });
        if again {
            continue;
        }
        before = Some(glyph);
        let end = x + glyph.advance * MM;
        // Kerning draws a blank into the letter before it by less than half of the blank.
        let half = glyph.advance * MM * 0.5;
        if glyph.text.trim().is_empty() && (x < covered - half.max(0.1) || end > next + half) {
            // A blank of the page under something stamped onto it.
            continue;
        }
        if edge.is_some_and(|edge| x - edge > glyph.size * MM * 0.15) {
            text.push(' ');
        }
        text.push_str(&glyph.text);
        edge = Some(end);
        if glyph.text.trim().is_empty() {
            continue;
        }
        covered = covered.max(end);
        count += 1;
        bold += usize::from(glyph.bold);
        italic += usize::from(glyph.italic);
        stamped |= glyph.annotation;
        baseline = y;
        if !glyph.annotation {
            *fonts.entry(glyph.font.as_deref().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let rounded = (glyph.size * 4.0).round();
        // Sizes are below any bound that matters; quarter points suffice for the mode.
        let quarter = if rounded.is_finite() && rounded.abs() < 1e6 {
            format!("{rounded:.0}").parse().unwrap_or(0)
        } else {
            0
        };
        *sizes.entry(quarter).or_default() += 1;
        let height = glyph.size * MM;
        let [left, top, right, bottom] = bounds;
        bounds = [left.min(x), top.min(y - height * 0.891), right.max(end), bottom.max(y + height * 0.216)];
    }
    if count == 0 {
        return None;
    }
    let size = sizes.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size);
    let decomposed = !unicode_normalization::is_nfc(&text);
    let colour = glyphs
        .iter()
        .filter(|glyph| !glyph.text.trim().is_empty() && !glyph.invisible && !glyph.annotation)
        .map(|glyph| glyph.colour)
        .find(|colour| colour.iter().any(|channel| *channel > DARK));
    let text: String = unicode_normalization::UnicodeNormalization::nfc(
        text.split_whitespace().collect::<Vec<_>>().join(" ").as_str(),
    )
    .collect();
    Some(Line {
        page: number,
        text,
        bounds,
        baseline,
        size: f64::from(i32::try_from(size).unwrap_or(0)) / 4.0,
        fonts,
        bold: bold * 2 > count,
        italic: italic * 2 > count,
        leads_bold: glyphs.iter().find(|glyph| !glyph.text.trim().is_empty()).is_some_and(|glyph| glyph.bold),
        stamped,
        invisible: glyphs.first().is_some_and(|glyph| glyph.invisible),
        colour,
        decomposed,
        at: None,
        setting: None,
    })
}

/// For each glyph, where the next visible one behind it begins.
fn next_visible(page: &Page, glyphs: &[&Glyph]) -> Vec<f64> {
    let mut next = f64::MAX;
    let mut starts: Vec<f64> = glyphs
        .iter()
        .rev()
        .map(|glyph| {
            let found = next;
            if !glyph.text.trim().is_empty() {
                next = place(page, glyph.x, glyph.y).0;
            }
            found
        })
        .collect();
    starts.reverse();
    starts
}
