//! How letters look: size, weight, slant, capitals, colour of some runs; the font wherever it is said.

use super::super::docx::{Characters, Looks, attribute, child, place};
use super::splice::{Property, RUN, Splices};
use roxmltree::{Document, Node};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Styles followed from one to the next.
const CHAIN_LIMIT: usize = 16;

/// What is to be changed of how letters look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Look {
    /// A size within these, in points.
    Size([f64; 2]),
    Bold(bool),
    Italic(bool),
    Capitals,
    Black,
    Red,
}

impl Look {
    /// What a run that looks so needs; none when it needs nothing.
    fn needed(self, found: &Characters) -> Option<Vec<Property>> {
        match self {
            Self::Size([least, greatest]) => {
                let size = f64::from(i32::try_from(found.size.unwrap_or(20)).ok()?) / 2.0;
                if (least..=greatest).contains(&size) {
                    return None;
                }
                let halves = format!("{:.0}", if size < least { least * 2.0 } else { greatest * 2.0 });
                let value = [("val", halves.as_str())];
                Some(vec![Property::new("sz", &value), Property::new("szCs", &value)])
            }
            Self::Bold(bold) => (found.bold.unwrap_or(false) != bold)
                .then(|| vec![Property::switch("b", bold), Property::switch("bCs", bold)]),
            Self::Italic(italic) => (found.italic.unwrap_or(false) != italic)
                .then(|| vec![Property::switch("i", italic), Property::switch("iCs", italic)]),
            Self::Capitals => (found.capitals != Some(true)).then(|| vec![Property::switch("caps", true)]),
            Self::Black => {
                let black = found.colour.is_none_or(|colour| colour == [0; 3]);
                (!black).then(|| vec![coloured("auto")])
            }
            Self::Red => (found.colour != Some([0xff, 0, 0])).then(|| vec![coloured("FF0000")]),
        }
    }

    /// Sets it for those of the runs that need it.
    pub(super) fn set(
        self,
        splices: &mut Splices,
        source: &str,
        looks: &Looks,
        paragraph: Node<'_, '_>,
        runs: &[Node<'_, '_>],
    ) -> Option<()> {
        for run in runs.iter().filter(|run| has_letters(**run)) {
            if let Some(properties) = self.needed(&looks.of(*run, paragraph)) {
                splices.set(source, *run, "rPr", &RUN, &properties)?;
            }
        }
        Some(())
    }
}

fn coloured(value: &str) -> Property {
    Property::new("color", &[("val", value)]).without(&["themeColor", "themeTint", "themeShade"])
}

/// Whether a run shows something: letters, or a part of a field that makes some.
fn has_letters(run: Node<'_, '_>) -> bool {
    if run.children().any(|piece| matches!(piece.tag_name().name(), "instrText" | "fldChar")) {
        return true;
    }
    let text = run.children().filter(|piece| piece.tag_name().name() == "t");
    text.filter_map(|piece| piece.text()).any(|text| text.chars().any(|letter| !letter.is_whitespace()))
}

/// A font that is said somewhere: the places in the main part and in the styles that are to say
/// another.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) main: BTreeSet<(usize, usize)>,
    pub(super) styles: BTreeSet<(usize, usize)>,
}

