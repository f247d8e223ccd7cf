//! The published attacks on signed PDFs, each by a generator: signature exclusion, incremental saving, wrapping
//! (Mladenov and others, 2019), shadows that hide, replace, or hide and replace (2021), evil annotations and sneaky
//! signatures on certified documents (2021). None may pass.

use super::field::by_hand;
use super::journey::at;
use crate::pdf::raw::Raw;
use chancery::pki::issue::{Authority, NewKey};
use chancery::pki::{Digest, MemoryKey, TrustStore};
use chancery::signature::report::Report;
use chancery::signature::validate::{Policy, validate};

const ROOM: usize = 4000;
const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>";
pub(super) const PAGE: &str = "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</Im 12 0 R>>>>";
pub(super) const FORM: &str = "/AcroForm<</Fields[6 0 R 10 0 R]/SigFlags 3/DR<</Font<</F1 5 0 R>>>>>>";

pub(super) struct Forger {
    key: MemoryKey,
    trust: TrustStore,
}

pub(super) fn stream(entries: &str, data: &str) -> String {
    format!("<<{entries}/Length {}>>\nstream\n{data}\nendstream", data.len())
}

/// What certification or lock the first signature has.
#[derive(Clone, Copy)]
pub(super) enum Seal {
    Plain,
    /// DocMDP with P.
    Certified(u8),
    /// FieldMDP on the field `amount`.
    Locked,
}

impl Forger {
    pub(super) fn new() -> Self {
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let made = authority.issue("Người ký", "Cơ quan", NewKey::P256, (2024, 2040)).unwrap();
        let key = MemoryKey::new(&made.pkcs8, made.certificate, vec![]).unwrap();
        Self { key, trust: TrustStore::new(vec![authority.root().clone()]) }
    }

