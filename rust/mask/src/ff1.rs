//! FF1 of NIST SP 800-38G Revision 1, over numerals held as two numbers.
//!
//! The halves are numbers in base `radix`, so a round is one or two AES blocks and one remainder.
//! A half is bounded by 2^120, which allows 72 decimal digits in all.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled with the cipher's instructions"
)]
#![expect(
    clippy::many_single_char_names,
    reason = "the letters are the standard's"
)]

use zeroize::Zeroize;

use crate::block::{Cipher, Encrypt, Work};
use crate::divisor::Divisor;

/// The smallest domain that the standard allows.
pub(crate) const DOMAIN_MIN: u128 = 1_000_000;
/// The largest half: the remainder is taken byte by byte without leaving 128 bits.
pub(crate) const HALF_MAX: u128 = 1 << 120;

const ROUNDS: u8 = 10;
/// Halves of at most so many bytes take eight bytes of a block as their pseudo-random number.
const NARROW_BYTES: usize = 4;

/// FF1 for one radix and length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ff1 {
    radix: u32,
    length: u32,
    /// `radix^u` and `radix^v`, the sizes of the left and the right half.
    sizes: [u128; 2],
    /// Bytes of a half (`b`), and of the pseudo-random number that is added to it (`d`).
    half_bytes: usize,
    round_bytes: usize,
}

impl Ff1 {
    /// None where the domain is below the standard's minimum or above the bound of a half.
    pub(crate) fn new(radix: u32, length: u32) -> Option<Self> {
        let left = length / 2;
        let right = length - left;
        let sizes = [
            u128::from(radix).checked_pow(left)?,
            u128::from(radix).checked_pow(right)?,
        ];
        let large_enough = sizes[0]
            .checked_mul(sizes[1])
            .is_none_or(|size| size >= DOMAIN_MIN);
        if !(2..=1 << 16).contains(&radix) || sizes[1] > HALF_MAX || !large_enough {
            return None;
        }
        let bits = 128 - (sizes[1] - 1).leading_zeros() as usize;
        let half_bytes = bits.div_ceil(8);
        let round_bytes = 4 * half_bytes.div_ceil(4) + 4;
        Some(Self {
            radix,
            length,
            sizes,
            half_bytes,
            round_bytes,
        })
    }

    /// Computes what all encryptions under one key and tweak have in common.
    pub(crate) fn keyed(self, cipher: &impl Cipher, tweak: &[u8]) -> Keyed {
        let p = (0x01_0201 << 104)
            | (u128::from(self.radix) << 80)
            | (u128::from(ROUNDS) << 72)
            | (u128::from(self.length / 2 % 256) << 64)
            | (u128::from(self.length) << 32)
            | tweak.len() as u128;
        let mut chained = cipher.encrypt(p);

        // Q is the tweak, zeros, the round and the half, padded so that Q fills whole blocks.
        let own = self.half_bytes + 1;
        let zeros = (16 - (tweak.len() + own) % 16) % 16;
        let whole = (tweak.len() + zeros) / 16 * 16;
        for start in (0..whole).step_by(16) {
            chained = cipher.encrypt(chained ^ padded(tweak, start));
        }
        Keyed {
            narrow: self.narrow(),
            ff1: self,
            chained: chained ^ padded(tweak, whole),
        }
    }

    /// Both halves as divisors where they have at most four bytes.
    fn narrow(&self) -> Option<[Divisor; 2]> {
        let narrow = self.sizes[1] <= 1 << (8 * NARROW_BYTES);
        narrow.then(|| self.sizes.map(|size| Divisor::new(size as u64)))
    }
}

/// FF1 for one radix, length, key and tweak; the key itself is needed once more for each text.
#[derive(Debug)]
pub(crate) struct Keyed {
    ff1: Ff1,
    /// The chained block, with the end of the tweak that shares the round's block added to it.
    chained: u128,
    narrow: Option<[Divisor; 2]>,
}

impl Drop for Keyed {
    fn drop(&mut self) {
        self.chained.zeroize();
    }
}

impl Keyed {
    /// The sizes of the left and the right half.
    pub(crate) fn sizes(&self) -> [u128; 2] {
        self.ff1.sizes
    }

    /// The sizes as divisors, where both halves are short.
    pub(crate) fn narrow_sizes(&self) -> Option<&[Divisor; 2]> {
        self.narrow.as_ref()
    }

    pub(crate) fn encrypt(&self, cipher: &impl Cipher, halves: [u128; 2]) -> [u128; 2] {
        self.cross::<true>(cipher, halves)
    }

    pub(crate) fn decrypt(&self, cipher: &impl Cipher, halves: [u128; 2]) -> [u128; 2] {
        self.cross::<false>(cipher, halves)
    }

    /// Several values at once, where their halves are short.
    pub(crate) fn encrypt_lanes(
        &self,
        cipher: &impl Cipher,
        halves: [[u64; 2]; LANES],
    ) -> Option<[[u64; 2]; LANES]> {
        let sizes = self.narrow.as_ref()?;
        Some(cipher.work(Lanes {
            chained: self.chained,
            shift: 8 * self.ff1.half_bytes as u32,
            sizes,
            halves,
        }))
    }

