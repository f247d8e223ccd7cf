//! Certification paths (RFC 5280, section 6): built from what is at hand, checked at an instant.
//!
//! Policies are judged in [`super::policies`], revocation apart, in [`super::revocation`].

use super::algorithm::KeyKind;
use super::certificate::Certificate;
use super::policies::{self, Demand};
use chrono::{DateTime, Utc};

/// Certificates in one path, the signer's and the anchor's included.
const LENGTH_LIMIT: usize = 10;
/// Paths tried before giving up: certificates for building them come from the signer.
const TRY_LIMIT: usize = 200;

/// The certificates trusted by configuration.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
    demand: Demand,
}

impl TrustStore {
    /// A store of these anchors.
    #[must_use]
    pub fn new(anchors: Vec<Certificate>) -> Self {
        Self { anchors, demand: Demand::default() }
    }

    /// The anchors.
    #[must_use]
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// The same anchors, with policies demanded of those who sign documents.
    #[must_use]
    pub fn demanding(mut self, demand: Demand) -> Self {
        self.demand = demand;
        self
    }

    /// Adds the certificates of a PEM or DER file.
    ///
    /// # Errors
    /// When it holds none that can be read.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), super::certificate::CertificateError> {
        self.anchors.extend(super::read_certificates(bytes)?);
        Ok(())
    }
}

/// Why no path holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No chain of names leads to an anchor.
    #[error("no path leads to a trust anchor")]
    NoPath,
    /// A path was found but doesn't hold.
    #[error("the path does not hold: {reason} ({subject})")]
    Broken {
        /// Stable code of what is wrong.
        reason: &'static str,
        /// The certificate it is wrong with.
        subject: String,
    },
}

/// A path that holds: the signer's certificate first, the anchor last.
#[derive(Debug, Clone)]
pub struct Path(pub Vec<Certificate>);

/// Builds and checks a path from `end` to an anchor, at `at`. The validity of `end` itself is the
/// caller's question.
///
/// # Errors
/// [`PathError`], the most telling one when several paths fail.
pub fn validate(
    end: &Certificate,
    pool: &[Certificate],
    trust: &TrustStore,
    at: DateTime<Utc>,
) -> Result<Path, PathError> {
    find(end, pool, trust, Some(at))
}

/// Builds and checks a path that held at some time: at an instant when all its certificates were valid
/// together, whatever its algorithms are worth today (EN 319 102-1, 5.6.2.1). What that proves is a
/// question of what existed when.
///
/// # Errors
/// As [`validate`].
pub fn validate_past(end: &Certificate, pool: &[Certificate], trust: &TrustStore) -> Result<Path, PathError> {
    find(end, pool, trust, None)
}

fn find(
    end: &Certificate,
    pool: &[Certificate],
    trust: &TrustStore,
    at: Option<DateTime<Utc>>,
) -> Result<Path, PathError> {
    // Authorities of time and revocation have policies of their own: the demand is on those who sign documents.
    let nothing = Demand::default();
    let demand = if end.may_sign_documents() { &trust.demand } else { &nothing };
    let mut failure = PathError::NoPath;
    let mut tries = 0;
    let mut stack: Vec<Vec<&Certificate>> = vec![vec![end]];
    while let Some(chain) = stack.pop() {
        tries += 1;
        if tries > TRY_LIMIT {
            break;
        }
        let Some(last) = chain.last() else { continue };
        if trust.anchors().iter().any(|anchor| anchor.der == last.der) {
            let outcome = match at {
                Some(at) => check(&chain, at, true, demand),
                None => check_past(&chain, demand),
            };
            match outcome {
                Ok(()) => return Ok(Path(chain.into_iter().cloned().collect())),
                Err(error) => failure = error,
            }
            continue;
        }
        if chain.len() >= LENGTH_LIMIT {
            continue;
        }
        let issuers = trust.anchors().iter().rev().chain(pool.iter());
        // Pushed last is tried first: anchors before what came with the document.
        let mut next: Vec<&Certificate> = issuers
            .filter(|issuer| issuer.subject_name == last.issuer_name)
            .filter(|issuer| keys_match(last, issuer))
            .filter(|issuer| !chain.iter().any(|used| used.der == issuer.der))
            .collect();
        next.sort_by_key(|issuer| trust.anchors().iter().any(|anchor| anchor.der == issuer.der));
        for issuer in next {
            let mut longer = chain.clone();
            longer.push(issuer);
            stack.push(longer);
        }
    }
    Err(failure)
}

