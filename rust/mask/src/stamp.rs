//! Dates, with or without a time of day, as texts write them in figures.

use crate::types::calendar::{
    civil, days, number, parse_clock, parse_zone, write_clock, DAY, SECOND,
};

/// Longer texts are not dates.
const LENGTH_MAX: usize = 40;

/// What of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Year,
    Day,
    Month,
}

/// How a zone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    None,
    /// The letter Z.
    Letter,
    /// Hours and minutes with a colon, hours alone, or both without one.
    Colon,
    Hours,
    Plain,
}

/// How a time of day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    /// What stands between date and time.
    separator: u8,
    seconds: bool,
    fraction: usize,
}

/// A date in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    order: Order,
    /// What stands between the parts of the date; zero for nothing.
    separator: u8,
    clock: Option<Clock>,
    zone: Zone,
    /// Seconds east.
    offset: i64,
    /// Days from 2000-01-01 in UTC where the text has a zone.
    pub(crate) day: i64,
    /// Microseconds since midnight, where it has a time.
    pub(crate) time: Option<i64>,
}

impl Stamp {
    /// Reads `2024-02-29`, `20240229`, `29.02.2024`, `02/29/2024` and the like, perhaps with a time.
    ///
    /// `day_first` says that the day stands first where the separator does not tell.
    pub(crate) fn parse(text: &str, day_first: bool) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() > LENGTH_MAX {
            return None;
        }
        let (order, separator, [year, month, day], rest) = parse_parts(text, day_first)?;
        let count = days(year, month, day);
        // A day that does not exist would come back as another one.
        if !(1..=12).contains(&month) || year == 0 || civil(count) != (year, month, day) {
            return None;
        }
        let mut stamp = Self {
            order,
            separator,
            clock: None,
            zone: Zone::None,
            offset: 0,
            day: count,
            time: None,
        };
        if let Some((mark, rest)) = rest.split_first() {
            stamp.parse_time(*mark, rest)?;
        }
        Some(stamp)
    }

    fn parse_time(&mut self, separator: u8, text: &[u8]) -> Option<()> {
        if !matches!(separator, b' ' | b'T' | b't') {
            return None;
        }
        let (time, rest, seconds, fraction) = if text.get(5) == Some(&b':') {
            let (time, rest) = parse_clock(text, 2)?;
            let length = text.len() - rest.len();
            (time, rest, true, length.saturating_sub("HH:MM:SS.".len()))
        } else {
            let (hour, rest) = number(text, 2, 2)?;
            let (minute, rest) = number(rest.strip_prefix(b":")?, 2, 2)?;
            let time = (hour * 3600 + minute * 60) * SECOND;
            ((minute < 60).then_some(time)?, rest, false, 0)
        };
        if time >= DAY {
            return None;
        }
        (self.zone, self.offset) = match rest {
            [] => (Zone::None, 0),
            b"Z" => (Zone::Letter, 0),
            [sign, a, b, c, d] if *sign != b':' && ![a, b, c, d].contains(&&b':') => (
                Zone::Plain,
                parse_zone(&[*sign, *a, *b, b':', *c, *d]).map(whole)??,
            ),
            _ => {
                let kind = if rest.len() == 3 {
                    Zone::Hours
                } else {
                    Zone::Colon
                };
                (kind, parse_zone(rest).map(whole)??)
            }
        };
        let local = self.day * DAY + time - self.offset * SECOND;
        self.day = local.div_euclid(DAY);
        self.time = Some(local.rem_euclid(DAY));
        self.clock = Some(Clock {
            separator,
            seconds,
            fraction,
        });
        Some(())
    }

    /// Writes another day and time of UTC in the same way; false where the year has no four digits.
    ///
    /// `in_utc` makes the zone zero, since the distance from UTC tells the season.
    pub(crate) fn write(
        &self,
        day: i64,
        time: Option<i64>,
        in_utc: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        let offset = if in_utc { 0 } else { self.offset };
        let local = day * DAY + time.unwrap_or(0) + offset * SECOND;
        let (year, month, day) = civil(local.div_euclid(DAY));
        if !(1..=9999).contains(&year) {
            return false;
        }
        let parts = match self.order {
            Order::Year => [(year, 4), (month, 2), (day, 2)],
            Order::Day => [(day, 2), (month, 2), (year, 4)],
            Order::Month => [(month, 2), (day, 2), (year, 4)],
        };
        for (at, (value, width)) in parts.into_iter().enumerate() {
            if at > 0 && self.separator != 0 {
                out.push(self.separator);
            }
            push_digits(value, width, out);
        }
        if let Some(clock) = self.clock {
            out.push(clock.separator);
            write_time(clock, local.rem_euclid(DAY), out);
        }
        let (sign, minutes) = (if offset < 0 { b'-' } else { b'+' }, offset.abs() / 60);
        match self.zone {
            Zone::None => {}
            Zone::Letter => out.push(b'Z'),
            Zone::Colon | Zone::Hours | Zone::Plain => {
                out.push(sign);
                push_digits(minutes / 60, 2, out);
                if self.zone == Zone::Colon {
                    out.push(b':');
                }
                if self.zone != Zone::Hours {
                    push_digits(minutes % 60, 2, out);
                }
            }
        }
        true
    }
}

