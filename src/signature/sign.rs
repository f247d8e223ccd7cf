//! Signing: a PAdES baseline signature of level B (EN 319 142-1, 5.3 and 6), in one appended
//! revision that may also fill prepared fields.

use super::appearance::{Appearance, AppearanceError};
use super::cms::{self, Signatory};
use super::content::{Content, Later};
use super::date::pdf_date;
use super::fields::{self, Field};
use super::fill::{Fill, FillError, fill};
use super::permission;
use super::prepare::{Area, Place, Rectangle, annotate};
use super::timestamp::{self, Stamper, StamperError};
use crate::pdf::writer::{Appended, RevisionWriter};
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::pki::path::{self, PathError, TrustStore};
use crate::pki::{Certificate, Digest, KeyError, SigningKey};
use crate::ports::{Rng, RngFailed};
use chrono::{DateTime, Utc};

/// Room beyond the computed size of the CMS: ECDSA values vary by a few bytes.
pub(super) const SPARE_ROOM: usize = 64;
/// Room for the attribute around a time-stamp token.
pub(super) const ATTRIBUTE_ROOM: usize = 64;

/// What is to be signed, and how it shows.
#[derive(Debug)]
pub struct Request<'a> {
    /// The field: an empty signature field, or the name of a new one.
    pub field: &'a str,
    /// Where a new field goes; none: an invisible one.
    pub place: Option<Place>,
    /// Prepared texts filled in in the same revision.
    pub fills: &'a [Fill],
    /// What the signature shows.
    pub appearance: Appearance<'a>,
    /// Signing time, for /M and for judging the certificate.
    pub at: DateTime<Utc>,
    /// `/Reason`.
    pub reason: Option<&'a str>,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file can't be worked on.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// A prepared text can't be filled in.
    #[error(transparent)]
    Fill(#[from] FillError),
    /// The appearance can't be made.
    #[error(transparent)]
    Appearance(#[from] AppearanceError),
    /// The field is signed already, or is no signature field.
    #[error("the field {0} is signed already or is no signature field")]
    FieldTaken(String),
    /// The certificate may not sign now.
    #[error("the certificate may not sign: {0}")]
    Unfit(&'static str),
    /// No path leads from the certificate to a trust anchor.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The random source failed.
    #[error(transparent)]
    Rng(#[from] RngFailed),
    /// The time-stamping authority gave no usable token.
    #[error(transparent)]
    Stamp(#[from] StamperError),
    /// A signature that covers the document already forbids this one.
    #[error("an earlier signature forbids further changes")]
    Locked,
    /// A name no new field may have: empty, or with the full stop that parts names.
    #[error("a new field can't be named {0:?}: a name is not empty and holds no full stop")]
    FieldName(String),
}

/// Checks that a certificate may sign at `at`: validity, usage, size and, when anchors are given,
/// a path to one (Decree 23/2025, Art. 15: an invalid one doesn't sign).
///
/// # Errors
/// [`SignError::Unfit`] or [`SignError::Path`].
pub fn check_certificate(
    certificate: &Certificate,
    chain: &[Certificate],
    trust: &TrustStore,
    at: DateTime<Utc>,
) -> Result<(), SignError> {
    if at < certificate.not_before {
        return Err(SignError::Unfit("certificate_not_yet_valid"));
    }
    if at > certificate.not_after {
        return Err(SignError::Unfit("certificate_expired"));
    }
    if !certificate.may_sign_documents() {
        return Err(SignError::Unfit("certificate_not_for_signing"));
    }
    if certificate.is_ca {
        return Err(SignError::Unfit("certificate_is_of_an_authority"));
    }
    if !trust.anchors().is_empty() {
        path::validate(certificate, chain, trust, at)?;
    }
    Ok(())
}

/// What a certification permits afterwards (DocMDP; ISO 32000-2, 12.8.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certification {
    /// Nothing but validation data.
    NoChanges,
    /// Filling forms and signing.
    Forms,
    /// Filling forms, signing, and remarks.
    FormsAndAnnotations,
}

/// Signs; gives the revision to append.
///
/// # Errors
/// [`SignError`]; nothing was signed then.
pub fn sign(
    pdf: &Pdf<'_>,
    request: &Request<'_>,
    key: &dyn SigningKey,
    trust: &TrustStore,
    rng: &dyn Rng,
) -> Result<Appended, SignError> {
    append(pdf, request, None, key, trust, rng, None)
}

/// Signs with a time-stamp over the signature value: level B-T (EN 319 142-1, 6).
///
/// # Errors
/// [`SignError`]; nothing was signed then.
pub fn sign_with_time(
    pdf: &Pdf<'_>,
    request: &Request<'_>,
    key: &dyn SigningKey,
    trust: &TrustStore,
    rng: &dyn Rng,
    stamper: &dyn Stamper,
) -> Result<Appended, SignError> {
    append(pdf, request, None, key, trust, rng, Some(stamper))
}

/// Signs as the document's certification, which must be its first signature.
///
/// # Errors
/// [`SignError`]; nothing was signed then.
pub fn certify(
    pdf: &Pdf<'_>,
    request: &Request<'_>,
    permits: Certification,
    key: &dyn SigningKey,
    trust: &TrustStore,
    rng: &dyn Rng,
) -> Result<Appended, SignError> {
    append(pdf, request, Some(permits), key, trust, rng, None)
}

fn append(
    pdf: &Pdf<'_>,
    request: &Request<'_>,
    certify: Option<Certification>,
    key: &dyn SigningKey,
    trust: &TrustStore,
    rng: &dyn Rng,
    stamper: Option<&dyn Stamper>,
) -> Result<Appended, SignError> {
    let work = Work::ready(pdf, request, certify, Signatory::of(key), trust)?;
    // The digest of the scheme is that of the content: one signer, one digest.
    let digest = key.scheme().digest();
    let mut room = work.room();
    if let Some(stamper) = stamper {
        room += timestamp::token_size(stamper, digest)? + ATTRIBUTE_ROOM;
    }
    for _ in 0..2 {
        let (mut appended, content_digest) = work.lay_out(room, rng)?;
        let signed = cms::build_stamped::<SignError>(
            key,
            digest,
            &content_digest,
            &mut |attributes| {
                let value = key.sign(attributes)?;
                // A device that errs must not spoil a document.
                let checked = key.scheme().verify(&key.certificate().key, attributes, &value);
                checked.map_err(|_| KeyError::Failed)?;
                Ok(value)
            },
            &mut |value| match stamper {
                Some(stamper) => Ok(Some(stamper.stamp(digest, &digest.of(value))?)),
                None => Ok(None),
            },
        )?;
        if signed.len() <= room {
            appended.insert_signature(&signed)?;
            return Ok(appended);
        }
        room = signed.len() + SPARE_ROOM;
    }
    Err(pdf::Error::Unwritable("the signature is larger than the room reserved for it, twice").into())
}

/// A signature that may be made: everything about it was checked but the value.
pub(super) struct Work<'w, 'p> {
    pdf: &'w Pdf<'p>,
    request: &'w Request<'w>,
    existing: Option<Field>,
    certify: Option<Certification>,
    who: Signatory<'w>,
}

impl<'w, 'p> Work<'w, 'p> {
    /// Checks certificate, field and what earlier signatures forbid.
    pub(super) fn ready(
        pdf: &'w Pdf<'p>,
        request: &'w Request<'w>,
        certify: Option<Certification>,
        who: Signatory<'w>,
        trust: &TrustStore,
    ) -> Result<Self, SignError> {
        check_certificate(who.certificate, who.chain, trust, request.at)?;
        let all = fields::all(pdf, pdf.newest())?;
        let existing = all.iter().find(|field| field.name == request.field).cloned();
        if existing
            .as_ref()
            .is_some_and(|field| field.kind != b"Sig" || field.value.is_some() || !field.merged)
        {
            return Err(SignError::FieldTaken(request.field.to_owned()));
        }
        if existing.is_none() && (request.field.is_empty() || request.field.contains('.')) {
            return Err(SignError::FieldName(request.field.to_owned()));
        }
        refuse_when_forbidden(pdf, &all, request, certify)?;
        Ok(Self { pdf, request, existing, certify, who })
    }

    /// The room the CMS needs without a time-stamp.
    pub(super) fn room(&self) -> usize {
        let digest = self.who.scheme.digest();
        let blank = vec![0; cms::value_limit(self.who.certificate)];
        let attributes = cms::signed_attributes(self.who.certificate, &digest.of(b""));
        cms::assemble(self.who, digest, attributes, &blank, None).len() + SPARE_ROOM
    }

    /// The revision with `room` left for the CMS, and the digest of what it is to sign.
    pub(super) fn lay_out(&self, room: usize, rng: &dyn Rng) -> Result<(Appended, Vec<u8>), SignError> {
        let (pdf, request) = (self.pdf, self.request);
        let mut writer = RevisionWriter::new(pdf)?;
        fill(&mut writer, request.fills)?;
        let value = writer.allocate();
        let lock = match &self.existing {
            Some(field) => field_lock(pdf, field)?,
            None => None,
        };
        let added = write_field(&mut writer, request, self.existing.as_ref(), value)?;
        write_catalog(&mut writer, added, self.certify.map(|_| value))?;
        let root = pdf.root(pdf.newest())?;
        let dictionary = signature_dictionary(request, self.who.certificate, self.certify, lock, root);
        writer.put_signature(value, dictionary, room);
        let mut identifier = [0_u8; 16];
        rng.fill(&mut identifier)?;
        let appended = writer.finish(identifier)?;
        let content_digest = digest_of_ranges(pdf, &appended, self.who.scheme.digest())?;
        Ok((appended, content_digest))
    }
}

/// Digest of everything but the gap: the original is streamed, the appended part is in memory.
pub(super) fn digest_of_ranges(
    pdf: &Pdf<'_>,
    appended: &Appended,
    digest: Digest,
) -> Result<Vec<u8>, pdf::Error> {
    let gap = appended.gap.ok_or(pdf::Error::Unwritable("no gap for a signature"))?;
    let mut context = digest.context();
    pdf.source().for_each_piece(0, appended.original, &mut |piece| context.update(piece))?;
    let local = |offset: u64| usize::try_from(offset - appended.original).unwrap_or(usize::MAX);
    context.update(appended.bytes.get(..local(gap.start)).unwrap_or_default());
    context.update(appended.bytes.get(local(gap.end)..).unwrap_or_default());
    Ok(context.finish())
}

/// What earlier signatures forbid isn't done: signing where a certification permits nothing, filling
/// or signing fields that are locked, certifying what is signed.
fn refuse_when_forbidden(
    pdf: &Pdf<'_>,
    all: &[Field],
    request: &Request<'_>,
    certify: Option<Certification>,
) -> Result<(), SignError> {
    let newest = pdf.newest();
    // A new field is nobody's to have locked.
    let signed = all.iter().map(|field| field.name.as_str()).find(|name| *name == request.field);
    let touched: Vec<&str> = request.fills.iter().map(|fill| fill.field.as_str()).chain(signed).collect();
    for field in all.iter().filter(|field| field.kind == b"Sig") {
        let Some(value) = &field.value else { continue };
        let Object::Dictionary(signature) = pdf.follow(value, newest)? else { continue };
        let (own, level) = permission::field_lock(pdf, &field.dictionary, newest)?;
        let locked = permission::both(permission::fieldmdp(pdf, &signature, newest)?, own);
        let level = permission::docmdp(pdf, &signature, newest)?.into_iter().chain(level).min();
        let is_locked = locked.is_some_and(|locked| touched.iter().any(|name| locked.covers(name)));
        if level == Some(1) || is_locked || certify.is_some() {
            return Err(SignError::Locked);
        }
    }
    Ok(())
}

/// Whether a new visible signature here would lie on what somebody signed already, who then signed something else
/// than what is seen.
///
/// # Errors
/// When the document can't be read.
pub fn would_cover(pdf: &Pdf<'_>, place: &Place) -> Result<bool, pdf::Error> {
    let newest = pdf.newest();
    let is_signed = |field: &Field| field.kind == b"Sig" && field.value.is_some();
    if !fields::all(pdf, newest)?.iter().any(is_signed) {
        return Ok(false);
    }
    let content = Content::of(pdf, newest, place.page);
    Ok(content.is_none_or(|content| content.lies_under(&place.rectangle, Later::Signature)))
}

/// The lock of a field, as the parameters its signature must repeat.
fn field_lock(pdf: &Pdf<'_>, field: &Field) -> Result<Option<Dictionary>, pdf::Error> {
    let Object::Dictionary(lock) = pdf.get(&field.dictionary, "Lock", pdf.newest())? else { return Ok(None) };
    let mut parameters =
        Dictionary::of(vec![("Type", Object::name("TransformParams")), ("V", Object::name("1.2"))]);
    for key in ["Action", "Fields"] {
        if let Some(value) = lock.get(key) {
            parameters.set(key, value.clone());
        }
    }
    Ok(Some(parameters))
}

fn signature_dictionary(
    request: &Request<'_>,
    certificate: &Certificate,
    certify: Option<Certification>,
    lock: Option<Dictionary>,
    root: Reference,
) -> Dictionary {
    let mut dictionary = Dictionary::of(vec![
        ("Type", Object::name("Sig")),
        ("Filter", Object::name("Adobe.PPKLite")),
        ("SubFilter", Object::name("ETSI.CAdES.detached")),
        ("M", Object::String(pdf_date(request.at).into_bytes())),
    ]);
    if let Some(name) = &certificate.common_name {
        dictionary.set("Name", fields::text_string(name));
    }
    if let Some(reason) = request.reason {
        dictionary.set("Reason", fields::text_string(reason));
    }
    let transform = |method: &str, parameters: Dictionary| {
        Object::Dictionary(Dictionary::of(vec![
            ("Type", Object::name("SigRef")),
            ("TransformMethod", Object::name(method)),
            ("Data", Object::Reference(root)),
            ("TransformParams", Object::Dictionary(parameters)),
        ]))
    };
    let mut references = Vec::new();
    if let Some(permits) = certify {
        let level = match permits {
            Certification::NoChanges => 1,
            Certification::Forms => 2,
            Certification::FormsAndAnnotations => 3,
        };
        references.push(transform(
            "DocMDP",
            Dictionary::of(vec![
                ("Type", Object::name("TransformParams")),
                ("V", Object::name("1.2")),
                ("P", Object::Integer(level)),
            ]),
        ));
    }
    references.extend(lock.map(|parameters| transform("FieldMDP", parameters)));
    if !references.is_empty() {
        dictionary.set("Reference", Object::Array(references));
    }
    dictionary
}

/// Writes the field signed; gives its reference when it is a new one.
fn write_field(
    writer: &mut RevisionWriter<'_, '_>,
    request: &Request<'_>,
    existing: Option<&Field>,
    value: Reference,
) -> Result<Option<Reference>, SignError> {
    if let Some(field) = existing {
        let area = Area::of(writer.pdf(), &field.dictionary)?;
        let mut signed = field.dictionary.clone();
        signed.set("V", Object::Reference(value));
        if let Some(area) = area.filter(|area| area.width > 0.0) {
            let appearance = request.appearance.write(writer, &area)?;
            signed.set("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(appearance))])));
        }
        writer.put(field.reference, &Object::Dictionary(signed));
        return Ok(None);
    }
    let nowhere = Rectangle { left: 0.0, bottom: 0.0, right: 0.0, top: 0.0 };
    let place = request.place.unwrap_or(Place { page: 0, rectangle: nowhere });
    let pages = pdf::pages(writer.pdf(), writer.pdf().newest(), place.page + 1)?;
    let page = pages.get(place.page).copied().ok_or(pdf::Error::Missing("the page named"))?;
    let mut widget = Dictionary::of(vec![
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Sig")),
        ("T", fields::text_string(request.field)),
        ("Rect", place.rectangle.object()),
        ("P", Object::Reference(page)),
        ("F", Object::Integer(132)),
        ("V", Object::Reference(value)),
    ]);
    if place.rectangle.width() > 0.0 {
        let area = Area::new(&place.rectangle, pdf::turn(writer.pdf(), page, writer.pdf().newest())?);
        let appearance = request.appearance.write(writer, &area)?;
        if let Some((key, value)) = area.characteristics() {
            widget.set(key, value);
        }
        widget.set("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(appearance))])));
    }
    let field = writer.add(&Object::Dictionary(widget));
    annotate(writer.pdf(), writer, &[(page, field)])?;
    Ok(Some(field))
}

/// Appends a new field to the document's form, making the form if there is none, and names a
/// certification in /Perms (ISO 32000-2, 12.8.6).
pub(super) fn write_catalog(
    writer: &mut RevisionWriter<'_, '_>,
    field: Option<Reference>,
    certification: Option<Reference>,
) -> Result<(), pdf::Error> {
    let pdf = writer.pdf();
    let newest = pdf.newest();
    let old = pdf.catalog(newest)?;
    let mut catalog = old.clone();
    if let Some(field) = field {
        let mut form = match pdf.get(&catalog, "AcroForm", newest)? {
            Object::Dictionary(form) => form,
            _ => Dictionary::default(),
        };
        let mut list = match pdf.get(&form, "Fields", newest)? {
            Object::Array(list) => list,
            _ => Vec::new(),
        };
        list.push(Object::Reference(field));
        form.set("Fields", Object::Array(list));
        form.set("SigFlags", Object::Integer(3));
        match catalog.get("AcroForm").cloned() {
            Some(Object::Reference(at)) => writer.put(at, &Object::Dictionary(form)),
            Some(_) => catalog.set("AcroForm", Object::Dictionary(form)),
            None => {
                let at = writer.add(&Object::Dictionary(form));
                catalog.set("AcroForm", Object::Reference(at));
            }
        }
    }
    if let Some(certification) = certification {
        let mut permissions = match pdf.get(&catalog, "Perms", newest)? {
            Object::Dictionary(permissions) => permissions,
            _ => Dictionary::default(),
        };
        permissions.set("DocMDP", Object::Reference(certification));
        catalog.set("Perms", Object::Dictionary(permissions));
    }
    if catalog != old {
        writer.put(pdf.root(newest)?, &Object::Dictionary(catalog));
    }
    Ok(())
}
