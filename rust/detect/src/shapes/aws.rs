//! Access keys of Amazon Web Services: the identifier by its prefix, the secret by length, mixture
//! of characters and what stands beside it.

use super::{entropy, Candidate, Scan, Shape};
use crate::bytes::{escape_before, is_base64, run_end, run_start, word_at, word_before};

/// Capital letters that a text with any of the two keys has at least.
pub(crate) const MIN_UPPERS: usize = 4;
/// Characters of a secret key.
pub(crate) const SECRET_LEN: usize = 40;
const KEY_LEN: usize = 20;
/// How the identifiers end that the documentation of the vendor uses.
const DOCUMENTED: &[u8] = b"EXAMPLE";

/// An identifier that starts at `start`: the prefix and sixteen characters of base32.
pub(crate) fn access_key(scan: &mut Scan<'_>, start: usize) -> bool {
    let text = scan.text;
    let end = start + KEY_LEN;
    let base32 = |body: &[u8]| {
        body.iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
    };
    text.get(start + 4..end).is_some_and(|body| {
        base32(body) && !entropy::is_filler(body) && !body.ends_with(DOCUMENTED)
    }) && !word_before(text, start)
        && !word_at(text, end)
        && scan.propose(Shape::AwsAccessKey, Candidate::pattern(start, end, 0.95))
}

/// Runs of exactly forty base64 characters; `beside_key` when an identifier is in the same text.
///
/// Only every fortieth byte is looked at until one belongs to the alphabet.
pub(crate) fn secret_keys(scan: &mut Scan<'_>, beside_key: bool) {
    let text = scan.text;
    let mut floor = 0;
    let mut probe = SECRET_LEN - 1;
    while probe < text.len() {
        if !is_base64(text[probe]) {
            floor = probe + 1;
            probe += SECRET_LEN;
            continue;
        }
        let start = run_start(text, probe, probe - floor, is_base64);
        let start = start + usize::from(escape_before(text, start + 1));
        let end = run_end(text, probe, is_base64);
        if end - start == SECRET_LEN && text.get(end) != Some(&b'=') && !word_at(text, end) {
            if let Some(confidence) = doubt(&text[start..end], beside_key) {
                scan.propose(
                    Shape::AwsSecretKey,
                    Candidate::pattern(start, end, confidence),
                );
            }
        }
        floor = end;
        probe = end + SECRET_LEN;
    }
}

/// How much the characters alone say; none when they are a path, a word or a hexadecimal digest.
fn doubt(run: &[u8], beside_key: bool) -> Option<f32> {
    let count = |class: fn(&u8) -> bool| run.iter().filter(|byte| class(byte)).count();
    let uppers = count(u8::is_ascii_uppercase);
    let lowers = count(u8::is_ascii_lowercase);
    let digits = count(u8::is_ascii_digit);
    let mut seen = [false; 128];
    for byte in run {
        seen[usize::from(byte & 0x7f)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    if uppers < 4
        || lowers < 4
        || digits + count(|byte| matches!(byte, b'+' | b'/')) < 1
        || distinct < 18
    {
        return None;
    }
    let wordy = longest_lower_run(run) >= 6 && !beside_key;
    let mixed = digits >= 2 && distinct >= 24 && !wordy;
    Some(match (beside_key, mixed) {
        (true, _) => 0.8,
        (false, true) if digits + uppers + lowers < run.len() => 0.55,
        (false, true) => 0.45,
        (false, false) => 0.3,
    })
}

fn longest_lower_run(run: &[u8]) -> usize {
    run.split(|byte| !byte.is_ascii_lowercase())
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    fn identifier() -> String {
        ["AKIA", "IOSFODNN7QWERTZU"].concat()
    }

    fn secret() -> String {
        ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat()
    }

    #[test]
    fn identifiers_stand_for_themselves() {
        let key = identifier();
        assert_eq!(
            found("aws_access_key", &format!("id={key};")),
            [key.as_str()]
        );
        assert!(found("aws_access_key", &format!("X{key}")).is_empty());
        assert!(found("aws_access_key", &format!("{key}X")).is_empty());
        assert!(found("aws_access_key", &key.to_lowercase()).is_empty());
        let documented = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
        assert!(found("aws_access_key", &documented).is_empty());
    }

    #[test]
    fn secrets_need_support() {
        let secret = secret();
        assert_eq!(
            found(
                "aws_secret_key",
                &format!("aws_secret_access_key = {secret}")
            ),
            [secret.as_str()]
        );
        assert_eq!(
            found_in_column("aws_secret_key", &secret),
            [secret.as_str()]
        );
        assert!(found("aws_secret_key", &format!("aws {secret}A")).is_empty());
    }

    #[test]
    fn digests_and_paths_are_no_secret() {
        for text in [
            "aws da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "aws /usr/local/share/documentation/javascrip",
            "aws AAAAAAAAAAAAAAAAAAAAaaaaaaaaaaaaaaaaaaa1",
        ] {
            assert!(found("aws_secret_key", text).is_empty(), "{text}");
        }
    }
}
