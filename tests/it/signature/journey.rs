//! Prepare, sign by a person, number and seal by the agency: what other validators say.

use crate::support::{TestKeys, fixture, fixture_path, judges};
use chancery::pdf::text::{Limits, read};
use chancery::pdf::{Pdf, Source};
use chancery::pki::issue::NewKey;
use chancery::pki::{SigningKey, issue};
use chancery::ports::SystemRng;
use chancery::profile::Profile;
use chancery::signature::appearance::Appearance;
use chancery::signature::fill::Fill;
use chancery::signature::placement::{self, NumberGap};
use chancery::signature::report::{Indication, Report};
use chancery::signature::sign::{Request, sign};
use chancery::signature::validate::{Policy, validate};
use chancery::signature::{changes::Class, prepare};
use chrono::{DateTime, Utc};

pub fn at() -> DateTime<Utc> {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

pub fn prepared(draft: &[u8]) -> (Vec<u8>, NumberGap) {
    let pages = read(draft.to_vec(), &Limits::default()).unwrap();
    let found = placement::find(&pages, Profile::builtin()).unwrap();
    let draft = draft.to_vec();
    let pdf = Pdf::open(&draft).unwrap();
    let appended = prepare::prepare(&pdf, &found.plan, [1; 16]).unwrap();
    ([draft.as_slice(), &appended.bytes].concat(), found.number)
}

pub fn signed(file: &[u8], field: &str, key: &dyn SigningKey, fills: &[Fill], image: &str) -> Vec<u8> {
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    let image = fixture(image);
    let request =
        Request { field, place: None, fills, appearance: Appearance::Image(&image), at: at(), reason: None };
    let appended = sign(&pdf, &request, key, &Default::default(), &SystemRng).unwrap();
    [file.as_slice(), &appended.bytes].concat()
}

pub fn fills(number: NumberGap, file: &[u8]) -> Vec<Fill> {
    let names = field_names(file);
    let fill = |field: &str, text: &str| Fill { field: field.to_owned(), text: text.to_owned() };
    let mut fills = vec![match number {
        NumberGap::Digits => fill("number", "05"),
        NumberGap::Whole => fill("notation", "05/QĐ-UBND"),
    }];
    if names.contains(&"day".to_owned()) {
        fills.extend([fill("day", "05"), fill("month", "01")]);
    } else {
        fills.push(fill("date", "Thanh Bình, ngày 05 tháng 01 năm 2026"));
    }
    fills
}

pub fn field_names(file: &[u8]) -> Vec<String> {
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    chancery::signature::fields::all(&pdf, pdf.newest())
        .unwrap()
        .into_iter()
        .map(|field| field.name)
        .collect()
}

pub fn verdict(file: &[u8], keys: &TestKeys) -> Report {
    validate(&file.to_vec(), &Policy { trust: keys.trust(), at: at() }).unwrap()
}

/// Draft to sealed document.
pub fn sealed(draft: &[u8], keys: &TestKeys) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (prepared, gap) = prepared(draft);
    let personal = signed(&prepared, prepare::PERSONAL, &keys.person, &[], "images/signature.png");
    let fills = fills(gap, &prepared);
    let sealed = signed(&personal, prepare::AGENCY, &keys.agency, &fills, "images/seal.png");
    (prepared, personal, sealed)
}

fn check_with_judges(name: &str, file: &[u8], keys: &TestKeys) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{name}.pdf"));
    let root = folder.path().join("root.pem");
    std::fs::write(&path, file).unwrap();
    std::fs::write(&root, issue::certificate_pem(keys.authority.root())).unwrap();
    let (path, root) = (path.to_str().unwrap(), root.to_str().unwrap());
    if let Some(output) = judges::run("qpdf", &["--check", path]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "{name}: {said}");
    }
    if let Some(output) = judges::run("pdfsig", &["-nocert", path]) {
        let said = judges::text(&output);
        assert_eq!(said.matches("Signature is Valid").count(), 2, "{name}: {said}");
        assert_eq!(said.matches("ETSI.CAdES.detached").count(), 2, "{name}: {said}");
    }
    if let Some(output) = judges::run("python", &["-c", PYHANKO, path, root]) {
        let said = judges::text(&output);
        assert!(output.status.success(), "{name}: {said}");
        assert_eq!(said.matches("bottom_line=True").count(), 2, "{name}: {said}");
        assert!(
            said.contains("signature_personal") && said.contains("modification=FORM_FILLING"),
            "{name}: {said}"
        );
    }
}

/// Validates every signature with pyHanko, with the root as the only anchor.
pub const PYHANKO: &str = r#"
import sys
from datetime import datetime, timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko.keys import load_cert_from_pemder
reader = PdfFileReader(open(sys.argv[1], 'rb'))
context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])], allow_fetching=False,
    revocation_mode='soft-fail', moment=datetime(2026, 11, 23, 8, tzinfo=timezone.utc))
for signature in reader.embedded_signatures:
    status = validate_pdf_signature(signature, context)
    print(signature.field_name, f'bottom_line={status.bottom_line} modification={status.modification_level.name} docmdp_ok={status.docmdp_ok}')
