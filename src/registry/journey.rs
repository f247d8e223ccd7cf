//! The way of a document: each act is one use case, one transaction, one event. Files and keys are
//! worked on before the transaction, which then checks that nothing changed meanwhile.

use super::error::Error;
use super::rows::{
    Component, ComponentId, Document, DocumentId, FormatCheck, Signature, SignatureId, Version, VersionId,
};
use super::schema::{components, document_relations, documents, format_checks, signatures, versions};
use super::state::{Act, State};
use crate::audit::{NewEvent, record};
use crate::desk::Desk;
use crate::format::Kind;
use crate::identity::keys::{self, may_use};
use crate::identity::rows::{Agency, Appointment, Key};
use crate::identity::{Acting, AppointmentId, KeyId};
use crate::pdf::writer::Appended;
use crate::pdf::{FileSource, Pdf, Source, text};
use crate::pki::SigningKey;
use crate::signature::appearance::Appearance;
use crate::signature::fill::Fill;
use crate::signature::placement;
use crate::signature::report::Report;
use crate::signature::sign::{Request, SignError, sign as sign_pdf};
use crate::signature::validate::{Policy, validate};
use crate::signature::{fields, prepare};
use crate::store::objects::{Kept, record_use};
use crate::store::{self, AnyConnection, Scope, Unit, jobs};
use base64::Engine;
use diesel::prelude::*;
use std::fs::File;

/// The job that judges a version's format.
pub const FORMAT_JOB: &str = "format_check";

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

fn id_failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
}

fn event(by: &Acting, kind: &'static str, document: &DocumentId) -> NewEvent {
    NewEvent::new(kind, by.scope.agency().as_str(), &by.actor, "document", document.as_str())
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
    file: &TakenFile,
) -> Result<Document, Error> {
    if desk.profile.document_type(&new.type_code).is_none() {
        return Err(Error::refused("document_type_unknown"));
    }
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
        created_by: super::registers::actor_id(by),
        created_at: unit.now_stored(),
        changed_at: unit.now_stored(),
        version: 1,
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
        Document::find(unit.connection(), &by.scope, other)?.ok_or(Error::NotFound("document"))?;
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
    let recorded = event(by, "document.taken_in", &document.id)
        .detail("subject", &document.subject)
        .detail("file_name", &version.file_name)
        .detail("sha256", &version.sha256)
        .touching(&document)
        .touching(&component)
        .touching(&version)
        .touching(&check);
    record(unit, recorded)?;
    Ok(document)
}

/// Adds a version of a component, its use of the bytes, and the job that judges it.
fn add_version(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    component: &ComponentId,
    stage: &str,
    source: Option<&Version>,
    file: &TakenFile,
) -> Result<(Version, FormatCheck), Error> {
    let id = VersionId::fresh(unit.now(), unit.rng()).map_err(id_failed)?;
    record_use(unit, by.scope.agency(), &file.kept, file.kind.media_type(), ("version", id.as_str()))?;
    let last: Option<i32> = versions::table
        .filter(versions::component_id.eq(component))
        .select(diesel::dsl::max(versions::ordinal))
        .first(unit.connection())?;
    let version = Version {
        id,
        agency_id: by.scope.agency().clone(),
        component_id: component.clone(),
        ordinal: last.unwrap_or(0) + 1,
        stage: stage.to_owned(),
        source_version_id: source.map(|version| version.id.clone()),
        sha256: file.kept.sha256.clone(),
        size: i64::try_from(file.kept.size).map_err(|_| store::Error::Unreadable("size"))?,
        media_type: file.kind.media_type().to_owned(),
        file_name: file.name.clone(),
        created_by: super::registers::actor_id(by),
        created_at: unit.now_stored(),
    };
    diesel::insert_into(versions::table).values(&version).execute(unit.connection())?;
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
    Ok((version, check))
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
    let component = current.component_id.clone();
    let (version, check) = add_version(unit, desk, by, &component, "draft", Some(&current), file)?;
    let changed = advance(unit, found, next)?;
    let recorded = event(by, "document.revised", document)
        .detail("sha256", &version.sha256)
        .touching(&changed)
        .touching(&version)
        .touching(&check);
    record(unit, recorded)?;
    Ok(changed)
}

