//! Keys that are used where they lie: on devices (PKCS#11) and at services of remote signing (CSC). The row says where;
//! what opens them there is sealed like a key. Which libraries are loaded and which services are asked is the operator's
//! to say, never a row's.

use crate::pki::csc::{self, Access};
use crate::pki::token::{TokenKey, TokenUri, UriError};
use crate::pki::{Certificate, Choice, KeyError, SigningKey};
use crate::ports::Fetch;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a key lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On a device, by its URI (RFC 7512).
    Device(String, TokenUri),
    /// At a service: its address, and the credential there.
    Service {
        /// Base address.
        address: String,
        /// The credential; empty: the only one there is.
        credential: String,
    },
}

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A `pkcs11:` URI that can't be read.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// The URI names a file with the secret: files of the server are not the caller's to name.
    #[error("pin-source has no place here: the secret is given apart")]
    PinSource,
    /// Neither kind.
    #[error("expected pkcs11:… or csc:CREDENTIAL?service=ADDRESS")]
    Unknown,
}

impl Place {
    /// Reads `pkcs11:…` or `csc:CREDENTIAL?service=ADDRESS` (both percent-encoded).
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        if text.starts_with("pkcs11:") {
            let uri = TokenUri::parse(text)?;
            return if uri.pin_source.is_some() {
                Err(PlaceError::PinSource)
            } else {
                Ok(Self::Device(text.to_owned(), uri))
            };
        }
        let plain = |text: &str| percent_decode_str(text).decode_utf8().map(String::from);
        let (credential, address) = text
            .strip_prefix("csc:")
            .and_then(|rest| rest.split_once("?service="))
            .ok_or(PlaceError::Unknown)?;
        match (plain(address), plain(credential)) {
            (Ok(address), Ok(credential)) => Ok(Self::Service { address, credential }),
            _ => Err(PlaceError::Unknown),
        }
    }

    /// The word for its kind.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Device(..) => "pkcs11",
            Self::Service { .. } => "csc",
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Device(uri, _) => f.write_str(uri),
            Self::Service { address, credential } => {
                write!(f, "csc:{}?service={address}", utf8_percent_encode(credential, NON_ALPHANUMERIC))
            }
        }
    }
}

/// What keys elsewhere may be used with.
#[derive(Clone, Default)]
pub struct Elsewhere {
    /// Libraries of devices' makers that may be loaded.
    pub modules: Vec<PathBuf>,
    /// Addresses of services that may be asked.
    pub services: Vec<String>,
    /// The client services are asked with.
    pub fetch: Option<Arc<dyn Fetch>>,
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elsewhere")
            .field("modules", &self.modules)
            .field("services", &self.services)
            .finish_non_exhaustive()
    }
}

/// A key found where it lies, for taking it in.
pub struct Found {
    /// Where exactly.
    pub place: Place,
    /// Its certificate.
    pub certificate: Certificate,
    /// Certificates towards the anchor.
    pub chain: Vec<Certificate>,
}

