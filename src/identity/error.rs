//! Why a use case about people, accounts or agencies was refused or failed.

use crate::store;

/// A refusal the caller can understand and act on, or a failure below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in the caller's agency.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// A rule forbids it; the code says which.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
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
            Self::NotFound(_) | Self::Refused(_) => None,
        }
    }
}
