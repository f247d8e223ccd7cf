//! `chancery check`: format rules of a PDF or DOCX.

use super::{FAULT, GOOD, NOT_GOOD, UNREADABLE, USAGE, fail, print_json};
use crate::format::overlay::{self, Encoding};
use crate::format::report::{At, Finding, NotChecked, Report};
use crate::format::{self, FormatError, Kind};
use crate::messages::{Language, Message, message};
use crate::pdf::text::Limits;
use crate::profile::{Profile, Severity};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to check
    #[arg(required_unless_present = "rules")]
    file: Option<PathBuf>,
    #[command(flatten)]
    by: ProfileArgs,
    /// List the profile's rules instead
    #[arg(long)]
    rules: bool,
    /// A folder for pictures of the pages of a PDF with the findings drawn on them, PNG and SVG
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// The language of the text: vi or en (by the locale when absent)
    #[arg(long, value_parser = ["vi", "en"])]
    lang: Option<String>,
}

/// Which profile a command judges by.
#[derive(Debug, clap::Args)]
pub(super) struct ProfileArgs {
    /// The profile to check by
    #[arg(long, default_value = "vn-nd30-2020")]
    profile: String,
    /// A folder with further profiles
    #[arg(long)]
    profiles: Option<PathBuf>,
}

/// The versions of one profile.
pub(super) struct Versions {
    all: Vec<Arc<Profile>>,
    pub(super) newest: Arc<Profile>,
}

impl Versions {
    /// The version that was in force on a document's date, else the newest.
    pub(super) fn on(&self, date: Option<chrono::NaiveDate>) -> &Arc<Profile> {
        date.and_then(|date| Profile::choose(&self.all, &self.newest.id, date)).unwrap_or(&self.newest)
    }
}

impl ProfileArgs {
    /// The versions of the profile named, or the command's end.
    pub(super) fn versions(&self, json: bool) -> Result<Versions, ExitCode> {
        let profiles = match &self.profiles {
            None => vec![Arc::clone(Profile::builtin())],
            Some(folder) => Profile::load_folder(folder)
                .map_err(|error| fail(json, USAGE, "profile_unusable", &[("why", &error.to_string())]))?,
        };
        let all: Vec<Arc<Profile>> =
            profiles.iter().filter(|profile| profile.id == self.profile).cloned().collect();
        let Some(newest) = all.iter().max_by_key(|profile| profile.in_force_from).cloned() else {
            let known: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
            let names = [("profile", self.profile.as_str()), ("known", &known.join(", "))];
            return Err(fail(json, USAGE, "profile_unknown", &names));
        };
        Ok(Versions { all, newest })
    }
}

