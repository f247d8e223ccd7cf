//! Keys that sign: read from PKCS#8 or PKCS#12, kept out of sight.

use super::algorithm::{Digest, KeyKind, Scheme};
use super::certificate::Certificate;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
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
    /// An algorithm or size that isn't used for signing: RSA of 2048 to 4096 bits, P-256, P-384 and Ed25519 are.
    #[error("keys of this kind or size are not used for signing")]
    Unsupported,
    /// The certificate is of another key.
    #[error("key and certificate do not belong together")]
    Mismatch,
    /// There is no certificate.
    #[error("no certificate was given for the key")]
    NoCertificate,
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
        let rng = SystemRandom::new();
        let (pair, scheme, public) = match certificate.key.kind {
            KeyKind::Rsa => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Mismatch)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Rsa(pair), Scheme::RsaPkcs1(Digest::Sha256), public)
            }
            KeyKind::P256 | KeyKind::P384 => {
                let (algorithm, digest) = if certificate.key.kind == KeyKind::P256 {
                    (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, Digest::Sha256)
                } else {
                    (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, Digest::Sha384)
                };
                let pair =
                    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &rng).map_err(|_| KeyError::Mismatch)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Ecdsa(pair), Scheme::Ecdsa(digest), public)
            }
            KeyKind::Ed25519 => {
                let pair =
                    Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| KeyError::Mismatch)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Ed25519(pair), Scheme::Ed25519, public)
            }
            KeyKind::P521 | KeyKind::Other(_) => return Err(KeyError::Unsupported),
        };
        if public != certificate.key.point {
            return Err(KeyError::Mismatch);
        }
        if matches!(pair, Pair::Rsa(_)) && !(2048..=4096).contains(&certificate.key.bits) {
            return Err(KeyError::Unsupported);
        }
        Ok(Self { pair, scheme, certificate, chain })
    }

    /// The same key signing with RSASSA-PSS; other kinds stay as they are.
    #[must_use]
    pub fn with_pss(mut self) -> Self {
        if matches!(self.pair, Pair::Rsa(_)) {
            self.scheme = Scheme::pss(Digest::Sha256);
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
                    Scheme::RsaPss(..) => &signature::RSA_PSS_SHA256,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut value = vec![0_u8; pair.public().modulus_len()];
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
