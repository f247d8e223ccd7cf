//! Agencies, units, people, accounts, appointments and systems over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::identity::password;
use crate::identity::people::{self, NewAgency, NewAppointment};
use crate::identity::rows::{Agency, Appointment, Person, Role, Unit};
use crate::identity::schema::{appointments, people as people_table, units};
use crate::identity::{AccountId, PersonId, UnitId};
use crate::store::Error;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    let after = query.cursor.clone().unwrap_or_default();
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
    let after = query.cursor.clone().unwrap_or_default();
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

/// A way to log in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// Whose.
    pub person: PersonId,
    /// Name to log in with.
    pub login: String,
}

impl std::fmt::Debug for AccountBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountBody").field("login", &self.login).finish_non_exhaustive()
    }
}

/// An account as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Identifier.
    pub id: AccountId,
    /// Whose.
    pub person: PersonId,
    /// Name to log in with.
    pub login: String,
    /// Whether it may not log in.
    pub disabled: bool,
}

/// Give a person a way to log in; the answer holds a password for one use.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "people", operation_id = "create_account",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = AccountBody,
    responses((status = 201, body = NewAccountView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_account(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: AccountBody = json(&body)?;
    let login = text("/login", &wanted.login, 100)?;
    let rng = std::sync::Arc::clone(service.desk.database.rng());
    let (secret, hash) = service
        .work(move |_| {
            let secret = password::one_time(rng.as_ref()).map_err(Error::from)?;
            let hash = password::hash(&secret, rng.as_ref()).ok_or_else(Problem::internal)?;
            Ok::<_, Problem>((secret, hash))
        })
        .await?;
    let shown_once = secret.clone();
    let response = simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let account =
            people::add_account(unit, by.scope.agency(), &by.actor, &wanted.person, &login, &hash, true)?;
        let view = AccountView {
            id: account.id.clone(),
            person: account.person_id,
            login: account.login,
            disabled: account.disabled,
        };
        // What is kept for retries doesn't hold the password.
        Ok((view, Some(account.version)))
    })
    .await?;
    if response.status() != StatusCode::CREATED {
        return Ok(response);
    }
    let (head, kept) = response.into_parts();
    let bytes = actix_web::body::to_bytes(kept).await.map_err(|_| Problem::internal())?;
    let mut view: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?;
    if let Some(object) = view.as_object_mut() {
        object.insert("one_time_password".to_owned(), json!(shown_once));
    }
    Ok(head.set_body(actix_web::body::BoxBody::new(view.to_string())))
}

/// A new account, with the password shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewAccountView {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// A password for one use.
    pub one_time_password: String,
}

/// Whether an account may log in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableBody {
    /// Whether it may not.
    pub disabled: bool,
}

/// Lock an account out or let it in again; takes effect at once.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/disable", tag = "people", operation_id = "disable_account",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = DisableBody,
    responses((status = 200, body = AccountView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn disable_account(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let id = AccountId::parse(&path)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "account"))?;
    let wanted: DisableBody = json(&body)?;
    simple::run(&service, &caller, &request, &body, StatusCode::OK, move |unit, by| {
        let account = people::set_disabled(unit, by, &id, wanted.disabled)?;
        let view = AccountView {
            id: account.id.clone(),
            person: account.person_id,
            login: account.login,
            disabled: account.disabled,
        };
        Ok((view, Some(account.version)))
    })
    .await
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
    let after = query.cursor.clone().unwrap_or_default();
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

/// A system to be taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientBody {
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
}

/// A system, with its key shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewClientView {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its key; kept nowhere.
    pub key: Option<String>,
}

/// Take a system on; the answer holds its key, once.
#[utoipa::path(post, path = "/api/v1/clients", tag = "people", operation_id = "create_client",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = ClientBody,
    responses((status = 201, body = NewClientView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_client(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let wanted: ClientBody = json(&body)?;
    let name = text("/name", &wanted.name, 200)?;
    let key = password::token(service.desk.database.rng().as_ref()).map_err(Error::from)?;
    let hash = password::token_hash(&key);
    let response = simple::run(&service, &caller, &request, &body, StatusCode::CREATED, move |unit, by| {
        let client = people::add_client(unit, by, &name, &hash, &wanted.roles)?;
        Ok((NewClientView { id: client.id.to_string(), name: client.name, key: None }, Some(client.version)))
    })
    .await?;
    if response.status() != StatusCode::CREATED {
        return Ok(response);
    }
    let (head, kept) = response.into_parts();
    let bytes = actix_web::body::to_bytes(kept).await.map_err(|_| Problem::internal())?;
    let mut view: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?;
    if let Some(object) = view.as_object_mut() {
        object.insert("key".to_owned(), json!(key));
    }
    Ok(head.set_body(actix_web::body::BoxBody::new(view.to_string())))
}
