//! Signing with keys the service doesn't hold, over REST: a session is begun, the signature brought, or the session given
//! up.

mod begin;
mod desktop;
mod view;

pub use begin::*;
pub use desktop::*;
pub use view::*;

use super::Service;
use super::body::json;
use super::caller::{Caller, Permission, perm};
use super::documents::concluded;
use super::problem::{Problem, ProblemBody};
use super::retry::{Answer, Begun, begin, if_match, required_if_match};
use crate::registry::Error;
use crate::registry::journey::sessions::{self, find_own};
use crate::registry::rows::{SessionState, SigningSession, SigningSessionId};
use crate::registry::state::Act;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json as value;
use utoipa::ToSchema;

/// Largest signature value taken, in bytes: RSA of 4096 bits gives 512.
const VALUE_LIMIT: usize = 1024;

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "signing_session")
}

fn session_id(path: &str) -> Result<SigningSessionId, Problem> {
    SigningSessionId::parse(path).ok_or_else(unknown)
}

/// Whether the caller may do what a session is for.
fn may<P: Permission>(caller: &Caller<P>, act: Act) -> Result<(), Problem> {
    if act == Act::Sign { caller.requires::<perm::Sign>() } else { caller.requires::<perm::Register>() }
}

/// The session, for a caller who may complete it.
async fn own(
    service: &Service,
    caller: &Caller<perm::SignOrSeal>,
    id: &SigningSessionId,
) -> Result<SigningSession, Problem> {
    let (by, id) = (caller.acting.clone(), id.clone());
    let session = service.desk.database.look_up(move |c| find_own(c, &by, &id)).await?;
    may(caller, session.act())?;
    Ok(session)
}

fn answer(status: StatusCode, session: &SigningSession) -> Answer {
    Answer::new(status, value!(SigningSessionView::of(session)), Some(session.version))
}

/// Show a session.
#[utoipa::path(get, path = "/api/v1/signing-sessions/{id}", tag = "signing", operation_id = "show_signing_session", params(("id" = String, Path)),
    responses((status = 200, body = SigningSessionView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn show(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), session_id(&path)?);
    let found = service.desk.database.look_up(move |c| SigningSession::find(c, &scope, &id)).await?;
    let mut session = found.ok_or_else(unknown)?;
    // The sweep writes it later; nobody is to wait for something that isn't awaited any more.
    if session.state == SessionState::Open.as_str() && session.expires_at <= service.desk.now().naive_utc() {
        SessionState::Expired.as_str().clone_into(&mut session.state);
    }
    Ok(answer(StatusCode::OK, &session).response())
}

/// Give an open session up.
#[utoipa::path(delete, path = "/api/v1/signing-sessions/{id}", tag = "signing", operation_id = "cancel_signing_session",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = SigningSessionView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn cancel(
    caller: Caller<perm::SignOrSeal>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (session_id(&path)?, required_if_match(&request)?);
    own(&service, &caller, &id).await?;
    let by = caller.acting.clone();
    let outcome =
        service.desk.database.write_rows(move |unit| sessions::cancel(unit, &by, &id, expected)).await;
    concluded(&service, outcome.map(|session| answer(StatusCode::OK, &session)).map_err(Into::into))
}

/// A signature value made elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureValueBody {
    /// The value over `to_be_signed`, base64: RSA, Ed25519, or ECDSA either as ECDSA-Sig-Value (DER) or as r and s side by
    /// side, as devices give it.
    pub signature: String,
}

/// Bring the signature: it is verified over what was handed out, and only then in the document.
#[utoipa::path(post, path = "/api/v1/signing-sessions/{id}/signature", tag = "signing", operation_id = "complete_signing_session",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = SignatureValueBody,
    responses((status = 200, body = SigningSessionView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn complete(
    caller: Caller<perm::SignOrSeal>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (session_id(&path)?, if_match(&request)?);
    let given: SignatureValueBody = json(&body)?;
    let signature =
        STANDARD.decode(&given.signature).ok().filter(|bytes| (1..=VALUE_LIMIT).contains(&bytes.len()));
    let signature = signature
        .ok_or_else(|| Problem::field_because("/signature", "field_invalid", "base64".to_owned()))?;
    own(&service, &caller, &id).await?;
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let concluded =
            service.work(move |desk| sessions::conclude(desk, &by, &id, expected, &signature)).await?;
        let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let (_, session) = sessions::record_concluded(unit, &desk, &by, &concluded)?;
                let answer = answer(StatusCode::OK, &session);
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}
