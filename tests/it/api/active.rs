//! Documents that do something when opened are not taken in.

use super::house::House;
use crate::support::databases::on_both;
use crate::support::judges;
use chancery::identity::rows::Role;
use serde_json::json;
use std::fmt::Write;

const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>";
const SCRIPT: &str = "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>";
const PLAIN: &str = "<</Type/Catalog/Pages 2 0 R>>";

/// Adds a section with these objects to a file; `previous` is where the last one begins.
fn section(file: &mut String, objects: &[(usize, &str)], previous: Option<usize>) -> usize {
    let mut table = String::new();
    for (number, body) in objects {
        write!(table, "{number} 1\n{:010} 00000 n\r\n", file.len()).unwrap();
        write!(file, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    let start = file.len();
    let first = if previous.is_none() { "0 1\n0000000000 65535 f\r\n" } else { "" };
    let previous = previous.map(|at| format!("/Prev {at}")).unwrap_or_default();
    write!(
        file,
        "xref\n{first}{table}trailer\n<</Size 9/Root 1 0 R{previous}>>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    start
}

fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let numbered: Vec<(usize, &str)> = (1..).zip(objects.iter().copied()).collect();
    section(&mut file, &numbered, None);
    file.into_bytes()
}

/// A file whose script a later revision hides.
fn hidden() -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let first = section(&mut file, &[(1, SCRIPT), (2, PAGES), (3, PAGE)], None);
    section(&mut file, &[(1, PLAIN)], Some(first));
    file.into_bytes()
}

fn page_with(annotation: &str) -> String {
    format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[{annotation}]>>")
}

/// The file as a writer of object streams packs it.
fn packed(file: &[u8]) -> Option<Vec<u8>> {
    judges::program("qpdf")?;
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.pdf"), folder.path().join("out.pdf"));
    std::fs::write(&from, file).unwrap();
    let done = std::process::Command::new("qpdf")
        .args(["--object-streams=generate", "--newline-before-endstream"])
        .args([&from, &to])
        .status()
        .unwrap();
    // 3: done, with a warning about white space of the made file.
    assert!(matches!(done.code(), Some(0 | 3)), "{done}");
    let bytes = std::fs::read(&to).unwrap();
    assert!(bytes.windows(6).any(|part| part == b"ObjStm"), "nothing was packed");
    Some(bytes)
}

#[test]
fn documents_that_run_launch_send_or_play_are_refused_and_links_and_attachments_are_not() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let drafter = house.person("drafter", &[Role::Drafter]);
        let metadata = json!({ "direction": "incoming", "type": "QĐ", "subject": "Nội dung động" });
        let before = house.stored();
        let annotated = |annotation: &str| pdf(&[PLAIN, PAGES, &page_with(annotation)]);
        let form =
            |form: &str| pdf(&[&format!("<</Type/Catalog/Pages 2 0 R/AcroForm<<{form}>>>>"), PAGES, PAGE]);
        let mut active = vec![
            ("JavaScript", pdf(&[SCRIPT, PAGES, PAGE])),
            ("JavaScript", pdf(&[&SCRIPT.replace("/JavaScript", "/J#61v#61Script"), PAGES, PAGE])),
            ("JavaScript", hidden()),
            ("JavaScript", annotated("<</Subtype/Widget/AA<</K<</S/JavaScript/JS(1)>>>>>>")),
            ("Launch", annotated("<</Subtype/Link/A<</S/Launch/F(cmd.exe)>>>>")),
            ("SubmitForm", annotated("<</Subtype/Widget/A<</S/SubmitForm/F(http://x)>>>>")),
            ("RichMedia", annotated("<</Subtype/RichMedia>>")),
            ("XFA", form("/Fields[]/XFA[(template)4 0 R]")),
        ];
        active.extend(packed(&pdf(&[SCRIPT, PAGES, PAGE])).map(|file| ("JavaScript", file)));
        for (what, file) in active {
            let refused = drafter.upload(&metadata, "a.pdf", file);
            assert_eq!(refused.problem(422), "pdf_active_content", "{what}");
            assert!(refused.text().contains(what), "{}", refused.text());
        }
        assert_eq!(house.stored(), before, "nothing is kept of them");
        let told = house.refusals();
        assert!(!told.is_empty() && told.iter().all(|code| code == "pdf_active_content"), "{told:?}");
        for file in [
            annotated("<</Subtype/Link/A<</S/URI/URI(https://chinhphu.vn)>>>>"),
            annotated("<</Subtype/Link/Dest[3 0 R/Fit]>>"),
            pdf(&["<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>", PAGES, PAGE]),
            pdf(&["<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[]>>>>>>", PAGES, PAGE]),
            form("/Fields[]/XFA null"),
        ] {
            drafter.upload(&metadata, "a.pdf", file).good();
        }
    });
}
