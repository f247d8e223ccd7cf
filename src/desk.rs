//! What use cases work with: the database, the bytes, the secrets, the profile, the anchors, the way of signing.

use crate::identity::elsewhere::Elsewhere;
use crate::identity::vault::Vault;
use crate::pki::TrustStore;
use crate::ports::Fetch;
use crate::profile::Profile;
use crate::store::{Database, Objects};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Everything a use case may need; cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The database.
    pub database: Database,
    /// Kept bytes.
    pub objects: Objects,
    /// Secrets at rest.
    pub vault: Arc<Vault>,
    /// What keys elsewhere are used with.
    pub elsewhere: Arc<Elsewhere>,
    /// Anchors signatures are judged by.
    pub trust: Arc<TrustStore>,
    /// The jurisdiction.
    pub profile: Arc<Profile>,
    /// The agency's time zone: legal dates are dates there.
    pub zone: Tz,
    /// How it signs.
    pub signing: Signing,
}

/// A level of PAdES baseline signatures (EN 319 142-1, 6), lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Level {
    /// The signature alone.
    #[default]
    #[serde(rename = "B-B")]
    Basic,
    /// With a time-stamp over its value.
    #[serde(rename = "B-T")]
    Time,
    /// With its validation data beside it.
    #[serde(rename = "B-LT")]
    LongTerm,
    /// With a time-stamp over everything.
    #[serde(rename = "B-LTA")]
    Archival,
}

impl Level {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "B-B",
            Self::Time => "B-T",
            Self::LongTerm => "B-LT",
            Self::Archival => "B-LTA",
        }
    }

    /// The level of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Basic, Self::Time, Self::LongTerm, Self::Archival]
            .into_iter()
            .find(|level| level.as_str() == text)
    }
}

/// How the service signs, and whom it may ask for that.
#[derive(Clone, Default)]
pub struct Signing {
    /// Level of a person's signature.
    pub personal: Level,
    /// Level of the agency's signature.
    pub agency: Level,
    /// Address of the time-stamping authority.
    pub authority: Option<String>,
    /// What machines elsewhere are asked with; none: nothing is asked.
    pub network: Option<Arc<dyn Fetch>>,
    /// How old an answer about revocation may be that is recalled before signing.
    pub recall_signing: Duration,
    /// How old one may be that is recalled for a verdict.
    pub recall_verdict: Duration,
    /// How long a signature by a key elsewhere is awaited, in two steps.
    pub two_step: Duration,
    /// How long it is, from a program on a desktop.
    pub desktop: Duration,
    /// Whether a desktop may bring a signature of before PAdES (`adbe.pkcs7.detached`).
    pub desktop_pkcs7: bool,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing")
            .field("personal", &self.personal)
            .field("agency", &self.agency)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.database.clock().now()
    }

    /// Today's civil date.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&self.zone).date_naive()
    }
}
