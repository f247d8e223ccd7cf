//! A signed file to which something was appended that can't be read: broken sections, objects that are not where they
//! should be, keys that stand twice, no end, a password. Readers that repair see another document in it than readers that don't, which is
//! what incremental saving attacks live on. Its signatures are found in the newest revision that can be read, and none
//! of them passes: what they cover is said, and that what follows can't be judged.

use super::changes::Class;
use super::report::{Indication, Statement};
use super::validate::Judged;
use super::verdict::statement;
use crate::pdf::{self, Source};
use std::io;

/// Ends of revisions tried, from the newest on.
const END_LIMIT: usize = 32;
/// Bytes at the end of the file searched for them.
const SEARCH_LIMIT: u64 = 64 << 20;
/// What ends a revision.
const END: &[u8] = b"%%EOF";

/// The verdict on the signatures before what can't be read; none when there are none, or when the file is none that
/// anybody appended to.
pub(super) fn judge(
    source: &dyn Source,
    error: &pdf::Error,
    readable: impl Fn(&dyn Source) -> Result<Judged, pdf::Error>,
) -> Option<Judged> {
    let is_broken = matches!(
        error,
        pdf::Error::BrokenSection { .. }
            | pdf::Error::BrokenObject { .. }
            | pdf::Error::Missing(_)
            | pdf::Error::Damaged(_)
            | pdf::Error::Filter(_)
            | pdf::Error::Truncated
            | pdf::Error::Encrypted
    );
    if !is_broken {
        return None;
    }
    for end in ends(source).ok()? {
        let Ok(mut judged) = readable(&Beginning { source, end }) else { continue };
        // Where no signature is, none was before either.
        if judged.report.signatures.is_empty() {
            return None;
        }
        for signature in &mut judged.report.signatures {
            signature.covers.of += 1;
            signature.covers.whole_file = false;
            signature.changes_after = Class::Other;
            let unreadable = Statement {
                sub_indication: Some("FORMAT_FAILURE"),
                ..statement("later_revision_unreadable")
            };
            signature.reasons.push(unreadable);
            if signature.indication != Indication::Failed {
                signature.indication = Indication::Failed;
                signature.sub_indication = Some("FORMAT_FAILURE".to_owned());
            }
        }
        judged.report.indication = Indication::Failed.as_str().to_owned();
        return Some(judged);
    }
    None
}

/// Where earlier revisions may end, the newest first: after each `%%EOF` and its end of line, but not the end of the
/// file itself.
fn ends(source: &dyn Source) -> io::Result<Vec<u64>> {
    let length = source.len();
    let start = length.saturating_sub(SEARCH_LIMIT);
    let mut found = Vec::new();
    let (mut tail, mut at) = (Vec::new(), start);
    source.for_each_piece(start, length, &mut |piece| {
        tail.extend_from_slice(piece);
        for place in tail.windows(END.len()).enumerate().filter(|(_, window)| *window == END) {
            found.push(at + offset(place.0 + END.len()));
        }
        let keep = tail.len().saturating_sub(END.len() - 1);
        tail.drain(..keep);
        at += offset(keep);
    })?;
    let mut all = Vec::new();
    for end in found.into_iter().rev() {
        let rest = source.bytes(end, 2)?;
        let line = match (rest.first(), rest.get(1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => 0,
        };
        if end + line < length && all.len() < END_LIMIT {
            all.push(end + line);
        }
    }
    Ok(all)
}

fn offset(position: usize) -> u64 {
    u64::try_from(position).unwrap_or(u64::MAX)
}

/// A source up to a point.
struct Beginning<'a> {
    source: &'a dyn Source,
    end: u64,
}

impl Source for Beginning<'_> {
    fn len(&self) -> u64 {
        self.end
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        self.source.read_at(offset, buffer.get_mut(..length).unwrap_or_default())
    }
}
