//! One-shot format checks: what the rules say of an uploaded file, or the picture of one of its pages with the findings
//! drawn on it. Nothing is kept. Also the same picture of a document that was taken in.

use super::Service;
use super::body::upload;
use super::caller::{Caller, perm};
use super::documents::{FileForm, id_of};
use super::problem::{Problem, ProblemBody, language_of};
use crate::format::metadata::{Confidence, Proposed};
use crate::format::overlay::{self, Encoding};
use crate::format::report::Report;
use crate::pdf::picture::PictureError;
use crate::registry::Error;
use crate::registry::journey::{self, Picture};
use crate::registry::rows::{Document, FormatCheck};
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::{IntoParams, ToSchema};

/// Checks and pictures made at the same time: each may take the memory of a large page.
const TOGETHER: usize = 2;
/// Callers that wait for their turn; more are asked to come again.
const WAITING: usize = 16;
static TURNS: Semaphore = Semaphore::const_new(TOGETHER);
static ROOM: Semaphore = Semaphore::const_new(TOGETHER + WAITING);

/// How a picture is encoded.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverlayEncoding {
    /// Pixels.
    Png,
    /// The page as pixels, the findings as shapes and text over it.
    Svg,
}

impl From<OverlayEncoding> for Encoding {
    fn from(wanted: OverlayEncoding) -> Self {
        match wanted {
            OverlayEncoding::Png => Self::Png,
            OverlayEncoding::Svg => Self::Svg,
        }
    }
}

/// What is answered instead of the report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CheckQuery {
    /// A picture of a page with the findings drawn on it, for a PDF.
    pub overlay: Option<OverlayEncoding>,
    /// Of which page, from 1; the first that has findings when absent.
    #[param(minimum = 1)]
    pub page: Option<usize>,
}

/// Which picture is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OverlayQuery {
    /// How it is encoded; PNG when absent.
    pub encoding: Option<OverlayEncoding>,
    /// Of which page, from 1; the first that has findings when absent.
    #[param(minimum = 1)]
    pub page: Option<usize>,
}

/// What taking the document in can be filled with, in the words of `POST /documents`: proposals that somebody confirms.
/// What isn't known is null, except urgency and secrecy, which are as if nothing were written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Prefill {
    /// Type code.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Abstract.
    pub subject: Option<String>,
    /// Urgency.
    pub urgency: String,
    /// Secrecy.
    pub secrecy: String,
    /// Issuing body: the sender of an incoming document.
    pub sender: Option<String>,
    /// Number and symbol as written: the sender's, of an incoming document.
    pub sender_notation: Option<String>,
    /// How sure the least sure of them is; null when nothing was found.
    pub confidence: Option<Confidence>,
}

impl Prefill {
    fn of(report: &Report) -> Self {
        let metadata = &report.metadata;
        let value = |proposed: &Option<Proposed>| proposed.as_ref().map(|proposed| proposed.value.clone());
        let used = [
            &metadata.kind,
            &metadata.subject,
            &metadata.urgency,
            &metadata.secrecy,
            &metadata.issuer,
            &metadata.number,
        ];
        Self {
            kind: value(&metadata.kind),
            // As long as a document's abstract may be.
            subject: value(&metadata.subject).map(|subject| subject.chars().take(500).collect()),
            urgency: value(&metadata.urgency).unwrap_or_else(|| "normal".to_owned()),
            secrecy: value(&metadata.secrecy).unwrap_or_else(|| "none".to_owned()),
            sender: value(&metadata.issuer).map(|issuer| issuer.chars().take(200).collect()),
            sender_notation: report.document.number.clone(),
            confidence: used.iter().filter_map(|one| one.as_ref()).map(|one| one.confidence).min(),
        }
    }
}

/// A report, the pages that can be seen with their findings, and what taking the document in can be filled with.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneShot {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    /// Pages that have findings and can be drawn; none of a DOCX.
    pub overlay_pages: Vec<usize>,
    /// Proposals for `POST /documents`.
    pub prefill: Prefill,
}

