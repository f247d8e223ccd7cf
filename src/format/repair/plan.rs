//! From a finding to the changes that answer it, by the measure of its rule.

use super::looks::{self, Look};
use super::settings::Set;
use super::splice::Splices;
use super::words::Words;
use super::{alike, sheets, text};
use crate::format::docx::{self, Looks, Texts, place};
use crate::format::facts::{DARK, Facts, Line};
use crate::format::layout::{Layout, Paragraph, Short, UnitKind, is_running, short};
use crate::format::report::Finding;
use crate::format::rules::body::usual_size;
use crate::format::rules::order;
use crate::format::rules::text::is_accepted;
use crate::format::setting::Align;
use crate::profile::{Hue, Measure, Part, Pattern, Profile, Rule};
use roxmltree::{Document, Node};
use std::collections::BTreeSet;

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
    /// The part that is changed.
    name: &'c str,
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
        name: &str,
        plan: impl FnOnce(&Case<'_, '_>) -> Option<Result<Texts, Why>>,
    ) -> Option<Result<Texts, Why>> {
        match Self::opened(source, facts, profile, name, plan) {
            Ok(planned) => planned,
            Err(why) => Some(Err(why)),
        }
    }

    fn opened<T>(
        source: &Texts,
        facts: &Facts,
        profile: &Profile,
        name: &str,
        plan: impl FnOnce(&Case<'_, '_>) -> T,
    ) -> Result<T, Why> {
        let unclear = |_| Why::Unclear;
        let main = docx::parse(source.of(name)).map_err(unclear)?;
        let styles = match source.of(&source.styles) {
            "" => None,
            text => Some(docx::parse(text).map_err(unclear)?),
        };
        let looks = source.looks().map_err(unclear)?;
        let layout = Layout::find(facts, profile);
        let paragraphs = place::paragraphs(&main).map(|(_, paragraph)| paragraph).collect();
        let case = Case {
            source,
            name,
            main: &main,
            styles: styles.as_ref(),
            paragraphs,
            looks: &looks,
            facts,
            layout: &layout,
            profile,
        };
        Ok(plan(&case))
    }

    /// The texts with a rule's findings answered, by the first way there is or another; none after the last.
    pub(super) fn plan(&self, rule: &Rule, findings: &[Finding], way: usize) -> Option<Result<Texts, Why>> {
        let other = matches!(
            rule.measure,
            Measure::PartSize { .. } | Measure::BodySize { .. } | Measure::SizePairs { .. }
        );
        (way == 0 || (other && way < 3)).then(|| self.planned(rule, findings, way))
    }

    fn planned(&self, rule: &Rule, findings: &[Finding], way: usize) -> Result<Texts, Why> {
        let source = self.source.of(self.name);
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
                let wrong = alike::sized(self.layout, |line| !within(line.size, *range, *tolerance));
                // Tables may have other sizes, unless the text itself stands in one.
                let (text, tables): (Vec<&Line>, Vec<&Line>) = wrong.into_iter().partition(|line| {
                    line.setting.as_ref().is_none_or(|set| set.cell.is_none() && !set.framed)
                });
                let lines = if text.is_empty() { tables } else { text };
                self.look(lines, Look::Size(ends(*range, way)))
            }
            Measure::PartSize { part, range, tolerance } => {
                self.part(*part, |line| !within(line.size, *range, *tolerance), Look::Size(ends(*range, way)))
            }
            Measure::SizeInText { part, range, tolerance } => {
                let usual = usual_size(self.layout).ok_or(Why::Unclear)?;
                let fits = |line: &Line| {
                    let own = range.is_some_and(|range| within(line.size, range, *tolerance));
                    own || (line.size - usual).abs() <= *tolerance
                };
                self.part(*part, |line| !fits(line), Look::Size(range.unwrap_or([usual, usual])))
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
            Measure::PartColour { part, colour: Hue::Red } => {
                self.part(*part, |line| !Hue::Red.is(line.colour.unwrap_or_default()), Look::Red)
            }
            Measure::PartColour { part, colour: Hue::Black } => {
                self.part(*part, |line| !Hue::Black.is(line.colour.unwrap_or_default()), Look::Black)
            }
            Measure::SizePairs { parts, pairs, .. } => self.paired(*parts, pairs, way),
            Measure::PartCentred { part, .. } => {
                let off = |line: &&&Line| {
                    let set = line.setting.as_ref();
                    set.is_some_and(|set| set.align != Align::Centre && set.column == 0)
                };
                let lines: Vec<&Line> = self.lines(*part).iter().filter(off).copied().collect();
                self.set(lines.into_iter().map(|line| (line, Set::Centred)))
            }
            Measure::PartGap { part, above, least: Some(least), .. } => {
                let place = |line: &&Line| line.at.as_ref().map(|at| at.paragraph);
                let first = self.lines(*part).first().copied().ok_or(Why::Missing)?;
                // Lines of one paragraph have no space between them.
                if self.lines(*above).last().map(place) == Some(place(&first)) {
                    return Err(Why::Mixed);
                }
                self.set(std::iter::once((first, Set::Before(*least))))
            }
            Measure::BodyIndent { values, tolerance } => self.running(
                |paragraph| paragraph.indent,
                |paragraph| {
                    let found = paragraph.indent?;
                    // Behind a tab an indent moves nothing to its place.
                    let set = paragraph.lines.first()?.setting.as_ref()?;
                    if (found - set.left - set.first).abs() > *tolerance {
                        return None;
                    }
                    let off = |value: &f64| (found - value).abs();
                    let nearest = values.iter().copied().min_by(|a, b| off(a).total_cmp(&off(b)))?;
                    (off(&nearest) > *tolerance).then_some(Set::Indent(nearest))
                },
            ),
            Measure::BodyGap { least, .. } => self.running(
                |paragraph| paragraph.gap,
                |paragraph| paragraph.gap.filter(|gap| *gap < least - 0.05).map(|_| Set::Before(*least)),
            ),
            Measure::BodyPitch { range: [least, greatest], tolerance } => self.running(
                |paragraph| paragraph.pitch,
                |paragraph| {
                    let found = paragraph.pitch?;
                    let fits = (least - tolerance..=greatest + tolerance).contains(&found);
                    (!fits).then(|| Set::Pitch(found.clamp(*least, *greatest)))
                },
            ),
            Measure::BodyJustified => {
                let ragged = |paragraph: &Paragraph<'_>| paragraph.justified == Some(false);
                let value = |paragraph: &Paragraph<'_>| ragged(paragraph).then_some(0.0);
                self.running(value, |paragraph| ragged(paragraph).then_some(Set::Justified))
            }
            Measure::BodyUpright => self.look(self.plain_lines(|line| line.italic), Look::Italic(false)),
            Measure::BodyRegular => self.look(self.plain_lines(|line| line.bold), Look::Bold(false)),
            Measure::ListEnds { part, between, last, last_is } => {
                let ends = last_is.is_none_or(|part| !self.layout.part(part).is_empty());
                self.ended(*part, between, ends.then_some(last))
            }
            Measure::PageNumberFirst => sheets(sheets::bare_first_page(source, self.main)),
            Measure::PageNumberPlace => {
                // One below the text belongs into another part: that is for people.
                let above = self.facts.numbers.iter().filter(|number| number.above);
                let lines = above.filter(|number| number.centred == Some(false)).map(|number| &number.line);
                let here = lines.filter(|line| line.at.as_ref().is_some_and(|at| at.part == self.name));
                self.set(here.map(|line| (line, Set::Centred)))
            }
            Measure::Composed => self.composed(),
            Measure::FixedText { text, .. } => self.reworded(findings, |line| text::meant(line, text)),
            Measure::Discouraged { texts, instead } => self.reworded(findings, |line| {
                let found = texts.iter().find(|text| line.contains(text.as_str()))?;
                Some(line.replace(found.as_str(), instead))
            }),
            Measure::NumberPadding => self.reworded(findings, |line| text::padded_number(line, self.profile)),
            Measure::DatePadding => self.reworded(findings, |line| text::padded_date(line, self.profile)),
            Measure::PartText { part, pattern, when, .. } => self.punctuated(*part, pattern, when.as_ref()),
            _ => Err(Why::ByHand),
        }
    }

    fn main_changed(&self, changes: Splices) -> Result<Texts, Why> {
        if changes.is_empty() {
            return Err(Why::Unclear);
        }
        let name = self.name;
        let text = changes.apply(self.source.of(name)).ok_or(Why::Unclear)?;
        Ok(self.source.with(name, &text))
    }

    fn paragraph(&self, line: &Line) -> Option<Node<'c, 'i>> {
        let at = line.at.as_ref().filter(|at| at.part == self.name)?;
        self.paragraphs.get(at.paragraph.checked_sub(1)?).copied()
    }

    /// The lines of a part that stand in the part of the package that is changed.
    fn lines(&self, part: Part) -> Vec<&'c Line> {
        let here = |line: &&&Line| line.at.as_ref().is_some_and(|at| at.part == self.name);
        self.layout.part(part).iter().filter(here).copied().collect()
    }

    fn part(&self, part: Part, wrong: impl Fn(&Line) -> bool, look: Look) -> Result<Texts, Why> {
        self.look(self.lines(part).into_iter().filter(|line| wrong(line)).collect(), look)
    }

    /// Lines of running text that aren't grounds and are so.
    fn plain_lines(&self, wrong: impl Fn(&Line) -> bool) -> Vec<&'c Line> {
        let grounds = self.layout.units.iter().filter(|unit| unit.kind == UnitKind::Ground);
        let grounds: Vec<usize> = grounds.map(|unit| unit.paragraph).collect();
        let own = self.layout.paragraphs.iter().enumerate();
        let long = own.filter(|(at, paragraph)| is_running(paragraph) && !grounds.contains(at));
        let long = long.flat_map(|(_, paragraph)| paragraph.lines.iter().copied());
        // Titles of clauses are bold, and grounds are slanted.
        let short = short(self.layout).into_iter().filter(Short::is_plain);
        let short = short.flat_map(|short| short.lines()).map(|(_, line)| line);
        long.chain(short).filter(|line| wrong(line)).collect()
    }

    /// Gives the second of two parts the size that goes with the first's, or the other way round.
    fn paired(&self, [first, second]: [Part; 2], pairs: &[[f64; 2]], way: usize) -> Result<Texts, Why> {
        let turned = |[a, b]: [f64; 2]| if way == 0 { [a, b] } else { [b, a] };
        let (kept, changed) = if way == 0 { (first, second) } else { (second, first) };
        let one = self.lines(kept).first().map(|line| line.size).ok_or(Why::Missing)?;
        let off = |pair: &[f64; 2]| (pair[0] - one).abs();
        let pairs = pairs.iter().copied().map(turned);
        let pair = pairs.min_by(|a, b| off(a).total_cmp(&off(b))).ok_or(Why::Unclear)?;
        self.look(self.lines(changed), Look::Size([pair[1], pair[1]]))
    }

    /// Sets paragraphs of running text otherwise, by what is wrong with each; short ones of the same value too.
    fn running(
        &self,
        value: impl Fn(&Paragraph<'c>) -> Option<f64>,
        wrong: impl Fn(&Paragraph<'c>) -> Option<Set>,
    ) -> Result<Texts, Why> {
        self.set(alike::set(self.layout, value, wrong).into_iter())
    }

    /// Sets the paragraphs of some lines otherwise.
    fn set<'l>(&self, lines: impl Iterator<Item = (&'l Line, Set)>) -> Result<Texts, Why> {
        let source = self.source.of(self.name);
        let mut changes = Splices::default();
        let mut done = BTreeSet::new();
        for (line, set) in lines {
            let paragraph = self.paragraph(line).ok_or(Why::Missing)?;
            // Lines of one paragraph are set together.
            if done.insert(paragraph.range().start) {
                set.set(&mut changes, source, paragraph).ok_or(Why::Unclear)?;
            }
        }
        self.main_changed(changes)
    }

    /// Ends the entries of a list as they must end.
    fn ended(&self, part: Part, between: &str, last: Option<&String>) -> Result<Texts, Why> {
        let mut changes = Splices::default();
        let entries = order::entries(self.layout, part);
        let end = entries.len().saturating_sub(1);
        for (at, (text, first)) in entries.iter().enumerate() {
            let Some(mark) = (if at == end { last.map(String::as_str) } else { Some(between) }) else {
                continue;
            };
            if text.trim_end().ends_with(mark) {
                continue;
            }
            // An entry may be broken over lines of its paragraph.
            let place = first.at.as_ref().map(|at| at.paragraph);
            let mut own = self.facts.lines.iter().filter(|line| {
                line.at.as_ref().is_some_and(|at| at.part == self.name && Some(at.paragraph) == place)
            });
            let line = own.rfind(|line| text.ends_with(line.text.as_str())).ok_or(Why::Unclear)?;
            self.rewrite(&mut changes, line, &text::ended(&line.text, mark))?;
        }
        self.main_changed(changes)
    }

    /// Has the letters of some lines look otherwise, and no others.
    fn look(&self, lines: Vec<&Line>, look: Look) -> Result<Texts, Why> {
        let source = self.source.of(self.name);
        let mut changes = Splices::default();
        if lines.is_empty() {
            return Err(Why::Missing);
        }
        for line in lines {
            let paragraph = self.paragraph(line).ok_or(Why::Missing)?;
            let words = Words::of(source, paragraph).ok_or(Why::Bound)?;
            let runs = match words.find(written(line)) {
                // The number of a page is made, not written.
                _ if self.name != self.source.main => numbering(&words.runs),
                Some(place) => words.runs_of(place).ok_or(Why::Mixed)?,
                None => return Err(Why::Bound),
            };
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
            let words = Words::of(self.source.of(self.name), *paragraph).ok_or(Why::Bound)?;
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
    fn punctuated(&self, part: Part, pattern: &Pattern, when: Option<&Pattern>) -> Result<Texts, Why> {
        let mut changes = Splices::default();
        let meant = |line: &Line| when.is_none_or(|when| when.0.is_match(&line.text));
        for line in self.lines(part).into_iter().filter(|line| meant(line)) {
            if !pattern.0.is_match(&line.text) {
                let new = text::punctuated(&line.text, &pattern.0).ok_or(Why::Unclear)?;
                self.rewrite(&mut changes, line, &new)?;
            }
        }
        self.main_changed(changes)
    }

    fn rewrite(&self, changes: &mut Splices, line: &Line, new: &str) -> Result<(), Why> {
        let paragraph = self.paragraph(line).ok_or(Why::Missing)?;
        let words = Words::of(self.source.of(self.name), paragraph).ok_or(Why::Bound)?;
        let place = words.find(written(line)).ok_or(Why::Bound)?;
        // A number that is made for the line is no part of what is written.
        let new = new.get(line.text.len() - written(line).len()..).ok_or(Why::Bound)?;
        words.rewrite(changes, place, new).ok_or(Why::Bound)
    }
}

/// The runs of a paragraph that make the number of a page: those of its fields, and of what may stand in them.
fn numbering<'a, 'i>(runs: &[Node<'a, 'i>]) -> Vec<Node<'a, 'i>> {
    let mut open = 0_usize;
    let mut found = Vec::new();
    for run in runs {
        let marks = run.children().filter_map(|piece| docx::attribute(piece, "fldCharType"));
        let (before, mut begun) = (open, false);
        for mark in marks {
            match mark {
                "begin" => (open, begun) = (open + 1, true),
                "end" => open = open.saturating_sub(1),
                _ => {}
            }
        }
        if before > 0 || begun || run.ancestors().any(|above| place::is(above, "fldSimple")) {
            found.push(*run);
        }
    }
    found
}

/// What is written of a line: without the number or bullet that is made for it.
fn written(line: &Line) -> &str {
    let label = line.setting.as_ref().and_then(|setting| setting.label.as_deref()).unwrap_or_default();
    line.text.strip_prefix(label).map_or(line.text.as_str(), str::trim_start)
}

/// A range, or one of its ends: the greatest, the least.
fn ends([least, greatest]: [f64; 2], way: usize) -> [f64; 2] {
    match way {
        0 => [least, greatest],
        1 => [greatest, greatest],
        _ => [least, least],
    }
}

fn within(size: f64, [least, greatest]: [f64; 2], tolerance: f64) -> bool {
    (least - tolerance..=greatest + tolerance).contains(&size)
}
