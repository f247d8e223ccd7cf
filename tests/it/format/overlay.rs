//! Pages with their findings drawn on them: the frame is where the painted text is, however the page
//! is turned or cropped; and what can't be painted is refused.

use super::made::Made;
use super::variants::{broken, judged};
use super::{made_docx, made_pdf};
use crate::support::fixture;
use chancery::format::overlay::{Encoding, draw, pages};
use chancery::format::report::Report;
use chancery::messages::Language;
use chancery::pdf::picture::PictureError;
use chancery::pdf::text::Limits;
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Dictionary, Object, Pdf};
use chancery::profile::Profile;

/// Pixels a millimetre.
const DENSITY: f64 = 110.0 / 25.4;

fn drawn(bytes: &[u8], report: &Report, page: usize, encoding: Encoding) -> Result<Vec<u8>, PictureError> {
    draw(bytes, report, Profile::builtin(), page, encoding, Language::Vi, &Limits::default())
}

struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    fn of(png: &[u8]) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        Self { width: info.width as usize, height: info.height as usize, rgb }
    }

    fn at(&self, x: f64, y: f64) -> [u8; 3] {
        let (x, y) = ((x * DENSITY) as usize, (y * DENSITY) as usize);
        self.rgb[(y * self.width + x) * 3..][..3].try_into().unwrap()
    }

    /// Whether any pixel of an area in millimetres is so.
    fn any(&self, [left, top, right, bottom]: [f64; 4], is: impl Fn([u8; 3]) -> bool) -> bool {
        let step = 0.5 / DENSITY;
        let across = ((right - left) / step) as usize;
        let along = ((bottom - top) / step) as usize;
        (0..=along).any(|row| {
            (0..=across).any(|column| is(self.at(left + column as f64 * step, top + row as f64 * step)))
        })
    }
}

fn is_ink([red, green, blue]: [u8; 3]) -> bool {
    red < 90 && green < 90 && blue < 90
}

fn is_red([red, green, blue]: [u8; 3]) -> bool {
    red > 150 && green < 90 && blue < 90
}

/// The document on pages that are turned, so that they are shown as before; or cropped by some
/// millimetres at the left and the top.
fn turned(bytes: &[u8], degrees: i64, crop: f64) -> Vec<u8> {
    let pdf = Pdf::open(&bytes).unwrap();
    let revision = pdf.newest();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    let (width, height) = (210.0 * 72.0 / 25.4, 297.0 * 72.0 / 25.4);
    let matrix = match degrees {
        90 => format!("0 1 -1 0 {height} 0 cm\n"),
        180 => format!("-1 0 0 -1 {width} {height} cm\n"),
        270 => format!("0 -1 1 0 0 {width} cm\n"),
        _ => String::new(),
    };
    for page in chancery::pdf::pages(&pdf, revision, 100).unwrap() {
        let Object::Dictionary(mut found) = pdf.resolve(page, revision).unwrap() else { panic!() };
        let mut length = Dictionary::default();
        length.set("Length", Object::Integer(matrix.len() as i64));
        let before = writer.add_stream(length, matrix.as_bytes());
        let contents = found.get("Contents").unwrap().clone();
        found.set("Contents", Object::Array(vec![Object::Reference(before), contents]));
        found.set("Rotate", Object::Integer(degrees));
        let (across, along) = if degrees % 180 == 0 { (width, height) } else { (height, width) };
        let array = |values: [f64; 4]| Object::Array(values.into_iter().map(Object::real).collect());
        found.set("MediaBox", array([0.0, 0.0, across, along]));
        if crop > 0.0 {
            let crop = crop * 72.0 / 25.4;
            found.set("CropBox", array([crop, 0.0, across, along - crop]));
        }
        writer.put(page, &Object::Dictionary(found));
    }
    [bytes, &writer.finish([0; 16]).unwrap().bytes].concat()
}

/// The document on pages of half the size, whose units are two points.
fn halved(bytes: &[u8]) -> Vec<u8> {
    let pdf = Pdf::open(&bytes).unwrap();
    let revision = pdf.newest();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    for page in chancery::pdf::pages(&pdf, revision, 100).unwrap() {
        let Object::Dictionary(mut found) = pdf.resolve(page, revision).unwrap() else { panic!() };
        let matrix = b"0.5 0 0 0.5 0 0 cm\n";
        let mut length = Dictionary::default();
        length.set("Length", Object::Integer(matrix.len() as i64));
        let before = writer.add_stream(length, matrix);
        let contents = found.get("Contents").unwrap().clone();
        found.set("Contents", Object::Array(vec![Object::Reference(before), contents]));
        let half = [0.0, 0.0, 105.0, 148.5].map(|length| Object::real(length * 72.0 / 25.4));
        found.set("MediaBox", Object::Array(half.to_vec()));
        found.set("UserUnit", Object::Integer(2));
        writer.put(page, &Object::Dictionary(found));
    }
    [bytes, &writer.finish([0; 16]).unwrap().bytes].concat()
}

