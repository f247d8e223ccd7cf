//! OCSP (RFC 6960): a request written, a response read as received. Whether a response may speak of a
//! certificate is judged in [`super::revocation`].

use super::algorithm::{PublicKey, Scheme, VerifyError};
use super::certificate::Certificate;
use super::crl::{Revocation, for_each_extension};
use super::der::{DerError, Reader, Tlv, null, octet_string, oid, sequence, tlv};
use super::digest::{Digest, digest_of};
use super::seal::Seal;
use super::{name, time};
use chrono::{DateTime, Utc};

/// A response larger than this is none: real ones have some kilobytes.
pub const SIZE_LIMIT: usize = 1 << 20;
/// Answers and certificates one response may hold.
const COUNT_LIMIT: usize = 64;
const NONCE: &str = "1.3.6.1.5.5.7.48.1.2";
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";

/// The request for one certificate's status, with a nonce (RFC 6960, 4.1; RFC 9654). The CertID is by
/// SHA-1, as every responder knows it; nothing is proven by it.
#[must_use]
pub fn request(certificate: &Certificate, issuer: &Certificate, nonce: &[u8]) -> Vec<u8> {
    let hash = sequence(&[&oid(Digest::Sha1.oid()), &null()]);
    let id = sequence(&[
        &hash,
        &octet_string(&Digest::Sha1.of(&certificate.issuer_der)),
        &octet_string(&Digest::Sha1.of(&issuer.key_bits())),
        &tlv(0x02, &certificate.serial),
    ]);
    let extension = sequence(&[&oid(NONCE), &octet_string(&octet_string(nonce))]);
    let extensions = tlv(0xa2, &sequence(&[&extension]));
    let list = sequence(&[&sequence(&[&id])]);
    sequence(&[&sequence(&[&list, &extensions])])
}

/// Who says to have signed a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponderId {
    /// A name, comparable.
    Name(Vec<u8>),
    /// SHA-1 of a key.
    Key(Vec<u8>),
}

/// What is answered of one certificate.
#[derive(Debug, Clone)]
pub struct Answer {
    digest: Option<Digest>,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial: Vec<u8>,
    /// The state.
    pub state: State,
    /// As of when.
    pub this_update: DateTime<Utc>,
    /// By when there is newer information.
    pub next_update: Option<DateTime<Utc>>,
    /// From when on the responder knows of expired certificates (RFC 6960, 4.4.4).
    pub archive_cutoff: Option<DateTime<Utc>>,
    /// Digest of the very certificate, if named (Common PKI, certHash).
    pub certificate_hash: Option<(Digest, Vec<u8>)>,
}

/// The state of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked(Revocation),
    /// Not known to the responder.
    Unknown,
}

/// A basic response.
#[derive(Debug, Clone)]
pub struct Ocsp {
    /// The whole OCSPResponse in DER.
    pub der: Vec<u8>,
    /// Who says to have signed it.
    pub responder: ResponderId,
    /// When it was made.
    pub produced_at: DateTime<Utc>,
    /// Certificates that came along.
    pub certificates: Vec<Certificate>,
    /// The nonce.
    pub nonce: Option<Vec<u8>>,
    answers: Vec<Answer>,
    seal: Seal,
}

/// Why bytes are no usable response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// Broken ASN.1.
    #[error(transparent)]
    Der(#[from] DerError),
    /// The responder answered with an error (OCSPResponseStatus).
    #[error("the responder answered with status {0}")]
    Status(u8),
    /// Not a basic response.
    #[error("not a basic OCSP response")]
    Kind,
}

impl Ocsp {
    /// Reads an OCSPResponse, or a bare BasicOCSPResponse as CMS keeps them.
    ///
    /// # Errors
    /// [`OcspError`].
    pub fn read(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > SIZE_LIMIT {
            return Err(DerError("larger than an OCSP response may be").into());
        }
        let mut all = Reader::new(der);
        let outer = all.expect(0x30)?;
        if !all.is_empty() || outer.indefinite {
            return Err(DerError("bytes follow the response, or it is not DER").into());
        }
        let mut parts = outer.inside();
        if parts.peek() != Some(0x0a) {
            return Self::basic(der, &|| sequence_as_response(der));
        }
        let status = parts.read()?.value.first().copied().unwrap_or(u8::MAX);
        if status != 0 {
            return Err(OcspError::Status(status));
        }
        let bytes = parts.expect(0xa0)?.inside().expect(0x30)?;
        let mut bytes = bytes.inside();
        if bytes.read()?.oid()? != BASIC {
            return Err(OcspError::Kind);
        }
        Self::basic(bytes.expect(0x04)?.value, &|| der.to_vec())
    }

    /// `whole` gives the OCSPResponse, once it is known to be one.
    fn basic(basic: &[u8], whole: &dyn Fn() -> Vec<u8>) -> Result<Self, OcspError> {
        let mut parts = Reader::new(basic).expect(0x30)?.inside();
        let signed = parts.expect(0x30)?;
        let algorithm = parts.expect(0x30)?;
        let signature = parts.expect(0x03)?;
        let signature = signature.value.strip_prefix(&[0]).ok_or(DerError("unused bits in a signature"))?;
        let certificates = match parts.optional(0xa0)? {
            Some(list) => read_certificates(&list.inside().expect(0x30)?)?,
            None => Vec::new(),
        };
        let mut data = signed.inside();
        data.optional(0xa0)?;
        let id = data.read()?;
        let responder = match id.tag {
            0xa1 => ResponderId::Name(name::comparable(id.value)),
            0xa2 => ResponderId::Key(id.inside().expect(0x04)?.value.to_vec()),
            _ => return Err(DerError("unknown responder identifier").into()),
        };
        let produced_at = time::read(&data.expect(0x18)?)?;
        let mut list = data.expect(0x30)?.inside();
        let mut answers = Vec::new();
        while !list.is_empty() {
            if answers.len() >= COUNT_LIMIT {
                return Err(DerError("too many answers in one response").into());
            }
            answers.push(read_answer(&list.expect(0x30)?)?);
        }
        let mut nonce = None;
        let mut understood = true;
        if let Some(extensions) = data.optional(0xa1)? {
            for_each_extension(&extensions.inside().expect(0x30)?, &mut |dotted, critical, value| {
                match dotted {
                    NONCE => {
                        nonce = Some(Reader::new(value).expect(0x04).map_or(value, |tlv| tlv.value).to_vec())
                    }
                    _ => understood &= !critical,
                }
                Ok(())
            })?;
        }
        if !understood {
            return Err(DerError("a critical extension of a response is not understood").into());
        }
        Ok(Self {
            der: whole(),
            responder,
            produced_at,
            certificates,
            nonce,
            answers,
            seal: Seal::new(signed.whole, algorithm.whole, signature),
        })
    }

