//! SQLite's writer: one thread owns the only writing connection and commits what waits together.
//!
//! Each use case runs inside a savepoint of one outer transaction and is answered after the outer commit is durable.

use super::connection::AnyConnection;
use super::error::{Error, UseCaseError};
use super::unit::Unit;
use crate::ports::{Clock, Rng};
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use tokio::sync::oneshot;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// Use cases one outer transaction takes at most: bounds what a crash makes callers repeat.
const GROUP_LIMIT: usize = 64;
/// Use cases that may wait for the writer; beyond it callers are told to come back.
const QUEUE_LIMIT: usize = 1024;

/// Where use cases wait for the writer.
pub(super) type Queue = mpsc::SyncSender<Box<dyn Work>>;

/// A queue and its end at the writer.
pub(super) fn queue() -> (Queue, mpsc::Receiver<Box<dyn Work>>) {
    mpsc::sync_channel(QUEUE_LIMIT)
}

/// Puts a use case into the queue.
pub(super) fn enqueue<T, E, F>(queue: &Queue, use_case: F) -> Result<oneshot::Receiver<Result<T, E>>, E>
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
pub(super) trait Work: Send {
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
pub(super) fn write_in_groups(
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
        // Whoever holds the database keeps the others waiting as well: they are told at once, not one after the other.
        done.push(first);
        done.extend(queue.try_iter());
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
