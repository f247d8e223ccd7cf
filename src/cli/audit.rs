//! `chancery audit`: checking the trail, proofs offline, export for independent verifiers.

use super::serve::{Place, settings, store_failed};
use super::{GOOD, NOT_GOOD, UNREADABLE, USAGE, fail, print_json};
use crate::audit::{export, fsck};
use crate::merkle::NoteVerifier;
use crate::merkle::note::StandaloneProof;
use crate::store::{self, Database, Objects, objects};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Check the whole trail: rows, events, tree, signed heads, kept bytes
    Fsck {
        #[command(flatten)]
        place: Place,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Verify one proof, offline
    Verify {
        /// The proof (C2SP tlog-proof)
        #[arg(long)]
        proof: PathBuf,
        /// The log's verifier key
        #[arg(long)]
        checkpoint_key: String,
        /// The record (leaf) the proof is of, when the proof doesn't carry it
        #[arg(long)]
        record: Option<PathBuf>,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write key, signed head and proofs for independent verifiers
    Export {
        /// Proofs of each kind
        #[arg(long)]
        proofs: u64,
        #[command(flatten)]
        place: Place,
    },
}

/// The database of a place, and its data folder.
fn database(place: &Place, json: bool) -> Result<(Database, PathBuf), ExitCode> {
    let config = settings(place)?;
    Ok((super::serve::database(&config, json)?, config.storage.data))
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    match &args.action {
        Action::Fsck { place, json } => check(place, *json),
        Action::Verify { proof, checkpoint_key, record, json } => {
            verify(proof, checkpoint_key, record.as_deref(), *json)
        }
        Action::Export { proofs, place } => {
            let (database, _) = match database(place, true) {
                Ok(found) => found,
                Err(code) => return code,
            };
            match database.read_blocking(|c| export::export(c, *proofs)) {
                Ok(Some(export)) => {
                    print_json(&export);
                    ExitCode::from(GOOD)
                }
                Ok(None) => fail(true, NOT_GOOD, "log_empty", &[]),
                Err(error) => store_failed(false, &error),
            }
        }
    }
}

fn check(place: &Place, json: bool) -> ExitCode {
    let (database, data) = match database(place, json) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let report = database.read_blocking(|c| {
        let mut report = fsck::fsck(c, &crate::trail::tables())?;
        let kept = Objects::open(&data)?;
        let (mut after, mut checked, mut failed) = (String::new(), 0_u64, 0_u64);
        loop {
            let page = objects::list(c, &after, 500)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            for (sha256, size) in page {
                checked += 1;
                let holds = kept.verify(&sha256).is_ok_and(|found| i64::try_from(found) == Ok(size));
                if !holds {
                    failed += 1;
                    report.indication = "bad";
                    let bad = fsck::Bad { index: None, kind: "kept_bytes", what: sha256 };
                    report.first_bad.get_or_insert(bad);
                }
            }
        }
        // What is used and not listed was listed once.
        let mut after = String::new();
        loop {
            let page = objects::unlisted(c, &after, 500)?;
            let Some(last) = page.last() else { break };
            after.clone_from(last);
            for sha256 in page {
                checked += 1;
                failed += 1;
                report.indication = "bad";
                let bad = fsck::Bad { index: None, kind: "kept_bytes", what: sha256 };
                report.first_bad.get_or_insert(bad);
            }
        }
        report.checks.push(fsck::Check { code: "kept_bytes", checked, failed });
        // What is in neither list was struck from both.
        let (checked, struck) = crate::trail::struck(c)?;
        let failed = u64::try_from(struck.len()).unwrap_or(u64::MAX);
        if let Some(sha256) = struck.into_iter().next() {
            report.indication = "bad";
            report.first_bad.get_or_insert(fsck::Bad { index: None, kind: "kept_for_row", what: sha256 });
        }
        report.checks.push(fsck::Check { code: "kept_for_row", checked, failed });
        Ok::<_, store::Error>(report)
    });
    match report {
        Ok(report) => {
            if json {
                print_json(&report);
            } else {
                for check in &report.checks {
                    out!("{}\t{} checked\t{} failed", check.code, check.checked, check.failed);
                }
                if let Some(bad) = &report.first_bad {
                    out!("first bad: {:?} {} {}", bad.index, bad.kind, bad.what);
                }
                out!("{} ({} entries)", report.indication, report.size);
            }
            ExitCode::from(if report.indication == "good" { GOOD } else { NOT_GOOD })
        }
        Err(error) => store_failed(json, &error),
    }
}

fn verify(proof: &Path, key: &str, record: Option<&Path>, json: bool) -> ExitCode {
    let read = |path: &Path| {
        std::fs::read(path)
            .map_err(|error| fail(json, UNREADABLE, "file_unreadable", &[("why", &error.to_string())]))
    };
    let (proof, record) = match (read(proof), record.map(read).transpose()) {
        (Ok(proof), Ok(record)) => (proof, record),
        (Err(code), _) | (_, Err(code)) => return code,
    };
    let unreadable = |why: String| fail(json, UNREADABLE, "proof_unreadable", &[("why", &why)]);
    let key = match NoteVerifier::parse(key) {
        Ok(key) => key,
        Err(error) => return unreadable(error.to_string()),
    };
    let parsed = String::from_utf8(proof).map_err(|error| error.to_string());
    let parsed = parsed.and_then(|text| StandaloneProof::parse(&text).map_err(|error| error.to_string()));
    let proof = match parsed {
        Ok(proof) => proof,
        Err(why) => return unreadable(why),
    };
    let Some(record) = record.or_else(|| proof.extra.clone()) else {
        return fail(json, USAGE, "proof_without_record", &[]);
    };
    match proof.verify(&record, &key) {
        Ok(checkpoint) => {
            let text = String::from_utf8_lossy(&record);
            let fact: serde_json::Value =
                serde_json::from_str(&text).unwrap_or_else(|_| text.clone().into_owned().into());
            if json {
                print_json(&serde_json::json!({
                    "index": proof.index, "size": checkpoint.size, "origin": checkpoint.origin, "record": fact,
                }));
            } else {
                out!("entry {} of {} in {}", proof.index, checkpoint.size, checkpoint.origin);
                out!("{text}");
            }
            ExitCode::from(GOOD)
        }
        Err(error) => fail(json, NOT_GOOD, "proof_does_not_hold", &[("why", &error.to_string())]),
    }
}