/// The document, if the act is possible for it now.
fn at_act(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &DocumentId,
    expected: Option<i64>,
    act: Act,
) -> Result<(Document, State), Error> {
    let found = Document::find(c, scope, document)?.ok_or(Error::NotFound("document"))?;
    if expected.is_some_and(|expected| expected != found.version) {
        return Err(Error::Stale);
    }
    let state = found.state()?;
    let next = state.after(act).ok_or(Error::IllegalTransition { state, act })?;
    Ok((found, next))
}

fn advance(unit: &mut Unit<'_>, document: Document, next: State) -> Result<Document, Error> {
    let now = unit.now_stored();
    Ok(Document { state: next.as_str().to_owned(), changed_at: now, ..document }.save(unit.connection())?)
}

/// Judges the format of one waiting version; false when none waits.
///
/// # Errors
/// When the store fails.
pub fn check_one_format(desk: &Desk) -> Result<bool, store::Error> {
    let Some(job) = jobs::claim(&desk.database, FORMAT_JOB)? else { return Ok(false) };
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let text =
        |key: &str| payload.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let outcome = judge_format(desk, &text("sha256"));
    let (state, report) = match outcome {
        Ok(report) => ("done", report),
        Err(error) => (
            "failed",
            serde_json::json!({ "error": { "code": error.code(), "message": crate::messages::message(error.code(), &[("why", &error.to_string())]) } })
                .to_string(),
        ),
    };
    let version = VersionId::parse(&text("version"));
    desk.database.write_blocking(move |unit| {
        let now = unit.now_stored();
        if let Some(version) = &version {
            let scope = Scope::of(job.agency_id.clone());
            if let Some(found) = FormatCheck::of(unit.connection(), &scope, version)? {
                let check = FormatCheck {
                    state: state.to_owned(),
                    report: Some(report.clone()),
                    checked_at: Some(now),
                    ..found
                };
                diesel::update(format_checks::table.filter(format_checks::version_id.eq(version)))
                    .set(&check)
                    .execute(unit.connection())?;
                let recorded = NewEvent::new(
                    "format.checked",
                    job.agency_id.as_str(),
                    &crate::audit::Actor::System,
                    "version",
                    version.as_str(),
                )
                .detail("outcome", state)
                .touching(&check);
                record(unit, recorded)?;
            }
        }
        jobs::finish(unit, &job.id, "done", state)
    })?;
    Ok(true)
}

fn judge_format(desk: &Desk, sha256: &str) -> Result<String, crate::format::FormatError> {
    let unreadable = |error: &dyn std::fmt::Display| crate::format::FormatError::Pdf(error.to_string());
    let limits = text::Limits::default();
    let path = desk.objects.path(sha256);
    let size = std::fs::metadata(&path).map_err(|error| unreadable(&error))?.len();
    // Above the limit nothing is read into memory: the report says so rule by rule.
    let bytes = if size > limits.file {
        return Ok(serde_json::json!(crate::format::too_large(sha256, &desk.profile)).to_string());
    } else {
        std::fs::read(path).map_err(|error| unreadable(&error))?
    };
    let report = crate::format::check(bytes, &desk.profile, &limits)?;
    Ok(serde_json::json!(report).to_string())
}

/// A PDF version, open.
fn open_pdf(desk: &Desk, version: &Version) -> Result<FileSource, Error> {
    if version.media_type != Kind::Pdf.media_type() {
        return Err(Error::refused("document_is_no_pdf"));
    }
    let file: File = desk.objects.open_kept(&version.sha256)?;
    FileSource::new(file).map_err(|source| store::Error::Io { what: "opening kept bytes", source }.into())
}

fn unprocessable(code: &'static str, why: &dyn std::fmt::Display) -> Error {
    Error::Unprocessable { code, args: vec![("why", why.to_string())] }
}

