//! Time-stamps that can't be judged here, and authorities whose clock is wrong.

use super::years::{Tsa, World, at, signed, stamped};
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Dictionary, Object, Pdf};
use chancery::pki::Digest;
use chancery::pki::der::{Reader, integer, oid, sequence};
use chancery::ports::{Fetch, FetchFailed, FixedClock, Outgoing, SystemRng};
use chancery::signature::augment::add_evidence;
use chancery::signature::online::Evidence;
use chancery::signature::report::{Indication, SignatureReport};
use chancery::signature::timestamp::{Authority, Stamper, StamperError};
use chrono::TimeDelta;
use std::sync::Mutex;

fn has(list: &[chancery::signature::report::Statement], code: &str) -> bool {
    list.iter().any(|one| one.code == code)
}

/// SHAKE256 (RFC 8702), which nobody here computes.
fn shake() -> Vec<u8> {
    sequence(&[&oid("2.16.840.1.101.3.4.2.12")])
}

/// An authority that says to use what isn't known here: its imprint's digest, or its key's scheme.
fn unknown(world: &World, of_imprint: bool) -> Tsa {
    let mut tsa = world.authority((2024, 2030), "2026-06-15");
    if of_imprint {
        tsa.imprint_algorithm = Some(shake());
    } else {
        // ecdsa-with-SHA3-224
        tsa.value_algorithm = Some(sequence(&[&oid("2.16.840.1.101.3.4.3.9")]));
    }
    tsa
}

