//! Keys on a device: SoftHSM by PKCS#11, through the real binary, judged by pyHanko and openssl.

use super::others::accepted_by_pyhanko;
use crate::support::{fixture_path, judges};
use chancery::pki::Certificate;
use chancery::pki::issue::{self, Authority, NewKey};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PIN: &str = "7351-ma-bi-mat";
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

struct Token {
    folder: tempfile::TempDir,
    module: PathBuf,
    authority: Authority,
}

impl Token {
    fn new() -> Option<Self> {
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

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn in_its_place(&self, program: &Path) -> Command {
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
    fn key(&self, id: &str, kind: NewKey) -> Certificate {
        let made = self.authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
        let (pem, cert) = (self.path(&format!("{id}.pem")), self.path(&format!("{id}.crt")));
        std::fs::write(&pem, issue::pem("PRIVATE KEY", &made.pkcs8)).unwrap();
        std::fs::write(cert, issue::certificate_pem(&made.certificate)).unwrap();
        std::fs::write(self.path(&format!("{id}.der")), &made.certificate.der).unwrap();
        self.softhsm(&["--import", &pem, "--token", "Chancery", "--label", id, "--id", id, "--pin", PIN]);
        std::fs::remove_file(pem).unwrap();
        made.certificate
    }

    fn uri(&self, id: &str) -> String {
        format!("pkcs11:token=Chancery;object={id}?module-path={}", self.module.display())
    }

    fn sign(&self, uri: &str, to: &str, more: &[&str]) -> Output {
        let draft = fixture_path("documents/quyet-dinh.pdf");
        self.in_its_place(Path::new(env!("CARGO_BIN_EXE_chancery")))
            .args(["sign", draft.to_str().unwrap(), "-o", &self.path(to), "--key", uri, "--json"])
            .args(more)
            .output()
            .unwrap()
    }
}

#[test]
fn keys_on_a_device_sign_and_their_secret_is_never_shown() {
    let Some(token) = Token::new() else { return };
    let cases: [(&str, NewKey, &[&str]); 6] = [
        ("01", NewKey::Rsa2048, &[]),
        ("02", NewKey::Rsa2048, &["--scheme", "pss"]),
        ("03", NewKey::Rsa2048, &["--digest", "sha512"]),
        ("04", NewKey::P256, &[]),
        ("05", NewKey::P384, &[]),
        ("06", NewKey::P521, &[]),
    ];
    for (id, kind, more) in cases {
        token.key(id, kind);
        let (pin, cert, to) = (token.path("pin"), token.path(&format!("{id}.crt")), format!("{id}.pdf"));
        let mut words = vec!["--secret-file", &pin, "--cert", &cert];
        words.extend(more);
        let output = token.sign(&token.uri(id), &to, &words);
        let said = judges::text(&output);
        assert!(output.status.success(), "{id} {kind:?}: {said}");
        assert!(!said.contains(PIN));
        let file = std::fs::read(token.path(&to)).unwrap();
        accepted_by_pyhanko(&format!("{kind:?} {more:?}"), &file, token.authority.root(), 1);
        let root = token.path("root.pem");
        std::fs::write(&root, issue::certificate_pem(token.authority.root())).unwrap();
        let judged = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["verify", &token.path(&to), "--trust", &root, "--offline", "--json"])
            .output()
            .unwrap();
        assert_eq!(judged.status.code(), Some(0), "{id}: {}", judges::text(&judged));
    }
    let outputs = [
        (token.sign(&token.uri("01"), "no.pdf", &["--secret-file", &token.path("wrong")]), 1),
        (token.sign(&token.uri("01"), "no.pdf", &[]), 1),
        (token.sign(&token.uri("09"), "no.pdf", &["--secret-file", &token.path("pin")]), 3),
        (token.sign(&format!("{}&pin-value={PIN}", token.uri("01")), "no.pdf", &[]), 64),
        (
            token.sign(
                &token.uri("01"),
                "no.pdf",
                &["--secret-file", &token.path("pin"), "--cert", &token.path("02.crt")],
            ),
            1,
        ),
        (
            token.sign(
                "pkcs11:object=01?module-path=/nowhere.so",
                "no.pdf",
                &["--secret-file", &token.path("pin")],
            ),
            3,
        ),
    ];
    for (output, exit) in outputs {
        let said = judges::text(&output);
        assert_eq!(output.status.code(), Some(exit), "{said}");
        assert!(!said.contains(PIN), "{said}");
        assert!(!Path::new(&token.path("no.pdf")).exists());
    }
}

#[test]
fn the_certificate_is_taken_from_the_device_when_it_holds_it() {
    let Some(token) = Token::new() else { return };
    let certificate = token.key("0a", NewKey::P256);
    let (module, der) = (token.module.to_str().unwrap(), token.path("0a.der"));
    let Some(python) = judges::program("python") else { return };
    let stored =
        token.in_its_place(&python).args(["-c", STORE, module, "Chancery", PIN, &der, "0a"]).output();
    let stored = stored.unwrap();
    assert!(stored.status.success(), "{}", judges::text(&stored));
    let output =
        token.sign(&format!("{}&pin-source=file:{}", token.uri("0a"), token.path("pin")), "own.pdf", &[]);
    let said = judges::text(&output);
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["signer"], certificate.subject);
    let file = std::fs::read(token.path("own.pdf")).unwrap();
    accepted_by_pyhanko("certificate of the device", &file, token.authority.root(), 1);
}
