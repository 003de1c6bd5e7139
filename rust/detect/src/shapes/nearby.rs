//! Values near a name that no operator binds to it: behind a hyphen in the same word, as one of the
//! words of a longer value, or a few bytes further on in a layout of their own.

use super::assignment::Assignment;
use crate::bytes::{before, is_word, run_end, run_start, word_at};

/// Bytes behind a name in which a value with a layout of its own may stand.
const REACH: usize = 80;
/// Lines that may lie between.
const MAX_LINES: usize = 1;
/// Fewest bytes of a value behind a hyphen, which may also go on with a name.
const MIN_GLUED: usize = 20;
/// Fewest digits of such a value.
const MIN_DIGITS: usize = 4;
const MAX_GLUED: usize = 512;
/// Most bytes of a value of several words, and most of its words that are looked at.
const MAX_PHRASE: usize = 160;
const MAX_WORDS: usize = 4;
const MIN_WORD: usize = 16;
/// Most bytes of a word before a name.
const MAX_BEFORE: usize = 32;
/// Most bytes between a name and a value right behind it.
const BESIDE: usize = 4;
/// Words that say that a secret follows at some distance.
const FOLLOWED: [&str; 5] = ["key", "token", "secret", "access", "private"];
/// Words that say that a secret follows.
const SECRET_WORDS: [&str; 8] = [
    "key",
    "token",
    "secret",
    "access",
    "private",
    "pat",
    "auth",
    "credential",
];
/// Words before a name that do not say whose it is.
const FILLERS: [&str; 24] = [
    "the", "a", "an", "this", "that", "your", "my", "our", "its", "using", "with", "by", "of",
    "for", "and", "or", "to", "is", "in", "new", "same", "no", "each", "set",
];

/// The value behind the key in the same word: `vendor-secret-0123...`, `vendorKEY-0123...`.
pub(super) fn glued(text: &[u8], key_end: usize) -> Option<(usize, usize)> {
    let plural = text.get(key_end).is_some_and(|byte| *byte == b's');
    let at = key_end + usize::from(plural);
    if !matches!(text.get(at)?, b'-' | b'.' | b':') {
        return None;
    }
    let limit = text.len().min(at + 1 + MAX_GLUED);
    let end = run_end(&text[..limit], at + 1, |byte| is_word(byte) || byte == b'-');
    let value = &text[at + 1..end];
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let whole = end < limit || end == text.len();
    let file = text.get(end) == Some(&b'.') && word_at(text, end + 1);
    (whole
        && !file
        && value.len() >= MIN_GLUED
        && digits >= MIN_DIGITS
        && names_secret(&text[..key_end]))
    .then_some((at + 1, end))
}

/// The long words of a value that has several, as `{vendor 0123...}` and `Token 0123...`.
pub(super) fn words(text: &[u8], place: Assignment) -> impl Iterator<Item = (usize, usize)> + '_ {
    let start = place.start;
    let opened = matches!(text.get(start), Some(b'{' | b'[' | b'('));
    let phrase = opened || place.quoted || before(text, start) == Some(b'>');
    let limit = text.len().min(start + MAX_PHRASE);
    let end = if phrase {
        run_end(&text[..limit], start, |byte| match byte {
            b'<' | b'\n' | b'\r' => false,
            b'}' | b']' | b')' => !opened,
            b'"' | b'\'' | b'`' => opened,
            _ => true,
        })
    } else {
        start
    };
    runs(text, start, end)
        .take(MAX_WORDS)
        .filter(|(from, to)| to - from >= MIN_WORD)
        .filter(|&(from, to)| before(text, from) != Some(b':') && text.get(to) != Some(&b':'))
}

/// The words of exactly `length` bytes behind a name: right behind it, or behind a word that says
/// that a secret follows.
pub(super) fn of_length(
    text: &[u8],
    name_end: usize,
    length: usize,
) -> impl Iterator<Item = (usize, usize)> + '_ {
    let limit = text.len().min(name_end + REACH + length);
    let end = memchr::memchr_iter(b'\n', &text[name_end..limit])
        .nth(MAX_LINES)
        .map_or(limit, |line| name_end + line);
    runs(text, name_end, end)
        .filter(move |&(from, to)| to - from == length)
        .filter(move |&(from, _)| {
            let between = &text[name_end..from];
            between.len() <= BESIDE || has_secret_word(between)
        })
}

