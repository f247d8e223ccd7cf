//! The guide every package carries: a one-page PDF that says what lies where.

use super::model::Submission;
use crate::pdf::font::{Face, Font, Repertoire};
use crate::pdf::writer::RevisionWriter;
use crate::pdf::{Dictionary, Object, Pdf, Reference};

/// An empty page of A4: what the guide is written onto.
fn blank() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog /Pages 2 0 R>>",
        "<</Type/Pages /Kids[3 0 R] /Count 1>>",
        "<</Type/Page /Parent 2 0 R /MediaBox[0 0 595 842]>>",
    ];
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(bytes.len());
        bytes.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = bytes.len();
    bytes.extend_from_slice(b"xref\n0 4\n0000000000 65535 f\r\n");
    for offset in offsets {
        bytes.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
    }
    bytes.extend_from_slice(
        format!("trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    bytes
}

/// The guide to a package.
///
/// # Errors
/// With what couldn't be written.
pub fn pdf(submission: &Submission) -> Result<Vec<u8>, String> {
    let failed = |error: crate::pdf::Error| error.to_string();
    let font = Font::of(Face::Regular).ok_or("the font is missing")?;
    let mut lines = vec![
        "HƯỚNG DẪN SỬ DỤNG GÓI HỒ SƠ NỘP LƯU (SIP_hoso)".to_owned(),
        String::new(),
        format!("Mã hồ sơ: {}", submission.dossier.file_code),
        format!("Số tài liệu: {}", submission.documents.len()),
        String::new(),
        "METS.xml: danh mục toàn bộ tệp của gói, kèm kích thước và mã SHA-256.".to_owned(),
        "metadata/descriptive/EAD.xml: dữ liệu chủ của hồ sơ.".to_owned(),
        "representations/rep1/data: tệp tài liệu, giữ nguyên từng byte và chữ ký số.".to_owned(),
        "representations/rep1/metadata/descriptive: dữ liệu chủ của từng tài liệu.".to_owned(),
        "schemas: lược đồ để kiểm tra các tệp XML.".to_owned(),
        "documentation/signatures: chứng thư số, CRL, OCSP, kết quả kiểm tra chữ ký số tại thời điểm ký hoặc nhận."
            .to_owned(),
        String::new(),
        "Tài liệu trong gói:".to_owned(),
    ];
    // One page holds so many lines; the full list is in METS.
    for (ordinal, document) in (1_usize..).zip(&submission.documents).take(34) {
        lines.push(format!(
            "{ordinal}. {}/{} ngày {}: {}",
            document.number,
            document.symbol,
            document.issued.format("%d/%m/%Y"),
            submission.document_id(ordinal)
        ));
    }
    let mut content = String::from("BT /F 11 Tf 15 TL 60 780 Td\n");
    for line in &lines {
        // Characters outside the repertoire are left out of the guide; METS has them all.
        let shown: String =
            line.chars().filter(|character| font.encode(&character.to_string()).is_ok()).collect();
        let (codes, _) = font.encode(&shown).map_err(|error| error.to_string())?;
        content.push_str(&format!("<{}> Tj T*\n", hex::encode_upper(&codes)));
    }
    content.push_str("ET");
    let base = blank();
    let pdf = Pdf::open(&base).map_err(failed)?;
    let mut writer = RevisionWriter::new(&pdf).map_err(failed)?;
    let reference = font.embed(&mut writer, Repertoire::Whole).ok_or("the font is broken")?;
    let stream = writer.add_stream(Dictionary::default(), content.as_bytes());
    let fonts = Dictionary::of(vec![("F", Object::Reference(reference))]);
    let resources = Dictionary::of(vec![("Font", Object::Dictionary(fonts))]);
    let bounds = [0, 0, 595, 842].map(Object::Integer).to_vec();
    let page = Dictionary::of(vec![
        ("Type", Object::name("Page")),
        ("Parent", Object::Reference(Reference { number: 2, generation: 0 })),
        ("MediaBox", Object::Array(bounds)),
        ("Resources", Object::Dictionary(resources)),
        ("Contents", Object::Reference(stream)),
    ]);
    writer.put(Reference { number: 3, generation: 0 }, &Object::Dictionary(page));
    let identifier: [u8; 16] = *submission.uuid.as_bytes();
    let appended = writer.finish(identifier).map_err(failed)?;
    Ok([base, appended.bytes].concat())
}