/// A place among those who are served or wait, and a turn.
async fn turn() -> Result<(SemaphorePermit<'static>, SemaphorePermit<'static>), Problem> {
    let busy = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "checks_busy").retry_after(5);
    let room = ROOM.try_acquire().map_err(busy)?;
    let turn = TURNS.acquire().await.map_err(|_| Problem::internal())?;
    Ok((room, turn))
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::NoPage => Self::new(StatusCode::NOT_FOUND, "overlay_no_page"),
            PictureError::TooLarge => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "overlay_too_large"),
            PictureError::Unpaintable => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "overlay_unpaintable"),
        }
    }
}

impl From<journey::OverlayError> for Problem {
    fn from(error: journey::OverlayError) -> Self {
        match error {
            journey::OverlayError::Picture(error) => error.into(),
            journey::OverlayError::Format(error) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.code()).arg("why", error.to_string())
            }
            journey::OverlayError::Store(error) => error.into(),
        }
    }
}

fn shown(encoding: Encoding, picture: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type(encoding.media_type()).insert_header(("x-content-type-options", "nosniff"));
    // A drawing is XML: shown as a page of ours it could run scripts, if a writer of files ever got one in.
    if encoding == Encoding::Svg {
        response
            .insert_header(("content-security-policy", "default-src 'none'; img-src data:; sandbox"))
            .insert_header(("content-disposition", "attachment; filename=\"overlay.svg\""));
    }
    response.body(picture)
}

/// Check a file once. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/format-checks", tag = "format-checks", operation_id = "create_format_check", params(CheckQuery),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The report, or the picture asked for.", content((OneShot = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "image/svg+xml"))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    query: Query<CheckQuery>,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    drop(caller);
    let language = language_of(request.headers());
    let received = upload(&service, parts).await?;
    if !received.metadata.is_empty() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "upload_part_unknown"));
    }
    let file = received.file;
    let wanted = query.overlay.map(|encoding| (Encoding::from(encoding), query.page));
    let _turn = turn().await?;
    let (judged, picture) = service
        .work(move |desk| {
            let judged = journey::judge_file(desk, file.path(), &file.sha256())?;
            let picture = match wanted {
                Some((encoding, page)) => Some(judged.draw(desk, &Picture { page, encoding, language })?),
                None => None,
            };
            Ok::<_, journey::OverlayError>((judged, picture))
        })
        .await?;
    Ok(match (picture, wanted) {
        (Some(picture), Some((encoding, _))) => shown(encoding, picture),
        _ => {
            let overlay_pages = overlay::pages(&judged.report);
            let prefill = Prefill::of(&judged.report);
            HttpResponse::Ok().json(OneShot { report: judged.report, overlay_pages, prefill })
        }
    })
}

/// A page of a document with the findings drawn on it.
#[utoipa::path(get, path = "/api/v1/documents/{id}/format-check/overlay", tag = "documents", operation_id = "get_format_check_overlay", params(("id" = String, Path), OverlayQuery),
    responses(
        (status = 200, description = "The picture.", content((Vec<u8> = "image/png"), (Vec<u8> = "image/svg+xml"))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn show(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    query: Query<OverlayQuery>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), id_of(&path)?);
    let language = language_of(request.headers());
    let encoding = query.encoding.map_or(Encoding::Png, Encoding::from);
    let picture = Picture { page: query.page, encoding, language };
    let version = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            FormatCheck::newest_version(c, &scope, &id)?.ok_or(Error::NotFound("version"))
        })
        .await?;
    let _turn = turn().await?;
    let drawn = service
        .work(move |desk| {
            let path = desk.objects.path(&version.sha256);
            journey::judge_file(desk, &path, &version.sha256)?.draw(desk, &picture)
        })
        .await?;
    Ok(shown(picture.encoding, drawn))
}
