//! Levels that documents were raised to after they were signed, or sealed at when that is the archival one.

use super::super::schema::{documents, raised_levels};
use super::{DocumentId, VersionId};
use crate::audit::Tracked;
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

/// A version with a level, and what that rested on.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = raised_levels)]
pub struct RaisedLevel {
    /// The version.
    pub version_id: VersionId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The document.
    pub document_id: DocumentId,
    /// `B-T`, `B-LT` or `B-LTA`.
    pub level: String,
    /// End of the certificate of the newest archive time-stamp (UTC), where it has one.
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub stamp_ends_at: Option<NaiveDateTime>,
    /// Certificates, lists and responses the verdict rests on (JSON).
    pub evidence: String,
    /// The verdict then: the report (JSON).
    pub verdict: String,
    /// The policy of the verdict.
    pub policy: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub raised_at: NaiveDateTime,
}

impl Tracked for RaisedLevel {
    const TABLE: &'static str = "raised_levels";
    fn row_id(&self) -> String {
        self.version_id.to_string()
    }
}

impl RaisedLevel {
    /// The levels a document was raised to, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<Vec<Self>, Error> {
        Ok(raised_levels::table
            .filter(raised_levels::agency_id.eq(scope.agency()))
            .filter(raised_levels::document_id.eq(document))
            .order(raised_levels::version_id)
            .select(Self::as_select())
            .load(c)?)
    }

    /// Issued documents of every agency whose newest archive time-stamp ends by `until`, after the version `after`, at
    /// most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ending(
        c: &mut AnyConnection,
        until: NaiveDateTime,
        after: Option<&VersionId>,
        limit: i64,
    ) -> Result<Vec<Self>, Error> {
        let newer = diesel::alias!(raised_levels as newer);
        let mut query = raised_levels::table
            .inner_join(documents::table)
            .filter(documents::state.eq("issued"))
            .filter(raised_levels::stamp_ends_at.le(until))
            .filter(diesel::dsl::not(diesel::dsl::exists(
                newer
                    .filter(newer.field(raised_levels::document_id).eq(raised_levels::document_id))
                    .filter(newer.field(raised_levels::version_id).gt(raised_levels::version_id)),
            )))
            .order(raised_levels::version_id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(raised_levels::version_id.gt(after.clone()));
        }
        Ok(query.load(c)?)
    }
}
