//! A service of remote signing by the CSC API, version 1: certomancer's dummy, with the keys of the PKI.

use super::judges;
use super::pki::Pki;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The running service.
pub struct Dummy {
    pub address: String,
    process: Child,
}

impl Drop for Dummy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dummy {
    /// Starts it; at `scal` 2 an authorisation is for the very digests it names.
    pub fn start(pki: &Pki, scal: u8) -> Option<Self> {
        let python = judges::program("python")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(python)
            .args(["-m", "csc_dummy", "certomancer.yml", &port.to_string(), &scal.to_string()])
            .current_dir(&pki.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dummy = Self { address: format!("http://localhost:{port}/csc/v1"), process };
        for _ in 0..200 {
            if TcpStream::connect(("localhost", port)).is_ok() {
                return Some(dummy);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the dummy service of remote signing did not start");
    }
}
