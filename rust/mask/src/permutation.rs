//! Keyed permutations of `0..n` without a fixed point.
//!
//! A plain permutation leaves about one value of its domain unchanged, which would show that value
//! raw. Here a value is permuted, moved by a keyed step, and permuted back: still a bijection, still
//! reversible with the key, and no value maps to itself. Below a million values the permutation is
//! a Feistel network over two factors of about the domain's root, from there on FF1; both walk
//! along the cycle until they land inside the domain. From a thousand million values on a fixed
//! point is so rare that plain FF1 is used, and a value that meets one is enciphered once more.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled with the cipher's instructions"
)]

use std::sync::OnceLock;

use zeroize::Zeroize;

use crate::block::{Cipher, Encrypt, Work};
use crate::divisor::Divisor;
use crate::ff1::{Ff1, Keyed, DOMAIN_MIN, LANES};
use crate::operators::tweak;
use crate::prf::DomainKey;

/// The largest domain.
pub(crate) const SIZE_MAX: u128 = 1 << 118;

/// From this size on a fixed point is too rare to pay for a second pass.
const SINGLE_MIN: u128 = 1_000_000_000;
const SMALL_ROUNDS: u8 = 8;
/// What a key keeps prepared: the values of a column have few lengths, so these are seldom used up.
const KEPT: usize = 32;
/// Places at which an arrangement may be kept.
const PLACES: usize = 4;

/// The place of `value` in the keyed arrangement of `0..size`, never `value` itself.
///
/// A domain of one value has no other place, so the value stays; the caller decides whether that is
/// acceptable. The tweak gives each use of the key an arrangement of its own. A key that is turned
/// round gives the value for the place.
pub(crate) fn derange(key: &DomainKey, tweak: u64, size: u128, value: u128) -> u128 {
    debug_assert!(value < size && size <= SIZE_MAX);
    if size <= 1 || value >= size || size > SIZE_MAX {
        return value;
    }
    let place = key.arrangements().with(key, tweak, size, |arrangement| {
        arrangement.derange(key, value)
    });
    // The image of a fixed point is itself, so another arrangement has to take over.
    if place == value {
        derange(key, tweak ^ (1 << 55), size, value)
    } else {
        place
    }
}

/// As [`derange`] for several values of one size.
pub(crate) fn derange_lanes(key: &DomainKey, tweak: u64, size: u64, values: &mut [u64; LANES]) {
    let together = key
        .arrangements()
        .with(key, tweak, size.into(), |arrangement| {
            arrangement.lanes(key, values)
        });
    for (at, value) in values.iter_mut().enumerate() {
        // A value that left the domain or stayed takes the way of a single one.
        *value = match &together {
            Some(places) if places[at] < size && places[at] != *value => places[at],
            _ => derange(key, tweak, size.into(), (*value).into()) as u64,
        };
    }
}

/// The place of `value` in the keyed arrangement of `0..size`, where it may happen to stay.
pub(crate) fn arrange(key: &DomainKey, tweak: u64, size: u128, value: u128) -> u128 {
    debug_assert!(value < size && size <= SIZE_MAX);
    key.arrangements().with(key, tweak, size, |arrangement| {
        arrangement.forward(key, value)
    })
}

/// The arrangements that a key has been used with, prepared for the next value.
///
/// Each place is written once and then only read, so threads share them without a lock.
#[derive(Default)]
pub(crate) struct Arrangements([OnceLock<Box<Arrangement>>; KEPT]);

