//! Drafts made ready for signatures: every shape a form and a page may have already.

use super::raw::{DRAFT, Raw};
use crate::support::{fixture, judges};
use chancery::pdf::font::{Face, Font, Repertoire};
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Object, Pdf, pages};
use chancery::signature::changes::{Class, after};
use chancery::signature::fields;
use chancery::signature::fill::{Fill, FillError, fill};
use chancery::signature::prepare::{
    AGENCY, Alignment, PERSONAL, Place, Plan, PrepareError, Rectangle, TextField, prepare,
};

fn rectangle(bottom: f64) -> Rectangle {
    Rectangle { left: 100.0, bottom, right: 220.0, top: bottom + 15.0 }
}

fn text(name: &str, bottom: f64, face: Face) -> TextField {
    let place = Place { page: 0, rectangle: rectangle(bottom) };
    TextField {
        name: name.to_owned(),
        place,
        face,
        repertoire: Repertoire::Whole,
        size: 13.0,
        alignment: Alignment::Left,
    }
}

fn plan() -> Plan {
    Plan {
        texts: vec![text("number", 600.0, Face::Regular), text("date", 580.0, Face::Italic)],
        personal: Place { page: 0, rectangle: rectangle(300.0) },
        agency: Some(Place { page: 0, rectangle: rectangle(200.0) }),
    }
}

fn prepared(draft: &[u8], plan: &Plan) -> Result<Vec<u8>, PrepareError> {
    let pdf = Pdf::open(&draft).unwrap();
    let appended = prepare(&pdf, plan, [7; 16])?;
    Ok([draft, &appended.bytes].concat())
}

fn draft_with(replaced: &[(u32, &str)], more: &[(u32, &str)]) -> Vec<u8> {
    let mut objects = DRAFT.to_vec();
    for (number, body) in &mut objects {
        if let Some((_, other)) = replaced.iter().find(|(replaced, _)| replaced == number) {
            *body = other;
        }
    }
    objects.extend_from_slice(more);
    Raw::new(&objects).bytes
}

fn names(file: &[u8]) -> Vec<String> {
    let pdf = Pdf::open(&file).unwrap();
    fields::all(&pdf, pdf.newest()).unwrap().into_iter().map(|field| field.name).collect()
}

fn check(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.pdf");
    std::fs::write(&path, bytes).unwrap();
    if let Some(output) = judges::run("qpdf", &["--check", path.to_str().unwrap()]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "{name}: {said}");
    }
}

const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots @>>";
const LINK: &str = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>";
const OLD_FIELD: &str = "<</Type/Annot/Subtype/Widget/FT/Tx/T(remark)/Rect[0 0 9 9]/P 3 0 R>>";

#[test]
fn forms_and_annotations_of_every_shape_are_added_to() {
    let direct = PAGE.replace('@', "[20 0 R]");
    let indirect = PAGE.replace('@', "21 0 R");
    let form = "<</Fields[22 0 R]/NeedAppearances true/DR<</Font<</Old 5 0 R>>>>>>";
    let form_apart = "<</Fields 24 0 R/DR 25 0 R>>";
    let catalog = |form: &str| format!("<</Type/Catalog/Pages 2 0 R/AcroForm {form}>>");
    let cases: [(&str, Vec<u8>, usize); 5] = [
        ("nothing", Raw::draft().bytes, 0),
        ("annotations", draft_with(&[(3, &direct)], &[(20, LINK)]), 1),
        ("annotations apart", draft_with(&[(3, &indirect)], &[(20, LINK), (21, "[20 0 R]")]), 1),
        (
            "form in the catalog",
            draft_with(&[(1, &catalog(form)), (3, &PAGE.replace('@', "[22 0 R]"))], &[(22, OLD_FIELD)]),
            1,
        ),
        (
            "form, fields and resources apart",
            draft_with(
                &[(1, &catalog("23 0 R")), (3, &PAGE.replace('@', "[22 0 R]"))],
                &[
                    (22, OLD_FIELD),
                    (23, form_apart),
                    (24, "[22 0 R]"),
                    (25, "<</Font 26 0 R>>"),
                    (26, "<</Old 5 0 R>>"),
                ],
            ),
            1,
        ),
    ];
    for (name, draft, annotations) in cases {
        let file = prepared(&draft, &plan()).unwrap();
        check(name, &file);
        assert!(file.starts_with(&draft));
        let pdf = Pdf::open(&file).unwrap();
        assert!(pdf.examine().unwrap().is_empty(), "{name}");
        let newest = pdf.newest();
        let found = names(&file);
        for wanted in ["number", "date", PERSONAL, AGENCY] {
            assert_eq!(found.iter().filter(|name| *name == wanted).count(), 1, "{name}: {found:?}");
        }
        let page = pages(&pdf, newest, 1).unwrap()[0];
        let page = pdf.resolve(page, newest).unwrap();
        let list = pdf.get(page.as_dictionary().unwrap(), "Annots", newest).unwrap();
        assert_eq!(list.as_array().unwrap().len(), annotations + 4, "{name}");
        let form = pdf.get(&pdf.catalog(newest).unwrap(), "AcroForm", newest).unwrap();
        let form = form.as_dictionary().unwrap();
        assert_eq!(form.integer("SigFlags"), Some(3), "{name}");
        assert!(form.get("NeedAppearances").is_none(), "{name}: viewers would redraw the fields");
        let fonts = pdf.get(form, "DR", newest).unwrap();
        let fonts = pdf.get(fonts.as_dictionary().unwrap(), "Font", newest).unwrap();
        let fonts = fonts.as_dictionary().unwrap();
        assert!(fonts.get("FVN").is_some() && fonts.get("FVNI").is_some(), "{name}");
        assert_eq!(fonts.get("Old").is_some(), name.contains("form"), "{name}: fonts of old fields stay");
    }
}

