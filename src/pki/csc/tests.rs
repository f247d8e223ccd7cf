use super::*;
use crate::pki::MemoryKey;
use crate::pki::issue::{Authority, NewKey};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Mutex;

type Asked = (String, Option<String>, Value);

/// A service that answers by a table, and remembers what it was asked.
#[derive(Default)]
struct Table {
    answers: HashMap<&'static str, Vec<u8>>,
    asked: Mutex<Vec<Asked>>,
}

impl Fetch for Table {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        let (_, method) =
            ["/csc/v1/", "/csc/v2/"].iter().find_map(|base| request.url.split_once(base)).unwrap();
        let body = serde_json::from_slice(request.body.unwrap().1).unwrap();
        let mut asked = self.asked.lock().unwrap();
        asked.push((method.to_owned(), request.authorization.map(str::to_owned), body));
        self.answers
            .get(method)
            .cloned()
            .ok_or_else(|| FetchFailed::Status { url: request.url.to_owned(), status: 401 })
    }
}

fn pair(kind: NewKey) -> MemoryKey {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let issued = authority.issue("Ký từ xa", "Cơ quan", kind, (2024, 2040)).unwrap();
    MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap()
}

/// What is said of a credential whose kinds of signatures aren't.
fn told(mode: &str) -> Value {
    json!({ "key": { "status": "enabled" }, "cert": { "certificates": [] }, "authMode": mode })
}

