//! Connection strings with a password: URLs (RFC 3986) and `key=value` lists.

use memchr::{memchr, memmem, memrchr};

use super::{placeholder, Candidate, Scan, Shape};
use crate::bytes::{run_end, run_start, word_before};

const MAX_SCHEME: usize = 32;
/// Most bytes of a URL's user, password and host.
const MAX_AUTHORITY: usize = 512;
const MAX_URL: usize = 8192;
const MAX_PASSWORD: usize = 512;
/// How far from `password=` another key of the same list may stand.
const LIST_REACH: usize = 128;

/// Keys that a list with a password has as well.
const LIST_KEYS: [&[u8]; 9] = [
    b"host=",
    b"server=",
    b"data source=",
    b"dbname=",
    b"database=",
    b"user=",
    b"uid=",
    b"user id=",
    b"username=",
];

/// Bytes that end a URL in text.
pub(crate) const fn ends_url(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | 0x7f)
}

/// A URL whose `://` is at `at`; what lies before `floor` belongs to another value.
pub(crate) fn url(scan: &mut Scan<'_>, at: usize, floor: usize) -> Option<usize> {
    let text = scan.text;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let start = run_start(text, at, MAX_SCHEME.min(at - floor), is_scheme);
    let start = start + text[start..at].iter().position(u8::is_ascii_alphabetic)?;
    let authority = at + 3;
    let window = &text[authority..text.len().min(authority + MAX_AUTHORITY)];
    let window = &window[..run_end(window, 0, |byte| !ends_url(byte))];
    let host = user_information(window)?;
    let colon = memchr(b':', &window[..host])?;
    if is_placeholder(&window[colon + 1..host]) {
        return None;
    }
    let limit = text.len().min(authority + MAX_URL);
    let end = run_end(&text[..limit], authority, |byte| !ends_url(byte));
    let end = end
        - text[..end]
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b'.' | b',' | b')' | b';'))
            .count();
    scan.propose(
        Shape::ConnectionString,
        Candidate::pattern(start, end, 0.95),
    )
    .then_some(end)
}

/// Where the `@` of user and password is; a password may hold an unescaped slash or `@`.
fn user_information(window: &[u8]) -> Option<usize> {
    let path = memchr(b'/', window).unwrap_or(window.len());
    if let Some(at) = memrchr(b'@', &window[..path]) {
        return Some(at);
    }
    let at = memchr(b'@', window)?;
    let colon = memchr(b':', &window[..path])?;
    let port = window[colon + 1..path].iter().all(u8::is_ascii_digit);
    (!port).then_some(at)
}

/// Whether no real password stands there: nothing, stars, or something to be filled in.
fn is_placeholder(password: &[u8]) -> bool {
    let masked = password
        .iter()
        .all(|byte| matches!(byte, b'*' | b'.' | b'x' | b'X' | b'#'));
    let template =
        password.starts_with(b"${") || password.starts_with(b"{") || password.starts_with(b"%s");
    let named = matches!(password, b"password" | b"pass" | b"passwd" | b"pwd");
    masked || template || named || password.starts_with(b"$(") || password.starts_with(b"#{")
}

/// The value of a `password=` that spans `start..end`, in a list that names a user or a server.
pub(crate) fn assignment(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<usize> {
    let text = scan.text;
    if word_before(text, start) {
        return None;
    }
    let limit = text.len().min(end + MAX_PASSWORD);
    let (value, value_end) = match text.get(end)? {
        quote @ (b'\'' | b'"') => (
            end + 1,
            run_end(&text[..limit], end + 1, |byte| byte != *quote),
        ),
        _ => (
            end,
            run_end(&text[..limit], end, |byte| {
                !ends_url(byte) && !matches!(byte, b';' | b'&')
            }),
        ),
    };
    let password = &text[value..value_end];
    let password = password.strip_suffix(b",").unwrap_or(password);
    if placeholder::is_placeholder(password) || !in_list(text, start, value_end) {
        return None;
    }
    let candidate = Candidate::pattern(value, value_end, 0.8);
    if !scan.propose(Shape::ConnectionString, candidate) {
        return None;
    }
    if value_end < limit || value_end == text.len() {
        return Some(value_end);
    }
    // The rest of what is longer than any password is covered too, and not searched again.
    let end = run_end(text, value_end, |byte| !ends_url(byte));
    let candidate = Candidate { end, ..candidate };
    scan.propose(Shape::ConnectionString, candidate)
        .then_some(end)
}

fn in_list(text: &[u8], start: usize, end: usize) -> bool {
    let left = &text[start.saturating_sub(LIST_REACH)..start];
    let right = &text[end..text.len().min(end + LIST_REACH)];
    [left, right].into_iter().any(|window| {
        let lower = window.to_ascii_lowercase();
        LIST_KEYS
            .iter()
            .any(|key| memmem::find(&lower, key).is_some())
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    fn url(scheme: &str, password: &str) -> String {
        format!("{scheme}://app:{password}@db.internal:5432/shop?x=1")
    }

    fn secret(text: &str) -> Vec<&str> {
        found("connection_string", text)
    }

    #[test]
    fn urls_with_a_password() {
        for scheme in [
            "postgres",
            "postgresql+asyncpg",
            "mongodb+srv",
            "redis",
            "https",
        ] {
            for password in ["s3cret", "p@ss", "a/b", "%40x"] {
                let url = url(scheme, password);
                assert_eq!(secret(&format!("dsn=\"{url}\", y")), [url.as_str()]);
            }
        }
    }

    #[test]
    fn urls_without_a_password() {
        for text in [
            "https://example.com:8080/path@x",
            "https://user@example.com/",
            "https://a.com/b:c",
            "://a:b@c",
            "ftp://u:@h/",
            "contact a@b.com: see http://x:y/",
        ] {
            assert!(secret(text).is_empty(), "{text}");
        }
        assert!(secret(&url("postgres", "***")).is_empty());
        assert!(secret(&url("postgres", "${PASS}")).is_empty());
    }

    #[test]
    fn lists_with_a_password() {
        let value = ["s3", "cret"].concat();
        for text in [
            format!("host=db user=app password={value} dbname=shop"),
            format!("Server=db;Uid=app;Pwd={value};"),
            format!("jdbc:postgresql://db/shop?user=app&password={value}&ssl=true"),
            format!("password='{value}' host=db"),
        ] {
            assert_eq!(secret(&text), [value.as_str()], "{text}");
        }
        assert!(secret("password=forgotten").is_empty());
        assert!(secret("user=a password=${P}").is_empty());
    }
}
