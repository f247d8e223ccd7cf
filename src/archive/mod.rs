//! Hand-over to the agency's archive (nộp lưu): packages are built from closed files, checked again by
//! the archive, and accepted with a signed receipt or rejected with reasons — by another person than
//! the one who submitted.

mod decide;
mod evidence;
mod export;
pub(crate) mod schema;
mod submit;
mod sweep;

pub use decide::{Examined, accept, examine, protect, reject};
pub use export::{ExportError, Exported, export};
pub use submit::{Submitted, discard, make_packages, submit};
pub use sweep::sweep;

use crate::audit::{NewEvent, Tracked};
use crate::desk::Desk;
use crate::dossier::DossierId;
use crate::identity::Acting;
use crate::registry::Error;
use crate::registry::rows::{Component, ComponentId, Document, DocumentId, Version};
use crate::store::{self, AgencyId, AnyConnection, Scope};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use schema::{packages, transfers};
use serde::Serialize;
use std::path::PathBuf;
use utoipa::ToSchema;

crate::id_types! {
    /// A hand-over.
    TransferId;
    /// A package.
    PackageId;
}

/// A hand-over.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = transfers, treat_none_as_null = true)]
pub struct Transfer {
    /// Identifier.
    pub id: TransferId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Registration code of the hand-over.
    pub registration: String,
    /// `submitted`, `accepted` or `rejected`.
    pub state: String,
    /// The person who submitted.
    pub submitted_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub submitted_at: NaiveDateTime,
    /// The person who decided.
    pub decided_by: Option<String>,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub decided_at: Option<NaiveDateTime>,
    /// Why it was rejected.
    pub reasons: Option<String>,
    /// The receipt: canonical JSON.
    pub receipt: Option<String>,
    /// Its signature by the archive's key: detached CMS, base64.
    pub receipt_signature: Option<String>,
    /// Version of this row; the ETag.
    pub version: i64,
}

/// A package of a hand-over.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = packages, treat_none_as_null = true)]
pub struct Package {
    /// Identifier.
    pub id: PackageId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The hand-over.
    pub transfer_id: TransferId,
    /// The file it was made of.
    pub dossier_id: DossierId,
    /// OBJID.
    pub object_id: String,
    /// SHA-256 of its root METS file.
    pub digest: String,
    /// Files in it.
    pub files: i32,
    /// Bytes in it.
    pub bytes: i64,
    /// What the archive's check said (JSON).
    pub report: Option<String>,
}

impl Tracked for Transfer {
    const TABLE: &'static str = "transfers";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

impl Tracked for Package {
    const TABLE: &'static str = "packages";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

fn event(by: &Acting, kind: &'static str, transfer: &TransferId) -> NewEvent {
    NewEvent::new(kind, by.scope.agency().as_str(), &by.actor, "transfer", transfer.as_str())
}

/// Where a package lies.
#[must_use]
pub fn package_folder(desk: &Desk, package: &Package) -> PathBuf {
    desk.objects.packages().join(package.agency_id.as_str()).join(&package.object_id)
}

impl Transfer {
    /// One hand-over of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &TransferId) -> Result<Option<Self>, store::Error> {
        Ok(transfers::table
            .filter(transfers::agency_id.eq(scope.agency()))
            .filter(transfers::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Hand-overs of the scope after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        after: Option<&TransferId>,
        limit: i64,
    ) -> Result<Vec<Self>, store::Error> {
        let mut query = transfers::table
            .filter(transfers::agency_id.eq(scope.agency().clone()))
            .order(transfers::id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(transfers::id.gt(after.clone()));
        }
        Ok(query.load(c)?)
    }

    /// Its packages.
    ///
    /// # Errors
    /// When the database fails.
    pub fn packages(
        c: &mut AnyConnection,
        scope: &Scope,
        id: &TransferId,
    ) -> Result<Vec<Package>, store::Error> {
        Ok(packages::table
            .filter(packages::agency_id.eq(scope.agency()))
            .filter(packages::transfer_id.eq(id))
            .order(packages::id)
            .select(Package::as_select())
            .load(c)?)
    }

    fn save(mut self, c: &mut AnyConnection) -> Result<Self, store::Error> {
        let read = self.version;
        self.version = read + 1;
        let changed = diesel::update(
            transfers::table.filter(transfers::id.eq(&self.id)).filter(transfers::version.eq(read)),
        )
        .set(&self)
        .execute(c)?;
        if changed == 1 { Ok(self) } else { Err(store::Error::Conflict) }
    }
}

/// The attachments and appendices of a document, each as it is now.
fn attachments(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<Vec<Version>, Error> {
    let components = Component::of(c, scope, std::slice::from_ref(document))?;
    let ids: Vec<ComponentId> =
        components.iter().filter(|one| one.kind != "main").map(|one| one.id.clone()).collect();
    let versions = Version::of(c, scope, &ids)?;
    Ok(ids
        .iter()
        .filter_map(|id| versions.iter().rfind(|version| version.component_id == *id).cloned())
        .collect())
}

fn part(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<(Document, Version), Error> {
    let found = Document::find(c, scope, document)?.ok_or(Error::NotFound("document"))?;
    let version = Version::current(c, scope, document)?.ok_or(Error::NotFound("version"))?;
    Ok((found, version))
}
