//! Agencies, units, people, accounts, appointments and systems: taken on, changed, let go.

use super::Error;
use super::rows::{Account, Agency, Appointment, Client, Person, Role, Unit as UnitRow};
use super::schema::{accounts, agencies, appointments, clients, people, sessions, units};
use super::{AccountId, Acting, AppointmentId, ClientId, PersonId, UnitId};
use crate::audit::{Actor, NewEvent, Tracked, record};
use crate::store::{self, AgencyId, Unit};
use chrono::NaiveDate;
use diesel::prelude::*;

fn failed(error: crate::ports::RngFailed) -> Error {
    store::Error::from(error).into()
}

fn taken(error: diesel::result::Error, code: &'static str) -> Error {
    let error = store::Error::from(error);
    if error.is_unique_violation() { Error::Refused(code) } else { error.into() }
}

fn added(
    unit: &mut Unit<'_>,
    agency: &str,
    actor: &Actor,
    kind: &'static str,
    subject: &'static str,
    row: &impl Tracked,
) -> Result<(), Error> {
    let id = row.row_id();
    record(unit, NewEvent::new(kind, agency, actor, subject, &id).touching(row))?;
    Ok(())
}

/// An agency's code by Decision 20/2020 (at most 35 characters in groups joined by dots), or the older
/// one of 13.
#[must_use]
pub fn is_agency_code(text: &str) -> bool {
    let group = |group: &str| {
        !group.is_empty() && group.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let mut bytes = text.bytes();
    let first = matches!(
        (bytes.next(), bytes.next(), bytes.next()),
        (Some(b'A'..=b'Y'), Some(b'0'..=b'9'), Some(b'0'..=b'9'))
    );
    text.len() <= 35 && first && text.split('.').all(group)
}

/// What an agency is to be.
#[derive(Debug, Clone)]
pub struct NewAgency {
    /// The one above it.
    pub parent: Option<AgencyId>,
    /// Code.
    pub code: String,
    /// Older code.
    pub old_code: Option<String>,
    /// Name.
    pub name: String,
    /// What stands in symbols.
    pub abbreviation: String,
    /// Place in date lines.
    pub place: String,
}

/// Takes an agency on.
///
/// # Errors
/// When the code is none or taken.
pub fn add_agency(unit: &mut Unit<'_>, actor: &Actor, new: &NewAgency) -> Result<Agency, Error> {
    if !is_agency_code(&new.code) {
        return Err(Error::Refused("agency_code_invalid"));
    }
    let agency = Agency {
        id: AgencyId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        parent_id: new.parent.clone(),
        code: new.code.clone(),
        old_code: new.old_code.clone(),
        name: new.name.clone(),
        abbreviation: new.abbreviation.clone(),
        place: new.place.clone(),
        version: 1,
    };
    let inserted = diesel::insert_into(agencies::table).values(&agency).execute(unit.connection());
    inserted.map_err(|error| taken(error, "agency_code_taken"))?;
    added(unit, agency.id.as_str(), actor, "agency.added", "agency", &agency)?;
    Ok(agency)
}

/// Takes a unit on.
///
/// # Errors
/// When the store fails.
pub fn add_unit(unit: &mut Unit<'_>, by: &Acting, name: &str, abbreviation: &str) -> Result<UnitRow, Error> {
    let row = UnitRow {
        id: UnitId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        agency_id: by.scope.agency().clone(),
        name: name.to_owned(),
        abbreviation: abbreviation.to_owned(),
        version: 1,
    };
    diesel::insert_into(units::table).values(&row).execute(unit.connection())?;
    added(unit, by.scope.agency().as_str(), &by.actor, "unit.added", "unit", &row)?;
    Ok(row)
}

/// Takes a person on.
///
/// # Errors
/// When the store fails.
pub fn add_person(
    unit: &mut Unit<'_>,
    agency: &AgencyId,
    actor: &Actor,
    full_name: &str,
) -> Result<Person, Error> {
    let person = Person {
        id: PersonId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        agency_id: agency.clone(),
        full_name: full_name.to_owned(),
        version: 1,
    };
    diesel::insert_into(people::table).values(&person).execute(unit.connection())?;
    added(unit, agency.as_str(), actor, "person.added", "person", &person)?;
    Ok(person)
}

fn person_of(unit: &mut Unit<'_>, agency: &AgencyId, person: &PersonId) -> Result<Person, Error> {
    people::table
        .filter(people::agency_id.eq(agency))
        .filter(people::id.eq(person))
        .select(Person::as_select())
        .first(unit.connection())
        .optional()?
        .ok_or(Error::NotFound("person"))
}

/// Gives a person a way to log in; the password must be changed at first use.
///
/// # Errors
/// When there is no such person, or the name is taken.
pub fn add_account(
    unit: &mut Unit<'_>,
    agency: &AgencyId,
    actor: &Actor,
    person: &PersonId,
    login: &str,
    hash: &str,
    must_change: bool,
) -> Result<Account, Error> {
    person_of(unit, agency, person)?;
    let account = Account {
        id: AccountId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        agency_id: agency.clone(),
        person_id: person.clone(),
        login: login.to_owned(),
        password_hash: hash.to_owned(),
        must_change,
        disabled: false,
        version: 1,
    };
    let inserted = diesel::insert_into(accounts::table).values(&account).execute(unit.connection());
    inserted.map_err(|error| taken(error, "login_taken"))?;
    added(unit, agency.as_str(), actor, "account.added", "account", &account)?;
    Ok(account)
}

/// Sets a password; sessions end, but for the one named.
///
/// # Errors
/// When the account changed meanwhile or the store fails.
pub fn set_password(
    unit: &mut Unit<'_>,
    actor: &Actor,
    account: &Account,
    hash: &str,
    must_change: bool,
    keep: Option<&str>,
) -> Result<Account, store::Error> {
    let changed = Account {
        password_hash: hash.to_owned(),
        must_change,
        version: account.version + 1,
        ..account.clone()
    };
    write_account(unit, &changed)?;
    let ended = sessions::table
        .filter(sessions::account_id.eq(&account.id))
        .filter(sessions::token_hash.ne(keep.unwrap_or_default()));
    diesel::delete(ended).execute(unit.connection())?;
    let event = NewEvent::new(
        "account.password_changed",
        account.agency_id.as_str(),
        actor,
        "account",
        account.id.as_str(),
    );
    record(unit, event.touching(&changed))?;
    Ok(changed)
}

fn write_account(unit: &mut Unit<'_>, changed: &Account) -> Result<(), store::Error> {
    let rows = diesel::update(
        accounts::table
            .filter(accounts::id.eq(&changed.id))
            .filter(accounts::version.eq(changed.version - 1)),
    )
    .set((
        accounts::password_hash.eq(&changed.password_hash),
        accounts::must_change.eq(changed.must_change),
        accounts::disabled.eq(changed.disabled),
        accounts::version.eq(changed.version),
    ))
    .execute(unit.connection())?;
    if rows == 1 { Ok(()) } else { Err(store::Error::Conflict) }
}

/// Locks an account out or lets it in again; its sessions end at once.
///
/// # Errors
/// When there is no such account or the store fails.
pub fn set_disabled(
    unit: &mut Unit<'_>,
    by: &Acting,
    id: &AccountId,
    disabled: bool,
) -> Result<Account, Error> {
    let account: Account = accounts::table
        .filter(accounts::agency_id.eq(by.scope.agency()))
        .filter(accounts::id.eq(id))
        .select(Account::as_select())
        .first(unit.connection())
        .optional()?
        .ok_or(Error::NotFound("account"))?;
    let changed = Account { disabled, version: account.version + 1, ..account };
    write_account(unit, &changed)?;
    diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(unit.connection())?;
    let kind = if disabled { "account.disabled" } else { "account.enabled" };
    added(unit, by.scope.agency().as_str(), &by.actor, kind, "account", &changed)?;
    Ok(changed)
}

/// What an appointment is to be.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub unit: Option<UnitId>,
    /// Title.
    pub title: String,
    /// TM., KT., TL., TUQ., Q.
    pub authority: Option<String>,
    /// Roles.
    pub roles: Vec<Role>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Option<String>,
}

