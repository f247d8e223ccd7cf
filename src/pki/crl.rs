//! Certificate revocation lists (RFC 5280, 5) as received: fields read, entries looked up, the signature
//! verified. Whether a list speaks of a certificate at all is judged in [`super::revocation`].

use super::algorithm::{PublicKey, Scheme, VerifyError};
use super::der::{DerError, Reader, Tlv, sequence};
use super::seal::Seal;
use super::{name, time};
use chrono::{DateTime, Utc};

/// A list larger than this is not read: the largest public ones are some ten megabytes.
pub const SIZE_LIMIT: usize = 32 << 20;
/// Names and points one extension may hold.
const NAME_LIMIT: usize = 64;

/// Every reason of RFC 5280, 4.2.1.13 but `unused`, as bits counted from the left of its BIT STRING.
pub const ALL_REASONS: u16 = 0b0111_1111_1000_0000;
/// The CRLReason `certificateHold`.
pub const HOLD: u8 = 6;
/// The CRLReason `removeFromCRL`.
pub const REMOVED: u8 = 8;

/// Where a certificate's issuer says CRLs are found (RFC 5280, 4.2.1.13).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DistributionPoint {
    /// Its name; none when only the issuer of the list is named.
    pub name: Option<PointName>,
    /// The reasons the list found there speaks of; none: all.
    pub reasons: Option<u16>,
    /// Who signs the list when the certificate's issuer doesn't: names, comparable.
    pub crl_issuer: Vec<Vec<u8>>,
}

/// The name of a distribution point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointName {
    /// GeneralNames; directory names are made comparable.
    Full(Vec<Vec<u8>>),
    /// Attributes to be put behind the issuer's name: the contents of a RelativeDistinguishedName.
    Relative(Vec<u8>),
}

impl PointName {
    /// The full names, a relative one put behind `issuer` (a Name in DER).
    #[must_use]
    pub fn full(&self, issuer: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Full(names) => names.clone(),
            Self::Relative(attributes) => {
                let Ok(outer) = Reader::new(issuer).expect(0x30) else { return Vec::new() };
                let last = super::der::tlv(0x31, attributes);
                vec![directory_name(&sequence(&[outer.value, &last]))]
            }
        }
    }
}

/// A directory name as one of several GeneralNames, comparable.
#[must_use]
pub fn directory_name(der: &[u8]) -> Vec<u8> {
    super::der::tlv(0xa4, &name::comparable(der))
}

impl DistributionPoint {
    /// The addresses of its name that can be fetched.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let names: &[Vec<u8>] = match &self.name {
            Some(PointName::Full(names)) => names,
            _ => &[],
        };
        names.iter().filter_map(|name| {
            let tlv = Reader::new(name).expect(0x86).ok()?;
            std::str::from_utf8(tlv.value).ok()
        })
    }
}

/// Reads the value of a CRLDistributionPoints extension.
///
/// # Errors
/// When it is broken.
pub fn distribution_points(value: &[u8]) -> Result<Vec<DistributionPoint>, DerError> {
    let mut inside = Reader::new(value).expect(0x30)?.inside();
    let mut points = Vec::new();
    while !inside.is_empty() {
        if points.len() >= NAME_LIMIT {
            return Err(DerError("too many distribution points"));
        }
        let mut parts = inside.expect(0x30)?.inside();
        let name = parts.optional(0xa0)?.map(|tlv| point_name(&tlv)).transpose()?;
        let reasons = parts.optional(0x81)?.map(|tlv| reason_flags(tlv.value));
        let crl_issuer = match parts.optional(0xa2)? {
            Some(names) => general_names(&names)?,
            None => Vec::new(),
        };
        points.push(DistributionPoint { name, reasons, crl_issuer });
    }
    Ok(points)
}

