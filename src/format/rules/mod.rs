//! Judging: each rule of the profile by the measure it names. What can't be measured is said to be
//! unchecked, never passed.

mod notation;
mod page;
mod part;
pub(super) mod text;

use super::facts::{Facts, Line};
use super::layout::Layout;
use super::report::{At, Finding, NotChecked};
use crate::messages::message;
use crate::profile::{Measure, Profile, Rule, Side};

/// What judging one rule gave.
enum Outcome {
    Holds,
    Broken(Vec<Deviation>),
    NotChecked(Why),
}

/// Why a rule wasn't judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The pages are pictures.
    Scanned,
    /// The rule is for scans.
    NotScanned,
    /// The part it speaks of wasn't found.
    NoSuchPart,
    /// The page isn't a document's first, or the file is an annex.
    NoHead,
    /// The margin doesn't show.
    NoEdge,
    /// There is no page.
    NoPage,
    /// Fonts have no names.
    NoFontNames,
    /// There is too little running text.
    LittleText,
    /// The number hasn't been given yet.
    NoNumberYet,
    /// The date hasn't been given yet.
    NoDateYet,
    /// The type isn't known.
    NoType,
    /// The file is larger than is read.
    TooLarge,
}

impl Why {
    /// The code of its text for people.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Scanned => "format_why_scanned",
            Self::NotScanned => "format_why_not_scanned",
            Self::NoSuchPart => "format_why_no_such_part",
            Self::NoHead => "format_why_no_head",
            Self::NoEdge => "format_why_no_edge",
            Self::NoPage => "format_why_no_page",
            Self::NoFontNames => "format_why_no_font_names",
            Self::LittleText => "format_why_little_text",
            Self::NoNumberYet => "format_why_no_number_yet",
            Self::NoDateYet => "format_why_no_date_yet",
            Self::NoType => "format_why_no_type",
            Self::TooLarge => "format_why_too_large",
        }
    }

    /// The entry of the report.
    pub(super) fn of(self, rule: &str) -> NotChecked {
        NotChecked::new(rule, message(self.code(), &[]))
    }
}

/// One deviation.
struct Deviation {
    line: Option<Line>,
    page: usize,
    paragraph: Option<usize>,
    estimate: bool,
    expected: String,
    found: String,
}

/// What rules are judged by.
struct Case<'c> {
    facts: &'c Facts,
    layout: &'c Layout<'c>,
    profile: &'c Profile,
}

/// Judges every rule of the profile.
#[must_use]
pub(super) fn judge(
    facts: &Facts,
    layout: &Layout<'_>,
    profile: &Profile,
) -> (Vec<Finding>, Vec<NotChecked>) {
    let (mut findings, mut unchecked) = (Vec::new(), Vec::new());
    let case = Case { facts, layout, profile };
    for rule in &profile.rules {
        match case.measure(&rule.measure) {
            Outcome::Holds => {}
            Outcome::NotChecked(why) => unchecked.push(why.of(&rule.id)),
            Outcome::Broken(deviations) => {
                findings.extend(deviations.into_iter().map(|deviation| finding(rule, deviation, facts)));
            }
        }
    }
    (findings, unchecked)
}

impl Case<'_> {
    fn measure(&self, measure: &Measure) -> Outcome {
        match measure {
            Measure::Paper { width, height, tolerance, scan_tolerance } => {
                let tolerance = if self.facts.scan { *scan_tolerance } else { *tolerance };
                page::paper(self.facts, *width, *height, tolerance)
            }
            Measure::Orientation { portrait } => page::orientation(self.facts, *portrait),
            Measure::ScanResolution { least, tolerance } => page::resolution(self.facts, *least, *tolerance),
            Measure::ScanColour => page::scan_colour(self.facts),
            _ if self.facts.scan => Outcome::NotChecked(Why::Scanned),
            Measure::Margin { side: Side::Bottom, range, tolerance } => {
                page::bottom_margin(self.facts, *range, *tolerance)
            }
            Measure::Margin { side, range, tolerance } => page::margin(self.facts, *side, *range, *tolerance),
            Measure::FontFamily { families } => text::font_family(self.facts, families),
            Measure::BodySize { range, tolerance } => text::body_size(self.layout, *range, *tolerance),
            Measure::FixedText { text, also } => text::fixed(self, text, also),
            Measure::Discouraged { texts, instead } => text::discouraged(self, texts, instead),
            Measure::NumberForm => notation::number_form(self),
            Measure::NumberPadding => notation::number_padding(self),
            Measure::NumberType => notation::number_type(self),
            Measure::DateForm => notation::date_form(self),
            Measure::DatePadding => notation::date_padding(self),
            Measure::PartSize { part, range, tolerance } => part::size(self, *part, *range, *tolerance),
            Measure::PartWeight { part, bold } => part::weight(self, *part, *bold),
            Measure::PartSlant { part, italic } => part::slant(self, *part, *italic),
            Measure::PartCapitals { part } => part::capitals(self, *part),
            Measure::PartText { part, pattern, example } => part::text(self, *part, pattern, example),
            Measure::Black => text::black(self),
            Measure::Composed => text::composed(self.facts),
            Measure::LegacyFonts { prefixes } => text::legacy_fonts(self.facts, prefixes),
        }
    }
}

fn finding(rule: &Rule, deviation: Deviation, facts: &Facts) -> Finding {
    let is_pdf = facts.kind == "pdf";
    let stamped = deviation.line.as_ref().is_some_and(|line| line.stamped);
    let source = match (facts.scan, stamped) {
        (true, _) => "scan",
        (false, true) => "signing_tool",
        (false, false) => "author",
    };
    let bounds = match &deviation.line {
        Some(line) => line.bounds,
        None => {
            let sheet = facts.sheets.get(deviation.page);
            [0.0, 0.0, sheet.map_or(0.0, |sheet| sheet.width), sheet.map_or(0.0, |sheet| sheet.height)]
        }
    };
    let section = deviation.paragraph.map(|paragraph| At {
        part: super::docx::MAIN_PART.to_owned(),
        paragraph,
        text: String::new(),
    });
    Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        basis: rule.basis.clone(),
        source: source.to_owned(),
        estimate: deviation.estimate,
        page: is_pdf.then_some(deviation.page + 1),
        bounds: is_pdf.then(|| bounds.map(rounded)),
        repairable: rule.repairable && !is_pdf && (deviation.line.is_some() || section.is_some()),
        at: deviation.line.and_then(|line| line.at).or(section),
        expected: deviation.expected,
        found: deviation.found,
        message: rule.message.clone(),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A number for people: no decimals where there are none.
fn plain(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn range_text([least, greatest]: [f64; 2], unit: &str) -> String {
    if (least - greatest).abs() < f64::EPSILON {
        format!("{} {unit}", plain(least))
    } else {
        format!("{}–{} {unit}", plain(least), plain(greatest))
    }
}

fn of_line(line: &Line, expected: impl Into<String>, found: impl Into<String>) -> Outcome {
    Outcome::Broken(vec![deviation_of_line(line, expected, found)])
}

fn deviation_of_line(line: &Line, expected: impl Into<String>, found: impl Into<String>) -> Deviation {
    Deviation {
        page: line.page,
        line: Some(line.clone()),
        paragraph: None,
        estimate: false,
        expected: expected.into(),
        found: found.into(),
    }
}

fn of_page(page: usize, expected: impl Into<String>, found: impl Into<String>) -> Outcome {
    Outcome::Broken(vec![Deviation {
        line: None,
        page,
        paragraph: None,
        estimate: false,
        expected: expected.into(),
        found: found.into(),
    }])
}
