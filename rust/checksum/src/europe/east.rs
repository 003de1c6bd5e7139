//! Russia, Ukraine and Moldova.

use super::{digits, number, two, weighted};

/// ИНН of an organisation, ten digits, or of a person, twelve.
///
/// Source: Order of the Federal Tax Service ММВ-7-6/435@ of 2012, <https://www.nalog.gov.ru>.
pub(super) fn ru_inn(value: &[u8]) -> bool {
    let check = |d: &[u32], weights: &[u32]| weighted(d, weights) % 11 % 10;
    match digits::<10>(value) {
        Some(d) => d[..4] != [0; 4] && check(&d, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[9],
        None => digits::<12>(value).is_some_and(|d| {
            d[..4] != [0; 4]
                && check(&d, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[10]
                && check(&d, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[11]
        }),
    }
}

/// СНИЛС: numbers up to 001-001-998 carry no checked digits, and are not given out.
///
/// Source: Pension Fund Resolution 192p of 2006, annex; <https://sfr.gov.ru>.
pub(super) fn ru_snils(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let sum = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
        number(&d[..9]) > 1_001_998 && u64::from(sum % 101 % 100) == number(&d[9..])
    })
}

/// ОГРН of a legal person, thirteen digits, ОГРНИП of an entrepreneur, fifteen.
///
/// Source: Order of the Ministry of Finance 165н of 2017, <https://www.nalog.gov.ru>.
pub(super) fn ru_ogrn(value: &[u8]) -> bool {
    match digits::<13>(value) {
        Some(d) => d[0] != 0 && number(&d[..12]) % 11 % 10 == u64::from(d[12]),
        None => digits::<15>(value).is_some_and(|d| {
            matches!(d[0], 3 | 4) && number(&d[..14]) % 13 % 10 == u64::from(d[14])
        }),
    }
}

/// Series and number of an internal passport, which has no check digit: the region of issue and the
/// year in which the form was made, from 1997 on, must be possible.
///
/// Source: Government Resolution 828 of 1997; Order of the Ministry of Internal Affairs 851 of 2023.
pub(super) fn ru_passport(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let (region, year) = (two(&d, 0), two(&d, 2));
        region != 0 && (year <= 40 || year >= 97) && d[4..] != [0; 6]
    })
}

/// РНОКПП: the days from 1899-12-31 to the birth date, serial number.
///
/// Source: Order of the Ministry of Finance 822 of 2017, <https://zakon.rada.gov.ua/laws/show/z1306-17>.
pub(super) fn ua_rnokpp(value: &[u8]) -> bool {
    // Births up to about 2050.
    const DAYS: std::ops::Range<u64> = 1..55_000;
    digits::<10>(value).is_some_and(|d| {
        // The first weight is minus one, which is ten modulo eleven.
        DAYS.contains(&number(&d[..5]))
            && weighted(&d, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == d[9]
    })
}

/// ЄДРПОУ: the weights of the middle third of the numbers begin with seven.
///
/// Source: State Statistics Service, <https://ukrstat.gov.ua>; Resolution 499 of 2005.
pub(super) fn ua_edrpou(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|d| {
        let mut weights = if (30_000_000..=60_000_000).contains(&number(&d)) {
            [7, 1, 2, 3, 4, 5, 6]
        } else {
            [1, 2, 3, 4, 5, 6, 7]
        };
        let mut check = weighted(&d, &weights) % 11;
        if check == 10 {
            weights = weights.map(|weight| weight + 2);
            check = weighted(&d, &weights) % 11 % 10;
        }
        d != [0; 8] && check == d[7]
    })
}

/// IDNP of a person and IDNO of an organisation in Moldova.
///
/// Source: Public Services Agency, <https://www.asp.gov.md>; Law 273/1994.
pub(super) fn md_idnp(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|d| {
        let sum = weighted(&d, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);
        matches!(d[0], 0..=2) && d[..12] != [0; 12] && sum % 10 == d[12]
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn russia() {
        check(
            ru_inn,
            &["7707083893", "500100732259"],
            &["7707083894", "500100732250"],
        );
        check(ru_snils, &["11223344595"], &["11223344596", "00100199800"]);
        check(
            ru_ogrn,
            &["1022200525819", "304500116000157"],
            &["1022200525810", "304500116000158"],
        );
        check(
            ru_passport,
            &["4509123456", "0397000001"],
            &["0097123456", "4550123456", "4509000000"],
        );
    }

    #[test]
    fn ukraine_and_moldova() {
        check(
            ua_rnokpp,
            &["1759013776", "3184710691"],
            &["1759013777", "3184710692", "0000000000"],
        );
        check(
            ua_edrpou,
            &["32855961", "00032129"],
            &["32855962", "00032120"],
        );
        check(
            md_idnp,
            &["1008600038413", "2004059022338"],
            &["1008600038414", "2004059022339"],
        );
    }
}
