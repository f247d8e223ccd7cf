//! Validation: format, identification, cryptography, path and changes, in the order and with the
//! indications of EN 319 102-1 (5.2, 5.3).
//!
//! A signature passes only when every check held. Revocation is learnt from what the document holds, from what
//! is given and, where there is one, from the network: a certificate that names where its revocation can be
//! learnt stays INDETERMINATE until it is, one that names nothing passes with a warning. Time and long-term data
//! are brought in by `process`.

use super::acceptance::{Content, content_stamps, judge_cms, judge_timestamp};
use super::chain::{Status, World};
use super::changes::{self, Class};
use super::cms::Signed;
use super::detached::blank;
use super::earlier;
use super::fields::{self, Field};
use super::level;
use super::online::{Evidence, Network};
use super::permission;
use super::process::{self, Case};
use super::range::Range;
use super::report::{ChangeReport, FileFacts, Indication, Permission, Report, SignatureReport};
use super::store;
use super::timestamp::Token;
use super::verdict::{Verdict, statement};
use crate::pdf::{self, Dictionary, Finding, Object, Pdf, Reference, Source};
use crate::pki::path::TrustStore;
use crate::pki::revocation::Material;
use crate::pki::{Certificate, Digest};
use chrono::{DateTime, Utc};

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

/// The oldest kind, read for what is old.
pub(super) const SHA1: &str = "adbe.pkcs7.sha1";
/// Signatures one file may carry.
const SIGNATURE_LIMIT: usize = 200;
/// Earlier revisions looked through for signatures taken away: a plan with eight signatures has twenty.
const EARLIER_LIMIT: usize = 64;

/// Validates every signature of a PDF with what the PDF holds.
///
/// # Errors
/// When the file can't be read as a PDF.
pub fn validate(source: &dyn Source, policy: &Policy) -> Result<Report, pdf::Error> {
    validate_with(source, policy, &Supply::default()).map(|judged| judged.report)
}

/// What validation may use beyond the document.
#[derive(Debug, Clone, Default)]
pub struct Supply<'a> {
    /// Certificates, lists and responses given by the person who asks.
    pub given: Material,
    /// Where revocation may be asked for; none: offline.
    pub network: Option<Network<'a>>,
}

/// A report, and what it rests on.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The report.
    pub report: Report,
    /// The evidence used for each signature and time-stamp, in the order of the report.
    pub evidence: Vec<Evidence>,
    /// Fields whose path or revocation could not be learnt.
    pub lacking: Vec<String>,
    /// Why places asked over the network gave nothing.
    pub failures: Vec<String>,
    /// What stands behind each entry of the report, in its order.
    pub details: Vec<Details>,
}

