//! A compiled plan: what happens to the cells of each column of one result.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use scrim_mask::{
    Batch, CellMask, CellScan, ColumnRule, Format, FreshMask, OperatorSpec, Outcome, RowMask,
    TypeSpec,
};
use serde::Deserialize;

use crate::counters::Counters;
use crate::masker::{Masker, MaskerError};
use crate::shape::{Fate, Shape};

/// What happens to the cells of one column.
pub enum Column {
    /// They go through unchanged.
    Pass,
    /// Each becomes NULL.
    Null,
    /// Each is replaced as a whole.
    Mask(Box<CellMask>),
    /// Each is replaced as a whole, none like another.
    Fresh(Box<FreshMask>),
    /// Each is replaced as a whole, by a rule that looks at another cell of the row.
    ByRow {
        /// The rule.
        mask: Box<RowMask>,
        /// Which of [`Plan::beside`] it looks at; None where the result has no such column.
        slot: Option<usize>,
    },
    /// Each is searched, and what is found in it is replaced.
    Scan(Box<CellScan>),
}

/// What became of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    Unchanged,
    Value,
    Null,
}

impl Column {
    pub(crate) fn is_pass(&self) -> bool {
        matches!(self, Self::Pass)
    }

    /// Which of [`Plan::beside`] the column's cells are replaced by, if any.
    pub(crate) fn slot(&self) -> Option<usize> {
        match self {
            Self::ByRow { slot, .. } => *slot,
            _ => None,
        }
    }

    /// Appends the replacement of `cell` to `out`, unless it stays as it is or becomes NULL; parts of
    /// it may wait in the batch.
    ///
    /// `beside` is the raw cell that the column's rule asks for.
    pub(crate) fn apply(
        &self,
        format: Format,
        cell: &[u8],
        beside: Option<(Format, &[u8])>,
        out: &mut Vec<u8>,
        batch: &mut Batch,
        counters: &mut Counters,
    ) -> Cell {
        let before = out.len();
        let outcome = match self {
            Self::Pass => Outcome::Unchanged,
            Self::Null => Outcome::Null,
            Self::Mask(mask) => match mask.mask_batched(format, cell, out, batch) {
                // Only a scan may leave a cell as it is; a mask that says so is not believed.
                Outcome::Unchanged => Outcome::Null,
                outcome => outcome,
            },
            Self::Fresh(mask) => mask.mask(format, cell, out),
            Self::ByRow { mask, .. } => mask.mask_batched(format, cell, beside, out, batch),
            Self::Scan(scan) => scan.mask(format, cell, out),
        };
        match outcome {
            Outcome::Unchanged => {
                out.truncate(before);
                Cell::Unchanged
            }
            Outcome::Null => {
                out.truncate(before);
                counters.nulled += 1;
                Cell::Null
            }
            Outcome::Value => {
                match self {
                    Self::Scan(_) => counters.scrubbed += 1,
                    _ => counters.masked += 1,
                }
                Cell::Value
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanSpec {
    columns: Vec<ColumnRule>,
    #[serde(default)]
    sample: Vec<usize>,
    /// Columns that are left out.
    #[serde(default)]
    dropped: Vec<usize>,
    /// Columns of which a value has its row left out.
    #[serde(default)]
    dropping_rows: Vec<usize>,
    /// Whether the next result that is described the same gets another plan.
    #[serde(default)]
    provisional: bool,
    #[serde(default)]
    beside: BTreeMap<usize, BesideSpec>,
}

/// The column that another one's rule looks at, and its type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideSpec {
    column: usize,
    #[serde(rename = "type")]
    type_: TypeSpec,
}

/// What the deciding side keeps beside a plan.
pub type Context = Arc<dyn Any + Send + Sync>;

/// What happens to every column of one result.
pub struct Plan {
    columns: Vec<Column>,
    sample: Vec<usize>,
    beside: Vec<usize>,
    shape: Option<Shape>,
    provisional: bool,
    passes: bool,
    context: Option<Context>,
}

impl Plan {
    /// Compiles a plan from JSON: `{"columns": [ColumnRule, ...], "sample": [index, ...],
    /// "dropped": [index, ...], "dropping_rows": [index, ...],
    /// "beside": {index: {"column": index, "type": TypeSpec}}}`, where `beside` says which column's
    /// raw cells the rule of another one looks at.
    ///
    /// # Errors
    /// When the JSON is malformed, a rule cannot be compiled or an index names no column.
    pub fn compile(json: &str, masker: &Masker) -> Result<Self, MaskerError> {
        let spec: PlanSpec =
            serde_json::from_str(json).map_err(|error| MaskerError(format!("plan: {error}")))?;
        let absent =
            |list: &str| MaskerError(format!("plan: {list} names a column that is not there"));
        let count = spec.columns.len();
        let shape = Shape::new(count, &spec.dropped, &spec.dropping_rows)
            .map_err(|()| absent("a list of what is dropped"))?;
        let fate = |index: usize| {
            shape
                .as_ref()
                .map_or(Fate::Keep, |shape| shape.fates()[index])
        };
        let ends = |(at, other): (&usize, &BesideSpec)| *at.max(&other.column);
        if spec.beside.iter().map(ends).any(|index| index >= count) {
            return Err(absent("beside"));
        }
        // Among the columns that stay: what is left out stands beside nothing.
        let place = |column: usize| {
            (fate(column) != Fate::Drop).then(|| {
                (0..column)
                    .filter(|index| fate(*index) != Fate::Drop)
                    .count()
            })
        };
        let mut beside: Vec<usize> = spec
            .beside
            .values()
            .filter_map(|other| place(other.column))
            .collect();
        beside.sort_unstable();
        beside.dedup();
        let columns = spec
            .columns
            .iter()
            .enumerate()
            .filter(|(index, _)| fate(*index) != Fate::Drop)
            .map(|(index, rule)| {
                // What has a value has no row.
                if fate(index) == Fate::DropRows {
                    return Ok(Column::Null);
                }
                let other = spec.beside.get(&index);
                let column = other.and_then(|other| place(other.column));
                let slot = column.and_then(|column| beside.binary_search(&column).ok());
                compile_rule(rule, other.map(|other| &other.type_), slot, masker)
            })
            .collect::<Result<Vec<_>, _>>()?;
        if spec.sample.iter().any(|&index| index >= count) {
            return Err(absent("sample"));
        }
        let passes =
            spec.sample.is_empty() && shape.is_none() && columns.iter().all(Column::is_pass);
        Ok(Self {
            columns,
            sample: spec.sample,
            beside,
            shape,
            provisional: spec.provisional,
            passes,
            context: None,
        })
    }

    /// Keeps something for the deciding side.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = Some(context);
        self
    }

    /// What the deciding side wanted kept.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// The columns that stay, in their order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns whose raw cells the rules of others look at, in ascending order.
    #[must_use]
    pub fn beside(&self) -> &[usize] {
        &self.beside
    }

    /// What is left out; none where nothing is.
    #[must_use]
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }

    /// Whether it serves results that are described already, and no other.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.provisional
    }

