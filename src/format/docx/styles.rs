//! Styles: document defaults, chains of styles, theme fonts (ISO/IEC 29500-1, 17.7).

use super::properties::{Characters, Paragraph};
use super::{attribute, child};
use roxmltree::{Document, Node};
use std::collections::HashMap;

/// Styles followed from one to the next.
const CHAIN_LIMIT: usize = 16;

/// What a style, or everything it is based on, says.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    pub(super) characters: Characters,
    pub(super) paragraph: Paragraph,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    pub(super) defaults: Style,
    default_paragraph: Option<String>,
    default_characters: Option<String>,
    /// Tables whose style draws borders.
    pub(super) bordered: Vec<String>,
    own: HashMap<String, (Option<String>, Style)>,
    resolved: HashMap<String, Style>,
}

impl Styles {
    pub(super) fn read(document: &Document<'_>, theme: &HashMap<String, String>) -> Self {
        let root = document.root_element();
        let defaults = child(root, "docDefaults");
        let of = |outer: &str, inner: &str| {
            defaults.and_then(|node| child(node, outer)).and_then(|node| child(node, inner))
        };
        let mut found = Self {
            defaults: Style {
                characters: Characters::read(of("rPrDefault", "rPr"), theme),
                paragraph: Paragraph::read(of("pPrDefault", "pPr")),
            },
            ..Self::default()
        };
        for style in root.children().filter(|node| node.tag_name().name() == "style") {
            let Some(id) = attribute(style, "styleId") else { continue };
            let based = child(style, "basedOn").and_then(|node| attribute(node, "val")).map(str::to_owned);
            let default = matches!(attribute(style, "default"), Some("1" | "true" | "on"));
            match attribute(style, "type") {
                Some("paragraph") if default => found.default_paragraph = Some(id.to_owned()),
                Some("character") if default => found.default_characters = Some(id.to_owned()),
                Some("table") => {
                    let borders = child(style, "tblPr").and_then(|node| child(node, "tblBorders"));
                    if borders.is_some_and(super::drawing::draws) {
                        found.bordered.push(id.to_owned());
                    }
                }
                _ => {}
            }
            let own = Style {
                characters: Characters::read(child(style, "rPr"), theme),
                paragraph: Paragraph::read(child(style, "pPr")),
            };
            found.own.insert(id.to_owned(), (based, own));
        }
        let ids: Vec<String> = found.own.keys().cloned().collect();
        for id in ids {
            let style = found.follow(&id);
            found.resolved.insert(id, style);
        }
        found
    }

    /// A style with everything it is based on. Circles end at the limit.
    fn follow(&self, id: &str) -> Style {
        let mut result = Style::default();
        let mut next = Some(id.to_owned());
        for _ in 0..CHAIN_LIMIT {
            let Some((based, own)) = next.and_then(|id| self.own.get(&id)) else { break };
            result.characters = result.characters.over(&own.characters);
            result.paragraph = result.paragraph.over(&own.paragraph);
            next = based.clone();
        }
        result
    }

    /// The style of a paragraph, or the one paragraphs without have.
    pub(super) fn paragraph(&self, id: Option<&str>) -> Style {
        let named = id.and_then(|id| self.resolved.get(id));
        let usual = self.default_paragraph.as_deref().and_then(|id| self.resolved.get(id));
        named.or(usual).cloned().unwrap_or_default()
    }

    /// What a run looks like in a paragraph of this style.
    pub(super) fn run(
        &self,
        run: Node<'_, '_>,
        paragraph: &Characters,
        theme: &HashMap<String, String>,
    ) -> Characters {
        let direct = child(run, "rPr");
        let style = direct.and_then(|node| child(node, "rStyle")).and_then(|style| attribute(style, "val"));
        let below = Characters::toggled(&self.characters(style), paragraph, &self.defaults.characters);
        Characters::read(direct, theme).over(&below)
    }

    /// The style of characters.
    pub(super) fn characters(&self, id: Option<&str>) -> Characters {
        let named = id.and_then(|id| self.resolved.get(id));
        let usual = self.default_characters.as_deref().and_then(|id| self.resolved.get(id));
        named.or(usual).map(|style| style.characters.clone()).unwrap_or_default()
    }
}

/// The fonts of a theme by the names properties call them.
pub(super) fn theme_fonts(theme: &Document<'_>) -> HashMap<String, String> {
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
