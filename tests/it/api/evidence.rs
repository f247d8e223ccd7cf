//! What is kept of signatures travels with the package: readable by other programs, sealed by METS, judged on arrival.

use super::house::{Answer, House};
use super::incoming::{hand_over, incoming};
use super::office::Office;
use crate::support::databases::{on_both, sqlite};
use crate::support::judges;
use crate::support::pki::pki;
use aws_lc_rs::digest::{SHA256, digest};
use chancery::store::Error;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(house: &House, transfer: &Value) -> PathBuf {
    let package = &transfer["packages"][0];
    let folder = house.data().join("packages").join(package["agency_id"].as_str().unwrap());
    folder.join(package["object_id"].as_str().unwrap())
}

fn accept(office: &Office, transfer: &Value) -> Answer {
    office.archivist.post(&format!("/transfers/{}/accept", transfer["id"].as_str().unwrap()), &json!({}))
}

/// The records of a package.
fn records(package: &Path) -> Vec<(PathBuf, Value)> {
    let mut found: Vec<(PathBuf, Value)> = std::fs::read_dir(package.join("documentation/signatures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.clone(), serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn verified(package: &Path) -> (bool, Value) {
    let command = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(["package", "verify", "--json"])
        .arg(package)
        .output()
        .unwrap();
    (command.status.success(), serde_json::from_slice(&command.stdout).unwrap())
}

fn judged_by_others(package: &Path) {
    let shared = std::env::var("CHANCERY_SHARED").unwrap_or_default();
    let judge = Path::new(&shared).join("tools/package-judge.sh");
    let Ok(judges) = std::env::var("CHANCERY_JUDGES_PACKAGES") else { return };
    if !judge.exists() {
        println!("SKIPPED package-judge: not beside the checkout");
        return;
    }
    let path = format!("{judges}/bin:{}", std::env::var("PATH").unwrap());
    let output = Command::new(judge).arg(package).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", judges::text(&output));
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// Changes a file of a package and what METS and the database say of it: what only knowing its meaning finds.
fn forge(house: &House, package: &Path, path: &Path, text: &str) {
    let old = std::fs::read(path).unwrap();
    let mets = package.join("METS.xml");
    let said = std::fs::read_to_string(&mets).unwrap();
    let before = hash(said.as_bytes());
    let said = said
        .replace(&hash(&old).to_uppercase(), &hash(text.as_bytes()).to_uppercase())
        .replace(&format!("SIZE=\"{}\"", old.len()), &format!("SIZE=\"{}\"", text.len()));
    std::fs::write(path, text).unwrap();
    std::fs::write(&mets, &said).unwrap();
    let sql = format!("UPDATE packages SET digest = '{}' WHERE digest = '{before}'", hash(said.as_bytes()));
    let database = &house.service().desk.database;
    database.write_blocking(move |unit| unit.connection().batch_execute(&sql).map_err(Error::from)).unwrap();
}

#[test]
fn evidence_of_signatures_travels_with_the_package_and_others_can_read_it() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let dossier = office.closed(&office.clerk);
        let transfer = office.clerk.post("/transfers", &json!({ "dossiers": [dossier] })).good();
        let package = folder(&house, &transfer);
        let [(_, record)] = records(&package).try_into().unwrap();
        assert_eq!(record["format"], "chancery-signature-evidence/1");
        let file = package.join(record["file"].as_str().unwrap());
        assert_eq!(record["sha256"], hash(&std::fs::read(&file).unwrap()).as_str());
        let made = record["evidence"]["signatures"].as_array().unwrap();
        let roles: Vec<&Value> = made.iter().map(|one| &one["role"]).collect();
        assert_eq!(roles, [&json!("personal"), &json!("agency")]);
        for one in made {
            assert_eq!(one["verdict"]["indication"], "TOTAL-PASSED");
            assert_eq!(one["policy"], "chancery-basic/1");
            let certificate =
                package.join("documentation/signatures").join(one["certificate"].as_str().unwrap());
            let certificate = certificate.to_str().unwrap();
            if let Some(output) =
                judges::run("openssl", &["x509", "-inform", "DER", "-in", certificate, "-noout", "-subject"])
            {
                assert!(output.status.success(), "{}", judges::text(&output));
            }
        }
        let (good, report) = verified(&package);
        assert!(good, "{report:#}");
        for code in ["signature_evidence", "signature_evidence_file", "signature_evidence_whole"] {
            let checks = report["checks"].as_array().unwrap();
            assert!(
                checks.iter().any(|check| check["code"] == code && check["outcome"] == "passed"),
                "{report:#}"
            );
        }
        judged_by_others(&package);
        let accepted = accept(&office, &transfer).good();
        let receipt: Value = serde_json::from_str(accepted["receipt"].as_str().unwrap()).unwrap();
        assert_eq!(receipt["packages"][0]["evidence"], 1, "{receipt:#}");
    });
}

