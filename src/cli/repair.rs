//! `chancery repair`: corrects in a DOCX what can be corrected safely.

use super::check::{ProfileArgs, Versions, at_paragraph, chosen, line};
use super::{GOOD, NOT_GOOD, UNREADABLE, fail, print_json};
use crate::format::FormatError;
use crate::format::docx::DocxError;
use crate::format::repair::report::{Done, Repair};
use crate::format::repair::{Draft, RepairError};
use crate::messages::{Language, message};
use crate::pdf::text::Limits;
use crate::profile::Profile;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The DOCX to repair
    file: PathBuf,
    /// Where the repaired DOCX goes
    #[arg(short = 'o', long, value_name = "OUT")]
    output: PathBuf,
    #[command(flatten)]
    by: ProfileArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// The language of the text: vi or en (by the locale when absent)
    #[arg(long, value_parser = ["vi", "en"])]
    lang: Option<String>,
}

/// Why there is nothing made.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Repair(#[from] RepairError),
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let language = chosen(args.lang.as_deref());
    let versions = match args.by.versions(args.json) {
        Ok(versions) => versions,
        Err(exit) => return exit,
    };
    let (bytes, repair, profile) = match repaired(&args.file, &versions) {
        Ok(made) => made,
        Err(Failure::Io(error)) => {
            let (path, why) = (args.file.display().to_string(), error.to_string());
            return fail(args.json, UNREADABLE, "check_file_unreadable", &[("path", &path), ("why", &why)]);
        }
        Err(Failure::Repair(error)) => {
            let refused = matches!(error, RepairError::Signed | RepairError::Pdf);
            let exit = if refused { NOT_GOOD } else { UNREADABLE };
            return fail(args.json, exit, error.code(), &[("why", &error.to_string())]);
        }
    };
    if let Err(error) = write(&args.output, &bytes) {
        let (path, why) = (args.output.display().to_string(), error.to_string());
        let exit = super::unwritable(&error);
        return fail(args.json, exit, "repair_unwritable", &[("path", &path), ("why", &why)]);
    }
    if args.json {
        let mut report = serde_json::json!(repair);
        if let Some(output) = report.get_mut("output").and_then(serde_json::Value::as_object_mut) {
            output.insert("path".to_owned(), args.output.display().to_string().into());
        }
        print_json(&report);
    } else {
        // A reader that went away is no fault of ours.
        let _ = print(&repair, profile, language);
    }
    let good = repair.left.is_empty() && repair.conforms == Some(true);
    ExitCode::from(if good { GOOD } else { NOT_GOOD })
}

fn repaired<'v>(path: &Path, versions: &'v Versions) -> Result<(Vec<u8>, Repair, &'v Profile), Failure> {
    let limit = Limits::default().file;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        let error = FormatError::Docx(DocxError::Limit("size of the file"));
        return Err(RepairError::Format(error).into());
    }
    let draft = Draft::open(bytes)?;
    let date = draft.document(&versions.newest).date;
    let profile = versions.on(date);
    let (bytes, repair) = draft.repair(profile)?;
    Ok((bytes, repair, profile))
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn print(repair: &Repair, profile: &Profile, language: Language) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let say = |code: &str, args: &[(&str, &str)]| message(code, args).in_language(language).to_owned();
    for done in &repair.done {
        writeln!(out, "{}", corrected(done, language))?;
    }
    if !repair.left.is_empty() {
        writeln!(out, "{}", say("repair_left", &[]))?;
        for left in &repair.left {
            writeln!(out, "  {}", line(&left.finding, profile, language))?;
            writeln!(out, "    → {}", left.advice.message.in_language(language))?;
        }
    }
    let counts = [repair.done.len().to_string(), repair.left.len().to_string()];
    let [done, left] = &counts;
    match &repair.scope.message {
        Some(why) => writeln!(out, "{}", say("format_not_judged", &[("why", why.in_language(language))])),
        None => writeln!(out, "{}", say("repair_done", &[("done", done), ("left", left)])),
    }
}

fn corrected(done: &Done, language: Language) -> String {
    let say = |code: &str, args: &[(&str, &str)]| message(code, args).in_language(language).to_owned();
    let place = match &done.at {
        Some(at) => at_paragraph(at, language),
        None => say("format_in_document", &[]),
    };
    say(
        "repair_corrected",
        &[("rule", &done.rule), ("place", &place), ("found", &done.found), ("expected", &done.expected)],
    )
}
