//! Keyed permutations of `0..n` without a fixed point.
//!
//! A plain permutation leaves about one value of its domain unchanged, which would show that value
//! raw. Here a value is permuted, moved by a keyed step, and permuted back: still a bijection, still
//! reversible with the key, and no value maps to itself. Below a million values the permutation is
//! a Feistel network over two factors of about the domain's root, from there on FF1; both walk
//! along the cycle until they land inside the domain. From a thousand million values on a fixed
//! point is so rare that plain FF1 is used, and a value that meets one is enciphered once more.

use crate::ff1::{Block, Ff1, DOMAIN_MIN};
use crate::prf::DomainKey;

/// The largest domain.
pub(crate) const SIZE_MAX: u128 = 1 << 118;

/// From this size on a fixed point is too rare to pay for a second pass.
const SINGLE_MIN: u128 = 1_000_000_000;
const SMALL_ROUNDS: u8 = 8;

/// The place of `value` in the keyed arrangement of `0..size`, never `value` itself.
///
/// A domain of one value has no other place, so the value stays; the caller decides whether that is
/// acceptable. The tweak gives each use of the key an arrangement of its own.
pub(crate) fn derange(key: &DomainKey, tweak: u64, size: u128, value: u128) -> u128 {
    debug_assert!(value < size && size <= SIZE_MAX);
    if size <= 1 || value >= size || size > SIZE_MAX {
        return value;
    }
    match Network::new(key, tweak, size) {
        Network::Small(small) => conjugate(key, tweak, size, value, &small),
        Network::Large(large) if size < SINGLE_MIN => conjugate(key, tweak, size, value, &large),
        Network::Large(large) => {
            let place = forward(&large, size, value);
            // The image of a fixed point is itself, so another arrangement has to take over.
            if place == value {
                derange(key, tweak ^ (1 << 55), size, value)
            } else {
                place
            }
        }
    }
}

/// The place of `value` in the keyed arrangement of `0..size`, where it may happen to stay.
pub(crate) fn arrange(key: &DomainKey, tweak: u64, size: u128, value: u128) -> u128 {
    debug_assert!(value < size && size <= SIZE_MAX);
    match Network::new(key, tweak, size) {
        Network::Small(small) => forward(&small, size, value),
        Network::Large(large) => forward(&large, size, value),
    }
}

/// Permuted, moved by a keyed step, and permuted back.
fn conjugate(key: &DomainKey, tweak: u64, size: u128, value: u128, by: &impl Walk) -> u128 {
    let moved = forward(by, size, value) + step(key, tweak, size);
    let mut place = if moved >= size { moved - size } else { moved };
    loop {
        place = by.backward(place);
        if place < size {
            return place;
        }
    }
}

fn forward(by: &impl Walk, size: u128, value: u128) -> u128 {
    let mut place = value;
    loop {
        place = by.forward(place);
        if place < size {
            return place;
        }
    }
}

/// The keyed distance, from 1 to `size - 1`.
fn step(key: &DomainKey, tweak: u64, size: u128) -> u128 {
    // The last byte tells this block from those of the rounds, whose last four are a small half.
    let block = (u128::from(tweak) << 64) | (u128::from(size as u64 & 0xff_ffff_ffff) << 8) | 0xff;
    let word = key.permutation().encrypt(block);
    match u64::try_from(size) {
        Ok(size) => u128::from((word as u64) % (size - 1)) + 1,
        Err(_) => word % (size - 1) + 1,
    }
}

/// A permutation of a domain that may be somewhat larger than the wanted one.
trait Walk {
    fn forward(&self, value: u128) -> u128;
    fn backward(&self, value: u128) -> u128;
}

enum Network<'k> {
    Small(Small<'k>),
    Large(Large<'k>),
}

impl<'k> Network<'k> {
    fn new(key: &'k DomainKey, tweak: u64, size: u128) -> Self {
        if size < DOMAIN_MIN {
            return Self::Small(Small::new(key, tweak, size as u64));
        }
        let (radix, length) = match power_of_ten(size) {
            Some(digits) => (10, digits),
            None => root(size),
        };
        match Ff1::new(radix, length) {
            Some(ff1) => Self::Large(Large {
                key,
                ff1,
                tweak: tweak.to_be_bytes(),
            }),
            // Not reached: every size from a million to 2^118 is a domain of FF1.
            None => Self::Small(Small::new(key, tweak, size as u64)),
        }
    }
}

/// The radix of at most 2^16 whose power is the least above the size, so that few values walk.
fn root(size: u128) -> (u32, u32) {
    let (mut radix, mut length) = (size - 1, 1);
    while radix >= 1 << 16 {
        radix = match u64::try_from(radix) {
            Ok(radix) => radix.isqrt().into(),
            Err(_) => radix.isqrt(),
        };
        length *= 2;
    }
    // The root of `size - 1`, rounded down, is one less than that of `size`, rounded up.
    (radix as u32 + 1, length)
}

fn power_of_ten(size: u128) -> Option<u32> {
    let digits = size.ilog10();
    (10u128.pow(digits) == size).then_some(digits)
}

struct Large<'k> {
    key: &'k DomainKey,
    ff1: Ff1,
    tweak: [u8; 8],
}

