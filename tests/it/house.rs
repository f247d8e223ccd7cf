//! The house rules a compiler doesn't know: which module may use which, and how long a file may be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each module may use besides itself, [`FOR_ALL`] and, for edges, everything below.
const ARROWS: [(&str, &[&str]); 14] = [
    ("pdf", &[]),
    ("pki", &[]),
    ("merkle", &[]),
    ("profile", &[]),
    ("signature", &["pdf", "pki", "profile"]),
    ("format", &["pdf", "profile"]),
    ("package", &["pdf"]),
    ("store", &[]),
    ("audit", &["merkle", "store"]),
    ("identity", &["audit", "pki", "store"]),
    ("desk", &["identity", "pki", "profile", "store"]),
    ("registry", &["audit", "desk", "format", "identity", "pdf", "pki", "profile", "signature", "store"]),
    ("dossier", &["audit", "desk", "identity", "registry", "store"]),
    (
        "archive",
        &["audit", "desk", "dossier", "identity", "package", "pdf", "pki", "registry", "signature", "store"],
    ),
];
/// Texts, what is given from outside, and reading XML; macros of the crate's root.
const FOR_ALL: [&str; 5] = ["messages", "ports", "xml", "per_backend", "id_types"];
/// Edges may use each other and all capabilities, but nothing may use them.
const EDGES: [&str; 6] = ["api", "cli", "config", "fetch", "server", "trail"];
/// A file longer than this holds more than one idea.
const LINES: usize = 500;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules of the crate that a source text names.
fn used(text: &str) -> BTreeSet<String> {
    let name =
        |rest: &str| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    let mut found: BTreeSet<String> = text.split("crate::").skip(1).map(name).collect();
    found.remove("");
    found
}

#[test]
fn arrows_point_one_way() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let inside = path.strip_prefix(root()).unwrap();
        let first = Path::new(inside.components().next().unwrap().as_os_str());
        let module = first.file_stem().unwrap().to_str().unwrap();
        if EDGES.contains(&module) || ["lib", "main"].contains(&module) {
            continue;
        }
        let allowed =
            ARROWS.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, allowed)| *allowed);
        for other in used(&std::fs::read_to_string(&path).unwrap()) {
            if other != module && !FOR_ALL.contains(&other.as_str()) && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{} uses {other}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up or aside: {wrong:#?}");
}

#[test]
fn every_module_has_its_place() {
    let text = std::fs::read_to_string(root().join("lib.rs")).unwrap();
    for module in text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        let known = EDGES.contains(&module)
            || FOR_ALL.contains(&module)
            || ARROWS.iter().any(|(name, _)| *name == module);
        assert!(known, "{module} has no place in the house");
        assert!(
            text.contains(&format!("[`{module}`]")) || text.contains(&format!("[`mod@{module}`]")),
            "{module} isn't on the map"
        );
    }
}

#[test]
fn a_file_is_one_idea() {
    let long: Vec<String> = sources(&root())
        .iter()
        .map(|path| (path, std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "longer than {LINES} lines: {long:#?}");
}

#[test]
fn migrations_come_in_pairs() {
    let folder = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
        let mut steps: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap())
            .inspect(|entry| {
                for part in ["up.sql", "down.sql"] {
                    assert!(entry.path().join(part).exists(), "{} lacks {part}", entry.path().display());
                }
            })
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        steps.sort();
        steps
    };
    assert_eq!(folder("sqlite"), folder("postgres"));
}
