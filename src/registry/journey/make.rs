//! What needs the file and the keys: prepare, sign, seal. Made first, recorded then.

use super::super::error::Error;
use super::super::rows::{Document, DocumentId, RaisedLevel, Signature, SignatureId, Version};
use super::super::schema::{raised_levels, signatures};
use super::super::state::Act;
use super::augment::stamped_until;
use super::intake::{TakenFile, add_version};
use super::raise::{Raised, sign_at};
use super::{advance, at_act, event, id_failed, open_pdf, unprocessable};
use crate::audit::record;
use crate::desk::Desk;
use crate::format::Kind;
use crate::identity::keys::{self, may_use};
use crate::identity::rows::{Agency, Appointment, Key};
use crate::identity::{Acting, AppointmentId, KeyId};
use crate::pdf::{Pdf, Source, text};
use crate::signature::appearance::Appearance;
use crate::signature::cms::Signatory;
use crate::signature::fill::Fill;
use crate::signature::placement::{self, Printed};
use crate::signature::sign::Request;
use crate::signature::validate::Policy;
use crate::signature::{fields, prepare};
use crate::store::objects::Kept;
use crate::store::{self, Unit};
use base64::Engine;
use diesel::prelude::*;

/// Keeps original and appended bytes as one new file.
pub(super) fn keep_appended(desk: &Desk, source: &dyn Source, more: &[u8]) -> Result<Kept, Error> {
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
    staged.write(more)?;
    Ok(desk.objects.keep(staged)?)
}

pub(super) fn identifier(desk: &Desk) -> Result<[u8; 16], Error> {
    let mut bytes = [0_u8; 16];
    desk.database.rng().fill(&mut bytes).map_err(id_failed)?;
    Ok(bytes)
}

/// What was read before an act, outside of the transaction.
pub(super) struct Before {
    pub(super) document: Document,
    pub(super) version: Version,
    agency: Agency,
}

pub(super) fn before(
    desk: &Desk,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    act: Act,
) -> Result<Before, Error> {
    desk.database.look_up_blocking(|c| {
        let (found, _) = at_act(c, &by.scope, document, expected, act)?;
        let version = Version::current(c, &by.scope, document)?.ok_or(Error::NotFound("version"))?;
        Ok(Before { document: found, version, agency: Agency::of(c, &by.scope)? })
    })
}

pub(super) fn taken(kept: Kept, version: &Version) -> TakenFile {
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
    prepared: Option<Preparation>,
}

/// For whom a file was prepared, and what it prints of its date.
#[derive(Debug, Clone)]
struct Preparation {
    signer: AppointmentId,
    printed_period: Option<String>,
}

#[derive(Debug, Clone)]
struct NewSignature {
    field: String,
    role: &'static str,
    appointment: Option<AppointmentId>,
    key: KeyId,
    certificate: String,
    chain: String,
    revocation: String,
    verdict: String,
    /// Until when its archive time-stamp holds, when it has one.
    stamped_until: Option<chrono::NaiveDateTime>,
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
        .look_up_blocking(|c| Appointment::find(c, &by.scope, signer))?
        .ok_or(Error::NotFound("appointment"))?;
    if !appointment.is_in_force(desk.today()) {
        return Err(Error::refused("appointment_not_in_force"));
    }
    let source = open_pdf(desk, &before.version)?;
    let bytes = source
        .bytes(0, usize::try_from(source.len()).unwrap_or(usize::MAX))
        .map_err(|source| store::Error::Io { what: "reading kept bytes", source })?;
    let pages = text::read(bytes.into_owned(), &text::Limits::default())
        .map_err(|error| unprocessable("draft_unreadable", &error))?;
    let found = placement::find(&pages, &desk.profile)
        .map_err(|error| unprocessable("draft_not_placeable", &error))?;
    agrees(desk, &before, &found.printed)?;
    let pdf = Pdf::open(&source).map_err(|error| unprocessable("draft_unreadable", &error))?;
    let appended = prepare::prepare(&pdf, &found.plan, identifier(desk)?)
        .map_err(|error| unprocessable("draft_not_preparable", &error))?;
    let kept = keep_appended(desk, &source, &appended.bytes)?;
    Ok(Made {
        document: document.clone(),
        version_read: before.document.version,
        file: taken(kept, &before.version),
        source: before.version,
        signature: None,
        prepared: Some(Preparation { signer: signer.clone(), printed_period: period(&found.printed) }),
    })
}

