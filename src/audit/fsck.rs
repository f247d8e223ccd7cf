//! Checking the whole trail: rows against events, events against leaves, leaves against the tree, the
//! tree against its signed heads. Names the first bad index and the harm.

use super::event::{row_digest, salted};
use super::log::verifier_key_of;
use super::schema::{checkpoints, events, log_entries, log_nodes, logs, pending_events};
use crate::merkle::note::{Checkpoint, NoteVerifier};
use crate::merkle::{Frontier, leaf_hash};
use crate::store::{AnyConnection, Error};
use base64::Engine;
use chrono::{NaiveDateTime, SecondsFormat};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Rows read at once.
const PAGE: i64 = 1000;

/// Reads rows after a key, at most so many, as (key, canonical content).
pub type LoadRows = fn(&mut AnyConnection, &str, i64) -> Result<Vec<(String, String)>, Error>;

/// A table whose rows must match their events: its name, and a way to read its rows after a key, as
/// (key, canonical content).
#[derive(Debug, Clone, Copy)]
pub struct TrackedTable {
    /// The table.
    pub name: &'static str,
    /// Reads a page of rows.
    pub load: LoadRows,
}

/// The report, in the shape other programs read.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Leaves in the log.
    pub size: u64,
    /// The root they give, base64.
    pub root: String,
    /// `good` or `bad`.
    pub indication: &'static str,
    /// The first thing that is wrong.
    pub first_bad: Option<Bad>,
    /// What was checked, and how often it failed.
    pub checks: Vec<Check>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Bad {
    /// The index in the log it concerns; none when nothing in the log tells of it.
    pub index: Option<u64>,
    /// Stable code of the harm.
    pub kind: &'static str,
    /// What it concerns.
    pub what: String,
}

/// One kind of check.
#[derive(Debug, Serialize)]
pub struct Check {
    /// Stable code.
    pub code: &'static str,
    /// How many things were checked.
    pub checked: u64,
    /// How many failed.
    pub failed: u64,
}

#[derive(Queryable)]
struct Row {
    idx: Option<i64>,
    id: String,
    agency_id: String,
    at: NaiveDateTime,
    kind: String,
    actor: String,
    subject_kind: String,
    subject_id: String,
    outcome: String,
    body: String,
    salt: String,
    leaf: String,
}

/// What the newest event says of a row.
struct Latest {
    index: Option<u64>,
    salt: Vec<u8>,
    digest: Option<String>,
}

#[derive(Default)]
struct Findings {
    bad: Vec<Bad>,
    checks: BTreeMap<&'static str, (u64, u64)>,
}

impl Findings {
    fn check(&mut self, code: &'static str, holds: bool, index: Option<u64>, what: impl FnOnce() -> String) {
        let entry = self.checks.entry(code).or_default();
        entry.0 += 1;
        if !holds {
            entry.1 += 1;
            self.bad.push(Bad { index, kind: code, what: what() });
        }
    }
}

/// Checks everything.
///
/// # Errors
/// When the database can't be read.
pub fn fsck(c: &mut AnyConnection, tables: &[TrackedTable]) -> Result<Report, Error> {
    let mut findings = Findings::default();
    let mut latest: HashMap<(String, String), Latest> = HashMap::new();
    let heads = heads(c, &mut findings)?;
    let frontier = check_log(c, &heads, &mut latest, &mut findings)?;
    check_waiting(c, &mut latest, &mut findings)?;
    check_heads(&heads, frontier.size(), &mut findings);
    check_rows(c, tables, &mut latest, &mut findings)?;
    // Things the log knows of come before those it has never heard of.
    let order = |bad: &Bad| (bad.index.is_none(), bad.index, bad.kind, bad.what.clone());
    findings.bad.sort_by_key(order);
    Ok(Report {
        size: frontier.size(),
        root: base64::engine::general_purpose::STANDARD.encode(frontier.root()),
        indication: if findings.bad.is_empty() { "good" } else { "bad" },
        first_bad: findings.bad.into_iter().next(),
        checks: findings
            .checks
            .into_iter()
            .map(|(code, (checked, failed))| Check { code, checked, failed })
            .collect(),
    })
}

