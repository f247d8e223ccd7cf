//! What the made PDFs have beside their text: names of fonts, frames of marks, the line above an address.

use super::made::{Made, Wrong};

const POINTS: f64 = 72.0 / 25.4;

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
