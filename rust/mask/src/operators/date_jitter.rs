//! Dates moved by some days.

use crate::error::Error;
use crate::operators::change::Moment;
use crate::operators::purpose;
use crate::prf::DomainKey;
use crate::types::calendar::{mask_clock, span};

const DAYS_MAX: u32 = 3650;

/// How far dates move.
#[derive(Debug)]
pub(crate) struct DateJitter {
    days: i64,
    day_first: bool,
}

impl DateJitter {
    pub(crate) fn compile(days: u32, day_first: bool) -> Result<Self, Error> {
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(Error::Option { name: "days" });
        }
        Ok(Self {
            days: days.into(),
            day_first,
        })
    }

    pub(crate) fn day_first(&self) -> bool {
        self.day_first
    }

    /// Another day within the bound, which the day itself chooses; the time of day becomes another.
    ///
    /// The time must not stay, since it would tell one row from others of the day. Midnight stays,
    /// because it stands for a day without a time.
    pub(crate) fn moment(&self, key: &DomainKey, raw: Moment, last: i64) -> Option<Moment> {
        // At the end of the days that clients read, the other way is taken.
        let (first, last) = span(raw.day, last)?;
        let low = (raw.day - self.days).max(first);
        let high = (raw.day + self.days).min(last);
        let others = usize::try_from(high - low)
            .ok()
            .filter(|count| *count > 0)?;
        let mut stream = key.stream(purpose::JITTER, &raw.day.to_be_bytes());
        let day = low + stream.below(others) as i64;
        Some(Moment {
            day: day + i64::from(day >= raw.day),
            time: raw
                .time
                .map(|time| mask_clock(key, raw.day as u64, time, true)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;
    use crate::types::calendar::{days, is_common, FIRST_DAY};
    use crate::types::tests::key;

    #[test]
    fn every_day_moves_within_the_bound_and_all_ways_are_taken() {
        let key = key();
        for bound in [1, 2, 30] {
            let jitter = DateJitter::compile(bound, false).unwrap();
            let mut seen = std::collections::BTreeMap::new();
            for day in 0..20_000 {
                let moved = jitter
                    .moment(&key, Moment { day, time: None }, 1 << 30)
                    .unwrap();
                *seen.entry(moved.day - day).or_insert(0) += 1;
            }
            let bound = i64::from(bound);
            assert_eq!(*seen.keys().next().unwrap(), -bound);
            assert_eq!(*seen.keys().last().unwrap(), bound);
            assert_eq!(seen.len() as i64, 2 * bound, "every day but the raw one");
            let mean = 20_000 / (2 * bound);
            assert!(seen.values().all(|count| (count - mean).abs() < mean / 2));
        }
    }

    #[test]
    fn the_ends_of_the_calendar_stay_inside() {
        let (key, jitter) = (key(), DateJitter::compile(3650, false).unwrap());
        for day in [FIRST_DAY, 100] {
            let moved = jitter
                .moment(&key, Moment { day, time: Some(0) }, 100)
                .unwrap();
            assert!((FIRST_DAY..=100).contains(&moved.day) && moved.day != day);
            assert_eq!(moved.time, Some(0));
        }
        let out = Moment {
            day: 101,
            time: None,
        };
        assert_eq!(jitter.moment(&key, out, 100), None);
    }

    #[test]
    fn days_that_clients_read_stay_such_days() {
        let (key, jitter) = (key(), DateJitter::compile(400, false).unwrap());
        for year in [-1, 0, 1, 2, 9998, 9999, 10_000, 10_001] {
            for day in days(year, 1, 1)..=days(year, 12, 31) {
                let raw = Moment { day, time: None };
                let moved = jitter.moment(&key, raw, 1 << 30).unwrap().day;
                assert!((1..=400).contains(&(moved - day).abs()));
                assert_eq!(is_common(moved), is_common(day));
            }
        }
    }

    #[test]
    fn a_text_keeps_its_layout() {
        let spec = OperatorSpec::DateJitter {
            days: 5,
            day_first: true,
        };
        let masked = mask(&spec, None, "29/02/2024 10:30");
        assert!(
            masked.len() == 16 && masked != "29/02/2024 10:30",
            "{masked}"
        );
        let day: i64 = masked[..2].parse().unwrap();
        let month: i64 = masked[3..5].parse().unwrap();
        assert!((days(2024, month, day) - days(2024, 2, 29)).abs() <= 5);
    }

    #[test]
    fn options_are_bounded() {
        assert!(DateJitter::compile(0, false).is_err());
        assert!(DateJitter::compile(3651, false).is_err());
    }
}
