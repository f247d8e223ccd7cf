//! What others put onto a page after it was made is no fault of the document's, and hides nothing of it.

use super::made::Made;
use super::made_pdf::{self, Face, Stamp};
use chancery::format::check;
use chancery::format::report::Report;
use chancery::pdf::text::Limits;
use chancery::profile::Profile;

fn judged(bytes: Vec<u8>) -> Report {
    check(bytes, Profile::builtin(), &Limits::default()).unwrap()
}

/// The lines of a stamp of arrival beside the abstract, in red, the first with the frame around them all.
fn arrival(framed: bool) -> Vec<Stamp> {
    let frame = "0.8 0 0 rg 0.8 0 0 RG -5 -40 120 62 re S";
    let text = |at: usize, text: &'static str| Stamp::Text(40.0, 48.0 + 4.5 * at as f64, 9.0, text);
    let lines = ["UBND HUYỆN", "ĐẾN", "Số: 1234", "Ngày: 18/4/2026"];
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let paint = if at == 0 && framed { frame } else { "0.8 0 0 rg" };
            Stamp::Set(Face::Upright, paint, Box::new(text(at, line)))
        })
        .collect()
}

#[test]
fn a_stamp_of_arrival_is_none_of_the_documents_text() {
    let made = Made::decision();
    let plain = judged(made_pdf::pdf(&made));
    assert!(plain.findings.is_empty(), "{:#?}", plain.findings);
    let stamped = judged(made_pdf::signed(&made, &arrival(true)));
    assert!(stamped.findings.is_empty(), "{:#?}", stamped.findings);
    assert_eq!(stamped.document, plain.document);
    assert_eq!(stamped.metadata, plain.metadata);
}

#[test]
fn a_stamp_whose_font_lacks_letters_shows_by_its_frame() {
    let made = Made::decision();
    let mut stamps = arrival(true);
    stamps[1] = Stamp::Set(Face::Upright, "0.8 0 0 rg", Box::new(Stamp::Text(40.0, 52.5, 9.0, "Đ?N")));
    let stamped = judged(made_pdf::signed(&made, &stamps));
    assert!(stamped.findings.is_empty(), "{:#?}", stamped.findings);
    assert_eq!(stamped.metadata, judged(made_pdf::pdf(&made)).metadata);
}

#[test]
fn a_number_that_stands_apart_from_its_symbol_is_told_and_read() {
    let made = Made { number: "Số: 145 /QĐ-SNV", ..Made::decision() };
    let report = judged(made_pdf::pdf(&made));
    let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["number.form"]);
    assert_eq!(report.document.number.as_deref(), Some("145/QĐ-SNV"));
}
