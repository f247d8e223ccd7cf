//! Fourteen clients take documents through the whole journey while the service is killed again and again: nothing is
//! lost, nothing is done twice, and nothing stays that nobody needs.

use crate::support::databases::{Fresh, on_both};
use crate::support::program::{Clerk, Program, login, persist};
use chancery::config::Config;
use chancery::ports::{SystemClock, SystemRng};
use chancery::server::{self, sweep};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

const CLIENTS: usize = 14;
const KILLS: u64 = 5;
/// Every so many clients one gives its number up.
const VOIDING: usize = 7;

/// People of the office, and what they work with.
struct Office<'p> {
    clerk: Clerk<'p>,
    drafter: Clerk<'p>,
    leader: Clerk<'p>,
    archivist: Clerk<'p>,
    appointment: Value,
    summary: Value,
}

#[test]
fn the_whole_journey_under_load_survives_crashes() {
    on_both(journey);
}

fn journey(fresh: &Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let (program, summary) = Program::after_demo(folder.path(), fresh);
    let (leader, account) = login(&program, &summary, "signer");
    let office = Office {
        clerk: login(&program, &summary, "clerk").0,
        drafter: login(&program, &summary, "drafter").0,
        archivist: login(&program, &summary, "archivist").0,
        leader,
        appointment: account["appointment"].clone(),
        summary: summary.clone(),
    };
    let done = AtomicUsize::new(0);
    let begun = Instant::now();
    let documents: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|one| {
                let (office, done) = (&office, &done);
                scope.spawn(move || {
                    let id = walk(office, one);
                    done.fetch_add(1, Ordering::SeqCst);
                    id
                })
            })
            .collect();
        // When it is killed is drawn anew in every run.
        let mut random = std::collections::hash_map::RandomState::new().build_hasher();
        for kill in 0..KILLS {
            random.write_u64(kill);
            std::thread::sleep(Duration::from_millis(250 + random.finish() % 900));
            if clients.iter().all(|client| client.is_finished()) {
                break;
            }
            program.kill();
            program.start();
        }
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    println!("{}: {CLIENTS} journeys and the crashes took {:?}", fresh.name(), begun.elapsed());
    assert_eq!(done.load(Ordering::SeqCst), CLIENTS);
    registered(&office, &documents);
    told(&office, &documents);
    program.kill();
    let checked = program.command(&["audit", "fsck", "--json"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let data = folder.path();
    let left = Left::by_a_crash(data);
    program.start();
    left.is_gone();
    program.kill();
    nothing_but_what_is_named(fresh, data, CLIENTS - CLIENTS.div_ceil(VOIDING) + 1);
}

/// One client's way. Each request is sent until it is answered, under one key.
fn walk(office: &Office<'_>, one: usize) -> String {
    let name = format!("journey {one}");
    let post = |who: &Clerk<'_>, path: &str, body: Value| {
        let (status, answer) = who.post(path, &format!("{name} {path}"), &body);
        assert!(matches!(status, 200 | 201), "{name}, {path}: {status} {answer}");
        answer
    };
    let file = crate::support::fixture("documents/quyet-dinh.pdf");
    let metadata = json!({ "direction": "outgoing", "type": "QĐ", "subject": name });
    let (status, document) = persist(|| {
        let form = Form::new()
            .text("metadata", metadata.to_string())
            .part("file", Part::bytes(file.clone()).file_name("quyet-dinh.pdf"));
        let request = office.drafter.client.post(office.drafter.program.url("/documents"));
        request.header("cookie", &office.drafter.cookie).header("idempotency-key", &name).multipart(form)
    });
    assert_eq!(status, 201, "{document}");
    let id = document["id"].as_str().unwrap().to_owned();
    let act = |act: &str| format!("/documents/{id}/{act}");
    let appointment = &office.appointment;
    post(&office.drafter, &act("prepare"), json!({ "signer": appointment, "agency_seal": true }));
    let key = &office.summary["keys"]["personal"];
    post(&office.leader, &act("sign"), json!({ "appointment": appointment, "key": key }));
    post(&office.clerk, &act("number"), json!({ "register": office.summary["register"] }));
    if one.is_multiple_of(VOIDING) {
        post(&office.clerk, &act("void"), json!({ "reason": "Sai thẩm quyền" }));
        return id;
    }
    post(&office.clerk, &act("seal"), json!({}));
    post(&office.clerk, &act("issue"), json!({}));
    let entry = json!({ "notation": format!("{:02}.KN", one + 10), "title": name, "retention": "01" });
    let entry = post(&office.clerk, "/file-plan", entry);
    let dossier = post(&office.clerk, "/dossiers", json!({ "file_plan_entry": entry["id"] }));
    let dossier = dossier["id"].as_str().unwrap().to_owned();
    filed(office, &dossier, &id);
    post(&office.clerk, &format!("/dossiers/{dossier}/close"), json!({}));
    let transfer = post(&office.clerk, "/transfers", json!({ "dossiers": [dossier] }));
    let transfer = transfer["id"].as_str().unwrap();
    let accepted = post(&office.archivist, &format!("/transfers/{transfer}/accept"), json!({}));
    assert_eq!(accepted["state"], "accepted");
    id
}

