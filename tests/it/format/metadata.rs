//! What documents say of themselves for registering them, on both kinds of file and several types.

use super::made::{ADDRESSEE, Made};
use super::variants::judged;
use super::{made_docx, made_pdf};
use crate::support::fixture;
use chancery::format::metadata::{Confidence, Metadata, Proposed};

fn value(proposed: &Option<Proposed>) -> Option<&str> {
    proposed.as_ref().map(|proposed| proposed.value.as_str())
}

fn read(made: &Made) -> [(&'static str, Metadata); 2] {
    [("docx", judged(made_docx::docx(made)).metadata), ("pdf", judged(made_pdf::pdf(made)).metadata)]
}

#[test]
fn documents_of_several_types_say_the_same_in_both_kinds_of_file() {
    let cases = [
        (Made::decision(), "QĐ", "15", "QĐ-SNV", "2026-01-05"),
        (Made::letter(), "CV", "128", "SNV-VP", "2026-04-13"),
        (Made::of_type("THÔNG BÁO", "Số: 07/TB-SNV"), "TB", "07", "TB-SNV", "2026-01-05"),
        (
            Made {
                content: vec![("addressee", ADDRESSEE)], ..Made::of_type("TỜ TRÌNH", "Số: 112/TTr-SNV")
            },
            "TTr",
            "112",
            "TTr-SNV",
            "2026-01-05",
        ),
        (Made::of_type("CHƯƠNG TRÌNH", "Số: 21/CTr-SNV"), "CTr", "21", "CTr-SNV", "2026-01-05"),
        (Made::plan(), "KH", "09", "KH-SNV", "2026-01-05"),
    ];
    for (made, kind, number, symbol, date) in cases {
        for (file, metadata) in read(&made) {
            let name = format!("{file} {kind}");
            assert_eq!(value(&metadata.kind), Some(kind), "{name}");
            assert_eq!(value(&metadata.number), Some(number), "{name}");
            assert_eq!(value(&metadata.symbol), Some(symbol), "{name}");
            assert_eq!(value(&metadata.date), Some(date), "{name}");
            assert_eq!(value(&metadata.place), Some("Hà Nội"), "{name}");
            assert_eq!(value(&metadata.issuer), Some(made.issuer), "{name}");
            assert_eq!(value(&metadata.superior), Some(made.superior), "{name}");
            let subject = made.subject.trim_start_matches("V/v ");
            assert_eq!(value(&metadata.subject), Some(subject), "{name}");
            assert_eq!(value(&metadata.signer), Some("Nguyễn Văn Thử"), "{name}");
            assert_eq!(metadata.urgency, None, "{name}");
            assert_eq!(metadata.secrecy, None, "{name}");
            let number = metadata.number.as_ref().unwrap();
            assert_eq!(number.confidence, Confidence::High, "{name}");
            assert_eq!(number.source, made.number, "{name}");
            assert_eq!(
                (number.page.is_some(), number.at.is_some()),
                (file == "pdf", file == "docx"),
                "{name}"
            );
            let recipients: Vec<&str> =
                metadata.recipients.iter().map(|recipient| recipient.value.as_str()).collect();
            assert!(recipients.contains(&"Như trên") || !recipients.is_empty(), "{name}: {recipients:?}");
            assert!(recipients.iter().all(|recipient| !recipient.starts_with("Lưu")), "{name}");
            if matches!(kind, "CV" | "TTr") {
                assert_eq!(recipients[0], "Các phòng thuộc Sở", "{name}");
            }
        }
    }
}

#[test]
fn marks_of_urgency_and_secrecy_become_the_words_of_registers() {
    for (part, text, urgency, secrecy) in [
        ("urgency", "HỎA TỐC", Some("flash"), None),
        ("urgency", "HOẢ TỐC", Some("flash"), None),
        ("urgency", "THƯỢNG KHẨN", Some("very_urgent"), None),
        ("urgency", "KHẨN", Some("urgent"), None),
        ("secrecy", "MẬT", None, Some("confidential")),
        ("secrecy", "TỐI MẬT", None, Some("secret")),
        ("secrecy", "TUYỆT MẬT", None, Some("top_secret")),
    ] {
        let marks: &'static [(&'static str, &'static str)] = Box::leak(Box::new([(part, text)]));
        for (file, metadata) in read(&Made { marks, ..Made::decision() }) {
            assert_eq!(value(&metadata.urgency), urgency, "{file} {text}");
            assert_eq!(value(&metadata.secrecy), secrecy, "{file} {text}");
        }
    }
}

#[test]
fn what_a_word_processor_wrote_is_read_with_its_places() {
    for kind in ["pdf", "docx"] {
        let metadata = judged(fixture(&format!("documents/sai-so-ngay.{kind}"))).metadata;
        let issuer = metadata.issuer.as_ref().unwrap();
        assert_eq!(issuer.value, "ỦY BAN NHÂN DÂN HUYỆN THANH BÌNH", "{kind}: a name of two lines");
        assert_eq!(issuer.source, "ỦY BAN NHÂN DÂN", "{kind}");
        assert_eq!(value(&metadata.signer), Some("Trần Văn Mẫu"), "{kind}");
        assert_eq!(value(&metadata.date), Some("2026-01-05"), "{kind}");
        let recipients: Vec<&str> = metadata.recipients.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(
            recipients,
            ["Như Điều 4", "Ủy ban nhân dân tỉnh (để báo cáo)", "Chủ tịch, các Phó Chủ tịch"],
            "{kind}"
        );
    }
}

#[test]
fn what_a_machine_recognised_in_a_scan_is_to_be_read_again() {
    let metadata = judged(fixture("documents/ban-quet.pdf")).metadata;
    let issuer = metadata.issuer.expect("the scan's text layer names who issued it");
    assert_eq!(
        (issuer.confidence, issuer.value.as_str()),
        (Confidence::Low, "ỦY BAN NHÂN DÂN HUYỆN THANH BÌNH")
    );
    assert_eq!(metadata.number, None, "its gap was never filled");
}

#[test]
fn a_day_that_there_never_was_is_not_proposed() {
    for date in ["31 tháng 02 năm 2026", "05 tháng 13 năm 2026", "05 tháng 01 năm 26"] {
        let date: &'static str = Box::leak(format!("Hà Nội, ngày {date}").into_boxed_str());
        for (file, metadata) in read(&Made { date, ..Made::decision() }) {
            assert_eq!(metadata.date, None, "{file} {date}");
        }
    }
}

#[test]
fn a_number_line_in_other_letters_is_no_body() {
    for number in ["số: 15/QĐ-SNV", "SỐ: 15/QĐ-SNV"] {
        for (file, metadata) in read(&Made { number, ..Made::decision() }) {
            assert_eq!(value(&metadata.number), Some("15"), "{file} {number}");
            assert_eq!(value(&metadata.issuer), Some("SỞ NỘI VỤ"), "{file} {number}");
        }
    }
}

#[test]
fn what_is_not_there_is_not_proposed() {
    let made = Made {
        number: "Số:          /QĐ-SNV",
        date: "Hà Nội, ngày       tháng       năm 2026",
        ..Made::decision()
    };
    for (file, metadata) in read(&made) {
        assert_eq!(metadata.number, None, "{file}");
        // The symbol is given before the number is.
        assert_eq!(value(&metadata.symbol), Some("QĐ-SNV"), "{file}");
        assert_eq!(metadata.date, None, "{file}");
        assert_eq!(value(&metadata.place), Some("Hà Nội"), "{file}");
    }
}
