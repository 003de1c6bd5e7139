//! Scalar types under an operator that makes values coarser or moves them.
//!
//! Here a cell becomes a number, a moment or an address, and what the operator made of it becomes a
//! cell of the same type again.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::error::Error;
use crate::figure::Figure;
use crate::number::{power, Grid, Number, Reading, DIGITS_MAX};
use crate::operators::change::{Answer, Change, Moment};
use crate::operators::made;
use crate::prf::DomainKey;
use crate::row::Row;
use crate::spec::{OperatorSpec, TypeSpec};
use crate::types::calendar::{DAY, FIRST_DAY};
use crate::types::numeric::Decimal;
use crate::types::{date, float, inet, integer, interval, numeric, reading, time};

/// Digits after the point of an amount of money, which the binary format does not tell.
const MONEY_SCALE: i32 = 2;
/// A number in decimal notation may be longer than its cell by this much.
const ROOM: usize = 64;

/// What the cells are.
#[derive(Debug)]
enum Kind {
    Integer {
        bytes: usize,
    },
    Numeric {
        precision: Option<u32>,
        scale: Option<i32>,
    },
    Float {
        double: bool,
    },
    Money,
    Date,
    Timestamp {
        zoned: bool,
    },
    Time {
        zoned: bool,
    },
    Interval,
    Inet {
        network: bool,
    },
    Enumeration {
        labels: Vec<String>,
    },
}

/// An operator on a type that it takes.
#[derive(Debug)]
pub(crate) struct Changed {
    change: Change,
    key: Arc<DomainKey>,
    kind: Kind,
    grid: Grid,
}

impl Changed {
    /// Compiles an operator for a type; None where it is not one of those or does not take the type.
    pub(crate) fn compile(
        type_: &TypeSpec,
        operator: &OperatorSpec,
        key: &Arc<DomainKey>,
    ) -> Result<Option<Self>, Error> {
        let (Some(change), Some((kind, grid))) = (Change::compile(operator)?, kind(type_)) else {
            return Ok(None);
        };
        Ok(change.takes(type_, &grid).then(|| Self {
            change,
            key: Arc::clone(key),
            kind,
            grid,
        }))
    }

    pub(crate) fn apply(
        &self,
        format: Format,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let written = match &self.kind {
            Kind::Integer { .. } | Kind::Numeric { .. } | Kind::Float { .. } | Kind::Money => {
                self.number(format, cell, out)
            }
            Kind::Date => self.date(format, cell, row, out),
            Kind::Timestamp { zoned } => self.timestamp(format, cell, *zoned, row, out),
            Kind::Time { zoned } => self.time(format, cell, *zoned, out),
            Kind::Interval => self.interval(format, cell, out),
            Kind::Inet { network } => self.inet(format, cell, *network, out),
            Kind::Enumeration { labels } => self.label(cell, labels, out),
        };
        written.map_or(Outcome::Null, |()| Outcome::Value)
    }

    /// The order of two values that a range can have for bounds.
    pub(crate) fn order(&self, format: Format, a: &[u8], b: &[u8]) -> Option<Ordering> {
        let both = |read: &dyn Fn(&[u8]) -> Option<i64>| Some(read(a)?.cmp(&read(b)?));
        match &self.kind {
            Kind::Integer { .. } | Kind::Numeric { .. } | Kind::Float { .. } | Kind::Money => {
                match (self.read(format, a)?, self.read(format, b)?) {
                    (Reading::Finite(a), Reading::Finite(b)) => Some(a.order(b)),
                    _ => None,
                }
            }
            Kind::Date => both(&|cell| date::read_date(format, cell)),
            Kind::Timestamp { zoned } => {
                both(&|cell| date::read_timestamp(format, cell, *zoned).map(|(value, _)| value))
            }
            _ => None,
        }
    }

    fn number(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
        if let (Change::Hierarchy(hierarchy), Kind::Integer { bytes }) = (&self.change, &self.kind)
        {
            let Reading::Finite(raw) = self.read(format, cell)? else {
                return None;
            };
            let answer = hierarchy.answer(&raw.units.to_string());
            let fits = |value: &i64| {
                let value = Number::new((*value).into(), 0);
                self.grid.fit(value) == Some(value)
            };
            // A top that is no number has no place in the column.
            let value = integer::parse(answer.as_bytes()).filter(fits)?;
            integer::write(format, *bytes, value, out);
            return Some(());
        }
        let reading = self.read(format, cell)?;
        match self.change.number(&self.key, reading, &self.grid)? {
            Answer::Same => {
                out.extend_from_slice(cell);
                Some(())
            }
            Answer::Number(number) => self.write(format, cell, number, out),
        }
    }

