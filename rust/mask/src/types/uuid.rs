//! uuid: 36 characters, or sixteen bytes; the replacement has the same version.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::purpose;
use crate::prf::DomainKey;

const BYTES: usize = 16;

/// Replaces a UUID.
#[derive(Debug)]
pub(crate) struct Uuid {
    key: Arc<DomainKey>,
}

impl Uuid {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let raw = match format {
            Format::Text => parse(cell),
            Format::Binary => cell.try_into().ok(),
        };
        let Some(raw): Option<[u8; BYTES]> = raw else {
            return Outcome::Null;
        };
        let masked = mask(&self.key, &raw);
        if masked == raw {
            return Outcome::Null;
        }
        match format {
            Format::Binary => out.extend_from_slice(&masked),
            Format::Text => write(&masked, true, out),
        }
        Outcome::Value
    }
}

/// Another UUID of the same version (RFC 9562); of version 4 where the raw one has none.
///
/// At most 122 bits are keyed, so two of ten million meet with a chance of one in 10^22.
pub(crate) fn mask(key: &DomainKey, raw: &[u8; BYTES]) -> [u8; BYTES] {
    let mut masked = [0; BYTES];
    key.stream(purpose::UUID, raw).fill(&mut masked);
    let known = raw[8] & 0xc0 == 0x80 && (1..=8).contains(&(raw[6] >> 4));
    let version = if known { raw[6] & 0xf0 } else { 0x40 };
    masked[6] = masked[6] & 0x0f | version;
    masked[8] = masked[8] & 0x3f | 0x80;
    masked
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
