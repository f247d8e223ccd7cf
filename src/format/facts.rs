//! Facts about a document, whatever its file format: what rules are judged by. Millimetres from the
//! top left of the page; sizes in points.

use super::report::At;
use super::setting::{Drawn, PageNumber, Setting, Shown, Stroke};
use super::{drawn, later, lines, margins, notes, units};
use crate::pdf::text::{Page, Pages};
use crate::profile::form::Recognition;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Millimetres in a PDF point.
pub(super) const MM: f64 = 25.4 / 72.0;
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
    pub fonts: BTreeMap<Arc<str>, usize>,
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
    /// The number that a DOCX gives the section's first page; none where numbers go on.
    pub numbered_from: Option<usize>,
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
    /// Whether its fonts don't tell what letters they draw, so that its text is none.
    pub garbled: bool,
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
    /// Those of them that have columns.
    pub divided: Vec<(usize, [f64; 4])>,
    /// Pictures of a PDF.
    pub pictures: Vec<Shown>,
    /// Page numbers.
    pub numbers: Vec<PageNumber>,
    /// Whether a DOCX holds changes that aren't agreed to.
    pub changed: bool,
    /// What stands at the foot of the first page, apart from the text: the address of who issues it.
    pub foot: Vec<Line>,
    /// What stands in the header of a DOCX's first page, with the lines drawn there: the letterhead, in some.
    pub header: (Vec<Line>, Vec<Drawn>),
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

/// Whether a text is what a signature writes onto an attachment or a copy: pieces parted by semicolons, a day
/// and a time to the second among them. It stands in the corner of a page and is no part of its text.
pub(super) fn is_signing_note(text: &str) -> bool {
    let figures = |piece: &str, shape: &str| {
        let (piece, shape) = (piece.as_bytes(), shape.as_bytes());
        piece.len() >= shape.len()
            && piece.iter().zip(shape).all(|(own, wanted)| match wanted {
                b'0' => own.is_ascii_digit(),
                mark => own == mark,
            })
    };
    let pieces: Vec<&str> = text.split(';').map(str::trim).collect();
    let any = |shape: &str| pieces.iter().skip(1).any(|piece| figures(piece, shape));
    (3..=5).contains(&pieces.len()) && any("00/00/0000") && any("00:00:00")
}

impl Facts {
    /// The lines of a page of a PDF, which come page by page.
    pub(super) fn of_page(&self, page: usize) -> impl Iterator<Item = &Line> {
        let begin = self.lines.partition_point(|line| line.page < page);
        self.lines.iter().skip(begin).take_while(move |line| line.page == page)
    }

    /// The boxes of a page's tables.
    pub(super) fn tables_of(&self, page: usize) -> impl Iterator<Item = &[f64; 4]> {
        let begin = self.tables.partition_point(|(own, _)| *own < page);
        let own = self.tables.iter().skip(begin).take_while(move |(own, _)| *own == page);
        own.map(|(_, bounds)| bounds)
    }

    /// Whether a line stands in a table with columns and lines around them.
    pub(super) fn in_columns(&self, line: &Line) -> bool {
        let begin = self.divided.partition_point(|(page, _)| *page < line.page);
        let own = self.divided.iter().skip(begin).take_while(|(page, _)| *page == line.page);
        own.into_iter().any(|(_, bounds)| drawn::is_within(line, &[*bounds]))
    }

    /// The number of a page of a PDF.
    pub(super) fn number_of(&self, page: usize) -> Option<&PageNumber> {
        let at = self.numbers.partition_point(|number| number.page < page);
        self.numbers.get(at).filter(|number| number.page == page)
    }

    /// The facts of a PDF's pages, whose numbers are known by these words.
    #[must_use]
    pub fn of_pdf(pages: &Pages, page_words: &[String]) -> Self {
        let mut gathered = Gathering::of(page_words);
        for (number, page) in pages.pages.iter().enumerate() {
            gathered.page(number, page);
        }
        gathered.finish(pages)
    }
}

