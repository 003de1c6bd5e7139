//! Dates, with or without a time of day, as texts write them in figures.

use crate::types::calendar::{
    civil, days, number, parse_clock, parse_zone, write_clock, DAY, SECOND,
};

/// Longer texts are not dates.
const LENGTH_MAX: usize = 40;
/// Digits of a fraction that a time counts; up to nine are read.
const MICROSECONDS: usize = 6;
const NANOSECONDS: usize = 9;

/// What of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Year,
    Day,
    Month,
}

/// How a zone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    None,
    /// The letter Z, of either case.
    Letter(u8),
    /// `UTC` or `GMT`.
    Name([u8; 3]),
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
    /// Digits of the fraction, and what stands before them.
    fraction: usize,
    mark: u8,
}

/// A date in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    order: Order,
    /// What stands between the parts of the date; zero for nothing.
    separator: u8,
    /// Whether month and day have two digits each, with a zero where they need it.
    padded: bool,
    clock: Option<Clock>,
    zone: Zone,
    /// Whether a blank stands before the zone.
    gap: bool,
    /// Whether the zone has a minus, which `-00:00` has as well.
    west: bool,
    /// Seconds east.
    offset: i64,
    /// Days from 2000-01-01 in UTC where the text has a zone.
    pub(crate) day: i64,
    /// Microseconds since midnight, where it has a time.
    pub(crate) time: Option<i64>,
    /// What the digits of the fraction behind the sixth say.
    pub(crate) finer: u32,
}

impl Stamp {
    /// Reads `2024-02-29`, `20240229`, `29.02.2024`, `02/29/2024` and the like, perhaps with a time.
    ///
    /// `day_first` says that the day stands first where the separator does not tell.
    pub(crate) fn parse(text: &str, day_first: bool) -> Option<Self> {
        Self::read(text.as_bytes(), day_first, false).filter(|stamp| stamp.finer_digits() == 0)
    }

    /// As [`Stamp::parse`], in either order where only one of them is a date, and also with figures
    /// of one digit (`2/9/2024`) and up to nine digits of a second.
    ///
    /// Figures without separators are none: most are numbers of something else.
    pub(crate) fn parse_any(text: &[u8]) -> Option<Self> {
        // Most texts end here.
        let parts = |at: usize| text.get(at).is_some_and(|byte| is_separator(*byte));
        if !text.first()?.is_ascii_digit() || !(parts(4) || parts(2) || parts(1)) {
            return None;
        }
        Self::read(text, false, true).or_else(|| Self::read(text, true, true))
    }

