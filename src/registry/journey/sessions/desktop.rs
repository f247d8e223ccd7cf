//! The way over a desktop: the file is fetched once, and what somebody's own program signed is brought back and judged
//! before it becomes the document's next version.
//!
//! Nothing in what comes is believed: it must be the file that was given, with one signature more by the certificate of
//! the session, and that signature must hold by the service's own judgement. A refused file leaves nothing but an event.

use super::super::super::error::Error;
use super::super::super::rows::{Document, SigningSession, Version};
use super::super::super::schema::versions;
use super::super::make::{Made, made_of};
use super::super::raise::{Asking, SignedAs, refused, stamped};
use super::super::unprocessable;
use super::two_step::{Concluded, Standing, standing};
use super::{place_of, refuse, session_event, still_open};
use crate::audit::record;
use crate::desk::{Desk, Level};
use crate::identity::Acting;
use crate::pdf::FileSource;
use crate::pki::Choice;
use crate::signature::changes::Class;
use crate::signature::cms::Signatory;
use crate::signature::report::{Indication, Report};
use crate::signature::returned::{ReturnedError, examine};
use crate::signature::sign::check_certificate;
use crate::signature::timestamp::Stamper;
use crate::store::{self, Unit};
use diesel::prelude::*;
use std::fs::File;
use std::path::Path;

/// What a verdict may leave open where revocation needn't be kept, as for a key held here.
const OPEN: [&str; 2] = ["revocation_unknown", "revocation_stale"];

/// Gives the file to be signed away, once: its digest and its name.
///
/// # Errors
/// When the session isn't open, or the file was fetched before.
pub fn hand_out(
    unit: &mut Unit<'_>,
    by: &Acting,
    session: &SigningSession,
) -> Result<(SigningSession, String), Error> {
    still_open(session, unit.now())?;
    if session.downloaded_at.is_some() {
        return Err(Error::Gone { code: "signing_link_used" });
    }
    let now = unit.now_stored();
    let changed = SigningSession { downloaded_at: Some(now), ..session.clone() }.save(unit.connection())?;
    let source: Version = versions::table
        .filter(versions::agency_id.eq(by.scope.agency()))
        .filter(versions::id.eq(&changed.source_version_id))
        .select(Version::as_select())
        .first(unit.connection())?;
    let told = session_event(by, "signing_session.fetched", &changed)
        .detail("sha256", &changed.kept_sha256)
        .touching(&changed);
    record(unit, told)?;
    Ok((changed, source.file_name))
}

/// Judges what came back, at `path`, and makes the signed file; works on files and machines elsewhere only.
///
/// # Errors
/// When the session isn't open, the document changed, the file isn't the one given with one good signature more by the
/// certificate of the session, or the certificate may not sign any more.
pub fn take_back(
    desk: &Desk,
    by: &Acting,
    session: &SigningSession,
    path: &Path,
) -> Result<Concluded, Error> {
    let Standing { session, document, source } =
        standing(desk, by, &session.id, Some(session.version), "desktop")?;
    let outcome = judged(desk, &session, document, source, path);
    if let Err(Error::Unprocessable { code, .. }) = &outcome {
        refuse(desk, by, &session, code)?;
    }
    outcome.map(|made| Concluded { session, made })
}

fn judged(
    desk: &Desk,
    session: &SigningSession,
    document: Document,
    source: Version,
    path: &Path,
) -> Result<Made, Error> {
    let open = |file: File| {
        FileSource::new(file).map_err(|source| store::Error::Io { what: "reading what came back", source })
    };
    let file =
        File::open(path).map_err(|source| store::Error::Io { what: "reading what came back", source })?;
    let (given, file) = (open(desk.objects.open_kept(&session.kept_sha256)?)?, open(file)?);
    let (certificate, chain) = session.certificates()?;
    let broken = || store::Error::Unreadable("a signing session");
    let (prepared, role, _) = place_of(session.act());
    let found = examine(&given, &file, prepared, &certificate, desk.signing.desktop_pkcs7)
        .map_err(|error| not_taken(&error))?;
    let scheme = Choice::default().scheme(&certificate).map_err(|_| broken())?;
    let who = Signatory { certificate: &certificate, chain: &chain, scheme };
    let level = Level::parse(&session.level).ok_or_else(broken)?;
    let now = desk.now();
    check_certificate(&certificate, &chain, &desk.trust, now).map_err(|error| refused(&error))?;
    let asking = Asking::new(desk);
    let learnt = asking.standing(who, now, level)?;
    let authority = asking.authority(level)?;
    let stamper = authority.as_ref().map(|authority| -> &dyn Stamper { authority });
    // Judged before anything is put behind it: no authority stamps what isn't taken.
    let signed = |level| SignedAs { chain: &chain, at: now, level, learnt };
    let bare = asking.raise((&file, Vec::new()), &signed(Level::Basic), None)?;
    holds(&bare.report, &found.field, level)?;
    let raised = match stamper {
        None => bare,
        Some(stamper) => {
            let rng = desk.database.rng().as_ref();
            // A time-stamp in the signature is the signer's to add; one over the whole does as well (EN 319 142-1, 6.3).
            let more = if found.is_stamped { Vec::new() } else { stamped(&file, stamper, rng)? };
            asking.raise((&file, more), &signed(level), Some(stamper))?
        }
    };
    let place = (found.field.as_str(), role, session.appointment_id.clone());
    made_of(desk, (document, source), &file, &raised, place, (session.key_id.clone(), who))
}

/// Whether the new signature holds, and every earlier one as well as it did.
fn holds(report: &Report, field: &str, level: Level) -> Result<(), Error> {
    let own = report.signatures.iter().find(|signature| signature.field == field);
    let refused = |code: &'static str, why: String| Error::Unprocessable { code, args: vec![("why", why)] };
    let Some(own) = own.filter(|own| own.integrity == "intact") else {
        return Err(refused("upload_signature_fails", "integrity".to_owned()));
    };
    let why = || {
        let codes: Vec<&str> = own.reasons.iter().map(|reason| reason.code.as_str()).collect();
        codes.join(", ")
    };
    let only_open = own.reasons.iter().all(|reason| OPEN.contains(&reason.code.as_str()));
    match own.indication {
        Indication::Passed => {}
        Indication::Indeterminate if level < Level::LongTerm && only_open => {}
        _ => return Err(refused("upload_signature_fails", why())),
    }
    if own.changes_after > Class::ValidationData {
        return Err(refused("upload_changes_more", why()));
    }
    match report.signatures.iter().find(|one| one.indication == Indication::Failed) {
        Some(broken) => Err(refused("upload_breaks_signature", broken.field.clone())),
        None => Ok(()),
    }
}

fn not_taken(error: &ReturnedError) -> Error {
    let code = match error {
        ReturnedError::Pdf(error) => return unprocessable("upload_unreadable", error),
        ReturnedError::NotAppended => "upload_not_appended",
        ReturnedError::NotSigned => "upload_not_signed",
        ReturnedError::Several(_) => "upload_signed_several_times",
        ReturnedError::Field(_) => "upload_field_of_another",
        ReturnedError::Invisible(_) => "upload_signature_invisible",
        ReturnedError::Kind(_) => "upload_signature_kind",
        ReturnedError::Signer => "upload_signer_is_another",
        ReturnedError::Changed(_) => "upload_changes_more",
    };
    unprocessable(code, error)
}
