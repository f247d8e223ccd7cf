//! `chancery package`: checks a package, carries packages off.

use super::serve::{Place, settings, store_failed};
use super::{FAULT, GOOD, NOT_GOOD, UNREADABLE, fail, print_json};
use crate::archive::{self, ExportError};
use crate::package::check::{Limits, PackageError, check};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Check a package: a folder or a ZIP file
    Verify {
        /// The package
        path: PathBuf,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write packages of the archive, unpacked, as they would travel
    Export(ExportArgs),
}

#[derive(Debug, clap::Args)]
#[group(id = "which", required = true, multiple = false, args = ["id", "all"])]
struct ExportArgs {
    /// The package with this identifier, or this OBJID
    #[arg(long)]
    id: Option<String>,
    /// Every package
    #[arg(long)]
    all: bool,
    /// The folder to write them to
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    match &args.action {
        Action::Verify { path, json } => verify(path, *json),
        Action::Export(args) => export(args),
    }
}

fn export(args: &ExportArgs) -> ExitCode {
    let (config, database) = match settings(&args.place).and_then(|config| {
        let database = super::serve::database(&config, args.json)?;
        Ok((config, database))
    }) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let kept = config.storage.data.join("packages");
    match archive::export(&database, &kept, args.id.as_deref(), &args.output) {
        Ok(written) => {
            if args.json {
                print_json(&serde_json::json!({ "packages": written }));
            } else {
                for package in &written {
                    out!("{}\t{}", package.package, package.folder.display());
                }
            }
            ExitCode::from(GOOD)
        }
        Err(ExportError::Store(error)) => store_failed(args.json, &error),
        Err(error) => {
            let (exit, code) = match &error {
                ExportError::Unknown(_) => (NOT_GOOD, "package_unknown"),
                ExportError::Exists(_) => (NOT_GOOD, "file_exists"),
                ExportError::Changed(_) => (NOT_GOOD, "package_changed"),
                ExportError::Store(_) | ExportError::Io(..) => (FAULT, "package_not_written"),
            };
            fail(args.json, exit, code, &[("why", &error.to_string())])
        }
    }
}

fn verify(path: &Path, json: bool) -> ExitCode {
    match check(path, &Limits::default()) {
        Err(error) => {
            let code = match &error {
                PackageError::Io(_) => "file_unreadable",
                PackageError::Kind => "package_kind",
                PackageError::Limit(_) => "package_limit",
                PackageError::Unsafe(_) => "package_unsafe",
            };
            fail(json, UNREADABLE, code, &[("why", &error.to_string())])
        }
        Ok(report) => {
            if json {
                print_json(&report);
            } else {
                for check in &report.checks {
                    let place = check.path.as_deref().unwrap_or("");
                    out!(
                        "{}\t{}\t{place}\t{}",
                        check.outcome,
                        check.code,
                        check.why.as_deref().unwrap_or("")
                    );
                }
                out!("{}: {} ({})", report.package, report.indication, report.profile);
            }
            ExitCode::from(if report.indication == "good" { GOOD } else { NOT_GOOD })
        }
    }
}
