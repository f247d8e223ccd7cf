//! Rows of official documents and registers, and the ways to find them. Every finder takes a scope.

mod file;
mod raised;
mod received;
mod register;
mod session;

pub use file::FileRow;
pub use raised::RaisedLevel;
pub use received::ReceivedVerdict;
pub use register::{Register, RegisterEntry};
pub use session::{Link, SessionState, SigningSession, ToSign};

use super::schema::{components, documents, format_checks, signatures, versions};
use super::state::State;
use crate::audit::Tracked;
use crate::identity::AppointmentId;
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

crate::id_types! {
    /// An official document (văn bản).
    DocumentId;
    /// A part of a document: its main text, an attachment, a separately signed appendix.
    ComponentId;
    /// A file of a component at one stage.
    VersionId;
    /// A register of one year (sổ đăng ký).
    RegisterId;
    /// A signature made through the service.
    SignatureId;
    /// A signature begun with a key the service doesn't hold.
    SigningSessionId;
}

/// An official document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize)]
#[diesel(table_name = documents, treat_none_as_null = true)]
pub struct Document {
    /// Its identifier.
    pub id: DocumentId,
    /// The agency whose document it is.
    pub agency_id: AgencyId,
    /// `outgoing` or `incoming`.
    pub direction: String,
    /// Type by the profile.
    pub type_code: String,
    /// Abstract (trích yếu).
    pub subject: String,
    /// Urgency.
    pub urgency: String,
    /// Secrecy.
    pub secrecy: String,
    /// Abbreviation of the drafting unit or field, for the symbol of an official letter.
    pub drafting_unit: Option<String>,
    /// Who sent an incoming document.
    pub sender: Option<String>,
    /// The sender's number and symbol.
    pub sender_notation: Option<String>,
    /// Where it stands.
    pub state: String,
    /// The profile it is judged by.
    pub profile_id: String,
    /// That profile's version.
    pub profile_version: String,
    /// The appointment that is to sign, or signed.
    pub signer_appointment: Option<AppointmentId>,
    /// The register its number is from.
    pub register_id: Option<RegisterId>,
    /// Its number.
    pub number: Option<i64>,
    /// Number and symbol as written.
    pub notation: Option<String>,
    /// Its legal date in the agency's time zone.
    pub document_date: Option<NaiveDate>,
    /// Who took it in.
    pub created_by: String,
    /// When it was taken in (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub created_at: NaiveDateTime,
    /// When it last changed (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub changed_at: NaiveDateTime,
    /// Version of this row; the ETag.
    pub version: i64,
    /// Year, or year and month, that the prepared file prints: the date it gets must lie in it. Left out of the row's
    /// digest while there is none, since rows from before this column have no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed_period: Option<String>,
    /// The date an incoming document bears; left out of the digest as the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_date: Option<NaiveDate>,
}

/// A part of a document.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = components)]
pub struct Component {
    /// Its identifier.
    pub id: ComponentId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The document.
    pub document_id: DocumentId,
    /// Place in the document, from 1.
    pub ordinal: i32,
    /// `main`, `attachment` or `appendix`.
    pub kind: String,
    /// Title.
    pub title: String,
}

/// A file at one stage.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = versions)]
pub struct Version {
    /// Its identifier.
    pub id: VersionId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The component.
    pub component_id: ComponentId,
    /// Place in the component's history, from 1.
    pub ordinal: i32,
    /// `draft`, `prepared`, `signed`, `issued` or `received`.
    pub stage: String,
    /// The version it was made from.
    pub source_version_id: Option<VersionId>,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Size in bytes.
    pub size: i64,
    /// Media type by the bytes' own signature.
    pub media_type: String,
    /// Name it came with, made harmless.
    pub file_name: String,
    /// Who made it.
    pub created_by: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub created_at: NaiveDateTime,
}

/// What the format rules say about a version.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable, AsChangeset, Serialize)]
#[diesel(table_name = format_checks, primary_key(version_id), treat_none_as_null = true)]
pub struct FormatCheck {
    /// The version judged.
    pub version_id: VersionId,
    /// The agency.
    pub agency_id: AgencyId,
    /// `pending`, `done` or `failed`.
    pub state: String,
    /// The profile.
    pub profile_id: String,
    /// Its version.
    pub profile_version: String,
    /// The report (JSON).
    pub report: Option<String>,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::optional")]
    pub checked_at: Option<NaiveDateTime>,
}

/// A signature made through the service, with the evidence at signing time.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = signatures)]
pub struct Signature {
    /// Its identifier.
    pub id: SignatureId,
    /// The agency.
    pub agency_id: AgencyId,
    /// The version that carries it.
    pub version_id: VersionId,
    /// The form field.
    pub field: String,
    /// `personal` or `agency`.
    pub role: String,
    /// The appointment signed in.
    pub appointment_id: Option<AppointmentId>,
    /// The key used.
    pub key_id: crate::identity::KeyId,
    /// Signer's certificate, DER in base64.
    pub certificate: String,
    /// Its chain, JSON array of DER in base64.
    pub chain: String,
    /// Revocation material at signing time, JSON.
    pub revocation: String,
    /// The verdict at signing time: the report, JSON.
    pub verdict: String,
    /// The policy the verdict was given under.
    pub policy: String,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub signed_at: NaiveDateTime,
}

