//! Keys the service doesn't hold: somebody's device, played by Python's `cryptography`.

use super::house::{Answer, Caller, House};
use crate::signature::others::SIGN;
use crate::support::judges;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chancery::pki::Certificate;
use chancery::pki::issue::{NewKey, certificate_pem, pem};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};

/// Signs base64 as the words say: `pss`; `digest` when what is given is a digest; `raw` for r and s side by side.
const DEVICE: &str = r#"
import sys, base64
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils, ed25519
key = serialization.load_pem_private_key(open(sys.argv[1], 'rb').read(), None)
data, words = base64.b64decode(sys.argv[2]), sys.argv[3:]
digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}.get(getattr(key, 'key_size', 256), hashes.SHA256())
how = utils.Prehashed(digest) if 'digest' in words else digest
if isinstance(key, rsa.RSAPrivateKey):
    pad = padding.PSS(padding.MGF1(digest), digest.digest_size) if 'pss' in words else padding.PKCS1v15()
    value = key.sign(data, pad, how)
elif isinstance(key, ec.EllipticCurvePrivateKey):
    value = key.sign(data, ec.ECDSA(how))
    if 'raw' in words:
        size = (key.key_size + 7) // 8
        value = b''.join(part.to_bytes(size, 'big') for part in utils.decode_dss_signature(value))
else:
    value = key.sign(data)
print(base64.b64encode(value).decode())
"#;

/// A key that lies elsewhere, its certificate registered.
pub struct Outside {
    pub folder: tempfile::TempDir,
    pub certificate: Certificate,
    pub id: String,
}

impl Outside {
    /// Issued by the house's authority; of a person, or of the agency.
    pub fn registered(house: &House, admin: &Caller, person: Option<&str>, kind: NewKey) -> Self {
        let name = if person.is_some() { "Trần Văn Mẫu" } else { "UBND huyện Thanh Bình" };
        let issued = house.authority.issue(name, "UBND huyện Thanh Bình", kind, (2024, 2040)).unwrap();
        let mut pkcs8 = issued.pkcs8.to_vec();
        if kind == NewKey::Ed25519 {
            // Without the public key beside it, which Python's cryptography doesn't take (RFC 8410, 7).
            let seed = pkcs8[16..48].to_vec();
            pkcs8 = [&hex::decode("302e020100300506032b657004220420").unwrap()[..], &seed].concat();
        }
        let key = pem("PRIVATE KEY", &pkcs8);
        Self::of(admin, person, &key, certificate_pem(&issued.certificate))
    }

    /// Of a key and certificates in PEM, the signer's first.
    pub fn of(admin: &Caller, person: Option<&str>, key: &str, certificates: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key.pem"), key).unwrap();
        let certificate = chancery::pki::read_certificates(certificates.as_bytes()).unwrap().remove(0);
        std::fs::write(folder.path().join("cert.pem"), certificate_pem(&certificate)).unwrap();
        let id = register(admin, person, certificates.into_bytes()).id();
        Self { folder, certificate, id }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// The value over what a session hands out; none without Python.
    pub fn sign(&self, session: &Value, words: &[&str]) -> Option<String> {
        let what = if words.contains(&"digest") { "digest" } else { "to_be_signed" };
        self.sign_this(session[what].as_str().unwrap(), words)
    }

    pub fn sign_this(&self, base64: &str, words: &[&str]) -> Option<String> {
        let key = self.path("key.pem");
        let output = judges::run("python", &[&["-c", DEVICE, &key, base64], words].concat())?;
        assert!(output.status.success(), "{}", judges::text(&output));
        Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// A file signed by pyHanko, as the words say; none without it.
    pub fn sign_file(&self, file: &[u8], words: &[&str]) -> Option<Vec<u8>> {
        let [source, target, key, cert] =
            ["source.pdf", "target.pdf", "key.pem", "cert.pem"].map(|name| self.path(name));
        std::fs::write(&source, file).unwrap();
        let output = judges::run("python", &[&["-c", SIGN, &source, &target, &key, &cert], words].concat())?;
        assert!(output.status.success(), "{words:?}: {}", judges::text(&output));
        Some(std::fs::read(target).unwrap())
    }

    pub fn der(&self) -> String {
        STANDARD.encode(&self.certificate.der)
    }
}

/// Registers a certificate whose key lies elsewhere.
pub fn register(admin: &Caller, person: Option<&str>, certificate: Vec<u8>) -> Answer {
    let purpose = if person.is_some() { "personal" } else { "agency_seal" };
    let metadata = json!({ "purpose": purpose, "person": person, "name": "USB" });
    let form =
        Form::new().text("metadata", metadata.to_string()).part("certificate", Part::bytes(certificate));
    Answer::of(admin.post_of("/keys").multipart(form).send())
}
