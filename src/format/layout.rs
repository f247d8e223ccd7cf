//! From lines to the parts of a document that rules speak of: title block, number, date, body.

use super::facts::{Facts, Line};
use super::report::DocumentFacts;
use crate::profile::{Notation, Profile};
use chrono::NaiveDate;
use regex::Regex;
use std::sync::OnceLock;

/// The parts found.
#[derive(Debug, Clone, Default)]
pub struct Layout<'f> {
    /// The line with the number.
    pub number: Option<&'f Line>,
    /// The line with place and date.
    pub date: Option<&'f Line>,
    /// Lines of the body.
    pub body: Vec<&'f Line>,
    /// What the document says of itself.
    pub document: DocumentFacts,
}

/// Text that is compared: upper and lower case and white space don't count.
#[must_use]
pub fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `ngày 05 tháng 01 năm 2026` with what stands before; day and month may be blank in drafts.
#[must_use]
pub fn date_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        Regex::new(r"(?i)^(?P<before>.*?),?\s*ngày\s*(?P<day>[0-9.…]*)\s*tháng\s*(?P<month>[0-9.…]*)\s*năm\s*(?P<year>[0-9.…]*)\s*$")
            .unwrap_or_else(|error| unreachable!("{error}"))
    })
}

impl<'f> Layout<'f> {
    /// Finds the parts.
    #[must_use]
    pub fn find(facts: &'f Facts, profile: &Profile) -> Self {
        let visible = |line: &&Line| !line.invisible;
        // The title block is on the first page; in a DOCX among the first paragraphs.
        let head: Vec<&Line> =
            facts.lines.iter().filter(visible).filter(|line| line.page == 0).take(40).collect();
        let label = profile.numbering.label.trim_end_matches(':');
        let number = head.iter().copied().find(|line| {
            line.text.strip_prefix(label).is_some_and(|rest| {
                let rest = rest.trim_start();
                rest.starts_with(':') || rest.starts_with(|character: char| character.is_ascii_digit())
            })
        });
        let date = head
            .iter()
            .copied()
            .find(|line| line.text.chars().count() < 80 && date_pattern().is_match(&line.text));
        let mut layout = Self { number, date, body: body(facts), document: DocumentFacts::default() };
        layout.document = layout.describe(&head, profile);
        layout
    }

    /// What stands after the label of the number line.
    #[must_use]
    pub fn number_text(&self, profile: &Profile) -> Option<String> {
        let label = profile.numbering.label.trim_end_matches(':');
        let rest = self.number?.text.strip_prefix(label)?;
        Some(rest.trim_start().trim_start_matches(':').trim().to_owned())
    }

    fn describe(&self, head: &[&Line], profile: &Profile) -> DocumentFacts {
        let number = self.number_text(profile).and_then(|text| Notation::parse(&text).ok());
        let date = self.date.and_then(|line| read_date(&line.text));
        let named = head.iter().find_map(|line| {
            profile
                .types
                .iter()
                .find(|kind| folded(&kind.name) == folded(&line.text))
                .map(|kind| (*line, kind))
        });
        let is_letter = head.iter().any(|line| line.text.starts_with("V/v"));
        let kind = match named {
            Some((_, kind)) => Some(kind.code.clone()),
            None if is_letter => {
                profile.types.iter().find(|kind| kind.abbreviation.is_none()).map(|kind| kind.code.clone())
            }
            None => None,
        };
        let subject = match named {
            Some((title, _)) => head
                .iter()
                .skip_while(|line| !std::ptr::eq(**line, title))
                .skip(1)
                .take_while(|line| line.bold)
                .map(|line| line.text.clone())
                .reduce(|all, next| format!("{all} {next}")),
            None => head.iter().find(|line| line.text.starts_with("V/v")).map(|line| line.text.clone()),
        };
        // The issuing body stands in bold capitals above the number, left of the national title.
        let motto = folded(&profile.text.national_title);
        let issuer = head
            .iter()
            .take_while(|line| self.number.is_none_or(|number| !std::ptr::eq(**line, number)))
            .filter(|line| line.bold && line.text == line.text.to_uppercase() && folded(&line.text) != motto)
            .map(|line| line.text.clone())
            .last();
        DocumentFacts { kind, number: number.map(|number| number.to_string()), date, issuer, subject }
    }
}

/// The date of a date line.
#[must_use]
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let found = date_pattern().captures(text)?;
    let number = |name: &str| found.name(name)?.as_str().parse::<u32>().ok();
    let year = i32::try_from(number("year")?).ok()?;
    NaiveDate::from_ymd_opt(year, number("month")?, number("day")?)
}

/// Lines of running text: long ones, or in a DOCX paragraphs of a sentence's length.
fn body(facts: &Facts) -> Vec<&Line> {
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
