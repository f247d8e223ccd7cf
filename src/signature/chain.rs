//! A certificate judged at the time of validation, and in the past (EN 319 102-1, 5.2.5, 5.2.6, 5.6.2.1 and
//! 5.6.2.2), with what is at hand and what the network gives.

use super::online::{Answer, Brought, Evidence, Network, WITHOUT_NEXT};
use super::reliable;
use crate::pki::path::{self, PathError, TrustStore};
use crate::pki::revocation::{Checker, Material, Told, newest};
use crate::pki::{Certificate, Digest};
use chrono::{DateTime, Utc};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Certificates whose issuer is fetched in one validation: addresses come from strangers.
const FETCH_LIMIT: usize = 24;

/// How a certificate's path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Everything held.
    Passed,
    /// No path to an anchor.
    NoPath,
    /// A path doesn't hold; the reason.
    Broken(&'static str),
    /// Whether a certificate of the path is revoked can't be learnt.
    Unknown,
    /// Revoked, since when; whether it was one of an authority.
    Revoked { at: DateTime<Utc>, authority: bool },
    /// On hold, since when.
    Hold(DateTime<Utc>),
    /// What is known is no longer the newest.
    Stale,
    /// Outside its validity; whether it is known not to have been revoked.
    Outside { known_good: bool },
}

impl Status {
    /// Sub-indication and code of the reason.
    pub(super) fn reason(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Passed => return None,
            Self::NoPath => ("NO_CERTIFICATE_CHAIN_FOUND", "no_path_to_anchor"),
            Self::Broken(reason) => ("CERTIFICATE_CHAIN_GENERAL_FAILURE", reason),
            Self::Unknown => ("CERTIFICATE_CHAIN_GENERAL_FAILURE", "revocation_unknown"),
            Self::Revoked { authority: false, .. } => ("REVOKED_NO_POE", "certificate_revoked"),
            Self::Revoked { authority: true, .. } => ("REVOKED_CA_NO_POE", "authority_revoked"),
            Self::Hold(_) => ("TRY_LATER", "certificate_on_hold"),
            Self::Stale => ("TRY_LATER", "revocation_stale"),
            Self::Outside { known_good: true } => {
                ("OUT_OF_BOUNDS_NOT_REVOKED", "certificate_out_of_validity")
            }
            Self::Outside { known_good: false } => ("OUT_OF_BOUNDS_NO_POE", "certificate_out_of_validity"),
        })
    }

    /// Whether proofs of what existed earlier may mend it.
    pub(super) fn may_be_mended(self) -> bool {
        match self {
            Self::Passed | Self::NoPath | Self::Unknown => false,
            Self::Broken(reason) => {
                ["issuer_out_of_validity", "certificate_algorithm_weak", "issuer_key_too_small"]
                    .contains(&reason)
            }
            _ => true,
        }
    }
}

/// A certificate examined.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) status: Status,
    /// From the certificate to the anchor.
    pub(super) path: Vec<Certificate>,
    /// What was told of each certificate of the path below the anchor; none when nothing is to be asked.
    pub(super) told: Vec<Option<Told>>,
    /// Whether a certificate of the path names nowhere to ask, and nothing was told of it.
    pub(super) unasked: bool,
    /// Whether its path, or whether it is revoked, could not be learnt.
    pub(super) lacking: bool,
}

/// Since when each thing provably existed, by the digest of its DER.
#[derive(Debug, Clone, Default)]
pub(super) struct Proofs(BTreeMap<Vec<u8>, DateTime<Utc>>);

impl Proofs {
    /// Notes that `der` existed at `at`.
    pub(super) fn add(&mut self, der: &[u8], at: DateTime<Utc>) {
        let known = self.0.entry(Digest::Sha256.of(der)).or_insert(at);
        *known = (*known).min(at);
    }

    /// The earliest proof; without one it exists now.
    pub(super) fn earliest(&self, der: &[u8], now: DateTime<Utc>) -> DateTime<Utc> {
        self.0.get(&Digest::Sha256.of(der)).map_or(now, |at| (*at).min(now))
    }
}

/// Where more may come from, the nearest first.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// What is remembered of earlier answers.
    Memory,
    /// The machines themselves.
    Network,
}

