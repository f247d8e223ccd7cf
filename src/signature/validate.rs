//! Validation: format, identification, cryptography, path and changes, in the order and with the
//! indications of EN 319 102-1 (5.2, 5.3).
//!
//! A signature passes only when every check held. Revocation is not fetched here yet: a certificate
//! that names where its revocation can be learnt stays INDETERMINATE, one that names nothing passes
//! with a warning. Time-stamps are recognised but not relied on.

use super::changes::{self, Class};
use super::cms::{CmsError, Signed};
use super::fields::{self, Field};
use super::permission;
use super::report::{
    Algorithm, ChangeReport, Covers, FileFacts, Indication, Permission, Report, SignatureReport, Signer,
    Statement,
};
use crate::messages::message;
use crate::pdf::{self, Dictionary, Finding, Object, Pdf, Reference, Source};
use crate::pki::path::{self, PathError, TrustStore};
use crate::pki::{Certificate, Digest, KeyKind, VerifyError};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// Under what the verdict is given.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The anchors.
    pub trust: TrustStore,
    /// The time of validation.
    pub at: DateTime<Utc>,
}

impl Policy {
    /// The name stored with a verdict.
    pub const NAME: &'static str = "chancery-basic/1";
}

/// Signatures one file may carry.
const SIGNATURE_LIMIT: usize = 200;

/// Validates every signature of a PDF.
///
/// # Errors
/// When the file can't be read as a PDF.
pub fn validate(source: &dyn Source, policy: &Policy) -> Result<Report, pdf::Error> {
    let mut context = Digest::Sha256.context();
    source.for_each_piece(0, source.len(), &mut |piece| context.update(piece))?;
    let file = FileFacts { sha256: hex::encode(context.finish()), size: source.len() };
    let pdf = Pdf::open(source)?;
    let findings = pdf.examine()?;
    let newest = pdf.newest();
    let mut found: Vec<(Field, Reference)> = Vec::new();
    for field in fields::all(&pdf, newest)? {
        if field.kind != b"Sig" {
            continue;
        }
        match &field.value {
            Some(Object::Reference(reference)) => {
                let reference = *reference;
                found.push((field, reference));
            }
            // A value that is no reference has no place of its own to be checked against.
            Some(Object::Dictionary(_)) => {
                let own = field.reference;
                found.push((field, own));
            }
            _ => {}
        }
    }
    if found.len() > SIGNATURE_LIMIT {
        return Err(pdf::Error::Limit("number of signatures"));
    }
    let mut signatures: Vec<(u64, SignatureReport)> = Vec::new();
    for (field, reference) in &found {
        let shared = found.iter().filter(|(_, other)| other == reference).count() > 1;
        let (end, report) =
            Judge { pdf: &pdf, policy, findings: &findings }.judge(field, *reference, shared)?;
        signatures.push((end, report));
    }
    signatures.sort_by_key(|(end, _)| *end);
    let signatures: Vec<SignatureReport> = signatures.into_iter().map(|(_, report)| report).collect();
    let worst = signatures.iter().map(|signature| signature.indication).max();
    let indication = worst.map_or("NO_SIGNATURE", Indication::as_str).to_owned();
    Ok(Report { file, indication, signatures })
}

/// Validates a detached CMS over `content`.
///
/// # Errors
/// When the content can't be read.
pub fn validate_detached(cms: &[u8], content: &dyn Source, policy: &Policy) -> Result<Report, pdf::Error> {
    let mut context = Digest::Sha256.context();
    content.for_each_piece(0, content.len(), &mut |piece| context.update(piece))?;
    let file = FileFacts { sha256: hex::encode(context.finish()), size: content.len() };
    let mut verdict = Verdict::default();
    let mut report = blank("", "CAdES.detached", policy.at);
    report.covers = Covers { revision: 1, of: 1, whole_file: true };
    match Signed::read(cms) {
        Ok(signed) if signed.length == cms.len() => {
            let mut digest = |algorithm: Digest| -> Result<Vec<u8>, pdf::Error> {
                let mut context = algorithm.context();
                content.for_each_piece(0, content.len(), &mut |piece| context.update(piece))?;
                Ok(context.finish().as_ref().to_vec())
            };
            judge_cms(&signed, &mut digest, None, policy, &mut report, &mut verdict)?;
        }
        Ok(_) => verdict.fail("FORMAT_FAILURE", "cms_trailing_data"),
        Err(error) => verdict.cms(&error),
    }
    verdict.write(&mut report);
    Ok(Report { file, indication: report.indication.as_str().to_owned(), signatures: vec![report] })
}

