//! Whether a value looks drawn by a machine.

use super::placeholder::stands_in;

/// Longest value whose characters are counted; a longer one is as random as its beginning.
const MAX_COUNTED: usize = 512;
/// Longest run of one character in a value that means something.
const MAX_REPEATED: usize = 12;
/// Longest run of characters that follow one another, as in `abcdefgh`.
const MAX_ASCENDING: usize = 15;
/// Longest group that is looked for several times in a row, and how often it may stand there.
const MAX_GROUP: usize = 8;
const MAX_GROUPS: usize = 4;
/// Most characters in two sequences at once, as in `a1b2c3d4e5f6`.
const MAX_INTERLEAVED: usize = 7;
/// Most digits of a hexadecimal number that fits a register.
const MAX_HEX: usize = 16;
/// Longest name of code, and the shortest word in it.
const MAX_REFERENCE: usize = 64;
const MIN_WORD: usize = 6;
/// Shortest value whose letters alone say that it is drawn.
const MIN_SCRAMBLED: usize = 18;
/// Shortest value without marks that is no name if enough digits stand in it.
const MIN_DENSE: usize = 16;
/// Fewest bits per character of a value of 8, 12, 16, 24 and 32 characters or more that is random.
///
/// A draw of n hexadecimal digits has a mean sample entropy of 2.6, 2.9, 3.2, 3.5 and 3.6 bits; the
/// bounds lie three to four deviations below it.
const LEAST_BITS: [(usize, f64); 5] = [(32, 2.8), (24, 2.7), (16, 2.5), (12, 2.3), (8, 1.9)];

/// Bits per character, by how often each byte occurs.
pub(crate) fn bits_per_character(value: &[u8]) -> f64 {
    let value = &value[..value.len().min(MAX_COUNTED)];
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let sum: f64 = counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) * f64::from(count).log2())
        .sum();
    length.log2() - sum / length
}

/// Whether the characters vary as much as a draw of that length does.
pub(crate) fn varies(value: &[u8]) -> bool {
    LEAST_BITS
        .iter()
        .find(|(length, _)| value.len() >= *length)
        .is_none_or(|(_, bits)| bits_per_character(value) >= *bits)
}

/// Whether a run of one character, or of characters in order, says that the value is made up.
pub(crate) fn is_filler(value: &[u8]) -> bool {
    is_blank(value) || ascends(value)
}

/// Whether a run of one character says that nothing is filled in.
fn is_blank(value: &[u8]) -> bool {
    let mut same = 0_usize;
    value[..value.len().min(MAX_COUNTED)]
        .windows(2)
        .any(|pair| {
            same = if pair[0] == pair[1] { same + 1 } else { 0 };
            let stands_for = matches!(pair[0], b'x' | b'X' | b'*' | b'.' | b'#');
            same >= MAX_REPEATED || (same >= 4 && stands_for)
        })
}

/// Whether many characters follow one another, as in an alphabet.
fn ascends(value: &[u8]) -> bool {
    let mut rising = 0_usize;
    value[..value.len().min(MAX_COUNTED)]
        .windows(2)
        .any(|pair| {
            let next = pair[0].checked_add(1) == Some(pair[1]);
            rising = if next { rising + 1 } else { 0 };
            rising >= MAX_ASCENDING
        })
}

/// Whether groups of characters, or two sequences at once, say that a person typed the value.
///
/// Only a value without a layout is asked: documentation fills in layouts like this, and so do
/// people who have to name a key.
fn is_made_up(value: &[u8]) -> bool {
    let value = &value[..value.len().min(MAX_COUNTED)];
    repeats(value) || interleaves(value)
}

/// Whether a group of characters follows itself several times, as in `1234-1234-1234-1234`.
fn repeats(value: &[u8]) -> bool {
    (4..=MAX_GROUP).any(|group| {
        let mut run = 0_usize;
        (group..value.len()).any(|at| {
            run = if value[at] == value[at - group] {
                run + 1
            } else {
                0
            };
            run >= group * (MAX_GROUPS - 1)
        })
    })
}

