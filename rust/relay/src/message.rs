//! Framing: a type byte, a 32-bit length that counts itself, a body (manual, "Message Flow").

use crate::decision::Refusal;

/// Bounds on what a session may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest text of a statement, in bytes.
    pub statement_bytes: usize,
    /// Longest message of a client other than COPY data, in bytes.
    pub message_bytes: usize,
    /// Longest row that is masked, in bytes.
    pub row_bytes: usize,
    /// Most prepared statements, and most portals, that one session may hold.
    pub objects: usize,
    /// Most requests that may wait for their answer.
    pub pending: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statement_bytes: 16 << 20,
            message_bytes: 256 << 20,
            row_bytes: 64 << 20,
            objects: 10_000,
            pending: 100_000,
        }
    }
}

/// What stands at a position of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Not even the header is there.
    NoHeader,
    /// The header is there; `total` is the length with header.
    Partial { kind: u8, total: usize },
    /// A whole message of `total` bytes with header.
    Whole { kind: u8, total: usize },
    /// The length is impossible.
    Bad { kind: u8 },
}

pub(crate) const HEADER: usize = 5;

pub(crate) fn frame(buffer: &[u8], at: usize) -> Frame {
    let Some(&[kind, a, b, c, d]) = buffer.get(at..at + HEADER) else {
        return Frame::NoHeader;
    };
    let length = i32::from_be_bytes([a, b, c, d]);
    match usize::try_from(length) {
        Ok(length) if length >= 4 => {
            let total = length + 1;
            if buffer.len() - at >= total {
                Frame::Whole { kind, total }
            } else {
                Frame::Partial { kind, total }
            }
        }
        _ => Frame::Bad { kind },
    }
}

/// Reads a NUL-terminated string; returns it and the rest.
pub(crate) fn cstring(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = body.iter().position(|&byte| byte == 0)?;
    Some((&body[..end], &body[end + 1..]))
}

pub(crate) fn int16(body: &[u8]) -> Option<(i16, &[u8])> {
    let (bytes, rest) = body.split_first_chunk::<2>()?;
    Some((i16::from_be_bytes(*bytes), rest))
}

pub(crate) fn int32(body: &[u8]) -> Option<(i32, &[u8])> {
    let (bytes, rest) = body.split_first_chunk::<4>()?;
    Some((i32::from_be_bytes(*bytes), rest))
}

/// Appends a message whose body is written by `body`.
pub(crate) fn write_message(out: &mut Vec<u8>, kind: u8, body: impl FnOnce(&mut Vec<u8>)) {
    out.push(kind);
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    body(out);
    let length = u32::try_from(out.len() - length_at).unwrap_or(u32::MAX);
    out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
}

pub(crate) fn write_execute(out: &mut Vec<u8>, portal: &[u8], rows: i32) {
    write_message(out, b'E', |out| {
        out.extend_from_slice(portal);
        out.push(0);
        out.extend_from_slice(&rows.to_be_bytes());
    });
}

/// Appends an `ErrorResponse` (manual, "Error and Notice Message Fields").
pub(crate) fn write_error(out: &mut Vec<u8>, severity: &str, refusal: &Refusal) {
    let position = match refusal.position {
        0 => String::new(),
        position => position.to_string(),
    };
    let fields = [
        (b'S', severity),
        (b'V', severity),
        (b'C', &refusal.code),
        (b'M', &refusal.message),
        (b'D', &refusal.detail),
        (b'H', &refusal.hint),
        (b'P', &position),
    ];
    write_message(out, b'E', |out| {
        for (field, text) in fields {
            if !text.is_empty() {
                out.push(field);
                out.extend(text.bytes().filter(|&byte| byte != 0));
                out.push(0);
            }
        }
        out.push(0);
    });
}

/// The SQLSTATE of an `ErrorResponse` body, if it has one.
pub(crate) fn error_code(body: &[u8]) -> Option<&[u8]> {
    let mut rest = body;
    while let Some((&field, after)) = rest.split_first() {
        if field == 0 {
            return None;
        }
        let (text, after) = cstring(after)?;
        if field == b'C' {
            return Some(text);
        }
        rest = after;
    }
    None
}

/// Text that no PostgreSQL server parses, sent in the place of a refused statement.
pub(crate) const POISON: &[u8] = b"scrim: refused by the gateway";
/// The name of gateway-made statements. A client's names are checked not to start so.
pub(crate) const OWN_NAME: &[u8] = b"\x01scrim";

pub(crate) fn write_poison_query(out: &mut Vec<u8>) {
    write_message(out, b'Q', |out| {
        out.extend_from_slice(POISON);
        out.push(0);
    });
}

pub(crate) fn write_poison_parse(out: &mut Vec<u8>) {
    write_message(out, b'P', |out| {
        out.extend_from_slice(OWN_NAME);
        out.push(0);
        out.extend_from_slice(POISON);
        out.extend_from_slice(&[0, 0, 0]);
    });
}
