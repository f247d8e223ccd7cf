//! Evidence of signatures on its way into packages, and judged again on arrival (Circular 15/2025/TT-BKHCN, Art. 5–6).

use crate::desk::Desk;
use crate::package::evidence::{Evidence, FOLDER, Made, Proofs, Received, Record};
use crate::pdf::FileSource;
use crate::pki::revocation::Material;
use crate::registry::Error;
use crate::registry::journey::KeptEvidence;
use crate::registry::rows::{Document, ReceivedVerdict, Signature, Version};
use crate::signature::validate::{Policy, Supply, validate_with};
use crate::store::{self, AnyConnection, Scope};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of one file of evidence: lists have some megabytes, reports less.
const FILE_LIMIT: u64 = 64 << 20;
/// Records of one package: one for each of its signed files.
const RECORD_LIMIT: usize = 20_000;

fn decoded(coded: &[String]) -> Vec<Vec<u8>> {
    coded.iter().filter_map(|text| STANDARD.decode(text).ok()).collect()
}

fn proofs(kept: &KeptEvidence, chain: &[String]) -> Proofs<Vec<u8>> {
    let mut certificates = decoded(chain);
    certificates.extend(decoded(&kept.certificates));
    Proofs { certificates, crls: decoded(&kept.crls), ocsps: decoded(&kept.ocsps) }
}

fn made(row: &Signature) -> Made<Vec<u8>> {
    let kept = KeptEvidence::read(&row.revocation);
    let chain: Vec<String> = serde_json::from_str(&row.chain).unwrap_or_default();
    Made {
        field: row.field.clone(),
        role: row.role.clone(),
        signed_at: row.signed_at.and_utc(),
        certificate: STANDARD.decode(&row.certificate).unwrap_or_default(),
        proofs: proofs(&kept, &chain),
        standing: if kept.standing.is_empty() { "unknown".to_owned() } else { kept.standing },
        policy: row.policy.clone(),
        verdict: serde_json::from_str(&row.verdict).unwrap_or_default(),
    }
}

/// What is kept of a document: first for its main text, then for each of `attached`.
///
/// # Errors
/// When the database fails.
pub(super) fn gather(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &Document,
    version: &Version,
    attached: &[Version],
) -> Result<Vec<Evidence<Vec<u8>>>, Error> {
    let versions: Vec<&Version> = std::iter::once(version).chain(attached).collect();
    let ids: Vec<_> = versions.iter().map(|version| version.id.clone()).collect();
    let verdicts = ReceivedVerdict::of(c, scope, &ids)?;
    let mut signatures: Vec<Made<Vec<u8>>> =
        Signature::of(c, scope, &document.id)?.iter().map(made).collect();
    let received = |version: &Version| {
        let row = verdicts.iter().find(|row| row.version_id == version.id)?;
        let kept = KeptEvidence::read(row.evidence.as_deref().unwrap_or_default());
        Some(Received {
            judged_at: row.judged_at.and_utc(),
            proofs: proofs(&kept, &[]),
            policy: row.policy.clone(),
            verdict: serde_json::from_str(&row.report).unwrap_or_default(),
        })
    };
    // Only main texts are signed here.
    let all = versions
        .into_iter()
        .map(|version| Evidence { signatures: std::mem::take(&mut signatures), received: received(version) });
    Ok(all.collect())
}

fn bad(why: String) -> Error {
    Error::Unprocessable { code: "package_bad", args: vec![("why", why)] }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let mut read = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(FILE_LIMIT).read_to_end(&mut read));
    opened.map_err(|source| store::Error::Io { what: "reading a package's evidence", source })?;
    Ok(read)
}

/// Judges the signed files of a package, as they lie there, with nothing but the evidence that lies beside them: the
/// certificates named must be those that signed, and what was good must not be found broken. Gives how many records there are.
///
/// The package's structure and digests have been checked before: every name in a record is one of its files.
///
/// # Errors
/// When a record doesn't fit its file, or a file can't be read.
pub(super) fn judge(desk: &Desk, folder: &Path) -> Result<usize, Error> {
    let entries = match std::fs::read_dir(folder.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(source) => return Err(store::Error::Io { what: "listing a package's evidence", source }.into()),
    };
    let mut count = 0;
    let records = entries.flatten().map(|entry| entry.path());
    for path in records.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        count += 1;
        if count > RECORD_LIMIT {
            return Err(bad(format!("more than {RECORD_LIMIT} records of evidence")));
        }
        let read = String::from_utf8(bytes(&path)?).ok().and_then(|text| Record::read(&text));
        let record = read.ok_or_else(|| bad(format!("{} is no record of evidence", path.display())))?;
        judge_record(desk, folder, &record)?;
    }
    Ok(count)
}

fn judge_record(desk: &Desk, folder: &Path, record: &Record) -> Result<(), Error> {
    let kept = record.evidence.map(&mut |_, name: &String| bytes(&folder.join(FOLDER).join(name)))?;
    if kept.signatures.is_empty() {
        return Ok(());
    }
    let mut given = Material::default();
    for made in &kept.signatures {
        let proofs = &made.proofs;
        let all = proofs.certificates.iter().chain(&proofs.crls).chain(&proofs.ocsps);
        for der in all.chain(std::iter::once(&made.certificate)) {
            if !given.add_any(der) {
                return Err(bad(format!("{}: evidence of {} can't be read", record.file, made.field)));
            }
        }
    }
    let source = File::open(folder.join(&record.file)).and_then(FileSource::new);
    let source =
        source.map_err(|source| store::Error::Io { what: "reading a document of a package", source })?;
    let policy = Policy { trust: desk.trust.as_ref().clone(), at: desk.now() };
    let judged = validate_with(&source, &policy, &Supply { given, network: None })
        .map_err(|error| bad(format!("{}: {error}", record.file)))?;
    let found: Vec<_> = judged.report.signatures.iter().zip(&judged.details).collect();
    for made in &kept.signatures {
        let one = found.iter().find(|(report, _)| report.field == made.field);
        let (report, details) =
            one.ok_or_else(|| bad(format!("{} has no signature {}", record.file, made.field)))?;
        let signer = details.signed.as_ref().and_then(|signed| signed.signer_certificate());
        if signer.is_none_or(|signer| signer.der != made.certificate) {
            return Err(bad(format!("{}: {} is not by the certificate kept", record.file, made.field)));
        }
        if report.indication == crate::signature::report::Indication::Failed {
            return Err(bad(format!("{}: {} does not hold", record.file, made.field)));
        }
    }
    Ok(())
}