#[test]
fn a_document_time_stamp_by_unknown_algorithms_is_neither_good_nor_altered() {
    let world = World::new();
    let (person, list) = (world.person(), world.list("2026-06", &[]));
    let plain = signed(&person, "2026-06-15", None).unwrap();
    for of_imprint in [true, false] {
        let file = stamped(&plain, &unknown(&world, of_imprint));
        let report = world.report(&file, "2026-06-20", &[&list]);
        let is_stamp = |one: &&SignatureReport| one.kind == "document_timestamp";
        let stamp = report.signatures.iter().find(is_stamp).unwrap();
        assert_eq!(stamp.indication, Indication::Indeterminate, "{stamp:#?}");
        assert_eq!(stamp.sub_indication.as_deref(), Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"));
        let code = if of_imprint { "digest_unsupported" } else { "algorithm_unsupported" };
        assert!(has(&stamp.reasons, code), "{stamp:#?}");
        assert_eq!(stamp.integrity, "not_checked", "{stamp:#?}");
        // What it covers is judged without it.
        let signature = report.signatures.iter().find(|one| !is_stamp(one)).unwrap();
        assert_eq!(signature.indication, Indication::Passed, "{signature:#?}");
        assert_eq!(signature.best_signature_time, at("2026-06-20"));
    }
}

#[test]
fn a_time_stamp_in_a_signature_by_unknown_algorithms_is_not_called_broken() {
    let world = World::new();
    let (person, list) = (world.person(), world.list("2026-06", &[]));
    for of_imprint in [true, false] {
        let file = signed(&person, "2026-06-15", Some(&unknown(&world, of_imprint))).unwrap();
        let report = world.report(&file, "2026-06-20", &[&list]);
        let one = &report.signatures[0];
        assert!(has(&one.warnings, "timestamp_unsupported"), "{one:#?}");
        assert!(!has(&one.warnings, "timestamp_broken") && !has(&one.warnings, "timestamp_imprint_mismatch"));
        assert_eq!(one.best_signature_time, at("2026-06-20"), "it proves nothing");
    }
}

#[test]
fn long_term_is_what_holds_revocation_data_of_the_whole_chain() {
    let (world, elsewhere) = (World::new(), World::new());
    let person = world.person();
    let (tsa, archive) =
        (world.authority((2024, 2030), "2026-06-15"), world.authority((2024, 2030), "2026-06-16"));
    let file = signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let list = world.list("2026-06", &[]);
    let with = |file: &[u8], crl: &[u8]| {
        let file = file.to_vec();
        let evidence = Evidence { name: "00".repeat(20), crls: vec![crl.to_vec()], ..Evidence::default() };
        let added = add_evidence(&Pdf::open(&file).unwrap(), &[evidence], &SystemRng).unwrap().unwrap();
        [file.as_slice(), &added.bytes].concat()
    };
    let level = |file: &[u8]| world.report(file, "2026-06-20", &[&list]).signatures[0].level.clone();
    let (rubbish, other) = (with(&file, b"rubbish"), with(&file, &elsewhere.list("2026-06", &[]).der));
    // The list that is given for judging isn't in the file.
    assert_eq!((level(&file), level(&rubbish), level(&other)), ("B-T".into(), "B-T".into(), "B-T".into()));
    assert_eq!(level(&stamped(&rubbish, &archive)), "B-T");
    let good = with(&rubbish, &list.der);
    assert_eq!(level(&good), "B-LT");
    assert_eq!(level(&stamped(&good, &archive)), "B-LTA");
    // Data that came after the archive's time-stamp are covered by none.
    let late = with(&stamped(&rubbish, &archive), &list.der);
    assert_eq!(level(&late), "B-LT");
}

#[test]
fn a_store_whose_streams_are_written_as_text_is_read() {
    let world = World::new();
    let person = world.person();
    let file = signed(&person, "2026-06-15", None).unwrap();
    let list = world.list("2026-06", &[]);
    for filter in ["ASCIIHexDecode", "Crypt"] {
        let pdf = Pdf::open(&file).unwrap();
        let mut writer = RevisionWriter::new(&pdf).unwrap();
        let data = match filter {
            "Crypt" => list.der.clone(),
            _ => format!("{}>", hex::encode(&list.der)).into_bytes(),
        };
        let kind = Dictionary::of(vec![("Filter", Object::name(filter))]);
        let stream = writer.add_coded_stream(kind, data);
        let store = Dictionary::of(vec![("CRLs", Object::Array(vec![Object::Reference(stream)]))]);
        let mut catalog = pdf.catalog(pdf.newest()).unwrap();
        catalog.set("DSS", Object::Dictionary(store));
        writer.put(pdf.root(pdf.newest()).unwrap(), &Object::Dictionary(catalog));
        let added = writer.finish([7; 16]).unwrap();
        let report = world.report(&[file.as_slice(), &added.bytes].concat(), "2026-06-20", &[]);
        assert_eq!(report.indication, "TOTAL-PASSED", "{filter}: {report:#?}");
    }
}

/// An authority over HTTP (RFC 3161, 3.4).
struct Served(Mutex<Tsa>);

impl Fetch for Served {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        let body = request.body.as_ref().unwrap();
        let mut parts = Reader::new(body.1).expect(0x30).unwrap().inside();
        parts.expect(0x02).unwrap();
        let mut asked = parts.expect(0x30).unwrap().inside();
        asked.expect(0x30).unwrap();
        let imprint = asked.expect(0x04).unwrap().value.to_vec();
        let mut tsa = self.0.lock().unwrap();
        tsa.nonce = Some(parts.expect(0x02).unwrap().value.to_vec());
        let token = tsa.stamp(Digest::Sha256, &imprint).unwrap();
        Ok(sequence(&[&sequence(&[&integer(0)]), &token]))
    }
}

#[test]
fn a_token_of_another_time_than_ours_is_not_taken() {
    let world = World::new();
    let now = at("2026-06-15");
    let ask = |apart: TimeDelta| {
        let mut tsa = world.authority((2024, 2030), "2026-06-15");
        tsa.at = now + apart;
        let (served, clock) = (Served(Mutex::new(tsa)), FixedClock::at(now));
        let authority = Authority::new("http://tsa.invalid", &served, &SystemRng, &clock);
        authority.stamp(Digest::Sha256, &Digest::Sha256.of(b"value"))
    };
    for apart in [TimeDelta::zero(), TimeDelta::minutes(4), TimeDelta::minutes(-4)] {
        assert!(ask(apart).is_ok(), "{apart}");
    }
    for apart in [TimeDelta::minutes(6), TimeDelta::days(30), TimeDelta::minutes(-6), TimeDelta::days(-700)] {
        assert!(matches!(ask(apart), Err(StamperError::Clock(_))), "{apart}");
    }
}
