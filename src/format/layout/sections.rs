//! Parts of the body for rules about how they are written: grounds, chapters, headings, articles, clauses with
//! titles, points.

use super::body::{Paragraph, is_running};
use super::units::{Unit, UnitKind, of_paragraph};
use super::words::is_capitals;
use crate::format::facts::Line;
use crate::profile::Part;
use std::collections::BTreeSet;

/// Words of a heading that has a number and no title.
const BARE: usize = 3;
/// Titles are no longer, in characters.
const TITLE: usize = 200;
/// Titles of clauses are no longer, in characters.
const CLAUSE: usize = 80;

/// Kinds of headings that stand on lines of their own above their titles.
pub(in crate::format) const HEADINGS: [UnitKind; 4] =
    [UnitKind::Part, UnitKind::Chapter, UnitKind::Section, UnitKind::Subsection];

/// Whether a heading of the text has a title: beside its number, or in the paragraph below. None where that
/// can't be told.
pub(in crate::format) fn is_titled(
    paragraphs: &[Paragraph<'_>],
    units: &[Unit],
    unit: &Unit,
) -> Option<bool> {
    let own = paragraphs.get(unit.paragraph)?;
    if own.text.split_whitespace().count() > BARE {
        return Some(true);
    }
    let next = unit.paragraph + 1;
    // Another heading or a ground is no title, nor is a paragraph of text.
    let other = of_paragraph(units, next).is_some();
    let Some(below) = paragraphs.get(next) else { return Some(false) };
    let text = is_running(below) && below.text.ends_with(['.', ';', ':', '/']) && !is_capitals(&below.text);
    match (other, text) {
        (true, _) => Some(false),
        (false, true) => below.lines.first().filter(|line| !line.bold).map(|_| false),
        (false, false) => Some(true),
    }
}

/// The parts, each with the first lines of its paragraphs.
pub(super) fn parts<'f>(paragraphs: &[Paragraph<'f>], units: &[Unit]) -> Vec<(Part, Vec<&'f Line>)> {
    let lines = |at: usize| paragraphs.get(at).map_or(&[][..], |paragraph| paragraph.lines.as_slice());
    let those = |kinds: &[UnitKind], fits: &dyn Fn(usize, &Paragraph<'f>) -> bool| -> Vec<&'f Line> {
        let chosen = units.iter().filter(|unit| kinds.contains(&unit.kind)).map(|unit| unit.paragraph);
        let chosen = chosen.filter(|at| paragraphs.get(*at).is_some_and(|paragraph| fits(*at, paragraph)));
        chosen.filter_map(|at| lines(at).first().copied()).collect()
    };
    let of = |kinds: &[UnitKind]| those(kinds, &|_, _| true);
    let grounds: BTreeSet<usize> =
        units.iter().filter(|unit| unit.kind == UnitKind::Ground).map(|unit| unit.paragraph).collect();
    let titles: Vec<&'f Line> = units
        .iter()
        .filter(|unit| HEADINGS.contains(&unit.kind))
        .filter_map(|unit| {
            let next = unit.paragraph + 1;
            // The title stands on lines of its own below the number.
            let own = paragraphs.get(unit.paragraph)?.text.split_whitespace().count() <= BARE;
            let short = paragraphs.get(next)?.text.chars().count() < TITLE;
            let titled = is_titled(paragraphs, units, unit) == Some(true);
            (own && short && titled).then(|| lines(next).first().copied()).flatten()
        })
        .collect();
    // A heading in Roman figures is a title; a sentence of text behind the figure makes it none.
    let is_heading = |_: usize, paragraph: &Paragraph<'f>| {
        let sentence = paragraph.text.ends_with(['.', ';', ':', '/']) || paragraph.text.contains(": ");
        paragraph.text.chars().count() < TITLE && (!sentence || is_capitals(&paragraph.text))
    };
    let kind = |at: usize| of_paragraph(units, at).map(|unit| unit.kind);
    let is_short = |paragraph: &Paragraph<'f>| {
        let ends = paragraph.text.ends_with(|last: char| last.is_alphanumeric());
        ends && paragraph.lines.len() == 1 && paragraph.text.chars().count() <= CLAUSE
    };
    // A clause with a title has its text in the paragraphs below; below another of its kind it is one of a list.
    let is_title = |at: usize, paragraph: &Paragraph<'f>| {
        let below = paragraphs.get(at + 1).is_some_and(|below| !below.centred);
        let deeper = matches!(kind(at + 1), None | Some(UnitKind::Point | UnitKind::Nested));
        let above = at.checked_sub(1).filter(|above| kind(*above) == Some(UnitKind::Clause));
        let listed = above.and_then(|above| paragraphs.get(above)).is_some_and(is_short);
        below && deeper && !listed && is_short(paragraph)
    };
    // Its first words may be set otherwise than its text.
    let is_text = |_: usize, paragraph: &Paragraph<'f>| {
        let look = |line: &&&Line| {
            paragraph.lines.first().map(|first| (first.bold, first.italic)) == Some((line.bold, line.italic))
        };
        is_running(paragraph) && paragraph.lines.iter().filter(look).count() * 2 > paragraph.lines.len()
    };
    let running = |(at, paragraph): &(usize, &Paragraph<'f>)| is_running(paragraph) && !grounds.contains(at);
    let body = paragraphs.iter().enumerate().filter(running);
    vec![
        (Part::Grounds, of(&[UnitKind::Ground])),
        (Part::Chapter, of(&HEADINGS)),
        (Part::ChapterTitle, titles),
        (Part::Heading, those(&[UnitKind::Roman], &is_heading)),
        (Part::Article, of(&[UnitKind::Article])),
        (Part::ClauseTitle, those(&[UnitKind::Clause], &is_title)),
        (Part::Point, of(&[UnitKind::Point])),
        (Part::PointText, those(&[UnitKind::Point], &is_text)),
        (Part::Body, body.filter_map(|(_, paragraph)| paragraph.lines.first().copied()).collect()),
    ]
}
