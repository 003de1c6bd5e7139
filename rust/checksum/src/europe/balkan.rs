//! Romania, Bulgaria and the successors of Yugoslavia.

use super::{digits, is_date, mod11_10, two, weighted};

/// Jedinstveni matični broj građana, in Slovenia EMŠO: birth date, region, serial number.
///
/// Some registers skip the serial numbers whose check would be ten, others write zero for it.
///
/// Source: Pravilnik o načinu dodeljivanja JMBG; Zakon o centralnem registru prebivalstva,
/// <https://pisrs.si/pregledPredpisa?id=ZAKO1522>.
pub(super) fn jmbg(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|d| {
        let year = d[4] * 100 + two(&d, 5);
        let year = if year < 800 { 2000 + year } else { 1000 + year };
        let sum = weighted(&d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        (1850..2100).contains(&year)
            && is_date(year, two(&d, 2), two(&d, 0))
            && (11 - sum % 11) % 11 % 10 == d[12]
    })
}

/// Osobni identifikacijski broj.
///
/// Source: Zakon o osobnom identifikacijskom broju, <https://www.porezna-uprava.hr/HR_OIB>.
pub(super) fn hr_oib(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| d != [0; 11] && mod11_10(&d))
}

/// Poreski identifikacioni broj of Serbia.
///
/// Source: Zakon o poreskom postupku, article 26, <https://www.purs.gov.rs>.
pub(super) fn rs_pib(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| d != [0; 9] && mod11_10(&d))
}

/// Davčna številka: a check of ten is written as zero, one of eleven is not given out.
///
/// Source: Zakon o davčni službi; FURS, <https://www.fu.gov.si>.
pub(super) fn si_davcna(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|d| {
        let check = 11 - weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        d[0] != 0 && check != 11 && check % 10 == d[7]
    })
}

/// Cod numeric personal: sex and century, birth date, county, serial number.
///
/// Source: HG 64/2011, annex 1; OUG 97/2005, <https://legislatie.just.ro/Public/DetaliiDocument/127038>.
pub(super) fn ro_cnp(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|d| {
        let (month, day) = (two(&d, 3), two(&d, 5));
        let born = |century: u32| is_date(century + two(&d, 1), month, day);
        let born = match d[0] {
            1 | 2 => born(1900),
            3 | 4 => born(1800),
            5 | 6 => born(2000),
            7..=9 => born(1900) || born(2000),
            _ => false,
        };
        let county = matches!(two(&d, 7), 1..=48 | 51 | 52 | 70 | 80..=83);
        let sum = weighted(&d, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]);
        let check = match sum % 11 {
            10 => 1,
            remainder => remainder,
        };
        born && county && check == d[12]
    })
}

/// Cod unic de înregistrare: two to ten digits, weighted from the right.
///
/// Source: OUG 82/2003; ANAF, <https://www.anaf.ro>.
pub(super) fn ro_cui(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [2, 3, 5, 7, 1, 2, 3, 5, 7];
    let digits = match value {
        [b'R' | b'r', b'O' | b'o', rest @ ..] => rest,
        _ => value,
    };
    if !(2..=10).contains(&digits.len())
        || digits[0] == b'0'
        || !digits.iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let mut reversed = digits.iter().rev().map(|byte| u32::from(byte - b'0'));
    let check = reversed.next();
    let sum: u32 = reversed.zip(WEIGHTS).map(|(d, w)| d * w).sum();
    check == Some(sum * 10 % 11 % 10)
}

/// Единен граждански номер: the month plus 20 says the nineteenth century, plus 40 the
/// twenty-first.
///
/// Source: Наредба № РД-02-20-9 / 2012; GRAO, <https://www.grao.bg/esgraon.html>.
pub(super) fn bg_egn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let (century, month) = match two(&d, 2) {
            month @ 21..=32 => (1800, month - 20),
            month @ 41..=52 => (2000, month - 40),
            month => (1900, month),
        };
        is_date(century + two(&d, 0), month, two(&d, 4))
            && weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d[9]
    })
}

/// Личен номер на чужденец.
///
/// Source: Закон за чужденците в Република България; OECD, Bulgaria.
pub(super) fn bg_lnch(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        d != [0; 10] && weighted(&d, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == d[9]
    })
}

/// ЕИК (БУЛСТАТ) of a business, nine digits, or of a branch, thirteen.
///
/// Source: Закон за регистър БУЛСТАТ; <https://www.bulstat.bg>.
pub(super) fn bg_eik(value: &[u8]) -> bool {
    let check = |d: &[u32], first: &[u32], second: &[u32]| match weighted(d, first) % 11 {
        10 => weighted(d, second) % 11 % 10,
        remainder => remainder,
    };
    let business =
        |d: &[u32]| check(d, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 10]) == d[8];
    match digits::<9>(value) {
        Some(d) => d != [0; 9] && business(&d),
        None => digits::<13>(value).is_some_and(|d| {
            d[..9] != [0; 9]
                && business(&d[..9])
                && check(&d[8..], &[2, 7, 3, 5], &[4, 9, 5, 7]) == d[12]
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn successors_of_yugoslavia() {
        check(
            jmbg,
            &["0101006500006", "1705978730032"],
            &["0101006500007", "1705978730033", "3102978500003"],
        );
        check(
            hr_oib,
            &["33392005961", "94577403194"],
            &["33392005962", "94577403195", "00000000000"],
        );
        check(rs_pib, &["101134702"], &["101134703"]);
        check(si_davcna, &["50223054"], &["50223055"]);
    }

    #[test]
    fn romania() {
        check(
            ro_cnp,
            &["1800101221144", "1630615123457"],
            &["1800101221145", "1630615123458", "1800230221141"],
        );
        check(
            ro_cui,
            &["18547290", "RO18547290"],
            &["18547291", "RO18547291", "0"],
        );
    }

    #[test]
    fn bulgaria() {
        check(
            bg_egn,
            &["7523169263", "6101057509"],
            &["7523169264", "6101057500", "7524319265"],
        );
        check(bg_lnch, &["7111042925"], &["7111042926"]);
        check(
            bg_eik,
            &["121309830", "831641791", "1213098300015"],
            &["121309831", "831641792"],
        );
    }
}
