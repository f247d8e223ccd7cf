//! Retries (draft-ietf-httpapi-idempotency-key-header): the same key and body give the same answer,
//! whose row commits with the effect itself.

use super::Service;
use super::problem::{Problem, header_text};
use crate::store::{Error, Unit};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest::{Context, SHA256};
use diesel::prelude::*;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

mod schema {
    diesel::table! {
        idempotency (agency_id, caller, key) {
            agency_id -> Text,
            caller -> Text,
            key -> Text,
            fingerprint -> Text,
            status -> Integer,
            body -> Text,
            etag -> Nullable<Text>,
            at -> Timestamp,
        }
    }
}
use schema::idempotency;

/// Longest key accepted.
const KEY_LIMIT: usize = 200;

/// Keys whose request runs now.
pub type Running = Arc<Mutex<HashSet<(String, String, String)>>>;

/// A request that may be made again.
#[derive(Debug)]
pub struct Retry {
    place: (String, String, String),
    fingerprint: String,
    running: Running,
}

impl Drop for Retry {
    fn drop(&mut self) {
        if let Ok(mut running) = self.running.lock() {
            running.remove(&self.place);
        }
    }
}

/// What beginning a request gave: the way on, or the answer given before.
#[derive(Debug)]
pub enum Begun {
    /// Go on.
    New(Retry),
    /// The same answer again.
    Replayed(HttpResponse),
}

/// An answer to be given, and kept for retries.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: serde_json::Value,
    /// Version of what was changed.
    pub version: Option<i64>,
}

impl Answer {
    /// An answer with the version of what was changed.
    #[must_use]
    pub fn new(status: StatusCode, body: serde_json::Value, version: Option<i64>) -> Self {
        Self { status: status.as_u16(), body, version }
    }

    /// As a response.
    #[must_use]
    pub fn response(&self) -> HttpResponse {
        respond(self.status, &self.body.to_string(), self.version.map(etag))
    }
}

/// The strong ETag of a row version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

fn respond(status: u16, body: &str, etag: Option<String>) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if let Some(etag) = etag {
        response.insert_header(("etag", etag));
    }
    response.content_type("application/json").body(body.to_owned())
}

/// Begins a request that creates or acts.
///
/// # Errors
/// Without a key (400), with another body under the same key (422), while it still runs (409).
pub async fn begin(
    service: &Service,
    agency: &str,
    caller: &str,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Begun, Problem> {
    let key = header_text(request.headers(), "idempotency-key")
        .map(str::trim)
        .filter(|key| !key.is_empty() && key.len() <= KEY_LIMIT)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing"))?;
    let mut context = Context::new(&SHA256);
    for part in [request.method().as_str().as_bytes(), request.path().as_bytes(), body] {
        context.update(&u64::try_from(part.len()).unwrap_or(0).to_be_bytes());
        context.update(part);
    }
    let fingerprint = hex::encode(context.finish());
    let place = (agency.to_owned(), caller.to_owned(), key.to_owned());
    {
        let mut running = service.running.lock().map_err(|_| Problem::internal())?;
        if !running.insert(place.clone()) {
            return Err(Problem::new(StatusCode::CONFLICT, "idempotency_key_running").retry_after(1));
        }
    }
    let retry = Retry { place: place.clone(), fingerprint, running: Arc::clone(&service.running) };
    let found = service
        .desk
        .database
        .look_up(move |c| {
            let (agency, caller, key) = &place;
            let row: Option<(String, i32, String, Option<String>)> = idempotency::table
                .find((agency, caller, key))
                .select((idempotency::fingerprint, idempotency::status, idempotency::body, idempotency::etag))
                .first(c)
                .optional()?;
            Ok::<_, Error>(row)
        })
        .await?;
    match found {
        None => Ok(Begun::New(retry)),
        Some((known, ..)) if known != retry.fingerprint => {
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"))
        }
        Some((_, status, body, etag)) => {
            Ok(Begun::Replayed(respond(u16::try_from(status).unwrap_or(200), &body, etag)))
        }
    }
}

/// What [`Keeper::keep`] needs inside a transaction.
#[derive(Debug, Clone)]
pub struct Keeper {
    place: (String, String, String),
    fingerprint: String,
}

impl Retry {
    /// For the transaction of the effect.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        Keeper { place: self.place.clone(), fingerprint: self.fingerprint.clone() }
    }
}

impl Keeper {
    /// Keeps the answer, in the transaction of the effect.
    ///
    /// # Errors
    /// When the database fails; [`Error::Conflict`] when the same request was answered meanwhile.
    pub fn keep(&self, unit: &mut Unit<'_>, answer: &Answer) -> Result<(), Error> {
        let (agency, caller, key) = &self.place;
        let now = unit.now_stored();
        let kept = diesel::insert_into(idempotency::table)
            .values((
                idempotency::agency_id.eq(agency),
                idempotency::caller.eq(caller),
                idempotency::key.eq(key),
                idempotency::fingerprint.eq(&self.fingerprint),
                idempotency::status.eq(i32::from(answer.status)),
                idempotency::body.eq(answer.body.to_string()),
                idempotency::etag.eq(answer.version.map(etag)),
                idempotency::at.eq(now),
            ))
            .execute(unit.connection())
            .map_err(Error::from);
        match kept {
            Ok(_) => Ok(()),
            Err(error) if error.is_unique_violation() => Err(Error::Conflict),
            Err(error) => Err(error),
        }
    }
}

/// Removes answers older than two days; gives how many.
///
/// # Errors
/// When the database fails.
pub fn forget_old(unit: &mut Unit<'_>) -> Result<usize, Error> {
    let before = unit.now_stored() - chrono::TimeDelta::days(2);
    Ok(diesel::delete(idempotency::table.filter(idempotency::at.lt(before))).execute(unit.connection())?)
}

/// The row version of `If-Match`; none when there is no such header, or it says that any will do (`*`; RFC 9110,
/// 13.1.1).
///
/// # Errors
/// When the header is no strong ETag of ours.
pub fn if_match(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    match header_text(request.headers(), "if-match") {
        None => Ok(None),
        Some(text) if text.trim() == "*" => Ok(None),
        Some(text) => {
            let version = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            let version = version.and_then(|text| text.parse().ok());
            version
                .map(Some)
                .ok_or_else(|| Problem::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile"))
        }
    }
}

/// The row version of `If-Match`, which must be there; none when it says that any will do.
///
/// # Errors
/// 428 without it, and as [`if_match`].
pub fn required_if_match(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    if header_text(request.headers(), "if-match").is_none() {
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_missing"));
    }
    if_match(request)
}
