//! Appended revisions, judged by qpdf and read back.

use super::raw::{DRAFT, Raw};
use crate::support::{fixture, fixture_path, judges};
use chancery::pdf::section::Kind;
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Dictionary, Error, Object, Pdf, Reference};
use std::collections::BTreeMap;

fn appended(bytes: &[u8], change: impl FnOnce(&mut RevisionWriter<'_, '_>)) -> Vec<u8> {
    let pdf = Pdf::open(&bytes).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    change(&mut writer);
    let appended = writer.finish([0xab; 16]).unwrap();
    [bytes, &appended.bytes].concat()
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

/// A draft whose only section is a table that names a stream for readers that know streams.
fn hybrid() -> Raw {
    let mut raw = Raw::draft();
    raw.bytes.truncate(15);
    raw.section = 0;
    raw.size = 0;
    let mut entries = raw.objects(&DRAFT);
    let holder = raw.holder(6, &[(7, "(hidden from old readers)")]);
    let hidden = raw.bytes.len();
    let row = |kind: u8, a: u32, b: u16| [&[kind][..], &a.to_be_bytes(), &b.to_be_bytes()].concat();
    let rows = [row(1, holder as u32, 0), row(2, 6, 0), row(1, hidden as u32, 0)].concat();
    let head = format!("8 0 obj\n<</Type/XRef/Size 9/W[1 4 2]/Index[6 3]/Length {}>>\nstream\n", rows.len());
    raw.bytes.extend_from_slice(head.as_bytes());
    raw.bytes.extend_from_slice(&rows);
    raw.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    raw.size = 9;
    for number in 6..9 {
        entries.insert(number, "0000000000 00000 f\r\n".to_owned());
    }
    let plain = raw.trailer.clone();
    raw.trailer.push_str(&format!("/XRefStm {hidden}"));
    raw.end(&entries);
    raw.trailer = plain;
    raw
}

#[test]
fn what_is_appended_follows_the_kind_of_section_and_satisfies_qpdf() {
    let folder = tempfile::tempdir().unwrap();
    let source = fixture_path("documents/quyet-dinh.pdf");
    let mut inputs: Vec<(&str, Vec<u8>, Kind)> = vec![
        ("by hand", Raw::draft().bytes, Kind::Table),
        ("hybrid", hybrid().bytes, Kind::Hybrid),
        ("word processor", fixture("documents/quyet-dinh.pdf"), Kind::Table),
    ];
    for (name, options, kind) in [
        ("streams", vec!["--object-streams=generate"], Kind::Stream),
        ("linearised", vec!["--linearize", "--object-streams=disable"], Kind::Table),
        ("linearised streams", vec!["--linearize", "--object-streams=generate"], Kind::Stream),
    ] {
        let made = folder.path().join("made.pdf");
        let mut args = options;
        args.extend([source.to_str().unwrap(), made.to_str().unwrap()]);
        if judges::run("qpdf", &args).is_some() {
            inputs.push((name, std::fs::read(&made).unwrap(), kind));
        }
    }
    for (name, input, kind) in inputs {
        check(name, &input);
        let before = Pdf::open(&input).unwrap();
        assert_eq!(before.newest_section().unwrap().kind, kind, "{name}");
        let mut file = input.clone();
        for round in 1..4 {
            let mut made = None;
            file = appended(&file, |writer| {
                made = Some(writer.add(&Object::String(b"new".to_vec())));
                writer.add_stream(Dictionary::default(), b"some data");
            });
            assert!(file.starts_with(&input), "{name}: earlier bytes stay");
            check(&format!("{name}, round {round}"), &file);
            let pdf = Pdf::open(&file).unwrap();
            assert_eq!(pdf.revisions().len(), 1 + round, "{name}");
            assert!(pdf.examine().unwrap().is_empty(), "{name}: {:?}", pdf.examine());
            assert_eq!(pdf.resolve(made.unwrap(), round).unwrap(), Object::String(b"new".to_vec()));
            let expected = if kind == Kind::Stream { Kind::Stream } else { Kind::Table };
            assert_eq!(pdf.newest_section().unwrap().kind, expected, "{name}");
        }
    }
}

#[test]
fn the_first_identifier_stays_and_the_second_is_renewed() {
    let file = appended(&Raw::draft().bytes, |writer| {
        writer.add(&Object::Null);
    });
    let pdf = Pdf::open(&file).unwrap();
    let first: Vec<u8> = (0..16).collect();
    let expected = Object::Array(vec![Object::String(first), Object::String(vec![0xab; 16])]);
    assert_eq!(pdf.newest_section().unwrap().trailer.get("ID"), Some(&expected));
}

#[test]
fn new_numbers_are_above_everything_that_exists() {
    let mut raw = Raw::draft();
    raw.append(&[(900, "(high)")], &[]);
    let pdf = Pdf::open(&raw.bytes).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    assert_eq!(writer.allocate(), Reference { number: 901, generation: 0 });
    let mut stated = Raw::draft();
    stated.size = 2_000;
    stated.append(&[], &[]);
    let pdf = Pdf::open(&stated.bytes).unwrap();
    assert_eq!(RevisionWriter::new(&pdf).unwrap().allocate().number, 2_000);
    let mut absurd = Raw::draft();
    absurd.size = 4_000_000_000;
    absurd.append(&[], &[]);
    let pdf = Pdf::open(&absurd.bytes).unwrap();
    assert!(matches!(RevisionWriter::new(&pdf), Err(Error::Limit(_))));
}

#[test]
fn the_byte_range_leaves_out_the_value_between_its_brackets_and_nothing_else() {
    for input in [Raw::draft().bytes, hybrid().bytes, {
        let mut raw = Raw::draft();
        raw.end_with_stream(&BTreeMap::new());
        raw.bytes
    }] {
        let pdf = Pdf::open(&input).unwrap();
        let mut writer = RevisionWriter::new(&pdf).unwrap();
        let value = writer.allocate();
        writer.put_signature(value, Dictionary::of(vec![("Type", Object::name("Sig"))]), 20);
        let mut appended = writer.finish([1; 16]).unwrap();
        appended.insert_signature(&[0x30, 0x03, 0xff]).unwrap();
        assert!(appended.insert_signature(&[0; 21]).is_err(), "a value is never cut");
        let file = [input.as_slice(), &appended.bytes].concat();
        let [start, before, after, rest] = appended.gap.unwrap().byte_range();
        assert_eq!((start, after + rest), (0, file.len() as u64));
        let gap = &file[before as usize..after as usize];
        assert_eq!(gap, format!("<3003ff{}>", "0".repeat(34)).as_bytes());
        let pdf = Pdf::open(&file).unwrap();
        let dictionary = pdf.resolve(value, pdf.newest()).unwrap();
        let dictionary = dictionary.as_dictionary().unwrap();
        let numbers = [start, before, after, rest].map(|number| Object::Integer(number as i64));
        assert_eq!(dictionary.get("ByteRange"), Some(&Object::Array(numbers.to_vec())));
        check("with a value", &file);
    }
}

#[test]
fn a_file_without_an_end_of_line_at_its_end_is_followed_on_a_new_line() {
    let mut raw = Raw::draft();
    raw.bytes.pop();
    assert!(raw.bytes.ends_with(b"%%EOF"));
    let file = appended(&raw.bytes, |writer| {
        writer.add(&Object::Null);
    });
    check("no end of line", &file);
    assert!(Pdf::open(&file).unwrap().examine().unwrap().is_empty());
}

#[test]
fn an_offset_beyond_what_a_table_holds_is_refused_and_a_stream_holds_it() {
    /// A source whose beginning and end are there and whose middle, twelve gigabytes, is spaces.
    struct Vast {
        head: Vec<u8>,
        tail: Vec<u8>,
        length: u64,
    }
    impl chancery::pdf::Source for Vast {
        fn len(&self) -> u64 {
            self.length
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            let tail_at = self.length - self.tail.len() as u64;
            let mut count = 0;
            for (byte, at) in buffer.iter_mut().zip(offset..self.length) {
                *byte = if at < self.head.len() as u64 {
                    self.head[at as usize]
                } else if at >= tail_at {
                    self.tail[(at - tail_at) as usize]
                } else {
                    b' '
                };
                count += 1;
            }
            Ok(count)
        }
    }
    let length = 12_u64 << 30;
    let build = |stream: bool| {
        let mut raw = Raw::draft();
        raw.bytes.truncate(15);
        let entries = raw.objects(&DRAFT);
        let head = raw.bytes.clone();
        let tail_text = |start: u64| {
            let mut tail = Vec::new();
            if stream {
                let mut rows = Vec::new();
                for entry in entries.values() {
                    let offset: u32 = entry[..10].parse().unwrap();
                    rows.extend_from_slice(&[1]);
                    rows.extend_from_slice(&u64::from(offset).to_be_bytes());
                }
                let text = format!(
                    "9 0 obj\n<</Type/XRef/Size 10/W[1 8 0]/Index[1 5]/Root 1 0 R/Length {}>>\nstream\n",
                    rows.len()
                );
                tail.extend_from_slice(text.as_bytes());
                tail.extend_from_slice(&rows);
                tail.extend_from_slice(b"\nendstream\nendobj\n");
            } else {
                tail.extend_from_slice(b"xref\n1 5\n");
                tail.extend(entries.values().flat_map(|entry| entry.as_bytes().to_vec()));
                tail.extend_from_slice(b"trailer\n<</Size 6/Root 1 0 R>>\n");
            }
            tail.extend_from_slice(format!("startxref\n{start:012}\n%%EOF\n").as_bytes());
            tail
        };
        let size = tail_text(0).len() as u64;
        Vast { head, tail: tail_text(length - size), length }
    };
    let write = |source: &Vast| {
        let pdf = Pdf::open(source).unwrap();
        let mut writer = RevisionWriter::new(&pdf).unwrap();
        writer.put_signature(Reference { number: 20, generation: 0 }, Dictionary::default(), 8);
        writer.finish([1; 16])
    };
    assert!(matches!(write(&build(false)), Err(Error::Limit(_))));
    let appended = write(&build(true)).unwrap();
    let [_, before, after, _] = appended.gap.unwrap().byte_range();
    assert!(before > length && after == before + 18);
}
