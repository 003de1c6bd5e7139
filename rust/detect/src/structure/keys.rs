//! The key that stands before a separator.

use super::Span;

/// How far back a key is searched.
pub(super) const REACH: usize = 64;
/// Blanks between a key and its separator, as in aligned files.
const MAX_BLANKS: usize = 32;

/// A key as found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: Span,
    /// The name before the last dot or bracket.
    pub(super) parent: Span,
    /// Where all that belongs to the key begins: a value before it ends here.
    pub(super) start: usize,
}

/// Whether the byte can be part of a name; all of UTF-8 beyond ASCII can.
pub(super) const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

/// Whether a name can begin with the byte.
pub(super) const fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | 0x80..)
}

/// What may stand before a name without being part of it: `$name`, `@name`, `--name`, `:name`.
const fn is_sigil(byte: u8) -> bool {
    matches!(byte, b'$' | b'@' | b'-' | b':' | b'*' | b'.' | b'%' | b'#')
}

/// Whether a name can begin behind the byte.
const fn is_boundary(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b',' | b';'
                | b'('
                | b'{'
                | b'['
                | b'|'
                | b'&'
                | b'?'
                | b'"'
                | b'\''
                | b'`'
                | b'<'
                | b'>'
                | b'#'
                | b'*'
                | b'!'
        )
}

/// The end of what stands before the blanks before `at`.
pub(super) fn skip_blanks_back(text: &[u8], floor: usize, at: usize) -> usize {
    let floor = floor.max(at.saturating_sub(MAX_BLANKS));
    let blanks = text[floor..at]
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    at - blanks
}

/// The single name before a separator at `at`, not before `floor`.
pub(super) fn name_before(text: &[u8], floor: usize, at: usize) -> Option<Key> {
    let end = skip_blanks_back(text, floor, at);
    let key = match text[floor..end].last()? {
        b']' => bracketed(text, floor, end)?,
        quote @ (b'"' | b'\'' | b'`') => quoted(text, floor, end, *quote)?,
        _ => bare(text, floor, end)?,
    };
    Some(key)
}

pub(super) fn bare(text: &[u8], floor: usize, end: usize) -> Option<Key> {
    let low = floor.max(end.saturating_sub(REACH));
    let length = text[low..end]
        .iter()
        .rev()
        .take_while(|&&byte| in_name(byte))
        .count();
    if length == 0 {
        return None;
    }
    let mut start = end - length;
    while start < end && !begins_name(text[start]) {
        if !is_sigil(text[start]) {
            return None;
        }
        start += 1;
    }
    let mut outside = end - length;
    while outside > low && is_sigil(text[outside - 1]) && end - length - outside < 2 {
        outside -= 1;
    }
    if start == end || outside > floor && !is_boundary(text[outside - 1]) {
        return None;
    }
    let mut key = Key {
        name: Span::new(start, end),
        parent: Span::default(),
        start: outside,
    };
    split_at_dot(text, &mut key);
    Some(key)
}

/// `user.address.city` is `city` of `address`.
fn split_at_dot(text: &[u8], key: &mut Key) {
    let name = key.name.of(text);
    let Some(dot) = name.iter().rposition(|&byte| byte == b'.') else {
        return;
    };
    if dot + 1 < name.len() {
        let before = name[..dot].iter().rposition(|&byte| byte == b'.');
        let start = key.name.start + before.map_or(0, |before| before + 1);
        key.parent = Span::new(start, key.name.start + dot);
        key.name.start += dot + 1;
    }
}

/// `user["name"]`, `user[name]`, `[name]`.
fn bracketed(text: &[u8], floor: usize, end: usize) -> Option<Key> {
    let low = floor.max(end.saturating_sub(REACH));
    let open = low + text[low..end].iter().rposition(|&byte| byte == b'[')?;
    let mut name = Span::new(open + 1, end - 1);
    if let [b'"' | b'\'', .., b'"' | b'\''] = name.of(text) {
        name = Span::new(name.start + 1, name.end - 1);
    }
    if !name.of(text).first().is_some_and(|&byte| begins_name(byte)) {
        return None;
    }
    let low = floor.max(open.saturating_sub(REACH));
    let length = text[low..open]
        .iter()
        .rev()
        .take_while(|&&byte| in_name(byte))
        .count();
    Some(Key {
        name,
        parent: Span::new(open - length, open),
        start: open - length,
    })
}

fn quoted(text: &[u8], floor: usize, end: usize, quote: u8) -> Option<Key> {
    let low = floor.max(end.saturating_sub(REACH));
    let open = low + text[low..end - 1].iter().rposition(|&byte| byte == quote)?;
    (open + 2 < end).then(|| Key {
        name: Span::new(open + 1, end - 1),
        parent: Span::default(),
        start: open,
    })
}

/// The name that ends right before `at`, as that of a function that is called.
pub(super) fn callee(text: &[u8], floor: usize, at: usize) -> Option<Span> {
    let low = floor.max(at.saturating_sub(REACH));
    let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let length = text[low..at]
        .iter()
        .rev()
        .take_while(|&&byte| name(byte))
        .count();
    let span = Span::new(at - length, at);
    span.of(text)
        .first()
        .is_some_and(|&byte| begins_name(byte))
        .then_some(span)
}

/// Whether the text goes on with a name and a separator, as the fields of an object do.
pub(super) fn field_follows(text: &[u8], at: usize) -> bool {
    let reach = &text[at..text.len().min(at + REACH)];
    let skip = reach
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\n' | b'"' | b'\'' | b':'))
        .count();
    let name = reach[skip..]
        .iter()
        .take_while(|&&byte| in_name(byte))
        .count();
    let rest = &reach[skip + name..];
    let quote = rest
        .iter()
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .count();
    name > 0 && matches!(rest.get(quote), Some(b'=' | b':'))
}

#[cfg(test)]
mod tests {
    use super::{field_follows, name_before};

    /// The key and its parent before the first `^`.
    fn name(text: &str) -> Option<(&str, &str)> {
        let at = text.find('^').unwrap();
        let key = name_before(text.as_bytes(), 0, at)?;
        Some((&text[key.name.range()], &text[key.parent.range()]))
    }

    #[test]
    fn names_are_found_as_programs_and_files_write_them() {
        for (text, expected) in [
            ("name ^", ("name", "")),
            ("x, user.name^", ("name", "user")),
            ("a.b.c^", ("c", "b")),
            ("$row['name']  ^", ("name", "row")),
            ("user[email]^", ("email", "user")),
            ("--password^", ("password", "")),
            ("{:name ^", ("name", "")),
            ("?q^", ("q", "")),
            ("\"full name\" ^", ("full name", "")),
            ("größe^", ("größe", "")),
        ] {
            assert_eq!(name(text), Some(expected), "{text}");
        }
        for text in [
            "^",
            "12^",
            "a@b.c^",
            "abc=def^",
            "ab:cd^",
            "https://a/b^",
            "5 ^",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn fields_are_recognised_ahead() {
        for text in ["name=", "'a': 1", "\"a b", " x = 1", ":a => 1"] {
            assert_eq!(field_follows(text.as_bytes(), 0), text != "\"a b", "{text}");
        }
        assert!(!field_follows(b"cd[ef", 0));
    }
}