impl Elsewhere {
    /// The key at a place, with the certificate it was taken in with.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(
        &self,
        place: &Place,
        access: &Access,
        certificate: Certificate,
        chain: Vec<Certificate>,
    ) -> Result<Box<dyn SigningKey>, KeyError> {
        match place {
            Place::Device(_, uri) => Ok(Box::new(self.token(uri, access, Some(certificate), chain)?)),
            Place::Service { address, credential } => {
                let service = self.service(address, access)?;
                Ok(Box::new(csc::RemoteKey::new(service, credential, certificate, chain)?))
            }
        }
    }

    /// Looks for the key at a place, with the certificate given or the one that is there. On a device it signs something
    /// that nobody asks for: so it is known that the secret opens it and that the certificate is its own. A service would
    /// have its holder authorise that, so there the service's own word is taken until the first signature is verified.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn find(&self, place: &Place, access: &Access, given: Vec<Certificate>) -> Result<Found, KeyError> {
        let mut given = given.into_iter();
        let certificate = given.next();
        let chain: Vec<Certificate> = given.collect();
        match place {
            Place::Device(_, uri) => {
                let key = self.token(uri, access, certificate, chain)?;
                key.sign(b"Chancery takes this key in")?;
                let (certificate, chain) = (key.certificate().clone(), key.chain().to_vec());
                Ok(Found { place: place.clone(), certificate, chain })
            }
            Place::Service { address, credential } => {
                let service = self.service(address, access)?;
                let credential = match credential.as_str() {
                    "" => only(service.credentials()?)?,
                    named => named.to_owned(),
                };
                let told = service.credential(&credential)?;
                if certificate.is_some_and(|given| given.der != told.certificate.der) {
                    return Err(KeyError::Mismatch);
                }
                let chain = if chain.is_empty() { told.chain } else { chain };
                csc::RemoteKey::new(service, &credential, told.certificate.clone(), Vec::new())?;
                let place = Place::Service { address: address.clone(), credential };
                Ok(Found { place, certificate: told.certificate, chain })
            }
        }
    }

    fn service(&self, address: &str, access: &Access) -> Result<csc::Service, KeyError> {
        let fetch = self.fetch.clone().filter(|_| self.services.iter().any(|known| known == address));
        let fetch =
            fetch.ok_or_else(|| KeyError::Refused("the service is not among those set".to_owned()))?;
        csc::Service::new(address, fetch, access.clone())
    }

    fn token(
        &self,
        uri: &TokenUri,
        access: &Access,
        certificate: Option<Certificate>,
        chain: Vec<Certificate>,
    ) -> Result<TokenKey, KeyError> {
        let secret = access.pin.as_deref().ok_or(KeyError::Secret)?;
        TokenKey::open(uri, self.module(uri)?, secret, certificate, chain, Choice::default())
    }

    /// The library for a URI: the one it names when it is among those set, or the only one set.
    fn module(&self, uri: &TokenUri) -> Result<&Path, KeyError> {
        let found = match (&uri.module, self.modules.as_slice()) {
            (Some(named), known) => known.iter().find(|known| *known == named),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let found = found
            .ok_or_else(|| KeyError::Refused("the PKCS#11 library is not among those set".to_owned()))?;
        Ok(found)
    }
}

fn only(credentials: Vec<String>) -> Result<String, KeyError> {
    let count = credentials.len();
    let mut credentials = credentials.into_iter();
    match (credentials.next(), count) {
        (Some(one), 1) => Ok(one),
        _ => Err(KeyError::Refused(format!("the service has {count} credentials: one must be named"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_written() {
        let text = "csc:rsa%2Dca%2Fsigner?service=https://sign.example/csc/v1";
        let place = Place::parse(text).unwrap();
        let expected = Place::Service {
            address: "https://sign.example/csc/v1".to_owned(),
            credential: "rsa-ca/signer".to_owned(),
        };
        assert_eq!(place, expected);
        assert_eq!(place.to_string(), text);
        assert_eq!(Place::parse("pkcs11:token=A;object=b").unwrap().provider(), "pkcs11");
    }

    #[test]
    fn a_place_holds_no_secret_and_names_no_file_of_the_server() {
        for (text, expected) in [
            ("pkcs11:object=a?pin-value=1234", PlaceError::Uri(UriError::Secret)),
            ("pkcs11:object=a?pin-source=file:/etc/shadow", PlaceError::PinSource),
            ("file:/etc/shadow", PlaceError::Unknown),
            ("csc:a", PlaceError::Unknown),
            ("", PlaceError::Unknown),
        ] {
            assert_eq!(Place::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn only_libraries_and_services_that_were_set_are_used() {
        let set = Elsewhere { modules: vec!["/a.so".into(), "/b.so".into()], ..Elsewhere::default() };
        let module = |text: &str| set.module(&TokenUri::parse(text).unwrap()).map(Path::to_path_buf);
        assert_eq!(module("pkcs11:object=a?module-path=/b.so").unwrap(), Path::new("/b.so"));
        assert!(matches!(module("pkcs11:object=a?module-path=/c.so"), Err(KeyError::Refused(_))));
        assert!(matches!(module("pkcs11:object=a"), Err(KeyError::Refused(_))));
        let place = Place::parse("csc:a?service=https://sign.example/csc/v1").unwrap();
        assert!(matches!(set.find(&place, &Access::default(), vec![]), Err(KeyError::Refused(_))));
    }
}
