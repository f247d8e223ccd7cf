//! What revocation lists and OCSP responses prove about a certificate (RFC 5280, 6.3; RFC 6960, 3.2 and
//! 4.2.2.2): which of them speak of it, who may have signed them, what they say.
//!
//! Whether what is said is recent enough, and whether it counts at all at some instant, is the caller's
//! question: see `signature::chain`.

use super::algorithm::{KeyKind, PublicKey, Scheme};
use super::certificate::Certificate;
use super::crl::{ALL_REASONS, Crl, DistributionPoint, Entry, REMOVED, Revocation, directory_name};
use super::ocsp::{Ocsp, State};
use super::path::{self, TrustStore};
use chrono::{DateTime, Utc};

/// Signers of signers followed: a responder's certificate is vouched for by a list, a list's signer by
/// another list, and then it ends.
const DEPTH_LIMIT: usize = 4;

/// Certificates, lists and responses at hand, wherever they came from.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Lists.
    pub crls: Vec<Crl>,
    /// Responses.
    pub ocsps: Vec<Ocsp>,
}

impl Material {
    /// Adds a certificate, unless it is there.
    pub fn add_certificate(&mut self, certificate: Certificate) {
        if !self.certificates.iter().any(|known| known.der == certificate.der) {
            self.certificates.push(certificate);
        }
    }

    /// Adds a list, unless it is there.
    pub fn add_crl(&mut self, crl: Crl) {
        if !self.crls.iter().any(|known| known.der == crl.der) {
            self.crls.push(crl);
        }
    }

    /// Adds a response and the certificates in it, unless it is there.
    pub fn add_ocsp(&mut self, ocsp: Ocsp) {
        if !self.ocsps.iter().any(|known| known.der == ocsp.der) {
            for certificate in &ocsp.certificates {
                self.add_certificate(certificate.clone());
            }
            self.ocsps.push(ocsp);
        }
    }

    /// Adds whatever these bytes are: certificates (PEM or DER), a list, a response.
    ///
    /// Gives whether they were any of these.
    pub fn add_any(&mut self, bytes: &[u8]) -> bool {
        if let Ok(crl) = Crl::read(bytes) {
            self.add_crl(crl);
        } else if let Ok(ocsp) = Ocsp::read(bytes) {
            self.add_ocsp(ocsp);
        } else if let Ok(found) = super::read_certificates(bytes) {
            for certificate in found {
                self.add_certificate(certificate);
            }
        } else {
            return false;
        }
        true
    }
}

/// Which kind of proof spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A list, or several together.
    Crl,
    /// A response.
    Ocsp,
}

/// What a proof tells about a certificate.
#[derive(Debug, Clone)]
pub struct Told {
    /// The kind of proof.
    pub source: Source,
    /// The revocation; none: not revoked.
    pub revocation: Option<Revocation>,
    /// As of when: the oldest of all that was used.
    pub this_update: DateTime<Utc>,
    /// By when there is newer; the earliest of all that was used.
    pub next_update: Option<DateTime<Utc>>,
    /// When the proof was made.
    pub produced_at: DateTime<Utc>,
    /// Whose key signed it.
    pub signer: Certificate,
    /// The lists or the response, DER.
    pub proofs: Vec<Vec<u8>>,
    /// What it is signed with.
    pub scheme: Scheme,
    /// Lists and responses that vouch for its signer, DER.
    pub supporting: Vec<Vec<u8>>,
}

/// Asks the material at hand.
#[derive(Debug, Clone, Copy)]
pub struct Checker<'a> {
    /// What is at hand.
    pub material: &'a Material,
    /// The anchors.
    pub trust: &'a TrustStore,
    /// The time of validation: when the certificates of those who sign lists must hold, and after which nothing
    /// that was made counts.
    pub at: DateTime<Utc>,
}

/// A signer found for a list or response, with what vouches for it.
struct Signed {
    signer: Certificate,
    scheme: Scheme,
    supporting: Vec<Vec<u8>>,
}

