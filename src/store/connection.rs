//! Connections to the two databases behind one type.
//!
//! The URL's scheme decides which: an unknown one is refused, never taken as a file name.

#![expect(
    missing_docs,
    reason = "the derive of the connection type makes public items without documentation"
)]

use super::error::Error;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use std::path::PathBuf;
use std::time::Duration;

/// A connection to either database. Statements common to both run on it directly; for the rest
/// there is [`crate::per_backend`].
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl std::fmt::Debug for AnyConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pg(_) => "AnyConnection::Pg",
            Self::Sqlite(_) => "AnyConnection::Sqlite",
        })
    }
}

/// Runs the same expression on the concrete connection of either database: for statements the
/// common subset lacks (upsert, batch insert).
#[macro_export]
macro_rules! per_backend {
    ($connection:expr, $concrete:ident => $body:expr) => {
        match $connection {
            $crate::store::AnyConnection::Pg($concrete) => $body,
            $crate::store::AnyConnection::Sqlite($concrete) => $body,
        }
    };
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL (holds a password: not for logs).
    Postgres(String),
}

impl Location {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`; anything else gives `None`.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return (!path.is_empty()).then(|| Self::Sqlite(PathBuf::from(path)));
        }
        (url.starts_with("postgres://") || url.starts_with("postgresql://"))
            .then(|| Self::Postgres(url.to_owned()))
    }

    /// A connection that may write.
    ///
    /// # Errors
    /// When the database can't be reached or opened.
    pub fn connect(&self) -> Result<AnyConnection, Error> {
        match self {
            Self::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())
                    .map_err(|error| Error::Connection(error.to_string()))?;
                // FULL: an acknowledged commit survives a power cut. These hold per connection.
                connection.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
                )?;
                Ok(AnyConnection::Sqlite(connection))
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url).map_err(|_| {
                    // The driver's text may repeat the URL with its password.
                    Error::Connection("PostgreSQL did not accept the connection".to_owned())
                })?;
                // Sequential scans would put whole small tables under serializable predicate locks,
                // and unrelated documents in each other's way. Every statement finds its rows by key, so that one
                // plan fits all values: nothing is planned again for each.
                connection.batch_execute(
                    "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET TIME ZONE 'UTC'; SET statement_timeout = '60s'; \
                     SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning;",
                )?;
                Ok(AnyConnection::Pg(connection))
            }
        }
    }

    /// A connection for reading only.
    pub(super) fn connect_reader(&self) -> Result<AnyConnection, Error> {
        let mut connection = self.connect()?;
        if let AnyConnection::Sqlite(sqlite) = &mut connection {
            sqlite.batch_execute("PRAGMA query_only = ON;")?;
        }
        Ok(connection)
    }
}

/// Makes and checks the connections of a pool.
#[derive(Debug)]
pub(super) struct Manager {
    pub(super) location: Location,
    pub(super) read_only: bool,
}

/// A pool of connections.
pub(super) type Pool = diesel::r2d2::Pool<Manager>;

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = Error;

    fn connect(&self) -> Result<AnyConnection, Error> {
        if self.read_only { self.location.connect_reader() } else { self.location.connect() }
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        connection.batch_execute("SELECT 1").map_err(Error::from)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        // A connection left inside a transaction (by a panic) must not be handed on.
        let broken =
            |depth: Result<Option<std::num::NonZeroU32>, _>| depth.map_or(true, |depth| depth.is_some());
        match connection {
            AnyConnection::Pg(pg) => broken(
                <AnsiTransactionManager as TransactionManager<PgConnection>>::transaction_manager_status_mut(pg)
                    .transaction_depth(),
            ),
            AnyConnection::Sqlite(sqlite) => broken(
                <AnsiTransactionManager as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(sqlite)
                    .transaction_depth(),
            ),
        }
    }
}

/// A pool of up to `size` connections to `location`.
pub(super) fn pool(location: &Location, size: u32, read_only: bool) -> Result<Pool, Error> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(15))
        .build(Manager { location: location.clone(), read_only })
        .map_err(|error| Error::Connection(error.to_string()))
}

/// A connection of the pool on which `first` went through. A first statement is what shows that a connection still
/// works: one that was lost meanwhile is replaced, so that no statement is spent on asking.
///
/// # Errors
/// When no connection can be had.
pub(super) fn connected(
    pool: &Pool,
    first: impl Fn(&mut AnyConnection) -> QueryResult<()>,
) -> Result<diesel::r2d2::PooledConnection<Manager>, Error> {
    let mut lost = 0;
    loop {
        let mut pooled = pool.get().map_err(|error| Error::Connection(error.to_string()))?;
        match first(&mut pooled) {
            Ok(()) => return Ok(pooled),
            Err(error) => {
                discard(&mut pooled);
                // Every connection of the pool may have been lost together.
                if lost >= pool.max_size() {
                    return Err(error.into());
                }
                lost += 1;
            }
        }
    }
}

/// Begins a transaction: with `sql` on PostgreSQL, plainly on SQLite.
pub(super) fn begin(connection: &mut AnyConnection, sql: &str) -> QueryResult<()> {
    match connection {
        AnyConnection::Pg(pg) => AnsiTransactionManager::begin_transaction_sql(pg, sql),
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN"),
    }
}

/// Marks a connection as unusable: the pool drops it when it is given back.
pub(super) fn discard(connection: &mut AnyConnection) {
    match connection {
        AnyConnection::Pg(pg) => {
            <AnsiTransactionManager as TransactionManager<PgConnection>>::transaction_manager_status_mut(pg)
                .set_in_error();
        }
        AnyConnection::Sqlite(sqlite) => {
            <AnsiTransactionManager as TransactionManager<SqliteConnection>>::transaction_manager_status_mut(
                sqlite,
            )
            .set_in_error();
        }
    }
}
