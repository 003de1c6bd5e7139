//! The CSV format: fields between delimiters, optional quotes.

use scrim_mask::Format;

use super::{split_line_end, CopyOptions};
use crate::counters::Counters;
use crate::error::RowError;
use crate::plan::{Cell, Plan};

/// Rewrites one row with its line end.
pub(super) fn row(
    options: &CopyOptions,
    plan: &Plan,
    row: &[u8],
    out: &mut Vec<u8>,
    counters: &mut Counters,
) -> Result<(), RowError> {
    let (line, line_end) = split_line_end(row);
    let columns = plan.columns();
    let mut at = 0;
    let mut raw = Vec::new();
    let mut masked = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            if line.get(at) != Some(&options.delimiter) {
                return Err(RowError::ColumnCount {
                    expected: columns.len(),
                    found: index,
                });
            }
            out.push(options.delimiter);
            at += 1;
        }
        raw.clear();
        let (end, quoted) = field(options, line, at, &mut raw)?;
        let written = &line[at..end];
        at = end;
        let is_null = !quoted && written == options.null.as_bytes();
        if column.is_pass() || is_null {
            out.extend_from_slice(written);
            continue;
        }
        masked.clear();
        match column.apply(Format::Text, &raw, &mut masked, counters) {
            Cell::Unchanged => out.extend_from_slice(written),
            Cell::Null => out.extend_from_slice(options.null.as_bytes()),
            Cell::Value => write(options, &masked, quoted, out),
        }
    }
    if at != line.len() {
        return Err(RowError::ColumnCount {
            expected: columns.len(),
            found: columns.len() + 1,
        });
    }
    out.extend_from_slice(line_end);
    Ok(())
}

/// Reads the field at `at` into `raw`; returns its end and whether any of it was quoted.
fn field(
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

fn write(options: &CopyOptions, value: &[u8], was_quoted: bool, out: &mut Vec<u8>) {
    let CopyOptions {
        quote,
        escape,
        delimiter,
        ..
    } = *options;
    let needs_quotes = was_quoted
        || value == options.null.as_bytes()
        || value == b"\\."
        || value.first() == Some(&b' ')
        || value.last() == Some(&b' ')
        || value
            .iter()
            .any(|b| [delimiter, quote, b'\n', b'\r'].contains(b));
    if !needs_quotes {
        out.extend_from_slice(value);
        return;
    }
    out.push(quote);
    for &byte in value {
        if byte == quote || byte == escape {
            out.push(escape);
        }
        out.push(byte);
    }
    out.push(quote);
}
