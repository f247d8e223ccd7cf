//! CMS SignedData (RFC 5652) with the attributes of CAdES (EN 319 122-1): written in DER, read as
//! received.
//!
//! What was signed is verified over the very bytes that came, retagged as RFC 5652, 5.4 says, and
//! never over anything encoded again.

mod build;

use crate::pki::der::{DerError, Reader, Tlv};
use crate::pki::{Certificate, Digest, Scheme};
use chrono::{DateTime, Utc};

pub use build::{
    SignAttributes, Signatory, StampValue, assemble, build, build_stamped, signed_attributes, value_limit,
};

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const DATA: &str = "1.2.840.113549.1.7.1";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const ALGORITHM_PROTECTION: &str = "1.2.840.113549.1.9.52";
const TIME_STAMP_TOKEN: &str = "1.2.840.113549.1.9.16.2.14";
const CONTENT_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.20";
const COMMITMENT_TYPE: &str = "1.2.840.113549.1.9.16.2.16";
const SIGNATURE_POLICY: &str = "1.2.840.113549.1.9.16.2.15";
const REVOCATION_ARCHIVAL: &str = "1.2.840.113583.1.1.8";
/// The content type of a time-stamp token (RFC 3161, 2.4.2).
pub(super) const STAMP_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// A CMS larger than this is no signature of a document.
const SIZE_LIMIT: usize = 4 << 20;
/// Certificates one CMS may carry.
const CERTIFICATE_LIMIT: usize = 64;
/// Time-stamps one signature may carry.
const TIME_STAMP_LIMIT: usize = 16;
/// Lists and responses one CMS may carry.
const REVOCATION_LIMIT: usize = 64;
/// Signers one CMS may have.
const SIGNER_LIMIT: usize = 32;
/// Attributes one signer may have.
const ATTRIBUTE_LIMIT: usize = 64;

/// Why bytes are no usable CMS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// Broken ASN.1.
    #[error(transparent)]
    Der(#[from] DerError),
    /// Not SignedData.
    #[error("not a CMS SignedData")]
    NotSignedData,
    /// Another number of signers than one.
    #[error("{0} signers instead of one")]
    Signers(usize),
    /// Something mandatory is missing or stands twice.
    #[error("the attribute {0} is missing, broken or stands twice")]
    Attribute(&'static str),
    /// A stated limit is exceeded.
    #[error("larger than a signature may be")]
    Limit,
}

/// A reference to the signer's certificate inside what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateReference {
    /// The digest algorithm; none when unknown here.
    pub digest: Option<Digest>,
    /// The digest of the certificate.
    pub value: Vec<u8>,
}

/// A SignedData as read.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Certificates that came along.
    pub certificates: Vec<Certificate>,
    /// Certificates that came along but can't be read.
    pub unreadable_certificates: usize,
    /// The type of the content.
    pub content_type: String,
    /// The content, if it is not detached.
    pub content: Option<Vec<u8>>,
    /// The digest of content and attributes; none when unknown here.
    pub digest: Option<Digest>,
    /// AlgorithmIdentifier of the signature value.
    pub signature_algorithm: Vec<u8>,
    /// The signature value.
    pub value: Vec<u8>,
    /// What was signed, ready to be verified; none when there were no signed attributes.
    pub signed_attributes: Option<Vec<u8>>,
    /// The message digest attribute.
    pub message_digest: Option<Vec<u8>>,
    /// Whether the content type attribute is that of the content.
    pub content_type_matches: bool,
    /// References to the signer's certificate, one an attribute.
    pub signing_certificates: Vec<CertificateReference>,
    /// Whether the algorithms named inside what was signed (RFC 6211) are those named outside; none
    /// when nothing is named inside.
    pub algorithms_protected: Option<bool>,
    /// The time the signer claims, where it is signed along (forbidden in PAdES baseline).
    pub signing_time: Option<DateTime<Utc>>,
    /// Whether it says why it was made: a commitment type or a signature policy (EN 319 122-1, 5.2.3 and 5.2.9).
    pub says_why: bool,
    /// Content time-stamps, signed along, as they came (EN 319 122-1, 5.2.8).
    pub content_timestamps: Vec<Vec<u8>>,
    /// Signature time-stamps, as they came.
    pub timestamps: Vec<Vec<u8>>,
    /// Lists and OCSP responses that were signed along (adbe-revocationInfoArchival), and lists that came in
    /// the CMS.
    pub revocation: Vec<Vec<u8>>,
    /// Issuer (DER) and serial, or subject key identifier, that name the signer.
    pub signer: SignerId,
    /// Whether anything was BER and not DER.
    pub is_ber: bool,
    /// Length of the CMS in the bytes given.
    pub length: usize,
}

