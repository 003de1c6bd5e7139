//! Dates that stand in a text, for whoever has to replace a text of unknown meaning.
//!
//! A date becomes another one in the same layout. Where the layout tells what is what (the year
//! first, or points between the figures), it is the day and the time that the types `date`,
//! `timestamp` and `timestamptz` get under the same key, so that a text still meets a date. Where
//! `03/04/2024` may be read in two ways, so may be what it becomes; and where only one way is a
//! date, what it becomes is read in that way as well. Texts of each of these kinds are permuted
//! among themselves, so two of them never meet, and the way back is the same with the key turned
//! round.

use crate::operators::{tweak, Input};
use crate::permutation::derange;
use crate::prf::DomainKey;
use crate::stamp::{Order, Stamp};
use crate::types::calendar::{civil, days, mask_clock, mask_day, DAY, LAST_COMMON, SECOND};

/// Dates of a layout are moved within so many years.
const YEARS: i64 = 3;
const MINUTE: i64 = 60 * SECOND;
const MINUTES: i64 = 24 * 60;
/// Up to this figure a day may be a month as well.
const MONTHS: i64 = 12;

/// Writes another date like the one that a text holds; false where there is none.
pub(crate) fn write(stamp: &Stamp, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    moved(stamp, input.key).is_some_and(|other| other.write(other.day, other.time, false, out))
}

fn moved(stamp: &Stamp, key: &DomainKey) -> Option<Stamp> {
    let figures = Figures::of(stamp);
    // A time with a zone is a moment of UTC where a type would say so, and else of its own place.
    let shift = if figures.is_some() {
        stamp.offset() * SECOND
    } else {
        0
    };
    let total = stamp.day * DAY + stamp.time.unwrap_or(0) + shift;
    let (day, time) = (total.div_euclid(DAY), total.rem_euclid(DAY));
    let new = match figures {
        Some(figures) => figures.mask(key, day)?,
        None => mask_day(key, day, LAST_COMMON)?,
    };
    // What belongs to a day follows from the raw one.
    let raw = if key.backwards() { new } else { day } as u64;
    let clock = stamp.time.map_or(0, |_| {
        if stamp.has_seconds() {
            mask_clock(key, raw, time, true)
        } else {
            mask_minute(key, raw, time)
        }
    });
    let total = new * DAY + clock - shift;
    let mut other = *stamp;
    other.day = total.div_euclid(DAY);
    other.time = stamp.time.map(|_| total.rem_euclid(DAY));
    other.finer = mask_finer(key, raw, stamp.finer, stamp.finer_digits());
    Some(other)
}

/// Another minute of the day; midnight stays, because it stands for a day without a time.
fn mask_minute(key: &DomainKey, day: u64, time: i64) -> i64 {
    if time < MINUTE {
        return 0;
    }
    let class = tweak::SECOND | (day & 0xffff_ffff);
    let rank = (time / MINUTE - 1) as u128;
    (derange(key, class, (MINUTES - 1) as u128, rank) as i64 + 1) * MINUTE
}

/// Other digits behind the sixth of a fraction; where there are only zeros they stay.
fn mask_finer(key: &DomainKey, day: u64, finer: u32, digits: usize) -> u32 {
    if finer == 0 {
        return 0;
    }
    let size = 10u128.pow(digits as u32) - 1;
    let class = tweak::FRACTION | (1 << 40) | (day & 0xffff_ffff);
    derange(key, class, size, u128::from(finer) - 1) as u32 + 1
}

/// The figures that month and day of a layout may have.
struct Figures {
    months: [i64; 2],
    days: [i64; 2],
    /// Which figures they are, for an arrangement of their own.
    kind: u64,
}

impl Figures {
    /// None where every day can be written in the layout.
    fn of(stamp: &Stamp) -> Option<Self> {
        let (order, open) = stamp.order();
        if stamp.padded() && !open {
            return None;
        }
        let local = stamp.day * DAY + stamp.time.unwrap_or(0) + stamp.offset() * SECOND;
        let (_, month, day) = civil(local.div_euclid(DAY));
        let mut kind = match (open, day <= MONTHS, order) {
            (false, ..) => 1,
            (true, true, _) => 2,
            (true, false, Order::Day) => 3,
            (true, false, _) => 4,
        };
        let (mut months, mut days) = ([1, 12], [1, 31]);
        if open {
            days = if day <= MONTHS {
                [1, MONTHS]
            } else {
                [MONTHS + 1, 31]
            };
        }
        if !stamp.padded() {
            // As many figures as before, so that the text does not outgrow its column.
            for (range, value, bit) in [(&mut months, month, 8), (&mut days, day, 16)] {
                if value > 9 {
                    range[0] = range[0].max(10);
                    kind |= bit;
                } else {
                    range[1] = range[1].min(9);
                }
            }
            kind |= 32;
        }
        Some(Self { months, days, kind })
    }

    /// Another day of these figures, at most two years away.
    fn mask(&self, key: &DomainKey, day: i64) -> Option<i64> {
        let (year, month, of_month) = civil(day);
        let group = year.div_euclid(YEARS);
        let class = tweak::DAY | (self.kind << 40) | (group as u64 & 0xffff_ffff);
        let mut rank = None;
        let mut size = 0;
        for (at_year, at_month, count) in self.of_group(group) {
            if (at_year, at_month) == (year, month) {
                rank = Some(size + of_month - self.days[0]);
            }
            size += count;
        }
        let mut place = derange(key, class, size as u128, rank? as u128) as i64;
        for (at_year, at_month, count) in self.of_group(group) {
            if place < count {
                let new = days(at_year, at_month, self.days[0] + place);
                return (new != day).then_some(new);
            }
            place -= count;
        }
        None
    }

    /// The months of some years, with how many days each has.
    fn of_group(&self, group: i64) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        let years = (group * YEARS).max(1)..=(group * YEARS + YEARS - 1).min(9999);
        years.flat_map(move |year| {
            (self.months[0]..=self.months[1]).map(move |month| {
                let next = if month == 12 {
                    (year + 1, 1)
                } else {
                    (year, month + 1)
                };
                let length = days(next.0, next.1, 1) - days(year, month, 1);
                (
                    year,
                    month,
                    (self.days[1].min(length) - self.days[0] + 1).max(0),
                )
            })
        })
    }
}

#[cfg(test)]
#[path = "date_text_tests.rs"]
mod tests;
