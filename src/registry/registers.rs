//! Registers, and numbering: the one place numbers come from (Decree 30/2020, Art. 15).
//!
//! A number is taken in one transaction that touches no file. The year is the civil year in the
//! agency's time zone at that instant; at its turn the book continues in a new register from 1.
//! Numbers leave no gap: what was taken is used or visibly voided.

use super::error::Error;
use super::rows::{Document, DocumentId, Register, RegisterEntry, RegisterId};
use super::schema::{register_entries, registers};
use super::state::Act;
use crate::audit::{NewEvent, record};
use crate::identity::Acting;
use crate::profile::Profile;
use crate::store::{Scope, Unit};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use diesel::prelude::*;

/// What a new register is to be.
#[derive(Debug, Clone)]
pub struct NewRegister {
    /// Its name.
    pub name: String,
    /// `outgoing` or `incoming`.
    pub direction: &'static str,
    /// Types it takes; empty: all.
    pub types: Vec<String>,
    /// For secret documents.
    pub secret: bool,
    /// The year; the present one when absent.
    pub year: Option<i32>,
    /// The first number; 1 when absent.
    pub first_number: Option<i64>,
}

/// The civil date in `zone` at the unit's instant.
#[must_use]
pub fn civil_date(unit: &Unit<'_>, zone: Tz) -> NaiveDate {
    unit.now().with_timezone(&zone).date_naive()
}

/// Opens a register.
///
/// # Errors
/// When the first number is below 1 or the store fails.
pub fn open(unit: &mut Unit<'_>, by: &Acting, zone: Tz, new: &NewRegister) -> Result<Register, Error> {
    let first = new.first_number.unwrap_or(1);
    if first < 1 {
        return Err(Error::refused("first_number_below_one"));
    }
    let id = RegisterId::fresh(unit.now(), unit.rng()).map_err(crate::store::Error::from)?;
    let register = Register {
        book_id: id.to_string(),
        id,
        agency_id: by.scope.agency().clone(),
        year: new.year.unwrap_or_else(|| civil_date(unit, zone).year()),
        direction: new.direction.to_owned(),
        name: new.name.clone(),
        types: serde_json::json!(new.types).to_string(),
        secret: new.secret,
        first_number: first,
        next_number: first,
        created_at: unit.now_stored(),
        version: 1,
    };
    insert(unit, by, &register)?;
    Ok(register)
}

fn insert(unit: &mut Unit<'_>, by: &Acting, register: &Register) -> Result<(), Error> {
    diesel::insert_into(registers::table).values(register).execute(unit.connection())?;
    let event = NewEvent::new(
        "register.opened",
        by.scope.agency().as_str(),
        &by.actor,
        "register",
        register.id.as_str(),
    )
    .detail("name", &register.name)
    .detail("year", register.year)
    .detail("first_number", register.first_number)
    .touching(register);
    record(unit, event)?;
    Ok(())
}

/// The register of the book in the present year; opened from 1 when the year has just turned.
fn of_this_year(
    unit: &mut Unit<'_>,
    by: &Acting,
    named: Register,
    today: NaiveDate,
) -> Result<Register, Error> {
    if named.year == today.year() {
        return Ok(named);
    }
    if let Some(found) = Register::of_year(unit.connection(), &by.scope, &named.book_id, today.year())? {
        return Ok(found);
    }
    if named.year > today.year() {
        return Err(Error::refused("register_of_a_future_year"));
    }
    let id = RegisterId::fresh(unit.now(), unit.rng()).map_err(crate::store::Error::from)?;
    let fresh = Register {
        id,
        year: today.year(),
        first_number: 1,
        next_number: 1,
        created_at: unit.now_stored(),
        version: 1,
        ..named
    };
    insert(unit, by, &fresh)?;
    Ok(fresh)
}

/// What numbering gave.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// The document, numbered.
    pub document: Document,
    /// The entry in the register.
    pub entry: RegisterEntry,
}

