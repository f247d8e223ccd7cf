//! Repair of a DOCX: each repairable rule broken, repaired and found no more; what a repair may not
//! touch; what it leaves, and why.

use super::broken_rules;
use super::made::{Made, Wrong};
use super::variants::{broken, judged};
use super::{made_docx, made_pdf};
use crate::support::fixture;
use chancery::format::FormatError;
use chancery::format::docx::DocxError;
use chancery::format::repair::report::Repair;
use chancery::format::repair::{Draft, RepairError};
use chancery::profile::Profile;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

pub fn repaired(bytes: Vec<u8>) -> (Vec<u8>, Repair) {
    Draft::open(bytes).unwrap().repair(Profile::builtin()).unwrap()
}

/// Every entry of a package: its bytes as they are packed, and unpacked.
fn entries(bytes: &[u8]) -> BTreeMap<String, (Vec<u8>, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..zip.len() {
        let (mut packed, mut plain) = (Vec::new(), Vec::new());
        zip.by_index_raw(at).unwrap().read_to_end(&mut packed).unwrap();
        let mut entry = zip.by_index(at).unwrap();
        entry.read_to_end(&mut plain).unwrap();
        found.insert(entry.name().unwrap().into_owned(), (packed, plain));
    }
    found
}

pub fn part(bytes: &[u8], name: &str) -> String {
    String::from_utf8(entries(bytes).remove(name).unwrap().1).unwrap()
}

/// What a document says, read by nothing of ours: the text between the tags of its words, deleted ones
/// included.
pub fn words(bytes: &[u8]) -> String {
    let document = part(bytes, "word/document.xml");
    let document = roxmltree::Document::parse(&document).unwrap();
    let is_text = |node: &roxmltree::Node<'_, '_>| matches!(node.tag_name().name(), "t" | "delText");
    document.descendants().filter(is_text).filter_map(|node| node.text()).collect()
}

