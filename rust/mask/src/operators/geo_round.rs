//! Decimal degrees with few digits, alone or as a pair of latitude and longitude.

use std::io::Write as _;

use crate::error::Error;
use crate::number::{Grid, Number};

/// Three digits are about 110 metres; more would not hide a house.
const DIGITS_MAX: u32 = 3;
pub(crate) const LATITUDE_MAX: i128 = 90;
pub(crate) const LONGITUDE_MAX: i128 = 180;
const LENGTH_MAX: usize = 80;

/// How many digits stay.
#[derive(Debug)]
pub(crate) struct GeoRound {
    digits: i32,
}

impl GeoRound {
    pub(crate) fn compile(digits: u32) -> Result<Self, Error> {
        if digits > DIGITS_MAX {
            return Err(Error::Option { name: "digits" });
        }
        Ok(Self {
            digits: digits as i32,
        })
    }

    /// Whether a type with so many digits after the point has any to lose.
    pub(crate) fn merges(&self, grid: &Grid) -> bool {
        grid.scale.is_none_or(|scale| scale > self.digits)
    }

    pub(crate) fn number(&self, degrees: Number) -> Option<Number> {
        self.round(degrees, LONGITUDE_MAX)
    }

    /// The nearest number with so many digits; None beyond what degrees there are.
    fn round(&self, degrees: Number, limit: i128) -> Option<Number> {
        let inside = degrees.order(Number::new(limit, 0)).is_le()
            && degrees.order(Number::new(-limit, 0)).is_ge();
        let finer = degrees.at(self.digits + 1).filter(|_| inside)?;
        Some(Number::new((finer + 5).div_euclid(10), self.digits))
    }

    /// Writes one number or two; what stands between and around the two stays.
    pub(crate) fn write(&self, text: &str, out: &mut Vec<u8>) -> bool {
        if let Some(pair) = Pair::split(text) {
            let parts = [
                (pair.latitude, LATITUDE_MAX),
                (pair.longitude, LONGITUDE_MAX),
            ];
            let rounded = parts.map(|(part, limit)| self.round(read(part)?, limit));
            let [Some(latitude), Some(longitude)] = rounded else {
                return false;
            };
            pair.write([latitude, longitude], out);
            return true;
        }
        let degrees = (text.len() <= LENGTH_MAX)
            .then(|| read(text))
            .flatten()
            .and_then(|degrees| self.number(degrees));
        degrees.is_some_and(|degrees| {
            push(degrees, out);
            true
        })
    }
}

/// A text with two numbers.
pub(crate) struct Pair<'a> {
    open: &'static str,
    pub(crate) latitude: &'a str,
    between: &'a str,
    pub(crate) longitude: &'a str,
    close: &'static str,
}

impl<'a> Pair<'a> {
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let (open, close) = match text.as_bytes() {
            [b'(', .., b')'] => ("(", ")"),
            [b'[', .., b']'] => ("[", "]"),
            _ => ("", ""),
        };
        let inside = &text[open.len()..text.len() - close.len()];
        let at = inside.find([',', ';', ' '])?;
        let longitude = inside[at..].trim_start_matches([',', ';', ' ']);
        let between = &inside[at..inside.len() - longitude.len()];
        (between.trim().len() <= 1 && between.len() <= 3).then_some(Self {
            open,
            latitude: &inside[..at],
            between,
            longitude,
            close,
        })
    }

    /// Writes two other numbers in the same way.
    pub(crate) fn write(&self, [latitude, longitude]: [Number; 2], out: &mut Vec<u8>) {
        out.extend_from_slice(self.open.as_bytes());
        push(latitude, out);
        out.extend_from_slice(self.between.as_bytes());
        push(longitude, out);
        out.extend_from_slice(self.close.as_bytes());
    }
}

/// Writes degrees with the digits that their scale says.
pub(crate) fn push(degrees: Number, out: &mut Vec<u8>) {
    let scale = usize::try_from(degrees.scale).unwrap_or(0);
    let sign = if degrees.units < 0 { "-" } else { "" };
    let width = scale + 1;
    let digits = format!("{:0width$}", degrees.units.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if fraction.is_empty() { "" } else { "." };
    // Writing to memory cannot fail.
    let _ = write!(out, "{sign}{whole}{point}{fraction}");
}

/// Degrees in plain notation.
pub(crate) fn read(text: &str) -> Option<Number> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    plain.then(|| Number::parse(text.as_bytes())).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn text(digits: u32, raw: &str) -> String {
        mask(&OperatorSpec::GeoRound { digits }, None, raw)
    }

    #[test]
    fn degrees_lose_their_digits() {
        assert_eq!(text(2, "52.520008"), "52.52");
        assert_eq!(text(2, "-0.001"), "0.00");
        assert_eq!(text(0, "-33.8688"), "-34");
        assert_eq!(text(1, "52"), "52.0");
        assert_eq!(text(2, "52.520008, 13.404954"), "52.52, 13.40");
        assert_eq!(text(2, "(52.520008,-13.404954)"), "(52.52,-13.40)");
        assert_eq!(text(1, "89.99 179.99"), "90.0 180.0");
    }

    #[test]
    fn every_thousandth_is_at_its_nearest_tenth() {
        let geo = GeoRound::compile(1).unwrap();
        for value in -180_000..=180_000 {
            let rounded = geo.number(Number::new(value, 3)).unwrap().units * 100;
            assert!((rounded - value).abs() <= 50, "{value}");
        }
    }

    #[test]
    fn what_is_not_on_earth_is_masked_as_text() {
        for raw in [
            "181.0",
            "91.5, 13.4",
            "52.5, 181.7",
            "52.5N",
            "52.5,,13.4",
            "52.51,13.41,7",
            "(52.51)",
        ] {
            let masked = text(2, raw);
            assert!(!masked.contains(&raw[..4]), "{raw} {masked}");
        }
    }

    #[test]
    fn options_are_bounded() {
        assert!(GeoRound::compile(4).is_err());
        let merges = |scale| {
            GeoRound::compile(2)
                .unwrap()
                .merges(&Grid::new(scale, 0, 0))
        };
        assert!(merges(3) && !merges(2));
    }
}