    fn read(&self, format: Format, cell: &[u8]) -> Option<Reading> {
        let number = match &self.kind {
            Kind::Integer { bytes } => {
                Number::new(reading::integer(format, cell, *bytes)?.into(), 0)
            }
            Kind::Money if format == Format::Text => {
                let figure = Figure::parse_money(std::str::from_utf8(cell).ok()?)?;
                Number::new(i64::try_from(figure.units).ok()?.into(), MONEY_SCALE)
            }
            Kind::Money => Number::new(reading::integer(format, cell, 8)?.into(), MONEY_SCALE),
            Kind::Float { double } => return reading::float(format, cell, *double),
            _ => return reading::numeric(format, cell),
        };
        Some(Reading::Finite(number))
    }

    fn write(&self, format: Format, cell: &[u8], number: Number, out: &mut Vec<u8>) -> Option<()> {
        match &self.kind {
            Kind::Integer { bytes } => {
                integer::write(format, *bytes, i64::try_from(number.at(0)?).ok()?, out);
            }
            Kind::Money => {
                let units = i64::try_from(number.at(MONEY_SCALE)?).ok()?;
                if format == Format::Text {
                    let figure = Figure::parse_money(std::str::from_utf8(cell).ok()?)?;
                    figure.write(units.into(), figure.decimals, out);
                } else {
                    integer::write(format, 8, units, out);
                }
            }
            Kind::Float { double } => {
                let text = format!("{}e{}", number.units, -number.scale);
                let value = float::parse(text.as_bytes(), *double).filter(|f| f.is_finite())?;
                // A change below the type's last bit is none.
                let same = || float::read(format, cell, *double) == Some(value);
                if !self.change.generalises() && same() {
                    return None;
                }
                float::write(format, value, *double, out);
            }
            Kind::Numeric { precision, scale } => {
                let shown = match scale {
                    Some(scale) => usize::try_from(*scale).unwrap_or(0),
                    // Digits that the value had and the answer does not need would tell of it.
                    None if self.change.generalises() => usize::try_from(number.scale).unwrap_or(0),
                    None => {
                        let own = numeric::read(format, cell).map_or(0, |raw| raw.scale());
                        own.max(usize::try_from(number.scale).unwrap_or(0))
                    }
                };
                // An exponent in JSON must not become as many zeros.
                let zeros = shown as i64 - i64::from(number.scale);
                let longest = cell.len() + ROOM;
                if format == Format::Text && (shown > longest || zeros > longest as i64) {
                    return None;
                }
                let decimal = Decimal::of(number, shown)?;
                if let (Some(precision), Some(scale)) = (precision, scale) {
                    let most = i64::from(*precision) - i64::from(*scale);
                    let whole = i64::try_from(decimal.whole()).ok()?;
                    // A zero before the point does not count.
                    if whole > most.max(1) {
                        return None;
                    }
                }
                decimal.write(format, out);
            }
            _ => return None,
        }
        Some(())
    }

