//! The text format: fields between delimiters, backslash escapes.

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
    if line == b"\\." {
        out.extend_from_slice(row);
        return Ok(());
    }
    let columns = plan.columns();
    let mut fields = Fields {
        rest: Some(line),
        delimiter: options.delimiter,
    };
    let mut raw = Vec::new();
    let mut masked = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let Some(field) = fields.next() else {
            return Err(RowError::ColumnCount {
                expected: columns.len(),
                found: index,
            });
        };
        if index > 0 {
            out.push(options.delimiter);
        }
        if column.is_pass() || field == options.null.as_bytes() {
            out.extend_from_slice(field);
            continue;
        }
        raw.clear();
        unescape(field, &mut raw)?;
        masked.clear();
        match column.apply(Format::Text, &raw, &mut masked, counters) {
            Cell::Unchanged => out.extend_from_slice(field),
            Cell::Null => out.extend_from_slice(options.null.as_bytes()),
            Cell::Value => escape(&masked, options.delimiter, out),
        }
    }
    // A relation without columns is copied as empty lines.
    if fields
        .next()
        .is_some_and(|rest| !(columns.is_empty() && rest.is_empty()))
    {
        return Err(RowError::ColumnCount {
            expected: columns.len(),
            found: columns.len() + 1,
        });
    }
    out.extend_from_slice(line_end);
    Ok(())
}

struct Fields<'a> {
    rest: Option<&'a [u8]>,
    delimiter: u8,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let mut from = 0;
        while let Some(found) = memchr::memchr2(self.delimiter, b'\\', &rest[from..]) {
            let at = from + found;
            if rest[at] == self.delimiter {
                self.rest = Some(&rest[at + 1..]);
                return Some(&rest[..at]);
            }
            from = (at + 2).min(rest.len());
        }
        self.rest = None;
        Some(rest)
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

fn escape(value: &[u8], delimiter: u8, out: &mut Vec<u8>) {
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
