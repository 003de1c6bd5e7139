//! A phone number of the same layout and country code.

use crate::layout::{number_of, permute, put_digits, write_number, Slot, DIGIT};
use crate::operators::{digits, tweak, Input};
use crate::prf::DomainKey;

const DIGITS_MAX: usize = 24;
/// Fewer national digits than this are permuted together with the country code.
const NATIONAL_MIN: usize = 5;
/// A digit that may not be zero, and one that may be neither zero nor one.
const FROM_ONE: Slot = Slot {
    base: b'1',
    size: 9,
};
const FROM_TWO: Slot = Slot {
    base: b'2',
    size: 8,
};

/// Numbers of one North American area and exchange's first digit.
const LINES: u64 = 1_000_000;

/// Steps after which a walk is given up; seven of ten land among the North American numbers.
pub(crate) const WALK_MAX: u16 = 256;

/// The digits of a number, and what is known of them.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    digits: [u8; DIGITS_MAX],
    count: usize,
    /// The digits before the national number.
    kept: usize,
    /// The zeros that the national number begins with.
    zeros: usize,
    north_american: bool,
    /// Whether a plus stands before them.
    plus: bool,
}

impl Number {
    /// None where the text holds more than a number.
    #[inline]
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        // As in RFC 3966.
        let text = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"tel:") => rest,
            _ => text,
        };
        let mut digits = [0; DIGITS_MAX];
        let mut count = 0;
        for &byte in text {
            if byte.is_ascii_digit() {
                *digits.get_mut(count)? = byte;
                count += 1;
            } else if byte.is_ascii_alphabetic() || !byte.is_ascii() {
                return None;
            }
        }
        let plus = text.starts_with(b"+");
        let kept = kept_prefix(&digits[..count], plus);
        let national = &digits[kept..count];
        Some(Self {
            zeros: national.iter().take_while(|digit| **digit == b'0').count(),
            north_american: is_north_american(national),
            digits,
            count,
            kept,
            plus,
        })
    }

    /// The digits before the national number, and those of it.
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        self.digits().split_at(self.kept)
    }

    pub(crate) fn has_plus(&self) -> bool {
        self.plus
    }

    pub(crate) fn is_north_american(&self) -> bool {
        self.north_american
    }

    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }

    /// The arrangements of the national number, and its own.
    pub(crate) fn rank(&self) -> Option<(u64, u64)> {
        let national = &self.digits[self.kept..self.count];
        if self.north_american {
            let (area, exchange) = (number_of(&national[..3]), number_of(&national[3..4]));
            let rank = (area - 200) * 8 + (exchange - 2);
            return Some((800 * 8 * LINES, rank * LINES + number_of(&national[4..])));
        }
        let counted = &national[self.zeros..];
        let Some(behind) = counted.len().checked_sub(1) else {
            return Some((1, 0));
        };
        // The first of the counted digits is no zero.
        let first = 10u64.checked_pow(behind as u32)?;
        Some((first.checked_mul(9)?, number_of(counted) - first))
    }

    pub(crate) fn settle(&mut self, place: u64) {
        let national = &mut self.digits[self.kept..self.count];
        if self.north_american {
            let rank = place / LINES;
            write_number(place % LINES, &mut national[4..]);
            write_number(rank % 8 + 2, &mut national[3..4]);
            write_number(rank / 8 + 200, &mut national[..3]);
        } else {
            let counted = &mut national[self.zeros..];
            let behind = counted.len().saturating_sub(1);
            write_number(place + 10u64.pow(behind as u32), counted);
        }
    }

    /// Whether it is of its first kind: ten other digits may become a North American number, and
    /// eleven may begin as one with its country code does; both then walk on.
    pub(crate) fn landed(&self) -> bool {
        is_north_american(&self.digits[self.kept..self.count]) == self.north_american
            && kept_prefix(self.digits(), self.plus) == self.kept
    }

    /// What may stand at each digit of the national number.
    fn slot(&self) -> impl Fn(usize, u8) -> Option<Slot> {
        let (zeros, north_american) = (self.zeros, self.north_american);
        move |at, _| match at {
            0 | 3 if north_american => Some(FROM_TWO),
            _ if at < zeros => None,
            _ if at == zeros => Some(FROM_ONE),
            _ => Some(DIGIT),
        }
    }

    /// Permutes the national number among those of its kind.
    ///
    /// The kinds are told apart by what never changes, so that numbers of two kinds cannot meet:
    /// North American numbers stay diallable, leading zeros stay, and other numbers stay other.
    fn permute(&mut self, key: &DomainKey) -> bool {
        let slot = self.slot();
        let raw = self.digits;
        for _ in 0..WALK_MAX {
            let national = &mut self.digits[self.kept..self.count];
            if !permute(key, tweak::PHONE, national, &slot) {
                return false;
            }
            if self.landed() && self.digits != raw {
                return true;
            }
        }
        // The walk came round to the raw number: what a batch leaves in that case.
        self.digits.fill(b'0');
        true
    }
}

