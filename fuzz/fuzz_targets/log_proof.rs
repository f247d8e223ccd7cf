//! Verifier keys, signed notes, checkpoints and proofs: any text is read or refused, and nothing unsigned verifies.
#![no_main]

use chancery::merkle::note::StandaloneProof;
use chancery::merkle::{Checkpoint, NoteVerifier};
use libfuzzer_sys::fuzz_target;

/// A verifier key whose private half nobody has.
const KEY: &str = include_str!("../seeds/log_proof/key");

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = NoteVerifier::parse(text);
    let key = NoteVerifier::parse(KEY).unwrap();
    assert!(key.open(text).is_err());
    if let Ok(found) = Checkpoint::parse(text) {
        assert_eq!(Checkpoint::parse(&found.text()), Ok(found));
    }
    if let Ok(found) = StandaloneProof::parse(text) {
        assert_eq!(StandaloneProof::parse(&found.text()).as_ref(), Ok(&found));
        assert!(found.verify(b"record", &key).is_err());
    }
});
