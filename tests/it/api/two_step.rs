//! Signing in two steps with keys the service doesn't hold: what is to be signed goes out, the value comes back.

use super::house::{Answer, Caller, House};
use super::office::Office;
use super::outside::{Outside, register};
use crate::signature::others::accepted_by_pyhanko;
use crate::support::databases::{Fresh, on_both, sqlite};
use crate::support::judges;
use chancery::audit::fsck::fsck;
use chancery::identity::rows::Role;
use chancery::pki::issue::{NewKey, certificate_pem};
use chancery::server;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn begin(by: &Caller, body: &Value) -> Answer {
    by.post("/signing-sessions", body)
}

fn for_leader(office: &Office, document: &str, with: &Outside) -> Value {
    json!({ "document": document, "act": "sign", "appointment": office.leader.appointment,
        "method": "two_step", "key": with.id })
}

fn for_seal(document: &str, with: &Outside) -> Value {
    json!({ "document": document, "act": "seal", "method": "two_step", "key": with.id })
}

fn bring(by: &Caller, session: &Value, signature: &str) -> Answer {
    let path = format!("/signing-sessions/{}/signature", session["id"].as_str().unwrap());
    by.post(&path, &json!({ "signature": signature }))
}

fn show(by: &Caller, session: &Value) -> Value {
    by.get(&format!("/signing-sessions/{}", session["id"].as_str().unwrap())).good()
}

/// Kinds of a document's events, oldest first, with their outcomes where it isn't "done".
pub fn told(by: &Caller, document: &str) -> Vec<String> {
    let trail = by.get(&format!("/documents/{document}/events?limit=200")).good();
    let events = trail["items"].as_array().unwrap().iter();
    let word = |event: &Value| match event["outcome"].as_str().unwrap() {
        "done" => event["kind"].as_str().unwrap().to_owned(),
        other => format!("{} {other}", event["kind"].as_str().unwrap()),
    };
    events.map(word).collect()
}

/// The trail still fits every row.
pub fn checked(house: &House) {
    server::settle(house.service()).unwrap();
    let found = house.service().desk.database.read_blocking(|c| fsck(c, &chancery::trail::tables())).unwrap();
    assert_eq!(found.indication, "good", "{found:#?}");
}

/// What others say of the document's bytes.
pub fn accepted(house: &House, office: &Office, id: &str, signatures: usize) {
    let file = office.clerk.get(&format!("/documents/{id}/content")).body;
    accepted_by_pyhanko("of keys elsewhere", &file, house.authority.root(), signatures);
    accepted_by_tools(&file, signatures);
}

fn accepted_by_tools(file: &[u8], signatures: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signed.pdf");
    std::fs::write(&path, file).unwrap();
    let path = path.to_str().unwrap();
    if let Some(output) = judges::run("pdfsig", &["-nocert", path]) {
        let said = judges::text(&output);
        assert_eq!(said.matches("Signature is Valid").count(), signatures, "{said}");
    }
    if let Some(output) = judges::run("qpdf", &["--check", path]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "{said}");
    }
}

