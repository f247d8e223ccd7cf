//! A document as it was when signed, with every kind of object that may or may not change later.
//! Only its structure counts here; no signature value is looked at.

use super::raw::Raw;
use chancery::pdf::Pdf;
use chancery::signature::changes::{Change, Class, after};

pub const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R/AcroForm 10 0 R/Metadata 20 0 R>>";
pub const PAGES: &str = "<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2>>";
pub const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[11 0 R 12 0 R 13 0 R 14 0 R 19 0 R 22 0 R 25 0 R]>>";
/// A second page, empty.
pub const EMPTY_PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>";
pub const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>";
pub const FORM: &str = "<</Fields[11 0 R 12 0 R 13 0 R 14 0 R 19 0 R 21 0 R]/SigFlags 3/DR<</Font<</F1 5 0 R>>>>/DA(/F1 12 Tf 0 g)>>";
/// An empty text field; in place of `@` come further entries.
pub const NUMBER: &str =
    "<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/Ff 0/Rect[100 600 200 620]/P 3 0 R/F 4/AP<</N 15 0 R>>@>>";
/// A text field that had a value.
pub const SUBJECT: &str = "<</Type/Annot/Subtype/Widget/FT/Tx/T(subject)/V(Budget)/Rect[100 500 200 520]/P 3 0 R/F 4/AP<</N 16 0 R>>>>";
pub const PERSONAL: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(signature_personal)/V 17 0 R/Rect[300 300 400 350]/P 3 0 R/F 132/AP<</N 18 0 R>>@>>";
pub const AGENCY: &str =
    "<</Type/Annot/Subtype/Widget/FT/Sig/T(signature_agency)/Rect[300 200 400 250]/P 3 0 R/F 132@>>";
pub const BOX: &str = "<</Type/Annot/Subtype/Widget/FT/Btn/T(urgent)/Rect[300 100 310 110]/P 3 0 R/F 4/AS/Off/AP<</N<</Yes 18 0 R/Off 15 0 R>>>>>>";
pub const PARENT: &str = "<</FT/Tx/T(date)/Kids[22 0 R]>>";
pub const KID: &str =
    "<</Type/Annot/Subtype/Widget/Parent 21 0 R/Rect[100 400 200 420]/P 3 0 R/F 4/AP<</N 23 0 R>>>>";
pub const REMARK: &str = "<</Type/Annot/Subtype/Text/Rect[500 800 520 820]/Contents(Signed too)>>";

/// A stream with a dictionary of these further entries.
pub fn stream(entries: &str, data: &str) -> String {
    format!("<<{entries}/Length {}>>\nstream\n{data}\nendstream", data.len())
}

/// An appearance that shows this text.
pub fn showing(text: &str) -> String {
    appearance(&format!("/Tx BMC BT /F1 12 Tf 2 4 Td ({text}) Tj ET EMC"))
}

/// An appearance of this content.
pub fn appearance(content: &str) -> String {
    let entries = "/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 5 0 R>>>>";
    stream(entries, content)
}

/// XMP of one element.
pub fn metadata(inside: &str) -> String {
    let text = format!("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{inside}</x:xmpmeta>");
    stream("/Type/Metadata/Subtype/XML", &text)
}

/// The empty text field with further entries.
pub fn number(entries: &str) -> String {
    NUMBER.replace('@', entries)
}

/// The empty text field filled in.
pub fn filled(value: &str, picture: u32) -> String {
    number(&format!("/V({value})")).replace("15 0 R", &format!("{picture} 0 R")).replace("/Ff 0", "/Ff 1")
}

/// The document, whose only revision is the signed one.
pub fn document() -> Raw {
    let content = stream("", "BT /F1 12 Tf 100 700 Td (Signed content) Tj ET");
    let (blank, shown, kid) = (appearance("/Tx BMC EMC"), showing("Budget"), appearance("/Tx BMC EMC"));
    let (metadata, scribble) = (metadata("<a/>"), appearance("0 0 m 50 20 l S"));
    let (number, personal, agency) = (number(""), PERSONAL.replace('@', ""), AGENCY.replace('@', ""));
    let mut raw = Raw::new(&[]);
    raw.bytes.truncate(15);
    raw.section = 0;
    raw.trailer.push_str("/Info 6 0 R");
    raw.append(
        &[
            (1, CATALOG),
            (2, PAGES),
            (3, PAGE),
            (4, &content),
            (5, FONT),
            (6, "<</Title(Draft)>>"),
            (8, EMPTY_PAGE),
            (10, FORM),
            (11, &number),
            (12, SUBJECT),
            (13, &personal),
            (14, &agency),
            (15, &blank),
            (16, &shown),
            (17, "<</Type/Sig/SubFilter/ETSI.CAdES.detached>>"),
            (18, &scribble),
            (19, BOX),
            (20, &metadata),
            (21, PARENT),
            (22, KID),
            (23, &kid),
            // Number 30 is named here and does not exist.
            (24, "<</Extra 30 0 R>>"),
            (25, &REMARK.replace(">>", "/Popup 24 0 R>>")),
        ],
        &[],
    );
    raw
}

/// What is said of the document after the given revisions.
pub fn judged(revisions: &[&[(u32, &str)]]) -> Vec<Change> {
    let mut raw = document();
    for objects in revisions {
        raw.append(objects, &[]);
    }
    judged_file(&raw.bytes)
}

pub fn judged_file(bytes: &[u8]) -> Vec<Change> {
    let pdf = Pdf::open(&bytes).unwrap();
    assert!(pdf.examine().unwrap().is_empty(), "the test's own file must be sound");
    after(&pdf, 0).unwrap()
}

pub fn worst(changes: &[Change]) -> Class {
    changes.iter().map(|change| change.class).max().unwrap_or(Class::None)
}
