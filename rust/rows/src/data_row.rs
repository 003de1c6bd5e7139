//! Rewriting of `DataRow` bodies (PostgreSQL manual, "Message Formats").

use std::borrow::Cow;

use scrim_mask::{Batch, Format};

use crate::counters::Counters;
use crate::error::RowError;
use crate::neighbours::Neighbours;
use crate::plan::{Cell, Plan};
use crate::shape::Shape;

/// The result formats of one execution: none (all text), one for all, or one for each column.
#[derive(Debug, Clone, Copy)]
pub enum Formats<'a> {
    /// Every column has the same format.
    All(Format),
    /// One format code a column: 0 or 1.
    Each(&'a [u8]),
    /// The same, where only some of the columns stay, whose indexes are the second part.
    Kept(&'a [u8], &'a [usize]),
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewritten {
    /// Nothing differs; the caller forwards the original.
    Same,
    /// The output has what goes in its place.
    Changed,
    /// It is left out.
    Dropped,
}

impl Formats<'_> {
    fn of(self, column: usize) -> Result<Format, RowError> {
        let code = match self {
            Self::All(format) => return Ok(format),
            Self::Each(codes) => codes.get(column),
            Self::Kept(codes, kept) => kept.get(column).and_then(|&column| codes.get(column)),
        };
        match code {
            Some(0) => Ok(Format::Text),
            Some(1) => Ok(Format::Binary),
            _ => Err(RowError::FormatCode),
        }
    }
}

/// Reads a big-endian 32-bit integer at `at`.
fn int32(body: &[u8], at: usize) -> Result<i32, RowError> {
    let bytes = body.get(at..at + 4).ok_or(RowError::Truncated)?;
    Ok(i32::from_be_bytes(
        bytes.try_into().map_err(|_| RowError::Truncated)?,
    ))
}

/// The number of columns that a `DataRow` body announces.
///
/// # Errors
/// When the body is shorter than the count.
pub fn column_count(body: &[u8]) -> Result<usize, RowError> {
    match body {
        [high, low, ..] => Ok(usize::from(u16::from_be_bytes([*high, *low]))),
        _ => Err(RowError::Truncated),
    }
}

/// Calls `visit(column, cell)` for each cell of a body; `None` is NULL.
///
/// # Errors
/// When the body is malformed.
pub fn cells<'a>(
    body: &'a [u8],
    mut visit: impl FnMut(usize, Option<&'a [u8]>),
) -> Result<(), RowError> {
    let count = column_count(body)?;
    let mut at = 2;
    for column in 0..count {
        let length = int32(body, at)?;
        at += 4;
        if length < 0 {
            visit(column, None);
            continue;
        }
        let end = at + usize::try_from(length).map_err(|_| RowError::Truncated)?;
        visit(column, Some(body.get(at..end).ok_or(RowError::Truncated)?));
        at = end;
    }
    if at == body.len() {
        Ok(())
    } else {
        Err(RowError::Truncated)
    }
}

/// Appends the rewritten `DataRow` message (type byte, length, body) of `body` to `out`.
///
/// Where nothing differs from the original, or the row is left out, `out` is left as it was.
///
/// # Errors
/// When the row does not fit the plan or is malformed; `out` then holds a partial message that must
/// not be sent.
pub fn rewrite(
    plan: &Plan,
    formats: Formats<'_>,
    body: &[u8],
    out: &mut Vec<u8>,
    counters: &mut Counters,
) -> Result<Rewritten, RowError> {
    let mut batch = Batch::default();
    let changed = rewrite_batched(plan, formats, body, out, &mut batch, counters)?;
    batch.flush(out);
    Ok(changed)
}

/// As [`rewrite`], but parts of the row may wait in the batch, which the caller flushes before it
/// sends `out` and before it cuts or moves what is in it.
///
/// # Errors
/// As [`rewrite`]; nothing of the partial message then waits in the batch.
pub fn rewrite_batched(
    plan: &Plan,
    formats: Formats<'_>,
    body: &[u8],
    out: &mut Vec<u8>,
    batch: &mut Batch,
    counters: &mut Counters,
) -> Result<Rewritten, RowError> {
    let message = out.len();
    let changed = match plan.shape() {
        None => row(plan, formats, body, out, batch, counters),
        Some(shape) => shaped(plan, shape, formats, body, out, batch, counters),
    };
    match changed {
        Ok(Rewritten::Changed) => {}
        Ok(Rewritten::Same | Rewritten::Dropped) => out.truncate(message),
        Err(_) => batch.cut(message),
    }
    changed
}

