//! time and timetz: clock times, or microseconds since midnight, with the zone.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::prf::DomainKey;
use crate::types::calendar::{mask_clock, parse_clock, parse_zone, write_clock, DAY};
use crate::types::date::write_zone;
use crate::types::reader::Reader;

/// Clock times without a day have an arrangement of their own.
const CLASS: u64 = 0x8000_0000;
/// PostgreSQL's bound of a zone, just below sixteen hours.
const ZONE_MAX: i64 = 16 * 3600 - 1;

/// Replaces a clock time.
#[derive(Debug)]
pub(crate) struct Time {
    key: Arc<DomainKey>,
    zoned: bool,
}

impl Time {
    pub(crate) fn new(key: Arc<DomainKey>, zoned: bool) -> Self {
        Self { key, zoned }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some((clock, zone)) = read(format, cell, self.zoned) else {
            return Outcome::Null;
        };
        let masked = mask_clock(&self.key, CLASS, clock, false);
        write(format, masked, self.zoned.then_some(zone), out);
        Outcome::Value
    }
}

/// Microseconds since midnight and the zone in seconds east.
pub(crate) fn read(format: Format, cell: &[u8], zoned: bool) -> Option<(i64, i64)> {
    let (clock, zone) = if format == Format::Binary {
        let mut reader = Reader::new(cell);
        let clock = reader.i64()?;
        // On the wire zones count west.
        let zone = if zoned { -i64::from(reader.i32()?) } else { 0 };
        reader.is_empty().then_some((clock, zone))?
    } else {
        let (clock, rest) = parse_clock(cell, 2)?;
        let (zone, rest) = if zoned { parse_zone(rest)? } else { (0, rest) };
        rest.is_empty().then_some((clock, zone))?
    };
    ((0..=DAY).contains(&clock) && zone.abs() <= ZONE_MAX).then_some((clock, zone))
}

/// Appends a clock time, with its zone where it has one.
pub(crate) fn write(format: Format, clock: i64, zone: Option<i64>, out: &mut Vec<u8>) {
    match format {
        Format::Binary => {
            out.extend_from_slice(&clock.to_be_bytes());
            if let Some(zone) = zone {
                out.extend_from_slice(&(-zone as i32).to_be_bytes());
            }
        }
        Format::Text => {
            write_clock(clock, out);
            if let Some(zone) = zone {
                write_zone(zone, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::calendar::{parse_clock, SECOND};
    use crate::types::tests::{both, masked_binary, masked_text};

    #[test]
    fn times_agree_in_both_formats() {
        for (text, clock) in [
            ("00:00:00", 0),
            ("12:34:56.5", 45_296 * SECOND + 500_000),
            ("23:59:59.999999", 86_400 * SECOND - 1),
            ("24:00:00", 86_400 * SECOND),
        ] {
            let masked = masked_text(&TypeSpec::Time {}, text).unwrap();
            let binary = masked_binary(&TypeSpec::Time {}, &i64::to_be_bytes(clock)).unwrap();
            let back = parse_clock(masked.as_bytes(), 2).unwrap().0;
            assert_eq!(back.to_be_bytes()[..], binary[..]);
            assert_ne!(masked, text);
        }
    }

    #[test]
    fn zones_stay() {
        let mut raw = (3600 * SECOND).to_be_bytes().to_vec();
        raw.extend((-19_800i32).to_be_bytes());
        let masked = both(&TypeSpec::Timetz {}, "01:00:00+05:30", &raw, |cell| {
            let clock = i64::from_be_bytes(cell[..8].try_into().unwrap()) / SECOND;
            assert_eq!(cell[8..], (-19_800i32).to_be_bytes());
            format!(
                "{:02}:{:02}:{:02}+05:30",
                clock / 3600,
                clock / 60 % 60,
                clock % 60
            )
        });
        assert_ne!(masked, "01:00:00+05:30");
    }

    #[test]
    fn what_is_no_time_is_null() {
        for raw in ["25:00:00", "12:60:00", "1:00:00", "noon", "12:00:00 PM", ""] {
            assert_eq!(masked_text(&TypeSpec::Time {}, raw), None);
        }
        assert_eq!(
            masked_binary(&TypeSpec::Time {}, &(-1i64).to_be_bytes()),
            None
        );
    }
}