/// The language asked for, else the locale's.
pub(super) fn chosen(language: Option<&str>) -> Language {
    match language {
        Some("en") => Language::En,
        Some(_) => Language::Vi,
        None => super::language(),
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let language = chosen(args.lang.as_deref());
    let versions = match args.by.versions(args.json) {
        Ok(versions) => versions,
        Err(exit) => return exit,
    };
    if args.rules {
        return list(&versions.newest, args.json, language);
    }
    let Some(path) = &args.file else { return ExitCode::from(USAGE) };
    let (report, profile) = match judge(path, &versions) {
        Ok(judged) => judged,
        Err(Failure::Io(error)) => {
            let (path, why) = (path.display().to_string(), error.to_string());
            return fail(args.json, UNREADABLE, "check_file_unreadable", &[("path", &path), ("why", &why)]);
        }
        Err(Failure::Format(error)) => {
            return fail(args.json, UNREADABLE, error.code(), &[("why", &error.to_string())]);
        }
    };
    let drawn = match &args.overlay {
        Some(folder) => match overlay(path, folder, &report, profile, language) {
            Ok(drawn) => Some(drawn),
            Err(error) => {
                let (folder, why) = (folder.display().to_string(), error.to_string());
                return fail(args.json, FAULT, "overlay_unwritable", &[("path", &folder), ("why", &why)]);
            }
        },
        None => None,
    };
    if args.json {
        let mut json = serde_json::json!(report);
        if let (Some(drawn), Some(object)) = (drawn, json.as_object_mut()) {
            object.insert("overlay".to_owned(), serde_json::json!(drawn));
        }
        print_json(&json);
    } else {
        // A reader that went away is no fault of ours.
        let _ = print(&report, profile, language);
        let _ = drawn.map(|drawn| say_drawn(&drawn, language));
    }
    ExitCode::from(if report.conforms == Some(true) { GOOD } else { NOT_GOOD })
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Format(#[from] FormatError),
}

/// Judges by the version of the profile that was in force on the document's date.
fn judge<'v>(path: &Path, versions: &'v Versions) -> Result<(Report, &'v Profile), Failure> {
    let limits = Limits::default();
    let mut file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(limits.file.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.file {
        // Too large to be read for its text: only its digest is wanted of the rest.
        return match Kind::of(&bytes) {
            Kind::OldDoc => Err(FormatError::OldDoc.into()),
            Kind::Unknown => Err(FormatError::Unknown.into()),
            Kind::Pdf | Kind::Docx => {
                Ok((format::too_large(&digest(bytes, file)?, &versions.newest), &versions.newest))
            }
        };
    }
    let read = format::read(bytes, &versions.newest, &limits)?;
    let date = read.document(&versions.newest).date;
    let profile = versions.on(date);
    Ok((read.judge(profile), profile))
}

/// A page drawn, or why not.
#[derive(Debug, serde::Serialize)]
struct Drawn {
    page: usize,
    png: Option<String>,
    svg: Option<String>,
    message: Option<Message>,
}

/// Draws every page that has findings.
fn overlay(
    path: &Path,
    folder: &Path,
    report: &Report,
    profile: &Profile,
    language: Language,
) -> std::io::Result<Vec<Drawn>> {
    let pages = overlay::pages(report);
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    std::fs::create_dir_all(folder)?;
    let bytes = std::fs::read(path)?;
    let mut all = Vec::new();
    for page in pages {
        let mut drawn = Drawn { page, png: None, svg: None, message: None };
        for (encoding, ending) in [(Encoding::Png, "png"), (Encoding::Svg, "svg")] {
            match overlay::draw(&bytes, report, profile, page, encoding, language, &Limits::default()) {
                Ok(picture) => {
                    let file = folder.join(format!("page-{page:03}.{ending}"));
                    std::fs::write(&file, picture)?;
                    let name = Some(file.display().to_string());
                    if ending == "png" { drawn.png = name } else { drawn.svg = name }
                }
                Err(error) => {
                    let (page, why) = (page.to_string(), error.to_string());
                    drawn.message = Some(message("overlay_failed", &[("page", &page), ("why", &why)]));
                }
            }
        }
        all.push(drawn);
    }
    Ok(all)
}

fn say_drawn(drawn: &[Drawn], language: Language) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if drawn.is_empty() {
        writeln!(out, "{}", message("overlay_no_pages", &[]).in_language(language))?;
    }
    for one in drawn {
        let page = one.page.to_string();
        for path in [&one.png, &one.svg].into_iter().flatten() {
            let said = message("overlay_written", &[("page", &page), ("path", path)]);
            writeln!(out, "{}", said.in_language(language))?;
        }
        if let Some(message) = &one.message {
            writeln!(out, "{}", message.in_language(language))?;
        }
    }
    Ok(())
}

/// SHA-256 of what was read and what follows, in hexadecimal digits.
fn digest(mut bytes: Vec<u8>, mut rest: impl Read) -> std::io::Result<String> {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    context.update(&bytes);
    bytes.resize(1 << 20, 0);
    loop {
        let read = rest.read(&mut bytes)?;
        match bytes.get(..read) {
            Some(some) if read > 0 => context.update(some),
            _ => return Ok(hex::encode(context.finish())),
        }
    }
}

fn list(profile: &Profile, json: bool, language: Language) -> ExitCode {
    let rules: Vec<_> = profile
        .rules
        .iter()
        .map(|rule| {
            serde_json::json!({
                "rule": rule.id, "basis": rule.basis, "severity": rule.severity,
                "message": rule.message, "repairable": rule.repairable,
            })
        })
        .collect();
    if json {
        print_json(&serde_json::json!({ "profile": profile.id, "version": profile.version, "rules": rules }));
        return ExitCode::from(GOOD);
    }
    let mut out = std::io::stdout().lock();
    for rule in &profile.rules {
        let severity = message(severity(rule.severity), &[]);
        let (severity, clause) = (severity.in_language(language), profile.clause(&rule.basis, language));
        let _ = writeln!(out, "{}\t{severity}\t{clause}", rule.id);
    }
    ExitCode::from(GOOD)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "format_severity_error",
        Severity::Warning => "format_severity_warning",
        Severity::Info => "format_severity_info",
    }
}

