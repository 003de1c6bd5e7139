//! The words that stand before a colon in prose, forms and prompts.

use super::keys::{bare, begins_name, in_name, name_before, skip_blanks_back, Key, REACH};
use super::Span;

/// Most words of a key: "Date of birth of spouse".
const MAX_WORDS: usize = 5;

/// The words before a colon at `at`: all up to something that separates, or else the last.
///
/// A value that is still open begins at `floor` if `within` is set; its words are not of the key.
pub(super) fn phrase_before(text: &[u8], floor: usize, at: usize, within: bool) -> Option<Key> {
    let end = strip_marks(text, floor, skip_blanks_back(text, floor, at));
    if matches!(text[floor..end].last()?, b']' | b'"' | b'\'' | b'`') {
        return name_before(text, floor, end);
    }
    let low = floor.max(end.saturating_sub(REACH));
    let begin = phrase_start(text, low, end).filter(|&begin| begin > floor || !within);
    let Some(name) = begin.or_else(|| after_filler(text, low, end)) else {
        return bare(text, floor, end);
    };
    let lead = text[name..end]
        .iter()
        .take_while(|&&byte| !begins_name(byte))
        .count();
    let name = without_filler(text, Span::new(name + lead, end));
    if name.is_empty() {
        return None;
    }
    if name.of(text).contains(&b' ') {
        return Some(Key {
            name,
            parent: Span::default(),
            start: begin.unwrap_or_else(|| before_fillers(text, low, name.start)),
        });
    }
    bare(text, floor, name.end)
}

/// Words of a sentence that lead to a key: "and my card number is: ..."
const FILLERS: [&[u8]; 14] = [
    b"my", b"your", b"his", b"her", b"their", b"our", b"the", b"a", b"and", b"or", b"with", b"is",
    b"are", b"was",
];

fn is_filler(word: &[u8]) -> bool {
    FILLERS
        .iter()
        .any(|filler| filler.eq_ignore_ascii_case(word))
}

/// The begin of the last words, if a word before them leads to a key.
fn after_filler(text: &[u8], low: usize, end: usize) -> Option<usize> {
    let mut start = end;
    for word in text[low..end].rsplit(|&byte| byte == b' ').take(MAX_WORDS) {
        if start < end && is_filler(word) {
            return Some(start);
        }
        if word.is_empty() || word.iter().any(|&byte| !in_name(byte)) {
            return None;
        }
        start = start
            .saturating_sub(word.len() + usize::from(start < end))
            .max(low);
    }
    None
}

/// The begin of the words that lead to the key at `start`.
fn before_fillers(text: &[u8], low: usize, start: usize) -> usize {
    let mut start = start;
    while let Some(b' ') = text[low..start].last() {
        let word = text[low..start - 1].rsplit(|&byte| byte == b' ').next();
        match word.filter(|word| is_filler(word)) {
            Some(word) => start -= word.len() + 1,
            None => break,
        }
    }
    start
}

/// The phrase without the words that lead to it, and without a verb behind it.
fn without_filler(text: &[u8], name: Span) -> Span {
    let mut name = name;
    while let Some(space) = name.of(text).iter().rposition(|&byte| byte == b' ') {
        if !is_filler(&name.of(text)[space + 1..]) {
            break;
        }
        name.end = name.start + space;
    }
    while let Some(space) = name.of(text).iter().position(|&byte| byte == b' ') {
        if !is_filler(&name.of(text)[..space]) {
            break;
        }
        name.start += space + 1;
    }
    name
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
    let mut closed = 0_usize;
    let mut at = end;
    while at > low {
        let byte = text[at - 1];
        match byte {
            b')' => closed += 1,
            b'(' if closed == 0 => return Some(at),
            b'(' => closed -= 1,
            _ => {}
        }
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

#[cfg(test)]
mod tests {
    use super::phrase_before;

    fn phrase(text: &str) -> Option<&str> {
        let at = text.find('^').unwrap();
        phrase_before(text.as_bytes(), 0, at, false).map(|key| &text[key.name.range()])
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
            ("call Jane (Phone^", "Phone"),
            ("my SSN is^", "SSN"),
            (
                "as you all know by now, it is not so, and my card number^",
                "card number",
            ),
            (
                "please write as soon as you can to the home address^",
                "home address",
            ),
        ] {
            assert_eq!(phrase(text), Some(expected), "{text}");
        }
        assert_eq!(phrase("at 10^"), Some("at 10"));
        assert_eq!(phrase("10^"), None);
    }
}
