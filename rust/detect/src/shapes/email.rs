//! Mail addresses (RFC 5321, RFC 6531): found at the `@`.

use memchr::memchr_iter;

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, run_end, run_start};

/// Longest local part in octets, with room for the internationalised ones that exceed it.
const MAX_LOCAL: usize = 128;
/// Longest domain in octets.
const MAX_DOMAIN: usize = 255;
const MAX_LABEL: usize = 63;
const MAX_TOP_LEVEL: usize = 24;

/// What a name after the last dot is when `x@2x.png` is a file.
const FILE_ENDINGS: [&[u8]; 12] = [
    b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"ico", b"css", b"js", b"ts", b"html", b"pdf",
];

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    for at in memchr_iter(b'@', text) {
        let Some(start) = local_start(text, at) else {
            continue;
        };
        let Some(end) = domain_end(text, at + 1, scan.hinted(Shape::Email)) else {
            continue;
        };
        scan.propose(Shape::Email, Candidate::pattern(start, end, 0.95));
    }
}

/// Local parts as people have them: the characters that RFC 5321 allows beyond these separate a
/// name from its address far more often than they belong to one.
const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'~')
        || byte >= 0x80
}

fn local_start(text: &[u8], at: usize) -> Option<usize> {
    if before(text, at) == Some(b'"') {
        return quoted_start(text, at - 1);
    }
    let mut start = run_start(text, at, MAX_LOCAL, is_local);
    if let Some(dots) = text[start..at].windows(2).rposition(|pair| pair == b"..") {
        start += dots + 2;
    }
    start += text[start..at]
        .iter()
        .take_while(|byte| matches!(byte, b'.' | b'\'' | b'-'))
        .count();
    (start < at && text[at - 1] != b'.').then_some(start)
}

fn quoted_start(text: &[u8], quote: usize) -> Option<usize> {
    let start = run_start(text, quote, MAX_LOCAL, |byte| byte != b'"' && byte >= b' ');
    (start < quote && before(text, start) == Some(b'"')).then(|| start - 1)
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80
}

/// End of the longest domain that starts at `at`; a column of addresses may hold a bare host name.
fn domain_end(text: &[u8], at: usize, bare_host: bool) -> Option<usize> {
    let limit = text.len().min(at + MAX_DOMAIN);
    let mut end = None;
    let mut label = at;
    let mut labels = 0;
    while label < limit {
        let stop = run_end(&text[..limit], label, is_label);
        let name = trim_hyphens(&text[label..stop]);
        if name.is_empty() || name.len() > MAX_LABEL || text[label] == b'-' {
            break;
        }
        labels += 1;
        let name_end = label + name.len();
        if (labels > 1 && is_top_level(name)) || (labels == 1 && bare_host) {
            end = Some(name_end);
        }
        if name_end != stop || text.get(stop) != Some(&b'.') {
            break;
        }
        label = stop + 1;
    }
    end
}

fn trim_hyphens(name: &[u8]) -> &[u8] {
    let hyphens = name.iter().rev().take_while(|&&byte| byte == b'-').count();
    &name[..name.len() - hyphens]
}

fn is_top_level(name: &[u8]) -> bool {
    let punycode = name.len() > 4 && name[..4].eq_ignore_ascii_case(b"xn--");
    if !punycode
        && !name
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
    {
        return false;
    }
    let length = if punycode { MAX_LABEL } else { MAX_TOP_LEVEL };
    (2..=length).contains(&name.len())
        && !FILE_ENDINGS
            .iter()
            .any(|ending| name.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    fn email(text: &str) -> Vec<&str> {
        found("email", text)
    }

    #[test]
    fn finds_addresses_in_their_surroundings() {
        assert_eq!(
            email("<ada.l+x@example.co.uk>, bob@b.io."),
            ["ada.l+x@example.co.uk", "bob@b.io"]
        );
        assert_eq!(
            email("mailto:o'neil@example.com?subject=x"),
            ["o'neil@example.com"]
        );
        assert_eq!(email("'q@example.com'"), ["q@example.com"]);
        assert_eq!(email("email=ada@example.com&x=1"), ["ada@example.com"]);
        assert_eq!(email("\"ada b\"@example.com"), ["\"ada b\"@example.com"]);
        assert_eq!(email("jürgen@müller.de"), ["jürgen@müller.de"]);
        assert_eq!(email("a@b.xn--p1ai"), ["a@b.xn--p1ai"]);
    }

    #[test]
    fn leaves_what_only_has_the_sign() {
        for text in [
            "@handle",
            "a@b",
            "a @ b.com",
            "icon@2x.png",
            "x@y.1",
            "a@-b.com",
            "a.@b.com",
        ] {
            assert!(email(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_limit_never_cuts_a_character() {
        for length in 60..70 {
            let text = format!("{}@{}.com", "é".repeat(length), "ü".repeat(20));
            assert!(text.ends_with(email(&text)[0]));
        }
    }

    #[test]
    fn a_domain_stops_before_what_is_no_domain() {
        assert_eq!(email("a@b.com."), ["a@b.com"]);
        assert_eq!(email("a@b.com-"), ["a@b.com"]);
        assert_eq!(email("a@b.com.1"), ["a@b.com"]);
        assert_eq!(email("a@b.com/x"), ["a@b.com"]);
    }
}
