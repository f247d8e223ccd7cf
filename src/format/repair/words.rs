//! The letters of a paragraph and where each stands in the part's XML, so that one of them can be
//! changed without touching the others. Letters made by fields, bound to data elsewhere or kept twice
//! for older programs are read and never changed.

use super::super::docx::{attribute, child, place};
use super::splice::{Splices, Tag, escaped};
use roxmltree::Node;
use std::collections::BTreeMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Elements a run may be nested in.
const DEPTH: usize = 100;
/// Letters of a line that are compared one by one.
const COMPARED: usize = 400;

/// A letter as it is written.
#[derive(Debug, Clone)]
struct Letter {
    character: char,
    /// In the part's text.
    range: Range<usize>,
    /// Its piece of text; none for what can't be changed.
    piece: Option<usize>,
    /// The run it is in.
    run: usize,
}

/// One `w:t`.
#[derive(Debug, Clone)]
struct Piece {
    attributes_end: usize,
    preserved: bool,
    /// Its letters.
    letters: Range<usize>,
}

/// The letters of a paragraph.
pub(super) struct Words<'a, 'i> {
    letters: Vec<Letter>,
    pieces: Vec<Piece>,
    /// The paragraph's runs.
    pub(super) runs: Vec<Node<'a, 'i>>,
    /// The text as it is read: composed, white space made single; with the letters each stands for.
    normal: Vec<(char, Range<usize>)>,
}

/// Letters as they are compared: capitals may be made by the look alone.
fn same(a: char, b: char) -> bool {
    a == b || a.to_uppercase().eq(b.to_uppercase())
}

impl<'a, 'i> Words<'a, 'i> {
    /// Reads a paragraph of a part; none when its text isn't written the way it is read.
    pub(super) fn of(source: &str, paragraph: Node<'a, 'i>) -> Option<Self> {
        let runs: Vec<Node<'a, 'i>> = place::runs(paragraph).map(|(_, run)| run).collect();
        let mut words = Self { letters: Vec::new(), pieces: Vec::new(), runs, normal: Vec::new() };
        let mut field = 0_usize;
        for at in 0..words.runs.len() {
            let Some(run) = words.runs.get(at).copied() else { continue };
            let fixed = is_fixed(run);
            for piece in run.children().filter(Node::is_element) {
                match piece.tag_name().name() {
                    "fldChar" => match attribute(piece, "fldCharType") {
                        Some("begin") => field += 1,
                        Some("end") => field = field.saturating_sub(1),
                        _ => {}
                    },
                    "t" => words.piece(source, piece, at, fixed || field > 0)?,
                    "tab" | "br" | "cr" | "ptab" => words.fixed(' ', piece, at),
                    "noBreakHyphen" => words.fixed('-', piece, at),
                    _ => {}
                }
            }
        }
        words.normalise();
        Some(words)
    }

    fn fixed(&mut self, character: char, node: Node<'_, '_>, run: usize) {
        self.letters.push(Letter { character, range: node.range(), piece: None, run });
    }

    fn piece(&mut self, source: &str, node: Node<'_, '_>, run: usize, fixed: bool) -> Option<()> {
        let tag = Tag::of(source, node)?;
        let text = node.text().unwrap_or_default();
        let Some(content) = tag.content() else { return Some(()) };
        let letters = letters(source.get(content.clone())?, content.start)?;
        // What was decoded here must be what the XML reader decoded.
        if !letters.iter().map(|(character, _)| *character).eq(text.chars()) {
            return None;
        }
        let piece = (!fixed).then_some(self.pieces.len());
        let first = self.letters.len();
        self.letters.extend(letters.into_iter().map(|(character, range)| Letter {
            character,
            range,
            piece,
            run,
        }));
        self.pieces.push(Piece {
            attributes_end: tag.attributes_end,
            preserved: attribute(node, "space") == Some("preserve"),
            letters: first..self.letters.len(),
        });
        Some(())
    }

