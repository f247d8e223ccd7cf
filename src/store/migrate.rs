//! The schema's versions: brought up to date by command, checked at every start.
//!
//! A database newer than this program, or one that lacks steps of it, is refused. An empty one is
//! set up at once. Several nodes may migrate at the same time: on PostgreSQL they queue on an
//! advisory lock, on SQLite on the file.

use super::connection::{AnyConnection, Location};
use super::error::Error;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// Any constant will do, as long as every version of this program uses the same.
const ADVISORY_LOCK: &str = "4128620381";

/// Why a database can't be used as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Steps are missing: `migrate` brings them in.
    #[error("the database lacks {0} migration(s); run `chancery migrate`")]
    Behind(usize),
    /// It was written by a newer program.
    #[error("the database is newer than this program: it knows step {0}")]
    Newer(String),
    /// A step failed; nothing of it was kept.
    #[error("migration failed: {0}")]
    Failed(String),
}

/// Checks that the schema is exactly this program's; sets an empty database up.
///
/// # Errors
/// [`SchemaError`] when it is behind or newer; the store's failure otherwise.
pub fn check_or_create(location: &Location) -> Result<(), Error> {
    let mut connection = location.connect()?;
    let (applied, known) = versions(&mut connection)?;
    if applied.is_empty() {
        return migrate(location).map(|_| ());
    }
    if let Some(stranger) = applied.difference(&known).next() {
        return Err(SchemaError::Newer(stranger.clone()).into());
    }
    match known.difference(&applied).count() {
        0 => Ok(()),
        missing => Err(SchemaError::Behind(missing).into()),
    }
}

/// Brings the schema up to date; gives the versions it applied.
///
/// # Errors
/// [`SchemaError`] when the database is newer or a step fails.
pub fn migrate(location: &Location) -> Result<Vec<String>, Error> {
    let mut connection = location.connect()?;
    if matches!(connection, AnyConnection::Pg(_)) {
        connection.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
    }
    let (applied, known) = versions(&mut connection)?;
    if let Some(stranger) = applied.difference(&known).next() {
        return Err(SchemaError::Newer(stranger.clone()).into());
    }
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| SchemaError::Failed(error.to_string());
    let done: Vec<String> = match &mut connection {
        AnyConnection::Pg(pg) => {
            pg.run_pending_migrations(POSTGRES).map_err(failed)?.iter().map(ToString::to_string).collect()
        }
        AnyConnection::Sqlite(sqlite) => {
            sqlite.run_pending_migrations(SQLITE).map_err(failed)?.iter().map(ToString::to_string).collect()
        }
    };
    if matches!(connection, AnyConnection::Pg(_)) {
        connection.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
    }
    Ok(done)
}

/// (applied, known to this program)
fn versions(connection: &mut AnyConnection) -> Result<(BTreeSet<String>, BTreeSet<String>), Error> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| SchemaError::Failed(error.to_string());
    let names = |list: Vec<MigrationVersion<'_>>| list.iter().map(ToString::to_string).collect();
    match connection {
        AnyConnection::Pg(pg) => {
            let known: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().map_err(failed)?;
            Ok((
                names(pg.applied_migrations().map_err(failed)?),
                known.iter().map(|step| step.name().version().to_string()).collect(),
            ))
        }
        AnyConnection::Sqlite(sqlite) => {
            let known: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
                SQLITE.migrations().map_err(failed)?;
            Ok((
                names(sqlite.applied_migrations().map_err(failed)?),
                known.iter().map(|step| step.name().version().to_string()).collect(),
            ))
        }
    }
}
