//! The key that stands before a separator.

use super::Span;

/// How far back a key is searched.
const REACH: usize = 64;
/// Blanks between a key and its separator, as in aligned files.
const MAX_BLANKS: usize = 32;
/// Most words of a key in prose: "Date of birth of spouse".
const MAX_WORDS: usize = 5;

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
const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

/// Whether a name can begin with the byte.
const fn begins_name(byte: u8) -> bool {
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
fn skip_blanks_back(text: &[u8], floor: usize, at: usize) -> usize {
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

fn bare(text: &[u8], floor: usize, end: usize) -> Option<Key> {
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

/// The words before a colon at `at`: all up to something that separates, or else the last.
///
/// A value that is still open begins at `floor` if `within` is set; its words are not of the key.
pub(super) fn phrase_before(text: &[u8], floor: usize, at: usize, within: bool) -> Option<Key> {
    let end = strip_marks(text, floor, skip_blanks_back(text, floor, at));
    if matches!(text[floor..end].last()?, b']' | b'"' | b'\'' | b'`') {
        return name_before(text, floor, end);
    }
    let low = floor.max(end.saturating_sub(REACH));
    let Some(begin) = phrase_start(text, low, end) else {
        return bare(text, floor, end);
    };
    if begin == floor && within {
        return bare(text, floor, end);
    }
    let lead = text[begin..end]
        .iter()
        .take_while(|&&byte| !begins_name(byte))
        .count();
    let name = Span::new(begin + lead, end);
    if name.is_empty() {
        return None;
    }
    if name.of(text).contains(&b' ') {
        return Some(Key {
            name,
            parent: Span::default(),
            start: begin,
        });
    }
    bare(text, floor, end)
}

/// `**Name**:` and `Name*:`
fn strip_marks(text: &[u8], floor: usize, end: usize) -> usize {
    let marks = text[floor..end]
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| matches!(byte, b'*' | b'_' | b'#'))
        .count();
    skip_blanks_back(text, floor, end - marks)
}

/// Where the phrase begins, if that is not beyond reach.
fn phrase_start(text: &[u8], low: usize, end: usize) -> Option<usize> {
    let mut words = 1;
    let mut at = end;
    while at > low {
        let byte = text[at - 1];
        let fits = in_name(byte) || matches!(byte, b'\'' | b'/' | b'#' | b'(' | b')');
        if byte == b' ' {
            let before = text[low..at - 1].last();
            if before.is_none_or(|byte| matches!(byte, b' ' | b'.' | b'!' | b'?' | b'-' | b'*')) {
                return Some(at);
            }
            words += 1;
            if words > MAX_WORDS {
                return None;
            }
        } else if !fits {
            return Some(at);
        }
        at -= 1;
    }
    (end - low < REACH).then_some(at)
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
    use super::{field_follows, name_before, phrase_before};

    /// The key and its parent before the first `^`.
    fn name(text: &str) -> Option<(&str, &str)> {
        let at = text.find('^').unwrap();
        let key = name_before(text.as_bytes(), 0, at)?;
        Some((&text[key.name.range()], &text[key.parent.range()]))
    }

    fn phrase(text: &str) -> Option<&str> {
        let at = text.find('^').unwrap();
        phrase_before(text.as_bytes(), 0, at, false).map(|key| &text[key.name.range()])
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
    fn phrases_end_where_something_separates() {
        for (text, expected) in [
            ("First name^", "First name"),
            ("Thanks. First name^", "First name"),
            ("- Date of birth^", "Date of birth"),
            ("2. Date of birth^", "Date of birth"),
            ("**Email**^", "Email"),
            ("**Email^", "Email"),
            ("x, Phone (home)^", "Phone (home)"),
            ("please write all of it into the email^", "email"),
            ("a | Name^", "Name"),
        ] {
            assert_eq!(phrase(text), Some(expected), "{text}");
        }
        assert_eq!(phrase("at 10^"), Some("at 10"));
        assert_eq!(phrase("10^"), None);
    }

    #[test]
    fn fields_are_recognised_ahead() {
        for text in ["name=", "'a': 1", "\"a b", " x = 1", ":a => 1"] {
            assert_eq!(field_follows(text.as_bytes(), 0), text != "\"a b", "{text}");
        }
        assert!(!field_follows(b"cd[ef", 0));
    }
}
