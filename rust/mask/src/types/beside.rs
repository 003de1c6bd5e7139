//! The other cell of a row, read to one form for both formats and for types that mean the same.

use std::borrow::Cow;

use crate::cell::Format;
use crate::number::{Number, Reading};
use crate::operators::fold::Folded;
use crate::spec::TypeSpec;
use crate::types::{date, reading, uuid};

/// Numbers of at most so many digits are written out.
const DIGITS_MAX: i32 = 40;

/// How the cells of a column are read.
#[derive(Debug)]
pub(crate) enum Beside {
    /// Texts, names and labels of enums.
    Text,
    Bool,
    Integer {
        bytes: usize,
    },
    Numeric,
    Float {
        double: bool,
    },
    Uuid,
    Date,
    Timestamp {
        zoned: bool,
    },
}

impl Beside {
    /// None for types that do not tell one row from others by a value, such as documents.
    pub(crate) fn of(type_: &TypeSpec) -> Option<Self> {
        Some(match type_ {
            TypeSpec::Text { .. }
            | TypeSpec::Name {}
            | TypeSpec::Char1 {}
            | TypeSpec::Enum { .. } => Self::Text,
            TypeSpec::Bool {} => Self::Bool,
            TypeSpec::Int2 {} => Self::Integer { bytes: 2 },
            TypeSpec::Int4 {} => Self::Integer { bytes: 4 },
            TypeSpec::Int8 {} => Self::Integer { bytes: 8 },
            TypeSpec::Numeric { .. } => Self::Numeric,
            TypeSpec::Float4 {} => Self::Float { double: false },
            TypeSpec::Float8 {} => Self::Float { double: true },
            TypeSpec::Uuid {} => Self::Uuid,
            TypeSpec::Date {} => Self::Date,
            TypeSpec::Timestamp {} => Self::Timestamp { zoned: false },
            TypeSpec::Timestamptz {} => Self::Timestamp { zoned: true },
            _ => return None,
        })
    }

    /// What the cell says: equal for cells that mean the same. None where it says nothing.
    pub(crate) fn read<'a>(&self, format: Format, cell: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Text => text(cell),
            Self::Bool => {
                let word: &[u8] = match (format, cell) {
                    (Format::Text, b"t" | b"true") | (Format::Binary, [1]) => b"true",
                    (Format::Text, b"f" | b"false") | (Format::Binary, [0]) => b"false",
                    _ => return None,
                };
                Some(Cow::Borrowed(word))
            }
            Self::Integer { bytes } => {
                let value = reading::integer(format, cell, *bytes)?;
                Some(Cow::Owned(value.to_string().into_bytes()))
            }
            Self::Numeric => finite(reading::numeric(format, cell)?),
            // Whole numbers are kept so where a column has missing values.
            Self::Float { double } => finite(reading::float(format, cell, *double)?),
            Self::Uuid => {
                let value = match format {
                    Format::Text => uuid::parse(cell)?,
                    Format::Binary => cell.try_into().ok()?,
                };
                let mut written = Vec::with_capacity(36);
                uuid::write(&value, true, &mut written);
                Some(Cow::Owned(written))
            }
            Self::Date => Some(counted(b'd', date::read_date(format, cell)?)),
            Self::Timestamp { zoned } => {
                let (value, _) = date::read_timestamp(format, cell, *zoned)?;
                Some(counted(b't', value))
            }
        }
    }
}

fn finite(reading: Reading) -> Option<Cow<'static, [u8]>> {
    match reading {
        Reading::Finite(number) => Some(Cow::Owned(decimal(number))),
        Reading::Above | Reading::Below => None,
    }
}

/// A whole number that is written with zeros after a point, without them.
fn whole(text: &str) -> Option<&str> {
    let (digits, zeros) = text.split_once('.')?;
    let figures =
        |part: &str, only: fn(&u8) -> bool| !part.is_empty() && part.as_bytes().iter().all(only);
    let plain = figures(
        digits.strip_prefix('-').unwrap_or(digits),
        u8::is_ascii_digit,
    );
    (plain && figures(zeros, |byte| *byte == b'0')).then_some(digits)
}

/// A text without blanks around it, composition and case; whole numbers are written in one way.
fn text(cell: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Ok(text) = std::str::from_utf8(cell) else {
        return Some(Cow::Borrowed(cell));
    };
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let text = whole(text).unwrap_or(text);
    Some(match Folded::new(text) {
        Folded::Ascii(ascii) if ascii.iter().any(u8::is_ascii_uppercase) => {
            Cow::Owned(ascii.to_ascii_lowercase())
        }
        Folded::Ascii(ascii) => Cow::Borrowed(ascii),
        Folded::Other(folded) => Cow::Owned(folded.trim().as_bytes().to_vec()),
    })
}

/// A number as a whole one is written, so that 7, 7.0 and '7' are the same.
fn decimal(number: Number) -> Vec<u8> {
    let number = number.trimmed();
    let whole = (-DIGITS_MAX..=0).contains(&number.scale);
    match number.at(0).filter(|_| whole) {
        Some(units) => units.to_string().into_bytes(),
        None => format!("{}e{}", number.units, -i64::from(number.scale)).into_bytes(),
    }
}

