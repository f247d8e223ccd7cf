//! Keys that never leave a device: PKCS#11 (v2.40), the module loaded at run time, the key named by a URI
//! (RFC 7512).
//!
//! Only what every device has is asked of it: values over digests made here (`CKM_RSA_PKCS`, `CKM_RSA_PKCS_PSS`,
//! `CKM_ECDSA`, whose value is r and s and is encoded here) and `CKM_EDDSA`. The secret is given apart: a URI that
//! holds one is refused, because command lines and settings are read by others.

use super::algorithm::{KeyKind, Scheme};
use super::certificate::Certificate;
use super::der::{integer_of, null, octet_string, oid, sequence};
use super::digest::Digest;
use super::key::{Choice, KeyError, SigningKey};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::{AuthPin, Ulong};
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Slots and objects looked at: a device of an agency has a handful.
const LOOK_LIMIT: usize = 256;

/// A key named by a `pkcs11:` URI.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenUri {
    /// `module-path`: the library of the device's maker.
    pub module: Option<PathBuf>,
    /// `pin-source`: a file with the secret.
    pub pin_source: Option<PathBuf>,
    token: Option<String>,
    serial: Option<String>,
    slot: Option<u64>,
    object: Option<String>,
    id: Option<Vec<u8>>,
}

/// Why a URI names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Not a URI of this kind.
    #[error("a PKCS#11 URI begins with pkcs11:")]
    Scheme,
    /// An attribute without a value, or twice, or not readable.
    #[error("the attribute {0} of the PKCS#11 URI is broken or stands twice")]
    Attribute(String),
    /// The secret stands in it.
    #[error("the secret must not stand in the URI: give it by a file or the environment")]
    Secret,
}

impl TokenUri {
    /// Reads a URI. Attributes that don't help to find a key are passed over (RFC 7512, 2.3).
    ///
    /// # Errors
    /// [`UriError`].
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let rest = text.strip_prefix("pkcs11:").ok_or(UriError::Scheme)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut found = Self::default();
        for pair in path.split(';').chain(query.split('&')).filter(|pair| !pair.is_empty()) {
            let broken = || UriError::Attribute(pair.split('=').next().unwrap_or_default().to_owned());
            let (name, value) = pair.split_once('=').ok_or_else(broken)?;
            let bytes: Vec<u8> = percent_decode_str(value).collect();
            let words = || String::from_utf8(bytes.clone()).map_err(|_| broken());
            let is_new = match name {
                "pin-value" => return Err(UriError::Secret),
                "module-path" => found.module.replace(PathBuf::from(words()?)).is_none(),
                "pin-source" => {
                    let source = words()?;
                    let file = source.strip_prefix("file:").unwrap_or(&source);
                    found.pin_source.replace(PathBuf::from(file)).is_none()
                }
                "token" => found.token.replace(words()?).is_none(),
                "serial" => found.serial.replace(words()?).is_none(),
                "object" => found.object.replace(words()?).is_none(),
                "id" => found.id.replace(bytes).is_none(),
                "slot-id" => found.slot.replace(words()?.parse().map_err(|_| broken())?).is_none(),
                _ => true,
            };
            if !is_new {
                return Err(broken());
            }
        }
        Ok(found)
    }
}

/// A key on a device, with its certificate.
pub struct TokenKey {
    session: Mutex<Session>,
    handle: ObjectHandle,
    scheme: Scheme,
    certificate: Certificate,
    chain: Vec<Certificate>,
    // Ended after the session: fields go in the order they stand in.
    _module: Started,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey").field("certificate", &self.certificate.subject).finish_non_exhaustive()
    }
}

/// What a failure means: the device or its library isn't there, or it doesn't do what is asked.
fn failed(what: &str) -> impl FnOnce(Error) -> KeyError + '_ {
    move |error| {
        let said = format!("{what}: {error}");
        if is_absence(&error) { KeyError::Unreachable(said) } else { KeyError::Token(said) }
    }
}

fn is_absence(error: &Error) -> bool {
    match error {
        Error::LibraryLoading(_) => true,
        Error::Pkcs11(code, _) => matches!(
            code,
            RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::DeviceMemory
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::SlotIdInvalid
                | RvError::CryptokiNotInitialized
                | RvError::GeneralError
                | RvError::FunctionFailed
                | RvError::HostMemory
        ),
        _ => false,
    }
}

/// A started module; whoever uses it holds one of these.
type Started = Arc<Pkcs11>;

/// Modules started by this process.
static MODULES: Mutex<Vec<(PathBuf, Started)>> = Mutex::new(Vec::new());

