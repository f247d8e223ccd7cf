//! NIST PKITS, the tests that need no revocation: our path validation judged by others' expectations.

use super::path::{TrustStore, validate};
use super::{Certificate, PathError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Valid by the suite, refused by us: DSA is not used for signing documents.
const DSA: &[&str] = &["valid_dsa_parameter_inheritance_test5", "valid_dsa_signatures_test4"];

/// Valid by the suite, refused by us: name constraints are not processed, so what they bind isn't trusted.
const NAME_CONSTRAINTS: &[&str] = &[
    "valid_dn_and_rfc822_nameconstraints_test27",
    "valid_dn_nameconstraints_test1",
    "valid_dn_nameconstraints_test11",
    "valid_dn_nameconstraints_test14",
    "valid_dn_nameconstraints_test18",
    "valid_dn_nameconstraints_test4",
    "valid_dn_nameconstraints_test5",
    "valid_dn_nameconstraints_test6",
    "valid_dns_nameconstraints_test30",
    "valid_dns_nameconstraints_test32",
    "valid_rfc822_nameconstraints_test21",
    "valid_rfc822_nameconstraints_test23",
    "valid_rfc822_nameconstraints_test25",
    "valid_self_issued_dn_nameconstraints_test19",
    "valid_uri_nameconstraints_test34",
    "valid_uri_nameconstraints_test36",
];

/// Valid by the suite, refused by us: a certificate of the path demands a policy (requireExplicitPolicy),
/// which is not processed.
const POLICY_DEMANDED: &[&str] = &[
    "all_certificates_any_policy_test11",
    "all_certificates_any_policy_test11_constrained",
    "all_certificates_same_policies_test10",
    "all_certificates_same_policies_test10_with_testpol1",
    "all_certificates_same_policies_test10_with_testpol2",
    "all_certificates_same_policies_test13",
    "all_certificates_same_policies_test13_with_testpol1",
    "all_certificates_same_policies_test13_with_testpol1_2",
    "all_certificates_same_policies_test13_with_testpol2",
    "all_certificates_same_policies_test13_with_testpol3",
    "any_policy_test14",
    "any_policy_test14_with_testpol1",
    "any_policy_test14_with_testpol1_2",
    "inhibit_any_policy_test3",
    "overlapping_policies_test6",
    "overlapping_policies_test6_with_testpol1",
    "valid_inhibit_any_policy_test2",
    "valid_inhibit_policy_mapping_test2",
    "valid_inhibit_policy_mapping_test4",
    "valid_policy_mapping_test11",
    "valid_policy_mapping_test13",
    "valid_policy_mapping_test14",
    "valid_policy_mapping_test2_with_testpol1",
    "valid_policy_mapping_test3_with_testpol2",
    "valid_policy_mapping_test5_with_testpol1",
    "valid_policy_mapping_test6_with_testpol1",
    "valid_policy_mapping_test9",
    "valid_require_explicit_policy_test1",
    "valid_require_explicit_policy_test2",
    "valid_require_explicit_policy_test4",
    "valid_self_issued_inhibit_any_policy_test7",
    "valid_self_issued_inhibit_any_policy_test9",
    "valid_self_issued_inhibit_policy_mapping_test7",
    "valid_self_issued_require_explicit_policy_test6",
];

/// Invalid by the suite only because its verifier demands a policy; ours demands none.
const VERIFIER_DEMANDS_POLICY: &[&str] = &[
    "all_certificates_no_policies_test2_force_explicit",
    "all_certs_same_policy_test1_with_constraint_mismatch",
    "different_policies_test3_force_explicit",
    "different_policies_test3_force_explicit_with_user_set",
];

/// Invalid by the suite only by its CRLs; revocation is judged apart from the path.
const REVOKED: &[&str] = &[
    "invalid_basic_self_issued_crl_signing_key_test7",
    "invalid_basic_self_issued_new_with_old_test5",
    "invalid_basic_self_issued_old_with_new_test2",
    "invalid_keyusage_critical_crlsign_false_test4",
    "invalid_keyusage_not_critical_crlsign_false_test5",
];

fn folder() -> Option<PathBuf> {
    let root = std::env::var("CHANCERY_SHARED")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let found = root.join("vectors/pkits");
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED PKITS: shared vectors not beside the checkout");
    None
}

fn judge(
    folder: &Path,
    case: &serde_json::Value,
    trust: &TrustStore,
    at: DateTime<Utc>,
) -> Result<(), String> {
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join("certs").join(name)).unwrap();
        Certificate::read(&bytes).map_err(|error| format!("{name}: {error}"))
    };
    let end = read(case["cert"].as_str().unwrap())?;
    let others = case["other_certs"].as_array().map(Vec::as_slice).unwrap_or_default();
    // A certificate that can't be read is no link of any path.
    let pool: Vec<Certificate> = others.iter().filter_map(|name| read(name.as_str().unwrap()).ok()).collect();
    if !end.is_within_validity(at) {
        return Err("certificate_out_of_validity".to_owned());
    }
    match validate(&end, &pool, trust, at) {
        Ok(_) => Ok(()),
        Err(PathError::Broken { reason, .. }) => Err(reason.to_owned()),
        Err(PathError::NoPath) => Err("no_path".to_owned()),
    }
}

#[test]
fn nist_pkits_is_judged_as_its_authors_expect() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("pkits.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let anchor = std::fs::read(folder.join("certs/TrustAnchorRootCertificate.crt")).unwrap();
    let trust = TrustStore::new(vec![Certificate::read(&anchor).unwrap()]);
    let at: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
    let (mut refused, mut accepted, mut judged) = (BTreeSet::new(), BTreeSet::new(), 0);
    for case in &cases {
        let (id, name) = (case["id"].as_str().unwrap(), case["name"].as_str().unwrap());
        // 4.4, 4.14 and 4.15 are about CRLs.
        if ["404", "414", "415"].iter().any(|section| id.starts_with(section)) {
            continue;
        }
        judged += 1;
        let is_valid = case.get("error").is_none();
        match (judge(&folder, case, &trust, at), is_valid) {
            (Ok(()), false) => {
                accepted.insert(name.to_owned());
            }
            (Err(why), true) => {
                refused.insert((name.to_owned(), why));
            }
            _ => {}
        }
    }
    assert!(judged > 150, "only {judged} cases were found");
    let all = |lists: &[&[&str]]| -> BTreeSet<String> {
        lists.iter().flat_map(|list| list.iter().map(|name| (*name).to_owned())).collect()
    };
    assert_eq!(accepted, all(&[VERIFIER_DEMANDS_POLICY, REVOKED]), "accepted though invalid");
    let by = |reason: &str| -> BTreeSet<String> {
        refused.iter().filter(|(_, why)| why == reason).map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(by("certificate_algorithm_unsupported"), all(&[DSA]));
    assert_eq!(by("certificate_critical_extension"), all(&[NAME_CONSTRAINTS, POLICY_DEMANDED]));
    assert_eq!(refused.len(), DSA.len() + NAME_CONSTRAINTS.len() + POLICY_DEMANDED.len(), "{refused:#?}");
}
