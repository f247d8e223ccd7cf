//! Documents that break exactly one rule are found for exactly that rule; correct ones for none.

use super::made::{Made, Setting, Wrong};
use super::made_pdf::Stamp;
use super::{made_docx, made_pdf};
use crate::support::{fixture, fixture_path};
use chancery::format::check;
use chancery::format::report::Report;
use chancery::pdf::text::Limits;
use chancery::profile::{Profile, Severity};
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
        // Petitions are for someone.
        Made {
            content: vec![("addressee", super::made::ADDRESSEE)],
            ..Made::of_type("TỜ TRÌNH", "Số: 112/TTr-SNV")
        },
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
        Made { number: "Số: 31/SGDĐT-GDTrH", ..Made::letter() },
        Made { date: "TP. HCM, ngày 13 tháng 4 năm 2026", ..Made::letter() },
        Made { addressees: &["- Sở Tài chính;", "- Sở Tư pháp."], ..Made::letter() },
        // An archive begins with the word for the kept copy.
        Made { recipients: &["- Như trên;", "- Lưu trữ lịch sử thành phố;"], ..Made::letter() },
        Made {
            authority: &["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], ..Made::letter()
        },
        Made { authority: &["TRƯỞNG BAN", "PHÓ CHỦ TỊCH"], ..Made::decision() },
        Made { marks: &[("urgency", "HỎA TỐC")], ..Made::decision() },
        Made {
            copies_mark: "PL.(300)", authority: &["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], ..Made::decision()
        },
        Made { setting: Setting { indent: 10.0, pitch: 1.3, ..Made::decision().setting }, ..Made::plan() },
        // Points may begin with words in bold, which are most of their first line.
        Made {
            content: vec![(
                "point.led",
                "a) Về công tác kiểm tra, giám sát, chỉ đạo và điều hành: các cơ quan, đơn vị thuộc Sở có trách nhiệm tổ chức thực hiện nghiêm túc các nội dung đã được phê duyệt, bảo đảm đúng tiến độ, đúng thẩm quyền và báo cáo kết quả bằng văn bản.",
            )],
            ..Made::plan()
        },
        // What a decision rests on may be set closer than its text.
        Made {
            setting: Setting { pitch: 1.3, ..Made::decision().setting },
            paragraphs: 0,
            ..Made::decision()
        },
        Made::plan(),
        Made::regulation(),
        Made::with_annexes(),
        Made {
            date: "", recipients: &["- Như thành phần;"], ..Made::of_type("BIÊN BẢN", "Số: 02/BB-SNV")
        },
        Made { subject: "", ..Made::of_type("GIẤY GIỚI THIỆU", "Số: 12/GGT-SNV") },
    ]
}

