//! What makes a certificate, list or response its signer's: bytes, algorithm and value, and whose they were found to be.

use super::algorithm::{PublicKey, Scheme, VerifyError};
use std::sync::{Arc, OnceLock};

/// A signature with what it is over, as received. Its clones share what was found out about it.
#[derive(Debug, Clone)]
pub(super) struct Seal(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    signed: Vec<u8>,
    signature: Vec<u8>,
    scheme: Result<Scheme, VerifyError>,
    /// The key that made it, once that was found: who makes a list's signature is asked for every certificate it
    /// speaks of. Nothing here ever changes, so it stays true.
    by: OnceLock<PublicKey>,
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        let Parts { signed, signature, scheme, .. } = &*self.0;
        (signed, signature, scheme) == (&other.0.signed, &other.0.signature, &other.0.scheme)
    }
}

impl Eq for Seal {}

impl Seal {
    /// The signature over `signed`, by the AlgorithmIdentifier beside it.
    pub(super) fn new(signed: &[u8], algorithm: &[u8], signature: &[u8]) -> Self {
        Self(Arc::new(Parts {
            signed: signed.to_vec(),
            signature: signature.to_vec(),
            scheme: Scheme::read(algorithm, None),
            by: OnceLock::new(),
        }))
    }

    /// The scheme it is made with.
    pub(super) fn scheme(&self) -> Result<Scheme, VerifyError> {
        self.0.scheme.clone()
    }

    /// Whether `key` made it.
    pub(super) fn verify_by(&self, key: &PublicKey) -> Result<(), VerifyError> {
        if self.0.by.get() == Some(key) {
            return Ok(());
        }
        self.scheme()?.verify(key, &self.0.signed, &self.0.signature)?;
        // Two keys for one signature: the first is remembered, the other asked about again.
        let _ = self.0.by.set(key.clone());
        Ok(())
    }
}
