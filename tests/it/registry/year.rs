//! The year turns at local midnight, whatever the clock of the machine says in UTC.

use crate::support::databases::{Fresh, on_both};
use aws_lc_rs::signature::Ed25519KeyPair;
use chancery::audit::{Actor, fsck, log};
use chancery::desk::Desk;
use chancery::format::Kind;
use chancery::identity::Acting;
use chancery::identity::vault::Vault;
use chancery::merkle::note::NoteSigner;
use chancery::pki::TrustStore;
use chancery::ports::{FixedClock, SystemRng};
use chancery::profile::Profile;
use chancery::registry::Error;
use chancery::registry::journey::{Intake, TakenFile, take_in};
use chancery::registry::registers::{self, NewRegister};
use chancery::registry::rows::RegisterId;
use chancery::store::{AgencyId, Database, Objects, Scope, migrate};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

struct Office {
    desk: Desk,
    by: Acting,
    clock: Arc<FixedClock>,
    file: TakenFile,
    _folder: tempfile::TempDir,
}

impl Office {
    fn new(fresh: &Fresh) -> Self {
        migrate::check_or_create(&fresh.location).unwrap();
        let clock = Arc::new(FixedClock::at(instant("2026-06-01T00:00:00Z")));
        let database = Database::open(&fresh.location, 4, clock.clone(), Arc::new(SystemRng)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::open(folder.path()).unwrap();
        let kept = objects.keep_bytes(b"bytes of a letter", &SystemRng).unwrap();
        let desk = Desk {
            database,
            objects,
            elsewhere: Arc::default(),
            vault: Arc::new(Vault::from_hex(&"5".repeat(64)).unwrap()),
            trust: Arc::new(TrustStore::default()),
            profile: Arc::clone(Profile::builtin()),
            zone: chrono_tz::Asia::Ho_Chi_Minh,
            signing: chancery::desk::Signing::default(),
        };
        let agency = AgencyId::fresh(desk.now(), &SystemRng).unwrap();
        let by =
            Acting { scope: Scope::of(agency), actor: Actor::System, person: None, appointments: Vec::new() };
        let file = TakenFile { kept, kind: Kind::Docx, name: "letter.docx".to_owned() };
        Self { desk, by, clock, file, _folder: folder }
    }

    fn open(&self, year: Option<i32>) -> RegisterId {
        let new = NewRegister {
            name: "Incoming".to_owned(),
            direction: "incoming",
            types: Vec::new(),
            secret: false,
            year,
            first_number: Some(41),
        };
        let (by, zone) = (self.by.clone(), self.desk.zone);
        self.desk.database.write_blocking(move |unit| registers::open(unit, &by, zone, &new)).unwrap().id
    }

    /// Takes a letter in and gives it a number: (number, date), or the refusal.
    fn number(&self, register: &RegisterId) -> Result<(i64, NaiveDate), Error> {
        let (desk, by, file, register) =
            (self.desk.clone(), self.by.clone(), self.file.clone(), register.clone());
        self.desk.database.write_blocking(move |unit| {
            let intake = Intake {
                direction: "incoming",
                type_code: "CV".to_owned(),
                subject: "A letter".to_owned(),
                urgency: "normal",
                secrecy: "none",
                drafting_unit: None,
                sender: Some("Somebody".to_owned()),
                sender_notation: None,
                sender_date: None,
                relations: Vec::new(),
            };
            let document = take_in(unit, &desk, &by, &intake, (&file, None))?;
            let numbered = registers::number(
                unit,
                &by,
                &desk.profile,
                desk.zone,
                "UBND",
                &document.id,
                None,
                &register,
            )?;
            Ok((numbered.entry.number, numbered.entry.document_date))
        })
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_book_goes_on_from_one_at_local_midnight() {
    on_both(|fresh| {
        let office = Office::new(fresh);
        let register = office.open(None);
        // Hanoi is seven hours ahead: 17:00 in UTC is midnight there.
        office.clock.set(instant("2026-12-31T16:59:59.999999Z"));
        assert_eq!(office.number(&register).unwrap(), (41, day("2026-12-31")), "{}", fresh.name());
        assert_eq!(office.number(&register).unwrap(), (42, day("2026-12-31")));
        office.clock.set(instant("2026-12-31T17:00:00Z"));
        assert_eq!(office.number(&register).unwrap(), (1, day("2027-01-01")));
        assert_eq!(office.number(&register).unwrap(), (2, day("2027-01-01")));
        // A clock that was put back takes numbers of the old year again, and none twice.
        office.clock.set(instant("2026-12-31T16:59:59Z"));
        assert_eq!(office.number(&register).unwrap(), (43, day("2026-12-31")));
    });
}

#[test]
fn a_register_of_a_future_year_gives_no_number_yet() {
    on_both(|fresh| {
        let office = Office::new(fresh);
        let register = office.open(Some(2027));
        assert!(matches!(
            office.number(&register),
            Err(Error::Refused { code: "register_of_a_future_year", .. })
        ));
        office.clock.set(instant("2026-12-31T17:00:00Z"));
        assert_eq!(office.number(&register).unwrap(), (41, day("2027-01-01")), "{}", fresh.name());
    });
}

#[test]
fn events_of_one_moment_get_their_places_in_the_order_they_were_written_in() {
    on_both(|fresh| {
        // The clock stands: every event touches the same register in the same millisecond.
        let office = Office::new(fresh);
        let register = office.open(None);
        for _ in 0..12 {
            office.number(&register).unwrap();
        }
        let database = &office.desk.database;
        let bad = || {
            let report = database.read_blocking(|c| fsck::fsck(c, &chancery::trail::tables())).unwrap();
            report.first_bad.map(|bad| format!("{} {}", bad.kind, bad.what))
        };
        assert_eq!(bad(), None, "{}, waiting", fresh.name());
        assert!(log::sequence(database).unwrap() > 12);
        assert_eq!(bad(), None, "{}, placed", fresh.name());
        // A crash here leaves places without a signature over them: the next start signs.
        let key = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
        let signer = Arc::new(NoteSigner::new("log.example", key.as_ref()).unwrap());
        let opening = Arc::clone(&signer);
        let signed = || database.read_blocking(log::latest_checkpoint).unwrap().map(|(size, _)| size);
        database.write_blocking(move |unit| log::open(unit, &opening, "log.example")).unwrap();
        assert_eq!(signed(), None);
        log::resume(database, &signer).unwrap();
        let size = database.read_blocking(log::size).unwrap();
        assert_eq!(signed(), Some(size), "{}", fresh.name());
    });
}
