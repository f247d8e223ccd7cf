//! Tabs: where text behind them begins (ISO/IEC 29500-1, 17.3.1.37 and 17.15.1.25).

use super::properties::length;
use super::{attribute, child};
use roxmltree::Node;

/// Programs put a stop at every so many millimetres where a document doesn't say.
pub(super) const USUAL: f64 = 12.7;
/// Stops no further on than this are passed, in millimetres.
const PASSED: f64 = 0.1;
/// Blanks from here on are meant to indent a line.
const BLANKS: usize = 2;
/// Tabs before a line that are looked at, and stops of a paragraph.
const TABS: usize = 16;
const STOPS: usize = 64;

/// What a stop does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text begins at it.
    Left,
    /// Text stands around it.
    Centre,
    /// Text ends at it, or something else is done with it.
    Other,
    /// It takes one of the style away.
    Cleared,
}

/// A stop, in millimetres from the left margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    at: f64,
    kind: Kind,
}

impl Stop {
    /// The stops that a paragraph or style states.
    pub(super) fn read(properties: Node<'_, '_>) -> Vec<Self> {
        let tabs = child(properties, "tabs").into_iter().flat_map(|tabs| tabs.children());
        tabs.filter(Node::is_element)
            .filter_map(|tab| {
                let kind = match attribute(tab, "val") {
                    Some("left" | "start" | "num") => Kind::Left,
                    Some("center") => Kind::Centre,
                    Some("clear") => Kind::Cleared,
                    _ => Kind::Other,
                };
                Some(Self { at: attribute(tab, "pos").and_then(length)?, kind })
            })
            .take(STOPS)
            .collect()
    }

    /// Its own stops and those of the level below that it doesn't take away.
    pub(super) fn over(mut own: Vec<Self>, below: &[Self]) -> Vec<Self> {
        let same = |own: &[Self], at: f64| own.iter().any(|stop| (stop.at - at).abs() < PASSED);
        let room = STOPS.saturating_sub(own.len());
        let more: Vec<Self> = below.iter().filter(|stop| !same(&own, stop.at)).take(room).copied().collect();
        own.extend(more);
        own
    }
}

/// What stands before the first character of a line.
#[derive(Debug)]
pub(super) struct Lead<'s> {
    stops: &'s [Stop],
    /// The distance of stops that nothing states.
    usual: f64,
    tabs: usize,
    blanks: usize,
}

impl<'s> Lead<'s> {
    pub(super) fn new(stops: &'s [Stop], usual: f64) -> Self {
        Self { stops, usual, tabs: 0, blanks: 0 }
    }

    /// Whether a stop is there that text stands around.
    pub(super) fn centres(&self) -> bool {
        self.stops.iter().any(|stop| stop.kind == Kind::Centre)
    }

    /// Takes a tab.
    pub(super) fn tab(&mut self) {
        self.tabs += 1;
    }

    /// Takes a blank.
    pub(super) fn blank(&mut self) {
        self.blanks += 1;
    }

    /// Where text begins now, from the left margin in millimetres, when the paragraph's other lines begin at
    /// `left` and its first one `first` from there. Blanks are as wide as their font has them: unknown.
    pub(super) fn end(&mut self, left: f64, first: f64) -> Option<f64> {
        let (tabs, blanks) = (std::mem::take(&mut self.tabs), std::mem::take(&mut self.blanks));
        if blanks >= BLANKS || tabs > TABS {
            return None;
        }
        let mut at = left + first;
        for _ in 0..tabs {
            let own = self.stops.iter().filter(|stop| stop.kind != Kind::Cleared && stop.at > at + PASSED);
            let next = own.min_by(|a, b| a.at.total_cmp(&b.at));
            // The edge of the other lines is a stop for a line that hangs out of them.
            let edge = Some(left).filter(|left| *left > at + PASSED);
            at = match (next, edge) {
                (Some(stop), edge) if edge.is_none_or(|edge| stop.at <= edge) => match stop.kind {
                    Kind::Left => stop.at,
                    _ => return None,
                },
                (_, Some(edge)) => edge,
                (_, None) => ((at + PASSED) / self.usual).floor() * self.usual + self.usual,
            };
        }
        Some(at)
    }
}

/// The distance of stops that a document's settings state.
pub(super) fn usual(settings: Node<'_, '_>) -> f64 {
    let stated = child(settings, "defaultTabStop").and_then(|node| attribute(node, "val")).and_then(length);
    stated.filter(|stated| *stated > 1.0).unwrap_or(USUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(tabs: usize, stops: &[(f64, Kind)], left: f64, first: f64) -> Option<f64> {
        let stops: Vec<Stop> = stops.iter().map(|(at, kind)| Stop { at: *at, kind: *kind }).collect();
        let mut lead = Lead::new(&stops, USUAL);
        (0..tabs).for_each(|_| lead.tab());
        lead.end(left, first)
    }

    #[test]
    fn a_paragraph_has_no_more_stops_than_anybody_sets() {
        let many = |from: u32| (from..from + 50).map(|at| Stop { at: f64::from(at), kind: Kind::Left });
        let own: Vec<Stop> = many(1).collect();
        let all = Stop::over(own.clone(), &many(100).collect::<Vec<_>>());
        assert_eq!(all.len(), STOPS);
        assert_eq!(all.get(..50), Some(own.as_slice()), "its own come first");
        let tabs: String = (0..10_000).map(|at| format!(r#"<tab val="left" pos="{at}"/>"#)).collect();
        let text = format!("<pPr><tabs>{tabs}</tabs></pPr>");
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(Stop::read(document.root_element()).len(), STOPS);
    }

    #[test]
    fn text_behind_tabs_begins_at_their_stops() {
        assert_eq!(behind(0, &[], 0.0, 10.0), Some(10.0));
        assert_eq!(behind(1, &[], 0.0, 0.0), Some(12.7));
        assert_eq!(behind(2, &[], 0.0, 0.0), Some(25.4));
        assert_eq!(behind(1, &[], 0.0, 12.7), Some(25.4));
        assert_eq!(behind(1, &[(10.0, Kind::Left)], 0.0, 0.0), Some(10.0));
        assert_eq!(behind(2, &[(10.0, Kind::Left)], 0.0, 0.0), Some(12.7));
        assert_eq!(behind(1, &[(10.0, Kind::Cleared)], 0.0, 0.0), Some(12.7));
        assert_eq!(behind(1, &[], 15.0, -5.0), Some(15.0), "out of the other lines");
        assert_eq!(behind(1, &[(80.0, Kind::Centre)], 0.0, 0.0), None);
        let mut blank = Lead::new(&[], USUAL);
        (0..6).for_each(|_| blank.blank());
        assert_eq!(blank.end(0.0, 0.0), None);
    }
}