/// Filing is a change: it names the version read, which is another one when the answer before was lost.
fn filed(office: &Office<'_>, dossier: &str, document: &str) {
    let clerk = &office.clerk;
    for _ in 0..50 {
        let version = clerk.get(&format!("/dossiers/{dossier}"))["version"].to_string();
        let (status, answer) = persist(|| {
            let path = format!("/dossiers/{dossier}/documents/{document}");
            let request = clerk.client.put(clerk.program.url(&path)).header("cookie", &clerk.cookie);
            request.header("if-match", format!("\"{version}\""))
        });
        if status == 200 {
            assert_eq!(answer["ordinal"], 1, "{answer}");
            return;
        }
        assert_eq!(status, 412, "{answer}");
    }
    panic!("the dossier changes all the time");
}

/// Every number of the register once, without a gap; what was given up stands there with its reason.
fn registered(office: &Office<'_>, documents: &[String]) {
    let register = office.summary["register"].as_str().unwrap();
    let gaps = office.clerk.get(&format!("/registers/{register}/gaps"));
    assert_eq!(gaps["missing"], json!([]), "{gaps}");
    let entries = office.clerk.get(&format!("/registers/{register}/entries?limit=200"));
    let entries = entries["items"].as_array().unwrap();
    let before = office.summary["documents"].as_array().unwrap().len();
    let numbers: BTreeSet<i64> = entries.iter().map(|entry| entry["number"].as_i64().unwrap()).collect();
    assert_eq!(entries.len(), before + documents.len());
    assert_eq!(numbers, (1..=i64::try_from(before + documents.len()).unwrap()).collect());
    let voided: BTreeSet<&str> = entries
        .iter()
        .filter(|entry| entry["void_reason"] == "Sai thẩm quyền")
        .map(|entry| entry["document_id"].as_str().unwrap())
        .collect();
    let expected: BTreeSet<&str> = documents.iter().step_by(VOIDING).map(String::as_str).collect();
    assert_eq!(voided, expected);
}

