//! Signing at the level the service is set to (EN 319 142-1, 6), and what is kept of it (Circular 15/2025, Art. 5–6).
//!
//! All of it is made in memory beside the file that stands: when anything fails, nothing was signed. There is no falling
//! back to a lower level, as nobody would notice the document that lacks its time-stamp.

use super::super::error::Error;
use super::super::rows::Signature;
use super::unprocessable;
use crate::desk::{Desk, Level};
use crate::pdf::{Pdf, Source};
use crate::pki::path::PathError;
use crate::pki::revocation::Material;
use crate::pki::{Certificate, SigningKey};
use crate::ports::{Fetch, FetchFailed, Outgoing, Rng};
use crate::signature::augment::{AugmentError, add_evidence, stamp_document};
use crate::signature::cms::Signatory;
use crate::signature::online::{Evidence, Network};
use crate::signature::report::Report;
use crate::signature::sign::{Request, SignError, sign, sign_with_time};
use crate::signature::timestamp::{Authority, Stamper, StamperError};
use crate::signature::validate::{Judged, Policy, Standing, Supply, standing, validate_with};
use crate::store::{Answers, Remembering};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

/// A file, and the revisions put behind it.
pub(super) struct Grown<'a> {
    pub(super) file: &'a dyn Source,
    pub(super) more: Vec<u8>,
}

impl Source for Grown<'_> {
    fn len(&self) -> u64 {
        self.file.len() + u64::try_from(self.more.len()).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match offset.checked_sub(self.file.len()) {
            Some(behind) => self.more.as_slice().read_at(behind, buffer),
            None => {
                let left = usize::try_from(self.file.len() - offset).unwrap_or(usize::MAX);
                let end = left.min(buffer.len());
                buffer.get_mut(..end).map_or(Ok(0), |part| self.file.read_at(offset, part))
            }
        }
    }
}

/// Asks nobody twice in one act: what was fetched is at hand, and who gave no answer isn't waited for again.
pub(super) struct Once<'a> {
    fetch: &'a dyn Fetch,
    known: Mutex<HashMap<String, Result<Vec<u8>, FetchFailed>>>,
}

impl<'a> Once<'a> {
    pub(super) fn new(fetch: &'a dyn Fetch) -> Self {
        Self { fetch, known: Mutex::default() }
    }
}

impl Fetch for Once<'_> {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        let known = self.known.lock().ok().and_then(|known| known.get(request.url).cloned());
        if let Some(known) = known {
            return known;
        }
        let answer = self.fetch.fetch(request);
        // An answer to a question of its own (a nonce, an imprint) is no answer to the next one.
        if (request.body.is_none() || answer.is_err())
            && let Ok(mut known) = self.known.lock()
        {
            known.insert(request.url.to_owned(), answer.clone());
        }
        answer
    }
}

/// What is kept of revocation at signing time, as JSON in the row of a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEvidence {
    /// `good`, or `unknown` when nothing could be learnt.
    #[serde(default)]
    pub standing: String,
    /// Certificates beyond signer and chain, DER in base64.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Lists, DER in base64.
    #[serde(default)]
    pub crls: Vec<String>,
    /// Responses, DER in base64.
    #[serde(default)]
    pub ocsps: Vec<String>,
}

