//! Until when an algorithm is relied on: ETSI TS 119 312 V1.5.1 as data, ends that were reached before its
//! publication. Ends that lie after it are forecasts and not applied.

use crate::pki::{Digest, KeyKind, PublicKey, Scheme};
use chrono::{DateTime, NaiveDate, Utc};

/// Last day of digests, exclusive.
const DIGESTS: [(Digest, (i32, u32, u32)); 2] = [(Digest::Md5, (2004, 8, 1)), (Digest::Sha1, (2012, 8, 1))];
/// RSA keys below so many bits, and the day until which they are relied on, exclusive.
const RSA: [(u32, (i32, u32, u32)); 2] = [(1024, (2010, 8, 1)), (1900, (2019, 10, 1))];
/// Below this an RSA key proves nothing at any date.
const RSA_LEAST: u32 = 786;

fn day((year, month, day): (i32, u32, u32)) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(0, 0, 0));
    date.map_or(DateTime::UNIX_EPOCH, |at| at.and_utc())
}

/// The end of a digest; none: it has none.
pub(super) fn digest_end(digest: Digest) -> Option<DateTime<Utc>> {
    DIGESTS.iter().find(|(known, _)| *known == digest).map(|(_, end)| day(*end))
}

/// The end of a scheme used with a key; none: it has none.
pub(super) fn end(scheme: Scheme, key: &PublicKey) -> Option<DateTime<Utc>> {
    let of_key = match key.kind {
        KeyKind::Rsa if key.bits < RSA_LEAST => Some(DateTime::UNIX_EPOCH),
        KeyKind::Rsa => RSA.iter().find(|(bits, _)| key.bits < *bits).map(|(_, end)| day(*end)),
        _ => None,
    };
    of_key.into_iter().chain(digest_end(scheme.digest())).min()
}

/// Whether an end lies after `at`.
pub(super) fn holds(end: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    end.is_none_or(|end| at < end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa(bits: u32) -> PublicKey {
        PublicKey { kind: KeyKind::Rsa, point: Vec::new(), bits }
    }

    #[test]
    fn sha1_and_small_rsa_keys_end_when_the_standard_says() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let sha1 = Scheme::RsaPkcs1(Digest::Sha1);
        assert!(holds(end(sha1, &rsa(2048)), at("2012-07-31T23:59:59Z")));
        assert!(!holds(end(sha1, &rsa(2048)), at("2012-08-01T00:00:00Z")));
        let sha256 = Scheme::RsaPkcs1(Digest::Sha256);
        assert!(holds(end(sha256, &rsa(1024)), at("2019-09-30T00:00:00Z")));
        assert!(!holds(end(sha256, &rsa(1024)), at("2019-10-01T00:00:00Z")));
        assert!(holds(end(sha256, &rsa(2048)), at("2040-01-01T00:00:00Z")));
    }
}
