//! Attachments and separately signed appendices of a document: files beside its main text.
//!
//! They are added while the document isn't decided on yet: an outgoing one is a draft, an incoming one has no arrival
//! number. From the signature on they belong to what was signed.

use super::super::error::Error;
use super::super::rows::{Component, ComponentId, Document, DocumentId};
use super::super::schema::components;
use super::super::state::{Act, State};
use super::intake::insert_version;
use super::received::{Judged, keep_verdict};
use super::{TakenFile, advance, at_act, event, id_failed};
use crate::audit::record;
use crate::identity::Acting;
use crate::store::{AnyConnection, Scope, Unit};
use diesel::prelude::*;

/// Components a document may have: more is a mistake of the caller's, and a package lists them all.
const LIMIT: i32 = 100;

/// What a component is.
#[derive(Debug, Clone)]
pub struct NewComponent {
    /// `attachment` or `appendix`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
}

/// Whether a document can have another component, asked before its bytes are kept.
///
/// # Errors
/// When there is no such document, it is decided on, it changed meanwhile, or it has too many.
pub fn check_attach(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &DocumentId,
    expected: Option<i64>,
) -> Result<(), Error> {
    at_act(c, scope, document, expected, Act::Attach)?;
    next_ordinal(c, scope, document).map(|_| ())
}

fn next_ordinal(c: &mut AnyConnection, scope: &Scope, document: &DocumentId) -> Result<i32, Error> {
    let known = Component::of(c, scope, std::slice::from_ref(document))?;
    let last = known.last().map_or(0, |component| component.ordinal);
    if last >= LIMIT {
        return Err(Error::Refused { code: "components_too_many", args: vec![("limit", LIMIT.to_string())] });
    }
    Ok(last + 1)
}

/// Adds a component.
///
/// # Errors
/// As [`check_attach`], or when the store fails.
pub fn attach(
    unit: &mut Unit<'_>,
    by: &Acting,
    document: &DocumentId,
    expected: Option<i64>,
    new: &NewComponent,
    (file, judged): (&TakenFile, Option<&Judged>),
) -> Result<Document, Error> {
    let (found, next) = at_act(unit.connection(), &by.scope, document, expected, Act::Attach)?;
    let stage = if next == State::Received { "received" } else { "draft" };
    let component = Component {
        id: ComponentId::fresh(unit.now(), unit.rng()).map_err(id_failed)?,
        agency_id: by.scope.agency().clone(),
        document_id: document.clone(),
        ordinal: next_ordinal(unit.connection(), &by.scope, document)?,
        kind: new.kind.to_owned(),
        title: new.title.clone(),
    };
    let changed = advance(unit, found, next)?;
    diesel::insert_into(components::table).values(&component).execute(unit.connection())?;
    let version = insert_version(unit, by, &component.id, stage, None, file)?;
    let verdict = keep_verdict(unit, by, &version, judged)?;
    let recorded = event(by, "document.component_added", document)
        .detail("kind", &component.kind)
        .detail("title", &component.title)
        .detail("sha256", &version.sha256)
        .detail("signatures", judged.map(Judged::indication))
        .touching(&changed)
        .touching(&component)
        .touching(&version)
        .touching_any(verdict.as_ref());
    record(unit, recorded)?;
    Ok(changed)
}