/// What one validation works with.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) trust: &'a TrustStore,
    pub(super) now: DateTime<Utc>,
    pub(super) network: Option<Network<'a>>,
    pub(super) material: RefCell<Material>,
    pub(super) proofs: RefCell<Proofs>,
    /// Certificates asked about over the network, and why that brought nothing.
    asked: RefCell<BTreeSet<Vec<u8>>>,
    /// Certificates about which was recalled what is remembered.
    recalled: RefCell<BTreeSet<Vec<u8>>>,
    /// What was fetched and has proven nothing yet.
    unproven: RefCell<Vec<Answer>>,
    pub(super) failures: RefCell<Vec<String>>,
}

impl<'a> World<'a> {
    pub(super) fn new(trust: &'a TrustStore, now: DateTime<Utc>, network: Option<Network<'a>>) -> Self {
        Self {
            trust,
            now,
            network,
            material: RefCell::default(),
            proofs: RefCell::default(),
            asked: RefCell::default(),
            recalled: RefCell::default(),
            unproven: RefCell::default(),
            failures: RefCell::default(),
        }
    }

    /// The certificate at the time of validation (5.2.6).
    pub(super) fn examine(&self, end: &Certificate) -> Examined {
        let mut found = self.path(end);
        for source in [Source::Memory, Source::Network] {
            if matches!(found, Err(PathError::NoPath)) && self.bring_issuers(end, source) {
                found = self.path(end);
            }
        }
        match found {
            Ok(path) => {
                self.remember(&path.0.iter().map(|link| link.der.as_slice()).collect::<Vec<_>>());
                self.examine_path(path.0)
            }
            Err(error) => {
                let status = match error {
                    PathError::NoPath => Status::NoPath,
                    PathError::Broken { reason, .. } => Status::Broken(reason),
                };
                Examined { status, path: Vec::new(), told: Vec::new(), unasked: false, lacking: true }
            }
        }
    }

    fn path(&self, end: &Certificate) -> Result<path::Path, PathError> {
        path::validate(end, &self.material.borrow().certificates, self.trust, self.now)
    }

    /// From a certificate to its anchor, now or when it held; without one to a root that came along.
    pub(super) fn chain(&self, end: &Certificate) -> Option<Vec<Certificate>> {
        let material = self.material.borrow();
        let pool = &material.certificates;
        let found = self.path(end).or_else(|_| path::validate_past(end, pool, self.trust));
        let found = found.or_else(|_| {
            let roots = pool.iter().filter(|one| one.is_ca && one.is_self_issued()).cloned().collect();
            path::validate_past(end, pool, &TrustStore::new(roots))
        });
        found.ok().map(|path| path.0)
    }

    fn examine_path(&self, path: Vec<Certificate>) -> Examined {
        let mut worst: Option<Status> = None;
        let mut unasked = false;
        let told = self.ask_about(&path);
        for (place, (certificate, told)) in path.iter().zip(&told).enumerate() {
            let status = match told {
                None if certificate.needs_no_revocation_check => continue,
                None if certificate.names_revocation => Status::Unknown,
                None => {
                    unasked = true;
                    continue;
                }
                Some(told) => match told.revocation {
                    Some(revocation) if revocation.at > self.now => continue,
                    Some(revocation) if revocation.reason == crate::pki::crl::HOLD => {
                        Status::Hold(revocation.at)
                    }
                    Some(revocation) => Status::Revoked { at: revocation.at, authority: place > 0 },
                    None if !is_reliable(told, self.now) => Status::Unknown,
                    None if !is_fresh(told, self.now) => Status::Stale,
                    None => continue,
                },
            };
            worst = Some(worst.map_or(status, |known| more_telling(known, status)));
        }
        let outside = path.first().is_some_and(|end| !end.is_within_validity(self.now));
        let lacking = matches!(worst, Some(Status::Unknown | Status::Stale));
        let status = match worst {
            // Outside its validity, and not known to be good: that goes before what can't be learnt (5.2.6).
            Some(Status::Unknown | Status::Stale) if outside => Status::Outside { known_good: false },
            Some(status) => status,
            None if outside => Status::Outside { known_good: !unasked },
            None => Status::Passed,
        };
        Examined { status, path, told, unasked, lacking }
    }

