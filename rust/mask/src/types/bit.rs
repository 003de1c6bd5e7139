//! bit and varbit: ones and zeros, or a count and packed bytes.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::{purpose, tweak};
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::types::reader::Reader;

/// Up to this many bits are permuted as one number.
const PERMUTED_MAX: usize = 112;
/// PostgreSQL's bound is higher; values beyond this become NULL.
const BITS_MAX: usize = 1 << 26;

/// Replaces a bit string by another of the same length.
#[derive(Debug)]
pub(crate) struct Bit {
    key: Arc<DomainKey>,
}

impl Bit {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some((count, mut bytes)) = read(format, cell) else {
            return Outcome::Null;
        };
        if self.key.backwards() && count == 1 {
            // Both values have become the same.
            return Outcome::Null;
        }
        self.mask(count, &mut bytes);
        match format {
            Format::Binary => {
                out.extend_from_slice(&(count as u32).to_be_bytes());
                out.extend_from_slice(&bytes);
            }
            Format::Text => {
                out.extend((0..count).map(|at| b'0' + (bytes[at / 8] >> (7 - at % 8) & 1)));
            }
        }
        Outcome::Value
    }

    fn mask(&self, count: usize, bytes: &mut [u8]) {
        let unused = bytes.len() * 8 - count;
        if count < 2 {
            // The only other arrangement of one bit would tell it, so it becomes a constant.
            bytes.fill(0);
        } else if count <= PERMUTED_MAX {
            let rank = bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
                >> unused;
            let place = derange(&self.key, tweak::BITS | count as u64, 1 << count, rank) << unused;
            bytes.copy_from_slice(&place.to_be_bytes()[16 - bytes.len()..]);
        } else {
            self.key.stream(purpose::BITS, bytes).fill(bytes);
            if let Some(last) = bytes.last_mut() {
                *last &= 0xff << unused;
            }
        }
    }
}

fn read(format: Format, cell: &[u8]) -> Option<(usize, Vec<u8>)> {
    if format == Format::Binary {
        let mut reader = Reader::new(cell);
        let count = reader.u32()? as usize;
        let mut bytes = reader.take(count.div_ceil(8))?.to_vec();
        if !reader.is_empty() || count > BITS_MAX {
            return None;
        }
        if let Some(last) = bytes.last_mut() {
            *last &= 0xff << (count.div_ceil(8) * 8 - count);
        }
        return Some((count, bytes));
    }
    if cell.len() > BITS_MAX || !cell.iter().all(|byte| matches!(byte, b'0' | b'1')) {
        return None;
    }
    let pack = |bits: &[u8]| {
        bits.iter()
            .enumerate()
            .fold(0, |sum, (at, bit)| sum | (bit & 1) << (7 - at))
    };
    Some((cell.len(), cell.chunks(8).map(pack).collect()))
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    const BIT: TypeSpec = TypeSpec::Varbit { length: None };

    #[test]
    fn formats_agree_at_every_length() {
        for count in [2, 3, 7, 8, 9, 64, 112, 113, 500] {
            let text: String = (0..count)
                .map(|at| if at % 3 == 0 { '1' } else { '0' })
                .collect();
            let mut raw = (count as u32).to_be_bytes().to_vec();
            for chunk in text.as_bytes().chunks(8) {
                let padded = format!("{:0<8}", std::str::from_utf8(chunk).unwrap());
                raw.push(u8::from_str_radix(&padded, 2).unwrap());
            }
            let masked = both(&BIT, &text, &raw, |cell| {
                cell[4..]
                    .iter()
                    .map(|byte| format!("{byte:08b}"))
                    .collect::<String>()[..count]
                    .into()
            });
            assert_ne!(masked, text);
        }
    }

    #[test]
    fn one_bit_tells_nothing() {
        assert_eq!(masked_text(&BIT, "1"), masked_text(&BIT, "0"));
        assert_eq!(masked_text(&BIT, "").as_deref(), Some(""));
    }

    #[test]
    fn broken_values_are_null() {
        assert_eq!(masked_text(&BIT, "012"), None);
        assert_eq!(masked_binary(&BIT, &[0, 0, 0, 9, 1]), None);
        assert_eq!(masked_binary(&BIT, &[0, 0, 0, 8, 1, 1]), None);
    }
}