/// Whether letters and digits count up or down in turns, as in `a1b2-c3d4-e5f6`.
fn interleaves(value: &[u8]) -> bool {
    let (mut run, mut last) = (0_usize, [0_u8; 2]);
    value
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .any(|&byte| {
            let [second, first] = last;
            // Letters and digits alternate, so that no plain sequence is one of two.
            let turns = byte.is_ascii_digit() != first.is_ascii_digit();
            let next = byte.abs_diff(second) == 1 || (second == b'9' && byte == b'0');
            run = if turns && next { run + 1 } else { 0 };
            last = [first, byte];
            run + 2 > MAX_INTERLEAVED
        })
}

/// Whether the value of a token or key is drawn by a machine: varied, no filler, and no words.
pub(crate) fn is_random(value: &[u8]) -> bool {
    varies(value) && !is_filler(value) && !stands_in(value)
}

/// As [`is_random`], of a value whose layout says nothing: it also changes between letters, digits
/// and cases as names, paths and versions do not.
pub(crate) fn is_mixed(value: &[u8]) -> bool {
    is_random(value)
        && !is_made_up(value)
        && digits(value) >= 2
        && changes(value) * 5 >= value.len()
        && !is_dotted(value)
        && !is_version(value)
}

/// As [`is_random`], of a value with a layout under a name that says what it is: it may also be
/// typed in order, since nothing but a key is given to such a name.
pub(crate) fn is_filled(value: &[u8]) -> bool {
    varies(value) && !is_blank(value) && !stands_in(value)
}

/// As [`is_filled`], of a value that is as long as a layout but has no other mark of one.
pub(crate) fn is_drawn(value: &[u8]) -> bool {
    is_filled(value) && (digits(value) >= 2 || has_few_vowels(value)) && !is_dotted(value)
}

/// As [`is_filled`], of a value whose layout says nothing.
pub(crate) fn is_keyed(value: &[u8]) -> bool {
    is_filled(value)
        && !is_made_up(value)
        && (is_scrambled(value)
            || digits(value) >= 2
                && (changes(value) * 5 >= value.len() || is_dense(value))
                && !is_dotted(value)
                && !is_version(value))
}

/// Whether the letters are of both cases by turns, and too few of them vowels for words.
fn is_scrambled(value: &[u8]) -> bool {
    let count = |class: fn(&u8) -> bool| value.iter().filter(|byte| class(byte)).count();
    let letters = count(u8::is_ascii_alphabetic);
    let turns = value
        .windows(2)
        .filter(|pair| pair[0].is_ascii_alphabetic() && pair[1].is_ascii_alphabetic())
        .filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase())
        .count();
    value.len() >= MIN_SCRAMBLED
        && letters * 10 >= value.len() * 9
        && has_few_vowels(value)
        && turns * 5 >= letters
}

/// Whether the letters are all small or all capitals, as in no name of several words.
fn has_one_case(value: &[u8]) -> bool {
    !value.iter().any(u8::is_ascii_uppercase) || !value.iter().any(u8::is_ascii_lowercase)
}

/// Whether fewer of the letters are vowels than in words.
fn has_few_vowels(value: &[u8]) -> bool {
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic());
    let (all, vowels) = letters.fold((0_usize, 0_usize), |(all, vowels), byte| {
        let vowel = matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u');
        (all + 1, vowels + usize::from(vowel))
    });
    vowels * 4 <= all
}

/// Whether the value is a number of a language: hexadecimal, or with the type behind it.
pub(crate) fn is_number(value: &[u8]) -> bool {
    if let Some(hex) = value.strip_prefix(b"0x") {
        return hex.len() <= MAX_HEX && hex.iter().all(u8::is_ascii_hexdigit);
    }
    let end = value.iter().position(|byte| !byte.is_ascii_digit());
    let Some(end) = end.filter(|&end| end > 0) else {
        return false;
    };
    let (letter, size) = (value[end].to_ascii_lowercase(), &value[end + 1..]);
    matches!(letter, b'u' | b'i' | b'f' | b'l')
        && matches!(
            size,
            b"" | b"8" | b"16" | b"32" | b"64" | b"128" | b"size" | b"l" | b"L" | b"ll" | b"LL"
        )
}

