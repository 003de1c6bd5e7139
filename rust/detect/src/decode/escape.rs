//! One escape at a time: what stands at a byte that begins one.

use std::borrow::Cow;

use memchr::memchr;

use super::entities;

/// What an escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Byte(u8),
    Char(char),
    Nothing,
}

/// Which escapes a text has, besides `%`, `&` and `\`, which explain themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Modes {
    /// `+` is a space in the values of a query.
    pub(super) form: bool,
    /// `=40` is a byte and `=` at the end of a line joins it with the next (RFC 2045, 6.7).
    pub(super) quoted_printable: bool,
}

/// The escape that begins at `at`: how many bytes it has and what it stands for.
pub(super) fn at(text: &[u8], at: usize, modes: Modes) -> Option<(usize, Decoded)> {
    let rest = &text[at + 1..];
    match text[at] {
        b'%' => percent(rest),
        b'&' => entities::reference(rest)
            .map(|(length, character)| (length + 1, Decoded::Char(character))),
        b'\\' => backslash(rest),
        b'=' if modes.quoted_printable => quoted_printable(rest),
        _ => None,
    }
}

/// A short text without its backslashes, as a string of JSON or of a program is read.
///
/// What is not text then, or is longer than `most` bytes, stays as it was written.
pub(crate) fn unescaped(text: &[u8], most: usize) -> Cow<'_, [u8]> {
    if memchr(b'\\', text).is_none() || text.len() > most {
        return Cow::Borrowed(text);
    }
    let mut read = Vec::with_capacity(text.len());
    let mut place = 0;
    while place < text.len() {
        let escape = (text[place] == b'\\').then(|| backslash(&text[place + 1..]));
        if let Some((length, decoded)) = escape.flatten() {
            match decoded {
                Decoded::Byte(byte) => read.push(byte),
                Decoded::Char(character) => {
                    read.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Decoded::Nothing => {}
            }
            place += length;
        } else {
            read.push(text[place]);
            place += 1;
        }
    }
    Cow::Owned(read)
}

/// `%40` (RFC 3986, 2.1), and `%u0040` as old scripts write it.
fn percent(rest: &[u8]) -> Option<(usize, Decoded)> {
    if matches!(rest.first(), Some(b'u' | b'U')) {
        return hex(rest.get(1..5)?).map(|code| (6, character(code)));
    }
    byte(rest.get(..2)?).map(|byte| (3, Decoded::Byte(byte)))
}

/// `=40`, with capital letters only, and the soft line break.
fn quoted_printable(rest: &[u8]) -> Option<(usize, Decoded)> {
    match rest {
        [b'\n', ..] => Some((2, Decoded::Nothing)),
        [b'\r', b'\n', ..] => Some((3, Decoded::Nothing)),
        [high, low, ..] if !high.is_ascii_lowercase() && !low.is_ascii_lowercase() => {
            byte(&[*high, *low]).map(|byte| (3, Decoded::Byte(byte)))
        }
        _ => None,
    }
}

/// Escapes of JSON, JavaScript, Python, Java and C; also of Markdown and shells, where the backslash
/// stands before punctuation and blanks.
fn backslash(rest: &[u8]) -> Option<(usize, Decoded)> {
    let &first = rest.first()?;
    let one = |byte| Some((2, Decoded::Byte(byte)));
    match first {
        b'n' | b'v' | b'f' => one(b'\n'),
        b'r' => one(b'\r'),
        b't' => one(b'\t'),
        b'b' => one(b' '),
        b'u' => unicode(rest),
        b'U' => hex(rest.get(1..9)?).map(|code| (10, character(code))),
        b'x' => byte(rest.get(1..3)?).map(|byte| (4, Decoded::Byte(byte))),
        b'0'..=b'7' => octal(rest),
        b'\n' => Some((2, Decoded::Nothing)),
        b'\r' if rest.get(1) == Some(&b'\n') => Some((3, Decoded::Nothing)),
        byte if byte.is_ascii_punctuation() || byte == b' ' => one(byte),
        _ => None,
    }
}

