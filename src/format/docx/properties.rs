//! Properties of characters and paragraphs as one level states them, and how levels are laid over
//! each other (ISO/IEC 29500-1, 17.7.2).

use super::tabs::Stop;
use super::{attribute, child};
use crate::format::setting::Align;
use roxmltree::Node;
use std::collections::HashMap;

/// Points in a twip.
const TWIP: f64 = 1.0 / 20.0;
/// Beyond these a length is a mistake or an attack, in millimetres.
const LENGTH: f64 = 10_000.0;

/// Whether something is on.
pub(super) fn on(node: Option<Node<'_, '_>>) -> Option<bool> {
    node.map(|node| !matches!(attribute(node, "val"), Some("0" | "false" | "off" | "none")))
}

/// Millimetres from twentieths of a point (or with a unit, in strict files).
pub(in crate::format) fn length(text: &str) -> Option<f64> {
    let value = |text: &str, by: f64| text.trim().parse::<f64>().ok().map(|value| value * by);
    let units = [("pt", 25.4 / 72.0), ("mm", 1.0), ("cm", 10.0), ("in", 25.4), ("pc", 25.4 / 6.0)];
    let found = units.iter().find_map(|(unit, by)| Some((text.strip_suffix(unit)?, *by)));
    let (number, by) = found.unwrap_or((text, TWIP * 25.4 / 72.0));
    value(number, by).filter(|value| value.is_finite() && value.abs() < LENGTH)
}

fn points(text: &str) -> Option<f64> {
    length(text).map(|millimetres| millimetres * 72.0 / 25.4)
}

/// Character properties as far as they matter.
#[derive(Debug, Clone, Default)]
pub(in crate::format) struct Characters {
    /// Of ASCII letters, and of all others that are Latin: Vietnamese ones with marks are.
    pub(in crate::format) fonts: [Option<String>; 2],
    /// In half-points.
    pub(in crate::format) size: Option<i64>,
    pub(in crate::format) bold: Option<bool>,
    pub(in crate::format) italic: Option<bool>,
    /// Shown in capitals whatever is written.
    pub(in crate::format) capitals: Option<bool>,
    /// Not shown.
    pub(in crate::format) hidden: Option<bool>,
    pub(in crate::format) underlined: Option<bool>,
    pub(in crate::format) colour: Option<[u8; 3]>,
}

impl Characters {
    pub(super) fn read(properties: Option<Node<'_, '_>>, theme: &HashMap<String, String>) -> Self {
        let Some(properties) = properties else { return Self::default() };
        let fonts = child(properties, "rFonts");
        let font = |name: &str| {
            let fonts = fonts?;
            // A theme font goes before a named one.
            attribute(fonts, &format!("{name}Theme"))
                .and_then(|name| theme.get(name).cloned())
                .or_else(|| attribute(fonts, name).map(str::to_owned))
        };
        let size = child(properties, "sz").and_then(|size| attribute(size, "val")).and_then(half_points);
        Self {
            fonts: [font("ascii"), font("hAnsi")],
            size,
            bold: on(child(properties, "b")),
            italic: on(child(properties, "i")),
            capitals: on(child(properties, "caps")),
            hidden: on(child(properties, "vanish")),
            underlined: on(child(properties, "u")),
            colour: child(properties, "color").and_then(|node| attribute(node, "val")).and_then(colour),
        }
    }

    /// What isn't stated here is taken from the level below.
    pub(super) fn over(self, below: &Self) -> Self {
        let [ascii, other] = self.fonts;
        let [below_ascii, below_other] = &below.fonts;
        Self {
            fonts: [ascii.or_else(|| below_ascii.clone()), other.or_else(|| below_other.clone())],
            size: self.size.or(below.size),
            bold: self.bold.or(below.bold),
            italic: self.italic.or(below.italic),
            capitals: self.capitals.or(below.capitals),
            hidden: self.hidden.or(below.hidden),
            underlined: self.underlined.or(below.underlined),
            colour: self.colour.or(below.colour),
        }
    }

    /// A paragraph's style and a character style together: what either turns on is on, what both turn
    /// on is off again (17.7.3); document defaults that turn it on leave it on.
    pub(super) fn toggled(character: &Self, paragraph: &Self, defaults: &Self) -> Self {
        let toggle = |of: fn(&Self) -> Option<bool>| {
            if of(defaults) == Some(true) {
                return Some(true);
            }
            match (of(character), of(paragraph)) {
                (None, None) => None,
                (a, b) => Some(a.unwrap_or(false) != b.unwrap_or(false)),
            }
        };
        Self {
            bold: toggle(|set| set.bold),
            italic: toggle(|set| set.italic),
            capitals: toggle(|set| set.capitals),
            hidden: toggle(|set| set.hidden),
            ..character.clone().over(paragraph).over(defaults)
        }
    }
}

/// Sizes are half-points, or points with a unit in strict files.
fn half_points(text: &str) -> Option<i64> {
    if let Some(points) = text.strip_suffix("pt") {
        let doubled = points.trim().parse::<f64>().ok()? * 2.0;
        return format!("{doubled:.0}").parse().ok();
    }
    // Some writers say half a half-point.
    text.split('.').next()?.parse().ok()
}

