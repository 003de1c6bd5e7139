//! Days, clock times and their ISO texts, as PostgreSQL counts and prints them.

use std::io::Write as _;

use crate::operators::tweak;
use crate::permutation::derange;
use crate::prf::DomainKey;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// 4714-11-24 BC, the first day that PostgreSQL knows, counted from 2000-01-01.
pub(crate) const FIRST_DAY: i64 = -2_451_545;
/// 0001-01-01 and 9999-12-31: most clients, Python's and Arrow's among them, read no other days.
pub(crate) const FIRST_COMMON: i64 = -730_119;
pub(crate) const LAST_COMMON: i64 = 2_921_939;
/// A day is moved within a block of this many days.
const BLOCK: i64 = 1024;
/// The block that the first week of year 1 joins, which would be too few days by itself.
const FIRST_COMMON_BLOCK: i64 = FIRST_COMMON.div_euclid(BLOCK) + 1;
/// Days from 0000-03-01 to 2000-01-01 in the proleptic Gregorian calendar.
const EPOCH: i64 = 730_425;
const DAYS_OF_400_YEARS: i64 = 146_097;

/// Whether most clients can read a day.
pub(crate) fn is_common(day: i64) -> bool {
    (FIRST_COMMON..=LAST_COMMON).contains(&day)
}

/// The first and the last day that may stand for a day; None for what is no day of the type.
///
/// A sentinel such as 9999-12-31 must not leave the years that clients read, and what is outside of
/// them must not come in, since two days would become one.
pub(crate) fn span(day: i64, last: i64) -> Option<(i64, i64)> {
    if day < FIRST_DAY || day > last {
        None
    } else if day < FIRST_COMMON {
        Some((FIRST_DAY, last.min(FIRST_COMMON - 1)))
    } else if day <= LAST_COMMON {
        Some((FIRST_COMMON, last.min(LAST_COMMON)))
    } else {
        Some((LAST_COMMON + 1, last))
    }
}

/// Another day of the same [`span`], at most three years away; None where the block holds no other.
pub(crate) fn mask_day(key: &DomainKey, day: i64, last: i64) -> Option<i64> {
    let (first, last) = span(day, last)?;
    let mut block = day.div_euclid(BLOCK);
    let mut low = (block * BLOCK).max(first);
    if is_common(day) && block <= FIRST_COMMON_BLOCK {
        (block, low) = (FIRST_COMMON_BLOCK, first);
    }
    let high = (block * BLOCK + BLOCK - 1).min(last);
    let class = tweak::DAY | (block as u64 & 0xffff_ffff);
    let place = derange(key, class, (high - low + 1) as u128, (day - low) as u128);
    let masked = low + place as i64;
    (masked != day).then_some(masked)
}

/// Another clock time; whole seconds stay whole, and fractions keep their digits.
///
/// `midnight` says that midnight stays, because it stands for a day without a time.
pub(crate) fn mask_clock(key: &DomainKey, class: u64, clock: i64, midnight: bool) -> i64 {
    let (second, fraction) = (clock / SECOND, clock % SECOND);
    if midnight && clock == 0 {
        return 0;
    }
    let low = i64::from(midnight && fraction == 0);
    let class = tweak::SECOND | (class & 0xffff_ffff);
    let size = (86_400 - low) as u128;
    // The last second of a day stands in for the end of the day, `24:00:00`.
    let rank = (second - low).min(86_399 - low) as u128;
    let second = low + derange(key, class, size, rank) as i64;
    second * SECOND + mask_fraction(key, fraction)
}

/// Other microseconds with the same count of zeros at the end.
pub(crate) fn mask_fraction(key: &DomainKey, fraction: i64) -> i64 {
    if fraction == 0 {
        return 0;
    }
    let mut scale = 1;
    while fraction / scale % 10 == 0 {
        scale *= 10;
    }
    let raw = (fraction / scale) as u128;
    let size = (SECOND / scale / 10 * 9) as u128;
    let rank = raw / 10 * 9 + raw % 10 - 1;
    let place = derange(key, tweak::FRACTION | scale as u64, size, rank);
    (place / 9 * 10 + place % 9 + 1) as i64 * scale
}

/// Year (0 is 1 BC), month and day of a day counted from 2000-01-01.
pub(crate) fn civil(day: i64) -> (i64, i64, i64) {
    // Years are taken to begin in March, so that the leap day is the last.
    let shifted = day + EPOCH;
    let era = shifted.div_euclid(DAYS_OF_400_YEARS);
    let of_era = shifted.rem_euclid(DAYS_OF_400_YEARS);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

/// Takes `count` digits or more, up to `most`, off the front.
pub(crate) fn number(text: &[u8], least: usize, most: usize) -> Option<(i64, &[u8])> {
    let count = text
        .iter()
        .take(most + 1)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if count < least || count > most {
        return None;
    }
    let value = text[..count]
        .iter()
        .fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    Some((value, &text[count..]))
}

/// Takes `YYYY-MM-DD` off the front; the era stands at the end of the whole text.
pub(crate) fn parse_date(text: &[u8], before_christ: bool) -> Option<(i64, &[u8])> {
    let (year, rest) = number(text, 4, 7)?;
    let (month, rest) = number(rest.strip_prefix(b"-")?, 2, 2)?;
    let (day, rest) = number(rest.strip_prefix(b"-")?, 2, 2)?;
    let year = if before_christ { 1 - year } else { year };
    let count = days(year, month, day);
    // A day that does not exist would come back as another one.
    ((1..=12).contains(&month) && civil(count) == (year, month, day)).then_some((count, rest))
}

/// Takes `HH:MM:SS[.ffffff]` off the front.
pub(crate) fn parse_clock(text: &[u8], hour_digits: usize) -> Option<(i64, &[u8])> {
    let (hour, rest) = number(text, 2, hour_digits)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 2, 2)?;
    let (second, mut rest) = number(rest.strip_prefix(b":")?, 2, 2)?;
    if minute > 59 || second > 59 {
        return None;
    }
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix(b".") {
        let (value, after_digits) = number(after, 1, 6)?;
        let places = after.len() - after_digits.len();
        fraction = value * 10i64.pow(6 - places as u32);
        rest = after_digits;
    }
    let seconds = hour.checked_mul(3600)?.checked_add(minute * 60 + second)?;
    Some((seconds.checked_mul(SECOND)?.checked_add(fraction)?, rest))
}

