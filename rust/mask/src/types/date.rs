//! date, timestamp and timestamptz: ISO texts, or counts from 2000-01-01.
//!
//! The day of a timestamp is replaced as a date is, so that both still meet.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::prf::DomainKey;
use crate::types::calendar::{
    civil, is_common, mask_clock, mask_day, parse_clock, parse_date, parse_zone, write_clock,
    write_date, write_era, DAY, SECOND,
};
use crate::types::reader::Reader;

/// 5874897-12-31 and 294276-12-31, the last days of a date and of a timestamp.
pub(crate) const LAST_DATE: i64 = 2_145_031_948;
pub(crate) const LAST_TIMESTAMP: i64 = 106_751_982;

/// Replaces a date.
#[derive(Debug)]
pub(crate) struct Date {
    key: Arc<DomainKey>,
}

impl Date {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let masked = read_date(format, cell).and_then(|day| mask_day(&self.key, day, LAST_DATE));
        let Some(day) = masked else {
            return Outcome::Null;
        };
        write(format, day, out);
        Outcome::Value
    }
}

/// Appends a date.
pub(crate) fn write(format: Format, day: i64, out: &mut Vec<u8>) {
    match format {
        Format::Binary => out.extend_from_slice(&(day as i32).to_be_bytes()),
        Format::Text => {
            write_date(day, out);
            write_era(day, out);
        }
    }
}

/// Days from 2000-01-01; the infinities and other date styles are None.
pub(crate) fn read_date(format: Format, cell: &[u8]) -> Option<i64> {
    if format == Format::Binary {
        let mut reader = Reader::new(cell);
        let day = reader.i32()?;
        return (reader.is_empty() && day != i32::MIN && day != i32::MAX).then_some(day.into());
    }
    let (text, before_christ) = era(cell);
    let (day, rest) = parse_date(text, before_christ)?;
    rest.is_empty().then_some(day)
}

