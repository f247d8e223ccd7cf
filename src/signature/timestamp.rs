//! Time-stamp tokens (RFC 3161; EN 319 422): asked for through a [`Stamper`], their own cryptography checked
//! (EN 319 102-1, 5.4). Whether the authority is trusted, and since when a thing provably existed, is judged
//! in `process`.

use super::cms::{CmsError, STAMP_INFO, Signed};
use crate::pki::der::DerError;
use crate::pki::timestamp::{StampError, StampInfo, StampRequest, read_reply};
use crate::pki::{Certificate, Digest, VerifyError};
use crate::ports::{Clock, Fetch, FetchFailed, Outgoing, Rng, RngFailed};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Mutex;

/// Largest reply taken from an authority, in bytes: real ones have three to ten thousand.
const REPLY_LIMIT: usize = 256 * 1024;

/// Clocks of authorities may differ from ours by this much.
pub(super) const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StamperError {
    /// The authority can't be reached, or may not be asked.
    #[error(transparent)]
    Fetch(#[from] FetchFailed),
    /// Its reply is none to our request.
    #[error(transparent)]
    Reply(#[from] StampError),
    /// Its token doesn't hold.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It states another time than ours.
    #[error("the authority states {0}")]
    Clock(DateTime<Utc>),
    /// The random source failed.
    #[error(transparent)]
    Rng(#[from] RngFailed),
}

/// Gives time-stamp tokens.
pub trait Stamper: Send + Sync {
    /// A token over `imprint`, already checked to be one and to be over it.
    ///
    /// # Errors
    /// [`StamperError`].
    fn stamp(&self, digest: Digest, imprint: &[u8]) -> Result<Vec<u8>, StamperError>;

    /// The size of the last token given, in bytes.
    fn last_size(&self) -> Option<usize>;
}

/// How large a token will be: as the last one was, or as one is that is asked for now, over nothing.
///
/// # Errors
/// What asking gave.
pub(super) fn token_size(stamper: &dyn Stamper, digest: Digest) -> Result<usize, StamperError> {
    match stamper.last_size() {
        Some(size) => Ok(size),
        None => Ok(stamper.stamp(digest, &digest.of(b""))?.len()),
    }
}

/// An authority asked over HTTP (RFC 3161, 3.4).
pub struct Authority<'a> {
    url: String,
    fetch: &'a dyn Fetch,
    rng: &'a dyn Rng,
    clock: &'a dyn Clock,
    last: Mutex<Option<usize>>,
}

impl std::fmt::Debug for Authority<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("url", &self.url).finish_non_exhaustive()
    }
}

impl<'a> Authority<'a> {
    /// The authority at `url`.
    #[must_use]
    pub fn new(url: &str, fetch: &'a dyn Fetch, rng: &'a dyn Rng, clock: &'a dyn Clock) -> Self {
        Self { url: url.to_owned(), fetch, rng, clock, last: Mutex::new(None) }
    }
}

impl Stamper for Authority<'_> {
    fn stamp(&self, digest: Digest, imprint: &[u8]) -> Result<Vec<u8>, StamperError> {
        let mut nonce = [0; 8];
        self.rng.fill(&mut nonce)?;
        let request = StampRequest { digest, imprint: imprint.to_vec(), nonce };
        let body = request.der();
        let request_of = Outgoing::post(&self.url, "application/timestamp-query", &body, REPLY_LIMIT);
        let reply = self.fetch.fetch(&request_of)?;
        let token = Token::read(read_reply(&reply)?)?;
        request.check(&token.info)?;
        token.verify()?;
        // A time nobody can have now would be a proof of nothing, put where it can't be taken away.
        let apart = (token.info.at - self.clock.now()).abs();
        if apart > TOLERANCE + token.info.accuracy.min(TOLERANCE) {
            return Err(StamperError::Clock(token.info.at));
        }
        if let Ok(mut last) = self.last.lock() {
            *last = Some(token.der.len());
        }
        Ok(token.der)
    }

    fn last_size(&self) -> Option<usize> {
        self.last.lock().ok().and_then(|last| *last)
    }
}

/// Why a token doesn't hold by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a CMS that can be read.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// Not a TSTInfo.
    #[error(transparent)]
    Info(#[from] DerError),
    /// What it signs is not what it holds.
    #[error("the time-stamp's own digest does not hold")]
    Hash,
    /// Its signature value doesn't verify.
    #[error("the time-stamp's signature value does not verify")]
    Value,
    /// It is made with an algorithm or a kind of key that isn't known here.
    #[error("the time-stamp uses an algorithm or a kind of key not known here")]
    Unsupported,
    /// The authority's certificate isn't in it, or isn't the one it refers to.
    #[error("the time-stamp does not name the certificate of its authority")]
    Signer,
    /// The certificate is not for time-stamping alone (RFC 3161, 2.3).
    #[error("the certificate is not one of a time-stamping authority")]
    Purpose,
    /// It says to be another's than the certificate's (RFC 3161, 2.4.2, `tsa`).
    #[error("the time-stamp names another authority than its certificate")]
    Name,
}

/// A token as read.
#[derive(Debug, Clone)]
pub struct Token {
    /// DER as it came, without what follows it.
    pub der: Vec<u8>,
    /// Its CMS.
    pub signed: Signed,
    /// What it states.
    pub info: StampInfo,
}

impl Token {
    /// Reads a TimeStampToken at the beginning of `bytes`.
    ///
    /// # Errors
    /// [`TokenError::Cms`] or [`TokenError::Info`].
    pub fn read(bytes: &[u8]) -> Result<Self, TokenError> {
        let signed = Signed::read(bytes)?;
        if signed.content_type != STAMP_INFO {
            return Err(DerError("the content of the CMS is no time-stamp").into());
        }
        let info = StampInfo::read(signed.content.as_deref().unwrap_or_default())?;
        let der = bytes.get(..signed.length).unwrap_or_default().to_vec();
        Ok(Self { der, signed, info })
    }

    /// Checks everything a token proves by itself, and gives the authority's certificate. The imprint is the
    /// caller's question.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn verify(&self) -> Result<&Certificate, TokenError> {
        let signed = &self.signed;
        let digest = signed.digest.ok_or(TokenError::Unsupported)?;
        let own = digest.of(signed.content.as_deref().unwrap_or_default());
        if signed.message_digest.as_ref() != Some(&own) || !signed.content_type_matches {
            return Err(TokenError::Hash);
        }
        let signer = signed.signer_certificate().ok_or(TokenError::Signer)?;
        if signed.signing_certificates.is_empty() || !signed.refers_to(signer) {
            return Err(TokenError::Signer);
        }
        let attributes = signed.signed_attributes.as_ref().ok_or(TokenError::Hash)?;
        let verified = signed.scheme().and_then(|scheme| {
            scheme.verify(&signer.key, attributes, &signed.value).map(|()| scheme.digest())
        });
        let of_value = verified.map_err(|error| match error {
            VerifyError::Wrong => TokenError::Value,
            VerifyError::Unsupported(_) => TokenError::Unsupported,
        })?;
        if signed.algorithms_protected == Some(false) || of_value != digest {
            return Err(TokenError::Value);
        }
        if !signer.may_stamp_time() {
            return Err(TokenError::Purpose);
        }
        if self.info.authority.as_ref().is_some_and(|name| !name.is_of(signer)) {
            return Err(TokenError::Name);
        }
        Ok(signer)
    }
}
