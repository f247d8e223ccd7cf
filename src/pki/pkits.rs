//! NIST PKITS and x509-limbo: our path and revocation checking judged by others' expectations.
//!
//! What differs stands with its reason in `fixtures/vectors/exceptions.json`; a listed case that starts to
//! agree fails the test as much as an unlisted one that doesn't.

use super::path::{TrustStore, validate};
use super::revocation::{Checker, Material, newest};
use super::{Certificate, Demand, PathError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder(suite: &str) -> Option<PathBuf> {
    let root = std::env::var("CHANCERY_SHARED")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let found = root.join("vectors").join(suite);
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED {suite}: shared vectors not beside the checkout");
    None
}

fn exceptions(suite: &str) -> BTreeSet<String> {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/vectors/exceptions.json")).unwrap();
    let groups = all[suite].as_array().unwrap();
    groups
        .iter()
        .flat_map(|group| {
            assert!(!group["why"].as_str().unwrap().is_empty());
            group["cases"].as_array().unwrap().iter().map(|case| case.as_str().unwrap().to_owned())
        })
        .collect()
}

/// Path, then revocation of every certificate below the anchor, as a validator of documents would.
fn accepts(
    end: &Certificate,
    material: &Material,
    trust: &TrustStore,
    at: DateTime<Utc>,
    must_know: bool,
) -> Result<(), String> {
    if !end.is_within_validity(at) {
        return Err("certificate_out_of_validity".to_owned());
    }
    let path = match validate(end, &material.certificates, trust, at) {
        Ok(path) => path.0,
        Err(PathError::Broken { reason, .. }) => return Err(reason.to_owned()),
        Err(PathError::NoPath) => return Err("no_path".to_owned()),
    };
    let checker = Checker { material, trust, at };
    for pair in path.windows(2) {
        let told = checker.told(&pair[0], &pair[1], path.last().unwrap());
        match newest(&told) {
            None if must_know => return Err(format!("unknown: {}", pair[0].subject)),
            None => {}
            Some(told) if told.revocation.is_some() => return Err("revoked".to_owned()),
            Some(told) if told.next_update.is_none_or(|next| next < at) => return Err("stale".to_owned()),
            Some(_) => {}
        }
    }
    Ok(())
}

#[test]
fn nist_pkits_is_judged_as_its_authors_expect() {
    let Some(folder) = folder("pkits") else { return };
    let text = std::fs::read_to_string(folder.join("pkits.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let file = |kind: &str, name: &str| std::fs::read(folder.join(kind).join(name)).unwrap();
    let anchor = Certificate::read(&file("certs", "TrustAnchorRootCertificate.crt")).unwrap();
    let at: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
    let mut different = BTreeSet::new();
    for case in &cases {
        let mut material = Material::default();
        let names = |key: &str| -> Vec<String> {
            let list = case[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        // What can't be read is no link of any path and no proof.
        for name in names("other_certs") {
            Certificate::read(&file("certs", &name)).map(|found| material.add_certificate(found)).ok();
        }
        for name in names("crls").iter().map(String::as_str).chain(["TrustAnchorRootCRL.crl"]) {
            material.add_any(&file("crls", name));
        }
        let flag = |name: &str| case["params"][name].as_bool().unwrap_or_default();
        let accepted = case["params"]["user_initial_policy_set"].as_array();
        let demand = Demand {
            accepted: accepted.map(|all| all.iter().map(|one| one.as_str().unwrap().to_owned()).collect()),
            explicit: flag("initial_explicit_policy"),
            no_mapping: flag("initial_policy_mapping_inhibit"),
            no_any: flag("initial_any_policy_inhibit"),
        };
        let trust = TrustStore::new(vec![anchor.clone()]).demanding(demand);
        let judged = match Certificate::read(&file("certs", case["cert"].as_str().unwrap())) {
            Ok(end) => accepts(&end, &material, &trust, at, true),
            Err(error) => Err(error.to_string()),
        };
        if judged.is_ok() != case.get("error").is_none() {
            println!("{}: {judged:?}", case["name"]);
            different.insert(case["name"].as_str().unwrap().to_owned());
        }
    }
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    assert_eq!(different, exceptions("pkits"));
}

#[test]
fn limbo_is_judged_as_its_authors_expect() {
    let Some(folder) = folder("limbo") else { return };
    let text = std::fs::read_to_string(folder.join("limbo.json")).unwrap();
    let suite: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = suite["testcases"].as_array().unwrap();
    let now: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
    let mut different = BTreeSet::new();
    for case in cases {
        let list = |key: &str| -> Vec<Certificate> {
            let pems = case[key].as_array().unwrap().iter();
            pems.flat_map(|pem| {
                super::read_certificates(pem.as_str().unwrap().as_bytes()).unwrap_or_default()
            })
            .collect()
        };
        let trust = TrustStore::new(list("trusted_certs"));
        let mut material = Material::default();
        list("untrusted_intermediates").into_iter().for_each(|found| material.add_certificate(found));
        for pem in case["crls"].as_array().unwrap() {
            for block in x509_parser::pem::Pem::iter_from_buffer(pem.as_str().unwrap().as_bytes()) {
                material.add_any(&block.unwrap().contents);
            }
        }
        let must_know = !case["crls"].as_array().unwrap().is_empty();
        let at = case["validation_time"].as_str().map_or(now, |time| time.parse().unwrap());
        let judged = match super::read_certificates(case["peer_certificate"].as_str().unwrap().as_bytes()) {
            Ok(end) => accepts(&end[0], &material, &trust, at, must_know),
            Err(error) => Err(error.to_string()),
        };
        if judged.is_ok() != (case["expected_result"] == "SUCCESS") {
            println!("{}: {judged:?}", case["id"]);
            different.insert(case["id"].as_str().unwrap().to_owned());
        }
    }
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    assert_eq!(different, exceptions("limbo"));
}
