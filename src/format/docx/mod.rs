//! DOCX (ISO/IEC 29500, transitional and strict): page set-up, headers with their page numbers,
//! paragraphs with everything that has a say in how they are set, drawn lines.
//!
//! Own reader over ZIP and XML: document defaults, chains of styles, lists, theme fonts and direct
//! formatting are laid over each other. Deleted text is skipped, inserted text kept, text boxes are
//! read once. Hostile packages are refused by stated limits; no DTD, no entities, no network. What
//! only layout knows (where lines and pages end) is not guessed.

mod drawing;
mod numbering;
pub mod place;
mod properties;
mod section;
mod story;
mod styles;

use super::facts::Facts;
use numbering::Numbering;
use roxmltree::{Document, Node};
use section::Bands;
use std::collections::HashMap;
use std::io::{Read, Seek};
use story::{Field, Reader};
use styles::Styles;

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

/// Reads the facts of a DOCX.
///
/// # Errors
/// [`DocxError`].
pub fn read(file: impl Read + Seek) -> Result<Facts, DocxError> {
    let mut package = zip::ZipArchive::new(file).map_err(|_| DocxError::Unreadable("not a ZIP package"))?;
    if package.len() > ENTRY_LIMIT {
        return Err(DocxError::Limit("entries of the package"));
    }
    let name = main_part(&mut package)?;
    let main = part(&mut package, &name)?.ok_or(DocxError::Unreadable("no part with the document's text"))?;
    let (folder, file) = name.rsplit_once('/').map_or(("", name.as_str()), |(folder, file)| (folder, file));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let relations = match part(&mut package, &format!("{folder}_rels/{file}.rels"))? {
        Some(text) => Relations::read(&parse(&text)?, &folder),
        None => Relations::default(),
    };
    let mut named = |kind: &str, usual: &str| {
        let name = relations.of_kind(kind).next().map(|(_, name)| name.to_owned());
        part(&mut package, &name.unwrap_or_else(|| format!("{folder}{usual}")))
    };
    let theme = named("theme", "theme/theme1.xml")?;
    let styles = named("styles", "styles.xml")?;
    let numbering = named("numbering", "numbering.xml")?;
    let theme = match theme {
        Some(text) => styles::theme_fonts(&parse(&text)?),
        None => HashMap::new(),
    };
    let styles = match styles {
        Some(text) => Styles::read(&parse(&text)?, &theme),
        None => Styles::default(),
    };
    let mut numbering = match numbering {
        Some(text) => Numbering::read(&parse(&text)?),
        None => Numbering::default(),
    };
    let mut fields: HashMap<String, Vec<Field>> = HashMap::new();
    let bands = ["header", "footer"].into_iter().flat_map(|kind| relations.of_kind(kind)).take(BAND_LIMIT);
    for (id, name) in bands {
        let Some(text) = part(&mut package, name)? else { continue };
        let document = parse(&text)?;
        let mut lists = Numbering::default();
        let mut reader = Reader { styles: &styles, theme: &theme, numbering: &mut lists, part: name };
        fields.insert(id.to_owned(), reader.read(&document)?.fields);
    }
    let stated = part(&mut package, "docProps/app.xml")?.and_then(|text| stated_pages(&text));
    let document = parse(&main)?;
    let mut reader = Reader { styles: &styles, theme: &theme, numbering: &mut numbering, part: &name };
    let story = reader.read(&document)?;
    let (mut sheets, mut numbers, mut bands) = (Vec::new(), Vec::new(), Bands::default());
    for (node, paragraph) in &story.sections {
        bands.take(*node);
        numbers.extend(bands.numbers(*node, sheets.len(), &fields));
        sheets.extend(section::sheet(*node, *paragraph));
    }
    Ok(Facts {
        kind: "docx",
        sheets,
        lines: story.lines,
        drawn: story.drawn,
        pictures: Vec::new(),
        numbers,
        stated,
        changed: story.changed,
        ..Facts::default()
    })
}

/// How many pages the program that wrote the file says it has.
fn stated_pages(text: &str) -> Option<usize> {
    let document = parse(text).ok()?;
    let pages = document.descendants().find(|node| node.tag_name().name() == "Pages")?;
    pages.text()?.trim().parse().ok().filter(|pages| (1..100_000).contains(pages))
}

/// The name of the part that holds the text: the package's relations say it (ISO/IEC 29500-2, 6.5).
fn main_part<R: Read + Seek>(package: &mut zip::ZipArchive<R>) -> Result<String, DocxError> {
    let Some(relations) = part(package, "_rels/.rels")? else { return Ok(MAIN_PART.to_owned()) };
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

fn parse(text: &str) -> Result<Document<'_>, DocxError> {
    let options =
        roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: NODE_LIMIT, ..Default::default() };
    let text = text.trim_start_matches('\u{feff}');
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => DocxError::Unreadable("a document type declaration"),
        roxmltree::Error::NodesLimitReached => DocxError::Limit("elements of a part"),
        _ => DocxError::Unreadable("broken XML"),
    })
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// An attribute by its local name: transitional and strict differ in namespaces only.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}
