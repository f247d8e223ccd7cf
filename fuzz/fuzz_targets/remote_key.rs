//! Answers of a service of remote signing, of both versions: any bytes give a credential or an error, and no value that the
//! certificate's key didn't make comes out.
#![no_main]

use chancery::pki::SigningKey;
use chancery::pki::csc::{Access, RemoteKey, Service};
use chancery::ports::{Fetch, FetchFailed, Outgoing};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

/// Answers in turn: the first question with the first part, and so on.
struct Parts(std::sync::Mutex<Vec<Vec<u8>>>);

impl Fetch for Parts {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        let next = self.0.lock().expect("one thread").pop();
        next.ok_or_else(|| FetchFailed::Status { url: request.url.to_owned(), status: 401 })
    }
}

fuzz_target!(|data: &[u8]| {
    for base in ["https://a.example/csc/v1", "https://a.example/csc/v2"] {
        let mut parts: Vec<Vec<u8>> = data.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        parts.reverse();
        let access = Access {
            user: Some("a".to_owned()),
            password: Some("b".to_owned()),
            pin: Some("1234".to_owned()),
            ..Access::default()
        };
        let service =
            Service::new(base, Arc::new(Parts(std::sync::Mutex::new(parts))), access).expect("an address");
        let _ = service.credentials();
        let Ok(found) = service.credential("c") else { continue };
        let Ok(key) = RemoteKey::new(service, "c", found.certificate, found.chain) else { continue };
        let Ok(value) = key.sign(b"a message nobody signed") else { continue };
        let held = key.scheme().verify(&key.certificate().key, b"a message nobody signed", &value);
        assert!(held.is_ok());
    }
});
