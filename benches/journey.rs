//! Documents per second through the whole journey, over HTTP against the real program, beside what the machine can do
//! at most: durable writes, bare signatures, bare hashing, measured in the same run.
//!
//! `cargo bench --bench journey -- [--documents N] [--clients 1,32] [--binary PATH]`; with `CHANCERY_TEST_POSTGRES` it
//! runs on PostgreSQL as well. `tests/load/journey` does both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a measurement that meets the unexpected stops"
)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const SAMPLE: &[u8] = include_bytes!("../fixtures/documents/quyet-dinh.pdf");
/// How long each limit is measured.
const REFERENCE: Duration = Duration::from_secs(2);

struct Options {
    documents: usize,
    clients: Vec<usize>,
    binary: PathBuf,
}

fn options() -> Options {
    let mut found = Options {
        documents: 192,
        clients: vec![1, 32],
        binary: PathBuf::from(env!("CARGO_BIN_EXE_chancery")),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--documents" => found.documents = arguments.next().unwrap().parse().unwrap(),
            "--clients" => {
                found.clients =
                    arguments.next().unwrap().split(',').map(|one| one.parse().unwrap()).collect();
            }
            "--binary" => found.binary = arguments.next().unwrap().into(),
            // What cargo adds.
            "--bench" => {}
            other => panic!("unknown option {other}"),
        }
    }
    found
}

