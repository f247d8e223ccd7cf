//! Accounting for the bytes of a file: what was appended must be what its sections say, nothing else.

use super::error::{Error, Finding};
use super::object::Reference;
use super::reader::{Indirect, Pdf, Revision};
use super::section::Entry;

impl Pdf<'_> {
    /// Accounts for the bytes of every appended revision: each must be an object its section names,
    /// the section itself, or white space. What isn't is a finding, as is an entry that points at
    /// something else.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn examine(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.findings.clone();
        for (index, revision) in self.revisions.iter().enumerate() {
            let number = index + 1;
            for section in &revision.sections {
                if section.repeats {
                    findings.push(Finding {
                        code: "object_twice_in_section",
                        at: section.start,
                        revision: number,
                    });
                }
            }
            if index > 0 {
                self.examine_appended(index, revision, &mut findings)?;
            }
        }
        if let Some(last) = self.revisions.last()
            && !self.only_space(last.end, self.source.len(), |_| false)?
        {
            findings.push(Finding { code: "bytes_after_end", at: last.end, revision: self.revisions.len() });
        }
        Ok(findings)
    }

    fn examine_appended(
        &self,
        index: usize,
        revision: &Revision,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        let number = index + 1;
        let mut spans: Vec<(u64, u64)> =
            revision.sections.iter().map(|section| (section.start, section.end)).collect();
        for section in &revision.sections {
            for (object, entry) in section.entries.iter() {
                let Entry::At { offset: at, generation } = entry else { continue };
                let before = index.checked_sub(1).and_then(|before| self.entry(object, before));
                if before.is_some_and(|(before, _)| before == entry) {
                    // Some writers repeat all entries in every section.
                    continue;
                }
                let reference = Reference { number: object, generation };
                if at < revision.start || at >= revision.end {
                    findings.push(Finding { code: "entry_outside_its_revision", at, revision: number });
                    continue;
                }
                match self.read_at(reference, at, index) {
                    Ok(Indirect { span: Some(span), .. }) => spans.push(span),
                    Ok(_) => {}
                    Err(Error::Io(error)) => return Err(Error::Io(error)),
                    Err(_) => findings.push(Finding { code: "entry_points_elsewhere", at, revision: number }),
                }
            }
        }
        spans.sort_unstable();
        spans.dedup();
        let mut at = revision.start;
        for (start, end) in spans {
            if start < at {
                findings.push(Finding { code: "objects_overlap", at: start, revision: number });
            } else if !self.only_space(at, start, is_comment)? {
                findings.push(Finding { code: "unaccounted_bytes", at, revision: number });
            }
            at = at.max(end);
        }
        // What follows the section is `startxref N %%EOF`, checked when the revisions were told apart.
        Ok(())
    }

    /// Whether `start..end` holds nothing but white space and the lines that may stand there.
    fn only_space(&self, start: u64, end: u64, may_stand: impl Fn(&[u8]) -> bool) -> Result<bool, Error> {
        /// Space between two objects is a few bytes; more is somebody's hiding place.
        const SPACE_LIMIT: u64 = 4096;
        if end <= start {
            return Ok(true);
        }
        if end - start > SPACE_LIMIT {
            return Ok(false);
        }
        let bytes = self.source.bytes(start, usize::try_from(end - start).unwrap_or(0))?;
        let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
        let is_space = |byte: &u8| matches!(byte, 0 | b'\t' | 0x0c | b' ');
        Ok(lines.all(|line| line.iter().all(is_space) || may_stand(line)))
    }
}

/// Whether a line is a comment (ISO 32000-2, 7.2.4) in which nothing hides: short, and no object begins or ends in it,
/// so that no entry can point there later.
fn is_comment(line: &[u8]) -> bool {
    /// Producers write their name and version.
    const COMMENT_LIMIT: usize = 255;
    let holds = |word: &[u8]| line.windows(word.len()).any(|window| window == word);
    line.trim_ascii_start().starts_with(b"%")
        && line.len() <= COMMENT_LIMIT
        && !holds(b"obj")
        && !holds(b"%EOF")
}
