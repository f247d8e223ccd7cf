//! Keys that lie elsewhere, through the API: on a device (SoftHSM), and at services of remote signing (certomancer's dummy,
//! and ones that lie).

use super::house::{Answer, Caller, House};
use super::office::Office;
use crate::signature::others::accepted_by_pyhanko;
use crate::support::csc::Dummy;
use crate::support::databases::{Fresh, on_both};
use crate::support::judges;
use crate::support::pki::{KINDS, Pki, pki};
use crate::support::tls::{Server, Stream};
use crate::support::tokens::{PIN, Token};
use chancery::config::Config;
use chancery::pki::Certificate;
use chancery::pki::issue::{NewKey, certificate_pem};
use diesel::prelude::*;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Registers a key that lies elsewhere.
fn register(admin: &Caller, metadata: &Value, certificate: Option<String>) -> Answer {
    let form = Form::new().text("metadata", metadata.to_string());
    let form = match certificate {
        Some(pem) => form.part("certificate", Part::bytes(pem.into_bytes())),
        None => form,
    };
    Answer::of(admin.post_of("/keys").multipart(form).send())
}

fn seal(office: &Office, id: &str) -> Answer {
    office.clerk.post(&format!("/documents/{id}/seal"), &json!({ "key": office.seal }))
}

fn content(office: &Office, id: &str) -> Vec<u8> {
    office.clerk.get(&format!("/documents/{id}/content")).body
}

