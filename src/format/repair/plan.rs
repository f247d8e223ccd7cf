//! From a finding to the changes that answer it, by the measure of its rule.

use super::looks::{self, Look};
use super::splice::Splices;
use super::words::Words;
use super::{sheets, text};
use crate::format::docx::{self, Looks, Texts, place};
use crate::format::facts::{DARK, Facts, Line};
use crate::format::layout::Layout;
use crate::format::parts;
use crate::format::report::Finding;
use crate::format::rules::text::is_accepted;
use crate::profile::{Measure, Part, Profile, Rule};
use roxmltree::{Document, Node};

/// Why something is left to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Only its writer knows what is right.
    ByHand,
    /// It isn't there.
    Missing,
    /// It comes from a field, a control bound to data, or a text box kept twice.
    Bound,
    /// Its repair would break another rule: two parts share a paragraph or a run.
    Mixed,
    /// Its letters are of a code older than Unicode: another font would show other letters.
    Legacy,
    /// What is meant isn't sure.
    Unclear,
}

impl Why {
    /// The code of the advice.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ByHand => "repair_left_by_hand",
            Self::Missing => "repair_left_missing",
            Self::Bound => "repair_left_bound",
            Self::Mixed => "repair_left_mixed",
            Self::Legacy => "repair_left_legacy",
            Self::Unclear => "repair_left_unclear",
        }
    }
}

/// What a plan is made from.
pub(super) struct Case<'c, 'i> {
    source: &'c Texts,
    main: &'c Document<'i>,
    styles: Option<&'c Document<'i>>,
    paragraphs: Vec<Node<'c, 'i>>,
    looks: &'c Looks,
    facts: &'c Facts,
    layout: &'c Layout<'c>,
    profile: &'c Profile,
}

impl<'c, 'i> Case<'c, 'i> {
    /// Opens the texts for planning.
    pub(super) fn open(
        source: &Texts,
        facts: &Facts,
        profile: &Profile,
        plan: impl FnOnce(&Case<'_, '_>) -> Result<Texts, Why>,
    ) -> Result<Texts, Why> {
        let unclear = |_| Why::Unclear;
        let main = docx::parse(source.of(&source.main)).map_err(unclear)?;
        let styles = match source.of(&source.styles) {
            "" => None,
            text => Some(docx::parse(text).map_err(unclear)?),
        };
        let looks = source.looks().map_err(unclear)?;
        let layout = Layout::find(facts, profile);
        let paragraphs = place::paragraphs(&main).map(|(_, paragraph)| paragraph).collect();
        let case = Case {
            source,
            main: &main,
            styles: styles.as_ref(),
            paragraphs,
            looks: &looks,
            facts,
            layout: &layout,
            profile,
        };
        plan(&case)
    }