fn blank(field: &str, subfilter: &str, at: DateTime<Utc>) -> SignatureReport {
    SignatureReport {
        field: field.to_owned(),
        kind: "signature".to_owned(),
        subfilter: subfilter.to_owned(),
        level: "none".to_owned(),
        integrity: "not_checked".to_owned(),
        indication: Indication::Failed,
        sub_indication: None,
        reasons: Vec::new(),
        warnings: Vec::new(),
        covers: Covers { revision: 0, of: 0, whole_file: false },
        changes_after: Class::None,
        changes: Vec::new(),
        permission: Permission::default(),
        signer: None,
        valid_at_signing: None,
        signing_time_claimed: None,
        best_signature_time: at,
        algorithm: None,
        timestamps: Vec::new(),
        chain: Vec::new(),
        revocation: Vec::new(),
    }
}

/// What was found so far: the first failure decides, integrity before everything that is only unknown.
#[derive(Debug, Default)]
struct Verdict {
    failed: Option<&'static str>,
    indeterminate: Option<&'static str>,
    reasons: Vec<Statement>,
    warnings: Vec<Statement>,
}

fn statement(code: &str) -> Statement {
    Statement { code: code.to_owned(), message: message(code, &[]) }
}

impl Verdict {
    fn fail(&mut self, sub: &'static str, code: &str) {
        self.failed.get_or_insert(sub);
        self.reasons.push(statement(code));
    }

    fn doubt(&mut self, sub: &'static str, code: &str) {
        self.indeterminate.get_or_insert(sub);
        self.reasons.push(statement(code));
    }

    fn warn(&mut self, code: &str) {
        self.warnings.push(statement(code));
    }

    fn cms(&mut self, error: &CmsError) {
        self.fail(
            "FORMAT_FAILURE",
            match error {
                CmsError::Signers(_) => "cms_signers",
                CmsError::Attribute(_) => "cms_attribute",
                CmsError::NotSignedData | CmsError::Der(_) | CmsError::Limit => "cms_unreadable",
            },
        );
    }

    fn write(self, report: &mut SignatureReport) {
        let (indication, sub) = match (self.failed, self.indeterminate) {
            (Some(sub), _) => (Indication::Failed, Some(sub)),
            (None, Some(sub)) => (Indication::Indeterminate, Some(sub)),
            (None, None) => (Indication::Passed, None),
        };
        report.indication = indication;
        report.sub_indication = sub.map(str::to_owned);
        report.reasons = self.reasons;
        report.warnings = self.warnings;
    }
}

struct Judge<'p, 'a> {
    pdf: &'p Pdf<'a>,
    policy: &'p Policy,
    findings: &'p [Finding],
}

/// /ByteRange, checked.
#[derive(Debug, Clone, Copy)]
struct Range {
    gap_start: u64,
    gap_end: u64,
    end: u64,
}

impl Judge<'_, '_> {
    fn judge(
        &self,
        field: &Field,
        reference: Reference,
        shared: bool,
    ) -> Result<(u64, SignatureReport), pdf::Error> {
        let newest = self.pdf.newest();
        let dictionary = match self.pdf.resolve(reference, newest)? {
            Object::Dictionary(dictionary) => dictionary,
            _ => Dictionary::default(),
        };
        let subfilter =
            String::from_utf8_lossy(dictionary.name("SubFilter").unwrap_or_default()).into_owned();
        let mut report = blank(&field.name, &subfilter, self.policy.at);
        report.covers.of = newest + 1;
        let mut verdict = Verdict::default();
        if shared {
            verdict.fail("FORMAT_FAILURE", "signature_shared_by_fields");
        }
        let end = self.judge_dictionary(reference, &dictionary, &subfilter, &mut report, &mut verdict)?;
        verdict.write(&mut report);
        Ok((end, report))
    }