    pub(super) fn dictionary(&self, seal: Seal) -> String {
        let reference = match seal {
            Seal::Plain => String::new(),
            Seal::Certified(p) => format!(
                "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {p}>>>>]"
            ),
            Seal::Locked => "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2/Action/Include/Fields[(amount)]>>>>]".to_owned(),
        };
        format!(
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261101080000Z){reference}/Contents <{}>/ByteRange [0 0000000000 0000000000 0000000000]>>",
            "0".repeat(ROOM)
        )
    }

    /// Signs the last signature dictionary of a file: fills its range and its contents.
    pub(super) fn seal(&self, bytes: &mut [u8]) {
        let last = |what: &[u8]| bytes.windows(what.len()).rposition(|one| one == what).unwrap() + what.len();
        let (start, range) = (last(b"/Contents "), last(b"/ByteRange "));
        let end = start + ROOM + 2;
        let text = format!("[0 {start:010} {end:010} {:010}]", bytes.len() - end);
        bytes[range..range + text.len()].copy_from_slice(text.as_bytes());
        let digest = Digest::Sha256.of(&[&bytes[..start], &bytes[end..]].concat());
        let digits = hex::encode(by_hand(&self.key, &digest, vec![], true, None));
        bytes[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    }

    /// A signed contract: text, a form field that shows an amount, an overlay picture, and hidden objects whose numbers
    /// are free to the attacker.
    fn signed(&self, seal: Seal) -> Raw {
        self.signed_with(seal, &[])
    }

    /// The same with further objects, of which the first is a field.
    pub(super) fn signed_with(&self, seal: Seal, more: &[(u32, &str)]) -> Raw {
        let field = more.first().map(|(number, _)| format!(" {number} 0 R")).unwrap_or_default();
        let content = "BT /F1 12 Tf 100 700 Td (Pay 100 to the agency) Tj ET q /Im Do Q";
        self.signed_page(seal, &field, (PAGE, content), more)
    }

    /// The same with another page; `field` is on it and in the form.
    pub(super) fn signed_page(
        &self,
        seal: Seal,
        field: &str,
        (entries, content): (&str, &str),
        more: &[(u32, &str)],
    ) -> Raw {
        let form = FORM.replace("10 0 R", &format!("10 0 R{field}"));
        let perms = match seal {
            Seal::Certified(_) => "/Perms<</DocMDP 7 0 R>>",
            _ => "",
        };
        let shown = stream(
            "/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 5 0 R>>>>",
            "/Tx BMC BT /F1 12 Tf 2 4 Td (100) Tj ET EMC",
        );
        let (catalog, page) = (
            format!("<</Type/Catalog/Pages 2 0 R{form}{perms}>>"),
            format!("<<{entries}/Annots[6 0 R 10 0 R{field}]>>"),
        );
        let (content, signature) = (stream("", content), self.dictionary(seal));
        let overlay = stream("/Type/XObject/Subtype/Form/BBox[90 690 300 720]", "1 1 1 rg 90 690 5 5 re f");
        let own = [
            (1, catalog.as_str()),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
            (3, &page),
            (4, &content),
            (5, FONT),
            (6, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 7 0 R/Rect[0 0 0 0]/P 3 0 R/F 132>>"),
            (7, &signature),
            (
                10,
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/Rect[100 600 200 620]/P 3 0 R/F 4/AP<</N 11 0 R>>>>",
            ),
            (11, &shown),
            (12, &overlay),
        ];
        let mut raw = Raw::new(&[own.as_slice(), more].concat());
        self.seal(&mut raw.bytes);
        raw
    }

    pub(super) fn judge(&self, file: &[u8]) -> Result<Report, chancery::pdf::Error> {
        validate(&file.to_vec(), &Policy { trust: self.trust.clone(), at: at() })
    }

    pub(super) fn passes(&self, file: &[u8]) -> bool {
        self.judge(file).is_ok_and(|report| report.indication == "TOTAL-PASSED")
    }

    /// No signature over the attacked content is good, whatever others there are.
    pub(super) fn first_passes(&self, file: &[u8]) -> bool {
        self.judge(file).is_ok_and(|report| {
            report.signatures.first().is_some_and(|one| one.indication.as_str() == "TOTAL-PASSED")
        })
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let start = bytes.windows(from.len()).rposition(|one| one == from).unwrap();
    [&bytes[..start], to, &bytes[start + from.len()..]].concat()
}

/// Where the offset of an object's last definition is.
fn offset_of(bytes: &[u8], number: u32) -> usize {
    let head = format!("\n{number} 0 obj");
    bytes.windows(head.len()).rposition(|one| one == head.as_bytes()).unwrap() + 1
}

#[test]
fn the_untouched_contract_passes() {
    let forger = Forger::new();
    for seal in [Seal::Plain, Seal::Certified(1), Seal::Certified(2), Seal::Certified(3), Seal::Locked] {
        let file = forger.signed(seal).bytes;
        assert!(forger.passes(&file), "{:#?}", forger.judge(&file));
    }
}

#[test]
fn signature_exclusion_leaves_nothing_that_passes() {
    let forger = Forger::new();
    let signed = forger.signed(Seal::Plain);
    let (bytes, size) = (&signed.bytes, signed.bytes.len());
    let start = bytes.windows(10).rposition(|one| one == b"/Contents ").unwrap();
    let contents = &bytes[start..start + 12 + ROOM];
    let range_at = bytes.windows(11).rposition(|one| one == b"/ByteRange ").unwrap();
    let range = &bytes[range_at..range_at + 11 + 36];
    let same_length = |what: &str, of: &[u8]| format!("{what:<width$}", width = of.len()).into_bytes();
    let mut attacks: Vec<(String, Vec<u8>)> = Vec::new();
    for value in
        ["", "/Contents null", "/Contents <>", "/Contents <00>", "/Contents ()", "/Contents <30800000>"]
    {
        attacks.push((value.to_owned(), replaced(bytes, contents, &same_length(value, contents))));
    }
    for value in [
        String::new(),
        "/ByteRange null".to_owned(),
        "/ByteRange []".to_owned(),
        "/ByteRange [0 -1 -1 -1]".to_owned(),
        format!("/ByteRange [0 {size} {size} 0]"),
        "/ByteRange [0 0 0 0]".to_owned(),
        format!("/ByteRange [{size} 0 0 {size}]"),
        "/ByteRange [0 1 2 3 4]".to_owned(),
    ] {
        attacks.push((value.clone(), replaced(bytes, range, &same_length(&value, range))));
    }
    // The same in a later revision, the signed bytes untouched.
    for value in [
        "<</Type/Sig>>",
        "null",
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents<>/ByteRange[0 0 0 0]>>",
    ] {
        let mut later = signed.clone();
        later.append(&[(7, value)], &[]);
        attacks.push((format!("later {value}"), later.bytes));
    }
    for (name, file) in attacks {
        assert!(!forger.passes(&file), "{name}");
    }
}

#[test]
fn incremental_saving_attacks_do_not_pass() {
    let forger = Forger::new();
    let signed = forger.signed(Seal::Plain);
    let evil = stream("", "BT /F1 12 Tf 100 700 Td (Pay 999 to Mallory) Tj ET");
    let body = format!("4 0 obj\n{evil}\nendobj\n");
    let last = String::from_utf8_lossy(&signed.bytes[signed.section..]).into_owned();
    let with = |tail: &str| [signed.bytes.as_slice(), body.as_bytes(), tail.as_bytes()].concat();
    let mut whole = signed.clone();
    whole.append(&[(4, &evil)], &[]);
    let mut catalog = signed.clone();
    catalog.append(
        &[
            (1, &format!("<</Type/Catalog/Pages 20 0 R{FORM}>>")),
            (20, "<</Type/Pages/Kids[21 0 R]/Count 1>>"),
            (21, "<</Type/Page/Parent 20 0 R/MediaBox[0 0 595 842]>>"),
        ],
        &[],
    );
    let mut root = signed.clone();
    root.trailer = root.trailer.replace("/Root 1 0 R", "/Root 30 0 R");
    root.append(&[(30, "<</Type/Catalog/Pages 2 0 R>>")], &[]);
    let attacks = [
        ("a whole revision", whole.bytes),
        ("another catalog", catalog.bytes),
        ("another root", root.bytes),
        ("a body without anything", with("")),
        ("a body and a trailer", with("trailer\n<</Root 1 0 R>>\n%%EOF\n")),
        ("a body and the signed table again", with(&last)),
        ("a body and a start into nothing", with("startxref\n99999999\n%%EOF\n")),
        ("a body and the old start", with(&format!("startxref\n{}\n%%EOF\n", signed.section))),
        ("a table without a trailer", with("xref\n4 1\n0000000000 00000 n\r\nstartxref\n0\n%%EOF\n")),
    ];
    for (name, file) in attacks {
        assert!(!forger.passes(&file), "{name}: {:#?}", forger.judge(&file));
    }
}

#[test]
fn signature_wrapping_does_not_pass() {
    let forger = Forger::new();
    let signed = forger.signed(Seal::Plain);
    let bytes = &signed.bytes;
    let start = bytes.windows(10).rposition(|one| one == b"/Contents ").unwrap() + 10;
    let end = start + ROOM + 2;
    let (first, gap, second) = (&bytes[..start], &bytes[start..end], &bytes[end..]);
    let evil = format!("\n4 0 obj\n{}\nendobj\n", stream("", "BT /F1 12 Tf 100 700 Td (Pay 999) Tj ET"));
    // The second part moved to the end, what is evil between; the range inside says where it now is.
    for widen in [false, true] {
        let middle =
            if widen { [gap, evil.as_bytes()].concat() } else { [gap, b">", evil.as_bytes()].concat() };
        let moved = start + middle.len();
        let file = [first, &middle, second].concat();
        let old = format!("{end:010} {:010}]", second.len());
        let new = format!("{moved:010} {:010}]", second.len());
        let at = file.windows(old.len()).rposition(|one| one == old.as_bytes()).unwrap();
        let mut file = [&file[..at], new.as_bytes(), &file[at + old.len()..]].concat();
        // The table put right for what moved.
        let place = offset_of(&file, 4);
        let entry = format!("4 1\n{:010}", offset_of(bytes, 4));
        let at = file.windows(entry.len()).rposition(|one| one == entry.as_bytes()).unwrap();
        file[at + 4..at + 14].copy_from_slice(format!("{place:010}").as_bytes());
        assert!(!forger.passes(&file), "widened {widen}");
    }
    // A second dictionary for the same signature, with a range that leaves out what is evil.
    let mut wrapped = signed.clone();
    let contents = String::from_utf8_lossy(gap).into_owned();
    let forged = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261101080000Z)/Contents {contents}/ByteRange [0 {start} {end} {}]>>",
        second.len()
    );
    wrapped.append(&[(7, &forged), (4, &stream("", "BT ET"))], &[]);
    assert!(!forger.passes(&wrapped.bytes));
    // The padding of /Contents used as a hiding place.
    let mut padded = bytes.clone();
    padded[end - 40..end - 4].copy_from_slice(&hex::encode([0x41; 18]).into_bytes());
    assert!(!forger.passes(&padded));
}