/// Takes the next number of the register's book for a document, with the date of today.
///
/// # Errors
/// When there is no such document or register, the state doesn't allow it, or the register is not
/// for such documents.
pub fn number(
    unit: &mut Unit<'_>,
    by: &Acting,
    profile: &Profile,
    zone: Tz,
    agency_abbreviation: &str,
    document: &DocumentId,
    expected: Option<i64>,
    register: &RegisterId,
) -> Result<Numbered, Error> {
    let found = Document::find(unit.connection(), &by.scope, document)?.ok_or(Error::NotFound("document"))?;
    if expected.is_some_and(|expected| expected != found.version) {
        return Err(Error::Stale);
    }
    let state = found.state()?;
    let next = state.after(Act::Number).ok_or(Error::IllegalTransition { state, act: Act::Number })?;
    let named = Register::find(unit.connection(), &by.scope, register)?.ok_or(Error::NotFound("register"))?;
    check_fits(&named, &found)?;
    let today = civil_date(unit, zone);
    if let Some(printed) = &found.printed_period
        && !lies_in(printed, today)
    {
        return Err(Error::Refused {
            code: "printed_date_differs",
            args: vec![("printed", printed.clone()), ("given", today.to_string())],
        });
    }
    let register = of_this_year(unit, by, named, today)?;
    let number = register.next_number;
    let register = take(unit, register)?;
    let notation = notation(profile, &found, agency_abbreviation, number)?;
    let entry = RegisterEntry {
        register_id: register.id.clone(),
        number,
        agency_id: by.scope.agency().clone(),
        document_id: found.id.clone(),
        notation: notation.clone(),
        document_date: today,
        taken_by: actor_id(by),
        taken_at: unit.now_stored(),
        voided_by: None,
        voided_at: None,
        void_reason: None,
    };
    diesel::insert_into(register_entries::table).values(&entry).execute(unit.connection())?;
    let numbered = Document {
        state: next.as_str().to_owned(),
        register_id: Some(register.id.clone()),
        number: Some(number),
        notation: Some(notation.clone()),
        document_date: Some(today),
        changed_at: unit.now_stored(),
        ..found
    }
    .save(unit.connection())?;
    let event = NewEvent::new(
        "document.numbered",
        by.scope.agency().as_str(),
        &by.actor,
        "document",
        numbered.id.as_str(),
    )
    .detail("notation", notation)
    .detail("date", today)
    .detail("register", &register.name)
    .touching(&numbered)
    .touching(&register)
    .touching(&entry);
    record(unit, event)?;
    Ok(Numbered { document: numbered, entry })
}

/// Whether a date lies in a printed year (`2026`) or month (`2026-11`).
fn lies_in(period: &str, date: NaiveDate) -> bool {
    date.format("%Y-%m").to_string().starts_with(period)
}

/// Raises the register's next number; only one transaction can do so from the number it read.
fn take(unit: &mut Unit<'_>, register: Register) -> Result<Register, Error> {
    let raised =
        Register { next_number: register.next_number + 1, version: register.version + 1, ..register };
    let changed = diesel::update(
        registers::table
            .filter(registers::id.eq(&raised.id))
            .filter(registers::version.eq(raised.version - 1)),
    )
    .set(&raised)
    .execute(unit.connection())?;
    if changed == 1 { Ok(raised) } else { Err(Error::Stale) }
}

fn check_fits(register: &Register, document: &Document) -> Result<(), Error> {
    if register.direction != document.direction {
        return Err(Error::refused("register_of_other_direction"));
    }
    if register.secret != (document.secrecy != "none") {
        return Err(Error::refused("register_of_other_secrecy"));
    }
    let types: Vec<String> = serde_json::from_str(&register.types)
        .map_err(|_| crate::store::Error::Unreadable("register types"))?;
    if types.is_empty() || types.contains(&document.type_code) {
        return Ok(());
    }
    Err(Error::refused("register_of_other_type"))
}

fn notation(profile: &Profile, document: &Document, agency: &str, number: i64) -> Result<String, Error> {
    let number = u64::try_from(number).map_err(|_| Error::refused("number_out_of_range"))?;
    if document.direction == "incoming" {
        return Ok(profile.format_number(number));
    }
    profile
        .notation(&document.type_code, agency, document.drafting_unit.as_deref(), number)
        .map_err(|_| Error::refused("symbol_can_not_be_composed"))
}

