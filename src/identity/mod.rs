//! Who acts: agencies, units, people, appointments, roles, sessions, API clients, keys.

pub mod elsewhere;
mod error;
pub mod keys;
pub mod password;
pub mod people;
pub mod rows;
pub(crate) mod schema;
pub mod vault;

pub use error::Error;

use crate::store::Scope;

crate::id_types! {
    /// A unit of an agency.
    UnitId;
    /// A human being, whatever accounts they have.
    PersonId;
    /// A way to log in.
    AccountId;
    /// A person in a unit, with title, authority, roles and period.
    AppointmentId;
    /// A system of another body that calls the API.
    ClientId;
    /// A key the service holds.
    KeyId;
}

/// On whose behalf a use case runs: what an authenticated request is reduced to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The agency whose rows may be seen and changed.
    pub scope: Scope,
    /// Who it is, for the trail.
    pub actor: crate::audit::Actor,
    /// The human being who acts or on whose behalf a client acts; none for a client acting for itself.
    pub person: Option<PersonId>,
    /// Appointments of that person in force now.
    pub appointments: Vec<AppointmentId>,
}
