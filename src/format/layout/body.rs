//! The body: paragraphs between head and foot, how each is set, and what it is in the order of the
//! text (part, chapter, section, article, clause, point).

use super::Layout;
use super::words::begins;
use crate::format::facts::{Facts, Line, MM};
use crate::format::setting::Align;
use crate::profile::{Part, Profile};

/// Lines that differ by less are at the same edge, in millimetres.
const SAME: f64 = 1.2;
/// A first line is indented by more than this, in millimetres.
const INDENTED: f64 = 4.0;
/// A line that ends this far from the edge is a paragraph's last, in millimetres.
const SHORT: f64 = 12.0;
/// Times New Roman's own distance of lines, as a share of its size.
const SINGLE: f64 = 1.15;

/// A paragraph of the body.
#[derive(Debug, Clone)]
pub struct Paragraph<'f> {
    /// Its lines; one for a DOCX, unless it has breaks.
    pub lines: Vec<&'f Line>,
    /// All of its text.
    pub text: String,
    /// Where its first line begins, from the left edge of the text, in millimetres.
    pub indent: Option<f64>,
    /// Space between it and the paragraph above, in points.
    pub gap: Option<f64>,
    /// Distance of its lines, as a multiple of the font's own.
    pub pitch: Option<f64>,
    /// Whether its lines reach both edges.
    pub justified: Option<bool>,
    /// Whether it stands in the middle.
    pub centred: bool,
}

/// What a paragraph is in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// Phần.
    Part,
    /// Chương.
    Chapter,
    /// Mục.
    Section,
    /// Tiểu mục.
    Subsection,
    /// A heading with a Roman number.
    Roman,
    /// Điều.
    Article,
    /// Khoản: a number with a dot.
    Clause,
    /// A number of several, like 1.2.
    Nested,
    /// Điểm: a letter with a parenthesis.
    Point,
    /// A ground that the document rests on.
    Ground,
}

/// A paragraph that begins with a number or is known by its first words.
#[derive(Debug, Clone)]
pub struct Unit {
    /// What it is.
    pub kind: UnitKind,
    /// Its number, where it has one in figures.
    pub number: Option<u32>,
    /// Its number as written.
    pub mark: String,
    /// Which paragraph of the body.
    pub paragraph: usize,
}

/// Lines of running text: long ones, or in a DOCX paragraphs of a sentence's length.
pub(super) fn running(facts: &Facts) -> Vec<&Line> {
    let width = facts.sheets.first().map_or(210.0, |sheet| sheet.width);
    facts
        .lines
        .iter()
        .filter(|line| !line.invisible && !line.stamped)
        .filter(|line| match facts.kind {
            "docx" => line.text.chars().count() >= 80,
            _ => line.bounds[2] - line.bounds[0] > width * 0.6,
        })
        .collect()
}

/// The paragraphs between the head and where the foot begins.
pub(super) fn paragraphs<'f>(
    facts: &'f Facts,
    layout: &Layout<'f>,
    foot: Option<usize>,
    profile: &Profile,
) -> Vec<Paragraph<'f>> {
    if facts.scan || layout.annex {
        return Vec::new();
    }
    let heads: Vec<&Line> = [
        Part::NationalTitle,
        Part::Motto,
        Part::Issuer,
        Part::Superior,
        Part::Number,
        Part::Date,
        Part::TypeName,
        Part::Abstract,
        Part::LetterAbstract,
        Part::Addressee,
        Part::Addressees,
    ]
    .into_iter()
    .flat_map(|part| layout.part(part).iter().copied())
    .collect();
    let is_head = |line: &Line| heads.iter().any(|head| std::ptr::eq(*head, line));
    let last = layout.head.len().min(facts.lines.len());
    let begin = facts.lines.iter().take(last + 1).rposition(is_head).map_or(0, |at| at + 1);
    let end = foot.or_else(|| layout.annexes.first().map(|annex| annex.at)).unwrap_or(facts.lines.len());
    let lines = facts.lines.get(begin..end.max(begin)).unwrap_or_default();
    let own = lines.iter().filter(|line| !line.invisible && !line.stamped);
    // A page's rows tell where columns are; order of lines in a DOCX is the text's.
    if facts.kind == "docx" {
        of_docx(own.filter(|line| in_the_text(line)))
    } else {
        let numbers = |line: &&Line| {
            !facts.numbers.iter().any(|number| {
                number.page == line.page
                    && number.line.baseline == line.baseline
                    && number.line.text == line.text
            })
        };
        let below = heads.iter().filter(|line| line.page == 0).map(|line| line.baseline).fold(0.0, f64::max);
        let outside = |line: &&Line| !in_table(facts, line) && (line.page > 0 || line.baseline > below);
        of_pdf(&own.filter(numbers).filter(outside).collect::<Vec<_>>(), facts, profile)
    }
}

