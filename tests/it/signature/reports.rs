//! The reports for other eyes: ETSI TS 119 102-2, read back by pyHanko's bindings, and the page of the seven facts.

use super::levels::{Desk, chancery};
use crate::support::{fixture_path, judges};

/// What the judge read in the report on `file`.
fn etsi(desk: &Desk, file: &str, more: &[&str]) -> Option<String> {
    let mut words = vec!["verify", file, "--report", "etsi"];
    words.extend(more);
    let output = chancery(&words);
    let to = desk.path("report.xml");
    std::fs::write(&to, &output.stdout).unwrap();
    let judged = judges::run("python", &["-c", include_str!("etsi.py"), &to])?;
    let said = judges::text(&judged);
    assert!(judged.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    Some(said)
}

#[test]
fn the_validation_report_is_read_back_at_every_level() {
    let Some(desk) = Desk::new() else { return };
    for (level, stamps) in [("B-B", 0), ("B-T", 1), ("B-LT", 1), ("B-LTA", 1)] {
        let file = desk.signed("ec", level);
        let (trust, host) = (desk.pki.trust("ec"), desk.pki.host());
        let Some(said) = etsi(&desk, &file, &["--trust", &trust, "--allow-host", &host]) else { return };
        assert!(said.contains(&format!("signature total-passed  Signature1 {stamps}")), "{level}: {said}");
        assert!(said.contains("chain 3"), "{level}: {said}");
        assert!(said.matches("object certificate").count() >= 3, "{level}: {said}");
        assert!(said.contains("object CRL") || said.contains("object OCSPResponse"), "{level}: {said}");
        assert_eq!(said.contains("object timestamp passed Signature1"), level == "B-LTA", "{level}: {said}");
    }
}

#[test]
fn the_validation_report_says_why_not() {
    let Some(desk) = Desk::new() else { return };
    let draft = fixture_path("documents/quyet-dinh.pdf");
    let (to, key, trust) = (desk.path("revoked.pdf"), desk.pki.key("rsa", "revoked"), desk.pki.trust("rsa"));
    let mut words = vec!["sign", draft.to_str().unwrap(), "-o", &to, "--trust", &trust];
    words.extend(key.iter().map(String::as_str));
    assert!(chancery(&words).status.success());
    let host = desk.pki.host();
    let Some(said) = etsi(&desk, &to, &["--trust", &trust, "--allow-host", &host]) else { return };
    assert!(said.contains("signature indeterminate REVOKED_NO_POE Signature1"), "{said}");
    assert!(said.contains("revoked keyCompromise"), "{said}");

    let mut broken = std::fs::read(&to).unwrap();
    broken[200] ^= 1;
    let file = desk.path("broken.pdf");
    std::fs::write(&file, broken).unwrap();
    let said = etsi(&desk, &file, &["--trust", &trust, "--offline"]).unwrap();
    assert!(said.contains("signature total-failed") && said.contains("HASH_FAILURE"), "{said}");
    let said = etsi(&desk, draft.to_str().unwrap(), &[]).unwrap();
    assert!(said.contains("signature noSignatureFound"), "{said}");
}

#[test]
fn the_page_shows_the_seven_facts_in_both_languages() {
    let Some(desk) = Desk::new() else { return };
    let file = desk.signed("rsa", "B-LTA");
    let trust = desk.pki.trust("rsa");
    let output = chancery(&["verify", &file, "--trust", &trust, "--offline", "--report", "html"]);
    let page = desk.path("page.html");
    std::fs::write(&page, &output.stdout).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let signature = text.split("<h2>").nth(1).unwrap();
    assert_eq!(signature.matches("<tr>").count(), 7);
    for said in
        ["HỢP LỆ", "VALID", "Chủ thể ký", "Signer", "có dấu thời gian chứng minh", "Toàn vẹn", "Intact"]
    {
        assert!(signature.contains(said), "{said}");
    }
    if let Some(output) = judges::run("xmllint", &["--html", "--noout", &page]) {
        assert!(output.status.success(), "{}", judges::text(&output));
    }
    let broken = std::fs::read(&file).unwrap();
    let broken: Vec<u8> =
        broken.iter().enumerate().map(|(at, byte)| if at == 200 { byte ^ 1 } else { *byte }).collect();
    std::fs::write(desk.path("broken.pdf"), broken).unwrap();
    let words = ["verify", &desk.path("broken.pdf"), "--trust", &trust, "--offline", "--report", "text"];
    let output = chancery(&words);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("NOT VALID") && text.contains("5. Integrity of the data message: Not intact"),
        "{text}"
    );
}
