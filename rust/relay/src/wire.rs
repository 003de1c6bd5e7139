//! Values of parameters, as texts and in binary format, and arrays of them, on their way to be turned
//! back.

use scrim_mask::Format;

use crate::decision::Refusal;
use crate::turning::{unreadable, Turning};

/// How the bytes of a value are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// As a text.
    Text,
    /// As the column's type in binary format.
    Own,
    /// As an integer of so many bytes.
    Integer(usize),
}

/// Types whose binary format is the text itself.
const TEXTS: [u32; 5] = [25, 1043, 1042, 19, 705];
/// Dimensions that an array has at most.
const MAX_DIMENSIONS: i32 = 6;
/// Names that a cast can give the types that are known here by their numbers.
const NAMES: [(&str, u32); 15] = [
    ("text", 25),
    ("varchar", 1043),
    ("bpchar", 1042),
    ("name", 19),
    ("int2", 21),
    ("int4", 23),
    ("int8", 20),
    ("numeric", 1700),
    ("money", 790),
    ("date", 1082),
    ("time", 1083),
    ("timestamp", 1114),
    ("timestamptz", 1184),
    ("uuid", 2950),
    ("timetz", 1266),
];

/// How a parameter in binary format is read: of the type that Parse declared, of the type that it is
/// cast to, or else of the column's. None where that is not known.
pub(crate) fn of_parameter(turning: &Turning, declared: u32, cast: &str) -> Option<Wire> {
    match (declared, cast) {
        (0, "") => Some(of_column(turning)),
        (0, cast) => {
            let known = NAMES.iter().find(|(name, _)| *name == cast)?;
            of_type(turning, known.1)
        }
        (declared, _) => of_type(turning, declared),
    }
}

/// How a value in binary format is read that is of the column's type.
pub(crate) fn of_column(turning: &Turning) -> Wire {
    if turning.is_text() {
        Wire::Text
    } else {
        Wire::Own
    }
}

fn of_type(turning: &Turning, type_id: u32) -> Option<Wire> {
    match type_id {
        _ if TEXTS.contains(&type_id) => Some(Wire::Text),
        _ if type_id == turning.type_id() => Some(of_column(turning)),
        21 => Some(Wire::Integer(2)),
        23 => Some(Wire::Integer(4)),
        20 => Some(Wire::Integer(8)),
        _ => None,
    }
}

/// One value.
pub(crate) fn scalar(turning: &Turning, wire: Wire, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    match wire {
        Wire::Text => turning.value(Format::Text, value),
        Wire::Own => turning.value(Format::Binary, value),
        Wire::Integer(bytes) => {
            let number = integer(value, bytes).ok_or_else(unreadable)?;
            let raw = turning.value(Format::Text, number.to_string().as_bytes())?;
            let raw: i64 = std::str::from_utf8(&raw)
                .ok()
                .and_then(|raw| raw.parse().ok())
                .ok_or_else(unreadable)?;
            let all = raw.to_be_bytes();
            let kept = &all[all.len() - bytes..];
            if integer(kept, bytes) != Some(raw) {
                return Err(unreadable());
            }
            Ok(kept.to_vec())
        }
    }
}

fn integer(value: &[u8], bytes: usize) -> Option<i64> {
    let negative = value.first()? & 0x80 != 0;
    let fill = if negative { -1_i64 } else { 0 };
    let shift = |number: i64, &byte: &u8| number << 8 | i64::from(byte);
    (value.len() == bytes).then(|| value.iter().fold(fill, shift))
}

/// Every element of an array.
pub(crate) fn array(turning: &Turning, format: Format, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    match format {
        Format::Text => text_array(turning, value),
        Format::Binary => binary_array(turning, value),
    }
}

/// Number of dimensions, whether there are NULLs, type of the elements, length and lower bound of each
/// dimension; then each element behind its length (`array_recv` of the server).
fn binary_array(turning: &Turning, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    let word = |at: usize| -> Option<i32> {
        let bytes = value.get(at..at + 4)?;
        Some(i32::from_be_bytes(bytes.try_into().ok()?))
    };
    let dimensions = word(0)
        .filter(|count| (0..=MAX_DIMENSIONS).contains(count))
        .and_then(|count| usize::try_from(count).ok())
        .ok_or_else(unreadable)?;
    let type_id = word(8).ok_or_else(unreadable)?.cast_unsigned();
    let wire = of_type(turning, type_id).ok_or_else(unreadable)?;
    let mut at = 12 + dimensions * 8;
    let mut out = value.get(..at).ok_or_else(unreadable)?.to_vec();
    while at < value.len() {
        let length = word(at).ok_or_else(unreadable)?;
        at += 4;
        let Ok(length) = usize::try_from(length) else {
            out.extend_from_slice(&(-1_i32).to_be_bytes());
            continue;
        };
        let element = value.get(at..).and_then(|rest| rest.get(..length));
        let raw = scalar(turning, wire, element.ok_or_else(unreadable)?)?;
        at += length;
        let length = i32::try_from(raw.len()).map_err(|_| unreadable())?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&raw);
    }
    Ok(out)
}

/// `{one,"two, three",NULL}` (manual, "Array Input and Output Syntax"); bounds before it are not read.
fn text_array(turning: &Turning, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    let value = value.trim_ascii();
    if value.first() != Some(&b'{') {
        return Err(unreadable());
    }
    let mut out = Vec::with_capacity(value.len() + value.len() / 4);
    let mut rest = value;
    while let Some(&byte) = rest.first() {
        match byte {
            b'{' | b'}' | b',' => {
                out.push(byte);
                rest = &rest[1..];
            }
            _ if byte.is_ascii_whitespace() || byte == 0x0b => rest = &rest[1..],
            _ => {
                let (element, after) = element(rest).ok_or_else(unreadable)?;
                rest = after;
                match element {
                    None => out.extend_from_slice(b"NULL"),
                    Some(element) => {
                        let raw = turning.value(Format::Text, &element)?;
                        write_element(&raw, &mut out);
                    }
                }
            }
        }
    }
    Ok(out)
}

/// Reads one element; none in the first place for NULL.
type Element<'a> = (Option<Vec<u8>>, &'a [u8]);

fn element(text: &[u8]) -> Option<Element<'_>> {
    let quoted = text.first() == Some(&b'"');
    let mut found = Vec::new();
    let mut escaped = false;
    let mut at = usize::from(quoted);
    loop {
        match text.get(at)? {
            b'\\' => {
                escaped = true;
                found.push(*text.get(at + 1)?);
                at += 2;
            }
            b'"' if quoted => return Some((Some(found), &text[at + 1..])),
            b'"' | b'{' if !quoted => return None,
            b',' | b'}' if !quoted => break,
            &byte => {
                found.push(byte);
                at += 1;
            }
        }
    }
    if escaped {
        // Which blanks at the end were escaped is not known any more.
        return (!found.ends_with(b" ")).then_some((Some(found), &text[at..]));
    }
    found.truncate(found.trim_ascii_end().len());
    let null = found.eq_ignore_ascii_case(b"null");
    Some(((!null).then_some(found), &text[at..]))
}

fn write_element(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}
