//! The text format: fields between delimiters, backslash escapes (`CopyReadAttributesText`).

use scrim_mask::Format;

use super::{FaultKind, IncomingOptions, Line, Turn};
use crate::copy::text::push_escaped;

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
        let (end, after) = field(line, start, options.delimiter, value)?;
        next = after;
        // These are looked for before the escapes are undone.
        if !column.turned || is_marker(options, &line[start..end]) {
            continue;
        }
        let raw = turn(index, Format::Text, value).ok_or(FaultKind::Unreadable(index))?;
        written.replace(start, end, out);
        write(options, &raw, out);
    }
    if next.is_some() {
        return Err(FaultKind::Extra);
    }
    written.finish(out);
    Ok(())
}

fn is_marker(options: &IncomingOptions, field: &[u8]) -> bool {
    let default = options.default.as_deref().map(str::as_bytes);
    field == options.null.as_bytes() || Some(field) == default
}

/// Appends what the field at `at` says to `value`; returns its end, and where the next one begins.
fn field(
    line: &[u8],
    mut at: usize,
    delimiter: u8,
    value: &mut Vec<u8>,
) -> Result<(usize, Option<usize>), FaultKind> {
    while let Some(found) = memchr::memchr2(delimiter, b'\\', &line[at..]) {
        value.extend_from_slice(&line[at..at + found]);
        at += found;
        if line[at] == delimiter {
            return Ok((at, Some(at + 1)));
        }
        let escaped = *line
            .get(at + 1)
            .ok_or(FaultKind::Format("a lone backslash ends it"))?;
        at += 2;
        value.push(match escaped {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'7' => number(line, &mut at, 8, 2, u32::from(escaped - b'0')),
            b'x' if line.get(at).is_some_and(u8::is_ascii_hexdigit) => {
                number(line, &mut at, 16, 2, 0)
            }
            other => other,
        });
    }
    value.extend_from_slice(&line[at..]);
    Ok((line.len(), None))
}

/// Reads at most so many digits, which may be delimiters elsewhere.
fn number(line: &[u8], at: &mut usize, radix: u32, most: usize, mut value: u32) -> u8 {
    for _ in 0..most {
        let digit = line
            .get(*at)
            .and_then(|&byte| char::from(byte).to_digit(radix));
        let Some(digit) = digit else {
            break;
        };
        value = value * radix + digit;
        *at += 1;
    }
    value.to_le_bytes()[0]
}

/// Appends a value, so that it is taken for nothing else.
fn write(options: &IncomingOptions, value: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    push_escaped(value, options.delimiter, out);
    // Whoever chose the marks must not learn that the value is one: its first byte has two more
    // spellings, of which one is no mark.
    let Some((&first, rest)) = value.split_first() else {
        return;
    };
    let spellings = [format!("\\{first:03o}"), format!("\\x{first:02x}")];
    for spelling in spellings {
        if !is_marker(options, &out[start..]) {
            break;
        }
        out.truncate(start);
        out.extend_from_slice(spelling.as_bytes());
        push_escaped(rest, options.delimiter, out);
    }
}
