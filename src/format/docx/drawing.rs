//! Lines drawn beside text: shapes of both drawing languages (DrawingML, VML), borders.

use super::properties::length;
use super::styles::Styles;
use super::{attribute, child};
use crate::format::setting::Stroke;
use roxmltree::Node;

/// English metric units in a millimetre.
const EMU: f64 = 36_000.0;
/// Shorter than this is no line under a title, in millimetres.
const SHORT: f64 = 4.0;
/// Higher than this is no line, as a share of its length.
const HIGH: f64 = 0.06;

/// The length of the line that an element draws, when it draws one.
pub(super) fn line(node: Node<'_, '_>) -> Option<(f64, Stroke)> {
    let length = match node.tag_name().name() {
        "anchor" | "inline" => drawn(node),
        "line" => vml_line(node),
        "shape" | "rect" => vml_shape(node),
        _ => None,
    }?;
    (length >= SHORT).then_some((length, Stroke::Shape))
}

/// DrawingML: a flat shape, or one whose geometry is a line (ISO/IEC 29500-1, 20.4.2 and 20.1.9.18).
fn drawn(node: Node<'_, '_>) -> Option<f64> {
    let extent = node.children().find(|child| child.tag_name().name() == "extent")?;
    let size = |name: &str| attribute(extent, name)?.parse::<f64>().ok().map(|value| (value / EMU).abs());
    let (width, height) = (size("cx")?, size("cy")?);
    let picture = node.descendants().take(400).any(|inner| inner.tag_name().name() == "pic");
    let dashed = node.descendants().take(400).any(|inner| {
        inner.tag_name().name() == "prstDash" && attribute(inner, "val").is_some_and(|kind| kind != "solid")
    });
    (!picture && !dashed && width.is_finite() && height <= (width * HIGH).max(1.0)).then_some(width)
}

/// A length of VML: without a unit it is pixels (part 4, 19.1).
fn vml_length(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(pixels) = text.strip_suffix("px") {
        return pixels.parse::<f64>().ok().map(|value| value * 25.4 / 96.0);
    }
    match text.parse::<f64>() {
        Ok(pixels) => Some(pixels * 25.4 / 96.0).filter(|value| value.is_finite()),
        Err(_) => length(text),
    }
}

fn vml_line(node: Node<'_, '_>) -> Option<f64> {
    let point = |name: &str| {
        let (x, y) = attribute(node, name)?.split_once(',')?;
        Some((vml_length(x).unwrap_or(0.0), vml_length(y).unwrap_or(0.0)))
    };
    let (from, to) = (point("from")?, point("to")?);
    let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
    (!is_dashed(node) && height <= (width * HIGH).max(1.0)).then_some(width)
}

fn vml_shape(node: Node<'_, '_>) -> Option<f64> {
    let style = attribute(node, "style")?;
    let of = |name: &str| {
        let found = style.split(';').filter_map(|entry| entry.split_once(':'));
        found.filter(|(key, _)| key.trim() == name).find_map(|(_, value)| vml_length(value))
    };
    let picture = node.children().any(|inner| matches!(inner.tag_name().name(), "imagedata" | "textbox"));
    let (width, height) = (of("width")?, of("height").unwrap_or(0.0));
    (!picture && !is_dashed(node) && height <= (width * HIGH).max(1.0)).then_some(width)
}

/// Whether a shape of VML is drawn in dashes (part 4, 19.1.2.21).
fn is_dashed(node: Node<'_, '_>) -> bool {
    node.children().any(|inner| {
        inner.tag_name().name() == "stroke"
            && attribute(inner, "dashstyle").is_some_and(|kind| !kind.eq_ignore_ascii_case("solid"))
    })
}

/// Whether any border of a set is drawn.
pub(super) fn draws(borders: Node<'_, '_>) -> bool {
    let mut sides = borders.children().filter(Node::is_element);
    sides.any(|side| !matches!(attribute(side, "val"), None | Some("nil" | "none")))
}

/// Whether a table's lines are drawn.
pub(super) fn is_bordered(table: Node<'_, '_>, styles: &Styles) -> bool {
    let properties = child(table, "tblPr");
    let own = properties.and_then(|node| child(node, "tblBorders"));
    match own {
        Some(borders) => draws(borders),
        None => {
            let style = properties.and_then(|node| child(node, "tblStyle"));
            let name = style.and_then(|node| attribute(node, "val"));
            name.is_some_and(|name| styles.bordered.iter().any(|bordered| bordered == name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_drawing_languages_are_as_long_as_they_say() {
        for (text, expected) in [
            (r#"<line from="10pt,2pt" to="82pt,2pt"/>"#, Some(25.4)),
            (r#"<shape type="_x0000_t32" style="position:absolute;width:2in;height:0"/>"#, Some(50.8)),
            (r#"<anchor><extent cx="1800000" cy="0"/></anchor>"#, Some(50.0)),
            (r#"<anchor><extent cx="1800000" cy="900000"/></anchor>"#, None),
            (r#"<anchor><extent cx="1800000" cy="0"/><ln><prstDash val="solid"/></ln></anchor>"#, Some(50.0)),
            (r#"<anchor><extent cx="1800000" cy="0"/><ln><prstDash val="sysDot"/></ln></anchor>"#, None),
            (r#"<line from="10pt,2pt" to="82pt,2pt"><stroke dashstyle="dash"/></line>"#, None),
            (r#"<inline><extent cx="1800000" cy="3000"/><pic/></inline>"#, None),
            (r#"<rect style="width:100pt;height:80pt"/>"#, None),
        ] {
            let document = roxmltree::Document::parse(text).unwrap();
            let found = line(document.root_element()).map(|(length, _)| length);
            assert_eq!(
                found.map(|length| (length * 10.0).round()),
                expected.map(|value| value * 10.0),
                "{text}"
            );
        }
    }
}