/// The module at a path, started once a process.
fn module(path: &Path) -> Result<Started, KeyError> {
    let mut modules = MODULES.lock().map_err(|_| KeyError::Failed)?;
    if let Some((_, module)) = modules.iter().find(|(known, _)| known == path) {
        return Ok(Arc::clone(module));
    }
    let loaded = Pkcs11::new(path).map_err(failed("the module can't be loaded"))?;
    loaded
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .map_err(failed("the module does not start"))?;
    let started = Arc::new(loaded);
    modules.push((path.to_owned(), Arc::clone(&started)));
    Ok(started)
}

/// Ends a module whose device was lost, unless others use it: some see only devices that were there when they started.
fn forget(path: &Path) {
    let Ok(mut modules) = MODULES.lock() else { return };
    let Some(at) = modules.iter().position(|(known, _)| known == path) else { return };
    if modules.get(at).is_some_and(|(_, module)| Arc::strong_count(module) == 1) {
        let (_, module) = modules.swap_remove(at);
        if let Some(module) = Arc::into_inner(module) {
            // Whether it ends well changes nothing: it is started anew.
            let _ = module.finalize();
        }
    }
}

const TOKENS: &str = "tokens";

/// The one thing of a list.
fn only<T>(what: &str, found: Vec<T>) -> Result<T, KeyError> {
    let count = found.len();
    let mut found = found.into_iter();
    match (found.next(), count) {
        (Some(one), 1) => Ok(one),
        (None, _) if what == TOKENS => Err(KeyError::Unreachable("no token fits the URI".to_owned())),
        _ => Err(KeyError::Token(format!("{count} {what} fit the URI instead of one"))),
    }
}

impl TokenKey {
    /// The key a URI names, in the module at `path`. Without a certificate given, the one on the device with the
    /// key's identifier is taken. A device that was lost and is there again is found.
    ///
    /// # Errors
    /// [`KeyError`]: of the device, or when key and certificate don't go together.
    pub fn open(
        uri: &TokenUri,
        path: &Path,
        secret: &str,
        certificate: Option<Certificate>,
        chain: Vec<Certificate>,
        choice: Choice,
    ) -> Result<Self, KeyError> {
        match Self::open_once(uri, path, secret, certificate.clone(), chain.clone(), choice) {
            Err(KeyError::Unreachable(_)) => {
                forget(path);
                Self::open_once(uri, path, secret, certificate, chain, choice)
            }
            other => other,
        }
    }

    fn open_once(
        uri: &TokenUri,
        path: &Path,
        secret: &str,
        certificate: Option<Certificate>,
        chain: Vec<Certificate>,
        choice: Choice,
    ) -> Result<Self, KeyError> {
        let module = module(path)?;
        let slot = only(TOKENS, slots(&module, uri)?)?;
        let session = module.open_ro_session(slot).map_err(failed("no session"))?;
        match session.login(UserType::User, Some(&AuthPin::from(secret.to_owned()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                return Err(KeyError::Secret);
            }
            Err(error) => return Err(failed("the token does not open")(error)),
        }
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        template.extend(uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
        template.extend(uri.id.clone().map(Attribute::Id));
        let keys = session.find_objects(&template).map_err(failed("keys can't be looked for"))?;
        let handle = only("private keys", keys)?;
        let id = session.get_attributes(handle, &[AttributeType::Id, AttributeType::Modulus]);
        let facts = id.map_err(failed("the key says nothing of itself"))?;
        let certificate = match certificate {
            Some(certificate) => certificate,
            None => certificate_of(&session, &facts)?,
        };
        let modulus = facts.iter().find_map(|fact| match fact {
            Attribute::Modulus(modulus) if !modulus.is_empty() => Some(modulus),
            _ => None,
        });
        let fits = match (&certificate.key.kind, modulus) {
            (KeyKind::Rsa, Some(own)) => is_modulus(own, &certificate),
            (KeyKind::Rsa, None) => false,
            (_, own) => own.is_none(),
        };
        if !fits {
            return Err(KeyError::Mismatch);
        }
        let scheme = choice.scheme(&certificate)?;
        Ok(Self { session: Mutex::new(session), handle, scheme, certificate, chain, _module: module })
    }
}

fn slots(module: &Pkcs11, uri: &TokenUri) -> Result<Vec<Slot>, KeyError> {
    let all = module.get_slots_with_token().map_err(failed("no slots"))?;
    let fits = |wanted: &Option<String>, own: &str| {
        wanted.as_deref().is_none_or(|wanted| wanted.trim_end() == own.trim_end())
    };
    Ok(all
        .into_iter()
        .take(LOOK_LIMIT)
        .filter(|slot| uri.slot.is_none_or(|wanted| wanted == slot.id()))
        .filter(|slot| {
            module.get_token_info(*slot).is_ok_and(|info| {
                info.token_initialized()
                    && fits(&uri.token, info.label())
                    && fits(&uri.serial, info.serial_number())
            })
        })
        .collect())
}

/// The certificate on the device with the identifier of the key.
fn certificate_of(session: &Session, facts: &[Attribute]) -> Result<Certificate, KeyError> {
    let id = facts.iter().find_map(|fact| match fact {
        Attribute::Id(id) if !id.is_empty() => Some(id.clone()),
        _ => None,
    });
    let template =
        [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::Id(id.ok_or(KeyError::NoCertificate)?)];
    let found = session.find_objects(&template).map_err(failed("certificates can't be looked for"))?;
    let value = |handle: &ObjectHandle| {
        let values = session.get_attributes(*handle, &[AttributeType::Value]).ok()?;
        values.into_iter().find_map(|fact| match fact {
            Attribute::Value(der) => Certificate::read(&der).ok(),
            _ => None,
        })
    };
    found.iter().take(LOOK_LIMIT).find_map(value).ok_or(KeyError::NoCertificate)
}

/// Whether a modulus is that of a certificate's key.
fn is_modulus(own: &[u8], certificate: &Certificate) -> bool {
    let significant =
        |octets: &[u8]| -> Vec<u8> { octets.iter().copied().skip_while(|octet| *octet == 0).collect() };
    let outer = super::der::Reader::new(&certificate.key.point).expect(0x30);
    let modulus = outer.and_then(|key| key.inside().expect(0x02));
    modulus.is_ok_and(|modulus| significant(modulus.value) == significant(own))
}

/// DigestInfo (RFC 8017, 9.2).
fn digest_info(digest: Digest, message: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&oid(digest.oid()), &null()]), &octet_string(&digest.of(message))])
}

