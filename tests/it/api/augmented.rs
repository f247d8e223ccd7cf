//! Issued documents raised to another level later, and archive time-stamps renewed before they end, against a PKI over
//! HTTP.

use super::house::{Answer, House, fresh_key};
use super::levels::{Door, judged_by_others, key_of, levels_of, office, open, seal};
use super::office::Office;
use crate::support::databases::on_both;
use crate::support::pki::{Pki, own_with, pki};
use chancery::audit::fsck::fsck;
use chancery::desk::Level;
use chancery::dossier::renew_due;
use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

fn issued(office: &Office) -> String {
    let id = office.draft();
    office.prepare(&id).good();
    office.sign(&id).good();
    office.number(&id).good();
    seal(office, &id).good();
    office.clerk_does(&id, "issue").good();
    id
}

fn augment(office: &Office, id: &str, level: &str) -> Answer {
    office.clerk.post(&format!("/documents/{id}/augment"), &json!({ "level": level }))
}

fn levels(office: &Office, id: &str) -> (Vec<String>, Value) {
    let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
    let levels = levels_of(&report).into_iter().map(|(_, level, _)| level).collect();
    (levels, report["indication"].clone())
}

fn content(office: &Office, id: &str) -> Vec<u8> {
    office.clerk.get(&format!("/documents/{id}/content")).body
}

fn trail_holds(house: &House) {
    chancery::server::settle(house.service()).unwrap();
    let checked =
        house.service().desk.database.read_blocking(|c| fsck(c, &chancery::trail::tables())).unwrap();
    assert_eq!(checked.indication, "good", "{:?}", checked.first_bad);
}

#[test]
fn an_issued_document_is_raised_level_by_level_and_never_twice() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        let door = Door::before(pki);
        let house = open(fresh, pki, "rsa", (Level::Basic, Level::Basic), &door);
        let office = office(&house, pki, "rsa");
        let draft = office.draft();
        assert_eq!(augment(&office, &draft, "B-T").problem(409), "illegal_transition");
        let id = issued(&office);
        let (signed, path) = (content(&office, &id), format!("/documents/{id}/augment"));
        // A dead authority changes nothing.
        door.set(false);
        let before = house.stored();
        assert_eq!(augment(&office, &id, "B-T").problem(503), "timestamp_unavailable");
        assert_eq!(house.stored(), before);
        door.set(true);
        let etag = office.clerk.get(&format!("/documents/{id}")).header("etag");
        let send = |key: &str, etag: &str| {
            let request = office.archivist.request(Method::POST, &format!("/api/v1{path}"));
            let request = request.header("idempotency-key", key).header("if-match", etag);
            Answer::of(request.json(&json!({ "level": "B-T" })).send())
        };
        let key = fresh_key();
        let raised = send(&key, &etag);
        assert_eq!(raised.good()["state"], "issued");
        assert_ne!(raised.header("etag"), etag);
        // The same request again is the same answer; another one with what was read before is stale.
        assert_eq!(send(&key, &etag).body, raised.body);
        assert_eq!(send(&fresh_key(), &etag).problem(412), "changed_meanwhile");
        assert_eq!(augment(&office, &id, "B-T").problem(409), "level_reached");
        assert_eq!(levels(&office, &id).0, ["B-T", "B-T"]);
        augment(&office, &id, "B-LTA").good();
        assert_eq!(augment(&office, &id, "B-LTA").problem(409), "level_reached");
        assert_eq!(augment(&office, &id, "B-LT").problem(409), "level_reached");
        assert_eq!(augment(&office, &id, "B-B").problem(422), "request_invalid");
        // What was signed is where it was.
        let last = content(&office, &id);
        assert!(last.starts_with(&signed) && last.len() > signed.len());
        // Nobody is asked any more.
        door.set(false);
        assert_eq!(
            levels(&office, &id),
            (vec!["B-LTA".to_owned(), "B-LTA".to_owned()], json!("TOTAL-PASSED"))
        );
        // pyHanko wants the time-stamp in the signature, where the baseline allows one over the document
        // (docs/validators.md); raised from B-T it agrees, see below.
        judged_by_others(&office, &id, pki, "rsa", ("B-LTA", 0));
        let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
        let of = |level: &Value| (level["level"].clone(), level["verdict"]["indication"].clone());
        let raised: Vec<_> = kept["raised"].as_array().unwrap().iter().map(of).collect();
        assert_eq!(raised, [(json!("B-T"), json!("TOTAL-PASSED")), (json!("B-LTA"), json!("TOTAL-PASSED"))]);
        assert!(kept["raised"][1]["stamp_ends_at"].as_str().unwrap().starts_with("2080-01-01"), "{kept:#}");
        let shown = office.clerk.get(&format!("/documents/{id}")).good();
        let stages = shown["components"][0]["versions"].as_array().unwrap().iter();
        let stages: Vec<_> = stages.map(|version| version["stage"].as_str().unwrap()).collect();
        assert_eq!(stages, ["draft", "prepared", "signed", "issued", "issued", "issued"]);
        let events = office.clerk.get(&format!("/documents/{id}/events")).text();
        assert_eq!(events.matches("\"kind\":\"document.augmented\"").count(), 2, "{events}");
        trail_holds(&house);
    });
}