/// Keeps original and appended bytes as one new file.
fn keep_appended(desk: &Desk, source: &dyn Source, appended: &Appended) -> Result<Kept, Error> {
    let mut staged = desk.objects.stage(desk.database.rng().as_ref())?;
    let mut failed = None;
    source
        .for_each_piece(0, source.len(), &mut |piece| {
            if failed.is_none() {
                failed = staged.write(piece).err();
            }
        })
        .map_err(|source| store::Error::Io { what: "copying kept bytes", source })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    staged.write(&appended.bytes)?;
    Ok(desk.objects.keep(staged)?)
}

fn identifier(desk: &Desk) -> Result<[u8; 16], Error> {
    let mut bytes = [0_u8; 16];
    desk.database.rng().fill(&mut bytes).map_err(id_failed)?;
    Ok(bytes)
}

/// What was read before an act, outside of the transaction.
struct Before {
    document: Document,
    version: Version,
    agency: Agency,
}

fn before(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    act: Act,
) -> Result<Before, Error> {
    desk.database.read_blocking(|c| {
        let (found, _) = at_act(c, &by.scope, document, expected, act)?;
        let version = Version::current(c, &by.scope, document)?.ok_or(Error::NotFound("version"))?;
        Ok(Before { document: found, version, agency: Agency::of(c, &by.scope)? })
    })
}

fn taken(kept: Kept, version: &Version) -> TakenFile {
    TakenFile { kept, kind: Kind::Pdf, name: version.file_name.clone() }
}

/// A version that an act made ready: what the transaction then records.
#[derive(Debug, Clone)]
pub struct Made {
    document: DocumentId,
    version_read: i64,
    source: Version,
    file: TakenFile,
    signature: Option<NewSignature>,
    signer: Option<AppointmentId>,
}

#[derive(Debug, Clone)]
struct NewSignature {
    field: &'static str,
    role: &'static str,
    appointment: Option<AppointmentId>,
    key: KeyId,
    certificate: String,
    chain: String,
    verdict: String,
}

/// Makes a draft ready for signatures: works on the file only.
///
/// # Errors
/// When the act isn't possible, or the file can't be prepared.
pub fn make_prepared(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    signer: &AppointmentId,
) -> Result<Made, Error> {
    let before = before(desk, by, document, expected, Act::Prepare)?;
    let appointment = desk
        .database
        .read_blocking(|c| Appointment::find(c, &by.scope, signer))?
        .ok_or(Error::NotFound("appointment"))?;
    if !appointment.is_in_force(desk.today()) {
        return Err(Error::refused("appointment_not_in_force"));
    }
    let source = open_pdf(desk, &before.version)?;
    let bytes = source
        .bytes(0, usize::try_from(source.len()).unwrap_or(usize::MAX))
        .map_err(|source| store::Error::Io { what: "reading kept bytes", source })?;
    let pages = text::read(bytes, &text::Limits::default())
        .map_err(|error| unprocessable("draft_unreadable", &error))?;
    let found = placement::find(&pages, &desk.profile)
        .map_err(|error| unprocessable("draft_not_placeable", &error))?;
    let pdf = Pdf::open(&source).map_err(|error| unprocessable("draft_unreadable", &error))?;
    let appended = prepare::prepare(&pdf, &found.plan, identifier(desk)?)
        .map_err(|error| unprocessable("draft_not_preparable", &error))?;
    let kept = keep_appended(desk, &source, &appended)?;
    Ok(Made {
        document: document.clone(),
        version_read: before.document.version,
        file: taken(kept, &before.version),
        source: before.version,
        signature: None,
        signer: Some(signer.clone()),
    })
}

/// Signs as a person: works on file and key only.
///
/// # Errors
/// When the act isn't possible, the signer is another, or the key may not be used.
pub fn make_signed(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    appointment: &AppointmentId,
    key: &KeyId,
) -> Result<Made, Error> {
    let before = before(desk, by, document, expected, Act::Sign)?;
    if before.document.signer_appointment.as_ref() != Some(appointment) {
        return Err(Error::refused("signer_is_another"));
    }
    if !by.appointments.contains(appointment) {
        return Err(Error::refused("appointment_not_yours"));
    }
    let mut made = make_signature(desk, by, before, prepare::PERSONAL, "personal", key, &[])?;
    if let Some(signature) = &mut made.signature {
        signature.appointment = Some(appointment.clone());
    }
    Ok(made)
}

