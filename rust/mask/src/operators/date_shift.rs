//! Dates of one subject, all moved by the same number of days.

use crate::error::Error;
use crate::operators::change::Moment;
use crate::operators::date_jitter::DateJitter;
use crate::operators::purpose;
use crate::prf::DomainKey;
use crate::row::Row;
use crate::types::calendar::span;

/// How far dates move.
#[derive(Debug)]
pub(crate) struct DateShift {
    days: i64,
    /// For dates of nobody.
    alone: DateJitter,
}

impl DateShift {
    pub(crate) fn compile(days: u32, day_first: bool) -> Result<Self, Error> {
        let alone = DateJitter::compile(days, day_first);
        Ok(Self {
            days: days.into(),
            alone: alone.map_err(|_| Error::Option { name: "max_days" })?,
        })
    }

    pub(crate) fn day_first(&self) -> bool {
        self.alone.day_first()
    }

    /// The day as many days later or earlier as all of its subject; the time of day stays.
    ///
    /// Where the row names no subject, the day alone says how far it moves, and the time of day
    /// becomes another. What would leave the type's calendar, or the years 1 to 9999 that clients read,
    /// has no answer: any other distance would tell how far the subject's dates move.
    pub(crate) fn moment(
        &self,
        key: &DomainKey,
        raw: Moment,
        last: i64,
        row: Row<'_>,
    ) -> Option<Moment> {
        let Some(subject) = row.beside() else {
            return self.alone.moment(key, raw, last);
        };
        let (first, last) = span(raw.day, last)?;
        let mut stream = key.stream(purpose::SHIFT, subject);
        // Every distance up to the bound on either side, but for none.
        let choice = stream.below(2 * self.days as usize) as i64 - self.days;
        let day = raw.day + choice + i64::from(choice >= 0);
        (first..=last).contains(&day).then_some(Moment {
            day,
            time: raw.time,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::operators::tests::mask_beside;
    use crate::spec::OperatorSpec;
    use crate::types::calendar::{days, is_common, FIRST_DAY};
    use crate::types::tests::key;

    fn shift(shift: &DateShift, day: i64, subject: Option<&str>) -> Option<Moment> {
        let row = Row::new(subject.map(str::as_bytes));
        let raw = Moment { day, time: Some(5) };
        shift.moment(&key(), raw, 1 << 30, row)
    }

    #[test]
    fn all_dates_of_a_subject_move_alike_and_subjects_differ() {
        let operator = DateShift::compile(10, false).unwrap();
        let mut seen = BTreeMap::new();
        for subject in 0..4_000 {
            let name = subject.to_string();
            let at = |day| shift(&operator, day, Some(&name)).unwrap();
            let moved = at(1_000).day - 1_000;
            assert_eq!(at(-5_000).day + 5_000, moved);
            assert_eq!(at(7).time, Some(5), "intervals survive to the microsecond");
            *seen.entry(moved).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 20, "every distance but none");
        assert_eq!(*seen.keys().next().unwrap(), -10);
        assert_eq!(*seen.keys().last().unwrap(), 10);
        assert!(seen.values().all(|count| (100..300).contains(count)));
    }

    #[test]
    fn a_date_of_nobody_moves_by_itself() {
        let operator = DateShift::compile(10, false).unwrap();
        for day in 0..500 {
            let moved = shift(&operator, day, None).unwrap();
            assert!((1..=10).contains(&(moved.day - day).abs()));
            assert_ne!(moved.time, Some(5));
        }
    }

    #[test]
    fn what_would_leave_the_calendar_has_no_answer() {
        let operator = DateShift::compile(3650, false).unwrap();
        let at = |day, last, subject: &str| {
            let raw = Moment { day, time: None };
            operator.moment(&key(), raw, last, Row::new(Some(subject.as_bytes())))
        };
        let subjects: Vec<String> = (0..50).map(|subject| subject.to_string()).collect();
        let gone = subjects
            .iter()
            .filter(|name| at(FIRST_DAY, 100, name).is_none());
        assert!(
            (10..40).contains(&gone.count()),
            "those that move backwards"
        );
        assert!(subjects.iter().all(|name| at(101, 100, name).is_none()));
        assert!(subjects
            .iter()
            .all(|name| at(FIRST_DAY - 1, 100, name).is_none()));
    }

    #[test]
    fn what_would_leave_the_days_that_clients_read_has_no_answer() {
        let operator = DateShift::compile(30, false).unwrap();
        for day in [
            days(1, 1, 1),
            days(0, 12, 31),
            days(9999, 12, 31),
            days(10_000, 1, 1),
        ] {
            let subjects: Vec<String> = (0..50).map(|subject| subject.to_string()).collect();
            let moved: Vec<i64> = subjects
                .iter()
                .filter_map(|name| Some(shift(&operator, day, Some(name))?.day))
                .collect();
            assert!((10..40).contains(&moved.len()));
            assert!(moved.iter().all(|at| is_common(*at) == is_common(day)));
        }
    }

    #[test]
    fn a_text_keeps_its_layout_and_moves_with_its_subject() {
        let spec = OperatorSpec::DateShift {
            subject: vec!["patient".into()],
            max_days: 20,
            day_first: true,
        };
        let read = |text: &str| {
            let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
            days(part(6..10), part(3..5), part(0..2))
        };
        let masked = |text| mask_beside(&spec, None, text, Some(b"7"));
        let [from, to] = ["29/02/2024 10:30", "02/03/2024 10:30"].map(masked);
        assert!(from.ends_with(" 10:30") && to.ends_with(" 10:30"), "{from}");
        assert_eq!(read(&to) - read(&from), 2);
        assert!((1..=20).contains(&(read(&from) - days(2024, 2, 29)).abs()));
        assert_ne!(masked("no date"), "no date");
    }

    #[test]
    fn options_are_bounded() {
        assert!(DateShift::compile(0, false).is_err());
        assert!(DateShift::compile(3651, false).is_err());
    }
}
