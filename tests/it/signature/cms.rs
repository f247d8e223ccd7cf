//! Detached CMS: judged by openssl, and altered octet by octet.

use crate::support::judges;
use chancery::pki::der::{Reader, sequence, set_of, tlv};
use chancery::pki::issue::{self, Authority, Issued, NewKey};
use chancery::pki::{Certificate, Digest, MemoryKey, SigningKey, TrustStore};
use chancery::signature::cms;
use chancery::signature::detached::validate_detached;
use chancery::signature::report::{Indication, Report};
use chancery::signature::validate::Policy;

const CONTENT: &[u8] = "Quyết định số 05\n".as_bytes();

fn authority() -> Authority {
    Authority::new("CMS Root", (2020, 2060)).unwrap()
}

fn issue(authority: &Authority, kind: NewKey) -> Issued {
    authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap()
}

fn sign(key: &dyn SigningKey) -> Vec<u8> {
    let digest = key.scheme().digest();
    cms::build(key, digest, &digest.of(CONTENT), &mut |attributes| key.sign(attributes)).unwrap()
}

fn judge(signature: &[u8], root: &Certificate) -> Report {
    let trust = TrustStore::new(vec![root.clone()]);
    let policy = Policy { trust, at: super::journey::at() };
    validate_detached(signature, &CONTENT.to_vec(), &policy).unwrap()
}

fn made() -> (Authority, Vec<u8>) {
    let authority = authority();
    let issued = issue(&authority, NewKey::P256);
    let key = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
    let signature = sign(&key);
    (authority, signature)
}

#[test]
fn openssl_accepts_what_we_sign() {
    let authority = authority();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("content"), CONTENT).unwrap();
    std::fs::write(path("root.pem"), issue::certificate_pem(authority.root())).unwrap();
    for (kind, pss) in [(NewKey::Rsa2048, false), (NewKey::Rsa2048, true), (NewKey::P256, false)] {
        let issued = issue(&authority, kind);
        let key = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
        let key = if pss { key.with_pss() } else { key };
        let signature = sign(&key);
        std::fs::write(path("signature"), &signature).unwrap();
        assert_eq!(judge(&signature, authority.root()).indication, "TOTAL-PASSED");
        let (signature, content, root) = (path("signature"), path("content"), path("root.pem"));
        let args = [
            "cms",
            "-verify",
            "-cades",
            "-binary",
            "-inform",
            "DER",
            "-in",
            &signature,
            "-content",
            &content,
            "-CAfile",
            &root,
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ];
        let Some(output) = judges::run("openssl", &args) else { return };
        assert!(output.status.success(), "{kind:?} pss {pss}: {}", judges::text(&output));
    }
}

#[test]
fn what_openssl_signs_passes_here_and_altered_content_does_not() {
    let authority = authority();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("content"), CONTENT).unwrap();
    for kind in [NewKey::Rsa2048, NewKey::P256] {
        let issued = issue(&authority, kind);
        std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &issued.pkcs8)).unwrap();
        std::fs::write(path("cert.pem"), issue::certificate_pem(&issued.certificate)).unwrap();
        let (key, cert, content, out) = (path("key.pem"), path("cert.pem"), path("content"), path("made"));
        let base =
            ["cms", "-sign", "-binary", "-outform", "DER", "-inkey", &key, "-signer", &cert, "-in", &content];
        for extra in [
            vec!["-cades", "-md", "sha256"],
            vec!["-md", "sha512"],
            vec!["-cades", "-keyid"],
            vec!["-noattr"],
            vec!["-nocerts"],
        ] {
            let args: Vec<&str> = base.into_iter().chain(extra.clone()).chain(["-out", &out]).collect();
            let Some(output) = judges::run("openssl", &args) else { return };
            assert!(output.status.success(), "{}", judges::text(&output));
            let signature = std::fs::read(&out).unwrap();
            let report = judge(&signature, authority.root());
            if extra == ["-nocerts"] {
                assert_eq!(
                    report.signatures[0].sub_indication.as_deref(),
                    Some("NO_SIGNING_CERTIFICATE_FOUND")
                );
                continue;
            }
            assert_eq!(report.indication, "TOTAL-PASSED", "{kind:?} {extra:?}: {:#?}", report.signatures);
            let trust = TrustStore::new(vec![authority.root().clone()]);
            let policy = Policy { trust, at: super::journey::at() };
            let altered = validate_detached(&signature, &b"khac".to_vec(), &policy).unwrap();
            // Without attributes the signature value is over the content itself.
            let wrong = if extra == ["-noattr"] { "SIG_CRYPTO_FAILURE" } else { "HASH_FAILURE" };
            assert_eq!(altered.signatures[0].sub_indication.as_deref(), Some(wrong));
            assert_eq!(altered.signatures[0].integrity, "broken");
        }
    }
}

