//! Values that follow their name without an operator: options of a command line, sentences, and
//! pairs such as `API_KEY 0123...`.

use super::assignment::{bare_end, is_name, quoted_end, Assignment, MAX_VALUE};
use super::numbers::UUID_LEN;
use crate::bytes::{before, run_end};

/// Most words behind the name that may stand before the value: `vendor api key 0123...`.
const MAX_WORDS: usize = 3;
const MAX_WORD: usize = 24;
/// Most bytes between a name and the verb of its sentence: `password for the user "x" is ...`.
const MAX_REACH: usize = 40;
/// Fewest bytes of a value that nothing but white space binds to its name.
const MIN_BESIDE: usize = 16;
/// Fewest bytes of a name with a value glued to it, and digits in them.
const MIN_GLUED: usize = 26;
const MIN_GLUED_DIGITS: usize = 4;
/// Digits in such a value.
const MIN_DIGITS: usize = 2;

/// What the last word before such a value ends with.
const LAST_WORDS: [&[u8]; 7] = [
    b"key",
    b"access",
    b"token",
    b"secret",
    b"pat",
    b"private",
    b"credential",
];
/// Verbs between a name and its value, in a few languages, and what may follow them.
const VERBS: [&[u8]; 8] = [
    b" is set to ",
    b" is now ",
    b" is: ",
    b" is ",
    b" ist ",
    b" lautet ",
    b" es ",
    b" est ",
];

/// The value behind the name without an operator; with `words`, other words may stand between them.
pub(super) fn adjacent(text: &[u8], name: (usize, usize), words: bool) -> Option<Assignment> {
    option(text, name)
        .or_else(|| sentence(text, name))
        .or_else(|| words.then(|| dash(text, name).or_else(|| beside(text, name)))?)
}

/// Whether the text can hold such a value besides an option: a verb, or a long word with digits.
pub(super) fn possible(text: &[u8], dashes: usize, digits: usize) -> bool {
    let option = || {
        memchr::memchr_iter(b'-', text).any(|at| {
            before(text, at).is_none_or(|byte| byte <= b' ')
                && text
                    .get(at + 1)
                    .is_some_and(|&byte| byte == b'-' || byte.is_ascii_alphabetic())
        })
    };
    let verb = || {
        memchr::memchr_iter(b's', text)
            .any(|at| at >= 2 && matches!(text[at - 1], b'i' | b'e') && text[at - 2] == b' ')
    };
    (dashes >= 1 && (option() || glued(text, digits)))
        || (digits >= 1 && verb())
        || (digits >= MIN_DIGITS && has_long_word(text))
}

/// Whether a name may go on with its value, as in `vendor-secret-0123...`.
fn glued(text: &[u8], digits: usize) -> bool {
    digits >= MIN_GLUED_DIGITS
        && text.len() != UUID_LEN
        && text
            .split(|&byte| byte <= b' ')
            .any(|word| word.len() >= MIN_GLUED)
}

/// Whether white space stands before or behind a word as long as a value.
fn has_long_word(text: &[u8]) -> bool {
    memchr::memchr(b' ', text).is_some()
        && text
            .split(|&byte| byte <= b' ')
            .any(|word| word.len() >= MIN_BESIDE)
}

/// `--token VALUE` and `-Password VALUE`; what a command line gives is literal.
fn option(text: &[u8], (start, end): (usize, usize)) -> Option<Assignment> {
    if text.get(start) != Some(&b'-') || before(text, start).is_some_and(|byte| byte > b' ') {
        return None;
    }
    let value = skip_blanks(text, end)?;
    let first = *text.get(value)?;
    if let Some(quoted) = quoted(text, (start, end), value) {
        return Some(quoted);
    }
    let refers = matches!(
        first,
        b'-' | b'$' | b'<' | b'[' | b'{' | b'(' | b'%' | b'@' | b'|'
    );
    let given = bounded(text, (start, end), value, true)?;
    let called = text[given.start..given.end].contains(&b'(');
    (!refers && !called).then_some(given)
}

/// `vendor token - "VALUE"`.
fn dash(text: &[u8], name: (usize, usize)) -> Option<Assignment> {
    let at = skip_blanks(text, name.1)?;
    (text[at] == b'-').then(|| quoted(text, name, skip_blanks(text, at + 1)?))?
}