/// The cells of a body that other columns ask for.
pub(crate) fn neighbours<'a>(
    plan: &Plan,
    formats: Formats<'_>,
    body: &'a [u8],
) -> Result<Neighbours<'a>, RowError> {
    if plan.beside().is_empty() {
        return Ok(Neighbours::default());
    }
    let mut found = Neighbours::of(plan);
    let mut known = true;
    cells(body, |column, cell| {
        found.keep(plan, column, || {
            let format = formats.of(column);
            known &= format.is_ok();
            Some((format.ok()?, Cow::Borrowed(cell?)))
        });
    })?;
    known.then_some(found).ok_or(RowError::FormatCode)
}

/// A row of a result of which something is left out.
fn shaped(
    plan: &Plan,
    shape: &Shape,
    formats: Formats<'_>,
    body: &[u8],
    out: &mut Vec<u8>,
    batch: &mut Batch,
    counters: &mut Counters,
) -> Result<Rewritten, RowError> {
    let mut at = 2;
    let fields = (0..column_count(body)?).map(|_| {
        let start = at;
        let length = usize::try_from(int32(body, at)?);
        at += 4 + length.unwrap_or(0);
        let field = body.get(start..at).ok_or(RowError::Truncated)?;
        Ok((field, length.is_ok()))
    });
    let kept = shape.fields(fields)?;
    if at != body.len() {
        return Err(RowError::Truncated);
    }
    let Some(kept) = kept else {
        return Ok(Rewritten::Dropped);
    };
    let count = u16::try_from(kept.len()).map_err(|_| RowError::TooLong)?;
    let mut rest = Vec::with_capacity(body.len());
    rest.extend_from_slice(&count.to_be_bytes());
    rest.extend(kept.into_iter().flatten());
    let formats = match formats {
        Formats::Each(codes) => Formats::Kept(codes, shape.kept()),
        formats => formats,
    };
    let start = out.len();
    if row(plan, formats, &rest, out, batch, counters)? == Rewritten::Same {
        out.truncate(start);
        let length = i32::try_from(rest.len() + 4).map_err(|_| RowError::TooLong)?;
        out.push(b'D');
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&rest);
    }
    Ok(Rewritten::Changed)
}

fn row(
    plan: &Plan,
    formats: Formats<'_>,
    body: &[u8],
    out: &mut Vec<u8>,
    batch: &mut Batch,
    counters: &mut Counters,
) -> Result<Rewritten, RowError> {
    let count = column_count(body)?;
    let columns = plan.columns();
    if count != columns.len() {
        return Err(RowError::ColumnCount {
            expected: columns.len(),
            found: count,
        });
    }
    let neighbours = neighbours(plan, formats, body)?;
    let message = out.len();
    out.extend_from_slice(&[b'D', 0, 0, 0, 0]);
    let mut changed = false;
    let mut copied = 0;
    let mut at = 2;
    for (index, column) in columns.iter().enumerate() {
        let length_at = at;
        let length = int32(body, at)?;
        at += 4;
        let Ok(length) = usize::try_from(length) else {
            continue;
        };
        let end = at.checked_add(length).ok_or(RowError::Truncated)?;
        let cell = body.get(at..end).ok_or(RowError::Truncated)?;
        at = end;
        if column.is_pass() {
            continue;
        }
        let format = formats.of(index)?;
        // The cell's length precedes it and is known only afterwards.
        let mark = out.len();
        out.extend_from_slice(&body[copied..length_at]);
        let value_at = out.len() + 4;
        out.extend_from_slice(&[0; 4]);
        match column.apply(
            format,
            cell,
            neighbours.beside(column),
            out,
            batch,
            counters,
        ) {
            Cell::Unchanged => {
                out.truncate(mark);
                continue;
            }
            Cell::Null => out[value_at - 4..value_at].copy_from_slice(&(-1_i32).to_be_bytes()),
            Cell::Value => {
                let size = i32::try_from(out.len() - value_at).map_err(|_| RowError::TooLong)?;
                out[value_at - 4..value_at].copy_from_slice(&size.to_be_bytes());
            }
        }
        changed = true;
        copied = end;
    }
    if at != body.len() {
        return Err(RowError::Truncated);
    }
    counters.rows += 1;
    if !changed {
        return Ok(Rewritten::Same);
    }
    out.extend_from_slice(&body[copied..]);
    let length = i32::try_from(out.len() - message - 1).map_err(|_| RowError::TooLong)?;
    out[message + 1..message + 5].copy_from_slice(&length.to_be_bytes());
    Ok(Rewritten::Changed)
}
