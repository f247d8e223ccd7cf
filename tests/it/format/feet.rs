//! The foot as facts of a page, where what makes documents doesn't break it.

use super::made::Made;
use super::variants::judged;
use super::{made_docx, made_pdf};
use chancery::format::facts::{Facts, Line, Sheet};
use chancery::format::layout::Layout;
use chancery::format::setting::{Drawn, Stroke};
use chancery::profile::{Part, Profile};

/// A line of a page: its number, left edge, baseline, size, text.
fn line((page, left, baseline, size, text): (usize, f64, f64, f64, &str)) -> Line {
    let wide = text.chars().count() as f64 * size * 0.15;
    Line {
        page,
        text: text.to_owned(),
        bounds: [left, baseline - size * 0.31, left + wide, baseline + size * 0.08],
        baseline,
        size,
        fonts: std::collections::BTreeMap::new(),
        bold: text.chars().all(|character| !character.is_lowercase()),
        italic: false,
        leads_bold: false,
        stamped: false,
        invisible: false,
        colour: None,
        decomposed: false,
        at: None,
        setting: None,
    }
}

#[test]
fn notes_below_a_line_are_no_recipients_of_a_list_that_goes_on_overleaf() {
    let lines = [
        (0, 110.0, 30.0, 13.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0, 40.0, 42.0, 13.0, "Số: 09/BC-SNV"),
        (0, 30.0, 240.0, 12.0, "Nơi nhận:"),
        (0, 30.0, 247.0, 10.0, "1 Nghị quyết số 10/NQ-HĐND của Hội đồng nhân dân tỉnh."),
        (0, 30.0, 251.0, 10.0, "2 Kế hoạch số 11/KH-UBND của Ủy ban nhân dân tỉnh."),
        (1, 30.0, 24.0, 11.0, "- Như trên;"),
        (1, 130.0, 24.0, 14.0, "GIÁM ĐỐC"),
        (1, 30.0, 29.0, 11.0, "- Lưu: VT."),
        (1, 130.0, 54.0, 14.0, "Nguyễn Văn Thử"),
    ];
    let sheet = Sheet { width: 210.0, height: 297.0, ..Sheet::default() };
    let above_notes = Drawn {
        page: 0,
        bounds: [30.0, 243.0, 80.0, 243.1],
        length: 50.0,
        stroke: Stroke::Shape,
        paragraph: None,
        cell: None,
    };
    let facts = Facts {
        kind: "pdf",
        sheets: vec![sheet.clone(), sheet],
        lines: lines.into_iter().map(line).collect(),
        drawn: vec![above_notes],
        ..Facts::default()
    };
    let layout = Layout::find(&facts, Profile::builtin());
    let names: Vec<&str> = layout.entries.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(names, ["- Như trên;", "- Lưu: VT."]);
}

#[test]
fn an_open_letter_has_neither_number_nor_recipients() {
    for kind in ["THƯ KHEN", "THƯ NGỎ", "THƯ CẢM ƠN", "THƯ CHÚC MỪNG NĂM MỚI 2026"] {
        let made = Made { number: "", subject: "", ..Made::of_type(kind, "") };
        for (file, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            let report = judged(bytes);
            assert_eq!(report.document.kind.as_deref(), Some("TCg"), "{file} {kind}");
            let broken: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
            assert_eq!(broken, [""; 0], "{file} {kind}");
            let signer = report.metadata.signer.map(|signer| signer.value);
            assert_eq!(signer.as_deref(), Some(made.signer), "{file} {kind}");
        }
    }
}