fn trusting(config: &Config, root: &Path) {
    std::fs::create_dir_all(config.trust_folder()).unwrap();
    std::fs::copy(root, config.trust_folder().join("elsewhere.pem")).unwrap();
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// Everything the database keeps of keys and events.
fn rows(house: &House) -> String {
    let statement = "SELECT secret || name || coalesce(location, '') AS text FROM keys UNION ALL SELECT body AS text FROM events";
    let found: Vec<Text> = house
        .service()
        .desk
        .database
        .read_blocking(|c| diesel::sql_query(statement).load(c).map_err(chancery::store::Error::from))
        .unwrap();
    found.into_iter().map(|row| row.text).collect()
}

/// SoftHSM finds its tokens by a variable of the process: this one is started again with it.
#[test]
fn keys_on_a_device_sign_and_seal_and_a_lost_device_is_found_again() {
    let Some(token) = Token::new() else { return };
    token.key("01", NewKey::Rsa2048);
    token.key("0b", NewKey::P256);
    token.store("0b");
    token.key("0c", NewKey::P256);
    std::fs::write(token.path("root.pem"), certificate_pem(token.authority.root())).unwrap();
    let output = token
        .in_its_place(&std::env::current_exe().unwrap())
        .args(["--exact", "api::elsewhere::with_the_device_at_hand", "--ignored", "--nocapture"])
        .env("CHANCERY_TEST_TOKEN", token.folder.path())
        .env("CHANCERY_TEST_MODULE", &token.module)
        .output()
        .unwrap();
    let said = judges::text(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert!(
        said.contains("where a key lies can't be reached") && !said.contains(PIN),
        "a log with the secret, or none: {said}"
    );
}

#[test]
#[ignore = "run by keys_on_a_device_sign_and_seal_and_a_lost_device_is_found_again, with a token"]
fn with_the_device_at_hand() {
    chancery::cli::serve::log_to_stderr("debug");
    let folder = PathBuf::from(std::env::var("CHANCERY_TEST_TOKEN").unwrap());
    let module = PathBuf::from(std::env::var("CHANCERY_TEST_MODULE").unwrap());
    on_both(|fresh| device(fresh, &folder, &module));
}

fn device(fresh: &Fresh, folder: &Path, module: &Path) {
    let house = House::open_with(fresh, |config| {
        trusting(config, &folder.join("root.pem"));
        config.keys.pkcs11_modules = vec![module.to_path_buf()];
    });
    let mut office = Office::open(&house);
    let pem = |id: &str| std::fs::read_to_string(folder.join(format!("{id}.crt"))).unwrap();
    let leader = office.leader.person.clone();
    let key = |purpose: &str, location: &str, secret: Option<&str>| {
        let person = (purpose == "personal").then_some(&leader);
        json!({ "purpose": purpose, "person": person, "name": "Token", "location": location, "secret": secret })
    };
    let (rsa, ec) = ("pkcs11:token=Chancery;object=01", "pkcs11:token=Chancery;object=0b");
    for (location, secret, certificate, status, code) in [
        (rsa, Some("0000"), Some(pem("01")), 409, "key_secret_wrong"),
        (rsa, None, Some(pem("01")), 409, "key_secret_wrong"),
        // Another key's certificate: of a curve's key only what it signs tells.
        (rsa, Some(PIN), Some(pem("0b")), 409, "key_answer_wrong"),
        (ec, Some(PIN), Some(pem("0c")), 409, "key_answer_wrong"),
        ("pkcs11:token=Chancery;object=77", Some(PIN), Some(pem("01")), 422, "key_unusable"),
        (rsa, Some(PIN), None, 422, "key_unusable"),
        ("pkcs11:token=Other;object=01", Some(PIN), Some(pem("01")), 503, "key_unreachable"),
        ("pkcs11:object=01?module-path=/usr/lib/other.so", Some(PIN), Some(pem("01")), 409, "key_refused"),
        ("pkcs11:object=01?pin-value=0000", None, Some(pem("01")), 422, "request_invalid"),
        ("pkcs11:object=01?pin-source=file:/etc/passwd", None, Some(pem("01")), 422, "request_invalid"),
        ("file:/etc/passwd", None, None, 422, "request_invalid"),
        (ec, Some(PIN), Some("no certificate".to_owned()), 422, "request_invalid"),
    ] {
        let answer = register(&office.admin, &key("personal", location, secret), certificate);
        assert_eq!(answer.problem(status), code, "{location}");
    }
    office.personal = register(&office.admin, &key("personal", rsa, Some(PIN)), Some(pem("01"))).id();
    // The certificate of this one is on the device.
    office.seal = register(&office.admin, &key("agency_seal", ec, Some(PIN)), None).id();
    let listed = office.admin.get("/keys").good();
    let own =
        listed["items"].as_array().unwrap().iter().find(|key| key["id"] == office.personal.as_str()).unwrap();
    assert_eq!((&own["provider"], &own["location"]), (&json!("pkcs11"), &json!(rsa)));
    assert!(own["subject"].as_str().unwrap().contains("Người ký"), "{own}");
    assert!(!listed.to_string().contains(PIN) && !rows(&house).contains(PIN));

    let id = office.draft();
    office.prepare(&id).good();
    office.sign(&id).good();
    office.number(&id).good();
    // The device is pulled out, and put in again.
    let (tokens, away) = (folder.join("tokens"), folder.join("away"));
    std::fs::rename(&tokens, &away).unwrap();
    let lost = seal(&office, &id);
    assert_eq!(lost.problem(503), "key_unreachable");
    assert_eq!(lost.header("retry-after"), "30");
    assert_eq!(office.state(&id), "numbered");
    std::fs::rename(&away, &tokens).unwrap();
    seal(&office, &id).good();
    assert_eq!(office.clerk.get(&format!("/documents/{id}/signatures")).good()["indication"], "TOTAL-PASSED");
    let root = chancery::pki::read_certificates(&std::fs::read(folder.join("root.pem")).unwrap()).unwrap();
    accepted_by_pyhanko("keys on a device", &content(&office, &id), &root[0], 2);
}

fn at(address: &str, credential: &str) -> String {
    format!("csc:{}?service={address}", credential.replace('/', "%2F"))
}

#[test]
fn a_service_of_remote_signing_signs_and_seals_for_rsa_and_ec() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        for scal in [1, 2] {
            let Some(service) = Dummy::start(pki, scal) else { return };
            // Once on the database given, once on one of its own.
            let own = crate::support::databases::sqlite();
            remote(if scal == 1 { fresh } else { &own }, pki, &service, KINDS[usize::from(scal - 1)]);
        }
    });
}

