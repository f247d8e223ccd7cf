//! Changes that leave an earlier signature valid, and how far each goes.

use super::signed::{
    AGENCY, BOX, CATALOG, EMPTY_PAGE, FORM, KID, PAGE, PARENT, PERSONAL, SUBJECT, appearance, document,
    filled, judged, judged_file, metadata, showing, stream, worst,
};
use chancery::signature::changes::{Class, is_permitted};
use chancery::signature::permission::Locked;

/// A new signature field with its value.
fn new_signature(rectangle: &str, page: u32, subfilter: &str) -> [String; 2] {
    [
        format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(copy)/V 41 0 R/Rect[{rectangle}]/P {page} 0 R/F 132/AP<</N 15 0 R>>>>"
        ),
        format!("<</Type/Sig/SubFilter/{subfilter}>>"),
    ]
}

#[test]
fn nothing_appended_is_no_change() {
    assert!(judged(&[]).is_empty());
}

#[test]
fn evidence_and_descriptions_are_validation_data() {
    let store = CATALOG.replace("/Pages", "/DSS<</Certs[40 0 R]/VRI<<>>>>/Pages");
    let store_alone = CATALOG.replace("/Pages", "/DSS 41 0 R/Pages");
    let certificate = stream("", "0");
    let sound = metadata("<b>changed</b>");
    let cases: [(&str, &[(u32, &str)]); 8] = [
        ("security store", &[(1, &store), (40, &certificate)]),
        ("security store in an object", &[(1, &store_alone), (41, "<</Certs[40 0 R]>>"), (40, &certificate)]),
        ("extensions", &[(1, &CATALOG.replace("/Pages", "/Extensions<</ESIC<<>>>>/Pages"))]),
        ("version", &[(1, &CATALOG.replace("/Pages", "/Version/1.7/Pages"))]),
        ("information", &[(6, "<</Title(Other)>>")]),
        ("metadata", &[(20, &sound)]),
        ("orphans", &[(40, "(nobody names this)")]),
        ("identical rewrite", &[(12, SUBJECT), (3, PAGE)]),
    ];
    for (name, objects) in cases {
        let changes = judged(&[objects]);
        assert_eq!(worst(&changes), Class::ValidationData, "{name}: {changes:#?}");
        assert!(changes.iter().all(|change| is_permitted(change, Some(1), Some(&Locked::All))), "{name}");
    }
}

#[test]
fn a_security_store_that_grows_over_revisions_stays_validation_data() {
    let catalog = CATALOG.replace("/Pages", "/DSS 41 0 R/Pages");
    let certificate = stream("", "0");
    let changes = judged(&[
        &[(1, &catalog), (41, "<</Certs 42 0 R>>"), (42, "[40 0 R]"), (40, &certificate)],
        &[(42, "[40 0 R 43 0 R]"), (43, &certificate)],
        &[(41, "<</Certs 42 0 R/CRLs[44 0 R]>>"), (44, &certificate)],
    ]);
    assert_eq!(worst(&changes), Class::ValidationData, "{changes:#?}");
}

#[test]
fn an_empty_field_filled_is_form_filling_in_every_usual_way() {
    let picture = showing("05");
    let fill = filled("05", 40);
    let spaced = filled("0 5", 40);
    let flags = fill.replace("/F 4", "/F 132");
    let aligned = fill.replace("/P 3", "/Q 1/DA(/F1 10 Tf 0 g)/P 3");
    let in_place = filled("05", 15);
    let (parent, kid) = (PARENT.replace("/Kids", "/V(05)/Kids"), KID.replace("23 0 R", "40 0 R"));
    let cases: [(&str, &[(u32, &str)]); 8] = [
        ("new appearance", &[(11, &fill), (40, &picture)]),
        ("spaces of the value", &[(11, &spaced), (40, &picture)]),
        ("printing flags", &[(11, &flags), (40, &picture)]),
        ("alignment and size", &[(11, &aligned), (40, &picture)]),
        ("widget apart", &[(21, &parent), (22, &kid), (40, &picture)]),
        ("widget apart, in place", &[(21, &parent), (23, &picture)]),
        ("defaults of the form", &[(10, &FORM.replace("/DA(/F1 12", "/Q 1/DA(/F1 11"))]),
        ("box ticked", &[(19, &BOX.replace("/AS/Off", "/V/Yes/AS/Yes"))]),
    ];
    for (name, objects) in cases {
        let changes = judged(&[objects]);
        assert_eq!(worst(&changes), Class::FormFilling, "{name}: {changes:#?}");
    }
    // The blank picture of this document serves the box too; one that serves only its field may be overwritten.
    let changes = judged(&[&[(11, &in_place), (15, &picture)]]);
    assert_eq!(worst(&changes), Class::Other, "{changes:#?}");
}

