//! Poland, Czechia, Slovakia and Hungary.

use super::{characters, digits, is_date, number, ordinal, two, weighted};

/// PESEL: the month tells the century.
///
/// Source: Ustawa o ewidencji ludności, articles 15 to 19,
/// <https://www.gov.pl/web/gov/czym-jest-numer-pesel>.
pub(super) fn pl_pesel(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let (century, month) = match two(&d, 2) {
            month @ 81..=92 => (1800, month - 80),
            month @ 1..=12 => (1900, month),
            month @ 21..=32 => (2000, month - 20),
            _ => return false,
        };
        is_date(century + two(&d, 0), month, two(&d, 4))
            && weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
    })
}

/// Numer identyfikacji podatkowej.
///
/// Source: Ustawa o zasadach ewidencji i identyfikacji podatników, <https://www.podatki.gov.pl>.
pub(super) fn pl_nip(value: &[u8]) -> bool {
    digits::<10>(value)
        .is_some_and(|d| d != [0; 10] && weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9])
}

/// REGON of a business, nine digits, or of a part of it, fourteen.
///
/// Source: Główny Urząd Statystyczny, <https://bip.stat.gov.pl/dzialalnosc-statystyki-publicznej/rejestr-regon/>.
pub(super) fn pl_regon(value: &[u8]) -> bool {
    let business = |d: &[u32]| weighted(d, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == d[8];
    match digits::<9>(value) {
        Some(d) => d != [0; 9] && business(&d),
        None => digits::<14>(value).is_some_and(|d| {
            let weights = [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8];
            d[..9] != [0; 9] && business(&d[..9]) && weighted(&d, &weights) % 11 % 10 == d[13]
        }),
    }
}

/// Number of an identity card: the first digit checks the three letters and the other digits.
///
/// Source: Rozporządzenie w sprawie dowodu osobistego; ICAO 9303-3, 4.9.
pub(super) fn pl_id_card(value: &[u8]) -> bool {
    polish_document(value, 3, [7, 3, 1, 9, 7, 3, 1, 7, 3])
}

/// Number of a passport: the same with two letters.
///
/// Source: Rozporządzenie w sprawie dokumentów paszportowych; ICAO 9303-3, 4.9.
pub(super) fn pl_passport(value: &[u8]) -> bool {
    polish_document(value, 2, [7, 3, 9, 1, 7, 3, 1, 7, 3])
}

fn polish_document(value: &[u8], letters: usize, weights: [u32; 9]) -> bool {
    characters::<9>(value).is_some_and(|written| {
        let (series, rest) = written.split_at(letters);
        series.iter().all(u8::is_ascii_uppercase)
            && rest.iter().all(u8::is_ascii_digit)
            && weighted(&written.map(ordinal), &weights).is_multiple_of(10)
    })
}

/// Rodné číslo of Czechia and Slovakia: women's month plus 50, plus 20 more where numbers ran out.
///
/// Nine digits until 1953; from then on the ten are a multiple of eleven, up to 1985 with the check
/// digit zero where it would be ten.
/// Source: Act 133/2000 Coll., section 13, <https://www.zakonyprolidi.cz/cs/2000-133>; Act 301/1995 Z. z.
pub(super) fn rodne_cislo(value: &[u8]) -> bool {
    let date = |d: &[u32], year: u32| {
        let month = match two(d, 2) {
            month @ 71..=82 if year >= 2004 => month - 70,
            month @ 51..=62 => month - 50,
            month @ 21..=32 if year >= 2004 => month - 20,
            month => month,
        };
        is_date(year, month, two(d, 4))
    };
    if let Some(d) = digits::<9>(value) {
        let year = two(&d, 0);
        let century = if year < 54 { 1900 } else { 1800 };
        return d[6..] != [0; 3] && date(&d, century + year);
    }
    digits::<10>(value).is_some_and(|d| {
        let year = two(&d, 0) + if d[0] * 10 + d[1] < 54 { 2000 } else { 1900 };
        let remainder = number(&d[..9]) % 11;
        let checked = remainder == u64::from(d[9]) || (remainder == 10 && d[9] == 0);
        date(&d, year) && checked
    })
}

/// Identifikační číslo osoby of Czechia, IČO of Slovakia.
///
/// Source: Český statistický úřad, <https://www.czso.cz/csu/res>; Act 111/2009 Coll.
pub(super) fn cz_ico(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|d| {
        let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]);
        d != [0; 8] && (11 - sum % 11) % 10 == d[7]
    })
}