fn era(text: &[u8]) -> (&[u8], bool) {
    match text.strip_suffix(b" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}

/// Replaces a timestamp.
#[derive(Debug)]
pub(crate) struct Timestamp {
    key: Arc<DomainKey>,
    /// Whether the text has a time zone; the binary format is in UTC then.
    zoned: bool,
}

impl Timestamp {
    pub(crate) fn new(key: Arc<DomainKey>, zoned: bool) -> Self {
        Self { key, zoned }
    }

    /// Microseconds from 2000-01-01 (in UTC where zoned) and the zone of the text.
    pub(crate) fn read(&self, format: Format, cell: &[u8]) -> Option<(i64, i64)> {
        read_timestamp(format, cell, self.zoned)
    }

    fn mask(&self, value: i64) -> Option<i64> {
        let day = value.div_euclid(DAY);
        let masked = mask_day(&self.key, day, LAST_TIMESTAMP)?;
        // The clock's arrangement follows from the raw day.
        let raw = if self.key.backwards() { masked } else { day };
        let clock = mask_clock(&self.key, raw as u64, value.rem_euclid(DAY), true);
        masked.checked_mul(DAY)?.checked_add(clock)
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let masked = self
            .read(format, cell)
            .and_then(|(value, zone)| Some((self.mask(value)?, zone)));
        let Some((value, zone)) = masked else {
            return Outcome::Null;
        };
        if write_timestamp(format, value, self.zoned.then_some(zone), out) {
            Outcome::Value
        } else {
            Outcome::Null
        }
    }
}

/// Microseconds from 2000-01-01 (in UTC where zoned) and the zone of the text.
pub(crate) fn read_timestamp(format: Format, cell: &[u8], zoned: bool) -> Option<(i64, i64)> {
    if format == Format::Binary {
        let mut reader = Reader::new(cell);
        let value = reader.i64()?;
        let finite = value != i64::MIN && value != i64::MAX;
        return (reader.is_empty() && finite).then_some((value, 0));
    }
    let (text, before_christ) = era(cell);
    let (day, rest) = parse_date(text, before_christ)?;
    let (clock, rest) = parse_clock(rest.strip_prefix(b" ")?, 2)?;
    let (zone, rest) = if zoned { parse_zone(rest)? } else { (0, rest) };
    if !rest.is_empty() || clock >= DAY {
        return None;
    }
    let value = day
        .checked_mul(DAY)?
        .checked_add(clock)?
        .checked_sub(zone * SECOND)?;
    Some((value, zone))
}

/// Appends a timestamp, in its zone where it has one; false where its day there does not exist.
pub(crate) fn write_timestamp(
    format: Format,
    value: i64,
    zone: Option<i64>,
    out: &mut Vec<u8>,
) -> bool {
    if format == Format::Binary {
        out.extend_from_slice(&value.to_be_bytes());
        return true;
    }
    // The same instant at the same distance from UTC, whatever the season there.
    let at = |zone: i64| value.saturating_add(zone * SECOND);
    let unreadable = |zone| !is_common(at(zone).div_euclid(DAY));
    // Clients read no local year 0 or 10000, but they read the instant in UTC.
    let zone = zone.map(|zone| {
        if unreadable(zone) && !unreadable(0) {
            0
        } else {
            zone
        }
    });
    let local = at(zone.unwrap_or(0));
    let day = local.div_euclid(DAY);
    if civil(day).0 > 294_276 {
        return false;
    }
    write_date(day, out);
    out.push(b' ');
    write_clock(local.rem_euclid(DAY), out);
    if let Some(zone) = zone {
        write_zone(zone, out);
    }
    write_era(day, out);
    true
}

/// Writes a zone in seconds east as `+HH`, with minutes and seconds where it has them.
pub(crate) fn write_zone(zone: i64, out: &mut Vec<u8>) {
    let two = |value: i64, out: &mut Vec<u8>| {
        out.extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
    };
    let seconds = zone.abs();
    out.push(if zone < 0 { b'-' } else { b'+' });
    two(seconds / 3600 % 100, out);
    if seconds % 3600 != 0 {
        out.push(b':');
        two(seconds / 60 % 60, out);
    }
    if seconds % 60 != 0 {
        out.push(b':');
        two(seconds % 60, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::calendar::days;
    use crate::types::tests::{both, masked_binary, masked_text};

    fn date(year: i64, month: i64, day: i64, text: &str) -> String {
        let count = days(year, month, day) as i32;
        both(&TypeSpec::Date {}, text, &count.to_be_bytes(), |cell| {
            let day = i32::from_be_bytes(cell.try_into().unwrap());
            let (y, m, d) = civil(day.into());
            if y <= 0 {
                format!("{:04}-{m:02}-{d:02} BC", 1 - y)
            } else {
                format!("{y:04}-{m:02}-{d:02}")
            }
        })
    }

    #[test]
    fn dates_agree_in_both_formats_and_stay_near() {
        assert_ne!(date(2024, 2, 29, "2024-02-29"), "2024-02-29");
        assert!(date(-43, 3, 15, "0044-03-15 BC").ends_with(" BC"));
        date(1, 1, 1, "0001-01-01");
        date(0, 12, 31, "0001-12-31 BC");
        assert!(date(5_874_897, 12, 31, "5874897-12-31").starts_with("58748"));
        let year: i64 = date(1985, 6, 1, "1985-06-01")[..4].parse().unwrap();
        assert!((1982..=1988).contains(&year));
    }

    #[test]
    fn days_and_moments_that_clients_read_stay_such() {
        let key = Arc::new(crate::types::tests::key());
        let back = Arc::new(crate::types::tests::key().turned_round());
        for zoned in [false, true] {
            let there = Timestamp::new(Arc::clone(&key), zoned);
            let home = Timestamp::new(Arc::clone(&back), zoned);
            for year in [1, 2, 9998, 9999] {
                for day in days(year, 1, 1)..=days(year, 12, 31) {
                    for clock in [0, 1, DAY - 1] {
                        let value = day * DAY + clock;
                        let masked = there.mask(value).unwrap();
                        assert!(is_common(masked.div_euclid(DAY)));
                        assert_eq!(home.mask(masked), Some(value));
                        let zones: &[i64] = if zoned { &[-57_540, 57_540] } else { &[0] };
                        for zone in zones {
                            let (mut text, shown) = (Vec::new(), zoned.then_some(*zone));
                            assert!(write_timestamp(Format::Text, masked, shown, &mut text));
                            assert!(text[4] == b'-' && !text.ends_with(b"BC"));
                            let read = read_timestamp(Format::Text, &text, zoned).unwrap();
                            assert_eq!(read.0, masked);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_timestamp_keeps_to_its_date() {
        let masked = masked_text(&TypeSpec::Timestamp {}, "2024-02-29 12:34:56.789").unwrap();
        assert_eq!(masked[..10], date(2024, 2, 29, "2024-02-29"));
        assert_eq!(masked.len(), "2024-02-29 12:34:56.789".len());
        let midnight = masked_text(&TypeSpec::Timestamp {}, "2024-02-29 00:00:00").unwrap();
        assert!(midnight.ends_with(" 00:00:00"));
    }

    #[test]
    fn timestamps_agree_in_both_formats() {
        for (text, zoned, day, clock) in [
            (
                "2024-02-29 12:34:56",
                false,
                days(2024, 2, 29),
                45_296 * SECOND,
            ),
            (
                "0044-03-15 01:02:03.5 BC",
                false,
                days(-43, 3, 15),
                3_723 * SECOND + 500_000,
            ),
            (
                "2024-02-29 23:34:56+05:30",
                true,
                days(2024, 2, 29),
                (84_896 - 19_800) * SECOND,
            ),
            (
                "2024-02-29 23:34:56-08",
                true,
                days(2024, 2, 29),
                (84_896 + 28_800) * SECOND,
            ),
        ] {
            let type_ = if zoned {
                TypeSpec::Timestamptz {}
            } else {
                TypeSpec::Timestamp {}
            };
            let value = day * DAY + clock;
            let masked = masked_text(&type_, text).unwrap();
            let binary = masked_binary(&type_, &value.to_be_bytes()).unwrap();
            let reader = Timestamp {
                key: Arc::new(crate::types::tests::key()),
                zoned,
            };
            let back = reader.read(Format::Text, masked.as_bytes()).unwrap().0;
            assert_eq!(back.to_be_bytes()[..], binary[..], "{text} {masked}");
            assert_ne!(masked, text);
        }
    }

    #[test]
    fn other_styles_and_infinity_are_null() {
        for raw in [
            "infinity",
            "-infinity",
            "02/29/2024",
            "29.02.2024",
            "2024-02-30",
            "",
        ] {
            assert_eq!(masked_text(&TypeSpec::Date {}, raw), None);
        }
        for raw in [
            "Thu Feb 29 12:34:56 2024",
            "2024-02-29",
            "2024-02-29 25:00:00",
        ] {
            assert_eq!(masked_text(&TypeSpec::Timestamp {}, raw), None);
        }
        assert_eq!(
            masked_binary(&TypeSpec::Date {}, &i32::MAX.to_be_bytes()),
            None
        );
        assert_eq!(
            masked_binary(&TypeSpec::Timestamp {}, &i64::MIN.to_be_bytes()),
            None
        );
    }
}