/// The symbol that is printed must be the one the document will get.
fn agrees(desk: &Desk, before: &Before, printed: &Printed) -> Result<(), Error> {
    let document = &before.document;
    let unit = document.drafting_unit.as_deref();
    let expected = desk
        .profile
        .symbol(&document.type_code, &before.agency.abbreviation, unit)
        .map_err(|_| Error::refused("symbol_can_not_be_composed"))?;
    match &printed.symbol {
        Some(found) if *found != expected => Err(Error::Unprocessable {
            code: "symbol_differs",
            args: vec![("printed", found.clone()), ("expected", expected)],
        }),
        _ => Ok(()),
    }
}

/// What is printed of the date, from the year on, with `_` for blanks before something printed: `2026`, `2026-11`,
/// `2026-__-23`.
fn period(printed: &Printed) -> Option<String> {
    let year = printed.year.map(|year| format!("{year:04}"));
    let month = printed.month.map(|month| format!("{month:02}"));
    Some(match (year, month, printed.day) {
        (None, None, None) => return None,
        (year, month, Some(day)) => {
            let (year, month) = (year.unwrap_or("____".to_owned()), month.unwrap_or("__".to_owned()));
            format!("{year}-{month}-{day:02}")
        }
        (year, Some(month), None) => format!("{}-{month}", year.unwrap_or("____".to_owned())),
        (Some(year), None, None) => year,
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
                .look_up_blocking(|c| Key::active(c, by.scope.agency().as_str(), "agency_seal"))?
                .ok_or(Error::refused("agency_seal_missing"))?
                .id
        }
    };
    let source = open_pdf(desk, &before.version)?;
    let pdf = Pdf::open(&source).map_err(|error| unprocessable("draft_unreadable", &error))?;
    let fills = texts(desk, &before, &pdf)?;
    make_signature(desk, by, before, prepare::AGENCY, "agency", &key, &fills)
}

/// The texts the prepared fields get.
pub(super) fn texts(desk: &Desk, before: &Before, pdf: &Pdf<'_>) -> Result<Vec<Fill>, Error> {
    let names: Vec<String> = fields::all(pdf, pdf.newest())
        .map_err(|error| unprocessable("draft_unreadable", &error))?
        .into_iter()
        .map(|field| field.name)
        .collect();
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
    let key =
        desk.database.look_up_blocking(|c| Key::find(c, &by.scope, key))?.ok_or(Error::NotFound("key"))?;
    let wanted = if role == "personal" { "personal" } else { "agency_seal" };
    if key.purpose != wanted || key.state != "active" || !may_use(&key, by) {
        return Err(Error::refused("key_not_yours"));
    }
    if key.is_external() {
        return Err(Error::refused("key_lies_elsewhere"));
    }
    let signer = keys::open(&key, &desk.vault, &desk.elsewhere)?;
    let image = picture(desk, &key)?;
    let source = open_pdf(desk, &before.version)?;
    let appearance = image.as_deref().map_or(Appearance::None, Appearance::Image);
    let request = Request { field, place: None, fills, appearance, at: desk.now(), reason: None };
    let level = if role == "personal" { desk.signing.personal } else { desk.signing.agency };
    let raised = sign_at(desk, &source, &request, signer.as_ref(), level)?;
    let who = Signatory::of(signer.as_ref());
    made_of(desk, (before.document, before.version), &source, &raised, (field, role, None), (key.id, who))
}

