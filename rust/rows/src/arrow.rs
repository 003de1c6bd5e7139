//! Columns in Arrow's layout (Arrow Columnar Format 1.5, "Physical memory layout").
//!
//! A column is masked in one call by the rule that would mask it in a result of a data store, so
//! that both give the same values: texts go through in their own bytes, and what Arrow keeps in a
//! fixed width goes through in PostgreSQL's binary format.

use scrim_mask::{Batch, Format};

pub use crate::beside::Beside;
use crate::counters::Counters;
use crate::error::RowError;
use crate::fixed::{Fixed, WIDTH_MAX};
use crate::plan::{Cell, Column, Plan};

/// Steps that a number takes to come back into a type that is narrower than any of PostgreSQL's.
const STEPS_MAX: usize = 1_000;

/// Which values there are: one bit each, from the lowest; without any, all are.
#[derive(Debug, Clone, Copy)]
pub struct Validity<'a> {
    /// The bits.
    pub bits: Option<&'a [u8]>,
    /// The bit of the first value.
    pub first: usize,
}

impl Validity<'_> {
    pub(crate) fn has(&self, row: usize) -> Result<bool, RowError> {
        let Some(bits) = self.bits else {
            return Ok(true);
        };
        let at = self.first.checked_add(row).ok_or(RowError::Truncated)?;
        let byte = bits.get(at / 8).ok_or(RowError::Truncated)?;
        Ok(byte >> (at % 8) & 1 == 1)
    }
}

/// Values of any length, one behind the other, and where each begins.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// One offset more than there are values, of 32 bits, or of 64 where they are wide.
    pub offsets: &'a [u8],
    /// Whether offsets have 64 bits.
    pub wide: bool,
    /// What they point into, from the first offset on.
    pub data: &'a [u8],
    /// Which values there are.
    pub validity: Validity<'a>,
    /// The format of the values.
    pub format: Format,
}

/// Values of one width.
#[derive(Debug, Clone, Copy)]
pub struct FixedWidth<'a> {
    /// The values.
    pub data: &'a [u8],
    /// What they are.
    pub layout: Fixed,
    /// Which values there are.
    pub validity: Validity<'a>,
}

/// A masked column; it begins with its first value.
#[derive(Debug, PartialEq, Eq)]
pub struct MaskedColumn {
    /// Offsets of the width that they had; empty for values of one width.
    pub offsets: Vec<u8>,
    /// The values.
    pub data: Vec<u8>,
    /// Which values there are; None where all are.
    pub validity: Option<Vec<u8>>,
}

impl Plan {
    /// Masks a column of texts; None where nothing differs.
    ///
    /// # Errors
    /// When there is no such column, the buffers contradict each other, or the masked values are
    /// longer than the offsets can say.
    pub fn mask_texts(
        &self,
        column: usize,
        texts: &Texts<'_>,
        beside: Option<&Beside<'_>>,
        counters: &mut Counters,
    ) -> Result<Option<MaskedColumn>, RowError> {
        let rule = self.rule(column)?;
        if rule.is_pass() {
            return Ok(None);
        }
        let rows = texts.rows()?;
        let mut masked = Building::new(rows, texts.data.len());
        let mut batch = Batch::default();
        masked.end_text(texts.wide)?;
        let mut scratch = [0; WIDTH_MAX];
        let base = texts.offset(0)?;
        let mut start = 0;
        for row in 0..rows {
            let end = texts.offset(row + 1)?;
            let end = end.checked_sub(base).ok_or(RowError::Truncated)?;
            let cell = texts.data.get(start..end).ok_or(RowError::Truncated)?;
            if texts.validity.has(row)? {
                let other = match beside {
                    Some(beside) => beside.cell(row, &mut scratch)?,
                    None => None,
                };
                let (format, data) = (texts.format, &mut masked.data);
                match rule.apply(format, cell, other, data, &mut batch, counters) {
                    Cell::Unchanged => masked.data.extend_from_slice(cell),
                    Cell::Value => masked.changed = true,
                    Cell::Null => masked.null(row),
                }
            } else {
                masked.absent(row);
            }
            masked.end_text(texts.wide)?;
            start = end;
        }
        batch.flush(&mut masked.data);
        Ok(masked.finish())
    }

    /// Masks a column of values of one width; None where nothing differs.
    ///
    /// # Errors
    /// As [`Plan::mask_texts`].
    pub fn mask_fixed(
        &self,
        column: usize,
        values: &FixedWidth<'_>,
        beside: Option<&Beside<'_>>,
        counters: &mut Counters,
    ) -> Result<Option<MaskedColumn>, RowError> {
        let rule = self.rule(column)?;
        if rule.is_pass() {
            return Ok(None);
        }
        let layout = values.layout;
        let chunks = values.data.chunks_exact(layout.width());
        if !chunks.remainder().is_empty() {
            return Err(RowError::Truncated);
        }
        let mut masked = Building::new(chunks.len(), values.data.len());
        let mut scratch = Vec::with_capacity(WIDTH_MAX);
        let mut other = [0; WIDTH_MAX];
        for (row, raw) in chunks.enumerate() {
            if !values.validity.has(row)? {
                masked.absent(row);
                masked.data.resize(masked.data.len() + raw.len(), 0);
                continue;
            }
            let start = masked.data.len();
            let other = match beside {
                Some(beside) => beside.cell(row, &mut other)?,
                None => None,
            };
            let value = Value {
                rule,
                layout,
                raw,
                other,
            };
            match mask_value(&value, &mut scratch, &mut masked.data, counters) {
                Cell::Value => masked.changed = true,
                Cell::Unchanged => {
                    masked.data.truncate(start);
                    masked.data.extend_from_slice(raw);
                }
                Cell::Null => {
                    masked.data.truncate(start);
                    masked.data.resize(start + raw.len(), 0);
                    masked.null(row);
                }
            }
        }
        Ok(masked.finish())
    }

