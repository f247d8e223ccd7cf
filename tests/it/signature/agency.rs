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

/// What the tools put in, in which order.
const MARKS: [(&str, [i32; 4]); 8] = [
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

/// How a program appends its marks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Form and annotations inside catalog and page, a table each, the producer rewritten.
    ITextSharp,
    /// Form, list of fields and list of annotations as objects of their own, metadata beside the producer, a stream of
    /// entries each.
    Aspose,
}

/// Makes a CMS over the bytes it is given.
type Signing<'w> = dyn Fn(&[u8]) -> Vec<u8> + 'w;

/// A file that grows by signatures as desktop tools append them.
pub(super) struct Desktop<'w> {
    pub(super) raw: Raw,
    way: Way,
    /// What the catalog holds besides.
    pub(super) catalog: &'static str,
    /// When the marks say they were made, as PDF writes dates.
    pub(super) when: &'static str,
    next: u32,
    fields: String,
    annotations: String,
    cms: Box<Signing<'w>>,
}

const PAGE: &str =
    "/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>";
const ROOM: usize = 6000;

impl<'w> Desktop<'w> {
    pub(super) fn new(key: &'w MemoryKey, tsa: &'w dyn Stamper) -> Self {
        let cms =
            |covered: &[u8]| stamped(&by_hand(key, &Digest::Sha256.of(covered), vec![], true, None), tsa);
        Self::with(Self::draft(), Way::ITextSharp, cms)
    }

    pub(super) fn with(raw: Raw, way: Way, cms: impl Fn(&[u8]) -> Vec<u8> + 'w) -> Self {
        let (fields, annotations) = (String::new(), String::new());
        let when = "D:20260615080000+07'00'";
        Self { raw, way, catalog: "", when, next: 40, fields, annotations, cms: Box::new(cms) }
    }

    /// A page with words and leaders.
    pub(super) fn draft() -> Raw {
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
        raw
    }

    /// One more mark: field, widget, fonts, picture, appearance in layers, page, catalog and information, in one revision.
    pub(super) fn mark(&mut self, name: &str, text: &str, [a, b, c, d]: [i32; 4]) {
        let [sig, field, outer, layer, font, image] = [0, 1, 2, 3, 4, 5].map(|step| self.next + step);
        // One more for the stream of entries of the way that has one.
        self.next += 7;
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
        let mut objects = vec![
            (
                sig,
                format!(
                    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Name(UBND)/Reason()/Location(Ha Noi)/ContactInfo()/M({})/Contents <{}>/ByteRange [0 0000000000 0000000000 0000000000]          >>",
                    self.when,
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
        ];
        objects.extend(self.holders(font));
        let from = self.raw.bytes.len();
        let objects: Vec<(u32, &str)> =
            objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
        if self.way == Way::ITextSharp {
            self.raw.append(&objects, &[]);
        } else {
            let offset = |entry: String| [1, entry[..10].parse().unwrap(), 0];
            let entries = self.raw.objects(&objects);
            self.raw.end_with_stream(
                &entries.into_iter().map(|(number, entry)| (number, offset(entry))).collect(),
            );
        }
        let find = |what: &[u8]| {
            let tail = &self.raw.bytes[from..];
            from + tail.windows(what.len()).position(|one| one == what).unwrap() + what.len()
        };
        let (start, range) = (find(b"/Contents "), find(b"/ByteRange "));
        let end = start + ROOM + 2;
        let text = format!("[0 {start} {end} {}]", self.raw.bytes.len() - end);
        let text = format!("{text:<44}");
        self.raw.bytes[range..range + text.len()].copy_from_slice(text.as_bytes());
        let cms = (self.cms)(&[&self.raw.bytes[..start], &self.raw.bytes[end..]].concat());
        let digits = hex::encode(cms);
        self.raw.bytes[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    }

    /// A plan's worth of them.
    pub(super) fn eight_marks(&mut self) {
        for (name, place) in MARKS {
            // The leader's is a picture without words: the seal may lie over it by a third (Decree 30/2020, App. I, II.8).
            self.mark(name, if name == "Lanh dao" { "" } else { "15" }, place);
        }
    }

    /// What a revision writes again: catalog, form, page, lists, information.
    fn holders(&self, font: u32) -> Vec<(u32, String)> {
        let (fields, annotations, when) = (&self.fields, &self.annotations, self.when);
        let defaults = format!("/SigFlags 3/DA(/Helv 0 Tf 0 g )/DR<</Font<</Helv {font} 0 R>>>>");
        let information = |producer: &str| {
            format!("<</Producer({producer})/CreationDate(D:20100105080000+07'00')/ModDate({when})>>")
        };
        let catalog = format!("/Type/Catalog/Pages 2 0 R/Lang(vi-VN){}", self.catalog);
        if self.way == Way::ITextSharp {
            return vec![
                (1, format!("<<{catalog}/AcroForm<</Fields[{fields}]{defaults}>>>>")),
                (3, format!("<<{PAGE}/Annots[{annotations}]>>")),
                (6, information("Microsoft Word; modified using iTextSharp 5.5.13")),
            ];
        }
        let packet = format!(
            "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"><pdf:Producer>Aspose.PDF for .NET 19.4 ({})</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
            self.next
        );
        vec![
            (1, format!("<<{catalog}/AcroForm 30 0 R/Metadata 31 0 R>>")),
            (3, format!("<<{PAGE}/Annots 32 0 R>>")),
            (6, information("Aspose.PDF for .NET 19.4")),
            (30, format!("<</Fields 33 0 R{defaults}>>")),
            (
                31,
                format!(
                    "<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{packet}\nendstream",
                    packet.len()
                ),
            ),
            (32, format!("[{annotations}]")),
            (33, format!("[{fields}]")),
        ]
    }
}

pub(super) fn judged(world: &World, file: &[u8]) -> Report {
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
    desktop.eight_marks();
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