#[test]
fn a_leader_and_the_agency_sign_with_keys_elsewhere_and_others_accept_it() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let hsm = Outside::registered(&house, &office.admin, None, NewKey::Rsa2048);
        let id = office.draft();
        office.prepare(&id).good();
        let answer = begin(&office.leader, &for_leader(&office, &id, &usb));
        let session = answer.good();
        assert_eq!((answer.status, answer.header("etag").as_str()), (201, "\"1\""));
        assert_eq!(session["state"], "open");
        assert_eq!(
            (&session["digest_algorithm"], &session["signature_algorithm"]),
            (&json!("SHA-256"), &json!("ECDSA"))
        );
        // A device that takes the digest, and gives r and s.
        let Some(value) = usb.sign(&session, &["digest", "raw"]) else { return };
        let done = bring(&office.leader, &session, &value).good();
        assert_eq!((&done["state"], &done["to_be_signed"]), (&json!("completed"), &Value::Null));
        let document = office.clerk.get(&format!("/documents/{id}")).good();
        assert_eq!(document["state"], "signed");
        let versions = document["components"][0]["versions"].as_array().unwrap();
        assert_eq!(versions.last().unwrap()["id"], done["signed_version"]);
        office.number(&id).good();
        let sealing = begin(&office.clerk, &for_seal(&id, &hsm)).good();
        let value = hsm.sign(&sealing, &[]).unwrap();
        let etag = format!("\"{}\"", sealing["version"]);
        let path = format!("/signing-sessions/{}/signature", sealing["id"].as_str().unwrap());
        let stale =
            office.clerk.post_of(&path).header("if-match", "\"7\"").json(&json!({ "signature": value }));
        assert_eq!(Answer::of(stale.send()).problem(412), "changed_meanwhile");
        let sent = office.clerk.post_of(&path).header("if-match", etag).json(&json!({ "signature": value }));
        Answer::of(sent.send()).good();
        assert_eq!(office.state(&id), json!("sealed"));
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
        let levels: Vec<&Value> =
            report["signatures"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
        assert_eq!(levels, [&json!("B-B"), &json!("B-B")]);
        assert!(!report["signatures"][1]["permission"]["fieldmdp"].as_array().unwrap().is_empty());
        accepted(&house, &office, &id, 2);
        let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
        let keys: Vec<&Value> = kept["items"].as_array().unwrap().iter().map(|item| &item["key"]).collect();
        assert_eq!(keys, [&json!(usb.id), &json!(hsm.id)]);
        office.clerk_does(&id, "issue").good();
        // Two events of one transaction have one instant; each kind stands in its order.
        let words = told(&office.clerk, &id);
        let of =
            |what: &str| -> Vec<&str> { words.iter().filter_map(|word| word.strip_prefix(what)).collect() };
        assert_eq!(of("document."), ["taken_in", "prepared", "signed", "numbered", "sealed", "issued"]);
        assert_eq!(of("signing_session."), ["created", "completed", "created", "completed"]);
        checked(&house);
    });
}

#[test]
fn every_kind_of_key_may_lie_elsewhere() {
    let house = House::open(&sqlite());
    let office = Office::open(&house);
    for (kind, words) in [
        (NewKey::Rsa2048, &["pss"][..]),
        (NewKey::Rsa2048, &["digest"]),
        (NewKey::P256, &[]),
        (NewKey::P384, &["raw"]),
        (NewKey::P521, &["digest", "raw"]),
        (NewKey::Ed25519, &[]),
    ] {
        let key = Outside::registered(&house, &office.admin, Some(&office.leader.person), kind);
        let id = office.draft();
        office.prepare(&id).good();
        // The certificate itself instead of its identifier.
        let mut body = for_leader(&office, &id, &key);
        body.as_object_mut().unwrap().remove("key");
        body["certificate"] =
            if kind == NewKey::P384 { json!(certificate_pem(&key.certificate)) } else { json!(key.der()) };
        if words.contains(&"pss") {
            body["scheme"] = json!("pss");
        }
        let session = begin(&office.leader, &body).good();
        let Some(value) = key.sign(&session, words) else { return };
        bring(&office.leader, &session, &value).good();
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{kind:?}: {report:#}");
        if kind == NewKey::Ed25519 {
            // This pdfsig doesn't know Ed25519.
            let file = office.clerk.get(&format!("/documents/{id}/content")).body;
            accepted_by_pyhanko("of keys elsewhere", &file, house.authority.root(), 1);
        } else {
            accepted(&house, &office, &id, 1);
        }
    }
}

#[test]
fn a_wrong_signature_is_refused_and_a_right_one_still_taken() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let other = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &for_leader(&office, &id, &usb)).good();
        let before = house.stored();
        let Some(by_other) = other.sign(&session, &["raw"]) else { return };
        let of_other_bytes = usb.sign_this("Zm9yZ2Vk", &[]).unwrap();
        for (left, wrong) in [(4, "AAAA"), (3, &by_other), (2, &of_other_bytes)] {
            assert_eq!(bring(&office.leader, &session, wrong).problem(422), "signing_value_wrong");
            let now = show(&office.leader, &session);
            assert_eq!((&now["state"], &now["tries_left"]), (&json!("open"), &json!(left)));
        }
        for malformed in ["", "?", "AAA"] {
            let answer = bring(&office.leader, &session, malformed);
            assert_eq!(answer.problem(422), "request_invalid");
            assert_eq!(answer.json()["errors"][0]["pointer"], "/signature");
        }
        assert_eq!((office.state(&id), house.stored()), (json!("prepared"), before));
        let right = usb.sign(&session, &[]).unwrap();
        bring(&office.leader, &session, &right).good();
        // Used up, and what is brought again is refused.
        assert_eq!(bring(&office.leader, &session, &right).problem(409), "signing_session_ended");
        assert_eq!(office.state(&id), json!("signed"));
        let refused = "signing_session.refused refused:signing_value_wrong";
        assert_eq!(told(&office.clerk, &id).iter().filter(|word| *word == refused).count(), 3);

        let next = office.draft();
        office.prepare(&next).good();
        let session = begin(&office.leader, &for_leader(&office, &next, &usb)).good();
        for _ in 0..5 {
            assert_eq!(bring(&office.leader, &session, "AAAA").problem(422), "signing_value_wrong");
        }
        let failed = show(&office.leader, &session);
        assert_eq!(
            (&failed["state"], &failed["reason"]),
            (&json!("failed"), &json!("signing_tries_used_up"))
        );
        let right = usb.sign(&json!({ "to_be_signed": session["to_be_signed"] }), &[]).unwrap();
        assert_eq!(bring(&office.leader, &session, &right).problem(409), "signing_session_ended");
        assert_eq!(office.state(&next), json!("prepared"));
        checked(&house);
    });
}

