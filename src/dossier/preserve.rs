//! Documents raised to another level while they are in files: what was handed over isn't changed any more, as the archive
//! holds it as it came; and archive time-stamps renewed before they end.

use super::schema::{dossiers, filings};
use super::{Dossier, event};
use crate::audit::{Actor, record};
use crate::desk::Desk;
use crate::identity::Acting;
use crate::registry::Error;
use crate::registry::journey::{Augmented, authority_until, make_renewed, record_augmented};
use crate::registry::rows::{Document, DocumentId, RaisedLevel};
use crate::store::{AnyConnection, Scope, Unit};
use chrono::TimeDelta;
use diesel::prelude::*;

/// Documents looked at in one query.
const PAGE: i64 = 100;

/// The files that hold a document; refused when one of them was handed over.
///
/// # Errors
/// When it was, or the database fails.
pub fn not_handed_over(
    c: &mut AnyConnection,
    scope: &Scope,
    document: &DocumentId,
) -> Result<Vec<Dossier>, Error> {
    let found: Vec<Dossier> = dossiers::table
        .inner_join(filings::table)
        .filter(dossiers::agency_id.eq(scope.agency()))
        .filter(filings::document_id.eq(document))
        .order(dossiers::id)
        .select(Dossier::as_select())
        .load(c)?;
    match found.iter().find(|dossier| ["submitted", "accepted"].contains(&dossier.state.as_str())) {
        Some(dossier) => Err(Error::Refused {
            code: "document_handed_over",
            args: vec![("dossier", dossier.code.clone())],
        }),
        None => Ok(found),
    }
}

/// Records a raised level. The files that hold the document are of another version from now on: who builds a package of
/// one at the same moment builds it anew.
///
/// # Errors
/// When the document was handed over or changed meanwhile, or the store fails.
pub fn augment(unit: &mut Unit<'_>, by: &Acting, made: &Augmented) -> Result<Document, Error> {
    for dossier in not_handed_over(unit.connection(), &by.scope, made.document())? {
        let changed = dossier.save(unit.connection())?;
        let recorded =
            event(by, "dossier.document_augmented", &changed.id).detail("document", made.document());
        record(unit, recorded.touching(&changed))?;
    }
    record_augmented(unit, by, made)
}

/// Renews archive time-stamps that end within `period`, when the authority gives ones that end later. A document that
/// fails is left for the next time. Gives how many were renewed.
///
/// # Errors
/// When the authority gives nothing, or the database fails.
pub fn renew_due(desk: &Desk, period: TimeDelta) -> Result<usize, Error> {
    let until = desk.now().naive_utc().checked_add_signed(period).unwrap_or(chrono::NaiveDateTime::MAX);
    let (mut renewed, mut after, mut later) = (0, None, None);
    loop {
        let page = desk.database.look_up_blocking(|c| RaisedLevel::ending(c, until, after.as_ref(), PAGE))?;
        let Some(last) = page.last() else { return Ok(renewed) };
        after = Some(last.version_id.clone());
        let later = match later {
            Some(later) => later,
            None => *later.insert(authority_until(desk)?),
        };
        for due in page.iter().filter(|due| due.stamp_ends_at.is_some_and(|ends| ends < later)) {
            match renew(desk, due) {
                Ok(()) => renewed += 1,
                // Handed over, or changed by somebody just now.
                Err(Error::Refused { .. } | Error::Stale | Error::IllegalTransition { .. }) => {}
                Err(error) => {
                    tracing::error!(document = %due.document_id, %error, "an archive time-stamp could not be renewed")
                }
            }
        }
    }
}

fn renew(desk: &Desk, due: &RaisedLevel) -> Result<(), Error> {
    let scope = Scope::of(due.agency_id.clone());
    let by = Acting { scope, actor: Actor::System, person: None, appointments: Vec::new() };
    desk.database.look_up_blocking(|c| not_handed_over(c, &by.scope, &due.document_id).map(|_| ()))?;
    let made = make_renewed(desk, &by, &due.document_id)?;
    desk.database.write_rows_blocking(move |unit| augment(unit, &by, &made)).map(|_| ())
}
