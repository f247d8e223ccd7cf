//! Electronic files (hồ sơ): opened from a file-plan entry, filled, closed. Closed is closed.

mod preserve;
pub(crate) mod schema;

pub use preserve::{augment, not_handed_over, renew_due};

use crate::audit::{NewEvent, Tracked, record};
use crate::desk::Desk;
use crate::identity::Acting;
use crate::identity::rows::Agency;
use crate::registry::Error;
use crate::registry::rows::{Document, DocumentId};
use crate::store::{self, AgencyId, AnyConnection, Scope, Unit};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use schema::{dossiers, file_plan_entries, filings};
use serde::Serialize;
use utoipa::ToSchema;

crate::id_types! {
    /// An entry of the file plan (danh mục hồ sơ).
    EntryId;
    /// An electronic file (hồ sơ).
    DossierId;
}

/// An entry of the file plan.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = file_plan_entries)]
pub struct Entry {
    /// Identifier.
    pub id: EntryId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The year of the plan.
    pub year: i32,
    /// Number and symbol, e.g. `01.TH`.
    pub notation: String,
    /// Title.
    pub title: String,
    /// Retention code of the profile.
    pub retention: String,
    /// Version of this row.
    pub version: i64,
}

/// An electronic file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = dossiers, treat_none_as_null = true)]
pub struct Dossier {
    /// Identifier.
    pub id: DossierId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The entry it was opened from.
    pub entry_id: EntryId,
    /// File code (mã hồ sơ): agency code, year, number and symbol.
    pub code: String,
    /// Title.
    pub title: String,
    /// Retention code.
    pub retention: String,
    /// `open`, `closed`, `submitted` or `accepted`.
    pub state: String,
    /// Who opened it.
    pub created_by: String,
    /// When (civil date).
    pub opened_on: NaiveDate,
    /// When it was closed (civil date).
    pub closed_on: Option<NaiveDate>,
    /// Version of this row; the ETag.
    pub version: i64,
}

/// A document in a file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = filings)]
pub struct Filing {
    /// The file.
    pub dossier_id: DossierId,
    /// The document.
    pub document_id: DocumentId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Place in the file, from 1.
    pub ordinal: i32,
    /// Who filed it.
    pub filed_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub filed_at: NaiveDateTime,
}

impl Tracked for Entry {
    const TABLE: &'static str = "file_plan_entries";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

impl Tracked for Dossier {
    const TABLE: &'static str = "dossiers";
    fn row_id(&self) -> String {
        self.id.to_string()
    }
}

impl Tracked for Filing {
    const TABLE: &'static str = "filings";
    fn row_id(&self) -> String {
        format!("{}/{}", self.dossier_id, self.document_id)
    }
}

fn id_failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
}

fn event(by: &Acting, kind: &'static str, dossier: &DossierId) -> NewEvent {
    NewEvent::new(kind, by.scope.agency().as_str(), &by.actor, "dossier", dossier.as_str())
}

/// Adds an entry to the file plan.
///
/// # Errors
/// When the retention code is unknown or the notation is taken in that year.
pub fn add_entry(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    year: i32,
    notation: &str,
    title: &str,
    retention: &str,
) -> Result<Entry, Error> {
    if desk.profile.retention_period(retention).is_none() {
        return Err(Error::refused("retention_unknown"));
    }
    let entry = Entry {
        id: EntryId::fresh(unit.now(), unit.rng()).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        year,
        notation: notation.to_owned(),
        title: title.to_owned(),
        retention: retention.to_owned(),
        version: 1,
    };
    let inserted = diesel::insert_into(file_plan_entries::table).values(&entry).execute(unit.connection());
    inserted.map_err(|error| taken(error, "file_plan_entry_exists"))?;
    let recorded = NewEvent::new(
        "file_plan.entry_added",
        by.scope.agency().as_str(),
        &by.actor,
        "file_plan_entry",
        entry.id.as_str(),
    )
    .detail("title", title)
    .touching(&entry);
    record(unit, recorded)?;
    Ok(entry)
}

fn taken(error: diesel::result::Error, code: &'static str) -> Error {
    let error = store::Error::from(error);
    if error.is_unique_violation() { Error::refused(code) } else { error.into() }
}

/// Opens a file from an entry.
///
/// # Errors
/// When there is no such entry, or it has a file already.
pub fn open(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    entry: &EntryId,
    title: Option<&str>,
) -> Result<Dossier, Error> {
    let entry: Entry = file_plan_entries::table
        .filter(file_plan_entries::agency_id.eq(by.scope.agency()))
        .filter(file_plan_entries::id.eq(entry))
        .select(Entry::as_select())
        .first(unit.connection())
        .optional()?
        .ok_or(Error::NotFound("entry"))?;
    let agency = Agency::of(unit.connection(), &by.scope)?;
    let dossier = Dossier {
        id: DossierId::fresh(unit.now(), unit.rng()).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        entry_id: entry.id.clone(),
        code: format!("{}.{}.{}", agency.code, entry.year, entry.notation),
        title: title.unwrap_or(&entry.title).to_owned(),
        retention: entry.retention.clone(),
        state: "open".to_owned(),
        created_by: crate::registry::registers::actor_id(by),
        opened_on: crate::registry::registers::civil_date(unit, desk.zone),
        closed_on: None,
        version: 1,
    };
    let inserted = diesel::insert_into(dossiers::table).values(&dossier).execute(unit.connection());
    inserted.map_err(|error| taken(error, "dossier_exists"))?;
    record(
        unit,
        event(by, "dossier.opened", &dossier.id).detail("title", &dossier.title).touching(&dossier),
    )?;
    Ok(dossier)
}

