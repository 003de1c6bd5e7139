//! A keyed token: the same for the same text, and unique in practice.

use crate::error::Error;
use crate::operators::{purpose, Input};

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 16;
const PREFIX_MAX: usize = 16;

/// Checks the prefix of a token.
pub(crate) fn check_prefix(prefix: &str) -> Result<String, Error> {
    if prefix.len() > PREFIX_MAX || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Option { name: "prefix" });
    }
    Ok(prefix.to_owned())
}

/// Writes the prefix and sixteen characters of 32, which are 80 bits.
pub(crate) fn write(prefix: &str, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    if input.room < prefix.len() + LENGTH {
        return false;
    }
    out.extend_from_slice(prefix.as_bytes());
    let digest = input.key.hash(purpose::TOKEN, input.text.as_bytes());
    for half in [digest >> 88, digest >> 48] {
        let bits = half as u64;
        out.extend(
            (0..8)
                .rev()
                .map(|place| ALPHABET[(bits >> (place * 5)) as usize % 32]),
        );
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    #[test]
    fn a_token_has_prefix_and_sixteen_characters() {
        let spec = OperatorSpec::Token {
            prefix: "id-".into(),
        };
        let masked = mask(&spec, None, "value");
        assert!(masked.starts_with("id-") && masked.len() == 19, "{masked}");
        assert_ne!(masked, mask(&spec, None, "Value"));
    }

    #[test]
    fn prefixes_are_bounded() {
        assert!(check_prefix(&"p".repeat(17)).is_err());
        assert!(check_prefix("a b").is_err());
        assert!(check_prefix("").is_ok());
    }
}
