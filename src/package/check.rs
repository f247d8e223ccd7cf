//! Checking a package somebody handed over: the list of what an archive checks at receipt (reference
//! of Circular 05/2025, 10.4), as far as bytes tell. What isn't checked is said to be skipped.

mod evidence;
mod fields;

use super::read::{date, has_structure, parse, sha256};
use super::unpack::unpack;
use roxmltree::Node;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Component, Path};

pub(super) const METS: &str = "http://www.loc.gov/METS/";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const CSIP: &str = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS";

/// What a package may cost to check.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files in it.
    pub files: usize,
    /// Bytes in all, unpacked.
    pub bytes: u64,
    /// Bytes of one XML file.
    pub xml: u64,
    /// How many times its packed size an entry of a ZIP may unpack to, beyond a first megabyte.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 20_000, bytes: 20 << 30, xml: 64 << 20, ratio: 200 }
    }
}

/// The report, in the shape other programs read.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = PackageReport)]
pub struct Report {
    /// Its OBJID, or its name when it has none.
    pub package: String,
    /// What it is: `SIP_hoso`, `SIP`, `AIP`, `DIP` or `unknown`.
    pub profile: String,
    /// `good` or `bad`.
    pub indication: String,
    /// Each check.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Check {
    /// Stable code.
    pub code: String,
    /// `passed`, `failed` or `skipped`.
    pub outcome: String,
    /// Why it failed or was skipped.
    pub why: Option<String>,
    /// The file it concerns.
    pub path: Option<String>,
}

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It can't be read.
    #[error("the package can't be read: {0}")]
    Io(#[from] io::Error),
    /// Neither a folder nor a ZIP.
    #[error("neither a folder nor a ZIP file")]
    Kind,
    /// It is beyond a limit.
    #[error("the package exceeds a limit: {0}")]
    Limit(&'static str),
    /// A ZIP that must not be unpacked.
    #[error("the ZIP is unsafe: {0}")]
    Unsafe(String),
}

struct Checker<'p> {
    root: &'p Path,
    limits: &'p Limits,
    checks: Vec<Check>,
    failed: HashSet<&'static str>,
    seen: BTreeSet<String>,
}

/// What a METS file says, as far as it is needed.
#[derive(Default)]
struct Mets {
    object_id: String,
    package_type: String,
    kind: String,
    metadata: Vec<(String, String)>,
    files: Vec<(String, String)>,
    links: Vec<(String, String)>,
    pointers: Vec<String>,
}

/// Checks a package: a folder or a ZIP file.
///
/// # Errors
/// When it can't be read, or a ZIP must not be unpacked.
pub fn check(path: &Path, limits: &Limits) -> Result<Report, PackageError> {
    let meta = fs::symlink_metadata(path)?;
    if meta.is_dir() {
        return check_folder(path, limits);
    }
    if !meta.is_file() {
        return Err(PackageError::Kind);
    }
    let folder = tempfile::tempdir()?;
    let top = unpack(path, folder.path(), limits)?;
    check_folder(&folder.path().join(top), limits)
}

