//! Checksums that tokens carry.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("github_crc32", github_crc32),
    ("basic_credentials", basic_credentials),
    ("encoded_jwt", encoded_jwt),
];

/// Checksums whose failure does not refuse a token: it may be of an older kind, or misspelt.
pub(super) const CONFIRMING: &[&str] = &["github_crc32"];

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK_LEN: usize = 6;

/// CRC-32 of the random characters behind the last `_`, as six digits of base 62 at the end.
///
/// GitHub, "Behind GitHub's new authentication token formats" (2021); npm has the same form.
fn github_crc32(token: &[u8]) -> bool {
    let start = token
        .iter()
        .rposition(|&byte| byte == b'_')
        .map_or(0, |at| at + 1);
    let Some((random, check)) = token[start..].split_last_chunk::<CHECK_LEN>() else {
        return false;
    };
    let mut left = crc32(random);
    let mut expected = [b'0'; CHECK_LEN];
    for place in expected.iter_mut().rev() {
        *place = BASE62[(left % 62) as usize];
        left /= 62;
    }
    expected == *check
}

/// CRC-32 of ISO 3309, bit by bit: tokens are short.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Whether base64 hides a user and a password of basic authentication (RFC 7617, section 2).
fn basic_credentials(encoded: &[u8]) -> bool {
    let (mut length, mut colon) = (0_usize, None);
    let printable = decode(encoded, |byte| {
        if byte == b':' && colon.is_none() {
            colon = Some(length);
        }
        length += 1;
        byte >= b' ' && byte != 0x7f
    });
    printable && colon.is_some_and(|at| length > 1 && (at > 0 || length > at + 1))
}

/// Whether base64 hides a JSON Web Token (RFC 7519): three parts of base64url.
fn encoded_jwt(encoded: &[u8]) -> bool {
    let mut dots = 0_usize;
    let of_token = decode(encoded, |byte| {
        dots += usize::from(byte == b'.');
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'=')
    });
    of_token && (2..=4).contains(&dots)
}

/// Gives each byte of the base64 text (RFC 4648, sections 4 and 5) to `accept`, while it agrees.
fn decode(encoded: &[u8], mut accept: impl FnMut(u8) -> bool) -> bool {
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &byte in encoded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => return true,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            let [.., decoded] = (bits >> held).to_be_bytes();
            if !accept(decoded) {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{basic_credentials, crc32, github_crc32};

    #[test]
    fn crc32_of_the_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_token_ends_with_the_checksum_of_what_is_random() {
        // Base 62 of CRC-32 of the thirty characters.
        let random = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
        let mut left = crc32(random.as_bytes());
        let mut check = Vec::new();
        for _ in 0..6 {
            check.push(super::BASE62[(left % 62) as usize]);
            left /= 62;
        }
        check.reverse();
        let token = ["gh", "p_", random, std::str::from_utf8(&check).unwrap()].concat();
        assert!(github_crc32(token.as_bytes()));
        let other = token.replace("zQ", "zR");
        assert!(!github_crc32(other.as_bytes()));
        assert!(!github_crc32(b"ghp_"));
    }

    #[test]
    fn credentials_have_a_colon() {
        assert!(basic_credentials(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(!basic_credentials(b"QWxhZGRpbg=="));
        assert!(!basic_credentials(b"Og=="));
        assert!(!basic_credentials(b"YWJj\xff"));
    }
}