/// DistributionPointName, inside its explicit tag.
fn point_name(explicit: &Tlv<'_>) -> Result<PointName, DerError> {
    let choice = explicit.inside().read()?;
    match choice.tag {
        0xa0 => Ok(PointName::Full(general_names(&choice)?)),
        0xa1 => Ok(PointName::Relative(choice.value.to_vec())),
        _ => Err(DerError("unknown name of a distribution point")),
    }
}

fn general_names(names: &Tlv<'_>) -> Result<Vec<Vec<u8>>, DerError> {
    let mut inside = names.inside();
    let mut found = Vec::new();
    while !inside.is_empty() {
        let one = inside.read()?;
        if found.len() >= NAME_LIMIT {
            return Err(DerError("too many names"));
        }
        found.push(if one.tag == 0xa4 { directory_name(one.value) } else { one.whole.to_vec() });
    }
    Ok(found)
}

fn reason_flags(bits: &[u8]) -> u16 {
    match bits {
        [_unused, first] => u16::from_be_bytes([*first, 0]),
        [_unused, first, second, ..] => u16::from_be_bytes([*first, *second]),
        _ => 0,
    }
}

/// What a list says it speaks of (RFC 5280, 5.2.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssuingPoint {
    /// The point's name.
    pub name: Option<PointName>,
    /// Only certificates of those who are no authority.
    pub only_users: bool,
    /// Only certificates of authorities.
    pub only_authorities: bool,
    /// Only attribute certificates.
    pub only_attributes: bool,
    /// Only these reasons.
    pub reasons: Option<u16>,
    /// Entries of other issuers than the list's.
    pub indirect: bool,
}

/// A revocation list.
#[derive(Debug, Clone)]
pub struct Crl {
    /// DER as received.
    pub der: Vec<u8>,
    /// Issuer, DER.
    pub issuer_der: Vec<u8>,
    /// Issuer, comparable.
    pub issuer_name: Vec<u8>,
    /// When it was made.
    pub this_update: DateTime<Utc>,
    /// By when the next is made.
    pub next_update: Option<DateTime<Utc>>,
    /// cRLNumber, without leading zeros.
    pub number: Option<Vec<u8>>,
    /// The number of the list a delta is to; none: a complete list.
    pub base_number: Option<Vec<u8>>,
    /// Key identifier of the issuer.
    pub authority_key_id: Option<Vec<u8>>,
    /// What it speaks of.
    pub issuing_point: Option<IssuingPoint>,
    /// Since when expired certificates stay on it (X.509, expiredCertsOnCRL).
    pub expired_since: Option<DateTime<Utc>>,
    /// Whether a critical extension isn't understood: it then proves nothing.
    pub has_unknown_critical: bool,
    entries: Vec<u8>,
    seal: Seal,
}

/// A revocation as a list or a responder tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// Since when.
    pub at: DateTime<Utc>,
    /// CRLReason; 0 when none is given.
    pub reason: u8,
}

/// What a list says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It is not on it.
    Absent,
    /// It is on it.
    Revoked(Revocation),
    /// An entry of its has a critical extension that isn't understood.
    NotUnderstood,
}

