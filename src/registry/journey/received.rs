//! Signatures of what comes from outside: judged before it is taken in, the verdict kept with it.
//!
//! A verdict refuses nothing: whether a document with a broken signature is sent back is the office's decision
//! (Decree 30/2020, Art. 21). The archive doesn't accept what is TOTAL-FAILED.

use super::super::error::Error;
use super::super::rows::{ReceivedVerdict, Version};
use super::super::schema::received_verdicts;
use super::{KeptEvidence, TakenFile, judge_kept};
use crate::desk::Desk;
use crate::format::Kind;
use crate::identity::Acting;
use crate::signature::validate::Policy;
use crate::store::Unit;
use diesel::prelude::*;

/// What signatures were judged to be.
#[derive(Debug, Clone)]
pub struct Judged {
    indication: String,
    report: String,
    evidence: String,
}

impl Judged {
    /// The worst of them.
    #[must_use]
    pub fn indication(&self) -> &str {
        &self.indication
    }
}

/// Judges the signatures of a kept file; only a PDF carries any. Works on files only.
///
/// # Errors
/// When the file can't be read.
pub fn judge_received(desk: &Desk, file: &TakenFile) -> Result<Option<Judged>, Error> {
    if file.kind != Kind::Pdf {
        return Ok(None);
    }
    let judged = judge_kept(desk, &file.kept.sha256, &[])?.0;
    let evidence = serde_json::json!(KeptEvidence::of("", &judged.evidence)).to_string();
    let report = serde_json::json!(judged.report).to_string();
    Ok(Some(Judged { indication: judged.report.indication, report, evidence }))
}

/// Keeps the verdict on a version.
pub(super) fn keep_verdict(
    unit: &mut Unit<'_>,
    by: &Acting,
    version: &Version,
    judged: Option<&Judged>,
) -> Result<Option<ReceivedVerdict>, Error> {
    let Some(judged) = judged else { return Ok(None) };
    let verdict = ReceivedVerdict {
        version_id: version.id.clone(),
        agency_id: by.scope.agency().clone(),
        indication: judged.indication.clone(),
        report: judged.report.clone(),
        policy: Policy::NAME.to_owned(),
        judged_at: unit.now_stored(),
        evidence: Some(judged.evidence.clone()),
    };
    diesel::insert_into(received_verdicts::table).values(&verdict).execute(unit.connection())?;
    Ok(Some(verdict))
}
