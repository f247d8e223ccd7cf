//! The log: events get their places in order, the tree grows over their leaves, its head is signed.
//!
//! *Sequence* gives places, in batches, one sequencer at a time; *publish* signs the head outside of
//! any transaction and keeps the note. Places are contiguous from 0 and never given twice.

use super::event::EventId;
use super::schema::{checkpoints, events, log_entries, log_nodes, logs, pending_events};
use crate::merkle::note::{Checkpoint, NoteSigner, StandaloneProof};
use crate::merkle::{Frontier, Hash, leaf_hash, proof};
use crate::per_backend;
use crate::store::{AnyConnection, Database, Error, Scope, Unit};
use diesel::prelude::*;

/// Events that get their places in one transaction.
const BATCH: i64 = 500;
/// The name sequencers take turns under.
const TURN: &str = "audit log";

/// Opens the log if there is none yet; gives its origin.
///
/// # Errors
/// When the database fails.
pub fn open(unit: &mut Unit<'_>, signer: &NoteSigner, origin: &str) -> Result<String, Error> {
    if let Some(found) = origin_of(unit.connection())? {
        return Ok(found);
    }
    let now = unit.now_stored();
    diesel::insert_into(logs::table)
        .values((
            logs::origin.eq(origin),
            logs::verifier_key.eq(signer.verifier_key()),
            logs::opened_at.eq(now),
        ))
        .execute(unit.connection())?;
    Ok(origin.to_owned())
}

/// The origin of the log.
///
/// # Errors
/// When the database fails.
pub fn origin_of(c: &mut AnyConnection) -> Result<Option<String>, Error> {
    Ok(logs::table.select(logs::origin).order(logs::opened_at.desc()).first(c).optional()?)
}

/// The key its heads are verified with.
///
/// # Errors
/// When the database fails.
pub fn verifier_key_of(c: &mut AnyConnection) -> Result<Option<String>, Error> {
    Ok(logs::table.select(logs::verifier_key).order(logs::opened_at.desc()).first(c).optional()?)
}

/// Gives places to waiting events, at most one batch; gives how many.
///
/// # Errors
/// When the database fails.
pub fn sequence(database: &Database) -> Result<usize, Error> {
    Ok(sequence_batch(database)?.0)
}

/// [`sequence`], with the tree's edge behind the batch, if there was one.
fn sequence_batch(database: &Database) -> Result<(usize, Option<Frontier>), Error> {
    database.write_in_turn_blocking(TURN, sequence_in)
}

fn sequence_in(unit: &mut Unit<'_>) -> Result<(usize, Option<Frontier>), Error> {
    let c = unit.connection();
    let waiting: Vec<(EventId, String)> = pending_events::table
        .inner_join(events::table.on(events::id.eq(pending_events::event_id)))
        // In the order they were written in: identifiers tell that to the millisecond only.
        .order(pending_events::arrival)
        .limit(BATCH)
        .select((events::id, events::leaf))
        .load(c)?;
    if waiting.is_empty() {
        return Ok((0, None));
    }
    let mut frontier = frontier(c)?;
    let (mut entries, mut nodes) = (Vec::new(), Vec::new());
    for (event, leaf) in &waiting {
        entries.push((log_entries::idx.eq(stored(frontier.size())?), log_entries::event_id.eq(event)));
        for (level, index, hash) in frontier.append(leaf_hash(leaf.as_bytes())) {
            nodes.push((
                log_nodes::level.eq(i32::try_from(level).unwrap_or(i32::MAX)),
                log_nodes::idx.eq(stored(index)?),
                log_nodes::hash.eq(hex::encode(hash)),
            ));
        }
    }
    per_backend!(c, c => {
        diesel::insert_into(log_entries::table).values(&entries).execute(c)?;
        diesel::insert_into(log_nodes::table).values(&nodes).execute(c)?;
    });
    let placed = waiting.iter().map(|(event, _)| event);
    diesel::delete(pending_events::table.filter(pending_events::event_id.eq_any(placed))).execute(c)?;
    Ok((waiting.len(), Some(frontier)))
}

fn stored(value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|_| Error::Unreadable("log index"))
}

/// Leaves in the log.
///
/// # Errors
/// When the database fails.
pub fn size(c: &mut AnyConnection) -> Result<u64, Error> {
    let last: Option<i64> = log_entries::table.select(diesel::dsl::max(log_entries::idx)).first(c)?;
    Ok(last.and_then(|last| u64::try_from(last + 1).ok()).unwrap_or(0))
}

/// The hash of a complete subtree.
///
/// # Errors
/// When it isn't there.
pub fn node(c: &mut AnyConnection, level: u32, index: u64) -> Result<Hash, Error> {
    let level = i32::try_from(level).unwrap_or(i32::MAX);
    let text: String = log_nodes::table.find((level, stored(index)?)).select(log_nodes::hash).first(c)?;
    read_hash(&text)
}

fn read_hash(text: &str) -> Result<Hash, Error> {
    let bytes = hex::decode(text).map_err(|_| Error::Unreadable("log node"))?;
    bytes.try_into().map_err(|_| Error::Unreadable("log node"))
}

