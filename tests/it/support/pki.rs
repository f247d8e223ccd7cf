//! A whole PKI over HTTP by certomancer: authorities, lists, OCSP, time-stamps; one for all tests.

use super::judges;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The running PKI.
pub struct Pki {
    pub folder: PathBuf,
    pub port: u16,
}

/// Kinds of keys it has.
pub const KINDS: [&str; 2] = ["rsa", "ec"];

/// The PKI, started when first asked for; none when it can't be.
pub fn pki() -> Option<&'static Pki> {
    static PKI: OnceLock<Option<Pki>> = OnceLock::new();
    PKI.get_or_init(start).as_ref()
}

/// One of one's own, for who counts what it is asked.
pub fn own() -> Option<Pki> {
    start()
}

/// One whose configuration is changed.
pub fn own_with(change: &dyn Fn(String) -> String) -> Option<Pki> {
    start_from(Some(change))
}

fn start() -> Option<Pki> {
    start_from(None)
}

fn start_from(change: Option<&dyn Fn(String) -> String>) -> Option<Pki> {
    let certomancer = judges::program("certomancer")?;
    let shared = std::env::var("CHANCERY_SHARED")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let script = shared.join("tools/pki/start.sh");
    if !script.exists() {
        println!("SKIPPED certomancer: shared tools not beside the checkout");
        return None;
    }
    let folder = tempfile::tempdir().unwrap().keep();
    let script = match change {
        None => script,
        Some(change) => {
            // The script reads what stands beside it.
            let made = folder.join("made");
            std::fs::create_dir(&made).unwrap();
            std::fs::copy(&script, made.join("start.sh")).unwrap();
            let read = std::fs::read_to_string(script.with_file_name("certomancer.yml")).unwrap();
            std::fs::write(made.join("certomancer.yml"), change(read)).unwrap();
            made.join("start.sh")
        }
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let path = format!("{}:{}", certomancer.parent().unwrap().display(), std::env::var("PATH").unwrap());
    // The server it leaves running must hold neither our output nor our input open.
    let status = Command::new("bash")
        .args([script.to_str().unwrap(), folder.to_str().unwrap(), &port.to_string()])
        .env("PATH", path)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "certomancer did not start");
    watch(&folder);
    for kind in KINDS {
        std::fs::create_dir(folder.join(format!("trust-{kind}"))).unwrap();
        let root = folder.join(format!("out-{kind}/root/root.cert.pem"));
        std::fs::copy(root, folder.join(format!("trust-{kind}/root.pem"))).unwrap();
    }
    Some(Pki { folder, port })
}

/// Ends the server and removes its folder when this process is gone.
#[expect(clippy::zombie_processes, reason = "it outlives this process, to clean up after it")]
fn watch(folder: &Path) {
    let script = "while kill -0 $0 2>/dev/null; do sleep 1; done; kill $(cat $1/pid); rm -rf $1";
    Command::new("bash")
        .args(["-c", script, &std::process::id().to_string(), folder.to_str().unwrap()])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
}

impl Pki {
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// What it was asked until now: a line a request.
    pub fn asked(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap();
        log.lines().filter(|line| line.contains(" HTTP/1.")).map(str::to_owned).collect()
    }

    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub fn tsa(&self, kind: &str) -> String {
        format!("http://{}/{kind}-ca/tsa/tsa", self.host())
    }

    pub fn trust(&self, kind: &str) -> String {
        self.path(&format!("trust-{kind}"))
    }

    /// Arguments that name key, certificate and chain of an entity.
    pub fn key(&self, kind: &str, entity: &str) -> Vec<String> {
        let words = [
            "--key".to_owned(),
            self.path(&format!("keys/{kind}-signer.key.pem")),
            "--cert".to_owned(),
            self.path(&format!("out-{kind}/interm/{entity}.cert.pem")),
            "--chain".to_owned(),
            self.path(&format!("out-{kind}/root/interm.cert.pem")),
        ];
        words.to_vec()
    }
}
