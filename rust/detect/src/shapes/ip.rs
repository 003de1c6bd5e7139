//! Internet addresses: dotted quads and IPv6 (RFC 4291), found at their digits and colons.

use std::net::Ipv6Addr;

use memchr::{memchr, memmem};

use super::numbers::{Gap, Run};
use super::{Candidate, Scan, Shape};
use crate::bytes::{before, escape_before, is_word, run_end, run_start, word_before};
use crate::survey::Survey;

/// Longest IPv6 address in text, with an embedded IPv4 address.
const MAX_V6: usize = 45;
/// Colons of the shortest address without two of them in a row, whose end is a dotted quad.
const V6_COLONS: usize = 6;
/// Bytes before a dotted quad in which a word may say that it is a version.
const VERSION_REACH: usize = 16;

/// Four numbers up to 255 with full stops between them and nothing that continues them.
pub(crate) fn scan_v4(scan: &mut Scan<'_>, run: &Run) -> Option<usize> {
    let text = scan.text;
    let (start, end) = (run.groups[0].start, run.groups[3].end);
    let dotted = run.gaps[..3].iter().all(|gap| *gap == Gap::Dot);
    let octets = run.groups[..4]
        .iter()
        .all(|group| is_octet(&text[group.start..group.end]));
    if !dotted || !octets || continued(text, start, end) || is_version(text, start, end) {
        return None;
    }
    scan.propose(Shape::Ipv4, Candidate::pattern(start, end, 0.9))
        .then_some(end)
}

fn is_octet(digits: &[u8]) -> bool {
    match digits {
        [_] | [b'1'..=b'9', _] => true,
        [hundreds @ b'1'..=b'2', _, _] => *hundreds == b'1' || digits <= b"255",
        _ => false,
    }
}

/// Whether the quad belongs to something longer: a word, a longer dotted number or a host name.
fn continued(text: &[u8], start: usize, end: usize) -> bool {
    let left = match before(text, start) {
        Some(b'.') => before(text, start - 1).is_some_and(|byte| byte.is_ascii_alphanumeric()),
        _ => word_before(text, start),
    };
    let right = match text.get(end) {
        Some(b'.') => text.get(end + 1).is_some_and(|&byte| is_word(byte)),
        Some(&byte) => is_word(byte),
        None => false,
    };
    left || right
}

/// Whether the quad is a product version, as in `Chrome/120.0.0.0` or `version 1.2.3.4`.
fn is_version(text: &[u8], start: usize, end: usize) -> bool {
    if before(text, start) == Some(b'/') && text[start..end].ends_with(b".0.0") {
        return before(text, start - 1).is_some_and(|byte| byte.is_ascii_alphabetic());
    }
    let left = &text[start.saturating_sub(VERSION_REACH)..start];
    let mut words = left
        .split(|byte| !byte.is_ascii_alphabetic())
        .filter(|word| !word.is_empty());
    words.next_back().is_some_and(|word| {
        let names: [&[u8]; 5] = [b"version", b"ver", b"v", b"release", b"build"];
        names.iter().any(|name| word.eq_ignore_ascii_case(name))
    })
}

pub(crate) fn scan_v6(scan: &mut Scan<'_>, survey: &Survey) {
    let text = scan.text;
    // Clock readings have two colons; an address has six, or two together.
    if survey.colons < V6_COLONS && memmem::find(text, b"::").is_none() {
        return;
    }
    let mut from = 0;
    while let Some(colon) = memchr(b':', &text[from..]).map(|offset| from + offset) {
        let mut start = run_start(text, colon, colon - from, |byte| byte.is_ascii_hexdigit());
        start += usize::from(start < colon && escape_before(text, start + 1));
        let end = run_end(text, colon, is_v6);
        from = end;
        if word_before(text, start) {
            // A label such as `ip:` may stand before an address, a scope such as `std::` may not.
            if text.get(colon + 1) == Some(&b':') {
                continue;
            }
            start = colon + 1;
        }
        if end - start > MAX_V6 + 2 {
            continue;
        }
        if let Some(end) = address_end(text, start, end) {
            scan.propose(Shape::Ipv6, Candidate::pattern(start, end, 0.9));
        }
    }
}

const fn is_v6(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':' || byte == b'.'
}

/// End of the address without the punctuation that may follow it.
fn address_end(text: &[u8], start: usize, end: usize) -> Option<usize> {
    if text.get(end).is_some_and(|&byte| is_word(byte)) {
        return None;
    }
    let mut token = std::str::from_utf8(&text[start..end]).ok()?;
    while token.ends_with('.') || (token.ends_with(':') && !token.ends_with("::")) {
        token = &token[..token.len() - 1];
    }
    let address: Ipv6Addr = token.parse().ok()?;
    is_telling(token, address).then_some(start + token.len())
}

/// Whether a short form is an address rather than a `a::b` of some programming language.
fn is_telling(token: &str, address: Ipv6Addr) -> bool {
    let groups = token.split(':').filter(|group| !group.is_empty()).count();
    let known_block = matches!(
        address.segments()[0] >> 8,
        0x20 | 0x24 | 0x26 | 0x28 | 0x2a | 0xfc..=0xff
    );
    let digits = token.bytes().any(|byte| byte.is_ascii_digit());
    address.is_loopback()
        || address.to_ipv4_mapped().is_some()
        || groups >= 5
        || (digits && (known_block || groups >= 3))
        || (known_block && groups >= 2)
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    #[test]
    fn quads_in_their_surroundings() {
        for text in [
            "10.20.30.40",
            "ip=10.20.30.40:80",
            "http://10.20.30.40/x",
            "10.20.30.40/24",
            "10.20.30.40.",
        ] {
            assert_eq!(found("ipv4", text), ["10.20.30.40"], "{text}");
        }
        assert_eq!(
            found("ipv4", "0.0.0.0 255.255.255.255"),
            ["0.0.0.0", "255.255.255.255"]
        );
    }

    #[test]
    fn versions_and_longer_numbers_are_no_quad() {
        for text in [
            "1.3.6.1.4.1",
            "256.1.1.1",
            "1.2.3",
            "v1.2.3.4",
            "version 1.2.3.4",
            "Version: 1.2.3.4",
            "a1.2.3.4",
            "Chrome/120.0.0.0",
            "1.2.3.4a",
            "1.2.3.4.example",
            "01.2.3.4",
            "1.2.3-4",
        ] {
            assert!(found("ipv4", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn ipv6_in_full_and_short() {
        for address in [
            "2001:db8::1",
            "fe80::1ff:fe23:4567:890a",
            "::1",
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            "::ffff:192.0.2.128",
            "fd00::",
            "2001:DB8::A",
        ] {
            assert_eq!(
                found("ipv6", &format!("from {address}, [{address}]:80.")),
                [address; 2]
            );
            assert_eq!(
                found("ipv6", &format!("ip:{address}")).len(),
                usize::from(!address.starts_with(':'))
            );
        }
    }

    #[test]
    fn times_hardware_addresses_and_scopes_are_no_ipv6() {
        for text in [
            "12:34:56",
            "aa:bb:cc:dd:ee:ff",
            "std::string",
            "a::b",
            "x::int8",
            "::",
            "1:2",
            "'a'::date",
            "12:34:56:78:90:ab:cd:ef:01",
            "face::cafe",
            "a:b:c",
        ] {
            assert!(found("ipv6", text).is_empty(), "{text}");
        }
    }
}
