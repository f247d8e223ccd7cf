//! DOCX (ISO/IEC 29500): page set-up, paragraphs, and the resolved font and size of their text.
//!
//! Own reader over ZIP and XML: styles are followed through their chains, theme fonts and direct
//! formatting included. Deleted text is skipped, inserted text kept. Hostile packages are refused by
//! stated limits; no DTD, no entities, no network.

pub(super) mod place;

use super::facts::{DARK, Facts, Line, Margins, Sheet};
use super::report::At;
use roxmltree::{Document, Node};
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};
use unicode_normalization::UnicodeNormalization;

/// The part that holds the text, by its usual name.
pub(super) const MAIN_PART: &str = "word/document.xml";

/// Bytes one part may unpack to; a 6.7 MB document part is the largest met.
const PART_LIMIT: u64 = 32 << 20;
/// Entries a package may have.
const ENTRY_LIMIT: usize = 5_000;
/// How many times its packed size a part may unpack to, beyond a first megabyte.
const RATIO_LIMIT: u64 = 200;
/// Paragraphs read.
const PARAGRAPH_LIMIT: usize = 20_000;
/// Styles followed from one to the next.
const CHAIN_LIMIT: usize = 16;
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

/// Character properties as far as they matter.
#[derive(Debug, Clone, Default)]
pub(super) struct Characters {
    pub(super) font: Option<String>,
    /// In half-points.
    pub(super) size: Option<i64>,
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    /// Shown in capitals whatever is written.
    pub(super) capitals: Option<bool>,
    /// Not shown.
    pub(super) hidden: Option<bool>,
    pub(super) colour: Option<[u8; 3]>,
}

impl Characters {
    fn over(self, below: &Self) -> Self {
        Self {
            font: self.font.or_else(|| below.font.clone()),
            size: self.size.or(below.size),
            bold: self.bold.or(below.bold),
            italic: self.italic.or(below.italic),
            capitals: self.capitals.or(below.capitals),
            hidden: self.hidden.or(below.hidden),
            colour: self.colour.or(below.colour),
        }
    }
}

struct Styles {
    defaults: Characters,
    default_paragraph: Option<String>,
    styles: HashMap<String, (Option<String>, Characters)>,
}

/// The texts of a package that say how its document looks.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    /// The part that holds the text.
    pub(super) name: String,
    /// Its text.
    pub(super) main: String,
    /// The part with the styles.
    pub(super) styles_name: String,
    /// Its text; empty when there is none.
    pub(super) styles: String,
    /// The theme's text; empty when there is none.
    pub(super) theme: String,
}

impl Texts {
    /// Unpacks them.
    pub(super) fn open<R: Read + Seek>(package: &mut zip::ZipArchive<R>) -> Result<Self, DocxError> {
        if package.len() > ENTRY_LIMIT {
            return Err(DocxError::Limit("entries of the package"));
        }
        let name = main_part(package)?;
        let main = part(package, &name)?.ok_or(DocxError::Unreadable("no part with the document's text"))?;
        let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let styles_name = format!("{folder}styles.xml");
        let styles = part(package, &styles_name)?.unwrap_or_default();
        let theme = part(package, &format!("{folder}theme/theme1.xml"))?.unwrap_or_default();
        Ok(Self { name, main, styles_name, styles, theme })
    }

    /// The facts they give.
    pub(super) fn facts(&self) -> Result<Facts, DocxError> {
        let looks = self.looks()?;
        facts(&parse(&self.main)?, &looks.styles, &looks.theme)
    }

    /// What runs look like.
    pub(super) fn looks(&self) -> Result<Looks, DocxError> {
        let theme = if self.theme.is_empty() { HashMap::new() } else { theme_fonts(&parse(&self.theme)?) };
        let styles =
            if self.styles.is_empty() { Styles::none() } else { Styles::read(&parse(&self.styles)?, &theme) };
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
        let style = |node: Node<'_, '_>, properties: &str, style: &str| {
            let named = child(node, properties).and_then(|node| child(node, style));
            named.and_then(|style| attribute(style, "val")).map(str::to_owned)
        };
        let of_paragraph = style(paragraph, "pPr", "pStyle");
        let base = self.styles.resolve(of_paragraph.as_deref().or(self.styles.default_paragraph.as_deref()));
        let base = base.over(&self.styles.defaults);
        let of_run = self.styles.resolve(style(run, "rPr", "rStyle").as_deref());
        characters(child(run, "rPr"), &self.theme).over(&of_run).over(&base)
    }

    /// The font a theme's name stands for.
    pub(super) fn theme_font(&self, name: &str) -> Option<&str> {
        self.theme.get(name).map(String::as_str)
    }
}

/// Opens a package.
pub(super) fn open<R: Read + Seek>(file: R) -> Result<zip::ZipArchive<R>, DocxError> {
    zip::ZipArchive::new(file).map_err(|_| DocxError::Unreadable("not a ZIP package"))
}