    fn rule(&self, column: usize) -> Result<&Column, RowError> {
        self.columns().get(column).ok_or(RowError::ColumnCount {
            expected: self.columns().len(),
            found: column.saturating_add(1),
        })
    }
}

/// One value of one width, its rule, and what stands beside it.
struct Value<'a> {
    rule: &'a Column,
    layout: Fixed,
    raw: &'a [u8],
    other: Option<(Format, &'a [u8])>,
}

/// Appends the replacement of one value in Arrow's layout.
///
/// Integers of a narrow type are permuted among those of the type. Where those are more than 64 bits
/// with a sign hold, a permutation that leads out of the type is followed until it comes back, which
/// keeps different values different ("cycle walking", NIST SP 800-38G Rev. 1, section 4.3).
fn mask_value(
    value: &Value<'_>,
    scratch: &mut Vec<u8>,
    out: &mut Vec<u8>,
    counters: &mut Counters,
) -> Cell {
    let Value {
        rule,
        layout,
        raw,
        other,
    } = *value;
    let before = *counters;
    let nulled = |counters: &mut Counters| {
        *counters = before;
        counters.nulled += 1;
        Cell::Null
    };
    if let Some(masked) = mask_between(rule, layout, raw) {
        if layout.number(raw) == Some(masked) || !layout.put_number(masked, out) {
            return nulled(counters);
        }
        counters.masked += 1;
        return Cell::Value;
    }
    let permutes = matches!(rule, Column::Mask(mask) if mask.permutes_numbers());
    let mut cell = [0; WIDTH_MAX];
    let Some(mut length) = layout.encode(raw, &mut cell) else {
        // Outside of what PostgreSQL's type can hold, where a search finds nothing either.
        return if matches!(rule, Column::Scan(_)) {
            Cell::Unchanged
        } else {
            nulled(counters)
        };
    };
    for _ in 0..STEPS_MAX {
        scratch.clear();
        let mut batch = Batch::default();
        let Some(bytes) = cell.get(..length) else {
            break;
        };
        match rule.apply(layout.format(), bytes, other, scratch, &mut batch, counters) {
            Cell::Value => batch.flush(scratch),
            other => return other,
        }
        let start = out.len();
        if layout.decode(scratch, out) {
            if out.get(start..) == Some(raw) && layout.is_narrow() && permutes {
                break;
            }
            return Cell::Value;
        }
        out.truncate(start);
        if !(layout.is_narrow() && permutes) || scratch.len() > WIDTH_MAX {
            break;
        }
        *counters = before;
        length = scratch.len();
        cell[..length].copy_from_slice(scratch);
    }
    nulled(counters)
}

/// The replacement of an integer within a narrow type, where the rule permutes integers; the integer
/// itself where there is no other.
fn mask_between(rule: &Column, layout: Fixed, raw: &[u8]) -> Option<i64> {
    let (lowest, highest) = layout.ends()?;
    match rule {
        Column::Mask(mask) => mask.mask_between(layout.number(raw)?, lowest, highest),
        _ => None,
    }
}

impl Texts<'_> {
    fn size(&self) -> usize {
        if self.wide {
            8
        } else {
            4
        }
    }

    fn rows(&self) -> Result<usize, RowError> {
        let count = self.offsets.len() / self.size();
        if !self.offsets.len().is_multiple_of(self.size()) || count == 0 {
            return Err(RowError::Truncated);
        }
        Ok(count - 1)
    }

    pub(crate) fn offset(&self, row: usize) -> Result<usize, RowError> {
        let at = row * self.size();
        let bytes = self.offsets.get(at..at + self.size());
        let bytes = bytes.ok_or(RowError::Truncated)?;
        let value = match (<[u8; 8]>::try_from(bytes), <[u8; 4]>::try_from(bytes)) {
            (Ok(wide), _) => i64::from_ne_bytes(wide),
            (_, Ok(narrow)) => i64::from(i32::from_ne_bytes(narrow)),
            _ => return Err(RowError::Truncated),
        };
        usize::try_from(value).map_err(|_| RowError::Truncated)
    }
}

/// What has been masked so far.
struct Building {
    offsets: Vec<u8>,
    data: Vec<u8>,
    validity: Vec<u8>,
    absent: bool,
    changed: bool,
}

impl Building {
    fn new(rows: usize, bytes: usize) -> Self {
        Self {
            offsets: Vec::new(),
            data: Vec::with_capacity(bytes),
            validity: vec![0xff; rows.div_ceil(8)],
            absent: false,
            changed: false,
        }
    }

    fn end_text(&mut self, wide: bool) -> Result<(), RowError> {
        let at = self.data.len();
        if wide {
            let at = i64::try_from(at).map_err(|_| RowError::TooLong)?;
            self.offsets.extend_from_slice(&at.to_ne_bytes());
        } else {
            let at = i32::try_from(at).map_err(|_| RowError::TooLong)?;
            self.offsets.extend_from_slice(&at.to_ne_bytes());
        }
        Ok(())
    }

    /// Notes that there is no value.
    fn absent(&mut self, row: usize) {
        self.absent = true;
        if let Some(byte) = self.validity.get_mut(row / 8) {
            *byte &= !(1 << (row % 8));
        }
    }

    /// Notes that there is no value any more.
    fn null(&mut self, row: usize) {
        self.absent(row);
        self.changed = true;
    }

    fn finish(self) -> Option<MaskedColumn> {
        self.changed.then_some(MaskedColumn {
            offsets: self.offsets,
            data: self.data,
            validity: self.absent.then_some(self.validity),
        })
    }
}
