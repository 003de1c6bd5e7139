//! The CSV format: fields between delimiters, quotes anywhere in them (`CopyReadAttributesCSV`).

use scrim_mask::Format;

use super::{FaultKind, IncomingColumn, IncomingOptions, Line, Turn};

/// Appends a row with other values.
pub(super) fn row(
    options: &IncomingOptions,
    line: &[u8],
    value: &mut Vec<u8>,
    out: &mut Vec<u8>,
    turn: Turn<'_>,
) -> Result<(), FaultKind> {
    let mut written = Line::new(line);
    let mut next = Some(0);
    for (index, column) in options.columns.iter().enumerate() {
        let start = next.ok_or(FaultKind::Missing(index))?;
        value.clear();
        let field = field(options, line, start, value)?;
        next = field.next;
        let raw = &line[start..field.end];
        if !column.turned || stays(options, column, &field, raw, value) {
            continue;
        }
        let raw = turn(index, Format::Text, value).ok_or(FaultKind::Unreadable(index))?;
        written.replace(start, field.end, out);
        write(options, column, &raw, out);
    }
    if next.is_some() {
        return Err(FaultKind::Extra);
    }
    written.finish(out);
    Ok(())
}

struct Field {
    end: usize,
    /// Where the next one begins.
    next: Option<usize>,
    quoted: bool,
}

/// Whether a field is no value: NULL, or the column's default.
fn stays(
    options: &IncomingOptions,
    column: &IncomingColumn,
    field: &Field,
    raw: &[u8],
    value: &[u8],
) -> bool {
    let null = options.null.as_bytes();
    if !field.quoted && raw == null {
        return !column.force_not_null;
    }
    let default = options.default.as_deref().map(str::as_bytes);
    Some(raw) == default || (column.force_null && value == null)
}

/// Appends what the field at `at` says to `value`.
fn field(
    options: &IncomingOptions,
    line: &[u8],
    mut at: usize,
    value: &mut Vec<u8>,
) -> Result<Field, FaultKind> {
    let IncomingOptions {
        quote,
        escape,
        delimiter,
        ..
    } = *options;
    let mut quoted = false;
    loop {
        let rest = &line[at..];
        let Some(found) = memchr::memchr2(delimiter, quote, rest) else {
            value.extend_from_slice(rest);
            return Ok(Field {
                end: line.len(),
                next: None,
                quoted,
            });
        };
        value.extend_from_slice(&rest[..found]);
        at += found;
        if line[at] == delimiter {
            return Ok(Field {
                end: at,
                next: Some(at + 1),
                quoted,
            });
        }
        quoted = true;
        at = inside(line, at + 1, quote, escape, value)?;
    }
}

/// Reads what is in quotes from `at` on; returns what follows the one that ends it.
fn inside(
    line: &[u8],
    mut at: usize,
    quote: u8,
    escape: u8,
    value: &mut Vec<u8>,
) -> Result<usize, FaultKind> {
    while let Some(found) = memchr::memchr2(quote, escape, &line[at..]) {
        value.extend_from_slice(&line[at..at + found]);
        at += found;
        match line.get(at + 1) {
            Some(&next) if line[at] == escape && (next == quote || next == escape) => {
                value.push(next);
                at += 2;
            }
            _ if line[at] == quote => return Ok(at + 1),
            _ => {
                value.push(line[at]);
                at += 1;
            }
        }
    }
    Err(FaultKind::Format("it ends inside quotes"))
}

/// Appends a value in quotes, so that it is taken for nothing else.
fn write(options: &IncomingOptions, column: &IncomingColumn, value: &[u8], out: &mut Vec<u8>) {
    let IncomingOptions { quote, escape, .. } = *options;
    if column.force_null && column.force_not_null && value == options.null.as_bytes() {
        // There it is NULL only in quotes.
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
