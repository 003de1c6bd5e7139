//! FF1 of NIST SP 800-38G Revision 1, over numerals held as two numbers.
//!
//! The halves are numbers in base `radix`, so a round is one or two AES blocks and one remainder.
//! A half is bounded by 2^120, which allows 72 decimal digits in all.

use aes::cipher::{generic_array::GenericArray, BlockEncrypt, BlockSizeUser};

/// The smallest domain that the standard allows.
pub(crate) const DOMAIN_MIN: u128 = 1_000_000;
/// The largest half: the remainder is taken byte by byte without leaving 128 bits.
pub(crate) const HALF_MAX: u128 = 1 << 120;

const ROUNDS: u8 = 10;

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

    /// The sizes of the left and the right half.
    pub(crate) fn sizes(&self) -> [u128; 2] {
        self.sizes
    }

    pub(crate) fn encrypt(
        &self,
        cipher: &impl Block,
        tweak: &[u8],
        halves: [u128; 2],
    ) -> [u128; 2] {
        let rounds = Rounds::new(self, cipher, tweak);
        let [mut a, mut b] = halves;
        for round in 0..ROUNDS {
            let size = self.sizes[usize::from(round % 2)];
            let y = rounds.number(round, b, size);
            let sum = a + y;
            let c = if sum >= size { sum - size } else { sum };
            a = b;
            b = c;
        }
        [a, b]
    }

    pub(crate) fn decrypt(
        &self,
        cipher: &impl Block,
        tweak: &[u8],
        halves: [u128; 2],
    ) -> [u128; 2] {
        let rounds = Rounds::new(self, cipher, tweak);
        let [mut a, mut b] = halves;
        for round in (0..ROUNDS).rev() {
            let size = self.sizes[usize::from(round % 2)];
            let y = rounds.number(round, a, size);
            let c = if b >= y { b - y } else { b + size - y };
            b = a;
            a = c;
        }
        [a, b]
    }
}

/// One AES block as a big-endian number, for any key length.
pub(crate) trait Block {
    fn encrypt(&self, block: u128) -> u128;
}

impl<C: BlockEncrypt + BlockSizeUser<BlockSize = aes::cipher::consts::U16>> Block for C {
    fn encrypt(&self, block: u128) -> u128 {
        let mut block = GenericArray::from(block.to_be_bytes());
        self.encrypt_block(&mut block);
        u128::from_be_bytes(block.into())
    }
}

/// What the rounds of one encryption share: the chained blocks up to the round's own last block.
struct Rounds<'a, C> {
    ff1: &'a Ff1,
    cipher: &'a C,
    /// The chained block, with the end of the tweak that shares the round's block added to it.
    chained: u128,
}

impl<'a, C: Block> Rounds<'a, C> {
    fn new(ff1: &'a Ff1, cipher: &'a C, tweak: &[u8]) -> Self {
        let p = (0x01_0201 << 104)
            | (u128::from(ff1.radix) << 80)
            | (u128::from(ROUNDS) << 72)
            | (u128::from(ff1.length / 2 % 256) << 64)
            | (u128::from(ff1.length) << 32)
            | tweak.len() as u128;
        let mut chained = cipher.encrypt(p);

        // Q is the tweak, zeros, the round and the half, padded so that Q fills whole blocks.
        let own = ff1.half_bytes + 1;
        let zeros = (16 - (tweak.len() + own) % 16) % 16;
        let whole = (tweak.len() + zeros) / 16 * 16;
        for start in (0..whole).step_by(16) {
            chained = cipher.encrypt(chained ^ padded(tweak, start));
        }
        Self {
            ff1,
            cipher,
            chained: chained ^ padded(tweak, whole),
        }
    }

    /// The round's pseudo-random number, already reduced by the half's size.
    fn number(&self, round: u8, half: u128, size: u128) -> u128 {
        // Round and half fill the block's end exactly: a half has at most 15 bytes.
        let own = (u128::from(round) << (8 * self.ff1.half_bytes)) | half;
        let r = self.cipher.encrypt(self.chained ^ own);
        reduce(self.cipher, r, self.ff1.round_bytes, size)
    }
}

