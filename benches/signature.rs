//! Signing and validating one document, beside the bare operations of the same provider in the same process.
//!
//! `cargo bench --bench signature`. The figures to hold: B-B with RSA-2048 at most 1.5 times the bare RSA operation;
//! with P-256 at most the bare operation and one hash plus 0.2 ms; validating B-LT with everything at hand at most 5
//! times its bare public-key operations and one hash; a large file at most 1.3 times one hash and one copy; a thousand
//! pages as one page of the same size.
//!
//! With `CHANCERY_BENCH_FILES` naming a folder the files measured are put there, for `tests/load/peers` to measure
//! other programs by the same ones.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a measurement that meets the unexpected stops"
)]

#[path = "../tests/it/signature/years.rs"]
mod years;

/// What the tests' own authority reads its draft with.
mod support {
    pub fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/").to_owned() + name).unwrap()
    }
}

use aws_lc_rs::digest;
use chancery::pdf::{FileSource, Pdf};
use chancery::pki::issue::{Authority, NewKey};
use chancery::pki::{Digest, MemoryKey, SigningKey, TrustStore};
use chancery::ports::SystemRng;
use chancery::signature::appearance::Appearance;
use chancery::signature::sign::{Request, sign};
use chancery::signature::validate::{Policy, validate};
use criterion::{Criterion, criterion_group, criterion_main};
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use years::{World, at};

fn key(kind: NewKey) -> MemoryKey {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let issued = authority.issue("Người ký", "Cơ quan", kind, (2024, 2040)).unwrap();
    MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap()
}

fn request() -> Request<'static> {
    Request {
        field: "Signature1",
        place: None,
        fills: &[],
        appearance: Appearance::None,
        at: at("2026-06-15"),
        reason: None,
    }
}

/// A draft of about 30 kB: the first pages of the fixtures are larger, so one is made.
fn draft() -> Vec<u8> {
    of_pages(1, 28_000)
}

/// A draft of so many pages with one content of so many bytes.
fn of_pages(count: usize, filling: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let content = count + 3;
    let pages = (3..content).map(|number| format!("{number} 0 R")).collect::<Vec<_>>().join(" ");
    let mut bodies = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{pages}]/Count {count}>>"),
    ];
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {content} 0 R>>");
    bodies.extend(std::iter::repeat_n(page, count));
    bodies.push(format!("<</Length {}>>\nstream\n%{}\nendstream", filling + 1, "0".repeat(filling)));
    for body in bodies {
        offsets.push(file.len());
        write!(file, "{} 0 obj\n{body}\nendobj\n", offsets.len()).unwrap();
    }
    let (start, size) = (file.len(), offsets.len() + 1);
    write!(file, "xref\n0 {size}\n0000000000 65535 f\r\n").unwrap();
    offsets.iter().for_each(|offset| write!(file, "{offset:010} 00000 n\r\n").unwrap());
    write!(file, "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    file
}

