//! A server that speaks TLS, with a certificate of an authority of its own.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

pub type Stream = StreamOwned<ServerConnection, TcpStream>;

/// What the certificate of a server says.
#[derive(Debug, Clone)]
pub struct Server {
    pub names: Vec<String>,
    pub years: (i32, i32),
    pub versions: Vec<&'static rustls::SupportedProtocolVersion>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            names: vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
            years: (2020, 2060),
            versions: vec![&rustls::version::TLS13, &rustls::version::TLS12],
        }
    }
}

/// A running one.
pub struct Running {
    pub port: u16,
    /// PEM of the root its certificate leads to.
    pub root: String,
}

impl Running {
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}/", self.port)
    }
}

/// Listens and gives every connection to `handler`.
pub fn listen(handler: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let handler = Arc::new(handler);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = Arc::clone(&handler);
            std::thread::spawn(move || handler(stream));
        }
    });
    port
}

impl Server {
    /// Starts it; `handler` has the connections after the handshake.
    pub fn start(&self, handler: impl Fn(Stream) + Send + Sync + 'static) -> Running {
        let root_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut root = CertificateParams::new(vec![]).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root_certificate = root.self_signed(&root_key).unwrap();
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut own = CertificateParams::new(self.names.clone()).unwrap();
        own.not_before = rcgen::date_time_ymd(self.years.0, 1, 1);
        own.not_after = rcgen::date_time_ymd(self.years.1, 1, 1);
        let certificate = own.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_protocol_versions(&self.versions)
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
                )
                .unwrap();
        let config = Arc::new(config);
        let port = listen(move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            handler(StreamOwned::new(connection, stream));
        });
        Running { port, root: root_certificate.pem() }
    }
}

/// Reads a request and answers it.
pub fn answering(body: &'static [u8]) -> impl Fn(Stream) + Send + Sync + 'static {
    move |mut stream| {
        let mut seen = [0; 4096];
        if stream.read(&mut seen).is_err() {
            return;
        }
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
        stream.conn.send_close_notify();
        let _ = stream.flush();
    }
}

/// Passes one request of each connection on to a server that speaks plainly at `port` of localhost, and its answer back.
pub fn passing_on(port: u16) -> impl Fn(Stream) + Send + Sync + 'static {
    move |mut stream| {
        let mut request = Vec::new();
        let mut piece = [0; 4096];
        while !is_whole(&request) {
            match stream.read(&mut piece) {
                Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                _ => return,
            }
        }
        // One request a connection: the server is to close when it has answered.
        let text = String::from_utf8_lossy(&request).find("\r\n\r\n").unwrap();
        let mut asked = request[..text].to_vec();
        asked.extend_from_slice(b"\r\nConnection: close");
        asked.extend_from_slice(&request[text..]);
        let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)) else { return };
        server.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        server.write_all(&asked).unwrap();
        let mut answer = Vec::new();
        let _ = server.read_to_end(&mut answer);
        let _ = stream.write_all(&answer);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some(end) = text.find("\r\n\r\n") else { return false };
    let length =
        text[..end].lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    request.len() >= head + length.unwrap_or(0_usize)
}
