//! What is remembered of authorities' answers: asked once, judged every time, never when it proved nothing.

use super::years::{World, at, signed};
use crate::support::databases::{Fresh, on_both};
use crate::support::pki::pki;
use chancery::fetch::{Guarded, Limits};
use chancery::pki::MemoryKey;
use chancery::pki::TrustStore;
use chancery::pki::key::read_key_file;
use chancery::ports::{
    Clock, Fetch, FetchFailed, FixedClock, Memory, Outgoing, SystemClock, SystemRng, Topic,
};
use chancery::signature::online::Network;
use chancery::signature::report::Report;
use chancery::signature::validate::{Policy, Supply, validate_with};
use chancery::store::{Answers, Database, Remembering, migrate};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
const LIST: &str = "http://lists.invalid/root.crl";

/// An authority that answers with what it is told to, and counts.
struct Authority {
    answer: Mutex<Option<Vec<u8>>>,
    asked: Mutex<usize>,
}

impl Authority {
    fn new(answer: Vec<u8>) -> Self {
        Self { answer: Mutex::new(Some(answer)), asked: Mutex::new(0) }
    }

    fn says(&self, answer: Option<Vec<u8>>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> usize {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Fetch for Authority {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        *self.asked.lock().unwrap() += 1;
        let silent = || FetchFailed::NoAnswer { url: request.url.to_owned(), why: "silence".to_owned() };
        self.answer.lock().unwrap().clone().ok_or_else(silent)
    }
}

struct Desk {
    world: World,
    clock: Arc<FixedClock>,
    database: Database,
}

impl Desk {
    fn open(fresh: &Fresh) -> Self {
        migrate::check_or_create(&fresh.location).unwrap();
        let clock = Arc::new(FixedClock::at(at("2026-06-20")));
        let given = Arc::clone(&clock) as Arc<dyn Clock>;
        let database = Database::open(&fresh.location, 8, given, Arc::new(SystemRng)).unwrap();
        Self { world: World::new(), clock, database }
    }

    fn go_to(&self, when: DateTime<Utc>) {
        self.clock.set(when);
    }

    /// The verdict now, with answers at most so old recalled.
    fn judge(&self, file: &[u8], authority: &Authority, age: Duration) -> Report {
        let policy = Policy { trust: TrustStore::new(vec![self.world.root.clone()]), at: self.clock.now() };
        let fetch = Remembering::new(authority, Answers::at_most(&self.database, age));
        let network = Some(Network { fetch: &fetch, rng: &SystemRng });
        validate_with(&file.to_vec(), &policy, &Supply { network, ..Supply::default() }).unwrap().report
    }
}

#[test]
fn the_second_verdict_asks_nothing_until_a_newer_list_is_due() {
    on_both(|fresh| {
        let desk = Desk::open(fresh);
        let file = signed(&desk.world.person(), "2026-06-15", None).unwrap();
        let authority = Authority::new(desk.world.list("2026-06", &[]).der);
        let first = desk.judge(&file, &authority, DAY);
        assert_eq!((first.indication.as_str(), authority.asked()), ("TOTAL-PASSED", 1));
        // The authority is dead now; what it said holds still.
        authority.says(None);
        let second = desk.judge(&file, &authority, DAY);
        assert_eq!((second.indication.as_str(), authority.asked()), ("TOTAL-PASSED", 0));
        // Another person's certificate by the same list.
        let other = signed(&desk.world.person(), "2026-06-16", None).unwrap();
        assert_eq!(
            (desk.judge(&other, &authority, DAY).indication.as_str(), authority.asked()),
            ("TOTAL-PASSED", 0)
        );
        // Too old for who asks, though the list itself isn't overdue.
        desk.go_to(at("2026-06-22"));
        assert_eq!(
            (desk.judge(&file, &authority, DAY).indication.as_str(), authority.asked()),
            ("INDETERMINATE", 1)
        );
        // Overdue for everybody.
        desk.go_to(at("2026-07-20"));
        let late = desk.judge(&file, &authority, 300 * DAY);
        assert_eq!((late.indication.as_str(), authority.asked()), ("INDETERMINATE", 1));
        authority.says(Some(desk.world.list("2026-07", &[]).der));
        assert_eq!(desk.judge(&file, &authority, 300 * DAY).indication, "TOTAL-PASSED");
    });
}

#[test]
fn a_revocation_is_learnt_by_whoever_demands_what_is_fresh() {
    on_both(|fresh| {
        let desk = Desk::open(fresh);
        let person = desk.world.person();
        let file = signed(&person, "2026-06-15", None).unwrap();
        let authority = Authority::new(desk.world.list("2026-06", &[]).der);
        assert_eq!(desk.judge(&file, &authority, DAY).indication, "TOTAL-PASSED");
        desk.go_to(at("2026-06-20") + TimeDelta::minutes(5));
        let revoked = desk.world.list("2026-06", &[(&person, "2026-06-10")]);
        authority.says(Some(revoked.der));
        authority.asked();
        // A minute, as before signing: the cached word is too old.
        let fresh = desk.judge(&file, &authority, Duration::from_secs(60));
        assert_eq!(authority.asked(), 1);
        assert_eq!(fresh.signatures[0].sub_indication.as_deref(), Some("REVOKED_NO_POE"), "{fresh:#?}");
        // And from then on everybody knows, with the authority dead.
        authority.says(None);
        let known = desk.judge(&file, &authority, DAY);
        assert_eq!(known.signatures[0].sub_indication.as_deref(), Some("REVOKED_NO_POE"));
        assert_eq!(authority.asked(), 0);
    });
}

#[test]
fn what_proved_nothing_is_never_remembered() {
    on_both(|fresh| {
        let desk = Desk::open(fresh);
        let file = signed(&desk.world.person(), "2026-06-15", None).unwrap();
        let real = desk.world.list("2026-06", &[]).der;
        let mut turned = real.clone();
        *turned.last_mut().unwrap() ^= 1;
        let old = desk.world.list("2026-04", &[]).der;
        for bad in [turned, World::new().list("2026-06", &[]).der, b"<html>".to_vec(), Vec::new(), old] {
            let authority = Authority::new(bad);
            assert_ne!(desk.judge(&file, &authority, DAY).indication, "TOTAL-PASSED");
            assert_eq!(authority.asked(), 1, "asked, as nothing is remembered");
            assert_eq!(Answers::at_most(&desk.database, DAY).recall(Topic::List, LIST), None);
        }
        // Something foreign put into the table changes no verdict: it is judged like an answer, then asked past.
        Answers::at_most(&desk.database, DAY).keep(
            Topic::List,
            LIST,
            &World::new().list("2026-06", &[]).der,
            None,
        );
        let authority = Authority::new(real);
        assert_eq!(
            (desk.judge(&file, &authority, DAY).indication.as_str(), authority.asked()),
            ("TOTAL-PASSED", 1)
        );
        assert_eq!(
            (desk.judge(&file, &authority, DAY).indication.as_str(), authority.asked()),
            ("TOTAL-PASSED", 0)
        );
    });
}

#[test]
fn verdicts_at_the_same_time_do_not_disturb_each_other() {
    on_both(|fresh| {
        let desk = Desk::open(fresh);
        let file = signed(&desk.world.person(), "2026-06-15", None).unwrap();
        let authority = Authority::new(desk.world.list("2026-06", &[]).der);
        let (clock, database, root) = (&desk.clock, &desk.database, &desk.world.root);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let (file, authority) = (&file, &authority);
                scope.spawn(move || {
                    let policy = Policy { trust: TrustStore::new(vec![root.clone()]), at: clock.now() };
                    let fetch = Remembering::new(authority, Answers::at_most(database, DAY));
                    let network = Some(Network { fetch: &fetch, rng: &SystemRng });
                    let supply = Supply { network, ..Supply::default() };
                    let judged = validate_with(file, &policy, &supply).unwrap();
                    assert_eq!(judged.report.indication, "TOTAL-PASSED");
                });
            }
        });
        assert!((1..=8).contains(&authority.asked()));
        desk.judge(&file, &authority, DAY);
        assert_eq!(authority.asked(), 0);
    });
}

