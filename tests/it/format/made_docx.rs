//! The document as a small DOCX, written part by part.

use super::made::{ADDRESSEE, Made, Written};
use chancery::format::metrics;
use std::io::Write;
use zip::write::SimpleFileOptions;

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

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
    with(document, &[])
}

/// A package around a document part and others with their kinds, whose relations are `rId1` and so on.
pub fn with(document: &str, others: &[(&str, &str, &str)]) -> Vec<u8> {
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let own: String = others
        .iter()
        .enumerate()
        .map(|(at, (kind, name, _))| {
            format!(r#"<Relationship Id="rId{}" Type="{RELATIONS}/{kind}" Target="{name}"/>"#, at + 1)
        })
        .collect();
    let own = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{own}</Relationships>"#
    );
    let names: Vec<String> = others.iter().map(|(_, name, _)| format!("word/{name}")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/_rels/document.xml.rels", own.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ];
    parts.extend(names.iter().zip(others).map(|(name, (_, _, text))| (name.as_str(), text.as_bytes())));
    package(&parts)
}

pub fn twips(millimetres: f64) -> f64 {
    (millimetres * 1440.0 / 25.4).round()
}

fn run(line: &Written, font: &str, text: &str, bold: bool) -> String {
    let font = line.font.unwrap_or(font);
    let mark = |set: bool, mark: &'static str| if set { mark } else { "" };
    format!(
        r#"<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>{}{}{}<w:sz w:val="{}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>"#,
        mark(bold, "<w:b/>"),
        mark(line.italic, "<w:i/>"),
        mark(line.red, r#"<w:color w:val="FF0000"/>"#),
        (line.size * 2.0).round()
    )
}

/// A paragraph; nothing when it has no text.
fn paragraph(line: &Written, font: &str, properties: &str) -> String {
    if line.text.is_empty() {
        return String::new();
    }
    let end =
        line.text.match_indices(' ').nth(line.lead.saturating_sub(1)).map_or(line.text.len(), |(at, _)| at);
    let (lead, rest) = line.text.split_at(if line.lead > 0 { end } else { 0 });
    let lead = if lead.is_empty() { String::new() } else { run(line, font, lead, true) };
    format!("<w:p><w:pPr>{properties}</w:pPr>{lead}{}</w:p>", run(line, font, rest, line.bold))
}

fn centred(line: &Written, font: &str) -> String {
    spaced(line, font, 0.0)
}

/// The same with space above it, in points.
fn spaced(line: &Written, font: &str, space: f64) -> String {
    let before =
        if space > 0.0 { format!(r#"<w:spacing w:before="{}"/>"#, space * 20.0) } else { String::new() };
    let aside = if line.aside { "left" } else { "center" };
    paragraph(line, font, &format!(r#"{before}<w:jc w:val="{aside}"/>"#))
}

/// A line drawn under a text, in a paragraph of its own.
fn drawn(line: &Written, share: Option<f64>, dashed: bool) -> String {
    let Some(share) = share.filter(|_| !line.text.is_empty()) else { return String::new() };
    let style = if dashed { "dash" } else { "solid" };
    let points = metrics::width(&line.text, line.size, line.bold, line.italic) * share * 72.0 / 25.4;
    format!(
        r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:pict><v:line xmlns:v="urn:schemas-microsoft-com:vml" from="0,2pt" to="{points:.1}pt,2pt"><v:stroke dashstyle="{style}"/></v:line></w:pict></w:r></w:p>"#
    )
}

fn table(widths: [f64; 2], rows: &[[String; 2]]) -> String {
    let mut text = String::from("<w:tbl><w:tblPr/>");
    for row in rows {
        text += "<w:tr>";
        for (cell, width) in row.iter().zip(widths) {
            let empty = if cell.is_empty() { "<w:p/>" } else { "" };
            text += &format!(
                r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>{cell}{empty}</w:tc>"#,
                twips(width)
            );
        }
        text += "</w:tr>";
    }
    text + "</w:tbl>"
}

/// Makes it.
pub fn docx(made: &Made) -> Vec<u8> {
    let font = made.font;
    let write = |part, text: &str, size, bold, italic| made.write(part, text, size, bold, italic);
    let (issuer, motto) =
        (write("issuer", made.issuer, 13.0, true, false), write("motto", made.motto, 14.0, true, false));
    let left = centred(&write("superior", made.superior, 13.0, false, false), font)
        + &spaced(&issuer, font, made.spaces[1])
        + &drawn(&issuer, made.lines[1], made.dashed[1]);
    let right = centred(&write("title", made.title, 13.0, true, false), font)
        + &spaced(&motto, font, made.spaces[0])
        + &drawn(&motto, made.lines[0], made.dashed[0]);
    let mut number = centred(&write("number", made.number, 13.0, false, false), font);
    if made.kind.is_none() {
        let subject = write("letter_abstract", made.subject, 12.0, false, false);
        number += &spaced(&subject, font, made.spaces[2]);
    }
    let mut rows = vec![[left, right]];
    let date = centred(&write("date", made.date, 14.0, false, true), font);
    if made.setting.date_below > 0.0 {
        rows.extend([[number, String::new()], [String::new(), date]]);
    } else {
        rows.push([number, date]);
    }
    let mut body = String::new();
    for (part, text) in made.marks {
        let sides =
            ["top", "left", "bottom", "right"].map(|side| format!(r#"<w:{side} w:val="single" w:sz="6"/>"#));
        let frame = made.frame.map(|_| format!("<w:pBdr>{}</w:pBdr>", sides.concat())).unwrap_or_default();
        let set = format!(r#"{frame}<w:jc w:val="right"/>"#);
        body += &paragraph(&write(part, text, 13.0, true, false), font, &set);
    }
    let mut widths = if made.narrow { [80.0, 92.0] } else { [56.0, 116.0] };
    if made.swapped {
        widths.reverse();
        rows.iter_mut().for_each(|row| row.reverse());
    }
    body += &table(widths, &rows);
    match made.kind {
        Some(kind) => {
            let subject = write("abstract", made.subject, 14.0, true, false);
            body += &centred(&write("type", kind, 14.0, true, false), font);
            body += &centred(&subject, font);
            body += &drawn(&subject, made.lines[2], made.dashed[2]);
        }
        None if made.addressees.is_empty() => {
            body += &centred(&write("addressee", ADDRESSEE, 14.0, false, false), font);
        }
        None => body += &paragraph(&write("addressee", "Kính gửi:", 14.0, false, false), font, ""),
    }
    for text in made.addressees {
        body += &paragraph(&write("addressees", text, 14.0, false, false), font, "");
    }
    let setting = made.setting;
    let running = |times: f64| {
        format!(
            r#"<w:spacing w:before="{}" w:after="0" w:line="{}" w:lineRule="auto"/><w:ind w:firstLine="{}"/><w:jc w:val="{}"/>"#,
            (setting.gap * 20.0).round(),
            (times * 240.0).round(),
            twips(setting.indent),
            if setting.justified { "both" } else { "left" },
        )
    };
    for (part, line) in made.body() {
        let middle = matches!(part, "chapter" | "chapter.title");
        let times = if part == "ground" { setting.grounds } else { setting.pitch };
        body += &if middle { centred(&line, font) } else { paragraph(&line, font, &running(times)) };
    }
    let (recipients, signer) = made.foot();
    let middle = |line: &Written| if line.aside { r#"<w:jc w:val="center"/>"# } else { "" };
    let list: String = recipients.iter().map(|line| paragraph(line, font, middle(line))).collect();
    let (name, offices) = signer.split_last().unwrap();
    let block: String = offices.iter().map(|line| centred(line, font)).collect();
    let block = block + "<w:p/><w:p/><w:p/><w:p/>" + &centred(name, font);
    body += &table([80.0, 88.0], &[[list, block]]);
    let [left, right, top, bottom] = made.margins.map(twips);
    let pages = made.pages;
    let band = if pages.above { "header" } else { "footer" };
    let title = if pages.on_first { "" } else { "<w:titlePg/>" };
    let format = if pages.form == "roman" { r#" w:fmt="lowerRoman""# } else { "" };
    let reference = if pages.shown {
        format!(r#"<w:{band}Reference w:type="default" r:id="rId1"/>"#)
    } else {
        String::new()
    };
    let address = paragraph(&write("address", made.address, 11.0, false, false), font, "");
    let foot = format!(r#"<w:ftr xmlns:w="{NAMESPACE}">{address}</w:ftr>"#);
    let reference = match address.as_str() {
        "" => reference,
        _ => format!(r#"{reference}<w:footerReference w:type="first" r:id="rId2"/>"#),
    };
    // Each annex has a section of its own, whose pages are counted on their own.
    let section = |number: usize| {
        let start = match (number, pages.off) {
            (0, 0) => String::new(),
            (0, off) => format!(r#" w:start="{}""#, off + 1),
            _ if pages.anew => r#" w:start="1""#.to_owned(),
            _ => String::new(),
        };
        format!(
            r#"<w:sectPr xmlns:r="{RELATIONS}">{reference}<w:pgSz w:w="{}" w:h="{}"/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="567" w:footer="567" w:gutter="0"/><w:pgNumType{format}{start}/>{title}</w:sectPr>"#,
            twips(made.paper.0),
            twips(made.paper.1),
        )
    };
    for (at, (label, title)) in made.annexes.iter().enumerate() {
        body += &format!("<w:p><w:pPr>{}</w:pPr></w:p>", section(at));
        body += &centred(&write("annex", label, 14.0, true, false), font);
        body += &centred(&write("annex.title", title, 14.0, true, false), font);
        body += &centred(
            &write(
                "annex.reference",
                "(Kèm theo Kế hoạch số 09/KH-SNV ngày 05 tháng 01 năm 2026 của Sở Nội vụ)",
                14.0,
                false,
                true,
            ),
            font,
        );
    }
    let number = made.write("page", "2", 14.0, false, false);
    let italic = if number.italic { "<w:i/>" } else { "" };
    let (before, behind) = pages.form.split_once('#').unwrap_or_default();
    let beside = |text: &str| match text {
        "" => String::new(),
        text => run(&number, font, text, false),
    };
    let field = format!(
        r#"<w:hdr xmlns:w="{NAMESPACE}"><w:p><w:pPr><w:jc w:val="{}"/></w:pPr>{}<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr>{italic}<w:sz w:val="{}"/></w:rPr><w:instrText> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>{}</w:p></w:hdr>"#,
        if pages.centred { "center" } else { "right" },
        beside(before),
        (number.size * 2.0).round(),
        beside(behind),
    );
    with(
        &format!(
            r#"<w:document xmlns:w="{NAMESPACE}"><w:body>{body}{}</w:body></w:document>"#,
            section(made.annexes.len())
        ),
        &[(band, "band1.xml", &field), ("footer", "foot1.xml", &foot)],
    )
}