fn service_at(base: &str, answers: &[(&'static str, Value)], access: Access) -> (Arc<Table>, Service) {
    let answers = answers.iter().map(|(method, answer)| (*method, answer.to_string().into_bytes())).collect();
    let table = Arc::new(Table { answers, asked: Mutex::default() });
    let fetch: Arc<dyn Fetch> = Arc::<Table>::clone(&table);
    (table, Service::new(base, fetch, access).unwrap())
}

fn service(answers: &[(&'static str, Value)], access: Access) -> (Arc<Table>, Service) {
    service_at("https://sign.example/csc/v1", answers, access)
}

#[test]
fn it_is_asked_as_version_1_says_and_by_who_may() {
    let key = pair(NewKey::P256);
    let value = STANDARD.encode(key.sign(b"what is signed").unwrap());
    let access = Access {
        user: Some("an".to_owned()),
        password: Some("mat-khau".to_owned()),
        pin: Some("1234".to_owned()),
        ..Access::default()
    };
    let answers = [
        ("auth/login", json!({ "access_token": "t-1", "expires_in": 3600 })),
        ("credentials/info", told("explicit")),
        ("credentials/authorize", json!({ "SAD": "s-1" })),
        ("signatures/signHash", json!({ "signatures": [value] })),
    ];
    let (table, service) = service(&answers, access);
    let remote = RemoteKey::new(service, "c-1", key.certificate().clone(), vec![]).unwrap();
    remote.sign(b"what is signed").unwrap();
    let hash = STANDARD.encode(Digest::Sha256.of(b"what is signed"));
    let asked = table.asked.lock().unwrap();
    let expected: [Asked; 4] = [
        // RFC 7617: base64 of "an:mat-khau".
        ("auth/login".to_owned(), Some("Basic YW46bWF0LWtoYXU=".to_owned()), json!({ "rememberMe": false })),
        (
            "credentials/info".to_owned(),
            Some("Bearer t-1".to_owned()),
            json!({ "credentialID": "c-1", "certificates": "chain", "authInfo": true }),
        ),
        (
            "credentials/authorize".to_owned(),
            Some("Bearer t-1".to_owned()),
            json!({ "credentialID": "c-1", "numSignatures": 1, "hash": [hash], "PIN": "1234" }),
        ),
        (
            "signatures/signHash".to_owned(),
            Some("Bearer t-1".to_owned()),
            json!({
                "credentialID": "c-1", "SAD": "s-1", "hash": [hash], "hashAlgo": "2.16.840.1.101.3.4.2.1",
                "signAlgo": "1.2.840.10045.4.3.2",
            }),
        ),
    ];
    assert_eq!(asked.as_slice(), expected);
}

#[test]
fn a_signature_that_is_not_the_key_s_over_the_digest_is_never_given() {
    let (own, other) = (pair(NewKey::Rsa2048), pair(NewKey::Rsa2048));
    let good = own.sign(b"message").unwrap();
    let said = |values: Vec<Vec<u8>>| json!({ "signatures": values.iter().map(|v| STANDARD.encode(v)).collect::<Vec<_>>() });
    let cases = [
        said(vec![other.sign(b"message").unwrap()]),
        said(vec![own.sign(b"another message").unwrap()]),
        said(vec![]),
        said(vec![good.clone(), good.clone()]),
        json!({ "signatures": ["!"] }),
        json!({ "signatures": "x" }),
        json!({}),
    ];
    for case in cases {
        let answers = [
            ("credentials/info", told("implicit")),
            ("credentials/authorize", json!({ "SAD": "s" })),
            ("signatures/signHash", case.clone()),
        ];
        let (_, service) = service(&answers, Access::default());
        let remote = RemoteKey::new(service, "c", own.certificate().clone(), vec![]).unwrap();
        assert!(matches!(remote.sign(b"message"), Err(KeyError::Wrong(_))), "{case}");
    }
}

#[test]
fn who_refuses_has_refused_and_who_may_not_sign_alone_is_refused() {
    let key = pair(NewKey::P256);
    let (_, silent) = service(&[], Access::default());
    assert!(matches!(silent.credential("c"), Err(KeyError::Refused(_))));
    let info = |status: &str, mode: &str, once: Value| {
        json!({
            "key": { "status": status, "algo": ["1.2.840.10045.2.1"], "len": 256 },
            "cert": { "certificates": [STANDARD.encode(&key.certificate().der)] },
            "authMode": mode, "OTP": { "presence": once },
        })
    };
    for (answer, is_good) in [
        (info("enabled", "implicit", json!("false")), true),
        (info("enabled", "explicit", json!(false)), true),
        (info("disabled", "implicit", json!(false)), false),
        (info("enabled", "oauth2code", json!(false)), false),
        (info("enabled", "explicit", json!("true")), false),
        (info("enabled", "explicit", json!(true)), false),
    ] {
        let (_, service) = service(&[("credentials/info", answer.clone())], Access::default());
        assert_eq!(service.credential("c").is_ok(), is_good, "{answer}");
    }
    for address in ["https://sign.example/csc/v3", "https://sign.example/csc", "ftp://sign.example/csc/v2"] {
        let fetch: Arc<dyn Fetch> = Arc::new(Table::default());
        assert!(
            matches!(Service::new(address, fetch, Access::default()), Err(KeyError::Refused(_))),
            "{address}"
        );
    }
}

#[test]
fn a_credential_is_asked_for_what_it_lists() {
    let info = |listed: &[&str]| -> Info {
        let key = json!({ "status": "enabled", "algo": listed });
        serde_json::from_value(json!({ "key": key, "cert": { "certificates": [] }, "authMode": "implicit" }))
            .unwrap()
    };
    let scheme = Choice::default().scheme(pair(NewKey::Rsa2048).certificate()).unwrap();
    // RFC 8017, A.2.4 and A.1.
    let (with_digest, key) = ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1");
    for (listed, expected) in [
        (&[][..], Some(with_digest)),
        (&[key], Some(key)),
        (&[key, with_digest], Some(with_digest)),
        (&["1.2.840.113549.1.1.13"], None),
    ] {
        assert_eq!(algorithm(&info(listed), scheme).ok().as_deref(), expected, "{listed:?}");
    }
}

/// Field names and values of the examples in CSC API 2.0.0.2, 11.6, 11.7 and 11.10.
#[test]
fn it_is_asked_as_version_2_says() {
    let key = pair(NewKey::P256);
    let value = STANDARD.encode(key.sign(b"what is signed").unwrap());
    let told = json!({
        "key": { "status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256, "curve": "1.2.840.10045.3.1.7" },
        "cert": { "status": "valid", "certificates": [STANDARD.encode(&key.certificate().der)] },
        "auth": {
            "mode": "explicit", "expression": "PIN",
            "objects": [{ "type": "Password", "id": "PIN-7", "format": "N", "label": "PIN" }],
        },
        "SCAL": "2", "multisign": 5,
    });
    let answers = [
        ("credentials/info", told),
        ("credentials/authorize", json!({ "SAD": "s-1", "expiresIn": 3600 })),
        ("signatures/signHash", json!({ "signatures": [value] })),
    ];
    let access = Access { token: Some("t-1".to_owned()), pin: Some("1234".to_owned()), ..Access::default() };
    let (table, service) = service_at("https://sign.example/csc/v2", &answers, access);
    let found = service.credential("c-1").unwrap();
    assert_eq!(found.certificate.der, key.certificate().der);
    let remote = RemoteKey::new(service, "c-1", found.certificate, found.chain).unwrap();
    remote.sign(b"what is signed").unwrap();
    let hash = STANDARD.encode(Digest::Sha256.of(b"what is signed"));
    let asking = json!({ "credentialID": "c-1", "certificates": "chain", "authInfo": true });
    let asked = table.asked.lock().unwrap();
    let expected = [
        ("credentials/info", asking.clone()),
        ("credentials/info", asking),
        (
            "credentials/authorize",
            json!({
                "credentialID": "c-1", "numSignatures": 1, "hashes": [hash],
                "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1", "authData": [{ "id": "PIN-7", "value": "1234" }],
            }),
        ),
        (
            "signatures/signHash",
            json!({
                "credentialID": "c-1", "SAD": "s-1", "hashes": [hash],
                "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.10045.4.3.2", "operationMode": "S",
            }),
        ),
    ];
    let expected = expected.map(|(method, body)| (method.to_owned(), Some("Bearer t-1".to_owned()), body));
    assert_eq!(asked.as_slice(), expected);
}

#[test]
fn of_version_2_too_who_may_not_sign_alone_is_refused() {
    let key = pair(NewKey::P256);
    let info = |auth: Value| {
        json!({
            "key": { "status": "enabled", "algo": ["1.2.840.10045.2.1"] },
            "cert": { "certificates": [STANDARD.encode(&key.certificate().der)] },
            "auth": auth,
        })
    };
    let asks = |kinds: &[&str]| {
        let objects: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind, "id": kind })).collect();
        info(json!({ "mode": "explicit", "expression": "", "objects": objects }))
    };
    // Of version 1, and so no answer to a question of version 2.
    let older =
        json!({ "key": { "status": "enabled" }, "cert": { "certificates": [] }, "authMode": "implicit" });
    for (answer, is_good) in [
        (info(json!({ "mode": "implicit" })), true),
        (info(json!({ "mode": "explicit" })), true),
        (asks(&["Password"]), true),
        (asks(&["Password", "OTP"]), false),
        (asks(&["OTP"]), false),
        (asks(&["Password", "Password"]), false),
        (asks(&["ChallengeResponse"]), false),
        (info(json!({ "mode": "oauth2code" })), false),
        (info(Value::Null), false),
        (older, false),
    ] {
        let answers = [("credentials/info", answer.clone())];
        let (_, service) = service_at("https://sign.example/csc/v2", &answers, Access::default());
        assert_eq!(service.credential("c").is_ok(), is_good, "{answer}");
    }
}

proptest! {
    #[test]
    fn no_answer_is_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cert in ".{0,80}") {
        let info = json!({ "key": { "status": "enabled" }, "cert": { "certificates": [cert] }, "authMode": "implicit" });
        for answer in [bytes, info.to_string().into_bytes()] {
            let answers = ["credentials/info", "credentials/list", "credentials/authorize"].map(|method| (method, answer.clone()));
            let table = Table { answers: HashMap::from(answers), asked: Mutex::default() };
            let table = Arc::new(table);
            for base in ["https://a.example/csc/v1", "https://a.example/csc/v2"] {
                let fetch: Arc<dyn Fetch> = Arc::<Table>::clone(&table);
                let service = Service::new(base, fetch, Access::default()).unwrap();
                prop_assert!(service.credential("c").is_err());
                let _ = service.credentials();
            }
        }
    }
}
