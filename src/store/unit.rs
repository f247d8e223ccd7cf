//! The unit of work: a use case commits its state change, its event and the jobs it causes
//! together, or nothing.
//!
//! On SQLite one thread owns the only writing connection. It gathers waiting use cases into one
//! outer transaction, each inside a savepoint, and answers them after the outer commit is durable
//! (group commit). On PostgreSQL each use case is a transaction of its own, run again when the
//! database reports a conflict; the server groups its commits itself. It is serializable unless the
//! use case says that it meets others on the rows it changes ([`Database::write_rows`]).

use super::connection::{AnyConnection, Location, Pool, begin, connected, discard, pool};
use super::error::{Error, UseCaseError};
use super::group::{Queue, enqueue, write_in_groups};
use super::retrying::{Isolation, lock_number, write_retrying};
use crate::ports::{Clock, Rng};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use std::sync::Arc;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// What a use case works with while its transaction is open.
pub struct Unit<'a> {
    connection: &'a mut AnyConnection,
    now: DateTime<Utc>,
    rng: &'a dyn Rng,
}

impl<'a> Unit<'a> {
    pub(super) fn new(connection: &'a mut AnyConnection, now: DateTime<Utc>, rng: &'a dyn Rng) -> Self {
        Self { connection, now, rng }
    }

    /// The connection, inside the transaction.
    pub fn connection(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// The instant of this unit of work; the same for every row it writes.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The same instant as the databases store it: naive UTC.
    #[must_use]
    pub fn now_stored(&self) -> NaiveDateTime {
        self.now.naive_utc()
    }

    /// The random source, for identifiers and salts.
    #[must_use]
    pub fn rng(&self) -> &'a dyn Rng {
        self.rng
    }
}

impl std::fmt::Debug for Unit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unit").field("now", &self.now).finish_non_exhaustive()
    }
}

/// The database as use cases see it.
#[derive(Clone)]
pub struct Database {
    writer: Writer,
    readers: Pool,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

#[derive(Clone)]
enum Writer {
    Sqlite(Queue),
    Postgres(Pool),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.writer {
            Writer::Sqlite(_) => "Database(SQLite)",
            Writer::Postgres(_) => "Database(PostgreSQL)",
        })
    }
}

impl Database {
    /// Opens the database; its schema must be current (see [`super::migrate`]).
    ///
    /// # Errors
    /// When it can't be reached, or its writer thread can't be started.
    pub fn open(
        location: &Location,
        connections: u32,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, Error> {
        let writer = match location {
            Location::Sqlite(_) => {
                let connection = location.connect()?;
                let (sender, receiver) = super::group::queue();
                let (clock, rng) = (Arc::clone(&clock), Arc::clone(&rng));
                std::thread::Builder::new()
                    .name("sqlite-writer".to_owned())
                    .spawn(move || write_in_groups(connection, &receiver, clock.as_ref(), rng.as_ref()))
                    .map_err(|source| Error::Io { what: "starting the writer", source })?;
                Writer::Sqlite(sender)
            }
            Location::Postgres(_) => Writer::Postgres(pool(location, connections, false)?),
        };
        let readers = match &writer {
            Writer::Sqlite(_) => pool(location, connections, true)?,
            Writer::Postgres(pool) => pool.clone(),
        };
        Ok(Self { writer, readers, clock, rng })
    }

    /// Whether this is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self.writer, Writer::Sqlite(_))
    }

    /// The clock the units of work take their instant from.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The random source.
    #[must_use]
    pub fn rng(&self) -> &Arc<dyn Rng> {
        &self.rng
    }

