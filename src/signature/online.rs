//! Revocation asked for where certificates say it can be learnt: OCSP first, then lists (RFC 6960, A;
//! RFC 5280, 4.2.1.13 and 4.2.2.1), through whatever [`Fetch`] is given. What comes back is material to be
//! judged like any other: a responder that lies proves nothing.

use crate::pki::ocsp::{self, Ocsp};
use crate::pki::{Certificate, Crl, crl, read_certificates};
use crate::ports::{Fetch, Outgoing, Rng};

/// Largest certificate fetched.
const CERTIFICATE_LIMIT: usize = 128 * 1024;
/// Octets of a nonce (RFC 9654, 2.1).
const NONCE_LENGTH: usize = 16;

/// What validation and signing ask the network with.
#[derive(Clone, Copy)]
pub struct Network<'a> {
    /// The client.
    pub fetch: &'a dyn Fetch,
    /// For nonces.
    pub rng: &'a dyn Rng,
}

impl std::fmt::Debug for Network<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network")
    }
}

/// The evidence for one signature or time-stamp, as the document security store keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its name under `/VRI`.
    pub name: String,
    /// Certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Lists, DER.
    pub crls: Vec<Vec<u8>>,
    /// Responses, DER.
    pub ocsps: Vec<Vec<u8>>,
}

/// What a question brought.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// A response.
    pub ocsp: Option<Ocsp>,
    /// Lists.
    pub crls: Vec<Crl>,
    /// Why others brought nothing.
    pub failures: Vec<String>,
}

impl Network<'_> {
    /// Asks about one certificate: every responder until one answers, then, if none did, every list.
    #[must_use]
    pub fn revocation(&self, certificate: &Certificate, issuer: &Certificate) -> Brought {
        let mut brought = Brought::default();
        for url in &certificate.ocsp_addresses {
            match self.ocsp(url, certificate, issuer) {
                Ok(response) => {
                    brought.ocsp = Some(response);
                    return brought;
                }
                Err(why) => brought.failures.push(why),
            }
        }
        brought.crls = self.lists(certificate, &mut brought.failures);
        brought
    }

    /// The lists a certificate names.
    #[must_use]
    pub fn lists(&self, certificate: &Certificate, failures: &mut Vec<String>) -> Vec<Crl> {
        let mut found = Vec::new();
        for url in certificate.crl_points.iter().filter_map(|point| point.addresses().next()).take(4) {
            let answer = self.fetch.fetch(&Outgoing { url, body: None, limit: crl::SIZE_LIMIT });
            match answer.map_err(|error| error.to_string()).and_then(|bytes| read_crl(&bytes)) {
                Ok(list) => found.push(list),
                Err(why) => failures.push(why),
            }
        }
        found
    }

    fn ocsp(&self, url: &str, certificate: &Certificate, issuer: &Certificate) -> Result<Ocsp, String> {
        let mut nonce = [0; NONCE_LENGTH];
        self.rng.fill(&mut nonce).map_err(|error| error.to_string())?;
        let body = ocsp::request(certificate, issuer, &nonce);
        let request =
            Outgoing { url, body: Some(("application/ocsp-request", &body)), limit: ocsp::SIZE_LIMIT };
        let answer = self.fetch.fetch(&request).map_err(|error| error.to_string())?;
        let response = Ocsp::read(&answer).map_err(|error| format!("{url}: {error}"))?;
        // Responders that sign ahead give no nonce; another nonce than ours is another's answer.
        if response.nonce.as_ref().is_some_and(|given| *given != nonce) {
            return Err(format!("{url}: the nonce is not the one sent"));
        }
        if response.answer(certificate, issuer).is_none() {
            return Err(format!("{url}: the answer is not about the certificate asked for"));
        }
        Ok(response)
    }

    /// Certificates of an issuer, where a certificate says they are.
    #[must_use]
    pub fn issuers(&self, certificate: &Certificate) -> Vec<Certificate> {
        let mut found = Vec::new();
        for url in &certificate.issuer_addresses {
            let request = Outgoing { url, body: None, limit: CERTIFICATE_LIMIT };
            if let Ok(bytes) = self.fetch.fetch(&request) {
                found.extend(read_certificates(&bytes).unwrap_or_default());
            }
        }
        found
    }
}

fn read_crl(bytes: &[u8]) -> Result<Crl, String> {
    Crl::read(bytes).map_err(|error| error.to_string())
}