/// The picture a key's signatures show.
pub(super) fn picture(desk: &Desk, key: &Key) -> Result<Option<Vec<u8>>, Error> {
    let read = |sha256: &String| {
        std::fs::read(desk.objects.path(sha256))
            .map_err(|source| store::Error::Io { what: "reading a picture", source }.into())
    };
    key.image_sha256.as_ref().map(read).transpose()
}

/// What was signed, kept: the file, and what its row will say.
pub(super) fn made_of(
    desk: &Desk,
    (document, version): (Document, Version),
    source: &dyn Source,
    raised: &Raised,
    (field, role, appointment): (&str, &'static str, Option<AppointmentId>),
    (key, who): (KeyId, Signatory<'_>),
) -> Result<Made, Error> {
    let own = raised.report.signatures.iter().find(|signature| signature.field == field);
    if own.is_none_or(|signature| signature.integrity != "intact") {
        // What goes into a document must hold by the service's own judgement, or it isn't kept.
        return Err(Error::refused("signature_not_intact"));
    }
    let kept = keep_appended(desk, source, &raised.more)?;
    let coded = |certificate: &crate::pki::Certificate| {
        base64::engine::general_purpose::STANDARD.encode(&certificate.der)
    };
    let chain: Vec<String> = who.chain.iter().map(coded).collect();
    Ok(Made {
        document: document.id.clone(),
        version_read: document.version,
        file: taken(kept, &version),
        source: version,
        signature: Some(NewSignature {
            field: field.to_owned(),
            role,
            appointment,
            key,
            certificate: coded(who.certificate),
            chain: serde_json::json!(chain).to_string(),
            revocation: serde_json::json!(raised.evidence).to_string(),
            stamped_until: stamped_until(&raised.report)
                .filter(|_| own.is_some_and(|own| own.level == "B-LTA")),
            verdict: serde_json::json!(raised.report).to_string(),
        }),
        prepared: None,
    })
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
    let found = match made.prepared.clone() {
        Some(Preparation { signer, printed_period }) => {
            Document { signer_appointment: Some(signer), printed_period, ..found }
        }
        None => found,
    };
    // First the row that others may be changing, then what belongs to it.
    let changed = advance(unit, found, next)?;
    let component = made.source.component_id.clone();
    let (version, check) = add_version(unit, desk, by, &component, stage, Some(&made.source), &made.file)?;
    let mut recorded = event(by, kind, &made.document)
        .detail("sha256", &version.sha256)
        .touching(&changed)
        .touching(&version)
        .touching_any(check.as_ref());
    if let Some(new) = &made.signature {
        let signature = Signature {
            id: SignatureId::fresh(unit.now(), unit.rng()).map_err(id_failed)?,
            agency_id: by.scope.agency().clone(),
            version_id: version.id.clone(),
            field: new.field.clone(),
            role: new.role.to_owned(),
            appointment_id: new.appointment.clone(),
            key_id: new.key.clone(),
            certificate: new.certificate.clone(),
            chain: new.chain.clone(),
            revocation: new.revocation.clone(),
            verdict: new.verdict.clone(),
            policy: Policy::NAME.to_owned(),
            signed_at: unit.now_stored(),
        };
        diesel::insert_into(signatures::table).values(&signature).execute(unit.connection())?;
        recorded = recorded.detail("key", &new.key).touching(&signature);
        if new.stamped_until.is_some() && act == Act::Seal {
            let level = RaisedLevel {
                version_id: version.id.clone(),
                agency_id: by.scope.agency().clone(),
                document_id: made.document.clone(),
                level: "B-LTA".to_owned(),
                stamp_ends_at: new.stamped_until,
                evidence: new.revocation.clone(),
                verdict: new.verdict.clone(),
                policy: Policy::NAME.to_owned(),
                raised_at: unit.now_stored(),
            };
            diesel::insert_into(raised_levels::table).values(&level).execute(unit.connection())?;
            recorded = recorded.touching(&level);
        }
    }
    record(unit, recorded)?;
    Ok(changed)
}
