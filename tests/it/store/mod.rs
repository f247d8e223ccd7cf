//! The unit of work, the objects and the jobs, on both databases.

mod answers;
mod migrations;
mod sweep;

use crate::support::databases::{Fresh, on_both};
use chancery::ports::{SystemClock, SystemRng};
use chancery::store::{AgencyId, Database, Error, Objects, Unit, jobs, migrate};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn open(fresh: &Fresh) -> Database {
    migrate::check_or_create(&fresh.location).unwrap();
    Database::open(&fresh.location, 8, Arc::new(SystemClock), Arc::new(SystemRng)).unwrap()
}

diesel::table! { counters (id) { id -> Text, n -> BigInt, } }

fn counter(database: &Database) -> i64 {
    database
        .read_blocking(|c| counters::table.find("a").select(counters::n).first(c).map_err(Error::from))
        .unwrap()
}

fn with_counter(database: &Database) {
    database
        .write_blocking(|unit| {
            unit.connection()
                .batch_execute("CREATE TABLE counters (id TEXT PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO counters VALUES ('a', 0);")
                .map_err(Error::from)
        })
        .unwrap();
}

fn add_one(unit: &mut Unit<'_>) -> Result<(), Error> {
    let n: i64 = counters::table.find("a").select(counters::n).first(unit.connection())?;
    diesel::update(counters::table.find("a")).set(counters::n.eq(n + 1)).execute(unit.connection())?;
    Ok(())
}

/// Runs it 25 times in each of 8 threads.
fn crowd(work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..25).for_each(|_| work()));
        }
    });
}

#[test]
fn concurrent_read_modify_writes_lose_nothing() {
    on_both(|fresh| {
        let database = open(fresh);
        with_counter(&database);
        crowd(|| database.write_blocking(add_one).unwrap());
        assert_eq!(counter(&database), 200, "{}", fresh.name());
    });
}

#[test]
fn use_cases_that_meet_on_a_row_lose_nothing() {
    on_both(|fresh| {
        let database = open(fresh);
        with_counter(&database);
        crowd(|| database.write_rows_blocking(add_one).unwrap());
        assert_eq!(counter(&database), 200, "{}", fresh.name());
    });
}

#[test]
fn what_a_use_case_only_read_still_holds_when_it_commits() {
    on_both(|fresh| {
        let database = open(fresh);
        with_counter(&database);
        // Each takes one from the sum if there is one, from a row of its own: nobody meets on a row.
        database
            .write_blocking(|unit| {
                unit.connection()
                    .batch_execute("INSERT INTO counters VALUES ('b', 30), ('c', 30);")
                    .map_err(Error::from)
            })
            .unwrap();
        let taken = AtomicUsize::new(0);
        let which = AtomicUsize::new(0);
        crowd(|| {
            let row = if which.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) { "b" } else { "c" };
            let had = database.write_blocking(move |unit| {
                let all: Vec<i64> = counters::table.select(counters::n).load(unit.connection())?;
                if all.iter().sum::<i64>() <= 0 {
                    return Ok::<_, Error>(false);
                }
                diesel::update(counters::table.find(row))
                    .set(counters::n.eq(counters::n - 1))
                    .execute(unit.connection())?;
                Ok(true)
            });
            taken.fetch_add(usize::from(had.unwrap()), Ordering::Relaxed);
        });
        assert_eq!(taken.load(Ordering::Relaxed), 60, "{}", fresh.name());
    });
}

#[test]
fn connections_the_server_ended_are_replaced_unnoticed() {
    let Some(fresh) = crate::support::databases::postgres() else {
        println!("SKIPPED PostgreSQL: CHANCERY_TEST_POSTGRES names no server");
        return;
    };
    let database = open(&fresh);
    with_counter(&database);
    let end_all = || {
        let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        fresh.location.connect().unwrap().batch_execute(ended).unwrap();
    };
    let look = || {
        database
            .look_up_blocking(|c| counters::table.select(counters::n).first::<i64>(c).map_err(Error::from))
            .unwrap()
    };
    let add = |unit: &mut chancery::store::Unit<'_>| {
        diesel::update(counters::table).set(counters::n.eq(counters::n + 1)).execute(unit.connection())?;
        Ok::<_, Error>(())
    };
    // Several connections, all of them idle in the pool when the server ends them.
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| counter(&database)))));
    end_all();
    assert_eq!(counter(&database), 0);
    end_all();
    assert_eq!(look(), 0);
    end_all();
    database.write_blocking(add).unwrap();
    end_all();
    database.write_in_turn_blocking("counters", add).unwrap();
    assert_eq!(counter(&database), 2);
}

