//! Short paragraphs are mended along with the long ones that are judged, so that no patchwork is left.

use super::made::SENTENCE;
use super::made_docx::around;
use super::repair::{part, repaired, words};
use super::variants::{broken, judged};

const FONT: &str = r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>"#;

/// A paragraph of so many half points, set so.
fn paragraph(text: &str, size: u8, look: &str, set: &str) -> String {
    format!(
        r#"<w:p><w:pPr>{set}</w:pPr><w:r><w:rPr>{FONT}{look}<w:sz w:val="{size}"/></w:rPr><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn document(body: &str) -> Vec<u8> {
    around(&format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    ))
}

const WRONG: &str = r#"<w:spacing w:before="0" w:after="0" w:line="480" w:lineRule="auto"/><w:ind w:firstLine="300"/><w:jc w:val="left"/>"#;
const SHORT: [&str; 6] = [
    "Căn cứ Luật Lưu trữ;",
    "Điều 2. Hiệu lực",
    "1. Thời hạn: một năm.",
    "a) Sở Nội vụ;",
    "- Sở Y tế;",
    "Nay thông báo:",
];

/// How the paragraph with a text is set in the file.
fn set<'d>(document: &'d str, text: &str) -> &'d str {
    let at = document.find(text).unwrap();
    let begin = document[..at].rfind("<w:p>").unwrap();
    &document[begin..at]
}

