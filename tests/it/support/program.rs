//! The real program on a data folder, to be killed and started again, and people who don't give up asking it.

use super::databases::Fresh;
use chancery::store::Location;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// The real program on a folder, on a port that stays the same when it is started again.
pub struct Program<'f> {
    pub folder: &'f Path,
    pub database: Option<String>,
    pub port: u16,
    process: Mutex<Option<Child>>,
}

impl<'f> Program<'f> {
    /// Running on a folder that the demo left; with what the demo says of it.
    pub fn after_demo(folder: &'f Path, fresh: &Fresh) -> (Self, Value) {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let database = match &fresh.location {
            Location::Sqlite(_) => None,
            Location::Postgres(url) => Some(url.clone()),
        };
        let program = Self { folder, database, port, process: Mutex::new(None) };
        assert!(program.command(&["demo"]).stdout(Stdio::null()).status().unwrap().success());
        let summary = serde_json::from_slice(&std::fs::read(folder.join("demo.json")).unwrap()).unwrap();
        program.start();
        (program, summary)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.args(arguments).arg("--data").arg(self.folder).stderr(Stdio::null());
        command.env("CHANCERY__SERVER__MANAGEMENT", "127.0.0.1:0");
        if let Some(database) = &self.database {
            command.env("CHANCERY__STORAGE__DATABASE", database);
        }
        command
    }

    pub fn start(&self) {
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
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap().take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub fn url(&self, path: &str) -> String {
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

/// Sends until there is an answer: the service may be down just now.
pub fn persist(make: impl Fn() -> RequestBuilder) -> (u16, Value) {
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

pub struct Clerk<'p> {
    pub program: &'p Program<'p>,
    pub client: Client,
    pub cookie: String,
}

impl Clerk<'_> {
    pub fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        persist(|| {
            let request = self.client.post(self.program.url(path)).header("cookie", &self.cookie);
            request.header("idempotency-key", key).json(body)
        })
    }

    pub fn get(&self, path: &str) -> Value {
        persist(|| self.client.get(self.program.url(path)).header("cookie", &self.cookie)).1
    }

    /// Sends a request and goes away without waiting for the answer.
    pub fn post_and_leave(&self, path: &str, key: &str, body: &Value) {
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

pub fn login<'p>(program: &'p Program<'p>, summary: &Value, role: &str) -> (Clerk<'p>, Value) {
    let accounts = summary["accounts"].as_array().unwrap();
    let account = accounts.iter().find(|account| account["role"] == role).unwrap().clone();
    chancery::fetch::use_our_provider();
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
