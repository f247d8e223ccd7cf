//! An OCSP response from outside: any bytes give a response or an error, and any response can be asked.
#![no_main]

use chancery::pki::Ocsp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(response) = Ocsp::read(data) {
        // What was read can be read again.
        assert!(Ocsp::read(&response.der).is_ok());
        let _ = response.scheme();
        for certificate in &response.certificates {
            let _ = response.answer(certificate, certificate);
            let _ = response.names(certificate);
        }
    }
});