/// `the password for "x" is VALUE`.
fn sentence(text: &[u8], (start, end): (usize, usize)) -> Option<Assignment> {
    let window = &text[end..text.len().min(end + MAX_REACH)];
    let clause = &window[..run_end(window, 0, |byte| {
        !matches!(byte, b'\n' | b'.' | b',' | b';')
    })];
    let (at, verb) = VERBS
        .iter()
        .filter_map(|verb| Some((memchr::memmem::find(clause, verb)?, verb)))
        .min_by_key(|&(at, verb)| (at, usize::MAX - verb.len()))?;
    let value = end + at + verb.len();
    quoted(text, (start, end), value).or_else(|| {
        let mut given = bounded(text, (start, end), value, false)?;
        while given.end > value && matches!(text[given.end - 1], b'.' | b'!' | b'?' | b':') {
            given.end -= 1;
        }
        // A word without a digit goes on with the sentence.
        text[value..given.end]
            .iter()
            .any(u8::is_ascii_digit)
            .then_some(given)
    })
}

/// `VENDOR_API_KEY VALUE` and `vendor api token VALUE`.
fn beside(text: &[u8], name: (usize, usize)) -> Option<Assignment> {
    let (mut start, mut end) = name;
    for _ in 0..MAX_WORDS {
        let next = skip_blanks(text, end)?;
        let last = &text[start..end];
        if LAST_WORDS.iter().any(|word| ends_with(last, word)) {
            let given = bounded(text, name, next, false)?;
            let value = &text[given.start..given.end];
            let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
            if value.len() >= MIN_BESIDE && digits >= MIN_DIGITS {
                return Some(given);
            }
        }
        let limit = text.len().min(next + MAX_WORD);
        (start, end) = (next, run_end(&text[..limit], next, is_name));
        if end == start {
            return None;
        }
    }
    None
}

fn ends_with(name: &[u8], word: &[u8]) -> bool {
    name.len() >= word.len() && name[name.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// First byte after one to four blanks.
fn skip_blanks(text: &[u8], at: usize) -> Option<usize> {
    let limit = text.len().min(at + 4);
    let end = run_end(&text[..limit], at, |byte| matches!(byte, b' ' | b'\t'));
    (end > at && end < text.len()).then_some(end)
}

fn quoted(text: &[u8], name: (usize, usize), at: usize) -> Option<Assignment> {
    let quote = *text
        .get(at)
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let limit = text.len().min(at + 1 + MAX_VALUE);
    let end = quoted_end(&text[..limit], at + 1, quote)?;
    given(name, at + 1, end, true)
}

fn bounded(text: &[u8], name: (usize, usize), at: usize, quoted: bool) -> Option<Assignment> {
    given(name, at, bare_end(text, at), quoted)
}

fn given(name: (usize, usize), start: usize, end: usize, quoted: bool) -> Option<Assignment> {
    (end > start).then_some(Assignment {
        name_start: name.0,
        name_end: name.1,
        start,
        end,
        quoted,
        cut: None,
    })
}

#[cfg(test)]
mod tests {
    use super::{adjacent, possible};

    fn value<'a>(text: &'a str, key: &str, words: bool) -> Option<&'a str> {
        let start = text.to_ascii_lowercase().find(key)?;
        let name = super::super::assignment::name_of(text.as_bytes(), start, start + key.len());
        let found = adjacent(text.as_bytes(), name, words)?;
        Some(&text[found.start..found.end])
    }

    #[test]
    fn options_sentences_and_pairs_give_a_value() {
        for (text, key, expected) in [
            ("run --token q8Zr2Lk9 now", "token", "q8Zr2Lk9"),
            ("Connect -Password VMware1!", "password", "VMware1!"),
            ("the password is Secret123.", "password", "Secret123"),
            ("password for user 'x' is 'admin' or", "password", "admin"),
            (
                "X_API_KEY 951bc382db9abad29c68634761dd6e19",
                "api_key",
                "951bc382db9abad29c68634761dd6e19",
            ),
            (
                "vendor secret token 951bc382db9abad2",
                "vendor",
                "951bc382db9abad2",
            ),
        ] {
            assert_eq!(value(text, key, true), Some(expected), "{text}");
            assert!(possible(text.as_bytes(), 1, 8), "{text}");
        }
    }

    #[test]
    fn sentences_without_a_value_and_references_give_none() {
        for text in [
            "the password is required",
            "run --password $PASS now",
            "--password --verbose",
            "password 951bc382db9abad29c68634761dd6e19",
            "the password was lost. It is 4711",
        ] {
            assert_eq!(value(text, "password", false), None, "{text}");
        }
    }
}
