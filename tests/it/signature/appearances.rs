//! What signatures show and where, on pages that are turned and cropped, as poppler paints and reads them
//! (Decree 30/2020, App. I, II.7–8 and Part II).

use super::levels::chancery;
use crate::pdf::raw::Raw;
use crate::support::{fixture_path, judges};
use chancery::pki::issue::{Authority, NewKey, certificate_pem, pem};

/// Size of the page as it is shown, in points.
const PAGE: (u32, u32) = (595, 842);

/// A page with a signature block that is shown upright: its content is turned against /Rotate, its visible part begins at
/// (100, 200) of the paper.
fn draft(turn: u32) -> Raw {
    let (width, height) = PAGE;
    let (w, h) = if matches!(turn, 90 | 270) { (height, width) } else { (width, height) };
    let (left, bottom) = (100, 200);
    let turned = match turn {
        90 => format!("0 1 -1 0 {} {bottom}", left + w),
        180 => format!("-1 0 0 -1 {} {}", left + w, bottom + h),
        270 => format!("0 -1 1 0 {left} {}", bottom + h),
        _ => format!("1 0 0 1 {left} {bottom}"),
    };
    let content = format!(
        "q {turned} cm BT /F1 13 Tf 1 0 0 1 380 330 Tm (CHU TICH) Tj 1 0 0 1 370 250 Tm (Tran Van Mau) Tj \
         1 0 0 1 85 330 Tm (Recipients) Tj ET Q"
    );
    Raw::new(&[
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (
            3,
            &format!(
                "<</Type/Page/Parent 2 0 R/Rotate {turn}/MediaBox[0 0 1200 1300]/CropBox[{left} {bottom} {} {}]\
                 /Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
                left + w,
                bottom + h
            ),
        ),
        (4, &format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"),
    ])
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let made = authority.issue("Văn thư", "UBND huyện Mẫu", NewKey::P256, (2024, 2040)).unwrap();
        std::fs::write(desk.path("key.pem"), pem("PRIVATE KEY", &made.pkcs8)).unwrap();
        std::fs::write(desk.path("cert.pem"), certificate_pem(&made.certificate)).unwrap();
        std::fs::create_dir(desk.path("trust")).unwrap();
        std::fs::write(desk.path("trust/root.pem"), certificate_pem(authority.root())).unwrap();
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Signs; gives the exit code and what was said.
    fn sign(&self, from: &str, to: &str, more: &[&str]) -> (Option<i32>, String) {
        let (from, to) = (self.path(from), self.path(to));
        let (key, cert, trust) = (self.path("key.pem"), self.path("cert.pem"), self.path("trust"));
        let mut words = vec!["sign", &from, "-o", &to, "--key", &key, "--cert", &cert, "--trust", &trust];
        words.extend(more);
        let output = chancery(&words);
        (output.status.code(), judges::text(&output))
    }

    fn verified(&self, file: &str) -> serde_json::Value {
        let (file, trust) = (self.path(file), self.path("trust"));
        let output = chancery(&["verify", &file, "--offline", "--json", "--trust", &trust]);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The pixels of the first page in which `ink` is seen, at one pixel a point: left, top, right, bottom.
    fn seen(&self, file: &str, ink: impl Fn(&[u8]) -> bool) -> Option<[usize; 4]> {
        let (file, to) = (self.path(file), self.path("page"));
        let words = ["-r", "72", "-cropbox", "-singlefile", "-f", "1", "-l", "1", &file, &to];
        judges::run("pdftoppm", &words)?;
        let picture = std::fs::read(format!("{to}.ppm")).unwrap();
        let header = format!("P6\n{} {}\n255\n", PAGE.0, PAGE.1).into_bytes();
        let pixels = picture.strip_prefix(header.as_slice()).expect("a page of the size shown");
        let mut found: Option<[usize; 4]> = None;
        for (number, pixel) in pixels.chunks_exact(3).enumerate() {
            if ink(pixel) {
                let (x, y) = (number % PAGE.0 as usize, number / PAGE.0 as usize);
                let [left, top, right, bottom] = found.unwrap_or([x, y, x, y]);
                found = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
            }
        }
        found
    }
}

/// The words in the right half and the upper 20 mm of the page, of what pdftotext says of places.
fn in_the_corner(words: &str) -> String {
    let word = regex::Regex::new(r#"<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)<"#).unwrap();
    let found = word.captures_iter(words).filter(|found| {
        let number = |at: usize| found[at].parse::<f64>().unwrap();
        number(1) > 297.0 && number(2) < 57.0
    });
    found.map(|found| found[3].to_owned()).collect::<Vec<_>>().join(" ")
}

fn is_blue(pixel: &[u8]) -> bool {
    pixel[2] > pixel[0].saturating_add(60)
}

fn is_red(pixel: &[u8]) -> bool {
    pixel[0] > pixel[2].saturating_add(60)
}

#[test]
fn both_signatures_find_their_places_upright_however_the_page_is_turned() {
    let desk = Desk::new();
    let (name, seal) = (fixture_path("images/signature.png"), fixture_path("images/seal.png"));
    let (name, seal) = (name.to_str().unwrap(), seal.to_str().unwrap());
    for turn in [0, 90, 180, 270] {
        std::fs::write(desk.path("draft.pdf"), draft(turn).bytes).unwrap();
        let personal = ["--appearance", "personal", "--image", name, "--field", "Person"];
        assert_eq!(desk.sign("draft.pdf", "signed.pdf", &personal).0, Some(0), "{turn}");
        let agency = ["--appearance", "agency", "--image", seal, "--field", "Agency"];
        assert_eq!(desk.sign("signed.pdf", "sealed.pdf", &agency).0, Some(0), "{turn}");
        let verdict = desk.verified("sealed.pdf");
        assert_eq!(verdict["indication"], "TOTAL-PASSED", "{turn}: {verdict:#}");
        let Some([left, top, right, bottom]) = desk.seen("signed.pdf", is_blue) else { return };
        // Between the title (baseline 330) and the name (250), about the middle of both (x 410).
        assert!(top >= 842 - 330 && bottom <= 842 - 259, "{turn}: {top} {bottom}");
        assert!((left + right).abs_diff(2 * 412) < 20 && right - left > 60, "{turn}: {left} {right}");
        assert!(right - left > bottom - top, "{turn}: wide as it is written");
        // The seal is round and of real size (36 mm), at the left; nothing of it lies on the words.
        let [left, top, right, bottom] = desk.seen("sealed.pdf", is_red).unwrap();
        assert!((right - left).abs_diff(102) < 6 && (bottom - top).abs_diff(102) < 6, "{turn}");
        assert!(right < 470 && left > 230, "{turn}: {left} {right}");
    }
}

#[test]
fn marks_of_attachments_and_copies_stand_in_the_top_right_corner_as_the_decree_writes_them() {
    let desk = Desk::new();
    for turn in [0, 90, 180, 270] {
        std::fs::write(desk.path("draft.pdf"), draft(turn).bytes).unwrap();
        let time = r"\d{2}/\d{2}/\d{4}; \d{2}:\d{2}:\d{2} \+07:00";
        for (more, says) in [
            (&["--appearance", "attachment", "--number", "15/QĐ-UBND"][..], "Số: 15/QĐ-UBND; "),
            (&["--appearance", "copy"], "SAO Y; UBND huyện Mẫu; "),
            (&["--appearance", "copy", "--copy-form", "trích sao"], "TRÍCH SAO; UBND huyện Mẫu; "),
        ] {
            let (code, said) = desk.sign("draft.pdf", "marked.pdf", more);
            assert_eq!(code, Some(0), "{said}");
            let marked = desk.path("marked.pdf");
            let Some(read) = judges::run("pdftotext", &["-cropbox", "-bbox", &marked, "-"]) else { return };
            let read = in_the_corner(&String::from_utf8(read.stdout).unwrap());
            let pattern = format!("^{}{time}$", regex::escape(says));
            assert!(regex::Regex::new(&pattern).unwrap().is_match(&read), "{turn}: {read:?}");
        }
    }
    let (code, said) = desk.sign("draft.pdf", "no.pdf", &["--appearance", "copy", "--copy-form", "photo"]);
    assert!(code == Some(64) && said.contains("SAO LỤC"), "{said}");
}

#[test]
fn an_output_in_a_folder_that_is_not_there_is_wrong_usage() {
    let desk = Desk::new();
    std::fs::write(desk.path("draft.pdf"), draft(0).bytes).unwrap();
    assert_eq!(desk.sign("draft.pdf", "no/such/folder.pdf", &[]).0, Some(64));
}

#[test]
fn a_signature_is_not_laid_over_words_that_are_signed_already() {
    let desk = Desk::new();
    let seal = fixture_path("images/seal.png");
    for turn in [0, 90] {
        std::fs::write(desk.path("draft.pdf"), draft(turn).bytes).unwrap();
        assert_eq!(desk.sign("draft.pdf", "signed.pdf", &["--field", "Person"]).0, Some(0));
        // On the name, 842 - 250 pt from the top.
        let mut words =
            vec!["--appearance", "agency", "--image", seal.to_str().unwrap(), "--field", "Agency"];
        words.extend(["--place", "1:125,195,36,36"]);
        let (code, said) = desk.sign("signed.pdf", "sealed.pdf", &words);
        assert!(code == Some(1) && said.contains("signed already"), "{turn}: {said}");
        assert!(!std::path::Path::new(&desk.path("sealed.pdf")).exists());
    }
}

#[test]
fn on_a_signed_scan_a_further_signature_finds_blank_paper_and_nothing_else() {
    let desk = Desk::new();
    let seal = fixture_path("images/seal.png");
    std::fs::copy(fixture_path("documents/ban-quet.pdf"), desk.path("draft.pdf")).unwrap();
    assert_eq!(desk.sign("draft.pdf", "signed.pdf", &["--field", "Person"]).0, Some(0));
    for (place, is_free) in [("1:20,250,40,20", true), ("1:100,30,60,10", false), ("1:20,120,60,20", false)] {
        let words = [
            "--appearance",
            "agency",
            "--image",
            seal.to_str().unwrap(),
            "--field",
            "Agency",
            "--place",
            place,
        ];
        let (code, said) = desk.sign("signed.pdf", "sealed.pdf", &words);
        assert_eq!(code, Some(if is_free { 0 } else { 1 }), "{place}: {said}");
        if is_free {
            assert_eq!(desk.verified("sealed.pdf")["indication"], "TOTAL-PASSED", "{place}");
        }
    }
}
