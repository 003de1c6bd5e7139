//! An IBAN of the same country that passes mod 97.

use crate::layout::{class_of, permute};
use crate::operators::{digits, tweak, Input};

/// ISO 13616: country, two check digits, and up to thirty characters of the country's own.
const LENGTH_MIN: usize = 15;
const LENGTH_MAX: usize = 34;
const HEAD: usize = 4;

/// Writes the IBAN with its account part permuted and new check digits.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let mut iban = [0; LENGTH_MAX];
    let mut count = 0;
    for byte in input.text.bytes() {
        if byte == b' ' || byte == b'-' {
            continue;
        }
        if count == LENGTH_MAX || !byte.is_ascii_alphanumeric() {
            return digits::write(input, out);
        }
        iban[count] = byte.to_ascii_uppercase();
        count += 1;
    }
    let iban = &mut iban[..count];
    let head = |iban: &[u8]| {
        iban[..2].iter().all(u8::is_ascii_uppercase) && iban[2..HEAD].iter().all(u8::is_ascii_digit)
    };
    if count < LENGTH_MIN || !head(iban) {
        return digits::write(input, out);
    }
    permute(input.key, tweak::IBAN, &mut iban[HEAD..], |_, byte| {
        class_of(byte)
    });
    let check = 98 - remainder(iban);
    iban[2] = b'0' + check / 10;
    iban[3] = b'0' + check % 10;
    let mut characters = iban.iter();
    out.extend(input.text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            *characters.next().unwrap_or(&b'0')
        } else {
            byte
        }
    }));
    true
}

/// The account part followed by country and `00`, letters counted from ten, modulo 97.
fn remainder(iban: &[u8]) -> u8 {
    let rest = iban[HEAD..]
        .iter()
        .chain(&iban[..2])
        .fold(0u32, |rest, byte| {
            if byte.is_ascii_digit() {
                (rest * 10 + u32::from(byte - b'0')) % 97
            } else {
                (rest * 100 + u32::from(byte - b'A') + 10) % 97
            }
        });
    (rest * 100 % 97) as u8
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn iban(text: &str) -> String {
        mask(&OperatorSpec::Iban {}, None, text)
    }

    /// Mod 97 the slow way: the whole number digit by digit.
    fn valid(iban: &str) -> bool {
        let compact = iban.replace(' ', "");
        let moved = format!("{}{}", &compact[4..], &compact[..4]);
        let digits: String = moved
            .chars()
            .map(|c| c.to_digit(36).unwrap().to_string())
            .collect();
        digits.bytes().fold(0u32, |rest, digit| {
            (rest * 10 + u32::from(digit - b'0')) % 97
        }) == 1
    }

    #[test]
    fn country_and_layout_stay_and_the_check_passes() {
        for raw in ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"] {
            assert!(valid(raw));
            let masked = iban(raw);
            assert!(valid(&masked), "{masked}");
            assert_eq!(masked[..2], raw[..2]);
            assert_eq!(masked.len(), raw.len());
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        let compact = iban("gb82west12345698765432");
        assert_eq!(
            iban("GB82 WEST 1234 5698 7654 32").replace(' ', ""),
            compact
        );
    }

    #[test]
    fn what_is_no_iban_is_masked_whole() {
        assert!(!iban("Zelda").contains("Zelda"));
    }
}
