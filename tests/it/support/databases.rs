//! A fresh database of each kind for every test that touches one.
//!
//! SQLite in a temporary folder always; PostgreSQL when `CHANCERY_TEST_POSTGRES` names a server
//! (`postgres://user@host:port/postgres`), a database of its own for each test.

use chancery::store::Location;
use diesel::connection::SimpleConnection;
use std::sync::atomic::{AtomicU32, Ordering};

/// A database that vanishes with this value.
pub struct Fresh {
    pub location: Location,
    _folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Fresh {
    pub fn name(&self) -> &'static str {
        match self.location {
            Location::Sqlite(_) => "SQLite",
            Location::Postgres(_) => "PostgreSQL",
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some((server, name)) = self.server.take()
            && let Ok(mut connection) = Location::Postgres(server).connect()
        {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        }
    }
}

/// An empty SQLite database.
pub fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    Fresh { location: Location::Sqlite(folder.path().join("chancery.db")), _folder: folder, server: None }
}

/// An empty PostgreSQL database, when the run has a server.
pub fn postgres() -> Option<Fresh> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("CHANCERY_TEST_POSTGRES").ok()?;
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let mut connection = Location::Postgres(server.clone()).connect().expect("the test server answers");
    connection.batch_execute(&format!("CREATE DATABASE \"{name}\"")).unwrap();
    let (base, query) = server.split_once('?').map_or((server.as_str(), None), |(b, q)| (b, Some(q)));
    let root = base.rsplit_once('/').expect("a URL with a database").0;
    let url = query.map_or_else(|| format!("{root}/{name}"), |query| format!("{root}/{name}?{query}"));
    let folder = tempfile::tempdir().unwrap();
    Some(Fresh { location: Location::Postgres(url), _folder: folder, server: Some((server, name)) })
}

/// Runs `test` on an empty database of each kind.
pub fn on_both(test: impl Fn(&Fresh)) {
    test(&sqlite());
    match postgres() {
        Some(fresh) => test(&fresh),
        None => println!("SKIPPED PostgreSQL: CHANCERY_TEST_POSTGRES names no server"),
    }
}