#[test]
fn a_frame_stands_around_the_text_it_means_however_the_page_is_turned() {
    let upright = fixture("documents/sai-so-ngay.pdf");
    for degrees in [0, 90, 180, 270] {
        let bytes = turned(&upright, degrees, 0.0);
        let report = judged(bytes.clone());
        let finding = report.findings.iter().find(|finding| finding.rule == "number.padding").unwrap();
        let [left, top, right, bottom] = finding.bounds.unwrap();
        let picture = Pixels::of(&drawn(&bytes, &report, 1, Encoding::Png).unwrap());
        assert!(picture.any([left, top, right, bottom], is_ink), "{degrees}: the text is inside");
        // The frame is two points outside on the left, one and a half above.
        let frame = [left - 1.2, top, left - 0.3, bottom];
        assert!(picture.any(frame, is_red) && !picture.any(frame, is_ink), "{degrees}: the frame beside it");
        let outside = [left - 12.0, top, left - 6.0, bottom];
        assert!(!picture.any(outside, is_ink), "{degrees}: and no text before it");
        let behind = [right + 1.5, top, right + 6.0, bottom];
        assert!(!picture.any(behind, is_ink), "{degrees}: nor behind it");
    }
}

#[test]
fn a_cropped_page_is_drawn_as_it_is_shown() {
    let bytes = turned(&fixture("documents/sai-so-ngay.pdf"), 0, 8.0);
    let report = judged(bytes.clone());
    let finding = report.findings.iter().find(|finding| finding.rule == "number.padding").unwrap();
    let [left, top, right, bottom] = finding.bounds.unwrap();
    let picture = Pixels::of(&drawn(&bytes, &report, 1, Encoding::Png).unwrap());
    assert!(picture.any([left, top, right, bottom], is_ink));
    assert!(picture.any([left - 1.2, top, left - 0.3, bottom], is_red));
}

#[test]
fn a_drawing_is_the_page_with_shapes_and_words_over_it() {
    let bytes = fixture("documents/sai-le.pdf");
    let report = judged(bytes.clone());
    let svg = String::from_utf8(drawn(&bytes, &report, 1, Encoding::Svg).unwrap()).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let image = document.descendants().find(|node| node.tag_name().name() == "image").unwrap();
    assert!(image.attribute("href").unwrap().starts_with("data:image/png;base64,"));
    let words: String = document.descendants().filter_map(|node| node.text()).collect::<Vec<_>>().join(" ");
    assert!(words.contains("Lề trái phải từ 30 đến 35 mm.") && words.contains("20.0 mm"), "{words}");
    let english =
        draw(&bytes, &report, Profile::builtin(), 1, Encoding::Svg, Language::En, &Limits::default());
    assert!(String::from_utf8(english.unwrap()).unwrap().contains("The left margin must be 30 to 35 mm."));
}

#[test]
fn a_correct_file_and_a_docx_have_no_page_to_draw() {
    assert!(pages(&judged(fixture("documents/quyet-dinh.pdf"))).is_empty());
    assert!(pages(&judged(fixture("documents/sai-le.docx"))).is_empty());
    assert!(pages(&judged(made_docx::docx(&Made { number: "Số: 5/QĐ-SNV", ..Made::decision() }))).is_empty());
}

#[test]
fn what_is_too_large_or_not_there_is_not_painted() {
    let good = fixture("documents/sai-le.pdf");
    let report = judged(good.clone());
    assert_eq!(drawn(&good, &report, 0, Encoding::Png), Err(PictureError::NoPage));
    assert_eq!(drawn(&good, &report, 99, Encoding::Png), Err(PictureError::NoPage));
    assert!(drawn(b"%PDF-1.7 broken", &report, 1, Encoding::Png).is_err());
    let picture = |width: u32, height: u32, more: &str| {
        let dictionary = format!(
            "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8{more}"
        );
        made_pdf::file(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".to_vec(),
            made_pdf::stream(b"", b"q 500 0 0 500 0 0 cm /I Do Q"),
            made_pdf::stream(dictionary.as_bytes(), &[0; 64]),
        ])
    };
    assert_eq!(drawn(&picture(60_000, 60_000, ""), &report, 1, Encoding::Png), Err(PictureError::TooLarge));
    let mut wavelets = picture(16, 16, "/Filter/JPXDecode");
    let head = [0xff, 0x4f, 0xff, 0x51, 0, 47, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0];
    let at = wavelets.windows(64).rposition(|window| window == [0; 64]).unwrap();
    wavelets[at..at + head.len()].copy_from_slice(&head);
    assert_eq!(drawn(&wavelets, &report, 1, Encoding::Png), Err(PictureError::TooLarge));
    for (width, height) in [(200_000.0, 842.0), (0.0, 842.0)] {
        let pdf = made_pdf::file(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            format!("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 {width} {height}]>>").into_bytes(),
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_vec(),
            made_pdf::stream(b"", b""),
        ]);
        let outcome = drawn(&pdf, &report, 1, Encoding::Png);
        let size = outcome.map(|png| Pixels::of(&png)).map(|pixels| (pixels.width, pixels.height));
        assert!(size.is_err() || size.is_ok_and(|(w, h)| w * h < 7_000_000), "{width}");
    }
}

