//! The head: space between its lines as files state it, and names that are more, or less, than they seem.

use super::made::{Made, Wrong};
use super::made_docx::{self, around};
use super::made_pdf;
use super::variants::judged;
use crate::support::fixture;
use chancery::format::metadata::Proposed;
use chancery::format::report::Report;

fn paragraph(set: &str, text: &str) -> String {
    let break_at = text.split('|').map(|piece| format!("<w:t>{piece}</w:t>"));
    let runs = break_at.collect::<Vec<_>>().join("<w:br/>");
    format!(
        r#"<w:p><w:pPr>{set}<w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="26"/></w:rPr>{runs}</w:r></w:p>"#
    )
}

/// A letter whose head has these paragraphs below superior and title, and below the number.
fn letter(motto: &str, title: &str, below: &str, number: &str) -> Report {
    let head = [
        [
            paragraph("", "ỦY BAN NHÂN DÂN") + &paragraph("", "SỞ NỘI VỤ"),
            paragraph(title, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + motto,
        ],
        [
            if number.is_empty() { below.to_owned() } else { paragraph(number, "Số: 128/SNV-VP") + below },
            paragraph("", "Hà Nội, ngày 13 tháng 4 năm 2026"),
        ],
    ];
    let rows: String = head
        .iter()
        .map(|[left, right]| format!("<w:tr><w:tc>{left}</w:tc><w:tc>{right}</w:tc></w:tr>"))
        .collect();
    let addressee = paragraph("", "Kính gửi: Các phòng thuộc Sở.");
    let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    judged(around(&format!(
        r#"<w:document xmlns:w="{namespace}"><w:body><w:tbl>{rows}</w:tbl>{addressee}</w:body></w:document>"#
    )))
}

/// What a rule found; none when it holds, `?` when it wasn't checked.
fn of<'r>(report: &'r Report, rule: &str) -> Option<&'r str> {
    if report.not_checked.iter().any(|one| one.rule == rule) {
        return Some("?");
    }
    report.findings.iter().find(|finding| finding.rule == rule).map(|finding| finding.found.as_str())
}

const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
const SUBJECT: &str = "V/v rà soát thể thức";
const BEFORE: &str = r#"<w:spacing w:before="120"/>"#;
const AFTER: &str = r#"<w:spacing w:after="120"/>"#;
const HALF: &str = r#"<w:spacing w:before="60"/>"#;
const EXACT: &str = r#"<w:spacing w:before="120" w:line="260" w:lineRule="exact"/>"#;
const EXACT_18: &str = r#"<w:spacing w:line="360" w:lineRule="exact"/>"#;
const EXACT_20: &str = r#"<w:spacing w:line="400" w:lineRule="exact"/>"#;
const AT_LEAST_17: &str = r#"<w:spacing w:line="340" w:lineRule="atLeast"/>"#;
const CLOSE: &str = r#"<w:contextualSpacing/><w:spacing w:before="120"/>"#;
const LINES: &str = r#"<w:spacing w:line="312" w:lineRule="auto"/>"#;

