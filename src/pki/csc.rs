//! Keys held by a service of remote signing: the API of the Cloud Signature Consortium, version 1 (CSC API 1.0.4.0).
//!
//! Spoken are `auth/login` (11.2), `credentials/list` (11.4), `credentials/info` (11.5), `credentials/authorize` (11.6) and
//! `signatures/signHash` (11.9). What comes back is verified with the certificate before anybody sees it, so a service can
//! refuse but not forge. Version 2 has other names and shapes and is refused by its address. Not spoken: authorisation in
//! a browser (OAuth 2) and passwords for one use, both of which need the signer at each signature.

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

/// Whether an address is that of a service of version 1: its base ends with `/csc/v1` (7.3).
#[must_use]
pub fn is_base(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://")) && address.ends_with("/csc/v1")
}

/// A service, as one user of it.
#[derive(Clone)]
pub struct Service {
    base: String,
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

#[derive(Deserialize)]
struct Info {
    key: KeyInfo,
    cert: CertificateInfo,
    #[serde(rename = "authMode")]
    mode: String,
    #[serde(rename = "OTP", default)]
    once: Option<Presence>,
}

#[derive(Deserialize)]
struct KeyInfo {
    status: String,
    #[serde(default)]
    algo: Vec<String>,
}

#[derive(Deserialize)]
struct CertificateInfo {
    certificates: Vec<String>,
}

#[derive(Deserialize)]
struct Presence {
    presence: Value,
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
    /// When the address isn't that of version 1.
    pub fn new(base: &str, fetch: Arc<dyn Fetch>, access: Access) -> Result<Self, KeyError> {
        if !is_base(base) {
            return Err(KeyError::Refused(format!(
                "{base} is not the address of a service by CSC API version 1"
            )));
        }
        Ok(Self { base: base.to_owned(), fetch, access })
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

    /// What the service says of a credential; refused when it can't sign without its holder at hand.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn credential(&self, id: &str) -> Result<Credential, KeyError> {
        let words = self.words()?;
        let body = json!({ "credentialID": id, "certificates": "chain" });
        let info: Info = self.ask("credentials/info", &body, words.as_deref().map(String::as_str))?;
        if info.key.status != "enabled" {
            return Err(KeyError::Refused("the service says that the key is disabled".to_owned()));
        }
        let asks_once =
            info.once.is_some_and(|once| matches!(once.presence.to_string().trim_matches('"'), "true"));
        if asks_once || !["implicit", "explicit"].contains(&info.mode.as_str()) {
            let why = "the credential asks its holder at each signature (one-time password or OAuth 2)";
            return Err(KeyError::Refused(why.to_owned()));
        }
        let mut certificates = Vec::new();
        for text in info.cert.certificates.iter().take(CHAIN_LIMIT) {
            let read = Certificate::read(&decode(text)?);
            certificates.push(read.map_err(|_| wrong("what should be a certificate is not"))?);
        }
        let mut certificates = certificates.into_iter();
        let certificate = certificates.next().ok_or(KeyError::NoCertificate)?;
        let scheme = Choice::default().scheme(&certificate)?;
        let own = [algorithm(scheme)?, algorithm_of_key(scheme).to_owned()];
        if !info.key.algo.is_empty() && !info.key.algo.iter().any(|algo| own.contains(algo)) {
            return Err(KeyError::Unsupported);
        }
        Ok(Credential { certificate, chain: certificates.filter(|link| !link.is_self_issued()).collect() })
    }