#[test]
fn the_same_request_made_again_is_answered_again() {
    let house = House::open(&sqlite());
    let office = Office::open(&house);
    let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
    let id = office.draft();
    office.prepare(&id).good();
    let ask = |key: &str, path: &str, body: &Value| {
        let request = office.leader.request(Method::POST, &format!("/api/v1{path}"));
        Answer::of(request.header("idempotency-key", key).json(body).send())
    };
    let body = for_leader(&office, &id, &usb);
    let (first, again) = (ask("one", "/signing-sessions", &body), ask("one", "/signing-sessions", &body));
    assert_eq!((first.status, first.json()), (201, again.json()));
    let session = first.json();
    let Some(value) = usb.sign(&session, &[]) else { return };
    let path = format!("/signing-sessions/{}/signature", session["id"].as_str().unwrap());
    let body = json!({ "signature": value });
    let (first, again) = (ask("two", &path, &body), ask("two", &path, &body));
    assert_eq!((first.good(), first.header("etag")), (again.good(), again.header("etag")));
    let versions = office.clerk.get(&format!("/documents/{id}")).good()["components"][0]["versions"].clone();
    assert_eq!(versions.as_array().unwrap().len(), 3, "signed once");
}

#[test]
fn only_who_is_to_sign_begins_and_completes_a_session() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let hsm = Outside::registered(&house, &office.admin, None, NewKey::P256);
        let deputy = house.person("deputy", &[Role::Signer]);
        let of_deputy = Outside::registered(&house, &office.admin, Some(&deputy.person), NewKey::P256);
        let stranger = house.person_in(&house.other_agency(), "stranger", &[Role::Signer, Role::Clerk]);
        let id = office.draft();
        let body = for_leader(&office, &id, &usb);
        assert_eq!(begin(&office.leader, &body).problem(409), "illegal_transition", "a draft isn't signed");
        office.prepare(&id).good();
        assert_eq!(begin(&deputy, &body).problem(403), "appointment_not_yours");
        let mut own = body.clone();
        own["appointment"] = json!(deputy.appointment);
        own["key"] = json!(of_deputy.id);
        assert_eq!(begin(&deputy, &own).problem(403), "signer_is_another");
        assert_eq!(begin(&office.clerk, &body).problem(403), "permission_missing");
        assert_eq!(begin(&office.drafter, &body).problem(403), "permission_missing");
        assert_eq!(begin(&stranger, &body).problem(404), "not_found");
        assert_eq!(begin(&office.leader, &for_seal(&id, &hsm)).problem(403), "permission_missing");
        // The certificate must be the person's own, registered, and its key elsewhere.
        for (key, status, code) in [
            (&of_deputy.id, 409, "key_not_yours"),
            (&hsm.id, 409, "key_not_yours"),
            (&office.personal, 409, "key_is_held_here"),
            (&uuid::Uuid::now_v7().to_string(), 404, "not_found"),
        ] {
            let mut wrong = body.clone();
            wrong["key"] = json!(key);
            assert_eq!(begin(&office.leader, &wrong).problem(status), code);
        }
        let unknown = house.authority.issue("Trần Văn Mẫu", "UBND", NewKey::P256, (2024, 2040)).unwrap();
        let mut given = body.clone();
        given.as_object_mut().unwrap().remove("key");
        assert_eq!(begin(&office.leader, &given).problem(422), "request_invalid", "neither");
        given["certificate"] = json!(certificate_pem(&unknown.certificate));
        assert_eq!(begin(&office.leader, &given).problem(409), "certificate_not_registered");
        given["certificate"] = json!("bm90aGluZw==");
        assert_eq!(begin(&office.leader, &given).problem(422), "request_invalid");
        // A held key and one elsewhere don't stand in for each other.
        let direct = office.sign_with(&office.leader, &id, &office.leader.appointment, &usb.id);
        assert_eq!(direct.problem(409), "key_lies_elsewhere");

        let session = begin(&office.leader, &body).good();
        let Some(value) = usb.sign(&session, &[]) else { return };
        assert_eq!(bring(&deputy, &session, &value).problem(403), "appointment_not_yours");
        assert_eq!(bring(&office.clerk, &session, &value).problem(403), "appointment_not_yours");
        assert_eq!(bring(&stranger, &session, &value).problem(404), "not_found");
        let path = format!("/api/v1/signing-sessions/{}", session["id"].as_str().unwrap());
        assert_eq!(Answer::of(stranger.request(Method::GET, &path).send()).problem(404), "not_found");
        let cancel =
            |by: &Caller| Answer::of(by.request(Method::DELETE, &path).header("if-match", "\"1\"").send());
        assert_eq!(cancel(&deputy).problem(403), "appointment_not_yours");
        assert_eq!(cancel(&stranger).problem(404), "not_found");
        assert_eq!(show(&office.leader, &session)["state"], "open");
        // Who isn't in office any more signs nothing.
        office.admin.post(&format!("/appointments/{}/end", office.leader.appointment), &json!({})).good();
        assert_eq!(bring(&office.leader, &session, &value).problem(403), "permission_missing");
        assert_eq!(office.state(&id), json!("prepared"));
        checked(&house);
    });
}

