//! What the made PDFs have beside their text: names of fonts, frames of marks, the line above an address; and
//! PDFs that are pictures of pages.

use super::made::{Made, Wrong};
use super::made_pdf::{file, stream};
use chancery::pdf::filter::deflate;

const POINTS: f64 = 72.0 / 25.4;

/// Where the marks of the head stand: at the left below the number, or at the right above the title; or, where
/// they aren't where they should be, at the other side. And where the first line of the head stands then.
pub fn place(made: &Made, west: f64, east: f64, (top, step): (f64, f64)) -> ((f64, f64), f64) {
    let is = |part: &str| made.marks.iter().any(|(own, _)| *own == part);
    let (x, y, first) = if is("circulation") {
        (east, top, top + 10.0)
    } else if is("draft") {
        // Drafts have theirs beside the abstract.
        (west - 10.0, top + 6.1 * step, top)
    } else {
        (west, top + 4.4 * step, top)
    };
    let elsewhere = matches!(made.wrong, Some((part, Wrong::Aside)) if is(part));
    ((if elsewhere { made.paper.0 - x } else { x }, y), first)
}

/// The frames around the marks of the head, which stand around one place.
pub fn frames(made: &Made, (x, y): (f64, f64)) -> Vec<String> {
    let Some([wide, high]) = made.frame else { return Vec::new() };
    let framed = made.marks.iter().map(|(_, text)| {
        let wide = if text.chars().count() > 10 { 56.0 } else { wide };
        let low = made.paper.1 - y - high / 2.0 + 1.6;
        let [x, y, wide, high] = [x - wide / 2.0, low, wide, high].map(|value| value * POINTS);
        format!("0.7 w {x:.2} {y:.2} {wide:.2} {high:.2} re S")
    });
    framed.collect()
}

/// The line above the address at the foot, as wide as the text.
pub fn foot_line(made: &Made) -> String {
    let [left, right, ..] = made.margins;
    let [from, to, y] = [left, made.paper.0 - right, 18.0].map(|value| value * POINTS);
    format!("0.7 w {from:.2} {y:.2} m {to:.2} {y:.2} l S")
}

/// The fonts of a document: upright, bold, slanted, both, and another one.
pub fn fonts(made: &Made) -> [&'static str; 5] {
    let other = match made.wrong {
        Some((_, Wrong::Font(name))) => name,
        _ => "Symbol",
    };
    match made.font {
        "Times New Roman" => [
            "TimesNewRomanPSMT",
            "TimesNewRomanPS-BoldMT",
            "TimesNewRomanPS-ItalicMT",
            "TimesNewRomanPS-BoldItalicMT",
            other,
        ],
        _ => ["ArialMT", "Arial-BoldMT", "Arial-ItalicMT", "Arial-BoldItalicMT", other],
    }
}

/// Pages that are pictures of this many dots per inch, with recognised text behind.
pub fn scan(paper: (f64, f64), dpi: f64, grey: bool) -> Vec<u8> {
    scan_placed(paper, dpi, grey, 1.0, true)
}

/// The same with the picture on a share of the page, with or without a text layer.
pub fn scan_placed(paper: (f64, f64), dpi: f64, grey: bool, share: f64, layer: bool) -> Vec<u8> {
    let (width, height) = (paper.0 * POINTS, paper.1 * POINTS);
    let (columns, rows) =
        ((paper.0 / 25.4 * dpi * share).round() as usize, (paper.1 / 25.4 * dpi * share).round() as usize);
    let text = if layer { "BT /F1 10 Tf 3 Tr 100 700 Td (text) Tj ET" } else { "" };
    let (wide, high) = (width * share, height * share);
    let data = deflate(&vec![0xff; columns * rows * if grey { 1 } else { 3 }]);
    file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 {width:.2} {height:.2}]>>").into_bytes(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>>>>>".to_vec(),
        stream(b"", format!("q {wide:.2} 0 0 {high:.2} 0 0 cm /I Do Q {text}").as_bytes()),
        stream(
            format!("/Type/XObject/Subtype/Image/Width {columns}/Height {rows}/BitsPerComponent 8/ColorSpace/{}/Filter/FlateDecode", if grey { "DeviceGray" } else { "DeviceRGB" }).as_bytes(),
            &data,
        ),
    ])
}