impl KeptEvidence {
    pub(super) fn of(standing: &str, evidence: &[Evidence]) -> Self {
        let coded = |pick: fn(&Evidence) -> &Vec<Vec<u8>>| {
            let mut all: Vec<String> = Vec::new();
            for one in evidence.iter().flat_map(pick).map(|der| STANDARD.encode(der)) {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            all
        };
        Self {
            standing: standing.to_owned(),
            certificates: coded(|evidence| &evidence.certificates),
            crls: coded(|evidence| &evidence.crls),
            ocsps: coded(|evidence| &evidence.ocsps),
        }
    }

    /// What a row keeps; nothing for one of before evidence was kept.
    #[must_use]
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// Everything rows keep, as material to judge with.
pub(super) fn material(rows: &[Signature]) -> Material {
    let mut found = Material::default();
    for row in rows {
        let kept = KeptEvidence::read(&row.revocation);
        let chain: Vec<String> = serde_json::from_str(&row.chain).unwrap_or_default();
        for text in chain.iter().chain(&kept.certificates).chain(&kept.crls).chain(&kept.ocsps) {
            if let Ok(der) = STANDARD.decode(text) {
                found.add_any(&der);
            }
        }
    }
    found
}

/// The verdict by what the file holds and rows keep; where that leaves it open, the network is asked.
pub(super) fn judge(
    desk: &Desk,
    file: &dyn Source,
    policy: &Policy,
    rows: &[Signature],
) -> Result<Judged, crate::pdf::Error> {
    let mut supply = Supply { given: material(rows), network: None };
    let judged = validate_with(file, policy, &supply)?;
    match &desk.signing.network {
        Some(fetch) if judged.report.indication == "INDETERMINATE" => {
            let (once, rng) = (Once::new(fetch.as_ref()), desk.database.rng().as_ref());
            let recalled = Answers::at_most(&desk.database, desk.signing.recall_verdict);
            let fetch = Remembering::new(&once, recalled);
            supply.network = Some(Network { fetch: &fetch, rng });
            validate_with(file, policy, &supply)
        }
        _ => Ok(judged),
    }
}

/// What signing made.
pub(super) struct Raised {
    /// What is put behind the file.
    pub(super) more: Vec<u8>,
    /// The verdict on the whole, now.
    pub(super) report: Report,
    /// What it rests on.
    pub(super) evidence: KeptEvidence,
}

/// What one act asks machines elsewhere with.
pub(super) struct Asking<'a> {
    desk: &'a Desk,
    once: Option<Once<'a>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(desk: &'a Desk) -> Self {
        Self { desk, once: desk.signing.network.as_deref().map(Once::new) }
    }

    /// What can be learnt of a certificate before it signs, as evidence says it: a revoked one doesn't sign (Decree
    /// 23/2025, Art. 15); one of which nothing can be learnt doesn't where that must be kept.
    pub(super) fn standing(
        &self,
        who: Signatory<'_>,
        at: DateTime<Utc>,
        level: Level,
    ) -> Result<&'static str, Error> {
        let rng = self.desk.database.rng().as_ref();
        let recent = Answers::at_most(&self.desk.database, self.desk.signing.recall_signing);
        let recent = self.once.as_ref().map(|once| Remembering::new(once, recent));
        let network = recent.as_ref().map(|fetch| Network { fetch, rng });
        let standing = match network {
            Some(network) => standing(who.certificate, who.chain, &self.desk.trust, at, network),
            None => Standing::Unknown("the network is not asked".to_owned()),
        };
        match standing {
            Standing::Good => Ok("good"),
            Standing::Revoked => Err(Error::refused("certificate_revoked")),
            Standing::Unknown(why) if level >= Level::LongTerm => Err(lacking(&why)),
            Standing::Unknown(_) => Ok("unknown"),
        }
    }

    /// The time-stamping authority, where the level needs one.
    pub(super) fn authority(&self, level: Level) -> Result<Option<Authority<'_>>, Error> {
        match (&self.desk.signing.authority, &self.once) {
            _ if level == Level::Basic => Ok(None),
            (Some(url), Some(once)) => Ok(Some(Authority::new(
                url,
                once,
                self.desk.database.rng().as_ref(),
                self.desk.database.clock().as_ref(),
            ))),
            _ => Err(Error::Unavailable { code: "timestamp_unavailable" }),
        }
    }

    /// Raises what was signed, `more` behind `file`, to a level.
    pub(super) fn raise(
        &self,
        (file, more): (&dyn Source, Vec<u8>),
        signed: &SignedAs<'_>,
        stamper: Option<&dyn Stamper>,
    ) -> Result<Raised, Error> {
        let (desk, level, rng) = (self.desk, signed.level, self.desk.database.rng().as_ref());
        let mut grown = Grown { file, more };
        // What goes into the document is as of a time after it was signed.
        let after = self.once.as_ref().map(|once| Remembering::new(once, Answers::from_now(&desk.database)));
        let network = after.as_ref().map(|fetch| Network { fetch, rng });
        let raising = Raising { desk, chain: signed.chain, at: signed.at, network };
        let mut judged = raising.judge(&grown)?;
        if level >= Level::LongTerm {
            if !judged.lacking.is_empty() {
                return Err(lacking(&judged.failures.join("; ")));
            }
            let added = {
                let pdf =
                    Pdf::open(&grown).map_err(|error| unprocessable("document_not_signable", &error))?;
                add_evidence(&pdf, &judged.evidence, rng).map_err(|error| not_raised(&error))?
            };
            grown.more.extend(added.into_iter().flat_map(|appended| appended.bytes));
        }
        if let (Level::Archival, Some(stamper)) = (level, stamper) {
            grown.more.extend(self::stamped(&grown, stamper, rng)?);
        }
        if level >= Level::LongTerm {
            judged = raising.judge(&grown)?;
        }
        Ok(Raised {
            evidence: KeptEvidence::of(signed.learnt, &judged.evidence),
            report: judged.report,
            more: grown.more,
        })
    }
}

