//! Keys of people and agencies over REST.

use super::body::{json, text, upload_parts};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::identity::elsewhere::{Elsewhere, Place, PlaceError};
use crate::identity::keys::{self, NewKey};
use crate::identity::rows::Key;
use crate::identity::{KeyId, PersonId};
use crate::pki::csc::Access;
use crate::pki::key::read_key_file;
use crate::pki::{Certificate, Choice, KeyError, MemoryKey, read_certificates};
use crate::store::Error;
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// What a key is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyMetadata {
    /// `personal`, `agency_seal` or `archive_receipt`.
    pub purpose: KeyPurpose,
    /// Whose, when personal.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Opens the key file; the PIN of a key that lies elsewhere.
    #[serde(default)]
    pub secret: Option<String>,
    /// Where the key lies, when no file is sent: `pkcs11:…` (RFC 7512, without secrets and files), or
    /// `csc:CREDENTIAL?service=ADDRESS`, both percent-encoded; without a credential the only one there is.
    #[serde(default)]
    pub location: Option<String>,
    /// How a service of remote signing is asked.
    #[serde(default)]
    pub access: Option<ServiceAccess>,
}

/// How a service of remote signing is asked: by a token, or by logging in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccess {
    /// A bearer token that doesn't change.
    #[serde(default)]
    pub token: Option<String>,
    /// A name.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<String>,
}

impl std::fmt::Debug for ServiceAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceAccess(..)")
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// A person's signature.
    Personal,
    /// The agency's signature.
    AgencySeal,
    /// The archive's receipts.
    ArchiveReceipt,
}

impl std::fmt::Debug for KeyMetadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyMetadata").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A key as it is shown: never its secret part.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyView {
    /// Identifier.
    pub id: KeyId,
    /// What it is for.
    pub purpose: String,
    /// Name.
    pub name: String,
    /// Subject of its certificate.
    pub subject: String,
    /// Whose, when personal.
    pub person: Option<PersonId>,
    /// `sealed` here, or used where it lies: `pkcs11` on a device, `csc` at a service of remote signing; `external` when only
    /// its certificate is known here, for signing sessions.
    pub provider: String,
    /// Where it lies, when it isn't here.
    pub location: Option<String>,
}

impl KeyView {
    fn of(key: Key) -> Self {
        let provider = match key.location.as_deref() {
            None if key.is_external() => Key::EXTERNAL,
            None => "sealed",
            Some(location) if location.starts_with("pkcs11:") => "pkcs11",
            Some(_) => "csc",
        };
        Self {
            subject: key.subject(),
            id: key.id,
            purpose: key.purpose,
            name: key.name,
            person: key.person_id,
            provider: provider.to_owned(),
            location: key.location,
        }
    }
}

/// The form of a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    /// What it is for.
    pub metadata: KeyMetadata,
    /// PKCS#8 PEM (with certificates) or PKCS#12; none for a key that lies elsewhere.
    #[schema(value_type = Option<String>, format = Binary)]
    pub key: Option<Vec<u8>>,
    /// Certificate and chain of a key that lies elsewhere, PEM or DER, where they aren't taken from there. Alone, without
    /// `key` and `location`: of a key that signs in signing sessions.
    #[schema(value_type = Option<String>, format = Binary)]
    pub certificate: Option<Vec<u8>>,
    /// A PNG its signatures show.
    #[schema(value_type = Option<String>, format = Binary)]
    pub image: Option<Vec<u8>>,
}

/// The secret part of a key to be taken in, with its certificates.
struct Secret {
    provider: &'static str,
    plain: Zeroizing<Vec<u8>>,
    certificate: Certificate,
    chain: Vec<Certificate>,
    location: Option<String>,
}

/// A key that comes as a file.
fn from_file(bytes: &[u8], secret: Option<&str>) -> Result<Secret, Problem> {
    let unusable = |error: KeyError| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_unusable").arg("why", error.to_string())
    };
    let file = read_key_file(bytes, secret).map_err(unusable)?;
    let certificate = file.certificate.ok_or_else(|| unusable(KeyError::NoCertificate))?;
    MemoryKey::new(&file.pkcs8, certificate.clone(), file.chain.clone()).map_err(unusable)?;
    Ok(Secret { provider: "sealed", plain: file.pkcs8, certificate, chain: file.chain, location: None })
}

/// A key that lies elsewhere: looked for there, with what opens it.
fn from_elsewhere(
    elsewhere: &Elsewhere,
    location: &str,
    certificate: Option<&[u8]>,
    secret: Option<String>,
    access: Option<ServiceAccess>,
) -> Result<Secret, Problem> {
    let wrong =
        |error: PlaceError| Problem::field_because("/location", "key_location_wrong", error.to_string());
    let place = Place::parse(location).map_err(wrong)?;
    let given = match certificate.map(read_certificates) {
        Some(Ok(given)) => given,
        Some(Err(_)) => return Err(Problem::field("/certificate", "certificates_unreadable")),
        None => Vec::new(),
    };
    let access = access.unwrap_or(ServiceAccess { token: None, user: None, password: None });
    let access = Access { token: access.token, user: access.user, password: access.password, pin: secret };
    let found = elsewhere.find(&place, &access, given).map_err(crate::registry::Error::from)?;
    Ok(Secret {
        provider: "sealed",
        plain: Zeroizing::new(serde_json::to_vec(&access).map_err(|_| Problem::internal())?),
        certificate: found.certificate,
        chain: found.chain,
        location: Some(found.place.to_string()),
    })
}

