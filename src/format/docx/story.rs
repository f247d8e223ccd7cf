//! A story of a document, which is a part with paragraphs: the body, a header, a footer. Its paragraphs
//! become lines, divided where breaks and wide gaps divide them.

use super::field::{Field, NUMBER, counts_pages, page_format};
use super::numbering::Numbering;
use super::properties::{Characters, Paragraph, PitchRule};
use super::styles::Styles;
use super::tabs::Lead;
use super::{DocxError, attribute, child, drawing, place};
use crate::format::facts::{DARK, Line};
use crate::format::report::At;
use crate::format::setting::{Align, Cell, Drawn, Setting, Spacing, Stroke};
use crate::format::{lines, metrics};
use roxmltree::{Document, Node};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Paragraphs read.
const PARAGRAPH_LIMIT: usize = 20_000;
/// What tables leave free on either side of a cell's text, in millimetres.
const PADDING: f64 = 1.9;
/// Bytes kept of what stands around the number of a page.
const AROUND: usize = 200;
/// Characters before a gap that divides columns.
const COLUMN: usize = 8;
/// Blanks that divide columns.
const BLANKS: usize = 4;

/// What reading needs beside the part.
pub(super) struct Reader<'r> {
    pub(super) styles: &'r Styles,
    pub(super) theme: &'r HashMap<String, String>,
    pub(super) numbering: &'r mut Numbering,
    /// The distance of tab stops that nothing states.
    pub(super) tab: f64,
    /// The part's name.
    pub(super) part: &'r str,
}

/// What was found in a story.
#[derive(Debug, Default)]
pub(super) struct Story<'a, 'i> {
    pub(super) lines: Vec<Line>,
    pub(super) drawn: Vec<Drawn>,
    pub(super) fields: Vec<Field>,
    /// Sections with the last paragraph of each.
    pub(super) sections: Vec<(Node<'a, 'i>, usize)>,
    /// Words that were put in or taken out and not yet agreed to.
    pub(super) changed: bool,
}

/// Tables and boxes that are open where the walk is.
enum Open {
    Table { end: usize, cell: Cell, cell_end: usize },
    Box { end: usize },
}

impl Open {
    fn end(&self) -> usize {
        match self {
            Self::Table { end, .. } | Self::Box { end } => *end,
        }
    }
}

fn cell_width(cell: Node<'_, '_>) -> Option<f64> {
    let width = child(cell, "tcPr").and_then(|node| child(node, "tcW"))?;
    let absolute = matches!(attribute(width, "type"), None | Some("dxa"));
    attribute(width, "w")
        .filter(|_| absolute)
        .and_then(super::properties::length)
        .filter(|width| *width > 1.0)
}

