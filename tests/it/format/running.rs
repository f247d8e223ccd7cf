//! What is running text and what only looks like it: where it ends, notes below it, small raised marks in it.

use super::made::{Made, SENTENCE};
use super::made_docx::{around, with};
use super::made_marks;
use super::made_pdf::{At, Face, Writer};
use super::variants::{broken, judged};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const FONT: &str = r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>"#;

/// A paragraph of 14 points.
fn paragraph(text: &str, bold: bool, set: &str) -> String {
    let bold = if bold { "<w:b/>" } else { "" };
    format!(
        r#"<w:p><w:pPr>{set}</w:pPr><w:r><w:rPr>{FONT}{bold}<w:sz w:val="28"/></w:rPr><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn document(body: &str) -> Vec<u8> {
    around(&format!(r#"<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>"#))
}

/// The beginning of a sentence.
fn part(length: usize) -> String {
    SENTENCE.chars().take(length).collect()
}

fn row(cells: [&[&str]; 2]) -> String {
    let centred = r#"<w:jc w:val="center"/>"#;
    let cell =
        |lines: &[&str]| -> String { lines.iter().map(|line| paragraph(line, true, centred)).collect() };
    format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>", cell(cells[0]), cell(cells[1]))
}

#[test]
fn the_title_of_a_short_joint_document_is_no_office_above_its_recipients() {
    let centred = r#"<w:jc w:val="center"/>"#;
    let mut body = row([
        &["SỞ NỘI VỤ - SỞ Y TẾ", "Số: 5/KH-SNV-SYT"],
        &[
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Hà Nội, ngày 13 tháng 4 năm 2026",
        ],
    ]);
    body += &paragraph("KẾ HOẠCH", true, centred);
    body += &paragraph("Phối hợp công tác y tế trường học", true, centred);
    let set = r#"<w:spacing w:before="120"/><w:ind w:firstLine="300"/><w:jc w:val="both"/>"#;
    body += &paragraph(SENTENCE, false, set).repeat(3);
    body += &row([&["GIÁM ĐỐC", "SỞ Y TẾ", "Trần Văn Bé"], &["GIÁM ĐỐC", "SỞ NỘI VỤ", "Nguyễn Thị Hoa"]]);
    for line in ["Nơi nhận:", "- Các sở;", "- Lưu: VT."] {
        body += &paragraph(line, false, "");
    }
    let report = judged(document(&body));
    assert!(broken(&report).contains(&"body.indent"), "{:?}", report.not_checked);
}

#[test]
fn a_plan_that_is_a_table_has_the_size_of_its_table_there_only() {
    let cell = |size: u8| {
        format!(
            r#"<w:tc><w:p><w:r><w:rPr>{FONT}<w:sz w:val="{size}"/></w:rPr><w:t>{SENTENCE}</w:t></w:r></w:p></w:tc>"#
        )
    };
    let borders = r#"<w:tblPr><w:tblBorders><w:top w:val="single"/><w:left w:val="single"/><w:bottom w:val="single"/><w:right w:val="single"/><w:insideH w:val="single"/><w:insideV w:val="single"/></w:tblBorders></w:tblPr>"#;
    let table =
        |look: &str| format!("<w:tbl>{look}{}</w:tbl>", format!("<w:tr>{}</w:tr>", cell(24)).repeat(4));
    let text = paragraph(SENTENCE, false, r#"<w:ind w:firstLine="567"/><w:jc w:val="both"/>"#);
    let report = judged(document(&(table(borders) + &text)));
    assert!(!broken(&report).contains(&"body.size"), "{:?}", report.findings);
    let report = judged(document(&(table("") + &text)));
    assert!(broken(&report).contains(&"body.size"), "a table without borders sets out text");
}

#[test]
fn the_number_of_an_article_is_bold_where_its_list_says_so() {
    let lists = |look: &str| {
        format!(
            r#"<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Điều %1."/><w:rPr>{look}</w:rPr></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#
        )
    };
    let set = r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>"#;
    let body = |bold: bool| {
        format!(
            r#"<w:document xmlns:w="{W}"><w:body>{}</w:body></w:document>"#,
            paragraph(SENTENCE, bold, set).repeat(3)
        )
    };
    let report = |look: &str, bold: bool| {
        let lists = lists(look);
        judged(with(&body(bold), &[("numbering", "numbering.xml", &lists)]))
    };
    for (look, bold, right) in
        [("<w:b/>", false, true), ("", false, false), (r#"<w:b w:val="0"/>"#, true, false)]
    {
        let report = report(look, bold);
        assert_eq!(
            !broken(&report).contains(&"article.weight"),
            right,
            "{look} {bold}: {:?}",
            report.findings
        );
    }
}

#[test]
fn a_citation_at_the_end_of_a_sentence_is_the_same_as_before() {
    let cited = |first: &str| {
        let first = format!("{first} {SENTENCE}");
        let second = "Thực hiện theo quy định tại Điều 8 Nghị định số 30/2020/NĐ-CP.";
        judged(document(&(paragraph(&first, false, "") + &paragraph(second, false, ""))))
    };
    let right = cited("Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ;");
    assert!(!right.findings.iter().any(|one| one.rule == "citation.first"), "{:?}", right.findings);
    let wrong = cited("Căn cứ các văn bản của Chính phủ;");
    let found = wrong.findings.iter().find(|one| one.rule == "citation.first").unwrap();
    assert_eq!(found.found, "Nghị định số 30/2020/NĐ-CP");
}

#[test]
fn notes_at_the_foot_of_a_page_are_no_running_text() {
    let made = Made::decision();
    let page = |rule: bool| {
        let mut writer = Writer::new(made.paper, false);
        let mut y = 40.0;
        for _ in 0..4 {
            writer.line(&At::Spread(42.7, 190.0), y, 14.0, Face::Upright, &part(100));
            for _ in 0..2 {
                y += 8.0;
                writer.line(&At::Spread(30.0, 190.0), y, 14.0, Face::Upright, &part(100));
            }
            y += 10.2;
        }
        if rule {
            writer.lines.push("0.7 w 85 120 m 205 120 l S".to_owned());
        }
        for note in ["1 ", "2 "] {
            y = if note == "1 " { 260.0 } else { y + 9.0 };
            writer.line(&At::Spread(30.0, 190.0), y, 10.0, Face::Upright, &format!("{note}{}", &part(120)));
            writer.line(&At::Spread(32.0, 190.0), y + 4.5, 10.0, Face::Upright, &part(120));
        }
        judged(writer.finish_signed(made_marks::fonts(&made), &[]))
    };
    let found = page(true);
    assert!(!broken(&found).iter().any(|rule| rule.starts_with("body.")), "{:?}", found.findings);
    assert!(broken(&page(false)).contains(&"body.indent"), "small text without a line above it is text");
}

#[test]
fn a_picture_at_the_top_margin_is_the_top_of_the_text() {
    let top = |low: f64| {
        let mut writer = Writer::new((210.0, 297.0), false);
        for at in 0..6 {
            let y = 45.0 + 8.0 * f64::from(at);
            writer.line(&At::Spread(30.0, 190.0), y, 14.0, Face::Upright, &part(100));
        }
        let y = (297.0 - 15.0 - low) * 72.0 / 25.4;
        writer.lines.push(format!("q 42.5 0 0 42.5 85 {y} cm BI /W 1 /H 1 /BPC 8 /CS /G ID\n0\nEI Q"));
        let report = judged(writer.finish_signed(made_marks::fonts(&Made::decision()), &[]));
        report.findings.into_iter().find(|finding| finding.rule == "margin.top").map(|finding| finding.found)
    };
    assert_eq!(top(20.0), None);
    assert_eq!(top(5.0).as_deref(), Some("40.6 mm"), "a header's picture is none of the text");
}
