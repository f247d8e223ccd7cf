//! Small files that would cost hours or gigabytes: each must be refused, or read, quickly.

use super::raw::{ID, Raw};
use chancery::pdf::{Error, Pdf, Reference, filter, pages};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Far above what any of these needs on a slow machine in an unoptimised build, far below an attack's aim.
const SOON: Duration = Duration::from_secs(20);

fn at(number: u32) -> Reference {
    Reference { number, generation: 0 }
}

fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let outcome = work();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    outcome
}

#[test]
fn lengths_that_need_each_other_are_refused() {
    let mut raw = Raw::draft();
    raw.append(
        &[(6, "<</Length 7 0 R>>\nstream\nabc\nendstream"), (7, "<</Length 6 0 R>>\nstream\nabc\nendstream")],
        &[],
    );
    let pdf = Pdf::open(&raw.bytes).unwrap();
    assert!(pdf.resolve(at(6), 1).is_err());
}

#[test]
fn a_length_inside_the_stream_it_measures_is_refused() {
    let mut raw = Raw::draft();
    let holder = raw.bytes.len() as u64;
    raw.objects(&[(6, "<</Type/ObjStm/N 1/First 4/Length 7 0 R>>\nstream\n7 0 8\nendstream")]);
    raw.size = 8;
    raw.end_with_stream(&BTreeMap::from([(6, [1, holder, 0]), (7, [2, 6, 0])]));
    let pdf = Pdf::open(&raw.bytes).unwrap();
    assert!(pdf.resolve(at(7), 1).is_err());
}

#[test]
fn a_compressed_table_of_millions_is_refused() {
    let rows = filter::deflate(&vec![0_u8; 12_000_000]);
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let head = format!(
        "1 0 obj\n<</Type/XRef/Size 4000000/W[1 1 1]/Root 1 0 R{ID}/Filter/FlateDecode/Length {}>>\nstream\n",
        rows.len()
    );
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(&rows);
    bytes.extend_from_slice(b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n");
    assert!(bytes.len() < 20_000);
    assert!(matches!(soon(|| Pdf::open(&bytes)), Err(Error::Limit(_))));
}

#[test]
fn a_bomb_of_zeros_is_not_unpacked() {
    let bomb = filter::deflate(&vec![b' '; 80 << 20]);
    let mut raw = Raw::draft();
    let place = raw.bytes.len() as u64;
    let head =
        format!("6 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {}>>\nstream\n", bomb.len());
    raw.bytes.extend_from_slice(head.as_bytes());
    raw.bytes.extend_from_slice(&bomb);
    raw.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    raw.size = 8;
    raw.end_with_stream(&BTreeMap::from([(6, [1, place, 0]), (7, [2, 6, 0])]));
    let pdf = Pdf::open(&raw.bytes).unwrap();
    assert!(matches!(soon(|| pdf.resolve(at(7), 1)), Err(Error::Limit(_))));
    assert!(matches!(soon(|| pdf.stream(at(6), 1)), Err(Error::Limit(_))));
}

#[test]
fn many_objects_at_the_same_place_of_an_object_stream_are_refused() {
    let inner = format!("[{}]", "0 ".repeat(20_000));
    let header: String = (7..2007).map(|number| format!("{number} 0 ")).collect();
    let text = format!(
        "<</Type/ObjStm/N 2000/First {}/Length {}>>\nstream\n{header}{inner}\nendstream",
        header.len(),
        header.len() + inner.len()
    );
    let mut raw = Raw::draft();
    let place = raw.bytes.len() as u64;
    raw.objects(&[(6, &text)]);
    raw.size = 2007;
    raw.end_with_stream(&BTreeMap::from([(6, [1, place, 0]), (7, [2, 6, 0])]));
    let pdf = Pdf::open(&raw.bytes).unwrap();
    assert!(soon(|| pdf.resolve(at(7), 1)).is_err());
}

#[test]
fn objects_nested_in_each_others_strings_do_not_cost_their_square() {
    let count = 8_000;
    let mut raw = Raw::draft();
    let mut entries = BTreeMap::new();
    for number in 6..6 + count {
        entries.insert(number, format!("{:010} 00000 n\r\n", raw.bytes.len()));
        raw.bytes.extend_from_slice(format!("{number} 0 obj\n(").as_bytes());
    }
    for _ in 0..count {
        raw.bytes.extend_from_slice(b")endobj ");
    }
    raw.size = 6 + count;
    raw.end(&entries);
    let pdf = Pdf::open(&raw.bytes).unwrap();
    let _ = soon(|| pdf.examine());
}

#[test]
fn entries_that_all_miss_cost_no_growing_windows() {
    let count = 20_000;
    let mut raw = Raw::draft();
    let filler = "x".repeat(1 << 20);
    let mut entries = raw.objects(&[(6, &format!("({filler})"))]);
    let same = entries[&6].clone();
    for number in 7..7 + count {
        entries.insert(number, same.clone());
    }
    raw.size = 7 + count;
    raw.end(&entries);
    let pdf = Pdf::open(&raw.bytes).unwrap();
    let found = soon(|| pdf.examine()).unwrap();
    assert_eq!(found.iter().filter(|finding| finding.code == "entry_points_elsewhere").count(), 20_000);
}

#[test]
fn ten_thousand_pages_are_opened_and_prepared() {
    use chancery::pdf::font::{Face, Repertoire};
    use chancery::signature::prepare::{Alignment, Place, Plan, Rectangle, TextField, prepare};
    let count = 10_000;
    let kids: String = (0..count).map(|page| format!("{} 0 R ", 10 + page)).collect();
    let tree = format!("<</Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 595 842]>>");
    let numbers: Vec<u32> = (10..10 + count).collect();
    let mut objects: Vec<(u32, &str)> = vec![(1, "<</Type/Catalog/Pages 2 0 R>>"), (2, &tree)];
    objects.extend(numbers.iter().map(|number| (*number, "<</Type/Page/Parent 2 0 R/Resources<<>>>>")));
    let raw = Raw::new(&objects);
    let rectangle = Rectangle { left: 100.0, bottom: 100.0, right: 200.0, top: 120.0 };
    let place = Place { page: 9_999, rectangle };
    let text = TextField {
        name: "number".to_owned(),
        place,
        face: Face::Regular,
        repertoire: Repertoire::Digits,
        size: 13.0,
        alignment: Alignment::Left,
    };
    let plan = Plan { texts: vec![text], personal: place, agency: Some(place) };
    soon(|| {
        let pdf = Pdf::open(&raw.bytes).unwrap();
        assert_eq!(pages(&pdf, 0, 20_000).unwrap().len(), 10_000);
        let appended = prepare(&pdf, &plan, [1; 16]).unwrap();
        assert!(appended.bytes.len() < 100_000);
        // Judging what came after looks at every object of the signed document, once.
        let file = [raw.bytes.as_slice(), &appended.bytes].concat();
        let pdf = Pdf::open(&file).unwrap();
        assert!(!chancery::signature::changes::after(&pdf, 0).unwrap().is_empty());
    });
}
