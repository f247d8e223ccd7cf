//! Paper, orientation and margins: attributes of the sections' properties.

use super::super::docx::{attribute, child, length, place};
use super::splice::{Property, SECTION, Splices};
use crate::profile::Side;
use roxmltree::{Document, Node};

/// Twentieths of a point in a millimetre.
const TWIPS: f64 = 1440.0 / 25.4;

/// A length as files state it, rounded into the range it must lie in.
fn twips(millimetres: f64) -> String {
    format!("{:.0}", millimetres * TWIPS)
}

/// The sections that are in force, with paper stated.
fn sections<'a, 'i>(document: &'a Document<'i>) -> impl Iterator<Item = (Node<'a, 'i>, [f64; 2])> {
    let in_force = |node: &Node<'_, '_>| !node.parent().is_some_and(|above| place::is(above, "sectPrChange"));
    let all = document.descendants().filter(|node| place::is(*node, "sectPr"));
    all.filter(in_force).filter_map(|node| {
        let size = child(node, "pgSz")?;
        let side = |name: &str| attribute(size, name).and_then(length).filter(|value| value.is_finite());
        Some((node, [side("w")?, side("h")?]))
    })
}

fn set_size(
    splices: &mut Splices,
    source: &str,
    node: Node<'_, '_>,
    size: [f64; 2],
    upright: bool,
) -> Option<()> {
    let [width, height] = size.map(twips);
    let property = Property::new("pgSz", &[("w", &width), ("h", &height)]);
    let property = if upright {
        property.without(&["orient", "code"])
    } else {
        Property {
            attributes: [property.attributes, vec![("orient", Some("landscape".to_owned()))]].concat(),
            ..property
        }
        .without(&["code"])
    };
    splices.set_within(source, node, &SECTION, &[property])
}

/// Gives every section of another size the paper, turned as it was.
pub(super) fn paper(
    source: &str,
    document: &Document<'_>,
    sides: [f64; 2],
    tolerance: f64,
) -> Option<Splices> {
    let mut splices = Splices::default();
    let [short, long] = sides;
    for (node, [width, height]) in sections(document) {
        let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
        let upright = height >= width;
        let wanted = if upright { [short, long] } else { [long, short] };
        if !(near(width, wanted[0]) && near(height, wanted[1])) {
            set_size(&mut splices, source, node, wanted, upright)?;
        }
    }
    Some(splices)
}

/// Turns the first section.
pub(super) fn orientation(source: &str, document: &Document<'_>, portrait: bool) -> Option<Splices> {
    let mut splices = Splices::default();
    let (node, [width, height]) = sections(document).next()?;
    if (height >= width) != portrait {
        set_size(&mut splices, source, node, [height, width], portrait)?;
    }
    Some(splices)
}

/// Brings a margin of the upright sections into its range: to the nearer end of it.
pub(super) fn margin(
    source: &str,
    document: &Document<'_>,
    side: Side,
    range: [f64; 2],
    tolerance: f64,
) -> Option<Splices> {
    let name = match side {
        Side::Left => "left",
        Side::Right => "right",
        Side::Top => "top",
        Side::Bottom => "bottom",
    };
    let [least, greatest] = range;
    let mut splices = Splices::default();
    for (node, _) in sections(document).filter(|(_, [width, height])| height >= width) {
        let stated =
            |name: &str| child(node, "pgMar").and_then(|margins| attribute(margins, name)).and_then(length);
        let Some(found) = stated(name) else { continue };
        // What is left for binding is a part of the left margin.
        let binding = if side == Side::Left { stated("gutter").unwrap_or(0.0) } else { 0.0 };
        let size = found.abs() + binding;
        if (least - tolerance..=greatest + tolerance).contains(&size) {
            continue;
        }
        let wanted = (if size < least { least } else { greatest }) - binding;
        if wanted < 0.0 {
            return None;
        }
        // A negative margin is one that headers may not push: it stays one.
        let wanted = if found < 0.0 { format!("-{}", twips(wanted)) } else { twips(wanted) };
        splices.set_within(source, node, &SECTION, &[Property::new("pgMar", &[(name, &wanted)])])?;
    }
    Some(splices)
}

/// Has the first page of every section that isn't told otherwise be without the others' page number.
pub(super) fn bare_first_page(source: &str, document: &Document<'_>) -> Option<Splices> {
    let mut splices = Splices::default();
    let (node, _) = sections(document).next()?;
    splices.set_within(source, node, &SECTION, &[Property::switch("titlePg", true)])?;
    Some(splices)
}
