//! vector, halfvec and sparsevec of pgvector.
//!
//! An embedding can be turned back into much of its text, so a masked vector has the shape of the
//! raw one and numbers that depend on all of it; distances do not survive.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::purpose;
use crate::prf::DomainKey;
use crate::types::float::parse as parse_float;
use crate::types::reader::Reader;

/// pgvector's bounds.
const DIMENSIONS_MAX: usize = 16_000;
const SPARSE_DIMENSIONS_MAX: i64 = 1_000_000_000;

/// Which of the three types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Single,
    Half,
    Sparse,
}

/// Replaces a vector.
#[derive(Debug)]
pub(crate) struct Vector {
    key: Arc<DomainKey>,
    kind: Kind,
}

/// Dimensions, the places that are not zero (sparse only), and their numbers.
struct Raw {
    dimensions: u32,
    places: Vec<u32>,
    values: Vec<f32>,
}

impl Vector {
    pub(crate) fn new(key: Arc<DomainKey>, kind: Kind) -> Self {
        Self { key, kind }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let raw = match (format, self.kind) {
            (Format::Text, Kind::Sparse) => parse_sparse(cell),
            (Format::Text, _) => parse_dense(cell),
            (Format::Binary, Kind::Sparse) => read_sparse(cell),
            (Format::Binary, _) => read_dense(cell, self.kind),
        };
        let finite = raw.filter(|raw| raw.values.iter().all(|value| value.is_finite()));
        let Some(mut raw) = finite else {
            return Outcome::Null;
        };
        self.mask(&mut raw);
        match (format, self.kind) {
            (Format::Text, _) => self.write_text(&raw, out),
            (Format::Binary, Kind::Sparse) => {
                let count = raw.values.len() as u32;
                for word in [raw.dimensions, count, 0].iter().chain(&raw.places) {
                    out.extend_from_slice(&word.to_be_bytes());
                }
                raw.values
                    .iter()
                    .for_each(|value| out.extend_from_slice(&value.to_be_bytes()));
            }
            (Format::Binary, _) => {
                out.extend_from_slice(&(raw.dimensions as u16).to_be_bytes());
                out.extend_from_slice(&[0, 0]);
                for value in &raw.values {
                    match self.kind {
                        Kind::Half => out.extend_from_slice(&to_half(*value).to_be_bytes()),
                        _ => out.extend_from_slice(&value.to_be_bytes()),
                    }
                }
            }
        }
        Outcome::Value
    }

    /// Odd multiples of 1/1024 below 1: never zero, and exact in each of the three types.
    fn mask(&self, raw: &mut Raw) {
        let mut bytes = raw.dimensions.to_be_bytes().to_vec();
        raw.places
            .iter()
            .for_each(|place| bytes.extend_from_slice(&place.to_be_bytes()));
        for value in &raw.values {
            // Minus zero is equal to zero, and a half is equal to the single it came from.
            let value = if self.kind == Kind::Half {
                from_half(to_half(*value))
            } else {
                *value
            };
            bytes.extend_from_slice(&(value + 0.0).to_bits().to_be_bytes());
        }
        let mut stream = self.key.stream(purpose::VECTOR, &bytes);
        for value in &mut raw.values {
            *value = (2 * stream.below(1024) as i32 - 1023) as f32 / 1024.0;
        }
    }

    fn write_text(&self, raw: &Raw, out: &mut Vec<u8>) {
        let sparse = self.kind == Kind::Sparse;
        out.push(if sparse { b'{' } else { b'[' });
        for (at, value) in raw.values.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            // Writing to memory cannot fail.
            let _ = match raw.places.get(at) {
                Some(place) => write!(out, "{}:{value}", place + 1),
                None => write!(out, "{value}"),
            };
        }
        if sparse {
            let _ = write!(out, "}}/{}", raw.dimensions);
        } else {
            out.push(b']');
        }
    }
}

fn parse_dense(text: &[u8]) -> Option<Raw> {
    let inner = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let mut values = Vec::new();
    for number in inner.split(|byte| *byte == b',') {
        if values.len() == DIMENSIONS_MAX {
            return None;
        }
        values.push(parse_float(number, false)? as f32);
    }
    Some(Raw {
        dimensions: values.len() as u32,
        places: Vec::new(),
        values,
    })
}

fn parse_sparse(text: &[u8]) -> Option<Raw> {
    let text = std::str::from_utf8(text).ok()?;
    let (inner, dimensions) = text.strip_prefix('{')?.split_once("}/")?;
    let mut raw = Raw {
        dimensions: natural(dimensions)?,
        places: Vec::new(),
        values: Vec::new(),
    };
    for entry in inner.split(',').filter(|_| !inner.is_empty()) {
        let (place, value) = entry.split_once(':')?;
        if raw.values.len() == DIMENSIONS_MAX {
            return None;
        }
        raw.places.push(natural(place)?.checked_sub(1)?);
        raw.values
            .push(parse_float(value.as_bytes(), false)? as f32);
    }
    valid_sparse(raw)
}

