//! DOCX (ISO/IEC 29500, transitional and strict): page set-up, headers with their page numbers,
//! paragraphs with everything that has a say in how they are set, drawn lines.
//!
//! Own reader over ZIP and XML: document defaults, chains of styles, lists, theme fonts and direct
//! formatting are laid over each other. Deleted text is skipped, inserted text kept, text boxes are
//! read once. Hostile packages are refused by stated limits; no DTD, no entities, no network. What
//! only layout knows (where lines and pages end) is not guessed.

mod drawing;
mod field;
mod numbering;
pub mod place;
mod properties;
mod section;
mod story;
mod styles;
mod tabs;

use super::facts::{Facts, Line};
use super::setting::Drawn;
use crate::xml::{self, MARK, XmlError};
use field::Field;
use numbering::Numbering;
use roxmltree::{Document, Node};
use section::Bands;
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};
use std::sync::Arc;
use story::Reader;
use styles::Styles;

pub(super) use properties::{Characters, length};

/// The part that holds the text, by its usual name.
pub(super) const MAIN_PART: &str = "word/document.xml";

/// Bytes one part may unpack to; a 6.7 MB document part is the largest met.
const PART_LIMIT: u64 = 32 << 20;
/// Entries a package may have.
const ENTRY_LIMIT: usize = 5_000;
/// How many times its packed size a part may unpack to, beyond a first megabyte.
const RATIO_LIMIT: u64 = 200;
/// Headers and footers read.
const BAND_LIMIT: usize = 64;
/// Nodes of one part.
const NODE_LIMIT: u32 = 2_000_000;

/// Why a DOCX can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocxError {
    /// It is no DOCX.
    #[error("the file is no readable DOCX: {0}")]
    Unreadable(&'static str),
    /// It is beyond a limit.
    #[error("the file exceeds a limit: {0}")]
    Limit(&'static str),
}

/// Where the parts are that a document names.
#[derive(Debug, Default)]
struct Relations {
    /// Kind (the end of its type), identifier and name of each part.
    parts: Vec<(String, String, String)>,
}

impl Relations {
    fn read(document: &Document<'_>, folder: &str) -> Self {
        let parts = document
            .root_element()
            .children()
            .filter(|node| node.tag_name().name() == "Relationship")
            .filter(|node| attribute(*node, "TargetMode") != Some("External"))
            .filter_map(|node| {
                let kind = attribute(node, "Type")?.rsplit('/').next()?.to_owned();
                let target = attribute(node, "Target")?;
                let name = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("{folder}{target}"),
                };
                Some((kind, attribute(node, "Id")?.to_owned(), name))
            })
            .collect();
        Self { parts }
    }

    fn of_kind<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.parts
            .iter()
            .filter(move |(this, ..)| this == kind)
            .map(|(_, id, name)| (id.as_str(), name.as_str()))
    }
}

/// Where the texts of parts come from.
trait Parts {
    /// The text of a part, or none when there is no such part.
    fn text(&mut self, name: &str) -> Result<Option<Arc<str>>, DocxError>;
}

impl<R: Read + Seek> Parts for zip::ZipArchive<R> {
    fn text(&mut self, name: &str) -> Result<Option<Arc<str>>, DocxError> {
        Ok(part(self, name)?.map(Arc::from))
    }
}

/// The texts of a package that say how its document looks, unpacked once; they may be changed and read
/// again.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    parts: BTreeMap<String, Option<Arc<str>>>,
    /// The part that holds the text.
    pub(super) main: String,
    /// The part that may hold styles.
    pub(super) styles: String,
    theme: String,
}

/// Remembers the texts of a package that were asked for.
struct Recorded<'p, R> {
    package: &'p mut zip::ZipArchive<R>,
    texts: Texts,
}

impl<R: Read + Seek> Parts for Recorded<'_, R> {
    fn text(&mut self, name: &str) -> Result<Option<Arc<str>>, DocxError> {
        let text = self.package.text(name)?;
        self.texts.parts.insert(name.to_owned(), text.clone());
        Ok(text)
    }
}

impl Parts for &Texts {
    fn text(&mut self, name: &str) -> Result<Option<Arc<str>>, DocxError> {
        Ok(self.parts.get(name).cloned().flatten())
    }
}

impl Texts {
    /// Unpacks what the facts are read from, and reads them.
    pub(super) fn open<R: Read + Seek>(package: &mut zip::ZipArchive<R>) -> Result<(Self, Facts), DocxError> {
        let mut recorded = Recorded { package, texts: Self::default() };
        let (names, facts) = read_parts(&mut recorded)?;
        let texts = Self { main: names.main, styles: names.styles, theme: names.theme, ..recorded.texts };
        Ok((texts, facts))
    }

    /// The facts the texts give.
    pub(super) fn facts(&self) -> Result<Facts, DocxError> {
        read_parts(&mut &*self).map(|(_, facts)| facts)
    }