/// A document whose signers stand side by side above the list of recipients: their offices and names.
fn side_by_side(kind: &'static str, number: &'static str, signers: &[(&str, &str)]) -> Vec<u8> {
    let made = made_docx::docx(&Made::of_type(kind, number));
    let document = super::repair::part(&made, "word/document.xml");
    let start = document.rfind("<w:tbl>").unwrap();
    let end = document.rfind("</w:tbl>").unwrap() + "</w:tbl>".len();
    let line = |set: &str, bold: &str, text: &str| {
        format!(
            r#"<w:p><w:pPr>{set}</w:pPr><w:r><w:rPr>{bold}<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr><w:t>{text}</w:t></w:r></w:p>"#
        )
    };
    let bold = |text: &str| line(r#"<w:jc w:val="center"/>"#, "<w:b/>", text);
    let cells: String = signers
        .iter()
        .map(|(office, name)| format!("<w:tc>{}<w:p/><w:p/><w:p/><w:p/>{}</w:tc>", bold(office), bold(name)))
        .collect();
    let list: String =
        [("Nơi nhận:", "<w:b/><w:i/>", 24), ("- Như trên;", "", 22), ("- Lưu: VT, NV.", "", 22)]
            .iter()
            .map(|(text, look, size)| {
                line("", look, text).replace("w:val=\"28\"", &format!("w:val=\"{size}\""))
            })
            .collect();
    let list = if number.contains("HĐ") || number.contains("BB") { String::new() } else { list };
    let (before, behind) = (&document[..start], &document[end..]);
    made_docx::around(&format!("{before}<w:tbl><w:tr>{cells}</w:tr></w:tbl>{list}{behind}"))
}

#[test]
fn of_signers_side_by_side_the_one_at_the_right_is_read_and_of_parties_none() {
    let two = [("GIÁM ĐỐC SỞ Y TẾ", "Trần Văn Thử"), ("GIÁM ĐỐC SỞ NỘI VỤ", "Lê Thị Thử")];
    let three =
        [("ĐẠI DIỆN ĐƠN VỊ", "Phạm Văn Thử"), ("THƯ KÝ", "Ngô Thị Thử"), ("TRƯỞNG ĐOÀN", "Lê Thị Thử")];
    let cases = [
        ("KẾ HOẠCH", "Số: 09/KH-SNV", &two[..], Some("Lê Thị Thử")),
        ("BIÊN BẢN", "Số: 09/BB-SNV", &three[..], Some("Lê Thị Thử")),
        ("HỢP ĐỒNG", "Số: 09/HĐ-SNV", &two[..], None),
    ];
    for (kind, number, signers, wanted) in cases {
        let report = judged(side_by_side(kind, number, signers));
        let signing = |rule: &str| rule.starts_with("signer") || rule.starts_with("authority");
        let broken: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .filter(|rule| signing(rule))
            .collect();
        assert_eq!(broken, [""; 0], "{kind}");
        assert_eq!(report.metadata.signer.map(|signer| signer.value).as_deref(), wanted, "{kind}");
    }
}

#[test]
fn each_of_three_who_sign_on_a_page_has_a_name_under_the_own_office() {
    let lines = [
        (0, 110.0, 30.0, 13.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0, 30.0, 36.0, 13.0, "ĐOÀN KIỂM TRA"),
        (0, 40.0, 42.0, 13.0, "Số: 09/BB-ĐKT"),
        (0, 85.0, 60.0, 14.0, "BIÊN BẢN"),
        (0, 34.0, 205.0, 14.0, "ĐẠI DIỆN ĐƠN VỊ"),
        (0, 104.0, 205.0, 14.0, "THƯ KÝ"),
        (0, 149.0, 205.0, 14.0, "TRƯỞNG ĐOÀN"),
        (0, 100.0, 235.0, 14.0, "Ngô Thị Thử"),
        (0, 149.0, 235.0, 14.0, "Lê Văn Thử"),
        (0, 38.0, 241.0, 14.0, "Phạm Văn Thử"),
    ];
    let sheet = Sheet { width: 210.0, height: 297.0, ..Sheet::default() };
    let lines = lines.into_iter().map(line).collect();
    let facts = Facts { kind: "pdf", sheets: vec![sheet], lines, ..Facts::default() };
    let layout = Layout::find(&facts, Profile::builtin());
    let texts = |part| -> Vec<&str> { layout.part(part).iter().map(|line| line.text.as_str()).collect() };
    assert_eq!(texts(Part::Authority), ["TRƯỞNG ĐOÀN"]);
    assert_eq!(texts(Part::Signer), ["Lê Văn Thử"]);
}

const TWO_COLUMNS: [(usize, f64, f64, f64, &str); 10] = [
    (0, 110.0, 30.0, 13.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (0, 40.0, 42.0, 13.0, "Số: 09/TB-SNV"),
    (0, 85.0, 60.0, 14.0, "THÔNG BÁO"),
    (0, 30.0, 240.0, 12.0, "Nơi nhận:"),
    (0, 140.0, 240.0, 14.0, "GIÁM ĐỐC"),
    (0, 30.0, 245.0, 11.0, "- Như trên;"),
    (0, 75.0, 245.0, 11.0, "- Các phòng;"),
    (0, 30.0, 250.0, 11.0, "- UBND tỉnh;"),
    (0, 75.0, 250.0, 11.0, "- Lưu: VT."),
    (0, 135.0, 270.0, 14.0, "Nguyễn Văn Thử"),
];

#[test]
fn recipients_in_two_columns_are_read_one_column_after_the_other() {
    let sheet = Sheet { width: 210.0, height: 297.0, ..Sheet::default() };
    let lines = TWO_COLUMNS.into_iter().map(line).collect();
    let facts = Facts { kind: "pdf", sheets: vec![sheet], lines, ..Facts::default() };
    let layout = Layout::find(&facts, Profile::builtin());
    let names: Vec<&str> = layout.entries.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(names, ["- Như trên;", "- UBND tỉnh;", "- Các phòng;", "- Lưu: VT."]);
    let document = super::repair::part(&made_docx::docx(&Made::plan()), "word/document.xml");
    let kept = document.find("- Lưu").unwrap();
    let (before, behind) = document.split_at(document[..kept].rfind("<w:p>").unwrap());
    let report = judged(made_docx::around(&format!("{before}</w:tc><w:tc>{behind}")));
    let broken = |rule: &str| report.findings.iter().any(|finding| finding.rule == rule);
    assert!(!broken("recipients.kept.present") && !broken("recipients.ends"));
}

#[test]
fn signer_and_recipients_of_a_recognised_scan_are_read() {
    let sheet = Sheet { width: 210.0, height: 297.0, ..Sheet::default() };
    let lines = TWO_COLUMNS.into_iter().map(line);
    let lines = lines.map(|line| Line { invisible: true, bold: false, ..line }).collect();
    let facts = Facts { kind: "pdf", scan: true, sheets: vec![sheet], lines, ..Facts::default() };
    let layout = Layout::find(&facts, Profile::builtin());
    let texts = |part| -> Vec<&str> { layout.part(part).iter().map(|line| line.text.as_str()).collect() };
    assert_eq!(texts(Part::Authority), ["GIÁM ĐỐC"]);
    assert_eq!(texts(Part::Signer), ["Nguyễn Văn Thử"]);
    assert_eq!(layout.entries.len(), 4);
}

#[test]
fn whom_a_form_behind_the_document_is_for_is_no_addressee() {
    let document = super::repair::part(&made_docx::docx(&Made::plan()), "word/document.xml");
    let form = "<w:p><w:r><w:t>Kính gửi: Ủy ban nhân dân</w:t></w:r></w:p>";
    let end = document.rfind("</w:tbl>").unwrap() + "</w:tbl>".len();
    let report = judged(made_docx::around(&format!("{}{form}{}", &document[..end], &document[end..])));
    let names: Vec<&str> = report.metadata.recipients.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(names, ["Như trên"]);
}
