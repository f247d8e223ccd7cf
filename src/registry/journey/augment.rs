//! The level of an issued document raised later, and its archive time-stamp renewed before it ends (EN 319 142-1, 6;
//! EN 319 102-1, 5.6.3: what is to be proven in years needs a newer proof while the older one holds).
//!
//! Nothing that was signed is touched: validation data and time-stamps are revisions behind it, in a new version of the
//! document. All of it is made before the transaction, beside the file that stands.

use super::super::error::Error;
use super::super::rows::{Document, DocumentId, RaisedLevel, Signature, Version};
use super::super::schema::raised_levels;
use super::super::state::Act;
use super::intake::{TakenFile, insert_version};
use super::make::{before, keep_appended, taken};
use super::raise::{Grown, KeptEvidence, Once, lacking, material, no_stamp, not_raised};
use super::{advance, at_act, event, open_pdf, unprocessable};
use crate::audit::record;
use crate::desk::{Desk, Level};
use crate::identity::Acting;
use crate::pdf::Pdf;
use crate::pki::Digest;
use crate::signature::augment::{add_evidence, stamp_document};
use crate::signature::online::Network;
use crate::signature::report::Report;
use crate::signature::timestamp::{Authority, Stamper, Token};
use crate::signature::validate::{Judged, Policy, Supply, validate_with};
use crate::store::{Answers, Remembering, Unit};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// A version of a document with a higher level or a newer time-stamp: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Augmented {
    document: DocumentId,
    version_read: i64,
    source: Version,
    file: TakenFile,
    level: Level,
    renewal: bool,
    stamped_until: Option<NaiveDateTime>,
    evidence: String,
    verdict: String,
}

impl Augmented {
    /// The document.
    #[must_use]
    pub fn document(&self) -> &DocumentId {
        &self.document
    }
}

/// The lowest level among the signatures of a report; none without one.
fn lowest(report: &Report) -> Option<Level> {
    let signed = report.signatures.iter().filter(|one| one.kind != "document_timestamp");
    signed.map(|one| Level::parse(&one.level).unwrap_or_default()).min()
}

/// Until when the newest time-stamp over the whole document holds by its authority's certificate.
pub(super) fn stamped_until(report: &Report) -> Option<NaiveDateTime> {
    let newest = report.signatures.iter().rfind(|one| one.kind == "document_timestamp");
    Some(newest?.signer.as_ref()?.not_after.naive_utc())
}

/// Raises an issued document to a level.
///
/// # Errors
/// When the act isn't possible, it has that level already, nothing in it is intact, or an authority gives nothing.
pub fn make_augmented(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    level: Level,
) -> Result<Augmented, Error> {
    make(desk, by, document, expected, level, false)
}

/// Puts a newer archive time-stamp over an issued document that has one, with the evidence of the older one.
///
/// # Errors
/// As [`make_augmented`].
pub fn make_renewed(desk: &Desk, by: &Acting, document: &DocumentId) -> Result<Augmented, Error> {
    make(desk, by, document, None, Level::Archival, true)
}

