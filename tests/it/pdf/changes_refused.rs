//! Alterations: whatever is done to what was signed, in whatever disguise, is `other`.

use super::signed::{
    AGENCY, BOX, CATALOG, EMPTY_PAGE, FONT, FORM, KID, PAGE, PAGES, PARENT, PERSONAL, REMARK, SUBJECT,
    appearance, document, filled, judged, judged_file, number, showing, stream, worst,
};
use chancery::signature::changes::Class;
use proptest::prelude::*;

fn assert_other(name: &str, revisions: &[&[(u32, &str)]]) {
    let changes = judged(revisions);
    assert_eq!(worst(&changes), Class::Other, "{name}: {changes:#?}");
}

#[test]
fn any_other_entry_of_a_field_that_is_filled_is_an_alteration() {
    let picture = showing("05");
    for entry in [
        "/M(D:20260101)",
        "/MK<<>>",
        "/DV(1)",
        "/RV(1)",
        "/TU(Number)",
        "/TM(n)",
        "/MaxLen 3",
        "/NM(n)",
        "/Contents(c)",
        "/BS<<>>",
        "/Border[0 0 1]",
        "/Lock<<>>",
        "/StructParent 1",
        "/AA<<>>",
        "/A<<>>",
        "/Opt[]",
        "/Kids[]",
        "/Parent 21 0 R",
    ] {
        let altered = filled("05", 40).replace("/V(", &format!("{entry}/V("));
        assert_other(entry, &[&[(11, &altered), (40, &picture)]]);
    }
    let moved = filled("05", 40).replace("[100 600 200 620]", "[100 500 300 720]");
    assert_other("Rect", &[&[(11, &moved), (40, &picture)]]);
    let hidden = filled("05", 40).replace("/F 4", "/F 6");
    assert_other("hidden", &[&[(11, &hidden), (40, &picture)]]);
    let renamed = filled("05", 40).replace("(number)", "(numbers)");
    assert_other("T", &[&[(11, &renamed), (40, &picture)]]);
    let bare = filled("05", 40).replace("/AP<</N 40 0 R>>", "");
    assert_other("AP deleted", &[&[(11, &bare)]]);
}

#[test]
fn a_value_that_its_appearance_does_not_show_is_an_alteration() {
    let fill = filled("05", 40);
    let contents = [
        ("another text", showing("06")),
        ("more text", showing("05 cancelled")),
        ("nothing", appearance("/Tx BMC EMC")),
        ("invisible text", appearance("BT /F1 12 Tf 3 Tr (05) Tj ET")),
        ("white text", appearance("1 g BT /F1 12 Tf (05) Tj ET")),
        ("white text after a state restored", appearance("1 1 1 rg q 0 g Q BT /F1 12 Tf [(05)] TJ ET")),
        ("text without ink", appearance("0 0 0 0 k BT /F1 12 Tf (05) Tj ET")),
        ("text in a pattern", appearance("/P0 scn BT /F1 12 Tf (05) Tj ET")),
        ("a picture beside", appearance("BT /F1 12 Tf (05) Tj ET /Im Do")),
        ("a painted box", appearance("0 0 100 20 re f BT /F1 12 Tf (05) Tj ET")),
        ("letters drawn as lines", appearance("BT /F1 12 Tf (05) Tj ET 0 0 m 9 9 l S")),
        ("an unknown font", appearance("BT /F9 12 Tf (05) Tj ET")),
        ("unreadable content", appearance("BT /F1 12 Tf (05 Tj ET")),
    ];
    for (name, picture) in contents {
        assert_other(name, &[&[(11, &fill), (40, &picture)]]);
    }
    let picture = showing("05");
    let pressed = fill.replace("<</N 40 0 R>>", "<</N 40 0 R/D 41 0 R>>");
    assert_other("a picture for pressing", &[&[(11, &pressed), (40, &picture), (41, &showing("99"))]]);
    assert_other("value alone", &[&[(11, &number("/V(05)"))]]);
    let alone = fill.replace("/V(05)", "");
    assert_other("appearance alone", &[&[(11, &alone), (40, &picture)]]);
    let parent = PARENT.replace("/Kids", "/V(05)/Kids");
    assert_other("widget apart, not shown", &[&[(21, &parent)]]);
    assert_other("widget apart, no value", &[&[(22, &KID.replace("23 0 R", "40 0 R")), (40, &picture)]]);
    let (kid, other) = (KID.replace("23 0 R", "40 0 R"), showing("06"));
    assert_other("widget apart, other text", &[&[(21, &parent), (22, &kid), (40, &other)]]);
}