#[test]
fn a_filled_field_written_again_unchanged_is_still_filled_once() {
    let (fill, picture) = (filled("05", 40), showing("05"));
    let changes = judged(&[&[(11, &fill), (40, &picture)], &[(11, &fill)], &[(40, &picture)]]);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
}

#[test]
fn signing_an_empty_field_and_adding_one_are_form_filling() {
    let agency = AGENCY.replace('@', "/V 40 0 R/AP<</N 41 0 R>>");
    let (value, seal) = ("<</Type/Sig/SubFilter/ETSI.CAdES.detached>>", appearance("0 0 m 9 9 l S"));
    let changes = judged(&[&[(14, &agency), (40, value), (41, &seal)]]);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
    assert_eq!(changes[0].field.as_deref(), Some("signature_agency"));
    assert_eq!((changes[0].revision, changes[0].page), (2, Some(1)));
    let form = FORM.replace("21 0 R]", "21 0 R 40 0 R]");
    let [visible, value] = new_signature("20 20 90 60", 8, "ETSI.CAdES.detached");
    let page = EMPTY_PAGE.replace("/Resources", "/Annots[40 0 R]/Resources");
    let changes = judged(&[&[(10, &form), (8, &page), (40, &visible), (41, &value)]]);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
    // A later revision that names the new field again reports nothing twice.
    let more = judged(&[
        &[(10, &form), (8, &page), (40, &visible), (41, &value)],
        &[(10, &form.replace("/SigFlags 3", "/SigFlags 7"))],
    ]);
    let additions = |list: &[chancery::signature::changes::Change]| {
        list.iter().filter(|change| change.what == "signature_field_added").count()
    };
    assert_eq!(additions(&more), additions(&changes), "{more:#?}");
}

#[test]
fn an_invisible_document_timestamp_is_validation_data() {
    let form = FORM.replace("21 0 R]", "21 0 R 40 0 R]");
    let page = PAGE.replace("25 0 R]", "25 0 R 40 0 R]");
    let [field, value] = new_signature("0 0 0 0", 3, "ETSI.RFC3161");
    let changes = judged(&[&[(10, &form), (3, &page), (40, &field), (41, &value)]]);
    assert_eq!(worst(&changes), Class::ValidationData, "{changes:#?}");
}

#[test]
fn remarks_on_a_page_are_annotations_and_forbidden_below_level_3() {
    let page = PAGE.replace("25 0 R]", "25 0 R 40 0 R]");
    let changes = judged(&[&[(3, &page), (40, "<</Type/Annot/Subtype/Highlight/C[1 1 0]/Rect[1 1 9 9]>>")]]);
    assert_eq!(worst(&changes), Class::Annotations, "{changes:#?}");
    assert!(changes.iter().all(|change| is_permitted(change, Some(3), None)));
    assert!(changes.iter().any(|change| !is_permitted(change, Some(2), None)));
}

#[test]
fn a_form_made_for_the_first_signature_field_is_form_filling() {
    let mut raw = super::raw::Raw::draft();
    let [field, value] = new_signature("20 20 90 60", 3, "ETSI.CAdES.detached");
    let blank = appearance("");
    raw.append(
        &[
            (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[40 0 R]/SigFlags 3>>>>"),
            (
                3,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[40 0 R]>>",
            ),
            (40, &field),
            (41, &value),
            (15, &blank),
        ],
        &[],
    );
    let changes = judged_file(&raw.bytes);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
}

#[test]
fn the_read_only_flag_of_a_signed_field_may_be_set() {
    let changes = judged(&[&[(13, &PERSONAL.replace('@', "/Ff 1"))]]);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
}

#[test]
fn a_lock_forbids_its_fields_and_nothing_else() {
    let (fill, picture) = (filled("05", 40), showing("05"));
    let changes = judged(&[&[(11, &fill), (40, &picture)]]);
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    let permitted = |locked: &Locked| changes.iter().all(|change| is_permitted(change, None, Some(locked)));
    assert!(!permitted(&Locked::All));
    assert!(!permitted(&Locked::Include(names(&["number"]))));
    assert!(permitted(&Locked::Include(names(&["num", "subject"]))));
    assert!(permitted(&Locked::Exclude(names(&["number"]))));
    assert!(!permitted(&Locked::Exclude(names(&["subject"]))));
}

#[test]
fn a_change_seen_from_the_revision_that_made_it_is_none() {
    let mut raw = document();
    let (fill, picture) = (filled("05", 40), showing("05"));
    raw.append(&[(11, &fill), (40, &picture)], &[]);
    let pdf = chancery::pdf::Pdf::open(&raw.bytes).unwrap();
    assert!(chancery::signature::changes::after(&pdf, 1).unwrap().is_empty());
}
