//! Secrets at rest: sealed with AES-256-GCM under the installation's master key.
//!
//! The master key comes from a file or the environment and is never in the database, so a copy of
//! the database alone signs nothing. What is sealed is bound to its row by the associated data: it
//! can't be moved to another row.

use crate::ports::Rng;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Why a secret couldn't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The master key is not 32 bytes.
    #[error("the master key must be 32 bytes, as 64 hexadecimal digits")]
    MasterKey,
    /// The secret doesn't open: another master key, another row, or damage.
    #[error("the sealed secret does not open with this master key")]
    Closed,
    /// Sealing failed (random source).
    #[error("the secret could not be sealed")]
    NotSealed,
}

/// Seals and opens secrets.
pub struct Vault(LessSafeKey);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(..)")
    }
}

impl Vault {
    /// A vault under the master key given as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`VaultError::MasterKey`] when it isn't that.
    pub fn from_hex(master_key: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(hex::decode(master_key.trim()).map_err(|_| VaultError::MasterKey)?);
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| VaultError::MasterKey)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals `secret` for the row `id`: 12 bytes nonce, then ciphertext and tag.
    ///
    /// # Errors
    /// [`VaultError::NotSealed`] when there is no randomness.
    pub fn seal(&self, id: &str, secret: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0_u8; 12];
        rng.fill(&mut nonce).map_err(|_| VaultError::NotSealed)?;
        let mut sealed = Zeroizing::new(secret.to_vec());
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.as_bytes()),
                sealed.as_mut_slice(),
            )
            .map_err(|_| VaultError::NotSealed)?;
        Ok([nonce.as_slice(), sealed.as_slice(), tag.as_ref()].concat())
    }

    /// Opens what was sealed for the row `id`.
    ///
    /// # Errors
    /// [`VaultError::Closed`] when it doesn't open.
    pub fn open(&self, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, body) = sealed.split_first_chunk::<12>().ok_or(VaultError::Closed)?;
        let mut buffer = Zeroizing::new(body.to_vec());
        let length = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(id.as_bytes()),
                buffer.as_mut_slice(),
            )
            .map_err(|_| VaultError::Closed)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SystemRng;

    #[test]
    fn a_sealed_secret_opens_only_for_its_own_row_and_master_key() {
        let vault = Vault::from_hex(&"0b".repeat(32)).unwrap();
        let sealed = vault.seal("row-1", b"secret", &SystemRng).unwrap();
        assert_eq!(vault.open("row-1", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(vault.open("row-2", &sealed).unwrap_err(), VaultError::Closed);
        let other = Vault::from_hex(&"0c".repeat(32)).unwrap();
        assert_eq!(other.open("row-1", &sealed).unwrap_err(), VaultError::Closed);
        assert_eq!(vault.open("row-1", &sealed[..5]).unwrap_err(), VaultError::Closed);
    }

    #[test]
    fn a_master_key_of_another_length_is_refused() {
        assert_eq!(Vault::from_hex("abcd").unwrap_err(), VaultError::MasterKey);
        assert_eq!(Vault::from_hex(&"zz".repeat(32)).unwrap_err(), VaultError::MasterKey);
    }
}