fn check_folder(root: &Path, limits: &Limits) -> Result<Report, PackageError> {
    let mut checker =
        Checker { root, limits, checks: Vec::new(), failed: HashSet::new(), seen: BTreeSet::new() };
    let files = checker.list()?;
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let outer = checker.mets("METS.xml", "")?;
    let inner = checker.mets("representations/rep1/METS.xml", "representations/rep1/")?;
    let (mut package, mut profile) = (name.clone(), "unknown".to_owned());
    if let Some(outer) = &outer {
        package.clone_from(&outer.object_id);
        profile = match outer.package_type.as_str() {
            "SIP" if outer.kind.eq_ignore_ascii_case("mixed") => "SIP_hoso".to_owned(),
            known @ ("SIP" | "AIP" | "DIP") => known.to_owned(),
            _ => "unknown".to_owned(),
        };
        checker.judge(
            "package_type",
            profile != "unknown",
            "METS.xml",
            "csip:OAISPACKAGETYPE is none of SIP, AIP, DIP",
        );
        let folder = outer.object_id.replace(':', "_");
        checker.judge("folder_name", folder == name, "METS.xml", "the top folder is not named after OBJID");
        let pointed = outer.pointers.iter().any(|pointer| pointer == "representations/rep1/METS.xml");
        checker.judge(
            "representation_pointer",
            pointed,
            "METS.xml",
            "no mptr leads to representations/rep1/METS.xml",
        );
    }
    if let (Some(outer), Some(inner)) = (&outer, &inner) {
        let same = outer.package_type == inner.package_type && outer.kind.eq_ignore_ascii_case(&inner.kind);
        checker.judge(
            "mets_agree",
            same,
            "representations/rep1/METS.xml",
            "type and package type differ from the root METS",
        );
        checker.documents(outer, inner)?;
    }
    let preservation = files.iter().any(|file| file.contains("metadata/preservation/"));
    match profile.as_str() {
        "SIP" | "SIP_hoso" => {
            checker.judge(
                "no_premis_in_sip",
                !preservation,
                "metadata/preservation",
                "a SIP carries no PREMIS",
            );
        }
        "AIP" => {
            checker.judge("premis_in_aip", preservation, "metadata/preservation", "an AIP carries PREMIS");
            checker.skip("premis_content", "PREMIS is not judged by this version");
        }
        _ => {}
    }
    checker.evidence(&files, inner.as_ref())?;
    checker.orphans(&files);
    checker.skip(
        "schema",
        "XML schemas are applied by their structure here; an XSD validator judges them fully",
    );
    checker.skip("virus", "no scanner is configured");
    let bad = checker.checks.iter().any(|check| check.outcome == "failed");
    let indication = if bad { "bad" } else { "good" }.to_owned();
    Ok(Report { package, profile, indication, checks: checker.checks })
}