/// Whether a line of a DOCX is part of the running text, not of a table or box.
fn in_the_text(line: &Line) -> bool {
    line.setting.as_ref().is_none_or(|setting| setting.cell.is_none() && !setting.framed)
}

fn in_table(facts: &Facts, line: &Line) -> bool {
    let middle = ((line.bounds[0] + line.bounds[2]) / 2.0, (line.bounds[1] + line.bounds[3]) / 2.0);
    facts.tables.iter().any(|(page, [left, top, right, bottom])| {
        *page == line.page && middle.0 > *left && middle.0 < *right && middle.1 > *top && middle.1 < *bottom
    })
}

fn of_docx<'f>(lines: impl Iterator<Item = &'f Line>) -> Vec<Paragraph<'f>> {
    let mut found: Vec<Paragraph<'f>> = Vec::new();
    for line in lines {
        let Some(setting) = &line.setting else { continue };
        let number = |line: &Line| line.at.as_ref().map(|at| at.paragraph);
        if let Some(last) =
            found.last_mut().filter(|last| last.lines.first().and_then(|first| number(first)) == number(line))
        {
            last.text = format!("{} {}", last.text, line.text);
            last.lines.push(line);
            continue;
        }
        let above = found.last().and_then(|last| last.lines.first()).and_then(|line| line.setting.as_ref());
        let next_to =
            found.last().and_then(|last| last.lines.first()).and_then(|first| number(first)).map(|at| at + 1)
                == number(line);
        let gap = above.filter(|_| next_to).map(|above| {
            let alike = above.style == setting.style;
            let after = if above.contextual && alike { 0.0 } else { above.after };
            let before = if setting.contextual && alike { 0.0 } else { setting.before };
            after + before
        });
        found.push(Paragraph {
            lines: vec![line],
            text: line.text.clone(),
            indent: Some(setting.left + setting.first),
            gap,
            pitch: Some(setting.spacing.lines(line.size)),
            justified: Some(setting.align == Align::Justified),
            centred: setting.align == Align::Centre,
        });
    }
    found
}

/// Left and right edges of the text on each page, where they show; others have the document's.
fn edges(facts: &Facts) -> Vec<Option<(f64, f64)>> {
    let own: Vec<Option<(f64, f64)>> = facts
        .sheets
        .iter()
        .map(|sheet| Some((sheet.margins.left?, sheet.width - sheet.margins.right?)))
        .collect();
    let upright = facts.sheets.iter().zip(&own).filter(|(sheet, _)| sheet.height >= sheet.width);
    let shown = upright.filter_map(|(sheet, edges)| edges.map(|edges| (sheet.margins.lines, edges)));
    let usual = shown.max_by_key(|(lines, _)| *lines).map(|(_, edges)| edges).or_else(|| {
        // Ragged text has no right edge; its longest lines come near it.
        let sheet = facts.sheets.iter().max_by_key(|sheet| sheet.margins.lines)?;
        let left = sheet.margins.left?;
        let mut right: Vec<f64> = running(facts).iter().map(|line| line.bounds[2]).collect();
        right.sort_by(f64::total_cmp);
        Some((left, *right.get(right.len() * 19 / 20)?))
    });
    own.iter().map(|edges| edges.or(usual)).collect()
}

