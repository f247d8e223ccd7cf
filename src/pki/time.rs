//! UTCTime and GeneralizedTime (ITU-T X.690, 11.7 and 11.8; RFC 5280, 4.1.2.5).

use super::der::{DerError, Tlv};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// Digits of a fraction of a second that are read: what is finer is cut.
const FRACTION_DIGITS: usize = 9;

/// Reads a UTCTime or GeneralizedTime, which must be in UTC.
///
/// # Errors
/// When it is another type, has no `Z`, or is no instant.
pub fn read(tlv: &Tlv<'_>) -> Result<DateTime<Utc>, DerError> {
    let broken = DerError("no time in UTC");
    let text = std::str::from_utf8(tlv.value).map_err(|_| broken)?.strip_suffix('Z').ok_or(broken)?;
    let (year, rest) = match tlv.tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2).ok_or(broken)?;
            let year = number(year).ok_or(broken)?;
            // RFC 5280, 4.1.2.5.1: 50 to 99 are of the last century.
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4).ok_or(broken)?;
            (number(year).ok_or(broken)?, rest)
        }
        _ => return Err(broken),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) if tlv.tag == GENERALIZED_TIME => (whole, fraction),
        Some(_) => return Err(broken),
        None => (rest, "0"),
    };
    let mut parts = [0_u32; 5];
    if whole.len() != 10 || !whole.is_ascii() {
        return Err(broken);
    }
    for (place, part) in parts.iter_mut().enumerate() {
        *part = whole.get(place * 2..place * 2 + 2).and_then(number).ok_or(broken)?;
    }
    let [month, day, hour, minute, second] = parts;
    let year = i32::try_from(year).map_err(|_| broken)?;
    let at =
        NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(hour, minute, second));
    let nanoseconds = nanoseconds(fraction).ok_or(broken)?;
    Ok(at.ok_or(broken)?.and_utc() + TimeDelta::nanoseconds(nanoseconds))
}

fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn nanoseconds(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(FRACTION_DIGITS).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::der::{Reader, tlv};
    use super::*;

    fn of(tag: u8, text: &str) -> Option<String> {
        let coded = tlv(tag, text.as_bytes());
        read(&Reader::new(&coded).read().unwrap()).ok().map(|at| at.to_rfc3339())
    }

    #[test]
    fn the_years_of_utc_time_turn_in_1950() {
        assert_eq!(of(UTC_TIME, "500101000000Z").unwrap(), "1950-01-01T00:00:00+00:00");
        assert_eq!(of(UTC_TIME, "491231235959Z").unwrap(), "2049-12-31T23:59:59+00:00");
    }

    #[test]
    fn fractions_of_a_time_stamp_are_kept() {
        assert_eq!(of(GENERALIZED_TIME, "20261123080000.25Z").unwrap(), "2026-11-23T08:00:00.250+00:00");
    }

    #[test]
    fn what_is_no_instant_in_utc_is_refused() {
        for text in
            ["20261123080000", "20261323080000Z", "2026112308Z", "20261123080000+0700", "+0261123080000Z", ""]
        {
            assert_eq!(of(GENERALIZED_TIME, text), None, "{text}");
        }
        assert_eq!(of(UTC_TIME, "261123080000.5Z"), None);
    }
}
