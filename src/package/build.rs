//! Writing a submission package: a folder, its METS files from the bottom up (Circular 05/2025/TT-BNV,
//! App. III, on E-ARK CSIP 2.0.4).

mod evidence;
mod representation;

use super::manual;
use super::model::{DataFile, Document, ModelError, Submission, field};
use super::xml::Xml;
use crate::ports::{Rng, RngFailed};
use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, FixedOffset, Utc};
use representation::Described;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

/// Schemas every package carries.
pub const SCHEMAS: [(&str, &str); 6] = [
    ("mets1_12.xsd", include_str!("schemas/mets1_12.xsd")),
    ("xlink.xsd", include_str!("schemas/xlink.xsd")),
    ("DILCISExtensionMETS.xsd", include_str!("schemas/DILCISExtensionMETS.xsd")),
    ("DILCISExtensionSIPMETS.xsd", include_str!("schemas/DILCISExtensionSIPMETS.xsd")),
    ("ead.xsd", include_str!("schemas/ead.xsd")),
    ("ead_doc.xsd", include_str!("schemas/ead_doc.xsd")),
];

const PROFILE: &str = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml";

/// Why a package can't be written.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// What it is to say can't be said.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The disk failed.
    #[error("writing the package: {0}")]
    Io(#[from] std::io::Error),
    /// A data file is not what it should be.
    #[error("the file of document {0} is not the one recorded")]
    Digest(usize),
    /// The random source failed.
    #[error(transparent)]
    Rng(#[from] RngFailed),
    /// The accompanying guide can't be made.
    #[error("the guide can't be made: {0}")]
    Manual(String),
}

/// A file inside the package, as METS refers to it.
struct Entry {
    href: String,
    media_type: &'static str,
    size: u64,
    sha256: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Name of the package.
    pub object_id: String,
    /// SHA-256 of the root METS file, which seals everything else: lower-case hex.
    pub digest: String,
    /// Files written.
    pub files: usize,
    /// Bytes written.
    pub bytes: u64,
}

struct Builder<'s> {
    submission: &'s Submission,
    rng: &'s dyn Rng,
    created: String,
    files: usize,
    bytes: u64,
}

/// Writes the package into the new folder `parent/<object id>`.
///
/// # Errors
/// [`BuildError`]; a folder left half-written is the caller's to remove.
pub fn build(submission: &Submission, parent: &Path, rng: &dyn Rng) -> Result<Built, BuildError> {
    submission.check()?;
    let root = parent.join(submission.object_id());
    fs::create_dir(&root)?;
    let mut builder = Builder { submission, rng, created: instant(submission.at), files: 0, bytes: 0 };
    let digest = builder.write(&root)?;
    Ok(Built {
        object_id: submission.object_id(),
        digest: digest.to_lowercase(),
        files: builder.files,
        bytes: builder.bytes,
    })
}

