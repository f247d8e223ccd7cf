//! The command line.

use chancery::cli;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Official documents: taken in, checked, signed, numbered, filed, handed over, proven.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value in the life of the process")]
enum Command {
    /// Take real documents through the whole journey
    Demo(cli::demo::Args),
    /// Run the service
    Serve(cli::serve::ServeArgs),
    /// Bring the database's schema up to date
    Migrate(cli::serve::Place),
    /// Ways back in
    Admin(cli::serve::AdminArgs),
    /// Check, verify and export the trail
    Audit(cli::audit::Args),
    /// Print the OpenAPI document
    Openapi,
    /// Check the format rules of a PDF or DOCX
    Check(cli::check::Args),
    /// Correct in a DOCX what can be corrected safely
    Repair(cli::repair::Args),
    /// Check packages for the archive
    Package(cli::package::Args),
    /// Sign a PDF
    Sign(cli::sign::Args),
    /// Raise the level of a signed PDF
    Augment(cli::augment::Args),
    /// Verify the signatures of a PDF, or a detached CMS
    Verify(cli::verify::Args),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { cli::USAGE } else { cli::GOOD });
        }
    };
    match arguments.command {
        Command::Demo(args) => cli::demo::run(&args),
        Command::Serve(args) => cli::serve::serve(&args),
        Command::Migrate(place) => cli::serve::migrate(&place),
        Command::Admin(args) => cli::serve::admin(&args),
        Command::Audit(args) => cli::audit::run(&args),
        Command::Openapi => cli::serve::openapi(),
        Command::Check(args) => cli::check::run(&args),
        Command::Repair(args) => cli::repair::run(&args),
        Command::Package(args) => cli::package::run(&args),
        Command::Sign(args) => cli::sign::run(&args),
        Command::Augment(args) => cli::augment::run(&args),
        Command::Verify(args) => cli::verify::run(&args),
    }
}