#[test]
fn what_was_shown_may_not_be_replaced() {
    let (picture, budget) = (showing("Gift"), SUBJECT.replace("Budget", "Gift").replace("16 0 R", "40 0 R"));
    assert_other("a value", &[&[(12, &budget), (40, &picture)]]);
    assert_other("its picture in place", &[&[(16, &picture)]]);
    let (first, one, second, two) = (filled("05", 40), showing("05"), filled("06", 41), showing("06"));
    assert_other("filled twice", &[&[(11, &first), (40, &one)], &[(11, &second), (41, &two)]]);
    // The field stays as filled, what it shows is exchanged under it.
    assert_other("its new picture overwritten", &[&[(11, &first), (40, &one)], &[(40, &two)]]);
    assert_other(
        "its new picture removed and given again",
        &[&[(11, &first), (40, &one)], &[(11, &number(""))], &[(11, &second), (41, &two)]],
    );
    let mut freed = document();
    freed.append(&[(11, &first), (40, &one)], &[]);
    freed.append(&[], &[40]);
    assert_eq!(worst(&judged_file(&freed.bytes)), Class::Other);
    let off = BOX.replace("/AS/Off", "/V/Yes/AS/Yes");
    assert_other("a box ticked and another picture", &[&[(19, &off.replace("Yes 18", "Yes 16"))]]);
    assert_other("a box that shows what it is not", &[&[(19, &BOX.replace("/AS/Off", "/V/Yes/AS/Off"))]]);
}

#[test]
fn signature_fields_change_by_being_signed_once_and_in_no_other_way() {
    let (value, seal) = ("<</Type/Sig/SubFilter/ETSI.CAdES.detached>>", appearance("0 0 m 9 9 l S"));
    let signed = AGENCY.replace('@', "/V 40 0 R/AP<</N 41 0 R>>");
    assert_other(
        "picture without signature",
        &[&[(14, &AGENCY.replace('@', "/AP<</N 41 0 R>>")), (41, &seal)]],
    );
    assert_other("lock added", &[&[(14, &AGENCY.replace('@', "/Lock<</Action/All>>"))]]);
    assert_other("value is an old object", &[&[(14, &AGENCY.replace('@', "/V 17 0 R"))]]);
    let moved = signed.replace("[300 200 400 250]", "[0 0 595 842]");
    assert_other("moved while signing", &[&[(14, &moved), (40, value), (41, &seal)]]);
    let hidden = signed.replace("/F 132", "/F 134");
    assert_other("hidden while signing", &[&[(14, &hidden), (40, value), (41, &seal)]]);
    let again = AGENCY.replace('@', "/V 42 0 R/AP<</N 41 0 R>>");
    let first: &[(u32, &str)] = &[(14, &signed), (40, value), (41, &seal)];
    assert_other("signed again over a signature", &[first, &[(14, &again), (42, value)]]);
    assert_other("new signature's value overwritten", &[first, &[(40, "<</Type/Sig/Name(other)>>")]]);
    assert_other(
        "signature's picture replaced",
        &[&[(13, &PERSONAL.replace('@', "").replace("18 0 R", "40 0 R")), (40, &seal)]],
    );
    assert_other("signature's picture overwritten", &[&[(18, &seal)]]);
    assert_other("signature hidden", &[&[(13, &PERSONAL.replace('@', "").replace("/F 132", "/F 134"))]]);
    assert_other("signature value overwritten", &[&[(17, "<</Type/Sig/Name(other)>>")]]);
    assert_other("signature removed", &[&[(13, &PERSONAL.replace('@', "").replace("/V 17 0 R", ""))]]);
}

