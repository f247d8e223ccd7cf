//! Registers over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::documents::Direction;
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::registry::Error;
use crate::registry::registers::{self, NewRegister};
use crate::registry::rows::{Register, RegisterEntry, RegisterId};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A register to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegisterBody {
    /// Its name.
    pub name: String,
    /// Outgoing or incoming.
    pub direction: Direction,
    /// Types it takes; empty: all.
    #[serde(default)]
    pub types: Vec<String>,
    /// For secret documents.
    #[serde(default)]
    pub secret: bool,
    /// The year; the present one when absent.
    #[serde(default)]
    pub year: Option<i32>,
    /// The first number; 1 when absent.
    #[serde(default)]
    pub first_number: Option<i64>,
}

/// A register as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// Identifier.
    pub id: RegisterId,
    /// Name.
    pub name: String,
    /// Year.
    pub year: i32,
    /// `outgoing` or `incoming`.
    pub direction: String,
    /// First number of the year.
    pub first_number: i64,
    /// The number the next document gets.
    pub next_number: i64,
    /// Version of the row; the ETag.
    pub version: i64,
}

fn view(register: &Register) -> RegisterView {
    RegisterView {
        id: register.id.clone(),
        name: register.name.clone(),
        year: register.year,
        direction: register.direction.clone(),
        first_number: register.first_number,
        next_number: register.next_number,
        version: register.version,
    }
}

fn id_of(path: &Path<String>) -> Result<RegisterId, Problem> {
    RegisterId::parse(path.as_str())
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "register"))
}

/// Open a register.
#[utoipa::path(post, path = "/api/v1/registers", tag = "registers", operation_id = "create_register",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = NewRegisterBody,
    responses((status = 201, body = RegisterView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: NewRegisterBody = json(&body)?;
    if wanted.year.is_some_and(|year| !(1900..=2999).contains(&year)) {
        return Err(Problem::field_because("/year", "number_out_of_range", "1900–2999".to_owned()));
    }
    if wanted.first_number.is_some_and(|first| !(1..=1_000_000_000).contains(&first)) {
        return Err(Problem::field_because(
            "/first_number",
            "number_out_of_range",
            "1–1,000,000,000".to_owned(),
        ));
    }
    let new = NewRegister {
        name: text("/name", &wanted.name, 200)?,
        direction: wanted.direction.stored(),
        types: wanted.types,
        secret: wanted.secret,
        year: wanted.year,
        first_number: wanted.first_number,
    };
    let zone = service.desk.zone;
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let register = registers::open(unit, by, zone, &new)?;
        Ok((view(&register), Some(register.version)))
    })
    .await
}

/// List registers.
#[utoipa::path(get, path = "/api/v1/registers", tag = "registers", operation_id = "list_registers", params(PageQuery),
    responses((status = 200, body = Page<RegisterView>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = query.limit()?;
    let cursor = match &query.cursor {
        None => None,
        Some(text) => {
            Some(RegisterId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?)
        }
    };
    let scope = caller.acting.scope.clone();
    let found =
        service.desk.database.read(move |c| Register::list(c, &scope, cursor.as_ref(), limit)).await?;
    let items: Vec<RegisterView> = found.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |register| register.id.to_string())))
}

/// What stands in a register, voids included.
#[utoipa::path(get, path = "/api/v1/registers/{id}/entries", tag = "registers", operation_id = "list_register_entries", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<RegisterEntry>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn entries(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, id, scope) = (query.limit()?, id_of(&path)?, caller.acting.scope.clone());
    let after = match &query.cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| Problem::field("/cursor", "cursor_invalid"))?,
    };
    let items = service
        .desk
        .database
        .read(move |c| {
            Register::find(c, &scope, &id)?.ok_or(Error::NotFound("register"))?;
            RegisterEntry::list(c, &scope, &id, after, limit).map_err(Error::from)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |entry| entry.number.to_string())))
}

/// Whether a register is complete.
#[utoipa::path(get, path = "/api/v1/registers/{id}/gaps", tag = "registers", operation_id = "get_register_gaps", params(("id" = String, Path)),
    responses((status = 200, body = registers::GapReport), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn gaps(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, scope) = (id_of(&path)?, caller.acting.scope.clone());
    let report = service.desk.database.read(move |c| registers::gaps(c, &scope, &id)).await?;
    Ok(HttpResponse::Ok().json(report))
}