"#;

#[test]
fn the_whole_way_passes_here_and_with_other_validators_for_rsa_and_ec() {
    for (person, agency) in [(NewKey::Rsa2048, NewKey::P256), (NewKey::P256, NewKey::Rsa2048)] {
        let keys = TestKeys::new(person, agency);
        for name in ["quyet-dinh", "cong-van", "ban-quet"] {
            let draft = fixture(&format!("documents/{name}.pdf"));
            let (_, personal, sealed) = sealed(&draft, &keys);
            let first = verdict(&personal, &keys);
            assert_eq!(first.indication, "TOTAL-PASSED", "{name}: {first:#?}");
            let both = verdict(&sealed, &keys);
            assert_eq!(both.indication, "TOTAL-PASSED", "{name}: {both:#?}");
            assert_eq!(both.signatures[0].changes_after, Class::FormFilling, "{name}");
            assert_eq!(both.signatures[1].changes_after, Class::None, "{name}");
            assert_eq!(both.signatures[1].level, "B-B");
            assert!(sealed.starts_with(&personal), "revisions only append");
            check_with_judges(name, &sealed, &keys);
        }
    }
}

#[test]
fn number_and_date_stand_in_the_sealed_document_for_everybody_to_read() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let (_, _, sealed) = sealed(&fixture("documents/quyet-dinh.pdf"), &keys);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealed.pdf");
    std::fs::write(&path, &sealed).unwrap();
    if let Some(output) = judges::run("pdftotext", &["-layout", path.to_str().unwrap(), "-"]) {
        let said: String = judges::text(&output).split_whitespace().collect();
        assert!(said.contains("Số:05/QĐ-UBND"), "{said}");
        assert!(said.contains("ThanhBình,ngày05tháng01năm2026"), "{said}");
    }
    let report = chancery::format::check(sealed, Profile::builtin(), &Limits::default()).unwrap();
    assert_eq!(report.document.number.as_deref(), Some("05/QĐ-UBND"));
    assert_eq!(report.document.date, Some("2026-01-05".parse().unwrap()));
    assert_eq!(report.conforms, Some(true), "{:#?}", report.findings);
}

#[test]
fn inputs_of_every_cross_reference_kind_are_prepared_and_signed() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let source = fixture_path("documents/quyet-dinh.pdf");
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in [
        ("stream", vec!["--object-streams=generate"]),
        ("linearised", vec!["--linearize", "--object-streams=disable"]),
        ("linearised-stream", vec!["--linearize", "--object-streams=generate"]),
    ] {
        let made = folder.path().join(format!("{name}.pdf"));
        let mut args = options;
        args.extend([source.to_str().unwrap(), made.to_str().unwrap()]);
        if judges::run("qpdf", &args).is_none() {
            return;
        }
        let (_, _, sealed) = sealed(&std::fs::read(&made).unwrap(), &keys);
        let report = verdict(&sealed, &keys);
        assert_eq!(report.indication, "TOTAL-PASSED", "{name}: {report:#?}");
        check_with_judges(name, &sealed, &keys);
    }
}

#[test]
fn an_expired_or_foreign_certificate_does_not_sign() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let other = TestKeys::new(NewKey::P256, NewKey::P256);
    let (prepared, _) = prepared(&fixture("documents/quyet-dinh.pdf"));
    let pdf = Pdf::open(&prepared).unwrap();
    let request = |at: &str| Request {
        field: prepare::PERSONAL,
        place: None,
        fills: &[],
        appearance: Appearance::None,
        at: at.parse().unwrap(),
        reason: None,
    };
    let now = request("2026-11-23T08:00:00Z");
    assert!(sign(&pdf, &now, &keys.person, &other.trust(), &SystemRng).is_err());
    assert!(sign(&pdf, &request("2041-01-01T00:00:01Z"), &keys.person, &keys.trust(), &SystemRng).is_err());
    assert!(sign(&pdf, &request("2023-12-31T23:59:59Z"), &keys.person, &keys.trust(), &SystemRng).is_err());
    assert!(sign(&pdf, &now, &keys.person, &keys.trust(), &SystemRng).is_ok());
}

#[test]
fn without_an_anchor_nothing_passes() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let (_, _, sealed) = sealed(&fixture("documents/quyet-dinh.pdf"), &keys);
    let report = validate(&sealed, &Policy { trust: Default::default(), at: at() }).unwrap();
    assert_eq!(report.indication, "INDETERMINATE");
    assert_eq!(report.signatures[0].sub_indication.as_deref(), Some("NO_CERTIFICATE_CHAIN_FOUND"));
    assert_eq!(report.signatures[0].integrity, "intact");
    let late =
        validate(&sealed, &Policy { trust: keys.trust(), at: "2045-01-01T00:00:00Z".parse().unwrap() })
            .unwrap();
    assert_eq!(late.signatures[0].sub_indication.as_deref(), Some("OUT_OF_BOUNDS_NO_POE"));
    assert_ne!(late.signatures[0].indication, Indication::Passed);
    assert!(!Source::is_empty(&sealed));
}
