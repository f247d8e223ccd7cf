//! What is running text and what only looks like it: where it ends, notes below it, small raised marks in it.

use super::made::SENTENCE;
use super::made_docx::around;
use super::variants::{broken, judged};

const FONT: &str = r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>"#;

/// A paragraph of 14 points.
fn paragraph(text: &str, bold: bool, set: &str) -> String {
    let bold = if bold { "<w:b/>" } else { "" };
    format!(
        r#"<w:p><w:pPr>{set}</w:pPr><w:r><w:rPr>{FONT}{bold}<w:sz w:val="28"/></w:rPr><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn document(body: &str) -> Vec<u8> {
    around(&format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    ))
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