    fn read(text: &[u8], day_first: bool, unpadded: bool) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let parts = if unpadded {
            parse_unpadded(text, day_first)
        } else {
            parse_parts(text, day_first)
        };
        let (order, separator, [year, month, day], padded, rest) = parts?;
        let count = days(year, month, day);
        // A day that does not exist would come back as another one.
        if !(1..=12).contains(&month) || year == 0 || civil(count) != (year, month, day) {
            return None;
        }
        let mut stamp = Self {
            order,
            separator,
            padded,
            clock: None,
            zone: Zone::None,
            gap: false,
            west: false,
            offset: 0,
            day: count,
            time: None,
            finer: 0,
        };
        if let Some((mark, rest)) = rest.split_first() {
            stamp.parse_time(*mark, rest)?;
        }
        Some(stamp)
    }

    /// What of the date stands first, and whether the separator alone does not tell.
    pub(crate) fn order(&self) -> (Order, bool) {
        let told = self.order == Order::Year || self.separator == b'.';
        (self.order, !told)
    }

    /// Whether month and day have two digits each, with a zero where they need it.
    pub(crate) fn padded(&self) -> bool {
        self.padded
    }

    /// Seconds east of UTC.
    pub(crate) fn offset(&self) -> i64 {
        self.offset
    }

    /// Whether the time has seconds.
    pub(crate) fn has_seconds(&self) -> bool {
        self.clock.is_some_and(|clock| clock.seconds)
    }

    /// How many digits the fraction has behind the sixth.
    pub(crate) fn finer_digits(&self) -> usize {
        let fraction = self.clock.map_or(0, |clock| clock.fraction);
        fraction.saturating_sub(MICROSECONDS)
    }

    fn parse_time(&mut self, separator: u8, text: &[u8]) -> Option<()> {
        if !matches!(separator, b' ' | b'T' | b't') {
            return None;
        }
        let (time, mut rest, seconds) = if text.get(5) == Some(&b':') {
            let (time, _) = parse_clock(text.get(..8)?, 2)?;
            (time, &text[8..], true)
        } else {
            let (hour, rest) = number(text, 2, 2)?;
            let (minute, rest) = number(rest.strip_prefix(b":")?, 2, 2)?;
            let time = (hour * 3600 + minute * 60) * SECOND;
            ((minute < 60).then_some(time)?, rest, false)
        };
        if time >= DAY {
            return None;
        }
        let mut clock = Clock {
            separator,
            seconds,
            fraction: 0,
            mark: 0,
        };
        let mut micros = 0;
        if let ([mark @ (b'.' | b','), after @ ..], true) = (rest, seconds) {
            let (value, behind) = number(after, 1, NANOSECONDS)?;
            clock.mark = *mark;
            clock.fraction = after.len() - behind.len();
            let nanos = value * 10i64.pow((NANOSECONDS - clock.fraction) as u32);
            let finer = 10i64.pow((clock.fraction.max(MICROSECONDS) - MICROSECONDS) as u32);
            micros = nanos / 1000;
            self.finer = (nanos % 1000 * finer / 1000) as u32;
            rest = behind;
        }
        self.parse_zone(rest)?;
        let local = self.day * DAY + time + micros - self.offset * SECOND;
        self.day = local.div_euclid(DAY);
        self.time = Some(local.rem_euclid(DAY));
        self.clock = Some(clock);
        Some(())
    }

    fn parse_zone(&mut self, text: &[u8]) -> Option<()> {
        let zone = text.strip_prefix(b" ");
        self.gap = zone.is_some();
        let zone = zone.unwrap_or(text);
        self.west = zone.first() == Some(&b'-');
        (self.zone, self.offset) = match zone {
            [] if !self.gap => (Zone::None, 0),
            [letter @ (b'Z' | b'z')] => (Zone::Letter(*letter), 0),
            b"UTC" | b"GMT" => (Zone::Name([zone[0], zone[1], zone[2]]), 0),
            [sign, a, b, c, d] if *sign != b':' && ![a, b, c, d].contains(&&b':') => (
                Zone::Plain,
                parse_zone(&[*sign, *a, *b, b':', *c, *d]).map(whole)??,
            ),
            [_, _, _] => (Zone::Hours, parse_zone(zone).map(whole)??),
            [_, _, _, _, _, _] => (Zone::Colon, parse_zone(zone).map(whole)??),
            _ => return None,
        };
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
        let width = |value: i64| if self.padded || value > 9 { 2 } else { 1 };
        let [month, day] = [month, day].map(|value| (value, width(value)));
        let parts = match self.order {
            Order::Year => [(year, 4), month, day],
            Order::Day => [day, month, (year, 4)],
            Order::Month => [month, day, (year, 4)],
        };
        for (at, (value, width)) in parts.into_iter().enumerate() {
            if at > 0 && self.separator != 0 {
                out.push(self.separator);
            }
            push_digits(value, width, out);
        }
        if let Some(clock) = self.clock {
            out.push(clock.separator);
            write_time(clock, local.rem_euclid(DAY), self.finer, out);
        }
        self.write_zone(offset, self.west && !in_utc, out);
        true
    }

    fn write_zone(&self, offset: i64, west: bool, out: &mut Vec<u8>) {
        if self.gap {
            out.push(b' ');
        }
        let minutes = offset.abs() / 60;
        match self.zone {
            Zone::None => {}
            Zone::Letter(letter) => out.push(letter),
            Zone::Name(name) => out.extend_from_slice(&name),
            Zone::Colon | Zone::Hours | Zone::Plain => {
                out.push(if west { b'-' } else { b'+' });
                push_digits(minutes / 60, 2, out);
                if self.zone == Zone::Colon {
                    out.push(b':');
                }
                if self.zone != Zone::Hours {
                    push_digits(minutes % 60, 2, out);
                }
            }
        }
    }
}

/// A distance from UTC in whole minutes with nothing behind it, as the layouts write it.
fn whole((offset, rest): (i64, &[u8])) -> Option<i64> {
    (rest.is_empty() && offset % 60 == 0 && offset.abs() < 16 * 3600).then_some(offset)
}

