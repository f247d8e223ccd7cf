//! RSA signatures verified by arithmetic (RFC 8017, 8.1.2 and 8.2.2), for what the provider doesn't take: keys shorter
//! than 2048 bits or longer than 8192, other digests, masks made with another digest. Only public values are worked
//! on, so nothing here has to take the same time for every input, and nothing signs.

use super::der::{Reader, null, octet_string, oid, sequence};
use super::digest::Digest;
use num_bigint::BigUint;

/// Bits of the longest modulus.
const MODULUS_BITS: u64 = 16_384;
/// Bits of the longest exponent: what a signature costs to verify grows with it, and it comes from strangers.
const EXPONENT_BITS: u64 = 64;

/// A public key.
pub(super) struct Key {
    modulus: BigUint,
    exponent: BigUint,
}

impl Key {
    /// Reads an RSAPublicKey (RFC 8017, A.1.1); none when it is broken or beyond the limits.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let mut parts = Reader::new(der).expect(0x30).ok()?.inside();
        let modulus = BigUint::from_bytes_be(parts.expect(0x02).ok()?.value);
        let exponent = BigUint::from_bytes_be(parts.expect(0x02).ok()?.value);
        let is_usable = parts.is_empty()
            && modulus.bit(0)
            && (512..=MODULUS_BITS).contains(&modulus.bits())
            && exponent.bit(0)
            && (2..=EXPONENT_BITS).contains(&exponent.bits());
        is_usable.then_some(Self { modulus, exponent })
    }

    /// The encoded message of `length` octets behind a signature (RSAVP1).
    fn opened(&self, signature: &[u8], length: usize) -> Option<Vec<u8>> {
        if signature.len() != octets(self.modulus.bits()) {
            return None;
        }
        let signature = BigUint::from_bytes_be(signature);
        if signature >= self.modulus {
            return None;
        }
        let opened = signature.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let padding = length.checked_sub(opened.len())?;
        Some([vec![0; padding], opened].concat())
    }

    /// RSASSA-PKCS1-v1_5: the one encoding of the digest (EMSA-PKCS1-v1_5), compared whole.
    pub(super) fn verify_pkcs1(&self, digest: Digest, hash: &[u8], signature: &[u8]) -> bool {
        let length = octets(self.modulus.bits());
        let info = sequence(&[&sequence(&[&oid(digest.oid()), &null()]), &octet_string(hash)]);
        let Some(padding) = length.checked_sub(info.len() + 3).filter(|padding| *padding >= 8) else {
            return false;
        };
        let encoded = [&[0, 1], vec![0xff; padding].as_slice(), &[0], &info].concat();
        hash.len() == usize::from(digest.length())
            && self.opened(signature, length).is_some_and(|opened| opened == encoded)
    }

    /// RSASSA-PSS with MGF1 of `mask` (EMSA-PSS-VERIFY; RFC 8017, 9.1.2).
    pub(super) fn verify_pss(
        &self,
        digest: Digest,
        salt: u16,
        mask: Digest,
        hash: &[u8],
        signature: &[u8],
    ) -> bool {
        self.pss_holds(digest, usize::from(salt), mask, hash, signature).unwrap_or(false)
    }

    fn pss_holds(
        &self,
        digest: Digest,
        salt: usize,
        mask: Digest,
        hash: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        let bits = self.modulus.bits().checked_sub(1)?;
        let encoded = self.opened(signature, octets(bits))?;
        let (last, rest) = encoded.split_last()?;
        let data = rest.len().checked_sub(hash.len())?;
        let (masked, made) = rest.split_at_checked(data)?;
        let salt_at = data.checked_sub(salt)?;
        // Bits of the first octet that a number below the modulus can't have.
        let spare = u32::try_from(u64::try_from(octets(bits)).ok()? * 8 - bits).ok()?;
        let keep = 0xff_u8.checked_shr(spare)?;
        if *last != 0xbc || hash.len() != usize::from(digest.length()) || masked.first()? & !keep != 0 {
            return Some(false);
        }
        let mut data: Vec<u8> =
            masked.iter().zip(stretched(mask, made, data)).map(|(octet, with)| octet ^ with).collect();
        *data.first_mut()? &= keep;
        let (before, salt) = data.split_at_checked(salt_at)?;
        let (one, zeros) = before.split_last()?;
        let whole = [&[0; 8], hash, salt].concat();
        Some(*one == 1 && zeros.iter().all(|octet| *octet == 0) && digest.of(&whole) == made)
    }
}

