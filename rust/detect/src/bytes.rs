//! Byte classes and neighbourhood questions that the recognisers share.

/// How far back a joined code is looked at.
const MAX_CODE: usize = 16;

/// Whether a value may not start right after, or end right before, this byte.
pub(crate) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the byte belongs to the URL-safe base64 alphabet.
pub(crate) const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Whether the byte belongs to the standard base64 alphabet, padding excluded.
pub(crate) const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// The byte before `at`, if there is one.
pub(crate) fn before(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|index| text.get(index)).copied()
}

/// Whether an escape for white space, such as `\n`, ends right before `at`.
///
/// A document of JSON that is stored or shown as text has these instead of line ends, and a value
/// often stands at the begin of a line.
pub(crate) fn escape_before(text: &[u8], at: usize) -> bool {
    matches!(before(text, at), Some(b'n' | b't' | b'r' | b'b' | b'f'))
        && before(text, at - 1) == Some(b'\\')
}

/// Whether a word character stands right before `at`.
pub(crate) fn word_before(text: &[u8], at: usize) -> bool {
    before(text, at).is_some_and(is_word) && !escape_before(text, at)
}

/// Whether a word character stands at `at`.
pub(crate) fn word_at(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|&byte| is_word(byte))
}

/// Whether `at` continues a longer code: glued to a word or joined to one by `-`, `.` or `/`.
pub(crate) fn joined_before(text: &[u8], at: usize) -> bool {
    match before(text, at) {
        Some(b'-' | b'.' | b'/') => {
            before(text, at - 1).is_some_and(|byte| byte.is_ascii_alphanumeric())
        }
        _ => word_before(text, at),
    }
}

/// As [`joined_before`], but a word without digits, as in `SSN-`, does not join.
pub(crate) fn numbered_before(text: &[u8], at: usize) -> bool {
    match before(text, at) {
        Some(b'-' | b'.' | b'/') => {
            let start = run_start(text, at - 1, MAX_CODE, |byte| byte.is_ascii_alphanumeric());
            text[start..at - 1].iter().any(u8::is_ascii_digit)
        }
        _ => word_before(text, at),
    }
}

/// The mirror image of [`joined_before`]; a full stop only joins when a digit follows.
pub(crate) fn joined_after(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1);
    match text.get(at) {
        Some(b'-' | b'/') => next.is_some_and(u8::is_ascii_alphanumeric),
        Some(b'.') => next.is_some_and(u8::is_ascii_digit),
        Some(&byte) => is_word(byte),
        None => false,
    }
}

/// As [`joined_after`], but a word without digits, as in `-office`, does not join.
pub(crate) fn numbered_after(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        Some(b'-' | b'/') => {
            let reach = &text[..text.len().min(at + 1 + MAX_CODE)];
            let end = run_end(reach, at + 1, |byte| byte.is_ascii_alphanumeric());
            text[at + 1..end].iter().any(u8::is_ascii_digit)
        }
        _ => joined_after(text, at),
    }
}

/// First index from `at` on whose byte fails `class`, or the end of the text.
pub(crate) fn run_end(text: &[u8], at: usize, class: impl Fn(u8) -> bool) -> usize {
    text[at..]
        .iter()
        .position(|&byte| !class(byte))
        .map_or(text.len(), |length| at + length)
}

/// First index of the run of `class` that ends before `at`, looking back at most `limit` bytes.
pub(crate) fn run_start(text: &[u8], at: usize, limit: usize, class: impl Fn(u8) -> bool) -> usize {
    let floor = at.saturating_sub(limit);
    text[floor..at]
        .iter()
        .rposition(|&byte| !class(byte))
        .map_or(floor, |index| floor + index + 1)
}

#[cfg(test)]
mod tests {
    use super::{joined_after, joined_before, numbered_after, numbered_before, run_end, run_start};

    #[test]
    fn a_separator_joins_only_what_continues_behind_it() {
        assert!(joined_before(b"12-34", 3));
        assert!(joined_before(b"a34", 1));
        assert!(!joined_before(b" -34", 2));
        assert!(!joined_before(b"34", 0));
        assert!(!joined_before(br"\n34", 2));
        assert!(joined_before(br"\x34", 2));
        assert!(joined_before(b"n34", 1));
        assert!(joined_after(b"34-5", 2));
        assert!(joined_after(b"34.5", 2));
        assert!(!joined_after(b"34.a", 2));
        assert!(!joined_after(b"34-", 2));
        assert!(!joined_after(b"34", 2));
    }

    #[test]
    fn a_word_without_digits_does_not_number() {
        assert!(joined_before(b"SSN-34", 4));
        assert!(!numbered_before(b"SSN-34", 4));
        assert!(!numbered_after(b"34-office", 2));
        assert!(numbered_after(b"34-A1", 2));
        assert!(numbered_before(b"A1-34", 3));
        assert!(numbered_before(b"A34", 1));
        assert!(!numbered_before(br"\t34", 2));
    }

    #[test]
    fn runs_stop_at_the_class_and_at_the_limit() {
        let digit = |byte: u8| byte.is_ascii_digit();
        assert_eq!(run_end(b"a123b", 1, digit), 4);
        assert_eq!(run_end(b"123", 0, digit), 3);
        assert_eq!(run_start(b"a123b", 4, 9, digit), 1);
        assert_eq!(run_start(b"0123b", 4, 2, digit), 2);
    }
}