    /// The answer on `certificate`, issued by `issuer`: the newest when there are several.
    #[must_use]
    pub fn answer(&self, certificate: &Certificate, issuer: &Certificate) -> Option<&Answer> {
        self.answers
            .iter()
            .filter(|answer| answer.speaks_of(certificate, issuer))
            .max_by_key(|answer| answer.this_update)
    }

    /// Whether the response says that `certificate` signed it.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            ResponderId::Name(name) => *name == certificate.subject_name,
            ResponderId::Key(hash) => *hash == Digest::Sha1.of(&certificate.key_bits()),
        }
    }

    /// Whether `key` made the signature.
    ///
    /// # Errors
    /// When it didn't, or the algorithm isn't known.
    pub fn verify_by(&self, key: &PublicKey) -> Result<(), VerifyError> {
        self.seal.verify_by(key)
    }

    /// The scheme it is signed with.
    ///
    /// # Errors
    /// When it isn't known.
    pub fn scheme(&self) -> Result<Scheme, VerifyError> {
        self.seal.scheme()
    }
}

impl Answer {
    fn speaks_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(digest) = self.digest else { return false };
        let named = self.serial == certificate.serial
            && self.issuer_name_hash == digest.of(&certificate.issuer_der)
            && self.issuer_key_hash == digest.of(&issuer.key_bits());
        let same = self
            .certificate_hash
            .as_ref()
            .is_none_or(|(digest, value)| digest.of(&certificate.der) == *value);
        named && same
    }
}

/// A bare BasicOCSPResponse put into the OCSPResponse that files keep.
fn sequence_as_response(basic: &[u8]) -> Vec<u8> {
    let bytes = sequence(&[&oid(BASIC), &octet_string(basic)]);
    sequence(&[&tlv(0x0a, &[0]), &tlv(0xa0, &bytes)])
}

fn read_certificates(list: &Tlv<'_>) -> Result<Vec<Certificate>, OcspError> {
    let mut inside = list.inside();
    let mut found = Vec::new();
    let mut count = 0;
    while !inside.is_empty() {
        count += 1;
        if count > COUNT_LIMIT {
            return Err(DerError("too many certificates in one response").into());
        }
        // One that can't be read can't have signed anything.
        found.extend(Certificate::read(inside.expect(0x30)?.whole).ok());
    }
    Ok(found)
}

fn read_answer(answer: &Tlv<'_>) -> Result<Answer, OcspError> {
    let mut parts = answer.inside();
    let mut id = parts.expect(0x30)?.inside();
    let digest = digest_of(id.expect(0x30)?.whole);
    let issuer_name_hash = id.expect(0x04)?.value.to_vec();
    let issuer_key_hash = id.expect(0x04)?.value.to_vec();
    let serial = id.expect(0x02)?.value.to_vec();
    let state = parts.read()?;
    let state = match state.tag {
        0x80 => State::Good,
        0xa1 => {
            let mut inside = state.inside();
            let at = time::read(&inside.expect(0x18)?)?;
            let reason = match inside.optional(0xa0)? {
                Some(reason) => reason.inside().expect(0x0a)?.value.first().copied().unwrap_or(0),
                None => 0,
            };
            State::Revoked(Revocation { at, reason })
        }
        0x82 => State::Unknown,
        _ => return Err(DerError("unknown state of a certificate").into()),
    };
    let this_update = time::read(&parts.expect(0x18)?)?;
    let next_update = match parts.optional(0xa0)? {
        Some(next) => Some(time::read(&next.inside().expect(0x18)?)?),
        None => None,
    };
    let mut read = Answer {
        digest,
        issuer_name_hash,
        issuer_key_hash,
        serial,
        state,
        this_update,
        next_update,
        archive_cutoff: None,
        certificate_hash: None,
    };
    if let Some(extensions) = parts.optional(0xa1)? {
        for_each_extension(&extensions.inside().expect(0x30)?, &mut |dotted, critical, value| {
            match dotted {
                "1.3.6.1.5.5.7.48.1.6" => {
                    read.archive_cutoff = Some(time::read(&Reader::new(value).read()?)?);
                }
                "1.3.36.8.3.13" => {
                    let mut parts = Reader::new(value).expect(0x30)?.inside();
                    let digest = digest_of(parts.expect(0x30)?.whole);
                    let value = parts.expect(0x04)?.value.to_vec();
                    read.certificate_hash = digest.map(|digest| (digest, value));
                }
                _ if critical => return Err(DerError("a critical extension of an answer is not understood")),
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_end_in_a_response_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Ocsp::read(&bytes);
            let wrapped = sequence_as_response(&sequence(&[&bytes]));
            let _ = Ocsp::read(&wrapped);
        }
    }
}
