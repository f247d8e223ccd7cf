//! What engines and capabilities are given instead of taking it from the world: time, randomness, and the
//! network.
//!
//! Nothing below the edges reads the system clock or the system's random source itself, so every
//! judgement can be repeated at another moment and every test can move the clock.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the present instant in UTC, at most to the microsecond (what both databases keep).
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Fills buffers with cryptographically strong random bytes.
pub trait Rng: Send + Sync {
    /// Fills `buffer` completely or fails.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RngFailed>;
}

/// The random source gave nothing; no identifier, salt or key may be made.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
#[error("the system's random source failed")]
pub struct RngFailed;

/// What is asked of a machine elsewhere.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The address.
    pub url: &'a str,
    /// What is sent, with its media type; nothing: a plain request.
    pub body: Option<(&'a str, &'a [u8])>,
    /// What authorises the request (RFC 9110, 11.6.2); never shown.
    pub authorization: Option<&'a str>,
    /// The largest answer that is taken, in bytes.
    pub limit: usize,
}

impl std::fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("url", &self.url).field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<'a> Outgoing<'a> {
    /// A plain request.
    #[must_use]
    pub fn get(url: &'a str, limit: usize) -> Self {
        Self { url, body: None, authorization: None, limit }
    }

    /// One that sends `body`, of media type `kind`.
    #[must_use]
    pub fn post(url: &'a str, kind: &'a str, body: &'a [u8], limit: usize) -> Self {
        Self { url, body: Some((kind, body)), authorization: None, limit }
    }
}

/// Asks machines elsewhere; the one adapter is `Guarded` of the module `fetch`.
pub trait Fetch: Send + Sync {
    /// The body of the answer.
    ///
    /// # Errors
    /// [`FetchFailed`]; what came is not to be relied on then.
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed>;

    /// What is remembered of earlier answers, for who wants to ask less often; none: nothing.
    fn memory(&self) -> Option<&dyn Memory> {
        None
    }
}

/// What a remembered answer tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The state of one certificate (OCSP).
    Status,
    /// A revocation list.
    List,
    /// Certificates of an issuer.
    Issuer,
}

impl Topic {
    /// Its stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "ocsp",
            Self::List => "crl",
            Self::Issuer => "certificate",
        }
    }
}

/// Answers of machines elsewhere, remembered for a while. Nothing is proven by standing here: what is recalled is judged
/// like what is fetched. A memory that fails has simply forgotten.
pub trait Memory: Send + Sync {
    /// The answer remembered about this address or certificate, if it is recent enough.
    fn recall(&self, topic: Topic, about: &str) -> Option<Vec<u8>>;

    /// Remembers an answer that held when it was judged, up to `until`; without it as long as is allowed.
    fn keep(&self, topic: Topic, about: &str, answer: &[u8], until: Option<DateTime<Utc>>);
}

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchFailed {
    /// The address may not be asked.
    #[error("{url} may not be asked: {why}")]
    Forbidden {
        /// The address.
        url: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// It answered, with another status than that all is well (RFC 9110, 15).
    #[error("{url} answered with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// No answer in time, or none that can be used.
    #[error("{url} gave no usable answer: {why}")]
    NoAnswer {
        /// The address.
        url: String,
        /// What happened.
        why: String,
    },
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        truncate(Utc::now())
    }
}

/// A clock that stands where it is put: for tests, and for judging "as of then".
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(at.timestamp_micros()))
    }

    /// Moves the clock to `at`, forwards or backwards.
    pub fn set(&self, at: DateTime<Utc>) {
        self.0.store(at.timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// The operating system's random source.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RngFailed> {
        use aws_lc_rs::rand::{SecureRandom, SystemRandom};
        SystemRandom::new().fill(buffer).map_err(|_| RngFailed)
    }
}

/// `at` cut to whole microseconds.
#[must_use]
pub fn truncate(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}
