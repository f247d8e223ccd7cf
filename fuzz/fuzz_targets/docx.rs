//! Format facts of a DOCX: any archive gives a report or an error within the limits.
#![no_main]

use chancery::format::check;
use chancery::pdf::text::Limits;
use chancery::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"PK") {
        let _ = check(data.to_vec(), Profile::builtin(), &Limits::default());
    }
});