    fn cross<const FORWARD: bool>(&self, cipher: &impl Cipher, halves: [u128; 2]) -> [u128; 2] {
        if let Some(sizes) = &self.narrow {
            let halves = cipher.work(Narrow::<FORWARD> {
                chained: self.chained,
                shift: 8 * self.ff1.half_bytes as u32,
                sizes,
                halves: halves.map(|half| half as u64),
            });
            return halves.map(u128::from);
        }
        cipher.work(Wide::<FORWARD> {
            keyed: self,
            halves,
        })
    }
}

/// The rounds over halves of at most four bytes, in numbers of 64 bits.
struct Narrow<'a, const FORWARD: bool> {
    chained: u128,
    shift: u32,
    sizes: &'a [Divisor; 2],
    halves: [u64; 2],
}

impl<const FORWARD: bool> Work for Narrow<'_, FORWARD> {
    type Output = [u64; 2];

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) -> [u64; 2] {
        let [mut a, mut b] = self.halves;
        for step in 0..ROUNDS {
            let round = if FORWARD { step } else { ROUNDS - 1 - step };
            let half = if FORWARD { b } else { a };
            let own = (u64::from(round) << self.shift) | half;
            // Eight bytes of the block are the pseudo-random number.
            let r = (cipher.encrypt(self.chained ^ u128::from(own)) >> 64) as u64;
            let size = &self.sizes[usize::from(round % 2)];
            let y = size.remainder(r);
            if FORWARD {
                let c = size.wrap(a + y);
                a = b;
                b = c;
            } else {
                let c = size.wrap(b + size.size() - y);
                b = a;
                a = c;
            }
        }
        [a, b]
    }
}

/// Values that are enciphered together, because the processor works on several blocks at once.
pub(crate) const LANES: usize = 8;

/// The rounds of several values side by side.
struct Lanes<'a> {
    chained: u128,
    shift: u32,
    sizes: &'a [Divisor; 2],
    halves: [[u64; 2]; LANES],
}

impl Work for Lanes<'_> {
    type Output = [[u64; 2]; LANES];

    #[inline(always)]
    fn run(mut self, cipher: &mut impl Encrypt) -> [[u64; 2]; LANES] {
        for round in 0..ROUNDS {
            let size = &self.sizes[usize::from(round % 2)];
            let own = u64::from(round) << self.shift;
            for [a, b] in &mut self.halves {
                let block = self.chained ^ u128::from(own | *b);
                let r = (cipher.encrypt(block) >> 64) as u64;
                let c = size.wrap(*a + size.remainder(r));
                *a = *b;
                *b = c;
            }
        }
        self.halves
    }
}

/// The rounds over halves of any length.
struct Wide<'a, const FORWARD: bool> {
    keyed: &'a Keyed,
    halves: [u128; 2],
}

impl<const FORWARD: bool> Work for Wide<'_, FORWARD> {
    type Output = [u128; 2];

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) -> [u128; 2] {
        let Keyed { ff1, chained, .. } = self.keyed;
        let [mut a, mut b] = self.halves;
        for step in 0..ROUNDS {
            let round = if FORWARD { step } else { ROUNDS - 1 - step };
            let half = if FORWARD { b } else { a };
            // Round and half fill the block's end exactly: a half has at most 15 bytes.
            let own = (u128::from(round) << (8 * ff1.half_bytes)) | half;
            let r = cipher.encrypt(chained ^ own);
            let size = ff1.sizes[usize::from(round % 2)];
            let y = reduce(cipher, r, ff1.round_bytes, size);
            let sum = if FORWARD { a + y } else { b + size - y };
            let c = if sum >= size { sum - size } else { sum };
            if FORWARD {
                a = b;
                b = c;
            } else {
                b = a;
                a = c;
            }
        }
        [a, b]
    }
}

/// The first `bytes` of the expanded block as a number, modulo `size`.
#[inline(always)]
fn reduce(cipher: &mut impl Encrypt, r: u128, bytes: usize, size: u128) -> u128 {
    if bytes <= 16 {
        return (r >> (128 - 8 * bytes)) % size;
    }
    let more = cipher.encrypt(r ^ 1).to_be_bytes();
    let mut rest = r % size;
    for byte in &more[..bytes - 16] {
        rest = ((rest << 8) | u128::from(*byte)) % size;
    }
    rest
}

/// Sixteen bytes of the tweak from `start` on, with zeros behind its end.
fn padded(tweak: &[u8], start: usize) -> u128 {
    let mut block = [0; 16];
    let part = tweak.get(start..).unwrap_or(&[]);
    let length = part.len().min(16);
    block[..length].copy_from_slice(&part[..length]);
    u128::from_be_bytes(block)
}

#[cfg(test)]
#[path = "ff1_tests.rs"]
mod tests;
