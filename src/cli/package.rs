//! `chancery package`: checks a package.

use super::{GOOD, NOT_GOOD, UNREADABLE, fail, print_json};
use crate::package::check::{Limits, PackageError, check};
use std::path::PathBuf;
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
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let Action::Verify { path, json } = &args.action;
    match check(path, &Limits::default()) {
        Err(error) => {
            let code = match &error {
                PackageError::Io(_) => "file_unreadable",
                PackageError::Kind => "package_kind",
                PackageError::Limit(_) => "package_limit",
                PackageError::Unsafe(_) => "package_unsafe",
            };
            fail(*json, UNREADABLE, code, &[("why", &error.to_string())])
        }
        Ok(report) => {
            if *json {
                print_json(&report);
            } else {
                for check in &report.checks {
                    let place = check.path.as_deref().unwrap_or("");
                    println!(
                        "{}\t{}\t{place}\t{}",
                        check.outcome,
                        check.code,
                        check.why.as_deref().unwrap_or("")
                    );
                }
                println!("{}: {} ({})", report.package, report.indication, report.profile);
            }
            ExitCode::from(if report.indication == "good" { GOOD } else { NOT_GOOD })
        }
    }
}