    /// The text of a part.
    pub(super) fn of(&self, name: &str) -> &str {
        // What stands before the first element is no part of it, and places are counted without.
        self.parts.get(name).and_then(Option::as_deref).unwrap_or_default().trim_start_matches(MARK)
    }

    /// The texts with one of them changed.
    pub(super) fn with(&self, name: &str, text: &str) -> Self {
        let mut changed = self.clone();
        let marked = self.parts.get(name).and_then(Option::as_deref).is_some_and(|old| old.starts_with(MARK));
        let text = if marked { format!("{MARK}{text}") } else { text.to_owned() };
        changed.parts.insert(name.to_owned(), Some(Arc::from(text)));
        changed
    }

    /// The parts whose texts are others than those.
    pub(super) fn changed<'t>(&'t self, before: &Self) -> Vec<(&'t str, &'t str)> {
        let all = self.parts.iter().filter(|(name, text)| before.parts.get(*name) != Some(*text));
        all.filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?))).collect()
    }

    /// What runs look like.
    pub(super) fn looks(&self) -> Result<Looks, DocxError> {
        let theme = match self.of(&self.theme) {
            "" => HashMap::new(),
            text => styles::theme_fonts(&parse(text)?),
        };
        let styles = match self.of(&self.styles) {
            "" => Styles::default(),
            text => Styles::read(&parse(text)?, &theme),
        };
        Ok(Looks { styles, theme })
    }
}

/// What runs look like after everything that has a say in it.
pub(super) struct Looks {
    styles: Styles,
    theme: HashMap<String, String>,
}

impl Looks {
    /// Of a run of a paragraph.
    pub(super) fn of(&self, run: Node<'_, '_>, paragraph: Node<'_, '_>) -> Characters {
        let style = child(paragraph, "pPr").and_then(|node| child(node, "pStyle"));
        let base = self.styles.paragraph(style.and_then(|style| attribute(style, "val")));
        self.styles.run(run, &base.characters, &self.theme)
    }

    /// The font a theme's name stands for.
    pub(super) fn theme_font(&self, name: &str) -> Option<&str> {
        self.theme.get(name).map(String::as_str)
    }
}

/// Opens a package.
pub(super) fn open<R: Read + Seek>(file: R) -> Result<zip::ZipArchive<R>, DocxError> {
    let package = zip::ZipArchive::new(file).map_err(|_| DocxError::Unreadable("not a ZIP package"))?;
    if package.len() > ENTRY_LIMIT {
        return Err(DocxError::Limit("entries of the package"));
    }
    Ok(package)
}

/// Reads the facts of a DOCX.
///
/// # Errors
/// [`DocxError`].
pub fn read(file: impl Read + Seek) -> Result<Facts, DocxError> {
    read_parts(&mut open(file)?).map(|(_, facts)| facts)
}

/// Names of parts.
struct Names {
    main: String,
    styles: String,
    theme: String,
}

fn read_parts(package: &mut impl Parts) -> Result<(Names, Facts), DocxError> {
    let name = main_part(package)?;
    let main = package.text(&name)?.ok_or(DocxError::Unreadable("no part with the document's text"))?;
    let (folder, file) = name.rsplit_once('/').map_or(("", name.as_str()), |(folder, file)| (folder, file));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let relations = match package.text(&format!("{folder}_rels/{file}.rels"))? {
        Some(text) => Relations::read(&parse(&text)?, &folder),
        None => Relations::default(),
    };
    let named = |kind: &str, usual: &str| {
        let name = relations.of_kind(kind).next().map(|(_, name)| name.to_owned());
        name.unwrap_or_else(|| format!("{folder}{usual}"))
    };
    let names = Names {
        main: name.clone(),
        styles: named("styles", "styles.xml"),
        theme: named("theme", "theme/theme1.xml"),
    };
    let theme = match package.text(&names.theme)? {
        Some(text) => styles::theme_fonts(&parse(&text)?),
        None => HashMap::new(),
    };
    let styles = match package.text(&names.styles)? {
        Some(text) => Styles::read(&parse(&text)?, &theme),
        None => Styles::default(),
    };
    let mut numbering = match package.text(&named("numbering", "numbering.xml"))? {
        Some(text) => Numbering::read(&parse(&text)?),
        None => Numbering::default(),
    };
    let tab = match package.text(&named("settings", "settings.xml"))? {
        Some(text) => parse(&text).map_or(tabs::USUAL, |settings| tabs::usual(settings.root_element())),
        None => tabs::USUAL,
    };
    let mut fields: HashMap<String, Vec<Field>> = HashMap::new();
    let mut texts: HashMap<String, (Vec<Line>, Vec<Drawn>)> = HashMap::new();
    let bands = ["header", "footer"].into_iter().flat_map(|kind| relations.of_kind(kind)).take(BAND_LIMIT);
    for (id, name) in bands {
        let Some(text) = package.text(name)? else { continue };
        let document = parse(&text)?;
        let mut lists = Numbering::default();
        let mut reader = Reader { styles: &styles, theme: &theme, numbering: &mut lists, tab, part: name };
        let story = reader.read(&document)?;
        fields.insert(id.to_owned(), story.fields);
        texts.insert(id.to_owned(), (story.lines, story.drawn));
    }
    let stated = package.text("docProps/app.xml")?.and_then(|text| stated_pages(&text));
    let document = parse(&main)?;
    let mut reader = Reader { styles: &styles, theme: &theme, numbering: &mut numbering, tab, part: &name };
    let story = reader.read(&document)?;
    let (mut sheets, mut numbers, mut bands) = (Vec::new(), Vec::new(), Bands::default());
    let (mut foot, mut header) = (Vec::new(), (Vec::new(), Vec::new()));
    for (node, paragraph) in &story.sections {
        bands.take(*node);
        if sheets.is_empty() {
            header = bands
                .of_first("header", *node)
                .and_then(|id| texts.remove(id))
                .map(apart)
                .unwrap_or_default();
            let (text, _) =
                bands.of_first("footer", *node).and_then(|id| texts.remove(id)).unwrap_or_default();
            foot = text.into_iter().filter(|line| line.text.chars().any(char::is_alphabetic)).collect();
        }
        numbers.extend(bands.numbers(*node, sheets.len(), &fields));
        sheets.extend(section::sheet(*node, *paragraph));
    }
    let facts = Facts {
        kind: "docx",
        sheets,
        lines: story.lines,
        drawn: story.drawn,
        pictures: Vec::new(),
        numbers,
        stated,
        changed: story.changed,
        foot,
        header,
        ..Facts::default()
    };
    Ok((names, facts))
}

