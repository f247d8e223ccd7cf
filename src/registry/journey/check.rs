//! Judging the format of what was taken in: a job of its own.

use super::super::rows::{FormatCheck, VersionId};
use super::super::schema::format_checks;
use crate::audit::{NewEvent, record};
use crate::desk::Desk;
use crate::pdf::text;
use crate::store::{self, Scope, jobs};
use diesel::prelude::*;

/// The job that judges a version's format.
pub const FORMAT_JOB: &str = "format_check";

/// Judges the format of one waiting version; false when none waits.
///
/// # Errors
/// When the store fails.
pub fn check_one_format(desk: &Desk) -> Result<bool, store::Error> {
    let Some(job) = jobs::claim(&desk.database, FORMAT_JOB)? else { return Ok(false) };
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let text =
        |key: &str| payload.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let outcome = judge_format(desk, &text("sha256"));
    let (state, report) = match outcome {
        Ok(report) => ("done", report),
        Err(error) => (
            "failed",
            serde_json::json!({ "error": { "code": error.code(), "message": crate::messages::message(error.code(), &[("why", &error.to_string())]) } })
                .to_string(),
        ),
    };
    let version = VersionId::parse(&text("version"));
    desk.database.write_blocking(move |unit| {
        let now = unit.now_stored();
        if let Some(version) = &version {
            let scope = Scope::of(job.agency_id.clone());
            if let Some(found) = FormatCheck::of(unit.connection(), &scope, version)? {
                let check = FormatCheck {
                    state: state.to_owned(),
                    report: Some(report.clone()),
                    checked_at: Some(now),
                    ..found
                };
                diesel::update(format_checks::table.filter(format_checks::version_id.eq(version)))
                    .set(&check)
                    .execute(unit.connection())?;
                let recorded = NewEvent::new(
                    "format.checked",
                    job.agency_id.as_str(),
                    &crate::audit::Actor::System,
                    "version",
                    version.as_str(),
                )
                .detail("outcome", state)
                .touching(&check);
                record(unit, recorded)?;
            }
        }
        jobs::finish(unit, &job.id, "done", state)
    })?;
    Ok(true)
}

fn judge_format(desk: &Desk, sha256: &str) -> Result<String, crate::format::FormatError> {
    let unreadable = |error: &dyn std::fmt::Display| crate::format::FormatError::Pdf(error.to_string());
    let limits = text::Limits::default();
    let path = desk.objects.path(sha256);
    let size = std::fs::metadata(&path).map_err(|error| unreadable(&error))?.len();
    // Above the limit nothing is read into memory: the report says so rule by rule.
    let bytes = if size > limits.file {
        return Ok(serde_json::json!(crate::format::too_large(sha256, &desk.profile)).to_string());
    } else {
        std::fs::read(path).map_err(|error| unreadable(&error))?
    };
    let report = crate::format::check(bytes, &desk.profile, &limits)?;
    Ok(serde_json::json!(report).to_string())
}
