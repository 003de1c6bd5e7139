//! Check digits of African identifiers.

use super::digits::{date, digits, luhn, number, place_in, weighted, yymmdd};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("za_id", za_id),
    ("eg_national_id", eg_national_id),
    ("gh_tin", gh_tin),
    ("tz_nida", tz_nida),
    ("ng_bvn", ng_bvn),
];

/// Date of birth, citizenship and Luhn (South African Identification Act 68 of 1997).
fn za_id(value: &[u8]) -> bool {
    digits::<13>(value)
        .is_some_and(|person| yymmdd(&person[..6]) && person[10] <= 2 && luhn(&person))
}

/// Century, date of birth and governorate; the last digit is left alone.
fn eg_national_id(value: &[u8]) -> bool {
    digits::<14>(value).is_some_and(|person| {
        let century = match person[0] {
            2 => 1900,
            3 => 2000,
            _ => return false,
        };
        let year = century + number(&person[1..3]);
        date(year, number(&person[3..5]), number(&person[5..7]))
            && matches!(number(&person[7..9]), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
    })
}

/// Weighted sum modulo 11 with X for 10 (Ghana Revenue Authority).
fn gh_tin(value: &[u8]) -> bool {
    let [_, body @ .., check] = value else {
        return false;
    };
    digits::<9>(body).is_some_and(|number| {
        let sum = weighted(&number, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        place_in(b"0123456789X", *check) == Some(sum % 11)
    })
}

/// Full date of birth in front (Tanzania, National Identification Authority).
fn tz_nida(value: &[u8]) -> bool {
    digits::<20>(value).is_some_and(|person| {
        date(
            number(&person[..4]),
            number(&person[4..6]),
            number(&person[6..8]),
        )
    })
}

/// Eleven digits in the series that banks issue (Nigeria Inter-Bank Settlement System).
fn ng_bvn(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|bvn| bvn[..2] == [2, 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn south_africans_have_date_and_check_digit() {
        assert!(za_id(b"8001015009087") && za_id(b"7503305044089"));
        assert!(!za_id(b"8001015009088") && !za_id(b"8013015009085"));
        assert!(!za_id(b"9125568"));
    }

    #[test]
    fn egyptians_are_born_in_a_governorate() {
        assert!(eg_national_id(b"29001011234567") && eg_national_id(b"30002290112345"));
        assert!(!eg_national_id(b"29013011234567") && !eg_national_id(b"49001011234567"));
        assert!(!eg_national_id(b"29001014534567"));
    }

    #[test]
    fn the_rest_is_checked() {
        assert!(gh_tin(b"C0000803561") && !gh_tin(b"C0000803562") && !gh_tin(b"C"));
        assert!(tz_nida(b"19900107114670000123") && !tz_nida(b"19901307114670000123"));
        assert!(ng_bvn(b"22123456789") && !ng_bvn(b"21123456789"));
    }
}
