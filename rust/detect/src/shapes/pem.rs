//! Private keys in PEM (RFC 7468) and its relatives of OpenSSH and `OpenPGP`.

use memchr::memmem;

use super::{Candidate, Scan, Shape};
use crate::bytes::{is_base64, run_end};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const MAX_LABEL: usize = 64;
/// Fewest characters of base64 below a header.
const MIN_BODY: usize = 4;

/// A key whose header starts at `start`.
///
/// One that is not closed reaches to the end of the text, since no part of a key may stay; then
/// `unclosed` is set, so that later headers do not search the rest again.
pub(crate) fn scan(scan: &mut Scan<'_>, start: usize, unclosed: &mut bool) -> Option<usize> {
    let text = scan.text;
    let label = start + BEGIN.len();
    let label_end = label
        + text[label..]
            .iter()
            .take(MAX_LABEL)
            .position(|&byte| byte == b'-')?;
    let is_private = memmem::find(&text[label..label_end], b"PRIVATE KEY").is_some();
    if !is_private || !text[label_end..].starts_with(DASHES) {
        return None;
    }
    if !has_body(&text[label_end + DASHES.len()..]) {
        return None;
    }
    let end = if let Some(offset) = memmem::find(&text[label_end..], END) {
        let closing = label_end + offset + END.len();
        let tail = text.len().min(closing + MAX_LABEL + DASHES.len());
        let dashes = memmem::find(&text[closing..tail], DASHES);
        dashes.map_or(tail, |offset| closing + offset + DASHES.len())
    } else {
        *unclosed = true;
        text.len()
    };
    scan.propose(Shape::PemPrivateKey, Candidate::pattern(start, end, 0.99))
        .then_some(end)
}

/// Whether what follows a header is the begin of base64, or a header of its own such as `Proc-Type:`.
///
/// A header alone, or with words below it, is documentation or code that looks for keys.
fn has_body(rest: &[u8]) -> bool {
    let mut at = 0;
    loop {
        at = run_end(rest, at, |byte| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'"' | b'\'' | b'+' | b',' | b'>' | b'|' | b'#')
        });
        // Escapes for white space, however often the backslash itself is escaped.
        let escape = run_end(rest, at, |byte| byte == b'\\');
        match rest.get(escape) {
            Some(b'n' | b'r' | b't') if escape > at => at = escape + 1,
            _ if escape > at => at = escape,
            _ => break,
        }
    }
    let body = &rest[at..rest.len().min(at + MAX_LABEL)];
    let body = &body[..run_end(body, 0, |byte| is_base64(byte) || byte == b'=')];
    let named = rest
        .get(at + body.len())
        .is_some_and(|&byte| matches!(byte, b'-' | b':'));
    let drawn = body
        .iter()
        .any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    drawn && (body.len() >= MIN_BODY || (named && !body.is_empty()))
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    fn block(label: &str) -> String {
        format!("-----BEGIN {label}-----\nMIIB\nAQ==\n-----END {label}-----")
    }

    #[test]
    fn private_keys_of_every_kind() {
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let key = block(&format!("{kind}PRIVATE KEY"));
            assert_eq!(
                found("pem_private_key", &format!("key: {key}\nnext")),
                [key.as_str()]
            );
            let escaped = key.replace('\n', "\\n");
            assert_eq!(
                found("pem_private_key", &format!("{{\"k\":\"{escaped}\"}}")),
                [escaped.as_str()]
            );
        }
        let key = block("PGP PRIVATE KEY BLOCK");
        assert_eq!(found("pem_private_key", &key), [key.as_str()]);
    }

    #[test]
    fn a_key_that_is_not_closed_reaches_to_the_end() {
        let key = block("PRIVATE KEY");
        let cut = &key[..40];
        assert_eq!(found("pem_private_key", &format!("x {cut}")), [cut]);
    }

    #[test]
    fn a_header_without_a_key_is_none() {
        for body in ["", "\n", "anything", "\\n...\\n"] {
            let text = [
                "-----BEGIN ",
                "PRIVATE KEY-----",
                body,
                "-----END ",
                "PRIVATE KEY-----",
            ];
            assert!(
                found("pem_private_key", &text.concat()).is_empty(),
                "{body}"
            );
        }
    }

    #[test]
    fn public_parts_are_left() {
        assert!(found("pem_private_key", &block("CERTIFICATE")).is_empty());
        assert!(found("pem_private_key", &block("PUBLIC KEY")).is_empty());
        assert!(found("pem_private_key", &["-----BEGIN ", "PRIVATE KEY"].concat()).is_empty());
    }
}
