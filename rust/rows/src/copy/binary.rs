//! The binary format: a header, tuples of length-prefixed fields, a trailer.

use scrim_mask::{Batch, Format};

use crate::counters::Counters;
use crate::data_row::{neighbours, Formats};
use crate::error::RowError;
use crate::plan::{Cell, Plan};
use crate::shape::Shape;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const HEADER: usize = SIGNATURE.len() + 8;
/// The manual leaves the header extension undefined and asks readers to skip it; this bounds it.
const MAX_EXTENSION: usize = 65_536;

fn int32(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The length of the stream's header, if all of it is there.
pub(super) fn header_end(bytes: &[u8]) -> Result<Option<usize>, RowError> {
    let seen = bytes.len().min(SIGNATURE.len());
    if bytes[..seen] != SIGNATURE[..seen] {
        return Err(RowError::CopyFormat("the binary signature is wrong"));
    }
    let Some(extension) = int32(bytes, HEADER - 4) else {
        return Ok(None);
    };
    match usize::try_from(extension) {
        Ok(length) if length <= MAX_EXTENSION => {
            Ok((bytes.len() >= HEADER + length).then_some(HEADER + length))
        }
        _ => Err(RowError::CopyFormat(
            "the binary header extension is too long",
        )),
    }
}

/// The length of the tuple or trailer at the start, if all of it is there.
pub(super) fn tuple_end(bytes: &[u8]) -> Result<Option<usize>, RowError> {
    let [high, low, ..] = bytes else {
        return Ok(None);
    };
    let count = i16::from_be_bytes([*high, *low]);
    if count == -1 {
        return Ok(Some(2));
    }
    let count = u16::try_from(count).map_err(|_| RowError::CopyFormat("a tuple's field count"))?;
    let mut at: usize = 2;
    for _ in 0..count {
        let Some(length) = int32(bytes, at) else {
            return Ok(None);
        };
        at += 4;
        if let Ok(length) = usize::try_from(length) {
            at += length;
        } else if length != -1 {
            return Err(RowError::CopyFormat("a field's length is negative"));
        }
    }
    Ok((at <= bytes.len()).then_some(at))
}

/// A tuple without what is left out of it; none where it is left out itself.
pub(super) fn reshape(shape: &Shape, tuple: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
    let [high, low, ..] = tuple else {
        return Err(RowError::Truncated);
    };
    let mut at = 2;
    let fields = (0..u16::from_be_bytes([*high, *low])).map(|_| {
        let start = at;
        let length = usize::try_from(int32(tuple, at).ok_or(RowError::Truncated)?);
        at += 4 + length.unwrap_or(0);
        let field = tuple.get(start..at).ok_or(RowError::Truncated)?;
        Ok((field, length.is_ok()))
    });
    let Some(kept) = shape.fields(fields)? else {
        return Ok(None);
    };
    let count = u16::try_from(kept.len()).map_err(|_| RowError::TooLong)?;
    let mut out = count.to_be_bytes().to_vec();
    out.extend(kept.into_iter().flatten());
    Ok(Some(out))
}

/// Rewrites one whole tuple; returns whether it was the trailer.
pub(super) fn tuple(
    plan: &Plan,
    tuple: &[u8],
    out: &mut Vec<u8>,
    batch: &mut Batch,
    counters: &mut Counters,
) -> Result<bool, RowError> {
    if tuple == [0xff, 0xff] {
        out.extend_from_slice(tuple);
        return Ok(true);
    }
    let count = usize::from(u16::from_be_bytes([tuple[0], tuple[1]]));
    let columns = plan.columns();
    if count != columns.len() {
        return Err(RowError::ColumnCount {
            expected: columns.len(),
            found: count,
        });
    }
    // A tuple is laid out as the body of a DataRow.
    let neighbours = neighbours(plan, Formats::All(Format::Binary), tuple)?;
    out.extend_from_slice(&tuple[..2]);
    let mut at = 2;
    for column in columns {
        let length = int32(tuple, at).ok_or(RowError::Truncated)?;
        let start = at + 4;
        let Ok(length) = usize::try_from(length) else {
            out.extend_from_slice(&tuple[at..start]);
            at = start;
            continue;
        };
        let end = start + length;
        let cell = tuple.get(start..end).ok_or(RowError::Truncated)?;
        if column.is_pass() {
            out.extend_from_slice(&tuple[at..end]);
            at = end;
            continue;
        }
        let length_at = out.len();
        out.extend_from_slice(&[0; 4]);
        let size = match column.apply(
            Format::Binary,
            cell,
            neighbours.beside(column),
            out,
            batch,
            counters,
        ) {
            Cell::Null => -1,
            Cell::Value => {
                i32::try_from(out.len() - length_at - 4).map_err(|_| RowError::TooLong)?
            }
            Cell::Unchanged => {
                out.extend_from_slice(cell);
                i32::try_from(length).map_err(|_| RowError::TooLong)?
            }
        };
        out[length_at..length_at + 4].copy_from_slice(&size.to_be_bytes());
        at = end;
    }
    Ok(false)
}
