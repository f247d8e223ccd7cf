//! How paragraphs are set: alignment, indent of the first line, spacing.

use super::splice::{PARAGRAPH, Property, Splices};
use roxmltree::Node;

/// Twentieths of a point in a millimetre.
const TWIPS: f64 = 1440.0 / 25.4;

/// What is to be changed of how a paragraph is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Set {
    /// In the middle.
    Centred,
    /// At both edges.
    Justified,
    /// The first line so far from the edge of the others, in millimetres.
    Indent(f64),
    /// Space above it, in points.
    Before(f64),
    /// Distance of lines, as a multiple of the font's own.
    Pitch(f64),
}

impl Set {
    fn property(self) -> Property {
        match self {
            Self::Centred => Property::new("jc", &[("val", "center")]),
            Self::Justified => Property::new("jc", &[("val", "both")]),
            Self::Indent(millimetres) => {
                let value = format!("{:.0}", millimetres * TWIPS);
                Property::new("ind", &[("firstLine", &value)]).without(&[
                    "hanging",
                    "firstLineChars",
                    "hangingChars",
                ])
            }
            Self::Before(points) => {
                let value = format!("{:.0}", points * 20.0);
                Property::new("spacing", &[("before", &value)]).without(&["beforeAutospacing", "beforeLines"])
            }
            Self::Pitch(times) => {
                let value = format!("{:.0}", times * 240.0);
                Property::new("spacing", &[("line", &value), ("lineRule", "auto")])
            }
        }
    }

    /// Sets it.
    pub(super) fn set(self, splices: &mut Splices, source: &str, paragraph: Node<'_, '_>) -> Option<()> {
        splices.set(source, paragraph, "pPr", &PARAGRAPH, &[self.property()])
    }
}
