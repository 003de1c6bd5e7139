//! Check digits of identifiers of China, Hong Kong, Taiwan, Japan and Korea.

use super::digits::{date, digits, number, place_in, short_date, uniform, weighted};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("cn_resident_id", cn_resident_id),
    ("cn_uscc", cn_uscc),
    ("hk_id", hk_id),
    ("tw_id", tw_id),
    ("tw_ubn", tw_ubn),
    ("jp_my_number", jp_my_number),
    ("jp_corporate_number", jp_corporate_number),
    ("kr_rrn", kr_rrn),
    ("kr_frn", kr_frn),
    ("kr_brn", kr_brn),
    ("kr_driver_license", kr_driver_license),
];

/// The characters of a unified social credit code by their values (GB 32100-2015).
const USCC_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of three modulo 31.
const USCC_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Letters by the county numbers from 10 that they stand for.
const TAIWANESE_COUNTIES: &[u8] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";

/// Province, date of birth and ISO 7064 MOD 11-2 (GB 11643-1999).
fn cn_resident_id(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let Some(person) = digits::<17>(body) else {
        return false;
    };
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let expected = (12 - weighted(&person, &weights) % 11) % 11;
    let province = matches!(
        number(&person[..2]),
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83
    );
    province
        && date(
            number(&person[6..10]),
            number(&person[10..12]),
            number(&person[12..14]),
        )
        && place_in(b"0123456789X", *check) == Some(expected)
}

/// Authority, kind, region of six digits and a weighted sum modulo 31 (GB 32100-2015).
fn cn_uscc(value: &[u8]) -> bool {
    let Ok(code) = <&[u8; 18]>::try_from(value) else {
        return false;
    };
    let mut sum = 0;
    for (byte, weight) in code.iter().zip(USCC_WEIGHTS) {
        let Some(place) = place_in(USCC_ALPHABET, *byte) else {
            return false;
        };
        sum += place * weight;
    }
    digits::<7>(&code[1..8]).is_some()
        && code[0] != b'0'
        && place_in(USCC_ALPHABET, code[17]) == Some((31 - sum % 31) % 31)
}

/// One or two letters and six digits, weighted, modulo 11 (Hong Kong Immigration Department).
fn hk_id(value: &[u8]) -> bool {
    let letter = |byte: u8| {
        let upper = byte.to_ascii_uppercase();
        upper
            .is_ascii_uppercase()
            .then(|| u32::from(upper - b'A') + 10)
    };
    let (first, second, rest) = match value {
        // A blank stands before a single letter, with the value after that of Z.
        [only, rest @ ..] if rest.len() == 7 => (Some(36), letter(*only), rest),
        [first, second, rest @ ..] if rest.len() == 7 => (letter(*first), letter(*second), rest),
        _ => return false,
    };
    let (Some(first), Some(second), Some(serial)) = (first, second, digits::<6>(&rest[..6])) else {
        return false;
    };
    let sum = first * 9 + second * 8 + weighted(&serial, &[7, 6, 5, 4, 3, 2]);
    place_in(b"0123456789A", rest[6]) == Some((11 - sum % 11) % 11)
}

/// County, sex or kind of resident, and a weighted sum modulo 10 (Ministry of the Interior).
fn tw_id(value: &[u8]) -> bool {
    let Ok(id) = <&[u8; 10]>::try_from(value) else {
        return false;
    };
    let county = |byte: u8| place_in(TAIWANESE_COUNTIES, byte).map(|place| place + 10);
    let (Some(first), Some(serial)) = (county(id[0]), digits::<8>(&id[2..])) else {
        return false;
    };
    let second = match id[1].to_ascii_uppercase() {
        digit @ (b'1' | b'2' | b'8' | b'9') => u32::from(digit - b'0'),
        // Residents' numbers before 2021 have a letter, of which the last digit counts.
        letter @ b'A'..=b'D' => u32::from(letter - b'A'),
        _ => return false,
    };
    let sum =
        first / 10 + first % 10 * 9 + second * 8 + weighted(&serial, &[7, 6, 5, 4, 3, 2, 1, 1]);
    sum.is_multiple_of(10)
}

/// Digit sums of products, modulo 5 since 2023; a 7 in the seventh place counts 0 or 1 as well
/// (Fiscal Information Agency).
fn tw_ubn(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|company| {
        let products = company.iter().zip([1, 2, 1, 2, 1, 2, 4, 1]);
        let sum: u32 = products
            .map(|(digit, weight)| digit * weight)
            .map(|product| product / 10 + product % 10)
            .sum();
        let seven = company[6] == 7 && (sum + 1).is_multiple_of(5);
        !uniform(&company) && (sum.is_multiple_of(5) || seven)
    })
}

