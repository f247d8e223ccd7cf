//! The links a program on a desktop is given: it fetches the file and brings it back signed, without a cookie.
//!
//! A link holds a token of 256 random bits, of which the service keeps the digest only. It acts for who began the session,
//! and only while that person, or system, could still do so by calling. The form of the answer is the one VGCA's tool
//! reads (`Status`, `Message`, `FileName`, `FileServer`); a refusal is a problem that has `Status` and `Message` as well.

use super::super::Service;
use super::super::body::upload_file;
use super::super::caller::{Permission, again, perm};
use super::super::download;
use super::super::problem::{Problem, ProblemBody};
use super::{session_id, unknown};
use crate::audit::Actor;
use crate::identity::Acting;
use crate::identity::password::token_hash;
use crate::registry::Error;
use crate::registry::journey::sessions;
use crate::registry::rows::{Link, SigningSession};
use crate::registry::state::Act;
use actix_multipart::Multipart;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Names the part with the file may have; the first is the one of VGCA's tool.
const PARTS: [&str; 2] = ["uploadfile", "file"];

/// What a desktop program is told of a file that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DesktopReply {
    /// Whether the file was taken.
    pub status: bool,
    /// Why not; empty when it was.
    pub message: String,
    /// The file's name.
    pub file_name: String,
    /// Where the document now is.
    pub file_server: String,
}

/// A signed file as desktop programs bring it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the form of the multipart body, for the OpenAPI document")]
pub struct SignedFileForm {
    /// The signed PDF; `file` is taken as well.
    #[schema(value_type = String, format = Binary)]
    uploadfile: Vec<u8>,
}

/// The session of a link, and for whom it acts.
async fn linked(
    service: &Service,
    id: &str,
    token: &str,
    link: Link,
) -> Result<(SigningSession, Acting), Problem> {
    let (id, hash) = (session_id(id)?, token_hash(token));
    let found = service.desk.database.look_up(move |c| SigningSession::by_link(c, &id, link, &hash)).await?;
    let Some(session) = found else {
        tracing::warn!(target: "security", "a link of a signing session was wrong");
        return Err(unknown());
    };
    let actor = Actor::from_text(&session.begun_by).ok_or_else(Problem::internal)?;
    let needed = if session.act() == Act::Sign { perm::Sign::ROLES } else { perm::Register::ROLES };
    let acting = again(service, &actor, needed).await?;
    if session.appointment_id.as_ref().is_some_and(|appointment| !acting.appointments.contains(appointment)) {
        return Err(Error::Forbidden { code: "appointment_not_yours" }.into());
    }
    Ok((session, acting))
}

/// Fetch the file that is to be signed, once, by the link of a session.
#[utoipa::path(get, path = "/api/v1/signing-sessions/{id}/file/{token}", tag = "signing", operation_id = "fetch_file_to_sign", security(()),
    params(("id" = String, Path), ("token" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn fetch(
    service: Data<Service>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, token) = path.into_inner();
    let (session, by) = linked(&service, &id, &token, Link::Download).await?;
    let handed = service.desk.database.write_rows(move |unit| sessions::hand_out(unit, &by, &session)).await;
    service.wake.notify_one();
    let (session, name) = handed?;
    download::respond(&service, &request, &session.kept_sha256, "application/pdf", &name)
}

/// Bring the signed file, by the link of a session: it is judged, and only then the document's next version.
#[utoipa::path(post, path = "/api/v1/signing-sessions/{id}/file/{token}", tag = "signing", operation_id = "bring_signed_file", security(()),
    params(("id" = String, Path), ("token" = String, Path)), request_body(content = SignedFileForm, content_type = "multipart/form-data"),
    responses((status = 200, body = DesktopReply), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn bring(
    service: Data<Service>,
    path: Path<(String, String)>,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let (id, token) = path.into_inner();
    match take(&service, &id, &token, parts).await {
        Ok(reply) => Ok(HttpResponse::Ok().json(reply)),
        Err(problem) => refused(&problem).await,
    }
}

async fn take(service: &Service, id: &str, token: &str, parts: Multipart) -> Result<DesktopReply, Problem> {
    let (session, by) = linked(service, id, token, Link::Upload).await?;
    let received = upload_file(service, parts, &PARTS).await?;
    let (actor, was) = (by.clone(), session.clone());
    let concluded = service
        .work(move |desk| {
            let outcome = sessions::take_back(desk, &actor, &was, received.path());
            drop(received);
            outcome
        })
        .await;
    service.wake.notify_one();
    let (concluded, desk) = (concluded?, service.desk.clone());
    let document = service
        .desk
        .database
        .write_rows(move |unit| {
            let (document, _) = sessions::record_concluded(unit, &desk, &by, &concluded)?;
            Ok::<_, Error>(document)
        })
        .await?;
    service.wake.notify_one();
    Ok(DesktopReply {
        status: true,
        message: String::new(),
        file_name: format!("{}.pdf", document.id),
        file_server: format!("/api/v1/documents/{}/content", document.id),
    })
}

/// A problem in the form the desktop's tool reads too.
async fn refused(problem: &Problem) -> Result<HttpResponse, Problem> {
    let (head, body) = problem.error_response().into_parts();
    let bytes = actix_web::body::to_bytes(body).await.map_err(|_| Problem::internal())?;
    let mut told: Value = serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?;
    if let Some(told) = told.as_object_mut() {
        let title = told.get("title").cloned().unwrap_or_default();
        told.insert("Status".to_owned(), json!(false));
        told.insert("Message".to_owned(), title);
    }
    Ok(head.set_body(actix_web::body::BoxBody::new(told.to_string())))
}
