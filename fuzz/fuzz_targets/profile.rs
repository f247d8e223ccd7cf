//! A jurisdiction's profile from an operator's folder: any text is a profile or a named error.
#![no_main]

use chancery::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Profile::parse("fuzz", text);
    }
});
