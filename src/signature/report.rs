//! What validation says, in the shape other programs read.

use super::changes::Class;
use crate::messages::Message;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The report on a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// The file judged.
    pub file: FileFacts,
    /// The worst of all, `NO_SIGNATURE` when there is none.
    pub indication: String,
    /// Each signature, in the order of the revisions.
    pub signatures: Vec<SignatureReport>,
}

/// The file judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileFacts {
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// Main indications of EN 319 102-1, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub enum Indication {
    /// Every check held.
    #[serde(rename = "TOTAL-PASSED")]
    Passed,
    /// What is at hand doesn't suffice to say.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    /// It doesn't hold.
    #[serde(rename = "TOTAL-FAILED")]
    Failed,
}

impl Indication {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "TOTAL-PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::Failed => "TOTAL-FAILED",
        }
    }
}

/// A reason or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statement {
    /// Stable code.
    pub code: String,
    /// What it means.
    pub message: Message,
    /// The sub-indication a reason gives.
    #[serde(skip)]
    pub sub_indication: Option<&'static str>,
}

/// The report on one signature.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignatureReport {
    /// The form field.
    pub field: String,
    /// `signature`, `certification` or `document_timestamp`.
    pub kind: String,
    /// `/SubFilter`.
    pub subfilter: String,
    /// Level by its form, whatever its validity.
    pub level: String,
    /// `intact`, `broken` or `not_checked`.
    pub integrity: String,
    /// Main indication.
    pub indication: Indication,
    /// Sub-indication of EN 319 102-1.
    pub sub_indication: Option<String>,
    /// Why.
    pub reasons: Vec<Statement>,
    /// What else should be known.
    pub warnings: Vec<Statement>,
    /// What it covers.
    pub covers: Covers,
    /// The furthest-going class of change after it.
    pub changes_after: Class,
    /// The changes.
    pub changes: Vec<ChangeReport>,
    /// What it permits afterwards.
    pub permission: Permission,
    /// Whose certificate.
    pub signer: Option<Signer>,
    /// Whether the certificate was valid at the claimed signing time; null when that isn't known.
    pub valid_at_signing: Option<bool>,
    /// The time the signer claims.
    pub signing_time_claimed: Option<DateTime<Utc>>,
    /// The earliest time the signature provably existed.
    pub best_signature_time: DateTime<Utc>,
    /// Algorithms.
    pub algorithm: Option<Algorithm>,
    /// Time-stamps in the signature.
    pub timestamps: Vec<String>,
    /// Subjects from the signer to the anchor.
    pub chain: Vec<String>,
    /// Revocation material used.
    pub revocation: Vec<String>,
}

/// What a signature covers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Covers {
    /// The revision signed, from 1; 0 when its range is no revision.
    pub revision: usize,
    /// How many there are.
    pub of: usize,
    /// Whether nothing was added since.
    pub whole_file: bool,
}

/// A change after a signature.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeReport {
    /// The revision it came with, from 1.
    pub revision: usize,
    /// Object number and generation.
    pub object: String,
    /// Page, from 1.
    pub page: Option<usize>,
    /// How far it goes.
    pub class: Class,
    /// Whether the signature permits it.
    pub permitted: bool,
    /// What it is.
    pub what: String,
}

/// What a signature permits afterwards.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Permission {
    /// Level of a certification.
    pub docmdp: Option<u8>,
    /// Fields it locks.
    pub fieldmdp: Option<Vec<String>>,
}

/// Whose certificate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Signer {
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// The organisation that manages the certificate.
    pub managing_body: Option<String>,
    /// Serial number, hex.
    pub serial: String,
    /// Beginning of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
}

/// Algorithms of a signature.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Algorithm {
    /// Digest.
    pub digest: String,
    /// Signature scheme.
    pub signature: String,
    /// Key size.
    pub key_bits: u32,
}
