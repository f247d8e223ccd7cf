//! Digest algorithms by their identifiers, computed by the provider (aws-lc-rs); MD5, which it lacks, by a crate.

use super::der::{Reader, has_no_parameters, oid, sequence};
use aws_lc_rs::digest;

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digest {
    /// MD5 (RFC 1321): only to read what is old.
    Md5,
    /// SHA-1: only to read what is old.
    Sha1,
    /// SHA-224: only to read.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA3-256 (FIPS 202).
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

impl Digest {
    /// By its object identifier.
    #[must_use]
    pub fn from_oid(dotted: &str) -> Option<Self> {
        match dotted {
            "1.2.840.113549.2.5" => Some(Self::Md5),
            "1.3.14.3.2.26" => Some(Self::Sha1),
            "2.16.840.1.101.3.4.2.4" => Some(Self::Sha224),
            "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
            "2.16.840.1.101.3.4.2.8" => Some(Self::Sha3_256),
            "2.16.840.1.101.3.4.2.9" => Some(Self::Sha3_384),
            "2.16.840.1.101.3.4.2.10" => Some(Self::Sha3_512),
            _ => None,
        }
    }

    /// Its object identifier.
    #[must_use]
    pub fn oid(self) -> &'static str {
        match self {
            Self::Md5 => "1.2.840.113549.2.5",
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha224 => "2.16.840.1.101.3.4.2.4",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
            Self::Sha3_256 => "2.16.840.1.101.3.4.2.8",
            Self::Sha3_384 => "2.16.840.1.101.3.4.2.9",
            Self::Sha3_512 => "2.16.840.1.101.3.4.2.10",
        }
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// A context to feed.
    #[must_use]
    pub fn context(self) -> Context {
        Context(Box::new(match self.provided() {
            Some(algorithm) => Digesting::Provided(digest::Context::new(algorithm)),
            None => Digesting::Md5(md5::Md5::default()),
        }))
    }

    /// The provider's; it has no MD5.
    pub(super) fn provided(self) -> Option<&'static digest::Algorithm> {
        Some(match self {
            Self::Md5 => return None,
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
            Self::Sha3_256 => &digest::SHA3_256,
            Self::Sha3_384 => &digest::SHA3_384,
            Self::Sha3_512 => &digest::SHA3_512,
        })
    }

    /// Its length in octets.
    #[must_use]
    pub fn length(self) -> u16 {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        // In one go: a context of the provider costs more than a short digest.
        match self.provided() {
            Some(algorithm) => digest::digest(algorithm, bytes).as_ref().to_vec(),
            None => <md5::Md5 as md5::Digest>::digest(bytes).to_vec(),
        }
    }

    /// Whether nothing new may rest on it, whatever the date.
    #[must_use]
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// The AlgorithmIdentifier without parameters (RFC 5754).
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        sequence(&[&oid(self.oid())])
    }
}

/// A digest in the making.
#[derive(Clone)]
pub struct Context(Box<Digesting>);

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Digesting {
    Provided(digest::Context),
    Md5(md5::Md5),
}

impl Context {
    /// Feeds it.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut *self.0 {
            Digesting::Provided(context) => context.update(bytes),
            Digesting::Md5(context) => md5::Digest::update(context, bytes),
        }
    }

    /// The digest of everything fed.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match *self.0 {
            Digesting::Provided(context) => context.finish().as_ref().to_vec(),
            Digesting::Md5(context) => md5::Digest::finalize(context).to_vec(),
        }
    }
}

/// The digest an AlgorithmIdentifier names; its parameters are absent or NULL (RFC 5754, 2).
#[must_use]
pub fn digest_of(identifier: &[u8]) -> Option<Digest> {
    let mut inside = Reader::new(identifier).expect(0x30).ok()?.inside();
    let dotted = inside.read().ok()?.oid().ok()?;
    if has_no_parameters(inside) { Digest::from_oid(&dotted) } else { None }
}
