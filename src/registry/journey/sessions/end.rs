//! The other ends of a session: nobody wants it any more, or its time is over.

use super::super::super::error::Error;
use super::super::super::rows::{SessionState, SigningSession, SigningSessionId};
use super::{ended, find_own, session_event, still_open};
use crate::audit::{Actor, record};
use crate::desk::Desk;
use crate::identity::Acting;
use crate::store::{self, Scope, Unit};

/// Sessions ended in one transaction.
const BATCH: i64 = 50;

/// Cancels an open session.
///
/// # Errors
/// When it isn't the caller's, has ended, or changed meanwhile.
pub fn cancel(
    unit: &mut Unit<'_>,
    by: &Acting,
    id: &SigningSessionId,
    expected: Option<i64>,
) -> Result<SigningSession, Error> {
    let found = find_own(unit.connection(), by, id)?;
    if expected.is_some_and(|expected| found.version != expected) {
        return Err(Error::Stale);
    }
    still_open(&found, unit.now())?;
    let changed = ended(unit, found, SessionState::Cancelled, None)?;
    record(unit, session_event(by, "signing_session.cancelled", &changed).touching(&changed))?;
    Ok(changed)
}

/// Ends every open session whose time is over, in all agencies; gives how many.
///
/// # Errors
/// When the store fails; what was ended until then is.
pub fn expire_due(desk: &Desk) -> Result<usize, store::Error> {
    let mut expired = 0;
    loop {
        let outcome = desk.database.write_rows_blocking(|unit| {
            let now = unit.now_stored();
            let due = SigningSession::due(unit.connection(), now, BATCH)?;
            let some = due.len();
            for session in due {
                let by = Acting {
                    scope: Scope::of(session.agency_id.clone()),
                    actor: Actor::System,
                    person: None,
                    appointments: Vec::new(),
                };
                let changed = ended(unit, session, SessionState::Expired, None)?;
                record(unit, session_event(&by, "signing_session.expired", &changed).touching(&changed))?;
            }
            Ok::<_, Error>(some)
        });
        let some = outcome.map_err(|error| match error {
            Error::Store(error) => error,
            // Somebody else ended one meanwhile.
            _ => store::Error::Conflict,
        })?;
        expired += some;
        if some < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(expired);
        }
    }
}
