//! A signature begun with a key the service doesn't hold: its row and its states.

use super::super::schema::signing_sessions;
use super::super::state::Act;
use super::{DocumentId, SigningSessionId, VersionId};
use crate::audit::Tracked;
use crate::identity::{AppointmentId, KeyId};
use crate::pki::Certificate;
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a session stands: open, or ended in one of four ways for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SigningSessionState)]
pub enum SessionState {
    /// The signature is awaited.
    Open,
    /// It came, held, and is in the document.
    Completed,
    /// It didn't come in time.
    Expired,
    /// It isn't wanted any more.
    Cancelled,
    /// It can't come any more: too many wrong ones, or the document changed.
    Failed,
}

/// (from, to)
const TRANSITIONS: &[(SessionState, SessionState)] = &[
    (SessionState::Open, SessionState::Completed),
    (SessionState::Open, SessionState::Expired),
    (SessionState::Open, SessionState::Cancelled),
    (SessionState::Open, SessionState::Failed),
];

impl SessionState {
    /// Whether a session may go from here to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        TRANSITIONS.contains(&(self, next))
    }

    /// The word stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// What a link of a session is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Fetching the file, once.
    Download,
    /// Bringing the signed file.
    Upload,
}

/// What the second of two steps needs of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToSign {
    /// The attributes that are signed, DER in base64.
    pub attributes: String,
    /// Whether an RSA key signs by PSS.
    pub pss: bool,
    /// Where the gap for the value lies in the whole file: offsets of `<` and after `>`.
    pub gap: (u64, u64),
}

/// A signature begun with a key the service doesn't hold.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize)]
#[diesel(table_name = signing_sessions, treat_none_as_null = true)]
pub struct SigningSession {
    /// Its identifier.
    pub id: SigningSessionId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The document.
    pub document_id: DocumentId,
    /// Version of the document's row when it began: it must be the same at the end.
    pub document_version: i64,
    /// The version that is signed.
    pub source_version_id: VersionId,
    /// `sign` or `seal`.
    pub act: String,
    /// `two_step` or `desktop`.
    pub method: String,
    /// The appointment signed in.
    pub appointment_id: Option<AppointmentId>,
    /// The registered certificate.
    pub key_id: KeyId,
    /// The certificate, DER in base64.
    pub certificate: String,
    /// Its chain, JSON array of DER in base64.
    pub chain: String,
    /// The level the signature is to have.
    pub level: String,
    /// What was learnt of the certificate's revocation when it began.
    pub learnt: String,
    /// The signing time stated (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub signing_time: NaiveDateTime,
    /// What was made for it: the revision that lacks its value, or the file to be signed on a desktop.
    pub kept_sha256: String,
    /// What the second step needs (JSON, [`ToSign`]).
    pub to_sign: Option<String>,
    /// SHA-256 of the token the file is fetched with.
    pub download_hash: Option<String>,
    /// SHA-256 of the token the signed file is brought with.
    pub upload_hash: Option<String>,
    /// When the file was fetched (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub downloaded_at: Option<NaiveDateTime>,
    /// Where it stands.
    pub state: String,
    /// Wrong signatures that came.
    pub refusals: i32,
    /// Why it failed, a stable code.
    pub reason: Option<String>,
    /// Who began it, as events name them.
    pub begun_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub begun_at: NaiveDateTime,
    /// Until when the signature is awaited (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub expires_at: NaiveDateTime,
    /// When it ended (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub ended_at: Option<NaiveDateTime>,
    /// The version it gave.
    pub signed_version_id: Option<VersionId>,
    /// Version of this row; the ETag.
    pub version: i64,
}

impl Tracked for SigningSession {
    const TABLE: &'static str = "signing_sessions";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

impl SigningSession {
    /// One session of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &SigningSessionId) -> Result<Option<Self>, Error> {
        Ok(signing_sessions::table
            .filter(signing_sessions::agency_id.eq(scope.agency()))
            .filter(signing_sessions::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Open sessions of any agency whose time was over at `now`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn due(c: &mut AnyConnection, now: NaiveDateTime, limit: i64) -> Result<Vec<Self>, Error> {
        Ok(signing_sessions::table
            .filter(signing_sessions::state.eq(SessionState::Open.as_str()))
            .filter(signing_sessions::expires_at.le(now))
            .order(signing_sessions::expires_at)
            .limit(limit)
            .select(Self::as_select())
            .load(c)?)
    }

    /// The session a link is good for: the token stands for the scope. Its digest is compared in constant time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn by_link(
        c: &mut AnyConnection,
        id: &SigningSessionId,
        link: Link,
        hash: &str,
    ) -> Result<Option<Self>, Error> {
        let found: Option<Self> =
            signing_sessions::table.find(id).select(Self::as_select()).first(c).optional()?;
        Ok(found.filter(|session| {
            let kept = match link {
                Link::Download => &session.download_hash,
                Link::Upload => &session.upload_hash,
            };
            kept.as_ref()
                .is_some_and(|kept| verify_slices_are_equal(kept.as_bytes(), hash.as_bytes()).is_ok())
        }))
    }

    /// The state as a type.
    ///
    /// # Errors
    /// When the stored word is none of ours.
    pub fn state(&self) -> Result<SessionState, Error> {
        serde_json::from_value(serde_json::Value::String(self.state.clone()))
            .map_err(|_| Error::Unreadable("state of a signing session"))
    }

    /// What is done to the document.
    #[must_use]
    pub fn act(&self) -> Act {
        if self.act == Act::Sign.as_str() { Act::Sign } else { Act::Seal }
    }

    /// The signer's certificate and its chain.
    ///
    /// # Errors
    /// When what is stored can't be read.
    pub fn certificates(&self) -> Result<(Certificate, Vec<Certificate>), Error> {
        let read = |text: &String| STANDARD.decode(text).ok().and_then(|der| Certificate::read(&der).ok());
        let chain: Option<Vec<String>> = serde_json::from_str(&self.chain).ok();
        let chain: Option<Vec<Certificate>> = chain.and_then(|chain| chain.iter().map(read).collect());
        read(&self.certificate).zip(chain).ok_or(Error::Unreadable("certificates of a signing session"))
    }

    /// What is to be signed; none on a desktop.
    #[must_use]
    pub fn to_sign(&self) -> Option<ToSign> {
        self.to_sign.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }

    /// Writes the changed row, if nobody changed it since it was read; `version` is raised here.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it was changed meanwhile.
    pub fn save(mut self, c: &mut AnyConnection) -> Result<Self, Error> {
        let read = self.version;
        self.version = read + 1;
        let changed = diesel::update(
            signing_sessions::table
                .filter(signing_sessions::id.eq(&self.id))
                .filter(signing_sessions::version.eq(read)),
        )
        .set(&self)
        .execute(c)?;
        if changed == 1 { Ok(self) } else { Err(Error::Conflict) }
    }
}

#[cfg(test)]
mod tests {
    use super::SessionState;

    #[test]
    fn what_has_ended_never_changes_again() {
        let all = [
            SessionState::Open,
            SessionState::Completed,
            SessionState::Expired,
            SessionState::Cancelled,
            SessionState::Failed,
        ];
        for from in all {
            for to in all {
                let expected = from == SessionState::Open && to != SessionState::Open;
                assert_eq!(from.may_become(to), expected, "{from:?} to {to:?}");
            }
        }
    }
}