/// What stands behind one entry of a report: for reports that show more of it, and for keeping.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Its CMS, if it could be read.
    pub signed: Option<Signed>,
    /// The CMS as it came, with what fills its place up.
    pub cms: Vec<u8>,
    /// `/ByteRange`, as far as it holds.
    pub byte_range: Option<[u64; 4]>,
    /// From the signer's certificate to the anchor; empty without a path.
    pub path: Vec<Certificate>,
    /// Certificates of the path that are revoked.
    pub revoked: Vec<Revoked>,
    /// Content time-stamps, with the code of what is wrong with each.
    pub content_stamps: Vec<(Token, Option<&'static str>)>,
    /// Time-stamps in the signature, with the code of what is wrong with each.
    pub stamps: Vec<(Token, Option<&'static str>)>,
}

/// A certificate found revoked.
#[derive(Debug, Clone)]
pub struct Revoked {
    /// The certificate.
    pub certificate: Certificate,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The list or response that says so, DER.
    pub proof: Vec<u8>,
    /// CRLReason (RFC 5280, 5.3.1).
    pub reason: u8,
}

/// Validates every signature of a PDF with what the PDF holds, what is given and what the network gives.
///
/// # Errors
/// When the file can't be read as a PDF.
pub fn validate_with(
    source: &dyn Source,
    policy: &Policy,
    supply: &Supply<'_>,
) -> Result<Judged, pdf::Error> {
    let mut context = Digest::Sha256.context();
    source.for_each_piece(0, source.len(), &mut |piece| context.update(piece))?;
    let file = FileFacts { sha256: hex::encode(context.finish()), size: source.len() };
    match judge_readable(source, file.clone(), policy, supply) {
        Err(error) => {
            earlier::judge(source, &error, |before| judge_readable(before, file.clone(), policy, supply))
                .ok_or(error)
        }
        judged => judged,
    }
}

/// Validates every signature of a PDF whose newest revision can be read.
fn judge_readable(
    source: &dyn Source,
    file: FileFacts,
    policy: &Policy,
    supply: &Supply<'_>,
) -> Result<Judged, pdf::Error> {
    let pdf = Pdf::open(source)?;
    let findings = pdf.examine()?;
    let found = signature_fields(&pdf)?;
    let mut cases: Vec<Case> = Vec::new();
    for one in &found {
        let shared = found.iter().filter(|other| other.signature == one.signature).count() > 1;
        cases.push(Judge { pdf: &pdf, policy, findings: &findings }.judge(one, shared)?);
    }
    cases.sort_by_key(|case| case.end);
    let world = World::new(&policy.trust, policy.at, supply.network);
    *world.material.borrow_mut() = supply.given.clone();
    let kept = if cases.is_empty() { Vec::new() } else { store::all(&pdf)? };
    let used = process::judge(&world, &kept, &mut cases);
    level::assign(&pdf, &world, &kept, &mut cases, &used)?;
    let (mut signatures, details, used) = process::finish(cases, used);
    // A number nobody vouches for: filled in after the last signature.
    let last = signatures.iter_mut().rev().find(|signature| signature.kind != "document_timestamp");
    if let Some(last) = last
        && last.changes.iter().any(|change| change.what == "field_filled")
    {
        last.warnings.push(statement("fields_filled_after_last_signature"));
    }
    let worst = signatures.iter().map(|signature| signature.indication).max();
    let indication = worst.map_or("NO_SIGNATURE", Indication::as_str).to_owned();
    let lacking = signatures.iter().zip(&used).filter(|(_, used)| used.lacking);
    let lacking = lacking.map(|(signature, _)| signature.field.clone()).collect();
    let evidence = used.into_iter().map(|used| used.evidence).collect();
    let failures = world.failures.take();
    Ok(Judged { report: Report { file, indication, signatures }, evidence, lacking, failures, details })
}

/// How a certificate stands before it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Neither it nor an authority above it is revoked.
    Good,
    /// It, or an authority above it, is revoked or on hold.
    Revoked,
    /// That can't be learnt; why.
    Unknown(String),
}

/// Asks whether a certificate may be relied on now.
#[must_use]
pub fn standing(
    certificate: &Certificate,
    chain: &[Certificate],
    trust: &TrustStore,
    at: DateTime<Utc>,
    network: Network<'_>,
) -> Standing {
    let world = World::new(trust, at, Some(network));
    chain.iter().for_each(|link| world.material.borrow_mut().add_certificate(link.clone()));
    let examined = world.examine(certificate);
    match examined.status {
        Status::Revoked { .. } | Status::Hold(_) => Standing::Revoked,
        Status::Passed if !examined.unasked => Standing::Good,
        _ => Standing::Unknown(world.failures.take().join("; ")),
    }
}

/// A field that carries, or carried, a signature.
struct Carrier {
    field: Field,
    /// The signature dictionary.
    signature: Reference,
    /// Whether a later revision took it away.
    removed: bool,
}

