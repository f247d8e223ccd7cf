//! The unit of work: a use case commits its state change, its event and the jobs it causes
//! together, or nothing.
//!
//! On SQLite one thread owns the only writing connection. It gathers waiting use cases into one
//! outer transaction, each inside a savepoint, and answers them after the outer commit is durable
//! (group commit). On PostgreSQL each use case is a serializable transaction of its own, run again
//! when the database reports a conflict; the server groups its commits itself.

use super::connection::{AnyConnection, Location, Pool, pool};
use super::error::{Error, UseCaseError};
use crate::ports::{Clock, Rng};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// Use cases one outer SQLite transaction takes at most: bounds what a crash makes callers repeat.
const GROUP_LIMIT: usize = 64;
/// Use cases that may wait for the SQLite writer; beyond it callers are told to come back.
const QUEUE_LIMIT: usize = 1024;
/// Times a PostgreSQL transaction is run again after a serialization failure.
const RETRY_LIMIT: u32 = 40;
/// Failures after which a transaction takes its turn with the others that keep losing.
const CROWDED: u32 = 6;

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
    Sqlite(mpsc::SyncSender<Box<dyn Work>>),
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
                let (sender, receiver) = mpsc::sync_channel(QUEUE_LIMIT);
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
        match &self.writer {
            Writer::Sqlite(queue) => {
                let answer = enqueue(queue, use_case)?;
                answer.await.unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
            Writer::Postgres(pool) => {
                let (pool, clock, rng) = (pool.clone(), Arc::clone(&self.clock), Arc::clone(&self.rng));
                let task = tokio::task::spawn_blocking(move || {
                    write_serializable(&pool, clock.as_ref(), rng.as_ref(), None, use_case)
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
        match &self.writer {
            Writer::Sqlite(queue) => {
                enqueue(queue, use_case)?.blocking_recv().unwrap_or_else(|_| Err(Error::Panicked.into()))
            }
            Writer::Postgres(pool) => {
                write_serializable(pool, self.clock.as_ref(), self.rng.as_ref(), None, use_case)
            }
        }
    }

    /// [`Self::write`] for use cases that all change one row (a register, the log's end): they queue on
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
        match &self.writer {
            Writer::Sqlite(_) => self.write_blocking(use_case),
            Writer::Postgres(pool) => write_serializable(
                pool,
                self.clock.as_ref(),
                self.rng.as_ref(),
                Some(lock_number(lock)),
                use_case,
            ),
        }
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
        let mut pooled = self.readers.get().map_err(|error| Error::Connection(error.to_string()))?;
        let connection: &mut AnyConnection = &mut pooled;
        match connection {
            AnyConnection::Pg(pg) => AnsiTransactionManager::begin_transaction_sql(
                pg,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )
            .map_err(Error::from)?,
            AnyConnection::Sqlite(sqlite) => {
                AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN").map_err(Error::from)?;
            }
        }
        let outcome = query(connection);
        Manager::rollback_transaction(connection).map_err(Error::from)?;
        outcome
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

fn enqueue<T, E, F>(
    queue: &mpsc::SyncSender<Box<dyn Work>>,
    use_case: F,
) -> Result<oneshot::Receiver<Result<T, E>>, E>
where
    T: Send + 'static,
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work = Box::new(Waiting { use_case, outcome: None, reply });
    queue.try_send(work).map_err(|error| match error {
        mpsc::TrySendError::Full(_) => E::from(Error::Overloaded),
        mpsc::TrySendError::Disconnected(_) => E::from(Error::WriterGone),
    })?;
    Ok(answer)
}

/// A use case waiting for the writer, its types forgotten.
trait Work: Send {
    /// Runs it; true when what it wrote is to be kept.
    fn run(&mut self, unit: &mut Unit<'_>) -> bool;
    /// Tells the caller, once it is known whether the outer transaction committed.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

struct Waiting<T, E, F> {
    use_case: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work for Waiting<T, E, F>
where
    T: Send,
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, unit: &mut Unit<'_>) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.use_case)(unit)))
            .unwrap_or_else(|_| Err(E::from(Error::Panicked)));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // A refusal stands whether or not the others' commit went through.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(failed), _) => Err(failed.into()),
            (Ok(()), None) => Err(Error::Panicked.into()),
        };
        // The caller may have gone away; what was committed stays committed.
        let _ = self.reply.send(outcome);
    }
}

/// The SQLite writer's life: take what waits, commit it together, answer.
fn write_in_groups(
    mut connection: AnyConnection,
    queue: &mpsc::Receiver<Box<dyn Work>>,
    clock: &dyn Clock,
    rng: &dyn Rng,
) {
    while let Ok(first) = queue.recv() {
        let mut done: Vec<Box<dyn Work>> = Vec::new();
        let outcome = commit_group(&mut connection, first, queue, &mut done, clock, rng);
        if outcome.is_err() {
            // Whatever state the failed transaction left, the next group begins outside of it.
            let _ = Manager::rollback_transaction(&mut connection);
        }
        let mut failure = outcome.err();
        for work in done {
            let committed = match &failure {
                None => Ok(()),
                Some(_) => Err(failure.take().unwrap_or(Error::Conflict)),
            };
            // Each caller gets its own copy of the failure's meaning.
            if committed.is_err() {
                failure = Some(Error::Connection("the group's commit failed".to_owned()));
            }
            work.answer(committed);
        }
    }
}

fn commit_group(
    connection: &mut AnyConnection,
    first: Box<dyn Work>,
    queue: &mpsc::Receiver<Box<dyn Work>>,
    done: &mut Vec<Box<dyn Work>>,
    clock: &dyn Clock,
    rng: &dyn Rng,
) -> Result<(), Error> {
    if let AnyConnection::Sqlite(sqlite) = connection
        && let Err(error) = AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
    {
        done.push(first);
        return Err(error.into());
    }
    let mut next = Some(first);
    while let Some(mut work) = next.take() {
        let begun = Manager::begin_transaction(connection);
        let kept = begun.is_ok() && work.run(&mut Unit::new(connection, clock.now(), rng));
        done.push(work);
        begun?;
        if kept {
            Manager::commit_transaction(connection)?;
        } else {
            Manager::rollback_transaction(connection)?;
        }
        if done.len() < GROUP_LIMIT {
            next = queue.try_recv().ok();
        }
    }
    Manager::commit_transaction(connection)?;
    Ok(())
}

/// The advisory lock that stands for a name.
fn lock_number(name: &str) -> i64 {
    let digest = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let first: [u8; 8] = digest.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(first)
}

fn write_serializable<T, E, F>(
    pool: &Pool,
    clock: &dyn Clock,
    rng: &dyn Rng,
    lock: Option<i64>,
    mut use_case: F,
) -> Result<T, E>
where
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E>,
{
    let mut pooled = pool.get().map_err(|error| Error::Connection(error.to_string()))?;
    let connection: &mut AnyConnection = &mut pooled;
    if let Some(lock) = lock {
        // Held by the session, not the transaction: the snapshot must be taken after the wait.
        connection.batch_execute(&format!("SELECT pg_advisory_lock({lock})")).map_err(Error::from)?;
    }
    let mut locked = lock.is_some();
    let mut attempt = 0_u32;
    let outcome = loop {
        let outcome = write_once(connection, clock, rng, &mut use_case);
        let again = match &outcome {
            Err(error) => error.store_error().is_some_and(Error::is_serialization_failure),
            Ok(_) => false,
        };
        if !again || attempt >= RETRY_LIMIT {
            break outcome;
        }
        attempt += 1;
        if attempt == CROWDED {
            let crowd = lock_number("crowd");
            locked = true;
            if let Err(error) = connection.batch_execute(&format!("SELECT pg_advisory_lock({crowd})")) {
                break Err(Error::from(error).into());
            }
        }
        // Spread the losers out, twice as far each time up to a third of a second, so that they don't meet again
        // even when many write one row on a slow disk.
        let mut noise = [0_u8; 1];
        let _ = rng.fill(&mut noise);
        let spread = u64::from(noise.first().copied().unwrap_or(0)) << attempt.min(7);
        std::thread::sleep(Duration::from_micros(200 + spread * 10));
    };
    if locked {
        // A connection that can't say so is broken; the server frees its locks when it goes.
        let _ = connection.batch_execute("SELECT pg_advisory_unlock_all()");
    }
    outcome
}

fn write_once<T, E, F>(
    connection: &mut AnyConnection,
    clock: &dyn Clock,
    rng: &dyn Rng,
    use_case: &mut F,
) -> Result<T, E>
where
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E>,
{
    if let AnyConnection::Pg(pg) = connection {
        AnsiTransactionManager::begin_transaction_sql(pg, "BEGIN ISOLATION LEVEL SERIALIZABLE")
            .map_err(Error::from)?;
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| use_case(&mut Unit::new(connection, clock.now(), rng))))
        .unwrap_or_else(|_| Err(E::from(Error::Panicked)));
    match outcome {
        Ok(value) => match Manager::commit_transaction(connection) {
            Ok(()) => Ok(value),
            Err(error) => {
                let _ = Manager::rollback_transaction(connection);
                Err(Error::from(error).into())
            }
        },
        Err(error) => {
            let _ = Manager::rollback_transaction(connection);
            Err(error)
        }
    }
}
