//! float4, float8: the shortest decimal text that reads back, or IEEE 754 bits.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::tweak;
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::types::integer::mask_integer;
use crate::types::reader::Reader;

/// Replaces a floating point number.
#[derive(Debug)]
pub(crate) struct Float {
    key: Arc<DomainKey>,
    /// Whether it has eight bytes rather than four.
    double: bool,
}

impl Float {
    pub(crate) fn new(key: Arc<DomainKey>, double: bool) -> Self {
        Self { key, double }
    }

    pub(crate) fn read(&self, format: Format, cell: &[u8]) -> Option<f64> {
        read(format, cell, self.double).filter(|value| value.is_finite())
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let masked = self.read(format, cell).and_then(|value| {
            let masked = self.mask(value)?;
            (masked.is_finite() && masked.to_bits() != value.to_bits()).then_some(masked)
        });
        let Some(masked) = masked else {
            return Outcome::Null;
        };
        write(format, masked, self.double, out);
        Outcome::Value
    }

    /// Another number with as many significant digits and the same exponent.
    fn mask(&self, value: f64) -> Option<f64> {
        let limit = if self.double { 1e15 } else { 1e6 };
        if value.abs() < limit && value.fract() == 0.0 {
            return Some(mask_integer(&self.key, value as i64) as f64);
        }
        let (digits, exponent) = shortest(value, self.double)?;
        // Digits past those that the type holds for certain would not read back.
        let count = digits.len().min(digits_of(self.double));
        let raw: u64 = digits[..count].parse().ok()?;
        // The first digit is not zero; the last is kept from zero, so that the count stays.
        let low = if count == 1 {
            1
        } else {
            10u64.pow(count as u32 - 2)
        };
        let (size, rank) = if count == 1 {
            (9, raw - 1)
        } else {
            let last = (raw % 10).max(1) - 1;
            (low * 9 * 9, (raw / 10 - low) * 9 + last)
        };
        let class = tweak::DECIMAL | 1 << 48 | (exponent as u64 & 0xffff) << 8 | count as u64;
        let place = derange(&self.key, class, size.into(), rank.into()) as u64;
        let masked = if count == 1 {
            place + 1
        } else {
            (place / 9 + low) * 10 + place % 9 + 1
        };
        let sign = if value < 0.0 { "-" } else { "" };
        let scale = exponent - (count as i32 - 1);
        // The largest exponent does not take every digit; one less does.
        [scale, scale - 1].into_iter().find_map(|scale| {
            parse(format!("{sign}{masked}e{scale}").as_bytes(), self.double)
                .filter(|masked| masked.is_finite())
        })
    }
}

/// The digits that every number of the type holds, by which PostgreSQL also chooses notation.
fn digits_of(double: bool) -> usize {
    if double {
        15
    } else {
        6
    }
}

/// Reads a number; the binary format has infinities and NaN too.
pub(crate) fn read(format: Format, cell: &[u8], double: bool) -> Option<f64> {
    if format == Format::Text {
        return parse(cell, double);
    }
    let mut reader = Reader::new(cell);
    let value = if double {
        f64::from_bits(reader.i64()? as u64)
    } else {
        f64::from(f32::from_bits(reader.u32()?))
    };
    reader.is_empty().then_some(value)
}

/// Appends a number.
pub(crate) fn write(format: Format, value: f64, double: bool, out: &mut Vec<u8>) {
    match (format, double) {
        (Format::Text, _) => write_text(value, double, out),
        (Format::Binary, true) => out.extend_from_slice(&value.to_be_bytes()),
        (Format::Binary, false) => out.extend_from_slice(&(value as f32).to_be_bytes()),
    }
}

/// The significant digits and the exponent of the first of them.
fn shortest(value: f64, double: bool) -> Option<(String, i32)> {
    let scientific = if double {
        format!("{:e}", value.abs())
    } else {
        format!("{:e}", value.abs() as f32)
    };
    let (digits, exponent) = scientific.split_once('e')?;
    Some((digits.replace('.', ""), exponent.parse().ok()?))
}

