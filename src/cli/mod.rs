//! The command line: one file a subcommand, the exit codes of all of them here.

/// A line on standard output. A reader that went away (`| head`) is no fault of ours, so it ends nothing.
macro_rules! out {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

pub mod audit;
pub mod augment;
pub mod check;
pub mod demo;
pub mod package;
pub mod repair;
pub mod serve;
pub mod sign;
pub mod verify;

use crate::messages::{Language, Message, message};
use serde::Serialize;
use std::process::ExitCode;

/// Done, or judged good.
pub const GOOD: u8 = 0;
/// Judged and not good, or refused.
pub const NOT_GOOD: u8 = 1;
/// The input can't be read.
pub const UNREADABLE: u8 = 2;
/// A service that is needed can't be reached.
pub const UNREACHABLE: u8 = 3;
/// Wrong usage.
pub const USAGE: u8 = 64;
/// Our own fault.
pub const FAULT: u8 = 70;

/// What it means that a place named for the output can't be written to: wrong usage where the place is at fault.
#[must_use]
pub fn unwritable(error: &std::io::Error) -> u8 {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory
        | ErrorKind::ReadOnlyFilesystem => USAGE,
        _ => FAULT,
    }
}

/// The language of texts for the terminal: Vietnamese, unless the locale is English or plain.
#[must_use]
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    if locale.starts_with("en") || locale == "C" || locale == "POSIX" || locale.starts_with("C.") {
        Language::En
    } else {
        Language::Vi
    }
}

/// An error as commands report it.
#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: Message,
}

/// Ends a command with an error: JSON on standard output when asked for, a sentence on standard
/// error always.
#[must_use]
pub fn fail(json: bool, exit: u8, code: &str, args: &[(&str, &str)]) -> ExitCode {
    let text = message(code, args);
    eprintln!("chancery: {}", text.in_language(language()));
    if json {
        print_json(&serde_json::json!({ "error": ErrorBody { code, message: text } }));
    }
    ExitCode::from(exit)
}

/// Prints one JSON object on standard output.
pub fn print_json(value: &impl Serialize) {
    // A reader that went away is no fault of ours.
    use std::io::Write;
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let _ = writeln!(std::io::stdout(), "{text}");
}
