//! interval: the `postgres` style, or microseconds, days and months.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::prf::DomainKey;
use crate::types::calendar::{mask_fraction, number, parse_clock, write_clock, SECOND};
use crate::types::integer::mask_integer;
use crate::types::reader::Reader;

/// One step in about ten leaves the range at its end.
const WALK_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) micros: i64,
}

/// Replaces an interval.
#[derive(Debug)]
pub(crate) struct Interval {
    key: Arc<DomainKey>,
}

impl Interval {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(parts) = read(format, cell).and_then(|raw| self.mask(raw)) else {
            return Outcome::Null;
        };
        write_as(format, parts, out);
        Outcome::Value
    }

    /// Each part that is there becomes another of its sign and size; an empty interval says nothing.
    fn mask(&self, raw: Parts) -> Option<Parts> {
        let part = |value: i32| {
            if value == 0 {
                Some(0)
            } else {
                i32::try_from(self.not_zero(value.into())).ok()
            }
        };
        let micros = self.micros(raw.micros)?;
        Some(Parts {
            months: part(raw.months)?,
            days: part(raw.days)?,
            micros,
        })
    }

    fn micros(&self, raw: i64) -> Option<i64> {
        let fraction = raw.signum() * mask_fraction(&self.key, (raw % SECOND).abs());
        let mut second = raw / SECOND;
        if second == 0 {
            return Some(fraction);
        }
        // Not every count of seconds with as many digits fits, but the raw one on its cycle does.
        (0..WALK_MAX).find_map(|_| {
            second = self.not_zero(second);
            second.checked_mul(SECOND)?.checked_add(fraction)
        })
    }

    /// Another number of the same sign and count of digits that is not zero, because a part that
    /// is zero would vanish from the text.
    fn not_zero(&self, value: i64) -> i64 {
        let masked = mask_integer(&self.key, value);
        if masked != 0 {
            return masked;
        }
        match mask_integer(&self.key, 0) {
            back if back == value => value % 9 + 1,
            other => other,
        }
    }
}

/// Reads an interval; the infinities and other styles are None.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<Parts> {
    match format {
        Format::Text => parse(cell),
        Format::Binary => read_binary(cell),
    }
}

/// Appends an interval.
pub(crate) fn write_as(format: Format, parts: Parts, out: &mut Vec<u8>) {
    match format {
        Format::Text => write(parts, out),
        Format::Binary => {
            out.extend_from_slice(&parts.micros.to_be_bytes());
            out.extend_from_slice(&parts.days.to_be_bytes());
            out.extend_from_slice(&parts.months.to_be_bytes());
        }
    }
}

fn read_binary(cell: &[u8]) -> Option<Parts> {
    let mut reader = Reader::new(cell);
    let parts = Parts {
        micros: reader.i64()?,
        days: reader.i32()?,
        months: reader.i32()?,
    };
    // The infinities are made of all largest or all smallest numbers.
    let infinite = [
        Parts {
            months: i32::MAX,
            days: i32::MAX,
            micros: i64::MAX,
        },
        Parts {
            months: i32::MIN,
            days: i32::MIN,
            micros: i64::MIN,
        },
    ];
    (reader.is_empty() && !infinite.contains(&parts)).then_some(parts)
}

