//! What a line is to say instead. Letters are never changed but for the state's own texts, whose
//! wording is known, and the capitals of words that begin a line: everything else is punctuation, white
//! space and leading zeros.

use crate::format::layout::{close, folded};
use crate::profile::Profile;
use regex::Regex;

/// Characters at either end of a line where punctuation is tried.
const TRIED: usize = 24;

/// What of a text no repair may lose: letters, and digits but for zeros, which padding adds and takes.
pub(super) fn letters(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() && *c != '0';
    // Comparing composed and without case: marks may have been joined, capitals made by the look.
    folded(&unicode_normalization::UnicodeNormalization::nfc(text).collect::<String>())
        .chars()
        .filter(kept)
        .collect()
}

/// The letters of everything a part says, deleted text and the instructions of fields included.
pub(super) fn all(main: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for piece in main.split_inclusive(['<', '>']) {
        let words = piece.trim_end_matches(['<', '>']);
        if !inside {
            text.push_str(words);
        }
        inside = piece.ends_with('<');
    }
    letters(&text)
}

/// A text of the state's that a line means: its letters are nearly those.
pub(super) fn meant(line: &str, text: &str) -> Option<String> {
    let plain = |text: &str| -> String {
        let spaced: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        folded(&spaced)
    };
    close(&plain(line), &plain(text)).then(|| text.to_owned())
}

/// A number line with its leading zeros.
pub(super) fn padded_number(line: &str, profile: &Profile) -> Option<String> {
    let label = profile.numbering.label.trim_end_matches(':');
    let start = line.find(label)? + label.len();
    let rest = line.get(start..)?;
    let digits = start + rest.find(|c: char| c.is_ascii_digit())?;
    // Between label and number nothing but punctuation stands.
    if line.get(start..digits)?.chars().any(char::is_alphanumeric) {
        return None;
    }
    let found: String = line.get(digits..)?.chars().take_while(char::is_ascii_digit).collect();
    let padded = profile.format_number(found.parse().ok()?);
    Some(format!("{}{padded}{}", line.get(..digits)?, line.get(digits + found.len()..)?))
}

/// A date line with its leading zeros.
pub(super) fn padded_date(line: &str, profile: &Profile) -> Option<String> {
    let found = profile.date.line_expression()?.captures(line)?;
    let (day, month) = (found.name("day")?, found.name("month")?);
    let padded = |text: &str, which: fn((String, String)) -> String| match text.trim().parse::<u32>() {
        Ok(value) => which(profile.date.day_and_month(value, value)),
        // Not given yet.
        Err(_) => text.to_owned(),
    };
    let (first, second) = (padded(day.as_str(), |pair| pair.0), padded(month.as_str(), |pair| pair.1));
    if day.end() > month.start() {
        return None;
    }
    Some(format!(
        "{}{first}{}{second}{}",
        line.get(..day.start())?,
        line.get(day.end()..month.start())?,
        line.get(month.end()..)?
    ))
}

/// A line that matches a pattern after the fewest changes of punctuation and white space.
pub(super) fn punctuated(line: &str, pattern: &Regex) -> Option<String> {
    let characters: Vec<char> = line.chars().collect();
    let once = steps(&characters);
    // White space that isn't seen, or stands twice, is no punctuation.
    let tidy = |text: &String| text.trim() == text && !text.contains("  ");
    let matching = |texts: &[Vec<char>]| {
        texts
            .iter()
            .map(|text| text.iter().collect::<String>())
            .find(|text| tidy(text) && pattern.is_match(text))
    };
    let twice = || once.iter().find_map(|text| matching(&steps(text)));
    // Letters of an abbreviation that each have a mark are first taken together.
    let together = || joined(&characters).and_then(|text| matching(&steps(&text)));
    // The words may be right but for their capitals.
    let cased = || {
        let texts = cased(&characters);
        matching(&texts).or_else(|| texts.iter().find_map(|text| matching(&steps(text))))
    };
    matching(&once).or_else(twice).or_else(together).or_else(cased)
}

/// A text with other capitals at its beginning: with one first, with only that in its first word, and, where it is
/// short, with only that at all. A longer one in capitals has names in it that keep theirs.
fn cased(text: &[char]) -> Vec<Vec<char>> {
    const SHORT: usize = 10;
    let word = text.iter().take_while(|letter| !letter.is_whitespace()).count();
    let ends = [Some(1), Some(word), (text.len() <= SHORT).then_some(text.len())];
    let with = |end: usize| {
        let first = text.iter().take(1).flat_map(|letter| letter.to_uppercase());
        let rest = text.get(1..end).unwrap_or_default().iter().flat_map(|letter| letter.to_lowercase());
        first.chain(rest).chain(text.get(end..).unwrap_or_default().iter().copied()).collect()
    };
    ends.into_iter().flatten().map(with).collect()
}

