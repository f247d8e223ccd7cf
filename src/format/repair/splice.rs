//! Changes to a text by place: what isn't named stays byte for byte. Elements and attributes are put
//! where the schema wants them (ISO/IEC 29500-1, A.1), written with the prefix their neighbours have.

use super::super::docx::child;
use roxmltree::Node;
use std::ops::Range;

/// The order of a run's properties.
pub(super) const RUN: [&str; 39] = [
    "rStyle",
    "rFonts",
    "b",
    "bCs",
    "i",
    "iCs",
    "caps",
    "smallCaps",
    "strike",
    "dstrike",
    "outline",
    "shadow",
    "emboss",
    "imprint",
    "noProof",
    "snapToGrid",
    "vanish",
    "webHidden",
    "color",
    "spacing",
    "w",
    "kern",
    "position",
    "sz",
    "szCs",
    "highlight",
    "u",
    "effect",
    "bdr",
    "shd",
    "fitText",
    "vertAlign",
    "rtl",
    "cs",
    "em",
    "lang",
    "eastAsianLayout",
    "specVanish",
    "rPrChange",
];

/// The order of a paragraph's properties.
pub(super) const PARAGRAPH: [&str; 36] = [
    "pStyle",
    "keepNext",
    "keepLines",
    "pageBreakBefore",
    "framePr",
    "widowControl",
    "numPr",
    "suppressLineNumbers",
    "pBdr",
    "shd",
    "tabs",
    "suppressAutoHyphens",
    "kinsoku",
    "wordWrap",
    "overflowPunct",
    "topLinePunct",
    "autoSpaceDE",
    "autoSpaceDN",
    "bidi",
    "adjustRightInd",
    "snapToGrid",
    "spacing",
    "ind",
    "contextualSpacing",
    "mirrorIndents",
    "suppressOverlap",
    "jc",
    "textDirection",
    "textAlignment",
    "textboxTightWrap",
    "outlineLvl",
    "divId",
    "cnfStyle",
    "rPr",
    "sectPr",
    "pPrChange",
];

/// The order of a section's properties.
pub(super) const SECTION: [&str; 21] = [
    "headerReference",
    "footerReference",
    "footnotePr",
    "endnotePr",
    "type",
    "pgSz",
    "pgMar",
    "paperSrc",
    "pgBorders",
    "lnNumType",
    "pgNumType",
    "cols",
    "formProt",
    "vAlign",
    "noEndnote",
    "titlePg",
    "textDirection",
    "bidi",
    "rtlGutter",
    "docGrid",
    "sectPrChange",
];

/// An element to be there with these attributes, others of it untouched. Without a value an attribute
/// is taken away.
#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, Option<String>)>,
}

impl Property {
    pub(super) fn new(name: &'static str, attributes: &[(&'static str, &str)]) -> Self {
        let attributes = attributes.iter().map(|(name, value)| (*name, Some((*value).to_owned()))).collect();
        Self { name, attributes }
    }

    /// Takes an attribute away as well.
    pub(super) fn without(mut self, names: &[&'static str]) -> Self {
        self.attributes.extend(names.iter().map(|name| (*name, None)));
        self
    }

    /// Something that is on or off.
    pub(super) fn switch(name: &'static str, on: bool) -> Self {
        if on { Self::new(name, &[]).without(&["val"]) } else { Self::new(name, &[("val", "0")]) }
    }

    fn written(&self, prefix: &str) -> String {
        let attributes: String = self
            .attributes
            .iter()
            .filter_map(|(name, value)| Some(format!(" {prefix}{name}=\"{}\"", escaped(value.as_ref()?))))
            .collect();
        format!("<{prefix}{}{attributes}/>", self.name)
    }
}

/// A text as it stands between tags and quotes.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Changes of one text.
#[derive(Debug, Default)]
pub(super) struct Splices {
    changes: Vec<(Range<usize>, String)>,
}

