//! Documents that come from outside, with what goes along with them: judged as they come, registered in a book of their
//! own, filed, handed over.

use super::house::{Answer, Caller, House, fresh_key};
use super::office::Office;
use crate::support::databases::on_both;
use crate::support::fixture;
use chancery::audit::fsck::fsck;
use chancery::server::settle;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};

fn attach(by: &Caller, id: &str, kind: &str, title: &str, name: &str, bytes: Vec<u8>) -> Answer {
    let metadata = json!({ "kind": kind, "title": title });
    let part = Part::bytes(bytes).file_name(name.to_owned());
    let form = Form::new().text("metadata", metadata.to_string()).part("file", part);
    Answer::of(by.post_of(&format!("/documents/{id}/components")).multipart(form).send())
}

pub fn incoming(by: &Caller, bytes: Vec<u8>) -> Answer {
    let metadata = json!({ "direction": "incoming", "type": "QĐ", "subject": "Về việc đến từ nơi khác",
        "sender": "Sở Nội vụ", "sender_notation": "15/QĐ-SNV", "sender_date": "2025-12-31" });
    by.upload(&metadata, "den.pdf", bytes)
}

fn verdicts(by: &Caller, id: &str) -> Vec<String> {
    let found = by.get(&format!("/documents/{id}/received-verdicts")).good();
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert_eq!(item["report"]["indication"], item["indication"]);
            item["indication"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// Files a document in a dossier of its own and hands it over.
pub fn hand_over(clerk: &Caller, notation: &str, document: &str) -> Value {
    let entry = json!({ "notation": notation, "title": "Tập văn bản đến", "retention": "01" });
    let entry = clerk.post("/file-plan", &entry).id();
    let dossier = clerk.post("/dossiers", &json!({ "file_plan_entry": entry })).id();
    let etag = clerk.get(&format!("/dossiers/{dossier}")).header("etag");
    let path = format!("/api/v1/dossiers/{dossier}/documents/{document}");
    Answer::of(clerk.request(Method::PUT, &path).header("if-match", etag).send()).good();
    clerk.post(&format!("/dossiers/{dossier}/close"), &json!({})).good();
    clerk.post("/transfers", &json!({ "dossiers": [dossier] })).good()
}

#[test]
fn incoming_documents_are_judged_as_they_come_and_go_their_own_way_to_the_archive() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let sent = office.clerk.get(&format!("/documents/{}/content", office.issued())).body;

        let taken = incoming(&office.clerk, sent.clone());
        let id = taken.id();
        let document = taken.good();
        assert_eq!(
            (&document["state"], &document["sender_date"]),
            (&json!("received"), &json!("2025-12-31"))
        );
        let shown = &document["components"][0]["versions"][0];
        assert_eq!(
            (&shown["stage"], &shown["verdict_on_receipt"]),
            (&json!("received"), &json!("TOTAL-PASSED"))
        );

        // What goes along, each with its own verdict; the order is the order they came in.
        let appendix = attach(&office.clerk, &id, "appendix", "Phụ lục I", "pl1.pdf", sent.clone()).good();
        assert_eq!(appendix["components"][1]["kind"], "appendix");
        assert_eq!(appendix["components"][1]["versions"][0]["verdict_on_receipt"], "TOTAL-PASSED");
        let table = fixture("documents/cong-van.docx");
        let attached = attach(&office.clerk, &id, "attachment", "Bảng kèm theo", "bang.docx", table.clone());
        let last = attached.good()["components"][2].clone();
        assert_eq!((&last["kind"], &last["title"]), (&json!("attachment"), &json!("Bảng kèm theo")));
        assert_eq!(last["versions"][0]["verdict_on_receipt"], Value::Null);
        let path = format!("/documents/{id}/components/{}/content", last["id"].as_str().unwrap());
        assert_eq!(office.clerk.get(&path).body, table);
        let foreign =
            house.person_in(&house.other_agency(), "foreign", &[chancery::identity::rows::Role::Clerk]);
        foreign.get(&path).problem(404);
        attach(&foreign, &id, "attachment", "Của người khác", "a.pdf", sent.clone()).problem(404);
        assert_eq!(verdicts(&office.clerk, &id), ["TOTAL-PASSED", "TOTAL-PASSED"]);

        // A number of arrival, from its own register.
        let wrong = office.number(&id);
        assert_eq!(wrong.problem(409), "register_of_other_direction");
        let book = json!({ "name": "Sổ đăng ký văn bản đến", "direction": "incoming" });
        let register = office.clerk.post("/registers", &book).id();
        let numbered =
            office.clerk.post(&format!("/documents/{id}/number"), &json!({ "register": register })).good();
        assert_eq!((&numbered["state"], &numbered["number"]), (&json!("registered"), &json!(1)));
        assert_eq!(numbered["sender_notation"], "15/QĐ-SNV");
        let late = attach(&office.clerk, &id, "attachment", "Muộn", "muon.pdf", sent.clone());
        assert_eq!(late.problem(409), "illegal_transition");

        // The archive gets all of it, under the sender's number and date.
        let transfer = hand_over(&office.clerk, "02.VT", &id);
        let package = &transfer["packages"][0];
        let folder = house.data().join("packages").join(package["agency_id"].as_str().unwrap());
        let inside = folder.join(package["object_id"].as_str().unwrap()).join("representations/rep1");
        let mut data: Vec<String> = std::fs::read_dir(inside.join("data"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        data.sort();
        assert_eq!(data.len(), 3, "{data:?}");
        assert!(data.iter().any(|name| name.ends_with(".1.PL1.pdf")), "{data:?}");
        assert!(data.iter().any(|name| name.ends_with(".1.PL2.docx")), "{data:?}");
        let described =
            std::fs::read_dir(inside.join("metadata/descriptive")).unwrap().flatten().next().unwrap();
        let described = std::fs::read_to_string(described.path()).unwrap();
        assert!(described.contains("31/12/2025") || described.contains("2025-12-31"), "{described}");
        assert!(described.contains("Sở Nội vụ"), "{described}");
        let mets = std::fs::read_to_string(inside.join("METS.xml")).unwrap();
        assert_eq!(mets.matches("LABEL=\"AttachmentFile\"").count(), 1);
        let path = format!("/transfers/{}/accept", transfer["id"].as_str().unwrap());
        office.archivist.post(&path, &json!({})).good();
        let judged = std::process::Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["package", "verify", "--json"])
            .arg(inside.parent().unwrap().parent().unwrap())
            .output()
            .unwrap();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));

        // What it was judged to be when it came is an event, and nothing was changed behind the trail's back.
        let trail = office.clerk.get(&format!("/documents/{id}/events")).good();
        let kinds: Vec<&str> =
            trail["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        let added = "document.component_added";
        assert_eq!(kinds, ["document.taken_in", added, added, "document.numbered"]);
        settle(house.service()).unwrap();
        let checked = house.service().desk.database.read_blocking(|c| fsck(c, &chancery::trail::tables()));
        assert_eq!(checked.unwrap().indication, "good");
    });
}

