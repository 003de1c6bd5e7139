//! uuid: 36 characters, or sixteen bytes; the replacement is of the same version.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::ff1::{Ff1, Keyed};
use crate::operators::tweak;
use crate::prf::DomainKey;

const BYTES: usize = 16;
/// The bits of version and variant (RFC 9562, section 4), which stay.
const VERSION: u128 = 0xf << 76;
const VARIANT: u128 = 0b11 << 62;
/// The bits before, between and behind them, which are one binary numeral for FF1.
const BITS: u32 = 122;
const HALF: u32 = BITS / 2;
const LOW_BITS: u32 = 62;
const MIDDLE_BITS: u32 = 12;

/// Replaces a UUID.
#[derive(Debug)]
pub(crate) struct Uuid {
    key: Arc<DomainKey>,
    keyed: Option<Keyed>,
}

impl Uuid {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        let keyed =
            Ff1::new(2, BITS).map(|ff1| ff1.keyed(key.permutation(), &tweak::UUID.to_be_bytes()));
        Self { key, keyed }
    }

    /// Another UUID of the same version and variant.
    pub(crate) fn mask(&self, raw: u128) -> Option<u128> {
        let low = raw & ((1 << LOW_BITS) - 1);
        let middle = raw >> 64 & ((1 << MIDDLE_BITS) - 1);
        let number = (raw >> 80) << (LOW_BITS + MIDDLE_BITS) | middle << LOW_BITS | low;
        let halves = [number >> HALF, number & ((1 << HALF) - 1)];
        let (keyed, cipher) = (self.keyed.as_ref()?, self.key.permutation());
        let halves = if self.key.backwards() {
            keyed.decrypt(cipher, halves)
        } else {
            keyed.encrypt(cipher, halves)
        };
        let number = halves[0] << HALF | halves[1];
        let low = number & ((1 << LOW_BITS) - 1);
        let middle = number >> LOW_BITS & ((1 << MIDDLE_BITS) - 1);
        let masked = (number >> (LOW_BITS + MIDDLE_BITS)) << 80 | middle << 64 | low;
        Some(masked | raw & (VERSION | VARIANT))
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let raw = match format {
            Format::Text => parse(cell),
            Format::Binary => cell.try_into().ok(),
        };
        let Some(raw): Option<[u8; BYTES]> = raw else {
            return Outcome::Null;
        };
        let raw = u128::from_be_bytes(raw);
        let masked = match self.mask(raw) {
            Some(masked) if masked != raw => masked.to_be_bytes(),
            _ => return Outcome::Null,
        };
        match format {
            Format::Binary => out.extend_from_slice(&masked),
            Format::Text => write(&masked, true, out),
        }
        Outcome::Value
    }
}

/// The bytes of 36 characters.
pub(crate) fn parse(text: &[u8]) -> Option<[u8; BYTES]> {
    if text.len() != 36 {
        return None;
    }
    let mut value = 0u128;
    for (at, byte) in text.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        value = value << 4 | u128::from(char::from(*byte).to_digit(16)?);
    }
    Some(value.to_be_bytes())
}

/// Appends 36 characters, or 32 without the hyphens.
pub(crate) fn write(value: &[u8; BYTES], hyphens: bool, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in value.iter().enumerate() {
        if hyphens && matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        let digits = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
        out.extend_from_slice(&digits);
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    #[test]
    fn formats_agree_and_the_version_stays() {
        let raw: Vec<u8> = (0..16).map(|byte| byte * 17).collect();
        let text = both(
            &TypeSpec::Uuid {},
            "00112233-4455-6677-8899-aabbccddeeff",
            &raw,
            |cell| {
                let hex: String = cell.iter().map(|byte| format!("{byte:02x}")).collect();
                format!(
                    "{}-{}-{}-{}-{}",
                    &hex[..8],
                    &hex[8..12],
                    &hex[12..16],
                    &hex[16..20],
                    &hex[20..]
                )
            },
        );
        assert_eq!(&text[14..15], "6");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"), "{text}");
    }

    #[test]
    fn identifiers_that_differ_in_one_bit_stay_distinct() {
        let raw = 0x0011_2233_4455_4677_8899_aabb_ccdd_eeff_u128;
        let masked: std::collections::HashSet<_> = (0..128)
            .map(|bit| masked_binary(&TypeSpec::Uuid {}, &(raw ^ 1 << bit).to_be_bytes()))
            .collect();
        assert_eq!(masked.len(), 128);
    }

    #[test]
    fn what_is_no_uuid_is_null() {
        for raw in [
            "",
            "00112233-4455-6677-8899-aabbccddeefg",
            "00112233445566778899aabbccddeeff",
        ] {
            assert_eq!(masked_text(&TypeSpec::Uuid {}, raw), None);
        }
        assert_eq!(masked_binary(&TypeSpec::Uuid {}, &[0; 15]), None);
    }
}
