//! Which of several representations a caller would rather have (RFC 9110, 12.5.1).

/// Ranges of one header that are looked at; a browser sends some ten.
const RANGE_LIMIT: usize = 64;

/// The offered media type the caller likes best, the first of equals; without a header the first. None: none of them
/// is acceptable.
#[must_use]
pub fn choose<'o>(accept: Option<&str>, offered: &[&'o str]) -> Option<&'o str> {
    let Some(accept) = accept.map(str::trim).filter(|text| !text.is_empty()) else {
        return offered.first().copied();
    };
    let mut best: Option<(u16, &'o str)> = None;
    for one in offered {
        let quality = quality(accept, one);
        if quality > 0 && best.is_none_or(|(known, _)| quality > known) {
            best = Some((quality, one));
        }
    }
    best.map(|(_, one)| one)
}

/// The offered language the caller likes best (RFC 9110, 12.5.4; RFC 4647, 3.3.1), the first named of equals. None: none
/// of them is asked for.
#[must_use]
pub fn choose_language<'o>(accept: Option<&str>, offered: &[&'o str]) -> Option<&'o str> {
    let mut best: Option<(u16, &'o str)> = None;
    for range in accept.unwrap_or_default().split(',').take(RANGE_LIMIT) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let language = name.split('-').next().unwrap_or_default();
        let Some(one) = offered.iter().find(|one| language == "*" || language == **one) else { continue };
        let weight = weight(parts);
        if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, one));
        }
    }
    best.map(|(_, one)| one)
}

/// What the parameters of a range say of its weight, in thousandths.
fn weight<'p>(mut parameters: impl Iterator<Item = &'p str>) -> u16 {
    let weight = parameters.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    weight.map_or(1000, thousandths)
}

/// How much a media type is liked, in thousandths: what the most specific range that covers it says.
fn quality(accept: &str, offered: &str) -> u16 {
    let kind = offered.split('/').next().unwrap_or_default();
    let mut found = (0, 0);
    for range in accept.split(',').take(RANGE_LIMIT) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specific = match name.as_str() {
            "*/*" => 1,
            name if name.strip_suffix("/*") == Some(kind) => 2,
            name if name == offered => 3,
            _ => continue,
        };
        if specific > found.0 {
            found = (specific, weight(parts));
        }
    }
    found.1
}

/// A weight: `0` to `1` with up to three digits; anything else is none.
fn thousandths(text: &str) -> u16 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" if digits && rest.bytes().all(|byte| byte == b'0') => 1000,
        "0" if digits => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{choose, choose_language};

    #[test]
    fn the_language_liked_best_is_chosen_and_the_first_of_equals() {
        for (accept, expected) in [
            (Some("en"), Some("en")),
            (Some("en-US,en;q=0.9,vi;q=0.8"), Some("en")),
            (Some("vi;q=0.1, en;q=0.9"), Some("en")),
            (Some("vi-VN,vi;q=0.9,en;q=0.8"), Some("vi")),
            (Some("fr, en;q=0.5"), Some("en")),
            (Some("en;q=0, vi;q=0.1"), Some("vi")),
            (Some("*"), Some("vi")),
            (Some("fr"), None),
            (Some(""), None),
            (None, None),
        ] {
            assert_eq!(choose_language(accept, &["vi", "en"]), expected, "{accept:?}");
        }
    }

    #[test]
    fn the_most_specific_range_says_how_much_a_type_is_liked() {
        const OFFERED: [&str; 3] = ["application/json", "application/xml", "text/html"];
        let html = Some("text/html");
        let json = Some("application/json");
        let xml = Some("application/xml");
        for (accept, wanted) in [
            (None, json),
            (Some(""), json),
            (Some("*/*"), json),
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), html),
            (Some("application/*"), json),
            (Some("application/*;q=0.5, text/*"), html),
            (Some("*/*, application/json;q=0"), xml),
            (Some("APPLICATION/XML"), xml),
            (Some("text/html;q=0.1, application/xml;q=0.101"), xml),
            (Some("application/pdf"), None),
            (Some("application/json;q=0"), None),
            (Some("application/json;q=2"), None),
            (Some("application/json;q=0.0001"), None),
            (Some("nonsense;;;q=,"), None),
            (Some("application/xml; charset=utf-8 ;q=1.000"), xml),
        ] {
            assert_eq!(choose(accept, &OFFERED), wanted, "{accept:?}");
        }
    }
}
