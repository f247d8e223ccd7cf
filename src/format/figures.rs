//! The number of a page as it is written: figures, and what may stand around them.

use super::layout::from_roman;

/// The number of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figures {
    /// The number.
    pub(super) value: usize,
    /// Whether it is written in Arabic figures.
    pub(super) arabic: bool,
    /// Whether nothing stands around it.
    pub(super) alone: bool,
}

/// The number that a text is, with what may stand around it: dashes, the words of the language for a page, and
/// the number of all pages behind it.
pub(super) fn read(text: &str, words: &[String]) -> Option<Figures> {
    /// No number of a page is longer, whatever words stand beside it, in bytes.
    const LONG: usize = 60;
    let text = text.trim();
    if text.len() > LONG {
        return None;
    }
    let alone = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(['.', ' ']);
    let is_word = |piece: &&str| words.iter().any(|word| word == piece);
    let (named, pieces): (Vec<&str>, Vec<&str>) =
        lower.split([' ', '-', '–', '—', '/']).filter(|piece| !piece.is_empty()).partition(is_word);
    let mut pieces = pieces.into_iter();
    let first = pieces.next()?;
    let figures = |piece: &str, digits: usize| {
        if piece.len() <= digits && piece.bytes().all(|byte| byte.is_ascii_digit()) {
            return piece.parse().ok().map(|value: usize| (value, true));
        }
        // Few documents have so many pages that other letters are needed.
        let roman = piece.len() <= 7 && piece.bytes().all(|byte| b"ivx".contains(&byte));
        let value = from_roman(&piece.to_uppercase()).filter(|_| roman)?;
        usize::try_from(value).ok().map(|value| (value, false))
    };
    let (value, arabic) = figures(first, 4)?;
    if let Some(all) = pieces.next() {
        // A year behind a month has four figures, and no document so many pages.
        figures(all, 3).filter(|_| !named.is_empty() || lower.contains('/'))?;
    }
    pieces.next().is_none().then_some(Figures { value, arabic, alone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn a_number_of_a_page_is_known_however_it_is_written() {
        let words = &Profile::builtin().recognition.page_words;
        for (text, value, arabic, alone) in [
            ("2", 2, true, true),
            (" 2 ", 2, true, true),
            ("- 12 -", 12, true, false),
            ("3/7", 3, true, false),
            ("2026.", 2026, true, false),
            ("Trang 2", 2, true, false),
            ("Trang 2/7", 2, true, false),
            ("Trang 2 của 7", 2, true, false),
            ("Page 2 of 7", 2, true, false),
            ("ii", 2, false, false),
            ("- IV -", 4, false, false),
        ] {
            assert_eq!(read(text, words), Some(Figures { value, arabic, alone }), "{text}");
        }
        for text in [
            "",
            "Trang",
            "2a",
            "Trang 2 là bìa",
            "2 3 4",
            "Điều 2",
            "II. Mục tiêu",
            "civil",
            "10000",
            "5/2026",
            "2 000",
        ] {
            assert_eq!(read(text, words), None, "{text}");
        }
        assert_eq!(read("Trang 2", &[]), None, "words are the profile's");
    }
}
