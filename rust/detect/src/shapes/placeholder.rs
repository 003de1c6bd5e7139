//! Whether a value stands in the place of a secret only, and whether a person may have chosen it.

use super::entropy::{changes, digits, is_dotted, is_filler, is_number};

/// Most bytes of a value that are looked at.
const MAX_READ: usize = 512;

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

/// Whether a word in the value says that a secret is to be filled in.
pub(super) fn stands_in(value: &[u8]) -> bool {
    has_any(&lower(value), &STAND_INS)
}

/// Whether no real secret stands there: nothing, stars, a reference, or a word for it.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = &value[..value.len().min(MAX_READ)];
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
                    || matches!(byte, b'_' | b'.' | b'-' | b'>' | b'[' | b']' | b':' | b'$')
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
        // By custom, whoever is anonymous gives an address without a host (RFC 1635).
        let anonymous = value.ends_with(b"@") && digits(value) == 0;
        return !anonymous && !sentence && !label && !selector && !route && !value.contains(&b'\n');
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
        && !is_number(value)
        && !value.starts_with(b"__")
        && !(value.contains(&b'/') && is_dotted(value))
}

fn lower(value: &[u8]) -> Vec<u8> {
    value[..value.len().min(MAX_READ)].to_ascii_lowercase()
}

fn has_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| find(text, word.as_bytes()))
}

fn find(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_password, is_placeholder};

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
