//! Who calls, and what they may: the permission a route needs stands in its handler's type.

use super::Service;
use super::problem::{Problem, header_text, set_language};
use crate::audit::{Actor, NewEvent, record};
use crate::identity::password::token_hash;
use crate::identity::rows::{Account, Appointment, Client, ROLES, Role, read_roles};
use crate::identity::schema::{accounts, clients, people, sessions};
use crate::identity::{Acting, PersonId};
use crate::store::{AgencyId, Error, Scope};
use actix_web::dev::{Payload, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use diesel::prelude::*;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// The name of the session cookie.
pub const COOKIE: &str = "chancery_session";

/// A permission, as a type.
pub trait Permission: 'static {
    /// Its name in refusals and events.
    const NAME: &'static str;
    /// Roles that have it.
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal: [$($role:ident),*];)*) => {
        /// Every permission.
        pub mod perm {
            use super::{Permission, Role, ROLES};
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub struct $name;
                impl Permission for $name {
                    const NAME: &'static str = $text;
                    const ROLES: &'static [Role] = &[$(Role::$role),*];
                }
            )*
            /// Whoever is logged in.
            #[derive(Debug)]
            pub struct AnyRole;
            impl Permission for AnyRole {
                const NAME: &'static str = "any_role";
                const ROLES: &'static [Role] = &ROLES;
            }
        }
    };
}

permissions! {
    /// See documents, registers, electronic files.
    Read = "read": [Clerk, Drafter, Signer, Archivist, Inspector];
    /// Take documents in and prepare them.
    Draft = "draft": [Clerk, Drafter];
    /// Sign as a person.
    Sign = "sign": [Signer];
    /// Sign as a person or seal, with keys that lie elsewhere.
    SignOrSeal = "sign_or_seal": [Signer, Clerk];
    /// Register, number, seal, issue, void.
    Register = "register": [Clerk];
    /// File documents, close files, hand over.
    File = "file": [Clerk, Drafter];
    /// Receive for the archive.
    Archive = "archive": [Archivist];
    /// Raise levels of issued documents.
    Preserve = "preserve": [Clerk, Archivist];
    /// See the trail.
    Inspect = "inspect": [Inspector, Archivist, Clerk, Administrator];
    /// See the agency's statistics.
    Report = "report": [Inspector, Clerk, Administrator];
    /// Manage people, systems, keys.
    Administer = "administer": [Administrator];
    /// See people and units.
    ReadPeople = "read_people": [Clerk, Drafter, Signer, Archivist, Inspector, Administrator];
}

/// An authenticated caller with the permission `P`.
#[derive(Debug)]
pub struct Caller<P> {
    /// On whose behalf.
    pub acting: Acting,
    /// The name retries are kept under.
    pub name: String,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// The account, for people.
    pub account: Option<Account>,
    /// Roles.
    pub roles: Vec<Role>,
    permission: PhantomData<P>,
}

/// A caller before any permission is asked.
struct Known {
    acting: Acting,
    name: String,
    must_change: bool,
    account: Option<Account>,
    roles: Vec<Role>,
}

fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated")
}

async fn identify(service: &Service, request: &HttpRequest) -> Result<Known, Problem> {
    let bearer = header_text(request.headers(), "authorization").map(str::to_owned);
    if let Some(bearer) = bearer {
        let key = bearer.strip_prefix("Bearer ").ok_or_else(unauthenticated)?.to_owned();
        let behalf = header_text(request.headers(), "on-behalf-of").map(str::to_owned);
        return known_client(service, WhichClient::KeyHash(token_hash(&key)), behalf).await;
    }
    let cookie = request.cookie(COOKIE).ok_or_else(unauthenticated)?;
    let hash = token_hash(cookie.value());
    let (now, today) = (service.desk.now().naive_utc(), service.desk.today());
    let found = service
        .desk
        .database
        .look_up(move |c| {
            let account: Option<Account> = sessions::table
                .inner_join(accounts::table)
                .filter(sessions::token_hash.eq(&hash))
                .filter(sessions::expires_at.gt(now))
                .filter(accounts::disabled.eq(false))
                .select(Account::as_select())
                .first(c)
                .optional()?;
            let Some(account) = account else { return Ok(None) };
            let appointments = Appointment::in_force(c, &account.person_id, today)?;
            Ok::<_, Error>(Some((account, appointments)))
        })
        .await?;
    let (account, appointments) = found.ok_or_else(unauthenticated)?;
    Ok(known_person(account, appointments))
}