#[test]
fn short_paragraphs_are_set_as_the_long_ones_are() {
    let mut body = paragraph(SHORT[0], 28, "", WRONG);
    for short in &SHORT[1..] {
        body += &paragraph(SENTENCE, 28, "", WRONG);
        body += &paragraph(short, 28, "", WRONG);
    }
    let centred =
        r#"<w:spacing w:line="480" w:lineRule="auto"/><w:ind w:firstLine="300"/><w:jc w:val="center"/>"#;
    body += &paragraph("QUYẾT NGHỊ:", 28, "", centred);
    body += &paragraph("“Điều 7. Lời của văn bản khác.”", 28, "", WRONG);
    let other = r#"<w:ind w:firstLine="900"/>"#;
    body += &paragraph("- Một danh mục có lề riêng;", 28, "", other);
    body += &format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", paragraph("Ô bảng.", 28, "", WRONG));
    let before = document(&body);
    let rules = ["body.indent", "body.gap", "body.pitch", "body.justified"];
    let found = judged(before.clone());
    assert!(rules.iter().all(|rule| broken(&found).contains(rule)), "{:?}", broken(&found));
    let (after, repair) = repaired(before.clone());
    assert_eq!(words(&after), words(&before));
    let text = part(&after, "word/document.xml");
    for short in SHORT {
        let own = set(&text, short);
        let first = short == SHORT[0];
        assert!(first || own.contains(r#"w:before="120""#), "{short}: the first has none above it: {own}");
        assert!(own.contains(r#"w:line="360""#) && own.contains(r#"w:firstLine="567""#), "{short}: {own}");
        assert!(own.contains(r#"w:jc w:val="both""#), "{short}: {own}");
        let indented = |done: &&chancery::format::repair::report::Done| {
            done.rule == "body.indent" && done.at.as_ref().is_some_and(|at| at.text.starts_with(short))
        };
        let done: Vec<_> = repair.done.iter().filter(indented).collect();
        assert!(done.len() == 1 && done[0].found == "5.3 mm", "{short}: it is told: {done:?}");
    }
    assert!(set(&text, "QUYẾT NGHỊ:").contains(centred));
    for kept in ["“Điều 7.", "Ô bảng."] {
        assert!(set(&text, kept).contains(WRONG), "{kept}");
    }
    assert!(set(&text, "- Một danh mục").contains(r#"w:firstLine="900""#));
    let (again, second) = repaired(after.clone());
    assert!(again == after && second.done.is_empty());
}

#[test]
fn entries_get_the_size_and_the_slant_of_the_text() {
    let right = r#"<w:spacing w:before="120"/><w:ind w:firstLine="567"/><w:jc w:val="both"/>"#;
    let mut body = String::new();
    for short in ["- Sở Y tế;", "1. Thời hạn.", "a) Sở Nội vụ."] {
        body += &paragraph(SENTENCE, 24, "<w:i/>", right);
        body += &paragraph(short, 24, "<w:i/>", right);
    }
    body += &paragraph("Ghi chú: theo giờ Hà Nội.", 20, "", right);
    let (after, _) = repaired(document(&body));
    let text = part(&after, "word/document.xml");
    for short in ["- Sở Y tế;", "a) Sở Nội vụ."] {
        let own = set(&text, short);
        assert!(own.contains(r#"w:sz w:val="26""#) && !own.contains("<w:i/>"), "{own}");
    }
    assert!(set(&text, "1. Thời hạn.").contains(r#"w:sz w:val="26""#));
    assert!(set(&text, "Ghi chú").contains(r#"w:sz w:val="20""#), "a note has a size of its own");
}

#[test]
fn a_short_invitation_is_judged_and_mended_by_its_short_paragraphs() {
    let lines = ["Chủ trì: Giám đốc Sở.", "Thời gian: 08 giờ 00.", "Địa điểm: Hội trường lớn của Sở./."];
    let made = |set: &str| {
        let short: String = lines.iter().map(|line| paragraph(line, 28, "", set)).collect();
        document(&(paragraph(SENTENCE, 28, "", set) + &short))
    };
    let right = r#"<w:spacing w:before="120"/><w:ind w:firstLine="720"/><w:jc w:val="both"/>"#;
    assert!(!judged(made(right)).not_checked.iter().any(|one| one.rule == "body.indent"));
    assert!(!broken(&judged(made(right))).iter().any(|rule| rule.starts_with("body.")));
    let (after, _) = repaired(made(WRONG));
    let text = part(&after, "word/document.xml");
    for line in lines {
        let own = set(&text, line);
        assert!(own.contains(r#"w:line="360""#) && own.contains(r#"w:firstLine="567""#), "{line}: {own}");
    }
    // Entries that hang out say nothing of first lines.
    let hanging = r#"<w:spacing w:before="120"/><w:ind w:left="900" w:hanging="300"/><w:jc w:val="both"/>"#;
    let short: String = lines.iter().map(|line| paragraph(line, 28, "", hanging)).collect();
    let report = judged(document(&(paragraph(SENTENCE, 28, "", right) + &short)));
    assert!(!broken(&report).contains(&"body.indent"), "{:?}", report.findings);
}

#[test]
fn a_patchwork_of_right_long_and_wrong_short_paragraphs_is_found_and_mended() {
    let right = r#"<w:spacing w:before="120"/><w:ind w:firstLine="567"/><w:jc w:val="both"/>"#;
    let made = |lines: &[&str]| {
        let short: String = lines.iter().map(|line| paragraph(line, 28, "", WRONG)).collect();
        document(&(paragraph(SENTENCE, 28, "", right).repeat(2) + &short))
    };
    let numbered = ["Điều 2. Hiệu lực thi hành.", "1. Thời hạn.", "2. Nơi nộp.", "Điều 3. Thi hành."];
    let found = judged(made(&numbered));
    assert!(broken(&found).contains(&"body.indent") && broken(&found).contains(&"body.pitch"));
    let (after, _) = repaired(made(&numbered));
    let text = part(&after, "word/document.xml");
    assert!(numbered.iter().all(|line| set(&text, line).contains(r#"w:firstLine="567""#)), "{text}");
    let entries = ["- Sở Y tế;", "- Sở Tài chính;", "+ Phòng Tổ chức;", "+ Văn phòng;", "a) Thanh tra;"];
    assert!(!broken(&judged(made(&entries))).contains(&"body.indent"), "entries may stand elsewhere");
}
