//! Who may do what when: appointments by date, revocation at once, two people for a hand-over, the order of signatures,
//! stale versions, retries, pages of lists (cases T07, T08, T51, T52).

use super::house::{Answer, House, fresh_key};
use super::office::{Office, add_key};
use crate::support::databases::{on_both, sqlite};
use crate::support::fixture;
use chancery::identity::rows::Role;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn an_appointment_counts_from_its_first_day_to_its_last() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let admin = house.person("admin2", &[Role::Administrator]);
        let mut person = house.person("person", &[]);
        let today = (chrono::Utc::now() + chrono::TimeDelta::hours(7)).date_naive();
        let day = |ahead: i64| (today + chrono::TimeDelta::days(ahead)).to_string();
        let appoint = |roles: &str, from: String, to: String| {
            let body = json!({ "person": person.person, "title": "Chức danh", "roles": [roles],
                "valid_from": from, "valid_to": to, "basis": "QĐ 01" });
            admin.post("/appointments", &body)
        };
        appoint("clerk", day(2), day(3)).good();
        assert_eq!(appoint("clerk", day(3), day(2)).problem(409), "period_ends_before_it_begins");
        for (ahead, status) in [(0, 403), (1, 403), (2, 200), (3, 200), (4, 403)] {
            house.clock.set_days(ahead);
            person.log_in();
            assert_eq!(person.get("/documents").status, status, "{ahead} days ahead on {}", fresh.name());
        }
    });
}

#[test]
fn what_was_taken_away_stops_at_once() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let admin = house.person("admin2", &[Role::Administrator]);
        let mut clerk = house.person("clerk", &[Role::Clerk]);
        clerk.get("/documents").good();
        // The role.
        let ended = admin.post(&format!("/appointments/{}/end", clerk.appointment), &json!({})).good();
        assert!(ended["valid_to"].as_str().unwrap() < ended["valid_from"].as_str().unwrap());
        assert_eq!(clerk.get("/documents").problem(403), "permission_missing");
        let again = json!({ "person": clerk.person, "title": "Văn thư", "roles": ["clerk"] });
        admin.post("/appointments", &again).good();
        clerk.get("/documents").good();
        // The account: sessions end, logging in fails, and nobody acts for the person.
        let system = house.system("system", &[Role::Clerk]);
        let on_behalf = |expected: u16| {
            let request =
                system.request(Method::GET, "/api/v1/documents").header("on-behalf-of", &clerk.person);
            assert_eq!(Answer::of(request.send()).status, expected);
        };
        on_behalf(200);
        let path = format!("/accounts/{}/disable", clerk.account);
        assert_eq!(admin.post(&path, &json!({ "disabled": true })).good()["disabled"], json!(true));
        assert_eq!(clerk.get("/documents").problem(401), "unauthenticated");
        on_behalf(401);
        let body = json!({ "login": "clerk", "password": "mot-mat-khau-du-dai" });
        let refused =
            Answer::of(clerk.http.post(format!("{}/api/v1/sessions", house.base)).json(&body).send());
        assert_eq!(refused.problem(401), "login_refused");
        admin.post(&path, &json!({ "disabled": false })).good();
        assert_eq!(clerk.get("/documents").problem(401), "unauthenticated", "the old session stays ended");
        clerk.log_in();
        clerk.get("/documents").good();
        // The system's key.
        system.get("/documents").good();
        let path = format!("/clients/{}/disable", system.account);
        admin.post(&path, &json!({ "disabled": true })).good();
        assert_eq!(system.get("/documents").problem(401), "unauthenticated");
        // A session ends by itself.
        house.clock.set_days(1);
        assert_eq!(clerk.get("/documents").problem(401), "unauthenticated");
    });
}