/// A person by their account, with the appointments in force.
fn known_person(account: Account, appointments: Vec<Appointment>) -> Known {
    let mut roles: Vec<Role> = appointments.iter().flat_map(|one| read_roles(&one.roles)).collect();
    roles.sort_unstable();
    roles.dedup();
    let acting = Acting {
        scope: Scope::of(account.agency_id.clone()),
        actor: Actor::Person {
            account: account.id.to_string(),
            appointment: appointments.first().map(|one| one.id.to_string()),
        },
        person: Some(account.person_id.clone()),
        appointments: appointments.into_iter().map(|one| one.id).collect(),
    };
    Known {
        acting,
        name: account.id.to_string(),
        must_change: account.must_change,
        account: Some(account),
        roles,
    }
}

/// Who began something, as if they called now: for a link that acts for them. They must still be who they were, with
/// one of the roles needed.
///
/// # Errors
/// 403 when their account, system, appointment or role was taken away.
pub async fn again(service: &Service, actor: &Actor, needed: &[Role]) -> Result<Acting, Problem> {
    let missing = || Problem::new(StatusCode::FORBIDDEN, "link_of_nobody");
    let known = match actor.clone() {
        Actor::Person { account, .. } => {
            let today = service.desk.today();
            let found = service.desk.database.look_up(move |c| {
                let account: Option<Account> = accounts::table
                    .filter(accounts::id.eq(&account))
                    .filter(accounts::disabled.eq(false))
                    .select(Account::as_select())
                    .first(c)
                    .optional()?;
                let Some(account) = account else { return Ok(None) };
                let appointments = Appointment::in_force(c, &account.person_id, today)?;
                Ok::<_, Error>(Some((account, appointments)))
            });
            let (account, appointments) = found.await?.ok_or_else(missing)?;
            known_person(account, appointments)
        }
        Actor::Client { client, on_behalf_of } => {
            let known = known_client(service, WhichClient::Id(client), on_behalf_of).await;
            known.map_err(|_| missing())?
        }
        Actor::System => return Err(missing()),
    };
    if known.must_change || !known.roles.iter().any(|role| needed.contains(role)) {
        return Err(missing());
    }
    Ok(known.acting)
}

/// Whether a person had ways to log in and all were taken away: nobody acts for them then.
fn is_locked_out(c: &mut crate::store::AnyConnection, person: &PersonId) -> Result<bool, Error> {
    let states: Vec<bool> =
        accounts::table.filter(accounts::person_id.eq(person)).select(accounts::disabled).load(c)?;
    Ok(!states.is_empty() && states.iter().all(|disabled| *disabled))
}

/// How a client is looked up.
enum WhichClient {
    /// By the digest of the key it showed: the time it takes tells nothing about a random key.
    KeyHash(String),
    /// By its identifier.
    Id(String),
}

async fn known_client(
    service: &Service,
    which: WhichClient,
    behalf: Option<String>,
) -> Result<Known, Problem> {
    let today = service.desk.today();
    let person = match behalf.as_deref() {
        None => None,
        Some(text) => Some(PersonId::parse(text).ok_or_else(unauthenticated)?),
    };
    let wanted = person.clone();
    let found = service
        .desk
        .database
        .look_up(move |c| {
            let usable = clients::table.filter(clients::disabled.eq(false)).select(Client::as_select());
            let client: Option<Client> = match &which {
                WhichClient::KeyHash(hash) => {
                    usable.filter(clients::key_hash.eq(hash)).first(c).optional()?
                }
                WhichClient::Id(id) => usable.filter(clients::id.eq(id)).first(c).optional()?,
            };
            let Some(client) = client else { return Ok(None) };
            let appointments = match &wanted {
                None => Vec::new(),
                Some(person) => {
                    let known: i64 = people::table
                        .filter(people::agency_id.eq(&client.agency_id))
                        .filter(people::id.eq(person))
                        .count()
                        .get_result(c)?;
                    if known == 0 || is_locked_out(c, person)? {
                        return Ok(None);
                    }
                    Appointment::in_force(c, person, today)?
                }
            };
            Ok::<_, Error>(Some((client, appointments)))
        })
        .await?;
    let (client, appointments) = found.ok_or_else(unauthenticated)?;
    let acting = Acting {
        scope: Scope::of(client.agency_id.clone()),
        actor: Actor::Client {
            client: client.id.to_string(),
            on_behalf_of: person.as_ref().map(ToString::to_string),
        },
        person,
        appointments: appointments.into_iter().map(|one| one.id).collect(),
    };
    Ok(Known {
        acting,
        name: client.id.to_string(),
        must_change: false,
        account: None,
        roles: read_roles(&client.roles),
    })
}