/// What stands first, the separator, year, month and day, whether they are padded, and what is behind.
type Parts<'a> = (Order, u8, [i64; 3], bool, &'a [u8]);

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'/' | b'.')
}

/// Year, month and day, and what stands behind them.
fn parse_parts(text: &[u8], day_first: bool) -> Option<Parts<'_>> {
    let separator = |at: usize| text.get(at).filter(|byte| is_separator(**byte)).copied();
    if let Some(mark) = separator(4) {
        let (year, rest) = number(text, 4, 4)?;
        let (month, rest) = number(&rest[1..], 2, 2)?;
        let (day, rest) = number(rest.strip_prefix(&[mark])?, 2, 2)?;
        return Some((Order::Year, mark, [year, month, day], true, rest));
    }
    if let Some(mark) = separator(2) {
        let (first, rest) = number(text, 2, 2)?;
        let (second, rest) = number(&rest[1..], 2, 2)?;
        let (year, rest) = number(rest.strip_prefix(&[mark])?, 4, 4)?;
        let (order, [month, day]) = order_of(mark, day_first, [first, second]);
        return Some((order, mark, [year, month, day], true, rest));
    }
    let (figures, rest) = number(text, 8, 8)?;
    let parts = [figures / 10_000, figures / 100 % 100, figures % 100];
    // Eight digits alone are more often something else than a date of long ago.
    (1800..2200)
        .contains(&parts[0])
        .then_some((Order::Year, 0, parts, true, rest))
}

/// As [`parse_parts`] with separators, where month and day may have one digit.
fn parse_unpadded(text: &[u8], day_first: bool) -> Option<Parts<'_>> {
    let year_first = text.iter().take_while(|byte| byte.is_ascii_digit()).count() == 4;
    let [front, end] = if year_first { [4, 1] } else { [1, 4] };
    let (first, rest) = number(text, front, front.max(2))?;
    let mark = *rest.first().filter(|byte| is_separator(**byte))?;
    let (second, after) = number(&rest[1..], 1, 2)?;
    let (third, behind) = number(after.strip_prefix(&[mark])?, end, end.max(2))?;
    let width = |from: &[u8], to: &[u8]| from.len() - to.len();
    let widths = if year_first {
        [width(&rest[1..], after), width(&after[1..], behind)]
    } else {
        [width(text, rest), width(&rest[1..], after)]
    };
    let (order, [year, month, day]) = if year_first {
        (Order::Year, [first, second, third])
    } else {
        let (order, [month, day]) = order_of(mark, day_first, [first, second]);
        (order, [third, month, day])
    };
    let padded = widths == [2, 2];
    let figures = if order == Order::Day {
        [day, month]
    } else {
        [month, day]
    };
    // A zero before one figure and none before the other is nobody's way to write a date.
    let even = widths
        .iter()
        .zip(figures)
        .all(|(width, value)| padded || (*width == 2) == (value > 9));
    even.then_some((order, mark, [year, month, day], padded, behind))
}

/// Month and day of the two figures before a year.
fn order_of(mark: u8, day_first: bool, [first, second]: [i64; 2]) -> (Order, [i64; 2]) {
    // Where points part the figures the day stands first everywhere.
    if day_first || mark == b'.' {
        (Order::Day, [second, first])
    } else {
        (Order::Month, [first, second])
    }
}

fn push_digits(value: i64, width: usize, out: &mut Vec<u8>) {
    let mut divisor = 10i64.pow(width as u32 - 1);
    while divisor > 0 {
        out.push(b'0' + (value / divisor % 10) as u8);
        divisor /= 10;
    }
}

fn write_time(clock: Clock, time: i64, finer: u32, out: &mut Vec<u8>) {
    let start = out.len();
    write_clock(time / SECOND * SECOND, out);
    if !clock.seconds {
        out.truncate(start + "HH:MM".len());
    }
    if clock.fraction > 0 {
        out.push(clock.mark);
        let width = clock.fraction.min(MICROSECONDS);
        let unit = 10i64.pow((MICROSECONDS - width) as u32);
        push_digits(time % SECOND / unit, width, out);
        if clock.fraction > MICROSECONDS {
            push_digits(finer.into(), clock.fraction - MICROSECONDS, out);
        }
    }
}

#[cfg(test)]
#[path = "stamp_tests.rs"]
mod tests;
