//! AES-SIV (RFC 5297): encryption that gives equal texts equal ciphertexts and notices every change.

use std::fmt;

use aes_siv::siv::Aes128Siv;
use aes_siv::{KeyInit, Tag};
use zeroize::Zeroize;

/// A key for the authentication and one for the encryption, of sixteen bytes each.
pub(crate) const KEY_BYTES: usize = 32;
/// The synthetic initialisation vector that each ciphertext begins with.
pub(crate) const TAG_BYTES: usize = 16;

/// The key of one semantic domain, whose name is part of what is authenticated.
pub(crate) struct SivKey {
    key: [u8; KEY_BYTES],
    domain: Box<[u8]>,
}

impl Drop for SivKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl fmt::Debug for SivKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SivKey(..)")
    }
}

impl SivKey {
    pub(crate) fn new(key: [u8; KEY_BYTES], domain: &str) -> Self {
        Self {
            key,
            domain: domain.as_bytes().into(),
        }
    }

    /// The vector and the ciphertext, which is as long as the text.
    pub(crate) fn seal(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = vec![0; TAG_BYTES + text.len()];
        let (tag, body) = sealed.split_at_mut(TAG_BYTES);
        body.copy_from_slice(text);
        let mut cipher = Aes128Siv::new(&self.key.into());
        let vector = cipher
            .encrypt_in_place_detached([&self.domain], body)
            .ok()?;
        tag.copy_from_slice(&vector);
        Some(sealed)
    }

    /// The text; none for what this key has not sealed.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (tag, body) = sealed.split_at_checked(TAG_BYTES)?;
        let mut text = body.to_vec();
        let mut cipher = Aes128Siv::new(&self.key.into());
        let tag = Tag::from_slice(tag);
        cipher
            .decrypt_in_place_detached([&self.domain], &mut text, tag)
            .ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_published_vector_comes_out() {
        // RFC 5297, appendix A.1.
        let key = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
        let key = SivKey {
            key: hex(key).try_into().unwrap(),
            domain: hex("101112131415161718191a1b1c1d1e1f2021222324252627").into(),
        };
        let text = hex("112233445566778899aabbccddee");
        let sealed = key.seal(&text).unwrap();
        let expected = "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c";
        assert_eq!(sealed, hex(expected));
        assert_eq!(key.open(&sealed), Some(text));
    }

    #[test]
    fn another_domain_and_every_changed_bit_are_noticed() {
        let key = SivKey::new([7; KEY_BYTES], "contact.email");
        let sealed = key.seal(b"zelda@corp.test").unwrap();
        let other = SivKey::new([7; KEY_BYTES], "contact.phone");
        assert_eq!(other.open(&sealed), None);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(&changed), None, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..length]), None, "length {length}");
        }
    }
}
