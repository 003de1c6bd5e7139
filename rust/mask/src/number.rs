//! Exact decimal numbers of thirty digits, whatever type they come from.
//!
//! Operators that compute do so here, so that a number has the same answer in every type and format.

use std::cmp::Ordering;

use crate::error::Error;

/// Digits that are kept; what follows is cut off downwards.
pub(crate) const DIGITS_MAX: u32 = 30;
/// Exponents and places further from the point than this are not read.
const PLACES_MAX: usize = 200_000;
/// An option has at most this many digits before and after the point.
const OPTION_WHOLE_MAX: usize = 18;
const OPTION_SCALE_MAX: usize = 9;

/// `units` times ten to the power of minus `scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) units: i128,
    pub(crate) scale: i32,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Finite(Number),
    /// Infinity.
    Above,
    /// Its negative.
    Below,
}

/// What numbers a type has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Digits after the point, where they are bounded.
    pub(crate) scale: Option<i32>,
    /// The least and the greatest number, where they have few enough digits to matter.
    pub(crate) range: Option<(Number, Number)>,
}

impl Grid {
    pub(crate) const FREE: Self = Self {
        scale: None,
        range: None,
    };

    pub(crate) fn new(scale: i32, least: i128, greatest: i128) -> Self {
        let at = |units| Number::new(units, scale);
        Self {
            scale: Some(scale),
            range: Some((at(least), at(greatest))),
        }
    }

    /// The number cut downwards to the digits that the type has, and brought between its ends.
    ///
    /// All numbers that are alike before are alike after, so a bin remains one.
    pub(crate) fn fit(&self, number: Number) -> Option<Number> {
        let cut = match self.scale {
            Some(scale) if number.scale > scale => Number::new(number.at(scale)?, scale),
            _ => number,
        };
        Some(match self.range {
            Some((least, _)) if cut.order(least).is_lt() => least,
            Some((_, greatest)) if cut.order(greatest).is_gt() => greatest,
            _ => cut,
        })
    }
}

/// Ten to a power, where it fits.
pub(crate) fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

impl Number {
    pub(crate) const fn new(units: i128, scale: i32) -> Self {
        Self { units, scale }
    }

    /// The units at another scale, downwards where digits are lost; None where there are too many.
    pub(crate) fn at(self, scale: i32) -> Option<i128> {
        let steps = scale.checked_sub(self.scale)?;
        if self.units == 0 || steps == 0 {
            return Some(self.units);
        }
        if steps > 0 {
            let units = self.units.checked_mul(power(steps.unsigned_abs())?)?;
            // Room for sums of two such numbers.
            return (units.unsigned_abs() <= 1 << 126).then_some(units);
        }
        Some(match power(steps.unsigned_abs()) {
            Some(divisor) => self.units.div_euclid(divisor),
            None => -i128::from(self.units < 0),
        })
    }

    /// As [`Number::at`], upwards where digits are lost.
    pub(crate) fn at_or_above(self, scale: i32) -> Option<i128> {
        Some(-Self::new(-self.units, self.scale).at(scale)?)
    }

    /// Without zeros at the end, so that equal numbers are alike.
    pub(crate) fn trimmed(mut self) -> Self {
        if self.units == 0 {
            return Self::new(0, 0);
        }
        while self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }

    pub(crate) fn order(self, other: Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Some(own), Some(others)) => own.cmp(&others),
            // The one of smaller scale is too long for the other's, so it is further from zero.
            _ if self.scale < other.scale => self.units.cmp(&0),
            _ => 0.cmp(&other.units),
        }
    }

    /// A number in decimal notation with an optional exponent; no white space, no plus in front.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let end = memchr::memchr2(b'e', b'E', text).unwrap_or(text.len());
        let exponent = match text.get(end + 1..) {
            Some(exponent) => parse_exponent(exponent)?,
            None => 0,
        };
        let mantissa = &text[..end];
        if mantissa.len() > PLACES_MAX {
            return None;
        }
        let point = memchr::memchr(b'.', mantissa);
        let (whole, fraction) = match point {
            Some(point) => (&mantissa[..point], &mantissa[point + 1..]),
            None => (mantissa, &[][..]),
        };
        let mut digits = whole.iter().chain(fraction);
        if whole.len() + fraction.len() == 0 || !digits.all(u8::is_ascii_digit) {
            return None;
        }
        let values = whole.iter().chain(fraction).map(|byte| byte - b'0');
        Some(Self::of_digits(
            negative,
            values,
            fraction.len() as i32 - exponent,
        ))
    }

    /// The number of some digits, of which the last `scale` stand after the point.
    pub(crate) fn of_digits(
        negative: bool,
        digits: impl Iterator<Item = u8>,
        mut scale: i32,
    ) -> Self {
        let limit = 10i128.pow(DIGITS_MAX - 1);
        let mut units = 0i128;
        let mut lost = false;
        for digit in digits {
            if units >= limit {
                lost |= digit != 0;
                scale -= 1;
            } else {
                units = units * 10 + i128::from(digit);
            }
        }
        if negative {
            // Downwards is away from zero.
            units = -units - i128::from(lost);
        }
        Self::new(units, scale)
    }

    /// A floating point number as its shortest text says it.
    pub(crate) fn of_float(value: f64, double: bool) -> Option<Self> {
        let text = if double {
            format!("{value:e}")
        } else {
            format!("{:e}", value as f32)
        };
        Self::parse(text.as_bytes())
    }

    /// An option: a decimal number with few digits.
    pub(crate) fn option(text: &str, name: &'static str) -> Result<Self, Error> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let fits = (1..=OPTION_WHOLE_MAX).contains(&whole.len())
            && fraction.len() <= OPTION_SCALE_MAX
            && !unsigned.ends_with('.')
            && whole
                .bytes()
                .chain(fraction.bytes())
                .all(|b| b.is_ascii_digit());
        fits.then(|| Self::parse(text.as_bytes()))
            .flatten()
            .map(Self::trimmed)
            .map(|number| match number.scale {
                // An option's scale says how many digits its answers need.
                ..0 => Self::new(number.at(0).unwrap_or(0), 0),
                _ => number,
            })
            .ok_or(Error::Option { name })
    }
}

fn parse_exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if !(1..=5).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits
        .iter()
        .fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0'));
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn texts_are_read_exactly() {
        assert_eq!(number("12.50"), Number::new(1250, 2));
        assert_eq!(number("-0.5"), Number::new(-5, 1));
        assert_eq!(number("1.5e3").trimmed(), Number::new(15, -2));
        assert_eq!(number("2e-3"), Number::new(2, 3));
        for raw in [
            "", "-", ".", "1e", "e5", "1e999999", "0x1", "1.2.3", "+1", " 1",
        ] {
            assert_eq!(Number::parse(raw.as_bytes()), None, "{raw}");
        }
    }

    #[test]
    fn lost_digits_are_cut_downwards() {
        let long = "1".repeat(40);
        assert_eq!(number(&long).units.to_string(), "1".repeat(30));
        assert_eq!(number(&long).scale, -10);
        let negative = number(&format!("-{long}"));
        assert_eq!(negative.units, -(number(&long).units) - 1);
        assert_eq!(number("-1.5").at(0), Some(-2));
        assert_eq!(number("-1.5").at_or_above(0), Some(-1));
        assert_eq!(number("-1e-300").at(2), Some(-1));
        assert_eq!(number("1e300").at(0), None);
    }

    #[test]
    fn order_is_that_of_the_values() {
        let sorted = [
            "-1e300", "-5", "-4.5", "-1e-300", "0", "1e-300", "0.5", "1", "1.0001", "7e20", "1e300",
        ];
        for (at, a) in sorted.iter().enumerate() {
            for (to, b) in sorted.iter().enumerate() {
                assert_eq!(number(a).order(number(b)), at.cmp(&to), "{a} {b}");
            }
        }
        assert_eq!(number("1.50").order(number("1.5")), Ordering::Equal);
    }

    #[test]
    fn options_are_bounded() {
        assert_eq!(Number::option("100", "w"), Ok(Number::new(100, 0)));
        assert_eq!(Number::option("-0.50", "w"), Ok(Number::new(-5, 1)));
        for raw in [
            "",
            "1e5",
            "1.",
            ".5",
            "1234567890123456789",
            "0.1234567891",
            "ten",
            "+1",
        ] {
            assert!(Number::option(raw, "w").is_err(), "{raw}");
        }
    }
}
