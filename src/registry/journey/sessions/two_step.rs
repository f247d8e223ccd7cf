//! The second of two steps: the signature value is verified over what was handed out, and put in its place.

use super::super::super::error::Error;
use super::super::super::rows::{Document, SessionState, SigningSession, SigningSessionId, Version};
use super::super::super::schema::versions;
use super::super::make::{Made, made_of, record_made};
use super::super::raise::{Asking, SignedAs, refused};
use super::super::{at_act, open_pdf};
use super::{ended, fail, find_own, place_of, refuse, session_event, still_open};
use crate::audit::record;
use crate::desk::{Desk, Level};
use crate::identity::Acting;
use crate::pdf::Source;
use crate::pdf::writer::{Appended, Gap};
use crate::pki::Choice;
use crate::signature::cms::Signatory;
use crate::signature::sign::check_certificate;
use crate::signature::timestamp::Stamper;
use crate::signature::two_step::{self, Begun, verified_value};
use crate::store::{self, Unit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;

/// A session whose signature came and held: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Concluded {
    pub(super) session: SigningSession,
    pub(super) made: Made,
}

/// What a session is about, read anew and still as it was when it began.
pub(super) struct Standing {
    pub(super) session: SigningSession,
    pub(super) document: Document,
    pub(super) source: Version,
}

/// The open session of a caller, with its document in the state and version it began with. One whose document moved on
/// ends here.
pub(super) fn standing(
    desk: &Desk,
    by: &Acting,
    id: &SigningSessionId,
    expected: Option<i64>,
    method: &str,
) -> Result<Standing, Error> {
    let session = desk.database.look_up_blocking(|c| find_own(c, by, id))?;
    if expected.is_some_and(|expected| expected != session.version) {
        return Err(Error::Stale);
    }
    still_open(&session, desk.now())?;
    if session.method != method {
        return Err(Error::refused("signing_method_differs"));
    }
    let found = desk.database.look_up_blocking(|c| {
        let document = &session.document_id;
        let (document, _) = at_act(c, &by.scope, document, Some(session.document_version), session.act())?;
        let source: Version = versions::table
            .filter(versions::agency_id.eq(by.scope.agency()))
            .filter(versions::id.eq(&session.source_version_id))
            .select(Version::as_select())
            .first(c)?;
        Ok::<_, Error>((document, source))
    });
    match found {
        Ok((document, source)) => Ok(Standing { session, document, source }),
        Err(error @ (Error::Stale | Error::IllegalTransition { .. })) => {
            fail(desk, by, &session, "changed_meanwhile")?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Verifies the value and makes the signed file; works on files and machines elsewhere only.
///
/// # Errors
/// When the session isn't open or isn't the caller's, the document changed, the value is none over what was handed
/// out, or the certificate may not sign any more.
pub fn conclude(
    desk: &Desk,
    by: &Acting,
    id: &SigningSessionId,
    expected: Option<i64>,
    value: &[u8],
) -> Result<Concluded, Error> {
    let Standing { session, document, source } = standing(desk, by, id, expected, "two_step")?;
    let broken = || store::Error::Unreadable("what a signing session hands out");
    let to_sign = session.to_sign().ok_or_else(broken)?;
    let (certificate, chain) = session.certificates()?;
    let scheme = Choice { pss: to_sign.pss, digest: None }.scheme(&certificate).map_err(|_| broken())?;
    let who = Signatory { certificate: &certificate, chain: &chain, scheme };
    let attributes = STANDARD.decode(&to_sign.attributes).map_err(|_| broken())?;
    let Ok(value) = verified_value(who, &attributes, value) else {
        refuse(desk, by, &session, "signing_value_wrong")?;
        return Err(Error::Unprocessable { code: "signing_value_wrong", args: Vec::new() });
    };
    let level = Level::parse(&session.level).ok_or_else(broken)?;
    let now = desk.now();
    check_certificate(&certificate, &chain, &desk.trust, now).map_err(|error| refused(&error))?;
    let asking = Asking::new(desk);
    let learnt = asking.standing(who, now, level)?;
    let authority = asking.authority(level)?;
    let stamper = authority.as_ref().map(|authority| -> &dyn Stamper { authority });
    let file = open_pdf(desk, &source)?;
    let bytes = std::fs::read(desk.objects.path(&session.kept_sha256))
        .map_err(|_| store::Error::Damaged(session.kept_sha256.clone()))?;
    let length = file.len() + u64::try_from(bytes.len()).map_err(|_| broken())?;
    let gap = Gap { start: to_sign.gap.0, end: to_sign.gap.1, length };
    let mut begun = Begun { appended: Appended { bytes, original: file.len(), gap: Some(gap) }, attributes };
    two_step::conclude(&mut begun, who, &value, stamper).map_err(|error| refused(&error))?;
    let signed = SignedAs { chain: &chain, at: session.signing_time.and_utc(), level, learnt };
    let raised = asking.raise((&file, begun.appended.bytes), &signed, stamper)?;
    let (field, role, _) = place_of(session.act());
    let place = (field, role, session.appointment_id.clone());
    let made = made_of(desk, (document, source), &file, &raised, place, (session.key_id.clone(), who))?;
    Ok(Concluded { session, made })
}

/// Records what a session gave: the document as after a signature by a held key, and the session's end.
///
/// # Errors
/// When the document or the session changed meanwhile, or the store fails.
pub fn record_concluded(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    concluded: &Concluded,
) -> Result<(Document, SigningSession), Error> {
    still_open(&concluded.session, unit.now())?;
    let document = record_made(unit, desk, by, concluded.session.act(), &concluded.made)?;
    let version = Version::current(unit.connection(), &by.scope, &document.id)?;
    let signed =
        SigningSession { signed_version_id: version.map(|version| version.id), ..concluded.session.clone() };
    let changed = ended(unit, signed, SessionState::Completed, None)?;
    record(unit, session_event(by, "signing_session.completed", &changed).touching(&changed))?;
    Ok((document, changed))
}