/// Passes on what it is asked, and counts.
struct Counted(Guarded, Mutex<Vec<String>>);

impl Fetch for Counted {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        self.1.lock().unwrap().push(request.url.to_owned());
        self.0.fetch(request)
    }
}

#[test]
fn an_issuer_left_out_of_the_signature_is_fetched_once() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        let desk = Desk::open(fresh);
        desk.go_to(SystemClock.now() + TimeDelta::seconds(1));
        let [key, certificate] = [1, 3].map(|place| std::fs::read(&pki.key("ec", "signer")[place]).unwrap());
        let file: Vec<u8> = [key, certificate].concat();
        let read = read_key_file(&file, None).unwrap();
        let key = MemoryKey::new(&read.pkcs8, read.certificate.unwrap(), vec![]).unwrap();
        let file = signed(&key, &SystemClock.now().format("%Y-%m-%d").to_string(), None).unwrap();
        let root = std::fs::read(pki.path("trust-ec/root.pem")).unwrap();
        let policy = Policy {
            trust: TrustStore::new(chancery::pki::read_certificates(&root).unwrap()),
            at: desk.clock.now(),
        };
        let judge = || {
            let host = format!("http://{}/", pki.host());
            let client = Counted(Guarded::new(Limits::default()).allowing(&host), Mutex::default());
            let fetch = Remembering::new(&client, Answers::at_most(&desk.database, DAY));
            let network = Some(Network { fetch: &fetch, rng: &SystemRng });
            let supply = Supply { network, ..Supply::default() };
            let report = validate_with(&file, &policy, &supply).unwrap().report;
            assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
            client.1.into_inner().unwrap()
        };
        let first = judge();
        assert!(first.iter().any(|url| url.contains("/certs/")), "{first:?}");
        assert_eq!(judge(), Vec::<String>::new(), "issuer, response and list are remembered");
    });
}
