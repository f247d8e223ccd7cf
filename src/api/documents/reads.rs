//! What can be read of documents: lists, one of them, its format check, signatures, bytes and trail.

use super::super::accept::choose;
use super::super::caller::{Caller, perm};
use super::super::problem::{Problem, ProblemBody};
use super::super::{Page, PageQuery, Service};
use super::{DocumentView, answer, id_of, views};
use crate::audit::{EventId, log};
use crate::registry::rows::{Document, DocumentFilter, DocumentId, FormatCheck, Version};
use crate::registry::state::State;
use crate::registry::{Error, journey};
use crate::signature::{etsi, facts};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

/// What a list is narrowed to.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Only this state.
    pub state: Option<State>,
    /// Only this number and symbol.
    pub symbol: Option<String>,
}

/// List documents.
#[utoipa::path(get, path = "/api/v1/documents", tag = "documents", operation_id = "list_documents", params(ListQuery),
    responses((status = 200, body = Page<DocumentView>), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = PageQuery { limit: query.limit, cursor: None }.limit()?;
    let cursor = match &query.cursor {
        None => None,
        Some(text) => {
            Some(DocumentId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?)
        }
    };
    let filter = DocumentFilter { state: query.state, notation: query.symbol.clone() };
    let scope = caller.acting.scope.clone();
    let items = service
        .desk
        .database
        .read(move |c| {
            let found = Document::list(c, &scope, &filter, cursor.as_ref(), limit)?;
            views(c, &scope, &found)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |document| document.id.to_string())))
}

/// Show a document.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", operation_id = "get_document", params(("id" = String, Path)),
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn show(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), id_of(&path)?);
    let shown = service
        .desk
        .database
        .read(move |c| {
            let document = Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            answer(c, &scope, StatusCode::OK, &document).map_err(Error::from)
        })
        .await?;
    Ok(shown.response())
}

/// What the format rules say.
#[utoipa::path(get, path = "/api/v1/documents/{id}/format-check", tag = "documents", operation_id = "get_format_check", params(("id" = String, Path)),
    responses((status = 200, body = crate::format::report::Report), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn format_check(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), id_of(&path)?);
    let check = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            FormatCheck::newest(c, &scope, &id).map_err(Error::from)
        })
        .await?;
    Ok(match check.and_then(|check| check.report) {
        Some(report) => HttpResponse::Ok().content_type("application/json").body(report),
        None => HttpResponse::Ok().json(json!({ "status": "pending" })),
    })
}

/// How a validation report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// As `verify --json`.
    Json,
    /// ETSI TS 119 102-2, XML.
    Etsi,
    /// The seven facts of Circular 15/2025, a page in Vietnamese and English.
    Html,
}

/// Which report is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// How it is written; goes over `Accept`.
    #[param(inline)]
    pub report: Option<ReportKind>,
}

impl ReportKind {
    /// By `?report=`, else by `Accept`.
    fn wanted(query: &ReportQuery, request: &HttpRequest) -> Result<Self, Problem> {
        if let Some(kind) = query.report {
            return Ok(kind);
        }
        // Several headers are one list (RFC 9110, 5.3).
        let lines = request.headers().get_all("accept").map(|line| line.to_str().unwrap_or_default());
        let accept = lines.collect::<Vec<_>>().join(",");
        match choose(Some(&accept), &["application/json", "application/xml", "text/html"]) {
            Some("application/json") => Ok(Self::Json),
            Some("application/xml") => Ok(Self::Etsi),
            Some(_) => Ok(Self::Html),
            None => Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable")),
        }
    }
}

/// Verify the signatures of the current version, now. `Accept` chooses the report: `application/json`, `application/xml`
/// (ETSI TS 119 102-2) or `text/html` (the seven facts); 406 when it is none of them.
#[utoipa::path(get, path = "/api/v1/documents/{id}/signatures", tag = "documents", operation_id = "get_signatures", params(("id" = String, Path), ReportQuery),
    responses((status = 200, content((crate::signature::report::Report = "application/json"), (String = "application/xml"), (String = "text/html"))), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn signatures(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, Problem> {
    let kind = ReportKind::wanted(&query, &request)?;
    let (id, scope) = (id_of(&path)?, caller.acting.scope.clone());
    let version = current(&service, &caller, id.clone()).await?;
    if version.media_type != "application/pdf" {
        return Err(Problem::new(StatusCode::CONFLICT, "document_is_no_pdf"));
    }
    let (judged, at) =
        service.work(move |desk| journey::judge_version(desk, &scope, &id, &version.sha256)).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(("vary", "Accept"));
    Ok(match kind {
        ReportKind::Json => response.json(judged.report),
        ReportKind::Etsi => response.content_type("application/xml").body(etsi::xml(&judged, at)),
        ReportKind::Html => {
            response.content_type("text/html; charset=utf-8").body(facts::html(&judged.report, at))
        }
    })
}

async fn current<P>(service: &Service, caller: &Caller<P>, id: DocumentId) -> Result<Version, Problem> {
    let scope = caller.acting.scope.clone();
    service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            Version::current(c, &scope, &id)?.ok_or(Error::NotFound("version"))
        })
        .await
        .map_err(Into::into)
}

/// The bytes of the current version.
#[utoipa::path(get, path = "/api/v1/documents/{id}/content", tag = "documents", operation_id = "get_content", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn content(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let version = current(&service, &caller, id_of(&path)?).await?;
    super::super::download::respond(
        &service,
        &request,
        &version.sha256,
        &version.media_type,
        &version.file_name,
    )
}

/// The trail of a document, with proofs.
#[utoipa::path(get, path = "/api/v1/documents/{id}/events", tag = "documents", operation_id = "list_document_events", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<super::super::trail::EventShown>), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn events(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, id, scope) = (query.limit()?, id_of(&path)?, caller.acting.scope.clone());
    let cursor = match &query.cursor {
        None => None,
        Some(text) => Some(EventId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?),
    };
    let items = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            let found = log::events_of(c, &scope, "document", id.as_str(), cursor.as_ref(), limit)?;
            let mut items = Vec::new();
            for event in found {
                let proof = log::prove(c, &scope, &event.id)?.map(|proof| proof.text());
                items.push(super::super::trail::EventShown::of(event, proof));
            }
            Ok::<_, Error>(items)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |event| event.id.to_string())))
}