    /// The newest told of each certificate below the anchor, the network asked where nothing fresh is at hand.
    fn ask_about(&self, path: &[Certificate]) -> Vec<Option<Told>> {
        let Some(anchor) = path.last() else { return Vec::new() };
        let mut all = Vec::new();
        for pair in path.windows(2) {
            let [certificate, issuer] = pair else { continue };
            if certificate.needs_no_revocation_check {
                all.push(None);
                continue;
            }
            let mut best = self.best(certificate, issuer, anchor);
            for source in [Source::Memory, Source::Network] {
                let is_enough =
                    best.as_ref().is_some_and(|told| told.revocation.is_some() || is_fresh(told, self.now));
                if !is_enough && self.bring_about(certificate, issuer, source) {
                    best = self.best(certificate, issuer, anchor);
                }
            }
            if let Some(told) = &best {
                self.remember(
                    &told.proofs.iter().chain(&told.supporting).map(Vec::as_slice).collect::<Vec<_>>(),
                );
            }
            all.push(best);
        }
        all
    }

    fn best(&self, certificate: &Certificate, issuer: &Certificate, anchor: &Certificate) -> Option<Told> {
        newest(&self.told(certificate, issuer, anchor)).cloned()
    }

    /// Everything acceptable that what is at hand tells of a certificate.
    pub(super) fn told(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
    ) -> Vec<Told> {
        let material = self.material.borrow();
        Checker { material: &material, trust: self.trust, at: self.now }.told(certificate, issuer, anchor)
    }

    /// Remembers what was fetched and is now used in a judgement.
    fn remember(&self, used: &[&[u8]]) {
        let Some(memory) = self.network.and_then(|network| network.fetch.memory()) else { return };
        self.unproven.borrow_mut().retain(|answer| {
            let proven = answer.is_proven(used);
            if proven {
                answer.keep(memory, self.now);
            }
            !proven
        });
    }

    /// Whether a question may be put to a source: once each, and so many of the network.
    fn may_ask(&self, source: Source, key: Vec<u8>) -> bool {
        match source {
            Source::Memory => self.recalled.borrow_mut().insert(key),
            Source::Network => {
                let mut asked = self.asked.borrow_mut();
                asked.len() < FETCH_LIMIT && asked.insert(key)
            }
        }
    }

    /// Brings what a source tells about a certificate, once; gives whether anything came.
    fn bring_about(&self, certificate: &Certificate, issuer: &Certificate, source: Source) -> bool {
        let Some(network) = self.network else { return false };
        if !self.may_ask(source, certificate.der.clone()) {
            return false;
        }
        let mut brought = match source {
            Source::Memory => network.recalled(certificate, issuer),
            Source::Network => network.revocation(certificate, issuer),
        };
        // A responder's own certificate is looked up where it says so.
        let responders: Vec<Certificate> =
            brought.ocsp.iter().flat_map(|ocsp| &ocsp.certificates).cloned().collect();
        for responder in responders.iter().filter(|found| !found.needs_no_revocation_check) {
            match source {
                Source::Memory => brought.crls.extend(network.recalled_lists(responder)),
                Source::Network if self.asked.borrow_mut().insert(responder.der.clone()) => {
                    network.lists(responder, &mut brought);
                }
                Source::Network => {}
            }
        }
        self.take_in(brought)
    }

    fn take_in(&self, mut brought: Brought) -> bool {
        let came = brought.ocsp.is_some() || !brought.crls.is_empty();
        self.failures.borrow_mut().append(&mut brought.failures);
        self.unproven.borrow_mut().append(&mut brought.answers);
        let mut material = self.material.borrow_mut();
        if let Some(ocsp) = brought.ocsp {
            material.add_ocsp(ocsp);
        }
        for crl in brought.crls {
            material.add_crl(crl);
        }
        came
    }

