//! Dates of PDF (ISO 32000-2, 7.9.4).

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// A PDF date, in UTC.
#[must_use]
pub fn pdf_date(at: DateTime<Utc>) -> String {
    at.format("D:%Y%m%d%H%M%S+00'00'").to_string()
}

/// The instant of a PDF date; none when it is less than a whole date with time.
#[must_use]
pub fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (digits, zone) = text.split_at_checked(14)?;
    let local = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    let zone: String = zone.chars().filter(|character| *character != '\'').collect();
    let minutes = match zone.as_bytes() {
        [] | [b'Z', ..] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let text = std::str::from_utf8(rest).ok()?;
            let hours: i64 = text.get(..2)?.parse().ok()?;
            let minutes: i64 = text.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
            let total = hours * 60 + minutes;
            if *sign == b'-' { -total } else { total }
        }
        _ => return None,
    };
    Some((local - TimeDelta::minutes(minutes)).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_a_date_counts() {
        // The example of ISO 32000-2, 7.9.4: 23 December 1998, 19:52, eight hours behind UTC.
        let at = parse_date("D:199812231952-08'00");
        assert_eq!(at, None, "without seconds it is no instant");
        let at = parse_date("D:19981223195200-08'00'").unwrap();
        assert_eq!(at.to_rfc3339(), "1998-12-24T03:52:00+00:00");
        assert_eq!(parse_date("D:20261123150000+07'00'"), parse_date("D:20261123080000Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "D:", "D:20261323080000Z", "D:20261123080000+x", "hôm nay 2026 11"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
