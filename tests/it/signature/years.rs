//! Time-stamps, revocation and archives judged years later, with a clock, an authority and lists of our own.

use crate::support::fixture;
use chancery::pdf::Pdf;
use chancery::pki::der::{integer, octet_string, oid, sequence, set_of, tlv};
use chancery::pki::revocation::Material;
use chancery::pki::{Certificate, Crl, Digest, MemoryKey, SigningKey, TrustStore};
use chancery::ports::SystemRng;
use chancery::signature::appearance::Appearance;
use chancery::signature::augment::{add_evidence, stamp_document};
use chancery::signature::report::Report;
use chancery::signature::sign::{Request, SignError, sign, sign_with_time};
use chancery::signature::timestamp::{Stamper, StamperError};
use chancery::signature::validate::{Judged, Policy, Supply, validate_with};
use chrono::{DateTime, Datelike, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CustomExtension, DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber, date_time_ymd,
};

pub(super) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}T08:00:00Z").parse().unwrap()
}

pub(super) struct World {
    issuer: Issuer<'static, KeyPair>,
    pub(super) root: Certificate,
    serial: std::cell::Cell<u64>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::since(2020)
    }

    pub(super) fn since(year: i32) -> Self {
        Self::valid(year, 2060)
    }

    fn ending(year: i32) -> Self {
        Self::valid(2020, year)
    }

    fn valid(from: i32, to: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = named("Root", from, to);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root = Certificate::read(params.self_signed(&key).unwrap().der()).unwrap();
        Self { issuer: Issuer::new(params, key), root, serial: std::cell::Cell::new(10) }
    }

    fn issue(&self, name: &str, years: (i32, i32), purpose: Option<&str>) -> MemoryKey {
        let key = KeyPair::generate().unwrap();
        let mut params = named(name, years.0, years.1);
        self.serial.set(self.serial.get() + 1);
        params.serial_number = Some(SerialNumber::from(self.serial.get()));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.crl_distribution_points =
            vec![CrlDistributionPoint { uris: vec!["http://lists.invalid/root.crl".to_owned()] }];
        if let Some(purpose) = purpose {
            let value = sequence(&[&oid(purpose)]);
            let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 37], value);
            extension.set_criticality(true);
            params.custom_extensions.push(extension);
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        MemoryKey::new(&key.serialize_der(), Certificate::read(certificate.der()).unwrap(), vec![]).unwrap()
    }

    /// A person's RSA key and certificate.
    pub(super) fn old_rsa(&self, name: &str, years: (i32, i32)) -> (Vec<u8>, Certificate) {
        let size = rcgen::RsaKeySize::_2048;
        let key = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size).unwrap();
        let mut params = named(name, years.0, years.1);
        params.serial_number = Some(SerialNumber::from(99_u64));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (key.serialize_der(), Certificate::read(certificate.der()).unwrap())
    }

    pub(super) fn person(&self) -> MemoryKey {
        self.issue("Trần Văn Mẫu", (2024, 2027), None)
    }

    pub(super) fn authority(&self, years: (i32, i32), clock: &str) -> Tsa {
        let key = self.issue(&format!("TSA {}", years.0), years, Some("1.3.6.1.5.5.7.3.8"));
        Tsa {
            key,
            at: at(clock),
            size: None,
            imprint: None,
            named: None,
            imprint_algorithm: None,
            value_algorithm: None,
            nonce: None,
        }
    }

    /// The list of a month, with what was revoked when.
    pub(super) fn list(&self, month: &str, revoked: &[(&MemoryKey, &str)]) -> Crl {
        let this = at(&format!("{month}-01"));
        let day = |at: DateTime<Utc>| {
            date_time_ymd(at.year(), u8::try_from(at.month()).unwrap(), u8::try_from(at.day()).unwrap())
        };
        let params = CertificateRevocationListParams {
            this_update: day(this),
            next_update: day(this + chrono::TimeDelta::days(40)),
            crl_number: SerialNumber::from(u64::try_from(this.timestamp()).unwrap()),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|(key, since)| RevokedCertParams {
                    serial_number: SerialNumber::from_slice(&key.certificate().serial),
                    revocation_time: day(at(since)),
                    reason_code: Some(rcgen::RevocationReason::KeyCompromise),
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Crl::read(params.signed_by(&self.issuer).unwrap().der()).unwrap()
    }

    fn judge(&self, file: &[u8], when: &str, lists: &[&Crl]) -> Judged {
        let mut given = Material::default();
        lists.iter().for_each(|list| given.add_crl((*list).clone()));
        let policy = Policy { trust: TrustStore::new(vec![self.root.clone()]), at: at(when) };
        validate_with(&file.to_vec(), &policy, &Supply { given, network: None }).unwrap()
    }

    pub(super) fn report(&self, file: &[u8], when: &str, lists: &[&Crl]) -> Report {
        self.judge(file, when, lists).report
    }

    /// Keeps what is used to judge the file then.
    pub(super) fn with_evidence(&self, file: &[u8], when: &str, lists: &[&Crl]) -> Vec<u8> {
        let judged = self.judge(file, when, lists);
        assert!(judged.lacking.is_empty(), "{:#?}", judged.report);
        let file = file.to_vec();
        let pdf = Pdf::open(&file).unwrap();
        let added = add_evidence(&pdf, &judged.evidence, &SystemRng).unwrap().unwrap();
        [file.as_slice(), &added.bytes].concat()
    }
}

fn named(name: &str, from: i32, to: i32) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

/// A time-stamping authority whose clock stands where it is put (RFC 3161).
pub(super) struct Tsa {
    key: MemoryKey,
    pub(super) at: DateTime<Utc>,
    /// The size it says its last token had.
    size: Option<usize>,
    /// What it stamps instead of what it is given.
    imprint: Option<Vec<u8>>,
    /// Whom its tokens name as the authority: a GeneralName.
    named: Option<Vec<u8>>,
    /// What it says its imprint is made with, instead of what it is.
    pub(super) imprint_algorithm: Option<Vec<u8>>,
    /// What it says it signs with, instead of what it does.
    pub(super) value_algorithm: Option<Vec<u8>>,
    /// The nonce it was asked with.
    pub(super) nonce: Option<Vec<u8>>,
}

impl Stamper for Tsa {
    fn stamp(&self, digest: Digest, imprint: &[u8]) -> Result<Vec<u8>, StamperError> {
        let imprint = self.imprint.as_deref().unwrap_or(imprint);
        let info = sequence(&[
            &integer(1),
            &oid("1.2.3.4"),
            &sequence(&[
                &self.imprint_algorithm.clone().unwrap_or_else(|| digest.identifier()),
                &octet_string(imprint),
            ]),
            &integer(7),
            &tlv(0x18, self.at.format("%Y%m%d%H%M%SZ").to_string().as_bytes()),
            &self.nonce.as_deref().map(|nonce| tlv(0x02, nonce)).unwrap_or_default(),
            &self.named.as_deref().map(|name| tlv(0xa0, name)).unwrap_or_default(),
        ]);
        let certificate = self.key.certificate();
        let attribute = |kind: &str, value: &[u8]| sequence(&[&oid(kind), &tlv(0x31, value)]);
        let reference =
            sequence(&[&sequence(&[&sequence(&[&octet_string(&Digest::Sha256.of(&certificate.der))])])]);
        let mut attributes = set_of(vec![
            attribute("1.2.840.113549.1.9.3", &oid("1.2.840.113549.1.9.16.1.4")),
            attribute("1.2.840.113549.1.9.4", &octet_string(&Digest::Sha256.of(&info))),
            attribute("1.2.840.113549.1.9.16.2.47", &reference),
        ]);
        let value = self.key.sign(&attributes).unwrap();
        attributes[0] = 0xa0;
        let signer = sequence(&[
            &integer(1),
            &sequence(&[&certificate.issuer_der, &tlv(0x02, &certificate.serial)]),
            &Digest::Sha256.identifier(),
            &attributes,
            &self.value_algorithm.clone().unwrap_or_else(|| self.key.scheme().identifier()),
            &octet_string(&value),
        ]);
        let content = sequence(&[&oid("1.2.840.113549.1.9.16.1.4"), &tlv(0xa0, &octet_string(&info))]);
        let data = sequence(&[
            &integer(3),
            &set_of(vec![Digest::Sha256.identifier()]),
            &content,
            &tlv(0xa0, &certificate.der),
            &set_of(vec![signer]),
        ]);
        Ok(sequence(&[&oid("1.2.840.113549.1.7.2"), &tlv(0xa0, &data)]))
    }

    fn last_size(&self) -> Option<usize> {
        self.size
    }
}

pub(super) fn signed(key: &MemoryKey, when: &str, stamper: Option<&Tsa>) -> Result<Vec<u8>, SignError> {
    signed_draft(&fixture("documents/quyet-dinh.pdf"), key, when, stamper)
}

pub(super) fn signed_draft(
    draft: &[u8],
    key: &MemoryKey,
    when: &str,
    stamper: Option<&Tsa>,
) -> Result<Vec<u8>, SignError> {
    let draft = draft.to_vec();
    let pdf = Pdf::open(&draft).unwrap();
    let request = Request {
        field: "Signature1",
        place: None,
        fills: &[],
        appearance: Appearance::None,
        at: at(when),
        reason: None,
    };
    let trust = TrustStore::default();
    let appended = match stamper {
        Some(stamper) => sign_with_time(&pdf, &request, key, &trust, &SystemRng, stamper)?,
        None => sign(&pdf, &request, key, &trust, &SystemRng)?,
    };
    Ok([draft.as_slice(), &appended.bytes].concat())
}

pub(super) fn stamped(file: &[u8], tsa: &Tsa) -> Vec<u8> {
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    let appended = stamp_document(&pdf, tsa, &SystemRng).unwrap();
    [file.as_slice(), &appended.bytes].concat()
}

fn first(report: &Report) -> (String, Option<&str>) {
    let one = &report.signatures[0];
    (one.indication.as_str().to_owned(), one.sub_indication.as_deref())
}

#[test]
fn a_time_stamp_before_the_revocation_saves_the_signature_and_one_after_it_does_not() {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let later = world.list("2026-09", &[(&person, "2026-08-01")]);
    let report = world.report(&file, "2026-09-10", &[&later]);
    assert_eq!(first(&report), ("TOTAL-PASSED".to_owned(), None), "{report:#?}");
    assert_eq!(report.signatures[0].best_signature_time, at("2026-06-15"));
    let earlier = world.list("2026-09", &[(&person, "2026-06-01")]);
    let report = world.report(&file, "2026-09-10", &[&earlier]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("REVOKED_NO_POE")));
    // Without a time-stamp nothing shows that it existed before.
    let plain = signed(&person, "2026-06-15", None).unwrap();
    let report = world.report(&plain, "2026-09-10", &[&later]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("REVOKED_NO_POE")));
}

