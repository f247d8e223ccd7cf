//! A CMS beside its content (`.p7s`; RFC 5652, 5.2; EN 319 122-1): judged by the same core as one in a PDF.

use super::acceptance::{Content, content_stamps, judge_cms};
use super::chain::World;
use super::changes::Class;
use super::cms::Signed;
use super::process::{self, Case};
use super::report::{Covers, FileFacts, Indication, Permission, Report, SignatureReport};
use super::validate::{Judged, Policy, Supply};
use crate::pdf::{self, Source};
use crate::pki::Digest;
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use x509_parser::pem::Pem;

/// Validates a detached CMS over `content`.
///
/// # Errors
/// When the content can't be read.
pub fn validate_detached(cms: &[u8], content: &dyn Source, policy: &Policy) -> Result<Report, pdf::Error> {
    judge_detached(cms, content, policy, &Supply::default()).map(|judged| judged.report)
}

/// A signature as text (RFC 7468, 9; older programs write the label `PKCS7`), as bytes; anything else as it is.
fn unarmoured(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.first() == Some(&0x30) {
        return Cow::Borrowed(bytes);
    }
    let mut blocks = Pem::iter_from_buffer(bytes).map_while(Result::ok);
    match blocks.find(|block| ["CMS", "PKCS7"].contains(&block.label.as_str())) {
        Some(block) => Cow::Owned(block.contents),
        None => Cow::Borrowed(bytes),
    }
}

/// Validates a detached CMS, DER or PEM, over `content` with what is given and what the network gives.
///
/// # Errors
/// When the content can't be read.
pub fn judge_detached(
    cms: &[u8],
    content: &dyn Source,
    policy: &Policy,
    supply: &Supply<'_>,
) -> Result<Judged, pdf::Error> {
    let cms = &*unarmoured(cms);
    let mut context = Digest::Sha256.context();
    content.for_each_piece(0, content.len(), &mut |piece| context.update(piece))?;
    let file = FileFacts { sha256: hex::encode(context.finish()), size: content.len() };
    let mut cases = Vec::new();
    match Signed::read_all(cms) {
        Ok(all) if all.iter().all(|signed| signed.length == cms.len()) => {
            let mut digest = |algorithm: Digest| -> Result<Vec<u8>, pdf::Error> {
                let mut context = algorithm.context();
                content.for_each_piece(0, content.len(), &mut |piece| context.update(piece))?;
                Ok(context.finish())
            };
            let several = all.len() > 1;
            for (place, mut signed) in all.into_iter().enumerate() {
                // Signers of one CMS have no field to be told apart by: their number.
                let name = if several { (place + 1).to_string() } else { String::new() };
                let mut case = Case::new(blank(&name, "CAdES.detached", policy.at));
                // Programs that stream enclose the content though it stands beside: the same bytes change nothing.
                let encloses = |bytes: &Vec<u8>| hex::encode(Digest::Sha256.of(bytes)) == file.sha256;
                if signed.content.as_ref().is_some_and(encloses) {
                    signed.content = None;
                    case.verdict.warn("cms_content_enclosed");
                }
                signed.complete_from(&supply.given.certificates);
                case.report.signing_time_claimed = signed.signing_time;
                judge_cms(
                    &signed,
                    Content::Detached,
                    false,
                    &mut digest,
                    &mut case.report,
                    &mut case.verdict,
                )?;
                case.content_stamps = content_stamps(&signed, &mut digest, &mut case.verdict)?;
                case.signed = Some(signed);
                cases.push(case);
            }
        }
        outcome => {
            let mut case = Case::new(blank("", "CAdES.detached", policy.at));
            match outcome {
                Ok(_) => case.verdict.fail("FORMAT_FAILURE", "cms_trailing_data"),
                Err(error) => case.verdict.cms(&error),
            }
            cases.push(case);
        }
    }
    for case in &mut cases {
        case.report.covers = Covers { revision: 1, of: 1, whole_file: true };
        case.cms = cms.to_vec();
    }
    let world = World::new(&policy.trust, policy.at, supply.network);
    *world.material.borrow_mut() = supply.given.clone();
    let used = process::judge(&world, &[], &mut cases);
    let (signatures, details, used) = process::finish(cases, used);
    let worst = signatures.iter().map(|signature| signature.indication).max();
    let indication = worst.map_or("NO_SIGNATURE", Indication::as_str).to_owned();
    let lacking = signatures.iter().zip(&used).filter(|(_, used)| used.lacking);
    Ok(Judged {
        lacking: lacking.map(|(signature, _)| signature.field.clone()).collect(),
        evidence: used.into_iter().map(|used| used.evidence).collect(),
        failures: world.failures.take(),
        report: Report { file, indication, signatures },
        details,
    })
}

/// A report of which nothing is known yet.
pub(super) fn blank(field: &str, subfilter: &str, at: DateTime<Utc>) -> SignatureReport {
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
