//! The log in the form independent verifiers take: key, signed head, proofs.

use super::log::{frontier, latest_checkpoint, node, verifier_key_of};
use super::schema::{events, log_entries};
use crate::merkle::note::Checkpoint;
use crate::merkle::{Hash, proof};
use crate::store::{AnyConnection, Error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use serde::Serialize;

/// Everything a verifier needs.
#[derive(Debug, Serialize)]
pub struct Export {
    /// Verifier key (C2SP signed-note).
    pub vkey: String,
    /// The signed head.
    pub checkpoint: String,
    /// Leaves it covers.
    pub size: u64,
    /// Its root.
    pub root: String,
    /// Inclusion proofs.
    pub inclusion: Vec<Inclusion>,
    /// Consistency proofs.
    pub consistency: Vec<Consistency>,
}

/// That a record stands at an index.
#[derive(Debug, Serialize)]
pub struct Inclusion {
    /// The index.
    pub index: u64,
    /// The leaf's bytes.
    pub record: String,
    /// The hashes.
    pub proof: Vec<String>,
}

/// That an older tree is the beginning of this one.
#[derive(Debug, Serialize)]
pub struct Consistency {
    /// Leaves of the older tree.
    pub old: u64,
    /// Its root.
    pub old_root: String,
    /// The hashes.
    pub proof: Vec<String>,
}

fn coded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// Exports `count` proofs of each kind, spread evenly over the log; none when there is no head yet.
///
/// # Errors
/// When the database fails.
pub fn export(c: &mut AnyConnection, count: u64) -> Result<Option<Export>, Error> {
    let (Some(vkey), Some((size, note))) = (verifier_key_of(c)?, latest_checkpoint(c)?) else {
        return Ok(None);
    };
    let text = note.split("\n\n").next().unwrap_or_default();
    let head = Checkpoint::parse(&format!("{text}\n")).map_err(|_| Error::Unreadable("checkpoint"))?;
    let steps = count.min(size);
    let mut inclusion = Vec::new();
    let mut consistency = Vec::new();
    for step in 0..steps {
        let index = step * size / steps.max(1);
        let row = i64::try_from(index).map_err(|_| Error::Unreadable("log index"))?;
        let record: String = log_entries::table
            .inner_join(events::table)
            .filter(log_entries::idx.eq(row))
            .select(events::leaf)
            .first(c)?;
        let hashes = proof::inclusion(&mut |level, at| node(c, level, at), index, size)?;
        inclusion.push(Inclusion { index, record: STANDARD.encode(record), proof: coded(&hashes) });
        let old = index + 1;
        let old_root = proof::range_hash(&mut |level, at| node(c, level, at), 0, old)?;
        let hashes = proof::consistency(&mut |level, at| node(c, level, at), old, size)?;
        consistency.push(Consistency { old, old_root: STANDARD.encode(old_root), proof: coded(&hashes) });
    }
    Ok(Some(Export {
        vkey,
        checkpoint: note,
        size,
        root: STANDARD.encode(head.root),
        inclusion,
        consistency,
    }))
}

/// The root of the log as stored now.
///
/// # Errors
/// When the database fails.
pub fn present_root(c: &mut AnyConnection) -> Result<(u64, String), Error> {
    let head = frontier(c)?;
    Ok((head.size(), STANDARD.encode(head.root())))
}
