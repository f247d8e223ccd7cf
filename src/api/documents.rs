//! Official documents over REST: the journey, call by call.

use super::body::{json, text, upload};
use super::caller::{Caller, Permission, perm, record_refusal};
use super::problem::Problem;
use super::retry::{Answer, Begun, begin, etag, if_match};
use super::{Page, PageQuery, Service};
use crate::audit::{EventId, log};
use crate::identity::{AppointmentId, KeyId};
use crate::registry::journey::{self, Intake};
use crate::registry::rows::{
    Component, Document, DocumentFilter, DocumentId, FormatCheck, RegisterId, Version,
};
use crate::registry::state::{Act, State};
use crate::registry::{Error, registers};
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What is said of a document when it is taken in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Outgoing or incoming.
    pub direction: Direction,
    /// Type code of the profile.
    #[serde(rename = "type")]
    pub kind: String,
    /// Abstract.
    pub subject: String,
    /// Urgency.
    #[serde(default)]
    pub urgency: Urgency,
    /// Secrecy.
    #[serde(default)]
    pub secrecy: Secrecy,
    /// Abbreviation of the drafting unit, for symbols that name it.
    #[serde(default)]
    pub drafting_unit: Option<String>,
    /// Sender of an incoming document.
    #[serde(default)]
    pub sender: Option<String>,
    /// The sender's number and symbol.
    #[serde(default)]
    pub sender_notation: Option<String>,
    /// Relations to other documents.
    #[serde(default)]
    pub relations: Vec<Relation>,
}

/// A relation to another document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Which.
    pub kind: RelationKind,
    /// The other document.
    pub document: DocumentId,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$inner])* $variant),* }
        impl $name {
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    )*};
}

words! {
    /// Where a document goes.
    Direction {
        /// From the agency.
        #[default]
        Outgoing = "outgoing",
        /// To the agency.
        Incoming = "incoming",
    }
    /// Urgency (độ khẩn).
    Urgency {
        /// None.
        #[default]
        Normal = "normal",
        /// Khẩn.
        Urgent = "urgent",
        /// Thượng khẩn.
        VeryUrgent = "very_urgent",
        /// Hỏa tốc.
        Flash = "flash",
    }
    /// Secrecy (độ mật).
    Secrecy {
        /// None.
        #[default]
        None = "none",
        /// Mật.
        Confidential = "confidential",
        /// Tối mật.
        Secret = "secret",
        /// Tuyệt mật.
        TopSecret = "top_secret",
    }
    /// How documents relate.
    RelationKind {
        /// Answers it.
        #[default]
        RepliesTo = "replies_to",
        /// Replaces it.
        Replaces = "replaces",
        /// Amends it.
        Amends = "amends",
        /// Is a copy of it (sao y).
        CopyOf = "copy_of",
        /// Is an extract of it (trích sao).
        ExtractOf = "extract_of",
        /// Is a copy of a copy of it (sao lục).
        CopyOfCopy = "copy_of_copy",
    }
}

impl Direction {
    /// The word stored.
    #[must_use]
    pub fn stored(self) -> &'static str {
        self.word()
    }
}

/// A document as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentView {
    /// Identifier.
    pub id: DocumentId,
    /// `outgoing` or `incoming`.
    pub direction: String,
    /// Type code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Abstract.
    pub subject: String,
    /// Urgency.
    pub urgency: String,
    /// Secrecy.
    pub secrecy: String,
    /// Where it stands.
    pub state: String,
    /// Number.
    pub number: Option<i64>,
    /// Number and symbol.
    pub symbol: Option<String>,
    /// Legal date.
    pub date: Option<chrono::NaiveDate>,
    /// Who sent it.
    pub sender: Option<String>,
    /// Its parts and their versions.
    pub components: Vec<ComponentView>,
    /// `pending`, `done` or `failed`.
    pub format_check: String,
    /// Version of the row; the ETag.
    pub version: i64,
}

