//! Other places on Earth, written with as many digits.

use crate::number::{power, Number};
use crate::operators::geo_round::{push, read, Pair, LATITUDE_MAX, LONGITUDE_MAX};
use crate::operators::tweak;
use crate::permutation::{derange, SIZE_MAX};
use crate::prf::DomainKey;

/// More digits after the point than any measurement has, and than a double writes.
const SCALE_MAX: i32 = 20;
const LENGTH_MAX: usize = 40;

/// The degrees that may stand for some: those between two bounds, of both signs, with so many
/// digits of which the last is none that could be left out.
struct Range {
    /// Units that are not reached on either side of zero; none where zero is among the degrees.
    least: Option<i128>,
    most: i128,
    scale: i32,
}

impl Range {
    fn new(scale: i32, least: Option<i128>, most: i128) -> Option<Self> {
        let unit = power(scale.unsigned_abs())?;
        Some(Self {
            least: least.map(|least| least * unit),
            most: most * unit,
            scale,
        })
    }

    /// How many numbers there are.
    fn size(&self) -> i128 {
        match self.least {
            Some(least) => 2 * self.before(self.most - least),
            None => self.before(2 * self.most + i128::from(self.scale == 0)),
        }
    }

    /// How many of the numbers below some have a last digit that counts; the first is a multiple
    /// of ten.
    fn before(&self, units: i128) -> i128 {
        if self.scale == 0 {
            units
        } else {
            units / 10 * 9 + (units % 10 - 1).max(0)
        }
    }

    fn at(&self, rank: i128) -> i128 {
        if self.scale == 0 {
            rank
        } else {
            rank / 9 * 10 + rank % 9 + 1
        }
    }

    fn rank(&self, units: i128) -> Option<i128> {
        let Some(least) = self.least else {
            return (units.abs() <= self.most).then(|| self.before(units + self.most));
        };
        // Beyond whole degrees the first is one more.
        let first = least + i128::from(self.scale == 0);
        let half = self.size() / 2;
        let inside = units.abs() >= first && units.abs() <= self.most;
        inside.then(|| self.before(units.abs() - first) + if units < 0 { half } else { 0 })
    }

    fn units(&self, rank: i128) -> i128 {
        let Some(least) = self.least else {
            return self.at(rank) - self.most;
        };
        let first = least + i128::from(self.scale == 0);
        let half = self.size() / 2;
        if rank < half {
            first + self.at(rank)
        } else {
            -(first + self.at(rank - half))
        }
    }
}

/// Degrees with the digits that count; None where they are too many.
fn trimmed(raw: Number) -> Option<Number> {
    let trimmed = raw.trimmed();
    let scale = trimmed.scale.max(0);
    let units = (scale <= SCALE_MAX).then(|| trimmed.at(scale)).flatten()?;
    Some(Number::new(units, scale))
}

/// Other degrees; up to 90 they stay so, because they may be a latitude, and beyond they stay
/// beyond. None for what are no degrees.
pub(crate) fn number(key: &DomainKey, raw: Number) -> Option<Number> {
    let raw = trimmed(raw)?;
    let inner = Range::new(raw.scale, None, LATITUDE_MAX)?;
    let outer = Range::new(raw.scale, Some(LATITUDE_MAX), LONGITUDE_MAX)?;
    let (range, kind) = if raw.units.abs() <= inner.most {
        (inner, 0)
    } else {
        (outer, 1)
    };
    let rank = range.rank(raw.units)?;
    let tweak = tweak::COORDINATES | kind << 40 | raw.scale as u64;
    let place = derange(key, tweak, range.size() as u128, rank as u128);
    Some(Number::new(range.units(place as i128), raw.scale))
}

/// Another pair of latitude and longitude, permuted as one unless they have too many digits.
fn pair(key: &DomainKey, raw: [Number; 2]) -> Option<[Number; 2]> {
    let [latitude, longitude] = [trimmed(raw[0])?, trimmed(raw[1])?];
    let scales = [latitude.scale, longitude.scale];
    let north = Range::new(scales[0], None, LATITUDE_MAX)?;
    let east = Range::new(scales[1], None, LONGITUDE_MAX)?;
    let ranks = [north.rank(latitude.units)?, east.rank(longitude.units)?].map(|rank| rank as u128);
    let sizes = [north.size(), east.size()].map(|size| size as u128);
    let tweak = tweak::COORDINATES | (scales[0] as u64) << 8 | scales[1] as u64;
    let size = sizes[0]
        .checked_mul(sizes[1])
        .filter(|size| *size <= SIZE_MAX);
    let places = if let Some(size) = size {
        let place = derange(key, tweak | 2 << 40, size, ranks[0] * sizes[1] + ranks[1]);
        [place / sizes[1], place % sizes[1]]
    } else {
        [0, 1].map(|at| derange(key, tweak | (3 + at as u64) << 40, sizes[at], ranks[at]))
    };
    Some([
        Number::new(north.units(places[0] as i128), scales[0]),
        Number::new(east.units(places[1] as i128), scales[1]),
    ])
}

