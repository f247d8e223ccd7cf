//! Systems that call the API, over REST.

use super::body::{json, text};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::identity::ClientId;
use crate::identity::password;
use crate::identity::people;
use crate::identity::rows::{Client, Role, read_roles};
use crate::identity::schema::clients;
use crate::store::Error;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
pub async fn create(
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
    simple::with_secret(response, "key", &key).await
}

/// A system as it is shown: never its key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientView {
    /// Identifier.
    pub id: ClientId,
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Whether it may not call.
    pub disabled: bool,
}

impl ClientView {
    fn of(client: &Client) -> Self {
        Self {
            id: client.id.clone(),
            name: client.name.clone(),
            roles: read_roles(&client.roles),
            disabled: client.disabled,
        }
    }
}

/// List systems.
#[utoipa::path(get, path = "/api/v1/clients", tag = "people", operation_id = "list_clients", params(PageQuery),
    responses((status = 200, body = Page<ClientView>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(ClientId::parse)?;
    let found: Vec<Client> = service
        .desk
        .database
        .read(move |c| {
            let found = clients::table
                .filter(clients::agency_id.eq(scope.agency()))
                .filter(clients::id.gt(after))
                .order(clients::id)
                .limit(limit)
                .select(Client::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    let items = found.iter().map(ClientView::of).collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |client: &ClientView| client.id.to_string())))
}

/// Lock a system out or let it in again; its key stops working at once.
#[utoipa::path(post, path = "/api/v1/clients/{id}/disable", tag = "people", operation_id = "disable_client",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = super::accounts::DisableBody,
    responses((status = 200, body = ClientView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn disable(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let id = ClientId::parse(&path)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "client"))?;
    let wanted: super::accounts::DisableBody = json(&body)?;
    simple::run(&service, &caller, &request, &body, StatusCode::OK, move |unit, by| {
        let client = people::set_client_disabled(unit, by, &id, wanted.disabled)?;
        Ok((ClientView::of(&client), Some(client.version)))
    })
    .await
}