/// Every field that carries a signature, and every one that did in an earlier revision: taking a
/// signature away must not make a document look as if it had never had it.
fn signature_fields(pdf: &Pdf<'_>) -> Result<Vec<Carrier>, pdf::Error> {
    let carrier = |field: Field, removed: bool| -> Option<Carrier> {
        let signature = match &field.value {
            _ if field.kind != b"Sig" => None,
            Some(Object::Reference(reference)) => Some(*reference),
            // A value that is no reference stands in its field.
            Some(Object::Dictionary(_)) => Some(field.reference),
            _ => None,
        }?;
        Some(Carrier { field, signature, removed })
    };
    let mut found: Vec<Carrier> =
        fields::all(pdf, pdf.newest())?.into_iter().filter_map(|field| carrier(field, false)).collect();
    for revision in (0..pdf.newest()).rev().take(EARLIER_LIMIT) {
        // A form that can't be read there carries nothing that could be judged.
        for field in fields::all(pdf, revision).unwrap_or_default() {
            if let Some(earlier) = carrier(field, true)
                && !found.iter().any(|known| known.is_same(&earlier))
            {
                found.push(earlier);
            }
        }
    }
    if found.len() > SIGNATURE_LIMIT { Err(pdf::Error::Limit("number of signatures")) } else { Ok(found) }
}

impl Carrier {
    /// Whether both carry one signature. One that stands in its field is known by what it says.
    fn is_same(&self, other: &Self) -> bool {
        self.signature == other.signature && self.direct() == other.direct()
    }

    /// The signature dictionary, where it stands in the field itself.
    fn direct(&self) -> Option<&Dictionary> {
        self.field.value.as_ref().and_then(Object::as_dictionary)
    }
}

struct Judge<'p, 'a> {
    pdf: &'p Pdf<'a>,
    policy: &'p Policy,
    findings: &'p [Finding],
}

impl Judge<'_, '_> {
    fn judge(&self, carrier: &Carrier, shared: bool) -> Result<Case, pdf::Error> {
        let reference = carrier.signature;
        let newest = self.pdf.newest();
        let dictionary = match (carrier.direct(), self.pdf.resolve(reference, newest)?) {
            (Some(dictionary), _) => dictionary.clone(),
            (None, Object::Dictionary(dictionary)) => dictionary,
            _ => Dictionary::default(),
        };
        let subfilter =
            String::from_utf8_lossy(dictionary.name("SubFilter").unwrap_or_default()).into_owned();
        let mut case = Case::new(blank(&carrier.field.name, &subfilter, self.policy.at));
        case.report.covers.of = newest + 1;
        if shared {
            case.verdict.fail("FORMAT_FAILURE", "signature_shared_by_fields");
        }
        if carrier.removed {
            case.verdict.fail("FORMAT_FAILURE", "signature_removed");
        }
        self.judge_dictionary(carrier, &dictionary, &subfilter, &mut case)?;
        Ok(case)
    }

