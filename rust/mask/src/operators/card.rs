//! A card number of the same issuer that passes the Luhn check.

use crate::layout::{number_of, permute, put_digits, write_number, DIGIT};
use crate::operators::{digits, tweak, Input};

/// Card numbers have 12 to 19 digits (ISO/IEC 7812), of which the first six name the issuer.
const DIGITS_MIN: usize = 12;
const DIGITS_MAX: usize = 19;
const ISSUER: usize = 6;

/// The digits of a card number.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    digits: [u8; DIGITS_MAX],
    count: usize,
}

impl Number {
    /// None where the text is not a card number alone.
    #[inline]
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let mut digits = [0; DIGITS_MAX];
        let mut count = 0;
        for &byte in text {
            if byte.is_ascii_digit() {
                *digits.get_mut(count)? = byte;
                count += 1;
            } else if !matches!(byte, b' ' | b'-' | b'.') {
                return None;
            }
        }
        (count >= DIGITS_MIN).then_some(Self { digits, count })
    }

    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }

    /// The arrangements of the account digits, and their own.
    pub(crate) fn rank(&self) -> (u64, u64) {
        let account = &self.digits[ISSUER..self.count - 1];
        (10u64.pow(account.len() as u32), number_of(account))
    }

    pub(crate) fn settle(&mut self, place: u64) {
        let account = &mut self.digits[ISSUER..self.count - 1];
        write_number(place, account);
        self.check();
    }

    /// Puts the check digit behind the others.
    fn check(&mut self) {
        self.digits[self.count - 1] = check_digit(&self.digits[..self.count - 1]);
    }
}

/// Writes the number with its account digits permuted and a new check digit.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let Some(mut number) = Number::read(input.text.as_bytes()) else {
        return digits::write(input, out);
    };
    let account = &mut number.digits[ISSUER..number.count - 1];
    permute(input.key, tweak::CARD, account, |_, _| Some(DIGIT));
    number.check();
    let start = out.len();
    out.extend_from_slice(input.text.as_bytes());
    put_digits(number.digits(), &mut out[start..]);
    true
}

/// The Luhn check digit of the digits before it.
fn check_digit(digits: &[u8]) -> u8 {
    /// What a digit counts for at every second place.
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0;
    for pair in digits.rchunks(2) {
        if let [digit] | [.., digit] = pair {
            sum += DOUBLED[usize::from(digit - b'0') % 10];
        }
        if let [digit, _] = pair {
            sum += digit - b'0';
        }
    }
    b'0' + (10 - sum % 10) % 10
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