    /// The texts with a rule's findings answered.
    pub(super) fn plan(&self, rule: &Rule, findings: &[Finding]) -> Result<Texts, Why> {
        let source = self.source.of(&self.source.main);
        let sheets = |changes: Option<Splices>| self.main_changed(changes.ok_or(Why::Unclear)?);
        match &rule.measure {
            Measure::Paper { width, height, tolerance, .. } => {
                sheets(sheets::paper(source, self.main, [*width, *height], *tolerance))
            }
            Measure::Orientation { portrait } => sheets(sheets::orientation(source, self.main, *portrait)),
            Measure::Margin { side, range, tolerance } => {
                sheets(sheets::margin(source, self.main, *side, *range, *tolerance))
            }
            Measure::FontFamily { families } => self.fonts(families),
            Measure::BodySize { range, tolerance } => {
                let fits = |line: &Line| within(line.size, *range, *tolerance);
                let lines = self.layout.body.iter().copied().filter(|line| !fits(line)).collect();
                self.look(lines, Look::Size(*range))
            }
            Measure::PartSize { part, range, tolerance } => {
                self.part(*part, |line| !within(line.size, *range, *tolerance), Look::Size(*range))
            }
            Measure::PartWeight { part, bold } => {
                self.part(*part, |line| line.bold != *bold, Look::Bold(*bold))
            }
            Measure::PartSlant { part, italic } => {
                self.part(*part, |line| line.italic != *italic, Look::Italic(*italic))
            }
            Measure::PartCapitals { part } => {
                self.part(*part, |line| line.text != line.text.to_uppercase(), Look::Capitals)
            }
            Measure::Black => {
                let coloured = |line: &&Line| {
                    line.text != line.text.to_uppercase()
                        && line.colour.is_some_and(|colour| colour.iter().any(|channel| *channel > DARK))
                };
                self.look(self.facts.lines.iter().filter(coloured).collect(), Look::Black)
            }
            Measure::Composed => self.composed(),
            Measure::FixedText { text, .. } => self.reworded(findings, |line| text::meant(line, text)),
            Measure::Discouraged { texts, instead } => self.reworded(findings, |line| {
                let found = texts.iter().find(|text| line.contains(text.as_str()))?;
                Some(line.replace(found.as_str(), instead))
            }),
            Measure::NumberPadding => self.reworded(findings, |line| text::padded_number(line, self.profile)),
            Measure::DatePadding => self.reworded(findings, |line| text::padded_date(line, self.profile)),
            Measure::PartText { part, pattern, .. } => self.punctuated(*part, pattern),
            _ => Err(Why::ByHand),
        }
    }

    fn main_changed(&self, changes: Splices) -> Result<Texts, Why> {
        if changes.is_empty() {
            return Err(Why::Unclear);
        }
        let name = &self.source.main;
        let text = changes.apply(self.source.of(name)).ok_or(Why::Unclear)?;
        Ok(self.source.with(name, &text))
    }

    fn paragraph(&self, line: &Line) -> Option<Node<'c, 'i>> {
        let number = line.at.as_ref()?.paragraph.checked_sub(1)?;
        self.paragraphs.get(number).copied()
    }

    fn part(&self, part: Part, wrong: impl Fn(&Line) -> bool, look: Look) -> Result<Texts, Why> {
        let lines = parts::lines(part, self.facts, self.layout, self.profile);
        self.look(lines.into_iter().filter(|line| wrong(line)).collect(), look)
    }

    /// Has the letters of some lines look otherwise, and no others.
    fn look(&self, lines: Vec<&Line>, look: Look) -> Result<Texts, Why> {
        let source = self.source.of(&self.source.main);
        let mut changes = Splices::default();
        if lines.is_empty() {
            return Err(Why::Missing);
        }
        for line in lines {
            let paragraph = self.paragraph(line).ok_or(Why::Missing)?;
            let words = Words::of(source, paragraph).ok_or(Why::Bound)?;
            let place = words.find(written(line)).ok_or(Why::Bound)?;
            let runs = words.runs_of(place).ok_or(Why::Mixed)?;
            look.set(&mut changes, source, self.looks, paragraph, &runs).ok_or(Why::Unclear)?;
        }
        self.main_changed(changes)
    }

    /// Has every place that names a font no family accepts name the first family instead.
    fn fonts(&self, families: &[String]) -> Result<Texts, Why> {
        let legacy: Vec<String> = self
            .profile
            .rules
            .iter()
            .filter_map(|rule| match &rule.measure {
                Measure::LegacyFonts { prefixes } => {
                    Some(prefixes.iter().map(|prefix| prefix.to_lowercase()))
                }
                _ => None,
            })
            .flatten()
            .collect();
        let is_legacy = |font: &str| legacy.iter().any(|prefix| font.to_lowercase().starts_with(prefix));
        let wrong = |font: &str| !font.is_empty() && !is_accepted(families, font) && !is_legacy(font);
        let said = looks::said(self.main, self.styles, self.looks, &wrong);
        // Names of families are also written as files call them: the one a person would choose has spaces.
        let family =
            families.iter().find(|name| name.contains(' ')).or(families.first()).ok_or(Why::Unclear)?;
        if said.main.is_empty() && said.styles.is_empty() {
            return Err(Why::Legacy);
        }
        let mut texts = self.source.clone();
        let parts = [
            (&self.source.main, Some(self.main), &said.main),
            (&self.source.styles, self.styles, &said.styles),
        ];
        for (name, document, places) in parts {
            let Some(document) = document.filter(|_| !places.is_empty()) else { continue };
            let source = self.source.of(name);
            let changes = looks::rename(source, document, places, family).ok_or(Why::Unclear)?;
            texts = texts.with(name, &changes.apply(source).ok_or(Why::Unclear)?);
        }
        Ok(texts)
    }