/// Whether the value is a name of code, such as `base64.b32encode`: parts that begin with letters,
/// and a word in one of them.
pub(crate) fn is_reference(value: &[u8]) -> bool {
    let is_joint = |byte: &u8| matches!(byte, b'.' | b'_');
    let mut parts = value.split(is_joint).filter(|part| !part.is_empty());
    value.len() <= MAX_REFERENCE
        && changes(value) * 5 <= value.len() * 2
        && value.iter().any(is_joint)
        && parts.clone().all(|part| part[0].is_ascii_alphabetic())
        && parts.any(|part| {
            part.chunk_by(|a, b| a.is_ascii_alphabetic() && b.is_ascii_lowercase())
                .any(|word| {
                    word.len() >= MIN_WORD
                        && word.iter().all(u8::is_ascii_alphabetic)
                        && !has_few_vowels(word)
                })
        })
}

/// Whether most of the value is a long run without marks with more digits, or more groups of them,
/// than names have: `sk_0123...` and `0123...-us1` have little else.
fn is_dense(value: &[u8]) -> bool {
    let parts = value.split(|byte| !byte.is_ascii_alphanumeric());
    let run = parts.max_by_key(|part| part.len()).unwrap_or_default();
    run.len() >= MIN_DENSE
        && run.iter().any(u8::is_ascii_alphabetic)
        && run.len() * 4 >= value.len() * 3
        && (digits(run) * 5 >= run.len() || (changes(run) * 6 >= run.len() && has_one_case(run)))
}

pub(super) fn digits(value: &[u8]) -> usize {
    value.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// How often the kind of character changes; a capital belongs to the small letters behind it.
pub(super) fn changes(value: &[u8]) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0_u8,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    value
        .windows(2)
        .filter(
            |pair| !matches!((kind(pair[0]), kind(pair[1])), (a, b) if a == b || (a, b) == (2, 1)),
        )
        .count()
}

/// Whether two full stops stand between digits.
fn is_version(value: &[u8]) -> bool {
    let inner = |part: &[u8]| part.first().is_some_and(u8::is_ascii_digit) && part.len() <= 3;
    value
        .split(|&byte| byte == b'.')
        .skip(1)
        .filter(|part| inner(part))
        .count()
        >= 1
        && value.split(|&byte| byte == b'.').count() >= 3
}

/// Whether the value is a name of several parts, an address or a path: most parts are words.
pub(super) fn is_dotted(value: &[u8]) -> bool {
    let word = |part: &&[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_alphabetic);
    let parts = || value.split(|byte| matches!(byte, b'.' | b'/' | b'_' | b'-' | b':' | b' '));
    let letters: usize = parts().filter(word).map(<[u8]>::len).sum();
    let joined = parts().nth(1).is_some();
    (joined && letters * 2 > value.len())
        || value.starts_with(b"/")
        || memchr::memmem::find(value, b"://").is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_mixed, is_random};

    #[test]
    fn draws_are_random_and_fillers_are_not() {
        for value in [
            "6fb1cff7690db9ac066cadbbde8e3c07",
            "kX9mQ2vL7pR4tW8z",
            "4f9a1c2e",
        ] {
            assert!(is_random(value.as_bytes()), "{value}");
        }
        for value in [
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "0000000000000000000000000000",
            "abcdefghijklmnopqrstuvwxyz0123",
            "YOUR_TOKEN_GOES_HERE_12345",
            "aaaaaaaaaabbbbbbbbbbaaaaaaaaaa",
        ] {
            assert!(!is_random(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn names_paths_and_versions_are_not_mixed() {
        assert!(is_mixed(b"6fb1cff7690db9ac066cadbbde8e3c07"));
        for value in [
            "access_token_url_2024_10",
            "/usr/lib/x86_64/libssl1.1.so",
            "com.example.app.v2.KeyStore1",
            "SomeLongIdentifierName12",
            "xoxp-1234-1234-1234-1234-4ddbc191d40e",
            "px-api-a1b2c3d4-e5f6-g7h8-i8j0",
        ] {
            assert!(!is_mixed(value.as_bytes()), "{value}");
        }
    }
}
