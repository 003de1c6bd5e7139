//! What a scan reports.

use std::ops::{BitOr, BitOrAssign};

/// Index of an entity in the list that the detector was built from.
pub type EntityId = u16;

/// Why a span was reported, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Evidence(u8);

impl Evidence {
    /// The bytes have the shape of the entity.
    pub const PATTERN: Self = Self(1);
    /// A check digit, a checksum or a decoded structure agrees.
    pub const CHECKSUM: Self = Self(2);
    /// One of the entity's keywords stands next to the value.
    pub const CONTEXT: Self = Self(4);
    /// The caller said that the column holds this entity.
    pub const COLUMN: Self = Self(8);
    /// The sentence around it says so, as the model of free text reads it.
    pub const SENTENCE: Self = Self(16);

    /// The bits as a number, in the order of the constants.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every bit of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Evidence {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Evidence {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// One sensitive value: a half-open byte span of the scanned text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// First byte of the value.
    pub start: usize,
    /// First byte after the value.
    pub end: usize,
    /// What the value is.
    pub entity: EntityId,
    /// How sure the detector is, from 0 to 1.
    pub confidence: f32,
    /// Why the detector thinks so.
    pub evidence: Evidence,
}

impl Finding {
    /// Number of bytes in the span.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the span is empty; a detector never reports such a one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.end == self.start
    }
}
