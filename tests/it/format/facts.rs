//! Facts of files as word processors write them: what is deleted, boxed, numbered, drawn; fonts that are
//! split, pages that are turned and cropped.

use super::made_docx::{around, package, with};
use super::made_pdf;
use chancery::format::docx::place;
use chancery::format::facts::Facts;
use chancery::format::setting::{Align, Spacing, Stroke};
use chancery::format::{docx, read};
use chancery::pdf::text::Limits;
use std::io::Cursor;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn document(body: &str) -> String {
    format!(
        r#"<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="wps"><w:body>{body}</w:body></w:document>"#
    )
}

fn facts(bytes: Vec<u8>) -> Facts {
    docx::read(Cursor::new(bytes)).unwrap()
}

fn texts(facts: &Facts) -> Vec<&str> {
    facts.lines.iter().map(|line| line.text.as_str()).collect()
}

fn styles(text: &str) -> String {
    format!(r#"<w:styles xmlns:w="{W}">{text}</w:styles>"#)
}

#[test]
fn deleted_text_is_left_out_inserted_text_kept_and_changes_are_told() {
    let body = r#"<w:p><w:r><w:t>Một </w:t></w:r><w:del><w:r><w:delText>hai</w:delText><w:t>hai</w:t></w:r></w:del><w:ins><w:r><w:t>ba</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>bốn</w:t></w:r></w:moveFrom></w:p>"#;
    let found = facts(around(&document(body)));
    assert_eq!(texts(&found), ["Một ba"]);
    assert!(found.changed);
}

#[test]
fn a_text_box_is_read_once_and_its_paragraphs_have_places_of_their_own() {
    let boxed = r#"<w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent>"#;
    let body = format!(
        r#"<w:p><w:r><w:t>Trước</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{boxed}</mc:Choice><mc:Fallback>{boxed}</mc:Fallback></mc:AlternateContent></w:r></w:p><w:p><w:r><w:t>Sau</w:t></w:r></w:p>"#
    );
    let text = document(&body);
    let found = facts(around(&text));
    assert_eq!(texts(&found), ["Trước", "Trong khung", "Sau"]);
    let places: Vec<usize> = found.lines.iter().map(|line| line.at.as_ref().unwrap().paragraph).collect();
    assert_eq!(places, [1, 2, 3]);
    assert!(found.lines[1].setting.as_ref().unwrap().framed);
    // Whoever changes the file counts the same.
    let parsed = roxmltree::Document::parse(&text).unwrap();
    let third = place::paragraphs(&parsed).find(|(number, _)| *number == 3).unwrap().1;
    let run = place::runs(third).next().unwrap().1;
    assert_eq!(run.descendants().find_map(|node| node.text()), Some("Sau"));
}

#[test]
fn what_two_styles_turn_on_is_off_and_direct_formatting_has_the_last_word() {
    let styles = styles(
        r#"<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Q"><w:basedOn w:val="P"/></w:style><w:style w:type="character" w:styleId="C"><w:rPr><w:b/></w:rPr></w:style>"#,
    );
    let paragraph = |run: &str| {
        format!(
            r#"<w:p><w:pPr><w:pStyle w:val="Q"/></w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>Chữ</w:t></w:r></w:p>"#
        )
    };
    let body = ["", r#"<w:rStyle w:val="C"/>"#, r#"<w:rStyle w:val="C"/><w:b/>"#, r#"<w:b w:val="off"/>"#]
        .map(paragraph)
        .concat();
    let found = facts(with(&document(&body), &[("styles", "styles.xml", &styles)]));
    let bold: Vec<bool> = found.lines.iter().map(|line| line.bold).collect();
    assert_eq!(bold, [true, false, true, false]);
    assert!(found.lines.iter().all(|line| line.size == 13.0));
}

#[test]
fn spacing_and_indents_come_from_defaults_styles_lists_and_the_paragraph() {
    let styles = styles(
        r#"<w:docDefaults><w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="259" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="N"><w:pPr><w:jc w:val="both"/><w:ind w:firstLine="720"/></w:pPr></w:style>"#,
    );
    let lists = format!(
        r#"<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#
    );
    let body = r#"<w:p><w:r><w:t>Một</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr><w:spacing w:line="340" w:lineRule="exact"/></w:pPr><w:r><w:t>Hai</w:t></w:r></w:p>"#;
    let found = facts(with(
        &document(body),
        &[("styles", "styles.xml", &styles), ("numbering", "numbering.xml", &lists)],
    ));
    let [one, two] = [0, 1].map(|at| found.lines[at].setting.clone().unwrap());
    assert_eq!((one.align, one.after), (Align::Justified, 8.0));
    assert!((one.first - 12.7).abs() < 0.01 && one.left == 0.0);
    assert!(matches!(one.spacing, Spacing::Times(times) if (times - 259.0 / 240.0).abs() < 1e-9));
    assert_eq!(two.spacing, Spacing::Exactly(17.0));
    assert!((two.left - 12.7).abs() < 0.01 && (two.first + 6.35).abs() < 0.01);
    assert_eq!((found.lines[1].text.as_str(), two.label.as_deref()), ("3. Hai", Some("3.")));
    // The place names what is written, not what is made.
    assert_eq!(found.lines[1].at.as_ref().unwrap().text, "Hai");
}

#[test]
fn sections_say_where_their_pages_are_numbered() {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let header = format!(
        r#"<w:hdr xmlns:w="{W}"><w:sdt><w:sdtContent><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:instrText xml:space="preserve"> PAGE \\* MERGEFORMAT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt></w:hdr>"#
    );
    let body = format!(
        r#"<w:p><w:r><w:t>Một</w:t></w:r></w:p><w:sectPr xmlns:r="{relation}"><w:headerReference w:type="default" r:id="rId1"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701"/><w:titlePg/></w:sectPr>"#
    );
    let found = facts(with(&document(&body), &[("header", "header1.xml", &header)]));
    let [number] = found.numbers.as_slice() else { panic!("{:?}", found.numbers) };
    assert!(number.above && number.centred == Some(true) && !number.on_first);
    assert_eq!(number.line.size, 14.0);
    assert_eq!(number.line.at.as_ref().unwrap().part, "word/header1.xml");
}

#[test]
fn a_strict_file_is_read_like_a_transitional_one() {
    let text = document(
        r#"<w:p><w:pPr><w:jc w:val="end"/><w:ind w:firstLine="1cm"/></w:pPr><w:r><w:rPr><w:sz w:val="14pt"/></w:rPr><w:t>Chữ</w:t></w:r></w:p>"#,
    )
    .replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main");
    let found = facts(around(&text));
    let setting = found.lines[0].setting.clone().unwrap();
    assert_eq!((setting.align, found.lines[0].size), (Align::Right, 14.0));
    assert!((setting.first - 10.0).abs() < 1e-9);
}

#[test]
fn breaks_divide_a_paragraph_and_tabs_divide_a_title_block() {
    let body = r#"<w:p><w:r><w:t>ỦY BAN NHÂN DÂN</w:t><w:tab/><w:t>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</w:t><w:br/><w:t>SỞ NỘI VỤ</w:t><w:tab/><w:t>Độc lập - Tự do - Hạnh phúc</w:t></w:r></w:p><w:p><w:r><w:t>Điều 1.</w:t><w:tab/><w:t>Phê duyệt</w:t></w:r></w:p>"#;
    let found = facts(around(&document(body)));
    assert_eq!(
        texts(&found),
        [
            "ỦY BAN NHÂN DÂN",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "SỞ NỘI VỤ",
            "Độc lập - Tự do - Hạnh phúc",
            "Điều 1. Phê duyệt"
        ]
    );
}

#[test]
fn drawn_lines_of_every_making_are_lines() {
    let body = r#"<w:p><w:r><w:t>Chữ</w:t></w:r><w:r><w:pict><v:line from="0,0" to="72pt,0"/></w:pict></w:r></w:p><w:p><w:r><w:t>________</w:t></w:r></w:p><w:p><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>Gạch chân</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr><w:tcW w:w="2835" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pBdr><w:top w:val="single"/></w:pBdr></w:pPr></w:p></w:tc></w:tr></w:tbl>"#;
    let found = facts(around(&document(body)));
    let drawn: Vec<(Stroke, Option<usize>)> =
        found.drawn.iter().map(|line| (line.stroke, line.paragraph)).collect();
    assert_eq!(
        drawn,
        [
            (Stroke::Shape, Some(1)),
            (Stroke::Characters, Some(2)),
            (Stroke::Underline, Some(3)),
            (Stroke::Border, Some(4))
        ]
    );
    assert!((found.drawn[0].length - 25.4).abs() < 0.01);
    // A cell of 50 mm keeps 1.9 mm free on either side.
    assert!((found.drawn[3].length - 46.2).abs() < 0.1);
    assert_eq!(texts(&found), ["Chữ", "Gạch chân"]);
}

#[test]
fn theme_fonts_go_before_named_ones_and_letters_with_marks_have_the_other_font() {
    let styles = styles(
        r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:asciiTheme="minorHAnsi" w:hAnsi="Times New Roman"/></w:rPr></w:rPrDefault></w:docDefaults>"#,
    );
    let theme = r#"<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:minorFont><a:latin typeface="Cambria"/></a:minorFont></a:theme>"#;
    let found = facts(with(
        &document(r#"<w:p><w:r><w:t>Điều lệ</w:t></w:r></w:p>"#),
        &[("styles", "styles.xml", &styles), ("theme", "theme/theme1.xml", theme)],
    ));
    let fonts = &found.lines[0].fonts;
    assert_eq!((fonts["Times New Roman"], fonts["Cambria"]), (3, 3));
}

#[test]
fn a_document_part_by_another_name_is_found_through_its_relations() {
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>"#;
    let text = document(r#"<w:p><w:r><w:t>Chữ</w:t></w:r></w:p>"#);
    let bytes = package(&[("_rels/.rels", relations.as_bytes()), ("word/document2.xml", text.as_bytes())]);
    let found = facts(bytes);
    assert_eq!(found.lines[0].at.as_ref().unwrap().part, "word/document2.xml");
}

/// A page of its own: two fonts for one face, as Word writes them, turned and cropped.
fn word_page(rotate: u32, crop: [f64; 4], content: &str) -> Vec<u8> {
    let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n1 begincodespacerange <0000> <ffff> endcodespacerange\n1 beginbfchar <0001> <1ede> endbfchar endcmap end end";
    let widths = vec!["600"; 95].join(" ");
    made_pdf::file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/CropBox[{} {} {} {}]/Rotate {rotate}/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
            crop[0], crop[1], crop[2], crop[3]
        )
        .into_bytes(),
        made_pdf::stream(b"", content.as_bytes()),
        format!("<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+TimesNewRomanPS-BoldMT/FirstChar 32/LastChar 126/Widths[{widths}]/Encoding/WinAnsiEncoding/FontDescriptor 8 0 R>>").into_bytes(),
        b"<</Type/Font/Subtype/Type0/BaseFont/GHIJKL+TimesNewRomanPS-BoldMT/Encoding/Identity-H/ToUnicode 9 0 R/DescendantFonts[7 0 R]>>".to_vec(),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/GHIJKL+TimesNewRomanPS-BoldMT/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 600/FontDescriptor 8 0 R>>".to_vec(),
        b"<</Type/FontDescriptor/FontName/TimesNewRomanPS-BoldMT/Flags 32/ItalicAngle 0/Ascent 891/Descent -216/CapHeight 662/StemV 136/FontBBox[0 0 1000 1000]>>".to_vec(),
        made_pdf::stream(b"", map.as_bytes()),
    ])
}

fn pdf_facts(bytes: Vec<u8>) -> Facts {
    read(bytes, chancery::profile::Profile::builtin(), &Limits::default()).unwrap().facts().unwrap().clone()
}

#[test]
fn two_fonts_of_one_face_are_one_word_of_one_font() {
    // "S" in WinAnsi, "Ở" in Identity-H, then more of the first: one word in two fonts.
    let content = "0 g BT /F1 12 Tf 100 700 Td (S) Tj ET BT /F2 12 Tf 107.2 700 Td <0001> Tj ET BT /F1 12 Tf 118.4 700 Td (GI) Tj ET 0.5 w 100 690 m 200 690 l S 100 685 120 0.6 re f";
    let found = pdf_facts(word_page(0, [0.0, 0.0, 595.0, 842.0], content));
    let line = &found.lines[0];
    assert_eq!(line.text, "SỞ GI");
    assert!(line.bold);
    assert_eq!(line.fonts.keys().map(|name| &**name).collect::<Vec<_>>(), ["TimesNewRomanPS-BoldMT"]);
    let long: Vec<i64> = found.drawn.iter().map(|line| line.length.round() as i64).collect();
    // 100 points of a stroke, 120 of a filled rectangle.
    assert_eq!(long, [35, 42]);
}

#[test]
fn places_are_those_of_the_page_as_it_is_shown() {
    let mm = 25.4 / 72.0;
    let crop = [50.0, 42.0, 545.0, 742.0];
    // On turned pages the text is turned back, so that it is shown upright.
    for (rotate, turn, left, baseline, size) in [
        (0, "1 0 0 1", 50.0, 42.0, (495.0, 700.0)),
        (90, "0 1 -1 0", 658.0, 50.0, (700.0, 495.0)),
        (180, "-1 0 0 -1", 445.0, 658.0, (495.0, 700.0)),
        (270, "0 -1 1 0", 42.0, 445.0, (700.0, 495.0)),
    ] {
        let content = format!("BT /F1 12 Tf {turn} 100 700 Tm (SGI) Tj ET");
        let found = pdf_facts(word_page(rotate, crop, &content));
        let sheet = &found.sheets[0];
        assert!(
            (sheet.width - size.0 * mm).abs() < 0.1 && (sheet.height - size.1 * mm).abs() < 0.1,
            "{rotate}"
        );
        let line = &found.lines[0];
        assert_eq!(line.text, "SGI", "{rotate}");
        let (x, y) = (line.bounds[0] / mm, line.baseline / mm);
        assert!((x - left).abs() < 0.5 && (y - baseline).abs() < 0.5, "{rotate}: {x} {y}");
    }
}
