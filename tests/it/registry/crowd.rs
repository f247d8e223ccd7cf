//! Sixty-four clients take numbers from one register of the real service, which is killed in their midst: no number is
//! given twice, none is missing, and what was voided can be seen.

use crate::support::databases::{Fresh, on_both};
use chancery::store::Location;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const CLIENTS: usize = 64;
const EACH: usize = 2;

/// The real program on a folder, on a port that stays the same when it is started again.
struct Program<'f> {
    folder: &'f Path,
    database: Option<String>,
    port: u16,
    process: Mutex<Option<Child>>,
}

impl Program<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.args(arguments).arg("--data").arg(self.folder).stderr(Stdio::null());
        command.env("CHANCERY__SERVER__MANAGEMENT", "127.0.0.1:0");
        if let Some(database) = &self.database {
            command.env("CHANCERY__STORAGE__DATABASE", database);
        }
        command
    }

    fn start(&self) {
        let mut process = self
            .command(&["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http"), "the service didn't start: {line}");
        *self.process.lock().unwrap() = Some(process);
    }

    /// As a power cut would.
    fn kill(&self) {
        let mut process = self.process.lock().unwrap().take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/api/v1{path}", self.port)
    }
}

impl Drop for Program<'_> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A page, and no more: what is numbered isn't read.
fn letter() -> Vec<u8> {
    let objects = [
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n",
    ];
    let mut text = String::from("%PDF-1.7\n");
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(text.len());
        text.push_str(object);
    }
    let start = text.len();
    text.push_str("xref\n0 4\n0000000000 65535 f \n");
    for offset in offsets {
        text.push_str(&format!("{offset:010} 00000 n \n"));
    }
    text.push_str(&format!("trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    text.into_bytes()
}

/// Sends until there is an answer: the service may be down just now.
fn persist(make: impl Fn() -> RequestBuilder) -> (u16, Value) {
    for _ in 0..600 {
        if let Ok(response) = make().send() {
            let status = response.status().as_u16();
            // Asked again while the first asking is still worked on, or more came than can be taken: later.
            if let Ok(body) = response.json::<Value>()
                && !matches!(body["code"].as_str(), Some("idempotency_key_running" | "overloaded"))
            {
                return (status, body);
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no answer for a minute");
}

struct Clerk<'p> {
    program: &'p Program<'p>,
    client: Client,
    cookie: String,
}

impl Clerk<'_> {
    fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        persist(|| {
            let request = self.client.post(self.program.url(path)).header("cookie", &self.cookie);
            request.header("idempotency-key", key).json(body)
        })
    }

    fn get(&self, path: &str) -> Value {
        persist(|| self.client.get(self.program.url(path)).header("cookie", &self.cookie)).1
    }

    /// Sends a request and goes away without waiting for the answer.
    fn post_and_leave(&self, path: &str, key: &str, body: &Value) {
        if let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.program.port)) {
            let body = body.to_string();
            let _ = write!(
                stream,
                "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.cookie,
                body.len()
            );
        }
    }
}

fn login<'p>(program: &'p Program<'p>, summary: &Value, role: &str) -> (Clerk<'p>, Value) {
    let accounts = summary["accounts"].as_array().unwrap();
    let account = accounts.iter().find(|account| account["role"] == role).unwrap().clone();
    let client = Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
    let response = client
        .post(program.url("/sessions"))
        .json(&json!({ "login": account["login"], "password": account["password"] }))
        .send()
        .unwrap();
    assert_eq!(response.status(), 201);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    (Clerk { program, client, cookie }, account)
}

#[test]
fn sixty_four_clients_and_crashes_leave_no_gap_and_no_double() {
    on_both(crowd);
}