/// Voids a numbered document: its number stays in the register, with the reason.
///
/// # Errors
/// When there is no such document, its state doesn't allow it, or it changed meanwhile.
pub fn void(
    unit: &mut Unit<'_>,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    reason: &str,
) -> Result<Document, Error> {
    let found = Document::find(unit.connection(), &by.scope, document)?.ok_or(Error::NotFound("document"))?;
    if expected.is_some_and(|expected| expected != found.version) {
        return Err(Error::Stale);
    }
    let state = found.state()?;
    let next = state.after(Act::Void).ok_or(Error::IllegalTransition { state, act: Act::Void })?;
    let entry: RegisterEntry = register_entries::table
        .filter(register_entries::agency_id.eq(by.scope.agency()))
        .filter(register_entries::document_id.eq(document))
        .select(RegisterEntry::as_select())
        .first(unit.connection())?;
    let entry = RegisterEntry {
        voided_by: Some(actor_id(by)),
        voided_at: Some(unit.now_stored()),
        void_reason: Some(reason.to_owned()),
        ..entry
    };
    diesel::update(
        register_entries::table
            .filter(register_entries::register_id.eq(&entry.register_id))
            .filter(register_entries::number.eq(entry.number)),
    )
    .set((
        register_entries::voided_by.eq(&entry.voided_by),
        register_entries::voided_at.eq(&entry.voided_at),
        register_entries::void_reason.eq(&entry.void_reason),
    ))
    .execute(unit.connection())?;
    let voided = Document { state: next.as_str().to_owned(), changed_at: unit.now_stored(), ..found }
        .save(unit.connection())?;
    let event = NewEvent::new(
        "document.voided",
        by.scope.agency().as_str(),
        &by.actor,
        "document",
        voided.id.as_str(),
    )
    .detail("reason", reason)
    .detail("notation", &voided.notation)
    .touching(&voided)
    .touching(&entry);
    record(unit, event)?;
    Ok(voided)
}

/// How complete a register is.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct GapReport {
    /// The first number of the year.
    pub first_number: i64,
    /// The number the next document gets.
    pub next_number: i64,
    /// Numbers taken.
    pub taken: i64,
    /// Numbers between first and next that stand nowhere: must be empty.
    pub missing: Vec<i64>,
    /// Numbers voided.
    pub voided: Vec<i64>,
}

/// Compares what a register gave out with what stands in it.
///
/// # Errors
/// When there is no such register, or the store fails.
pub fn gaps(
    c: &mut crate::store::AnyConnection,
    scope: &Scope,
    register: &RegisterId,
) -> Result<GapReport, Error> {
    let register = Register::find(c, scope, register)?.ok_or(Error::NotFound("register"))?;
    let mut report = GapReport {
        first_number: register.first_number,
        next_number: register.next_number,
        taken: 0,
        missing: Vec::new(),
        voided: Vec::new(),
    };
    let mut expected = register.first_number;
    loop {
        let page = RegisterEntry::list(c, scope, &register.id, expected - 1, 1000)?;
        let Some(last) = page.last().map(|entry| entry.number) else { break };
        for entry in page {
            report.missing.extend(expected..entry.number);
            expected = entry.number + 1;
            report.taken += 1;
            if entry.voided_at.is_some() {
                report.voided.push(entry.number);
            }
        }
        expected = last + 1;
    }
    report.missing.extend(expected..register.next_number);
    Ok(report)
}

/// Who acts, as rows name them: the person where there is one, else the client.
#[must_use]
pub fn actor_id(by: &Acting) -> String {
    match (&by.person, &by.actor) {
        (Some(person), _) => person.to_string(),
        (None, crate::audit::Actor::Client { client, .. }) => client.clone(),
        (None, crate::audit::Actor::Person { account, .. }) => account.clone(),
        (None, crate::audit::Actor::System) => "system".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_lies_in_its_own_year_and_month_only() {
        let date: NaiveDate = "2027-01-01".parse().unwrap();
        assert!(lies_in("2027", date) && lies_in("2027-01", date));
        assert!(!lies_in("2026", date) && !lies_in("2026-12", date) && !lies_in("2027-02", date));
    }
}
