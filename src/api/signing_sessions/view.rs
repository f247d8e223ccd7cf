//! A session as it is shown.

use crate::identity::{AppointmentId, KeyId};
use crate::pki::{Choice, Scheme};
use crate::registry::journey::sessions::TRIES;
use crate::registry::rows::{DocumentId, SessionState, SigningSession, SigningSessionId, VersionId};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is done to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SigningAct {
    /// A person signs.
    Sign,
    /// The agency signs: number and date are filled in.
    Seal,
}

/// How the signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SigningMethod {
    /// What is to be signed goes out, the signature value comes back.
    TwoStep,
    /// The file goes out by a link, to a program on a desktop, and comes back signed by another.
    Desktop,
}

/// A session as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningSessionView {
    /// Identifier.
    pub id: SigningSessionId,
    /// The document.
    pub document: DocumentId,
    /// `sign` or `seal`.
    pub act: String,
    /// `two_step` or `desktop`.
    pub method: String,
    /// The appointment signed in.
    pub appointment: Option<AppointmentId>,
    /// The registered certificate.
    pub key: KeyId,
    /// Where it stands.
    #[schema(value_type = SessionState)]
    pub state: String,
    /// Why it failed, a stable code.
    pub reason: Option<String>,
    /// The level the signature gets.
    pub level: String,
    /// What is to be signed: the signed attributes of the CMS, DER in base64. Null when it has ended.
    pub to_be_signed: Option<String>,
    /// Its digest in base64, for devices that take digests; null for Ed25519, which signs the whole.
    pub digest: Option<String>,
    /// The digest's name: `SHA-256`, …
    pub digest_algorithm: Option<String>,
    /// `RSASSA-PKCS1-v1_5`, `RSASSA-PSS`, `ECDSA` or `Ed25519`.
    pub signature_algorithm: Option<String>,
    /// Where the file is fetched, once, without a login: a path below this service's address. Shown when the session
    /// begins and never again.
    pub download_url: Option<String>,
    /// Where the signed file is brought, in the same way.
    pub upload_url: Option<String>,
    /// When the file was fetched.
    pub fetched_at: Option<DateTime<Utc>>,
    /// Wrong signatures that are still borne with.
    pub tries_left: i32,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// Until when the signature is awaited.
    pub expires_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The version of the document it gave.
    pub signed_version: Option<VersionId>,
    /// Version of the row; the ETag.
    pub version: i64,
}

impl SigningSessionView {
    /// A session as it is shown.
    #[must_use]
    pub fn of(session: &SigningSession) -> Self {
        let open = session.state == SessionState::Open.as_str();
        let attributes = session.to_sign().filter(|_| open).and_then(|to_sign| {
            let (certificate, _) = session.certificates().ok()?;
            let scheme = Choice { pss: to_sign.pss, digest: None }.scheme(&certificate).ok()?;
            Some((STANDARD.decode(to_sign.attributes).ok()?, scheme))
        });
        let hashed = attributes.as_ref().filter(|(_, scheme)| *scheme != Scheme::Ed25519);
        Self {
            id: session.id.clone(),
            document: session.document_id.clone(),
            act: session.act.clone(),
            method: session.method.clone(),
            appointment: session.appointment_id.clone(),
            key: session.key_id.clone(),
            state: session.state.clone(),
            reason: session.reason.clone(),
            level: session.level.clone(),
            to_be_signed: attributes.as_ref().map(|(bytes, _)| STANDARD.encode(bytes)),
            digest: hashed.map(|(bytes, scheme)| STANDARD.encode(scheme.digest().of(bytes))),
            digest_algorithm: attributes.as_ref().map(|(_, scheme)| scheme.digest().name().to_owned()),
            signature_algorithm: attributes.as_ref().map(|(_, scheme)| scheme.name().to_owned()),
            download_url: None,
            upload_url: None,
            fetched_at: session.downloaded_at.map(|at| at.and_utc()),
            tries_left: (TRIES - session.refusals).max(0),
            begun_at: session.begun_at.and_utc(),
            expires_at: session.expires_at.and_utc(),
            ended_at: session.ended_at.map(|at| at.and_utc()),
            signed_version: session.signed_version_id.clone(),
            version: session.version,
        }
    }
}
