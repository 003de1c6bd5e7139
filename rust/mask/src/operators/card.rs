//! A card number of the same issuer that passes the Luhn check.

use crate::layout::{permute, DIGIT};
use crate::operators::{digits, tweak, Input};

/// Card numbers have 12 to 19 digits (ISO/IEC 7812), of which the first six name the issuer.
const DIGITS_MIN: usize = 12;
const DIGITS_MAX: usize = 19;
const ISSUER: usize = 6;

/// Writes the number with its account digits permuted and a new check digit.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let foreign = |byte: u8| !byte.is_ascii_digit() && !matches!(byte, b' ' | b'-' | b'.');
    let mut number = [0; DIGITS_MAX];
    let mut count = 0;
    for byte in input.text.bytes() {
        if foreign(byte) || (byte.is_ascii_digit() && count == DIGITS_MAX) {
            return digits::write(input, out);
        }
        if byte.is_ascii_digit() {
            number[count] = byte;
            count += 1;
        }
    }
    if count < DIGITS_MIN {
        return digits::write(input, out);
    }
    permute(
        input.key,
        tweak::CARD,
        &mut number[ISSUER..count - 1],
        |_, _| Some(DIGIT),
    );
    number[count - 1] = check_digit(&number[..count - 1]);
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

/// The Luhn check digit of the digits before it.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            match (at % 2, digit) {
                (1, _) => digit,
                (_, 5..) => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    b'0' + ((10 - sum % 10) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn card(text: &str) -> String {
        mask(&OperatorSpec::Card {}, None, text)
    }

    #[test]
    fn check_digits_of_known_test_numbers() {
        assert_eq!(check_digit(b"411111111111111"), b'1');
        assert_eq!(check_digit(b"37828224631000"), b'5');
    }

    #[test]
    fn issuer_and_layout_stay_and_the_check_passes() {
        for raw in [
            "4111 1111 1111 1111",
            "3782-822463-10005",
            "5555555555554444",
        ] {
            let masked = card(raw);
            let digits: Vec<u8> = masked.bytes().filter(u8::is_ascii_digit).collect();
            let issuer = |text: &str| text.replace([' ', '-'], "")[..6].to_owned();
            assert_eq!(issuer(&masked), issuer(raw));
            assert_eq!(
                check_digit(&digits[..digits.len() - 1]),
                digits[digits.len() - 1]
            );
            assert_eq!(masked.len(), raw.len());
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn what_is_no_card_number_is_masked_whole() {
        assert_ne!(&card("1234567")[..6], "123456");
        assert!(!card("Zelda 4111 1111 1111 1111").contains("Zelda"));
    }
}