    fn normalise(&mut self) {
        let mut at = 0;
        while let Some(letter) = self.letters.get(at) {
            let blank = letter.character.is_whitespace();
            let rest = self.letters.get(at + 1..).unwrap_or_default();
            let belongs = |next: &&Letter| {
                if blank {
                    next.character.is_whitespace()
                } else {
                    canonical_combining_class(next.character) != 0
                }
            };
            let end = at + 1 + rest.iter().take_while(belongs).count();
            if blank {
                if !self.normal.is_empty() {
                    self.normal.push((' ', at..end));
                }
            } else {
                let group: String = self
                    .letters
                    .get(at..end)
                    .unwrap_or_default()
                    .iter()
                    .map(|letter| letter.character)
                    .collect();
                let composed: Vec<char> = group.nfc().collect();
                let exact = composed.len() == end - at;
                for (number, character) in composed.into_iter().enumerate() {
                    let range = match (exact, number) {
                        (true, number) => at + number..at + number + 1,
                        (false, 0) => at..end,
                        (false, _) => end..end,
                    };
                    self.normal.push((character, range));
                }
            }
            at = end;
        }
        if self.normal.last().is_some_and(|(character, _)| *character == ' ') {
            self.normal.pop();
        }
    }

    /// Where a line that was read stands among the letters as they are read.
    pub(super) fn find(&self, line: &str) -> Option<Range<usize>> {
        let wanted: Vec<char> = line.chars().collect();
        if wanted.is_empty() {
            return None;
        }
        let fits = |window: &[(char, Range<usize>)]| {
            window.iter().zip(&wanted).all(|((character, _), wanted)| same(*character, *wanted))
        };
        // A long text is looked for where paragraphs begin: looking everywhere would take its square.
        let tried = if wanted.len() > COMPARED * 10 { 1 } else { usize::MAX };
        let at = self.normal.windows(wanted.len()).take(tried).position(fits)?;
        Some(at..at + wanted.len())
    }

    /// The text of a place as it is written, capitals that the look makes left out.
    pub(super) fn text(&self, place: Range<usize>) -> String {
        self.normal.get(place).unwrap_or_default().iter().map(|(character, _)| *character).collect()
    }

    /// The runs of a place; none when one of them has visible letters outside it.
    pub(super) fn runs_of(&self, place: Range<usize>) -> Option<Vec<Node<'a, 'i>>> {
        let inside = |at: &usize| {
            let range = self.normal.get(place.clone()).unwrap_or_default();
            let (first, last) = (range.first().map(|one| one.1.start), range.last().map(|one| one.1.end));
            first.is_some_and(|first| *at >= first) && last.is_some_and(|last| *at < last)
        };
        let mut found: BTreeMap<usize, (bool, bool)> = BTreeMap::new();
        for (at, letter) in self.letters.iter().enumerate() {
            if !letter.character.is_whitespace() {
                let entry = found.entry(letter.run).or_default();
                if inside(&at) { entry.0 = true } else { entry.1 = true }
            }
        }
        let touched = found.iter().filter(|(_, (inside, _))| *inside);
        touched
            .map(|(run, (_, outside))| if *outside { None } else { self.runs.get(*run).copied() })
            .collect()
    }

    /// Changes the letters of a place into another text, as few of them as suffice; none when one that
    /// can't be changed is among them.
    pub(super) fn rewrite(&self, splices: &mut Splices, place: Range<usize>, new: &str) -> Option<()> {
        let old: Vec<char> = self.text(place.clone()).chars().collect();
        let new: Vec<char> = new.chars().collect();
        let changes = differences(&old, &new)?;
        let edits = changes
            .into_iter()
            .map(|(range, text)| (self.written(place.start + range.start..place.start + range.end), text));
        self.edit(splices, edits.collect())
    }

    /// Writes letters and their marks as one; false when nothing is apart.
    pub(super) fn compose(&self, splices: &mut Splices) -> Option<bool> {
        let mut edits = Vec::new();
        for (at, (character, range)) in
            self.normal.iter().enumerate().filter(|(_, (_, range))| !range.is_empty())
        {
            if *character == ' ' {
                continue;
            }
            // Marks that no letter takes in stay behind it.
            let rest = self.normal.get(at + 1..).unwrap_or_default().iter();
            let marks = rest.take_while(|(_, next)| next.is_empty()).map(|(mark, _)| *mark);
            let wanted: String = std::iter::once(*character).chain(marks).collect();
            let written = self.letters.get(range.clone()).unwrap_or_default().iter();
            if !written.map(|letter| letter.character).eq(wanted.chars()) {
                edits.push((range.clone(), wanted));
            }
        }
        let any = !edits.is_empty();
        self.edit(splices, edits)?;
        Some(any)
    }

