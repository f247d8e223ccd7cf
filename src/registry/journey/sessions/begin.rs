//! Beginning a session: certificate and document are judged, what is to be signed is made and kept before it is handed
//! out.

use super::super::super::error::Error;
use super::super::super::rows::{
    DocumentId, SessionState, SigningSession, SigningSessionId, ToSign, Version,
};
use super::super::super::state::Act;
use super::super::make::{Before, before, identifier, keep_appended, picture, texts};
use super::super::raise::{Asking, refused};
use super::super::{at_act, id_failed, open_pdf, unprocessable};
use super::{place_of, session_event};
use crate::audit::record;
use crate::desk::{Desk, Level};
use crate::identity::keys::may_use;
use crate::identity::rows::Key;
use crate::identity::{Acting, AppointmentId, KeyId};
use crate::pdf::writer::RevisionWriter;
use crate::pdf::{FileSource, Pdf};
use crate::pki::{Certificate, Choice};
use crate::signature::appearance::Appearance;
use crate::signature::cms::Signatory;
use crate::signature::fill::{Fill, fill};
use crate::signature::sign::{Request, SignError, check_certificate};
use crate::signature::timestamp::Stamper;
use crate::signature::two_step;
use crate::store::objects::{Kept, record_use};
use crate::store::{self, Unit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// How the signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The attributes go out, the value comes back.
    TwoStep {
        /// Whether an RSA key signs by PSS.
        pss: bool,
    },
    /// The file goes out, the signed file comes back.
    Desktop,
}

impl Method {
    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TwoStep { .. } => "two_step",
            Self::Desktop => "desktop",
        }
    }
}

/// With which of the registered certificates is signed.
#[derive(Debug, Clone)]
pub enum CertificateChoice {
    /// The one registered under this identifier.
    Registered(KeyId),
    /// This one, which must be registered, with its chain; the registered chain when that is empty.
    Given(Box<Certificate>, Vec<Certificate>),
}

/// What is to be begun.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The document.
    pub document: DocumentId,
    /// Signing as a person in an appointment, or sealing.
    pub appointment: Option<AppointmentId>,
    /// With what.
    pub certificate: CertificateChoice,
    /// How.
    pub method: Method,
    /// SHA-256 of the tokens the file is fetched and brought with, for a desktop.
    pub links: Option<(String, String)>,
}

/// A session made ready: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Begun {
    session: SigningSession,
    kept: Option<Kept>,
}

/// Judges and makes what is to be signed; works on files and machines elsewhere only.
///
/// # Errors
/// When the act isn't possible, the caller isn't who is to do it, or the certificate may not sign.
pub fn begin(desk: &Desk, by: &Acting, expected: Option<i64>, wanted: &Wanted) -> Result<Begun, Error> {
    let act = if wanted.appointment.is_some() { Act::Sign } else { Act::Seal };
    let before = before(desk, by, &wanted.document, expected, act)?;
    if let Some(appointment) = &wanted.appointment {
        if before.document.signer_appointment.as_ref() != Some(appointment) {
            return Err(Error::Forbidden { code: "signer_is_another" });
        }
        if !by.appointments.contains(appointment) {
            return Err(Error::Forbidden { code: "appointment_not_yours" });
        }
    }
    let (key, certificate, chain) = certificate(desk, by, act, &wanted.certificate)?;
    let level = if act == Act::Sign { desk.signing.personal } else { desk.signing.agency };
    let source = open_pdf(desk, &before.version)?;
    let making =
        Making { desk, before: &before, act, key: &key, certificate: &certificate, chain: &chain, level };
    let at = desk.now();
    let (learnt, kept, to_sign) = match wanted.method {
        Method::TwoStep { pss } => {
            let (learnt, kept, to_sign) = making.two_step(&source, at, pss)?;
            (learnt, Some(kept), Some(to_sign))
        }
        Method::Desktop => {
            let (learnt, kept) = making.desktop(&source, at)?;
            (learnt, kept, None)
        }
    };
    let life = match wanted.method {
        Method::TwoStep { .. } => desk.signing.two_step,
        Method::Desktop => desk.signing.desktop,
    };
    let coded = |certificate: &Certificate| STANDARD.encode(&certificate.der);
    let (download_hash, upload_hash) = wanted.links.clone().unzip();
    let session = SigningSession {
        id: SigningSessionId::fresh(at, desk.database.rng().as_ref()).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        document_id: before.document.id.clone(),
        document_version: before.document.version,
        source_version_id: before.version.id.clone(),
        act: act.as_str().to_owned(),
        method: wanted.method.as_str().to_owned(),
        appointment_id: wanted.appointment.clone(),
        key_id: key.id.clone(),
        certificate: coded(&certificate),
        chain: serde_json::json!(chain.iter().map(coded).collect::<Vec<_>>()).to_string(),
        level: level.as_str().to_owned(),
        learnt: learnt.to_owned(),
        signing_time: at.naive_utc(),
        kept_sha256: kept.as_ref().map_or(before.version.sha256.clone(), |kept| kept.sha256.clone()),
        to_sign: to_sign.map(|to_sign| serde_json::json!(to_sign).to_string()),
        download_hash,
        upload_hash,
        downloaded_at: None,
        state: SessionState::Open.as_str().to_owned(),
        refusals: 0,
        reason: None,
        begun_by: by.actor.as_text(),
        begun_at: at.naive_utc(),
        expires_at: at.naive_utc() + life,
        ended_at: None,
        signed_version_id: None,
        version: 1,
    };
    Ok(Begun { session, kept })
}