/// Facts being gathered page by page, so that no page is held longer than it is looked at.
#[derive(Debug, Default)]
pub(super) struct Gathering<'w> {
    /// Words that stand beside the numbers of pages.
    page_words: &'w [String],
    /// The word on the stamp of arrival.
    arrival: Option<&'w str>,
    lines: Vec<Line>,
    sheets: Vec<Sheet>,
    scanned: usize,
    drawn: Vec<Drawn>,
    tables: Vec<(usize, [f64; 4])>,
    divided: Vec<(usize, [f64; 4])>,
    pictures: Vec<Shown>,
    numbers: Vec<PageNumber>,
    foot: Vec<Line>,
    signs: Signs,
}

/// What the characters of the text are: fonts without a way from what they draw to letters (ISO 32000-2, 9.10) give
/// signs and codes instead.
#[derive(Debug, Default)]
struct Signs {
    letters: usize,
    others: usize,
}

impl Signs {
    fn count(&mut self, line: &Line) {
        /// So many tell as much as all.
        const PLENTY: usize = 5_000;
        if self.letters + self.others > PLENTY {
            return;
        }
        for character in line.text.chars().filter(|character| !character.is_whitespace()) {
            if character.is_alphanumeric() {
                self.letters += 1;
            } else if !".…_-–—,;:()/\"“”'•+".contains(character) {
                self.others += 1;
            }
        }
    }

    /// Texts of any language are nearly all letters; marks that some write apart from them are a fifth.
    fn are_garbled(&self) -> bool {
        const ENOUGH: usize = 100;
        let all = self.letters + self.others;
        all >= ENOUGH && self.others * 10 > all * 3
    }
}

impl<'w> Gathering<'w> {
    /// Before the first page.
    pub(super) fn of(page_words: &'w [String]) -> Self {
        Self { page_words, ..Self::default() }
    }

    /// Before the first page of a document that a profile speaks of.
    pub(super) fn by(recognition: &'w Recognition) -> Self {
        Self { arrival: recognition.arrival.as_deref(), ..Self::of(&recognition.page_words) }
    }

    /// Takes the next page.
    pub(super) fn page(&mut self, number: usize, page: &Page) {
        let page = &*units::in_points(page);
        let arrival = self.arrival.filter(|_| number == 0);
        let own = arrival.map_or(Cow::Borrowed(page), |word| later::without_arrival(page, word));
        let page = own.as_ref();
        let mut of_page = lines::of(number, page);
        later::drop_prints(page, &mut of_page, self.page_words);
        self.drawn.extend(drawn::of_characters(&mut of_page));
        let (strokes, tables, divided) = drawn::strokes(number, page);
        if number == 0 {
            self.foot = drawn::foot(page, &mut of_page, (&strokes, &tables), self.page_words);
        }
        self.tables.extend(tables.into_iter().map(|bounds| (number, bounds)));
        self.pictures.extend(drawn::pictures(number, page));
        let sheet = margins::sheet(page, &of_page, &divided, self.page_words);
        notes::drop(&mut of_page, &strokes, &sheet, self.page_words);
        self.numbers.extend(drawn::number(&sheet, &of_page, &divided, self.page_words));
        self.divided.extend(divided.into_iter().map(|bounds| (number, bounds)));
        of_page
            .iter()
            .filter(|line| !line.invisible && !line.stamped)
            .for_each(|line| self.signs.count(line));
        let visible = of_page.iter().any(|line| !line.invisible && !line.stamped);
        self.scanned += usize::from(!visible && sheet.resolution.is_some());
        self.drawn.extend(strokes);
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
            garbled: self.signs.are_garbled(),
            unread: pages.count.saturating_sub(read) + pages.unread.len(),
            pages: Some(pages.count),
            drawn: self.drawn,
            tables: self.tables,
            divided: self.divided,
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