/// r and s as a device gives them, as ECDSA-Sig-Value (RFC 3279, 2.2.3); none when they aren't of one length.
#[must_use]
pub fn ecdsa_value(raw: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = raw.split_at_checked(raw.len() / 2)?;
    (r.len() == s.len() && !r.is_empty()).then(|| sequence(&[&integer_of(r), &integer_of(s)]))
}

impl SigningKey for TokenKey {
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
        let value = self.value(message)?;
        // Of an elliptic curve's key the device needn't say which it is: here it shows.
        let held = self.scheme.verify(&self.certificate.key, message, &value);
        held.map(|()| value).map_err(|_| KeyError::Mismatch)
    }
}

impl TokenKey {
    fn value(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let session = self.session.lock().map_err(|_| KeyError::Failed)?;
        let sign = |mechanism: &Mechanism<'_>, data: &[u8]| {
            session.sign(mechanism, self.handle, data).map_err(failed("the device does not sign"))
        };
        match self.scheme {
            Scheme::RsaPkcs1(digest) => sign(&Mechanism::RsaPkcs, &digest_info(digest, message)),
            Scheme::RsaPss(digest, salt) => {
                let (hash_alg, mgf) = match digest {
                    Digest::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
                    Digest::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
                    Digest::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
                    _ => return Err(KeyError::Unsupported),
                };
                let parameters = PkcsPssParams { hash_alg, mgf, s_len: Ulong::from(u64::from(salt)) };
                sign(&Mechanism::RsaPkcsPss(parameters), &digest.of(message))
            }
            Scheme::RsaPssMixed(..) => Err(KeyError::Unsupported),
            Scheme::Ecdsa(digest) => {
                let raw = sign(&Mechanism::Ecdsa, &digest.of(message))?;
                ecdsa_value(&raw).ok_or(KeyError::Failed)
            }
            Scheme::Ed25519 => sign(&Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)), message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_7512_are_read() {
        // RFC 7512, 3.
        let uri = TokenUri::parse("pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin").unwrap();
        assert_eq!(uri.token.as_deref(), Some("The Software PKCS#11 Softtoken"));
        assert_eq!(uri.id.as_deref(), Some(b"\x69\x95\x3e\x5c\xf4\xbd\xec\x91".as_slice()));
        assert_eq!(uri.pin_source.as_deref(), Some(Path::new("/etc/token_pin")));
    }

    #[test]
    fn a_secret_in_the_uri_is_refused() {
        let found = TokenUri::parse("pkcs11:object=a?pin-value=1234");
        assert_eq!(found, Err(UriError::Secret));
        assert!(!format!("{found:?}").contains("1234"));
        assert_eq!(
            TokenUri::parse("pkcs11:object=a;object=b"),
            Err(UriError::Attribute("object".to_owned()))
        );
    }

    #[test]
    fn r_and_s_become_integers_without_needless_zeros() {
        // X.690, 8.3: the shortest form, positive.
        assert_eq!(ecdsa_value(&[0, 1, 0x80, 2]).unwrap(), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 2]);
        assert!(ecdsa_value(&[1, 2, 3]).is_none());
    }
}
