//! What of a file a signature covers (`/ByteRange`; ISO 32000-2, 12.8.1): two ranges, the gap between them, and the
//! revision they end with.

use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::pki::Digest;

/// /ByteRange, checked: from the beginning of the file to the end, without the gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) gap_start: u64,
    pub(super) gap_end: u64,
    pub(super) end: u64,
}

impl Range {
    /// The range of a signature dictionary; none when it isn't one that may be.
    pub(super) fn of(pdf: &Pdf<'_>, dictionary: &Dictionary) -> Option<Self> {
        let numbers: Vec<u64> = dictionary
            .get("ByteRange")?
            .as_array()?
            .iter()
            .map(|number| match number {
                Object::Integer(number) => u64::try_from(*number).ok(),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let [first, before, after, rest] = numbers.as_slice() else { return None };
        let end = after.checked_add(*rest)?;
        let holds = *first == 0 && *before > 0 && after > before && *rest > 0 && end <= pdf.source().len();
        holds.then_some(Self { gap_start: *before, gap_end: *after, end })
    }

    /// The CMS, if the gap is exactly the hexadecimal string that is this dictionary's /Contents, inside the object
    /// that holds the dictionary.
    pub(super) fn contents(
        self,
        pdf: &Pdf<'_>,
        holder: Reference,
        dictionary: &Dictionary,
    ) -> Result<Option<Vec<u8>>, pdf::Error> {
        /// Largest /Contents that is looked at.
        const GAP_LIMIT: u64 = 16 << 20;
        let Some(Object::String(contents)) = dictionary.get("Contents") else { return Ok(None) };
        let length = self.gap_end - self.gap_start;
        if !(4..=GAP_LIMIT).contains(&length) {
            return Ok(None);
        }
        let bytes = pdf.source().bytes(self.gap_start, usize::try_from(length).unwrap_or(0))?;
        let digits = bytes.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
        let Some(value) = digits.and_then(|digits| hex::decode(digits).ok()) else { return Ok(None) };
        let span = pdf.indirect(holder, pdf.newest())?.and_then(|found| found.span);
        let inside = span.is_some_and(|(start, end)| start < self.gap_start && self.gap_end < end);
        Ok((inside && value == *contents).then_some(value))
    }

    /// The revision that ends where the range ends: behind its `%%EOF`, with or without the end of that line, and
    /// with nothing but white space after it.
    pub(super) fn revision(self, pdf: &Pdf<'_>) -> Result<Option<usize>, pdf::Error> {
        /// More than that is no end of a file.
        const SPACE_LIMIT: u64 = 4096;
        for (number, revision) in pdf.revisions().iter().enumerate() {
            if self.end < revision.end && revision.end - self.end <= 2 {
                let rest =
                    pdf.source().bytes(self.end, usize::try_from(revision.end - self.end).unwrap_or(0))?;
                return Ok(rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')).then_some(number));
            }
            if (revision.end..=revision.end + SPACE_LIMIT).contains(&self.end) {
                let length = usize::try_from(self.end - revision.end).unwrap_or(0);
                let rest = pdf.source().bytes(revision.end, length)?;
                if rest.iter().all(|byte| matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')) {
                    return Ok(Some(number));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn digest(self, pdf: &Pdf<'_>, algorithm: Digest) -> Result<Vec<u8>, pdf::Error> {
        let mut context = algorithm.context();
        pdf.source().for_each_piece(0, self.gap_start, &mut |piece| context.update(piece))?;
        pdf.source().for_each_piece(self.gap_end, self.end, &mut |piece| context.update(piece))?;
        Ok(context.finish())
    }
}