fn print(report: &Report, profile: &Profile, language: Language) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let say = |code: &str, args: &[(&str, &str)]| message(code, args).in_language(language).to_owned();
    for finding in in_reading_order(&report.findings) {
        writeln!(out, "{}", line(finding, profile, language))?;
    }
    if !report.not_checked.is_empty() {
        writeln!(out, "{}", say("format_unchecked", &[]))?;
        for (why, rules) in by_reason(&report.not_checked, language) {
            let count = rules.len().to_string();
            let reason = [("count", count.as_str()), ("why", why), ("rules", &shortened(&rules))];
            writeln!(out, "  {}", say("format_unchecked_because", &reason))?;
        }
    }
    let count = |error: bool| {
        report
            .findings
            .iter()
            .filter(|finding| (finding.severity == Severity::Error) == error)
            .count()
            .to_string()
    };
    let verdict = match report.conforms {
        Some(true) => say("format_conforms", &[("others", &count(false))]),
        Some(false) => say("format_deviates", &[("errors", &count(true)), ("others", &count(false))]),
        None => {
            let why = report.scope.message.clone().unwrap_or_else(|| message("format_nothing_judged", &[]));
            let most =
                by_reason(&report.not_checked, language).into_iter().max_by_key(|(_, rules)| rules.len());
            let why = most.map_or(why.in_language(language), |(most, _)| most);
            say("format_not_judged", &[("why", why)])
        }
    };
    writeln!(out, "{verdict}")
}

/// The worst first, and those alike as they are read, from the first page to the last.
fn in_reading_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = findings.iter().collect();
    all.sort_by(|a, b| {
        let rank = |finding: &Finding| match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        let top = |finding: &Finding| finding.bounds.map_or(0.0, |[_, top, ..]| top);
        let paragraph = |finding: &Finding| finding.at.as_ref().map(|at| at.paragraph);
        (rank(a), a.page, paragraph(a)).cmp(&(rank(b), b.page, paragraph(b))).then(top(a).total_cmp(&top(b)))
    });
    all
}

/// Rules that weren't judged by why they weren't, in the order of the first of each.
fn by_reason(unchecked: &[NotChecked], language: Language) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in unchecked {
        let why = one.message.in_language(language);
        match all.iter_mut().find(|(known, _)| *known == why) {
            Some((_, rules)) => rules.push(&one.rule),
            None => all.push((why, vec![&one.rule])),
        }
    }
    all
}

/// The first few of a list.
fn shortened(rules: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown = rules.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if rules.len() > SHOWN { format!("{shown}, …") } else { shown }
}

/// A place in a DOCX: how its paragraph begins tells more than which it is.
pub(super) fn at_paragraph(at: &At, language: Language) -> String {
    let paragraph = at.paragraph.to_string();
    let said = match at.text.as_str() {
        "" => message("format_at_paragraph", &[("paragraph", &paragraph)]),
        text => message("format_at_text", &[("paragraph", &paragraph), ("text", text)]),
    };
    said.in_language(language).to_owned()
}

/// A finding as a line of text.
pub(super) fn line(finding: &Finding, profile: &Profile, language: Language) -> String {
    let say = |code: &str, args: &[(&str, &str)]| message(code, args).in_language(language).to_owned();
    let place = match (finding.page, &finding.at) {
        (Some(page), _) => say("format_at_page", &[("page", &page.to_string())]),
        (None, Some(at)) => at_paragraph(at, language),
        (None, None) => say("format_in_document", &[]),
    };
    let [expected, found] = finding.words(language);
    let what = say(
        "format_finding",
        &[("message", finding.message.in_language(language)), ("found", found), ("expected", expected)],
    );
    let estimate = if finding.estimate { format!(" {}", say("format_estimate", &[])) } else { String::new() };
    let severity = say(severity(finding.severity), &[]);
    let clause = profile.clause(&finding.basis, language);
    format!("{severity}: {} [{place}]: {what}{estimate} ({clause})", finding.rule)
}