impl Checker<'_> {
    /// Everything that can be told of `certificate`, whose issuer is `issuer` and whose path ends in
    /// `anchor`, by acceptable proofs.
    #[must_use]
    pub fn told(&self, certificate: &Certificate, issuer: &Certificate, anchor: &Certificate) -> Vec<Told> {
        self.ask(certificate, issuer, anchor, &mut Vec::new())
    }

    fn ask(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
        asked: &mut Vec<Vec<u8>>,
    ) -> Vec<Told> {
        if asked.len() >= DEPTH_LIMIT || asked.contains(&certificate.der) {
            return Vec::new();
        }
        asked.push(certificate.der.clone());
        let mut told: Vec<Told> = self
            .material
            .ocsps
            .iter()
            .filter_map(|ocsp| self.by_ocsp(ocsp, certificate, issuer, anchor, asked))
            .collect();
        told.extend(self.by_crls(certificate, issuer, anchor, asked));
        asked.pop();
        told.retain(|told| told.this_update >= certificate.not_before && self.may_count(told));
        told
    }

    /// Whether something made then is of the future (RFC 5280, 6.3.3; RFC 6960, 3.2, 5).
    fn is_ahead(&self, made: DateTime<Utc>) -> bool {
        made > self.at + TOLERANCE
    }

    /// What is of the future calls nothing good. A revocation it tells of is not overlooked: that it came too early
    /// may be our clock's fault.
    fn may_count(&self, told: &Told) -> bool {
        let is_ahead = self.is_ahead(told.this_update.max(told.produced_at));
        !is_ahead || told.revocation.is_some_and(|revocation| revocation.at <= self.at)
    }

    fn by_ocsp(
        &self,
        ocsp: &Ocsp,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
        asked: &mut Vec<Vec<u8>>,
    ) -> Option<Told> {
        let answer = ocsp.answer(certificate, issuer)?;
        let revocation = match answer.state {
            State::Good => None,
            State::Revoked(revocation) => Some(revocation),
            State::Unknown => return None,
        };
        let signed = self.ocsp_signer(ocsp, issuer, anchor, asked)?;
        let since = answer.archive_cutoff.map_or(answer.this_update, |cutoff| cutoff.min(answer.this_update));
        let knows = answer.certificate_hash.is_some() || certificate.not_after >= since;
        (knows && answer.this_update <= ocsp.produced_at + TOLERANCE).then(|| Told {
            source: Source::Ocsp,
            revocation,
            this_update: answer.this_update,
            next_update: answer.next_update,
            produced_at: ocsp.produced_at,
            signer: signed.signer,
            proofs: vec![ocsp.der.clone()],
            scheme: signed.scheme,
            supporting: signed.supporting,
        })
    }

    /// The issuer itself, or one it named for this purpose (RFC 6960, 4.2.2.2).
    fn ocsp_signer(
        &self,
        ocsp: &Ocsp,
        issuer: &Certificate,
        anchor: &Certificate,
        asked: &mut Vec<Vec<u8>>,
    ) -> Option<Signed> {
        let scheme = ocsp.scheme().ok()?;
        if ocsp.names(issuer) && ocsp.verify_by(&issuer.key).is_ok() {
            return Some(Signed { signer: issuer.clone(), scheme, supporting: Vec::new() });
        }
        let candidates = ocsp.certificates.iter().chain(&self.material.certificates);
        for signer in candidates.filter(|candidate| ocsp.names(candidate)) {
            let delegated = signer.may_answer_ocsp()
                && signer.unprocessed.is_empty()
                && signer.is_within_validity(ocsp.produced_at)
                && signer.issuer_name == issuer.subject_name
                && signer.verify_by(&issuer.key).is_ok()
                && ocsp.verify_by(&signer.key).is_ok();
            if !delegated {
                continue;
            }
            let mut supporting = Vec::new();
            if !signer.needs_no_revocation_check {
                let told = self.ask(signer, issuer, anchor, asked);
                let Some(newest) = newest(&told).filter(|told| told.revocation.is_none()) else { continue };
                supporting.extend(newest.proofs.iter().chain(&newest.supporting).cloned());
            }
            return Some(Signed { signer: signer.clone(), scheme, supporting });
        }
        None
    }

    fn by_crls(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Certificate,
        asked: &mut Vec<Vec<u8>>,
    ) -> Vec<Told> {
        let mut whole = Vec::new();
        // Lists that speak of some reasons only, the newest of each kind.
        let mut partial: Vec<(u16, Told)> = Vec::new();
        for crl in self.material.crls.iter().filter(|crl| crl.base_number.is_none()) {
            let Some(reasons) = scope(certificate, crl) else { continue };
            let Some(signed) = self.crl_signer(crl, issuer, anchor, asked) else { continue };
            let Some(told) = self.lookup(crl, certificate, signed) else { continue };
            if reasons == ALL_REASONS || told.revocation.is_some() {
                whole.push(told);
            } else if self.may_count(&told) {
                match partial.iter_mut().find(|(known, _)| *known == reasons) {
                    Some((_, known)) if known.this_update < told.this_update => *known = told,
                    Some(_) => {}
                    None => partial.push((reasons, told)),
                }
            }
        }
        let covered = partial.iter().fold(0, |mask, (reasons, _)| mask | reasons);
        if covered & ALL_REASONS == ALL_REASONS {
            whole.extend(partial.into_iter().map(|(_, told)| told).reduce(together));
        }
        whole
    }

    /// What a complete list says, with the newest delta to it that is at hand.
    fn lookup(&self, crl: &Crl, certificate: &Certificate, signed: Signed) -> Option<Told> {
        let since = crl.expired_since.map_or(crl.this_update, |since| since.min(crl.this_update));
        if certificate.not_after < since {
            return None;
        }
        let found = |crl: &Crl| crl.entry(&certificate.serial, &certificate.issuer_name).ok();
        let mut entry = found(crl)?;
        let mut told = Told {
            source: Source::Crl,
            revocation: None,
            this_update: crl.this_update,
            next_update: crl.next_update,
            produced_at: crl.this_update,
            signer: signed.signer,
            proofs: vec![crl.der.clone()],
            scheme: signed.scheme,
            supporting: signed.supporting,
        };
        let deltas = self.material.crls.iter().filter(|delta| is_delta_to(delta, crl));
        let takes_away = |delta: &Crl| matches!(found(delta), Some(Entry::Revoked(one)) if one.reason != REMOVED && one.at <= self.at);
        let newest = deltas
            .filter(|delta| !self.is_ahead(delta.this_update) || takes_away(delta))
            .filter(|delta| delta.verify_by(&told.signer.key).is_ok())
            .max_by(|one, other| compare(&one.number, &other.number));
        if let Some(delta) = newest {
            let changed = found(delta)?;
            if changed != Entry::Absent {
                entry = changed;
            }
            told.proofs.push(delta.der.clone());
            told.produced_at = told.produced_at.max(delta.this_update);
            told.next_update = earlier(told.next_update, delta.next_update);
        }
        match entry {
            Entry::Absent => {}
            Entry::Revoked(revocation) if revocation.reason == REMOVED => {}
            Entry::Revoked(revocation) => told.revocation = Some(revocation),
            Entry::NotUnderstood => return None,
        }
        Some(told)
    }

    /// Who signed a list: the certificate's issuer, or another of the name whose own path holds, ends in
    /// the same anchor and is not revoked (RFC 5280, 6.3.3, f).
    fn crl_signer(
        &self,
        crl: &Crl,
        issuer: &Certificate,
        anchor: &Certificate,
        asked: &mut Vec<Vec<u8>>,
    ) -> Option<Signed> {
        let scheme = crl.scheme().ok()?;
        let fits = |candidate: &Certificate| {
            candidate.subject_name == crl.issuer_name
                && candidate.key_usage.is_none_or(|usage| usage.crl_sign)
                && match (&crl.authority_key_id, &candidate.subject_key_id) {
                    (Some(wanted), Some(offered)) => wanted == offered,
                    _ => true,
                }
        };
        if fits(issuer) && crl.verify_by(&issuer.key).is_ok() {
            return Some(Signed { signer: issuer.clone(), scheme, supporting: Vec::new() });
        }
        let candidates = self.material.certificates.iter().chain(self.trust.anchors());
        for signer in candidates.filter(|candidate| fits(candidate)) {
            if crl.verify_by(&signer.key).is_err() {
                continue;
            }
            let Ok(found) = path::validate(signer, &self.material.certificates, self.trust, self.at) else {
                continue;
            };
            let same_anchor = found.0.last().is_some_and(|last| last.key_info == anchor.key_info);
            if !same_anchor || !signer.is_within_validity(crl.this_update) {
                continue;
            }
            if let Some(supporting) = self.holds(&found.0, asked) {
                return Some(Signed { signer: signer.clone(), scheme, supporting });
            }
        }
        None
    }

    /// Whether no certificate of a list signer's path is revoked, as far as must be known; gives what
    /// vouches for them. One that is being asked about already vouches for itself: its own list covers it.
    fn holds(&self, chain: &[Certificate], asked: &mut Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
        let anchor = chain.last()?;
        let mut supporting = Vec::new();
        for pair in chain.windows(2) {
            let [subject, issuer] = pair else { continue };
            if asked.contains(&subject.der) || subject.needs_no_revocation_check {
                continue;
            }
            let told = self.ask(subject, issuer, anchor, asked);
            let newest = newest(&told)?;
            if newest.revocation.is_some() {
                return None;
            }
            supporting.extend(newest.proofs.iter().chain(&newest.supporting).cloned());
        }
        Some(supporting)
    }
}

