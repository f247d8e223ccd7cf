//! A reply of a time-stamping authority, a token or a TSTInfo from outside: any bytes give one or an error.
#![no_main]

use chancery::pki::timestamp::{StampInfo, read_reply};
use chancery::signature::timestamp::Token;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = StampInfo::read(data);
    let token = read_reply(data).unwrap_or(data);
    if let Ok(token) = Token::read(token) {
        let _ = token.verify();
    }
});
