//! The way of a document: each act is one use case, one transaction, one event. Files and keys are worked on before the
//! transaction, which then checks that nothing changed meanwhile.

mod augment;
mod check;
mod components;
mod intake;
mod make;
mod raise;
mod received;
pub mod sessions;

pub use augment::{Augmented, authority_until, make_augmented, make_renewed, record_augmented};
pub use check::{FORMAT_JOB, JudgedFile, OverlayError, Picture, check_one_format, judge_file};
pub use components::{NewComponent, attach, check_attach};
pub use intake::{Intake, TakenFile, check_revision, revise, take_in};
pub use make::{Made, make_prepared, make_sealed, make_signed, record_made};
pub use raise::KeptEvidence;
pub use received::{Judged, judge_received};

use super::error::Error;
use super::rows::{Document, DocumentId, Signature, Version};
use super::state::{Act, State};
use crate::audit::{NewEvent, record};
use crate::desk::Desk;
use crate::format::Kind;
use crate::identity::Acting;
use crate::pdf::FileSource;
use crate::signature::report::Report;
use crate::signature::validate::{self, Policy};
use crate::store::{self, AnyConnection, Scope, Unit};
use chrono::{DateTime, Utc};
use std::fs::File;

pub(super) fn id_failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
}

pub(super) fn event(by: &Acting, kind: &'static str, document: &DocumentId) -> NewEvent {
    NewEvent::new(kind, by.scope.agency().as_str(), &by.actor, "document", document.as_str())
}

/// The document, if the act is possible for it now.
pub(super) fn at_act(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &DocumentId,
    expected: Option<i64>,
    act: Act,
) -> Result<(Document, State), Error> {
    let found = Document::find(c, scope, document)?.ok_or(Error::NotFound("document"))?;
    if expected.is_some_and(|expected| expected != found.version) {
        return Err(Error::Stale);
    }
    let state = found.state()?;
    let next = state.after(act).ok_or(Error::IllegalTransition { state, act })?;
    Ok((found, next))
}

pub(super) fn advance(unit: &mut Unit<'_>, document: Document, next: State) -> Result<Document, Error> {
    let now = unit.now_stored();
    Ok(Document { state: next.as_str().to_owned(), changed_at: now, ..document }.save(unit.connection())?)
}

/// A PDF version, open.
pub(super) fn open_pdf(desk: &Desk, version: &Version) -> Result<FileSource, Error> {
    if version.media_type != Kind::Pdf.media_type() {
        return Err(Error::refused("document_is_no_pdf"));
    }
    let file: File = desk.objects.open_kept(&version.sha256)?;
    FileSource::new(file).map_err(|source| store::Error::Io { what: "opening kept bytes", source }.into())
}

pub(super) fn unprocessable(code: &'static str, why: &dyn std::fmt::Display) -> Error {
    Error::Unprocessable { code, args: vec![("why", why.to_string())] }
}

/// The verdict on a version of a document, now, with what was kept when it was signed, and with what the network tells
/// where that doesn't suffice.
///
/// # Errors
/// When it can't be read as a PDF, or the database fails.
pub fn verdict_of(desk: &Desk, scope: &Scope, document: &DocumentId, sha256: &str) -> Result<Report, Error> {
    judge_version(desk, scope, document, sha256).map(|(judged, _)| judged.report)
}

/// The verdict with what it rests on, and the time it was given at.
///
/// # Errors
/// As [`verdict_of`].
pub fn judge_version(
    desk: &Desk,
    scope: &Scope,
    document: &DocumentId,
    sha256: &str,
) -> Result<(validate::Judged, DateTime<Utc>), Error> {
    let rows = desk.database.look_up_blocking(|c| Signature::of(c, scope, document))?;
    judge_kept(desk, sha256, &rows)
}

/// The verdict on kept bytes with what these rows keep.
fn judge_kept(
    desk: &Desk,
    sha256: &str,
    rows: &[Signature],
) -> Result<(validate::Judged, DateTime<Utc>), Error> {
    let file = desk.objects.open_kept(sha256)?;
    let source =
        FileSource::new(file).map_err(|source| store::Error::Io { what: "opening kept bytes", source })?;
    let policy = Policy { trust: desk.trust.as_ref().clone(), at: desk.now() };
    let judged = raise::judge(desk, &source, &policy, rows);
    judged.map(|judged| (judged, policy.at)).map_err(|error| unprocessable(error.code(), &error))
}

/// Issues a sealed document.
///
/// # Errors
/// When the act isn't possible or it changed meanwhile.
pub fn issue(
    unit: &mut Unit<'_>,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
) -> Result<Document, Error> {
    let (found, next) = at_act(unit.connection(), &by.scope, document, expected, Act::Issue)?;
    let changed = advance(unit, found, next)?;
    let recorded =
        event(by, "document.issued", document).detail("notation", &changed.notation).touching(&changed);
    record(unit, recorded)?;
    Ok(changed)
}
