//! int2, int4, int8: decimal text, or two's complement of two, four or eight bytes.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::{tweak, TextMask};
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::types::reader::Reader;

/// Steps after which a walk is given up; of ten-digit numbers one in nine is an int4.
const WALK_MAX: usize = 512;

/// Numbers of one sign and count of digits, as far as they fit the same types.
///
/// The limits of the integer types split those classes, so that a key has the same replacement in
/// an int2, int4, int8 or numeric column.
#[derive(Clone, Copy)]
struct Class {
    /// The least magnitude.
    low: u64,
    /// One past the greatest, except that twenty digits do not fit: then the last limit applies.
    high: u64,
    negative: bool,
}

impl Class {
    /// The class of a number; `ends` are those of a type that is narrower than PostgreSQL's.
    fn of(value: i64, ends: Option<(i64, i64)>) -> Self {
        let negative = value < 0;
        let magnitude = value.unsigned_abs();
        let digits = magnitude.checked_ilog10().unwrap_or(0);
        let mut class = Self {
            low: if digits == 0 {
                u64::from(negative)
            } else {
                10u64.pow(digits)
            },
            high: 10u64.checked_pow(digits + 1).unwrap_or(u64::MAX),
            negative,
        };
        let sign = u64::from(negative);
        let own = ends.map(|(lowest, highest)| if negative { lowest } else { highest });
        for limit in [
            own.map_or(u64::MAX, i64::unsigned_abs),
            i16::MAX as u64 + sign,
            i32::MAX as u64 + sign,
            i64::MAX as u64 + sign,
        ] {
            if limit >= class.low && limit < class.high {
                if magnitude <= limit {
                    class.high = limit + 1;
                } else {
                    class.low = limit + 1;
                }
            }
        }
        class
    }

    fn holds(self, value: i64) -> bool {
        let magnitude = value.unsigned_abs();
        (value < 0) == self.negative && (self.low..self.high).contains(&magnitude)
    }

    /// Another number of the class, if there is one.
    fn mask(self, key: &DomainKey, value: i64) -> i64 {
        let tweak = tweak::INTEGER | (u64::from(self.negative) << 48) | (self.low % (1 << 48));
        let size = u128::from(self.high - self.low);
        let rank = u128::from(value.unsigned_abs() - self.low);
        let masked = self.low + derange(key, tweak, size, rank) as u64;
        if self.negative {
            0i64.wrapping_sub_unsigned(masked)
        } else {
            masked as i64
        }
    }
}

/// Another number of the same sign and count of digits, which fits the same types.
pub(crate) fn mask_integer(key: &DomainKey, value: i64) -> i64 {
    Class::of(value, None).mask(key, value)
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
        let Some(masked) = self.mask(value, None) else {
            return Outcome::Null;
        };
        write(format, self.bytes, masked, out);
        Outcome::Value
    }

    /// The replacement of a number; None where its class has no other. `ends` are those of a type
    /// that is narrower than PostgreSQL's.
    pub(crate) fn mask(&self, value: i64, ends: Option<(i64, i64)>) -> Option<i64> {
        let by_digits = self
            .digits
            .as_ref()
            .and_then(|mask| mask_digits(mask, value, ends));
        let masked = by_digits
            .filter(|masked| self.fits(*masked))
            .unwrap_or_else(|| Class::of(value, ends).mask(&self.key, value));
        (masked != value).then_some(masked)
    }
}

/// The digits of a number through a text operator, where the result is a number of as many digits.
///
/// A permutation of texts leads out of the numbers where it gives a zero in front, a letter, or more
/// than the type holds; it is followed until it comes back, which keeps different numbers different
/// ("cycle walking", NIST SP 800-38G Rev. 1, section 4.3).
pub(crate) fn mask_digits(mask: &TextMask, value: i64, ends: Option<(i64, i64)>) -> Option<i64> {
    if value < 0 {
        return None;
    }
    let raw = value.to_string();
    if mask.permutes() {
        let class = Class::of(value, ends);
        let mut text = raw;
        for _ in 0..WALK_MAX {
            text = mask.step(&text)?;
            let zero_in_front = text.len() > 1 && text.starts_with('0');
            let number = parse(text.as_bytes()).filter(|number| class.holds(*number));
            if let Some(number) = number.filter(|_| !zero_in_front) {
                return Some(number);
            }
        }
        return None;
    }
    let mut masked = Vec::with_capacity(raw.len());
    if mask.restores() {
        mask.restore(&raw, &mut masked);
    } else {
        mask.apply(&raw, &mut masked);
    }
    let same_shape = masked.len() == raw.len() && masked[0] != b'0';
    same_shape.then(|| parse(&masked)).flatten()
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
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::{both, key, masked_text, masked_with};

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
    fn numbers_of_a_kind_pass_their_check_in_every_type_that_holds_them() {
        let operator = OperatorSpec::NationalId {
            form: Some("nl.bsn".into()),
        };
        let mut seen = std::collections::HashSet::new();
        // The eleven test of the Dutch number, over nine digits that int4 holds.
        let passes = |number: i64| {
            let digit = |place: u32| number / 10i64.pow(place) % 10;
            let sum: i64 = (1..9)
                .map(|place| digit(place) * i64::from(place + 1))
                .sum();
            (sum - digit(0)) % 11 == 0
        };
        let raw: Vec<i64> = (100_000_000..100_020_000).filter(|n| passes(*n)).collect();
        assert!(raw.len() > 1_000);
        for value in raw {
            let text = value.to_string();
            let masked = masked_with(&operator, &TypeSpec::Int4 {}, &text).unwrap();
            let number: i64 = masked.parse().unwrap();
            assert!(passes(number) && number >= 100_000_000, "{value} {number}");
            assert!(seen.insert(number) && number != value);
            for type_ in [
                TypeSpec::Int8 {},
                TypeSpec::Numeric {
                    precision: None,
                    scale: None,
                },
            ] {
                assert_eq!(
                    masked_with(&operator, &type_, &text).as_ref(),
                    Some(&masked)
                );
            }
        }
        let other = masked_with(&operator, &TypeSpec::Int4 {}, "100000001").unwrap();
        assert!(
            !passes(other.parse().unwrap()),
            "what fails its check fails it still"
        );
    }

    #[test]
    fn what_is_no_integer_is_null() {
        for raw in ["", "-", "1.5", "+1", "99999999999999999999", "1e3", "Zelda"] {
            assert_eq!(masked_text(&TypeSpec::Int8 {}, raw), None);
        }
        assert_eq!(masked_text(&TypeSpec::Int2 {}, "40000"), None);
    }
}