/// An instant with the zone of Vietnam and milliseconds, as the circular's examples write it.
fn instant(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(7 * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

impl Builder<'_> {
    fn id(&self, prefix: &str) -> Result<String, BuildError> {
        let mut bytes = [0_u8; 16];
        self.rng.fill(&mut bytes)?;
        let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        Ok(format!("{prefix}-{}", uuid.to_string().to_uppercase()))
    }

    fn keep(
        &mut self,
        root: &Path,
        href: &str,
        media_type: &'static str,
        bytes: &[u8],
    ) -> Result<Entry, BuildError> {
        let path = root.join(href);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let sha256 = hex::encode_upper(aws_lc_rs::digest::digest(&SHA256, bytes));
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.files += 1;
        self.bytes += size;
        Ok(Entry { href: href.to_owned(), media_type, size, sha256 })
    }

    /// Copies a data file while it is hashed; other bytes than recorded are refused.
    fn copy(
        &mut self,
        root: &Path,
        href: &str,
        ordinal: usize,
        file: &DataFile,
    ) -> Result<Entry, BuildError> {
        let path = root.join(href);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut from = File::open(&file.path)?;
        let mut to = File::create_new(path)?;
        let mut context = Context::new(&SHA256);
        let mut buffer = vec![0_u8; 128 * 1024];
        let mut size = 0_u64;
        loop {
            let read = from.read(&mut buffer)?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
            context.update(part);
            to.write_all(part)?;
            size += u64::try_from(read).unwrap_or(0);
        }
        to.sync_all()?;
        let digest = context.finish();
        if hex::encode(digest) != file.sha256 || size != file.size {
            return Err(BuildError::Digest(ordinal));
        }
        self.files += 1;
        self.bytes += size;
        let media_type = if file.extension == "pdf" { "application/pdf" } else { "application/octet-stream" };
        Ok(Entry { href: href.to_owned(), media_type, size, sha256: hex::encode_upper(digest) })
    }

    fn write(&mut self, root: &Path) -> Result<String, BuildError> {
        let rep = root.join("representations/rep1");
        let (mut described, mut kept) = (Vec::new(), Vec::new());
        for (ordinal, document) in (1_usize..).zip(&self.submission.documents) {
            let id = self.submission.document_id(ordinal);
            let name = format!("data/{id}.{}", document.file.extension);
            let data = self.copy(&rep, &name, ordinal, &document.file)?;
            self.evidence(root, &id, &data, &document.file, &mut kept)?;
            let mut attached = Vec::new();
            for (number, file) in (1_usize..).zip(&document.attachments) {
                let name = format!("data/{id}.PL{number}.{}", file.extension);
                let copied = self.copy(&rep, &name, ordinal, file)?;
                self.evidence(root, &id, &copied, file, &mut kept)?;
                attached.push(copied);
            }
            let text = self.document_metadata(ordinal, document)?;
            let href = format!("metadata/descriptive/EAD_doc_{id}.xml");
            let metadata = self.keep(&rep, &href, "application/xml", text.as_bytes())?;
            described.push(Described { id, metadata, data, attached });
        }
        let inner = self.representation_mets(&described)?;
        let inner = self.keep(root, "representations/rep1/METS.xml", "application/xml", inner.as_bytes())?;
        let dossier = self.dossier_metadata()?;
        let dossier =
            self.keep(root, "metadata/descriptive/EAD.xml", "application/xml", dossier.as_bytes())?;
        let mut schemas = Vec::new();
        for (name, text) in SCHEMAS {
            schemas.push(self.keep(root, &format!("schemas/{name}"), "application/xml", text.as_bytes())?);
        }
        let guide = manual::pdf(self.submission).map_err(BuildError::Manual)?;
        let guide = self.keep(root, "documentation/UserManual.pdf", "application/pdf", &guide)?;
        kept.insert(0, guide);
        let outer = self.root_mets(&dossier, &kept, &schemas, &inner)?;
        Ok(self.keep(root, "METS.xml", "application/xml", outer.as_bytes())?.sha256)
    }

    fn dossier_metadata(&self) -> Result<String, BuildError> {
        let dossier = &self.submission.dossier;
        let total = self.submission.documents.len().to_string();
        let fields: Vec<(&str, String)> = vec![
            ("fileCode", dossier.file_code.clone()),
            ("title", field("title", &dossier.title, 1000, true)?),
            ("maintenance", dossier.maintenance.clone()),
            ("mode", dossier.mode.clone()),
            ("language", dossier.language.clone()),
            ("startDate", dossier.start.format("%d/%m/%Y").to_string()),
            ("endDate", dossier.end.format("%d/%m/%Y").to_string()),
            ("keyword", field("keyword", &dossier.keyword, 100, false)?),
            ("totalDoc", total),
            ("numberOfPaper", "0".to_owned()),
            ("numberOfPage", dossier.pages.to_string()),
            ("format", "01".to_owned()),
            ("inforSign", String::new()),
            ("confidenceLevel", dossier.confidence.clone()),
            ("paperFileCode", String::new()),
            ("riskRecovery", "0".to_owned()),
            ("riskRecoveryStatus", String::new()),
            ("description", field("description", &dossier.description, 2000, false)?),
        ];
        Ok(simple(&fields))
    }

    fn document_metadata(&self, ordinal: usize, document: &Document) -> Result<String, BuildError> {
        let dossier = &self.submission.dossier;
        let fields: Vec<(&str, String)> = vec![
            ("docId", self.submission.document_id(ordinal)),
            ("docCode", self.submission.document_code(ordinal)),
            ("maintenance", dossier.maintenance.clone()),
            ("typeName", document.type_code.clone()),
            ("codeNumber", document.number.clone()),
            ("codeNotation", document.symbol.clone()),
            ("issuedDate", document.issued.format("%d/%m/%Y").to_string()),
            ("organName", field("organName", &document.organ, 200, true)?),
            ("subject", field("subject", &document.subject, 500, true)?),
            ("language", dossier.language.clone()),
            ("numberOfPage", document.pages.to_string()),
            ("inforSign", String::new()),
            ("keyword", String::new()),
            ("mode", dossier.mode.clone()),
            ("confidenceLevel", dossier.confidence.clone()),
            ("autograph", String::new()),
            ("format", "01".to_owned()),
            ("process", "0".to_owned()),
            ("riskRecovery", "0".to_owned()),
            ("riskRecoveryStatus", String::new()),
            ("description", String::new()),
        ];
        Ok(simple(&fields))
    }

    fn mets(
        &self,
        object_id: &str,
        up: &str,
        content: impl FnOnce(&mut Xml) -> Result<(), BuildError>,
    ) -> Result<String, BuildError> {
        let location = [
            ("http://www.loc.gov/METS/", "mets1_12.xsd"),
            ("http://www.w3.org/1999/xlink", "xlink.xsd"),
            ("https://DILCIS.eu/XML/METS/CSIPExtensionMETS", "DILCISExtensionMETS.xsd"),
            ("https://DILCIS.eu/XML/METS/SIPExtensionMETS", "DILCISExtensionSIPMETS.xsd"),
        ]
        .map(|(space, file)| format!("{space} {up}schemas/{file}"))
        .join(" ");
        let title = field("title", &self.submission.dossier.title, 1000, true)?;
        let mut xml = Xml::new();
        let attributes = [
            ("xmlns", "http://www.loc.gov/METS/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
            ("xmlns:csip", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"),
            ("xmlns:sip", "https://DILCIS.eu/XML/METS/SIPExtensionMETS"),
            ("OBJID", object_id),
            ("LABEL", &title),
            ("TYPE", "Mixed"),
            ("csip:CONTENTINFORMATIONTYPE", "MIXED"),
            ("PROFILE", PROFILE),
            ("xsi:schemaLocation", &location),
        ];
        xml.within("mets", &attributes, content)?;
        Ok(xml.text())
    }

    fn header(&self, xml: &mut Xml, root: bool) -> Result<(), BuildError> {
        let attributes = [
            ("CREATEDATE", self.created.as_str()),
            ("LASTMODDATE", &self.created),
            ("RECORDSTATUS", "NEW"),
            ("csip:OAISPACKAGETYPE", "SIP"),
        ];
        xml.within("metsHdr", &attributes, |xml| {
            let agent = |xml: &mut Xml, attributes: &[(&str, &str)], name: &str, note: &str, kind: &str| {
                xml.within("agent", attributes, |xml| {
                    xml.text_element("name", &[], name)?;
                    xml.text_element("note", &[("csip:NOTETYPE", kind)], note)
                })
            };
            let (agency, fonds) = (&self.submission.agency, &self.submission.fonds);
            if root {
                let software = [("ROLE", "CREATOR"), ("TYPE", "OTHER"), ("OTHERTYPE", "SOFTWARE")];
                agent(xml, &software, "Chancery", env!("CARGO_PKG_VERSION"), "SOFTWARE VERSION")?;
                let archivist = [("ROLE", "ARCHIVIST"), ("TYPE", "ORGANIZATION")];
                agent(xml, &archivist, agency, fonds, "IDENTIFICATIONCODE")?;
                let registration = [("TYPE", "SUBMISSIONAGREEMENT")];
                xml.text_element("altRecordID", &registration, &self.submission.registration)
            } else {
                let creator = [("ROLE", "CREATOR"), ("TYPE", "ORGANIZATION")];
                agent(xml, &creator, agency, fonds, "IDENTIFICATIONCODE")
            }
        })
    }

    fn section(&self, xml: &mut Xml, id: &str, entry: &Entry) -> Result<(), BuildError> {
        let attributes = [("ID", id), ("CREATED", &self.created), ("STATUS", "CURRENT")];
        xml.within("dmdSec", &attributes, |xml| {
            let size = entry.size.to_string();
            xml.empty(
                "mdRef",
                &[
                    ("LOCTYPE", "URL"),
                    ("MDTYPE", "DC"),
                    ("MDTYPEVERSION", "1.0.0"),
                    ("xlink:type", "simple"),
                    ("xlink:href", &entry.href),
                    ("MIMETYPE", entry.media_type),
                    ("SIZE", &size),
                    ("CREATED", &self.created),
                    ("CHECKSUMTYPE", "SHA-256"),
                    ("CHECKSUM", &entry.sha256),
                ],
            )
        })
    }

    /// A file group; gives its identifier and those of its files.
    fn group(
        &self,
        xml: &mut Xml,
        usage: &str,
        mixed: bool,
        entries: &[&Entry],
    ) -> Result<(String, Vec<String>), BuildError> {
        let id = self.id("uuid")?;
        let mut attributes = vec![("ID", id.as_str()), ("USE", usage)];
        if mixed {
            attributes.push(("csip:CONTENTINFORMATIONTYPE", "MIXED"));
        }
        let mut ids = Vec::new();
        xml.within("fileGrp", &attributes, |xml| {
            for entry in entries {
                let id = self.id("ID")?;
                let size = entry.size.to_string();
                let attributes = [
                    ("ID", id.as_str()),
                    ("MIMETYPE", entry.media_type),
                    ("SIZE", &size),
                    ("CREATED", &self.created),
                    ("CHECKSUMTYPE", "SHA-256"),
                    ("CHECKSUM", &entry.sha256),
                ];
                xml.within("file", &attributes, |xml| {
                    xml.empty(
                        "FLocat",
                        &[("LOCTYPE", "URL"), ("xlink:type", "simple"), ("xlink:href", &entry.href)],
                    )
                })?;
                ids.push(id);
            }
            Ok(())
        })?;
        Ok((id, ids))
    }

    fn division(
        &self,
        xml: &mut Xml,
        label: &str,
        more: &[(&str, &str)],
        content: impl FnOnce(&mut Xml) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let id = self.id("uuid")?;
        let mut attributes = vec![("ID", id.as_str()), ("LABEL", label)];
        attributes.extend_from_slice(more);
        xml.within("div", &attributes, content)
    }

    fn structure(
        &self,
        xml: &mut Xml,
        content: impl FnOnce(&mut Xml) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let id = self.id("uuid")?;
        xml.within("structMap", &[("ID", id.as_str()), ("LABEL", "CSIP"), ("TYPE", "PHYSICAL")], content)
    }

    fn root_mets(
        &self,
        dossier: &Entry,
        guides: &[Entry],
        schemas: &[Entry],
        inner: &Entry,
    ) -> Result<String, BuildError> {
        let object_id = self.submission.object_id();
        self.mets(&object_id, "", |xml| {
            self.header(xml, true)?;
            let described = self.id("uuid")?;
            self.section(xml, &described, dossier)?;
            xml.empty("amdSec", &[("ID", &self.id("uuid")?)])?;
            let files = self.id("uuid")?;
            let mut groups = Vec::new();
            xml.within("fileSec", &[("ID", files.as_str())], |xml| {
                groups.push(self.group(xml, "Documentation", false, &guides.iter().collect::<Vec<_>>())?.0);
                groups.push(self.group(xml, "Schemas", false, &schemas.iter().collect::<Vec<_>>())?.0);
                groups.push(self.group(xml, "Representations/rep1", true, &[inner])?.0);
                Ok(())
            })?;
            let [documentation, schemas, representation] = groups.as_slice() else { return Ok(()) };
            let pointer = |xml: &mut Xml, id: &str| xml.empty("fptr", &[("FILEID", id)]);
            self.structure(xml, |xml| {
                self.division(xml, &object_id, &[], |xml| {
                    self.division(xml, "Metadata", &[("DMDID", &described)], |_| Ok(()))?;
                    self.division(xml, "Documentation", &[], |xml| pointer(xml, documentation))?;
                    self.division(xml, "Schemas", &[], |xml| pointer(xml, schemas))?;
                    self.division(xml, "Representations/rep1", &[], |xml| {
                        xml.empty(
                            "mptr",
                            &[
                                ("LOCTYPE", "URL"),
                                ("xlink:type", "simple"),
                                ("xlink:href", &inner.href),
                                ("xlink:title", representation),
                            ],
                        )
                    })?;
                    self.division(xml, "Representations", &[], |xml| pointer(xml, representation))
                })
            })
        })
    }
}

fn simple(fields: &[(&str, String)]) -> String {
    let mut xml = Xml::new();
    // Writing to memory doesn't fail.
    let _ = xml.within("simpledc", &[], |xml| {
        fields.iter().try_for_each(|(name, value)| xml.text_element(name, &[], value))
    });
    xml.text()
}
