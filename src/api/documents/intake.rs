//! Taking documents in, and other files for drafts.

use super::super::Service;
use super::super::body::{json, text, upload};
use super::super::caller::{Caller, perm};
use super::super::problem::{Problem, ProblemBody};
use super::super::retry::{Begun, begin, if_match};
use super::{DocumentView, answer, concluded, id_of};
use crate::registry::Error;
use crate::registry::journey::{self, Intake};
use crate::registry::rows::DocumentId;
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
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
    /// The date the sender gave it.
    #[serde(default)]
    pub sender_date: Option<chrono::NaiveDate>,
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

/// Take a document in.
#[utoipa::path(post, path = "/api/v1/documents", tag = "documents", operation_id = "create_document",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn create(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let received = upload(&service, parts).await?;
    let fingerprint = [received.metadata.as_slice(), received.file.sha256().as_bytes()].concat();
    let intake = intake(json(&received.metadata)?)?;
    let begun = begin(&service, caller.agency().as_str(), &caller.name, &request, &fingerprint).await?;
    let retry = match begun {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let (desk, scope, asked) = (service.desk.clone(), caller.acting.scope.clone(), intake.clone());
        service.desk.database.look_up(move |c| asked.check(c, &desk, &scope)).await?;
        let file = received.file.keep(&service).await?;
        let incoming = intake.direction == "incoming";
        let (file, judged) = service
            .work(move |desk| {
                let judged = if incoming { journey::judge_received(desk, &file)? } else { None };
                Ok::<_, Error>((file, judged))
            })
            .await?;
        let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let document = journey::take_in(unit, &desk, &by, &intake, (&file, judged.as_ref()))?;
                let answer = answer(unit.connection(), &by.scope, StatusCode::CREATED, &document)?;
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}

/// What is said of a document, with its texts made sure of.
fn intake(metadata: Metadata) -> Result<Intake, Problem> {
    let optional = |pointer: &str, value: Option<String>, limit: usize| {
        value.map(|value| text(pointer, &value, limit)).transpose()
    };
    Ok(Intake {
        direction: metadata.direction.word(),
        type_code: metadata.kind,
        subject: text("/subject", &metadata.subject, 500)?,
        urgency: metadata.urgency.word(),
        secrecy: metadata.secrecy.word(),
        drafting_unit: optional("/drafting_unit", metadata.drafting_unit, 20)?,
        sender: optional("/sender", metadata.sender, 200)?,
        sender_notation: optional("/sender_notation", metadata.sender_notation, 41)?,
        sender_date: metadata.sender_date,
        relations: metadata
            .relations
            .into_iter()
            .map(|relation| (relation.kind.word(), relation.document))
            .collect(),
    })
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

/// Another file for a draft.
#[utoipa::path(post, path = "/api/v1/documents/{id}/versions", tag = "documents", operation_id = "create_version",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
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
    let fingerprint = received.file.sha256();
    let begun =
        begin(&service, caller.agency().as_str(), &caller.name, &request, fingerprint.as_bytes()).await?;
    let retry = match begun {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let (scope, asked) = (caller.acting.scope.clone(), id.clone());
        service.desk.database.look_up(move |c| journey::check_revision(c, &scope, &asked, expected)).await?;
        let file = received.file.keep(&service).await?;
        let (desk, by, keeper) = (service.desk.clone(), caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let document = journey::revise(unit, &desk, &by, &id, expected, &file)?;
                let answer = answer(unit.connection(), &by.scope, StatusCode::CREATED, &document)?;
                keeper.keep(unit, &answer)?;
                Ok::<_, Error>(answer)
            })
            .await?;
        Ok(answer)
    }
    .await;
    concluded(&service, outcome)
}

/// The form of another file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileForm {
    /// The file, PDF or DOCX.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}
