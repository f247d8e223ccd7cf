//! Signing on a desktop: a link to fetch the file, a link to bring it back signed, and everything that isn't taken.

use super::house::{Answer, Caller, House};
use super::office::Office;
use super::outside::Outside;
use super::two_step::{accepted, checked, of_pki, told, with_pki};
use crate::support::databases::{on_both, sqlite};
use crate::support::{fixture, judges};
use chancery::identity::rows::Role;
use chancery::pdf::Pdf;
use chancery::pdf::writer::RevisionWriter;
use chancery::pki::issue::NewKey;
use chancery::server;
use chancery::signature::fill::{Fill, fill};
use chancery::signature::prepare;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use std::time::Duration;

fn begin(by: &Caller, office: &Office, document: &str, key: &str) -> Answer {
    let mut body = json!({ "document": document, "method": "desktop", "key": key, "act": "seal" });
    if by.person == office.leader.person {
        body["act"] = json!("sign");
        body["appointment"] = json!(office.leader.appointment);
    }
    by.post("/signing-sessions", &body)
}

fn link<'s>(session: &'s Value, name: &str) -> &'s str {
    session[name].as_str().unwrap()
}

/// The stand-in does its whole work; what it was told.
fn on_desktop(house: &House, session: &Value, key: &Outside, words: &[&str]) -> Option<Value> {
    let [fetch, bring] =
        ["download_url", "upload_url"].map(|name| format!("{}{}", house.base, link(session, name)));
    let (own, cert) = (key.path("key.pem"), key.path("cert.pem"));
    let script = include_str!("desktop.py");
    let output = judges::run("python", &[&["-c", script, &fetch, &bring, &own, &cert], words].concat())?;
    assert!(output.status.success(), "{}", judges::text(&output));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn fetch(house: &House, session: &Value) -> Answer {
    Answer::of(house.nobody().request(Method::GET, link(session, "download_url")).send())
}

fn bring(house: &House, session: &Value, file: Vec<u8>) -> Answer {
    let form = Form::new().part("uploadfile", Part::bytes(file).file_name("signed.pdf"));
    Answer::of(house.nobody().request(Method::POST, link(session, "upload_url")).multipart(form).send())
}

fn in_personal() -> String {
    format!("field={}", prepare::PERSONAL)
}

/// What VGCA's tool reads of a refusal, besides the problem itself.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{}", answer.text());
    assert_eq!((&body["Status"], &body["Message"]), (&json!(false), &body["title"]));
}

#[test]
fn a_desktop_fetches_signs_and_brings_back_for_leader_and_agency() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::Rsa2048);
        let hsm = Outside::registered(&house, &office.admin, None, NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        assert_eq!((&session["to_be_signed"], &session["fetched_at"]), (&Value::Null, &Value::Null));
        let Some(said) = on_desktop(&house, &session, &usb, &[&in_personal()]) else { return };
        assert_eq!((&said["Status"], &said["Message"]), (&json!(true), &json!("")), "{said}");
        assert_eq!(said["FileServer"], format!("/api/v1/documents/{id}/content"));
        assert_eq!(office.state(&id), json!("signed"));
        office.number(&id).good();
        // Number and date stand in the file that is fetched for the seal.
        let session = begin(&office.clerk, &office, &id, &hsm.id).good();
        let said = on_desktop(&house, &session, &hsm, &[&format!("field={}", prepare::AGENCY)]).unwrap();
        assert_eq!(said["Status"], true, "{said}");
        assert_eq!(office.state(&id), json!("sealed"));
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
        assert_eq!(report["signatures"][0]["changes_after"], "form_filling");
        let locked = report["signatures"][1]["permission"]["fieldmdp"].as_array().unwrap();
        assert!(locked.contains(&json!("number")), "{locked:?}");
        accepted(&house, &office, &id, 2);
        let file = office.clerk.get(&format!("/documents/{id}/content")).body;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed.pdf");
        std::fs::write(&path, file).unwrap();
        if let Some(output) = judges::run("pdftotext", &["-layout", path.to_str().unwrap(), "-"]) {
            assert!(judges::text(&output).contains("01/QĐ-UBND"), "{}", judges::text(&output));
        }
        let shown =
            office.clerk.get(&format!("/signing-sessions/{}", session["id"].as_str().unwrap())).good();
        assert_eq!((&shown["state"], &shown["download_url"]), (&json!("completed"), &Value::Null));
        assert!(shown["fetched_at"].is_string());
        let words = told(&office.clerk, &id);
        assert_eq!(words.iter().filter(|word| *word == "signing_session.fetched").count(), 2, "{words:?}");
        assert!(words.iter().rev().take(2).any(|word| word == "signing_session.completed"), "{words:?}");
        checked(&house);
    });
}

