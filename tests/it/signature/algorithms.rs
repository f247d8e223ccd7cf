//! Every algorithm that may sign, both ways: ours judged by pyHanko and openssl, pyHanko's judged here.

use super::journey::at;
use super::others::{Signer, accepted_by_pyhanko};
use crate::support::{fixture, fixture_path, judges};
use chancery::pdf::Pdf;
use chancery::pki::issue::{self, Authority, NewKey};
use chancery::pki::{Choice, Digest, MemoryKey, TrustStore};
use chancery::ports::SystemRng;
use chancery::signature::appearance::Appearance;
use chancery::signature::cms;
use chancery::signature::sign::{Request, sign};
use chancery::signature::validate::{Policy, validate};

#[test]
fn every_scheme_and_digest_passes_here_by_pyhanko_and_by_openssl() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let cases = [
        (NewKey::Rsa2048, false, Digest::Sha256),
        (NewKey::Rsa2048, false, Digest::Sha384),
        (NewKey::Rsa2048, false, Digest::Sha512),
        (NewKey::Rsa2048, true, Digest::Sha256),
        (NewKey::Rsa2048, true, Digest::Sha384),
        (NewKey::Rsa2048, true, Digest::Sha512),
        (NewKey::Rsa4096, true, Digest::Sha256),
        (NewKey::P256, false, Digest::Sha256),
        (NewKey::P384, false, Digest::Sha384),
        (NewKey::P384, false, Digest::Sha3_384),
        (NewKey::P521, false, Digest::Sha256),
        (NewKey::P521, false, Digest::Sha512),
        (NewKey::P521, false, Digest::Sha3_512),
        (NewKey::Ed25519, false, Digest::Sha512),
    ];
    let draft = fixture("documents/quyet-dinh.pdf");
    for (kind, pss, digest) in cases {
        let name = format!("{kind:?} pss={pss} {}", digest.name());
        let made = authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
        let choice = Choice { pss, digest: Some(digest) };
        let key = MemoryKey::choosing(&made.pkcs8, made.certificate, vec![], choice).unwrap();
        let pdf = Pdf::open(&draft).unwrap();
        let request = Request {
            field: "Signature1",
            place: None,
            fills: &[],
            appearance: Appearance::None,
            at: at(),
            reason: None,
        };
        let trust = TrustStore::new(vec![authority.root().clone()]);
        let appended = sign(&pdf, &request, &key, &trust, &SystemRng).unwrap();
        let file = [draft.as_slice(), &appended.bytes].concat();
        let report = validate(&file, &Policy { trust, at: at() }).unwrap();
        assert_eq!(report.indication, "TOTAL-PASSED", "{name}: {report:#?}");
        assert_eq!(report.signatures[0].algorithm.as_ref().unwrap().digest, digest.name());
        accepted_by_pyhanko(&name, &file, authority.root(), 1);
        // OpenSSL 3.0 knows Ed25519, but not in a CMS with signed attributes (RFC 8419).
        if kind != NewKey::Ed25519 {
            by_openssl(&name, &key, digest, authority.root());
        }
    }
}

/// The same key's CMS over a text, verified by `openssl cms`.
fn by_openssl(name: &str, key: &MemoryKey, digest: Digest, root: &chancery::pki::Certificate) {
    use chancery::pki::SigningKey;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let content = b"noi dung";
    let value = cms::build(key, digest, &digest.of(content), &mut |bytes| key.sign(bytes)).unwrap();
    std::fs::write(path("content"), content).unwrap();
    std::fs::write(path("cms.der"), value).unwrap();
    std::fs::write(path("root.pem"), issue::certificate_pem(root)).unwrap();
    let words = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        &path("cms.der"),
        "-content",
        &path("content"),
        "-CAfile",
        &path("root.pem"),
        "-purpose",
        "any",
    ];
    if let Some(output) = judges::run("openssl", &words) {
        let said = judges::text(&output);
        assert!(output.status.success(), "{name}: {said}");
    }
}

#[test]
fn what_pyhanko_signs_with_other_curves_passes_here() {
    let draft = fixture_path("documents/quyet-dinh.pdf");
    for (kind, words) in [
        (NewKey::P384, &["sha384"][..]),
        (NewKey::P521, &["sha512"]),
        (NewKey::P521, &["sha256"]),
        (NewKey::Ed25519, &["sha512"]),
        (NewKey::Rsa4096, &["pss", "sha384"]),
        (NewKey::P384, &["sha3_384"]),
    ] {
        let signer = Signer::new(kind);
        let Some(signed) = signer.sign(&draft, words) else { return };
        let report = signer.judge(&signed);
        assert_eq!(report.indication, "TOTAL-PASSED", "{kind:?} {words:?}: {report:#?}");
    }
}

#[test]
fn a_digest_a_key_is_not_used_with_is_refused() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    for (kind, digest) in
        [(NewKey::P256, Digest::Sha1), (NewKey::Rsa2048, Digest::Sha1), (NewKey::Ed25519, Digest::Sha256)]
    {
        let made = authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
        let choice = Choice { pss: false, digest: Some(digest) };
        assert!(MemoryKey::choosing(&made.pkcs8, made.certificate, vec![], choice).is_err(), "{kind:?}");
    }
}
