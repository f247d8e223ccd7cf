//! The BER-tolerant slicer beneath CMS and certificates: it never reads past its input and always ends.
#![no_main]

use chancery::pki::der::Reader;
use libfuzzer_sys::fuzz_target;

fn walk(reader: &mut Reader<'_>, depth: usize) {
    while !reader.is_empty() {
        let before = reader.rest().len();
        let Ok(value) = reader.read() else { return };
        assert!(reader.rest().len() < before);
        let _ = value.oid();
        let _ = value.octets();
        if depth > 0 {
            walk(&mut value.inside(), depth - 1);
        }
    }
}

fuzz_target!(|data: &[u8]| walk(&mut Reader::new(data), 20));