#[test]
fn a_mark_of_the_tools_own_is_taken_unless_the_settings_forbid_its_kind() {
    for allowed in [true, false] {
        let house = House::open_with(&sqlite(), |config| config.signing.desktop_pkcs7 = allowed);
        let office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        let words = ["field=Lanh dao", "visible", "adobe"];
        let Some(said) = on_desktop(&house, &session, &usb, &words) else { return };
        if allowed {
            assert_eq!(said["Status"], true, "{said}");
            let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
            assert_eq!(report["signatures"][0]["subfilter"], "adbe.pkcs7.detached");
            assert_eq!(
                (&report["indication"], &report["signatures"][0]["field"]),
                (&json!("TOTAL-PASSED"), &json!("Lanh dao"))
            );
            // The rest of the way goes on as ever.
            office.number(&id).good();
            office.clerk_does(&id, "seal").good();
            accepted(&house, &office, &id, 2);
        } else {
            assert_eq!(said["code"], "upload_signature_kind", "{said}");
            assert_eq!(office.state(&id), json!("prepared"));
        }
        checked(&house);
    }
}

/// A number filled in by nobody who may.
fn filled(file: &[u8]) -> Vec<u8> {
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    fill(&mut writer, &[Fill { field: "number".to_owned(), text: "07".to_owned() }]).unwrap();
    [file.as_slice(), &writer.finish([3; 16]).unwrap().bytes].concat()
}

fn flipped(file: &[u8], at: usize) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at] ^= 1;
    file
}

/// The last digit of the signature value changed: well formed as before, and no signature.
fn spoiled(file: &[u8]) -> Vec<u8> {
    let mark = b"/Contents <";
    let from = file.windows(mark.len()).rposition(|window| window == mark).unwrap() + mark.len();
    let length = file[from..].iter().position(|byte| *byte == b'>').unwrap();
    let at = from + file[from..from + length].iter().rposition(|digit| *digit != b'0').unwrap();
    let mut file = file.to_vec();
    file[at] = if file[at] == b'1' { b'2' } else { b'1' };
    file
}

#[test]
fn whatever_else_comes_back_is_refused_and_kept_nowhere() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let person = Some(office.leader.person.as_str());
        let usb = Outside::registered(&house, &office.admin, person, NewKey::P256);
        let other = Outside::registered(&house, &office.admin, person, NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let given = office.leader.get(&format!("/documents/{id}/content")).body;
        let own = in_personal();
        let Some(good) = usb.sign_file(&given, &[&own]) else { return };
        let sign = |key: &Outside, file: &[u8], words: &[&str]| key.sign_file(file, words).unwrap();
        let second = sign(&usb, &good, &["field=Them", "visible"]);
        let elsewhere = sign(&usb, &fixture("documents/cong-van.pdf"), &["visible"]);
        let agency = format!("field={}", prepare::AGENCY);
        let wrong = [
            ("upload_not_signed", given.clone()),
            // What was taken in, before it was prepared: a whole file, and all of it at the beginning of the other.
            ("upload_not_appended", fixture("documents/quyet-dinh.pdf")),
            ("pdf_truncated", good[..good.len() - 20].to_vec()),
            // A byte of a comment, of which no other check would see anything.
            ("upload_not_appended", flipped(&good, 12)),
            ("upload_not_appended", elsewhere),
            ("upload_signed_several_times", second),
            ("upload_signer_is_another", sign(&other, &given, &[&own])),
            ("upload_field_of_another", sign(&usb, &given, &[&agency])),
            ("upload_signature_invisible", sign(&usb, &given, &["field=Them"])),
            ("upload_changes_more", sign(&usb, &filled(&given), &[&own])),
            ("upload_changes_more", filled(&good)),
            ("upload_signature_fails", spoiled(&good)),
        ];
        for (code, file) in wrong {
            let session = begin(&office.leader, &office, &id, &usb.id).good();
            let before = house.stored();
            refused(&bring(&house, &session, file), 422, code);
            assert_eq!((office.state(&id), house.stored()), (json!("prepared"), before), "{code}");
            // What is no whole PDF isn't looked at, and costs no try.
            if code != "pdf_truncated" {
                let told = told(&office.clerk, &id);
                assert_eq!(told.last().unwrap(), &format!("signing_session.refused refused:{code}"));
            }
        }
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        let answer = bring(&house, &session, b"no document at all".to_vec());
        assert!((400..500).contains(&answer.status), "{}", answer.text());
        // After all that the right one is still taken; then nothing is.
        let answer = bring(&house, &session, good.clone());
        assert_eq!(answer.good()["Status"], true);
        refused(&bring(&house, &session, good), 409, "signing_session_ended");
        checked(&house);
    });
}

