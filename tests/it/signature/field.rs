//! CMS as found in the field: content time-stamps, several signers, BER, unsorted sets, extra attributes, SHA-1,
//! `adbe.pkcs7.sha1`.

use super::cms::{assemble, parts};
use super::dictionaries::Written;
use super::years::{World, at};
use crate::support::judges;
use chancery::pki::der::{Reader, integer, octet_string, oid, sequence, set_of, tlv};
use chancery::pki::issue::{self, Authority, NewKey};
use chancery::pki::revocation::Material;
use chancery::pki::{Certificate, Crl, Digest, MemoryKey, SigningKey, TrustStore};
use chancery::signature::detached::judge_detached;
use chancery::signature::report::Report;
use chancery::signature::timestamp::Stamper;
use chancery::signature::validate::{Policy, Supply, validate};

const CONTENT: &[u8] = "Quyết định số 05\n".as_bytes();

fn attribute(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &tlv(0x31, value)])
}

/// A CMS over a digest, put together by hand: further signed attributes, sets sorted or not, content enclosed or not.
pub(super) fn by_hand(
    key: &MemoryKey,
    digest: &[u8],
    more: Vec<Vec<u8>>,
    sorted: bool,
    enclosed: Option<&[u8]>,
) -> Vec<u8> {
    let certificate = key.certificate();
    let reference =
        sequence(&[&sequence(&[&sequence(&[&octet_string(&Digest::Sha256.of(&certificate.der))])])]);
    let mut attributes = vec![
        attribute("1.2.840.113549.1.9.16.2.47", &reference),
        attribute("1.2.840.113549.1.9.4", &octet_string(digest)),
        attribute("1.2.840.113549.1.9.3", &oid("1.2.840.113549.1.7.1")),
    ];
    attributes.extend(more);
    let mut signed = if sorted { set_of(attributes) } else { tlv(0x31, &attributes.concat()) };
    let value = key.sign(&signed).unwrap();
    signed[0] = 0xa0;
    let signer = sequence(&[
        &integer(1),
        &sequence(&[&certificate.issuer_der, &tlv(0x02, &certificate.serial)]),
        &Digest::Sha256.identifier(),
        &signed,
        &key.scheme().identifier(),
        &octet_string(&value),
    ]);
    let kind = oid("1.2.840.113549.1.7.1");
    let content = enclosed.map(|bytes| tlv(0xa0, &octet_string(bytes))).unwrap_or_default();
    assemble(&[
        integer(1),
        set_of(vec![Digest::Sha256.identifier()]),
        sequence(&[&kind, &content]),
        tlv(0xa0, &certificate.der),
        set_of(vec![signer]),
    ])
}

/// The signer of a CMS with a time-stamp over its value.
pub(super) fn stamped(cms: &[u8], stamper: &dyn Stamper) -> Vec<u8> {
    let mut parts = parts(cms);
    let signers = Reader::new(parts.last().unwrap()).expect(0x31).unwrap();
    let signer = signers.inside().expect(0x30).unwrap();
    let mut inside = signer.inside();
    let mut value = Vec::new();
    while !inside.is_empty() {
        let part = inside.read().unwrap();
        if part.tag == 0x04 {
            value = part.value.to_vec();
        }
    }
    let token = stamper.stamp(Digest::Sha256, &Digest::Sha256.of(&value)).unwrap();
    let unsigned = tlv(0xa1, &attribute("1.2.840.113549.1.9.16.2.14", &token));
    let longer = sequence(&[signer.value, &unsigned]);
    *parts.last_mut().unwrap() = set_of(vec![longer]);
    assemble(&parts)
}

fn judge(cms: &[u8], trust: &TrustStore, when: &str, lists: &[&Crl]) -> Report {
    let mut given = Material::default();
    lists.iter().for_each(|list| given.add_crl((*list).clone()));
    let policy = Policy { trust: trust.clone(), at: at(when) };
    judge_detached(cms, &CONTENT.to_vec(), &policy, &Supply { given, network: None }).unwrap().report
}

fn first(report: &Report) -> (&str, Option<&str>) {
    (report.signatures[0].indication.as_str(), report.signatures[0].sub_indication.as_deref())
}