fn of_pdf<'f>(lines: &[&'f Line], facts: &Facts, profile: &Profile) -> Vec<Paragraph<'f>> {
    let edges = edges(facts);
    let alone = |at: usize| {
        let Some(line) = lines.get(at) else { return false };
        let near = |other: Option<&&Line>| {
            other.is_some_and(|other| other.page == line.page && (other.baseline - line.baseline).abs() < 1.0)
        };
        !near(at.checked_sub(1).and_then(|before| lines.get(before))) && !near(lines.get(at + 1))
    };
    let pitch = usual_pitch(lines, &edges);
    let mut found: Vec<Paragraph<'f>> = Vec::new();
    let mut before: Option<&Line> = None;
    for (at, line) in lines.iter().copied().enumerate() {
        if !alone(at) {
            // Side by side there is a table without lines, or a form: no running text.
            before = None;
            continue;
        }
        let edge = edges.get(line.page).copied().flatten();
        let continues = before.is_some_and(|before| {
            let Some((left, right)) = edge else { return false };
            let same_page = before.page == line.page;
            let near = !same_page || line.baseline - before.baseline < pitch.unwrap_or(10.0) * 1.25;
            let at_edge =
                line.bounds[0] - left < INDENTED || found.last().is_some_and(|last| hangs(last, line));
            near && at_edge && before.bounds[2] > right - SHORT && !starts_unit(&line.text, profile)
        });
        if let (true, Some(last)) = (continues, found.last_mut()) {
            last.text = format!("{} {}", last.text, line.text);
            last.lines.push(line);
        } else {
            let gap = before.filter(|before| before.page == line.page).and_then(|before| {
                // What is more than the usual distance is space between paragraphs.
                let usual = pitch.or((before.size == line.size).then_some(line.size * SINGLE * MM))?;
                Some((line.baseline - before.baseline - usual) / MM)
            });
            found.push(Paragraph {
                lines: vec![line],
                text: line.text.clone(),
                indent: edge.map(|(left, _)| line.bounds[0] - left),
                gap,
                pitch: None,
                justified: None,
                centred: edge.is_some_and(|(left, right)| {
                    let middle = (line.bounds[0] + line.bounds[2] - left - right).abs() < 6.0;
                    middle && line.bounds[0] > left + 8.0 && line.bounds[2] < right - 8.0
                }),
            });
        }
        before = Some(line);
    }
    for paragraph in &mut found {
        measure(paragraph, &edges);
    }
    found
}

/// Whether a line goes on below a first line that hangs out of it, as in lists.
fn hangs(paragraph: &Paragraph<'_>, line: &Line) -> bool {
    match paragraph.lines.as_slice() {
        [_, second, ..] => (second.bounds[0] - line.bounds[0]).abs() < SAME,
        _ => false,
    }
}

fn measure(paragraph: &mut Paragraph<'_>, edges: &[Option<(f64, f64)>]) {
    let steps: Vec<f64> = paragraph
        .lines
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a.page == b.page && a.size > 4.0 => {
                Some((b.baseline - a.baseline) / (a.size * SINGLE * MM))
            }
            _ => None,
        })
        .collect();
    if let Some(middle) = median(steps) {
        paragraph.pitch = Some(middle);
    }
    if let Some((_, full)) = paragraph.lines.split_last().filter(|(_, full)| !full.is_empty()) {
        let reaches = |line: &&&Line| {
            edges
                .get(line.page)
                .copied()
                .flatten()
                .is_some_and(|(_, right)| (line.bounds[2] - right).abs() < SAME)
        };
        paragraph.justified = Some(full.iter().filter(reaches).count() * 3 >= full.len() * 2);
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The distance most lines have that go on: full to the right, and at the left edge.
fn usual_pitch(lines: &[&Line], edges: &[Option<(f64, f64)>]) -> Option<f64> {
    let steps = lines.windows(2).filter_map(|pair| {
        let [a, b] = pair else { return None };
        let (left, right) = edges.get(a.page).copied().flatten()?;
        let going_on = a.page == b.page && (b.bounds[0] - left).abs() < SAME && a.bounds[2] > right - SHORT;
        let step = b.baseline - a.baseline;
        (going_on && step > a.size * MM * 0.8 && step < a.size * MM * 3.0).then_some(step)
    });
    // The smaller ones: steps between paragraphs without an indent are among them.
    let mut steps: Vec<f64> = steps.collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 3).copied()
}

fn starts_unit(text: &str, profile: &Profile) -> bool {
    text.starts_with("- ")
        || unit(text, profile).is_some_and(|(kind, ..)| {
            // A line that begins with a number may be a sentence's going on: `Điều 5. ` is not.
            matches!(kind, UnitKind::Article | UnitKind::Point | UnitKind::Chapter | UnitKind::Clause)
        })
}