#[test]
fn only_the_agencys_field_locks_and_only_the_texts() {
    let file = prepared(&Raw::draft().bytes, &plan()).unwrap();
    let pdf = Pdf::open(&file).unwrap();
    for field in fields::all(&pdf, pdf.newest()).unwrap() {
        let lock = pdf.get(&field.dictionary, "Lock", pdf.newest()).unwrap();
        if field.name == AGENCY {
            let names =
                Object::Array(vec![Object::String(b"number".to_vec()), Object::String(b"date".to_vec())]);
            let lock = lock.as_dictionary().unwrap();
            assert_eq!(lock.get("Fields"), Some(&names));
            assert_eq!(lock.name("Action"), Some(&b"Include"[..]));
            assert!(lock.get("P").is_none());
        } else {
            assert_eq!(lock, Object::Null, "{}", field.name);
        }
        assert!(field.value.is_none() && field.merged, "{}", field.name);
    }
}

#[test]
fn drafts_that_may_not_be_prepared_are_refused() {
    let catalog = |form: &str| format!("<</Type/Catalog/Pages 2 0 R/AcroForm<<{form}>>>>");
    let signed = draft_with(
        &[(1, &catalog("/Fields[20 0 R]"))],
        &[(20, "<</FT/Sig/T(Signature1)/V 21 0 R>>"), (21, "<</Type/Sig>>")],
    );
    assert!(matches!(prepared(&signed, &plan()), Err(PrepareError::AlreadySigned)));
    let inherited = draft_with(
        &[(1, &catalog("/Fields[22 0 R]"))],
        &[
            (22, "<</FT/Sig/T(Group)/V 21 0 R/Kids[20 0 R]>>"),
            (20, "<</T(Signature1)/Parent 22 0 R>>"),
            (21, "<</Type/Sig>>"),
        ],
    );
    assert!(matches!(prepared(&inherited, &plan()), Err(PrepareError::AlreadySigned)));
    let taken = draft_with(&[(1, &catalog("/Fields[20 0 R]"))], &[(20, "<</FT/Tx/T(date)>>")]);
    assert!(matches!(prepared(&taken, &plan()), Err(PrepareError::NameTaken(name)) if name == "date"));
    let parent = draft_with(
        &[(1, &catalog("/Fields[20 0 R]"))],
        &[(20, "<</FT/Tx/T(number)/Kids[21 0 R]>>"), (21, "<</T(old)/Parent 20 0 R>>")],
    );
    assert!(matches!(prepared(&parent, &plan()), Err(PrepareError::NameTaken(name)) if name == "number"));
    let xfa = draft_with(&[(1, &catalog("/Fields[]/XFA(x)"))], &[]);
    assert!(matches!(prepared(&xfa, &plan()), Err(PrepareError::Xfa)));
    let again = prepared(&Raw::draft().bytes, &plan()).unwrap();
    assert!(matches!(prepared(&again, &plan()), Err(PrepareError::NameTaken(_))));
    let mut elsewhere = plan();
    elsewhere.personal.page = 1;
    assert!(matches!(prepared(&Raw::draft().bytes, &elsewhere), Err(PrepareError::NoSuchPage(2))));
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    for name in ["numbers", "date", "", "a.b", "số", "signature_personal", "signature"] {
        let mut other = plan();
        other.texts[0].name = name.to_owned();
        other.texts.push(text("number", 500.0, Face::Regular));
        let outcome = prepared(&Raw::draft().bytes, &other);
        assert!(matches!(outcome, Err(PrepareError::NameUnusable(_))), "{name}: {outcome:?}");
    }
    for edges in
        [[9.0, 9.0, 9.0, 20.0], [20.0, 9.0, 9.0, 20.0], [0.0, 0.0, f64::NAN, 9.0], [0.0, 0.0, 1e9, 9.0]]
    {
        let mut other = plan();
        let [left, bottom, right, top] = edges;
        other.texts[0].place.rectangle = Rectangle { left, bottom, right, top };
        let outcome = prepared(&Raw::draft().bytes, &other);
        assert!(matches!(outcome, Err(PrepareError::NoPlace(_))), "{edges:?}: {outcome:?}");
    }
}

