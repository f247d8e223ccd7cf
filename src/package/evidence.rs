//! Evidence of signatures that travels with a package (Circular 15/2025/TT-BKHCN, Art. 5 and 6): certificate, revocation
//! data, verdict and policy as of signing or receipt.
//!
//! A SIP carries no PREMIS, and its representation holds documents only (Circular 05/2025/TT-BNV, App. III); so the
//! evidence lies in `documentation/signatures/`, in the group `Documentation` of the root METS with a digest each: a record
//! in JSON for every file with signatures, and what it names as files of their own, which any program can read (RFC 2585,
//! RFC 6960), under their SHA-256.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where it lies in a package.
pub const FOLDER: &str = "documentation/signatures";
/// What a record calls itself.
pub const FORMAT: &str = "chancery-signature-evidence/1";

/// What is kept of the signatures of one file: with the things themselves when a package is written, with the names of
/// their files inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence<T> {
    /// Signatures made by the agency that hands over.
    pub signatures: Vec<Made<T>>,
    /// What the signatures of a file from outside were judged to be when it came.
    pub received: Option<Received<T>>,
}

/// Certificates and revocation data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proofs<T> {
    /// Certificates (DER).
    pub certificates: Vec<T>,
    /// Revocation lists (DER).
    pub crls: Vec<T>,
    /// OCSP responses (DER).
    pub ocsps: Vec<T>,
}

/// A signature made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made<T> {
    /// The form field.
    pub field: String,
    /// `personal` or `agency`.
    pub role: String,
    /// When.
    pub signed_at: DateTime<Utc>,
    /// The signer's certificate (DER).
    pub certificate: T,
    /// How it stood: `good`, or `unknown` when nothing could be learnt.
    pub standing: String,
    /// Chain, revocation data and what they rest on.
    pub proofs: Proofs<T>,
    /// The policy of the verdict.
    pub policy: String,
    /// The verdict at signing time: the validation report.
    pub verdict: Value,
}

/// The verdict on a file as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received<T> {
    /// When it was judged.
    pub judged_at: DateTime<Utc>,
    /// What it rested on.
    pub proofs: Proofs<T>,
    /// The policy.
    pub policy: String,
    /// The validation report.
    pub verdict: Value,
}

/// The record of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`FORMAT`].
    pub format: String,
    /// The document's identifier in the package.
    pub document: String,
    /// The file inside the package.
    pub file: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// What is kept, by the names of files beside the record.
    pub evidence: Evidence<String>,
}

/// Kinds of things that are kept, with extension and media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A certificate.
    Certificate,
    /// A revocation list.
    List,
    /// An OCSP response.
    Response,
}

impl Kind {
    /// The extension of its files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Certificate => "cer",
            Self::List => "crl",
            Self::Response => "ors",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Certificate => "application/pkix-cert",
            Self::List => "application/pkix-crl",
            Self::Response => "application/ocsp-response",
        }
    }

    /// The name of the file of these bytes.
    #[must_use]
    pub fn name(self, der: &[u8]) -> String {
        format!("{}.{}", hex::encode(digest(&SHA256, der)), self.extension())
    }
}

impl<T> Proofs<T> {
    /// Each of them, changed.
    ///
    /// # Errors
    /// The first of `change`.
    pub fn map<U, E>(&self, change: &mut impl FnMut(Kind, &T) -> Result<U, E>) -> Result<Proofs<U>, E> {
        let mut all =
            |kind, list: &[T]| list.iter().map(|one| change(kind, one)).collect::<Result<Vec<U>, E>>();
        Ok(Proofs {
            certificates: all(Kind::Certificate, &self.certificates)?,
            crls: all(Kind::List, &self.crls)?,
            ocsps: all(Kind::Response, &self.ocsps)?,
        })
    }
}

impl<T> Evidence<T> {
    /// Everything it holds, changed.
    ///
    /// # Errors
    /// The first of `change`.
    pub fn map<U, E>(&self, change: &mut impl FnMut(Kind, &T) -> Result<U, E>) -> Result<Evidence<U>, E> {
        let mut signatures = Vec::new();
        for made in &self.signatures {
            signatures.push(Made {
                field: made.field.clone(),
                role: made.role.clone(),
                signed_at: made.signed_at,
                certificate: change(Kind::Certificate, &made.certificate)?,
                standing: made.standing.clone(),
                proofs: made.proofs.map(change)?,
                policy: made.policy.clone(),
                verdict: made.verdict.clone(),
            });
        }
        let received = match &self.received {
            Some(received) => Some(Received {
                judged_at: received.judged_at,
                proofs: received.proofs.map(change)?,
                policy: received.policy.clone(),
                verdict: received.verdict.clone(),
            }),
            None => None,
        };
        Ok(Evidence { signatures, received })
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty() && self.received.is_none()
    }
}

impl Record {
    /// Reads a record; none when it isn't one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(|record| record.format == FORMAT)
    }

    /// The names of the files it names, each with its kind.
    #[must_use]
    pub fn names(&self) -> Vec<(Kind, String)> {
        let mut found = Vec::new();
        let _ = self.evidence.map(&mut |kind, name: &String| {
            found.push((kind, name.clone()));
            Ok::<_, std::convert::Infallible>(())
        });
        found
    }
}