impl Reader<'_> {
    /// Reads a part.
    pub(super) fn read<'a, 'i: 'a>(
        &mut self,
        document: &'a Document<'i>,
    ) -> Result<Story<'a, 'i>, DocxError> {
        let mut story = Story::default();
        let widths: Vec<f64> = place::elements(document)
            .filter(|node| node.tag_name().name() == "sectPr")
            .filter(|node| node.parent().is_none_or(|above| !place::is(above, "sectPrChange")))
            .map(|node| super::section::text_width(node).unwrap_or(0.0))
            .collect();
        let mut open: Vec<Open> = Vec::new();
        let (mut number, mut tables) = (0, 0);
        for node in place::elements(document) {
            let range = node.range();
            while open.last().is_some_and(|last| last.end() <= range.start) {
                open.pop();
            }
            match node.tag_name().name() {
                "tbl" => {
                    tables += 1;
                    let bordered = drawing::is_bordered(node, self.styles);
                    let cell = Cell { table: tables, row: 0, column: 0, index: 0, width: None, bordered };
                    open.push(Open::Table { end: range.end, cell, cell_end: 0 });
                }
                "tr" => {
                    if let Some(Open::Table { cell, .. }) = open.last_mut() {
                        (cell.row, cell.column) = (cell.row + 1, 0);
                    }
                }
                "tc" => {
                    if let Some(Open::Table { cell, cell_end, .. }) = open.last_mut() {
                        (cell.column, cell.index, cell.width) = (cell.column + 1, 0, cell_width(node));
                        *cell_end = range.end;
                    }
                }
                "txbxContent" => open.push(Open::Box { end: range.end }),
                "ins" | "del" | "moveFrom" | "moveTo" => story.changed = true,
                "p" if place::is(node, "p") => {
                    number += 1;
                    if number > PARAGRAPH_LIMIT {
                        return Err(DocxError::Limit("paragraphs"));
                    }
                    let (cell, framed) = match open.last_mut() {
                        Some(Open::Table { cell, cell_end, .. }) if range.start < *cell_end => {
                            cell.index += 1;
                            (Some(*cell), false)
                        }
                        Some(Open::Box { .. }) => (None, true),
                        _ => (None, false),
                    };
                    let section = story.sections.len();
                    let room = widths.get(section).copied().filter(|room| *room > 0.0 && !framed);
                    self.paragraph(node, number, (cell, framed, section, room), &mut story);
                }
                "sectPr" if node.parent().is_none_or(|above| !place::is(above, "sectPrChange")) => {
                    story.sections.push((node, number));
                }
                _ => {}
            }
        }
        Ok(story)
    }

    fn paragraph<'a, 'i: 'a>(
        &mut self,
        node: Node<'a, 'i>,
        number: usize,
        (cell, framed, section, text): (Option<Cell>, bool, usize, Option<f64>),
        story: &mut Story<'a, 'i>,
    ) {
        let properties = child(node, "pPr");
        let style =
            properties.and_then(|node| child(node, "pStyle")).and_then(|style| attribute(style, "val"));
        let base = self.styles.paragraph(style);
        let set = self.set(Paragraph::read(properties), &base.paragraph);
        let label = match set.list {
            (Some(list), level) if list != 0 => self.numbering.label(list, level.unwrap_or(0)),
            _ => None,
        };
        let frame = properties.and_then(|node| child(node, "framePr"));
        let framed_align = frame.and_then(|frame| attribute(frame, "xAlign")).and_then(|align| match align {
            "center" => Some(Align::Centre),
            "right" | "outside" => Some(Align::Right),
            _ => None,
        });
        let setting = Setting {
            align: framed_align.or(set.align).unwrap_or_default(),
            left: set.left.unwrap_or(0.0),
            right: set.right.unwrap_or(0.0),
            first: set.first.unwrap_or(0.0),
            begins: None,
            before: set.before.unwrap_or(0.0),
            after: set.after.unwrap_or(0.0),
            contextual: set.contextual.unwrap_or(false),
            spacing: spacing(&set),
            style: style.map(str::to_owned),
            label_bold: self.numbering.is_bold(set.list),
            label,
            cell,
            framed: framed || frame.is_some(),
            row: 0,
            column: 0,
            tabbed: false,
            section,
            underlined: false,
        };
        let room = match cell {
            Some(cell) => cell.width.map(|width| width - 2.0 * PADDING),
            None => text.filter(|_| frame.is_none()),
        };
        let drawn = |length: Option<f64>, stroke: Stroke| Drawn {
            page: section,
            bounds: [0.0; 4],
            length: length.unwrap_or(0.0),
            stroke,
            paragraph: Some(number),
            cell,
        };
        if set.ruled == Some(true) {
            let length = room.map(|room| room - setting.left - setting.right);
            story.drawn.push(drawn(length, Stroke::Border));
        }
        let mut writer = Writer::new(setting, (self.part, number), Lead::new(&set.stops, self.tab));
        // What a simple field made stands within it.
        let mut made_until = 0;
        for element in place::own(node) {
            if let Some((length, stroke)) = drawing::line(element) {
                story.drawn.push(drawn(Some(length), stroke));
            }
            if place::is(element, "r") {
                writer.made = element.range().start < made_until;
                let set = self.styles.run(element, &base.characters, self.theme);
                writer.run(element, &set);
            } else if place::is(element, "fldSimple") {
                made_until = element.range().end;
                writer.instruction(attribute(element, "instr"), None);
            }
        }
        writer.finish(story, &drawn);
    }

    /// Everything that has a say in how a paragraph is set: its own, its list's, its style's.
    fn set(&self, own: Paragraph, style: &Paragraph) -> Paragraph {
        let level = |(list, level): (Option<i64>, Option<usize>)| {
            list.map(|list| self.numbering.paragraph(list, level.unwrap_or(0))).unwrap_or_default()
        };
        let (of_own, of_style) = (level(own.list), level(style.list));
        let list = (own.list.0.or(style.list.0), own.list.1.or(style.list.1));
        let set = own.over(&of_own).over(style).over(&of_style).over(&self.styles.defaults.paragraph);
        Paragraph { list, ..set }
    }
}

fn spacing(set: &Paragraph) -> Spacing {
    match (set.pitch.value, set.pitch.rule) {
        (None, _) => Spacing::Times(1.0),
        (Some(points), Some(PitchRule::Exact)) => Spacing::Exactly(points),
        (Some(points), Some(PitchRule::AtLeast)) => Spacing::AtLeast(points),
        (Some(points), _) => Spacing::Times(points / 12.0),
    }
}

