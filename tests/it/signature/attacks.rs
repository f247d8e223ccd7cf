//! Altered and forged documents: none of them may pass.

use super::journey::{sealed, signed, verdict};
use crate::support::{TestKeys, fixture};
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Dictionary, Object, Pdf, Reference};
use chancery::pki::issue::NewKey;
use chancery::signature::report::Indication;
use chancery::signature::{fields, prepare};
use std::sync::OnceLock;

struct Sealed {
    keys: TestKeys,
    personal: Vec<u8>,
    sealed: Vec<u8>,
}

/// One sealed document for all tests here: making keys takes longer than attacking.
fn document() -> &'static Sealed {
    static DOCUMENT: OnceLock<Sealed> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let keys = TestKeys::new(NewKey::P256, NewKey::P256);
        let (_, personal, sealed) = sealed(&fixture("documents/quyet-dinh.pdf"), &keys);
        Sealed { keys, personal, sealed }
    })
}

/// Appends a revision made by `change`.
fn with_revision(file: &[u8], change: impl FnOnce(&Pdf<'_>, &mut RevisionWriter<'_, '_>)) -> Vec<u8> {
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    change(&pdf, &mut writer);
    let appended = writer.finish([9; 16]).unwrap();
    [file.as_slice(), &appended.bytes].concat()
}

fn indications(file: &[u8]) -> Vec<Indication> {
    verdict(file, &document().keys).signatures.iter().map(|signature| signature.indication).collect()
}

fn field(pdf: &Pdf<'_>, name: &str) -> fields::Field {
    fields::all(pdf, pdf.newest()).unwrap().into_iter().find(|field| field.name == name).unwrap()
}

fn dictionary(pdf: &Pdf<'_>, reference: Reference) -> Dictionary {
    match pdf.resolve(reference, pdf.newest()).unwrap() {
        Object::Dictionary(dictionary) => dictionary,
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_changed_byte_in_the_signed_range_breaks_the_signature() {
    let Sealed { sealed, keys, .. } = document();
    for step in 0..60 {
        let mut changed = sealed.clone();
        let at = (step * 997 + 13) % changed.len();
        changed[at] ^= 0x01;
        if let Ok(report) = chancery::signature::validate::validate(
            &changed,
            &chancery::signature::validate::Policy { trust: keys.trust(), at: super::journey::at() },
        ) {
            assert_ne!(report.indication, "TOTAL-PASSED", "byte {at}");
        }
    }
}

#[test]
fn a_number_changed_after_the_seal_is_forbidden_to_both_signatures() {
    let changed = with_revision(&document().sealed, |pdf, writer| {
        let number = field(pdf, "number");
        let mut altered = number.dictionary.clone();
        altered.set("V", Object::String(b"06".to_vec()));
        writer.put(number.reference, &Object::Dictionary(altered));
    });
    let report = verdict(&changed, &document().keys);
    for signature in &report.signatures {
        assert_eq!(signature.indication, Indication::Failed, "{signature:#?}");
        assert!(signature.reasons.iter().any(|reason| reason.code == "forbidden_change"));
    }
}

#[test]
fn a_number_filled_before_the_seal_with_another_appearance_is_an_alteration() {
    let changed = with_revision(&document().personal, |pdf, writer| {
        let number = field(pdf, "number");
        let mut altered = number.dictionary.clone();
        altered.set("V", Object::String(b"06".to_vec()));
        writer.put(number.reference, &Object::Dictionary(altered));
    });
    assert_eq!(indications(&changed), [Indication::Failed]);
}

#[test]
fn changed_pages_catalogs_and_pictures_are_alterations() {
    type Change = fn(&Pdf<'_>, &mut RevisionWriter<'_, '_>);
    let attacks: [(&str, Change); 7] = [
        ("page content", |pdf, writer| {
            let page = chancery::pdf::pages(pdf, pdf.newest(), 1).unwrap()[0];
            let mut altered = dictionary(pdf, page);
            let content = writer.add_stream(Dictionary::default(), b"BT ET");
            altered.set("Contents", Object::Reference(content));
            writer.put(page, &Object::Dictionary(altered));
        }),
        ("open action", |pdf, writer| {
            let root = pdf.root(pdf.newest()).unwrap();
            let mut altered = dictionary(pdf, root);
            altered.set("OpenAction", Object::Array(vec![]));
            writer.put(root, &Object::Dictionary(altered));
        }),
        ("names", |pdf, writer| {
            let root = pdf.root(pdf.newest()).unwrap();
            let mut altered = dictionary(pdf, root);
            altered.set("Names", Object::Dictionary(Dictionary::default()));
            writer.put(root, &Object::Dictionary(altered));
        }),
        ("signature picture", |pdf, writer| {
            let signature = field(pdf, prepare::PERSONAL);
            let mut altered = signature.dictionary.clone();
            let picture = writer.add_stream(
                Dictionary::of(vec![("Subtype", Object::name("Form")), ("BBox", Object::Array(vec![]))]),
                b"",
            );
            altered.set("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(picture))])));
            writer.put(signature.reference, &Object::Dictionary(altered));
        }),
        ("hidden signature", |pdf, writer| {
            let signature = field(pdf, prepare::PERSONAL);
            let mut altered = signature.dictionary.clone();
            altered.set("F", Object::Integer(2));
            writer.put(signature.reference, &Object::Dictionary(altered));
        }),
        ("link annotation", |pdf, writer| {
            let page = chancery::pdf::pages(pdf, pdf.newest(), 1).unwrap()[0];
            let link = writer.add(&Object::Dictionary(Dictionary::of(vec![
                ("Type", Object::name("Annot")),
                ("Subtype", Object::name("Link")),
            ])));
            prepare_annotation(pdf, writer, page, link);
        }),
        ("font overwritten", |pdf, writer| {
            let page = chancery::pdf::pages(pdf, pdf.newest(), 1).unwrap()[0];
            let mut fonts = Vec::new();
            let resources = chancery::pdf::inherited(pdf, page, "Resources", pdf.newest()).unwrap();
            let font = pdf.get(resources.as_dictionary().unwrap(), "Font", pdf.newest()).unwrap();
            font.references(&mut fonts);
            let mut altered = dictionary(pdf, fonts[0]);
            altered.set("BaseFont", Object::name("Other"));
            writer.put(fonts[0], &Object::Dictionary(altered));
        }),
    ];
    for (name, attack) in attacks {
        let changed = with_revision(&document().sealed, attack);
        for (n, indication) in indications(&changed).iter().enumerate() {
            assert_eq!(*indication, Indication::Failed, "{name}, signature {n}");
        }
    }
}

fn prepare_annotation(
    pdf: &Pdf<'_>,
    writer: &mut RevisionWriter<'_, '_>,
    page: Reference,
    annotation: Reference,
) {
    let mut altered = dictionary(pdf, page);
    let mut list = match pdf.get(&altered, "Annots", pdf.newest()).unwrap() {
        Object::Array(list) => list,
        _ => vec![],
    };
    list.push(Object::Reference(annotation));
    altered.set("Annots", Object::Array(list));
    writer.put(page, &Object::Dictionary(altered));
}

#[test]
fn a_visible_signature_over_signed_text_is_an_alteration_and_beside_it_is_not() {
    use chancery::signature::appearance::Appearance;
    use chancery::signature::prepare::{Place, Rectangle};
    use chancery::signature::sign::{Request, sign};
    let Sealed { sealed, keys, .. } = document();
    let pdf = Pdf::open(sealed).unwrap();
    let add = |rectangle| {
        let request = Request {
            field: "copy",
            place: Some(Place { page: 0, rectangle }),
            fills: &[],
            appearance: Appearance::Text("SAO Y"),
            at: super::journey::at(),
            reason: None,
        };
        let appended =
            sign(&pdf, &request, &keys.agency, &keys.trust(), &chancery::ports::SystemRng).unwrap();
        indications(&[sealed.as_slice(), &appended.bytes].concat())
    };
    let beside = Rectangle { left: 420.0, bottom: 800.0, right: 580.0, top: 830.0 };
    assert_eq!(add(beside), [Indication::Passed; 3]);
    let over = Rectangle { left: 100.0, bottom: 400.0, right: 400.0, top: 500.0 };
    assert_eq!(add(over)[..2], [Indication::Failed; 2]);
}

#[test]
fn bytes_that_belong_to_no_revision_and_moved_ranges_do_not_pass() {
    let Sealed { sealed, keys, .. } = document();
    let policy = || chancery::signature::validate::Policy { trust: keys.trust(), at: super::journey::at() };
    let passes = |file: &Vec<u8>| {
        chancery::signature::validate::validate(file, &policy()).is_ok_and(|r| r.indication == "TOTAL-PASSED")
    };
    assert!(passes(sealed));
    let spaces = [sealed.as_slice(), b"\n\n  \n"].concat();
    assert!(passes(&spaces), "white space at the end hides nothing");
    let junk = [sealed.as_slice(), b"99 0 obj\n<<>>\nendobj\n"].concat();
    assert!(!passes(&junk));
    let again = [sealed.as_slice(), b"7 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"].concat();
    assert!(!passes(&again));
    // /ByteRange rewritten in place, every way it can be wrong.
    let text = sealed.windows(11).rposition(|window| window == b"/ByteRange ").unwrap();
    let close = sealed[text..].iter().position(|byte| *byte == b']').unwrap() + text;
    let end = sealed[text..].windows(9).position(|window| window == b"/Contents").unwrap() + text - 2;
    let numbers: Vec<u64> = String::from_utf8_lossy(&sealed[text + 12..close])
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let [_, b, c, d] = numbers[..] else { panic!("{numbers:?}") };
    for range in [
        format!("[1 {b} {c} {d}]"),
        format!("[0 {b} {c} {}]", d - 10),
        format!("[0 {b} {c} {}]", d + 10),
        format!("[0 {} {c} {d}]", b - 5),
        format!("[0 {b} {} {}]", c + 4, d - 4),
        format!("[0 {b} {c}]"),
        format!("[0 {b} {c} -{d}]"),
        "[0 0 0 0]".to_owned(),
        "null".to_owned(),
    ] {
        let mut changed = sealed.clone();
        let padded = format!("{range:<width$}", width = end + 1 - text - 11);
        changed[text + 11..=end].copy_from_slice(padded.as_bytes());
        assert!(!passes(&changed), "{range}");
    }
}

#[test]
fn what_is_appended_and_can_not_be_read_fails_every_signature_before_it() {
    let Sealed { sealed, .. } = document();
    let pdf = Pdf::open(sealed).unwrap();
    let root = pdf.root(pdf.newest()).unwrap().number;
    let (at, previous) = (sealed.len(), pdf.newest_section().unwrap().start);
    let appended = |object: &str, table: &str, trailer: &str| {
        let section = at + object.len();
        let tail = format!("{object}xref\n{table}trailer\n<<{trailer}>>\nstartxref\n{section}\n%%EOF\n");
        [sealed.as_slice(), tail.as_bytes()].concat()
    };
    let entry = format!("{root} 1\n{at:010} 00000 n \n");
    let id = pdf.newest_section().unwrap().trailer.get("ID").and_then(Object::as_array).unwrap();
    let id: String = id
        .iter()
        .map(|part| match part {
            Object::String(bytes) => format!("<{}>", hex::encode(bytes)),
            other => panic!("{other:?}"),
        })
        .collect();
    let usual = format!("/Size 200/Root {root} 0 R/Prev {previous}/ID[{id}]");
    let twice = format!("{root} 0 obj\n<</Type/Catalog/Type/Catalog>>\nendobj\n");
    for (what, file) in [
        ("a key that stands twice", appended(&twice, &entry, &usual)),
        (
            "no section before",
            appended("", "0 1\n0000000000 65535 f \n", &format!("/Size 200/Root {root} 0 R")),
        ),
        ("an object elsewhere", appended("% here\n", &entry, &usual)),
        (
            "a password",
            appended(
                &format!("{root} 0 obj\n<<>>\nendobj\n"),
                &entry,
                &format!("{usual}/Encrypt<</Filter/Standard>>"),
            ),
        ),
        ("no end in sight", [sealed.as_slice(), &[b' '; 5000]].concat()),
        ("cut off", [sealed.as_slice(), &[b'1'; 5000]].concat()),
        ("no section", [sealed.as_slice(), format!("startxref\n{}\n%%EOF\n", at - 9).as_bytes()].concat()),
    ] {
        let report = verdict(&file, &document().keys);
        assert_eq!(report.indication, "TOTAL-FAILED", "{what}");
        assert_eq!(report.signatures.len(), 2, "{what}");
        assert_eq!(report.file.size, u64::try_from(file.len()).unwrap());
        for signature in &report.signatures {
            assert_eq!(signature.integrity, "intact", "{what}");
            assert_eq!(signature.sub_indication.as_deref(), Some("FORMAT_FAILURE"), "{what}");
            assert_eq!(signature.changes_after, chancery::signature::changes::Class::Other, "{what}");
            assert!(!signature.covers.whole_file, "{what}");
        }
    }
    let commented = appended("% Producer 5.5\n", "0 1\n0000000000 65535 f \n", &usual);
    let report = verdict(&commented, &document().keys);
    assert_eq!(report.indication, "TOTAL-PASSED", "comments hide nothing: {report:#?}");
    let hidden = appended("% 7 0 obj null endobj\n", "0 1\n0000000000 65535 f \n", &usual);
    assert_eq!(verdict(&hidden, &document().keys).indication, "TOTAL-FAILED", "unless they hold objects");
}

#[test]
fn signed_again_in_an_unknown_way_the_first_signatures_still_hold() {
    // A second person's signature in a new invisible field is a signature, not an alteration.
    let Sealed { sealed, keys, .. } = document();
    let again = signed(sealed, "third", &keys.person, &[], "images/signature.png");
    assert_eq!(indications(&again), [Indication::Passed; 3]);
}