fn counted(kind: u8, count: i64) -> Cow<'static, [u8]> {
    let mut written = vec![0, kind];
    written.extend_from_slice(&count.to_be_bytes());
    Cow::Owned(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(type_: &TypeSpec, format: Format, cell: &[u8]) -> Option<Vec<u8>> {
        Beside::of(type_)?.read(format, cell).map(Cow::into_owned)
    }

    const TEXT: TypeSpec = TypeSpec::Text {
        max_chars: None,
        pad: false,
    };
    const NUMERIC: TypeSpec = TypeSpec::Numeric {
        precision: None,
        scale: None,
    };

    #[test]
    fn one_number_is_one_in_every_type_and_format() {
        let seven = Some(b"7".to_vec());
        for (type_, format, cell) in [
            (&TypeSpec::Int2 {}, Format::Binary, &[0, 7][..]),
            (&TypeSpec::Int4 {}, Format::Text, b"7"),
            (&TypeSpec::Int4 {}, Format::Binary, &[0, 0, 0, 7]),
            (
                &TypeSpec::Int8 {},
                Format::Binary,
                &[0, 0, 0, 0, 0, 0, 0, 7],
            ),
            (&NUMERIC, Format::Text, b"7.00"),
            (&NUMERIC, Format::Binary, &[0, 1, 0, 0, 0, 0, 0, 2, 0, 7]),
            (&TEXT, Format::Text, b" 7 "),
            (&TEXT, Format::Text, b"7.0"),
            (&TypeSpec::Float8 {}, Format::Text, b"7"),
            (&TypeSpec::Float8 {}, Format::Binary, &7f64.to_be_bytes()),
            (&TypeSpec::Float4 {}, Format::Binary, &7f32.to_be_bytes()),
        ] {
            assert_eq!(read(type_, format, cell), seven, "{type_:?}");
        }
        assert_eq!(
            read(&NUMERIC, Format::Text, b"1000"),
            Some(b"1000".to_vec())
        );
        assert_ne!(
            read(&NUMERIC, Format::Text, b"7.5"),
            read(&NUMERIC, Format::Text, b"75")
        );
    }

    #[test]
    fn texts_are_alike_up_to_case_and_composition() {
        let text = |cell: &str| read(&TEXT, Format::Text, cell.as_bytes());
        assert_eq!(text("Ren\u{e9} "), text("RENE\u{301}"));
        assert_eq!(text("GOLD"), text("gold"));
        assert_ne!(text("gold"), text("golden"));
        assert_ne!(text("7.50"), text("7"));
        assert_ne!(text("1.0.0"), text("1"));
        assert_ne!(text("007"), text("7"));
        assert_eq!(text("  "), None);
        assert_eq!(read(&TEXT, Format::Text, b"\xff"), Some(vec![0xff]));
    }

    #[test]
    fn both_formats_of_the_other_types_agree() {
        let uuid = "00000000-0000-4000-8000-0000000000Ab";
        let bytes = uuid::parse(uuid.as_bytes()).unwrap();
        let type_ = TypeSpec::Uuid {};
        let expected = Some(uuid.to_lowercase().into_bytes());
        assert_eq!(read(&type_, Format::Text, uuid.as_bytes()), expected);
        assert_eq!(read(&type_, Format::Binary, &bytes), expected);
        assert_eq!(
            read(&TypeSpec::Bool {}, Format::Text, b"t"),
            read(&TypeSpec::Bool {}, Format::Binary, &[1])
        );
        assert_eq!(
            read(&TypeSpec::Date {}, Format::Text, b"2000-01-02"),
            read(&TypeSpec::Date {}, Format::Binary, &[0, 0, 0, 1])
        );
        assert_eq!(
            read(
                &TypeSpec::Timestamptz {},
                Format::Text,
                b"2000-01-01 01:00:00+01"
            ),
            read(&TypeSpec::Timestamptz {}, Format::Binary, &[0; 8])
        );
    }

    #[test]
    fn what_says_nothing_is_none() {
        for (type_, cell) in [
            (TypeSpec::Int4 {}, "x"),
            (TypeSpec::Int4 {}, ""),
            (NUMERIC, "NaN"),
            (NUMERIC, "Infinity"),
            (TypeSpec::Uuid {}, "1"),
            (TypeSpec::Bool {}, "maybe"),
            (TypeSpec::Date {}, "infinity"),
            (TypeSpec::Jsonb { mask_keys: false }, "1"),
            (TypeSpec::Float8 {}, "NaN"),
            (TypeSpec::Float8 {}, "Infinity"),
        ] {
            assert_eq!(read(&type_, Format::Text, cell.as_bytes()), None, "{cell}");
        }
        for cell in [&[][..], &[1], &[0; 5]] {
            assert_eq!(read(&TypeSpec::Int4 {}, Format::Binary, cell), None);
        }
    }
}
