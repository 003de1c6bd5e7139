//! The quoting of array elements, composite fields and range bounds in text.

/// Takes a quoted text off the front, behind its opening quote; returns it with what follows.
///
/// A backslash stands before the character it protects; where `doubled`, two quotes are one.
pub(crate) fn take_quoted(text: &[u8], doubled: bool) -> Option<(Vec<u8>, &[u8])> {
    let mut taken = Vec::new();
    let mut rest = text;
    loop {
        let end = memchr::memchr2(b'"', b'\\', rest)?;
        taken.extend_from_slice(&rest[..end]);
        let next = rest.get(end + 1).copied();
        if rest[end] == b'\\' || (doubled && next == Some(b'"')) {
            taken.push(next?);
            rest = &rest[end + 2..];
        } else {
            return Some((taken, &rest[end + 1..]));
        }
    }
}

/// Writes a text in quotes, with quotes and backslashes behind a backslash.
pub(crate) fn write_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// Whether a byte is white space to PostgreSQL's parsers.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_come_off_and_go_back_on() {
        let mut out = Vec::new();
        write_quoted(b"a\"b\\c", &mut out);
        assert_eq!(out, b"\"a\\\"b\\\\c\"");
        assert_eq!(
            take_quoted(&out[1..], false),
            Some((b"a\"b\\c".to_vec(), &b""[..]))
        );
        assert_eq!(
            take_quoted(b"a\"\"b\",c", true),
            Some((b"a\"b".to_vec(), &b",c"[..]))
        );
        assert_eq!(take_quoted(b"open", true), None);
        assert_eq!(take_quoted(b"open\\", true), None);
    }
}
