//! Numbers that wait in a batch, so that many of them are permuted at once.

use crate::operators::{card, phone, tweak};

/// A number whose digits are permuted where they stand.
#[derive(Clone, Copy)]
pub(crate) enum Numeral {
    Phone(phone::Number),
    Card(card::Number),
}

impl Numeral {
    pub(crate) fn tweak(&self) -> u64 {
        match self {
            Self::Phone(_) => tweak::PHONE,
            Self::Card(_) => tweak::CARD,
        }
    }

    /// How many numbers of its kind there are, and which of them it is.
    pub(crate) fn rank(&self) -> Option<(u64, u64)> {
        match self {
            Self::Phone(number) => number.rank(),
            Self::Card(number) => Some(number.rank()),
        }
    }

    /// Becomes another number of its kind.
    pub(crate) fn settle(&mut self, place: u64) {
        match self {
            Self::Phone(number) => number.settle(place),
            Self::Card(number) => number.settle(place),
        }
    }

    /// Whether what it became is of its kind, or has to be permuted once more.
    pub(crate) fn landed(&self) -> bool {
        match self {
            Self::Phone(number) => number.landed(),
            Self::Card(_) => true,
        }
    }

    pub(crate) fn digits(&self) -> &[u8] {
        match self {
            Self::Phone(number) => number.digits(),
            Self::Card(number) => number.digits(),
        }
    }
}