#[test]
fn no_octet_of_a_signature_can_be_altered() {
    let (authority, signature) = made();
    assert_eq!(judge(&signature, authority.root()).indication, "TOTAL-PASSED");
    for at in 0..signature.len() {
        for bit in [0x01, 0x02, 0x10, 0x80] {
            let mut altered = signature.clone();
            altered[at] ^= bit;
            let report = judge(&altered, authority.root());
            assert_ne!(report.indication, "TOTAL-PASSED", "octet {at} of {}, bit {bit:#x}", signature.len());
        }
    }
}

#[test]
fn a_signature_cut_off_or_followed_by_something_does_not_pass() {
    let (authority, signature) = made();
    for length in (0..signature.len()).step_by(7) {
        assert_ne!(judge(&signature[..length], authority.root()).indication, "TOTAL-PASSED", "{length}");
    }
    let longer = [signature.as_slice(), b"\0"].concat();
    assert_ne!(judge(&longer, authority.root()).indication, "TOTAL-PASSED");
}

/// The parts of SignedData: version, digests, content, certificates, signers.
pub(super) fn parts(signature: &[u8]) -> Vec<Vec<u8>> {
    let outer = Reader::new(signature).expect(0x30).unwrap();
    let mut inside = outer.inside();
    inside.read().unwrap();
    let mut data = inside.expect(0xa0).unwrap().inside().expect(0x30).unwrap().inside();
    let mut parts = Vec::new();
    while !data.is_empty() {
        parts.push(data.read().unwrap().whole.to_vec());
    }
    parts
}

pub(super) fn assemble(parts: &[Vec<u8>]) -> Vec<u8> {
    let data: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let signed_data = chancery::pki::der::oid("1.2.840.113549.1.7.2");
    sequence(&[&signed_data, &tlv(0xa0, &sequence(&data))])
}

#[test]
fn a_signature_needs_a_signer_and_several_are_judged_one_by_one() {
    let (authority, signature) = made();
    let mut parts = parts(&signature);
    assert_eq!(assemble(&parts), signature, "taken apart and put together it is the same");
    let signer = Reader::new(&parts[4]).expect(0x31).unwrap().value.to_vec();
    parts[4] = set_of(vec![]);
    let report = judge(&assemble(&parts), authority.root());
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("FORMAT_FAILURE"));
    assert_eq!(report.signatures[0].reasons[0].code, "cms_signers");
    let mut forged = signer.clone();
    *forged.last_mut().unwrap() ^= 1;
    parts[4] = set_of(vec![signer, forged]);
    let report = judge(&assemble(&parts), authority.root());
    let mut indications: Vec<&str> = report.signatures.iter().map(|one| one.indication.as_str()).collect();
    indications.sort_unstable();
    assert_eq!(indications, ["TOTAL-FAILED", "TOTAL-PASSED"]);
    assert_eq!(report.indication, "TOTAL-FAILED");
}

