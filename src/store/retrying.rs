//! PostgreSQL's writer: each use case is a transaction of its own, run again when the database reports a conflict.

use super::connection::{AnyConnection, Pool, begin, connected};
use super::error::{Error, UseCaseError};
use super::unit::Unit;
use crate::ports::{Clock, Rng};
use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// How far a use case is kept apart from those that run at the same time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Isolation {
    /// As if they ran one after another, whatever they read.
    Serializable,
    /// Two that change one row run one after another; what others change isn't seen.
    Snapshot,
}

impl Isolation {
    /// How a transaction begins.
    fn begin(self) -> &'static str {
        match self {
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ",
        }
    }
}

/// Times a transaction is run again after a serialization failure.
const RETRY_LIMIT: u32 = 40;
/// Times it is run again because a key was taken: more often it is the use case that takes one twice.
const COLLISION_LIMIT: u32 = 3;
/// Failures after which a transaction takes its turn with the others that keep losing.
const CROWDED: u32 = 6;

/// The advisory lock that stands for a name.
pub(super) fn lock_number(name: &str) -> i64 {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, name.as_bytes());
    let first: [u8; 8] = digest.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(first)
}

/// Runs a use case until it commits or fails for a reason of its own; with `lock`, in turn with the others that name it.
pub(super) fn write_retrying<T, E, F>(
    pool: &Pool,
    isolation: Isolation,
    clock: &dyn Clock,
    rng: &dyn Rng,
    lock: Option<i64>,
    mut use_case: F,
) -> Result<T, E>
where
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E>,
{
    let mut pooled = connected(pool, |connection| match lock {
        // Held by the session, not the transaction: the snapshot must be taken after the wait.
        Some(lock) => connection.batch_execute(&format!("SELECT pg_advisory_lock({lock})")),
        None => begin(connection, isolation.begin()),
    })?;
    let connection: &mut AnyConnection = &mut pooled;
    let mut locked = lock.is_some();
    let mut begun = lock.is_none();
    let (mut attempt, mut collisions) = (0_u32, 0_u32);
    let outcome = loop {
        let outcome = write_once(connection, (isolation, begun), clock, rng, &mut use_case);
        begun = false;
        let again = match outcome.as_ref().err().and_then(UseCaseError::store_error) {
            // The key may have been taken meanwhile, unseen by this snapshot: what that means, the use case says.
            Some(error) if error.is_unique_violation() => {
                collisions += 1;
                collisions <= COLLISION_LIMIT
            }
            Some(error) => error.is_serialization_failure(),
            None => false,
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
    (isolation, begun): (Isolation, bool),
    clock: &dyn Clock,
    rng: &dyn Rng,
    use_case: &mut F,
) -> Result<T, E>
where
    E: UseCaseError,
    F: FnMut(&mut Unit<'_>) -> Result<T, E>,
{
    if !begun {
        begin(connection, isolation.begin()).map_err(Error::from)?;
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
