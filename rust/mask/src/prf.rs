//! The keyed functions of one semantic domain: a hash, a stream of choices, and a block cipher.
//!
//! The hash is AES-CMAC (NIST SP 800-38B) with AES-128: a value of up to 31 bytes costs two blocks,
//! where HMAC with any hash function costs two compressions of ten times as much work.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled with the cipher's instructions"
)]

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use aes::cipher::{generic_array::GenericArray, KeyInit};
use aes::Aes128Enc;
use zeroize::Zeroize;

use crate::block::{Cipher, Encrypt, Work};
use crate::permutation::Arrangements;
use crate::siv::SivKey;
use crate::words::Word;

const BLOCK: usize = 16;
/// What a shift of a block's highest bit out of it adds at its low end (SP 800-38B, 5.3).
const REDUCTION: u128 = 0x87;
/// Blocks of a stream that are made together, because the processor works on several at once.
const AHEAD: usize = 4;
/// The first of them, which are all that a name or an address takes.
const FIRST: usize = 2;

/// The keys of one semantic domain at one version.
pub(crate) struct DomainKey {
    hash: Aes128Enc,
    /// What is added to a last block that is whole, and to one that is filled up.
    subkeys: [u128; 2],
    permutation: Aes128Enc,
    arrangements: Arrangements,
    stream: Aes128Enc,
    siv: Option<SivKey>,
    /// Whether its bijections run backwards, from a masked value to the raw one.
    backwards: bool,
    domain: Box<str>,
    /// The key of persons' names, for what is made of a name.
    names: Option<Box<DomainKey>>,
    /// How many choices were made of its own for each value, where equal ones are not to be told.
    turns: Option<AtomicU64>,
}

impl Drop for DomainKey {
    fn drop(&mut self) {
        self.subkeys.zeroize();
    }
}

impl fmt::Debug for DomainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DomainKey(..)")
    }
}

impl DomainKey {
    pub(crate) fn new(hash: &[u8; 16], permutation: &[u8; 16], stream: &[u8; 16]) -> Self {
        let [hash, permutation, stream] =
            [hash, permutation, stream].map(|key| Aes128Enc::new(&GenericArray::from(*key)));
        let whole = double(hash.encrypt(0));
        Self {
            hash,
            subkeys: [whole, double(whole)],
            permutation,
            arrangements: Arrangements::default(),
            stream,
            siv: None,
            backwards: false,
            domain: Box::default(),
            names: None,
            turns: None,
        }
    }

    /// The same with a key for AES-SIV.
    pub(crate) fn with_siv(mut self, siv: SivKey) -> Self {
        self.siv = Some(siv);
        self
    }

    /// The same for values of which no two are to be masked alike.
    pub(crate) fn with_turns(mut self) -> Self {
        self.turns = Some(AtomicU64::new(0));
        self
    }

    /// Whether no two values are to be masked alike.
    pub(crate) fn takes_turns(&self) -> bool {
        self.turns.is_some()
    }

    /// A number that stands for the next value, where no two are to be masked alike.
    pub(crate) fn turn(&self) -> Option<u64> {
        let turns = self.turns.as_ref()?;
        Some(turns.fetch_add(1, Ordering::Relaxed))
    }

    /// The same turned round: whatever is a bijection gives the raw value for the masked one.
    ///
    /// What is no bijection gives nonsense, so whoever uses it masks the result once more and
    /// compares.
    pub(crate) fn turned_round(mut self) -> Self {
        self.backwards = true;
        self
    }

    /// Whether bijections run backwards.
    #[inline]
    pub(crate) fn backwards(&self) -> bool {
        self.backwards
    }

    /// The key for AES-SIV, where there is one.
    pub(crate) fn siv(&self) -> Option<&SivKey> {
        self.siv.as_ref()
    }

    /// With the name of the semantic domain, which tells some operators what the values are.
    pub(crate) fn named(mut self, domain: &str) -> Self {
        self.domain = domain.into();
        self
    }

    /// With the key that masks persons' names.
    pub(crate) fn with_names(mut self, names: Self) -> Self {
        self.names = Some(Box::new(names));
        self
    }

    /// The key that masks persons' names, where the operator asks for it.
    pub(crate) fn names(&self) -> Option<&Self> {
        self.names.as_deref()
    }

    /// The semantic domain; empty where it has no name.
    pub(crate) fn domain(&self) -> &str {
        &self.domain
    }

    /// AES-CMAC over the purpose and the value.
    pub(crate) fn hash(&self, purpose: u8, value: &[u8]) -> u128 {
        self.cmac::<false>(purpose, value)
    }

    /// As [`DomainKey::hash`] of a text without its case, which has to be ASCII.
    pub(crate) fn hash_lower(&self, purpose: u8, text: &[u8]) -> u128 {
        debug_assert!(text.is_ascii());
        self.cmac::<true>(purpose, text)
    }

    #[inline]
    fn cmac<const LOWER: bool>(&self, purpose: u8, value: &[u8]) -> u128 {
        self.hash.work(Cmac::<LOWER> {
            subkeys: &self.subkeys,
            purpose,
            value,
        })
    }

    /// A stream of keyed choices that depends on the purpose and the value only.
    pub(crate) fn stream(&self, purpose: u8, value: &[u8]) -> Stream<'_> {
        self.stream_from(self.hash(purpose, value))
    }

    /// As [`DomainKey::stream`] of a text without its case, which has to be ASCII.
    pub(crate) fn stream_lower(&self, purpose: u8, text: &[u8]) -> Stream<'_> {
        self.stream_from(self.hash_lower(purpose, text))
    }

    #[inline]
    fn stream_from(&self, seed: u128) -> Stream<'_> {
        let mut stream = Stream {
            cipher: &self.stream,
            seed,
            counter: 0,
            buffer: [0; AHEAD * BLOCK / 4],
            used: 0,
        };
        stream.fill_from(AHEAD - FIRST);
        stream
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

