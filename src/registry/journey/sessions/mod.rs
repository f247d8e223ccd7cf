//! Signing with keys the service doesn't hold: a session is begun, what is to be signed is handed out, and what comes
//! back is verified before it is in the document.
//!
//! Two ways: in two steps (the attributes go out, the signature value comes back) and by a program on somebody's desktop
//! (the file goes out, the signed file comes back). Either way the end is that of a signature by a held key: the same
//! version, row, event and level.

mod begin;
mod desktop;
mod end;
mod two_step;

pub use begin::{Begun, CertificateChoice, Method, Wanted, begin, record_begun};
pub use desktop::{hand_out, take_back};
pub use end::{cancel, expire_due};
pub use two_step::{Concluded, conclude, record_concluded};

use super::super::error::Error;
use super::super::rows::{SessionState, SigningSession, SigningSessionId};
use super::super::state::Act;
use super::event;
use crate::audit::{NewEvent, record};
use crate::desk::Desk;
use crate::identity::Acting;
use crate::signature::prepare;
use crate::store::{AnyConnection, Unit};
use chrono::{DateTime, Utc};

/// Wrong signatures that are borne with before a session fails.
pub const TRIES: i32 = 5;

/// The prepared field of an act, the role of its signature, and the purpose of its key.
pub(super) fn place_of(act: Act) -> (&'static str, &'static str, &'static str) {
    match act {
        Act::Sign => (prepare::PERSONAL, "personal", "personal"),
        _ => (prepare::AGENCY, "agency", "agency_seal"),
    }
}

/// An event of a session stands in the trail of its document.
pub(super) fn session_event(by: &Acting, kind: &'static str, session: &SigningSession) -> NewEvent {
    event(by, kind, &session.document_id)
        .detail("session", &session.id)
        .detail("act", &session.act)
        .detail("method", &session.method)
}

/// The session, for who may complete or cancel it: of a person's signature the one who began it in an appointment that
/// is still theirs; of the seal whoever may seal.
///
/// # Errors
/// When there is none, or it is somebody else's.
pub fn find_own(c: &mut AnyConnection, by: &Acting, id: &SigningSessionId) -> Result<SigningSession, Error> {
    let found = SigningSession::find(c, &by.scope, id)?.ok_or(Error::NotFound("signing_session"))?;
    match &found.appointment_id {
        Some(appointment) if !by.appointments.contains(appointment) => {
            Err(Error::Forbidden { code: "appointment_not_yours" })
        }
        _ => Ok(found),
    }
}

/// Refuses a session that has ended, or whose time is over.
pub(super) fn still_open(session: &SigningSession, now: DateTime<Utc>) -> Result<(), Error> {
    let state = match session.state()? {
        SessionState::Open if session.expires_at <= now.naive_utc() => SessionState::Expired,
        state => state,
    };
    match state {
        SessionState::Open => Ok(()),
        ended => Err(Error::Refused {
            code: "signing_session_ended",
            args: vec![("state", ended.as_str().to_owned())],
        }),
    }
}

/// Ends an open session; the event says how.
pub(super) fn ended(
    unit: &mut Unit<'_>,
    session: SigningSession,
    next: SessionState,
    reason: Option<&str>,
) -> Result<SigningSession, Error> {
    if !session.state()?.may_become(next) {
        return Err(Error::Refused {
            code: "signing_session_ended",
            args: vec![("state", session.state.clone())],
        });
    }
    let now = unit.now_stored();
    let changed = SigningSession {
        state: next.as_str().to_owned(),
        reason: reason.map(str::to_owned),
        ended_at: Some(now),
        ..session
    };
    Ok(changed.save(unit.connection())?)
}

/// Counts a signature that was refused; after too many the session fails. The document is untouched.
pub(super) fn refuse(
    desk: &Desk,
    by: &Acting,
    session: &SigningSession,
    code: &'static str,
) -> Result<(), Error> {
    let (by, session) = (by.clone(), session.clone());
    desk.database.write_rows_blocking(move |unit| {
        let refusals = session.refusals + 1;
        let counted = SigningSession { refusals, ..session.clone() };
        let changed = if refusals >= TRIES {
            ended(unit, counted, SessionState::Failed, Some("signing_tries_used_up"))?
        } else {
            counted.save(unit.connection())?
        };
        let told = session_event(&by, "signing_session.refused", &changed)
            .detail("refusals", refusals)
            .touching(&changed)
            .refused(code);
        record(unit, told)?;
        if changed.state == SessionState::Failed.as_str() {
            let told = session_event(&by, "signing_session.failed", &changed)
                .detail("reason", &changed.reason)
                .touching(&changed);
            record(unit, told)?;
        }
        Ok(())
    })
}

/// Ends a session that can't be completed any more, for the document isn't the one it began with.
pub(super) fn fail(
    desk: &Desk,
    by: &Acting,
    session: &SigningSession,
    reason: &'static str,
) -> Result<(), Error> {
    let (by, session) = (by.clone(), session.clone());
    desk.database.write_rows_blocking(move |unit| {
        let changed = ended(unit, session.clone(), SessionState::Failed, Some(reason))?;
        let told = session_event(&by, "signing_session.failed", &changed)
            .detail("reason", reason)
            .touching(&changed);
        record(unit, told)?;
        Ok(())
    })
}
