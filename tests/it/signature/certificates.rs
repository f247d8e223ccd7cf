//! Certificates that may not sign, keys in the files people have, and what a certification permits.

use super::journey::{at, verdict};
use crate::support::{TestKeys, fixture, judges};
use chancery::pdf::Pdf;
use chancery::pki::issue::{Authority, NewKey};
use chancery::pki::key::read_key_file;
use chancery::pki::{Certificate, KeyError, MemoryKey, TrustStore, issue};
use chancery::ports::SystemRng;
use chancery::signature::appearance::Appearance;
use chancery::signature::report::Indication;
use chancery::signature::sign::{Certification, Request, SignError, certify, sign};
use chancery::signature::validate::{Policy, validate};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

fn request(field: &str) -> Request<'_> {
    Request { field, place: None, fills: &[], appearance: Appearance::None, at: at(), reason: None }
}

/// A root and a leaf shaped by `shape`.
fn issued(shape: impl FnOnce(&mut CertificateParams)) -> (Certificate, MemoryKey) {
    let (root, certificate, pkcs8) = made(shape);
    (root, MemoryKey::new(&pkcs8, certificate, vec![]).unwrap())
}

/// A root, a leaf shaped by `shape`, and the leaf's key.
fn made(shape: impl FnOnce(&mut CertificateParams)) -> (Certificate, Certificate, Vec<u8>) {
    let named = |name: &str| {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        params
    };
    let root_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut root = named("Root");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let root_certificate = Certificate::read(root.self_signed(&root_key).unwrap().der()).unwrap();
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut leaf = named("Leaf");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    shape(&mut leaf);
    let certificate = leaf.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
    let certificate = Certificate::read(certificate.der()).unwrap();
    (root_certificate, certificate, key.serialize_der())
}

#[test]
fn a_certificate_whose_path_does_not_hold_is_refused_for_that_and_not_for_want_of_a_path() {
    let (root, certificate, pkcs8) = made(|leaf| {
        let mut restriction = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        restriction.set_criticality(true);
        leaf.custom_extensions.push(restriction);
    });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &pkcs8)).unwrap();
    std::fs::write(path("cert.pem"), issue::certificate_pem(&certificate)).unwrap();
    std::fs::write(path("root.pem"), issue::certificate_pem(&root)).unwrap();
    std::fs::write(path("draft.pdf"), fixture("documents/quyet-dinh.pdf")).unwrap();
    let said = |trust: &str| {
        let (draft, key, cert, out) = (path("draft.pdf"), path("key.pem"), path("cert.pem"), path("out.pdf"));
        let words = ["sign", &draft, "-o", &out, "--key", &key, "--cert", &cert, "--trust", trust, "--json"];
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_chancery")).args(words).output().unwrap();
        assert!(!output.status.success() && !folder.path().join("out.pdf").exists());
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        said["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(said(&path("root.pem")), "certificate_critical_extension");
    let (other, ..) = made(|_| {});
    std::fs::write(path("other.pem"), issue::certificate_pem(&other)).unwrap();
    assert_ne!(said(&path("other.pem")), "certificate_critical_extension");
}

#[test]
fn a_certificate_that_names_its_revocation_does_not_pass_unasked() {
    let (root, key) = issued(|leaf| {
        leaf.crl_distribution_points =
            vec![rcgen::CrlDistributionPoint { uris: vec!["http://crl.example/ca.crl".to_owned()] }];
    });
    let draft = fixture("documents/quyet-dinh.pdf");
    let pdf = Pdf::open(&draft).unwrap();
    let trust = TrustStore::new(vec![root]);
    let appended = sign(&pdf, &request("s"), &key, &trust, &SystemRng).unwrap();
    let signed = [draft.as_slice(), &appended.bytes].concat();
    let report = validate(&signed, &Policy { trust, at: at() }).unwrap();
    assert_eq!(report.indication, "INDETERMINATE");
    assert_eq!(report.signatures[0].reasons[0].code, "revocation_unknown");
    assert_eq!(report.signatures[0].integrity, "intact");
}

#[test]
fn certificates_of_servers_and_authorities_do_not_sign() {
    let draft = fixture("documents/quyet-dinh.pdf");
    let pdf = Pdf::open(&draft).unwrap();
    type Shape = fn(&mut CertificateParams);
    let shapes: [(&str, Shape); 3] = [
        ("certificate_not_for_signing", |leaf| {
            leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        }),
        ("certificate_not_for_signing", |leaf| leaf.key_usages = vec![KeyUsagePurpose::KeyEncipherment]),
        ("certificate_is_of_an_authority", |leaf| leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
    ];
    for (code, shape) in shapes {
        let (root, key) = issued(shape);
        let refused = sign(&pdf, &request("s"), &key, &TrustStore::new(vec![root]), &SystemRng);
        assert!(matches!(refused, Err(SignError::Unfit(found)) if found == code), "{code}: {refused:?}");
    }
}

#[test]
fn a_signature_by_a_server_certificate_made_elsewhere_does_not_pass() {
    use chancery::pki::SigningKey;
    let (root, key) =
        issued(|leaf| leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth]);
    let digest = chancery::pki::Digest::Sha256;
    let value =
        chancery::signature::cms::build(&key, digest, &digest.of(b"x"), &mut |a| key.sign(a)).unwrap();
    let policy = Policy { trust: TrustStore::new(vec![root]), at: at() };
    let report = chancery::signature::detached::validate_detached(&value, &b"x".to_vec(), &policy).unwrap();
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("CHAIN_CONSTRAINTS_FAILURE"));
}

