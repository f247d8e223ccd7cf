//! Name constraints (RFC 5280, 4.2.1.10 and 6.1.3, b and c): what names an authority lets those below it bear.
//!
//! Names of a kind that isn't understood are refused where a constraint of that kind applies.

use super::certificate::Certificate;
use super::der::{DerError, Reader, Tlv};
use super::name;

/// Subtrees and names one extension may hold.
const NAME_LIMIT: usize = 256;
const EMAIL_ATTRIBUTE: &str = "1.2.840.113549.1.9.1";

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const ADDRESS: u8 = 0x87;

/// A GeneralName: its tag and contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralName {
    tag: u8,
    value: Vec<u8>,
}

/// What a NameConstraints extension states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameConstraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

/// Reads the value of a NameConstraints extension.
///
/// # Errors
/// When it is broken, or uses `minimum` and `maximum`, which RFC 5280 forbids.
pub fn read(value: &[u8]) -> Result<NameConstraints, DerError> {
    let mut parts = Reader::new(value).expect(0x30)?.inside();
    let permitted = parts.optional(0xa0)?.map(|list| subtrees(&list)).transpose()?.unwrap_or_default();
    let excluded = parts.optional(0xa1)?.map(|list| subtrees(&list)).transpose()?.unwrap_or_default();
    if !parts.is_empty() || (permitted.is_empty() && excluded.is_empty()) {
        return Err(DerError("name constraints without a subtree"));
    }
    Ok(NameConstraints { permitted, excluded })
}

fn subtrees(list: &Tlv<'_>) -> Result<Vec<GeneralName>, DerError> {
    let mut inside = list.inside();
    let mut found = Vec::new();
    while !inside.is_empty() {
        let mut parts = inside.expect(0x30)?.inside();
        let base = parts.read()?;
        if !parts.is_empty() || found.len() >= NAME_LIMIT {
            return Err(DerError("a subtree with bounds, or too many"));
        }
        found.push(GeneralName { tag: base.tag, value: base.value.to_vec() });
    }
    if found.is_empty() { Err(DerError("an empty list of subtrees")) } else { Ok(found) }
}

/// Reads the value of a SubjectAltName extension.
///
/// # Errors
/// When it is broken.
pub fn alternative_names(value: &[u8]) -> Result<Vec<GeneralName>, DerError> {
    let mut inside = Reader::new(value).expect(0x30)?.inside();
    let mut found = Vec::new();
    while !inside.is_empty() {
        let one = inside.read()?;
        if found.len() >= NAME_LIMIT {
            return Err(DerError("too many names"));
        }
        found.push(GeneralName { tag: one.tag, value: one.value.to_vec() });
    }
    Ok(found)
}

/// Reads one GeneralName inside an explicit tag.
///
/// # Errors
/// When it is broken, or something follows it.
pub fn one_name(explicit: &Tlv<'_>) -> Result<GeneralName, DerError> {
    let mut inside = explicit.inside();
    let one = inside.read()?;
    if inside.is_empty() {
        Ok(GeneralName { tag: one.tag, value: one.value.to_vec() })
    } else {
        Err(DerError("several names where one is to stand"))
    }
}

impl GeneralName {
    /// Whether `certificate` bears this name: as its subject, or as one of its subject's other names.
    #[must_use]
    pub fn is_of(&self, certificate: &Certificate) -> bool {
        let same = |other: &Self| {
            self.tag == other.tag
                && match self.tag {
                    DIRECTORY => name::comparable(&self.value) == name::comparable(&other.value),
                    DNS | EMAIL => self.value.eq_ignore_ascii_case(&other.value),
                    _ => self.value == other.value,
                }
        };
        let subject = Self { tag: DIRECTORY, value: certificate.subject_der.clone() };
        let addresses = emails(&certificate.subject_der).into_iter().map(|value| Self { tag: EMAIL, value });
        same(&subject)
            || addresses.chain(certificate.alternative_names.iter().cloned()).any(|name| same(&name))
    }
}

impl NameConstraints {
    /// Whether every name of `certificate` may be borne.
    #[must_use]
    pub fn permit(&self, certificate: &Certificate) -> bool {
        let mut names = certificate.alternative_names.clone();
        let subject = certificate.subject_der.clone();
        if rdns(&subject).is_some_and(|parts| !parts.is_empty()) {
            // An address in the subject counts as one where no other is given (4.2.1.10).
            if !names.iter().any(|name| name.tag == EMAIL) {
                names.extend(emails(&subject).into_iter().map(|value| GeneralName { tag: EMAIL, value }));
            }
            names.push(GeneralName { tag: DIRECTORY, value: subject });
        }
        names.iter().all(|name| self.permits(name))
    }

    fn permits(&self, name: &GeneralName) -> bool {
        let of_kind = |base: &&GeneralName| base.tag == name.tag;
        // What can't be compared is taken as excluded; a wildcard is all that it may stand for.
        let mut excluding = self.excluded.iter().filter(of_kind);
        let excluded = excluding.any(|base| within(name, base).unwrap_or(true) || may_stand_for(name, base));
        let mut permitted = self.permitted.iter().filter(of_kind).peekable();
        let allowed = permitted.peek().is_none() || permitted.any(|base| within(name, base).unwrap_or(false));
        allowed && !excluded
    }
}