/// The registered certificate that is to be used: it must be the person's, or the agency's.
fn certificate(
    desk: &Desk,
    by: &Acting,
    act: Act,
    choice: &CertificateChoice,
) -> Result<(Key, Certificate, Vec<Certificate>), Error> {
    let (_, _, purpose) = place_of(act);
    let fits = |key: &Key| key.purpose == purpose && key.state == "active" && may_use(key, by);
    let damaged = || Error::Store(store::Error::Unreadable("a registered certificate"));
    let read = |text: &String| STANDARD.decode(text).ok().and_then(|der| Certificate::read(&der).ok());
    let chain_of = |key: &Key| {
        let texts: Option<Vec<String>> = serde_json::from_str(&key.chain).ok();
        texts.and_then(|texts| texts.iter().map(read).collect()).ok_or_else(damaged)
    };
    match choice {
        CertificateChoice::Registered(id) => {
            let key = desk.database.look_up_blocking(|c| Key::find(c, &by.scope, id))?;
            let key = key.ok_or(Error::NotFound("key"))?;
            if !fits(&key) {
                return Err(Error::refused("key_not_yours"));
            }
            if !key.is_external() {
                return Err(Error::refused("key_is_held_here"));
            }
            let (own, chain) =
                (key.certificate.as_ref().and_then(read).ok_or_else(damaged)?, chain_of(&key)?);
            Ok((key, own, chain))
        }
        CertificateChoice::Given(given, chain) => {
            let text = STANDARD.encode(&given.der);
            let keys = desk.database.look_up_blocking(|c| Key::external(c, &by.scope, &text))?;
            let key = keys.into_iter().find(fits).ok_or(Error::refused("certificate_not_registered"))?;
            let chain = if chain.is_empty() { chain_of(&key)? } else { chain.clone() };
            Ok((key, given.as_ref().clone(), chain))
        }
    }
}

struct Making<'a> {
    desk: &'a Desk,
    before: &'a Before,
    act: Act,
    key: &'a Key,
    certificate: &'a Certificate,
    chain: &'a [Certificate],
    level: Level,
}

