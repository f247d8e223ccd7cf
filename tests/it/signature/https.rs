//! https in the guarded client: who is believed, and who isn't; and an authority asked by it, through the real binary.

use super::levels::{Desk, chancery};
use crate::support::tls::{Server, Stream, answering, listen, passing_on};
use crate::support::{fixture_path, judges};
use chancery::fetch::{Guarded, Limits, Roots};
use chancery::pki::{Certificate, read_certificates};
use chancery::ports::{Fetch, FetchFailed, Outgoing};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

fn get(url: &str, root: Option<&str>) -> Result<Vec<u8>, FetchFailed> {
    let limits = Limits {
        time: Duration::from_millis(1500),
        connect: Duration::from_millis(1000),
        ..Limits::default()
    };
    let own = root.map(|pem| read_certificates(pem.as_bytes()).unwrap()).unwrap_or_default();
    let guard = Guarded::new(limits).trusting(Roots::with(&own).unwrap()).allowing(url);
    guard.fetch(&Outgoing::get(url, 1000))
}

#[track_caller]
fn why_not(answer: Result<Vec<u8>, FetchFailed>) -> String {
    match answer {
        Err(FetchFailed::NoAnswer { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_with_a_certificate_of_a_root_given_is_believed() {
    for versions in [vec![&rustls::version::TLS13], vec![&rustls::version::TLS12]] {
        let server = Server { versions, ..Server::default() }.start(answering(b"hello"));
        assert_eq!(get(&server.url(), Some(&server.root)).unwrap(), b"hello");
    }
}

#[test]
fn a_private_host_is_not_asked_by_https_either_unless_it_is_named() {
    let server = Server::default().start(answering(b"hello"));
    let roots = Roots::with(&read_certificates(server.root.as_bytes()).unwrap()).unwrap();
    let guard = Guarded::new(Limits::default()).trusting(roots);
    let url = server.url();
    assert!(matches!(guard.fetch(&Outgoing::get(&url, 100)), Err(FetchFailed::Forbidden { .. })));
}

#[test]
fn a_certificate_of_an_unknown_root_is_not_believed() {
    let server = Server::default().start(answering(b"hello"));
    let other = Server::default().start(answering(b"hello"));
    assert!(why_not(get(&server.url(), None)).contains("UnknownIssuer"));
    let why = why_not(get(&server.url(), Some(&other.root)));
    assert!(why.contains("UnknownIssuer") || why.contains("BadSignature"), "{why}");
}

#[test]
fn a_certificate_for_another_name_is_not_believed() {
    let server = Server { names: vec!["other.example".to_owned()], ..Server::default() };
    let server = server.start(answering(b"hello"));
    let why = why_not(get(&server.url(), Some(&server.root)));
    assert!(why.contains("not valid for name"), "{why}");
}

#[test]
fn an_expired_certificate_and_one_of_the_future_are_not_believed() {
    for (years, expected) in [((2020, 2021), "expired"), ((2059, 2060), "not valid yet")] {
        let server = Server { years, ..Server::default() }.start(answering(b"hello"));
        let why = why_not(get(&server.url(), Some(&server.root)));
        assert!(why.contains(expected), "{why}");
    }
}

/// ServerHello of TLS 1.0 with TLS_RSA_WITH_AES_128_CBC_SHA (RFC 2246, 7.4.1.3; RFC 3268).
fn old_hello() -> Vec<u8> {
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    hello
}

#[test]
fn old_versions_of_tls_plain_text_and_noise_are_no_answer() {
    for said in
        [old_hello(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_vec(), vec![0xff; 3000], vec![]]
    {
        let length = said.len();
        let port = listen(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&said);
        });
        let why = why_not(get(&format!("https://127.0.0.1:{port}/"), None));
        assert!(!why.contains("took too long"), "{length}: {why}");
    }
}

#[test]
fn who_dribbles_before_or_after_the_handshake_is_left() {
    let dribbling = |mut stream: Stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
        for _ in 0..900 {
            if stream.write_all(b"x").and_then(|()| stream.flush()).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let after = Server::default().start(dribbling);
    let before = listen(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        for octet in [vec![0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc], vec![0; 600]].concat() {
            if stream.write_all(&[octet]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    for (url, root) in
        [(after.url(), Some(after.root.as_str())), (format!("https://127.0.0.1:{before}/"), None)]
    {
        let begun = Instant::now();
        assert!(matches!(get(&url, root), Err(FetchFailed::NoAnswer { .. })), "{url}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{url} held us for {:?}", begun.elapsed());
    }
}

#[test]
fn a_certificate_that_can_be_no_root_is_named() {
    let sound = read_certificates(Server::default().start(answering(b"")).root.as_bytes()).unwrap();
    // Of the second version of X.509 (ITU-T X.509, 7.2), which TLS doesn't know.
    let mut second = sound[0].der.clone();
    let version = second.windows(5).position(|part| part == [0xa0, 3, 2, 1, 2]).unwrap();
    second[version + 4] = 1;
    let broken = Certificate::read(&second).unwrap();
    assert!(Roots::with(&[broken]).unwrap_err().to_string().contains("can't be a root"));
}

#[test]
fn an_authority_is_asked_by_https_when_its_root_is_given() {
    let Some(desk) = Desk::new() else { return };
    let kind = "rsa";
    let door = Server::default().start(passing_on(desk.pki.port));
    let (root, other) = (desk.path("tls.pem"), desk.path("nothing.pem"));
    std::fs::write(&root, &door.root).unwrap();
    std::fs::write(&other, "nothing").unwrap();
    let tsa = format!("https://127.0.0.1:{}/{kind}-ca/tsa/tsa", door.port);
    let (draft, to, trust) =
        (fixture_path("documents/quyet-dinh.pdf"), desk.path("https.pdf"), desk.pki.trust(kind));
    let key = desk.pki.key(kind, "signer");
    let host = desk.pki.host();
    let sign = |more: &[&str]| {
        let mut words =
            vec!["sign", draft.to_str().unwrap(), "-o", &to, "--level", "B-T", "--tsa", &tsa, "--json"];
        words.extend(key.iter().map(String::as_str));
        words.extend(["--trust", &trust, "--allow-host", &host]);
        words.extend(more);
        let output = chancery(&words);
        (output.status.code(), judges::text(&output))
    };
    let (exit, said) = sign(&[]);
    assert_eq!(exit, Some(3), "{said}");
    assert!(said.contains("timestamp_not_given"), "{said}");
    let (exit, said) = sign(&["--tls-roots", &other]);
    assert_eq!(exit, Some(64), "{said}");
    let (exit, said) = sign(&["--tls-roots", &root]);
    assert_eq!(exit, Some(0), "{said}");
    let judged = chancery(&["verify", &to, "--trust", &trust, "--allow-host", &host, "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!(report["signatures"][0]["level"], "B-T", "{report:#}");
    assert_eq!(judged.status.code(), Some(0), "{report:#}");
}
