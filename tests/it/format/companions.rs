//! What goes along with a document in a file of its own: texts issued with a decision, annexes, and what is
//! signed onto them; and tables that lie on their side.

use super::made::{Made, Wrong};
use super::variants::{broken, judged};
use super::{made_docx, made_pdf};
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Dictionary, Object, Pdf};

const WORD: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

/// A regulation without number, date and foot, whose first lines below the abstract say what it goes with.
fn issued_with(reference: Option<&'static str>) -> Made {
    let mut made = Made {
        number: "",
        date: "",
        authority: &[],
        signer: "",
        recipients: &[],
        wrong: Some(("recipients.label", Wrong::Missing)),
        ..Made::regulation()
    };
    made.content = reference.into_iter().map(|text| ("chapter", text)).chain(made.content).collect();
    made
}

#[test]
fn a_text_issued_with_a_decision_has_no_number_date_or_signature_of_its_own() {
    let of_a_document = ["number.form", "date.form", "recipients.present", "authority.present"];
    let lacks = |made: &Made| {
        [made_docx::docx(made), made_pdf::pdf(made)].map(|bytes| {
            let report = judged(bytes);
            let found: Vec<String> = broken(&report).into_iter().map(str::to_owned).collect();
            found.into_iter().filter(|rule| of_a_document.contains(&rule.as_str())).count()
        })
    };
    for reference in [
        "(Kèm theo Quyết định số 15/QĐ-SNV ngày 05 tháng 01 năm 2026)",
        "(Ban hành kèm theo Quyết định số 15/QĐ-SNV ngày 05 tháng 01 năm 2026)",
        "(Kèm theo Quyết định số      /QĐ-SNV ngày    tháng    năm 2026)",
    ] {
        assert_eq!(lacks(&issued_with(Some(reference))), [0, 0], "{reference}");
    }
    // Without such a line it is a document that lacks them, and so it is where the line names no document.
    assert_eq!(lacks(&issued_with(None)), [4, 4]);
    assert_eq!(lacks(&issued_with(Some("(Kèm theo các phụ lục)"))), [4, 4]);
    // A decision is no text that another decision brings along.
    let reference = Some("(Kèm theo Tờ trình số 15/TTr-SNV ngày 05 tháng 01 năm 2026)");
    let decision = Made { kind: Some("QUYẾT ĐỊNH"), ..issued_with(reference) };
    assert_eq!(lacks(&decision), [4, 4]);
}

#[test]
fn one_paragraph_in_five_of_another_size_breaks_the_bodys_size() {
    const SENTENCE: &str = "Các cơ quan, đơn vị, địa phương có trách nhiệm tổ chức thực hiện nghiêm túc, hiệu quả các nhiệm vụ được phân công.";
    let found = |small: usize| {
        let body: String = (0..10)
            .map(|at| {
                let size = if at < small { 24 } else { 28 };
                format!(r#"<w:p><w:r><w:rPr><w:sz w:val="{size}"/></w:rPr><w:t>{SENTENCE}</w:t></w:r></w:p>"#)
            })
            .collect();
        let report =
            judged(made_docx::around(&format!("<w:document {WORD}><w:body>{body}</w:body></w:document>")));
        report.findings.iter().filter(|finding| finding.rule == "body.size").count()
    };
    assert_eq!([found(0), found(1), found(2), found(4)], [0, 0, 2, 3]);
}

/// Paragraphs of a DOCX, each in the middle.
fn paragraphs(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| {
            format!(r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>"#)
        })
        .collect()
}

#[test]
fn an_annex_is_one_below_what_was_signed_onto_it_as_well() {
    let annex = |note: &str| {
        let body =
            paragraphs(&[note, "Phụ lục II", "DANH MỤC TÀI LIỆU", "(Kèm theo Quyết định số 15/QĐ-SNV)"]);
        let report =
            judged(made_docx::around(&format!("<w:document {WORD}><w:body>{body}</w:body></w:document>")));
        let found = broken(&report);
        found.contains(&"title.national") || found.contains(&"title.motto")
    };
    assert!(!annex("Số: 15/QĐ-SNV; 05/01/2026; 14:03:27 +07:00"));
    assert!(!annex("SAO Y; Sở Nội vụ; 05/01/2026; 14:03:27 +07:00"));
    assert!(annex("Danh sách; ngày 05/01/2026; lúc 14 giờ"), "another line is text");
}

#[test]
fn a_mark_close_below_the_abstract_of_a_letter_is_no_part_of_it() {
    let subject = r#"V/v rà soát hồ sơ</w:t></w:r></w:p><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val="24"/></w:rPr><w:t>MẬT"#;
    let report = judged(made_docx::docx(&Made { subject, ..Made::letter() }));
    assert_eq!(report.document.subject.as_deref(), Some("V/v rà soát hồ sơ"));
    assert!(!broken(&report).contains(&"letter_abstract.weight"));
    assert!(report.metadata.secrecy.is_some());
}

/// The first page with more drawn on it.
fn drawn_over(bytes: &[u8], content: &str) -> Vec<u8> {
    let pdf = Pdf::open(&bytes).unwrap();
    let revision = pdf.newest();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    let page = chancery::pdf::pages(&pdf, revision, 1).unwrap()[0];
    let Object::Dictionary(mut found) = pdf.resolve(page, revision).unwrap() else { panic!() };
    let mut length = Dictionary::default();
    length.set("Length", Object::Integer(content.len() as i64));
    let more = writer.add_stream(length, content.as_bytes());
    let contents = found.get("Contents").unwrap().clone();
    found.set("Contents", Object::Array(vec![Object::Reference(more), contents]));
    writer.put(page, &Object::Dictionary(found));
    [bytes, &writer.finish([0; 16]).unwrap().bytes].concat()
}

#[test]
fn a_page_on_its_side_is_right_where_it_holds_a_table() {
    let turned = |bytes: Vec<u8>| broken(&judged(bytes)).contains(&"page.orientation");
    let section = r#"<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>"#;
    let table = |borders: &str, rows: usize| {
        let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let row = format!("<w:tr>{}{}</w:tr>", cell("Tên"), cell("Số lượng"));
        format!("<w:tbl><w:tblPr>{borders}</w:tblPr>{}</w:tbl>", row.repeat(rows))
    };
    let document = |body: &str| {
        made_docx::around(&format!("<w:document {WORD}><w:body>{body}{section}</w:body></w:document>"))
    };
    let borders = r#"<w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders>"#;
    let text = paragraphs(&["Nội dung văn bản"]);
    assert!(turned(document(&text)), "text alone stands upright");
    assert!(!turned(document(&format!("{text}{}", table(borders, 3)))));
    assert!(turned(document(&format!("{text}{}", table("", 3)))), "a title block has no lines");
    assert!(turned(document(&format!("{text}{}", table(borders, 1)))), "a frame is no table");

    let page = made_pdf::pdf(&Made { paper: (297.0, 210.0), paragraphs: 3, ..Made::decision() });
    assert!(turned(page.clone()));
    // Around the running text: lines across, and along at both edges and in the middle.
    let around = "0.7 w 80 60 m 780 60 l S 80 300 m 780 300 l S 80 60 m 80 300 l S 430 60 m 430 300 l S 780 60 m 780 300 l S";
    assert!(!turned(drawn_over(&page, around)));
    let mark = "0.7 w 700 540 60 20 re S";
    assert!(turned(drawn_over(&page, mark)), "the frame of a mark is no table");
}
