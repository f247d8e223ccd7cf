//! Keys held by a service of remote signing: the API of the Cloud Signature Consortium, versions 1 (CSC API 1.0.4.0) and
//! 2 (2.0.0.2), told apart by the end of the address.
//!
//! Spoken are `auth/login` (11.2), `credentials/list` (11.4), `credentials/info` (11.5), `credentials/authorize` (11.6) and
//! `signatures/signHash` (11.9; numbers of version 1). What comes back is verified with the certificate before anybody sees
//! it, so a service can refuse but not forge. Not spoken: authorisation in a browser (OAuth 2) and passwords for one use,
//! both of which need the signer at each signature, and answers of version 2 that come later.
//!
//! Version 1 is judged by a service of others in the tests. For version 2 there is none that runs without its maker: its
//! shapes are from the specification, and the tests' service for it is our own.

mod version;

#[cfg(test)]
mod tests;

use self::version::{Info, Opening, Version};
use super::algorithm::Scheme;
use super::certificate::Certificate;
use super::der::Reader;
use super::digest::Digest;
use super::key::{Choice, KeyError, SigningKey};
use crate::ports::{Fetch, FetchFailed, Outgoing};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Largest answer taken, in bytes: a chain of certificates is the longest thing in one.
const ANSWER_LIMIT: usize = 256 * 1024;
/// Certificates of a chain that are read.
const CHAIN_LIMIT: usize = 10;

/// What opens a credential; sealed wherever it is kept.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// A bearer token of the service that doesn't change.
    pub token: Option<String>,
    /// A name to log in with, where there is no token.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// The credential's PIN, where it has one.
    pub pin: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(..)")
    }
}

/// Whether an address is that of a service of a version that is spoken: its base ends with `/csc/v1` (7.3) or `/csc/v2`.
#[must_use]
pub fn is_base(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://")) && Version::of(address).is_some()
}

/// A service, as one user of it.
#[derive(Clone)]
pub struct Service {
    base: String,
    version: Version,
    fetch: Arc<dyn Fetch>,
    access: Access,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("base", &self.base).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct LoggedIn {
    access_token: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "credentialIDs")]
    credentials: Vec<String>,
}

#[derive(Deserialize)]
struct Authorized {
    #[serde(rename = "SAD")]
    data: String,
}

#[derive(Deserialize)]
struct Signed {
    signatures: Vec<String>,
}

/// What a service says of a credential.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its certificate.
    pub certificate: Certificate,
    /// Certificates towards the anchor.
    pub chain: Vec<Certificate>,
}

fn wrong(what: &str) -> KeyError {
    KeyError::Wrong(what.to_owned())
}

fn decode(text: &str) -> Result<Vec<u8>, KeyError> {
    STANDARD.decode(text.trim_end()).map_err(|_| wrong("what should be base64 is not"))
}

/// Who can't be reached may be asked again; who refuses has said so.
fn failed(error: &FetchFailed) -> KeyError {
    match error {
        FetchFailed::Status { status, .. } if (400..500).contains(status) && ![408, 429].contains(status) => {
            KeyError::Refused(error.to_string())
        }
        FetchFailed::Forbidden { .. } => KeyError::Refused(error.to_string()),
        FetchFailed::Status { .. } | FetchFailed::NoAnswer { .. } => KeyError::Unreachable(error.to_string()),
    }
}

impl Service {
    /// The service at `base`, asked as `access` allows.
    ///
    /// # Errors
    /// When the address isn't that of a version that is spoken.
    pub fn new(base: &str, fetch: Arc<dyn Fetch>, access: Access) -> Result<Self, KeyError> {
        let version = Version::of(base).filter(|_| is_base(base)).ok_or_else(|| {
            KeyError::Refused(format!(
                "{base} is not the address of a service by the CSC API, version 1 or 2"
            ))
        })?;
        Ok(Self { base: base.to_owned(), version, fetch, access })
    }

