//! Judging: each rule of the profile by the measure it names. What can't be measured is said to be
//! unchecked, never passed.

mod annex;
pub(super) mod body;
mod frame;
mod gap;
mod notation;
mod numbers;
pub(super) mod order;
mod page;
mod part;
mod place;
mod presence;
mod recipients;
mod signature;
pub(super) mod text;
mod titles;
mod wording;

use super::facts::{Facts, Line};
use super::layout::Layout;
use super::report::{At, Finding, NotChecked};
use crate::messages::{Message, message};
use crate::profile::{Measure, Profile, Rule, Severity, Side};

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
    /// Only the page shows it, and a DOCX has none.
    OnlyLayout,
    /// There is no line to be measured.
    NoLine,
    /// Documents of this type needn't have it.
    NotThisType,
    /// There is one page only.
    OnePage,
    /// No signature drew a picture.
    NotSigned,
    /// The picture's colours aren't read.
    NoInk,
    /// The rule is for PDF.
    NotPdf,
    /// The text's fonts don't tell its letters.
    Garbled,
    /// What it depends on is written wrongly, which is another rule's.
    WrongText,
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
            Self::OnlyLayout => "format_why_only_layout",
            Self::NoLine => "format_why_no_line",
            Self::NotThisType => "format_why_not_this_type",
            Self::OnePage => "format_why_one_page",
            Self::NotSigned => "format_why_not_signed",
            Self::NoInk => "format_why_no_ink",
            Self::NotPdf => "format_why_not_pdf",
            Self::Garbled => "format_why_garbled",
            Self::WrongText => "format_why_wrong_text",
        }
    }

    /// The entry of the report.
    pub(super) fn of(self, rule: &str) -> NotChecked {
        NotChecked::new(rule, message(self.code(), &[]))
    }
}

/// One deviation.
#[derive(Default)]
struct Deviation {
    line: Option<Line>,
    /// Where it is, when that is no line.
    bounds: Option<[f64; 4]>,
    page: usize,
    paragraph: Option<usize>,
    estimate: bool,
    expected: Message,
    found: Message,
}

