//! macaddr and macaddr8: bytes in hexadecimal with colons, or the bytes.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::tweak;
use crate::permutation::derange;
use crate::prf::DomainKey;

/// The bits of the first byte that say whether a vendor assigned it, and to how many stations.
const FLAGS: u32 = 2;
/// Locally administered, and not a group.
const LOCAL: u64 = 2;

/// Replaces a hardware address by a locally administered one, which no vendor assigns.
#[derive(Debug)]
pub(crate) struct Macaddr {
    key: Arc<DomainKey>,
    bytes: usize,
}

impl Macaddr {
    /// Six or eight bytes.
    pub(crate) fn new(key: Arc<DomainKey>, bytes: usize) -> Self {
        Self { key, bytes }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let mut raw = [0; 8];
        let raw = &mut raw[..self.bytes];
        let read = match format {
            Format::Binary => {
                cell.len() == raw.len() && {
                    raw.copy_from_slice(cell);
                    true
                }
            }
            Format::Text => parse(cell, raw).is_some(),
        };
        let masked = mask(&self.key, raw);
        let masked = &masked[..self.bytes];
        if !read || masked == raw {
            return Outcome::Null;
        }
        match format {
            Format::Binary => out.extend_from_slice(masked),
            Format::Text => {
                for (at, byte) in masked.iter().enumerate() {
                    // Writing to memory cannot fail.
                    let _ = write!(out, "{}{byte:02x}", if at == 0 { "" } else { ":" });
                }
            }
        }
        Outcome::Value
    }
}

/// A locally administered address of a single station, which no vendor assigns.
///
/// The two bits that say so select the arrangement of all others, so only addresses that differ in
/// them can meet: those of vendors never do.
pub(crate) fn mask(key: &DomainKey, raw: &[u8]) -> [u8; 8] {
    let bits = 8 * raw.len() as u32 - FLAGS;
    let first = raw.first().copied().unwrap_or(0);
    let number = raw.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    // The flags are the lowest bits of the first byte: take them out, and put others in.
    let low_bits = bits + FLAGS - 8;
    let low = number & ((1 << low_bits) - 1);
    let rank = u64::from(first >> FLAGS) << low_bits | low;
    let tweak = tweak::MAC | u64::from(first & 3);
    let place = derange(key, tweak, 1 << bits, rank.into()) as u64;
    let masked = (place >> low_bits << FLAGS | LOCAL) << low_bits | (place & ((1 << low_bits) - 1));
    (masked << (64 - 8 * raw.len())).to_be_bytes()
}

/// Six or eight bytes of an address that is given as text.
pub(crate) fn read(text: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; bytes];
    parse(text, &mut out).map(|()| out)
}

fn parse(text: &[u8], out: &mut [u8]) -> Option<()> {
    if text.len() != out.len() * 3 - 1 {
        return None;
    }
    for (byte, part) in out.iter_mut().zip(text.chunks(3)) {
        let digit = |at: usize| char::from(part[at]).to_digit(16);
        *byte = (digit(0)? << 4 | digit(1)?) as u8;
        if part.get(2).is_some_and(|separator| *separator != b':') {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    fn decode(cell: &[u8]) -> String {
        cell.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(":")
    }

    #[test]
    fn formats_agree_on_a_local_address() {
        let raw = [8, 0, 0x2b, 1, 2, 3];
        let masked = both(&TypeSpec::Macaddr {}, "08:00:2b:01:02:03", &raw, decode);
        assert_eq!(u8::from_str_radix(&masked[..2], 16).unwrap() & 3, 2);
        let raw = [8, 0, 0x2b, 1, 2, 3, 4, 5];
        both(
            &TypeSpec::Macaddr8 {},
            "08:00:2b:01:02:03:04:05",
            &raw,
            decode,
        );
    }

    #[test]
    fn what_is_no_address_is_null() {
        for raw in [
            "",
            "08:00:2b:01:02",
            "08-00-2b-01-02-03",
            "08:00:2b:01:02:0g",
        ] {
            assert_eq!(masked_text(&TypeSpec::Macaddr {}, raw), None);
        }
        assert_eq!(masked_binary(&TypeSpec::Macaddr {}, &[0; 8]), None);
    }
}
