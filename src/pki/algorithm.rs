//! Algorithms by their identifiers, and verification by the providers.
//!
//! What the provider (aws-lc-rs) doesn't know is an error of its own, never a failure of the signature. RSA it
//! doesn't know is verified in `pki::rsa`: old documents have short keys and odd parameters, and whether they are
//! intact must be said of them too.

use super::der::{Reader, Tlv, has_no_parameters, integer, null, oid, sequence, tlv};
use super::digest::{Digest, digest_of};
use super::rsa;
use aws_lc_rs::signature as aws;

/// A signature scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017).
    RsaPkcs1(Digest),
    /// RSASSA-PSS with MGF1 of the same digest and a salt of so many octets.
    RsaPss(Digest, u16),
    /// RSASSA-PSS with MGF1 of another digest, which comes third: only to read.
    RsaPssMixed(Digest, u16, Digest),
    /// ECDSA.
    Ecdsa(Digest),
    /// Ed25519 (RFC 8032).
    Ed25519,
}

/// Why a signature could not be judged, or that it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The value doesn't fit the key and the message.
    #[error("the signature value does not verify")]
    Wrong,
    /// No provider knows the algorithm, parameters or key.
    #[error("unsupported algorithm {0}")]
    Unsupported(String),
}

impl Scheme {
    /// RSASSA-PSS with a salt as long as the digest: what we sign with.
    #[must_use]
    pub fn pss(digest: Digest) -> Self {
        Self::RsaPss(digest, digest.length())
    }