/// Leaves a file for other programs.
fn leave(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("CHANCERY_BENCH_FILES") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

fn signing(c: &mut Criterion) {
    let draft = draft();
    leave("draft.pdf", &draft);
    for (name, kind) in [("RSA-2048", NewKey::Rsa2048), ("P-256", NewKey::P256)] {
        let key = key(kind);
        let mut group = c.benchmark_group(format!("sign 30 kB, {name}"));
        group.bench_function("bare signature", |b| b.iter(|| key.sign(black_box(b"attributes")).unwrap()));
        group.bench_function("one hash of it", |b| {
            b.iter(|| digest::digest(&digest::SHA256, black_box(&draft)))
        });
        group.bench_function("B-B", |b| {
            b.iter(|| {
                let pdf = Pdf::open(&draft).unwrap();
                sign(&pdf, &request(), &key, &TrustStore::default(), &SystemRng).unwrap()
            });
        });
        group.finish();
    }
}

fn validating(c: &mut Criterion) {
    let world = World::new();
    let person = world.person();
    let tsa = world.authority((2024, 2030), "2026-06-15");
    let list = world.list("2026-06", &[]);
    let file = years::signed(&person, "2026-06-15", Some(&tsa)).unwrap();
    let file = world.with_evidence(&file, "2026-06-15", &[&list]);
    let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-16") };
    assert_eq!(validate(&file, &policy).unwrap().indication, "TOTAL-PASSED");
    leave("b-lt.pdf", &file);
    leave("root.pem", chancery::pki::issue::certificate_pem(&world.root).as_bytes());
    let certificate = person.certificate();
    let value = person.sign(b"attributes").unwrap();
    let mut group = c.benchmark_group("validate B-LT, P-256");
    // Signature, time-stamp, two certificates, one list.
    group.bench_function("five bare verifications and one hash", |b| {
        b.iter(|| {
            for _ in 0..5 {
                person.scheme().verify(&certificate.key, black_box(b"attributes"), &value).unwrap();
            }
            Digest::Sha256.of(black_box(&file))
        });
    });
    group.bench_function("validate", |b| b.iter(|| validate(black_box(&file), &policy).unwrap()));
    group.finish();
}

fn validating_plain(c: &mut Criterion) {
    let draft = draft();
    for (name, kind) in [("RSA-2048", NewKey::Rsa2048), ("P-256", NewKey::P256)] {
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let issued = authority.issue("Signer", "Agency", kind, (2024, 2040)).unwrap();
        let key = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
        let pdf = Pdf::open(&draft).unwrap();
        let appended = sign(&pdf, &request(), &key, &TrustStore::default(), &SystemRng).unwrap();
        let file = [draft.as_slice(), &appended.bytes].concat();
        leave(&format!("b-b-{name}.pdf"), &file);
        leave(&format!("b-b-{name}.pem"), chancery::pki::issue::certificate_pem(authority.root()).as_bytes());
        leave(&format!("key-{name}.pem"), chancery::pki::issue::pem("PRIVATE KEY", &issued.pkcs8).as_bytes());
        leave(
            &format!("cert-{name}.pem"),
            chancery::pki::issue::certificate_pem(key.certificate()).as_bytes(),
        );
        let policy = Policy { trust: TrustStore::new(vec![authority.root().clone()]), at: at("2026-06-16") };
        assert_eq!(validate(&file, &policy).unwrap().indication, "TOTAL-PASSED");
        let mut group = c.benchmark_group(format!("validate B-B, {name}"));
        group.bench_function("validate", |b| b.iter(|| validate(black_box(&file), &policy).unwrap()));
        group.finish();
    }
}

/// One page and a thousand, of the same size: what is signed and judged is bytes, not pages.
fn pages(c: &mut Criterion) {
    const SIZE: usize = 1 << 20;
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let issued = authority.issue("Signer", "Agency", NewKey::P256, (2024, 2040)).unwrap();
    let key = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
    let policy = Policy { trust: TrustStore::new(vec![authority.root().clone()]), at: at("2026-06-16") };
    let mut group = c.benchmark_group("1 MB, P-256");
    for count in [1, 1_000] {
        let empty = of_pages(count, 0).len();
        let draft = of_pages(count, SIZE - empty - 6);
        assert!(draft.len().abs_diff(SIZE) < 16, "{}", draft.len());
        let make = || {
            let pdf = Pdf::open(&draft).unwrap();
            sign(&pdf, &request(), &key, &TrustStore::default(), &SystemRng).unwrap()
        };
        let file = [draft.as_slice(), &make().bytes].concat();
        assert_eq!(validate(&file, &policy).unwrap().indication, "TOTAL-PASSED");
        group.bench_function(format!("sign, {count} pages"), |b| b.iter(make));
        group.bench_function(format!("validate, {count} pages"), |b| {
            b.iter(|| validate(black_box(&file), &policy).unwrap());
        });
    }
    group.finish();
}

fn large(c: &mut Criterion) {
    const SIZE: usize = 126 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.pdf");
    let small = draft();
    // The filling stands before the first object: bytes between objects belong to their revision.
    let mut file = File::create(&path).unwrap();
    let shift = SIZE - small.len();
    let text = String::from_utf8(small).unwrap();
    let body = text.find("1 0 obj").unwrap();
    write!(file, "%PDF-1.7\n%").unwrap();
    file.write_all(&vec![b'0'; shift - 2]).unwrap();
    file.write_all(b"\n").unwrap();
    let start = text.find("xref\n").unwrap();
    file.write_all(&text.as_bytes()[body..start]).unwrap();
    write!(file, "xref\n0 5\n0000000000 65535 f\r\n").unwrap();
    for number in 1..5 {
        let offset = text.find(&format!("{number} 0 obj")).unwrap() + shift;
        write!(file, "{offset:010} 00000 n\r\n").unwrap();
    }
    write!(file, "trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", start + shift).unwrap();
    drop(file);
    if let Ok(folder) = std::env::var("CHANCERY_BENCH_FILES") {
        std::fs::copy(&path, std::path::Path::new(&folder).join("large.pdf")).unwrap();
    }
    let key = key(NewKey::P256);
    let copy = folder.path().join("copy.pdf");
    let mut group = c.benchmark_group("sign 126 MB, P-256");
    group.sample_size(10);
    group.bench_function("one hash and one copy", |b| {
        b.iter(|| {
            let bytes = std::fs::read(&path).unwrap();
            black_box(digest::digest(&digest::SHA256, &bytes));
            std::fs::copy(&path, &copy).unwrap()
        });
    });
    group.bench_function("B-B, and the copy", |b| {
        b.iter(|| {
            let source = FileSource::new(File::open(&path).unwrap()).unwrap();
            let pdf = Pdf::open(&source).unwrap();
            let signed = sign(&pdf, &request(), &key, &TrustStore::default(), &SystemRng).unwrap();
            std::fs::copy(&path, &copy).unwrap();
            File::options().append(true).open(&copy).unwrap().write_all(&signed.bytes).unwrap();
        });
    });
    group.finish();
}

criterion_group!(benches, signing, validating, validating_plain, pages, large);
criterion_main!(benches);