/// Seals: number, date and the agency's signature in one revision. Works on file and key only, so it
/// may be tried again with the same number when the key fails.
///
/// # Errors
/// When the act isn't possible or the key may not be used.
pub fn make_sealed(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    key: Option<&KeyId>,
) -> Result<Made, Error> {
    let before = before(desk, by, document, expected, Act::Seal)?;
    let key = match key {
        Some(key) => key.clone(),
        None => {
            desk.database
                .read_blocking(|c| Key::active(c, by.scope.agency().as_str(), "agency_seal"))?
                .ok_or(Error::refused("agency_seal_missing"))?
                .id
        }
    };
    let source = open_pdf(desk, &before.version)?;
    let pdf = Pdf::open(&source).map_err(|error| unprocessable("draft_unreadable", &error))?;
    let names: Vec<String> = fields::all(&pdf, pdf.newest())
        .map_err(|error| unprocessable("draft_unreadable", &error))?
        .into_iter()
        .map(|field| field.name)
        .collect();
    let fills = texts(desk, &before, &names)?;
    make_signature(desk, by, before, prepare::AGENCY, "agency", &key, &fills)
}

/// The texts the prepared fields get.
fn texts(desk: &Desk, before: &Before, names: &[String]) -> Result<Vec<Fill>, Error> {
    let (Some(number), Some(notation), Some(date)) =
        (before.document.number, &before.document.notation, before.document.document_date)
    else {
        return Err(Error::refused("document_not_numbered"));
    };
    let has = |name: &str| names.iter().any(|known| known == name);
    let fill = |field: &str, text: String| Fill { field: field.to_owned(), text };
    let mut fills = Vec::new();
    if has(placement::NUMBER) {
        let digits = u64::try_from(number).map(|number| desk.profile.format_number(number));
        fills.push(fill(placement::NUMBER, digits.unwrap_or_default()));
    }
    if has(placement::NOTATION) {
        fills.push(fill(placement::NOTATION, notation.clone()));
    }
    let (day, month) = desk.profile.day_and_month(date);
    if has(placement::DAY) {
        fills.push(fill(placement::DAY, day));
    }
    if has(placement::MONTH) {
        fills.push(fill(placement::MONTH, month));
    }
    if has(placement::DATE) {
        fills.push(fill(placement::DATE, desk.profile.date_line(&before.agency.place, date)));
    }
    Ok(fills)
}

fn make_signature(
    desk: &Desk,
    by: &Acting,
    before: Before,
    field: &'static str,
    role: &'static str,
    key: &KeyId,
    fills: &[Fill],
) -> Result<Made, Error> {
    let key = desk.database.read_blocking(|c| Key::find(c, &by.scope, key))?.ok_or(Error::NotFound("key"))?;
    let wanted = if role == "personal" { "personal" } else { "agency_seal" };
    if key.purpose != wanted || key.state != "active" || !may_use(&key, by) {
        return Err(Error::refused("key_not_yours"));
    }
    let signer = keys::open(&key, &desk.vault).map_err(|error| unprocessable("key_unusable", &error))?;
    let image = match &key.image_sha256 {
        Some(sha256) => Some(
            std::fs::read(desk.objects.path(sha256))
                .map_err(|source| store::Error::Io { what: "reading a picture", source })?,
        ),
        None => None,
    };
    let source = open_pdf(desk, &before.version)?;
    let pdf = Pdf::open(&source).map_err(|error| unprocessable("draft_unreadable", &error))?;
    let appearance = image.as_deref().map_or(Appearance::None, Appearance::Image);
    let request = Request { field, place: None, fills, appearance, at: desk.now(), reason: None };
    let appended = sign_pdf(&pdf, &request, &signer, &desk.trust, desk.database.rng().as_ref())
        .map_err(|error| refused_signing(&error))?;
    let kept = keep_appended(desk, &source, &appended)?;
    let verdict = verdict_of(desk, &kept.sha256)?;
    let own = verdict.signatures.iter().find(|signature| signature.field == field);
    if own.is_none_or(|signature| signature.integrity != "intact") {
        // What the service signs must hold by its own judgement, or it isn't kept.
        return Err(Error::refused("signature_not_intact"));
    }
    let coded = |certificate: &crate::pki::Certificate| {
        base64::engine::general_purpose::STANDARD.encode(&certificate.der)
    };
    let chain: Vec<String> = signer.chain().iter().map(coded).collect();
    Ok(Made {
        document: before.document.id.clone(),
        version_read: before.document.version,
        file: taken(kept, &before.version),
        source: before.version,
        signature: Some(NewSignature {
            field,
            role,
            appointment: None,
            key: key.id,
            certificate: coded(signer.certificate()),
            chain: serde_json::json!(chain).to_string(),
            verdict: serde_json::json!(verdict).to_string(),
        }),
        signer: None,
    })
}

