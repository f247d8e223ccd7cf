//! Packages carried off: a copy of each as it would travel, its root METS file compared with the digest that
//! was recorded when it was built.

use super::Package;
use super::schema::packages;
use crate::store::{self, AnyConnection, Database};
use diesel::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Packages read at a time.
const PAGE: i64 = 200;

/// Why a package can't be carried off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// None has this identifier.
    #[error("no package {0}")]
    Unknown(String),
    /// The folder has one of this name already.
    #[error("{0} exists already")]
    Exists(String),
    /// Its root METS file isn't the one that was recorded.
    #[error("{0}: METS.xml is not the file that was recorded")]
    Changed(String),
    /// A folder or file fails.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

/// A package that was carried off.
#[derive(Debug, serde::Serialize)]
pub struct Exported {
    /// Its identifier here.
    pub id: String,
    /// OBJID of its METS.
    pub package: String,
    /// The folder it was written to.
    pub folder: PathBuf,
}

/// Copies packages of the data folder's `kept` below `folder`: the one with this identifier (ours, or its OBJID), or
/// all. What was written before a failure stays and is whole.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    database: &Database,
    kept: &Path,
    id: Option<&str>,
    folder: &Path,
) -> Result<Vec<Exported>, ExportError> {
    let mut done = Vec::new();
    let mut after = String::new();
    loop {
        let page = database.read_blocking(|c| page(c, id, &after))?;
        let Some(last) = page.last() else { break };
        last.id.as_str().clone_into(&mut after);
        for package in &page {
            done.push(carry(kept, package, folder)?);
        }
    }
    match id {
        Some(id) if done.is_empty() => Err(ExportError::Unknown(id.to_owned())),
        _ => Ok(done),
    }
}

/// Packages of every agency after `after`: who holds the data folder holds them all.
fn page(c: &mut AnyConnection, id: Option<&str>, after: &str) -> Result<Vec<Package>, store::Error> {
    let mut query = packages::table
        .filter(packages::id.gt(after.to_owned()))
        .order(packages::id)
        .limit(PAGE)
        .select(Package::as_select())
        .into_boxed();
    if let Some(id) = id {
        query = query.filter(packages::id.eq(id.to_owned()).or(packages::object_id.eq(id.to_owned())));
    }
    Ok(query.load(c)?)
}

fn carry(kept: &Path, package: &Package, folder: &Path) -> Result<Exported, ExportError> {
    let failed = |error| ExportError::Io(package.object_id.clone(), error);
    let source = kept.join(package.agency_id.as_str()).join(&package.object_id);
    let target = folder.join(&package.object_id);
    if target.exists() {
        return Err(ExportError::Exists(target.display().to_string()));
    }
    // A copy that was cut short is never taken for a package: it gets its name when it is whole.
    let arriving = folder.join(format!("{}.part", package.object_id));
    if arriving.exists() {
        fs::remove_dir_all(&arriving).map_err(failed)?;
    }
    copy(&source, &arriving).map_err(failed)?;
    let root = fs::read(arriving.join("METS.xml")).map_err(failed)?;
    let found = crate::pki::Digest::Sha256.of(&root);
    if hex::encode(found) != package.digest {
        let _ = fs::remove_dir_all(&arriving);
        return Err(ExportError::Changed(package.object_id.clone()));
    }
    fs::rename(&arriving, &target).map_err(failed)?;
    Ok(Exported { id: package.id.to_string(), package: package.object_id.clone(), folder: target })
}

/// Copies a tree of folders and plain files; the copies are writable.
fn copy(source: &Path, target: &Path) -> std::io::Result<()> {
    let mut folders = vec![(source.to_owned(), target.to_owned())];
    while let Some((from, to)) = folders.pop() {
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let place = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), place));
            } else {
                // Not fs::copy: it would carry the read-only mark over.
                let mut reader = fs::File::open(entry.path())?;
                std::io::copy(&mut reader, &mut fs::File::create_new(place)?)?;
            }
        }
    }
    Ok(())
}
