//! The memory for answers of machines elsewhere, on both databases.

use crate::support::databases::{Fresh, on_both};
use chancery::ports::{Clock, FixedClock, Memory, SystemRng, Topic};
use chancery::store::answers::Limits;
use chancery::store::{Answers, Database, Error, migrate};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn start() -> DateTime<Utc> {
    "2026-06-15T08:00:00Z".parse().unwrap()
}

fn open(fresh: &Fresh) -> (Database, Arc<FixedClock>) {
    migrate::check_or_create(&fresh.location).unwrap();
    let clock = Arc::new(FixedClock::at(start()));
    let given = Arc::clone(&clock) as Arc<dyn Clock>;
    (Database::open(&fresh.location, 8, given, Arc::new(SystemRng)).unwrap(), clock)
}

diesel::table! { remembered_answers (key) { key -> Text, about -> Text, size -> BigInt, } }

fn all(database: &Database) -> Vec<(String, i64)> {
    let found = database.read_blocking(|c| {
        remembered_answers::table
            .select((remembered_answers::about, remembered_answers::size))
            .order(remembered_answers::about)
            .load(c)
            .map_err(Error::from)
    });
    found.unwrap()
}

#[test]
fn an_answer_is_recalled_by_topic_and_name_until_it_is_overdue_or_too_old() {
    on_both(|fresh| {
        let (database, clock) = open(fresh);
        let recent = || Answers::at_most(&database, HOUR);
        let until = start() + TimeDelta::hours(2);
        recent().keep(Topic::List, "http://a/", b"list", Some(until));
        recent().keep(Topic::Status, "http://a/", b"status", None);
        assert_eq!(recent().recall(Topic::List, "http://a/").as_deref(), Some(&b"list"[..]));
        assert_eq!(recent().recall(Topic::Status, "http://a/").as_deref(), Some(&b"status"[..]));
        assert_eq!(recent().recall(Topic::Issuer, "http://a/"), None);
        assert_eq!(recent().recall(Topic::List, "http://b/"), None);
        // Freshness demanded: what was fetched before isn't recalled, and with no time nothing is.
        assert_eq!(Answers::at_most(&database, Duration::ZERO).recall(Topic::List, "http://a/"), None);
        clock.set(start() + TimeDelta::seconds(1));
        assert_eq!(Answers::from_now(&database).recall(Topic::List, "http://a/"), None);
        clock.set(start() + TimeDelta::hours(1));
        assert!(recent().recall(Topic::List, "http://a/").is_some());
        clock.set(start() + TimeDelta::minutes(61));
        assert_eq!(recent().recall(Topic::List, "http://a/"), None, "older than asked for");
        let any = || Answers::at_most(&database, 24 * HOUR);
        assert!(any().recall(Topic::List, "http://a/").is_some());
        clock.set(until);
        assert_eq!(any().recall(Topic::List, "http://a/"), None, "newer information is due");
        assert!(any().recall(Topic::Status, "http://a/").is_some(), "it names no end");
        clock.set(start() - TimeDelta::minutes(1));
        assert_eq!(any().recall(Topic::Status, "http://a/"), None, "of the future: the clock went back");
        clock.set(start() + TimeDelta::days(8));
        assert_eq!(Answers::at_most(&database, 300 * HOUR).recall(Topic::Status, "http://a/"), None);
        any().keep(Topic::List, "http://b/", b"new", None);
        assert_eq!(all(&database).len(), 1, "what is overdue goes when something comes");
    });
}

#[test]
fn the_memory_is_bounded_and_the_oldest_makes_room() {
    on_both(|fresh| {
        let (database, clock) = open(fresh);
        let limits = Limits { one: 100, all: 1000, count: 5, ..Limits::default() };
        let memory = || Answers::at_most(&database, 24 * HOUR).within(limits);
        memory().keep(Topic::List, "large", &[7; 101], None);
        memory().keep(Topic::List, "empty", &[], None);
        assert_eq!(all(&database), []);
        for place in 0..8_u8 {
            clock.set(start() + TimeDelta::minutes(i64::from(place)));
            memory().keep(Topic::List, &format!("list {place}"), &[place; 10], None);
        }
        let names: Vec<String> = all(&database).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["list 3", "list 4", "list 5", "list 6", "list 7"]);
        let limits = Limits { one: 1000, all: 1000, count: 50, ..limits };
        Answers::at_most(&database, HOUR).within(limits).keep(Topic::List, "wide", &[1; 975], None);
        let names: Vec<String> = all(&database).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["list 6", "list 7", "wide"]);
        // The same again takes the place of what was there.
        memory().keep(Topic::List, "list 7", &[9; 20], None);
        assert!(all(&database).contains(&("list 7".to_owned(), 20)));
        // A name as long as a stranger likes.
        let long = "http://x/".repeat(20_000);
        memory().keep(Topic::List, &long, b"long", None);
        assert_eq!(memory().recall(Topic::List, &long).as_deref(), Some(&b"long"[..]));
        assert!(all(&database).iter().all(|(name, _)| name.len() <= 300));
    });
}

#[test]
fn many_remember_at_once_and_bytes_come_back_as_they_were() {
    on_both(|fresh| {
        let (database, _) = open(fresh);
        let body: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let (database, body) = (&database, &body);
                scope.spawn(move || {
                    let memory = Answers::at_most(database, HOUR);
                    memory.keep(Topic::List, "the same", body, None);
                    memory.keep(Topic::Status, &format!("own {worker}"), b"x", None);
                    assert_eq!(memory.recall(Topic::List, "the same").as_deref(), Some(body.as_slice()));
                });
            }
        });
        assert_eq!(all(&database).len(), 9, "{}", fresh.name());
    });
}

#[test]
fn a_memory_that_fails_has_forgotten_and_one_that_is_reopened_has_not() {
    on_both(|fresh| {
        let (database, _) = open(fresh);
        Answers::at_most(&database, HOUR).keep(Topic::Issuer, "http://a/", b"certificate", None);
        drop(database);
        let (database, _) = open(fresh);
        let memory = Answers::at_most(&database, HOUR);
        assert!(memory.recall(Topic::Issuer, "http://a/").is_some());
        database
            .write_blocking(|unit| {
                unit.connection().batch_execute("DROP TABLE remembered_answers").map_err(Error::from)
            })
            .unwrap();
        assert_eq!(memory.recall(Topic::Issuer, "http://a/"), None);
        memory.keep(Topic::Issuer, "http://a/", b"certificate", None);
    });
}
