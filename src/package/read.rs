//! What the check reads of a package's files: XML within limits, METS's order of parts, dates, digests.

use super::check::METS;
use crate::xml;
use aws_lc_rs::digest::{Context, SHA256};
use roxmltree::{Document, Node};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// An XML document without a DTD and within limits; none when it isn't one.
pub(super) fn parse(text: &str) -> Option<Document<'_>> {
    xml::parse(text, 5_000_000).ok()
}

/// Header, descriptive sections, files and structure, in METS's order.
pub(super) fn has_structure(root: Node<'_, '_>) -> bool {
    const ORDER: [&str; 5] = ["metsHdr", "dmdSec", "amdSec", "fileSec", "structMap"];
    if !root.has_tag_name((METS, "mets"))
        || root.attribute("OBJID").is_none()
        || root.attribute("PROFILE").is_none()
    {
        return false;
    }
    let mut last = 0;
    let mut counts = [0_usize; 5];
    for child in root.children().filter(Node::is_element) {
        let Some(place) = ORDER.iter().position(|name| child.has_tag_name((METS, *name))) else {
            return false;
        };
        if place < last {
            return false;
        }
        last = place;
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    matches!(counts, [1, sections, 0..=1, 1, 1] if sections >= 1)
}

/// A date as packages write it.
pub(super) fn date(text: Option<&String>) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::parse_from_str(text?, "%d/%m/%Y").ok()
}

/// SHA-256 of a file, lower-case hex.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0_u8; 128 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        context.update(part);
    }
    Ok(hex::encode(context.finish()))
}
