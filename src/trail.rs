//! Every table whose rows must match their events, for checking the trail.
//!
//! It stands above the capabilities, so that the trail itself knows none of them.

use crate::archive::schema as archive;
use crate::archive::{Package, Transfer};
use crate::audit::{LoadRows, Tracked, TrackedTable};
use crate::dossier::schema as dossier;
use crate::dossier::{Dossier, Entry, Filing};
use crate::identity::rows::{Account, Agency, Appointment, Client, Key, Person, Unit};
use crate::identity::schema as identity;
use crate::registry::rows::{
    Component, Document, FormatCheck, RaisedLevel, ReceivedVerdict, Register, RegisterEntry, Signature,
    SigningSession, Version,
};
use crate::registry::schema as registry;
use crate::store::{AnyConnection, Error, objects};
use diesel::prelude::*;

fn rows<T: Tracked>(found: Vec<T>) -> Vec<(String, String)> {
    found
        .iter()
        .map(|row| (row.row_id(), serde_json::to_value(row).unwrap_or_default().to_string()))
        .collect()
}

macro_rules! by_id {
    ($row:ty, $table:path, $key:ident) => {{
        use $table as table;
        fn load(c: &mut AnyConnection, after: &str, limit: i64) -> Result<Vec<(String, String)>, Error> {
            let found: Vec<$row> = table::table
                .filter(table::$key.gt(after.to_owned()))
                .order(table::$key)
                .limit(limit)
                .select(<$row>::as_select())
                .load(c)?;
            Ok(rows(found))
        }
        TrackedTable { name: <$row as Tracked>::TABLE, load }
    }};
}

/// A table whose key is of two parts: all rows at once, after the first page none.
macro_rules! whole {
    ($row:ty, $table:path) => {{
        use $table as table;
        fn load(c: &mut AnyConnection, after: &str, _: i64) -> Result<Vec<(String, String)>, Error> {
            if !after.is_empty() {
                return Ok(Vec::new());
            }
            Ok(rows(table::table.select(<$row>::as_select()).load::<$row>(c)?))
        }
        TrackedTable { name: <$row as Tracked>::TABLE, load }
    }};
}

/// Every tracked table.
#[must_use]
pub fn tables() -> Vec<TrackedTable> {
    vec![
        by_id!(Agency, identity::agencies, id),
        by_id!(Unit, identity::units, id),
        by_id!(Person, identity::people, id),
        by_id!(Account, identity::accounts, id),
        by_id!(Appointment, identity::appointments, id),
        by_id!(Client, identity::clients, id),
        by_id!(Key, identity::keys, id),
        by_id!(Document, registry::documents, id),
        by_id!(Component, registry::components, id),
        by_id!(Version, registry::versions, id),
        by_id!(FormatCheck, registry::format_checks, version_id),
        by_id!(Signature, registry::signatures, id),
        by_id!(ReceivedVerdict, registry::received_verdicts, version_id),
        by_id!(RaisedLevel, registry::raised_levels, version_id),
        by_id!(SigningSession, registry::signing_sessions, id),
        by_id!(Register, registry::registers, id),
        whole!(RegisterEntry, registry::register_entries),
        by_id!(Entry, dossier::file_plan_entries, id),
        by_id!(Dossier, dossier::dossiers, id),
        whole!(Filing, dossier::filings),
        by_id!(Transfer, archive::transfers, id),
        by_id!(Package, archive::packages, id),
    ]
}

/// How many rows that the log speaks of name kept bytes, and the digests of those which nothing says any more are kept
/// for them: whoever strikes bytes from the lists can't strike what the log says of the rows.
///
/// # Errors
/// When the database can't be read.
pub fn struck(c: &mut AnyConnection) -> Result<(u64, Vec<String>), Error> {
    const PAGE: i64 = 500;
    let (mut looked_at, mut struck) = (0, Vec::new());
    let holders: [(&str, LoadRows); 2] = [("version", versions), ("key", pictures)];
    for (owner, claims) in holders {
        let mut after = String::new();
        loop {
            let page = claims(c, &after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            looked_at += u64::try_from(page.len()).unwrap_or(0);
            struck.extend(objects::unheld(c, owner, &page)?);
        }
    }
    Ok((looked_at, struck))
}

/// Versions of documents with the digests of their bytes.
fn versions(c: &mut AnyConnection, after: &str, limit: i64) -> Result<Vec<(String, String)>, Error> {
    use registry::versions::{id, sha256, table};
    Ok(table.filter(id.gt(after)).order(id).limit(limit).select((id, sha256)).load(c)?)
}

/// Keys with the digests of the pictures that their signatures show.
fn pictures(c: &mut AnyConnection, after: &str, limit: i64) -> Result<Vec<(String, String)>, Error> {
    use identity::keys::{id, image_sha256, table};
    let drawn = table.filter(id.gt(after).and(image_sha256.is_not_null()));
    Ok(drawn.order(id).limit(limit).select((id, image_sha256.assume_not_null())).load(c)?)
}
