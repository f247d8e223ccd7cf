//! How a paragraph of a DOCX is set, and what is drawn beside text: alignment, indents, spacing, the
//! table cell it stands in, lines, pictures, page numbers. Lengths are millimetres, spacing points.

use super::facts::Line;

/// How the lines of a paragraph are set between its margins (ISO/IEC 29500-1, 17.18.44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
    /// At both.
    Justified,
}

/// The distance of lines (17.3.1.33).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spacing {
    /// So many times the font's own.
    Times(f64),
    /// So many points, whatever stands there.
    Exactly(f64),
    /// So many points, or what stands there.
    AtLeast(f64),
}

impl Spacing {
    /// As a multiple of the font's own distance of lines, which is 1.15 of the size in Times New Roman.
    #[must_use]
    pub fn lines(self, size: f64) -> f64 {
        match self {
            Self::Times(times) => times,
            Self::Exactly(points) => points / (size * 1.15),
            Self::AtLeast(points) => (points / (size * 1.15)).max(1.0),
        }
    }
}

/// The cell of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Which table of the part, from 1.
    pub table: usize,
    /// Row, from 1.
    pub row: usize,
    /// Cell of the row, from 1.
    pub column: usize,
    /// Paragraph of the cell, from 1.
    pub index: usize,
    /// Width, where the file says it.
    pub width: Option<f64>,
    /// Whether the table has visible borders.
    pub bordered: bool,
}

/// How a paragraph is set, after everything that has a say in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Between the margins.
    pub align: Align,
    /// From the left margin.
    pub left: f64,
    /// From the right margin.
    pub right: f64,
    /// The first line from the others; hanging ones are negative.
    pub first: f64,
    /// Where its text begins, from the left margin: behind tabs at their stop. Unknown where blanks stand before it.
    pub begins: Option<f64>,
    /// Above it, in points.
    pub before: f64,
    /// Below it, in points.
    pub after: f64,
    /// Whether spacing between paragraphs of its style is left out.
    pub contextual: bool,
    /// Distance of lines.
    pub spacing: Spacing,
    /// Its style.
    pub style: Option<String>,
    /// The number or bullet that is made for it, which its text begins with.
    pub label: Option<String>,
    /// Whether that is bold, where the list says so.
    pub label_bold: Option<bool>,
    /// The cell it stands in.
    pub cell: Option<Cell>,
    /// Whether it stands in a text box or frame of its own.
    pub framed: bool,
    /// Which line of the paragraph, as its breaks divide it, from 0.
    pub row: usize,
    /// Which column of the line, as wide gaps and tabs divide it, from 0.
    pub column: usize,
    /// Whether a tab or a wide gap stands before it, so that only layout knows where it is.
    pub tabbed: bool,
    /// The section, from 0.
    pub section: usize,
    /// Whether some of it is underlined.
    pub underlined: bool,
}

/// What a drawn line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// A shape, or something thin painted on a page.
    Shape,
    /// The border of a paragraph.
    Border,
    /// The underline of words.
    Underline,
    /// Characters that look like a line.
    Characters,
}

/// A horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Page of a PDF, section of a DOCX, from 0.
    pub page: usize,
    /// Left, top, right, bottom on the page of a PDF.
    pub bounds: [f64; 4],
    /// How long it is.
    pub length: f64,
    /// What it is.
    pub stroke: Stroke,
    /// The paragraph of a DOCX it belongs to.
    pub paragraph: Option<usize>,
    /// The cell of that paragraph.
    pub cell: Option<Cell>,
}

/// A picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Page, from 0.
    pub page: usize,
    /// Left, top, right, bottom.
    pub bounds: [f64; 4],
    /// Pixels wide and high.
    pub pixels: [u32; 2],
    /// Whether an annotation's appearance draws it.
    pub stamped: bool,
    /// Mean colour of what it shows.
    pub ink: Option<[u8; 3]>,
    /// Whether it lets the page shine through.
    pub transparent: bool,
}

/// The number of a page, or the field that makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct PageNumber {
    /// Page of a PDF, section of a DOCX, from 0.
    pub page: usize,
    /// How it is written and where.
    pub line: Line,
    /// Whether it is above the text.
    pub above: bool,
    /// Whether it stands in the middle, where that is known.
    pub centred: Option<bool>,
    /// As it is written, with what stands around it.
    pub written: String,
    /// The number, on a page.
    pub value: Option<usize>,
    /// Whether a section's first page shows it, for a DOCX.
    pub on_first: bool,
}
