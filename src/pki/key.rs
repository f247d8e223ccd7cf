//! Keys that sign: read from PKCS#8 or PKCS#12, kept out of sight.

use super::algorithm::{KeyKind, Scheme};
use super::certificate::Certificate;
use super::digest::Digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use zeroize::Zeroizing;

/// Why a key can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither PKCS#8 nor PKCS#12.
    #[error("the file holds no PKCS#8 or PKCS#12 key")]
    Unreadable,
    /// The secret doesn't open it.
    #[error("the secret does not open the key, or there was none")]
    Secret,
    /// An algorithm, digest or size that isn't used for signing: RSA of 2048 to 4096 bits, P-256, P-384, P-521
    /// and Ed25519 are.
    #[error("a key of this kind or size is not used for signing, or not with this digest")]
    Unsupported,
    /// The certificate is of another key.
    #[error("key and certificate do not belong together")]
    Mismatch,
    /// There is no certificate.
    #[error("no certificate was given for the key")]
    NoCertificate,
    /// A device that keeps keys failed.
    #[error("the token: {0}")]
    Token(String),
    /// The device or service that holds the key isn't there; it may be later.
    #[error("where the key lies can not be reached: {0}")]
    Unreachable(String),
    /// Who holds the key refuses, or may not be asked.
    #[error("the key may not be used: {0}")]
    Refused(String),
    /// What the holder of the key gave is not what was asked for.
    #[error("the holder of the key gave a wrong answer: {0}")]
    Wrong(String),
    /// The provider failed.
    #[error("the key could not sign")]
    Failed,
}

/// Something that signs, with its certificate.
pub trait SigningKey: Send + Sync {
    /// The signer's certificate.
    fn certificate(&self) -> &Certificate;
    /// Certificates towards the anchor, without the signer's.
    fn chain(&self) -> &[Certificate];
    /// What it signs with.
    fn scheme(&self) -> Scheme;
    /// Signs `message`.
    ///
    /// # Errors
    /// When the provider fails.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// How a key is to sign, where its kind leaves that open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    /// RSASSA-PSS rather than PKCS#1 v1.5.
    pub pss: bool,
    /// The digest; none: the usual one of the kind.
    pub digest: Option<Digest>,
}

impl Choice {
    /// The scheme for a certificate's key.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`].
    pub fn scheme(self, certificate: &Certificate) -> Result<Scheme, KeyError> {
        let key = &certificate.key;
        let allowed: &[Digest] = match key.kind {
            KeyKind::Rsa if (2048..=4096).contains(&key.bits) => {
                &[Digest::Sha256, Digest::Sha384, Digest::Sha512]
            }
            KeyKind::P256 => &[Digest::Sha256],
            KeyKind::P384 => &[Digest::Sha384, Digest::Sha3_384],
            KeyKind::P521 => &[Digest::Sha512, Digest::Sha256, Digest::Sha384, Digest::Sha3_512],
            KeyKind::Ed25519 => &[Digest::Sha512],
            KeyKind::Rsa | KeyKind::Other(_) => &[],
        };
        let usual = allowed.first().copied().ok_or(KeyError::Unsupported)?;
        let digest = self.digest.unwrap_or(usual);
        if !allowed.contains(&digest) {
            return Err(KeyError::Unsupported);
        }
        Ok(match key.kind {
            KeyKind::Rsa if self.pss => Scheme::pss(digest),
            KeyKind::Rsa => Scheme::RsaPkcs1(digest),
            KeyKind::Ed25519 => Scheme::Ed25519,
            _ => Scheme::Ecdsa(digest),
        })
    }
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key in memory.
pub struct MemoryKey {
    pair: Pair,
    scheme: Scheme,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl std::fmt::Debug for MemoryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryKey").field("certificate", &self.certificate.subject).finish_non_exhaustive()
    }
}

impl MemoryKey {
    /// A key from its PKCS#8 DER, with its certificate.
    ///
    /// # Errors
    /// When the key isn't of a kind used here or isn't the certificate's.
    pub fn new(pkcs8: &[u8], certificate: Certificate, chain: Vec<Certificate>) -> Result<Self, KeyError> {
        Self::choosing(pkcs8, certificate, chain, Choice::default())
    }