    fn judge_dictionary(
        &self,
        reference: Reference,
        dictionary: &Dictionary,
        subfilter: &str,
        report: &mut SignatureReport,
        verdict: &mut Verdict,
    ) -> Result<u64, pdf::Error> {
        let is_timestamp = subfilter == "ETSI.RFC3161";
        if is_timestamp {
            report.kind = "document_timestamp".to_owned();
        }
        if !matches!(subfilter, "ETSI.CAdES.detached" | "adbe.pkcs7.detached" | "ETSI.RFC3161") {
            verdict.fail("FORMAT_FAILURE", "subfilter_unsupported");
            return Ok(u64::MAX);
        }
        let Some(range) = self.range(dictionary) else {
            verdict.fail("FORMAT_FAILURE", "byte_range_broken");
            return Ok(u64::MAX);
        };
        let Some(cms) = self.gap(reference, dictionary, range)? else {
            verdict.fail("FORMAT_FAILURE", "contents_not_in_gap");
            return Ok(range.end);
        };
        let Some(revision) = self.revision_ending(range.end)? else {
            verdict.fail("FORMAT_FAILURE", "byte_range_no_revision");
            return Ok(range.end);
        };
        report.covers.revision = revision + 1;
        report.covers.whole_file = revision == self.pdf.newest();
        if self.pdf.resolve(reference, revision)?.as_dictionary() != Some(dictionary) {
            verdict.fail("FORMAT_FAILURE", "signature_dictionary_changed");
        }
        for finding in self.findings {
            if finding.revision > revision + 1 || finding.code == "bytes_after_end" {
                verdict.fail("FORMAT_FAILURE", finding.code);
            } else {
                verdict.warn(finding.code);
            }
        }
        self.judge_changes(dictionary, revision, report, verdict)?;
        report.signing_time_claimed = self.claimed_time(dictionary)?;
        let mut digest = |algorithm: Digest| self.digest(range, algorithm);
        match Signed::read(&cms) {
            Ok(signed) => {
                if cms.get(signed.length..).unwrap_or_default().iter().any(|byte| *byte != 0) {
                    verdict.fail("FORMAT_FAILURE", "cms_trailing_data");
                }
                if is_timestamp {
                    judge_timestamp(&signed, &mut digest, report, verdict)?;
                } else {
                    let claimed = report.signing_time_claimed;
                    if subfilter == "ETSI.CAdES.detached" && claimed.is_none() {
                        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "signing_time_missing");
                    }
                    judge_cms(&signed, &mut digest, claimed, self.policy, report, verdict)?;
                    report.level = self.level(&signed, subfilter)?;
                }
            }
            Err(error) => verdict.cms(&error),
        }
        Ok(range.end)
    }

    fn range(&self, dictionary: &Dictionary) -> Option<Range> {
        let numbers: Vec<u64> = dictionary
            .get("ByteRange")?
            .as_array()?
            .iter()
            .map(|number| match number {
                Object::Integer(number) => u64::try_from(*number).ok(),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let [first, before, after, rest] = numbers.as_slice() else { return None };
        let end = after.checked_add(*rest)?;
        let holds =
            *first == 0 && *before > 0 && after > before && *rest > 0 && end <= self.pdf.source().len();
        holds.then_some(Range { gap_start: *before, gap_end: *after, end })
    }

    /// The CMS, if the gap is exactly the hexadecimal string that is this dictionary's /Contents.
    fn gap(
        &self,
        reference: Reference,
        dictionary: &Dictionary,
        range: Range,
    ) -> Result<Option<Vec<u8>>, pdf::Error> {
        /// Largest /Contents that is looked at.
        const GAP_LIMIT: u64 = 16 << 20;
        let Some(Object::String(contents)) = dictionary.get("Contents") else { return Ok(None) };
        let length = range.gap_end - range.gap_start;
        if !(4..=GAP_LIMIT).contains(&length) {
            return Ok(None);
        }
        let bytes = self.pdf.source().bytes(range.gap_start, usize::try_from(length).unwrap_or(0))?;
        let digits = bytes.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
        let Some(value) = digits.and_then(|digits| hex::decode(digits).ok()) else { return Ok(None) };
        let span = self.pdf.indirect(reference, self.pdf.newest())?.and_then(|found| found.span);
        let inside = span.is_some_and(|(start, end)| start < range.gap_start && range.gap_end < end);
        Ok((inside && value == *contents).then_some(value))
    }

    /// The revision that ends where the range ends, give or take the end of line.
    fn revision_ending(&self, end: u64) -> Result<Option<usize>, pdf::Error> {
        for (number, revision) in self.pdf.revisions().iter().enumerate() {
            if end == revision.end {
                return Ok(Some(number));
            }
            if end < revision.end && revision.end - end <= 2 {
                let rest = self.pdf.source().bytes(end, usize::try_from(revision.end - end).unwrap_or(0))?;
                return Ok(rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')).then_some(number));
            }
        }
        Ok(None)
    }

    fn digest(&self, range: Range, algorithm: Digest) -> Result<Vec<u8>, pdf::Error> {
        let mut context = algorithm.context();
        self.pdf.source().for_each_piece(0, range.gap_start, &mut |piece| context.update(piece))?;
        self.pdf.source().for_each_piece(range.gap_end, range.end, &mut |piece| context.update(piece))?;
        Ok(context.finish().as_ref().to_vec())
    }

    fn judge_changes(
        &self,
        dictionary: &Dictionary,
        revision: usize,
        report: &mut SignatureReport,
        verdict: &mut Verdict,
    ) -> Result<(), pdf::Error> {
        let docmdp = permission::docmdp(self.pdf, dictionary, revision)?;
        let locked = permission::fieldmdp(self.pdf, dictionary, revision)?;
        if docmdp.is_some() {
            report.kind = "certification".to_owned();
        }
        report.permission = Permission { docmdp, fieldmdp: locked.as_ref().map(permission::Locked::names) };
        let Ok(found) = changes::after(self.pdf, revision) else {
            // What can't be read can't be called harmless.
            report.changes_after = Class::Other;
            verdict.fail("FORMAT_FAILURE", "changes_unreadable");
            return Ok(());
        };
        for change in &found {
            let permitted = changes::is_permitted(change, docmdp, locked.as_ref());
            report.changes_after = report.changes_after.max(change.class);
            report.changes.push(ChangeReport {
                revision: change.revision,
                object: change.object.to_string(),
                page: change.page,
                class: change.class,
                permitted,
                what: change.what.to_owned(),
            });
        }
        if report.changes.iter().any(|change| !change.permitted) {
            verdict.fail("FORMAT_FAILURE", "forbidden_change");
        } else if report.changes_after == Class::Annotations {
            verdict.warn("annotations_added");
        }
        Ok(())
    }

    fn claimed_time(&self, dictionary: &Dictionary) -> Result<Option<DateTime<Utc>>, pdf::Error> {
        Ok(match self.pdf.get(dictionary, "M", self.pdf.newest())? {
            Object::String(text) => parse_date(&fields::text(&text)),
            _ => None,
        })
    }

    /// The level by form alone (EN 319 142-1): evidence is looked for in the whole file.
    fn level(&self, signed: &Signed, subfilter: &str) -> Result<String, pdf::Error> {
        let baseline = subfilter == "ETSI.CAdES.detached"
            && signed.signing_certificate.is_some()
            && !signed.has_signing_time
            && !signed.is_ber;
        if !baseline {
            return Ok("none".to_owned());
        }
        Ok(if signed.has_timestamp { "B-T" } else { "B-B" }.to_owned())
    }
}

/// A PDF date with its zone (ISO 32000-2, 7.9.4).
#[must_use]
pub fn parse_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (digits, zone) = text.split_at_checked(14)?;
    let local = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    let zone: String = zone.chars().filter(|character| *character != '\'').collect();
    let minutes = match zone.as_bytes() {
        [] | [b'Z', ..] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let text = std::str::from_utf8(rest).ok()?;
            let hours: i64 = text.get(..2)?.parse().ok()?;
            let minutes: i64 = text.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
            let total = hours * 60 + minutes;
            if *sign == b'-' { -total } else { total }
        }
        _ => return None,
    };
    Some((local - TimeDelta::minutes(minutes)).and_utc())
}

