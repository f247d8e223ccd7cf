//! The judgement of later revisions: whatever was appended to whatever was signed gets a verdict or is refused.
#![no_main]

use chancery::pdf::Pdf;
use chancery::signature::changes::{after, is_permitted};
use chancery::signature::permission::Locked;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let source = data.to_vec();
    let Ok(document) = Pdf::open(&source) else { return };
    for signed in 0..document.newest().min(4) {
        let Ok(changes) = after(&document, signed) else { continue };
        // Every later revision leaves a trace, and what is forbidden at level 3 is forbidden at 1.
        assert!(!changes.is_empty());
        for change in &changes {
            assert!(change.revision > signed + 1);
            assert!(
                !is_permitted(change, Some(1), Some(&Locked::All)) || is_permitted(change, Some(3), None)
            );
        }
    }
});
