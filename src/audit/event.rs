//! Events and their leaves.
//!
//! The leaf is canonical JSON (RFC 8785: keys sorted, no space, here ASCII only), at most 65,535
//! bytes so that it fits a C2SP entry bundle. Its form is version 1 and final.

use super::schema::events;
use crate::store::{Error, Unit};
use aws_lc_rs::digest::{Context, SHA256};
use chrono::SecondsFormat;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Version of the leaf's form.
pub const LEAF_VERSION: u32 = 1;
/// What a C2SP entry bundle can hold as one entry.
const LEAF_LIMIT: usize = 65_535;
/// Bytes of salt: enough that a digest tells nothing about a short text.
const SALT_LENGTH: usize = 16;

crate::id_types! {
    /// An event.
    EventId;
}

/// Who did it, by identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person through an account, in an appointment when the act needs one.
    Person {
        /// The account.
        account: String,
        /// The appointment acted in.
        appointment: Option<String>,
    },
    /// A system, for itself or for a person.
    Client {
        /// The API client.
        client: String,
        /// The person it acts for.
        on_behalf_of: Option<String>,
    },
    /// The service itself.
    System,
}

impl Actor {
    /// The form in leaves: kind and identifiers.
    fn leaf(&self) -> Value {
        match self {
            Self::Person { account, appointment: None } => json!(["person", account]),
            Self::Person { account, appointment: Some(appointment) } => {
                json!(["person", account, appointment])
            }
            Self::Client { client, on_behalf_of: None } => json!(["client", client]),
            Self::Client { client, on_behalf_of: Some(person) } => json!(["client", client, person]),
            Self::System => json!(["system"]),
        }
    }

    /// The form in leaves as text, for rows that name who began something.
    #[must_use]
    pub fn as_text(&self) -> String {
        self.leaf().to_string()
    }

    /// Who a text of [`Self::as_text`] names.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let parts: Vec<String> = serde_json::from_str(text).ok()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["person", account, rest @ ..] => {
                let appointment = rest.first().map(|one| (*one).to_owned());
                Some(Self::Person { account: (*account).to_owned(), appointment })
            }
            ["client", client, rest @ ..] => {
                let on_behalf_of = rest.first().map(|one| (*one).to_owned());
                Some(Self::Client { client: (*client).to_owned(), on_behalf_of })
            }
            ["system"] => Some(Self::System),
            _ => None,
        }
    }
}

/// A row whose every change must have an event: its digest goes into the leaf, so that a change
/// behind the program's back shows.
pub trait Tracked: Serialize {
    /// The table.
    const TABLE: &'static str;
    /// The row's key as text.
    fn row_id(&self) -> String;
}

/// An event about to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent {
    kind: &'static str,
    agency: String,
    actor: Actor,
    subject_kind: &'static str,
    subject_id: String,
    outcome: String,
    details: Map<String, Value>,
    rows: Vec<(&'static str, String, Option<String>)>,
}

impl NewEvent {
    /// `kind` happened to the subject. The agency may be empty for the installation itself.
    #[must_use]
    pub fn new(
        kind: &'static str,
        agency: &str,
        actor: &Actor,
        subject_kind: &'static str,
        subject_id: &str,
    ) -> Self {
        Self {
            kind,
            agency: agency.to_owned(),
            actor: actor.clone(),
            subject_kind,
            subject_id: subject_id.to_owned(),
            outcome: "done".to_owned(),
            details: Map::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a readable fact. It may be personal: only its salted digest goes into the leaf.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.details.insert(key.to_owned(), value);
        self
    }

    /// Adds a row as it is after the change.
    #[must_use]
    pub fn touching<T: Tracked>(mut self, row: &T) -> Self {
        let canonical = serde_json::to_value(row).unwrap_or(Value::Null).to_string();
        self.rows.push((T::TABLE, row.row_id(), Some(canonical)));
        self
    }

    /// Adds a row, when there is one.
    #[must_use]
    pub fn touching_any<T: Tracked>(self, row: Option<&T>) -> Self {
        match row {
            Some(row) => self.touching(row),
            None => self,
        }
    }

    /// Adds a row the change removed.
    #[must_use]
    pub fn removed(mut self, table: &'static str, id: &str) -> Self {
        self.rows.push((table, id.to_owned(), None));
        self
    }

    /// Says that the act was refused, with the refusal's code.
    #[must_use]
    pub fn refused(mut self, code: &str) -> Self {
        self.outcome = format!("refused:{code}");
        self
    }
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct EventRow<'a> {
    id: &'a EventId,
    agency_id: &'a str,
    at: chrono::NaiveDateTime,
    kind: &'a str,
    actor: String,
    subject_kind: &'a str,
    subject_id: &'a str,
    outcome: &'a str,
    body: &'a str,
    salt: &'a str,
    leaf: &'a str,
}

/// Records `event` in the transaction of `unit`; the database itself puts it among those that wait for their place in
/// the log.
///
/// # Errors
/// When the database or the random source fails, or the leaf would be too large.
pub fn record(unit: &mut Unit<'_>, event: NewEvent) -> Result<EventId, Error> {
    let id = EventId::fresh(unit.now(), unit.rng())?;
    let mut salt = [0_u8; SALT_LENGTH];
    unit.rng().fill(&mut salt)?;
    let body = Value::Object(event.details).to_string();
    let rows: Vec<Value> = event
        .rows
        .iter()
        .map(|(table, row, content)| {
            let digest = content.as_ref().map(|content| row_digest(&salt, table, row, content));
            json!([table, row, digest])
        })
        .collect();
    let at = unit.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let leaf = json!({
        "actor": event.actor.leaf(),
        "agency": event.agency,
        "at": at,
        "digest": salted(&salt, &[body.as_bytes()]),
        "id": id.as_str(),
        "kind": event.kind,
        "outcome": event.outcome,
        "rows": rows,
        "subject": [event.subject_kind, event.subject_id],
        "v": LEAF_VERSION,
    })
    .to_string();
    if leaf.len() > LEAF_LIMIT {
        return Err(Error::Unreadable("audit leaf larger than an entry may be"));
    }
    let row = EventRow {
        id: &id,
        agency_id: &event.agency,
        at: unit.now_stored(),
        kind: event.kind,
        actor: event.actor.leaf().to_string(),
        subject_kind: event.subject_kind,
        subject_id: &event.subject_id,
        outcome: &event.outcome,
        body: &body,
        salt: &hex::encode(salt),
        leaf: &leaf,
    };
    diesel::insert_into(events::table).values(&row).execute(unit.connection())?;
    Ok(id)
}

/// SHA-256 over the salt and the parts, each part ended by a zero byte but the last; lower-case hex.
#[must_use]
pub fn salted(salt: &[u8], parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            context.update(&[0]);
        }
        context.update(part);
    }
    hex::encode(context.finish())
}

/// The digest of a row's content as leaves hold it.
#[must_use]
pub fn row_digest(salt: &[u8], table: &str, row: &str, content: &str) -> String {
    salted(salt, &[table.as_bytes(), row.as_bytes(), content.as_bytes()])
}
