//! A device made of software: SoftHSM with a token of its own.

use super::judges;
use chancery::pki::Certificate;
use chancery::pki::issue::{self, Authority, NewKey};
use std::path::{Path, PathBuf};
use std::process::Command;

pub const PIN: &str = "7351-ma-bi-mat";
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

/// Puts a certificate (argv[4], DER) beside the key argv[5] on the token of argv[2].
const STORE: &str = r#"
import sys, pkcs11
from pkcs11 import Attribute, ObjectClass, CertificateType
module, token, pin, der, key = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=token).open(rw=True, user_pin=pin) as session:
    session.create_object({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True, Attribute.LABEL: key, Attribute.ID: bytes.fromhex(key), Attribute.VALUE: open(der, 'rb').read(),
        Attribute.SUBJECT: b'', })
"#;

/// A token with what issues certificates for its keys.
pub struct Token {
    pub folder: tempfile::TempDir,
    pub module: PathBuf,
    pub authority: Authority,
}

impl Token {
    pub fn new() -> Option<Self> {
        judges::program("softhsm2-util")?;
        let module = MODULES.iter().map(PathBuf::from).find(|path| path.exists());
        let module = module.expect("SoftHSM has its library where Debian or Fedora puts it");
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let settings = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
        std::fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let token = Self { folder, module, authority };
        token.softhsm(&[
            "--init-token",
            "--free",
            "--label",
            "Chancery",
            "--pin",
            PIN,
            "--so-pin",
            "12345678",
        ]);
        std::fs::write(token.path("pin"), format!("{PIN}\n")).unwrap();
        std::fs::write(token.path("wrong"), "0000").unwrap();
        Some(token)
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn in_its_place(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env("LANG", "C")
            .env_remove("CHANCERY_SECRET");
        command
    }

    fn softhsm(&self, arguments: &[&str]) {
        let output = self.in_its_place(&judges::program("softhsm2-util").unwrap()).args(arguments).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", judges::text(&output));
    }

    /// A key brought onto the token; its certificate in a file.
    pub fn key(&self, id: &str, kind: NewKey) -> Certificate {
        let made = self.authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
        let (pem, cert) = (self.path(&format!("{id}.pem")), self.path(&format!("{id}.crt")));
        std::fs::write(&pem, issue::pem("PRIVATE KEY", &made.pkcs8)).unwrap();
        std::fs::write(cert, issue::certificate_pem(&made.certificate)).unwrap();
        std::fs::write(self.path(&format!("{id}.der")), &made.certificate.der).unwrap();
        self.softhsm(&["--import", &pem, "--token", "Chancery", "--label", id, "--id", id, "--pin", PIN]);
        std::fs::remove_file(pem).unwrap();
        made.certificate
    }

    pub fn uri(&self, id: &str) -> String {
        format!("pkcs11:token=Chancery;object={id}?module-path={}", self.module.display())
    }

    /// Puts the certificate of a key beside it.
    pub fn store(&self, id: &str) {
        let Some(python) = judges::program("python") else { return };
        let (module, der) = (self.module.to_str().unwrap(), self.path(&format!("{id}.der")));
        let stored =
            self.in_its_place(&python).args(["-c", STORE, module, "Chancery", PIN, &der, id]).output();
        let stored = stored.unwrap();
        assert!(stored.status.success(), "{}", judges::text(&stored));
    }
}
