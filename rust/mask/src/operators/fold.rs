//! Brings texts that mean the same to the same choices: Unicode NFKC and case.

use std::borrow::Cow;

use unicode_normalization::{is_nfkc_quick, IsNormalized, UnicodeNormalization};

use crate::prf::{DomainKey, Stream};

/// Longer texts are taken as they are: no two of them are the same but for how they are written.
const COMPOSED_MAX: usize = 1 << 20;

/// The text in the one composition of all that look alike (NFKC, Unicode Standard Annex 15): accents
/// are joined with their letters, wide digits are digits, and blanks that do not break are blanks.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii()
        || text.len() > COMPOSED_MAX
        || is_nfkc_quick(text.chars()) == IsNormalized::Yes
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfkc().collect())
}

/// A text without what does not change its meaning.
pub(crate) enum Folded<'a> {
    /// What nearly all texts are; its capitals are still there.
    Ascii(&'a [u8]),
    Other(String),
}

impl<'a> Folded<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self::Ascii(text.as_bytes());
        }
        // Through capitals, because some small letters (the German sharp s) have two of them.
        let folded: String = text
            .nfkc()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .nfkc()
            .collect();
        Self::Other(folded)
    }

    /// The keyed choices for all texts that mean the same.
    pub(crate) fn stream<'k>(&self, key: &'k DomainKey, purpose: u8) -> Stream<'k> {
        match self {
            Self::Ascii(text) => key.stream_lower(purpose, text),
            Self::Other(folded) => key.stream(purpose, folded.trim().as_bytes()),
        }
    }

    /// The keyed hash of all texts that mean the same.
    pub(crate) fn hash(&self, key: &DomainKey, purpose: u8) -> u128 {
        match self {
            Self::Ascii(text) => key.hash_lower(purpose, text),
            Self::Other(folded) => key.hash(purpose, folded.trim().as_bytes()),
        }
    }

    /// The text, in which ASCII may be in either case.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Ascii(text) => text,
            Self::Other(folded) => folded.trim().as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> (Vec<u8>, u64) {
        let folded = Folded::new(text);
        let key = DomainKey::new(&[3; 16], &[4; 16], &[5; 16]);
        let choice = folded.stream(&key, 1).next_u64();
        (folded.bytes().to_ascii_lowercase(), choice)
    }

    #[test]
    fn case_and_composition_do_not_matter() {
        assert_eq!(folded("Zelda"), folded("zELDA"));
        assert_eq!(folded("Ren\u{e9}e"), folded("RENE\u{301}E"));
        assert_eq!(folded("STRASSE"), folded("straße"));
        assert_eq!(folded("ｆｕｌｌ"), folded("full"));
        assert_ne!(folded("Renee"), folded("Ren\u{e9}e"));
    }

    #[test]
    fn long_texts_are_folded_as_short_ones() {
        let long = "Zelda ".repeat(40);
        assert_eq!(folded(long.trim()), folded(long.to_uppercase().trim()));
    }
}
