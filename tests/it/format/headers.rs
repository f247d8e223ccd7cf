//! Numbers of pages in the headers of a DOCX as word processors make them: right ones are found for nothing, wrong
//! ones for what is wrong.

use super::made::Made;
use super::made_docx::with;
use super::repair::part;
use super::variants::{broken, judged};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const USUAL: &str = r#"<w:headerReference w:type="default" r:id="rId1"/>"#;

fn run(inside: &str) -> String {
    format!(r#"<w:r><w:rPr><w:sz w:val="28"/></w:rPr>{inside}</w:r>"#)
}

fn text(text: &str) -> String {
    run(&format!(r#"<w:t xml:space="preserve">{text}</w:t>"#))
}

fn mark(kind: &str) -> String {
    run(&format!(r#"<w:fldChar w:fldCharType="{kind}"/>"#))
}

fn instruction(text: &str) -> String {
    run(&format!(r#"<w:instrText xml:space="preserve">{text}</w:instrText>"#))
}

/// A field with what it made last.
fn field(of: &str, made: &str) -> String {
    [mark("begin"), instruction(of), mark("separate"), text(made), mark("end")].concat()
}

fn set(properties: &str, inside: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>")
}

fn centred(inside: &str) -> String {
    set(r#"<w:jc w:val="center"/>"#, inside)
}

fn header(inside: &str) -> String {
    format!(r#"<w:hdr xmlns:w="{NAMESPACE}">{inside}</w:hdr>"#)
}

/// A long letter with these headers: the usual one, and others by their kinds; its section says more.
fn letter(usual: &str, others: &[(&str, &str)], section: &str) -> Vec<u8> {
    let made = super::made_docx::docx(&Made { paragraphs: 24, ..Made::letter() });
    let named: String = others
        .iter()
        .enumerate()
        .map(|(at, (kind, _))| format!(r#"<w:headerReference w:type="{kind}" r:id="rId{}"/>"#, at + 2))
        .collect();
    let document = part(&made, "word/document.xml")
        .replace(USUAL, &format!("{USUAL}{named}"))
        .replace("<w:pgNumType/>", section);
    let parts: Vec<(String, String)> = std::iter::once(usual)
        .chain(others.iter().map(|(_, inside)| *inside))
        .enumerate()
        .map(|(at, inside)| (format!("header{at}.xml"), header(inside)))
        .collect();
    let parts: Vec<(&str, &str, &str)> =
        parts.iter().map(|(name, text)| ("header", name.as_str(), text.as_str())).collect();
    with(&document, &parts)
}

fn number() -> String {
    field(" PAGE ", "2")
}

#[test]
fn right_numbers_of_pages_are_right_however_word_processors_make_them() {
    let cell = |inside: &str| format!("<w:tc><w:tcPr/>{}</w:tc>", centred(inside));
    let tabs = r#"<w:tabs><w:tab w:val="center" w:pos="4535"/><w:tab w:val="right" w:pos="9071"/></w:tabs>"#;
    let condition = [
        mark("begin"),
        instruction(" IF "),
        number(),
        instruction(" &gt; 1 "),
        number(),
        mark("separate"),
        text("2"),
        mark("end"),
    ];
    let boxed = format!(
        r#"<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"#,
        centred(&number())
    );
    let headers = [
        ("a field", centred(&number())),
        ("in Arabic figures", centred(&field(r" PAGE \* Arabic \* MERGEFORMAT ", "2"))),
        ("never shown yet", centred(&[mark("begin"), instruction(" PAGE "), mark("end")].concat())),
        ("a simple field", centred(&format!(r#"<w:fldSimple w:instr=" PAGE ">{}</w:fldSimple>"#, text("2")))),
        ("a condition", centred(&condition.concat())),
        (
            "a control",
            format!("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>{}", centred(&number()), centred("")),
        ),
        (
            "a frame",
            set(r#"<w:framePr w:wrap="around" w:hAnchor="margin" w:xAlign="center" w:y="1"/>"#, &number()),
        ),
        ("a table", format!("<w:tbl><w:tr>{}{}{}</w:tr></w:tbl>", cell(""), cell(&number()), cell(""))),
        ("a tab", set(tabs, &[run("<w:tab/>"), number()].concat())),
        ("a text box", set("", &boxed)),
        ("below a name", format!("{}{}", centred(&text("Sở Nội vụ")), centred(&number()))),
    ];
    for (name, inside) in &headers {
        let report = judged(letter(inside, &[], "<w:pgNumType/>"));
        assert_eq!(broken(&report), [""; 0], "{name}: {:?}", report.findings);
    }
    let right = centred(&number());
    for (name, others, section) in [
        ("even pages", vec![("even", right.as_str())], "<w:pgNumType/>"),
        ("a first page without", vec![("first", "<w:p/>")], "<w:pgNumType/>"),
        ("from 1", vec![], r#"<w:pgNumType w:fmt="decimal" w:start="1"/>"#),
        ("behind a cover", vec![], r#"<w:pgNumType w:start="0"/>"#),
    ] {
        let report = judged(letter(&right, &others, section));
        assert_eq!(broken(&report), [""; 0], "{name}: {:?}", report.findings);
    }
}

#[test]
fn numbers_that_are_not_arabic_figures_alone_are_found_where_they_are_made() {
    let all = [text("Trang "), number(), text("/"), field(" NUMPAGES ", "7")].concat();
    for (inside, section, found) in [
        (centred(&all), "<w:pgNumType/>", "Trang 2/2"),
        (centred(&[text("- "), number(), text(" -")].concat()), "<w:pgNumType/>", "- 2 -"),
        (centred(&field(r" PAGE \* roman ", "ii")), "<w:pgNumType/>", "ii"),
        (centred(&field(r" PAGE \* ArabicDash ", "- 2 -")), "<w:pgNumType/>", "- 2 -"),
        (centred(&number()), r#"<w:pgNumType w:fmt="upperRoman"/>"#, "II"),
        (centred(&number()), r#"<w:pgNumType w:fmt="numberInDash"/>"#, "- 2 -"),
    ] {
        let report = judged(letter(&inside, &[], section));
        assert_eq!(broken(&report), ["page.number.form"], "{found}");
        assert_eq!((report.findings[0].expected.as_str(), report.findings[0].found.as_str()), ("2", found));
    }
    // A field that says how it is written has the last word.
    let report = judged(letter(
        &centred(&field(r" PAGE \* Arabic ", "2")),
        &[],
        r#"<w:pgNumType w:fmt="lowerRoman"/>"#,
    ));
    assert_eq!(broken(&report), [""; 0]);
    let even = centred(&[text("- "), number(), text(" -")].concat());
    let report = judged(letter(&centred(&number()), &[("even", even.as_str())], "<w:pgNumType/>"));
    assert_eq!(broken(&report), ["page.number.form"]);
    let report = judged(letter(&centred(&number()), &[], r#"<w:pgNumType w:start="5"/>"#));
    assert_eq!(broken(&report), ["page.number.order"]);
}

#[test]
fn a_letterhead_in_the_header_of_the_first_page_is_the_head() {
    let made = super::made_docx::docx(&Made::decision());
    let document = part(&made, "word/document.xml");
    let end = document.find("</w:tbl>").unwrap() + "</w:tbl>".len();
    let start = document.find("<w:tbl>").unwrap();
    let head = &document[start..end];
    let first = r#"<w:headerReference w:type="first" r:id="rId2"/>"#;
    let built = |head: &str| {
        let rest = [&document[..start], &document[end..]].concat().replace(USUAL, &format!("{USUAL}{first}"));
        let parts = [header(&centred(&number())), header(head)];
        with(
            &rest,
            &[("header", "header0.xml", parts[0].as_str()), ("header", "header1.xml", parts[1].as_str())],
        )
    };
    let report = judged(built(head));
    assert_eq!(broken(&report), [""; 0]);
    assert_eq!(report.document.number.as_deref(), Some("15/QĐ-SNV"));
    assert_eq!(report.metadata.issuer.map(|issuer| issuer.value).as_deref(), Some("SỞ NỘI VỤ"));
    // A fault in it is found where it is.
    let report = judged(built(&head.replace("Độc lập", "Độc Lập")));
    assert_eq!(broken(&report), ["title.motto"]);
    let at = report.findings[0].at.as_ref().map(|at| at.part.as_str());
    assert_eq!(at, Some("word/header1.xml"));
}
