//! A signature begun before the power fails is completed after: what was handed out is kept, not remembered.

use crate::support::databases::{Fresh, on_both};
use crate::support::program::{Clerk, Program, login, persist};
use crate::support::{fixture, judges};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chancery::pki::SigningKey;
use chancery::pki::issue::{Authority, NewKey, certificate_pem};
use chancery::pki::{Certificate, MemoryKey};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};

#[test]
fn a_signature_begun_before_a_crash_is_completed_after_it() {
    on_both(journey);
}

/// A key elsewhere, of an authority the service trusts; registered.
fn registered(
    admin: &Clerk<'_>,
    authority: &Authority,
    purpose: &str,
    person: &Value,
) -> (MemoryKey, String) {
    let issued = authority.issue("Khóa ngoài", "UBND huyện Thanh Bình", NewKey::P256, (2024, 2040)).unwrap();
    let metadata = json!({ "purpose": purpose, "person": person, "name": "USB" });
    let (status, key) = persist(|| {
        let part = Part::bytes(certificate_pem(&issued.certificate).into_bytes());
        let form = Form::new().text("metadata", metadata.to_string()).part("certificate", part);
        let request = admin.client.post(admin.program.url("/keys")).header("cookie", &admin.cookie);
        request.header("idempotency-key", format!("key for {purpose}")).multipart(form)
    });
    assert_eq!(status, 201, "{key}");
    let device = MemoryKey::new(&issued.pkcs8, issued.certificate, vec![]).unwrap();
    (device, key["id"].as_str().unwrap().to_owned())
}

fn good((status, body): (u16, Value)) -> Value {
    assert!((200..300).contains(&status), "{status} {body}");
    body
}

/// The power fails between the steps, and again before the answer to the second is read.
fn in_two_steps(by: &Clerk<'_>, name: &str, body: &Value, device: &MemoryKey) {
    let session = good(by.post("/signing-sessions", &format!("begin {name}"), body));
    by.program.kill();
    by.program.start();
    let id = session["id"].as_str().unwrap();
    let again = by.get(&format!("/signing-sessions/{id}"));
    assert_eq!(again["to_be_signed"], session["to_be_signed"], "what is to be signed stays the same");
    let attributes = STANDARD.decode(again["to_be_signed"].as_str().unwrap()).unwrap();
    let value = json!({ "signature": STANDARD.encode(device.sign(&attributes).unwrap()) });
    let path = format!("/signing-sessions/{id}/signature");
    by.post_and_leave(&path, &format!("end {name}"), &value);
    by.program.kill();
    by.program.start();
    let done = good(by.post(&path, &format!("end {name}"), &value));
    assert_eq!(done["state"], "completed");
}

fn journey(fresh: &Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let (program, summary) = Program::after_demo(folder.path(), fresh);
    let authority = Authority::new("Root of keys elsewhere", (2020, 2060)).unwrap();
    trusted(folder.path(), authority.root());
    program.kill();
    program.start();
    let (admin, _) = login(&program, &summary, "administrator");
    let (clerk, _) = login(&program, &summary, "clerk");
    let (drafter, _) = login(&program, &summary, "drafter");
    let (leader, account) = login(&program, &summary, "signer");
    let (usb, personal) = registered(&admin, &authority, "personal", &account["person"]);
    let (hsm, seal) = registered(&admin, &authority, "agency_seal", &Value::Null);
    let file = fixture("documents/quyet-dinh.pdf");
    let metadata = json!({ "direction": "outgoing", "type": "QĐ", "subject": "Qua lúc mất điện" });
    let (status, document) = persist(|| {
        let part = Part::bytes(file.clone()).file_name("quyet-dinh.pdf");
        let form = Form::new().text("metadata", metadata.to_string()).part("file", part);
        let request = drafter.client.post(program.url("/documents")).header("cookie", &drafter.cookie);
        request.header("idempotency-key", "draft").multipart(form)
    });
    assert_eq!(status, 201, "{document}");
    let id = document["id"].as_str().unwrap();
    let act = |act: &str| format!("/documents/{id}/{act}");
    let appointment = &account["appointment"];
    good(drafter.post(&act("prepare"), "prepare", &json!({ "signer": appointment, "agency_seal": true })));
    let body = json!({ "document": id, "act": "sign", "appointment": appointment, "method": "two_step", "key": personal });
    in_two_steps(&leader, "sign", &body, &usb);
    good(clerk.post(&act("number"), "number", &json!({ "register": summary["register"] })));
    let body = json!({ "document": id, "act": "seal", "method": "two_step", "key": seal });
    in_two_steps(&clerk, "seal", &body, &hsm);
    let document = clerk.get(&format!("/documents/{id}"));
    assert_eq!(document["state"], "sealed");
    let versions = document["components"][0]["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 4, "each act once: {versions:#?}");
    let report = clerk.get(&act("signatures"));
    assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
    let sent = clerk.client.get(program.url(&act("content"))).header("cookie", &clerk.cookie).send().unwrap();
    let path = folder.path().join("sealed.pdf");
    std::fs::write(&path, sent.bytes().unwrap()).unwrap();
    if let Some(output) = judges::run("pdfsig", &["-nocert", path.to_str().unwrap()]) {
        assert_eq!(
            judges::text(&output).matches("Signature is Valid").count(),
            2,
            "{}",
            judges::text(&output)
        );
    }
    program.kill();
    let checked = program.command(&["audit", "fsck", "--json"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

fn trusted(data: &std::path::Path, root: &Certificate) {
    std::fs::create_dir_all(data.join("trust")).unwrap();
    std::fs::write(data.join("trust/elsewhere.pem"), certificate_pem(root)).unwrap();
}
