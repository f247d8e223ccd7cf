//! Instants as JSON shows them: RFC 3339 in UTC with `Z`, to the microsecond as the databases keep them.
//!
//! For `#[serde(serialize_with = "…")]` on the naive UTC columns of rows. Not for legal dates, which have no time.

use chrono::{NaiveDateTime, SecondsFormat};
use serde::{Serialize, Serializer};

fn text(at: &NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// An instant.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(at: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(at))
}

/// An instant or `null`.
///
/// # Errors
/// The serializer's own.
pub fn optional<S: Serializer>(at: &Option<NaiveDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    at.as_ref().map(text).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Row {
        #[serde(serialize_with = "super::serialize")]
        at: chrono::NaiveDateTime,
        #[serde(serialize_with = "super::optional")]
        ended: Option<chrono::NaiveDateTime>,
    }

    #[test]
    fn an_instant_says_that_it_is_utc() {
        let at = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap().and_hms_micro_opt(7, 8, 9, 10).unwrap();
        let shown = serde_json::to_string(&Row { at, ended: None }).unwrap();
        assert_eq!(shown, r#"{"at":"2026-01-05T07:08:09.000010Z","ended":null}"#);
    }
}
