//! Numbers in bins of one width.

use crate::error::Error;
use crate::number::{Grid, Number};
use crate::spec::BinAnswer;

/// Where bins begin and how wide they are.
#[derive(Debug)]
pub(crate) struct Bin {
    width: i128,
    origin: i128,
    /// The digits after the point of both.
    scale: i32,
    answer: BinAnswer,
}

impl Bin {
    pub(crate) fn compile(width: &str, origin: &str, answer: BinAnswer) -> Result<Self, Error> {
        let invalid = |name| Error::Option { name };
        let width = Number::option(width, "width")?;
        let origin = Number::option(origin, "origin")?;
        let scale = width.scale.max(origin.scale);
        let width = width.at(scale).filter(|width| *width > 0);
        Ok(Self {
            width: width.ok_or(invalid("width"))?,
            origin: origin.at(scale).ok_or(invalid("origin"))?,
            scale,
            answer,
        })
    }

    /// Whether a bin holds more than one number of a type with so many digits after the point.
    pub(crate) fn merges(&self, grid: &Grid) -> bool {
        grid.scale.is_none_or(|scale| {
            let unit = Number::new(2, scale);
            Number::new(self.width, self.scale).order(unit).is_ge()
        })
    }

    /// The lower end or the centre of the bin that a number is in.
    pub(crate) fn number(&self, value: Number) -> Option<Number> {
        let units = value.at(self.scale)?;
        let lower = units - (units - self.origin).rem_euclid(self.width);
        Some(match self.answer {
            BinAnswer::Lower => Number::new(lower, self.scale),
            BinAnswer::Centre if self.width % 2 == 0 => {
                Number::new(lower + self.width / 2, self.scale)
            }
            BinAnswer::Centre => {
                let units = lower.checked_mul(10)?.checked_add(self.width * 5)?;
                Number::new(units, self.scale + 1)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn text(width: &str, origin: &str, answer: BinAnswer, raw: &str) -> String {
        let spec = OperatorSpec::Bin {
            width: width.into(),
            origin: origin.into(),
            answer,
        };
        mask(&spec, None, raw)
    }

    #[test]
    fn every_number_lies_in_its_bin() {
        for width in 1..=12 {
            for origin in -3..=3 {
                let bin = Bin::compile(&width.to_string(), &origin.to_string(), BinAnswer::Lower)
                    .unwrap();
                for value in -100..100 {
                    let lower = bin.number(Number::new(value, 0)).unwrap().units;
                    assert!(lower <= value && value < lower + width);
                    assert_eq!((lower - origin) % width, 0);
                }
            }
        }
    }

    #[test]
    fn all_numbers_of_a_bin_have_one_answer() {
        for answer in [BinAnswer::Lower, BinAnswer::Centre] {
            let all: std::collections::HashSet<String> = (20..30)
                .map(|n| text("10", "0", answer, &n.to_string()))
                .collect();
            assert_eq!(all.len(), 1);
        }
    }

    #[test]
    fn texts_keep_their_layout() {
        let lower = |raw| text("100", "0", BinAnswer::Lower, raw);
        assert_eq!(lower("1,234.50 €"), "1,200.00 €");
        assert_eq!(lower("1.234,50"), "1.200,00");
        assert_eq!(lower("-5"), "-100");
        assert_eq!(lower("$12"), "$0");
        assert_eq!(text("5", "0", BinAnswer::Centre, "12"), "12.5");
        assert_eq!(text("0.5", "0.25", BinAnswer::Lower, "1.80"), "1.75");
        assert!(!lower("0815").contains("0815"));
        assert!(!lower("room 12").contains("12"));
    }

    #[test]
    fn numbers_too_long_for_the_width_have_no_bin() {
        let bin = Bin::compile("0.000000001", "0", BinAnswer::Centre).unwrap();
        assert_eq!(bin.number(Number::new(1, -40)), None);
        let bin = Bin::compile("10", "0", BinAnswer::Lower).unwrap();
        assert_eq!(bin.number(Number::new(-1, 300)), Some(Number::new(-10, 0)));
    }

    #[test]
    fn a_bin_of_one_number_is_none() {
        let merges = |width, scale| {
            let bin = Bin::compile(width, "0", BinAnswer::Lower).unwrap();
            bin.merges(&Grid::new(scale, 0, 0))
        };
        assert!(!merges("1", 0) && merges("2", 0) && !merges("0.01", 2) && merges("0.02", 2));
    }

    #[test]
    fn options_are_bounded() {
        for width in ["0", "-1", "", "1e3", "ten"] {
            assert!(
                Bin::compile(width, "0", BinAnswer::Lower).is_err(),
                "{width}"
            );
        }
        assert!(Bin::compile("1", "x", BinAnswer::Lower).is_err());
    }
}