/// A line of a paragraph being written.
struct Writer<'w> {
    setting: Setting,
    part: &'w str,
    number: usize,
    text: String,
    fonts: BTreeMap<Arc<str>, usize>,
    sizes: BTreeMap<i64, usize>,
    bold: usize,
    italic: usize,
    count: usize,
    leads_bold: bool,
    underlined: String,
    colour: Option<[u8; 3]>,
    blanks: usize,
    tabs: usize,
    lead: Lead<'w>,
    field: Option<usize>,
    field_set: Option<Characters>,
    format: Option<String>,
    /// What is written, without what fields made, but with what stands for the numbers they make.
    around: String,
    /// Fields that are open.
    fields: usize,
    /// Whether the run was made by a field.
    made: bool,
    written: usize,
    lines: Vec<Line>,
}

impl<'w> Writer<'w> {
    fn new(setting: Setting, (part, number): (&'w str, usize), lead: Lead<'w>) -> Self {
        let text = setting.label.as_ref().map(|label| format!("{label} ")).unwrap_or_default();
        Self {
            setting,
            part,
            number,
            text,
            fonts: BTreeMap::new(),
            sizes: BTreeMap::new(),
            bold: 0,
            italic: 0,
            count: 0,
            leads_bold: false,
            underlined: String::new(),
            colour: None,
            blanks: 0,
            tabs: 0,
            lead,
            field: None,
            field_set: None,
            format: None,
            around: String::new(),
            fields: 0,
            made: false,
            written: 0,
            lines: Vec::new(),
        }
    }

    fn run(&mut self, run: Node<'_, '_>, set: &Characters) {
        if set.hidden == Some(true) {
            return;
        }
        for piece in run.children().filter(Node::is_element) {
            match piece.tag_name().name() {
                "t" => {
                    let words = piece.text().unwrap_or_default();
                    if self.fields == 0 && !self.made && self.around.len() < AROUND {
                        self.around.push_str(words);
                    }
                    self.words(words, set);
                }
                "fldChar" => match attribute(piece, "fldCharType") {
                    Some("begin") => self.fields += 1,
                    Some("end") => self.fields = self.fields.saturating_sub(1),
                    _ => {}
                },
                "tab" | "ptab" => {
                    self.around.push(' ');
                    self.tabs += 1;
                    self.lead.tab();
                    self.blanks = BLANKS;
                    self.text.push(' ');
                }
                "br" if matches!(attribute(piece, "type"), None | Some("textWrapping")) => self.end_line(),
                "cr" => self.end_line(),
                "br" => self.text.push(' '),
                "noBreakHyphen" => self.words("-", set),
                "sym" => self.words("•", set),
                "instrText" => self.instruction(piece.text(), Some(set)),
                _ => {}
            }
        }
        if self.field.is_some() && self.field_set.is_none() {
            self.field_set = Some(set.clone());
        }
    }

    /// Takes a field's instruction, and how its run is set.
    fn instruction(&mut self, instruction: Option<&str>, set: Option<&Characters>) {
        let instruction = instruction.unwrap_or_default();
        let page = page_format(instruction);
        // A condition asks for the number before it shows it: it is one number still.
        if (page.is_some() || counts_pages(instruction)) && !self.around.ends_with(NUMBER) {
            self.around.push(NUMBER);
        }
        if let Some(format) = page {
            (self.field, self.format, self.field_set) = (Some(self.tabs), format, set.cloned());
        }
    }

    fn words(&mut self, words: &str, set: &Characters) {
        for character in words.chars() {
            if character.is_whitespace() {
                self.blanks += 1;
                self.lead.blank();
                self.text.push(character);
                continue;
            }
            if self.blanks >= BLANKS && character.is_uppercase() && self.text.trim().chars().count() > COLUMN
            {
                self.end_piece();
                self.setting.column += 1;
            }
            if self.count == 0 {
                self.setting.tabbed = self.blanks >= BLANKS;
                self.setting.begins = self.lead.end(self.setting.left, self.setting.first);
            }
            self.blanks = 0;
            if set.capitals == Some(true) {
                self.text.extend(character.to_uppercase());
            } else {
                self.text.push(character);
            }
            if self.count == 0 {
                let label = self.setting.label_bold.filter(|_| self.lines.is_empty());
                self.leads_bold = label.or(set.bold) == Some(true);
            }
            self.count += 1;
            let [ascii, other] = &set.fonts;
            let font = if character.is_ascii() {
                ascii.as_ref().or(other.as_ref())
            } else {
                other.as_ref().or(ascii.as_ref())
            };
            let name = font.map_or("", String::as_str);
            match self.fonts.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.fonts.insert(Arc::from(name), 1);
                }
            }
            *self.sizes.entry(set.size.unwrap_or(20)).or_default() += 1;
            self.bold += usize::from(set.bold == Some(true));
            self.italic += usize::from(set.italic == Some(true));
            if set.underlined == Some(true) {
                self.underlined.push(character);
            }
            if self.colour.is_none() {
                self.colour = set.colour.filter(|colour| colour.iter().any(|channel| *channel > DARK));
            }
        }
    }

    fn end_line(&mut self) {
        self.end_piece();
        (self.setting.row, self.setting.column, self.blanks) = (self.setting.row + 1, 0, 0);
    }

    /// Ends a line, or a column of one.
    fn end_piece(&mut self) {
        let text = std::mem::take(&mut self.text);
        let (fonts, sizes) = (std::mem::take(&mut self.fonts), std::mem::take(&mut self.sizes));
        let (count, bold, italic) = (self.count, self.bold, self.italic);
        (self.count, self.bold, self.italic) = (0, 0, 0);
        let underlined = std::mem::take(&mut self.underlined);
        let colour = self.colour.take();
        if count == 0 {
            return;
        }
        self.written += 1;
        let size = sizes.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size);
        let (text, decomposed) = lines::tidy(&text);
        let label = self.setting.label.as_deref().filter(|_| self.lines.is_empty()).unwrap_or_default();
        let beginning = text.strip_prefix(label).unwrap_or(&text).trim_start().chars().take(60).collect();
        let named_bold = fonts.keys().all(|font| font.ends_with(" Bold"));
        let setting = Setting { underlined: underlined.chars().count() * 2 > count, ..self.setting.clone() };
        self.lines.push(Line {
            page: 0,
            text,
            bounds: [0.0; 4],
            baseline: 0.0,
            size: f64::from(i32::try_from(size).unwrap_or(0)) / 2.0,
            fonts,
            bold: bold * 2 > count || named_bold,
            italic: italic * 2 > count,
            leads_bold: self.leads_bold || named_bold,
            stamped: false,
            invisible: false,
            colour,
            decomposed,
            at: Some(At { part: self.part.to_owned(), paragraph: self.number, text: beginning }),
            setting: Some(Box::new(setting)),
        });
    }

    fn finish(mut self, story: &mut Story<'_, '_>, drawn: &dyn Fn(Option<f64>, Stroke) -> Drawn) {
        self.end_piece();
        if let Some(tabs) = self.field {
            let set = self.field_set.clone().unwrap_or_default();
            let align = match (tabs, self.setting.align) {
                (1, Align::Left) if self.lead.centres() => Align::Centre,
                (2.., Align::Left) => Align::Right,
                (_, align) => align,
            };
            let text = self.lines.first().map_or("PAGE".to_owned(), |line| line.text.clone());
            let at = At {
                part: self.part.to_owned(),
                paragraph: self.number,
                text: text.chars().take(60).collect(),
            };
            let size = i32::try_from(set.size.unwrap_or(20)).unwrap_or(0);
            let line = Line {
                page: self.setting.section,
                text,
                bounds: [0.0; 4],
                baseline: 0.0,
                size: f64::from(size) / 2.0,
                fonts: BTreeMap::new(),
                bold: set.bold == Some(true),
                italic: set.italic == Some(true),
                leads_bold: set.bold == Some(true),
                stamped: false,
                invisible: false,
                colour: None,
                decomposed: false,
                at: Some(at),
                setting: Some(Box::new(self.setting.clone())),
            };
            let around = std::mem::take(&mut self.around);
            story.fields.push(Field { line, around, format: self.format.take(), align });
        }
        for line in self.lines {
            let long = |text: &str| metrics::width(text, line.size, line.bold, line.italic);
            match crate::format::facts::line_of_characters(&line.text) {
                // Tabs set the lines under both columns apart.
                Some(stroke) => {
                    story.drawn.extend(line.text.split(' ').map(|text| drawn(Some(long(text)), stroke)));
                }
                None => {
                    if line.setting.as_ref().is_some_and(|setting| setting.underlined) {
                        story.drawn.push(drawn(Some(long(&line.text)), Stroke::Underline));
                    }
                    story.lines.push(line);
                }
            }
        }
    }
}