#[test]
fn keys_are_read_from_the_files_openssl_writes() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for kind in [NewKey::Rsa2048, NewKey::P256] {
        let made = authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
        std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &made.pkcs8)).unwrap();
        std::fs::write(path("cert.pem"), issue::certificate_pem(&made.certificate)).unwrap();
        std::fs::write(path("root.pem"), issue::certificate_pem(authority.root())).unwrap();
        let (key, cert, root, out) = (path("key.pem"), path("cert.pem"), path("root.pem"), path("out"));
        let export = [
            "pkcs12",
            "-export",
            "-inkey",
            &key,
            "-in",
            &cert,
            "-certfile",
            &root,
            "-passout",
            "pass:bí mật",
            "-out",
            &out,
        ];
        let encrypted =
            ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", &key, "-passout", "pass:bí mật", "-out", &out];
        for args in [export.as_slice(), encrypted.as_slice()] {
            let Some(output) = judges::run("openssl", args) else { return };
            assert!(output.status.success(), "{}", judges::text(&output));
            let file = std::fs::read(&out).unwrap();
            let read = read_key_file(&file, Some("bí mật")).unwrap();
            assert_eq!(*read.pkcs8, *made.pkcs8, "{kind:?} {}", args[0]);
            let certificate = read.certificate.unwrap_or_else(|| made.certificate.clone());
            assert_eq!(certificate, made.certificate);
            assert!(MemoryKey::new(&read.pkcs8, certificate, read.chain).is_ok());
            assert_eq!(read_key_file(&file, Some("sai")).unwrap_err(), KeyError::Secret, "{}", args[0]);
        }
    }
}

#[test]
fn a_key_of_another_certificate_is_refused_and_never_printed() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let issue = |kind| authority.issue("A", "B", kind, (2024, 2040)).unwrap();
    for kind in [NewKey::Rsa2048, NewKey::P256] {
        let (one, other) = (issue(kind), issue(kind));
        assert_eq!(MemoryKey::new(&one.pkcs8, other.certificate, vec![]).unwrap_err(), KeyError::Mismatch);
        let key = MemoryKey::new(&one.pkcs8, one.certificate.clone(), vec![]).unwrap();
        let printed = format!("{key:?} {one:?}");
        assert!(printed.len() < 200, "{printed}");
    }
    let (rsa, ec) = (issue(NewKey::Rsa2048), issue(NewKey::P256));
    assert_eq!(MemoryKey::new(&rsa.pkcs8, ec.certificate, vec![]).unwrap_err(), KeyError::Mismatch);
}

#[test]
fn a_certification_that_permits_nothing_leaves_no_room_and_one_for_forms_does() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let draft = fixture("documents/quyet-dinh.pdf");
    let certified = |permits| {
        let pdf = Pdf::open(&draft).unwrap();
        let appended =
            certify(&pdf, &request("first"), permits, &keys.person, &keys.trust(), &SystemRng).unwrap();
        [draft.as_slice(), &appended.bytes].concat()
    };
    let closed = certified(Certification::NoChanges);
    let report = verdict(&closed, &keys);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    assert_eq!(
        (report.signatures[0].kind.as_str(), report.signatures[0].permission.docmdp),
        ("certification", Some(1))
    );
    let pdf = Pdf::open(&closed).unwrap();
    let refused = sign(&pdf, &request("second"), &keys.agency, &keys.trust(), &SystemRng);
    assert!(matches!(refused, Err(SignError::Locked)));

    let open = certified(Certification::Forms);
    let pdf = Pdf::open(&open).unwrap();
    let again =
        certify(&pdf, &request("second"), Certification::Forms, &keys.agency, &keys.trust(), &SystemRng);
    assert!(matches!(again, Err(SignError::Locked)), "only the first signature certifies");
    let appended = sign(&pdf, &request("second"), &keys.agency, &keys.trust(), &SystemRng).unwrap();
    let both = [open.as_slice(), &appended.bytes].concat();
    let indications: Vec<Indication> =
        verdict(&both, &keys).signatures.iter().map(|s| s.indication).collect();
    assert_eq!(indications, [Indication::Passed; 2]);
    super::others::accepted_by_pyhanko("certified", &both, keys.authority.root(), 2);
}

#[test]
fn names_that_part_no_field_names_are_refused() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let draft = fixture("documents/quyet-dinh.pdf");
    let pdf = Pdf::open(&draft).unwrap();
    for name in ["", "a.b"] {
        let refused = sign(&pdf, &request(name), &keys.person, &keys.trust(), &SystemRng);
        assert!(matches!(refused, Err(SignError::FieldName(_))), "{name:?}");
    }
    let appended = sign(&pdf, &request("Chữ ký số 1"), &keys.person, &keys.trust(), &SystemRng).unwrap();
    let signed = [draft.as_slice(), &appended.bytes].concat();
    assert_eq!(verdict(&signed, &keys).signatures[0].field, "Chữ ký số 1");
}
