//! `chancery demo`: real documents through the whole journey, over HTTP, as different people.
//!
//! The listener is the real one on loopback; every step is a request a stranger could make. The data
//! folder it leaves is opened by `serve --data`.

use super::serve::{log_to_stderr, start_failed};
use super::{FAULT, GOOD, NOT_GOOD, fail};
use crate::config::Config;
use crate::identity::rows::ROLES;
use crate::pki::issue::{Authority, NewKey, certificate_pem, pem};
use crate::ports::{SystemClock, SystemRng};
use crate::server;
use chrono::Datelike;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A file's name, its type of document, its subject, the drafting unit if it has a symbol, and its bytes.
type Sample = (&'static str, &'static str, &'static str, Option<&'static str>, &'static [u8]);

/// Documents the demo carries, so that running it needs nothing beside the binary.
const DOCUMENTS: [Sample; 3] = [
    (
        "quyet-dinh.pdf",
        "QĐ",
        "Về việc phê duyệt Kế hoạch số hóa hồ sơ, tài liệu của các cơ quan thuộc huyện năm 2026",
        None,
        include_bytes!("../../fixtures/documents/quyet-dinh.pdf"),
    ),
    (
        "cong-van.pdf",
        "CV",
        "Chấn chỉnh công tác soạn thảo, ký số và lập hồ sơ điện tử",
        Some("VX"),
        include_bytes!("../../fixtures/documents/cong-van.pdf"),
    ),
    (
        "ban-quet.pdf",
        "QĐ",
        "Về việc phê duyệt Kế hoạch (bản quét hai lớp)",
        None,
        include_bytes!("../../fixtures/documents/ban-quet.pdf"),
    ),
];
const SIGNATURE: &[u8] = include_bytes!("../../fixtures/images/signature.png");
const SEAL: &[u8] = include_bytes!("../../fixtures/images/seal.png");

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The data folder to make
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
}

/// A step that didn't go as it must.
#[derive(Debug)]
struct Stopped(String);

impl<E: std::error::Error> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    log_to_stderr("warn");
    let data = args.data.clone();
    if data.join("chancery.db").exists() {
        return fail(false, NOT_GOOD, "demo_exists", &[("path", &data.display().to_string())]);
    }
    // The environment may name another database; what the demo itself is about stays its own.
    let mut config =
        match super::serve::settings(&super::serve::Place { config: None, data: Some(data.clone()) }) {
            Ok(config) => config,
            Err(exit) => return exit,
        };
    config.agency = crate::config::Agency {
        code: "H37.02".to_owned(),
        name: "Ủy ban nhân dân huyện Thanh Bình".to_owned(),
        abbreviation: "UBND".to_owned(),
        place: "Thanh Bình".to_owned(),
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.server.management = Some(([127, 0, 0, 1], 0).into());
    let authority = match anchors(&data, &config) {
        Ok(authority) => authority,
        Err(error) => return fail(false, FAULT, "start_failed", &[("why", &error.0)]),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
    else {
        return fail(false, FAULT, "internal_error", &[]);
    };
    let opened = match server::open(&config, Arc::new(SystemClock), Arc::new(SystemRng)) {
        Ok(opened) => opened,
        Err(error) => return start_failed(&error),
    };
    runtime.block_on(async {
        let running = match server::start(opened, &config) {
            Ok(running) => running,
            Err(error) => return start_failed(&error),
        };
        let (base, password) = (running.base_url.clone(), running.first_password.clone().unwrap_or_default());
        let walked = tokio::task::spawn_blocking(move || Demo::new(base, authority).walk(&password)).await;
        running.stop().await;
        match walked {
            Ok(Ok(summary)) => match write_summary(&data, &summary) {
                Ok(()) => {
                    out!("demo.json and everything else: {}", data.display());
                    out!("open it: chancery serve --data {}", data.display());
                    ExitCode::from(GOOD)
                }
                Err(error) => fail(false, FAULT, "file_unwritable", &[("why", &error.to_string())]),
            },
            Ok(Err(stopped)) => fail(false, NOT_GOOD, "demo_stopped", &[("why", &stopped.0)]),
            Err(error) => fail(false, FAULT, "demo_stopped", &[("why", &error.to_string())]),
        }
    })
}

/// A development authority made for this run, its root trusted by the data folder.
fn anchors(data: &Path, config: &Config) -> Result<Authority, Stopped> {
    let year = chrono::Utc::now().year();
    let authority = Authority::new("Chancery demo root (development only)", (year - 1, year + 20))?;
    fs::create_dir_all(data)?;
    let trust = config.trust_folder();
    fs::create_dir_all(&trust)?;
    fs::write(trust.join("demo-root.pem"), certificate_pem(authority.root()))?;
    Ok(authority)
}

fn write_summary(data: &Path, summary: &Value) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    // It holds passwords of the demo's invented people.
    let mut file = fs::File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(data.join("demo.json"))?;
    file.write_all(serde_json::to_string_pretty(summary).unwrap_or_default().as_bytes())
}

