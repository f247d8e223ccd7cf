//! Hand-over to the agency's archive (nộp lưu): packages are built from closed files, checked again by
//! the archive, and accepted with a signed receipt or rejected with reasons — by another person than
//! the one who submitted.

pub(crate) mod schema;

use crate::audit::{NewEvent, Tracked, record};
use crate::desk::Desk;
use crate::dossier::{Dossier, DossierId};
use crate::identity::Acting;
use crate::identity::rows::{Agency, Key};
use crate::package::build::{BuildError, build};
use crate::package::check::{Limits, Report, check};
use crate::package::model::{DataFile, Document as PackedDocument, Dossier as PackedDossier, Submission};
use crate::registry::Error;
use crate::registry::journey::verdict_of;
use crate::registry::rows::{Document, DocumentId, Version};
use crate::store::{self, AgencyId, AnyConnection, Scope, Unit};
use base64::Engine;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use schema::{packages, transfers};
use serde::Serialize;
use std::path::PathBuf;
use utoipa::ToSchema;

crate::id_types! {
    /// A hand-over.
    TransferId;
    /// A package.
    PackageId;
}

/// A hand-over.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = transfers, treat_none_as_null = true)]
pub struct Transfer {
    /// Identifier.
    pub id: TransferId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Registration code of the hand-over.
    pub registration: String,
    /// `submitted`, `accepted` or `rejected`.
    pub state: String,
    /// The person who submitted.
    pub submitted_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub submitted_at: NaiveDateTime,
    /// The person who decided.
    pub decided_by: Option<String>,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub decided_at: Option<NaiveDateTime>,
    /// Why it was rejected.
    pub reasons: Option<String>,
    /// The receipt: canonical JSON.
    pub receipt: Option<String>,
    /// Its signature by the archive's key: detached CMS, base64.
    pub receipt_signature: Option<String>,
    /// Version of this row; the ETag.
    pub version: i64,
}

/// A package of a hand-over.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = packages, treat_none_as_null = true)]
pub struct Package {
    /// Identifier.
    pub id: PackageId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The hand-over.
    pub transfer_id: TransferId,
    /// The file it was made of.
    pub dossier_id: DossierId,
    /// OBJID.
    pub object_id: String,
    /// SHA-256 of its root METS file.
    pub digest: String,
    /// Files in it.
    pub files: i32,
    /// Bytes in it.
    pub bytes: i64,
    /// What the archive's check said (JSON).
    pub report: Option<String>,
}

impl Tracked for Transfer {
    const TABLE: &'static str = "transfers";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

impl Tracked for Package {
    const TABLE: &'static str = "packages";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

fn id_failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
}

fn event(by: &Acting, kind: &'static str, transfer: &TransferId) -> NewEvent {
    NewEvent::new(kind, by.scope.agency().as_str(), &by.actor, "transfer", transfer.as_str())
}

/// Where a package lies.
#[must_use]
pub fn package_folder(desk: &Desk, package: &Package) -> PathBuf {
    desk.objects.packages().join(package.agency_id.as_str()).join(&package.object_id)
}

/// A hand-over whose packages are built: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Submitted {
    transfer: TransferId,
    registration: String,
    dossiers: Vec<Dossier>,
    packages: Vec<Package>,
}

/// Builds a package of each closed file: works on files only.
///
/// # Errors
/// When a file isn't closed, or a package can't be built.
pub fn make_packages(desk: &Desk, by: &Acting, dossiers: &[DossierId]) -> Result<Submitted, Error> {
    if dossiers.is_empty() {
        return Err(Error::refused("transfer_empty"));
    }
    let rng = desk.database.rng();
    let transfer = TransferId::fresh(desk.now(), rng.as_ref()).map_err(id_failed)?;
    let tail: String = transfer.as_str().chars().filter(|c| *c != '-').skip(20).collect();
    let registration = format!("NL.{}.{}", desk.today().format("%Y"), tail.to_uppercase());
    let mut submitted = Submitted { transfer, registration, dossiers: Vec::new(), packages: Vec::new() };
    let built = dossiers.iter().try_for_each(|dossier| make_package(desk, by, dossier, &mut submitted));
    if built.is_err() {
        discard(desk, &submitted);
    }
    built.map(|()| submitted)
}

/// Removes packages that were built for nothing.
pub fn discard(desk: &Desk, submitted: &Submitted) {
    for package in &submitted.packages {
        let _ = std::fs::remove_dir_all(package_folder(desk, package));
    }
}