/// Reads the facts of a DOCX.
///
/// # Errors
/// [`DocxError`].
pub fn read(file: impl Read + Seek) -> Result<Facts, DocxError> {
    Texts::open(&mut open(file)?)?.facts()
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

pub(super) fn parse(text: &str) -> Result<Document<'_>, DocxError> {
    let options =
        roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: NODE_LIMIT, ..Default::default() };
    let text = text.trim_start_matches('\u{feff}');
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => DocxError::Unreadable("a document type declaration"),
        roxmltree::Error::NodesLimitReached => DocxError::Limit("elements of a part"),
        _ => DocxError::Unreadable("broken XML"),
    })
}

pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// An attribute by its local name: transitional and strict differ in namespaces only.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

fn on(node: Option<Node<'_, '_>>) -> Option<bool> {
    node.map(|node| !matches!(attribute(node, "val"), Some("0" | "false" | "off" | "none")))
}

fn theme_fonts(theme: &Document<'_>) -> HashMap<String, String> {
    let mut fonts = HashMap::new();
    for (name, prefix) in [("majorFont", "major"), ("minorFont", "minor")] {
        let latin = theme
            .descendants()
            .find(|node| node.tag_name().name() == name)
            .and_then(|node| child(node, "latin"))
            .and_then(|latin| attribute(latin, "typeface"));
        if let Some(latin) = latin {
            for suffix in ["HAnsi", "Ascii"] {
                fonts.insert(format!("{prefix}{suffix}"), latin.to_owned());
            }
        }
    }
    fonts
}

fn characters(properties: Option<Node<'_, '_>>, theme: &HashMap<String, String>) -> Characters {
    let Some(properties) = properties else { return Characters::default() };
    let font = child(properties, "rFonts").and_then(|fonts| {
        // A theme font goes before a named one; Vietnamese letters are set in hAnsi.
        attribute(fonts, "hAnsiTheme")
            .or_else(|| attribute(fonts, "asciiTheme"))
            .and_then(|name| theme.get(name).cloned())
            .or_else(|| attribute(fonts, "hAnsi").or_else(|| attribute(fonts, "ascii")).map(str::to_owned))
    });
    let size =
        child(properties, "sz").and_then(|size| attribute(size, "val")).and_then(|size| size.parse().ok());
    Characters {
        font,
        size,
        bold: on(child(properties, "b")),
        italic: on(child(properties, "i")),
        capitals: on(child(properties, "caps")),
        hidden: on(child(properties, "vanish")),
        colour: child(properties, "color").and_then(|node| attribute(node, "val")).and_then(colour),
    }
}

/// A colour of six hexadecimal digits; `auto` is black on paper.
fn colour(text: &str) -> Option<[u8; 3]> {
    if text == "auto" {
        return Some([0; 3]);
    }
    let bytes = hex::decode(text).ok()?;
    <[u8; 3]>::try_from(bytes).ok()
}

impl Styles {
    fn none() -> Self {
        Self { defaults: Characters::default(), default_paragraph: None, styles: HashMap::new() }
    }

    fn read(document: &Document<'_>, theme: &HashMap<String, String>) -> Self {
        let root = document.root_element();
        let defaults = child(root, "docDefaults")
            .and_then(|node| child(node, "rPrDefault"))
            .and_then(|node| child(node, "rPr"));
        let mut found = Self { defaults: characters(defaults, theme), ..Self::none() };
        for style in root.children().filter(|node| node.tag_name().name() == "style") {
            let Some(id) = attribute(style, "styleId") else { continue };
            let based = child(style, "basedOn").and_then(|node| attribute(node, "val")).map(str::to_owned);
            if attribute(style, "type") == Some("paragraph")
                && matches!(attribute(style, "default"), Some("1" | "true" | "on"))
            {
                found.default_paragraph = Some(id.to_owned());
            }
            found.styles.insert(id.to_owned(), (based, characters(child(style, "rPr"), theme)));
        }
        found
    }

    /// A style with everything it is based on. Circles end at the limit.
    fn resolve(&self, id: Option<&str>) -> Characters {
        let mut result = Characters::default();
        let mut next = id.map(str::to_owned);
        for _ in 0..CHAIN_LIMIT {
            let Some((based, own)) = next.and_then(|id| self.styles.get(&id)) else { break };
            result = result.over(own);
            next = based.clone();
        }
        result
    }
}

fn facts(
    document: &Document<'_>,
    styles: &Styles,
    theme: &HashMap<String, String>,
) -> Result<Facts, DocxError> {
    let mut sheets = Vec::new();
    let mut lines = Vec::new();
    let mut number = 0;
    for node in document.descendants() {
        match node.tag_name().name() {
            "p" if !in_fallback(node) => {
                number += 1;
                if number > PARAGRAPH_LIMIT {
                    return Err(DocxError::Limit("paragraphs"));
                }
                lines.extend(paragraph(node, number, styles, theme));
            }
            "sectPr" if !in_change(node) => sheets.extend(section(node, number)),
            _ => {}
        }
    }
    Ok(Facts { kind: "docx", sheets, lines, scan: false, unread: 0, pages: None })
}

