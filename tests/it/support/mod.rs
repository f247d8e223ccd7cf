//! What tests share: fresh databases of both kinds, independent judges, keys and fixtures.

pub mod csc;
pub mod databases;
pub mod judges;
pub mod pki;
pub mod program;
pub mod tls;
pub mod tokens;

use chancery::pki::issue::{Authority, NewKey};
use chancery::pki::{MemoryKey, TrustStore};
use std::path::PathBuf;

/// A file of the fixtures folder.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixture_path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Where a file of the fixtures folder is.
pub fn fixture_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A development authority with what it issues.
pub struct TestKeys {
    pub authority: Authority,
    pub person: MemoryKey,
    pub agency: MemoryKey,
}

impl TestKeys {
    pub fn new(person: NewKey, agency: NewKey) -> Self {
        let authority = Authority::new("Test Root", (2020, 2060)).unwrap();
        let key = |name: &str, kind| {
            let issued = authority.issue(name, "UBND huyện Thanh Bình", kind, (2024, 2040)).unwrap();
            MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap()
        };
        let (person, agency) = (key("Trần Văn Mẫu", person), key("UBND huyện Thanh Bình", agency));
        Self { authority, person, agency }
    }

    pub fn trust(&self) -> TrustStore {
        TrustStore::new(vec![self.authority.root().clone()])
    }
}
