//! A revocation list from outside: any bytes give a list or an error, and any list can be asked.
#![no_main]

use chancery::pki::Crl;
use chancery::pki::crl::distribution_points;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = distribution_points(data);
    if let Ok(crl) = Crl::read(data) {
        let _ = crl.entry(&[1], &crl.issuer_name);
        let _ = crl.scheme();
    }
});
