//! The level of a signature (EN 319 142-1, 6): what is there, not whether it holds.
//!
//! Evidence for a signature may come in later revisions, so the whole file is looked at.

use super::chain::World;
use super::cms::Signed;
use super::process::{Case, Used};
use crate::pdf::{self, Dictionary, Object, Pdf};
use crate::pki::revocation::Told;
use crate::pki::{Certificate, Digest, Ocsp};
use std::collections::BTreeMap;

/// What of a signature's form decides its level.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The revision signed, from 0; none when its range is no revision.
    pub(super) revision: Option<usize>,
    baseline: bool,
    has_timestamp: bool,
}

impl Form {
    /// Notes the form of a CMS and its signature dictionary.
    pub(super) fn read(&mut self, signed: &Signed, dictionary: &Dictionary, subfilter: &str) {
        self.baseline = subfilter == "ETSI.CAdES.detached"
            && signed.signing_certificates.len() == 1
            && signed.signing_time.is_none()
            && !signed.is_ber
            && dictionary.get("M").is_some()
            && dictionary.get("Cert").is_none()
            // A reason is said once (EN 319 142-1, 6.3).
            && !(signed.says_why && dictionary.get("Reason").is_some());
        self.has_timestamp = !signed.timestamps.is_empty();
    }
}

/// Writes the level into every report. From B-LT on the document's store holds revocation data that speak of every
/// certificate below the anchor, of the signer's chain and a time-stamp's; for B-LTA a document time-stamp covers them.
pub(super) fn assign(
    pdf: &Pdf<'_>,
    world: &World<'_>,
    kept: &[(usize, Vec<u8>)],
    cases: &mut [Case],
    used: &[Used],
) -> Result<(), pdf::Error> {
    let stamps: Vec<usize> = cases
        .iter()
        .filter(|case| case.report.kind == "document_timestamp")
        .filter_map(|case| case.form.revision)
        .collect();
    let holds_evidence = has_revocation_data(pdf, pdf.newest())?;
    let mut stored = Stored { world, first: BTreeMap::new(), known: BTreeMap::new() };
    if holds_evidence {
        kept.iter().for_each(|(revision, bytes)| stored.add(bytes, *revision));
    }
    for (case, used) in cases.iter_mut().zip(used) {
        let Some(revision) = case.form.revision.filter(|_| case.form.baseline) else { continue };
        let later = || stamps.iter().filter(|stamp| **stamp > revision);
        let is_stamped = case.form.has_timestamp || later().next().is_some();
        let signer = case.signed.as_ref().and_then(Signed::signer_certificate);
        let since = if is_stamped && holds_evidence {
            signer.and_then(|signer| stored.since_all(signer, used, revision))
        } else {
            None
        };
        let mut archived = false;
        for stamp in later().filter(|stamp| since.is_some_and(|since| since <= **stamp)) {
            archived |= has_revocation_data(pdf, *stamp)?;
        }
        case.report.level = match (is_stamped, since.is_some(), archived) {
            (true, true, true) => "B-LTA",
            (true, true, false) => "B-LT",
            (true, false, _) => "B-T",
            (false, ..) => "B-B",
        }
        .to_owned();
    }
    Ok(())
}

/// What the document's stores hold.
struct Stored<'w, 'a> {
    world: &'w World<'a>,
    /// The first revision that holds each list and response, by its digest.
    first: BTreeMap<Vec<u8>, usize>,
    /// Certificates asked about before: authorities of time stand behind many signatures.
    known: BTreeMap<Vec<u8>, Option<usize>>,
}

impl Stored<'_, '_> {
    fn add(&mut self, bytes: &[u8], revision: usize) {
        // A bare response is known by what it is put into when it is read.
        let der = Ocsp::read(bytes).map(|response| response.der);
        let first = self.first.entry(Digest::Sha256.of(der.as_deref().unwrap_or(bytes))).or_insert(revision);
        *first = (*first).min(revision);
    }

    /// The revision from which on the data of a signature are all there: of its signer, and of one of its time-stamps.
    fn since_all(&mut self, signer: &Certificate, used: &Used, revision: usize) -> Option<usize> {
        let tokens = || used.stamps.iter().map(|(token, _)| &token.signed);
        // Those of a time-stamp may come in the time-stamp.
        for bytes in tokens().flat_map(|token| &token.revocation) {
            self.add(bytes, revision);
        }
        let own = self.since(signer)?;
        if used.stamps.is_empty() {
            return Some(own);
        }
        let authorities = tokens().filter_map(Signed::signer_certificate);
        let stamped = authorities.filter_map(|authority| self.since(authority)).min()?;
        Some(own.max(stamped))
    }

    /// The revision from which on every certificate between this one and its anchor is spoken of.
    fn since(&mut self, end: &Certificate) -> Option<usize> {
        if let Some(known) = self.known.get(&end.der) {
            return *known;
        }
        let found = self.world.chain(end).and_then(|chain| self.since_of(&chain));
        self.known.insert(end.der.clone(), found);
        found
    }

    fn since_of(&self, chain: &[Certificate]) -> Option<usize> {
        let anchor = chain.last()?;
        let mut latest = 0;
        for pair in chain.windows(2) {
            let [certificate, issuer] = pair else { continue };
            let told = self.world.told(certificate, issuer, anchor);
            // Of one that names nowhere to ask there may be nothing to hold.
            let needs_none = told.is_empty() && !certificate.names_revocation;
            if certificate.needs_no_revocation_check || needs_none {
                continue;
            }
            let whole = |told: &Told| {
                let all = told.proofs.iter().chain(&told.supporting);
                let revisions = all.map(|der| self.first.get(&Digest::Sha256.of(der)).copied());
                revisions.collect::<Option<Vec<usize>>>().and_then(|all| all.into_iter().max())
            };
            latest = latest.max(told.iter().filter_map(whole).min()?);
        }
        Some(latest)
    }
}

/// Whether the document security store holds a CRL or an OCSP response as of a revision.
fn has_revocation_data(pdf: &Pdf<'_>, revision: usize) -> Result<bool, pdf::Error> {
    let Object::Dictionary(store) = pdf.get(&pdf.catalog(revision)?, "DSS", revision)? else {
        return Ok(false);
    };
    for key in ["CRLs", "OCSPs"] {
        if matches!(pdf.get(&store, key, revision)?, Object::Array(list) if !list.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}
