//! Documents other rules are made for are declined, not misjudged.

use super::made::Made;
use super::variants::{broken, judged};
use super::{made_docx, made_pdf};

#[test]
fn a_normative_document_is_declined_by_its_number_or_its_title() {
    let by_number = Made { number: "Số: 161/2025/QĐ-UBND", ..Made::decision() };
    let by_title = Made { number: "Số:          /TT-BNV", kind: Some("THÔNG TƯ"), ..Made::decision() };
    for made in [by_number, by_title] {
        for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
            let report = judged(bytes);
            assert!(!report.scope.applies && report.conforms.is_none() && report.findings.is_empty());
            assert!(report.scope.why.is_some());
        }
    }
}

#[test]
fn a_document_of_the_party_is_declined() {
    let made = Made {
        title: "ĐẢNG CỘNG SẢN VIỆT NAM", motto: "", number: "Số 15-QĐ/TU", ..Made::decision()
    };
    assert!(!judged(made_docx::docx(&made)).scope.applies);
}

#[test]
fn a_text_in_another_language_is_declined() {
    let sentence = "The parties agree that this contract is governed by the law of the seller's country. ";
    let document = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"#,
        sentence.repeat(9)
    );
    let report = judged(made_docx::around(&document));
    assert!(!report.scope.applies);
    assert_eq!(report.conforms, None);
}

#[test]
fn vietnamese_text_without_any_head_is_not_declined_but_found_wanting() {
    let made = Made { title: "", motto: "", number: "", date: "", ..Made::decision() };
    let report = judged(made_docx::docx(&made));
    assert!(report.scope.applies);
    assert_eq!(report.conforms, Some(false));
    assert!(broken(&report).contains(&"title.national"));
}

#[test]
fn an_annex_in_a_file_of_its_own_has_no_head_to_be_judged() {
    let document = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>PHỤ LỤC I</w:t></w:r></w:p><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"#,
        super::made::SENTENCE
    );
    let report = judged(made_docx::around(&document));
    assert_eq!(broken(&report), [""; 0], "{:?}", report.findings);
    assert!(report.not_checked.iter().any(|one| one.rule == "title.national"));
}

#[test]
fn a_missing_number_or_date_line_is_an_error_of_a_document_that_has_a_head() {
    let made = Made { number: "", date: "", ..Made::decision() };
    assert_eq!(broken(&judged(made_docx::docx(&made))), ["date.form", "number.form"]);
}

#[test]
fn minutes_have_no_date_line_in_their_head() {
    let made = Made { date: "", ..Made::of_type("BIÊN BẢN", "Số: 02/BB-SNV") };
    assert_eq!(broken(&judged(made_docx::docx(&made))), [""; 0]);
}
