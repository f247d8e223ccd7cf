//! The inner METS of a package: which file is which document's, and what goes along with it (Circular 05/2025/TT-BNV,
//! App. III, the structural map's `MetadataLink/File` and `AttachmentFile`).

use super::{BuildError, Builder, Entry};

impl Builder<'_> {
    pub(super) fn representation_mets(&self, described: &[Described]) -> Result<String, BuildError> {
        self.mets("rep1", "../../", |xml| {
            self.header(xml, false)?;
            let mut sections = Vec::new();
            for Described { metadata, .. } in described {
                let id = self.id("uuid")?;
                self.section(xml, &id, metadata)?;
                sections.push(id);
            }
            xml.empty("amdSec", &[("ID", &self.id("uuid")?)])?;
            let files = self.id("uuid")?;
            let mut group = (String::new(), Vec::new());
            xml.within("fileSec", &[("ID", files.as_str())], |xml| {
                let data: Vec<&Entry> = described
                    .iter()
                    .map(|one| &one.data)
                    .chain(described.iter().flat_map(|one| &one.attached))
                    .collect();
                group = self.group(xml, "Data", true, &data)?;
                Ok(())
            })?;
            let (group, ids) = group;
            self.structure(xml, |xml| {
                self.division(xml, "rep1", &[("TYPE", "ORIGINAL")], |xml| {
                    self.division(xml, "Data", &[], |xml| xml.empty("fptr", &[("FILEID", &group)]))?;
                    self.division(xml, "MetadataLink", &[], |xml| {
                        for (section, file) in sections.iter().zip(&ids) {
                            self.division(xml, "MetadataLink/File", &[("DMDID", section)], |xml| {
                                xml.empty("fptr", &[("FILEID", file)])
                            })?;
                        }
                        Ok(())
                    })?;
                    if described.iter().all(|one| one.attached.is_empty()) {
                        return Ok(());
                    }
                    // Files of attachments follow those of documents, in the order of their owners.
                    let mut files = ids.iter().skip(described.len());
                    self.division(xml, "AttachmentFile", &[], |xml| {
                        for (one, section) in described.iter().zip(&sections) {
                            if one.attached.is_empty() {
                                continue;
                            }
                            self.division(xml, &one.id, &[("DMDID", section)], |xml| {
                                files
                                    .by_ref()
                                    .take(one.attached.len())
                                    .try_for_each(|file| xml.empty("fptr", &[("FILEID", file)]))
                            })?;
                        }
                        Ok(())
                    })
                })
            })
        })
    }
}

/// A document in the package: its name there, what describes it, its file and those that go along.
pub(super) struct Described {
    pub(super) id: String,
    pub(super) metadata: Entry,
    pub(super) data: Entry,
    pub(super) attached: Vec<Entry>,
}