fn remote(fresh: &Fresh, pki: &Pki, service: &Dummy, kind: &str) {
    let root = pki.folder.join(format!("trust-{kind}/root.pem"));
    let house = House::open_with(fresh, |config| {
        trusting(config, &root);
        config.signing.allowed_hosts = vec![pki.host()];
        config.keys.csc_services = vec![service.address.clone()];
    });
    let mut office = Office::open(&house);
    let leader = office.leader.person.clone();
    let place = at(&service.address, &format!("{kind}-ca/signer"));
    let personal = json!({ "purpose": "personal", "person": leader, "name": "Từ xa", "location": place });
    let taken = register(&office.admin, &personal, None).good();
    assert_eq!(
        (&taken["provider"], taken["subject"].as_str().unwrap().contains("Nguyen Van A")),
        (&json!("csc"), true)
    );
    office.personal = taken["id"].as_str().unwrap().to_owned();
    let seal_key = json!({ "purpose": "agency_seal", "name": "Từ xa", "location": place, "access": { "token": "t-0k-3n" } });
    office.seal = register(&office.admin, &seal_key, None).id();
    assert!(!rows(&house).contains("t-0k-3n") && !office.admin.get("/keys").text().contains("t-0k-3n"));
    for (location, code) in [
        (at(&service.address, &format!("{kind}-ca/nobody")), "key_refused"),
        // It has many, and none is named.
        (at(&service.address, ""), "key_refused"),
        (at("http://localhost:1/csc/v1", "a"), "key_refused"),
        (at(&service.address.replace("/v1", "/v3"), "a"), "key_refused"),
    ] {
        let key = json!({ "purpose": "agency_seal", "name": "x", "location": location });
        assert_eq!(register(&office.admin, &key, None).problem(409), code, "{location}");
    }
    let id = office.draft();
    office.prepare(&id).good();
    office.sign(&id).good();
    office.number(&id).good();
    seal(&office, &id).good();
    assert_eq!(office.clerk.get(&format!("/documents/{id}/signatures")).good()["indication"], "TOTAL-PASSED");
    let anchor = chancery::pki::read_certificates(&std::fs::read(&root).unwrap()).unwrap();
    accepted_by_pyhanko("remote signing", &content(&office, &id), &anchor[0], 2);
}

/// Status and body; none: no answer ever.
type Said = Option<(u16, Vec<u8>)>;
/// How a service answers a method and what it was sent.
type Answering = Box<dyn Fn(&str, &str) -> Said + Send>;
type Manner = Arc<Mutex<Answering>>;

