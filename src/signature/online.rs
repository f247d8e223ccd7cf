//! Revocation asked for where certificates say it can be learnt: OCSP first, then lists (RFC 6960, A;
//! RFC 5280, 4.2.1.13 and 4.2.2.1), through whatever [`Fetch`] is given. What comes back is material to be
//! judged like any other: a responder that lies proves nothing.

use crate::pki::ocsp::{self, Ocsp};
use crate::pki::{Certificate, Crl, Digest, crl, read_certificates};
use crate::ports::{Fetch, Memory, Outgoing, Rng, Topic};
use chrono::{DateTime, TimeDelta, Utc};

/// Largest certificate fetched.
const CERTIFICATE_LIMIT: usize = 128 * 1024;
/// Octets of a nonce (RFC 9654, 2.1).
const NONCE_LENGTH: usize = 16;
/// Lists of one certificate that are asked for.
const LIST_LIMIT: usize = 4;
/// For how long an answer without a next update is the newest there is.
pub(super) const WITHOUT_NEXT: TimeDelta = TimeDelta::hours(1);

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

/// Something fetched: worth remembering once it has proven anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    topic: Topic,
    about: String,
    bytes: Vec<u8>,
    until: Option<DateTime<Utc>>,
    /// It holds what it says when one of these (DER) is used in a judgement.
    proven_by: Vec<Vec<u8>>,
}

impl Answer {
    /// Whether it is among these.
    pub(super) fn is_proven(&self, used: &[&[u8]]) -> bool {
        self.proven_by.iter().any(|der| used.contains(&der.as_slice()))
    }

    /// Remembers it, unless newer information is due already.
    pub(super) fn keep(&self, memory: &dyn Memory, now: DateTime<Utc>) {
        if self.until.is_none_or(|until| until > now) {
            memory.keep(self.topic, &self.about, &self.bytes, self.until);
        }
    }
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
    /// What was fetched for it.
    pub answers: Vec<Answer>,
}

/// What a certificate is remembered by: whose key issued it, and its serial number.
fn identity(certificate: &Certificate, issuer: &Certificate) -> String {
    format!("{}:{}", hex::encode(Digest::Sha256.of(&issuer.key_bits())), hex::encode(&certificate.serial))
}

/// The addresses of a certificate's lists.
fn list_addresses(certificate: &Certificate) -> impl Iterator<Item = &str> {
    certificate.crl_points.iter().filter_map(|point| point.addresses().next()).take(LIST_LIMIT)
}

impl Network<'_> {
    /// What is remembered about one certificate: a response, or lists.
    #[must_use]
    pub fn recalled(&self, certificate: &Certificate, issuer: &Certificate) -> Brought {
        let mut brought = Brought::default();
        let Some(memory) = self.fetch.memory() else { return brought };
        if !certificate.ocsp_addresses.is_empty()
            && let Some(bytes) = memory.recall(Topic::Status, &identity(certificate, issuer))
        {
            let read = Ocsp::read(&bytes).ok();
            brought.ocsp = read.filter(|ocsp| ocsp.answer(certificate, issuer).is_some());
        }
        if brought.ocsp.is_none() {
            brought.crls = self.recalled_lists(certificate);
        }
        brought
    }

    /// The lists a certificate names that are remembered.
    #[must_use]
    pub fn recalled_lists(&self, certificate: &Certificate) -> Vec<Crl> {
        let Some(memory) = self.fetch.memory() else { return Vec::new() };
        list_addresses(certificate)
            .filter_map(|url| memory.recall(Topic::List, url))
            .filter_map(|bytes| Crl::read(&bytes).ok())
            .collect()
    }

    /// Certificates of an issuer that are remembered.
    #[must_use]
    pub fn recalled_issuers(&self, certificate: &Certificate) -> Vec<Certificate> {
        let Some(memory) = self.fetch.memory() else { return Vec::new() };
        certificate
            .issuer_addresses
            .iter()
            .filter_map(|url| memory.recall(Topic::Issuer, url))
            .flat_map(|bytes| read_certificates(&bytes).unwrap_or_default())
            .collect()
    }

    /// Asks about one certificate: every responder until one answers, then, if none did, every list.
    #[must_use]
    pub fn revocation(&self, certificate: &Certificate, issuer: &Certificate) -> Brought {
        let mut brought = Brought::default();
        for url in &certificate.ocsp_addresses {
            match self.ocsp(url, certificate, issuer) {
                Ok((response, answer)) => {
                    brought.ocsp = Some(response);
                    brought.answers.push(answer);
                    return brought;
                }
                Err(why) => brought.failures.push(why),
            }
        }
        self.lists(certificate, &mut brought);
        brought
    }

    /// Adds the lists a certificate names.
    pub fn lists(&self, certificate: &Certificate, brought: &mut Brought) {
        for url in list_addresses(certificate) {
            let answer = self.fetch.fetch(&Outgoing::get(url, crl::SIZE_LIMIT));
            match answer.map_err(|error| error.to_string()).and_then(|bytes| read_crl(&bytes)) {
                Ok(list) => {
                    brought.answers.push(Answer {
                        topic: Topic::List,
                        about: url.to_owned(),
                        bytes: list.der.clone(),
                        until: Some(list.next_update.unwrap_or(list.this_update + WITHOUT_NEXT)),
                        proven_by: vec![list.der.clone()],
                    });
                    brought.crls.push(list);
                }
                Err(why) => brought.failures.push(why),
            }
        }
    }

    fn ocsp(
        &self,
        url: &str,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(Ocsp, Answer), String> {
        let mut nonce = [0; NONCE_LENGTH];
        self.rng.fill(&mut nonce).map_err(|error| error.to_string())?;
        let body = ocsp::request(certificate, issuer, &nonce);
        let request = Outgoing::post(url, "application/ocsp-request", &body, ocsp::SIZE_LIMIT);
        let answer = self.fetch.fetch(&request).map_err(|error| error.to_string())?;
        let response = Ocsp::read(&answer).map_err(|error| format!("{url}: {error}"))?;
        // Responders that sign ahead give no nonce; another nonce than ours is another's answer.
        if response.nonce.as_ref().is_some_and(|given| *given != nonce) {
            return Err(format!("{url}: the nonce is not the one sent"));
        }
        let Some(told) = response.answer(certificate, issuer) else {
            return Err(format!("{url}: the answer is not about the certificate asked for"));
        };
        let answer = Answer {
            topic: Topic::Status,
            about: identity(certificate, issuer),
            until: Some(told.next_update.unwrap_or(told.this_update + WITHOUT_NEXT)),
            proven_by: vec![response.der.clone()],
            bytes: response.der.clone(),
        };
        Ok((response, answer))
    }

    /// Certificates of an issuer, where a certificate says they are; with what was fetched for them.
    #[must_use]
    pub fn issuers(&self, certificate: &Certificate) -> (Vec<Certificate>, Vec<Answer>) {
        let (mut found, mut answers) = (Vec::new(), Vec::new());
        for url in &certificate.issuer_addresses {
            let request = Outgoing::get(url, CERTIFICATE_LIMIT);
            let Ok(bytes) = self.fetch.fetch(&request) else { continue };
            let Ok(read) = read_certificates(&bytes) else { continue };
            let proven_by = read.iter().map(|issuer| issuer.der.clone()).collect();
            answers.push(Answer { topic: Topic::Issuer, about: url.clone(), bytes, until: None, proven_by });
            found.extend(read);
        }
        (found, answers)
    }
}

fn read_crl(bytes: &[u8]) -> Result<Crl, String> {
    Crl::read(bytes).map_err(|error| error.to_string())
}