fn content_stamp(stamper: &dyn Stamper) -> Vec<u8> {
    let token = stamper.stamp(Digest::Sha256, &Digest::Sha256.of(CONTENT)).unwrap();
    attribute("1.2.840.113549.1.9.16.2.20", &token)
}

#[test]
fn a_content_time_stamp_proves_after_what_a_signature_was_made() {
    // EN 319 102-1, 5.3, 4: what is proven to be made after revocation or expiry fails for good.
    let world = World::new();
    let (person, trust) = (world.person(), TrustStore::new(vec![world.root.clone()]));
    let tsa = |clock: &str| world.authority((2024, 2030), clock);
    let digest = Digest::Sha256.of(CONTENT);
    let with = |clock: &str| by_hand(&person, &digest, vec![content_stamp(&tsa(clock))], true, None);
    let good = world.list("2026-09", &[]);
    let revoked = world.list("2026-09", &[(&person, "2026-08-01")]);

    let report = judge(&with("2026-07-01"), &trust, "2026-09-10", &[&good]);
    assert_eq!(first(&report), ("TOTAL-PASSED", None), "{report:#?}");
    assert_eq!(report.signatures[0].timestamps.len(), 1);
    let report = judge(&with("2026-07-01"), &trust, "2026-09-10", &[&revoked]);
    assert_eq!(first(&report), ("INDETERMINATE", Some("REVOKED_NO_POE")));
    let report = judge(&with("2026-08-20"), &trust, "2026-09-10", &[&revoked]);
    assert_eq!(first(&report), ("TOTAL-FAILED", Some("REVOKED")), "{report:#?}");
    let late = world.list("2028-02", &[]);
    let report = judge(&with("2028-01-10"), &trust, "2028-02-05", &[&late]);
    assert_eq!(first(&report), ("TOTAL-FAILED", Some("EXPIRED")), "{report:#?}");
    // A content time-stamp later than the one over the signature is a contradiction.
    let both = stamped(&with("2026-08-20"), &tsa("2026-07-01"));
    let report = judge(&both, &trust, "2026-09-10", &[&good]);
    assert_eq!(first(&report), ("INDETERMINATE", Some("TIMESTAMP_ORDER_FAILURE")), "{report:#?}");
    // One over something else proves nothing, and is told.
    let other = tsa("2026-08-20").stamp(Digest::Sha256, &Digest::Sha256.of(b"khac")).unwrap();
    let wrong = by_hand(&person, &digest, vec![attribute("1.2.840.113549.1.9.16.2.20", &other)], true, None);
    let report = judge(&wrong, &trust, "2026-09-10", &[&revoked]);
    assert_eq!(first(&report), ("INDETERMINATE", Some("REVOKED_NO_POE")));
    assert!(report.signatures[0].warnings.iter().any(|one| one.code == "timestamp_imprint_mismatch"));
}

