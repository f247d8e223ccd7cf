//! Documents that break exactly one rule are found for exactly that rule; correct ones for none.

use super::made::{Made, Wrong};
use super::{made_docx, made_pdf};
use crate::support::fixture;
use chancery::format::check;
use chancery::format::report::Report;
use chancery::pdf::text::Limits;
use chancery::profile::Profile;
use std::collections::BTreeSet;

pub fn judged(bytes: Vec<u8>) -> Report {
    check(bytes, Profile::builtin(), &Limits::default()).unwrap()
}

pub fn broken(report: &Report) -> Vec<&str> {
    let rules: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    rules.into_iter().collect()
}

fn correct() -> Vec<Made> {
    vec![
        Made::decision(),
        Made::letter(),
        Made::of_type("THÔNG BÁO", "Số: 07/TB-SNV"),
        Made::of_type("TỜ TRÌNH", "Số: 112/TTr-SNV"),
        Made::of_type("KẾ HOẠCH", "Số: 09/KH-SNV"),
        Made::of_type("BÁO CÁO", "Số: 1204/BC-SNV"),
        Made::of_type("CHƯƠNG TRÌNH", "Số: 21/CTr-SNV"),
        Made::of_type("GIẤY UỶ QUYỀN", "Số: 03/GUQ-SNV"),
        Made { body_size: 13.0, margins: [35.0, 15.0, 25.0, 25.0], ..Made::decision() },
        Made { date: "Hà Nội, ngày 20 tháng 11 năm 2025", paragraphs: 24, ..Made::decision() },
        Made {
            number: "Số:          /QĐ-SNV",
            date: "Hà Nội, ngày       tháng       năm 2026",
            ..Made::decision()
        },
        Made { date: "Thành phố Hồ Chí Minh, ngày …… tháng 4 năm 2026", ..Made::letter() },
        Made { subject: "", number: "Số: 31/SGDĐT-GDTrH", ..Made::letter() },
    ]
}

#[test]
fn correct_documents_of_many_types_have_no_finding() {
    for made in correct() {
        for (kind, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            let report = judged(bytes);
            assert_eq!(broken(&report), [""; 0], "{kind} {made:?}: {:?}", report.findings);
            assert_eq!(report.conforms, Some(true), "{kind}");
        }
    }
}