    /// The AlgorithmIdentifier of a signature value.
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        match self {
            Self::RsaPkcs1(digest) => {
                let dotted = match digest {
                    Digest::Md5 => "1.2.840.113549.1.1.4",
                    Digest::Sha1 => "1.2.840.113549.1.1.5",
                    Digest::Sha224 => "1.2.840.113549.1.1.14",
                    Digest::Sha256 => "1.2.840.113549.1.1.11",
                    Digest::Sha384 => "1.2.840.113549.1.1.12",
                    Digest::Sha512 => "1.2.840.113549.1.1.13",
                    Digest::Sha3_256 => "2.16.840.1.101.3.4.3.14",
                    Digest::Sha3_384 => "2.16.840.1.101.3.4.3.15",
                    Digest::Sha3_512 => "2.16.840.1.101.3.4.3.16",
                };
                sequence(&[&oid(dotted), &null()])
            }
            Self::RsaPss(digest, salt) | Self::RsaPssMixed(digest, salt, _) => {
                let hash = sequence(&[&oid(digest.oid()), &null()]);
                let mask = match self {
                    Self::RsaPssMixed(_, _, mask) => sequence(&[&oid(mask.oid()), &null()]),
                    _ => hash.clone(),
                };
                let mask = sequence(&[&oid("1.2.840.113549.1.1.8"), &mask]);
                let salt = match u8::try_from(salt) {
                    Ok(short) => integer(short),
                    Err(_) => tlv(0x02, &salt.to_be_bytes()),
                };
                let parameters = sequence(&[&tlv(0xa0, &hash), &tlv(0xa1, &mask), &tlv(0xa2, &salt)]);
                sequence(&[&oid("1.2.840.113549.1.1.10"), &parameters])
            }
            Self::Ecdsa(digest) => sequence(&[&oid(match digest {
                // There is no identifier for it; the key's leaves the digest open.
                Digest::Md5 => "1.2.840.10045.2.1",
                Digest::Sha1 => "1.2.840.10045.4.1",
                Digest::Sha224 => "1.2.840.10045.4.3.1",
                Digest::Sha256 => "1.2.840.10045.4.3.2",
                Digest::Sha384 => "1.2.840.10045.4.3.3",
                Digest::Sha512 => "1.2.840.10045.4.3.4",
                Digest::Sha3_256 => "2.16.840.1.101.3.4.3.10",
                Digest::Sha3_384 => "2.16.840.1.101.3.4.3.11",
                Digest::Sha3_512 => "2.16.840.1.101.3.4.3.12",
            })]),
            Self::Ed25519 => sequence(&[&oid("1.3.101.112")]),
        }
    }

    /// Reads the AlgorithmIdentifier of a signature value. `digest` is what a CMS names beside it,
    /// for identifiers that leave it open (`rsaEncryption`).
    ///
    /// # Errors
    /// [`VerifyError::Unsupported`] naming the identifier.
    pub fn read(identifier: &[u8], digest: Option<Digest>) -> Result<Self, VerifyError> {
        let broken = |_| VerifyError::Unsupported("unreadable".to_owned());
        let outer = Reader::new(identifier).expect(0x30).map_err(broken)?;
        let mut inside = outer.inside();
        let dotted = inside.read().and_then(|tlv| tlv.oid()).map_err(broken)?;
        let unsupported = || VerifyError::Unsupported(dotted.clone());
        // Only PSS has parameters; the others have none, or NULL (RFC 4055, RFC 5758, RFC 8410).
        if dotted != "1.2.840.113549.1.1.10" && !has_no_parameters(inside) {
            return Err(unsupported());
        }
        match dotted.as_str() {
            "1.2.840.113549.1.1.1" => digest.map(Self::RsaPkcs1).ok_or_else(unsupported),
            "1.2.840.113549.1.1.4" => Ok(Self::RsaPkcs1(Digest::Md5)),
            "1.2.840.113549.1.1.5" => Ok(Self::RsaPkcs1(Digest::Sha1)),
            "1.2.840.113549.1.1.14" => Ok(Self::RsaPkcs1(Digest::Sha224)),
            "1.2.840.113549.1.1.11" => Ok(Self::RsaPkcs1(Digest::Sha256)),
            "1.2.840.113549.1.1.12" => Ok(Self::RsaPkcs1(Digest::Sha384)),
            "1.2.840.113549.1.1.13" => Ok(Self::RsaPkcs1(Digest::Sha512)),
            "1.2.840.113549.1.1.10" => {
                let parameters = inside.read().map_err(|_| unsupported())?;
                pss(&parameters).filter(|_| inside.is_empty()).ok_or_else(unsupported)
            }
            "1.2.840.10045.4.1" => Ok(Self::Ecdsa(Digest::Sha1)),
            "1.2.840.10045.4.3.1" => Ok(Self::Ecdsa(Digest::Sha224)),
            "1.2.840.10045.4.3.2" => Ok(Self::Ecdsa(Digest::Sha256)),
            "1.2.840.10045.4.3.3" => Ok(Self::Ecdsa(Digest::Sha384)),
            "1.2.840.10045.4.3.4" => Ok(Self::Ecdsa(Digest::Sha512)),
            "2.16.840.1.101.3.4.3.14" => Ok(Self::RsaPkcs1(Digest::Sha3_256)),
            "2.16.840.1.101.3.4.3.15" => Ok(Self::RsaPkcs1(Digest::Sha3_384)),
            "2.16.840.1.101.3.4.3.16" => Ok(Self::RsaPkcs1(Digest::Sha3_512)),
            "2.16.840.1.101.3.4.3.10" => Ok(Self::Ecdsa(Digest::Sha3_256)),
            "2.16.840.1.101.3.4.3.11" => Ok(Self::Ecdsa(Digest::Sha3_384)),
            "2.16.840.1.101.3.4.3.12" => Ok(Self::Ecdsa(Digest::Sha3_512)),
            "1.2.840.10045.2.1" => digest.map(Self::Ecdsa).ok_or_else(unsupported),
            "1.3.101.112" => Ok(Self::Ed25519),
            _ => Err(unsupported()),
        }
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1(_) => "RSASSA-PKCS1-v1_5",
            Self::RsaPss(..) | Self::RsaPssMixed(..) => "RSASSA-PSS",
            Self::Ecdsa(_) => "ECDSA",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// Its digest, where the scheme leaves that open.
    #[must_use]
    pub fn digest(self) -> Digest {
        match self {
            Self::RsaPkcs1(digest)
            | Self::RsaPss(digest, _)
            | Self::RsaPssMixed(digest, ..)
            | Self::Ecdsa(digest) => digest,
            Self::Ed25519 => Digest::Sha512,
        }
    }

    /// Verifies `signature` over `message` with the key in a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        match self.provided(key) {
            Some(provided) => provided
                .algorithm()
                .verify_sig(&key.point, message, signature)
                .map_err(|_| VerifyError::Wrong),
            None => self.verify_otherwise(key, &self.digest().of(message), signature),
        }
    }

    /// Verifies `signature` over the message with the digest `hash`.
    ///
    /// # Errors
    /// [`VerifyError`]; [`VerifyError::Unsupported`] for Ed25519, which signs messages.
    pub fn verify_digest(self, key: &PublicKey, hash: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let digest = self.digest().provided();
        let made = digest.and_then(|digest| aws_lc_rs::digest::Digest::import_less_safe(hash, digest).ok());
        match (self.provided(key), made) {
            (Some(provided), Some(made)) if self != Self::Ed25519 => provided
                .algorithm()
                .verify_digest_sig(&key.point, &made, signature)
                .map_err(|_| VerifyError::Wrong),
            _ => self.verify_otherwise(key, hash, signature),
        }
    }

    /// What the provider doesn't verify.
    fn verify_otherwise(self, key: &PublicKey, hash: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let unsupported = || VerifyError::Unsupported(format!("{} with {}", self.name(), key.describe()));
        if key.kind != KeyKind::Rsa {
            return Err(unsupported());
        }
        let key = rsa::Key::read(&key.point).ok_or_else(unsupported)?;
        let holds = match self {
            Self::RsaPkcs1(digest) => key.verify_pkcs1(digest, hash, signature),
            Self::RsaPss(digest, salt) => key.verify_pss(digest, salt, digest, hash, signature),
            Self::RsaPssMixed(digest, salt, mask) => key.verify_pss(digest, salt, mask, hash, signature),
            Self::Ecdsa(_) | Self::Ed25519 => return Err(unsupported()),
        };
        if holds { Ok(()) } else { Err(VerifyError::Wrong) }
    }

    /// The provider's algorithm for this scheme with this key.
    fn provided(self, key: &PublicKey) -> Option<Provided> {
        /// Lengths in bits of the RSA keys the provider's algorithms are for.
        const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;
        let is_usual = key.kind == KeyKind::Rsa && RSA_BITS.contains(&key.bits);
        if let (Self::RsaPss(digest, salt), true) = (self, is_usual) {
            // The salt may have any length; pyHanko, for one, makes it as long as it can be.
            let parameters = match digest {
                Digest::Sha256 => aws::RSA_PSS_2048_8192_SHA256,
                Digest::Sha384 => aws::RSA_PSS_2048_8192_SHA384,
                Digest::Sha512 => aws::RSA_PSS_2048_8192_SHA512,
                _ => return None,
            };
            return Some(Provided::Pss(parameters.with_pss_salt_length(aws::RsaPssSaltLength::Custom(salt))));
        }
        let algorithm: &'static dyn aws::VerificationAlgorithm = match (self, &key.kind) {
            (Self::RsaPkcs1(Digest::Sha1), KeyKind::Rsa) if is_usual => {
                &aws::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
            }
            (Self::RsaPkcs1(Digest::Sha256), KeyKind::Rsa) if is_usual => &aws::RSA_PKCS1_2048_8192_SHA256,
            (Self::RsaPkcs1(Digest::Sha384), KeyKind::Rsa) if is_usual => &aws::RSA_PKCS1_2048_8192_SHA384,
            (Self::RsaPkcs1(Digest::Sha512), KeyKind::Rsa) if is_usual => &aws::RSA_PKCS1_2048_8192_SHA512,
            (Self::Ecdsa(Digest::Sha256), KeyKind::P256) => &aws::ECDSA_P256_SHA256_ASN1,
            (Self::Ecdsa(Digest::Sha384), KeyKind::P256) => &aws::ECDSA_P256_SHA384_ASN1,
            (Self::Ecdsa(Digest::Sha512), KeyKind::P256) => &aws::ECDSA_P256_SHA512_ASN1,
            (Self::Ecdsa(Digest::Sha256), KeyKind::P384) => &aws::ECDSA_P384_SHA256_ASN1,
            (Self::Ecdsa(Digest::Sha384), KeyKind::P384) => &aws::ECDSA_P384_SHA384_ASN1,
            (Self::Ecdsa(Digest::Sha512), KeyKind::P384) => &aws::ECDSA_P384_SHA512_ASN1,
            (Self::Ecdsa(Digest::Sha3_384), KeyKind::P384) => &aws::ECDSA_P384_SHA3_384_ASN1,
            (Self::Ecdsa(Digest::Sha256), KeyKind::P521) => &aws::ECDSA_P521_SHA256_ASN1,
            (Self::Ecdsa(Digest::Sha384), KeyKind::P521) => &aws::ECDSA_P521_SHA384_ASN1,
            (Self::Ecdsa(Digest::Sha512), KeyKind::P521) => &aws::ECDSA_P521_SHA512_ASN1,
            (Self::Ecdsa(Digest::Sha3_512), KeyKind::P521) => &aws::ECDSA_P521_SHA3_512_ASN1,
            (Self::Ed25519, KeyKind::Ed25519) => &aws::ED25519,
            _ => return None,
        };
        Some(Provided::Fixed(algorithm))
    }
}

