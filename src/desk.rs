//! What use cases work with: the database, the bytes, the secrets, the profile, the anchors.

use crate::identity::vault::Vault;
use crate::pki::TrustStore;
use crate::profile::Profile;
use crate::store::{Database, Objects};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::sync::Arc;

/// Everything a use case may need; cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The database.
    pub database: Database,
    /// Kept bytes.
    pub objects: Objects,
    /// Secrets at rest.
    pub vault: Arc<Vault>,
    /// Anchors signatures are judged by.
    pub trust: Arc<TrustStore>,
    /// The jurisdiction.
    pub profile: Arc<Profile>,
    /// The agency's time zone: legal dates are dates there.
    pub zone: Tz,
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
