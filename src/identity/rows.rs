//! Rows of who acts, and the ways to find them.

use super::schema::{accounts, agencies, appointments, clients, keys, people, units};
use super::{AccountId, AppointmentId, ClientId, KeyId, PersonId, UnitId};
use crate::audit::Tracked;
use crate::pki::Certificate;
use crate::store::{AgencyId, AnyConnection, Error, Scope};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody may be: permissions are given to roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Registers, numbers, seals, issues (văn thư).
    Clerk,
    /// Drafts (người soạn thảo).
    Drafter,
    /// Signs (người có thẩm quyền ký).
    Signer,
    /// Receives and keeps (lưu trữ viên).
    Archivist,
    /// Sees everything, changes nothing (thanh tra).
    Inspector,
    /// Manages people and keys.
    Administrator,
}

/// Every role.
pub const ROLES: [Role; 6] =
    [Role::Clerk, Role::Drafter, Role::Signer, Role::Archivist, Role::Inspector, Role::Administrator];

/// Roles as stored.
#[must_use]
pub fn read_roles(text: &str) -> Vec<Role> {
    serde_json::from_str(text).unwrap_or_default()
}

/// An agency.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = agencies)]
pub struct Agency {
    /// Its identifier.
    pub id: AgencyId,
    /// The one above it.
    pub parent_id: Option<AgencyId>,
    /// Code by Decision 20/2020.
    pub code: String,
    /// Older code of 13 characters.
    pub old_code: Option<String>,
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
    /// Place name in date lines.
    pub place: String,
    /// Version of this row.
    pub version: i64,
}

/// A unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = units)]
pub struct Unit {
    /// Its identifier.
    pub id: UnitId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
    /// Version of this row.
    pub version: i64,
}

/// A person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = people)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Full name.
    pub full_name: String,
    /// Version of this row.
    pub version: i64,
}

/// An account.
#[derive(Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = accounts)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Whose it is.
    pub person_id: PersonId,
    /// Name to log in with.
    pub login: String,
    /// Argon2id hash.
    pub password_hash: String,
    /// Whether the password must be changed first.
    pub must_change: bool,
    /// Whether it may not log in.
    pub disabled: bool,
    /// Version of this row.
    pub version: i64,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// An appointment: a person in a unit, with title, roles and period.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = appointments)]
pub struct Appointment {
    /// Identifier.
    pub id: AppointmentId,
    /// The agency.
    pub agency_id: AgencyId,
    /// Who.
    pub person_id: PersonId,
    /// Where.
    pub unit_id: Option<UnitId>,
    /// Title.
    pub title: String,
    /// TM., KT., TL., TUQ., Q.
    pub authority: Option<String>,
    /// Roles, JSON array.
    pub roles: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Option<String>,
    /// Version of this row.
    pub version: i64,
}

/// A system that calls the API.
#[derive(Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = clients)]
pub struct Client {
    /// Identifier.
    pub id: ClientId,
    /// The agency it acts in.
    pub agency_id: AgencyId,
    /// Name.
    pub name: String,
    /// SHA-256 of its key.
    pub key_hash: String,
    /// Roles, JSON array.
    pub roles: String,
    /// Whether it may not call.
    pub disabled: bool,
    /// Version of this row.
    pub version: i64,
}

