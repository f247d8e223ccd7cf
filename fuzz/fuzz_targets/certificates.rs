//! Certificates in PEM and DER, and path building among them: any bytes are read or refused.
#![no_main]

use chancery::pki::{Certificate, TrustStore, read_certificates};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = read_certificates(data);
    if let Ok(certificate) = Certificate::read(data) {
        assert!(!certificate.serial_hex().contains(|sign: char| !sign.is_ascii_hexdigit()));
        let _ = certificate.scheme();
    }
    let _ = TrustStore::default().add(data);
});
