//! The level of a signature by its form alone (EN 319 142-1, 6): what is there, not whether it holds.
//!
//! Evidence for a signature may come in later revisions, so the whole file is looked at.

use super::cms::Signed;
use super::process::Case;
use crate::pdf::{self, Dictionary, Object, Pdf};

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

/// Writes the level into every report.
pub(super) fn assign(pdf: &Pdf<'_>, judged: &mut [Case]) -> Result<(), pdf::Error> {
    let stamps: Vec<usize> = judged
        .iter()
        .filter(|case| case.report.kind == "document_timestamp")
        .filter_map(|case| case.form.revision)
        .collect();
    let holds_evidence = has_revocation_data(pdf, pdf.newest())?;
    let mut archived = false;
    for stamp in &stamps {
        archived |= has_revocation_data(pdf, *stamp)?;
    }
    for Case { form, report, .. } in judged {
        let Some(revision) = form.revision.filter(|_| form.baseline) else { continue };
        let is_stamped = form.has_timestamp || stamps.iter().any(|stamp| *stamp > revision);
        report.level = match (is_stamped, holds_evidence, archived) {
            (true, true, true) => "B-LTA",
            (true, true, false) => "B-LT",
            (true, false, _) => "B-T",
            (false, ..) => "B-B",
        }
        .to_owned();
    }
    Ok(())
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
