//! Sections: paper, margins, and where headers and footers number the pages (ISO/IEC 29500-1, 17.6 and
//! 17.10).

use super::field::{Field, NUMBER, sample};
use super::properties::{length, on};
use super::{attribute, child};
use crate::format::facts::{Margins, Sheet};
use crate::format::setting::{Align, PageNumber};
use roxmltree::Node;
use std::collections::HashMap;

/// The sheet of a section.
pub(super) fn sheet(node: Node<'_, '_>, paragraph: usize) -> Option<Sheet> {
    let size = child(node, "pgSz")?;
    let value = |node: Node<'_, '_>, name: &str| {
        attribute(node, name).and_then(length).filter(|value| value.is_finite())
    };
    let margin = |name: &str| child(node, "pgMar").and_then(|margins| value(margins, name));
    let gutter = margin("gutter").unwrap_or(0.0);
    Some(Sheet {
        width: value(size, "w")?,
        height: value(size, "h")?,
        margins: Margins {
            left: margin("left").map(|left| left + gutter),
            right: margin("right"),
            // A negative margin is one that headers may not push down.
            top: margin("top").map(f64::abs),
            bottom: margin("bottom").map(f64::abs),
            estimate: false,
            lines: 0,
        },
        paragraph: Some(paragraph),
        numbered_from: child(node, "pgNumType")
            .and_then(|node| attribute(node, "start"))
            .and_then(|start| start.trim().parse().ok()),
        ..Sheet::default()
    })
}

/// How wide the text of a section is.
pub(super) fn text_width(node: Node<'_, '_>) -> Option<f64> {
    let sheet = sheet(node, 0)?;
    Some(sheet.width - sheet.margins.left? - sheet.margins.right?)
}

/// What headers and footers a section has, by kind; sections that name none have the ones before.
#[derive(Debug, Clone, Default)]
pub(super) struct Bands {
    /// `header` or `footer`, and `default`, `first` or `even`: the identifier of the part's relation.
    named: HashMap<(&'static str, &'static str), String>,
}

impl Bands {
    /// Takes what a section names.
    pub(super) fn take(&mut self, section: Node<'_, '_>) {
        for node in section.children().filter(Node::is_element) {
            let band = match node.tag_name().name() {
                "headerReference" => "header",
                "footerReference" => "footer",
                _ => continue,
            };
            let kind = match attribute(node, "type") {
                Some("first") => "first",
                Some("even") => "even",
                _ => "default",
            };
            if let Some(id) = attribute(node, "id") {
                self.named.insert((band, kind), id.to_owned());
            }
        }
    }

    /// The header or footer of a section's first page.
    pub(super) fn of_first(&self, band: &'static str, section: Node<'_, '_>) -> Option<&str> {
        let kind = if on(child(section, "titlePg")) == Some(true) { "first" } else { "default" };
        self.named.get(&(band, kind)).map(String::as_str)
    }

    /// The page numbers of a section, whose parts' fields are known.
    pub(super) fn numbers(
        &self,
        section: Node<'_, '_>,
        number: usize,
        fields: &HashMap<String, Vec<Field>>,
    ) -> Vec<PageNumber> {
        let title = on(child(section, "titlePg")) == Some(true);
        let format = child(section, "pgNumType").and_then(|node| attribute(node, "fmt"));
        let of = |band: &'static str, kind: &'static str| {
            self.named.get(&(band, kind)).and_then(|id| fields.get(id)).map_or(&[][..], Vec::as_slice)
        };
        let mut found = Vec::new();
        for (band, above) in [("header", true), ("footer", false)] {
            for kind in ["default", "even", "first"] {
                if kind == "first" && !title {
                    continue;
                }
                for field in of(band, kind) {
                    found.push(PageNumber {
                        page: number,
                        line: field.line.clone(),
                        above,
                        centred: Some(field.align == Align::Centre),
                        written: field.around.replace(NUMBER, sample(field.format.as_deref().or(format))),
                        value: None,
                        on_first: if kind == "first" { true } else { !title && kind == "default" },
                    });
                }
            }
        }
        found
    }
}
