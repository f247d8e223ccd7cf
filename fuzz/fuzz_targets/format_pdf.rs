//! Format facts of a PDF. The page interpreter is another's and its panics are caught where it is called, so the
//! fuzzer's hook that ends the process at any panic is taken out; one that gets through still ends it.
#![no_main]

use chancery::format::check;
use chancery::pdf::text::Limits;
use chancery::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| {
        let limits = Limits { pages: 2, ..Limits::default() };
        let _ = check(data.to_vec(), Profile::builtin(), &limits);
    }
);
