//! The archive's side of a hand-over: everything is checked again, then accepted with a signed receipt or
//! rejected with reasons, by another person than the one who submitted.

use super::schema::packages;
use super::{Package, Transfer, TransferId, attachments, event, evidence, package_folder, part};
use crate::audit::record;
use crate::desk::Desk;
use crate::dossier::Dossier;
use crate::identity::Acting;
use crate::identity::rows::Key;
use crate::package::check::{Limits, Report, check};
use crate::registry::Error;
use crate::registry::journey::verdict_of;
use crate::registry::rows::{Document, Version};
use crate::store::{AnyConnection, Unit};
use base64::Engine;
use diesel::prelude::*;

fn undecided(
    c: &mut AnyConnection,
    by: &Acting,
    id: &TransferId,
    expected: Option<i64>,
) -> Result<Transfer, Error> {
    let transfer = Transfer::find(c, &by.scope, id)?.ok_or(Error::NotFound("transfer"))?;
    if expected.is_some_and(|expected| expected != transfer.version) {
        return Err(Error::Stale);
    }
    if transfer.state != "submitted" {
        return Err(Error::refused("transfer_decided"));
    }
    // Persons are compared, not accounts: two accounts don't make two people.
    if transfer.submitted_by == crate::registry::registers::actor_id(by) {
        return Err(Error::refused("transfer_own"));
    }
    Ok(transfer)
}

/// What the archive found and signed: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Examined {
    transfer: Transfer,
    packages: Vec<Package>,
    receipt: String,
    signature: String,
}

/// Checks every digest, the structure and every signature again, and signs the receipt. Works on
/// files and keys only.
///
/// # Errors
/// When a package or a signature doesn't hold (it is then to be rejected), or the archive has no key.
pub fn examine(desk: &Desk, by: &Acting, id: &TransferId, expected: Option<i64>) -> Result<Examined, Error> {
    let (transfer, mut found, key) = desk.database.read_blocking(|c| {
        let transfer = undecided(c, by, id, expected)?;
        let packages = Transfer::packages(c, &by.scope, id)?;
        let key = Key::active(c, by.scope.agency().as_str(), "archive_receipt")?;
        Ok::<_, Error>((transfer, packages, key.ok_or(Error::refused("archive_key_missing"))?))
    })?;
    let mut received = Vec::new();
    for package in &mut found {
        let folder = package_folder(desk, package);
        let report = check(&folder, &Limits::default()).map_err(|error| Error::Unprocessable {
            code: "package_unreadable",
            args: vec![("why", error.to_string())],
        })?;
        let signatures = signatures_of(desk, by, package)?;
        if report.indication != "good" {
            return Err(Error::Unprocessable {
                code: "package_bad",
                args: vec![("why", first_failure(&report))],
            });
        }
        if !has_root(&folder, &package.digest) {
            let why = "METS.xml is not the file that was recorded".to_owned();
            return Err(Error::Unprocessable { code: "package_bad", args: vec![("why", why)] });
        }
        let records = evidence::judge(desk, &folder)?;
        received.push(serde_json::json!({
            "object_id": package.object_id,
            "digest": package.digest,
            "files": package.files,
            "bytes": package.bytes,
            "signatures": signatures,
            "evidence": records,
        }));
        package.report = Some(serde_json::json!(report).to_string());
    }
    let receipt = serde_json::json!({
        "transfer": transfer.id,
        "registration": transfer.registration,
        "received_at": desk.now(),
        "packages": received,
    })
    .to_string();
    let signature = sign_receipt(desk, &key, receipt.as_bytes())?;
    Ok(Examined { transfer, packages: found, receipt, signature })
}

/// Whether the root METS file, which seals everything else, is the one recorded when the package was built.
fn has_root(folder: &std::path::Path, digest: &str) -> bool {
    let read = std::fs::read(folder.join("METS.xml"));
    read.is_ok_and(|bytes| {
        hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes)) == digest
    })
}

fn first_failure(report: &Report) -> String {
    report.checks.iter().find(|check| check.outcome == "failed").map_or_else(String::new, |check| {
        format!("{} {}", check.code, check.path.as_deref().unwrap_or_default())
    })
}

