//! Official documents over REST: the journey, call by call. Here is how they are shown; taking in, acts and reads have
//! a file each.

mod acts;
mod augment;
mod components;
mod evidence;
mod intake;
mod reads;

pub use acts::*;
pub use augment::*;
pub use components::*;
pub use evidence::*;
pub use intake::*;
pub use reads::*;

use super::Service;
use super::problem::Problem;
use super::retry::Answer;
use crate::registry::rows::{Document, DocumentId, FileRow};
use crate::store::{self, AnyConnection, Scope};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;

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
    /// The sender's number and symbol.
    pub sender_notation: Option<String>,
    /// The sender's date.
    pub sender_date: Option<chrono::NaiveDate>,
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
    /// What its signatures were judged to be when it came from outside; null for what the service made, and for
    /// drafts.
    pub verdict_on_receipt: Option<String>,
}

/// Documents as they are shown, in the same order.
///
/// # Errors
/// When the database fails.
fn views(
    c: &mut AnyConnection,
    scope: &Scope,
    documents: &[Document],
) -> Result<Vec<DocumentView>, store::Error> {
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id.clone()).collect();
    let mut files: HashMap<DocumentId, Vec<FileRow>> = HashMap::new();
    for row in FileRow::of(c, scope, &ids)? {
        files.entry(row.component.document_id.clone()).or_default().push(row);
    }
    let files_of = |document: &DocumentId| files.get(document).map(Vec::as_slice).unwrap_or_default();
    // Of the newest version that was judged or is to be: preparing and signing leave the text as it was.
    let judged = |document: &DocumentId| {
        let mut main = files_of(document).iter().rev().filter(|file| file.component.ordinal == 1);
        main.find_map(|file| file.format_state.as_deref())
    };
    let shown = |document: &Document| DocumentView {
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
        sender_notation: document.sender_notation.clone(),
        sender_date: document.sender_date,
        components: files_of(&document.id)
            .chunk_by(|one, next| one.component.id == next.component.id)
            .filter_map(ComponentView::of)
            .collect(),
        format_check: judged(&document.id).unwrap_or("pending").to_owned(),
        version: document.version,
    };
    Ok(documents.iter().map(shown).collect())
}

/// The answer that shows a document, with its version.
fn answer(
    c: &mut AnyConnection,
    scope: &Scope,
    status: StatusCode,
    document: &Document,
) -> Result<Answer, store::Error> {
    let shown = views(c, scope, std::slice::from_ref(document))?;
    Ok(Answer::new(status, json!(shown.first()), Some(document.version)))
}

impl ComponentView {
    /// A component by its versions.
    fn of(files: &[FileRow]) -> Option<Self> {
        let component = &files.first()?.component;
        let shown = |file: &FileRow| VersionView {
            id: file.version.id.to_string(),
            stage: file.version.stage.clone(),
            sha256: file.version.sha256.clone(),
            size: file.version.size,
            media_type: file.version.media_type.clone(),
            file_name: file.version.file_name.clone(),
            verdict_on_receipt: file.verdict_on_receipt.clone(),
        };
        Some(Self {
            id: component.id.to_string(),
            kind: component.kind.clone(),
            title: component.title.clone(),
            versions: files.iter().map(shown).collect(),
        })
    }
}

/// The identifier of a path.
pub(super) fn id_of(path: &Path<String>) -> Result<DocumentId, Problem> {
    DocumentId::parse(path.as_str())
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "document"))
}

/// Ends an act: what it caused is done soon.
pub fn concluded(service: &Service, outcome: Result<Answer, Problem>) -> Result<HttpResponse, Problem> {
    service.wake.notify_one();
    outcome.map(|answer| answer.response())
}
