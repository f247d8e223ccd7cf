//! A detached CMS from outside: any bytes give a report, and without an anchor nothing passes.
#![no_main]

use chancery::pki::TrustStore;
use chancery::signature::detached::validate_detached;
use chancery::signature::validate::Policy;
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let policy =
        Policy { trust: TrustStore::default(), at: DateTime::from_timestamp(1_800_000_000, 0).unwrap() };
    if let Ok(report) = validate_detached(data, &b"content".to_vec(), &policy) {
        assert_ne!(report.indication, "TOTAL-PASSED");
    }
});