    /// Runs one use case as one transaction and answers when it is durable.
    ///
    /// `use_case` may run more than once (PostgreSQL repeats it after a conflict), so it must do
    /// nothing but database work: no files, keys, network.
    ///
    /// # Errors
    /// What the use case gave, or the store's own failure in the use case's error type.
    pub async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_apart(Isolation::Serializable, use_case).await
    }

    /// [`Self::write`] for use cases that decide by rows they change themselves, each with a version or a key of its
    /// own, and by what never changes back (an issued document, a closed file). Two that meet, meet on such a row, and
    /// the loser is run again; so nothing is gained from being serializable, which on PostgreSQL makes strangers
    /// conflict whose rows merely lie on one page of an index.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_rows<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_apart(Isolation::Snapshot, use_case).await
    }

    async fn write_apart<T, E, F>(&self, isolation: Isolation, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.writer {
            Writer::Sqlite(queue) => {
                let answer = enqueue(queue, use_case)?;
                answer.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
            Writer::Postgres(_) => {
                let database = self.clone();
                let task = tokio::task::spawn_blocking(move || {
                    database.write_apart_blocking(isolation, None, use_case)
                });
                task.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
        }
    }

    /// [`Self::write`] for threads that may block: commands, jobs, tests.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_blocking<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_apart_blocking(Isolation::Serializable, None, use_case)
    }

    /// [`Self::write_rows`] for threads that may block.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_rows_blocking<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_apart_blocking(Isolation::Snapshot, None, use_case)
    }

    fn write_apart_blocking<T, E, F>(
        &self,
        isolation: Isolation,
        lock: Option<i64>,
        use_case: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.writer {
            Writer::Sqlite(queue) => {
                enqueue(queue, use_case)?.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
            Writer::Postgres(pool) => {
                write_retrying(pool, isolation, self.clock.as_ref(), self.rng.as_ref(), lock, use_case)
            }
        }
    }

    /// [`Self::write_rows`] for use cases that all change one row (a register, the log's end): they queue on
    /// `lock` before their snapshot is taken, instead of failing on each other and being run again.
    /// On SQLite the one writer is that queue already.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_in_turn<T, E, F>(&self, lock: &str, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.writer {
            Writer::Sqlite(_) => self.write(use_case).await,
            Writer::Postgres(_) => {
                let (database, lock) = (self.clone(), lock.to_owned());
                let task =
                    tokio::task::spawn_blocking(move || database.write_in_turn_blocking(&lock, use_case));
                task.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
        }
    }

    /// [`Self::write_in_turn`] for threads that may block.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_in_turn_blocking<T, E, F>(&self, lock: &str, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_apart_blocking(Isolation::Snapshot, Some(lock_number(lock)), use_case)
    }

    /// Reads in one snapshot; nothing can be written through the connection it gets.
    ///
    /// # Errors
    /// What `query` gave, or the store's own failure.
    pub async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    {
        let database = self.clone();
        let task = tokio::task::spawn_blocking(move || database.read_blocking(query));
        task.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// [`Self::read`] for threads that may block.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_blocking<T, E, F>(&self, query: F) -> Result<T, E>
    where
        E: UseCaseError,
        F: FnOnce(&mut AnyConnection) -> Result<T, E>,
    {
        let mut pooled = connected(&self.readers, |connection| {
            begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        })?;
        let connection: &mut AnyConnection = &mut pooled;
        let outcome = query(connection);
        Manager::rollback_transaction(connection).map_err(Error::from)?;
        outcome
    }

    /// Looks a row or a few up, without a transaction around the statements: for what needs no snapshot, because
    /// each statement stands alone or the unit of work checks again. `query` is run again when its connection was lost.
    ///
    /// # Errors
    /// What `query` gave, or the store's own failure.
    pub async fn look_up<T, E, F>(&self, query: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UseCaseError,
        F: FnMut(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    {
        let database = self.clone();
        let task = tokio::task::spawn_blocking(move || database.look_up_blocking(query));
        task.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
    }

    /// [`Self::look_up`] for threads that may block.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    pub fn look_up_blocking<T, E, F>(&self, mut query: F) -> Result<T, E>
    where
        E: UseCaseError,
        F: FnMut(&mut AnyConnection) -> Result<T, E>,
    {
        let mut lost = 0;
        loop {
            let mut pooled = self.readers.get().map_err(|error| Error::Connection(error.to_string()))?;
            let outcome = query(&mut pooled);
            let again =
                matches!(&outcome, Err(error) if error.store_error().is_some_and(Error::is_connection_lost));
            if again {
                discard(&mut pooled);
            }
            // Every connection of the pool may have been lost together.
            if !again || lost >= self.readers.max_size() {
                return outcome;
            }
            lost += 1;
        }
    }

    /// Whether reading and the writer answer: for the readiness check.
    ///
    /// # Errors
    /// When either doesn't.
    pub fn check(&self) -> Result<(), Error> {
        self.read_blocking(|connection| connection.batch_execute("SELECT 1").map_err(Error::from))?;
        self.write_blocking(|unit| unit.connection().batch_execute("SELECT 1").map_err(Error::from))
    }
}
