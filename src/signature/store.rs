//! The document security store read (EN 319 142-1, 5.4.2): certificates, lists and responses of every
//! revision, with or without `/VRI`.

use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::pki::Digest;

/// Streams one store may name: a plan with eight signatures and their time-stamps has some hundred.
const STREAM_LIMIT: usize = 2000;
/// Revisions whose stores are read.
const REVISION_LIMIT: usize = 256;

/// The streams a store names, each once.
pub(super) fn streams(
    pdf: &Pdf<'_>,
    dss: &Dictionary,
    revision: usize,
) -> Result<Vec<(Reference, Vec<u8>)>, pdf::Error> {
    let mut references = Vec::new();
    let mut add = |holder: &Dictionary, key: &str| -> Result<(), pdf::Error> {
        if let Object::Array(list) = pdf.get(holder, key, revision)? {
            for item in list {
                if let Object::Reference(reference) = item
                    && !references.contains(&reference)
                {
                    references.push(reference);
                }
            }
        }
        if references.len() > STREAM_LIMIT { Err(pdf::Error::Limit("streams in /DSS")) } else { Ok(()) }
    };
    for key in ["Certs", "OCSPs", "CRLs"] {
        add(dss, key)?;
    }
    if let Object::Dictionary(views) = pdf.get(dss, "VRI", revision)? {
        for (_, view) in views.iter() {
            if let Object::Dictionary(view) = pdf.follow(view, revision)? {
                for key in ["Cert", "OCSP", "CRL"] {
                    add(&view, key)?;
                }
            }
        }
    }
    let mut found = Vec::new();
    for reference in references {
        // What can't be read proves nothing, and takes nothing from what can.
        if let Ok(bytes) = pdf.stream(reference, revision) {
            found.push((reference, bytes));
        }
    }
    Ok(found)
}

/// Everything kept in the stores of all revisions, with the first revision that holds it.
pub(super) fn all(pdf: &Pdf<'_>) -> Result<Vec<(usize, Vec<u8>)>, pdf::Error> {
    let mut found: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut last: Option<Vec<(Reference, Vec<u8>)>> = None;
    for revision in 0..=pdf.newest().min(REVISION_LIMIT) {
        let catalog = pdf.catalog(revision)?;
        if catalog.get("DSS").is_none() {
            continue;
        }
        let Object::Dictionary(dss) = pdf.get(&catalog, "DSS", revision)? else { continue };
        let streams = streams(pdf, &dss, revision)?;
        if last.as_ref() == Some(&streams) {
            continue;
        }
        for (_, bytes) in &streams {
            if !found.iter().any(|(_, known)| known == bytes) {
                found.push((revision, bytes.clone()));
            }
        }
        last = Some(streams);
    }
    Ok(found)
}

/// The name of a signature's part under `/VRI`: SHA-1 of its `/Contents`, upper-case hex.
pub(super) fn view_name(contents: &[u8]) -> String {
    hex::encode_upper(Digest::Sha1.of(contents))
}
