//! A keyed token: the same for the same text, and unique in practice.

use crate::error::Error;
use crate::operators::fold::Folded;
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

/// What a token begins with, and what it follows from.
#[derive(Debug)]
pub(crate) struct Token {
    prefix: String,
    exact: bool,
}

impl Token {
    pub(crate) fn compile(prefix: &str, exact: bool) -> Result<Self, Error> {
        Ok(Self {
            prefix: check_prefix(prefix)?,
            exact,
        })
    }

    /// Whether texts that differ only in case or composition stay different.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Writes the prefix and sixteen characters of 32, which are 80 bits.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        if input.room < self.prefix.len() + LENGTH {
            return false;
        }
        out.extend_from_slice(self.prefix.as_bytes());
        let digest = if self.exact {
            input.key.hash(purpose::TOKEN, input.text.as_bytes())
        } else {
            Folded::new(input.text).hash(input.key, purpose::TOKEN)
        };
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn token(exact: bool, text: &str) -> String {
        let prefix = "id-".into();
        mask(&OperatorSpec::Token { prefix, exact }, None, text)
    }

    #[test]
    fn a_token_has_prefix_and_sixteen_characters() {
        let masked = token(false, "value");
        assert!(masked.starts_with("id-") && masked.len() == 19, "{masked}");
    }

    #[test]
    fn case_and_composition_count_only_where_that_is_wanted() {
        assert_eq!(token(false, "Ren\u{e9}"), token(false, "RENE\u{301}"));
        assert_ne!(token(true, "Value"), token(true, "value"));
        assert_ne!(token(true, "\u{ff11}"), token(true, "1"));
        assert_ne!(token(false, "Rene"), token(false, "Ren\u{e9}"));
    }

    #[test]
    fn prefixes_are_bounded() {
        assert!(Token::compile(&"p".repeat(17), false).is_err());
        assert!(Token::compile("a b", false).is_err());
        assert!(Token::compile("", false).is_ok());
    }
}
