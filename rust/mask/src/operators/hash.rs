//! A keyed hash as text.

use crate::error::Error;
use crate::operators::fold::Folded;
use crate::operators::{purpose, Input};
use crate::spec::HashEncoding;

/// Fewer characters would let too many values meet.
const LENGTH_MIN: u32 = 4;
const LENGTH_MAX: u32 = 64;

/// What a hash looks like.
#[derive(Debug)]
pub(crate) struct Hash {
    length: usize,
    alphabet: &'static [u8],
    exact: bool,
}

impl Hash {
    pub(crate) fn compile(length: u32, encoding: HashEncoding, exact: bool) -> Result<Self, Error> {
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
            return Err(Error::Option { name: "length" });
        }
        Ok(Self {
            length: length as usize,
            alphabet: match encoding {
                HashEncoding::Hex => b"0123456789abcdef",
                HashEncoding::Base32 => b"abcdefghijklmnopqrstuvwxyz234567",
            },
            exact,
        })
    }

    /// Whether texts that differ only in case or composition stay different.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Writes the hash, or as much of it as fits.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        if input.room < LENGTH_MIN as usize {
            return false;
        }
        let mut stream = if self.exact {
            input.key.stream(purpose::HASH, input.text.as_bytes())
        } else {
            Folded::new(input.text).stream(input.key, purpose::HASH)
        };
        stream.letters(self.alphabet, self.length.min(input.room), out);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn hash(length: u32, encoding: HashEncoding, exact: bool, text: &str) -> String {
        let spec = OperatorSpec::Hash {
            length,
            encoding,
            exact,
        };
        mask(&spec, None, text)
    }

    #[test]
    fn a_hash_has_its_length_and_alphabet() {
        for length in [4, 5, 31, 32, 64] {
            let hex = hash(length, HashEncoding::Hex, false, "Zelda");
            assert_eq!(hex.len(), length as usize);
            assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
            let base32 = hash(length, HashEncoding::Base32, false, "Zelda");
            assert!(base32
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')));
        }
    }

    #[test]
    fn case_and_composition_count_only_where_that_is_wanted() {
        let same = |exact, a, b| {
            hash(32, HashEncoding::Hex, exact, a) == hash(32, HashEncoding::Hex, exact, b)
        };
        assert!(same(false, "Ren\u{e9}", "RENE\u{301}"));
        assert!(!same(true, "Ren\u{e9}", "RENE\u{301}"));
        assert!(!same(false, "Rene", "Ren\u{e9}"));
    }

    #[test]
    fn options_are_bounded() {
        for length in [0, 3, 65] {
            assert!(Hash::compile(length, HashEncoding::Hex, false).is_err());
        }
    }
}