/// How often `work` can be done in a second, on one thread.
fn rate(mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < REFERENCE {
        work();
        done += 1;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// The machine's limits: one line each.
struct Limits {
    durable: f64,
    rsa: f64,
    p256: f64,
    sha256: f64,
}

fn limits(folder: &Path) -> Limits {
    let mut file = File::create(folder.join("durable")).unwrap();
    let durable = rate(|| {
        file.write_all(&[0_u8; 4096]).unwrap();
        file.sync_data().unwrap();
    });
    let random = SystemRandom::new();
    let pkcs8 = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"])
        .output()
        .unwrap()
        .stdout;
    let key = RsaKeyPair::from_pkcs8(&pkcs8).or_else(|_| RsaKeyPair::from_der(&pkcs8)).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    let rsa = rate(|| key.sign(&RSA_PKCS1_SHA256, &random, b"bytes", &mut signature).unwrap());
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
    let p256 = rate(|| {
        black_box(key.sign(&random, b"bytes").unwrap());
    });
    let megabyte = vec![0_u8; 1 << 20];
    let sha256 = rate(|| {
        black_box(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &megabyte));
    }) / 1024.0;
    Limits { durable, rsa, p256, sha256 }
}

/// A running service on a fresh folder the demo made.
struct Service {
    process: Child,
    url: String,
    people: People,
    files: AtomicUsize,
}

/// Who works: a cookie each, and what the demo left.
struct People {
    drafter: String,
    clerk: String,
    signer: String,
    archivist: String,
    appointment: String,
    summary: Value,
}

impl Drop for Service {
    fn drop(&mut self) {
        // As an operator would: whoever measures the service itself gets its last word.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn client() -> Client {
    Client::builder().timeout(Duration::from_secs(120)).build().unwrap()
}

fn answered(request: RequestBuilder) -> Value {
    let response = request.send().unwrap();
    let (status, text) = (response.status(), response.text().unwrap());
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn login(url: &str, account: &Value) -> String {
    let response = client()
        .post(format!("{url}/api/v1/sessions"))
        .json(&json!({ "login": account["login"], "password": account["password"] }))
        .send()
        .unwrap();
    assert!(response.status().is_success());
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn start(options: &Options, folder: &Path, database: Option<&str>) -> Service {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&options.binary);
        command.args(arguments).arg("--data").arg(folder).env("CHANCERY__SERVER__MANAGEMENT", "127.0.0.1:0");
        command.env("CHANCERY_LOG", "warn").stderr(Stdio::null());
        if let Some(database) = database {
            command.env("CHANCERY__STORAGE__DATABASE", database);
        }
        command
    };
    assert!(command(&["demo"]).stdout(Stdio::null()).status().unwrap().success());
    let mut process = command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split(' ').next().unwrap().to_owned();
    let summary: Value = serde_json::from_reader(File::open(folder.join("demo.json")).unwrap()).unwrap();
    let account = |role: &str| {
        let accounts = summary["accounts"].as_array().unwrap();
        accounts.iter().find(|account| account["role"] == role).unwrap().clone()
    };
    let signer = account("signer");
    let clerk = login(&url, &account("clerk"));
    let people = People {
        drafter: login(&url, &account("drafter")),
        signer: login(&url, &signer),
        archivist: login(&url, &account("archivist")),
        appointment: signer["appointment"].as_str().unwrap().to_owned(),
        clerk,
        summary,
    };
    Service { process, url, people, files: AtomicUsize::new(1) }
}

/// The sample with an identifier of its own, so that no two documents are the same bytes.
fn sample(number: usize) -> Vec<u8> {
    let mut bytes = SAMPLE.to_vec();
    let at = bytes.windows(3).rposition(|part| part == b"/ID").unwrap();
    let open = at + bytes[at..].iter().position(|byte| *byte == b'<').unwrap() + 1;
    let digits = format!("{number:032X}");
    bytes[open..open + digits.len()].copy_from_slice(digits.as_bytes());
    bytes
}

/// Processor time a process used so far, in seconds.
fn processor_time(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name in parentheses may hold spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// One client: takes documents through the journey into a file of its own, and hands the file over.
fn work(service: &Service, next: &AtomicUsize, documents: usize) -> usize {
    let (client, people) = (client(), &service.people);
    let url = |path: &str| format!("{}/api/v1{path}", service.url);
    let fresh = || uuid::Uuid::now_v7().to_string();
    let post = |who: &str, path: &str, body: Value| {
        let request = client.post(url(path)).header("cookie", who).header("idempotency-key", fresh());
        answered(request.json(&body))
    };
    let notation = format!("L{}.VT", service.files.fetch_add(1, Ordering::Relaxed));
    let plan = json!({ "notation": notation, "title": "Load", "retention": "01" });
    let entry = post(&people.clerk, "/file-plan", plan);
    let dossier = post(&people.clerk, "/dossiers", json!({ "file_plan_entry": entry["id"] }));
    let dossier = dossier["id"].as_str().unwrap().to_owned();
    let mut done = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= documents {
            break;
        }
        let form = Form::new()
            .text("metadata", json!({ "direction": "outgoing", "type": "QĐ", "subject": "Load" }).to_string())
            .part("file", Part::bytes(sample(number)).file_name("quyet-dinh.pdf"));
        let taken = client
            .post(url("/documents"))
            .header("cookie", &people.drafter)
            .header("idempotency-key", fresh())
            .multipart(form);
        let id = answered(taken)["id"].as_str().unwrap().to_owned();
        let act = |who: &str, act: &str, body: Value| post(who, &format!("/documents/{id}/{act}"), body);
        act(&people.drafter, "prepare", json!({ "signer": people.appointment, "agency_seal": true }));
        let key = &people.summary["keys"]["personal"];
        act(&people.signer, "sign", json!({ "appointment": people.appointment, "key": key }));
        act(&people.clerk, "number", json!({ "register": people.summary["register"] }));
        act(&people.clerk, "seal", json!({}));
        act(&people.clerk, "issue", json!({}));
        let place = url(&format!("/dossiers/{dossier}"));
        let shown = client.get(&place).header("cookie", &people.clerk).send().unwrap();
        let etag = shown.headers()["etag"].clone();
        let filing = client.put(format!("{place}/documents/{id}")).header("cookie", &people.clerk);
        answered(filing.header("if-match", etag).header("idempotency-key", fresh()));
        done += 1;
    }
    if done > 0 {
        post(&people.clerk, &format!("/dossiers/{dossier}/close"), json!({}));
        let transfer = post(&people.clerk, "/transfers", json!({ "dossiers": [dossier] }));
        let id = transfer["id"].as_str().unwrap();
        post(&people.archivist, &format!("/transfers/{id}/accept"), json!({}));
    }
    done
}

fn run(name: &str, options: &Options, limits: &Limits, clients: usize, database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let service = Arc::new(start(options, folder.path(), database));
    let next = AtomicUsize::new(0);
    let (begun, used) = (Instant::now(), processor_time(service.process.id()));
    let done: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..clients).map(|_| scope.spawn(|| work(&service, &next, options.documents))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(done, options.documents);
    let speed = done as f64 / took;
    let used = (processor_time(service.process.id()) - used) / done as f64;
    // What a document can't do without: two signatures (one of each kind), and its bytes hashed.
    let slowest = limits.durable.min(limits.rsa).min(limits.p256);
    println!(
        "{name:10} {clients:3} clients: {done} documents in {took:6.2} s = {speed:7.2}/s; slowest limit {slowest:.0}/s = {:.1}x; {:.1} ms of processor in the service a document",
        slowest / speed,
        used * 1000.0
    );
}

fn main() {
    // The clients below are built without going through the guarded one, which does this.
    chancery::fetch::use_our_provider();
    let options = options();
    let folder = tempfile::tempdir().unwrap();
    let limits = limits(folder.path());
    println!(
        "limits, one thread: {:.0} durable 4 KiB writes/s, {:.0} RSA-2048 signatures/s, {:.0} P-256 signatures/s, SHA-256 {:.2} GB/s",
        limits.durable, limits.rsa, limits.p256, limits.sha256
    );
    for clients in &options.clients {
        run("SQLite", &options, &limits, *clients, None);
    }
    match std::env::var("CHANCERY_TEST_POSTGRES") {
        Ok(server) if !server.is_empty() => {
            // A fresh database for each number of clients: the demo wants an empty one.
            for clients in &options.clients {
                let name = format!("load_{}_{clients}", std::process::id());
                let (base, _) = server.rsplit_once('/').unwrap();
                let sql = |text: &str| {
                    assert!(Command::new("psql").args([&server, "-qc", text]).status().unwrap().success());
                };
                sql(&format!("CREATE DATABASE {name}"));
                run("PostgreSQL", &options, &limits, *clients, Some(&format!("{base}/{name}")));
                sql(&format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
        _ => println!("PostgreSQL not measured: CHANCERY_TEST_POSTGRES names none"),
    }
}