#[test]
fn shadows_do_not_pass() {
    let forger = Forger::new();
    let signed = || forger.signed(Seal::Plain);
    let free = |freed: &[u32]| {
        let mut raw = signed();
        raw.append(&[], freed);
        raw.bytes
    };
    let over = |objects: &[(u32, &str)]| {
        let mut raw = signed();
        raw.append(objects, &[]);
        raw.bytes
    };
    // Hide: what lies over the content is taken away, made empty, or made something else.
    let hide = [
        ("overlay freed", free(&[12])),
        ("overlay emptied", over(&[(12, &stream("/Type/XObject/Subtype/Form/BBox[0 0 1 1]", ""))])),
        ("overlay of another kind", over(&[(12, "<</Type/XObject/Subtype/Nothing>>")])),
        (
            "overlay unnamed",
            over(&[(3, &format!("<<{}/Annots[6 0 R 10 0 R]>>", PAGE.replace("/Im 12 0 R", "")))]),
        ),
    ];
    // Replace: the font, the value, the picture of a field, without its value.
    let other = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 5 0 R>>>>",
        "/Tx BMC BT /F1 12 Tf 2 4 Td (999) Tj ET EMC",
    );
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/Differences[49/nine/eight/seven]>>>>";
    let replace = [
        ("font", over(&[(5, font)])),
        ("picture of a field", over(&[(11, &other)])),
        (
            "value and picture",
            over(&[
                (
                    10,
                    "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(999)/Rect[100 600 200 620]/P 3 0 R/F 4/AP<</N 11 0 R>>>>",
                ),
                (11, &other),
            ]),
        ),
        (
            "default resources",
            over(&[
                (
                    1,
                    &format!(
                        "<</Type/Catalog/Pages 2 0 R{}>>",
                        FORM.replace("5 0 R", "20 0 R")
                            .replace("/SigFlags", "/NeedAppearances true/SigFlags")
                    ),
                ),
                (20, font),
                (
                    10,
                    "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(999)/Rect[100 600 200 620]/P 3 0 R/F 4>>",
                ),
            ]),
        ),
    ];
    for (name, file) in hide.into_iter().chain(replace) {
        assert!(!forger.passes(&file), "{name}: {:#?}", forger.judge(&file));
    }
}