    /// As [`MemoryKey::new`], signing as chosen.
    ///
    /// # Errors
    /// As [`MemoryKey::new`], and when the kind of key doesn't allow the choice.
    pub fn choosing(
        pkcs8: &[u8],
        certificate: Certificate,
        chain: Vec<Certificate>,
        choice: Choice,
    ) -> Result<Self, KeyError> {
        let scheme = choice.scheme(&certificate)?;
        let mismatch = |_| KeyError::Mismatch;
        let elliptic = |algorithm| {
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).map_err(mismatch)?;
            let public = pair.public_key().as_ref().to_vec();
            Ok((Pair::Ecdsa(pair), public))
        };
        let (pair, public) = match (scheme, &certificate.key.kind) {
            (Scheme::RsaPkcs1(_) | Scheme::RsaPss(..), _) => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(mismatch)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Rsa(pair), public)
            }
            (Scheme::Ed25519, _) => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(mismatch)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Ed25519(pair), public)
            }
            (Scheme::Ecdsa(Digest::Sha256), KeyKind::P256) => {
                elliptic(&signature::ECDSA_P256_SHA256_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha384), KeyKind::P384) => {
                elliptic(&signature::ECDSA_P384_SHA384_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha3_384), KeyKind::P384) => {
                elliptic(&signature::ECDSA_P384_SHA3_384_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha256), KeyKind::P521) => {
                elliptic(&signature::ECDSA_P521_SHA256_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha384), KeyKind::P521) => {
                elliptic(&signature::ECDSA_P521_SHA384_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha512), KeyKind::P521) => {
                elliptic(&signature::ECDSA_P521_SHA512_ASN1_SIGNING)?
            }
            (Scheme::Ecdsa(Digest::Sha3_512), KeyKind::P521) => {
                elliptic(&signature::ECDSA_P521_SHA3_512_ASN1_SIGNING)?
            }
            _ => return Err(KeyError::Unsupported),
        };
        if public != certificate.key.point {
            return Err(KeyError::Mismatch);
        }
        Ok(Self { pair, scheme, certificate, chain })
    }

    /// The same key signing with RSASSA-PSS; other kinds stay as they are.
    #[must_use]
    pub fn with_pss(mut self) -> Self {
        if matches!(self.pair, Pair::Rsa(_)) {
            self.scheme = Scheme::pss(self.scheme.digest());
        }
        self
    }
}

impl SigningKey for MemoryKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn scheme(&self) -> Scheme {
        self.scheme
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let padding: &'static dyn signature::RsaEncoding = match self.scheme {
                    Scheme::RsaPss(Digest::Sha256, _) => &signature::RSA_PSS_SHA256,
                    Scheme::RsaPss(Digest::Sha384, _) => &signature::RSA_PSS_SHA384,
                    Scheme::RsaPss(Digest::Sha512, _) => &signature::RSA_PSS_SHA512,
                    Scheme::RsaPkcs1(Digest::Sha256) => &signature::RSA_PKCS1_SHA256,
                    Scheme::RsaPkcs1(Digest::Sha384) => &signature::RSA_PKCS1_SHA384,
                    Scheme::RsaPkcs1(Digest::Sha512) => &signature::RSA_PKCS1_SHA512,
                    _ => return Err(KeyError::Unsupported),
                };
                let mut value = vec![0_u8; pair.public_modulus_len()];
                pair.sign(padding, &rng, message, &mut value).map_err(|_| KeyError::Failed)?;
                Ok(value)
            }
            Pair::Ecdsa(pair) => {
                Ok(pair.sign(&rng, message).map_err(|_| KeyError::Failed)?.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }
}

/// What a key file holds.
pub struct KeyFile {
    /// PKCS#8 DER.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// The key's certificate, when the file has it.
    pub certificate: Option<Certificate>,
    /// Others in the file.
    pub chain: Vec<Certificate>,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile(..)")
    }
}

/// Reads a key file: PKCS#8 in PEM (encrypted or not) or PKCS#12.
///
/// # Errors
/// [`KeyError`].
pub fn read_key_file(bytes: &[u8], secret: Option<&str>) -> Result<KeyFile, KeyError> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.contains("-----BEGIN")
    {
        let pkcs8 = read_pem(text, secret)?;
        let certificates = super::read_certificates(bytes).unwrap_or_default();
        let mut certificates = certificates.into_iter();
        return Ok(KeyFile { pkcs8, certificate: certificates.next(), chain: certificates.collect() });
    }
    read_pkcs12(bytes, secret.unwrap_or_default())
}

fn read_pem(text: &str, secret: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let block = |label: &str| -> Option<String> {
        let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
        let start = text.find(&begin)?;
        let stop = text.get(start..)?.find(&end)? + start + end.len();
        text.get(start..stop).map(|block| format!("{block}\n"))
    };
    if let Some(pem) = block("ENCRYPTED PRIVATE KEY") {
        let secret = secret.ok_or(KeyError::Secret)?;
        let (_, document) = pkcs8::SecretDocument::from_pem(&pem).map_err(|_| KeyError::Unreadable)?;
        let info = pkcs8::EncryptedPrivateKeyInfo::try_from(document.as_bytes())
            .map_err(|_| KeyError::Unreadable)?;
        let plain = info.decrypt(secret).map_err(|_| KeyError::Secret)?;
        return Ok(Zeroizing::new(plain.as_bytes().to_vec()));
    }
    let pem = block("PRIVATE KEY").ok_or(KeyError::Unreadable)?;
    let (_, document) = pkcs8::SecretDocument::from_pem(&pem).map_err(|_| KeyError::Unreadable)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

fn read_pkcs12(bytes: &[u8], secret: &str) -> Result<KeyFile, KeyError> {
    let store = p12_keystore::KeyStore::from_pkcs12(bytes, secret, p12_keystore::Pkcs12ImportPolicy::Relaxed)
        .map_err(|error| {
            if error.to_string().to_lowercase().contains("mac") {
                KeyError::Secret
            } else {
                KeyError::Unreadable
            }
        })?;
    let (_, chain) = store.private_key_chain().ok_or(KeyError::Unreadable)?;
    let mut certificates = chain.certs().iter().filter_map(|found| Certificate::read(found.as_der()).ok());
    let certificate = certificates.next();
    Ok(KeyFile {
        pkcs8: Zeroizing::new(chain.key().as_der().to_vec()),
        certificate,
        chain: certificates.collect(),
    })
}
