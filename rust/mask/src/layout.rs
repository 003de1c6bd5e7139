//! Permutes digits and letters where they stand, so that a text keeps its length and layout.

use crate::operators::fold::Folded;
use crate::operators::purpose;
use crate::permutation::{derange, SIZE_MAX};
use crate::prf::{DomainKey, Stream};

/// The characters that may stand at a place: `size` of them from `base` on.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) base: u8,
    pub(crate) size: u8,
}

/// Any digit.
pub(crate) const DIGIT: Slot = Slot {
    base: b'0',
    size: 10,
};

/// The slot of a byte by its class: digits, small letters, capitals.
pub(crate) fn class_of(byte: u8) -> Option<Slot> {
    match byte {
        b'0'..=b'9' => Some(DIGIT),
        b'a'..=b'z' => Some(Slot {
            base: b'a',
            size: 26,
        }),
        b'A'..=b'Z' => Some(Slot {
            base: b'A',
            size: 26,
        }),
        _ => None,
    }
}

/// Permutes all slots of `bytes` together as one number, without a fixed point.
///
/// `slot` sees the place and the raw byte. Returns false where no other arrangement exists. Texts
/// with more arrangements than the permutation takes are filled from a keyed stream instead, which
/// cannot collide in practice.
pub(crate) fn permute(
    key: &DomainKey,
    tweak: u64,
    bytes: &mut [u8],
    slot: impl Fn(usize, u8) -> Option<Slot>,
) -> bool {
    if let Some(done) = permute_short(key, tweak, bytes, &slot) {
        return done;
    }
    let mut rank: u128 = 0;
    let mut total: u128 = 1;
    for (at, byte) in bytes.iter().enumerate() {
        let Some(Slot { base, size }) = slot(at, *byte) else {
            continue;
        };
        if total > SIZE_MAX / u128::from(size) {
            fill(&mut key.stream(purpose::LAYOUT, bytes), bytes, slot);
            return true;
        }
        total *= u128::from(size);
        rank = rank * u128::from(size) + u128::from(byte.wrapping_sub(base));
    }
    let mut rank = derange(key, tweak, total, rank);
    let mut low = u64::try_from(rank).ok();
    for (at, byte) in bytes.iter_mut().enumerate().rev() {
        let Some(Slot { base, size }) = slot(at, *byte) else {
            continue;
        };
        // Division of 128 bits is slow, so it ends as soon as the number is short enough.
        let value = if let Some(short) = low {
            let (rest, value) = divide(short, size);
            low = Some(rest);
            value
        } else {
            let value = rank % u128::from(size);
            rank /= u128::from(size);
            low = u64::try_from(rank).ok();
            value as u8
        };
        *byte = base + value;
    }
    true
}

/// As [`permute`] where the arrangements can be counted in 64 bits, as nearly all can; none
/// otherwise, and then nothing has been done.
#[inline]
fn permute_short(
    key: &DomainKey,
    tweak: u64,
    bytes: &mut [u8],
    slot: &impl Fn(usize, u8) -> Option<Slot>,
) -> Option<bool> {
    let (total, rank) = rank(bytes, slot)?;
    if total < 2 {
        return Some(false);
    }
    let place = derange(key, tweak, total.into(), rank.into()) as u64;
    unrank(bytes, place, slot);
    Some(true)
}

/// How many arrangements the slots have, and which one they are in.
#[inline]
fn rank(bytes: &[u8], slot: &impl Fn(usize, u8) -> Option<Slot>) -> Option<(u64, u64)> {
    let mut rank: u64 = 0;
    let mut total: u64 = 1;
    for (at, byte) in bytes.iter().enumerate() {
        let Some(Slot { base, size }) = slot(at, *byte) else {
            continue;
        };
        total = total.checked_mul(size.into())?;
        rank = rank
            .wrapping_mul(size.into())
            .wrapping_add(byte.wrapping_sub(base).into());
    }
    Some((total, rank))
}

