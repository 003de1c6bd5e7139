//! A word that is copied without asking how long it is.
//!
//! Which word is chosen cannot be guessed, and so neither can a copy of just its length: the
//! processor would start on the wrong one and wait for the choice. A copy of always as many bytes
//! lets it go on to the next value.

/// Bytes of a word and what fills it up; the last one is its length.
const BYTES: usize = 16;

/// A word of at most fifteen bytes.
#[derive(Clone, Copy)]
pub(crate) struct Word([u8; BYTES]);

impl Word {
    /// Longer words do not compile.
    pub(crate) const fn new(word: &str) -> Self {
        let word = word.as_bytes();
        assert!(word.len() < BYTES, "a word is too long for its place");
        let mut bytes = [0; BYTES];
        let mut at = 0;
        while at < word.len() {
            bytes[at] = word[at];
            at += 1;
        }
        bytes[BYTES - 1] = word.len() as u8;
        Self(bytes)
    }

    pub(crate) fn len(&self) -> usize {
        self.0[BYTES - 1].into()
    }

    /// The word without capitals.
    #[inline]
    pub(crate) fn small(&self) -> Self {
        // The length is no letter.
        Self(self.0.map(|byte| byte.to_ascii_lowercase()))
    }

    /// Appends the word.
    #[inline]
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let end = out.len() + self.len();
        out.extend_from_slice(&self.0);
        out.truncate(end);
    }
}

/// The words of a list.
pub(super) const fn all<const N: usize>(list: &[&str]) -> [Word; N] {
    let mut words = [Word([0; BYTES]); N];
    let mut at = 0;
    while at < N {
        words[at] = Word::new(list[at]);
        at += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_length_are_appended_whole() {
        for length in 0..BYTES {
            let text = &"qwertyuiopasdfg"[..length];
            let mut out = b"before ".to_vec();
            Word::new(text).push(&mut out);
            assert_eq!(out, format!("before {text}").into_bytes());
        }
    }
}
