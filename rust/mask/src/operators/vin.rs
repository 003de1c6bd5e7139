//! A vehicle's number with a valid check digit, of a manufacturer that does not exist.

use scrim_checksum::device::{is_vin_layout, vin, VIN_LEN};

use crate::operators::{digits, tweak, Input};
use crate::permutation::derange;

/// What a number is made of: no `I`, `O` and `Q` (ISO 3779).
const ALPHABET: &[u8; 33] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
/// No country has codes that begin with it (ISO 3780: `GA` to `G0` are not assigned).
const REGION: u8 = b'G';
const CHECK: usize = 8;
const CHECKS: &[u8; 11] = b"0123456789X";
/// The last four characters are digits.
const SERIAL: usize = VIN_LEN - 4;
/// Nearly every number has enough letters at once.
const WALK_MAX: usize = 1000;

/// Writes a number in capitals; texts of another layout are permuted where they stand.
///
/// The first character selects the arrangement of the others, so only numbers that differ in it can
/// meet. A check digit in the raw number does not count: half of the world's have none.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let mut number = [0; VIN_LEN];
    let mut count = 0;
    for byte in input.text.bytes() {
        if byte.is_ascii_alphanumeric() && count < VIN_LEN {
            number[count] = byte.to_ascii_uppercase();
            count += 1;
        } else if !matches!(byte, b' ' | b'-') {
            return digits::write(input, out);
        }
    }
    if !is_vin_layout(&number) {
        return digits::write(input, out);
    }
    let (total, rank) = rank(&number);
    let arrangement = tweak::VIN | u64::from(number[0]) << 8 | u64::from(number[CHECK]);
    number[0] = REGION;
    let mut place = rank;
    for _ in 0..WALK_MAX {
        place = derange(input.key, arrangement, total, place);
        unrank(place, &mut number);
        if complete(&mut number) {
            out.extend_from_slice(&number);
            return true;
        }
    }
    false
}

fn size(at: usize) -> u128 {
    if at < SERIAL {
        ALPHABET.len() as u128
    } else {
        10
    }
}

/// How many numbers there are, and which one it is, by all but the first and the check digit.
fn rank(number: &[u8; VIN_LEN]) -> (u128, u128) {
    let mut counted = (1, 0);
    for (at, byte) in number
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(at, _)| *at != CHECK)
    {
        let place = ALPHABET.iter().position(|known| known == byte).unwrap_or(0);
        counted = (counted.0 * size(at), counted.1 * size(at) + place as u128);
    }
    counted
}

fn unrank(mut rank: u128, number: &mut [u8; VIN_LEN]) {
    for at in (1..VIN_LEN).rev().filter(|at| *at != CHECK) {
        number[at] = ALPHABET[(rank % size(at)) as usize];
        rank /= size(at);
    }
}

/// Puts the check digit in; false where the number could not be a vehicle's.
fn complete(number: &mut [u8; VIN_LEN]) -> bool {
    CHECKS.iter().any(|check| {
        number[CHECK] = *check;
        vin(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn masked(text: &str) -> String {
        mask(&OperatorSpec::Vin {}, None, text)
    }

    #[test]
    fn the_check_digit_is_valid_and_nobody_made_the_vehicle() {
        for raw in [
            "1HGCM82633A004352",
            "WVWZZZ1JZ3W386752",
            "1M8GDM9AXKP042788",
        ] {
            let masked = masked(raw);
            assert!(vin(masked.as_bytes()), "{masked}");
            assert!(masked.starts_with('G') && masked != raw, "{masked}");
        }
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        assert_eq!(masked("wvw zzz1jz 3w386752"), masked("WVWZZZ1JZ3W386752"));
    }

    #[test]
    fn vehicles_stay_distinct() {
        let all: std::collections::HashSet<String> = (0..3000)
            .map(|i| masked(&format!("WVWZZZ1JZ3W38{i:04}")))
            .collect();
        assert_eq!(all.len(), 3000);
    }

    #[test]
    fn what_is_no_vehicle_is_masked_where_it_stands() {
        for raw in ["WVWZZZ1JZ3W38675X", "Zelda", "1234"] {
            assert_eq!(masked(raw).len(), raw.len());
            assert_ne!(masked(raw), raw);
        }
    }
}