#[test]
fn a_refused_or_panicking_use_case_leaves_nothing_and_harms_no_other() {
    on_both(|fresh| {
        let database = open(fresh);
        with_counter(&database);
        let add = |then: fn() -> Result<(), Error>| {
            database.write_blocking(move |unit| {
                diesel::update(counters::table)
                    .set(counters::n.eq(counters::n + 1))
                    .execute(unit.connection())?;
                then()
            })
        };
        assert!(add(|| Err(Error::Conflict)).is_err());
        assert!(matches!(add(|| panic!("as a test")), Err(Error::Panicked)));
        add(|| Ok(())).unwrap();
        assert_eq!(counter(&database), 1, "{}", fresh.name());
    });
}

#[test]
fn readers_can_not_write() {
    on_both(|fresh| {
        let database = open(fresh);
        with_counter(&database);
        let outcome = database.read_blocking(|c| {
            diesel::update(counters::table).set(counters::n.eq(7)).execute(c).map_err(Error::from)
        });
        assert!(outcome.is_err(), "{}", fresh.name());
    });
}

#[test]
fn every_connection_to_sqlite_is_durable_at_commit() {
    #[derive(QueryableByName)]
    struct Pragma {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        synchronous: i32,
    }
    let fresh = crate::support::databases::sqlite();
    let database = open(&fresh);
    let read = |c: &mut chancery::store::AnyConnection| -> Result<i32, Error> {
        let row: Pragma = diesel::sql_query("PRAGMA synchronous").get_result(c)?;
        Ok(row.synchronous)
    };
    // 2 is FULL.
    assert_eq!(database.read_blocking(read).unwrap(), 2);
    assert_eq!(database.write_blocking(move |unit| read(unit.connection())).unwrap(), 2);
}

#[test]
fn a_job_is_claimed_once() {
    on_both(|fresh| {
        let database = open(fresh);
        database
            .write_blocking(|unit| {
                let agency = AgencyId::fresh(unit.now(), unit.rng())?;
                for n in 0..40 {
                    jobs::enqueue(unit, &agency, "test", &serde_json::json!({ "n": n }))?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();
        let claimed = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some(job) = jobs::claim(&database, "test").unwrap() {
                        claimed.lock().unwrap().push(job.payload);
                        let id = job.id;
                        database.write_blocking(move |unit| jobs::finish(unit, &id, "done", "done")).unwrap();
                    }
                });
            }
        });
        let mut claimed = claimed.into_inner().unwrap();
        let all = claimed.len();
        claimed.sort();
        claimed.dedup();
        assert_eq!((all, claimed.len()), (40, 40), "{}", fresh.name());
    });
}

#[test]
fn both_schemas_have_the_same_tables_columns_and_nullability() {
    let Some(postgres) = crate::support::databases::postgres() else {
        println!("SKIPPED schema comparison: CHANCERY_TEST_POSTGRES names no server");
        return;
    };
    #[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        place: String,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        mandatory: i64,
    }
    let sqlite = crate::support::databases::sqlite();
    let columns = |fresh: &Fresh, query: &'static str| -> Vec<Column> {
        let mut list: Vec<Column> =
            open(fresh).read_blocking(|c| diesel::sql_query(query).load(c).map_err(Error::from)).unwrap();
        list.sort();
        list
    };
    let ours = columns(
        &sqlite,
        "SELECT m.name || '.' || c.name AS place, CAST(c.\"notnull\" OR c.pk > 0 AS BIGINT) AS mandatory \
         FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'",
    );
    let theirs = columns(
        &postgres,
        "SELECT table_name || '.' || column_name AS place, \
         CAST(CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS BIGINT) AS mandatory \
         FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'",
    );
    assert!(!ours.is_empty());
    assert_eq!(ours, theirs);
}

#[test]
fn kept_bytes_are_found_by_their_digest_and_staged_ones_vanish_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path()).unwrap();
    let kept = objects.keep_bytes(b"abc", &SystemRng).unwrap();
    // FIPS 180-4, example of SHA-256("abc").
    assert_eq!(kept.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(objects.verify(&kept.sha256).unwrap(), 3);
    assert_eq!(objects.keep_bytes(b"abc", &SystemRng).unwrap(), kept);
    let mut staged = objects.stage(&SystemRng).unwrap();
    staged.write(b"half").unwrap();
    drop(staged);
    assert_eq!(std::fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
    assert!(matches!(objects.open_kept("../../etc/passwd"), Err(Error::Damaged(_))));
}