#[test]
fn a_session_ends_by_time_by_will_and_with_its_document() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let mut office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let body = for_leader(&office, &id, &usb);
        let [late, unwanted, slow, moved] = [(); 4].map(|()| begin(&office.leader, &body).good());
        let Some(value) = usb.sign(&slow, &[]) else { return };
        // By will.
        let path = format!("/api/v1/signing-sessions/{}", unwanted["id"].as_str().unwrap());
        let cancel = |etag: Option<&str>| {
            let request = office.leader.request(Method::DELETE, &path);
            Answer::of(
                etag.map_or(request.try_clone().unwrap(), |etag| request.header("if-match", etag)).send(),
            )
        };
        assert_eq!(cancel(None).problem(428), "if_match_missing");
        assert_eq!(cancel(Some("\"9\"")).problem(412), "changed_meanwhile");
        assert_eq!(cancel(Some("\"1\"")).good()["state"], "cancelled");
        assert_eq!(cancel(Some("\"2\"")).problem(409), "signing_session_ended");
        let of_unwanted = usb.sign(&unwanted, &[]).unwrap();
        assert_eq!(bring(&office.leader, &unwanted, &of_unwanted).problem(409), "signing_session_ended");
        // With its document: it is signed in another session, or is another one by then.
        bring(&office.leader, &slow, &value).good();
        let of_moved = usb.sign(&moved, &[]).unwrap();
        assert_eq!(bring(&office.leader, &moved, &of_moved).problem(412), "changed_meanwhile");
        let failed = show(&office.leader, &moved);
        assert_eq!((&failed["state"], &failed["reason"]), (&json!("failed"), &json!("changed_meanwhile")));
        let next = office.draft();
        office.prepare(&next).good();
        let session = begin(&office.leader, &for_leader(&office, &next, &usb)).good();
        let form = reqwest::blocking::multipart::Form::new().part(
            "file",
            reqwest::blocking::multipart::Part::bytes(crate::support::fixture("documents/quyet-dinh.pdf"))
                .file_name("b.pdf"),
        );
        let revised = office.drafter.post_of(&format!("/documents/{next}/versions")).multipart(form);
        Answer::of(revised.send()).good();
        office.prepare(&next).good();
        let value = usb.sign(&session, &[]).unwrap();
        assert_eq!(bring(&office.leader, &session, &value).problem(412), "changed_meanwhile");
        assert_eq!(show(&office.leader, &session)["state"], "failed");
        // By time.
        house.clock.set_days(1);
        office.leader.log_in();
        office.clerk.log_in();
        let of_late = usb.sign(&late, &[]).unwrap();
        assert_eq!(bring(&office.leader, &late, &of_late).problem(409), "signing_session_ended");
        assert_eq!(show(&office.leader, &late)["state"], "expired", "also before it is swept");
        server::sweep(&house.service().desk, Duration::from_secs(24 * 3600)).unwrap();
        assert_eq!(show(&office.leader, &late)["state"], "expired");
        let told = told(&office.clerk, &id);
        for kind in ["expired", "cancelled", "failed", "completed"] {
            let kind = format!("signing_session.{kind}");
            assert_eq!(told.iter().filter(|word| **word == kind).count(), 1, "{kind} in {told:?}");
        }
        checked(&house);
    });
}