/// The certificate of a key that signs in sessions: nothing else is known here.
fn certificate_alone(bytes: &[u8]) -> Result<Secret, Problem> {
    let unreadable = || Problem::field("/certificate", "certificates_unreadable");
    let mut found = read_certificates(bytes).map_err(|_| unreadable())?.into_iter();
    let certificate = found.next().ok_or_else(unreadable)?;
    let scheme = Choice::default().scheme(&certificate);
    scheme.map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_unusable").arg("why", error.to_string())
    })?;
    let plain = Zeroizing::new(Vec::new());
    Ok(Secret { provider: Key::EXTERNAL, plain, certificate, chain: found.collect(), location: None })
}

/// Take a key in: its secret part, or what opens it where it lies, is sealed under the master key.
#[utoipa::path(post, path = "/api/v1/keys", tag = "people", operation_id = "create_key",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body(content = KeyForm, content_type = "multipart/form-data"),
    responses((status = 201, body = KeyView), (status = 503, body = super::problem::ProblemBody, content_type = "application/problem+json"), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_key(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let mut parts =
        upload_parts(parts, &["metadata", "key", "image", "certificate"], service.json_bytes).await?;
    let metadata_bytes = parts.remove("metadata").unwrap_or_default();
    let metadata: KeyMetadata = json(&metadata_bytes)?;
    let (bytes, image, certificate) =
        (parts.remove("key"), parts.remove("image"), parts.remove("certificate"));
    let location = match (&metadata.location, &bytes) {
        (Some(location), None) => Some(text("/location", location, 1000)?),
        (None, Some(_)) if metadata.access.is_some() || certificate.is_some() => {
            return Err(Problem::field("/location", "key_place_ambiguous"));
        }
        (None, Some(_)) => None,
        (None, None) if certificate.is_none() => {
            return Err(Problem::field("/key", "field_missing"));
        }
        (None, None) if metadata.access.is_some() || metadata.secret.is_some() => {
            return Err(Problem::field("/location", "key_place_ambiguous"));
        }
        (None, None) if metadata.purpose == KeyPurpose::ArchiveReceipt => {
            return Err(Problem::field("/purpose", "key_must_be_held_here"));
        }
        (None, None) => None,
        (Some(_), Some(_)) => return Err(Problem::field("/location", "key_place_ambiguous")),
    };
    let name = text("/name", &metadata.name, 200)?;
    if (metadata.purpose == KeyPurpose::Personal) != metadata.person.is_some() {
        return Err(Problem::field("/person", "key_person_mismatch"));
    }
    let fingerprint = [Some(metadata_bytes.as_slice()), bytes.as_deref(), certificate.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .concat();
    let agency = caller.agency().to_string();
    let new = service
        .work(move |desk| {
            let KeyMetadata { secret, access, .. } = metadata;
            let secret = match (&location, &bytes) {
                (Some(location), _) => {
                    from_elsewhere(&desk.elsewhere, location, certificate.as_deref(), secret, access)?
                }
                (None, Some(bytes)) => from_file(bytes, secret.as_deref())?,
                (None, None) => certificate_alone(certificate.as_deref().unwrap_or_default())?,
            };
            let rng = desk.database.rng().as_ref();
            let id = KeyId::fresh(desk.now(), rng).map_err(Error::from)?;
            let sealed = if secret.provider == Key::EXTERNAL {
                Vec::new()
            } else {
                desk.vault.seal(id.as_str(), &secret.plain, rng).map_err(|_| Problem::internal())?
            };
            let image = match image {
                Some(image) if image.starts_with(b"\x89PNG") => Some(desk.objects.keep_bytes(&image, rng)?),
                Some(_) => return Err(Problem::field("/image", "image_is_no_png")),
                None => None,
            };
            let purpose = match metadata.purpose {
                KeyPurpose::Personal => "personal",
                KeyPurpose::AgencySeal => "agency_seal",
                KeyPurpose::ArchiveReceipt => "archive_receipt",
            };
            let new = NewKey {
                id,
                agency,
                purpose,
                person: metadata.person,
                name,
                provider: secret.provider,
                sealed,
                location: secret.location,
                certificate: Some(secret.certificate),
                chain: secret.chain,
                image_sha256: image.as_ref().map(|kept| kept.sha256.clone()),
            };
            Ok::<_, Problem>((new, image))
        })
        .await?;
    let (new, image) = new;
    simple::run(&service, &caller, &request, &fingerprint, StatusCode::CREATED, move |unit, by| {
        if let Some(kept) = &image {
            crate::store::objects::record_use(
                unit,
                by.scope.agency(),
                kept,
                "image/png",
                ("key", new.id.as_str()),
            )?;
        }
        let key = keys::add(unit, &by.actor, &new)?;
        let version = key.version;
        Ok((KeyView::of(key), Some(version)))
    })
    .await
}

/// List keys the service holds.
#[utoipa::path(get, path = "/api/v1/keys", tag = "people", operation_id = "list_keys", params(PageQuery),
    responses((status = 200, body = Page<KeyView>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list_keys(
    caller: Caller<perm::ReadPeople>,
    service: Data<Service>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    use crate::identity::schema::keys as table;
    let (limit, scope) = (query.limit()?, caller.acting.scope.clone());
    let after = query.cursor(KeyId::parse)?;
    let found: Vec<Key> = service
        .desk
        .database
        .read(move |c| {
            let found = table::table
                .filter(table::agency_id.eq(scope.agency().as_str()))
                .filter(table::id.gt(after))
                .order(table::id)
                .limit(limit)
                .select(Key::as_select())
                .load(c);
            found.map_err(Error::from)
        })
        .await?;
    let items: Vec<KeyView> = found.into_iter().map(KeyView::of).collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |key| key.id.to_string())))
}