impl Checker<'_> {
    fn judge(&mut self, code: &'static str, holds: bool, path: &str, why: &str) {
        if holds {
            // One line a kind of check, unless something fails.
            if !self.failed.contains(code) && !self.checks.iter().any(|check| check.code == code) {
                self.checks.push(Check {
                    code: code.to_owned(),
                    outcome: "passed".to_owned(),
                    why: None,
                    path: None,
                });
            }
            return;
        }
        self.checks.retain(|check| check.code != code || check.outcome == "failed");
        self.failed.insert(code);
        self.checks.push(Check {
            code: code.to_owned(),
            outcome: "failed".to_owned(),
            why: Some(why.to_owned()),
            path: Some(path.to_owned()),
        });
    }

    fn skip(&mut self, code: &str, why: &str) {
        let why = Some(why.to_owned());
        self.checks.push(Check { code: code.to_owned(), outcome: "skipped".to_owned(), why, path: None });
    }

    /// Every file, relative; links and other oddities are refused.
    fn list(&mut self) -> Result<BTreeSet<String>, PackageError> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let path = entry.path();
                let kind = entry.file_type()?;
                let relative = path.strip_prefix(self.root).unwrap_or(&path).to_string_lossy().into_owned();
                if kind.is_dir() {
                    folders.push(path);
                } else {
                    self.judge("plain_files", kind.is_file(), &relative, "neither a file nor a folder");
                    found.insert(relative);
                }
                if found.len() > self.limits.files {
                    return Err(PackageError::Limit("number of files"));
                }
            }
        }
        Ok(found)
    }

    fn text(&mut self, relative: &str, code: &'static str) -> Option<String> {
        let path = self.root.join(relative);
        let readable =
            fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= self.limits.xml);
        let text = readable.then(|| fs::read_to_string(&path).ok()).flatten();
        self.judge(code, text.is_some(), relative, "missing, too large or not UTF-8");
        text
    }

    fn mets(&mut self, relative: &str, base: &str) -> Result<Option<Mets>, PackageError> {
        let Some(text) = self.text(relative, "mets_present") else { return Ok(None) };
        self.seen.insert(relative.to_owned());
        let parsed = parse(&text);
        self.judge(
            "mets_well_formed",
            parsed.is_some(),
            relative,
            "broken XML, a DTD, or too many elements or attributes",
        );
        let Some(document) = parsed else { return Ok(None) };
        let root = document.root_element();
        self.judge(
            "mets_structure",
            has_structure(root),
            relative,
            "not a METS document of header, sections, files, structure",
        );
        let mut mets = Mets {
            object_id: root.attribute("OBJID").unwrap_or_default().to_owned(),
            kind: root.attribute("TYPE").unwrap_or_default().to_owned(),
            ..Mets::default()
        };
        let mut ids = HashMap::new();
        for node in root.descendants().filter(Node::is_element) {
            if let Some(id) = node.attribute("ID") {
                let first = ids.insert(id.to_owned(), ()).is_none();
                self.judge("ids_unique", first, relative, &format!("the ID {id} stands twice"));
            }
            match node.tag_name().name() {
                "metsHdr" => {
                    mets.package_type =
                        node.attribute((CSIP, "OAISPACKAGETYPE")).unwrap_or_default().to_owned();
                    let status = node.attribute("RECORDSTATUS").unwrap_or("NEW");
                    let known = ["NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "OTHER"].contains(&status);
                    self.judge("record_status", known, relative, "RECORDSTATUS is none of its values");
                }
                "mdRef" => {
                    let href = node.attribute((XLINK, "href")).unwrap_or_default();
                    self.reference(base, href, node)?;
                    let section = node.parent().and_then(|section| section.attribute("ID"));
                    mets.metadata.push((section.unwrap_or_default().to_owned(), format!("{base}{href}")));
                }
                "FLocat" => {
                    let href = node.attribute((XLINK, "href")).unwrap_or_default();
                    if let Some(file) = node.parent() {
                        self.reference(base, href, file)?;
                        mets.files.push((
                            file.attribute("ID").unwrap_or_default().to_owned(),
                            format!("{base}{href}"),
                        ));
                    }
                }
                "mptr" => mets.pointers.push(node.attribute((XLINK, "href")).unwrap_or_default().to_owned()),
                "div" if node.attribute("LABEL") == Some("MetadataLink/File") => {
                    let file = node.children().find(|child| child.tag_name().name() == "fptr");
                    let file = file.and_then(|file| file.attribute("FILEID")).unwrap_or_default();
                    mets.links
                        .push((node.attribute("DMDID").unwrap_or_default().to_owned(), file.to_owned()));
                }
                _ => {}
            }
        }
        for node in root.descendants().filter(Node::is_element) {
            for name in ["DMDID", "ADMID", "FILEID"] {
                for id in node.attribute(name).unwrap_or_default().split_whitespace() {
                    self.judge(
                        "ids_resolve",
                        ids.contains_key(id),
                        relative,
                        &format!("{name} {id} names nothing"),
                    );
                }
            }
        }
        Ok(Some(mets))
    }

    /// Existence, size and digest of a file METS refers to.
    fn reference(&mut self, base: &str, href: &str, holder: Node<'_, '_>) -> Result<(), PackageError> {
        let relative = format!("{base}{href}");
        let inside = !href.is_empty()
            && !href.contains('\\')
            && Path::new(href).components().all(|part| matches!(part, Component::Normal(_)));
        self.judge("path_inside", inside, href, "the reference leads outside of the package");
        if !inside {
            return Ok(());
        }
        let path = self.root.join(&relative);
        let meta = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file);
        self.judge("file_present", meta.is_some(), &relative, "METS names a file that is not there");
        let Some(meta) = meta else { return Ok(()) };
        self.seen.insert(relative.clone());
        let size = holder.attribute("SIZE").and_then(|size| size.parse::<u64>().ok());
        self.judge("size", size == Some(meta.len()), &relative, "SIZE is not the file's size");
        let kind = holder.attribute("CHECKSUMTYPE") == Some("SHA-256");
        self.judge("digest_type", kind, &relative, "CHECKSUMTYPE is not SHA-256");
        if kind {
            let found = sha256(&path)?;
            let named = holder.attribute("CHECKSUM").unwrap_or_default().to_lowercase();
            self.judge("digest", found == named, &relative, "CHECKSUM is not the file's SHA-256");
        }
        Ok(())
    }

    /// Dossier and document metadata against each other and the files.
    fn documents(&mut self, outer: &Mets, inner: &Mets) -> Result<(), PackageError> {
        let dossier_path =
            outer.metadata.first().map_or("metadata/descriptive/EAD.xml", |(_, path)| path.as_str());
        let Some(dossier) = self.simple(dossier_path) else { return Ok(()) };
        let files: HashMap<&str, &str> =
            inner.files.iter().map(|(id, path)| (id.as_str(), path.as_str())).collect();
        let links: HashMap<&str, &str> =
            inner.links.iter().map(|(section, file)| (section.as_str(), file.as_str())).collect();
        let code =
            dossier.get("fileCode").or_else(|| dossier.get("arcFileCode")).cloned().unwrap_or_default();
        self.judge("file_code", !code.is_empty(), dossier_path, "the dossier has no file code");
        let period = (date(dossier.get("startDate")), date(dossier.get("endDate")));
        let ordered = matches!(period, (Some(start), Some(end)) if start <= end);
        self.judge("dossier_dates", ordered, dossier_path, "startDate and endDate are not a period");
        let total = dossier.get("totalDoc").and_then(|total| total.parse::<usize>().ok());
        let count = inner.metadata.len();
        self.judge(
            "total_documents",
            total == Some(count),
            dossier_path,
            &format!("totalDoc is not {count}"),
        );
        let digitised = dossier.get("confidenceLevel").map(String::as_str) == Some("02");
        let has_paper = dossier.get("paperFileCode").is_some_and(|code| !code.is_empty());
        self.judge(
            "paper_file_code",
            !digitised || has_paper,
            dossier_path,
            "a digitised dossier names its paper original",
        );
        let mut ordinals = BTreeSet::new();
        for (section, path) in &inner.metadata {
            let Some(document) = self.simple(path) else { continue };
            let id = document.get("docId").cloned().unwrap_or_default();
            let linked =
                links.get(section.as_str()).and_then(|file| files.get(file)).copied().unwrap_or_default();
            self.judge(
                "document_has_file",
                !linked.is_empty(),
                path,
                "no MetadataLink leads to the document's file",
            );
            if !id.is_empty() {
                let stem = Path::new(linked).file_stem().map(|stem| stem.to_string_lossy().into_owned());
                self.judge(
                    "data_name",
                    stem.as_deref() == Some(id.as_str()),
                    linked,
                    "the file is not named after docId",
                );
                let own = Path::new(path)
                    .file_stem()
                    .map(|stem| stem.to_string_lossy().to_lowercase())
                    .unwrap_or_default();
                let wanted = format!("ead_doc_{}", id.to_lowercase());
                self.judge(
                    "metadata_name",
                    own == wanted,
                    path,
                    "the metadata file is not named after docId",
                );
            }
            let doc_code = document.get("docCode").cloned().unwrap_or_default();
            let ordinal = doc_code.strip_prefix(&format!("{code}.")).filter(|digits| digits.len() == 7);
            let ordinal = ordinal.and_then(|digits| digits.parse::<usize>().ok());
            self.judge(
                "document_code",
                ordinal.is_some(),
                path,
                "docCode is not the file code and seven digits",
            );
            ordinals.extend(ordinal);
            self.judge(
                "issued_date",
                date(document.get("issuedDate")).is_some(),
                path,
                "issuedDate is no date",
            );
            let risk = document.get("riskRecovery").map(String::as_str) == Some("1");
            let status = document.get("riskRecoveryStatus").is_some_and(|status| !status.is_empty());
            self.judge(
                "risk_recovery",
                risk == status,
                path,
                "riskRecoveryStatus stands exactly when riskRecovery is 1",
            );
            self.lengths(path, &document);
        }
        let dense = ordinals.iter().copied().eq(1..=count);
        self.judge(
            "ordinals_dense",
            dense,
            dossier_path,
            "the documents are not numbered from 1 without gaps",
        );
        Ok(())
    }

    fn orphans(&mut self, files: &BTreeSet<String>) {
        for file in files {
            let known = self.seen.contains(file);
            self.judge("no_orphans", known, file, "no METS file refers to it");
        }
    }
}
