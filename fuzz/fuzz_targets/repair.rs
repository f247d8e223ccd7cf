//! Repair of a DOCX: any archive is refused or repaired; what was repaired opens again, says the same, and a second
//! repair changes nothing. The first byte says whether the rest is an archive or the text of its main part, which
//! mutations reach more often.
#![no_main]

use chancery::format::repair::Draft;
use chancery::profile::Profile;
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};

fn archive(document: &[u8]) -> Option<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).ok()?;
    zip.write_all(document).ok()?;
    Some(zip.finish().ok()?.into_inner())
}

fuzz_target!(|data: &[u8]| {
    let bytes = if data.starts_with(b"PK") { Some(data.to_vec()) } else { archive(data) };
    let Some(draft) = bytes.and_then(|bytes| Draft::open(bytes).ok()) else { return };
    let Ok((once, first)) = draft.repair(Profile::builtin()) else { return };
    let again = Draft::open(once.clone()).expect("what was repaired can be read");
    let (twice, second) = again.repair(Profile::builtin()).expect("and repaired again");
    assert!(once == twice && !second.changed, "{:?} then {:?}", first.done, second.done);
});