fn natural(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn valid_sparse(raw: Raw) -> Option<Raw> {
    let ordered = raw.places.windows(2).all(|pair| pair[0] < pair[1]);
    let inside = raw.places.last().is_none_or(|last| *last < raw.dimensions);
    let bounded = (1..=SPARSE_DIMENSIONS_MAX).contains(&i64::from(raw.dimensions));
    (ordered && inside && bounded).then_some(raw)
}

fn read_dense(cell: &[u8], kind: Kind) -> Option<Raw> {
    let mut reader = Reader::new(cell);
    let dimensions = reader.u16()?;
    reader.u16()?;
    if dimensions == 0 || usize::from(dimensions) > DIMENSIONS_MAX {
        return None;
    }
    let mut values = Vec::with_capacity(usize::from(dimensions).min(cell.len()));
    for _ in 0..dimensions {
        values.push(match kind {
            Kind::Half => from_half(reader.u16()?),
            _ => f32::from_bits(reader.u32()?),
        });
    }
    let raw = Raw {
        dimensions: dimensions.into(),
        places: Vec::new(),
        values,
    };
    reader.is_empty().then_some(raw)
}

fn read_sparse(cell: &[u8]) -> Option<Raw> {
    let mut reader = Reader::new(cell);
    let (dimensions, count) = (reader.u32()?, reader.u32()? as usize);
    reader.u32()?;
    if count > DIMENSIONS_MAX {
        return None;
    }
    let places = (0..count).map(|_| reader.u32()).collect::<Option<_>>()?;
    let values = (0..count)
        .map(|_| reader.u32().map(f32::from_bits))
        .collect::<Option<_>>()?;
    reader
        .is_empty()
        .then_some(Raw {
            dimensions,
            places,
            values,
        })
        .and_then(valid_sparse)
}

/// IEEE 754 half precision to single.
fn from_half(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let mantissa = f32::from(half & 0x3ff);
    match i32::from(half >> 10 & 0x1f) {
        0 => sign * mantissa * 2f32.powi(-24),
        31 => f32::NAN,
        exponent => sign * (1024.0 + mantissa) * 2f32.powi(exponent - 25),
    }
}

/// Single precision to half, to the nearest with ties to even; too large becomes infinite.
fn to_half(value: f32) -> u16 {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    if !size.is_finite() || size >= 65_520.0 {
        return sign | 0x7c00;
    }
    // The distance between neighbours: fixed below the smallest normal number.
    let exponent = ((size.to_bits() >> 23) as i32 - 127).max(-14);
    let steps = (size * 2f32.powi(10 - exponent)).round_ties_even() as u32;
    // Steps carry over into the exponent by themselves.
    sign | (((exponent + 14) as u32) << 10).wrapping_add(steps) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    #[test]
    fn halves_survive_the_way_there_and_back() {
        for half in (0..0x7c00).chain(0x8000..0xfc00) {
            assert_eq!(to_half(from_half(half)), half, "{half:#x}");
        }
        assert_eq!(to_half(1.0), 0x3c00);
        assert_eq!(to_half(0.1), 0x2e66);
        assert_eq!(to_half(65_504.0), 0x7bff);
        assert_eq!(to_half(1e9), 0x7c00);
    }

    fn dense(values: &[f32], encode: impl Fn(f32) -> Vec<u8>) -> Vec<u8> {
        let mut raw = (values.len() as u16).to_be_bytes().to_vec();
        raw.extend([0, 0]);
        values.iter().for_each(|value| raw.extend(encode(*value)));
        raw
    }

    #[test]
    fn vectors_agree_in_both_formats() {
        let raw = dense(&[1.0, -2.5, 0.1], |value| value.to_be_bytes().to_vec());
        let masked = both(&TypeSpec::Vector {}, "[1,-2.5,0.1]", &raw, |cell| {
            let numbers: Vec<String> = cell[4..]
                .chunks(4)
                .map(|chunk| f32::from_be_bytes(chunk.try_into().unwrap()).to_string())
                .collect();
            format!("[{}]", numbers.join(","))
        });
        assert_eq!(masked.split(',').count(), 3);
        let raw = dense(&[1.0, -2.5, 0.1], |value| {
            to_half(value).to_be_bytes().to_vec()
        });
        both(
            &TypeSpec::Halfvec {},
            "[1,-2.5,0.099975586]",
            &raw,
            |cell| {
                let numbers: Vec<String> = cell[4..]
                    .chunks(2)
                    .map(|chunk| {
                        from_half(u16::from_be_bytes(chunk.try_into().unwrap())).to_string()
                    })
                    .collect();
                format!("[{}]", numbers.join(","))
            },
        );
    }

    #[test]
    fn sparse_vectors_agree_in_both_formats() {
        let mut raw: Vec<u8> = [5u32, 2, 0, 0, 2]
            .iter()
            .flat_map(|w| w.to_be_bytes())
            .collect();
        raw.extend([1.5f32, 2.0].iter().flat_map(|value| value.to_be_bytes()));
        both(&TypeSpec::Sparsevec {}, "{1:1.5,3:2}/5", &raw, |cell| {
            let value = |at: usize| f32::from_be_bytes(cell[at..at + 4].try_into().unwrap());
            format!("{{1:{},3:{}}}/5", value(20), value(24))
        });
        assert_eq!(
            masked_text(&TypeSpec::Sparsevec {}, "{}/5").as_deref(),
            Some("{}/5")
        );
    }

    #[test]
    fn broken_vectors_are_null() {
        for raw in ["", "[]", "[1,]", "[1,NaN]", "[1 2]", "1,2"] {
            assert_eq!(masked_text(&TypeSpec::Vector {}, raw), None);
        }
        for raw in ["{1:1}/0", "{2:1,1:1}/5", "{6:1}/5", "{0:1}/5", "{1:1}"] {
            assert_eq!(masked_text(&TypeSpec::Sparsevec {}, raw), None);
        }
        assert_eq!(
            masked_binary(&TypeSpec::Vector {}, &[0, 2, 0, 0, 0, 0, 0, 0]),
            None
        );
    }
}
