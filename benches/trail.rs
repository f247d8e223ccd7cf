//! The trail and the packages, beside what they can't do without: bare hashes, one bare signature, one durable write,
//! one copy.
//!
//! `cargo bench --bench trail`. Beside each figure stands what is bare: the same bytes hashed, signed, copied, no more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that meets the unexpected stops"
)]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use chancery::audit::{Actor, NewEvent, log, record};
use chancery::merkle::note::{Checkpoint, NoteSigner, NoteVerifier, StandaloneProof};
use chancery::merkle::{Frontier, leaf_hash, proof};
use chancery::package::build::build;
use chancery::package::check::{Limits, check};
use chancery::package::model::{DataFile, Document, Dossier, Submission};
use chancery::ports::{SystemClock, SystemRng};
use chancery::store::{Database, Error, Location, migrate};
use chrono::NaiveDate;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Events of one batch.
const BATCH: usize = 500;
/// Bytes of an ordinary leaf.
const LEAF: usize = 600;
/// Leaves of the tree proofs are made in.
const TREE: u64 = 1 << 16;
/// Bytes of the file that is packed.
const PACKED: usize = 32 << 20;

fn signer() -> (NoteSigner, NoteVerifier, Vec<u8>) {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
    let signer = NoteSigner::new("log.example", pkcs8.as_ref()).unwrap();
    let verifier = NoteVerifier::parse(&signer.verifier_key()).unwrap();
    (signer, verifier, pkcs8.as_ref().to_vec())
}

fn tree(c: &mut Criterion) {
    let (leaf, node) = (vec![0x5a_u8; LEAF], [0x5a_u8; 65]);
    let mut group = c.benchmark_group("tree");
    group.throughput(Throughput::Elements(1));
    group.bench_function("append a leaf", |b| {
        let mut frontier = Frontier::default();
        b.iter(|| black_box(frontier.append(leaf_hash(&leaf))));
    });
    // A leaf, and one node a leaf on average.
    group.bench_function("bare: a leaf's hash and a node's", |b| {
        b.iter(|| (black_box(digest(&SHA256, &leaf)), black_box(digest(&SHA256, &node))));
    });
    group.finish();
}

fn proofs(c: &mut Criterion) {
    let mut frontier = Frontier::default();
    let mut nodes = HashMap::new();
    for number in 0..TREE {
        for (level, index, hash) in frontier.append(leaf_hash(&number.to_be_bytes())) {
            nodes.insert((level, index), hash);
        }
    }
    let (signer, verifier, pkcs8) = signer();
    let head = Checkpoint { origin: "log.example".to_owned(), size: TREE, root: frontier.root() };
    let note = signer.sign(&head.text());
    let prove = |index: u64| {
        let mut read = |level, index| Ok::<_, ()>(*nodes.get(&(level, index)).unwrap());
        let hashes = proof::inclusion(&mut read, index, TREE).unwrap();
        StandaloneProof { extra: None, index, hashes, checkpoint: note.clone() }
    };
    let one = prove(12_345);
    let key = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap();
    let message = head.text();
    let signature = key.sign(message.as_bytes());
    let public = UnparsedPublicKey::new(&ED25519, key.public_key().as_ref().to_vec());
    let mut group = c.benchmark_group("proofs");
    group.bench_function("sign a head", |b| b.iter(|| black_box(signer.sign(&head.text()))));
    group.bench_function("bare: Ed25519 signature", |b| b.iter(|| black_box(key.sign(message.as_bytes()))));
    group.bench_function("make a proof in 65,536 leaves", |b| b.iter(|| black_box(prove(12_345))));
    group.bench_function("verify a proof and its head", |b| {
        b.iter(|| black_box(one.verify(&12_345_u64.to_be_bytes(), &verifier).unwrap()));
    });
    group.bench_function("bare: Ed25519 verification and 17 hashes", |b| {
        b.iter(|| {
            public.verify(message.as_bytes(), signature.as_ref()).unwrap();
            (0..17).for_each(|_| {
                black_box(digest(&SHA256, &[0_u8; 65]));
            });
        });
    });
    group.finish();
}

/// Bytes written and made durable, as an outer commit does at least.
fn durable(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).unwrap();
    file.sync_data().unwrap();
}