/// Appoints a person.
///
/// # Errors
/// When there is no such person or unit, or the period ends before it begins.
pub fn appoint(
    unit: &mut Unit<'_>,
    agency: &AgencyId,
    actor: &Actor,
    new: &NewAppointment,
) -> Result<Appointment, Error> {
    person_of(unit, agency, &new.person)?;
    if let Some(id) = &new.unit {
        let known: i64 = units::table
            .filter(units::agency_id.eq(agency))
            .filter(units::id.eq(id))
            .count()
            .get_result(unit.connection())?;
        if known == 0 {
            return Err(Error::NotFound("unit"));
        }
    }
    if new.to.is_some_and(|to| to < new.from) {
        return Err(Error::Refused("period_ends_before_it_begins"));
    }
    let appointment = Appointment {
        id: AppointmentId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        agency_id: agency.clone(),
        person_id: new.person.clone(),
        unit_id: new.unit.clone(),
        title: new.title.clone(),
        authority: new.authority.clone(),
        roles: serde_json::json!(new.roles).to_string(),
        valid_from: new.from,
        valid_to: new.to,
        basis: new.basis.clone(),
        version: 1,
    };
    diesel::insert_into(appointments::table).values(&appointment).execute(unit.connection())?;
    added(unit, agency.as_str(), actor, "appointment.added", "appointment", &appointment)?;
    Ok(appointment)
}