#[test]
fn evidence_taken_away_or_of_something_else_is_found() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let dossier = office.closed(&office.clerk);
        let transfer = office.clerk.post("/transfers", &json!({ "dossiers": [dossier] })).good();
        let package = folder(&house, &transfer);
        let [(path, record)] = records(&package).try_into().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let mets = std::fs::read(package.join("METS.xml")).unwrap();
        let codes = |report: &Value| -> BTreeSet<String> {
            let failed =
                report["checks"].as_array().unwrap().iter().filter(|check| check["outcome"] == "failed");
            failed.map(|check| check["code"].as_str().unwrap().to_owned()).collect()
        };

        let certificate = record["evidence"]["signatures"][0]["certificate"].as_str().unwrap();
        let other = record["evidence"]["signatures"][1]["certificate"].as_str().unwrap();
        let kept = path.with_file_name(certificate);
        let bytes = std::fs::read(&kept).unwrap();
        std::fs::remove_file(&kept).unwrap();
        let (good, report) = verified(&package);
        assert!(!good);
        assert!(codes(&report).contains("signature_evidence_whole"), "{report:#}");
        assert_eq!(accept(&office, &transfer).problem(422), "package_bad");
        std::fs::write(&kept, &bytes).unwrap();

        // Other bytes under the name, a record of another file, one that leads outside, and what is no record; METS rewritten to fit.
        for (changed, code) in [
            (text.replace(record["sha256"].as_str().unwrap(), &"0".repeat(64)), "signature_evidence_file"),
            (
                text.replace("representations/rep1/data", "../../representations/rep1/data"),
                "signature_evidence_file",
            ),
            (text.replace(certificate, "../../../../../etc/passwd"), "signature_evidence_whole"),
            ("{}".to_owned(), "signature_evidence"),
        ] {
            forge(&house, &package, &path, &changed);
            let (good, report) = verified(&package);
            assert!(!good);
            assert_eq!(codes(&report), BTreeSet::from([code.to_owned()]), "{report:#}");
            assert_eq!(accept(&office, &transfer).problem(422), "package_bad");
            forge(&house, &package, &path, &text);
        }
        assert_eq!(std::fs::read(package.join("METS.xml")).unwrap(), mets);

        // Whole as a package, but the leader's signature by the agency's certificate: judging the signatures finds it.
        let swapped = text.replace(certificate, "X").replace(other, certificate).replace('X', other);
        forge(&house, &package, &path, &swapped);
        let refused = accept(&office, &transfer);
        assert!(refused.text().contains("certificate kept"), "{}", refused.text());
        assert_eq!(refused.problem(422), "package_bad");
        forge(&house, &package, &path, &text);

        // A METS that holds together, but isn't the one that was submitted.
        let spaced = [mets.as_slice(), b"\n"].concat();
        std::fs::write(package.join("METS.xml"), spaced).unwrap();
        assert!(verified(&package).0);
        assert_eq!(accept(&office, &transfer).problem(422), "package_bad");
        std::fs::write(package.join("METS.xml"), mets).unwrap();
        accept(&office, &transfer).good();
    });
}

#[test]
fn what_came_from_outside_keeps_what_its_verdict_rests_on() {
    let Some(pki) = pki() else { return };
    let house = House::open_with(&sqlite(), |config| {
        std::fs::create_dir_all(config.trust_folder()).unwrap();
        std::fs::copy(pki.path("trust-rsa/root.pem"), config.trust_folder().join("pki.pem")).unwrap();
        config.signing.allowed_hosts = vec![pki.host()];
    });
    let office = Office::open(&house);
    let work = tempfile::tempdir().unwrap();
    let signed = work.path().join("signed.pdf");
    let made = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .arg("sign")
        .arg(crate::support::fixture_path("documents/quyet-dinh.pdf"))
        .arg("-o")
        .arg(&signed)
        .args(pki.key("rsa", "signer"))
        .args(["--trust", &pki.trust("rsa"), "--allow-host", &pki.host()])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let id = incoming(&office.clerk, std::fs::read(&signed).unwrap()).id();
    let verdict = office.clerk.get(&format!("/documents/{id}/received-verdicts")).good()["items"][0].clone();
    assert_eq!(verdict["indication"], "TOTAL-PASSED");
    let count = |of: &Value, what: &str| of[what].as_array().unwrap().len();
    assert!(
        count(&verdict, "certificates") >= 3 && count(&verdict, "ocsps") >= 1 && count(&verdict, "crls") >= 1
    );
    let book = json!({ "name": "Sổ đăng ký văn bản đến", "direction": "incoming" });
    let register = office.clerk.post("/registers", &book).id();
    office.clerk.post(&format!("/documents/{id}/number"), &json!({ "register": register })).good();
    let transfer = hand_over(&office.clerk, "06.VT", &id);
    let package = folder(&house, &transfer);
    let [(path, record)] = records(&package).try_into().unwrap();
    let received = &record["evidence"]["received"];
    assert_eq!(received["verdict"]["indication"], "TOTAL-PASSED");
    for (what, command) in [("crls", "crl"), ("certificates", "x509")] {
        for name in received["proofs"][what].as_array().unwrap() {
            let file = path.with_file_name(name.as_str().unwrap());
            let arguments = [command, "-inform", "DER", "-noout", "-in", file.to_str().unwrap()];
            if let Some(output) = judges::run("openssl", &arguments) {
                assert!(output.status.success(), "{}", judges::text(&output));
            }
        }
    }
    for name in received["proofs"]["ocsps"].as_array().unwrap() {
        let file = path.with_file_name(name.as_str().unwrap());
        let arguments = ["ocsp", "-respin", file.to_str().unwrap(), "-noverify", "-resp_text"];
        if let Some(output) = judges::run("openssl", &arguments) {
            assert!(judges::text(&output).contains("Cert Status: good"), "{}", judges::text(&output));
        }
    }
    judged_by_others(&package);
    accept(&office, &transfer).good();
}