#[test]
fn a_page_of_forms_that_draw_each_other_again_and_again_is_not_painted() {
    const FORM: &str = "/Type/XObject/Subtype/Form/BBox[0 0 595 842]";
    const PATTERN: &str =
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 99 99]/XStep 99/YStep 99";
    // The page draws the first form itself, or as a letter, a pattern's cell or a mask.
    let first = "/Resources<</XObject<</F 7 0 R>>>>";
    let drawings = [
        (first.to_owned(), "/F Do", "null".to_owned(), made_pdf::stream(b"", b"")),
        (
            "/Resources<</Font<</F 5 0 R>>>>".to_owned(),
            "BT /F 14 Tf (a) Tj ET",
            format!(
                "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 6 0 R>>\
                 /Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1]{first}>>"
            ),
            made_pdf::stream(b"", b"1 0 d0 /F Do"),
        ),
        (
            "/Resources<</Pattern<</P 6 0 R>>>>".to_owned(),
            "/Pattern cs /P scn 0 0 500 500 re f",
            "null".to_owned(),
            made_pdf::stream(format!("{PATTERN}{first}").as_bytes(), b"/F Do"),
        ),
        (
            "/Resources<</ExtGState<</G 5 0 R>>>>".to_owned(),
            "/G gs 0 0 500 500 re f",
            "<</SMask<</S/Alpha/G 6 0 R>>>>".to_owned(),
            made_pdf::stream(format!("{FORM}/Group<</S/Transparency>>{first}").as_bytes(), b"/F Do"),
        ),
    ];
    let start = std::time::Instant::now();
    for (resources, content, five, six) in drawings {
        let paint = |depth: usize| {
            let mut objects = vec![
                b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
                b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>".to_vec(),
                format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{resources}>>").into_bytes(),
                made_pdf::stream(b"", content.as_bytes()),
                five.clone().into_bytes(),
                six.clone(),
            ];
            for level in 0..depth {
                let form = format!("{FORM}/Resources<</XObject<</F {} 0 R>>>>", level + 8);
                objects.push(made_pdf::stream(form.as_bytes(), "/F Do ".repeat(10).as_bytes()));
            }
            objects.push(made_pdf::stream(FORM.as_bytes(), b"0 0 10 10 re f"));
            let file = made_pdf::file(&objects);
            drawn(&file, &judged(file.clone()), 1, Encoding::Png)
        };
        assert_eq!(paint(10), Err(PictureError::TooLarge), "{content}");
        assert!(paint(2).is_ok(), "{content}: a hundred are painted");
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn a_wide_page_is_painted_with_fewer_pixels() {
    let pdf = made_pdf::file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 14400 14400]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_vec(),
        made_pdf::stream(b"", b"0 0 14400 14400 re f"),
    ]);
    let report = judged(pdf.clone());
    let picture = Pixels::of(&drawn(&pdf, &report, 1, Encoding::Png).unwrap());
    assert!(picture.width * picture.height < 6_100_000, "{} × {}", picture.width, picture.height);
}

#[test]
fn pages_whose_units_are_larger_than_points_are_measured_in_points() {
    let wrong = fixture("documents/sai-so-ngay.pdf");
    let bytes = halved(&wrong);
    let (report, whole) = (judged(bytes.clone()), judged(wrong));
    assert_eq!(broken(&report), broken(&whole));
    for (own, other) in report.findings.iter().zip(&whole.findings) {
        let (own, other) = (own.bounds.unwrap(), other.bounds.unwrap());
        assert!(own.iter().zip(other).all(|(a, b)| (a - b).abs() < 0.1), "{own:?} {other:?}");
    }
    let finding = report.findings.iter().find(|finding| finding.rule == "number.padding").unwrap();
    let [left, top, _, bottom] = finding.bounds.unwrap();
    let picture = Pixels::of(&drawn(&bytes, &report, 1, Encoding::Png).unwrap());
    let frame = [left - 1.2, top, left - 0.3, bottom];
    assert!(picture.any(finding.bounds.unwrap(), is_ink) && picture.any(frame, is_red));
}