#[test]
fn a_list_made_after_the_time_of_validation_calls_nothing_good() {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    // Judged on the evening before the list of September was made, and on the day it was.
    let list = world.list("2026-09", &[]);
    let report = world.report(&file, "2026-08-31", &[&list]);
    let expected = ("INDETERMINATE".to_owned(), Some("CERTIFICATE_CHAIN_GENERAL_FAILURE"));
    assert_eq!(first(&report), expected, "{report:#?}");
    assert!(report.signatures[0].reasons.iter().any(|reason| reason.code == "revocation_unknown"));
    let report = world.report(&file, "2026-09-01", &[&list]);
    assert_eq!(first(&report), ("TOTAL-PASSED".to_owned(), None), "{report:#?}");
    // It takes the place of none that is good for the day, and a revocation it tells of counts.
    let august = world.list("2026-08", &[]);
    let report = world.report(&file, "2026-08-31", &[&list, &august]);
    assert_eq!(first(&report), ("TOTAL-PASSED".to_owned(), None), "{report:#?}");
    let revoking = world.list("2026-09", &[(&person, "2026-06-01")]);
    let report = world.report(&file, "2026-08-31", &[&revoking, &august]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("REVOKED_NO_POE")), "{report:#?}");
}

#[test]
fn what_was_revoked_in_the_second_of_the_time_stamp_was_not_there_before() {
    let world = World::new();
    let person = world.person();
    let mut tsa = world.authority((2024, 2030), "2026-06-15");
    // EN 319 102-1, 5.5.4: the revocation must lie after the best signature time.
    for (stamped, expected) in [("23:59:59", "TOTAL-PASSED"), ("00:00:00", "INDETERMINATE")] {
        let day = if stamped == "00:00:00" { "2026-08-01" } else { "2026-07-31" };
        tsa.at = format!("{day}T{stamped}Z").parse().unwrap();
        let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
        let list = world.list("2026-09", &[(&person, "2026-08-01")]);
        let report = world.report(&file, "2026-09-10", &[&list]);
        assert_eq!(report.indication, expected, "{stamped}: {report:#?}");
    }
}

