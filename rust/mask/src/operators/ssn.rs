//! A social security number that was never issued: area numbers from 900 on.

use crate::operators::{digits, tweak, Input};
use crate::permutation::{arrange, derange};

const DIGITS: usize = 9;
/// The numbers of the eight digits behind the first.
const SIZE: u128 = 100_000_000;

/// Writes the number with a 9 in front and the other digits permuted.
///
/// The first digit selects the arrangement of the other eight, so only numbers that differ in the
/// first digit can meet.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let mut number = [0; DIGITS];
    let mut count = 0;
    for byte in input.text.bytes() {
        let digit = byte.is_ascii_digit();
        if !(digit || matches!(byte, b' ' | b'-' | b'.')) || (digit && count == DIGITS) {
            return digits::write(input, out);
        }
        if digit {
            number[count] = byte;
            count += 1;
        }
    }
    if count != DIGITS {
        return digits::write(input, out);
    }
    let arrangement = tweak::SSN | u64::from(number[0]);
    let value = number[1..]
        .iter()
        .fold(0, |sum, byte| sum * 10 + u128::from(byte - b'0'));
    // Only a number that begins with nine already could meet itself.
    let place = if number[0] == b'9' {
        derange(input.key, arrangement, SIZE, value)
    } else {
        arrange(input.key, arrangement, SIZE, value)
    };
    let mut place = place as u64;
    for byte in number[1..].iter_mut().rev() {
        *byte = b'0' + (place % 10) as u8;
        place /= 10;
    }
    number[0] = b'9';
    let mut digits = number.iter();
    out.extend(input.text.bytes().map(|byte| {
        if byte.is_ascii_digit() {
            *digits.next().unwrap_or(&b'0')
        } else {
            byte
        }
    }));
    true
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn ssn(text: &str) -> String {
        mask(&OperatorSpec::Ssn {}, None, text)
    }

    #[test]
    fn the_number_was_never_issued_and_keeps_its_layout() {
        let masked = ssn("078-05-1120");
        assert!(
            masked.starts_with('9') && masked.as_bytes()[3] == b'-',
            "{masked}"
        );
        assert_eq!(masked.replace('-', ""), ssn("078051120"));
    }

    #[test]
    fn numbers_of_the_range_itself_change() {
        for number in 0..200 {
            let raw = format!("9{number:08}");
            assert_ne!(ssn(&raw), raw);
        }
    }
}
