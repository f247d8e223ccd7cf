//! Documents as agencies issue them: number, day, annex marks, seal and copy mark each a visible signature field of its
//! own, so that one plan carries eight signatures. Made by pyHanko, and by hand as iTextSharp writes.

use super::field::{by_hand, stamped};
use super::years::{World, at};
use crate::pdf::raw::Raw;
use crate::support::{fixture_path, judges};
use chancery::pki::issue::{self, Authority, NewKey};
use chancery::pki::revocation::Material;
use chancery::pki::{Digest, MemoryKey, TrustStore};
use chancery::signature::changes::Class;
use chancery::signature::report::{Indication, Report};
use chancery::signature::timestamp::Stamper;
use chancery::signature::validate::{Policy, Supply, validate, validate_with};

#[test]
fn eight_marks_by_another_program_are_eight_good_signatures() {
    let authority = Authority::new("Root", (2020, 2060)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["person", "agency"] {
        let made = authority.issue(name, "UBND huyện", NewKey::Rsa2048, (2024, 2040)).unwrap();
        let path = |kind: &str| folder.path().join(format!("{name}.{kind}"));
        std::fs::write(path("key"), issue::pem("PRIVATE KEY", &made.pkcs8)).unwrap();
        std::fs::write(path("crt"), issue::certificate_pem(&made.certificate)).unwrap();
    }
    let (draft, out) = (fixture_path("documents/quyet-dinh.pdf"), folder.path().join("out.pdf"));
    let image = fixture_path("images/seal.png");
    let words = [
        "-c",
        include_str!("agency.py"),
        draft.to_str().unwrap(),
        out.to_str().unwrap(),
        folder.path().to_str().unwrap(),
        image.to_str().unwrap(),
    ];
    let Some(output) = judges::run("python", &words) else { return };
    assert!(output.status.success(), "{}", judges::text(&output));
    let file = std::fs::read(out).unwrap();
    let trust = TrustStore::new(vec![authority.root().clone()]);
    let report = validate(&file, &Policy { trust, at: chrono::Utc::now().max(at("2026-11-23")) }).unwrap();
    assert_eq!(report.signatures.len(), 8);
    for one in &report.signatures {
        assert_eq!(one.indication, Indication::Passed, "{one:#?}");
        assert_eq!((one.subfilter.as_str(), one.kind.as_str()), ("adbe.pkcs7.detached", "signature"));
    }
    let after: Vec<Class> = report.signatures.iter().map(|one| one.changes_after).collect();
    assert_eq!(after, [[Class::FormFilling; 7].as_slice(), &[Class::None]].concat());
}

/// A file that grows by signatures as iTextSharp appends them.
struct Desktop<'w> {
    raw: Raw,
    next: u32,
    fields: String,
    annotations: String,
    key: &'w MemoryKey,
    tsa: &'w dyn Stamper,
}

const PAGE: &str =
    "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>";
const ROOM: usize = 6000;

impl<'w> Desktop<'w> {
    fn new(key: &'w MemoryKey, tsa: &'w dyn Stamper) -> Self {
        let content = "BT /F1 12 Tf 100 700 Td (Quyet dinh so) Tj 120 0 Td (...........) Tj ET";
        let mut raw = Raw::new(&[
            (1, "<</Type/Catalog/Pages 2 0 R/Lang(vi-VN)>>"),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
            (3, &format!("<<{PAGE}>>")),
            (4, &format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())),
            (5, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"),
            (6, "<</Producer(Microsoft Word)/CreationDate(D:20260105080000+07'00')>>"),
        ]);
        raw.trailer.push_str("/Info 6 0 R");
        Self { raw, next: 10, fields: String::new(), annotations: String::new(), key, tsa }
    }