#[test]
fn an_authority_that_is_no_longer_valid_vouches_only_for_what_existed_before() {
    let world = World::ending(2028);
    let person = world.issue("Trần Văn Mẫu", (2024, 2035), None);
    let list = world.list("2029-06", &[]);
    let plain = signed(&person, "2026-06-15", None).unwrap();
    let report = world.report(&plain, "2029-06-10", &[&list]);
    let expected = ("INDETERMINATE".to_owned(), Some("CERTIFICATE_CHAIN_GENERAL_FAILURE"));
    assert_eq!(first(&report), expected, "{report:#?}");
    assert!(report.signatures[0].reasons.iter().any(|reason| reason.code == "issuer_out_of_validity"));
}

#[test]
fn outside_its_validity_goes_before_what_can_not_be_learnt() {
    let world = World::new();
    let file = signed(&world.person(), "2026-06-15", None).unwrap();
    let report = world.report(&file, "2028-06-10", &[]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("OUT_OF_BOUNDS_NO_POE")), "{report:#?}");
}

#[test]
fn a_revoked_time_stamping_authority_proves_nothing() {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let list = world.list("2026-09", &[(&person, "2026-08-01"), (&tsa.key, "2026-08-01")]);
    let report = world.report(&file, "2026-09-10", &[&list]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("REVOKED_NO_POE")), "{report:#?}");
}