/// Fields in the order year, month, day, time, each at most once.
fn parse(text: &[u8]) -> Option<Parts> {
    let mut parts = Parts {
        months: 0,
        days: 0,
        micros: 0,
    };
    let mut rest = text;
    let mut order = 0;
    while !rest.is_empty() {
        if order > 0 {
            rest = rest.strip_prefix(b" ")?;
        }
        let (sign, unsigned) = match rest.split_first()? {
            (b'-', rest) => (-1, rest),
            (b'+', rest) => (1, rest),
            _ => (1, rest),
        };
        if let Some((clock, after)) = parse_clock(unsigned, 12) {
            parts.micros = sign * clock;
            return after.is_empty().then_some(parts);
        }
        let (value, after) = number(unsigned, 1, 10)?;
        let after = after.strip_prefix(b" ")?;
        let end = after
            .iter()
            .position(|byte| *byte == b' ')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (place, months, days) = match unit {
            b"year" | b"years" => (1, value.checked_mul(12)?, 0),
            b"mon" | b"mons" => (2, value, 0),
            b"day" | b"days" => (3, 0, value),
            _ => return None,
        };
        if place <= order {
            return None;
        }
        order = place;
        parts.months = parts
            .months
            .checked_add(i32::try_from(sign * months).ok()?)?;
        parts.days = parts.days.checked_add(i32::try_from(sign * days).ok()?)?;
        rest = after;
    }
    (order > 0).then_some(parts)
}

/// As PostgreSQL writes it: a field after a negative one carries its plus.
fn write(parts: Parts, out: &mut Vec<u8>) {
    let mut first = true;
    let mut negative_before = false;
    let (years, months) = (parts.months / 12, parts.months % 12);
    for (value, unit) in [(years, "year"), (months, "mon"), (parts.days, "day")] {
        if value == 0 {
            continue;
        }
        let space = if first { "" } else { " " };
        let plus = if negative_before && value > 0 {
            "+"
        } else {
            ""
        };
        let plural = if value == 1 { "" } else { "s" };
        // Writing to memory cannot fail.
        let _ = write!(out, "{space}{plus}{value} {unit}{plural}");
        negative_before = value < 0;
        first = false;
    }
    if first || parts.micros != 0 {
        if !first {
            out.push(b' ');
        }
        if parts.micros < 0 {
            out.push(b'-');
        } else if negative_before {
            out.push(b'+');
        }
        write_clock(parts.micros.saturating_abs(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text};

    fn encode(parts: Parts) -> Vec<u8> {
        let mut out = parts.micros.to_be_bytes().to_vec();
        out.extend(parts.days.to_be_bytes());
        out.extend(parts.months.to_be_bytes());
        out
    }

    #[test]
    fn formats_agree_and_fields_stay() {
        for raw in [
            "1 year 2 mons 3 days 04:05:06.789",
            "-1 years -2 mons +3 days -04:05:06",
            "00:00:01",
            "-00:00:00.5",
            "5 days",
            "1 mon",
            "-3 days +02:00:00",
            "178000000 years",
            "100:00:00",
        ] {
            let masked = masked_text(&TypeSpec::Interval {}, raw).unwrap();
            let parts = parse(masked.as_bytes()).unwrap();
            let binary = masked_binary(
                &TypeSpec::Interval {},
                &encode(parse(raw.as_bytes()).unwrap()),
            );
            assert_eq!(binary, Some(encode(parts)), "{raw} {masked}");
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for parts in [
            Parts {
                months: 14,
                days: -3,
                micros: 5 * SECOND,
            },
            Parts {
                months: -14,
                days: 3,
                micros: -5,
            },
            Parts {
                months: 0,
                days: 0,
                micros: 0,
            },
            Parts {
                months: 1,
                days: 1,
                micros: 1,
            },
        ] {
            let mut out = Vec::new();
            write(parts, &mut out);
            assert_eq!(
                parse(&out),
                Some(parts),
                "{}",
                String::from_utf8_lossy(&out)
            );
        }
    }

    #[test]
    fn other_styles_and_infinity_are_null() {
        for raw in [
            "P1Y2M",
            "@ 1 year",
            "1-2",
            "infinity",
            "",
            "1 day 1 year",
            "1 fortnight",
        ] {
            assert_eq!(masked_text(&TypeSpec::Interval {}, raw), None);
        }
        let infinite = Parts {
            months: i32::MAX,
            days: i32::MAX,
            micros: i64::MAX,
        };
        assert_eq!(
            masked_binary(&TypeSpec::Interval {}, &encode(infinite)),
            None
        );
    }
}