#[test]
fn correct_documents_of_many_types_have_no_finding() {
    let mut wrong = Vec::new();
    for made in correct() {
        let split = Made { split: true, ..made.clone() };
        for (kind, bytes) in [
            ("docx", made_docx::docx(&made)),
            ("pdf", made_pdf::pdf(&made)),
            ("pdf with two fonts a face", made_pdf::pdf(&split)),
        ] {
            let report = judged(bytes);
            if !report.findings.is_empty() || report.conforms != Some(true) {
                let found: Vec<String> = report
                    .findings
                    .iter()
                    .map(|finding| format!("{} ({} | {})", finding.rule, finding.expected, finding.found))
                    .collect();
                wrong.push(format!("{kind} {:?} {}: {found:?}", made.kind, made.number));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        ("authority.form", Made { authority: &["T.U.Q GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], ..base() }),
        ("authority.form", Made { authority: &["T/M ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], ..base() }),
        ("number.form", Made { number: "số: 15/QĐ-SNV", ..base() }),
        ("number.form", Made { number: "SỐ: 15/QĐ-SNV", ..base() }),
        ("number.form", Made { number: "Số: 09/2026/KH-SNV", ..Made::plan() }),
        ("number.form", Made { number: "Số: 128/2026/SNV-VP", ..Made::letter() }),
        ("number.padding", Made { number: "Số: 5/QĐ-SNV", ..base() }),
        ("number.padding", Made { number: "Số: 015/QĐ-SNV", ..base() }),
        ("number.type", Made { number: "Số: 15/TB-SNV", ..base() }),
        ("number.type", Made { number: "Số: 15/CV-SNV", ..Made::letter() }),
        ("date.form", Made { date: "Hà Nội ngày 05 tháng 01 năm 2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, 05/01/2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, ngày 05 tháng 01 năm 2026.", ..base() }),
        ("date.form", Made { date: "Hà Nội, ngày 31 tháng 02 năm 2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, ngày 05 tháng 13 năm 2026", ..base() }),
        ("date.form", Made { date: "Hà Nội, ngày 05 tháng 01 năm 26", ..base() }),
        ("date.form", Made { date: "hà nội, ngày 05 tháng 01 năm 2026", ..base() }),
        ("date.form", Made { date: "HÀ NỘI, ngày 05 tháng 01 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 5 tháng 01 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 05 tháng 1 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 13 tháng 04 năm 2026", ..base() }),
    ];
    let (mut shown, mut wrong) = (BTreeSet::new(), Vec::new());
    for (rule, made) in cases {
        for (kind, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            wrong.extend(shows(rule, kind, bytes));
        }
        shown.insert(rule);
    }
    for (rule, made, kind) in super::broken_rules::cases() {
        for (this, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            if kind.is_none_or(|kind| kind == this) {
                wrong.extend(shows(rule, this, bytes));
            }
        }
        shown.insert(rule);
    }
    let signed = super::broken_rules::signed_and_scanned();
    for (rule, bytes) in signed.into_iter().chain(super::broken_head::signed()) {
        wrong.extend(shows(rule, "pdf", bytes));
        shown.insert(rule);
    }
    // A font of an old code is another font than the one asked for, too: said once.
    let made = Made { wrong: Some(("kept", Wrong::Font(".VnTime"))), ..base() };
    for (kind, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
        wrong.extend(shows("text.legacy", kind, bytes));
    }
    shown.insert("text.legacy");
    let all: BTreeSet<&str> = Profile::builtin().rules.iter().map(|rule| rule.id.as_str()).collect();
    assert!(wrong.is_empty(), "{} found otherwise:\n{}", wrong.len(), wrong.join("\n"));
    let without: Vec<&&str> = all.difference(&shown).collect();
    assert!(without.is_empty(), "rules without a document that breaks them: {without:?}");
    assert_eq!(shown, all);
}

/// What is otherwise than a document that breaks this rule and no other: it conforms unless the rule
/// is an error.
fn shows(rule: &str, kind: &str, bytes: Vec<u8>) -> Option<String> {
    let report = judged(bytes);
    let of = Profile::builtin().rules.iter().find(|of| of.id == rule).unwrap();
    let fault = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    let sound = report.findings.iter().all(|finding| {
        (finding.severity == of.severity || finding.source == "signing_tool")
            && finding.page.is_some() == (kind == "pdf")
            && finding.bounds.is_some() == (kind == "pdf")
            && (finding.at.is_none() || kind == "docx")
    });
    if broken(&report) == [rule] && report.conforms == Some(!fault) && sound {
        return None;
    }
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|finding| format!("{} ({} | {})", finding.rule, finding.expected, finding.found))
        .collect();
    let unchecked = report.not_checked.iter().find(|one| one.rule == rule).map(|one| one.why.as_str());
    Some(format!("{kind} {rule}: {found:?} {unchecked:?}"))
}

#[test]
fn an_original_with_the_pictures_of_both_signatures_is_right() {
    let made = Made { paragraphs: 4, ..Made::decision() };
    let (blue, red) = ([20, 40, 180], [210, 20, 30]);
    let personal = Stamp::Picture([130.0, 225.0, 40.0, 18.0], blue, true);
    let seal = Stamp::Picture([105.0, 216.0, 36.0, 36.0], red, true);
    let report = judged(made_pdf::signed(&made, &[personal, seal]));
    assert_eq!(broken(&report), [""; 0], "{:?}", report.findings);
    let unchecked: Vec<&str> = report.not_checked.iter().map(|one| one.rule.as_str()).collect();
    for rule in
        ["signature.personal.colour", "signature.agency.alpha", "signature.overlap", "signature.seal.size"]
    {
        assert!(!unchecked.contains(&rule), "{rule}");
    }
}

#[test]
fn number_and_date_that_a_signing_tool_stamped_too_small_are_the_tools_doing() {
    let made = Made {
        number: "Số:          /QĐ-SNV",
        date: "Hà Nội, ngày       tháng       năm 2026",
        ..Made::decision()
    };
    // The blank behind "Số:" and the two of the date, where the maker puts them.
    let baseline = 20.0 + 13.0 * 0.891 * 25.4 / 72.0 + 18.0;
    let (number, date) = (65.2 - 10.0 * 0.4 * 13.0 * 25.4 / 72.0 + 10.5, 142.0);
    let stamps = [
        Stamp::Text(number, baseline, 11.5, "15"),
        Stamp::Text(date - 39.0 * 0.2 * 14.0 * 25.4 / 72.0 + 27.5, baseline, 11.5, "05"),
    ];
    let report = judged(made_pdf::signed(&made, &stamps));
    assert_eq!(report.document.number.as_deref(), Some("15/QĐ-SNV"));
    for finding in &report.findings {
        assert_eq!(
            (finding.source.as_str(), finding.severity),
            ("signing_tool", Severity::Warning),
            "{finding:?}"
        );
    }
    assert_eq!(report.conforms, Some(true));
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
    assert_eq!((at.part.as_str(), at.paragraph, at.text.as_str()), ("word/document.xml", 7, "Số: 5/QĐ-SNV"));
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
fn right_documents_of_thirteen_layouts_by_a_word_processor_have_no_error_and_no_warning() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(fixture_path("documents/right")).unwrap() {
        let path = entry.unwrap().path();
        let report = judged(std::fs::read(&path).unwrap());
        seen += 1;
        let graver = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
        wrong.extend(graver.map(|finding| {
            format!("{}: {} ({} | {})", path.display(), finding.rule, finding.expected, finding.found)
        }));
        if report.conforms != Some(true) {
            wrong.push(format!("{}: {:?}", path.display(), report.conforms));
        }
    }
    assert_eq!(seen, 26);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn who_resolves_may_end_the_grounds() {
    let mut made = Made::decision();
    let last = made.content.iter().rposition(|(part, _)| *part == "ground").unwrap();
    made.content.insert(
        last,
        ("ground", "Xét Tờ trình số 15/TTr-UBND ngày 02 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh;"),
    );
    made.content[last + 1].1 = "Hội đồng nhân dân tỉnh ban hành Nghị quyết về chính sách hỗ trợ.";
    for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
        assert_eq!(broken(&judged(bytes)), [""; 0]);
    }
}

#[test]
fn an_article_in_small_letters_is_one_fault() {
    let mut made = Made::decision();
    made.content[3].1 = "điều 2. Quyết định này có hiệu lực kể từ ngày ký; các tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành.";
    for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
        assert_eq!(broken(&judged(bytes)), ["article.form"]);
    }
}

#[test]
fn the_name_of_an_annex_at_the_left_edge_is_known_and_found() {
    let made = Made { wrong: Some(("annex", Wrong::Left)), ..Made::with_annexes() };
    for bytes in [made_docx::docx(&made), made_pdf::pdf(&made)] {
        assert_eq!(broken(&judged(bytes)), ["annex.centred"]);
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
