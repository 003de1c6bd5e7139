//! numeric: decimal text, or groups of four digits with weight, sign and scale.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::number::Number;
use crate::operators::{purpose, tweak, TextMask};
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::types::integer::{mask_digits, mask_integer};
use crate::types::reader::Reader;

/// PostgreSQL's limits of digits before and after the point.
const WHOLE_MAX: usize = 131_072;
const SCALE_MAX: usize = 16_383;
/// Up to this many digits are permuted as one number.
const PERMUTED_MAX: usize = 34;
/// The digits of the largest integer of eight bytes.
const INTEGER_DIGITS: usize = 19;

const POSITIVE: u16 = 0;
const NEGATIVE: u16 = 0x4000;

/// A decimal number: digits from 0 to 9, of which the last `scale` stand after the point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    scale: usize,
}

impl Decimal {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match memchr::memchr(b'.', unsigned) {
            Some(point) => (&unsigned[..point], &unsigned[point + 1..]),
            None => (unsigned, &[][..]),
        };
        let all_digits = whole.iter().chain(fraction).all(u8::is_ascii_digit);
        let some = whole.len() + fraction.len() > 0;
        if !all_digits || !some || whole.len() > WHOLE_MAX || fraction.len() > SCALE_MAX {
            return None;
        }
        let digits = whole
            .iter()
            .chain(fraction)
            .map(|byte| byte - b'0')
            .collect();
        Some(
            Self {
                negative,
                digits,
                scale: fraction.len(),
            }
            .trimmed(),
        )
    }

    fn read_binary(cell: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(cell);
        let groups = usize::from(reader.u16()?);
        let weight = reader.i16()?;
        let sign = reader.u16()?;
        let scale = usize::from(reader.u16()?);
        // The other signs are NaN and the infinities, which have no digits to replace.
        if (sign != POSITIVE && sign != NEGATIVE) || scale > SCALE_MAX {
            return None;
        }
        let mut values = Vec::with_capacity(groups.min(cell.len() / 2));
        for _ in 0..groups {
            values.push(reader.u16().filter(|group| *group < 10_000)?);
        }
        if !reader.is_empty() {
            return None;
        }
        // Groups are counted from the point: `weight` before it, and as many as the scale after.
        let first = i32::from(weight).max(-1);
        let last = -(scale.div_ceil(4) as i32);
        let mut digits = Vec::with_capacity((first - last + 1).max(0) as usize * 4);
        for place in (last..=first).rev() {
            let index = usize::try_from(i32::from(weight) - place).ok();
            let group = index
                .and_then(|index| values.get(index))
                .copied()
                .unwrap_or(0);
            for divisor in [1000, 100, 10, 1] {
                digits.push((group / divisor % 10) as u8);
            }
        }
        digits.truncate(digits.len() - (scale.div_ceil(4) * 4 - scale));
        Some(
            Self {
                negative: sign == NEGATIVE,
                digits,
                scale,
            }
            .trimmed(),
        )
    }

    /// Without leading zeros, but with at least one digit before the point.
    fn trimmed(mut self) -> Self {
        let whole = self.digits.len() - self.scale;
        let zeros = self.digits[..whole]
            .iter()
            .take_while(|digit| **digit == 0)
            .count();
        self.digits.drain(..zeros);
        if self.digits.len() == self.scale {
            self.digits.insert(0, 0);
        }
        if self.digits.iter().all(|digit| *digit == 0) {
            self.negative = false;
        }
        self
    }

    /// Whether it is a value of `numeric(precision, scale)` without being rounded.
    pub(crate) fn fits(&self, precision: Option<u32>, scale: Option<i32>) -> bool {
        let Some(precision) = precision else {
            return true;
        };
        let scale = i64::from(scale.unwrap_or(0));
        let whole = self.digits[..self.whole()].iter();
        let whole = whole.skip_while(|digit| **digit == 0).count() as i64;
        scale >= self.scale as i64 && whole <= i64::from(precision) - scale
    }

    pub(crate) fn whole(&self) -> usize {
        self.digits.len() - self.scale
    }

    /// The number as an integer, where it is one and fits.
    fn integer(&self) -> Option<i64> {
        let whole = self.whole();
        if whole > 19 || self.digits[whole..].iter().any(|digit| *digit != 0) {
            return None;
        }
        self.digits[..whole].iter().try_fold(0i64, |sum, digit| {
            let digit = i64::from(*digit);
            sum.checked_mul(10)?
                .checked_add(if self.negative { -digit } else { digit })
        })
    }

    /// Another number with as many digits before and after the point, zeros at the end aside.
    pub(crate) fn mask(&self, key: &DomainKey) -> Self {
        if let Some(value) = self.integer() {
            return self.with_integer(mask_integer(key, value));
        }
        let zeros = self.digits[self.whole()..]
            .iter()
            .rev()
            .take_while(|d| **d == 0)
            .count();
        let mut masked = self.clone();
        let end = masked.digits.len() - zeros;
        // A zero before the point stays, and so the places after it may begin with zero.
        let small = self.whole() == 1 && self.digits[0] == 0;
        let start = usize::from(small);
        let fraction = end > self.whole();
        mask_places(key, &mut masked.digits[start..end], self, !small, fraction);
        masked
    }

    /// The number in thirty digits.
    pub(crate) fn number(&self) -> Number {
        Number::of_digits(
            self.negative,
            self.digits.iter().copied(),
            self.scale as i32,
        )
    }

    /// A number with so many digits after the point; None where it has more before it than a
    /// numeric takes.
    pub(crate) fn of(number: Number, scale: usize) -> Option<Self> {
        let number = if number.scale > scale as i32 {
            Number::new(number.at(scale as i32)?, scale as i32)
        } else {
            number
        };
        let zeros = usize::try_from(scale as i32 - number.scale).ok()?;
        let text = number.units.unsigned_abs().to_string();
        let mut digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
        if zeros > WHOLE_MAX + SCALE_MAX {
            return None;
        }
        digits.resize(digits.len() + zeros, 0);
        if digits.len() <= scale {
            digits.splice(..0, std::iter::repeat_n(0, scale + 1 - digits.len()));
        }
        let decimal = Self {
            negative: number.units < 0,
            digits,
            scale,
        }
        .trimmed();
        (decimal.whole() <= WHOLE_MAX).then_some(decimal)
    }

    pub(crate) fn scale(&self) -> usize {
        self.scale
    }

    fn with_integer(&self, value: i64) -> Self {
        let mut digits: Vec<u8> = value
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|byte| byte - b'0')
            .collect();
        digits.resize(digits.len() + self.scale, 0);
        Self {
            negative: value < 0,
            digits,
            scale: self.scale,
        }
    }

    pub(crate) fn write(&self, format: Format, out: &mut Vec<u8>) {
        match format {
            Format::Text => {
                if self.negative {
                    out.push(b'-');
                }
                let (whole, fraction) = self.digits.split_at(self.whole());
                out.extend(whole.iter().map(|digit| b'0' + digit));
                if !fraction.is_empty() {
                    out.push(b'.');
                    out.extend(fraction.iter().map(|digit| b'0' + digit));
                }
            }
            Format::Binary => self.write_binary(out),
        }
    }

    fn write_binary(&self, out: &mut Vec<u8>) {
        let (whole, fraction) = self.digits.split_at(self.whole());
        let group = |digits: &[u8]| digits.iter().fold(0u16, |sum, d| sum * 10 + u16::from(*d));
        let head = whole.len() % 4;
        let mut groups: Vec<u16> = Vec::with_capacity(self.digits.len() / 4 + 2);
        if head > 0 {
            groups.push(group(&whole[..head]));
        }
        groups.extend(whole[head..].chunks(4).map(group));
        let mut weight = groups.len() as i32 - 1;
        groups.extend(
            fraction
                .chunks(4)
                .map(|chunk| group(chunk) * 10u16.pow(4 - chunk.len() as u32)),
        );
        let zeros = groups.iter().take_while(|group| **group == 0).count();
        groups.drain(..zeros);
        weight -= zeros as i32;
        while groups.last() == Some(&0) {
            groups.pop();
        }
        if groups.is_empty() {
            weight = 0;
        }
        let sign = if self.negative { NEGATIVE } else { POSITIVE };
        out.extend_from_slice(&(groups.len() as u16).to_be_bytes());
        out.extend_from_slice(&(weight as i16).to_be_bytes());
        out.extend_from_slice(&sign.to_be_bytes());
        out.extend_from_slice(&(self.scale as u16).to_be_bytes());
        for group in &groups {
            out.extend_from_slice(&group.to_be_bytes());
        }
    }

    fn same_value(&self, other: &Self) -> bool {
        self.cmp_value(other) == Ordering::Equal
    }

    pub(crate) fn cmp_value(&self, other: &Self) -> Ordering {
        let magnitude = || {
            self.whole().cmp(&other.whole()).then_with(|| {
                let places = self.digits.len().max(other.digits.len());
                let digit = |of: &Self, at: usize| of.digits.get(at).copied().unwrap_or(0);
                (0..places)
                    .map(|at| digit(self, at).cmp(&digit(other, at)))
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal)
            })
        };
        match (self.negative, other.negative) {
            (false, false) => magnitude(),
            (true, true) => magnitude().reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

/// Permutes digits of which the first may have to be, and the last may have to be, other than zero.
fn mask_places(key: &DomainKey, digits: &mut [u8], raw: &Decimal, first: bool, last: bool) {
    let count = digits.len();
    let class = tweak::DECIMAL
        | (raw.whole() as u64 & 0xffff) << 24
        | u64::from(raw.negative) << 20
        | u64::from(last) << 21
        | count as u64 & 0xffff;
    if count <= PERMUTED_MAX {
        let base =
            |at: usize| u128::from((first && at == 0 && count > 1) || (last && at + 1 == count));
        let mut rank = 0;
        let mut total = 1;
        for (at, digit) in digits.iter().enumerate() {
            rank = rank * (10 - base(at)) + u128::from(*digit) - base(at);
            total *= 10 - base(at);
        }
        let mut rank = derange(key, class, total, rank);
        for at in (0..count).rev() {
            let size = 10 - base(at);
            digits[at] = (rank % size + base(at)) as u8;
            rank /= size;
        }
        return;
    }
    let mut stream = key.stream(purpose::DECIMAL, digits);
    for (at, digit) in digits.iter_mut().enumerate() {
        let not_zero = (first && at == 0) || (last && at + 1 == count);
        *digit = if not_zero {
            1 + stream.below(9) as u8
        } else {
            stream.below(10) as u8
        };
    }
}

/// Reads a numeric of either format; NaN and the infinities are None.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<Decimal> {
    match format {
        Format::Text => Decimal::parse(cell),
        Format::Binary => Decimal::read_binary(cell),
    }
}

