//! A small certificate authority for development: the demo's and the tests' keys come from here.
//!
//! It is no product for others: real signers hold certificates of a recognised authority. Keys are
//! made fresh each time and leave this module only in the form the caller stores.

use super::certificate::Certificate;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, RsaKeySize,
    date_time_ymd,
};
use zeroize::Zeroizing;

/// What kind of key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKey {
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 4096 bits.
    Rsa4096,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

/// A key and its certificate as issued.
pub struct Issued {
    /// PKCS#8 DER.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// The certificate.
    pub certificate: Certificate,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("certificate", &self.certificate.subject).finish_non_exhaustive()
    }
}

/// The authority: a self-signed root and its key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: Certificate,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("root", &self.root.subject).finish_non_exhaustive()
    }
}

/// Issuing failed.
#[derive(Debug, thiserror::Error)]
#[error("the development authority could not issue: {0}")]
pub struct IssueError(String);

fn failed(error: impl std::fmt::Display) -> IssueError {
    IssueError(error.to_string())
}

/// First and last year of validity, both on 1 January.
pub type Years = (i32, i32);

impl Authority {
    /// Makes a root named `name`.
    ///
    /// # Errors
    /// When the provider fails.
    pub fn new(name: &str, years: Years) -> Result<Self, IssueError> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let mut params = parameters(name, None, years)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root = params.self_signed(&key).map_err(failed)?;
        let root = Certificate::read(root.der()).map_err(failed)?;
        Ok(Self { issuer: Issuer::new(params, key), root })
    }

    /// The root certificate: the anchor to be trusted.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// Issues a certificate for signing documents to a fresh key.
    ///
    /// # Errors
    /// When the provider fails.
    pub fn issue(
        &self,
        name: &str,
        organisation: &str,
        kind: NewKey,
        years: Years,
    ) -> Result<Issued, IssueError> {
        let key = match kind {
            NewKey::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
            NewKey::Rsa4096 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_4096),
            NewKey::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            NewKey::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
            NewKey::P521 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512),
            NewKey::Ed25519 => KeyPair::generate_for(&rcgen::PKCS_ED25519),
        }
        .map_err(failed)?;
        let mut params = parameters(name, Some(organisation), years)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok(Issued {
            pkcs8: Zeroizing::new(key.serialize_der()),
            certificate: Certificate::read(certificate.der()).map_err(failed)?,
        })
    }
}

fn parameters(name: &str, organisation: Option<&str>, years: Years) -> Result<CertificateParams, IssueError> {
    let mut params = CertificateParams::new(Vec::<String>::new()).map_err(failed)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "VN");
    if let Some(organisation) = organisation {
        params.distinguished_name.push(DnType::OrganizationName, organisation);
    }
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    Ok(params)
}

/// A certificate in PEM.
#[must_use]
pub fn certificate_pem(certificate: &Certificate) -> String {
    pem("CERTIFICATE", &certificate.der)
}

/// PEM with lines of 64 characters (RFC 7468).
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
