//! Operators that make a value coarser or move it a little, for numbers, dates, addresses and texts.
//!
//! Each of them computes with the value itself rather than with its text, so that a value has the
//! same answer in every type and in both formats.
//!
//! # When an answer may equal the value
//!
//! The rule that the raw value is never in the output has a reason: who sees the answer must not
//! learn which value it stands for. Operators that *generalise* satisfy the reason in another way.
//! They put values into classes by the options alone, and answer with a function of the class: all
//! values of a class have one answer. So 10 stands for the bin from 10 up to 20, and a row in which
//! the value is 10 looks like every other row of its bin. Suppressing the answer for that one value
//! would tell it from the others, which is worse than the coincidence. What an answer tells is the
//! class, no more and no less, and how much that is depends on the options. Where a type has no two
//! values in a class (bins of width 1 over integers), the operator does not take the type, and the
//! type's own keyed operator answers.
//!
//! `top_bottom` is the exception that its description names: what lies between the bounds stays.
//! Operators that *perturb* (`noise`, `date_jitter`, `date_shift`), and `coordinates`, never answer
//! with the value.

use crate::error::Error;
use crate::figure::Figure;
use crate::number::{Grid, Number, Reading};
use crate::operators::{
    age_bin, bin, coordinates, date_jitter, date_shift, date_trunc, geo_round, hierarchy,
    ip_prefix, made, noise, top_bottom, zip3, Input,
};
use crate::prf::DomainKey;
use crate::row::Row;
use crate::spec::{OperatorSpec, Otherwise, TypeSpec};
use crate::stamp::Stamp;
use crate::types::calendar::days;

/// What becomes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The operator says that this value stays.
    Same,
    Number(Number),
}

/// A day from 2000-01-01 and, where there is one, the time since midnight in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) day: i64,
    pub(crate) time: Option<i64>,
}

/// A compiled operator.
#[derive(Debug)]
pub(crate) enum Change {
    AgeBin(age_bin::AgeBin),
    Bin(bin::Bin),
    Coordinates,
    DateJitter(date_jitter::DateJitter),
    DateShift(date_shift::DateShift),
    DateTrunc(date_trunc::DateTrunc),
    GeoRound(geo_round::GeoRound),
    Hierarchy(hierarchy::Hierarchy),
    IpPrefix(ip_prefix::IpPrefix),
    Made,
    Noise(noise::Noise),
    TopBottom(top_bottom::TopBottom),
    Zip3,
}

impl Change {
    /// Compiles an operator of this family; None for any other.
    pub(crate) fn compile(spec: &OperatorSpec) -> Result<Option<Self>, Error> {
        Ok(Some(match spec {
            OperatorSpec::AgeBin {
                width, reference, ..
            } => Self::AgeBin(age_bin::AgeBin::compile(*width, reference.as_deref())?),
            OperatorSpec::Bin {
                width,
                origin,
                answer,
            } => Self::Bin(bin::Bin::compile(width, origin, *answer)?),
            OperatorSpec::Coordinates {} => Self::Coordinates,
            OperatorSpec::DateJitter { days, day_first } => {
                Self::DateJitter(date_jitter::DateJitter::compile(*days, *day_first)?)
            }
            OperatorSpec::DateShift {
                max_days,
                day_first,
                ..
            } => Self::DateShift(date_shift::DateShift::compile(*max_days, *day_first)?),
            OperatorSpec::DateTrunc {
                part, day_first, ..
            } => Self::DateTrunc(date_trunc::DateTrunc::new(*part, *day_first)),
            OperatorSpec::GeoRound { digits } => {
                Self::GeoRound(geo_round::GeoRound::compile(*digits)?)
            }
            OperatorSpec::Hierarchy {
                parents,
                level,
                top,
            } => Self::Hierarchy(hierarchy::Hierarchy::compile(parents, *level, top)?),
            OperatorSpec::IpPrefix { v4, v6 } => {
                Self::IpPrefix(ip_prefix::IpPrefix::compile(*v4, *v6)?)
            }
            OperatorSpec::Made { .. } => Self::Made,
            OperatorSpec::Noise {
                amount,
                percent,
                distribution,
            } => Self::Noise(noise::Noise::compile(
                amount.as_deref(),
                percent.as_deref(),
                *distribution,
            )?),
            OperatorSpec::TopBottom { bottom, top } => Self::TopBottom(
                top_bottom::TopBottom::compile(bottom.as_deref(), top.as_deref())?,
            ),
            OperatorSpec::Zip3 { .. } => Self::Zip3,
            _ => return Ok(None),
        }))
    }

    /// Whether what is not of an operator's kind becomes a constant.
    pub(crate) fn redacts_others(spec: &OperatorSpec) -> bool {
        matches!(
            spec,
            OperatorSpec::AgeBin {
                otherwise: Otherwise::Redact,
                ..
            } | OperatorSpec::DateTrunc {
                otherwise: Otherwise::Redact,
                ..
            } | OperatorSpec::Zip3 {
                otherwise: Otherwise::Redact
            }
        )
    }

