//! Attachments and appendices over REST, and the verdicts on signatures as files came.

use super::super::Service;
use super::super::body::{json, text, upload};
use super::super::caller::{Caller, perm};
use super::super::problem::{Problem, ProblemBody};
use super::super::retry::{Begun, begin, if_match};
use super::{DocumentView, answer, concluded, id_of};
use crate::registry::Error;
use crate::registry::journey::{self, KeptEvidence, NewComponent};
use crate::registry::rows::{
    Component, ComponentId, Document, DocumentId, ReceivedVerdict, Version, VersionId,
};
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a component is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// A file that goes along.
    Attachment,
    /// An appendix of the document, with signatures of its own.
    Appendix,
}

/// What is said of a component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentMetadata {
    /// Which kind.
    pub kind: ComponentKind,
    /// Its title.
    pub title: String,
}

/// The form of a component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentForm {
    /// What is said of it.
    pub metadata: ComponentMetadata,
    /// The file, PDF or DOCX.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// Add an attachment or an appendix.
#[utoipa::path(post, path = "/api/v1/documents/{id}/components", tag = "documents", operation_id = "create_component",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body(content = ComponentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn attach(
    caller: Caller<perm::Draft>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<String>,
    parts: Multipart,
) -> Result<HttpResponse, Problem> {
    let (id, expected) = (id_of(&path)?, if_match(&request)?);
    let received = upload(&service, parts).await?;
    let fingerprint = [received.metadata.as_slice(), received.file.sha256().as_bytes()].concat();
    let metadata: ComponentMetadata = json(&received.metadata)?;
    let kind = match metadata.kind {
        ComponentKind::Attachment => "attachment",
        ComponentKind::Appendix => "appendix",
    };
    let new = NewComponent { kind, title: text("/title", &metadata.title, 500)? };
    let begun = begin(&service, caller.agency().as_str(), &caller.name, &request, &fingerprint).await?;
    let retry = match begun {
        Begun::Replayed(response) => return Ok(response),
        Begun::New(retry) => retry,
    };
    let outcome = async {
        let (scope, asked) = (caller.acting.scope.clone(), id.clone());
        service.desk.database.look_up(move |c| journey::check_attach(c, &scope, &asked, expected)).await?;
        let file = received.file.keep(&service).await?;
        let (file, judged) = service
            .work(move |desk| journey::judge_received(desk, &file).map(|judged| (file, judged)))
            .await?;
        let (by, keeper) = (caller.acting.clone(), retry.keeper());
        let answer = service
            .desk
            .database
            .write_rows(move |unit| {
                let document = journey::attach(unit, &by, &id, expected, &new, (&file, judged.as_ref()))?;
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

/// The newest version of each component of a document, in order.
async fn newest<P>(
    service: &Service,
    caller: &Caller<P>,
    id: DocumentId,
) -> Result<Vec<(Component, Version, Option<ReceivedVerdict>)>, Problem> {
    let scope = caller.acting.scope.clone();
    let query = service.desk.database.read(move |c| {
        Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
        let components = Component::of(c, &scope, &[id])?;
        let ids: Vec<ComponentId> = components.iter().map(|component| component.id.clone()).collect();
        let versions = Version::of(c, &scope, &ids)?;
        let ids: Vec<VersionId> = versions.iter().map(|version| version.id.clone()).collect();
        let verdicts = ReceivedVerdict::of(c, &scope, &ids)?;
        let newest = components.into_iter().filter_map(|component| {
            let version = versions.iter().rfind(|version| version.component_id == component.id)?.clone();
            let verdict = verdicts.iter().find(|verdict| verdict.version_id == version.id).cloned();
            Some((component, version, verdict))
        });
        Ok::<_, Error>(newest.collect())
    });
    query.await.map_err(Into::into)
}

/// The bytes of a component's newest version.
#[utoipa::path(get, path = "/api/v1/documents/{id}/components/{component}/content", tag = "documents", operation_id = "get_component_content",
    params(("id" = String, Path), ("component" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn component_content(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (document, component) = path.into_inner();
    let missing = || Problem::new(StatusCode::NOT_FOUND, "not_found").arg("what", "component");
    let id = DocumentId::parse(&document).ok_or_else(missing)?;
    let found = newest(&service, &caller, id).await?;
    let (_, version, _) = found.iter().find(|(one, ..)| one.id.as_str() == component).ok_or_else(missing)?;
    super::super::download::respond(
        &service,
        &request,
        &version.sha256,
        &version.media_type,
        &version.file_name,
    )
}

/// The verdict on the signatures of a file as it came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedVerdictView {
    /// The component.
    pub component: String,
    /// The version judged.
    pub version: String,
    /// The worst of its signatures; `NO_SIGNATURE` when there is none.
    pub indication: String,
    /// The policy it was judged under.
    pub policy: String,
    /// When.
    pub judged_at: String,
    /// The report.
    #[schema(value_type = crate::signature::report::Report)]
    pub report: serde_json::Value,
    /// Certificates the verdict rests on, DER in base64.
    pub certificates: Vec<String>,
    /// Revocation lists, DER in base64.
    pub crls: Vec<String>,
    /// OCSP responses, DER in base64.
    pub ocsps: Vec<String>,
}

/// Verdicts on signatures as files came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedVerdicts {
    /// One for each component that came as a PDF, in order.
    pub items: Vec<ReceivedVerdictView>,
}

/// What the signatures were judged to be when the document was taken in.
#[utoipa::path(get, path = "/api/v1/documents/{id}/received-verdicts", tag = "documents", operation_id = "get_received_verdicts",
    params(("id" = String, Path)),
    responses((status = 200, body = ReceivedVerdicts), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn received_verdicts(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = newest(&service, &caller, id_of(&path)?).await?;
    let shown = found.into_iter().filter_map(|(component, version, verdict)| {
        let verdict = verdict?;
        let kept = KeptEvidence::read(verdict.evidence.as_deref().unwrap_or_default());
        Some(ReceivedVerdictView {
            component: component.id.to_string(),
            version: version.id.to_string(),
            indication: verdict.indication,
            policy: verdict.policy,
            judged_at: verdict.judged_at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            report: serde_json::from_str(&verdict.report).unwrap_or_default(),
            certificates: kept.certificates,
            crls: kept.crls,
            ocsps: kept.ocsps,
        })
    });
    Ok(HttpResponse::Ok().json(ReceivedVerdicts { items: shown.collect() }))
}