#[test]
fn a_changed_document_is_taken_in_with_its_verdict_and_refused_by_the_archive() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let mut sent = office.clerk.get(&format!("/documents/{}/content", office.issued())).body;
        // One digit inside the first page's text or a stream: any signed byte serves.
        let at = sent.windows(6).position(|six| six == b"stream").unwrap() + 40;
        sent[at] ^= 1;
        let id = incoming(&office.clerk, sent).id();
        assert_eq!(verdicts(&office.clerk, &id), ["TOTAL-FAILED"]);
        let unsigned = incoming(&office.clerk, fixture("documents/quyet-dinh.pdf")).id();
        assert_eq!(verdicts(&office.clerk, &unsigned), ["NO_SIGNATURE"]);
        let book = json!({ "name": "Sổ đăng ký văn bản đến", "direction": "incoming" });
        let register = office.clerk.post("/registers", &book).id();
        for (arrival, document) in [(1, &id), (2, &unsigned)] {
            let path = format!("/documents/{document}/number");
            let numbered = office.clerk.post(&path, &json!({ "register": register })).good();
            assert_eq!(numbered["number"], arrival);
        }
        let failed = hand_over(&office.clerk, "03.VT", &id);
        let path = format!("/transfers/{}/accept", failed["id"].as_str().unwrap());
        assert_eq!(office.archivist.post(&path, &json!({})).problem(422), "signature_not_passed");
        let open = hand_over(&office.clerk, "04.VT", &unsigned);
        let path = format!("/transfers/{}/accept", open["id"].as_str().unwrap());
        office.archivist.post(&path, &json!({})).good();
    });
}

#[test]
fn attachments_of_a_draft_stay_with_what_is_signed() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let id = office.draft();
        let pdf = fixture("documents/cong-van.pdf");
        let request = |key: &str| {
            let form = Form::new()
                .text("metadata", json!({ "kind": "attachment", "title": "Bảng" }).to_string())
                .part("file", Part::bytes(pdf.clone()).file_name("bang.pdf"));
            let request = office.drafter.request(Method::POST, &format!("/api/v1/documents/{id}/components"));
            Answer::of(request.header("idempotency-key", key.to_owned()).multipart(form).send())
        };
        let key = fresh_key();
        let first = request(&key);
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!(request(&key).json(), first.json(), "asked again, nothing is added");
        let before = house.stored();
        assert_eq!(
            attach(&office.drafter, &id, "annex", "X", "x.pdf", pdf.clone()).problem(422),
            "request_invalid"
        );
        attach(&office.leader, &id, "attachment", "X", "x.pdf", pdf.clone()).problem(403);
        assert_eq!(house.stored(), before);
        office.prepare(&id).good();
        assert_eq!(
            attach(&office.drafter, &id, "attachment", "Muộn", "muon.pdf", pdf.clone()).problem(409),
            "illegal_transition"
        );
        office.sign(&id).good();
        office.number(&id).good();
        office.clerk_does(&id, "seal").good();
        office.clerk_does(&id, "issue").good();
        let transfer = hand_over(&office.clerk, "05.VT", &id);
        let path = format!("/transfers/{}/accept", transfer["id"].as_str().unwrap());
        office.archivist.post(&path, &json!({})).good();
        // Main text, two METS, two descriptions, six schemas, the guide, and the attachment; what is kept of two signatures (a
        // record, their certificates and the anchor's), and the verdict on the attachment as it came.
        assert_eq!(transfer["packages"][0]["files"], 13 + 4 + 1);
    });
}