impl Splices {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.changes.push((range, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The changed text; none when two changes meet or one is outside.
    pub(super) fn apply(mut self, source: &str) -> Option<String> {
        // Stable: what was put at one place first stays first.
        self.changes.sort_by_key(|(range, _)| (range.start, range.end));
        let mut result = String::with_capacity(source.len() + 1024);
        let mut at = 0;
        for (range, text) in self.changes {
            result.push_str(source.get(at..range.start)?);
            result.push_str(&text);
            at = range.end.max(range.start);
        }
        result.push_str(source.get(at..)?);
        Some(result)
    }

    /// Sets properties in the element `container` (`rPr`, `pPr`) that is the first child of `owner`,
    /// which is made when it isn't there.
    pub(super) fn set(
        &mut self,
        source: &str,
        owner: Node<'_, '_>,
        container: &str,
        order: &[&str],
        properties: &[Property],
    ) -> Option<()> {
        let Some(holder) = child(owner, container) else {
            let tag = Tag::of(source, owner)?.qualified()?;
            let inside: String =
                sorted(order, properties).iter().map(|property| property.written(&tag.prefix)).collect();
            let made = format!("<{0}{container}>{inside}</{0}{container}>", tag.prefix);
            tag.put_first(self, &made);
            return Some(());
        };
        self.set_within(source, holder, order, properties)
    }

    /// Sets properties that are children of `holder`.
    pub(super) fn set_within(
        &mut self,
        source: &str,
        holder: Node<'_, '_>,
        order: &[&str],
        properties: &[Property],
    ) -> Option<()> {
        let tag = Tag::of(source, holder)?.qualified()?;
        let rank = |name: &str| order.iter().position(|known| *known == name).unwrap_or(order.len());
        let mut appended = String::new();
        for property in sorted(order, properties) {
            if let Some(found) = child(holder, property.name) {
                self.set_attributes(source, found, &property.attributes)?;
                continue;
            }
            let text = property.written(&tag.prefix);
            let next = holder
                .children()
                .filter(Node::is_element)
                .find(|next| rank(next.tag_name().name()) > rank(property.name));
            match next {
                Some(next) => self.insert(next.range().start, text),
                None => appended.push_str(&text),
            }
        }
        if !appended.is_empty() {
            tag.put_last(self, &appended);
        }
        Some(())
    }

    /// Sets attributes of an element.
    pub(super) fn set_attributes(
        &mut self,
        source: &str,
        node: Node<'_, '_>,
        attributes: &[(&'static str, Option<String>)],
    ) -> Option<()> {
        let tag = Tag::of(source, node)?.qualified()?;
        for (name, value) in attributes {
            let found = node.attributes().find(|attribute| attribute.name() == *name);
            match (found, value) {
                (Some(found), Some(value)) => {
                    if found.value() != value {
                        self.replace(found.range_value(), escaped(value));
                    }
                }
                (Some(found), None) => {
                    let mut range = found.range();
                    let before = source.get(..range.start)?;
                    range.start = before.trim_end_matches([' ', '\t', '\r', '\n']).len();
                    self.replace(range, "");
                }
                (None, Some(value)) => {
                    self.insert(tag.attributes_end, format!(" {}{name}=\"{}\"", tag.prefix, escaped(value)));
                }
                (None, None) => {}
            }
        }
        Some(())
    }
}

fn sorted<'p>(order: &[&str], properties: &'p [Property]) -> Vec<&'p Property> {
    let mut sorted: Vec<&Property> = properties.iter().collect();
    sorted.sort_by_key(|property| order.iter().position(|known| *known == property.name));
    sorted
}

/// The start of an element as it is written.
pub(super) struct Tag {
    /// With its colon, empty when there is none.
    prefix: String,
    name: String,
    /// Where another attribute goes.
    pub(super) attributes_end: usize,
    /// Behind the start tag.
    end: usize,
    closed: bool,
    /// Before the end tag.
    last: usize,
}

impl Tag {
    pub(super) fn of(source: &str, node: Node<'_, '_>) -> Option<Self> {
        let range = node.range();
        let text = source.get(range.clone())?;
        let name: String = text
            .strip_prefix('<')?
            .chars()
            .take_while(|c| !c.is_whitespace() && !matches!(c, '/' | '>'))
            .collect();
        let prefix = name.split_once(':').map_or(String::new(), |(prefix, _)| format!("{prefix}:"));
        let mut quote = None;
        let end = text.char_indices().find_map(|(at, c)| match (quote, c) {
            (None, '>') => Some(at + 1),
            (None, '"' | '\'') => {
                quote = Some(c);
                None
            }
            (Some(open), c) if open == c => {
                quote = None;
                None
            }
            _ => None,
        })?;
        let closed = text.get(..end)?.ends_with("/>");
        let attributes_end = range.start + end - if closed { 2 } else { 1 };
        let last = if closed { range.end } else { range.start + text.rfind("</")? };
        Some(Self { prefix, name, attributes_end, end: range.start + end, closed, last })
    }

    /// Itself when it has a prefix: attributes need one, and elements without don't tell which.
    fn qualified(self) -> Option<Self> {
        (!self.prefix.is_empty()).then_some(self)
    }

    /// Where the content begins and ends.
    pub(super) fn content(&self) -> Option<Range<usize>> {
        (!self.closed).then_some(self.end..self.last)
    }

    fn opened(&self, inside: &str) -> String {
        format!(">{inside}</{}>", self.name)
    }

    fn put_first(&self, splices: &mut Splices, text: &str) {
        if self.closed {
            splices.replace(self.attributes_end..self.end, self.opened(text));
        } else {
            splices.insert(self.end, text);
        }
    }

    fn put_last(&self, splices: &mut Splices, text: &str) {
        if self.closed {
            splices.replace(self.attributes_end..self.end, self.opened(text));
        } else {
            splices.insert(self.last, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    fn set(source: &str, properties: &[Property]) -> String {
        let document = Document::parse(source).unwrap();
        let run = document.descendants().find(|node| node.tag_name().name() == "r").unwrap();
        let mut splices = Splices::default();
        splices.set(source, run, "rPr", &RUN, properties).unwrap();
        splices.apply(source).unwrap()
    }

    #[test]
    fn properties_are_put_where_the_schema_wants_them_and_nothing_else_changes() {
        let size = Property::new("sz", &[("val", "28")]);
        let bold = Property::switch("b", true);
        let both = [size.clone(), bold.clone()];
        for (before, after) in [
            (
                r#"<x:p xmlns:x="u"> <x:r x:a='>'><x:t>a</x:t></x:r></x:p>"#,
                r#"<x:p xmlns:x="u"> <x:r x:a='>'><x:rPr><x:b/><x:sz x:val="28"/></x:rPr><x:t>a</x:t></x:r></x:p>"#,
            ),
            (
                r#"<w:p xmlns:w="u"><w:r><w:rPr/><w:t>a</w:t></w:r></w:p>"#,
                r#"<w:p xmlns:w="u"><w:r><w:rPr><w:b/><w:sz w:val="28"/></w:rPr><w:t>a</w:t></w:r></w:p>"#,
            ),
            (
                r#"<w:p xmlns:w="u"><w:r><w:rPr><w:b w:val="0" /><w:lang w:val="vi"/></w:rPr></w:r></w:p>"#,
                r#"<w:p xmlns:w="u"><w:r><w:rPr><w:b /><w:sz w:val="28"/><w:lang w:val="vi"/></w:rPr></w:r></w:p>"#,
            ),
            (
                r#"<w:p xmlns:w="u"><w:r><w:rPr><w:i/><w:sz w:val="26"></w:sz></w:rPr></w:r></w:p>"#,
                r#"<w:p xmlns:w="u"><w:r><w:rPr><w:b/><w:i/><w:sz w:val="28"></w:sz></w:rPr></w:r></w:p>"#,
            ),
        ] {
            assert_eq!(set(before, &both), after);
        }
    }

    #[test]
    fn changes_that_meet_are_refused() {
        let mut splices = Splices::default();
        splices.replace(0..3, "x");
        splices.replace(2..4, "y");
        assert_eq!(splices.apply("abcdef"), None);
    }
}