    /// The letters that a place among the letters as they are read stands for.
    fn written(&self, place: Range<usize>) -> Range<usize> {
        let start = match self.normal.get(place.start) {
            Some((_, range)) => range.start,
            None => self.normal.last().map_or(0, |(_, range)| range.end),
        };
        let end = match place.end.checked_sub(1).filter(|_| place.end > place.start) {
            Some(last) => self.normal.get(last).map_or(start, |(_, range)| range.end),
            None => start,
        };
        start..end
    }

    fn edit(&self, splices: &mut Splices, edits: Vec<(Range<usize>, String)>) -> Option<()> {
        let mut changed: BTreeMap<usize, Vec<(Range<usize>, String)>> = BTreeMap::new();
        for (range, text) in edits {
            if range.is_empty() {
                // What is put in looks like what stands before it.
                let before = range.start.checked_sub(1).and_then(|at| Some((at, self.letters.get(at)?)));
                let here = match before.filter(|(_, letter)| letter.piece.is_some()) {
                    Some((at, letter)) => Some((letter.piece?, at + 1, letter.range.end)),
                    None => self
                        .letters
                        .get(range.start)
                        .and_then(|letter| Some((letter.piece?, range.start, letter.range.start))),
                };
                let (piece, at, place) = here?;
                splices.insert(place, escaped(&text));
                changed.entry(piece).or_default().push((at..at, text));
                continue;
            }
            let mut text = Some(text);
            for at in range {
                let letter = self.letters.get(at)?;
                let piece = letter.piece?;
                let text = text.take().unwrap_or_default();
                splices.replace(letter.range.clone(), escaped(&text));
                changed.entry(piece).or_default().push((at..at + 1, text));
            }
        }
        for (piece, edits) in changed {
            self.keep_edges(splices, piece, &edits)?;
        }
        Some(())
    }

    /// White space at the ends of a piece counts only where the piece says so.
    fn keep_edges(
        &self,
        splices: &mut Splices,
        number: usize,
        edits: &[(Range<usize>, String)],
    ) -> Option<()> {
        let piece = self.pieces.get(number)?;
        if piece.preserved {
            return Some(());
        }
        let (mut put_in, mut changed) = (BTreeMap::<usize, String>::new(), BTreeMap::new());
        for (range, text) in edits {
            if range.is_empty() {
                put_in.entry(range.start).or_default().push_str(text);
            } else {
                changed.insert(range.start, text);
            }
        }
        let mut text = String::new();
        for at in piece.letters.clone() {
            text.push_str(put_in.get(&at).map_or("", String::as_str));
            match changed.get(&at) {
                Some(new) => text.push_str(new),
                None => text.extend(self.letters.get(at).map(|letter| letter.character)),
            }
        }
        text.push_str(put_in.get(&piece.letters.end).map_or("", String::as_str));
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            splices.insert(piece.attributes_end, " xml:space=\"preserve\"");
        }
        Some(())
    }
}

/// Whether the text of a run comes from elsewhere: a field, a control bound to data, or alternatives
/// kept for other programs. What is nested deeper than any writer does isn't touched either.
fn is_fixed(run: Node<'_, '_>) -> bool {
    let mut above = run;
    for _ in 0..DEPTH {
        let Some(next) = above.parent() else { return false };
        above = next;
        let bound = match above.tag_name().name() {
            "fldSimple" | "AlternateContent" => true,
            "sdt" => {
                child(above, "sdtPr").is_some_and(|properties| child(properties, "dataBinding").is_some())
            }
            _ => false,
        };
        if bound {
            return true;
        }
    }
    true
}

/// The characters of an element's content with their places; none when there is more than text in it.
fn letters(content: &str, offset: usize) -> Option<Vec<(char, Range<usize>)>> {
    let mut found = Vec::new();
    let mut characters = content.char_indices();
    while let Some((at, character)) = characters.next() {
        let start = offset + at;
        match character {
            // Comments, sections of characters, other elements, and line ends that readers change.
            '<' | '\r' => return None,
            '&' => {
                let rest = content.get(at..)?;
                let length = rest.find(';')? + 1;
                found.push((entity(rest.get(1..length - 1)?)?, start..start + length));
                // An entity's characters take one byte each.
                for _ in 1..length {
                    characters.next();
                }
            }
            character => found.push((character, start..start + character.len_utf8())),
        }
    }
    Some(found)
}

fn entity(name: &str) -> Option<char> {
    let code = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with('x') => code(hex.get(1..)?, 16),
            decimal => code(decimal, 10),
        },
    }
}

