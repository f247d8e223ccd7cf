//! Signing through the service at the level it is set to, against a PKI over HTTP: what is made, what is kept of it, and
//! what happens when an authority is dead.

use super::house::{Answer, Caller, House};
use super::office::Office;
use crate::support::databases::{Fresh, on_both, sqlite};
use crate::support::judges;
use crate::support::pki::{KINDS, Pki, pki};
use chancery::config::Config;
use chancery::desk::Level;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stands before the PKI: passes on what it is sent while it is up, hangs up when it isn't.
pub(super) struct Door {
    pub(super) port: u16,
    up: Arc<AtomicBool>,
}

impl Door {
    pub(super) fn before(pki: &Pki) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, aim) = (listener.local_addr().unwrap().port(), pki.port);
        let up = Arc::new(AtomicBool::new(true));
        let is_up = Arc::clone(&up);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                if !is_up.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", aim)) else { continue };
                let (mut from, mut to) = (caller.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || copy(&mut from, &mut to));
                std::thread::spawn(move || {
                    let (mut from, mut to) = (server, caller);
                    let _ = copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, up }
    }

    pub(super) fn set(&self, up: bool) {
        self.up.store(up, Ordering::SeqCst);
    }
}

/// The service with the PKI's anchor, levels and authority.
pub(super) fn open(fresh: &Fresh, pki: &Pki, kind: &str, levels: (Level, Level), door: &Door) -> House {
    House::open_with(fresh, |config: &mut Config| {
        let folder = config.trust_folder();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(pki.path(&format!("trust-{kind}/root.pem")), folder.join("pki.pem")).unwrap();
        (config.signing.personal_level, config.signing.agency_level) = levels;
        config.signing.tsa = format!("http://127.0.0.1:{}/{kind}-ca/tsa/tsa", door.port);
        config.signing.allowed_hosts = vec![pki.host()];
        config.signing.seconds = 5;
    })
}

pub(super) fn key_of(pki: &Pki, kind: &str, entity: &str, admin: &Caller, person: Option<&str>) -> String {
    let words = pki.key(kind, entity);
    let file: String = [1, 3, 5].map(|at| std::fs::read_to_string(&words[at]).unwrap()).concat();
    let purpose = if person.is_some() { "personal" } else { "agency_seal" };
    let metadata = json!({ "purpose": purpose, "person": person, "name": entity });
    let form = Form::new().text("metadata", metadata.to_string()).part("key", Part::bytes(file.into_bytes()));
    Answer::of(admin.post_of("/keys").multipart(form).send()).id()
}

/// An office whose people sign with keys of the PKI.
pub(super) fn office(house: &House, pki: &Pki, kind: &str) -> Office {
    let mut office = Office::open(house);
    office.personal = key_of(pki, kind, "signer", &office.admin, Some(&office.leader.person));
    office.seal = key_of(pki, kind, "signer", &office.admin, None);
    office
}

pub(super) fn seal(office: &Office, id: &str) -> Answer {
    office.clerk.post(&format!("/documents/{id}/seal"), &json!({ "key": office.seal }))
}

pub(super) fn levels_of(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = report["signatures"].as_array().unwrap().iter();
    let signed = all.filter(|one| one["kind"] != "document_timestamp");
    signed.map(|one| (text(&one["field"]), text(&one["level"]), text(&one["indication"]))).collect()
}

#[test]
fn a_document_is_signed_and_sealed_at_the_levels_set_and_its_evidence_is_kept() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        for (kind, fresh) in [(KINDS[0], Some(fresh)), (KINDS[1], None)] {
            // The other kind of key once, on a database of its own.
            let own = sqlite();
            let fresh = fresh.unwrap_or(&own);
            let door = Door::before(pki);
            let house = open(fresh, pki, kind, (Level::Time, Level::Archival), &door);
            let office = office(&house, pki, kind);
            let id = office.draft();
            office.prepare(&id).good();
            office.sign(&id).good();
            office.number(&id).good();
            seal(&office, &id).good();
            let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
            let items = kept["items"].as_array().unwrap();
            assert_eq!(items.len(), 2, "{kept:#}");
            for item in items {
                assert_eq!(item["standing"], "good", "{kind}");
                assert_eq!(item["chain"].as_array().unwrap().len(), 1);
                let proofs = |what: &str| item[what].as_array().unwrap().len();
                assert!(proofs("ocsps") + proofs("crls") >= 1, "{item:#}");
                assert_eq!(item["verdict"]["indication"], "TOTAL-PASSED", "{item:#}");
                assert_eq!(item["policy"], "chancery-basic/1");
            }
            // Nobody is asked any more: what is in the document and what was kept is enough.
            door.set(false);
            let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
            assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
            let levels: Vec<String> = levels_of(&report).into_iter().map(|(_, level, _)| level).collect();
            assert_eq!(levels.last().map(String::as_str), Some("B-LTA"), "{report:#}");
            judged_by_others(&office, &id, pki, kind, ("B-T", 2));
            let xml = office.clerk.get(&format!("/documents/{id}/signatures?report=etsi"));
            assert_eq!(xml.header("content-type"), "application/xml");
            assert!(xml.text().contains("urn:etsi:019102:mainindication:total-passed"), "{}", xml.text());
            let page = office.clerk.get(&format!("/documents/{id}/signatures?report=html"));
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text().contains("Nguyen Van A"));
            assert_eq!(office.clerk.get(&format!("/documents/{id}/signatures?report=pdf")).status, 422);
            reports_by_accept(&office, &id);
        }
    });
}

