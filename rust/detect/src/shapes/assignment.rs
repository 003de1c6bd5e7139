//! `name = value` in its many spellings: configuration, JSON, YAML, XML, code and calls.

use super::adjacent::adjacent;
use crate::bytes::{before, is_word, run_end, run_start};

/// Most bytes of a name, before and behind the key in it.
const MAX_NAME: usize = 64;
/// Most bytes of white space and quotes on either side of the operator.
const MAX_GAP: usize = 48;
/// Most bytes of a value that are looked at; a longer one is covered to its end.
pub(crate) const MAX_VALUE: usize = 512;
/// Most bytes of words between a key and the operator, as in `Dropbox API secret: `.
const MAX_WORDS: usize = 20;
/// Most bytes of a type between a name and its value, as in `token: Optional[str] = `.
const MAX_TYPE: usize = 24;

/// Where the value of a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Begin of the name that has the key in it.
    pub(crate) name_start: usize,
    /// First byte after that name.
    pub(crate) name_end: usize,
    /// First byte of the value.
    pub(crate) start: usize,
    /// First byte after it, as far as its surroundings tell.
    pub(crate) end: usize,
    /// Whether quotes enclose the value.
    pub(crate) quoted: bool,
    /// How the value goes on behind `end`, if it does.
    pub(crate) cut: Option<Rest>,
}

/// What ends a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Bare,
    Quoted(u8),
}

/// Where a value ends that goes on at `at`.
pub(crate) fn rest_end(text: &[u8], at: usize, rest: Rest) -> usize {
    match rest {
        Rest::Quoted(quote) => run_end(text, at, |byte| byte != quote && byte != b'\n'),
        Rest::Bare => run_end(text, at, |byte| !ends_bare(byte)),
    }
}

pub(super) const fn is_name(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.')
}

/// The name around the key that spans `start..end`.
pub(crate) fn name_of(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let limit = text.len().min(end + MAX_NAME);
    let mut name_end = run_end(&text[..limit], end, is_name);
    while name_end > end && matches!(text[name_end - 1], b'-' | b'.') {
        name_end -= 1;
    }
    (run_start(text, start, MAX_NAME, is_name), name_end)
}

/// The value that is given to the name around the key `start..end`; with `words`, other words may
/// stand between them.
pub(crate) fn after_key(text: &[u8], start: usize, end: usize, words: bool) -> Option<Assignment> {
    let (name_start, name_end) = name_of(text, start, end);
    let at = if words {
        let limit = text.len().min(name_end + MAX_WORDS);
        run_end(&text[..limit], name_end, |byte| {
            is_name(byte) || matches!(byte, b' ' | b'\t')
        })
    } else {
        name_end
    };
    let at = skip_closers(text, at);
    let at = value_field(text, at).unwrap_or(at);
    let Some(at) = operator(text, at).or_else(|| words.then(|| call(text, at))?) else {
        return adjacent(text, (name_start, name_end), words);
    };
    let element = before(text, at) == Some(b'>');
    let (start, quote) = skip_openers(text, at)?;
    // Only an element, a block or a quote goes on in the next line.
    let gap = &text[at..start];
    let line = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let block = |byte: &u8| matches!(byte, b'|' | b'>');
    if quote.is_none() && !element && gap.iter().any(line) && !gap.iter().any(block) {
        return None;
    }
    let limit = text.len().min(start + MAX_VALUE);
    let rest = quote.map_or(Rest::Bare, Rest::Quoted);
    let cut = limit < text.len() && rest_end(&text[..limit], start, rest) == limit;
    let end = match quote {
        _ if cut => limit,
        Some(quote) => quoted_end(&text[..limit], start, quote)?,
        None => bare_end(text, start),
    };
    let literal = quote.is_some() || is_variable(text, (name_start, name_end), (start, end));
    (end > start).then_some(Assignment {
        name_start,
        name_end,
        start,
        end,
        quoted: literal,
        cut: cut.then_some(rest),
    })
}