#[test]
fn hidden_objects_brought_up_by_a_table_alone_do_not_pass() {
    // Hide and replace: both contents were signed; the later table only points to the other one.
    let forger = Forger::new();
    let mut raw = Raw::new(&[
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[6 0 R]>>",
        ),
        (5, FONT),
        (6, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 7 0 R/Rect[0 0 0 0]/P 3 0 R/F 132>>"),
    ]);
    // The hidden one first: no table names it.
    let hidden = raw.bytes.len();
    raw.bytes.extend_from_slice(
        format!("4 0 obj\n{}\nendobj\n", stream("", "BT /F1 12 Tf 100 700 Td (Pay 999) Tj ET")).as_bytes(),
    );
    raw.append(
        &[(4, &stream("", "BT /F1 12 Tf 100 700 Td (Pay 100) Tj ET")), (7, &forger.dictionary(Seal::Plain))],
        &[],
    );
    forger.seal(&mut raw.bytes);
    let prepared = forger.judge(&raw.bytes).unwrap();
    let warned = prepared.signatures[0].warnings.iter().any(|one| one.code == "unaccounted_bytes");
    assert!(warned, "the hiding place is told before anybody uses it: {prepared:#?}");
    raw.end(&std::collections::BTreeMap::from([(4, format!("{hidden:010} 00000 n\r\n"))]));
    assert!(!forger.passes(&raw.bytes), "{:#?}", forger.judge(&raw.bytes));
}

