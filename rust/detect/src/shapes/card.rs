//! Payment card numbers: issuer range, length and Luhn (ISO/IEC 7812).

use super::numbers::{Gap, Run};
use super::{Candidate, Scan, Shape};
use crate::bytes::{joined_after, joined_before, numbered_after, numbered_before};
use crate::checksum::luhn;

/// An issuer's first six digits, and the lengths as bits.
struct Issuer {
    low: u32,
    high: u32,
    lengths: u32,
}

const fn issuer(low: u32, high: u32, lengths: u32) -> Issuer {
    Issuer { low, high, lengths }
}

const fn bit(length: u32) -> u32 {
    1 << length
}

const SIXTEEN: u32 = bit(16);
const TO_NINETEEN: u32 = bit(16) | bit(17) | bit(18) | bit(19);
const ANY: u32 = bit(12) | bit(13) | bit(14) | bit(15) | TO_NINETEEN;

/// Ranges of the networks, in ascending order; where two overlap, their lengths are joined.
const ISSUERS: [Issuer; 26] = [
    issuer(100_000, 199_999, bit(15)),           // UATP, and JCB's 1800
    issuer(213_100, 213_199, bit(15)),           // JCB, old
    issuer(220_000, 220_499, TO_NINETEEN),       // Mir
    issuer(222_100, 272_099, SIXTEEN),           // Mastercard, second range
    issuer(300_000, 305_999, bit(14) | bit(16)), // Diners Club
    issuer(309_500, 309_599, bit(14) | bit(16)), // Diners Club
    issuer(340_000, 349_999, bit(15)),           // American Express
    issuer(352_800, 358_999, TO_NINETEEN),       // JCB
    issuer(360_000, 369_999, bit(14) | bit(16) | bit(19)), // Diners Club International
    issuer(370_000, 379_999, bit(15)),           // American Express
    issuer(380_000, 399_999, bit(14) | bit(16)), // Diners Club International
    issuer(400_000, 499_999, bit(13) | SIXTEEN | bit(19)), // Visa
    issuer(500_000, 509_999, ANY),               // Maestro, Verve, Elo, RuPay
    issuer(510_000, 559_999, SIXTEEN),           // Mastercard
    issuer(560_000, 589_999, ANY),               // Maestro
    issuer(600_000, 600_999, ANY),               // RuPay, Maestro
    issuer(601_100, 601_199, TO_NINETEEN),       // Discover
    issuer(606_000, 609_999, ANY),               // Hipercard, RuPay
    issuer(620_000, 629_999, TO_NINETEEN),       // UnionPay
    issuer(630_400, 630_499, ANY),               // Maestro
    issuer(636_200, 639_999, ANY),               // Elo, InstaPayment
    issuer(644_000, 659_999, TO_NINETEEN),       // Discover, RuPay, Verve
    issuer(670_000, 679_999, ANY),               // Maestro
    issuer(810_000, 828_999, TO_NINETEEN),       // UnionPay, RuPay
    issuer(979_200, 979_299, SIXTEEN),           // Troy
    issuer(986_000, 986_099, SIXTEEN),           // Uzcard, Humo
];

/// How the networks print their numbers.
const LAYOUTS: [&[usize]; 6] = [
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[4, 4, 4, 1],
];

pub(super) const MIN_DIGITS: usize = 12;
const MAX_DIGITS: usize = 19;

pub(crate) fn scan(scan: &mut Scan<'_>, run: &Run) -> Option<usize> {
    let first = run.groups[0];
    if first.len() >= MIN_DIGITS {
        return whole(scan, first.start, first.end);
    }
    if run.len > 1 && !numbered_before(scan.text, first.start) {
        return grouped(scan, run);
    }
    None
}

