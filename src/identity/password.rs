//! Passwords (Argon2id), session tokens and client keys: only their digests are kept.

use crate::ports::{Rng, RngFailed};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use aws_lc_rs::digest::{SHA256, digest};

/// Shortest password accepted.
pub const MINIMUM: usize = 12;

/// The Argon2id hash of a password; none when the provider fails.
#[must_use]
pub fn hash(password: &str, rng: &dyn Rng) -> Option<String> {
    let mut salt = [0_u8; 16];
    rng.fill(&mut salt).ok()?;
    Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

/// Whether the password is the hashed one.
#[must_use]
pub fn matches(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// A random token of 256 bits, as text.
///
/// # Errors
/// When the random source fails.
pub fn token(rng: &dyn Rng) -> Result<String, RngFailed> {
    let mut bytes = [0_u8; 32];
    rng.fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// What is kept of a token.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex::encode(digest(&SHA256, token.as_bytes()))
}

/// A password for one use: five groups that can be read over a telephone.
///
/// # Errors
/// When the random source fails.
pub fn one_time(rng: &dyn Rng) -> Result<String, RngFailed> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    rng.fill(&mut bytes)?;
    let text: Vec<char> = bytes
        .iter()
        .map(|byte| LETTERS.get(usize::from(byte & 31)).map_or('x', |letter| char::from(*letter)))
        .collect();
    Ok(text.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}
