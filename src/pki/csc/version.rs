//! What the versions of the API write differently.

use crate::pki::algorithm::Scheme;
use crate::pki::key::KeyError;
use serde::Deserialize;
use serde_json::{Value, json};

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 1.0.4.0.
    One,
    /// 2.0.0.2.
    Two,
}

/// What a service wants to see before it signs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// No more than the caller's own authorisation.
    Alone,
    /// A secret, under a name of the service's.
    Secret(String),
}

/// An answer of `credentials/info`, of either version.
#[derive(Deserialize)]
pub(super) struct Info {
    pub(super) key: KeyInfo,
    pub(super) cert: CertificateInfo,
    /// Version 1.
    #[serde(rename = "authMode")]
    mode: Option<String>,
    /// Version 1.
    #[serde(rename = "OTP")]
    once: Option<Presence>,
    /// Version 2.
    auth: Option<Authentication>,
}

#[derive(Deserialize)]
pub(super) struct KeyInfo {
    pub(super) status: String,
    #[serde(default)]
    pub(super) algo: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CertificateInfo {
    pub(super) certificates: Vec<String>,
}

#[derive(Deserialize)]
struct Presence {
    presence: Value,
}

#[derive(Deserialize)]
struct Authentication {
    mode: String,
    #[serde(default)]
    objects: Vec<Asked>,
}

/// Something the holder of a credential has to give.
#[derive(Deserialize)]
struct Asked {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl Version {
    /// The version of the service at an address.
    pub(super) fn of(address: &str) -> Option<Self> {
        match address.rsplit_once("/csc/") {
            Some((_, "v1")) => Some(Self::One),
            Some((_, "v2")) => Some(Self::Two),
            _ => None,
        }
    }

    /// Asks for the right to sign one digest.
    pub(super) fn authorize(
        self,
        credential: &str,
        hash: &str,
        scheme: Scheme,
        secret: Option<(&str, &str)>,
    ) -> Value {
        let (mut body, given) = match self {
            Self::One => (
                json!({ "credentialID": credential, "numSignatures": 1, "hash": [hash] }),
                secret.map(|(name, value)| (name, json!(value))),
            ),
            Self::Two => (
                json!({
                    "credentialID": credential, "numSignatures": 1, "hashes": [hash],
                    "hashAlgorithmOID": scheme.digest().oid(),
                }),
                secret.map(|(name, value)| ("authData", json!([{ "id": name, "value": value }]))),
            ),
        };
        if let (Some((name, value)), Some(fields)) = (given, body.as_object_mut()) {
            fields.insert(name.to_owned(), value);
        }
        body
    }

    /// Asks for the signature, with what gives the right to it.
    pub(super) fn sign_hash(
        self,
        credential: &str,
        hash: &str,
        scheme: Scheme,
        algorithm: &str,
        right: &str,
    ) -> Value {
        let digest = scheme.digest().oid();
        match self {
            Self::One => json!({
                "credentialID": credential, "SAD": right, "hash": [hash], "hashAlgo": digest, "signAlgo": algorithm,
            }),
            Self::Two => json!({
                "credentialID": credential, "SAD": right, "hashes": [hash], "hashAlgorithmOID": digest,
                "signAlgo": algorithm, "operationMode": "S",
            }),
        }
    }
}

impl Info {
    /// What the credential is opened with; refused when its holder would have to be there.
    pub(super) fn opening(&self, version: Version) -> Result<Opening, KeyError> {
        let holder = || {
            let why = "the credential asks its holder at each signature (one-time password or OAuth 2)";
            KeyError::Refused(why.to_owned())
        };
        let untold = || KeyError::Wrong("the service doesn't say how the credential is opened".to_owned());
        match version {
            Version::One if self.once.as_ref().is_some_and(Presence::is_true) => Err(holder()),
            Version::One => match self.mode.as_deref().ok_or_else(untold)? {
                "implicit" => Ok(Opening::Alone),
                "explicit" => Ok(Opening::Secret("PIN".to_owned())),
                _ => Err(holder()),
            },
            Version::Two => {
                let auth = self.auth.as_ref().ok_or_else(untold)?;
                match (auth.mode.as_str(), auth.objects.as_slice()) {
                    ("implicit", _) => Ok(Opening::Alone),
                    // The specification's own name, where the service gives none.
                    ("explicit", []) => Ok(Opening::Secret("PIN".to_owned())),
                    ("explicit", [one]) if one.kind == "Password" => Ok(Opening::Secret(one.id.clone())),
                    _ => Err(holder()),
                }
            }
        }
    }
}

impl Presence {
    /// Services write the word as text and as a value.
    fn is_true(&self) -> bool {
        self.presence == json!(true) || self.presence == json!("true")
    }
}