#[test]
fn sha1_is_accepted_only_with_a_proof_from_when_it_was_relied_on() {
    let world = World::since(2008);
    let trust = TrustStore::new(vec![world.root.clone()]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (pkcs8, certificate) = world.old_rsa("Người ký năm 2011", (2009, 2040));
    std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &pkcs8)).unwrap();
    std::fs::write(path("cert.pem"), issue::certificate_pem(&certificate)).unwrap();
    std::fs::write(path("content"), CONTENT).unwrap();
    let words = [
        "cms",
        "-sign",
        "-binary",
        "-md",
        "sha1",
        "-outform",
        "DER",
        "-inkey",
        &path("key.pem"),
        "-signer",
        &path("cert.pem"),
        "-in",
        &path("content"),
        "-out",
        &path("made"),
    ];
    let Some(output) = judges::run("openssl", &words) else { return };
    assert!(output.status.success(), "{}", judges::text(&output));
    let made = std::fs::read(path("made")).unwrap();
    let list = world.list("2026-09", &[]);
    let when = "2026-09-10";
    let report = judge(&made, &trust, when, &[&list]);
    assert_eq!(first(&report), ("INDETERMINATE", Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")));
    assert_eq!(report.signatures[0].integrity, "intact");
    // TS 119 312: relied on until 1 August 2012. The same authority stands for one of then, still known today.
    let early = stamped(&made, &world.authority((2009, 2040), "2011-06-15"));
    let report = judge(&early, &trust, when, &[&list]);
    assert_eq!(first(&report), ("TOTAL-PASSED", None), "{report:#?}");
    assert!(report.signatures[0].warnings.iter().any(|one| one.code == "signing_certificate_missing"));
    let late = stamped(&made, &world.authority((2009, 2040), "2013-06-15"));
    let report = judge(&late, &trust, when, &[&list]);
    assert_eq!(first(&report), ("INDETERMINATE", Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")), "{report:#?}");
}

#[test]
fn a_detached_signature_without_certificates_is_judged_with_the_one_that_is_given() {
    let world = World::new();
    let (person, other) = (world.person(), world.person());
    let mut parts = parts(&by_hand(&person, &Digest::Sha256.of(CONTENT), vec![], true, None));
    parts.remove(3);
    let cms = assemble(&parts);
    let judged = |cms: &[u8], given: &[&Certificate]| {
        let mut material = Material::default();
        material.add_crl(world.list("2026-06", &[]));
        given.iter().for_each(|certificate| material.add_certificate((*certificate).clone()));
        let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-20") };
        let supply = Supply { given: material, network: None };
        judge_detached(cms, &CONTENT.to_vec(), &policy, &supply).unwrap().report
    };
    assert_eq!(first(&judged(&cms, &[])), ("INDETERMINATE", Some("NO_SIGNING_CERTIFICATE_FOUND")));
    assert_eq!(first(&judged(&cms, &[other.certificate()])).1, Some("NO_SIGNING_CERTIFICATE_FOUND"));
    let report = judged(&cms, &[other.certificate(), person.certificate()]);
    assert_eq!(first(&report), ("TOTAL-PASSED", None), "{report:#?}");
    // Of the same issuer and number, but not the one that was referred to when it was signed.
    let twin = World::new().person();
    let forged = by_hand(&twin, &Digest::Sha256.of(CONTENT), vec![], true, None);
    let mut parts = super::cms::parts(&forged);
    parts.remove(3);
    let report = judged(&assemble(&parts), &[person.certificate()]);
    assert_ne!(report.indication, "TOTAL-PASSED", "{report:#?}");
    assert!(
        report.signatures[0].reasons.iter().any(|reason| reason.code == "signing_certificate_mismatch"),
        "{report:#?}"
    );
}

#[test]
fn every_signer_of_a_detached_signature_is_judged() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("content"), CONTENT).unwrap();
    std::fs::write(path("root.pem"), issue::certificate_pem(authority.root())).unwrap();
    let stranger = Authority::new("Stranger", (2020, 2060)).unwrap();
    for (name, issuer) in [("one", &authority), ("two", &authority), ("three", &stranger)] {
        let made = issuer.issue(name, "Cơ quan", NewKey::P256, (2024, 2040)).unwrap();
        let both = issue::pem("PRIVATE KEY", &made.pkcs8) + &issue::certificate_pem(&made.certificate);
        std::fs::write(path(name), both).unwrap();
    }
    let sign = |names: &[&str], form: &str| {
        let (content, out) = (path("content"), path("made.p7s"));
        let mut words: Vec<String> =
            ["cms", "-sign", "-binary", "-cades", "-outform", form].map(str::to_owned).to_vec();
        for name in names {
            words.extend(["-signer".to_owned(), path(name)]);
        }
        words.extend(["-in".to_owned(), content, "-out".to_owned(), out]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = judges::run("openssl", &words)?;
        assert!(output.status.success(), "{}", judges::text(&output));
        Some(())
    };
    let verify = || {
        let output = super::levels::chancery(&[
            "verify",
            &path("made.p7s"),
            "--detached",
            &path("content"),
            "--trust",
            &path("root.pem"),
            "--offline",
            "--json",
        ]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), report)
    };
    for form in ["PEM", "DER"] {
        if sign(&["one", "two"], form).is_none() {
            return;
        }
        let (code, report) = verify();
        assert_eq!((code, report["signatures"].as_array().unwrap().len()), (Some(0), 2), "{report:#}");
        assert_eq!(report["signatures"][1]["field"], "2");
    }
    sign(&["one", "three"], "DER");
    let (code, report) = verify();
    assert_eq!((code, report["indication"].as_str()), (Some(1), Some("INDETERMINATE")), "{report:#}");
    let passed = report["signatures"].as_array().unwrap().iter();
    assert_eq!(passed.filter(|one| one["indication"] == "TOTAL-PASSED").count(), 1);
    std::fs::write(path("content"), b"khac").unwrap();
    let (code, report) = verify();
    assert_eq!((code, report["indication"].as_str()), (Some(1), Some("TOTAL-FAILED")), "{report:#}");
}

#[test]
fn ber_unsorted_sets_and_attributes_nobody_knows_are_read_as_they_came() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let trust = TrustStore::new(vec![authority.root().clone()]);
    let made = authority.issue("Người ký", "Cơ quan", NewKey::P256, (2024, 2040)).unwrap();
    let pkcs8 = made.pkcs8.clone();
    let key = MemoryKey::new(&made.pkcs8, made.certificate.clone(), vec![]).unwrap();
    let digest = Digest::Sha256.of(CONTENT);
    let strange = attribute("1.3.6.1.4.1.99999.1", &sequence(&[&octet_string(b"x")]));
    for sorted in [true, false] {
        let cms = by_hand(&key, &digest, vec![strange.clone()], sorted, None);
        let report = judge(&cms, &trust, "2026-09-10", &[]);
        assert_eq!(first(&report), ("TOTAL-PASSED", None), "sorted {sorted}: {report:#?}");
        // The same attributes in another order are not what was signed.
        let other = by_hand(&key, &digest, vec![strange.clone()], !sorted, None);
        let (ours, others) = (parts(&cms), parts(&other));
        assert_ne!(ours[4], others[4]);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("content"), CONTENT).unwrap();
    std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &pkcs8)).unwrap();
    std::fs::write(path("cert.pem"), issue::certificate_pem(&made.certificate)).unwrap();
    let words = [
        "cms",
        "-sign",
        "-binary",
        "-stream",
        "-indef",
        "-cades",
        "-outform",
        "DER",
        "-inkey",
        &path("key.pem"),
        "-signer",
        &path("cert.pem"),
        "-in",
        &path("content"),
        "-out",
        &path("made"),
    ];
    let Some(output) = judges::run("openssl", &words) else { return };
    assert!(output.status.success(), "{}", judges::text(&output));
    let streamed = std::fs::read(path("made")).unwrap();
    assert_eq!(streamed[1], 0x80, "of indefinite length");
    let report = judge(&streamed, &trust, "2026-09-10", &[]);
    assert_eq!(first(&report), ("TOTAL-PASSED", None), "{report:#?}");
    assert!(report.signatures[0].warnings.iter().any(|one| one.code == "cms_is_ber"));
}