/// The right edge of the tree as stored.
///
/// # Errors
/// When the database fails or a node is missing.
pub fn frontier(c: &mut AnyConnection) -> Result<Frontier, Error> {
    let size = size(c)?;
    let mut places = Vec::new();
    let mut from = 0_u64;
    for level in (0..63).rev() {
        if size & (1 << level) != 0 {
            places.push((level, stored(from >> level)?));
            from += 1 << level;
        }
    }
    let mut query = log_nodes::table.select((log_nodes::level, log_nodes::hash)).into_boxed();
    for (level, index) in &places {
        query = query.or_filter(log_nodes::level.eq(level).and(log_nodes::idx.eq(index)));
    }
    // Of an empty log nothing is asked; without a condition that would be everything.
    let mut found: Vec<(i32, String)> = if places.is_empty() { Vec::new() } else { query.load(c)? };
    found.sort_unstable_by_key(|(level, _)| std::cmp::Reverse(*level));
    let roots = found.iter().map(|(_, text)| read_hash(text)).collect::<Result<_, _>>()?;
    Frontier::new(size, roots).ok_or(Error::Unreadable("log frontier"))
}

/// Signs a head and keeps it, if it is newer than the last one.
fn publish(database: &Database, signer: &NoteSigner, head: &Frontier) -> Result<(), Error> {
    let Some(origin) = database.look_up_blocking(origin_of)? else { return Ok(()) };
    let checkpoint = Checkpoint { origin, size: head.size(), root: head.root() };
    let note = signer.sign(&checkpoint.text());
    let size = stored(head.size())?;
    database.write_in_turn_blocking(TURN, move |unit| {
        let last: Option<i64> =
            checkpoints::table.select(diesel::dsl::max(checkpoints::size)).first(unit.connection())?;
        if last.is_some_and(|last| last >= size) {
            return Ok::<_, Error>(());
        }
        let now = unit.now_stored();
        diesel::insert_into(checkpoints::table)
            .values((checkpoints::size.eq(size), checkpoints::note.eq(&note), checkpoints::at.eq(now)))
            .execute(unit.connection())?;
        Ok(())
    })
}

/// Gives places to everything that waits and signs the head.
///
/// # Errors
/// When the database fails.
pub fn advance(database: &Database, signer: &NoteSigner) -> Result<usize, Error> {
    let (mut all, mut head) = (0, None);
    loop {
        let (count, behind) = sequence_batch(database)?;
        all += count;
        head = behind.or(head);
        // What came after a batch that wasn't full has woken the worker again.
        if i64::try_from(count).unwrap_or(i64::MAX) < BATCH {
            break;
        }
    }
    if let Some(head) = head {
        publish(database, signer, &head)?;
    }
    Ok(all)
}

/// Signs the head when events have places and no signature stands over them yet: what a crash between the two leaves.
///
/// # Errors
/// When the database fails.
pub fn resume(database: &Database, signer: &NoteSigner) -> Result<(), Error> {
    let (head, signed) = database.read_blocking(|c| Ok::<_, Error>((frontier(c)?, latest_checkpoint(c)?)))?;
    if head.size() > signed.map_or(0, |(size, _)| size) { publish(database, signer, &head) } else { Ok(()) }
}

/// The newest signed head.
///
/// # Errors
/// When the database fails.
pub fn latest_checkpoint(c: &mut AnyConnection) -> Result<Option<(u64, String)>, Error> {
    let row: Option<(i64, String)> = checkpoints::table
        .order(checkpoints::size.desc())
        .select((checkpoints::size, checkpoints::note))
        .first(c)
        .optional()?;
    Ok(row.and_then(|(size, note)| u64::try_from(size).ok().map(|size| (size, note))))
}

/// The proof that an event of the scope stands in the newest signed head; none while it waits.
///
/// # Errors
/// When the database fails.
pub fn prove(
    c: &mut AnyConnection,
    scope: &Scope,
    event: &EventId,
) -> Result<Option<StandaloneProof>, Error> {
    let row: Option<(i64, String)> = log_entries::table
        .inner_join(events::table)
        .filter(events::agency_id.eq(scope.agency().as_str()))
        .filter(events::id.eq(event))
        .select((log_entries::idx, events::leaf))
        .first(c)
        .optional()?;
    let (Some((index, leaf)), Some((size, checkpoint))) = (row, latest_checkpoint(c)?) else {
        return Ok(None);
    };
    let index = u64::try_from(index).map_err(|_| Error::Unreadable("log index"))?;
    if index >= size {
        return Ok(None);
    }
    let hashes = proof::inclusion(&mut |level, index| node(c, level, index), index, size)?;
    Ok(Some(StandaloneProof { extra: Some(leaf.into_bytes()), index, hashes, checkpoint }))
}

/// An event as people read it.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct EventView {
    /// Its identifier.
    pub id: EventId,
    /// When (UTC).
    pub at: chrono::NaiveDateTime,
    /// What happened.
    pub kind: String,
    /// Who did it (JSON).
    pub actor: String,
    /// `done`, or `refused:` with a code.
    pub outcome: String,
    /// The readable facts (JSON).
    pub body: String,
    /// The leaf that is logged.
    pub leaf: String,
}

/// Events of a subject, oldest first.
///
/// # Errors
/// When the database fails.
pub fn events_of(
    c: &mut AnyConnection,
    scope: &Scope,
    subject_kind: &str,
    subject_id: &str,
    after: Option<&EventId>,
    limit: i64,
) -> Result<Vec<EventView>, Error> {
    let mut query = events::table
        .filter(events::agency_id.eq(scope.agency().as_str().to_owned()))
        .filter(events::subject_kind.eq(subject_kind.to_owned()))
        .filter(events::subject_id.eq(subject_id.to_owned()))
        .order(events::id)
        .limit(limit)
        .select((
            events::id,
            events::at,
            events::kind,
            events::actor,
            events::outcome,
            events::body,
            events::leaf,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(events::id.gt(after.clone()));
    }
    Ok(query.load(c)?)
}
