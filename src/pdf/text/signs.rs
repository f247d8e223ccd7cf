//! What a character is as text, without making a text of each: a page has thousands, nearly all of them from the
//! first few blocks of Unicode.

use std::borrow::Cow;
use std::sync::OnceLock;

/// Characters below this are kept: Latin with all Vietnamese letters, Greek, Cyrillic, punctuation.
const END: u32 = 0x2100;

/// All of them, one after the other.
fn kept() -> &'static str {
    static KEPT: OnceLock<String> = OnceLock::new();
    KEPT.get_or_init(|| (0..END).filter_map(char::from_u32).collect())
}

/// A character as text.
pub(super) fn text_of(character: char) -> Cow<'static, str> {
    let code = u32::from(character);
    // UTF-8 has one byte below 0x80, two below 0x800, three up to where these end.
    let at = match code {
        0..0x80 => code,
        0x80..0x800 => 0x80 + (code - 0x80) * 2,
        _ => 0x80 + (0x800 - 0x80) * 2 + code.saturating_sub(0x800).saturating_mul(3),
    };
    let at = usize::try_from(at).ok().filter(|_| code < END);
    let text = at.and_then(|at| kept().get(at..at + character.len_utf8()));
    text.map_or_else(|| Cow::Owned(character.to_string()), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_the_text_it_would_be_by_itself() {
        for character in (0..0x3000).chain(0x1_f600..0x1_f610).filter_map(char::from_u32) {
            assert_eq!(text_of(character), character.to_string());
        }
    }
}
