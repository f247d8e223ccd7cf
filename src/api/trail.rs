//! The trail over REST: the signed head, and proofs.

use super::Service;
use super::caller::{Caller, perm};
use super::problem::Problem;
use crate::audit::EventId;
use crate::audit::log::{self, EventView};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An event as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventShown {
    /// Identifier.
    pub id: EventId,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: serde_json::Value,
    /// `done`, or `refused:` with a code.
    pub outcome: String,
    /// Readable facts.
    pub facts: serde_json::Value,
    /// The leaf that is logged.
    pub leaf: String,
    /// The proof that it stands in the log (C2SP tlog-proof); null while it waits.
    pub proof: Option<String>,
}

impl EventShown {
    /// An event with its proof.
    #[must_use]
    pub fn of(event: EventView, proof: Option<String>) -> Self {
        let value = |text: &str| serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
        Self {
            id: event.id,
            at: event.at.and_utc(),
            kind: event.kind,
            actor: value(&event.actor),
            outcome: event.outcome,
            facts: value(&event.body),
            leaf: event.leaf,
            proof,
        }
    }
}

/// The newest signed head.
#[utoipa::path(get, path = "/api/v1/audit/checkpoint", tag = "audit", operation_id = "get_checkpoint",
    responses((status = 200, body = String, content_type = "text/plain"), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn checkpoint(
    _caller: Caller<perm::Inspect>,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    let latest = service.desk.database.read(log::latest_checkpoint).await?;
    match latest {
        Some((_, note)) => Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(note)),
        None => Err(Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "checkpoint")),
    }
}

/// Of which event.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// The event.
    pub event: String,
}

/// The proof that an event stands in the newest signed head.
#[utoipa::path(get, path = "/api/v1/audit/proof", tag = "audit", operation_id = "get_proof", params(ProofQuery),
    responses((status = 200, body = String, content_type = "text/plain"), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn proof(
    caller: Caller<perm::Inspect>,
    service: Data<Service>,
    query: Query<ProofQuery>,
) -> Result<HttpResponse, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "event");
    let (event, scope) = (EventId::parse(&query.event).ok_or_else(missing)?, caller.acting.scope.clone());
    let proof =
        service.desk.database.read(move |c| log::prove(c, &scope, &event)).await?.ok_or_else(missing)?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(proof.text()))
}
