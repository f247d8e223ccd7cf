//! Pages painted as they were signed and as they are now.

use super::levels::chancery;
use crate::pdf::raw::Raw;
use crate::support::judges;

#[test]
fn a_page_that_looks_different_now_is_named_and_both_pictures_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let authority = chancery::pki::issue::Authority::new("Root", (2020, 2060)).unwrap();
    let made =
        authority.issue("Người ký", "Cơ quan", chancery::pki::issue::NewKey::P256, (2024, 2040)).unwrap();
    std::fs::write(path("key.pem"), chancery::pki::issue::pem("PRIVATE KEY", &made.pkcs8)).unwrap();
    std::fs::write(path("cert.pem"), chancery::pki::issue::certificate_pem(&made.certificate)).unwrap();
    std::fs::write(path("draft.pdf"), Raw::draft().bytes).unwrap();
    let (draft, signed, key, cert) =
        (path("draft.pdf"), path("signed.pdf"), path("key.pem"), path("cert.pem"));
    let output = chancery(&["sign", &draft, "-o", &signed, "--key", &key, "--cert", &cert]);
    assert!(output.status.success(), "{}", judges::text(&output));
    let verify = |file: &str| {
        let words = ["verify", file, "--offline", "--json", "--render-compare", &path("pictures")];
        serde_json::from_slice::<serde_json::Value>(&chancery(&words).stdout).unwrap()
    };
    assert_eq!(verify(&signed)["signatures"][0]["pictures"], serde_json::json!([]));

    // The content replaced in a later revision.
    let bytes = std::fs::read(&signed).unwrap();
    let start = bytes.windows(9).rposition(|one| one == b"startxref").unwrap() + 10;
    let digits: String = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    let mut raw = Raw::draft();
    let size = String::from_utf8_lossy(&bytes).rsplit_once("/Size ").unwrap().1.to_owned();
    raw.size = size.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
    (raw.bytes, raw.section) = (bytes, digits.parse().unwrap());
    let evil = "BT /F1 12 Tf 100 700 Td (Another content) Tj ET";
    raw.append(&[(4, &format!("<</Length {}>>\nstream\n{evil}\nendstream", evil.len()))], &[]);
    std::fs::write(path("changed.pdf"), &raw.bytes).unwrap();
    let report = verify(&path("changed.pdf"));
    let found = &report["signatures"][0]["pictures"][0];
    assert_eq!(
        (found["page"].as_u64(), found["what"].as_str()),
        (Some(1), Some("page_differs")),
        "{report:#}"
    );
    // 100 pt and 842 - 700 pt from the top left, in millimetres.
    let place: Vec<f64> = found["box"].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect();
    assert!((place[0] - 35.3).abs() < 1.5 && (place[1] - 47.0).abs() < 2.0, "{place:?}");
    for when in ["signed", "now"] {
        let png = std::fs::read(path(&format!("pictures/signature-1-page-1-{when}.png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }
}
