//! Drafts as word processors write them and marks as other desktop tools append them, signed before 2019 and since.

use super::agency::{Desktop, Way, judged};
use super::field::{by_hand, stamped};
use super::years::{World, at, signed_draft};
use crate::pdf::raw::Raw;
use crate::support::judges;
use chancery::pki::revocation::Material;
use chancery::pki::{Digest, TrustStore, issue};
use chancery::signature::changes::Class;
use chancery::signature::report::{Indication, Report};
use chancery::signature::timestamp::Stamper;
use chancery::signature::validate::{Policy, Supply, validate_with};

/// What a catalog of Word's names besides pages and language.
const STRUCTURE: &str = "/StructTreeRoot 10 0 R/MarkInfo<</Marked true>>";

/// As Word saves: the table of a first section for readers of 1.4, and behind it an empty section that names a stream of
/// entries standing before both, which also knows the structure in an object stream.
fn word() -> Raw {
    let content = "BT /F1 12 Tf 100 700 Td (Quyet dinh so) Tj 120 0 Td (...........) Tj ET";
    let objects = [
        (1, format!("<</Type/Catalog/Pages 2 0 R/Lang(vi-VN){STRUCTURE}>>")),
        (2, "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned()),
        (3, "<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 5 0 R>>>>/MediaBox[0 0 595 842]/Contents 4 0 R/StructParents 0>>".to_owned()),
        (4, format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>".to_owned()),
        (6, "<</Producer(Microsoft Word 2016)/Creator(Microsoft Word 2016)/CreationDate(D:20260105080000+07'00')>>".to_owned()),
    ];
    let objects: Vec<(u32, &str)> = objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
    let mut raw = Raw::draft();
    raw.bytes.truncate(15);
    (raw.section, raw.size) = (0, 0);
    raw.trailer.push_str("/Info 6 0 R");
    let mut entries = raw.objects(&objects);
    let holder = raw.holder(11, &[(10, "<</Type/StructTreeRoot/K[]/ParentTreeNextKey 1>>")]);
    let hidden = raw.bytes.len();
    let mut rows: Vec<u8> = Vec::new();
    let mut row = |kind: u8, a: usize, b: u16| {
        rows.push(kind);
        rows.extend_from_slice(&u32::try_from(a).unwrap().to_be_bytes());
        rows.extend_from_slice(&b.to_be_bytes());
    };
    row(0, 0, 65535);
    entries.values().for_each(|entry| row(1, entry[..10].parse().unwrap(), 0));
    row(2, 11, 0);
    row(1, usize::try_from(holder).unwrap(), 0);
    row(1, hidden, 0);
    let head = format!(
        "12 0 obj\n<</Type/XRef/Size 13/W[1 4 2]/Root 1 0 R/Info 6 0 R/Index[0 7 10 3]/Length {}>>\nstream\n",
        rows.len()
    );
    raw.bytes.extend_from_slice(head.as_bytes());
    raw.bytes.extend_from_slice(&rows);
    raw.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    raw.size = 13;
    for (number, next) in [(10, 11), (11, 12), (12, 0)] {
        entries.insert(number, format!("{next:010} 65535 f\r\n"));
    }
    raw.end(&entries);
    let start = raw.bytes.len();
    let trailer = format!(
        "xref\n0 0\ntrailer\n<</Size 13{}/Prev {}/XRefStm {hidden}>>\nstartxref\n{start}\n%%EOF\n",
        raw.trailer, raw.section
    );
    raw.bytes.extend_from_slice(trailer.as_bytes());
    raw.section = start;
    raw
}

#[test]
fn what_word_saves_is_signed_and_marked_and_judged_without_complaint() {
    let world = World::new();
    let (person, tsa) = (world.person(), world.authority((2024, 2030), "2026-06-15"));
    let draft = word().bytes;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("word.pdf");
    std::fs::write(&path, &draft).unwrap();
    if let Some(output) = judges::run("qpdf", &["--check", path.to_str().unwrap()]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "the draft: {said}");
    }
    // Ours.
    let file = signed_draft(&draft, &person, "2026-06-15", Some(&tsa)).unwrap();
    let report = judged(&world, &file);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    std::fs::write(&path, &file).unwrap();
    if let Some(output) = judges::run("qpdf", &["--check", path.to_str().unwrap()]) {
        let said = judges::text(&output);
        assert!(output.status.success() && !said.contains("WARNING"), "{said}");
    }
    if let Some(output) = judges::run("pdfsig", &["-nocert", path.to_str().unwrap()]) {
        assert!(judges::text(&output).contains("Signature is Valid"), "{}", judges::text(&output));
    }
    let root = folder.path().join("root.pem");
    std::fs::write(&root, issue::certificate_pem(&world.root)).unwrap();
    // pyHanko judges no file of two tables unless it is told to.
    let lenient = super::journey::PYHANKO.replace("'rb'))", "'rb'), strict=False)");
    for (script, wanted) in
        [(super::journey::PYHANKO, "hybrid-reference files"), (&lenient, "bottom_line=True")]
    {
        let words = ["-c", script, path.to_str().unwrap(), root.to_str().unwrap()];
        if let Some(output) = judges::run("python", &words) {
            assert!(judges::text(&output).contains(wanted), "{}", judges::text(&output));
        }
    }
    // A desktop tool's.
    let cms =
        |covered: &[u8]| stamped(&by_hand(&person, &Digest::Sha256.of(covered), vec![], true, None), &tsa);
    let mut desktop = Desktop::with(word(), Way::Aspose, cms);
    desktop.catalog = STRUCTURE;
    desktop.eight_marks();
    let report = judged(&world, &desktop.raw.bytes);
    assert_eight(&report);
}

fn assert_eight(report: &Report) {
    assert_eq!(report.signatures.len(), 8);
    for one in &report.signatures {
        let refused: Vec<_> = one.changes.iter().filter(|change| !change.permitted).collect();
        assert_eq!(one.indication, Indication::Passed, "{refused:#?} {:#?} {:#?}", one.reasons, one.warnings);
    }
    let after: Vec<Class> = report.signatures.iter().map(|one| one.changes_after).collect();
    assert_eq!(after, [[Class::FormFilling; 7].as_slice(), &[Class::None]].concat());
}

#[test]
fn marks_with_lists_and_metadata_of_their_own_are_judged_one_by_one() {
    let world = World::new();
    let (person, tsa) = (world.person(), world.authority((2024, 2030), "2026-06-15"));
    let cms =
        |covered: &[u8]| stamped(&by_hand(&person, &Digest::Sha256.of(covered), vec![], true, None), &tsa);
    let mut desktop = Desktop::with(Desktop::draft(), Way::Aspose, cms);
    desktop.eight_marks();
    let report = judged(&world, &desktop.raw.bytes);
    assert_eight(&report);
    let what: Vec<&str> = report.signatures[0].changes.iter().map(|change| change.what.as_str()).collect();
    assert!(what.contains(&"metadata") && what.contains(&"form_defaults"), "{what:?}");
    // A mark over a word is what it is by this tool too.
    desktop.mark("Che", "Khac", [150, 695, 200, 712]);
    let report = judged(&world, &desktop.raw.bytes);
    let (last, first) = report.signatures.split_last().unwrap();
    assert_eq!(last.indication, Indication::Passed);
    assert!(
        first
            .iter()
            .all(|one| one.indication == Indication::Failed && one.reasons[0].code == "forbidden_change")
    );
}

/// Eight marks with SHA-1, time-stamped by the government's authority at some time.
fn with_sha1(world: &World, stamped_at: &str) -> Option<Report> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (pkcs8, certificate) = world.old_rsa("UBND huyen", (2009, 2040));
    std::fs::write(path("key.pem"), issue::pem("PRIVATE KEY", &pkcs8)).unwrap();
    std::fs::write(path("cert.pem"), issue::certificate_pem(&certificate)).unwrap();
    judges::program("openssl")?;
    let tsa: Box<dyn Stamper> = Box::new(world.authority((2009, 2040), stamped_at));
    let cms = |covered: &[u8]| {
        std::fs::write(path("covered"), covered).unwrap();
        let (key, certificate, covered, made) =
            (path("key.pem"), path("cert.pem"), path("covered"), path("made"));
        let words = [
            "cms",
            "-sign",
            "-binary",
            "-md",
            "sha1",
            "-outform",
            "DER",
            "-inkey",
            &key,
            "-signer",
            &certificate,
            "-in",
            &covered,
            "-out",
            &made,
        ];
        let output = judges::run("openssl", &words).unwrap();
        assert!(output.status.success(), "{}", judges::text(&output));
        stamped(&std::fs::read(made).unwrap(), tsa.as_ref())
    };
    let mut desktop = Desktop::with(Desktop::draft(), Way::ITextSharp, cms);
    desktop.when = "D:20180615080000+07'00'";
    desktop.eight_marks();
    let mut given = Material::default();
    given.add_crl(world.list("2026-06", &[]));
    let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-20") };
    Some(validate_with(&desktop.raw.bytes, &policy, &Supply { given, network: None }).unwrap().report)
}

#[test]
fn sha1_of_before_2019_is_whole_and_undecided_and_says_why_mark_by_mark() {
    let world = World::since(2008);
    let Some(report) = with_sha1(&world, "2018-06-15") else { return };
    assert_eq!(report.indication, "INDETERMINATE");
    assert_eq!(report.signatures.len(), 8);
    for one in &report.signatures {
        assert_eq!(one.sub_indication.as_deref(), Some("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"), "{one:#?}");
        assert_eq!((one.integrity.as_str(), one.subfilter.as_str()), ("intact", "adbe.pkcs7.detached"));
        // Neither forged nor "modified": when it was made is proven, and what was added later is marks.
        assert_eq!(one.best_signature_time, at("2018-06-15"));
        assert!(one.changes_after <= Class::FormFilling && one.changes.iter().all(|change| change.permitted));
        assert!(one.reasons.iter().all(|reason| reason.code == "algorithm_weak"), "{:#?}", one.reasons);
    }
    // With a proof from when SHA-1 was relied on, the same marks are good.
    let Some(report) = with_sha1(&world, "2011-06-15") else { return };
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
}