/// A number without separators.
fn whole(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<usize> {
    let length = end - start;
    let number = &scan.text[start..end];
    if length > MAX_DIGITS || !luhn(number) {
        return None;
    }
    let confidence = match (glue(scan.text, start, end)?, is_issued(number)) {
        // Networks open new ranges: beside a keyword, the checksum is enough.
        (true, false) => return None,
        (false, false) => 0.3,
        (true, true) => 0.5,
        (false, true) if (14..=16).contains(&length) => 0.8,
        // Identifiers, bar codes and clock readings have the other lengths as well.
        (false, true) => 0.45,
    };
    scan.propose(Shape::Card, Candidate::checked(start, end, confidence))
        .then_some(end)
}

/// Whether letters touch the number; none if it is a part of a longer code or decimal number.
fn glue(text: &[u8], start: usize, end: usize) -> Option<bool> {
    if !joined_before(text, start) && !joined_after(text, end) {
        return Some(false);
    }
    let numbered = |mut bytes: std::iter::Take<&mut dyn Iterator<Item = &u8>>| {
        bytes
            .find(|byte| !byte.is_ascii_alphabetic() && !matches!(byte, b'_' | b'-' | b'.'))
            .is_some_and(u8::is_ascii_digit)
    };
    let left =
        numbered((&mut text[..start].iter().rev() as &mut dyn Iterator<Item = &u8>).take(32));
    let right = numbered((&mut text[end..].iter() as &mut dyn Iterator<Item = &u8>).take(32));
    (!left && !right).then_some(true)
}

fn grouped(scan: &mut Scan<'_>, run: &Run) -> Option<usize> {
    if run.count(run.len) < MIN_DIGITS {
        return None;
    }
    let expected = scan.hinted(Shape::Card);
    for layout in LAYOUTS {
        let count = layout.len();
        if run.len < count
            || !run.groups[..count]
                .iter()
                .map(|group| group.len())
                .eq(layout.iter().copied())
        {
            continue;
        }
        let Some(end) = accept(scan, run, count) else {
            continue;
        };
        let uniform = run.uniform(count);
        let confidence = if uniform { 0.95 } else { 0.6 };
        let start = run.groups[0].start;
        if scan.propose(Shape::Card, Candidate::checked(start, end, confidence)) {
            return Some(end);
        }
    }
    // Groups that no network prints are a card only when the surroundings say so.
    let counts = (2..=run.len)
        .rev()
        .filter(|&count| (3..=6).contains(&count) || expected);
    for count in counts {
        let Some(end) = accept(scan, run, count) else {
            continue;
        };
        let start = run.groups[0].start;
        if scan.propose(Shape::Card, Candidate::checked(start, end, 0.3)) {
            return Some(end);
        }
    }
    None
}

/// End of the first groups if together they are a card number.
fn accept(scan: &Scan<'_>, run: &Run, count: usize) -> Option<usize> {
    let mut digits = [0; MAX_DIGITS];
    let number = run.digits(scan.text, count, &mut digits)?;
    let end = run.groups[count - 1].end;
    let plausible = run.gaps[..count - 1].iter().all(|gap| *gap != Gap::Slash);
    (plausible
        && number.len() >= MIN_DIGITS
        && is_issued(number)
        && luhn(number)
        && !numbered_after(scan.text, end))
    .then_some(end)
}

/// Whether a network issues numbers with these first digits and this length.
fn is_issued(number: &[u8]) -> bool {
    let prefix = number[..6]
        .iter()
        .fold(0, |prefix, digit| prefix * 10 + u32::from(digit - b'0'));
    ISSUERS.iter().any(|issuer| {
        (issuer.low..=issuer.high).contains(&prefix) && issuer.lengths >> number.len() & 1 == 1
    })
}

#[cfg(test)]
mod tests {
    use super::{is_issued, ISSUERS};
    use crate::testing::{found, found_in_column};

    /// A valid number of that prefix and length.
    fn number(prefix: &str, length: usize) -> String {
        let body = format!("{prefix:1<width$}", width = length - 1);
        let valid = |digit: &u8| crate::checksum::luhn(format!("{body}{digit}").as_bytes());
        let check = (0..10_u8).find(valid).unwrap();
        format!("{body}{check}")
    }

    #[test]
    fn ranges_are_ascending() {
        assert!(ISSUERS.windows(2).all(|pair| pair[0].high < pair[1].low));
    }

    #[test]
    fn every_network_is_known_and_a_wrong_digit_is_not() {
        for (prefix, length) in [
            ("4", 16),
            ("4", 13),
            ("4", 19),
            ("51", 16),
            ("2221", 16),
            ("34", 15),
            ("37", 15),
            ("36", 14),
            ("6011", 16),
            ("65", 16),
            ("3528", 16),
            ("62", 16),
            ("62", 19),
            ("6759", 12),
            ("2200", 16),
        ] {
            let valid = number(prefix, length);
            assert!(is_issued(valid.as_bytes()), "{prefix} {length}");
            assert_eq!(found_in_column("card", &valid), [valid.as_str()]);
            let last = (valid.as_bytes()[length - 1] - b'0' + 1) % 10;
            let wrong = format!("{}{last}", &valid[..length - 1]);
            assert!(found_in_column("card", &wrong).is_empty());
        }
        assert!(!is_issued(number("9", 16).as_bytes()));
        assert!(!is_issued(number("4", 15).as_bytes()));
    }

    #[test]
    fn a_range_that_is_not_known_needs_a_word_or_the_column() {
        let new = number("90", 16);
        assert!(found("card", &new).is_empty());
        assert_eq!(found("card", &format!("card {new}")), [new.as_str()]);
        assert_eq!(found_in_column("card", &new), [new.as_str()]);
        assert!(found("card", &format!("card X{new}")).is_empty());
    }

    #[test]
    fn layouts_and_neighbours_do_not_hide_a_number() {
        let n = number("4", 16);
        let groups = [&n[..4], &n[4..8], &n[8..12], &n[12..]];
        for separator in [" ", "-", "."] {
            let printed = groups.join(separator);
            let text = format!("paid 12 with {printed} 123, thanks");
            assert_eq!(found("card", &text), [printed]);
        }
        assert_eq!(found("card", &format!("x={n};")), [n.as_str()]);
        assert_eq!(found("card", &format!("CC{n}")), [n.as_str()]);
        let amex = number("37", 15);
        let printed = format!("{} {} {}", &amex[..4], &amex[4..10], &amex[10..]);
        assert_eq!(found("card", &printed), [printed.as_str()]);
    }

    #[test]
    fn longer_codes_and_decimals_are_no_card() {
        let n = number("4", 16);
        for text in [
            format!("{n}1"),
            format!("0.{n}"),
            format!("{n}.5"),
            format!("a1{n}"),
            format!("1-{n}"),
        ] {
            assert!(found("card", &text).is_empty(), "{text}");
        }
    }

    #[test]
    fn ambiguous_lengths_need_a_word_or_the_column() {
        let n = number("4", 13);
        assert!(found("card", &n).is_empty());
        assert_eq!(found("card", &format!("visa card {n}")), [n.as_str()]);
        assert_eq!(found_in_column("card", &n), [n.as_str()]);
    }
}
