//! The keyed functions of one semantic domain: a hash, a stream of choices, and a block cipher.
//!
//! The hash is HMAC-SHA-256 with both padded keys already compressed, so that a value of up to 54
//! bytes costs two compressions.

use std::fmt;

use aes::cipher::{generic_array::GenericArray, BlockEncrypt, KeyInit};
use aes::Aes128Enc;
use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::permutation::Arrangements;

const BLOCK: usize = 64;
/// SHA-256's initial state (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The keys of one semantic domain at one version.
pub(crate) struct DomainKey {
    inner: [u32; 8],
    outer: [u32; 8],
    permutation: Aes128Enc,
    arrangements: Arrangements,
    stream: Aes128Enc,
}

impl Drop for DomainKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl fmt::Debug for DomainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DomainKey(..)")
    }
}

impl DomainKey {
    pub(crate) fn new(hash: &[u8; 32], permutation: &[u8; 16], stream: &[u8; 16]) -> Self {
        Self {
            inner: padded_state(hash, 0x36),
            outer: padded_state(hash, 0x5c),
            permutation: Aes128Enc::new(&GenericArray::from(*permutation)),
            arrangements: Arrangements::default(),
            stream: Aes128Enc::new(&GenericArray::from(*stream)),
        }
    }

    /// HMAC-SHA-256 over the purpose and the value.
    pub(crate) fn hash(&self, purpose: u8, value: &[u8]) -> [u8; 32] {
        let mut state = self.inner;
        let mut block = [0; BLOCK];
        block[0] = purpose;
        let first = value.len().min(BLOCK - 1);
        block[1..=first].copy_from_slice(&value[..first]);
        let mut filled = first + 1;
        if filled == BLOCK {
            compress256(&mut state, &[block]);
            let mut rest = value[first..].chunks_exact(BLOCK);
            for chunk in &mut rest {
                block.copy_from_slice(chunk);
                compress256(&mut state, &[block]);
            }
            let tail = rest.remainder();
            block = [0; BLOCK];
            block[..tail.len()].copy_from_slice(tail);
            filled = tail.len();
        }
        // The padded key is one block of its own, and the purpose one byte.
        finish(
            &mut state,
            &mut block,
            filled,
            (BLOCK + 1 + value.len()) as u64,
        );

        let mut outer = self.outer;
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&to_bytes(&state));
        finish(&mut outer, &mut block, 32, (BLOCK + 32) as u64);
        to_bytes(&outer)
    }

    /// A stream of keyed choices that depends on the purpose and the value only.
    pub(crate) fn stream(&self, purpose: u8, value: &[u8]) -> Stream<'_> {
        let digest = self.hash(purpose, value);
        let mut seed = [0; 16];
        seed.copy_from_slice(&digest[..16]);
        Stream {
            cipher: &self.stream,
            seed,
            counter: 0,
            buffer: digest,
            used: 16,
        }
    }

    /// The cipher under the permutations.
    pub(crate) fn permutation(&self) -> &Aes128Enc {
        &self.permutation
    }

    /// The permutations that have been used.
    pub(crate) fn arrangements(&self) -> &Arrangements {
        &self.arrangements
    }
}

fn padded_state(key: &[u8; 32], pad: u8) -> [u32; 8] {
    let mut block = [pad; BLOCK];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    block.zeroize();
    state
}

fn finish(state: &mut [u32; 8], block: &mut [u8; BLOCK], filled: usize, bytes: u64) {
    block[filled] = 0x80;
    if filled >= BLOCK - 8 {
        compress256(state, &[*block]);
        *block = [0; BLOCK];
    }
    block[BLOCK - 8..].copy_from_slice(&(bytes * 8).to_be_bytes());
    compress256(state, &[*block]);
}

fn to_bytes(state: &[u32; 8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (chunk, word) in out.chunks_exact_mut(4).zip(state) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    out
}

/// Keyed choices: the second half of a keyed hash, then AES in counter mode from the first half.
pub(crate) struct Stream<'k> {
    cipher: &'k Aes128Enc,
    seed: [u8; 16],
    counter: u64,
    buffer: [u8; 32],
    used: usize,
}

impl Stream<'_> {
    fn refill(&mut self) {
        for half in 0..2 {
            let mut block = self.seed;
            for (byte, counter) in block[8..].iter_mut().zip(self.counter.to_be_bytes()) {
                *byte ^= counter;
            }
            self.counter += 1;
            let mut block = GenericArray::from(block);
            self.cipher.encrypt_block(&mut block);
            self.buffer[half * 16..half * 16 + 16].copy_from_slice(&block);
        }
        self.used = 0;
    }

    pub(crate) fn next_u32(&mut self) -> u32 {
        if self.used + 4 > self.buffer.len() {
            self.refill();
        }
        let mut word = [0; 4];
        word.copy_from_slice(&self.buffer[self.used..self.used + 4]);
        self.used += 4;
        u32::from_be_bytes(word)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) << 32 | u64::from(self.next_u32())
    }

    /// A number below `bound`, which is at most 2^32.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u64::from(self.next_u32()) * bound as u64) >> 32) as usize
    }

    /// One of the words.
    pub(crate) fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    /// Fills the slice.
    pub(crate) fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(4) {
            let word = self.next_u32().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }

    /// Appends characters of an alphabet of at most 64.
    pub(crate) fn letters(&mut self, alphabet: &[u8], count: usize, out: &mut Vec<u8>) {
        let base = alphabet.len() as u64;
        let mut left = count;
        while left > 0 {
            // Twelve characters of 64 need 72 bits of range; eight stay unbiased within 64.
            let mut word = self.next_u64();
            for _ in 0..left.min(8) {
                let wide = u128::from(word) * u128::from(base);
                out.push(alphabet[(wide >> 64) as usize]);
                word = wide as u64;
            }
            left -= left.min(8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, Mac};
    use sha2::Sha256;

    fn key() -> DomainKey {
        DomainKey::new(&[3; 32], &[4; 16], &[5; 16])
    }

    #[test]
    fn the_hash_is_hmac_sha_256_for_every_length() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        for length in 0..400 {
            let mut oracle = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&[3; 32]).unwrap();
            oracle.update(&[9]);
            oracle.update(&bytes[..length]);
            let expected: [u8; 32] = oracle.finalize().into_bytes().into();
            assert_eq!(key().hash(9, &bytes[..length]), expected, "length {length}");
        }
    }

    #[test]
    fn a_stream_depends_on_purpose_and_value() {
        let key = key();
        let first = |purpose, value: &[u8]| key.stream(purpose, value).next_u64();
        assert_eq!(first(1, b"a"), first(1, b"a"));
        assert_ne!(first(1, b"a"), first(2, b"a"));
        assert_ne!(first(1, b"a"), first(1, b"b"));
    }

    #[test]
    fn a_stream_does_not_repeat() {
        let key = key();
        let mut stream = key.stream(1, b"a");
        let words: std::collections::HashSet<u64> = (0..1000).map(|_| stream.next_u64()).collect();
        assert_eq!(words.len(), 1000);
    }

    #[test]
    fn choices_reach_every_word() {
        let key = key();
        let mut stream = key.stream(1, b"a");
        let mut seen = [0; 7];
        for _ in 0..7000 {
            seen[stream.below(7)] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1200).contains(count)),
            "{seen:?}"
        );
    }
}
