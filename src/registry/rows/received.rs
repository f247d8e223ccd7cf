//! What the signatures of a file that came from outside were judged to be when it was taken in.

use super::super::schema::received_verdicts;
use super::VersionId;
use crate::audit::Tracked;
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

/// The verdict on a file as it came: kept, since anchors and revocation change afterwards.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = received_verdicts)]
pub struct ReceivedVerdict {
    /// The version judged.
    pub version_id: VersionId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The worst of its signatures; `NO_SIGNATURE` when there is none.
    pub indication: String,
    /// The report (JSON).
    pub report: String,
    /// The policy it was judged under.
    pub policy: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub judged_at: NaiveDateTime,
    /// Certificates, lists and responses the verdict rests on (JSON); none for one of before they were kept, whose events
    /// know no such column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl Tracked for ReceivedVerdict {
    const TABLE: &'static str = "received_verdicts";
    fn row_id(&self) -> String {
        self.version_id.to_string()
    }
}

impl ReceivedVerdict {
    /// The verdicts on versions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, versions: &[VersionId]) -> Result<Vec<Self>, Error> {
        Ok(received_verdicts::table
            .filter(received_verdicts::agency_id.eq(scope.agency()))
            .filter(received_verdicts::version_id.eq_any(versions))
            .order(received_verdicts::version_id)
            .select(Self::as_select())
            .load(c)?)
    }
}