/// The fewest changes that make one text of another (longest common subsequence); none for texts
/// longer than a line is.
fn differences(old: &[char], new: &[char]) -> Option<Vec<(Range<usize>, String)>> {
    if old.len() > COMPARED || new.len() > COMPARED {
        return None;
    }
    // Each row: the longest common subsequence of what follows.
    let mut rows: Vec<Vec<u16>> = vec![vec![0; new.len() + 1]];
    for a in old.iter().rev() {
        let below = rows.last()?;
        let mut row = vec![0_u16; new.len() + 1];
        for (at, b) in new.iter().enumerate().rev() {
            let best = if a == b { below.get(at + 1)? + 1 } else { *below.get(at)?.max(row.get(at + 1)?) };
            *row.get_mut(at)? = best;
        }
        rows.push(row);
    }
    rows.reverse();
    let value = |a: usize, b: usize| rows.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0);
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        if a < old.len() && old.get(a) == new.get(b) {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        let open = changes.last().is_some_and(|(range, _)| range.end == a);
        // Changes that touch are one.
        if !open {
            changes.push((a..a, String::new()));
        }
        let (range, text) = changes.last_mut()?;
        if b < new.len() && (a == old.len() || value(a, b + 1) >= value(a + 1, b)) {
            text.push(*new.get(b)?);
            b += 1;
        } else {
            a += 1;
            range.end = a;
        }
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    const SPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

    fn rewritten(runs: &str, line: &str, new: &str) -> Option<String> {
        let source = format!("<w:p {SPACE}>{runs}</w:p>");
        let document = Document::parse(&source).unwrap();
        let words = Words::of(&source, document.root_element())?;
        let mut splices = Splices::default();
        words.rewrite(&mut splices, words.find(line)?, new)?;
        let changed = splices.apply(&source)?;
        Some(changed.replace(&format!(" {SPACE}"), "").replace("<w:p>", "").replace("</w:p>", ""))
    }

    #[test]
    fn only_the_letters_that_differ_are_written() {
        for (runs, line, new, wanted) in [
            (
                "<w:r><w:t>Độc lập-</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Tự do</w:t></w:r>",
                "Độc lập-Tự do",
                "Độc lập - Tự do",
                r#"<w:r><w:t xml:space="preserve">Độc lập - </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Tự do</w:t></w:r>"#,
            ),
            (
                "<w:r><w:t>ngày </w:t><w:t>5 tháng 1 &amp; 2</w:t></w:r>",
                "ngày 5 tháng 1 & 2",
                "ngày 05 tháng 01 & 2",
                "<w:r><w:t>ngày 0</w:t><w:t>5 tháng 01 &amp; 2</w:t></w:r>",
            ),
            (
                "<w:r><w:t>Nơi nhận</w:t></w:r><w:r><w:tab/><w:t>KT.GIÁM ĐỐC</w:t></w:r>",
                "KT.GIÁM ĐỐC",
                "KT. GIÁM ĐỐC",
                "<w:r><w:t>Nơi nhận</w:t></w:r><w:r><w:tab/><w:t>KT. GIÁM ĐỐC</w:t></w:r>",
            ),
        ] {
            assert_eq!(rewritten(runs, line, new).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn what_a_field_or_another_part_writes_is_left() {
        for runs in [
            r#"<w:fldSimple w:instr="DATE"><w:r><w:t>ngày 5</w:t></w:r></w:fldSimple>"#,
            r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>ngày 5</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#,
            r#"<w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr><w:sdtContent><w:r><w:t>ngày 5</w:t></w:r></w:sdtContent></w:sdt>"#,
            "<w:r><w:t>ngày <!-- 5 -->5</w:t></w:r>",
        ] {
            assert_eq!(rewritten(runs, "ngày 5", "ngày 05"), None, "{runs}");
        }
    }

    #[test]
    fn letters_and_marks_become_one_wherever_they_stand() {
        let source = format!(
            "<w:p {SPACE}><w:r><w:t>Ha</w:t></w:r><w:r><w:t>\u{300} No\u{302}\u{323}i</w:t></w:r></w:p>"
        );
        let document = Document::parse(&source).unwrap();
        let words = Words::of(&source, document.root_element()).unwrap();
        let mut splices = Splices::default();
        assert_eq!(words.compose(&mut splices), Some(true));
        let changed = splices.apply(&source).unwrap();
        assert!(changed.contains("<w:t>Hà</w:t>") && changed.contains("> Nội</w:t>"), "{changed}");
    }
}