/// Takes a zone `+HH[:MM[:SS]]` off the front, in seconds east.
pub(crate) fn parse_zone(text: &[u8]) -> Option<(i64, &[u8])> {
    let (sign, rest) = match text.split_first()? {
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hour, mut rest) = number(rest, 2, 2)?;
    let mut seconds = hour * 3600;
    for unit in [60, 1] {
        if let Some(after) = rest.strip_prefix(b":") {
            let (value, after) = number(after, 2, 2)?;
            seconds += value * unit;
            rest = after;
        }
    }
    Some((sign * seconds, rest))
}

/// Writes the year, month and day; the era is left to [`write_era`].
pub(crate) fn write_date(day: i64, out: &mut Vec<u8>) {
    let (year, month, day) = civil(day);
    let year = if year <= 0 { 1 - year } else { year };
    // Writing to memory cannot fail.
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// Writes the era where it is not the common one.
pub(crate) fn write_era(day: i64, out: &mut Vec<u8>) {
    if civil(day).0 <= 0 {
        out.extend_from_slice(b" BC");
    }
}

/// Writes a clock time with as many digits of the fraction as it has.
pub(crate) fn write_clock(clock: i64, out: &mut Vec<u8>) {
    let (seconds, fraction) = (clock / SECOND, clock % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
    if fraction != 0 {
        let _ = write!(out, ".{fraction:06}");
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::tests::key;

    #[test]
    fn known_days() {
        assert_eq!(days(2000, 1, 1), 0);
        assert_eq!(days(1970, 1, 1), -10_957);
        assert_eq!(days(-4713, 11, 24), FIRST_DAY);
        assert_eq!(civil(8_000), (2021, 11, 26));
        assert_eq!(days(1, 1, 1), FIRST_COMMON);
        assert_eq!(days(9999, 12, 31), LAST_COMMON);
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        let mut previous = civil(-1);
        for day in 0..DAYS_OF_400_YEARS {
            let (y, m, d) = civil(day);
            assert_eq!(days(y, m, d), day);
            assert!((y, m, d) > previous);
            previous = (y, m, d);
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for raw in [
            "2023-02-29",
            "2023-13-01",
            "2023-00-10",
            "2023-04-31",
            "23-01-01",
        ] {
            assert_eq!(parse_date(raw.as_bytes(), false), None);
        }
    }

    #[test]
    fn days_stay_distinct_near_and_inside_the_range() {
        let key = key();
        let last = 3_000;
        let all: std::collections::HashSet<i64> = (0..=last)
            .map(|day| mask_day(&key, day, last).unwrap())
            .collect();
        assert_eq!(all.len(), last as usize + 1);
        assert!(all.iter().all(|day| (0..=last).contains(day)));
        assert!(mask_day(&key, FIRST_DAY, last).unwrap() >= FIRST_DAY);
        assert_eq!(mask_day(&key, FIRST_DAY - 1, last), None);
    }

    #[test]
    fn days_that_clients_read_stay_such_days_and_come_back() {
        let (key, back) = (key(), key().turned_round());
        let last = LAST_COMMON + 3 * BLOCK;
        for (from, to) in [
            (days(-3, 1, 1), days(5, 12, 31)),
            (days(9990, 1, 1), last),
            (days(1990, 1, 1), days(2030, 1, 1)),
        ] {
            let mut seen = std::collections::HashSet::new();
            for day in from..=to {
                let masked = mask_day(&key, day, last).unwrap();
                assert!(masked != day && (masked - day).abs() < 3 * 365);
                assert_eq!(is_common(masked), is_common(day), "{day}");
                assert_eq!(mask_day(&back, masked, last), Some(day));
                assert!(seen.insert(masked));
            }
        }
    }

    #[test]
    fn an_ordinary_day_moves_within_its_block() {
        for day in (days(4, 1, 1)..days(9998, 1, 1)).step_by(7_919) {
            let masked = mask_day(&key(), day, LAST_COMMON).unwrap();
            assert_eq!(masked.div_euclid(BLOCK), day.div_euclid(BLOCK));
        }
    }

    #[test]
    fn fractions_keep_their_digits() {
        for fraction in [100_000, 250_000, 1, 999_999, 10] {
            let masked = mask_fraction(&key(), fraction);
            let zeros = |mut n: i64| {
                let mut z = 0;
                while n % 10 == 0 {
                    n /= 10;
                    z += 1;
                }
                z
            };
            assert_eq!(zeros(masked), zeros(fraction));
            assert!(masked != fraction && (1..SECOND).contains(&masked));
        }
    }
}