/// A text whose first letters each have a mark behind them, without those marks but for the last (`T.U.Q GIÁM`,
/// `TUQ GIÁM`).
fn joined(text: &[char]) -> Option<Vec<char>> {
    let is_mark = |at: usize| text.get(at).is_some_and(|mark| matches!(mark, '.' | '/'));
    let is_letter = |at: usize| text.get(at).is_some_and(|letter| letter.is_alphabetic());
    let mut end = 0;
    while is_letter(end) && is_mark(end + 1) && is_letter(end + 2) && !is_letter(end + 3) {
        end += 2;
    }
    let letters = text.get(..end)?.iter().filter(|letter| letter.is_alphabetic());
    (end > 0).then(|| letters.chain(text.get(end..).unwrap_or_default()).copied().collect())
}

/// A line that ends with this mark instead of another.
pub(super) fn ended(line: &str, mark: &str) -> String {
    let bare = line.trim_end().trim_end_matches([';', '.', ',', ':', '…']).trim_end();
    format!("{bare}{mark}")
}

/// The texts one change away: a mark changed, taken away or put in.
fn steps(text: &[char]) -> Vec<Vec<char>> {
    const MARKS: [char; 6] = [':', '.', ';', ',', ' ', '-'];
    let places: Vec<usize> = (0..=text.len()).filter(|at| *at <= TRIED || at + TRIED >= text.len()).collect();
    let with = |at: usize, taken: usize, put: &[char]| {
        let (before, behind) = (text.get(..at)?, text.get(at + taken..)?);
        Some([before, put, behind].concat())
    };
    let is_mark = |at: &&usize| text.get(**at).is_some_and(|mark| !mark.is_alphanumeric());
    let mut found = Vec::new();
    // What stands too many is likelier than what is missing, and that likelier than what is mistaken.
    found.extend(places.iter().filter(is_mark).filter_map(|at| with(*at, 1, &[])));
    for at in &places {
        found.extend(MARKS.iter().filter_map(|mark| with(*at, 0, &[*mark])));
    }
    for at in places.iter().filter(is_mark) {
        found.extend(MARKS.iter().filter_map(|mark| with(*at, 1, &[*mark])));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_mended_with_the_fewest_changes() {
        for (pattern, line, wanted) in [
            (r"^(TM|KT|TL)\. \S", "KT.GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
            (r"^(TM|KT|TL)\. \S", "KT GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
            (r"^(TUQ|TL)\. \S", "T.U.Q GIÁM ĐỐC", "TUQ. GIÁM ĐỐC"),
            (r"^(TUQ|TL)\. \S", "T/U/Q.GIÁM ĐỐC", "TUQ. GIÁM ĐỐC"),
            (r"^Nơi nhận: ?$", "Nơi nhận", "Nơi nhận:"),
            (r"^Nơi nhận: ?$", "Nơi nhận ;", "Nơi nhận:"),
            (r"^- ?Lưu: ?\S", "- Lưu VT, NV.", "- Lưu: VT, NV."),
            (r"^V/v \S", "V/v: rà soát", "V/v rà soát"),
            (r"^V/v \S", "V/vrà soát", "V/v rà soát"),
            (r"^V/v \S", "V/V rà soát", "V/v rà soát"),
            (r"^Nơi nhận: ?$", "NƠI NHẬN", "Nơi nhận:"),
            (r"^Kính gửi:", "kính gửi Sở Nội vụ", "Kính gửi: Sở Nội vụ"),
        ] {
            assert_eq!(punctuated(line, &Regex::new(pattern).unwrap()).as_deref(), Some(wanted), "{line}");
        }
        let capitals = "KÍNH GỬI: SỞ Y TẾ";
        assert_eq!(punctuated(capitals, &Regex::new(r"^Kính gửi:").unwrap()), None);
        assert_eq!(punctuated("Người nhận", &Regex::new(r"^Nơi nhận:$").unwrap()), None);
    }

    #[test]
    fn zeros_are_put_where_the_profile_has_them_and_nowhere_else() {
        let profile = Profile::builtin();
        assert_eq!(padded_number("Số: 5/QĐ-SNV", profile).as_deref(), Some("Số: 05/QĐ-SNV"));
        assert_eq!(padded_number("Số: 005/QĐ-SNV", profile).as_deref(), Some("Số: 05/QĐ-SNV"));
        let line = "Hà Nội, ngày 5 tháng 04 năm 2026";
        assert_eq!(padded_date(line, profile).as_deref(), Some("Hà Nội, ngày 05 tháng 4 năm 2026"));
        assert_eq!(
            padded_date("Hà Nội, ngày tháng 1 năm 2026", profile).as_deref().unwrap_or("none"),
            "Hà Nội, ngày tháng 01 năm 2026"
        );
    }

    #[test]
    fn a_misspelt_text_of_the_state_is_meant_and_another_is_not() {
        let motto = "Độc lập - Tự do - Hạnh phúc";
        assert_eq!(meant("Độc lập-Tự do-Hạnh phúc", motto).as_deref(), Some(motto));
        assert_eq!(meant("ĐỘC LẬP – TỰ DO – HẠNH PHÚC", motto).as_deref(), Some(motto));
        assert_eq!(meant("Độc lập - Tự do", motto), None);
        assert_eq!(meant("Kính gửi: Các phòng thuộc Sở", motto), None);
    }

    #[test]
    fn tags_are_no_text() {
        assert_eq!(all("<w:p a=\"x\"><w:t>Hà</w:t> <w:delText>Nội</w:delText></w:p>"), "hànội");
    }
}