/// Daňové identifikačné číslo of Slovakia: a multiple of eleven.
///
/// Source: Finančná správa, <https://www.financnasprava.sk>; Act 563/2009 Z. z.
pub(super) fn sk_dic(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| d != [0; 10] && number(&d).is_multiple_of(11))
}

/// Személyi azonosító: sex and century, birth date, serial number; the weights go down for those who
/// were born from 1997 on.
///
/// Source: Act XX of 1996, annex, <https://net.jogtar.hu/jogszabaly?docid=99600020.tv>.
pub(super) fn hu_szemelyi(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let year = two(&d, 1);
        let year = match d[0] {
            1 | 2 | 5 | 6 => 1900 + year,
            3 | 4 | 7 | 8 => 2000 + year,
            _ => return false,
        };
        let up = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        let down = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
        let weights = if year < 1997 { up } else { down };
        is_date(year, two(&d, 3), two(&d, 5)) && weighted(&d, &weights) % 11 == d[10]
    })
}

/// Adóazonosító jel: 8, the days from 1867-01-01 to the birth date, serial number.
///
/// Source: Act XX of 1996, annex; European Commission, TIN country sheet Hungary.
pub(super) fn hu_adoazonosito(value: &[u8]) -> bool {
    // Births up to about 2050; those of the nineteenth century are left in.
    const DAYS: std::ops::Range<u64> = 1..67_000;
    digits::<10>(value).is_some_and(|d| {
        d[0] == 8
            && DAYS.contains(&number(&d[1..6]))
            && weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == d[9]
    })
}

/// Társadalombiztosítási azonosító jel.
///
/// Source: Act XX of 1996, annex, <https://net.jogtar.hu/jogszabaly?docid=99600020.tv>.
pub(super) fn hu_taj(value: &[u8]) -> bool {
    digits::<9>(value)
        .is_some_and(|d| d != [0; 9] && weighted(&d, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == d[8])
}

/// Adószám of businesses: base number and its check digit, kind of VAT, county.
///
/// Source: Act CL of 2017, <https://nav.gov.hu>; OECD, Hungary.
pub(super) fn hu_adoszam(value: &[u8]) -> bool {
    let Some((base, rest)) = value.split_at_checked(8) else {
        return false;
    };
    let kind = match digits::<3>(rest) {
        Some(d) => matches!(d[0], 1..=5) && matches!(two(&d, 1), 2..=44 | 51),
        None => rest.is_empty(),
    };
    kind && digits::<8>(base).is_some_and(|d| {
        let sum = weighted(&d, &[9, 7, 3, 1, 9, 7, 3]);
        d != [0; 8] && (10 - sum % 10) % 10 == d[7]
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn poland() {
        // Births of 1944 and of 2002.
        check(
            pl_pesel,
            &["44051401359", "02270803624"],
            &["44051401350", "02270803625", "44131401350"],
        );
        check(
            pl_nip,
            &["8567346215", "1060000062"],
            &["8567346216", "1060000063"],
        );
        check(
            pl_regon,
            &["192598184", "123456785", "12345678512347"],
            &["192598185", "123456786"],
        );
        check(
            pl_id_card,
            &["ABA300000", "ABS123456"],
            &["ABA300001", "ABS123457", "AB1300000"],
        );
        check(pl_passport, &["ZS0000177"], &["ZS0000178", "ZSA000177"]);
    }

    #[test]
    fn czechia_and_slovakia() {
        check(
            rodne_cislo,
            &["7103192745", "530101123", "0471311236"],
            &["7103192746", "53010112A", "7131190000", "991231000"],
        );
        check(cz_ico, &["25123891", "27082440"], &["25123892", "27082441"]);
        check(sk_dic, &["2022749619"], &["2022749610"]);
    }

    #[test]
    fn hungary() {
        check(
            hu_szemelyi,
            &["18505011202", "30505011234"],
            &["18505011203", "30505011235", "18502300005"],
        );
        check(hu_adoazonosito, &["8071592153"], &["8071592154"]);
        check(hu_taj, &["111111110"], &["111111111", "000000000"]);
        check(
            hu_adoszam,
            &["12892312", "10773381244"],
            &["12892313", "10773381245", "10773381644"],
        );
    }
}
