//! Ages in bins, with everybody over 89 in one group, and birth dates as years.
//!
//! The Safe Harbor method of HIPAA (45 CFR 164.514(b)(2)(i)(C)) lets years stay, and aggregates ages
//! over 89, and all elements of dates that tell such an age, into one category of 90 or older.

use crate::error::Error;
use crate::number::Number;
use crate::operators::change::Moment;
use crate::types::calendar::{civil, days, parse_date, FIRST_DAY};

/// The age of the group of the oldest.
const OLDEST: i128 = 90;
const WIDTH_MAX: u32 = 45;

/// How ages are grouped.
#[derive(Debug)]
pub(crate) struct AgeBin {
    width: i128,
    /// The year in which ages of birth dates are taken.
    reference: Option<i64>,
}

impl AgeBin {
    pub(crate) fn compile(width: u32, reference: Option<&str>) -> Result<Self, Error> {
        if !(1..=WIDTH_MAX).contains(&width) {
            return Err(Error::Option { name: "width" });
        }
        let year = |text: &str| {
            let parsed = parse_date(text.as_bytes(), false)
                .filter(|(_, rest)| rest.is_empty() && text.len() == "YYYY-MM-DD".len());
            let (day, _) = parsed.ok_or(Error::Option { name: "reference" })?;
            Ok(civil(day).0)
        };
        Ok(Self {
            width: width.into(),
            reference: reference.map(year).transpose()?,
        })
    }

    /// The lower end of an age's bin; None for what is below zero.
    pub(crate) fn number(&self, age: Number) -> Option<Number> {
        let years = if age.order(Number::new(OLDEST, 0)).is_ge() {
            OLDEST
        } else {
            age.at(0)?
        };
        (years >= 0).then(|| Number::new(self.years(years), 0))
    }

    fn years(&self, years: i128) -> i128 {
        if years >= OLDEST {
            OLDEST
        } else {
            years - years % self.width
        }
    }

    /// The bin of a span of some months.
    pub(crate) fn months(&self, months: i64) -> Option<i64> {
        (months >= 0).then(|| self.years(i128::from(months / 12)) as i64 * 12)
    }

    /// The first day of a birth date's year; None without a day for which ages are taken.
    ///
    /// Who becomes 90 in the year of the reference is in the group of the oldest already, because
    /// the year alone cannot tell them apart.
    pub(crate) fn moment(&self, birth: Moment) -> Option<Moment> {
        let oldest = self.reference? - OLDEST as i64;
        let year = civil(birth.day).0.max(oldest);
        Some(Moment {
            day: days(year, 1, 1).max(FIRST_DAY),
            time: birth.time.map(|_| 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::{OperatorSpec, Otherwise};

    fn text(width: u32, reference: Option<&str>, raw: &str) -> String {
        let reference = reference.map(str::to_owned);
        mask(
            &OperatorSpec::AgeBin {
                width,
                reference,
                otherwise: Otherwise::Keyed,
            },
            None,
            raw,
        )
    }

    #[test]
    fn every_age_is_in_its_bin_and_the_oldest_are_one() {
        for width in 1..=WIDTH_MAX {
            let ages = AgeBin::compile(width, None).unwrap();
            for age in 0..200 {
                let bin = ages.number(Number::new(age, 0)).unwrap();
                let width = i128::from(width);
                let expected = if age > 89 { 90 } else { age / width * width };
                assert_eq!(bin, Number::new(expected, 0), "{age}");
            }
        }
    }

    #[test]
    fn fractions_and_impossible_ages() {
        let ages = AgeBin::compile(5, None).unwrap();
        assert_eq!(ages.number(Number::new(895, 1)), Some(Number::new(85, 0)));
        assert_eq!(ages.number(Number::new(-1, 1)), None);
        assert_eq!(ages.number(Number::new(1, -300)), Some(Number::new(90, 0)));
        assert_eq!(ages.months(34 * 12 + 7), Some(30 * 12));
        assert_eq!(ages.months(-1), None);
    }

    #[test]
    fn texts_of_ages_and_of_birth_dates() {
        assert_eq!(text(10, None, "47"), "40");
        assert_eq!(text(10, None, "103"), "90");
        assert_eq!(text(10, Some("2024-06-30"), "1985-03-09"), "1985-01-01");
        assert_eq!(text(10, Some("2024-06-30"), "09.03.1921"), "01.01.1934");
        assert_eq!(text(10, Some("2024-06-30"), "1934-12-31"), "1934-01-01");
        let keyed = text(10, None, "1985-03-09");
        assert!(!keyed.contains("1985"), "{keyed}");
    }

    #[test]
    fn options_are_bounded() {
        assert!(AgeBin::compile(0, None).is_err());
        assert!(AgeBin::compile(46, None).is_err());
        for reference in ["", "2024", "2024-02-30", "2024-01-01 ", "12024-01-01"] {
            assert!(AgeBin::compile(5, Some(reference)).is_err(), "{reference}");
        }
    }
}
