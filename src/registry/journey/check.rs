//! Judging the format of what was taken in: a job of its own.

use super::super::findings;
use super::super::rows::{FormatCheck, VersionId};
use super::super::schema::format_checks;
use crate::audit::{NewEvent, record};
use crate::desk::Desk;
use crate::format::FormatError;
use crate::format::overlay::{self, Encoding};
use crate::format::report::Report;
use crate::messages::Language;
use crate::pdf::picture::PictureError;
use crate::pdf::text;
use crate::store::{self, Scope, jobs};
use diesel::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

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
    // A file that makes the reader panic, or the process die again and again, is told to be unreadable; the others
    // go on.
    let unreadable = || FormatError::Pdf("the reader failed".to_owned());
    let outcome = if job.is_hopeless() {
        Err(unreadable())
    } else {
        let judged = catch_unwind(AssertUnwindSafe(|| judge_format(desk, &text("sha256"))));
        judged.unwrap_or_else(|_| Err(unreadable()))
    };
    let (state, report, judged) = match outcome {
        Ok(report) => ("done", serde_json::json!(report).to_string(), Some(report)),
        Err(error) => (
            "failed",
            serde_json::json!({ "error": { "code": error.code(), "message": crate::messages::message(error.code(), &[("why", &error.to_string())]) } })
                .to_string(),
            None,
        ),
    };
    let version = VersionId::parse(&text("version"));
    desk.database.write_rows_blocking(move |unit| {
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
                if let Some(judged) = &judged {
                    findings::count(unit, &scope, version, judged)?;
                }
            }
        }
        jobs::finish(unit, &job.id, "done", state)
    })?;
    Ok(true)
}

fn judge_format(desk: &Desk, sha256: &str) -> Result<Report, FormatError> {
    match judge_file(desk, &desk.objects.path(sha256), sha256) {
        Ok(judged) => Ok(judged.report),
        Err(OverlayError::Format(error)) => Err(error),
        Err(error) => Err(FormatError::Pdf(error.to_string())),
    }
}

/// Why a file isn't judged or drawn.
#[derive(Debug, thiserror::Error)]
pub enum OverlayError {
    /// It can't be read as what it is.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It can't be painted.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Its bytes can't be had.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A file that was judged.
#[derive(Debug)]
pub struct JudgedFile {
    /// What the rules say of it.
    pub report: Report,
    /// Where its bytes are; none when it is larger than is read.
    path: Option<PathBuf>,
}

/// Which picture of a page is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Picture {
    /// From 1; the first with findings when none.
    pub page: Option<usize>,
    /// How it is encoded.
    pub encoding: Encoding,
    /// The language of what is written on it.
    pub language: Language,
}

/// Judges a file by the profile in force here.
///
/// # Errors
/// [`OverlayError`].
pub fn judge_file(desk: &Desk, path: &Path, sha256: &str) -> Result<JudgedFile, OverlayError> {
    let failed = |source| store::Error::Io { what: "reading a file to be judged", source };
    let limits = text::Limits::default();
    // Above the limit nothing is read into memory: the report says so rule by rule.
    if std::fs::metadata(path).map_err(failed)?.len() > limits.file {
        return Ok(JudgedFile { report: crate::format::too_large(sha256, &desk.profile), path: None });
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let report = crate::format::check(bytes, &desk.profile, &limits)?;
    Ok(JudgedFile { report, path: Some(path.to_path_buf()) })
}

impl JudgedFile {
    /// A page of it with its findings.
    ///
    /// # Errors
    /// When there is no such page, or it can't be painted.
    pub fn draw(&self, desk: &Desk, picture: &Picture) -> Result<Vec<u8>, OverlayError> {
        let path = self.path.as_ref().ok_or(PictureError::TooLarge)?;
        if self.report.file.kind != "pdf" {
            return Err(PictureError::NoPage.into());
        }
        let first = overlay::pages(&self.report).first().copied().unwrap_or(1);
        let page = picture.page.unwrap_or(first);
        let (encoding, language) = (picture.encoding, picture.language);
        let limits = text::Limits::default();
        let failed = |source| store::Error::Io { what: "reading a file to be drawn", source };
        let bytes = std::fs::read(path).map_err(failed)?;
        Ok(overlay::draw(&bytes, &self.report, &desk.profile, page, encoding, language, &limits)?)
    }
}