/// Ends an appointment with `last` as its last day; one before it began means that it never is in force again.
///
/// # Errors
/// When there is no such appointment, or it changed meanwhile.
pub fn end_appointment(
    unit: &mut Unit<'_>,
    by: &Acting,
    id: &AppointmentId,
    expected: Option<i64>,
    last: NaiveDate,
) -> Result<Appointment, Error> {
    let found = Appointment::find(unit.connection(), &by.scope, id)?.ok_or(Error::NotFound("appointment"))?;
    if expected.is_some_and(|expected| expected != found.version) {
        return Err(store::Error::Conflict.into());
    }
    let ended = Appointment { valid_to: Some(last), version: found.version + 1, ..found };
    let rows = diesel::update(
        appointments::table
            .filter(appointments::id.eq(&ended.id))
            .filter(appointments::version.eq(ended.version - 1)),
    )
    .set((appointments::valid_to.eq(ended.valid_to), appointments::version.eq(ended.version)))
    .execute(unit.connection())?;
    if rows != 1 {
        return Err(store::Error::Conflict.into());
    }
    added(unit, by.scope.agency().as_str(), &by.actor, "appointment.ended", "appointment", &ended)?;
    Ok(ended)
}

/// Locks a system out or lets it in again.
///
/// # Errors
/// When there is no such system, or it changed meanwhile.
pub fn set_client_disabled(
    unit: &mut Unit<'_>,
    by: &Acting,
    id: &ClientId,
    disabled: bool,
) -> Result<Client, Error> {
    let found: Client = clients::table
        .filter(clients::agency_id.eq(by.scope.agency()))
        .filter(clients::id.eq(id))
        .select(Client::as_select())
        .first(unit.connection())
        .optional()?
        .ok_or(Error::NotFound("client"))?;
    let changed = Client { disabled, version: found.version + 1, ..found };
    let rows = diesel::update(
        clients::table.filter(clients::id.eq(&changed.id)).filter(clients::version.eq(changed.version - 1)),
    )
    .set((clients::disabled.eq(disabled), clients::version.eq(changed.version)))
    .execute(unit.connection())?;
    if rows != 1 {
        return Err(store::Error::Conflict.into());
    }
    let kind = if disabled { "client.disabled" } else { "client.enabled" };
    added(unit, by.scope.agency().as_str(), &by.actor, kind, "client", &changed)?;
    Ok(changed)
}

/// Takes a system on.
///
/// # Errors
/// When the store fails.
pub fn add_client(
    unit: &mut Unit<'_>,
    by: &Acting,
    name: &str,
    key_hash: &str,
    roles: &[Role],
) -> Result<Client, Error> {
    let client = Client {
        id: ClientId::fresh(unit.now(), unit.rng()).map_err(failed)?,
        agency_id: by.scope.agency().clone(),
        name: name.to_owned(),
        key_hash: key_hash.to_owned(),
        roles: serde_json::json!(roles).to_string(),
        disabled: false,
        version: 1,
    };
    diesel::insert_into(clients::table).values(&client).execute(unit.connection())?;
    added(unit, by.scope.agency().as_str(), &by.actor, "client.added", "client", &client)?;
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::is_agency_code;

    #[test]
    fn agency_codes_follow_decision_20_2020() {
        for code in ["H37.02.02", "H15.50.05.13", "H49.64.33", "H37.DN.001", "G22"] {
            assert!(is_agency_code(code), "{code}");
        }
        for code in [
            "",
            "Z01",
            "h37.02",
            "H3.02",
            "H37..02",
            "H37.02.",
            "000.00.00.H41",
            &format!("H37.{}", "1".repeat(40)),
        ] {
            assert!(!is_agency_code(code), "{code}");
        }
    }
}
