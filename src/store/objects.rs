//! Kept bytes, under their SHA-256: written once, never changed, in a folder.
//!
//! Bytes arrive in `staging/`, are hashed while they are written, made durable, and only then
//! moved to `objects/ab/<sha256>`. A crash leaves at most a staged file or bytes no row names, which
//! `sweep` removes. A row in `objects` exists only for bytes that are in their place.

use super::error::Error;
use super::id::AgencyId;
use super::schema::{object_uses, objects};
use super::unit::Unit;
use crate::per_backend;
use crate::ports::Rng;
use aws_lc_rs::digest;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of kept and arriving bytes.
#[derive(Debug, Clone)]
pub struct Objects {
    root: PathBuf,
}

/// Bytes that are durable in the folder, not yet spoken for in the database.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// A file being received: hashed as it is written. Dropped unfinished, it is removed.
pub struct Staged {
    file: Option<File>,
    path: PathBuf,
    digest: digest::Context,
    size: u64,
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Staged {
    /// Appends `bytes`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes).map_err(io("writing staged bytes"))?;
        }
        self.digest.update(bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Bytes received so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of what was received so far, lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(self.digest.clone().finish())
    }

    /// The staged file, for reading it before deciding to keep it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Objects {
    /// Opens (and makes, if needed) the folders below `data`.
    ///
    /// # Errors
    /// When they can't be made.
    pub fn open(data: &Path) -> Result<Self, Error> {
        for name in ["objects", "staging", "packages"] {
            fs::create_dir_all(data.join(name)).map_err(io("making the object folders"))?;
        }
        Ok(Self { root: data.to_path_buf() })
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// When the staged file can't be made.
    pub fn stage(&self, rng: &dyn Rng) -> Result<Staged, Error> {
        let mut name = [0_u8; 16];
        rng.fill(&mut name)?;
        let path = self.root.join("staging").join(hex::encode(name));
        let file =
            File::options().write(true).create_new(true).open(&path).map_err(io("making a staged file"))?;
        Ok(Staged { file: Some(file), path, digest: digest::Context::new(&digest::SHA256), size: 0 })
    }

    /// Makes staged bytes durable in their place. Bytes already kept are not written again.
    ///
    /// # Errors
    /// When the disk refuses; nothing is left behind then.
    pub fn keep(&self, mut staged: Staged) -> Result<Kept, Error> {
        let file = staged.file.take();
        let kept = Kept { sha256: staged.sha256(), size: staged.size };
        let place = self.path(&kept.sha256);
        let result = (|| {
            if self.found_again(&place)? {
                return fs::remove_file(&staged.path).map_err(io("dropping repeated bytes"));
            }
            if let Some(file) = &file {
                let mut rights = file.metadata().map_err(io("reading rights"))?.permissions();
                rights.set_readonly(true);
                file.set_permissions(rights).map_err(io("setting rights"))?;
                file.sync_all().map_err(io("making bytes durable"))?;
            }
            match fs::rename(&staged.path, &place) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    // The first with these two digits.
                    let folder = place.parent().unwrap_or(&self.root);
                    fs::create_dir_all(folder).map_err(io("making an object folder"))?;
                    sync_folder(&self.root.join("objects"))?;
                    fs::rename(&staged.path, &place)
                }
                outcome => outcome,
            }
            .map_err(io("putting bytes in their place"))?;
            // The name must be durable too.
            sync_folder(place.parent().unwrap_or(&self.root))?;
            Ok(())
        })();
        if result.is_err() {
            let _ = fs::remove_file(&staged.path);
        }
        result.map(|()| kept)
    }

    /// Keeps bytes that are in memory.
    ///
    /// # Errors
    /// As [`Self::stage`] and [`Self::keep`].
    pub fn keep_bytes(&self, bytes: &[u8], rng: &dyn Rng) -> Result<Kept, Error> {
        let mut staged = self.stage(rng)?;
        staged.write(bytes)?;
        self.keep(staged)
    }

    /// Opens kept bytes for reading.
    ///
    /// # Errors
    /// [`Error::Damaged`] when there are none under that name.
    pub fn open_kept(&self, sha256: &str) -> Result<File, Error> {
        if !is_sha256(sha256) {
            return Err(Error::Damaged(sha256.to_owned()));
        }
        File::open(self.path(sha256)).map_err(|_| Error::Damaged(sha256.to_owned()))
    }

    /// Where kept bytes lie, for engines that read files by path.
    #[must_use]
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.root.join("objects").join(sha256.get(..2).unwrap_or("00")).join(sha256)
    }

    /// The folder of packages built for the archive.
    #[must_use]
    pub fn packages(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// Reads kept bytes again and compares their digest with their name.
    ///
    /// # Errors
    /// [`Error::Damaged`] when they differ or are missing.
    pub fn verify(&self, sha256: &str) -> Result<u64, Error> {
        let mut file = self.open_kept(sha256)?;
        let mut context = digest::Context::new(&digest::SHA256);
        let mut buffer = vec![0_u8; 128 * 1024];
        let mut size = 0_u64;
        loop {
            let read = file.read(&mut buffer).map_err(io("reading kept bytes"))?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
            context.update(part);
            size += u64::try_from(read).unwrap_or(0);
        }
        if hex::encode(context.finish()) == sha256 {
            Ok(size)
        } else {
            Err(Error::Damaged(sha256.to_owned()))
        }
    }

    /// The folder of arriving bytes.
    pub(super) fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// The folder of kept bytes.
    pub(super) fn kept(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// Held together by whoever finds bytes in their place, alone by whoever removes some; in every process on this
    /// folder. Given up with the file.
    pub(super) fn lock(&self, alone: bool) -> Result<File, Error> {
        let path = self.root.join("objects.lock");
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(io("opening the lock of kept bytes"))?;
        let taken = if alone { fs4::FileExt::lock(&file) } else { fs4::FileExt::lock_shared(&file) };
        taken.map_err(io("locking kept bytes"))?;
        Ok(file)
    }

    /// Whether these bytes are in their place already; then they are young from now on, so that a sweep leaves them for
    /// the row that will name them.
    fn found_again(&self, place: &Path) -> Result<bool, Error> {
        if !place.exists() {
            return Ok(false);
        }
        let _together = self.lock(false)?;
        match File::open(place) {
            Ok(file) => file.set_modified(SystemTime::now()).map_err(io("touching kept bytes"))?,
            // Swept just before the lock was had.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(io("touching kept bytes")(error)),
        }
        // Whoever put them there may not have come to this yet.
        sync_folder(place.parent().unwrap_or(&self.root))?;
        Ok(true)
    }
}

pub(super) fn io(what: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Io { what, source }
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("making a folder durable"))
}

pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[derive(Insertable)]
#[diesel(table_name = objects)]
struct NewObject<'a> {
    sha256: &'a str,
    size: i64,
    media_type: &'a str,
    kept_at: NaiveDateTime,
}

/// Records that `owner` of an agency uses kept bytes, in the same transaction as what refers to them.
///
/// # Errors
/// When the database fails.
pub fn record_use(
    unit: &mut Unit<'_>,
    agency: &AgencyId,
    kept: &Kept,
    media_type: &str,
    owner: (&str, &str),
) -> Result<(), Error> {
    let row = NewObject {
        sha256: &kept.sha256,
        size: i64::try_from(kept.size).map_err(|_| Error::Unreadable("object size"))?,
        media_type,
        kept_at: unit.now_stored(),
    };
    let one_use = (
        object_uses::agency_id.eq(agency.as_str()),
        object_uses::sha256.eq(&kept.sha256),
        object_uses::owner_kind.eq(owner.0),
        object_uses::owner_id.eq(owner.1),
    );
    per_backend!(unit.connection(), c => {
        diesel::insert_into(objects::table).values(&row).on_conflict_do_nothing().execute(c)?;
        diesel::insert_into(object_uses::table).values(one_use).on_conflict_do_nothing().execute(c)?;
    });
    Ok(())
}

/// Every kept object's digest after `after`, in order, at most `limit`: for checking them all.
///
/// # Errors
/// When the database fails.
pub fn list(
    connection: &mut super::AnyConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, Error> {
    Ok(objects::table
        .filter(objects::sha256.gt(after))
        .order(objects::sha256)
        .limit(limit)
        .select((objects::sha256, objects::size))
        .load(connection)?)
}

/// Bytes that something uses and of which the list of kept bytes says nothing, in order, after one of them.
///
/// # Errors
/// When the database fails.
pub fn unlisted(
    connection: &mut super::AnyConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let listed = objects::table.select(objects::sha256);
    Ok(object_uses::table
        .filter(object_uses::sha256.gt(after).and(object_uses::sha256.ne_all(listed)))
        .select(object_uses::sha256)
        .distinct()
        .order(object_uses::sha256)
        .limit(limit)
        .load(connection)?)
}

/// Which digests of the claims (owner, digest) of one kind of owner are not listed as kept, or not for that owner.
///
/// # Errors
/// When the database fails.
pub fn unheld(
    connection: &mut super::AnyConnection,
    owner_kind: &str,
    claims: &[(String, String)],
) -> Result<Vec<String>, Error> {
    let held: HashSet<(String, String)> = object_uses::table
        .inner_join(objects::table)
        .filter(object_uses::owner_kind.eq(owner_kind))
        .filter(object_uses::sha256.eq_any(claims.iter().map(|(_, sha256)| sha256)))
        .select((object_uses::owner_id, object_uses::sha256))
        .load(connection)?
        .into_iter()
        .collect();
    Ok(claims.iter().filter(|claim| !held.contains(claim)).map(|(_, sha256)| sha256.clone()).collect())
}
