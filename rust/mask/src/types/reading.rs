//! Cells of the types of numbers, as exact numbers.

use crate::cell::Format;
use crate::number::{Number, Reading};
use crate::types::reader::Reader;
use crate::types::{float, integer, numeric};

/// Signs of the infinities in numeric's binary format.
const INFINITY: [u8; 2] = [0xd0, 0];
const MINUS_INFINITY: [u8; 2] = [0xf0, 0];

/// Reads an integer of two, four or eight bytes.
pub(crate) fn integer(format: Format, cell: &[u8], bytes: usize) -> Option<i64> {
    let value = match format {
        Format::Text => integer::parse(cell)?,
        Format::Binary => {
            let mut reader = Reader::new(cell);
            let value = match bytes {
                2 => reader.i16()?.into(),
                4 => reader.i32()?.into(),
                _ => reader.i64()?,
            };
            reader.is_empty().then_some(value)?
        }
    };
    let fits = match bytes {
        2 => i16::try_from(value).is_ok(),
        4 => i32::try_from(value).is_ok(),
        _ => true,
    };
    fits.then_some(value)
}

/// Reads a floating point number; NaN is None.
pub(crate) fn float(format: Format, cell: &[u8], double: bool) -> Option<Reading> {
    let infinite = match (format, cell) {
        (Format::Text, b"Infinity") => Some(f64::INFINITY),
        (Format::Text, b"-Infinity") => Some(f64::NEG_INFINITY),
        _ => None,
    };
    let value = match infinite {
        Some(value) => value,
        None => float::read(format, cell, double)?,
    };
    // Text with too large an exponent is not a value of the type.
    if value.is_infinite() && format == Format::Text && infinite.is_none() {
        return None;
    }
    if value == f64::INFINITY {
        return Some(Reading::Above);
    }
    if value == f64::NEG_INFINITY {
        return Some(Reading::Below);
    }
    Number::of_float(value, double).map(Reading::Finite)
}

/// Reads a numeric; NaN is None.
pub(crate) fn numeric(format: Format, cell: &[u8]) -> Option<Reading> {
    match (format, cell) {
        (Format::Text, b"Infinity") => return Some(Reading::Above),
        (Format::Text, b"-Infinity") => return Some(Reading::Below),
        // Only JSON has exponents.
        (Format::Text, _) => return Number::parse(cell).map(Reading::Finite),
        _ => {}
    }
    if let (8, Some(sign)) = (cell.len(), cell.get(4..6)) {
        if sign == INFINITY {
            return Some(Reading::Above);
        }
        if sign == MINUS_INFINITY {
            return Some(Reading::Below);
        }
    }
    numeric::read(format, cell).map(|raw| Reading::Finite(raw.number()))
}