/// A key the service holds.
#[derive(Clone, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = keys)]
pub struct Key {
    /// Identifier.
    pub id: KeyId,
    /// The agency; empty for the installation.
    pub agency_id: String,
    /// `personal`, `agency_seal`, `archive_receipt` or `log`.
    pub purpose: String,
    /// Whose, when personal.
    pub person_id: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Algorithm.
    pub algorithm: String,
    /// Certificate, DER in base64.
    pub certificate: Option<String>,
    /// Chain, JSON array of DER in base64.
    pub chain: String,
    /// Picture shown by its signatures.
    pub image_sha256: Option<String>,
    /// How the secret part is kept.
    pub provider: String,
    /// The secret part, sealed, base64.
    pub secret: String,
    /// Beginning of use (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub not_before: NaiveDateTime,
    /// End of use (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub not_after: NaiveDateTime,
    /// `active` or `retired`.
    pub state: String,
    /// When it was taken in (UTC).
    #[serde(serialize_with = "crate::store::instant::serialize")]
    pub created_at: NaiveDateTime,
    /// Version of this row.
    pub version: i64,
    /// Where it lies, when it isn't here: the sealed secret then opens it there. Absent from events of before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

macro_rules! tracked {
    ($($row:ty, $table:literal;)*) => {$(
        impl Tracked for $row {
            const TABLE: &'static str = $table;
            fn row_id(&self) -> String {
                self.id.to_string()
            }
        }
    )*};
}

tracked! {
    Agency, "agencies";
    Unit, "units";
    Person, "people";
    Account, "accounts";
    Appointment, "appointments";
    Client, "clients";
    Key, "keys";
}

impl Agency {
    /// The agency of a scope.
    ///
    /// # Errors
    /// When the database fails or it isn't there.
    pub fn of(c: &mut AnyConnection, scope: &Scope) -> Result<Self, Error> {
        Ok(agencies::table.filter(agencies::id.eq(scope.agency())).select(Self::as_select()).first(c)?)
    }
}

impl Appointment {
    /// One appointment of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &AppointmentId) -> Result<Option<Self>, Error> {
        Ok(appointments::table
            .filter(appointments::agency_id.eq(scope.agency()))
            .filter(appointments::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// A person's appointments in force on `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn in_force(c: &mut AnyConnection, person: &PersonId, day: NaiveDate) -> Result<Vec<Self>, Error> {
        let all: Vec<Self> = appointments::table
            .filter(appointments::person_id.eq(person))
            .select(Self::as_select())
            .load(c)?;
        Ok(all.into_iter().filter(|one| one.is_in_force(day)).collect())
    }

    /// Whether it is in force on `day`.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

impl Key {
    /// The subject of its certificate; empty when it has none.
    #[must_use]
    pub fn subject(&self) -> String {
        let der = self.certificate.as_ref().and_then(|text| STANDARD.decode(text).ok());
        der.and_then(|der| Certificate::read(&der).ok()).map_or(String::new(), |found| found.subject.clone())
    }

    /// One key of the scope.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(c: &mut AnyConnection, scope: &Scope, id: &KeyId) -> Result<Option<Self>, Error> {
        Ok(keys::table
            .filter(keys::agency_id.eq(scope.agency().as_str()))
            .filter(keys::id.eq(id))
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }

    /// Provider of a certificate whose key lies elsewhere.
    pub const EXTERNAL: &'static str = "external";

    /// Whether only the certificate is known here.
    #[must_use]
    pub fn is_external(&self) -> bool {
        self.provider == Self::EXTERNAL
    }

    /// The active entries of the scope for a certificate (DER in base64) whose key lies elsewhere.
    ///
    /// # Errors
    /// When the database fails.
    pub fn external(c: &mut AnyConnection, scope: &Scope, certificate: &str) -> Result<Vec<Self>, Error> {
        Ok(keys::table
            .filter(keys::agency_id.eq(scope.agency().as_str()))
            .filter(keys::provider.eq(Self::EXTERNAL))
            .filter(keys::state.eq("active"))
            .filter(keys::certificate.eq(certificate))
            .order(keys::id)
            .select(Self::as_select())
            .load(c)?)
    }

    /// The active key of a purpose that the service can sign with: the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub fn active(c: &mut AnyConnection, agency: &str, purpose: &str) -> Result<Option<Self>, Error> {
        Ok(keys::table
            .filter(keys::agency_id.eq(agency))
            .filter(keys::purpose.eq(purpose))
            .filter(keys::state.eq("active"))
            .filter(keys::provider.ne(Self::EXTERNAL))
            .order(keys::id.desc())
            .select(Self::as_select())
            .first(c)
            .optional()?)
    }
}
