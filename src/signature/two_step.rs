//! Signing with a key that lies elsewhere, in two steps: the revision is laid out and what is to be signed handed out;
//! the value comes back, hours later or to another process, is verified, and put into the room that was left for it.
//!
//! Nothing is signed again in the second step: what was handed out is what is in the file (RFC 5652, 5.4).

use super::cms::{self, Signatory};
use super::sign::{ATTRIBUTE_ROOM, Request, SignError, Work};
use super::timestamp::{Stamper, token_size};
use crate::pdf::Pdf;
use crate::pdf::writer::Appended;
use crate::pki::path::TrustStore;
use crate::pki::token::ecdsa_value;
use crate::pki::{Scheme, VerifyError};
use crate::ports::Rng;

/// Room beyond the token an authority gives now: by the second step it may have another certificate, or a longer chain.
const LATER_TOKEN_ROOM: usize = 4096;

/// A signature laid out that lacks its value.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The revision, with an empty gap.
    pub appended: Appended,
    /// The attributes to be signed, DER.
    pub attributes: Vec<u8>,
}

/// Lays out a signature; with room for a time-stamp where there is a `stamper`, which is asked for one over nothing.
///
/// # Errors
/// [`SignError`]: the certificate or the document doesn't permit it, or the authority gave nothing.
pub fn begin(
    pdf: &Pdf<'_>,
    request: &Request<'_>,
    who: Signatory<'_>,
    trust: &TrustStore,
    rng: &dyn Rng,
    stamper: Option<&dyn Stamper>,
) -> Result<Begun, SignError> {
    let work = Work::ready(pdf, request, None, who, trust)?;
    let mut room = work.room();
    if let Some(stamper) = stamper {
        room += token_size(stamper, who.scheme.digest())? + ATTRIBUTE_ROOM + LATER_TOKEN_ROOM;
    }
    let (appended, content_digest) = work.lay_out(room, rng)?;
    Ok(Begun { appended, attributes: cms::signed_attributes(who.certificate, &content_digest) })
}

/// The value as a CMS carries it, if it is one over `attributes`. Devices give ECDSA values as r and s side by side
/// (PKCS#11); both that and ECDSA-Sig-Value are taken.
///
/// # Errors
/// [`VerifyError`].
pub fn verified_value(who: Signatory<'_>, attributes: &[u8], given: &[u8]) -> Result<Vec<u8>, VerifyError> {
    let verify = |value: &[u8]| who.scheme.verify(&who.certificate.key, attributes, value);
    let as_given = verify(given);
    if as_given == Err(VerifyError::Wrong)
        && matches!(who.scheme, Scheme::Ecdsa(_))
        && given.len() == 2 * coordinate(who)
        && let Some(value) = ecdsa_value(given)
    {
        return verify(&value).map(|()| value);
    }
    as_given.map(|()| given.to_vec())
}

/// Octets of a curve's order.
fn coordinate(who: Signatory<'_>) -> usize {
    usize::try_from(who.certificate.key.bits.div_ceil(8)).unwrap_or(usize::MAX / 2)
}

/// Puts a verified value into the gap, with a time-stamp over it where there is a `stamper`.
///
/// # Errors
/// [`SignError`]; the gap stays empty then.
pub fn conclude(
    begun: &mut Begun,
    who: Signatory<'_>,
    value: &[u8],
    stamper: Option<&dyn Stamper>,
) -> Result<(), SignError> {
    let digest = who.scheme.digest();
    let token = match stamper {
        Some(stamper) => Some(stamper.stamp(digest, &digest.of(value))?),
        None => None,
    };
    let signed = cms::assemble(who, digest, begun.attributes.clone(), value, token.as_deref());
    Ok(begun.appended.insert_signature(&signed)?)
}
