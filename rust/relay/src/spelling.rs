//! Values as clients spell them, spelled as the server would show them.
//!
//! Drivers write a UUID without hyphens and a time with all digits of its fraction. What is spelled in
//! yet other ways is left as it is, and then cannot be turned back.

use std::borrow::Cow;

use scrim_mask::TypeSpec;

/// Digits of a UUID.
const UUID_DIGITS: usize = 32;
/// `2024-01-31`.
const DATE: usize = 10;

/// The value of a type as the server would show it, as far as that is known.
pub(crate) fn shown<'a>(type_: &TypeSpec, text: &'a [u8]) -> Cow<'a, [u8]> {
    match type_ {
        TypeSpec::Text { .. } | TypeSpec::Name {} => text.into(),
        TypeSpec::Uuid {} => uuid(text).map_or(text.into(), Cow::from),
        TypeSpec::Int2 {} | TypeSpec::Int4 {} | TypeSpec::Int8 {} | TypeSpec::Numeric { .. } => {
            number(text.trim_ascii())
        }
        TypeSpec::Timestamp {} | TypeSpec::Timestamptz {} => moment(text.trim_ascii()).into(),
        TypeSpec::Time {} | TypeSpec::Timetz {} => clock(text.trim_ascii()).into(),
        _ => text.trim_ascii().into(),
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn uuid(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    let inner = text.strip_prefix(b"{").and_then(|t| t.strip_suffix(b"}"));
    let mut out = Vec::with_capacity(UUID_DIGITS + 4);
    let mut digits = 0;
    for &byte in inner.unwrap_or(text) {
        if byte == b'-' {
            continue;
        }
        if !byte.is_ascii_hexdigit() || digits == UUID_DIGITS {
            return None;
        }
        if matches!(digits, 8 | 12 | 16 | 20) {
            out.push(b'-');
        }
        out.push(byte.to_ascii_lowercase());
        digits += 1;
    }
    (digits == UUID_DIGITS).then_some(out)
}

/// Without a plus, and without zeros that say nothing.
fn number(text: &[u8]) -> Cow<'_, [u8]> {
    let unsigned = text.strip_prefix(b"+").unwrap_or(text);
    let digits = unsigned.strip_prefix(b"-").unwrap_or(unsigned);
    let sign = &unsigned[..unsigned.len() - digits.len()];
    let zeros = digits
        .windows(2)
        .take_while(|pair| pair[0] == b'0' && pair[1].is_ascii_digit())
        .count();
    if zeros == 0 && digits.len() + sign.len() == text.len() {
        return text.into();
    }
    [sign, &digits[zeros..]].concat().into()
}

/// A date and a time with a blank between.
fn moment(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    match text.get(DATE) {
        None if text.len() == DATE => out.extend_from_slice(b" 00:00:00"),
        Some(b'T' | b't' | b' ') => {
            out.truncate(DATE);
            out.push(b' ');
            out.extend_from_slice(&clock(&text[DATE + 1..]));
        }
        _ => {}
    }
    out
}

/// A time of day without zeros at the end of its fraction, and its offset in whole hours where it is.
fn clock(text: &[u8]) -> Vec<u8> {
    let digit_or = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    let end = text.iter().position(|byte| !digit_or(byte));
    let (time, offset) = text.split_at(end.unwrap_or(text.len()));
    let mut out = time.to_vec();
    if out.len() == b"10:00".len() {
        out.extend_from_slice(b":00");
    }
    if out.contains(&b'.') {
        while out.ends_with(b"0") {
            out.pop();
        }
        if out.ends_with(b".") {
            out.pop();
        }
    }
    match offset.trim_ascii_start() {
        b"Z" | b"z" => out.extend_from_slice(b"+00"),
        offset => out.extend_from_slice(offset.strip_suffix(b":00").unwrap_or(offset)),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spelled_as_the_server_shows_them() {
        let uuid = TypeSpec::Uuid {};
        let (moment, time) = (TypeSpec::Timestamptz {}, TypeSpec::Time {});
        let numeric = TypeSpec::Numeric {
            precision: None,
            scale: None,
        };
        let plain = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
        for (type_, given, expected) in [
            (&uuid, "c4ca4238a0b923820dcc509a6f75849b", plain),
            (&uuid, "{C4CA4238-A0B9-2382-0DCC-509A6F75849B}", plain),
            (&uuid, "c4ca", "c4ca"),
            (&moment, "2024-01-01T10:00:00Z", "2024-01-01 10:00:00+00"),
            (
                &moment,
                "2024-01-01 10:00:00.500000+05:30",
                "2024-01-01 10:00:00.5+05:30",
            ),
            (
                &moment,
                "2024-01-01 10:00:00.000000+00:00",
                "2024-01-01 10:00:00+00",
            ),
            (&moment, "2024-01-01", "2024-01-01 00:00:00"),
            (&moment, "infinity", "infinity"),
            (&time, "10:00", "10:00:00"),
            (&TypeSpec::Int4 {}, " +042", "42"),
            (&TypeSpec::Int4 {}, "-0", "-0"),
            (&numeric, "-00.50", "-0.50"),
            (&TypeSpec::Name {}, " x ", " x "),
        ] {
            let found = shown(type_, given.as_bytes());
            assert_eq!(std::str::from_utf8(&found), Ok(expected), "{given}");
        }
        assert!(shown(&moment, b"").is_empty());
    }
}
