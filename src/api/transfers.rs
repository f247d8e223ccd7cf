//! Hand-over to the archive over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::documents::concluded;
use super::problem::Problem;
use super::retry::{Answer, Begun, begin, etag, if_match};
use super::{Page, PageQuery, Service, simple};
use crate::archive::{self, Package, Transfer, TransferId};
use crate::dossier::DossierId;
use crate::registry::Error;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What is handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// Closed files, at most 50.
    pub dossiers: Vec<DossierId>,
}

/// A hand-over as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferView {
    /// The hand-over.
    #[serde(flatten)]
    pub transfer: Transfer,
    /// Its packages.
    pub packages: Vec<Package>,
}

fn id_of(path: &Path<String>) -> Result<TransferId, Problem> {
    TransferId::parse(path.as_str())
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "transfer"))
}

/// Hand closed files over.
#[utoipa::path(post, path = "/api/v1/transfers", tag = "transfers", operation_id = "create_transfer",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = TransferBody,
    responses((status = 201, body = TransferView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::File>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: TransferBody = json(&body)?;
    if wanted.dossiers.is_empty() || wanted.dossiers.len() > 50 {
        return Err(Problem::field_because("/dossiers", "list_length", "1–50".to_owned()));
    }
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let submitted = service.work(move |desk| archive::make_packages(desk, &by, &wanted.dossiers)).await?;
        let (by, keeper, kept) = (caller.acting.clone(), retry.keeper(), submitted.clone());
        let written = service
            .desk
            .database
            .write(move |unit| {
                let transfer = archive::submit(unit, &by, &submitted)?;
                let packages = Transfer::packages(unit.connection(), &by.scope, &transfer.id)?;
                let version = transfer.version;
                let answer = Answer::new(
                    StatusCode::CREATED,
                    json!(TransferView { transfer, packages }),
                    Some(version),
                );
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await;
        // After a failure of the store the rows may be there all the same; the sweep sees whether they are.
        if written.as_ref().is_err_and(|error| !matches!(error, Error::Store(_))) {
            archive::discard(&service.desk, &kept);
        }
        Ok(written?)
    }
    .await;
    concluded(&service, outcome)
}

/// List hand-overs.
#[utoipa::path(get, path = "/api/v1/transfers", tag = "transfers", operation_id = "list_transfers", params(PageQuery),
    responses((status = 200, body = Page<Transfer>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let cursor = match &query.cursor {
        None => None,
        Some(text) => {
            Some(TransferId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?)
        }
    };
    let scope = caller.acting.scope.clone();
    let items =
        service.desk.database.read(move |c| Transfer::list(c, &scope, cursor.as_ref(), limit)).await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |transfer| transfer.id.to_string())))
}

/// Show a hand-over.
#[utoipa::path(get, path = "/api/v1/transfers/{id}", tag = "transfers", operation_id = "get_transfer", params(("id" = String, Path)),
    responses((status = 200, body = TransferView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn show(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, scope) = (id_of(&path)?, caller.acting.scope.clone());
    let shown = service
        .desk
        .database
        .read(move |c| {
            let transfer = Transfer::find(c, &scope, &id)?.ok_or(Error::NotFound("transfer"))?;
            let packages = Transfer::packages(c, &scope, &id)?;
            Ok::<_, Error>(TransferView { transfer, packages })
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(("etag", etag(shown.transfer.version))).json(shown))
}

/// Accept a hand-over: everything is checked again, the receipt is signed.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/accept", tag = "transfers", operation_id = "accept_transfer",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, body = TransferView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn accept(
    caller: Caller<perm::Archive>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let examined = service.work(move |desk| archive::examine(desk, &by, &id, expected)).await?;
        let packages = examined.packages().to_vec();
        let (by, keeper) = (caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write(move |unit| {
                let transfer = archive::accept(unit, &by, &examined)?;
                let packages = Transfer::packages(unit.connection(), &by.scope, &transfer.id)?;
                let version = transfer.version;
                let answer =
                    Answer::new(StatusCode::OK, json!(TransferView { transfer, packages }), Some(version));
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        service
            .work(move |desk| {
                archive::protect(desk, &packages);
                Ok::<_, Problem>(())
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}

/// Why a hand-over is rejected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBody {
    /// The reasons, at least one.
    pub reasons: Vec<String>,
}

/// Reject a hand-over with reasons.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/reject", tag = "transfers", operation_id = "reject_transfer",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = RejectBody,
    responses((status = 200, body = Transfer), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn reject(
    caller: Caller<perm::Archive>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: RejectBody = json(&body)?;
    if wanted.reasons.is_empty() || wanted.reasons.len() > 20 {
        return Err(Problem::field_because("/reasons", "list_length", "1–20".to_owned()));
    }
    let reasons: Vec<String> =
        wanted.reasons.iter().map(|reason| text("/reasons", reason, 1000)).collect::<Result<_, _>>()?;
    simple::run(&service, &caller, &request, &body, StatusCode::OK, move |unit, by| {
        let transfer = archive::reject(unit, by, &id, expected, &reasons)?;
        let version = transfer.version;
        Ok((transfer, Some(version)))
    })
    .await
}
