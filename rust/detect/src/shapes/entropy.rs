//! Whether a value looks drawn by a machine, or stands in the place of a secret only.

/// Longest value whose characters are counted; a longer one is as random as its beginning.
const MAX_COUNTED: usize = 512;
/// Longest run of one character in a value that means something.
const MAX_REPEATED: usize = 12;
/// Longest run of characters that follow one another, as in `abcdefgh`.
const MAX_ASCENDING: usize = 15;
/// Fewest bits per character of a value of 8, 12, 16, 24 and 32 characters or more that is random.
///
/// A draw of n hexadecimal digits has a mean sample entropy of 2.6, 2.9, 3.2, 3.5 and 3.6 bits; the
/// bounds lie three to four deviations below it.
const LEAST_BITS: [(usize, f64); 5] = [(32, 2.8), (24, 2.7), (16, 2.5), (12, 2.3), (8, 1.9)];

/// Words that stand where a secret is to be filled in, or name what the field is.
const STAND_INS: [&str; 34] = [
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "redacted",
    "your_",
    "your-",
    "yourpass",
    "yourapi",
    "yourtoken",
    "yourkey",
    "yoursecret",
    "example",
    "xxxx",
    "insert",
    "replace_",
    "replaceme",
    "_here",
    "-here",
    "dummy",
    "undefined",
    "todo",
    "fill_in",
    "removed",
    "hidden",
    "masked",
    "not-set",
    "not_set",
    "sanitized",
    "encrypted",
    "put_your",
    "enter_",
    "goes here",
    "secretref",
];

/// Whole values that are no password but say that there is none, or what kind of value belongs there.
const NO_VALUES: [&str; 68] = [
    "true",
    "false",
    "null",
    "none",
    "nil",
    "undefined",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "secret",
    "token",
    "string",
    "str",
    "text",
    "required",
    "optional",
    "invalid",
    "incorrect",
    "input",
    "hidden",
    "empty",
    "default",
    "username",
    "user",
    "test",
    "email",
    "bearer",
    "basic",
    "forgotten",
    "forgot",
    "missing",
    "wrong",
    "change",
    "reset",
    "confirm",
    "expired",
    "unknown",
    "value",
    "varchar",
    "object",
    "number",
    "boolean",
    "integer",
    "bytes",
    "function",
    "self",
    "this",
    "yes",
    "no",
    "on",
    "off",
    "n/a",
    "na",
    "tbd",
    "prompt",
    "ask",
    "enabled",
    "disabled",
    "key",
    "api_key",
    "apikey",
    "auth",
    "credentials",
    "char",
    "void",
    "const",
    "public",
];

/// Beginnings of references to where the value comes from.
const REFERENCES: [&str; 15] = [
    "${", "$(", "{{", "<", "#{", "&lt;", "%(", "%s", "%{", "@{", "{%", "`", "[[", "env.", "var.",
];

/// Parts of expressions that fetch the value from elsewhere.
const EXPRESSIONS: [&str; 16] = [
    "process.env",
    "os.environ",
    "getenv",
    "env[",
    "env(",
    "config[",
    "config.",
    "secrets.",
    "settings.",
    "options.",
    "${",
    "{{",
    "args.",
    "params[",
    "request.",
    "vault:",
];

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
    let value = &value[..value.len().min(MAX_COUNTED)];
    let (mut same, mut rising) = (0_usize, 0_usize);
    for pair in value.windows(2) {
        same = if pair[0] == pair[1] { same + 1 } else { 0 };
        rising = if pair[0].checked_add(1) == Some(pair[1]) {
            rising + 1
        } else {
            0
        };
        if same >= MAX_REPEATED || rising >= MAX_ASCENDING {
            return true;
        }
        if same >= 4 && matches!(pair[0], b'x' | b'X' | b'*' | b'.' | b'#') {
            return true;
        }
    }
    false
}

/// Whether the value of a token or key is drawn by a machine: varied, no filler, and no words.
pub(crate) fn is_random(value: &[u8]) -> bool {
    varies(value) && !is_filler(value) && !has_any(&lower(value), &STAND_INS)
}

/// As [`is_random`], of a value whose layout says nothing: it also changes between letters, digits
/// and cases as names, paths and versions do not.
pub(crate) fn is_mixed(value: &[u8]) -> bool {
    is_random(value)
        && digits(value) >= 2
        && changes(value) * 5 >= value.len()
        && !is_dotted(value)
        && !is_version(value)
}

