//! The real service on loopback, with people of single roles, for tests to call over HTTP.

use crate::support::databases::Fresh;
use chancery::audit::Actor;
use chancery::config::Config;
use chancery::identity::people::{self, NewAgency, NewAppointment};
use chancery::identity::rows::{ROLES, Role};
use chancery::identity::{Acting, password};
use chancery::pki::issue::{Authority, certificate_pem};
use chancery::ports::{Clock, SystemClock, SystemRng};
use chancery::server::{self, Running};
use chancery::store::{AgencyId, Location, Scope};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// The machine's clock, some days ahead.
#[derive(Debug, Default)]
pub struct AheadClock(AtomicI64);

impl AheadClock {
    pub fn set_days(&self, days: i64) {
        self.0.store(days, Ordering::SeqCst);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::days(self.0.load(Ordering::SeqCst))
    }
}

const PASSWORD: &str = "mot-mat-khau-du-dai";

/// Hashing is slow on purpose: once for everybody.
fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD, &SystemRng).unwrap())
}

/// A running service.
pub struct House {
    pub base: String,
    pub clock: Arc<AheadClock>,
    pub authority: Authority,
    agency: AgencyId,
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::Text)]
    id: String,
}

#[derive(QueryableByName)]
struct Refused {
    #[diesel(sql_type = diesel::sql_types::Text)]
    outcome: String,
}

impl House {
    pub fn open(fresh: &Fresh) -> Self {
        Self::open_with(fresh, |_| {})
    }

    pub fn open_with(fresh: &Fresh, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.storage.data = folder.path().to_path_buf();
        if let Location::Postgres(url) = &fresh.location {
            config.storage.database = url.clone();
        }
        config.agency.code = "H37.02".to_owned();
        config.agency.name = "Ủy ban nhân dân huyện Thanh Bình".to_owned();
        config.agency.abbreviation = "UBND".to_owned();
        config.agency.place = "Thanh Bình".to_owned();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.server.management = Some(([127, 0, 0, 1], 0).into());
        change(&mut config);
        let authority = Authority::new("Test Root", (2020, 2060)).unwrap();
        std::fs::create_dir_all(config.trust_folder()).unwrap();
        std::fs::write(config.trust_folder().join("root.pem"), certificate_pem(authority.root())).unwrap();
        let clock = Arc::new(AheadClock::default());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let opened =
            server::open(&config, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SystemRng)).unwrap();
        let running = runtime.block_on(async { server::start(opened, &config) }).unwrap();
        let found: Id = running
            .service
            .desk
            .database
            .read_blocking(|c| {
                diesel::sql_query("SELECT id FROM agencies")
                    .get_result(c)
                    .map_err(chancery::store::Error::from)
            })
            .unwrap();
        let agency = AgencyId::parse(&found.id).unwrap();
        Self {
            base: running.base_url.clone(),
            clock,
            authority,
            agency,
            running: Some(running),
            runtime,
            folder,
        }
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Base of health and metrics.
    pub fn management(&self) -> &str {
        &self.running.as_ref().unwrap().management_url
    }

    pub fn agency(&self) -> AgencyId {
        self.agency.clone()
    }

    pub fn service(&self) -> &chancery::api::Service {
        &self.running.as_ref().unwrap().service
    }

    /// Another agency beside the first.
    pub fn other_agency(&self) -> AgencyId {
        let agency = NewAgency {
            parent: None,
            code: "H49.64".to_owned(),
            old_code: None,
            name: "Sở Nội vụ".to_owned(),
            abbreviation: "SNV".to_owned(),
            place: "Hạ Long".to_owned(),
        };
        self.service()
            .desk
            .database
            .write_blocking(move |unit| people::add_agency(unit, &Actor::System, &agency))
            .unwrap()
            .id
    }

    /// Somebody with these roles, logged in over HTTP.
    pub fn person_in(&self, agency: &AgencyId, login: &str, roles: &[Role]) -> Caller {
        let today = self.service().desk.today();
        let (agency, name, roles) = (agency.clone(), login.to_owned(), roles.to_vec());
        let (person, account, appointment) = self
            .service()
            .desk
            .database
            .write_blocking(move |unit| {
                let person = people::add_person(unit, &agency, &Actor::System, &name)?;
                let account =
                    people::add_account(unit, &agency, &Actor::System, &person.id, &name, hash(), false)?;
                let appointment = NewAppointment {
                    person: person.id.clone(),
                    unit: None,
                    title: name.clone(),
                    authority: None,
                    roles: roles.clone(),
                    from: today,
                    to: None,
                    basis: None,
                };
                let appointment = people::appoint(unit, &agency, &Actor::System, &appointment)?;
                Ok::<_, chancery::identity::Error>((person.id, account.id, appointment.id))
            })
            .unwrap();
        let mut caller = Caller {
            person: person.to_string(),
            account: account.to_string(),
            appointment: appointment.to_string(),
            login: login.to_owned(),
            ..self.nobody()
        };
        caller.log_in();
        caller
    }

    pub fn person(&self, login: &str, roles: &[Role]) -> Caller {
        self.person_in(&self.agency(), login, roles)
    }