#[test]
fn a_certificate_that_may_not_sign_begins_nothing() {
    let Some(pki) = crate::support::pki::pki() else { return };
    let house = with_pki(&sqlite(), pki, ("B-B", "B-B"));
    let office = Office::open(&house);
    let id = office.draft();
    office.prepare(&id).good();
    for (entity, code) in [("revoked", "certificate_revoked"), ("expired", "certificate_expired")] {
        let key = of_pki(pki, &office.admin, Some(&office.leader.person), entity);
        assert_eq!(begin(&office.leader, &for_leader(&office, &id, &key)).problem(409), code);
    }
    let stranger = chancery::pki::issue::Authority::new("Other Root", (2020, 2060)).unwrap();
    let issued = stranger.issue("Trần Văn Mẫu", "UBND", NewKey::P256, (2024, 2040)).unwrap();
    let pem = certificate_pem(&issued.certificate);
    let id_of_key = register(&office.admin, Some(&office.leader.person), pem.into_bytes()).id();
    let body = json!({ "document": id, "act": "sign", "appointment": office.leader.appointment,
        "method": "two_step", "key": id_of_key });
    assert_eq!(begin(&office.leader, &body).problem(409), "no_path_to_anchor");
    let none = register(&office.admin, None, b"nothing".to_vec());
    assert_eq!(none.problem(422), "request_invalid");
}

/// The service with the anchor and authorities of the PKI, at these levels.
pub fn with_pki(fresh: &Fresh, pki: &crate::support::pki::Pki, levels: (&str, &str)) -> House {
    use chancery::desk::Level;
    House::open_with(fresh, |config| {
        std::fs::create_dir_all(config.trust_folder()).unwrap();
        std::fs::copy(pki.path("trust-ec/root.pem"), config.trust_folder().join("pki.pem")).unwrap();
        config.signing.personal_level = Level::parse(levels.0).unwrap();
        config.signing.agency_level = Level::parse(levels.1).unwrap();
        config.signing.tsa = pki.tsa("ec");
        config.signing.allowed_hosts = vec![pki.host()];
    })
}

/// A key of the PKI that lies elsewhere.
pub fn of_pki(pki: &crate::support::pki::Pki, admin: &Caller, person: Option<&str>, entity: &str) -> Outside {
    let words = pki.key("ec", entity);
    let [key, own, chain] = [1, 3, 5].map(|at| std::fs::read_to_string(&words[at]).unwrap());
    Outside::of(admin, person, &key, own + &chain)
}

#[test]
fn what_is_signed_elsewhere_gets_the_level_that_is_set() {
    let Some(pki) = crate::support::pki::pki() else { return };
    on_both(|fresh| {
        let house = with_pki(fresh, pki, ("B-T", "B-LTA"));
        let office = Office::open(&house);
        let usb = of_pki(pki, &office.admin, Some(&office.leader.person), "signer");
        let hsm = of_pki(pki, &office.admin, None, "signer");
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &for_leader(&office, &id, &usb)).good();
        let Some(value) = usb.sign(&session, &["raw"]) else { return };
        bring(&office.leader, &session, &value).good();
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["signatures"][0]["level"], "B-T");
        office.number(&id).good();
        let session = begin(&office.clerk, &for_seal(&id, &hsm)).good();
        bring(&office.clerk, &session, &hsm.sign(&session, &["digest"]).unwrap()).good();
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
        let sealed = report["signatures"].as_array().unwrap().iter().rfind(|one| one["kind"] == "signature");
        assert_eq!(sealed.unwrap()["level"], "B-LTA", "{report:#}");
        let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
        assert!(kept["items"].as_array().unwrap().iter().all(|item| item["standing"] == "good"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sealed.pdf");
        std::fs::write(&file, &office.clerk.get(&format!("/documents/{id}/content")).body).unwrap();
        let root = pki.path("trust-ec/root.pem");
        let script = include_str!("../signature/ades.py");
        if let Some(output) = judges::run("python", &["-c", script, file.to_str().unwrap(), &root, "B-T"]) {
            let said = judges::text(&output);
            assert_eq!(said.matches("AdESPassed.OK").count(), 2, "{said}");
        }
        checked(&house);
    });
}
