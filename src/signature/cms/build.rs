//! A CMS written: what we sign (EN 319 142-1, 6; RFC 5652, 5).

use super::{CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE_V2, TIME_STAMP_TOKEN};
use crate::pki::der::{integer, octet_string, oid, sequence, set_of, tlv};
use crate::pki::{Certificate, Digest, KeyError, KeyKind, Scheme, SigningKey};

/// Makes a signature value of the attributes it is given.
pub type SignAttributes<'a> = dyn FnMut(&[u8]) -> Result<Vec<u8>, KeyError> + 'a;

/// Gives the time-stamp token over a signature value; none when it isn't to be stamped.
pub type StampValue<'a, E> = dyn FnMut(&[u8]) -> Result<Option<Vec<u8>>, E> + 'a;

/// Builds the CMS of a detached signature: `sign` gets the attributes to be signed.
///
/// # Errors
/// What signing gave.
pub fn build(
    key: &dyn SigningKey,
    digest: Digest,
    content_digest: &[u8],
    sign: &mut SignAttributes<'_>,
) -> Result<Vec<u8>, KeyError> {
    build_stamped(key, digest, content_digest, sign, &mut |_| Ok(None))
}

/// Builds the CMS as [`build`] does; `stamp` gets the signature value to be time-stamped
/// (signature-time-stamp, EN 319 122-1, 5.3).
///
/// # Errors
/// What signing or stamping gave.
pub fn build_stamped<E: From<KeyError>>(
    key: &dyn SigningKey,
    digest: Digest,
    content_digest: &[u8],
    sign: &mut SignAttributes<'_>,
    stamp: &mut StampValue<'_, E>,
) -> Result<Vec<u8>, E> {
    let attributes = signed_attributes(key.certificate(), content_digest);
    let value = sign(&attributes)?;
    let token = stamp(&value)?;
    Ok(assemble(Signatory::of(key), digest, attributes, &value, token.as_deref()))
}

/// Who signs, without the key: it may lie elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Signatory<'a> {
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Certificates towards the anchor, without the signer's.
    pub chain: &'a [Certificate],
    /// What is signed with.
    pub scheme: Scheme,
}

impl<'a> Signatory<'a> {
    /// Who signs with a key.
    #[must_use]
    pub fn of(key: &'a dyn SigningKey) -> Self {
        Self { certificate: key.certificate(), chain: key.chain(), scheme: key.scheme() }
    }
}

/// The attributes to be signed, DER as it is signed (RFC 5652, 5.4).
#[must_use]
pub fn signed_attributes(certificate: &Certificate, content_digest: &[u8]) -> Vec<u8> {
    set_of(vec![
        attribute(CONTENT_TYPE, &oid(DATA)),
        attribute(MESSAGE_DIGEST, &octet_string(content_digest)),
        attribute(SIGNING_CERTIFICATE_V2, &signing_certificate(certificate)),
    ])
}

/// The CMS of signed attributes and their signature value, with the time-stamp token over the value.
#[must_use]
pub fn assemble(
    who: Signatory<'_>,
    digest: Digest,
    attributes: Vec<u8>,
    value: &[u8],
    token: Option<&[u8]>,
) -> Vec<u8> {
    // Stored as [0] IMPLICIT; only the tag differs from what was signed.
    let mut implicit = attributes;
    if let Some(first) = implicit.first_mut() {
        *first = 0xa0;
    }
    let unsigned = token.map(|token| tlv(0xa1, &attribute(TIME_STAMP_TOKEN, token))).unwrap_or_default();
    let signer = sequence(&[
        &integer(1),
        &issuer_and_serial(who.certificate),
        &digest.identifier(),
        &implicit,
        &who.scheme.identifier(),
        &octet_string(value),
        &unsigned,
    ]);
    let mut certificates: Vec<Vec<u8>> = vec![who.certificate.der.clone()];
    certificates.extend(who.chain.iter().map(|link| link.der.clone()));
    certificates.sort();
    let signed_data = sequence(&[
        &integer(1),
        &set_of(vec![digest.identifier()]),
        &sequence(&[&oid(DATA)]),
        &tlv(0xa0, &certificates.concat()),
        &set_of(vec![signer]),
    ]);
    sequence(&[&oid(SIGNED_DATA), &tlv(0xa0, &signed_data)])
}

/// The largest value a key gives, in bytes.
#[must_use]
pub fn value_limit(certificate: &Certificate) -> usize {
    match certificate.key.kind {
        KeyKind::Rsa => usize::try_from(certificate.key.bits.div_ceil(8)).unwrap_or(512),
        KeyKind::P521 => 141,
        KeyKind::P384 => 106,
        _ => 74,
    }
}

fn attribute(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &tlv(0x31, value)])
}

fn issuer_and_serial(certificate: &Certificate) -> Vec<u8> {
    sequence(&[&certificate.issuer_der, &tlv(0x02, &certificate.serial)])
}

/// SigningCertificateV2 with SHA-256, its default (RFC 5035).
fn signing_certificate(certificate: &Certificate) -> Vec<u8> {
    let names = sequence(&[&tlv(0xa4, &certificate.issuer_der)]);
    let issuer = sequence(&[&names, &tlv(0x02, &certificate.serial)]);
    let id = sequence(&[&octet_string(&Digest::Sha256.of(&certificate.der)), &issuer]);
    sequence(&[&sequence(&[&id])])
}
