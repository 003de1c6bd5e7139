//! JSON Web Tokens (RFC 7519): three base64url parts, the first a JSON object with `alg`.

use serde::Deserialize;

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, escape_before, is_base64url, run_end};

/// Most base64url characters of a header that are decoded; with certificates in it, it has more, and
/// then three parts of which the first begins as JSON does are enough.
const MAX_HEADER: usize = 4096;
/// Fewest characters of a payload: `{}`.
const MIN_PAYLOAD: usize = 2;

/// The part of a token's header that tells it from other JSON.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "alg")]
    _algorithm: serde::de::IgnoredAny,
}

/// A token whose header starts at `start`; returns where the characters that were read end.
pub(crate) fn scan(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let text = scan.text;
    let joined = |byte: u8| byte.is_ascii_alphanumeric();
    if before(text, start).is_some_and(joined) && !escape_before(text, start) {
        return None;
    }
    let header_end = run_end(text, start, is_base64url);
    if text.get(header_end) != Some(&b'.') {
        return Some(header_end);
    }
    let payload_end = run_end(text, header_end + 1, is_base64url);
    let signed = text.get(payload_end) == Some(&b'.');
    if !signed || payload_end - header_end <= MIN_PAYLOAD || !is_header(&text[start..header_end]) {
        return Some(header_end);
    }
    // Encrypted tokens have two parts more.
    let mut end = run_end(text, payload_end + 1, is_base64url);
    for _ in 0..2 {
        if text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(|&byte| is_base64url(byte))
        {
            end = run_end(text, end + 1, is_base64url);
        }
    }
    scan.propose(Shape::Jwt, Candidate::checked(start, end, 0.98));
    Some(end)
}

fn is_header(encoded: &[u8]) -> bool {
    if encoded.len() > MAX_HEADER {
        return true;
    }
    decode(encoded).is_some_and(|json| serde_json::from_slice::<Header>(&json).is_ok())
}

/// Base64url without padding (RFC 4648, section 5).
fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len() / 4 * 3 + 3);
    for chunk in encoded.chunks(4) {
        let mut bits = 0_u32;
        for &byte in chunk {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        let [_, a, b, c] = (bits << (6 * (4 - chunk.len()))).to_be_bytes();
        match chunk.len() {
            4 => decoded.extend([a, b, c]),
            3 => decoded.extend([a, b]),
            2 => decoded.push(a),
            _ => return None,
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::testing::found;

    fn token() -> String {
        [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "eyJzdWIiOiIxMjM0NTY3ODkwIn0",
            "c2lnbmF0dXJl",
        ]
        .join(".")
    }

    #[test]
    fn decodes_every_length() {
        assert_eq!(decode(b"YQ").unwrap(), b"a");
        assert_eq!(decode(b"YWI").unwrap(), b"ab");
        assert_eq!(decode(b"YWJj").unwrap(), b"abc");
        assert_eq!(decode(b"YWJjZ"), None);
    }

    #[test]
    fn tokens_in_their_surroundings() {
        let token = token();
        assert_eq!(
            found("jwt", &format!("Authorization: Bearer {token}\n")),
            [token.as_str()]
        );
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(found("jwt", &format!("{unsigned} x")), [unsigned.as_str()]);
    }

    #[test]
    fn other_encoded_json_is_no_token() {
        let token = token();
        for text in [
            "eyJhIjoxfQ.eyJhIjoxfQ.c2ln",
            "eyJhIjoxfQ",
            "eyJ.a.b",
            &format!("x{token}"),
        ] {
            assert!(found("jwt", text).is_empty(), "{text}");
        }
    }
}
