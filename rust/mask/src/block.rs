//! AES blocks as big-endian numbers.
//!
//! Which instructions the processor has is asked once for a piece of work, not once a block, so
//! that the rounds of a permutation are compiled together with the cipher.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled with the cipher's instructions"
)]

use aes::cipher::consts::U16;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockBackend, BlockClosure, BlockEncrypt, BlockSizeUser};

/// A cipher whose instructions are chosen already.
pub(crate) trait Encrypt {
    fn encrypt(&mut self, block: u128) -> u128;
}

/// What enciphers several blocks, each perhaps from the one before.
pub(crate) trait Work {
    type Output: Default;

    /// Implementations are `inline(always)`, and so is what they call for each block.
    fn run(self, cipher: &mut impl Encrypt) -> Self::Output;
}

/// A cipher with a key of any length.
pub(crate) trait Cipher {
    fn work<W: Work>(&self, work: W) -> W::Output;

    fn encrypt(&self, block: u128) -> u128 {
        self.work(One(block))
    }
}

impl<C: BlockEncrypt + BlockSizeUser<BlockSize = U16>> Cipher for C {
    fn work<W: Work>(&self, work: W) -> W::Output {
        let mut output = W::Output::default();
        self.encrypt_with_backend(Chosen {
            work,
            output: &mut output,
        });
        output
    }
}

struct One(u128);

impl Work for One {
    type Output = u128;

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) -> u128 {
        cipher.encrypt(self.0)
    }
}

struct Chosen<'o, W: Work> {
    work: W,
    output: &'o mut W::Output,
}

impl<W: Work> BlockSizeUser for Chosen<'_, W> {
    type BlockSize = U16;
}

impl<W: Work> BlockClosure for Chosen<'_, W> {
    #[inline(always)]
    fn call<B: BlockBackend<BlockSize = U16>>(self, backend: &mut B) {
        *self.output = self.work.run(&mut Backend(backend));
    }
}

struct Backend<'b, B>(&'b mut B);

impl<B: BlockBackend<BlockSize = U16>> Encrypt for Backend<'_, B> {
    #[inline(always)]
    fn encrypt(&mut self, block: u128) -> u128 {
        let mut block = GenericArray::from(block.to_be_bytes());
        self.0.proc_block_inplace(&mut block);
        u128::from_be_bytes(block.into())
    }
}
