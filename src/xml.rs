//! XML that comes from outside: without document types and entities, and only where reading it takes time in
//! proportion to its length.
//!
//! The parser compares each attribute of a tag with all before it, and looks every prefix up among all
//! declarations in scope. A tag of a hundred thousand attributes would keep it for minutes, so a text is
//! gone through once, byte by byte, before it is parsed.

use roxmltree::{Document, Error, ParsingOptions};

/// The mark of Unicode some writers begin files with.
pub(crate) const MARK: char = '\u{feff}';

/// Attributes of one tag, declarations of namespaces among them; word processors write some forty.
const ATTRIBUTES: usize = 256;
/// Comparisons of names that a text may ask for; 32 MB of a word processor's ask for 200 million.
const COMPARISONS: usize = 500_000_000;

/// Why a text isn't read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum XmlError {
    /// It has a document type declaration.
    DocumentType,
    /// It has more elements than are read.
    Elements,
    /// It has more attributes or namespaces than are read.
    Attributes,
    /// It is no XML.
    Broken,
}

/// Reads a text of at most so many elements, texts and comments.
pub(crate) fn parse(text: &str, nodes: u32) -> Result<Document<'_>, XmlError> {
    let text = text.trim_start_matches(MARK);
    if !is_bounded(text.as_bytes()) {
        return Err(XmlError::Attributes);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: nodes, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => XmlError::DocumentType,
        Error::NodesLimitReached => XmlError::Elements,
        Error::AttributesLimitReached | Error::NamespacesLimitReached => XmlError::Attributes,
        _ => XmlError::Broken,
    })
}

/// A start tag's attributes, by what it has in quotation marks.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tag {
    attributes: usize,
    declarations: usize,
    is_empty: bool,
}

/// Whether the attributes and declarations of every tag are few enough to be compared with each other.
/// The parser ends at the first thing that is no XML, so only what stands before such a thing has to be
/// read as the parser reads it.
fn is_bounded(text: &[u8]) -> bool {
    // Declarations in scope of each open element.
    let mut open: Vec<usize> = Vec::new();
    let mut work = 0_usize;
    let mut rest = text;
    while let Some(at) = find(rest, b"<") {
        rest = rest.get(at + 1..).unwrap_or_default();
        let skipped: &[u8] = match rest {
            [b'!', b'-', b'-', behind @ ..] => {
                // `<!-->` begins a comment and doesn't end it.
                rest = behind;
                b"-->"
            }
            [b'!', b'[', ..] => b"]]>",
            [b'?', ..] => b"?>",
            // A document type: nothing behind it is parsed.
            [b'!', ..] => return true,
            [b'/', ..] => {
                open.pop();
                b">"
            }
            _ => {
                let (tag, length) = tag(rest);
                if tag.attributes > ATTRIBUTES {
                    return false;
                }
                let above = open.last().copied().unwrap_or(0);
                let scope = above + tag.declarations;
                // Whoever declares anything takes over what is declared above, each compared with all others.
                let taken = if tag.declarations > 0 { scope.saturating_mul(scope) } else { 0 };
                let names = (tag.attributes + 1).saturating_mul(scope + tag.attributes + 1);
                work = work.saturating_add(taken).saturating_add(names);
                if work > COMPARISONS {
                    return false;
                }
                if !tag.is_empty {
                    open.push(scope);
                }
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
        };
        let Some(end) = find(rest, skipped) else { return true };
        rest = rest.get(end + skipped.len()..).unwrap_or_default();
    }
    true
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Reads a start tag behind its `<`, and how long it is with its `>`.
fn tag(text: &[u8]) -> (Tag, usize) {
    let mut tag = Tag::default();
    let mut quote = None;
    // Where the name that is being read begins.
    let mut name = 0;
    let mut before = b' ';
    for (at, byte) in text.iter().copied().enumerate() {
        match quote {
            Some(mark) if byte == mark => {
                quote = None;
                name = at + 1;
            }
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') => {
                tag.attributes += 1;
                tag.declarations +=
                    usize::from(text.get(name..).is_some_and(|name| name.starts_with(b"xmlns")));
                quote = Some(byte);
            }
            None if byte == b'>' => {
                tag.is_empty = before == b'/';
                return (tag, at + 1);
            }
            // Only spaces stand between a name and its value beside the sign, so the last letter behind
            // a space begins a name.
            None if !byte.is_ascii_whitespace() && byte != b'=' && before.is_ascii_whitespace() => name = at,
            None => {}
        }
        before = byte;
    }
    (tag, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_whatever_its_values_hold() {
        let read = |text: &str| tag(text.as_bytes());
        let (found, length) = read(r#"w:p xmlns:w="a>b" xmlns = 'c"d' w:id="/"> more="1""#);
        assert_eq!(found, Tag { attributes: 3, declarations: 2, is_empty: false });
        assert_eq!(length, 41);
        assert_eq!(read("br/>").0, Tag { is_empty: true, ..Tag::default() });
        assert_eq!(read(r#"a noxmlns="1" b=" xmlns""#).0.declarations, 0);
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_or_declarations_is_not_parsed() {
        let of = |name: &str, count: usize| {
            let all: String = (0..count).map(|number| format!(" {name}{number}='u{number}'")).collect();
            format!("<!-- <a> --><?x <b>?><a{all}><![CDATA[<c]]></a>")
        };
        for name in ["a", "xmlns:a"] {
            assert!(parse(&of(name, 250), 100).is_ok(), "{name}");
            assert_eq!(parse(&of(name, 300), 100).map(|_| ()), Err(XmlError::Attributes), "{name}");
        }
    }

    #[test]
    fn nothing_hides_a_tag() {
        let all: String = (0..300).map(|number| format!(" a{number}='{number}'")).collect();
        let tag = format!("<b{all}/>");
        for before in [
            "<a x=\"'>\">",
            "<!--><a x=\"--><a>",
            "<?xml version='?>\"'?><a>",
            "<a><![CDATA[<b \"]]>",
            "<a><?b <\"?>",
        ] {
            let text = format!("{before}{tag}</a>");
            assert_eq!(parse(&text, 100).map(|_| ()), Err(XmlError::Attributes), "{before}");
        }
        let text = format!("<a><!-- {tag} --><![CDATA[{tag}]]></a>");
        assert!(parse(&text, 100).is_ok());
    }

    #[test]
    fn declarations_that_pile_up_are_not_parsed() {
        let deep: String = (0..2_000)
            .map(|level| {
                let all: String =
                    (0..20).map(|number| format!(" xmlns:n{level}x{number}='u{number}'")).collect();
                format!("<a{all}>")
            })
            .collect();
        let whole = format!("{deep}{}", "</a>".repeat(2_000));
        assert_eq!(parse(&whole, 10_000).map(|_| ()), Err(XmlError::Attributes));
        // Beside each other they are closed again.
        let wide: String =
            (0..20_000).map(|level| format!("<a xmlns:n='u{level}'/><b xmlns='u'></b>")).collect();
        assert!(parse(&format!("<r>{wide}</r>"), 100_000).is_ok());
    }

    #[test]
    fn document_types_and_broken_texts_are_told_apart() {
        let of = |text| parse(text, 10).map(|_| ());
        assert_eq!(of("\u{feff}<a/>"), Ok(()));
        assert_eq!(of("<!DOCTYPE a><a/>"), Err(XmlError::DocumentType));
        assert_eq!(of("<a b='"), Err(XmlError::Broken));
        assert_eq!(of("<a><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/></a>"), Err(XmlError::Elements));
    }
}
