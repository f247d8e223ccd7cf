//! The Time-Stamp Protocol (RFC 3161, RFC 5816): a request written, a reply and a TSTInfo read. The token is
//! a CMS; it is verified where CMS is.

use super::constraints::{GeneralName, one_name};
use super::der::{DerError, Reader, octet_string, sequence, tlv};
use super::digest::{Digest, digest_of};
use super::time;
use chrono::{DateTime, TimeDelta, Utc};

/// A reply larger than this is none: real ones have some kilobytes.
pub const SIZE_LIMIT: usize = 1 << 20;

/// What is asked of a time-stamping authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampRequest {
    /// The digest of the imprint.
    pub digest: Digest,
    /// The imprint.
    pub imprint: Vec<u8>,
    /// Eight octets that must come back.
    pub nonce: [u8; 8],
}

/// Why a reply is none to our request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Broken ASN.1.
    #[error(transparent)]
    Der(#[from] DerError),
    /// The authority refused (PKIStatus).
    #[error("the time-stamping authority refused with status {0}")]
    Refused(u8),
    /// Granted, but without a token.
    #[error("the reply holds no token")]
    NoToken,
    /// The token is of something else than what was asked.
    #[error("the token's {0} is not the one asked for")]
    Mismatch(&'static str),
}

impl StampRequest {
    /// TimeStampReq, version 1, asking for the authority's certificate.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let imprint = sequence(&[&self.digest.identifier(), &octet_string(&self.imprint)]);
        sequence(&[&super::der::integer(1), &imprint, &tlv(0x02, &self.nonce_integer()), &tlv(0x01, &[0xff])])
    }

    fn nonce_integer(&self) -> Vec<u8> {
        let mut octets: Vec<u8> = self.nonce.iter().copied().skip_while(|octet| *octet == 0).collect();
        if octets.first().is_none_or(|first| *first >= 0x80) {
            octets.insert(0, 0);
        }
        octets
    }

    /// Whether a TSTInfo is the answer to this request.
    ///
    /// # Errors
    /// [`StampError::Mismatch`] naming the first field that isn't.
    pub fn check(&self, info: &StampInfo) -> Result<(), StampError> {
        if info.digest != Some(self.digest) || info.imprint != self.imprint {
            return Err(StampError::Mismatch("imprint"));
        }
        if info.nonce.as_deref() != Some(self.nonce_integer().as_slice()) {
            return Err(StampError::Mismatch("nonce"));
        }
        Ok(())
    }
}

/// The token of a TimeStampResp.
///
/// # Errors
/// [`StampError`].
pub fn read_reply(der: &[u8]) -> Result<&[u8], StampError> {
    if der.len() > SIZE_LIMIT {
        return Err(DerError("larger than a time-stamp reply may be").into());
    }
    let mut parts = Reader::new(der).expect(0x30)?.inside();
    let status = parts.expect(0x30)?.inside().expect(0x02)?;
    match status.value {
        // granted, grantedWithMods
        [0 | 1] => {}
        [other] => return Err(StampError::Refused(*other)),
        _ => return Err(DerError("broken status of a reply").into()),
    }
    Ok(parts.optional(0x30)?.ok_or(StampError::NoToken)?.whole)
}

/// What a token states (TSTInfo).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampInfo {
    /// The digest of the imprint; none when unknown here.
    pub digest: Option<Digest>,
    /// The imprint.
    pub imprint: Vec<u8>,
    /// The time stated.
    pub at: DateTime<Utc>,
    /// How far the time may be off.
    pub accuracy: TimeDelta,
    /// The nonce, contents of its INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// Serial number, contents of its INTEGER.
    pub serial: Vec<u8>,
    /// Who says to have made it.
    pub authority: Option<GeneralName>,
}

impl StampInfo {
    /// Reads a TSTInfo.
    ///
    /// # Errors
    /// When it isn't one, or has a critical extension.
    pub fn read(der: &[u8]) -> Result<Self, DerError> {
        let mut all = Reader::new(der);
        let outer = all.expect(0x30)?;
        if !all.is_empty() {
            return Err(DerError("bytes follow the time-stamp"));
        }
        let mut parts = outer.inside();
        if parts.expect(0x02)?.value != [1] {
            return Err(DerError("another version of a time-stamp than 1"));
        }
        parts.expect(0x06)?;
        let mut imprint = parts.expect(0x30)?.inside();
        let digest = digest_of(imprint.expect(0x30)?.whole);
        let value = imprint.expect(0x04)?.value.to_vec();
        let serial = parts.expect(0x02)?.value.to_vec();
        let at = time::read(&parts.expect(0x18)?)?;
        let accuracy = match parts.optional(0x30)? {
            Some(accuracy) => read_accuracy(accuracy.inside())?,
            None => TimeDelta::zero(),
        };
        parts.optional(0x01)?;
        let nonce = parts.optional(0x02)?.map(|nonce| nonce.value.to_vec());
        let authority = parts.optional(0xa0)?.map(|name| one_name(&name)).transpose()?;
        if let Some(extensions) = parts.optional(0xa1)? {
            // IMPLICIT Extensions: the list is the value itself.
            super::crl::for_each_extension(&extensions, &mut |_, critical, _| {
                if critical {
                    Err(DerError("a critical extension of a time-stamp is not understood"))
                } else {
                    Ok(())
                }
            })?;
        }
        if !parts.is_empty() {
            return Err(DerError("something follows the fields of a time-stamp"));
        }
        Ok(Self { digest, imprint: value, at, accuracy, nonce, serial, authority })
    }
}

fn read_accuracy(mut parts: Reader<'_>) -> Result<TimeDelta, DerError> {
    let number = |octets: &[u8]| -> Result<i64, DerError> {
        if octets.len() > 4 {
            return Err(DerError("accuracy of more than a century"));
        }
        Ok(octets.iter().fold(0, |value, octet| (value << 8) | i64::from(*octet)))
    };
    let mut sum = TimeDelta::zero();
    if let Some(seconds) = parts.optional(0x02)? {
        sum += TimeDelta::seconds(number(seconds.value)?);
    }
    if let Some(millis) = parts.optional(0x80)? {
        sum += TimeDelta::milliseconds(number(millis.value)?);
    }
    if let Some(micros) = parts.optional(0x81)? {
        sum += TimeDelta::microseconds(number(micros.value)?);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_end_in_a_time_stamp_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = StampInfo::read(&bytes);
            let _ = read_reply(&bytes);
            let _ = StampInfo::read(&sequence(&[&bytes]));
        }

        #[test]
        fn every_nonce_comes_back_as_it_was_sent(nonce in any::<[u8; 8]>()) {
            let request = StampRequest { digest: Digest::Sha256, imprint: vec![1; 32], nonce };
            let der = request.der();
            let mut parts = Reader::new(&der).expect(0x30).unwrap().inside();
            for _ in 0..2 {
                parts.read().unwrap();
            }
            // X.690, 8.3: the shortest form, and not negative.
            let sent = parts.expect(0x02).unwrap().value;
            prop_assert!(sent[0] < 0x80 && (sent.len() == 1 || sent[0] != 0 || sent[1] >= 0x80));
            let value = sent.iter().fold(0_u64, |value, octet| (value << 8) | u64::from(*octet));
            prop_assert_eq!(value, u64::from_be_bytes(nonce));
        }
    }
}
