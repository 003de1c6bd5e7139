//! Arrow's values of one width, and the same values in PostgreSQL's binary format.
//!
//! Arrow counts days and clock ticks from 1970-01-01 in the machine's byte order, PostgreSQL from
//! 2000-01-01 in network byte order.

use scrim_mask::Format;

use crate::decimal;

/// The longest value: a decimal of 256 bits with sign and point.
pub(crate) const WIDTH_MAX: usize = 168;
/// Digits of the widest decimal.
const PRECISION_MAX: usize = 76;
/// Days from 1970-01-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;
const MICROS_PER_DAY: i64 = 86_400_000_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// What the values of a column of one width are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    /// A byte, 0 or 1, for `bool`.
    Bool,
    /// An integer of so many bytes, for the narrowest PostgreSQL type that holds it.
    Int {
        /// Bytes: 1, 2, 4 or 8.
        bytes: usize,
        /// Whether it has a sign.
        signed: bool,
    },
    /// A float of 4 or 8 bytes.
    Float {
        /// Bytes: 4 or 8.
        bytes: usize,
    },
    /// A whole number of 4, 8, 16 or 32 bytes that counts units of ten to minus the scale.
    Decimal {
        /// Bytes: 4, 8, 16 or 32.
        bytes: usize,
        /// Digits that it may have, 76 at most.
        precision: usize,
        /// How many of them stand behind the point.
        scale: usize,
    },
    /// Days since 1970-01-01.
    Date32,
    /// Milliseconds since 1970-01-01 of whole days.
    Date64,
    /// Ticks since 1970-01-01 00:00, so many in a second.
    Timestamp {
        /// Ticks in a second: a power of ten up to a billion.
        rate: i64,
    },
    /// Ticks since midnight in 4 or 8 bytes, so many in a second.
    Time {
        /// Bytes: 4 or 8.
        bytes: usize,
        /// Ticks in a second.
        rate: i64,
    },
    /// Sixteen bytes.
    Uuid,
}

