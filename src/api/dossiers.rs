//! The file plan and electronic files over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::retry::{etag, required_if_match};
use super::{Page, PageQuery, Service, simple};
use crate::dossier::{self, Dossier, DossierId, Entry, EntryId, Filing};
use crate::registry::Error;
use crate::registry::rows::DocumentId;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An entry to be added to the file plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    /// The year; the present one when absent.
    #[serde(default)]
    pub year: Option<i32>,
    /// Number and symbol, e.g. `01.TH`.
    pub notation: String,
    /// Title.
    pub title: String,
    /// Retention code of the profile.
    pub retention: String,
}

/// Add an entry to the file plan.
#[utoipa::path(post, path = "/api/v1/file-plan", tag = "dossiers", operation_id = "create_file_plan_entry",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = EntryBody,
    responses((status = 201, body = Entry), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn add_entry(
    caller: Caller<perm::File>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: EntryBody = json(&body)?;
    let desk = service.desk.clone();
    let year = wanted.year.unwrap_or_else(|| desk.today().year());
    if !(1900..=2999).contains(&year) {
        return Err(Problem::field_because("/year", "number_out_of_range", "1900–2999".to_owned()));
    }
    let notation = text("/notation", &wanted.notation, 20)?;
    if !notation.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
        return Err(Problem::field_because(
            "/notation",
            "characters_not_allowed",
            "A–Z a–z 0–9 . -".to_owned(),
        ));
    }
    let (title, retention) = (text("/title", &wanted.title, 1000)?, wanted.retention);
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let entry = dossier::add_entry(unit, &desk, by, year, &notation, &title, &retention)?;
        let version = entry.version;
        Ok((entry, Some(version)))
    })
    .await
}

/// List the file plan.
#[utoipa::path(get, path = "/api/v1/file-plan", tag = "dossiers", operation_id = "list_file_plan", params(PageQuery),
    responses((status = 200, body = Page<Entry>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn entries(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let cursor = match &query.cursor {
        None => None,
        Some(text) => Some(EntryId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?),
    };
    let scope = caller.acting.scope.clone();
    let items =
        service.desk.database.read(move |c| dossier::entries(c, &scope, cursor.as_ref(), limit)).await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |entry| entry.id.to_string())))
}

/// A file to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DossierBody {
    /// The entry it is opened from.
    pub file_plan_entry: EntryId,
    /// Its title; the entry's when absent.
    #[serde(default)]
    pub title: Option<String>,
}

/// A file as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierView {
    /// The file.
    #[serde(flatten)]
    pub dossier: Dossier,
    /// What is in it.
    pub documents: Vec<Filing>,
}

fn id_of(text: &str) -> Result<DossierId, Problem> {
    DossierId::parse(text)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "dossier"))
}

/// Open a file.
#[utoipa::path(post, path = "/api/v1/dossiers", tag = "dossiers", operation_id = "create_dossier",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = DossierBody,
    responses((status = 201, body = Dossier), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::File>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: DossierBody = json(&body)?;
    let title = wanted.title.map(|title| text("/title", &title, 1000)).transpose()?;
    let desk = service.desk.clone();
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let dossier = dossier::open(unit, &desk, by, &wanted.file_plan_entry, title.as_deref())?;
        let version = dossier.version;
        Ok((dossier, Some(version)))
    })
    .await
}

/// List files.
#[utoipa::path(get, path = "/api/v1/dossiers", tag = "dossiers", operation_id = "list_dossiers", params(PageQuery),
    responses((status = 200, body = Page<Dossier>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let cursor = query
        .cursor
        .as_deref()
        .map(id_of)
        .transpose()
        .map_err(|_| Problem::field("/cursor", "cursor_invalid"))?;
    let scope = caller.acting.scope.clone();
    let items = service.desk.database.read(move |c| Dossier::list(c, &scope, cursor.as_ref(), limit)).await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |dossier| dossier.id.to_string())))
}

/// Show a file.
#[utoipa::path(get, path = "/api/v1/dossiers/{id}", tag = "dossiers", operation_id = "get_dossier", params(("id" = String, Path)),
    responses((status = 200, body = DossierView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
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
            let dossier = Dossier::find(c, &scope, &id)?.ok_or(Error::NotFound("dossier"))?;
            let documents = Dossier::filings(c, &scope, &id)?;
            Ok::<_, Error>(DossierView { dossier, documents })
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(("etag", etag(shown.dossier.version))).json(shown))
}

/// File a document.
#[utoipa::path(put, path = "/api/v1/dossiers/{id}/documents/{document}", tag = "dossiers", operation_id = "file_document",
    params(("id" = String, Path), ("document" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Filing), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn file(
    caller: Caller<perm::File>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (dossier, document) = path.into_inner();
    let id = id_of(&dossier)?;
    let document = DocumentId::parse(&document)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "document"))?;
    let expected = required_if_match(&request)?;
    let by = caller.acting.clone();
    let outcome = service
        .desk
        .database
        .write_rows(move |unit| {
            let (dossier, filing) = dossier::file(unit, &by, &id, expected, &document)?;
            Ok::<_, Error>(super::retry::Answer::new(
                StatusCode::OK,
                serde_json::json!(filing),
                Some(dossier.version),
            ))
        })
        .await
        .map_err(Into::into);
    super::documents::concluded(&service, outcome)
}

/// Close a file.
#[utoipa::path(post, path = "/api/v1/dossiers/{id}/close", tag = "dossiers", operation_id = "close_dossier",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, body = Dossier), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn close(
    caller: Caller<perm::File>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected, desk) = (id_of(&path)?, super::retry::if_match(&request)?, service.desk.clone());
    simple::run(&service, &caller, &request, &body, StatusCode::OK, move |unit, by| {
        let dossier = dossier::close(unit, &desk, by, &id, expected)?;
        let version = dossier.version;
        Ok((dossier, Some(version)))
    })
    .await
}