#[test]
fn a_link_is_good_once_for_one_thing_and_for_a_while() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let mut office = Office::open(&house);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        let given = fetch(&house, &session);
        assert_eq!((given.status, given.header("content-type").as_str()), (200, "application/pdf"));
        assert_eq!(given.body, office.leader.get(&format!("/documents/{id}/content")).body);
        assert_eq!(fetch(&house, &session).problem(410), "signing_link_used");
        // Each token for its own end; a guess for none.
        let ask = |method: Method, path: &str| {
            let form = Form::new().part("uploadfile", Part::bytes(given.body.clone()).file_name("a.pdf"));
            let request = house.nobody().request(method.clone(), path);
            Answer::of(if method == Method::POST { request.multipart(form).send() } else { request.send() })
        };
        assert_eq!(ask(Method::GET, link(&session, "upload_url")).problem(404), "not_found");
        assert_eq!(ask(Method::POST, link(&session, "download_url")).status, 404);
        let guessed =
            link(&session, "upload_url").rsplit_once('/').unwrap().0.to_owned() + "/" + &"0".repeat(64);
        assert_eq!(ask(Method::POST, &guessed).status, 404);
        // A link isn't told again.
        let body = json!({ "document": id, "method": "desktop", "key": usb.id, "act": "sign",
            "appointment": office.leader.appointment });
        let again = || {
            let request = office.leader.request(Method::POST, "/api/v1/signing-sessions");
            Answer::of(request.header("idempotency-key", "again").json(&body).send()).good()
        };
        let (first, second) = (again(), again());
        assert_eq!(first["id"], second["id"]);
        assert!(first["upload_url"].is_string() && second["upload_url"].is_null());
        // Whom it was given must still be in office.
        let Some(good) = usb.sign_file(&given.body, &[&in_personal()]) else { return };
        let late = begin(&office.leader, &office, &id, &usb.id).good();
        let of_gone = begin(&office.leader, &office, &id, &usb.id).good();
        house.clock.set_days(1);
        office.admin.log_in();
        refused(&bring(&house, &late, good.clone()), 409, "signing_session_ended");
        assert_eq!(fetch(&house, &late).problem(409), "signing_session_ended");
        server::sweep(&house.service().desk, Duration::from_secs(24 * 3600)).unwrap();
        house.clock.set_days(0);
        office.admin.log_in();
        office.leader.log_in();
        office.clerk.log_in();
        let current = begin(&office.leader, &office, &id, &usb.id).good();
        office.admin.post(&format!("/appointments/{}/end", office.leader.appointment), &json!({})).good();
        refused(&bring(&house, &current, good), 403, "link_of_nobody");
        assert_eq!(fetch(&house, &of_gone).status, 403);
        assert_eq!(office.state(&id), json!("prepared"));
        checked(&house);
    });
}

#[test]
fn what_was_signed_over_an_older_version_is_not_taken() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let deputy = house.person("deputy", &[Role::Signer]);
        let usb = Outside::registered(&house, &office.admin, Some(&office.leader.person), NewKey::P256);
        let of_deputy = Outside::registered(&house, &office.admin, Some(&deputy.person), NewKey::P256);
        let id = office.draft();
        office.prepare(&id).good();
        assert_eq!(begin(&deputy, &office, &id, &of_deputy.id).problem(403), "permission_missing");
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        let given = fetch(&house, &session).body;
        let Some(good) = usb.sign_file(&given, &[&in_personal()]) else { return };
        let form = Form::new()
            .part("file", Part::bytes(fixture("documents/quyet-dinh.pdf")).file_name("quyet-dinh.pdf"));
        let revised = office.drafter.post_of(&format!("/documents/{id}/versions")).multipart(form);
        Answer::of(revised.send()).good();
        refused(&bring(&house, &session, good.clone()), 412, "changed_meanwhile");
        let other = begin(&office.leader, &office, &id, &usb.id);
        assert_eq!(other.problem(409), "illegal_transition");
        office.prepare(&id).good();
        let shown =
            office.leader.get(&format!("/signing-sessions/{}", session["id"].as_str().unwrap())).good();
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("failed"), &json!("changed_meanwhile")));
        refused(&bring(&house, &session, good), 409, "signing_session_ended");
        assert_eq!(office.state(&id), json!("prepared"));
        checked(&house);
    });
}

#[test]
fn what_a_desktop_signed_is_raised_to_the_level_that_is_set() {
    let Some(pki) = crate::support::pki::pki() else { return };
    on_both(|fresh| {
        let house = with_pki(fresh, pki, ("B-LTA", "B-T"));
        let office = Office::open(&house);
        let usb = of_pki(pki, &office.admin, Some(&office.leader.person), "signer");
        let id = office.draft();
        office.prepare(&id).good();
        let session = begin(&office.leader, &office, &id, &usb.id).good();
        let Some(said) = on_desktop(&house, &session, &usb, &[&in_personal()]) else { return };
        assert_eq!(said["Status"], true, "{said}");
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
        assert_eq!(report["signatures"][0]["level"], "B-LTA", "{report:#}");
        let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
        assert_eq!(kept["items"][0]["standing"], "good");
        checked(&house);
    });
}