#[test]
fn evil_annotations_do_not_pass_whatever_the_certification_permits() {
    let forger = Forger::new();
    let annotated = |seal: Seal, annotation: &str| {
        let mut raw = forger.signed(seal);
        let picture = stream(
            "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 5 0 R>>>>",
            "1 g 0 0 200 20 re f BT /F1 12 Tf 0 4 Td (Pay 999 to Mallory) Tj ET",
        );
        let page = format!("<<{PAGE}/Annots[6 0 R 10 0 R 40 0 R]>>");
        raw.append(&[(3, &page), (40, annotation), (41, &picture)], &[]);
        raw.bytes
    };
    for seal in [Seal::Certified(1), Seal::Certified(2), Seal::Certified(3), Seal::Plain] {
        for kind in
            ["FreeText", "Stamp", "Square", "Text", "Highlight", "Redact", "Link", "Widget", "FileAttachment"]
        {
            let evil = format!("<</Type/Annot/Subtype/{kind}/Rect[95 695 300 715]/F 4/AP<</N 41 0 R>>>>");
            assert!(!forger.passes(&annotated(seal, &evil)), "{kind}");
        }
        let scripted = "<</Type/Annot/Subtype/Text/Rect[1 1 9 9]/A<</S/JavaScript/JS(app.alert(1))>>>>";
        assert!(!forger.passes(&annotated(seal, scripted)), "a script");
    }
    // A remark beside the text, and a light highlight over it, stay what they are where remarks are permitted.
    let beside = "<</Type/Annot/Subtype/FreeText/Rect[300 300 400 320]/F 4/Contents(Seen)>>";
    let highlight = "<</Type/Annot/Subtype/Highlight/C[1 1 0]/Rect[95 695 300 715]/QuadPoints[95 715 300 715 95 695 300 695]/F 4>>";
    for remark in [beside, highlight] {
        let file = annotated(Seal::Certified(3), remark);
        let report = forger.judge(&file).unwrap();
        assert_eq!(report.indication, "TOTAL-PASSED", "{remark}: {report:#?}");
        assert!(report.signatures[0].warnings.iter().any(|one| one.code == "annotations_added"));
        assert!(!forger.passes(&annotated(Seal::Certified(2), remark)), "{remark}");
    }
}

#[test]
fn sneaky_signatures_do_not_pass_over_what_was_signed() {
    let forger = Forger::new();
    for seal in [Seal::Certified(1), Seal::Certified(2), Seal::Certified(3), Seal::Locked] {
        let sneaky = |place: &str| {
            let mut raw = forger.signed(seal);
            let picture = stream(
                "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 5 0 R>>>>",
                "1 g 0 0 200 20 re f BT /F1 12 Tf 0 4 Td (Pay 999 to Mallory) Tj ET",
            );
            let perms = if matches!(seal, Seal::Certified(_)) { "/Perms<</DocMDP 7 0 R>>" } else { "" };
            let form = FORM.replace("10 0 R]", "10 0 R 40 0 R]");
            let field = format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(Sneaky)/V 42 0 R/Rect[{place}]/P 3 0 R/F 132/AP<</N 41 0 R>>>>"
            );
            raw.append(
                &[
                    (1, &format!("<</Type/Catalog/Pages 2 0 R{form}{perms}>>")),
                    (3, &format!("<<{PAGE}/Annots[6 0 R 10 0 R 40 0 R]>>")),
                    (40, &field),
                    (41, &picture),
                    (42, &forger.dictionary(Seal::Plain)),
                ],
                &[],
            );
            forger.seal(&mut raw.bytes);
            raw.bytes
        };
        assert!(!forger.first_passes(&sneaky("95 695 300 715")), "over the text");
        assert!(!forger.first_passes(&sneaky("100 600 200 620")), "over the field");
        let beside = sneaky("300 300 500 320");
        let is_closed = matches!(seal, Seal::Certified(1));
        assert_eq!(forger.first_passes(&beside), !is_closed, "{:#?}", forger.judge(&beside));
    }
}

#[test]
fn a_locked_field_and_a_certified_form_keep_what_they_are() {
    let forger = Forger::new();
    for seal in [Seal::Locked, Seal::Certified(1), Seal::Certified(2)] {
        let mut raw = forger.signed(seal);
        raw.append(&[(10, "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(999)/Rect[100 600 200 620]/P 3 0 R/F 4/AP<</N 11 0 R>>>>")], &[]);
        let report = forger.judge(&raw.bytes).unwrap();
        assert_eq!(report.indication, "TOTAL-FAILED", "{report:#?}");
        assert_eq!(report.signatures[0].reasons[0].code, "forbidden_change");
    }
    let locked = forger.judge(&forger.signed(Seal::Locked).bytes).unwrap();
    assert_eq!(locked.signatures[0].permission.fieldmdp.as_deref(), Some(&["amount".to_owned()][..]));
    let certified = forger.judge(&forger.signed(Seal::Certified(2)).bytes).unwrap();
    assert_eq!(
        (certified.signatures[0].kind.as_str(), certified.signatures[0].permission.docmdp),
        ("certification", Some(2))
    );
}