/// An algorithm of the provider.
enum Provided {
    Fixed(&'static dyn aws::VerificationAlgorithm),
    /// RSASSA-PSS with a salt of its own length.
    Pss(aws::RsaParameters),
}

impl Provided {
    fn algorithm(&self) -> &dyn aws::VerificationAlgorithm {
        match self {
            Self::Fixed(algorithm) => *algorithm,
            Self::Pss(parameters) => parameters,
        }
    }
}

/// The scheme of PSS parameters (RFC 4055, 3.1). What they leave out is as there: SHA-1, a mask of it, 20 octets of salt.
fn pss(parameters: &Tlv<'_>) -> Option<Scheme> {
    let mut inside = parameters.inside();
    let digest = match inside.optional(0xa0).ok()? {
        Some(hash) => digest_of(hash.value)?,
        None => Digest::Sha1,
    };
    let mask = match inside.optional(0xa1).ok()? {
        Some(mask) => {
            let mut mask = mask.inside().expect(0x30).ok()?.inside();
            if mask.read().ok()?.oid().ok()? != "1.2.840.113549.1.1.8" {
                return None;
            }
            digest_of(mask.rest())?
        }
        None => Digest::Sha1,
    };
    let salt = match inside.optional(0xa2).ok()? {
        Some(salt) => salt.inside().expect(0x02).ok()?.value,
        None => &[20],
    };
    let salt = match salt {
        [short @ 0..=0x7f] => u16::from(*short),
        [0, long @ 0x80..=0xff] => u16::from(*long),
        [high @ 1..=0x7f, low] => u16::from_be_bytes([*high, *low]),
        _ => return None,
    };
    // The trailer has one value.
    if inside.optional(0xa3).ok()?.is_some_and(|trailer| trailer.value != [0x02, 0x01, 0x01]) {
        return None;
    }
    let scheme =
        if mask == digest { Scheme::RsaPss(digest, salt) } else { Scheme::RsaPssMixed(digest, salt, mask) };
    inside.is_empty().then_some(scheme)
}

/// The kind of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// Another, by its identifier.
    Other(String),
}

