//! X.509 certificates (RFC 5280) as validation needs them: the bytes as received, the fields read.

use super::algorithm::{PublicKey, Scheme, VerifyError};
use super::constraints::{self, GeneralName, NameConstraints, alternative_names};
use super::crl::{DistributionPoint, distribution_points};
use super::policies::Stated;
use super::seal::Seal;
use chrono::{DateTime, Utc};
use std::ops::Deref;
use std::sync::Arc;
use x509_parser::extensions::{GeneralName as Name, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate larger than this is no certificate for signing documents.
const SIZE_LIMIT: usize = 128 * 1024;
/// Addresses of one kind that are remembered: each may cost a request.
const ADDRESS_LIMIT: usize = 4;
/// Policies one certificate may state, and mappings of them.
const POLICY_LIMIT: usize = 128;
/// Extensions that say that revocation is not to be asked for.
const NO_CHECK: [&str; 3] = ["1.3.6.1.5.5.7.48.1.5", "2.5.29.56", "0.4.0.194121.2.1"];

/// A certificate, read. Its clones are the same one: paths, evidence and reports pass it around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(Arc<Fields>);

impl Deref for Certificate {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

/// What a certificate states.
#[derive(Debug, PartialEq, Eq)]
pub struct Fields {
    /// DER as received.
    pub der: Vec<u8>,
    /// Subject, as text.
    pub subject: String,
    /// Issuer, as text.
    pub issuer: String,
    /// Subject, DER.
    pub subject_der: Vec<u8>,
    /// Issuer, DER.
    pub issuer_der: Vec<u8>,
    /// Subject, made comparable (RFC 5280, 7.1).
    pub subject_name: Vec<u8>,
    /// Issuer, made comparable.
    pub issuer_name: Vec<u8>,
    /// Serial number, the contents of its INTEGER.
    pub serial: Vec<u8>,
    /// Beginning of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
    /// The subject's key.
    pub key: PublicKey,
    /// SubjectPublicKeyInfo, DER.
    pub key_info: Vec<u8>,
    /// Whether it may issue certificates.
    pub is_ca: bool,
    /// How many CA certificates may follow.
    pub path_length: Option<u32>,
    /// Key usage bits, if stated.
    pub key_usage: Option<KeyUsage>,
    /// Extended key usages by identifier, if stated.
    pub extended_key_usage: Option<Vec<String>>,
    /// Subject key identifier.
    pub subject_key_id: Option<Vec<u8>>,
    /// Authority key identifier.
    pub authority_key_id: Option<Vec<u8>>,
    /// Subject alternative names.
    pub alternative_names: Vec<GeneralName>,
    /// What names it lets those below it bear.
    pub name_constraints: Option<NameConstraints>,
    /// What it states about policies.
    pub stated: Stated,
    /// Extensions that bind a path but are not processed here, or can't be read: any of them forbids
    /// trust, whether marked critical or not.
    pub unprocessed: Vec<String>,
    /// Whether it says where its revocation can be learnt.
    pub names_revocation: bool,
    /// Where its issuer says CRLs are found, in order.
    pub crl_points: Vec<DistributionPoint>,
    /// Addresses of OCSP responders (authority information access).
    pub ocsp_addresses: Vec<String>,
    /// Addresses of the issuer's certificate (authority information access).
    pub issuer_addresses: Vec<String>,
    /// Whether its revocation is not to be asked for: an OCSP responder's id-pkix-ocsp-nocheck (RFC 6960,
    /// 4.2.2.2.1), noRevAvail (RFC 9608) or the short-term assurance of EN 319 412-1.
    pub needs_no_revocation_check: bool,
    /// Whether the extended key usage is critical.
    pub extended_key_usage_critical: bool,
    /// Organisation of the subject.
    pub organisation: Option<String>,
    /// Common name of the subject.
    pub common_name: Option<String>,
    seal: Seal,
}

/// Key usage bits that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    /// digitalSignature.
    pub digital_signature: bool,
    /// nonRepudiation (contentCommitment).
    pub non_repudiation: bool,
    /// keyCertSign.
    pub certificate_sign: bool,
    /// cRLSign.
    pub crl_sign: bool,
}

/// Why bytes are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Too large.
    #[error("larger than a certificate may be")]
    Size,
    /// Not readable.
    #[error("not a readable X.509 certificate")]
    Unreadable,
    /// Bytes follow it.
    #[error("bytes follow the certificate")]
    Trailing,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn read(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > SIZE_LIMIT {
            return Err(CertificateError::Size);
        }
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Unreadable)?;
        if !rest.is_empty() {
            return Err(CertificateError::Trailing);
        }
        let instant = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or(CertificateError::Unreadable);
        // The outer algorithm must be the one that was signed (RFC 5280, 4.1.1.2).
        let algorithm = algorithm_bytes(der).ok_or(CertificateError::Unreadable)?;
        let seal = Seal::new(parsed.tbs_certificate.as_ref(), algorithm, &parsed.signature_value.data);
        let mut fields = Fields {
            der: der.to_vec(),
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            subject_der: parsed.subject().as_raw().to_vec(),
            issuer_der: parsed.issuer().as_raw().to_vec(),
            subject_name: super::name::comparable(parsed.subject().as_raw()),
            issuer_name: super::name::comparable(parsed.issuer().as_raw()),
            serial: parsed.raw_serial().to_vec(),
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
            key: PublicKey::read(parsed.public_key().raw).map_err(|_| CertificateError::Unreadable)?,
            key_info: parsed.public_key().raw.to_vec(),
            is_ca: false,
            path_length: None,
            key_usage: None,
            extended_key_usage: None,
            subject_key_id: None,
            authority_key_id: None,
            alternative_names: Vec::new(),
            name_constraints: None,
            stated: Stated::default(),
            unprocessed: Vec::new(),
            names_revocation: false,
            crl_points: Vec::new(),
            ocsp_addresses: Vec::new(),
            issuer_addresses: Vec::new(),
            needs_no_revocation_check: false,
            extended_key_usage_critical: false,
            organisation: first_text(parsed.subject().iter_organization()),
            common_name: first_text(parsed.subject().iter_common_name()),
            seal,
        };
        fields.read_extensions(&parsed)?;
        Ok(Self(Arc::new(fields)))
    }
}