/// A part of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentView {
    /// Identifier.
    pub id: String,
    /// `main`, `attachment` or `appendix`.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Its versions, oldest first.
    pub versions: Vec<VersionView>,
}

/// A version.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// Identifier.
    pub id: String,
    /// Stage.
    pub stage: String,
    /// SHA-256.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Media type.
    pub media_type: String,
    /// File name.
    pub file_name: String,
}

fn header(document: &Document) -> DocumentView {
    DocumentView {
        id: document.id.clone(),
        direction: document.direction.clone(),
        kind: document.type_code.clone(),
        subject: document.subject.clone(),
        urgency: document.urgency.clone(),
        secrecy: document.secrecy.clone(),
        state: document.state.clone(),
        number: document.number,
        symbol: document.notation.clone(),
        date: document.document_date,
        sender: document.sender.clone(),
        components: Vec::new(),
        format_check: "pending".to_owned(),
        version: document.version,
    }
}

async fn view<P>(service: &Service, caller: &Caller<P>, id: DocumentId) -> Result<DocumentView, Problem> {
    let scope = caller.acting.scope.clone();
    service
        .desk
        .database
        .read(move |c| {
            let document = Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            let mut shown = header(&document);
            for component in Component::of(c, &scope, &id)? {
                let versions = Version::of(c, &scope, &component.id)?;
                if let (1, Some(last)) = (component.ordinal, versions.last()) {
                    let check = FormatCheck::of(c, &scope, &last.id)?;
                    shown.format_check = check.map_or("pending".to_owned(), |check| check.state);
                }
                shown.components.push(ComponentView {
                    id: component.id.to_string(),
                    kind: component.kind,
                    title: component.title,
                    versions: versions
                        .into_iter()
                        .map(|version| VersionView {
                            id: version.id.to_string(),
                            stage: version.stage,
                            sha256: version.sha256,
                            size: version.size,
                            media_type: version.media_type,
                            file_name: version.file_name,
                        })
                        .collect(),
                });
            }
            Ok::<_, Error>(shown)
        })
        .await
        .map_err(Into::into)
}

fn id_of(path: &Path<String>) -> Result<DocumentId, Problem> {
    DocumentId::parse(path.as_str())
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "document"))
}

/// Ends an act: a refusal of a known caller becomes an event of its own.
pub async fn concluded<P: Permission>(
    service: &Service,
    caller: &Caller<P>,
    outcome: Result<Answer, Problem>,
) -> Result<HttpResponse, Problem> {
    service.wake.notify_one();
    match outcome {
        Ok(answer) => Ok(answer.response()),
        Err(problem) => {
            if problem.is_refusal() {
                record_refusal(service, &caller.acting, P::NAME, problem.code()).await;
            }
            Err(problem)
        }
    }
}

/// Take a document in.
#[utoipa::path(post, path = "/api/v1/documents", tag = "documents", operation_id = "create_document",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let received = upload(&service, parts).await?;
    let fingerprint = [received.metadata.as_slice(), received.file.kept.sha256.as_bytes()].concat();
    let begun = begin(&service, caller.agency().as_str(), &caller.name, &request, &fingerprint).await?;
    let retry = match begun {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let metadata: Metadata = json(&received.metadata)?;
        let intake = Intake {
            direction: metadata.direction.word(),
            type_code: metadata.kind,
            subject: text("/subject", &metadata.subject, 500)?,
            urgency: metadata.urgency.word(),
            secrecy: metadata.secrecy.word(),
            drafting_unit: metadata
                .drafting_unit
                .map(|unit| text("/drafting_unit", &unit, 20))
                .transpose()?,
            sender: metadata.sender.map(|sender| text("/sender", &sender, 200)).transpose()?,
            sender_notation: metadata
                .sender_notation
                .map(|notation| text("/sender_notation", &notation, 41))
                .transpose()?,
            relations: metadata
                .relations
                .into_iter()
                .map(|relation| (relation.kind.word(), relation.document))
                .collect(),
        };
        let (desk, by, keeper, file) =
            (service.desk.clone(), caller.acting.clone(), retry.keeper(), received.file);
        let answer = service
            .desk
            .database
            .write(move |unit| {
                let document = journey::take_in(unit, &desk, &by, &intake, &file)?;
                let mut shown = json!(header(&document));
                let components = Component::of(unit.connection(), &by.scope, &document.id)?;
                let brief: Vec<_> = components
                    .iter()
                    .map(|one| json!({ "id": one.id, "kind": one.kind, "title": one.title, "versions": [] }))
                    .collect();
                if let Some(object) = shown.as_object_mut() {
                    object.insert("components".to_owned(), json!(brief));
                }
                let answer = Answer::new(StatusCode::CREATED, shown, Some(document.version));
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, &caller, outcome).await
}

/// The form of an upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadForm {
    /// What is said of the document.
    pub metadata: Metadata,
    /// The file, PDF or DOCX.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// What a list is narrowed to.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Only this state.
    pub state: Option<State>,
    /// Only this number and symbol.
    pub symbol: Option<String>,
}

