//! What comes back from somebody's own program: whatever was appended to whatever was given is looked at or refused.
#![no_main]

use chancery::pdf::Pdf;
use chancery::signature::cms::Signed;
use chancery::signature::returned::examine;
use libfuzzer_sys::fuzz_target;

/// The certificate of the newest signature, found without reading the document.
fn signer(data: &[u8]) -> Option<Signed> {
    let name = b"/Contents <";
    let at = data.windows(name.len()).rposition(|part| part == name)?;
    let digits: Vec<u8> =
        data.get(at + name.len()..)?.iter().copied().take_while(u8::is_ascii_hexdigit).collect();
    let bytes =
        digits.chunks_exact(2).filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
    Signed::read(&bytes.collect::<Vec<u8>>()).ok()
}

fuzz_target!(|data: &[u8]| {
    let Some(signed) = signer(data) else { return };
    let Some(certificate) = signed.signer_certificate() else { return };
    let returned = data.to_vec();
    let Ok(document) = Pdf::open(&returned) else { return };
    for revision in document.revisions().iter().rev().skip(1).take(3) {
        let Some(given) = usize::try_from(revision.end).ok().and_then(|end| data.get(..end)) else {
            continue;
        };
        if let Ok(found) = examine(&given.to_vec(), &returned, "Signature1", certificate, true) {
            assert_eq!(found.in_prepared_field, found.field == "Signature1");
        }
    }
});