    fn judge_dictionary(
        &self,
        carrier: &Carrier,
        dictionary: &Dictionary,
        subfilter: &str,
        case: &mut Case,
    ) -> Result<(), pdf::Error> {
        let reference = carrier.signature;
        let Case {
            end,
            byte_range,
            cms: raw,
            form,
            report,
            verdict,
            signed: read,
            token,
            name,
            content_stamps: made_after,
            ..
        } = case;
        let is_timestamp = subfilter == "ETSI.RFC3161";
        if is_timestamp {
            report.kind = "document_timestamp".to_owned();
        }
        const KNOWN: [&str; 4] = ["ETSI.CAdES.detached", "adbe.pkcs7.detached", SHA1, "ETSI.RFC3161"];
        if !KNOWN.contains(&subfilter) {
            verdict.fail("FORMAT_FAILURE", "subfilter_unsupported");
            return Ok(());
        }
        // A time-stamp that calls itself a signature, or the reverse, is neither.
        if dictionary.name("Type").is_some_and(|kind| (kind == b"DocTimeStamp") != is_timestamp) {
            verdict.fail("FORMAT_FAILURE", "signature_type_mismatch");
        }
        let Some(range) = Range::of(self.pdf, dictionary) else {
            verdict.fail("FORMAT_FAILURE", "byte_range_broken");
            return Ok(());
        };
        *end = range.end;
        *byte_range = Some([0, range.gap_start, range.gap_end, range.end - range.gap_end]);
        let Some(cms) = range.contents(self.pdf, reference, dictionary)? else {
            verdict.fail("FORMAT_FAILURE", "contents_not_in_gap");
            return Ok(());
        };
        *name = store::view_name(&cms);
        form.revision = range.revision(self.pdf)?;
        match form.revision {
            Some(revision) => self.judge_revision(carrier, dictionary, revision, report, verdict)?,
            // What was signed is no state of the document; whether those bytes are untouched is told all the same.
            None => verdict.fail("FORMAT_FAILURE", "byte_range_no_revision"),
        }
        report.signing_time_claimed = self.claimed_time(dictionary)?;
        let mut digest = |algorithm: Digest| range.digest(self.pdf, algorithm);
        match Signed::read(&cms) {
            Ok(signed) => {
                if cms.get(signed.length..).unwrap_or_default().iter().any(|byte| *byte != 0) {
                    verdict.fail("FORMAT_FAILURE", "cms_trailing_data");
                }
                if is_timestamp {
                    *token = judge_timestamp(&cms, &mut digest, report, verdict)?;
                } else {
                    let is_cades = subfilter == "ETSI.CAdES.detached";
                    // Old kinds may claim it inside what is signed only.
                    report.signing_time_claimed = report.signing_time_claimed.or(signed.signing_time);
                    if is_cades && report.signing_time_claimed.is_none() {
                        verdict.doubt("SIG_CONSTRAINTS_FAILURE", "signing_time_missing");
                    }
                    let kind = if subfilter == SHA1 { Content::EnclosedSha1 } else { Content::Detached };
                    judge_cms(&signed, kind, is_cades, &mut digest, report, verdict)?;
                    *made_after = content_stamps(&signed, &mut digest, verdict)?;
                    form.read(&signed, dictionary, subfilter);
                }
                *read = Some(signed);
            }
            Err(error) => verdict.cms(&error),
        }
        *raw = cms;
        Ok(())
    }

    /// What was signed as a state of the document, and what became of it.
    fn judge_revision(
        &self,
        carrier: &Carrier,
        dictionary: &Dictionary,
        revision: usize,
        report: &mut SignatureReport,
        verdict: &mut Verdict,
    ) -> Result<(), pdf::Error> {
        report.covers.revision = revision + 1;
        report.covers.whole_file = revision == self.pdf.newest();
        let holder = self.pdf.resolve(carrier.signature, revision)?;
        let holder = holder.as_dictionary();
        let signed = match carrier.direct() {
            Some(_) => holder.and_then(|field| field.get("V")).and_then(Object::as_dictionary),
            None => holder,
        };
        if signed != Some(dictionary) {
            verdict.fail("FORMAT_FAILURE", "signature_dictionary_changed");
        }
        for finding in self.findings {
            if finding.revision > revision + 1 || finding.code == "bytes_after_end" {
                verdict.fail("FORMAT_FAILURE", finding.code);
            } else {
                verdict.warn(finding.code);
            }
        }
        self.judge_changes(carrier, dictionary, revision, report, verdict)
    }

    fn judge_changes(
        &self,
        carrier: &Carrier,
        dictionary: &Dictionary,
        revision: usize,
        report: &mut SignatureReport,
        verdict: &mut Verdict,
    ) -> Result<(), pdf::Error> {
        let certified = permission::docmdp(self.pdf, dictionary, revision)?;
        let locked = permission::fieldmdp(self.pdf, dictionary, revision)?;
        if certified.is_some() {
            report.kind = "certification".to_owned();
        }
        let field = self.pdf.resolve(carrier.field.reference, revision)?;
        let (own, level) = match field.as_dictionary() {
            Some(field) => permission::field_lock(self.pdf, field, revision)?,
            None => (None, None),
        };
        let locked = permission::both(locked, own);
        let docmdp = certified.into_iter().chain(level).min();
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
            Object::String(text) => super::date::parse_date(&fields::text(&text)),
            _ => None,
        })
    }
}