impl Fixed {
    /// Reads the name that the deciding side gives a layout, such as `int4`, `timestamp:1000` or
    /// `decimal16:38.2`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (name, option) = name.split_once(':').unwrap_or((name, ""));
        let rate = match option {
            "" | "1" => 1,
            "1000" => 1_000,
            "1000000" => 1_000_000,
            "1000000000" => 1_000_000_000,
            _ if name.starts_with("decimal") => 1,
            _ => return None,
        };
        let (kind, bytes) = match name.find(|c: char| c.is_ascii_digit()) {
            Some(at) => (&name[..at], name[at..].parse().ok()?),
            None => (name, 0),
        };
        Some(match (kind, bytes) {
            ("bool", 0) => Self::Bool,
            ("int" | "uint", 1 | 2 | 4 | 8) => Self::Int {
                bytes,
                signed: kind == "int",
            },
            ("float", 4 | 8) => Self::Float { bytes },
            ("decimal", 4 | 8 | 16 | 32) => {
                let (precision, scale) = option.split_once('.')?;
                let (precision, scale) = (precision.parse().ok()?, scale.parse().ok()?);
                if scale > precision || precision > PRECISION_MAX {
                    return None;
                }
                Self::Decimal {
                    bytes,
                    precision,
                    scale,
                }
            }
            ("date", 4) => Self::Date32,
            ("date", 8) => Self::Date64,
            ("timestamp", 0) => Self::Timestamp { rate },
            ("time", 4 | 8) => Self::Time { bytes, rate },
            ("uuid", 0) => Self::Uuid,
            _ => return None,
        })
    }

    /// Bytes of a value in Arrow.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Int { bytes, .. }
            | Self::Float { bytes }
            | Self::Decimal { bytes, .. }
            | Self::Time { bytes, .. } => bytes,
            Self::Date32 => 4,
            Self::Date64 | Self::Timestamp { .. } => 8,
            Self::Uuid => 16,
        }
    }

    /// The format in which the kernel masks it: text for what PostgreSQL keeps in a numeric.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Decimal { .. }
            | Self::Int {
                bytes: 8,
                signed: false,
            } => Format::Text,
            _ => Format::Binary,
        }
    }

    /// The least and the greatest number of an integer that is narrower than PostgreSQL's, so that
    /// a replacement may not fit; none where they are not both within 64 bits with a sign.
    pub(crate) fn ends(self) -> Option<(i64, i64)> {
        match self {
            Self::Int {
                bytes: 1,
                signed: true,
            } => Some((i8::MIN.into(), i8::MAX.into())),
            Self::Int {
                bytes: bytes @ (1 | 2 | 4),
                signed: false,
            } => Some((0, (1 << (8 * bytes)) - 1)),
            _ => None,
        }
    }

    /// Whether it is an integer that PostgreSQL has no type of the same width for.
    pub(crate) fn is_narrow(self) -> bool {
        matches!(
            self,
            Self::Int { bytes: 1, .. } | Self::Int { signed: false, .. }
        )
    }

    /// The number of an integer; None for other layouts.
    pub(crate) fn number(self, raw: &[u8]) -> Option<i64> {
        match self {
            Self::Int { bytes, signed } => integer(raw, bytes, signed),
            _ => None,
        }
    }

    /// Appends the number of an integer; false where it does not fit.
    pub(crate) fn put_number(self, value: i64, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Int { bytes, signed } => put_integer(value, bytes, signed, out).is_some(),
            _ => false,
        }
    }

    /// Writes a value as PostgreSQL does; returns its length, None where it has no such value.
    pub(crate) fn encode(self, raw: &[u8], cell: &mut [u8; WIDTH_MAX]) -> Option<usize> {
        match self {
            Self::Bool | Self::Uuid => put(raw, cell),
            Self::Float { bytes: 4 } => put(&f32::from_ne_bytes(array(raw)?).to_be_bytes(), cell),
            Self::Float { .. } => put(&f64::from_ne_bytes(array(raw)?).to_be_bytes(), cell),
            Self::Int {
                bytes: 8,
                signed: false,
            } => put(u64::from_ne_bytes(array(raw)?).to_string().as_bytes(), cell),
            Self::Int { bytes, signed } => {
                let value = integer(raw, bytes, signed)?;
                match postgres_bytes(bytes, signed) {
                    2 => put(&i16::try_from(value).ok()?.to_be_bytes(), cell),
                    4 => put(&i32::try_from(value).ok()?.to_be_bytes(), cell),
                    _ => put(&value.to_be_bytes(), cell),
                }
            }
            Self::Decimal { scale, .. } => put(&decimal::write(raw, scale)?, cell),
            Self::Date32 => {
                let days = i64::from(i32::from_ne_bytes(array(raw)?));
                put_date(days, cell)
            }
            Self::Date64 => {
                let millis = i64::from_ne_bytes(array(raw)?);
                put_date(millis.div_euclid(MILLIS_PER_DAY), cell)
            }
            Self::Timestamp { rate } => {
                let micros = to_micros(i64::from_ne_bytes(array(raw)?), rate)?;
                let since = micros.checked_sub(EPOCH_DAYS * MICROS_PER_DAY)?;
                // The last two numbers are infinity and its negative.
                (since != i64::MAX && since != i64::MIN)
                    .then(|| put(&since.to_be_bytes(), cell))
                    .flatten()
            }
            Self::Time { bytes, rate } => {
                let micros = to_micros(integer(raw, bytes, true)?, rate)?;
                put(&micros.to_be_bytes(), cell)
            }
        }
    }

    /// Appends a value that PostgreSQL wrote in Arrow's layout; false where it does not fit.
    pub(crate) fn decode(self, cell: &[u8], out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let done = self.decoded(cell, out);
        if done.is_none() {
            out.truncate(start);
        }
        done.is_some()
    }

    fn decoded(self, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Bool | Self::Uuid => {
                if cell.len() != self.width() {
                    return None;
                }
                out.extend_from_slice(cell);
            }
            Self::Float { bytes: 4 } => {
                out.extend_from_slice(&f32::from_be_bytes(array(cell)?).to_ne_bytes());
            }
            Self::Float { .. } => {
                out.extend_from_slice(&f64::from_be_bytes(array(cell)?).to_ne_bytes());
            }
            Self::Int {
                bytes: 8,
                signed: false,
            } => {
                let value: u64 = std::str::from_utf8(cell).ok()?.parse().ok()?;
                out.extend_from_slice(&value.to_ne_bytes());
            }
            Self::Int { bytes, signed } => {
                let value = match postgres_bytes(bytes, signed) {
                    2 => i64::from(i16::from_be_bytes(array(cell)?)),
                    4 => i64::from(i32::from_be_bytes(array(cell)?)),
                    _ => i64::from_be_bytes(array(cell)?),
                };
                put_integer(value, bytes, signed, out)?;
            }
            Self::Decimal {
                bytes,
                precision,
                scale,
            } => {
                let start = out.len();
                out.resize(start + bytes, 0);
                decimal::read(cell, precision, scale, out.get_mut(start..)?)?;
            }
            Self::Date32 => {
                let days = i32::from_be_bytes(array(cell)?);
                let days = i32::try_from(i64::from(days) + EPOCH_DAYS).ok()?;
                out.extend_from_slice(&days.to_ne_bytes());
            }
            Self::Date64 => {
                let days = i64::from(i32::from_be_bytes(array(cell)?)) + EPOCH_DAYS;
                out.extend_from_slice(&(days * MILLIS_PER_DAY).to_ne_bytes());
            }
            Self::Timestamp { rate } => {
                let since = i64::from_be_bytes(array(cell)?);
                let micros = since.checked_add(EPOCH_DAYS * MICROS_PER_DAY)?;
                out.extend_from_slice(&from_micros(micros, rate)?.to_ne_bytes());
            }
            Self::Time { bytes, rate } => {
                let micros = i64::from_be_bytes(array(cell)?);
                put_integer(from_micros(micros, rate)?, bytes, true, out)?;
            }
        }
        Some(())
    }
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn put(bytes: &[u8], cell: &mut [u8; WIDTH_MAX]) -> Option<usize> {
    cell.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(bytes.len())
}