/// List documents.
#[utoipa::path(get, path = "/api/v1/documents", tag = "documents", operation_id = "list_documents", params(ListQuery),
    responses((status = 200, body = Page<DocumentView>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn list(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = PageQuery { limit: query.limit, cursor: None }.limit()?;
    let cursor = match &query.cursor {
        None => None,
        Some(text) => {
            Some(DocumentId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?)
        }
    };
    let filter = DocumentFilter { state: query.state, notation: query.symbol.clone() };
    let scope = caller.acting.scope.clone();
    let found = service
        .desk
        .database
        .read(move |c| Document::list(c, &scope, &filter, cursor.as_ref(), limit))
        .await?;
    let items: Vec<DocumentView> = found.iter().map(header).collect();
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |document| document.id.to_string())))
}

/// Show a document.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", operation_id = "get_document", params(("id" = String, Path)),
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn show(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let shown = view(&service, &caller, id_of(&path)?).await?;
    Ok(HttpResponse::Ok().insert_header(("etag", etag(shown.version))).json(shown))
}

/// Another file for a draft.
#[utoipa::path(post, path = "/api/v1/documents/{id}/versions", tag = "documents", operation_id = "create_version",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn revise(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&path)?;
    let expected = if_match(&request)?;
    let received = upload(&service, parts).await?;
    let begun = begin(
        &service,
        caller.agency().as_str(),
        &caller.name,
        &request,
        received.file.kept.sha256.as_bytes(),
    )
    .await?;
    let retry = match begun {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (desk, by, keeper, file) =
        (service.desk.clone(), caller.acting.clone(), retry.keeper(), received.file);
    let outcome = service
        .desk
        .database
        .write(move |unit| {
            let document = journey::revise(unit, &desk, &by, &id, expected, &file)?;
            let answer = Answer::new(StatusCode::CREATED, json!(header(&document)), Some(document.version));
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(&service, &caller, outcome).await
}

/// The form of another file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileForm {
    /// The file, PDF or DOCX.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// What the format rules say.
#[utoipa::path(get, path = "/api/v1/documents/{id}/format-check", tag = "documents", operation_id = "get_format_check", params(("id" = String, Path)),
    responses((status = 200, body = crate::format::report::Report), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn format_check(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), id_of(&path)?);
    let check = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            let version = Version::current(c, &scope, &id)?.ok_or(Error::NotFound("version"))?;
            FormatCheck::of(c, &scope, &version.id).map_err(Error::from)
        })
        .await?;
    Ok(match check.and_then(|check| check.report) {
        Some(report) => HttpResponse::Ok().content_type("application/json").body(report),
        None => HttpResponse::Ok().json(json!({ "status": "pending" })),
    })
}