/// How the signer's certificate is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerId {
    /// By issuer and serial number.
    IssuerSerial {
        /// Issuer, DER.
        issuer: Vec<u8>,
        /// Serial number's contents.
        serial: Vec<u8>,
    },
    /// By subject key identifier.
    KeyId(Vec<u8>),
}

impl Signed {
    /// Reads the CMS at the beginning of `bytes`, which has one signer; what follows it is the caller's question.
    ///
    /// # Errors
    /// [`CmsError`].
    pub fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let mut all = Self::read_all(bytes)?;
        match (all.pop(), all.len()) {
            (Some(one), 0) => Ok(one),
            (_, others) => Err(CmsError::Signers(others + 1)),
        }
    }

    /// Reads the CMS at the beginning of `bytes`, once for each of its signers, in their order.
    ///
    /// # Errors
    /// [`CmsError`].
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, CmsError> {
        if bytes.len() > SIZE_LIMIT {
            return Err(CmsError::Limit);
        }
        let outer = Reader::new(bytes).expect(0x30)?;
        let mut inside = outer.inside();
        if inside.read()?.oid()? != SIGNED_DATA {
            return Err(CmsError::NotSignedData);
        }
        let explicit = inside.expect(0xa0)?;
        let data = explicit.inside().expect(0x30)?;
        let mut data_parts = data.inside();
        let version = data_parts.expect(0x02)?;
        let digests = data_parts.expect(0x31)?;
        let encapsulated = data_parts.expect(0x30)?;
        let (content_type, content) = read_content(&encapsulated)?;
        let (certificates, unreadable_certificates) = match data_parts.optional(0xa0)? {
            Some(set) => read_certificates(&set)?,
            None => (Vec::new(), 0),
        };
        let lists = data_parts.optional(0xa1)?;
        let mut signers = data_parts.expect(0x31)?.inside();
        // What stands where the standard puts nothing is somebody's hiding place.
        if !data_parts.is_empty() || !inside.is_empty() || explicit.inside().rest() != data.whole {
            return Err(DerError("something stands after the signers").into());
        }
        let mut all = Vec::new();
        while !signers.is_empty() {
            if all.len() >= SIGNER_LIMIT {
                return Err(CmsError::Limit);
            }
            let one = signers.expect(0x30).map_err(|_| CmsError::Signers(all.len()))?;
            all.push(read_signer(&one, &content_type)?);
        }
        if all.is_empty() {
            return Err(CmsError::Signers(0));
        }
        // RFC 5652, 5.1: kinds of certificates or revocation data that raise it further are not read.
        let by_key = all.iter().any(|one| matches!(one.signer, SignerId::KeyId(_)));
        let expected = if by_key || content_type != DATA { [3] } else { [1] };
        if version.value != expected && !matches!(version.value, [4 | 5]) {
            return Err(DerError("the version is not the one its parts ask for").into());
        }
        let mut revocation = Vec::new();
        if let Some(lists) = lists {
            gather(&lists, &mut revocation)?;
        }
        for signed in &mut all {
            if !names_digest(&digests, signed.digest)? {
                return Err(DerError("the signer's digest is not among those named").into());
            }
            signed.certificates.clone_from(&certificates);
            signed.unreadable_certificates = unreadable_certificates;
            signed.content.clone_from(&content);
            signed.content_type.clone_from(&content_type);
            signed.revocation.extend(revocation.iter().cloned());
            signed.is_ber = outer.indefinite || explicit.indefinite || data.indefinite;
            signed.length = outer.whole.len();
        }
        Ok(all)
    }

    /// The signer's certificate among those that came along: the one referred to inside what was
    /// signed, should several bear the same name and number.
    #[must_use]
    pub fn signer_certificate(&self) -> Option<&Certificate> {
        let referred = |certificate: &&Certificate| self.refers_to(certificate);
        let mut candidates = self.certificates.iter().filter(|certificate| self.is_named(certificate));
        let first = candidates.clone().next();
        candidates.find(referred).or(first)
    }

    /// Whether a certificate is the one that names the signer.
    fn is_named(&self, certificate: &Certificate) -> bool {
        match &self.signer {
            SignerId::IssuerSerial { issuer, serial } => {
                certificate.issuer_der == *issuer && certificate.serial == *serial
            }
            SignerId::KeyId(id) => certificate.subject_key_id.as_ref() == Some(id),
        }
    }

    /// Takes the signer's certificate from those at hand, where none came along.
    pub(super) fn complete_from(&mut self, at_hand: &[Certificate]) {
        if self.signer_certificate().is_none() {
            let named = at_hand.iter().filter(|certificate| self.is_named(certificate));
            let named: Vec<Certificate> = named.cloned().collect();
            self.certificates.extend(named);
        }
    }

    /// Whether every reference inside what was signed is to this certificate.
    #[must_use]
    pub fn refers_to(&self, certificate: &Certificate) -> bool {
        self.signing_certificates.iter().all(|reference| {
            reference.digest.is_some_and(|digest| digest.of(&certificate.der) == reference.value)
        })
    }

    /// The scheme of the signature value.
    ///
    /// # Errors
    /// When it isn't known.
    pub fn scheme(&self) -> Result<Scheme, crate::pki::VerifyError> {
        Scheme::read(&self.signature_algorithm, self.digest)
    }
}

