//! A file that was given to somebody's own program to be signed, and what came back: whether it is that file with one
//! signature more, by the certificate that was to sign, and nothing else.
//!
//! Whether the signature holds is `validate`'s question; this one is about what was done besides. Programs on desktops
//! (VGCA's among them) sign in a field of their own rather than in a prepared one, and by `adbe.pkcs7.detached`.

use super::changes::{self, Class};
use super::cms::Signed;
use super::fields::{self, Field};
use super::fill;
use crate::pdf::{self, Dictionary, Object, Pdf, Source};
use crate::pki::{Certificate, Digest};

/// What signing may show as in later revisions.
const SIGNING: [&str; 3] = ["signature_added", "signature_field_added", "form_defaults"];

/// Why what came back isn't what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ReturnedError {
    /// It can't be read as a PDF, or not within the limits.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// Its beginning isn't the file that was given.
    #[error("the file that was given is not at its beginning")]
    NotAppended,
    /// It is the file that was given, or has no signature more.
    #[error("there is no further signature")]
    NotSigned,
    /// It has several signatures more.
    #[error("there are {0} further signatures")]
    Several(usize),
    /// The signature is in a field that was prepared for another.
    #[error("the signature is in the field {0}")]
    Field(String),
    /// A new field shows nothing.
    #[error("the new field {0} shows nothing")]
    Invisible(String),
    /// A kind of signature that isn't accepted.
    #[error("signatures of the kind {0} are not accepted")]
    Kind(String),
    /// Its certificate isn't the one that was to sign.
    #[error("another certificate signed")]
    Signer,
    /// More was done than signing.
    #[error("more was done than signing: {0}")]
    Changed(&'static str),
}

/// What the one further signature is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The field that carries it.
    pub field: String,
    /// `/SubFilter`.
    pub kind: String,
    /// Whether it is in the field that was prepared.
    pub in_prepared_field: bool,
    /// Whether it has a time-stamp, in itself or over the document.
    pub is_stamped: bool,
}

/// Looks at what came back. `field` is the one that was prepared; `pkcs7` says whether signatures of before PAdES are
/// accepted.
///
/// # Errors
/// [`ReturnedError`].
pub fn examine(
    given: &dyn Source,
    returned: &dyn Source,
    field: &str,
    certificate: &Certificate,
    pkcs7: bool,
) -> Result<Returned, ReturnedError> {
    begins_with(returned, given)?;
    if returned.len() == given.len() {
        return Err(ReturnedError::NotSigned);
    }
    let (before, after) = (Pdf::open(given)?, Pdf::open(returned)?);
    let base = before.newest();
    follows(&before, &after)?;
    let known = fields::all(&before, base)?;
    let (added, stamps) = added_signatures(&after, &known)?;
    let (signed, signature) = match added.as_slice() {
        [] => return Err(ReturnedError::NotSigned),
        [one] => one,
        more => return Err(ReturnedError::Several(more.len())),
    };
    let in_prepared_field = signed.name == field;
    if !in_prepared_field {
        let taken = |one: &Field| one.name == signed.name || one.reference == signed.reference;
        if known.iter().any(taken) {
            return Err(ReturnedError::Field(signed.name.clone()));
        }
        shows(&after, signed)?;
    }
    let kind = String::from_utf8_lossy(signature.name("SubFilter").unwrap_or_default()).into_owned();
    match kind.as_str() {
        "ETSI.CAdES.detached" => {}
        "adbe.pkcs7.detached" if pkcs7 => {}
        _ => return Err(ReturnedError::Kind(kind)),
    }
    let Object::String(contents) = after.get(signature, "Contents", after.newest())? else {
        return Err(ReturnedError::Signer);
    };
    let cms = Signed::read(&contents).map_err(|_| ReturnedError::Signer)?;
    if cms.signer_certificate().is_none_or(|own| own.der != certificate.der) {
        return Err(ReturnedError::Signer);
    }
    for change in changes::after(&after, base)? {
        let fits = match change.class {
            Class::None | Class::ValidationData => true,
            Class::FormFilling => SIGNING.contains(&change.what),
            Class::Annotations | Class::Other => false,
        };
        if !fits {
            return Err(ReturnedError::Changed(change.what));
        }
    }
    let is_stamped = stamps > 0 || !cms.timestamps.is_empty();
    Ok(Returned { field: signed.name.clone(), kind, in_prepared_field, is_stamped })
}

/// Whether the first bytes are those that were given.
fn begins_with(returned: &dyn Source, given: &dyn Source) -> Result<(), ReturnedError> {
    if returned.len() < given.len() {
        return Err(ReturnedError::NotAppended);
    }
    let digest = |source: &dyn Source| -> Result<Vec<u8>, pdf::Error> {
        let mut context = Digest::Sha256.context();
        source.for_each_piece(0, given.len(), &mut |piece| context.update(piece))?;
        Ok(context.finish())
    };
    if digest(returned)? == digest(given)? { Ok(()) } else { Err(ReturnedError::NotAppended) }
}

/// The revisions that came follow on those that were given: a chain that leaves some out would show another document.
fn follows(before: &Pdf<'_>, after: &Pdf<'_>) -> Result<(), ReturnedError> {
    let starts = |pdf: &Pdf<'_>, revision: usize| -> Vec<u64> {
        let sections = pdf.revisions().get(revision).map(|revision| revision.sections.as_slice());
        sections.unwrap_or_default().iter().map(|section| section.start).collect()
    };
    let base = before.newest();
    if after.newest() <= base {
        return Err(ReturnedError::NotSigned);
    }
    let same = (0..=base).all(|revision| starts(before, revision) == starts(after, revision));
    if same { Ok(()) } else { Err(ReturnedError::NotAppended) }
}

/// Signatures that weren't there, each with its field, and how many document time-stamps.
fn added_signatures(
    after: &Pdf<'_>,
    known: &[Field],
) -> Result<(Vec<(Field, Dictionary)>, usize), ReturnedError> {
    let newest = after.newest();
    let (mut added, mut stamps) = (Vec::new(), 0);
    for field in fields::all(after, newest)?.into_iter().filter(|field| field.kind == b"Sig") {
        let Some(value) = &field.value else { continue };
        let was = |one: &Field| one.reference == field.reference && one.value.as_ref() == Some(value);
        if known.iter().any(was) {
            continue;
        }
        let Object::Dictionary(signature) = after.follow(value, newest)? else {
            return Err(ReturnedError::Kind(String::new()));
        };
        if signature.name("SubFilter") == Some(b"ETSI.RFC3161") {
            stamps += 1;
        } else {
            added.push((field, signature));
        }
    }
    Ok((added, stamps))
}

/// A field of the program's own must show that somebody signed: a mark nobody sees was put where nobody looks.
fn shows(after: &Pdf<'_>, field: &Field) -> Result<(), ReturnedError> {
    let newest = after.newest();
    let mut widget = field.dictionary.clone();
    if !field.merged
        && let Object::Array(kids) = after.get(&field.dictionary, "Kids", newest)?
        && let [Object::Reference(only)] = kids.as_slice()
    {
        widget = match after.resolve(*only, newest)? {
            Object::Dictionary(widget) => widget,
            _ => widget,
        };
    }
    let place = fill::rectangle(&widget);
    let visible = place.is_some_and(|place| place.width() > 0.0 && place.height() > 0.0);
    if visible && widget.get("AP").is_some() {
        Ok(())
    } else {
        Err(ReturnedError::Invisible(field.name.clone()))
    }
}