/// Whether this is a line of a file of environment variables, `DB_PASS=value`, whose values are
/// literal without quotes.
fn is_variable(text: &[u8], name: (usize, usize), value: (usize, usize)) -> bool {
    let line = |byte: u8| matches!(byte, b'\n' | b'\r');
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let called = |byte: &u8| matches!(byte, b'(' | b'[' | b'{' | b'.' | b'$');
    text[name.0..name.1].contains(&b'_')
        && text[name.0..name.1].iter().all(upper)
        && text[name.1..value.0] == *b"="
        && text.get(value.1).is_none_or(|&byte| line(byte))
        && !text[value.0..value.1].iter().any(called)
        && !text[value.0..value.1].iter().all(upper)
}

/// Skips what closes a name: quotes, also escaped ones, a bracket, white space.
fn skip_closers(text: &[u8], at: usize) -> usize {
    let limit = text.len().min(at + MAX_GAP);
    run_end(&text[..limit], at, |byte| {
        matches!(byte, b'"' | b'\'' | b'`' | b']' | b'\\' | b' ' | b'\t')
    })
}

/// `, "value"` and `value=` behind a name that is itself a value: `{"name": "token", "value": "..."}`.
fn value_field(text: &[u8], at: usize) -> Option<usize> {
    let limit = text.len().min(at + MAX_GAP);
    let start = run_end(&text[..limit], at, |byte| {
        matches!(
            byte,
            b',' | b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'\\'
        )
    });
    let field = text.get(start..start + 5)?;
    if before(text, start).is_some_and(is_word) || !field.eq_ignore_ascii_case(b"value") {
        return None;
    }
    Some(skip_closers(text, start + 5))
}

/// First byte after the operator at `at`.
fn operator(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..text.len().min(at + 4)];
    for literal in [
        b":::=".as_slice(),
        b"::=",
        b":=",
        b"=>",
        b"->",
        b"?=",
        b"||",
        b".=",
        b"+=",
        b"==",
        b"!=",
        b"=",
        b",",
        b">",
    ] {
        // Only a name that is a string is an argument by itself.
        let argument =
            before(text, at).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`' | b' '));
        if rest.starts_with(literal) && (literal != b"," || argument) {
            return Some(at + literal.len());
        }
    }
    if rest.starts_with(b":") {
        return Some(typed(text, at + 1).unwrap_or(at + 1));
    }
    if rest.starts_with(b"&quot;") || rest.starts_with(b"%3D") {
        return Some(at + 3);
    }
    typed(text, at)
}

/// `("` and `{"` behind a name: its value is the first argument.
fn call(text: &[u8], at: usize) -> Option<usize> {
    let limit = text.len().min(at + MAX_GAP);
    let opened = matches!(text.get(at), Some(b'(' | b'{')) && at < limit;
    let start = run_end(&text[..limit], at + usize::from(opened), |byte| {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    });
    let quoted = matches!(text.get(start), Some(b'"' | b'\'' | b'`'));
    if opened && quoted {
        return Some(start);
    }
    // The operator may stand at the begin of the next line.
    (!opened && start > at && text.get(start) == Some(&b'=')).then_some(start + 1)
}

/// `Type =` after a name, or after its colon.
fn typed(text: &[u8], at: usize) -> Option<usize> {
    let limit = text.len().min(at + MAX_TYPE);
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t');
    let start = run_end(&text[..limit], at, is_space);
    let end = run_end(&text[..limit], start, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'.' | b'<' | b'>' | b'[' | b']' | b'?' | b'&' | b'*' | b'\''
            )
    });
    let equals = run_end(&text[..limit], end, is_space);
    // Without white space, as in `token: YWJj=`, it is the padding of a value.
    let named = end > start && text[start].is_ascii_alphabetic();
    (named && equals > end && text.get(equals) == Some(&b'=')).then_some(equals + 1)
}

