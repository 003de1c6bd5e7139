//! FF1 (NIST SP 800-38G Revision 1) over the characters of one alphabet.
//!
//! All characters of the alphabet in a text are one numeral string; marks between them stay where
//! they are. Strings of fewer than a million values are out of the standard's bounds and take the
//! small keyed permutation. A text with any other character is outside the domain and becomes a
//! keyed code that begins with a mark which no text of the domain has.

use crate::ff1::Ff1;
use crate::operators::{purpose, tweak, Input};
use crate::permutation::{derange, SIZE_MAX};
use crate::prf::DomainKey;
use crate::spec::Alphabet;

const DIGITS: &[u8] = b"0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Halves of more characters are too long in every radix.
const LENGTH_MAX: usize = 240;
/// What a code for a text outside the domain begins with.
const OUTSIDE: u8 = b'_';
const CODE: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Thirteen characters of 36 hold 67 bits.
const CODE_LENGTH: usize = 13;

impl Alphabet {
    /// Its characters in the order of their numerals.
    fn characters(self) -> &'static [u8] {
        match self {
            Self::Digits => DIGITS,
            Self::Lower => LOWER,
            Self::Hex => HEX,
            Self::Alnum => ALNUM,
        }
    }

    fn radix(self) -> u32 {
        self.characters().len() as u32
    }

    /// The numeral of a character; hexadecimal digits count in either case.
    fn numeral(self, byte: u8) -> Option<u8> {
        let small = byte.wrapping_sub(b'a');
        let capital = byte.wrapping_sub(b'A');
        let digit = byte.wrapping_sub(b'0');
        match self {
            Self::Digits => (digit < 10).then_some(digit),
            Self::Lower => (small < 26).then_some(small),
            Self::Hex => match byte {
                b'0'..=b'9' => Some(digit),
                b'a'..=b'f' => Some(small + 10),
                b'A'..=b'F' => Some(capital + 10),
                _ => None,
            },
            Self::Alnum => match byte {
                b'0'..=b'9' => Some(digit),
                b'A'..=b'Z' => Some(capital + 10),
                b'a'..=b'z' => Some(small + 36),
                _ => None,
            },
        }
    }
}

/// What may stand between the characters of the alphabet.
fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'-' | b'.' | b',' | b'/' | b':' | b'+' | b'(' | b')'
    )
}

/// Writes the text with its numerals enciphered, or a code for a text outside the domain.
pub(crate) fn write(alphabet: Alphabet, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    if encipher(alphabet, input, out).is_some() {
        return true;
    }
    out.truncate(start);
    // Turned round there is nothing to say of a text that FF1 has not written.
    if input.key.backwards() || input.room < 2 {
        return false;
    }
    out.push(OUTSIDE);
    let length = CODE_LENGTH.min(input.room - 1);
    let mut stream = input.key.stream(purpose::OUTSIDE, input.text.as_bytes());
    stream.letters(CODE, length, out);
    true
}

fn encipher(alphabet: Alphabet, input: &Input<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut numerals = [0; LENGTH_MAX];
    let mut count = 0;
    for byte in input.text.bytes() {
        if let Some(numeral) = alphabet.numeral(byte) {
            *numerals.get_mut(count)? = numeral;
            count += 1;
        } else if !is_mark(byte) {
            return None;
        }
    }
    let numerals = &mut numerals[..count];
    permute(input.key, alphabet.radix(), numerals)?;
    let characters = alphabet.characters();
    let mut numerals = numerals.iter();
    out.extend(input.text.bytes().map(|byte| {
        if alphabet.numeral(byte).is_some() {
            let numeral = numerals.next().copied().unwrap_or(0);
            characters[usize::from(numeral)]
        } else {
            byte
        }
    }));
    Some(())
}

/// Enciphers the numerals; none where there are none, or too many.
fn permute(key: &DomainKey, radix: u32, numerals: &mut [u8]) -> Option<()> {
    let length = u32::try_from(numerals.len()).ok()?;
    if length == 0 {
        return None;
    }
    let tweak = tweak::FF1 | u64::from(radix);
    let size = u128::from(radix).checked_pow(length);
    if let Some(size) = size.filter(|size| *size <= SIZE_MAX) {
        let place = derange(key, tweak, size, number(radix, numerals));
        write_number(radix, place, numerals);
        return Some(());
    }
    let keyed = Ff1::new(radix, length)?.keyed(key.permutation(), &tweak.to_be_bytes());
    let (left, right) = numerals.split_at_mut(numerals.len() / 2);
    let raw = [number(radix, left), number(radix, right)];
    let place = if key.backwards() {
        keyed.decrypt(key.permutation(), raw)
    } else {
        keyed.encrypt(key.permutation(), raw)
    };
    write_number(radix, place[0], left);
    write_number(radix, place[1], right);
    (place != raw).then_some(())
}

