//! int2, int4, int8: decimal text, or two's complement of two, four or eight bytes.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::{tweak, TextMask};
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::types::reader::Reader;

/// The place of a number among the numbers of its sign and count of digits.
///
/// The limits of the integer types split those classes further, so that a key has the same
/// replacement in an int2, int4, int8 or numeric column.
pub(crate) fn mask_integer(key: &DomainKey, value: i64) -> i64 {
    let negative = value < 0;
    let magnitude = value.unsigned_abs();
    let digits = magnitude.checked_ilog10().unwrap_or(0);
    let mut low = if digits == 0 {
        u64::from(negative)
    } else {
        10u64.pow(digits)
    };
    // One past the last, except that twenty digits do not fit: then the last limit applies.
    let mut high = 10u64.checked_pow(digits + 1).unwrap_or(u64::MAX);
    let sign = u64::from(negative);
    for limit in [
        i16::MAX as u64 + sign,
        i32::MAX as u64 + sign,
        i64::MAX as u64 + sign,
    ] {
        if limit >= low && limit < high {
            if magnitude <= limit {
                high = limit + 1;
            } else {
                low = limit + 1;
            }
        }
    }
    let class = tweak::INTEGER | (sign << 48) | (low % (1 << 48));
    let place = derange(
        key,
        class,
        u128::from(high - low),
        u128::from(magnitude - low),
    );
    let masked = low + place as u64;
    if negative {
        0i64.wrapping_sub_unsigned(masked)
    } else {
        masked as i64
    }
}

/// Decimal digits with an optional minus.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Replaces an integer of some width.
#[derive(Debug)]
pub(crate) struct Integer {
    key: Arc<DomainKey>,
    bytes: usize,
    /// An operator that knows more about the digits than their count, such as that for cards.
    digits: Option<TextMask>,
}

impl Integer {
    pub(crate) fn new(key: Arc<DomainKey>, bytes: usize, digits: Option<TextMask>) -> Self {
        Self { key, bytes, digits }
    }

    pub(crate) fn read(&self, format: Format, cell: &[u8]) -> Option<i64> {
        let value = match format {
            Format::Text => parse(cell)?,
            Format::Binary => {
                let mut reader = Reader::new(cell);
                let value = match self.bytes {
                    2 => reader.i16()?.into(),
                    4 => reader.i32()?.into(),
                    _ => reader.i64()?,
                };
                reader.is_empty().then_some(value)?
            }
        };
        self.fits(value).then_some(value)
    }

    fn fits(&self, value: i64) -> bool {
        match self.bytes {
            2 => i16::try_from(value).is_ok(),
            4 => i32::try_from(value).is_ok(),
            _ => true,
        }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(value) = self.read(format, cell) else {
            return Outcome::Null;
        };
        let by_digits = self
            .digits
            .as_ref()
            .and_then(|mask| mask_digits(mask, value));
        let masked = by_digits
            .filter(|masked| self.fits(*masked))
            .unwrap_or_else(|| mask_integer(&self.key, value));
        if masked == value {
            return Outcome::Null;
        }
        write(format, self.bytes, masked, out);
        Outcome::Value
    }
}

/// The digits of a number through a text operator, where the result is a number of as many digits.
pub(crate) fn mask_digits(mask: &TextMask, value: i64) -> Option<i64> {
    let raw = value.to_string();
    let mut masked = Vec::with_capacity(raw.len());
    if mask.restores() {
        mask.restore(&raw, &mut masked);
    } else {
        mask.apply(&raw, &mut masked);
    }
    let same_shape = masked.len() == raw.len() && masked[0] != b'0';
    if same_shape && value >= 0 {
        parse(&masked)
    } else {
        None
    }
}

/// Appends an integer.
pub(crate) fn write(format: Format, bytes: usize, value: i64, out: &mut Vec<u8>) {
    match format {
        // Writing to memory cannot fail.
        Format::Text => drop(write!(out, "{value}")),
        Format::Binary => out.extend_from_slice(&value.to_be_bytes()[8 - bytes..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, key, masked_text};

    #[test]
    fn formats_agree_and_numbers_fit() {
        for value in [0i64, 1, 9, 10, 99, 32_767, -32_768, -1, 100, 12_345] {
            let narrow = (value as i16).to_be_bytes();
            let text = both(&TypeSpec::Int2 {}, &value.to_string(), &narrow, |cell| {
                i16::from_be_bytes(cell.try_into().unwrap()).to_string()
            });
            let wide = both(
                &TypeSpec::Int8 {},
                &value.to_string(),
                &value.to_be_bytes(),
                |cell| i64::from_be_bytes(cell.try_into().unwrap()).to_string(),
            );
            assert_eq!(text, wide, "the width does not change the replacement");
            assert_eq!(text.len(), value.to_string().len());
        }
    }

    #[test]
    fn the_ends_of_each_type_stay_inside() {
        for value in [
            i64::MAX,
            i64::MIN,
            i64::from(i32::MAX),
            i64::from(i32::MIN),
            1 << 31,
        ] {
            let masked = mask_integer(&key(), value);
            assert_ne!(masked, value);
            assert_eq!(masked < 0, value < 0);
            assert_eq!(i32::try_from(masked).is_ok(), i32::try_from(value).is_ok());
        }
    }

    #[test]
    fn numbers_stay_distinct() {
        let all: std::collections::HashSet<i64> = (-3_000..3_000)
            .chain(31_000..35_000)
            .map(|value| mask_integer(&key(), value))
            .collect();
        assert_eq!(all.len(), 10_000);
    }

    #[test]
    fn what_is_no_integer_is_null() {
        for raw in ["", "-", "1.5", "+1", "99999999999999999999", "1e3", "Zelda"] {
            assert_eq!(masked_text(&TypeSpec::Int8 {}, raw), None);
        }
        assert_eq!(masked_text(&TypeSpec::Int2 {}, "40000"), None);
    }
}