    /// Whether every cell goes through unchanged, so that rows need not be read.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.passes
    }

    /// The columns whose first values are wanted before the plan is final.
    #[must_use]
    pub fn sample(&self) -> &[usize] {
        &self.sample
    }
}

fn compile_rule(
    rule: &ColumnRule,
    beside: Option<&TypeSpec>,
    slot: Option<usize>,
    masker: &Masker,
) -> Result<Column, MaskerError> {
    let failed = |error: scrim_mask::Error| MaskerError(format!("plan: {error}"));
    Ok(match rule {
        ColumnRule::Pass { .. } => Column::Pass,
        ColumnRule::Null {} => Column::Null,
        ColumnRule::Mask {
            type_,
            operator,
            domain,
        } if beside.is_some() || matches!(operator, OperatorSpec::ByRow { .. }) => {
            let mask = RowMask::compile(type_, operator, domain, beside, masker.keys());
            Column::ByRow {
                mask: Box::new(mask.map_err(failed)?),
                slot,
            }
        }
        ColumnRule::Mask {
            type_,
            operator,
            domain,
        } => Column::Mask(Box::new(
            CellMask::compile(type_, operator, domain, masker.keys()).map_err(failed)?,
        )),
        ColumnRule::Fresh {
            type_,
            operator,
            domain,
            seed,
        } => Column::Fresh(Box::new(
            FreshMask::compile(type_, operator, domain, seed).map_err(failed)?,
        )),
        ColumnRule::Scan { type_ } => Column::Scan(Box::new(
            CellScan::compile(type_, masker.scrubber(), masker.keys()).map_err(failed)?,
        )),
    })
}
