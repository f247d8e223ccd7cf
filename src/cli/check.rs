//! `chancery check`: format rules of a PDF or DOCX.

use super::{GOOD, NOT_GOOD, UNREADABLE, USAGE, fail, language, print_json};
use crate::format::{self, report::Report};
use crate::pdf::text::Limits;
use crate::profile::Profile;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to check
    #[arg(required_unless_present = "rules")]
    file: Option<PathBuf>,
    /// The profile to check by
    #[arg(long, default_value = "vn-nd30-2020")]
    profile: String,
    /// A folder with further profiles
    #[arg(long)]
    profiles: Option<PathBuf>,
    /// List the profile's rules instead
    #[arg(long)]
    rules: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let profiles = match &args.profiles {
        None => vec![std::sync::Arc::clone(Profile::builtin())],
        Some(folder) => match Profile::load_folder(folder) {
            Ok(profiles) => profiles,
            Err(error) => return fail(args.json, USAGE, "profile_unusable", &[("why", &error.to_string())]),
        },
    };
    let Some(profile) = profiles.iter().find(|profile| profile.id == args.profile) else {
        return fail(args.json, USAGE, "profile_unknown", &[("profile", &args.profile)]);
    };
    if args.rules {
        return list(profile, args.json);
    }
    let Some(path) = &args.file else { return ExitCode::from(USAGE) };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return fail(args.json, UNREADABLE, "file_unreadable", &[("why", &error.to_string())]),
    };
    match format::check(bytes, profile, &Limits::default()) {
        Err(error) => fail(args.json, UNREADABLE, error.code(), &[("why", &error.to_string())]),
        Ok(report) => {
            if args.json {
                print_json(&report);
            } else {
                print(&report);
            }
            ExitCode::from(if report.conforms == Some(true) { GOOD } else { NOT_GOOD })
        }
    }
}

fn list(profile: &Profile, json: bool) -> ExitCode {
    let rules: Vec<_> = profile
        .rules
        .iter()
        .map(|rule| serde_json::json!({ "rule": rule.id, "basis": rule.basis, "severity": rule.severity }))
        .collect();
    if json {
        print_json(&serde_json::json!({ "profile": profile.id, "version": profile.version, "rules": rules }));
    } else {
        for rule in &profile.rules {
            println!("{}\t{:?}\t{}", rule.id, rule.severity, rule.basis);
        }
    }
    ExitCode::from(GOOD)
}

fn print(report: &Report) {
    let language = language();
    for finding in &report.findings {
        let place = match (finding.page, &finding.at) {
            (Some(page), _) => format!("p. {page}"),
            (None, Some(at)) => format!("¶ {}", at.paragraph),
            (None, None) => String::new(),
        };
        let text = finding.message.in_language(language);
        println!(
            "{}\t{place}\t{text} [{} → {}] ({})",
            finding.rule, finding.found, finding.expected, finding.basis
        );
    }
    for one in &report.not_checked {
        println!("{}\t–\t{}", one.rule, one.why);
    }
    match report.conforms {
        Some(true) => println!("OK"),
        Some(false) => println!("{} finding(s)", report.findings.len()),
        None => println!("not judged: {}", report.scope.why.clone().unwrap_or_default()),
    }
}
