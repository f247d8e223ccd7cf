//! What was kept of each signature when it was made (Circular 15/2025, Art. 5–6).

use super::super::Service;
use super::super::caller::{Caller, perm};
use super::super::problem::{Problem, ProblemBody};
use super::id_of;
use crate::identity::{AppointmentId, KeyId};
use crate::registry::Error;
use crate::registry::journey::KeptEvidence;
use crate::registry::rows::{Document, RaisedLevel, Signature};
use crate::signature::report::Report;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The evidence of one signature made through the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    /// The form field.
    pub field: String,
    /// `personal` or `agency`.
    pub role: String,
    /// The version that carries it first.
    pub version: String,
    /// The appointment signed in.
    pub appointment: Option<AppointmentId>,
    /// The key used.
    pub key: KeyId,
    /// When it was made.
    pub signed_at: DateTime<Utc>,
    /// The signer's certificate, DER in base64.
    pub certificate: String,
    /// Certificates towards the anchor, DER in base64.
    pub chain: Vec<String>,
    /// How the certificate stood: `good`, or `unknown` when nothing could be learnt.
    pub standing: String,
    /// Further certificates the verdict rests on, DER in base64.
    pub certificates: Vec<String>,
    /// Revocation lists, DER in base64.
    pub crls: Vec<String>,
    /// OCSP responses, DER in base64.
    pub ocsps: Vec<String>,
    /// The policy of the verdict.
    pub policy: String,
    /// The verdict at signing time.
    #[schema(value_type = Report)]
    pub verdict: serde_json::Value,
}

impl EvidenceView {
    fn of(row: Signature) -> Self {
        let kept = KeptEvidence::read(&row.revocation);
        Self {
            field: row.field,
            role: row.role,
            version: row.version_id.to_string(),
            appointment: row.appointment_id,
            key: row.key_id,
            signed_at: row.signed_at.and_utc(),
            certificate: row.certificate,
            chain: serde_json::from_str(&row.chain).unwrap_or_default(),
            standing: if kept.standing.is_empty() { "unknown".to_owned() } else { kept.standing },
            certificates: kept.certificates,
            crls: kept.crls,
            ocsps: kept.ocsps,
            policy: row.policy,
            verdict: serde_json::from_str(&row.verdict).unwrap_or_default(),
        }
    }
}

/// A level a document was raised to, or sealed at when that is the archival one.
#[derive(Debug, Serialize, ToSchema)]
pub struct RaisedView {
    /// The version that has it.
    pub version: String,
    /// `B-T`, `B-LT` or `B-LTA`.
    pub level: String,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// End of the certificate of the newest archive time-stamp.
    pub stamp_ends_at: Option<DateTime<Utc>>,
    /// Certificates the verdict rests on, DER in base64.
    pub certificates: Vec<String>,
    /// Revocation lists, DER in base64.
    pub crls: Vec<String>,
    /// OCSP responses, DER in base64.
    pub ocsps: Vec<String>,
    /// The policy of the verdict.
    pub policy: String,
    /// The verdict then.
    #[schema(value_type = Report)]
    pub verdict: serde_json::Value,
}

impl RaisedView {
    fn of(row: RaisedLevel) -> Self {
        let kept = KeptEvidence::read(&row.evidence);
        Self {
            version: row.version_id.to_string(),
            level: row.level,
            raised_at: row.raised_at.and_utc(),
            stamp_ends_at: row.stamp_ends_at.map(|ends| ends.and_utc()),
            certificates: kept.certificates,
            crls: kept.crls,
            ocsps: kept.ocsps,
            policy: row.policy,
            verdict: serde_json::from_str(&row.verdict).unwrap_or_default(),
        }
    }
}

/// The evidence of a document's signatures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page_EvidenceView)]
pub struct EvidencePage {
    /// Of each signature made here.
    pub items: Vec<EvidenceView>,
    /// All come at once.
    pub next_cursor: Option<String>,
    /// Of each level the document was raised to, oldest first.
    pub raised: Vec<RaisedView>,
}

/// Show the evidence kept when the document was signed here, and when its level was raised.
#[utoipa::path(get, path = "/api/v1/documents/{id}/signatures/evidence", tag = "documents", operation_id = "list_signature_evidence", params(("id" = String, Path)),
    responses((status = 200, body = EvidencePage), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn evidence(
    caller: Caller<perm::Read>,
    service: Data<Service>,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (caller.acting.scope.clone(), id_of(&path)?);
    let rows = service
        .desk
        .database
        .read(move |c| {
            Document::find(c, &scope, &id)?.ok_or(Error::NotFound("document"))?;
            Ok::<_, Error>((Signature::of(c, &scope, &id)?, RaisedLevel::of(c, &scope, &id)?))
        })
        .await?;
    let items: Vec<EvidenceView> = rows.0.into_iter().map(EvidenceView::of).collect();
    let raised = rows.1.into_iter().map(RaisedView::of).collect();
    Ok(HttpResponse::Ok().json(EvidencePage { items, next_cursor: None, raised }))
}
