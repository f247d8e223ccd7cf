//! One CMS judged: its signer identified, its values verified, its attributes and algorithms accepted,
//! its certificate's path found (EN 319 102-1, 5.2.3 and 5.2.6 to 5.2.8).

use super::cms::Signed;
use super::report::{Algorithm, SignatureReport, Signer};
use super::validate::Policy;
use super::verdict::Verdict;
use crate::pdf;
use crate::pki::path::{self, PathError};
use crate::pki::{Certificate, Digest, KeyKind, VerifyError};
use chrono::{DateTime, Utc};

pub(super) type ContentDigest<'a> = dyn FnMut(Digest) -> Result<Vec<u8>, pdf::Error> + 'a;

/// Identification, cryptography, acceptance and path of one CMS.
pub(super) fn judge_cms(
    signed: &Signed,
    content_digest: &mut ContentDigest<'_>,
    claimed: Option<DateTime<Utc>>,
    policy: &Policy,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) -> Result<(), pdf::Error> {
    if signed.content.is_some() {
        verdict.fail("FORMAT_FAILURE", "cms_not_detached");
    }
    if signed.is_ber {
        verdict.warn("cms_is_ber");
    }
    if signed.unreadable_certificates > 0 {
        verdict.warn("cms_certificate_unreadable");
    }
    let Some(digest) = signed.digest else {
        verdict.doubt("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "digest_unsupported");
        return Ok(());
    };
    let content = content_digest(digest)?;
    let hash_holds = signed.message_digest.as_deref().is_some_and(|value| value == content.as_slice());
    if signed.signed_attributes.is_none() {
        verdict.fail("FORMAT_FAILURE", "signed_attributes_missing");
    } else if !hash_holds {
        report.integrity = "broken".to_owned();
        verdict.fail("HASH_FAILURE", "hash_mismatch");
    }
    if signed.algorithms_protected == Some(false) {
        verdict.fail("FORMAT_FAILURE", "algorithms_differ");
    }
    if !signed.content_type_matches {
        verdict.fail("FORMAT_FAILURE", "content_type_mismatch");
    }
    let Some(signer) = signed.signer_certificate() else {
        verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signer_certificate_missing");
        return Ok(());
    };
    describe(signed, signer, digest, report);
    judge_value(signed, signer, hash_holds, report, verdict);
    if signed.signing_certificates.is_empty() {
        verdict.warn("signing_certificate_missing");
    } else if !signed.refers_to(signer) {
        verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signing_certificate_mismatch");
    }
    if signed.signing_certificates.iter().any(|reference| reference.digest == Some(Digest::Sha1)) {
        verdict.warn("signing_certificate_digest_weak");
    }
    judge_certificate(signed, signer, claimed, policy, report, verdict);
    Ok(())
}

fn describe(signed: &Signed, signer: &Certificate, digest: Digest, report: &mut SignatureReport) {
    report.signer = Some(Signer {
        subject: signer.subject.clone(),
        issuer: signer.issuer.clone(),
        managing_body: signer.organisation.clone(),
        serial: signer.serial_hex(),
        not_before: signer.not_before,
        not_after: signer.not_after,
    });
    let scheme = signed.scheme().map_or("unknown", crate::pki::Scheme::name);
    report.algorithm = Some(Algorithm {
        digest: digest.name().to_owned(),
        signature: scheme.to_owned(),
        key_bits: signer.key.bits,
    });
    if signed.has_timestamp {
        report.timestamps.push("signature time-stamp, not validated".to_owned());
    }
}

fn judge_value(
    signed: &Signed,
    signer: &Certificate,
    hash_holds: bool,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) {
    let Some(attributes) = &signed.signed_attributes else { return };
    let scheme = signed.scheme();
    match scheme.clone().and_then(|scheme| scheme.verify(&signer.key, attributes, &signed.value)) {
        Ok(()) if hash_holds => report.integrity = "intact".to_owned(),
        Ok(()) => {}
        Err(VerifyError::Wrong) => {
            report.integrity = "broken".to_owned();
            verdict.fail("SIG_CRYPTO_FAILURE", "signature_value_wrong");
        }
        Err(VerifyError::Unsupported(_)) => {
            verdict.doubt("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "algorithm_unsupported");
        }
    }
    let value_digest = scheme.as_ref().map(|scheme| scheme.digest()).ok();
    let weak_digest = signed.digest == Some(Digest::Sha1) || value_digest == Some(Digest::Sha1);
    let weak_key = signer.key.kind == KeyKind::Rsa && signer.key.bits < 2048;
    if weak_digest || weak_key {
        verdict.doubt("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "algorithm_weak");
    }
    // One signer has one digest (RFC 5652, 5.3); validators differ on what two mean.
    if value_digest.is_some() && value_digest != signed.digest {
        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "digests_differ");
    }
}

fn judge_certificate(
    signed: &Signed,
    signer: &Certificate,
    claimed: Option<DateTime<Utc>>,
    policy: &Policy,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) {
    report.valid_at_signing = claimed.map(|claimed| signer.is_within_validity(claimed));
    if report.valid_at_signing == Some(false) {
        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "signing_time_outside_validity");
    }
    match path::validate(signer, &signed.certificates, &policy.trust, policy.at) {
        Ok(found) => report.chain = found.0.iter().map(|link| link.subject.clone()).collect(),
        Err(PathError::NoPath) => verdict.doubt("NO_CERTIFICATE_CHAIN_FOUND", "no_path_to_anchor"),
        Err(PathError::Broken { reason, .. }) => {
            verdict.doubt("CERTIFICATE_CHAIN_GENERAL_FAILURE", reason);
        }
    }
    if !signer.may_sign_documents() {
        verdict.doubt("CHAIN_CONSTRAINTS_FAILURE", "certificate_not_for_signing");
    }
    if signer.is_ca {
        verdict.warn("certificate_is_of_an_authority");
    }
    if !signer.is_within_validity(policy.at) {
        verdict.doubt("OUT_OF_BOUNDS_NO_POE", "certificate_out_of_validity");
    }
    if signer.names_revocation {
        verdict.doubt("CERTIFICATE_CHAIN_GENERAL_FAILURE", "revocation_unknown");
    } else {
        verdict.warn("revocation_not_checked");
    }
}

/// A document time-stamp: its imprint and its own signature value are checked, its authority is not
/// judged yet, so it proves nothing here (RFC 3161; EN 319 102-1, 5.4).
pub(super) fn judge_timestamp(
    signed: &Signed,
    content_digest: &mut ContentDigest<'_>,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) -> Result<(), pdf::Error> {
    let info = signed.content.as_deref().unwrap_or_default();
    let Some((digest, value)) = imprint(info) else {
        verdict.fail("FORMAT_FAILURE", "timestamp_unreadable");
        return Ok(());
    };
    let own = signed.digest.map(|digest| digest.of(info));
    let hash_holds = content_digest(digest)? == value && own.is_some() && own == signed.message_digest;
    if !hash_holds {
        report.integrity = "broken".to_owned();
        verdict.fail("HASH_FAILURE", "hash_mismatch");
    }
    match signed.signer_certificate() {
        Some(signer) => {
            if let Some(digest) = signed.digest {
                describe(signed, signer, digest, report);
            }
            judge_value(signed, signer, hash_holds, report, verdict);
        }
        None => verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signer_certificate_missing"),
    }
    verdict.doubt("NO_POE", "timestamp_not_validated");
    Ok(())
}

/// Digest and value of a TSTInfo's messageImprint (RFC 3161, 2.4.2).
fn imprint(info: &[u8]) -> Option<(Digest, Vec<u8>)> {
    let mut parts = crate::pki::der::Reader::new(info).expect(0x30).ok()?.inside();
    parts.expect(0x02).ok()?;
    parts.expect(0x06).ok()?;
    let mut imprint = parts.expect(0x30).ok()?.inside();
    let digest = crate::pki::algorithm::digest_of(imprint.expect(0x30).ok()?.whole)?;
    Some((digest, imprint.expect(0x04).ok()?.value.to_vec()))
}
