//! Why a use case of the registry was refused or failed.

use super::state::{Act, State};
use crate::identity::keys::OpenError;
use crate::pki::KeyError;
use crate::{identity, store};

/// A refusal the caller can understand and act on, or a failure below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in the caller's agency.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The act isn't possible in this state.
    #[error("{act:?} is not possible in state {state:?}")]
    IllegalTransition {
        /// Where the document stands.
        state: State,
        /// What was asked for.
        act: Act,
    },
    /// The row was changed since the caller read it.
    #[error("changed meanwhile")]
    Stale,
    /// A rule forbids it; the code says which.
    #[error("refused: {code}")]
    Refused {
        /// Stable code with a message of its own.
        code: &'static str,
        /// What the message names.
        args: Vec<(&'static str, String)>,
    },
    /// Somebody else may do it; the code says who.
    #[error("forbidden: {code}")]
    Forbidden {
        /// Stable code with a message of its own.
        code: &'static str,
    },
    /// What was asked for is there no more; the code says why.
    #[error("gone: {code}")]
    Gone {
        /// Stable code with a message of its own.
        code: &'static str,
    },
    /// The document can't be read or worked on.
    #[error("the file can not be worked on: {code}")]
    Unprocessable {
        /// Stable code with a message of its own.
        code: &'static str,
        /// What the message names.
        args: Vec<(&'static str, String)>,
    },
    /// A machine elsewhere that is needed gives nothing; trying again makes sense.
    #[error("not available: {code}")]
    Unavailable {
        /// Stable code with a message of its own.
        code: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Store(store::Error),
}

impl Error {
    /// A refusal without arguments.
    #[must_use]
    pub fn refused(code: &'static str) -> Self {
        Self::Refused { code, args: Vec::new() }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl From<identity::Error> for Error {
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::NotFound(what) => Self::NotFound(what),
            identity::Error::Refused(code) => Self::refused(code),
            identity::Error::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        let why = error.to_string();
        match error {
            KeyError::Unreachable(_) => {
                tracing::warn!(%why, "where a key lies can't be reached; nothing was signed");
                Self::Unavailable { code: "key_unreachable" }
            }
            KeyError::Refused(_) => {
                tracing::warn!(%why, "a key may not be used; nothing was signed");
                Self::refused("key_refused")
            }
            KeyError::Wrong(_) | KeyError::Mismatch => {
                tracing::error!(%why, "the holder of a key gave a wrong answer; nothing was signed");
                Self::refused("key_answer_wrong")
            }
            KeyError::Secret => Self::refused("key_secret_wrong"),
            _ => Self::Unprocessable { code: "key_unusable", args: vec![("why", why)] },
        }
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Key(error) => error.into(),
            other => Self::Unprocessable { code: "key_unusable", args: vec![("why", other.to_string())] },
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl store::UseCaseError for Error {
    fn store_error(&self) -> Option<&store::Error> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
