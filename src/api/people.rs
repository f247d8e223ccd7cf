//! Agencies, units, people and appointments over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::identity::people::{self, NewAgency, NewAppointment};
use crate::identity::rows::{Agency, Appointment, Person, Role, Unit};
use crate::identity::schema::{appointments, people as people_table, units};
use crate::identity::{AppointmentId, PersonId, UnitId};
use crate::store::Error;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

/// An agency to be taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgencyBody {
    /// Code by Decision 20/2020.
    pub code: String,
    /// Older code of 13 characters.
    #[serde(default)]
    pub old_code: Option<String>,
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
    /// Place in date lines.
    pub place: String,
}

/// Take an agency on, below the caller's.
#[utoipa::path(post, path = "/api/v1/agencies", tag = "people", operation_id = "create_agency",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = AgencyBody,
    responses((status = 201, body = Agency), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_agency(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: AgencyBody = json(&body)?;
    let new = NewAgency {
        parent: Some(caller.agency().clone()),
        code: wanted.code,
        old_code: wanted.old_code.map(|code| text("/old_code", &code, 13)).transpose()?,
        name: text("/name", &wanted.name, 200)?,
        abbreviation: text("/abbreviation", &wanted.abbreviation, 20)?,
        place: text("/place", &wanted.place, 100)?,
    };
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let agency = people::add_agency(unit, &by.actor, &new)?;
        let version = agency.version;
        Ok((agency, Some(version)))
    })
    .await
}

/// Show the caller's agency.
#[utoipa::path(get, path = "/api/v1/agencies/current", tag = "people", operation_id = "get_agency",
    responses((status = 200, body = Agency), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn show_agency(
    caller: Caller<perm::ReadPeople>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let scope = caller.acting.scope.clone();
    Ok(HttpResponse::Ok().json(service.desk.database.read(move |c| Agency::of(c, &scope)).await?))
}

/// A unit to be taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitBody {
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
}

/// Take a unit on.
#[utoipa::path(post, path = "/api/v1/units", tag = "people", operation_id = "create_unit",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = UnitBody,
    responses((status = 201, body = Unit), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_unit(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: UnitBody = json(&body)?;
    let (name, abbreviation) =
        (text("/name", &wanted.name, 200)?, text("/abbreviation", &wanted.abbreviation, 20)?);
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let row = people::add_unit(unit, by, &name, &abbreviation)?;
        let version = row.version;
        Ok((row, Some(version)))
    })
    .await
}

/// List units.
#[utoipa::path(get, path = "/api/v1/units", tag = "people", operation_id = "list_units", params(PageQuery),
    responses((status = 200, body = Page<Unit>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list_units(
    caller: Caller<perm::ReadPeople>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(UnitId::parse)?;
    let items: Vec<Unit> = service
        .desk
        .database
        .read(move |c| {
            let found = units::table
                .filter(units::agency_id.eq(scope.agency()))
                .filter(units::id.gt(after))
                .order(units::id)
                .limit(limit)
                .select(Unit::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |unit| unit.id.to_string())))
}

/// A person to be taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    /// Full name.
    pub full_name: String,
}

/// Take a person on.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", operation_id = "create_person",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = PersonBody,
    responses((status = 201, body = Person), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_person(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: PersonBody = json(&body)?;
    let name = text("/full_name", &wanted.full_name, 100)?;
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let person = people::add_person(unit, by.scope.agency(), &by.actor, &name)?;
        let version = person.version;
        Ok((person, Some(version)))
    })
    .await
}

/// List people.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", operation_id = "list_people", params(PageQuery),
    responses((status = 200, body = Page<Person>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list_people(
    caller: Caller<perm::ReadPeople>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(PersonId::parse)?;
    let items: Vec<Person> = service
        .desk
        .database
        .read(move |c| {
            let found = people_table::table
                .filter(people_table::agency_id.eq(scope.agency()))
                .filter(people_table::id.gt(after))
                .order(people_table::id)
                .limit(limit)
                .select(Person::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |person| person.id.to_string())))
}

/// An appointment to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentBody {
    /// Who.
    pub person: PersonId,
    /// Where.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// Title.
    pub title: String,
    /// TM., KT., TL., TUQ., Q.
    #[serde(default)]
    pub authority: Option<String>,
    /// Roles.
    pub roles: Vec<Role>,
    /// First day; today when absent.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// What it rests on.
    #[serde(default)]
    pub basis: Option<String>,
}

/// Appoint a person.
#[utoipa::path(post, path = "/api/v1/appointments", tag = "people", operation_id = "create_appointment",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = AppointmentBody,
    responses((status = 201, body = Appointment), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_appointment(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: AppointmentBody = json(&body)?;
    let new = NewAppointment {
        person: wanted.person,
        unit: wanted.unit,
        title: text("/title", &wanted.title, 100)?,
        authority: wanted.authority.map(|authority| text("/authority", &authority, 20)).transpose()?,
        roles: wanted.roles,
        from: wanted.valid_from.unwrap_or_else(|| service.desk.today()),
        to: wanted.valid_to,
        basis: wanted.basis.map(|basis| text("/basis", &basis, 500)).transpose()?,
    };
    simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let appointment = people::appoint(unit, by.scope.agency(), &by.actor, &new)?;
        let version = appointment.version;
        Ok((appointment, Some(version)))
    })
    .await
}

/// List appointments.
#[utoipa::path(get, path = "/api/v1/appointments", tag = "people", operation_id = "list_appointments", params(PageQuery),
    responses((status = 200, body = Page<Appointment>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list_appointments(
    caller: Caller<perm::ReadPeople>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(AppointmentId::parse)?;
    let items: Vec<Appointment> = service
        .desk
        .database
        .read(move |c| {
            let found = appointments::table
                .filter(appointments::agency_id.eq(scope.agency()))
                .filter(appointments::id.gt(after))
                .order(appointments::id)
                .limit(limit)
                .select(Appointment::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |appointment| appointment.id.to_string())))
}

/// When an appointment ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    /// Its last day; when absent it has ended as of now.
    #[serde(default)]
    pub last_day: Option<NaiveDate>,
}

/// End an appointment; with no last day named, what rests on it stops at once.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/end", tag = "people", operation_id = "end_appointment",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = EndBody,
    responses((status = 200, body = Appointment), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn end_appointment(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let id = AppointmentId::parse(&path)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "appointment"))?;
    let expected = super::retry::if_match(&request)?;
    let wanted: EndBody = json(&body)?;
    let today = service.desk.today();
    let last = wanted.last_day.unwrap_or(today.pred_opt().unwrap_or(today));
    simple::run(&service, &caller, &request, &body, StatusCode::OK, move |unit, by| {
        let appointment = people::end_appointment(unit, by, &id, expected, last)?;
        let version = appointment.version;
        Ok((appointment, Some(version)))
    })
    .await
}