    fn date(&self, format: Format, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<()> {
        let day = date::read_date(format, cell)?;
        let moment = self.moment(Moment { day, time: None }, date::LAST_DATE, row)?;
        date::write(format, moment.day, out);
        Some(())
    }

    fn moment(&self, raw: Moment, last: i64, row: Row<'_>) -> Option<Moment> {
        if raw.day < FIRST_DAY || raw.day > last {
            return None;
        }
        self.change.moment(&self.key, raw, last, row)
    }

    fn timestamp(
        &self,
        format: Format,
        cell: &[u8],
        zoned: bool,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let (value, zone) = date::read_timestamp(format, cell, zoned)?;
        let raw = Moment {
            day: value.div_euclid(DAY),
            time: Some(value.rem_euclid(DAY)),
        };
        let moment = self.moment(raw, date::LAST_TIMESTAMP, row)?;
        let value = moment.day.checked_mul(DAY)?.checked_add(moment.time?)?;
        // The distance from UTC tells the season, which what is coarser must not.
        let shown = if self.change.generalises() { 0 } else { zone };
        date::write_timestamp(format, value, zoned.then_some(shown), out).then_some(())
    }

    fn time(&self, format: Format, cell: &[u8], zoned: bool, out: &mut Vec<u8>) -> Option<()> {
        let (clock, zone) = time::read(format, cell, zoned)?;
        let (clock, zone) = match &self.change {
            Change::DateTrunc(trunc) => (trunc.time(clock), zone),
            Change::Made => (made::time(&self.key, clock), 0),
            _ => return None,
        };
        time::write(format, clock, zoned.then_some(zone), out);
        Some(())
    }

    /// An interval is an age, of which thirty days are a month as where PostgreSQL compares them.
    fn interval(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let parts = interval::read(format, cell)?;
        let age = match &self.change {
            Change::AgeBin(age) => age,
            Change::Made => {
                let raw = i64::from(parts.months) ^ i64::from(parts.days).rotate_left(20);
                let micros = made::time(&self.key, raw ^ parts.micros.rotate_left(40));
                let parts = interval::Parts {
                    months: 0,
                    days: 0,
                    micros,
                };
                interval::write_as(format, parts, out);
                return Some(());
            }
            _ => return None,
        };
        let days = i64::from(parts.days) + parts.micros.div_euclid(DAY);
        let months = age.months(i64::from(parts.months) + days.div_euclid(30))?;
        let answer = interval::Parts {
            months: i32::try_from(months).ok()?,
            days: 0,
            micros: 0,
        };
        interval::write_as(format, answer, out);
        Some(())
    }

    fn inet(&self, format: Format, cell: &[u8], network: bool, out: &mut Vec<u8>) -> Option<()> {
        let (raw, prefix) = inet::read(format, cell)?;
        let Change::IpPrefix(bits) = &self.change else {
            return None;
        };
        let (address, kept) = bits.of(raw);
        let width = if raw.is_ipv4() { 32 } else { 128 };
        // An address alone stays one, so that it equals the same address in a text.
        let prefix = if !network && prefix == width {
            prefix
        } else {
            prefix.min(kept)
        };
        inet::write(format, network, address, prefix, out);
        Some(())
    }

    fn label(&self, cell: &[u8], labels: &[String], out: &mut Vec<u8>) -> Option<()> {
        let Change::Hierarchy(hierarchy) = &self.change else {
            return None;
        };
        let answer = hierarchy.answer(std::str::from_utf8(cell).ok()?);
        let known = |answer: &str| labels.iter().any(|label| label == answer);
        let label = [answer, hierarchy.top()]
            .into_iter()
            .find(|label| known(label))?;
        out.extend_from_slice(label.as_bytes());
        Some(())
    }
}

fn kind(type_: &TypeSpec) -> Option<(Kind, Grid)> {
    let whole = |bytes, least: i64, greatest: i64| {
        let grid = Grid::new(0, least.into(), greatest.into());
        (Kind::Integer { bytes }, grid)
    };
    let free = |kind| (kind, Grid::FREE);
    Some(match type_ {
        TypeSpec::Int2 {} => whole(2, i16::MIN.into(), i16::MAX.into()),
        TypeSpec::Int4 {} => whole(4, i32::MIN.into(), i32::MAX.into()),
        TypeSpec::Int8 {} => whole(8, i64::MIN, i64::MAX),
        TypeSpec::Numeric { precision, scale } => {
            let (precision, scale) = (*precision, *scale);
            let range = match (precision, scale) {
                (Some(digits), Some(scale)) => ends(digits, scale),
                _ => None,
            };
            let grid = Grid { scale, range };
            (Kind::Numeric { precision, scale }, grid)
        }
        TypeSpec::Float4 {} | TypeSpec::Float8 {} => {
            let double = matches!(type_, TypeSpec::Float8 {});
            let most = if double { f64::MAX } else { f32::MAX.into() };
            let end = |value| Number::of_float(value, double);
            let grid = Grid {
                scale: None,
                range: end(-most).zip(end(most)),
            };
            (Kind::Float { double }, grid)
        }
        TypeSpec::Money {} => {
            let grid = Grid::new(MONEY_SCALE, i64::MIN.into(), i64::MAX.into());
            (Kind::Money, grid)
        }
        TypeSpec::Date {} => free(Kind::Date),
        TypeSpec::Timestamp {} => free(Kind::Timestamp { zoned: false }),
        TypeSpec::Timestamptz {} => free(Kind::Timestamp { zoned: true }),
        TypeSpec::Time {} => free(Kind::Time { zoned: false }),
        TypeSpec::Timetz {} => free(Kind::Time { zoned: true }),
        TypeSpec::Interval {} => free(Kind::Interval),
        TypeSpec::Inet {} => free(Kind::Inet { network: false }),
        TypeSpec::Cidr {} => free(Kind::Inet { network: true }),
        TypeSpec::Enum { labels } => {
            let labels = labels.clone();
            free(Kind::Enumeration { labels })
        }
        _ => return None,
    })
}

/// The least and the greatest number of a declared numeric, as far as thirty digits tell them.
fn ends(precision: u32, scale: i32) -> Option<(Number, Number)> {
    let digits = precision.min(DIGITS_MAX);
    let more = i32::try_from(precision - digits).ok()?;
    let (most, scale) = (power(digits)? - 1, scale.checked_sub(more)?);
    Some((Number::new(-most, scale), Number::new(most, scale)))
}

#[cfg(test)]
#[path = "changed_date_tests.rs"]
mod date_tests;

#[cfg(test)]
#[path = "changed_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "changed_whole_tests.rs"]
mod whole_tests;
