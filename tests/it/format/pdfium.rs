//! What pdfium reads in the same files: every line of ours has the same characters, of the same size
//! and fonts, at the same places.

use super::made::Made;
use super::made_pdf;
use crate::support::{fixture, judges};
use chancery::format::facts::{Facts, Line};
use chancery::pdf::text::{Limits, read};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Millimetres in a point.
const MM: f64 = 25.4 / 72.0;

#[derive(Debug, Deserialize)]
struct Glyph {
    text: String,
    x: f64,
    y: f64,
    size: f64,
    font: Option<String>,
}

/// The glyphs of each page, or none when the judge is missing.
fn theirs(bytes: &[u8]) -> Option<Vec<Vec<Glyph>>> {
    let python = judges::program("python")?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("judged.pdf");
    std::fs::write(&path, bytes).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/pdfium_glyphs.py");
    let output = std::process::Command::new(python).arg(script).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", judges::text(&output));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn visible(text: &str) -> Vec<char> {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().filter(|character| !character.is_whitespace() && *character != '\u{ad}').collect()
}

/// A font's name as ours are: without the tag of a subset.
fn plain(font: &str) -> &str {
    match font.split_once('+') {
        Some((tag, name)) if tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => name,
        _ => font,
    }
}

/// Whether what pdfium read is what we read. Where fonts aren't embedded it leaves out letters that stand in a text
/// object alone and that its substitute has no shape for: Vietnamese ones, when each face is split over two fonts.
fn read_as(theirs: &[char], ours: &[char], whole: bool) -> bool {
    if whole {
        return theirs == ours;
    }
    let mut left = theirs.iter().peekable();
    let mut missed = ours.iter().filter(|letter| left.next_if(|next| next == letter).is_none());
    let only_foreign = missed.all(|letter| !letter.is_ascii());
    only_foreign && left.peek().is_none()
}

/// Compares the lines of one file; how many characters were compared.
fn agree(name: &str, bytes: Vec<u8>, whole: bool) -> Option<usize> {
    let pages = theirs(&bytes)?;
    let ours = Facts::of_pdf(&read(bytes, &Limits::default()).unwrap(), &[]);
    let mut compared = 0;
    for (number, glyphs) in pages.iter().enumerate() {
        let height = ours.sheets[number].height;
        let lines: Vec<&Line> =
            ours.lines.iter().filter(|line| line.page == number && !line.stamped).collect();
        let mut seen = vec![false; glyphs.len()];
        for line in lines {
            let inside = |glyph: &Glyph| {
                let (x, y) = (glyph.x * MM, height - glyph.y * MM);
                (y - line.baseline).abs() < 0.5 && x > line.bounds[0] - 0.5 && x < line.bounds[2] + 0.5
            };
            let mut here: Vec<(usize, &Glyph)> = glyphs
                .iter()
                .enumerate()
                .filter(|(_, glyph)| !glyph.text.trim().is_empty() && inside(glyph))
                .collect();
            here.sort_by(|a, b| a.1.x.total_cmp(&b.1.x));
            let text: String = here.iter().map(|(_, glyph)| &*glyph.text).collect();
            let (text, own) = (visible(&text), visible(&line.text));
            assert!(read_as(&text, &own, whole), "{name} page {}: {text:?} | {own:?}", number + 1);
            if text.first() == own.first() {
                let first = here.first().unwrap().1;
                assert!(
                    (first.x * MM - line.bounds[0]).abs() < 0.5,
                    "{name}: {} begins elsewhere",
                    line.text
                );
            }
            let mut sizes: Vec<f64> = here.iter().map(|(_, glyph)| glyph.size).collect();
            sizes.sort_by(f64::total_cmp);
            let middle = sizes[sizes.len() / 2];
            assert!((middle - line.size).abs() < 0.26, "{name}: {} {middle} {}", line.text, line.size);
            if whole {
                let named: BTreeSet<&str> =
                    here.iter().filter_map(|(_, glyph)| glyph.font.as_deref()).map(plain).collect();
                let own: BTreeSet<&str> = line.fonts.keys().map(|name| &**name).collect();
                assert_eq!(named, own, "{name}: {}", line.text);
            }
            compared += here.len();
            here.iter().for_each(|(at, _)| seen[*at] = true);
        }
        let missed: String = glyphs
            .iter()
            .zip(&seen)
            .filter(|(glyph, seen)| !**seen && !glyph.text.trim().is_empty())
            .map(|(glyph, _)| &*glyph.text)
            .collect();
        assert_eq!(missed, "", "{name} page {}: in no line of ours", number + 1);
    }
    Some(compared)
}

#[test]
fn text_size_font_and_place_agree_with_pdfium_on_what_a_word_processor_wrote() {
    for file in ["quyet-dinh", "cong-van", "sai-le", "sai-co-chu", "sai-so-ngay", "sai-tieu-ngu"] {
        let bytes = fixture(&format!("documents/{file}.pdf"));
        let Some(compared) = agree(file, bytes, true) else { return };
        assert!(compared > 800, "{file}: {compared} characters");
    }
}

#[test]
fn text_size_and_place_agree_with_pdfium_on_made_documents() {
    let cases = [
        Made::decision(),
        Made::letter(),
        Made { body_size: 13.0, margins: [35.0, 15.0, 25.0, 25.0], paragraphs: 24, ..Made::decision() },
        Made { paper: (297.0, 210.0), paragraphs: 3, ..Made::decision() },
        Made::of_type("TỜ TRÌNH", "Số: 112/TTr-SNV"),
    ];
    for made in cases {
        let name = format!("{made:?}");
        let Some(compared) = agree(&name, made_pdf::pdf(&made), false) else { return };
        assert!(compared > 400, "{name}: {compared} characters");
    }
}