fn crowd(fresh: &Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let database = match &fresh.location {
        Location::Sqlite(_) => None,
        Location::Postgres(url) => Some(url.clone()),
    };
    let program = Program { folder: folder.path(), database, port, process: Mutex::new(None) };
    assert!(program.command(&["demo"]).stdout(Stdio::null()).status().unwrap().success());
    let summary: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("demo.json")).unwrap()).unwrap();
    program.start();
    let (clerk, _) = login(&program, &summary, "clerk");
    let opened = json!({ "name": "Sổ đăng ký văn bản đến", "direction": "incoming" });
    let (status, register) = clerk.post("/registers", "register", &opened);
    assert_eq!(status, 201, "{register}");
    let register = register["id"].as_str().unwrap().to_owned();
    let taken = AtomicUsize::new(0);
    let numbers: Mutex<Vec<i64>> = Mutex::new(Vec::new());
    let letter = letter();
    std::thread::scope(|scope| {
        for one in 0..CLIENTS {
            let (clerk, register, summary, letter) = (&clerk, &register, &summary, &letter);
            let (taken, numbers) = (&taken, &numbers);
            scope.spawn(move || {
                for two in 0..EACH {
                    let name = format!("{one}-{two}");
                    let metadata =
                        json!({ "direction": "incoming", "type": "CV", "subject": name, "sender": "X" });
                    let (status, document) = persist(|| {
                        let form = Form::new()
                            .text("metadata", metadata.to_string())
                            .part("file", Part::bytes(letter.clone()).file_name("letter.pdf"));
                        let request = clerk.client.post(clerk.program.url("/documents"));
                        request
                            .header("cookie", &clerk.cookie)
                            .header("idempotency-key", &name)
                            .multipart(form)
                    });
                    assert_eq!(status, 201, "{document}");
                    let path = format!("/documents/{}/number", document["id"].as_str().unwrap());
                    let (key, body) = (format!("number-{name}"), json!({ "register": register }));
                    // What goes wrong in an office: the wrong register, nobody waiting for the answer.
                    match (one + two) % 4 {
                        0 => {
                            let wrong = json!({ "register": summary["register"] });
                            assert_eq!(clerk.post(&path, &format!("wrong-{name}"), &wrong).0, 409);
                        }
                        1 => clerk.post_and_leave(&path, &key, &body),
                        _ => {}
                    }
                    let (status, numbered) = clerk.post(&path, &key, &body);
                    assert_eq!(status, 200, "{numbered}");
                    // Asked again, the answer is the same and no other number is taken.
                    let (_, again) = clerk.post(&path, &key, &body);
                    assert_eq!(again["number"], numbered["number"]);
                    numbers.lock().unwrap().push(numbered["number"].as_i64().unwrap());
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for part in [CLIENTS * EACH / 4, CLIENTS * EACH / 2, CLIENTS * EACH * 3 / 4] {
            // A client that failed ends the test as well, not only the clients that wait.
            let reached = (0..150_000).any(|_| {
                std::thread::sleep(Duration::from_millis(2));
                taken.load(Ordering::SeqCst) >= part
            });
            assert!(reached, "the clients stand still");
            program.kill();
            program.start();
        }
    });
    let all = i64::try_from(CLIENTS * EACH).unwrap();
    let numbers: BTreeSet<i64> = numbers.into_inner().unwrap().into_iter().collect();
    assert_eq!(numbers, (1..=all).collect(), "{}", fresh.name());
    let gaps = clerk.get(&format!("/registers/{register}/gaps"));
    assert_eq!(gaps["missing"], json!([]));
    assert_eq!((gaps["taken"].as_i64(), gaps["next_number"].as_i64()), (Some(all), Some(all + 1)));
    voided(&program, &clerk, &summary);
    program.kill();
    let checked = program.command(&["audit", "fsck", "--json"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// A number that is given up stays in the register, with the reason, and the next document gets the next one.
fn voided(program: &Program<'_>, clerk: &Clerk<'_>, summary: &Value) {
    let (signer, account) = login(program, summary, "signer");
    let register = summary["register"].as_str().unwrap();
    let file = crate::support::fixture("documents/quyet-dinh.pdf");
    let mut given = Vec::new();
    for name in ["given up", "issued"] {
        let metadata = json!({ "direction": "outgoing", "type": "QĐ", "subject": name });
        let (_, document) = persist(|| {
            let form = Form::new()
                .text("metadata", metadata.to_string())
                .part("file", Part::bytes(file.clone()).file_name("quyet-dinh.pdf"));
            let request = clerk.client.post(program.url("/documents")).header("cookie", &clerk.cookie);
            request.header("idempotency-key", name).multipart(form)
        });
        let act = |who: &Clerk<'_>, act: &str, body: Value| {
            let path = format!("/documents/{}/{act}", document["id"].as_str().unwrap());
            let (status, answer) = who.post(&path, &format!("{act} {name}"), &body);
            assert_eq!(status, 200, "{act}: {answer}");
            answer
        };
        act(clerk, "prepare", json!({ "signer": account["appointment"], "agency_seal": true }));
        let key = &summary["keys"]["personal"];
        act(&signer, "sign", json!({ "appointment": account["appointment"], "key": key }));
        let numbered = act(clerk, "number", json!({ "register": register }));
        given.push(numbered["number"].as_i64().unwrap());
        if name == "given up" {
            act(clerk, "void", json!({ "reason": "Sai thẩm quyền" }));
        }
    }
    assert_eq!(given[1], given[0] + 1);
    let entries = clerk.get(&format!("/registers/{register}/entries?limit=200"));
    let entries = entries["items"].as_array().unwrap();
    let entry = |number: i64| entries.iter().find(|entry| entry["number"].as_i64() == Some(number)).unwrap();
    assert_eq!(entry(given[0])["void_reason"], "Sai thẩm quyền");
    assert!(entry(given[1])["void_reason"].is_null());
    assert_eq!(clerk.get(&format!("/registers/{register}/gaps"))["missing"], json!([]));
}
