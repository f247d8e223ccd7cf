//! Format checks over REST: once and kept nowhere, drawn on the page, counted by rule and unit.

use super::house::{Answer, Caller, House};
use crate::support::databases::{on_both, sqlite};
use crate::support::fixture;
use chancery::identity::rows::Role;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};

fn check(caller: &Caller, query: &str, name: &str, bytes: Vec<u8>) -> Answer {
    let form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
    let path = format!("/api/v1/format-checks{query}");
    Answer::of(caller.request(Method::POST, &path).multipart(form).send())
}

fn metadata(unit: Option<&str>) -> Value {
    json!({ "direction": "outgoing", "type": "QĐ", "subject": "Phê duyệt kế hoạch", "drafting_unit": unit })
}

#[test]
fn a_file_is_checked_once_and_nothing_of_it_is_kept() {
    let house = House::open(&sqlite());
    let signer = house.person("signer", &[Role::Signer]);
    let before = (house.stored(), signer.get("/documents").good());
    for (name, conforms, pages) in [
        ("sai-so-ngay.pdf", json!(false), json!([1])),
        ("sai-so-ngay.docx", json!(false), json!([])),
        ("quyet-dinh.pdf", json!(true), json!([])),
    ] {
        let report = check(&signer, "", name, fixture(&format!("documents/{name}"))).good();
        assert_eq!(report["conforms"], conforms, "{name}");
        assert_eq!(report["overlay_pages"], pages, "{name}");
        assert_eq!(report["profile"]["id"], "vn-nd30-2020");
        assert_eq!(report["document"]["type"], "QĐ");
        // What the clerk confirms instead of typing, in the words of taking in.
        let prefill = &report["prefill"];
        assert_eq!((&prefill["type"], &prefill["urgency"]), (&json!("QĐ"), &json!("normal")));
        assert_eq!(prefill["sender"], "ỦY BAN NHÂN DÂN HUYỆN THANH BÌNH");
        assert!(prefill["subject"].as_str().unwrap().starts_with("Về việc phê duyệt"), "{prefill}");
        assert_eq!(report["metadata"]["signer"]["value"], "Trần Văn Mẫu");
    }
    let picture = check(&signer, "?overlay=png", "a.pdf", fixture("documents/sai-le.pdf"));
    assert_eq!((picture.status, picture.header("content-type").as_str()), (200, "image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));
    let drawing = check(&signer, "?overlay=svg&page=1", "a.pdf", fixture("documents/sai-le.pdf"));
    assert!(drawing.text().contains("Lề trái phải từ 30 đến 35 mm."));
    assert!(drawing.header("content-security-policy").contains("sandbox"));
    assert_eq!((house.stored(), signer.get("/documents").good()), before, "nothing was stored");
}

#[test]
fn what_was_proposed_and_confirmed_takes_the_document_in() {
    let house = House::open(&sqlite());
    let clerk = house.person("clerk", &[Role::Clerk]);
    let bytes = fixture("documents/sai-so-ngay.pdf");
    let mut prefill = check(&clerk, "", "a.pdf", bytes.clone()).good()["prefill"].clone();
    let confirmed = prefill.as_object_mut().unwrap();
    assert_eq!(confirmed.remove("confidence"), Some(json!("medium")));
    confirmed.insert("direction".to_owned(), json!("incoming"));
    let taken = clerk.upload(&prefill, "a.pdf", bytes).good();
    assert_eq!((&taken["type"], &taken["subject"]), (&json!("QĐ"), &prefill["subject"]));
    assert_eq!(taken["sender"], "ỦY BAN NHÂN DÂN HUYỆN THANH BÌNH");
}

#[test]
fn what_can_not_be_checked_or_drawn_is_a_problem_that_says_so() {
    let house = House::open(&sqlite());
    let clerk = house.person("clerk", &[Role::Clerk]);
    let problem = |query: &str, bytes: Vec<u8>, status: u16| check(&clerk, query, "x", bytes).problem(status);
    assert_eq!(problem("", b"plain text".to_vec(), 422), "format_unknown_file");
    assert_eq!(problem("", Vec::new(), 422), "file_empty");
    let right = || fixture("documents/sai-le.pdf");
    assert_eq!(problem("?overlay=png&page=99", right(), 404), "overlay_no_page");
    assert_eq!(problem("?overlay=png&page=0", right(), 404), "overlay_no_page");
    assert_eq!(problem("?overlay=png", fixture("documents/sai-le.docx"), 404), "overlay_no_page");
    assert_eq!(problem("?overlay=gif", right(), 422), "request_invalid");
    assert_eq!(problem("?colour=red", right(), 422), "request_invalid");
    let form = Form::new().text("metadata", "{}").part("file", Part::bytes(right()).file_name("a.pdf"));
    let path = "/api/v1/format-checks";
    let refused = Answer::of(clerk.request(Method::POST, path).multipart(form).send());
    assert_eq!(refused.problem(400), "upload_part_unknown");
    assert_eq!(check(&house.nobody(), "", "a.pdf", right()).problem(401), "unauthenticated");
    let administrator = house.person("administrator", &[Role::Administrator]);
    assert_eq!(check(&administrator, "", "a.pdf", right()).problem(403), "permission_missing");
}

#[test]
fn the_findings_of_a_document_are_drawn_on_its_page() {
    let house = House::open(&sqlite());
    let clerk = house.person("clerk", &[Role::Clerk]);
    let id = clerk.upload(&metadata(None), "a.pdf", fixture("documents/sai-so-ngay.pdf")).id();
    let overlay =
        |caller: &Caller, query: &str| caller.get(&format!("/documents/{id}/format-check/overlay{query}"));
    assert!(overlay(&clerk, "").body.starts_with(b"\x89PNG"));
    let drawing = overlay(&clerk, "?encoding=svg&page=1");
    assert!(drawing.text().contains("ngày 05 tháng 01"), "{}", drawing.header("content-type"));
    assert_eq!(overlay(&clerk, "?page=7").problem(404), "overlay_no_page");
    let other = house.person_in(&house.other_agency(), "other", &[Role::Clerk]);
    assert_eq!(overlay(&other, "").problem(404), "not_found");
}

#[test]
fn findings_are_counted_by_rule_and_unit_in_a_period() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let clerk = house.person("clerk", &[Role::Clerk]);
        let inspector = house.person("inspector", &[Role::Inspector]);
        for (name, unit) in [
            ("sai-so-ngay.pdf", Some("NV")),
            ("sai-so-ngay.docx", Some("VP")),
            ("sai-le.docx", Some("VP")),
            ("quyet-dinh.pdf", None),
        ] {
            let id = clerk.upload(&metadata(unit), name, fixture(&format!("documents/{name}"))).id();
            clerk.format_check(&id);
        }
        let rules = |report: &Value| -> Vec<(String, i64)> {
            let rules = report["rules"].as_array().unwrap().iter();
            rules
                .map(|rule| (rule["rule"].as_str().unwrap().to_owned(), rule["files"].as_i64().unwrap()))
                .collect()
        };
        let named = |rules: &[(&str, i64)]| -> Vec<(String, i64)> {
            rules.iter().map(|(rule, files)| ((*rule).to_owned(), *files)).collect()
        };
        let all = inspector.get("/reports/format").good();
        assert_eq!((&all["checked"], &all["without_error"]), (&json!(4), &json!(1)), "on {}", fresh.name());
        assert_eq!(rules(&all), named(&[("date.padding", 2), ("number.padding", 2), ("margin.left", 1)]));
        assert!(all["rules"][0]["message"]["vi"].is_string() && all["rules"][0]["basis"].is_string());
        let units: Vec<(&str, i64)> = all["units"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unit| (unit["unit"].as_str().unwrap(), unit["checked"].as_i64().unwrap()))
            .collect();
        assert_eq!(units, [("", 1), ("NV", 1), ("VP", 2)]);
        let office = inspector.get("/reports/format?unit=VP").good();
        assert_eq!(office["checked"], json!(2));
        assert_eq!(rules(&office).len(), 3);
        // The days are the agency's; what was checked today isn't counted tomorrow.
        let today = (chrono::Utc::now() + chrono::TimeDelta::hours(7)).date_naive();
        let day = |ahead: i64| today + chrono::TimeDelta::days(ahead);
        let period =
            |from: i64, to: i64| inspector.get(&format!("/reports/format?from={}&to={}", day(from), day(to)));
        assert_eq!(period(0, 0).good()["checked"], json!(4));
        assert_eq!(period(1, 9).good()["checked"], json!(0));
        assert_eq!(period(-9, -1).good()["checked"], json!(0));
        assert_eq!(period(1, 0).problem(422), "request_invalid");
        // Another agency has its own.
        let other = house.person_in(&house.other_agency(), "other", &[Role::Inspector]);
        assert_eq!(other.get("/reports/format").good()["checked"], json!(0));
        let drafter = house.person("drafter", &[Role::Drafter]);
        assert_eq!(drafter.get("/reports/format").problem(403), "permission_missing");
    });
}