/// What paragraphs are in the order of the text. Those of a text that is quoted don't count.
pub(super) fn units(paragraphs: &[Paragraph<'_>], grounded: bool, profile: &Profile) -> Vec<Unit> {
    let mut found = numbered(paragraphs, profile);
    grounds(&mut found, paragraphs, grounded, profile);
    found
}

/// Keeps those paragraphs as grounds that stand on lines of their own: in documents that rest on such,
/// and where several follow each other or one ends like a list's entry. Others begin a sentence.
fn grounds(units: &mut Vec<Unit>, paragraphs: &[Paragraph<'_>], grounded: bool, profile: &Profile) {
    let text = |at: usize| paragraphs.get(at).map_or("", |paragraph| paragraph.text.as_str());
    let is = |at: usize| units.iter().any(|unit| unit.paragraph == at && unit.kind == UnitKind::Ground);
    let first = units.iter().find(|unit| unit.kind == UnitKind::Ground).map(|unit| unit.paragraph);
    let Some(first) = first else { return };
    let also = |at: usize| profile.recognition.grounds_also.iter().any(|word| begins(text(at), word));
    // Only the first group: what rests on grounds says so before anything else.
    let group: Vec<usize> =
        (first..paragraphs.len()).take_while(|at| is(*at) || (*at > first && also(*at))).collect();
    let listed = group.iter().filter(|at| is(**at)).count() >= 2 || text(first).ends_with(';');
    units.retain(|unit| unit.kind != UnitKind::Ground);
    if (grounded && first < 3) || listed {
        let new = group.into_iter().map(|at| Unit {
            kind: UnitKind::Ground,
            number: None,
            mark: String::new(),
            paragraph: at,
        });
        units.extend(new);
        units.sort_by_key(|unit| unit.paragraph);
    }
}

fn numbered(paragraphs: &[Paragraph<'_>], profile: &Profile) -> Vec<Unit> {
    let mut quoted = false;
    let mut found = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let inside = quoted || paragraph.text.starts_with(['“', '"']);
        for character in paragraph.text.chars() {
            match character {
                '“' => quoted = true,
                '”' => quoted = false,
                _ => {}
            }
        }
        if inside {
            continue;
        }
        if let Some((kind, number, mark)) = unit(&paragraph.text, profile) {
            found.push(Unit { kind, number, mark, paragraph: at });
        }
    }
    found
}

fn unit(text: &str, profile: &Profile) -> Option<(UnitKind, Option<u32>, String)> {
    let recognition = &profile.recognition;
    let words = &recognition.units;
    let first = text.split_whitespace().next()?;
    if recognition.grounds.as_deref().is_some_and(|word| begins(text, word)) {
        return Some((UnitKind::Ground, None, first.to_owned()));
    }
    let named = [
        (UnitKind::Part, &words.part),
        (UnitKind::Chapter, &words.chapter),
        (UnitKind::Subsection, &words.subsection),
        (UnitKind::Section, &words.section),
        (UnitKind::Article, &words.article),
    ];
    for (kind, word) in named {
        let Some(word) = word.as_deref().filter(|word| begins(text, word)) else { continue };
        // As many characters, whatever their case.
        let rest: String = text.chars().skip(word.chars().count()).collect();
        let written = rest.split_whitespace().next()?;
        let mark = written.trim_end_matches(['.', ':', ',', ';']);
        let number = mark.parse::<u32>().ok().or_else(|| from_roman(mark));
        let heading = match kind {
            // `Điều 5 của Nghị định` cites; `Điều 5.` begins one.
            UnitKind::Article => written.ends_with(['.', ':']) || rest.split_whitespace().count() == 1,
            _ => text.chars().count() < 120,
        };
        return (number.is_some() && heading).then(|| (kind, number, mark.to_owned()));
    }
    if let Some(letter) = first.strip_suffix(')') {
        let short = (1..=2).contains(&letter.chars().count());
        let lower = letter.chars().all(char::is_lowercase);
        return (short && lower).then(|| (UnitKind::Point, None, letter.to_owned()));
    }
    let mark = first.strip_suffix('.')?;
    if let Ok(number) = mark.parse::<u32>() {
        return (mark.len() <= 3).then(|| (UnitKind::Clause, Some(number), mark.to_owned()));
    }
    if mark.contains('.') && mark.split('.').all(|piece| piece.parse::<u32>().is_ok()) {
        return Some((UnitKind::Nested, None, mark.to_owned()));
    }
    let number = from_roman(mark)?;
    Some((UnitKind::Roman, Some(number), mark.to_owned()))
}

/// A number in Roman figures, as they are written.
pub(in crate::format) fn from_roman(text: &str) -> Option<u32> {
    let worth = |figure: char| match figure {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        _ => None,
    };
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let values: Option<Vec<u32>> = text.chars().map(worth).collect();
    let (mut sum, mut greatest) = (0_u32, 0);
    // From the right: a figure before a greater one is taken away.
    for value in values?.into_iter().rev() {
        sum = if value < greatest { sum.checked_sub(value)? } else { sum.checked_add(value)? };
        greatest = greatest.max(value);
    }
    (sum > 0).then_some(sum)
}

/// Whether a paragraph is long enough to show how running text is set.
pub(in crate::format) fn is_running(paragraph: &Paragraph<'_>) -> bool {
    const LONG: usize = 80;
    !paragraph.centred
        && (paragraph.lines.len() >= 2 || paragraph.text.chars().count() >= LONG)
        && paragraph.text.chars().count() >= LONG
}

/// Parts of the body for rules about how they are written.
pub(super) fn parts<'f>(paragraphs: &[Paragraph<'f>], units: &[Unit]) -> Vec<(Part, Vec<&'f Line>)> {
    let lines = |at: usize| paragraphs.get(at).map_or(&[][..], |paragraph| paragraph.lines.as_slice());
    let of = |kinds: &[UnitKind]| -> Vec<&'f Line> {
        let chosen = units.iter().filter(|unit| kinds.contains(&unit.kind));
        chosen.filter_map(|unit| lines(unit.paragraph).first().copied()).collect()
    };
    let headings = [UnitKind::Part, UnitKind::Chapter, UnitKind::Section, UnitKind::Subsection];
    let titles: Vec<&'f Line> = units
        .iter()
        .filter(|unit| headings.contains(&unit.kind))
        .filter_map(|unit| {
            let next = unit.paragraph + 1;
            // The title stands on lines of its own below the number.
            let other = units.iter().any(|other| other.paragraph == next);
            let own = paragraphs.get(unit.paragraph)?.text.split_whitespace().count() <= 3;
            let short = paragraphs.get(next)?.text.chars().count() < 200;
            (own && short && !other).then(|| lines(next).first().copied()).flatten()
        })
        .collect();
    vec![
        (Part::Grounds, of(&[UnitKind::Ground])),
        (Part::Chapter, of(&headings)),
        (Part::ChapterTitle, titles),
        (Part::Article, of(&[UnitKind::Article])),
        (
            Part::Body,
            paragraphs
                .iter()
                .enumerate()
                .filter(|(at, paragraph)| {
                    is_running(paragraph)
                        && !units.iter().any(|unit| unit.paragraph == *at && unit.kind == UnitKind::Ground)
                })
                .filter_map(|(_, paragraph)| paragraph.lines.first().copied())
                .collect(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_figures_are_numbers() {
        for (text, number) in [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XL", 40), ("XXVIII", 28)] {
            assert_eq!(from_roman(text), Some(number), "{text}");
        }
        assert_eq!(from_roman("A"), None);
    }

    #[test]
    fn what_a_paragraph_is_shows_in_its_first_words() {
        let profile = Profile::builtin();
        let kind = |text: &str| unit(text, profile).map(|(kind, ..)| kind);
        assert_eq!(kind("Điều 1. Phê duyệt"), Some(UnitKind::Article));
        assert_eq!(kind("Điều 5 của Nghị định"), None);
        assert_eq!(kind("Chương II"), Some(UnitKind::Chapter));
        assert_eq!(kind("1. Các cơ quan"), Some(UnitKind::Clause));
        assert_eq!(kind("1.2. Các cơ quan"), Some(UnitKind::Nested));
        assert_eq!(kind("đ) Tổ chức"), Some(UnitKind::Point));
        assert_eq!(kind("Căn cứ Luật"), Some(UnitKind::Ground));
        assert_eq!(kind("II. NHIỆM VỤ"), Some(UnitKind::Roman));
        assert_eq!(kind("Tổ chức thực hiện."), None);
    }
}