#[test]
fn signatures_come_in_their_order_and_by_their_owners() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let id = office.draft();
        let told = house.refusals().len();
        let mut refused = 0;
        let mut refuse = |answer: Answer, code: &str| {
            assert_eq!(answer.problem(answer.status), code, "on {}", fresh.name());
            refused += 1;
        };
        // Nothing may be skipped.
        refuse(office.sign(&id), "illegal_transition");
        refuse(office.number(&id), "illegal_transition");
        refuse(office.clerk_does(&id, "seal"), "illegal_transition");
        refuse(office.clerk_does(&id, "issue"), "illegal_transition");
        office.prepare(&id).good();
        refuse(office.prepare(&id), "illegal_transition");
        refuse(office.number(&id), "illegal_transition");
        refuse(office.clerk_does(&id, "seal"), "illegal_transition");
        // Another signer, another's appointment, another's key, the agency's key, a key that is none.
        let other = house.person("other", &[Role::Signer]);
        let others = add_key(&house, &office.admin, "personal", Some(&other.person), "Người Khác");
        refuse(office.sign_with(&other, &id, &other.appointment, &others), "signer_is_another");
        refuse(
            office.sign_with(&other, &id, &office.leader.appointment, &office.personal),
            "appointment_not_yours",
        );
        refuse(office.sign_with(&office.leader, &id, &office.leader.appointment, &others), "key_not_yours");
        refuse(
            office.sign_with(&office.leader, &id, &office.leader.appointment, &office.seal),
            "key_not_yours",
        );
        refuse(office.sign_with(&office.leader, &id, &office.leader.appointment, &fresh_key()), "not_found");
        office.sign(&id).good();
        refuse(office.sign(&id), "illegal_transition");
        // The agency signs over a numbered document only.
        refuse(office.clerk_does(&id, "seal"), "illegal_transition");
        refuse(office.clerk_does(&id, "issue"), "illegal_transition");
        let numbered = office.number(&id).good();
        assert_eq!(numbered["symbol"], json!("01/QĐ-UBND"));
        refuse(office.number(&id), "illegal_transition");
        let with_personal = json!({ "key": office.personal });
        refuse(office.clerk.post(&format!("/documents/{id}/seal"), &with_personal), "key_not_yours");
        office.clerk_does(&id, "seal").good();
        office.clerk_does(&id, "issue").good();
        refuse(
            office.clerk.post(&format!("/documents/{id}/void"), &json!({ "reason": "vì" })),
            "illegal_transition",
        );
        assert_eq!(house.refusals().len() - told, refused, "each refusal is an event");
        let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
        assert_eq!(report["indication"], json!("TOTAL-PASSED"));
        // An appointment that ended signs no more.
        let next = office.draft();
        office.prepare(&next).good();
        let end = format!("/appointments/{}/end", office.leader.appointment);
        office.admin.post(&end, &json!({})).good();
        assert_eq!(office.sign(&next).problem(403), "permission_missing");
        assert_eq!(office.state(&next), json!("prepared"));
        let third = office.draft();
        assert_eq!(office.prepare(&third).problem(409), "appointment_not_in_force");
    });
}

#[test]
fn who_submits_a_hand_over_can_not_decide_on_it() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let both = house.person("both", &[Role::Clerk, Role::Archivist]);
        let dossier = office.closed(&both);
        let transfer = both.post("/transfers", &json!({ "dossiers": [dossier] })).id();
        // By a second account of the same person, too, and by a system for that person.
        let second = json!({ "person": both.person, "login": "second" });
        let account = office.admin.post("/accounts", &second).good();
        let mut again = both.clone();
        again.login = "second".to_owned();
        let body = json!({ "login": "second", "password": account["one_time_password"] });
        let session =
            Answer::of(again.http.post(format!("{}/api/v1/sessions", house.base)).json(&body).send());
        session.good();
        again.cookie = session.header("set-cookie").split(';').next().map(str::to_owned);
        assert_eq!(again.get("/documents").problem(403), "password_change_required");
        let changed = again
            .request(Method::POST, "/api/v1/sessions/password")
            .json(&json!({ "current": account["one_time_password"], "new": "mot-mat-khau-khac" }));
        assert_eq!(Answer::of(changed.send()).status, 204);
        let system = house.system("system", &[Role::Archivist]);
        let told = house.refusals().len();
        for act in ["accept", "reject"] {
            let path = format!("/transfers/{transfer}/{act}");
            let body = if act == "reject" { json!({ "reasons": ["thiếu"] }) } else { json!({}) };
            assert_eq!(both.post(&path, &body).problem(409), "transfer_own");
            assert_eq!(again.post(&path, &body).problem(409), "transfer_own");
            let behalf = system.post_of(&path).header("on-behalf-of", &both.person).json(&body);
            assert_eq!(Answer::of(behalf.send()).problem(409), "transfer_own");
        }
        assert_eq!(house.refusals().len() - told, 6);
        let accepted = office.archivist.post(&format!("/transfers/{transfer}/accept"), &json!({})).good();
        assert_eq!(accepted["state"], json!("accepted"));
        let late =
            office.archivist.post(&format!("/transfers/{transfer}/reject"), &json!({ "reasons": ["thiếu"] }));
        assert_eq!(late.problem(409), "transfer_decided");
    });
}