#[test]
fn a_time_stamp_before_the_certificate_was_valid_fails_the_signature() {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2020, 2030), "2023-06-15");
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let list = world.list("2026-09", &[]);
    let report = world.report(&file, "2026-09-10", &[&list]);
    assert_eq!(first(&report), ("TOTAL-FAILED".to_owned(), Some("NOT_YET_VALID")), "{report:#?}");
}

#[test]
fn a_time_stamp_that_names_another_authority_than_its_certificate_proves_nothing() {
    let world = World::new();
    let person = world.person();
    let list = world.list("2026-09", &[(&person, "2026-08-01")]);
    let name = |kind: u8, text: &str| {
        let attribute = sequence(&[&oid("2.5.4.3"), &tlv(kind, text.as_bytes())]);
        tlv(0xa4, &sequence(&[&set_of(vec![attribute])]))
    };
    let cases = [
        // Another string type, other letters: the same name (RFC 5280, 7.1).
        (name(0x0c, "TSA 2024"), true),
        (name(0x13, "tsa  2024"), true),
        (name(0x0c, "TSA 2025"), false),
        (tlv(0x82, b"tsa.invalid"), false),
    ];
    for (named, is_good) in cases {
        let mut tsa = world.authority((2024, 2030), "2026-06-15");
        tsa.named = Some(named);
        let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
        let report = world.report(&file, "2026-09-10", &[&list]);
        assert_eq!(report.indication == "TOTAL-PASSED", is_good, "{report:#?}");
        let warned = |code: &str| report.signatures[0].warnings.iter().any(|warning| warning.code == code);
        assert_eq!(warned("timestamp_authority_other"), !is_good, "{report:#?}");
    }
}