/// Clocks of responders may differ from one another, and from ours, by this much.
const TOLERANCE: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// The newest of what is told; a revocation goes before what is as new.
#[must_use]
pub fn newest(told: &[Told]) -> Option<&Told> {
    told.iter().max_by_key(|told| (told.produced_at, told.revocation.is_some()))
}

fn together(mut one: Told, other: Told) -> Told {
    one.this_update = one.this_update.min(other.this_update);
    one.produced_at = one.produced_at.min(other.produced_at);
    one.next_update = earlier(one.next_update, other.next_update);
    one.proofs.extend(other.proofs);
    one.supporting.extend(other.supporting);
    one
}

/// The earlier of two ends; without an end nothing is promised.
fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.zip(other).map(|(one, other)| one.min(other))
}

/// Compares numbers by their octets without leading zeros.
fn compare(one: &Option<Vec<u8>>, other: &Option<Vec<u8>>) -> std::cmp::Ordering {
    let key = |number: &Option<Vec<u8>>| number.as_ref().map(|octets| (octets.len(), octets.clone()));
    key(one).cmp(&key(other))
}

/// Whether `delta` tells what changed since `complete` (RFC 5280, 5.2.4 and 6.3.3, c).
fn is_delta_to(delta: &Crl, complete: &Crl) -> bool {
    delta.base_number.is_some()
        && !delta.has_unknown_critical
        && delta.issuer_name == complete.issuer_name
        && delta.authority_key_id == complete.authority_key_id
        && delta.issuing_point == complete.issuing_point
        && complete.number.is_some()
        && compare(&delta.base_number, &complete.number).is_le()
        && compare(&complete.number, &delta.number).is_lt()
}