#[test]
fn a_draft_that_prints_another_symbol_is_sent_back() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let office = Office::open(&house);
    // The file prints /QĐ-UBND; a directive would get /CT-UBND.
    let metadata = json!({ "direction": "outgoing", "type": "CT", "subject": "Về việc thử" });
    let id = office.drafter.upload(&metadata, "a.pdf", fixture("documents/quyet-dinh.pdf")).id();
    let answer = office.prepare(&id);
    assert_eq!(answer.problem(422), "symbol_differs");
    let title = answer.json()["title"].as_str().unwrap().to_owned();
    assert!(title.contains("QĐ-UBND") && title.contains("CT-UBND"), "{title}");
    assert_eq!(office.state(&id), json!("draft"));
}

#[test]
fn a_draft_of_a_year_that_has_passed_gets_no_number_and_may_be_corrected() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let office = Office::open(&house);
    let id = office.draft();
    office.prepare(&id).good();
    // The file prints its year; by then it is another.
    house.clock.set_days(400);
    let mut office = office;
    for caller in [&mut office.leader, &mut office.clerk, &mut office.drafter] {
        caller.log_in();
    }
    office.sign(&id).good();
    assert_eq!(office.number(&id).problem(409), "printed_period_differs");
    let gaps = office.clerk.get(&format!("/registers/{}/gaps", office.register)).good();
    assert_eq!(
        (gaps["taken"].clone(), gaps["next_number"].clone()),
        (json!(0), json!(1)),
        "no number was lost"
    );
    let form = reqwest::blocking::multipart::Form::new().part(
        "file",
        reqwest::blocking::multipart::Part::bytes(fixture("documents/quyet-dinh.pdf")).file_name("b.pdf"),
    );
    let revised = office.drafter.post_of(&format!("/documents/{id}/versions")).multipart(form);
    assert_eq!(Answer::of(revised.send()).good()["state"], json!("draft"));
}

#[test]
fn what_changed_since_it_was_read_is_not_overwritten() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let id = office.draft();
        let etag = office.drafter.get(&format!("/documents/{id}")).header("etag");
        assert_eq!(etag, "\"1\"");
        office.prepare(&id).good();
        let body = json!({ "appointment": office.leader.appointment, "key": office.personal });
        for stale in [etag.as_str(), "\"99\"", "W/\"2\"", "2", ""] {
            let request = office.leader.post_of(&format!("/documents/{id}/sign")).header("if-match", stale);
            assert_eq!(Answer::of(request.json(&body).send()).problem(412), "changed_meanwhile", "{stale}");
        }
        assert_eq!(office.state(&id), json!("prepared"));
        let request = office.leader.post_of(&format!("/documents/{id}/sign")).header("if-match", "\"2\"");
        Answer::of(request.json(&body).send()).good();
        // Filing needs it.
        let entry = json!({ "notation": "01.VT", "title": "Tập lưu", "retention": "01" });
        let entry = office.clerk.post("/file-plan", &entry).id();
        let dossier = office.clerk.post("/dossiers", &json!({ "file_plan_entry": entry })).id();
        let path = format!("/api/v1/dossiers/{dossier}/documents/{id}");
        let without = Answer::of(office.clerk.request(Method::PUT, &path).send());
        assert_eq!(without.problem(428), "if_match_missing");
        let stale = Answer::of(office.clerk.request(Method::PUT, &path).header("if-match", "\"7\"").send());
        assert_eq!(stale.problem(412), "changed_meanwhile");
        // Any version will do to who says so (RFC 9110, 13.1.1): what refuses then is the state.
        let any = Answer::of(office.clerk.request(Method::PUT, &path).header("if-match", "*").send());
        assert_eq!(any.problem(409), "document_not_final");
        let again = office.leader.post_of(&format!("/documents/{id}/sign")).header("if-match", "*");
        assert_eq!(Answer::of(again.json(&body).send()).problem(409), "illegal_transition");
        // Of many who read the same version one alone gets through.
        let issued = [office.issued(), office.issued(), office.issued(), office.issued()];
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = issued
                .iter()
                .map(|document| {
                    let path = format!("/api/v1/dossiers/{dossier}/documents/{document}");
                    let clerk = office.clerk.clone();
                    scope.spawn(move || {
                        Answer::of(clerk.request(Method::PUT, &path).header("if-match", "\"1\"").send())
                            .status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?} on {}",
            fresh.name()
        );
        assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 3, "{statuses:?}");
    });
}