/// A colour of six hexadecimal digits; `auto` is black on paper.
fn colour(text: &str) -> Option<[u8; 3]> {
    if text == "auto" {
        return Some([0; 3]);
    }
    let bytes = hex::decode(text).ok()?;
    <[u8; 3]>::try_from(bytes).ok()
}

/// Distance of lines as stated: 240ths of a line, or twips.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pitch {
    pub(super) value: Option<f64>,
    pub(super) rule: Option<PitchRule>,
}

/// What the value of a [`Pitch`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PitchRule {
    Auto,
    Exact,
    AtLeast,
}

/// Paragraph properties as far as they matter.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    pub(super) align: Option<Align>,
    pub(super) left: Option<f64>,
    pub(super) right: Option<f64>,
    pub(super) first: Option<f64>,
    pub(super) before: Option<f64>,
    pub(super) after: Option<f64>,
    pub(super) contextual: Option<bool>,
    pub(super) pitch: Pitch,
    /// The list and its level.
    pub(super) list: (Option<i64>, Option<usize>),
    /// Whether a line is drawn above or below it.
    pub(super) ruled: Option<bool>,
    pub(super) stops: Vec<Stop>,
}

impl Paragraph {
    pub(super) fn read(properties: Option<Node<'_, '_>>) -> Self {
        let Some(properties) = properties else { return Self::default() };
        let indents = child(properties, "ind");
        let indent = |names: [&str; 2]| {
            let node = indents?;
            names.iter().find_map(|name| attribute(node, name)).and_then(length)
        };
        let hanging = indent(["hanging", "hanging"]).map(|value| -value);
        let spacing = child(properties, "spacing");
        let space = |name: &str, automatic: &str| {
            let node = spacing?;
            match attribute(node, automatic) {
                // What browsers leave between paragraphs, which Word copies.
                Some("1" | "true" | "on") => Some(14.0),
                _ => attribute(node, name).and_then(points),
            }
        };
        let list = child(properties, "numPr");
        let number = |name: &str| {
            list.and_then(|list| child(list, name))
                .and_then(|node| attribute(node, "val"))?
                .parse::<i64>()
                .ok()
        };
        let borders = child(properties, "pBdr");
        Self {
            align: child(properties, "jc").and_then(|node| attribute(node, "val")).and_then(align),
            left: indent(["left", "start"]),
            right: indent(["right", "end"]),
            first: hanging.or_else(|| indent(["firstLine", "firstLine"])),
            before: space("before", "beforeAutospacing"),
            after: space("after", "afterAutospacing"),
            contextual: on(child(properties, "contextualSpacing")),
            pitch: spacing.map(pitch).unwrap_or_default(),
            list: (number("numId"), number("ilvl").and_then(|level| usize::try_from(level).ok())),
            ruled: borders.map(|borders| {
                ["top", "bottom"].iter().any(|side| {
                    let kind = child(borders, side).and_then(|side| attribute(side, "val"));
                    // A line of dashes or waves is none that rules ask for.
                    kind.is_some_and(|kind| {
                        !matches!(
                            kind,
                            "nil"
                                | "none"
                                | "dotted"
                                | "dashed"
                                | "dotDash"
                                | "dotDotDash"
                                | "dashSmallGap"
                                | "dashDotStroked"
                                | "wave"
                                | "doubleWave"
                        )
                    })
                })
            }),
            stops: Stop::read(properties),
        }
    }

    pub(super) fn over(self, below: &Self) -> Self {
        Self {
            align: self.align.or(below.align),
            left: self.left.or(below.left),
            right: self.right.or(below.right),
            first: self.first.or(below.first),
            before: self.before.or(below.before),
            after: self.after.or(below.after),
            contextual: self.contextual.or(below.contextual),
            pitch: Pitch {
                value: self.pitch.value.or(below.pitch.value),
                // A value stated without its rule is of lines.
                rule: match self.pitch.value {
                    Some(_) => self.pitch.rule.or(Some(PitchRule::Auto)),
                    None => self.pitch.rule.or(below.pitch.rule),
                },
            },
            list: (self.list.0.or(below.list.0), self.list.1.or(below.list.1)),
            ruled: self.ruled.or(below.ruled),
            stops: Stop::over(self.stops, &below.stops),
        }
    }
}

fn pitch(spacing: Node<'_, '_>) -> Pitch {
    let rule = attribute(spacing, "lineRule").and_then(|rule| match rule {
        "auto" => Some(PitchRule::Auto),
        "exact" => Some(PitchRule::Exact),
        "atLeast" => Some(PitchRule::AtLeast),
        _ => None,
    });
    // Of lines in 240ths, which are twips by their number alone: points then are twelfths of a line.
    Pitch { value: attribute(spacing, "line").and_then(points), rule }
}

fn align(text: &str) -> Option<Align> {
    match text {
        "left" | "start" => Some(Align::Left),
        "center" => Some(Align::Centre),
        "right" | "end" => Some(Align::Right),
        "both" | "distribute" | "lowKashida" | "mediumKashida" | "highKashida" | "thaiDistribute" => {
            Some(Align::Justified)
        }
        _ => None,
    }
}