/// Puts the slots into an arrangement.
#[inline]
fn unrank(bytes: &mut [u8], mut rank: u64, slot: &impl Fn(usize, u8) -> Option<Slot>) {
    for (at, byte) in bytes.iter_mut().enumerate().rev() {
        if let Some(Slot { base, size }) = slot(at, *byte) {
            let (rest, value) = divide(rank, size);
            rank = rest;
            *byte = base + value;
        }
    }
}

/// The number that digits are; nineteen of them fit.
#[inline]
pub(crate) fn number_of(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| {
        number * 10 + u64::from(digit.wrapping_sub(b'0'))
    })
}

/// Writes a number into as many digits as there is room for.
#[inline]
pub(crate) fn write_number(mut number: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The quotient and the remainder; the sizes in use are divided by without the slow instruction.
#[inline]
fn divide(number: u64, size: u8) -> (u64, u8) {
    let quotient = match size {
        10 => number / 10,
        26 => number / 26,
        9 => number / 9,
        8 => number / 8,
        other => number / u64::from(other),
    };
    (quotient, (number - quotient * u64::from(size)) as u8)
}

/// Replaces the digits of a text in their order.
pub(crate) fn put_digits(digits: &[u8], text: &mut [u8]) {
    if digits.len() == text.len() {
        text.copy_from_slice(digits);
        return;
    }
    let mut digits = digits.iter();
    for byte in text.iter_mut().filter(|byte| byte.is_ascii_digit()) {
        *byte = *digits.next().unwrap_or(&b'0');
    }
}

fn fill(stream: &mut Stream<'_>, bytes: &mut [u8], slot: impl Fn(usize, u8) -> Option<Slot>) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        if let Some(Slot { base, size }) = slot(at, *byte) {
            *byte = base + stream.below(usize::from(size)) as u8;
        }
    }
}

/// Appends the text in ASCII: every other character becomes a keyed letter.
pub(crate) fn push_ascii(key: &DomainKey, text: &str, out: &mut Vec<u8>) {
    if text.is_ascii() {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut stream = Folded::new(text).stream(key, purpose::LAYOUT_FOREIGN);
    for character in text.chars() {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => out.push(byte),
            _ => out.push(b'a' + stream.below(26) as u8),
        }
    }
}

/// Appends the text with its digits and letters permuted; false where it has none.
pub(crate) fn permute_text(key: &DomainKey, tweak: u64, text: &str, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    push_ascii(key, text, out);
    permute(key, tweak, &mut out[start..], |_, byte| class_of(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> DomainKey {
        DomainKey::new(&[3; 16], &[4; 16], &[5; 16])
    }

    fn permuted(text: &str) -> String {
        let mut out = Vec::new();
        assert!(permute_text(&key(), 1, text, &mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn layout_and_classes_stay() {
        let masked = permuted("AB-12 cd/7");
        let classes = |text: &str| {
            text.bytes()
                .map(|b| class_of(b).map_or(b, |slot| slot.base))
                .collect::<Vec<_>>()
        };
        assert_eq!(classes(&masked), classes("AB-12 cd/7"));
        assert_ne!(masked, "AB-12 cd/7");
    }

    #[test]
    fn short_codes_stay_distinct() {
        let all: std::collections::HashSet<String> = (b'A'..=b'Z')
            .flat_map(|a| {
                (b'A'..=b'Z').map(move |b| permuted(&format!("{}{}", a as char, b as char)))
            })
            .collect();
        assert_eq!(all.len(), 676);
    }

    #[test]
    fn long_texts_are_filled() {
        let raw = "1234567890".repeat(10);
        assert_ne!(permuted(&raw), raw);
        assert_eq!(permuted(&raw).len(), raw.len());
    }

    #[test]
    fn nothing_to_permute_is_said() {
        assert!(!permute_text(&key(), 1, "--", &mut Vec::new()));
        assert!(permuted("éß").is_ascii());
    }
}
