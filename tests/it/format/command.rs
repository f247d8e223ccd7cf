//! `chancery check` as a script uses it.

use super::made::{Made, Wrong};
use crate::support::fixture_path;
use std::process::{Command, Output};

fn check(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery")).arg("check").args(args).output().unwrap()
}

fn document(name: &str) -> String {
    fixture_path(&format!("documents/{name}")).to_str().unwrap().to_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn exit_codes_say_good_not_good_unreadable_and_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("nasty \" ' & < >\n🙂.pdf");
    std::fs::write(&broken, b"%PDF-1.7\nnothing").unwrap();
    for (args, code) in [
        (vec![document("quyet-dinh.pdf")], 0),
        (vec![document("sai-le.docx")], 1),
        (vec![broken.to_str().unwrap().to_owned()], 2),
        (vec!["no-such-file.pdf".to_owned()], 2),
        (vec![document("quyet-dinh.pdf"), "--profile".to_owned(), "none".to_owned()], 64),
        (vec![], 64),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        assert_eq!(check(&args).status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn the_report_has_the_contracts_keys() {
    let report = json(&check(&[&document("sai-so-ngay.pdf"), "--json"]));
    for key in ["file", "profile", "scope", "conforms", "document", "findings", "not_checked"] {
        assert!(report.get(key).is_some(), "{key}");
    }
    assert_eq!(report["conforms"], false);
    assert_eq!(report["document"]["type"], "QĐ");
    assert_eq!(report["document"]["date"], "2026-01-05");
    for finding in report["findings"].as_array().unwrap() {
        for key in [
            "rule",
            "severity",
            "basis",
            "source",
            "estimate",
            "page",
            "box",
            "at",
            "expected",
            "found",
            "message",
            "repairable",
        ] {
            assert!(finding.get(key).is_some(), "{key}");
        }
        assert_eq!(finding["box"].as_array().unwrap().len(), 4);
        assert!(finding["message"]["vi"].is_string() && finding["message"]["en"].is_string());
    }
}

#[test]
fn an_error_is_one_json_object_with_a_text_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.doc");
    std::fs::write(&path, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]).unwrap();
    let output = check(&[path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let error = &json(&output)["error"];
    assert_eq!(error["code"], "format_old_doc");
    assert!(error["message"]["vi"].as_str().unwrap().contains(".doc"));
}

#[test]
fn rules_are_listed_with_basis_and_severity() {
    let rules = json(&check(&["--rules", "--json"]));
    let rules = rules["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["rule"] == "margin.left" && rule["severity"] == "error"));
    assert!(rules.iter().all(|rule| rule["basis"].as_str().unwrap().starts_with("Decree 30/2020")));
    let text = check(&["--rules"]);
    assert_eq!(String::from_utf8(text.stdout).unwrap().lines().count(), rules.len());
}

#[test]
fn people_read_it_in_their_language() {
    let vietnamese = check(&[&document("sai-le.pdf"), "--lang", "vi"]);
    assert!(String::from_utf8(vietnamese.stdout).unwrap().contains("Lề trái phải từ 30 đến 35 mm"));
    let english = check(&[&document("sai-le.pdf"), "--lang", "en"]);
    assert!(String::from_utf8(english.stdout).unwrap().contains("The left margin must be 30 to 35 mm"));
}

#[test]
fn a_profile_of_a_folder_can_be_named() {
    let profiles = fixture_path("profiles");
    let folder = profiles.to_str().unwrap();
    let output =
        check(&[&document("quyet-dinh.pdf"), "--profiles", folder, "--profile", "lumen-2031", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["profile"]["id"], "lumen-2031");
}

#[test]
fn people_read_the_worst_first_where_it_stands_and_why_rules_were_not_judged() {
    let output = check(&[&document("sai-le.docx"), "--lang", "vi"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let rank =
        |line: &&str| ["lỗi: ", "cảnh báo: ", "lưu ý: "].iter().position(|word| line.starts_with(word));
    let ranks: Vec<usize> = lines.iter().filter_map(rank).collect();
    assert!(!ranks.is_empty() && ranks.is_sorted(), "{text}");
    // Rules that need a scan have one reason and one line.
    let scans: Vec<&&str> = lines.iter().filter(|line| line.contains("scan.resolution")).collect();
    assert_eq!(scans.len(), 1, "{text}");
    assert!(scans[0].trim_start().starts_with("4 quy tắc: "), "{text}");
    let reasons = lines.iter().filter(|line| line.contains(" quy tắc: ")).count();
    let report = json(&check(&[&document("sai-le.docx"), "--json"]));
    assert!(reasons < report["not_checked"].as_array().unwrap().len() / 3, "{text}");
    assert!(lines.last().unwrap().starts_with("KHÔNG ĐẠT: "), "{text}");
}

#[test]
fn a_place_in_a_draft_is_told_by_its_words() {
    let output = check(&[&document("sai-so-ngay.docx"), "--lang", "vi"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.contains("[đoạn ") && line.contains('«')), "{text}");
}

#[test]
fn what_is_expected_is_said_in_the_readers_language() {
    let made = Made { wrong: Some(("signer", Wrong::Missing)), ..Made::decision() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.docx");
    std::fs::write(&path, super::made_docx::docx(&made)).unwrap();
    for (language, expected) in [("vi", "cần: «có»"), ("en", "expected: “present”")] {
        let said = check(&[path.to_str().unwrap(), "--lang", language]);
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains(expected), "{said}");
    }
}