fn filled(file: &[u8], fills: &[(&str, &str)]) -> Result<Vec<u8>, FillError> {
    let pdf = Pdf::open(&file).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    let fills: Vec<Fill> = fills
        .iter()
        .map(|(field, text)| Fill { field: (*field).to_owned(), text: (*text).to_owned() })
        .collect();
    fill(&mut writer, &fills)?;
    let appended = writer.finish([3; 16]).unwrap();
    Ok([file, &appended.bytes].concat())
}

#[test]
fn a_filled_field_differs_by_value_appearance_and_flag_only() {
    let file = prepared(&fixture("documents/quyet-dinh.pdf"), &plan()).unwrap();
    let texts = [("number", "15/QĐ-UBND"), ("date", "ngày 05 tháng 01 năm 2026")];
    let done = filled(&file, &texts).unwrap();
    check("filled", &done);
    let pdf = Pdf::open(&done).unwrap();
    let newest = pdf.newest();
    for ((name, text), field) in texts.iter().zip(fields::all(&pdf, newest).unwrap()) {
        assert_eq!(field.name, *name);
        let raw = |at: usize| {
            let (start, end) = pdf.indirect(field.reference, at).unwrap().unwrap().span.unwrap();
            done[start as usize..end as usize].to_vec()
        };
        let (before, now) = (raw(newest - 1), raw(newest));
        // Byte for byte, up to where the appearance is named.
        let end = |text: &[u8]| text.windows(4).position(|window| window == b"/AP ").unwrap();
        let strip = |text: &[u8]| String::from_utf8_lossy(&text[..end(text)]).replace("/Ff 1", "/Ff 0");
        assert_eq!(strip(&before), strip(&now));
        let Some(Object::String(value)) = field.value else { panic!("{name} has no value") };
        assert_eq!(fields::text(&value), *text);
    }
    let changes = after(&pdf, newest - 1).unwrap();
    assert_eq!(changes.iter().map(|change| change.class).max(), Some(Class::FormFilling), "{changes:#?}");
    assert!(matches!(filled(&done, &[("number", "16")]), Err(FillError::NoSuchField(_))));
}

#[test]
fn texts_that_do_not_fit_or_cannot_be_shown_are_refused() {
    let file = prepared(&Raw::draft().bytes, &plan()).unwrap();
    let long = "15/QĐ-UBND-VP-TCKH-STTTT-ABCDEFGHIJKL";
    assert!(matches!(filled(&file, &[("number", long)]), Err(FillError::TooWide(_))));
    assert!(matches!(filled(&file, &[("number", "漢")]), Err(FillError::Character(_))));
    assert!(matches!(filled(&file, &[("nothing", "1")]), Err(FillError::NoSuchField(_))));
    assert!(matches!(filled(&file, &[(PERSONAL, "1")]), Err(FillError::NoSuchField(_))));
}

#[test]
fn other_programs_read_the_embedded_font_and_the_text_written_with_it() {
    let file = prepared(&Raw::draft().bytes, &plan()).unwrap();
    let done = filled(&file, &[("number", "15/QĐ-ƯỜỂẶ"), ("date", "ngày 05")]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filled.pdf");
    std::fs::write(&path, &done).unwrap();
    let path = path.to_str().unwrap();
    if let Some(output) = judges::run("pdftotext", &["-layout", path, "-"]) {
        let said = judges::text(&output);
        assert!(said.contains("15/QĐ-ƯỜỂẶ") && said.contains("ngày 05"), "{said}");
        assert!(!said.contains("Error"), "{said}");
    }
    if let Some(output) = judges::run("pdffonts", &[path]) {
        let said = judges::text(&output);
        let line = said.lines().find(|line| line.contains("+LiberationSerif ")).unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words.windows(4).any(|four| four == ["Identity-H", "yes", "yes", "yes"]), "{said}");
    }
    assert!(Font::of(Face::Regular).is_some());
}
