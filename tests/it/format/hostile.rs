//! Files that mean harm, or are simply broken: a typed error or a report, never more.

use super::made::Made;
use super::{made_docx, made_pdf};
use chancery::format::docx::DocxError;
use chancery::format::{FormatError, check};
use chancery::pdf::text::Limits;
use chancery::profile::Profile;
use proptest::prelude::*;

fn outcome(bytes: Vec<u8>) -> Result<Option<bool>, FormatError> {
    check(bytes, Profile::builtin(), &Limits::default()).map(|report| report.conforms)
}

#[test]
fn an_old_binary_doc_and_other_files_are_named_as_such() {
    let mut doc = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    doc.extend([0; 512]);
    assert_eq!(outcome(doc), Err(FormatError::OldDoc));
    assert_eq!(outcome(Vec::new()), Err(FormatError::Unknown));
    assert_eq!(outcome(b"\x89PNG\r\n\x1a\n".to_vec()), Err(FormatError::Unknown));
}

#[test]
fn a_package_without_a_text_document_is_no_docx() {
    let zip = made_docx::package(&[("hello.txt", b"hello")]);
    assert!(matches!(outcome(zip), Err(FormatError::Docx(DocxError::Unreadable(_)))));
    let sheet = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let zip = made_docx::package(&[("_rels/.rels", sheet.as_bytes()), ("xl/workbook.xml", b"<workbook/>")]);
    assert!(matches!(outcome(zip), Err(FormatError::Docx(DocxError::Unreadable(_)))));
}

#[test]
fn a_document_type_declaration_is_refused_and_no_entity_is_read() {
    let document = r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"#;
    let refused = outcome(made_docx::around(document));
    assert_eq!(refused, Err(FormatError::Docx(DocxError::Unreadable("a document type declaration"))));
}

#[test]
fn a_tag_of_more_attributes_or_namespaces_than_any_has_is_refused_before_it_is_parsed() {
    let document = |root: &str, paragraph: &str| {
        format!(
            r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"{root}><w:body><w:p{paragraph}><w:r><w:t>Chữ</w:t></w:r></w:p></w:body></w:document>"#
        )
    };
    let many = |name: &str, count: usize| -> String {
        (0..count).map(|number| format!(r#" {name}{number}="{number}""#)).collect()
    };
    let limit = Err(FormatError::Docx(DocxError::Limit("attributes of a part")));
    let start = std::time::Instant::now();
    assert_eq!(outcome(made_docx::around(&document("", &many("w:a", 40_000)))), limit);
    assert_eq!(outcome(made_docx::around(&document(&many("xmlns:a", 40_000), ""))), limit);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    // Word's own root has some forty.
    assert!(outcome(made_docx::around(&document(&many("xmlns:a", 60), &many("w:a", 20)))).is_ok());
}

#[test]
fn a_part_that_unpacks_to_hundreds_of_times_its_size_is_refused() {
    let bomb = vec![b' '; 64 << 20];
    let zip = made_docx::package(&[("word/document.xml", &bomb)]);
    assert!(zip.len() < 100_000);
    assert_eq!(outcome(zip), Err(FormatError::Docx(DocxError::Limit("size of a part"))));
}

#[test]
fn styles_that_are_based_on_each_other_end() {
    let styles = r#"<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>"#;
    let document = r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>Chữ</w:t></w:r></w:p></w:body></w:document>"#;
    let zip = made_docx::package(&[
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
    ]);
    assert!(outcome(zip).is_ok());
}

#[test]
fn deep_nesting_and_absurd_numbers_end_in_a_report_or_an_error() {
    let deep = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}{}</w:body></w:document>"#,
        "<w:p>".repeat(3_000),
        "</w:p>".repeat(3_000)
    );
    let _ = outcome(made_docx::around(&deep));
    let absurd = r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:rPr><w:sz w:val="99999999999999999999"/></w:rPr><w:t>Chữ</w:t></w:r></w:p><w:sectPr><w:pgSz w:w="1e308" w:h="NaN"/><w:pgMar w:left="-1e308" w:right="inf"/></w:sectPr></w:body></w:document>"#;
    assert!(outcome(made_docx::around(absurd)).is_ok());
}

#[test]
fn every_truncation_of_a_pdf_is_refused_or_judged() {
    let whole = made_pdf::pdf(&Made { paragraphs: 1, ..Made::decision() });
    for end in (0..whole.len()).step_by(whole.len() / 24) {
        let _ = outcome(whole[..end].to_vec());
    }
}

#[test]
fn ten_thousand_pages_are_judged_by_the_first_and_the_rest_is_named() {
    let count = 10_000;
    let kids: String = (0..count).map(|number| format!("{} 0 R ", number + 3)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 595.3 841.9]>>").into_bytes(),
    ];
    objects.extend((0..count).map(|_| b"<</Type/Page/Parent 2 0 R>>".to_vec()));
    let report = check(made_pdf::file(&objects), Profile::builtin(), &Limits::default()).unwrap();
    let rest = report.not_checked.iter().find(|one| one.rule == "*").unwrap();
    assert!(rest.why.contains("9000"), "{}", rest.why);
}

#[test]
fn a_page_without_size_or_with_a_giant_one_is_judged_or_refused() {
    for media in ["[0 0 0 0]", "[0 0 1e30 1e30]", "[5 5 -5 -5]", "[0 0]"] {
        let file = made_pdf::file(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            format!("<</Type/Page/Parent 2 0 R/MediaBox{media}>>").into_bytes(),
        ]);
        assert_ne!(outcome(file), Ok(Some(true)), "{media}");
    }
}

