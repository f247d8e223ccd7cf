//! Raising the level of a signed document (EN 319 142-1, 6): validation data put beside its signatures
//! (the document security store, 5.4.2), and a time-stamp over the whole (5.4.3). Each is a revision of its own;
//! no earlier byte is touched, whoever signed.

use super::fields;
use super::online::Evidence;
use super::prepare::Rectangle;
use super::sign::{SPARE_ROOM, digest_of_ranges, write_catalog};
use super::timestamp::{Stamper, StamperError, token_size};
use super::{prepare::annotate, store};
use crate::pdf::writer::{Appended, RevisionWriter};
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::pki::Digest;
use crate::ports::{Rng, RngFailed};

/// The digest of document time-stamps.
const STAMP_DIGEST: Digest = Digest::Sha256;

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum AugmentError {
    /// The file can't be worked on.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// The time-stamping authority gave no usable token.
    #[error(transparent)]
    Stamp(#[from] StamperError),
    /// The random source failed.
    #[error(transparent)]
    Rng(#[from] RngFailed),
}

/// Adds a time-stamp over the whole document.
///
/// # Errors
/// [`AugmentError`].
pub fn stamp_document(pdf: &Pdf<'_>, stamper: &dyn Stamper, rng: &dyn Rng) -> Result<Appended, AugmentError> {
    let mut room = token_size(stamper, STAMP_DIGEST)? + SPARE_ROOM;
    for _ in 0..2 {
        let mut appended = lay_out(pdf, rng, room)?;
        let imprint = digest_of_ranges(pdf, &appended, STAMP_DIGEST)?;
        let token = stamper.stamp(STAMP_DIGEST, &imprint)?;
        if token.len() <= room {
            appended.insert_signature(&token)?;
            return Ok(appended);
        }
        room = token.len() + SPARE_ROOM;
    }
    Err(pdf::Error::Unwritable("the time-stamp is larger than the room reserved for it, twice").into())
}

fn lay_out(pdf: &Pdf<'_>, rng: &dyn Rng, room: usize) -> Result<Appended, AugmentError> {
    let mut writer = RevisionWriter::new(pdf)?;
    let value = writer.allocate();
    let page = *pdf::pages(pdf, pdf.newest(), 1)?.first().ok_or(pdf::Error::Missing("a page"))?;
    let nowhere = Rectangle { left: 0.0, bottom: 0.0, right: 0.0, top: 0.0 };
    let field = writer.add(&Object::Dictionary(Dictionary::of(vec![
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Sig")),
        ("T", fields::text_string(&free_name(pdf)?)),
        ("Rect", nowhere.object()),
        ("P", Object::Reference(page)),
        ("F", Object::Integer(132)),
        ("V", Object::Reference(value)),
    ])));
    annotate(pdf, &mut writer, &[(page, field)])?;
    write_catalog(&mut writer, Some(field), None)?;
    let dictionary = Dictionary::of(vec![
        ("Type", Object::name("DocTimeStamp")),
        ("Filter", Object::name("Adobe.PPKLite")),
        ("SubFilter", Object::name("ETSI.RFC3161")),
    ]);
    writer.put_signature(value, dictionary, room);
    finish(writer, rng)
}

fn finish(writer: RevisionWriter<'_, '_>, rng: &dyn Rng) -> Result<Appended, AugmentError> {
    let mut identifier = [0_u8; 16];
    rng.fill(&mut identifier)?;
    Ok(writer.finish(identifier)?)
}

/// A field name nobody has.
fn free_name(pdf: &Pdf<'_>) -> Result<String, pdf::Error> {
    let taken: Vec<String> = fields::all(pdf, pdf.newest())?.into_iter().map(|field| field.name).collect();
    let names = (1..=taken.len() + 1).map(|number| format!("Timestamp{number}"));
    let mut free = names.filter(|name| !taken.contains(name));
    free.next().ok_or(pdf::Error::Limit("number of fields"))
}

/// Puts evidence into the document security store, beside what is there; none when nothing is new.
/// Each signature's part is named again under `/VRI`, by the digest of its `/Contents`.
///
/// # Errors
/// [`AugmentError`].
pub fn add_evidence(
    pdf: &Pdf<'_>,
    evidence: &[Evidence],
    rng: &dyn Rng,
) -> Result<Option<Appended>, AugmentError> {
    let newest = pdf.newest();
    let mut writer = RevisionWriter::new(pdf)?;
    let mut catalog = pdf.catalog(newest)?;
    let mut dss = match pdf.get(&catalog, "DSS", newest)? {
        Object::Dictionary(dss) => dss,
        _ => Dictionary::of(vec![("Type", Object::name("DSS"))]),
    };
    let mut views = match pdf.get(&dss, "VRI", newest)? {
        Object::Dictionary(views) => views,
        _ => Dictionary::default(),
    };
    let mut kept = store::streams(pdf, &dss, newest)?;
    let before = kept.len();
    let mut lists: Vec<(&str, Vec<Object>)> = Vec::new();
    for key in ["Certs", "OCSPs", "CRLs"] {
        let list = match pdf.get(&dss, key, newest)? {
            Object::Array(list) => list,
            _ => Vec::new(),
        };
        lists.push((key, list));
    }
    for one in evidence {
        let mut view = Dictionary::of(vec![("Type", Object::name("VRI"))]);
        for (name, kind, ders) in
            [("Cert", "Certs", &one.certificates), ("OCSP", "OCSPs", &one.ocsps), ("CRL", "CRLs", &one.crls)]
        {
            let mut references: Vec<Object> = Vec::new();
            for der in ders {
                let (reference, is_new) = keep(&mut writer, &mut kept, der);
                if is_new && let Some((_, list)) = lists.iter_mut().find(|(key, _)| *key == kind) {
                    list.push(Object::Reference(reference));
                }
                references.push(Object::Reference(reference));
            }
            if !references.is_empty() {
                view.set(name, Object::Array(references));
            }
        }
        if views.get(&one.name).is_none() {
            let reference = writer.add(&Object::Dictionary(view));
            views.set(&one.name, Object::Reference(reference));
        }
    }
    if kept.len() == before {
        return Ok(None);
    }
    for (key, list) in lists {
        if !list.is_empty() {
            dss.set(key, Object::Array(list));
        }
    }
    dss.set("VRI", Object::Dictionary(views));
    match catalog.reference("DSS") {
        Some(at) => writer.put(at, &Object::Dictionary(dss)),
        None => {
            let at = writer.add(&Object::Dictionary(dss));
            catalog.set("DSS", Object::Reference(at));
            writer.put(pdf.root(newest)?, &Object::Dictionary(catalog));
        }
    }
    finish(writer, rng).map(Some)
}

fn keep(
    writer: &mut RevisionWriter<'_, '_>,
    kept: &mut Vec<(Reference, Vec<u8>)>,
    der: &[u8],
) -> (Reference, bool) {
    if let Some((reference, _)) = kept.iter().find(|(_, known)| known == der) {
        return (*reference, false);
    }
    let reference = writer.add_stream(Dictionary::default(), der);
    kept.push((reference, der.to_vec()));
    (reference, true)
}