/// Modulo 11 with the weights 2 to 7 from the right (Ordinance 85 of 2014, article 5).
fn jp_my_number(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|person| {
        let rest = weighted(&person[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        let check = if rest <= 1 { 0 } else { 11 - rest };
        !uniform(&person) && check == person[11]
    })
}

/// The first digit makes up for a sum modulo 9 (National Tax Agency).
fn jp_corporate_number(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|company| {
        let sum = weighted(&company[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
        number(&company[1..7]) + number(&company[7..]) > 0 && 9 - sum % 9 == company[0]
    })
}

/// The date of birth by the century that the seventh digit tells, as year, month and day.
fn kr_birth(person: &[u32; 13]) -> (u32, u32, u32) {
    let century = match person[6] {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    let year = century + number(&person[..2]);
    (year, number(&person[2..4]), number(&person[4..6]))
}

fn kr_sum(person: &[u32; 13]) -> u32 {
    weighted(&person[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11
}

/// Date of birth, and modulo 11 for those born before the numbers became random in October 2020
/// (Resident Registration Act, enforcement rule, article 2).
fn kr_rrn(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|person| {
        let (year, month, day) = kr_birth(&person);
        let random = (year, month) >= (2020, 10);
        matches!(person[6], 0..=4 | 9)
            && date(year, month, day)
            && (random || (11 - kr_sum(&person)) % 10 == person[12])
    })
}

/// The same for foreigners, whose seventh digit is 5 to 8 and whose check digit is two more.
fn kr_frn(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|person| {
        let (year, month, day) = kr_birth(&person);
        let born = short_date(year % 100, month, day);
        matches!(person[6], 5..=8) && born && (13 - kr_sum(&person)) % 10 == person[12]
    })
}

/// Weights 1, 3, 7, and the tens of the ninth digit's product (National Tax Service).
fn kr_brn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|company| {
        let sum = weighted(&company[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + company[8] * 5 / 10;
        number(&company[..3]) > 100 && (10 - sum % 10) % 10 == company[9]
    })
}

/// Region in front (Korean National Police Agency); the last two digits are left alone.
fn kr_driver_license(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|driver| matches!(number(&driver[..2]), 11..=26 | 28))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numbers_are_checked() {
        assert!(cn_resident_id(b"11010519491231002X") && cn_resident_id(b"11010519491231002x"));
        assert!(cn_resident_id(b"440524188001010014"));
        assert!(!cn_resident_id(b"110105194912310021") && !cn_resident_id(b"11010519491331002X"));
        assert!(!cn_resident_id(b"99010519491231002X") && !cn_resident_id(b""));
        assert!(cn_uscc(b"91110000600037341L") && !cn_uscc(b"91110000600037342L"));
        assert!(!cn_uscc(b"A1110000600037341I") && !cn_uscc(b"9111000060003734"));
    }

    #[test]
    fn hong_kong_cards_have_one_or_two_letters() {
        assert!(hk_id(b"G123456A") && hk_id(b"A1234563") && hk_id(b"a1234563"));
        assert!(!hk_id(b"A1234564") && !hk_id(b"11234563") && !hk_id(b"A123"));
        let check = b"0123456789A".iter().filter(|check| {
            let mut card = *b"AB987654_";
            card[8] = **check;
            hk_id(&card)
        });
        assert_eq!(check.copied().collect::<Vec<_>>(), b"3");
    }

    #[test]
    fn taiwanese_numbers_are_checked() {
        assert!(tw_id(b"A123456789") && tw_id(b"a123456789") && !tw_id(b"A123456788"));
        assert!(tw_id(b"A800000014") && !tw_id(b"A323456789") && !tw_id(b"A1"));
        assert!(tw_ubn(b"00501503") && tw_ubn(b"04595257") && tw_ubn(b"10458575"));
        assert!(!tw_ubn(b"00501502") && !tw_ubn(b"00000000"));
    }

    #[test]
    fn japanese_numbers_are_checked() {
        assert!(jp_my_number(b"123456789018") && !jp_my_number(b"123456789012"));
        assert!(jp_corporate_number(b"7000012050002") && jp_corporate_number(b"5835678256246"));
        assert!(!jp_corporate_number(b"2835678256246") && !jp_corporate_number(b"9000000000000"));
    }

    #[test]
    fn korean_numbers_are_checked() {
        assert!(kr_rrn(b"9710139019902") && !kr_rrn(b"9710139019903") && !kr_rrn(b"9713139019902"));
        assert!(kr_rrn(b"2101013123456"), "random since October 2020");
        assert!(kr_frn(b"9001015234561") && !kr_frn(b"9001015234562"));
        assert!(!kr_frn(b"9710139019902"));
        assert!(kr_brn(b"1168119948") && !kr_brn(b"1168119949"));
        assert!(kr_driver_license(b"111234567890") && !kr_driver_license(b"991234567890"));
    }
}