/// A service by https that answers in a manner that can be changed.
fn liar(manner: &Manner, asked: &Arc<Mutex<Vec<String>>>) -> crate::support::tls::Running {
    let (manner, asked) = (Arc::clone(manner), Arc::clone(asked));
    Server::default().start(move |mut stream: Stream| {
        let mut request = Vec::new();
        let mut piece = [0; 8192];
        while !request.ends_with(b"}") {
            match stream.read(&mut piece) {
                Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
                _ => return,
            }
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let (_, method) = text.split_whitespace().nth(1).unwrap().split_once("/csc/v").unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        let answer = manner.lock().unwrap()(&method[2..], body);
        asked.lock().unwrap().push(text);
        match answer {
            Some((status, body)) => {
                let head = format!(
                    "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
            None => std::thread::sleep(Duration::from_secs(5)),
        }
    })
}

fn coded(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn info(certificate: &Certificate, mode: &str) -> Value {
    json!({
        "key": { "status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256 },
        "cert": { "certificates": [coded(&certificate.der)] },
        "authMode": mode, "SCAL": "2", "PIN": { "presence": "true" }, "OTP": { "presence": "false" }, "multisign": 1,
    })
}

#[test]
fn a_service_that_lies_refuses_or_is_silent_signs_nothing() {
    on_both(lied_to);
}

fn lied_to(fresh: &Fresh) {
    let manner: Manner = Arc::new(Mutex::new(Box::new(|_, _| Some((500, vec![])))));
    let asked = Arc::default();
    let service = liar(&manner, &asked);
    let set = |next: Answering| *manner.lock().unwrap() = next;
    let roots = tempfile::tempdir().unwrap();
    std::fs::write(roots.path().join("tls.pem"), &service.root).unwrap();
    let address = format!("https://127.0.0.1:{}/csc/v1", service.port);
    let house = House::open_with(fresh, |config| {
        config.keys.csc_services = vec![address.clone()];
        config.signing.tls_roots = roots.path().to_path_buf();
        config.signing.seconds = 2;
    });
    let mut office = Office::open(&house);
    let issue =
        |name: &str| house.authority.issue(name, "UBND", NewKey::P256, (2024, 2040)).unwrap().certificate;
    let (own, other) = (issue("Từ xa"), issue("Ai khác"));
    let key = json!({
        "purpose": "personal", "person": office.leader.person, "name": "Từ xa", "location": at(&address, "c-1"),
        "secret": "pin-8642", "access": { "user": "co-quan", "password": "mat-khau-9753" },
    });
    let taking_in = |answer: Value| {
        move |method: &str, _: &str| match method {
            "auth/login" => Some((200, json!({ "access_token": "token-1" }).to_string().into_bytes())),
            "credentials/info" => Some((200, answer.to_string().into_bytes())),
            _ => Some((404, vec![])),
        }
    };
    // Taking in: what the service says must fit what is sent, and it must be able to sign alone.
    set(Box::new(taking_in(info(&other, "explicit"))));
    assert_eq!(register(&office.admin, &key, Some(certificate_pem(&own))).problem(409), "key_answer_wrong");
    set(Box::new(taking_in(info(&own, "oauth2code"))));
    assert_eq!(register(&office.admin, &key, None).problem(409), "key_refused");
    set(Box::new(taking_in(json!({ "key": { "status": "enabled" } }))));
    assert_eq!(register(&office.admin, &key, None).problem(409), "key_answer_wrong");
    set(Box::new(taking_in(info(&own, "explicit"))));
    office.personal = register(&office.admin, &key, Some(certificate_pem(&own))).id();

    let id = office.draft();
    office.prepare(&id).good();
    let before = house.stored();
    let value = vec![0x30, 6, 2, 1, 5, 2, 1, 7];
    let signed = |values: Vec<Vec<u8>>| json!({ "signatures": values.iter().map(|value| coded(value)).collect::<Vec<_>>() });
    let cases: Vec<(&str, Said, u16, &str)> = vec![
        (
            "signatures/signHash",
            Some((200, signed(vec![value.clone()]).to_string().into_bytes())),
            409,
            "key_answer_wrong",
        ),
        (
            "signatures/signHash",
            Some((200, signed(vec![value.clone(), value]).to_string().into_bytes())),
            409,
            "key_answer_wrong",
        ),
        (
            "signatures/signHash",
            Some((200, signed(vec![]).to_string().into_bytes())),
            409,
            "key_answer_wrong",
        ),
        ("signatures/signHash", Some((200, b"not json at all".to_vec())), 409, "key_answer_wrong"),
        ("signatures/signHash", Some((200, vec![b' '; 1 << 20])), 503, "key_unreachable"),
        ("signatures/signHash", Some((503, vec![])), 503, "key_unreachable"),
        ("signatures/signHash", None, 503, "key_unreachable"),
        ("auth/login", Some((401, vec![])), 409, "key_refused"),
        (
            "auth/login",
            Some((200, json!({ "access_token": "a\r\nb: c" }).to_string().into_bytes())),
            409,
            "key_answer_wrong",
        ),
        (
            "credentials/authorize",
            Some((400, json!({ "error": "invalid_pin" }).to_string().into_bytes())),
            409,
            "key_refused",
        ),
        ("credentials/authorize", Some((302, vec![])), 503, "key_unreachable"),
    ];
    for (method, answer, status, code) in cases {
        let shown = format!("{method} {:?}", answer.as_ref().map(|(status, body)| (*status, body.len())));
        let told = info(&own, "explicit").to_string().into_bytes();
        set(Box::new(move |asked: &str, _: &str| match asked {
            _ if asked == method => answer.clone(),
            "credentials/info" => Some((200, told.clone())),
            "auth/login" => Some((200, json!({ "access_token": "token-1" }).to_string().into_bytes())),
            "credentials/authorize" => Some((200, json!({ "SAD": "sad-1" }).to_string().into_bytes())),
            _ => Some((404, vec![])),
        }));
        assert_eq!(office.sign(&id).problem(status), code, "{shown}");
        assert_eq!(office.state(&id), "prepared", "{shown}");
    }
    assert_eq!(house.stored(), before);
    let asked = asked.lock().unwrap();
    // RFC 7617: base64 of "co-quan:mat-khau-9753".
    assert!(
        asked.iter().any(|text| text.contains("authorization: Basic Y28tcXVhbjptYXQta2hhdS05NzUz")),
        "{:?}",
        asked[0]
    );
    assert!(
        asked.iter().any(|text| text.contains("authorization: Bearer token-1") && text.contains("pin-8642"))
    );
    let kept = rows(&house);
    for secret in ["pin-8642", "mat-khau-9753", "token-1", "sad-1"] {
        assert!(!kept.contains(secret), "{secret}");
    }
}

/// A service by version 2 of the API, written from the specification: no other that runs here speaks it. It signs with a
/// real key, and refuses whatever isn't version 2's.
fn version_2(certificate: &Certificate, key: PathBuf) -> Answering {
    let certificate = coded(&certificate.der);
    let good = |answer: Value| Some((200, answer.to_string().into_bytes()));
    let refused = || Some((400, json!({ "error": "invalid_request" }).to_string().into_bytes()));
    Box::new(move |method, body| {
        let body: Value = serde_json::from_str(body).unwrap();
        let one = body["hashes"][0].as_str().unwrap_or_default();
        let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        match method {
            "credentials/list" => good(json!({ "credentialIDs": ["only-one"] })),
            "credentials/info" => good(json!({
                "key": { "status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256 },
                "cert": { "certificates": [certificate] },
                "auth": {
                    "mode": "explicit", "expression": "mat-ma",
                    "objects": [{ "type": "Password", "id": "mat-ma", "format": "A", "label": "Mật mã" }],
                },
                "multisign": 1,
            })),
            "credentials/authorize"
                if names == ["authData", "credentialID", "hashAlgorithmOID", "hashes", "numSignatures"]
                    && body["authData"] == json!([{ "id": "mat-ma", "value": "pin-8642" }]) =>
            {
                good(json!({ "SAD": format!("for {one}") }))
            }
            "signatures/signHash"
                if names
                    == ["SAD", "credentialID", "hashAlgorithmOID", "hashes", "operationMode", "signAlgo"]
                    && body["SAD"] == format!("for {one}") =>
            {
                use base64::Engine;
                let digest = base64::engine::general_purpose::STANDARD.decode(one).unwrap();
                let at = key.with_extension("digest");
                std::fs::write(&at, digest).unwrap();
                let signed = Command::new("openssl")
                    .args(["pkeyutl", "-sign", "-keyform", "DER", "-inkey"])
                    .args([&key, Path::new("-in"), &at])
                    .output()
                    .unwrap();
                assert!(signed.status.success(), "{}", judges::text(&signed));
                good(json!({ "signatures": [coded(&signed.stdout)] }))
            }
            _ => refused(),
        }
    })
}

#[test]
fn a_service_by_version_2_signs() {
    on_both(|fresh| {
        let manner: Manner = Arc::new(Mutex::new(Box::new(|_, _| None)));
        let service = liar(&manner, &Arc::default());
        let roots = tempfile::tempdir().unwrap();
        std::fs::write(roots.path().join("tls.pem"), &service.root).unwrap();
        let address = format!("https://127.0.0.1:{}/csc/v2", service.port);
        let house = House::open_with(fresh, |config| {
            config.keys.csc_services = vec![address.clone()];
            config.signing.tls_roots = roots.path().to_path_buf();
        });
        let mut office = Office::open(&house);
        let issued = house.authority.issue("Từ xa", "UBND", NewKey::P256, (2024, 2040)).unwrap();
        let key = roots.path().join("key.der");
        std::fs::write(&key, &*issued.pkcs8).unwrap();
        *manner.lock().unwrap() = version_2(&issued.certificate, key);
        let place = |secret: &str| {
            json!({
                "purpose": "personal", "person": office.leader.person, "name": "Từ xa",
                "location": at(&address, ""), "secret": secret, "access": { "token": "token-1" },
            })
        };
        let (wrong, right) = (place("pin-0000"), place("pin-8642"));
        office.personal = register(&office.admin, &wrong, None).id();
        let id = office.draft();
        office.prepare(&id).good();
        assert_eq!(office.sign(&id).problem(409), "key_refused");
        office.personal = register(&office.admin, &right, None).id();
        office.sign(&id).good();
        let root = house.authority.root();
        accepted_by_pyhanko("remote signing by version 2", &content(&office, &id), root, 1);
        let asked = rows(&house);
        assert!(!asked.contains("pin-8642") && !asked.contains("token-1"));
    });
}