#[test]
fn new_fields_are_signed_signature_fields_that_cover_nothing() {
    let form = FORM.replace("21 0 R]", "21 0 R 40 0 R]");
    let page = PAGE.replace("25 0 R]", "25 0 R 40 0 R]");
    let widget = |kind: &str, rectangle: &str, on: u32, rest: &str| {
        format!("<</Type/Annot/Subtype/Widget/FT/{kind}/T(new)/Rect[{rectangle}]/P {on} 0 R/F 4{rest}>>")
    };
    let value = "<</Type/Sig/SubFilter/ETSI.CAdES.detached>>";
    let text = widget("Tx", "20 20 90 60", 3, "/V(x)");
    assert_other("text field", &[&[(10, &form), (3, &page), (40, &text)]]);
    let unsigned = widget("Sig", "20 20 90 60", 3, "/AP<</N 16 0 R>>");
    assert_other("visible and unsigned", &[&[(10, &form), (3, &page), (40, &unsigned)]]);
    let over = widget("Sig", "90 690 300 720", 3, "/V 41 0 R/AP<</N 16 0 R>>");
    assert_other("over signed text", &[&[(10, &form), (3, &page), (40, &over), (41, value)]]);
    // It says it stands on the empty page; the page that lists it is the one with the text.
    let elsewhere = widget("Sig", "90 690 300 720", 8, "/V 41 0 R/AP<</N 16 0 R>>");
    assert_other("over text, page misstated", &[&[(10, &form), (3, &page), (40, &elsewhere), (41, value)]]);
    let several = "<</FT/Sig/T(new)/V 41 0 R/Kids[42 0 R]>>";
    let kid = "<</Type/Annot/Subtype/Widget/Parent 40 0 R/Rect[90 690 300 720]/F 4>>";
    let page_kid = PAGE.replace("25 0 R]", "25 0 R 42 0 R]");
    assert_other(
        "with widgets apart",
        &[&[(10, &form), (3, &page_kid), (40, several), (41, value), (42, kid)]],
    );
    assert_other("field removed", &[&[(10, &FORM.replace("12 0 R ", ""))]]);
    let listed_old = PAGE.replace("25 0 R]", "25 0 R 21 0 R]");
    assert_other("an old object listed on a page", &[&[(3, &listed_old)]]);
    let other_page = EMPTY_PAGE.replace("/Resources", "/Annots[13 0 R]/Resources");
    assert_other("an old widget on another page", &[&[(8, &other_page)]]);
}

#[test]
fn the_catalog_and_the_form_keep_everything_else() {
    for key in [
        "Lang(vi)",
        "OpenAction[3 0 R/Fit]",
        "Names<<>>",
        "PieceInfo<<>>",
        "Perms<<>>",
        "ViewerPreferences<<>>",
        "AF[]",
        "Outlines 40 0 R",
        "OCProperties<<>>",
        "PageLabels<<>>",
        "AA<<>>",
        "StructTreeRoot<<>>",
        "DSS<</Certs[]/JavaScript 40 0 R>>",
        "DSS(x)",
    ] {
        let altered = CATALOG.replace("/Pages", &format!("/{key}/Pages"));
        assert_other(key, &[&[(1, &altered), (40, "<<>>")]]);
    }
    assert_other("form removed", &[&[(1, &CATALOG.replace("/AcroForm 10 0 R", ""))]]);
    assert_other("other pages", &[&[(1, &CATALOG.replace("/Pages 2", "/Pages 40")), (40, PAGES)]]);
    for (name, altered) in [
        ("SigFlags lowered", FORM.replace("/SigFlags 3", "/SigFlags 1")),
        ("SigFlags removed", FORM.replace("/SigFlags 3", "")),
        ("CO", FORM.replace("/DA", "/CO[11 0 R]/DA")),
        ("XFA", FORM.replace("/DA", "/XFA(x)/DA")),
        ("unknown", FORM.replace("/DA", "/Unknown 1/DA")),
    ] {
        assert_other(name, &[&[(10, &altered)]]);
    }
    assert_other("metadata that is no XML", &[&[(20, &stream("/Type/Metadata", "<a><b></a>"))]]);
    assert_other("metadata removed", &[&[(1, &CATALOG.replace("/Metadata 20 0 R", ""))]]);
}

#[test]
fn drawing_the_fields_anew_is_an_alteration_when_it_shows_something_else() {
    let honest = FORM.replace("/DA", "/NeedAppearances true/DA");
    let changes = judged(&[&[(10, &honest)]]);
    assert_eq!(worst(&changes), Class::FormFilling, "{changes:#?}");
    // At signing the field's value and its picture said different things.
    let mut shadow = document();
    let at = shadow.bytes.windows(9).position(|window| window == b"V(Budget)").unwrap();
    shadow.bytes[at + 2..at + 8].copy_from_slice(b"Gift!!");
    shadow.append(&[(10, &honest)], &[]);
    assert_eq!(worst(&judged_file(&shadow.bytes)), Class::Other);
}