/// The signed heads by size.
fn heads(c: &mut AnyConnection, findings: &mut Findings) -> Result<BTreeMap<u64, Checkpoint>, Error> {
    let key = verifier_key_of(c)?.and_then(|text| NoteVerifier::parse(&text).ok());
    let origin: Option<String> =
        logs::table.select(logs::origin).order(logs::opened_at.desc()).first(c).optional()?;
    let rows: Vec<(i64, String)> =
        checkpoints::table.order(checkpoints::size).select((checkpoints::size, checkpoints::note)).load(c)?;
    let mut heads = BTreeMap::new();
    for (size, note) in rows {
        let size = u64::try_from(size).unwrap_or(0);
        let opened = key
            .as_ref()
            .and_then(|key| key.open(&note).ok())
            .and_then(|text| Checkpoint::parse(text).ok())
            .filter(|head| head.size == size && origin.as_deref() == Some(head.origin.as_str()));
        findings.check("checkpoint_signature", opened.is_some(), Some(size.saturating_sub(1)), || {
            format!("checkpoint of size {size}")
        });
        if let Some(head) = opened {
            heads.insert(size, head);
        }
    }
    Ok(heads)
}

fn check_log(
    c: &mut AnyConnection,
    heads: &BTreeMap<u64, Checkpoint>,
    latest: &mut HashMap<(String, String), Latest>,
    findings: &mut Findings,
) -> Result<Frontier, Error> {
    let mut frontier = Frontier::default();
    let mut after = -1_i64;
    loop {
        let rows: Vec<Row> = log_entries::table
            .inner_join(events::table)
            .filter(log_entries::idx.gt(after))
            .order(log_entries::idx)
            .limit(PAGE)
            .select((
                log_entries::idx.nullable(),
                events::id,
                events::agency_id,
                events::at,
                events::kind,
                events::actor,
                events::subject_kind,
                events::subject_id,
                events::outcome,
                events::body,
                events::salt,
                events::leaf,
            ))
            .load(c)?;
        let Some(last) = rows.last().and_then(|row| row.idx) else { break };
        for row in rows {
            let index = row.idx.and_then(|idx| u64::try_from(idx).ok()).unwrap_or(u64::MAX);
            let expected = frontier.size();
            findings.check("index_contiguous", index == expected, Some(expected), || {
                format!("place {expected} is empty, the next entry stands at {index}")
            });
            check_event(&row, Some(index), latest, findings);
            for (level, at, hash) in frontier.append(leaf_hash(row.leaf.as_bytes())) {
                let key = (i32::try_from(level).unwrap_or(i32::MAX), i64::try_from(at).unwrap_or(i64::MAX));
                let stored: Option<String> =
                    log_nodes::table.find(key).select(log_nodes::hash).first(c).optional()?;
                let holds = stored.is_some_and(|stored| stored == hex::encode(hash));
                findings.check("tree_node", holds, Some(index), || format!("node {at} of level {level}"));
            }
            if let Some(head) = heads.get(&frontier.size()) {
                let holds = head.root == frontier.root();
                findings.check("checkpoint_root", holds, Some(index), || {
                    format!("checkpoint of size {}", frontier.size())
                });
            }
        }
        after = last;
    }
    Ok(frontier)
}

/// Events that wait for their place, and events that neither wait nor have one.
fn check_waiting(
    c: &mut AnyConnection,
    latest: &mut HashMap<(String, String), Latest>,
    findings: &mut Findings,
) -> Result<(), Error> {
    let rows: Vec<Row> = events::table
        .left_join(log_entries::table)
        .left_join(pending_events::table.on(pending_events::event_id.eq(events::id)))
        .filter(log_entries::idx.is_null())
        .order((pending_events::arrival.nullable(), events::id))
        .select((
            log_entries::idx.nullable(),
            events::id,
            events::agency_id,
            events::at,
            events::kind,
            events::actor,
            events::subject_kind,
            events::subject_id,
            events::outcome,
            events::body,
            events::salt,
            events::leaf,
        ))
        .load(c)?;
    for row in rows {
        let waits: i64 =
            pending_events::table.filter(pending_events::event_id.eq(&row.id)).count().get_result(c)?;
        findings.check("event_has_place", waits == 1, None, || format!("event {}", row.id));
        check_event(&row, None, latest, findings);
    }
    Ok(())
}

