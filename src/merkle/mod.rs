//! The tree behind the trail: RFC 6962 hashes and proofs, C2SP checkpoints and notes.
//!
//! Nothing here is invented, so that verifiers that were not written by us can check it.

pub mod note;
pub mod proof;
pub mod tree;

pub use note::{Checkpoint, NoteError, NoteSigner, NoteVerifier};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use tree::{Frontier, Hash, leaf_hash, node_hash};
