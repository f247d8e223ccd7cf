//! Keys of people and agencies over REST.

use super::body::{json, text, upload_parts};
use super::caller::{Caller, perm};
use super::problem::Problem;
use super::{Page, PageQuery, Service, simple};
use crate::desk::Desk;
use crate::identity::keys::{self, NewKey};
use crate::identity::rows::Key;
use crate::identity::{KeyId, PersonId};
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

/// What a key is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyMetadata {
    /// `personal`, `agency_seal` or `archive_receipt`.
    pub purpose: KeyPurpose,
    /// Whose, when personal.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Opens the key file.
    #[serde(default)]
    pub secret: Option<String>,
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
}

/// The form of a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    /// What it is for.
    pub metadata: KeyMetadata,
    /// PKCS#8 PEM (with certificates) or PKCS#12; or `certificate`.
    #[schema(value_type = Option<String>, format = Binary)]
    pub key: Option<Vec<u8>>,
    /// The certificate of a key that lies elsewhere, with its chain: PEM or DER. Such a key signs in signing sessions.
    #[schema(value_type = Option<String>, format = Binary)]
    pub certificate: Option<Vec<u8>>,
    /// A PNG its signatures show.
    #[schema(value_type = Option<String>, format = Binary)]
    pub image: Option<Vec<u8>>,
}

/// A key as it is kept.
struct Taken {
    provider: &'static str,
    sealed: Vec<u8>,
    certificate: Certificate,
    chain: Vec<Certificate>,
}

/// What is taken in: a key with its secret part, or the certificate of one that lies elsewhere.
fn take(desk: &Desk, id: &KeyId, parts: &Parts, secret: Option<&str>) -> Result<Taken, Problem> {
    let unusable = |error: KeyError| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_unusable").arg("why", error.to_string())
    };
    match parts {
        Parts::Key(bytes) => {
            let file = read_key_file(bytes, secret).map_err(unusable)?;
            let certificate = file.certificate.ok_or_else(|| unusable(KeyError::NoCertificate))?;
            MemoryKey::new(&file.pkcs8, certificate.clone(), file.chain.clone()).map_err(unusable)?;
            let rng = desk.database.rng().as_ref();
            let sealed = desk.vault.seal(id.as_str(), &file.pkcs8, rng).map_err(|_| Problem::internal())?;
            Ok(Taken { provider: "sealed", sealed, certificate, chain: file.chain })
        }
        Parts::Certificate(bytes) => {
            let read = read_certificates(bytes);
            let unreadable =
                |why: String| Problem::field_because("/certificate", "certificate_unreadable", why);
            let mut found = read.map_err(|error| unreadable(error.to_string()))?.into_iter();
            let certificate = found.next().ok_or_else(|| unreadable("PEM, DER".to_owned()))?;
            Choice::default().scheme(&certificate).map_err(unusable)?;
            Ok(Taken { provider: Key::EXTERNAL, sealed: Vec::new(), certificate, chain: found.collect() })
        }
    }
}

/// The part that says which key it is.
enum Parts {
    Key(Vec<u8>),
    Certificate(Vec<u8>),
}

/// Take a key in: its secret part is sealed under the master key. Of a key that lies elsewhere the certificate is taken.
#[utoipa::path(post, path = "/api/v1/keys", tag = "people", operation_id = "create_key",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body(content = KeyForm, content_type = "multipart/form-data"),
    responses((status = 201, body = KeyView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create_key(
    caller: Caller<perm::Administer>,
    service: Data<Service>,
    request: HttpRequest,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let mut parts =
        upload_parts(parts, &["metadata", "key", "certificate", "image"], service.json_bytes).await?;
    let metadata_bytes = parts.remove("metadata").unwrap_or_default();
    let metadata: KeyMetadata = json(&metadata_bytes)?;
    let bytes = match (parts.remove("key"), parts.remove("certificate")) {
        (Some(key), None) => Parts::Key(key),
        (None, Some(certificate)) => Parts::Certificate(certificate),
        _ => return Err(Problem::new(StatusCode::BAD_REQUEST, "upload_file_missing")),
    };
    let image = parts.remove("image");
    let name = text("/name", &metadata.name, 200)?;
    if (metadata.purpose == KeyPurpose::Personal) != metadata.person.is_some() {
        return Err(Problem::field("/person", "key_person_mismatch"));
    }
    if matches!(bytes, Parts::Certificate(_)) && metadata.purpose == KeyPurpose::ArchiveReceipt {
        return Err(Problem::field("/purpose", "key_must_be_held_here"));
    }
    let (Parts::Key(file) | Parts::Certificate(file)) = &bytes;
    let fingerprint = [metadata_bytes.as_slice(), file].concat();
    let agency = caller.agency().to_string();
    let new = service
        .work(move |desk| {
            let rng = desk.database.rng().as_ref();
            let id = KeyId::fresh(desk.now(), rng).map_err(Error::from)?;
            let Taken { provider, sealed, certificate, chain } =
                take(desk, &id, &bytes, metadata.secret.as_deref())?;
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
                provider,
                sealed,
                certificate: Some(certificate),
                chain,
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
        let subject =
            new.certificate.as_ref().map_or(String::new(), |certificate| certificate.subject.clone());
        let version = key.version;
        Ok((
            KeyView { id: key.id, purpose: key.purpose, name: key.name, subject, person: key.person_id },
            Some(version),
        ))
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
    let items: Vec<KeyView> = found
        .into_iter()
        .map(|key| KeyView {
            id: key.id,
            purpose: key.purpose,
            subject: key.algorithm,
            name: key.name,
            person: key.person_id,
        })
        .collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |key| key.id.to_string())))
}
