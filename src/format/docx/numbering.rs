//! Numbers and bullets that a word processor makes for paragraphs (ISO/IEC 29500-1, 17.9).

use super::properties::{Characters, Paragraph};
use super::{attribute, child};
use roxmltree::{Document, Node};
use std::collections::{HashMap, HashSet};

/// Levels of a list.
const LEVELS: usize = 9;
/// Lists read.
const LISTS: usize = 5_000;
/// Greater numbers are mistakes or attacks.
const GREATEST: i64 = 100_000;

/// How a number is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    Decimal,
    Padded,
    Roman {
        capital: bool,
    },
    Letter {
        capital: bool,
    },
    /// Named one after the other.
    Custom(Vec<String>),
    Bullet,
    None,
}

#[derive(Debug, Clone)]
struct Level {
    start: i64,
    format: Format,
    text: String,
    /// Whether every number in it is written in figures.
    legal: bool,
    paragraph: Paragraph,
    /// Whether its numbers are bold, where it says so.
    bold: Option<bool>,
}

#[derive(Debug, Clone, Default)]
struct List {
    model: i64,
    starts: HashMap<usize, i64>,
}

/// The lists of a document, and how far they have counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    models: HashMap<i64, Vec<Level>>,
    lists: HashMap<i64, List>,
    counts: HashMap<i64, Vec<Option<i64>>>,
    begun: HashSet<(i64, usize)>,
}

fn number(node: Node<'_, '_>, name: &str) -> Option<i64> {
    attribute(node, name)?.parse::<i64>().ok().filter(|value| value.abs() < GREATEST)
}

impl Numbering {
    pub(super) fn read(document: &Document<'_>) -> Self {
        let mut found = Self::default();
        for node in document.root_element().children().filter(Node::is_element).take(LISTS) {
            match node.tag_name().name() {
                "abstractNum" => {
                    let Some(id) = number(node, "abstractNumId") else { continue };
                    let levels = node.children().filter(|level| level.tag_name().name() == "lvl");
                    found.models.insert(id, levels.take(LEVELS).map(level).collect());
                }
                "num" => {
                    let model = child(node, "abstractNumId").and_then(|node| number(node, "val"));
                    let (Some(id), Some(model)) = (number(node, "numId"), model) else { continue };
                    let mut list = List { model, ..List::default() };
                    for over in node.children().filter(|over| over.tag_name().name() == "lvlOverride") {
                        let at = number(over, "ilvl").and_then(|at| usize::try_from(at).ok());
                        let start = child(over, "startOverride").and_then(|node| number(node, "val"));
                        if let (Some(at), Some(start)) = (at, start) {
                            list.starts.insert(at, start);
                        }
                    }
                    found.lists.insert(id, list);
                }
                _ => {}
            }
        }
        found
    }

    fn level(&self, list: i64, at: usize) -> Option<&Level> {
        self.models.get(&self.lists.get(&list)?.model)?.get(at)
    }

    /// What the level of a list says of its paragraphs.
    pub(super) fn paragraph(&self, list: i64, at: usize) -> Paragraph {
        self.level(list, at).map(|level| level.paragraph.clone()).unwrap_or_default()
    }

    /// Whether the numbers of a level are bold, where it says so: the text behind may be set otherwise.
    pub(super) fn is_bold(&self, (list, at): (Option<i64>, Option<usize>)) -> Option<bool> {
        self.level(list?, at.unwrap_or(0))?.bold
    }