/// The reasons for which a list speaks of a certificate; none when it doesn't at all
/// (RFC 5280, 6.3.3, b and d).
fn scope(certificate: &Certificate, crl: &Crl) -> Option<u16> {
    if crl.has_unknown_critical {
        return None;
    }
    if let Some(point) = &crl.issuing_point {
        let wrong = (point.only_users && certificate.is_ca)
            || (point.only_authorities && !certificate.is_ca)
            || point.only_attributes;
        if wrong {
            return None;
        }
    }
    // Any list of the certificate's issuer may be used as well, as if it were named by that issuer.
    let implied = DistributionPoint::default();
    certificate
        .crl_points
        .iter()
        .chain(std::iter::once(&implied))
        .filter_map(|point| scope_by(certificate, crl, point))
        .reduce(|mask, reasons| mask | reasons)
}

fn scope_by(certificate: &Certificate, crl: &Crl, point: &DistributionPoint) -> Option<u16> {
    let stated = crl.issuing_point.as_ref();
    if point.crl_issuer.is_empty() {
        if crl.issuer_name != certificate.issuer_name {
            return None;
        }
    } else {
        let named = point.crl_issuer.contains(&directory_name(&crl.issuer_der));
        if !named || !stated.is_some_and(|stated| stated.indirect) {
            return None;
        }
    }
    if let Some(name) = stated.and_then(|stated| stated.name.as_ref()) {
        let offered = name.full(&crl.issuer_der);
        let wanted = match &point.name {
            Some(name) => name.full(&crl.issuer_der),
            None if point.crl_issuer.is_empty() => vec![directory_name(&certificate.issuer_der)],
            None => point.crl_issuer.clone(),
        };
        if !wanted.iter().any(|name| offered.contains(name)) {
            return None;
        }
    }
    let reasons = point.reasons.unwrap_or(ALL_REASONS);
    Some(reasons & stated.and_then(|stated| stated.reasons).unwrap_or(ALL_REASONS) & ALL_REASONS)
}

/// Whether a signature by this scheme and key is worth nothing any more, whatever the date.
#[must_use]
pub fn is_weak(scheme: Scheme, key: &PublicKey) -> bool {
    scheme.digest().is_weak() || (key.kind == KeyKind::Rsa && key.bits < 2048)
}
