//! Keys on a device: SoftHSM by PKCS#11, through the real binary, judged by pyHanko and openssl.

use super::others::accepted_by_pyhanko;
use crate::support::tokens::{PIN, Token};
use crate::support::{fixture_path, judges};
use chancery::pki::issue::{self, NewKey};
use std::path::Path;
use std::process::{Command, Output};

fn sign(token: &Token, uri: &str, to: &str, more: &[&str]) -> Output {
    let draft = fixture_path("documents/quyet-dinh.pdf");
    token
        .in_its_place(Path::new(env!("CARGO_BIN_EXE_chancery")))
        .args(["sign", draft.to_str().unwrap(), "-o", &token.path(to), "--key", uri, "--json"])
        .args(more)
        .output()
        .unwrap()
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
        let output = sign(&token, &token.uri(id), &to, &words);
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
        (sign(&token, &token.uri("01"), "no.pdf", &["--secret-file", &token.path("wrong")]), 1),
        (sign(&token, &token.uri("01"), "no.pdf", &[]), 1),
        (sign(&token, &token.uri("09"), "no.pdf", &["--secret-file", &token.path("pin")]), 3),
        (sign(&token, &format!("{}&pin-value={PIN}", token.uri("01")), "no.pdf", &[]), 64),
        (
            sign(
                &token,
                &token.uri("01"),
                "no.pdf",
                &["--secret-file", &token.path("pin"), "--cert", &token.path("02.crt")],
            ),
            1,
        ),
        (
            sign(
                &token,
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
    token.store("0a");
    let output =
        sign(&token, &format!("{}&pin-source=file:{}", token.uri("0a"), token.path("pin")), "own.pdf", &[]);
    let said = judges::text(&output);
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["signer"], certificate.subject);
    let file = std::fs::read(token.path("own.pdf")).unwrap();
    accepted_by_pyhanko("certificate of the device", &file, token.authority.root(), 1);
}
