//! Honest files made by another program (pyHanko), signed, given evidence, time-stamped, signed again:
//! none of its additions may be called an alteration.

use super::signed::worst;
use crate::support::{fixture_path, judges};
use chancery::pdf::Pdf;
use chancery::signature::changes::{Class, after, is_permitted};
use std::path::Path;

/// The program that makes the files; run with the source and the folder to write to.
const MAKE: &str = include_str!("foreign.py");

/// The class of what came after the first signature, and whether a certification at level 1 permits it.
fn judged(path: &Path) -> (Class, bool) {
    let bytes = std::fs::read(path).unwrap();
    let pdf = Pdf::open(&bytes).unwrap();
    assert!(pdf.examine().unwrap().is_empty(), "{path:?}: {:?}", pdf.examine());
    // The draft is one revision, the first signature the second.
    let changes = after(&pdf, 1).unwrap();
    let permitted = changes.iter().all(|change| is_permitted(change, Some(1), None));
    (worst(&changes), permitted)
}

#[test]
fn another_programs_additions_are_what_they_are() {
    if judges::program("pyhanko").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = fixture_path("documents/quyet-dinh.pdf");
    let streams = folder.path().join("streams.pdf");
    let mut sources = vec![source.clone()];
    let args = ["--object-streams=generate", source.to_str().unwrap(), streams.to_str().unwrap()];
    if judges::run("qpdf", &args).is_some() {
        sources.push(streams);
    }
    for source in sources {
        let args = ["-c", MAKE, source.to_str().unwrap(), folder.path().to_str().unwrap()];
        let Some(output) = judges::run("python", &args) else { return };
        let said = judges::text(&output);
        assert!(output.status.success(), "{said}");
        for (name, expected) in [
            ("first", (Class::None, true)),
            ("evidence", (Class::ValidationData, true)),
            ("stamped", (Class::ValidationData, true)),
            ("stamped-twice", (Class::ValidationData, true)),
            ("certified", (Class::ValidationData, true)),
            ("second-invisible", (Class::FormFilling, false)),
            ("second-visible", (Class::FormFilling, false)),
        ] {
            assert_eq!(judged(&folder.path().join(format!("{name}.pdf"))), expected, "{name} of {source:?}");
        }
    }
}