/// As PostgreSQL writes it: an exponent only outside 1e-4 and the digits that the type holds.
fn write_text(value: f64, double: bool, out: &mut Vec<u8>) {
    let Some((digits, exponent)) = shortest(value, double) else {
        return;
    };
    let mut text = String::with_capacity(32);
    if value < 0.0 {
        text.push('-');
    }
    if value == 0.0 {
        text.push('0');
    } else if exponent < -4 || exponent >= digits_of(double) as i32 {
        text.push_str(&digits[..1]);
        if digits.len() > 1 {
            text.push('.');
            text.push_str(&digits[1..]);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(text, "e{sign}{:02}", exponent.abs());
    } else if exponent < 0 {
        text.push_str("0.");
        (1..-exponent).for_each(|_| text.push('0'));
        text.push_str(&digits);
    } else {
        let whole = exponent as usize + 1;
        for at in 0..whole.max(digits.len()) {
            if at == whole {
                text.push('.');
            }
            text.push_str(digits.get(at..=at).unwrap_or("0"));
        }
    }
    out.extend_from_slice(text.as_bytes());
}

/// A decimal number as PostgreSQL prints it, read at the type's own precision.
pub(crate) fn parse(text: &[u8], double: bool) -> Option<f64> {
    let plain = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
    if text.is_empty() || text.len() > 64 || !text.iter().all(plain) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    if double {
        text.parse().ok()
    } else {
        text.parse::<f32>().ok().map(f64::from)
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    fn double(raw: &str) -> String {
        let value: f64 = raw.parse().unwrap();
        let text = masked_text(&TypeSpec::Float8 {}, raw).unwrap();
        let binary = masked_binary(&TypeSpec::Float8 {}, &value.to_be_bytes()).unwrap();
        assert_eq!(
            f64::from_be_bytes(binary.try_into().unwrap()),
            text.parse::<f64>().unwrap()
        );
        text
    }

    fn single(raw: &str) -> String {
        let value: f32 = raw.parse().unwrap();
        let text = masked_text(&TypeSpec::Float4 {}, raw).unwrap();
        let binary = masked_binary(&TypeSpec::Float4 {}, &value.to_be_bytes()).unwrap();
        assert_eq!(
            f32::from_be_bytes(binary.try_into().unwrap()),
            text.parse::<f32>().unwrap()
        );
        text
    }

    #[test]
    fn formats_agree_and_digits_keep_their_places() {
        for raw in [
            "0",
            "1",
            "-7",
            "12.5",
            "-0.25",
            "1234.5678",
            "0.001",
            "99.99",
            "123456.75",
        ] {
            let masked = double(raw);
            assert_eq!(
                (masked.len(), masked.find('.')),
                (raw.len(), raw.find('.')),
                "{masked}"
            );
            assert_ne!(masked, raw);
        }
        for raw in ["0", "1.5", "-12.25", "1e+20", "1.5e-07", "0.1"] {
            assert_ne!(single(raw), raw);
        }
        for raw in [
            "1e+300",
            "2.5e-300",
            "0.1234567890123456",
            "1e+15",
            "123456789012345680",
        ] {
            assert_ne!(double(raw), raw);
        }
    }

    #[test]
    fn notation_follows_the_size() {
        assert!(double("1.5e+20").contains("e+20"));
        assert!(double("0.00015").starts_with("0.000"));
        assert!(double("1.5e-05").ends_with("e-05"));
        assert!(single("1.5e+06").ends_with("e+06"));
    }

    #[test]
    fn integers_agree_with_integer_columns() {
        let text = both(
            &TypeSpec::Float8 {},
            "4711",
            &4711f64.to_be_bytes(),
            |cell| f64::from_be_bytes(cell.try_into().unwrap()).to_string(),
        );
        assert_eq!(masked_text(&TypeSpec::Int4 {}, "4711"), Some(text));
    }

    #[test]
    fn what_is_not_finite_is_null() {
        for raw in ["NaN", "Infinity", "-Infinity", "", "1e999", "0x10", "Zelda"] {
            assert_eq!(masked_text(&TypeSpec::Float8 {}, raw), None);
        }
        for value in [f64::NAN, f64::INFINITY] {
            assert_eq!(
                masked_binary(&TypeSpec::Float8 {}, &value.to_be_bytes()),
                None
            );
        }
    }
}
