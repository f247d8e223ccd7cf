//! Time brought into the verdict (EN 319 102-1, 5.5 and 5.6): time-stamps judged from the newest to the oldest,
//! each that holds proves what existed when, and every signature is judged at the earliest time it
//! provably existed.

use super::acceptance::judge_algorithms;
use super::chain::{Examined, Status, World, is_fresh, keep};
use super::cms::Signed;
use super::level::Form;
use super::online::Evidence;
use super::reliable;
use super::report::SignatureReport;
use super::timestamp::{TOLERANCE, Token, TokenError};
use super::validate::{Details, Revoked};
use super::verdict::Verdict;
use crate::pki::Certificate;
use crate::pki::revocation::Material;
use chrono::{DateTime, Utc};

/// One signature or document time-stamp on its way to a verdict.
pub(super) struct Case {
    /// Where its range ends: their order.
    pub(super) end: u64,
    /// `/ByteRange`, if it holds.
    pub(super) byte_range: Option<[u64; 4]>,
    /// `/Contents`, as it came.
    pub(super) cms: Vec<u8>,
    pub(super) form: Form,
    pub(super) report: SignatureReport,
    pub(super) verdict: Verdict,
    /// Its CMS, if it could be read and its values verify.
    pub(super) signed: Option<Signed>,
    /// The token, for a document time-stamp whose imprint is that of the document.
    pub(super) token: Option<Token>,
    /// Its name under `/VRI`.
    pub(super) name: String,
    /// Content time-stamps whose imprint is that of the content.
    pub(super) content_stamps: Vec<Token>,
    /// Its signature time-stamps, as far as they can be read.
    stamps: Vec<Option<Token>>,
}

impl Case {
    /// A case of which nothing is known yet.
    pub(super) fn new(report: SignatureReport) -> Self {
        Self {
            end: u64::MAX,
            byte_range: None,
            cms: Vec::new(),
            form: Form::default(),
            report,
            verdict: Verdict::default(),
            signed: None,
            token: None,
            name: String::new(),
            content_stamps: Vec::new(),
            stamps: Vec::new(),
        }
    }

    /// The report with its verdict.
    pub(super) fn finish(mut self) -> SignatureReport {
        self.verdict.write(&mut self.report);
        self.report
    }
}