#[test]
fn a_file_above_the_limit_says_so_for_every_rule() {
    let mut whole = made_pdf::pdf(&Made::decision());
    let limits = Limits { file: 1_000, ..Limits::default() };
    whole.extend(b"% more\n");
    let report = check(whole, Profile::builtin(), &limits).unwrap();
    assert_eq!(report.conforms, None);
    assert_eq!(report.not_checked.len(), Profile::builtin().rules.len());
}

/// A PDF and a DOCX with some bytes changed.
fn damaged(whole: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for (at, byte) in changes {
        let at = at % bytes.len();
        bytes[at] = *byte;
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_file_with_changed_bytes_is_judged_or_refused(
        changes in proptest::collection::vec((0_usize..1 << 20, any::<u8>()), 1..12),
    ) {
        let made = Made { paragraphs: 1, ..Made::decision() };
        let _ = outcome(damaged(&made_pdf::pdf(&made), &changes));
        let _ = outcome(damaged(&made_docx::docx(&made), &changes));
    }

    #[test]
    fn any_text_in_the_places_of_number_and_date_is_judged(number in "\\PC{0,40}", date in "\\PC{0,60}") {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let document = format!(
            r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Số: {}</w:t></w:r></w:p><w:p><w:r><w:t>Hà Nội, ngày {}</w:t></w:r></w:p></w:body></w:document>"#,
            escape(&number), escape(&date)
        );
        let report = check(made_docx::around(&document), Profile::builtin(), &Limits::default());
        // What is called a number reads as one.
        if let Some(number) = report.ok().and_then(|report| report.document.number) {
            prop_assert!(chancery::profile::Notation::parse(&number).is_ok());
        }
    }
}

/// A page with this font and content.
fn with_font(font: &[u8], more: &[Vec<u8>], content: &[u8]) -> Vec<u8> {
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_vec(),
        made_pdf::stream(b"", content),
        font.to_vec(),
    ];
    objects.extend_from_slice(more);
    made_pdf::file(&objects)
}

#[test]
fn a_broken_font_and_one_without_unicode_end_in_a_report() {
    let content = b"BT /F1 14 Tf 80 780 Td <00410042> Tj (CONG HOA) Tj ET";
    let embedded = b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Broken/FirstChar 0/LastChar 1/Widths[500 500]/FontDescriptor 6 0 R>>";
    let descriptor = b"<</Type/FontDescriptor/FontName/ABCDEF+Broken/Flags 4/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 1/Descent 0/CapHeight 1/StemV 1/FontFile2 7 0 R>>".to_vec();
    let programs = [
        vec![],
        vec![0xff; 2_000],
        b"\0\x01\0\0\xff\xff\0\0\0\0\0\0glyf\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
    ];
    for program in programs {
        let more = [descriptor.clone(), made_pdf::stream(b"/Length1 2000", &program)];
        assert!(outcome(with_font(embedded, &more, content)).is_ok());
    }
    // Codes that nothing says the letters of.
    let composite = b"<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/Nameless/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>]>>";
    assert!(outcome(with_font(composite, &[], content)).is_ok());
    // A font drawn by content that draws itself.
    let drawn = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</a 4 0 R>>/Encoding<</Differences[65/a]>>/FirstChar 65/LastChar 65/Widths[1000]/Resources<</Font<</F1 5 0 R>>>>>>";
    assert!(outcome(with_font(drawn, &[], b"BT /F1 14 Tf (A) Tj ET")).is_ok());
}

#[test]
fn pages_without_size_or_with_a_giant_one_and_no_page_at_all_are_judged_or_refused() {
    let page = |pages: &str, page: &str| {
        made_pdf::file(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            format!("<</Type/Pages {pages}>>").into_bytes(),
            format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{page}>>").into_bytes(),
            made_pdf::stream(b"", b"1e38 0 0 1e38 0 0 cm 0 0 1 1 re f BT 1e30 Tf (x) Tj ET"),
        ])
    };
    let none = outcome(page("/Kids[]/Count 0", ""));
    assert!(none.is_err() || none == Ok(None), "{none:?}");
    for size in ["[0 0 0 0]", "[0 0 1e30 1e30]", "[-1e9 -1e9 1e9 1e9]", "[9 9 9 9]", "[0 0 nan 5]", "[]"] {
        let judged = outcome(page(&format!("/Kids[3 0 R]/Count 1/MediaBox{size}"), ""));
        assert!(judged != Ok(Some(true)), "{size}");
    }
    for kids in ["/Kids[2 0 R]/Count 1", "/Kids[3 0 R 3 0 R]/Count 99999999", "/Kids[3 0 R]/Count -5"] {
        assert!(outcome(page(&format!("{kids}/MediaBox[0 0 595 842]"), "")) != Ok(Some(true)), "{kids}");
    }
}

/// A fixture with each `from` made a `to` of the same length.
fn changed(from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(crate::support::fixture_path("documents/quyet-dinh.pdf")).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn a_text_whose_fonts_do_not_tell_its_letters_is_not_judged_by_them() {
    let report =
        check(changed(b"/ToUnicode", b"/NoUnicode"), Profile::builtin(), &Limits::default()).unwrap();
    assert!(report.scope.applies, "it may be a document of this kind");
    assert_eq!(report.conforms, None);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    let why = report.not_checked.iter().find(|one| one.rule == "title.national").unwrap();
    assert!(why.message.en.contains("ToUnicode"), "{why:?}");
}

#[test]
fn a_free_entry_of_one_generation_more_than_there_are_is_read() {
    // MuPDF's releases up to 1.21 wrote it so into every file; nothing refers to it.
    assert_eq!(outcome(changed(b"0000000000 65535 f", b"0000000000 65536 f")), Ok(Some(true)));
}