#[test]
fn pages_and_what_they_show_stay_as_signed() {
    let content = stream("", "BT /F1 12 Tf 100 700 Td (Other content) Tj ET");
    let cases: [(&str, &[(u32, &str)]); 13] = [
        ("contents overwritten", &[(4, &content)]),
        ("contents exchanged", &[(3, &PAGE.replace("/Contents 4", "/Contents 40")), (40, &content)]),
        ("contents extended", &[(3, &PAGE.replace("4 0 R", "[4 0 R 40 0 R]")), (40, &content)]),
        ("contents removed", &[(3, &PAGE.replace("/Contents 4 0 R", ""))]),
        ("rotated", &[(3, &PAGE.replace("/Annots", "/Rotate 90/Annots"))]),
        ("cropped", &[(3, &PAGE.replace("595 842", "595 400"))]),
        ("font exchanged", &[(3, &PAGE.replace("/F1 5", "/F1 40")), (40, FONT)]),
        ("font overwritten", &[(5, &FONT.replace("Times-Roman", "Courier"))]),
        ("page order", &[(2, &PAGES.replace("3 0 R 8 0 R", "8 0 R 3 0 R"))]),
        ("page added", &[(2, &PAGES.replace("8 0 R]", "8 0 R 40 0 R]")), (40, EMPTY_PAGE)]),
        ("annotation removed", &[(3, &PAGE.replace("25 0 R]", "]"))]),
        ("remark changed", &[(25, &REMARK.replace("Signed too", "Not so"))]),
        ("action on the page", &[(3, &PAGE.replace("/Annots", "/AA<<>>/Annots"))]),
    ];
    for (name, objects) in cases {
        assert_other(name, &[objects]);
    }
    for annotation in [
        "<</Subtype/Link/A<</S/URI>>>>",
        "<</Subtype/Widget>>",
        "<</Subtype/Screen>>",
        "<</Subtype/Redact>>",
        "<</Subtype/FileAttachment>>",
        "<</Subtype/Text/A<</S/JavaScript>>>>",
        "<</Subtype/Text/AA<<>>>>",
        "<<>>",
        "null",
    ] {
        let page = PAGE.replace("25 0 R]", "25 0 R 40 0 R]");
        assert_other(annotation, &[&[(3, &page), (40, annotation)]]);
    }
    let direct = PAGE.replace("25 0 R]", "25 0 R <</Subtype/Text>>]");
    assert_other("annotation without an object", &[&[(3, &direct)]]);
}

#[test]
fn objects_removed_replaced_or_completed_are_alterations() {
    let mut removed = document();
    removed.append(&[], &[16]);
    assert_eq!(worst(&judged_file(&removed.bytes)), Class::Other);
    let mut generation = document();
    let at = generation.bytes.len();
    generation.bytes.extend_from_slice(b"16 1 obj\n(new)\nendobj\n");
    generation.end(&[(16, format!("{at:010} 00001 n\r\n"))].into());
    assert_eq!(worst(&judged_file(&generation.bytes)), Class::Other);
    // A signed object names number 30, which did not exist.
    assert_other("a missing object supplied", &[&[(30, "<</Subtype/Popup>>")]]);
    let mut root = document();
    root.trailer = root.trailer.replace("/Root 1 0 R", "/Root 40 0 R");
    root.append(&[(40, CATALOG)], &[]);
    let pdf = chancery::pdf::Pdf::open(&root.bytes).unwrap();
    assert_eq!(worst(&chancery::signature::changes::after(&pdf, 0).unwrap()), Class::Other);
}

#[test]
fn an_object_with_two_uses_may_change_as_neither() {
    // The document information is also a page's resources: changing it changes what the page shows.
    let mut raw = document();
    let at = raw.bytes.windows(11).position(|window| window == b"/Info 6 0 R").unwrap();
    raw.bytes[at + 6] = b'5';
    raw.trailer = raw.trailer.replace("/Info 6", "/Info 5");
    raw.append(&[(5, "<</Title(a font no more)>>")], &[]);
    assert_eq!(worst(&judged_file(&raw.bytes)), Class::Other);
}

#[test]
fn a_holder_of_objects_that_is_exchanged_later_is_an_alteration() {
    let (fill, picture) = (filled("05", 41), showing("05"));
    let mut raw = document();
    let at = raw.bytes.len() as u64;
    raw.objects(&[(41, &picture)]);
    let holder = raw.holder(42, &[(11, &fill)]);
    raw.end_with_stream(&[(41, [1, at, 0]), (42, [1, holder, 0]), (11, [2, 42, 0])].into());
    assert_eq!(worst(&judged_file(&raw.bytes)), Class::FormFilling);
    let holder = raw.holder(42, &[(11, &filled("99", 41))]);
    raw.end_with_stream(&[(42, [1, holder, 0])].into());
    assert_eq!(worst(&judged_file(&raw.bytes)), Class::Other);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Whatever any one signed object is replaced by, if it says something else, is never harmless,
    /// but for the few that are there to change.
    #[test]
    fn an_arbitrary_new_text_of_a_signed_object_is_an_alteration(
        target in prop::sample::select(vec![2_u32, 3, 4, 5, 8, 12, 13, 16, 17, 18, 22, 24, 25]),
        body in "<</[A-Z][a-z]{0,6} [0-9]{1,3}>>|\\([a-z]{0,8}\\)|\\[[0-9 ]{0,9}\\]|null|true"
    ) {
        let changes = judged(&[&[(target, &body)]]);
        prop_assert_eq!(worst(&changes), Class::Other);
    }
}