fn put_date(days: i64, cell: &mut [u8; WIDTH_MAX]) -> Option<usize> {
    let since = i32::try_from(days.checked_sub(EPOCH_DAYS)?).ok()?;
    // The last two numbers are infinity and its negative.
    if since == i32::MAX || since == i32::MIN {
        return None;
    }
    put(&since.to_be_bytes(), cell)
}

/// Bytes of PostgreSQL's integer that holds every value of Arrow's.
fn postgres_bytes(bytes: usize, signed: bool) -> usize {
    match (bytes, signed) {
        (1, _) | (2, true) => 2,
        (2, false) | (4, true) => 4,
        _ => 8,
    }
}

fn integer(raw: &[u8], bytes: usize, signed: bool) -> Option<i64> {
    Some(match (bytes, signed) {
        (1, true) => i8::from_ne_bytes(array(raw)?).into(),
        (1, false) => u8::from_ne_bytes(array(raw)?).into(),
        (2, true) => i16::from_ne_bytes(array(raw)?).into(),
        (2, false) => u16::from_ne_bytes(array(raw)?).into(),
        (4, true) => i32::from_ne_bytes(array(raw)?).into(),
        (4, false) => u32::from_ne_bytes(array(raw)?).into(),
        _ => i64::from_ne_bytes(array(raw)?),
    })
}

fn put_integer(value: i64, bytes: usize, signed: bool, out: &mut Vec<u8>) -> Option<()> {
    match (bytes, signed) {
        (1, true) => out.extend_from_slice(&i8::try_from(value).ok()?.to_ne_bytes()),
        (1, false) => out.extend_from_slice(&u8::try_from(value).ok()?.to_ne_bytes()),
        (2, true) => out.extend_from_slice(&i16::try_from(value).ok()?.to_ne_bytes()),
        (2, false) => out.extend_from_slice(&u16::try_from(value).ok()?.to_ne_bytes()),
        (4, true) => out.extend_from_slice(&i32::try_from(value).ok()?.to_ne_bytes()),
        (4, false) => out.extend_from_slice(&u32::try_from(value).ok()?.to_ne_bytes()),
        _ => out.extend_from_slice(&value.to_ne_bytes()),
    }
    Some(())
}

/// Microseconds of so many ticks; what is finer than a microsecond is left out.
fn to_micros(ticks: i64, rate: i64) -> Option<i64> {
    if rate > 1_000_000 {
        Some(ticks.div_euclid(rate / 1_000_000))
    } else {
        ticks.checked_mul(1_000_000 / rate)
    }
}

fn from_micros(micros: i64, rate: i64) -> Option<i64> {
    if rate > 1_000_000 {
        micros.checked_mul(rate / 1_000_000)
    } else {
        Some(micros.div_euclid(1_000_000 / rate))
    }
}