    /// A value over one digest.
    fn sign(&self, credential: &str, scheme: Scheme, digest: &[u8]) -> Result<Vec<u8>, KeyError> {
        let words = self.words()?;
        let words = words.as_deref().map(String::as_str);
        let hash = STANDARD.encode(digest);
        let mut body = json!({ "credentialID": credential, "numSignatures": 1, "hash": [hash] });
        if let (Some(pin), Some(fields)) = (&self.access.pin, body.as_object_mut()) {
            fields.insert("PIN".to_owned(), json!(pin));
        }
        let given: Authorized = self.ask("credentials/authorize", &body, words)?;
        let body = json!({
            "credentialID": credential,
            "SAD": given.data,
            "hash": [hash],
            "hashAlgo": scheme.digest().oid(),
            "signAlgo": algorithm(scheme)?,
        });
        let signed: Signed = self.ask("signatures/signHash", &body, words)?;
        match signed.signatures.as_slice() {
            [one] => decode(one),
            other => Err(KeyError::Wrong(format!("{} signatures came for one digest", other.len()))),
        }
    }
}

/// The object identifier of a scheme.
fn algorithm(scheme: Scheme) -> Result<String, KeyError> {
    let identifier = scheme.identifier();
    let dotted = Reader::new(&identifier).expect(0x30).and_then(|outer| outer.inside().read()?.oid());
    dotted.map_err(|_| KeyError::Unsupported)
}

/// The object identifier of a kind of keys, which services may name instead (RFC 3279, 2.3).
fn algorithm_of_key(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Ecdsa(_) => "1.2.840.10045.2.1",
        _ => "1.2.840.113549.1.1.1",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::MemoryKey;
    use crate::pki::issue::{Authority, NewKey};
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::sync::Mutex;

    type Asked = (String, Option<String>, Value);

    /// A service that answers by a table, and remembers what it was asked.
    #[derive(Default)]
    struct Table {
        answers: HashMap<&'static str, Vec<u8>>,
        asked: Mutex<Vec<Asked>>,
    }

    impl Fetch for Table {
        fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
            let method = request.url.rsplit("/csc/v1/").next().unwrap();
            let body = serde_json::from_slice(request.body.unwrap().1).unwrap();
            let mut asked = self.asked.lock().unwrap();
            asked.push((method.to_owned(), request.authorization.map(str::to_owned), body));
            self.answers
                .get(method)
                .cloned()
                .ok_or_else(|| FetchFailed::Status { url: request.url.to_owned(), status: 401 })
        }
    }

    fn pair(kind: NewKey) -> MemoryKey {
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let issued = authority.issue("Ký từ xa", "Cơ quan", kind, (2024, 2040)).unwrap();
        MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap()
    }

