//! The first three digits of a ZIP code, as the Safe Harbor method of HIPAA lets them stay.
//!
//! 45 CFR 164.514(b)(2)(i)(B): three digits may stay where the ZIP codes that begin with them have
//! more than 20,000 people by the current data of the Bureau of the Census; others become 000.

use crate::number::Number;

/// Prefixes with 20,000 people or fewer, by the Census of 2000 or by that of 2010.
///
/// Those of 2000 are the seventeen in the guidance of the Department of Health and Human Services on
/// de-identification (26 November 2012); by 2010 others are as small: 205, 369, 753 and 772. Whatever
/// either census had below the limit is held back.
const SMALL: [u16; 21] = [
    36, 59, 63, 102, 203, 205, 369, 556, 692, 753, 772, 790, 821, 823, 830, 831, 878, 879, 884,
    890, 893,
];
const ZIP_DIGITS: usize = 5;
const ZIP_PLUS_4_DIGITS: usize = 9;

/// The answer of some digits in front; zero where too few people live there.
fn answer(prefix: u16) -> u16 {
    if SMALL.contains(&prefix) {
        0
    } else {
        prefix
    }
}

/// Writes three digits, which are 000 for what is no ZIP code.
pub(crate) fn write(text: &str, out: &mut Vec<u8>) -> bool {
    let prefix = prefix(text.as_bytes()).map_or(0, answer);
    out.extend_from_slice(format!("{prefix:03}").as_bytes());
    true
}

/// The digits in front of `12345`, `12345-6789` or `123456789`.
fn prefix(text: &[u8]) -> Option<u16> {
    let layout = match text.len() {
        ZIP_DIGITS | ZIP_PLUS_4_DIGITS => text.iter().all(u8::is_ascii_digit),
        10 => {
            let mark = matches!(text[ZIP_DIGITS], b'-' | b' ');
            mark && text.iter().filter(|byte| byte.is_ascii_digit()).count() == ZIP_PLUS_4_DIGITS
        }
        _ => false,
    };
    let head = text.get(..3).filter(|_| layout)?;
    Some(
        head.iter()
            .fold(0, |sum, byte| sum * 10 + u16::from(byte - b'0')),
    )
}

/// The same for a number, which has lost the zeros in front.
pub(crate) fn number(zip: Number) -> Number {
    let whole = zip.trimmed();
    let units = if whole.scale > 0 { None } else { whole.at(0) };
    let prefix = match units {
        Some(units @ 1..=99_999) => units / 100,
        Some(units @ 100_000..=999_999_999) => units / 1_000_000,
        _ => 0,
    };
    Number::new(answer(prefix as u16).into(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::{OperatorSpec, Otherwise};

    fn zip(text: &str) -> String {
        mask(
            &OperatorSpec::Zip3 {
                otherwise: Otherwise::Keyed,
            },
            None,
            text,
        )
    }

    #[test]
    fn every_zip_code_has_its_prefix_or_none() {
        for code in 0..100_000u32 {
            let text = format!("{code:05}");
            let small = SMALL.contains(&((code / 100) as u16));
            let expected = if small { "000" } else { &text[..3] };
            let mut out = Vec::new();
            write(&text, &mut out);
            assert_eq!(out, expected.as_bytes());
            let same: i128 = expected.parse().unwrap();
            assert_eq!(number(Number::new(code.into(), 0)).units, same);
        }
    }

    #[test]
    fn the_four_digits_behind_do_not_matter() {
        assert_eq!(zip("02139-4307"), "021");
        assert_eq!(zip("021394307"), "021");
        assert_eq!(zip("02139 4307"), "021");
        assert_eq!(number(Number::new(21_394_307, 0)).units, 21);
    }

    #[test]
    fn what_is_no_zip_code_is_000() {
        for raw in [
            "SW1A 1AA",
            "1234",
            "123456",
            "12345-678",
            "12-456789",
            "abcde",
            "-1234",
        ] {
            assert_eq!(zip(raw), "000", "{raw}");
        }
        for raw in [Number::new(-5, 0), Number::new(5, 1), Number::new(1, -12)] {
            assert_eq!(number(raw).units, 0);
        }
    }
}