/// Where the fonts are said that visible letters have and `wrong` calls wrong: direct formatting
/// first, then the styles of characters and paragraph, then the defaults.
pub(super) fn said(
    main: &Document<'_>,
    styles: Option<&Document<'_>>,
    looks: &Looks,
    wrong: &dyn Fn(&str) -> bool,
) -> Said {
    let mut said = Said::default();
    let index = styles.map(Index::of);
    let key = |range: Range<usize>| (range.start, range.end);
    for (_, paragraph) in place::paragraphs(main) {
        for (_, run) in place::runs(paragraph).filter(|(_, run)| has_letters(*run)) {
            let direct = child(run, "rPr").and_then(|node| child(node, "rFonts"));
            if let Some(direct) = direct.filter(|node| !names(*node, looks).is_empty()) {
                if names(direct, looks).iter().any(|name| wrong(name)) {
                    said.main.insert(key(direct.range()));
                }
                continue;
            }
            let Some(styles) = &index else { continue };
            let style = |node: Node<'_, '_>, properties: &str, kind: &str| {
                let named = child(node, properties).and_then(|node| child(node, kind));
                named.and_then(|style| attribute(style, "val")).map(str::to_owned)
            };
            let of_run = style(run, "rPr", "rStyle");
            let of_paragraph = style(paragraph, "pPr", "pStyle").or_else(|| styles.usual.clone());
            let found = [of_run, of_paragraph]
                .into_iter()
                .flatten()
                .find_map(|id| styles.in_chain(id, looks))
                .or_else(|| styles.in_defaults(looks));
            if let Some(found) = found.filter(|node| names(*node, looks).iter().any(|name| wrong(name))) {
                said.styles.insert(key(found.range()));
            }
        }
    }
    said
}

/// The fonts an element names: for letters with marks and for those without.
fn names(fonts: Node<'_, '_>, looks: &Looks) -> Vec<String> {
    let font = |name: &str| {
        let theme = attribute(fonts, &format!("{name}Theme")).and_then(|name| looks.theme_font(name));
        theme.or_else(|| attribute(fonts, name)).map(str::to_owned)
    };
    ["ascii", "hAnsi"].into_iter().filter_map(font).collect()
}

/// Styles by their identifiers.
struct Index<'a, 'i> {
    root: Node<'a, 'i>,
    by_id: HashMap<&'a str, Node<'a, 'i>>,
    /// The style of paragraphs that name none.
    usual: Option<String>,
}

impl<'a, 'i> Index<'a, 'i> {
    fn of(styles: &'a Document<'i>) -> Self {
        let root = styles.root_element();
        let mut index = Self { root, by_id: HashMap::new(), usual: None };
        for style in root.children().filter(|node| node.tag_name().name() == "style") {
            let Some(id) = attribute(style, "styleId") else { continue };
            index.by_id.entry(id).or_insert(style);
            let default = matches!(attribute(style, "default"), Some("1" | "true" | "on"));
            if default && attribute(style, "type") == Some("paragraph") {
                index.usual = Some(id.to_owned());
            }
        }
        index
    }

    fn in_chain(&self, id: String, looks: &Looks) -> Option<Node<'a, 'i>> {
        let mut next = Some(id);
        for _ in 0..CHAIN_LIMIT {
            let style = self.by_id.get(next?.as_str()).copied()?;
            let fonts = child(style, "rPr").and_then(|node| child(node, "rFonts"));
            if let Some(fonts) = fonts.filter(|fonts| !names(*fonts, looks).is_empty()) {
                return Some(fonts);
            }
            next = child(style, "basedOn").and_then(|node| attribute(node, "val")).map(str::to_owned);
        }
        None
    }

    fn in_defaults(&self, looks: &Looks) -> Option<Node<'a, 'i>> {
        let defaults = child(self.root, "docDefaults")?;
        let fonts = child(child(child(defaults, "rPrDefault")?, "rPr")?, "rFonts")?;
        (!names(fonts, looks).is_empty()).then_some(fonts)
    }
}

/// Has the elements at these places name the font.
pub(super) fn rename(
    source: &str,
    document: &Document<'_>,
    places: &BTreeSet<(usize, usize)>,
    font: &str,
) -> Option<Splices> {
    let mut splices = Splices::default();
    let elements = document.descendants().filter(|node| {
        node.tag_name().name() == "rFonts" && places.contains(&(node.range().start, node.range().end))
    });
    for node in elements {
        let named = ["ascii", "hAnsi"].map(|name| (name, Some(font.to_owned())));
        let themed = ["asciiTheme", "hAnsiTheme"].map(|name| (name, None));
        let attributes: Vec<_> = named.into_iter().chain(themed).collect();
        splices.set_attributes(source, node, &attributes)?;
    }
    Some(splices)
}