/// A distance from UTC in whole minutes with nothing behind it, as the layouts write it.
fn whole((offset, rest): (i64, &[u8])) -> Option<i64> {
    (rest.is_empty() && offset % 60 == 0 && offset.abs() < 16 * 3600).then_some(offset)
}

type Parts<'a> = (Order, u8, [i64; 3], &'a [u8]);

/// Year, month and day, and what stands behind them.
fn parse_parts(text: &[u8], day_first: bool) -> Option<Parts<'_>> {
    let separator = |byte: u8| matches!(byte, b'-' | b'/' | b'.');
    if text.get(4).is_some_and(|byte| separator(*byte)) {
        let mark = text[4];
        let (year, rest) = number(text, 4, 4)?;
        let (month, rest) = number(&rest[1..], 2, 2)?;
        let (day, rest) = number(rest.strip_prefix(&[mark])?, 2, 2)?;
        return Some((Order::Year, mark, [year, month, day], rest));
    }
    if text.get(2).is_some_and(|byte| separator(*byte)) {
        let mark = text[2];
        let (first, rest) = number(text, 2, 2)?;
        let (second, rest) = number(&rest[1..], 2, 2)?;
        let (year, rest) = number(rest.strip_prefix(&[mark])?, 4, 4)?;
        // Where points part the figures the day stands first everywhere.
        return Some(if day_first || mark == b'.' {
            (Order::Day, mark, [year, second, first], rest)
        } else {
            (Order::Month, mark, [year, first, second], rest)
        });
    }
    let (figures, rest) = number(text, 8, 8)?;
    let parts = [figures / 10_000, figures / 100 % 100, figures % 100];
    // Eight digits alone are more often something else than a date of long ago.
    (1800..2200)
        .contains(&parts[0])
        .then_some((Order::Year, 0, parts, rest))
}

fn push_digits(value: i64, width: usize, out: &mut Vec<u8>) {
    let mut divisor = 10i64.pow(width as u32 - 1);
    while divisor > 0 {
        out.push(b'0' + (value / divisor % 10) as u8);
        divisor /= 10;
    }
}

fn write_time(clock: Clock, time: i64, out: &mut Vec<u8>) {
    let start = out.len();
    write_clock(time / SECOND * SECOND, out);
    if !clock.seconds {
        out.truncate(start + "HH:MM".len());
    }
    if clock.fraction > 0 {
        out.push(b'.');
        let width = clock.fraction.min(6);
        push_digits(time % SECOND / 10i64.pow(6 - width as u32), width, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_alike() {
        for text in [
            "2024-02-29",
            "2024/02/29",
            "20240229",
            "29.02.2024",
            "02/29/2024",
            "2024-02-29 12:34",
            "2024-02-29T12:34:56Z",
            "2024-02-29T12:34:56.789+05:30",
            "2024-02-29 23:34:56-08",
            "2024-02-29T00:34:56+0100",
            "0001-01-01",
            "9999-12-31 23:59:59.999999",
        ] {
            let stamp = Stamp::parse(text, false).unwrap();
            let mut out = Vec::new();
            assert!(stamp.write(stamp.day, stamp.time, false, &mut out));
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn the_day_comes_first_where_it_is_said() {
        let day = |text, first| Stamp::parse(text, first).map(|stamp| civil(stamp.day));
        assert_eq!(day("03/04/2024", false), Some((2024, 3, 4)));
        assert_eq!(day("03/04/2024", true), Some((2024, 4, 3)));
        assert_eq!(day("03.04.2024", false), Some((2024, 4, 3)));
    }

    #[test]
    fn zones_are_taken_off() {
        let stamp = Stamp::parse("2024-01-01T01:00:00+02:00", false).unwrap();
        assert_eq!(
            (civil(stamp.day), stamp.time),
            ((2023, 12, 31), Some(23 * 3600 * SECOND))
        );
        let mut out = Vec::new();
        stamp.write(stamp.day, stamp.time, true, &mut out);
        assert_eq!(out, b"2023-12-31T23:00:00+00:00");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2024",
            "2024-02-30",
            "2023-13-01",
            "0000-01-01",
            "29/02/2024",
            "2024-02/29",
            "12345678",
            "2024-02-29 25:00:00",
            "2024-02-29 12:60",
            "2024-02-29x",
            "2024-02-29 12:34:56 PM",
            "٢٠٢٤-02-29",
            "2024-02-29T12:34:56+99:00",
            "2024-02-29T12:34:56+",
            "2024-2-9",
            "20241301",
        ] {
            assert_eq!(Stamp::parse(text, false), None, "{text}");
        }
    }
}