fn refused_signing(error: &SignError) -> Error {
    match error {
        SignError::Unfit(code) => Error::refused(code),
        SignError::Path(_) => Error::refused("no_path_to_anchor"),
        SignError::Fill(inner) => unprocessable("field_not_fillable", inner),
        other => unprocessable("document_not_signable", other),
    }
}

/// The verdict on kept bytes, now.
///
/// # Errors
/// When they can't be read as a PDF.
pub fn verdict_of(desk: &Desk, sha256: &str) -> Result<Report, Error> {
    let file = desk.objects.open_kept(sha256)?;
    let source =
        FileSource::new(file).map_err(|source| store::Error::Io { what: "opening kept bytes", source })?;
    let policy = Policy { trust: desk.trust.as_ref().clone(), at: desk.now() };
    validate(&source, &policy).map_err(|error| unprocessable(error.code(), &error))
}

/// Records what an act made: the new version, the signature, the new state.
///
/// # Errors
/// When the document changed meanwhile or the store fails.
pub fn record_made(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    act: Act,
    made: &Made,
) -> Result<Document, Error> {
    let (found, next) = at_act(unit.connection(), &by.scope, &made.document, Some(made.version_read), act)?;
    let (stage, kind) = match act {
        Act::Prepare => ("prepared", "document.prepared"),
        Act::Sign => ("signed", "document.signed"),
        _ => ("issued", "document.sealed"),
    };
    let component = made.source.component_id.clone();
    let (version, check) = add_version(unit, desk, by, &component, stage, Some(&made.source), &made.file)?;
    let found = match &made.signer {
        Some(signer) => Document { signer_appointment: Some(signer.clone()), ..found },
        None => found,
    };
    let changed = advance(unit, found, next)?;
    let mut recorded = event(by, kind, &made.document)
        .detail("sha256", &version.sha256)
        .touching(&changed)
        .touching(&version)
        .touching(&check);
    if let Some(new) = &made.signature {
        let signature = Signature {
            id: SignatureId::fresh(unit.now(), unit.rng()).map_err(id_failed)?,
            agency_id: by.scope.agency().clone(),
            version_id: version.id.clone(),
            field: new.field.to_owned(),
            role: new.role.to_owned(),
            appointment_id: new.appointment.clone(),
            key_id: new.key.clone(),
            certificate: new.certificate.clone(),
            chain: new.chain.clone(),
            revocation: "[]".to_owned(),
            verdict: new.verdict.clone(),
            policy: Policy::NAME.to_owned(),
            signed_at: unit.now_stored(),
        };
        diesel::insert_into(signatures::table).values(&signature).execute(unit.connection())?;
        recorded = recorded.detail("key", &new.key).touching(&signature);
    }
    record(unit, recorded)?;
    Ok(changed)
}

/// Issues a sealed document.
///
/// # Errors
/// When the act isn't possible or it changed meanwhile.
pub fn issue(
    unit: &mut Unit<'_>,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
) -> Result<Document, Error> {
    let (found, next) = at_act(unit.connection(), &by.scope, document, expected, Act::Issue)?;
    let changed = advance(unit, found, next)?;
    let recorded =
        event(by, "document.issued", document).detail("notation", &changed.notation).touching(&changed);
    record(unit, recorded)?;
    Ok(changed)
}