    /// Whether values of a type go through the operator; others get their type's own.
    pub(crate) fn takes(&self, type_: &TypeSpec, grid: &Grid) -> bool {
        let real = matches!(
            type_,
            TypeSpec::Numeric { .. } | TypeSpec::Float4 {} | TypeSpec::Float8 {}
        );
        let whole = matches!(
            type_,
            TypeSpec::Int2 {} | TypeSpec::Int4 {} | TypeSpec::Int8 {}
        );
        let date = matches!(
            type_,
            TypeSpec::Date {} | TypeSpec::Timestamp {} | TypeSpec::Timestamptz {}
        );
        let money = matches!(type_, TypeSpec::Money {});
        match self {
            Self::AgeBin(_) => whole || real || date || matches!(type_, TypeSpec::Interval {}),
            Self::Bin(bin) => (whole || real || money) && bin.merges(grid),
            Self::Coordinates => real,
            Self::DateJitter(_) | Self::DateShift(_) => date,
            Self::DateTrunc(trunc) => trunc.takes(type_),
            Self::GeoRound(geo) => real && geo.merges(grid),
            Self::Hierarchy(_) => whole || matches!(type_, TypeSpec::Enum { .. }),
            Self::IpPrefix(_) => matches!(type_, TypeSpec::Inet {} | TypeSpec::Cidr {}),
            Self::Made => {
                let time = matches!(
                    type_,
                    TypeSpec::Time {} | TypeSpec::Timetz {} | TypeSpec::Interval {}
                );
                whole || real || money || date || time
            }
            Self::Noise(_) | Self::TopBottom(_) => whole || real || money,
            Self::Zip3 => whole || matches!(type_, TypeSpec::Numeric { .. }),
        }
    }

    /// Whether the answer depends on the class of the value alone, and so may equal the value.
    pub(crate) fn generalises(&self) -> bool {
        !matches!(
            self,
            Self::Coordinates | Self::DateJitter(_) | Self::DateShift(_) | Self::Noise(_)
        )
    }

    /// What becomes of a number; None where it has no place in the operator's domain.
    pub(crate) fn number(&self, key: &DomainKey, value: Reading, grid: &Grid) -> Option<Answer> {
        if let Self::TopBottom(bounds) = self {
            return bounds.number(value, grid);
        }
        let Reading::Finite(value) = value else {
            return None;
        };
        let answer = match self {
            Self::AgeBin(age) => age.number(value)?,
            Self::Bin(bin) => bin.number(value)?,
            Self::Coordinates => coordinates::number(key, value)?,
            Self::GeoRound(geo) => geo.number(value)?,
            Self::Made => made::number(key, value, grid),
            Self::Noise(noise) => noise.number(key, value, grid)?,
            Self::Zip3 => zip3::number(value),
            _ => return None,
        };
        grid.fit(answer).map(Answer::Number)
    }

    /// What becomes of a day, where `last` is the last that the type has.
    pub(crate) fn moment(
        &self,
        key: &DomainKey,
        value: Moment,
        last: i64,
        row: Row<'_>,
    ) -> Option<Moment> {
        match self {
            Self::AgeBin(age) => age.moment(value),
            Self::DateJitter(jitter) => jitter.moment(key, value, last),
            Self::DateShift(shift) => shift.moment(key, value, last, row),
            Self::DateTrunc(trunc) => trunc.moment(value),
            Self::Made => Some(made::moment(key, value)),
            _ => None,
        }
    }

    /// Writes what becomes of a text; false where it is not of the operator's kind.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        match self {
            Self::AgeBin(_) => self.write_number(input, out) || self.write_date(input, false, out),
            Self::Bin(_) | Self::Noise(_) | Self::TopBottom(_) => self.write_number(input, out),
            Self::Coordinates => coordinates::write(input.key, input.text, out),
            Self::DateJitter(jitter) => self.write_date(input, jitter.day_first(), out),
            Self::DateShift(shift) => self.write_date(input, shift.day_first(), out),
            Self::DateTrunc(trunc) => self.write_date(input, trunc.day_first(), out),
            Self::GeoRound(geo) => geo.write(input.text, out),
            Self::Hierarchy(hierarchy) => hierarchy.write(input.text, input.room, out),
            Self::Made => made::write(input, out),
            Self::IpPrefix(prefix) => prefix.write(input.text, out),
            Self::Zip3 => zip3::write(input.text, out),
        }
    }

    fn write_number(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        let Some(figure) = Figure::parse(input.text) else {
            return false;
        };
        let grid = Grid {
            scale: (!self.generalises()).then_some(figure.decimals as i32),
            range: None,
        };
        let value = Reading::Finite(figure.number());
        match self.number(input.key, value, &grid) {
            Some(Answer::Same) => out.extend_from_slice(input.text.as_bytes()),
            Some(Answer::Number(number)) => {
                let decimals = figure.decimals.max(number.scale.max(0) as usize);
                let Some(units) = number.at(decimals as i32) else {
                    return false;
                };
                figure.write(units, decimals, out);
            }
            None => return false,
        }
        true
    }

    fn write_date(&self, input: &Input<'_>, day_first: bool, out: &mut Vec<u8>) -> bool {
        let last = days(9999, 12, 31);
        let written = Stamp::parse(input.text, day_first).and_then(|stamp| {
            let raw = Moment {
                day: stamp.day,
                time: stamp.time,
            };
            let new = self.moment(input.key, raw, last, input.row)?;
            Some(stamp.write(new.day, new.time, self.generalises(), out))
        });
        written.unwrap_or(false)
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
pub(crate) mod tests;