#[test]
fn time_stamps_over_something_else_or_by_no_authority_are_left_aside() {
    let world = World::new();
    let person = world.person();
    let list = world.list("2026-09", &[(&person, "2026-08-01")]);
    let mut wrong = world.authority((2024, 2030), "2026-06-15");
    wrong.imprint = Some(vec![7; 32]);
    let mut unfit = world.authority((2024, 2030), "2026-06-15");
    unfit.key = world.issue("Not a TSA", (2024, 2030), Some("1.3.6.1.5.5.7.3.4"));
    for (tsa, code) in [(wrong, "timestamp_imprint_mismatch"), (unfit, "timestamp_authority_unfit")] {
        let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
        let report = world.report(&file, "2026-09-10", &[&list]);
        assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("REVOKED_NO_POE")), "{code}");
        assert!(report.signatures[0].warnings.iter().any(|warning| warning.code == code), "{report:#?}");
    }
}

#[test]
fn stale_lists_leave_a_signature_to_be_tried_later() {
    let world = World::new();
    let file = signed(&world.person(), "2026-06-15", None).unwrap();
    let list = world.list("2026-06", &[]);
    assert_eq!(world.report(&file, "2026-06-20", &[&list]).indication, "TOTAL-PASSED");
    let report = world.report(&file, "2026-08-20", &[&list]);
    assert_eq!(first(&report), ("INDETERMINATE".to_owned(), Some("TRY_LATER")));
}

#[test]
fn a_renewed_archive_outlives_its_signer_and_its_first_authority() {
    let world = World::new();
    let person = world.person();
    let first_tsa = world.authority((2024, 2030), "2026-06-15");
    let second_tsa = world.authority((2029, 2040), "2029-06-15");
    let (l2026, l2029, l2031) =
        (world.list("2026-06", &[]), world.list("2029-06", &[]), world.list("2031-03", &[]));
    let file = signed(&person, "2026-06-15", Some(&first_tsa)).unwrap();
    let file = world.with_evidence(&file, "2026-06-15", &[&l2026]);
    let file = stamped(&file, &first_tsa);
    assert_eq!(world.report(&file, "2026-06-16", &[]).indication, "TOTAL-PASSED");
    // The signer's certificate ended in 2027; the authority's lives until 2030.
    let report = world.report(&file, "2029-06-10", &[&l2029]);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    let renewed = world.with_evidence(&file, "2029-06-15", &[&l2029]);
    let renewed = stamped(&renewed, &second_tsa);
    let report = world.report(&renewed, "2031-03-10", &[&l2031]);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    assert_eq!(report.signatures[0].level, "B-LTA");
    assert_eq!(report.signatures[0].best_signature_time, at("2026-06-15"));
    // What wasn't renewed in time can't be shown any more.
    let report = world.report(&file, "2031-03-10", &[&l2031]);
    assert_eq!(first(&report).0, "INDETERMINATE", "{report:#?}");
}

#[test]
fn a_person_revoked_after_the_archive_was_made_stays_proven() {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let list = world.list("2026-06", &[]);
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let file = stamped(&world.with_evidence(&file, "2026-06-15", &[&list]), &tsa);
    let later = world.list("2026-09", &[(&person, "2026-08-01")]);
    let report = world.report(&file, "2026-09-10", &[&later]);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
}

#[test]
fn a_room_too_small_for_the_time_stamp_is_enlarged_once() {
    let world = World::new();
    let person = world.person();
    let mut tsa = world.authority((2024, 2030), "2026-06-15");
    tsa.size = Some(10);
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let file = stamped(&file, &tsa);
    let list = world.list("2026-06", &[]);
    assert_eq!(world.report(&file, "2026-06-20", &[&list]).indication, "TOTAL-PASSED");
}
