//! The files of documents as they are shown, by one question to the database.

use super::super::schema::{components, format_checks, received_verdicts, versions};
use super::{Component, DocumentId, Version};
use crate::store::{AnyConnection, Error, Scope};
use diesel::prelude::*;

/// A version with its component and what was judged of it.
#[derive(Debug, Clone, Queryable)]
pub struct FileRow {
    /// The part of the document it is a file of.
    pub component: Component,
    /// The version.
    pub version: Version,
    /// Where the judgement of its format stands, when there is or will be one.
    pub format_state: Option<String>,
    /// What its signatures were judged to be when it came from outside.
    pub verdict_on_receipt: Option<String>,
}

impl FileRow {
    /// The files of documents: components in order, the versions of each oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, documents: &[DocumentId]) -> Result<Vec<Self>, Error> {
        Ok(components::table
            .inner_join(versions::table)
            .left_join(format_checks::table.on(format_checks::version_id.eq(versions::id)))
            .left_join(received_verdicts::table.on(received_verdicts::version_id.eq(versions::id)))
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq_any(documents))
            .order((components::ordinal, versions::ordinal))
            .select((
                Component::as_select(),
                Version::as_select(),
                format_checks::state.nullable(),
                received_verdicts::indication.nullable(),
            ))
            .load(c)?)
    }
}