#[test]
fn a_document_that_breaks_one_rule_is_found_for_that_rule_only() {
    let base = Made::decision;
    let cases: Vec<(&str, Made)> = vec![
        ("page.paper", Made { paper: (215.9, 279.4), ..base() }),
        ("page.orientation", Made { paper: (297.0, 210.0), paragraphs: 3, ..base() }),
        ("margin.left", Made { margins: [25.4, 20.0, 20.0, 20.0], ..base() }),
        ("margin.left", Made { margins: [40.0, 20.0, 20.0, 20.0], ..base() }),
        ("margin.right", Made { margins: [30.0, 25.4, 20.0, 20.0], ..base() }),
        ("margin.right", Made { margins: [30.0, 10.0, 20.0, 20.0], ..base() }),
        ("margin.top", Made { margins: [30.0, 20.0, 15.0, 20.0], ..base() }),
        ("margin.top", Made { margins: [30.0, 20.0, 30.0, 20.0], ..base() }),
        ("margin.bottom", Made { margins: [30.0, 20.0, 20.0, 13.0], paragraphs: 24, ..base() }),
        ("text.font", Made { font: "Arial", ..base() }),
        ("body.size", Made { body_size: 12.0, ..base() }),
        ("body.size", Made { body_size: 15.0, ..base() }),
        ("title.national", Made { title: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIÊT NAM", ..base() }),
        ("title.national", Made { title: "Cộng hòa xã hội chủ nghĩa Việt Nam", ..base() }),
        ("title.national.spelling", Made { title: "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", ..base() }),
        ("title.motto", Made { motto: "Độc lập – Tự do – Hạnh phúc", ..base() }),
        ("title.motto", Made { motto: "Độc lập-Tự do-Hạnh phúc", ..base() }),
        ("number.form", Made { number: "Số 15/QĐ-SNV", ..base() }),
        ("number.form", Made { number: "Số: 15/QĐ - SNV", ..base() }),
        ("number.form", Made { number: "Số: 15-QĐ/SNV", ..base() }),
        ("number.padding", Made { number: "Số: 5/QĐ-SNV", ..base() }),
        ("number.padding", Made { number: "Số: 015/QĐ-SNV", ..base() }),
        ("number.type", Made { number: "Số: 15/TB-SNV", ..base() }),
        ("number.type", Made { number: "Số: 15/CV-SNV", ..Made::letter() }),
        ("date.form", Made { date: "Hà Nội ngày 05 tháng 01 năm 2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, 05/01/2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, ngày 05 tháng 01 năm 2026.", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 5 tháng 01 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 05 tháng 1 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 13 tháng 04 năm 2026", ..base() }),
    ];
    let mut shown = BTreeSet::new();
    for (rule, made) in cases {
        for (kind, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            let report = judged(bytes);
            assert_eq!(broken(&report), [rule], "{kind} {made:?}: {:?}", report.findings);
            let warning = rule == "title.national.spelling";
            assert_eq!(report.conforms, Some(warning), "{kind} {rule}");
            for finding in &report.findings {
                assert_eq!(finding.page.is_some(), kind == "pdf");
                assert_eq!(finding.bounds.is_some(), kind == "pdf");
                assert!(finding.at.is_none() || kind == "docx");
            }
        }
        shown.insert(rule);
    }
    for (rule, part, wrong) in wrong_parts() {
        let of_letter = matches!(part, "letter_abstract" | "addressee");
        let made = if of_letter { Made::letter() } else { Made::decision() };
        let made = Made { wrong: Some((part, wrong)), ..made };
        for (kind, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            let report = judged(bytes);
            assert_eq!(broken(&report), [rule], "{kind} {wrong:?}: {:?}", report.findings);
            assert_eq!(report.conforms, Some(true), "{kind} {rule}: a warning");
        }
        shown.insert(rule);
    }
    // A font of an old code is another font than the one asked for, too.
    let made = Made { wrong: Some(("signer", Wrong::Font(".VnTime"))), ..base() };
    for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
        assert_eq!(broken(&judged(bytes)), ["text.font", "text.legacy"]);
    }
    shown.insert("text.legacy");
    // A scan has rules of its own.
    let report = judged(made_pdf::scan((210.0, 297.0), 100.0, false));
    assert_eq!(broken(&report), ["scan.resolution"]);
    let report = judged(made_pdf::scan((210.0, 297.0), 200.0, true));
    assert_eq!(broken(&report), ["scan.colour"]);
    shown.extend(["scan.resolution", "scan.colour"]);
    let all: BTreeSet<&str> = Profile::builtin().rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(shown, all, "every rule has a document that breaks it");
}

/// The rule that each way of writing a part wrongly breaks.
pub fn wrong_parts() -> Vec<(&'static str, &'static str, Wrong)> {
    vec![
        ("title.national.size", "title", Wrong::Size(15.0)),
        ("title.national.weight", "title", Wrong::Bold(false)),
        ("title.national.slant", "title", Wrong::Italic(true)),
        ("title.motto.size", "motto", Wrong::Size(12.0)),
        ("title.motto.weight", "motto", Wrong::Bold(false)),
        ("title.motto.slant", "motto", Wrong::Italic(true)),
        ("number.size", "number", Wrong::Size(12.0)),
        ("number.weight", "number", Wrong::Bold(true)),
        ("number.slant", "number", Wrong::Italic(true)),
        ("date.size", "date", Wrong::Size(12.0)),
        ("date.weight", "date", Wrong::Bold(true)),
        ("date.slant", "date", Wrong::Italic(false)),
        ("type.size", "type", Wrong::Size(12.0)),
        ("type.weight", "type", Wrong::Bold(false)),
        ("type.slant", "type", Wrong::Italic(true)),
        ("abstract.size", "abstract", Wrong::Size(12.0)),
        ("abstract.slant", "abstract", Wrong::Italic(true)),
        ("letter_abstract.size", "letter_abstract", Wrong::Size(14.0)),
        ("letter_abstract.weight", "letter_abstract", Wrong::Bold(true)),
        ("letter_abstract.slant", "letter_abstract", Wrong::Italic(true)),
        ("addressee.size", "addressee", Wrong::Size(12.0)),
        ("addressee.weight", "addressee", Wrong::Bold(true)),
        ("addressee.slant", "addressee", Wrong::Italic(true)),
        ("authority.size", "authority", Wrong::Size(12.0)),
        ("authority.weight", "authority", Wrong::Bold(false)),
        ("authority.slant", "authority", Wrong::Italic(true)),
        ("recipients.label.size", "recipients.label", Wrong::Size(13.0)),
        ("recipients.label.weight", "recipients.label", Wrong::Bold(false)),
        ("recipients.label.slant", "recipients.label", Wrong::Italic(false)),
        ("recipients.size", "recipients", Wrong::Size(12.0)),
        ("recipients.weight", "recipients", Wrong::Bold(true)),
        ("recipients.slant", "recipients", Wrong::Italic(true)),
        ("type.case", "type", Wrong::Text("Quyết định")),
        ("authority.case", "authority", Wrong::Text("KT. Giám đốc")),
        ("authority.form", "authority", Wrong::Text("KT.GIÁM ĐỐC")),
        ("authority.form", "authority", Wrong::Text("KT GIÁM ĐỐC")),
        ("recipients.label.form", "recipients.label", Wrong::Text("Nơi nhận")),
        ("recipients.kept", "kept", Wrong::Text("- Lưu VT, NV.")),
        ("addressee.form", "addressee", Wrong::Text("Kính gửi Các phòng thuộc Sở.")),
        ("letter_abstract.form", "letter_abstract", Wrong::Text("V/vrà soát thể thức văn bản")),
        ("text.colour", "abstract", Wrong::Colour),
        ("text.composed", "signer", Wrong::Text("Nguye\u{302}\u{303}n Văn Thử")),
    ]
}

#[test]
fn a_finding_is_where_the_wrong_text_stands() {
    let made = Made { number: "Số: 5/QĐ-SNV", ..Made::decision() };
    let report = judged(made_pdf::pdf(&made));
    let [left, top, right, bottom] = report.findings[0].bounds.unwrap();
    // The line is centred on 22 % of the text's width, 18 mm below the first baseline.
    let (centre, baseline) = (30.0 + 160.0 * 0.22, 20.0 + 13.0 * 0.891 * 25.4 / 72.0 + 18.0);
    assert!(((left + right) / 2.0 - centre).abs() < 0.5, "{left} {right}");
    assert!(top < baseline && bottom > baseline && bottom - top < 6.0);
    let report = judged(made_docx::docx(&made));
    let at = report.findings[0].at.as_ref().unwrap();
    assert_eq!((at.part.as_str(), at.paragraph, at.text.as_str()), ("word/document.xml", 3, "Số: 5/QĐ-SNV"));
}

#[test]
fn what_the_document_says_of_itself_is_read_from_both_kinds() {
    for made in [Made::decision(), Made::letter()] {
        for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
            let document = judged(bytes).document;
            let (kind, number, date) = match made.kind {
                Some(_) => ("QĐ", "15/QĐ-SNV", "2026-01-05"),
                None => ("CV", "128/SNV-VP", "2026-04-13"),
            };
            assert_eq!(document.kind.as_deref(), Some(kind));
            assert_eq!(document.number.as_deref(), Some(number));
            assert_eq!(document.date.unwrap().to_string(), date);
            assert_eq!(document.issuer.as_deref(), Some("SỞ NỘI VỤ"));
            assert_eq!(document.subject.as_deref(), Some(made.subject));
        }
    }
}

#[test]
fn the_fixtures_made_with_a_word_processor_are_judged_alike_as_docx_and_pdf() {
    for (name, rules) in [
        ("quyet-dinh", &[][..]),
        ("cong-van", &[]),
        ("sai-le", &["margin.left"]),
        ("sai-co-chu", &["body.size"]),
        ("sai-so-ngay", &["date.padding", "number.padding"]),
        ("sai-tieu-ngu", &["title.motto"]),
    ] {
        for kind in ["docx", "pdf"] {
            let report = judged(fixture(&format!("documents/{name}.{kind}")));
            assert_eq!(broken(&report), rules, "{name}.{kind}");
            assert_eq!(report.conforms, Some(rules.is_empty()));
        }
    }
}

#[test]
fn a_scan_is_judged_by_what_a_scan_shows_and_says_what_it_does_not() {
    let report = judged(fixture("documents/ban-quet.pdf"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    let unchecked: Vec<&str> = report.not_checked.iter().map(|one| one.rule.as_str()).collect();
    for rule in ["text.font", "body.size", "title.motto", "number.form", "margin.left"] {
        assert!(unchecked.contains(&rule), "{rule}");
    }
    for rule in ["page.paper", "page.orientation", "scan.resolution"] {
        assert!(!unchecked.contains(&rule), "{rule}");
    }
}

#[test]
fn another_jurisdictions_rules_judge_the_same_file_otherwise() {
    let text = String::from_utf8(fixture("profiles/lumen-2031.toml")).unwrap();
    let lumen = Profile::parse("lumen", &text).unwrap();
    let good = Made {
        paper: (215.9, 279.4),
        margins: [21.0, 20.0, 20.0, 20.0],
        title: "THE FREE CITY OF LUMEN",
        motto: "We keep what we write",
        number: "Ref: 007 of ORD.KEEP",
        date: "Port Lumen, 5.03.2031",
        ..Made::decision()
    };
    let judged = |made: &Made| {
        let report = check(made_pdf::pdf(made), &lumen, &Limits::default()).unwrap();
        report.findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(judged(&good), [""; 0]);
    assert_eq!(judged(&Made { number: "Ref: 7 of ORD.KEEP", ..good.clone() }), ["lumen.number.padding"]);
    assert_eq!(judged(&Made { date: "Port Lumen, 05.03.2031", ..good.clone() }), ["lumen.date"]);
    assert_eq!(judged(&Made { margins: [30.0, 20.0, 20.0, 20.0], ..good.clone() }), ["lumen.left"]);
    assert_eq!(judged(&Made { paper: (210.0, 297.0), ..good }), ["lumen.paper"]);
}