/// `\u0040`, `\u{40}`, and two of them for what does not fit into one.
fn unicode(rest: &[u8]) -> Option<(usize, Decoded)> {
    if rest.get(1) == Some(&b'{') {
        let length = rest.iter().take(10).position(|&byte| byte == b'}')?;
        return hex(&rest[2..length]).map(|code| (length + 2, character(code)));
    }
    let code = hex(rest.get(1..5)?)?;
    if (0xd800..0xdc00).contains(&code) && rest.get(5..7) == Some(br"\u") {
        if let Some(low @ 0xdc00..0xe000) = rest.get(7..11).and_then(hex) {
            let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            return Some((12, character(code)));
        }
    }
    Some((6, character(code)))
}

/// Up to three octal digits of a byte.
fn octal(rest: &[u8]) -> Option<(usize, Decoded)> {
    let digits = rest
        .iter()
        .take(3)
        .take_while(|byte| matches!(byte, b'0'..=b'7'));
    let (length, value) = digits.fold((0, 0_u32), |(length, value), digit| {
        (length + 1, value * 8 + u32::from(digit - b'0'))
    });
    let byte = u8::try_from(value).ok()?;
    Some((length + 1, Decoded::Byte(byte)))
}

/// Halves of a pair stand for nothing when they stand alone.
fn character(code: u32) -> Decoded {
    char::from_u32(code).map_or(Decoded::Nothing, Decoded::Char)
}

fn byte(digits: &[u8]) -> Option<u8> {
    hex(digits).and_then(|value| u8::try_from(value).ok())
}

/// The value of one to eight hexadecimal digits.
fn hex(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::{at, unescaped, Decoded, Modes};

    fn decoded(text: &str) -> Option<(usize, Decoded)> {
        let modes = Modes {
            form: false,
            quoted_printable: true,
        };
        at(text.as_bytes(), 0, modes)
    }

    #[test]
    fn escapes_stand_for_bytes_and_characters() {
        for (text, expected) in [
            ("%40x", (3, Decoded::Byte(b'@'))),
            ("%u0040", (6, Decoded::Char('@'))),
            ("&#64;", (5, Decoded::Char('@'))),
            ("&commat;", (8, Decoded::Char('@'))),
            (r"\u0040", (6, Decoded::Char('@'))),
            (r"\u{40}", (6, Decoded::Char('@'))),
            (r"\U00000040", (10, Decoded::Char('@'))),
            (r"\ud83d\ude00", (12, Decoded::Char('😀'))),
            (r"\ud83dx", (6, Decoded::Nothing)),
            (r"\x40", (4, Decoded::Byte(b'@'))),
            (r"\100", (4, Decoded::Byte(b'@'))),
            (r"\09", (2, Decoded::Byte(0))),
            (r"\/", (2, Decoded::Byte(b'/'))),
            ("\\\"", (2, Decoded::Byte(b'"'))),
            (r"\n", (2, Decoded::Byte(b'\n'))),
            ("\\\n", (2, Decoded::Nothing)),
            ("=40", (3, Decoded::Byte(b'@'))),
            ("=\r\n", (3, Decoded::Nothing)),
        ] {
            assert_eq!(decoded(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_short_text_is_read_without_its_backslashes() {
        for (text, expected) in [
            ("plain %40", "plain %40"),
            (r"em\u0061il", "email"),
            (r"\u0070\u0072\u00e9nom", "prénom"),
            (r#"a\"b\\c\ud83d"#, r#"a"b\c"#),
            (r"cut\u00", r"cut\u00"),
            ("end\\", "end\\"),
        ] {
            assert_eq!(&*unescaped(text.as_bytes(), 40), expected.as_bytes());
        }
        assert_eq!(&*unescaped(br"\u0061", 5), br"\u0061");
    }

    #[test]
    fn what_is_no_escape_stands_for_itself() {
        for text in [
            "%",
            "%4",
            "%4x",
            "%u004",
            "&",
            "&x",
            "&&",
            "\\",
            r"\u004",
            r"\u{}",
            r"\u{110000",
            r"\x4",
            r"\q",
            r"\777",
            "=4",
            "=4a",
            "= ",
            "x",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
