//! What can go wrong below the use cases. None of it is the caller's doing, except `Conflict`.

use crate::ports::RngFailed;

/// A failure of the database, the object store or their surroundings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or failed a statement.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// No connection could be had.
    #[error("database connection: {0}")]
    Connection(String),
    /// The row is no longer what the use case judged: it must be judged again.
    #[error("the state changed meanwhile")]
    Conflict,
    /// More work waits than the configured queue holds; try again later.
    #[error("too much work is waiting")]
    Overloaded,
    /// The thread that writes has ended; the service must be restarted.
    #[error("the database writer has ended")]
    WriterGone,
    /// The use case panicked; nothing of it was kept.
    #[error("a use case panicked")]
    Panicked,
    /// The random source failed.
    #[error(transparent)]
    Rng(#[from] RngFailed),
    /// A file of the object store could not be read or written.
    #[error("object store, {what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's own error.
        source: std::io::Error,
    },
    /// Kept bytes are not what their name says.
    #[error("the bytes kept under {0} are damaged or missing")]
    Damaged(String),
    /// A stored value could not be read back as what it must be.
    #[error("stored value of {0} is not readable")]
    Unreadable(&'static str),
    /// The schema is not the one this program works with.
    #[error(transparent)]
    Schema(#[from] super::migrate::SchemaError),
    /// Another process holds this data folder.
    #[error("another process is using the data folder {0}")]
    InUse(String),
}

impl Error {
    /// Whether the same use case may well succeed when run again at once (PostgreSQL only).
    #[must_use]
    pub fn is_serialization_failure(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match self {
            Self::Database(Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // Deadlocks have no kind of their own.
            Self::Database(Diesel::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
            _ => false,
        }
    }

    /// Whether the database went away under the connection.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        matches!(self, Self::Database(Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _)))
    }

    /// Whether the database is held by something else for too long: trying again later makes sense.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        use diesel::result::Error as Diesel;
        match self {
            Self::Database(Diesel::DatabaseError(_, info)) => {
                let said = info.message();
                said.contains("database is locked") || said.contains("statement timeout")
            }
            _ => false,
        }
    }

    /// Whether a unique key was violated.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        matches!(self, Self::Database(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }
}

/// The error type of a use case: it can hold a failure of the store and show it again,
/// so that the unit of work knows when running it again makes sense.
pub trait UseCaseError: From<Error> + Send + 'static {
    /// The store's failure inside, if that is what this is.
    fn store_error(&self) -> Option<&Error>;
}

impl UseCaseError for Error {
    fn store_error(&self) -> Option<&Error> {
        Some(self)
    }
}