/// Writes the number with its national digits permuted.
///
/// The permutation sees the national digits alone, so a number has the same replacement with and
/// without its country code.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let Some(mut number) = Number::read(input.text.as_bytes()) else {
        return digits::write(input, out);
    };
    if !number.permute(input.key) {
        return false;
    }
    let start = out.len();
    out.extend_from_slice(input.text.as_bytes());
    put_digits(number.digits(), &mut out[start..]);
    true
}

/// Area code and exchange begin with two or a larger digit.
fn is_north_american(national: &[u8]) -> bool {
    national.len() == 10 && national[0] >= b'2' && national[3] >= b'2'
}

/// How many leading digits are not the subscriber's: country code and trunk prefix.
fn kept_prefix(number: &[u8], plus: bool) -> usize {
    let mut kept = 0;
    if plus {
        kept = country_code(number);
    } else if number.starts_with(b"00") {
        kept = 2 + country_code(&number[2..]);
    } else if number.starts_with(b"0") || (number.len() == 11 && number[0] == b'1') {
        kept = 1;
    }
    if number.len() < kept + NATIONAL_MIN {
        return 0;
    }
    kept
}

/// The length of the country code (ITU-T E.164 list of assigned codes).
fn country_code(number: &[u8]) -> usize {
    const TWO: &[&[u8; 2]] = &[
        b"20", b"27", b"30", b"31", b"32", b"33", b"34", b"36", b"39", b"40", b"41", b"43", b"44",
        b"45", b"46", b"47", b"48", b"49", b"51", b"52", b"53", b"54", b"55", b"56", b"57", b"58",
        b"60", b"61", b"62", b"63", b"64", b"65", b"66", b"81", b"82", b"84", b"86", b"90", b"91",
        b"92", b"93", b"94", b"95", b"98",
    ];
    match number {
        [b'1' | b'7', ..] => 1,
        [a, b, ..] if TWO.iter().any(|code| **code == [*a, *b]) => 2,
        [_, _, _, ..] => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn phone(text: &str) -> String {
        mask(&OperatorSpec::Phone {}, None, text)
    }

    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    #[test]
    fn layout_and_country_code_stay() {
        let masked = phone("+44 (20) 7946-0958");
        assert!(
            masked.starts_with("+44 (") && masked.len() == 18,
            "{masked}"
        );
        assert!(phone("+1 415 555 0132").starts_with("+1 "));
        assert!(phone("+351 21 000 0000").starts_with("+351 "));
    }

    #[test]
    fn every_layout_of_a_number_gives_the_same_digits() {
        let masked = digits(&phone("(415) 555-0132"));
        assert_eq!(digits(&phone("415.555.0132")), masked);
        assert_eq!(digits(&phone("+1 415 555 0132")), format!("1{masked}"));
        assert_eq!(digits(&phone("1-415-555-0132")), format!("1{masked}"));
        assert_eq!(digits(&phone("0014155550132")), format!("001{masked}"));
    }

    #[test]
    fn a_number_may_be_written_as_an_address() {
        let masked = phone("+14155550132");
        assert_eq!(
            phone("tel:+1-415-555-0132").replace('-', ""),
            format!("tel:{masked}")
        );
        assert_eq!(
            phone("\u{ff0b}1 415 555\u{a0}0132").replace(' ', ""),
            masked
        );
    }

    #[test]
    fn a_north_american_number_stays_diallable() {
        let masked = digits(&phone("415-555-0132"));
        assert!(
            masked.as_bytes()[0] >= b'2' && masked.as_bytes()[3] >= b'2',
            "{masked}"
        );
    }

    #[test]
    fn numbers_of_two_kinds_never_meet() {
        let raw = (0..4000).map(|i| format!("415{:07}", i * 2311));
        let all: std::collections::HashSet<String> = raw.map(|number| phone(&number)).collect();
        assert_eq!(all.len(), 4000);
        assert!(phone("4150000001").as_bytes()[3] < b'2');
        assert!(phone("0012").starts_with("00"));
    }

    #[test]
    fn eleven_digits_do_not_become_ten_with_a_country_code() {
        for number in 0..300u64 {
            let masked = phone(&format!("4{:010}", number * 7_919));
            assert!(!masked.starts_with('1'), "{masked}");
        }
    }

    #[test]
    fn short_numbers_and_words_are_masked_whole() {
        assert_ne!(phone("911"), "911");
        assert!(!phone("ask Zelda").contains("Zelda"));
    }
}