/// A document with one signature of the kind `adbe.pkcs7.sha1`, written by hand.
fn enclosed(key: &MemoryKey, digest_of_other: bool) -> Vec<u8> {
    let written =
        Written { entries: "/SubFilter/adbe.pkcs7.sha1/M(D:20110615080000Z)", ..Written::default() };
    written.signed(|covered| {
        let mut covered = covered.to_vec();
        if digest_of_other {
            covered[20] ^= 1;
        }
        let sha1 = Digest::Sha1.of(&covered);
        by_hand(key, &Digest::Sha256.of(&sha1), vec![], true, Some(&sha1))
    })
}

#[test]
fn the_oldest_kind_of_pdf_signature_is_read_and_is_weak() {
    let authority = Authority::new("Root", (2010, 2060)).unwrap();
    let made = authority.issue("Người ký", "Cơ quan", NewKey::P256, (2010, 2040)).unwrap();
    let key = MemoryKey::new(&made.pkcs8, made.certificate, vec![]).unwrap();
    let policy = |when: &str| Policy { trust: TrustStore::new(vec![authority.root().clone()]), at: at(when) };
    let file = enclosed(&key, false);
    let report = validate(&file, &policy("2026-09-10")).unwrap();
    assert_eq!(report.signatures[0].integrity, "intact", "{report:#?}");
    assert_eq!(first(&report), ("INDETERMINATE", Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")));
    assert_eq!(first(&validate(&file, &policy("2011-09-10")).unwrap()), ("TOTAL-PASSED", None));
    let broken = enclosed(&key, true);
    let report = validate(&broken, &policy("2026-09-10")).unwrap();
    assert_eq!(first(&report), ("TOTAL-FAILED", Some("HASH_FAILURE")), "{report:#?}");
}