/// Somebody with a session.
struct Person {
    client: Client,
    login: String,
    password: String,
    person: String,
    appointment: String,
}

struct Demo {
    base: String,
    authority: Authority,
    started: Instant,
}

impl Demo {
    fn new(base: String, authority: Authority) -> Self {
        Self { base, authority, started: Instant::now() }
    }

    fn say(&self, what: &str, evidence: impl std::fmt::Display) {
        out!("{:>7.2} s  {what:<28} {evidence}", self.started.elapsed().as_secs_f64());
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    fn post(&self, by: &Person, path: &str, body: &Value) -> Result<Value, Stopped> {
        let key = uuid::Uuid::now_v7().to_string();
        let sent = by.client.post(self.url(path)).header("idempotency-key", key).json(body).send()?;
        answer(path, sent)
    }

    fn get(&self, by: &Person, path: &str) -> Result<Value, Stopped> {
        answer(path, by.client.get(self.url(path)).send()?)
    }

    fn login(&self, login: &str, password: &str) -> Result<(Client, Value), Stopped> {
        let client = Client::builder().cookie_store(true).timeout(Duration::from_secs(120)).build()?;
        let body = json!({ "login": login, "password": password });
        let session = answer("/sessions", client.post(self.url("/sessions")).json(&body).send()?)?;
        Ok((client, session))
    }

    /// Logs in with a password for one use, and changes it.
    fn first_login(&self, login: &str, one_time: &str) -> Result<(Client, String), Stopped> {
        let (client, _) = self.login(login, one_time)?;
        let password = crate::identity::password::one_time(&SystemRng)?;
        let body = json!({ "current": one_time, "new": password });
        let sent = client.post(self.url("/sessions/password")).json(&body).send()?;
        if !sent.status().is_success() {
            return Err(Stopped(format!("changing a password: {}", sent.text()?)));
        }
        Ok((client, password))
    }

    fn person(
        &self,
        admin: &Person,
        login: &str,
        name: &str,
        title: &str,
        roles: &[&str],
    ) -> Result<Person, Stopped> {
        let person = text(&self.post(admin, "/people", &json!({ "full_name": name }))?, "id")?;
        let account = self.post(admin, "/accounts", &json!({ "person": person, "login": login }))?;
        let body = json!({ "person": person, "title": title, "roles": roles });
        let appointment = text(&self.post(admin, "/appointments", &body)?, "id")?;
        let (client, password) = self.first_login(login, &text(&account, "one_time_password")?)?;
        self.say("person", format!("{name}, {title} ({})", roles.join(", ")));
        Ok(Person { client, login: login.to_owned(), password, person, appointment })
    }

    fn key(
        &self,
        admin: &Person,
        purpose: &str,
        owner: Option<&Person>,
        name: &str,
        kind: NewKey,
        image: Option<&'static [u8]>,
    ) -> Result<String, Stopped> {
        let year = chrono::Utc::now().year();
        let issued = self.authority.issue(name, "UBND huyện Thanh Bình", kind, (year - 1, year + 5))?;
        let file = format!("{}{}", pem("PRIVATE KEY", &issued.pkcs8), certificate_pem(&issued.certificate));
        let metadata =
            json!({ "purpose": purpose, "person": owner.map(|owner| owner.person.clone()), "name": name });
        let mut form =
            Form::new().text("metadata", metadata.to_string()).part("key", Part::bytes(file.into_bytes()));
        if let Some(image) = image {
            form = form.part("image", Part::bytes(image));
        }
        let sent = admin
            .client
            .post(self.url("/keys"))
            .header("idempotency-key", uuid::Uuid::now_v7().to_string())
            .multipart(form)
            .send()?;
        let key = answer("/keys", sent)?;
        self.say("key", format!("{purpose}: {}", text(&key, "subject")?));
        text(&key, "id")
    }

    fn walk(&self, first_password: &str) -> Result<Value, Stopped> {
        let (client, password) = self.first_login("admin", first_password)?;
        let admin = Person {
            client,
            login: "admin".to_owned(),
            password,
            person: String::new(),
            appointment: String::new(),
        };
        self.say("administrator", "logged in, password changed");
        let clerk = self.person(&admin, "van-thu", "Nguyễn Thị Văn Thư", "Văn thư cơ quan", &["clerk"])?;
        let drafter = self.person(&admin, "chuyen-vien", "Phạm Văn Soạn", "Chuyên viên", &["drafter"])?;
        let leader = self.person(&admin, "lanh-dao", "Trần Văn Mẫu", "Chủ tịch", &["signer"])?;
        let archivist = self.person(&admin, "luu-tru", "Lê Thị Lưu", "Lưu trữ viên", &["archivist"])?;
        let inspector = self.person(&admin, "thanh-tra", "Đỗ Văn Thanh", "Thanh tra viên", &["inspector"])?;
        let personal =
            self.key(&admin, "personal", Some(&leader), "Trần Văn Mẫu", NewKey::Rsa2048, Some(SIGNATURE))?;
        let seal =
            self.key(&admin, "agency_seal", None, "UBND huyện Thanh Bình", NewKey::P256, Some(SEAL))?;
        self.key(&admin, "archive_receipt", None, "Lưu trữ UBND huyện Thanh Bình", NewKey::P256, None)?;
        let roles: Vec<_> = ROLES.iter().map(|role| json!(role)).collect();
        let system =
            self.post(&admin, "/clients", &json!({ "name": "Hệ thống của cơ quan khác", "roles": roles }))?;
        let register = text(
            &self.post(
                &clerk,
                "/registers",
                &json!({ "name": "Sổ đăng ký văn bản đi", "direction": "outgoing" }),
            )?,
            "id",
        )?;
        let entry = text(
            &self.post(
                &clerk,
                "/file-plan",
                &json!({ "notation": "01.VT", "title": "Tập lưu văn bản đi", "retention": "01" }),
            )?,
            "id",
        )?;
        let dossier = text(&self.post(&clerk, "/dossiers", &json!({ "file_plan_entry": entry }))?, "id")?;
        let mut documents = Vec::new();
        for (name, kind, subject, unit, bytes) in DOCUMENTS {
            let id = self.document(
                &clerk,
                &drafter,
                &leader,
                (&personal, &seal),
                &register,
                (name, kind, subject, unit, bytes),
            )?;
            let shown = clerk.client.get(self.url(&format!("/dossiers/{dossier}"))).send()?;
            let etag = shown
                .headers()
                .get("etag")
                .and_then(|etag| etag.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let filed = clerk
                .client
                .put(self.url(&format!("/dossiers/{dossier}/documents/{id}")))
                .header("if-match", etag)
                .send()?;
            let filed = answer("filing", filed)?;
            self.say("filed", format!("as number {}", filed.get("ordinal").cloned().unwrap_or_default()));
            documents.push(id);
        }
        let closed = self.post(&clerk, &format!("/dossiers/{dossier}/close"), &json!({}))?;
        self.say("dossier closed", text(&closed, "code")?);
        let transfer = self.post(&clerk, "/transfers", &json!({ "dossiers": [dossier] }))?;
        let id = text(&transfer, "id")?;
        let package = transfer.pointer("/packages/0").cloned().unwrap_or_default();
        self.say(
            "handed over",
            format!("{} METS sha256 {}", text(&package, "object_id")?, text(&package, "digest")?),
        );
        let accepted = self.post(&archivist, &format!("/transfers/{id}/accept"), &json!({}))?;
        self.say(
            "accepted by the archive",
            format!("receipt signed, {} bytes of CMS", text(&accepted, "receipt_signature")?.len()),
        );
        let checkpoint = self.checkpoint(&inspector)?;
        let mut lines = checkpoint.lines();
        let (_, size, root) =
            (lines.next(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        self.say("checkpoint", format!("{size} entries, root {root}"));
        let first = documents.first().cloned().unwrap_or_default();
        let events = self.get(&inspector, &format!("/documents/{first}/events"))?;
        let proven = events.get("items").and_then(Value::as_array).map_or(0, |items| {
            items.iter().filter(|item| item.get("proof").is_some_and(|proof| !proof.is_null())).count()
        });
        self.say("trail of the first document", format!("{proven} events with proofs"));
        let account = |one: &Person, role: &str| json!({ "login": one.login, "password": one.password, "role": role, "person": one.person, "appointment": one.appointment });
        Ok(json!({
            "base_url": "http://127.0.0.1:8080",
            "accounts": [
                account(&admin, "administrator"), account(&clerk, "clerk"), account(&drafter, "drafter"),
                account(&leader, "signer"), account(&archivist, "archivist"), account(&inspector, "inspector"),
            ],
            "api_key": text(&system, "key")?,
            "keys": { "personal": personal, "agency_seal": seal },
            "register": register,
            "dossier": dossier,
            "transfer": id,
            "documents": documents,
        }))
    }

    fn document(
        &self,
        clerk: &Person,
        drafter: &Person,
        leader: &Person,
        keys: (&str, &str),
        register: &str,
        (name, kind, subject, unit, bytes): Sample,
    ) -> Result<String, Stopped> {
        let metadata =
            json!({ "direction": "outgoing", "type": kind, "subject": subject, "drafting_unit": unit });
        let form = Form::new()
            .text("metadata", metadata.to_string())
            .part("file", Part::bytes(bytes).file_name(name));
        let sent = drafter
            .client
            .post(self.url("/documents"))
            .header("idempotency-key", uuid::Uuid::now_v7().to_string())
            .multipart(form)
            .send()?;
        let id = text(&answer("/documents", sent)?, "id")?;
        self.say("taken in", format!("{name}, {} bytes", bytes.len()));
        let check = self.format_check(drafter, &id)?;
        let count = |key: &str| check.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        self.say(
            "format checked",
            format!(
                "conforms: {}, {} findings, {} rules not judged",
                check.get("conforms").cloned().unwrap_or_default(),
                count("findings"),
                count("not_checked")
            ),
        );
        let path = |act: &str| format!("/documents/{id}/{act}");
        self.post(
            drafter,
            &path("prepare"),
            &json!({ "signer": leader.appointment, "agency_seal": keys.1 }),
        )?;
        self.say("prepared", "number, date and agency signature have their places");
        self.post(leader, &path("sign"), &json!({ "appointment": leader.appointment, "key": keys.0 }))?;
        self.say("signed", self.verdict(clerk, &id)?);
        let numbered = self.post(clerk, &path("number"), &json!({ "register": register }))?;
        self.say("numbered", format!("{} of {}", text(&numbered, "symbol")?, text(&numbered, "date")?));
        self.post(clerk, &path("seal"), &json!({}))?;
        self.say("sealed", self.verdict(clerk, &id)?);
        let issued = self.post(clerk, &path("issue"), &json!({}))?;
        self.say("issued", text(&issued, "state")?);
        Ok(id)
    }

    fn format_check(&self, by: &Person, id: &str) -> Result<Value, Stopped> {
        let begun = Instant::now();
        loop {
            let check = self.get(by, &format!("/documents/{id}/format-check"))?;
            if check.get("status").is_none() {
                return Ok(check);
            }
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(Stopped("the format check did not come".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn verdict(&self, by: &Person, id: &str) -> Result<String, Stopped> {
        let report = self.get(by, &format!("/documents/{id}/signatures"))?;
        let indication = text(&report, "indication")?;
        if indication != "TOTAL-PASSED" {
            return Err(Stopped(format!("a signature did not pass: {report}")));
        }
        let list = report.get("signatures").and_then(Value::as_array).cloned().unwrap_or_default();
        let each: Vec<String> = list
            .iter()
            .map(|one| {
                format!(
                    "{} {} after: {}",
                    text(one, "field").unwrap_or_default(),
                    text(one, "level").unwrap_or_default(),
                    text(one, "changes_after").unwrap_or_default()
                )
            })
            .collect();
        Ok(format!("{indication} ({})", each.join("; ")))
    }

    /// The newest signed head; events get their places within a second.
    fn checkpoint(&self, by: &Person) -> Result<String, Stopped> {
        std::thread::sleep(Duration::from_millis(1500));
        let sent = by.client.get(self.url("/audit/checkpoint")).send()?;
        let status = sent.status();
        let text = sent.text()?;
        if status.is_success() { Ok(text) } else { Err(Stopped(text)) }
    }
}

fn answer(what: &str, response: Response) -> Result<Value, Stopped> {
    let status = response.status();
    let body = response.text()?;
    if status.is_success() {
        return serde_json::from_str(&body).map_err(Into::into);
    }
    Err(Stopped(format!("{what}: {status} {body}")))
}

fn text(value: &Value, key: &str) -> Result<String, Stopped> {
    value
        .get(key)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Stopped(format!("no {key} in {value}")))
}
