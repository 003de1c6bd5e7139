//! Addresses of web pages and other resources (RFC 3986), found at `://` and `www.`.

use memchr::memchr2_iter;

use super::connection::ends_url;
use super::{Candidate, Scan, Shape};
use crate::bytes::{before, run_start, word_before};
use crate::sink::Known;

const MAX_SCHEME: usize = 24;
/// Shortest name behind `www.`, as in `a.de`.
const MIN_HOST: usize = 4;

/// Runs after all other recognisers: a URL ends where something of more weight begins in it.
pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let mut taken = None;
    let mut from = 0;
    for at in memchr2_iter(b':', b'.', text) {
        let found = if text[at] == b':' {
            scheme_start(text, at, from).map(|start| (start, at + 3))
        } else {
            web_start(text, at, from).map(|start| (start, at + 1))
        };
        if let Some((start, host)) = found {
            let taken = taken.get_or_insert_with(|| scan.out.known()).as_slice();
            from = propose(scan, start, host, taken);
        }
    }
}

/// Start of the `www` before the full stop at `at`.
fn web_start(text: &[u8], at: usize, floor: usize) -> Option<usize> {
    let start = at.checked_sub(3).filter(|&start| start >= floor)?;
    let joined = matches!(before(text, start), Some(b'.' | b'/' | b'@' | b'-'));
    if joined || word_before(text, start) || !text[start..at].eq_ignore_ascii_case(b"www") {
        return None;
    }
    let host = &text[at + 1..url_end(text, at + 1)];
    (host.len() >= MIN_HOST && host.contains(&b'.')).then_some(start)
}

/// Start of the scheme before a colon with two slashes.
fn scheme_start(text: &[u8], at: usize, floor: usize) -> Option<usize> {
    if at < floor || !text[at + 1..].starts_with(b"//") {
        return None;
    }
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    let start = run_start(text, at, MAX_SCHEME.min(at - floor), in_scheme);
    let start = start + text[start..at].iter().position(u8::is_ascii_alphabetic)?;
    (at - start >= 2).then_some(start)
}

/// End of the URL without the punctuation of the sentence around it.
fn url_end(text: &[u8], from: usize) -> usize {
    let window = &text[from..];
    let end = window
        .iter()
        .position(|&byte| ends_url(byte) || matches!(byte, b'{' | b'}' | b'|' | b'^'))
        .unwrap_or(window.len());
    let opened = window[..end].contains(&b'(');
    let trimmed = window[..end]
        .iter()
        .rposition(|byte| {
            !matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?' | b']')
                && (opened || *byte != b')')
        })
        .map_or(0, |last| last + 1);
    from + trimmed
}

/// Reports the URL, or its part before the first other finding; returns where it ends.
fn propose(scan: &mut Scan<'_>, start: usize, host: usize, taken: &[Known]) -> usize {
    let end = url_end(scan.text, host);
    let next = taken.partition_point(|one| one.end <= start);
    let cut = taken.get(next).map_or(end, |one| one.start.min(end));
    if cut > host {
        scan.propose(Shape::Url, Candidate::pattern(start, cut, 0.9));
    }
    end.max(host)
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, spec};
    use crate::Detector;

    #[test]
    fn urls_end_before_the_sentence_does() {
        assert_eq!(
            found("url", "See https://www.example.com/a?b=c#d, please."),
            ["https://www.example.com/a?b=c#d"]
        );
        assert_eq!(found("url", "(http://example.com)"), ["http://example.com"]);
        assert_eq!(found("url", "<a href=\"ftp://h/x\">"), ["ftp://h/x"]);
        assert_eq!(found("url", "at www.example.se."), ["www.example.se"]);
        assert_eq!(
            found("url", "https://en.wikipedia.org/wiki/A_(b)"),
            ["https://en.wikipedia.org/wiki/A_(b)"]
        );
        assert!(found("url", "a :// b, http:// c, www. d, awww.nice.com, x://y").is_empty());
    }

    #[test]
    fn a_url_leaves_what_weighs_more() {
        let detector = Detector::new(&[spec("e", "email"), spec("u", "url")]).unwrap();
        let text = "https://x.example/?mail=ada@example.com&y=1";
        let mut findings = Vec::new();
        detector.scan(text.as_bytes(), None, &mut findings);
        let spans: Vec<_> = findings
            .iter()
            .map(|one| (one.entity, &text[one.start..one.end]))
            .collect();
        assert_eq!(
            spans,
            [(1, "https://x.example/?mail="), (0, "ada@example.com")]
        );
    }
}