/// The first `bytes` of the expanded block as a number, modulo `size`.
fn reduce(cipher: &impl Block, r: u128, bytes: usize, size: u128) -> u128 {
    if bytes <= 8 {
        // A half of at most four bytes has a size of at most 2^32.
        return u128::from((r >> (128 - 8 * bytes)) as u64 % size as u64);
    }
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
mod tests {
    use super::*;
    use aes::cipher::KeyInit;
    use aes::{Aes128Enc, Aes192Enc, Aes256Enc};

    // The sample vectors that NIST publishes for FF1 (FF1samples.pdf, samples 1 to 9).
    const KEY: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
    const TWEAK_10: &str = "39383736353433323130";
    const TWEAK_36: &str = "3737373770717273373737";

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    fn halves(radix: u32, text: &str) -> [u128; 2] {
        let middle = text.len() / 2;
        [&text[..middle], &text[middle..]].map(|half| {
            half.chars().fold(0, |sum, c| {
                sum * u128::from(radix) + u128::from(c.to_digit(radix).unwrap())
            })
        })
    }

    fn check(cipher: &impl Block, radix: u32, tweak: &str, plain: &str, masked: &str) {
        let ff1 = Ff1::new(radix, plain.len() as u32).unwrap();
        let tweak = hex(tweak);
        let out = ff1.encrypt(cipher, &tweak, halves(radix, plain));
        assert_eq!(out, halves(radix, masked), "{plain}");
        assert_eq!(ff1.decrypt(cipher, &tweak, out), halves(radix, plain));
    }

    #[test]
    fn nist_samples_with_aes_128() {
        let key: [u8; 16] = hex(KEY)[..16].try_into().unwrap();
        let cipher = Aes128Enc::new(&GenericArray::from(key));
        check(&cipher, 10, "", "0123456789", "2433477484");
        check(&cipher, 10, TWEAK_10, "0123456789", "6124200773");
        check(
            &cipher,
            36,
            TWEAK_36,
            "0123456789abcdefghi",
            "a9tv40mll9kdu509eum",
        );
    }

    #[test]
    fn nist_samples_with_aes_192() {
        let key: [u8; 24] = hex(KEY)[..24].try_into().unwrap();
        let cipher = Aes192Enc::new(&GenericArray::from(key));
        check(&cipher, 10, "", "0123456789", "2830668132");
        check(&cipher, 10, TWEAK_10, "0123456789", "2496655549");
        check(
            &cipher,
            36,
            TWEAK_36,
            "0123456789abcdefghi",
            "xbj3kv35jrawxv32ysr",
        );
    }

    #[test]
    fn nist_samples_with_aes_256() {
        let key: [u8; 32] = hex(KEY)[..32].try_into().unwrap();
        let cipher = Aes256Enc::new(&GenericArray::from(key));
        check(&cipher, 10, "", "0123456789", "6657667009");
        check(&cipher, 10, TWEAK_10, "0123456789", "1001623463");
        check(
            &cipher,
            36,
            TWEAK_36,
            "0123456789abcdefghi",
            "xs8a0azh2avyalyzuwd",
        );
    }

    #[test]
    fn every_length_and_tweak_turns_back() {
        let cipher = Aes256Enc::new(&GenericArray::from([1; 32]));
        for length in 6..=72 {
            let ff1 = Ff1::new(10, length).unwrap();
            for tweak_length in [0, 1, 7, 8, 9, 16, 31, 40] {
                let tweak = vec![0x5a; tweak_length];
                let plain = ff1.sizes().map(|size| size / 3);
                let masked = ff1.encrypt(&cipher, &tweak, plain);
                assert!(masked[0] < ff1.sizes()[0] && masked[1] < ff1.sizes()[1]);
                assert_eq!(ff1.decrypt(&cipher, &tweak, masked), plain);
            }
        }
    }

    #[test]
    fn a_domain_below_a_million_is_refused() {
        assert!(Ff1::new(10, 5).is_none());
        assert!(Ff1::new(2, 19).is_none());
        assert!(Ff1::new(10, 6).is_some());
        assert!(Ff1::new(10, 73).is_none());
    }
}