/// Whether a signer's digest is among the digest algorithms of the whole (RFC 5652, 5.1).
fn names_digest(digests: &Tlv<'_>, wanted: Option<Digest>) -> Result<bool, CmsError> {
    let mut inside = digests.inside();
    let mut found = wanted.is_none();
    while !inside.is_empty() {
        found |= crate::pki::digest::digest_of(inside.read()?.whole) == wanted;
    }
    Ok(found)
}

fn read_content(encapsulated: &Tlv<'_>) -> Result<(String, Option<Vec<u8>>), CmsError> {
    let mut inside = encapsulated.inside();
    let kind = inside.read()?.oid()?;
    let content = match inside.optional(0xa0)? {
        Some(explicit) => Some(explicit.inside().read()?.octets()?),
        None => None,
    };
    Ok((kind, content))
}

fn read_certificates(set: &Tlv<'_>) -> Result<(Vec<Certificate>, usize), CmsError> {
    let mut inside = set.inside();
    let (mut found, mut unreadable) = (Vec::new(), 0);
    while !inside.is_empty() {
        let one = inside.read()?;
        if found.len() + unreadable >= CERTIFICATE_LIMIT {
            return Err(CmsError::Limit);
        }
        match Certificate::read(one.whole) {
            Ok(certificate) => found.push(certificate),
            Err(_) => unreadable += 1,
        }
    }
    Ok((found, unreadable))
}

fn read_signer(signer: &Tlv<'_>, content_type: &str) -> Result<Signed, CmsError> {
    let mut parts = signer.inside();
    let version = parts.expect(0x02)?;
    let id = parts.read()?;
    let signer = match id.tag {
        0x30 => {
            let mut inside = id.inside();
            let issuer = inside.expect(0x30)?.whole.to_vec();
            SignerId::IssuerSerial { issuer, serial: inside.expect(0x02)?.value.to_vec() }
        }
        0x80 => SignerId::KeyId(id.value.to_vec()),
        _ => return Err(DerError("unknown signer identifier").into()),
    };
    // RFC 5652, 5.3: 1 when named by issuer and serial number, 3 when by key identifier.
    if version.value != [if id.tag == 0x80 { 3 } else { 1 }] {
        return Err(DerError("the signer's version is not the one its identifier asks for").into());
    }
    let digest = crate::pki::digest::digest_of(parts.expect(0x30)?.whole);
    let attributes = parts.optional(0xa0)?;
    let signature_algorithm = parts.expect(0x30)?.whole.to_vec();
    let value = parts.read()?.octets()?;
    let unsigned = parts.optional(0xa1)?;
    if !parts.is_empty() {
        return Err(DerError("something stands after the signer").into());
    }
    let mut signed = Signed {
        certificates: Vec::new(),
        unreadable_certificates: 0,
        content_type: String::new(),
        content: None,
        digest,
        signature_algorithm,
        value,
        signed_attributes: None,
        message_digest: None,
        content_type_matches: attributes.is_none(),
        signing_certificates: Vec::new(),
        algorithms_protected: None,
        signing_time: None,
        says_why: false,
        content_timestamps: Vec::new(),
        timestamps: Vec::new(),
        revocation: Vec::new(),
        signer,
        is_ber: false,
        length: 0,
    };
    if let Some(attributes) = attributes {
        if attributes.indefinite {
            return Err(DerError("signed attributes of indefinite length").into());
        }
        let mut bytes = attributes.whole.to_vec();
        if let Some(first) = bytes.first_mut() {
            *first = 0x31;
        }
        signed.signed_attributes = Some(bytes);
        read_attributes(&attributes, content_type, &mut signed)?;
    }
    if let Some(unsigned) = unsigned {
        let mut inside = unsigned.inside();
        while !inside.is_empty() {
            let mut attribute = inside.expect(0x30)?.inside();
            if attribute.read()?.oid()? == TIME_STAMP_TOKEN {
                let mut values = attribute.expect(0x31)?.inside();
                while !values.is_empty() {
                    if signed.timestamps.len() >= TIME_STAMP_LIMIT {
                        return Err(CmsError::Limit);
                    }
                    signed.timestamps.push(values.read()?.whole.to_vec());
                }
            }
        }
    }
    Ok(signed)
}

