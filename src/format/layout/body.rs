//! The body: paragraphs between head and foot, how each is set, and what it is in the order of the
//! text (part, chapter, section, article, clause, point).

use super::Layout;
use super::head::is_entry;
use super::units::starts_unit;
use super::words::folded;
use crate::format::facts::{Facts, Line, MM};
use crate::format::setting::Align;
use crate::profile::{Part, Profile};

/// Lines that differ by less are at the same edge, in millimetres.
const SAME: f64 = 1.2;
/// Justified lines end no further from the edge, in millimetres.
const REACH: f64 = 0.8;
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
    let begin = begin + called(facts.lines.get(begin..).unwrap_or_default(), profile);
    let end = foot.or_else(|| layout.annexes.first().map(|annex| annex.at)).unwrap_or(facts.lines.len());
    let lines = facts.lines.get(begin..end.max(begin)).unwrap_or_default();
    let own = lines.iter().filter(|line| !line.invisible && !line.stamped);
    // A page's rows tell where columns are; order of lines in a DOCX is the text's.
    if facts.kind == "docx" {
        of_docx(own.filter(|line| in_the_text(line)))
    } else {
        let numbers = |line: &&Line| {
            facts
                .number_of(line.page)
                .is_none_or(|number| number.line.baseline != line.baseline || number.line.text != line.text)
        };
        let below = heads.iter().filter(|line| line.page == 0).map(|line| line.baseline).fold(0.0, f64::max);
        let outside = |line: &&Line| !in_table(facts, line) && (line.page > 0 || line.baseline > below);
        of_pdf(&own.filter(numbers).filter(outside).collect::<Vec<_>>(), facts, profile)
    }
}

/// How many of the first lines say whom a telegram is for: a line that ends with the word for sending it, and
/// the entries of the list below it. They are set as addressees are.
fn called(lines: &[Line], profile: &Profile) -> usize {
    /// What may stand above it.
    const ABOVE: usize = 3;
    let words: Vec<String> = profile.recognition.dispatched.iter().map(|word| folded(word)).collect();
    let calls = |line: &Line| {
        let text = folded(&line.text);
        let before = words.iter().find_map(|word| text.strip_suffix(word.as_str()));
        before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
    };
    let Some(at) = lines.iter().take(ABOVE).position(calls) else { return 0 };
    let mut open = false;
    let listed = lines.iter().skip(at + 1).take_while(|line| {
        let own = open || is_entry(&line.text);
        open = own && !line.text.ends_with([';', '.', '/']);
        own
    });
    match listed.count() {
        0 => 0,
        listed => at + 1 + listed,
    }
}

/// Whether a line of a DOCX is part of the running text, not of a table or box.
fn in_the_text(line: &Line) -> bool {
    line.setting.as_ref().is_none_or(|setting| setting.cell.is_none() && !setting.framed)
}

/// Whether a line stands in a table that has lines, or in any of a DOCX.
pub(in crate::format) fn in_table(facts: &Facts, line: &Line) -> bool {
    if let Some(setting) = &line.setting {
        return setting.cell.is_some();
    }
    let middle = ((line.bounds[0] + line.bounds[2]) / 2.0, (line.bounds[1] + line.bounds[3]) / 2.0);
    facts.tables_of(line.page).any(|[left, top, right, bottom]| {
        middle.0 > *left && middle.0 < *right && middle.1 > *top && middle.1 < *bottom
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
            indent: setting.begins,
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
    // The paragraphs that stand right below the one before.
    let mut below: Vec<usize> = Vec::new();
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
            // A hyphen between words may begin a line; entries are indented where first lines are.
            let hyphen = line.text.starts_with("- ")
                && line.bounds[0] - left < SAME
                && found.last().and_then(|last| last.indent).is_some_and(|indent| indent > INDENTED);
            // Ragged lines end where the next word found no room.
            let full = before.bounds[2] > (right - SHORT).min(right - first_word(line));
            near && at_edge && full && (hyphen || !starts_unit(&line.text, profile))
        });
        if let (true, Some(last)) = (continues, found.last_mut()) {
            last.text = format!("{} {}", last.text, line.text);
            last.lines.push(line);
        } else {
            if before.is_some_and(|before| before.page == line.page) {
                below.push(found.len());
            }
            found.push(Paragraph {
                lines: vec![line],
                text: line.text.clone(),
                indent: edge.map(|(left, _)| line.bounds[0] - left),
                gap: None,
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
    for at in below {
        let Some([above, own]) = at.checked_sub(1).and_then(|above| found.get(above..=at)) else { continue };
        let gap = gap(above, own, pitch);
        if let Some(own) = found.get_mut(at) {
            own.gap = gap;
        }
    }
    found
}

/// The space between two paragraphs of a page in points: what is more than the distance of lines, the smaller
/// one where they differ. How a heading of one line is set doesn't show.
fn gap(above: &Paragraph<'_>, own: &Paragraph<'_>, usual: Option<f64>) -> Option<f64> {
    let (last, first) = (above.lines.last()?, own.lines.first()?);
    let pitch = |paragraph: &Paragraph<'_>, line: &Line| Some(paragraph.pitch? * line.size * SINGLE * MM);
    let look = |line: &Line| (line.bold, line.italic, line.size.to_bits());
    let usual = usual.or((last.size == first.size).then_some(last.size * SINGLE * MM));
    let distance = match (pitch(above, last), pitch(own, first)) {
        (Some(one), Some(two)) => one.min(two),
        (None, _) if above.centred || look(last) != look(first) => return None,
        (None, None) => usual?,
        (one, two) => usual.into_iter().chain(one).chain(two).fold(f64::MAX, f64::min),
    };
    Some((first.baseline - last.baseline - distance) / MM)
}

/// How much room the first word of a line takes with the blank before it, in millimetres.
fn first_word(line: &Line) -> f64 {
    let all = line.text.chars().count().max(1);
    let word = line.text.chars().take_while(|character| !character.is_whitespace()).count() + 1;
    let share = u32::try_from(word).unwrap_or(0);
    (line.bounds[2] - line.bounds[0]) * f64::from(share) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
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
            let edge = edges.get(line.page).copied().flatten();
            edge.is_some_and(|(_, right)| (line.bounds[2] - right).abs() < REACH)
        };
        // One line of many may be broken by hand.
        let reached = full.iter().filter(reaches).count();
        paragraph.justified = Some(reached == full.len() || reached * 5 >= full.len() * 4);
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

/// Whether a paragraph is long enough to show how running text is set.
pub(in crate::format) fn is_running(paragraph: &Paragraph<'_>) -> bool {
    const LONG: usize = 80;
    !paragraph.centred
        && (paragraph.lines.len() >= 2 || paragraph.text.chars().count() >= LONG)
        && paragraph.text.chars().count() >= LONG
}