    /// Brings the issuers of what has none at hand, upwards.
    fn bring_issuers(&self, end: &Certificate, source: Source) -> bool {
        let Some(network) = self.network else { return false };
        let mut came = false;
        let mut missing = vec![end.clone()];
        while let Some(certificate) = missing.pop() {
            if !self.may_ask(source, [certificate.der.as_slice(), b"issuer"].concat()) {
                continue;
            }
            let found = match source {
                Source::Memory => network.recalled_issuers(&certificate),
                Source::Network => {
                    let (found, mut answers) = network.issuers(&certificate);
                    self.unproven.borrow_mut().append(&mut answers);
                    found
                }
            };
            for issuer in found {
                came = true;
                missing.push(issuer.clone());
                self.material.borrow_mut().add_certificate(issuer);
            }
        }
        came
    }

    /// The certificate in the past: a path that once held, and the latest time for which proofs show it still
    /// did (control time; 5.6.2.1 and 5.6.2.2).
    pub(super) fn examine_past(&self, end: &Certificate) -> Option<(Vec<Certificate>, DateTime<Utc>)> {
        let found = path::validate_past(end, &self.material.borrow().certificates, self.trust).ok()?;
        let time = self.slide(&found.0)?;
        Some((found.0, time))
    }

    /// Validation time sliding (5.6.2.2), from the anchor down. What was the newest until its next update
    /// counts until then.
    fn slide(&self, path: &[Certificate]) -> Option<DateTime<Utc>> {
        let anchor = path.last()?;
        let proofs = self.proofs.borrow();
        let mut time = self.now;
        for pair in path.windows(2).rev() {
            let [certificate, issuer] = pair else { continue };
            // What an authority issued is vouched for as long as the authority is valid.
            time = time.min(issuer.not_after);
            let existed = |der: &[u8]| proofs.earliest(der, self.now) <= time;
            if !existed(&certificate.der) {
                return None;
            }
            let scheme = certificate.scheme().ok()?;
            let told = self.told(certificate, issuer, anchor);
            if !certificate.needs_no_revocation_check && (certificate.names_revocation || !told.is_empty()) {
                let usable: Vec<Told> = told
                    .into_iter()
                    .filter(|told| told.this_update.min(self.now) <= time)
                    .filter(|told| told.proofs.iter().all(|der| existed(der)))
                    .collect();
                let best = newest(&usable)?;
                match best.revocation {
                    Some(revocation) => time = time.min(revocation.at),
                    None if !is_fresh(best, time) => time = time.min(last_fresh(best)),
                    None => {}
                }
                if let Some(end) = reliable::end(best.scheme, &best.signer.key) {
                    time = time.min(end);
                }
            }
            if let Some(end) = reliable::end(scheme, &issuer.key) {
                time = time.min(end);
            }
        }
        Some(time)
    }
}

/// Adds what was used to judge a path: its certificates, lists, responses.
pub(super) fn keep(examined: &Examined, evidence: &mut Evidence) {
    let add = |list: &mut Vec<Vec<u8>>, der: &Vec<u8>| {
        if !list.contains(der) {
            list.push(der.clone());
        }
    };
    examined.path.iter().for_each(|link| add(&mut evidence.certificates, &link.der));
    for told in examined.told.iter().flatten() {
        for der in told.proofs.iter().chain(&told.supporting) {
            let is_response = crate::pki::Ocsp::read(der).is_ok();
            add(if is_response { &mut evidence.ocsps } else { &mut evidence.crls }, der);
        }
    }
}

/// Revocation freshness (5.2.5): newer information was not yet due at `at`.
pub(super) fn is_fresh(told: &Told, at: DateTime<Utc>) -> bool {
    at <= last_fresh(told)
}

fn last_fresh(told: &Told) -> DateTime<Utc> {
    told.next_update.unwrap_or(told.this_update + WITHOUT_NEXT)
}

/// Whether a proof's own signature is still relied on.
fn is_reliable(told: &Told, at: DateTime<Utc>) -> bool {
    reliable::holds(reliable::end(told.scheme, &told.signer.key), at)
}

/// Revoked goes before everything, then what can't be known, then what is old.
fn more_telling(one: Status, other: Status) -> Status {
    let rank = |status: Status| match status {
        Status::Revoked { authority: false, .. } => 0,
        Status::Revoked { .. } => 1,
        Status::Hold(_) => 2,
        Status::Unknown => 3,
        _ => 4,
    };
    if rank(other) < rank(one) { other } else { one }
}