type ContentDigest<'a> = dyn FnMut(Digest) -> Result<Vec<u8>, pdf::Error> + 'a;

/// Identification, cryptography, acceptance and path of one CMS.
fn judge_cms(
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
    if !signed.content_type_matches {
        verdict.fail("FORMAT_FAILURE", "content_type_mismatch");
    }
    let Some(signer) = signed.signer_certificate() else {
        verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signer_certificate_missing");
        return Ok(());
    };
    describe(signed, signer, digest, report);
    judge_value(signed, signer, hash_holds, report, verdict);
    match &signed.signing_certificate {
        Some(reference) => {
            let found = reference.digest.map(|digest| digest.of(&signer.der));
            if found.as_deref() != Some(reference.value.as_slice()) {
                verdict.doubt("NO_SIGNING_CERTIFICATE_FOUND", "signing_certificate_mismatch");
            }
        }
        None => verdict.warn("signing_certificate_missing"),
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
    let outcome = signed.scheme().and_then(|scheme| scheme.verify(&signer.key, attributes, &signed.value));
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
    let weak_digest = signed.digest == Some(Digest::Sha1)
        || signed.scheme().is_ok_and(|scheme| scheme.digest() == Digest::Sha1);
    let weak_key = signer.key.kind == KeyKind::Rsa && signer.key.bits < 2048;
    if weak_digest || weak_key {
        verdict.doubt("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "algorithm_weak");
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
    if signer.key_usage.is_some_and(|usage| !usage.digital_signature && !usage.non_repudiation) {
        verdict.doubt("CHAIN_CONSTRAINTS_FAILURE", "certificate_not_for_signing");
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

/// A document time-stamp: its imprint is checked, its authority is not judged yet.
fn judge_timestamp(
    signed: &Signed,
    content_digest: &mut ContentDigest<'_>,
    report: &mut SignatureReport,
    verdict: &mut Verdict,
) -> Result<(), pdf::Error> {
    let imprint = signed.content.as_deref().and_then(imprint);
    match imprint {
        Some((digest, value)) if content_digest(digest)? == value => report.integrity = "intact".to_owned(),
        Some(_) => {
            report.integrity = "broken".to_owned();
            verdict.fail("HASH_FAILURE", "hash_mismatch");
        }
        None => verdict.fail("FORMAT_FAILURE", "timestamp_unreadable"),
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