/// Who is to sign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepareBody {
    /// The appointment that is to sign.
    pub signer: AppointmentId,
    /// The agency's key, to be named again when sealing if it isn't the active one.
    #[serde(default)]
    pub agency_seal: Option<KeyId>,
}

/// Make a draft ready for signatures.
#[utoipa::path(post, path = "/api/v1/documents/{id}/prepare", tag = "documents", operation_id = "prepare_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = PrepareBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn prepare(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: PrepareBody = json(&body)?;
    act(&service, &caller, &request, &body, Act::Prepare, move |desk, by| {
        if let Some(seal) = &wanted.agency_seal {
            let scope = by.scope.clone();
            desk.database
                .read_blocking(|c| crate::identity::rows::Key::find(c, &scope, seal))?
                .ok_or(Error::NotFound("key"))?;
        }
        journey::make_prepared(desk, by, &id, expected, &wanted.signer)
    })
    .await
}

/// With what is signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    /// The appointment signed in.
    pub appointment: AppointmentId,
    /// A key the service holds.
    pub key: KeyId,
}

/// Sign as a person.
#[utoipa::path(post, path = "/api/v1/documents/{id}/sign", tag = "documents", operation_id = "sign_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = SignBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn sign(
    caller: Caller<perm::Sign>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: SignBody = json(&body)?;
    act(&service, &caller, &request, &body, Act::Sign, move |desk, by| {
        journey::make_signed(desk, by, &id, expected, &wanted.appointment, &wanted.key)
    })
    .await
}

/// With which key is sealed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealBody {
    /// The agency's key; the active one when absent.
    #[serde(default)]
    pub key: Option<KeyId>,
}

/// Write number, date and the agency's signature.
#[utoipa::path(post, path = "/api/v1/documents/{id}/seal", tag = "documents", operation_id = "seal_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = Option<SealBody>,
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn seal(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: SealBody = if body.is_empty() { SealBody::default() } else { json(&body)? };
    act(&service, &caller, &request, &body, Act::Seal, move |desk, by| {
        journey::make_sealed(desk, by, &id, expected, wanted.key.as_ref())
    })
    .await
}