/// A block times x in the field of CMAC.
fn double(block: u128) -> u128 {
    (block << 1) ^ (REDUCTION * (block >> 127))
}

struct Cmac<'a, const LOWER: bool> {
    subkeys: &'a [u128; 2],
    purpose: u8,
    value: &'a [u8],
}

impl<const LOWER: bool> Work for Cmac<'_, LOWER> {
    type Output = u128;

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) -> u128 {
        let first = u128::from(self.purpose) << 120;
        let value = self.value;
        let Some(tail) = value.last_chunk() else {
            // The purpose and a value of at most fifteen bytes are one block.
            let mut block = [0; BLOCK];
            block[1..=value.len()].copy_from_slice(value);
            return cipher.encrypt(self.ended(first | Self::block(block), 1 + value.len()));
        };
        // The purpose is the first byte, so the value's blocks are one byte out of step.
        let (head, rest) = value.split_at(BLOCK - 1);
        let mut block = [0; BLOCK];
        block[1..].copy_from_slice(head);
        let mut chained = cipher.encrypt(first | Self::block(block));
        let left = (rest.len() - 1) % BLOCK + 1;
        for block in rest[..rest.len() - left].as_chunks().0 {
            chained = cipher.encrypt(chained ^ Self::block(*block));
        }
        // What is left is the end of the value's last sixteen bytes.
        let last = Self::block(*tail) << (8 * (BLOCK - left));
        cipher.encrypt(chained ^ self.ended(last, left))
    }
}

impl<const LOWER: bool> Cmac<'_, LOWER> {
    #[inline(always)]
    fn block(bytes: [u8; BLOCK]) -> u128 {
        let block = u128::from_be_bytes(bytes);
        if LOWER {
            lower(block)
        } else {
            block
        }
    }

    /// The last block, of which `length` bytes are the message's, filled up and with its subkey.
    #[inline(always)]
    fn ended(&self, block: u128, length: usize) -> u128 {
        if length == BLOCK {
            block ^ self.subkeys[0]
        } else {
            block ^ (0x80 << (8 * (BLOCK - 1 - length))) ^ self.subkeys[1]
        }
    }
}

/// Sixteen ASCII characters with their capitals made small.
#[inline(always)]
fn lower(characters: u128) -> u128 {
    /// A number with this byte everywhere.
    const fn all(byte: u8) -> u128 {
        u128::from_ne_bytes([byte; BLOCK])
    }
    // No byte is above 127, so the sums stay within their bytes and tell by the highest bit.
    let from_a = characters + all(0x80 - b'A');
    let above_z = characters + all(0x7f - b'Z');
    characters | ((from_a & !above_z & all(0x80)) >> 2)
}

/// Keyed choices: AES in counter mode from a keyed hash.
pub(crate) struct Stream<'k> {
    cipher: &'k Aes128Enc,
    seed: u128,
    counter: u64,
    buffer: [u32; AHEAD * BLOCK / 4],
    used: usize,
}

/// The next blocks of a stream, behind each other.
struct Ahead<'b> {
    seed: u128,
    counter: u64,
    words: &'b mut [[u32; BLOCK / 4]],
}

impl Work for Ahead<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) {
        for (words, counter) in self.words.iter_mut().zip(self.counter..) {
            let block = cipher.encrypt(self.seed ^ u128::from(counter));
            *words = [96, 64, 32, 0].map(|shift| (block >> shift) as u32);
        }
    }
}

impl Stream<'_> {
    #[cold]
    fn refill(&mut self) {
        self.fill_from(0);
    }

    /// Makes the blocks from a place in the buffer on.
    #[inline]
    fn fill_from(&mut self, place: usize) {
        let words = &mut self.buffer.as_chunks_mut().0[place..];
        let blocks = words.len() as u64;
        self.cipher.work(Ahead {
            seed: self.seed,
            counter: self.counter,
            words,
        });
        self.counter += blocks;
        self.used = place * BLOCK / 4;
    }

    #[inline]
    pub(crate) fn next_u32(&mut self) -> u32 {
        if let Some(word) = self.buffer.get(self.used) {
            self.used += 1;
            return *word;
        }
        self.refill();
        self.used = 1;
        self.buffer[0]
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) << 32 | u64::from(self.next_u32())
    }

    /// A number below `bound`, which is at most 2^32.
    #[inline]
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u64::from(self.next_u32()) * bound as u64) >> 32) as usize
    }

    /// One of the words.
    #[inline]
    pub(crate) fn pick<'w, const N: usize>(&mut self, words: &'w [Word; N]) -> &'w Word {
        &words[self.below(N)]
    }

    /// Fills the slice.
    pub(crate) fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(4) {
            let word = self.next_u32().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }

    /// Appends characters of an alphabet of at most 64.
    #[inline]
    pub(crate) fn letters(&mut self, alphabet: &[u8], count: usize, out: &mut Vec<u8>) {
        let mut left = count;
        while left > 0 {
            // Twelve characters of 64 need 72 bits of range; eight stay unbiased within 64.
            let mut word = self.next_u64();
            let letters: [u8; 8] = std::array::from_fn(|_| {
                let wide = u128::from(word) * alphabet.len() as u128;
                word = wide as u64;
                alphabet[(wide >> 64) as usize]
            });
            let now = left.min(letters.len());
            out.extend_from_slice(&letters[..now]);
            left -= now;
        }
    }
}

#[cfg(test)]
#[path = "prf_tests.rs"]
mod tests;
