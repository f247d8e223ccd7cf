//! One CMS judged: its signer identified, its values verified, its attributes and algorithms accepted
//! (EN 319 102-1, 5.2.3, 5.2.7 and 5.2.8). Its certificate's path is judged in `process`.

use super::cms::Signed;
use super::reliable;
use super::report::{Algorithm, SignatureReport, Signer};
use super::timestamp::Token;
use super::verdict::Verdict;
use crate::pdf;
use crate::pki::{Certificate, Digest, VerifyError};
use chrono::{DateTime, Utc};

pub(super) type ContentDigest<'a> = dyn FnMut(Digest) -> Result<Vec<u8>, pdf::Error> + 'a;

/// What a CMS signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// What stands beside it.
    Detached,
    /// The SHA-1 of it, which the CMS encloses (`adbe.pkcs7.sha1`; ISO 32000-1, 12.8.3.3.1).
    EnclosedSha1,
}

/// Identification, cryptography and acceptance of one CMS. CAdES asks for signed attributes; without them a plain CMS
/// signs the content itself (RFC 5652, 5.4).
pub(super) fn judge_cms(
    signed: &Signed,
    kind: Content,
    is_cades: bool,
    content_digest: &mut ContentDigest<'_>,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) -> Result<(), pdf::Error> {
    match (kind, &signed.content) {
        (Content::Detached, Some(_)) => verdict.fail("FORMAT_FAILURE", "cms_not_detached"),
        (Content::EnclosedSha1, None) => verdict.fail("FORMAT_FAILURE", "cms_content_missing"),
        _ => {}
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
    let (content, encloses_it) = match kind {
        Content::Detached => (content_digest(digest)?, true),
        Content::EnclosedSha1 => {
            let enclosed = signed.content.as_deref().unwrap_or_default();
            (digest.of(enclosed), content_digest(Digest::Sha1)? == enclosed)
        }
    };
    let hash_holds = encloses_it
        && match (&signed.signed_attributes, &signed.message_digest) {
            (Some(_), attribute) => attribute.as_ref() == Some(&content),
            // The signature value itself is over the content.
            (None, _) => true,
        };
    if !hash_holds {
        report.integrity = "broken".to_owned();
        verdict.fail("HASH_FAILURE", "hash_mismatch");
    }
    if signed.signed_attributes.is_none() {
        if is_cades {
            verdict.fail("FORMAT_FAILURE", "signed_attributes_missing");
        } else {
            verdict.warn("signed_attributes_missing");
        }
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
    judge_value(signed, signer, &content, hash_holds, report, verdict);
    if signed.signing_certificates.is_empty() {
        verdict.warn("signing_certificate_missing");
    } else if !signed.refers_to(signer) {
        verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signing_certificate_mismatch");
    }
    if signed.signing_certificates.iter().any(|reference| reference.digest == Some(Digest::Sha1)) {
        verdict.warn("signing_certificate_digest_weak");
    }
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
}

fn judge_value(
    signed: &Signed,
    signer: &Certificate,
    content: &[u8],
    hash_holds: bool,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) {
    let scheme = signed.scheme();
    let outcome = scheme.clone().and_then(|scheme| match &signed.signed_attributes {
        Some(attributes) => scheme.verify(&signer.key, attributes, &signed.value),
        // The digest at hand is another than the one signed; which is meant is anybody's guess.
        None if Some(scheme.digest()) != signed.digest => {
            Err(VerifyError::Unsupported("two digests".to_owned()))
        }
        None => scheme.verify_digest(&signer.key, content, &signed.value),
    });
    match outcome {
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
    // One signer has one digest (RFC 5652, 5.3); validators differ on what two mean.
    if value_digest.is_some() && value_digest != signed.digest {
        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "digests_differ");
    }
}

/// The content time-stamps that are over the content (5.3, 4: they prove what it was made after).
pub(super) fn content_stamps(
    signed: &Signed,
    content_digest: &mut ContentDigest<'_>,
    verdict: &mut Verdict,
) -> Result<Vec<Token>, pdf::Error> {
    let mut found = Vec::new();
    for bytes in &signed.content_timestamps {
        let Ok(token) = Token::read(bytes) else {
            verdict.warn("timestamp_unreadable");
            continue;
        };
        match token.info.digest.map(&mut *content_digest).transpose()? {
            Some(over) if over == token.info.imprint => found.push(token),
            Some(_) => verdict.warn("timestamp_imprint_mismatch"),
            None => verdict.warn("timestamp_unsupported"),
        }
    }
    Ok(found)
}

/// Whether the algorithms were still relied on when the signature provably existed (5.2.8, by date). One that was made
/// after their end, as a content time-stamp shows, can't be mended by any proof (5.3, 6).
pub(super) fn judge_algorithms(
    signed: &Signed,
    signer: &Certificate,
    best: DateTime<Utc>,
    made_after: Option<DateTime<Utc>>,
    is_enclosed: bool,
    verdict: &mut Verdict,
) {
    let value = signed.scheme().ok().and_then(|scheme| reliable::end(scheme, &signer.key));
    let enclosed = is_enclosed.then_some(Digest::Sha1);
    let content = signed.digest.into_iter().chain(enclosed).filter_map(reliable::digest_end);
    let Some(end) = value.into_iter().chain(content).min() else { return };
    if !reliable::holds(Some(end), best) {
        let is_proven = made_after.is_some_and(|after| after > end);
        let sub = if is_proven { "CRYPTO_CONSTRAINTS_FAILURE" } else { "CRYPTO_CONSTRAINTS_FAILURE_NO_POE" };
        verdict.doubt(sub, "algorithm_weak");
    }
}

/// A document time-stamp by itself: its imprint and its own signature value (RFC 3161; EN 319 102-1, 5.4).
/// Gives it when its imprint is that of the document; its authority is judged in `process`.
pub(super) fn judge_timestamp(
    bytes: &[u8],
    content_digest: &mut ContentDigest<'_>,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) -> Result<Option<Token>, pdf::Error> {
    let Ok(token) = Token::read(bytes) else {
        verdict.fail("FORMAT_FAILURE", "timestamp_unreadable");
        return Ok(None);
    };
    let signed = &token.signed;
    let info = signed.content.as_deref().unwrap_or_default();
    let own = signed.digest.map(|digest| digest.of(info));
    let imprint = token.info.digest.map(content_digest).transpose()?;
    // What can't be computed here is neither whole nor altered.
    let is_known = own.is_some() && imprint.is_some();
    let differs = imprint.as_ref().is_some_and(|imprint| *imprint != token.info.imprint)
        || (own.is_some() && own != signed.message_digest);
    let hash_holds = is_known && !differs;
    if !is_known {
        verdict.doubt("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "digest_unsupported");
    }
    if differs {
        report.integrity = "broken".to_owned();
        verdict.fail("HASH_FAILURE", "hash_mismatch");
    }
    let Some(signer) = signed.signer_certificate() else {
        verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signer_certificate_missing");
        return Ok(None);
    };
    if let Some(digest) = signed.digest {
        describe(signed, signer, digest, report);
    }
    judge_value(signed, signer, own.as_deref().unwrap_or_default(), hash_holds, report, verdict);
    Ok(hash_holds.then_some(token))
}
