//! What stands between the network and the handlers: bodies must keep coming, a handler that panics answers, and
//! refusals explain themselves.

use super::problem::Problem;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::ALLOW;
use actix_web::{HttpMessage, ResponseError};
use futures_util::{FutureExt, StreamExt, stream};
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How slowly a body may come: what is slower holds a connection for nothing (slowloris).
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Time every body has.
    pub grace: Duration,
    /// Bytes that buy a second more.
    pub bytes_per_second: u64,
}

/// Sees to it that the body of a request keeps coming at this pace: only time spent waiting for the sender counts.
pub fn keep_pace(request: &mut ServiceRequest, pace: Pace) {
    let body = request.take_payload();
    let coming =
        stream::unfold((body, Duration::ZERO, 0_u64), move |(mut body, waited, received)| async move {
            let earned = Duration::from_secs(received / pace.bytes_per_second.max(1));
            let left = (pace.grace + earned).saturating_sub(waited);
            let begun = tokio::time::Instant::now();
            match tokio::time::timeout(left, body.next()).await {
                Ok(None) => None,
                Ok(Some(piece)) => {
                    let more = piece.as_ref().map_or(0, |piece| u64::try_from(piece.len()).unwrap_or(0));
                    Some((piece, (body, waited + begun.elapsed(), received.saturating_add(more))))
                }
                Err(_) => {
                    let late = PayloadError::Incomplete(Some(io::ErrorKind::TimedOut.into()));
                    Some((Err(late), (Payload::None, pace.grace, 0)))
                }
            }
        });
    // Some readers ask once more after the end.
    request.set_payload(Payload::Stream { payload: Box::pin(coming.fuse()) });
}

/// The answer of a handler, or a problem when it panicked: the process lives, and the caller is told.
///
/// # Errors
/// What the handler gave, or our own fault.
pub async fn caught<B>(
    answer: impl Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        Err(Problem::internal().into())
    })
}

/// The answer, with the problem that explains it where the framework gives a bare status: a method the address doesn't
/// take.
pub fn explained<B: MessageBody + 'static>(answer: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return answer.map_into_boxed_body();
    }
    let mut told = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").error_response();
    if let Some(allowed) = answer.headers().get(ALLOW) {
        told.headers_mut().insert(ALLOW, allowed.clone());
    }
    answer.into_response(told)
}
