//! A log written by the first version, with its signed head and proofs, lies in the fixtures: whatever this program
//! becomes, what it once gave out as evidence must still be evidence.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chancery::audit::event::LEAF_VERSION;
use chancery::merkle::{
    Checkpoint, Frontier, Hash, NoteVerifier, leaf_hash, verify_consistency, verify_inclusion,
};
use serde_json::Value;

fn log() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/log-v1.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(text(value)).unwrap()
}

fn hash(value: &Value) -> Hash {
    bytes(value).try_into().unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

fn records(log: &Value) -> Vec<Vec<u8>> {
    log["inclusion"].as_array().unwrap().iter().map(|entry| bytes(&entry["record"])).collect()
}

fn root(records: &[Vec<u8>]) -> Hash {
    let mut tree = Frontier::default();
    for record in records {
        tree.append(leaf_hash(record));
    }
    tree.root()
}

#[test]
fn its_head_is_signed_and_is_the_head_of_its_leaves() {
    let log = log();
    let key = NoteVerifier::parse(text(&log["vkey"]).trim()).unwrap();
    let head = Checkpoint::parse(key.open(text(&log["checkpoint"])).unwrap()).unwrap();
    let mut records = records(&log);
    assert_eq!(Some(head.size), log["size"].as_u64());
    assert_eq!(u64::try_from(records.len()).unwrap(), head.size);
    assert_eq!(root(&records), head.root);
    records[7].push(b' ');
    assert_ne!(root(&records), head.root);
}

#[test]
fn its_proofs_still_prove() {
    let log = log();
    let (size, root) = (log["size"].as_u64().unwrap(), hash(&log["root"]));
    for entry in log["inclusion"].as_array().unwrap() {
        let (leaf, index) = (leaf_hash(&bytes(&entry["record"])), entry["index"].as_u64().unwrap());
        let proof = hashes(&entry["proof"]);
        verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
        verify_inclusion(&leaf, (index + 1) % size, size, &proof, &root).unwrap_err();
    }
    for entry in log["consistency"].as_array().unwrap() {
        let (old, old_root) = (entry["old"].as_u64().unwrap(), hash(&entry["old_root"]));
        verify_consistency(old, size, &hashes(&entry["proof"]), &old_root, &root).unwrap();
    }
}

#[test]
fn its_leaves_have_the_form_that_is_final() {
    assert_eq!(LEAF_VERSION, 1, "a new form needs a golden log of its own beside this one");
    for record in records(&log()) {
        let leaf: Value = serde_json::from_slice(&record).unwrap();
        let keys: Vec<&str> = leaf.as_object().unwrap().keys().map(String::as_str).collect();
        let form = ["actor", "agency", "at", "digest", "id", "kind", "outcome", "rows", "subject", "v"];
        assert_eq!(keys, form);
        assert_eq!(leaf["v"], 1);
        assert!(record.is_ascii() && record.len() <= 65_535);
        assert_eq!(leaf.to_string().as_bytes(), record, "keys sorted, no space");
    }
}
