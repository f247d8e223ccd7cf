//! The level of an issued document raised later.

use super::super::Service;
use super::super::body::json;
use super::super::caller::{Caller, perm};
use super::super::problem::{Problem, ProblemBody};
use super::super::retry::{Begun, begin, if_match};
use super::{DocumentView, answer, concluded, id_of};
use crate::desk::Level;
use crate::dossier;
use crate::registry::{Error, journey};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

/// A level above that of the signature alone (EN 319 142-1, 6).
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum HigherLevel {
    /// With a time-stamp.
    #[serde(rename = "B-T")]
    Time,
    /// With validation data.
    #[serde(rename = "B-LT")]
    LongTerm,
    /// With a time-stamp over everything.
    #[serde(rename = "B-LTA")]
    Archival,
}

/// To which level.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AugmentBody {
    /// The level all signatures then have at least.
    pub level: HigherLevel,
}

/// Raise the level of an issued document: validation data and time-stamps go behind what was signed, as a new version.
#[utoipa::path(post, path = "/api/v1/documents/{id}/augment", tag = "documents", operation_id = "augment_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = AugmentBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"), (status = 503, body = ProblemBody, content_type = "application/problem+json")))]
pub async fn augment(
    caller: Caller<perm::Preserve>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: AugmentBody = json(&body)?;
    let level = match wanted.level {
        HigherLevel::Time => Level::Time,
        HigherLevel::LongTerm => Level::LongTerm,
        HigherLevel::Archival => Level::Archival,
    };
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let made = service
            .work(move |desk| {
                desk.database
                    .look_up_blocking(|c| dossier::not_handed_over(c, &by.scope, &id).map(|_| ()))?;
                journey::make_augmented(desk, &by, &id, expected, level)
            })
            .await?;
        let (by, keeper) = (caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let document = dossier::augment(unit, &by, &made)?;
                let answer = answer(unit.connection(), &by.scope, StatusCode::OK, &document)?;
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}
