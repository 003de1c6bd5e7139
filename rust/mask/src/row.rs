//! Rules that look at another cell of the row.
//!
//! What stands beside is read to one form for all types and both formats, so that a customer's
//! number keys alike as an integer, as a numeric and as a text. Where nothing stands beside, because
//! the column is not there or the cell is NULL or empty, an operator answers as if it had not asked:
//! by the value alone, and never with the raw value.

use std::collections::BTreeMap;

use crate::batch::Batch;
use crate::cell::{CellMask, Format, Outcome};
use crate::error::Error;
use crate::keys::Keyring;
use crate::spec::{OperatorSpec, PlacePart, TypeSpec};
use crate::types::beside::Beside;
use crate::types::NAMES_DOMAIN;

/// The key of subjects, which is one for all columns with dates of theirs.
const SUBJECT_DOMAIN: &str = "row:subject";
/// The key of postal codes and of what lies there.
const PLACE_DOMAIN: &str = "row:place";

impl OperatorSpec {
    /// What is done where nothing is known of the row.
    pub(crate) fn alone(&self) -> &Self {
        match self {
            Self::ByRow { otherwise, .. } => otherwise.alone(),
            other => other,
        }
    }

    /// The semantic domain whose key is used for values of the given one: what columns of several
    /// domains have to agree in has a domain of its own.
    pub(crate) fn domain<'a>(&self, of_values: &'a str) -> &'a str {
        match self {
            Self::DateShift { .. } => SUBJECT_DOMAIN,
            Self::Place {
                part: PlacePart::PostalCode,
                ..
            } => PLACE_DOMAIN,
            Self::Place { of, .. } if !of.is_empty() => PLACE_DOMAIN,
            Self::Name { of, .. } if !of.is_empty() => NAMES_DOMAIN,
            _ => of_values,
        }
    }
}

/// What an operator is told of the row that its value stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a>(Option<&'a [u8]>);

impl<'a> Row<'a> {
    /// Nothing stands beside.
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn new(beside: Option<&'a [u8]>) -> Self {
        Self(beside)
    }

    /// The other cell in the form that [`Beside::read`] gives it.
    pub(crate) fn beside(self) -> Option<&'a [u8]> {
        self.0
    }
}

/// The compiled rule of a column whose replacements depend on another cell of the row.
#[derive(Debug)]
pub struct RowMask {
    beside: Option<Beside>,
    chosen: Chosen,
}

#[derive(Debug)]
enum Chosen {
    /// The operator is told the other cell.
    Told(CellMask),
    /// The other cell says which operator it is; None is NULL.
    ByRow {
        cases: BTreeMap<Vec<u8>, Option<CellMask>>,
        otherwise: Option<CellMask>,
    },
}

impl RowMask {
    /// Compiles a rule; `beside` is the type of the other cell, where there is one.
    ///
    /// # Errors
    /// [`Error`] as for [`CellMask::compile`].
    pub fn compile(
        type_: &TypeSpec,
        op: &OperatorSpec,
        domain: &str,
        beside: Option<&TypeSpec>,
        keys: &Keyring,
    ) -> Result<Self, Error> {
        let beside = beside.and_then(Beside::of);
        let mask = |op: &OperatorSpec| match op {
            OperatorSpec::Null {} => Ok(None),
            op => CellMask::compile(type_, op, domain, keys).map(Some),
        };
        let chosen = match op {
            OperatorSpec::ByRow {
                cases, otherwise, ..
            } => {
                let mut compiled = BTreeMap::new();
                for (value, case) in cases {
                    let case = mask(case)?;
                    // A value that the type does not have never comes.
                    let read = |beside: &Beside| beside.read(Format::Text, value.as_bytes());
                    if let Some(value) = beside.as_ref().and_then(read) {
                        compiled.insert(value.into_owned(), case);
                    }
                }
                Chosen::ByRow {
                    cases: compiled,
                    otherwise: mask(otherwise)?,
                }
            }
            op => Chosen::Told(CellMask::compile(type_, op, domain, keys)?),
        };
        Ok(Self { beside, chosen })
    }

    /// Appends the masked cell, or appends nothing and says that it is NULL; parts of it may wait in
    /// the batch.
    ///
    /// `beside` is the other cell and its format; none where it is NULL or there is no such column.
    pub fn mask_batched(
        &self,
        format: Format,
        cell: &[u8],
        beside: Option<(Format, &[u8])>,
        out: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> Outcome {
        let value = match (&self.beside, beside) {
            (Some(reading), Some((format, cell))) => reading.read(format, cell),
            _ => None,
        };
        let mask = match &self.chosen {
            Chosen::Told(mask) => {
                let row = Row::new(value.as_deref());
                return mask.mask_row(format, cell, row, out, batch);
            }
            Chosen::ByRow { cases, otherwise } => {
                let case = value.as_deref().and_then(|value| cases.get(value));
                case.unwrap_or(otherwise)
            }
        };
        match mask {
            Some(mask) => mask.mask_batched(format, cell, out, batch),
            None => Outcome::Null,
        }
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