/// Degrees that are written as they would be written back: what has another sign or zero before its
/// digits could not be told from what has none.
fn degrees(text: &str) -> Option<Number> {
    let figures = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let begins = match figures {
        [b'0', rest @ ..] => rest.is_empty() || rest[0] == b'.',
        [b'1'..=b'9', ..] => true,
        _ => false,
    };
    let raw =
        (begins && figures.last()? != &b'.' && text.len() <= LENGTH_MAX).then(|| read(text))??;
    (raw.units != 0 || figures.len() == text.len()).then_some(raw)
}

/// Writes one number or two; what stands between and around the two stays.
pub(crate) fn write(key: &DomainKey, text: &str, out: &mut Vec<u8>) -> bool {
    let spread = |text: &str, degrees: Number| {
        let decimals = text.find('.').map_or(0, |point| text.len() - point - 1);
        let scale = i32::try_from(decimals).ok()?;
        Some(Number::new(degrees.at(scale)?, scale))
    };
    let written = if let Some(parts) = Pair::split(text) {
        let texts = [parts.latitude, parts.longitude];
        let new = degrees(texts[0])
            .zip(degrees(texts[1]))
            .and_then(|(latitude, longitude)| {
                let [latitude, longitude] = pair(key, [latitude, longitude])?;
                Some([spread(texts[0], latitude)?, spread(texts[1], longitude)?])
            });
        new.map(|new| parts.write(new, out))
    } else {
        let new = degrees(text).and_then(|raw| spread(text, number(key, raw)?));
        new.map(|new| push(new, out))
    };
    written.is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;
    use crate::types::tests::key;

    fn text(raw: &str) -> String {
        mask(&OperatorSpec::Coordinates {}, None, raw)
    }

    fn numbers(text: &str) -> Vec<f64> {
        text.trim_matches(['(', ')', '[', ']'])
            .split([',', ' ', ';'])
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap())
            .collect()
    }

    #[test]
    fn a_pair_becomes_another_with_as_many_digits() {
        for raw in [
            "52.520008, 13.404954",
            "(52.520008,-13.404954)",
            "[48.8566;2.3522]",
            "89.99 179.99",
            "-90, 180",
            "0,0",
            "52.5200, 13.40",
            "52.52000800000000123, -13.40495400000000456",
        ] {
            let masked = text(raw);
            let pair = numbers(&masked);
            assert!(
                pair.len() == 2 && pair[0].abs() <= 90.0 && pair[1].abs() <= 180.0,
                "{masked}"
            );
            let decimals = |text: &str| -> Vec<usize> {
                text.trim_matches(['(', ')', '[', ']'])
                    .split([',', ' ', ';'])
                    .filter(|part| !part.is_empty())
                    .map(|part| part.find('.').map_or(0, |at| part.len() - at))
                    .collect()
            };
            assert_eq!(decimals(&masked), decimals(raw), "{masked}");
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn every_number_of_one_digit_stays_apart_and_on_its_side_of_ninety() {
        let key = key();
        let mut seen = HashSet::new();
        for units in -1800..=1800 {
            let masked = number(&key, Number::new(units, 1)).unwrap();
            let tenths = masked.at(1).unwrap();
            assert_ne!(tenths, units);
            assert!(tenths.abs() <= 1800);
            assert_eq!(tenths.abs() <= 900, units.abs() <= 900, "{units} {tenths}");
            assert!(seen.insert(tenths), "{units}");
        }
        assert_eq!(seen.len(), 3601);
    }

    #[test]
    fn zeros_behind_do_not_change_the_place() {
        assert_eq!(text("48.8500"), text("48.85") + "00");
    }

    #[test]
    fn what_is_not_on_earth_becomes_a_text() {
        for raw in [
            "181.0",
            "91.5, 13.4",
            "52.5, 181.7",
            "52.5N",
            "(52.51)",
            "52.51,13.41,7",
            "052.51",
            "-0.0",
            "52.",
        ] {
            let masked = text(raw);
            assert!(
                masked
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b' '),
                "{masked}"
            );
        }
    }
}
