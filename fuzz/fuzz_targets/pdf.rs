//! The strict reader of revisions: any bytes give a document whose every object resolves or is refused.
#![no_main]

use chancery::pdf::{self, Pdf, Reference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let source = data.to_vec();
    let Ok(document) = Pdf::open(&source) else { return };
    let _ = document.examine();
    for revision in 0..=document.newest() {
        let _ = document.catalog(revision);
        let _ = pdf::pages(&document, revision, 100);
    }
    for number in 1..200 {
        let reference = Reference { number, generation: 0 };
        let _ = document.resolve(reference, document.newest());
        let _ = document.stream(reference, document.newest());
    }
});