fn cases() -> Vec<(&'static str, Made)> {
    let base = Made::decision;
    let mut cases = vec![
        ("page.paper", Made { paper: (215.9, 279.4), ..base() }),
        ("page.orientation", Made { paper: (297.0, 210.0), ..base() }),
        ("margin.left", Made { margins: [25.4, 20.0, 20.0, 20.0], ..base() }),
        ("margin.left", Made { margins: [40.0, 20.0, 20.0, 20.0], ..base() }),
        ("margin.right", Made { margins: [30.0, 25.4, 20.0, 20.0], ..base() }),
        ("margin.top", Made { margins: [30.0, 20.0, 15.0, 20.0], ..base() }),
        ("margin.bottom", Made { margins: [30.0, 20.0, 20.0, 30.0], ..base() }),
        ("text.font", Made { font: "Arial", ..base() }),
        ("body.size", Made { body_size: 12.0, ..base() }),
        ("body.size", Made { body_size: 15.0, ..base() }),
        ("title.national.spelling", Made { title: "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", ..base() }),
        ("title.motto", Made { motto: "Độc lập – Tự do – Hạnh phúc", ..base() }),
        ("title.motto", Made { motto: "Độc lập-Tự do-Hạnh phúc", ..base() }),
        ("title.motto", Made { motto: "Độc Lập - Tự Do - Hạnh Phúc", ..base() }),
        ("authority.form", Made { authority: &["T.U.Q GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], ..base() }),
        ("authority.form", Made { authority: &["T/M ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], ..base() }),
        (
            "recipients.label.form",
            Made { wrong: Some(("recipients.label", Wrong::Text("NƠI NHẬN:"))), ..base() },
        ),
        (
            "addressee.form",
            Made {
                wrong: Some(("addressee", Wrong::Text("kính gửi: Các phòng thuộc Sở."))),
                ..Made::letter()
            },
        ),
        (
            "letter_abstract.form",
            Made {
                wrong: Some(("letter_abstract", Wrong::Text("V/V rà soát thể thức văn bản"))),
                ..Made::letter()
            },
        ),
        ("number.padding", Made { number: "Số: 5/QĐ-SNV", ..base() }),
        ("number.padding", Made { number: "Số: 015/QĐ-SNV", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 5 tháng 1 năm 2026", ..base() }),
        ("date.padding", Made { date: "Hà Nội, ngày 13 tháng 04 năm 2026", ..base() }),
    ];
    let repairable = |rule: &str| Profile::builtin().rules.iter().any(|of| of.id == rule && of.repairable);
    let others =
        broken_rules::cases().into_iter().filter(|(_, _, kind)| kind.is_none_or(|kind| kind == "docx"));
    // A number below the text stands in another part than one above it: moving it is for people.
    let below = |made: &Made| made.pages.shown && !made.pages.above;
    let others = others.filter(|(rule, made, _)| repairable(rule) && !below(made));
    cases.extend(others.map(|(rule, made, _)| (rule, made)));
    cases
}

#[test]
fn what_breaks_a_rule_is_corrected_and_no_other_rule_is_broken_for_it() {
    let mut wrong = Vec::new();
    for (rule, made) in cases() {
        let before = made_docx::docx(&made);
        let first = judged(before.clone());
        if broken(&first) != [rule] {
            wrong.push(format!("{rule}: the document breaks {:?}", broken(&first)));
            continue;
        }
        let (after, repair) = repaired(before.clone());
        let report = judged(after.clone());
        let left: Vec<String> = repair
            .left
            .iter()
            .map(|left| format!("{} ({}) {}", left.finding.rule, left.finding.found, left.advice.code))
            .collect();
        // Longer than it was, the motto is longer than the line under it: that is drawn, not set.
        let drawn = rule == "title.motto" && broken(&report) == ["title.motto.line.length"];
        if !drawn && (!left.is_empty() || !broken(&report).is_empty() || repair.conforms != Some(true)) {
            wrong.push(format!("{rule}: left {left:?}, breaks {:?}", broken(&report)));
            continue;
        }
        let done: BTreeSet<&str> = repair.done.iter().map(|done| done.rule.as_str()).collect();
        assert!(repair.changed && done.contains(rule), "{rule}: {done:?}");
        assert_eq!(repair.output.sha256, report.file.sha256);
        let letters = |text: String| -> String {
            text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect()
        };
        let nfc = |text: &str| unicode_normalization::UnicodeNormalization::nfc(text).collect::<String>();
        match rule {
            "title.national.spelling" => assert!(words(&after).contains("CỘNG HÒA")),
            _ => assert_eq!(letters(nfc(&words(&after))), letters(nfc(&words(&before))), "{rule}"),
        }
        let (first, second) = (entries(&before), entries(&after));
        let changed: Vec<&str> =
            first.iter().filter(|(name, of)| *of != &second[*name]).map(|(name, _)| name.as_str()).collect();
        let meant = if rule.starts_with("page.number.s") || rule == "page.number.place" {
            "word/band1.xml"
        } else {
            "word/document.xml"
        };
        assert_eq!(changed, [meant], "{rule}");
        let of_text = ["padding", "form", "motto", "spelling", "composed", "kept", "ends"];
        if !of_text.iter().any(|ending| rule.ends_with(ending)) {
            assert_eq!(words(&after), words(&before), "{rule}: nothing of the text is touched");
        }
    }
    assert!(wrong.is_empty(), "{} not repaired:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_second_repair_changes_not_one_byte() {
    for (rule, made) in cases() {
        let (once, _) = repaired(made_docx::docx(&made));
        let (twice, repair) = repaired(once.clone());
        assert!(once == twice && !repair.changed && repair.done.is_empty(), "{rule}");
    }
}

#[test]
fn every_rule_that_is_called_repairable_has_been_repaired() {
    let shown: BTreeSet<&str> = cases().into_iter().map(|(rule, _)| rule).collect();
    let repairable = Profile::builtin().rules.iter().filter(|rule| rule.repairable);
    let missing: Vec<&str> =
        repairable.map(|rule| rule.id.as_str()).filter(|rule| !shown.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn many_faults_at_once_are_all_corrected() {
    let made = Made {
        paper: (215.9, 279.4),
        margins: [20.0, 25.4, 10.0, 40.0],
        font: "Calibri",
        body_size: 11.0,
        motto: "Độc lập – Tự do – Hạnh phúc",
        number: "Số: 7/QĐ-SNV",
        date: "Hà Nội, ngày 7 tháng 2 năm 2026",
        wrong: Some(("date", Wrong::Italic(false))),
        ..Made::decision()
    };
    let (after, repair) = repaired(made_docx::docx(&made));
    assert_eq!(broken(&judged(after.clone())), [""; 0], "{:?}", repair.left);
    let rules: BTreeSet<&str> = repair.done.iter().map(|done| done.rule.as_str()).collect();
    assert!(rules.len() >= 10, "{rules:?}");
    let document = part(&after, "word/document.xml");
    assert!(document.contains(r#"w:w="11906" w:h="16838""#) && document.contains(r#"w:left="1701""#));
    assert!(!document.contains("Calibri"));
}

#[test]
fn the_fixtures_made_with_a_word_processor_are_repaired_and_their_other_parts_keep_their_bytes() {
    for name in ["sai-le", "sai-co-chu", "sai-so-ngay", "sai-tieu-ngu"] {
        let before = fixture(&format!("documents/{name}.docx"));
        let (after, repair) = repaired(before.clone());
        assert_eq!(repair.conforms, Some(true), "{name}");
        let (before, after) = (entries(&before), entries(&after));
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (entry, bytes) in &before {
            assert_eq!(bytes == &after[entry], entry != "word/document.xml", "{name} {entry}");
        }
    }
    let right = fixture("documents/quyet-dinh.docx");
    let (same, repair) = repaired(right.clone());
    assert!(same == right && !repair.changed && repair.left.is_empty());
}

#[test]
fn the_numbers_of_pages_are_corrected_in_every_header_and_nothing_beside_them_is() {
    let set = |size: u8| format!(r#"<w:rPr><w:i/><w:sz w:val="{size}"/></w:rPr>"#);
    let header = |field: &str| {
        let beside = format!("<w:r>{}<w:t>Sở Nội vụ</w:t></w:r><w:r><w:tab/></w:r>", set(18));
        format!(
            r#"<w:hdr xmlns:w="{NAMESPACE}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{beside}{field}</w:p></w:hdr>"#
        )
    };
    let run = |inside: &str| format!("<w:r>{}{inside}</w:r>", set(22));
    let mark = |kind: &str| run(&format!(r#"<w:fldChar w:fldCharType="{kind}"/>"#));
    let complex = [
        mark("begin"),
        run("<w:instrText> PAGE </w:instrText>"),
        mark("separate"),
        run("<w:t>2</w:t>"),
        mark("end"),
    ];
    let simple = format!(r#"<w:fldSimple w:instr=" PAGE ">{}</w:fldSimple>"#, run("<w:t>3</w:t>"));
    let (usual, even) = (header(&complex.concat()), header(&simple));
    let reference = r#"<w:headerReference w:type="default" r:id="rId1"/>"#;
    let both = format!(r#"{reference}<w:headerReference w:type="even" r:id="rId2"/>"#);
    let text = document(&[(reference, &both)]);
    let before = made_docx::with(&text, &[("header", "band1.xml", &usual), ("header", "band2.xml", &even)]);
    assert_eq!(broken(&judged(before.clone())), ["page.number.size", "page.number.slant"]);
    let (after, repair) = repaired(before);
    assert_eq!(broken(&judged(after.clone())), [""; 0], "{:?}", repair.left);
    assert_eq!(part(&after, "word/document.xml"), text);
    for (name, header, count) in [("word/band1.xml", usual, 5), ("word/band2.xml", even, 1)] {
        let beside = header.matches(&set(18)).count();
        let right = part(&after, name);
        assert_eq!(right.matches(r#"<w:sz w:val="26"/>"#).count(), count, "{right}");
        assert_eq!(right.matches(&set(18)).count(), beside, "{right}");
    }
    let (again, second) = repaired(after.clone());
    assert!(again == after && !second.changed);
}

#[test]
fn advice_quotes_what_is_expected() {
    let text = Wrong::Text("KÍNH GỬI: CÁC PHÒNG THUỘC SỞ.");
    let made = Made { wrong: Some(("addressee", text)), ..Made::letter() };
    let (_, repair) = repaired(made_docx::docx(&made));
    let left = repair.left.iter().find(|left| left.finding.rule == "addressee.form").unwrap();
    assert!(left.finding.expected.ends_with('.'));
    assert!(left.advice.message.vi.ends_with("«Kính gửi: Sở Nội vụ.»."), "{:?}", left.advice);
    assert!(left.advice.message.en.ends_with("“Kính gửi: Sở Nội vụ.”."), "{:?}", left.advice);
}

/// A decision's paragraphs with others in the place of some.
fn document(replaced: &[(&str, &str)]) -> String {
    let made = made_docx::docx(&Made::decision());
    replaced.iter().fold(part(&made, "word/document.xml"), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn changes_under_review_stay_what_they_are() {
    let inserted = r#"<w:ins w:id="1" w:author="Lê Thị Thử" w:date="2026-01-05T08:00:00Z"><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve"> thêm vào</w:t></w:r></w:ins><w:del w:id="2" w:author="Lê Thị Thử" w:date="2026-01-05T08:00:00Z"><w:r><w:rPr><w:sz w:val="22"/><w:rPrChange w:id="3" w:author="x"><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr><w:delText>bỏ đi</w:delText></w:r></w:del></w:p>"#;
    let text =
        document(&[("để tổng hợp.</w:t></w:r></w:p>", &format!("để tổng hợp.</w:t></w:r>{inserted}"))]);
    let text = text.replace(r#"w:left="1701""#, r#"w:left="1134""#).replace("Số: 15/", "Số: 5/");
    let (after, repair) = repaired(made_docx::around(&text));
    assert_eq!(repair.done.len(), 2, "{:?}", repair.left);
    let after = part(&after, "word/document.xml");
    assert!(after.contains(inserted), "insertions, deletions and their authors are untouched");
    let expected = text.replace(r#"w:left="1134""#, r#"w:left="1701""#).replace("Số: 5/", "Số: 05/");
    assert_eq!(after, expected, "and so is everything else");
}

#[test]
fn a_font_is_corrected_where_it_is_said() {
    let theme = r#"<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme><a:majorFont><a:latin typeface="Cambria"/></a:majorFont><a:minorFont><a:latin typeface="Calibri"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>"#;
    let defaults = r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi" w:cs="Arial"/></w:rPr></w:rPrDefault></w:docDefaults>"#;
    let unused = r#"<w:style w:type="paragraph" w:styleId="Code"><w:rPr><w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/></w:rPr></w:style>"#;
    let styles = format!(r#"<w:styles xmlns:w="{NAMESPACE}">{defaults}{unused}</w:styles>"#);
    let fonts = r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>"#;
    let text = document(&[(fonts, "")]);
    let package = |styles: &str, text: &str| {
        made_docx::package(&[
            ("word/document.xml", text.as_bytes()),
            ("word/styles.xml", styles.as_bytes()),
            ("word/theme/theme1.xml", theme.as_bytes()),
        ])
    };
    let before = package(&styles, &text);
    assert_eq!(broken(&judged(before.clone())), ["text.font"]);
    let (after, repair) = repaired(before);
    assert_eq!(repair.conforms, Some(true), "{:?}", repair.left);
    assert_eq!(part(&after, "word/document.xml"), text, "the runs say nothing of fonts before and after");
    let styles = part(&after, "word/styles.xml");
    assert!(styles.contains(r#"w:ascii="Times New Roman""#) && !styles.contains("minorHAnsi"), "{styles}");
    assert!(styles.contains(unused), "a style nothing is written in is left alone");
    assert!(styles.contains(r#"w:cs="Arial""#));
}

#[test]
fn letters_of_an_old_code_keep_their_font_and_the_writer_is_told_why() {
    let made = Made { wrong: Some(("kept", Wrong::Font(".VnTime"))), ..Made::decision() };
    let before = made_docx::docx(&made);
    let (after, repair) = repaired(before.clone());
    assert!(after == before && !repair.changed);
    let advice: BTreeMap<&str, &str> =
        repair.left.iter().map(|left| (left.finding.rule.as_str(), left.advice.code.as_str())).collect();
    assert_eq!(advice.get("text.font"), None);
    assert_eq!(advice["text.legacy"], "repair_left_legacy");
}

#[test]
fn what_only_the_writer_knows_is_left_with_advice() {
    let cases = [
        (Made { title: "Cộng hòa", ..Made::decision() }, "title.national"),
        (Made { motto: "Vì nhân dân phục vụ", ..Made::decision() }, "title.motto"),
        (Made { number: "Số: 15/TB-SNV", ..Made::decision() }, "number.type"),
        (Made { date: "Hà Nội, 05/01/2026", ..Made::decision() }, "date.form"),
    ];
    for (made, rule) in cases {
        let (_, repair) = repaired(made_docx::docx(&made));
        let left = repair.left.iter().find(|left| left.finding.rule == rule).unwrap();
        assert!(left.advice.message.vi.contains(&left.finding.expected), "{rule}");
        assert_eq!(repair.conforms, Some(false), "{rule}");
    }
}

#[test]
fn a_part_that_is_missing_is_to_be_written() {
    let made = Made { wrong: Some(("signer", Wrong::Missing)), ..Made::decision() };
    let (_, repair) = repaired(made_docx::docx(&made));
    let left = repair.left.iter().find(|left| left.finding.rule == "signer.present").unwrap();
    assert_eq!(left.advice.code, "repair_left_absent");
}

#[test]
fn text_that_a_field_makes_is_not_written_over() {
    let simple = r#"<w:fldSimple w:instr=" DATE "><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:i/><w:sz w:val="28"/></w:rPr><w:t>ngày 5 tháng 1 năm 2026</w:t></w:r></w:fldSimple>"#;
    let text = document(&[(
        "Hà Nội, ngày 05 tháng 01 năm 2026</w:t></w:r>",
        &format!("Hà Nội, </w:t></w:r>{simple}"),
    )]);
    let (after, repair) = repaired(made_docx::around(&text));
    assert!(part(&after, "word/document.xml").contains(simple));
    let left = repair.left.iter().find(|left| left.finding.rule == "date.padding").unwrap();
    assert_eq!(left.advice.code, "repair_left_bound");
}

#[test]
fn two_parts_in_one_run_are_not_corrected_at_each_others_cost() {
    // Number and date in one paragraph, in one run: upright and slanted can't both be had.
    let number = r#"<w:t xml:space="preserve">Số: 15/QĐ-SNV</w:t>"#;
    let text = document(&[
        (
            number,
            r#"<w:t xml:space="preserve">Số: 15/QĐ-SNV            Hà Nội, ngày 05 tháng 01 năm 2026</w:t>"#,
        ),
        (r#"<w:t xml:space="preserve">Hà Nội, ngày 05 tháng 01 năm 2026</w:t>"#, ""),
    ]);
    let before = made_docx::around(&text);
    let faults = judged(before.clone());
    let (after, repair) = repaired(before);
    for rule in ["number.slant", "date.slant"] {
        let count = |broken: &[&str]| broken.iter().filter(|one| **one == rule).count();
        assert!(count(&broken(&judged(after.clone()))) <= count(&broken(&faults)), "{rule}");
    }
    let (again, second) = repaired(after.clone());
    assert!(again == after && !second.changed, "{:?} {:?}", repair.done, second.done);
}

#[test]
fn a_file_that_is_no_draft_is_refused_by_name() {
    let refused = |bytes: Vec<u8>| Draft::open(bytes).err().map(|error| error.code());
    assert_eq!(refused(made_pdf::pdf(&Made::decision())), Some("repair_of_pdf"));
    assert_eq!(refused(b"plain".to_vec()), Some("format_unknown_file"));
    let mut doc = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    doc.extend([0; 512]);
    assert!(matches!(Draft::open(doc), Err(RepairError::Format(FormatError::OldDoc))));
    let text = document(&[]);
    let signed = made_docx::package(&[
        ("word/document.xml", text.as_bytes()),
        ("_xmlsignatures/sig1.xml", b"<Signature/>"),
    ]);
    assert_eq!(refused(signed), Some("repair_of_signed"));
    let bomb = vec![b' '; 64 << 20];
    let bomb = made_docx::package(&[("word/document.xml", &bomb)]);
    assert!(matches!(Draft::open(bomb), Err(RepairError::Docx(DocxError::Limit(_)))));
}

#[test]
fn a_large_or_contrived_draft_is_repaired_or_left_in_bounded_time() {
    let around = |body: &str, styles: &str| {
        let text = format!(r#"<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>"#);
        let styles = format!(r#"<w:styles xmlns:w="{NAMESPACE}">{styles}</w:styles>"#);
        made_docx::package(&[("word/document.xml", text.as_bytes()), ("word/styles.xml", styles.as_bytes())])
    };
    let run = |text: &str| {
        format!(r#"<w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr><w:t>{text}</w:t></w:r>"#)
    };
    let many = format!("<w:p>{}</w:p>", run("Chữ")).repeat(9_000);
    let styles: String = (0..4_000)
        .map(|at| {
            format!(
                r#"<w:style w:type="paragraph" w:styleId="S{at}"><w:basedOn w:val="S{}"/></w:style>"#,
                at + 1
            )
        })
        .collect();
    let styled = r#"<w:p><w:pPr><w:pStyle w:val="S1"/></w:pPr><w:r><w:t>Chữ</w:t></w:r></w:p>"#.repeat(4_000);
    let apart = format!("<w:p>{}</w:p>", run(&"e\u{302}\u{301} ".repeat(60_000)));
    let pieces = format!("<w:p>{}</w:p>", run("e\u{301}").repeat(6_000));
    let deep = format!(
        "{}{}{}",
        "<w:ins>".repeat(900),
        format!("<w:p>{}</w:p>", run("Chữ")).repeat(900),
        "</w:ins>".repeat(900)
    );
    for (name, bytes) in [
        ("many paragraphs", around(&many, "")),
        ("many styles", around(&styled, &styles)),
        ("many letters apart", around(&apart, "")),
        ("many pieces", around(&pieces, "")),
        ("deep", around(&deep, "")),
    ] {
        let begun = std::time::Instant::now();
        let (once, _) = repaired(bytes);
        let (twice, second) = repaired(once.clone());
        assert!(once == twice && !second.changed, "{name}");
        assert!(begun.elapsed().as_secs() < 60, "{name}: {:?}", begun.elapsed());
    }
    let large = format!("<w:p>{}</w:p>", run(&"Chữ ".repeat(3_500_000)));
    assert!(matches!(Draft::open(around(&large, "")), Err(RepairError::Docx(DocxError::Limit(_)))));
}

#[test]
fn the_command_writes_the_file_and_says_what_it_did_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |from: &str, to: &str, more: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["repair", from, "-o", to])
            .args(more)
            .output()
            .unwrap()
    };
    std::fs::write(path("a.docx"), fixture("documents/sai-le.docx")).unwrap();
    let output = run(&path("a.docx"), &path("b.docx"), &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["done"][0]["rule"], "margin.left");
    assert_eq!(report["output"]["path"], path("b.docx"));
    assert!(report["left"].as_array().unwrap().is_empty() && report["conforms"] == true);
    assert_eq!(judged(std::fs::read(path("b.docx")).unwrap()).conforms, Some(true));

    let remains = Made { number: "Số: 5/TB-SNV", ..Made::decision() };
    std::fs::write(path("c.docx"), made_docx::docx(&remains)).unwrap();
    let output = run(&path("c.docx"), &path("d.docx"), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["left"][0]["rule"], "number.type");
    assert!(report["left"][0]["advice"]["message"]["vi"].is_string());
    let spoken = run(&path("c.docx"), &path("d.docx"), &["--lang", "vi"]);
    assert!(String::from_utf8(spoken.stdout).unwrap().contains("Còn lại"));

    std::fs::write(path("e.docx"), b"PK\x03\x04 broken").unwrap();
    assert_eq!(run(&path("e.docx"), &path("f.docx"), &["--json"]).status.code(), Some(2));
    std::fs::write(path("g.pdf"), fixture("documents/sai-le.pdf")).unwrap();
    assert_eq!(run(&path("g.pdf"), &path("f.docx"), &["--json"]).status.code(), Some(1));
    assert!(!std::path::Path::new(&path("f.docx")).exists(), "a refusal leaves no file");
}
