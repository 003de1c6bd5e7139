//! A compiled plan: what happens to the cells of each column of one result.

use std::any::Any;
use std::sync::Arc;

use scrim_mask::{Batch, CellMask, CellScan, ColumnRule, Format, Outcome};
use serde::Deserialize;

use crate::counters::Counters;
use crate::masker::{Masker, MaskerError};

/// What happens to the cells of one column.
pub enum Column {
    /// They go through unchanged.
    Pass,
    /// Each becomes NULL.
    Null,
    /// Each is replaced as a whole.
    Mask(Box<CellMask>),
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

    /// Appends the replacement of `cell` to `out`, unless it stays as it is or becomes NULL; parts of
    /// it may wait in the batch.
    pub(crate) fn apply(
        &self,
        format: Format,
        cell: &[u8],
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
}

/// What the deciding side keeps beside a plan.
pub type Context = Arc<dyn Any + Send + Sync>;

/// What happens to every column of one result.
pub struct Plan {
    columns: Vec<Column>,
    sample: Vec<usize>,
    passes: bool,
    context: Option<Context>,
}

impl Plan {
    /// Compiles a plan from JSON: `{"columns": [ColumnRule, ...], "sample": [index, ...]}`.
    ///
    /// # Errors
    /// When the JSON is malformed, a rule cannot be compiled or `sample` names no column.
    pub fn compile(json: &str, masker: &Masker) -> Result<Self, MaskerError> {
        let spec: PlanSpec =
            serde_json::from_str(json).map_err(|error| MaskerError(format!("plan: {error}")))?;
        let columns = spec
            .columns
            .iter()
            .map(|rule| compile_rule(rule, masker))
            .collect::<Result<Vec<_>, _>>()?;
        if spec.sample.iter().any(|&index| index >= columns.len()) {
            return Err(MaskerError(
                "plan: sample names a column that is not there".into(),
            ));
        }
        let passes = spec.sample.is_empty() && columns.iter().all(Column::is_pass);
        Ok(Self {
            columns,
            sample: spec.sample,
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

    /// The columns in their order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
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

fn compile_rule(rule: &ColumnRule, masker: &Masker) -> Result<Column, MaskerError> {
    let failed = |error: scrim_mask::Error| MaskerError(format!("plan: {error}"));
    Ok(match rule {
        ColumnRule::Pass { .. } => Column::Pass,
        ColumnRule::Null {} => Column::Null,
        ColumnRule::Mask {
            type_,
            operator,
            domain,
        } => Column::Mask(Box::new(
            CellMask::compile(type_, operator, domain, masker.keys()).map_err(failed)?,
        )),
        ColumnRule::Scan { type_ } => Column::Scan(Box::new(
            CellScan::compile(type_, masker.scrubber(), masker.keys()).map_err(failed)?,
        )),
    })
}
