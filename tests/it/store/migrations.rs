//! Steps of the schema over real data: a database as an earlier program left it is brought up to date, and nothing of what
//! the trail says of its rows changes.

use crate::support::databases::{Fresh, on_both};
use crate::support::judges;
use chancery::store::{AnyConnection, Location};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use std::path::Path;
use std::process::{Command, Output};

/// The steps gone back and made again: those behind the first landing that kept people's data.
const STEPS: usize = 6;

fn chancery(fresh: &Fresh, data: &Path, arguments: &[&str]) -> Output {
    let url = match &fresh.location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("CHANCERY__STORAGE__DATABASE", url)
        .output()
        .unwrap()
}

/// Takes the newest steps back.
fn back(fresh: &Fresh) {
    let steps = |kind: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
        FileBasedMigrations::from_path(folder).unwrap()
    };
    let mut connection = fresh.location.connect().unwrap();
    for _ in 0..STEPS {
        match &mut connection {
            AnyConnection::Pg(pg) => pg.revert_last_migration(steps("postgres")).unwrap(),
            AnyConnection::Sqlite(sqlite) => sqlite.revert_last_migration(steps("sqlite")).unwrap(),
        };
    }
}

#[test]
fn a_database_of_an_earlier_program_is_brought_up_to_date_with_its_trail_whole() {
    on_both(|fresh| {
        let data = tempfile::tempdir().unwrap();
        let good = |arguments: &[&str]| {
            let output = chancery(fresh, data.path(), arguments);
            assert!(output.status.success(), "{}: {arguments:?}: {}", fresh.name(), judges::text(&output));
        };
        good(&["demo"]);
        good(&["audit", "fsck"]);
        back(fresh);
        // What isn't up to date isn't touched: the refusal says what to do.
        let refused = chancery(fresh, data.path(), &["audit", "fsck"]);
        assert_eq!(refused.status.code(), Some(1), "{}", judges::text(&refused));
        assert!(judges::text(&refused).contains("chancery migrate"), "{}", judges::text(&refused));
        let migrated = chancery(fresh, data.path(), &["migrate"]);
        let said = format!("{STEPS} migration(s) applied");
        assert!(
            migrated.status.success() && judges::text(&migrated).contains(&said),
            "{}",
            judges::text(&migrated)
        );
        good(&["audit", "fsck"]);
        good(&["migrate"]);
    });
}