macro_rules! tracked {
    ($($row:ty, $table:literal, $self:ident => $id:expr;)*) => {$(
        impl Tracked for $row {
            const TABLE: &'static str = $table;
            fn row_id(&self) -> String {
                let $self = self;
                $id
            }
        }
    )*};
}

tracked! {
    Document, "documents", row => row.id.to_string();
    Component, "components", row => row.id.to_string();
    Version, "versions", row => row.id.to_string();
    FormatCheck, "format_checks", row => row.version_id.to_string();
    Signature, "signatures", row => row.id.to_string();
    Register, "registers", row => row.id.to_string();
    RegisterEntry, "register_entries", row => format!("{}/{}", row.register_id, row.number);
}

impl Document {
    /// The state as a type.
    ///
    /// # Errors
    /// When the stored word is none of ours.
    pub fn state(&self) -> Result<State, Error> {
        serde_json::from_value(serde_json::Value::String(self.state.clone()))
            .map_err(|_| Error::Unreadable("document state"))
    }

    /// One document of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &DocumentId) -> Result<Option<Self>, Error> {
        Ok(documents::table
            .filter(documents::agency_id.eq(scope.agency()))
            .filter(documents::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Documents of the scope after `after` in the order they were taken in, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list(
        c: &mut AnyConnection,
        scope: &Scope,
        filter: &DocumentFilter,
        after: Option<&DocumentId>,
        limit: i64,
    ) -> Result<Vec<Self>, Error> {
        let mut query = documents::table
            .filter(documents::agency_id.eq(scope.agency().clone()))
            .order(documents::id)
            .limit(limit)
            .select(Self::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(documents::id.gt(after.clone()));
        }
        if let Some(state) = filter.state {
            query = query.filter(documents::state.eq(state.as_str()));
        }
        if let Some(notation) = &filter.notation {
            query = query.filter(documents::notation.eq(notation.clone()));
        }
        Ok(query.load(c)?)
    }

    /// Writes the changed row, if nobody changed it since it was read; `version` is raised here.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it was changed meanwhile.
    pub fn save(mut self, c: &mut AnyConnection) -> Result<Self, Error> {
        let read = self.version;
        self.version = read + 1;
        let changed = diesel::update(
            documents::table.filter(documents::id.eq(&self.id)).filter(documents::version.eq(read)),
        )
        .set(&self)
        .execute(c)?;
        if changed == 1 { Ok(self) } else { Err(Error::Conflict) }
    }
}

/// What a list of documents is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct DocumentFilter {
    /// Only this state.
    pub state: Option<State>,
    /// Only this number and symbol.
    pub notation: Option<String>,
}

impl Component {
    /// The components of documents, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, documents: &[DocumentId]) -> Result<Vec<Self>, Error> {
        Ok(components::table
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq_any(documents))
            .order(components::ordinal)
            .select(Self::as_select())
            .load(c)?)
    }
}

impl Version {
    /// The versions of components, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, components: &[ComponentId]) -> Result<Vec<Self>, Error> {
        Ok(versions::table
            .filter(versions::agency_id.eq(scope.agency()))
            .filter(versions::component_id.eq_any(components))
            .order(versions::ordinal)
            .select(Self::as_select())
            .load(c)?)
    }

    /// The newest version of a document's main component.
    ///
    /// # Errors
    /// When the database fails.
    pub fn current(
        c: &mut AnyConnection,
        scope: &Scope,
        document: &DocumentId,
    ) -> Result<Option<Self>, Error> {
        Ok(versions::table
            .inner_join(components::table)
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq(document))
            .filter(components::ordinal.eq(1))
            .order(versions::ordinal.desc())
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }
}

impl Signature {
    /// The signatures made on a document through the service, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<Vec<Self>, Error> {
        Ok(signatures::table
            .inner_join(versions::table.inner_join(components::table))
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq(document))
            .order(signatures::id)
            .select(Self::as_select())
            .load(c)?)
    }
}

impl FormatCheck {
    /// The judgement of a version.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut AnyConnection, scope: &Scope, version: &VersionId) -> Result<Option<Self>, Error> {
        Ok(format_checks::table
            .filter(format_checks::agency_id.eq(scope.agency()))
            .filter(format_checks::version_id.eq(version))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// The judgement of a document as it is now: of the newest version of its main component that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest(
        c: &mut AnyConnection,
        scope: &Scope,
        document: &DocumentId,
    ) -> Result<Option<Self>, Error> {
        Ok(format_checks::table
            .inner_join(versions::table.inner_join(components::table))
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq(document))
            .filter(components::ordinal.eq(1))
            .order(versions::ordinal.desc())
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// The version that [`Self::newest`] judged or is to judge.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest_version(
        c: &mut AnyConnection,
        scope: &Scope,
        document: &DocumentId,
    ) -> Result<Option<Version>, Error> {
        Ok(format_checks::table
            .inner_join(versions::table.inner_join(components::table))
            .filter(components::agency_id.eq(scope.agency()))
            .filter(components::document_id.eq(document))
            .filter(components::ordinal.eq(1))
            .order(versions::ordinal.desc())
            .select(Version::as_select())
            .first(c)
            .optional()?)
    }
}
