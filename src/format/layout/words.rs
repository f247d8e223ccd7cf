//! Texts compared as readers compare them.

/// Texts longer than this are no titles, in characters.
const LENGTH: usize = 90;

/// Text that is compared: case and white space don't count, nor on which vowel of a pair the tone
/// stands (`HOÀ`, `HÒA`), which writers do both ways.
#[must_use]
pub fn folded(text: &str) -> String {
    // What an open pair of vowels is written as with the tone on its second, and on its first.
    const PAIRS: [(char, &str, char, &str); 3] =
        [('o', "àáảãạ", 'a', "òóỏõọ"), ('o', "èéẻẽẹ", 'e', "òóỏõọ"), ('u', "ỳýỷỹỵ", 'y', "ùúủũụ")];
    let toned = |first: char, second: char| {
        if second.is_ascii() {
            return None;
        }
        PAIRS.iter().filter(|(vowel, ..)| *vowel == first).find_map(|(_, seconds, plain, firsts)| {
            let (_, toned) = seconds.chars().zip(firsts.chars()).find(|(tone, _)| *tone == second)?;
            Some((toned, *plain))
        })
    };
    let mut folded = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_whitespace() {
            before = None;
            continue;
        }
        if before.is_none() && !folded.is_empty() {
            folded.push(' ');
        }
        match before.and_then(|before| toned(before, character)) {
            Some((first, second)) => {
                folded.pop();
                folded.push(first);
                folded.push(second);
                before = Some(second);
            }
            None => {
                folded.push(character);
                before = Some(character);
            }
        }
    }
    folded
}

/// Whether two texts differ in few characters only (a misspelling, another dash).
pub(in crate::format) fn close(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 4 || a.len() > LENGTH || b.len() < 8 {
        return false;
    }
    distance(&a, &b) * 6 <= b.len()
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, x) in a.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let value = (diagonal + usize::from(x != y)).min(left + 1).min(above + 1);
            diagonal = *above;
            left = value;
            next.push(value);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// Whether a text has letters and all are capitals.
pub(in crate::format) fn is_capitals(text: &str) -> bool {
    let mut any = false;
    for character in text.chars().filter(|character| character.is_alphabetic()) {
        if character.is_lowercase() {
            return false;
        }
        any = true;
    }
    any
}

/// Whether a text begins with a word, as a word of its own, whatever its case.
pub(in crate::format) fn begins(text: &str, word: &str) -> bool {
    let mut own = text.chars().flat_map(char::to_lowercase);
    for expected in word.chars().flat_map(char::to_lowercase) {
        if own.next() != Some(expected) {
            return false;
        }
    }
    own.next().is_none_or(|next| !next.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_placing_the_tone_are_one_word() {
        assert_eq!(folded("BẢN THOẢ THUẬN"), folded("Bản thỏa  thuận"));
        assert_eq!(folded("GIẤY UỶ QUYỀN"), folded("Giấy ủy quyền"));
    }

    #[test]
    fn a_misspelt_title_is_close_and_another_text_is_not() {
        let title = folded("Độc lập - Tự do - Hạnh phúc");
        assert!(close(&folded("Độc lập – Tự do – Hạnh phúc"), &title));
        assert!(!close(&folded("Kính gửi: Các sở, ban, ngành"), &title));
    }

    #[test]
    fn a_word_is_a_beginning_only_as_a_whole() {
        assert!(begins("SỞ NỘI VỤ", "Sở") && begins("PHỤ LỤC", "Phụ lục"));
        assert!(!begins("Sởi", "Sở") && !begins("S", "Sở"));
    }
}