    /// Writes letters and their marks as one, wherever they aren't.
    fn composed(&self) -> Result<Texts, Why> {
        let mut changes = Splices::default();
        let apart = self.facts.lines.iter().filter(|line| line.decomposed);
        let mut numbers: Vec<usize> =
            apart.filter_map(|line| line.at.as_ref().map(|at| at.paragraph)).collect();
        numbers.dedup();
        for number in numbers {
            let paragraph =
                number.checked_sub(1).and_then(|at| self.paragraphs.get(at)).ok_or(Why::Missing)?;
            let words = Words::of(self.source.of(&self.source.main), *paragraph).ok_or(Why::Bound)?;
            words.compose(&mut changes).ok_or(Why::Bound)?;
        }
        self.main_changed(changes)
    }

    /// Gives the lines of findings the texts that are right.
    fn reworded(&self, findings: &[Finding], right: impl Fn(&str) -> Option<String>) -> Result<Texts, Why> {
        let mut changes = Splices::default();
        for finding in findings {
            let at = finding.at.as_ref().ok_or(Why::Missing)?;
            // Of the lines of a paragraph, the first that is meant.
            let here = |line: &&Line| line.at.as_ref().is_some_and(|place| place.paragraph == at.paragraph);
            let mut lines = self.facts.lines.iter().filter(here);
            let (line, new) =
                lines.find_map(|line| right(&line.text).map(|new| (line, new))).ok_or(Why::Unclear)?;
            self.rewrite(&mut changes, line, &new)?;
        }
        self.main_changed(changes)
    }

    /// Mends the punctuation of the lines of a part that don't match its pattern.
    fn punctuated(&self, part: Part, pattern: &str) -> Result<Texts, Why> {
        let expression = crate::profile::rule::expression(pattern).map_err(|_| Why::Unclear)?;
        let mut changes = Splices::default();
        for line in parts::lines(part, self.facts, self.layout, self.profile) {
            if !expression.is_match(&line.text) {
                let new = text::punctuated(&line.text, &expression).ok_or(Why::Unclear)?;
                self.rewrite(&mut changes, line, &new)?;
            }
        }
        self.main_changed(changes)
    }

    fn rewrite(&self, changes: &mut Splices, line: &Line, new: &str) -> Result<(), Why> {
        let paragraph = self.paragraph(line).ok_or(Why::Missing)?;
        let words = Words::of(self.source.of(&self.source.main), paragraph).ok_or(Why::Bound)?;
        let place = words.find(written(line)).ok_or(Why::Bound)?;
        // A number that is made for the line is no part of what is written.
        let new = new.get(line.text.len() - written(line).len()..).ok_or(Why::Bound)?;
        words.rewrite(changes, place, new).ok_or(Why::Bound)
    }
}

/// What is written of a line: without the number or bullet that is made for it.
fn written(line: &Line) -> &str {
    let label = line.setting.as_ref().and_then(|setting| setting.label.as_deref()).unwrap_or_default();
    line.text.strip_prefix(label).map_or(line.text.as_str(), str::trim_start)
}

fn within(size: f64, [least, greatest]: [f64; 2], tolerance: f64) -> bool {
    (least - tolerance..=greatest + tolerance).contains(&size)
}