    fn service(answers: &[(&'static str, Value)], access: Access) -> (Arc<Table>, Service) {
        let answers =
            answers.iter().map(|(method, answer)| (*method, answer.to_string().into_bytes())).collect();
        let table = Arc::new(Table { answers, asked: Mutex::default() });
        let fetch: Arc<dyn Fetch> = Arc::<Table>::clone(&table);
        (table, Service::new("https://sign.example/csc/v1", fetch, access).unwrap())
    }

    #[test]
    fn it_is_asked_as_version_1_says_and_by_who_may() {
        let key = pair(NewKey::P256);
        let value = STANDARD.encode(key.sign(b"what is signed").unwrap());
        let access = Access {
            user: Some("an".to_owned()),
            password: Some("mat-khau".to_owned()),
            pin: Some("1234".to_owned()),
            ..Access::default()
        };
        let answers = [
            ("auth/login", json!({ "access_token": "t-1", "expires_in": 3600 })),
            ("credentials/authorize", json!({ "SAD": "s-1" })),
            ("signatures/signHash", json!({ "signatures": [value] })),
        ];
        let (table, service) = service(&answers, access);
        let remote = RemoteKey::new(service, "c-1", key.certificate().clone(), vec![]).unwrap();
        remote.sign(b"what is signed").unwrap();
        let hash = STANDARD.encode(Digest::Sha256.of(b"what is signed"));
        let asked = table.asked.lock().unwrap();
        let expected: [Asked; 3] = [
            // RFC 7617: base64 of "an:mat-khau".
            (
                "auth/login".to_owned(),
                Some("Basic YW46bWF0LWtoYXU=".to_owned()),
                json!({ "rememberMe": false }),
            ),
            (
                "credentials/authorize".to_owned(),
                Some("Bearer t-1".to_owned()),
                json!({ "credentialID": "c-1", "numSignatures": 1, "hash": [hash], "PIN": "1234" }),
            ),
            (
                "signatures/signHash".to_owned(),
                Some("Bearer t-1".to_owned()),
                json!({
                    "credentialID": "c-1", "SAD": "s-1", "hash": [hash], "hashAlgo": "2.16.840.1.101.3.4.2.1",
                    "signAlgo": "1.2.840.10045.4.3.2",
                }),
            ),
        ];
        assert_eq!(asked.as_slice(), expected);
    }

    #[test]
    fn a_signature_that_is_not_the_key_s_over_the_digest_is_never_given() {
        let (own, other) = (pair(NewKey::Rsa2048), pair(NewKey::Rsa2048));
        let good = own.sign(b"message").unwrap();
        let said = |values: Vec<Vec<u8>>| json!({ "signatures": values.iter().map(|v| STANDARD.encode(v)).collect::<Vec<_>>() });
        let cases = [
            said(vec![other.sign(b"message").unwrap()]),
            said(vec![own.sign(b"another message").unwrap()]),
            said(vec![]),
            said(vec![good.clone(), good.clone()]),
            json!({ "signatures": ["!"] }),
            json!({ "signatures": "x" }),
            json!({}),
        ];
        for case in cases {
            let answers =
                [("credentials/authorize", json!({ "SAD": "s" })), ("signatures/signHash", case.clone())];
            let (_, service) = service(&answers, Access::default());
            let remote = RemoteKey::new(service, "c", own.certificate().clone(), vec![]).unwrap();
            assert!(matches!(remote.sign(b"message"), Err(KeyError::Wrong(_))), "{case}");
        }
    }

    #[test]
    fn who_refuses_has_refused_and_who_may_not_sign_alone_is_refused() {
        let key = pair(NewKey::P256);
        let (_, silent) = service(&[], Access::default());
        assert!(matches!(silent.credential("c"), Err(KeyError::Refused(_))));
        let info = |status: &str, mode: &str, once: Value| {
            json!({
                "key": { "status": status, "algo": ["1.2.840.10045.2.1"], "len": 256 },
                "cert": { "certificates": [STANDARD.encode(&key.certificate().der)] },
                "authMode": mode, "OTP": { "presence": once },
            })
        };
        for (answer, is_good) in [
            (info("enabled", "implicit", json!("false")), true),
            (info("enabled", "explicit", json!(false)), true),
            (info("disabled", "implicit", json!(false)), false),
            (info("enabled", "oauth2code", json!(false)), false),
            (info("enabled", "explicit", json!("true")), false),
            (info("enabled", "explicit", json!(true)), false),
        ] {
            let (_, service) = service(&[("credentials/info", answer.clone())], Access::default());
            assert_eq!(service.credential("c").is_ok(), is_good, "{answer}");
        }
        let fetch: Arc<dyn Fetch> = Arc::new(Table::default());
        let other = Service::new("https://sign.example/csc/v2", fetch, Access::default());
        assert!(matches!(other, Err(KeyError::Refused(_))));
    }

    proptest! {
        #[test]
        fn no_answer_is_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cert in ".{0,80}") {
            let info = json!({ "key": { "status": "enabled" }, "cert": { "certificates": [cert] }, "authMode": "implicit" });
            for answer in [bytes, info.to_string().into_bytes()] {
                let answers = ["credentials/info", "credentials/list", "credentials/authorize"].map(|method| (method, answer.clone()));
                let table = Table { answers: HashMap::from(answers), asked: Mutex::default() };
                let service = Service::new("https://a.example/csc/v1", Arc::new(table), Access::default()).unwrap();
                prop_assert!(service.credential("c").is_err());
                let _ = service.credentials();
            }
        }
    }
}