impl Dossier {
    /// One file of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &DossierId) -> Result<Option<Self>, store::Error> {
        Ok(dossiers::table
            .filter(dossiers::agency_id.eq(scope.agency()))
            .filter(dossiers::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Files of the scope after `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        after: Option<&DossierId>,
        limit: i64,
    ) -> Result<Vec<Self>, store::Error> {
        let mut query = dossiers::table
            .filter(dossiers::agency_id.eq(scope.agency().clone()))
            .order(dossiers::id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(dossiers::id.gt(after.clone()));
        }
        Ok(query.load(c)?)
    }

    /// What is in a file, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn filings(
        c: &mut AnyConnection,
        scope: &Scope,
        id: &DossierId,
    ) -> Result<Vec<Filing>, store::Error> {
        Ok(filings::table
            .filter(filings::agency_id.eq(scope.agency()))
            .filter(filings::dossier_id.eq(id))
            .order(filings::ordinal)
            .select(Filing::as_select())
            .load(c)?)
    }

    /// Writes the changed row, if nobody changed it since it was read.
    ///
    /// # Errors
    /// [`store::Error::Conflict`] when it was changed meanwhile.
    pub fn save(mut self, c: &mut AnyConnection) -> Result<Self, store::Error> {
        let read = self.version;
        self.version = read + 1;
        let changed = diesel::update(
            dossiers::table.filter(dossiers::id.eq(&self.id)).filter(dossiers::version.eq(read)),
        )
        .set(&self)
        .execute(c)?;
        if changed == 1 { Ok(self) } else { Err(store::Error::Conflict) }
    }
}

fn open_one(
    c: &mut AnyConnection,
    scope: &Scope,
    id: &DossierId,
    expected: Option<i64>,
) -> Result<Dossier, Error> {
    let dossier = Dossier::find(c, scope, id)?.ok_or(Error::NotFound("dossier"))?;
    if expected.is_some_and(|expected| expected != dossier.version) {
        return Err(Error::Stale);
    }
    if dossier.state == "open" { Ok(dossier) } else { Err(Error::refused("dossier_closed")) }
}

/// Files a document; filing it again changes nothing.
///
/// # Errors
/// When the file is closed, or the document isn't final.
pub fn file(
    unit: &mut Unit<'_>,
    by: &Acting,
    dossier: &DossierId,
    expected: Option<i64>,
    document: &DocumentId,
) -> Result<(Dossier, Filing), Error> {
    let dossier = open_one(unit.connection(), &by.scope, dossier, expected)?;
    let found = Document::find(unit.connection(), &by.scope, document)?.ok_or(Error::NotFound("document"))?;
    if !found.state()?.is_final() {
        return Err(Error::refused("document_not_final"));
    }
    let present = Dossier::filings(unit.connection(), &by.scope, &dossier.id)?;
    if let Some(known) = present.iter().find(|filing| filing.document_id == *document) {
        return Ok((dossier, known.clone()));
    }
    let filing = Filing {
        dossier_id: dossier.id.clone(),
        document_id: document.clone(),
        agency_id: by.scope.agency().clone(),
        ordinal: present.last().map_or(0, |last| last.ordinal) + 1,
        filed_by: crate::registry::registers::actor_id(by),
        filed_at: unit.now_stored(),
    };
    let changed = dossier.save(unit.connection())?;
    diesel::insert_into(filings::table).values(&filing).execute(unit.connection())?;
    let recorded = event(by, "dossier.filed", &changed.id)
        .detail("document", document)
        .touching(&changed)
        .touching(&filing);
    record(unit, recorded)?;
    Ok((changed, filing))
}

/// Closes a file.
///
/// # Errors
/// When it is closed already or empty.
pub fn close(
    unit: &mut Unit<'_>,
    desk: &Desk,
    by: &Acting,
    dossier: &DossierId,
    expected: Option<i64>,
) -> Result<Dossier, Error> {
    let dossier = open_one(unit.connection(), &by.scope, dossier, expected)?;
    if Dossier::filings(unit.connection(), &by.scope, &dossier.id)?.is_empty() {
        return Err(Error::refused("dossier_empty"));
    }
    let closed = Dossier {
        state: "closed".to_owned(),
        closed_on: Some(crate::registry::registers::civil_date(unit, desk.zone)),
        ..dossier
    }
    .save(unit.connection())?;
    record(unit, event(by, "dossier.closed", &closed.id).touching(&closed))?;
    Ok(closed)
}

/// Entries of the file plan after `after`.
///
/// # Errors
/// When the database fails.
pub fn entries(
    c: &mut AnyConnection,
    scope: &Scope,
    after: Option<&EntryId>,
    limit: i64,
) -> Result<Vec<Entry>, store::Error> {
    let mut query = file_plan_entries::table
        .filter(file_plan_entries::agency_id.eq(scope.agency().clone()))
        .order(file_plan_entries::id)
        .limit(limit)
        .select(Entry::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(file_plan_entries::id.gt(after.clone()));
    }
    Ok(query.load(c)?)
}
