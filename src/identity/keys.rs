//! Keys the service signs with: those it holds, sealed under the master key and opened only to sign, and those elsewhere,
//! of which it holds what opens them there.

use super::elsewhere::{Elsewhere, Place};
use super::rows::Key;
use super::schema::keys;
use super::vault::{Vault, VaultError};
use super::{Acting, KeyId, PersonId};
use crate::audit::{NewEvent, record};
use crate::pki::csc::Access;
use crate::pki::{Certificate, KeyError, MemoryKey, SigningKey};
use crate::store::{Error, Unit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;

/// A key to be taken in: its secret part already sealed for `id`.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its identifier, to which the secret is bound.
    pub id: KeyId,
    /// The agency; empty for the installation.
    pub agency: String,
    /// What it is for.
    pub purpose: &'static str,
    /// Whose, when personal.
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// `sealed`, or [`Key::EXTERNAL`] when only the certificate is known here.
    pub provider: &'static str,
    /// The secret part, sealed: the key itself, or what opens it where it lies; empty when only the certificate is known.
    pub sealed: Vec<u8>,
    /// Where it lies, when it isn't here.
    pub location: Option<String>,
    /// Its certificate; none for the log's key.
    pub certificate: Option<Certificate>,
    /// Certificates towards the anchor.
    pub chain: Vec<Certificate>,
    /// Picture shown by its signatures.
    pub image_sha256: Option<String>,
}

/// Takes a key in.
///
/// # Errors
/// When the database fails.
pub fn add(unit: &mut Unit<'_>, actor: &crate::audit::Actor, new: &NewKey) -> Result<Key, Error> {
    let now = unit.now_stored();
    let far = now.checked_add_months(chrono::Months::new(12 * 50)).unwrap_or(now);
    let coded = |certificate: &Certificate| STANDARD.encode(&certificate.der);
    let key = Key {
        id: new.id.clone(),
        agency_id: new.agency.clone(),
        purpose: new.purpose.to_owned(),
        person_id: new.person.clone(),
        name: new.name.clone(),
        algorithm: new.certificate.as_ref().map_or("Ed25519".to_owned(), |c| format!("{:?}", c.key.kind)),
        certificate: new.certificate.as_ref().map(coded),
        chain: serde_json::json!(new.chain.iter().map(coded).collect::<Vec<_>>()).to_string(),
        image_sha256: new.image_sha256.clone(),
        provider: new.provider.to_owned(),
        secret: STANDARD.encode(&new.sealed),
        not_before: new.certificate.as_ref().map_or(now, |c| c.not_before.naive_utc()),
        not_after: new.certificate.as_ref().map_or(far, |c| c.not_after.naive_utc()),
        state: "active".to_owned(),
        created_at: now,
        version: 1,
        location: new.location.clone(),
    };
    diesel::insert_into(keys::table).values(&key).execute(unit.connection())?;
    let event = NewEvent::new("key.added", &new.agency, actor, "key", new.id.as_str())
        .detail("purpose", new.purpose)
        .detail("name", &new.name)
        .detail("location", &new.location)
        .touching(&key);
    record(unit, event)?;
    Ok(key)
}

/// Why a stored key can't sign.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It doesn't open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What is stored is no usable key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The stored row is damaged.
    #[error("the stored key is damaged")]
    Damaged,
}

/// Opens a key for signing.
///
/// # Errors
/// [`OpenError`].
pub fn open(key: &Key, vault: &Vault, elsewhere: &Elsewhere) -> Result<Box<dyn SigningKey>, OpenError> {
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| OpenError::Damaged);
    let read = |text: &str| Certificate::read(&decode(text)?).map_err(|_| OpenError::Damaged);
    let secret = vault.open(key.id.as_str(), &decode(&key.secret)?)?;
    let certificate = read(key.certificate.as_deref().ok_or(OpenError::Damaged)?)?;
    let chain: Vec<String> = serde_json::from_str(&key.chain).map_err(|_| OpenError::Damaged)?;
    let chain = chain.iter().map(|text| read(text)).collect::<Result<_, _>>()?;
    Ok(match &key.location {
        None => Box::new(MemoryKey::new(&secret, certificate, chain)?),
        Some(text) => {
            let place = Place::parse(text).map_err(|_| OpenError::Damaged)?;
            let access: Access = serde_json::from_slice(&secret).map_err(|_| OpenError::Damaged)?;
            elsewhere.open(&place, &access, certificate, chain)?
        }
    })
}

/// Whether `by` may sign with the key: a personal one only by the person it belongs to.
#[must_use]
pub fn may_use(key: &Key, by: &Acting) -> bool {
    match key.purpose.as_str() {
        "personal" => key.person_id.is_some() && key.person_id == by.person,
        _ => true,
    }
}
