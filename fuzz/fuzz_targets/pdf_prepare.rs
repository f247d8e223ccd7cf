//! Preparing and filling: what is appended to any readable draft reads back as one sound revision more.
#![no_main]

use chancery::pdf::Pdf;
use chancery::pdf::font::{Face, Repertoire};
use chancery::pdf::writer::RevisionWriter;
use chancery::signature::fill::{Fill, fill};
use chancery::signature::prepare::{Alignment, Place, Plan, Rectangle, TextField, prepare};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let source = data.to_vec();
    let Ok(draft) = Pdf::open(&source) else { return };
    let place = Place { page: 0, rectangle: Rectangle { left: 10.0, bottom: 10.0, right: 90.0, top: 25.0 } };
    let text = TextField {
        name: "number".to_owned(),
        place,
        face: Face::Regular,
        repertoire: Repertoire::Digits,
        size: 13.0,
        alignment: Alignment::Left,
    };
    let plan = Plan { texts: vec![text], personal: place, agency: Some(place) };
    let Ok(appended) = prepare(&draft, &plan, [0; 16]) else { return };
    let file = [source.as_slice(), &appended.bytes].concat();
    // Bytes behind the end were the draft's own; then the appended revision begins later than it says.
    let sound = draft.examine().is_ok_and(|found| found.is_empty());
    if !sound {
        return;
    }
    let prepared = Pdf::open(&file).expect("what was appended can be read");
    assert_eq!(prepared.revisions().len(), draft.revisions().len() + 1);
    let found = prepared.examine().expect("memory does not fail");
    assert!(found.is_empty(), "{found:?}");
    let mut writer = RevisionWriter::new(&prepared).expect("there is room");
    let fills = [Fill { field: "number".to_owned(), text: "15".to_owned() }];
    fill(&mut writer, &fills).expect("the field just made can be filled");
});
