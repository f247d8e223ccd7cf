//! The agency's side of a hand-over: packages of closed files, and their submission.

use super::schema::{packages, transfers};
use super::{Package, PackageId, Transfer, TransferId, attachments, event, evidence, package_folder, part};
use crate::audit::record;
use crate::desk::Desk;
use crate::dossier::{Dossier, DossierId};
use crate::identity::Acting;
use crate::identity::rows::Agency;
use crate::package::build::{BuildError, build};
use crate::package::evidence::Evidence;
use crate::package::model::{DataFile, Document as PackedDocument, Dossier as PackedDossier, Submission};
use crate::registry::Error;
use crate::registry::rows::{Document, Version};
use crate::store::{self, Unit};
use diesel::prelude::*;

fn id_failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
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
    type Part = (Document, Version, Vec<Version>, Vec<Evidence<Vec<u8>>>);
    let (dossier, parts, agency): (Dossier, Vec<Part>, Agency) = desk.database.read_blocking(|c| {
        let dossier = Dossier::find(c, &by.scope, dossier)?.ok_or(Error::NotFound("dossier"))?;
        if dossier.state != "closed" {
            return Err(Error::refused("dossier_not_closed"));
        }
        let mut parts = Vec::new();
        for filing in Dossier::filings(c, &by.scope, &dossier.id)? {
            let (document, version) = part(c, &by.scope, &filing.document_id)?;
            let attached = attachments(c, &by.scope, &document.id)?;
            let kept = evidence::gather(c, &by.scope, &document, &version, &attached)?;
            parts.push((document, version, attached, kept));
        }
        Ok((dossier, parts, Agency::of(c, &by.scope)?))
    })?;
    let mut documents = Vec::new();
    for (document, version, attached, kept) in parts {
        let mut packed = packed(desk, &document, &version, &attached, &agency)?;
        let files = std::iter::once(&mut packed.file).chain(&mut packed.attachments);
        files.zip(kept).for_each(|(file, kept)| file.evidence = kept);
        documents.push(packed);
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

fn packed(
    desk: &Desk,
    document: &Document,
    version: &Version,
    attached: &[Version],
    agency: &Agency,
) -> Result<PackedDocument, Error> {
    let kind =
        desk.profile.document_type(&document.type_code).ok_or(Error::refused("document_type_unknown"))?;
    let notation = document.sender_notation.as_ref().or(document.notation.as_ref());
    let (number, symbol) = notation.and_then(|text| text.split_once('/')).unwrap_or(("", ""));
    Ok(PackedDocument {
        type_code: kind.archive_code.clone(),
        number: number.to_owned(),
        symbol: symbol.to_owned(),
        issued: document.sender_date.or(document.document_date).unwrap_or_else(|| document.created_at.date()),
        organ: document.sender.clone().unwrap_or_else(|| agency.name.clone()),
        subject: document.subject.clone(),
        pages: page_count(&desk.objects.path(&version.sha256)),
        file: data_file(desk, version),
        attachments: attached.iter().map(|version| data_file(desk, version)).collect(),
    })
}

fn data_file(desk: &Desk, version: &Version) -> DataFile {
    let extension = if version.media_type == "application/pdf" { "pdf" } else { "docx" };
    DataFile {
        path: desk.objects.path(&version.sha256),
        sha256: version.sha256.clone(),
        size: u64::try_from(version.size).unwrap_or(0),
        media_type: version.media_type.clone(),
        extension: extension.to_owned(),
        evidence: Evidence::default(),
    }
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