    /// Asks a method of the service.
    fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &Value,
        words: Option<&str>,
    ) -> Result<T, KeyError> {
        let (url, body) = (format!("{}/{method}", self.base), Zeroizing::new(body.to_string()));
        let outgoing = Outgoing {
            authorization: words,
            ..Outgoing::post(&url, "application/json", body.as_bytes(), ANSWER_LIMIT)
        };
        let answer = Zeroizing::new(self.fetch.fetch(&outgoing).map_err(|error| failed(&error))?);
        // The reason would quote what came, and that may be a secret.
        serde_json::from_slice(&answer)
            .map_err(|_| KeyError::Wrong(format!("{method} gave no answer of its kind")))
    }

    /// What authorises requests: the token, or one got by logging in.
    fn words(&self) -> Result<Option<Zeroizing<String>>, KeyError> {
        let bearer = |token: &str| Some(Zeroizing::new(format!("Bearer {token}")));
        let access = &self.access;
        let words = match (&access.token, &access.user) {
            (Some(token), _) => bearer(token),
            (None, Some(user)) => {
                let password = access.password.as_deref().unwrap_or_default();
                let pair = Zeroizing::new(format!("{user}:{password}"));
                let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
                let body = json!({ "rememberMe": false });
                let found: LoggedIn = self.ask("auth/login", &body, Some(basic.as_str()))?;
                bearer(&found.access_token)
            }
            (None, None) => None,
        };
        if words.as_ref().is_some_and(|words| !words.bytes().all(|byte| (b' '..=b'~').contains(&byte))) {
            return Err(wrong("a token has characters a token can't have"));
        }
        Ok(words)
    }

    /// The credentials of the user, as far as the service lists them at once.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn credentials(&self) -> Result<Vec<String>, KeyError> {
        let words = self.words()?;
        let listed: Listed =
            self.ask("credentials/list", &json!({}), words.as_deref().map(String::as_str))?;
        Ok(listed.credentials)
    }

    fn info(&self, id: &str, words: Option<&str>) -> Result<Info, KeyError> {
        // Without `authInfo` a service needn't tell that it asks for a password for one use.
        let body = json!({ "credentialID": id, "certificates": "chain", "authInfo": true });
        self.ask("credentials/info", &body, words)
    }

    /// What the service says of a credential; refused when it can't sign without its holder at hand.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn credential(&self, id: &str) -> Result<Credential, KeyError> {
        let words = self.words()?;
        let info = self.info(id, words.as_deref().map(String::as_str))?;
        self.opening(&info)?;
        let mut certificates = Vec::new();
        for text in info.cert.certificates.iter().take(CHAIN_LIMIT) {
            let read = Certificate::read(&decode(text)?);
            certificates.push(read.map_err(|_| wrong("what should be a certificate is not"))?);
        }
        let mut certificates = certificates.into_iter();
        let certificate = certificates.next().ok_or(KeyError::NoCertificate)?;
        algorithm(&info, Choice::default().scheme(&certificate)?)?;
        Ok(Credential { certificate, chain: certificates.filter(|link| !link.is_self_issued()).collect() })
    }

    fn opening(&self, info: &Info) -> Result<Opening, KeyError> {
        if info.key.status != "enabled" {
            return Err(KeyError::Refused("the service says that the key is disabled".to_owned()));
        }
        info.opening(self.version)
    }

    /// A value over one digest. What the credential takes and how it is opened is asked each time: the service may have
    /// changed it since the key was taken in.
    fn sign(&self, credential: &str, scheme: Scheme, digest: &[u8]) -> Result<Vec<u8>, KeyError> {
        let words = self.words()?;
        let words = words.as_deref().map(String::as_str);
        let info = self.info(credential, words)?;
        let (opening, algorithm) = (self.opening(&info)?, algorithm(&info, scheme)?);
        let hash = STANDARD.encode(digest);
        let secret = match (&opening, &self.access.pin) {
            (Opening::Secret(name), Some(pin)) => Some((name.as_str(), pin.as_str())),
            _ => None,
        };
        let body = self.version.authorize(credential, &hash, scheme, secret);
        let given: Authorized = self.ask("credentials/authorize", &body, words)?;
        let body = self.version.sign_hash(credential, &hash, scheme, &algorithm, &given.data);
        let signed: Signed = self.ask("signatures/signHash", &body, words)?;
        match signed.signatures.as_slice() {
            [one] => decode(one),
            other => Err(KeyError::Wrong(format!("{} signatures came for one digest", other.len()))),
        }
    }
}

/// The object identifier a credential is asked for a scheme by: one of those it lists (`signAlgo`, 11.9), which may name
/// the kind of key alone (RFC 3279, 2.3).
fn algorithm(info: &Info, scheme: Scheme) -> Result<String, KeyError> {
    let identifier = scheme.identifier();
    let dotted = Reader::new(&identifier).expect(0x30).and_then(|outer| outer.inside().read()?.oid());
    let own = dotted.map_err(|_| KeyError::Unsupported)?;
    let key = match scheme {
        Scheme::Ecdsa(_) => "1.2.840.10045.2.1",
        _ => "1.2.840.113549.1.1.1",
    };
    match info.key.algo.as_slice() {
        listed if listed.is_empty() || listed.contains(&own) => Ok(own),
        listed if listed.iter().any(|one| one == key) => Ok(key.to_owned()),
        _ => Err(KeyError::Unsupported),
    }
}

/// A key at a service, with its certificate.
#[derive(Debug)]
pub struct RemoteKey {
    service: Service,
    credential: String,
    scheme: Scheme,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

impl RemoteKey {
    /// The key of a credential.
    ///
    /// # Errors
    /// When its kind isn't used for signing digests.
    pub fn new(
        service: Service,
        credential: &str,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Self, KeyError> {
        let scheme = Choice::default().scheme(&certificate)?;
        // Ed25519 signs messages, and the service is given digests.
        if scheme == Scheme::Ed25519 {
            return Err(KeyError::Unsupported);
        }
        Ok(Self { service, credential: credential.to_owned(), scheme, certificate, chain })
    }
}

impl SigningKey for RemoteKey {
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
        let digest: Digest = self.scheme.digest();
        let value = self.service.sign(&self.credential, self.scheme, &digest.of(message))?;
        let held = self.scheme.verify(&self.certificate.key, message, &value);
        held.map_err(|_| wrong("the signature is not one of the certificate's key over the digest"))?;
        Ok(value)
    }
}
