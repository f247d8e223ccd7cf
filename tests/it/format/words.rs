//! What pdftotext (poppler) reads in the same files: the same words at the same places.

use crate::support::{fixture, fixture_path, judges};
use chancery::format::facts::Facts;
use chancery::pdf::text::{Limits, read};

/// A word with its box, in millimetres from the top left.
#[derive(Debug)]
struct Word {
    text: String,
    left: f64,
    right: f64,
    baseline: f64,
}

fn number(tag: &str, name: &str) -> f64 {
    let rest = tag.split_once(&format!("{name}=\"")).unwrap().1;
    rest.split_once('"').unwrap().0.parse().unwrap()
}

/// The words of each page by `pdftotext -bbox`.
fn theirs(file: &str) -> Option<Vec<Vec<Word>>> {
    let path = fixture_path(file);
    let output = judges::run("pdftotext", &["-bbox", path.to_str()?, "-"])?;
    let text = String::from_utf8(output.stdout).unwrap();
    let mm = 25.4 / 72.0;
    let pages = text.split("<page ").skip(1).map(|page| {
        let words = page.split("<word ").skip(1).map(|word| {
            let (tag, rest) = word.split_once('>').unwrap();
            let text = rest.split_once("</word>").unwrap().0;
            let text =
                text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            let (top, bottom) = (number(tag, "yMin"), number(tag, "yMax"));
            Word {
                text,
                left: number(tag, "xMin") * mm,
                right: number(tag, "xMax") * mm,
                // Poppler's boxes reach from ascender to descender, 0.891 and 0.216 of the size in Times.
                baseline: (top + (bottom - top) * 0.891 / 1.107) * mm,
            }
        });
        words.collect()
    });
    Some(pages.collect())
}

fn squeezed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().filter(|character| !character.is_whitespace()).collect()
}

#[test]
fn words_and_places_agree_with_pdftotext_within_half_a_millimetre() {
    for file in ["documents/quyet-dinh.pdf", "documents/cong-van.pdf", "documents/sai-le.pdf"] {
        let Some(pages) = theirs(file) else { return };
        let ours = Facts::of_pdf(&read(fixture(file), &Limits::default()).unwrap(), &[]);
        let mut compared = 0;
        for (number, words) in pages.iter().enumerate() {
            let lines: Vec<_> = ours.lines.iter().filter(|line| line.page == number).collect();
            // Every character, whatever the order of columns.
            let mut all: Vec<char> =
                lines.iter().flat_map(|line| squeezed(&line.text).chars().collect::<Vec<_>>()).collect();
            let mut their: Vec<char> =
                words.iter().flat_map(|word| squeezed(&word.text).chars().collect::<Vec<_>>()).collect();
            all.sort_unstable();
            their.sort_unstable();
            assert_eq!(all, their, "{file} page {number}");
            for word in words {
                let line = lines.iter().find(|line| {
                    (line.baseline - word.baseline).abs() < 0.5
                        && line.bounds[0] < word.left + 0.5
                        && line.bounds[2] > word.right - 0.5
                });
                let line = line.unwrap_or_else(|| panic!("{file}: no line of ours holds {word:?}"));
                assert!(
                    squeezed(&line.text).contains(&squeezed(&word.text)),
                    "{} | {}",
                    line.text,
                    word.text
                );
                compared += 1;
            }
        }
        assert!(compared > 200, "{file}: {compared} words");
    }
}

#[test]
fn recognised_text_behind_a_scan_is_told_from_visible_text() {
    let pages = read(fixture("documents/ban-quet.pdf"), &Limits::default()).unwrap();
    let glyphs: Vec<_> = pages.pages.iter().flat_map(|page| &page.glyphs).collect();
    assert!(glyphs.len() > 500 && glyphs.iter().all(|glyph| glyph.invisible));
    assert!(Facts::of_pdf(&pages, &[]).scan);
}

#[test]
fn fonts_that_a_word_processor_embedded_are_named_and_weighed() {
    let pages = read(fixture("documents/quyet-dinh.pdf"), &Limits::default()).unwrap();
    let facts = Facts::of_pdf(&pages, &[]);
    let title = facts.lines.iter().find(|line| line.text.starts_with("CỘNG HÒA")).unwrap();
    assert!(title.bold && !title.italic && (title.size - 12.0).abs() < 0.1);
    let date = facts.lines.iter().find(|line| line.text.starts_with("Thanh Bình")).unwrap();
    assert!(date.italic && !date.bold && (date.size - 13.0).abs() < 0.1);
    assert!(title.fonts.keys().all(|font| font.starts_with("LiberationSerif")));
}
