//! What the service remembers of authorities' answers, counted at the authority itself.

use super::house::{Answer, Caller, House};
use super::office::Office;
use crate::support::databases::{Fresh, on_both};
use crate::support::pki::{Pki, own};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::json;

fn open(fresh: &Fresh, pki: &Pki, signing_age: u64) -> House {
    House::open_with(fresh, |config| {
        let folder = config.trust_folder();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(pki.path("trust-ec/root.pem"), folder.join("pki.pem")).unwrap();
        config.signing.allowed_hosts = vec![pki.host()];
        config.signing.revocation_max_age_seconds = signing_age;
    })
}

fn add_key(pki: &Pki, admin: &Caller, person: &str) -> String {
    let words = pki.key("ec", "signer");
    let file: String = [1, 3, 5].map(|at| std::fs::read_to_string(&words[at]).unwrap()).concat();
    let metadata = json!({ "purpose": "personal", "person": person, "name": "signer" });
    let form = Form::new().text("metadata", metadata.to_string()).part("key", Part::bytes(file.into_bytes()));
    Answer::of(admin.post_of("/keys").multipart(form).send()).id()
}

/// What was asked of the authority meanwhile.
fn asked(pki: &Pki, work: impl FnOnce()) -> Vec<String> {
    let before = pki.asked().len();
    work();
    pki.asked().split_off(before)
}

fn signed(office: &Office) -> String {
    let id = office.draft();
    office.prepare(&id).good();
    office.sign(&id).good();
    id
}

#[test]
fn the_authority_is_asked_once_for_verdicts_and_anew_for_signing_as_it_is_set() {
    let Some(pki) = own() else { return };
    on_both(|fresh| {
        let house = open(fresh, &pki, 0);
        let mut office = Office::open(&house);
        office.personal = add_key(&pki, &office.admin, &office.leader.person);
        let mut id = String::new();
        let first = asked(&pki, || id = signed(&office));
        assert!(first.iter().any(|line| line.contains("/ocsp/")), "{first:#?}");
        let second = asked(&pki, || drop(signed(&office)));
        assert!(
            second.iter().any(|line| line.contains("/ocsp/")),
            "signing demands a fresh answer: {second:#?}"
        );

        // The same document comes in from outside: nothing is kept for it but what is remembered.
        let bytes = office.clerk.get(&format!("/documents/{id}/content")).body;
        let metadata =
            json!({ "direction": "incoming", "type": "QĐ", "subject": "Về việc thử", "sender": "UBND" });
        let mut incoming = String::new();
        let came = asked(&pki, || incoming = office.clerk.upload(&metadata, "den.pdf", bytes).id());
        assert_eq!(came, Vec::<String>::new(), "known from signing");
        let path = format!("/documents/{incoming}/signatures");
        let judged = asked(&pki, || {
            let report = office.clerk.get(&path).good();
            assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
        });
        assert_eq!(judged, Vec::<String>::new());
        let metrics =
            reqwest::blocking::get(format!("{}/metrics", house.management())).unwrap().text().unwrap();
        assert!(
            metrics.contains(r#"chancery_remembered_answers_total{outcome="hit",topic="ocsp"}"#),
            "{metrics}"
        );

        // A day later it is too old; the authority is asked again.
        house.clock.set_days(1);
        office.clerk.log_in();
        let later = asked(&pki, || drop(office.clerk.get(&path)));
        assert!(later.iter().any(|line| line.contains("/ocsp/")), "{later:#?}");
    });
}

#[test]
fn signing_may_be_allowed_what_was_answered_a_minute_ago() {
    let Some(pki) = own() else { return };
    on_both(|fresh| {
        let house = open(fresh, &pki, 60);
        let mut office = Office::open(&house);
        office.personal = add_key(&pki, &office.admin, &office.leader.person);
        let (one, two) = (office.draft(), office.draft());
        for id in [&one, &two] {
            office.prepare(id).good();
        }
        let first = asked(&pki, || drop(office.sign(&one).good()));
        let second = asked(&pki, || drop(office.sign(&two).good()));
        // What is kept with a signature is of after it was made; what is asked before it is recalled.
        assert!(second.len() < first.len(), "{first:#?} {second:#?}");
    });
}
