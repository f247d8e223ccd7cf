//! Evidence of signatures written beside the documents: see [`crate::package::evidence`].

use super::{BuildError, Builder, Entry};
use crate::package::evidence::{FOLDER, FORMAT, Record};
use crate::package::model::DataFile;
use std::path::Path;

impl Builder<'_> {
    /// Writes what is kept of the signatures of a file that stands in the package as `data`; the same certificate or list
    /// is written once.
    pub(super) fn evidence(
        &mut self,
        root: &Path,
        document: &str,
        data: &Entry,
        file: &DataFile,
        written: &mut Vec<Entry>,
    ) -> Result<(), BuildError> {
        if file.evidence.is_empty() {
            return Ok(());
        }
        let named = file.evidence.map(&mut |kind, der: &Vec<u8>| {
            let name = kind.name(der);
            let href = format!("{FOLDER}/{name}");
            if !written.iter().any(|known| known.href == href) {
                written.push(self.keep(root, &href, kind.media_type(), der)?);
            }
            Ok::<_, BuildError>(name)
        })?;
        let name = data.href.trim_start_matches("data/");
        let record = Record {
            format: FORMAT.to_owned(),
            document: document.to_owned(),
            file: format!("representations/rep1/{}", data.href),
            sha256: data.sha256.to_lowercase(),
            evidence: named,
        };
        let text = serde_json::to_string_pretty(&record).map_err(std::io::Error::from)?;
        written.push(self.keep(
            root,
            &format!("{FOLDER}/{name}.json"),
            "application/json",
            text.as_bytes(),
        )?);
        Ok(())
    }
}
