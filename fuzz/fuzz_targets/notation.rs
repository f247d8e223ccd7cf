//! Number and symbol as people write them: what is read keeps its parts, the rest is refused.
#![no_main]

use chancery::profile::notation::Notation;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(found) = Notation::parse(text) {
        assert!(!found.digits().is_empty());
        assert!(Notation::parse(&found.to_string()).is_ok());
    }
});