impl Crl {
    /// Reads a CertificateList in DER.
    ///
    /// # Errors
    /// When it isn't one, or is larger than [`SIZE_LIMIT`].
    pub fn read(der: &[u8]) -> Result<Self, DerError> {
        if der.len() > SIZE_LIMIT {
            return Err(DerError("larger than a revocation list may be"));
        }
        let mut all = Reader::new(der);
        let outer = all.expect(0x30)?;
        if !all.is_empty() || outer.indefinite {
            return Err(DerError("bytes follow the list, or it is not DER"));
        }
        let mut parts = outer.inside();
        let signed = parts.expect(0x30)?;
        let algorithm = parts.expect(0x30)?;
        let signature = parts.expect(0x03)?;
        let signature = signature.value.strip_prefix(&[0]).ok_or(DerError("unused bits in a signature"))?;
        if !parts.is_empty() {
            return Err(DerError("something follows the signature of a list"));
        }
        let mut inside = signed.inside();
        inside.optional(0x02)?;
        if inside.expect(0x30)?.whole != algorithm.whole {
            return Err(DerError("two signature algorithms in one list"));
        }
        let issuer = inside.expect(0x30)?;
        let this_update = time::read(&inside.read()?)?;
        let next_update = match inside.peek() {
            Some(0x17 | 0x18) => Some(time::read(&inside.read()?)?),
            _ => None,
        };
        let entries = inside.optional(0x30)?.map(|list| list.value.to_vec()).unwrap_or_default();
        let extensions = inside.optional(0xa0)?;
        if !inside.is_empty() {
            return Err(DerError("something follows the extensions of a list"));
        }
        let mut crl = Self {
            der: der.to_vec(),
            issuer_der: issuer.whole.to_vec(),
            issuer_name: name::comparable(issuer.whole),
            this_update,
            next_update,
            number: None,
            base_number: None,
            authority_key_id: None,
            issuing_point: None,
            expired_since: None,
            has_unknown_critical: false,
            entries,
            seal: Seal::new(signed.whole, algorithm.whole, signature),
        };
        if let Some(extensions) = extensions {
            for_each_extension(&extensions.inside().expect(0x30)?, &mut |dotted, critical, value| {
                crl.extension(dotted, critical, value)
            })?;
        }
        Ok(crl)
    }