/// A public key as providers take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its kind.
    pub kind: KeyKind,
    /// RSAPublicKey, curve point or raw key.
    pub point: Vec<u8>,
    /// Its size in bits.
    pub bits: u32,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read(info: &[u8]) -> Result<Self, super::der::DerError> {
        let outer = Reader::new(info).expect(0x30)?;
        let mut inside = outer.inside();
        let mut algorithm = inside.expect(0x30)?.inside();
        let dotted = algorithm.read()?.oid()?;
        let curve = match algorithm.peek() {
            Some(0x06) => algorithm.read()?.oid()?,
            _ => String::new(),
        };
        let bits = inside.expect(0x03)?;
        let point =
            bits.value.strip_prefix(&[0]).ok_or(super::der::DerError("unused bits in a key"))?.to_vec();
        let kind = match (dotted.as_str(), curve.as_str()) {
            ("1.2.840.113549.1.1.1", _) => KeyKind::Rsa,
            ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7") => KeyKind::P256,
            ("1.2.840.10045.2.1", "1.3.132.0.34") => KeyKind::P384,
            ("1.2.840.10045.2.1", "1.3.132.0.35") => KeyKind::P521,
            ("1.3.101.112", _) => KeyKind::Ed25519,
            (other, _) => KeyKind::Other(other.to_owned()),
        };
        let bits = match &kind {
            KeyKind::Rsa => rsa_bits(&point)?,
            KeyKind::P256 | KeyKind::Ed25519 => 256,
            KeyKind::P384 => 384,
            KeyKind::P521 => 521,
            KeyKind::Other(_) => 0,
        };
        Ok(Self { kind, point, bits })
    }

    fn describe(&self) -> String {
        match &self.kind {
            KeyKind::Rsa => format!("RSA {}", self.bits),
            KeyKind::Other(dotted) => dotted.clone(),
            other => format!("{other:?}"),
        }
    }
}

fn rsa_bits(key: &[u8]) -> Result<u32, super::der::DerError> {
    let outer = Reader::new(key).expect(0x30)?;
    let modulus = outer.inside().expect(0x02)?;
    let significant: Vec<u8> = modulus.value.iter().copied().skip_while(|octet| *octet == 0).collect();
    let first = significant.first().map_or(0, |octet| octet.leading_zeros());
    Ok(u32::try_from(significant.len() * 8).unwrap_or(u32::MAX).saturating_sub(first))
}