fn make(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    level: Level,
    renewal: bool,
) -> Result<Augmented, Error> {
    let before = before(desk, by, document, expected, Act::Augment)?;
    let rows = desk.database.look_up_blocking(|c| Signature::of(c, &by.scope, document))?;
    let source = open_pdf(desk, &before.version)?;
    let none = Error::Unavailable { code: "timestamp_unavailable" };
    let (Some(url), Some(fetch)) = (&desk.signing.authority, desk.signing.network.as_deref()) else {
        return Err(none);
    };
    let (once, rng) = (Once::new(fetch), desk.database.rng().as_ref());
    // What goes into the document is as of now.
    let asked = Remembering::new(&once, Answers::from_now(&desk.database));
    let network = Network { fetch: &asked, rng };
    let authority = Authority::new(url, &once, rng, desk.database.clock().as_ref());
    let judge = |grown: &Grown<'_>| -> Result<Judged, Error> {
        let policy = Policy { trust: desk.trust.as_ref().clone(), at: desk.now() };
        let supply = Supply { given: material(&rows), network: Some(network) };
        validate_with(grown, &policy, &supply).map_err(|error| unprocessable(error.code(), &error))
    };
    let mut grown = Grown { file: &source, more: Vec::new() };
    let found = judge(&grown)?.report;
    let is_broken = found.signatures.iter().any(|one| one.integrity != "intact");
    let Some(present) = lowest(&found).filter(|_| !is_broken && found.indication != "TOTAL-FAILED") else {
        let args = vec![("why", found.indication)];
        return Err(Error::Refused { code: "nothing_to_augment", args });
    };
    let is_right = if renewal { present == Level::Archival } else { present < level };
    if !is_right {
        return Err(Error::refused("level_reached"));
    }
    if present == Level::Basic {
        stamp(&mut grown, &authority, desk)?;
    }
    if level >= Level::LongTerm {
        let judged = judge(&grown)?;
        if !judged.lacking.is_empty() {
            return Err(lacking(&judged.failures.join("; ")));
        }
        let added = {
            let pdf = Pdf::open(&grown).map_err(|error| unprocessable("document_not_signable", &error))?;
            add_evidence(&pdf, &judged.evidence, rng).map_err(|error| not_raised(&error))?
        };
        grown.more.extend(added.into_iter().flat_map(|appended| appended.bytes));
    }
    if level == Level::Archival {
        stamp(&mut grown, &authority, desk)?;
    }
    let judged = judge(&grown)?;
    if lowest(&judged.report).is_none_or(|reached| reached < level)
        || judged.report.indication == "TOTAL-FAILED"
    {
        return Err(lacking("the level was not reached by what the authorities gave"));
    }
    let kept = keep_appended(desk, &source, &grown.more)?;
    Ok(Augmented {
        document: document.clone(),
        version_read: before.document.version,
        file: taken(kept, &before.version),
        source: before.version,
        level,
        renewal,
        stamped_until: stamped_until(&judged.report).filter(|_| level == Level::Archival),
        evidence: serde_json::json!(KeptEvidence::of("", &judged.evidence)).to_string(),
        verdict: serde_json::json!(judged.report).to_string(),
    })
}

fn stamp(grown: &mut Grown<'_>, stamper: &dyn Stamper, desk: &Desk) -> Result<(), Error> {
    let stamped = {
        let pdf = Pdf::open(grown).map_err(|error| unprocessable("document_not_signable", &error))?;
        stamp_document(&pdf, stamper, desk.database.rng().as_ref()).map_err(|error| not_raised(&error))?
    };
    grown.more.extend_from_slice(&stamped.bytes);
    Ok(())
}

/// Until when time-stamps hold that the authority gives now: the end of its present certificate.
///
/// # Errors
/// When it gives none.
pub fn authority_until(desk: &Desk) -> Result<NaiveDateTime, Error> {
    let none = || Error::Unavailable { code: "timestamp_unavailable" };
    let (Some(url), Some(fetch)) = (&desk.signing.authority, desk.signing.network.as_deref()) else {
        return Err(none());
    };
    let authority = Authority::new(url, fetch, desk.database.rng().as_ref(), desk.database.clock().as_ref());
    let token = authority.stamp(Digest::Sha256, &Digest::Sha256.of(b"")).map_err(|error| no_stamp(&error))?;
    let token = Token::read(&token).map_err(|_| none())?;
    Ok(token.verify().map_err(|_| none())?.not_after.naive_utc())
}

/// Records a raised level: a new version of stage issued, what it rests on, the event.
///
/// # Errors
/// When the document changed meanwhile or the store fails.
pub fn record_augmented(unit: &mut Unit<'_>, by: &Acting, made: &Augmented) -> Result<Document, Error> {
    let (found, next) =
        at_act(unit.connection(), &by.scope, &made.document, Some(made.version_read), Act::Augment)?;
    let changed = advance(unit, found, next)?;
    let component = made.source.component_id.clone();
    // Its text is what it was: there is no form to be judged.
    let version = insert_version(unit, by, &component, "issued", Some(&made.source), &made.file)?;
    let level = RaisedLevel {
        version_id: version.id.clone(),
        agency_id: by.scope.agency().clone(),
        document_id: made.document.clone(),
        level: made.level.as_str().to_owned(),
        stamp_ends_at: made.stamped_until,
        evidence: made.evidence.clone(),
        verdict: made.verdict.clone(),
        policy: Policy::NAME.to_owned(),
        raised_at: unit.now_stored(),
    };
    diesel::insert_into(raised_levels::table).values(&level).execute(unit.connection())?;
    let kind = if made.renewal { "document.stamp_renewed" } else { "document.augmented" };
    let recorded = event(by, kind, &made.document)
        .detail("level", made.level.as_str())
        .detail("sha256", &version.sha256)
        .touching(&changed)
        .touching(&version)
        .touching(&level);
    record(unit, recorded)?;
    Ok(changed)
}
