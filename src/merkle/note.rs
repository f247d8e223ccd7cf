//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) and stand-alone proofs (C2SP
//! tlog-proof), signed with Ed25519.

use super::proof::verify_inclusion;
use super::tree::{Hash, leaf_hash};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes a note may have: C2SP allows a megabyte.
const SIZE_LIMIT: usize = 1 << 20;
/// Signatures a note may have.
const SIGNATURE_LIMIT: usize = 100;
/// Algorithm byte of Ed25519 in key hashes and signatures.
const ED25519_BYTE: u8 = 1;

/// Why a note can't be read or doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It isn't of the form of a note, checkpoint, proof or key.
    #[error("not of the expected form: {0}")]
    Form(&'static str),
    /// No signature of the key holds.
    #[error("the signature does not hold")]
    Signature,
    /// The proof doesn't lead to the checkpoint.
    #[error("the proof does not lead to the checkpoint's root")]
    Proof,
}

fn key_hash(name: &str, public: &[u8]) -> [u8; 4] {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    context.update(name.as_bytes());
    context.update(b"\n");
    context.update(&[ED25519_BYTE]);
    context.update(public);
    context.finish().as_ref().first_chunk::<4>().copied().unwrap_or_default()
}

/// Signs notes under a name.
pub struct NoteSigner {
    name: String,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteSigner").field("name", &self.name).finish_non_exhaustive()
    }
}

impl NoteSigner {
    /// A signer from an Ed25519 key in PKCS#8.
    ///
    /// # Errors
    /// When the key can't be read or the name can't be one (no spaces, no plus, not empty).
    pub fn new(name: &str, pkcs8: &[u8]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Form("key name"));
        }
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| NoteError::Form("key"))?;
        Ok(Self { name: name.to_owned(), pair })
    }

    /// The verifier key as text.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        let public = self.pair.public_key().as_ref();
        let hash = hex::encode(key_hash(&self.name, public));
        let coded = STANDARD.encode([&[ED25519_BYTE], public].concat());
        format!("{}+{hash}+{coded}", self.name)
    }

    /// The signed note of `text`, which must end with a line end.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let hash = key_hash(&self.name, self.pair.public_key().as_ref());
        let signature = self.pair.sign(text.as_bytes());
        let coded = STANDARD.encode([hash.as_slice(), signature.as_ref()].concat());
        format!("{text}\n\u{2014} {} {coded}\n", self.name)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

/// Verifies notes of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    hash: [u8; 4],
    public: Vec<u8>,
}

impl NoteVerifier {
    /// Reads a verifier key.
    ///
    /// # Errors
    /// When it isn't one of Ed25519, or its hash isn't its own.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let text = text.trim();
        let (name, rest) = text.split_once('+').ok_or(NoteError::Form("verifier key"))?;
        let (hash, coded) = rest.split_once('+').ok_or(NoteError::Form("verifier key"))?;
        let bytes = STANDARD.decode(coded).map_err(|_| NoteError::Form("verifier key"))?;
        let (algorithm, public) = bytes.split_first().ok_or(NoteError::Form("verifier key"))?;
        let own = key_hash(name, public);
        if *algorithm != ED25519_BYTE || public.len() != 32 || hex::encode(own) != hash || !is_name(name) {
            return Err(NoteError::Form("verifier key"));
        }
        Ok(Self { name: name.to_owned(), hash: own, public: public.to_vec() })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note this key signed. Signatures of other keys are ignored.
    ///
    /// # Errors
    /// When it is no note, or this key's signature is missing or wrong.
    pub fn open<'n>(&self, note: &'n str) -> Result<&'n str, NoteError> {
        if note.len() > SIZE_LIMIT {
            return Err(NoteError::Form("size"));
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Form("note"))?;
        let (text, signatures) = (note.get(..=split), note.get(split + 2..));
        let (Some(text), Some(signatures)) = (text, signatures) else { return Err(NoteError::Form("note")) };
        if !signatures.ends_with('\n') || text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(NoteError::Form("note"));
        }
        let mut holds = false;
        for (count, line) in signatures.lines().enumerate() {
            if count >= SIGNATURE_LIMIT {
                return Err(NoteError::Form("signatures"));
            }
            let rest = line.strip_prefix("\u{2014} ").ok_or(NoteError::Form("signature line"))?;
            let (name, coded) = rest.split_once(' ').ok_or(NoteError::Form("signature line"))?;
            let bytes = STANDARD.decode(coded).map_err(|_| NoteError::Form("signature line"))?;
            let Some((hash, value)) = bytes.split_first_chunk::<4>() else {
                return Err(NoteError::Form("signature line"));
            };
            if name == self.name && *hash == self.hash {
                let key = UnparsedPublicKey::new(&ED25519, &self.public);
                key.verify(text.as_bytes(), value).map_err(|_| NoteError::Signature)?;
                holds = true;
            }
        }
        if holds { Ok(text) } else { Err(NoteError::Signature) }
    }
}

