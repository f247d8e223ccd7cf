//! Revisions told apart, objects resolved as of them, and everything a strict reader objects to.

use super::raw::{DRAFT, Raw};
use crate::support::{fixture, fixture_path, judges};
use chancery::pdf::{Error, FileSource, Finding, Object, Pdf, Reference, Source, pages};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(number: u32) -> Reference {
    Reference { number, generation: 0 }
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    let pdf = Pdf::open(&bytes).unwrap();
    pdf.examine().unwrap().iter().map(|finding: &Finding| finding.code).collect()
}

fn two_saves() -> Raw {
    let mut raw = Raw::draft();
    raw.append(&[(6, "(first)")], &[]);
    raw.append(&[(6, "(second)"), (7, "/New")], &[]);
    raw
}

#[test]
fn every_object_is_seen_as_it_was_in_each_revision() {
    let raw = two_saves();
    let pdf = Pdf::open(&raw.bytes).unwrap();
    assert_eq!(pdf.revisions().len(), 3);
    assert_eq!(pdf.resolve(at(6), 0).unwrap(), Object::Null);
    assert_eq!(pdf.resolve(at(6), 1).unwrap(), Object::String(b"first".to_vec()));
    assert_eq!(pdf.resolve(at(6), 2).unwrap(), Object::String(b"second".to_vec()));
    assert_eq!(pdf.resolve(at(7), 1).unwrap(), Object::Null);
    assert_eq!(pdf.stream(at(4), 2).unwrap(), b"BT /F1 12 Tf 100 700 Td (Signed content) Tj ET");
    assert!(pdf.examine().unwrap().is_empty());
    let ends: Vec<u64> = pdf.revisions().iter().map(|revision| revision.end).collect();
    assert_eq!(ends[2], raw.bytes.len() as u64);
    assert!(raw.bytes[..ends[0] as usize].ends_with(b"%%EOF\n"));
}

#[test]
fn a_file_and_its_bytes_in_memory_are_read_alike() {
    let path = fixture_path("documents/quyet-dinh.pdf");
    let file = FileSource::new(std::fs::File::open(&path).unwrap()).unwrap();
    let bytes = fixture("documents/quyet-dinh.pdf");
    let (first, second) = (Pdf::open(&file).unwrap(), Pdf::open(&bytes).unwrap());
    assert_eq!(file.len(), bytes.len() as u64);
    for number in 1..200 {
        assert_eq!(first.resolve(at(number), 0).unwrap(), second.resolve(at(number), 0).unwrap());
    }
}

#[test]
fn a_cut_file_is_refused_or_its_rest_is_reported() {
    let raw = two_saves();
    let whole = Pdf::open(&raw.bytes).unwrap();
    let ends: Vec<usize> = whole.revisions().iter().map(|revision| revision.end as usize).collect();
    for length in 0..raw.bytes.len() - 1 {
        let cut = raw.bytes[..length].to_vec();
        // The end of line after %%EOF may be missing, and a cut at the end of a revision is no cut.
        let is_whole = ends.iter().any(|end| (end - 1..=*end).contains(&length));
        let sound = Pdf::open(&cut).is_ok_and(|pdf| pdf.examine().unwrap().is_empty());
        assert_eq!(sound, is_whole, "cut at {length}, revisions end at {ends:?}");
    }
}

#[test]
fn what_is_no_pdf_at_all_is_refused_by_name() {
    for (bytes, expected) in [
        (&b""[..], "pdf_not_pdf"),
        (b"PK\x03\x04", "pdf_not_pdf"),
        (b"%PDF-1.7\n", "pdf_truncated"),
        (b"%PDF-1.7\nstartxref\n5\n%%EOF", "pdf_broken_section"),
        (b"%PDF-1.7\nstartxref\n99999999999999999999999\n%%EOF", "pdf_truncated"),
        (b"%PDF-1.7\nstartxref\n18446744073709551615\n%%EOF", "pdf_broken_section"),
    ] {
        let bytes = bytes.to_vec();
        assert_eq!(Pdf::open(&bytes).unwrap_err().code(), expected, "{bytes:?}");
    }
}

