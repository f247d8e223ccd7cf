//! Answers of authorities elsewhere, remembered in the database: the [`Memory`] of validation and signing.
//!
//! A cache and nothing more. What stands here proves nothing (who recalls it judges it again), is bounded in size and
//! number, the oldest making room, and may be lost: a database that fails is a memory that has forgotten.

use super::error::Error;
use super::schema::remembered_answers as answers;
use super::unit::{Database, Unit};
use crate::ports::{Fetch, FetchFailed, Memory, Outgoing, Topic};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use std::sync::{Arc, OnceLock};

/// How much is remembered.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one answer: lists of authorities with millions of certificates have some megabytes.
    pub one: usize,
    /// Bytes of all: a few hundred lists, or every response of a year in an agency.
    pub all: i64,
    /// Answers in all: they are looked through when one is added.
    pub count: usize,
    /// How long an answer that names no end is remembered.
    pub longest: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self { one: 16 << 20, all: 256 << 20, count: 5_000, longest: TimeDelta::days(7) }
    }
}

/// Characters kept of what an answer is about, for people who look into the table.
const SHOWN: usize = 300;

/// The remembered answers that were fetched at or after some instant; nothing older is recalled.
#[derive(Debug, Clone)]
pub struct Answers {
    database: Database,
    since: Option<DateTime<Utc>>,
    limits: Limits,
}

impl Answers {
    /// Those at most so old; none at all for no time.
    #[must_use]
    pub fn at_most(database: &Database, age: std::time::Duration) -> Self {
        let age = TimeDelta::from_std(age).ok().filter(|age| *age > TimeDelta::zero());
        let since = age.and_then(|age| database.clock().now().checked_sub_signed(age));
        Self { database: database.clone(), since, limits: Limits::default() }
    }

    /// Those fetched from now on.
    #[must_use]
    pub fn from_now(database: &Database) -> Self {
        Self { database: database.clone(), since: Some(database.clock().now()), limits: Limits::default() }
    }

    /// Within these limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    fn look_up(&self, topic: Topic, about: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(since) = self.since else { return Ok(None) };
        let (now, key) = (self.database.clock().now().naive_utc(), key(topic, about));
        self.database.look_up_blocking(|c| {
            // An answer of the future was fetched before the clock was set back: it is not known how old it is.
            let found = answers::table
                .filter(answers::key.eq(&key))
                .filter(answers::fetched_at.ge(since.naive_utc()))
                .filter(answers::fetched_at.le(now))
                .filter(answers::until.gt(now))
                .select(answers::body)
                .first(c)
                .optional()?;
            Ok(found)
        })
    }
}

impl Memory for Answers {
    fn recall(&self, topic: Topic, about: &str) -> Option<Vec<u8>> {
        let found = self.look_up(topic, about).unwrap_or_else(|error| {
            tracing::warn!(%error, "a remembered answer could not be read");
            None
        });
        count(topic, if found.is_some() { "hit" } else { "miss" });
        found
    }

    fn keep(&self, topic: Topic, about: &str, answer: &[u8], until: Option<DateTime<Utc>>) {
        if answer.is_empty() || answer.len() > self.limits.one {
            return count(topic, "too_large");
        }
        let (limits, about, body) = (self.limits, about.to_owned(), Arc::new(answer.to_vec()));
        // In turn: each looks at how much there is.
        let kept = self.database.write_in_turn_blocking("remembered_answers", move |unit| {
            put(unit, limits, topic, &about, &body, until)
        });
        match kept {
            Ok(()) => count(topic, "kept"),
            Err(error) => tracing::warn!(%error, "an answer could not be remembered"),
        }
    }
}

/// A digest, as addresses come from strangers and may be long.
fn key(topic: Topic, about: &str) -> String {
    hex::encode(digest(&SHA256, format!("{} {about}", topic.as_str()).as_bytes()))
}

fn put(
    unit: &mut Unit<'_>,
    limits: Limits,
    topic: Topic,
    about: &str,
    body: &[u8],
    until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let (now, key) = (unit.now_stored(), key(topic, about));
    let longest = now + limits.longest;
    let until = until.map_or(longest, |until| until.naive_utc());
    let shown: String = about.chars().take(SHOWN).collect();
    let size = i64::try_from(body.len()).unwrap_or(i64::MAX);
    let c = unit.connection();
    // What is overdue goes, and what was there about the same.
    diesel::delete(answers::table.filter(answers::until.le(now))).execute(c)?;
    diesel::delete(answers::table.filter(answers::key.eq(&key))).execute(c)?;
    let known: Vec<(String, i64, NaiveDateTime)> = answers::table
        .order((answers::fetched_at.desc(), answers::key))
        .select((answers::key, answers::size, answers::fetched_at))
        .load(c)?;
    let mut room = limits.all - size;
    let mut leaving = Vec::new();
    for (place, (key, size, _)) in (1_usize..).zip(known) {
        room -= size;
        if room < 0 || place >= limits.count {
            leaving.push(key);
        }
    }
    for some in leaving.chunks(500) {
        diesel::delete(answers::table.filter(answers::key.eq_any(some))).execute(c)?;
    }
    diesel::insert_into(answers::table)
        .values((
            answers::key.eq(&key),
            answers::topic.eq(topic.as_str()),
            answers::about.eq(&shown),
            answers::body.eq(body),
            answers::size.eq(size),
            answers::fetched_at.eq(now),
            answers::until.eq(until),
        ))
        .execute(c)?;
    Ok(())
}

/// Counts for the metrics, by topic and outcome.
fn count(topic: Topic, outcome: &str) {
    static COUNTS: OnceLock<Option<prometheus::IntCounterVec>> = OnceLock::new();
    let counts = COUNTS.get_or_init(|| {
        let help = "Answers of authorities elsewhere: recalled (hit), not remembered (miss), kept";
        prometheus::register_int_counter_vec!(
            "chancery_remembered_answers_total",
            help,
            &["topic", "outcome"]
        )
        .ok()
    });
    if let Some(counts) = counts {
        counts.with_label_values(&[topic.as_str(), outcome]).inc();
    }
}

/// A client with this memory.
#[derive(Clone)]
pub struct Remembering<'a> {
    fetch: &'a dyn Fetch,
    answers: Answers,
}

impl std::fmt::Debug for Remembering<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Remembering")
    }
}

impl<'a> Remembering<'a> {
    /// `fetch`, with what is remembered.
    #[must_use]
    pub fn new(fetch: &'a dyn Fetch, answers: Answers) -> Self {
        Self { fetch, answers }
    }
}

impl Fetch for Remembering<'_> {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        self.fetch.fetch(request)
    }

    fn memory(&self) -> Option<&dyn Memory> {
        Some(&self.answers)
    }
}