/// What was used to judge one case, and whether anything was lacking.
#[derive(Debug, Clone, Default)]
pub(super) struct Used {
    pub(super) evidence: Evidence,
    pub(super) lacking: bool,
    path: Vec<Certificate>,
    revoked: Vec<Revoked>,
    pub(super) stamps: Vec<(Token, Option<&'static str>)>,
    content_stamps: Vec<(Token, Option<&'static str>)>,
}

/// The reports with their verdicts, and what stands behind them.
pub(super) fn finish(
    cases: Vec<Case>,
    mut used: Vec<Used>,
) -> (Vec<SignatureReport>, Vec<Details>, Vec<Used>) {
    let (mut reports, mut details) = (Vec::new(), Vec::new());
    for (mut case, used) in cases.into_iter().zip(&mut used) {
        details.push(Details {
            signed: case.signed.take(),
            byte_range: case.byte_range,
            cms: std::mem::take(&mut case.cms),
            path: std::mem::take(&mut used.path),
            revoked: std::mem::take(&mut used.revoked),
            stamps: std::mem::take(&mut used.stamps),
            content_stamps: std::mem::take(&mut used.content_stamps),
        });
        reports.push(case.finish());
    }
    (reports, details, used)
}

/// Judges every case; gives what was used for each, in the same order.
pub(super) fn judge(world: &World<'_>, kept: &[(usize, Vec<u8>)], cases: &mut [Case]) -> Vec<Used> {
    gather(world, kept, cases);
    let mut used: Vec<Used> = cases
        .iter()
        .map(|case| Used {
            evidence: Evidence { name: case.name.clone(), ..Evidence::default() },
            ..Used::default()
        })
        .collect();
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|place| cases.get(*place).map(|case| std::cmp::Reverse(case.end)));
    // Revision and time of the document time-stamps that hold.
    let mut stamps: Vec<(usize, DateTime<Utc>)> = Vec::new();
    for place in &order {
        let Some((case, used)) = cases.get_mut(*place).zip(used.get_mut(*place)) else { continue };
        if let Some(stamp) = judge_document_stamp(world, case, used) {
            stamps.push(stamp);
            prove(world, kept, cases, stamp);
        }
    }
    for (case, used) in cases.iter_mut().zip(&mut used) {
        if case.report.kind != "document_timestamp" {
            judge_signature(world, case, &stamps, used);
        }
    }
    used
}

/// Everything that came with the document is material, whatever it is worth.
fn gather(world: &World<'_>, kept: &[(usize, Vec<u8>)], cases: &mut [Case]) {
    let mut found = Material::default();
    for case in cases {
        let Some(signed) = &case.signed else { continue };
        let read = |token: &Vec<u8>| Token::read(token).ok();
        case.stamps = signed.timestamps.iter().map(read).collect();
        let over_content: Vec<Token> = signed.content_timestamps.iter().filter_map(read).collect();
        let tokens = case.stamps.iter().flatten().chain(&over_content);
        for part in std::iter::once(signed).chain(tokens.map(|token| &token.signed)) {
            for certificate in &part.certificates {
                found.add_certificate(certificate.clone());
            }
            for bytes in &part.revocation {
                found.add_any(bytes);
            }
        }
    }
    let mut material = world.material.borrow_mut();
    for (_, bytes) in kept {
        // Stores repeat the certificates of the signatures and of the anchors: those were read.
        let mut known = found.certificates.iter().chain(world.trust.anchors());
        match known.find(|known| known.der == *bytes) {
            Some(certificate) => material.add_certificate(certificate.clone()),
            None => {
                material.add_any(bytes);
            }
        }
    }
    found.certificates.into_iter().for_each(|certificate| material.add_certificate(certificate));
    found.crls.into_iter().for_each(|crl| material.add_crl(crl));
    found.ocsps.into_iter().for_each(|ocsp| material.add_ocsp(ocsp));
}

/// What a document time-stamp covers existed at its time (5.6.2.3): the stores of its revision and before,
/// and the signatures before it with all they carry.
fn prove(world: &World<'_>, kept: &[(usize, Vec<u8>)], cases: &[Case], stamp: (usize, DateTime<Utc>)) {
    let (revision, at) = stamp;
    let mut proofs = world.proofs.borrow_mut();
    for (_, bytes) in kept.iter().filter(|(first, _)| *first <= revision) {
        proofs.add(bytes, at);
        // A response brings certificates of its own.
        if let Ok(response) = crate::pki::Ocsp::read(bytes) {
            response.certificates.iter().for_each(|certificate| proofs.add(&certificate.der, at));
        }
    }
    for case in cases.iter().filter(|case| case.form.revision.is_some_and(|before| before < revision)) {
        let Some(signed) = &case.signed else { continue };
        prove_cms(&mut proofs, signed, at);
        for (token, read) in signed.timestamps.iter().zip(&case.stamps) {
            proofs.add(token, at);
            read.iter().for_each(|token| prove_cms(&mut proofs, &token.signed, at));
        }
        for token in &signed.content_timestamps {
            proofs.add(token, at);
            if let Ok(token) = Token::read(token) {
                prove_cms(&mut proofs, &token.signed, at);
            }
        }
    }
}

fn prove_cms(proofs: &mut super::chain::Proofs, signed: &Signed, at: DateTime<Utc>) {
    proofs.add(&signed.value, at);
    signed.certificates.iter().for_each(|certificate| proofs.add(&certificate.der, at));
    signed.revocation.iter().for_each(|bytes| proofs.add(bytes, at));
}

/// Judges a token's authority (5.4); gives sub-indication and code of what keeps it from proving anything.
fn judge_token(
    world: &World<'_>,
    token: &Token,
    used: &mut Used,
) -> Result<(), (&'static str, &'static str)> {
    let authority = token.verify().map_err(|error| match error {
        TokenError::Hash => ("HASH_FAILURE", "timestamp_broken"),
        TokenError::Value => ("SIG_CRYPTO_FAILURE", "timestamp_broken"),
        TokenError::Unsupported => ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "timestamp_unsupported"),
        TokenError::Signer => ("NO_SIGNING_CERTIFICATE_FOUND", "timestamp_signer_missing"),
        TokenError::Purpose => ("CHAIN_CONSTRAINTS_FAILURE", "timestamp_authority_unfit"),
        TokenError::Name => ("SIG_CONSTRAINTS_FAILURE", "timestamp_authority_other"),
        TokenError::Cms(_) | TokenError::Info(_) => ("FORMAT_FAILURE", "timestamp_unreadable"),
    })?;
    let at = token.info.at;
    if at > world.now + TOLERANCE {
        return Err(("TIMESTAMP_ORDER_FAILURE", "timestamp_of_the_future"));
    }
    // The token itself existed when a newer one covered it, or else only now.
    let existed = world.proofs.borrow().earliest(&token.signed.value, world.now);
    let imprint = token.info.digest.and_then(reliable::digest_end);
    let own = token.signed.scheme().ok().and_then(|scheme| reliable::end(scheme, &authority.key));
    if !reliable::holds(imprint, existed) || !reliable::holds(own, existed) {
        return Err(("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "algorithm_weak"));
    }
    let examined = world.examine(authority);
    keep(&examined, &mut used.evidence);
    used.path.clone_from(&examined.path);
    if !authority.is_within_validity(at) {
        return Err(("CHAIN_CONSTRAINTS_FAILURE", "timestamp_outside_authority_validity"));
    }
    match examined.status.reason() {
        None => Ok(()),
        Some(_) if is_mended(world, authority, &examined, existed) => Ok(()),
        Some(reason) => {
            used.lacking |= examined.lacking;
            Err(reason)
        }
    }
}

fn judge_document_stamp(
    world: &World<'_>,
    case: &mut Case,
    used: &mut Used,
) -> Option<(usize, DateTime<Utc>)> {
    let token = case.token.as_ref()?;
    let revision = case.form.revision?;
    case.report.signing_time_claimed = None;
    case.report.timestamps.push(describe(token, None));
    match judge_token(world, token, used) {
        Ok(()) if !case.verdict.has_failed() => {
            case.report.best_signature_time =
                world.proofs.borrow().earliest(&token.signed.value, world.now).max(token.info.at);
            case.report.valid_at_signing = Some(true);
            Some((revision, token.info.at))
        }
        Ok(()) => None,
        Err((sub, code)) => {
            doubt_or_fail(&mut case.verdict, sub, code);
            None
        }
    }
}

fn doubt_or_fail(verdict: &mut Verdict, sub: &'static str, code: &'static str) {
    match sub {
        "HASH_FAILURE" | "SIG_CRYPTO_FAILURE" | "FORMAT_FAILURE" => verdict.fail(sub, code),
        _ => verdict.doubt(sub, code),
    }
}

fn describe(token: &Token, trouble: Option<&str>) -> String {
    let authority = token.signed.signer_certificate().map_or("?", |certificate| certificate.subject.as_str());
    let at = token.info.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    trouble.map_or_else(|| format!("{at} {authority}"), |code| format!("{at} {authority}: {code}"))
}

fn judge_signature(world: &World<'_>, case: &mut Case, stamps: &[(usize, DateTime<Utc>)], used: &mut Used) {
    let Some(signed) = case.signed.clone() else { return };
    let Some(signer) = signed.signer_certificate() else { return };
    let mut best = world.now;
    for token in std::mem::take(&mut case.stamps) {
        let judged = match token {
            None => Err("timestamp_unreadable"),
            Some(token) => {
                let over = token.info.digest.map(|digest| digest.of(&signed.value));
                let outcome = match over {
                    None => Err("timestamp_unsupported"),
                    Some(over) if over == token.info.imprint => {
                        judge_token(world, &token, used).map_err(|(_, code)| code)
                    }
                    Some(_) => Err("timestamp_imprint_mismatch"),
                };
                case.report.timestamps.push(describe(&token, outcome.err()));
                let at = token.info.at;
                used.stamps.push((token, outcome.err()));
                outcome.map(|()| at)
            }
        };
        match judged {
            Ok(at) => best = best.min(at),
            // One that doesn't hold proves nothing; the signature is judged without it (5.5.4, 3).
            Err(code) => case.verdict.warn(code),
        }
    }
    let revision = case.form.revision;
    for (stamped, at) in stamps {
        if revision.is_some_and(|revision| revision < *stamped) {
            best = best.min(*at);
        }
    }
    world.proofs.borrow_mut().add(&signed.value, best);
    // The reference to the signer's certificate is part of what was signed.
    if !signed.signing_certificates.is_empty() && signed.refers_to(signer) {
        world.proofs.borrow_mut().add(&signer.der, best);
    }
    case.report.best_signature_time = best;
    let made_after = judge_content_stamps(world, case, used);
    if made_after.is_some_and(|after| after > best + TOLERANCE) {
        case.verdict.doubt("TIMESTAMP_ORDER_FAILURE", "timestamps_out_of_order");
    }
    let is_enclosed = case.report.subfilter == super::validate::SHA1;
    judge_algorithms(&signed, signer, best, made_after, is_enclosed, &mut case.verdict);
    judge_certificate(world, signer, best, made_after, case, used);
}

/// The latest content time-stamp that holds: the signature was made after it.
fn judge_content_stamps(world: &World<'_>, case: &mut Case, used: &mut Used) -> Option<DateTime<Utc>> {
    let mut latest = None;
    for token in std::mem::take(&mut case.content_stamps) {
        let outcome = judge_token(world, &token, used).map_err(|(_, code)| code);
        case.report.timestamps.push(describe(&token, outcome.err()));
        match outcome {
            Ok(()) => latest = latest.max(Some(token.info.at)),
            Err(code) => case.verdict.warn(code),
        }
        used.content_stamps.push((token, outcome.err()));
    }
    latest
}

fn judge_certificate(
    world: &World<'_>,
    signer: &Certificate,
    best: DateTime<Utc>,
    made_after: Option<DateTime<Utc>>,
    case: &mut Case,
    used: &mut Used,
) {
    let Case { report, verdict, .. } = case;
    report.valid_at_signing = report.signing_time_claimed.map(|claimed| signer.is_within_validity(claimed));
    if report.valid_at_signing == Some(false) {
        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "signing_time_outside_validity");
    }
    if !signer.may_sign_documents() {
        verdict.doubt("CHAIN_CONSTRAINTS_FAILURE", "certificate_not_for_signing");
    }
    if signer.is_ca {
        verdict.warn("certificate_is_of_an_authority");
    }
    if best < signer.not_before && best < world.now {
        verdict.fail("NOT_YET_VALID", "signed_before_validity");
    }
    let examined = world.examine(signer);
    keep(&examined, &mut used.evidence);
    report.chain = examined.path.iter().map(|link| link.subject.clone()).collect();
    used.path.clone_from(&examined.path);
    for (certificate, told) in examined.path.iter().zip(&examined.told) {
        let Some((told, revocation)) = told.as_ref().and_then(|told| told.revocation.map(|one| (told, one)))
        else {
            continue;
        };
        used.revoked.push(Revoked {
            certificate: certificate.clone(),
            at: revocation.at,
            proof: told.proofs.first().cloned().unwrap_or_default(),
            reason: revocation.reason,
        });
    }
    report.revocation = examined
        .path
        .iter()
        .zip(&examined.told)
        .filter_map(|(certificate, told)| told.as_ref().map(|told| (certificate, told)))
        .map(|(certificate, told)| {
            let at = told.this_update.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            let state = if told.revocation.is_some() { "revoked" } else { "good" };
            format!("{:?} {at} {state}: {}", told.source, certificate.subject)
        })
        .collect();
    if examined.unasked {
        verdict.warn("revocation_not_checked");
    }
    let Some((sub, code)) = examined.status.reason() else { return };
    // Made, provably, when the certificate no longer held (5.3, 4).
    match (examined.status, made_after) {
        (Status::Revoked { at, authority: false }, Some(after)) if after > at => {
            return verdict.fail("REVOKED", code);
        }
        (Status::Outside { .. } | Status::Unknown | Status::Stale, Some(after))
            if after > signer.not_after =>
        {
            return verdict.fail("EXPIRED", code);
        }
        _ => {}
    }
    let held = held_at(&examined, signer, best, world.now) || is_mended(world, signer, &examined, best);
    if !held {
        used.lacking |= examined.lacking;
        verdict.doubt(sub, code);
        if world.failures.borrow().iter().any(|_| code == "revocation_unknown" || code == "revocation_stale")
        {
            verdict.warn("responder_gave_nothing");
        }
    }
}

/// Whether what was known shows that the certificate held at the best signature time (5.5.4, 4 to 7).
fn held_at(examined: &Examined, signer: &Certificate, best: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let is_known = examined.path.iter().zip(&examined.told).all(|(certificate, told)| match told {
        None => certificate.needs_no_revocation_check || !certificate.names_revocation,
        Some(told) => match told.revocation {
            Some(revocation) => revocation.at > best,
            None => is_fresh(told, best) || is_fresh(told, now),
        },
    });
    let may = match examined.status {
        Status::Revoked { .. } | Status::Hold(_) | Status::Stale => true,
        Status::Outside { known_good } => known_good,
        _ => false,
    };
    may && is_known && best < now && signer.is_within_validity(best)
}

/// Past signature validation (5.6.2.4): whether proofs of what existed when show that the certificate held
/// when the signature existed.
fn is_mended(world: &World<'_>, signer: &Certificate, examined: &Examined, existed: DateTime<Utc>) -> bool {
    if !examined.status.may_be_mended() || !signer.is_within_validity(existed) {
        return false;
    }
    let Some((_, time)) = world.examine_past(signer) else { return false };
    match examined.status {
        // In the same second it can't be told what came first.
        Status::Revoked { .. } | Status::Hold(_) => existed < time,
        _ => existed <= time,
    }
}
