//! Signature dictionaries as other programs write them: where they stand, what they say, what follows the revision
//! that holds them.

use super::field::by_hand;
use super::years::{World, at};
use crate::pdf::raw::{DRAFT, Raw};
use chancery::pki::der::{oid, sequence, tlv};
use chancery::pki::revocation::Material;
use chancery::pki::{Digest, MemoryKey, TrustStore};
use chancery::signature::report::{Report, SignatureReport};
use chancery::signature::validate::{Policy, Supply, validate_with};

/// Room for a CMS, in digits.
const ROOM: usize = 8192;

/// A document with one signature, written by hand.
pub(super) struct Written<'a> {
    /// What the dictionary says besides type, filter, range and contents.
    pub(super) entries: &'a str,
    /// Bytes after the line of `%%EOF`, signed along.
    pub(super) after: &'a [u8],
    /// Whether the dictionary stands in its field, not in an object of its own.
    pub(super) in_field: bool,
}

impl Default for Written<'_> {
    fn default() -> Self {
        Self { entries: "/SubFilter/ETSI.CAdES.detached/M(D:20260615080000Z)", after: b"", in_field: false }
    }
}

impl Written<'_> {
    /// The file; `cms` gets what its range covers.
    pub(super) fn signed(&self, cms: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let dictionary = format!(
            "<</Type/Sig/Filter/Adobe.PPKLite{}/ByteRange[0 0000000000 0000000000 0000000000]/Contents<{}>>>",
            self.entries,
            "0".repeat(ROOM)
        );
        let (value, other) =
            if self.in_field { (dictionary.as_str(), "null") } else { ("7 0 R", dictionary.as_str()) };
        let field = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V {value}/Rect[0 0 0 0]/P 3 0 R/F 132>>"
        );
        let mut raw = Raw::new(&[
            (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>"),
            DRAFT[1],
            (
                3,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[6 0 R]>>",
            ),
            DRAFT[3],
            DRAFT[4],
            (6, &field),
            (7, other),
        ]);
        raw.bytes.extend_from_slice(self.after);
        let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|one| one == what).unwrap();
        let start = find(&raw.bytes, b"/Contents<") + 9;
        let end = start + ROOM + 2;
        let range = format!("[0 {start:010} {end:010} {:010}]", raw.bytes.len() - end);
        let place = find(&raw.bytes, b"/ByteRange[") + 10;
        raw.bytes[place..place + range.len()].copy_from_slice(range.as_bytes());
        let digits = hex::encode(cms(&[&raw.bytes[..start], &raw.bytes[end..]].concat()));
        raw.bytes[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
        raw.bytes
    }

    fn by(&self, key: &MemoryKey) -> Vec<u8> {
        self.signed(|covered| by_hand(key, &Digest::Sha256.of(covered), vec![], true, None))
    }
}

fn judge(world: &World, file: &[u8]) -> Report {
    let mut given = Material::default();
    given.add_crl(world.list("2026-06", &[]));
    let policy = Policy { trust: TrustStore::new(vec![world.root.clone()]), at: at("2026-06-20") };
    validate_with(&file.to_vec(), &policy, &Supply { given, network: None }).unwrap().report
}

fn one(report: &Report) -> &SignatureReport {
    assert_eq!(report.signatures.len(), 1, "{report:#?}");
    &report.signatures[0]
}

#[test]
fn white_space_after_the_end_of_the_signed_revision_may_be_signed_along() {
    let world = World::new();
    let person = world.person();
    for after in [b"".as_slice(), b"\n", b"\r\n\r\n", b" ", b" \n", b"\0\t\x0c"] {
        let file = Written { after, ..Written::default() }.by(&person);
        let report = judge(&world, &file);
        assert_eq!(report.indication, "TOTAL-PASSED", "{after:?}: {report:#?}");
        assert!(one(&report).covers.whole_file);
        // Not signed along it changes nothing either.
        let longer = [file.as_slice(), b"\n\n"].concat();
        assert_eq!(judge(&world, &longer).indication, "TOTAL-PASSED", "{after:?}");
    }
    for after in [b"%".as_slice(), b"\nx", b"\n%%EOF\n"] {
        let report = judge(&world, &Written { after, ..Written::default() }.by(&person));
        let found = one(&report);
        assert_eq!(report.indication, "TOTAL-FAILED", "{after:?}: {report:#?}");
        assert!(found.reasons.iter().any(|reason| reason.code == "byte_range_no_revision"), "{after:?}");
        // Whether the bytes it covers are untouched is told all the same.
        assert_eq!(found.integrity, "intact", "{after:?}");
    }
}

#[test]
fn a_signature_dictionary_in_its_field_is_judged_as_one_of_its_own() {
    let world = World::new();
    let (person, other) = (world.person(), world.person());
    let written = Written { in_field: true, ..Written::default() };
    let file = written.by(&person);
    let report = judge(&world, &file);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    assert_eq!((one(&report).level.as_str(), one(&report).integrity.as_str()), ("B-B", "intact"));
    let mut altered = file.clone();
    altered[40] ^= 1;
    assert_ne!(judge(&world, &altered).indication, "TOTAL-PASSED");
    // Taken away, or another put in its place: the first is not forgotten.
    let section = file.windows(9).rposition(|one| one == b"startxref").unwrap() + 10;
    let section = std::str::from_utf8(&file[section..]).unwrap().lines().next().unwrap().parse().unwrap();
    let taken = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/Rect[0 0 0 0]/P 3 0 R/F 132>>";
    let another = written.by(&other);
    let from = another.windows(7).position(|one| one == b"6 0 obj").unwrap() + 8;
    let to = from + another[from..].windows(7).position(|one| one == b"\nendobj").unwrap();
    for field in [taken, std::str::from_utf8(&another[from..to]).unwrap()] {
        let mut raw = Raw::draft();
        (raw.bytes, raw.section, raw.size) = (file.clone(), section, 8);
        raw.append(&[(6, field)], &[]);
        let report = judge(&world, &raw.bytes);
        assert_eq!(report.indication, "TOTAL-FAILED", "{report:#?}");
        let mut reasons = report.signatures.iter().flat_map(|one| &one.reasons);
        assert!(reasons.any(|reason| reason.code == "signature_removed"), "{report:#?}");
    }
}

#[test]
fn a_reason_beside_a_commitment_or_a_policy_is_no_baseline() {
    let world = World::new();
    let person = world.person();
    let with = |entries: &str, kinds: &[&str]| {
        let written = Written { entries, ..Written::default() };
        let file = written.signed(|covered| {
            let more = kinds.iter().map(|kind| {
                let statement = sequence(&[&oid("1.2.840.113549.1.9.16.6.5")]);
                sequence(&[&oid(kind), &tlv(0x31, &statement)])
            });
            by_hand(&person, &Digest::Sha256.of(covered), more.collect(), true, None)
        });
        let report = judge(&world, &file);
        assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
        one(&report).level.clone()
    };
    let plain = "/SubFilter/ETSI.CAdES.detached/M(D:20260615080000Z)";
    let reason = format!("{plain}/Reason(Approved)");
    assert_eq!(with(&reason, &[]), "B-B");
    for kind in ["1.2.840.113549.1.9.16.2.16", "1.2.840.113549.1.9.16.2.15"] {
        assert_eq!(with(plain, &[kind]), "B-B");
        assert_eq!(with(&reason, &[kind]), "none");
    }
}
