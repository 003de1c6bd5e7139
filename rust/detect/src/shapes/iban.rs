//! IBAN (ISO 13616): the country's length and modulo 97.

use super::{Candidate, Scan, Shape};
use crate::bytes::{joined_after, joined_before, run_end};
use crate::checksum::mod97;

/// Countries of the IBAN registry with the length of their numbers.
const LENGTHS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

const MIN_LENGTH: usize = 14;
const MAX_LENGTH: usize = 34;

/// Looks for a number whose check digits start at `digits`.
pub(crate) fn scan(scan: &mut Scan<'_>, digits: usize) -> Option<usize> {
    let text = scan.text;
    let start = digits.checked_sub(2)?;
    let [a, b, _, check, ..] = text[start..] else {
        return None;
    };
    if !a.is_ascii_alphabetic()
        || !b.is_ascii_alphabetic()
        || !check.is_ascii_digit()
        || joined_before(text, start)
    {
        return None;
    }
    let country = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    registered(scan, start, country).or_else(|| unregistered(scan, start))
}

/// A number of a country in the registry, with or without separators.
fn registered(scan: &mut Scan<'_>, start: usize, country: [u8; 2]) -> Option<usize> {
    let text = scan.text;
    let index = LENGTHS
        .binary_search_by(|(code, _)| (*code).cmp(&country))
        .ok()?;
    let (number, length, end) = collect(text, start, LENGTHS[index].1)?;
    if joined_after(text, end) || !mod97(&number[..length]) {
        return None;
    }
    scan.propose(Shape::Iban, Candidate::checked(start, end, 0.98))
        .then_some(end)
}

/// Countries join the registry, and lengths change: with a keyword, the check digits are enough.
fn unregistered(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let text = scan.text;
    let reach = &text[..text.len().min(start + MAX_LENGTH + 1)];
    let end = run_end(reach, start, |byte| byte.is_ascii_alphanumeric());
    let plausible = (MIN_LENGTH..=MAX_LENGTH).contains(&(end - start));
    if !plausible || joined_after(text, end) || !mod97(&text[start..end]) {
        return None;
    }
    scan.propose(Shape::Iban, Candidate::checked(start, end, 0.4))
        .then_some(end)
}

/// The characters without their separators, and where they end in the text.
fn collect(text: &[u8], start: usize, length: usize) -> Option<([u8; MAX_LENGTH], usize, usize)> {
    let mut number = [0; MAX_LENGTH];
    let mut filled = 0;
    let mut at = start;
    while filled < length {
        match text.get(at)? {
            &byte if byte.is_ascii_alphanumeric() => {
                number[filled] = byte;
                filled += 1;
            }
            b' ' if text[at - 1] != b' ' => {}
            b'-' | b'.'
                if filled > 0 && filled % 4 == 0 && text[at - 1].is_ascii_alphanumeric() => {}
            _ => return None,
        }
        at += 1;
    }
    Some((number, length, at))
}

#[cfg(test)]
mod tests {
    use super::LENGTHS;
    use crate::testing::{found, found_in_column};

    #[test]
    fn countries_are_ascending() {
        assert!(LENGTHS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn layout_case_and_neighbours_do_not_hide_a_number() {
        for printed in [
            "DE89370400440532013000",
            "de89 3704 0044 0532 0130 00",
            "GB29-NWBK-6016-1331-9268-19",
            "NO93 8601 1117 947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert_eq!(found("iban", &format!("IBAN:{printed}, BIC")), [printed]);
        }
    }

    #[test]
    fn countries_outside_the_registry_need_a_word_or_the_column() {
        let number = "AR06JDKE77223163644105700577";
        assert!(found("iban", number).is_empty());
        assert_eq!(found("iban", &format!("card {number}")), [number]);
        assert_eq!(found_in_column("iban", number), [number]);
        assert!(found_in_column("iban", "AR07JDKE77223163644105700577").is_empty());
    }

    #[test]
    fn wrong_check_digits_lengths_and_countries_are_left() {
        for text in [
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130001",
            "ZZ89370400440532013000",
            "XDE89370400440532013000",
        ] {
            assert!(found("iban", text).is_empty(), "{text}");
        }
    }
}