/// Each document stands where its trail says it came, by each act once.
fn told(office: &Office<'_>, documents: &[String]) {
    let (inspector, _) = login(office.clerk.program, &office.summary, "inspector");
    let begin = ["document.taken_in", "document.prepared", "document.signed", "document.numbered"];
    for (one, id) in documents.iter().enumerate() {
        let voided = one.is_multiple_of(VOIDING);
        let document = office.clerk.get(&format!("/documents/{id}"));
        assert_eq!(document["state"], if voided { "voided" } else { "issued" });
        let trail = inspector.get(&format!("/documents/{id}/events?limit=200"));
        let kinds: Vec<&str> =
            trail["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        let end: &[&str] =
            if voided { &["document.voided"] } else { &["document.sealed", "document.issued"] };
        let acts: Vec<&str> = kinds.into_iter().filter(|kind| kind.starts_with("document.")).collect();
        assert_eq!(acts, [&begin[..], end].concat(), "{id}");
        let stages: Vec<&str> = document["components"][0]["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| version["stage"].as_str().unwrap())
            .collect();
        let made: &[&str] = if voided {
            &["draft", "prepared", "signed"]
        } else {
            &["draft", "prepared", "signed", "issued"]
        };
        assert_eq!(stages, made, "{id}");
    }
    let all = office.clerk.get("/documents?limit=200");
    let before = office.summary["documents"].as_array().unwrap().len();
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        before + documents.len(),
        "a document was taken in twice"
    );
}

/// What a crash may leave, made as it would have been left two days ago.
struct Left(Vec<PathBuf>);

impl Left {
    fn by_a_crash(data: &Path) -> Self {
        let name = "ab".repeat(32);
        let agency = fs::read_dir(data.join("packages")).unwrap().flatten().next().unwrap().path();
        let package = agency.join("urn-uuid-left-by-a-crash");
        let inside = package.join("METS.xml");
        let left = [data.join("staging/left"), data.join("objects/ab").join(name), inside, package.clone()];
        fs::create_dir_all(data.join("objects/ab")).unwrap();
        fs::create_dir(&package).unwrap();
        for path in &left {
            if !path.is_dir() {
                fs::write(path, "left").unwrap();
            }
        }
        // The rest gets as old: its rows must keep it.
        for root in ["staging", "objects", "packages"] {
            for path in everything(&data.join(root)) {
                if let Ok(file) = File::open(&path) {
                    file.set_modified(SystemTime::now() - Duration::from_secs(48 * 3600)).unwrap();
                }
            }
        }
        Self(left.to_vec())
    }

    fn is_gone(&self) {
        for path in &self.0 {
            assert!(!path.exists(), "{}", path.display());
        }
    }
}

/// All files and folders below, the deepest first.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(everything(&entry.path()));
        }
        found.push(entry.path());
    }
    found
}

/// After a sweep the folder holds what rows name, whole, and nothing else; every package is one a stranger accepts.
fn nothing_but_what_is_named(fresh: &Fresh, data: &Path, packages: usize) {
    let mut config = Config::default();
    config.storage.data = data.to_path_buf();
    if let chancery::store::Location::Postgres(url) = &fresh.location {
        config.storage.database = url.clone();
    }
    let opened = server::open(&config, Arc::new(SystemClock), Arc::new(SystemRng)).unwrap();
    let desk = &opened.service.desk;
    let removed = sweep(desk, Duration::ZERO).unwrap();
    println!("{}: swept {removed:?} (staged, kept, packages)", fresh.name());
    assert_eq!(everything(&data.join("staging")), Vec::<PathBuf>::new());
    let named = desk.database.read_blocking(|c| chancery::store::objects::list(c, "", 100_000)).unwrap();
    let named: HashMap<String, i64> = named.into_iter().collect();
    let kept: BTreeSet<String> = everything(&data.join("objects"))
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(kept, named.keys().cloned().collect());
    for (sha256, size) in &named {
        assert_eq!(i64::try_from(desk.objects.verify(sha256).unwrap()).unwrap(), *size);
    }
    let agency = fs::read_dir(data.join("packages")).unwrap().flatten().next().unwrap().path();
    let built: Vec<PathBuf> = fs::read_dir(agency).unwrap().flatten().map(|entry| entry.path()).collect();
    assert_eq!(built.len(), packages, "{built:?}");
    for package in built {
        let judged = std::process::Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["package", "verify", "--json"])
            .arg(&package)
            .output()
            .unwrap();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    }
}