#[test]
fn a_certificate_put_in_place_of_the_signers_is_noticed() {
    // Same key, same issuer and number, other words: only the reference inside tells them apart.
    let (authority, signature) = made();
    let mut parts = parts(&signature);
    let certificate = Reader::new(&parts[3]).expect(0xa0).unwrap().value.to_vec();
    let other = issue(&self::authority(), NewKey::P256).certificate;
    parts[3] = tlv(0xa0, &other.der);
    let report = judge(&assemble(&parts), authority.root());
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("NO_SIGNING_CERTIFICATE_FOUND"));
    // Beside the right one it changes nothing, in whatever order.
    parts[3] = tlv(0xa0, &[other.der.as_slice(), &certificate].concat());
    assert_eq!(judge(&assemble(&parts), authority.root()).indication, "TOTAL-PASSED");
}

#[test]
fn an_indefinite_outer_length_is_read_and_told() {
    let (authority, signature) = made();
    let outer = Reader::new(&signature).expect(0x30).unwrap();
    let ber = [&[0x30, 0x80], outer.value, &[0, 0]].concat();
    let report = judge(&ber, authority.root());
    assert_eq!(report.indication, "TOTAL-PASSED");
    assert!(report.signatures[0].warnings.iter().any(|warning| warning.code == "cms_is_ber"));
}

#[test]
fn one_signer_has_one_digest() {
    // The value says SHA-256, the signer says SHA-512: validators differ, so nothing passes.
    let authority = authority();
    let issued = issue(&authority, NewKey::P256);
    let key = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
    let digest = Digest::Sha512;
    let signature =
        cms::build(&key, digest, &digest.of(CONTENT), &mut |attributes| key.sign(attributes)).unwrap();
    let report = judge(&signature, authority.root());
    assert_eq!(report.signatures[0].integrity, "intact");
    assert_eq!(report.signatures[0].reasons[0].code, "digests_differ");
}

/// A key of so many bits by openssl, with a certificate it signs itself.
fn by_openssl(folder: &std::path::Path, bits: &str) -> Option<(String, String)> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (key, cert, size) = (path("old-key.pem"), path("old-cert.pem"), format!("rsa:{bits}"));
    let usage = "keyUsage=critical,digitalSignature,keyCertSign";
    let args = [
        "req", "-x509", "-newkey", &size, "-nodes", "-keyout", &key, "-out", &cert, "-subj", "/CN=Old",
        "-addext", usage,
    ];
    let output = judges::run("openssl", &args)?;
    assert!(output.status.success(), "{}", judges::text(&output));
    Some((key, cert))
}

#[test]
fn weak_keys_and_digests_are_checked_and_called_weak_and_not_forged() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("content"), CONTENT).unwrap();
    for (bits, digest) in [("1024", "sha256"), ("1536", "sha512"), ("2048", "md5"), ("2048", "sha1")] {
        let Some((key, cert)) = by_openssl(folder.path(), bits) else { return };
        let (content, out) = (path("content"), path("made"));
        let args = [
            "cms", "-sign", "-binary", "-outform", "DER", "-inkey", &key, "-signer", &cert, "-in", &content,
            "-md", digest, "-out", &out,
        ];
        let output = judges::run("openssl", &args).unwrap();
        assert!(output.status.success(), "{}", judges::text(&output));
        let signature = std::fs::read(&out).unwrap();
        let root = chancery::pki::read_certificates(&std::fs::read(&cert).unwrap()).unwrap().remove(0);
        let policy = || Policy { trust: TrustStore::new(vec![root.clone()]), at: chrono::Utc::now() };
        let judged = |content: &[u8]| {
            let report = validate_detached(&signature, &content.to_vec(), &policy()).unwrap();
            report.signatures.into_iter().next().unwrap()
        };
        let whole = judged(CONTENT);
        assert_eq!(whole.integrity, "intact", "{bits} {digest}: {whole:#?}");
        assert_eq!(whole.indication, Indication::Indeterminate);
        assert_eq!(whole.sub_indication.as_deref(), Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"));
        let altered = judged(b"khac");
        assert_eq!((altered.integrity.as_str(), altered.indication), ("broken", Indication::Failed));
        assert_eq!(altered.sub_indication.as_deref(), Some("HASH_FAILURE"));
    }
}
