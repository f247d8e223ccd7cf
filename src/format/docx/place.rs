//! Places in a part of a DOCX, counted the same way by everyone who reads or changes one: paragraphs
//! in document order from 1, those of alternatives for older programs left out, and the runs of each
//! from 1, deleted ones left out.

use roxmltree::{Document, Node};

/// Namespaces of the elements, transitional and strict (ISO/IEC 29500-1 and -4, Annex A).
const NAMESPACES: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Whether a node is the word processor's element of this name.
#[must_use]
pub fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element()
        && node.tag_name().name() == name
        && node.tag_name().namespace().is_some_and(|namespace| NAMESPACES.contains(&namespace))
}

/// The elements below a node, those below left-out ones left out with them.
fn below<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    left_out: impl Fn(Node<'a, 'i>) -> bool + 'a,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    let mut until = 0;
    node.descendants().skip(1).filter(move |node| {
        let range = node.range();
        if range.start < until || !node.is_element() {
            return false;
        }
        if left_out(*node) {
            until = range.end;
            return false;
        }
        true
    })
}

/// The elements of a part that count: not those of alternatives for older programs.
pub fn elements<'a, 'i: 'a>(document: &'a Document<'i>) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    below(document.root(), |node| node.tag_name().name() == "Fallback")
}

/// The paragraphs of a part with their numbers, those of text boxes and tables among them.
pub fn paragraphs<'a, 'i: 'a>(
    document: &'a Document<'i>,
) -> impl Iterator<Item = (usize, Node<'a, 'i>)> + 'a {
    elements(document).filter(|node| is(*node, "p")).enumerate().map(|(at, node)| (at + 1, node))
}

/// The runs of a paragraph with their numbers: its own, not those of text boxes in it, nor deleted
/// ones, nor those moved away.
pub fn runs<'a, 'i: 'a>(paragraph: Node<'a, 'i>) -> impl Iterator<Item = (usize, Node<'a, 'i>)> + 'a {
    own(paragraph).filter(|node| is(*node, "r")).enumerate().map(|(at, node)| (at + 1, node))
}

/// The elements of a paragraph that are its own.
pub fn own<'a, 'i: 'a>(paragraph: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    below(paragraph, |node| {
        is(node, "p") || is(node, "del") || is(node, "moveFrom") || node.tag_name().name() == "Fallback"
    })
}
