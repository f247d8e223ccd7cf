//! Beginning a session.

use super::super::Service;
use super::super::body::json;
use super::super::caller::{Caller, perm};
use super::super::documents::concluded;
use super::super::problem::{Problem, ProblemBody};
use super::super::retry::{Answer, Begun, begin as begin_retry, if_match};
use super::{SigningAct, SigningMethod, SigningSessionView, answer, may};
use crate::identity::password::{token, token_hash};
use crate::identity::{AppointmentId, KeyId};
use crate::pki::{Certificate, read_certificates};
use crate::ports::Rng;
use crate::registry::Error;
use crate::registry::journey::sessions::{self, CertificateChoice, Method, Wanted};
use crate::registry::rows::DocumentId;
use crate::registry::state::Act;
use crate::store;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use utoipa::ToSchema;

/// Certificates of a chain that are looked at.
const CHAIN_LIMIT: usize = 10;

/// How an RSA key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RsaScheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
    /// RSASSA-PSS.
    Pss,
}

/// A signature to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSigningSession {
    /// The document.
    pub document: DocumentId,
    /// A person signs, or the agency.
    pub act: SigningAct,
    /// The appointment signed in, when a person signs.
    #[serde(default)]
    pub appointment: Option<AppointmentId>,
    /// The registered certificate, by its identifier among the keys; or `certificate`.
    #[serde(default)]
    pub key: Option<KeyId>,
    /// The certificate, PEM or DER in base64; it must be registered for the person or agency.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Its chain towards the anchor, each PEM or DER in base64; the registered chain when empty.
    #[serde(default)]
    pub chain: Vec<String>,
    /// How the signature is made.
    pub method: SigningMethod,
    /// How an RSA key signs; `pkcs1` when absent.
    #[serde(default)]
    pub scheme: Option<RsaScheme>,
}

/// A certificate as PEM or as DER in base64.
fn certificates(pointer: &str, text: &str) -> Result<Vec<Certificate>, Problem> {
    let bytes = if text.contains("-----BEGIN") {
        Some(text.as_bytes().to_vec())
    } else {
        let compact: String = text.split_ascii_whitespace().collect();
        STANDARD.decode(compact).ok().filter(|der| der.first() == Some(&0x30))
    };
    let unreadable = |why: String| Problem::field_because(pointer, "certificate_unreadable", why);
    let bytes = bytes.ok_or_else(|| unreadable("PEM, DER".to_owned()))?;
    read_certificates(&bytes).map_err(|error| unreadable(error.to_string()))
}

impl NewSigningSession {
    fn wanted(self, links: Option<&Links>) -> Result<Wanted, Problem> {
        match (self.act, &self.appointment) {
            (SigningAct::Sign, None) => return Err(Problem::field("/appointment", "field_missing")),
            (SigningAct::Seal, Some(_)) => {
                return Err(Problem::field("/appointment", "appointment_of_a_seal"));
            }
            _ => {}
        }
        if self.chain.len() > CHAIN_LIMIT {
            return Err(Problem::field_because("/chain", "field_invalid", format!("≤ {CHAIN_LIMIT}")));
        }
        let certificate = match (self.key, self.certificate) {
            (Some(key), None) => CertificateChoice::Registered(key),
            (None, Some(text)) => {
                let mut found = certificates("/certificate", &text)?.into_iter();
                let unreadable = || Problem::field("/certificate", "certificate_unreadable");
                let own = found.next().ok_or_else(unreadable)?;
                let mut chain: Vec<Certificate> = found.take(CHAIN_LIMIT).collect();
                for (at, text) in self.chain.iter().enumerate() {
                    chain.extend(certificates(&format!("/chain/{at}"), text)?.into_iter().take(CHAIN_LIMIT));
                }
                CertificateChoice::Given(Box::new(own), chain)
            }
            _ => return Err(Problem::field("/certificate", "certificate_or_key")),
        };
        let method = match self.method {
            SigningMethod::TwoStep => Method::TwoStep { pss: self.scheme == Some(RsaScheme::Pss) },
            SigningMethod::Desktop if self.scheme.is_some() => {
                return Err(Problem::field("/scheme", "scheme_of_a_desktop"));
            }
            SigningMethod::Desktop => Method::Desktop,
        };
        Ok(Wanted {
            document: self.document,
            appointment: self.appointment,
            certificate,
            method,
            links: links.map(|links| (token_hash(&links.download), token_hash(&links.upload))),
        })
    }
}

/// The tokens of a session's links: told once, kept nowhere.
struct Links {
    download: String,
    upload: String,
}

impl Links {
    fn fresh(rng: &dyn Rng) -> Result<Self, store::Error> {
        Ok(Self { download: token(rng)?, upload: token(rng)? })
    }

    fn tell(&self, answer: &mut Answer) {
        let id = answer.body.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        if let Some(view) = answer.body.as_object_mut() {
            for (name, token) in [("download_url", &self.download), ("upload_url", &self.upload)] {
                let path = format!("/api/v1/signing-sessions/{id}/file/{token}");
                view.insert(name.to_owned(), path.into());
            }
        }
    }
}

/// Begin a signature by a key the service doesn't hold.
#[utoipa::path(post, path = "/api/v1/signing-sessions", tag = "signing", operation_id = "begin_signing_session",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = NewSigningSession,
    responses((status = 201, body = SigningSessionView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::SignOrSeal>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let expected = if_match(&request)?;
    let given: NewSigningSession = json(&body)?;
    may(&caller, if given.act == SigningAct::Sign { Act::Sign } else { Act::Seal })?;
    let rng = service.desk.database.rng().as_ref();
    let links = (given.method == SigningMethod::Desktop).then(|| Links::fresh(rng)).transpose()?;
    let wanted = given.wanted(links.as_ref())?;
    let retry = match begin_retry(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let begun = service.work(move |desk| sessions::begin(desk, &by, expected, &wanted)).await?;
        let (by, keeper) = (caller.acting.clone(), retry.keeper());
        let mut answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let session = sessions::record_begun(unit, &by, &begun)?;
                let answer = answer(StatusCode::CREATED, &session);
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        if let Some(links) = &links {
            links.tell(&mut answer);
        }
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}