fn digits(value: &[u8]) -> usize {
    value.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// How often the kind of character changes; a capital belongs to the small letters behind it.
fn changes(value: &[u8]) -> usize {
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
fn is_dotted(value: &[u8]) -> bool {
    let word = |part: &&[u8]| part.len() >= 3 && part.iter().all(u8::is_ascii_alphabetic);
    let parts = || value.split(|byte| matches!(byte, b'.' | b'/' | b'_' | b'-' | b':' | b' '));
    let letters: usize = parts().filter(word).map(<[u8]>::len).sum();
    let joined = parts().nth(1).is_some();
    (joined && letters * 2 > value.len()) || value.starts_with(b"/") || find(value, b"://")
}

/// Whether no real secret stands there: nothing, stars, a reference, or a word for it.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = &value[..value.len().min(MAX_COUNTED)];
    let text = lower(value);
    let distinct = {
        let mut seen = text.clone();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    };
    distinct < 3
        || is_filler(value)
        || REFERENCES
            .iter()
            .any(|start| text.starts_with(start.as_bytes()))
        || is_variable(value)
        || is_variable(
            value
                .trim_ascii_start()
                .strip_prefix(b"'")
                .unwrap_or_default(),
        )
        || is_variable(
            value
                .strip_prefix(b"'")
                .and_then(|rest| rest.strip_suffix(b"'"))
                .unwrap_or_default(),
        )
        || has_any(&text, &EXPRESSIONS)
        || has_any(&text, &STAND_INS)
        || NO_VALUES.iter().any(|word| word.as_bytes() == text)
        || encloses(value)
        || [
            "enc[",
            "{cipher}",
            "!vault",
            "ansible_vault",
            "secret://",
            "ref+",
        ]
        .iter()
        .any(|start| text.starts_with(start.as_bytes()))
}

/// `$NAME`, `%NAME%`, `:name`, `@name`.
fn is_variable(value: &[u8]) -> bool {
    let named = |name: &[u8]| {
        name.first().is_some_and(u8::is_ascii_alphabetic)
            && name.iter().all(|&byte| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'.' | b'-' | b'>' | b'[' | b']' | b':')
            })
    };
    match value {
        [b'%', name @ .., b'%'] | [b'$' | b':' | b'@' | b'#', name @ ..] => named(name),
        _ => false,
    }
}

/// `<...>`, `[...]`, `{...}`, `(...)`, `__...__`.
fn encloses(value: &[u8]) -> bool {
    matches!(
        value,
        [b'<', .., b'>']
            | [b'[', .., b']']
            | [b'{', .., b'}']
            | [b'(', .., b')']
            | [b'_', b'_', .., b'_', b'_']
    )
}

/// Whether a person may have chosen the value as a password; `quoted` when it is a literal string.
///
/// Code gives a name `password` to much that is none: variables, calls, labels and types.
pub(crate) fn is_password(value: &[u8], quoted: bool) -> bool {
    if is_placeholder(value) {
        return false;
    }
    let letters = value.iter().all(u8::is_ascii_alphabetic);
    if quoted {
        let sentence = value.contains(&b' ') && digits(value) == 0;
        let label = letters && value[0].is_ascii_uppercase() && changes(value) <= 1;
        let selector = matches!(
            value[0],
            b'.' | b'#' | b'/' | b'-' | b',' | b')' | b'+' | b'&' | b'='
        );
        let route = find(value, b"://")
            || value.starts_with(b"arn:")
            || (is_dotted(value) && digits(value) == 0);
        return !sentence && !label && !selector && !route && !value.contains(&b'\n');
    }
    let called = value.iter().any(|byte| matches!(byte, b'(' | b'[' | b'{'));
    let named = value.iter().all(|&byte| {
        byte.is_ascii_alphabetic()
            || matches!(
                byte,
                b'_' | b'.' | b'-' | b':' | b'>' | b'&' | b'*' | b'?' | b'$'
            )
    });
    let plain = letters && value.iter().all(u8::is_ascii_lowercase);
    !called
        && !value.contains(&b' ')
        && !find(value, b"://")
        && !(named && (value.len() < 16 || !plain))
}

fn lower(value: &[u8]) -> Vec<u8> {
    value[..value.len().min(MAX_COUNTED)].to_ascii_lowercase()
}

fn has_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| find(text, word.as_bytes()))
}

fn find(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_mixed, is_password, is_placeholder, is_random};

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
        ] {
            assert!(!is_mixed(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn placeholders_are_known() {
        for value in [
            "",
            "***",
            "${PASS}",
            "{{ pass }}",
            "<password>",
            "$PASS",
            "%PASS%",
            "changeme",
            "process.env.DB_PASS",
            "os.environ['X']",
            "xxxxx",
            "null",
            "[REDACTED]",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["hunter2", "$uper$ecret1!", "Tr0ub4dor&3"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn bare_words_are_code_and_quoted_ones_may_be_passwords() {
        assert!(is_password(b"letmein", true));
        assert!(is_password(b"hunter2", false));
        assert!(!is_password(b"db_password", false));
        assert!(!is_password(b"forgotten", false));
        assert!(!is_password(b"readPassword()", false));
        assert!(!is_password(b"Password", true));
        assert!(!is_password(b"Enter it again", true));
    }
}