/// Whether a name lies in a subtree of its kind; none when that can't be said.
fn within(name: &GeneralName, base: &GeneralName) -> Option<bool> {
    match name.tag {
        DIRECTORY => {
            let (name, base) = (rdns(&name.value)?, rdns(&base.value)?);
            Some(name.starts_with(&base))
        }
        EMAIL => email_within(text(&name.value)?, text(&base.value)?),
        DNS => {
            let (name, base) = (text(&name.value)?.to_lowercase(), text(&base.value)?.to_lowercase());
            let is_name = !base.starts_with('.');
            is_name.then(|| base.is_empty() || name == base || is_below(&name, &base))
        }
        URI => host_within(&host_of(text(&name.value)?)?, text(&base.value)?),
        ADDRESS => {
            let (net, mask) = base.value.split_at_checked(base.value.len() / 2)?;
            let fits = name.value.len() == net.len() && net.len() == mask.len();
            let same = |((address, net), mask): ((&u8, &u8), &u8)| address & mask == net & mask;
            Some(fits && name.value.iter().zip(net).zip(mask).all(same))
        }
        _ => None,
    }
}

/// Whether a DNS name with a wildcard stands for names in the subtree, though not itself in it.
fn may_stand_for(name: &GeneralName, base: &GeneralName) -> bool {
    let (Some(name), Some(base)) = (text(&name.value), text(&base.value)) else { return false };
    name.strip_prefix("*.").is_some_and(|domain| is_below(&base.to_lowercase(), &domain.to_lowercase()))
}

fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|text| text.is_ascii())
}

/// Whether `name` is a host below `domain`.
fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// A constraint on hosts: with a leading full stop those below it, else the host itself.
fn host_within(host: &str, base: &str) -> Option<bool> {
    let (host, base) = (host.to_lowercase(), base.to_lowercase());
    Some(match base.strip_prefix('.') {
        Some(domain) => is_below(&host, domain),
        None => host == base,
    })
}

fn email_within(address: &str, base: &str) -> Option<bool> {
    let (local, host) = address.split_once('@')?;
    if local.is_empty() || host.is_empty() || host.contains('@') {
        return None;
    }
    match base.rsplit_once('@') {
        Some((wanted, at)) => Some(local == wanted && host.eq_ignore_ascii_case(at)),
        None => host_within(host, base),
    }
}

/// The host of an absolute address; none for one without, or with a number as its host.
fn host_of(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_name = !host.is_empty() && !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err();
    is_name.then(|| host.to_owned())
}

/// The parts of a Name, comparable.
fn rdns(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    let comparable = name::comparable(der);
    let mut inside = Reader::new(&comparable).expect(0x30).ok()?.inside();
    let mut found = Vec::new();
    while !inside.is_empty() {
        found.push(inside.read().ok()?.whole.to_vec());
    }
    Some(found)
}

/// The e-mail addresses of a Name.
fn emails(der: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let Ok(outer) = Reader::new(der).expect(0x30) else { return found };
    let mut sets = outer.inside();
    while let Ok(set) = sets.read() {
        let mut attributes = set.inside();
        while let Ok(attribute) = attributes.read() {
            let mut parts = attribute.inside();
            let is_email = parts.read().and_then(|kind| kind.oid()).is_ok_and(|kind| kind == EMAIL_ATTRIBUTE);
            if let Ok(value) = parts.read()
                && is_email
            {
                found.push(value.value.to_vec());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tag: u8, text: &str) -> GeneralName {
        GeneralName { tag, value: text.as_bytes().to_vec() }
    }

    #[test]
    fn the_examples_of_rfc_5280_hold() {
        // 4.2.1.10: for URIs and mail ".example.com" is below it only, "host.example.com" the host alone.
        let uri = |address: &str, base: &str| within(&name(URI, address), &name(URI, base));
        assert_eq!(uri("http://my.host.example.com/a", ".example.com"), Some(true));
        assert_eq!(uri("http://example.com/a", ".example.com"), Some(false));
        assert_eq!(uri("http://192.0.2.1/", ".example.com"), None);
        let mail = |address: &str, base: &str| within(&name(EMAIL, address), &name(EMAIL, base));
        assert_eq!(mail("root@example.com", "root@example.com"), Some(true));
        assert_eq!(mail("Root@example.com", "root@example.com"), Some(false));
        assert_eq!(mail("a@EXAMPLE.com", "example.com"), Some(true));
        assert_eq!(mail("a@mail.example.com", "example.com"), Some(false));
        // For DNS any label may be put in front.
        let dns = |host: &str, base: &str| within(&name(DNS, host), &name(DNS, base));
        assert_eq!(dns("www.host.example.com", "host.example.com"), Some(true));
        assert_eq!(dns("host1.example.com", "host.example.com"), Some(false));
        assert_eq!(dns("badexample.com", "example.com"), Some(false));
    }
}
