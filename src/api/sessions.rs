//! Logging in and out, and changing one's password.

use super::Service;
use super::body::json;
use super::caller::{COOKIE, Caller, perm};
use super::problem::Problem;
use crate::audit::{Actor, NewEvent, record};
use crate::identity::PersonId;
use crate::identity::password::{self, MINIMUM, token, token_hash};
use crate::identity::rows::{Account, Role};
use crate::identity::schema::{accounts, sessions};
use crate::store::{AgencyId, Error};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// Failed logins of one name before it has to wait.
const FAILURES: u32 = 5;
/// How long it has to wait.
const WAIT: Duration = Duration::from_secs(60);

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// Name to log in with.
    pub login: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for LoginBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginBody").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The agency.
    pub agency: AgencyId,
    /// The person.
    pub person: Option<PersonId>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Appointments in force.
    pub appointments: Vec<crate::identity::AppointmentId>,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
}

fn refused() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "login_refused")
}

/// Whether the name has to wait; counts nothing.
fn must_wait(service: &Service, login: &str) -> bool {
    service.failures.lock().is_ok_and(|failures| {
        failures.get(login).is_some_and(|(at, count)| *count >= FAILURES && at.elapsed() < WAIT)
    })
}

fn count_failure(service: &Service, login: &str) {
    /// Names remembered: an attacker must not fill the memory with made-up ones.
    const NAMES: usize = 10_000;
    if let Ok(mut failures) = service.failures.lock() {
        if failures.len() >= NAMES {
            failures.retain(|_, (at, _)| at.elapsed() < WAIT);
        }
        if failures.len() < NAMES {
            let entry = failures.entry(login.to_owned()).or_insert((Instant::now(), 0));
            *entry = (Instant::now(), entry.1.saturating_add(1));
        }
    }
    tracing::warn!(target: "security", "a login failed");
}

/// Log in.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", operation_id = "create_session", request_body = LoginBody, security(()),
    responses((status = 201, body = SessionView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    super::problem::set_language(request.headers());
    let wanted: LoginBody = json(&body)?;
    if wanted.login.len() > 200 || wanted.password.len() > 1000 {
        return Err(refused());
    }
    if must_wait(&service, &wanted.login) {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "login_too_often").retry_after(60));
    }
    let login = wanted.login.clone();
    let account: Option<Account> = service
        .desk
        .database
        .read(move |c| {
            accounts::table
                .filter(accounts::login.eq(login))
                .filter(accounts::disabled.eq(false))
                .select(Account::as_select())
                .first(c)
                .optional()
                .map_err(Error::from)
        })
        .await?;
    // An unknown name costs as much time as a known one.
    let stored = account.as_ref().map_or(DUMMY.to_owned(), |account| account.password_hash.clone());
    let given = wanted.password;
    let matches = service.work(move |_| Ok::<_, Problem>(password::matches(&given, &stored))).await?;
    let Some(account) = account.filter(|_| matches) else {
        count_failure(&service, &wanted.login);
        super::problem::set_language(request.headers());
        return Err(refused());
    };
    let secret = token(service.desk.database.rng().as_ref()).map_err(Error::from)?;
    let (hash, id, hours) = (token_hash(&secret), account.id.clone(), service.session_hours);
    let (agency, person, must_change) =
        (account.agency_id.clone(), account.person_id.clone(), account.must_change);
    service
        .desk
        .database
        .write(move |unit| {
            let now = unit.now_stored();
            diesel::delete(sessions::table.filter(sessions::expires_at.lt(now)))
                .execute(unit.connection())?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::token_hash.eq(&hash),
                    sessions::account_id.eq(&id),
                    sessions::expires_at.eq(now + TimeDelta::hours(hours)),
                ))
                .execute(unit.connection())?;
            let actor = Actor::Person { account: id.to_string(), appointment: None };
            record(unit, NewEvent::new("session.opened", agency.as_str(), &actor, "account", id.as_str()))?;
            Ok::<_, Error>(())
        })
        .await?;
    service.wake.notify_one();
    let cookie = Cookie::build(COOKIE, secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(service.https)
        .finish();
    let day = service.desk.today();
    let asked = person.clone();
    let appointments = service
        .desk
        .database
        .read(move |c| crate::identity::rows::Appointment::in_force(c, &asked, day))
        .await?;
    let mut roles: Vec<Role> =
        appointments.iter().flat_map(|one| crate::identity::rows::read_roles(&one.roles)).collect();
    roles.sort_unstable();
    roles.dedup();
    Ok(HttpResponse::Created().cookie(cookie).json(SessionView {
        agency: account.agency_id,
        person: Some(person),
        roles,
        appointments: appointments.into_iter().map(|one| one.id).collect(),
        must_change_password: must_change,
    }))
}

/// A hash nobody has the password of.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Show who is logged in.
#[utoipa::path(get, path = "/api/v1/sessions/current", tag = "sessions", operation_id = "get_session",
    responses((status = 200, body = SessionView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn show(caller: Caller<perm::AnyRole>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(SessionView {
        agency: caller.agency().clone(),
        person: caller.acting.person.clone(),
        roles: caller.roles.clone(),
        appointments: caller.acting.appointments.clone(),
        must_change_password: caller.must_change,
    }))
}

/// Log out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "sessions", operation_id = "delete_session",
    responses((status = 204), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn delete(
    _caller: Caller<perm::AnyRole>,
    service: Data<Service>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(cookie) = request.cookie(COOKIE) {
        let hash = token_hash(cookie.value());
        service
            .desk
            .database
            .write(move |unit| {
                diesel::delete(sessions::table.find(&hash)).execute(unit.connection()).map_err(Error::from)
            })
            .await?;
    }
    let mut gone = Cookie::build(COOKIE, "").path("/").http_only(true).finish();
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The present password.
    pub current: String,
    /// The new one, of at least 12 characters.
    pub new: String,
}

impl std::fmt::Debug for PasswordBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordBody(..)")
    }
}

/// Change one's password; other sessions of the account end.
#[utoipa::path(post, path = "/api/v1/sessions/password", tag = "sessions", operation_id = "change_password", request_body = PasswordBody,
    responses((status = 204), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn change_password(
    caller: Caller<perm::AnyRole>,
    service: Data<Service>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let account = caller.account.clone().ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "people_only"))?;
    let wanted: PasswordBody = json(&body)?;
    if wanted.new.chars().count() < MINIMUM || wanted.new.len() > 1000 || wanted.new == wanted.current {
        return Err(Problem::field("/new", "password_too_weak"));
    }
    let stored = account.password_hash.clone();
    let rng = std::sync::Arc::clone(service.desk.database.rng());
    let hash = service
        .work(move |_| {
            if !password::matches(&wanted.current, &stored) {
                return Err(refused());
            }
            password::hash(&wanted.new, rng.as_ref()).ok_or_else(Problem::internal)
        })
        .await?;
    let keep = request.cookie(COOKIE).map(|cookie| token_hash(cookie.value())).unwrap_or_default();
    let by = caller.acting.clone();
    service
        .desk
        .database
        .write(move |unit| {
            crate::identity::people::set_password(unit, &by.actor, &account, &hash, false, Some(&keep))
        })
        .await?;
    service.wake.notify_one();
    Ok(HttpResponse::NoContent().finish())
}