fn number(radix: u32, numerals: &[u8]) -> u128 {
    // Sixty-four bits hold ten numerals of any of the radixes, and are multiplied faster.
    numerals.chunks(10).fold(0, |sum, chunk| {
        let (scale, part) = chunk.iter().fold((1, 0), |(scale, part), numeral| {
            (
                scale * u64::from(radix),
                part * u64::from(radix) + u64::from(*numeral),
            )
        });
        sum * u128::from(scale) + u128::from(part)
    })
}

fn write_number(radix: u32, mut number: u128, numerals: &mut [u8]) {
    let radix = u64::from(radix);
    let scale = radix.pow(10);
    for chunk in numerals.rchunks_mut(10) {
        let mut part = if let Ok(short) = u64::try_from(number) {
            number = (short / scale).into();
            short % scale
        } else {
            let part = number % u128::from(scale);
            number /= u128::from(scale);
            part as u64
        };
        for numeral in chunk.iter_mut().rev() {
            *numeral = (part % radix) as u8;
            part /= radix;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    const ALL: [Alphabet; 4] = [
        Alphabet::Digits,
        Alphabet::Lower,
        Alphabet::Hex,
        Alphabet::Alnum,
    ];

    fn ff1(alphabet: Alphabet, max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Ff1 { alphabet }, max_chars, text)
    }

    #[test]
    fn every_alphabet_has_its_numerals_in_order() {
        for alphabet in ALL {
            for (at, byte) in alphabet.characters().iter().enumerate() {
                assert_eq!(alphabet.numeral(*byte), Some(at as u8));
            }
            let count = (0..=255).filter(|byte| alphabet.numeral(*byte).is_some());
            let both_cases = if alphabet == Alphabet::Hex { 6 } else { 0 };
            assert_eq!(count.count(), alphabet.characters().len() + both_cases);
        }
    }

    #[test]
    fn numbers_survive_the_way_there_and_back() {
        for (alphabet, length) in [(Alphabet::Digits, 38), (Alphabet::Alnum, 21)] {
            let radix = alphabet.radix();
            let raw: Vec<u8> = (0..length).map(|at| (at * 7 % radix) as u8).collect();
            let mut out = vec![0; raw.len()];
            write_number(radix, number(radix, &raw), &mut out);
            assert_eq!(out, raw);
        }
    }

    #[test]
    fn from_a_thousand_million_values_on_it_is_ff1_itself() {
        let key = crate::types::tests::key();
        for (alphabet, text) in [
            (Alphabet::Digits, "4111111111111111"),
            (Alphabet::Lower, "zeldafitzgerald"),
            (Alphabet::Alnum, "Zelda0Fitz"),
            (Alphabet::Hex, "00112233445566778899aabbccddeeff"),
        ] {
            let radix = alphabet.radix();
            let raw: Vec<u8> = text.bytes().map(|b| alphabet.numeral(b).unwrap()).collect();
            let tweak = (tweak::FF1 | u64::from(radix)).to_be_bytes();
            let keyed = Ff1::new(radix, raw.len() as u32)
                .unwrap()
                .keyed(key.permutation(), &tweak);
            let (left, right) = raw.split_at(raw.len() / 2);
            let halves = [number(radix, left), number(radix, right)];
            let halves = keyed.encrypt(key.permutation(), halves);
            let mut expected = vec![0; raw.len()];
            let (left, right) = expected.split_at_mut(raw.len() / 2);
            write_number(radix, halves[0], left);
            write_number(radix, halves[1], right);
            let expected: String = expected
                .iter()
                .map(|numeral| char::from(alphabet.characters()[usize::from(*numeral)]))
                .collect();
            assert_eq!(ff1(alphabet, None, text), expected, "{text}");
        }
    }

    #[test]
    fn marks_stay_and_the_alphabet_is_kept() {
        let masked = ff1(Alphabet::Digits, None, "4111 1111-1111.1111");
        assert_eq!(masked.as_bytes()[4], b' ');
        assert_eq!(
            masked.replace([' ', '-', '.'], ""),
            ff1(Alphabet::Digits, None, "4111111111111111")
        );
        let masked = ff1(Alphabet::Hex, None, "DEAD-BEEF");
        assert_eq!(masked, ff1(Alphabet::Hex, None, "dead-beef"));
        assert!(masked.bytes().all(|b| b == b'-' || HEX.contains(&b)));
    }

    #[test]
    fn short_numbers_stay_distinct() {
        let all: std::collections::HashSet<String> = (0..1000)
            .map(|number| ff1(Alphabet::Digits, Some(3), &format!("{number:03}")))
            .collect();
        assert_eq!(all.len(), 1000);
    }

    #[test]
    fn what_is_outside_the_domain_becomes_a_code_outside_it() {
        let long = "1".repeat(500);
        for text in ["12a4", "--", "é", long.as_str(), "1_2"] {
            let masked = ff1(Alphabet::Digits, None, text);
            assert!(masked.starts_with('_') && masked.len() == 14, "{masked}");
        }
        assert_eq!(ff1(Alphabet::Digits, Some(4), "ab").len(), 4);
    }
}
