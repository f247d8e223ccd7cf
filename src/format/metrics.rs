//! Widths of Times New Roman, for what is measured without a page: how long a line of a DOCX is.
//!
//! Advance widths in thousandths of the size, which Liberation Serif shares with it by design;
//! letters with marks are as wide as without.

use unicode_normalization::UnicodeNormalization;

/// Millimetres in a point.
const MM: f64 = 25.4 / 72.0;

/// Space to tilde.
const ASCII: [[u16; 95]; 4] = [
    [
        250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500,
        500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722,
        722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333,
        278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500,
        500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
    ],
    [
        250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500,
        500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778,
        778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333,
        278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500,
        556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
    ],
    [
        250, 333, 420, 500, 500, 833, 778, 214, 333, 333, 500, 675, 250, 333, 250, 278, 500, 500, 500, 500,
        500, 500, 500, 500, 500, 500, 333, 333, 675, 675, 675, 500, 920, 611, 611, 667, 722, 611, 611, 722,
        722, 333, 444, 667, 556, 833, 667, 722, 611, 722, 611, 500, 556, 722, 611, 833, 611, 556, 556, 389,
        278, 389, 422, 500, 333, 500, 500, 444, 500, 444, 278, 500, 500, 278, 278, 444, 278, 722, 500, 500,
        500, 500, 389, 389, 278, 500, 444, 667, 444, 444, 389, 400, 275, 400, 541,
    ],
    [
        250, 389, 555, 500, 500, 833, 778, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500,
        500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 832, 667, 667, 667, 722, 667, 667, 722,
        778, 389, 500, 667, 611, 889, 722, 722, 611, 722, 667, 556, 611, 722, 667, 889, 667, 611, 611, 333,
        278, 333, 570, 500, 333, 500, 500, 444, 500, 444, 333, 500, 556, 278, 278, 500, 278, 778, 556, 500,
        500, 500, 389, 389, 278, 556, 444, 667, 500, 444, 389, 348, 220, 348, 570,
    ],
];

/// Letters that aren't made of an ASCII letter and marks, and signs.
const OTHERS: [(char, [u16; 4]); 13] = [
    ('Đ', [722, 722, 722, 722]),
    ('đ', [500, 556, 500, 500]),
    ('Ơ', [722, 778, 722, 722]),
    ('ơ', [529, 554, 534, 537]),
    ('Ư', [776, 796, 754, 775]),
    ('ư', [542, 600, 545, 599]),
    ('–', [500, 500, 500, 500]),
    ('—', [1000, 1000, 889, 1000]),
    ('…', [1000, 1000, 889, 1000]),
    ('“', [444, 500, 556, 500]),
    ('”', [444, 500, 556, 500]),
    ('‘', [333, 333, 333, 333]),
    ('’', [333, 333, 333, 333]),
];

/// The width of a text in millimetres.
#[must_use]
pub fn width(text: &str, size: f64, bold: bool, italic: bool) -> f64 {
    let face = usize::from(bold) + 2 * usize::from(italic);
    let thousandths: u32 = text.chars().map(|character| u32::from(of(character, face))).sum();
    f64::from(thousandths) / 1000.0 * size * MM
}

fn of(character: char, face: usize) -> u16 {
    // The composed letter first: a horn makes a letter wider, a mark doesn't.
    let toneless = match character {
        'ớ' | 'ờ' | 'ở' | 'ỡ' | 'ợ' => 'ơ',
        'Ớ' | 'Ờ' | 'Ở' | 'Ỡ' | 'Ợ' => 'Ơ',
        'ứ' | 'ừ' | 'ử' | 'ữ' | 'ự' => 'ư',
        'Ứ' | 'Ừ' | 'Ử' | 'Ữ' | 'Ự' => 'Ư',
        other => other,
    };
    if let Some((_, widths)) = OTHERS.iter().find(|(other, _)| *other == toneless) {
        return widths.get(face).copied().unwrap_or(500);
    }
    let base = character.nfd().next().unwrap_or(character);
    let at = u32::from(base).checked_sub(0x20).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| ASCII.get(face)?.get(at)).copied().unwrap_or(500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_name_is_as_wide_as_word_prints_it() {
        // Measured in a PDF that Word wrote with the true Times New Roman: 271.2 points at size 13.
        let width = width("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13.0, true, false) / MM;
        assert!((width - 271.2).abs() < 0.5, "{width}");
    }
}