    fn extension(&mut self, dotted: &str, critical: bool, value: &[u8]) -> Result<(), DerError> {
        match dotted {
            "2.5.29.20" => self.number = Some(number(value)?),
            "2.5.29.27" => self.base_number = Some(number(value)?),
            "2.5.29.28" => self.issuing_point = Some(issuing_point(value)?),
            "2.5.29.35" => {
                let mut parts = Reader::new(value).expect(0x30)?.inside();
                self.authority_key_id = parts.optional(0x80)?.map(|id| id.value.to_vec());
            }
            "2.5.29.60" => self.expired_since = Some(time::read(&Reader::new(value).read()?)?),
            _ => self.has_unknown_critical |= critical,
        }
        Ok(())
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

    /// Looks a certificate up by its serial number and, comparable, its issuer's name. An entry of an
    /// indirect list is of the issuer named last before it (RFC 5280, 5.3.3).
    ///
    /// # Errors
    /// When the entries are broken.
    pub fn entry(&self, serial: &[u8], issuer_name: &[u8]) -> Result<Entry, DerError> {
        let mut entries = Reader::new(&self.entries);
        let mut issuer = self.issuer_name.clone();
        let mut found = Entry::Absent;
        while !entries.is_empty() {
            let one = entries.expect(0x30)?;
            let mut parts = one.inside();
            let number = parts.expect(0x02)?;
            let at = parts.read()?;
            let (mut reason, mut understood) = (0, true);
            if let Some(extensions) = parts.optional(0x30)? {
                for_each_extension(&extensions, &mut |dotted, critical, value| {
                    match dotted {
                        "2.5.29.21" => {
                            let code = Reader::new(value).expect(0x0a)?;
                            reason = code.value.first().copied().unwrap_or(0);
                        }
                        "2.5.29.29" => {
                            let mut names = Reader::new(value).expect(0x30)?.inside();
                            let first = names.expect(0xa4)?;
                            issuer = name::comparable(first.value);
                        }
                        "2.5.29.24" => {}
                        _ => understood &= !critical,
                    }
                    Ok(())
                })?;
            }
            if number.value == serial && issuer == issuer_name {
                found = if understood {
                    Entry::Revoked(Revocation { at: time::read(&at)?, reason })
                } else {
                    return Ok(Entry::NotUnderstood);
                };
            } else if !understood {
                // RFC 5280, 5.3: such a list says nothing of any certificate.
                return Ok(Entry::NotUnderstood);
            }
        }
        Ok(found)
    }
}

fn issuing_point(value: &[u8]) -> Result<IssuingPoint, DerError> {
    let mut parts = Reader::new(value).expect(0x30)?.inside();
    let truth = |tlv: Option<Tlv<'_>>| tlv.is_some_and(|tlv| tlv.value != [0]);
    Ok(IssuingPoint {
        name: parts.optional(0xa0)?.map(|tlv| point_name(&tlv)).transpose()?,
        only_users: truth(parts.optional(0x81)?),
        only_authorities: truth(parts.optional(0x82)?),
        reasons: parts.optional(0x83)?.map(|tlv| reason_flags(tlv.value)),
        indirect: truth(parts.optional(0x84)?),
        only_attributes: truth(parts.optional(0x85)?),
    })
}

/// A non-negative number's octets without leading zeros: comparable by length, then by octets.
fn number(value: &[u8]) -> Result<Vec<u8>, DerError> {
    let octets = Reader::new(value).expect(0x02)?.value;
    Ok(octets.iter().copied().skip_while(|octet| *octet == 0).collect())
}

/// What is done with each extension: its identifier, whether it is critical, its value.
pub(super) type OnExtension<'a> = dyn FnMut(&str, bool, &[u8]) -> Result<(), DerError> + 'a;

/// Calls `with` for each Extension of a SEQUENCE; one that stands twice is an error.
pub(super) fn for_each_extension(list: &Tlv<'_>, with: &mut OnExtension<'_>) -> Result<(), DerError> {
    let mut inside = list.inside();
    let mut seen = Vec::new();
    while !inside.is_empty() {
        let mut parts = inside.expect(0x30)?.inside();
        let dotted = parts.read()?.oid()?;
        let critical = parts.optional(0x01)?.is_some_and(|flag| flag.value != [0]);
        let value = parts.expect(0x04)?;
        if seen.contains(&dotted) || seen.len() >= NAME_LIMIT {
            return Err(DerError("an extension stands twice, or there are too many"));
        }
        with(&dotted, critical, value.value)?;
        seen.push(dotted);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list() -> (Crl, PublicKey) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "CA");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).unwrap();
        let public = super::super::Certificate::read(certificate.der()).unwrap().key.clone();
        let issuer = rcgen::Issuer::new(params, key);
        let revoked = rcgen::RevokedCertParams {
            serial_number: rcgen::SerialNumber::from(77_u64),
            revocation_time: rcgen::date_time_ymd(2026, 2, 3),
            reason_code: Some(rcgen::RevocationReason::CertificateHold),
            invalidity_date: None,
        };
        let crl = rcgen::CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2026, 3, 1),
            next_update: rcgen::date_time_ymd(2026, 4, 1),
            crl_number: rcgen::SerialNumber::from(5_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        (Crl::read(crl.signed_by(&issuer).unwrap().der()).unwrap(), public)
    }

    #[test]
    fn an_entry_is_found_by_serial_number_and_issuer() {
        let (crl, key) = list();
        crl.verify_by(&key).unwrap();
        let revocation = Revocation { at: "2026-02-03T00:00:00Z".parse().unwrap(), reason: HOLD };
        assert_eq!(crl.entry(&[77], &crl.issuer_name).unwrap(), Entry::Revoked(revocation));
        assert_eq!(crl.entry(&[78], &crl.issuer_name).unwrap(), Entry::Absent);
        assert_eq!(crl.entry(&[77], b"another").unwrap(), Entry::Absent);
        assert_eq!(crl.number.as_deref(), Some(&[5][..]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_end_in_a_list_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Crl::read(&bytes);
            let _ = distribution_points(&bytes);
        }

        #[test]
        fn a_damaged_list_never_keeps_its_signature(place in any::<proptest::sample::Index>(), bit in 0_u8..8) {
            let (crl, key) = list();
            let mut damaged = crl.der.clone();
            damaged[place.index(crl.der.len())] ^= 1 << bit;
            if let Ok(read) = Crl::read(&damaged) {
                prop_assert!(read.verify_by(&key).is_err(), "a changed bit was not noticed");
            }
        }
    }
}