fn reports_by_accept(office: &Office, id: &str) {
    let get = |query: &str, accept: &str| {
        let path = format!("/api/v1/documents/{id}/signatures{query}");
        Answer::of(office.clerk.request(Method::GET, &path).header("accept", accept).send())
    };
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("application/xml", "application/xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "application/json"),
    ] {
        let answer = get("", accept);
        assert_eq!((answer.status, answer.header("content-type").as_str()), (200, kind), "{accept}");
        assert_eq!(answer.header("vary"), "Accept");
    }
    assert_eq!(get("", "application/pdf").problem(406), "not_acceptable");
    assert_eq!(get("?report=etsi", "application/pdf").header("content-type"), "application/xml");
}

pub(super) fn judged_by_others(
    office: &Office,
    id: &str,
    pki: &Pki,
    kind: &str,
    (level, good): (&str, usize),
) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sealed.pdf");
    std::fs::write(&file, &office.clerk.get(&format!("/documents/{id}/content")).body).unwrap();
    let file = file.to_str().unwrap();
    let root = pki.path(&format!("trust-{kind}/root.pem"));
    let script = include_str!("../signature/ades.py");
    if let Some(output) = judges::run("python", &["-c", script, file, &root, level]) {
        let said = judges::text(&output);
        assert_eq!(said.matches("AdESPassed.OK").count(), good, "{kind}: {said}");
    }
    if let Some(output) = judges::run("qpdf", &["--check", file]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "{kind}: {said}");
    }
    if let Some(output) = judges::run("pdfsig", &["-nocert", file]) {
        let said = judges::text(&output);
        // This pdfsig does not know document time-stamps.
        assert_eq!(said.matches("Signature is Valid").count(), 2, "{said}");
    }
}

#[test]
fn a_dead_time_stamping_authority_leaves_nothing_half_signed() {
    let Some(pki) = pki() else { return };
    on_both(|fresh| {
        let door = Door::before(pki);
        let house = open(fresh, pki, "ec", (Level::Time, Level::Time), &door);
        let office = office(&house, pki, "ec");
        let id = office.draft();
        office.prepare(&id).good();
        door.set(false);
        let before = house.stored();
        let refused = office.sign(&id);
        assert_eq!(refused.header("retry-after"), "30");
        assert_eq!(refused.problem(503), "timestamp_unavailable");
        assert_eq!((office.state(&id), house.stored()), (json!("prepared"), before));
        door.set(true);
        office.sign(&id).good();
        let number = office.number(&id).good()["number"].clone();
        door.set(false);
        assert_eq!(seal(&office, &id).problem(503), "timestamp_unavailable");
        assert_eq!(office.state(&id), json!("numbered"));
        door.set(true);
        assert_eq!(seal(&office, &id).good()["number"], number, "the same number on {}", fresh.name());
    });
}

#[test]
fn a_revoked_certificate_does_not_sign_and_unknown_revocation_stops_what_must_keep_it() {
    let Some(pki) = pki() else { return };
    let door = Door::before(pki);
    let house = open(&sqlite(), pki, "rsa", (Level::Basic, Level::LongTerm), &door);
    let mut office = office(&house, pki, "rsa");
    let good = office.personal.clone();
    office.personal = key_of(pki, "rsa", "revoked", &office.admin, Some(&office.leader.person));
    let id = office.draft();
    office.prepare(&id).good();
    assert_eq!(office.sign(&id).problem(409), "certificate_revoked");
    office.personal = key_of(pki, "rsa", "expired", &office.admin, Some(&office.leader.person));
    assert_eq!(office.sign(&id).problem(409), "certificate_expired");
    assert_eq!(office.state(&id), json!("prepared"));
    office.personal = good;
    office.sign(&id).good();

    // The hosts of the certificates aren't named: a private address isn't asked.
    let alone = House::open_with(&sqlite(), |config| {
        std::fs::create_dir_all(config.trust_folder()).unwrap();
        std::fs::copy(pki.path("trust-rsa/root.pem"), config.trust_folder().join("pki.pem")).unwrap();
        config.signing.agency_level = Level::LongTerm;
        config.signing.tsa = format!("http://127.0.0.1:{}/rsa-ca/tsa/tsa", door.port);
    });
    let connected = office;
    let office = self::office(&alone, pki, "rsa");
    let id = office.draft();
    office.prepare(&id).good();
    office.sign(&id).good();
    let kept = office.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
    assert_eq!(kept["items"][0]["standing"], "unknown");
    office.number(&id).good();
    assert_eq!(seal(&office, &id).problem(503), "evidence_unavailable");
    assert_eq!(office.state(&id), json!("numbered"));

    // What the one can't learn the other can: an incoming document of which nothing is kept.
    let report = office.clerk.get(&format!("/documents/{id}/signatures")).good();
    assert_eq!(report["indication"], "INDETERMINATE", "{report:#}");
    let signed = office.clerk.get(&format!("/documents/{id}/content")).body;
    let metadata =
        json!({ "direction": "incoming", "type": "QĐ", "subject": "Về việc thử", "sender": "UBND" });
    let id = connected.clerk.upload(&metadata, "den.pdf", signed).id();
    let report = connected.clerk.get(&format!("/documents/{id}/signatures")).good();
    assert_eq!(report["indication"], "TOTAL-PASSED", "{report:#}");
    let kept = connected.clerk.get(&format!("/documents/{id}/signatures/evidence")).good();
    assert_eq!(kept["items"], json!([]));
}