#[test]
fn space_above_a_letters_abstract_is_what_its_paragraphs_state_together() {
    let cases = [
        (AFTER, paragraph("", SUBJECT), None),
        ("<w:jc/>", paragraph(BEFORE, SUBJECT), None),
        (HALF, paragraph(HALF, SUBJECT), Some("3 pt")),
        (r#"<w:spacing w:after="60"/>"#, paragraph(HALF, SUBJECT), None),
        // Distances of lines neither take stated space away nor are taken for more than they may be.
        (EXACT, paragraph(EXACT, SUBJECT), None),
        (
            AT_LEAST_17,
            paragraph(r#"<w:spacing w:before="120" w:line="340" w:lineRule="atLeast"/>"#, SUBJECT),
            None,
        ),
        (CLOSE, paragraph(CLOSE, SUBJECT), Some("0 pt")),
        // A blank paragraph is space, of whatever height.
        ("<w:jc/>", paragraph("", "") + &paragraph("", SUBJECT), None),
        // Lines of one paragraph have none.
        ("", paragraph("", "Số: 128/SNV-VP|V/v rà soát thể thức"), Some("0 pt")),
    ];
    for (number, below, expected) in cases {
        let report = letter(&paragraph("", MOTTO), "", &below, number);
        assert_eq!(of(&report, "letter_abstract.gap"), expected, "{number} {below}");
    }
}

#[test]
fn title_and_motto_may_be_as_far_apart_as_usual_distances_of_lines_set_them() {
    let cases = [
        ("", paragraph("", MOTTO), None),
        (EXACT_18, paragraph(EXACT_18, MOTTO), None),
        (AT_LEAST_17, paragraph(AT_LEAST_17, MOTTO), None),
        (LINES, paragraph(LINES, MOTTO), None),
        (HALF, paragraph(HALF, MOTTO), None),
        (EXACT_20, paragraph(EXACT_20, MOTTO), None),
        // Space below one and above the next may be one space.
        (r#"<w:spacing w:after="80"/>"#, paragraph(r#"<w:spacing w:before="80"/>"#, MOTTO), None),
        (AFTER, paragraph("", MOTTO), Some("6 pt")),
        ("", paragraph(r#"<w:spacing w:before="160"/>"#, MOTTO), Some("8 pt")),
        // How high a blank paragraph is isn't known.
        ("", paragraph("", "") + &paragraph("", MOTTO), None),
    ];
    for (title, motto, expected) in cases {
        let report = letter(&motto, title, &paragraph(BEFORE, SUBJECT), "<w:jc/>");
        assert_eq!(of(&report, "title.gap"), expected, "{title} {motto}");
    }
}

#[test]
fn without_a_table_what_stands_at_the_right_shows_within_one_line() {
    let tabbed = |one: &str, two: &str| {
        let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let line = |one: &str, two: &str| {
            format!("<w:p><w:r><w:t>{one}</w:t><w:tab/><w:tab/><w:t>{two}</w:t></w:r></w:p>")
        };
        let number = line("Số: 128/SNV-VP", "Hà Nội, ngày 13 tháng 4 năm 2026");
        judged(around(&format!(
            r#"<w:document xmlns:w="{namespace}"><w:body>{}{number}</w:body></w:document>"#,
            line(one, two)
        )))
    };
    let title = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
    assert_eq!(of(&tabbed("SỞ NỘI VỤ", title), "title.place"), None);
    assert_eq!(of(&tabbed(title, "SỞ NỘI VỤ"), "title.place"), Some("bên trái"));
}

fn value(proposed: Option<Proposed>) -> Option<String> {
    proposed.map(|proposed| proposed.value)
}

fn both(made: &Made) -> [(&'static str, Report); 2] {
    [("docx", judged(made_docx::docx(made))), ("pdf", judged(made_pdf::pdf(made)))]
}

#[test]
fn minutes_are_signed_by_the_chair_not_by_who_took_them() {
    for kind in ["docx", "pdf"] {
        let metadata = judged(fixture(&format!("documents/right/bien_ban.{kind}"))).metadata;
        assert_eq!(value(metadata.signer).as_deref(), Some("Nguyễn Văn An"), "{kind}");
        assert_eq!(value(metadata.signer_title).as_deref(), Some("CHỦ TỌA"), "{kind}");
    }
}

#[test]
fn a_signer_is_named_without_rank_and_degree_and_by_one_word_where_that_is_the_name() {
    for (written, name) in [
        ("Đại tá Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Thiếu tướng, GS.TS. Nguyễn Văn Thử", "Nguyễn Văn Thử"),
        ("Tsering Thử", "Tsering Thử"),
        ("K’Mák", "K’Mák"),
    ] {
        for (kind, report) in both(&Made { signer: written, ..Made::decision() }) {
            assert_eq!(of(&report, "signer.present"), None, "{kind} {written}");
            assert_eq!(value(report.metadata.signer).as_deref(), Some(name), "{kind} {written}");
        }
    }
}

#[test]
fn the_mark_of_a_draft_is_no_body() {
    for mark in ["DỰ THẢO", "DỰ THẢO LẦN 2"] {
        for (kind, report) in both(&Made { superior: mark, ..Made::decision() }) {
            assert_eq!(value(report.metadata.issuer).as_deref(), Some("SỞ NỘI VỤ"), "{kind}");
            assert_eq!(report.metadata.superior, None, "{kind}");
        }
    }
    // Nor does one that stands beside the abstract part that from the type above it.
    let made = Made { marks: &[("draft", "DỰ THẢO 2")], frame: None, ..Made::plan() };
    let report = judged(made_pdf::pdf(&made));
    assert_eq!(of(&report, "abstract.present"), None);
    assert_eq!(value(report.metadata.subject).as_deref(), Some(made.subject));
}

#[test]
fn a_mark_broken_over_two_lines_is_the_whole_mark() {
    let marks: &[(&str, &str)] = &[("urgency", "THƯỢNG"), ("urgency", "KHẨN")];
    let docx = judged(made_docx::docx(&Made { marks, ..Made::decision() })).metadata;
    assert_eq!(value(docx.urgency).as_deref(), Some("very_urgent"));
}

#[test]
fn a_bodys_name_keeps_its_last_piece() {
    // On a page the number of a district may have no room beside its name.
    let bold = Some(("superior", Wrong::Bold(true)));
    let made = Made { superior: "ỦY BAN NHÂN DÂN QUẬN", issuer: "1", wrong: bold, ..Made::decision() };
    let metadata = judged(made_pdf::pdf(&made)).metadata;
    assert_eq!(value(metadata.issuer).as_deref(), Some("ỦY BAN NHÂN DÂN QUẬN 1"));
    let pieces =
        ["BAN QUẢN LÝ", "DỰ ÁN", "ĐẦU TƯ", "XÂY DỰNG", "CÁC", "CÔNG TRÌNH", "GIAO", "THÔNG", "NÔNG", "THÔN"];
    let bold = |text: &str| paragraph("", text).replace("<w:sz ", "<w:b/><w:sz ");
    let name: String = pieces.iter().map(|piece| bold(piece)).collect();
    let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let title = paragraph("", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    let report = judged(around(&format!(
        r#"<w:document xmlns:w="{namespace}"><w:body><w:tbl><w:tr><w:tc>{name}{}</w:tc><w:tc>{title}</w:tc></w:tr></w:tbl></w:body></w:document>"#,
        paragraph("", "Số: 128/BQL-VP")
    )));
    assert_eq!(value(report.metadata.issuer), Some(pieces.join(" ")));
}

#[test]
fn addressees_without_dashes_are_read_one_by_one() {
    let made = Made { addressees: &["Sở Tài chính;", "Sở Tư pháp."], ..Made::letter() };
    for (kind, report) in both(&made) {
        let names: Vec<&str> =
            report.metadata.recipients.iter().map(|one| one.value.as_str()).take(2).collect();
        assert_eq!(names, ["Sở Tài chính", "Sở Tư pháp"], "{kind}");
    }
}

#[test]
fn a_list_that_speaks_of_several_or_stands_beside_its_words_is_no_single_addressee() {
    for entry in ["- Các phòng thuộc Sở.", "- Ủy ban nhân dân xã A, xã B.", "- Sở Tài chính và Sở Tư pháp."]
    {
        let addressees: &'static [&'static str] = Box::leak(Box::new([entry]));
        for (kind, report) in both(&Made { addressees, ..Made::letter() }) {
            assert_eq!(of(&report, "addressees.alone"), None, "{kind} {entry}");
        }
    }
}

#[test]
fn words_that_may_be_meant_so_are_no_hint() {
    let text = "Mỗi phường 02 người, mỗi xã, phường 3 tổ; quốc tế hóa lao động ở phía tây nguyên là đất rừng; Thành phố Hồ Chí Minh, Thủ đô Hà Nội, vùng tây bắc của tỉnh, Quận 1, ngày Quốc khánh, Huân chương Lao động hạng Ba; giám đốc Sở Nội vụ, phó chủ tịch Hội, chủ tịch Lê.";
    let made = Made { content: vec![("body", text)], ..Made::letter() };
    for (kind, report) in both(&made) {
        let hints: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .filter(|rule| rule.starts_with("capital"))
            .collect();
        assert_eq!(hints, [""; 0], "{kind}");
    }
}

#[test]
fn an_abstract_of_abbreviations_is_not_in_capitals() {
    for subject in ["V/v BHXH, BHYT", "V/v UBND TP. HCM ban hành quy chế"] {
        for (kind, report) in both(&Made { subject, ..Made::letter() }) {
            assert_eq!(of(&report, "letter_abstract.case"), None, "{kind} {subject}");
        }
    }
}