/// How something was signed that is to be raised.
pub(super) struct SignedAs<'a> {
    pub(super) chain: &'a [Certificate],
    pub(super) at: DateTime<Utc>,
    pub(super) level: Level,
    /// What was learnt of the certificate before.
    pub(super) learnt: &'static str,
}

/// A time-stamp over the whole.
pub(super) fn stamped(file: &dyn Source, stamper: &dyn Stamper, rng: &dyn Rng) -> Result<Vec<u8>, Error> {
    let pdf = Pdf::open(file).map_err(|error| unprocessable("document_not_signable", &error))?;
    Ok(stamp_document(&pdf, stamper, rng).map_err(|error| not_raised(&error))?.bytes)
}

/// Signs at a level; the certificate is judged first.
pub(super) fn sign_at(
    desk: &Desk,
    file: &dyn Source,
    request: &Request<'_>,
    key: &dyn SigningKey,
    level: Level,
) -> Result<Raised, Error> {
    let asking = Asking::new(desk);
    let learnt = asking.standing(Signatory::of(key), request.at, level)?;
    let authority = asking.authority(level)?;
    let stamper = authority.as_ref().map(|authority| -> &dyn Stamper { authority });
    let rng = desk.database.rng().as_ref();
    let appended = {
        let pdf = Pdf::open(file).map_err(|error| unprocessable("draft_unreadable", &error))?;
        match stamper {
            Some(stamper) => sign_with_time(&pdf, request, key, &desk.trust, rng, stamper),
            None => sign(&pdf, request, key, &desk.trust, rng),
        }
        .map_err(|error| refused(&error))?
    };
    let signed = SignedAs { chain: key.chain(), at: request.at, level, learnt };
    asking.raise((file, appended.bytes), &signed, stamper)
}

struct Raising<'a> {
    desk: &'a Desk,
    chain: &'a [Certificate],
    at: DateTime<Utc>,
    network: Option<Network<'a>>,
}

impl Raising<'_> {
    fn judge(&self, grown: &Grown<'_>) -> Result<Judged, Error> {
        let mut given = Material::default();
        self.chain.iter().for_each(|link| given.add_certificate(link.clone()));
        // Time-stamps are given after the act began: judged as of it, they would be of the future.
        let at = self.desk.now().max(self.at);
        let policy = Policy { trust: self.desk.trust.as_ref().clone(), at };
        let supply = Supply { given, network: self.network };
        validate_with(grown, &policy, &supply).map_err(|error| unprocessable(error.code(), &error))
    }
}

pub(super) fn lacking(why: &str) -> Error {
    tracing::warn!(why, "revocation could not be learnt; nothing was signed");
    Error::Unavailable { code: "evidence_unavailable" }
}

pub(super) fn no_stamp(error: &StamperError) -> Error {
    tracing::warn!(%error, "no time-stamp; nothing was signed");
    Error::Unavailable { code: "timestamp_unavailable" }
}

pub(super) fn refused(error: &SignError) -> Error {
    match error {
        SignError::Unfit(code) => Error::refused(code),
        SignError::Path(PathError::NoPath) => Error::refused("no_path_to_anchor"),
        SignError::Path(PathError::Broken { reason, .. }) => Error::refused(reason),
        SignError::Fill(inner) => unprocessable("field_not_fillable", inner),
        SignError::Stamp(error) => no_stamp(error),
        SignError::Key(error) => error.clone().into(),
        other => unprocessable("document_not_signable", other),
    }
}

pub(super) fn not_raised(error: &AugmentError) -> Error {
    match error {
        AugmentError::Stamp(error) => no_stamp(error),
        other => unprocessable("document_not_signable", other),
    }
}
