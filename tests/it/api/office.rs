//! An agency ready to work: its people, keys, register, file plan; and the journey of a document, step by step.

use super::house::{Answer, Caller, House};
use crate::support::fixture;
use chancery::identity::rows::Role;
use chancery::pki::issue::{NewKey, certificate_pem, pem};
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};

/// An agency at work.
pub struct Office {
    pub admin: Caller,
    pub clerk: Caller,
    pub drafter: Caller,
    pub leader: Caller,
    pub archivist: Caller,
    pub personal: String,
    pub seal: String,
    pub register: String,
}

pub fn add_key(house: &House, admin: &Caller, purpose: &str, person: Option<&str>, name: &str) -> String {
    let issued = house.authority.issue(name, "UBND huyện Thanh Bình", NewKey::P256, (2024, 2040)).unwrap();
    let file = format!("{}{}", pem("PRIVATE KEY", &issued.pkcs8), certificate_pem(&issued.certificate));
    let metadata = json!({ "purpose": purpose, "person": person, "name": name });
    let form = Form::new().text("metadata", metadata.to_string()).part("key", Part::bytes(file.into_bytes()));
    Answer::of(admin.post_of("/keys").multipart(form).send()).id()
}

impl Office {
    pub fn open(house: &House) -> Self {
        let admin = house.person("admin2", &[Role::Administrator]);
        let clerk = house.person("clerk", &[Role::Clerk]);
        let drafter = house.person("drafter", &[Role::Drafter]);
        let leader = house.person("leader", &[Role::Signer]);
        let archivist = house.person("archivist", &[Role::Archivist]);
        let personal = add_key(house, &admin, "personal", Some(&leader.person), "Trần Văn Mẫu");
        let seal = add_key(house, &admin, "agency_seal", None, "UBND huyện Thanh Bình");
        add_key(house, &admin, "archive_receipt", None, "Lưu trữ");
        let register = clerk.post("/registers", &json!({ "name": "Sổ", "direction": "outgoing" })).id();
        Self { admin, clerk, drafter, leader, archivist, personal, seal, register }
    }

    pub fn draft(&self) -> String {
        let metadata = json!({ "direction": "outgoing", "type": "QĐ", "subject": "Về việc thử" });
        self.drafter.upload(&metadata, "quyet-dinh.pdf", fixture("documents/quyet-dinh.pdf")).id()
    }

    pub fn prepare(&self, id: &str) -> Answer {
        self.drafter.post(
            &format!("/documents/{id}/prepare"),
            &json!({ "signer": self.leader.appointment, "agency_seal": true }),
        )
    }

    pub fn sign(&self, id: &str) -> Answer {
        self.sign_with(&self.leader, id, &self.leader.appointment, &self.personal)
    }

    pub fn sign_with(&self, by: &Caller, id: &str, appointment: &str, key: &str) -> Answer {
        by.post(&format!("/documents/{id}/sign"), &json!({ "appointment": appointment, "key": key }))
    }

    pub fn number(&self, id: &str) -> Answer {
        self.clerk.post(&format!("/documents/{id}/number"), &json!({ "register": self.register }))
    }

    pub fn clerk_does(&self, id: &str, act: &str) -> Answer {
        self.clerk.post(&format!("/documents/{id}/{act}"), &json!({}))
    }

    pub fn issued(&self) -> String {
        let id = self.draft();
        self.prepare(&id).good();
        self.sign(&id).good();
        self.number(&id).good();
        self.clerk_does(&id, "seal").good();
        self.clerk_does(&id, "issue").good();
        id
    }

    /// A closed file with an issued document in it.
    pub fn closed(&self, by: &Caller) -> String {
        let entry = by
            .post("/file-plan", &json!({ "notation": "01.VT", "title": "Tập lưu", "retention": "01" }))
            .id();
        let dossier = by.post("/dossiers", &json!({ "file_plan_entry": entry })).id();
        let document = self.issued();
        let path = format!("/api/v1/dossiers/{dossier}/documents/{document}");
        let etag = by.get(&format!("/dossiers/{dossier}")).header("etag");
        Answer::of(by.request(Method::PUT, &path).header("if-match", etag).send()).good();
        by.post(&format!("/dossiers/{dossier}/close"), &json!({})).good();
        dossier
    }

    pub fn state(&self, id: &str) -> Value {
        self.clerk.get(&format!("/documents/{id}")).good()["state"].clone()
    }
}
