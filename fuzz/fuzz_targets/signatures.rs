//! Validation of a PDF's signatures: any bytes give a report or an error, and without an anchor nothing passes.
#![no_main]

use chancery::pki::TrustStore;
use chancery::signature::validate::{Policy, validate};
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let policy =
        Policy { trust: TrustStore::default(), at: DateTime::from_timestamp(1_800_000_000, 0).unwrap() };
    if let Ok(report) = validate(&data.to_vec(), &policy) {
        assert_ne!(report.indication, "TOTAL-PASSED");
    }
});
