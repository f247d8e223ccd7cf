//! Rows of registers and of the numbers taken from them.

use super::super::schema::{register_entries, registers};
use super::{DocumentId, RegisterId};
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

/// A register of one year.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize)]
#[diesel(table_name = registers)]
pub struct Register {
    /// Its identifier.
    pub id: RegisterId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The same book through the years.
    pub book_id: String,
    /// The civil year in the agency's time zone.
    pub year: i32,
    /// `outgoing` or `incoming`.
    pub direction: String,
    /// Its name.
    pub name: String,
    /// Document types it takes, JSON array; empty: all.
    pub types: String,
    /// Whether it is the register of secret documents.
    pub secret: bool,
    /// The first number of the year.
    pub first_number: i64,
    /// The number the next document gets.
    pub next_number: i64,
    /// When it was opened (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub created_at: NaiveDateTime,
    /// Version of this row; the ETag.
    pub version: i64,
}

/// A number taken from a register.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = register_entries)]
pub struct RegisterEntry {
    /// The register.
    pub register_id: RegisterId,
    /// The number.
    pub number: i64,
    /// The agency.
    pub agency_id: AgencyId,
    /// The document that took it.
    pub document_id: DocumentId,
    /// Number and symbol as written.
    pub notation: String,
    /// The legal date given with it.
    pub document_date: NaiveDate,
    /// Who took it.
    pub taken_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub taken_at: NaiveDateTime,
    /// Who voided it.
    pub voided_by: Option<String>,
    /// When it was voided (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub voided_at: Option<NaiveDateTime>,
    /// Why.
    pub void_reason: Option<String>,
}

impl Register {
    /// One register of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &RegisterId) -> Result<Option<Self>, Error> {
        Ok(registers::table
            .filter(registers::agency_id.eq(scope.agency()))
            .filter(registers::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// The register of the same book in `year`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_year(
        c: &mut AnyConnection,
        scope: &Scope,
        book: &str,
        year: i32,
    ) -> Result<Option<Self>, Error> {
        Ok(registers::table
            .filter(registers::agency_id.eq(scope.agency()))
            .filter(registers::book_id.eq(book))
            .filter(registers::year.eq(year))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Registers of the scope after `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        after: Option<&RegisterId>,
        limit: i64,
    ) -> Result<Vec<Self>, Error> {
        let mut query = registers::table
            .filter(registers::agency_id.eq(scope.agency().clone()))
            .order(registers::id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(registers::id.gt(after.clone()));
        }
        Ok(query.load(c)?)
    }
}

impl RegisterEntry {
    /// Entries of a register after number `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        register: &RegisterId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Self>, Error> {
        Ok(register_entries::table
            .filter(register_entries::agency_id.eq(scope.agency()))
            .filter(register_entries::register_id.eq(register))
            .filter(register_entries::number.gt(after))
            .order(register_entries::number)
            .limit(limit)
            .select(Self::as_select())
            .load(c)?)
    }
}
