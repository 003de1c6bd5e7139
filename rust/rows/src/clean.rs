//! Remembers short values in which nothing was found, since tables repeat them: cities, states,
//! names of products. A value that is found here need not be searched again.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

/// Longest value that is remembered, and the shortest that is worth it.
const MAX_LEN: usize = 48;
const MIN_LEN: usize = 4;
/// Values that a thread remembers; each has one place where it can be.
const SLOTS: usize = 1024;

#[derive(Clone, Copy)]
struct Slot {
    detector: u32,
    len: u8,
    bytes: [u8; MAX_LEN],
}

const EMPTY: Slot = Slot {
    detector: 0,
    len: 0,
    bytes: [0; MAX_LEN],
};

thread_local! {
    static VALUES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// The values that one detector found nothing in, by thread.
pub(crate) struct CleanValues {
    /// Tells this detector's values from those of others, which look for something else.
    detector: u32,
}

impl CleanValues {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let detector = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        Self { detector }
    }

    /// Whether nothing was found in this value before.
    pub(crate) fn has(&self, value: &[u8]) -> bool {
        if !(MIN_LEN..=MAX_LEN).contains(&value.len()) {
            return false;
        }
        VALUES.with_borrow(|slots| {
            slots.get(place(value)).is_some_and(|slot| {
                slot.detector == self.detector
                    && usize::from(slot.len) == value.len()
                    && &slot.bytes[..value.len()] == value
            })
        })
    }

    /// Remembers that nothing was found in a value.
    pub(crate) fn add(&self, value: &[u8]) {
        let Ok(len) = u8::try_from(value.len()) else {
            return;
        };
        if !(MIN_LEN..=MAX_LEN).contains(&value.len()) {
            return;
        }
        VALUES.with_borrow_mut(|slots| {
            if slots.is_empty() {
                slots.resize(SLOTS, EMPTY);
            }
            let slot = &mut slots[place(value)];
            (slot.detector, slot.len) = (self.detector, len);
            slot.bytes[..value.len()].copy_from_slice(value);
        });
    }
}

/// Where a value can be, from its length, its ends and its middle: eight bytes at a time.
fn place(value: &[u8]) -> usize {
    let mut hash = value.len() as u64;
    for chunk in value.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    // The shift leaves fewer bits than any index has.
    #[allow(clippy::cast_possible_truncation)]
    let place = (hash >> 32) as usize;
    place % SLOTS
}

#[cfg(test)]
mod tests {
    use super::{CleanValues, MAX_LEN};

    #[test]
    fn a_value_is_clean_for_the_detector_that_said_so_only() {
        let (one, other) = (CleanValues::new(), CleanValues::new());
        assert!(!one.has(b"Springfield"));
        one.add(b"Springfield");
        assert!(one.has(b"Springfield"));
        assert!(!one.has(b"Springfielt"));
        assert!(!one.has(b"Springfiel"));
        assert!(!other.has(b"Springfield"));
    }

    #[test]
    fn long_and_short_values_are_not_remembered() {
        let clean = CleanValues::new();
        for value in [&b"abc"[..], &[b'x'; MAX_LEN + 1], &[b'x'; 300]] {
            clean.add(value);
            assert!(!clean.has(value));
        }
        clean.add(&[b'x'; MAX_LEN]);
        assert!(clean.has(&[b'x'; MAX_LEN]));
    }

    #[test]
    fn a_later_value_takes_the_place_of_an_earlier_one() {
        let clean = CleanValues::new();
        for number in 0..5000 {
            clean.add(format!("value {number}").as_bytes());
        }
        assert!(clean.has(b"value 4999"));
        let kept = (0..5000).filter(|number| clean.has(format!("value {number}").as_bytes()));
        assert!(kept.count() <= 1024);
    }
}
