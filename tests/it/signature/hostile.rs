//! Authorities and responders that lie, stammer or are silent: nothing passes by them, and nothing hangs.

use super::years::{World, at, signed};
use chancery::pki::der::{sequence, tlv};
use chancery::pki::timestamp::StampError;
use chancery::pki::{Digest, TrustStore};
use chancery::ports::{Fetch, FetchFailed, Outgoing, SystemClock, SystemRng};
use chancery::signature::online::Network;
use chancery::signature::report::Report;
use chancery::signature::timestamp::{Authority, Stamper, StamperError};
use chancery::signature::validate::{Policy, Supply, validate_with};
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers everything with the same bytes, or with nothing.
struct Same(Option<Vec<u8>>, AtomicUsize);

impl Same {
    fn new(answer: Option<Vec<u8>>) -> Self {
        Self(answer, AtomicUsize::new(0))
    }
}

impl Fetch for Same {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let silent = || FetchFailed::NoAnswer { url: request.url.to_owned(), why: "silence".to_owned() };
        self.0.clone().ok_or_else(silent)
    }
}

fn stamp(answer: Vec<u8>) -> StamperError {
    let fetch = Same::new(Some(answer));
    let imprint = Digest::Sha256.of(b"document");
    let authority = Authority::new("http://tsa.invalid/", &fetch, &SystemRng, &SystemClock);
    authority.stamp(Digest::Sha256, &imprint).unwrap_err()
}

fn granted(token: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&tlv(0x02, &[0])]), token])
}

#[test]
fn a_reply_to_another_request_is_refused() {
    let world = World::new();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let other = tsa.stamp(Digest::Sha256, &Digest::Sha256.of(b"another")).unwrap();
    assert_eq!(stamp(granted(&other)), StamperError::Reply(StampError::Mismatch("imprint")));
    // Over the right imprint, but without our nonce: an old token played again.
    let old = tsa.stamp(Digest::Sha256, &Digest::Sha256.of(b"document")).unwrap();
    assert_eq!(stamp(granted(&old)), StamperError::Reply(StampError::Mismatch("nonce")));
}

#[test]
fn refusals_and_broken_replies_are_named() {
    let refused = sequence(&[&sequence(&[&tlv(0x02, &[2])])]);
    assert_eq!(stamp(refused), StamperError::Reply(StampError::Refused(2)));
    assert_eq!(stamp(granted(&[])), StamperError::Reply(StampError::NoToken));
    assert!(matches!(stamp(b"<html>busy</html>".to_vec()), StamperError::Reply(StampError::Der(_))));
    assert!(matches!(stamp(granted(&sequence(&[]))), StamperError::Token(_)));
}

fn online(world: &World, file: &[u8], fetch: &Same) -> Report {
    let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-20") };
    let network = Some(Network { fetch, rng: &SystemRng });
    validate_with(&file.to_vec(), &policy, &Supply { network, ..Supply::default() }).unwrap().report
}

#[test]
fn a_silent_responder_leaves_the_verdict_open_and_is_asked_once() {
    let world = World::new();
    let file = signed(&world.person(), "2026-06-15", None).unwrap();
    let fetch = Same::new(None);
    let report = online(&world, &file, &fetch);
    assert_eq!(report.indication, "INDETERMINATE", "{report:#?}");
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("CERTIFICATE_CHAIN_GENERAL_FAILURE"));
    assert!(report.signatures[0].warnings.iter().any(|warning| warning.code == "responder_gave_nothing"));
    assert_eq!(fetch.1.load(Ordering::SeqCst), 1);
}

#[test]
fn a_list_by_another_key_of_the_same_name_proves_nothing() {
    let world = World::new();
    let file = signed(&world.person(), "2026-06-15", None).unwrap();
    let real = Same::new(Some(world.list("2026-06", &[]).der));
    assert_eq!(online(&world, &file, &real).indication, "TOTAL-PASSED");
    let forged = Same::new(Some(World::new().list("2026-06", &[]).der));
    let report = online(&world, &file, &forged);
    assert_eq!(report.indication, "INDETERMINATE", "{report:#?}");
}

#[test]
fn a_list_of_last_month_is_played_again_in_vain() {
    let world = World::new();
    let file = signed(&world.person(), "2026-06-15", None).unwrap();
    let report = online(&world, &file, &Same::new(Some(world.list("2026-04", &[]).der)));
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("TRY_LATER"), "{report:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_answer_at_all_makes_a_signature_good(
        answer in proptest::collection::vec(any::<u8>(), 0..400),
        place in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let world = World::new();
        let file = signed(&world.person(), "2026-06-15", None).unwrap();
        prop_assert_ne!(online(&world, &file, &Same::new(Some(answer))).indication, "TOTAL-PASSED");
        // Nor does a true list with one bit turned.
        let mut list = world.list("2026-06", &[]).der;
        let at = place.index(list.len());
        list[at] ^= 1 << bit;
        prop_assert_ne!(online(&world, &file, &Same::new(Some(list))).indication, "TOTAL-PASSED");
    }
}