fn make_package(
    desk: &Desk,
    by: &Acting,
    dossier: &DossierId,
    submitted: &mut Submitted,
) -> Result<(), Error> {
    type Part = (Document, Version);
    let (dossier, parts, agency): (Dossier, Vec<Part>, Agency) = desk.database.read_blocking(|c| {
        let dossier = Dossier::find(c, &by.scope, dossier)?.ok_or(Error::NotFound("dossier"))?;
        if dossier.state != "closed" {
            return Err(Error::refused("dossier_not_closed"));
        }
        let mut parts = Vec::new();
        for filing in Dossier::filings(c, &by.scope, &dossier.id)? {
            parts.push(part(c, &by.scope, &filing.document_id)?);
        }
        Ok((dossier, parts, Agency::of(c, &by.scope)?))
    })?;
    let mut documents = Vec::new();
    for (document, version) in &parts {
        documents.push(packed(desk, document, version, &agency)?);
    }
    let dates: Vec<chrono::NaiveDate> = documents.iter().map(|document| document.issued).collect();
    let closed = dossier.closed_on.unwrap_or(dossier.opened_on);
    let start = dates.iter().min().copied().unwrap_or(dossier.opened_on).min(dossier.opened_on);
    let mut random = [0_u8; 16];
    desk.database.rng().fill(&mut random).map_err(id_failed)?;
    let submission = Submission {
        uuid: uuid::Builder::from_random_bytes(random).into_uuid(),
        at: desk.now(),
        agency: agency.name.clone(),
        fonds: agency.code.clone(),
        registration: submitted.registration.clone(),
        dossier: PackedDossier {
            file_code: dossier.code.clone(),
            title: dossier.title.clone(),
            maintenance: dossier.retention.clone(),
            mode: "01".to_owned(),
            language: "01".to_owned(),
            start,
            end: closed.max(start),
            keyword: String::new(),
            pages: documents.iter().map(|document| document.pages).sum(),
            confidence: "01".to_owned(),
            description: String::new(),
        },
        documents,
    };
    let folder = desk.objects.packages().join(by.scope.agency().to_string());
    let io = |source| store::Error::Io { what: "writing a package", source };
    std::fs::create_dir_all(&folder).map_err(io)?;
    let outcome = build(&submission, &folder, desk.database.rng().as_ref());
    let built = outcome.map_err(|error| {
        let _ = std::fs::remove_dir_all(folder.join(submission.object_id()));
        match error {
            BuildError::Io(source) => io(source).into(),
            other => {
                Error::Unprocessable { code: "package_not_buildable", args: vec![("why", other.to_string())] }
            }
        }
    })?;
    submitted.packages.push(Package {
        id: PackageId::fresh(desk.now(), desk.database.rng().as_ref()).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        transfer_id: submitted.transfer.clone(),
        dossier_id: dossier.id.clone(),
        object_id: built.object_id,
        digest: built.digest,
        files: i32::try_from(built.files).unwrap_or(i32::MAX),
        bytes: i64::try_from(built.bytes).unwrap_or(i64::MAX),
        report: None,
    });
    submitted.dossiers.push(dossier);
    Ok(())
}

