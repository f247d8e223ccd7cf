//! Unpacking a ZIP somebody handed over: nothing leads outside the folder it is unpacked to, and nothing grows beyond
//! what its packed size lets one expect.

use super::check::{Limits, PackageError};
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Unpacks a ZIP of one top folder into `into`; gives that folder's name.
pub(super) fn unpack(path: &Path, into: &Path, limits: &Limits) -> Result<String, PackageError> {
    let mut archive = zip::ZipArchive::new(File::open(path)?).map_err(|_| PackageError::Kind)?;
    if archive.len() > limits.files {
        return Err(PackageError::Limit("number of files"));
    }
    let mut names = HashSet::new();
    let mut tops = BTreeSet::new();
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|error| PackageError::Unsafe(format!("entry {index}: {error}")))?;
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => return Err(PackageError::Unsafe(format!("entry {index}: no readable name"))),
        };
        let refuse = |why: &str| PackageError::Unsafe(format!("{name}: {why}"));
        if entry.encrypted() {
            return Err(refuse("encrypted"));
        }
        if entry.is_symlink() {
            return Err(refuse("a link"));
        }
        if name.contains(['\\', '\0', ':'])
            || name.starts_with('/')
            || name.split('/').any(|part| part == ".." || part == ".")
        {
            return Err(refuse("a path that leads outside"));
        }
        if !names.insert(name.to_lowercase()) {
            return Err(refuse("a name that stands twice"));
        }
        if let Some(top) = name.split('/').next() {
            tops.insert(top.to_owned());
        }
        let target = into.join(&name);
        if entry.is_dir() {
            fs::create_dir_all(&target)?;
            continue;
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let allowed = (1 << 20) + entry.compressed_size().saturating_mul(limits.ratio);
        let mut file = File::create_new(&target)?;
        let copied = io::copy(&mut (&mut entry).take(allowed + 1), &mut file)
            .map_err(|error| PackageError::Unsafe(format!("{name}: {error}")))?;
        total += copied;
        if copied > allowed || total > limits.bytes {
            return Err(PackageError::Limit("unpacked size"));
        }
    }
    let mut tops = tops.into_iter();
    match (tops.next(), tops.next()) {
        (Some(top), None) => Ok(top),
        _ => Err(PackageError::Unsafe("not exactly one top folder".to_owned())),
    }
}
