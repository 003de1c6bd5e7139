//! Literals of a statement string: where each stands, what it says, and how another value is written
//! in its place.

use crate::lexer::{Kind, Lexer};
use std::borrow::Cow;

/// A literal of a statement string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// First byte.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// What it is.
    pub kind: LiteralKind,
    /// First byte of the minus right before it, if there is one.
    pub minus: Option<usize>,
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// A character string in any quoting.
    String,
    /// A string of bits.
    Bits,
    /// A number.
    Number,
    /// A string whose value is not read here: `U&'...'`, `X'...'`.
    Other,
}

/// The literals of a statement string in their order, as the grammar's own scanner finds them.
pub fn literals(sql: &[u8]) -> impl Iterator<Item = Literal> + '_ {
    let mut minus = None;
    Lexer::new(sql).filter_map(move |token| {
        let before = minus.take();
        if token.kind == Kind::Operator && &sql[token.start..token.end] == b"-" {
            minus = Some(token.start);
        }
        token.kind.is_literal().then_some(Literal {
            start: token.start,
            end: token.end,
            minus: before,
            kind: match token.kind {
                Kind::String | Kind::NationalString => LiteralKind::String,
                Kind::BitString => LiteralKind::Bits,
                Kind::Int4 | Kind::Int8 | Kind::Numeric => LiteralKind::Number,
                _ => LiteralKind::Other,
            },
        })
    })
}

impl Literal {
    /// The value that it stands for; none where that is not known for certain.
    #[must_use]
    pub fn value<'a>(&self, sql: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let text = sql.get(self.start..self.end)?;
        match self.kind {
            LiteralKind::Other => None,
            LiteralKind::Number => number(text),
            LiteralKind::Bits => unquoted(text.get(1..)?, false),
            LiteralKind::String => match text.first()? {
                b'$' => {
                    let tag = text.get(1..)?.iter().position(|&byte| byte == b'$')? + 2;
                    text.get(tag..text.len().checked_sub(tag)?).map(Cow::from)
                }
                b'e' | b'E' => unquoted(text.get(1..)?, true),
                b'n' | b'N' => unquoted(text.get(1..)?, false),
                _ => unquoted(text, false),
            },
        }
    }
}

/// Appends a string literal. Backslashes are themselves in it, as this crate reads strings.
pub fn quote(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for &byte in value {
        if byte == b'\'' {
            out.push(b'\'');
        }
        out.push(byte);
    }
    out.push(b'\'');
}

/// A decimal number without the marks between its digits.
fn number(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let plain = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    if text.iter().all(plain) {
        return Some(text.into());
    }
    let digits: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'_').collect();
    digits.iter().all(plain).then(|| digits.into())
}

/// The text between the quotes, which may go on in further lines.
fn unquoted(text: &[u8], escapes: bool) -> Option<Cow<'_, [u8]>> {
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    if !(inner.contains(&b'\'') || escapes && inner.contains(&b'\\')) {
        return Some(inner.into());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'\'' => match after.strip_prefix(b"'") {
                Some(after) => {
                    out.push(b'\'');
                    after
                }
                None => next_part(after)?,
            },
            b'\\' if escapes => escape(after, &mut out)?,
            _ => {
                out.push(byte);
                after
            }
        };
    }
    Some(out.into())
}

/// What follows the quote that opens the next part, behind white space and comments.
fn next_part(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        rest = match rest {
            [b'\'', after @ ..] => return Some(after),
            [b'-', b'-', after @ ..] => {
                let end = after
                    .iter()
                    .position(|byte| matches!(byte, b'\n' | b'\r'))?;
                after.get(end..)?
            }
            [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// Reads what follows a backslash (manual, "String Constants with C-Style Escapes").
fn escape<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&kind, after) = rest.split_first()?;
    let digits = |text: &[u8], radix: u32, most: usize| {
        let of_radix = |byte: &&u8| char::from(**byte).is_digit(radix);
        text.iter().take(most).take_while(of_radix).count()
    };
    let parsed = |text: &[u8], radix| {
        let text = std::str::from_utf8(text).ok()?;
        u32::from_str_radix(text, radix).ok()
    };
    Some(match kind {
        b'b' | b'f' | b'n' | b'r' | b't' => {
            out.push(match kind {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                _ => b'\t',
            });
            after
        }
        b'0'..=b'7' => {
            let count = digits(rest, 8, 3);
            out.push(u8::try_from(parsed(&rest[..count], 8)? & 0xff).ok()?);
            &rest[count..]
        }
        b'x' if digits(after, 16, 2) > 0 => {
            let count = digits(after, 16, 2);
            out.push(u8::try_from(parsed(&after[..count], 16)?).ok()?);
            &after[count..]
        }
        b'u' | b'U' => {
            let length = if kind == b'u' { 4 } else { 8 };
            // Pairs of surrogates are not read.
            let character = char::from_u32(parsed(after.get(..length)?, 16)?)?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            &after[length..]
        }
        _ => {
            out.push(kind);
            after
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(sql: &str) -> Vec<Option<String>> {
        literals(sql.as_bytes())
            .map(|literal| {
                let value = literal.value(sql.as_bytes())?;
                Some(String::from_utf8(value.into_owned()).unwrap())
            })
            .collect()
    }

    #[test]
    fn strings_are_read_in_every_quoting() {
        for (sql, value) in [
            ("'plain'", "plain"),
            ("'it''s'", "it's"),
            ("'back\\slash'", "back\\slash"),
            ("E'a\\'b\\\\c\\n\\x41\\101\\u00e9'", "a'b\\c\nAA\u{e9}"),
            ("$tag$it's$tag$", "it's"),
            ("$$x$$", "x"),
            ("N'n'", "n"),
            ("'one' -- it's a comment\n 'two'", "onetwo"),
            ("E'\\''\n'\\''", "''"),
            ("B'0101'", "0101"),
            ("''", ""),
            ("12_345.50", "12345.50"),
        ] {
            assert_eq!(values(sql), [Some(value.to_owned())], "{sql}");
        }
    }

    #[test]
    fn what_is_not_certain_is_not_read() {
        for sql in ["U&'\\0041'", "X'1f'", "0x1f", "1e3", "E'\\ud83d\\ude00'"] {
            assert_eq!(values(sql), [None], "{sql}");
        }
    }

    #[test]
    fn a_quoted_value_reads_as_itself() {
        for value in ["", "it's", "a\\b", "''", "line\nline"] {
            let mut out = Vec::new();
            quote(value.as_bytes(), &mut out);
            assert_eq!(
                values(std::str::from_utf8(&out).unwrap()),
                [Some(value.to_owned())]
            );
        }
    }
}
