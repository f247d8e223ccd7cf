//! What is done to a document: prepare, sign, number, seal, issue, give up.

use super::super::Service;
use super::super::body::{json, text};
use super::super::caller::{Caller, Permission, perm};
use super::super::problem::{Problem, ProblemBody};
use super::super::retry::{Begun, begin, if_match};
use super::{DocumentView, answer, concluded, id_of};
use crate::identity::{AppointmentId, KeyId};
use crate::registry::rows::{Document, RegisterId};
use crate::registry::state::Act;
use crate::registry::{Error, journey, registers};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

/// The agency's key, or that its active one is to be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SealChoice {
    /// This key.
    Key(KeyId),
    /// `true`: the active one.
    Active(bool),
}

/// Who is to sign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareBody {
    /// The appointment that is to sign.
    pub signer: AppointmentId,
    /// The agency's key, to be named again when sealing if it isn't the active one; or `true` for the active one.
    #[serde(default)]
    pub agency_seal: Option<SealChoice>,
}

/// Make a draft ready for signatures.
#[utoipa::path(post, path = "/api/v1/documents/{id}/prepare", tag = "documents", operation_id = "prepare_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = PrepareBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn prepare(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: PrepareBody = json(&body)?;
    // A document that leaves the agency carries its seal: there is nothing to choose.
    if matches!(wanted.agency_seal, Some(SealChoice::Active(false))) {
        return Err(Problem::field_because("/agency_seal", "value_not_among", "true".to_owned()));
    }
    act(&service, &caller, &request, &body, Act::Prepare, move |desk, by| {
        if let Some(SealChoice::Key(seal)) = &wanted.agency_seal {
            desk.database
                .look_up_blocking(|c| crate::identity::rows::Key::find(c, &by.scope, seal))?
                .ok_or(Error::NotFound("key"))?;
        }
        journey::make_prepared(desk, by, &id, expected, &wanted.signer)
    })
    .await
}

/// With what is signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    /// The appointment signed in.
    pub appointment: AppointmentId,
    /// A key the service holds.
    pub key: KeyId,
}

/// Sign as a person.
#[utoipa::path(post, path = "/api/v1/documents/{id}/sign", tag = "documents", operation_id = "sign_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = SignBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn sign(
    caller: Caller<perm::Sign>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: SignBody = json(&body)?;
    act(&service, &caller, &request, &body, Act::Sign, move |desk, by| {
        journey::make_signed(desk, by, &id, expected, &wanted.appointment, &wanted.key)
    })
    .await
}

/// With which key is sealed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealBody {
    /// The agency's key; the active one when absent.
    #[serde(default)]
    pub key: Option<KeyId>,
}

/// Write number, date and the agency's signature.
#[utoipa::path(post, path = "/api/v1/documents/{id}/seal", tag = "documents", operation_id = "seal_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = Option<SealBody>,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn seal(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: SealBody = if body.is_empty() { SealBody::default() } else { json(&body)? };
    act(&service, &caller, &request, &body, Act::Seal, move |desk, by| {
        journey::make_sealed(desk, by, &id, expected, wanted.key.as_ref())
    })
    .await
}

/// An act on a file: worked on outside of the transaction, then recorded with the answer.
async fn act<P: Permission>(
    service: &Service,
    caller: &Caller<P>,
    request: &HttpRequest,
    body: &Bytes,
    act: Act,
    make: impl FnOnce(&crate::desk::Desk, &crate::identity::Acting) -> Result<journey::Made, Error>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let retry = match begin(service, caller.agency().as_str(), &caller.name, request, body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let made = service.work(move |desk| make(desk, &by)).await?;
        let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let document = journey::record_made(unit, &desk, &by, act, &made)?;
                let answer = answer(unit.connection(), &by.scope, StatusCode::OK, &document)?;
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(service, outcome)
}

/// From which register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBody {
    /// The register, of this year or an earlier one of the same book.
    pub register: RegisterId,
}

/// Take number and date.
#[utoipa::path(post, path = "/api/v1/documents/{id}/number", tag = "documents", operation_id = "number_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = NumberBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn number(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: NumberBody = json(&body)?;
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
    let turn = format!("registers of {}", caller.agency());
    let outcome = service
        .desk
        .database
        .write_in_turn(&turn, move |unit| {
            let agency = crate::identity::rows::Agency::of(unit.connection(), &by.scope)?;
            let numbered = registers::number(
                unit,
                &by,
                &desk.profile,
                desk.zone,
                &agency.abbreviation,
                &id,
                expected,
                &wanted.register,
            )?;
            let document = numbered.document;
            let answer = answer(unit.connection(), &by.scope, StatusCode::OK, &document)?;
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(&service, outcome)
}

/// Issue a sealed document.
#[utoipa::path(post, path = "/api/v1/documents/{id}/issue", tag = "documents", operation_id = "issue_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn issue(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    change(&service, &caller, &request, &body, move |unit, by| journey::issue(unit, by, &id, expected)).await
}

/// Why a document is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidBody {
    /// The reason.
    pub reason: String,
}

/// Give a numbered document up; its number stays in the register.
#[utoipa::path(post, path = "/api/v1/documents/{id}/void", tag = "documents", operation_id = "void_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = VoidBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn void(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: VoidBody = json(&body)?;
    let reason = text("/reason", &wanted.reason, 500)?;
    change(&service, &caller, &request, &body, move |unit, by| {
        registers::void(unit, by, &id, expected, &reason)
    })
    .await
}

/// A change of the document's row alone.
async fn change<P: Permission>(
    service: &Service,
    caller: &Caller<P>,
    request: &HttpRequest,
    body: &Bytes,
    mut change: impl FnMut(&mut crate::store::Unit<'_>, &crate::identity::Acting) -> Result<Document, Error>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let retry = match begin(service, caller.agency().as_str(), &caller.name, request, body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (by, keeper) = (caller.acting.clone(), retry.keeper());
    let outcome = service
        .desk
        .database
        .write_rows(move |unit| {
            let document = change(unit, &by)?;
            let answer = answer(unit.connection(), &by.scope, StatusCode::OK, &document)?;
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(service, outcome)
}
