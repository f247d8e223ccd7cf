//! How the service signs, and what it may ask of machines elsewhere for that, from its settings.

use super::{StartError, unusable};
use crate::config::Config;
use crate::desk::Signing;
use crate::fetch::{Guarded, Limits, Roots};
use crate::identity::elsewhere::Elsewhere;
use crate::pki::TrustStore;
use crate::ports::Fetch;
use std::sync::Arc;
use std::time::Duration;

/// How it signs, and what keys elsewhere are used with: the authority and the services that are named may be asked
/// wherever they are.
pub(super) fn of(config: &Config) -> Result<(Signing, Arc<Elsewhere>), StartError> {
    let settings = &config.signing;
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
    let services = &config.keys.csc_services;
    let guarded = authority.iter().chain(services).fold(guarded, |guarded, url| guarded.allowing(url));
    let guarded: Arc<dyn Fetch> = Arc::new(guarded);
    let elsewhere = Elsewhere {
        modules: config.keys.pkcs11_modules.clone(),
        services: services.clone(),
        fetch: Some(Arc::clone(&guarded)),
    };
    let signing = Signing {
        personal: settings.personal_level,
        agency: settings.agency_level,
        authority,
        network: settings.network.then_some(guarded),
        two_step: Duration::from_secs(settings.two_step_minutes.saturating_mul(60)),
        desktop: Duration::from_secs(settings.desktop_minutes.saturating_mul(60)),
        desktop_pkcs7: settings.desktop_pkcs7,
        recall_signing: Duration::from_secs(settings.revocation_max_age_seconds),
        recall_verdict: Duration::from_secs(settings.verdict_max_age_seconds),
    };
    Ok((signing, Arc::new(elsewhere)))
}