/// The verdicts on the documents of a package, by their digests; a signature that doesn't pass stops
/// the acceptance.
fn signatures_of(desk: &Desk, by: &Acting, package: &Package) -> Result<Vec<String>, Error> {
    let parts: Vec<(Document, Version, bool)> = desk.database.read_blocking(|c| {
        let filings = Dossier::filings(c, &by.scope, &package.dossier_id)?;
        let mut parts = Vec::new();
        for filing in filings {
            let (document, version) = part(c, &by.scope, &filing.document_id)?;
            let attached = attachments(c, &by.scope, &document.id)?;
            parts.push((document.clone(), version, true));
            parts.extend(attached.into_iter().map(|version| (document.clone(), version, false)));
        }
        Ok::<_, Error>(parts)
    })?;
    let mut verdicts = Vec::new();
    for (document, version, main) in parts {
        if version.media_type != "application/pdf" {
            continue;
        }
        let verdict = verdict_of(desk, &by.scope, &document.id, &version.sha256)?;
        // What the agency issued carries both its signatures; what it received, and what goes along, may carry none.
        let fails = match document.direction.as_str() {
            "outgoing" if main => verdict.indication != "TOTAL-PASSED",
            _ => verdict.indication == "TOTAL-FAILED",
        };
        if fails {
            let why = format!("{}: {}", document.notation.unwrap_or_default(), verdict.indication);
            return Err(Error::Unprocessable { code: "signature_not_passed", args: vec![("why", why)] });
        }
        verdicts.push(verdict.indication);
    }
    Ok(verdicts)
}

/// A detached CMS over the receipt, base64.
fn sign_receipt(desk: &Desk, key: &Key, receipt: &[u8]) -> Result<String, Error> {
    use crate::pki::Digest;
    let signer = crate::identity::keys::open(key, &desk.vault, &desk.elsewhere).map_err(Error::from)?;
    let digest = Digest::Sha256;
    let cms = crate::signature::cms::build(signer.as_ref(), digest, &digest.of(receipt), &mut |attributes| {
        signer.sign(attributes)
    })
    .map_err(Error::from)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(cms))
}

/// Records the acceptance.
///
/// # Errors
/// When the hand-over changed meanwhile or the store fails.
pub fn accept(unit: &mut Unit<'_>, by: &Acting, examined: &Examined) -> Result<Transfer, Error> {
    let transfer = undecided(unit.connection(), by, &examined.transfer.id, Some(examined.transfer.version))?;
    let accepted = Transfer {
        state: "accepted".to_owned(),
        decided_by: Some(crate::registry::registers::actor_id(by)),
        decided_at: Some(unit.now_stored()),
        receipt: Some(examined.receipt.clone()),
        receipt_signature: Some(examined.signature.clone()),
        ..transfer
    }
    .save(unit.connection())?;
    let mut recorded = event(by, "transfer.accepted", &accepted.id).touching(&accepted);
    for package in &examined.packages {
        diesel::update(packages::table.filter(packages::id.eq(&package.id)))
            .set(package)
            .execute(unit.connection())?;
        recorded = recorded.touching(package);
        let dossier = Dossier::find(unit.connection(), &by.scope, &package.dossier_id)?
            .ok_or(Error::NotFound("dossier"))?;
        let kept = Dossier { state: "accepted".to_owned(), ..dossier }.save(unit.connection())?;
        recorded = recorded.touching(&kept);
    }
    record(unit, recorded)?;
    Ok(accepted)
}

/// Rejects a hand-over with reasons; its files go back to closed.
///
/// # Errors
/// When it is decided already or the store fails.
pub fn reject(
    unit: &mut Unit<'_>,
    by: &Acting,
    id: &TransferId,
    expected: Option<i64>,
    reasons: &[String],
) -> Result<Transfer, Error> {
    let transfer = undecided(unit.connection(), by, id, expected)?;
    let rejected = Transfer {
        state: "rejected".to_owned(),
        decided_by: Some(crate::registry::registers::actor_id(by)),
        decided_at: Some(unit.now_stored()),
        reasons: Some(serde_json::json!(reasons).to_string()),
        ..transfer
    }
    .save(unit.connection())?;
    let mut recorded =
        event(by, "transfer.rejected", &rejected.id).detail("reasons", reasons).touching(&rejected);
    for package in Transfer::packages(unit.connection(), &by.scope, id)? {
        let dossier = Dossier::find(unit.connection(), &by.scope, &package.dossier_id)?
            .ok_or(Error::NotFound("dossier"))?;
        let back = Dossier { state: "closed".to_owned(), ..dossier }.save(unit.connection())?;
        recorded = recorded.touching(&back);
    }
    record(unit, recorded)?;
    Ok(rejected)
}

/// Makes accepted packages read-only on disk.
pub fn protect(desk: &Desk, packages: &[Package]) {
    for package in packages {
        let mut folders = vec![package_folder(desk, package)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if let Ok(meta) = entry.metadata() {
                    let mut rights = meta.permissions();
                    rights.set_readonly(true);
                    let _ = std::fs::set_permissions(entry.path(), rights);
                }
            }
        }
    }
}

impl Examined {
    /// The packages examined.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }
}
