//! Dates cut back to the beginning of their year, quarter, month, week, day or hour.

use crate::operators::change::Moment;
use crate::spec::{DatePart, TypeSpec};
use crate::types::calendar::{civil, days, DAY, FIRST_DAY, SECOND};

const HOUR: i64 = 3600 * SECOND;

/// What dates are cut back to.
#[derive(Debug)]
pub(crate) struct DateTrunc {
    part: DatePart,
    day_first: bool,
}

impl DateTrunc {
    pub(crate) fn new(part: DatePart, day_first: bool) -> Self {
        Self { part, day_first }
    }

    pub(crate) fn day_first(&self) -> bool {
        self.day_first
    }

    /// A date has nothing below the day that could be cut off.
    pub(crate) fn takes(&self, type_: &TypeSpec) -> bool {
        match type_ {
            TypeSpec::Date {} => self.part > DatePart::Day,
            TypeSpec::Timestamp {}
            | TypeSpec::Timestamptz {}
            | TypeSpec::Time {}
            | TypeSpec::Timetz {} => true,
            _ => false,
        }
    }

    /// The beginning of what a moment is in; None where a day alone is already coarser.
    pub(crate) fn moment(&self, raw: Moment) -> Option<Moment> {
        if raw.time.is_none() && self.part <= DatePart::Day {
            return None;
        }
        let (year, month, _) = civil(raw.day);
        let day = match self.part {
            DatePart::Hour | DatePart::Day => raw.day,
            // 2000-01-01 was a Saturday.
            DatePart::Week => raw.day - (raw.day - 2).rem_euclid(7),
            DatePart::Month => days(year, month, 1),
            DatePart::Quarter => days(year, (month - 1) / 3 * 3 + 1, 1),
            DatePart::Year => days(year, 1, 1),
        };
        Some(Moment {
            // The calendar begins within a year, and all days of that year begin there.
            day: day.max(FIRST_DAY),
            time: raw.time.map(|time| self.time(time)),
        })
    }

    /// The beginning of the hour, or of the day; the end of a day is in its last hour.
    pub(crate) fn time(&self, time: i64) -> i64 {
        if self.part == DatePart::Hour {
            time.min(DAY - 1) / HOUR * HOUR
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::{OperatorSpec, Otherwise};

    fn text(part: DatePart, raw: &str) -> String {
        let spec = OperatorSpec::DateTrunc {
            part,
            day_first: false,
            otherwise: Otherwise::Keyed,
        };
        mask(&spec, None, raw)
    }

    #[test]
    fn each_part_begins_where_it_should() {
        let raw = "2024-08-29 12:34:56";
        for (part, expected) in [
            (DatePart::Hour, "2024-08-29 12:00:00"),
            (DatePart::Day, "2024-08-29 00:00:00"),
            (DatePart::Week, "2024-08-26 00:00:00"),
            (DatePart::Month, "2024-08-01 00:00:00"),
            (DatePart::Quarter, "2024-07-01 00:00:00"),
            (DatePart::Year, "2024-01-01 00:00:00"),
        ] {
            assert_eq!(text(part, raw), expected);
        }
    }

    #[test]
    fn every_day_of_ten_centuries_is_in_its_part() {
        let longest = [
            (DatePart::Week, 7),
            (DatePart::Month, 31),
            (DatePart::Quarter, 92),
            (DatePart::Year, 366),
        ];
        for (part, length) in longest {
            let trunc = DateTrunc::new(part, false);
            let mut previous = i64::MIN;
            for day in -300_000..70_000 {
                let begin = trunc.moment(Moment { day, time: None }).unwrap().day;
                assert!(begin <= day && day < begin + length);
                assert!(begin == previous || begin == day || previous == i64::MIN);
                previous = begin;
            }
        }
    }

    #[test]
    fn texts_keep_their_layout_and_lose_their_zone() {
        assert_eq!(text(DatePart::Month, "08/29/2024"), "08/01/2024");
        assert_eq!(text(DatePart::Month, "29.08.2024"), "01.08.2024");
        assert_eq!(
            text(DatePart::Month, "2024-09-01T01:00:00+02:00"),
            "2024-08-01T00:00:00+00:00"
        );
        let keyed = text(DatePart::Day, "2024-08-29");
        assert!(!keyed.contains("2024"), "{keyed}");
        assert!(!text(DatePart::Year, "29 August 2024").contains("2024"));
    }

    #[test]
    fn the_first_year_begins_with_the_calendar() {
        let trunc = DateTrunc::new(DatePart::Year, false);
        let first = Moment {
            day: FIRST_DAY + 3,
            time: None,
        };
        assert_eq!(trunc.moment(first).unwrap().day, FIRST_DAY);
    }
}
