//! The groups of a text from one on, as far as the tree of layouts knows them.

use crate::bytes::{before, numbered_after, word_at, word_before};

use super::MAX_CODE;

/// The groups from one on, as far as the tree knows them.
pub(super) struct Groups {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) spaced: bool,
    pub(super) code: [u8; MAX_CODE],
    pub(super) length: usize,
    pub(super) digits_only: bool,
}

impl Groups {
    /// No groups yet, before the one at `start`.
    pub(super) const fn at(start: usize) -> Self {
        Self {
            start,
            end: start,
            spaced: false,
            code: [0; MAX_CODE],
            length: 0,
            digits_only: true,
        }
    }

    /// Takes in the characters up to `end`, in capitals.
    pub(super) fn extend(&mut self, text: &[u8], end: usize) {
        let room = MAX_CODE - self.length;
        let added = &text[self.end..end];
        for (place, byte) in self.code[self.length..].iter_mut().zip(added) {
            *place = byte.to_ascii_uppercase();
            self.digits_only &= byte.is_ascii_digit();
        }
        self.length += added.len().min(room);
        self.end = end;
    }

    /// Takes in the parenthesis behind a group that one opened, if it is there.
    pub(super) fn close(&mut self, text: &[u8]) -> bool {
        self.end += 1;
        text.get(self.end - 1) == Some(&b')')
    }

    /// Whether nothing continues the groups on either side.
    pub(super) fn are_whole(&self, text: &[u8]) -> bool {
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        let joined = self.spaced
            && ((before(text, self.start) == Some(b' ') && digit(before(text, self.start - 1)))
                || (text.get(self.end) == Some(&b' ') && digit(text.get(self.end + 1).copied())));
        !joined
            && !word_before(text, self.start)
            && !word_at(text, self.end)
            && !numbered_after(text, self.end)
    }
}