/// Replaces a numeric.
#[derive(Debug)]
pub(crate) struct Numeric {
    key: Arc<DomainKey>,
    /// Whether the declared precision leaves no digit before the point.
    below_one: bool,
    digits: Option<TextMask>,
}

impl Numeric {
    pub(crate) fn new(
        key: Arc<DomainKey>,
        precision: Option<u32>,
        scale: Option<i32>,
        digits: Option<TextMask>,
    ) -> Self {
        let below_one =
            matches!((precision, scale), (Some(p), Some(s)) if i64::from(s) >= p.into());
        Self {
            key,
            below_one,
            digits,
        }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(value) = read(format, cell) else {
            return Outcome::Null;
        };
        if self.key.backwards() && value.whole() == INTEGER_DIGITS {
            // Integers that eight bytes hold and those that they do not may have become the same.
            return Outcome::Null;
        }
        let zero = value.digits.iter().all(|digit| *digit == 0);
        if zero && self.below_one {
            // Every other integer would pass the declared precision, and zero alone says little.
            value.write(format, out);
            return Outcome::Value;
        }
        let by_digits = match (&self.digits, value.integer()) {
            (Some(mask), Some(integer)) => mask_digits(mask, integer, None),
            _ => None,
        };
        let masked = match by_digits {
            Some(integer) => value.with_integer(integer),
            None => value.mask(&self.key),
        };
        if masked.same_value(&value) {
            return Outcome::Null;
        }
        masked.write(format, out);
        Outcome::Value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    const NUMERIC: TypeSpec = TypeSpec::Numeric {
        precision: None,
        scale: None,
    };

    /// The binary format from the text, one digit at a time.
    fn encode(text: &str) -> Vec<u8> {
        let (negative, unsigned) = (text.starts_with('-'), text.trim_start_matches('-'));
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut whole = whole.to_owned();
        while whole.len() % 4 != 0 {
            whole.insert(0, '0');
        }
        let mut padded = fraction.to_owned();
        while padded.len() % 4 != 0 {
            padded.push('0');
        }
        let all = format!("{whole}{padded}");
        let mut groups: Vec<u16> = (0..all.len())
            .step_by(4)
            .map(|at| all[at..at + 4].parse().unwrap())
            .collect();
        let mut weight = (whole.len() / 4) as i16 - 1;
        while groups.first() == Some(&0) {
            groups.remove(0);
            weight -= 1;
        }
        while groups.last() == Some(&0) {
            groups.pop();
        }
        let mut out = Vec::new();
        let weight = if groups.is_empty() { 0 } else { weight };
        out.extend((groups.len() as u16).to_be_bytes());
        out.extend(weight.to_be_bytes());
        out.extend(if negative { 0x4000u16 } else { 0 }.to_be_bytes());
        out.extend((fraction.len() as u16).to_be_bytes());
        groups
            .iter()
            .for_each(|group| out.extend(group.to_be_bytes()));
        out
    }

    fn check(raw: &str) -> String {
        let text = masked_text(&NUMERIC, raw).unwrap();
        assert_eq!(
            masked_binary(&NUMERIC, &encode(raw)),
            Some(encode(&text)),
            "{raw} {text}"
        );
        text
    }

    #[test]
    fn formats_agree_and_digits_keep_their_places() {
        let huge = format!("{}.{}", "123".repeat(40), "004".repeat(30));
        for raw in [
            "0",
            "7",
            "-7",
            "10",
            "1234.50",
            "0.05",
            "0.0001",
            "99999999999999999999.5",
            "-0.5",
            "12345678901234567890123456789012345678901234567890",
            "1.000",
            "0.1000",
            &huge,
        ] {
            let masked = check(raw);
            assert_eq!(masked.len(), raw.len(), "{raw} {masked}");
            assert_eq!(masked.find('.'), raw.find('.'));
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn equal_numbers_of_other_scale_stay_equal() {
        assert_eq!(format!("{}0", check("1.50")), check("1.500"));
        assert_eq!(format!("{}.00", check("42")), check("42.00"));
        assert_eq!(
            masked_text(&NUMERIC, "42"),
            masked_text(&TypeSpec::Int4 {}, "42")
        );
    }

    #[test]
    fn a_scale_as_large_as_the_precision_keeps_zero() {
        let type_ = TypeSpec::Numeric {
            precision: Some(3),
            scale: Some(3),
        };
        assert_eq!(masked_text(&type_, "0.000").as_deref(), Some("0.000"));
        assert!(masked_text(&type_, "0.123").unwrap().starts_with("0."));
    }

    #[test]
    fn what_is_no_number_is_null() {
        for raw in [
            "NaN",
            "Infinity",
            "-Infinity",
            "",
            ".",
            "1e5",
            "--1",
            "1.2.3",
        ] {
            assert_eq!(masked_text(&NUMERIC, raw), None);
        }
        let nan = [0, 0, 0, 0, 0xc0, 0, 0, 0];
        assert_eq!(masked_binary(&NUMERIC, &nan), None);
        assert_eq!(masked_binary(&NUMERIC, &[0, 9, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn groups_far_from_the_point_are_zeros() {
        // 1 * 10000^2, and 1 * 10000^-3 with twelve places.
        let far = [0, 1, 0, 2, 0, 0, 0, 0, 0, 1];
        assert!(masked_binary(&NUMERIC, &far).is_some());
        let small = [0, 1, 0xff, 0xfd, 0, 0, 0, 12, 0, 1];
        let text = masked_text(&NUMERIC, "0.000000000001").unwrap();
        assert_eq!(masked_binary(&NUMERIC, &small), Some(encode(&text)));
    }

    #[test]
    fn integers_agree_with_the_oracle() {
        both(&NUMERIC, "123456", &encode("123456"), |cell| {
            Decimal::read_binary(cell)
                .map(|d| {
                    let mut out = Vec::new();
                    d.write(Format::Text, &mut out);
                    String::from_utf8(out).unwrap()
                })
                .unwrap()
        });
    }
}