fn part(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<(Document, Version), Error> {
    let found = Document::find(c, scope, document)?.ok_or(Error::NotFound("document"))?;
    let version = Version::current(c, scope, document)?.ok_or(Error::NotFound("version"))?;
    Ok((found, version))
}

fn packed(
    desk: &Desk,
    document: &Document,
    version: &Version,
    agency: &Agency,
) -> Result<PackedDocument, Error> {
    let kind =
        desk.profile.document_type(&document.type_code).ok_or(Error::refused("document_type_unknown"))?;
    let notation = document.sender_notation.as_ref().or(document.notation.as_ref());
    let (number, symbol) = notation.and_then(|text| text.split_once('/')).unwrap_or(("", ""));
    let extension = if version.media_type == "application/pdf" { "pdf" } else { "docx" };
    let path = desk.objects.path(&version.sha256);
    Ok(PackedDocument {
        type_code: kind.archive_code.clone(),
        number: number.to_owned(),
        symbol: symbol.to_owned(),
        issued: document.document_date.unwrap_or_else(|| document.created_at.date()),
        organ: document.sender.clone().unwrap_or_else(|| agency.name.clone()),
        subject: document.subject.clone(),
        pages: page_count(&path),
        file: DataFile {
            path,
            sha256: version.sha256.clone(),
            size: u64::try_from(version.size).unwrap_or(0),
            media_type: version.media_type.clone(),
            extension: extension.to_owned(),
        },
    })
}

/// Pages of a PDF; of anything else, none.
fn page_count(path: &std::path::Path) -> u32 {
    let source = std::fs::File::open(path).and_then(crate::pdf::FileSource::new);
    let Ok(source) = source else { return 0 };
    let Ok(pdf) = crate::pdf::Pdf::open(&source) else { return 0 };
    crate::pdf::pages(&pdf, pdf.newest(), 9_999).map_or(0, |pages| u32::try_from(pages.len()).unwrap_or(0))
}

/// Records a hand-over.
///
/// # Errors
/// When a file changed meanwhile or the store fails.
pub fn submit(unit: &mut Unit<'_>, by: &Acting, submitted: &Submitted) -> Result<Transfer, Error> {
    let transfer = Transfer {
        id: submitted.transfer.clone(),
        agency_id: by.scope.agency().clone(),
        registration: submitted.registration.clone(),
        state: "submitted".to_owned(),
        submitted_by: crate::registry::registers::actor_id(by),
        submitted_at: unit.now_stored(),
        decided_by: None,
        decided_at: None,
        reasons: None,
        receipt: None,
        receipt_signature: None,
        version: 1,
    };
    diesel::insert_into(transfers::table).values(&transfer).execute(unit.connection())?;
    let mut recorded = event(by, "transfer.submitted", &transfer.id)
        .detail("registration", &transfer.registration)
        .touching(&transfer);
    for package in &submitted.packages {
        diesel::insert_into(packages::table).values(package).execute(unit.connection())?;
        recorded = recorded.touching(package);
    }
    for dossier in &submitted.dossiers {
        let changed = Dossier { state: "submitted".to_owned(), ..dossier.clone() }.save(unit.connection())?;
        recorded = recorded.touching(&changed);
    }
    record(unit, recorded)?;
    Ok(transfer)
}

impl Transfer {
    /// One hand-over of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &TransferId) -> Result<Option<Self>, store::Error> {
        Ok(transfers::table
            .filter(transfers::agency_id.eq(scope.agency()))
            .filter(transfers::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Hand-overs of the scope after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        after: Option<&TransferId>,
        limit: i64,
    ) -> Result<Vec<Self>, store::Error> {
        let mut query = transfers::table
            .filter(transfers::agency_id.eq(scope.agency().clone()))
            .order(transfers::id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(transfers::id.gt(after.clone()));
        }
        Ok(query.load(c)?)
    }

    /// Its packages.
    ///
    /// # Errors
    /// When the database fails.
    pub fn packages(
        c: &mut AnyConnection,
        scope: &Scope,
        id: &TransferId,
    ) -> Result<Vec<Package>, store::Error> {
        Ok(packages::table
            .filter(packages::agency_id.eq(scope.agency()))
            .filter(packages::transfer_id.eq(id))
            .order(packages::id)
            .select(Package::as_select())
            .load(c)?)
    }

    fn save(mut self, c: &mut AnyConnection) -> Result<Self, store::Error> {
        let read = self.version;
        self.version = read + 1;
        let changed = diesel::update(
            transfers::table.filter(transfers::id.eq(&self.id)).filter(transfers::version.eq(read)),
        )
        .set(&self)
        .execute(c)?;
        if changed == 1 { Ok(self) } else { Err(store::Error::Conflict) }
    }
}

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
        received.push(serde_json::json!({
            "object_id": package.object_id,
            "digest": package.digest,
            "files": package.files,
            "bytes": package.bytes,
            "signatures": signatures,
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

fn first_failure(report: &Report) -> String {
    report.checks.iter().find(|check| check.outcome == "failed").map_or_else(String::new, |check| {
        format!("{} {}", check.code, check.path.as_deref().unwrap_or_default())
    })
}

/// The verdicts on the documents of a package, by their digests; a signature that doesn't pass stops
/// the acceptance.
fn signatures_of(desk: &Desk, by: &Acting, package: &Package) -> Result<Vec<String>, Error> {
    let parts: Vec<(Document, Version)> = desk.database.read_blocking(|c| {
        let filings = Dossier::filings(c, &by.scope, &package.dossier_id)?;
        filings
            .iter()
            .map(|filing| part(c, &by.scope, &filing.document_id))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    let mut verdicts = Vec::new();
    for (document, version) in parts {
        if version.media_type != "application/pdf" {
            continue;
        }
        let verdict = verdict_of(desk, &version.sha256)?;
        // What the agency issued carries both its signatures; what it received may carry none.
        let fails = match document.direction.as_str() {
            "outgoing" => verdict.indication != "TOTAL-PASSED",
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
    use crate::pki::{Digest, SigningKey};
    let unusable = |why: &dyn std::fmt::Display| Error::Unprocessable {
        code: "key_unusable",
        args: vec![("why", why.to_string())],
    };
    let signer = crate::identity::keys::open(key, &desk.vault).map_err(|error| unusable(&error))?;
    let digest = Digest::Sha256;
    let cms = crate::signature::cms::build(&signer, digest, &digest.of(receipt), &mut |attributes| {
        signer.sign(attributes)
    })
    .map_err(|error| unusable(&error))?;
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