/// The head of a log: what a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Leaves in it.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Checkpoint {
    /// The text to be signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a checkpoint; extension lines are allowed.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let form = NoteError::Form("checkpoint");
        let mut lines = text.lines();
        let (origin, size, root) = match (lines.next(), lines.next(), lines.next()) {
            (Some(origin), Some(size), Some(root)) if !origin.is_empty() => (origin, size, root),
            _ => return Err(form),
        };
        if lines.any(str::is_empty) {
            return Err(form);
        }
        let number: u64 = size.parse().map_err(|_| form)?;
        if number.to_string() != size {
            return Err(form);
        }
        let bytes = STANDARD.decode(root).map_err(|_| form)?;
        let root: Hash = bytes.try_into().map_err(|_| form)?;
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }
}

/// A proof that stands alone (C2SP tlog-proof): what is proven, index, hashes, checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandaloneProof {
    /// The record the proof is of, when it travels along.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index.
    pub index: u64,
    /// The inclusion proof.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

const PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";

impl StandaloneProof {
    /// The proof as text.
    #[must_use]
    pub fn text(&self) -> String {
        let hashes: String = self.hashes.iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect();
        let extra = self.extra.as_ref().map(|record| format!("extra {}\n", STANDARD.encode(record)));
        let extra = extra.unwrap_or_default();
        format!("{PROOF_HEADER}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint)
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let form = NoteError::Form("proof");
        if text.len() > SIZE_LIMIT {
            return Err(form);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(form)?;
        let mut lines = head.lines();
        if lines.next() != Some(PROOF_HEADER) {
            return Err(form);
        }
        let mut next = lines.next().ok_or(form)?;
        let mut extra = None;
        if let Some(record) = next.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(record).map_err(|_| form)?);
            next = lines.next().ok_or(form)?;
        }
        let index = next.strip_prefix("index ").and_then(|index| index.parse().ok()).ok_or(form)?;
        let mut hashes = Vec::new();
        for line in lines {
            let bytes = STANDARD.decode(line).map_err(|_| form)?;
            hashes.push(bytes.try_into().map_err(|_| form)?);
            // A tree of 2^63 leaves needs no more.
            if hashes.len() > 63 {
                return Err(form);
            }
        }
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies that `record` stands in the log of the key; gives the checkpoint.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(&self, record: &[u8], key: &NoteVerifier) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::parse(key.open(&self.checkpoint)?)?;
        let leaf = leaf_hash(record);
        verify_inclusion(&leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)
            .map_err(|_| NoteError::Proof)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer() -> NoteSigner {
        let key = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
        NoteSigner::new("log.example/2026", key.as_ref()).unwrap()
    }

    #[test]
    fn a_note_opens_with_its_key_only_and_unknown_signatures_are_ignored() {
        let (one, other) = (signer(), signer());
        let checkpoint = Checkpoint { origin: "log.example/2026".to_owned(), size: 7, root: [3; 32] };
        let note = one.sign(&checkpoint.text());
        let key = NoteVerifier::parse(&one.verifier_key()).unwrap();
        assert_eq!(Checkpoint::parse(key.open(&note).unwrap()), Ok(checkpoint));
        assert!(NoteVerifier::parse(&other.verifier_key()).unwrap().open(&note).is_err());
        let more = format!("{note}\u{2014} stranger AAAAAAAA\n");
        assert!(key.open(&more).is_ok());
        assert!(key.open(&note.replace("7\n", "8\n")).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Checkpoint::parse(&text);
            let _ = StandaloneProof::parse(&text);
            let _ = NoteVerifier::parse(&text);
        }
    }
}