impl Making<'_> {
    /// The texts that are filled in where the agency signs.
    fn fills(&self, pdf: &Pdf<'_>) -> Result<Vec<Fill>, Error> {
        if self.act == Act::Seal { texts(self.desk, self.before, pdf) } else { Ok(Vec::new()) }
    }

    /// The revision that lacks its value, kept.
    fn two_step(
        &self,
        source: &FileSource,
        at: DateTime<Utc>,
        pss: bool,
    ) -> Result<(&'static str, Kept, ToSign), Error> {
        let (desk, rng) = (self.desk, self.desk.database.rng().as_ref());
        let scheme = Choice { pss, digest: None }
            .scheme(self.certificate)
            .map_err(|error| unprocessable("key_unusable", &error))?;
        let who = Signatory { certificate: self.certificate, chain: self.chain, scheme };
        let asking = Asking::new(desk);
        let learnt = asking.standing(who, at, self.level)?;
        let authority = asking.authority(self.level)?;
        let stamper = authority.as_ref().map(|authority| -> &dyn Stamper { authority });
        let pdf = Pdf::open(source).map_err(|error| unprocessable("draft_unreadable", &error))?;
        let (field, _, _) = place_of(self.act);
        let (fills, image) = (self.fills(&pdf)?, picture(desk, self.key)?);
        let appearance = image.as_deref().map_or(Appearance::None, Appearance::Image);
        let request = Request { field, place: None, fills: &fills, appearance, at, reason: None };
        let begun = two_step::begin(&pdf, &request, who, &desk.trust, rng, stamper)
            .map_err(|error| refused(&error))?;
        let gap = begun.appended.gap.ok_or(store::Error::Unreadable("a gap for a signature"))?;
        let kept = desk.objects.keep_bytes(&begun.appended.bytes, rng)?;
        let attributes = STANDARD.encode(&begun.attributes);
        Ok((learnt, kept, ToSign { attributes, pss, gap: (gap.start, gap.end) }))
    }

    /// The file a desktop signs: the document as it is, for the seal with number and date filled in before, since a
    /// foreign program doesn't do that in the revision it signs.
    fn desktop(&self, source: &FileSource, at: DateTime<Utc>) -> Result<(&'static str, Option<Kept>), Error> {
        check_certificate(self.certificate, self.chain, &self.desk.trust, at)
            .map_err(|error| refused(&error))?;
        let scheme = Choice::default().scheme(self.certificate);
        let scheme = scheme.map_err(|error| unprocessable("key_unusable", &error))?;
        let who = Signatory { certificate: self.certificate, chain: self.chain, scheme };
        let learnt = Asking::new(self.desk).standing(who, at, self.level)?;
        let pdf = Pdf::open(source).map_err(|error| unprocessable("draft_unreadable", &error))?;
        let fills = self.fills(&pdf)?;
        if fills.is_empty() {
            return Ok((learnt, None));
        }
        let unwritable = |error: crate::pdf::Error| unprocessable("document_not_signable", &error);
        let mut writer = RevisionWriter::new(&pdf).map_err(unwritable)?;
        fill(&mut writer, &fills).map_err(|error| refused(&SignError::Fill(error)))?;
        let appended = writer.finish(identifier(self.desk)?).map_err(unwritable)?;
        Ok((learnt, Some(keep_appended(self.desk, source, &appended.bytes)?)))
    }
}

/// Records a session that was made ready.
///
/// # Errors
/// When the document changed meanwhile or the store fails.
pub fn record_begun(unit: &mut Unit<'_>, by: &Acting, begun: &Begun) -> Result<SigningSession, Error> {
    use super::super::super::schema::signing_sessions;
    let session = &begun.session;
    at_act(
        unit.connection(),
        &by.scope,
        &session.document_id,
        Some(session.document_version),
        session.act(),
    )?;
    let current = Version::current(unit.connection(), &by.scope, &session.document_id)?;
    if current.is_none_or(|current| current.id != session.source_version_id) {
        return Err(Error::Stale);
    }
    if let Some(kept) = &begun.kept {
        let kind = if session.to_sign.is_some() { "application/octet-stream" } else { "application/pdf" };
        record_use(unit, by.scope.agency(), kept, kind, ("signing_session", session.id.as_str()))?;
    }
    diesel::insert_into(signing_sessions::table).values(session).execute(unit.connection())?;
    let told = session_event(by, "signing_session.created", session)
        .detail("key", &session.key_id)
        .detail("kept", &session.kept_sha256)
        .touching(session);
    record(unit, told)?;
    Ok(session.clone())
}