fn keys_match(subject: &Certificate, issuer: &Certificate) -> bool {
    match (&subject.authority_key_id, &issuer.subject_key_id) {
        (Some(wanted), Some(offered)) => wanted == offered,
        _ => true,
    }
}

fn check_past(chain: &[&Certificate], demand: &Demand) -> Result<(), PathError> {
    let begin = chain.iter().map(|link| link.not_before).max().unwrap_or_default();
    let end = chain.iter().map(|link| link.not_after).min().unwrap_or_default();
    match chain.first() {
        Some(first) if begin > end => {
            Err(PathError::Broken { reason: "path_never_valid_together", subject: first.subject.clone() })
        }
        _ => check(chain, end, false, demand),
    }
}

fn check(chain: &[&Certificate], at: DateTime<Utc>, strong: bool, demand: &Demand) -> Result<(), PathError> {
    let broken = |reason: &'static str, certificate: &Certificate| PathError::Broken {
        reason,
        subject: certificate.subject.clone(),
    };
    // CA certificates between this one and the signer's that are not self-issued (6.1.4, l).
    let mut below = 0_u32;
    for (place, pair) in chain.windows(2).enumerate() {
        let [subject, issuer] = pair else { continue };
        match subject.verify_by(&issuer.key) {
            Ok(()) => {}
            Err(super::algorithm::VerifyError::Wrong) => {
                return Err(broken("certificate_signature_wrong", subject));
            }
            Err(super::algorithm::VerifyError::Unsupported(_)) => {
                return Err(broken("certificate_algorithm_unsupported", subject));
            }
        }
        if strong && subject.scheme().is_ok_and(|scheme| scheme.digest().is_weak()) {
            return Err(broken("certificate_algorithm_weak", subject));
        }
        if !subject.unprocessed.is_empty() {
            return Err(broken("certificate_critical_extension", subject));
        }
        if place > 0 && !subject.is_self_issued() {
            below += 1;
        }
        if !issuer.is_within_validity(at) {
            return Err(broken("issuer_out_of_validity", issuer));
        }
        if !issuer.is_ca {
            return Err(broken("issuer_is_no_ca", issuer));
        }
        if issuer.path_length.is_some_and(|limit| below > limit) {
            return Err(broken("path_too_long", issuer));
        }
        if issuer.key_usage.is_some_and(|usage| !usage.certificate_sign) {
            return Err(broken("issuer_may_not_sign_certificates", issuer));
        }
        if strong && issuer.key.kind == KeyKind::Rsa && issuer.key.bits < 2048 {
            return Err(broken("issuer_key_too_small", issuer));
        }
    }
    // What an authority forbids binds all below it, but no self-issued one on the way (6.1.3, b).
    for (place, authority) in chain.iter().enumerate() {
        let Some(constraints) = &authority.name_constraints else { continue };
        if !authority.is_ca {
            return Err(broken("certificate_critical_extension", authority));
        }
        let below = chain.iter().take(place).enumerate();
        for (_, certificate) in below.filter(|(depth, one)| *depth == 0 || !one.is_self_issued()) {
            if !constraints.permit(certificate) {
                return Err(broken("name_not_permitted", certificate));
            }
        }
    }
    policies::judge(chain, demand).map_err(|(reason, certificate)| broken(reason, certificate))?;
    // The anchor is trusted as it is, but what it forbids holds (name constraints among them).
    match chain {
        [alone] if !alone.unprocessed.is_empty() => Err(broken("certificate_critical_extension", alone)),
        [.., anchor] if !anchor.unprocessed.is_empty() => {
            Err(broken("certificate_critical_extension", anchor))
        }
        _ => Ok(()),
    }
}