impl Arrangements {
    fn with<T>(
        &self,
        key: &DomainKey,
        tweak: u64,
        size: u128,
        work: impl FnOnce(&Arrangement) -> T,
    ) -> T {
        let mixed = (tweak ^ size as u64 ^ (size >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let first = (mixed >> 32) as usize;
        for place in first..first + PLACES {
            let kept =
                self.0[place % KEPT].get_or_init(|| Box::new(Arrangement::new(key, tweak, size)));
            if kept.tweak == tweak && kept.size == size {
                return work(kept);
            }
        }
        work(&Arrangement::new(key, tweak, size))
    }
}

/// A keyed arrangement of the numbers below a size; equal up to the key to every other of its kind.
struct Arrangement {
    tweak: u64,
    size: u128,
    network: Network,
    /// The keyed distance, from 1 to `size - 1`, by which a permuted value is moved and permuted
    /// back; none where fixed points are rare.
    step: Option<u128>,
}

enum Network {
    Small(Small),
    Large(Keyed),
}

impl Drop for Arrangement {
    fn drop(&mut self) {
        self.step.zeroize();
    }
}

impl Arrangement {
    fn new(key: &DomainKey, tweak: u64, size: u128) -> Self {
        Self {
            tweak,
            size,
            network: Network::new(key, tweak, size),
            step: (1 < size && size < SINGLE_MIN).then(|| step(key, tweak, size as u64)),
        }
    }

    fn derange(&self, key: &DomainKey, value: u128) -> u128 {
        let Some(step) = self.step else {
            return if key.backwards() {
                self.walk::<false>(key, value)
            } else {
                self.forward(key, value)
            };
        };
        // The way back is the same with the distance that leads round to the start.
        let step = if key.backwards() {
            self.size - step
        } else {
            step
        };
        let moved = self.forward(key, value) + step;
        let place = if moved >= self.size {
            moved - self.size
        } else {
            moved
        };
        self.walk::<false>(key, place)
    }

    /// One step for several values, where a step is all that most of them take.
    fn lanes(&self, key: &DomainKey, values: &[u64; LANES]) -> Option<[u64; LANES]> {
        let (None, Network::Large(keyed)) = (self.step, &self.network) else {
            return None;
        };
        let right = keyed.narrow_sizes()?[1];
        let halves = values.map(|value| right.divide(value).into());
        let halves = keyed.encrypt_lanes(key.permutation(), halves)?;
        Some(halves.map(|[left, rest]| left * right.size() + rest))
    }

    fn forward(&self, key: &DomainKey, value: u128) -> u128 {
        self.walk::<true>(key, value)
    }

    /// Along the cycle until it is inside the domain.
    #[inline]
    fn walk<const FORWARD: bool>(&self, key: &DomainKey, value: u128) -> u128 {
        let mut place = value;
        loop {
            place = self.network.cross::<FORWARD>(key, place);
            if place < self.size {
                return place;
            }
        }
    }
}

/// The keyed distance, from 1 to `size - 1`.
fn step(key: &DomainKey, tweak: u64, size: u64) -> u128 {
    // The last byte tells this block from those of the rounds, whose last four are a small half.
    let block = (u128::from(tweak) << 64) | (u128::from(size & 0xff_ffff_ffff) << 8) | 0xff;
    let word = key.permutation().encrypt(block) as u64;
    u128::from(word % (size - 1)) + 1
}

impl Network {
    fn new(key: &DomainKey, tweak: u64, size: u128) -> Self {
        if size < DOMAIN_MIN {
            return Self::Small(Small::new(tweak, size as u64));
        }
        let (radix, length) = match (tweak::radix(tweak), power_of_ten(size)) {
            (Some(radix), _) => (radix, power(radix, size)),
            (None, Some(digits)) => (10, digits),
            (None, None) => root(size),
        };
        match Ff1::new(radix, length) {
            Some(ff1) => Self::Large(ff1.keyed(key.permutation(), &tweak.to_be_bytes())),
            // Not reached: every size from a million to 2^118 is a domain of FF1.
            None => Self::Small(Small::new(tweak, size as u64)),
        }
    }

    /// A step forwards or backwards in a domain that may be somewhat larger than the wanted one.
    fn cross<const FORWARD: bool>(&self, key: &DomainKey, value: u128) -> u128 {
        let cipher = key.permutation();
        match self {
            Self::Small(small) => {
                let value = value as u64;
                let sides = small.sizes[1].divide(value);
                cipher.work(Crossing::<FORWARD> { small, sides }).into()
            }
            Self::Large(keyed) => {
                let halves = split(keyed, value);
                let halves = if FORWARD {
                    keyed.encrypt(cipher, halves)
                } else {
                    keyed.decrypt(cipher, halves)
                };
                join(keyed, halves)
            }
        }
    }
}

fn split(keyed: &Keyed, value: u128) -> [u128; 2] {
    if let (Ok(value), Some(sizes)) = (u64::try_from(value), keyed.narrow_sizes()) {
        let (left, right) = sizes[1].divide(value);
        return [left.into(), right.into()];
    }
    let right = keyed.sizes()[1];
    [value / right, value % right]
}

fn join(keyed: &Keyed, halves: [u128; 2]) -> u128 {
    halves[0] * keyed.sizes()[1] + halves[1]
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

/// How many numerals of a radix count up to the size, which is a power of it.
fn power(radix: u32, size: u128) -> u32 {
    let mut length = size.ilog(radix.into());
    if u128::from(radix).pow(length) < size {
        length += 1;
    }
    length
}

fn power_of_ten(size: u128) -> Option<u32> {
    let digits = size.ilog10();
    (10u128.pow(digits) == size).then_some(digits)
}

/// A Feistel network whose halves are a number below `sizes[0]` and one below `sizes[1]`.
struct Small {
    sizes: [Divisor; 2],
    /// Tweak and size, with room for the round and a half.
    block: u128,
}

impl Small {
    fn new(tweak: u64, size: u64) -> Self {
        let left = size.isqrt().max(1);
        Self {
            sizes: [left, size.div_ceil(left).max(1)].map(Divisor::new),
            block: (u128::from(tweak) << 64) | (u128::from(size) << 40),
        }
    }
}

/// The rounds of a small network, forwards or backwards.
struct Crossing<'s, const FORWARD: bool> {
    small: &'s Small,
    sides: (u64, u64),
}

impl<const FORWARD: bool> Work for Crossing<'_, FORWARD> {
    type Output = u64;

    #[inline(always)]
    fn run(self, cipher: &mut impl Encrypt) -> u64 {
        let Small { sizes, block } = self.small;
        let mut sides = [self.sides.0, self.sides.1];
        for step in 0..SMALL_ROUNDS {
            let round = if FORWARD {
                step
            } else {
                SMALL_ROUNDS - 1 - step
            };
            let at = usize::from(round % 2);
            let own = (u64::from(round + 1) << 32) | sides[1 - at];
            let number = (cipher.encrypt(block | u128::from(own)) >> 64) as u64;
            let size = &sizes[at];
            let number = size.remainder(number);
            sides[at] = size.wrap(if FORWARD {
                sides[at] + number
            } else {
                sides[at] + size.size() - number
            });
        }
        sides[0] * sizes[1].size() + sides[1]
    }
}

#[cfg(test)]
#[path = "permutation_tests.rs"]
mod tests;
