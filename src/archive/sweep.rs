//! Removes packages that were built and never submitted: the process ended between the two.

use super::schema::packages;
use crate::desk::Desk;
use crate::store::sweep::is_old;
use crate::store::{AgencyId, Error};
use diesel::prelude::*;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Removes package folders in which nothing was written for `age` and that no row names; gives how many. A package's
/// name is drawn at random when it is built and never used again, so one that has no row after such a time gets none.
///
/// # Errors
/// When the folder or the database can't be read.
pub fn sweep(desk: &Desk, age: Duration) -> Result<usize, Error> {
    let listing = |source| Error::Io { what: "listing packages", source };
    let mut removed = 0;
    for agency in fs::read_dir(desk.objects.packages()).map_err(listing)?.flatten() {
        let Some(id) = agency.file_name().to_str().and_then(AgencyId::parse) else { continue };
        for package in fs::read_dir(agency.path()).map_err(listing)?.flatten() {
            let Ok(name) = package.file_name().into_string() else { continue };
            if is_old(&package.path(), age)
                && !recorded(desk, &id, &name)?
                && untouched(&package.path(), age)
                && fs::remove_dir_all(package.path()).is_ok()
            {
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn recorded(desk: &Desk, agency: &AgencyId, name: &str) -> Result<bool, Error> {
    desk.database.look_up_blocking(|c| {
        let known =
            packages::table.filter(packages::agency_id.eq(agency)).filter(packages::object_id.eq(name));
        Ok(diesel::select(diesel::dsl::exists(known)).get_result(c)?)
    })
}

/// Whether neither a folder nor anything in it was written to for `age`.
fn untouched(folder: &Path, age: Duration) -> bool {
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if !is_old(&path, age) {
            return false;
        }
        if path.is_dir() {
            let Ok(entries) = fs::read_dir(&path) else { return false };
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    true
}