/// Whether the text ends with a word for a secret.
pub(super) fn names_secret(text: &[u8]) -> bool {
    SECRET_WORDS.iter().any(|word| {
        let end = &text[text.len().saturating_sub(word.len())..];
        end.eq_ignore_ascii_case(word.as_bytes())
    })
}

fn has_secret_word(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    FOLLOWED.iter().any(|word| {
        memchr::memmem::find_iter(&lower, word.as_bytes()).any(|at| {
            !lower
                .get(at + word.len())
                .is_some_and(u8::is_ascii_lowercase)
        })
    })
}

/// The runs of letters, digits and marks of a value within `at..end`.
fn runs(text: &[u8], mut at: usize, end: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let in_run = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'+' | b'/' | b'=' | b'.');
    let text = &text[..text.len().min(end + MAX_GLUED)];
    std::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let start = run_end(&text[..end], at, |byte| !in_run(byte) || byte == b'=');
        at = run_end(text, start, |byte| in_run(byte) && byte != b'=');
        let padded = run_end(text, at, |byte| byte == b'=');
        // `key=value` are two words, `value==` is one.
        let goes_on = text.get(padded).is_some_and(|&byte| in_run(byte));
        let stop = if goes_on { at } else { padded };
        at = at.max(start + 1);
        (start < end).then_some((start, stop))
    })
}

/// Begin of the name together with the word before it, if one says whose it is.
pub(super) fn with_word_before(text: &[u8], name_start: usize) -> usize {
    if before(text, name_start) != Some(b' ') {
        return name_start;
    }
    let end = name_start - 1;
    let start = run_start(text, end, MAX_BEFORE, |byte| is_word(byte) || byte == b'-');
    let word = &text[start..end];
    let fills = FILLERS
        .iter()
        .any(|filler| word.eq_ignore_ascii_case(filler.as_bytes()));
    if fills || !word.iter().any(u8::is_ascii_alphabetic) {
        return name_start;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::{glued, of_length, with_word_before, words};
    use crate::shapes::assignment::after_key;

    const VALUE: &str = "951bc382db9abad29c68634761dd6e19";

    #[test]
    fn a_value_may_go_on_with_its_name() {
        let found = |text: &str, key: &str| {
            let end = text.find(key).unwrap() + key.len();
            glued(text.as_bytes(), end).map(|(start, end)| text[start..end].to_owned())
        };
        for text in ["acme-token-", "acmetoken-", "acme.token.", "acme-tokens-"] {
            let text = format!("{text}{VALUE}");
            assert_eq!(found(&text, "token").as_deref(), Some(VALUE), "{text}");
        }
        for text in [
            format!("token-{VALUE}.gif"),
            format!("mode-{VALUE}"),
            format!("token {VALUE}"),
            "token-of-the-service-is-here".to_owned(),
        ] {
            assert_eq!(
                found(&text, &text[..text.find(['-', ' ']).unwrap()]),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn a_value_may_be_a_word_of_several() {
        for text in [
            format!("<secret>{{acme {VALUE}}}</secret>"),
            format!("secret = [ '{VALUE}' ]"),
            format!("secret: \"Token {VALUE}\""),
        ] {
            let at = text.find("secret").unwrap();
            let place = after_key(text.as_bytes(), at, at + 6, true).unwrap();
            let found: Vec<&str> = words(text.as_bytes(), place)
                .map(|(from, to)| &text[from..to])
                .collect();
            assert!(place.quoted || found == [VALUE], "{text}");
        }
    }

    #[test]
    fn a_layout_is_found_beside_its_name_or_behind_a_word_for_a_secret() {
        let found = |text: &str| {
            of_length(text.as_bytes(), 4, VALUE.len())
                .map(|(from, to)| text[from..to].to_owned())
                .next()
        };
        for text in [
            format!("acme {VALUE}"),
            format!("acme '{VALUE}'"),
            format!("acme API\nUsing Key={VALUE}"),
        ] {
            assert_eq!(found(&text).as_deref(), Some(VALUE), "{text}");
        }
        for text in [
            format!("acme released build {VALUE}"),
            format!("acme key\n\n\n{VALUE}"),
            format!("acme key {VALUE}0"),
            format!("acme monkeys {VALUE}"),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }

    #[test]
    fn the_word_before_a_name_belongs_to_it_unless_it_only_fills() {
        for (text, start) in [("acme KEY", 0), ("the key", 4), ("a 12 key", 5), ("key", 0)] {
            let at = text.to_ascii_lowercase().find("key").unwrap();
            assert_eq!(with_word_before(text.as_bytes(), at), start, "{text}");
        }
    }
}