#[test]
fn an_encrypted_file_is_refused() {
    let mut raw = Raw::draft();
    raw.trailer.push_str("/Encrypt<<>>");
    raw.append(&[], &[]);
    assert!(matches!(Pdf::open(&raw.bytes), Err(Error::Encrypted)));
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("encrypted.pdf");
    let source = fixture_path("documents/quyet-dinh.pdf");
    let args = ["--encrypt", "", "secret", "256", "--", source.to_str().unwrap(), made.to_str().unwrap()];
    if judges::run("qpdf", &args).is_some() {
        let bytes = std::fs::read(&made).unwrap();
        assert!(matches!(Pdf::open(&bytes), Err(Error::Encrypted)));
    }
}

#[test]
fn a_chain_of_sections_that_turns_back_is_refused() {
    let mut circle = Raw::draft();
    let own = circle.bytes.len();
    let text =
        format!("xref\n0 0\ntrailer\n<</Size 6{}/Prev {own}>>\nstartxref\n{own}\n%%EOF\n", circle.trailer);
    circle.bytes.extend_from_slice(text.as_bytes());
    assert!(matches!(Pdf::open(&circle.bytes), Err(Error::BrokenSection { .. })));
    // The newest section stands before the one it calls previous, and the file isn't linearised.
    let mut forward = Raw::draft();
    let first = forward.section;
    forward.append(&[(6, "null")], &[]);
    let second = forward.section;
    let text = String::from_utf8_lossy(&forward.bytes).into_owned();
    assert!(text.contains(&format!("/Prev {first}")));
    let tail = format!("startxref\n{second}\n%%EOF\n");
    let end = forward.bytes.len() - tail.len();
    forward.bytes.truncate(end);
    forward.bytes.extend_from_slice(format!("startxref\n{first}\n%%EOF\n").as_bytes());
    // What follows the second section no longer names it: only the first revision counts, the rest is noted.
    let noted = Pdf::open(&forward.bytes).is_err() || codes(&forward.bytes).contains(&"bytes_after_end");
    assert!(noted);
}

#[test]
fn bytes_that_are_no_object_of_their_revision_are_reported() {
    let mut raw = Raw::draft();
    let entries = raw.objects(&[(6, "(listed)")]);
    raw.objects(&[(7, "(unlisted)")]);
    raw.end(&entries);
    assert_eq!(codes(&raw.bytes), ["unaccounted_bytes"]);
    let mut after = Raw::draft();
    after.objects(&[(6, "(appended by nobody)")]);
    assert_eq!(codes(&after.bytes), ["bytes_after_end"]);
}

#[test]
fn entries_that_point_elsewhere_are_reported() {
    let mut wrong = Raw::draft();
    let mut entries = wrong.objects(&[(6, "(six)"), (7, "(seven)")]);
    let seven = entries[&7].clone();
    entries.insert(6, seven);
    wrong.end(&entries);
    assert!(codes(&wrong.bytes).contains(&"entry_points_elsewhere"));
    let mut back = Raw::draft();
    let old = String::from_utf8_lossy(&back.bytes).find("5 0 obj").unwrap();
    let mut entries = back.objects(&[(6, "(six)")]);
    entries.insert(4, format!("{old:010} 00000 n\r\n"));
    back.end(&entries);
    assert!(codes(&back.bytes).contains(&"entry_outside_its_revision"));
}

#[test]
fn a_writer_that_repeats_all_entries_is_not_reported() {
    let mut raw = Raw::draft();
    raw.bytes.truncate(15);
    raw.section = 0;
    let mut entries = raw.objects(&DRAFT);
    raw.end(&entries);
    entries.extend(raw.objects(&[(6, "(new)")]));
    raw.end(&entries);
    assert_eq!(codes(&raw.bytes), Vec::<&str>::new());
}

#[test]
fn an_object_twice_in_one_section_is_reported() {
    let mut raw = Raw::draft();
    let mut entries = raw.objects(&[(6, "(one)")]);
    let again = raw.objects(&[(6, "(two)")]);
    let both = format!("{}6 1\n{}", entries[&6], again[&6]);
    entries.insert(6, both);
    raw.end(&entries);
    assert!(codes(&raw.bytes).contains(&"object_twice_in_section"));
}

#[test]
fn trailers_that_make_readers_disagree_are_reported() {
    let mut root = Raw::draft();
    root.trailer = root.trailer.replace("/Root 1 0 R", "/Root 6 0 R");
    root.append(&[(6, "<</Type/Catalog/Pages 2 0 R>>")], &[]);
    assert_eq!(codes(&root.bytes), ["root_replaced"]);
    let mut identifier = Raw::draft();
    identifier.trailer = identifier.trailer.replacen("<00", "<FF", 1);
    identifier.append(&[(6, "null")], &[]);
    assert_eq!(codes(&identifier.bytes), ["identifier_replaced"]);
    let mut size = Raw::draft();
    let entries = size.objects(&[(6, "null"), (7, "null")]);
    size.size = 7;
    size.end(&entries);
    assert_eq!(codes(&size.bytes), ["size_too_small"]);
}