/// The text of a header, whose tables are none of those of the document's own text.
fn apart((mut lines, mut drawn): (Vec<Line>, Vec<Drawn>)) -> (Vec<Line>, Vec<Drawn>) {
    /// More than the paragraphs read, and so more than there are tables.
    const TABLES: usize = 1 << 20;
    let of_lines = lines.iter_mut().filter_map(|line| line.setting.as_mut()?.cell.as_mut());
    of_lines
        .chain(drawn.iter_mut().filter_map(|drawn| drawn.cell.as_mut()))
        .for_each(|cell| cell.table += TABLES);
    (lines, drawn)
}

/// How many pages the program that wrote the file says it has.
fn stated_pages(text: &str) -> Option<usize> {
    let document = parse(text).ok()?;
    let pages = document.descendants().find(|node| node.tag_name().name() == "Pages")?;
    pages.text()?.trim().parse().ok().filter(|pages| (1..100_000).contains(pages))
}

/// The name of the part that holds the text: the package's relations say it (ISO/IEC 29500-2, 6.5).
fn main_part(package: &mut impl Parts) -> Result<String, DocxError> {
    let Some(relations) = package.text("_rels/.rels")? else { return Ok(MAIN_PART.to_owned()) };
    let relations = parse(&relations)?;
    let target = relations
        .descendants()
        .filter(|node| node.tag_name().name() == "Relationship")
        .find(|node| attribute(*node, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")))
        .and_then(|node| attribute(node, "Target"));
    let target = target.unwrap_or(MAIN_PART).trim_start_matches('/');
    let word = target.starts_with("word/") || !target.contains('/');
    if word {
        Ok(target.to_owned())
    } else {
        Err(DocxError::Unreadable("an Office file, but no text document"))
    }
}

fn part<R: Read + Seek>(package: &mut zip::ZipArchive<R>, name: &str) -> Result<Option<String>, DocxError> {
    let mut entry = match package.by_name(name) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(DocxError::Unreadable("a part can't be opened")),
    };
    if entry.size() > PART_LIMIT
        || entry.size() > (1 << 20) + entry.compressed_size().saturating_mul(RATIO_LIMIT)
    {
        return Err(DocxError::Limit("size of a part"));
    }
    let mut bytes = Vec::new();
    // What the entry claims is one thing, what it unpacks to another.
    (&mut entry)
        .take(PART_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| DocxError::Unreadable("a damaged part"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > PART_LIMIT {
        return Err(DocxError::Limit("size of a part"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| DocxError::Unreadable("a part that is not UTF-8"))
}

pub(super) fn parse(text: &str) -> Result<Document<'_>, DocxError> {
    xml::parse(text, NODE_LIMIT).map_err(|error| match error {
        XmlError::DocumentType => DocxError::Unreadable("a document type declaration"),
        XmlError::Elements => DocxError::Limit("elements of a part"),
        XmlError::Attributes => DocxError::Limit("attributes of a part"),
        XmlError::Broken => DocxError::Unreadable("broken XML"),
    })
}

pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// An attribute by its local name: transitional and strict differ in namespaces only.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}