fn events(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("chancery.db"));
    migrate::check_or_create(&location).unwrap();
    let database = Database::open(&location, 2, Arc::new(SystemClock), Arc::new(SystemRng)).unwrap();
    let (signer, _, _) = signer();
    database.write_blocking(|unit| log::open(unit, &self::signer().0, "log.example").map(drop)).unwrap();
    let batch = || {
        database
            .write_blocking(|unit| {
                for number in 0..BATCH {
                    let event =
                        NewEvent::new("document.taken_in", "agency", &Actor::System, "document", "id");
                    record(unit, event.detail("sha256", "0".repeat(64)).detail("number", number))?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();
    };
    let mut file = File::create(folder.path().join("durable")).unwrap();
    let mut group = c.benchmark_group("500 events in SQLite");
    group.sample_size(10).throughput(Throughput::Elements(u64::try_from(BATCH).unwrap()));
    group.bench_function("record in one transaction", |b| b.iter(batch));
    while log::sequence(&database).unwrap() > 0 {}
    group.bench_function("give places and sign the head", |b| {
        b.iter_batched(batch, |()| log::advance(&database, &signer).unwrap(), BatchSize::PerIteration);
    });
    group.bench_function("bare: 500 leaves made durable at once", |b| {
        let bytes = vec![0_u8; LEAF * BATCH];
        b.iter(|| durable(&mut file, &bytes));
    });
    group.finish();
}

fn submission(file: DataFile) -> Submission {
    let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let text = |text: &str| text.to_owned();
    Submission {
        uuid: uuid::Uuid::now_v7(),
        at: chrono::Utc::now(),
        agency: text("Ủy ban nhân dân huyện Mẫu"),
        fonds: text("H00.01"),
        registration: text("NL-2026-001"),
        dossier: Dossier {
            file_code: text("H00.01.2026.01.VP"),
            title: text("Hồ sơ đo tốc độ"),
            maintenance: text("01"),
            mode: text("01"),
            language: text("01"),
            start: date,
            end: date,
            keyword: String::new(),
            pages: 1,
            confidence: text("01"),
            description: String::new(),
        },
        documents: vec![Document {
            type_code: text("02"),
            number: text("01"),
            symbol: text("QĐ-UBND"),
            issued: date,
            organ: text("Ủy ban nhân dân huyện Mẫu"),
            subject: text("Về việc đo tốc độ"),
            pages: 1,
            file,
            attachments: Vec::new(),
        }],
    }
}

/// A file as a package must hold it at least: copied, hashed on the way, durable.
fn copied(from: &Path, to: &Path) {
    let bytes = std::fs::read(from).unwrap();
    black_box(digest(&SHA256, &bytes));
    durable(&mut File::create(to).unwrap(), &bytes);
}

fn packages(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    let bytes = vec![0x20_u8; PACKED];
    std::fs::write(&path, &bytes).unwrap();
    let sha256 = hex::encode(digest(&SHA256, &bytes));
    let size = u64::try_from(PACKED).unwrap();
    let (media_type, extension) = ("application/pdf".to_owned(), "pdf".to_owned());
    let file =
        DataFile { path: path.clone(), sha256, size, media_type, extension, evidence: Default::default() };
    let mut group = c.benchmark_group("package of 32 MB");
    group.sample_size(10).throughput(Throughput::Bytes(size));
    let make = || {
        let parent = tempfile::tempdir_in(folder.path()).unwrap();
        let built = build(&submission(file.clone()), parent.path(), &SystemRng).unwrap();
        (parent, built)
    };
    group.bench_function("build", |b| b.iter(make));
    group.bench_function("bare: one durable copy and one hash", |b| {
        b.iter(|| copied(&path, &folder.path().join("copy")));
    });
    let (parent, built) = make();
    let package = parent.path().join(&built.object_id);
    assert_eq!(check(&package, &Limits::default()).unwrap().indication, "good");
    group.bench_function("check", |b| b.iter(|| check(&package, &Limits::default()).unwrap()));
    group.bench_function("bare: one reading and one hash", |b| {
        b.iter(|| black_box(digest(&SHA256, &std::fs::read(&path).unwrap())));
    });
    group.finish();
}

criterion_group!(all, tree, proofs, events, packages);
criterion_main!(all);
