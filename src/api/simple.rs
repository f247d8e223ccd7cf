//! A use case that is one transaction: begun as a retry, run, answered, its refusal recorded.

use super::Service;
use super::caller::{Caller, Permission};
use super::documents::concluded;
use super::problem::Problem;
use super::retry::{Answer, Begun, begin};
use crate::identity::Acting;
use crate::registry::Error;
use crate::store::Unit;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Runs it; `use_case` gives what is shown and the row's version.
///
/// # Errors
/// The problem, after it was recorded.
pub async fn run<P, T, F>(
    service: &Service,
    caller: &Caller<P>,
    request: &HttpRequest,
    body: &[u8],
    status: StatusCode,
    mut use_case: F,
) -> Result<HttpResponse, Problem>
where
    P: Permission,
    T: Serialize,
    F: FnMut(&mut Unit<'_>, &Acting) -> Result<(T, Option<i64>), Error> + Send + 'static,
{
    let retry = match begin(service, caller.agency().as_str(), &caller.name, request, body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (by, keeper) = (caller.acting.clone(), retry.keeper());
    let outcome = service
        .desk
        .database
        .write(move |unit| {
            let (shown, version) = use_case(unit, &by)?;
            let answer = Answer::new(status, serde_json::json!(shown), version);
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(service, outcome)
}

/// The answer with a secret that is shown this once: what is kept for retries doesn't hold it.
///
/// # Errors
/// When the answer can't be read again.
pub async fn with_secret(response: HttpResponse, name: &str, secret: &str) -> Result<HttpResponse, Problem> {
    if response.status() != StatusCode::CREATED {
        return Ok(response);
    }
    let (head, kept) = response.into_parts();
    let bytes = actix_web::body::to_bytes(kept).await.map_err(|_| Problem::internal())?;
    let mut view: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?;
    if let Some(object) = view.as_object_mut() {
        object.insert(name.to_owned(), serde_json::json!(secret));
    }
    Ok(head.set_body(actix_web::body::BoxBody::new(view.to_string())))
}