    /// One more mark: field, widget, fonts, picture, appearance in layers, page, catalog and information, in one revision.
    fn mark(&mut self, name: &str, text: &str, [a, b, c, d]: [i32; 4]) {
        let [sig, field, outer, layer, font, image] = [0, 1, 2, 3, 4, 5].map(|step| self.next + step);
        self.next += 6;
        self.fields.push_str(&format!("{field} 0 R "));
        self.annotations.push_str(&format!("{field} 0 R "));
        let (width, height) = (c - a, d - b);
        let form = |resources: &str, data: &str| {
            format!(
                "<</Type/XObject/Subtype/Form/FormType 1/BBox[0 0 {width} {height}]/Matrix[1 0 0 1 0 0]/Resources<<{resources}>>/Length {}>>\nstream\n{data}\nendstream",
                data.len()
            )
        };
        let shown = format!("q {width} 0 0 {height} 0 0 cm /img0 Do Q BT /F1 9 Tf 2 4 Td ({text}) Tj ET");
        let objects = [
            (
                sig,
                format!(
                    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Name(UBND)/Reason()/Location(Ha Noi)/ContactInfo()/M(D:20260615080000+07'00')/Contents <{}>/ByteRange [0 0000000000 0000000000 0000000000]          >>",
                    "0".repeat(ROOM)
                ),
            ),
            (
                field,
                format!(
                    "<</F 132/Type/Annot/Subtype/Widget/Rect[{a} {b} {c} {d}]/FT/Sig/DR<<>>/T({name})/V {sig} 0 R/P 3 0 R/AP<</N {outer} 0 R>>/MK<<>>>>"
                ),
            ),
            (outer, form(&format!("/XObject<</n2 {layer} 0 R>>"), "q 1 0 0 1 0 0 cm /n2 Do Q")),
            (layer, form(&format!("/Font<</F1 {font} 0 R>>/XObject<</img0 {image} 0 R>>"), &shown)),
            (font, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned()),
            (
                image,
                "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>\nstream\nx\nendstream".to_owned(),
            ),
            (1, format!(
                "<</Type/Catalog/Pages 2 0 R/Lang(vi-VN)/AcroForm<</Fields[{}]/SigFlags 3/DA(/Helv 0 Tf 0 g )/DR<</Font<</Helv {font} 0 R>>>>>>>>",
                self.fields
            )),
            (3, format!("<<{PAGE}/Annots[{}]>>", self.annotations)),
            (6, "<</Producer(Microsoft Word; modified using iTextSharp 5.5.13)/CreationDate(D:20260105080000+07'00')/ModDate(D:20260615080000+07'00')>>".to_owned()),
        ];
        let from = self.raw.bytes.len();
        let objects: Vec<(u32, &str)> =
            objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
        self.raw.append(&objects, &[]);
        let find = |what: &[u8]| {
            let tail = &self.raw.bytes[from..];
            from + tail.windows(what.len()).position(|one| one == what).unwrap() + what.len()
        };
        let (start, range) = (find(b"/Contents "), find(b"/ByteRange "));
        let end = start + ROOM + 2;
        let text = format!("[0 {start} {end} {}]", self.raw.bytes.len() - end);
        let text = format!("{text:<44}");
        self.raw.bytes[range..range + text.len()].copy_from_slice(text.as_bytes());
        let digest = Digest::Sha256.of(&[&self.raw.bytes[..start], &self.raw.bytes[end..]].concat());
        let cms = stamped(&by_hand(self.key, &digest, vec![], true, None), self.tsa);
        let digits = hex::encode(cms);
        self.raw.bytes[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    }
}

fn judged(world: &World, file: &[u8]) -> Report {
    let mut given = Material::default();
    given.add_crl(world.list("2026-06", &[]));
    let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-20") };
    validate_with(&file.to_vec(), &policy, &Supply { given, network: None }).unwrap().report
}

#[test]
fn eight_marks_as_desktop_tools_append_them_are_judged_one_by_one() {
    let world = World::new();
    let (person, tsa) = (world.person(), world.authority((2024, 2030), "2026-06-15"));
    let mut desktop = Desktop::new(&person, &tsa);
    let marks = [
        ("Lanh dao", [350, 100, 500, 160]),
        ("Ke toan", [200, 60, 300, 90]),
        // Over the leaders left for it.
        ("So", [222, 697, 260, 710]),
        ("Ngay", [500, 690, 520, 705]),
        ("Thang", [530, 690, 550, 705]),
        ("Phu luc", [20, 20, 160, 50]),
        ("Dau", [300, 100, 380, 180]),
        ("Sao y", [300, 815, 560, 838]),
    ];
    for (name, place) in marks {
        // The leader's is a picture without words: the seal may lie over it by a third (Decree 30/2020, App. I, II.8).
        desktop.mark(name, if name == "Lanh dao" { "" } else { "15" }, place);
    }
    let report = judged(&world, &desktop.raw.bytes);
    assert_eq!(report.signatures.len(), 8);
    for one in &report.signatures {
        assert_eq!(one.indication, Indication::Passed, "{one:#?}");
        assert_eq!(one.best_signature_time, at("2026-06-15"), "by the authority's time-stamp");
    }
    assert_eq!(report.signatures[0].changes_after, Class::FormFilling);
    let fields: Vec<&str> = report.signatures[0]
        .changes
        .iter()
        .filter(|change| change.what == "signature_field_added" && change.page == Some(1))
        .map(|change| change.object.as_str())
        .collect();
    assert_eq!(fields.len(), 7, "each mark is named with its object: {:#?}", report.signatures[0].changes);

    // A ninth mark over a word is told with its object and page, and fails those that signed the word.
    desktop.mark("Che", "Khac", [150, 695, 200, 712]);
    let report = judged(&world, &desktop.raw.bytes);
    let (last, first) = report.signatures.split_last().unwrap();
    assert_eq!(last.indication, Indication::Passed, "{last:#?}");
    for one in first {
        assert_eq!(one.indication, Indication::Failed, "{}", one.field);
        assert_eq!(one.reasons[0].code, "forbidden_change");
        let named: Vec<_> = one.changes.iter().filter(|change| !change.permitted).collect();
        assert_eq!(named.len(), 1, "{named:#?}");
        assert_eq!((named[0].page, named[0].what.as_str()), (Some(1), "signature_field_added"));
    }
}
