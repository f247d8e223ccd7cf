//! Taking documents in, and other files for drafts.

use super::super::error::Error;
use super::super::rows::{Component, ComponentId, Document, DocumentId, FormatCheck, Version, VersionId};
use super::super::schema::{components, document_relations, documents, format_checks, versions};
use super::super::state::{Act, State};
use super::received::{Judged, keep_verdict};
use super::{FORMAT_JOB, advance, at_act, event, id_failed};
use crate::audit::record;
use crate::desk::Desk;
use crate::format::Kind;
use crate::identity::Acting;
use crate::store::objects::{Kept, record_use};
use crate::store::{self, AnyConnection, Scope, Unit, jobs};
use diesel::prelude::*;

/// What is taken in with a file.
#[derive(Debug, Clone)]
pub struct Intake {
    /// `outgoing` or `incoming`.
    pub direction: &'static str,
    /// Type code of the profile.
    pub type_code: String,
    /// Abstract.
    pub subject: String,
    /// Urgency.
    pub urgency: &'static str,
    /// Secrecy.
    pub secrecy: &'static str,
    /// Drafting unit, for symbols that name it.
    pub drafting_unit: Option<String>,
    /// Sender of an incoming document.
    pub sender: Option<String>,
    /// The sender's number and symbol.
    pub sender_notation: Option<String>,
    /// The date the sender gave it.
    pub sender_date: Option<chrono::NaiveDate>,
    /// Relations to other documents: kind and the other.
    pub relations: Vec<(&'static str, DocumentId)>,
}

/// A file whose bytes are kept.
#[derive(Debug, Clone)]
pub struct TakenFile {
    /// Its bytes.
    pub kept: Kept,
    /// What it is by its own bytes.
    pub kind: Kind,
    /// Its name, made harmless.
    pub name: String,
}

impl Intake {
    /// Whether it can be taken in, asked before its bytes are kept.
    ///
    /// # Errors
    /// When the type is unknown or a related document isn't there.
    pub fn check(&self, c: &mut AnyConnection, desk: &Desk, scope: &Scope) -> Result<(), Error> {
        if desk.profile.document_type(&self.type_code).is_none() {
            return Err(Error::Unprocessable { code: "document_type_unknown", args: Vec::new() });
        }
        for (_, other) in &self.relations {
            Document::find(c, scope, other)?.ok_or(Error::NotFound("document"))?;
        }
        Ok(())
    }
}

/// Takes a document in.
///
/// # Errors
/// When the type is unknown, a related document isn't there, or the store fails.
pub fn take_in(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    new: &Intake,
    (file, judged): (&TakenFile, Option<&Judged>),
) -> Result<Document, Error> {
    new.check(unit.connection(), desk, &by.scope)?;
    let incoming = new.direction == "incoming";
    let state = if incoming { State::Received } else { State::Draft };
    let (now, rng) = (unit.now(), unit.rng());
    let document = Document {
        id: DocumentId::fresh(now, rng).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        direction: new.direction.to_owned(),
        type_code: new.type_code.clone(),
        subject: new.subject.clone(),
        urgency: new.urgency.to_owned(),
        secrecy: new.secrecy.to_owned(),
        drafting_unit: new.drafting_unit.clone(),
        sender: new.sender.clone(),
        sender_notation: new.sender_notation.clone(),
        state: state.as_str().to_owned(),
        profile_id: desk.profile.id.clone(),
        profile_version: desk.profile.version.clone(),
        signer_appointment: None,
        register_id: None,
        number: None,
        notation: None,
        document_date: None,
        created_by: super::super::registers::actor_id(by),
        created_at: unit.now_stored(),
        changed_at: unit.now_stored(),
        version: 1,
        printed_period: None,
        sender_date: new.sender_date,
    };
    let component = Component {
        id: ComponentId::fresh(now, rng).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        document_id: document.id.clone(),
        ordinal: 1,
        kind: "main".to_owned(),
        title: new.subject.clone(),
    };
    diesel::insert_into(documents::table).values(&document).execute(unit.connection())?;
    diesel::insert_into(components::table).values(&component).execute(unit.connection())?;
    for (kind, other) in &new.relations {
        diesel::insert_into(document_relations::table)
            .values((
                document_relations::document_id.eq(&document.id),
                document_relations::kind.eq(kind),
                document_relations::other_id.eq(other),
                document_relations::agency_id.eq(by.scope.agency()),
            ))
            .execute(unit.connection())?;
    }
    let stage = if incoming { "received" } else { "draft" };
    let (version, check) = add_version(unit, desk, by, &component.id, stage, None, file)?;
    let verdict = keep_verdict(unit, by, &version, judged)?;
    let recorded = event(by, "document.taken_in", &document.id)
        .detail("subject", &document.subject)
        .detail("file_name", &version.file_name)
        .detail("sha256", &version.sha256)
        .detail("signatures", judged.map(Judged::indication))
        .touching(&document)
        .touching(&component)
        .touching(&version)
        .touching_any(check.as_ref())
        .touching_any(verdict.as_ref());
    record(unit, recorded)?;
    Ok(document)
}

/// Adds a version of a component, its use of the bytes, and the job that judges it, when there is something new to
/// judge: preparing and signing a draft leave its text as it was.
pub(super) fn add_version(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    component: &ComponentId,
    stage: &str,
    source: Option<&Version>,
    file: &TakenFile,
) -> Result<(Version, Option<FormatCheck>), Error> {
    let version = insert_version(unit, by, component, stage, source, file)?;
    if matches!(stage, "prepared" | "signed") {
        return Ok((version, None));
    }
    let check = FormatCheck {
        version_id: version.id.clone(),
        agency_id: by.scope.agency().clone(),
        state: "pending".to_owned(),
        profile_id: desk.profile.id.clone(),
        profile_version: desk.profile.version.clone(),
        report: None,
        checked_at: None,
    };
    diesel::insert_into(format_checks::table).values(&check).execute(unit.connection())?;
    let payload = serde_json::json!({ "version": version.id, "sha256": version.sha256 });
    jobs::enqueue(unit, by.scope.agency(), FORMAT_JOB, &payload)?;
    Ok((version, Some(check)))
}

/// Adds a version of a component and its use of the bytes.
pub(super) fn insert_version(
    unit: &mut Unit<'_>,
    by: &Acting,
    component: &ComponentId,
    stage: &str,
    source: Option<&Version>,
    file: &TakenFile,
) -> Result<Version, Error> {
    let id = VersionId::fresh(unit.now(), unit.rng()).map_err(id_failed)?;
    record_use(unit, by.scope.agency(), &file.kept, file.kind.media_type(), ("version", id.as_str()))?;
    let version = Version {
        id,
        agency_id: by.scope.agency().clone(),
        component_id: component.clone(),
        // What it is made from is the newest: the acts see to that, and no two may have one ordinal.
        ordinal: source.map_or(0, |source| source.ordinal) + 1,
        stage: stage.to_owned(),
        source_version_id: source.map(|version| version.id.clone()),
        sha256: file.kept.sha256.clone(),
        size: i64::try_from(file.kept.size).map_err(|_| store::Error::Unreadable("size"))?,
        media_type: file.kind.media_type().to_owned(),
        file_name: file.name.clone(),
        created_by: super::super::registers::actor_id(by),
        created_at: unit.now_stored(),
    };
    diesel::insert_into(versions::table).values(&version).execute(unit.connection())?;
    Ok(version)
}

/// Whether a draft can have another file, asked before its bytes are kept.
///
/// # Errors
/// When there is no such document, it isn't a draft any more, or it changed meanwhile.
pub fn check_revision(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &DocumentId,
    expected: Option<i64>,
) -> Result<(), Error> {
    at_act(c, scope, document, expected, Act::Revise).map(|_| ())
}

/// Another file for a draft: a new version, and back to the beginning.
///
/// # Errors
/// When there is no such document, it isn't a draft any more, or it changed meanwhile.
pub fn revise(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    file: &TakenFile,
) -> Result<Document, Error> {
    let (found, next) = at_act(unit.connection(), &by.scope, document, expected, Act::Revise)?;
    let current =
        Version::current(unit.connection(), &by.scope, document)?.ok_or(Error::NotFound("version"))?;
    let found = Document { signer_appointment: None, printed_period: None, ..found };
    let changed = advance(unit, found, next)?;
    let component = current.component_id.clone();
    let (version, check) = add_version(unit, desk, by, &component, "draft", Some(&current), file)?;
    let recorded = event(by, "document.revised", document)
        .detail("sha256", &version.sha256)
        .touching(&changed)
        .touching(&version)
        .touching_any(check.as_ref());
    record(unit, recorded)?;
    Ok(changed)
}