fn read_attributes(attributes: &Tlv<'_>, content_type: &str, signed: &mut Signed) -> Result<(), CmsError> {
    let mut inside = attributes.inside();
    let mut seen = std::collections::HashSet::new();
    while !inside.is_empty() {
        let one = inside.expect(0x30)?;
        let mut parts = one.inside();
        let kind = parts.read()?.oid()?;
        let values = parts.expect(0x31)?;
        if !seen.insert(kind.clone()) || seen.len() > ATTRIBUTE_LIMIT {
            return Err(CmsError::Attribute("of one kind"));
        }
        let mut inner = values.inside();
        let single = |inner: &mut Reader<'_>, name: &'static str| -> Result<(), CmsError> {
            if inner.is_empty() { Ok(()) } else { Err(CmsError::Attribute(name)) }
        };
        match kind.as_str() {
            CONTENT_TYPE => {
                signed.content_type_matches = inner.read()?.oid()? == content_type;
                single(&mut inner, "content-type")?;
            }
            MESSAGE_DIGEST => {
                signed.message_digest = Some(inner.read()?.octets()?);
                single(&mut inner, "message-digest")?;
            }
            REVOCATION_ARCHIVAL => {
                let mut kinds = inner.expect(0x30)?.inside();
                while !kinds.is_empty() {
                    let kind = kinds.read()?;
                    if matches!(kind.tag, 0xa0 | 0xa1) {
                        gather(&kind.inside().expect(0x30)?, &mut signed.revocation)?;
                    }
                }
            }
            SIGNING_TIME => signed.signing_time = Some(crate::pki::time::read(&inner.read()?)?),
            COMMITMENT_TYPE | SIGNATURE_POLICY => signed.says_why = true,
            CONTENT_TIME_STAMP => {
                while !inner.is_empty() {
                    if signed.content_timestamps.len() >= TIME_STAMP_LIMIT {
                        return Err(CmsError::Limit);
                    }
                    signed.content_timestamps.push(inner.read()?.whole.to_vec());
                }
            }
            SIGNING_CERTIFICATE => {
                let id = first_reference(&inner.read()?)?;
                let value = id.inside().read()?.octets()?;
                signed.signing_certificates.push(CertificateReference { digest: Some(Digest::Sha1), value });
            }
            SIGNING_CERTIFICATE_V2 => {
                let id = first_reference(&inner.read()?)?;
                let mut id = id.inside();
                let digest = match id.optional(0x30)? {
                    Some(algorithm) => crate::pki::digest::digest_of(algorithm.whole),
                    None => Some(Digest::Sha256),
                };
                let value = id.read()?.octets()?;
                signed.signing_certificates.push(CertificateReference { digest, value });
            }
            ALGORITHM_PROTECTION => {
                signed.algorithms_protected = Some(protects(&inner.read()?, signed)?);
                single(&mut inner, "cms-algorithm-protection")?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Adds the elements of a list, as they came.
fn gather(list: &Tlv<'_>, into: &mut Vec<Vec<u8>>) -> Result<(), CmsError> {
    let mut inside = list.inside();
    while !inside.is_empty() {
        if into.len() >= REVOCATION_LIMIT {
            return Err(CmsError::Limit);
        }
        into.push(inside.read()?.whole.to_vec());
    }
    Ok(())
}

/// Whether CMSAlgorithmProtection (RFC 6211) names the algorithms the signer names.
fn protects(value: &Tlv<'_>, signed: &Signed) -> Result<bool, CmsError> {
    let mut parts = value.inside();
    let digest = crate::pki::digest::digest_of(parts.expect(0x30)?.whole);
    let Some(scheme) = parts.optional(0xa1)? else { return Ok(false) };
    let named = Reader::new(&signed.signature_algorithm).expect(0x30)?;
    Ok(digest.is_some() && digest == signed.digest && scheme.value == named.value)
}

/// The first ESSCertID of a SigningCertificate: the signer's own (RFC 5035, 5.4).
fn first_reference<'a>(value: &Tlv<'a>) -> Result<Tlv<'a>, CmsError> {
    Ok(value.inside().expect(0x30)?.inside().expect(0x30)?)
}