    /// Counts a paragraph and gives what stands before it.
    pub(super) fn label(&mut self, list: i64, at: usize) -> Option<String> {
        let entry = self.lists.get(&list)?.clone();
        let levels = self.models.get(&entry.model)?.clone();
        let level = levels.get(at)?;
        let counts = self.counts.entry(entry.model).or_insert_with(|| vec![None; LEVELS]);
        let restarted = entry.starts.get(&at).filter(|_| self.begun.insert((list, at)));
        let count = counts.get_mut(at)?;
        *count = Some(match (restarted, *count) {
            (Some(start), _) => *start,
            (None, Some(before)) => before.saturating_add(1),
            (None, None) => level.start,
        });
        counts.iter_mut().skip(at + 1).for_each(|deeper| *deeper = None);
        if level.format == Format::Bullet {
            let dash = level.text.chars().any(|character| matches!(character, '-' | '–' | '—' | '\u{f02d}'));
            let sign = level.text.trim();
            return match sign {
                "" => None,
                "+" | "*" | "o" => Some(sign.to_owned()),
                _ if dash => Some("-".to_owned()),
                _ => Some("•".to_owned()),
            };
        }
        let mut text = String::new();
        let mut characters = level.text.chars().peekable();
        while let Some(character) = characters.next() {
            let digit = characters.peek().and_then(|digit| digit.to_digit(10));
            match (character, digit.and_then(|digit| usize::try_from(digit).ok())) {
                ('%', Some(which @ 1..=9)) => {
                    characters.next();
                    let of = levels.get(which - 1)?;
                    let value = counts.get(which - 1).copied().flatten().unwrap_or(of.start);
                    let format = if level.legal { &Format::Decimal } else { &of.format };
                    text.push_str(&written(value, format));
                }
                _ => text.push(character),
            }
        }
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}

fn level(node: Node<'_, '_>) -> Level {
    let value = |name: &str| child(node, name).and_then(|node| attribute(node, "val"));
    // A format of its own may be wrapped with an alternative for older programs.
    let format = node.descendants().find(|node| node.tag_name().name() == "numFmt");
    let custom = format.and_then(|node| attribute(node, "format"));
    let format = match format.and_then(|node| attribute(node, "val")) {
        Some("upperRoman") => Format::Roman { capital: true },
        Some("lowerRoman") => Format::Roman { capital: false },
        Some("upperLetter") => Format::Letter { capital: true },
        Some("lowerLetter") => Format::Letter { capital: false },
        Some("decimalZero") => Format::Padded,
        Some("bullet") => Format::Bullet,
        Some("none") => Format::None,
        Some("custom") => Format::Custom(
            custom
                .unwrap_or_default()
                .split(',')
                .map(|item| item.trim().to_owned())
                .filter(|item| !item.is_empty() && item != "...")
                .collect(),
        ),
        _ => Format::Decimal,
    };
    Level {
        start: child(node, "start").and_then(|node| number(node, "val")).unwrap_or(0),
        format,
        text: value("lvlText").unwrap_or_default().chars().take(100).collect(),
        legal: child(node, "isLgl").is_some(),
        paragraph: Paragraph::read(child(node, "pPr")),
        bold: Characters::read(child(node, "rPr"), &HashMap::new()).bold,
    }
}

fn written(value: i64, format: &Format) -> String {
    match format {
        Format::Decimal => value.to_string(),
        Format::Padded => format!("{value:02}"),
        Format::Roman { capital } => {
            let text = roman(value);
            if *capital { text } else { text.to_lowercase() }
        }
        Format::Letter { capital } => {
            // After z comes aa, after that bb.
            let at = usize::try_from(value - 1).unwrap_or(0);
            let base = if *capital { b'A' } else { b'a' };
            let letter = char::from(base + u8::try_from(at % 26).unwrap_or(0));
            std::iter::repeat_n(letter, (at / 26 + 1).min(8)).collect()
        }
        Format::Custom(items) => {
            let at = usize::try_from(value - 1).ok();
            at.and_then(|at| items.get(at)).cloned().unwrap_or_else(|| value.to_string())
        }
        Format::Bullet | Format::None => String::new(),
    }
}

/// A number in Roman figures; those beyond 3999 as they are.
fn roman(value: i64) -> String {
    const FIGURES: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&value) {
        return value.to_string();
    }
    let mut rest = value;
    let mut text = String::new();
    for (worth, figure) in FIGURES {
        while rest >= worth {
            text.push_str(figure);
            rest -= worth;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = r#"<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
        <w:abstractNum w:abstractNumId="4">
          <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
          <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2."/></w:lvl>
          <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="custom" w:format="a, b, c, d, đ, e, ..."/><w:lvlText w:val="%3)"/></w:lvl>
          <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
        </w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num>
        <w:num w:numId="2"><w:abstractNumId w:val="4"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
      </w:numbering>"#;

    #[test]
    fn lists_count_on_begin_anew_below_and_write_their_numbers() {
        let mut lists = Numbering::read(&Document::parse(LISTS).unwrap());
        let mut label = |list, level| lists.label(list, level).unwrap_or_default();
        assert_eq!([label(1, 0), label(1, 1), label(1, 1)], ["I.", "1.1.", "1.2."]);
        assert_eq!([label(1, 0), label(1, 1)], ["II.", "2.1."]);
        let letters: Vec<String> = (0..6).map(|_| label(1, 2)).collect();
        assert_eq!(letters, ["a)", "b)", "c)", "d)", "đ)", "e)"]);
        assert_eq!([label(1, 3), label(2, 0), label(2, 0)], ["-", "VII.", "VIII."]);
        assert_eq!(label(3, 0), "");
    }
}