impl Fields {
    fn read_extensions(&mut self, parsed: &X509Certificate<'_>) -> Result<(), CertificateError> {
        let mut seen = std::collections::HashSet::new();
        for extension in parsed.extensions() {
            if !seen.insert(&extension.oid) {
                return Err(CertificateError::Unreadable);
            }
            let dotted = extension.oid.to_id_string();
            let processed = match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => {
                    self.is_ca = constraints.ca;
                    self.path_length = constraints.path_len_constraint;
                    true
                }
                ParsedExtension::KeyUsage(usage) => {
                    self.key_usage = Some(KeyUsage {
                        digital_signature: usage.digital_signature(),
                        non_repudiation: usage.non_repudiation(),
                        certificate_sign: usage.key_cert_sign(),
                        crl_sign: usage.crl_sign(),
                    });
                    true
                }
                ParsedExtension::ExtendedKeyUsage(_) => {
                    self.extended_key_usage = purposes(extension.value);
                    self.extended_key_usage_critical = extension.critical;
                    self.extended_key_usage.is_some()
                }
                ParsedExtension::SubjectKeyIdentifier(id) => {
                    self.subject_key_id = Some(id.0.to_vec());
                    true
                }
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    self.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
                    true
                }
                ParsedExtension::CRLDistributionPoints(_) => {
                    self.names_revocation = true;
                    match distribution_points(extension.value) {
                        Ok(points) => {
                            self.crl_points = points;
                            true
                        }
                        Err(_) => false,
                    }
                }
                ParsedExtension::AuthorityInfoAccess(access) => {
                    for description in &access.accessdescs {
                        let Name::URI(address) = &description.access_location else { continue };
                        let list = match description.access_method.to_id_string().as_str() {
                            "1.3.6.1.5.5.7.48.1" => &mut self.ocsp_addresses,
                            "1.3.6.1.5.5.7.48.2" => &mut self.issuer_addresses,
                            _ => continue,
                        };
                        if list.len() < ADDRESS_LIMIT {
                            list.push((*address).to_owned());
                        }
                    }
                    self.names_revocation |= !self.ocsp_addresses.is_empty();
                    true
                }
                ParsedExtension::SubjectAlternativeName(_) => {
                    let names = alternative_names(extension.value);
                    self.alternative_names = names.clone().unwrap_or_default();
                    names.is_ok()
                }
                ParsedExtension::IssuerAlternativeName(_) => true,
                ParsedExtension::CertificatePolicies(policies) => {
                    let names =
                        policies.iter().take(POLICY_LIMIT + 1).map(|one| one.policy_id.to_id_string());
                    let names: std::collections::BTreeSet<String> = names.collect();
                    let is_sound = names.len() == policies.len() && names.len() <= POLICY_LIMIT;
                    self.stated.policies = Some(names);
                    is_sound
                }
                ParsedExtension::PolicyMappings(mappings) => {
                    let pairs = mappings.mappings.iter().take(POLICY_LIMIT).map(|mapping| {
                        let (from, to) = (&mapping.issuer_domain_policy, &mapping.subject_domain_policy);
                        (from.to_id_string(), to.to_id_string())
                    });
                    self.stated.mappings = pairs.collect();
                    mappings.mappings.len() <= POLICY_LIMIT
                }
                ParsedExtension::PolicyConstraints(constraints) => {
                    self.stated.require_explicit = constraints.require_explicit_policy;
                    self.stated.inhibit_mapping = constraints.inhibit_policy_mapping;
                    true
                }
                ParsedExtension::InhibitAnyPolicy(inhibit) => {
                    self.stated.inhibit_any = Some(inhibit.skip_certs);
                    true
                }
                ParsedExtension::NameConstraints(_) => {
                    self.name_constraints = constraints::read(extension.value).ok();
                    self.name_constraints.is_some()
                }
                ParsedExtension::ParseError { .. } => self.refuse(&dotted),
                _ if NO_CHECK.contains(&dotted.as_str()) => {
                    self.needs_no_revocation_check = true;
                    true
                }
                _ => !extension.critical || self.refuse(&dotted),
            };
            if !processed {
                self.refuse(&dotted);
            }
        }
        Ok(())
    }

    /// Notes an extension that forbids trust; true, so that it is noted once.
    fn refuse(&mut self, dotted: &str) -> bool {
        self.unprocessed.push(dotted.to_owned());
        true
    }

    /// Whether the stated usages allow signing documents: digitalSignature or nonRepudiation, and
    /// not only purposes of machines (RFC 5280, 4.2.1.3 and 4.2.1.12). What isn't stated isn't restricted.
    #[must_use]
    pub fn may_sign_documents(&self) -> bool {
        /// TLS servers, code, time-stamps, OCSP answers.
        const MACHINES: [&str; 4] =
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"];
        let usage = self.key_usage.is_none_or(|usage| usage.digital_signature || usage.non_repudiation);
        let purpose = self
            .extended_key_usage
            .as_ref()
            .is_none_or(|purposes| purposes.iter().any(|purpose| !MACHINES.contains(&purpose.as_str())));
        usage && purpose
    }

    /// The bits of the subject's key as OCSP and key identifiers hash them: without tag, length and count of
    /// unused bits.
    #[must_use]
    pub fn key_bits(&self) -> Vec<u8> {
        self.key.point.clone()
    }

    /// Whether its purpose is time-stamping: stated, critical, and nothing else (RFC 3161, 2.3).
    #[must_use]
    pub fn may_stamp_time(&self) -> bool {
        self.extended_key_usage_critical
            && self.extended_key_usage.as_deref() == Some(&["1.3.6.1.5.5.7.3.8".to_owned()])
            && self.key_usage.is_none_or(|usage| usage.digital_signature || usage.non_repudiation)
    }

    /// Whether its purpose is answering for its issuer about revocation (RFC 6960, 4.2.2.2).
    #[must_use]
    pub fn may_answer_ocsp(&self) -> bool {
        self.extended_key_usage
            .as_ref()
            .is_some_and(|purposes| purposes.iter().any(|purpose| purpose == "1.3.6.1.5.5.7.3.9"))
            && self.key_usage.is_none_or(|usage| usage.digital_signature || usage.non_repudiation)
    }

    /// The serial number in lower-case hex.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(&self.serial)
    }

    /// Whether `issuer`'s key made this certificate's signature.
    ///
    /// # Errors
    /// When it didn't, or the algorithm isn't known.
    pub fn verify_by(&self, issuer: &PublicKey) -> Result<(), VerifyError> {
        self.seal.verify_by(issuer)
    }

    /// The scheme its issuer signed with.
    ///
    /// # Errors
    /// When it isn't known.
    pub fn scheme(&self) -> Result<Scheme, VerifyError> {
        self.seal.scheme()
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject_name == self.issuer_name
    }

    /// Whether the certificate is valid at `at`, both ends included.
    #[must_use]
    pub fn is_within_validity(&self, at: DateTime<Utc>) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

fn first_text<'a>(
    mut values: impl Iterator<Item = &'a x509_parser::prelude::AttributeTypeAndValue<'a>>,
) -> Option<String> {
    values.next().and_then(|value| value.as_str().ok()).map(str::to_owned)
}

fn purposes(value: &[u8]) -> Option<Vec<String>> {
    let mut inside = super::der::Reader::new(value).expect(0x30).ok()?.inside();
    let mut list = Vec::new();
    while !inside.is_empty() {
        list.push(inside.read().ok()?.oid().ok()?);
    }
    Some(list)
}

/// The signature algorithm, if it is the same inside and outside what was signed.
fn algorithm_bytes(der: &[u8]) -> Option<&[u8]> {
    let mut outer = super::der::Reader::new(der).expect(0x30).ok()?.inside();
    let mut signed = outer.read().ok()?.inside();
    signed.optional(0xa0).ok()?;
    signed.expect(0x02).ok()?;
    let inner = signed.expect(0x30).ok()?;
    let named = outer.expect(0x30).ok()?;
    (inner.whole == named.whole).then_some(named.whole)
}