/// What an authenticated request is after, kept with it so that a refusal can be told of wherever it arises.
#[derive(Debug, Clone)]
pub struct Attempt {
    acting: Acting,
    permission: &'static str,
}

/// Longest address an event tells of, in characters.
const PATH_LIMIT: usize = 300;

/// Whether a refusal becomes an event: every one of a change, and of a read those that hit a border. Mistyped
/// queries and requests that merely came too early are noise.
fn is_told(method: &Method, status: StatusCode, code: &str) -> bool {
    let border = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    border || (!method.is_safe() && status.is_client_error() && code != "idempotency_key_running")
}

/// Records in a transaction of its own that somebody with an account was refused; does nothing for strangers and
/// for answers that are no refusals.
pub async fn tell_of_refusal<B>(service: &Service, response: &ServiceResponse<B>) {
    let request = response.request();
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let (Some(problem), Some(attempt)) = (problem, request.extensions().get::<Attempt>().cloned()) else {
        return;
    };
    let code = problem.code();
    if !is_told(request.method(), response.status(), code) {
        return;
    }
    let (agency, actor) = (attempt.acting.scope.agency().clone(), attempt.acting.actor);
    let method = request.method().to_string();
    let path: String = request.path().chars().take(PATH_LIMIT).collect();
    let outcome = service
        .desk
        .database
        .write(move |unit| {
            let event =
                NewEvent::new("request.refused", agency.as_str(), &actor, "permission", attempt.permission)
                    .detail("method", &method)
                    .detail("path", &path);
            record(unit, event.refused(code))?;
            Ok::<_, Error>(())
        })
        .await;
    if let Err(error) = outcome {
        tracing::error!(%error, "a refusal could not be recorded");
    }
    service.wake.notify_one();
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let service = request.app_data::<web::Data<Service>>().cloned().ok_or_else(Problem::internal)?;
            let known = identify(&service, &request).await;
            set_language(request.headers());
            let known = known?;
            let attempt = Attempt { acting: known.acting.clone(), permission: P::NAME };
            request.extensions_mut().insert(attempt);
            let allowed =
                known.roles.iter().any(|role| P::ROLES.contains(role)) || P::NAME == perm::AnyRole::NAME;
            let changing = known.must_change && P::NAME != perm::AnyRole::NAME;
            if !allowed || changing {
                let code = if changing { "password_change_required" } else { "permission_missing" };
                return Err(Problem::new(StatusCode::FORBIDDEN, code).arg("permission", P::NAME));
            }
            Ok(Self {
                acting: known.acting,
                name: known.name,
                must_change: known.must_change,
                account: known.account,
                roles: known.roles,
                permission: PhantomData,
            })
        })
    }
}

impl<P> Caller<P> {
    /// Refuses a caller without a further permission, where what was asked for decides which is needed.
    ///
    /// # Errors
    /// 403.
    pub fn requires<Q: Permission>(&self) -> Result<(), Problem> {
        if self.roles.iter().any(|role| Q::ROLES.contains(role)) {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "permission_missing").arg("permission", Q::NAME))
    }

    /// The agency called for.
    #[must_use]
    pub fn agency(&self) -> &AgencyId {
        self.acting.scope.agency()
    }
}
