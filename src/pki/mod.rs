//! Certificates, paths, revocation, time-stamps, keys, algorithms (RFC 5280, RFC 6960, RFC 3161, RFC 8017,
//! X.690).

pub mod algorithm;
pub mod anchors;
pub mod certificate;
pub mod constraints;
pub mod crl;
pub mod csc;
pub mod der;
pub mod digest;
pub mod issue;
pub mod key;
pub mod name;
pub mod ocsp;
pub mod path;
#[cfg(test)]
mod pkits;
pub mod policies;
pub mod revocation;
mod rsa;
mod seal;
pub mod time;
pub mod timestamp;
pub mod token;

pub use algorithm::{KeyKind, PublicKey, Scheme, VerifyError};
pub use certificate::{Certificate, CertificateError};
pub use crl::Crl;
pub use digest::Digest;
pub use key::{Choice, KeyError, MemoryKey, SigningKey};
pub use ocsp::Ocsp;
pub use path::{Path, PathError, TrustStore};
pub use policies::Demand;

/// Certificates of one file: any number in PEM, or one in DER.
///
/// # Errors
/// When there is none, or one is unreadable.
pub fn read_certificates(bytes: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    if bytes.first() == Some(&0x30) {
        return Certificate::read(bytes).map(|certificate| vec![certificate]);
    }
    let mut found = Vec::new();
    for pem in x509_parser::pem::Pem::iter_from_buffer(bytes) {
        let pem = pem.map_err(|_| CertificateError::Unreadable)?;
        if pem.label == "CERTIFICATE" {
            found.push(Certificate::read(&pem.contents)?);
        }
    }
    if found.is_empty() { Err(CertificateError::Unreadable) } else { Ok(found) }
}
