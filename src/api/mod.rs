//! The REST edge: routes, problems, who calls, retries. Use cases are called, nothing is decided here.

mod accept;
pub mod accounts;
pub mod body;
pub mod caller;
pub mod clients;
pub mod documents;
pub mod dossiers;
pub mod download;
pub mod edge;
pub mod format_checks;
pub mod keys;
pub mod people;
pub mod problem;
pub mod registers;
pub mod reports;
pub mod retry;
pub mod routes;
pub mod sessions;
pub mod signing_sessions;
pub mod simple;
pub mod trail;
pub mod transfers;

use crate::desk::Desk;
use crate::merkle::NoteSigner;
use crate::store::Objects;
use problem::Problem;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What handlers are given.
#[derive(Clone)]
pub struct Service {
    /// What use cases work with.
    pub desk: Desk,
    /// Signs the log's heads.
    pub signer: Arc<NoteSigner>,
    /// Bytes of an uploaded file.
    pub upload_bytes: u64,
    /// Bytes of a JSON body.
    pub json_bytes: usize,
    /// Whether cookies are Secure.
    pub https: bool,
    /// Hours a session lasts.
    pub session_hours: i64,
    /// Retries that run now.
    pub running: retry::Running,
    /// Failed logins by name: when, how many.
    pub failures: Arc<Mutex<HashMap<String, (Instant, u32)>>>,
    /// Wakes the worker when something waits.
    pub wake: Arc<tokio::sync::Notify>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl Service {
    /// Kept bytes.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.desk.objects
    }

    /// Runs work on files and keys off the event loop.
    ///
    /// # Errors
    /// What the work gave.
    pub async fn work<T, E, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
        F: FnOnce(&Desk) -> Result<T, E> + Send + 'static,
    {
        let desk = self.desk.clone();
        match tokio::task::spawn_blocking(move || work(&desk)).await {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(_) => Err(Problem::internal()),
        }
    }
}

/// How a page of a list is asked for.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The limit, refused when out of range.
    ///
    /// # Errors
    /// A problem naming it.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=200 => Ok(limit),
            _ => Err(Problem::field("/limit", "limit_out_of_range")),
        }
    }
}

impl PageQuery {
    /// Where the last page ended, as text that sorts; empty at the beginning.
    ///
    /// # Errors
    /// A problem naming it when it is no identifier.
    pub fn cursor<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<String, Problem> {
        let text = self.cursor.clone().unwrap_or_default();
        if !text.is_empty() && parse(&text).is_none() {
            return Err(Problem::field("/cursor", "cursor_invalid"));
        }
        Ok(text)
    }
}

/// A page of a list.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of items; a full one has a next.
    pub fn of(items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let full = i64::try_from(items.len()).unwrap_or(0) >= limit;
        let next_cursor = items.last().filter(|_| full).map(cursor);
        Self { items, next_cursor }
    }
}
