//! Whom `https` is believed: the roots of the machine and those of a folder of the operator.
//!
//! TLS 1.2 and 1.3 by rustls, with the provider of everything else here (aws-lc-rs). Revocation of a server's
//! certificate is not asked for: what these servers give is signed by itself, or is verified before it is used.

use crate::pki::Certificate;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, OnceLock};

/// A certificate that can't be a root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject} can't be a root of TLS: {why}")]
pub struct RootError {
    /// Of whom.
    pub subject: String,
    /// Why.
    pub why: String,
}

/// Says which provider this process uses: clients of HTTP that nobody gave one ask for it when they are built.
pub fn use_our_provider() {
    // Said already is as well.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// The roots, and the client's side of TLS by them.
#[derive(Debug)]
pub struct Roots {
    own: RootCertStore,
    made: OnceLock<Option<Arc<ClientConfig>>>,
}

impl Default for Roots {
    fn default() -> Self {
        Self { own: RootCertStore::empty(), made: OnceLock::new() }
    }
}

impl Roots {
    /// The machine's roots and these.
    ///
    /// # Errors
    /// The first that can't be one.
    pub fn with(own: &[Certificate]) -> Result<Self, RootError> {
        let mut store = RootCertStore::empty();
        for root in own {
            store
                .add(CertificateDer::from(root.der.clone()))
                .map_err(|error| RootError { subject: root.subject.clone(), why: error.to_string() })?;
        }
        Ok(Self { own: store, made: OnceLock::new() })
    }

    /// The client's side of TLS. The machine's roots are read when something is first asked by `https`.
    pub(super) fn client(&self) -> Option<ClientConfig> {
        self.made.get_or_init(|| self.make().map(Arc::new)).as_deref().cloned()
    }

    fn make(&self) -> Option<ClientConfig> {
        let mut roots = self.own.clone();
        let machine = rustls_native_certs::load_native_certs();
        for error in &machine.errors {
            tracing::warn!(%error, "a root of this machine can't be read");
        }
        // Machines hold roots that no browser takes; one that can't be used is left.
        roots.add_parsable_certificates(machine.certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        Some(versions.ok()?.with_root_certificates(roots).with_no_client_auth())
    }
}
