//! Key files (PKCS#8 PEM, PKCS#12) as a person hands them in.
#![no_main]

use chancery::pki::key::read_key_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = read_key_file(data, Some("a secret"));
    let _ = read_key_file(data, None);
});