impl Large<'_> {
    fn split(&self, value: u128) -> [u128; 2] {
        let right = self.ff1.sizes()[1];
        match (u64::try_from(value), u64::try_from(right)) {
            (Ok(value), Ok(right)) => [u128::from(value / right), u128::from(value % right)],
            _ => [value / right, value % right],
        }
    }

    fn join(&self, halves: [u128; 2]) -> u128 {
        halves[0] * self.ff1.sizes()[1] + halves[1]
    }
}

impl Walk for Large<'_> {
    fn forward(&self, value: u128) -> u128 {
        self.join(
            self.ff1
                .encrypt(self.key.permutation(), &self.tweak, self.split(value)),
        )
    }

    fn backward(&self, value: u128) -> u128 {
        self.join(
            self.ff1
                .decrypt(self.key.permutation(), &self.tweak, self.split(value)),
        )
    }
}

/// A Feistel network whose halves are a number below `sizes[0]` and one below `sizes[1]`.
struct Small<'k> {
    key: &'k DomainKey,
    sizes: [u64; 2],
    /// Tweak and size, with room for the round and a half.
    block: u128,
}

impl<'k> Small<'k> {
    fn new(key: &'k DomainKey, tweak: u64, size: u64) -> Self {
        let left = size.isqrt().max(1);
        let block = (u128::from(tweak) << 64) | (u128::from(size) << 40);
        Self {
            key,
            sizes: [left, size.div_ceil(left)],
            block,
        }
    }

    fn number(&self, round: u8, half: u64) -> u64 {
        let own = (u128::from(round + 1) << 32) | u128::from(half);
        (self.key.permutation().encrypt(self.block | own) >> 64) as u64
    }
}

impl Walk for Small<'_> {
    fn forward(&self, value: u128) -> u128 {
        let value = value as u64;
        let mut sides = [value / self.sizes[1], value % self.sizes[1]];
        for round in 0..SMALL_ROUNDS {
            let at = usize::from(round % 2);
            let size = self.sizes[at];
            sides[at] = (sides[at] + self.number(round, sides[1 - at]) % size) % size;
        }
        u128::from(sides[0] * self.sizes[1] + sides[1])
    }

    fn backward(&self, value: u128) -> u128 {
        let value = value as u64;
        let mut sides = [value / self.sizes[1], value % self.sizes[1]];
        for round in (0..SMALL_ROUNDS).rev() {
            let at = usize::from(round % 2);
            let size = self.sizes[at];
            let number = self.number(round, sides[1 - at]) % size;
            sides[at] = (sides[at] + size - number) % size;
        }
        u128::from(sides[0] * self.sizes[1] + sides[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> DomainKey {
        DomainKey::new(&[3; 32], &[4; 16], &[5; 16])
    }

    #[test]
    fn small_domains_are_permuted_without_a_fixed_point() {
        let key = key();
        for size in (2..60).chain([999, 4096]) {
            let mut seen = vec![false; size];
            for value in 0..size {
                let place = derange(&key, 7, size as u128, value as u128) as usize;
                assert_ne!(place, value, "size {size}");
                assert!(!std::mem::replace(&mut seen[place], true), "size {size}");
            }
        }
    }

    #[test]
    fn large_domains_are_injective_without_a_fixed_point() {
        let key = key();
        for size in [
            1_000_000,
            1_000_003,
            10_000_000,
            1 << 31,
            10u128.pow(16),
            SIZE_MAX,
        ] {
            let mut seen = std::collections::HashSet::new();
            for index in 0..300 {
                let value = index * (size / 300);
                let place = derange(&key, 1, size, value);
                assert!(place < size && place != value);
                assert!(seen.insert(place));
            }
        }
    }

    #[test]
    fn roots_are_just_large_enough() {
        for size in [
            1_000_001,
            1 << 20,
            (1 << 32) - 1,
            1 << 32,
            (1 << 32) + 1,
            SIZE_MAX,
        ] {
            let (radix, length) = root(size);
            assert!(radix <= 1 << 16 && u128::from(radix).pow(length) >= size);
            assert!(u128::from(radix - 1).pow(length) < size);
        }
    }

    #[test]
    fn tweaks_give_other_arrangements() {
        let key = key();
        let all = |tweak| {
            (0..100)
                .map(|v| derange(&key, tweak, 100, v))
                .collect::<Vec<_>>()
        };
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn a_domain_of_one_value_stays() {
        assert_eq!(derange(&key(), 1, 1, 0), 0);
    }
}
