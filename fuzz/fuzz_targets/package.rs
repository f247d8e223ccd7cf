//! An archive package as a ZIP from outside: any bytes give a report or an error within the limits.
#![no_main]

use chancery::package::check::{Limits, check};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static FILE: LazyLock<std::path::PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("chancery-fuzz-{}.zip", std::process::id())));

fuzz_target!(|data: &[u8]| {
    std::fs::write(&*FILE, data).unwrap();
    let limits = Limits { files: 100, bytes: 8 << 20, xml: 1 << 20, ..Limits::default() };
    let _ = check(&FILE, &limits);
});