impl Deviation {
    /// The same at a place of its page.
    fn at(self, bounds: [f64; 4]) -> Self {
        Self { bounds: Some(bounds), ..self }
    }
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
            Measure::ScanRatio { least } => signature::scan_ratio(self.facts, *least),
            Measure::ScanText => signature::scan_text(self.facts),
            Measure::PdfVersion { least } => signature::version(self.facts, *least),
            _ if self.facts.scan => Outcome::NotChecked(Why::Scanned),
            // Even where the text ends is told by what its lines say.
            _ if self.facts.garbled => Outcome::NotChecked(Why::Garbled),
            Measure::Margin { side: Side::Bottom, range, tolerance } => {
                page::bottom_margin(self.facts, *range, *tolerance)
            }
            Measure::Margin { side, range, tolerance } => page::margin(self.facts, *side, *range, *tolerance),
            Measure::FontFamily { families } => text::font_family(self, families),
            Measure::BodySize { range, tolerance } => body::size(self, *range, *tolerance),
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
            Measure::PartText { part, pattern, when, example } => {
                part::text(self, *part, pattern, when.as_ref(), example)
            }
            Measure::PartNamed { part } => part::named(self, *part),
            Measure::PartSentence { part, behind } => part::sentence(self, *part, behind.as_deref()),
            Measure::PartFont { part, families } => part::font(self, *part, families),
            Measure::PartLead { part, bold } => part::lead(self, *part, *bold),
            Measure::PartColour { part, colour } => part::colour(self, *part, *colour),
            Measure::SizePairs { parts, pairs, tolerance } => {
                part::size_pairs(self, *parts, pairs, *tolerance)
            }
            Measure::PartPresent { part, or, with, types, except } => {
                presence::present(self, *part, (or, *with), types, except)
            }
            Measure::PartCentred { part, under, tolerance } => place::centred(self, *part, under, *tolerance),
            Measure::PartPlace { part, within, except } => place::within(self, *part, *within, except),
            Measure::PartGap { part, above, least, most, tolerance } => {
                gap::gap(self, (*part, *above), (*least, *most), *tolerance)
            }
            Measure::PartBeside { part, of } => gap::beside(self, *part, *of),
            Measure::PartFramed { part } => frame::framed(self, *part),
            Measure::FrameSize { part, sizes, tolerance } => frame::size(self, *part, sizes, *tolerance),
            Measure::SameRow { part, other, tolerance } => place::same_row(self, *part, *other, *tolerance),
            Measure::OneLine { part } => place::one_line(self, *part),
            Measure::LineUnder { part } => place::line_under(self, *part),
            Measure::LineLength { part, range, tolerance } => {
                place::line_length(self, *part, *range, *tolerance)
            }
            _ => self.measure_text(measure),
        }
    }

    /// Measures of running text, numbers and signatures.
    fn measure_text(&self, measure: &Measure) -> Outcome {
        match measure {
            Measure::BodyIndent { values, tolerance } => body::indent(self, values, *tolerance),
            Measure::BodyGap { least, tolerance } => body::gap(self, *least, *tolerance),
            Measure::BodyPitch { range, tolerance } => body::pitch(self, *range, *tolerance),
            Measure::BodyJustified => body::justified(self),
            Measure::BodyUpright => body::plain_text(self, true),
            Measure::BodyRegular => body::plain_text(self, false),
            Measure::BodySentence => body::sentence(self),
            Measure::SizeInText { part, range, tolerance } => {
                body::size_of_part(self, *part, *range, *tolerance)
            }
            Measure::Titled { units } => titles::titled(self, units),
            Measure::AnnexHas { part } => annex::has(self, *part),
            Measure::AnnexMentioned { words } => annex::mentioned(self, words),
            Measure::PageNumbers => numbers::present(self),
            Measure::PageNumberPlace => numbers::place(self),
            Measure::PageNumberFirst => numbers::first(self),
            Measure::PageNumberForm => numbers::form(self),
            Measure::PageNumberOrder => numbers::order(self),
            Measure::AnnexPages => numbers::annexes(self),
            Measure::Order { units } => order::numbers(self, units),
            Measure::LetterOrder { letters, also } => order::letters(self, letters, also),
            Measure::ListEnds { part, between, last, last_is } => {
                order::list_ends(self, *part, (between, last), *last_is)
            }
            Measure::ListLast { part, list } => recipients::last(self, *part, *list),
            Measure::ListFirst { list, pattern, with, types, example } => {
                recipients::first(self, *list, (pattern, example), *with, types)
            }
            Measure::KeptWith { clerks } => recipients::kept_with(self, clerks),
            Measure::LeftEdge { part, level_with, tolerance, level, except } => {
                recipients::left_edge(self, (*part, *level_with), (*tolerance, *level), except)
            }
            Measure::Deputy { words, example, except } => presence::deputy(self, words, example, except),
            Measure::ListAlone { part, list, several } => order::alone(self, *part, *list, several),
            Measure::Wording { pattern, instead, unless_after } => {
                wording::wording(self, pattern, instead, unless_after)
            }
            Measure::FirstCitation { pattern, needs } => wording::first_citation(self, pattern, needs),
            Measure::SignatureColour { role, colour } => signature::colour(self, *role, *colour),
            Measure::SignatureTransparent { role } => signature::transparent(self, *role),
            Measure::SignatureBetween => signature::between(self),
            Measure::SealOverlap { range } => signature::overlap(self, *range),
            Measure::SealSize { range } => signature::seal_size(self, *range),
            Measure::Black => text::black(self),
            Measure::Composed => text::composed(self.facts),
            Measure::LegacyFonts { prefixes } => text::legacy_fonts(self.facts, prefixes),
            _ => Outcome::NotChecked(Why::NoSuchPart),
        }
    }
}

fn finding(rule: &Rule, deviation: Deviation, facts: &Facts) -> Finding {
    let is_pdf = facts.kind == "pdf";
    let stamped = deviation.line.as_ref().is_some_and(|line| line.stamped) || deviation.bounds.is_some();
    let source = match (facts.scan, stamped) {
        (true, _) => "scan",
        (false, true) => "signing_tool",
        (false, false) => "author",
    };
    let bounds = match (&deviation.line, deviation.bounds) {
        (Some(line), _) => line.bounds,
        (None, Some(bounds)) => bounds,
        (None, None) => {
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
        // What a signing tool did is no fault of the document's author.
        severity: if stamped && rule.severity == Severity::Error { Severity::Warning } else { rule.severity },
        basis: rule.basis.clone(),
        source: source.to_owned(),
        estimate: deviation.estimate,
        page: is_pdf.then_some(deviation.page + 1),
        bounds: is_pdf.then(|| bounds.map(rounded)),
        repairable: rule.repairable && !is_pdf && (deviation.line.is_some() || section.is_some()),
        at: deviation.line.and_then(|line| line.at).or(section),
        in_english: [deviation.expected.en, deviation.found.en],
        expected: deviation.expected.vi,
        found: deviation.found.vi,
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

fn of_line(line: &Line, expected: impl Into<Message>, found: impl Into<Message>) -> Outcome {
    Outcome::Broken(vec![deviation_of_line(line, expected, found)])
}

fn deviation_of_line(line: &Line, expected: impl Into<Message>, found: impl Into<Message>) -> Deviation {
    Deviation {
        page: line.page,
        line: Some(line.clone()),
        expected: expected.into(),
        found: found.into(),
        ..Deviation::default()
    }
}

fn of_page(page: usize, expected: impl Into<Message>, found: impl Into<Message>) -> Outcome {
    Outcome::Broken(vec![Deviation {
        page,
        expected: expected.into(),
        found: found.into(),
        ..Deviation::default()
    }])
}
