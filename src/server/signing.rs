//! How the service signs, and what it may ask of machines elsewhere for that, from its settings.

use super::{StartError, unusable};
use crate::desk::Signing;
use crate::fetch::{Guarded, Limits, Roots};
use crate::pki::TrustStore;
use crate::ports::Fetch;
use std::sync::Arc;
use std::time::Duration;

/// How it signs: the authority that is named may be asked wherever it is.
pub(super) fn of(settings: &crate::config::Signing) -> Result<Signing, StartError> {
    let time = Duration::from_secs(settings.seconds);
    let limits = Limits {
        time,
        connect: time.min(Limits::default().connect),
        allowed: settings.allowed_hosts.clone(),
    };
    let authority = Some(settings.tsa.clone()).filter(|url| !url.is_empty());
    let wrong = unusable("signing.tls_roots");
    let folder = Some(settings.tls_roots.clone()).filter(|folder| !folder.as_os_str().is_empty());
    let own = TrustStore::read(folder.as_slice()).map_err(|error| wrong(error.to_string()))?;
    let roots = Roots::with(own.anchors()).map_err(|error| wrong(error.to_string()))?;
    let guarded = Guarded::new(limits).trusting(roots);
    let guarded = authority.iter().fold(guarded, |guarded, url| guarded.allowing(url));
    Ok(Signing {
        personal: settings.personal_level,
        agency: settings.agency_level,
        authority,
        network: settings.network.then(|| -> Arc<dyn Fetch> { Arc::new(guarded) }),
        recall_signing: Duration::from_secs(settings.revocation_max_age_seconds),
        recall_verdict: Duration::from_secs(settings.verdict_max_age_seconds),
    })
}