fn octets(bits: u64) -> usize {
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// MGF1 (RFC 8017, B.2.1).
fn stretched(digest: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut counter = 0_u32;
    while all.len() < length {
        all.extend(digest.of(&[seed, &counter.to_be_bytes()].concat()));
        counter += 1;
    }
    all.truncate(length);
    all
}

#[cfg(test)]
mod tests {
    use crate::pki::{Digest, KeyKind, PublicKey, Scheme, VerifyError};

    const MESSAGE: &[u8] = b"Chancery";
    /// Public keys of 1024 and 768 bits made by openssl, which made the signatures too.
    const LONG: &str = "30818902818100cb9e9328232038498504d6c28f104798eef4c6e28d5bffda75614d62c28a15e3eba2c146a4cacee274581e\
        4e391d0f483677c4dbffe0fa46b4067ae1a7afcca51eb2c09cd97e7895aefde036927a8037e50c3d45de19865026a0e837e2\
        b6d8e996c1ed9885bc91c127d3ad0e0603da786543483e2b0f51da596dd28691a39c730203010001";
    const SHORT: &str = "3068026100ba88e196e3e14b4889656a0edd456c013a7f346f057e4a7924c15d8d16b4bef60d647f9229268da688ea7c9665\
        989aa3a1db36e52417602284622105f92df737626d21400e63afc631fb964f90505f91908b2ba103bc1516375073b9d82b2d\
        190203010001";

    fn key(hex: &str, bits: u32) -> PublicKey {
        PublicKey { kind: KeyKind::Rsa, point: hex::decode(hex).unwrap(), bits }
    }

    fn made() -> Vec<(PublicKey, Scheme, Vec<u8>)> {
        let (long, short) = (key(LONG, 1024), key(SHORT, 768));
        [
            (&long, Scheme::RsaPkcs1(Digest::Sha256), "88f363b46c9b460024abe9e56844329fa84ca1eb687930a1068ec69f32363e40673333bdcb88e91b01ad22173c4e7b74c063\
        eeaa36992bab246d7f96fce4febbeba4d7daafc9a42be9df6ceee1c3b266bb48dbd767676281f2a2b91a0435517371939db0\
        ecc1149d43692514bb40ab9f1953d1e42fc74f09568d305d4add1347"),
            (&long, Scheme::RsaPkcs1(Digest::Md5), "45f6acca92f5cc7f8ae0e615dd7d969d6ae66eb394a735ef28dc482f7d9b0a3361bbad1627cb30570098d504e21a04e3e49b\
        c9fb65cdf1fffa356e98f4642bc4f64c4ae79d91f686792cfc921650b2f684cdbb1cecf043f9ee69eceff10e33c099645126\
        288be0f18a9a398151728e1da40e46d40b53a7a6bddd9479c6e27ef6"),
            (&long, Scheme::RsaPkcs1(Digest::Sha3_256), "8da804492aa8f6e82c4b1b798d836e570438cc575c469ff071a7f735fa442c22c42c6232d251af609e0e34c15256dd922e79\
        ff079d7a0f14233b2ccf0c582fb1a515963fff2c50d09a47ba9b84ad72996907f2557f058ce2966d7f3e5c4fca47614b2624\
        c04b42c332fd8042284fd7611086bdbc40ff08866531742190850d40"),
            (&short, Scheme::RsaPkcs1(Digest::Sha224), "7578e5664a45f9ad38905c3c0666d54f21c02abc459033c2681ff1dac98245e50afc011c16e9daedc7cb574abac01548424e\
        d2d17e2049b3d22e6bc66eab99a276accbf658721270830e53ba8a10fff8c7069db38b5a947d75a6af0a591c854c"),
            (&long, Scheme::RsaPssMixed(Digest::Sha256, 20, Digest::Sha1), "1570a2efb49ac2209041a8319205fa66aa35b75130a52af274f9c87d3fa5a7d9ca456ea39e6a8ea1836c8286a2c6d7c72917\
        98f3f3340d846d2d2b98d8183fe239ba7aabbc3dc0ced28f7f4234d7dca234da1591ce9a06be9e240a8089860294f55eebd0\
        674ff0cab0ad5655afc7b147e7e73dba6b430e141965ce561326c0c6"),
            (&short, Scheme::RsaPss(Digest::Sha256, 0), "a5a56ea8f37897d5715b4c0dad039d3eff7375fdb9fb297d7fc4d2e5daabee9f6cb7b29f5d66f0eb94ede03a2d7a01dbdd0b\
        db15e19d1cbbd422b05f11c98fdc80eb42d2a2ccfa2465d575125b9c6f04aa7e6a5ea1e7091d7a2f918c75091674"),
            (&long, Scheme::RsaPss(Digest::Sha1, 20), "348d805c18265750dd0c91e6197f7ce1bb6c62a47bd316069bd97e094d8b5d6311bb89dff0790e630e13ae203a33a513b56e\
        fc4f42a072a3c7fe214ef4cb99c5caacd3254f185f31e8498d7efa0593301b451cd09c00a375db8c9659f44f06df786ba8d3\
        518eecea16510901d101740d9c211fefb94bcf0e8d30df5ea52c9a01"),
        ]
        .into_iter()
        .map(|(key, scheme, value)| (key.clone(), scheme, hex::decode(value).unwrap()))
        .collect()
    }

    #[test]
    fn what_openssl_signs_with_short_keys_and_odd_parameters_verifies_and_nothing_else_does() {
        for (key, scheme, value) in made() {
            assert_eq!(scheme.verify(&key, MESSAGE, &value), Ok(()), "{scheme:?}");
            let hash = scheme.digest().of(MESSAGE);
            assert_eq!(scheme.verify_digest(&key, &hash, &value), Ok(()), "{scheme:?}");
            assert_eq!(scheme.verify(&key, b"chancery", &value), Err(VerifyError::Wrong), "{scheme:?}");
            for at in 0..value.len() {
                let mut changed = value.clone();
                changed[at] ^= 1;
                assert_eq!(
                    scheme.verify(&key, MESSAGE, &changed),
                    Err(VerifyError::Wrong),
                    "{scheme:?} {at}"
                );
            }
            for cut in [0, 1, value.len() - 1] {
                assert_eq!(scheme.verify(&key, MESSAGE, &value[..cut]), Err(VerifyError::Wrong));
            }
        }
    }

    #[test]
    fn a_scheme_holds_for_its_own_digest_mask_and_salt_only() {
        let made = made();
        let all: Vec<Scheme> = made.iter().map(|(_, scheme, _)| *scheme).collect();
        for (key, scheme, value) in &made {
            for other in all.iter().filter(|other| *other != scheme) {
                assert!(other.verify(key, MESSAGE, value).is_err(), "{scheme:?} as {other:?}");
            }
        }
    }

    #[test]
    fn a_key_nobody_can_work_with_is_unsupported_and_not_a_forgery() {
        let even = format!("{}02", &SHORT[..SHORT.len() - 2]);
        for broken in [even.as_str(), "3003020103", "30", ""] {
            let outcome = Scheme::RsaPkcs1(Digest::Sha256).verify(&key(broken, 768), MESSAGE, &[1; 96]);
            assert!(matches!(outcome, Err(VerifyError::Unsupported(_))), "{broken}: {outcome:?}");
        }
    }
}
