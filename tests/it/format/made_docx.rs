//! The document as a small DOCX, written part by part.

use super::made::{ADDRESSEE, Made, SENTENCE, Written};
use std::io::Write;
use zip::write::SimpleFileOptions;

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A DOCX of these parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The smallest package around a document part.
pub fn around(document: &str) -> Vec<u8> {
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    package(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}

fn paragraph(line: &Written, font: &str) -> String {
    let Written { text, size, .. } = line;
    let font = line.font.unwrap_or(font);
    let mark = |set: bool, mark: &'static str| if set { mark } else { "" };
    format!(
        r#"<w:p><w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>{}{}{}<w:sz w:val="{}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#,
        mark(line.bold, "<w:b/>"),
        mark(line.italic, "<w:i/>"),
        mark(line.red, r#"<w:color w:val="FF0000"/>"#),
        (size * 2.0).round()
    )
}

/// Makes it.
pub fn docx(made: &Made) -> Vec<u8> {
    let line = |part, text: &str, size, bold, italic| {
        paragraph(&made.write(part, text, size, bold, italic), made.font)
    };
    let twips = |millimetres: f64| (millimetres * 1440.0 / 25.4).round();
    let mut body = String::new();
    body += &line("superior", "ỦY BAN NHÂN DÂN THÀNH PHỐ", 13.0, false, false);
    body += &line("issuer", made.issuer, 13.0, true, false);
    body += &line("number", made.number, 13.0, false, false);
    if made.kind.is_none() {
        body += &line("letter_abstract", made.subject, 12.0, false, false);
    }
    body += &line("title", made.title, 13.0, true, false);
    body += &line("motto", made.motto, 14.0, true, false);
    body += &line("date", made.date, 14.0, false, true);
    match made.kind {
        Some(kind) => {
            body += &line("type", kind, 14.0, true, false);
            body += &line("abstract", made.subject, 14.0, true, false);
        }
        None => body += &line("addressee", ADDRESSEE, 14.0, false, false),
    }
    for _ in 0..made.paragraphs {
        body += &line("body", SENTENCE, made.body_size, false, false);
    }
    let (recipients, signer) = made.foot();
    for line in recipients.iter().chain(&signer) {
        body += &paragraph(line, made.font);
    }
    let [left, right, top, bottom] = made.margins.map(twips);
    let section = format!(
        r#"<w:sectPr><w:pgSz w:w="{}" w:h="{}"/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>"#,
        twips(made.paper.0),
        twips(made.paper.1),
    );
    around(&format!(r#"<w:document xmlns:w="{NAMESPACE}"><w:body>{body}{section}</w:body></w:document>"#))
}