/// An act on a file: worked on outside of the transaction, then recorded with the answer.
async fn act<P: Permission>(
    service: &Service,
    caller: &Caller<P>,
    request: &HttpRequest,
    body: &Bytes,
    act: Act,
    make: impl FnOnce(&crate::desk::Desk, &crate::identity::Acting) -> Result<journey::Made, Error>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let retry = match begin(service, caller.agency().as_str(), &caller.name, request, body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let by = caller.acting.clone();
        let made = service.work(move |desk| make(desk, &by)).await?;
        let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write(move |unit| {
                let document = journey::record_made(unit, &desk, &by, act, &made)?;
                let answer = Answer::new(StatusCode::OK, json!(header(&document)), Some(document.version));
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(service, caller, outcome).await
}

/// From which register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBody {
    /// The register, of this year or an earlier one of the same book.
    pub register: RegisterId,
}

/// Take number and date.
#[utoipa::path(post, path = "/api/v1/documents/{id}/number", tag = "documents", operation_id = "number_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = NumberBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn number(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: NumberBody = json(&body)?;
    let retry = match begin(&service, caller.agency().as_str(), &caller.name, &request, &body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
    let turn = format!("registers of {}", caller.agency());
    let outcome = service
        .desk
        .database
        .write_in_turn(&turn, move |unit| {
            let agency = crate::identity::rows::Agency::of(unit.connection(), &by.scope)?;
            let numbered = registers::number(
                unit,
                &by,
                &desk.profile,
                desk.zone,
                &agency.abbreviation,
                &id,
                expected,
                &wanted.register,
            )?;
            let document = numbered.document;
            let answer = Answer::new(StatusCode::OK, json!(header(&document)), Some(document.version));
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(&service, &caller, outcome).await
}

/// Issue a sealed document.
#[utoipa::path(post, path = "/api/v1/documents/{id}/issue", tag = "documents", operation_id = "issue_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn issue(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    change(&service, &caller, &request, &body, move |unit, by| journey::issue(unit, by, &id, expected)).await
}

/// Why a document is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidBody {
    /// The reason.
    pub reason: String,
}

/// Give a numbered document up; its number stays in the register.
#[utoipa::path(post, path = "/api/v1/documents/{id}/void", tag = "documents", operation_id = "void_document",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")), request_body = VoidBody,
    responses((status = 200, body = DocumentView), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn void(
    caller: Caller<perm::Register>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let wanted: VoidBody = json(&body)?;
    let reason = text("/reason", &wanted.reason, 500)?;
    change(&service, &caller, &request, &body, move |unit, by| {
        registers::void(unit, by, &id, expected, &reason)
    })
    .await
}

/// A change of the document's row alone.
async fn change<P: Permission>(
    service: &Service,
    caller: &Caller<P>,
    request: &HttpRequest,
    body: &Bytes,
    mut change: impl FnMut(&mut crate::store::Unit<'_>, &crate::identity::Acting) -> Result<Document, Error>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let retry = match begin(service, caller.agency().as_str(), &caller.name, request, body).await? {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let (by, keeper) = (caller.acting.clone(), retry.keeper());
    let outcome = service
        .desk
        .database
        .write(move |unit| {
            let document = change(unit, &by)?;
            let answer = Answer::new(StatusCode::OK, json!(header(&document)), Some(document.version));
            keeper.keep(unit, &answer)?;
            Ok::<_, Error>(answer)
        })
        .await
        .map_err(Into::into);
    concluded(service, caller, outcome).await
}

/// Verify the signatures of the current version, now.
#[utoipa::path(get, path = "/api/v1/documents/{id}/signatures", tag = "documents", operation_id = "get_signatures", params(("id" = String, Path)),
    responses((status = 200, body = crate::signature::report::Report), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn signatures(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let version = current(&service, &caller, id_of(&path)?).await?;
    if version.media_type != "application/pdf" {
        return Err(Problem::new(StatusCode::CONFLICT, "document_is_no_pdf"));
    }
    let report = service.work(move |desk| journey::verdict_of(desk, &version.sha256)).await?;
    Ok(HttpResponse::Ok().json(report))
}

async fn current<P>(service: &Service, caller: &Caller<P>, id: DocumentId) -> Result<Version, Problem> {
    let scope = caller.acting.scope.clone();
    service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            Version::current(c, &scope, &id)?.ok_or(Error::NotFound("version"))
        })
        .await
        .map_err(Into::into)
}

/// The bytes of the current version.
#[utoipa::path(get, path = "/api/v1/documents/{id}/content", tag = "documents", operation_id = "get_content", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn content(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let version = current(&service, &caller, id_of(&path)?).await?;
    super::download::respond(&service, &request, &version.sha256, &version.media_type, &version.file_name)
}

/// The trail of a document, with proofs.
#[utoipa::path(get, path = "/api/v1/documents/{id}/events", tag = "documents", operation_id = "list_document_events", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<super::trail::EventShown>), (status = "4XX", body = super::problem::ProblemBody, content_type = "application/problem+json")))]
pub async fn events(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (limit, id, scope) = (query.limit()?, id_of(&path)?, caller.acting.scope.clone());
    let cursor = match &query.cursor {
        None => None,
        Some(text) => Some(EventId::parse(text).ok_or_else(|| Problem::field("/cursor", "cursor_invalid"))?),
    };
    let items = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            let found = log::events_of(c, &scope, "document", id.as_str(), cursor.as_ref(), limit)?;
            let mut items = Vec::new();
            for event in found {
                let proof = log::prove(c, &scope, &event.id)?.map(|proof| proof.text());
                items.push(super::trail::EventShown::of(event, proof));
            }
            Ok::<_, Error>(items)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Page::of(items, limit, |event| event.id.to_string())))
}
