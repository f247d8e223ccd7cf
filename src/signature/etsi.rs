//! The validation report of ETSI TS 119 102-2 V1.2.1 in XML, for machines that don't know ours: one report a
//! signature, and every certificate, list, response and time-stamp it rests on as a validation object.
//!
//! Document time-stamps are validation objects with a report of their own (4.4.8), not signatures. The constraints are
//! the blocks of EN 319 102-1, 5.2; those that found something name their sub-indications.

use super::markup::Markup;
use super::reliable;
use super::report::{Indication, SignatureReport, Statement};
use super::timestamp::Token;
use super::validate::{Details, Judged, Policy, Revoked};
use crate::pki::{Certificate, Digest, Scheme};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;

const ROOT: &str = concat!(
    "vr:ValidationReport xmlns:vr=\"http://uri.etsi.org/19102/v1.2.1#\"",
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\""
);
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// Sub-indications of past validation are not refined further by a reason, so they belong to the path.
const BLOCKS: [(&str, &[&str]); 5] = [
    ("formatChecking", &["FORMAT_FAILURE"]),
    ("identificationOfTheSigningCertificate", &["NO_SIGNING_CERTIFICATE_FOUND"]),
    ("cryptographicVerification", &["HASH_FAILURE", "SIG_CRYPTO_FAILURE", "SIGNED_DATA_NOT_FOUND"]),
    (
        "signatureAcceptanceValidation",
        &["SIG_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"],
    ),
    ("x509CertificateValidation", &[]),
];