#[test]
fn what_was_handed_over_is_not_changed_any_more() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        let door = Door::before(pki);
        let house = open(fresh, pki, "ec", (Level::Time, Level::Time), &door);
        let office = office(&house, pki, "ec");
        let id = issued(&office);
        let clerk = &office.clerk;
        let plan = json!({ "notation": "01.VT", "title": "Tập lưu", "retention": "01" });
        let entry = clerk.post("/file-plan", &plan).id();
        let dossier = clerk.post("/dossiers", &json!({ "file_plan_entry": entry })).id();
        let etag = || clerk.get(&format!("/dossiers/{dossier}")).header("etag");
        let path = format!("/api/v1/dossiers/{dossier}/documents/{id}");
        Answer::of(clerk.request(Method::PUT, &path).header("if-match", etag()).send()).good();
        clerk.post(&format!("/dossiers/{dossier}/close"), &json!({})).good();
        // A closed file is still the agency's: its version tells that what it holds was changed.
        let before = etag();
        augment(&office, &id, "B-LT").good();
        assert_ne!(etag(), before);
        let transfer = clerk.post("/transfers", &json!({ "dossiers": [dossier] })).id();
        assert_eq!(augment(&office, &id, "B-LTA").problem(409), "document_handed_over");
        let path = format!("/transfers/{transfer}/reject");
        office.archivist.post(&path, &json!({ "reasons": ["thiếu"] })).good();
        augment(&office, &id, "B-LTA").good();
        judged_by_others(&office, &id, pki, "ec", ("B-LTA", 2));
        let transfer = clerk.post("/transfers", &json!({ "dossiers": [dossier] })).id();
        office.archivist.post(&format!("/transfers/{transfer}/accept"), &json!({})).good();
        assert_eq!(augment(&office, &id, "B-LTA").problem(409), "document_handed_over");
        // Nor is it renewed by itself.
        assert_eq!(renew_due(&house.service().desk, TimeDelta::days(36_500)).unwrap(), 0);
        trail_holds(&house);
    });
}

/// A PKI with a second authority for time-stamps, whose certificate ends in a hundred days.
fn with_an_ending_authority() -> Option<Pki> {
    let ends = (Utc::now() + TimeDelta::days(100)).format("%Y-%m-%dT00:00:00+0000");
    own_with(&|text| {
        let certificate = format!(
            "      tsa-ending:\n        template: tsa\n        subject: tsa\n        subject-key: tsa\n        validity: {{valid-from: \"2020-01-01T00:00:00+0000\", valid-to: \"{ends}\"}}\n      signer:\n        issuer: interm\n"
        );
        let text = text.replace("      signer:\n        issuer: interm\n", &certificate);
        let service = "        tsa: {signing-key: tsa, signing-cert: tsa}\n";
        text.replace(
            service,
            &format!("{service}        ending: {{signing-key: tsa, signing-cert: tsa-ending}}\n"),
        )
    })
}

#[test]
fn an_archive_time_stamp_is_renewed_before_its_certificate_ends_and_not_sooner() {
    let Some(pki) = with_an_ending_authority() else { return };
    on_both(|fresh| {
        let house = House::open_with(fresh, |config| {
            std::fs::create_dir_all(config.trust_folder()).unwrap();
            std::fs::copy(pki.path("trust-ec/root.pem"), config.trust_folder().join("pki.pem")).unwrap();
            (config.signing.personal_level, config.signing.agency_level) = (Level::Time, Level::Archival);
            config.signing.tsa = pki.tsa("ec").replace("/tsa/tsa", "/tsa/ending");
            config.signing.allowed_hosts = vec![pki.host()];
        });
        let mut office = Office::open(&house);
        office.personal = key_of(&pki, "ec", "signer", &office.admin, Some(&office.leader.person));
        office.seal = key_of(&pki, "ec", "signer", &office.admin, None);
        let id = issued(&office);
        let stamps = || {
            let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
            let all = report["signatures"].as_array().unwrap().iter();
            assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
            all.filter(|one| one["kind"] == "document_timestamp").count()
        };
        let first = content(&office, &id);
        let renew = |desk: &chancery::desk::Desk, days| renew_due(desk, TimeDelta::days(days)).unwrap();
        let own = house.service().desk.clone();
        assert_eq!((renew(&own, 90), stamps()), (0, 1), "not due yet");
        assert_eq!(
            (renew(&own, 110), stamps()),
            (0, 1),
            "due, but the authority's certificate is the same still"
        );
        // Now the authority has a certificate that ends later. (The clock stands: lists of revocation are of today.)
        let mut later = own.clone();
        later.signing.authority = Some(pki.tsa("ec"));
        assert_eq!((renew(&later, 90), stamps()), (0, 1), "a later certificate alone is no reason");
        assert_eq!((renew(&later, 110), stamps()), (1, 2));
        assert_eq!((renew(&later, 110), stamps()), (0, 2), "once is enough");
        let last = content(&office, &id);
        assert!(last.starts_with(&first));
        let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
        let ends: Vec<&str> = kept["raised"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["stamp_ends_at"].as_str().unwrap())
            .collect();
        assert_eq!((ends.len(), &ends[1][..10]), (2, "2080-01-01"), "{ends:?}");
        assert!(
            office.clerk.get(&format!("/documents/{id}/events")).text().contains("document.stamp_renewed")
        );
        judged_by_others(&office, &id, &pki, "ec", ("B-LTA", 2));
        trail_holds(&house);
    });
}
