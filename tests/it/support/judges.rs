//! Independent programs that judge what we make.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Whether what is missing fails the run instead of being named.
fn required(what: &str) -> bool {
    std::env::var(what).is_ok_and(|value| value == "1")
}

/// A program of the judges' environment, or of the system.
pub fn program(name: &str) -> Option<PathBuf> {
    let own = std::env::var("CHANCERY_JUDGES").ok().map(|folder| Path::new(&folder).join("bin").join(name));
    let found = own.filter(|path| path.exists()).or_else(|| {
        let paths = std::env::var("PATH").unwrap_or_default();
        std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.exists())
    });
    if found.is_none() {
        assert!(!required("CHANCERY_REQUIRE_JUDGES"), "the judge {name} is missing and this run requires it");
        println!("SKIPPED {name}: not installed");
    }
    found
}

/// Runs a judge; none when it is missing.
pub fn run(name: &str, args: &[&str]) -> Option<Output> {
    let path = program(name)?;
    Some(Command::new(path).args(args).output().expect("a judge that is there can be run"))
}

/// What a judge printed.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
