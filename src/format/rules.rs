//! Judging: each rule of the profile by the measure it names. What can't be measured is said to be
//! unchecked, never passed.

use super::facts::{Facts, Line};
use super::layout::{Layout, date_pattern, folded};
use super::report::{Finding, NotChecked};
use crate::profile::{Measure, Notation, Profile, Rule};

/// What judging one rule gave.
enum Outcome {
    Holds,
    Broken(Vec<Deviation>),
    NotChecked(&'static str),
}

/// One deviation.
struct Deviation {
    line: Option<Line>,
    page: usize,
    estimate: bool,
    expected: String,
    found: String,
}

/// Judges every rule of the profile.
#[must_use]
pub fn judge(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> (Vec<Finding>, Vec<NotChecked>) {
    let (mut findings, mut unchecked) = (Vec::new(), Vec::new());
    for rule in &profile.rules {
        match measure(rule.measure, facts, layout, profile) {
            Outcome::Holds => {}
            Outcome::NotChecked(why) => {
                unchecked.push(NotChecked { rule: rule.id.clone(), why: why.to_owned() });
            }
            Outcome::Broken(deviations) => {
                findings.extend(deviations.into_iter().map(|deviation| finding(rule, deviation, facts)));
            }
        }
    }
    (findings, unchecked)
}

fn finding(rule: &Rule, deviation: Deviation, facts: &Facts) -> Finding {
    let is_pdf = facts.kind == "pdf";
    let stamped = deviation.line.as_ref().is_some_and(|line| line.stamped);
    let source = match (facts.scan, stamped) {
        (true, _) => "scan",
        (false, true) => "signing_tool",
        (false, false) => "author",
    };
    Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        basis: rule.basis.clone(),
        source: source.to_owned(),
        estimate: deviation.estimate,
        page: is_pdf.then_some(deviation.page + 1),
        bounds: is_pdf.then(|| match &deviation.line {
            Some(line) => line.bounds.map(rounded),
            None => {
                let sheet = facts.sheets.get(deviation.page);
                [0.0, 0.0, sheet.map_or(0.0, |s| rounded(s.width)), sheet.map_or(0.0, |s| rounded(s.height))]
            }
        }),
        at: deviation.line.and_then(|line| line.at),
        expected: deviation.expected,
        found: deviation.found,
        message: rule.message.clone(),
        repairable: rule.repairable && !is_pdf,
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn of_line(line: &Line, expected: impl Into<String>, found: impl Into<String>) -> Outcome {
    Outcome::Broken(vec![Deviation {
        page: line.page,
        line: Some(line.clone()),
        estimate: false,
        expected: expected.into(),
        found: found.into(),
    }])
}

fn of_page(page: usize, estimate: bool, expected: impl Into<String>, found: impl Into<String>) -> Outcome {
    Outcome::Broken(vec![Deviation {
        line: None,
        page,
        estimate,
        expected: expected.into(),
        found: found.into(),
    }])
}

const SCANNED: &str = "the pages are pictures: recognised text is not judged";
const NOT_FOUND: &str = "the part was not found in the text";

fn measure(measure: Measure, facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Outcome {
    match measure {
        Measure::Paper => paper(facts, profile),
        Measure::Orientation => orientation(facts),
        _ if facts.scan => Outcome::NotChecked(SCANNED),
        Measure::MarginLeft => margin(facts, profile, 0, profile.page.left),
        Measure::MarginRight => margin(facts, profile, 1, profile.page.right),
        Measure::MarginTop => margin(facts, profile, 2, profile.page.top),
        Measure::MarginBottom => margin(facts, profile, 3, profile.page.bottom),
        Measure::FontFamily => font_family(facts, profile),
        Measure::BodySize => body_size(layout, profile),
        Measure::NationalTitle => national_title(facts, profile),
        Measure::NationalTitleSpelling => national_title_spelling(facts, profile),
        Measure::Motto => motto(facts, profile),
        Measure::NumberForm => number_form(layout, profile),
        Measure::NumberPadding => number_padding(layout, profile),
        Measure::DateForm => date_form(layout),
        Measure::DatePadding => date_padding(layout, profile),
    }
}

fn paper(facts: &Facts, profile: &Profile) -> Outcome {
    let (width, height) = (profile.page.width, profile.page.height);
    // Producers round paper sizes; scanners more so.
    let tolerance = if facts.scan { 3.0 } else { profile.page.tolerance };
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance;
    let Some(first) = facts.sheets.first() else { return Outcome::NotChecked("there is no page") };
    let fits = (near(first.width, width) && near(first.height, height))
        || (near(first.width, height) && near(first.height, width));
    if fits {
        return Outcome::Holds;
    }
    let found = format!("{:.1} × {:.1} mm", first.width, first.height);
    of_page(0, false, format!("{width} × {height} mm"), found)
}

fn orientation(facts: &Facts) -> Outcome {
    match facts.sheets.first() {
        None => Outcome::NotChecked("there is no page"),
        Some(sheet) if sheet.height >= sheet.width => Outcome::Holds,
        Some(sheet) => of_page(0, false, "portrait", format!("{:.0} × {:.0} mm", sheet.width, sheet.height)),
    }
}

/// One margin of the first upright page that shows it. Annexes in landscape have their own.
fn margin(facts: &Facts, profile: &Profile, which: usize, range: [f64; 2]) -> Outcome {
    let [least, greatest] = range;
    let tolerance = profile.page.tolerance;
    let measured: Vec<(usize, f64, bool)> = facts
        .sheets
        .iter()
        .enumerate()
        .filter(|(_, sheet)| sheet.height >= sheet.width)
        .filter_map(|(page, sheet)| {
            sheet.margins.get(which).copied().flatten().map(|value| (page, value, sheet.estimate))
        })
        .collect();
    // Several pages of a PDF each give an estimate; the page closest to the rule tells most, because
    // short lines and headings only make a margin look larger.
    let middle = f64::midpoint(least, greatest);
    let best = measured.into_iter().min_by(|a, b| {
        (a.1 - middle).abs().partial_cmp(&(b.1 - middle).abs()).unwrap_or(std::cmp::Ordering::Equal)
    });
    match best {
        None => Outcome::NotChecked("the margin can't be told from the pages"),
        Some((_, value, _)) if (least - tolerance..=greatest + tolerance).contains(&value) => Outcome::Holds,
        Some((page, value, estimate)) => {
            of_page(page, estimate, format!("{least}–{greatest} mm"), format!("{value:.1} mm"))
        }
    }
}

fn font_family(facts: &Facts, profile: &Profile) -> Outcome {
    let plain = |name: &str| name.replace([' ', '-', ','], "").to_lowercase();
    let accepted: Vec<String> = profile.text.font_families.iter().map(|name| plain(name)).collect();
    let mut judged = 0_usize;
    for line in facts.lines.iter().filter(|line| !line.invisible) {
        for (font, characters) in &line.fonts {
            if font.is_empty() {
                continue;
            }
            judged += characters;
            let name = plain(font);
            // Symbols for bullets and boxes come from fonts of their own.
            let symbols = ["symbol", "wingdings", "zapfdingbats"].iter().any(|font| name.starts_with(font));
            if !symbols && !accepted.iter().any(|accepted| name.starts_with(accepted.as_str())) {
                return of_line(
                    line,
                    profile.text.font_families.first().cloned().unwrap_or_default(),
                    font.clone(),
                );
            }
        }
    }
    if judged == 0 { Outcome::NotChecked("the fonts have no names") } else { Outcome::Holds }
}

fn body_size(layout: &Layout<'_>, profile: &Profile) -> Outcome {
    let [least, greatest] = profile.text.body_size;
    let tolerance = profile.text.size_tolerance;
    if layout.body.len() < 2 {
        return Outcome::NotChecked("there is too little running text");
    }
    let outside: Vec<&&Line> = layout
        .body
        .iter()
        .filter(|line| !(least - tolerance..=greatest + tolerance).contains(&line.size))
        .collect();
    match outside.first() {
        Some(first) if outside.len() * 2 > layout.body.len() => {
            of_line(first, format!("{least}–{greatest} pt"), format!("{} pt", first.size))
        }
        _ => Outcome::Holds,
    }
}

fn has_text(facts: &Facts, wanted: &str) -> bool {
    let wanted = folded(wanted);
    facts.lines.iter().any(|line| !line.invisible && folded(&line.text).contains(&wanted))
}

/// Whether a text stands in one line, or broken over two of the title block.
fn exact(facts: &Facts, wanted: &str) -> bool {
    let lines: Vec<&Line> = facts.lines.iter().filter(|line| !line.invisible).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let broken = wanted
            .strip_prefix(line.text.as_str())
            .map(str::trim_start)
            .filter(|rest| rest.len() < wanted.len());
        line.text.contains(wanted)
            || broken.is_some_and(|rest| {
                lines.iter().skip(at + 1).take(3).any(|next| next.page == line.page && next.text == rest)
            })
    })
}

fn national_title(facts: &Facts, profile: &Profile) -> Outcome {
    let text = &profile.text;
    let present = std::iter::once(&text.national_title)
        .chain(&text.national_title_accepted)
        .any(|title| exact(facts, title));
    if present {
        Outcome::Holds
    } else {
        of_page(0, false, text.national_title.clone(), nearest(facts, &text.national_title))
    }
}

fn national_title_spelling(facts: &Facts, profile: &Profile) -> Outcome {
    let text = &profile.text;
    let found = facts.lines.iter().find(|line| {
        !line.invisible && text.national_title_accepted.iter().any(|title| line.text.contains(title))
    });
    match found {
        Some(line) => of_line(line, text.national_title.clone(), line.text.clone()),
        None => Outcome::Holds,
    }
}

fn motto(facts: &Facts, profile: &Profile) -> Outcome {
    if exact(facts, &profile.text.motto) {
        return Outcome::Holds;
    }
    of_page(0, false, profile.text.motto.clone(), nearest(facts, &profile.text.motto))
}

/// The line that is meant, for showing what stands instead.
fn nearest(facts: &Facts, wanted: &str) -> String {
    let first: String = folded(wanted).split(' ').take(1).collect();
    let found = facts.lines.iter().take(20).find(|line| folded(&line.text).starts_with(&first));
    match found {
        Some(line) => line.text.clone(),
        None if has_text(facts, wanted) => wanted.to_lowercase(),
        None => "—".to_owned(),
    }
}

/// Whether the number has not been given yet: a draft's gap is no error.
fn is_blank_number(text: &str) -> bool {
    text.is_empty() || text.starts_with('/') || text.starts_with(['.', '…', '_'])
}

fn number_form(layout: &Layout<'_>, profile: &Profile) -> Outcome {
    let (Some(line), Some(text)) = (layout.number, layout.number_text(profile)) else {
        return Outcome::NotChecked(NOT_FOUND);
    };
    let has_colon = line.text.starts_with(&profile.numbering.label);
    if !has_colon {
        return of_line(line, profile.numbering.label.clone(), line.text.clone());
    }
    if text.is_empty() {
        return Outcome::NotChecked("the number has not been given yet");
    }
    if is_blank_number(&text) {
        let symbol = text.trim_start_matches(['.', '…', '_', ' ']);
        return match Notation::parse(&format!("01{symbol}")) {
            Ok(_) => Outcome::Holds,
            Err(_) => of_line(line, "/QĐ-UBND", text),
        };
    }
    match Notation::parse(&text) {
        Ok(_) => Outcome::Holds,
        Err(_) => of_line(line, "05/QĐ-UBND", text),
    }
}

fn number_padding(layout: &Layout<'_>, profile: &Profile) -> Outcome {
    let (Some(line), Some(text)) = (layout.number, layout.number_text(profile)) else {
        return Outcome::NotChecked(NOT_FOUND);
    };
    if is_blank_number(&text) {
        return Outcome::NotChecked("the number has not been given yet");
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(number) if digits == profile.format_number(number) => Outcome::Holds,
        Ok(number) => of_line(line, profile.format_number(number), digits),
        Err(_) => Outcome::NotChecked("the number is not readable"),
    }
}

fn date_form(layout: &Layout<'_>) -> Outcome {
    let Some(line) = layout.date else { return Outcome::NotChecked(NOT_FOUND) };
    let Some(found) = date_pattern().captures(&line.text) else { return Outcome::NotChecked(NOT_FOUND) };
    let before = found.name("before").map_or("", |text| text.as_str()).trim();
    let has_comma = line.text.contains(',');
    if before.is_empty() || !has_comma {
        return of_line(line, "Hà Nội, ngày 05 tháng 01 năm 2026", line.text.clone());
    }
    Outcome::Holds
}

fn date_padding(layout: &Layout<'_>, profile: &Profile) -> Outcome {
    let Some(line) = layout.date else { return Outcome::NotChecked(NOT_FOUND) };
    let Some(found) = date_pattern().captures(&line.text) else { return Outcome::NotChecked(NOT_FOUND) };
    let text = |name: &str| found.name(name).map_or("", |text| text.as_str());
    let (Ok(day), Ok(month)) = (text("day").parse::<u32>(), text("month").parse::<u32>()) else {
        return Outcome::NotChecked("the date has not been given yet");
    };
    let written =
        |value: u32, below: u32| if value < below { format!("{value:02}") } else { value.to_string() };
    let wanted =
        (written(day, profile.date.day_padded_below), written(month, profile.date.month_padded_below));
    if (text("day"), text("month")) == (wanted.0.as_str(), wanted.1.as_str()) {
        return Outcome::Holds;
    }
    of_line(
        line,
        format!("ngày {} tháng {}", wanted.0, wanted.1),
        format!("ngày {} tháng {}", text("day"), text("month")),
    )
}