#[test]
fn a_request_made_again_is_answered_again_and_done_once() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let clerk = house.person("clerk", &[Role::Clerk]);
        let other = house.person("other", &[Role::Clerk]);
        let body = json!({ "name": "Sổ", "direction": "outgoing" });
        let post = |by: &super::house::Caller, key: Option<&str>, body: &serde_json::Value| {
            let mut request = by.request(Method::POST, "/api/v1/registers").json(body);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            Answer::of(request.send())
        };
        assert_eq!(post(&clerk, None, &body).problem(400), "idempotency_key_missing");
        assert_eq!(post(&clerk, Some(&"k".repeat(201)), &body).problem(400), "idempotency_key_missing");
        let first = post(&clerk, Some("one"), &body);
        let again = post(&clerk, Some("one"), &body);
        assert_eq!(
            (first.status, &first.json(), first.header("etag")),
            (again.status, &again.json(), again.header("etag"))
        );
        let changed = json!({ "name": "Sổ khác", "direction": "outgoing" });
        assert_eq!(post(&clerk, Some("one"), &changed).problem(422), "idempotency_key_reused");
        // The same key of somebody else is another.
        assert_ne!(post(&other, Some("one"), &body).id(), first.id());
        // A hundred at once: one is done; the rest are told so or to come back.
        let before = clerk.get("/registers?limit=200").good()["items"].as_array().unwrap().len();
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..100)
                .map(|at| {
                    let clerk = clerk.clone();
                    scope.spawn(move || {
                        let name = if at % 10 == 9 { "Sổ lạ" } else { "Sổ chung" };
                        let body = json!({ "name": name, "direction": "outgoing" });
                        let request = clerk
                            .request(Method::POST, "/api/v1/registers")
                            .header("idempotency-key", "many");
                        let answer = Answer::of(request.json(&body).send());
                        (answer.status, answer.json()["id"].as_str().unwrap_or_default().to_owned())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let done: BTreeSet<&String> =
            answers.iter().filter(|(status, _)| *status == 201).map(|(_, id)| id).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, _)| matches!(status, 201 | 409 | 422)), "{answers:?}");
        let after = clerk.get("/registers?limit=200").good()["items"].as_array().unwrap().len();
        assert_eq!(after, before + 1, "on {}", fresh.name());
        // A secret that was shown once isn't shown again.
        let admin = house.person("admin2", &[Role::Administrator]);
        let make = || {
            let request = admin.request(Method::POST, "/api/v1/clients").header("idempotency-key", "secret");
            Answer::of(request.json(&json!({ "name": "Hệ thống", "roles": ["clerk"] })).send())
        };
        let (first, again) = (make(), make());
        assert_eq!(first.id(), again.id());
        assert_eq!(first.good()["key"].as_str().unwrap().len(), 64);
    });
}

#[test]
fn pages_of_a_list_hold_everything_once_though_more_arrives() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let clerk = house.person("clerk", &[Role::Clerk]);
        let admin = house.person("admin2", &[Role::Administrator]);
        for at in 0..7 {
            clerk.post("/registers", &json!({ "name": format!("Sổ {at}"), "direction": "outgoing" })).good();
            admin.post("/clients", &json!({ "name": format!("Hệ thống {at}"), "roles": ["clerk"] })).good();
            admin.post("/people", &json!({ "full_name": format!("Người {at}") })).good();
        }
        for (by, list) in [
            (&clerk, "registers"),
            (&admin, "clients"),
            (&admin, "people"),
            (&admin, "accounts"),
            (&admin, "appointments"),
        ] {
            let whole = by.get(&format!("/{list}?limit=200")).good();
            let ids = |page: &serde_json::Value| -> Vec<String> {
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned())
                    .collect()
            };
            let (mut found, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
            loop {
                let path = match &cursor {
                    None => format!("/{list}?limit=2"),
                    Some(cursor) => format!("/{list}?limit=2&cursor={cursor}"),
                };
                let page = by.get(&path).good();
                assert!(page["items"].as_array().unwrap().len() <= 2);
                found.extend(ids(&page));
                pages += 1;
                if pages == 1 && list == "registers" {
                    clerk.post("/registers", &json!({ "name": "Mới", "direction": "outgoing" })).good();
                }
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = Some(next.to_owned()),
                    None => break,
                }
                assert!(pages < 50);
            }
            let unique: BTreeSet<&String> = found.iter().collect();
            assert_eq!(unique.len(), found.len(), "{list}");
            assert!(ids(&whole).iter().all(|id| unique.contains(id)), "{list} on {}", fresh.name());
            for cursor in ["x", "1", "%00", "00000000-0000-0000-0000-00000000000G"] {
                let answer = by.get(&format!("/{list}?cursor={cursor}"));
                assert_eq!(answer.problem(422), "request_invalid");
                assert_eq!(answer.json()["errors"][0]["code"], json!("cursor_invalid"), "{list}");
            }
            for limit in ["0", "201", "-1"] {
                assert_eq!(by.get(&format!("/{list}?limit={limit}")).problem(422), "request_invalid");
            }
        }
    });
}