    /// Somebody with each role, in the order of [`ROLES`].
    pub fn each_role(&self) -> Vec<(Role, Caller)> {
        ROLES.iter().map(|role| (*role, self.person(&format!("{role:?}").to_lowercase(), &[*role]))).collect()
    }

    /// A system with these roles.
    pub fn system(&self, name: &str, roles: &[Role]) -> Caller {
        let key = password::token(&SystemRng).unwrap();
        let hash = password::token_hash(&key);
        let acting = Acting {
            scope: Scope::of(self.agency()),
            actor: Actor::System,
            person: None,
            appointments: vec![],
        };
        let (name, roles) = (name.to_owned(), roles.to_vec());
        let client = self
            .service()
            .desk
            .database
            .write_blocking(move |unit| people::add_client(unit, &acting, &name, &hash, &roles))
            .unwrap();
        Caller { account: client.id.to_string(), bearer: Some(key), ..self.nobody() }
    }

    /// A stranger.
    pub fn nobody(&self) -> Caller {
        Caller {
            http: Client::builder().timeout(Duration::from_secs(120)).build().unwrap(),
            base: self.base.clone(),
            cookie: None,
            bearer: None,
            login: String::new(),
            person: String::new(),
            account: String::new(),
            appointment: String::new(),
        }
    }

    /// Codes of the refusals in the trail, oldest first.
    pub fn refusals(&self) -> Vec<String> {
        let found: Vec<Refused> = self
            .service()
            .desk
            .database
            .read_blocking(|c| {
                diesel::sql_query("SELECT outcome FROM events WHERE kind = 'request.refused' ORDER BY id")
                    .load(c)
                    .map_err(chancery::store::Error::from)
            })
            .unwrap();
        found.into_iter().map(|row| row.outcome.trim_start_matches("refused:").to_owned()).collect()
    }

    /// Every kept and staged file, and every document: what must be as before after a refusal.
    pub fn stored(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for folder in ["objects", "staging", "packages"] {
            walk(&self.data().join(folder), &mut found);
        }
        let ids: Vec<Id> = self
            .service()
            .desk
            .database
            .read_blocking(|c| {
                diesel::sql_query("SELECT id FROM documents UNION ALL SELECT id FROM versions UNION ALL SELECT sha256 AS id FROM objects")
                    .load(c)
                    .map_err(chancery::store::Error::from)
            })
            .unwrap();
        found.extend(ids.into_iter().map(|row| row.id));
        found
    }
}

fn walk(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            walk(&entry.path(), found);
        } else {
            found.insert(entry.path().display().to_string());
        }
    }
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Caller {
    pub http: Client,
    pub base: String,
    pub cookie: Option<String>,
    pub bearer: Option<String>,
    pub login: String,
    pub person: String,
    pub account: String,
    pub appointment: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn of(sent: reqwest::Result<reqwest::blocking::Response>) -> Self {
        let response = sent.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().unwrap().to_vec() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The body of a success.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}", self.text());
        self.json()
    }

    #[track_caller]
    pub fn id(&self) -> String {
        self.good()["id"].as_str().unwrap().to_owned()
    }

    /// The code of a problem as RFC 9457 and the contract want it; its title must speak and tell nothing of the inside.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["status"], json!(status));
        assert_eq!(body["type"], json!(format!("/problems/{code}")));
        let mut texts = vec![(code.clone(), body["title"].as_str().unwrap().to_owned())];
        for wrong in body["errors"].as_array().unwrap() {
            texts.push((
                wrong["code"].as_str().unwrap().to_owned(),
                wrong["message"].as_str().unwrap().to_owned(),
            ));
        }
        for (code, text) in texts {
            assert!(text.contains(' ') && !text.contains(&code), "{code}: {text}");
            for inside in ["/home", "/tmp", "SELECT", "INSERT", "src/", ".rs", "panicked", "diesel", "sqlite"]
            {
                assert!(!text.contains(inside), "{text}");
            }
        }
        code
    }
}

impl Caller {
    pub fn log_in(&mut self) {
        let body = json!({ "login": self.login, "password": PASSWORD });
        let sent = self.http.post(format!("{}/api/v1/sessions", self.base)).json(&body).send();
        let answer = Answer::of(sent);
        answer.good();
        let cookie = answer.header("set-cookie");
        self.cookie = cookie.split(';').next().map(str::to_owned);
    }

    /// A request as this caller; `path` from the root.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(key) = &self.bearer {
            request = request.bearer_auth(key);
        }
        request
    }

    pub fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, &format!("/api/v1{path}")).send())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.post_of(path).json(body).send())
    }

    /// A POST with a fresh Idempotency-Key, to be filled.
    pub fn post_of(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, &format!("/api/v1{path}")).header("idempotency-key", fresh_key())
    }

    pub fn upload(&self, metadata: &Value, name: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        let part = Part::bytes(bytes.into()).file_name(name.to_owned());
        let form = Form::new().text("metadata", metadata.to_string()).part("file", part);
        Answer::of(self.post_of("/documents").multipart(form).send())
    }

    /// The report of a document's format check, when it is there.
    pub fn format_check(&self, id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let check = self.get(&format!("/documents/{id}/format-check")).good();
            if check.get("status").is_none() {
                return check;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the format check did not come");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

pub fn fresh_key() -> String {
    uuid::Uuid::now_v7().to_string()
}
