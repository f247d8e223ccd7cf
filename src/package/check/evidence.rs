//! Evidence of signatures inside a package: each record speaks of a file that is there as it says, and names only files
//! that are what their names say. That METS knows them all, by digest, is judged with everything else.

use super::super::evidence::{FOLDER, Record};
use super::super::read::sha256;
use super::{Checker, Mets, PackageError};
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Judges the records; a package without any is said to have none.
    pub(super) fn evidence(
        &mut self,
        files: &BTreeSet<String>,
        inner: Option<&Mets>,
    ) -> Result<(), PackageError> {
        let folder = format!("{FOLDER}/");
        let records: Vec<&String> = files
            .iter()
            .filter(|file| file.starts_with(&folder) && file.to_lowercase().ends_with(".json"))
            .collect();
        if records.is_empty() {
            self.skip("signature_evidence", "the package carries no evidence of signatures");
            return Ok(());
        }
        let known: BTreeSet<&str> =
            inner.iter().flat_map(|mets| &mets.files).map(|(_, path)| path.as_str()).collect();
        for path in records {
            let record = self.text(path, "signature_evidence").and_then(|text| Record::read(&text));
            self.judge(
                "signature_evidence",
                record.is_some(),
                path,
                "not a record of evidence as this version writes and reads it",
            );
            let Some(record) = record else { continue };
            // Only what METS names inside the package is opened.
            let same = known.contains(record.file.as_str())
                && files.contains(&record.file)
                && sha256(&self.root.join(&record.file))? == record.sha256.to_lowercase();
            self.judge(
                "signature_evidence_file",
                same,
                path,
                "the file it speaks of is not in the package, or is another one",
            );
            for (kind, name) in record.names() {
                let inside = format!("{folder}{name}");
                let whole = files.contains(&inside)
                    && name == format!("{}.{}", sha256(&self.root.join(&inside))?, kind.extension());
                self.judge(
                    "signature_evidence_whole",
                    whole,
                    &inside,
                    "named by a record, but missing or not what its name says",
                );
            }
        }
        Ok(())
    }
}