/// Skips white space and what opens a value; returns its begin and the quote, if there is one.
fn skip_openers(text: &[u8], at: usize) -> Option<(usize, Option<u8>)> {
    let limit = text.len().min(at + MAX_GAP);
    let mut start = run_end(&text[..limit], at, |byte| {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'=')
    });
    // The begin of a block of YAML.
    if matches!(text.get(start), Some(b'|' | b'>'))
        && matches!(text.get(start + 1), Some(b'\n' | b'-' | b'+'))
    {
        start = run_end(&text[..limit], start + 1, |byte| {
            matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'+')
        });
    }
    let escapes = run_end(&text[..limit], start, |byte| byte == b'\\');
    let prefix = usize::from(
        matches!(
            text.get(escapes),
            Some(b'r' | b'b' | b'u' | b'f' | b'L' | b'@')
        ) && matches!(text.get(escapes + 1), Some(b'"' | b'\'')),
    );
    match text.get(escapes + prefix) {
        Some(&quote @ (b'"' | b'\'' | b'`')) => {
            let begin = run_end(&text[..limit], escapes + prefix, |byte| byte == quote);
            Some((begin, Some(quote)))
        }
        Some(_) if start < text.len() => Some((start, None)),
        _ => None,
    }
}

/// Where the quoted value ends; none when its line ends first. The escape of the quote is left out.
pub(super) fn quoted_end(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let end = run_end(text, start, |byte| byte != quote && byte != b'\n');
    (text.get(end) == Some(&quote)).then(|| {
        let escaped = before(text, end) == Some(b'\\');
        end - usize::from(escaped && end > start)
    })
}

/// Where a value without quotes ends.
pub(super) fn bare_end(text: &[u8], start: usize) -> usize {
    let limit = text.len().min(start + MAX_VALUE);
    run_end(&text[..limit], start, |byte| !ends_bare(byte))
}

const fn ends_bare(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'"' | b'\''
                | b'`'
                | b'<'
                | b'>'
                | b','
                | b';'
                | b'&'
                | b'\\'
                | b'|'
                | b')'
                | b'}'
                | 0x7f
        )
}

#[cfg(test)]
mod tests {
    use super::after_key;

    fn value(text: &str) -> Option<(&str, &str, bool)> {
        let start = text.to_ascii_lowercase().find("token")?;
        let found = after_key(text.as_bytes(), start, start + 5, true)?;
        Some((
            &text[found.name_start..found.name_end],
            &text[found.start..found.end],
            found.quoted,
        ))
    }

    #[test]
    fn spellings_of_an_assignment() {
        for (text, name, quoted) in [
            (r#"xToken="v4lue""#, "xToken", true),
            ("xToken = v4lue", "xToken", false),
            (r#"{"x_token": "v4lue"}"#, "x_token", true),
            (r#"{\"x_token\": \"v4lue\"}"#, "x_token", true),
            ("{\"c\": \"X_TOKEN=v4lue\\nY=1\"}", "X_TOKEN", false),
            ("<xToken>\n    v4lue\n</xToken>", "xToken", false),
            ("x_token: 'v4lue'", "x_token", true),
            (r#"var xToken string = "v4lue""#, "xToken", true),
            ("xToken := `v4lue`", "xToken", true),
            (r#"let token: Option<String> = "v4lue""#, "token", true),
            (r#"$xToken .= "v4lue""#, "xToken", true),
            (r#"setProperty("X_TOKEN", "v4lue")"#, "X_TOKEN", true),
            (r#""xToken" => "v4lue""#, "xToken", true),
            (r#"X_TOKEN :::= "v4lue""#, "X_TOKEN", true),
            (r#"X_TOKEN ?= "v4lue""#, "X_TOKEN", true),
            (r#"os.environ["X_TOKEN"] = "v4lue""#, "X_TOKEN", true),
            ("token of the service: v4lue", "token", false),
            (r#"<add key="x.token" value="v4lue"/>"#, "x.token", true),
            ("- name: X_TOKEN\n  value: v4lue", "X_TOKEN", false),
            ("?token=v4lue&x=1", "token", false),
            ("A_TOKEN=v4lue\nB=1", "A_TOKEN", true),
            ("run --token v4lue", "--token", true),
        ] {
            assert_eq!(value(text), Some((name, "v4lue", quoted)), "{text}");
        }
        // What is set for a program is literal without quotes.
        for (text, name) in [
            ("A_TOKEN=word\nB=1", "A_TOKEN"),
            ("run --token word", "--token"),
        ] {
            assert_eq!(value(text), Some((name, "word", true)), "{text}");
        }
    }

    #[test]
    fn what_gives_no_value() {
        for text in [
            "the token was lost",
            "token",
            "token=",
            "token: ",
            "token = \"open",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
