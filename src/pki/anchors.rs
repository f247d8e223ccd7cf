//! Trust anchors as people keep them: files and folders of certificates.

use super::certificate::CertificateError;
use super::path::TrustStore;
use std::io;
use std::path::{Path, PathBuf};

/// Extensions of the files of a folder that hold certificates; others (a note, a script) are left.
const EXTENSIONS: [&str; 4] = ["pem", "crt", "cer", "der"];

/// Why anchors can't be read.
#[derive(Debug, thiserror::Error)]
pub enum AnchorsError {
    /// The file or folder can't be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no certificate that can be read.
    #[error("{}: {source}", path.display())]
    Certificate {
        /// Which.
        path: PathBuf,
        /// Why.
        source: CertificateError,
    },
}

impl TrustStore {
    /// Reads anchors from files and folders, the files of a folder in the order of their names.
    ///
    /// # Errors
    /// [`AnchorsError`] with the path that can't be read: an anchor left out silently is a document that fails silently.
    pub fn read(paths: &[PathBuf]) -> Result<Self, AnchorsError> {
        let mut trust = Self::default();
        for path in paths {
            for file in files(path)? {
                let bytes = std::fs::read(&file).map_err(|source| failed(&file, source))?;
                trust.add(&bytes).map_err(|source| AnchorsError::Certificate { path: file, source })?;
            }
        }
        Ok(trust)
    }
}

fn failed(path: &Path, source: io::Error) -> AnchorsError {
    AnchorsError::Io { path: path.to_path_buf(), source }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, AnchorsError> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let known = |file: &PathBuf| {
        file.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|source| failed(path, source))? {
        found.push(entry.map_err(|source| failed(path, source))?.path());
    }
    found.retain(known);
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::issue::{Authority, certificate_pem};

    #[test]
    fn a_folder_gives_its_certificates_and_names_the_file_that_holds_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_path_buf();
        for name in ["b.pem", "a.crt"] {
            let authority = Authority::new(name, (2020, 2060)).unwrap();
            std::fs::write(path.join(name), certificate_pem(authority.root())).unwrap();
        }
        std::fs::write(path.join("README"), "how they came here").unwrap();
        let read = TrustStore::read(std::slice::from_ref(&path)).unwrap();
        let names: Vec<String> = read.anchors().iter().map(|anchor| anchor.subject.clone()).collect();
        assert!(names[0].contains("a.crt") && names[1].contains("b.pem"), "{names:?}");
        std::fs::write(path.join("c.pem"), "nothing").unwrap();
        assert!(TrustStore::read(std::slice::from_ref(&path)).unwrap_err().to_string().contains("c.pem"));
        assert!(TrustStore::read(&[path.join("none.pem")]).unwrap_err().to_string().contains("none.pem"));
    }
}
