//! Work to be done after a commit: rows written in the transaction that causes them.
//!
//! A worker claims one job at a time under a lease; a worker that dies loses its lease and another
//! takes the job up. A job that keeps failing stays visible as failed.

use super::connection::AnyConnection;
use super::error::Error;
use super::id::{AgencyId, JobId, Scope};
use super::schema::jobs;
use super::unit::{Database, Unit};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};
use serde::Serialize;

/// How long a worker may hold a job before another takes it.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Times a job is tried before it is called failed.
const ATTEMPTS: i32 = 5;

/// A job as stored.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// The agency it belongs to.
    pub agency_id: AgencyId,
    /// What is to be done.
    pub kind: String,
    /// What it is to be done with (JSON).
    pub payload: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// Times it was taken up.
    pub attempts: i32,
    /// Not to be taken up before.
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub run_after: NaiveDateTime,
    /// Until when a worker holds it.
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub lease_until: Option<NaiveDateTime>,
    /// What came of it, as a stable code.
    pub outcome: Option<String>,
    /// When it was caused.
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub created_at: NaiveDateTime,
    /// When it ended.
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub finished_at: Option<NaiveDateTime>,
}

impl Job {
    /// Whether it was tried so often without an end (the process died each time) that it isn't to be tried again.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        self.attempts > ATTEMPTS
    }
}

/// Queues a job in the transaction of what causes it.
///
/// # Errors
/// When the database fails.
pub fn enqueue(
    unit: &mut Unit<'_>,
    agency: &AgencyId,
    kind: &str,
    payload: &serde_json::Value,
) -> Result<JobId, Error> {
    let id = JobId::fresh(unit.now(), unit.rng())?;
    let now = unit.now_stored();
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(&id),
            jobs::agency_id.eq(agency),
            jobs::kind.eq(kind),
            jobs::payload.eq(payload.to_string()),
            jobs::state.eq("queued"),
            jobs::attempts.eq(0),
            jobs::run_after.eq(now),
            jobs::created_at.eq(now),
        ))
        .execute(unit.connection())?;
    Ok(id)
}

/// Takes the oldest job of `kind` that is due, if there is one. Whoever takes it asks [`Job::is_hopeless`] first.
///
/// # Errors
/// When the database fails.
pub fn claim(database: &Database, kind: &'static str) -> Result<Option<Job>, Error> {
    database.write_rows_blocking(move |unit| claim_in(unit, kind))
}

fn claim_in(unit: &mut Unit<'_>, kind: &str) -> Result<Option<Job>, Error> {
    // SQLite's single writer makes the plain form safe; PostgreSQL must skip what others hold.
    let lock = match unit.connection() {
        AnyConnection::Pg(_) => " FOR UPDATE SKIP LOCKED",
        AnyConnection::Sqlite(_) => "",
    };
    let statement = format!(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $1 WHERE id = (\
           SELECT id FROM jobs WHERE kind = $2 AND run_after <= $3 \
             AND (state = 'queued' OR (state = 'running' AND lease_until < $3)) \
           ORDER BY run_after, id LIMIT 1{lock}) RETURNING *"
    );
    let now = unit.now_stored();
    let until = now.checked_add_signed(LEASE).unwrap_or(now);
    let jobs: Vec<Job> = diesel::sql_query(statement)
        .bind::<Timestamp, _>(until)
        .bind::<Text, _>(kind)
        .bind::<Timestamp, _>(now)
        .load(unit.connection())?;
    Ok(jobs.into_iter().next())
}

/// Ends a job as `done` or `failed`, with the code of what came of it.
///
/// # Errors
/// [`Error::Conflict`] when the lease was lost to another worker.
pub fn finish(unit: &mut Unit<'_>, id: &JobId, state: &str, outcome: &str) -> Result<(), Error> {
    let now = unit.now_stored();
    let ended = diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(jobs::state.eq("running")))
        .set((
            jobs::state.eq(state),
            jobs::outcome.eq(outcome),
            jobs::lease_until.eq(None::<NaiveDateTime>),
            jobs::finished_at.eq(now),
        ))
        .execute(unit.connection())?;
    if ended == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// Puts a job back to be tried again after `delay`.
///
/// # Errors
/// When the database fails.
pub fn retry_later(unit: &mut Unit<'_>, id: &JobId, delay: TimeDelta) -> Result<(), Error> {
    let later = unit.now_stored().checked_add_signed(delay).unwrap_or_else(|| unit.now_stored());
    diesel::update(jobs::table.filter(jobs::id.eq(id)).filter(jobs::state.eq("running")))
        .set((
            jobs::state.eq("queued"),
            jobs::lease_until.eq(None::<NaiveDateTime>),
            jobs::run_after.eq(later),
        ))
        .execute(unit.connection())?;
    Ok(())
}

/// One job of the scope.
///
/// # Errors
/// When the database fails.
pub fn find(connection: &mut AnyConnection, scope: &Scope, id: &JobId) -> Result<Option<Job>, Error> {
    Ok(jobs::table
        .filter(jobs::agency_id.eq(scope.agency()))
        .filter(jobs::id.eq(id))
        .select(Job::as_select())
        .first(connection)
        .optional()?)
}

/// How many jobs wait and for how many seconds the oldest does: for the metrics.
///
/// # Errors
/// When the database fails.
pub fn backlog(connection: &mut AnyConnection, now: NaiveDateTime) -> Result<(i64, i64), Error> {
    let waiting = jobs::table.filter(jobs::state.eq("queued"));
    let count: i64 = waiting.count().get_result(connection)?;
    let oldest: Option<NaiveDateTime> =
        waiting.select(diesel::dsl::min(jobs::created_at)).get_result(connection)?;
    Ok((count, oldest.map_or(0, |at| now.signed_duration_since(at).num_seconds().max(0))))
}
