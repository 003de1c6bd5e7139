//! The text format: fields between delimiters, backslash escapes.

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
    if line == b"\\." {
        out.extend_from_slice(row);
        return Ok(());
    }
    let columns = plan.columns();
    let mut fields = Fields {
        line,
        next: Some(0),
        delimiter: options.delimiter,
    };
    let neighbours = neighbours(options, plan, line)?;
    let mut unescaped = Vec::new();
    // What stays is copied in one piece up to the next field that does not.
    let mut copied = 0;
    for (index, column) in columns.iter().enumerate() {
        let Some((start, end)) = fields.next() else {
            return Err(RowError::ColumnCount {
                expected: columns.len(),
                found: index,
            });
        };
        let field = &line[start..end];
        if column.is_pass() || field == options.null.as_bytes() {
            continue;
        }
        let raw = if memchr::memchr(b'\\', field).is_some() {
            unescaped.clear();
            unescape(field, &mut unescaped)?;
            &unescaped
        } else {
            field
        };
        let mark = out.len();
        out.extend_from_slice(&line[copied..start]);
        let value = out.len();
        match column.apply(
            Format::Text,
            raw,
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
            Cell::Value => escape(value, options.delimiter, out, batch),
        }
        copied = end;
    }
    // A relation without columns is copied as empty lines.
    if fields
        .next()
        .is_some_and(|_| !(columns.is_empty() && line.is_empty()))
    {
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
    if plan.beside().is_empty() {
        return Ok(Neighbours::default());
    }
    let fields = Fields {
        line,
        next: Some(0),
        delimiter: options.delimiter,
    };
    let mut found = Neighbours::of(plan);
    let mut broken = None;
    for (column, (start, end)) in fields.enumerate().take(plan.columns().len()) {
        found.keep(plan, column, || {
            let field = line.get(start..end)?;
            if field == options.null.as_bytes() {
                return None;
            }
            let mut raw = Vec::with_capacity(field.len());
            match unescape(field, &mut raw) {
                Ok(()) => Some((Format::Text, Cow::Owned(raw))),
                Err(error) => {
                    broken = Some(error);
                    None
                }
            }
        });
    }
    broken.map_or(Ok(found), Err)
}

/// A row without what is left out of it; none where it is left out itself.
pub(super) fn reshape(
    options: &CopyOptions,
    shape: &Shape,
    row: &[u8],
) -> Result<Option<Vec<u8>>, RowError> {
    let (line, end) = split_line_end(row);
    // A relation without columns is copied as empty lines.
    let next = (shape.columns() > 0 || !line.is_empty()).then_some(0);
    let delimiter = options.delimiter;
    let fields = Fields {
        line,
        next,
        delimiter,
    };
    let fields = fields.map(|(start, end)| {
        let field = &line[start..end];
        Ok((field, field != options.null.as_bytes()))
    });
    let kept = shape.fields(fields)?;
    Ok(kept.map(|kept| line_of(&kept, delimiter, end)))
}

/// The spans of the fields of a line, still escaped.
struct Fields<'a> {
    line: &'a [u8],
    next: Option<usize>,
    delimiter: u8,
}

impl Iterator for Fields<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let start = self.next?;
        let mut from = start;
        while let Some(found) = memchr::memchr2(self.delimiter, b'\\', &self.line[from..]) {
            let at = from + found;
            if self.line[at] == self.delimiter {
                self.next = Some(at + 1);
                return Some((start, at));
            }
            from = (at + 2).min(self.line.len());
        }
        self.next = None;
        Some((start, self.line.len()))
    }
}

/// Undoes the escapes that COPY TO writes, and the octal and hexadecimal ones that it accepts.
fn unescape(field: &[u8], out: &mut Vec<u8>) -> Result<(), RowError> {
    let mut bytes = field.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let escaped = bytes
            .next()
            .ok_or(RowError::CopyFormat("a lone backslash ends a field"))?;
        out.push(match escaped {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'7' => {
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    if let Some(digit) = bytes.next_if(|next| (b'0'..=b'7').contains(next)) {
                        value = value * 8 + u32::from(digit - b'0');
                    }
                }
                u8::try_from(value & 0xff).unwrap_or(b'?')
            }
            other => other,
        });
    }
    Ok(())
}

/// Escapes what stands in the output from `start` on; masked values seldom need it.
fn escape(start: usize, delimiter: u8, out: &mut Vec<u8>, batch: &mut Batch) {
    let special = |byte: u8| byte < b' ' || byte == b'\\' || byte == delimiter;
    if delimiter.is_ascii_digit() {
        batch.flush(out);
    }
    // Without an early end, so that many bytes are compared at once.
    if !out[start..]
        .iter()
        .fold(false, |any, byte| any | special(*byte))
    {
        return;
    }
    // What moves may not wait.
    batch.flush(out);
    let value = out.split_off(start);
    push_escaped(&value, delimiter, out);
}

/// Appends a value with the escapes of the text format.
pub(crate) fn push_escaped(value: &[u8], delimiter: u8, out: &mut Vec<u8>) {
    for &byte in value {
        let short = match byte {
            8 => b'b',
            12 => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            11 => b'v',
            b'\\' => b'\\',
            other if other == delimiter => other,
            other => {
                out.push(other);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
}
