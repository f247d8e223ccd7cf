//! Ways for people to log in, over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::identity::password;
use crate::identity::people;
use crate::identity::rows::Account;
use crate::identity::schema::accounts;
use crate::identity::{AccountId, PersonId};
use crate::store::Error;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

impl AccountView {
    fn of(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            person: account.person_id.clone(),
            login: account.login.clone(),
            disabled: account.disabled,
        }
    }
}

/// List accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "people", operation_id = "list_accounts", params(PageQuery),
    responses((status = 200, body = Page<AccountView>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(AccountId::parse)?;
    let found: Vec<Account> = service
        .desk
        .database
        .read(move |c| {
            let found = accounts::table
                .filter(accounts::agency_id.eq(scope.agency()))
                .filter(accounts::id.gt(after))
                .order(accounts::id)
                .limit(limit)
                .select(Account::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    let items = found.iter().map(AccountView::of).collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |account: &AccountView| account.id.to_string())))
}

/// Give a person a way to log in; the answer holds a password for one use.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "people", operation_id = "create_account",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = AccountBody,
    responses((status = 201, body = NewAccountView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
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
        // What is kept for retries doesn't hold the password.
        Ok((AccountView::of(&account), Some(account.version)))
    })
    .await?;
    simple::with_secret(response, "one_time_password", &shown_once).await
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
pub async fn disable(
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
        Ok((AccountView::of(&account), Some(account.version)))
    })
    .await
}
