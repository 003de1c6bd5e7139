//! The CSV format: fields between delimiters, optional quotes.

use std::borrow::Cow;

use scrim_mask::{Batch, Format};

use super::{line_of, split_line_end, CopyOptions};
use crate::counters::Counters;
use crate::error::RowError;
use crate::neighbours::Neighbours;
use crate::plan::{Cell, Plan};
use crate::shape::Shape;

/// Rewrites one row with its line end.
pub(super) fn row(
    options: &CopyOptions,
    plan: &Plan,
    row: &[u8],
    out: &mut Vec<u8>,
    batch: &mut Batch,
    counters: &mut Counters,
) -> Result<(), RowError> {
    let (line, _) = split_line_end(row);
    let columns = plan.columns();
    let neighbours = neighbours(options, plan, line)?;
    let mut at = 0;
    let mut scratch = Vec::new();
    // What stays is copied in one piece up to the next field that does not.
    let mut copied = 0;
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            if line.get(at) != Some(&options.delimiter) {
                return Err(RowError::ColumnCount {
                    expected: columns.len(),
                    found: index,
                });
            }
            at += 1;
        }
        let start = at;
        scratch.clear();
        let Field { end, quoted, value } = field(options, line, at, &mut scratch)?;
        at = end;
        if column.is_pass() || (!quoted && &line[start..end] == options.null.as_bytes()) {
            continue;
        }
        let mark = out.len();
        out.extend_from_slice(&line[copied..start]);
        let place = out.len();
        match column.apply(
            Format::Text,
            value,
            neighbours.beside(column),
            out,
            batch,
            counters,
        ) {
            Cell::Unchanged => {
                out.truncate(mark);
                continue;
            }
            Cell::Null => out.extend_from_slice(options.null.as_bytes()),
            Cell::Value => quote_from(options, place, quoted, out, batch),
        }
        copied = end;
    }
    if at != line.len() {
        return Err(RowError::ColumnCount {
            expected: columns.len(),
            found: columns.len() + 1,
        });
    }
    out.extend_from_slice(&row[copied..]);
    Ok(())
}

/// The fields of a line that other columns ask for.
fn neighbours<'a>(
    options: &CopyOptions,
    plan: &Plan,
    line: &'a [u8],
) -> Result<Neighbours<'a>, RowError> {
    let mut found = Neighbours::default();
    let Some(last) = plan.beside().last() else {
        return Ok(found);
    };
    found = Neighbours::of(plan);
    let mut at = 0;
    for column in 0..=*last {
        let mut scratch = Vec::new();
        let Field { end, quoted, value } = field(options, line, at, &mut scratch)?;
        found.keep(plan, column, || {
            let null = !quoted && line.get(at..end) == Some(options.null.as_bytes());
            (!null).then(|| (Format::Text, Cow::Owned(value.to_vec())))
        });
        // A line with too few fields is an error where its fields are replaced.
        if line.get(end) != Some(&options.delimiter) {
            break;
        }
        at = end + 1;
    }
    Ok(found)
}

/// A row without what is left out of it; none where it is left out itself.
pub(super) fn reshape(
    options: &CopyOptions,
    shape: &Shape,
    row: &[u8],
) -> Result<Option<Vec<u8>>, RowError> {
    let (line, end) = split_line_end(row);
    let mut scratch = Vec::new();
    let mut next = (shape.columns() > 0 || !line.is_empty()).then_some(0);
    let fields = std::iter::from_fn(|| {
        let start = next?;
        scratch.clear();
        let (end, quoted) = match field(options, line, start, &mut scratch) {
            Ok(Field { end, quoted, .. }) => (end, quoted),
            Err(error) => {
                next = None;
                return Some(Err(error));
            }
        };
        next = (line.get(end) == Some(&options.delimiter)).then_some(end + 1);
        let raw = &line[start..end];
        Some(Ok((raw, quoted || raw != options.null.as_bytes())))
    });
    let kept = shape.fields(fields)?;
    Ok(kept.map(|kept| line_of(&kept, options.delimiter, end)))
}

/// A field as it is read: where it ends, whether any of it was quoted, and what it says.
struct Field<'a> {
    end: usize,
    quoted: bool,
    value: &'a [u8],
}

/// Reads the field at `at`; only what has quotes inside it goes through `scratch`.
fn field<'a>(
    options: &CopyOptions,
    line: &'a [u8],
    at: usize,
    scratch: &'a mut Vec<u8>,
) -> Result<Field<'a>, RowError> {
    let rest = &line[at..];
    let length = memchr::memchr2(options.delimiter, options.quote, rest).unwrap_or(rest.len());
    if rest.get(length) != Some(&options.quote) {
        return Ok(Field {
            end: at + length,
            quoted: false,
            value: &rest[..length],
        });
    }
    let (end, quoted) = unquote(options, line, at, scratch)?;
    Ok(Field {
        end,
        quoted,
        value: scratch,
    })
}

/// Reads the field at `at` into `raw`; returns its end and whether any of it was quoted.
fn unquote(
    options: &CopyOptions,
    line: &[u8],
    mut at: usize,
    raw: &mut Vec<u8>,
) -> Result<(usize, bool), RowError> {
    let CopyOptions {
        quote,
        escape,
        delimiter,
        ..
    } = *options;
    let mut quoted = false;
    let mut inside = false;
    while let Some(&byte) = line.get(at) {
        if inside {
            let next = line.get(at + 1).copied();
            if byte == escape && matches!(next, Some(n) if n == quote || n == escape) {
                raw.push(next.unwrap_or(quote));
                at += 2;
                continue;
            }
            if byte == quote {
                inside = false;
            } else {
                raw.push(byte);
            }
        } else if byte == delimiter {
            break;
        } else if byte == quote {
            quoted = true;
            inside = true;
        } else {
            raw.push(byte);
        }
        at += 1;
    }
    if inside {
        return Err(RowError::CopyFormat("a row ends inside quotes"));
    }
    Ok((at, quoted))
}

/// Quotes what stands in the output from `start` on where it has to be.
fn quote_from(
    options: &CopyOptions,
    start: usize,
    was_quoted: bool,
    out: &mut Vec<u8>,
    batch: &mut Batch,
) {
    let CopyOptions {
        quote,
        escape,
        delimiter,
        ..
    } = *options;
    // Digits that wait are zeros until then.
    let special = [delimiter, quote];
    let mut special = special.iter().chain(options.null.as_bytes());
    if special.any(u8::is_ascii_digit) {
        batch.flush(out);
    }
    let value = &out[start..];
    let needs_quotes = was_quoted
        || value == options.null.as_bytes()
        || value == b"\\."
        || value.first() == Some(&b' ')
        || value.last() == Some(&b' ')
        || value
            .iter()
            .any(|b| [delimiter, quote, b'\n', b'\r'].contains(b));
    if !needs_quotes {
        return;
    }
    // What moves may not wait.
    batch.flush(out);
    let value = out.split_off(start);
    out.push(quote);
    for byte in value {
        if byte == quote || byte == escape {
            out.push(escape);
        }
        out.push(byte);
    }
    out.push(quote);
}
