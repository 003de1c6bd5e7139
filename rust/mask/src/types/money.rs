//! money: an amount in the locale's notation, or a count of its smallest unit.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::prf::DomainKey;
use crate::types::integer::mask_integer;
use crate::types::reader::Reader;

/// Sign, currency and separators together are never longer than this.
const LAYOUT_MAX: usize = 40;
const LETTERS_MAX: usize = 4;

/// Replaces an amount.
#[derive(Debug)]
pub(crate) struct Money {
    key: Arc<DomainKey>,
}

impl Money {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(value) = read(format, cell) else {
            return Outcome::Null;
        };
        let masked = mask_integer(&self.key, value);
        match format {
            Format::Binary => out.extend_from_slice(&masked.to_be_bytes()),
            Format::Text => {
                // The count of digits stays, so they fit where the raw ones stood.
                let digits = masked.unsigned_abs().to_string();
                let places = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
                let zeros = places.saturating_sub(digits.len());
                let mut digits = std::iter::repeat_n(b'0', zeros).chain(digits.bytes());
                out.extend(cell.iter().map(|byte| {
                    if byte.is_ascii_digit() {
                        digits.next().unwrap_or(b'0')
                    } else {
                        *byte
                    }
                }));
            }
        }
        if masked == value {
            Outcome::Null
        } else {
            Outcome::Value
        }
    }
}

fn read(format: Format, cell: &[u8]) -> Option<i64> {
    if format == Format::Binary {
        let mut reader = Reader::new(cell);
        let value = reader.i64()?;
        return reader.is_empty().then_some(value);
    }
    std::str::from_utf8(cell).ok()?;
    let negative = cell.iter().any(|byte| matches!(byte, b'-' | b'('));
    let letters = cell
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let digits = || cell.iter().filter(|byte| byte.is_ascii_digit());
    let places = digits().count();
    if letters > LETTERS_MAX || places == 0 || places > 20 || cell.len() > places + LAYOUT_MAX {
        return None;
    }
    digits().try_fold(0i64, |sum, byte| {
        let digit = i64::from(byte - b'0');
        sum.checked_mul(10)?
            .checked_add(if negative { -digit } else { digit })
    })
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_text};

    fn check(raw: &str, units: i64) -> String {
        both(&TypeSpec::Money {}, raw, &units.to_be_bytes(), |cell| {
            let masked = i64::from_be_bytes(cell.try_into().unwrap());
            let digits = format!(
                "{:0width$}",
                masked.unsigned_abs(),
                width = raw.bytes().filter(u8::is_ascii_digit).count()
            );
            let mut digits = digits.chars();
            raw.chars()
                .map(|c| {
                    if c.is_ascii_digit() {
                        digits.next().unwrap()
                    } else {
                        c
                    }
                })
                .collect()
        })
    }

    #[test]
    fn formats_agree_in_every_locale() {
        for (raw, units) in [
            ("$1,234.56", 123_456),
            ("-$0.05", -5),
            ("$0.00", 0),
            ("1.234,56 €", 123_456),
            ("($12.00)", -1200),
            ("¥1,235", 1235),
            ("92 233 720 368 547 758,07 kr", i64::MAX),
        ] {
            assert_ne!(check(raw, units), raw);
        }
    }

    #[test]
    fn what_is_no_amount_is_null() {
        for raw in ["", "$", "Zelda 5", "$99999999999999999999.00"] {
            assert_eq!(masked_text(&TypeSpec::Money {}, raw), None);
        }
    }
}
