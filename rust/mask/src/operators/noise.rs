//! Numbers moved a little, by as much as the number itself and the key choose.
//!
//! A fresh draw for each answer would let who asks often enough take the mean. Here the draw is a
//! keyed hash of the number, so that asking again gives the same answer.

use crate::error::Error;
use crate::number::{power, Grid, Number, DIGITS_MAX};
use crate::operators::purpose;
use crate::prf::{DomainKey, Stream};
use crate::spec::Distribution;

const PERCENT_DEFAULT: &str = "10";
const PERCENT_SCALE_MAX: i32 = 3;
/// Digits that are added so that a small bound leaves a choice.
const FINER_MAX: i32 = 18;
/// Draws until one is another number and within the ends, before an even one is taken.
const DRAWS_MAX: usize = 32;

/// How far numbers move.
#[derive(Debug)]
pub(crate) struct Noise {
    bound: Bound,
    distribution: Distribution,
}

#[derive(Debug)]
enum Bound {
    Amount(Number),
    Percent(Number),
}

impl Noise {
    /// Checks the bound; without one it is ten percent.
    pub(crate) fn compile(
        amount: Option<&str>,
        percent: Option<&str>,
        distribution: Distribution,
    ) -> Result<Self, Error> {
        let zero = Number::new(0, 0);
        let bound = match (amount, percent) {
            (Some(amount), None) => {
                let amount = Number::option(amount, "amount")?;
                let valid = amount.order(zero).is_gt();
                valid.then_some(Bound::Amount(amount)).ok_or("amount")
            }
            (None, percent) => {
                let percent = Number::option(percent.unwrap_or(PERCENT_DEFAULT), "percent")?;
                let valid = percent.order(zero).is_gt()
                    && percent.order(Number::new(100, 0)).is_le()
                    && percent.scale <= PERCENT_SCALE_MAX;
                valid.then_some(Bound::Percent(percent)).ok_or("percent")
            }
            (Some(_), Some(_)) => Err("amount"),
        };
        Ok(Self {
            bound: bound.map_err(|name| Error::Option { name })?,
            distribution,
        })
    }

    /// The bound of a number in units of a scale.
    fn bound(&self, units: i128, scale: i32) -> Option<i128> {
        match self.bound {
            Bound::Amount(amount) => amount.at(scale),
            Bound::Percent(percent) => {
                let product = units.checked_abs()?.checked_mul(percent.units)?;
                Some(product / (100 * power(percent.scale.unsigned_abs())?))
            }
        }
    }

    /// Another number within the bound, of the same sign or zero and of as many decimals.
    ///
    /// Where the bound is less than the last digit the answer gets more digits, as far as the type
    /// has them; where it has none, or the number has thirty, it moves by one of its last digit.
    pub(crate) fn number(&self, key: &DomainKey, raw: Number, grid: &Grid) -> Option<Number> {
        let raw = raw.trimmed();
        let digits = raw.units.unsigned_abs().checked_ilog10().unwrap_or(0) as i32 + 1;
        let most = (DIGITS_MAX as i32 + raw.scale - digits).min(raw.scale.max(0) + FINER_MAX);
        let most = grid.scale.map_or(most, |scale| scale.min(most));
        let mut scale = raw.scale.max(0).min(most);
        let mut units = raw.at(scale)?;
        let mut bound = self.bound(units, scale)?;
        while bound < 1 && scale < most {
            scale += 1;
            units = raw.at(scale)?;
            bound = self.bound(units, scale)?;
        }
        let bound = bound.max(1);
        if bound > i128::MAX / 4 {
            return None;
        }
        let mut low = units.checked_sub(bound)?;
        let mut high = units.checked_add(bound)?;
        if units < 0 {
            high = high.min(0);
        } else {
            low = low.max(0);
        }
        if let Some((least, greatest)) = grid.range {
            // Ends of too many digits at this scale are far away.
            low = low.max(least.at_or_above(scale).unwrap_or(low));
            high = high.min(greatest.at(scale).unwrap_or(high));
        }
        if low >= high || units < low || units > high {
            return None;
        }
        let mut seed = [0; 20];
        seed[..16].copy_from_slice(&raw.units.to_be_bytes());
        seed[16..].copy_from_slice(&raw.scale.to_be_bytes());
        let mut stream = key.stream(purpose::NOISE, &seed);
        let peaked = match self.distribution {
            Distribution::Uniform => None,
            Distribution::Triangular => (0..DRAWS_MAX).find_map(|_| {
                let sum = draw(&mut stream, bound + 1) + draw(&mut stream, bound + 1);
                let moved = units - bound + sum;
                (moved != units && low <= moved && moved <= high).then_some(moved)
            }),
        };
        let moved = peaked.unwrap_or_else(|| {
            let place = low + draw(&mut stream, high - low);
            place + i128::from(place >= units)
        });
        Some(Number::new(moved, scale))
    }
}

/// A number below a bound, which is at least one.
fn draw(stream: &mut Stream<'_>, bound: i128) -> i128 {
    if let Ok(bound) = u32::try_from(bound) {
        return stream.below(bound as usize) as i128;
    }
    // Bounds have at most a hundred bits, so that the remainder of 127 is even for certain enough.
    let wide = u128::from(stream.next_u64()) << 64 | u128::from(stream.next_u64());
    (wide >> 1) as i128 % bound
}

#[cfg(test)]
#[path = "noise_tests.rs"]
mod tests;
