use super::*;
use std::fmt::Write as _;

/// A PDF of these objects (from number 1; the first is the catalog), with a classic table.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(text.len());
        write!(text, "{} 0 obj\n{object}\nendobj\n", number + 1).unwrap();
    }
    let start = text.len();
    write!(text, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(text, "{offset:010} 00000 n ").unwrap();
    }
    write!(text, "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).unwrap();
    text.into_bytes()
}

fn stream(dictionary: &str, data: &str) -> String {
    format!("<<{dictionary}/Length {}>>stream\n{data}\nendstream", data.len())
}

fn one_page(content: String, resources: &str, more: &[String]) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<{resources}>>>>"),
        content,
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

#[test]
fn a_font_that_is_not_embedded_has_the_name_its_resources_give() {
    let font = |name: &str, width: u32| {
        format!(
            "<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding/FirstChar 65/LastChar 66/Widths[{width} {width}]>>"
        )
    };
    let content = stream("", "BT /F1 14 Tf 85 700 Td (AB) Tj /F2 14 Tf 0 -20 Td (AB) Tj ET");
    let file = one_page(
        content,
        "/Font<</F1 5 0 R/F2 6 0 R>>",
        &[font("TimesNewRomanPSMT", 722), font("ABCDEF+Arial-BoldMT", 667)],
    );
    let pages = read(file, &Limits::default()).unwrap();
    let glyphs = &pages.pages[0].glyphs;
    let names: Vec<_> = glyphs.iter().map(|glyph| (glyph.font.as_deref(), glyph.bold)).collect();
    assert_eq!(names[0], (Some("TimesNewRomanPSMT"), false));
    assert_eq!(names[2], (Some("Arial-BoldMT"), true));
    assert!((glyphs[0].size - 14.0).abs() < 0.01 && (glyphs[0].x - 85.0).abs() < 0.01);
}

#[test]
fn invisible_text_and_colours_are_told() {
    let content = stream("", "BT 3 Tr /F1 10 Tf (A) Tj 0 Tr 1 0 0 rg (B) Tj ET");
    let file = one_page(
        content,
        "/Font<</F1 5 0 R>>",
        &["<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>".into()],
    );
    let glyphs = read(file, &Limits::default()).unwrap().pages.remove(0).glyphs;
    assert!(glyphs[0].invisible && !glyphs[1].invisible);
    assert_eq!(glyphs[1].colour, [255, 0, 0]);
    assert_eq!(glyphs[1].font.as_deref(), Some("Times-Roman"));
}

#[test]
fn forms_that_call_forms_that_call_forms_end_at_the_limit_and_the_page_is_named() {
    // Ten to the power of nine drawings.
    let form = |next: usize| {
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {next} 0 R>>>>"),
            &"/X Do ".repeat(10),
        )
    };
    let forms: Vec<String> = (6..15)
        .map(form)
        .chain([stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 9 9 re f")])
        .collect();
    let file = one_page(stream("", &"/X Do ".repeat(10)), "/XObject<</X 5 0 R>>", &forms);
    let pages = read(file, &Limits::default()).unwrap();
    assert_eq!(pages.unread, [0]);
}

#[test]
fn a_stream_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_unpacked() {
    let zeros = vec![b' '; 20 << 20];
    let packed = crate::pdf::filter::deflate(&zeros);
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Filter/FlateDecode/Length {}>>stream\n",
        packed.len()
    )
    .into_bytes();
    file.extend_from_slice(&packed);
    file.extend_from_slice(b"\nendstream\nendobj\ntrailer<</Root 1 0 R/Size 5>>\n%%EOF\n");
    assert_eq!(read(file, &Limits::default()), Err(TextError::TooLarge));
}

#[test]
fn of_many_pages_all_within_the_limit_are_read() {
    let count = 200;
    let kids: String = (3..3 + count).map(|number| format!("{number} 0 R ")).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 595 842]>>"),
    ];
    objects.extend((0..count).map(|_| "<</Type/Page/Parent 2 0 R>>".to_owned()));
    let pages = read(pdf(&objects), &Limits::default()).unwrap();
    assert_eq!((pages.pages.len(), pages.count), (200, 200));
}

#[test]
fn what_is_no_pdf_is_an_error() {
    assert_eq!(read(b"no PDF at all".to_vec(), &Limits::default()), Err(TextError::Unreadable));
    assert_eq!(read(Vec::new(), &Limits::default()), Err(TextError::Unreadable));
}