/// An event against its leaf, and what it says of rows.
fn check_event(
    row: &Row,
    index: Option<u64>,
    latest: &mut HashMap<(String, String), Latest>,
    findings: &mut Findings,
) {
    let salt = hex::decode(&row.salt).unwrap_or_default();
    let leaf: Value = serde_json::from_str(&row.leaf).unwrap_or(Value::Null);
    let text = |key: &str| leaf.get(key).and_then(Value::as_str).unwrap_or_default();
    let subject = |at: usize| {
        leaf.get("subject").and_then(|list| list.get(at)).and_then(Value::as_str).unwrap_or_default()
    };
    let at = row.at.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true);
    let holds = text("id") == row.id
        && text("agency") == row.agency_id
        && text("at") == at
        && text("kind") == row.kind
        && text("outcome") == row.outcome
        && leaf.get("actor").map(Value::to_string) == Some(row.actor.clone())
        && subject(0) == row.subject_kind
        && subject(1) == row.subject_id
        && text("digest") == salted(&salt, &[row.body.as_bytes()])
        && is_canonical(&leaf, &row.leaf);
    findings.check("event_matches_leaf", holds, index, || format!("event {}", row.id));
    let Some(Value::Array(rows)) = leaf.get("rows") else { return };
    for touched in rows {
        let part = |at: usize| touched.get(at).and_then(Value::as_str);
        if let (Some(table), Some(id)) = (part(0), part(1)) {
            let digest = part(2).map(str::to_owned);
            latest.insert((table.to_owned(), id.to_owned()), Latest { index, salt: salt.clone(), digest });
        }
    }
}

/// Whether the text is the one canonical form of the value.
fn is_canonical(value: &Value, text: &str) -> bool {
    let canonical = value.to_string();
    canonical == text
}

fn check_heads(heads: &BTreeMap<u64, Checkpoint>, size: u64, findings: &mut Findings) {
    for head in heads.values() {
        findings.check("log_not_truncated", head.size <= size, Some(size), || {
            format!("the head of size {} was signed, {size} entries are left", head.size)
        });
    }
}

/// A page of rows; only those before one that can't be read, if there are any.
fn load(c: &mut AnyConnection, table: &TrackedTable, after: &str) -> Result<Vec<(String, String)>, Error> {
    let mut limit = PAGE;
    loop {
        match (table.load)(c, after, limit) {
            Err(Error::Database(diesel::result::Error::DeserializationError(_))) if limit > 1 => limit /= 2,
            outcome => return outcome,
        }
    }
}

fn check_rows(
    c: &mut AnyConnection,
    tables: &[TrackedTable],
    latest: &mut HashMap<(String, String), Latest>,
    findings: &mut Findings,
) -> Result<(), Error> {
    for table in tables {
        let mut after = String::new();
        loop {
            let rows = match load(c, table, &after) {
                Ok(rows) => rows,
                // What can't be read back was not written by us. The rows after it can't be told from it.
                Err(Error::Database(diesel::result::Error::DeserializationError(_))) => {
                    findings.check("row_readable", false, None, || format!("{} after {after:?}", table.name));
                    latest.retain(|(name, _), _| name != table.name);
                    break;
                }
                Err(error) => return Err(error),
            };
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            for (id, content) in rows {
                let what = || format!("{} {id}", table.name);
                match latest.remove(&(table.name.to_owned(), id.clone())) {
                    None => findings.check("row_has_event", false, None, what),
                    Some(known) => {
                        let digest = row_digest(&known.salt, table.name, &id, &content);
                        let holds = known.digest.as_deref() == Some(digest.as_str());
                        findings.check("row_matches_event", holds, known.index, what);
                    }
                }
            }
        }
    }
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    for ((table, id), known) in latest.iter() {
        if names.contains(&table.as_str()) {
            findings.check("row_is_there", known.digest.is_none(), known.index, || format!("{table} {id}"));
        }
    }
    Ok(())
}
