//! What a crash left behind goes; what somebody still needs stays.

use crate::support::databases::{Fresh, on_both};
use chancery::ports::{SystemClock, SystemRng};
use chancery::store::objects::record_use;
use chancery::store::{AgencyId, Database, Error, Objects, migrate};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn open(fresh: &Fresh) -> Database {
    migrate::check_or_create(&fresh.location).unwrap();
    Database::open(&fresh.location, 4, Arc::new(SystemClock), Arc::new(SystemRng)).unwrap()
}

fn make_old(path: &Path) {
    File::open(path).unwrap().set_modified(SystemTime::now() - 2 * DAY).unwrap();
}

fn commit(database: &Database, kept: &chancery::store::Kept, owner: &str) {
    let (kept, owner) = (kept.clone(), owner.to_owned());
    database
        .write_blocking(move |unit| {
            let agency = AgencyId::fresh(unit.now(), unit.rng())?;
            record_use(unit, &agency, &kept, "application/pdf", ("version", &owner))
        })
        .unwrap();
}

#[test]
fn kept_bytes_without_a_row_go_when_they_are_old() {
    on_both(|fresh| {
        let folder = tempfile::tempdir().unwrap();
        let (database, objects) = (open(fresh), Objects::open(folder.path()).unwrap());
        let keep = |text: &str| objects.keep_bytes(text.as_bytes(), &SystemRng).unwrap();
        let [named, orphan, young, again] = ["named", "orphan", "young", "again"].map(keep);
        commit(&database, &named, "1");
        for kept in [&named, &orphan, &again] {
            make_old(&objects.path(&kept.sha256));
        }
        // Somebody uploads the same bytes now; the row will follow.
        assert_eq!(keep("again"), again);
        assert_eq!(objects.sweep_unrecorded(&database, DAY).unwrap(), 1, "{}", fresh.name());
        for kept in [&named, &young, &again] {
            objects.verify(&kept.sha256).unwrap();
        }
        assert!(matches!(objects.verify(&orphan.sha256), Err(Error::Damaged(_))));
        assert_eq!(objects.sweep_unrecorded(&database, Duration::ZERO).unwrap(), 2);
        objects.verify(&named.sha256).unwrap();
    });
}

#[test]
fn a_sweep_takes_nothing_from_uploads_of_the_same_bytes() {
    // Two processes: each with its own connections, one of them sweeping all the time what was old.
    on_both(|fresh| {
        let folder = tempfile::tempdir().unwrap();
        let (uploads, objects) = (open(fresh), Objects::open(folder.path()).unwrap());
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let (sweeper, folder, done) = (&uploads, folder.path(), &done);
            scope.spawn(move || {
                let objects = Objects::open(folder).unwrap();
                while !done.load(Ordering::SeqCst) {
                    objects.sweep_unrecorded(sweeper, DAY).unwrap();
                }
            });
            let mut kept_all = Vec::new();
            for round in 0..60 {
                let text = format!("bytes {round}");
                let first = objects.keep_bytes(text.as_bytes(), &SystemRng).unwrap();
                make_old(&objects.path(&first.sha256));
                let kept = objects.keep_bytes(text.as_bytes(), &SystemRng).unwrap();
                commit(&uploads, &kept, &text);
                kept_all.push(kept);
            }
            done.store(true, Ordering::SeqCst);
            for kept in kept_all {
                assert!(objects.verify(&kept.sha256).is_ok(), "{}: {}", fresh.name(), kept.sha256);
            }
        });
    });
}
