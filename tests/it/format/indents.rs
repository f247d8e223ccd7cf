//! Where first lines begin that a tab or blanks indent.

use super::made_docx::{around, twips};
use super::variants::{broken, judged};
use chancery::format::report::Report;

/// A letter of three paragraphs that begin with something, with tab stops.
fn letter(lead: &str, stops: &str) -> Report {
    let text = super::made::SENTENCE;
    let paragraph = format!(
        r#"<w:p><w:pPr><w:tabs>{stops}</w:tabs><w:spacing w:before="120"/><w:jc w:val="both"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr>{lead}<w:t>{text}</w:t></w:r></w:p>"#
    );
    judged(around(&format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>"#,
        paragraph.repeat(3)
    )))
}

fn indent(report: &Report) -> Option<&str> {
    report.findings.iter().find(|finding| finding.rule == "body.indent").map(|finding| finding.found.as_str())
}

#[test]
fn a_tab_indents_to_its_stop() {
    assert_eq!(indent(&letter("", "")), Some("0.0 mm"));
    assert_eq!(indent(&letter("<w:tab/>", "")), None, "the usual stop is at 12.7 mm");
    let stop = |at: f64, kind: &str| format!(r#"<w:tab w:val="{kind}" w:pos="{}"/>"#, twips(at));
    assert_eq!(indent(&letter("<w:tab/>", &stop(10.0, "left"))), None);
    assert_eq!(indent(&letter("<w:tab/>", &stop(20.0, "left"))), Some("20.0 mm"));
    assert_eq!(indent(&letter("<w:tab/><w:tab/>", "")), Some("25.4 mm"));
}

#[test]
fn how_wide_blanks_are_is_not_guessed() {
    let report = letter(r#"<w:t xml:space="preserve">        </w:t>"#, "");
    assert!(!broken(&report).contains(&"body.indent"), "{:?}", report.findings);
    assert!(report.not_checked.iter().any(|one| one.rule == "body.indent"));
}
