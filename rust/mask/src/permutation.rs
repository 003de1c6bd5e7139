//! Keyed permutations of `0..n` without a fixed point.
//!
//! A plain permutation leaves about one value of its domain unchanged, which would show that value
//! raw. Here a value is permuted, moved by a keyed step, and permuted back: still a bijection, still
//! reversible with the key, and no value maps to itself. Below a million values the permutation is
//! a Feistel network over two factors of about the domain's root, from there on FF1; both walk
//! along the cycle until they land inside the domain.

use crate::ff1::{Block, Ff1, DOMAIN_MIN};
use crate::prf::DomainKey;

/// The largest domain.
pub(crate) const SIZE_MAX: u128 = 1 << 118;

const SMALL_ROUNDS: u8 = 12;

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
        Network::Small(small) => derange_with(key, tweak, size, value, &small),
        Network::Large(large) => derange_with(key, tweak, size, value, &large),
    }
}

fn derange_with<W: Walk>(key: &DomainKey, tweak: u64, size: u128, value: u128, by: &W) -> u128 {
    let mut place = value;
    loop {
        place = by.forward(place);
        if place < size {
            break;
        }
    }
    let moved = place + step(key, tweak, size);
    place = if moved >= size { moved - size } else { moved };
    loop {
        place = by.backward(place);
        if place < size {
            return place;
        }
    }
}

/// The keyed distance, from 1 to `size - 1`.
fn step(key: &DomainKey, tweak: u64, size: u128) -> u128 {
    let mut block = [0xff; 16];
    block[..8].copy_from_slice(&tweak.to_be_bytes());
    block[8..15].copy_from_slice(&(size as u64).to_be_bytes()[1..]);
    let word = u128::from_be_bytes(key.permutation().encrypt(block));
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
            None => (2, 128 - (size - 1).leading_zeros()),
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
    block: [u8; 16],
}

impl<'k> Small<'k> {
    fn new(key: &'k DomainKey, tweak: u64, size: u64) -> Self {
        let left = size.isqrt().max(1);
        let mut block = [0; 16];
        block[..8].copy_from_slice(&tweak.to_be_bytes());
        block[8..11].copy_from_slice(&(size as u32).to_be_bytes()[1..]);
        Self {
            key,
            sizes: [left, size.div_ceil(left)],
            block,
        }
    }

    fn number(&self, round: u8, half: u64) -> u64 {
        let mut block = self.block;
        block[11] = round;
        block[12..].copy_from_slice(&(half as u32).to_be_bytes());
        let out = self.key.permutation().encrypt(block);
        (u128::from_be_bytes(out) >> 64) as u64
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
        DomainKey::new(&[3; 32], &[4; 32], &[5; 32])
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
