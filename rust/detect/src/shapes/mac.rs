//! Hardware addresses of network interfaces (IEEE 802): EUI-48 and EUI-64, found at separators.

use memchr::memchr3_iter;

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, is_word};

/// Groups and their digits: six or eight pairs, or three quads.
const LAYOUTS: [(usize, usize); 3] = [(8, 2), (6, 2), (3, 4)];

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let mut from = 0;
    for at in memchr3_iter(b':', b'-', b'.', text) {
        let digits = if text[at] == b'.' { 4 } else { 2 };
        let Some(start) = at.checked_sub(digits).filter(|&start| start >= from) else {
            continue;
        };
        if before(text, start).is_some_and(|byte| is_word(byte) || byte == text[at]) {
            continue;
        }
        let end = LAYOUTS
            .iter()
            .filter(|layout| layout.1 == digits)
            .find_map(|&(groups, size)| address_end(text, start, groups, size, text[at]));
        let Some(end) = end else { continue };
        from = end;
        if let Some(confidence) = confidence(&text[start..end], text[at]) {
            scan.propose(Shape::Mac, Candidate::pattern(start, end, confidence));
        }
    }
}

fn address_end(
    text: &[u8],
    start: usize,
    groups: usize,
    size: usize,
    separator: u8,
) -> Option<usize> {
    let end = start + groups * (size + 1) - 1;
    let fits = text
        .get(start..end)?
        .iter()
        .enumerate()
        .all(|(place, &byte)| {
            if place % (size + 1) == size {
                byte == separator
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    let next = text.get(end).copied();
    let goes_on = next.is_some_and(is_word)
        || (next == Some(separator) && text.get(end + 1).is_some_and(|&byte| is_word(byte)));
    (fits && !goes_on).then_some(end)
}

/// Digits alone could be another code, unless colons stand between them; nobody's are refused.
fn confidence(address: &[u8], separator: u8) -> Option<f32> {
    let mut digits = address.iter().filter(|byte| byte.is_ascii_hexdigit());
    let first = digits.next()?.to_ascii_lowercase();
    let nobody = matches!(first, b'0' | b'f');
    if nobody && digits.all(|byte| byte.to_ascii_lowercase() == first) {
        return None;
    }
    let letters = address.iter().any(u8::is_ascii_alphabetic);
    Some(match (letters, separator) {
        (true, _) => 0.95,
        (false, b':') => 0.8,
        (false, _) => 0.45,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    #[test]
    fn addresses_with_each_separator() {
        for address in [
            "00:1B:44:11:3a:b7",
            "00-1b-44-11-3a-b7",
            "001b.4411.3ab7",
            "02:42:ac:ff:fe:11:00:02",
            "00:11:22:33:44:55",
        ] {
            assert_eq!(found("mac", &format!("ether {address}, up")), [address]);
        }
        assert_eq!(
            found_in_column("mac", "00-11-22-33-44-55"),
            ["00-11-22-33-44-55"]
        );
    }

    #[test]
    fn what_is_longer_or_nobody_is_left() {
        for text in [
            "00:00:00:00:00:00",
            "ff:ff:ff:ff:ff:ff",
            "00:1b:44:11:3a",
            "00:1b:44:11:3a:b7:01",
            "SHA1 00:1b:44:11:3a:b7:01:02:03:04",
            "x00:1b:44:11:3a:b7",
            "00:1b-44:11:3a:b7",
            "00-11-22-33-44-55",
            "1.2345.6789",
            "0012.3456.789012",
        ] {
            assert!(found("mac", text).is_empty(), "{text}");
        }
    }
}
