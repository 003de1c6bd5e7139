//! Output of a walk over a chunk.

use scrim_rows::Batch;

/// Bytes for the other side.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Nothing yet.
    Nothing,
    /// Exactly the chunk that was given.
    Same,
    /// These.
    Bytes(Vec<u8>),
}

/// Collects the bytes for the other side while a chunk is walked, copying only where it must.
pub(crate) struct Forward<'a> {
    pub(crate) input: &'a [u8],
    pub(crate) out: Vec<u8>,
    /// What of `out` waits for other rows of the chunk; filled in at the end.
    batch: Batch,
    /// Everything of `input` before this is in `out` or dropped.
    done: usize,
}

impl<'a> Forward<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            out: Vec::new(),
            batch: Batch::default(),
            done: 0,
        }
    }

    /// Copies what was kept up to `at`, and gives the output to append to.
    pub(crate) fn up_to(&mut self, at: usize) -> &mut Vec<u8> {
        self.out.extend_from_slice(&self.input[self.done..at]);
        self.done = at;
        &mut self.out
    }

    /// As [`Self::up_to`] for rows, which may leave parts of themselves to the batch.
    pub(crate) fn rows_from(&mut self, at: usize) -> (&mut Vec<u8>, &mut Batch) {
        if self.out.capacity() == 0 {
            // Masked rows are about as long as raw ones.
            self.out.reserve(self.input.len() + self.input.len() / 8);
        }
        self.up_to(at);
        (&mut self.out, &mut self.batch)
    }

    /// Leaves out the input up to `at`, which the output replaces.
    pub(crate) fn skip_to(&mut self, at: usize) {
        self.done = at;
    }

    /// Ends the walk at `at`. `whole` says that the input is the caller's chunk itself.
    pub(crate) fn finish(mut self, at: usize, whole: bool) -> Output {
        if whole && self.done == 0 && at == self.input.len() && self.out.is_empty() {
            return if at == 0 {
                Output::Nothing
            } else {
                Output::Same
            };
        }
        self.up_to(at);
        self.batch.flush(&mut self.out);
        if self.out.is_empty() {
            Output::Nothing
        } else {
            Output::Bytes(self.out)
        }
    }
}