/// The report in XML; `at` is the time of validation.
#[must_use]
pub fn xml(judged: &Judged, at: DateTime<Utc>) -> String {
    let mut objects = Objects::default();
    let mut reports = Markup::default();
    let entries: Vec<Entry<'_>> = judged
        .report
        .signatures
        .iter()
        .zip(&judged.details)
        .map(|(report, details)| Entry { report, details })
        .collect();
    let document = objects.add("D", "signedData", &judged.report.file.sha256, Shape::Digest);
    for evidence in &judged.evidence {
        evidence.certificates.iter().for_each(|der| drop(objects.certificate(der)));
        evidence.crls.iter().for_each(|der| drop(objects.add("R", "CRL", &BASE64.encode(der), Shape::Whole)));
        evidence
            .ocsps
            .iter()
            .for_each(|der| drop(objects.add("O", "OCSPResponse", &BASE64.encode(der), Shape::Whole)));
    }
    let context = Context { at, document, file: &judged.report.file.sha256 };
    for (place, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.is_stamp()) {
        entry.write(&mut reports, &mut objects, &context, place);
    }
    if !entries.iter().any(|entry| !entry.is_stamp()) {
        // The schema asks for one at least; an unsigned file gets the word EU DSS coined for it.
        reports.within("vr:SignatureValidationReport", |report| {
            report.within("vr:SignatureValidationStatus", |status| {
                status.text("vr:MainIndication", "urn:cef:dss:mainindication:noSignatureFound");
            });
        });
    }
    for entry in entries.iter().filter(|entry| entry.is_stamp()) {
        entry.register_stamp(&mut objects, &entries, &context);
    }
    let (mut page, reports) =
        (Markup::beginning("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), reports.done());
    page.within(ROOT, |root| {
        root.raw(&reports);
        root.within("vr:SignatureValidationObjects", |list| objects.write(list));
    });
    page.done()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn digest_uri(digest: Digest) -> &'static str {
    match digest {
        Digest::Md5 => "http://www.w3.org/2001/04/xmldsig-more#md5",
        Digest::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        Digest::Sha224 => "http://www.w3.org/2001/04/xmldsig-more#sha224",
        Digest::Sha256 => SHA256,
        Digest::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        Digest::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        Digest::Sha3_256 => "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
        Digest::Sha3_384 => "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
        Digest::Sha3_512 => "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
    }
}

/// The identifier of a scheme (RFC 9231, 2.3).
fn scheme_uri(scheme: Scheme) -> String {
    const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
    let digest = scheme.digest().name().to_lowercase();
    // "sha256", but "sha3-256".
    let digest = if digest.starts_with("sha3") { digest } else { digest.replace('-', "") };
    match scheme {
        Scheme::RsaPkcs1(Digest::Sha1) => "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned(),
        Scheme::RsaPkcs1(_) => format!("{MORE}rsa-{digest}"),
        Scheme::RsaPss(..) | Scheme::RsaPssMixed(..) => {
            format!("http://www.w3.org/2007/05/xmldsig-more#{digest}-rsa-MGF1")
        }
        Scheme::Ecdsa(Digest::Sha3_256 | Digest::Sha3_384 | Digest::Sha3_512) => {
            format!("http://www.w3.org/2021/04/xmldsig-more#ecdsa-{digest}")
        }
        Scheme::Ecdsa(_) => format!("{MORE}ecdsa-{digest}"),
        Scheme::Ed25519 => "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519".to_owned(),
    }
}

fn digest_and_value(page: &mut Markup, uri: &str, value: &[u8]) {
    page.within("vr:DigestAlgAndValue", |inside| {
        inside.empty(&format!("ds:DigestMethod Algorithm=\"{uri}\""));
        inside.text("ds:DigestValue", &BASE64.encode(value));
    });
}

/// How a validation object is represented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// By its SHA-256, in hex.
    Digest,
    /// Whole, in base64.
    Whole,
}

/// Validation objects by their identifiers, in the order of these.
#[derive(Debug, Default)]
struct Objects(BTreeMap<String, (&'static str, String, Shape, String)>);

impl Objects {
    fn add(&mut self, letter: &str, kind: &'static str, value: &str, shape: Shape) -> String {
        let name = hex::encode(Digest::Sha256.of(value.as_bytes()).get(..16).unwrap_or_default());
        let id = format!("{letter}-{name}");
        self.0.entry(id.clone()).or_insert_with(|| (kind, value.to_owned(), shape, String::new()));
        id
    }

    fn certificate(&mut self, der: &[u8]) -> String {
        self.add("C", "certificate", &BASE64.encode(der), Shape::Whole)
    }

    fn stamp(&mut self, token: &Token) -> String {
        self.add("T", "timestamp", &BASE64.encode(&token.der), Shape::Whole)
    }

    /// A list or a response.
    fn proof(&mut self, der: &[u8]) -> String {
        let (letter, kind) =
            if crate::pki::Ocsp::read(der).is_ok() { ("O", "OCSPResponse") } else { ("R", "CRL") };
        self.add(letter, kind, &BASE64.encode(der), Shape::Whole)
    }

    /// What is said of an object beyond what it is.
    fn say(&mut self, id: &str, more: String) {
        if let Some((.., said)) = self.0.get_mut(id) {
            *said = more;
        }
    }

    fn write(&self, list: &mut Markup) {
        for (id, (kind, value, shape, more)) in &self.0 {
            list.within(&format!("vr:ValidationObject id=\"{id}\""), |object| {
                object.text("vr:ObjectType", &format!("urn:etsi:019102:validationObject:{kind}"));
                object.within("vr:ValidationObjectRepresentation", |inside| match shape {
                    Shape::Whole => inside.text("vr:base64", value),
                    Shape::Digest => {
                        digest_and_value(inside, SHA256, &hex::decode(value).unwrap_or_default());
                    }
                });
                object.raw(more);
            });
        }
    }
}

struct Context<'a> {
    at: DateTime<Utc>,
    document: String,
    file: &'a str,
}

struct Entry<'a> {
    report: &'a SignatureReport,
    details: &'a Details,
}

impl Entry<'_> {
    fn is_stamp(&self) -> bool {
        self.report.kind == "document_timestamp"
    }

    /// The report on a signature, in the order of the schema.
    fn write(&self, page: &mut Markup, objects: &mut Objects, context: &Context<'_>, place: usize) {
        page.within("vr:SignatureValidationReport", |page| {
            self.write_identifier(page, place);
            self.write_constraints(page);
            page.within("vr:ValidationTimeInfo", |inside| {
                inside.text("vr:ValidationTime", &instant(context.at));
                inside.within("vr:BestSignatureTime", |inside| {
                    inside.text("vr:POETime", &instant(self.report.best_signature_time));
                    inside.text("vr:TypeOfProof", "urn:etsi:019102:poetype:validation");
                });
            });
            page.within("vr:SignersDocument", |inside| {
                digest_and_value(inside, SHA256, &hex::decode(context.file).unwrap_or_default());
                inside
                    .empty(&format!("vr:SignersDocumentRepresentation VOReference=\"{}\"", context.document));
            });
            self.write_attributes(page, objects);
            if let Some(signer) = self.signer() {
                let id = objects.certificate(&signer.der);
                page.within("vr:SignerInformation Pseudonym=\"false\"", |inside| {
                    inside.empty(&format!("vr:SignerCertificate VOReference=\"{id}\""));
                    inside.text("vr:Signer", &signer.subject);
                });
            }
            page.within("vr:SignatureQuality", |inside| {
                inside.text(
                    "vr:SignatureQualityInformation",
                    &format!("urn:chancery:level:{}", self.report.level),
                );
            });
            page.within("vr:SignatureValidationProcess", |inside| {
                inside.text("vr:SignatureValidationProcessID", "urn:etsi:019102:validationprocess:LTA");
            });
            self.write_status(page, objects, "total-");
        });
    }

    fn signer(&self) -> Option<&Certificate> {
        self.details.signed.as_ref()?.signer_certificate()
    }

    fn write_identifier(&self, page: &mut Markup, place: usize) {
        page.within(&format!("vr:SignatureIdentifier id=\"S-{}\"", place + 1), |inside| {
            if let Some(signed) = &self.details.signed {
                // What the value is over, as it was signed (4.2.3).
                let over = signed.signed_attributes.as_ref().zip(signed.digest);
                if let Some((attributes, digest)) = over {
                    digest_and_value(inside, digest_uri(digest), &digest.of(attributes));
                }
                inside.text("ds:SignatureValue", &BASE64.encode(&signed.value));
            }
            inside.text("vr:HashOnly", "false");
            inside.text("vr:DocHashOnly", "false");
            inside.text("vr:DAIdentifier", &self.report.field);
        });
    }

    fn write_constraints(&self, page: &mut Markup) {
        page.within("vr:ValidationConstraintsEvaluationReport", |page| {
            page.within("vr:SignatureValidationPolicy", |inside| {
                inside.within("vr:SignaturePolicyIdentifier", |inside| {
                    inside.empty("xades:SignaturePolicyImplied");
                });
                inside.text("vr:PolicyName", Policy::NAME);
            });
            for (block, subs) in BLOCKS {
                let belongs = |sub: &str| {
                    let named = |(_, subs): &(&str, &[&str])| subs.contains(&sub);
                    subs.contains(&sub) || (subs.is_empty() && !BLOCKS.iter().any(named))
                };
                let mut found: Vec<&str> = self
                    .report
                    .reasons
                    .iter()
                    .filter_map(|reason| reason.sub_indication)
                    .filter(|sub| belongs(sub))
                    .collect();
                found.dedup();
                page.within("vr:ValidationConstraint", |inside| {
                    inside.text(
                        "vr:ValidationConstraintIdentifier",
                        &format!("urn:chancery:en319102-1:{block}"),
                    );
                    inside.within("vr:ConstraintStatus", |inside| {
                        inside.text("vr:Status", "urn:etsi:019102:constraintStatus:applied");
                    });
                    inside.within("vr:ValidationStatus", |inside| {
                        let fails = ["FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "NOT_YET_VALID"];
                        let word = if found.iter().any(|sub| fails.contains(sub)) {
                            "failed"
                        } else if found.is_empty() {
                            "passed"
                        } else {
                            "indeterminate"
                        };
                        inside.text("vr:MainIndication", &format!("urn:etsi:019102:mainindication:{word}"));
                        for sub in &found {
                            inside.text("vr:SubIndication", &format!("urn:etsi:019102:subindication:{sub}"));
                        }
                    });
                });
            }
        });
    }

    fn write_attributes(&self, page: &mut Markup, objects: &mut Objects) {
        page.within("vr:SignatureAttributes", |page| {
            if let Some(claimed) = self.report.signing_time_claimed {
                page.within("vr:SigningTime Signed=\"true\"", |inside| {
                    inside.text("vr:Time", &instant(claimed));
                });
            }
            if let Some(digest) =
                self.details.signed.as_ref().and_then(|signed| signed.message_digest.as_ref())
            {
                page.within("vr:MessageDigest Signed=\"true\"", |inside| {
                    inside.text("vr:Digest", &BASE64.encode(digest));
                });
            }
            let over_content = self.details.content_stamps.iter().map(|stamp| (stamp, CONTENT_STAMP));
            let over_value = self.details.stamps.iter().map(|stamp| (stamp, VALUE_STAMP));
            for ((token, _), name) in over_content.chain(over_value) {
                let id = objects.stamp(token);
                page.within(name, |inside| {
                    inside.empty(&format!("vr:AttributeObject VOReference=\"{id}\""));
                    inside.text("vr:TimeStampValue", &instant(token.info.at));
                });
                objects.say(&id, existence(token.info.at));
            }
            page.within("vr:SubFilter Signed=\"true\"", |inside| {
                inside.text("vr:SubFilterElement", &self.report.subfilter);
            });
            if let Some([a, b, c, d]) = self.details.byte_range {
                page.text("vr:ByteRange", &format!("{a} {b} {c} {d}"));
            }
        });
    }

    fn write_status(&self, page: &mut Markup, objects: &mut Objects, prefix: &str) {
        page.within("vr:SignatureValidationStatus", |page| {
            let word = match self.report.indication {
                Indication::Passed => format!("{prefix}passed"),
                Indication::Failed => format!("{prefix}failed"),
                Indication::Indeterminate => "indeterminate".to_owned(),
            };
            page.text("vr:MainIndication", &format!("urn:etsi:019102:mainindication:{word}"));
            // The first decides; the others are further reasons (4.2.10).
            let first = self.report.sub_indication.as_deref();
            let mut subs: Vec<&str> = first.into_iter().collect();
            for sub in self.report.reasons.iter().filter_map(|reason| reason.sub_indication) {
                if !subs.contains(&sub) {
                    subs.push(sub);
                }
            }
            for sub in &subs {
                page.text("vr:SubIndication", &format!("urn:etsi:019102:subindication:{sub}"));
            }
            page.within("vr:AssociatedValidationReportData", |data| self.write_data(data, objects, &subs));
        });
    }

    fn write_data(&self, page: &mut Markup, objects: &mut Objects, subs: &[&str]) {
        let ids: Vec<String> = self.details.path.iter().map(|link| objects.certificate(&link.der)).collect();
        if let Some(anchor) = ids.last() {
            page.empty(&format!("vr:TrustAnchor VOReference=\"{anchor}\""));
        }
        if let [signer, above @ ..] = ids.as_slice() {
            page.within("vr:CertificateChain", |inside| {
                inside.empty(&format!("vr:SigningCertificate VOReference=\"{signer}\""));
                if let Some((anchor, between)) = above.split_last() {
                    for id in between {
                        inside.empty(&format!("vr:IntermediateCertificate VOReference=\"{id}\""));
                    }
                    inside.empty(&format!("vr:TrustAnchor VOReference=\"{anchor}\""));
                }
            });
        }
        if let Some(revoked) = self.details.revoked.first() {
            write_revocation(page, objects, revoked);
        }
        if subs.iter().any(|sub| sub.starts_with("CRYPTO_CONSTRAINTS_FAILURE")) {
            self.write_algorithm(page, objects);
        }
        let statements: Vec<&Statement> = self.report.reasons.iter().chain(&self.report.warnings).collect();
        if !statements.is_empty() {
            page.within("vr:AdditionalValidationReportData", |page| {
                for statement in statements {
                    page.within("vr:ReportData", |inside| {
                        inside.text("vr:Type", &format!("urn:chancery:reason:{}", statement.code));
                        inside.text(VALUE, &statement.message.en);
                    });
                }
            });
        }
    }

    /// The algorithm that is no longer relied on (CryptoInformation, mandatory for its sub-indications).
    fn write_algorithm(&self, page: &mut Markup, objects: &mut Objects) {
        let (Some(signed), Some(signer)) = (&self.details.signed, self.signer()) else { return };
        let scheme = signed.scheme().ok();
        let end = scheme.and_then(|scheme| reliable::end(scheme, &signer.key));
        let end = end.or_else(|| signed.digest.and_then(reliable::digest_end));
        let id = objects.certificate(&signer.der);
        page.within("vr:CryptoInformation", |inside| {
            inside.empty(&format!("vr:ValidationObjectId VOReference=\"{id}\""));
            inside.text(
                "vr:Algorithm",
                &scheme.map_or_else(|| "urn:chancery:algorithm:unknown".to_owned(), scheme_uri),
            );
            inside.text("vr:SecureAlgorithm", "false");
            if let Some(end) = end {
                inside.text("vr:NotAfter", &instant(end));
            }
        });
    }

    /// A document time-stamp becomes a validation object that proves the signatures it covers.
    fn register_stamp(&self, objects: &mut Objects, all: &[Entry<'_>], context: &Context<'_>) {
        let Ok(token) = Token::read(&self.details.cms) else { return };
        let id = objects.stamp(&token);
        let mut more = Markup::default();
        more.raw(&existence(context.at));
        if self.report.indication == Indication::Passed {
            more.within("vr:POEProvisioning", |inside| {
                inside.text("vr:POETime", &instant(token.info.at));
                for one in all.iter().filter(|one| one.report.covers.revision < self.report.covers.revision) {
                    inside.within("vr:SignatureReference", |inside| {
                        inside.text("vr:PAdESFieldName", &one.report.field);
                    });
                }
            });
        }
        more.within("vr:ValidationReport", |inside| self.write_status(inside, objects, ""));
        objects.say(&id, more.done());
    }
}

const CONTENT_STAMP: &str = "vr:AllDataObjectsTimeStamp Signed=\"true\"";
const VALUE_STAMP: &str = "vr:SignatureTimeStamp Signed=\"false\"";
const VALUE: &str = "vr:Value xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\"";

/// A proof of existence, as an element of a validation object.
fn existence(at: DateTime<Utc>) -> String {
    let mut page = Markup::default();
    page.within("vr:POE", |inside| {
        inside.text("vr:POETime", &instant(at));
        inside.text("vr:TypeOfProof", "urn:etsi:019102:poetype:validation");
    });
    page.done()
}

fn write_revocation(page: &mut Markup, objects: &mut Objects, revoked: &Revoked) {
    let reason = match revoked.reason {
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unspecified",
    };
    let id = objects.certificate(&revoked.certificate.der);
    page.within("vr:RevocationStatusInformation", |inside| {
        inside.empty(&format!("vr:ValidationObjectId VOReference=\"{id}\""));
        inside.text("vr:RevocationTime", &instant(revoked.at));
        inside.text("vr:RevocationReason", &format!("urn:etsi:019102:revocationReason:{reason}"));
        if !revoked.proof.is_empty() {
            let proof = objects.proof(&revoked.proof);
            inside.empty(&format!("vr:RevocationObject VOReference=\"{proof}\""));
        }
    });
}