pub(super) fn in_fallback(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| above.tag_name().name() == "Fallback")
}

pub(super) fn in_change(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|above| above.tag_name().name() == "sectPrChange")
}

/// Millimetres from twentieths of a point (or with a unit, in strict files).
pub(super) fn length(text: &str) -> Option<f64> {
    if let Some(points) = text.strip_suffix("pt") {
        return points.parse::<f64>().ok().map(|points| points * 25.4 / 72.0);
    }
    if let Some(millimetres) = text.strip_suffix("mm") {
        return millimetres.parse().ok();
    }
    text.parse::<f64>().ok().map(|twips| twips * 25.4 / 1440.0)
}

fn section(node: Node<'_, '_>, paragraph: usize) -> Option<Sheet> {
    let size = child(node, "pgSz")?;
    let value = |node: Node<'_, '_>, name: &str| {
        attribute(node, name).and_then(length).filter(|value| value.is_finite())
    };
    let margin = |name: &str| child(node, "pgMar").and_then(|margins| value(margins, name));
    Some(Sheet {
        width: value(size, "w")?,
        height: value(size, "h")?,
        margins: Margins {
            left: margin("left"),
            right: margin("right"),
            // A negative margin is one that headers may not push down.
            top: margin("top").map(f64::abs),
            bottom: margin("bottom").map(f64::abs),
            estimate: false,
            lines: 0,
        },
        resolution: None,
        grey: None,
        paragraph: Some(paragraph),
    })
}

fn paragraph(
    node: Node<'_, '_>,
    number: usize,
    styles: &Styles,
    theme: &HashMap<String, String>,
) -> Option<Line> {
    let properties = child(node, "pPr");
    let style = properties.and_then(|node| child(node, "pStyle")).and_then(|style| attribute(style, "val"));
    let base = styles.resolve(style.or(styles.default_paragraph.as_deref())).over(&styles.defaults);
    let mut text = String::new();
    let mut fonts: BTreeMap<String, usize> = BTreeMap::new();
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    let (mut bold, mut italic, mut count) = (0, 0, 0_usize);
    let mut coloured = None;
    for run in node.descendants().filter(|run| run.tag_name().name() == "r" && belongs_to(*run, node)) {
        let direct = child(run, "rPr");
        let run_style =
            direct.and_then(|node| child(node, "rStyle")).and_then(|style| attribute(style, "val"));
        let set = characters(direct, theme).over(&styles.resolve(run_style)).over(&base);
        if set.hidden == Some(true) {
            continue;
        }
        for piece in run.children() {
            match piece.tag_name().name() {
                "t" => {
                    let words = piece.text().unwrap_or_default();
                    if set.capitals == Some(true) {
                        text.push_str(&words.to_uppercase());
                    } else {
                        text.push_str(words);
                    }
                    let visible = words.chars().filter(|character| !character.is_whitespace()).count();
                    count += visible;
                    *fonts.entry(set.font.clone().unwrap_or_default()).or_default() += visible;
                    *sizes.entry(set.size.unwrap_or(20)).or_default() += visible;
                    if visible > 0 && coloured.is_none() {
                        coloured = set.colour.filter(|colour| colour.iter().any(|channel| *channel > DARK));
                    }
                    bold += if set.bold == Some(true) { visible } else { 0 };
                    italic += if set.italic == Some(true) { visible } else { 0 };
                }
                "tab" | "br" => text.push(' '),
                "noBreakHyphen" => text.push('-'),
                _ => {}
            }
        }
    }
    if count == 0 {
        return None;
    }
    fonts.retain(|_, characters| *characters > 0);
    let size = sizes.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size);
    let decomposed = !unicode_normalization::is_nfc(&text);
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    let beginning = text.chars().take(60).collect();
    Some(Line {
        page: 0,
        text,
        bounds: [0.0; 4],
        baseline: 0.0,
        size: f64::from(i32::try_from(size).unwrap_or(0)) / 2.0,
        fonts,
        bold: bold * 2 > count,
        italic: italic * 2 > count,
        stamped: false,
        invisible: false,
        colour: coloured,
        decomposed,
        at: Some(At { part: "word/document.xml".to_owned(), paragraph: number, text: beginning }),
    })
}

/// Whether the run is this paragraph's own (text boxes hold paragraphs of their own) and not deleted.
pub(super) fn belongs_to(run: Node<'_, '_>, paragraph: Node<'_, '_>) -> bool {
    for above in run.ancestors().skip(1) {
        if above == paragraph {
            return true;
        }
        if matches!(above.tag_name().name(), "p" | "del" | "moveFrom" | "Fallback") {
            return false;
        }
    }
    false
}