#[test]
fn a_second_hidden_table_in_a_later_revision_is_reported() {
    let mut raw = Raw::draft();
    let entries = raw.objects(&[(6, "(table)")]);
    let hidden = raw.bytes.len();
    raw.end_with_stream(&BTreeMap::new());
    raw.trailer.push_str(&format!("/XRefStm {hidden}"));
    raw.end(&entries);
    assert!(codes(&raw.bytes).contains(&"hybrid_section"));
}

#[test]
fn objects_in_object_streams_are_read_by_number_and_place() {
    let build = |place: u64| {
        let mut raw = Raw::draft();
        let holder = raw.holder(6, &[(7, "(seven)"), (8, "<</A[1 2 R]>>")]);
        let entries = BTreeMap::from([(6, [1, holder, 0]), (7, [2, 6, 0]), (8, [2, 6, place])]);
        raw.end_with_stream(&entries);
        raw.bytes
    };
    let good = build(1);
    let pdf = Pdf::open(&good).unwrap();
    assert_eq!(pdf.resolve(at(7), 1).unwrap(), Object::String(b"seven".to_vec()));
    assert!(pdf.examine().unwrap().is_empty());
    let bad = build(0);
    let pdf = Pdf::open(&bad).unwrap();
    assert!(pdf.resolve(at(8), 1).is_err(), "number and place name different objects");
}

#[test]
fn a_dictionary_of_any_length_is_read_though_windows_end_in_it() {
    for length in 1960..2100 {
        let filler = "x".repeat(length);
        let mut raw = Raw::draft();
        let text = format!("<</Length 3/Filler({filler})>>\nstream\r\nabc\nendstream");
        raw.append(&[(6, &text), (7, &format!("({filler})"))], &[]);
        let pdf = Pdf::open(&raw.bytes).unwrap();
        assert_eq!(pdf.stream(at(6), 1).unwrap(), b"abc", "{length}");
        assert_eq!(pdf.resolve(at(7), 1).unwrap(), Object::String(filler.into_bytes()));
    }
}

#[test]
fn other_programs_sections_and_predictors_are_read() {
    let source = fixture_path("documents/quyet-dinh.pdf");
    let plain = fixture("documents/quyet-dinh.pdf");
    let plain = Pdf::open(&plain).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for options in [
        vec!["--object-streams=generate"],
        vec!["--linearize", "--object-streams=generate"],
        vec!["--linearize", "--object-streams=disable"],
        vec!["--qdf", "--object-streams=disable"],
    ] {
        let made = folder.path().join("made.pdf");
        let mut args = options.clone();
        args.extend([source.to_str().unwrap(), made.to_str().unwrap()]);
        if judges::run("qpdf", &args).is_none() {
            return;
        }
        let bytes = std::fs::read(&made).unwrap();
        let pdf = Pdf::open(&bytes).unwrap();
        assert_eq!(pdf.revisions().len(), 1, "{options:?}: one save is one revision");
        assert!(pdf.examine().unwrap().is_empty(), "{options:?}");
        assert_eq!(pages(&pdf, 0, 100).unwrap().len(), pages(&plain, 0, 100).unwrap().len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_damage_makes_the_reader_panic_or_hang(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = two_saves().bytes;
        for (place, value) in damage {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(pdf) = Pdf::open(&bytes) {
            let _ = pdf.examine();
            for number in 0..10 {
                let _ = pdf.resolve(at(number), pdf.newest());
            }
            let _ = pages(&pdf, pdf.newest(), 10);
        }
    }

    #[test]
    fn an_appended_change_leaves_every_earlier_revision_as_it_was(texts in proptest::collection::vec("[a-z]{0,9}", 1..6)) {
        let mut raw = Raw::draft();
        for text in &texts {
            raw.append(&[(6, &format!("({text})"))], &[]);
        }
        let pdf = Pdf::open(&raw.bytes).unwrap();
        for (n, text) in texts.iter().enumerate() {
            prop_assert_eq!(pdf.resolve(at(6), n + 1).unwrap(), Object::String(text.clone().into_bytes()));
        }
    }
}
