//! Removes what a crash left behind: staged files of broken uploads, and kept bytes no row names because the process or
//! the database failed between keeping and committing.
//!
//! Uploads go on meanwhile, in this process and in others on the same folder. Only what is older than an age no use case
//! reaches is touched; and bytes that somebody keeps again just now are made young under the same lock this removes
//! under (see [`Objects::keep`]), so nothing a row is about to name can go. Bytes with a row are never touched here:
//! they go by an approved disposal only.

use super::error::Error;
use super::objects::{Objects, io};
use super::schema::objects;
use super::unit::Database;
use diesel::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Digests asked for at once; SQLite takes no more than 32,766 parameters.
const BATCH: usize = 500;

/// Whether nothing wrote to this for `age`. What can't be looked at is young.
#[must_use]
pub fn is_old(path: &Path, age: Duration) -> bool {
    let changed = fs::metadata(path).and_then(|meta| meta.modified()).ok();
    changed.and_then(|at| SystemTime::now().duration_since(at).ok()).is_some_and(|since| since >= age)
}

impl Objects {
    /// Removes staged files older than `age`; gives how many. They belong to uploads that broke.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn sweep(&self, age: Duration) -> Result<usize, Error> {
        let entries = fs::read_dir(self.staging()).map_err(io("listing staged files"))?;
        let old = entries.flatten().filter(|entry| is_old(&entry.path(), age));
        Ok(old.filter(|entry| fs::remove_file(entry.path()).is_ok()).count())
    }

    /// Removes kept bytes older than `age` that no row of any agency names; gives how many.
    ///
    /// # Errors
    /// When the folder or the database can't be read; what was removed until then is gone.
    pub fn sweep_unrecorded(&self, database: &Database, age: Duration) -> Result<usize, Error> {
        let mut removed = 0;
        let folders = fs::read_dir(self.kept()).map_err(io("listing kept bytes"))?;
        for folder in folders.flatten().filter(|folder| folder.path().is_dir()) {
            let files = fs::read_dir(folder.path()).map_err(io("listing kept bytes"))?;
            let old: Vec<String> = files
                .flatten()
                .filter_map(|file| file.file_name().into_string().ok())
                .filter(|name| super::objects::is_sha256(name) && is_old(&self.path(name), age))
                .collect();
            for batch in old.chunks(BATCH) {
                let known: HashSet<String> = database.look_up_blocking(|c| {
                    let found = objects::table.filter(objects::sha256.eq_any(batch)).select(objects::sha256);
                    Ok::<_, Error>(found.load::<String>(c)?.into_iter().collect())
                })?;
                for name in batch.iter().filter(|name| !known.contains(*name)) {
                    removed += usize::from(self.remove_old(name, age)?);
                }
            }
        }
        Ok(removed)
    }

    /// Removes kept bytes unless somebody keeps them again meanwhile.
    fn remove_old(&self, sha256: &str, age: Duration) -> Result<bool, Error> {
        let _alone = self.lock(true)?;
        let path = self.path(sha256);
        Ok(is_old(&path, age) && fs::remove_file(&path).is_ok())
    }
}
